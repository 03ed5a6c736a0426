"""What NumPy's functions compute, of arrays of mpmath's numbers: the truth that structural rules are compared with.

Of signs that a factorization may choose freely, NumPy's are taken.
"""

from __future__ import annotations

import mpmath
import numpy as np

__all__ = [
    "cholesky", "det", "eigh", "eigvalsh", "interp", "inv", "logsumexp", "lower", "mean", "norm", "pinv", "qr",
    "quantile", "recurrence", "residuals", "singular_values", "std", "svd", "var",
]  # fmt: skip


# Statistics


def mean(x, axis=None):
    """Return what np.mean returns."""
    return np.add.reduce(x, axis=axis) / (x.size if axis is None else x.shape[axis])


def var(x, ddof=0):
    """Return what np.var returns."""
    rest = x - mean(x)
    return np.add.reduce(rest * rest) / (x.size - ddof)


def std(x, ddof=0):
    """Return what np.std returns."""
    return mpmath.sqrt(var(x, ddof))


def quantile(x, q):
    """Return what np.quantile returns."""
    numbers, place = sorted(x), mpmath.mpf(q) * (x.size - 1)
    low = int(mpmath.floor(place))
    high = min(low + 1, x.size - 1)
    return numbers[low] + (place - low) * (numbers[high] - numbers[low])


def logsumexp(x):
    """Return what np.logaddexp.reduce returns, less what no digit would show."""
    top = max(x)
    return top + mpmath.log(sum(mpmath.exp(number - top) for number in x if number - top > -10_000))


def norm(order):
    """Return what computes np.linalg.norm of vectors, of an order."""

    def of_vector(x):
        sizes = np.abs(x)
        if np.isinf(order):
            return max(sizes) if order > 0 else min(sizes)
        p = mpmath.mpf(order)
        return sum(size**p for size in sizes if size or p > 0) ** (1 / p)

    return of_vector


def recurrence(g, x):
    """Return s with s_i = g_i + x_i s_{i+1}."""
    s = [g[-1]]
    for i in range(len(g) - 2, -1, -1):
        s.append(g[i] + x[i] * s[-1])
    return np.array(s[::-1], object)


def interp(x, xp, fp):
    """Return what np.interp returns."""

    def at(place):
        if not xp[0] < place < xp[-1]:
            return fp[0] if place <= xp[0] else fp[-1]
        k = max(k for k, start in enumerate(xp) if start <= place)
        return fp[k] + (fp[k + 1] - fp[k]) * (place - xp[k]) / (mpmath.mpf(xp[k + 1]) - xp[k])

    return np.array([at(place) for place in x], object)


# Matrices


def det(a):
    """Return the determinant, by minors."""
    if len(a) == 0:
        return mpmath.mpf(1)
    return sum((-1) ** k * a[0, k] * det(np.delete(a[1:], k, 1)) for k in range(len(a)))


def inv(a):
    """Return the inverse, by cofactors."""
    n, whole = len(a), det(a)
    minors = [[(-1) ** (i + j) * det(np.delete(np.delete(a, j, 0), i, 1)) for j in range(n)] for i in range(n)]
    return np.array(minors, object) / whole


def pinv(a):
    """Return the pseudoinverse of a matrix of independent columns."""
    return inv(a.T @ a) @ a.T


def residuals(a, b):
    """Return the second result of np.linalg.lstsq."""
    rest = b - a @ (pinv(a) @ b)
    return np.array([np.dot(rest, rest)])


def cholesky(a):
    """Return the factor, of the lower triangle."""
    factor = np.full(a.shape, mpmath.mpf(0), object)
    for i in range(len(a)):
        for j in range(i + 1):
            rest = a[i, j] - np.dot(factor[i, :j], factor[j, :j])
            factor[i, j] = mpmath.sqrt(rest) if i == j else rest / factor[j, j]
    return factor


def qr(a):
    """Return Q and R one after the other, by Gram and Schmidt."""
    rows, columns = a.shape
    q, r = np.full((rows, columns), mpmath.mpf(0), object), np.full((columns, columns), mpmath.mpf(0), object)
    signs = np.sign(np.diagonal(np.linalg.qr(a.astype(float))[1]))
    for j in range(columns):
        r[:j, j] = a[:, j] @ q[:, :j]
        rest = a[:, j] - q[:, :j] @ r[:j, j]
        r[j, j] = mpmath.sqrt(np.dot(rest, rest)) * int(signs[j])
        q[:, j] = rest / r[j, j]
    return np.concatenate([q.ravel(), r.ravel()])


def lower(a):
    """Return the symmetric matrix of a lower triangle."""
    return np.where(np.tri(len(a), dtype=bool), a, a.T)


def eigvalsh(a):
    """Return the eigenvalues of the lower triangle."""
    return np.array(sorted(mpmath.eigsy(mpmath.matrix(lower(a).tolist()), eigvals_only=True)), object)


def eigh(a):
    """Return the eigenvalues and the eigenvectors one after the other."""
    values, vectors = mpmath.eigsy(mpmath.matrix(lower(a).tolist()))
    order = sorted(range(len(a)), key=lambda k: values[k])
    columns = as_signed(_array(vectors)[:, order], np.linalg.eigh(a.astype(float))[1])
    return np.concatenate([[values[k] for k in order], columns.ravel()])


def singular_values(a):
    """Return the singular values."""
    return np.array(sorted(mpmath.svd_r(mpmath.matrix(a.tolist()), compute_uv=False), reverse=True), object)


def svd(a):
    """Return U, S and Vh one after the other, of a tall matrix."""
    u, s, vh = mpmath.svd_r(mpmath.matrix(a.tolist()))
    order = sorted(range(len(s)), key=lambda k: -s[k])
    numpys = np.linalg.svd(a.astype(float), full_matrices=False)
    left, right = as_signed(_array(u)[:, order], numpys.U), as_signed(_array(vh)[order].T, numpys.Vh.T).T
    return np.concatenate([left.ravel(), [s[k] for k in order], right.ravel()])


def as_signed(columns, numpys):
    """Return columns with the signs of NumPy's."""
    return columns * np.where(np.sum(columns.astype(float) * numpys, axis=0) > 0, 1, -1)


def _array(matrix):
    return np.array(matrix.tolist(), object).reshape(matrix.rows, matrix.cols)
