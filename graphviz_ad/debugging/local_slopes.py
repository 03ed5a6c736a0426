"""The local gradients of a program of numbers, of all its edges in one go: each rule is read once, with arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from graphviz_ad.debugging.wiring import Wiring
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.variable import Variable

__all__ = ["local_slopes", "operand_of"]


def local_slopes(
    nodes: Sequence[Variable], values: Any, wiring: Wiring, by_primitive: Mapping[str, Sequence[int]]
) -> Any:
    """Return the local gradient of every edge as an array; NaN where it is to be asked for by itself.

    Parameters
    ----------
    nodes : sequence of Variable
    values : ndarray
        Of every node, a float64.
    wiring : Wiring
    by_primitive : mapping of str to sequence of int
        The positions of the nodes that each primitive made.

    Examples
    --------
    >>> import graphviz_ad as gad
    >>> from graphviz_ad.debugging.examination import Examination
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> exam = Examination(gad.trace(lambda x: 3.0 * x / (1.0 + x), 1.0), Thresholds())
    >>> local_slopes(exam.nodes, exam.column, exam.uses, exam.by_primitive).tolist()
    [3.0, 1.0, 0.5, -0.75]
    """
    slopes = np.full(len(wiring.children), np.nan)
    edges = np.full((2, len(nodes)), -1)  # of each node, by argument
    few = wiring.arguments < 2
    edges[wiring.arguments[few], wiring.children[few]] = np.flatnonzero(few)
    for positions in by_primitive.values():
        primitive, own = nodes[positions[0]]._primitive, np.asarray(positions)
        if primitive is None or not primitive.elementwise or len(primitive.partials) > 2:
            continue
        operands = [_operands(nodes, values, wiring, own, edges[k, own], k) for k in range(len(primitive.partials))]
        for k, rule in enumerate(primitive.partials):
            is_edge = edges[k, own] >= 0
            if rule is not None and np.any(is_edge):
                slopes[edges[k, own[is_edge]]] = _slopes(rule, values[own], operands)[is_edge]
    return slopes


def _slopes(rule: Callable[..., Any] | float, y: Any, operands: Sequence[Any]) -> Any:
    try:
        with np.errstate(all="ignore"):
            return np.broadcast_to(rule(y, *operands) if callable(rule) else rule, y.shape)
    except (ArithmeticError, TypeError, ValueError):  # a person's rule, made for numbers
        return np.full(y.shape, np.nan)


def _operands(nodes: Sequence[Variable], values: Any, wiring: Wiring, own: Any, edges: Any, k: int) -> Any:
    """Return operand number `k` of some nodes: the value of another node, or a constant."""
    operands = values[wiring.parents[edges]] if len(wiring.parents) else np.zeros(len(own))
    lacking = np.flatnonzero(edges < 0)
    operands[lacking] = [operand_of(nodes[i], k) for i in own[lacking].tolist()]
    return operands


def operand_of(node: Variable, k: int) -> Any:
    """Return the first or the second operand of a node that is a number: the value of another node, or a constant."""
    x = node._b if k else node._a
    if type(x) is Variable:
        return x._value
    return x if type(x) is float else float(plain_value(node.operands[k]))
