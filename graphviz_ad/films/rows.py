"""The numbers of a scene at all its stops, read once: columns, thumbnails, and what decides how they are written.

The browser looks numbers up in columns; how these are packed stands in ``packing.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from graphviz_ad.draw.scene import Scene
from graphviz_ad.films.entries import followed
from graphviz_ad.films.sampling import Numbers, Shot
from graphviz_ad.numerals import Format
from graphviz_ad.numerals.formats import choose, measure
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.numerals.readings import reaches, read

__all__ = ["Formats", "Rows", "longest_texts"]

_FEW_NUMBERS = 2_000
_UNDECIDED: Format = ("f", 0)  # how the numbers are written is decided when all of them are there

Formats = dict[Quantity, Format]


class Rows:
    """The rows of a shot as the player reads them, each read once: columns, thumbnails, and what decides formats."""

    def __init__(self, shot: Shot, sliders: Mapping[str, Format], stops: int = 1) -> None:
        story = shot.story
        self.followed = followed(story, stops)
        self.shot = shot
        self.columns: list[np.ndarray[Any, Any]] = []
        self.drawn: list[dict[str, str]] = []
        self.laid_out: tuple[Any, Scene] | None = None
        shared = reaches(story.numbers)
        self._readings = tuple(
            read(key, value, format=_UNDECIDED, still=False, entries=key in self.followed, reach=shared.get(key, 0.0))
            for key, value in story.numbers.items()
        )
        self.framed = [str(place) for place, reading in enumerate(self._readings) if reading.frame is not None]
        # A slider's own value is written as the slider's, so that no two stops look alike.
        names = {Quantity("value", i): story.nodes[i].symbol.symbol.arguments[0] for i in story.inputs}
        self._given = {key: sliders[name] for key, name in names.items() if name in sliders}
        # The columns of a number, or of a few, are all of it; of larger or complex arrays they are not.
        self._whole = np.array(
            [r.form != "array" and not np.iscomplexobj(story.numbers[r.key]) for r in self._readings]
        )
        self._quick = [
            (one, bool(whole) and one.form == "scalar") for one, whole in zip(self._readings, self._whole, strict=True)
        ]
        # A number that a learner may get by a wrong way says nothing of the place.
        self._own = np.array([r.key.kind != "slip" for r in self._readings for _ in range(r.columns)], dtype=bool)
        self._widths = np.array([reading.columns for reading in self._readings])
        self._measures: Any = None
        self._shown: dict[Quantity, tuple[Format, list[Any]]] = {}

    def catch_up(self) -> None:
        """Read the rows that are new."""
        new = self.shot.rows[len(self.columns) :]
        if not new:
            return
        read_now = [self.read(row) for row in new]
        measures = self._measure(new, np.array([columns for columns, _ in read_now]))
        # Maxima may be taken twice, rows may not: so they come last, should an interrupt come between.
        self._measures = measures if self._measures is None else np.maximum(self._measures, measures)
        self.drawn[len(self.columns) :] = [drawn for _, drawn in read_now]
        self.columns += [columns for columns, _ in read_now]

    def read(self, numbers: Numbers) -> tuple[np.ndarray[Any, Any], dict[str, str]]:
        """Return the columns and the thumbnails of one row."""
        columns: list[float] = []
        for reading, plain in self._quick:
            # A row has a hundred numbers, most of them plain: these need no array each.
            columns += [numbers[reading.key]] if plain else reading.numbers(numbers[reading.key])
        drawn = {key: self._readings[int(key)].picture(numbers[self._readings[int(key)].key]) for key in self.framed}
        return np.array(columns, dtype="<f8"), drawn

    def is_plain(self, row: int) -> bool:
        """Return whether all numbers of a row are finite, as far as the player shows them."""
        return bool(np.isfinite(self.columns[row][self._own]).all())

    def _measure(self, rows: Sequence[Numbers], columns: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Measure each quantity over some rows."""
        measures = np.empty((len(measure([])), len(self._readings)))
        whole = np.repeat(self._whole, self._widths)
        widths = self._widths[self._whole]
        if widths.size:
            measures[:, self._whole] = np.maximum.reduceat(
                measure(columns[:, whole]), np.cumsum(widths) - widths, axis=1
            )
        for place in np.flatnonzero(~self._whole):
            key = self._readings[place].key
            shown = np.concatenate([np.ravel(row[key]) for row in rows])
            measures[:, place] = measure(shown.view(float) if shown.dtype.kind == "c" else shown)
        return measures

    def formats(self, rows: Sequence[int] | None = None) -> Formats:
        """Choose how each quantity is written at all rows, or at some."""
        story = self.shot.story
        if rows is not None and len(rows) < len(self.columns):
            measures = self._measure([self.shot.rows[row] for row in rows], self.table(rows))
        elif self._measures is None:
            measures = self._measure([story.numbers], self.read(story.numbers)[0][None])
        else:
            measures = self._measures
        chosen = {reading.key: choose(measures[:, place]) for place, reading in enumerate(self._readings)}
        return {**chosen, **self._given}

    def shown(self, formats: Formats) -> list[list[Any]]:
        """Return the formats as the slots have them: with fewer decimals where there is little room."""
        for key, form in formats.items():
            if key not in self._shown or self._shown[key][0] != form:
                slot = read(key, self.shot.story.numbers[key], 0, form, still=False).format
                self._shown[key] = form, list(slot)
        return [self._shown[reading.key][1] for reading in self._readings]

    def table(self, rows: Sequence[int]) -> np.ndarray[Any, Any]:
        """Return the columns of some rows."""
        return np.array([self.columns[row] for row in rows], dtype="<f8").reshape(len(rows), int(self._widths.sum()))

    def lost(self, rows: Sequence[int] | None = None) -> frozenset[Quantity]:
        """Return what is NaN, or holds it, in some rows, or in any."""
        if rows is None:
            rows = range(len(self.columns))
        if not rows:
            return frozenset()
        columns = np.isnan(self.table(rows)).any(axis=0)
        ends = np.logical_or.reduceat(columns, np.cumsum(self._widths) - self._widths)
        lost = {reading.key for reading, nan in zip(self._readings, ends.tolist(), strict=True) if nan}
        framed = {self._readings[int(key)].key for key in self.framed}
        drawn = {key for key in framed if any(np.isnan(self.shot.rows[row][key]).any() for row in rows)}
        return frozenset((lost - framed) | drawn)

    def pictures(self, rows: Sequence[int]) -> dict[str, str | list[str]]:
        """Return the thumbnails of some rows by quantity: one string if it never changes, else one a row."""
        pictures: dict[str, str | list[str]] = {}
        for key in self.framed if rows else ():
            texts = [self.drawn[row][key] for row in rows]
            pictures[key] = texts[0] if len(set(texts)) == 1 else texts
        return pictures


def longest_texts(shot: Shot, formats: Formats, rows: Sequence[int]) -> dict[Quantity, int]:
    """Return how many characters the numbers in each cell take, where it is quick to write them all."""
    lengths = {}
    for key, value in shot.story.numbers.items():
        if not 0 < np.size(value) * len(rows) <= _FEW_NUMBERS:
            continue
        reading = read(key, value, 0, formats[key], still=False)
        if reading.form in ("cells", "grid"):
            lengths[key] = max(len(text) for row in rows for text in reading.texts(shot.rows[row][key]))
    return lengths
