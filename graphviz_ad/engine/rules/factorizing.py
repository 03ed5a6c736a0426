"""Factorizations of real matrices, one or a stack of them: Cholesky, eigenvalues, QR, singular values, and log det.

Sources: Murray 2016, "Differentiation of the Cholesky decomposition", for ``A = L L^T``; Giles 2008, "An extended
collection of matrix derivative results", section 3.1, for eigenvalues and eigenvectors; Townsend 2016, "Differentiating
the singular value decomposition"; Walter and Lehmann 2018, "Algorithmic differentiation of linear algebra functions",
for ``A = Q R``.

Where NumPy reads one triangle of a symmetric matrix only, the gradient stands in that triangle: an entry beside the
diagonal stands for two. Eigenvectors and singular vectors of equal values can be turned in their plane, so that they
have no derivative of their own; what depends on them only in such a way that the turning does not matter has one, and
gets it, since a pair of equal values then sends nothing.

A factorization of several results is one node that holds them all, one after the other, and a node for each of them.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from graphviz_ad.engine.notation import Function
from graphviz_ad.engine.primitive import Primitive, plain_value
from graphviz_ad.engine.registering import implements, structural
from graphviz_ad.engine.rules.indexing import SCATTER
from graphviz_ad.engine.rules.linalg import swap_last
from graphviz_ad.errors import UnsupportedError

# NumPy's own named tuples, which it does not export.
_ONE = np.ones((1, 1))
_SlogdetResult: Any = type(np.linalg.slogdet(_ONE))
_EighResult: Any = type(np.linalg.eigh(_ONE))
_QRResult: Any = type(np.linalg.qr(_ONE))
_SVDResult: Any = type(np.linalg.svd(_ONE))

# Several results in one node


def _packed(*results: Any) -> Any:
    return np.concatenate([np.reshape(result, -1) for result in results])


def _item_vjp(adjoint: Any, y: Any, packed: Any, start: int, shape: tuple[int, ...]) -> Any:
    size = math.prod(shape)
    return SCATTER(np.reshape(adjoint, (size,)), slice(start, start + size), shape=np.shape(packed))


def _item(factorization: str, part: str) -> Primitive:
    """Register what one result of a factorization is read with."""
    return structural(
        f"{factorization}.{part}",
        lambda packed, *, start, shape: np.reshape(packed[start : start + math.prod(shape)], shape),
        _item_vjp,
        linear=(0,),
        notation=Function(part),
        back="back to its place",
    )


_ITEMS = {
    name: [_item(name, part) for part in parts]
    for name, parts in {
        "eigh": ("eigenvalues", "eigenvectors"),
        "qr": ("Q", "R"),
        "svd": ("U", "S", "Vh"),
    }.items()
}


def _items(name: str, packed: Any, *shapes: tuple[int, ...]) -> list[Any]:
    """Return the results that a packed array of a factorization holds, in order, by their shapes."""
    results, start = [], 0
    for item, shape in zip(_ITEMS[name], shapes, strict=True):
        results.append(item(packed, start=start, shape=shape))
        start += math.prod(shape)
    return results


def _refuse_complex(name: str, a: Any) -> None:
    dtype = np.asarray(plain_value(a)).dtype
    if dtype.kind == "c":
        raise UnsupportedError(f"np.linalg.{name} is recorded for real matrices only, got dtype {dtype}")


def _diagonal(size: int) -> Any:
    return np.eye(size, dtype=bool)


def _in_triangle(symmetric: Any, lower: bool) -> Any:
    """Return what the entries of one triangle receive where the other mirrors it, of an adjoint for all entries."""
    size = np.shape(symmetric)[-1]
    beside = np.tri(size, k=-1, dtype=bool) if lower else ~np.tri(size, dtype=bool)
    both = symmetric + swap_last(symmetric)
    return np.where(beside, both, np.where(_diagonal(size), symmetric, 0.0))


# Cholesky


def _cholesky(a: Any, *, upper: bool) -> Any:
    return np.linalg.cholesky(a, upper=upper)


def _cholesky_vjp(adjoint: Any, y: Any, a: Any, upper: bool) -> Any:
    """Return L^-T P L^-1 for the triangle that was read, where P is that of L^T L' with half of its diagonal."""
    factor, g = (swap_last(y), swap_last(adjoint)) if upper else (y, adjoint)
    size = np.shape(a)[-1]
    product = swap_last(factor) @ np.where(np.tri(size, dtype=bool), g, 0.0)
    lower = np.where(np.tri(size, k=-1, dtype=bool), product, np.where(_diagonal(size), product / 2, 0.0))
    half = np.linalg.solve(swap_last(factor), lower)
    return _in_triangle(swap_last(np.linalg.solve(swap_last(factor), swap_last(half))), lower=not upper)


CHOLESKY = structural("cholesky", _cholesky, _cholesky_vjp, back="between two solves with the factor")


@implements(np.linalg.cholesky)
def cholesky(a: Any, /, *, upper: bool = False) -> Any:
    """Record ``np.linalg.cholesky(a, upper=...)``; the gradient stands in the triangle that NumPy reads."""
    _refuse_complex("cholesky", a)
    return CHOLESKY(a, upper=bool(upper))


# The logarithm of a determinant


def _log_det(a: Any) -> Any:
    return np.linalg.slogdet(a).logabsdet


SLOGDET = structural(
    "slogdet",
    _log_det,
    lambda adjoint, y, a: np.reshape(adjoint, (*np.shape(adjoint), 1, 1)) * swap_last(np.linalg.inv(a)),
    notation=Function("log abs det"),
    back="times the inverse, transposed",
)


@implements(np.linalg.slogdet)
def slogdet(a: Any) -> Any:
    """Record ``np.linalg.slogdet(a)``; the sign moves in steps only, so it is a plain value."""
    _refuse_complex("slogdet", a)
    return _SlogdetResult(np.linalg.slogdet(plain_value(a)).sign, SLOGDET(a))


# Eigenvalues of symmetric matrices


def _over(numerator: Any, gaps: Any) -> Any:
    """Divide by the differences of a pair of values, and give 0 where there is none."""
    equal = plain_value(gaps) == 0
    return np.where(equal, 0.0, numerator / np.where(equal, 1.0, gaps))


def _gaps(values: Any) -> Any:
    """Return the value of each column less that of each row."""
    return values[..., None, :] - values[..., :, None]


def _eigh(a: Any, *, uplo: Any) -> Any:
    return _packed(*np.linalg.eigh(a, uplo))


def _eigh_shapes(a: Any) -> list[tuple[int, ...]]:
    return [np.shape(a)[:-1], np.shape(a)]


def _eigh_vjp(adjoint: Any, y: Any, a: Any, uplo: Any) -> Any:
    values, vectors = _items("eigh", y, *_eigh_shapes(a))
    of_values, of_vectors = _items("eigh", adjoint, *_eigh_shapes(a))
    between = _over(swap_last(vectors) @ of_vectors, _gaps(values))
    inner = np.where(_diagonal(np.shape(a)[-1]), of_values[..., None], between)
    return _in_triangle(vectors @ inner @ swap_last(vectors), lower=uplo == "L")


EIGH = structural("eigh", _eigh, _eigh_vjp, back="between the eigenvectors")


@implements(np.linalg.eigh)
def eigh(a: Any, UPLO: str = "L") -> Any:  # noqa: N803  (NumPy's name)
    """Record ``np.linalg.eigh(a, UPLO)``; the gradient stands in the triangle that NumPy reads."""
    _refuse_complex("eigh", a)
    return _EighResult(*_items("eigh", EIGH(a, uplo=UPLO.upper()), *_eigh_shapes(a)))


def _eigvalsh(a: Any, *, uplo: Any) -> Any:
    return np.linalg.eigvalsh(a, uplo)


def _eigvalsh_vjp(adjoint: Any, y: Any, a: Any, uplo: Any) -> Any:
    vectors = eigh(a, uplo).eigenvectors
    return _in_triangle((vectors * adjoint[..., None, :]) @ swap_last(vectors), lower=uplo == "L")


EIGVALSH = structural("eigvalsh", _eigvalsh, _eigvalsh_vjp, back="between the eigenvectors")


@implements(np.linalg.eigvalsh)
def eigvalsh(a: Any, UPLO: str = "L") -> Any:  # noqa: N803  (NumPy's name)
    """Record ``np.linalg.eigvalsh(a, UPLO)``; the gradient stands in the triangle that NumPy reads."""
    _refuse_complex("eigvalsh", a)
    return EIGVALSH(a, uplo=UPLO.upper())


# QR


def _qr_shapes(a: Any) -> list[tuple[int, ...]]:
    *stack, rows, columns = np.shape(a)
    short = min(rows, columns)
    return [(*stack, rows, short), (*stack, short, columns)]


def _qr_vjp(adjoint: Any, y: Any, a: Any) -> Any:
    """Return the adjoint of the square or tall part; the columns beyond it are Q^T a in R."""
    q, r = _items("qr", y, *_qr_shapes(a))
    of_q, of_r = _items("qr", adjoint, *_qr_shapes(a))
    rows, columns = np.shape(a)[-2:]
    if rows < columns:
        beyond = of_r[..., rows:]
        received = _tall_qr_vjp(of_q + a[..., rows:] @ swap_last(beyond), of_r[..., :rows], q, r[..., :rows])
        return np.concatenate([received, q @ beyond], axis=-1)
    return _tall_qr_vjp(of_q, of_r, q, r)


def _tall_qr_vjp(of_q: Any, of_r: Any, q: Any, r: Any) -> Any:
    size = np.shape(r)[-1]
    product = r @ swap_last(np.where(np.tri(size, dtype=bool).T, of_r, 0.0)) - swap_last(of_q) @ q
    mirrored = np.where(np.tri(size, dtype=bool), product, swap_last(product))
    return swap_last(np.linalg.solve(r, swap_last(of_q + q @ mirrored)))


QR = structural("qr", lambda a: _packed(*np.linalg.qr(a)), _qr_vjp, back="solve with R")


@implements(np.linalg.qr)
def qr(a: Any, mode: str = "reduced") -> Any:
    """Record ``np.linalg.qr(a, mode)`` for the modes 'reduced' and 'r', where the first columns are independent."""
    _refuse_complex("qr", a)
    if mode not in ("reduced", "r"):
        raise UnsupportedError(f"np.linalg.qr is recorded for the modes 'reduced' and 'r', got mode={mode!r}")
    q, r = _items("qr", QR(a), *_qr_shapes(a))
    return _QRResult(q, r) if mode == "reduced" else r


# Singular values


def _svd_shapes(a: Any) -> list[tuple[int, ...]]:
    *stack, rows, columns = np.shape(a)
    short = min(rows, columns)
    return [(*stack, rows, short), (*stack, short), (*stack, short, columns)]


def _svd(a: Any, *, full: bool) -> Any:
    return _packed(*np.linalg.svd(a, full_matrices=full))


def _svd_vjp(adjoint: Any, y: Any, a: Any, full: bool) -> Any:
    """Return the adjoint, of Townsend's formula with sums and differences of singular values apart.

    Where two are equal their difference has no influence on what does not depend on the turning of their vectors.
    """
    u, s, vh = _items("svd", y, *_svd_shapes(a))
    of_u, of_s, of_vh = _items("svd", adjoint, *_svd_shapes(a))
    turned_u, turned_v = swap_last(u) @ of_u, vh @ swap_last(of_vh)
    turned_u, turned_v = turned_u - swap_last(turned_u), turned_v - swap_last(turned_v)
    sums = s[..., None, :] + s[..., :, None]
    between = _over(turned_u + turned_v, _gaps(s)) + _over(turned_u - turned_v, sums)
    inner = np.where(_diagonal(np.shape(s)[-1]), of_s[..., None], between / 2)
    received = u @ inner @ vh
    rows, columns = np.shape(a)[-2:]
    if rows > columns:  # what leads out of the space of the columns
        across = _over(of_u, s[..., None, :])
        received = received + (across - u @ (swap_last(u) @ across)) @ vh
    if columns > rows:
        across = _over(of_vh, s[..., :, None])
        received = received + u @ (across - (across @ swap_last(vh)) @ vh)
    return received


SVD = structural("svd", _svd, _svd_vjp, back="between the singular vectors")


def _svdvals(a: Any) -> Any:
    return np.linalg.svd(a, compute_uv=False)


def _svdvals_vjp(adjoint: Any, y: Any, a: Any) -> Any:
    u, _, vh = svd(a, full_matrices=False)
    return (u * adjoint[..., None, :]) @ vh


SVDVALS = structural("svdvals", _svdvals, _svdvals_vjp, back="between the singular vectors")


@implements(np.linalg.svd)
def svd(a: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    """Record ``np.linalg.svd(a, full_matrices, compute_uv)``, with full matrices for square ones only."""
    _refuse_complex("svd", a)
    if not compute_uv:
        return SVDVALS(a)
    if full_matrices and np.shape(a)[-1] != np.shape(a)[-2]:
        raise UnsupportedError(
            "np.linalg.svd of a matrix that is not square is recorded with full_matrices=False only, since the vectors "
            "that full matrices have more could be any"
        )
    return _SVDResult(*_items("svd", SVD(a, full=bool(full_matrices)), *_svd_shapes(a)))


@implements(np.linalg.svdvals)
def svdvals(x: Any, /) -> Any:
    """Record ``np.linalg.svdvals(x)``."""
    _refuse_complex("svdvals", x)
    return SVDVALS(x)


# Least squares


def _across(a: Any, inverse: Any, x: Any) -> Any:
    """Return the part of x that a and its pseudoinverse do not give back."""
    return x - a @ (inverse @ x)


def _pinv_back(adjoint: Any, y: Any, a: Any) -> Any:
    """Return the adjoint of a for y = a^+ of constant rank (Golub and Pereyra 1973, equation 4.12)."""
    turned, g = swap_last(y), swap_last(adjoint)
    beside = swap_last(_across(swap_last(a), turned, swap_last(turned @ y @ g)))
    return _across(a, y, g) @ y @ turned + beside - turned @ adjoint @ turned


def _pinv(a: Any, *, rcond: Any, rtol: Any) -> Any:
    return np.linalg.pinv(a, rcond) if rtol is None else np.linalg.pinv(a, rtol=rtol)


PINV = structural(
    "pinv",
    _pinv,
    lambda adjoint, y, a, rcond, rtol: _pinv_back(adjoint, y, a),
    notation=Function("pinv"),
    back="between pseudoinverses, transposed",
)


@implements(np.linalg.pinv)
def pinv(a: Any, rcond: Any = None, *, rtol: Any = None) -> Any:
    """Record ``np.linalg.pinv(a, rcond)``, as of a matrix that keeps its rank."""
    _refuse_complex("pinv", a)
    return PINV(a, rcond=rcond, rtol=rtol)


def _cut(a: Any, rcond: Any) -> Any:
    """Return the part of the largest singular value below which np.linalg.lstsq takes one for 0."""
    eps = np.finfo(plain_value(a).dtype).eps
    return eps * max(np.shape(a)) if rcond is None else eps if rcond == -1 else rcond


def _columns(b: Any) -> Any:
    return b[:, None] if np.ndim(b) == 1 else b


def _lstsq_left(adjoint: Any, y: Any, a: Any, b: Any, rcond: Any) -> Any:
    inverse = np.linalg.pinv(a, _cut(a, rcond))
    return _pinv_back(_columns(adjoint) @ swap_last(_columns(b)), inverse, a)


def _lstsq_right(adjoint: Any, y: Any, a: Any, b: Any, rcond: Any) -> Any:
    return swap_last(np.linalg.pinv(a, _cut(a, rcond))) @ adjoint


def _lstsq(a: Any, b: Any, *, rcond: Any) -> Any:
    return np.linalg.lstsq(a, b, rcond)[0]


LSTSQ = structural("lstsq", _lstsq, _lstsq_left, _lstsq_right, linear=(1,), back="times the pseudoinverse, transposed")


def _residuals(a: Any, b: Any, *, rcond: Any) -> Any:
    return np.linalg.lstsq(a, b, rcond)[1]


def _residual_back(adjoint: Any, a: Any, b: Any, rcond: Any) -> tuple[Any, Any]:
    """Return the solution and the adjoint of the rest b - a x: the solution makes it smallest, so x stays."""
    x = _columns(LSTSQ(a, b, rcond=rcond))
    return x, 2 * (_columns(b) - a @ x) * adjoint


def _residuals_left(adjoint: Any, y: Any, a: Any, b: Any, rcond: Any) -> Any:
    x, rest = _residual_back(adjoint, a, b, rcond)
    return -(rest @ swap_last(x)) if y.size else _none(adjoint, a)


def _residuals_right(adjoint: Any, y: Any, a: Any, b: Any, rcond: Any) -> Any:
    return np.reshape(_residual_back(adjoint, a, b, rcond)[1], np.shape(b)) if y.size else _none(adjoint, b)


def _none(adjoint: Any, x: Any) -> Any:
    """Return the zeros that come from no residuals."""
    return np.sum(adjoint) * np.zeros(np.shape(x), plain_value(x).dtype)


RESIDUALS: Primitive = structural("residuals", _residuals, _residuals_left, _residuals_right, back="along the rest")


@implements(np.linalg.lstsq)
def lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    """Record ``np.linalg.lstsq(a, b, rcond)``: solution and residuals; rank and singular values are plain.

    As of a matrix that keeps its rank.
    """
    _refuse_complex("lstsq", a)
    _, _, rank, values = np.linalg.lstsq(plain_value(a), plain_value(b), rcond)
    return LSTSQ(a, b, rcond=rcond), RESIDUALS(a, b, rcond=rcond), rank, values
