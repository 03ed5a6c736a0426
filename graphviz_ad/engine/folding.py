"""Reductions and running results of any ufunc of two operands: the operation itself, one entry after the other.

``np.hypot.reduce(x)`` is hypot(hypot(x[0], x[1]), x[2]), and so it is recorded. What has a rule of its own, such as a
sum, is recorded as one node instead.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import reduce
from itertools import accumulate
from typing import Any

import numpy as np

from graphviz_ad.engine.frames import user_line
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.rules.segments import parts
from graphviz_ad.errors import UnsupportedError

__all__ = ["fold", "fold_parts", "running_fold"]


def _entries(array: Any, axis: Any) -> tuple[list[Any], int]:
    """Return the entries along an axis, and the axis counted from the front."""
    place = int(np.lib.array_utils.normalize_axis_index(operator.index(axis), np.ndim(array)))
    return [array[(slice(None),) * place + (k,)] for k in range(np.shape(array)[place])], place


_OF_A_LOOP = frozenset({np.power, np.arctan2})
"""Whose reductions NumPy 2.4 computes wrongly on some processors, whose loops forget the result in between."""


def fold(ufunc: np.ufunc) -> Callable[..., Any]:
    """Return what records ``ufunc.reduce`` along one axis."""
    name = f"np.{ufunc.__name__}.reduce"
    if ufunc in _OF_A_LOOP:
        raise UnsupportedError(
            f"{name}: what NumPy makes of it depends on the processor: write functools.reduce(np.{ufunc.__name__}, x) "
            f"instead, for entries x[0], x[1], ... one after the other (after: import functools){user_line()}"
        )

    def handler(array: Any, axis: Any = 0, *, keepdims: bool = False, initial: Any = None) -> Any:
        axis = 0 if axis is None and np.ndim(array) == 1 else axis
        if not isinstance(axis, int | np.integer):
            way = "call it once for each of them"
            raise UnsupportedError(f"{name} is recorded along one axis, got axis={axis}: {way}{user_line()}")
        entries, place = _entries(array, axis)
        entries = entries if initial is None else [initial, *entries]
        if not entries:
            raise ValueError(f"zero-size array to reduction operation {ufunc.__name__} which has no identity")
        result = reduce(ufunc, entries)
        return np.expand_dims(result, place) if keepdims else result

    handler.__doc__ = f"Record ``{name}(array, axis, keepdims=..., initial=...)``."
    return handler


def running_fold(ufunc: np.ufunc) -> Callable[..., Any]:
    """Return what records ``ufunc.accumulate``."""

    def handler(array: Any, axis: Any = 0) -> Any:
        entries, place = _entries(array, axis)
        return np.stack(list(accumulate(entries, ufunc)), axis=place) if entries else array

    handler.__doc__ = f"Record ``np.{ufunc.__name__}.accumulate(array, axis)``."
    return handler


def fold_parts(ufunc: np.ufunc) -> Callable[..., Any]:
    """Return what records ``ufunc.reduceat``."""
    folded = fold(ufunc)

    def handler(array: Any, indices: Any, axis: int = 0) -> Any:
        place = int(np.lib.array_utils.normalize_axis_index(axis, np.ndim(array)))
        before, plain = (slice(None),) * place, plain_value(array)
        ufunc.reduceat(plain, indices, axis)  # or NumPy's own error
        slices = parts(indices, plain.shape[place])
        return np.stack([folded(array[(*before, part)], place) for part in slices], axis=place)

    handler.__doc__ = f"Record ``np.{ufunc.__name__}.reduceat(array, indices, axis)``."
    return handler
