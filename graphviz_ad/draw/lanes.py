"""The two lanes of an edge: values run down on the left, adjoints come back up on the right.

In forward mode tangents run down beside the values, on their left.

An edge is first drawn as one S-curve from port to port. Where that would run through another box, the route that
Graphviz found is followed instead, at the same distance on either side.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from graphviz_ad.draw.outlines import outline_of_path
from graphviz_ad.draw.svg import number

__all__ = [
    "APART",
    "CLEARANCE",
    "THREE",
    "Lanes",
    "Point",
    "Rectangle",
    "draw",
    "draw_pair",
    "drop",
    "is_clear",
    "levels",
    "s_curve",
    "stagger",
    "wave",
]

APART = 5.5
_PAIRED = 4.0  # values and tangents run the same way, and closer
THREE = (-2.0, -10.0, 9.0)
"""How far beside the middle of an edge values, tangents and adjoints run where there are all three."""
_STRAIGHT = 8.0
CLEARANCE = APART + 6.0
_TURNS_FROM = _STRAIGHT + APART + 7.0  # the nearest to a port that an edge turns, so that its corners stay round

Point = tuple[float, float]


class Rectangle(NamedTuple):
    """Left, top, right and bottom of something that a lane must not cross."""

    left: float
    top: float
    right: float
    bottom: float


class Lanes(NamedTuple):
    """The paths of an edge: of the value and the derivative, each with its head, and a broader one while it flows."""

    down: str
    down_head: str
    down_broad: str
    other: str
    other_head: str
    other_broad: str
    arrival: Point
    """Where the lane of the derivative meets the child's socket."""


def s_curve(start: Point, end: Point, shift: float = 0.0) -> tuple[Point, Point, Point, Point]:
    """Return the bend between the straight ends of an edge; `shift` moves it sideways and keeps lanes parallel.

    Examples
    --------
    >>> s_curve((0, 0), (10, 40))
    ((0.0, 8.0), (0.0, 20.0), (10.0, 20.0), (10.0, 32.0))
    """
    (x0, y0), (x1, y1) = start, end
    middle = (y0 + y1) / 2
    # On the way to the right the left lane turns later, so that it stays on the outside and never crosses the other.
    if x0 != x1:
        middle -= shift * math.copysign(min(1.0, abs(x1 - x0) / (2 * APART)), x1 - x0)
    x0, x1 = float(x0 + shift), float(x1 + shift)
    return (x0, y0 + _STRAIGHT), (x0, middle), (x1, middle), (x1, y1 - _STRAIGHT)


def levels(edges: Sequence[tuple[Point, Point]]) -> list[tuple[int, int]]:
    """Order edges that turn sideways between the same rows of boxes.

    Of those to one side, the outermost must turn first; all others have to pass below it, or they would run across its
    way down.

    Parameters
    ----------
    edges : sequence of (start, end)
        The ports of edges that are drawn as one curve.

    Returns
    -------
    list of (level, last level)
        For each edge, how many edges turn before it, and how many levels its group has beside the first.

    Examples
    --------
    >>> levels([((100, 0), (0, 60)), ((126, 0), (50, 60)), ((300, 0), (300, 60))])
    [(0, 1), (1, 1), (0, 0)]
    """

    def order(place: int) -> tuple[bool, float, float]:
        (x0, _), (x1, _) = edges[place]
        return (x1 > x0, -x0, -x1) if x1 > x0 else (False, x0, x1)

    turning = [place for place, (start, end) in enumerate(edges) if abs(end[0] - start[0]) > 2 * APART]
    level: dict[int, int] = {}
    groups: dict[int, set[int]] = {}
    for place in sorted(turning, key=order):
        # Edges to opposite sides cross anyway; at heights of their own they cross at right angles.
        beside = [other for other in level if _meet(edges[place], edges[other])]
        level[place] = max((level[other] + 1 for other in beside), default=0)
        group = {place}.union(*(groups[other] for other in beside))
        for member in group:
            groups[member] = group
    return [
        (level[place], max(level[member] for member in groups[place])) if place in level else (0, 0)
        for place in range(len(edges))
    ]


def stagger(edges: Sequence[tuple[Point, Point]]) -> list[float | None]:
    """Decide at which height each edge turns sideways, so that edges which turn the same way do not run together.

    Returns
    -------
    list of float or None
        The height of the turn, or None where an edge is free, or has no choice but, to bend in one S.

    Examples
    --------
    >>> stagger([((100, 0), (0, 60)), ((126, 0), (50, 60))])
    [20.5, 39.5]
    >>> stagger([((100, 0), (0, 60))])
    [None]
    """
    heights: list[float | None] = []
    for ((_, top), (_, bottom)), (level, last) in zip(edges, levels(edges), strict=True):
        low, high = top + _TURNS_FROM, bottom - _TURNS_FROM
        roomy = last > 0 and high - low >= 6 * last
        heights.append(low + (high - low) * level / last if roomy else None)
    return heights


def _meet(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    """Whether two edges pass the same heights and the same columns."""
    (a, b), (c, d) = one, other
    margin = 2 * APART + 3
    return (
        min(b[1], d[1]) > max(a[1], c[1])
        and max(a[0], b[0]) + margin > min(c[0], d[0])
        and max(c[0], d[0]) + margin > min(a[0], b[0])
    )


def _turn(start: Point, end: Point, shift: float, height: float) -> str:
    """Down, sideways at the given height, and down again, with round corners."""
    x0, x1 = start[0] + shift, end[0] + shift
    side = math.copysign(1.0, x1 - x0)
    y = height - shift * side
    r = max(0.0, min(9.0, abs(x1 - x0) / 2, y - start[1] - _STRAIGHT, end[1] - _STRAIGHT - y))
    return (
        f"V{number(y - r)}Q{_xy(x0, y)} {_xy(x0 + side * r, y)}H{number(x1 - side * r)}Q{_xy(x1, y)} {_xy(x1, y + r)}"
    )


def _bezier(piece: Sequence[Point], t: float) -> Point:
    s = 1 - t
    a, b, c, d = s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t
    return (
        a * piece[0][0] + b * piece[1][0] + c * piece[2][0] + d * piece[3][0],
        a * piece[0][1] + b * piece[1][1] + c * piece[2][1] + d * piece[3][1],
    )


def is_clear(start: Point, end: Point, obstacles: Sequence[Rectangle], height: float | None = None) -> bool:
    """Return whether an edge between two ports keeps clear of all obstacles.

    Parameters
    ----------
    start, end : pair of float
    obstacles : sequence of Rectangle
    height : float, optional
        Where it turns sideways; by default it is one S-curve.

    Examples
    --------
    >>> is_clear((0, 0), (100, 100), [Rectangle(40, 40, 60, 60)])
    False
    >>> is_clear((0, 0), (100, 100), [Rectangle(40, 60, 60, 80)], height=20)
    True
    """
    near = [
        box
        for box in obstacles
        if box.bottom + CLEARANCE > start[1]
        and box.top - CLEARANCE < end[1]
        and box.right + CLEARANCE > min(start[0], end[0])
        and box.left - CLEARANCE < max(start[0], end[0])
    ]
    if not near:
        return True
    if height is None:
        curve = s_curve(start, end)
        count = max(8, int((end[1] - start[1]) / 6))
        points = [start, *(_bezier(curve, step / count) for step in range(count + 1)), end]
    else:
        corners = [start, (start[0], height), (end[0], height), end]
        points = [
            (a[0] + (b[0] - a[0]) * step / 32, a[1] + (b[1] - a[1]) * step / 32)
            for a, b in pairwise(corners)
            for step in range(33)
        ]
    return not any(
        box.left - CLEARANCE < x < box.right + CLEARANCE and box.top - CLEARANCE < y < box.bottom + CLEARANCE
        for box in near
        for x, y in points
    )


def _along(route: Sequence[Point], start: Point, end: Point) -> list[Point]:
    """Sample Graphviz's route, with straight ends."""
    samples = [
        _bezier(route[piece : piece + 4], step / 8) for piece in range(0, len(route) - 1, 3) for step in range(1, 9)
    ]
    low, high = start[1] + _STRAIGHT + 6, end[1] - _STRAIGHT - 6
    inner = [point for point in samples if low < point[1] < high]
    return [(start[0], start[1] + _STRAIGHT), *inner, (end[0], end[1] - _STRAIGHT)]


def _beside(points: Sequence[Point], shift: float) -> Iterator[Point]:
    """Move a line sideways, at right angles to its course, so that it still goes down at every point."""
    reached, bottom = points[0][1], points[-1][1]
    for position, (x, y) in enumerate(points):
        if position in (0, len(points) - 1):
            yield x + shift, y
            continue
        (x0, y0), (x1, y1) = points[position - 1], points[position + 1]
        length = math.hypot(x1 - x0, y1 - y0) or 1.0
        moved = y - shift * (x1 - x0) / length
        if reached < moved < bottom:
            reached = moved
            yield x + shift * (y1 - y0) / length, moved


def _smooth(points: Sequence[Point]) -> str:
    """Draw a curve through points (Catmull-Rom), vertical at both ends."""
    pieces = []
    last = len(points) - 1

    def slope(position: int) -> Point:
        if position in (0, last):
            other = 1 if position == 0 else last - 1
            return 0.0, 1.5 * abs(points[other][1] - points[position][1])
        before, after = points[position][1] - points[position - 1][1], points[position + 1][1] - points[position][1]
        # A slope steeper than three times the gentler side would make the curve turn back up.
        down = min((before + after) / 2, 3 * before, 3 * after)
        return _sideways(*(points[position + k + 1][0] - points[position + k][0] for k in (-1, 0))), down

    for position in range(last):
        (x0, y0), (x1, y1) = points[position], points[position + 1]
        (u0, v0), (u1, v1) = slope(position), slope(position + 1)
        pieces.append(f"C{_xy(x0 + u0 / 3, y0 + v0 / 3)} {_xy(x1 - u1 / 3, y1 - v1 / 3)} {_xy(x1, y1)}")
    return "".join(pieces)


def _sideways(before: float, after: float) -> float:
    """Return how fast a curve goes sideways at a point between two steps: not so fast that it must come back."""
    if before * after <= 0:
        return 0.0
    return math.copysign(min(abs(before + after) / 2, 3 * abs(before), 3 * abs(after)), after)


def _xy(x: float, y: float) -> str:
    return f"{number(x)},{number(y)}"


def _bend(start: Point, end: Point, route: Sequence[Point], height: float | None, shift: float) -> str:
    """Return the middle of a lane, between its straight ends."""
    if route:
        return _smooth(list(_beside(_along(route, start, end), shift)))
    if height is not None:
        return _turn(start, end, shift, height)
    _, second, third, fourth = s_curve(start, end, shift)
    return f"C{_xy(*second)} {_xy(*third)} {_xy(*fourth)}"


def _down(start: Point, end: Point, route: Sequence[Point], height: float | None, shift: float) -> tuple[str, str, str]:
    """Return the lane of the values, its head and its broad head."""
    top, bottom = start[1], end[1]
    bend = _bend(start, end, route, height, shift)
    return (
        f"M{_xy(start[0] + shift, top)}V{number(top + _STRAIGHT)}{bend}V{number(bottom - 6)}",
        f"M{_xy(end[0] + shift - 4, bottom - 8)}l4,8l4,-8z",
        f"M{_xy(end[0] + shift - 6, bottom - 10)}l6,10l6,-10z",
    )


def drop(x: float, y: float, size: float = 1.0) -> str:
    """Return the mark of a tangent: the dot of v\u0307, with its point down, at (x, y).

    Examples
    --------
    >>> drop(4, 11)
    'M4,11c-1.2,-2.4 -4,-4 -4,-6.6c0,-2.2 1.8,-4 4,-4c2.2,0 4,1.8 4,4c0,2.6 -2.8,4.2 -4,6.6z'
    """
    curves = ((-1.2, -2.4, -4, -4, -4, -6.6), (0, -2.2, 1.8, -4, 4, -4), (2.2, 0, 4, 1.8, 4, 4),
              (0, 2.6, -2.8, 4.2, -4, 6.6))  # fmt: skip
    written = "".join(
        f"c{_xy(a * size, b * size)} {_xy(c * size, d * size)} {_xy(e * size, f * size)}" for a, b, c, d, e, f in curves
    )
    return f"M{_xy(x, y)}{written}z"


def draw_pair(
    start: Point,
    end: Point,
    route: Sequence[Point] = (),
    height: float | None = None,
    shifts: tuple[float, float] = (_PAIRED, -_PAIRED),
) -> Lanes:
    """Return the paths of an edge in forward mode: the tangent falls beside the value, on its left.

    `shifts` says how far beside the middle the two are.

    Examples
    --------
    >>> draw_pair((64, 68), (64, 105)).other
    'M60,68V76C60,86.5 60,86.5 60,97V98'
    """
    value, tangent = shifts
    left, bottom = end[0] + tangent, end[1]
    bend = _bend(start, end, route, height, tangent)
    return Lanes(
        *_down(start, end, route, height, value),
        f"M{_xy(start[0] + tangent, start[1])}V{number(start[1] + _STRAIGHT)}{bend}V{number(bottom - 7)}",
        drop(left, bottom),
        drop(left, bottom, 1.4),
        (left, bottom),
    )


def draw(
    start: Point,
    end: Point,
    route: Sequence[Point] = (),
    height: float | None = None,
    shifts: tuple[float, float] = (-APART, APART),
) -> Lanes:
    """Return the paths of an edge from the bottom of its parent to the top of its child's socket.

    Parameters
    ----------
    start, end : pair of float
        The ports.
    route : sequence of points
        Bézier points to follow; by default the edge is one S-curve.
    height : float, optional
        Where an edge without a route turns sideways (see `stagger`).

    Examples
    --------
    >>> draw((64, 68), (64, 105)).down
    'M58.5,68V76C58.5,86.5 58.5,86.5 58.5,97V99'
    """
    value, adjoint = shifts
    right = start[0] + adjoint
    top, bottom = start[1], end[1]
    bend = _bend(start, end, route, height, adjoint)
    up = f"M{_xy(right, top + 6)}V{number(top + _STRAIGHT)}{bend}V{number(bottom)}"
    return Lanes(
        *_down(start, end, route, height, value),
        up,
        f"M{_xy(right - 4, top + 8)}l4,-8l4,8z",
        f"M{_xy(right - 6, top + 10)}l6,-10l6,10z",
        (end[0] + adjoint, bottom),
    )


_AMPLITUDE, _PERIOD = 3.1, 9.0
_AT_HEAD, _AT_FOOT = 7.0, 5.0  # so long a wave is straight at its ends


def wave(line: str, up: bool = False) -> str:
    """Return a lane as a wave around its course, straight at both ends; its head is above where it leads `up`.

    Examples
    --------
    >>> wave("M0,0V30")
    'M0,0L0,5Q6.2,7.25 0,9.5Q-6.2,11.75 0,14Q6.2,16.25 0,18.5Q-6.2,20.75 0,23L0,30'
    """
    points = _course(line)
    long = [0.0]
    for one, other in pairwise(points):
        long.append(long[-1] + math.dist(one, other))
    first, last = (_AT_HEAD, _AT_FOOT) if up else (_AT_FOOT, _AT_HEAD)
    halves = 2 * round((long[-1] - first - last) / _PERIOD)
    if halves < 2:
        return line
    half = (long[-1] - first - last) / halves
    pieces = [f"M{_xy(*points[0])}L{_xy(*_walked(points, long, first))}"]
    for k in range(halves):
        (x, y), end = (_walked(points, long, first + (k + part) * half) for part in (0.5, 1))
        (a, b), (c, d) = (_walked(points, long, first + (k + part) * half) for part in (0.25, 0.75))
        side = (2 - k % 2 * 4) * _AMPLITUDE / (math.dist((a, b), (c, d)) or 1.0)
        pieces.append(f"Q{_xy(x + side * (d - b), y - side * (c - a))} {_xy(*end)}")
    return "".join(pieces) + f"L{_xy(*points[-1])}"


def _course(line: str) -> list[Point]:
    """Return points along a path, close to each other where it bends."""
    points: list[Point] = []
    for piece in outline_of_path(line):
        if piece.kind == "C":
            curve = (points[-1], *piece.points)
            points += [_bezier(curve, step / 12) for step in range(1, 13)]
        else:
            points += piece.points
    return points


def _walked(points: Sequence[Point], long: Sequence[float], far: float) -> Point:
    """Return the point so far along a course."""
    k = max(1, min(bisect_left(long, far), len(points) - 1))
    (x, y), (u, v) = points[k - 1], points[k]
    part = (far - long[k - 1]) / ((long[k] - long[k - 1]) or 1.0)
    return x + part * (u - x), y + part * (v - y)
