"""Reductions: sum, mean, max and min over any axes, of all entries or of those where a condition holds.

The VJP of a sum spreads its adjoint back over the axes that were summed away. With plain numbers the spread adjoint
stays as small as it is, because whoever needs the full array broadcasts it anyway.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from graphviz_ad.engine.frames import user_line
from graphviz_ad.engine.notation import Function
from graphviz_ad.engine.primitive import is_variable, plain_value
from graphviz_ad.engine.registering import implements, structural
from graphviz_ad.engine.rules.shaping import BROADCAST_TO
from graphviz_ad.engine.values import frozen_position
from graphviz_ad.errors import UnsupportedError

Axes = int | tuple[int, ...] | None


def kept_shape(shape: tuple[int, ...], axis: Axes) -> tuple[int, ...]:
    """Return `shape` with the reduced axes kept as 1.

    Examples
    --------
    >>> kept_shape((2, 3, 4), (0, -1))
    (1, 3, 1)
    """
    if axis is None:
        return (1,) * len(shape)
    axes = {a % len(shape) for a in (axis if isinstance(axis, tuple) else (axis,))} if shape else set()
    return tuple(1 if i in axes else n for i, n in enumerate(shape))


def spread(reduced: Any, operand: Any, axis: Axes) -> Any:
    """Give a reduced value its axes back, broadcastable against `operand`; full-sized when it is recorded."""
    if type(reduced) is np.float64:
        return reduced
    shape = np.shape(operand)
    if axis is not None:
        reduced = np.reshape(reduced, kept_shape(shape, axis))
    elif np.ndim(reduced):
        reduced = np.reshape(reduced, ())
    return BROADCAST_TO(reduced, shape=shape) if is_variable(reduced) else reduced


def count(operand: Any, axis: Axes) -> int:
    """Return how many numbers each entry of the reduction was made from."""
    shape = np.shape(operand)
    return math.prod(n for n, kept in zip(shape, kept_shape(shape, axis), strict=True) if kept == 1 or n == 1)


def shares(mask: Any, axis: Axes, like: Any) -> Any:
    """Return the part that each entry of a plain mask gets where all that are True share equally, in a dtype."""
    parts = mask / np.maximum(np.sum(mask, axis=axis, keepdims=True), 1)
    return parts.astype(like.real.dtype)


def chosen(value: Any, where: Any) -> Any:
    """Return a value, and 0 where a plain condition does not hold; nothing is multiplied, so that no NaN spreads."""
    return value if where is True else np.where(where, value, plain_value(value).dtype.type(0))


def options(where: Any = True, initial: Any = None, dtype: Any = None) -> dict[str, Any]:
    """Return those options of a reduction that the call has, as plain values that no array can change later.

    Raises
    ------
    UnsupportedError
        For a dtype that has no derivative, and for an initial number that is recorded.
    """
    params: dict[str, Any] = {}
    if where is not True:
        params["where"] = np.array(plain_value(where), dtype=bool)
    if initial is not None:
        if is_variable(initial):
            raise UnsupportedError(
                f"initial= is recorded as a plain number only: combine it with the result{user_line()}"
            )
        params["initial"] = initial
    if dtype is not None:
        params["dtype"] = np.dtype(dtype)
        if params["dtype"].kind not in "fc":
            raise UnsupportedError(f"dtype={params['dtype']} has no derivative: use a dtype of floats{user_line()}")
    return params


def sum_vjp(
    adjoint: Any, y: Any, x: Any, axis: Axes, keepdims: bool, where: Any = True, initial: Any = None, dtype: Any = None
) -> Any:
    """Spread the adjoint over all that was summed."""
    return chosen(spread(adjoint, x, axis), where)


def mean_vjp(adjoint: Any, y: Any, x: Any, axis: Axes, keepdims: bool, where: Any = True, dtype: Any = None) -> Any:
    """Share the adjoint equally, in two steps where the number of shares is beyond the range of a small dtype."""
    if where is not True:
        return spread(adjoint, x, axis) * shares(np.broadcast_to(where, np.shape(x)), axis, plain_value(adjoint))
    parts: float = max(count(x, axis), 1)
    largest = np.finfo(adjoint.dtype).max
    while parts > largest:
        adjoint, parts = adjoint / 1024, parts / 1024
    return spread(adjoint / parts, x, axis)


def _extremum_formula(
    adjoint: Any, y: Any, x: Any, axis: Axes, keepdims: bool, where: Any = True, initial: Any = None
) -> Any:
    if where is not True or initial is not None:
        return None
    equal = np.equal(x, spread(y, x, axis))
    return spread(adjoint, x, axis) * equal / np.sum(equal, axis=axis, keepdims=axis is not None)


def extremum_vjp(
    adjoint: Any, y: Any, x: Any, axis: Axes, keepdims: bool, where: Any = True, initial: Any = None
) -> Any:
    """Send the adjoint to the entries that equal the result, and to none where the initial number is the result."""
    # Ties share equally: the mask is plain, so it is a constant of the recorded backward pass.
    mask = np.equal(plain_value(x), spread(plain_value(y), plain_value(x), axis)) & where
    # Where the extremum is NaN nothing equals it, and nothing is sent.
    return spread(adjoint, x, axis) * shares(mask, axis, plain_value(y))


def _sum(x: Any, *, axis: Axes = None, keepdims: bool = False, **options: Any) -> Any:
    return np.add.reduce(x, axis=axis, keepdims=keepdims, **options)


def _mean(x: Any, *, axis: Axes = None, keepdims: bool = False, **options: Any) -> Any:
    return np.mean(x, axis=axis, keepdims=keepdims, **options)


def _max(x: Any, *, axis: Axes = None, keepdims: bool = False, **options: Any) -> Any:
    return np.maximum.reduce(x, axis=axis, keepdims=keepdims, **options)


def _min(x: Any, *, axis: Axes = None, keepdims: bool = False, **options: Any) -> Any:
    return np.minimum.reduce(x, axis=axis, keepdims=keepdims, **options)


SUM = structural(
    "sum",
    _sum,
    sum_vjp,
    linear=(0,),
    notation=Function("Σ"),
    back="to every summand",
    unchanged=True,
)
# With a number to begin with it is not linear, and is what NumPy's sum is.
SUM_FROM = structural("add.reduce", _sum, sum_vjp, notation=Function("Σ"), back="to every summand")


def _mean_formula(
    adjoint: Any, y: Any, x: Any, axis: Axes, keepdims: bool, where: Any = True, dtype: Any = None
) -> Any:
    return spread(adjoint, x, axis) / count(x, axis) if where is True and count(x, axis) else None


MEAN = structural(
    "mean",
    _mean,
    mean_vjp,
    formulas=(_mean_formula,),
    linear=(0,),
    back="share equally",
)
MAX = structural("max", _max, extremum_vjp, formulas=(_extremum_formula,), back="to the largest")
MIN = structural("min", _min, extremum_vjp, formulas=(_extremum_formula,), back="to the smallest")


@implements(np.sum, method="sum", bare=SUM)
def sum_(
    a: Any, axis: Axes = None, dtype: Any = None, *, keepdims: bool = False, initial: Any = None, where: Any = True
) -> Any:
    """Record ``np.sum(a, axis, dtype, keepdims=..., initial=..., where=...)``."""
    primitive = SUM if initial is None else SUM_FROM
    return primitive(a, axis=frozen_position(axis), keepdims=bool(keepdims), **options(where, initial, dtype))


@implements(np.mean, method="mean", bare=MEAN)
def mean(a: Any, axis: Axes = None, dtype: Any = None, *, keepdims: bool = False, where: Any = True) -> Any:
    """Record ``np.mean(a, axis, dtype, keepdims=..., where=...)``."""
    return MEAN(a, axis=frozen_position(axis), keepdims=bool(keepdims), **options(where, None, dtype))


@implements(np.max, np.amax, method="max", bare=MAX)
def max_(a: Any, axis: Axes = None, *, keepdims: bool = False, initial: Any = None, where: Any = True) -> Any:
    """Record ``np.max(a, axis, keepdims=..., initial=..., where=...)``; ties share the adjoint equally."""
    return MAX(a, axis=frozen_position(axis), keepdims=bool(keepdims), **options(where, initial))


@implements(np.min, np.amin, method="min", bare=MIN)
def min_(a: Any, axis: Axes = None, *, keepdims: bool = False, initial: Any = None, where: Any = True) -> Any:
    """Record ``np.min(a, axis, keepdims=..., initial=..., where=...)``; ties share the adjoint equally."""
    return MIN(a, axis=frozen_position(axis), keepdims=bool(keepdims), **options(where, initial))
