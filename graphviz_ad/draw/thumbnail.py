"""Draw a thumbnail: the paths of its curve, or of the levels of its map; the browser's painter draws the same."""

from __future__ import annotations

import numpy as np

from graphviz_ad.draw.svg import number
from graphviz_ad.numerals.thumbnails import ALPHABET, Frame

__all__ = ["map_paths", "trace_path", "zero_line"]


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
