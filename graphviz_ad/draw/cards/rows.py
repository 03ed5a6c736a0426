"""Measure the rows of a card: a number, cells, a grid of cells or a thumbnail, with what they are called."""

from __future__ import annotations

import math
from dataclasses import dataclass

from graphviz_ad.draw import measuring
from graphviz_ad.draw.cards import sizes
from graphviz_ad.formulas.text import Run
from graphviz_ad.numerals.readings import Reading
from graphviz_ad.story.steps import Card

__all__ = [
    "IN_CELLS",
    "Lower",
    "cell_width",
    "lower_row",
    "number_room",
    "picture_left",
    "raster",
    "row_height",
    "row_width",
]

IN_CELLS = ("cells", "grid")


@dataclass(frozen=True)
class Lower:
    """A row below the values: its kind, what its number is called, the reading that needs the most room there, what
    counts its summands (at its longest, empty where nothing is summed), and what it is at an input.
    """

    kind: str
    bar: tuple[Run, ...]
    reading: Reading | None
    counter: str
    meaning: tuple[Run, ...] = ()


def lower_row(card: Card, kind: str, reading: Reading | None, counter: str) -> Lower:
    """Return a row below the values, with what its number is called."""
    name = card.dot if kind == "tangent" and card.dot is not None else card.bar
    bar = measuring.fit(name.runs, sizes.LABEL_SIZE, 120.0)
    return Lower(kind, (*bar, Run(" = Σ")) if counter and kind == "adjoint" else bar, reading, counter)


def number_room(reading: Reading | None) -> float:
    """How wide the numbers of a row are, to the right of its label."""
    if reading is None or reading.form == "scalar":
        # At least the room of the warning sign and NaN.
        return max(53.0, measuring.mono(reading.longest if reading else 8, sizes.NUMBER_SIZE))
    if reading.form in IN_CELLS:
        return raster(reading)[1] * cell_width(reading) - 2
    shape = measuring.sans(reading.shape, sizes.TAG_SIZE)
    return _picture_width(reading) + 8 + max(shape, measuring.mono(reading.longest, sizes.RANGE_SIZE))


def row_height(reading: Reading | None) -> int:
    """How high each row of a card is."""
    form = reading.form if reading is not None else "scalar"
    if form == "grid" and reading is not None:
        return int(raster(reading)[0] * sizes.GRID_CELL) + 2 * sizes.GRID_MARGIN
    picture = reading.frame.height if reading is not None and reading.frame is not None else 0
    return max(sizes.ROW_HEIGHT[form], math.ceil(picture) + sizes.PICTURE_MARGIN)


def _picture_width(reading: Reading) -> float:
    """Return the room of a thumbnail: curves, and what is small, stand where most do."""
    return max(sizes.PICTURE_ROOM, reading.frame.width if reading.frame is not None else 0.0)


def raster(reading: Reading) -> tuple[int, int]:
    """Return the rows and columns of what stands in cells."""
    rows, columns = reading.dimensions or (1, reading.cells)
    return rows, columns


def cell_width(reading: Reading) -> float:
    """How wide each cell of a row is."""
    size = sizes.GRID_SIZE if reading.form == "grid" else sizes.CELL_SIZE
    return max(sizes.CELL, math.ceil(measuring.mono(reading.longest, size) + 8))


def _wider(first: Reading | None, second: Reading | None) -> Reading | None:
    if first is None or second is None or first.form not in IN_CELLS:
        return first or second
    return first if first.longest >= second.longest else second


def row_width(value: Reading | None, lower: Lower) -> float:
    """The least width of the rows: label, counter, numbers."""
    bar, derivative, counter = lower.bar, lower.reading, lower.counter
    note = measuring.sans(counter, sizes.NOTE_SIZE) + 6 if counter else 0.0
    label = measuring.width(bar, sizes.LABEL_SIZE)
    if value is not None and value.form == "array":
        left = picture_left(counter, label)
        return left + max(number_room(value), number_room(derivative)) + sizes.EDGE
    numbers = number_room(derivative or value)
    if value is not None and value.form in IN_CELLS:
        numbers = number_room(_wider(value, derivative)) + 20  # the warning sign stands before the cells
    return max(sizes.LABEL + label + note + 4 + numbers + sizes.EDGE, sizes.LABEL + number_room(value) + sizes.EDGE)


def picture_left(counter: str, label: float) -> float:
    """Thumbnails stand next to the triangle, or, where sums are told, next to their label and counter."""
    return max(sizes.LABEL + label, 48.0, measuring.sans(counter, sizes.NOTE_SIZE) + 12) + 8 if counter else 30.0
