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
from graphviz_ad.engine.rules.complex import conjugated, direction
from graphviz_ad.engine.rules.reduction import Axes, count, kept_shape, shares, spread
from graphviz_ad.engine.rules.shaping import reshaped, unbroadcast
from graphviz_ad.engine.values import frozen_position
from graphviz_ad.errors import UnsupportedError


def swap_last(x: Any) -> Any:
    """Transpose the last two axes."""
    ndim = np.ndim(x)
    return np.transpose(x, (*range(ndim - 2), ndim - 1, ndim - 2))


def conjugate_transpose(x: Any) -> Any:
    """Transpose the last two axes, and conjugate complex numbers."""
    return swap_last(conjugated(x))


def as_matrix(number: Any) -> Any:
    """Give a number, or each of a stack, two axes of length 1."""
    return np.reshape(number, (*np.shape(number), 1, 1))


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
    if order is None or (order == 2 and not isinstance(axis, tuple)):
        return adjoint * outwards(x, length, axis)
    if isinstance(axis, tuple):
        return adjoint * _slope_of_matrices(x, plain_value(length), order, axis)
    if order == 1:
        return adjoint * direction(x)
    if np.isinf(order):
        chosen = np.equal(np.absolute(plain_value(x)), plain_value(length))
        return adjoint * (direction(x) * shares(chosen, axis, plain_value(length)))
    return adjoint * _slope_of_order(x, float(order), axis)


def _slope_of_order(x: Any, order: float, axis: Axes) -> Any:
    """Return the slope of (Σ|x|ᵖ)^(1/p): the sign times (|x|/‖x‖)ᵖ⁻¹, and 0 where an entry is 0.

    It is that of any multiple of x, so x is first divided by the entry that decides, a plain number.
    """
    if not x.size:
        return direction(x)
    sizes = np.absolute(plain_value(x))
    unit = (np.max if order > 0 else np.min)(sizes, axis=axis, keepdims=True)
    x = x / np.where((unit == 0) | ~np.isfinite(unit), 1, unit)
    absent = sizes == 0
    sizes = np.absolute(x) + absent
    total = np.sum(np.where(absent, 0.0, sizes**order), axis=axis, keepdims=True)
    total = total + (plain_value(total) == 0)
    counted = order > 0 or ~np.any(absent, axis=axis, keepdims=True)  # of a negative order, 0 makes the norm 0
    return direction(x) * (sizes / total ** (1 / order)) ** (order - 1) * counted


def _slope_of_matrices(x: Any, length: Any, order: Any, axis: tuple[int, ...]) -> Any:
    """Return the slope of a norm of matrices: singular vectors, or the signs of the row or column that decides."""
    ndim = np.ndim(x)
    rows, columns = (k % ndim for k in axis)
    if order in ("nuc", 2, -2):
        places = (*(k for k in range(ndim) if k not in (rows, columns)), rows, columns)
        u, s, vh = np.linalg.svd(np.transpose(x, places), full_matrices=False)
        values: Any = plain_value(s)
        if order == "nuc":
            parts = (values != 0).astype(values.dtype)
        else:
            parts = shares(values == (np.max if order == 2 else np.min)(values, axis=-1, keepdims=True), -1, values)
        slope = conjugated((u * parts[..., None, :]) @ vh)
        return np.transpose(slope, tuple(int(k) for k in np.argsort(places)))
    summed, compared = (rows, columns) if abs(order) == 1 else (columns, rows)
    sums = np.sum(np.absolute(plain_value(x)), axis=summed, keepdims=True)
    return direction(x) * shares(np.equal(sums, length), compared, length)


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


def _norm_words(params: dict[str, Any], argument: int) -> str:
    order, matrices = params["order"], isinstance(params["axis"], tuple)
    if order is None or (order == 2 and not matrices):
        return "times each entry's share"
    if matrices:
        return "along singular vectors" if order in ("nuc", 2, -2) else "by signs, where it decides"
    return "by the signs" if order == 1 else "to what decides" if np.isinf(order) else "by powers of shares"


def _norm_formula(adjoint: Any, y: Any, x: Any, order: Any, axis: Axes, keepdims: bool) -> Any:
    matrices = isinstance(axis, tuple)
    if x.dtype.kind == "c" or not (order is None or (order in (1, 2) and not matrices)):
        return None
    adjoint = spread(adjoint, x, axis)
    return adjoint * np.sign(x) if order == 1 else adjoint * x / spread(y, x, axis)


NORM = structural("norm", _norm, _norm_vjp, formulas=(_norm_formula,), notation=Fence("‖", "‖"), back=_norm_words)


@implements(np.linalg.norm)
def norm(x: Any, ord: Any = None, axis: Axes = None, keepdims: bool = False) -> Any:
    """Record ``np.linalg.norm`` of every order but 0, of vectors and of matrices.

    The slope at 0 is 0; of equal rows, columns or singular values that decide, each gets its share.
    """
    if ord is None and axis is None:  # asked in the condition of many a loop
        return NORM(x, order=None, axis=None, keepdims=bool(keepdims))
    axis = None if axis is None else frozen_position(axis)
    if isinstance(axis, tuple) and len(axis) == 1:
        axis = axis[0]
    vectors = isinstance(axis, int) or (axis is None and np.ndim(x) == 1)
    if vectors and isinstance(ord, int | float) and ord == 0:
        raise UnsupportedError("np.linalg.norm(ord=0) counts the entries that are not 0, which has no derivative")
    if not vectors and ord in ("fro", "f"):
        ord = None
    if axis is None and ord is not None and np.ndim(x) == 2:
        axis = (0, 1)
    return NORM(x, order=ord, axis=axis, keepdims=bool(keepdims))


@implements(np.linalg.matrix_norm)
def matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Any:
    """Record ``np.linalg.matrix_norm(x, ord=..., keepdims=...)``, of a matrix or of a stack of them."""
    return norm(x, ord, (-2, -1), keepdims)


@implements(np.linalg.vector_norm)
def vector_norm(x: Any, /, *, axis: Axes = None, keepdims: bool = False, ord: Any = 2) -> Any:
    """Record ``np.linalg.vector_norm(x, axis=..., ord=...)``, over several axes as NumPy composes it."""
    axis = frozen_position(axis)
    if isinstance(axis, int):
        return norm(x, ord, axis, keepdims)
    ndim, shape = np.ndim(x), np.shape(x)
    front = tuple(range(ndim)) if axis is None else tuple(k % ndim for k in axis)
    rest = tuple(k for k in range(ndim) if k not in front)
    moved = x if axis is None else np.transpose(x, (*front, *rest))
    lengths = norm(np.reshape(moved, (math.prod(shape[k] for k in front), *(shape[k] for k in rest))), ord, 0)
    return np.reshape(lengths, kept_shape(shape, axis)) if keepdims else lengths
