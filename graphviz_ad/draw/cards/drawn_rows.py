"""Draw the rows of a card: mark, name, numbers, and what they say instead of a number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from graphviz_ad.draw import measuring, typeset
from graphviz_ad.draw.cards import elements, sizes
from graphviz_ad.draw.cards.planning import Plan
from graphviz_ad.draw.cards.rows import IN_CELLS, Lower, cell_width, picture_left, raster
from graphviz_ad.draw.lanes import drop
from graphviz_ad.draw.parts import node_part
from graphviz_ad.draw.signs import PENCIL
from graphviz_ad.draw.svg import Element, number
from graphviz_ad.draw.theme import SANS, SERIF
from graphviz_ad.numerals.readings import Reading
from graphviz_ad.numerals.thumbnails import Frame

__all__ = ["MARKS", "draw_row"]

MARKS: Mapping[str, Callable[[float, float], str]] = {
    "value": lambda x, middle: f"M{number(x)},{number(middle - 3.2)}h8l-4,6.8z",
    "adjoint": lambda x, middle: f"M{number(x)},{number(middle + 3.2)}h8l-4,-6.8z",
    "tangent": lambda x, middle: drop(x + 4, middle + 5.3),
    "yours": lambda x, middle: f"M{number(x - 2)},{number(middle + 5)}{PENCIL}",
}
_NOTHING = {"tangent": "not moving", "yours": ""}


def draw_row(plan: Plan, lower: Lower | None, x: float, y: float, last: bool) -> Element:
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
        children.append(elements.path("bg", data))
    else:
        children.append(elements.rect("bg", x, y, width, height))
    array, uses = plan.form == "array", lower.counter if lower else ""
    top = middle - 22  # of what is written beside a thumbnail
    children.append(elements.path("mark", MARKS[kind](x + sizes.EDGE, top + 14 if array and uses else middle)))
    if lower is not None:
        children.extend(_named(plan, lower, x, middle))
    blank_y, right = number(middle + 3.5), x + width - sizes.EDGE - 1
    children.append(elements.path("blank", f"M{number(right - 52)},{blank_y}H{number(right)}"))
    reading = lower.reading if lower else plan.value
    shown = [plan.value, *(own.reading for own in plan.lower)]
    cell = max((cell_width(r) for r in shown if r and r.form in IN_CELLS), default=sizes.CELL)
    lefts = (picture_left(own.counter, measuring.width(own.bar, sizes.LABEL_SIZE)) for own in plan.lower)
    left = max(lefts, default=picture_left("", 0.0))
    children.extend(_numbers(reading, plan.form, x, y, width, height, left, cell))
    if array:
        warning = elements.warning(x + 6, top + (13.5 if uses else 41))
    elif plan.form in IN_CELLS and plan.value is not None:
        warning = elements.warning(x + width - 7 - raster(plan.value)[1] * cell - 18, middle + 6)
    else:
        warning = elements.warning(x + width - 62, middle + 5.5)
        if reading is None or not reading.complex:
            warning.classes = ("warning", "sole")
            children.append(_endless(x + width - sizes.EDGE, middle))
    if array and uses:
        # Beside the shape, since below the label the sum is counted.
        shape = measuring.sans(reading.shape, sizes.TAG_SIZE) if reading is not None else 0.0
        warning = elements.warning(x + width - sizes.EDGE - shape - 18, top + 18)
    children.append(warning)
    word = _instead(plan, lower)
    if word is not None:
        place = (x + width - sizes.EDGE - 1, middle + 4.5)
        children.append(elements.text("word", *place, sizes.TAG_SIZE, SANS, (word,), "end"))
    if uses and kind == "adjoint":
        bar = elements.rect("progress", x, y + height - 3, width, 3)
        bar.attributes["data-width"] = number(width)
        children.append(bar)
    children.append(elements.rect("ring", x + 2.2, y + 0.6, width - 4.4, height - 1.2, 3))
    return elements.part(node_part(name, kind), kind, children)


def _instead(plan: Plan, lower: Lower | None) -> str | None:
    """The word that stands where there is no number; None where there always is one."""
    if lower is None:
        return "no value" if plan.card.role == "raised" else None
    return plan.card.missing if plan.card.detached else _NOTHING.get(lower.kind, plan.card.missing)


def _named(plan: Plan, lower: Lower, x: float, middle: float) -> Iterator[Element]:
    """What a row below the values is called, what counts its summands, and what it is."""
    array, uses = plan.form == "array", lower.counter
    if array and not uses:
        return
    baseline = middle + (-3.5 if array else 5)
    yield from elements.formula(x + sizes.LABEL, baseline, sizes.LABEL_SIZE, lower.bar)
    after = x + sizes.LABEL + measuring.width(lower.bar, sizes.LABEL_SIZE) + 6
    if uses:
        place = (x + sizes.EDGE, middle + 12) if array else (after, middle + 4)
        yield elements.text("note", *place, sizes.NOTE_SIZE, SANS, ())
    if lower.meaning:
        text = typeset.tspans(lower.meaning, sizes.LABEL_SIZE)
        yield elements.text("meaning", after - 2, baseline, sizes.LABEL_SIZE, SERIF, text)


def _endless(right: float, middle: float) -> Element:
    """What says that the one number of a row is infinite: a hollow triangle, and the double frame of such cells."""
    outer = f"M{number(right - 22)},{number(middle - 8.5)}h28v17h-28z"
    inner = f"M{number(right - 19.4)},{number(middle - 5.9)}h22.8v11.8h-22.8z"
    return elements.path("endless", f"M{number(right - 50)},{number(middle + 5)}h11l-5.5,-10z{outer}{inner}")


def _picture(frame: Frame, x: float, y: float) -> Element:
    """The place of a thumbnail; the painters fill it."""
    box = dict(zip(("data-x", "data-y", "data-width", "data-height"),
                   map(number, (x, y, frame.width, frame.height)), strict=True))  # fmt: skip
    return Element("g", box, ("picture",), (elements.rect("frame", x, y, frame.width, frame.height),))


def _numbers(reading: Reading | None, form: str, x: float, y: float, width: float, height: float, left: float,
             cell: float) -> Iterator[Element]:  # fmt: skip
    """The numbers at the right end of a row."""
    right = x + width - sizes.EDGE
    if form == "array" and reading is not None:
        if reading.frame is not None:
            top = y + (height - reading.frame.height) / 2
            indent = (sizes.PICTURE_ROOM - reading.frame.width) / 2
            yield _picture(reading.frame, x + left + (indent if reading.frame.width < 40 else 0), top)
        middle = y + height / 2
        yield elements.slot("slot shape", 0, right, middle - 3.5, sizes.TAG_SIZE, family=SANS)
        yield elements.slot("slot", 1, right, middle + 12, sizes.RANGE_SIZE)
    elif form in IN_CELLS and reading is not None:
        yield from _cells(reading, x + width - 7, y, height, cell)
    else:
        yield elements.slot("slot", 0, right, y + height / 2 + 5, sizes.NUMBER_SIZE)


def _cells(reading: Reading, right: float, y: float, height: float, wide: float) -> Iterator[Element]:
    """A cell for each entry, then what frames those that are infinite, then the numbers."""
    rows, columns = raster(reading)
    grid = reading.form == "grid"
    start, top = right - columns * wide, y + (sizes.GRID_MARGIN if grid else 3)
    high = (height - 2 * (top - y)) / rows
    places = [(start + column * wide, top + row * high) for row in range(rows) for column in range(columns)]
    for index, (left, upper) in enumerate(places):
        cell = elements.rect("cell", left, upper, wide, high)
        cell.attributes["data-slot"] = str(index)
        yield cell
    yield elements.path("double", "")
    for index, (left, upper) in enumerate(places):
        if grid:
            yield elements.slot("slot entry", index, left + wide - 4, upper + high / 2 + 4.3, sizes.GRID_SIZE)
        else:
            yield elements.slot("slot entry", index, left + wide / 2, upper + 14.6, sizes.CELL_SIZE, "middle")
