"""Moving numbers without changing them: reshape, transpose, broadcast_to, stack, concatenate, and into a dtype."""

from __future__ import annotations

import operator
from itertools import accumulate
from typing import Any

import numpy as np

from graphviz_ad.engine.frames import user_line
from graphviz_ad.engine.notation import Fence, Power, Spread, Unwritten
from graphviz_ad.engine.primitive import is_variable, plain_value
from graphviz_ad.engine.registering import implements, structural
from graphviz_ad.errors import InputError, UnsupportedError


def unbroadcast(value: Any, shape: tuple[int, ...]) -> Any:
    """Sum `value` back to `shape`, undoing NumPy's broadcasting of an operand of that shape.

    Examples
    --------
    >>> unbroadcast(np.ones((2, 3)), (3,))
    array([2., 2., 2.])
    """
    full = np.shape(value)
    if full == shape:
        return value
    extra = len(full) - len(shape)
    axes = tuple(range(extra)) + tuple(extra + i for i, n in enumerate(shape) if n == 1 and full[extra + i] != 1)
    if axes:
        value = np.sum(value, axis=axes)
    return reshaped(value, shape)


def reshaped(value: Any, shape: tuple[int, ...]) -> Any:
    """Reshape `value` unless it has that shape already: the same array may then be reused in place, a view may not."""
    return value if value.shape == shape else np.reshape(value, shape)


def _as_shape(shape: Any) -> tuple[int, ...]:
    """Turn what NumPy accepts as a shape (an integer, a sequence or an array of them) into a tuple."""
    return tuple(map(operator.index, shape)) if np.iterable(shape) else (operator.index(shape),)


def _reshape(x: Any, *, shape: tuple[int, ...], order: str = "C") -> Any:
    return np.reshape(x, shape, order=order)  # type: ignore[call-overload]


def _transpose(x: Any, *, axes: tuple[int, ...]) -> Any:
    return np.transpose(x, axes)


def _broadcast_to(x: Any, *, shape: tuple[int, ...]) -> Any:
    return np.broadcast_to(x, shape)


def _astype(x: Any, *, dtype: str) -> Any:
    return x.astype(dtype)


def _inverse(axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(int(i) for i in np.argsort(axes))


RESHAPE = structural(
    "reshape",
    _reshape,
    lambda adjoint, y, x, shape, order="C": np.reshape(adjoint, np.shape(x), order=order),
    linear=(0,),
    back="reshape back",
)
TRANSPOSE = structural(
    "transpose",
    _transpose,
    lambda adjoint, y, x, axes: np.transpose(adjoint, _inverse(axes)),
    linear=(0,),
    notation=Power("T"),
    back="transpose back",
)
BROADCAST_TO = structural(
    "broadcast_to",
    _broadcast_to,
    lambda adjoint, y, x, shape: unbroadcast(adjoint, np.shape(x)),
    linear=(0,),
    notation=Spread(),
    back="Σ copies",
)
# A gradient has its leaf's dtype, also where the backward pass came through a wider one.
ASTYPE = structural(
    "astype",
    _astype,
    lambda adjoint, y, x, dtype: adjoint * x.dtype.type(1),
    linear=(0,),
    notation=Unwritten(),
    back="into its dtype",
)


def in_dtype(x: Any, dtype: Any) -> Any:
    """Return an operand as numbers of a dtype, as NumPy makes it before it computes."""
    kind = np.dtype(dtype)
    if kind.kind not in "fc":
        raise UnsupportedError(f"dtype={kind} has no derivative: use a dtype of floats{user_line()}")
    if not is_variable(x):
        return np.asarray(x, kind)[()]
    return x if x.dtype == kind else x.astype(kind, copy=False)


COPY = structural(
    "copy",
    lambda x, *, order: np.array(x, order=order),
    lambda adjoint, y, x, order: adjoint,
    linear=(0,),
    back="unchanged",
    unchanged=True,
)


@implements(np.copy)
def copy(a: Any, order: str = "K") -> Any:
    """Record ``np.copy(a)``: a copy may be written to."""
    return COPY(a, order=order)


@implements(np.reshape)
def reshape(a: Any, /, shape: Any, order: str = "C") -> Any:
    """Record ``np.reshape(a, shape, order)``."""
    if order == "A":  # the order in which the numbers lie in memory
        order = "F" if plain_value(a).flags.fnc else "C"
    return RESHAPE(a, shape=_as_shape(shape)) if order == "C" else RESHAPE(a, shape=_as_shape(shape), order=order)


@implements(method="reshape")
def reshape_method(a: Any, *shape: Any, order: str = "C") -> Any:
    """Record ``np.reshape(a, shape)``; the shape may be given as a tuple or as separate integers."""
    return reshape(a, shape[0] if len(shape) == 1 else shape, order)


@implements(np.transpose)
def transpose(a: Any, axes: Any = None) -> Any:
    """Record ``np.transpose(a, axes)``."""
    ndim = np.ndim(a)
    if axes is None:
        return TRANSPOSE(a, axes=tuple(range(ndim))[::-1])
    axes = tuple(int(i) for i in axes)
    if sorted(i % ndim if -ndim <= i < ndim else i for i in axes) != list(range(ndim)):
        raise InputError(f"np.transpose needs each axis of a {ndim}-D array once, got axes={axes}")
    return TRANSPOSE(a, axes=tuple(i % ndim for i in axes))


@implements(method="transpose")
def transpose_method(a: Any, *axes: Any) -> Any:
    """Record ``np.transpose(a, axes)``; the axes may be given as a tuple or as separate integers."""
    return transpose(a, (axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes) if axes else None)


@implements(np.broadcast_to)
def broadcast_to(array: Any, shape: Any) -> Any:
    """Record ``np.broadcast_to(array, shape)``."""
    return BROADCAST_TO(array, shape=_as_shape(shape))


def _concatenate(*arrays: Any, axis: int) -> Any:
    return np.concatenate(arrays, axis=axis)


def _concatenate_vjp(adjoint: Any, y: Any, *arrays: Any, axis: int) -> Any:
    ends = list(accumulate((np.shape(array)[axis] for array in arrays), initial=0))
    return lambda argument: adjoint[(slice(None),) * axis + (slice(ends[argument], ends[argument + 1]),)]


def _stack(*arrays: Any, axis: int) -> Any:
    return np.stack(arrays, axis=axis)


def _stack_vjp(adjoint: Any, y: Any, *arrays: Any, axis: int) -> Any:
    return lambda argument: adjoint[(slice(None),) * axis + (argument,)]


CONCATENATE = structural(
    "concatenate",
    _concatenate,
    _concatenate_vjp,
    variadic=True,
    curried=True,
    linear=(0,),
    back=lambda params, argument: f"piece {argument + 1}",
)
STACK = structural(
    "stack",
    _stack,
    _stack_vjp,
    variadic=True,
    curried=True,
    linear=(0,),
    notation=Fence("[", "]"),
    back=lambda params, argument: f"slice {argument + 1}",
)


def in_dtypes(arrays: Any, dtype: Any) -> tuple[Any, ...]:
    """Return what is put together, in a dtype if there is one."""
    return tuple(arrays) if dtype is None else tuple(in_dtype(array, dtype) for array in arrays)


@implements(np.concatenate)
def concatenate(arrays: Any, /, axis: int = 0, *, dtype: Any = None) -> Any:
    """Record ``np.concatenate(arrays, axis, dtype=...)``."""
    arrays = in_dtypes(arrays, dtype)
    ndim = max(map(np.ndim, arrays))
    if axis is None:
        return CONCATENATE(*(np.reshape(array, (-1,)) for array in arrays), axis=0)
    if not -ndim <= axis < ndim:
        raise InputError(
            f"np.concatenate: axis {axis} is out of range for {ndim}-D arrays: it goes from {-ndim} to {ndim - 1}"
        )
    return CONCATENATE(*arrays, axis=axis % ndim)


@implements(np.stack)
def stack(arrays: Any, axis: int = 0, *, dtype: Any = None) -> Any:
    """Record ``np.stack(arrays, axis, dtype=...)``."""
    arrays = in_dtypes(arrays, dtype)
    ndim = np.ndim(arrays[0]) + 1
    if not -ndim <= axis < ndim:
        raise InputError(f"np.stack: axis {axis} is no axis of the result: it goes from {-ndim} to {ndim - 1}")
    return STACK(*arrays, axis=axis % ndim)
