"""Read the outlines of an SVG picture: rectangles and path data as moves, lines and cubic curves, all absolute."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["Segment", "outline_of_path", "outline_of_rect"]

_TOKEN = re.compile(r"[A-Za-z]|[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_COUNTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "Q": 4, "Z": 0}
_ROUND = 0.5522847498307936  # where the handles of a quarter of a circle are, in radii

Point = tuple[float, float]


class Segment(NamedTuple):
    """One piece: ``M`` (move), ``L`` (line), ``C`` (curve) or ``Z`` (close), and its points, the last one its end."""

    kind: str
    points: tuple[Point, ...] = ()


def outline_of_path(data: str) -> list[Segment]:
    """Return the pieces of path data.

    Raises
    ------
    ValueError
        For a command that our pictures do not use.

    Examples
    --------
    >>> for piece in outline_of_path("M1,2h3q0,3 3,3z"):
    ...     print(piece.kind, piece.points)
    M ((1.0, 2.0),)
    L ((4.0, 2.0),)
    C ((4.0, 4.0), (5.0, 5.0), (7.0, 5.0))
    Z ()
    """
    pieces: list[Segment] = []
    here = start = (0.0, 0.0)
    for command, numbers in _commands(data):
        kind = command.upper()
        origin = here if command.islower() else (0.0, 0.0)
        if kind == "H":
            points = [(numbers[0] + origin[0], here[1])]
        elif kind == "V":
            points = [(here[0], numbers[0] + origin[1])]
        else:
            pairs = zip(numbers[::2], numbers[1::2], strict=True)
            points = [(x + origin[0], y + origin[1]) for x, y in pairs]
        if kind == "Q":
            points = _cubic(here, *points)
        pieces.append(Segment({"H": "L", "V": "L", "Q": "C"}.get(kind, kind), tuple(points)))
        here = start if kind == "Z" else points[-1]
        start = here if kind == "M" else start
    return pieces


def _commands(data: str) -> Iterator[tuple[str, list[float]]]:
    """Split path data into commands, each with its numbers; numbers that follow on repeat the command."""
    command, numbers = "", list[float]()
    for token in _TOKEN.findall(data):
        if token.isalpha():
            if token.upper() not in _COUNTS:
                raise ValueError(f"path data holds {token!r}; expected one of {', '.join(_COUNTS)}")
            if numbers:
                raise ValueError(f"path data ends in the middle of {command!r}: {data[:60]!r}")
            command = token
            if command in "Zz":
                yield command, []
            continue
        numbers.append(float(token))
        if not command or command in "Zz":
            raise ValueError(f"path data begins with a number: {data[:60]!r}")
        if len(numbers) == _COUNTS[command.upper()]:
            yield command, numbers
            numbers = []
            command = {"M": "L", "m": "l"}.get(command, command)
    if numbers:
        raise ValueError(f"path data ends in the middle of {command!r}: {data[:60]!r}")


def _cubic(start: Point, handle: Point, end: Point) -> list[Point]:
    """Return the points of a quadratic curve as a cubic one."""

    def toward(point: Point) -> Point:
        return (point[0] + 2 / 3 * (handle[0] - point[0]), point[1] + 2 / 3 * (handle[1] - point[1]))

    return [toward(start), toward(end), end]


def outline_of_rect(x: float, y: float, width: float, height: float, radius: float = 0.0) -> list[Segment]:
    """Return the pieces of a rectangle, with round corners if there is a radius.

    Examples
    --------
    >>> "".join(piece.kind for piece in outline_of_rect(0, 0, 10, 5))
    'MLLLZ'
    >>> "".join(piece.kind for piece in outline_of_rect(0, 0, 10, 5, 2))
    'MLCLCLCLCZ'
    """
    right, bottom = x + width, y + height
    r = min(radius, width / 2, height / 2)
    if r <= 0:
        corners = ((x, y), (right, y), (right, bottom), (x, bottom))
        return [*(Segment("L" if k else "M", (corner,)) for k, corner in enumerate(corners)), Segment("Z")]
    k = r * (1 - _ROUND)
    return [
        Segment("M", ((x + r, y),)),
        Segment("L", ((right - r, y),)),
        Segment("C", ((right - k, y), (right, y + k), (right, y + r))),
        Segment("L", ((right, bottom - r),)),
        Segment("C", ((right, bottom - k), (right - k, bottom), (right - r, bottom))),
        Segment("L", ((x + r, bottom),)),
        Segment("C", ((x + k, bottom), (x, bottom - k), (x, bottom - r))),
        Segment("L", ((x, y + r),)),
        Segment("C", ((x, y + k), (x + k, y), (x + r, y))),
        Segment("Z"),
    ]
