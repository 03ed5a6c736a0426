"""Draw a gradient as the sum of its paths: strokes between small cards, each as wide as what the path carries.

What adds is solid, with a white head where it arrives; what takes away is hollow, with ties across, so that no hue has
to tell it. The widest have letters, as in the table; what has none is grey.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.console import visible
from graphviz_ad.debugging.examination import Examination, numbers
from graphviz_ad.debugging.paths.condensing import Condensed, condensed
from graphviz_ad.debugging.paths.searching import Edge, Path, Ways, factor
from graphviz_ad.debugging.paths.sizes import NOTHING, ONE, as_float, log10_of, size_of, times, written
from graphviz_ad.debugging.paths.text import LETTERED, LETTERS, Row, cut, ending, instead, parts, rows, sentences, short
from graphviz_ad.draw import measuring
from graphviz_ad.draw.braid import CARD, Braid, Point, Stroke, braid, points_of
from graphviz_ad.draw.frame import Figure
from graphviz_ad.draw.growth import HIGH, chart
from graphviz_ad.draw.length import Length
from graphviz_ad.draw.pen import ON_PAGE, Pen, broken
from graphviz_ad.draw.svg import Element, number
from graphviz_ad.draw.theme import MONO, SERIF
from graphviz_ad.formulas.text import Run
from graphviz_ad.story.labels import shape_text

__all__ = ["MOST_CARDS", "Drawn", "bar", "draw", "graph"]

MOST_CARDS = 24
"""A picture has no more cards: of more nodes, those at which the widest paths part or meet."""

_MARGIN = 24.0
_TITLE, _ROW, _HALF = 15.5, 14.0, 24.0
_MOST_TITLE = 240.0
_HOLLOW = 4.0  # narrower strokes have no inside
_TIES, _RADIUS = 9.0, 8.2
_HEADED = 7.0  # narrower strokes have no head
_BELOW_HEAD = 9  # points along a stroke, so that no letter lies on its head
_GREY_ON_PAGE = "var(--gad-chosen,var(--gad-line))"


class Drawn(NamedTuple):
    """The picture of the graph: its elements, and its size."""

    elements: list[Element]
    width: float
    height: float


class _Card(NamedTuple):
    """Of one node, or with as many as its `stretch` says, all but the first of which are left out."""

    title: Sequence[Run]
    tag: str
    number: str
    stretch: int = 1

    @property
    def width(self) -> float:
        tag = measuring.sans(self.tag, 12) + 14 if self.tag else 0.0
        title = measuring.sans(self.words, 13.5) if self.words else measuring.width(self.title, _TITLE)
        return max(92.0, 24 + title + tag, 40 + measuring.mono(len(self.number), _ROW))

    @property
    def words(self) -> str:
        return f"… {self.stretch:,} nodes" if self.stretch > 1 else ""


def _stretch(exam: Examination, edges: Sequence[Edge], tag: str) -> _Card:
    """Return the card of nodes that lie on one stretch, with the product of their factors where these are numbers."""
    factors = [factor(exam, edge) for edge in edges] if all(np.size(exam.values[k]) == 1 for k, _ in edges) else []
    product = _product(factors) if factors else ""
    return _Card((), tag, visible(product), len({child for child, _ in edges}))


def _product(factors: Sequence[Any]) -> str:
    """Write the product of many factors: not what floats make of it on the way, but what it is."""
    if any(map(np.iscomplexobj, factors)):
        return numbers(np.prod(factors))
    size = reduce(times, map(size_of, factors), ONE)
    is_negative = sum(bool(own < 0) for own in factors) % 2 == 1
    whole = as_float(size)
    if sys.float_info.min <= whole < np.inf or size == NOTHING:
        return numbers(-whole if is_negative else whole)
    return written(log10_of(size), is_negative)


def _card(exam: Examination, i: int, left_out: int) -> _Card:
    titles = [exam.title(i, depth).runs for depth in (2, 1, 0)]
    title = next((own for own in titles if measuring.width(own, _TITLE) <= _MOST_TITLE), titles[-1])
    title = measuring.fit(title, _TITLE, _MOST_TITLE)
    g = exam.adjoint(i)
    written = numbers(g) if np.ndim(g) == 0 else short(g)
    if len(written) > 22:
        written = f"{shape_text(np.shape(g))} numbers"
    tags = ["input"] if i in exam.inputs else []
    return _Card(tuple(title), "  ".join(tags + _more(left_out)), visible(written))


def _more(left_out: int) -> list[str]:
    """Return the sign of edges that are not drawn."""
    return [f"⋯{left_out:,}"] if left_out else []


def graph(exam: Examination, ways: Ways, pen: Pen, at: Point = (0.0, 0.0)) -> Drawn:
    """Return the picture of the graph, or of what the widest paths are in a large one, with a legend below it.

    Parameters
    ----------
    exam : Examination
    ways : Ways
    pen : Pen
    at : (float, float)
        Its top left corner.

    Raises
    ------
    LayoutError
        When Graphviz is missing, fails or takes too long.
    """
    shown = condensed(ways, MOST_CARDS)
    links, stretches, left_out = shown.ways.links, shown.stretches, shown.left_out
    cards = {
        i: _stretch(exam, stretches[i], "  ".join(_more(left_out.get(i, 0))))
        if i in stretches
        else _card(exam, i, left_out.get(i, 0))
        for i in sorted({*links.values(), *(child for child, _ in links)})
    }
    plan = braid(shown.ways, {i: card.width for i, card in cards.items()}, at)
    elements = [*_strokes(pen, plan, shown.ways.paths)]
    for i, (x, y, wide) in plan.cards.items():
        elements += _drawn_card(pen, cards[i], x, y, wide)
    legend, width, low = _legend(pen, shown, plan, at)
    return Drawn([*elements, *legend], max(plan.width, width), low - at[1])


# -- cards and strokes ------------------------------------------------------------------------------------------------


def _rect(
    pen: Pen, x: float, y: float, wide: float, high: float, fill: str, stroke: str = "none", r: float = 0.0
) -> Element:
    place = {"x": number(x), "y": number(y), "width": number(wide), "height": number(high)}
    look = {"fill": pen.tokens.get(fill, fill)} | ({"rx": number(r)} if r else {})
    if stroke != "none":
        look |= {"stroke": pen.tokens[stroke], "stroke-width": "1.4"}
    return Element("rect", {**place, **look})


def _drawn_card(pen: Pen, card: _Card, x: float, y: float, wide: float) -> Iterator[Element]:
    if card.words:
        yield _rect(pen, x + 4, y - 4, wide, CARD, "bg", "ink", 5)
    yield _rect(pen, x, y, wide, CARD, "bg", r=5)
    yield _rect(pen, x + 0.7, y + _HALF, wide - 1.4, CARD - _HALF - 3, "bwd-tint")
    yield _rect(pen, x + 0.7, y + _HALF + 8, wide - 1.4, CARD - _HALF - 8.7, "bwd-tint", r=4)
    yield _rect(pen, x, y, wide, CARD, "none", "ink", 5)
    if card.tag:
        yield pen.text(x + wide - 10, y + 17, card.tag, 12, "muted", anchor="end")
    if card.words:
        yield pen.text(x + 10, y + 17, card.words, 13.5)
        yield pen.text(x + 10, y + 41, "×" if card.number else "", _ROW, family=SERIF)
    else:
        yield pen.formula(x + 10, y + 17.5, card.title, _TITLE)
        yield pen.path(f"M{number(x + 10)},{number(y + 39.5)}h9l-4.5,-7.6z", "bwd")
    yield pen.text(x + wide - 10, y + 41, card.number, _ROW, "ink" if card.words else "bwd", family=MONO, anchor="end")


def _strokes(pen: Pen, plan: Braid, paths: Sequence[Path]) -> Iterator[Element]:
    """Yield a group for each path, the widest last, so that it lies on top; then their letters."""
    order = sorted(plan.strokes, key=lambda stroke: -1 if stroke.path is None else len(paths) - stroke.path)
    for path, own in groupby(order, key=lambda stroke: stroke.path):
        if path is None:
            lines = [pen.path(stroke.data, "none", "line", stroke.width) for stroke in own]
            yield Element("g", {}, (), lines)
            continue
        drawn: list[Element] = []
        for stroke in own:
            drawn += _stroke(pen, stroke, parts(paths[path]), path < LETTERED)
        yield Element("g", {"data-path": str(path)}, (), tuple(drawn))
    for path, own in groupby(reversed(order), key=lambda stroke: stroke.path):
        if path is not None and path < LETTERED:
            letters = [one for stroke in own for one in _letter(pen, LETTERS[path], _place_of_letter(plan, stroke))]
            yield Element("g", {"data-path": str(path)}, ("gad-letter",), letters)


def _stroke(pen: Pen, stroke: Stroke, signs: tuple[float, float], lettered: bool) -> Iterator[Element]:
    """Yield a stroke: solid where its path adds, hollow where it takes away."""
    hue = "bwd" if lettered else _GREY_ON_PAGE if pen.theme == ON_PAGE else "line"
    if pen.theme == ON_PAGE:  # where a reader can choose it
        halo = pen.path(stroke.data, "none", "ink", stroke.width + 6)
        halo.classes = ("gad-paths-halo",)
        yield halo
    if signs[0]:
        yield pen.path(stroke.data, "none", hue, stroke.width)
        if not signs[1] and lettered and stroke.width >= _HEADED:
            yield pen.path(_head(stroke), "bg")
    elif stroke.width < _HOLLOW:
        yield pen.path(stroke.data, "none", hue, stroke.width, stroke_dasharray="4 3")
    else:
        yield pen.path(stroke.data, "none", hue, stroke.width)
        yield pen.path(stroke.data, "none", "bg", stroke.width - 2.8)
        yield pen.path(_ties(stroke), "none", hue, 1.4)


def _head(stroke: Stroke) -> str:
    """Return a triangle in a stroke where it arrives at the parent."""
    (x, y) = stroke.route[0][0]
    half = min(7.0, stroke.width / 2 - 2)
    return f"M{number(x - half)},{number(y + 6 + 1.5 * half)}h{number(2 * half)}l{number(-half)},{number(-1.5 * half)}z"


def _ties(stroke: Stroke) -> str:
    half = stroke.width / 2 - 0.7
    lines = []
    for (x, y), (right, down) in points_of(stroke, _TIES):
        a, b = (number(x - half * right), number(y - half * down)), (number(x + half * right), number(y + half * down))
        lines.append(f"M{a[0]},{a[1]}L{b[0]},{b[1]}")
    return "".join(lines)


def _place_of_letter(plan: Braid, stroke: Stroke) -> Point:
    """Return where on a stroke its letter stands: each of those side by side at a height of its own."""
    beside = [one.path for one in plan.strokes if one.edge == stroke.edge and one.path is not None]
    lettered = sorted(path for path in beside if path < LETTERED)
    places = points_of(stroke, 3.0)
    part = (lettered.index(stroke.path or 0) + 1) / (len(lettered) + 1)
    below = _BELOW_HEAD if stroke.width >= _HEADED else 0
    return places[min(len(places) - 1, max(below, int(part * len(places))))][0]


def _letter(pen: Pen, letter: str, place: Point) -> Iterator[Element]:
    x, y = place
    r = _RADIUS
    yield _rect(pen, x - r, y - r, 2 * r, 2 * r, "bg", "ink", r)
    yield pen.text(x, y + 4.2, letter, 12, anchor="middle", font_weight="700")


# -- the legend -------------------------------------------------------------------------------------------------------


def _legend(pen: Pen, shown: Condensed, plan: Braid, at: Point) -> tuple[list[Element], float, float]:
    """Return the key to what occurs, its width, and where it ends."""
    ways = shown.ways
    drawn = {stroke.path for stroke in plan.strokes}
    signs = {tuple(part > 0 for part in parts(path)) for k, path in enumerate(ways.paths) if k in drawn}
    entries = [
        ((True, False), "adds", _adding),
        ((False, True), "takes away", _hollow),
        ((True, True), "adds here, takes away there", _solid),
    ]
    items: list[tuple[str, Callable[[Pen, float, float], Iterator[Element]] | None]]
    items = [(words, sign) for key, words, sign in entries if key in signs]
    if len(drawn) > LETTERED or None in drawn:
        items.append(("the rest", _grey))
    elements: list[Element] = []
    x, y, width = 0.0, at[1] + plan.height + 34, 0.0
    room = max(plan.width, 330.0)
    said = "width: share of all that flows" if ways.is_exact else "width: share of what was followed"
    items.append((said, None))
    if shown.stretches:
        items.append(("… nodes: where no drawn path parts or meets", None))
    if shown.left_out:
        items.append(("⋯3: so many edges are not drawn", None))
    for words, sign in items:
        wide = (36 if sign else 0) + measuring.sans(words, 13)
        if x and x + wide > room:
            x, y = 0.0, y + 22
        if sign:
            elements += sign(pen, at[0] + x, y)
        elements.append(pen.text(at[0] + x + (34 if sign else 0), y, words, 13, "muted"))
        x += wide + 20
        width = max(width, x - 20)
    return elements, width, y + 8


def _solid(pen: Pen, x: float, y: float) -> Iterator[Element]:
    yield _rect(pen, x, y - 9, 28, 9, "bwd")


def _adding(pen: Pen, x: float, y: float) -> Iterator[Element]:
    yield from _solid(pen, x, y)
    yield pen.path(f"M{number(x + 10.5)},{number(y - 2)}h7l-3.5,-5.2z", "bg")


def _hollow(pen: Pen, x: float, y: float) -> Iterator[Element]:
    yield pen.path(
        f"M{number(x + 0.7)},{number(y - 8.3)}h26.6v7.6h-26.6zm7,0v7.6m6.6,0v-7.6m6.6,0v7.6", "bg", "bwd", 1.4
    )


def _grey(pen: Pen, x: float, y: float) -> Iterator[Element]:
    yield _rect(pen, x, y - 9, 28, 9, "line")


def bar(pen: Pen, path: Path, x: float, y: float, whole: float, high: float) -> Iterator[Element]:
    """Yield a share as a bar from a middle: filled to the right as far as it adds, hollow to the left as not.

    `whole` is as long as all shares are together.
    """
    right, left = (whole * part for part in parts(path))
    yield pen.path(f"M{number(x)},{number(y - 3)}v{number(high + 6)}", "none", "line", 1.0)
    if right:
        yield _rect(pen, x, y, max(1.0, right), high, "bwd")
    if left:
        yield _rect(pen, x - left, y, left, high, "bg", "bwd")


# -- the figure -------------------------------------------------------------------------------------------------------


def draw(exam: Examination, i: int, ways: Ways, theme: str, width: Length | None) -> Figure:
    """Return a figure: what is to be said, the picture, and the table at its side.

    Raises
    ------
    LayoutError
        As `graph`.
    """
    pen = Pen(theme)
    beside = _columns(exam, i, ways).end
    across = graph(exam, ways, pen).width + 48 + beside
    elements, y = [], 40.0
    for line in broken(visible(sentences(exam, i, ways)), 15.5, across):
        elements.append(pen.text(_MARGIN, y, line, 15.5))
        y += 22
    top = y + 6
    picture = graph(exam, ways, pen, (_MARGIN, top))
    left = _MARGIN + picture.width + 48
    table, low = _table(pen, exam, i, ways, left, top + 14)
    elements += [*picture.elements, *table]
    if ways.count > 1:
        for line in broken(visible(instead(ways)), 13, beside):
            low += 19
            elements.append(pen.text(left, low, line, 13, "muted"))
        elements += chart(pen, ways, left, low + 18, min(beside, 520.0))
        low += 18 + HIGH
    high = max(top + picture.height, low) + _MARGIN
    more = f"{sentences(exam, i, ways)} {instead(ways)}" if ways.count > 1 else sentences(exam, i, ways)
    return pen.figure(elements, (across + 2 * _MARGIN, high), f"Paths of {exam.bar(i)}", more, width)


class _Columns(NamedTuple):
    """Where the columns of the table are: left of the ways, right of the numbers, the middle of the bars, the end."""

    way: float
    number: float
    middle: float
    end: float


_HALF_BAR, _LETTER_ROOM, _LONGEST_WAY = 58.0, 28.0, 30


def _columns(exam: Examination, i: int, ways: Ways) -> _Columns:
    listed = [*((_way(row), row.value) for row in rows(exam, ways.paths)),
              *((words, value) for _, words, _, value, _, _ in ending(exam, i, ways))]  # fmt: skip
    way = max(measuring.sans(words, 13) for words, _ in [*listed, (_head_of_ways(exam, i), "")])
    value = max(measuring.mono(len(words), 13) for _, words in listed)
    middle = _LETTER_ROOM + way + 18 + value + 18 + _HALF_BAR
    return _Columns(_LETTER_ROOM, middle - 18 - _HALF_BAR, middle, middle + _HALF_BAR + 58)


def _way(row: Row) -> str:
    return visible(cut(list(row.way), " ▸ ", _LONGEST_WAY))


def _head_of_ways(exam: Examination, i: int) -> str:
    return f"way from {exam.recording.name} back to {exam.called(i)}"


def _table(pen: Pen, exam: Examination, i: int, ways: Ways, x: float, y: float) -> tuple[list[Element], float]:
    """Return the table of the paths, and where it ends."""
    columns = _columns(exam, i, ways)
    way, number_, middle, right = (x + own for own in columns)
    elements = [
        pen.text(way, y, _head_of_ways(exam, i), 13, "muted"),
        pen.text(number_, y, "is", 13, "muted", anchor="end"),
        pen.text(middle, y, "−  share  +", 13, "muted", anchor="middle"),
        pen.path(f"M{number(x)},{number(y + 9)}H{number(right)}", "none", "line", 1.6),
    ]
    y += 9
    largest = max((path.share for path in ways.paths), default=0.0)
    whole = _HALF_BAR / largest if largest else 0.0
    for k, (row, path) in enumerate(zip(rows(exam, ways.paths), ways.paths, strict=True)):
        if k < LETTERED:
            elements += _letter(pen, row.letter, (x + 11, y + 15))
        else:
            elements.append(pen.text(x + 11, y + 19.2, row.letter, 12, "muted", anchor="middle"))
        elements += [
            pen.text(way, y + 19.5, _way(row), 13, family=SERIF),
            pen.text(number_, y + 19.5, visible(row.value), 13, "bwd", family=MONO, anchor="end"),
            *bar(pen, path, middle, y + 10, whole, 10),
            pen.text(right, y + 19.5, row.share, 13, family=MONO, anchor="end"),
            pen.path(f"M{number(x)},{number(y + 30)}H{number(right)}", "none", "hair", 1.0),
        ]
        y += 30
    for _, words, _, value, share, _ in ending(exam, i, ways):
        elements += [
            pen.text(way, y + 19.5, words, 13),
            pen.text(number_, y + 19.5, visible(value), 13, "bwd", family=MONO, anchor="end"),
            pen.text(right, y + 19.5, share, 13, family=MONO, anchor="end"),
        ]
        y += 27
    return elements, y + 6
