"""A person's function along an axis of an array, or over one axis after the other: it records what it does itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from graphviz_ad.engine.registering import implements
from graphviz_ad.engine.values import frozen_position


@implements(np.apply_along_axis)
def apply_along_axis(func1d: Callable[..., Any], axis: Any, arr: Any, *args: Any, **kwargs: Any) -> Any:
    """Record ``np.apply_along_axis(func1d, axis, arr, *args, **kwargs)``, as a stack of what the function returns."""
    place = int(np.lib.array_utils.normalize_axis_index(axis, np.ndim(arr)))
    lines = np.moveaxis(arr, place, -1)
    shape = np.shape(lines)[:-1]
    if 0 in shape:
        raise ValueError("Cannot apply_along_axis when any iteration dimensions are 0")
    results = [func1d(lines[k], *args, **kwargs) for k in np.ndindex(shape)]
    stacked = np.reshape(np.stack(results), shape + np.shape(results[0]))
    added = np.ndim(stacked) - len(shape)
    return np.moveaxis(stacked, range(len(shape), len(shape) + added), range(place, place + added))


@implements(np.apply_over_axes)
def apply_over_axes(func: Callable[..., Any], a: Any, axes: Any) -> Any:
    """Record ``np.apply_over_axes(func, a, axes)``; an axis that the function takes away is put back."""
    for axis in np.atleast_1d(np.asarray(frozen_position(axes))).tolist():
        result = func(a, axis)
        a = result if np.ndim(result) == np.ndim(a) else np.expand_dims(result, axis)
    return a
