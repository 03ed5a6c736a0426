"""Sorting and partitioning: numbers that change their places, and go back to them.

Of equal numbers each keeps its own adjoint, in the order in which they stood: any assignment is a subgradient.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.registering import implements, structural
from graphviz_ad.engine.rules.cumulating import line_of
from graphviz_ad.engine.rules.shaping import ASTYPE


def _back_vjp(adjoint: Any, y: Any, x: Any, axis: int, **params: Any) -> Any:
    """Pick for each number the adjoint of the place it went to: both arrays, when sorted, are the same."""
    start, end = (np.argsort(plain_value(array), axis, kind="stable") for array in (x, y))
    place = np.empty_like(start)
    np.put_along_axis(place, start, end, axis)
    index = list(np.ogrid[tuple(slice(n) for n in place.shape)])
    index[axis] = place
    return adjoint[tuple(index)]


SORT = structural(
    "sort",
    lambda x, *, axis, **params: np.sort(x, axis, **params),
    _back_vjp,
    back="to where it stood",
)
PARTITION = structural(
    "partition",
    lambda x, *, axis, kth, **params: np.partition(x, kth, axis, **params),
    _back_vjp,
    back="to where it stood",
)


@implements(np.sort)
def sort(a: Any, axis: Any = -1, kind: Any = None, *, stable: Any = None) -> Any:
    """Record ``np.sort(a, axis, kind, stable=...)``."""
    if np.ndim(a) == 0 and axis is not None:
        np.sort(plain_value(a), axis)  # NumPy's own error
    line, place = line_of(a, axis)
    return SORT(line, axis=place, **{key: x for key, x in (("kind", kind), ("stable", stable)) if x is not None})


@implements(np.partition)
def partition(a: Any, kth: Any, axis: Any = -1, kind: str = "introselect") -> Any:
    """Record ``np.partition(a, kth, axis, kind)``."""
    if np.ndim(a) == 0 and axis is not None:
        np.partition(plain_value(a), kth, axis)  # NumPy's own error
    line, place = line_of(a, axis)
    return PARTITION(line, axis=place, kth=tuple(np.atleast_1d(kth).tolist()), kind=kind)


@implements(np.sort_complex)
def sort_complex(a: Any) -> Any:
    """Record ``np.sort_complex(a)``: sorted along the last axis, as complex numbers."""
    dtype: Any = np.sort_complex(plain_value(a)[..., :0]).dtype
    line = sort(a)
    return line if line.dtype == dtype else ASTYPE(line, dtype=dtype.name)
