"""A ledger as HTML: its findings as cards, below a table in which each step has its rows; for a notebook or a page.

Nothing in it is a script. It stands on the style sheet of the cards of findings, and has their colours and themes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from graphviz_ad.console import visible
from graphviz_ad.debugging.ledger.book import Book
from graphviz_ad.debugging.ledger.records import LedgerFinding
from graphviz_ad.debugging.ledger.text import Gap, Row, blocks, differentiated, heading, ledger_title, where
from graphviz_ad.draw.signs import OF_A_LEDGER
from graphviz_ad.saving.cards import card, rules, sheet, style

__all__ = ["page", "snippet"]

_NUMBER = ' class="gad-ledger-number"'
_HEADS = (("leaf", ""), ("before", _NUMBER), ("+ this pass", _NUMBER), ("= total", _NUMBER), ("line", ""))


def snippet(book: Book, findings: Sequence[LedgerFinding], level: int = 2) -> str:
    """Return the ledger for the output of a notebook's cell; headings begin at a level."""
    names = set(book.names.values())
    cards = "".join(
        card(finding, OF_A_LEDGER[finding.kind], names, level + 1, opened=finding.severity != "note")
        for finding in findings
    )
    return (
        f"<style>{style(frozenset())}{rules(__file__)}</style>\n"
        f'<section class="gad-check gad-ledger" aria-label="Ledger of gradients">'
        f"<h{level}>{escape(visible(ledger_title(book, findings)))}</h{level}>{cards}{_table(book, findings)}</section>"
    )


def page(book: Book, findings: Sequence[LedgerFinding]) -> str:
    """Return the ledger as a page that needs nothing else."""
    return sheet(ledger_title(book, findings), snippet(book, findings, level=1))


def _table(book: Book, findings: Sequence[LedgerFinding]) -> str:
    if not book.acts:
        return "<p>Nothing has happened yet: no call of backward was made inside the with statement.</p>"
    heads = "".join(f'<th scope="col"{kind}>{head}</th>' for head, kind in _HEADS)
    blamed = {call for finding in findings if finding.severity != "note" for call in finding.calls}
    files = {act.place.file for act in book.acts}
    bodies = []
    for part in blocks(book, findings):
        if isinstance(part, Gap):
            more = f"⋮ {part.steps:,} more step{'s' if part.steps > 1 else ''}"
            bodies.append(f'<tbody class="gad-ledger-gap"><tr><td colspan="5">{more}</td></tr></tbody>')
            continue
        number, rows = part
        inside = "".join(_row(row, row.call in blamed, files) for row in rows)
        bodies.append(
            f'<tbody><tr class="gad-ledger-step"><th colspan="5" scope="rowgroup">{heading(book, number)}'
            f"<span>{escape(visible(differentiated(book, number)))}</span></th></tr>{inside}</tbody>"
        )
    return (
        '<div class="gad-scroll" tabindex="0" role="group" aria-label="what each call added">'
        f'<table class="gad-listing gad-ledger-lines"><thead><tr>{heads}</tr></thead>{"".join(bodies)}</table></div>'
    )


def _row(row: Row, is_blamed: bool, files: set[str]) -> str:
    kind = ' class="gad-ledger-blamed"' if is_blamed else ""
    return f"<tr{kind}>{''.join(_cells(row, files))}</tr>"


def _cells(row: Row, files: set[str]) -> Iterator[str]:
    yield f'<th scope="row"><i>{escape(visible(row.name))}</i></th>'
    if len(row.numbers) == 3:
        before, added, after = (escape(text) for text in row.numbers)
        yield f"<td{_NUMBER}>{before}</td><td{_NUMBER}>+ {added}</td><td{_NUMBER}>= <b>{after}</b></td>"
    else:
        yield f'<td colspan="3">{escape(row.numbers[0])}</td>'
    place = "" if row.place is None else escape(visible(where(row.place, files)))
    yield f"<td><code>{place}</code></td>"
