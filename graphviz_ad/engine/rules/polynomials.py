"""Arithmetic with the coefficients of polynomials, the highest power first, as NumPy composes it of recorded functions.

Sums, products, quotients, derivatives and integrals; a polynomial of its roots and the roots of a polynomial, which are
the eigenvalues of its companion matrix; and the one that fits points best, which is a solution of least squares.
"""

from __future__ import annotations

import operator
import warnings
from typing import Any

import numpy as np

from graphviz_ad.engine.primitive import is_variable, plain_value
from graphviz_ad.engine.registering import implements
from graphviz_ad.engine.rules.complex import REAL, is_complex


def _coefficients(p: Any) -> Any:
    p = p if is_variable(p) else np.asarray(p)
    return p if np.ndim(p) else np.reshape(p, (1,))


def _of_one_length(a1: Any, a2: Any) -> tuple[Any, Any]:
    """Return the coefficients of two polynomials with zeros before the shorter ones."""
    pair = [_coefficients(p) for p in (a1, a2)]
    longest = max(map(len, pair))
    first, second = (p if len(p) == longest else np.concatenate([np.zeros(longest - len(p), p.dtype), p]) for p in pair)
    return first, second


@implements(np.polyadd)
def polyadd(a1: Any, a2: Any) -> Any:
    """Record ``np.polyadd(a1, a2)``."""
    first, second = _of_one_length(a1, a2)
    return first + second


@implements(np.polysub)
def polysub(a1: Any, a2: Any) -> Any:
    """Record ``np.polysub(a1, a2)``."""
    first, second = _of_one_length(a1, a2)
    return first - second


def _without_leading_zeros(p: Any) -> Any:
    """Leave out leading coefficients that are 0; of zeros alone one stays."""
    p = _coefficients(p)
    nonzero = np.flatnonzero(plain_value(p))
    first = int(nonzero[0]) if nonzero.size else len(p) - 1
    return p[first:] if first > 0 else p


@implements(np.polymul)
def polymul(a1: Any, a2: Any) -> Any:
    """Record ``np.polymul(a1, a2)``, as a convolution."""
    return np.convolve(_without_leading_zeros(a1), _without_leading_zeros(a2))


@implements(np.polydiv)
def polydiv(u: Any, v: Any) -> tuple[Any, Any]:
    """Record ``np.polydiv(u, v)``: the quotient and the rest, one coefficient after the other."""
    rest, v = _coefficients(u) + 0.0, _coefficients(v) + 0.0
    dtype = np.result_type(plain_value(rest), plain_value(v))
    scale, degree, quotient = 1.0 / v[0], len(v) - 1, []
    for k in range(len(rest) - degree):
        factor = scale * rest[k]
        quotient.append(factor)
        rest = np.concatenate([rest[:k], rest[k : k + degree + 1] - factor * v, rest[k + degree + 1 :]])
    while len(rest) > 1 and np.allclose(plain_value(rest[0]), 0, rtol=1e-14):
        rest = rest[1:]
    return (np.stack(quotient) if quotient else np.zeros(1, dtype)), rest


@implements(np.polyder)
def polyder(p: Any, m: Any = 1) -> Any:
    """Record ``np.polyder(p, m)``."""
    order = operator.index(m)
    if order < 0:
        raise ValueError("Order of derivative must be positive (see polyint)")
    for _ in range(order):
        p = p[:-1] * np.arange(len(p) - 1, 0, -1)
    return p


@implements(np.polyint)
def polyint(p: Any, m: Any = 1, k: Any = None) -> Any:
    """Record ``np.polyint(p, m, k)``; the constants k are recorded as well."""
    order = operator.index(m)
    if order < 0:
        raise ValueError("Order of integral must be positive (see polyder)")
    constants = np.zeros(order) if k is None else _coefficients(k)
    if len(constants) == 1 and order > 1:
        constants = constants[[0] * order]
    if len(constants) < order:
        raise ValueError("k must be a scalar or a rank-1 array of length 1 or >m.")
    p = _coefficients(p)
    for n in range(order):
        p = np.concatenate([p / np.arange(len(p), 0, -1), constants[n : n + 1]])
    return p


@implements(np.poly)
def poly(seq_of_zeros: Any) -> Any:
    """Record ``np.poly(seq_of_zeros)``, of roots or of the eigenvalues of a square matrix."""
    roots = np.linalg.eigvals(seq_of_zeros) if np.ndim(seq_of_zeros) == 2 else _coefficients(seq_of_zeros)
    one = np.ones(1, roots.dtype)
    result: Any = one
    for k in range(len(roots)):
        result = np.convolve(result, np.concatenate([one, -roots[k : k + 1]]))
    plain = np.asarray(plain_value(roots))
    paired = is_complex(roots) and np.all(np.sort(plain) == np.sort(plain.conjugate()))
    return REAL(result) if paired else result


@implements(np.roots)
def roots(p: Any) -> Any:
    """Record ``np.roots(p)``, as the eigenvalues of the companion matrix; roots at 0 stay there."""
    p = _coefficients(p)
    if np.ndim(p) != 1:
        raise ValueError("Input must be a rank-1 array.")
    nonzero = np.flatnonzero(plain_value(p))
    if not nonzero.size:
        return np.zeros(0)
    at_zero = len(p) - int(nonzero[-1]) - 1
    p = p[int(nonzero[0]) : int(nonzero[-1]) + 1]
    if len(p) < 2:
        return np.zeros(at_zero)
    below = np.eye(len(p) - 2, len(p) - 1, dtype=p.dtype)
    values = np.linalg.eigvals(np.concatenate([(-p[1:] / p[0])[None], below]))
    return np.concatenate([values, np.zeros(at_zero, values.dtype)]) if at_zero else values


@implements(np.polyfit)
def polyfit(x: Any, y: Any, deg: Any, rcond: Any = None, *, w: Any = None) -> Any:
    """Record ``np.polyfit(x, y, deg, rcond, w=...)``: the coefficients, in points, values and weights."""
    x, y, count = _coefficients(x) + 0.0, _coefficients(y) + 0.0, operator.index(deg) + 1
    if count < 1:
        raise ValueError("expected deg >= 0")
    if len(x) != len(y):
        raise TypeError("expected x and y to have same length")
    powers = np.vander(x, count)
    if w is not None:
        w = _coefficients(w) + 0.0
        powers, y = powers * w[:, None], y * (w[:, None] if np.ndim(y) == 2 else w)
    scale = np.sqrt(np.sum(powers * powers, axis=0))
    rcond = len(x) * np.finfo(x.dtype).eps if rcond is None else rcond
    result, _, rank, _ = np.linalg.lstsq(powers / scale, y, rcond)
    if rank != count:
        warnings.warn("Polyfit may be poorly conditioned", np.exceptions.RankWarning, stacklevel=4)
    return np.transpose(np.transpose(result) / scale)
