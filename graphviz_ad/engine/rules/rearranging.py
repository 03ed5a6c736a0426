"""Rearrangements: functions that only move numbers, repeat them, leave some out, or fill in constants.

One helper derives them all. The function is run once more, on the positions of its operands' numbers, counted from 1
over all operands, and 0 where a constant is filled in: so each number of the result says which one it is. On the way
back its adjoint is added to that position; what is named several times receives several adjoints, what is left out
receives 0. Such a function is linear, and the adjoint of a linear map that picks is the one that scatters.

The rule is made of indexing and its adjoint, so that it differentiates again, to any order. It multiplies nothing: an
infinite adjoint at a filled-in constant spoils no other.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from graphviz_ad.engine.frames import user_line
from graphviz_ad.engine.notation import Fence, Function, Notation
from graphviz_ad.engine.primitive import Back, Primitive, Rule, is_variable, plain_value
from graphviz_ad.engine.registering import implements, structural
from graphviz_ad.engine.rules.indexing import INDEX, SCATTER
from graphviz_ad.engine.rules.padding import COMPUTED, padded
from graphviz_ad.engine.rules.shaping import ASTYPE, BROADCAST_TO, COPY, in_dtypes, reshaped
from graphviz_ad.engine.values import frozen_index, frozen_position
from graphviz_ad.errors import DtypeError, UnsupportedError

__all__ = ["REARRANGEMENTS", "positions", "rearranging"]

REARRANGEMENTS: set[str] = set()
"""The names of all of them."""


def positions(function: Callable[..., Any], shapes: list[tuple[int, ...]], params: dict[str, Any]) -> Any:
    """Return which number of its operands each number of a rearrangement is, counted from 1; 0 for a constant.

    Examples
    --------
    >>> positions(np.pad, [(3,)], {"pad_width": 1})
    array([0, 1, 2, 3, 0])
    """
    sizes = list(map(math.prod, shapes))
    starts = list(accumulate(sizes, initial=1))
    operands = [np.arange(starts[k], starts[k + 1]).reshape(shape) for k, shape in enumerate(shapes)]
    return np.asarray(function(*operands, **params))


def _unwritten(adjoint: Any, y: Any, *operands: Any, **params: Any) -> None:
    """Return no formula: what an edge says in words is all there is."""


def _into_shape(adjoint: Any, y: Any, x: Any, order: str = "C", **params: Any) -> Any:
    return np.reshape(adjoint, np.shape(x), order="F" if order == "F" else "C") if order in ("C", "F") else None


def rearranging(
    name: str,
    function: Callable[..., Any],
    *,
    back: Back,
    variadic: bool = False,
    notation: Notation | None = None,
    formula: Rule = _unwritten,
) -> Primitive:
    """Register a rearrangement; its rule follows from the function.

    Parameters
    ----------
    name, function, back, variadic, notation
        See `structural`.
    formula : callable
        A function of NumPy's that does the same as the rule, ``(adjoint, y, *operands, **params)``: positions are not
        worth reading.
    """
    REARRANGEMENTS.add(name)

    def shared(adjoint: Any, y: Any, *operands: Any, **params: Any) -> Callable[[int], Any]:
        shapes = [np.shape(operand) for operand in operands]
        places = positions(function, shapes, params).ravel()
        starts = list(accumulate(map(math.prod, shapes), initial=1))
        received = SCATTER(reshaped(adjoint, (places.size,)), places, shape=(starts[-1],))  # constants' at 0
        return lambda argument: reshaped(received[starts[argument] : starts[argument + 1]], shapes[argument])

    def alone(adjoint: Any, y: Any, x: Any, **params: Any) -> Any:
        return shared(adjoint, y, x, **params)(0)

    return structural(
        name,
        function,
        shared if variadic else alone,
        formulas=(formula,),
        variadic=variadic,
        curried=variadic,
        linear=(0,),
        back=back,
        notation=notation,
    )


def _apply(primitive: Primitive, a: Any, **params: Any) -> Any:
    """Call a primitive with axes, counts and shifts as plain integers, which nobody can change later."""
    return primitive(a, **{key: frozen_position(value) for key, value in params.items()})


# Shapes and axes

RAVEL = rearranging("ravel", np.ravel, back="back into shape", formula=_into_shape)
FLATTEN = rearranging(
    "flatten", lambda x, *, order: np.array(x).flatten(order), back="back into shape", formula=_into_shape
)
SWAPAXES = rearranging(
    "swapaxes", np.swapaxes, back="swap back", formula=lambda adjoint, y, x, **axes: np.swapaxes(adjoint, **axes)
)
MOVEAXIS = rearranging(
    "moveaxis",
    np.moveaxis,
    back="move back",
    formula=lambda adjoint, y, x, source, destination: np.moveaxis(adjoint, destination, source),
)
ROLLAXIS = rearranging("rollaxis", np.rollaxis, back="move back")
EXPAND_DIMS = rearranging("expand_dims", np.expand_dims, back="without the axis", formula=_into_shape)
SQUEEZE = rearranging("squeeze", np.squeeze, back="with the axis again", formula=_into_shape)


@implements(np.ravel, method="ravel")
def ravel(a: Any, order: str = "C") -> Any:
    """Record ``np.ravel(a, order)``."""
    return RAVEL(a, order=order)


@implements(method="flatten")
def flatten(a: Any, order: str = "C") -> Any:
    """Record ``a.flatten(order)``: a copy."""
    return FLATTEN(a, order=order)


@implements(np.swapaxes, method="swapaxes")
def swapaxes(a: Any, axis1: Any, axis2: Any) -> Any:
    """Record ``np.swapaxes(a, axis1, axis2)``."""
    return _apply(SWAPAXES, a, axis1=axis1, axis2=axis2)


@implements(np.moveaxis)
def moveaxis(a: Any, source: Any, destination: Any) -> Any:
    """Record ``np.moveaxis(a, source, destination)``."""
    return _apply(MOVEAXIS, a, source=source, destination=destination)


@implements(np.rollaxis)
def rollaxis(a: Any, axis: Any, start: Any = 0) -> Any:
    """Record ``np.rollaxis(a, axis, start)``."""
    return _apply(ROLLAXIS, a, axis=axis, start=start)


@implements(np.expand_dims)
def expand_dims(a: Any, axis: Any) -> Any:
    """Record ``np.expand_dims(a, axis)``."""
    return _apply(EXPAND_DIMS, a, axis=axis)


@implements(np.squeeze, method="squeeze")
def squeeze(a: Any, axis: Any = None) -> Any:
    """Record ``np.squeeze(a, axis)``."""
    return _apply(SQUEEZE, a, axis=axis)


def _at_least(function: Any, ndim: int) -> None:
    """Record what gives arrays a number of dimensions; NumPy returns those that have it as they are."""
    name = function.__name__
    primitive = rearranging(name, function, back="back into shape", formula=_into_shape)

    def handler(*arys: Any) -> Any:
        results = tuple(array if np.ndim(array) >= ndim and is_variable(array) else primitive(array) for array in arys)
        return results[0] if len(results) == 1 else results

    handler.__doc__ = f"Record ``np.{name}(*arys)``."
    implements(function)(handler)


function: Any
for function, ndim in ((np.atleast_1d, 1), (np.atleast_2d, 2), (np.atleast_3d, 3)):
    _at_least(function, ndim)


@implements(np.matrix_transpose, np.linalg.matrix_transpose)
def matrix_transpose(x: Any, /) -> Any:
    """Record ``np.matrix_transpose(x)``."""
    if np.ndim(x) < 2:
        raise ValueError(f"Input array must be at least 2-dimensional, but it is {np.ndim(x)}")
    return _apply(SWAPAXES, x, axis1=-1, axis2=-2)


@implements(*filter(None, [getattr(np, "astype", None)]))
def _astype(x: Any, dtype: Any, /, *, copy: bool = True) -> Any:
    """Record ``np.astype(x, dtype)``."""
    return astype(x, dtype, copy=copy)


@implements(method="astype")
def astype(a: Any, dtype: Any, order: str = "K", *, copy: bool = True) -> Any:
    """Record ``a.astype(dtype)``; to integers and truth values it is a plain array, which has no derivative."""
    kind, own = np.dtype(dtype), plain_value(a).dtype
    if kind.kind not in "fc":
        return plain_value(a).astype(kind, order=order)
    if kind.kind == "f" and own.kind == "c":
        raise DtypeError(f"astype({kind.name}) would discard the imaginary part: write np.real(...){user_line()}")
    if kind == own:
        return COPY(a, order=order) if copy else a
    return ASTYPE(a, dtype=kind.name)


# Turning, shifting, repeating


def _rolled_back(adjoint: Any, y: Any, x: Any, shift: Any, axis: Any) -> Any:
    back = tuple(-k for k in shift) if isinstance(shift, tuple) else -shift
    return np.roll(adjoint, back, axis)


ROLL = rearranging("roll", np.roll, back="roll back", formula=_rolled_back)
ROT90 = rearranging("rot90", np.rot90, back="turn back")
FLIP = rearranging("flip", np.flip, back="flip back", formula=lambda adjoint, y, x, **axis: np.flip(adjoint, **axis))
TILE = rearranging("tile", np.tile, back="Σ copies")
REPEAT = rearranging("repeat", np.repeat, back="Σ copies")
RESIZE = rearranging("resize", np.resize, back="Σ copies")
PAD = rearranging(
    "pad",
    lambda x, *, pad_width, mode, **words: np.pad(x, pad_width, mode, **words),
    back=lambda params, argument: "without the padding" if params["mode"] == "constant" else "Σ copies",
)
PAD_FILLED = rearranging(  # with the constants for an operand: padding with them alone is not linear
    "pad.filled",
    lambda x, constants, *, pad_width: np.pad(x, pad_width, constant_values=constants),
    variadic=True,
    notation=Function("pad"),
    back=lambda params, argument: "sums of the padding" if argument else "without the padding",
)
_PADDINGS = ("constant", "edge", "reflect", "symmetric", "wrap")


@implements(np.roll)
def roll(a: Any, shift: Any, axis: Any = None) -> Any:
    """Record ``np.roll(a, shift, axis)``."""
    return _apply(ROLL, a, shift=shift, axis=axis)


@implements(np.rot90)
def rot90(m: Any, k: Any = 1, axes: Any = (0, 1)) -> Any:
    """Record ``np.rot90(m, k, axes)``."""
    return _apply(ROT90, m, k=k, axes=axes)


@implements(np.flip)
def flip(m: Any, axis: Any = None) -> Any:
    """Record ``np.flip(m, axis)``."""
    return _apply(FLIP, m, axis=axis)


def _without_options(function: Any, back: str) -> None:
    """Register and record a rearrangement of one operand that takes nothing else."""
    name = function.__name__
    primitive = rearranging(name, function, back=back)

    def handler(m: Any) -> Any:
        return primitive(m)

    handler.__doc__ = f"Record ``np.{name}(m)``."
    implements(function)(handler)


for function in (np.flipud, np.fliplr):
    _without_options(function, "flip back")


@implements(np.tile)
def tile(A: Any, reps: Any) -> Any:  # noqa: N803  (as NumPy calls it)
    """Record ``np.tile(A, reps)``."""
    return _apply(TILE, A, reps=frozen_index(reps))


@implements(np.repeat, method="repeat")
def repeat(a: Any, repeats: Any, axis: Any = None) -> Any:
    """Record ``np.repeat(a, repeats, axis)``."""
    return REPEAT(a, repeats=frozen_index(repeats), axis=frozen_position(axis))


@implements(np.resize)
def resize(a: Any, new_shape: Any) -> Any:
    """Record ``np.resize(a, new_shape)``: repeated as often as there is room."""
    return _apply(RESIZE, a, new_shape=new_shape)


@implements(np.pad)
def pad(array: Any, pad_width: Any, mode: Any = "constant", **kwargs: Any) -> Any:
    """Record ``np.pad(array, pad_width, mode)`` for the modes that say what stands at the ends."""
    if mode in COMPUTED or (mode in ("reflect", "symmetric") and kwargs.get("reflect_type") == "odd"):
        return padded(array, pad_width, mode, **kwargs)
    if mode not in _PADDINGS:
        raise UnsupportedError(
            f"np.pad is recorded with the modes {', '.join([*_PADDINGS, *sorted(COMPUTED)])}, got mode={mode!r}: "
            f"concatenate what stands at the ends{user_line()}"
        )
    width = pad_width if isinstance(pad_width, dict) else np.array(frozen_index(pad_width)).tolist()
    constants = _joined(kwargs.pop("constant_values", 0)) if mode == "constant" else 0
    if is_variable(constants) or np.any(constants):
        np.pad(plain_value(array), pad_width, mode, **kwargs)  # or NumPy's own error
        return PAD_FILLED(array, constants, pad_width=width)
    return PAD(array, pad_width=width, mode=mode, **kwargs)


def _joined(values: Any) -> Any:
    """Return what is filled in as one array, recorded where something in it is."""
    if not isinstance(values, list | tuple):
        return values
    parts = [_joined(value) for value in values]
    return np.stack(parts) if any(map(is_variable, parts)) else np.asarray(parts)


# Triangles, diagonals, picking

DIAG = rearranging("diag", np.diag, back="along the diagonal")
DIAGONAL = rearranging("diagonal", np.diagonal, back="back onto the diagonal")
TRIL = rearranging(
    "tril",
    np.tril,
    back="lower triangle",
    formula=lambda adjoint, y, x, k: np.tril(adjoint, k) if np.ndim(x) > 1 else None,
)
TRIU = rearranging(
    "triu",
    np.triu,
    back="upper triangle",
    formula=lambda adjoint, y, x, k: np.triu(adjoint, k) if np.ndim(x) > 1 else None,
)
TAKE = rearranging("take", np.take, back="back to its place")
TAKE_ALONG_AXIS = rearranging("take_along_axis", np.take_along_axis, back="back to its place")
DELETE = rearranging("delete", np.delete, back="back to its place")
DIAGFLAT = rearranging("diagflat", np.diagflat, back="the diagonal back")
COMPRESS = rearranging(
    "compress", lambda x, *, condition, axis: np.compress(condition, x, axis), back="back to its place"
)
EXTRACT = rearranging("extract", lambda x, *, condition: np.extract(condition, x), back="back to its place")
WINDOWS = rearranging("sliding_window_view", sliding_window_view, back="Σ windows")


@implements(np.diag)
def diag(v: Any, k: Any = 0) -> Any:
    """Record ``np.diag(v, k)``: the diagonal of a matrix, or the matrix with a diagonal."""
    return _apply(DIAG, v, k=k)


@implements(np.diagonal, method="diagonal")
def diagonal(a: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1) -> Any:
    """Record ``np.diagonal(a, offset, axis1, axis2)``."""
    return _apply(DIAGONAL, a, offset=offset, axis1=axis1, axis2=axis2)


@implements(np.tril)
def tril(m: Any, k: Any = 0) -> Any:
    """Record ``np.tril(m, k)``."""
    return _apply(TRIL, m, k=k)


@implements(np.triu)
def triu(m: Any, k: Any = 0) -> Any:
    """Record ``np.triu(m, k)``."""
    return _apply(TRIU, m, k=k)


@implements(np.take, method="take")
def take(a: Any, indices: Any, axis: Any = None, *, mode: str = "raise") -> Any:
    """Record ``np.take(a, indices, axis, mode=mode)``."""
    return TAKE(a, indices=frozen_index(indices), axis=frozen_position(axis), mode=mode)


@implements(np.take_along_axis)
def take_along_axis(arr: Any, indices: Any, axis: Any = -1) -> Any:
    """Record ``np.take_along_axis(arr, indices, axis)``."""
    return TAKE_ALONG_AXIS(arr, indices=frozen_index(indices), axis=frozen_position(axis))


@implements(np.delete)
def delete(arr: Any, obj: Any, axis: Any = None) -> Any:
    """Record ``np.delete(arr, obj, axis)``."""
    return DELETE(arr, obj=frozen_index(obj), axis=frozen_position(axis))


@implements(np.trim_zeros)
def trim_zeros(filt: Any, trim: str = "fb", axis: Any = None) -> Any:
    """Record ``np.trim_zeros(filt, trim, axis)``: the slices between the first and the last number that is not 0."""
    plain, ndim = plain_value(filt), np.ndim(filt)
    np.trim_zeros(plain.ravel(), trim)  # type: ignore[arg-type]  # or NumPy's own error
    axes = range(ndim) if axis is None else [k % ndim for k in np.atleast_1d(axis)]
    places = np.argwhere(plain)
    return INDEX(filt, tuple(_between(places[:, k], trim) if k in axes else slice(None) for k in range(ndim)))


def _between(places: Any, trim: str) -> slice:
    """Return the slice of what is kept along an axis; nothing is, of zeros only."""
    if not places.size:
        return slice(0, 0)
    first, last = int(places.min()), int(places.max())
    return slice(first if "f" in trim.lower() else None, last + 1 if "b" in trim.lower() else None)


@implements(np.diagflat)
def diagflat(v: Any, k: Any = 0) -> Any:
    """Record ``np.diagflat(v, k)``."""
    return _apply(DIAGFLAT, v, k=k)


@implements(np.compress)
def compress(condition: Any, a: Any, axis: Any = None) -> Any:
    """Record ``np.compress(condition, a, axis)``; the condition is plain."""
    return COMPRESS(a, condition=np.array(plain_value(condition), bool), axis=frozen_position(axis))


@implements(method="compress")
def compress_method(a: Any, condition: Any, axis: Any = None) -> Any:
    """Record ``a.compress(condition, axis)``; the condition is plain."""
    return compress(condition, a, axis)


@implements(np.extract)
def extract(condition: Any, arr: Any) -> Any:
    """Record ``np.extract(condition, arr)``; the condition is plain."""
    return EXTRACT(arr, condition=np.array(plain_value(condition), bool))


@implements(sliding_window_view)
def windows(x: Any, window_shape: Any, axis: Any = None, *, subok: bool = False, writeable: bool = False) -> Any:
    """Record ``np.lib.stride_tricks.sliding_window_view(x, window_shape, axis)``."""
    shape, axis = (frozen_position(tuple(k) if np.iterable(k) else k) for k in (window_shape, axis))
    return WINDOWS(x, window_shape=shape, axis=axis)


# Putting together


def _piece(params: dict[str, Any], argument: int) -> str:
    return f"piece {argument + 1}"


def _choice(params: dict[str, Any], argument: int) -> str:
    return f"where it was chosen ({argument + 1})"


APPEND = rearranging("append", lambda arr, values, *, axis: np.append(arr, values, axis), variadic=True, back=_piece)
INSERT = rearranging(
    "insert",
    lambda arr, values, *, obj, axis: np.insert(arr, obj, values, axis),
    variadic=True,
    back=lambda params, argument: "what was inserted" if argument else "what was there",
)
BLOCK = rearranging(
    "block",
    lambda *arrays, layout: np.block(_laid_out(layout, arrays)),
    variadic=True,
    notation=Fence("[", "]"),
    back=_piece,
)
CHOOSE = rearranging("choose", lambda *choices, a, mode: np.choose(a, choices, mode=mode), variadic=True, back=_choice)
SELECT = rearranging(
    "select",
    lambda *choices, conditions: np.select(conditions, choices[:-1], choices[-1]),
    variadic=True,
    back=_choice,
)


def _joining(function: Any) -> None:
    """Register and record what puts a sequence of arrays together."""
    name = function.__name__
    primitive = rearranging(name, lambda *arrays: function(arrays), variadic=True, back=_piece)

    def handler(tup: Any, *, dtype: Any = None) -> Any:
        return primitive(*in_dtypes(tup, dtype))

    handler.__doc__ = f"Record ``np.{name}(tup)``."
    implements(function)(handler)


for function in (np.vstack, np.hstack, np.dstack, np.column_stack):
    _joining(function)


@implements(np.append)
def append(arr: Any, values: Any, axis: Any = None) -> Any:
    """Record ``np.append(arr, values, axis)``."""
    return APPEND(arr, values, axis=frozen_position(axis))


@implements(np.insert)
def insert(arr: Any, obj: Any, values: Any, axis: Any = None) -> Any:
    """Record ``np.insert(arr, obj, values, axis)``."""
    return INSERT(arr, values, obj=frozen_index(obj), axis=frozen_position(axis))


@implements(np.block)
def block(arrays: Any) -> Any:
    """Record ``np.block(arrays)`` of nested lists."""
    parts: list[Any] = []
    layout = _layout(arrays, parts)
    return BLOCK(*parts, layout=layout)


def _layout(arrays: Any, parts: list[Any]) -> Any:
    """Append the arrays in nested lists to `parts`; return the lists with the numbers of the arrays in them."""
    if isinstance(arrays, list):
        return [_layout(part, parts) for part in arrays]
    parts.append(arrays)
    return len(parts) - 1


def _laid_out(layout: Any, parts: tuple[Any, ...]) -> Any:
    return [_laid_out(part, parts) for part in layout] if isinstance(layout, list) else parts[layout]


@implements(np.choose)
def choose(a: Any, choices: Any, *, mode: str = "raise") -> Any:
    """Record ``np.choose(a, choices, mode=mode)``; `a` says which, in plain integers."""
    return CHOOSE(*choices, a=frozen_index(a), mode=mode)


@implements(np.select)
def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """Record ``np.select(condlist, choicelist, default)``; the conditions are plain."""
    return SELECT(*choicelist, default, conditions=[np.array(plain_value(condition)) for condition in condlist])


# Taking apart


def _pieces(function: Callable[..., Any], ary: Any, indices_or_sections: Any, axis: int) -> list[Any]:
    """Return the pieces that a function splits an array into along an axis: each is what an index picks."""
    sections = frozen_index(indices_or_sections)
    function(plain_value(ary), sections)  # or NumPy's own error
    axis %= np.ndim(ary)
    line = np.arange(np.shape(ary)[axis]).reshape((-1, *(1,) * (np.ndim(ary) - axis - 1)))
    pieces = function(np.broadcast_to(line, np.shape(ary)), sections)
    bounds = [
        (int(piece.flat[0]), int(piece.flat[-1]) + 1) if piece.size else (0, piece.shape[axis]) for piece in pieces
    ]
    return [INDEX(ary, (slice(None),) * axis + (slice(*bound),)) for bound in bounds]


def _splitting(function: Any) -> None:
    """Record what splits along an axis that is named."""
    name = function.__name__

    def handler(ary: Any, indices_or_sections: Any, axis: Any = 0) -> list[Any]:
        return _pieces(lambda x, sections: function(x, sections, axis), ary, indices_or_sections, axis)

    handler.__doc__ = f"Record ``np.{name}(ary, indices_or_sections, axis)``: a list of what indices pick."
    implements(function)(handler)


def _splitting_along(function: Any, axis: int) -> None:
    """Record what splits along its own axis, or the last of fewer."""
    name = function.__name__

    def handler(ary: Any, indices_or_sections: Any) -> list[Any]:
        return _pieces(function, ary, indices_or_sections, min(np.ndim(ary) - 1, axis))

    handler.__doc__ = f"Record ``np.{name}(ary, indices_or_sections)``: a list of what indices pick."
    implements(function)(handler)


for function in (np.split, np.array_split):
    _splitting(function)
for function, axis in ((np.vsplit, 0), (np.hsplit, 1), (np.dsplit, 2)):
    _splitting_along(function, axis)


@implements(*filter(None, [getattr(np, "unstack", None)]))
def unstack(x: Any, /, *, axis: Any = 0) -> tuple[Any, ...]:
    """Record ``np.unstack(x, axis=axis)``: a tuple of what indices pick."""
    count = len(np.unstack(plain_value(x), axis=axis))  # or NumPy's own error
    before = (slice(None),) * (axis % np.ndim(x))
    return tuple(INDEX(x, (*before, k) if before else k) for k in range(count))


# Grids

MESHGRID = rearranging(
    "meshgrid",
    lambda x, *, axis, shape: np.broadcast_to(np.reshape(x, (-1, *(1,) * (len(shape) - axis - 1))), shape).copy(),
    back="Σ copies",
)


@implements(np.meshgrid)
def meshgrid(*xi: Any, indexing: str = "xy", sparse: bool = False) -> tuple[Any, ...]:
    """Record ``np.meshgrid(*xi, indexing=indexing, sparse=sparse)``: a tuple of arrays, each of one operand."""
    plain = np.meshgrid(*map(plain_value, xi), indexing=indexing, sparse=sparse)  # type: ignore[call-overload]
    first = (1, 0) if indexing == "xy" and len(xi) > 1 else (0, 1)
    axes = (*first, *range(2, len(xi)))
    return tuple(MESHGRID(x, axis=axis, shape=grid.shape) for x, axis, grid in zip(xi, axes, plain, strict=False))


@implements(np.broadcast_arrays)
def broadcast_arrays(*args: Any) -> tuple[Any, ...]:
    """Record ``np.broadcast_arrays(*args)``: a tuple of the broadcast operands."""
    shape = np.broadcast_shapes(*map(np.shape, args))
    return tuple(BROADCAST_TO(array, shape=shape) for array in args)
