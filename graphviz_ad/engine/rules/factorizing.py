"""Factorizations of matrices, one or a stack of them: Cholesky, QR, singular values, least squares, and log det.

Sources: Murray 2016, "Differentiation of the Cholesky decomposition", for ``A = L L^T``; Townsend 2016,
"Differentiating the singular value decomposition"; Walter and Lehmann 2018, "Algorithmic differentiation of linear
algebra functions", for ``A = Q R``.

Where NumPy reads one triangle of a symmetric matrix only, the gradient stands in that triangle: an entry beside the
diagonal stands for two. Of singular vectors of equal values see `eigenvalues`. What depends on the phases of complex
vectors, or on what `svd` and `qr` add to make a square matrix of orthogonal vectors, only in such a way that another
choice does not matter, has a derivative, and gets it.

Of complex matrices the sources speak of gradients, which are the conjugates of our adjoints, and of conjugate
transposes: these rules are written in their way, and `of_gradients` translates.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from graphviz_ad.engine.frames import user_line
from graphviz_ad.engine.notation import Function
from graphviz_ad.engine.primitive import Primitive, is_variable, plain_value
from graphviz_ad.engine.registering import implements, structural
from graphviz_ad.engine.rules.complex import is_complex, of_gradients
from graphviz_ad.engine.rules.eigenvalues import apart, diagonal, in_triangle, over
from graphviz_ad.engine.rules.homogeneous import in_range
from graphviz_ad.engine.rules.linalg import as_matrix, conjugate_transpose, norm, swap_last
from graphviz_ad.engine.rules.packing import pack, several, unpack
from graphviz_ad.errors import UnsupportedError

# NumPy's own named tuples, which it does not export.
_ONE = np.ones((1, 1))
_SlogdetResult: Any = type(np.linalg.slogdet(_ONE))
_QRResult: Any = type(np.linalg.qr(_ONE))
_SVDResult: Any = type(np.linalg.svd(_ONE))


# Cholesky


def _cholesky(a: Any, *, upper: bool) -> Any:
    return np.linalg.cholesky(a, upper=upper)


def _cholesky_back(gradient: Any, y: Any, a: Any, upper: bool) -> Any:
    """Return L^-T P L^-1 for the triangle that was read, where P is that of L^T L' with half of its diagonal."""
    factor, g = (conjugate_transpose(y), conjugate_transpose(gradient)) if upper else (y, gradient)
    size = np.shape(a)[-1]
    turned = conjugate_transpose(factor)
    product = turned @ np.where(np.tri(size, dtype=bool), g, 0.0)
    lower = np.where(np.tri(size, k=-1, dtype=bool), product, np.where(diagonal(size), product / 2, 0.0))
    half = np.linalg.solve(conjugate_transpose(factor), lower)
    return in_triangle(
        conjugate_transpose(np.linalg.solve(conjugate_transpose(factor), conjugate_transpose(half))), lower=not upper
    )


CHOLESKY = structural(
    "cholesky",
    _cholesky,
    *in_range("cholesky", lambda a, upper: (0.5,), of_gradients(_cholesky_back)),
    back="between two solves",
)


@implements(np.linalg.cholesky)
def cholesky(a: Any, /, *, upper: bool = False) -> Any:
    """Record ``np.linalg.cholesky(a, upper=...)``; the gradient stands in the triangle that NumPy reads."""
    return CHOLESKY(a, upper=bool(upper))


# The logarithm of a determinant


def _log_det(a: Any) -> Any:
    return np.linalg.slogdet(a).logabsdet


def _slope(a: Any) -> Any:
    """Return the slope of log det a, its inverse transposed.

    Of a singular matrix it is that of its cofactors divided by 0: infinite, and not a number where a cofactor is 0 too.
    """
    singular = np.isinf(_log_det(plain_value(a)))
    if not np.any(singular):
        return swap_last(np.linalg.inv(a))
    with np.errstate(invalid="ignore"):  # one warning is enough
        infinite = _plain_cofactors(plain_value(a)[singular]) / plain_value(a).dtype.type(0)
    slopes = np.zeros_like(plain_value(a))
    slopes[singular] = infinite
    regular = np.where(singular[..., None, None], np.eye(np.shape(a)[-1], dtype=slopes.dtype), a)
    return np.where(singular[..., None, None], slopes, swap_last(np.linalg.inv(regular)))


def _plain_cofactors(a: Any) -> Any:
    """Return the cofactors of singular matrices, from the singular vectors and all singular values but the last."""
    u, s, vh = np.linalg.svd(a)
    sizes = np.prod(s[..., :-1], axis=-1) * np.linalg.det(u) * np.linalg.det(vh)
    return as_matrix(sizes) * np.conjugate(u[..., :, -1:] * vh[..., -1:, :])


def _log_det_formula(adjoint: Any, y: Any, a: Any) -> Any:
    return None if a.dtype.kind == "c" else as_matrix(adjoint) * swap_last(np.linalg.inv(a))


SLOGDET = structural(
    "slogdet",
    _log_det,
    *in_range("slogdet", lambda a: (0,), lambda adjoint, y, a: as_matrix(adjoint) * _slope(a)),
    formulas=(_log_det_formula,),
    notation=Function("log abs det"),
    back="times inverseᵀ",
)
# ds = i s Im(tr(a^-1 da)): only what turns the determinant.
SLOGDET_SIGN = structural(
    "slogdet.sign",
    lambda a: np.linalg.slogdet(a).sign,
    lambda adjoint, y, a: as_matrix(1j * np.imag(adjoint * y)) * _slope(a),
    notation=Function("sign det"),
    back="what turns it, times inverseᵀ",
)


@implements(np.linalg.slogdet)
def slogdet(a: Any) -> Any:
    """Record ``np.linalg.slogdet(a)``; the sign of a real determinant moves in steps only, so it is a plain value."""
    sign = SLOGDET_SIGN(a) if is_complex(a) else np.linalg.slogdet(plain_value(a)).sign
    return _SlogdetResult(sign, SLOGDET(a))


# QR


def _qr_shapes(a: Any, full: bool = False) -> list[tuple[int, ...]]:
    *stack, rows, columns = np.shape(a)
    short = rows if full else min(rows, columns)
    return [(*stack, rows, short), (*stack, short, columns)]


def _qr(a: Any, *, full: bool) -> Any:
    return pack(*np.linalg.qr(a, "complete" if full else "reduced"))


def _without_more(of_vectors: Any, vectors: Any, count: int) -> Any:
    """Return the gradient of the first vectors where those beyond depend on them: they stay orthogonal."""
    first, of_first = vectors[..., :count], of_vectors[..., :count]
    if np.shape(vectors)[-1] == count:
        return of_first
    more, of_more = vectors[..., count:], of_vectors[..., count:]
    return of_first - more @ (conjugate_transpose(of_more) @ first)


def _qr_back(gradient: Any, y: Any, a: Any, full: bool) -> Any:
    """Return the gradient of the square or tall part; the columns beyond it are Q^H a in R."""
    q, r = unpack("qr", y, *_qr_shapes(a, full))
    of_q, of_r = unpack("qr", gradient, *_qr_shapes(a, full))
    rows, columns = np.shape(a)[-2:]
    if rows < columns:
        beyond = of_r[..., rows:]
        received = _tall_qr_back(of_q + a[..., rows:] @ conjugate_transpose(beyond), of_r[..., :rows], q, r[..., :rows])
        return np.concatenate([received, q @ beyond], axis=-1)
    of_q = _without_more(of_q, q, columns)
    return _tall_qr_back(of_q, of_r[..., :columns, :], q[..., :columns], r[..., :columns, :])


def _size(x: Any) -> Any:
    """Return the power of two, a plain number, that is the size of each matrix: its entries are near 1 times it."""
    largest = np.max(np.absolute(plain_value(x)), axis=(-2, -1), keepdims=True, initial=0)
    return np.ldexp(largest.dtype.type(1), np.where(np.isfinite(largest), np.frexp(largest)[1] - 1, 0))


def _tall_qr_back(of_q: Any, of_r: Any, q: Any, r: Any) -> Any:
    """Return Q W R^-T: W has R R'^T and its mirror image, and beside the diagonal how Q is turned in its own space."""
    rows, columns = np.shape(q)[-2:]
    below, size = np.tri(columns, k=-1, dtype=bool), _size(r)
    r, of_q = r / size, of_q / size
    inside, product = conjugate_transpose(q) @ of_q, r @ conjugate_transpose(np.where(below, 0.0, of_r))
    mirrored = np.where(below, product, conjugate_transpose(product))
    turned = inside - conjugate_transpose(inside)
    if is_complex(product):  # the diagonal of R is real
        mirrored = np.where(diagonal(columns), np.real(product) + turned / 2, mirrored)
    received = q @ (mirrored + np.where(below, turned, 0.0))
    if rows > columns:  # what leads out of the space of the columns
        received = received + (of_q - q @ inside)
    return conjugate_transpose(np.linalg.solve(r, conjugate_transpose(received)))


QR = structural("qr", _qr, of_gradients(_qr_back), notation=several("qr", _qr_shapes), back="solve with R")


@implements(np.linalg.qr)
def qr(a: Any, mode: str = "reduced") -> Any:
    """Record ``np.linalg.qr(a, mode)`` of every mode but 'raw', where the first columns are independent.

    The columns of Q that only 'complete' has could be turned any way: what depends on that has no derivative.
    """
    if mode not in ("reduced", "r", "complete"):
        raise UnsupportedError(
            f"np.linalg.qr is recorded for the modes 'reduced', 'complete' and 'r', got mode={mode!r}{user_line()}"
        )
    full = mode == "complete"
    q, r = unpack("qr", QR(a, full=full), *_qr_shapes(a, full))
    return r if mode == "r" else _QRResult(q, r)


# Singular values


def _svd_shapes(a: Any, full: bool) -> list[tuple[int, ...]]:
    *stack, rows, columns = np.shape(a)
    short = min(rows, columns)
    height, width = (rows, columns) if full else (short, short)
    return [(*stack, rows, height), (*stack, short), (*stack, width, columns)]


def _svd(a: Any, *, full: bool) -> Any:
    return pack(*np.linalg.svd(a, full_matrices=full))


def _svd_back(gradient: Any, y: Any, a: Any, full: bool) -> Any:
    """Return the gradient, of Townsend's formula with sums and differences of singular values apart.

    Where two are equal their difference has no influence on what does not depend on the turning of their vectors.
    """
    u, s, vh = unpack("svd", y, *_svd_shapes(a, full))
    of_u, of_s, of_vh = unpack("svd", gradient, *_svd_shapes(a, full))
    size = np.shape(s)[-1]
    of_u, of_v = _without_more(of_u, u, size), _without_more(conjugate_transpose(of_vh), conjugate_transpose(vh), size)
    u, vh = u[..., :size], vh[..., :size, :]
    inside_u, inside_v = conjugate_transpose(u) @ of_u, vh @ of_v
    turned_u, turned_v = inside_u - conjugate_transpose(inside_u), inside_v - conjugate_transpose(inside_v)
    sums = s[..., None, :] + s[..., :, None]
    between = apart(turned_u + turned_v, s, inside_u, inside_v) + over(turned_u - turned_v, sums)
    inner = np.where(diagonal(size), of_s[..., None], 0.0) + between / 2
    received = u @ inner @ vh
    rows, columns = np.shape(a)[-2:]
    if rows > columns:  # what leads out of the space of the columns
        across = over(of_u, s[..., None, :])
        received = received + (across - u @ (conjugate_transpose(u) @ across)) @ vh
    if columns > rows:
        across = over(conjugate_transpose(of_v), s[..., :, None])
        received = received + u @ (across - (across @ conjugate_transpose(vh)) @ vh)
    return received


SVD = structural("svd", _svd, of_gradients(_svd_back), notation=several("svd", _svd_shapes), back="between its vectors")


def _svdvals(a: Any) -> Any:
    return np.linalg.svd(a, compute_uv=False)


def _svdvals_back(gradient: Any, y: Any, a: Any) -> Any:
    u, _, vh = svd(a, full_matrices=False)
    return (u * gradient[..., None, :]) @ vh


SVDVALS = structural("svdvals", _svdvals, of_gradients(_svdvals_back), back="along singular vectors")


@implements(np.linalg.svd)
def svd(a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    """Record ``np.linalg.svd(a, full_matrices, compute_uv, hermitian)``.

    The vectors that only full matrices have could be turned any way: what depends on that has no derivative.
    """
    if hermitian:
        return _svd_of_hermitian(a, compute_uv)
    if not compute_uv:
        return SVDVALS(a)
    full = bool(full_matrices) and np.shape(a)[-1] != np.shape(a)[-2]
    return _SVDResult(*unpack("svd", SVD(a, full=full), *_svd_shapes(a, full)))


def _svd_of_hermitian(a: Any, compute_uv: bool) -> Any:
    """Return what NumPy makes of the eigenvalues of a hermitian matrix: their sizes, the largest first."""
    if not compute_uv:
        return np.sort(np.absolute(np.linalg.eigvalsh(a)))[..., ::-1]
    values, vectors = np.linalg.eigh(a)
    signs, sizes = np.sign(plain_value(values)), np.absolute(values)
    order = np.argsort(plain_value(sizes))[..., ::-1]
    signs, sizes = np.take_along_axis(signs, order, axis=-1), np.take_along_axis(sizes, order, axis=-1)
    u = np.take_along_axis(vectors, order[..., None, :], axis=-1)
    return _SVDResult(u, sizes, conjugate_transpose(u * signs[..., None, :]))


@implements(np.linalg.svdvals)
def svdvals(x: Any, /) -> Any:
    """Record ``np.linalg.svdvals(x)``."""
    return SVDVALS(x)


@implements(np.linalg.cond)
def cond(x: Any, p: Any = None) -> Any:
    """Record ``np.linalg.cond(x, p)``, as the quotient of singular values, or the norms of x and its inverse."""
    if p is None or p in (2, -2):
        values = svdvals(x)
        largest, smallest = values[..., 0], values[..., -1]
        return smallest / largest if p == -2 else largest / smallest
    return norm(x, p, (-2, -1)) * norm(np.linalg.inv(x), p, (-2, -1))


# Least squares


def _across(a: Any, inverse: Any, x: Any) -> Any:
    """Return the part of x that a and its pseudoinverse do not give back."""
    return x - a @ (inverse @ x)


def _pinv_back(gradient: Any, y: Any, a: Any) -> Any:
    """Return the gradient of a for y = a^+ of constant rank (Golub and Pereyra 1973, equation 4.12)."""
    turned, g = conjugate_transpose(y), conjugate_transpose(gradient)
    beside = conjugate_transpose(_across(conjugate_transpose(a), turned, conjugate_transpose(turned @ y @ g)))
    return _across(a, y, g) @ y @ turned + beside - turned @ gradient @ turned


def _pinv(a: Any, *, rcond: Any, rtol: Any, hermitian: bool = False) -> Any:
    cut = {"rcond": rcond} if rtol is None else {"rtol": rtol}
    return np.linalg.pinv(a, hermitian=hermitian, **cut)


def _pinv_of(gradient: Any, y: Any, a: Any, rcond: Any, rtol: Any, hermitian: bool = False) -> Any:
    """Return the gradient; of a hermitian matrix in the triangle that NumPy reads."""
    if not hermitian:
        return _pinv_back(gradient, y, a)
    size = np.shape(a)[-1]
    below = np.where(np.tri(size, dtype=bool), a, 0.0)
    whole = below + conjugate_transpose(np.where(np.tri(size, k=-1, dtype=bool), a, 0.0))
    return in_triangle(_pinv_back(gradient, y, whole), lower=True)


PINV = structural(
    "pinv",
    _pinv,
    *in_range(
        "pinv",
        lambda a, **cut: (-1,),
        of_gradients(_pinv_of),
    ),
    notation=Function("pinv"),
    back="through pseudoinversesᵀ",
)


@implements(np.linalg.pinv)
def pinv(a: Any, rcond: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    """Record ``np.linalg.pinv(a, rcond, hermitian, rtol=...)``, as of a matrix that keeps its rank."""
    return PINV(a, rcond=rcond, rtol=rtol, **({"hermitian": True} if hermitian else {}))


def _cut(a: Any, rcond: Any) -> Any:
    """Return the part of the largest singular value below which np.linalg.lstsq takes one for 0."""
    eps = np.finfo(plain_value(a).dtype).eps
    return eps * max(np.shape(a)) if rcond is None else eps if rcond == -1 else rcond


def _columns(b: Any) -> Any:
    return b[:, None] if np.ndim(b) == 1 else b


def _lstsq_left(gradient: Any, y: Any, a: Any, b: Any, rcond: Any) -> Any:
    inverse = np.linalg.pinv(a, _cut(a, rcond))
    return _pinv_back(_columns(gradient) @ conjugate_transpose(_columns(b)), inverse, a)


def _lstsq_right(gradient: Any, y: Any, a: Any, b: Any, rcond: Any) -> Any:
    return conjugate_transpose(np.linalg.pinv(a, _cut(a, rcond))) @ gradient


def _lstsq(a: Any, b: Any, *, rcond: Any) -> Any:
    return np.linalg.lstsq(a, b, rcond)[0]


LSTSQ = structural(
    "lstsq",
    _lstsq,
    *in_range("lstsq", lambda a, b, rcond: (-1, 1), of_gradients(_lstsq_left), of_gradients(_lstsq_right)),
    linear=(1,),
    back=lambda params, argument: "times pseudoinverseᵀ" if argument else "through pseudoinversesᵀ",
)


def _residuals(a: Any, b: Any, *, rcond: Any) -> Any:
    return np.linalg.lstsq(a, b, rcond)[1]


def _residual_back(gradient: Any, a: Any, b: Any, rcond: Any) -> tuple[Any, Any]:
    """Return the solution and the gradient of the rest b - a x: the solution makes it smallest, so x stays."""
    x = _columns(LSTSQ(a, b, rcond=rcond))
    return x, 2 * (_columns(b) - a @ x) * gradient


def _residuals_left(gradient: Any, y: Any, a: Any, b: Any, rcond: Any) -> Any:
    x, rest = _residual_back(gradient, a, b, rcond)
    return -(rest @ conjugate_transpose(x)) if y.size else _none(gradient, a)


def _residuals_right(gradient: Any, y: Any, a: Any, b: Any, rcond: Any) -> Any:
    return np.reshape(_residual_back(gradient, a, b, rcond)[1], np.shape(b)) if y.size else _none(gradient, b)


def _none(gradient: Any, x: Any) -> Any:
    """Return the zeros that come from no residuals."""
    return np.sum(gradient) * np.zeros(np.shape(x), plain_value(x).dtype)


RESIDUALS: Primitive = structural(
    "residuals",
    _residuals,
    *in_range("residuals", lambda a, b, rcond: (0, 2), of_gradients(_residuals_left), of_gradients(_residuals_right)),
    back="along the rest",
)


LSTSQ_VALUES = structural(  # the same numbers as those of svdvals, but for the last digits
    "lstsq.values",
    lambda a, *, dtype: np.linalg.lstsq(a, np.zeros(len(a), dtype))[3],
    of_gradients(lambda gradient, y, a, dtype: _svdvals_back(gradient, y, a)),
    notation=Function("svdvals"),
    back="along singular vectors",
)


@implements(np.linalg.lstsq)
def lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    """Record ``np.linalg.lstsq(a, b, rcond)``: solution, residuals and singular values; the rank is plain.

    As of a matrix that keeps its rank.
    """
    _, _, rank, values = np.linalg.lstsq(plain_value(a), plain_value(b), rcond)
    if is_variable(a):
        values = LSTSQ_VALUES(a, dtype=np.result_type(a.dtype, np.asarray(plain_value(b)).dtype).name)
    return LSTSQ(a, b, rcond=rcond), RESIDUALS(a, b, rcond=rcond), rank, values
