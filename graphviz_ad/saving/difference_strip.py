"""The slider of a comparison: every node as a column, coloured by how far its numbers are apart.

Nothing in it is a script: the columns are radio buttons, between which the arrow keys move, and the style sheet shows
what belongs to the one that is chosen: the node's card in both pictures, and its numbers of both sides.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np

from graphviz_ad.console import visible
from graphviz_ad.debugging.comparing.differing import Apart, Pair, Sides, distances
from graphviz_ad.debugging.comparing.text import Row, far
from graphviz_ad.debugging.examination import Examination
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.numerals.writing import static
from graphviz_ad.saving.cards import OWN_KEYS
from graphviz_ad.saving.maps import captioned, maps, shades

__all__ = ["chosen", "stops", "strip", "unshared"]

_DECADES = 16  # powers of ten: from there on, numbers share all their digits

_FAINTEST = 12  # per cent, of what differs at all
_KEY = "Every node, in execution order: the darker a cell, the fewer digits both sides share. ← → move."
_HUES = {"value": "fwd", "adjoint": "bwd"}


def stops(rows: Sequence[Row], side: str) -> dict[str, int]:
    """Return in which column each node of a side stands, by the name of its card in the picture: ``n3``."""
    own = "−" if side == "a" else "+"
    places = {k: getattr(row.pair, side) if row.pair is not None else row.alone if row.mark == own else None
              for k, row in enumerate(rows)}  # fmt: skip
    return {f"n{place}": k for k, place in places.items() if place is not None}


def chosen(rows: Sequence[Row]) -> str:
    """Return the rules of the style sheet that show what belongs to the column that is chosen."""
    return "".join(
        f'section.gad-comparison:has([value="{k}"]:checked) [data-stop="{k}"]'
        "{--gad-shown:block;--gad-lit:var(--gad-panel);--gad-edge:var(--gad-ink)}\n"
        for k, row in enumerate(rows)
        if row.mark != "⋮"
    )


def strip(both: Sides, rows: Sequence[Row]) -> str:
    """Return the slider, and what it shows below it."""
    start = next((k for k, row in enumerate(rows) if _parts(both, row)), 0)
    columns = "".join(_column(k, row, is_chosen=k == start) for k, row in enumerate(rows))
    panels = "".join(_panel(both, k, row) for k, row in enumerate(rows) if row.mark != "⋮")
    return (
        '<form class="gad-strip"><div class="gad-strip-columns" role="radiogroup" '
        'aria-label="Nodes in execution order, coloured by how far they are apart">'
        f'<span class="gad-strip-signs" aria-hidden="true"><b>▼</b><b>▲</b></span>{columns}</div>'
        f'<p class="gad-strip-key">{_KEY}</p>{panels}</form>'
    )


def _parts(both: Sides, row: Row) -> bool:
    """Whether it is the place where both part first."""
    if not both.firsts:
        return row.alone is not None
    return row.pair is both.firsts[0].pair


def _column(k: int, row: Row, *, is_chosen: bool) -> str:
    if row.mark == "⋮":
        return f'<span class="gad-strip-gap" title="{escape(row.code)}">⋮</span>'
    name = escape(visible(_name(row)))
    cells = "".join(f"<span{_colour(row.pair, kind)}></span>" for kind in _HUES)
    mark = {"!": "≠", "−": "−", "+": "+"}.get(row.mark, "")
    checked = " checked" if is_chosen else ""
    return (
        f'<label class="gad-strip-column gad-strip-{"both" if row.pair is not None else "alone"}" data-stop="{k}" '
        f'title="{name}"><input type="radio" name="node" value="{k}"{checked} {OWN_KEYS} aria-label="{name}">'
        f"<b>{mark}</b>{cells}</label>"
    )


def _name(row: Row) -> str:
    if row.pair is None:
        return f"{row.code}, in {'a' if row.mark == '−' else 'b'} alone"
    return f"{row.code}: values {_said(row.value)}" + (f", adjoints {_said(row.adjoint)}" if row.adjoint else "")


def _said(text: str) -> str:
    """Return how far numbers are apart in words, for a screen reader."""
    return {"=": "the same", "≈": "apart by rounding alone", "≠": "not alike"}.get(text, f"{text} apart")


def _colour(pair: Pair | None, kind: str) -> str:
    """Return the style of a cell: the hue of its kind, the darker the fewer digits are shared."""
    own: Apart | None = getattr(pair, kind, None)
    depth = 0 if own is None else _depth(own.relative)
    return f' style="background:color-mix(in srgb,var(--gad-{_HUES[kind]}) {depth}%,var(--gad-bg))"' if depth else ""


def unshared(relative: float) -> float:
    """Return what part of 16 digits two numbers do not share, from how far they are apart: 1 where they share none.

    Examples
    --------
    >>> [unshared(relative) for relative in (1e-16, 1e-8, 1.0, float("inf"))]
    [0.0, 0.5, 1.0, 1.0]
    """
    decades = float(np.log10(relative)) if np.isfinite(relative) else 0.0
    return float(np.clip(1 + decades / _DECADES, 0.0, 1.0))


def _depth(relative: float) -> int:
    """Return how deep the colour of a difference is, in per cent: 0 of none, 100 where no digit is shared.

    Examples
    --------
    >>> [_depth(relative) for relative in (0.0, 1e-16, 1e-8, 1.0, float("inf"))]
    [0, 12, 56, 100, 100]
    """
    return round(_FAINTEST + (100 - _FAINTEST) * unshared(relative)) if relative else 0


# -- what is chosen -------------------------------------------------------------------------------------------------


def _panel(both: Sides, k: int, row: Row) -> str:
    line = f" <span>line {row.line}</span>" if row.line else ""
    head = f'<p class="gad-strip-title">{escape(visible(row.code))}{line}</p>'
    if row.pair is None:
        side, exam = ("a", both.a) if row.mark == "−" else ("b", both.b)
        assert row.alone is not None
        inside = f"<p>In {side} alone: nothing of the other side goes with it.</p>" + _lone(exam, row.alone)
    else:
        inside = "".join(_compared(both, row.pair, kind) for kind in _HUES)
    return f'<div class="gad-strip-panel" data-stop="{k}">{head}{inside}</div>'


def _lone(exam: Examination, i: int) -> str:
    numbers = {"value": exam.value(i), "adjoint": exam.adjoint(i)}
    known = {kind: plain_value(value) for kind, value in numbers.items() if value is not None}
    figures = (captioned(kind, _text(value, None), "".join(maps([value], None))) for kind, value in known.items())
    return f'<div class="gad-strip-numbers gad-maps">{"".join(figures)}</div>'


def _compared(both: Sides, pair: Pair, kind: str) -> str:
    """Return the numbers of both sides, and how far they are apart, as maps where they are arrays."""
    one, other = (plain_value(getattr(exam, kind)(i)) for exam, i in ((both.a, pair.a), (both.b, pair.b)))
    if one is None and other is None:
        return ""
    own: Apart = getattr(pair, kind)
    place = own.entry if own.relative else None
    drawn = ["", "", ""]
    if np.shape(one) == np.shape(other) and (pictures := maps([one, other], place)):
        depths = np.vectorize(_depth, otypes=[int])(distances(one, other))
        drawn = [*pictures, shades(depths, _HUES[kind], place)]
    entry = "" if place is None else f" at [{', '.join(map(str, place))}]"
    texts = (_text(one, own), _text(other, own), far(own))
    words = (f"{kind} in a{entry}", "in b", "apart")
    figures = (captioned(*each) for each in zip(words, texts, drawn, strict=True))
    return f'<div class="gad-strip-numbers gad-maps">{"".join(figures)}</div>'


def _text(value: Any, own: Apart | None) -> str:
    if value is None:
        return "none"
    if not np.ndim(value):
        return static(value)
    if own is None or own.entry is None or not own.relative:
        return str(np.shape(value))
    return static(value[own.entry])
