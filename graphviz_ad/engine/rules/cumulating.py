"""Running sums and products, differences, slopes of samples and areas below them.

The adjoint of a running sum is the running sum from the other end. That of a running product obeys
``s_i = g_i + x_{i+1} s_{i+1}`` times the product of all before, so that nothing is divided by a factor, which may be 0.
Differences, and the slopes of `np.gradient`, are linear with few numbers a row; their adjoints are the transposes.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from graphviz_ad.engine.primitive import is_variable, plain_value
from graphviz_ad.engine.registering import implements, structural
from graphviz_ad.engine.rules.indexing import SCATTER
from graphviz_ad.engine.rules.reduction import chosen, options
from graphviz_ad.engine.rules.sampled import slopes


def _at(axis: int, index: Any) -> tuple[Any, ...]:
    """Return the index of some positions along an axis that is counted from the front."""
    return (*(slice(None),) * axis, index)


def _flipped(x: Any, axis: int) -> Any:
    return x[_at(axis, slice(None, None, -1))]


def _place_of(axis: Any, ndim: int) -> int:
    """Return an axis counted from the front, or NumPy's own error."""
    return int(np.lib.array_utils.normalize_axis_index(operator.index(axis), ndim))


def line_of(a: Any, axis: Any) -> tuple[Any, int]:
    """Return what a running sum along an axis runs over: the flattened array for None."""
    if axis is None or np.ndim(a) == 0:
        return (a if np.ndim(a) == 1 else np.reshape(a, (-1,))), 0
    return a, _place_of(axis, np.ndim(a))


def _cumsum_vjp(adjoint: Any, y: Any, x: Any, axis: int, dtype: Any = None) -> Any:
    return _flipped(np.cumsum(_flipped(adjoint, axis), axis), axis)


CUMSUM = structural(
    "cumsum",
    lambda x, *, axis, **options: np.cumsum(x, axis, **options),
    _cumsum_vjp,
    linear=(0,),
    back="to all from here on",
)


def _recurrence(g: Any, x: Any, *, axis: int) -> Any:
    """Return s with s_i = g_i + x_i s_{i+1}, from the last to the first."""
    s = np.array(np.moveaxis(np.broadcast_arrays(g, x)[0], axis, 0), np.result_type(g, x))
    factors = np.moveaxis(np.broadcast_to(x, np.broadcast_shapes(np.shape(g), np.shape(x))), axis, 0)
    for i in range(len(s) - 2, -1, -1):
        s[i] += factors[i] * s[i + 1]
    return np.moveaxis(s, 0, axis)


def _recurrence_start(adjoint: Any, y: Any, g: Any, x: Any, axis: int) -> Any:
    """Run the other way: what reaches s_i goes on to s_{i+1}, times x_i."""
    shifted = _shifted(_flipped(x, axis), axis, -1)
    return _flipped(RECURRENCE(_flipped(adjoint, axis), shifted, axis=axis), axis)


def _recurrence_factor(adjoint: Any, y: Any, g: Any, x: Any, axis: int) -> Any:
    return _times(_shifted(y, axis, -1), _recurrence_start(adjoint, y, g, x, axis))


def _times(number: Any, sums: Any) -> Any:
    """Return a product with running sums: where the number is 0 it is 0, however large the sum is."""
    lost = (plain_value(number) == 0) & ~np.isfinite(plain_value(sums))
    return number * (np.where(lost, plain_value(sums).dtype.type(0), sums) if np.any(lost) else sums)


def _shifted(x: Any, axis: int, by: int, fill: float = 0) -> Any:
    """Return x one place further on (1) or back (-1) along an axis, with a number at the free end."""
    edge = np.full_like(plain_value(x[_at(axis, slice(0, 1))]), fill)
    if by > 0:
        return np.concatenate([edge, x[_at(axis, slice(None, -1))]], axis=axis)
    return np.concatenate([x[_at(axis, slice(1, None))], edge], axis=axis)


RECURRENCE = structural(
    "recurrence",
    _recurrence,
    _recurrence_start,
    _recurrence_factor,
    linear=(0,),
    back="run the other way",
)


def _cumprod_vjp(adjoint: Any, y: Any, x: Any, axis: int, dtype: Any = None) -> Any:
    return _times(_shifted(y, axis, 1, 1), RECURRENCE(adjoint, _shifted(x, axis, -1), axis=axis))


CUMPROD = structural(
    "cumprod",
    lambda x, *, axis, **options: np.cumprod(x, axis, **options),
    _cumprod_vjp,
    back="times others, from here on",
)


def _without_nan(rule: Callable[..., Any], start: float) -> Callable[..., Any]:
    """Return the rule of what runs over the numbers that replace NaN; by what is NaN it has slope 0."""

    def vjp(adjoint: Any, y: Any, x: Any, **params: Any) -> Any:
        present = ~np.isnan(plain_value(x))
        replaced = np.where(present, x, plain_value(x).dtype.type(start))
        return chosen(rule(adjoint, y, replaced, **params), present)

    return vjp


NANCUMSUM = structural(
    "nancumsum",
    lambda x, *, axis, **options: np.nancumsum(x, axis, **options),
    _without_nan(_cumsum_vjp, 0),
    back="to all from here on",
)
NANCUMPROD = structural(
    "nancumprod",
    lambda x, *, axis, **options: np.nancumprod(x, axis, **options),
    _without_nan(_cumprod_vjp, 1),
    back="times others, from here on",
)


def _running_extremum(name: str, function: np.ufunc, beats: np.ufunc) -> Callable[..., Any]:
    """Register the largest or smallest number so far, and return what records it; of equal ones the first counts."""

    def vjp(adjoint: Any, y: Any, x: Any, axis: int) -> Any:
        plain, before = plain_value(x), _shifted(plain_value(y), axis, 1)
        fresh = beats(plain, before) | (np.isnan(plain) & ~np.isnan(before))
        fresh[_at(axis, slice(0, 1))] = True
        line = np.arange(plain.shape[axis]).reshape([-1 if i == axis else 1 for i in range(plain.ndim)])
        first = np.maximum.accumulate(np.where(fresh, line, 0), axis=axis)
        others = np.indices(plain.shape, sparse=True)
        index = tuple(first if i == axis else place for i, place in enumerate(others))
        return SCATTER(adjoint, index, shape=np.shape(x))

    primitive = structural(
        name, lambda x, *, axis: function.accumulate(x, axis=axis), vjp, back="to where it was first"
    )

    def handler(array: Any, axis: Any = 0) -> Any:
        return primitive(array, axis=_place_of(axis, np.ndim(array)))

    handler.__doc__ = f"Record ``np.{name}(array, axis)``."
    return handler


running_max = _running_extremum("maximum.accumulate", np.maximum, np.greater)
running_min = _running_extremum("minimum.accumulate", np.minimum, np.less)


def _running_logsumexp_vjp(adjoint: Any, y: Any, x: Any, axis: int) -> Any:
    """Return exp(x_i - y_i) s_i, where s_i = g_i + exp(y_i - y_{i+1}) s_{i+1}: no exponent is positive."""
    later = _shifted(y, axis, -1)
    factors = np.exp(np.minimum(_less(y, later), 0))
    return np.exp(_less(x, y)) * RECURRENCE(adjoint, factors, axis=axis)


def _less(a: Any, b: Any) -> Any:
    """Return a - b; -inf where both are -inf, of which nothing is a part."""
    empty = np.isneginf(plain_value(b))
    return np.where(empty, plain_value(a).dtype.type(-np.inf), a - np.where(empty, plain_value(a).dtype.type(0), b))


LOGSUMEXP = structural(
    "logaddexp.accumulate",
    lambda x, *, axis: np.logaddexp.accumulate(x, axis=axis),
    _running_logsumexp_vjp,
    back="its parts from here on",
)


def running_logsumexp(array: Any, axis: Any = 0) -> Any:
    """Record ``np.logaddexp.accumulate(array, axis)``."""
    return LOGSUMEXP(array, axis=_place_of(axis, np.ndim(array)))


@implements(np.nancumsum)
def nancumsum(a: Any, axis: Any = None, dtype: Any = None) -> Any:
    """Record ``np.nancumsum(a, axis, dtype)``."""
    line, place = line_of(a, axis)
    return NANCUMSUM(line, axis=place, **options(dtype=dtype))


@implements(np.nancumprod)
def nancumprod(a: Any, axis: Any = None, dtype: Any = None) -> Any:
    """Record ``np.nancumprod(a, axis, dtype)``; zeros divide nothing."""
    line, place = line_of(a, axis)
    return NANCUMPROD(line, axis=place, **options(dtype=dtype))


@implements(np.cumsum, method="cumsum")
def cumsum(a: Any, axis: Any = None, dtype: Any = None) -> Any:
    """Record ``np.cumsum(a, axis, dtype)``."""
    line, place = line_of(a, axis)
    return CUMSUM(line, axis=place, **options(dtype=dtype))


@implements(np.cumprod, method="cumprod")
def cumprod(a: Any, axis: Any = None, dtype: Any = None) -> Any:
    """Record ``np.cumprod(a, axis, dtype)``; zeros divide nothing."""
    line, place = line_of(a, axis)
    return CUMPROD(line, axis=place, **options(dtype=dtype))


def _cumulative(function: Any, start: int, x: Any, axis: Any, dtype: Any, include_initial: bool) -> Any:
    if axis is None and np.ndim(x) > 1:
        raise ValueError("For arrays which have more than one dimension ``axis`` argument is required.")
    result = function(x, axis, dtype)
    if not include_initial:
        return result
    place = 0 if axis is None else _place_of(axis, np.ndim(result))
    first = np.full([1 if i == place else n for i, n in enumerate(result.shape)], start, result.dtype)
    return np.concatenate([first, result], axis=place)


@implements(np.cumulative_sum)
def cumulative_sum(x: Any, /, *, axis: Any = None, dtype: Any = None, include_initial: bool = False) -> Any:
    """Record ``np.cumulative_sum(x, axis=..., dtype=..., include_initial=...)``, as a cumsum."""
    return _cumulative(cumsum, 0, x, axis, dtype, include_initial)


@implements(np.cumulative_prod)
def cumulative_prod(x: Any, /, *, axis: Any = None, dtype: Any = None, include_initial: bool = False) -> Any:
    """Record ``np.cumulative_prod(x, axis=..., dtype=..., include_initial=...)``, as a cumprod."""
    return _cumulative(cumprod, 1, x, axis, dtype, include_initial)


# Differences


def _diff_vjp(adjoint: Any, y: Any, x: Any, n: int, axis: int) -> Any:
    """Return the differences of the adjoint between zeros; with each of them the sign turns."""
    shape = np.shape(x)
    zeros = np.zeros([n if i == axis else length for i, length in enumerate(shape)], plain_value(adjoint).dtype)
    if np.shape(adjoint)[axis] == 0:
        return np.sum(adjoint) * np.zeros(shape, x.dtype)
    back = np.diff(np.concatenate([zeros, adjoint, zeros], axis=axis), n, axis)
    return -back if n % 2 else back


DIFF = structural(
    "diff",
    lambda x, *, n, axis: np.diff(x, n, axis),
    _diff_vjp,
    linear=(0,),
    back="to both sides",
)


@implements(np.diff)
def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Any:
    """Record ``np.diff(a, n, axis, prepend, append)``."""
    axis, n = _place_of(axis, np.ndim(a)), operator.index(n)
    if n == 0:
        return a
    if prepend is not None or append is not None:
        a = np.concatenate([_end(a, prepend, axis), a, _end(a, append, axis)], axis=axis)
    return DIFF(a, n=n, axis=axis)


def _end(a: Any, end: Any, axis: int) -> Any:
    """Return what stands before or after an array along an axis: a number becomes as many as there are lines."""
    if end is None:
        return np.zeros([0 if i == axis else length for i, length in enumerate(np.shape(a))], a.dtype)
    end = end if is_variable(end) else np.asarray(end)
    return end if np.ndim(end) else np.broadcast_to(end, [1 if i == axis else n for i, n in enumerate(np.shape(a))])


@implements(np.ediff1d)
def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    """Record ``np.ediff1d(ary, to_end, to_begin)``, as a diff between what begins and ends it."""
    result = np.diff(np.reshape(ary, (-1,)))
    if to_begin is None and to_end is None:
        return result
    pieces = [np.zeros(0) if end is None else np.reshape(end, (-1,)) for end in (to_begin, to_end)]
    pieces = [p if is_variable(p) else p.astype(result.dtype) for p in pieces]
    return np.concatenate([pieces[0], result, pieces[1]])


def _gradient_vjp(adjoint: Any, y: Any, x: Any, spacing: Any, axis: int, edge_order: Any) -> Any:
    """Apply the transpose: of a row's three neighbouring columns no two are alike by their remainder mod 3.

    So the slopes of three rows of zeros and ones are all the numbers that the matrix has.
    """
    n, ndim = np.shape(x)[axis], np.ndim(x)
    first = np.clip(np.arange(n) - 1, 0, max(n - 3, 0))
    total = None
    for remainder in range(min(3, n)):
        ones = (np.arange(n) % 3 == remainder).astype(plain_value(adjoint).dtype)
        weights = np.gradient(ones, spacing, edge_order=edge_order)
        columns = first + (remainder - first) % 3
        inside = columns < n
        part = adjoint[_at(axis, inside)] * weights[inside].reshape([-1 if i == axis else 1 for i in range(ndim)])
        sent = SCATTER(part, _at(axis, columns[inside]), shape=np.shape(x))
        total = sent if total is None else total + sent
    return total


GRADIENT = structural(
    "gradient",
    lambda x, *, spacing, axis, edge_order: np.gradient(x, spacing, axis=axis, edge_order=edge_order),
    _gradient_vjp,
    linear=(0,),
    back="to the neighbours",
)


def _stays(spacing: Any) -> bool:
    return isinstance(spacing, int | float) or is_variable(spacing)


@implements(np.gradient)
def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    """Record ``np.gradient(f, *varargs, axis=..., edge_order=...)``, an axis at a time."""
    # Python's numbers take on the dtype of the samples, and stay what they are.
    spacings: list[Any] = [dx if _stays(dx) else np.array(dx)[()] for dx in varargs]
    order: Any = edge_order
    several: Any = np.gradient(  # or NumPy's own error
        plain_value(f), *map(plain_value, spacings), axis=axis, edge_order=order
    )
    ndim = np.ndim(f)
    axes = range(ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    spacings = (spacings or [1.0]) * (1 if len(spacings) > 1 else len(axes))
    results = [
        slopes(f, spacing, _place_of(place, ndim), edge_order)
        if is_variable(spacing)
        else GRADIENT(f, spacing=spacing, axis=_place_of(place, ndim), edge_order=edge_order)
        for place, spacing in zip(axes, spacings, strict=True)
    ]
    return type(several)(results) if isinstance(several, tuple | list) else results[0]


@implements(np.trapezoid)
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """Record ``np.trapezoid(y, x, dx, axis)``, as the sum of areas that it is."""
    y = y if is_variable(y) else np.asarray(y)
    place = _place_of(axis, np.ndim(y))
    if x is None:
        width = dx
    else:
        x = x if is_variable(x) else np.asarray(x)
        width = np.diff(x, axis=axis if np.ndim(x) > 1 else -1)
        if np.ndim(x) == 1:
            width = np.reshape(width, [-1 if i == place else 1 for i in range(np.ndim(y))])
    both = y[_at(place, slice(1, None))] + y[_at(place, slice(None, -1))]
    return np.sum(width * both / 2.0, axis=place)
