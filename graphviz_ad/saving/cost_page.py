"""A cost as HTML: the sentence that says which mode to take, and its tables, for a notebook or a page of its own.

It stands on the style sheet of the cards of findings, and has their colours and themes.
"""

from __future__ import annotations

from html import escape

from graphviz_ad.console import visible
from graphviz_ad.debugging.costs.sweeping import Costs
from graphviz_ad.debugging.costs.text import Table, headline, kept, line_table, mode_table, node_table, notes, verdict
from graphviz_ad.debugging.examination import Examination
from graphviz_ad.saving.cards import prose, rules, sheet, style

__all__ = ["page", "snippet"]


def page(exam: Examination, costs: Costs) -> str:
    """Return the cost as a page that needs nothing else."""
    return sheet(f"What {exam.recording.name} costs", snippet(exam, costs, level=1))


def snippet(exam: Examination, costs: Costs, level: int = 2) -> str:
    """Return the cost for the output of a notebook's cell; its first heading has a level."""
    tables = "".join(_table(own, level + 1) for own in (mode_table(costs), line_table(costs), node_table(exam, costs)))
    said = "".join(f"<p>{prose(words, ())}</p>" for words in notes(exam, costs))
    name = escape(visible(exam.recording.name))
    return (
        f"<style>{style(frozenset())}{rules(__file__)}</style>\n"
        f'<section class="gad-check gad-cost" aria-label="What {name} costs"><div class="gad-cost-page">'
        f"<h{level}>{prose(headline(exam, costs), ())}</h{level}>"
        f'<p class="gad-cost-verdict">{prose(verdict(exam, costs), ())}</p>{tables}<p>{prose(kept(costs), ())}</p>'
        f'<div class="gad-cost-notes">{said}</div></div></section>'
    )


def _table(table: Table, level: int) -> str:
    if not table.rows:
        return ""
    heads = "".join(
        f"<th scope='col'{'' if k < table.words else ' class=gad-number'}>{escape(head)}</th>" if head else "<td></td>"
        for k, head in enumerate(table.heads)
    )
    rows = ""
    for first, *others in table.rows:
        cells = "".join(_cell(table, k, text) for k, text in enumerate(others, 1))
        rows += f"<tr><th scope='row'>{escape(visible(first))}</th>{cells}</tr>"
    scroll = f"<div class='gad-scroll' tabindex='0' role='group' aria-label='{escape(table.title)}'>"
    return (
        f"<h{level}>{escape(table.title)}</h{level}>{scroll}<table class='gad-cost-table'>"
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _cell(table: Table, k: int, text: str) -> str:
    if k < table.words:
        code = "code" if table.heads[0] in ("line", "node") else "span"
        return f"<td><{code}>{escape(visible(text))}</{code}></td>"
    return f"<td class='gad-number'>{escape(visible(text))}</td>"
