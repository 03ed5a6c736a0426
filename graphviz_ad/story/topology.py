"""What two traces have in common: with the same topology they tell the same story, with other numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import CodeType
from typing import Any

import numpy as np

from graphviz_ad.engine.recording import Recording
from graphviz_ad.engine.source import position as instruction_position
from graphviz_ad.engine.sweep import Sweep
from graphviz_ad.engine.variable import Variable
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.cuts import total
from graphviz_ad.story.labels import edge_gradient
from graphviz_ad.story.seeding import push_of, sweep_of
from graphviz_ad.story.steps import Story

__all__ = ["fingerprint", "renumber"]


def fingerprint(trace: Recording) -> tuple[Any, ...]:
    """Return what decides the shape of a trace's story: traces with equal topologies differ in numbers only."""
    nodes = trace.nodes
    position = {node.index: i for i, node in enumerate(nodes)}
    rows = []
    for node in nodes:
        operands = tuple(position.get(x.index, -1) if isinstance(x, Variable) else _of_value(x) for x in node.operands)
        params = tuple((key, _of_value(value)) for key, value in node.params.items())
        # Where it was recorded decides the name; a node of a backward pass has none, but the node it serves matters.
        place = _place(node) if node.origin is None else position.get(node.origin.index, -1)
        rows.append(
            (node.primitive.name if node.primitive else "", operands, params, node.shape, node.dtype.str, place)
        )
    output = trace.start
    return (
        *rows,
        position[output.index] if isinstance(output, Variable) and output.index in position else _of_value(output),
    )


def _place(node: Variable) -> Any:
    code = node._code
    return (code.co_filename, instruction_position(code, node._lasti)) if isinstance(code, CodeType) else None


def _of_value(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.str, value.tobytes()
    return type(value).__name__, repr(value)


def renumber(story: Story, trace: Recording) -> dict[Quantity, Any]:
    """Return the numbers of `story` for another trace of the same topology, without telling it again."""
    nodes, output = trace.nodes, np.asarray(trace.start)[()] if story.output >= len(trace.nodes) else None
    sweeps: dict[str, Sweep] = {}
    numbers: dict[Quantity, Any] = {}
    for quantity in story.numbers:
        kind, position, argument = quantity
        if kind == "value":
            numbers[quantity] = nodes[position].value if position < len(nodes) else output
        elif kind in _READ:
            numbers[quantity] = None  # as where the function returned a constant
            mode, read = _READ[kind]
            if position < len(nodes) and (mode == "forward" or story.output < len(nodes)):
                if mode not in sweeps:
                    sweeps[mode] = _SWEEPS[mode](story, trace, nodes)
                numbers[quantity] = read(sweeps[mode], nodes[position], argument)
        elif kind == "local":
            numbers[quantity] = edge_gradient(nodes[position], argument)
    for step in story.steps:
        if step.kind == "accumulate" and step.edge is not None:
            added = numbers[Quantity("contribution", *step.edge)]
            numbers[step.after] = added if step.before is None else numbers[step.before] + added
    numbers |= {cut.total: total(cut, story.edges, numbers) for cut in story.cuts}
    return {quantity: numbers[quantity] for quantity in story.numbers if quantity.kind != "slip"}


_SWEEPS: Mapping[str, Callable[[Story, Recording, Sequence[Variable]], Sweep]] = {
    "forward": lambda story, trace, nodes: push_of(trace, story.tangents),
    "reverse": lambda story, trace, nodes: sweep_of(trace, nodes[story.output], nodes),
}
_READ: Mapping[str, tuple[str, Callable[[Sweep, Variable, int], Any]]] = {
    "tangent": ("forward", lambda sweep, node, argument: sweep.tangent(node)),
    "part": ("forward", lambda sweep, node, argument: sweep.contribution(node, argument)),
    "adjoint": ("reverse", lambda sweep, node, argument: sweep.adjoint(node)),
    "contribution": ("reverse", lambda sweep, node, argument: sweep.contribution(node, argument)),
}
"""Which sweep has a kind of number, and how it is asked for it."""
