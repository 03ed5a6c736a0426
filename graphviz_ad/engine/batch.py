"""One reverse sweep for many seeds: what a Jacobian takes, whose rows are the gradients of the single outputs.

An adjoint has the seeds as a further axis before its own. Elementwise rules multiply all of them at once; a structural
rule is asked for one after the other. The seeds of all entries of an output are the unit matrix: as long as what it
goes through is elementwise, an adjoint is a diagonal matrix, of which only the diagonal is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from graphviz_ad.engine.alarms import sweeps
from graphviz_ad.engine.rules.shaping import reshaped, unbroadcast
from graphviz_ad.engine.sweep import LAST_FIRST, pull
from graphviz_ad.engine.variable import DETACH, Variable
from graphviz_ad.engine.watch import Watch, watching

__all__ = ["Diagonal", "in_full", "sweep_batch"]


class Diagonal:
    """The adjoints of a value for as many seeds as it has entries: seed number k reaches entry number k only.

    Attributes
    ----------
    entries : NumPy value or Variable
        Of the value's shape.
    """

    __slots__ = ("entries",)

    def __init__(self, entries: Any) -> None:
        self.entries = entries

    def in_full(self) -> Any:
        """Return the adjoints written out, seeds first."""
        entries = self.entries
        shape = entries.shape
        if isinstance(entries, Variable):
            return np.reshape(np.diag(np.reshape(entries, (-1,))), (entries.size, *shape))
        count = entries.size
        full = np.zeros((count, count), entries.dtype)
        full.reshape(-1)[:: count + 1] = entries.reshape(-1)
        return full.reshape(count, *shape)


def in_full(adjoint: Any) -> Any:
    """Return the adjoints of a batch of seeds as an array, seeds first."""
    return adjoint.in_full() if type(adjoint) is Diagonal else adjoint


@sweeps
def sweep_batch(order: Sequence[Variable], seeds: Any, stops: Collection[int], *, recorded: bool) -> dict[int, Any]:
    """Return the adjoints of the nodes with the indices `stops`, by creation index.

    Parameters
    ----------
    order : sequence of Variable
        Latest first, beginning with the output; only what depends on the stops.
    seeds : array, Variable or Diagonal
        The adjoints of the output.
    stops : collection of int
    recorded : bool
        Read the rules with Variables.
    """
    inside = {node._index for node in order}
    adjoints: dict[int, Any] = {order[0]._index: seeds}
    watch = Watch()
    with watching(watch if recorded else None):
        for node in order:
            primitive = node._primitive
            if node._index in stops or node._index not in adjoints or primitive is None or primitive is DETACH:
                continue
            g = adjoints.pop(node._index)
            watch.origin = node
            operands = node.operands
            multiplied = _multiplied if primitive.elementwise else _pulled
            for k, contribution in multiplied(node, operands, inside, g, recorded):
                index = operands[k]._index
                before = adjoints.get(index)
                adjoints[index] = contribution if before is None else _sum(before, contribution)
    return adjoints


Contributions = list[tuple[int, Any]]


def _pulled(
    node: Variable, operands: tuple[Any, ...], inside: Collection[int], g: Any, recorded: bool
) -> Contributions:
    """Ask a structural rule for one seed after the other; return ``(argument, contribution)``."""
    arguments = [k for k, x in enumerate(operands) if type(x) is Variable and x._index in inside][::-1]
    rows = [dict(pull(node, arguments, row, recorded=recorded)) for row in in_full(g)]
    return [(k, np.stack([_whole(row[k], operands[k].shape) for row in rows])) for k in rows[0]]


def _multiplied(
    node: Variable, operands: tuple[Any, ...], inside: Collection[int], g: Any, recorded: bool
) -> Contributions:
    """Multiply all seeds with the partials of an elementwise node; return ``(argument, contribution)``."""
    partials: Any = node._primitive.partials  # type: ignore[union-attr]
    own = node._value
    y: Any = node if recorded else own
    xs = operands if recorded else [x._value if type(x) is Variable else x for x in operands]
    parts: Contributions = []
    for k in LAST_FIRST[len(operands)]:
        parent, rule = operands[k], partials[k]
        if rule is None or type(parent) is not Variable or parent._index not in inside:
            continue
        shape = parent._value.shape
        is_diagonal = type(g) is Diagonal and shape == own.shape
        part = g.entries if is_diagonal else in_full(g)
        part = part * rule(y, *xs) if callable(rule) else part if rule == 1.0 else -part
        part = _of_kind(part if is_diagonal else _unbroadcast(part, own.shape, shape), parent)
        parts.append((k, Diagonal(part) if is_diagonal else part))
    return parts


def _unbroadcast(batch: Any, shape: tuple[int, ...], own: tuple[int, ...]) -> Any:
    """Sum a batch of adjoints of one shape back to another, from which NumPy's broadcasting made it."""
    if shape == own:
        return batch
    count = len(batch)
    aligned = (count, *(1,) * (len(shape) - len(own)), *own)
    return reshaped(unbroadcast(batch, aligned), (count, *own))


def _of_kind(contribution: Any, parent: Variable) -> Any:
    return contribution.real if contribution.dtype.kind == "c" != parent.dtype.kind else contribution


def _whole(row: Any, shape: tuple[int, ...]) -> Any:
    return row if np.shape(row) == shape else np.broadcast_to(row, shape)


def _sum(a: Any, b: Any) -> Any:
    if type(a) is type(b) is Diagonal:
        return Diagonal(a.entries + b.entries)
    return in_full(a) + in_full(b)
