"""Shrink an array into a thumbnail: a curve for one axis, a map of signed levels for more.

A thumbnail travels as a short string, one per stop of a film, and both painters turn it into paths:

* ``line``: one character per column from the base-64 alphabet, levels 0..63 between min(0, lowest) and
  max(0, highest); ``!`` where something is not finite.
* ``map``: ``rows * columns`` characters, ``0`` to ``8``: nine levels, symmetric about zero, ``4`` is (about) zero, and
  ``-`` about zero but below it; ``n`` where something is NaN, ``p`` and ``m`` where it is ∞ and −∞.

A block of many entries is shown by its largest magnitude, so that one spike among thousands of zeros survives, and
by ``n`` or ``!`` as soon as one entry is NaN. A matrix of few rows and columns has a cell for each entry.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

__all__ = ["ALPHABET", "HEIGHT", "WIDTH", "Frame", "frame_of", "picture"]

WIDTH, HEIGHT = 84.0, 64.0
"""The room of a map that has a cell for each entry."""
_LINE_WIDTH, _LINE_HEIGHT = 76.0, 34.0  # of curves, and of maps whose entries cannot be told apart
_MOST_ROWS, _MOST_COLUMNS = 14, 42
_WIDEST_CELL, _HIGHEST_CELL = 22.0, 18.0
_BROADEST = 2.4  # a cell is at most so many times as wide as it is high
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_LARGEST_CELL = 12.0
_SMALLEST_CELL = 2.0
_NEARLY_ZERO, _NAN, _INFINITE = "-", "n", "pm"
_NO_NUMBER, _BEYOND = "!", "~"  # in a line: NaN, or what is not finite beside it; infinite where nothing is NaN


class Frame(NamedTuple):
    """The raster of a thumbnail and the size it is drawn at, in px."""

    kind: str
    columns: int
    rows: int
    width: float
    height: float

    def is_whole(self, shape: tuple[int, ...]) -> bool:
        """Whether each entry of an array of this shape has a cell of its own."""
        return self.kind == "map" and (self.rows, self.columns) == _matrix_shape(shape)


def frame_of(shape: tuple[int, ...]) -> Frame:
    """Choose the raster for arrays of this shape: at most 84 x 64 px, proportions kept as far as they are visible.

    Examples
    --------
    >>> frame_of((8, 4))
    Frame(kind='map', columns=4, rows=8, width=80.0, height=64.0)
    >>> frame_of((64, 128))
    Frame(kind='map', columns=34, rows=17, width=68.0, height=34.0)
    >>> frame_of((256,)).kind
    'line'
    """
    if len(shape) < 2:
        return Frame("line", max(1, min(int(_LINE_WIDTH), *shape)), 1, _LINE_WIDTH, _LINE_HEIGHT)
    rows, columns = _matrix_shape(shape)
    if rows <= _MOST_ROWS and columns <= _MOST_COLUMNS:
        high = min(_HIGHEST_CELL, HEIGHT // rows)
        wide = min(_WIDEST_CELL, WIDTH // columns, float(math.ceil(_BROADEST * high)))
        return Frame("map", columns, rows, columns * wide, rows * min(high, math.ceil(_BROADEST * wide)))
    return _coarse(rows, columns)


def _coarse(rows: int, columns: int) -> Frame:
    """Return the raster of a matrix in which a block of entries may share a cell."""
    scale = min(_LINE_WIDTH / columns, _LINE_HEIGHT / rows)
    if scale >= _SMALLEST_CELL:
        cell = min(_LARGEST_CELL, float(int(scale)))
        return Frame("map", columns, rows, columns * cell, rows * cell)
    wide = max(1, min(columns, round(columns * scale / _SMALLEST_CELL)))
    high = max(1, min(rows, round(rows * scale / _SMALLEST_CELL)))
    return Frame("map", wide, high, wide * _SMALLEST_CELL, max(high * _SMALLEST_CELL, 4.0))


def _matrix_shape(shape: tuple[int, ...]) -> tuple[int, int]:
    rows = 1
    for size in shape[:-1]:
        rows *= size
    return max(rows, 1), max(shape[-1], 1)


def _blocks(values: np.ndarray[Any, Any], count: int, axis: int) -> np.ndarray[Any, Any]:
    """Reduce one axis to `count` blocks, each its entry of largest magnitude; NaN wins."""
    size = values.shape[axis]
    if size == count:
        return values
    starts = np.arange(count) * size // count
    top, bottom = np.maximum.reduceat(values, starts, axis=axis), np.minimum.reduceat(values, starts, axis=axis)
    return np.asarray(np.where(np.abs(top) >= np.abs(bottom), top, bottom))


def picture(value: Any, frame: Frame, reach: float = 0.0) -> str:
    """Return the thumbnail of an array as a string; the scale of a map reaches as far as is asked for, at least.

    Examples
    --------
    >>> import numpy as np
    >>> picture(np.array([[1.0, -1.0], [0.0, np.nan]]), frame_of((2, 2)))
    '804n'
    >>> picture(np.array([[1.0, -1.0], [0.0, np.nan]]), frame_of((2, 2)), reach=4.0)
    '534n'
    >>> picture(np.array([0.0, 1.0, 2.0, 1.0, 0.0, 0.0, 0.0]), frame_of((7,)))
    'Ag/gAAA'
    """
    values = np.asarray(value)
    values = (np.abs(values) if np.iscomplexobj(values) else values).astype(np.float64)
    if frame.kind == "line":
        if not values.size:
            return _NO_NUMBER * frame.columns
        finite = np.where(np.isfinite(values), values, np.nan)
        line = _line(_blocks(finite.reshape(-1), frame.columns, 0))
        return line if np.isnan(values).any() else line.replace(_NO_NUMBER, _BEYOND)
    if not values.size:
        return "4" * (frame.rows * frame.columns)
    matrix = values.reshape(_matrix_shape(values.shape))
    return _map(_blocks(_blocks(matrix, frame.rows, 0), frame.columns, 1), reach)


def _line(values: np.ndarray[Any, Any]) -> str:
    finite = values[np.isfinite(values)]
    low, high = min(0.0, finite.min(initial=0.0)), max(0.0, finite.max(initial=0.0))
    # Halves first: the range of a float may be twice the largest float.
    span = high / 2 - low / 2
    if not span:
        return "".join("A" if np.isfinite(value) else _NO_NUMBER for value in values)
    levels = np.nan_to_num((values / 2 - low / 2) / span, nan=-1.0) * 63
    return "".join(_NO_NUMBER if level < 0 else ALPHABET[int(level + 0.5)] for level in levels.tolist())


def _map(values: np.ndarray[Any, Any], reach: float) -> str:
    finite = np.where(np.isfinite(values), values, 0.0)
    largest = float(np.abs(finite).max(initial=reach))
    levels = np.rint(finite / largest * 4) + 4 if largest else finite + 4
    return "".join(map(_level, values.ravel().tolist(), levels.ravel().tolist()))


def _level(value: float, level: float) -> str:
    if math.isnan(value):
        return _NAN
    if math.isinf(value):
        return _INFINITE[value < 0]
    return _NEARLY_ZERO if value < 0 and level == 4 else str(int(level))
