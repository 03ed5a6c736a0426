"""What lies above a cut: from there a way leads to the output, but something on it lets nothing back."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from graphviz_ad.engine.recording import Recording
from graphviz_ad.engine.variable import Variable
from graphviz_ad.story.exits import exit_of

__all__ = ["severed"]


def severed(
    recording: Recording, nodes: Sequence[Variable], names: Sequence[str], dead: Collection[int]
) -> frozenset[int]:
    """Return the positions of those nodes, of some that no adjoint reaches, which a cut keeps it from.

    A cut is an operation without a slope, such as floor, a detach, or where a value leaves the graph: by `.value`, by a
    comparison, as whole numbers. All others have no path: the output is not computed from them.

    Parameters
    ----------
    recording : Recording
    nodes : sequence of Variable
        Those of the recording, in execution order.
    names : sequence of str
        What they are called.
    dead : collection of int
        The positions of those that no adjoint reaches.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> t = gad.trace(lambda w, x: w**2 + np.floor(x), 1.0, 2.5)
    >>> [t.nodes[i].name for i in severed(t, t.nodes, ["w", "x"], {1})]
    ['x']
    """
    position = {node.index: i for i, node in enumerate(nodes)}
    start = recording.start
    above = _above(position, [start] if isinstance(start, Variable) else [])
    others = _above(position, recording.outputs)
    result = above.intersection(dead)
    for node in recording.inputs:
        i = position[node.index]
        if i not in dead or i in result or i in others:
            continue
        own = exit_of(recording, nodes, node, names[i])
        if own is not None:
            result |= {i, *_above(position, [own.node]).intersection(dead)}
    return frozenset(result)


def _above(position: dict[int, int], ends: Sequence[Variable]) -> set[int]:
    """Return the positions of what some nodes are made of, themselves included."""
    seen, waiting = set(), list(ends)
    while waiting:
        node = waiting.pop()
        if node.index not in seen:
            seen.add(node.index)
            waiting.extend(node.parents)
    return {position[index] for index in seen if index in position}
