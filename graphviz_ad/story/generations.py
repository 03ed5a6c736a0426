"""What the derivatives of a function are made of: the graph of f, of f′, of f″, node by node, and how they grow.

A derivative is a computation like any other, so it is recorded and differentiated like any other. Whatever is counted
here is counted on such recordings. The names under which an argument enters a derivative, and the ones that a way back
begins with, compute nothing and are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.console import prints
from graphviz_ad.engine.recording import Recording
from graphviz_ad.engine.transforms import grad
from graphviz_ad.engine.variable import Variable

__all__ = ["KINDS", "SIZES", "Generation", "Mark", "by_order", "by_size", "generation", "primed"]

KINDS = ("computed", "back", "again")
"""What a node was made by: f itself, going back through it, or going back through all of that."""
SIZES = (1, 4, 16, 64)
"""For how many entries numbers are counted."""

_SILENT = ("alias", "seed")
_MOST_NODES = 20_000
_ORDERS = 5

Function = Callable[..., Any]


class Mark(NamedTuple):
    """A node: what it was made by, and the positions of those that it is made from, repeated as used."""

    kind: str
    parents: tuple[int, ...]


@prints
@dataclass(frozen=True)
class Generation:
    """The graph of a derivative.

    Attributes
    ----------
    order : int
        Which derivative: 0 is the function itself.
    value : float
        What it gives.
    marks : tuple of Mark
        Its nodes, in execution order.
    result : int
        The position of the last one; -1 where the derivative is a constant.
    """

    order: int
    value: float
    marks: tuple[Mark, ...] = field(repr=False)
    result: int = field(repr=False, default=-1)

    @property
    def nodes(self) -> int:
        """How many nodes it has."""
        return len(self.marks)

    @property
    def edges(self) -> int:
        """How many operands its nodes have that are nodes."""
        return sum(len(mark.parents) for mark in self.marks)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many nodes were made by what, those kinds that occur."""
        counted = Counter(mark.kind for mark in self.marks)
        return {kind: counted[kind] for kind in KINDS if counted[kind]}


def primed(order: int) -> str:
    """Return the primes of a derivative.

    Examples
    --------
    >>> "f" + primed(1), "f" + primed(3)
    ('f′', 'f″′')
    """
    return "″" * (order // 2) + "′" * (order % 2)


def _derivative(f: Function, order: int) -> Function:
    return reduce(lambda g, _: grad(g), range(order), f)


def generation(recording: Recording, order: int) -> Generation:
    """Return what the recording of a derivative is made of.

    Examples
    --------
    >>> second = generation(Recording.of_call(grad(grad(np.sin)), (0.5,), {}), 2)
    >>> second.nodes, dict(second.counts)
    (5, {'computed': 1, 'again': 4})
    """
    kept = [node for node in recording.nodes if _counts(node)]
    position = {node.index: k for k, node in enumerate(kept)}
    marks = tuple(
        Mark(KINDS[min(node.order, 2)], tuple(position[own] for own in _parents(node) if own in position))
        for node in kept
    )
    start = recording.start
    result = position.get(_named(start).index, -1) if isinstance(start, Variable) else -1
    return Generation(order, float(np.asarray(getattr(start, "value", start))), marks, result)


def _counts(node: Variable) -> bool:
    return node.primitive is None or node.primitive.name not in _SILENT


def _named(node: Variable) -> Variable:
    """Return the node that an alias stands for."""
    while node.primitive is not None and node.primitive.name == "alias":
        node = node.parents[0]
    return node


def _parents(node: Variable) -> list[int]:
    return [_named(parent).index for parent in node.parents]


def by_order(f: Function, x: float) -> tuple[int, ...]:
    """Return how many nodes f has, and its derivatives up to the fourth, as far as these can be counted quickly.

    Examples
    --------
    >>> by_order(lambda x: x**2, 1.0)
    (2, 3, 3, 1, 1)
    """
    counted: list[int] = []
    for order in range(_ORDERS):
        if counted and counted[-1] > _MOST_NODES // 8:
            break
        counted.append(generation(Recording.of_call(_derivative(f, order), (x,), {}), order).nodes)
    return tuple(counted)


def by_size(f: Function, x: float) -> dict[str, tuple[int, ...]]:
    """Return how many numbers are computed for so many entries as `SIZES` says; nothing where f takes one number only.

    f″ of each entry takes one sweep more than f′. The whole matrix of second derivatives, row by row, takes a sweep for
    each of its rows.

    Examples
    --------
    >>> {name: counts[-1] for name, counts in by_size(np.sin, 0.5).items()}
    {'f': 128, 'f′': 256, 'f″': 448, 'whole Hessian': 28672}
    """
    rows: list[tuple[int, ...]] = []
    for n in SIZES:
        entries = np.full(n, x)
        try:
            values = Recording.of_call(f, (entries,), {}).start
        except Exception:  # a function of one number may do anything with several
            return {}
        if np.shape(values) != (n,):
            return {}
        first = grad(lambda v: np.sum(f(v)))
        second = grad(lambda v, own=first: np.sum(own(v)))
        row = grad(lambda v, own=first: own(v)[0])
        rows.append((*(_numbers(one, entries) for one in (f, first, second)), n * _numbers(row, entries)))
    names = ("f", "f" + primed(1), "f" + primed(2), "whole Hessian")
    return dict(zip(names, zip(*rows, strict=True), strict=True))


def _numbers(f: Function, entries: Any) -> int:
    """Return how many numbers the nodes of a function hold together."""
    nodes: Sequence[Variable] = Recording.of_call(f, (entries,), {}).nodes
    return sum(int(np.size(node.value)) for node in nodes if _counts(node))
