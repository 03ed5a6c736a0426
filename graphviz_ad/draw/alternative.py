"""What a figure says in words, for those who do not see it: one sentence, and the list of its nodes.

Every format carries both: SVG as ``title`` and ``desc``, PNG in text chunks, PDF as the alternate text of its figure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from graphviz_ad.draw.flags import planted
from graphviz_ad.draw.parts import cut_part, edge_part, node_part
from graphviz_ad.draw.scene import Scene
from graphviz_ad.draw.timeline import at
from graphviz_ad.draw.typeset import words
from graphviz_ad.numerals import FIGURE_SPACE
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.steps import Card, Edge

__all__ = ["description", "title"]

_MOST_NODES = 60
_MOST_INPUTS = 4
_WRITTEN = ("known", "operand", "now", "partial", "blamed")

Numbers = Mapping[Quantity, Any]


def title(scene: Scene, numbers: Numbers, step: int) -> str:
    """Say in one sentence what the picture shows: the formula, its size, the value and the gradients.

    Examples
    --------
    >>> import numpy as np
    >>> from graphviz_ad.draw.scene import make_scene
    >>> from graphviz_ad.story.telling import tell
    >>> from graphviz_ad.tracing import trace
    >>> scene = make_scene(tell(trace(np.sin, 0.0)))
    >>> title(scene, scene.story.numbers, scene.steps)
    'Computational graph of f(x) = sin x: 2 nodes, 1 edge; value 0; gradient 1'
    """
    said = [scene.label]
    output = Quantity("value", scene.story.output)
    derivatives: list[tuple[Quantity, str]] = []
    if scene.story.mode == "forward":
        derivatives = [(Quantity("tangent", scene.story.output), "tangent")]
    elif scene.story.derivatives:
        derivatives = [(Quantity("adjoint", i), "gradient") for i in scene.story.inputs[:_MOST_INPUTS]]
    for key, what in ((output, "value"), *derivatives):
        part = node_part(key.node, key.kind)
        entry = at(scene.parts[part].timeline, step)
        whole = entry.state in ("known", "operand", "now") and not 0 < entry.progress < 1  # not part of a sum
        if key in scene.index and entry.quantity >= 0 and whole:
            said.append(f"{what} {_written(scene, scene.index[key], numbers)}")
    return "; ".join(said)


def description(scene: Scene, numbers: Numbers, step: int) -> str:
    """Say the nodes one after the other, each with its numbers as far as they are known at a step.

    Examples
    --------
    >>> import numpy as np
    >>> from graphviz_ad.draw.scene import make_scene
    >>> from graphviz_ad.story.telling import tell
    >>> from graphviz_ad.tracing import trace
    >>> scene = make_scene(tell(trace(np.sin, 0.0)))
    >>> description(scene, scene.story.numbers, scene.steps)
    'x (input): value 0, adjoint 1. f = sin x (output): value 0, adjoint 1, local gradient cos x = 1 to x.'
    """
    into: dict[int, list[Edge]] = {}
    for edge in scene.story.edges:
        into.setdefault(edge.child, []).append(edge)
    nodes = [card for card in scene.story.nodes if scene.shown is None or card.position in scene.shown]
    said = [_node(scene, numbers, step, card, into.get(card.position, [])) for card in nodes[:_MOST_NODES]]
    if len(nodes) > _MOST_NODES:
        said.append(f"And {len(nodes) - _MOST_NODES} more nodes.")
    said += _sums(scene, numbers, step) if scene.shown is None else ()
    return " ".join(said)


def _node(scene: Scene, numbers: Numbers, step: int, card: Card, into: list[Edge]) -> str:
    role = f" ({card.role})" if card.role != "inner" else ""
    rows = ("value", *scene.story.derivatives)
    facts = [_row(scene, numbers, step, node_part(card.position, kind), kind) for kind in rows]
    for edge in sorted(into, key=lambda edge: edge.argument):
        facts += _gradient(scene, numbers, step, edge)
    facts += _flags(scene, step, card)
    return f"{words(card.title, 120)}{role}: {', '.join(facts)}."


def _flags(scene: Scene, step: int, card: Card) -> Iterator[str]:
    """Say what stands on the flags of a card that are up."""
    for place, one in planted(scene.story).items():
        if place.node == card.position and one.step <= step:
            yield one.flag.says + (f": {one.flag.number}" if one.flag.number else "")


def _row(scene: Scene, numbers: Numbers, step: int, part: str, kind: str) -> str:
    """Say what a row of a card shows."""
    entry = at(scene.parts[part].timeline, step)
    if entry.quantity >= 0 and entry.state in _WRITTEN:
        so_far = f" ({entry.note})" if entry.note else ""
        return f"{kind} {_written(scene, entry.quantity, numbers)}{so_far}"
    return f"{kind} {_BLANKS.get(entry.state, 'not known yet')}"


_BLANKS = {
    "nopath": "none: no path from the output",
    "constant": "none: it is a constant, below a cut",
    "severed": "none: the way from the output is severed",
    "still": "none: it does not move",
    "detached": "none: detached",
    "released": "released",
    "raised": "none",
}


def _sums(scene: Scene, numbers: Numbers, step: int) -> Iterator[str]:
    """Say what the products of both modes add up to along each cut, once that is known."""
    for k, cut in enumerate(scene.story.cuts):
        if at(scene.parts[cut_part(k)].timeline, step).quantity >= 0:
            sum_ = _written(scene, scene.index[cut.total], numbers)
            yield f"Across cut {k + 1} of {len(scene.story.cuts)}, {words(cut.formula, 80)} = {sum_}."


def _gradient(scene: Scene, numbers: Numbers, step: int, edge: Edge) -> Iterator[str]:
    """Say what an edge multiplies by, once that is known."""
    if edge.kind == "plain":
        return
    to = words(scene.story.nodes[edge.parent].symbol, 40)
    if edge.kind == "cut":
        if scene.story.mode == "forward" and not scene.story.nodes[edge.parent].reached:
            return  # nothing was there to be cut
        yield f"cut from {to}"
        return
    entry = at(scene.parts[edge_part(edge.child, edge.argument, "socket")].timeline, step)
    if entry.state not in _WRITTEN:
        return
    label = words(edge.label, 80).removeprefix("×").strip()
    if edge.kind == "local":
        if entry.quantity >= 0:
            yield f"local gradient {label} = {_written(scene, entry.quantity, numbers)} to {to}"
    else:
        yield f"{'rule' if edge.kind in ('rule', 'linear') else 'local gradient'} {label} to {to}"


def _written(scene: Scene, place: int, numbers: Numbers) -> str:
    """Write a quantity as the picture does; of an array the shape and the range."""
    reading = scene.readings[place]
    value = numbers[reading.key]
    if reading.form in ("array", "grid"):
        if not np.size(value):
            return f"{reading.shape} (empty)"
        return f"{reading.shape} from {reading.extent(value)}".replace("…", " to ")
    return reading.inline(value).replace(FIGURE_SPACE, " ").strip()
