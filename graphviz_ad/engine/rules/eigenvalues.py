"""Eigenvalues and eigenvectors of symmetric and of any square matrices.

Sources: Giles 2008, "An extended collection of matrix derivative results", section 3.1: with ``A V = V diag(w)`` and
``P = V^-1 dA V``, the eigenvalues move by the diagonal of P, and the eigenvectors by ``V (P / (w_k - w_j))`` and along
themselves. How far along themselves, NumPy says for `eig`: a vector keeps its length 1, and the largest of its entries
stays real (LAPACK's xGEEV).

Eigenvectors of equal values can be turned in their plane: a pair of equal values sends nothing, which is the derivative
of what depends on the plane only. What depends on the values as well, as a matrix that is put together again does, has
another, which cannot be seen from the adjoints of values and vectors; so a warning says what was assumed.

Where NumPy reads one triangle only, the gradient stands in that triangle.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.registering import implements, structural
from graphviz_ad.engine.rules.complex import conjugated, is_complex, of_gradients
from graphviz_ad.engine.rules.linalg import conjugate_transpose, swap_last
from graphviz_ad.engine.rules.packing import pack, several, unpack

__all__ = ["apart", "diagonal", "in_triangle", "over"]

# NumPy's own named tuples, which it does not export.
_EigResult: Any = type(np.linalg.eig(np.ones((1, 1))))
_EighResult: Any = type(np.linalg.eigh(np.ones((1, 1))))


def diagonal(size: int) -> Any:
    """Return where the diagonal of a square matrix is."""
    return np.eye(size, dtype=bool)


def in_triangle(symmetric: Any, lower: bool) -> Any:
    """Return what the entries of one triangle receive where the other mirrors it, of an adjoint for all entries."""
    size = np.shape(symmetric)[-1]
    beside = np.tri(size, k=-1, dtype=bool) if lower else ~np.tri(size, dtype=bool)
    both = symmetric + conjugate_transpose(symmetric)
    along = np.real(symmetric) if is_complex(symmetric) else symmetric  # the diagonal is read as real
    return np.where(beside, both, np.where(diagonal(size), along, 0.0))


# Of symmetric matrices


def over(numerator: Any, differences: Any) -> Any:
    """Divide by the differences of a pair of values, and give 0 where there is none."""
    equal = plain_value(differences) == 0
    return np.where(equal, 0.0, numerator / np.where(equal, 1.0, differences))


_EQUAL = (
    "two eigenvalues or singular values are equal, so that their vectors could be any of the plane they span: the "
    "gradient is that of what depends on this plane only"
)


def apart(turning: Any, values: Any, *adjoints: Any) -> Any:
    """Divide what turns pairs of vectors by how far their values are apart; warn where vectors of equal values matter.

    The adjoints are those of the vectors, in their own basis.
    """
    differences = _gaps(values)
    equal = (plain_value(differences) == 0) & ~diagonal(np.shape(differences)[-1])
    if any(np.any(plain_value(adjoint)[equal]) for adjoint in adjoints):
        warnings.warn(_EQUAL, RuntimeWarning, stacklevel=2)
    return over(turning, differences)


def _gaps(values: Any) -> Any:
    """Return the value of each column less that of each row; 0 where rounding alone may have made the difference."""
    columns, rows = values[..., None, :], values[..., :, None]
    differences = columns - rows
    larger = np.maximum(np.absolute(plain_value(columns)), np.absolute(plain_value(rows)))
    rounded = np.absolute(plain_value(differences)) <= np.shape(values)[-1] * np.finfo(larger.dtype).eps * larger
    return np.where(rounded, 0.0, differences)


def _eigh(a: Any, *, uplo: Any) -> Any:
    return pack(*np.linalg.eigh(a, uplo))


def _shapes(a: Any, **params: Any) -> list[tuple[int, ...]]:
    return [np.shape(a)[:-1], np.shape(a)]


def _eigh_back(gradient: Any, y: Any, a: Any, uplo: Any) -> Any:
    values, vectors = unpack("eigh", y, *_shapes(a))
    of_values, of_vectors = unpack("eigh", gradient, *_shapes(a))
    turned = conjugate_transpose(vectors) @ of_vectors
    between = apart(turned, values, turned)
    inner = np.where(diagonal(np.shape(a)[-1]), of_values[..., None], between)
    return in_triangle(vectors @ inner @ conjugate_transpose(vectors), lower=uplo == "L")


EIGH = structural(
    "eigh", _eigh, of_gradients(_eigh_back), notation=several("eigh", _shapes), back="between its vectors"
)


@implements(np.linalg.eigh)
def eigh(a: Any, UPLO: str = "L") -> Any:  # noqa: N803  (NumPy's name)
    """Record ``np.linalg.eigh(a, UPLO)``; the gradient stands in the triangle that NumPy reads."""
    return _EighResult(*unpack("eigh", EIGH(a, uplo=UPLO.upper()), *_shapes(a)))


def _eigvalsh(a: Any, *, uplo: Any) -> Any:
    return np.linalg.eigvalsh(a, uplo)


def _eigvalsh_back(gradient: Any, y: Any, a: Any, uplo: Any) -> Any:
    vectors = eigh(a, uplo).eigenvectors
    return in_triangle((vectors * gradient[..., None, :]) @ conjugate_transpose(vectors), lower=uplo == "L")


EIGVALSH = structural("eigvalsh", _eigvalsh, of_gradients(_eigvalsh_back), back="along eigenvectors")


@implements(np.linalg.eigvalsh)
def eigvalsh(a: Any, UPLO: str = "L") -> Any:  # noqa: N803  (NumPy's name)
    """Record ``np.linalg.eigvalsh(a, UPLO)``; the gradient stands in the triangle that NumPy reads."""
    return EIGVALSH(a, uplo=UPLO.upper())


# Of any square matrices


def _eig(a: Any) -> Any:
    return pack(*np.linalg.eig(a))


def _kept(of_vectors: Any, vectors: Any) -> Any:
    """Return the adjoint of vectors that may change in length and phase, where those of NumPy keep both."""
    along = np.sum(of_vectors * vectors, axis=-2, keepdims=True)
    if is_complex(vectors):
        plain = plain_value(vectors)
        size = np.where(plain.imag == 0, np.absolute(plain), -1)  # of two that are equal, the one that is real
        largest = np.arange(np.shape(plain)[-2])[:, None] == np.argmax(size, axis=-2)[..., None, :]
        anchor = np.sum(np.where(largest, vectors, 0.0), axis=-2, keepdims=True)
        of_vectors = of_vectors - np.where(largest, 1j * (np.imag(along) / np.real(anchor)), 0.0)
        along = np.sum(of_vectors * vectors, axis=-2, keepdims=True)
    return of_vectors - np.real(along) * conjugated(vectors)


def _eig_vjp(adjoint: Any, y: Any, a: Any) -> Any:
    values, vectors = unpack("eig", y, *_shapes(a))
    of_values, of_vectors = unpack("eig", adjoint, *_shapes(a))
    turned = swap_last(vectors) @ _kept(of_vectors, vectors)
    between = apart(turned, values, turned)
    inner = np.where(diagonal(np.shape(a)[-1]), of_values[..., None], between)
    return np.linalg.solve(swap_last(vectors), inner @ swap_last(vectors))


EIG = structural("eig", _eig, _eig_vjp, notation=several("eig", _shapes), back="between its vectors")


@implements(np.linalg.eig)
def eig(a: Any) -> Any:
    """Record ``np.linalg.eig(a)``, of a matrix whose eigenvectors are independent."""
    return _EigResult(*unpack("eig", EIG(a), *_shapes(a)))


def _eigvals_vjp(adjoint: Any, y: Any, a: Any) -> Any:
    vectors = swap_last(eig(a).eigenvectors)
    return np.linalg.solve(vectors, adjoint[..., None] * vectors)


EIGVALS = structural("eigvals", np.linalg.eigvals, _eigvals_vjp, back="between the eigenvectors")


@implements(np.linalg.eigvals)
def eigvals(a: Any) -> Any:
    """Record ``np.linalg.eigvals(a)``, of a matrix whose eigenvectors are independent."""
    return EIGVALS(a)
