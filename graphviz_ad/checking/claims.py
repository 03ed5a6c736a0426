"""What the engine claims of the derivatives of a function of leaves, in one direction, by one mode, of any order.

An output of any shape is first paired with a weight, so that it is a single real number; its derivative in a direction
is a function of the leaves again, and is recorded, so that the next order is claimed of it in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from operator import add
from typing import Any

import numpy as np

from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.transforms import grad, jvp
from graphviz_ad.engine.variable import Variable
from graphviz_ad.engine.versions import newest

__all__ = ["MODES", "Function", "Leaves", "along", "directions", "paired", "random_step", "together", "value_of"]

Function = Callable[..., Any]
Leaves = Sequence[Any]


def _pairing(weight: Any, value: Any) -> Any:
    """Return the real inner product, which for complex numbers is that of their parts."""
    if value.dtype.kind == "c":
        return np.sum(np.real(np.conj(weight) * value))
    return np.sum(np.real(weight) * value)


def paired(function: Function, weight: Any) -> Function:
    """Return the function whose value is that of `function` paired with a weight: a single real number."""

    def number(*leaves: Any) -> Any:
        value = newest(function(*leaves))
        return _pairing(weight, value if isinstance(value, Variable) else np.asarray(value))

    return number


def _by_reverse(number: Function, leaves: Leaves, direction: Leaves) -> Any:
    gradients = grad(number, argnums=tuple(range(len(leaves))))(*leaves)
    moved = [_pairing(part, slope) for part, slope in zip(direction, gradients, strict=True) if part is not None]
    return reduce(add, moved, np.float64(0.0))


def _by_forward(number: Function, leaves: Leaves, direction: Leaves) -> Any:
    # Of a direction of length 1, since a tangent as large as the leaves may overflow where no adjoint does.
    size = max((float(np.max(np.abs(part), initial=0)) for part in direction if part is not None), default=0.0) or 1.0
    moves = [
        np.zeros_like(value_of(leaf)) if part is None else (part / size).astype(part.dtype)
        for leaf, part in zip(leaves, direction, strict=True)
    ]
    return jvp(number, tuple(leaves), tuple(moves))[1] * size


MODES: dict[str, Callable[[Function, Leaves, Leaves], Any]] = {"reverse": _by_reverse, "forward": _by_forward}
"""How each mode claims the slope of a single number in a direction; recorded where the leaves are Variables."""


def along(number: Function, direction: Leaves, mode: str) -> Function:
    """Return the function of the leaves whose value is the slope of `number` in a direction, by a mode."""
    return lambda *leaves: MODES[mode](number, leaves, direction)


def value_of(number: Any) -> Any:
    """Return the plain value of what a function returned."""
    return plain_value(newest(number))


def directions(leaves: Leaves, random: np.random.Generator, order: int = 1) -> list[list[Any]]:
    """Return random directions: for each leaf one that moves it alone, and two that move all of them.

    A leaf that does not move is None in it. Of a higher order, which costs more, the first that moves all is enough.
    """
    if order > 1:
        return together(leaves, random)[:1]
    alone = [
        [random_step(leaf, random) if k == place else None for k, leaf in enumerate(leaves)]
        for place in range(len(leaves))
        if np.size(leaves[place])
    ]
    return [*alone, *together(leaves, random)]


def together(leaves: Leaves, random: np.random.Generator) -> list[list[Any]]:
    """Return two random directions that move all leaves: each entry by its own size, and by the leaf's usual one."""
    by_entry = [random_step(leaf, random) for leaf in leaves]
    return [by_entry, [_random(leaf, np.full(np.shape(leaf), _usual(leaf)), random) for leaf in leaves]]


def random_step(leaf: Any, random: np.random.Generator) -> Any:
    """Return a random step for each entry: about as large as the entry is, or as the others are where it is 0.

    What is not finite does not move.

    Examples
    --------
    >>> step = random_step(np.array([1e-9, 0.0, 1.0]), np.random.default_rng(0))
    >>> bool(abs(step[0]) <= 1e-9), bool(0.1 < abs(step[1]) < 0.5)
    (True, True)
    """
    size = np.abs(leaf).astype(float)
    return _random(leaf, np.where(size > 0, size, _usual(leaf)), random)


def _usual(leaf: Any) -> float:
    """Return the mean size of the entries that are finite, and 1 where all are 0."""
    size = np.abs(leaf[np.isfinite(leaf)]).astype(float)
    largest = float(np.max(size, initial=0)) or 1.0
    return float((size / largest).mean()) * largest if size.any() else 1.0


def _random(leaf: Any, scale: Any, random: np.random.Generator) -> Any:
    shape = np.shape(leaf)
    scale = np.maximum(scale, float(np.finfo(leaf.dtype).smallest_normal))  # a smaller one would not move it
    scale = np.where(np.isfinite(leaf), scale, 0.0)
    steps = random.uniform(0.5, 1.0, shape) * random.choice([-1.0, 1.0], shape) * scale
    if leaf.dtype.kind == "c":
        steps = steps * np.exp(1j * random.uniform(0, 2 * np.pi, shape))
    return steps.astype(leaf.dtype)[()]
