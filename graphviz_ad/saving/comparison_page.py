"""Two traces side by side as HTML: both graphs with flags where they part, a slider over their nodes, and a table.

Nothing in it is a script. It stands on the style sheet of the cards of findings, and has their colours and themes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

from graphviz_ad.console import visible
from graphviz_ad.debugging.comparing.differing import Apart, Sides
from graphviz_ad.debugging.comparing.text import KEY, Row, comparison_title, rows, said
from graphviz_ad.draw.svg import number
from graphviz_ad.films.writing import Cut
from graphviz_ad.saving.cards import drawing, prose, rules, sheet, style
from graphviz_ad.saving.difference_strip import chosen, stops, strip, unshared
from graphviz_ad.saving.maps import CELLS

__all__ = ["page", "snippet"]

_NUMBER = ' class="gad-comparison-number"'
_HEADS = (
    ("", ""), ("node", ""), ("line", ""), ("a", _NUMBER), ("b", _NUMBER), ("value", _NUMBER), ("slope", _NUMBER),
    ("adjoint", _NUMBER), ("values apart", "")
)  # fmt: skip
_BAR = 90.0


def snippet(both: Sides, pictures: Sequence[Cut | str], level: int = 2) -> str:
    """Return the comparison for the output of a notebook's cell; of each side the picture, or why there is none."""
    used = frozenset(kind for own in pictures if not isinstance(own, str) for kind in own.film["styles"])
    with np.errstate(all="ignore"):
        names = {name for exam in (both.a, both.b) for name in exam.names if len(name) <= 2}
        sentences = "".join(f"<p>{prose(sentence, names - {'a', 'b'})}</p>" for sentence in said(both))
        listed = list(rows(both))
        body = "".join(_row(k, row) for k, row in enumerate(listed))
        slider = strip(both, listed) if both.pairs or both.only_a or both.only_b else ""
    heads = "".join(f'<th scope="col"{kind}>{head}</th>' for head, kind in _HEADS)
    title = escape(visible(comparison_title(both)))
    figures = "".join(_figure(side, picture, stops(listed, side)) for side, picture in zip("ab", pictures, strict=True))
    return (
        f"<style>{style(used | CELLS)}{rules(__file__)}{chosen(listed)}</style>\n"
        f'<section class="gad-check gad-comparison" aria-label="Comparison of two traces"><h{level}>{title}</h{level}>'
        f'<div class="gad-comparison-body">{sentences}{slider}<div class="gad-comparison-pictures">{figures}</div>'
        '<div class="gad-scroll" tabindex="0" role="group" aria-label="node by node">'
        '<table class="gad-listing gad-comparison-rows">'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
        f'<p class="gad-comparison-key">{escape(KEY)}</p></div></section>'
    )


def page(both: Sides, pictures: Sequence[Cut | str]) -> str:
    """Return the comparison as a page that needs nothing else."""
    return sheet(comparison_title(both), snippet(both, pictures, level=1))


def _figure(side: str, picture: Cut | str, columns: Mapping[str, int]) -> str:
    inside = f"<p>No picture: {escape(picture)}</p>" if isinstance(picture, str) else drawing(picture, columns)
    return f"<figure><figcaption>{side}</figcaption>{inside}</figure>"


def _row(k: int, row: Row) -> str:
    kind = {"!": "first", "−": "alone", "+": "alone", "⋮": "both", "": "both"}[row.mark]
    cells = "".join(f"<td{_NUMBER}>{escape(text)}</td>" for text in (row.a, row.b, row.value, row.slope, row.adjoint))
    bar = "" if row.pair is None else _bar(row.pair.value)
    return (
        f'<tr class="gad-comparison-{kind}" data-stop="{k}"><td>{row.mark}</td>'
        f'<th scope="row">{escape(visible(row.code))}</th>'
        f"<td>{row.line}</td>{cells}<td>{bar}</td></tr>"
    )


def _bar(own: Apart) -> str:
    """Return how far numbers are apart as a bar: a sixteenth of it is a digit that both do not share."""
    if not own.relative:
        return ""
    long = number(_BAR * max(unshared(own.relative), 0.02))
    fill = "currentColor" if own.differs else "none"
    return (
        f'<svg width="{number(_BAR)}" height="10" aria-hidden="true" focusable="false">'
        f'<rect x=".5" y="1.5" width="{long}" height="7" fill="{fill}" stroke="currentColor"/></svg>'
    )
