"""Place the boxes of a picture: ask Graphviz where they go, and read its answer strictly.

Graphviz sees ids and sizes, nothing else: every box is an HTML table of empty cells of fixed size, with ports where
its edges start and end. So no name, label or number can reach it, and a layout depends on topology and sizes alone,
which makes it worth keeping (`place` remembers the last 64).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from graphviz_ad.console import prints
from graphviz_ad.draw import lanes
from graphviz_ad.draw.runner import TIMEOUT, run
from graphviz_ad.errors import LayoutError

__all__ = ["SHORT", "Box", "Link", "Marks", "Place", "Placement", "place", "place_marks"]

NODE_GAP, RANK_GAP = 24, 37
TURN_ROOM = 20
SHORT = 4 * RANK_GAP
"""An edge lower than this lies between two neighbouring rows of boxes."""

_MANY = 400
# Past some hundreds of chained nodes dot's cost explodes; only this combination tames it.
_HURRY = "mclimit=0.1; nslimit=0.1; nslimit1=0.1; splines=line;"


@prints
@dataclass(frozen=True)
class Box:
    """The outline of one node: a row of sockets above a body, and perhaps a row of pads below it.

    Widths and heights are px. `sockets` and `pads` name slots laid side by side in the middle of their row, with their
    widths: a socket is named by its argument number, a pad by the edge (child, argument) that leaves from it. What
    stands out `beside` it, on its right, has so much room of its own.
    """

    position: int
    width: int
    body: int
    sockets: tuple[tuple[int, int], ...] = ()
    socket_height: int = 0
    pads: tuple[tuple[tuple[int, int], int], ...] = ()
    pad_height: int = 0
    beside: int = 0

    @property
    def height(self) -> int:
        """Height of the whole box."""
        return self.body + (self.socket_height if self.sockets else 0) + self.pad_height


@dataclass(frozen=True)
class Link:
    """An edge from a parent's bottom (or its pad) to one of the child's sockets; a heavy one runs straight."""

    child: int
    argument: int
    parent: int
    weight: int = 1

    @property
    def key(self) -> tuple[int, int]:
        """What names the edge: the child and the argument number."""
        return self.child, self.argument


@dataclass(frozen=True)
class Place:
    """Where a box went: the top left corner, and the order of its pads from left to right."""

    x: float
    y: float
    pads: tuple[tuple[int, int], ...]


@prints
@dataclass(frozen=True, eq=False)
class Placement:
    """A finished layout: boxes by position, routes (cubic Bézier points, top to bottom) by edge."""

    places: Mapping[int, Place]
    routes: Mapping[tuple[int, int], tuple[tuple[float, float], ...]] = field(repr=False)
    width: float
    height: float


def _row(cells: Sequence[tuple[str, int]], box: Box, height: int) -> str:
    """One row of a box's table: the named cells side by side in the middle, empty cells around them."""
    spare = box.width - sum(size for _, size in cells)
    left = spare // 2
    padded = [("", left), *cells, ("", spare - left), ("", box.beside)]
    inner = "".join(
        f'<TD{f""" PORT="{name}" """ if name else " "}FIXEDSIZE="TRUE" WIDTH="{size}" HEIGHT="{height}"></TD>'
        for name, size in padded
        if size > 0
    )
    return f"<TR><TD>{_TABLE}<TR>{inner}</TR></TABLE></TD></TR>"


_TABLE = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">'


def _dot_box(box: Box, order: Sequence[tuple[int, int]], room: tuple[int, int]) -> str:
    widths = dict(box.pads)
    rows = [_row([], box, room[0])] if room[0] else []
    if box.sockets:
        sockets = [(f"a{argument}", size) for argument, size in box.sockets]
        rows.append(_row(sockets, box, box.socket_height))
    # Ports without pads still need a cell, be it a thin one.
    thin = 1 if box.pads and not box.pad_height else 0
    rows.append(_row([("out", box.width)], box, box.body - thin))
    if box.pads:
        pads = [(f"c{child}_{argument}", widths[child, argument]) for child, argument in order]
        rows.append(_row(pads, box, box.pad_height or thin))
    if room[1]:
        rows.append(_row([], box, room[1]))
    return f"n{box.position} [label=<{_TABLE}{''.join(rows)}</TABLE>>];"


def _dot(
    boxes: Sequence[Box],
    links: Sequence[Link],
    orders: Mapping[int, Sequence[tuple[int, int]]],
    rooms: Mapping[int, tuple[int, int]],
    hurry: bool,
    gap: int,
) -> str:
    padded = {box.position for box in boxes if orders.get(box.position)}
    lines = [
        "digraph {",
        f"nodesep={NODE_GAP / 72:.6f}; ranksep={gap / 72:.6f}; {_HURRY if hurry else ''}",
        "node [shape=plain]; edge [arrowhead=none];",
    ]
    lines += [_dot_box(box, orders.get(box.position, ()), rooms.get(box.position, (0, 0))) for box in boxes]
    for link in links:
        port = f"c{link.child}_{link.argument}" if link.parent in padded else "out"
        # Graphviz keeps the order of edges of a node only as far as it helps, so sockets stay as given by their ports.
        weight = f" [weight={link.weight}]" if link.weight != 1 else ""
        lines.append(f"n{link.parent}:{port}:s -> n{link.child}:a{link.argument}:n{weight};")
    lines.append("}")
    return "\n".join(lines)


_NUMBER = r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?"
_POINT = re.compile(rf"({_NUMBER}),({_NUMBER})\Z")


def _point(text: object) -> tuple[float, float]:
    match = _POINT.match(text) if isinstance(text, str) else None
    if match is None:
        raise LayoutError(f"Graphviz answered a position that cannot be read: {text!r:.80}")
    x, y = float(match[1]), float(match[2])
    if not (math.isfinite(x) and math.isfinite(y)):
        raise LayoutError(f"Graphviz answered a position that is not finite: {text!r:.80}")
    return x, y


def _points(text: object) -> list[tuple[float, float]]:
    words = text.split() if isinstance(text, str) else []
    points = [_point(word) for word in words if not word.startswith(("s,", "e,"))]
    if len(points) < 4 or len(points) % 3 != 1:
        raise LayoutError(f"Graphviz answered a curve that cannot be read: {text!r:.80}")
    return points


_Orders = dict[int, tuple[tuple[int, int], ...]]


class _Raw(NamedTuple):
    """What one run of Graphviz answers: centres by node, routes by edge, the size of all; y downwards."""

    centres: dict[int, tuple[float, float]]
    routes: dict[tuple[int, int], tuple[tuple[float, float], ...]]
    width: float
    height: float


def _read(answer: bytes, boxes: Sequence[Box], links: Sequence[Link]) -> _Raw:
    """Read Graphviz's JSON, strictly."""
    try:
        graph: dict[str, Any] = json.loads(answer)
        corners = str(graph["bb"]).split(",")
        width, height = _point(",".join(corners[2:]))
        names = {entry["_gvid"]: entry["name"] for entry in graph["objects"]}
        centres = {entry["name"]: _point(entry["pos"]) for entry in graph["objects"]}
        curves = {
            (names[entry["head"]], entry["headport"].split(":")[0]): _points(entry["pos"])
            for entry in graph.get("edges", ())
        }
        placed = {}
        for box in boxes:
            x, y = centres[f"n{box.position}"]
            placed[box.position] = (x, height - y)
        routes = {}
        for link in links:
            curve = curves[f"n{link.child}", f"a{link.argument}"]
            routes[link.key] = tuple((x, height - y) for x, y in curve)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise LayoutError(f"Graphviz answered something that cannot be read: {error!r:.120}") from error
    return _Raw(placed, routes, width, height)


def _at_height(route: Sequence[tuple[float, float]], y: float) -> float:
    """Return where a route runs at the given height (its last point if it ends above)."""
    best = route[-1][0]
    distance = math.inf
    for piece in range(0, len(route) - 1, 3):
        a, b, c, d = route[piece : piece + 4]
        for step in range(9):
            t = step / 8
            s = 1 - t
            weights = (s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t)
            at = sum(w * p[1] for w, p in zip(weights, (a, b, c, d), strict=True))
            if abs(at - y) < distance:
                distance = abs(at - y)
                best = sum(w * p[0] for w, p in zip(weights, (a, b, c, d), strict=True))
    return best


def _sorted_pads(boxes: Sequence[Box], raw: _Raw, gap: int) -> _Orders:
    """Sort the pads of each fan-out by where their edges run, so that these need not cross."""
    pads = {}
    for box in boxes:
        if box.pads:
            below = raw.centres[box.position][1] + box.height / 2 + gap + box.socket_height
            keys = (key for key, _ in box.pads)
            pads[box.position] = tuple(sorted(keys, key=lambda key: _at_height(raw.routes[key], below)))
    return pads


def _leaving(boxes: Sequence[Box], raw: _Raw, orders: _Orders) -> dict[tuple[int, int], float]:
    """Return where the edges of each fan-out leave, once its pads are in order."""
    places = {}
    for box in boxes:
        widths = dict(box.pads)
        left = raw.centres[box.position][0] - (box.beside + sum(widths.values())) / 2
        for key in orders.get(box.position, ()):
            places[key] = left + widths[key] / 2
            left += widths[key]
    return places


def _rooms(links: Sequence[Link], raw: _Raw, starts: Mapping[tuple[int, int], float]) -> dict[int, tuple[int, int]]:
    """Ask for room above or below boxes where several short edges turn to the same side, one after another."""
    ends = {}
    for link in links:
        route = raw.routes[link.key]
        ends[link.key] = (starts.get(link.key, route[0][0]), route[0][1]), route[-1]
    short = [link for link in links if ends[link.key][1][1] - ends[link.key][0][1] < SHORT]
    rooms: dict[int, tuple[int, int]] = {}
    fan_out: dict[int, int] = {}
    fan_in: dict[int, int] = {}
    for link in short:
        fan_out[link.parent] = fan_out.get(link.parent, 0) + 1
        fan_in[link.child] = fan_in.get(link.child, 0) + 1
    for link, (_, last) in zip(short, lanes.levels([ends[link.key] for link in short]), strict=True):
        if not last:
            continue
        room = min(last, 8) * TURN_ROOM
        if fan_in[link.child] > fan_out[link.parent]:
            above, below = rooms.get(link.child, (0, 0))
            rooms[link.child] = (max(above, room), below)
        else:
            above, below = rooms.get(link.parent, (0, 0))
            rooms[link.parent] = (above, max(below, room))
    return rooms


@lru_cache(maxsize=64)
def _place(boxes: tuple[Box, ...], links: tuple[Link, ...], gap: int, engine: str | None, timeout: float) -> Placement:
    pads: _Orders = {box.position: tuple(key for key, _ in box.pads) for box in boxes if box.pads}
    hurry = len(boxes) > _MANY
    # First the edges of a fan-out may leave in any order: which one lets them cross least is for Graphviz to say.
    orders: _Orders = pads if hurry else {}
    rooms: dict[int, tuple[int, int]] = {}

    def lay_out() -> _Raw:
        return _read(run(_dot(boxes, links, orders, rooms, hurry, gap), engine=engine, timeout=timeout), boxes, links)

    raw = lay_out()
    if not hurry:
        # Where the edges run is known only now.
        better = _sorted_pads(boxes, raw, gap)
        rooms = _rooms(links, raw, _leaving(boxes, raw, better))
        if better != orders or rooms:
            orders = better
            raw = lay_out()
    places = {}
    for box in boxes:
        above, below = rooms.get(box.position, (0, 0))
        x, y = raw.centres[box.position]
        top = y - (box.height + above + below) / 2 + above
        places[box.position] = Place(x - (box.width + box.beside) / 2, top, orders.get(box.position, ()))
    return Placement(places, raw.routes, raw.width, raw.height)


def place(
    boxes: Sequence[Box],
    links: Sequence[Link],
    *,
    gap: int = RANK_GAP,
    engine: str | None = None,
    timeout: float = TIMEOUT,
) -> Placement:
    """Place boxes so that every edge runs downwards, and route the edges.

    Parameters
    ----------
    boxes : sequence of Box
    links : sequence of Link
        Edges between them, from port to port.
    gap : int
        How far rows of boxes are apart, in px.
    engine : str, optional
        See `runner.find_engine`.
    timeout : float
        Seconds that each run of Graphviz may take.

    Returns
    -------
    Placement
        Corners and routes in px, y downwards.

    Raises
    ------
    LayoutError
        If Graphviz is missing, fails or takes too long.

    Examples
    --------
    >>> above, below = Box(0, 100, 60), Box(1, 100, 60, sockets=((0, 80),), socket_height=38)
    >>> placed = place([above, below], [Link(1, 0, 0)])
    >>> placed.places[1].y - placed.places[0].y
    97.0
    """
    if not boxes:
        return Placement({}, {}, 0.0, 0.0)
    return _place(tuple(boxes), tuple(links), gap, engine, timeout)


class Marks(NamedTuple):
    """Where the small marks of a graph went: their centres, the routes of its edges (cubic Bézier points), its size."""

    centres: tuple[tuple[float, float], ...]
    routes: tuple[tuple[tuple[float, float], ...], ...]
    width: float
    height: float


@lru_cache(maxsize=64)
def place_marks(
    parents: tuple[tuple[int, ...], ...],
    size: float = 12.0,
    gaps: tuple[float, float] = (14.0, 13.0),
    *,
    engine: str | None = None,
    timeout: float = TIMEOUT,
) -> Marks:
    """Place a small mark for each node, in even rows.

    Parameters
    ----------
    parents : tuple of tuples of int
        For each node, which it is made from.
    size : float
        The width and the height of a mark, in px.
    gaps : (float, float)
        Between marks side by side, and between rows.

    Raises
    ------
    LayoutError
        If Graphviz is missing, fails or takes too long.

    Examples
    --------
    >>> [round(y) for _, y in place_marks(((), (0,), (0, 1))).centres]
    [6, 31, 56]
    """
    inch = 1 / 72
    lines = [
        f"digraph {{ nodesep={gaps[0] * inch:.6f}; ranksep={gaps[1] * inch:.6f}; edge [arrowhead=none];",
        f'node [shape=box, fixedsize=true, label="", width={size * inch:.6f}, height={size * inch:.6f}];',
        *(f"n{i};" for i in range(len(parents))),
        *(f"n{parent} -> n{i};" for i, own in enumerate(parents) for parent in own),
        "}",
    ]
    answer = run("\n".join(lines), engine=engine, timeout=timeout)
    try:
        graph: dict[str, Any] = json.loads(answer)
        width, height = _point(",".join(str(graph["bb"]).split(",")[2:]))
        places = {entry["name"]: _point(entry["pos"]) for entry in graph["objects"]}
        curves = [_points(entry["pos"]) for entry in graph.get("edges", ())]
        centres = [places[f"n{i}"] for i in range(len(parents))]
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise LayoutError(f"Graphviz answered something that cannot be read: {error!r:.120}") from error
    return Marks(
        tuple((x, height - y) for x, y in centres),
        tuple(tuple((x, height - y) for x, y in curve) for curve in curves),
        width,
        height,
    )
