"""Products of arrays of any number of axes: einsum, tensordot, inner, outer, kron, cross, trace and convolutions.

All of them are sums of products, so that the adjoint of an operand is the sum of the same products with the adjoint of
the result in the operand's place (Giles 2008, "Collected matrix derivative results for forward and reverse mode
algorithmic differentiation", section 2.2, says it of matrices); for most of them that is another einsum.
"""

from __future__ import annotations

import math
import operator
import string
from collections import Counter
from typing import Any

import numpy as np

from graphviz_ad.engine.notation import Function, MatrixProduct
from graphviz_ad.engine.primitive import UFUNCS, plain_value
from graphviz_ad.engine.registering import implements, structural
from graphviz_ad.engine.rules.homogeneous import in_range
from graphviz_ad.engine.rules.indexing import SCATTER
from graphviz_ad.engine.rules.linalg import MATMUL, swap_last
from graphviz_ad.engine.rules.shaping import in_dtype, reshaped, unbroadcast
from graphviz_ad.engine.values import frozen_position
from graphviz_ad.errors import UnsupportedError

_LETTERS = string.ascii_uppercase + string.ascii_lowercase  # in the order in which NumPy numbers them


# einsum


def _labels(subscripts: str, shapes: list[tuple[int, ...]]) -> tuple[list[str], str]:
    """Return a letter for each axis of the operands and of the result; an ellipsis becomes letters that are free.

    Examples
    --------
    >>> _labels("i...,j", [(2, 3), (4,)])
    (['iA', 'j'], 'Aij')
    """
    inputs, arrow, output = subscripts.replace(" ", "").partition("->")
    terms = inputs.split(",")
    free = [letter for letter in _LETTERS if letter not in subscripts]
    hidden = [len(shape) - len(term) + 3 if "..." in term else 0 for term, shape in zip(terms, shapes, strict=True)]
    ellipsis = "".join(free[: max(hidden)])
    operands = [
        term.replace("...", ellipsis[len(ellipsis) - count :]) for term, count in zip(terms, hidden, strict=True)
    ]
    if not arrow:
        letters = Counter(inputs.replace("...", "").replace(",", ""))
        output = "..." + "".join(sorted(letter for letter, times in letters.items() if times == 1))
    return operands, output.replace("...", ellipsis)


def _einsum(*operands: Any, subscripts: str, optimize: Any) -> Any:
    return np.einsum(subscripts, *operands, optimize=optimize)


def _einsum_vjp(adjoint: Any, y: Any, *operands: Any, subscripts: str, optimize: Any, argument: int) -> Any:
    """Put the adjoint in the operand's place; an axis that was repeated or only summed is made again afterwards."""
    letters, output = _labels(subscripts, [np.shape(operand) for operand in operands])
    own, shape = letters[argument], np.shape(operands[argument])
    others = [k for k in range(len(operands)) if k != argument]
    elsewhere = output + "".join(letters[k] for k in others)
    sizes = dict(zip(own, shape, strict=True))
    present = "".join(letter for letter, size in sizes.items() if letter in elsewhere and size != 1)
    terms = ",".join([output, *(letters[k] for k in others)])
    received = np.einsum(f"{terms}->{present}", adjoint, *(operands[k] for k in others), optimize=bool(others))
    if own != present:
        lengths = dict(zip(present, np.shape(received), strict=True))
        received = np.reshape(received, tuple(lengths.get(letter, 1) for letter in sizes))
    received = received if np.shape(received) == (full := tuple(sizes.values())) else np.broadcast_to(received, full)
    if len(own) == len(sizes):
        return received
    places = {
        letter: np.arange(size).reshape([-1 if k == axis else 1 for k in range(len(sizes))])
        for axis, (letter, size) in enumerate(sizes.items())
    }
    return SCATTER(received, tuple(places[letter] for letter in own), shape=shape)


_LONGEST = 24  # characters of subscripts that an edge has room for


def _einsum_words(params: dict[str, Any], argument: int) -> str:
    """Return the sum that puts the adjoint in an operand's place, in subscripts: ``ik,jk→ij``."""
    inputs, arrow, output = params["subscripts"].replace(" ", "").partition("->")
    terms = inputs.split(",")
    if not arrow:
        once = sorted(letter for letter, times in Counter(inputs).items() if times == 1 and letter.isalpha())
        output = ("..." if "..." in inputs else "") + "".join(once)
    text = ",".join([output, *terms[:argument], *terms[argument + 1 :]]) + f"→{terms[argument]}"
    return text if len(text) <= _LONGEST else "sums with the others"


EINSUM = structural(
    "einsum",
    _einsum,
    _einsum_vjp,
    variadic=True,
    back=_einsum_words,
)


def _sublist(labels: Any) -> str:
    return "".join("..." if label is Ellipsis else _LETTERS[label] for label in labels)


@implements(np.einsum)
def einsum(*operands: Any, optimize: Any = False, dtype: Any = None) -> Any:
    """Record ``np.einsum(subscripts, *operands, optimize=..., dtype=...)``, and its form with lists of integers.

    Implicit results, an ellipsis, repeated letters (diagonals) and axes of length 1 are NumPy's.
    """
    if isinstance(operands[0], str):
        subscripts, arrays = operands[0], operands[1:]
    else:
        arrays = operands[: len(operands) // 2 * 2 : 2]
        subscripts = ",".join(map(_sublist, operands[1::2]))
        if len(operands) % 2:
            subscripts += "->" + _sublist(operands[-1])
    arrays = arrays if dtype is None else tuple(in_dtype(array, dtype) for array in arrays)
    return EINSUM(*arrays, subscripts=subscripts, optimize=optimize)


def _contract(adjoint: Any, out: list[int], other: Any, labels: list[int], own: list[int]) -> Any:
    """Return the sum of products of an adjoint and an operand, with the axes of the other operand."""
    received: Any = np.einsum(adjoint, out, other, labels, own, optimize=True)
    return received


# Two operands


def _tensordot(a: Any, b: Any, *, axes: Any) -> Any:
    return np.tensordot(a, b, axes)


def _tensordot_labels(a: Any, b: Any, axes: Any) -> tuple[list[int], list[int], list[int]]:
    """Return an integer for each axis of a, of b and of the result; those that are summed have it in common."""
    first, second = np.ndim(a), np.ndim(b)
    of_a, of_b = (range(first - axes, first), range(axes)) if isinstance(axes, int) else axes
    pairs = {
        j % second: i % first for i, j in zip(*(np.atleast_1d(part).tolist() for part in (of_a, of_b)), strict=True)
    }
    right = [pairs.get(j, first + j) for j in range(second)]
    summed = set(pairs.values())
    return list(range(first)), right, [label for label in [*range(first), *right] if label not in summed]


def _tensordot_left(adjoint: Any, y: Any, a: Any, b: Any, axes: Any) -> Any:
    left, right, out = _tensordot_labels(a, b, axes)
    return _contract(adjoint, out, b, right, left)


def _tensordot_right(adjoint: Any, y: Any, a: Any, b: Any, axes: Any) -> Any:
    left, right, out = _tensordot_labels(a, b, axes)
    return _contract(adjoint, out, a, left, right)


TENSORDOT = structural(
    "tensordot",
    _tensordot,
    _tensordot_left,
    _tensordot_right,
    linear=(0, 1),
    back="sums with the other",
)


@implements(np.tensordot, np.linalg.tensordot)
def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """Record ``np.tensordot(a, b, axes)``, for a number of axes and for pairs of them."""
    return TENSORDOT(a, b, axes=frozen_position(axes.tolist() if isinstance(axes, np.ndarray) else axes))


def _inner_left(adjoint: Any, y: Any, a: Any, b: Any) -> Any:
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return unbroadcast(adjoint * b, np.shape(a))
    return _tensordot_left(adjoint, y, a, b, (-1, -1))


def _inner_right(adjoint: Any, y: Any, a: Any, b: Any) -> Any:
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return unbroadcast(adjoint * a, np.shape(b))
    return _tensordot_right(adjoint, y, a, b, (-1, -1))


INNER = structural("inner", np.inner, _inner_left, _inner_right, linear=(0, 1), back="sums with the other")


@implements(np.inner)
def inner(a: Any, b: Any, /) -> Any:
    """Record ``np.inner(a, b)``: the last axes are summed."""
    return INNER(a, b)


def _flat(x: Any) -> Any:
    return np.reshape(x, (math.prod(np.shape(x)),))


OUTER = structural(
    "outer",
    np.outer,
    lambda adjoint, y, a, b: np.reshape(adjoint @ _flat(b), np.shape(a)),
    lambda adjoint, y, a, b: np.reshape(_flat(a) @ adjoint, np.shape(b)),
    linear=(0, 1),
    back=lambda params, argument: "sums with the first" if argument else "sums with the second",
)


@implements(np.outer)
def outer(a: Any, b: Any) -> Any:
    """Record ``np.outer(a, b)``; operands of more dimensions are flattened."""
    return OUTER(a, b)


@implements(np.linalg.outer)
def linalg_outer(x1: Any, x2: Any, /) -> Any:
    """Record ``np.linalg.outer(x1, x2)`` of two vectors."""
    if np.ndim(x1) != 1 or np.ndim(x2) != 1:
        raise ValueError(
            f"Input arrays must be one-dimensional, but they are x1.ndim={np.ndim(x1)} and x2.ndim={np.ndim(x2)}."
        )
    return OUTER(x1, x2)


# The first operand is conjugated: of f the adjoint of z is the conjugate of that of conj(z).
VDOT = structural(
    "vdot",
    np.vdot,
    lambda adjoint, y, a, b: np.conjugate(np.reshape(adjoint * b, np.shape(a))),
    lambda adjoint, y, a, b: np.reshape(adjoint * np.conjugate(a), np.shape(b)),
    linear=(0, 1),
    notation=MatrixProduct(" · "),
)


@implements(np.vdot)
def vdot(a: Any, b: Any, /) -> Any:
    """Record ``np.vdot(a, b)``: the product of all entries, the first operand conjugated."""
    return VDOT(_flat(a) if np.ndim(a) != 1 else a, _flat(b) if np.ndim(b) != 1 else b)


def _kron_factors(adjoint: Any, a: Any, b: Any) -> tuple[Any, list[int], tuple[Any, list[int]], tuple[Any, list[int]]]:
    """Return the adjoint with two axes for each, and labels of them, of a and of b."""
    ndim = max(np.ndim(a), np.ndim(b))
    rows, columns = ((1,) * (ndim - np.ndim(x)) + np.shape(x) for x in (a, b))
    both = tuple(size for pair in zip(rows, columns, strict=True) for size in pair)
    first, second = list(range(0, 2 * ndim, 2)), list(range(1, 2 * ndim, 2))
    return (
        np.reshape(adjoint, both),
        list(range(2 * ndim)),
        (np.reshape(a, rows), first),
        (np.reshape(b, columns), second),
    )


def _kron_left(adjoint: Any, y: Any, a: Any, b: Any) -> Any:
    g, out, (_, first), (other, second) = _kron_factors(adjoint, a, b)
    return np.reshape(_contract(g, out, other, second, first), np.shape(a))


def _kron_right(adjoint: Any, y: Any, a: Any, b: Any) -> Any:
    g, out, (other, first), (_, second) = _kron_factors(adjoint, a, b)
    return np.reshape(_contract(g, out, other, first, second), np.shape(b))


KRON = structural("kron", np.kron, _kron_left, _kron_right, linear=(0, 1), back="sums with the other")


@implements(np.kron)
def kron(a: Any, b: Any) -> Any:
    """Record ``np.kron(a, b)``."""
    return KRON(a, b)


def _cross(a: Any, b: Any, *, axes: tuple[int, int, int]) -> Any:
    return np.cross(a, b, *axes)


def _moved(x: Any, source: int, destination: int) -> Any:
    """Move an axis to another place, as ``np.moveaxis`` does."""
    ndim = np.ndim(x)
    order = [k for k in range(ndim) if k != source % ndim]
    order.insert(destination % ndim, source % ndim)
    return np.transpose(x, tuple(order))


def _in_space(x: Any) -> Any:
    """Return vectors along the last axis as vectors in space: those in the plane have no third entry."""
    if np.shape(x)[-1] == 3:
        return x
    return np.concatenate([x, np.zeros((*np.shape(x)[:-1], 1), plain_value(x).dtype)], axis=-1)


def _cross_vjp(adjoint: Any, a: Any, b: Any, axes: tuple[int, int, int], argument: int) -> Any:
    """Return b × g or g × a, since g · (a × b) is the volume that the three span, whichever comes first."""
    first, second = _moved(a, axes[0], -1), _moved(b, axes[1], -1)
    if np.shape(first)[-1] == np.shape(second)[-1] == 2:
        g = adjoint[..., None] * np.array([0, 0, 1], plain_value(adjoint).dtype)
    else:
        g = _moved(adjoint, axes[2], -1)
    pair = (g, _in_space(first)) if argument else (_in_space(second), g)
    own, axis = (second, axes[1]) if argument else (first, axes[0])
    received = np.cross(*pair)[..., : np.shape(own)[-1]]
    return _moved(unbroadcast(received, np.shape(own)), -1, axis)


CROSS = structural(
    "cross",
    _cross,
    lambda adjoint, y, a, b, axes: _cross_vjp(adjoint, a, b, axes, 0),
    lambda adjoint, y, a, b, axes: _cross_vjp(adjoint, a, b, axes, 1),
    linear=(0, 1),
    back=lambda params, argument: "the adjoint × the first" if argument else "the second × the adjoint",
)


@implements(np.cross)
def cross(a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Any:
    """Record ``np.cross(a, b)``, of vectors in space and in the plane, along any axes."""
    axes = (axisa, axisb, axisc) if axis is None else (axis, axis, axis)
    return CROSS(a, b, axes=frozen_position(axes))


@implements(np.linalg.cross)
def linalg_cross(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    """Record ``np.linalg.cross(x1, x2, axis=...)`` of vectors in space."""
    if np.shape(x1)[axis] != 3 or np.shape(x2)[axis] != 3:
        raise ValueError(
            f"Both input arrays must be (arrays of) 3-dimensional vectors, but they are {np.shape(x1)[axis]} and "
            f"{np.shape(x2)[axis]} dimensional instead."
        )
    return cross(x1, x2, axis=axis)


# Chains and powers of matrices


def _multi_dot(*arrays: Any) -> Any:
    return np.linalg.multi_dot(arrays)


def _multi_dot_vjp(adjoint: Any, y: Any, *arrays: Any, argument: int) -> Any:
    """Return the product of what stands before, transposed, the adjoint, and what stands behind, transposed."""
    lying, standing = np.ndim(arrays[0]) == 1, np.ndim(arrays[-1]) == 1
    first, last = arrays[0][None, :] if lying else arrays[0], arrays[-1][:, None] if standing else arrays[-1]
    matrices = [first, *arrays[1:-1], last]
    received = reshaped(adjoint, (np.shape(first)[0], np.shape(last)[1]))
    chain = [*(np.transpose(m) for m in matrices[:argument][::-1])]
    for matrix in chain[::-1]:
        received = matrix @ received
    for matrix in matrices[argument + 1 :][::-1]:
        received = received @ np.transpose(matrix)
    return reshaped(received, np.shape(arrays[argument]))


MULTI_DOT = structural(
    "multi_dot",
    _multi_dot,
    *in_range("multi_dot", lambda *arrays: (1,) * len(arrays), _multi_dot_vjp),
    formulas=(_multi_dot_vjp,),
    variadic=True,
    back="between the othersᵀ",
)


@implements(np.linalg.multi_dot)
def multi_dot(arrays: Any) -> Any:
    """Record ``np.linalg.multi_dot(arrays)`` of two or more matrices; the first and the last may be vectors."""
    return MULTI_DOT(*arrays)


def _matrix_power(a: Any, *, n: int) -> Any:
    return np.linalg.matrix_power(a, n)


def _matrix_power_vjp(adjoint: Any, y: Any, a: Any, n: int) -> Any:
    """Return the sum of Aᵀ…Aᵀ g Aᵀ…Aᵀ over the places of g, of n factors in all."""
    turned = swap_last(a)
    received = adjoint if n else np.where(False, adjoint, 0.0)
    for _ in range(n - 1):
        adjoint = adjoint @ turned
        received = turned @ received + adjoint
    return received


MATRIX_POWER = structural("matrix_power", _matrix_power, _matrix_power_vjp, back="for each factor in turn")


@implements(np.linalg.matrix_power)
def matrix_power(a: Any, n: int) -> Any:
    """Record ``np.linalg.matrix_power(a, n)``; for a negative n it is, as in NumPy, the power of the inverse."""
    n = operator.index(n)
    return MATRIX_POWER(a, n=n) if n >= 0 else MATRIX_POWER(np.linalg.inv(a), n=-n)


# The diagonal


def _trace(x: Any, *, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    return np.trace(x, offset, axis1, axis2)


def _trace_vjp(adjoint: Any, y: Any, x: Any, offset: int, axis1: int, axis2: int) -> Any:
    ndim, shape = np.ndim(x), np.shape(x)
    rows, columns = axis1 % ndim, axis2 % ndim
    diagonal = np.eye(shape[rows], shape[columns], offset, dtype=bool)
    spread = np.where(diagonal, np.reshape(adjoint, (*np.shape(adjoint), 1, 1)), 0.0)
    front = [k for k in range(ndim) if k not in (rows, columns)]
    return np.transpose(spread, tuple(int(k) for k in np.argsort([*front, rows, columns])))


def _trace_formula(adjoint: Any, y: Any, x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    is_square = np.ndim(x) == 2 and x.shape[0] == x.shape[1]
    return adjoint * np.eye(x.shape[0]) if is_square and offset == 0 else None


TRACE = structural(
    "trace",
    _trace,
    _trace_vjp,
    formulas=(_trace_formula,),
    linear=(0,),
    notation=Function("tr"),
    back="to the diagonal",
)


@implements(np.trace, method="trace", bare=TRACE)
def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None) -> Any:
    """Record ``np.trace(a, offset, axis1, axis2, dtype)``."""
    a = a if dtype is None else in_dtype(a, dtype)
    offset, axis1, axis2 = frozen_position((offset, axis1, axis2))
    return TRACE(a, offset=offset, axis1=axis1, axis2=axis2)


@implements(np.linalg.trace)
def linalg_trace(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Any:
    """Record ``np.linalg.trace(x, offset=..., dtype=...)``, of a matrix or of a stack of them."""
    return trace(x, offset, -2, -1, dtype)


# Convolutions


def _window(mode: Any, a: Any, v: Any) -> tuple[int, int]:
    """Return where the entries that a mode keeps begin in the full convolution, and how many they are."""
    short, long = sorted((np.shape(a)[0], np.shape(v)[0]))
    if mode == "valid":
        return short - 1, long - short + 1
    return ((short - 1) // 2, long) if mode == "same" else (0, short + long - 1)


def _embedded(adjoint: Any, start: int, a: Any, v: Any) -> Any:
    """Return the adjoint of the full convolution: 0 where nothing was kept."""
    size = np.shape(a)[0] + np.shape(v)[0] - 1
    return SCATTER(adjoint, slice(start, start + np.shape(adjoint)[0]), shape=(size,))


def _convolve(a: Any, v: Any, *, mode: Any) -> Any:
    return np.convolve(a, v, mode)


def _convolve_left(adjoint: Any, y: Any, a: Any, v: Any, mode: Any) -> Any:
    return np.correlate(_embedded(adjoint, _window(mode, a, v)[0], a, v), np.conjugate(v), "valid")


CONVOLVE = structural(
    "convolve",
    _convolve,
    _convolve_left,
    lambda adjoint, y, a, v, mode: _convolve_left(adjoint, y, v, a, mode),
    linear=(0, 1),
    notation=Function("convolve"),
    back="correlate with the other",
)


@implements(np.convolve)
def convolve(a: Any, v: Any, mode: Any = "full") -> Any:
    """Record ``np.convolve(a, v, mode)``."""
    return CONVOLVE(a, v, mode=_checked_mode(mode))


def _checked_mode(mode: Any) -> str:
    if mode not in ("valid", "same", "full"):
        raise UnsupportedError(f"mode must be 'valid', 'same' or 'full' to be recorded, got {mode!r}")
    return str(mode)


def _correlate(a: Any, v: Any, *, mode: Any) -> Any:
    return np.correlate(a, v, mode)


def _as_convolution(adjoint: Any, a: Any, v: Any, mode: Any) -> tuple[Any, Any]:
    """Return the adjoint of the full convolution of a with the conjugate of v turned round, and that."""
    start, size = _window(mode, a, v)
    if np.shape(v)[0] > np.shape(a)[0]:  # NumPy then exchanges the two, and turns the result round
        start = np.shape(a)[0] + np.shape(v)[0] - 1 - start - size
    return _embedded(adjoint, start, a, v), np.conjugate(v)[::-1]


def _correlate_left(adjoint: Any, y: Any, a: Any, v: Any, mode: Any) -> Any:
    g, turned = _as_convolution(adjoint, a, v, mode)
    return np.correlate(g, np.conjugate(turned), "valid")


def _correlate_right(adjoint: Any, y: Any, a: Any, v: Any, mode: Any) -> Any:
    g, _ = _as_convolution(adjoint, a, v, mode)
    return np.conjugate(np.correlate(g, np.conjugate(a), "valid"))[::-1]


CORRELATE = structural(
    "correlate",
    _correlate,
    _correlate_left,
    _correlate_right,
    linear=(0, 1),
    back=lambda params, argument: "correlate with the other" if argument else "convolve with the other",
)


@implements(np.correlate)
def correlate(a: Any, v: Any, mode: Any = "valid") -> Any:
    """Record ``np.correlate(a, v, mode)``; the second operand is conjugated."""
    return CORRELATE(a, v, mode=_checked_mode(mode))


# Under the names of the array API


@implements(np.linalg.matmul)
def linalg_matmul(x1: Any, x2: Any, /) -> Any:
    """Record ``np.linalg.matmul(x1, x2)``."""
    return MATMUL(x1, x2)


@implements(np.linalg.diagonal)
def linalg_diagonal(x: Any, /, *, offset: int = 0) -> Any:
    """Record ``np.linalg.diagonal(x, offset=...)``, of a matrix or of a stack of them."""
    rows, columns = np.shape(x)[-2:]
    places = np.arange(max(min(rows + min(offset, 0), columns - max(offset, 0)), 0))
    return x[..., places - min(offset, 0), places + max(offset, 0)]


def _vecdot(a: Any, b: Any, *, axis: int = -1) -> Any:
    return np.vecdot(a, b, axis=axis)  # type: ignore[call-overload]  # NumPy's stubs do not know the axis


def _vecdot_vjp(adjoint: Any, other: Any, own: Any, axis: int) -> Any:
    received = _moved(adjoint[..., None] * _moved(other, axis, -1), -1, axis)
    return unbroadcast(received, np.shape(own))


# The first operand is conjugated, as in vdot.
VECDOT = structural(
    "vecdot",
    _vecdot,
    lambda adjoint, y, a, b, axis=-1: np.conjugate(_vecdot_vjp(adjoint, b, a, axis)),
    lambda adjoint, y, a, b, axis=-1: _vecdot_vjp(adjoint, np.conjugate(a), b, axis),
    linear=(0, 1),
    back="times the other",
)
UFUNCS[np.vecdot] = VECDOT


@implements(np.linalg.vecdot)
def vecdot(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    """Record ``np.linalg.vecdot(x1, x2, axis=...)``, the first operand conjugated."""
    return VECDOT(x1, x2, axis=frozen_position(axis))
