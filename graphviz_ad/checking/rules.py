"""Derivative the rule of each node by itself, at the values that it met, and name the first one that is wrong.

A node's rule is compared with differences of the node's own forward function, so that one wrong rule is named where it
stands, and not all that inherit from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.checking.claims import Function, Leaves, random_step
from graphviz_ad.checking.comparing import Derivative, Mismatch, entrywise, mismatches, precision
from graphviz_ad.engine.primitive import Primitive, plain_value
from graphviz_ad.engine.recording import Recording
from graphviz_ad.engine.variable import ALIAS, DETACH, SEED, Variable
from graphviz_ad.engine.versions import CONSTANT

__all__ = ["WrongRule", "first_wrong_rule"]

_RULELESS = (None, ALIAS, CONSTANT, DETACH, SEED)
_ENTRIES = 24  # of an operand that are moved one by one, where moving all of them meets a corner


class WrongRule(NamedTuple):
    """A node whose rule differs from differences of its own forward function.

    Attributes
    ----------
    node : Variable
    argument : int
        The operand whose rule it is.
    mismatch : Mismatch
    agreeing : int
        How many nodes before it were tested and agree.
    """

    node: Variable
    argument: int
    mismatch: Mismatch
    agreeing: int


def first_wrong_rule(recording: Recording, which: Derivative, random: np.random.Generator) -> WrongRule | None:
    """Return the first node, in the order of execution, whose rule is wrong; None where all rules hold.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> from graphviz_ad.extend import elementwise, temporary
    >>> with temporary():
    ...     _ = elementwise(np.sin, lambda y, x: -np.cos(x), replace=True)
    ...     trace = gad.trace(lambda x: np.exp(x) * np.sin(x), 1.0)
    ...     wrong = first_wrong_rule(trace, Derivative(("reverse",)), np.random.default_rng(0))
    >>> wrong.node.primitive, wrong.argument, wrong.agreeing
    (<primitive sin>, 0, 1)
    """
    agreeing = 0
    for node in recording.nodes:
        if node.primitive in _RULELESS or node.index in recording.stops:
            continue
        for place, mismatch in _of_node(node, which, random):
            return WrongRule(node, place, mismatch, agreeing)
        agreeing += 1
    return None


def _of_node(node: Variable, which: Derivative, random: np.random.Generator) -> Iterator[tuple[int, Mismatch]]:
    """Yield the operands of a node whose rule is wrong, each with how it is wrong."""
    primitive, operands = node.primitive, node.operands
    assert primitive is not None
    places = [k for k, operand in enumerate(operands) if isinstance(operand, Variable)]
    leaves = [operands[k].value for k in places]
    if not all(leaf.dtype.kind in "fc" for leaf in leaves):
        return

    def function(*values: Any) -> Any:
        return primitive(*_filled(operands, places, values), **node.params)

    eps = precision([node.value, *leaves])
    is_real = all(value.dtype.kind == "f" for value in (node.value, *leaves))
    for k, place in enumerate(places):
        if primitive.elementwise and is_real and which == Derivative(("reverse",)):
            way = _ways(leaves, k, random)[0]
            claims = _partial(primitive, place, operands, places)
            steps = np.ravel(np.broadcast_to(way[k], node.shape))
            wrong = [_by_step(mismatch, steps) for mismatch in entrywise(function, k, claims, way, leaves, eps)]
        else:
            wrong = _persistent(function, leaves, k, which, random, eps)
        if wrong:
            yield place, wrong[0]


def _by_step(mismatch: Mismatch, steps: Any) -> Mismatch:
    """Return the mismatch of a slope in a direction as that of the partial derivative."""
    assert mismatch.entry is not None
    step = float(steps[mismatch.entry])
    return mismatch._replace(
        expected=mismatch.expected / step, error=mismatch.error / abs(step), got=mismatch.got / step
    )


def _filled(operands: tuple[Any, ...], places: list[int], values: Any) -> list[Any]:
    """Return operands with values in the place of the Variables, constants included."""
    filled = list(operands)
    for place, value in zip(places, values, strict=True):
        filled[place] = value
    return filled


def _partial(primitive: Primitive, place: int, operands: tuple[Any, ...], places: list[int]) -> Function:
    """Return the partial derivative of an elementwise primitive by one operand, as a function of its Variables."""
    rule = primitive.partials[place]

    def partial(*values: Any) -> Any:
        filled = [plain_value(operand) for operand in _filled(operands, places, values)]
        return rule(primitive.function(*filled), *filled) if callable(rule) else rule or 0.0

    return partial


def _persistent(
    function: Function, leaves: Leaves, k: int, which: Derivative, random: np.random.Generator, eps: float
) -> list[Mismatch]:
    """Return how a rule is wrong, if it is so both for all entries of an operand together and for single ones.

    Where many entries stand at corners a random direction mixes their left and right slopes.
    """
    whole, *single = _ways(leaves, k, random)
    wrong = list(mismatches(function, leaves, which, random, eps, [whole]))
    return wrong and list(mismatches(function, leaves, which, random, eps, single))


def _ways(leaves: Leaves, k: int, random: np.random.Generator) -> list[list[Any]]:
    """Return directions that move one operand alone: all of its entries, and then some of them one by one."""
    steps = random_step(leaves[k], random)
    masks = [np.ones(np.shape(steps), bool)]
    for entry in random.permutation(np.size(steps))[:_ENTRIES]:
        masks.append((np.arange(np.size(steps)) == entry).reshape(np.shape(steps)))
    return [[steps * mask if place == k else None for place in range(len(leaves))] for mask in masks]
