"""Shrink an array into a thumbnail: a curve for one axis, a map of signed levels for more.

A thumbnail travels as a short string, one per stop of a film, and both painters turn it into paths:

* ``line``: one character per column from the base-64 alphabet, levels 0..63 between min(0, lowest) and
  max(0, highest); ``!`` where something is not finite.
* ``map``: ``rows * columns`` characters, ``0`` to ``8``: nine levels, symmetric about zero, ``4`` is (about) zero;
  ``n`` where something is not finite.

A block of many entries is shown by its largest magnitude, so that one spike among thousands of zeros survives, and
by ``n`` or ``!`` as soon as one entry is NaN or infinite.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .svg import number

__all__ = ["ALPHABET", "HEIGHT", "WIDTH", "Frame", "frame_of", "map_paths", "picture", "trace_path", "zero_line"]

WIDTH, HEIGHT = 76.0, 34.0
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_LARGEST_CELL = 12.0
_SMALLEST_CELL = 2.0


class Frame(NamedTuple):
    """The raster of a thumbnail and the size it is drawn at, in px."""

    kind: str
    columns: int
    rows: int
    width: float
    height: float


def frame_of(shape: tuple[int, ...]) -> Frame:
    """Choose the raster for arrays of this shape: at most 76 x 34 px, proportions kept as far as they are visible.

    Examples
    --------
    >>> frame_of((64, 128))
    Frame(kind='map', columns=34, rows=17, width=68.0, height=34.0)
    >>> frame_of((256,)).kind
    'line'
    """
    if len(shape) < 2:
        return Frame("line", max(1, min(int(WIDTH), *shape)), 1, WIDTH, HEIGHT)
    rows, columns = _matrix_shape(shape)
    scale = min(WIDTH / columns, HEIGHT / rows)
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


def picture(value: Any, frame: Frame) -> str:
    """Return the thumbnail of an array as a string.

    Examples
    --------
    >>> import numpy as np
    >>> picture(np.array([[1.0, -1.0], [0.0, np.nan]]), frame_of((2, 2)))
    '804n'
    >>> picture(np.array([0.0, 1.0, 2.0, 1.0, 0.0, 0.0, 0.0]), frame_of((7,)))
    'Ag/gAAA'
    """
    values = np.asarray(value)
    values = (np.abs(values) if np.iscomplexobj(values) else values).astype(np.float64)
    values = np.where(np.isfinite(values), values, np.nan)
    if frame.kind == "line":
        return _line(_blocks(values.reshape(-1), frame.columns, 0)) if values.size else "!" * frame.columns
    if not values.size:
        return "4" * (frame.rows * frame.columns)
    matrix = values.reshape(_matrix_shape(values.shape))
    return _map(_blocks(_blocks(matrix, frame.rows, 0), frame.columns, 1))


def _line(values: np.ndarray[Any, Any]) -> str:
    finite = values[np.isfinite(values)]
    low, high = min(0.0, finite.min(initial=0.0)), max(0.0, finite.max(initial=0.0))
    # Halves first: the range of a float may be twice the largest float.
    span = high / 2 - low / 2
    if not span:
        return "".join("A" if np.isfinite(value) else "!" for value in values)
    levels = np.nan_to_num((values / 2 - low / 2) / span, nan=-1.0) * 63
    return "".join("!" if level < 0 else ALPHABET[int(level + 0.5)] for level in levels.tolist())


def _map(values: np.ndarray[Any, Any]) -> str:
    largest = float(np.nanmax(np.abs(values), initial=0.0))
    levels = np.rint(values / largest * 4) + 4 if largest else np.where(np.isnan(values), np.nan, 4.0)
    return "".join("n" if level != level else str(int(level)) for level in levels.ravel().tolist())


def map_paths(text: str, frame: Frame, x: float, y: float) -> dict[str, str]:
    """Return the path of each level of a ``map`` thumbnail at a place; neighbours in a row are one rectangle.

    Examples
    --------
    >>> map_paths("0044", Frame("map", 2, 2, 8.0, 8.0), 0, 0)
    {'0': 'M0,0h8v4h-8z', '4': 'M0,4h8v4h-8z'}
    """
    across, down = frame.width / frame.columns, frame.height / frame.rows
    paths: dict[str, list[str]] = {}
    for row in range(len(text) // frame.columns):
        line = text[row * frame.columns : (row + 1) * frame.columns]
        start = 0
        for end in range(1, frame.columns + 1):
            if end == frame.columns or line[end] != line[start]:
                corner = f"M{number(x + start * across)},{number(y + row * down)}"
                run = number((end - start) * across)
                paths.setdefault(line[start], []).append(f"{corner}h{run}v{number(down)}h-{run}z")
                start = end
    return {level: "".join(pieces) for level, pieces in sorted(paths.items())}


def trace_path(text: str, frame: Frame, x: float, y: float) -> str:
    """Return the curve of a ``line`` thumbnail at a place; it is interrupted where a value is not finite.

    Examples
    --------
    >>> trace_path("A/", Frame("line", 2, 1, 76.0, 34.0), 0, 0)
    'M0,34L76,0'
    """
    pieces, pen = [], "M"
    for position, character in enumerate(text):
        if character == "!":
            pen = "M"
            continue
        across = position / (len(text) - 1) if len(text) > 1 else 0.5
        up = 1 - ALPHABET.index(character) / 63
        pieces.append(f"{pen}{number(x + across * frame.width)},{number(y + up * frame.height)}")
        pen = "L"
    return "".join(pieces)


def zero_line(low: float, high: float) -> float:
    """Return where zero lies in a ``line`` thumbnail, from 0 (bottom) to 1 (top).

    Examples
    --------
    >>> zero_line(-1.0, 3.0)
    0.25
    """
    low, high = min(0.0, low), max(0.0, high)
    span = high / 2 - low / 2
    return (-low / 2) / span if span and np.isfinite(span) else 0.0
