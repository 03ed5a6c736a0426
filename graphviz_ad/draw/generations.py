"""Draw f and its derivatives side by side: their graphs in small marks at one scale, their counts, how these grow.

For a narrow page they stand below each other; no type or mark is smaller there, only the marks of a rank are closer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from graphviz_ad.console import prints
from graphviz_ad.draw import measuring
from graphviz_ad.draw.frame import Figure
from graphviz_ad.draw.layout import Marks, place_marks
from graphviz_ad.draw.length import Length
from graphviz_ad.draw.pen import Pen, broken
from graphviz_ad.draw.svg import Element, number
from graphviz_ad.draw.theme import MONO, SERIF
from graphviz_ad.formulas.formula import Formula
from graphviz_ad.formulas.text import Run
from graphviz_ad.numerals import write
from graphviz_ad.numerals.formats import choose, measure
from graphviz_ad.story.generations import KINDS, SIZES, Generation, primed

__all__ = ["Lineage", "draw", "draw_tall", "sentences"]

_MARGIN = 30.0
_BAR, _UNIT = 15.0, 6.0  # the height of a bar, and the width of a node in it
_GAP = 34.0
_CHARTS = (300.0, 480.0, 400.0)
_HIGH = 190.0

_WORDS = {"computed": "computed", "back": "back", "again": "back through all of that"}
_LEGEND = {"computed": "computed", "back": "made going back", "again": "made going back through all of that"}
_HUES = {"computed": "fwd", "back": "bwd", "again": "bwd"}


@prints
@dataclass(frozen=True, eq=False)
class Lineage:
    """What is drawn.

    Attributes
    ----------
    name, title : str, Formula
        What the function is called, and ``f(x) = ...``.
    argument, x : Formula, float
        Where it was differentiated.
    generations : tuple of Generation
    by_order : tuple of int
        How many nodes f and its derivatives have.
    by_size : mapping of str to tuple of int
        How many numbers are computed for several entries, where f takes several.
    others : mapping of str to tuple of int
        The same counts by order, of other functions.
    """

    name: str
    title: Formula
    argument: Formula
    x: float
    generations: tuple[Generation, ...] = field(repr=False)
    by_order: tuple[int, ...] = ()
    by_size: Mapping[str, tuple[int, ...]] = field(repr=False, default_factory=dict)
    others: Mapping[str, tuple[int, ...]] = field(repr=False, default_factory=dict)

    @property
    def place(self) -> str:
        """Where, as ``x = 2``."""
        return f"{self.argument.text} = {_short(self.x)}"

    @property
    def short(self) -> str:
        """What the function is called where there is little room."""
        return self.name if len(self.name) < 4 else "f"


def sentences(lineage: Lineage) -> list[str]:
    """Say what each derivative differentiates."""
    said = []
    for before in lineage.generations[:-1]:
        what, own = (lineage.name + primed(order) for order in (before.order + 1, before.order))
        if before.nodes == 1:
            said.append(f"{own} is made by no operation, so {what} has nothing to go back through.")
        elif before.order:
            said.append(f"{what} differentiates all {before.nodes} nodes that made {own}, its way back included.")
        else:
            said.append(f"{what} differentiates the {before.nodes} nodes of {own}{_kept(lineage)}.")
    return said


def _kept(lineage: Lineage) -> str:
    """Say how many nodes of f are a part of f′: an operation that only adds, or passes on, leaves no value in it."""
    first, second = lineage.generations[:2]
    kept = second.counts.get("computed", 0) if second.nodes > 1 else 0
    if not 0 < kept < first.nodes:
        return ""
    return f"; the value of {kept} of them is a part of it" if kept == 1 else f"; the values of {kept} are a part of it"


def _heading(lineage: Lineage) -> str:
    counts = [one.nodes for one in lineage.generations]
    if len(counts) > 2 and counts[2] > counts[1] > counts[0]:
        return "Why is the second derivative dearer than the first?"
    return f"What {lineage.name} and its derivatives are made of"


class _Pen(Pen):
    """Draws the marks of nodes, too."""

    def mark(self, kind: str, x: float, y: float) -> Element:
        """Return the mark of a node: what it was made by is lineage by its shape, and by whether it is hollow."""
        return self.path(f"M{number(x)},{number(y)}{_SHAPES[kind]}", *_FILLS[kind])

    def ring(self, x: float, y: float) -> Element:
        """Return the ring around a result."""
        r, k = 10.5, 5.8
        curves = f"c0,{k} -{r - k},{r} -{r},{r}c-{k},0 -{r},-{r - k} -{r},-{r}c0,-{k} {r - k},-{r} {r},-{r}"
        return self.path(f"M{number(x + r)},{number(y)}{curves}c{k},0 {r},{r - k} {r},{r}z", "none", "ink", 1.6)


_SHAPES = {"computed": "m-6,-4.8h12l-6,10.2z", "back": "m-6,4.8h12l-6,-10.2z", "again": "m0,-6l6,6l-6,6l-6,-6z"}
_FILLS: Mapping[str, tuple[str, str, float]] = {
    "computed": ("fwd", "none", 1.0),
    "back": ("bwd", "none", 1.0),
    "again": ("bg", "bwd", 1.8),
}


def _graph(pen: _Pen, lineage: Lineage, one: Generation, graph: Marks, x: float, y: float) -> Iterator[Element]:
    for route in graph.routes:
        points = [f"{number(x + a)},{number(y + b)}" for a, b in route]
        curves = "".join("C" + " ".join(points[k : k + 3]) for k in range(1, len(points) - 2, 3))
        yield pen.path(f"M{points[0]}{curves}", "none", "line", 1.1)
    for i, (mark, (a, b)) in enumerate(zip(one.marks, graph.centres, strict=True)):
        yield pen.mark(mark.kind, x + a, y + b)
        if i == one.result:
            yield pen.ring(x + a, y + b)
        if not i:
            yield pen.name(x + a, y + b - 10, lineage.argument.text, 15, anchor="middle")


def _bar(pen: _Pen, one: Generation, x: float, y: float) -> Iterator[Element]:
    """A stacked bar: solid, solid, hatched."""
    for kind, count in one.counts.items():
        wide = count * _UNIT
        outline = f"M{number(x)},{number(y)}h{number(wide)}v{_BAR}h-{number(wide)}z"
        if kind == "again":
            yield pen.path(outline, "bg", "bwd", 1.4)
            yield pen.path(_hatching(x, y, wide), "none", "bwd", 1.4)
        else:
            yield pen.path(outline, _HUES[kind])
        x += wide


def _hatching(x: float, y: float, wide: float) -> str:
    """Slanted lines within a bar."""
    lines = []
    slant = _BAR / 2
    at = -slant + 8.0
    while at < wide:
        low, high = max(0.0, at), min(wide, at + slant)
        bottom, top = y + _BAR - (low - at) * 2, y + _BAR - (high - at) * 2
        if high - low > 0.5:
            lines.append(f"M{number(x + low)},{number(bottom)}L{number(x + high)},{number(top)}")
        at += 8.0
    return "".join(lines)


def _column(
    pen: _Pen, lineage: Lineage, one: Generation, graph: Marks, at: tuple[float, float], wide: float
) -> Iterator[Element]:
    """One derivative: its counts in large, its value, its bar, its graph."""
    x, y = at
    name, hue = lineage.name + primed(one.order), "fwd" if not one.order else "bwd"
    yield pen.path(f"M{number(x)},{number(y)}h{number(wide)}", "none", "ink", 3.4)
    yield pen.name(x, y + 38, name, 28)
    right = x + _wide(name, 28) + 14
    for count, noun, size, weight in ((one.nodes, "node", 25.0, "700"), (one.edges, "edge", 19.0, "400")):
        yield pen.text(right, y + 38, f"{count:,}", size, family=MONO, font_weight=weight)
        right += measuring.mono(len(f"{count:,}"), size) + 6
        words = noun if count == 1 else noun + "s"
        yield pen.text(right, y + 38, words, 14, "muted")
        right += measuring.sans(words, 14) + 16
    value = write(one.value, choose(measure([one.value])))
    call = f"{name}({_short(lineage.x)})"
    yield pen.name(x, y + 70, call, 16, hue)
    yield pen.text(x + _wide(call, 16) + 8, y + 70, f"= {value.strip()}", 15, hue, family=MONO)
    yield from _bar(pen, one, x, y + 86)
    yield pen.text(x, y + 120, _bar_words(one), 13.5, "muted")
    yield from _graph(pen, lineage, one, graph, x + max(0.0, wide - graph.width) / 2, y + 158)


def _bar_words(one: Generation) -> str:
    return ", ".join(f"{_WORDS[kind]} {count}" for kind, count in one.counts.items())


def _room(lineage: Lineage, one: Generation) -> float:
    """How wide the words above a graph are."""
    heads = (f"{one.nodes:,}", 25.0, "nodes"), (f"{one.edges:,}", 19.0, "edges")
    head = _wide(lineage.name + primed(one.order), 28) + 14
    head += sum(measuring.mono(len(count), size) + 22 + measuring.sans(noun, 14) for count, size, noun in heads)
    return max(head, measuring.sans(_bar_words(one), 13.5), one.nodes * _UNIT)


def _wide(name: str, size: float) -> float:
    """How wide a name with primes is: a double one is as wide as two."""
    return measuring.width([Run(name.replace("″", "′′"))], size)


def _short(x: float) -> str:
    return write(x, choose(measure([x]))).strip() if x != round(x, 2) else f"{x:g}".replace("-", "−")


def _kinds(lineage: Lineage) -> list[str]:
    return [kind for kind in KINDS if any(kind in one.counts for one in lineage.generations)]


def _legend(pen: _Pen, kinds: Sequence[str], x: float, y: float) -> Iterator[Element]:
    for kind in kinds:
        yield from _sign(pen, kind, x, y)
        x += 20 + measuring.sans(_LEGEND[kind], 13.5) + 26
    yield from _result_sign(pen, x, y)


def _sign(pen: _Pen, kind: str, x: float, y: float) -> Iterator[Element]:
    yield pen.mark(kind, x + 7, y - 5)
    yield pen.text(x + 20, y, _LEGEND[kind], 13.5, "muted")


def _result_sign(pen: _Pen, x: float, y: float) -> Iterator[Element]:
    yield pen.ring(x + 10, y - 5)
    yield pen.text(x + 27, y, "the result", 13.5, "muted")


# ---------------------------------------------------------------------------------------------------- how it grows


class _Scale(NamedTuple):
    """A logarithmic scale along an axis."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return where a value lies."""
        share = (math.log(value) - math.log(self.low)) / (math.log(self.high) - math.log(self.low) or 1.0)
        return self.start + share * (self.end - self.start)


def _decades(scale: _Scale) -> list[int]:
    powers = range(math.ceil(math.log10(scale.low)), math.floor(math.log10(scale.high)) + 1)
    return [10**power for power in powers]


def _lines_of(pen: _Pen, scale: _Scale, left: float, right: float) -> Iterator[Element]:
    """The lines of an axis, one a decade."""
    for value in _decades(scale):
        y = scale.at(value)
        yield pen.path(f"M{number(left)},{number(y)}H{number(right)}", "none", "hair", 1.2)
        yield pen.text(left - 8, y + 4.5, f"{value:,}", 12.5, "muted", anchor="end")


def _orders_chart(pen: _Pen, lineage: Lineage, x: float, y: float, wide: float) -> Iterator[Element]:
    """How many nodes, by order, each with how many times as many as before."""
    yield pen.heading(x, y, "Nodes by order, counted", wide)
    counts = lineage.by_order
    scale = _Scale(min(counts) * 0.55, max(counts) * 1.8, y + _HIGH, y + 34)
    left = x + 52
    across = [left + 26 + k * (wide - 94) / max(1, len(counts) - 1) for k in range(len(counts))]
    yield from _lines_of(pen, scale, left, x + wide)
    points = [(a, scale.at(count)) for a, count in zip(across, counts, strict=True)]
    yield pen.path("M" + "L".join(f"{number(a)},{number(b)}" for a, b in points), "none", "ink", 2.2)
    for k, ((a, b), count) in enumerate(zip(points, counts, strict=True)):
        dot = f"M{number(a + 5)},{number(b)}c0,6.6 -10,6.6 -10,0c0,-6.6 10,-6.6 10,0z"
        yield pen.path(dot, "ink")
        yield pen.text(a, b - 12, f"{count:,}", 14, family=MONO, anchor="middle", font_weight="700")
        yield pen.name(a, y + _HIGH + 28, lineage.short + primed(k), 17, anchor="middle")
    for ((a, b), (c, d)), (one, other) in zip(pairwise(points), pairwise(counts), strict=True):
        beside = 20 if d <= b else -8  # of the line, not on it
        yield pen.text((a + c) / 2 + 16, (b + d) / 2 + beside, f"× {other / one:.2g}", 12.5, "muted", anchor="middle")


_STROKES = (("fwd", "none"), ("bwd", "6 4"), ("bwd", "none"), ("ink", "2 4"))


def _sizes_chart(pen: _Pen, lineage: Lineage, x: float, y: float, wide: float) -> Iterator[Element]:
    """How many numbers are computed for n entries: all grow as n, but for the whole matrix."""
    yield pen.heading(x, y, "Numbers computed for n entries, counted", wide)
    largest = max(max(counts) for counts in lineage.by_size.values())
    smallest = min(min(counts) for counts in lineage.by_size.values())
    scale = _Scale(smallest * 0.7, largest * 1.3, y + _HIGH, y + 24)
    left, right = x + 62, x + wide - 128
    along = _Scale(SIZES[0], SIZES[-1], left + 4, right)
    yield from _lines_of(pen, scale, left, right)
    for size in SIZES:
        yield pen.text(along.at(size), y + _HIGH + 26, f"{size}", 12.5, "muted", anchor="middle")
    ends = {name: scale.at(counts[-1]) for name, counts in lineage.by_size.items()}
    beside = _apart(ends)
    for (name, counts), (hue, dash) in zip(lineage.by_size.items(), _STROKES, strict=True):
        points = (f"{number(along.at(n))},{number(scale.at(count))}" for n, count in zip(SIZES, counts, strict=True))
        looks = {} if dash == "none" else {"stroke_dasharray": dash}
        yield pen.path("M" + "L".join(points), "none", hue, 2.6, **looks)
        said = name if name[0] != "f" else lineage.short + name[1:] + (" of each entry" if name == "f″" else "")
        yield pen.text(right + 10, beside[name] + 4.5, said, 14, family=SERIF)
    words = f"{lineage.short}″ of each entry grows as n; the whole Hessian, row by row, as n²."
    yield from _note(pen, x, y + _HIGH + 54, words, wide)


def _apart(places: Mapping[str, float], least: float = 17.0) -> dict[str, float]:
    """Move labels apart, downwards from the highest."""
    moved: dict[str, float] = {}
    low = -math.inf
    for name, y in sorted(places.items(), key=lambda pair: pair[1]):
        moved[name] = low = max(y, low + least)
    return moved


def _table(pen: _Pen, lineage: Lineage, x: float, y: float, wide: float) -> Iterator[Element]:
    """The same counts, of other functions."""
    yield pen.heading(x, y, "It depends on the function", wide)
    rows = {**lineage.others, f"this {lineage.short}": lineage.by_order}
    columns = max(map(len, rows.values()))
    ends = [x + 130 + k * (wide - 130) / max(1, columns - 1) for k in range(columns)]
    for k, end in enumerate(ends):
        yield pen.name(end, y + 32, "f" + primed(k), 16, anchor="end")
    yield pen.path(f"M{number(x)},{number(y + 42)}H{number(x + wide)}", "none", "line", 1.6)
    height = y + 42
    for name, counts in rows.items():
        weight = "700" if counts is lineage.by_order else "400"
        yield pen.text(x, height + 21, name, 16, family=SERIF, font_weight=weight)
        for end, count in zip(ends, counts, strict=False):
            yield pen.text(end, height + 21, f"{count:,}", 14, family=MONO, anchor="end", font_weight=weight)
        height += 31
        yield pen.path(f"M{number(x)},{number(height)}H{number(x + wide)}", "none", "hair", 1.2)
    yield from _note(pen, x, height + 26, "A polynomial ends; tanh about doubles with each order.", wide)


def _note(pen: _Pen, x: float, y: float, said: str, wide: float) -> Iterator[Element]:
    """What is said below a chart."""
    for k, line in enumerate(broken(said, 13.5, wide)):
        yield pen.text(x, y + 18 * k, line, 13.5, "muted")


_Chart = Callable[[_Pen, Lineage, float, float, float], Iterator[Element]]


def _charts(lineage: Lineage) -> list[tuple[_Chart, float]]:
    charts: list[_Chart] = [_orders_chart, _sizes_chart, _table]
    return [own for own in zip(charts, _CHARTS, strict=True) if lineage.by_size or own[0] is not _sizes_chart]


def draw(lineage: Lineage, theme: str = "light", width: Length | None = None) -> Figure:
    """Return the picture.

    Parameters
    ----------
    lineage : Lineage
    theme : str
        ``light``, ``dark``, ``high-contrast`` or ``print``.
    width : Length, optional
        How wide it is; the height follows.
    """
    pen = _Pen(theme)
    graphs = [place_marks(tuple(mark.parents for mark in one.marks)) for one in lineage.generations]
    wide = [max(_room(lineage, one), graph.width + 20) for one, graph in zip(lineage.generations, graphs, strict=True)]
    charts = _charts(lineage)
    said = " ".join(sentences(lineage))
    across = max(
        sum(wide) + _GAP * (len(wide) - 1),
        sum(size for _, size in charts) + _GAP * (len(charts) - 1),
        measuring.sans(said, 15.5),
        measuring.width(lineage.title.runs, 17) + 140,
    )
    # What is left over is shared out, so that no column stands half empty.
    share = (across - _GAP * (len(wide) - 1)) / sum(wide)
    elements = [pen.text(_MARGIN, 52, _heading(lineage), 26, family=SERIF)]
    elements.append(pen.formula(_MARGIN, 88, lineage.title.runs, 17))
    after = _MARGIN + measuring.width(lineage.title.runs, 17) + 8
    place_ = f"at {lineage.place}."
    elements.append(pen.text(after, 88, place_, 15.5, "muted"))
    elements.append(pen.text(_MARGIN, 114, said, 15.5, "muted"))
    top, x = 142.0, _MARGIN
    for one, graph, own in zip(lineage.generations, graphs, wide, strict=True):
        elements += _column(pen, lineage, one, graph, (x, top), share * own)
        x += share * own + _GAP
    low = top + 158 + max(graph.height for graph in graphs) + 44
    elements += _legend(pen, _kinds(lineage), _MARGIN, low)
    low += 30
    elements.append(pen.path(f"M{number(_MARGIN)},{number(low)}h{number(across)}", "none", "hair", 1.6))
    x = _MARGIN
    for chart, size in charts:
        elements += chart(pen, lineage, x, low + 38, size)
        x += size + _GAP
    return _figure(pen, lineage, elements, (across + 2 * _MARGIN, low + 38 + _HIGH + 80), width)


_NARROW = 336.0  # what a phone of 360 px shows beside a margin
_EDGE = 12.0
_CLOSEST = 0.42  # of their distance side by side: marks of a rank do not touch


def draw_tall(lineage: Lineage, theme: str = "light") -> Figure:
    """Return the picture as it is on a narrow page: everything below each other.

    Parameters
    ----------
    lineage : Lineage
    theme : str
    """
    pen = _Pen(theme)
    graphs = [_closer(place_marks(tuple(mark.parents for mark in one.marks))) for one in lineage.generations]
    rooms = [_room(lineage, one) for one in lineage.generations]
    title = measuring.width(lineage.title.runs, 17)
    across = max(_NARROW, title, *rooms, *(graph.width for graph in graphs))
    y = 30.0
    elements = []
    for line in broken(_heading(lineage), 20, across):
        elements.append(pen.text(_EDGE, y, line, 20, family=SERIF))
        y += 26
    elements.append(pen.formula(_EDGE, y + 6, lineage.title.runs, 17))
    y += 32
    for line in broken(f"at {lineage.place}. {' '.join(sentences(lineage))}", 14.5, across):
        elements.append(pen.text(_EDGE, y, line, 14.5, "muted"))
        y += 20
    y += 12
    for one, graph in zip(lineage.generations, graphs, strict=True):
        elements += _column(pen, lineage, one, graph, (_EDGE, y), across)
        y += 158 + graph.height + 34
    for kind in _kinds(lineage):
        elements += _sign(pen, kind, _EDGE, y)
        y += 24
    elements += _result_sign(pen, _EDGE, y)
    y += 44
    for chart, _ in _charts(lineage):
        elements += chart(pen, lineage, _EDGE, y, across)
        y += _HIGH + 108
    return _figure(pen, lineage, elements, (across + 2 * _EDGE, y), None)


def _closer(graph: Marks) -> Marks:
    """Return a graph whose ranks fit a narrow page, as far as that goes."""
    share = min(1.0, max(_CLOSEST, (_NARROW - 16) / graph.width))
    centres = tuple((x * share, y) for x, y in graph.centres)
    routes = tuple(tuple((x * share, y) for x, y in route) for route in graph.routes)
    return Marks(centres, routes, graph.width * share, graph.height)


def _figure(
    pen: _Pen, lineage: Lineage, elements: Sequence[Element], size: tuple[float, float], width: Length | None
) -> Figure:
    counts = "; ".join(f"{lineage.name}{primed(one.order)}: {one.nodes} nodes, {one.edges} edges"
                       for one in lineage.generations)  # fmt: skip
    title = f"Graphs of {lineage.title.text} and its derivatives at {lineage.place}: {counts}"
    return pen.figure(elements, size, title, " ".join(sentences(lineage)), width)
