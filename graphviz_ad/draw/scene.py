"""A scene: one layout, everything that will ever be revealed on it, and when each part changes.

A scene is made once. Drawing a step (`frame`) or a film only switches the states of its parts and fills its slots, so
nothing ever moves.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from graphviz_ad.console import prints
from graphviz_ad.draw import cuts, lanes
from graphviz_ad.draw.both import alone, both
from graphviz_ad.draw.cards.drawing import draw
from graphviz_ad.draw.cards.planning import Plan, measure
from graphviz_ad.draw.colours import LEVELS
from graphviz_ad.draw.flags import Planted, planted, with_flags, with_room
from graphviz_ad.draw.framing import framed, with_frame
from graphviz_ad.draw.lanes import Point, Rectangle
from graphviz_ad.draw.layout import SHORT, Link, Placement, place
from graphviz_ad.draw.marking import marked
from graphviz_ad.draw.parts import edge_part
from graphviz_ad.draw.pushes import pushes
from graphviz_ad.draw.runner import TIMEOUT
from graphviz_ad.draw.svg import Element, number
from graphviz_ad.draw.timeline import Part, timelines
from graphviz_ad.draw.typeset import words
from graphviz_ad.draw.values import values
from graphviz_ad.draw.verdicts import ruled, rulings, with_margin, with_ruling
from graphviz_ad.engine.recording import Recording
from graphviz_ad.errors import SizeError
from graphviz_ad.numerals import Format
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.numerals.readings import Reading, reaches, read
from graphviz_ad.story.steps import Edge, Story

__all__ = ["MAX_BOXES", "Scene", "check_size", "find_cuts", "make_scene"]

MAX_BOXES = 150
MARGIN = 8


@prints
@dataclass(frozen=True, eq=False)
class Scene:
    """Everything needed to draw any step of a story, at any inputs with the same topology.

    Attributes
    ----------
    width, height : int
        Size in px; the view box starts at (`left`, `top`).
    parts : mapping of str to Part
        What changes, and when.
    readings : tuple of Reading
        The quantities, in the order of their numbers.
    steps : int
        How many steps the story has; this number as a step means *finished*.
    shown : frozenset of int or None
        The positions of the nodes that are drawn; None for all.
    """

    story: Story = field(repr=False)
    left: int
    top: int
    width: int
    height: int
    tree: tuple[Element, ...] = field(repr=False)
    parts: Mapping[str, Part] = field(repr=False)
    readings: tuple[Reading, ...] = field(repr=False)
    index: Mapping[Quantity, int] = field(repr=False)
    steps: int
    label: str
    shown: frozenset[int] | None = None

    @property
    def words(self) -> set[str]:
        """What a style sheet for it must know: classes, kinds and states."""
        views = (alone(self.parts, self.story, self.index, mode) for mode in self.story.views)
        parts = [part for shown in (self.parts, *views) for part in shown.values()]
        words = {word for part in parts for word in (part.kind, *(entry.state for entry in part.timeline))}
        waiting: list[Element | str] = list(self.tree)
        while waiting:
            element = waiting.pop()
            if isinstance(element, Element):
                words.update(element.classes)
                waiting.extend(element.content)
        for drawn in {reading.frame.kind for reading in self.readings if reading.frame}:
            words.update(_DRAWN[drawn])
        if any(reading.form in ("cells", "grid") for reading in self.readings):
            words.update(("lost", "gone", "far", "vast"))
        return words


_DRAWN = {"line": ("axis", "trace"), "map": ("ln", "li", *LEVELS, "mi", *(f"m{level}" for level in range(5)))}


_ROWS = frozenset(["value", "adjoint", "partial", "yours"])  # what stands on the card of its node


def _readings(
    story: Story,
    formats: Mapping[Quantity, Format] | None,
    longest: Mapping[Quantity, int] | None,
    followed: Collection[Quantity] = (),
) -> Iterator[Reading]:
    column = 0
    parents = {(edge.child, edge.argument): edge.parent for edge in story.edges}
    shared = reaches(story.numbers)
    for key, value in story.numbers.items():
        format = formats.get(key) if formats is not None else None
        most = longest.get(key) if longest is not None else None
        entries = key in followed
        reach = shared.get(key, 0.0)
        still = format is None
        reading = read(Quantity(*key), value, column, format, still=still, longest=most, entries=entries, reach=reach)
        column += reading.columns
        holder = parents.get(key[1:]) if key[0] == "contribution" else key[1] if key[0] in _ROWS else None
        results = story.nodes[holder].results if holder is not None and reading.form == "array" else ""
        yield replace(reading, shape=results) if results else reading


def check_size(recording: Recording, limit: int | None) -> None:
    """Raise SizeError for a recording that has more nodes than are to be drawn, before anything of it is told.

    Examples
    --------
    >>> from graphviz_ad.tracing import trace
    >>> check_size(trace(lambda x: x * x, 1.0), 1)
    Traceback (most recent call last):
        ...
    graphviz_ad.errors.SizeError: This computation has 2 nodes and 2 edges; a picture is drawn unasked up to 1 nodes. \
Trace a smaller part, or ask for all of it with limit=2 or limit=None, as in .save("graph.svg", limit=None).
    """
    if limit is not None:
        nodes = recording.nodes
        if len(nodes) > limit:
            known, ends = {node.index for node in nodes}, recording.stops
            inner = (node for node in nodes if node.index not in ends)
            edges = sum(parent.index in known for node in inner for parent in node.parents)
            raise _too_many(len(nodes), edges, limit)


def _check_size(story: Story, limit: int | None) -> None:
    if limit is not None and len(story.nodes) > limit:
        raise _too_many(len(story.nodes), len(story.edges), limit)


def _too_many(boxes: int, edges: int, limit: int) -> SizeError:
    return SizeError(
        f"This computation has {boxes:,} nodes and {edges:,} edges; a picture is drawn unasked up to {limit} nodes. "
        f"Trace a smaller part, or ask for all of it with limit={boxes} or limit=None, "
        'as in .save("graph.svg", limit=None).'
    )


_LOWER = {"adjoint": "adjoint", "partial": "adjoint", "tangent": "tangent", "yours": "yours"}
"""The row of a card in which a kind of number stands, below the values."""


def _widest_derivatives(readings: Sequence[Reading]) -> dict[int, dict[str, Reading]]:
    """For each node and each row below its value, the reading that needs the most room, running sums included."""
    widest: dict[int, dict[str, Reading]] = {}
    for reading in readings:
        if reading.key.kind in _LOWER:
            own, kind = widest.setdefault(reading.key.node, {}), _LOWER[reading.key.kind]
            if kind not in own or reading.longest > own[kind].longest:
                own[kind] = reading
    return widest


def _label(story: Story) -> str:
    text = f"Computational graph of {words(story.title, 120)}: {_counted(len(story.nodes), 'node')}"
    return f"{text}, {_counted(len(story.edges), 'edge')}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _ports(plans: Mapping[int, Plan], placed: Placement) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """Where edges start (by edge, or by node where there are no pads) and where they end (by edge)."""
    starts: dict[Any, tuple[float, float]] = {}
    ends: dict[Any, tuple[float, float]] = {}
    for position, plan in plans.items():
        box, at = plan.box, placed.places[position]
        bottom = at.y + box.height
        starts[position] = (at.x + box.width / 2, bottom)
        left = at.x + (box.width - sum(width for _, width in box.sockets)) // 2
        for argument, width in box.sockets:
            ends[position, argument] = (left + width / 2, at.y)
            left += width
        widths = dict(box.pads)
        left = at.x + (box.width - sum(widths.values())) // 2
        for key in at.pads:
            starts[key] = (left + widths[key] / 2, bottom)
            left += widths[key]
    return starts, ends


class _Boxes:
    """The boxes of all nodes from top to bottom, so that those at the height of an edge are found at once."""

    def __init__(self, plans: Mapping[int, Plan], placed: Placement, margin: float = 0.0) -> None:
        boxes = []
        for position, plan in plans.items():
            at = placed.places[position]
            right = at.x + plan.box.width + plan.box.beside + margin
            boxes.append((Rectangle(at.x - margin, at.y, right, at.y + plan.box.height), position))
        boxes.sort(key=lambda pair: pair[0].top)
        self._sorted = boxes
        self._tops = [box.top for box, _ in boxes]
        self._highest = max((box.bottom - box.top for box, _ in boxes), default=0.0)

    def beside(self, edge: Edge, start: Point, end: Point) -> list[Rectangle]:
        """Return the boxes, but the two that an edge joins, that reach into the heights which it passes."""
        low = bisect_left(self._tops, start[1] - lanes.CLEARANCE - self._highest)
        high = bisect_right(self._tops, end[1] + lanes.CLEARANCE)
        return [box for box, position in self._sorted[low:high] if position not in (edge.child, edge.parent)]


def _edge(edge: Edge, drawn: Mapping[str, lanes.Lanes], waved: Collection[str] = ()) -> Element:
    """Draw an edge with the lane of the values and, by their names, those of its derivatives.

    Those in `waved` have a wave besides, which stands for the calm line and its head while they carry NaN.
    """
    forward_part = edge_part(edge.child, edge.argument, "forward")

    def path(classes: str, data: str) -> Element:
        return Element("path", {"d": data}, tuple(classes.split()))

    def drawn_lane(part: str, line: str, head: str, broad: str) -> tuple[Element, ...]:
        if part not in waved:
            return path("line", line), path("head", head), path("broad", broad)
        wave = path("wave", lanes.wave(line, up=part.endswith("_b")))
        return path("line calm", line), path("head calm", head), path("broad", broad), wave

    def derivative(part: str, lane: lanes.Lanes) -> tuple[Element, ...]:
        if edge.kind != "cut":
            return drawn_lane(part, lane.other, lane.other_head, lane.other_broad)
        x, y = lane.arrival
        bars = f"M{number(x - 4.5)},{number(y - 8)}l11,-5.5m-11,0l11,-5.5"
        return path("line", f"M{number(x)},{number(y)}v-9"), path("bars", bars)

    down = next(iter(drawn.values()))
    forward = drawn_lane(forward_part, down.down, down.down_head, down.down_broad)
    others = []
    for kind, lane in drawn.items():
        part = edge_part(edge.child, edge.argument, kind) if kind else ""
        others += [Element("g", {"id": part}, (kind,), derivative(part, lane), part=part)] if part else []
    return Element(
        "g",
        {"id": edge_part(edge.child, edge.argument)},
        ("edge",),
        (
            Element("g", {"id": forward_part}, ("forward",), forward, part=forward_part),
            *others,
        ),
    )


def make_scene(
    story: Story,
    formats: Mapping[Quantity, Format] | None = None,
    *,
    longest: Mapping[Quantity, int] | None = None,
    followed: Collection[Quantity] = (),
    lost: Collection[Quantity] | None = None,
    limit: int | None = MAX_BOXES,
    engine: str | None = None,
    timeout: float = TIMEOUT,
) -> Scene:
    """Lay a story out.

    Parameters
    ----------
    story : Story
    formats : mapping of Quantity to format, optional
        For a film: how each quantity is written at all stops. Quantities without one are written as they are.
    followed : collection of Quantity
        For a film: the arrays of which each entry has a column.
    lost : collection of Quantity, optional
        For a film: what is NaN, or holds it, at some stop. By default what does in the numbers of the story.
    longest : mapping of Quantity to int, optional
        For a film: the characters of the longest text of a quantity (of one cell of a short vector, of the range of a
        larger array). Without it, room is made for what its format usually needs: 9 characters for fixed decimals.
    limit : int or None
        The most nodes to draw; None for no limit.
    engine : str, optional
        The Graphviz to use: ``"graphviz-pure"``, ``"dot"`` or a path.
    timeout : float
        Seconds that Graphviz may take.

    Returns
    -------
    Scene

    Raises
    ------
    SizeError
        If the story has more nodes than `limit`.
    LayoutError
        If Graphviz is missing, fails or takes too long.

    Examples
    --------
    >>> import numpy as np
    >>> from graphviz_ad.story.telling import tell
    >>> from graphviz_ad.tracing import trace
    >>> scene = make_scene(tell(trace(np.sin, 0.6)))
    >>> scene.width, scene.steps
    (144, 4)
    """
    _check_size(story, limit)
    readings = tuple(_readings(story, formats, longest, followed))
    index = {reading.key: place for place, reading in enumerate(readings)}
    plans = _with_rooms(_plans(story, readings, index), story)
    placed = _place(story, plans, engine, timeout)
    parts = marked(_PARTS[story.mode](story, index), story) | rulings(story, index)
    by_key = dict(zip(index, readings, strict=True))
    if lost is None:
        lost = {key for key, value in story.numbers.items() if np.isnan(value).any()}
    tree = (
        *_edges(story, parts, plans, placed, _waved(parts, readings, lost)),
        *_nodes(story, plans, placed),
        *cuts.draw(story, plans, placed, by_key),
    )
    return Scene(
        story=story,
        left=-MARGIN,
        top=-MARGIN,
        width=math.ceil(placed.width + cuts.width(story, by_key)) + 2 * MARGIN,
        height=math.ceil(placed.height) + 2 * MARGIN,
        tree=tree,
        parts=parts,
        readings=readings,
        index=index,
        steps=len(story.steps),
        label=_label(story),
    )


_PARTS: Mapping[str, Callable[[Story, Mapping[Quantity, int]], dict[str, Part]]] = {
    "reverse": timelines,
    "forward": pushes,
    "both": both,
    "values": values,
}


def find_cuts(story: Story) -> Story:
    """Return a story of both modes with the cuts between the rows of its picture; any other as it is.

    Which rows there are depends on the graph, and on no number: so the cuts hold at every stop of a film.

    Examples
    --------
    >>> import numpy as np
    >>> from graphviz_ad.story.both import tell_both
    >>> from graphviz_ad.tracing import trace
    >>> [cut.formula.text for cut in find_cuts(tell_both(trace(np.sin, 0.0))).cuts]
    ['ẋ x̄']
    """
    if story.mode != "both":
        return story
    readings = tuple(_readings(story, None, None))
    plans = _plans(story, readings, {reading.key: place for place, reading in enumerate(readings)})
    return cuts.with_cuts(story, plans, _place(story, plans))


def _place(story: Story, plans: Mapping[int, Plan], engine: str | None = None, timeout: float = TIMEOUT) -> Placement:
    links = [Link(edge.child, edge.argument, edge.parent) for edge in story.edges]
    return place([plan.box for plan in plans.values()], links, engine=engine, timeout=timeout)


def _plans(story: Story, readings: Sequence[Reading], index: Mapping[Quantity, int]) -> dict[int, Plan]:
    """Measure all nodes."""

    def reading_of(key: Quantity) -> Reading | None:
        return readings[index[key]] if key in index else None

    into: dict[int, list[Edge]] = {}
    out: dict[int, list[Edge]] = {}
    for edge in story.edges:
        into.setdefault(edge.child, []).append(edge)
        out.setdefault(edge.parent, []).append(edge)
    widest = _widest_derivatives(readings)
    return {
        node.position: measure(
            node,
            sorted(into.get(node.position, ()), key=lambda edge: edge.argument),
            out.get(node.position, ()),
            story,
            reading_of,
            widest.get(node.position, {}),
        )
        for node in story.nodes
    }


def _flags(story: Story) -> dict[int, list[Planted]]:
    """Return the flags of a story by the card at which they stand."""
    flags: dict[int, list[Planted]] = {}
    for at, one in planted(story).items():
        flags.setdefault(at.node, []).append(one)
    return flags


def _with_rooms(plans: dict[int, Plan], story: Story) -> dict[int, Plan]:
    roomy = plans | {node: with_room(plans[node], own) for node, own in _flags(story).items()}
    return roomy | {node: with_margin(roomy[node]) for node in ruled(story)}


def _nodes(story: Story, plans: Mapping[int, Plan], placed: Placement) -> Iterator[Element]:
    flags, frames, verdicts = _flags(story), framed(story), ruled(story)
    for position, plan in plans.items():
        node = draw(plan, placed.places[position], story)
        node = with_flags(node, plan, placed.places[position], flags[position]) if position in flags else node
        if position in verdicts:
            node = with_ruling(node, plan, placed.places[position], verdicts[position])
        yield with_frame(node, plan, frames[position]) if position in frames else node


def _waved(parts: Mapping[str, Part], readings: Sequence[Reading], lost: Collection[Quantity]) -> frozenset[str]:
    """Return which lanes may have to carry NaN."""
    places = {place for place, reading in enumerate(readings) if reading.key in lost}
    return frozenset(
        name
        for name, part in (parts.items() if places else ())
        if part.kind in ("forward", "backward", "push") and any(entry.quantity in places for entry in part.timeline)
    )


def _edges(
    story: Story,
    parts: Mapping[str, Part],
    plans: Mapping[int, Plan],
    placed: Placement,
    waved: Collection[str],
) -> Iterator[Element]:
    """The lanes: one curve where that is clear, else Graphviz's route; short edges turn one after another."""
    edges, kinds = story.edges, _LANES[story.mode]
    starts, ends = _ports(plans, placed)
    boxes = _Boxes(plans, placed, 3.5 if len(kinds) > 1 else 0.0)
    ports, others = [], []
    for edge in edges:
        key = (edge.child, edge.argument)
        ports.append((starts[key] if key in starts else starts[edge.parent], ends[key]))
        others.append(boxes.beside(edge, *ports[-1]))
    curved = {row for row in range(len(edges)) if lanes.is_clear(*ports[row], others[row])}
    # A long edge whose siblings follow Graphviz's routes follows its own, or it would cut across theirs.
    routed = {edges[row].parent for row in range(len(edges)) if row not in curved}
    curved -= {row for row in curved if edges[row].parent in routed and ports[row][1][1] - ports[row][0][1] >= SHORT}
    short = [row for row in sorted(curved) if ports[row][1][1] - ports[row][0][1] < SHORT]
    heights = dict(zip(short, lanes.stagger([ports[row] for row in short]), strict=True))
    for row, edge in enumerate(edges):
        route = () if row in curved else placed.routes[edge.child, edge.argument]
        height = heights.get(row)
        if height is not None and not lanes.is_clear(*ports[row], others[row], height):
            height = None
        drawn = {kind: draw(*ports[row], route, height) for kind, draw in kinds.items()}
        there = {kind: lane for kind, lane in drawn.items() if edge_part(edge.child, edge.argument, kind) in parts}
        yield _edge(edge, there or {"": next(iter(drawn.values()))}, waved)


_LANES: Mapping[str, Mapping[str, Callable[..., lanes.Lanes]]] = {
    "reverse": {"backward": lanes.draw},
    "forward": {"push": lanes.draw_pair},
    "both": {
        "push": partial(lanes.draw_pair, shifts=lanes.THREE[:2]),
        "backward": partial(lanes.draw, shifts=lanes.THREE[::2]),
    },
    "values": {"": partial(lanes.draw_pair, shifts=(0.0, 0.0))},
}
"""By mode, the lanes of an edge besides that of the values, and who draws them."""
