"""Polynomials and covariances: polyval and vander, cov and corrcoef.

A polynomial is differentiated by its coefficients to the powers of x, and by x to the polynomial of its derivative.
Covariances are what NumPy composes them of: means, differences and one product.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from graphviz_ad.engine.primitive import is_variable, plain_value
from graphviz_ad.engine.registering import implements, structural
from graphviz_ad.engine.rules.cumulating import RECURRENCE
from graphviz_ad.engine.rules.shaping import ASTYPE, in_dtype


def _along_powers(number: Any, x: Any, count: int) -> Any:
    """Return a number times x to the powers 0 to count - 1, along a new last axis: of a small one none overflows."""
    factors = np.broadcast_to(x[..., None], (*np.shape(x), max(count - 1, 0)))
    return np.cumprod(np.concatenate([number[..., None], factors], axis=-1), axis=-1)[..., :count]


def _derived(p: Any) -> Any:
    """Return the coefficients of the derivative of a polynomial, the highest power first."""
    degree = max(np.shape(p)[0] - 1, 0)
    return p[:degree] * np.arange(degree, 0, -1, dtype=plain_value(p).dtype)


def _polyval_left(adjoint: Any, y: Any, p: Any, x: Any) -> Any:
    x = np.asarray(x) if type(x) in (int, float, complex) else x
    return np.sum(_along_powers(adjoint, x, np.shape(p)[0])[..., ::-1], axis=tuple(range(np.ndim(x))))


POLYVAL = structural(
    "polyval",
    np.polyval,
    _polyval_left,
    lambda adjoint, y, p, x: adjoint * np.polyval(_derived(p), x),
    linear=(0,),
    back=lambda params, argument: "times its slope there" if argument else "times the powers",
)


@implements(np.polyval)
def polyval(p: Any, x: Any) -> Any:
    """Record ``np.polyval(p, x)``, the coefficient of the highest power first."""
    return POLYVAL(p, x)


def _vander(x: Any, *, count: int, increasing: bool) -> Any:
    return np.vander(x, count, increasing)


def _vander_vjp(adjoint: Any, y: Any, x: Any, count: int, increasing: bool) -> Any:
    """Return the sum of n x^(n-1) over the powers, by Horner's rule; that of the constant 1 is 0."""
    if count < 2:
        return np.sum(np.where(False, adjoint, 0.0), axis=1)
    factors = np.arange(1, count, dtype=plain_value(x).dtype)
    varying = adjoint[:, 1:] if increasing else adjoint[:, -2::-1]
    return RECURRENCE(varying * factors, np.broadcast_to(x[:, None], np.shape(varying)), axis=1)[:, 0]


VANDER = structural("vander", _vander, _vander_vjp, back="times slopes of powers")


@implements(np.vander)
def vander(x: Any, N: Any = None, increasing: bool = False) -> Any:  # noqa: N803  (NumPy's name)
    """Record ``np.vander(x, N, increasing)``."""
    return VANDER(x, count=np.shape(x)[0] if N is None else int(N), increasing=bool(increasing))


@implements(np.cov)
def cov(
    m: Any,
    y: Any = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: int | None = None,
    fweights: Any = None,
    aweights: Any = None,
    *,
    dtype: Any = None,
) -> Any:
    """Record ``np.cov(m, y, rowvar, bias, ddof, fweights, aweights, dtype=...)``, as NumPy composes it."""
    if ddof is not None and ddof != int(ddof):
        raise ValueError("ddof must be integer")
    samples = _in_rows(m, rowvar, dtype)
    if not samples.shape[0]:
        return np.reshape(samples, (0, 0))
    if y is not None:
        samples = np.concatenate([samples, _in_rows(y, rowvar, dtype)], axis=0)
    lost = (0 if bias else 1) if ddof is None else ddof
    weights = _weights(samples, fweights, aweights)
    mean, total = np.average(samples, axis=1, weights=weights, returned=True)
    rest = samples - mean[:, None]
    other = rest if weights is None else rest * weights
    product = np.dot(rest, np.conjugate(other.T) if plain_value(rest).dtype.kind == "c" else other.T)
    size = np.shape(product)[0]
    freedom = _freedom(np.shape(samples)[1], total[0], lost, weights, aweights)
    product = in_dtype(product * np.true_divide(1, freedom), plain_value(product).dtype)
    return np.reshape(product, ()) if size == 1 else product


def _weights(samples: Any, fweights: Any, aweights: Any) -> Any:
    """Return the weight of each observation, or None; NumPy says what is wrong with them."""
    known = [plain_value(w) for w in (fweights, aweights)]
    np.cov(np.zeros((1, np.shape(samples)[1])), ddof=0, fweights=known[0], aweights=known[1])
    if fweights is None or aweights is None:
        weights = aweights if fweights is None else np.asarray(fweights, float)
        return weights if weights is None or is_variable(weights) else np.asarray(weights, float)
    return np.asarray(fweights, float) * aweights


def _freedom(count: int, total: Any, lost: int, weights: Any, aweights: Any) -> Any:
    """Return what the sum of products is divided by: never below 0."""
    if weights is None:
        return max(count - lost, 0)
    part = lost if lost == 0 or aweights is None else lost * np.sum(weights * aweights) / total
    left = total - part
    return left if plain_value(left) > 0 else 0.0


def _in_rows(m: Any, rowvar: bool, dtype: Any = None) -> Any:
    """Return a row for each variable, in the dtype in which NumPy computes it."""
    m = m if is_variable(m) else np.asarray(m)
    dtype = np.result_type(plain_value(m), np.float64) if dtype is None else np.dtype(dtype)
    m = m if plain_value(m).dtype == dtype else ASTYPE(m, dtype=dtype.str)
    if np.ndim(m) < 2:
        return np.reshape(m, (1, np.size(m)))
    return m if rowvar else np.transpose(m)


@implements(np.corrcoef)
def corrcoef(x: Any, y: Any = None, rowvar: bool = True, *, dtype: Any = None) -> Any:
    """Record ``np.corrcoef(x, y, rowvar, dtype=...)``, as NumPy composes it."""
    c = cov(x, y, rowvar, dtype=dtype)
    if np.ndim(c) == 0:
        return c / c
    places = np.arange(np.shape(c)[0])
    deviations = np.sqrt(c[places, places])
    return np.minimum(np.maximum(c / deviations[:, None] / deviations, -1.0), 1.0)
