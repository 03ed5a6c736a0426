"""Where the strokes of a gradient's paths run: side by side through each edge, each as wide as its share.

Graphviz places the cards once. An edge that passes rows of cards gets an empty place in each of them, as wide as its
strokes, so that none runs behind a card.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from graphviz_ad.debugging.paths.condensing import MOST_DRAWN
from graphviz_ad.debugging.paths.searching import Edge, Ways
from graphviz_ad.draw.layout import Box, Link, Placement, place
from graphviz_ad.draw.svg import number

__all__ = ["CARD", "LEAST", "WIDE", "Braid", "Point", "Stroke", "braid", "points_of"]

WIDE = 88.0
"""px, of a stroke that carries all."""
LEAST = 1.4
CARD = 48
"""The height of a card in px."""

_BETWEEN = 2.0  # two strokes side by side
_BESIDE = 8  # a bundle and whatever stands next to it
_NEAR, _FAR = 46, 120  # between rows of cards where nothing turns, and at most

Point = tuple[float, float]
Piece = tuple[Point, Point, Point, Point]
"""A cubic Bézier curve."""
_Strand = tuple[int | None, float]
"""A path, or None for all others together, and how wide its stroke is."""


class Stroke(NamedTuple):
    """A path on its way through one edge.

    Attributes
    ----------
    path : int or None
        Which of the paths that are listed; None for all others together.
    edge : (int, int)
    width : float
    route : tuple of Piece
        From the parent, above, down to the child.
    """

    path: int | None
    edge: Edge
    width: float
    route: tuple[Piece, ...]

    @property
    def data(self) -> str:
        """The middle of the stroke as path data."""
        pieces = [f"M{_at(self.route[0][0])}"]
        for piece in self.route:
            curve = f"C{_at(piece[1])} {_at(piece[2])} {_at(piece[3])}"
            pieces.append(f"V{number(piece[3][1])}" if _is_straight(piece) else curve)
        return "".join(pieces)


class Braid(NamedTuple):
    """What is to be drawn: where cards stand (left, top, width), by the position of their nodes, and all strokes."""

    cards: Mapping[int, tuple[float, float, float]]
    strokes: tuple[Stroke, ...]
    width: float
    height: float


def _is_straight(piece: Piece) -> bool:
    return abs(piece[0][0] - piece[3][0]) < 0.005


def _at(point: Point) -> str:
    return f"{number(point[0])},{number(point[1])}"


def braid(ways: Ways, widths: Mapping[int, float], at: Point = (0.0, 0.0)) -> Braid:
    """Return where everything is.

    Parameters
    ----------
    ways : Ways
    widths : mapping of int to float
        How wide the card of each node is at least.
    at : (float, float)
        The top left corner of all.
    """
    bundles = {edge: _bundle(ways, edge) for edge in ways.links}
    room = {edge: math.ceil(_span(own)) + _BESIDE for edge, own in bundles.items()}
    chains = _chains(ways.links, max(widths) + 1)
    boxes, links = _boxes(chains, room, widths)
    placed = place(boxes, links, gap=_gap(chains, bundles))
    ports = _ports(boxes, links, placed, at)
    strokes = [
        Stroke(path, edge, width, tuple(_route(chain, ports, offset)))
        for edge, chain in chains.items()
        for path, width, offset in _side_by_side(bundles[edge])
    ]
    spots = {box: placed.places[box.position] for box in boxes if box.position in widths}
    cards = {box.position: (at[0] + spot.x, at[1] + spot.y, float(box.width)) for box, spot in spots.items()}
    return Braid(cards, tuple(strokes), placed.width, placed.height)


def _bundle(ways: Ways, edge: Edge) -> list[_Strand]:
    """Return the strokes of an edge with their widths, in the order of the table, the rest last."""
    own: list[_Strand] = []
    rest = ways.through.get(edge, 0.0)
    for k, path in enumerate(ways.paths[:MOST_DRAWN]):
        if edge in path.edges:
            own.append((k, max(LEAST, WIDE * path.share)))
            rest -= path.share
    others = ways.count > len(ways.paths[:MOST_DRAWN])
    if not own or (others and rest > 1e-9):
        own.append((None, max(LEAST, WIDE * rest)))
    return own


def _span(bundle: Sequence[_Strand]) -> float:
    return sum(width for _, width in bundle) + _BETWEEN * (len(bundle) - 1)


def _side_by_side(bundle: Sequence[_Strand]) -> Iterator[tuple[int | None, float, float]]:
    """Yield each stroke with its width, and how far its middle lies right of the middle of all."""
    left = -_span(bundle) / 2
    for path, width in bundle:
        yield path, width, left + width / 2
        left += width + _BETWEEN


def _chains(links: Mapping[Edge, int], free: int) -> dict[Edge, list[tuple[int, Edge]]]:
    """Return for each edge the boxes that it passes, each with the edge (child, argument) that enters it from above.

    The parent is the first; empty places in the rows between follow.
    """
    row: dict[int, int] = {}
    children = sorted({edge[0] for edge in links})
    for child in children:
        row[child] = 1 + max(row.setdefault(links[edge], 0) for edge in links if edge[0] == child)
    chains = {}
    for edge, parent in links.items():
        passed = list(range(free, free + row[edge[0]] - row[parent] - 1))
        free += len(passed)
        steps: list[tuple[int, Edge]] = [(parent, edge)]
        steps += [(box, (box, 0)) for box in passed]
        chains[edge] = [*steps, (edge[0], edge)]
    return chains


def _boxes(
    chains: Mapping[Edge, Sequence[tuple[int, Edge]]], room: Mapping[Edge, int], widths: Mapping[int, float]
) -> tuple[list[Box], list[Link]]:
    sockets: dict[int, list[tuple[int, int]]] = {}
    pads: dict[int, list[tuple[Edge, int]]] = {}
    links = []
    for edge, chain in chains.items():
        for (above, _), (below, entered) in pairwise(chain):
            pads.setdefault(above, []).append((entered, room[edge]))
            sockets.setdefault(below, []).append((entered[1], room[edge]))
            links.append(Link(*entered, above, room[edge] ** 2 // 16))
    boxes = []
    for position in sorted({*sockets, *pads}):
        own, out = sorted(sockets.get(position, [])), pads.get(position, [])
        needed = max(sum(wide for _, wide in own), sum(wide for _, wide in out), widths.get(position, 0.0))
        wide = 2 * math.ceil(needed / 2)
        body = CARD - 1 if own else CARD
        boxes.append(Box(position, wide, body, tuple(own), 1 if own else 0, tuple(out)))
    return boxes, links


def _gap(chains: Mapping[Edge, Sequence[tuple[int, Edge]]], bundles: Mapping[Edge, list[_Strand]]) -> int:
    """Return how far rows are apart: a wide bundle needs room to turn, a chain has nothing that does."""
    if len(chains) == len({chain[0][0] for chain in chains.values()}):
        return _NEAR
    return min(_FAR, math.ceil(56 + 0.6 * max(map(_span, bundles.values()))))


def _ports(
    boxes: Sequence[Box], links: Sequence[Link], placed: Placement, at: Point
) -> dict[tuple[int, str, Edge | int], Point]:
    """Return the middles of all pads and sockets, side by side in the order in which their edges come."""
    middle = {box.position: placed.places[box.position].x + box.width / 2 for box in boxes}
    above = {link.key: middle[link.parent] for link in links}
    ports: dict[tuple[int, str, Edge | int], Point] = {}
    for box in boxes:
        position = box.position
        top = at[1] + placed.places[position].y
        incoming = sorted(box.sockets, key=lambda own: (above[position, own[0]], own[0]))
        outgoing = sorted(box.pads, key=lambda own: (middle[own[0][0]], own[0]))
        for kind, cells, y in (("in", incoming, top), ("out", outgoing, top + CARD)):
            x = at[0] + middle[position] - sum(size for _, size in cells) / 2
            for key, size in cells:
                ports[position, kind, key] = (x + size / 2, y)
                x += size
    return ports


def _route(
    chain: Sequence[tuple[int, Edge]], ports: Mapping[tuple[int, str, Edge | int], Point], offset: float
) -> Iterator[Piece]:
    """Yield the curves of a stroke that runs so far right of the middle of its edge."""
    for (above, _), (below, entered) in pairwise(chain):
        start, end = ports[above, "out", entered], ports[below, "in", entered[1]]
        yield _bend(start, end, offset)
        if below != chain[-1][0]:
            (x, top), low = end, end[1] + CARD
            x += offset
            yield (x, top), (x, top), (x, low), (x, low)


def _bend(start: Point, end: Point, offset: float) -> Piece:
    """Return an S-curve beside another, as far from it in the middle as at its ends.

    The height of its turn is moved so that its middle lies on the other's normal.

    Examples
    --------
    >>> _bend((0.0, 0.0), (0.0, 90.0), 5.0)
    ((5.0, 0.0), (5.0, 45.0), (5.0, 45.0), (5.0, 90.0))
    """
    (x0, y0), (x1, y1) = start, end
    across, down = x1 - x0, y1 - y0
    turn = (y0 + y1) / 2
    if across:
        turn -= offset * (math.hypot(2 * across, down) - down) / (1.5 * across)
        turn = min(max(turn, y0 + 0.08 * down), y1 - 0.08 * down)
    return (x0 + offset, y0), (x0 + offset, turn), (x1 + offset, turn), (x1 + offset, y1)


def points_of(stroke: Stroke, every: float) -> list[tuple[Point, Point]]:
    """Return points along a stroke, about as far apart as is asked for, each with the unit vector to its right."""
    fine = [stroke.route[0][0]]
    for piece in stroke.route:
        steps = 2 if _is_straight(piece) else 24
        fine += [_on(piece, k / steps) for k in range(1, steps + 1)]
    lengths = [0.0]
    for a, b in pairwise(fine):
        lengths.append(lengths[-1] + math.dist(a, b))
    count = max(1, round(lengths[-1] / every))
    chosen, k = [], 0
    for step in range(count):
        along = (step + 0.5) * lengths[-1] / count
        while lengths[k + 1] < along:
            k += 1
        (x0, y0), (x1, y1) = fine[k], fine[k + 1]
        long = math.dist((x0, y0), (x1, y1)) or 1.0
        part = (along - lengths[k]) / long
        chosen.append(((x0 + part * (x1 - x0), y0 + part * (y1 - y0)), ((y1 - y0) / long, (x0 - x1) / long)))
    return chosen


def _on(piece: Piece, t: float) -> Point:
    s = 1 - t
    weights = (s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t)
    x, y = (sum(w * point[axis] for w, point in zip(weights, piece, strict=True)) for axis in (0, 1))
    return x, y
