"""Draw a thumbnail: the paths of its curve, or of the levels of its map; the browser's painter draws the same."""

from __future__ import annotations

import numpy as np

from graphviz_ad.draw.svg import number
from graphviz_ad.numerals.thumbnails import ALPHABET, Frame

__all__ = ["double_frame", "map_paths", "trace_path", "zero_line"]

_DASHED = (8.0, 5.0)
"""The least size of a cell in which a dash says that it is below zero."""
_DOUBLED = 8.0  # the least width and height of a cell with a double frame
_MINUS = {"-": "m4", "m": "mi"} | {level: f"m{level}" for level in "0123"}


def map_paths(text: str, frame: Frame, x: float, y: float) -> dict[str, str]:
    """Return the paths of a ``map`` thumbnail at a place, by class.

    Of each level (``l0`` to ``l8``) the cells, neighbours in a row as one rectangle; what is NaN (``ln``) or infinite
    (``li``); and the dashes in cells below zero, by the level that they stand on (``m0`` to ``m4``, ``mi``).

    Examples
    --------
    >>> map_paths("0044", Frame("map", 2, 2, 8.0, 8.0), 0, 0)
    {'l0': 'M0,0h8v4h-8z', 'l4': 'M0,4h8v4h-8z'}
    >>> map_paths("04", Frame("map", 2, 1, 44.0, 18.0), 0, 0)["m0"]
    'M8.5,9h5'
    """
    across, down = frame.width / frame.columns, frame.height / frame.rows
    dashed, doubled = across >= _DASHED[0] and down >= _DASHED[1], min(across, down) >= _DOUBLED
    paths: dict[str, list[str]] = {}
    for row in range(len(text) // frame.columns):
        line = text[row * frame.columns : (row + 1) * frame.columns]
        start = 0
        for end in range(1, frame.columns + 1):
            place, level = (x + (end - 1) * across, y + row * down, across, down), line[end - 1]
            if dashed and level in _MINUS:
                paths.setdefault(_MINUS[level], []).append(_dash(*place))
            if doubled and level in "pm":
                paths.setdefault("li", []).append(_box(*place, 0.6) + _box(*place, 2.6))
                start = end
            elif end == frame.columns or line[end] != level:
                run = (x + start * across, place[1], (end - start) * across, down)
                paths.setdefault(_LEVEL.get(level, f"l{level}"), []).append(_box(*run))
                start = end
    return {level: "".join(pieces) for level, pieces in sorted(paths.items())}


_LEVEL = {"-": "l4", "p": "ln", "m": "ln"}


def _box(x: float, y: float, width: float, height: float, inset: float = 0.0) -> str:
    across, down = number(width - 2 * inset), number(height - 2 * inset)
    return f"M{number(x + inset)},{number(y + inset)}h{across}v{down}h-{across}z"


def _dash(x: float, y: float, width: float, height: float) -> str:
    length = min(5.0, 0.42 * width)
    return f"M{number(x + (width - length) / 2)},{number(y + height / 2)}h{number(length)}"


def double_frame(x: float, y: float, width: float, height: float) -> str:
    """Return the inner frame of a cell whose number is infinite.

    Examples
    --------
    >>> double_frame(0, 0, 28, 20)
    'M2.6,2.6h22.8v14.8h-22.8z'
    """
    return _box(x, y, width, height, 2.6)


def trace_path(text: str, frame: Frame, x: float, y: float) -> str:
    """Return the curve of a ``line`` thumbnail at a place; it is interrupted where a value is not finite.

    Examples
    --------
    >>> trace_path("A/", Frame("line", 2, 1, 76.0, 34.0), 0, 0)
    'M0,34L76,0'
    """
    pieces, pen = [], "M"
    for position, character in enumerate(text):
        if character not in ALPHABET:
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
