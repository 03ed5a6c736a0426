"""Inverses, determinants and linear systems, of one matrix or of a stack of them.

Sources: for ``C = A^-1`` the adjoint is ``A' = -C^T C' C^T``; for ``A X = B`` they are ``B' = A^-T X'`` and
``A' = -B' X^T``; for ``c = det A`` it is ``A' = c' c A^-T`` (Giles 2008, "Collected matrix derivative results for
forward and reverse mode algorithmic differentiation", sections 2.2.3, 2.2.4 and 2.3.1). ``c A^-T`` is the matrix of
cofactors, which a singular matrix has as well.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from graphviz_ad.engine.notation import Function, Power
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.registering import implements, structural
from graphviz_ad.engine.rules.homogeneous import in_range, times_power
from graphviz_ad.engine.rules.linalg import as_matrix, swap_last
from graphviz_ad.engine.rules.shaping import unbroadcast


def _inv_vjp(adjoint: Any, y: Any, a: Any) -> Any:
    turned = swap_last(y)
    return -(turned @ adjoint @ turned)


INV = structural("inv", np.linalg.inv, _inv_vjp, notation=Power("−1"), back="minus, between inversesᵀ")


@implements(np.linalg.inv)
def inv(a: Any) -> Any:
    """Record ``np.linalg.inv(a)``; a singular matrix raises NumPy's LinAlgError."""
    return INV(a)


def _cofactors(a: Any, y: Any) -> Any:
    """Return the derivative of the determinant by each entry: it times the inverse, transposed, if that has it all."""
    size, plain = np.shape(a)[-1], plain_value(y)
    if np.all((plain != 0) & (np.absolute(np.frexp(np.absolute(plain))[1]) < np.finfo(plain.dtype).maxexp // 3)):
        return as_matrix(y) * swap_last(np.linalg.inv(a))
    logarithm = np.linalg.slogdet(plain_value(a)).logabsdet
    if np.all(np.isfinite(logarithm)):  # far from 1, where it loses digits: bring it there
        power = as_matrix(np.rint(logarithm / math.log(2) / size).astype(int))
        near = times_power(a, -power)
        return times_power(as_matrix(np.linalg.det(near)) * swap_last(np.linalg.inv(near)), power * (size - 1))
    return _minors(a)


def _minors(a: Any) -> Any:
    """Return the determinants of what is left without each row and column, with their signs."""
    size = np.shape(a)[-1]
    kept = np.array([[k for k in range(size) if k != out] for out in range(size)], dtype=int).reshape(size, size - 1)
    minors = np.linalg.det(a[..., kept[:, None, :, None], kept[None, :, None, :]])
    return minors * (-1.0) ** np.add.outer(np.arange(size), np.arange(size)).astype(plain_value(a).dtype)


DET = structural(
    "det",
    np.linalg.det,
    lambda adjoint, y, a: as_matrix(adjoint) * _cofactors(a, y),
    formulas=(lambda adjoint, y, a: as_matrix(adjoint) * as_matrix(y) * swap_last(np.linalg.inv(a)),),
    notation=Function("det"),
    back="times the cofactors",
)


@implements(np.linalg.det)
def det(a: Any) -> Any:
    """Record ``np.linalg.det(a)``, of singular matrices too."""
    return DET(a)


def _back(adjoint: Any, a: Any, b: Any) -> Any:
    """Return A^-T times an adjoint, as columns; a vector b is one column, in each matrix of a stack."""
    columns = adjoint[..., None] if np.ndim(b) == 1 else adjoint
    return np.linalg.solve(swap_last(a), columns)


def _solve_left(adjoint: Any, y: Any, a: Any, b: Any) -> Any:
    solution = y[..., None] if np.ndim(b) == 1 else y
    return unbroadcast(-(_back(adjoint, a, b) @ swap_last(solution)), np.shape(a))


def _solve_right(adjoint: Any, y: Any, a: Any, b: Any) -> Any:
    received = _back(adjoint, a, b)
    return unbroadcast(received[..., 0] if np.ndim(b) == 1 else received, np.shape(b))


SOLVE = structural(
    "solve",
    np.linalg.solve,
    *in_range("solve", lambda a, b: (-1, 1), _solve_left, _solve_right),
    formulas=(_solve_left, _solve_right),
    linear=(1,),
    back=lambda params, argument: "solve with the transpose" if argument else "solve, times −solution",
)


@implements(np.linalg.solve)
def solve(a: Any, b: Any) -> Any:
    """Record ``np.linalg.solve(a, b)``; a singular matrix raises NumPy's LinAlgError."""
    return SOLVE(a, b)


# Of arrays of more axes, as NumPy composes them


@implements(np.linalg.tensorinv)
def tensorinv(a: Any, ind: int = 2) -> Any:
    """Record ``np.linalg.tensorinv(a, ind)``, as the inverse of a matrix."""
    if ind <= 0:
        raise ValueError("Invalid ind argument.")
    shape = np.shape(a)
    inverse = np.linalg.inv(np.reshape(a, (math.prod(shape[ind:]), -1)))
    return np.reshape(inverse, shape[ind:] + shape[:ind])


@implements(np.linalg.tensorsolve)
def tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    """Record ``np.linalg.tensorsolve(a, b, axes)``, as the solution of a linear system."""
    ndim = np.ndim(a)
    last = [] if axes is None else [k % ndim for k in axes]
    a = np.transpose(a, [k for k in range(ndim) if k not in last] + last) if last else a
    shape = np.shape(a)[np.ndim(b) - ndim :] if ndim > np.ndim(b) else ()
    size = math.prod(shape)
    if np.size(a) != size**2:
        raise np.linalg.LinAlgError(
            "Input arrays must satisfy the requirement             prod(a.shape[b.ndim:]) == prod(a.shape[:b.ndim])"
        )
    return np.reshape(np.linalg.solve(np.reshape(a, (size, size)), np.ravel(b)), shape)
