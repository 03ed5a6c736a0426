"""Draw how paths multiply on the way back through a graph while its edges only add up, counted on that graph."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from graphviz_ad.debugging.paths.searching import Ways
from graphviz_ad.draw.pen import Pen
from graphviz_ad.draw.svg import Element, number
from graphviz_ad.draw.theme import MONO
from graphviz_ad.formulas.text import SUPERSCRIPTS

__all__ = ["HIGH", "chart"]

HIGH = 196.0
"""The height of a chart in px."""

_LOW, _TOP = 146.0, 22.0
_LEFT, _RIGHT = 46.0, 92.0
_POINTS, _MARKS, _LINES = 120, 6, 4


def chart(pen: Pen, ways: Ways, x: float, y: float, wide: float) -> Iterator[Element]:
    """Yield the chart, from its top left corner on: paths as diamonds on a dashed line, edges as discs."""
    steps = len(ways.growth)
    shown = (
        sorted({round(k * (steps - 1) / (_POINTS - 1)) for k in range(_POINTS)}) if steps > _POINTS else range(steps)
    )
    edges = [(0, 1)] + [(k + 1, ways.growth[k][0]) for k in shown]
    paths = [(0, 1)] + [(k + 1, ways.growth[k][1]) for k in shown]
    decades = max(1.0, math.log10(max(edges[-1][1], paths[-1][1])))
    left, right = x + _LEFT, x + wide - _RIGHT

    def at(point: tuple[int, int]) -> tuple[float, float]:
        across = left + 10 + (right - left - 10) * point[0] / steps
        return across, y + _LOW - (_LOW - _TOP) * math.log10(max(point[1], 1)) / decades

    yield from _axes(pen, decades, (left, right), y, steps)
    yield from _curve(pen, [at(point) for point in paths], _DIAMOND, stroke_dasharray="5 4")
    yield from _curve(pen, [at(point) for point in edges], _DISC)
    ends = [("paths", paths[-1][1], at(paths[-1])[1]), ("edges", edges[-1][1], at(edges[-1])[1])]
    apart = 0.0 if abs(ends[0][2] - ends[1][2]) >= 30 else 15 - abs(ends[0][2] - ends[1][2]) / 2
    higher = ends[0][2] <= ends[1][2]
    for k, (words, count, level) in enumerate(ends):
        place = level + (-apart if (k == 0) == higher else apart)
        yield pen.text(right + 12, place - 1, _counted(count), 13, family=MONO, font_weight="700")
        yield pen.text(right + 12, place + 13, words, 12.5, "muted")


def _counted(count: int) -> str:
    return f"{count:,}" if count < 10**7 else _power(math.log10(count))


def _power(decades: float) -> str:
    digits = str(math.floor(decades)).translate(SUPERSCRIPTS)
    factor = f"{10 ** (decades - math.floor(decades)):.1f}"
    return f"10{digits}" if factor == "1.0" else f"{factor}·10{digits}"


def _axes(pen: Pen, decades: float, sides: tuple[float, float], y: float, steps: int) -> Iterator[Element]:
    left, right = sides
    every = max(1, math.ceil(decades / _LINES))
    for power in range(0, math.floor(decades) + 1, every):
        level = y + _LOW - (_LOW - _TOP) * power / decades
        yield pen.path(f"M{number(left)},{number(level)}H{number(right)}", "none", "hair", 1.2)
        yield pen.text(
            left - 8, level + 4.5, f"{10**power:,}" if power < 4 else _power(power), 12, "muted", anchor="end"
        )
    for node in sorted({1, (steps + 1) // 2, steps}):
        across = left + 10 + (right - left - 10) * node / steps
        yield pen.text(across, y + _LOW + 20, f"{node:,}", 12, "muted", anchor="middle")
    yield pen.text((left + right) / 2, y + _LOW + 39, "nodes passed on the way back", 12.5, "muted", anchor="middle")


def _curve(pen: Pen, points: Sequence[tuple[float, float]], mark: str, **looks: str) -> Iterator[Element]:
    line = "L".join(f"{number(a)},{number(b)}" for a, b in points)
    yield pen.path(f"M{line}", "none", "ink", 1.8, **looks)
    count = len(points)
    for k in sorted({round(j * (count - 1) / (_MARKS - 1)) for j in range(_MARKS)}):
        a, b = points[k]
        yield pen.path(f"M{number(a)},{number(b)}{mark}", "bg" if mark == _DIAMOND else "ink", "ink", 1.4)


_DIAMOND = "m0,-5l5,5l-5,5l-5,-5z"
_DISC = "m4,0c0,5.3 -8,5.3 -8,0c0,-5.3 8,-5.3 8,0z"
