"""Draw one node: its card with title, value row and derivative row, the sockets above it and the pads below.

`plan` measures everything first, since the layout needs sizes; `draw` then makes the elements at the place found.
Sizes are px at scale 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from graphviz_ad.draw import measuring, typeset
from graphviz_ad.draw.lanes import drop
from graphviz_ad.draw.layout import Box, Place
from graphviz_ad.draw.parts import edge_part, node_part
from graphviz_ad.draw.signs import PENCIL
from graphviz_ad.draw.svg import Element, clean, number, shorten
from graphviz_ad.draw.theme import MONO, SANS, SERIF
from graphviz_ad.formulas.formula import Formula
from graphviz_ad.formulas.text import Run
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.numerals.readings import Reading
from graphviz_ad.numerals.thumbnails import Frame
from graphviz_ad.story.steps import Card, Edge, Story

__all__ = ["MOST_LABEL", "MOST_PADS", "MOST_TITLE", "SOCKET_SIZE", "Plan", "draw", "plan", "words"]

MOST_PADS = 4
"""Up to so many uses have a pad each, with its number; beyond, a tick each, and the numbers are in the table."""
MOST_LABEL = 180.0
"""How wide what an edge says may make its socket."""
SOCKET_SIZE = 13.0
"""The size of type in a socket."""
MOST_TITLE = 380.0
"""How wide a title may make a card; what is longer is cut, and in full where one points at it."""

_CARD = 128
_TITLE = 26
_SOCKET, _SOCKET_HEIGHT, _SOCKET_GAP = 88, 38, 6
_SUMMING_HEIGHT = 56  # of sockets with a sum line
_SHAPE_HEIGHT = 26  # of those that say a shape
_PAD, _PAD_HEIGHT, _PAD_GAP = 92, 43, 8
_EXIT_HEIGHT = 31  # of the pads of forward mode, which have no number
_TICK, _TICK_HEIGHT = 26, 20
_NARROW_TICK = 20
_ROW_HEIGHT = {"scalar": 21, "cells": 26, "array": 44}
_PICTURE_MARGIN = 10  # of a map, above and below together
_PICTURE_ROOM = 76.0  # the least that thumbnails take, so that ranges stand below each other
_EDGE = 9.0  # from the border of a card to the text inside
_LABEL = 24.0  # where the label of a row starts, after its triangle
_CELL = 28.0
_GRID_CELL, _GRID_MARGIN = 20.0, 4  # how high a cell of a matrix is, and what is above and below all of them
_TITLE_SIZE, _NUMBER_SIZE, _LABEL_SIZE, _CELL_SIZE, _RANGE_SIZE = 15.5, 14.0, 14.0, 13.0, 11.5
_MARK_ROOM = 26.0  # of the mark before what a socket says in one of two modes
_GRID_SIZE = 12.0
_SMALL_NUMBER, _PAD_SIZE, _NOTE_SIZE, _TAG_SIZE = 12.5, 12.0, 12.0, 12.0

Readings = Callable[[Quantity], "Reading | None"]


@dataclass(frozen=True)
class _Slot:
    """A socket or a pad: its edge, what it says, and the readings whose numbers it shows: its own, and its share; of a
    socket of both modes what it says in forward mode, where that is something else.
    """

    edge: Edge
    label: tuple[Run, ...]
    word: str
    reading: Reading | None
    width: int
    share: Reading | None = None
    ahead: _Slot | None = None


@dataclass(frozen=True)
class _Lower:
    """A row below the values: its kind, what its number is called, the reading that needs the most room there, what
    counts its summands (at its longest, empty where nothing is summed), and what it is at an input.
    """

    kind: str
    bar: tuple[Run, ...]
    reading: Reading | None
    counter: str
    meaning: tuple[Run, ...] = ()


@dataclass(frozen=True, eq=False)
class Plan:
    """A measured node."""

    card: Card
    box: Box
    title: tuple[Run, ...]
    tag: str
    value: Reading | None
    lower: tuple[_Lower, ...]
    sockets: tuple[_Slot, ...]
    pads: Mapping[tuple[int, int], _Slot]
    ticks: bool
    tip: str

    @property
    def socket_gap(self) -> int:
        """What of the width of each of its sockets is left free."""
        return _SOCKET_GAP

    def row_top(self, kind: str) -> int:
        """How far below its top one of its rows begins."""
        rows = ("value", *(own.kind for own in self.lower))
        return (self.box.socket_height if self.box.sockets else 0) + _TITLE + rows.index(kind) * self.row_height

    @property
    def form(self) -> str:
        """Whether the rows hold a number, cells, a grid of cells or a thumbnail."""
        return self.value.form if self.value else "scalar"

    @property
    def row_height(self) -> int:
        """How high each of its two rows is."""
        return _row_height(self.value)


def _even(width: float) -> int:
    return 2 * math.ceil(width / 2)


def words(formula: Formula, length: int = 200) -> str:
    """Return a formula as plain text of bounded length.

    Examples
    --------
    >>> from graphviz_ad.formulas.symbols import name
    >>> words(Formula(name("x") ** 2))
    'x²'
    """
    return shorten(clean(formula.text[: 4 * length]), length)


def _inline_length(reading: Reading | None) -> int:
    if reading is None:
        return 8
    if reading.form == "cells":
        return reading.cells * (reading.longest + 1) + 1
    return reading.longest


def _has_two_lines(edge: Edge, mode: str) -> bool:
    """Whether a socket shows a number, shapes or a word below what it says."""
    return edge.kind == "local" or bool(_below(edge, mode))


def _below(edge: Edge, mode: str) -> str:
    """Return what stands in a socket below what a rule says: the shapes, or what kind of rule it is."""
    if edge.kind in ("rule", "literal") and edge.shapes:
        return edge.shapes
    return _KINDS[mode].get(edge.kind, "")


_KINDS = {"reverse": {}, "both": {}, "values": {}, "forward": {"rule": "JVP rule", "linear": "linear"}}


def _socket(edge: Edge, mode: str, ahead: Edge | None, reading: Reading | None, share: Reading | None) -> _Slot:
    if ahead is not None and ahead.label.text != edge.label.text:
        other, own = _socket(ahead, "forward", None, reading, share), _socket(edge, mode, None, reading, share)
        wide = max(measuring.width(slot.label, SOCKET_SIZE) for slot in (own, other))
        return replace(own, ahead=other, width=max(own.width, other.width, _even(wide + _MARK_ROOM + _SOCKET_GAP)))
    size = SOCKET_SIZE if _has_two_lines(edge, mode) else _LABEL_SIZE
    label = measuring.fit(edge.label.runs, size, MOST_LABEL)
    room = measuring.width(label, size) + 8
    if edge.kind == "local":
        room = max(room, measuring.mono(_inline_length(reading), _SMALL_NUMBER) + 8)
    if share is not None:
        room = max(room, measuring.mono(_inline_length(share) + 2, _SMALL_NUMBER) + 12)
    word = _below(edge, mode)
    room = max(room, measuring.sans(word, _PAD_SIZE) + 8)
    if edge.kind == "cut" and not label:
        word = "cut"
    width = max(_SOCKET, _even(room + _SOCKET_GAP))
    return _Slot(edge, label, word, reading if edge.kind == "local" else None, width, share)


def _pad(edge: Edge, child: Card, reading: Reading | None, ticks: int) -> _Slot:
    word = "cut" if edge.kind == "cut" else child.missing
    if ticks:
        return _Slot(edge, (), "", None, _TICK if ticks <= 12 else _NARROW_TICK)
    fits = measuring.width(child.short.runs, _PAD_SIZE) <= MOST_LABEL - 30
    label = measuring.fit((child.short if fits else child.symbol).runs, _PAD_SIZE, MOST_LABEL - 30)
    room = measuring.sans("via ", _PAD_SIZE) + measuring.width(label, _PAD_SIZE)
    room = max(room, measuring.mono(_inline_length(reading), _SMALL_NUMBER))
    return _Slot(edge, label, word, reading, max(_PAD, _even(room + _PAD_GAP + 8)))


def _number_room(reading: Reading | None) -> float:
    """How wide the numbers of a row are, to the right of its label."""
    if reading is None or reading.form == "scalar":
        # At least the room of the warning sign and NaN.
        return max(53.0, measuring.mono(reading.longest if reading else 8, _NUMBER_SIZE))
    if reading.form in _IN_CELLS:
        return _raster(reading)[1] * _cell_width(reading) - 2
    shape = measuring.sans(reading.shape, _TAG_SIZE)
    return _picture_width(reading) + 8 + max(shape, measuring.mono(reading.longest, _RANGE_SIZE))


_IN_CELLS = ("cells", "grid")


def _row_height(reading: Reading | None) -> int:
    form = reading.form if reading is not None else "scalar"
    if form == "grid" and reading is not None:
        return int(_raster(reading)[0] * _GRID_CELL) + 2 * _GRID_MARGIN
    picture = reading.frame.height if reading is not None and reading.frame is not None else 0
    return max(_ROW_HEIGHT[form], math.ceil(picture) + _PICTURE_MARGIN)


def _picture_width(reading: Reading) -> float:
    """Return the room of a thumbnail: curves, and what is small, stand where most do."""
    return max(_PICTURE_ROOM, reading.frame.width if reading.frame is not None else 0.0)


def _raster(reading: Reading) -> tuple[int, int]:
    """Return the rows and columns of what stands in cells."""
    rows, columns = reading.dimensions or (1, reading.cells)
    return rows, columns


def _cell_width(reading: Reading) -> float:
    size = _GRID_SIZE if reading.form == "grid" else _CELL_SIZE
    return max(_CELL, math.ceil(measuring.mono(reading.longest, size) + 8))


def _wider(first: Reading | None, second: Reading | None) -> Reading | None:
    if first is None or second is None or first.form not in _IN_CELLS:
        return first or second
    return first if first.longest >= second.longest else second


def _tag(card: Card, room: float) -> str:
    """Role and dtype, as far as there is room for them: a card is not widened for what can be seen anyway."""
    role = card.role if card.role in ("input", "output", "constant") else ""
    dtype = shorten(clean(card.dtype), 16) if card.dtype != "float64" else ""
    for tag in (f"{role} · {dtype}" if role and dtype else "", dtype, role):
        if tag and measuring.sans(tag, _TAG_SIZE) <= room:
            return tag
    return ""


def plan(
    card: Card,
    into: Sequence[Edge],
    out: Sequence[Edge],
    story: Story,
    readings: Readings,
    widest: Mapping[str, Reading],
) -> Plan:
    """Measure a node.

    Parameters
    ----------
    card : Card
    into, out : sequence of Edge
        The edges from its parents, by argument, and to its children.
    story : Story
    readings : callable
        Gives the reading of a quantity, or None.
    widest : mapping of str to Reading
        By kind of row, the longest number that it will ever show, running sums included.
    """
    position, forward = card.position, story.mode == "forward"
    value = readings(Quantity("value", position))
    uses = sum(edge.kind != "cut" for edge in out)
    ticks = len(out) if uses > 1 and len(out) > MOST_PADS else 0
    ahead = {(edge.child, edge.argument): edge for edge in story.views["forward"].edges} if story.views else {}
    sockets = tuple(
        _socket(edge, story.mode, ahead.get((edge.child, edge.argument)),
                *(readings(Quantity(kind, edge.child, edge.argument)) for kind in ("local", "part")))
        for edge in into
    )  # fmt: skip
    shares = sum(slot.share is not None for slot in sockets)
    pads = _pads(out, story, readings, ticks) if uses > 1 and story.derivatives else {}
    title = measuring.fit(card.title.runs, _TITLE_SIZE, MOST_TITLE)
    counters = {"tangent": f"Σ {shares} of {shares}" if shares else "", "adjoint": f"{uses} of {uses}" if pads else ""}
    lower = tuple(_lower(card, kind, widest.get(kind), counters[kind]) for kind in story.derivatives)
    if readings(Quantity("yours", position)) is not None:
        lower += (_Lower("yours", (), widest.get("yours"), ""),)

    row = max((_row_width(value, own) for own in lower), default=_LABEL + _number_room(value) + _EDGE)
    width = max(
        _CARD,
        10 + measuring.width(title, _TITLE_SIZE) + _EDGE,
        row,
        sum(slot.width for slot in sockets),
        sum(slot.width for slot in pads.values()),
    )
    whole = _even(width)
    return Plan(
        card=card,
        box=Box(
            position=position,
            width=whole,
            body=_TITLE + (1 + len(lower)) * _row_height(value),
            sockets=tuple(
                (slot.edge.argument, size)
                for slot, size in zip(sockets, _spread([slot.width for slot in sockets], whole), strict=True)
            ),
            socket_height=_socket_height(card, story, summing=bool(shares)),
            pads=_ports(out, pads, whole),
            pad_height=(_TICK_HEIGHT if ticks else _EXIT_HEIGHT if forward else _PAD_HEIGHT) if pads else 0,
        ),
        title=title,
        tag=_tag(card, whole - 10 - measuring.width(title, _TITLE_SIZE) - 12 - _EDGE),
        value=value,
        lower=tuple(replace(own, meaning=_meaning(card, story, whole, row, own)) for own in lower),
        sockets=sockets,
        pads=pads,
        ticks=bool(ticks),
        tip=_tip(card),
    )


def _socket_height(card: Card, story: Story, *, summing: bool) -> int:
    """How high its sockets are; in a story of values only what raised has any, which say what came to it."""
    if not story.derivatives:
        return _SHAPE_HEIGHT if card.role == "raised" else 0
    return _SUMMING_HEIGHT if summing else _SOCKET_HEIGHT


def _lower(card: Card, kind: str, reading: Reading | None, counter: str) -> _Lower:
    name = card.dot if kind == "tangent" and card.dot is not None else card.bar
    bar = measuring.fit(name.runs, _LABEL_SIZE, 120.0)
    return _Lower(kind, (*bar, Run(" = Σ")) if counter and kind == "adjoint" else bar, reading, counter)


def _pads(out: Sequence[Edge], story: Story, readings: Readings, ticks: int) -> dict[tuple[int, int], _Slot]:
    """Where a value is used several times: a pad for the contribution of each edge, or a tick where they are many."""
    pads = {}
    for edge in out:
        key = (edge.child, edge.argument)
        pads[key] = _pad(edge, story.nodes[edge.child], readings(Quantity("contribution", *key)), ticks)
    return pads


def _ports(
    out: Sequence[Edge], pads: Mapping[tuple[int, int], _Slot], whole: int
) -> tuple[tuple[tuple[int, int], int], ...]:
    """Where edges leave: from their pads, or, where a second edge is cut and none are drawn, side by side."""
    if len(out) < 2:
        return ()
    keys = [(edge.child, edge.argument) for edge in out]
    return tuple(zip(keys, _spread([pads[key].width if pads else _TICK for key in keys], whole), strict=True))


def _row_width(value: Reading | None, lower: _Lower) -> float:
    """The least width of the rows: label, counter, numbers."""
    bar, derivative, counter = lower.bar, lower.reading, lower.counter
    note = measuring.sans(counter, _NOTE_SIZE) + 6 if counter else 0.0
    label = measuring.width(bar, _LABEL_SIZE)
    if value is not None and value.form == "array":
        left = _picture_left(counter, label)
        return left + max(_number_room(value), _number_room(derivative)) + _EDGE
    numbers = _number_room(derivative or value)
    if value is not None and value.form in _IN_CELLS:
        numbers = _number_room(_wider(value, derivative)) + 20  # the warning sign stands before the cells
    return max(_LABEL + label + note + 4 + numbers + _EDGE, _LABEL + _number_room(value) + _EDGE)


def _picture_left(counter: str, label: float) -> float:
    """Thumbnails stand next to the triangle, or, where sums are told, next to their label and counter."""
    return max(_LABEL + label, 48.0, measuring.sans(counter, _NOTE_SIZE) + 12) + 8 if counter else 30.0


def _spread(widths: Sequence[int], whole: int) -> tuple[int, ...]:
    """Widen slots that stand side by side until they fill the card; a single one keeps its size."""
    spare = whole - sum(widths)
    if len(widths) < 2 or spare <= 0:
        return tuple(widths)
    share, rest = divmod(spare, len(widths))
    return tuple(size + share + (1 if place < rest else 0) for place, size in enumerate(widths))


def _meaning(card: Card, story: Story, width: int, row: float, own: _Lower) -> tuple[Run, ...]:
    """Say at an input what its adjoint is, where there is room for it."""
    if (
        own.kind != "adjoint"
        or card.role != "input"
        or card.shape
        or story.nodes[story.output].shape
        or story.output == card.position
    ):
        return ()
    d = Run("∂")
    text = (Run("= "), d, *story.nodes[story.output].symbol.runs, Run("/"), d, *card.symbol.runs)
    note = measuring.sans("9 of 9", _NOTE_SIZE) + 6
    return text if own.counter and row - note + measuring.width(text, _LABEL_SIZE) + 8 <= width else ()


def _tip(card: Card) -> str:
    if card.role == "raised":
        return f"{words(card.title)} (raised)"
    shape = "×".join(map(str, card.shape)) if card.shape else "scalar"
    return f"{words(card.title)} ({shape}, {clean(card.dtype[:40])})"


# ---------------------------------------------------------------------------------------------------------- drawing


def _text(
    classes: str, x: float, y: float, size: float, family: str, content: Sequence[Element | str], anchor: str = ""
) -> Element:
    attributes = {"x": number(x), "y": number(y), "font-family": family, "font-size": number(size)}
    if anchor:
        attributes["text-anchor"] = anchor
    if family == SERIF:
        attributes["word-spacing"] = number(measuring.SPACING * size)
    return Element("text", attributes, tuple(classes.split()), tuple(content))


def _formula(x: float, y: float, size: float, runs: Sequence[Run], centred: bool = False) -> Iterator[Element]:
    """A label in serif type with its overlines."""
    if not runs:
        return
    left = x - measuring.width(runs, size) / 2 if centred else x
    yield _text("label", x, y, size, SERIF, typeset.tspans(runs, size), "middle" if centred else "")
    yield from typeset.overlines(runs, size, left, y)


def _slot(
    classes: str, index: int, x: float, y: float, size: float, anchor: str = "end", family: str = MONO
) -> Element:
    element = _text(classes, x, y, size, family, (), anchor)
    element.attributes["data-slot"] = str(index)
    return element


def _rect(classes: str, x: float, y: float, width: float, height: float, radius: float = 0.0) -> Element:
    attributes = {"x": number(x), "y": number(y), "width": number(width), "height": number(height)}
    if radius:
        attributes["rx"] = number(radius)
    return Element("rect", attributes, tuple(classes.split()))


def _path(classes: str, data: str) -> Element:
    return Element("path", {"d": data}, tuple(classes.split()))


def _part(name: str, kind: str, children: Sequence[Element]) -> Element:
    return Element("g", {"id": name}, (kind,), tuple(children), part=name)


_WARNING = "l7,-12.5l7,12.5zm6.1,-8.4l.4,4.6h1l.4,-4.6zm.1,5.6v1.6h1.6v-1.6z"


def _warning(x: float, y: float) -> Element:
    element = _path("warning", f"M{number(x)},{number(y)}{_WARNING}")
    element.attributes["fill-rule"] = "evenodd"
    return element


def _endless(right: float, middle: float) -> Element:
    """What says that the one number of a row is infinite: a hollow triangle, and the double frame of such cells."""
    outer = f"M{number(right - 22)},{number(middle - 8.5)}h28v17h-28z"
    inner = f"M{number(right - 19.4)},{number(middle - 5.9)}h22.8v11.8h-22.8z"
    return _path("endless", f"M{number(right - 50)},{number(middle + 5)}h11l-5.5,-10z{outer}{inner}")


def _picture(frame: Frame, x: float, y: float) -> Element:
    """The place of a thumbnail; the painters fill it."""
    box = dict(zip(("data-x", "data-y", "data-width", "data-height"),
                   map(number, (x, y, frame.width, frame.height)), strict=True))  # fmt: skip
    return Element("g", box, ("picture",), (_rect("frame", x, y, frame.width, frame.height),))


def _numbers(reading: Reading | None, form: str, x: float, y: float, width: float, height: float, left: float,
             cell: float) -> Iterator[Element]:  # fmt: skip
    """The numbers at the right end of a row."""
    right = x + width - _EDGE
    if form == "array" and reading is not None:
        if reading.frame is not None:
            top = y + (height - reading.frame.height) / 2
            indent = (_PICTURE_ROOM - reading.frame.width) / 2
            yield _picture(reading.frame, x + left + (indent if reading.frame.width < 40 else 0), top)
        middle = y + height / 2
        yield _slot("slot shape", 0, right, middle - 3.5, _TAG_SIZE, family=SANS)
        yield _slot("slot", 1, right, middle + 12, _RANGE_SIZE)
    elif form in _IN_CELLS and reading is not None:
        yield from _cells(reading, x + width - 7, y, height, cell)
    else:
        yield _slot("slot", 0, right, y + height / 2 + 5, _NUMBER_SIZE)


def _cells(reading: Reading, right: float, y: float, height: float, wide: float) -> Iterator[Element]:
    """A cell for each entry, then what frames those that are infinite, then the numbers."""
    rows, columns = _raster(reading)
    grid = reading.form == "grid"
    start, top = right - columns * wide, y + (_GRID_MARGIN if grid else 3)
    high = (height - 2 * (top - y)) / rows
    places = [(start + column * wide, top + row * high) for row in range(rows) for column in range(columns)]
    for index, (left, upper) in enumerate(places):
        cell = _rect("cell", left, upper, wide, high)
        cell.attributes["data-slot"] = str(index)
        yield cell
    yield _path("double", "")
    for index, (left, upper) in enumerate(places):
        if grid:
            yield _slot("slot entry", index, left + wide - 4, upper + high / 2 + 4.3, _GRID_SIZE)
        else:
            yield _slot("slot entry", index, left + wide / 2, upper + 14.6, _CELL_SIZE, "middle")


def _row(plan: Plan, lower: _Lower | None, x: float, y: float, last: bool) -> Element:
    """A row: the values, or one below them."""
    kind, name = (lower.kind if lower else "value"), plan.card.position
    width, height = float(plan.box.width), float(plan.row_height)
    middle = y + height / 2
    children: list[Element] = []
    if last:
        r = 6
        data = (
            f"M{number(x)},{number(y)}h{number(width)}v{number(height - r)}q0,{r} -{r},{r}"
            f"h-{number(width - 2 * r)}q-{r},0 -{r},-{r}z"
        )
        children.append(_path("bg", data))
    else:
        children.append(_rect("bg", x, y, width, height))
    array, uses = plan.form == "array", lower.counter if lower else ""
    top = middle - 22  # of what is written beside a thumbnail
    children.append(_path("mark", _MARKS[kind](x + _EDGE, top + 14 if array and uses else middle)))
    if lower is not None:
        children.extend(_named(plan, lower, x, middle))
    blank_y, right = number(middle + 3.5), x + width - _EDGE - 1
    children.append(_path("blank", f"M{number(right - 52)},{blank_y}H{number(right)}"))
    reading = lower.reading if lower else plan.value
    shown = [plan.value, *(own.reading for own in plan.lower)]
    cell = max((_cell_width(r) for r in shown if r and r.form in _IN_CELLS), default=_CELL)
    lefts = (_picture_left(own.counter, measuring.width(own.bar, _LABEL_SIZE)) for own in plan.lower)
    left = max(lefts, default=_picture_left("", 0.0))
    children.extend(_numbers(reading, plan.form, x, y, width, height, left, cell))
    if array:
        warning = _warning(x + 6, top + (13.5 if uses else 41))
    elif plan.form in _IN_CELLS and plan.value is not None:
        warning = _warning(x + width - 7 - _raster(plan.value)[1] * cell - 18, middle + 6)
    else:
        warning = _warning(x + width - 62, middle + 5.5)
        if reading is None or not reading.complex:
            warning.classes = ("warning", "sole")
            children.append(_endless(x + width - _EDGE, middle))
    if array and uses:
        # Beside the shape, since below the label the sum is counted.
        shape = measuring.sans(reading.shape, _TAG_SIZE) if reading is not None else 0.0
        warning = _warning(x + width - _EDGE - shape - 18, top + 18)
    children.append(warning)
    if lower is not None:
        word = plan.card.missing if plan.card.detached else _NOTHING.get(kind, plan.card.missing)
        children.append(_text("word", x + width - _EDGE - 1, middle + 4.5, _TAG_SIZE, SANS, (word,), "end"))
    elif plan.card.role == "raised":
        children.append(_text("word", x + width - _EDGE - 1, middle + 4.5, _TAG_SIZE, SANS, ("no value",), "end"))
    if uses and kind == "adjoint":
        bar = _rect("progress", x, y + height - 3, width, 3)
        bar.attributes["data-width"] = number(width)
        children.append(bar)
    children.append(_rect("ring", x + 2.2, y + 0.6, width - 4.4, height - 1.2, 3))
    return _part(node_part(name, kind), kind, children)


def _named(plan: Plan, lower: _Lower, x: float, middle: float) -> Iterator[Element]:
    """What a row below the values is called, what counts its summands, and what it is."""
    array, uses = plan.form == "array", lower.counter
    if array and not uses:
        return
    baseline = middle + (-3.5 if array else 5)
    yield from _formula(x + _LABEL, baseline, _LABEL_SIZE, lower.bar)
    after = x + _LABEL + measuring.width(lower.bar, _LABEL_SIZE) + 6
    if uses:
        place = (x + _EDGE, middle + 12) if array else (after, middle + 4)
        yield _text("note", *place, _NOTE_SIZE, SANS, ())
    if lower.meaning:
        text = typeset.tspans(lower.meaning, _LABEL_SIZE)
        yield _text("meaning", after - 2, baseline, _LABEL_SIZE, SERIF, text)


_NOTHING = {"tangent": "not moving", "yours": ""}
_MARKS: Mapping[str, Callable[[float, float], str]] = {
    "value": lambda x, middle: f"M{number(x)},{number(middle - 3.2)}h8l-4,6.8z",
    "adjoint": lambda x, middle: f"M{number(x)},{number(middle + 3.2)}h8l-4,-6.8z",
    "tangent": lambda x, middle: drop(x + 4, middle + 5.3),
    "yours": lambda x, middle: f"M{number(x - 2)},{number(middle + 5)}{PENCIL}",
}


def _draw_socket(slot: _Slot, kind: str, x: float, y: float, width: int, height: int) -> Element:
    """A socket stands on the card's top edge, which closes it below."""
    inner = width - _SOCKET_GAP
    left, centre = x + _SOCKET_GAP / 2, x + width / 2
    bottom = y + height
    outline = f"M{number(left)},{number(bottom)}v-{height - 5}q0,-5 5,-5h{number(inner - 10)}q5,0 5,5v{height - 5}"
    children = [_path("bg", outline)]
    if slot.ahead is None:
        children.extend(_says(slot, centre, y))
    else:
        children += [*_says(slot, centre, y, "back"), *_says(slot.ahead, centre, y, "onward"), *_pair(slot, centre, y)]
    if slot.edge.kind == "local":
        children.append(_path("blank", f"M{number(centre - 24)},{number(y + 28)}h48"))
        children.extend(_line(slot.reading, centre, y + 31.2))
    key = (slot.edge.child, slot.edge.argument)
    if slot.share is not None:
        children.append(_draw_share(slot.share, edge_part(*key, "share"), left, y + _SOCKET_HEIGHT, inner))
    return _part(edge_part(*key, "socket"), kind, children)


def _says(slot: _Slot, centre: float, y: float, when: str = "") -> Iterator[Element]:
    """What a socket says, always or in one of two modes."""
    two_lines = slot.edge.kind == "local" or bool(slot.word)
    size, baseline = (SOCKET_SIZE, y + 15) if two_lines else (_LABEL_SIZE, y + 23.5)
    if slot.edge.kind == "plain":
        baseline = y + 18
    yield from _marked(_formula(centre, baseline, size, slot.label, centred=True), when)
    if slot.word and slot.edge.kind != "local":
        low = y + 31 if slot.label else y + 23.5
        yield _text(f"word {when}", centre, low, _PAD_SIZE, SANS, (slot.word,), "middle")


def _pair(slot: _Slot, centre: float, y: float) -> Iterator[Element]:
    """What a socket says while both modes are shown: the factor, or below each other what each mode makes of it."""
    assert slot.ahead is not None
    if slot.edge.kind == "local":
        yield from _marked(_formula(centre, y + 15, SOCKET_SIZE, slot.ahead.label, centred=True), "pair")
        return
    for own, kind, middle in ((slot.ahead, "tangent", y + 11.5), (slot, "adjoint", y + 27.5)):
        wide = measuring.width(own.label, SOCKET_SIZE)
        yield _path(f"{kind} pair", _MARKS[kind](centre - wide / 2 - 8, middle))
        yield from _marked(_formula(centre + 6, middle + 4.5, SOCKET_SIZE, own.label, centred=True), "pair")


def _marked(elements: Iterator[Element], when: str) -> Iterator[Element]:
    """Say when elements are shown, where that is not always."""
    for element in elements:
        yield replace(element, classes=(*element.classes, when)) if when else element


def _draw_share(reading: Reading, name: str, x: float, y: float, width: int) -> Element:
    """The sum line of a socket: what this operand adds to the tangent of its node."""
    array = reading.form == "array"
    right = x + width - 6
    return _part(name, "share", [
        _path("hair", f"M{number(x + 6)},{number(y - 1)}H{number(right)}"),
        _text("equals", x + 6, y + 12.5, _SMALL_NUMBER, MONO, ("=",)),
        *([_slot("slot shape", 0, right, y + 12.5, _SMALL_NUMBER)] if array else []),
        _slot("slot", int(array), right, y + 12.5, _SMALL_NUMBER),
    ])  # fmt: skip


def _line(reading: Reading | None, x: float, y: float) -> Iterator[Element]:
    """The single line of a pad or a socket; of a larger array the range, while the slot of its shape stays hidden."""
    array = reading is not None and reading.form == "array"
    if array:
        yield _slot("slot shape", 0, x, y, _SMALL_NUMBER, "middle")
    yield _slot("slot", int(array), x, y, _SMALL_NUMBER, "middle")


def _draw_pad(slot: _Slot, tip: str, x: float, y: float, width: int, ticks: bool, leads: bool) -> Element:
    name = edge_part(slot.edge.child, slot.edge.argument, "pad")
    title = Element("title", content=(tip,))
    if ticks:
        broad = min(16, width - 3)
        return _part(name, "pad", (title, _rect("bg", x + (width - broad) / 2, y + 4, broad, 11, 3)))
    centre, gap = x + width / 2, _PAD_GAP / 2
    via = _text("label", centre, y + 18, _PAD_SIZE, SANS, ("via ", _inner(slot)), "middle")
    children = [
        title,
        _rect("bg", x + gap, y + 4, width - _PAD_GAP, 34, 4),
        via,
        _path("blank", f"M{number(centre - 24)},{number(y + 28.5)}h48"),
        *_line(slot.reading, centre, y + 32),
        _text("word", centre, y + 32, _PAD_SIZE, SANS, (slot.word,), "middle"),
    ]
    if leads:  # while forward mode alone is shown
        children.append(_text("leads", centre, y + 25, _PAD_SIZE, SANS, ("to ", _inner(slot)), "middle"))
    return _part(name, "pad", children)


def _inner(slot: _Slot) -> Element:
    """What a pad says, in serif type within a line of sans."""
    style = {"font-family": SERIF, "word-spacing": number(measuring.SPACING * _PAD_SIZE)}
    return Element("tspan", style, (), tuple(typeset.tspans(slot.label, _PAD_SIZE)))


def _draw_exit(slot: _Slot, x: float, y: float, width: int, ticks: bool) -> list[Element]:
    """The pad of forward mode says where the edge leads, and has no number: nothing is summed there."""
    if ticks:
        broad = min(16, width - 3)
        return [_rect("exit", x + (width - broad) / 2, y + 4, broad, 11, 3)]
    return [
        _rect("exit", x + _PAD_GAP / 2, y + 3, width - _PAD_GAP, 23, 4),
        _text("to", x + width / 2, y + 18.5, _PAD_SIZE, SANS, ("to ", _inner(slot)), "middle"),
    ]


def draw(plan: Plan, place: Place, story: Story) -> Element:
    """Return the group of a node at its place."""
    box, forward, several = plan.box, story.mode == "forward", story.mode == "both"
    x, y = place.x, place.y
    children: list[Element] = [Element("title", content=(plan.tip,))]
    socket, exits = {"reverse": "socket", "forward": "inlet", "both": "factor", "values": "socket"}[story.mode], []
    if plan.sockets and box.socket_height:
        left = x + (box.width - sum(width for _, width in box.sockets)) // 2
        for slot, (_, width) in zip(plan.sockets, box.sockets, strict=True):
            children.append(_draw_socket(slot, socket, left, y, width, box.socket_height))
            left += width
        y += box.socket_height
    height = box.body + box.pad_height
    children.append(_rect("bg", x, y, box.width, height, 6))
    children.extend(_formula(x + 10, y + 18.5, _TITLE_SIZE, plan.title))
    if plan.tag:
        children.append(_text("tag", x + box.width - _EDGE, y + 17.5, _TAG_SIZE, SANS, (plan.tag,), "end"))
    rows = (None, *plan.lower)
    for k, lower in enumerate(rows):
        last = not plan.pads and k == len(rows) - 1
        children.append(_row(plan, lower, x, y + _TITLE + k * plan.row_height, last))
    if plan.pads:
        widths = dict(box.pads)
        left = x + (box.width - sum(widths.values())) // 2
        for key in place.pads:
            tip = f"via {words(story.nodes[key[0]].short, 80)}"
            if forward:
                exits += _draw_exit(plan.pads[key], left, y + box.body, widths[key], plan.ticks)
            else:
                children.append(_draw_pad(plan.pads[key], tip, left, y + box.body, widths[key], plan.ticks, several))
            left += widths[key]
    if exits:
        children.append(Element("g", content=tuple(exits)))
    children.append(_rect("border", x, y, box.width, height, 6))
    left, top, right, bottom = x - 6, y - 6, x + box.width + 6, y + height + 6
    corners = (
        f"M{number(left)},{number(top + 14)}v-14h14M{number(right - 14)},{number(top)}h14v14"
        f"M{number(right)},{number(bottom - 14)}v14h-14M{number(left + 14)},{number(bottom)}h-14v-14"
    )
    children.append(_path("brackets", corners))
    children.append(_rect("focus", x - 5, y - 5, box.width + 10, height + 10, 10))
    return _part(node_part(plan.card.position), "node", children)
