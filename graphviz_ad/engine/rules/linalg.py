"""Products of vectors and matrices, and norms.

Sources: for ``C = A B`` the adjoints are ``A' = C' B^T`` and ``B' = A^T C'`` (Giles 2008, "Collected matrix
derivative results for forward and reverse mode algorithmic differentiation", section 2.2.2).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from graphviz_ad.engine.notation import Fence, MatrixProduct
from graphviz_ad.engine.primitive import UFUNCS, plain_value
from graphviz_ad.engine.registering import implements, structural
from graphviz_ad.engine.rules.complex import direction
from graphviz_ad.engine.rules.reduction import Axes, count, shares, spread
from graphviz_ad.engine.rules.shaping import reshaped, unbroadcast
from graphviz_ad.engine.values import frozen_position
from graphviz_ad.errors import UnsupportedError


def swap_last(x: Any) -> Any:
    """Transpose the last two axes."""
    ndim = np.ndim(x)
    return np.transpose(x, (*range(ndim - 2), ndim - 1, ndim - 2))


def _as_matrices(adjoint: Any, a: Any, b: Any) -> tuple[Any, Any, Any]:
    """Give the operands of a matmul and its adjoint the axes that NumPy adds to vectors."""
    a_shape, b_shape, g_shape = np.shape(a), np.shape(b), np.shape(adjoint)
    if len(a_shape) == 1:
        a = np.reshape(a, (1, *a_shape))
        g_shape = (*g_shape[:-1], 1, g_shape[-1]) if len(b_shape) > 1 else (*g_shape, 1)
    if len(b_shape) == 1:
        b = np.reshape(b, (*b_shape, 1))
        g_shape = (*g_shape, 1)
    return reshaped(adjoint, g_shape), a, b


def _matmul_left(adjoint: Any, y: Any, a: Any, b: Any) -> Any:
    if np.ndim(a) == np.ndim(b) == 1:
        return adjoint * b
    g, a2, b2 = _as_matrices(adjoint, a, b)
    return reshaped(unbroadcast(np.matmul(g, swap_last(b2)), a2.shape), a.shape)


def _matmul_right(adjoint: Any, y: Any, a: Any, b: Any) -> Any:
    if np.ndim(a) == np.ndim(b) == 1:
        return adjoint * a
    g, a2, b2 = _as_matrices(adjoint, a, b)
    return reshaped(unbroadcast(np.matmul(swap_last(a2), g), b2.shape), b.shape)


MATMUL = structural(
    "matmul",
    np.matmul,
    _matmul_left,
    _matmul_right,
    linear=(0, 1),
    notation=MatrixProduct(" @ "),
    operator="matmul",
)
UFUNCS[np.matmul] = MATMUL


def _front(ndim: int) -> tuple[int, ...]:
    """Return the axes that bring the second-to-last axis to the front, where np.dot contracts."""
    return (ndim - 2, *range(ndim - 2), ndim - 1)


def _dot_left(adjoint: Any, y: Any, a: Any, b: Any) -> Any:
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return unbroadcast(adjoint * b, np.shape(a))
    if np.ndim(b) == 1:
        return np.reshape(adjoint, (*np.shape(adjoint), 1)) * b if np.ndim(a) > 1 else adjoint * b
    shape = np.shape(b)
    # Sizes are counted, since -1 for the rest of nothing could be anything.
    rows, columns = shape[-2], math.prod(shape[:-2]) * shape[-1]
    flat = np.reshape(np.transpose(b, _front(np.ndim(b))), (rows, columns))
    left = np.reshape(adjoint, (math.prod(np.shape(a)[:-1]), columns))
    return np.reshape(np.matmul(left, swap_last(flat)), np.shape(a))


def _dot_right(adjoint: Any, y: Any, a: Any, b: Any) -> Any:
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return unbroadcast(adjoint * a, np.shape(b))
    shape, rows = np.shape(b), math.prod(np.shape(a)[:-1])
    flat = np.reshape(a, (rows, np.shape(a)[-1]))
    columns = math.prod(shape[:-2]) * (shape[-1] if len(shape) > 1 else 1)
    product = np.matmul(swap_last(flat), np.reshape(adjoint, (rows, columns)))
    if len(shape) == 1:
        return np.reshape(product, shape)
    front = _front(np.ndim(b))
    moved = np.reshape(product, tuple(shape[i] for i in front))
    return np.transpose(moved, tuple(int(i) for i in np.argsort(front)))


DOT = structural("dot", np.dot, _dot_left, _dot_right, linear=(0, 1), notation=MatrixProduct(" · "))


@implements(np.dot, method="dot")
def dot(a: Any, b: Any) -> Any:
    """Record ``np.dot(a, b)`` for any number of dimensions."""
    return DOT(a, b)


def _norm(x: Any, *, order: Any, axis: Axes, keepdims: bool) -> Any:
    return np.linalg.norm(x, order, axis, keepdims)


def _norm_vjp(adjoint: Any, y: Any, x: Any, order: Any, axis: Axes, keepdims: bool) -> Any:
    adjoint, length = spread(adjoint, x, axis), spread(y, x, axis)
    if order in (None, 2):
        return adjoint * outwards(x, length, axis)
    if order == 1:
        return adjoint * direction(x)
    largest = np.equal(np.absolute(plain_value(x)), plain_value(length))
    return adjoint * (direction(x) * shares(largest, axis, plain_value(length)))


def outwards(x: Any, length: Any, axis: Axes) -> Any:
    """Return conj(x)/‖x‖, and 0 at 0, where the norm has a kink.

    Where squares of x overflow or are lost, NumPy's own norm is of no use: then x is first divided by its largest
    entry, a plain number, since it has no influence on the direction.
    """
    plain, info = plain_value(length), np.finfo(x.dtype)
    sizes = np.absolute(plain_value(x))
    if x.size and not np.all((plain > math.sqrt(info.tiny / info.eps)) & np.isfinite(plain)):
        largest = np.max(sizes, axis=axis, keepdims=True)
        usual = (largest == 0) | ~np.isfinite(largest)
        # Divided once more, so that the sum of as many squares as there are stays in the range of a small dtype.
        x = x / np.where(usual, 1, largest) / sizes.dtype.type(count(x, axis) ** 0.25)
        squares = np.sum(np.absolute(x) ** 2, axis=axis, keepdims=True)
        length = np.sqrt(squares + (squares == 0))
    # Any divisor but 0 gives the slope 0 there.
    return (np.conjugate(x) if x.dtype.kind == "c" else x) / (length + (length == 0))


NORM = structural("norm", _norm, _norm_vjp, notation=Fence("‖", "‖"), back="along x/‖x‖")


@implements(np.linalg.norm)
def norm(x: Any, ord: Any = None, axis: Axes = None, keepdims: bool = False) -> Any:
    """Record ``np.linalg.norm``: Frobenius and Euclidean norms, and the 1- and infinity-norms of vectors.

    The slope at 0 is 0.
    """
    axis = None if axis is None else frozen_position(axis)
    if ord is None:
        return NORM(x, order=None, axis=axis, keepdims=keepdims)
    vectors = isinstance(axis, int) or (axis is None and np.ndim(x) == 1)
    if ord == "fro" and not vectors:
        ord = None
    if ord is not None and not (vectors and ord in (1, 2, np.inf)):
        raise UnsupportedError(
            f"np.linalg.norm(ord={ord!r}) of {'vectors' if vectors else 'matrices'} has no derivative rule here; "
            "recorded are ord=None and 'fro', and for vectors 1, 2 and np.inf"
        )
    return NORM(x, order=ord, axis=axis, keepdims=bool(keepdims))
