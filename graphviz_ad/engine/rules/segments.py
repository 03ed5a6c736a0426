"""Reductions of parts of an axis: ``np.add.reduceat`` and those of multiply, maximum, minimum and logaddexp.

Each number of the result is the reduction of one part, from an index to the next, or of one number where the next
index is not larger. Its rule is that of the reduction, and what all parts receive is added where they stand.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from graphviz_ad.engine.frames import user_line
from graphviz_ad.engine.primitive import Primitive, Rule, plain_value
from graphviz_ad.engine.registering import structural
from graphviz_ad.engine.rules.indexing import SCATTER
from graphviz_ad.engine.rules.reduction import extremum_vjp, sum_vjp
from graphviz_ad.engine.rules.statistics import logsumexp_vjp, prod_vjp
from graphviz_ad.engine.values import frozen_index
from graphviz_ad.errors import UnsupportedError

__all__ = ["REDUCEAT", "parts"]


def parts(indices: Any, length: int) -> list[slice]:
    """Return the slices that are reduced.

    Examples
    --------
    >>> parts([0, 3, 1], 5)
    [slice(0, 3, None), slice(3, 4, None), slice(1, 5, None)]
    """
    starts = [int(k) for k in indices]
    stops = [*starts[1:], length]
    return [slice(start, max(stop, start + 1)) for start, stop in zip(starts, stops, strict=True)]


def _vjp(rule: Rule) -> Callable[..., Any]:
    """Return the rule of a reduction of parts along an axis."""

    def vjp(adjoint: Any, y: Any, x: Any, indices: Any, axis: int) -> Any:
        before = (slice(None),) * axis
        slices = parts(indices, np.shape(x)[axis])
        received = [_whole(rule, adjoint, y, x, (*before, k), (*before, part)) for k, part in enumerate(slices)]
        if not received:
            return np.sum(adjoint) * np.zeros(np.shape(x), plain_value(x).dtype)
        places = np.concatenate([np.arange(part.start, part.stop) for part in slices])
        return SCATTER(np.concatenate(received, axis=axis), (*before, places), shape=np.shape(x))

    return vjp


def _whole(rule: Rule, adjoint: Any, y: Any, x: Any, place: Any, part: Any) -> Any:
    """Return what a part receives, of its own size."""
    piece = x[part]
    received = rule(adjoint[place], y[place], piece, axis=len(place) - 1, keepdims=False)
    return received if np.shape(received) == np.shape(piece) else np.broadcast_to(received, np.shape(piece))


def _reducing(ufunc: np.ufunc, rule: Rule, back: str, *, linear: bool = False) -> tuple[np.ufunc, Callable[..., Any]]:
    """Register the reduction of parts by a ufunc, and return it with what records it."""
    name = f"{ufunc.__name__}.reduceat"
    primitive: Primitive = structural(
        name,
        lambda x, *, indices, axis: ufunc.reduceat(x, indices, axis),
        _vjp(rule),
        formulas=(lambda adjoint, y, x, **params: None,),  # positions are not worth reading
        linear=(0,) if linear else (),
        back=back,
    )

    def handler(array: Any, indices: Any, axis: int = 0, dtype: Any = None) -> Any:
        plain = plain_value(array)
        if dtype is not None and np.dtype(dtype) != plain.dtype:
            raise UnsupportedError(f"np.{name}: convert before, with astype({np.dtype(dtype)}){user_line()}")
        place = int(np.lib.array_utils.normalize_axis_index(axis, plain.ndim))
        return primitive(array, indices=frozen_index(indices), axis=place)

    handler.__doc__ = f"Record ``np.{name}(array, indices, axis)``."
    return ufunc, handler


REDUCEAT = dict(
    (
        _reducing(np.add, sum_vjp, "to every summand", linear=True),
        _reducing(np.multiply, prod_vjp, "times the others"),
        _reducing(np.maximum, extremum_vjp, "to the largest"),
        _reducing(np.minimum, extremum_vjp, "to the smallest"),
        _reducing(np.logaddexp, logsumexp_vjp, "to its part of the sum"),
    )
)
"""What answers ``ufunc.reduceat``."""
