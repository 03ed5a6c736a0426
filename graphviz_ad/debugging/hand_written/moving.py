"""Other numbers close to the arguments of a backward pass, at which a remedy has to be right as well.

Where all numbers are 1, ``2 + (x - 1)`` is as right as ``2 * x``; among others no wrong line is right by chance. Only
what a gradient is returned of is moved: labels, masks and sizes are not free to be other numbers. Each entry grows by
a fixed, irregular few hundredths of itself: signs and zeros stay, and so do the ways of a ``maximum`` or an ``if``, as
far as they can.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from graphviz_ad.debugging.hand_written.comparing import Array
from graphviz_ad.debugging.hand_written.truth import Input
from graphviz_ad.engine.nesting import nested

__all__ = ["moved", "moved_arguments"]

_GOLDEN = 0.6180339887498949
_LEAST, _SPREAD = 0.012, 0.05
_FAR = 12.0  # times that: other sides of most conditions, and still no other signs


def moved_arguments(args: Sequence[Any], inputs: Iterable[Input], *, far: bool = False) -> tuple[Any, ...]:
    """Return arguments in which those that are among some inputs are moved, a little or far.

    Examples
    --------
    >>> from graphviz_ad.debugging.hand_written.calling import Binding
    >>> from graphviz_ad.debugging.hand_written.truth import recorded
    >>> truth = recorded(lambda x, n: np.sum(x**2) / n, (np.ones(2), 3), [], Binding((), None, None))
    >>> moved_arguments((np.ones(2), 3), truth.inputs)
    (array([1.0429017, 1.0238034]), 3)
    """
    places = {(one.argument, one.path) for one in inputs if one.slot is None}
    others = []
    for k, argument in enumerate(args):
        nest = nested(argument)
        leaves = [
            moved(leaf, k + len(path), far=far) if (k, path) in places else leaf
            for leaf, path in zip(nest.leaves, nest.paths, strict=True)
        ]
        others.append(nest.filled(leaves))
    return tuple(others)


def moved(value: Any, offset: int = 0, *, far: bool = False) -> Any:
    """Return a number or an array with each entry larger, a little or far; what looks like a choice is left as it is.

    A choice has two values only, as masks, one-hot rows and signs have, or its rows are shares of 1. What is symmetric
    stays so.

    Examples
    --------
    >>> moved(2.0), moved(np.zeros(2)), moved(np.array([0.0, 1.0, 0.0]))
    (2.0858034, array([0.0429017, 0.0238034]), array([0., 1., 0.]))
    """
    numbers = np.asarray(value)
    if numbers.dtype.kind not in "fc" or not numbers.size or _is_choice(numbers):
        return value
    share = (np.arange(1, numbers.size + 1) + offset) * _GOLDEN % 1.0
    amount = np.round((_FAR if far else 1.0) * (_LEAST + _SPREAD * share), 8).reshape(numbers.shape)
    if numbers.ndim == 2 and np.array_equal(numbers, numbers.T):
        amount = (amount + amount.T) / 2
    other = (numbers * (1.0 + amount) if np.any(numbers) else amount).astype(numbers.dtype)
    return type(value)(other) if isinstance(value, float) else other


def _is_choice(numbers: Array) -> bool:
    if numbers.ndim == 0 or numbers.dtype.kind == "c":
        return False
    if np.unique(numbers).size == 2:
        return True
    return bool(np.all(numbers >= 0)) and any(
        length > 1 and np.allclose(numbers.sum(axis=axis), 1.0, atol=1e-6) for axis, length in enumerate(numbers.shape)
    )
