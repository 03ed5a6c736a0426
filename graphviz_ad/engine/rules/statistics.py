"""Products, spreads and order statistics over any axes, and the reductions that leave NaN out.

Sources: the slope of a product by one factor is the product of the others; of a variance ``2 (x - mean)/(n - ddof)``;
of a standard deviation, which is a length, the direction of ``x - mean`` divided by ``sqrt(n - ddof)``. A quantile is
linear in two neighbours of the sorted entries (Hyndman and Fan 1996, "Sample quantiles in statistical packages").
Entries that are equal share equally, and a standard deviation of 0 has slope 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from graphviz_ad.engine.frames import user_line
from graphviz_ad.engine.primitive import Back, Primitive, Rule, is_variable, plain_value
from graphviz_ad.engine.registering import implements, structural
from graphviz_ad.engine.rules.homogeneous import times_power
from graphviz_ad.engine.rules.linalg import outwards
from graphviz_ad.engine.rules.reduction import (
    MEAN,
    Axes,
    chosen,
    count,
    extremum_vjp,
    mean_vjp,
    options,
    shares,
    spread,
    sum_vjp,
)
from graphviz_ad.engine.values import frozen_position
from graphviz_ad.errors import LeakError


def _axes(ndim: int, axis: Axes) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the axes that a reduction keeps, and those that it reduces."""
    named = range(ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    reduced = tuple(a % ndim for a in named) if ndim else ()
    return tuple(i for i in range(ndim) if i not in reduced), reduced


def _as_rows(x: Any, axis: Axes) -> Any:
    """Return x with the axes of a reduction put together as the last one."""
    shape = np.shape(x)
    kept, reduced = _axes(len(shape), axis)
    lengths = (*(shape[i] for i in kept), math.prod(shape[i] for i in reduced))
    return np.reshape(np.transpose(x, kept + reduced), lengths)


def _from_rows(rows: Any, shape: tuple[int, ...], axis: Axes) -> Any:
    """Undo `_as_rows`."""
    kept, reduced = _axes(len(shape), axis)
    order = kept + reduced
    back = tuple(int(i) for i in np.argsort(order))
    return np.transpose(np.reshape(rows, tuple(shape[i] for i in order)), back)


# Products


def _others(rows: Any, powers: Any) -> tuple[Any, Any]:
    """Return for each number of a row the product of the others, without dividing: pairs, pairs of pairs, and so on.

    Numbers are to be read times the powers of two that are plain integers beside them, and None where none is needed.
    """
    n = rows.shape[-1]
    if n == 1:
        return np.ones(rows.shape, rows.dtype), None if powers is None else np.zeros(rows.shape, int)
    if n % 2:
        one = np.ones((*rows.shape[:-1], 1), rows.dtype)
        rows = np.concatenate([rows, one], axis=-1)
        powers = None if powers is None else np.concatenate([powers, np.zeros(one.shape, int)], axis=-1)
    a, b = rows[..., ::2], rows[..., 1::2]
    if powers is None:
        outer, _ = _others(a * b, None)
        return np.reshape(np.stack([outer * b, outer * a], axis=-1), rows.shape)[..., :n], None
    left, right = powers[..., ::2], powers[..., 1::2]
    outer, beyond = _others(*_normal(a * b, left + right))
    products = np.reshape(np.stack([outer * b, outer * a], axis=-1), rows.shape)
    return products[..., :n], np.stack([beyond + right, beyond + left], axis=-1).reshape(rows.shape)[..., :n]


def _normal(numbers: Any, powers: Any) -> tuple[Any, Any]:
    """Bring numbers to between 1/2 and 1, and say so in their powers of two."""
    sizes = np.absolute(plain_value(numbers))
    exponents = np.maximum(np.frexp(sizes)[1].astype(int), 2 - np.finfo(sizes.dtype).maxexp)
    return numbers * np.ldexp(sizes.dtype.type(1), -exponents), powers + exponents


def _prod(x: Any, *, axis: Axes = None, keepdims: bool = False, **options: Any) -> Any:
    return np.multiply.reduce(x, axis=axis, keepdims=keepdims, **options)


def prod_vjp(
    adjoint: Any, y: Any, x: Any, axis: Axes, keepdims: bool, where: Any = True, initial: Any = None, dtype: Any = None
) -> Any:
    """Multiply by the others; where a part of the product could leave the range of the dtype, without its exponent."""
    adjoint = spread(adjoint if initial is None else adjoint * initial, x, axis)
    shape = np.shape(x)
    if math.prod(shape) == 0:
        return adjoint * np.ones(shape, x.dtype)
    factors = x if where is True else np.where(where, x, x.dtype.type(1))
    rows = _as_rows(factors, axis)
    sizes = np.absolute(plain_value(rows))
    exponents = np.sum(np.absolute(np.frexp(sizes)[1]), axis=-1)
    if np.all(exponents < np.finfo(sizes.dtype).maxexp - 2):
        return chosen(adjoint * _from_rows(_others(rows, None)[0], shape, axis), where)
    others, powers = _others(*_normal(rows, 0))
    product = adjoint * _from_rows(others, shape, axis)
    return chosen(times_power(product, _from_rows(powers, shape, axis)), where)


PROD = structural("prod", _prod, prod_vjp, back="times the others")


@implements(np.prod, method="prod", bare=PROD)
def prod(
    a: Any, axis: Axes = None, dtype: Any = None, *, keepdims: bool = False, initial: Any = None, where: Any = True
) -> Any:
    """Record ``np.prod(a, axis, dtype, keepdims=..., initial=..., where=...)``; zeros divide nothing."""
    return PROD(a, axis=frozen_position(axis), keepdims=bool(keepdims), **options(where, initial, dtype))


def logsumexp_vjp(adjoint: Any, y: Any, x: Any, axis: Axes, keepdims: bool) -> Any:
    """Return exp(x - y): the parts of the sum, which add up to 1; nothing is sent where all are -inf."""
    total = spread(y, x, axis)
    return spread(adjoint, x, axis) * np.exp(x - np.where(np.isfinite(plain_value(total)), total, x.dtype.type(0)))


LOGSUMEXP = structural(
    "logaddexp.reduce",
    lambda x, *, axis, keepdims: np.logaddexp.reduce(x, axis=axis, keepdims=keepdims),
    logsumexp_vjp,
    formulas=(
        lambda adjoint, y, x, axis, keepdims: spread(adjoint, x, axis) * np.exp(np.subtract(x, spread(y, x, axis))),
    ),
    back="to its part of the sum",
)


def logsumexp(a: Any, axis: Axes = 0, *, keepdims: bool = False) -> Any:
    """Record ``np.logaddexp.reduce(a, axis, keepdims=...)``."""
    return LOGSUMEXP(a, axis=frozen_position(axis), keepdims=bool(keepdims))


# Spreads


def _centred(x: Any, axis: Axes, where: Any) -> Any:
    """Return x - mean(x), and 0 where a condition does not hold; the mean of the rest takes away what was rounded."""
    params = {"axis": axis, "keepdims": True}
    if where is not True:
        params["where"] = where | _none_chosen(x, axis, where)  # any mean will do
    x = x - MEAN(x, **params)
    return chosen(x - MEAN(x, **params), where)


def _freedom(x: Any, axis: Axes, where: Any, ddof: Any) -> Any:
    """Return n - ddof, as NumPy divides by it: never below 0."""
    if where is True:
        return np.float64(max(count(x, axis) - ddof, 0))
    return np.maximum(np.sum(np.broadcast_to(where, np.shape(x)), axis=axis, keepdims=True) - ddof, 0.0)


def _none_chosen(x: Any, axis: Axes, where: Any) -> Any:
    """Return where a condition holds for no entry of a reduction."""
    return ~np.any(np.broadcast_to(where, np.shape(x)), axis=axis, keepdims=True)


def _divisor(x: Any, axis: Axes, where: Any, ddof: Any) -> Any:
    """Return n - ddof as a rule divides by it: any number will do where nothing is sent."""
    freedom = _freedom(x, axis, where, ddof)
    return freedom if where is True else np.where(_none_chosen(x, axis, where), 1.0, freedom)


def _inverse(size: Any, x: Any) -> Any:
    """Return 1/size in the dtype of x; infinite for 0, without a warning, since the value has had its own."""
    with np.errstate(divide="ignore"):
        return (1 / size).astype(plain_value(x).real.dtype)[()]


def _var_vjp(
    adjoint: Any, y: Any, x: Any, axis: Axes, keepdims: bool, ddof: Any, where: Any = True, dtype: Any = None
) -> Any:
    rest = _centred(x, axis, where)
    rest = np.conjugate(rest) if x.dtype.kind == "c" else rest
    return spread(adjoint, x, axis) * (2 * rest) * _inverse(_divisor(x, axis, where, ddof), x)


def _std_vjp(
    adjoint: Any, y: Any, x: Any, axis: Axes, keepdims: bool, ddof: Any, where: Any = True, dtype: Any = None
) -> Any:
    root = np.sqrt(_divisor(x, axis, where, ddof))
    length = spread(y, x, axis) * root.astype(plain_value(x).real.dtype)
    return spread(adjoint, x, axis) * outwards(_centred(x, axis, where), length, axis) * _inverse(root, x)


def _var(x: Any, *, axis: Axes = None, keepdims: bool = False, ddof: Any = 0, **options: Any) -> Any:
    return np.var(x, axis=axis, keepdims=keepdims, ddof=ddof, **options)


def _std(x: Any, *, axis: Axes = None, keepdims: bool = False, ddof: Any = 0, **options: Any) -> Any:
    return np.std(x, axis=axis, keepdims=keepdims, ddof=ddof, **options)


def _rest_formula(x: Any, axis: Axes, ddof: Any, options: dict[str, Any]) -> tuple[Any, Any]:
    """Return x - mean(x) and n - ddof, as long as nothing is left out, all is real, and something remains."""
    n = count(x, axis) - ddof
    if options or x.dtype.kind == "c" or n <= 0:
        return None, n
    return x - np.mean(x, axis=axis, keepdims=axis is not None), n


def _var_formula(adjoint: Any, y: Any, x: Any, axis: Axes, keepdims: bool, ddof: Any, **options: Any) -> Any:
    rest, n = _rest_formula(x, axis, ddof, options)
    return None if rest is None else 2 / n * spread(adjoint, x, axis) * rest


def _std_formula(adjoint: Any, y: Any, x: Any, axis: Axes, keepdims: bool, ddof: Any, **options: Any) -> Any:
    rest, n = _rest_formula(x, axis, ddof, options)
    return None if rest is None else spread(adjoint / (n * y), x, axis) * rest


def _var_words(params: dict[str, Any], argument: int) -> str:
    ddof = params["ddof"]
    return f"times 2(u − mean)/(n − {ddof})" if ddof else "times 2(u − mean)/n"


VAR = structural("var", _var, _var_vjp, formulas=(_var_formula,), back=_var_words)
STD = structural("std", _std, _std_vjp, formulas=(_std_formula,), back="along u − mean")


def _about(a: Any, mean: Any, axis: Any, ddof: Any, dtype: Any, keepdims: bool, where: Any) -> Any:
    """Return the mean square of a less a mean that is known, with NumPy's own operations."""
    rest = a - mean
    squares = np.real(rest * np.conjugate(rest)) if rest.dtype.kind == "c" else rest * rest
    total = np.sum(squares, axis=axis, dtype=dtype, keepdims=keepdims, where=where)
    number = _freedom(a, axis, where, ddof).astype(total.dtype)
    return total / (np.reshape(number, total.shape) if np.ndim(number) else number)


@implements(np.var, method="var", bare=VAR)
def var(
    a: Any,
    axis: Axes = None,
    dtype: Any = None,
    *,
    ddof: Any = 0,
    keepdims: bool = False,
    where: Any = True,
    mean: Any = None,
    correction: Any = None,
) -> Any:
    """Record ``np.var(a, axis, dtype, ddof=..., keepdims=..., where=..., mean=...)``."""
    axis, ddof = frozen_position(axis), ddof if correction is None else correction
    if mean is not None:
        return _about(a, mean, axis, ddof, dtype, keepdims, options(where).get("where", True))
    return VAR(a, axis=axis, keepdims=bool(keepdims), ddof=ddof, **options(where, None, dtype))


@implements(np.std, method="std", bare=STD)
def std(
    a: Any,
    axis: Axes = None,
    dtype: Any = None,
    *,
    ddof: Any = 0,
    keepdims: bool = False,
    where: Any = True,
    mean: Any = None,
    correction: Any = None,
) -> Any:
    """Record ``np.std(a, axis, dtype, ddof=..., keepdims=..., where=..., mean=...)``; its slope is 0 where it is 0."""
    axis, ddof = frozen_position(axis), ddof if correction is None else correction
    if mean is not None:
        square = _about(a, mean, axis, ddof, dtype, keepdims, options(where).get("where", True))
        zero = plain_value(square) == 0  # where the root has no slope
        return np.sqrt(np.where(zero, 1, square)) * ~zero if np.any(zero) else np.sqrt(square)
    return STD(a, axis=axis, keepdims=bool(keepdims), ddof=ddof, **options(where, None, dtype))


def _ptp_vjp(adjoint: Any, y: Any, x: Any, axis: Axes, keepdims: bool) -> Any:
    plain = plain_value(x)
    highest, lowest = (shares(plain == f(plain, axis=axis, keepdims=True), axis, plain) for f in (np.max, np.min))
    return spread(adjoint, x, axis) * (highest - lowest)


PTP = structural(
    "ptp", lambda x, *, axis, keepdims: np.ptp(x, axis, keepdims=keepdims), _ptp_vjp, back="to highest, minus lowest"
)


@implements(np.ptp)
def ptp(a: Any, axis: Axes = None, *, keepdims: bool = False) -> Any:
    """Record ``np.ptp(a, axis, keepdims=...)``; ties share the adjoint equally."""
    return PTP(a, axis=frozen_position(axis), keepdims=bool(keepdims))


# Order statistics


def _order_vjp(adjoint: Any, x: Any, axis: Axes, place: Any) -> Any:
    """Send an adjoint to the two sorted entries that a place between them, 3.25 say, takes its value from."""
    plain = plain_value(x)
    ordered = np.sort(_as_rows(plain, axis), axis=-1)
    low = math.floor(place)
    adjoint, total = spread(adjoint, x, axis), 0
    for k, part in ((low, 1 - (place - low)), (low + 1, place - low)):
        if part:
            equal = plain == spread(np.asarray(ordered[..., k]), plain, axis)
            sent = adjoint * (plain.dtype.type(part) * shares(equal, axis, plain))
            total = sent + total
    return total


def _quantile_vjp(
    adjoint: Any, y: Any, x: Any, axis: Axes, keepdims: bool, q: Any = 0.5, method: str = "linear", whole: float = 1
) -> Any:
    """Send each quantile's adjoint to the neighbours of its place among all entries."""
    return _of_places(adjoint, x, axis, q, method, whole, count(x, axis))


def _of_places(
    adjoint: Any, x: Any, axis: Axes, q: Any, method: str, whole: float, entries: int, where: Any = True
) -> Any:
    """Send adjoints to the places of quantiles, of which each is the quantile of 0, 1, 2, ..., in so many entries."""
    nothing = np.sum(adjoint) * np.zeros(np.shape(x), x.dtype)
    if math.prod(np.shape(x)) == 0 or entries == 0:
        return nothing
    real = plain_value(x).dtype.type
    # Levels are rounded to the dtype of x where they are Python's numbers, as NumPy has them.
    levels: Any = np.asarray(q) / real(whole)
    if isinstance(q, int | float):
        levels = (real(q) / real(whole)).astype(float)
    places = np.asarray(np.quantile(np.arange(entries, dtype=float), levels, method=method))  # type: ignore[call-overload]  # NumPy's stubs want a literal
    places = np.where(np.isfinite(places), places, 0.0)  # where a level overflows, the quantile is NaN
    total: Any = 0
    for k in np.ndindex(places.shape):
        sent = _order_vjp(adjoint[k] if k else adjoint, x, axis, float(places[k]))
        total = chosen(sent, where) + total
    return total if places.size else nothing


def _family(prefix: str, vjp: Rule) -> tuple[Primitive, Primitive, Primitive]:
    """Register median, quantile and percentile: NumPy's own, or with a prefix those that leave NaN out."""
    median, quantile, percentile = (getattr(np, prefix + name) for name in ("median", "quantile", "percentile"))
    return (
        structural(
            f"{prefix}median",
            lambda x, *, axis, keepdims: median(x, axis, keepdims=keepdims),
            vjp,
            back="to the middle",
        ),
        structural(
            f"{prefix}quantile",
            lambda x, *, axis, keepdims, q, method: quantile(x, q, axis, method=method, keepdims=keepdims),
            vjp,
            back="to its two neighbours",
        ),
        structural(
            f"{prefix}percentile",
            lambda x, *, axis, keepdims, q, method: percentile(x, q, axis, method=method, keepdims=keepdims),
            lambda adjoint, y, x, **params: vjp(adjoint, y, x, whole=100, **params),
            back="to its two neighbours",
        ),
    )


MEDIAN, QUANTILE, PERCENTILE = _family("", _quantile_vjp)


@implements(np.median)
def median(a: Any, axis: Axes = None, *, keepdims: bool = False) -> Any:
    """Record ``np.median(a, axis, keepdims=...)``; entries that are equal share the adjoint equally."""
    return MEDIAN(a, axis=frozen_position(axis), keepdims=bool(keepdims))


def _levels(q: Any, who: str) -> Any:
    if is_variable(q):
        raise LeakError(f"{who}: a level q has no derivative rule: pass plain numbers, as q.value{user_line()}")
    return q if isinstance(q, int | float) else np.array(q)


@implements(np.quantile)
def quantile(a: Any, q: Any, axis: Axes = None, *, method: str = "linear", keepdims: bool = False) -> Any:
    """Record ``np.quantile(a, q, axis, method=..., keepdims=...)`` of plain levels q."""
    params = {"q": _levels(q, "np.quantile"), "method": method}
    return QUANTILE(a, axis=frozen_position(axis), keepdims=bool(keepdims), **params)


@implements(np.percentile)
def percentile(a: Any, q: Any, axis: Axes = None, *, method: str = "linear", keepdims: bool = False) -> Any:
    """Record ``np.percentile(a, q, axis, method=..., keepdims=...)`` of plain levels q."""
    params = {"q": _levels(q, "np.percentile"), "method": method}
    return PERCENTILE(a, axis=frozen_position(axis), keepdims=bool(keepdims), **params)


# Without NaN


def _ignoring(rule: Callable[..., Any]) -> Callable[..., Any]:
    """Return the rule of a reduction that leaves NaN out: that of the others, where the entries are none."""

    def vjp(adjoint: Any, y: Any, x: Any, where: Any = True, **params: Any) -> Any:
        return rule(adjoint, y, x, where=~np.isnan(plain_value(x)) & where, **params)

    return vjp


def _without_nan(function: Any, rule: Callable[..., Any], back: Back) -> None:
    """Register and record one of NumPy's reductions that leave NaN out; its slope by what is NaN is 0."""
    name = function.__name__
    primitive = structural(
        name,
        lambda x, *, axis, keepdims, **params: function(x, axis=axis, keepdims=keepdims, **params),
        _ignoring(rule),
        back=back,
    )

    def handler(
        a: Any, axis: Axes = None, dtype: Any = None, *, keepdims: bool = False, initial: Any = None, where: Any = True
    ) -> Any:
        return primitive(a, axis=frozen_position(axis), keepdims=bool(keepdims), **options(where, initial, dtype))

    def spreading(
        a: Any,
        axis: Axes = None,
        dtype: Any = None,
        *,
        ddof: Any = 0,
        keepdims: bool = False,
        where: Any = True,
        correction: Any = None,
    ) -> Any:
        params, ddof = options(where, None, dtype), ddof if correction is None else correction
        return primitive(a, axis=frozen_position(axis), keepdims=bool(keepdims), ddof=ddof, **params)

    records = spreading if rule in (_var_vjp, _std_vjp) else handler
    words = "dtype, ddof=..., keepdims=..." if records is spreading else "keepdims=..., initial=..."
    records.__doc__ = f"Record ``np.{name}(a, axis, {words}, where=...)``."
    implements(function)(records)


_without_nan(np.nansum, sum_vjp, "to every summand")
_without_nan(np.nanmean, mean_vjp, "share equally")
_without_nan(np.nanprod, prod_vjp, "times the others")
_without_nan(np.nanmax, extremum_vjp, "to the largest")
_without_nan(np.nanmin, extremum_vjp, "to the smallest")
_without_nan(np.nanvar, _var_vjp, _var_words)
_without_nan(np.nanstd, _std_vjp, "along u − mean")


def _nan_quantile_vjp(
    adjoint: Any, y: Any, x: Any, axis: Axes, keepdims: bool, q: Any = 0.5, method: str = "linear", whole: float = 1
) -> Any:
    """Send each quantile's adjoint as in rows without NaN, those rows together that have as many entries."""
    present = ~np.isnan(plain_value(x))
    entries = np.sum(present, axis=axis, keepdims=True)
    total: Any = 0
    for number in np.unique(entries):
        rows = np.broadcast_to(entries == number, np.shape(x))
        total = _of_places(adjoint, x, axis, q, method, whole, int(number), rows) + total
    return total if entries.size else np.sum(adjoint) * np.zeros(np.shape(x), x.dtype)


NANMEDIAN, NANQUANTILE, NANPERCENTILE = _family("nan", _nan_quantile_vjp)


@implements(np.nanmedian)
def nanmedian(a: Any, axis: Axes = None, *, keepdims: bool = False) -> Any:
    """Record ``np.nanmedian(a, axis, keepdims=...)``; entries that are equal share the adjoint equally."""
    return NANMEDIAN(a, axis=frozen_position(axis), keepdims=bool(keepdims))


@implements(np.nanquantile)
def nanquantile(a: Any, q: Any, axis: Axes = None, *, method: str = "linear", keepdims: bool = False) -> Any:
    """Record ``np.nanquantile(a, q, axis, method=..., keepdims=...)`` of plain levels q."""
    params = {"q": _levels(q, "np.nanquantile"), "method": method}
    return NANQUANTILE(a, axis=frozen_position(axis), keepdims=bool(keepdims), **params)


@implements(np.nanpercentile)
def nanpercentile(a: Any, q: Any, axis: Axes = None, *, method: str = "linear", keepdims: bool = False) -> Any:
    """Record ``np.nanpercentile(a, q, axis, method=..., keepdims=...)`` of plain levels q."""
    params = {"q": _levels(q, "np.nanpercentile"), "method": method}
    return NANPERCENTILE(a, axis=frozen_position(axis), keepdims=bool(keepdims), **params)


# Averages with weights


@implements(np.average)
def average(a: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: bool = False) -> Any:
    """Record ``np.average(a, axis, weights, returned, keepdims=...)``, as the operations it consists of."""
    axis = frozen_position(axis)
    if weights is None:
        mean = np.mean(a, axis=axis, keepdims=keepdims)
        return (mean, np.full(mean.shape, np.size(a) / max(mean.size, 1), mean.dtype)[()]) if returned else mean
    weights = weights if is_variable(weights) else np.array(weights)
    if np.shape(weights) != np.shape(a):
        weights = _along(weights, np.shape(a), axis)
    sums = np.sum(
        weights * np.ones((), np.result_type(plain_value(a), plain_value(weights))), axis=axis, keepdims=keepdims
    )
    if np.any(plain_value(sums) == 0):
        raise ZeroDivisionError("Weights sum to zero, can't be normalized")
    mean = np.sum(a * weights, axis=axis, keepdims=keepdims) / sums
    return (mean, np.broadcast_to(sums, mean.shape)) if returned else mean


def _along(weights: Any, shape: tuple[int, ...], axis: Any) -> Any:
    """Return weights of the axes that are averaged over, with those axes in their places; NumPy says what is wrong."""
    np.average(np.ones(shape), axis, np.ones(np.shape(weights)))
    axes = [a % len(shape) for a in (axis if isinstance(axis, tuple) else (axis,))]
    ordered = np.transpose(weights, tuple(int(i) for i in np.argsort(axes)))
    return np.reshape(ordered, tuple(n if i in axes else 1 for i, n in enumerate(shape)))
