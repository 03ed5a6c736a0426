"""Assignment: what ``h[3] = x``, ``h += x``, ``out=h`` and their kin record.

Each write is a node of its own, a new version of the array; see `graphviz_ad.engine.versions`. Leaves and inputs
refuse, for whoever holds them would see them change. Importing this module gives the Variable its writing methods.
"""

from __future__ import annotations

import operator
import sys
from types import FrameType
from typing import Any

import numpy as np

from graphviz_ad.engine.alarms import warn_person
from graphviz_ad.engine.dispatch import WRITING, answer_function
from graphviz_ad.engine.frames import cut, public, user_frame
from graphviz_ad.engine.mutating import leaf_write_error, view_write_error
from graphviz_ad.engine.notation import Update
from graphviz_ad.engine.primitive import FUNCTIONS, PRIMITIVES, Primitive
from graphviz_ad.engine.registering import structural
from graphviz_ad.engine.rules.indexing import is_basic
from graphviz_ad.engine.rules.shaping import reshaped, unbroadcast
from graphviz_ad.engine.values import constant, frozen_index, plain_operand
from graphviz_ad.engine.variable import Variable, record_node
from graphviz_ad.engine.versions import (
    CONSTANT,
    WRITABLE,
    WRITERS,
    Written,
    add_version,
    base_of,
    begin,
    blank,
    constant_node,
    is_current,
    newest,
    newest_node,
    read,
    reading_of,
)
from graphviz_ad.errors import MemoryUseWarning, MutationError, UnsupportedError, at_line

__all__ = ["add_at", "assign", "update"]

_MUCH = 2**30  # bytes that the versions of one array may take before somebody should know

UPDATE = PRIMITIVES["index_update"]


def assign(array: Variable, index: Any, value: Any, frame: FrameType) -> None:
    """Write a value into an array at an index: ``array[index] = value``, with NumPy's own errors."""
    _check(array, frame)
    if _is_written_already(array, index, value):
        return
    node, operand = newest_node(array), newest(value)
    index = (None,) if index is None else frozen_index(index)
    plain = operand._value if type(operand) is Variable else plain_operand(operand, "an assignment")
    _check_dtype(node, operand, frame)
    new = np.array(node._value, order="K")
    new[index] = plain
    _write(array, new, UPDATE, operand, plain, {"place": index}, frame)


def _is_written_already(array: Variable, index: Any, value: Any) -> bool:
    """Whether a value is the view at this very index: ``h[i] += x`` assigns again what it has written."""
    if type(value) is not Written or base_of(value) is not array:
        return False
    reading = reading_of(value)
    is_index = reading.primitive is PRIMITIVES["index"] and is_basic(index)
    return is_index and bool(reading.second == index) and is_current(value)


def update(array: Variable, primitive: Primitive, other: Any, frame: FrameType) -> None:
    """Compute with an array in place: ``array += other``, in the array's own shape and dtype as NumPy does."""
    _check(array, frame)
    operand = newest(other)
    plain = operand._value if type(operand) is Variable else plain_operand(operand, primitive.name)
    new = np.array(newest_node(array)._value, order="K")
    new = getattr(operator, f"i{primitive.operator}")(new, plain)
    _write(array, new, primitive, operand, plain, None, frame)


def _write(
    array: Variable, new: Any, primitive: Primitive, operand: Any, plain: Any, params: Any, frame: FrameType
) -> None:
    """Record a new version of an array, whose other operand is what was written."""
    _put(array, _version(new, primitive, newest(array), operand, plain, params, frame), frame)


def _version(
    new: Any, primitive: Primitive, old: Any, operand: Any, plain: Any, params: Any, frame: FrameType
) -> Variable:
    """Return the node of a new version; it is one of plain numbers where nothing recorded is in it."""
    if type(old) is not Variable and type(operand) is not Variable:
        return constant_node(new)
    kept = old if type(old) is Variable else constant(old, new)
    written = operand if type(operand) is Variable else constant(plain, new)
    return record_node(new, primitive, kept, written, params, frame)


def _put(array: Variable, version: Variable, frame: FrameType) -> None:
    """Let an array be a new version; where it is a view, it is written to the array that it shows a part of."""
    begin(array)
    views: list[tuple[Variable, Variable]] = []
    base = base_of(array)
    while base is not None:
        views.append((array, version))
        array, version = base, _put_back(newest_node(base), version, reading_of(array), frame)
        base = base_of(array)
    count = add_version(array, version)
    if not count & (count - 1) and count * version._value.nbytes > _MUCH:
        _warn_of_memory(version, count)
    for view, part in reversed(views):
        part._value = read(version._value, reading_of(view))  # the same numbers, in the memory of the array
        add_version(view, part)
        version = part


def _warn_of_memory(version: Variable, count: int) -> None:
    """Say, each time when it has doubled, how much the versions of an array take, and how to do with less."""
    name, size = version.name or "an array", count * version._value.nbytes / 2**30
    warn_person(
        f"{name} was written to {count - 1:,} times; a derivative may need what it was before, so its versions are "
        f"kept and take {size:.1f} GB: append what is written to a list, and make the array of it after the loop with "
        "np.stack(...)",
        MemoryUseWarning,
    )


def _put_back(base: Variable, part: Variable, reading: Any, frame: FrameType) -> Variable:
    """Return the version of an array in which the part that a view shows is another."""
    operand: Any = part if part._primitive is not CONSTANT else part._value
    whole: Any = base if base._primitive is not CONSTANT else base._value
    name = reading.primitive.name
    if name not in ("reshape", "transpose"):
        place = reading.second if name == "index" else _places(base, reading)
        new = np.array(base._value, order="K")
        new[place] = part._value
        return _version(new, UPDATE, whole, operand, operand, {"place": place}, frame)
    if name == "reshape":
        params = {**reading.params, "shape": base.shape}
    else:
        params = {"axes": tuple(int(i) for i in np.argsort(reading.params["axes"]))}
    new = np.array(reading.primitive.function(part._value, **params))
    return (
        record_node(new, reading.primitive, part, None, params, frame)
        if type(operand) is Variable
        else constant_node(new)
    )


def _places(base: Variable, reading: Any) -> tuple[Any, ...]:
    """Return the indices that name what a view shows of an array: the positions that its function moves there."""
    flat = read(np.arange(base.size).reshape(base.shape), reading)
    return np.unravel_index(flat, base.shape)


def _check(array: Variable, frame: FrameType) -> None:
    """Refuse what cannot be written to: leaves and inputs, their views, and single numbers."""
    node = newest_node(array)
    if type(node._value) is not np.ndarray:
        raise leaf_write_error(node, frame, "a single number, which has no parts to write to")
    root: Variable = array
    while True:
        base = base_of(root)
        if base is None:
            break
        made_by = root._primitive if type(root) is Variable else reading_of(root).primitive
        if made_by is not None and made_by not in WRITABLE:  # nothing puts back what is written
            raise view_write_error(made_by.name, frame)
        root = base
    if newest_node(root)._primitive is None:
        raise leaf_write_error(newest_node(root), frame)


def _check_dtype(node: Variable, operand: Any, frame: FrameType) -> None:
    """Refuse to write a recorded value where its derivative, or its imaginary part, would be lost."""
    if type(operand) is Variable and operand.dtype.kind == "c" and node.dtype.kind != "c":
        raise UnsupportedError(
            f"writing complex numbers into an array of {node.dtype} would lose their imaginary parts: make the array "
            f"with dtype=complex, or write the real part, np.real(...){at_line(frame)}"
        )


# What writes


def _setitem(self: Variable, index: Any, value: Any) -> None:
    try:
        assign(self, index, value, sys._getframe(1))
    except BaseException as error:
        cut(error)
        raise


_setitem.__name__, _setitem.__qualname__ = "__setitem__", "Variable.__setitem__"
Variable.__setitem__ = _setitem  # type: ignore[method-assign]  # the class tells type checkers its signature


@public
def fill(self: Variable, value: Any) -> None:
    """Write one number everywhere, as ``x[...] = value`` does."""
    assign(self, ..., value, _frame())


@public
def put(self: Variable, indices: Any, values: Any, mode: str = "raise") -> None:
    """Write values to positions of the flattened array, as ``np.put(x, indices, values)`` does."""
    _put_function(self, indices, values, mode)


@public
def sort(self: Variable, axis: Any = -1, kind: Any = None, *, stable: Any = None) -> None:
    """Sort in place, as ``x[...] = np.sort(x, axis)`` does."""
    assign(self, ..., np.sort(self, axis, kind, stable=stable), _frame())


@public
def partition(self: Variable, kth: Any, axis: Any = -1, kind: Any = "introselect") -> None:
    """Partition in place, as ``x[...] = np.partition(x, kth, axis)`` does."""
    assign(self, ..., np.partition(self, kth, axis, kind), _frame())


for _method in (fill, put, sort, partition):
    setattr(Variable, _method.__name__, _method)


def _frame() -> FrameType:
    frame = user_frame()
    assert frame is not None
    return frame


def _put_function(a: Any, ind: Any, v: Any, mode: str = "raise") -> None:
    """Record ``np.put(a, ind, v)``; values are repeated where there are fewer than positions."""
    if not isinstance(a, Variable):
        raise answer_function(np.put, (a, ind, v), {})
    places = np.arange(a.size)
    flat = places.take(np.asarray(ind).ravel(), mode=mode)  # type: ignore[call-overload]
    _scattered(a, np.unravel_index(flat, a.shape), v, flat.size)


def _place(arr: Any, mask: Any, vals: Any) -> None:
    """Record ``np.place(arr, mask, vals)``; values are repeated where there are fewer than positions."""
    if not isinstance(arr, Variable):
        raise answer_function(np.place, (arr, mask, vals), {})
    positions = np.nonzero(np.asarray(newest(mask)).reshape(arr.shape))
    _scattered(arr, positions, vals, positions[0].size)


def _fill_diagonal(a: Any, val: Any, wrap: bool = False) -> None:
    """Record ``np.fill_diagonal(a, val)``."""
    places = np.zeros(a.shape, bool)
    np.fill_diagonal(places, True, wrap=wrap)
    positions = np.nonzero(places)
    _scattered(a, positions, val, positions[0].size)


def _putmask(a: Any, mask: Any, values: Any) -> None:
    """Record ``np.putmask(a, mask, values)``: each place takes the value of its number, of those that are repeated."""
    if not isinstance(a, Variable):
        raise answer_function(np.putmask, (a, mask, values), {})
    positions = np.nonzero(np.asarray(newest(mask)).reshape(a.shape))
    size = np.size(newest(values))
    numbers = np.ravel_multi_index(positions, a.shape)
    if size:
        _scattered(a, positions, np.ravel(newest(values))[numbers % size], numbers.size)


def _put_along_axis(arr: Any, indices: Any, values: Any, axis: Any = -1) -> None:
    """Record ``np.put_along_axis(arr, indices, values, axis)``."""
    if not isinstance(arr, Variable):
        raise answer_function(np.put_along_axis, (arr, indices, values, axis), {})
    if axis is None:
        places: Any = np.unravel_index(np.asarray(indices) % arr.size, arr.shape)
    else:
        shape = [1 if k == axis % arr.ndim else n for k, n in enumerate(arr.shape)]
        places = list(np.indices(shape, sparse=True))
        places[axis % arr.ndim] = np.asarray(indices)
    assign(arr, tuple(places), values, _frame())


def _scattered(array: Any, positions: tuple[Any, ...], values: Any, count: int) -> None:
    values = newest(values)
    size = np.size(values) if not isinstance(values, Variable) else values.size
    if size == 0:
        return
    if size != 1:
        values = np.reshape(values, (-1,))
        if size != count:
            values = values[np.arange(count) % size]
    elif np.ndim(values):
        values = np.reshape(values, ())
    assign(array, positions, values, _frame())


def _copyto(dst: Any, src: Any, casting: str = "same_kind", where: Any = True) -> None:
    """Record ``np.copyto(dst, src, where=...)``."""
    if not isinstance(dst, Variable):
        answer_function(np.copyto, (dst, src), {})
        return
    if where is True:
        assign(dst, ..., src, _frame())
    else:
        assign(dst, ..., np.where(newest(where), newest(src), newest(dst)), _frame())


WRITERS |= {np.put: _put_function, np.place: _place, np.fill_diagonal: _fill_diagonal, np.copyto: _copyto}
WRITERS |= {np.putmask: _putmask, np.put_along_axis: _put_along_axis}
FUNCTIONS |= WRITERS


ADD_AT = structural(
    "add_at",
    lambda x, value, *, place: _added(x, value, place),
    lambda adjoint, y, x, value, place: adjoint,
    lambda adjoint, y, x, value, place: _received(adjoint[place], np.shape(value)),
    linear=((0, 1),),
    notation=Update("+="),
    back=lambda params, argument: "from where it was added" if argument else "unchanged",
)


def _added(x: Any, value: Any, index: Any) -> Any:
    new = np.array(x, order="K")
    region = new[index].shape
    if np.broadcast_shapes(np.shape(value), region) != region:  # with which NumPy itself would crash
        raise ValueError(f"could not broadcast input array from shape {np.shape(value)} into shape {region}")
    np.add.at(new, index, value)
    return new


def _received(adjoint: Any, shape: tuple[int, ...]) -> Any:
    return reshaped(unbroadcast(adjoint, shape), shape)


def add_at(array: Any, index: Any, value: Any, *, minus: bool = False) -> None:
    """Add values to an array at positions, each as often as it is named: ``np.add.at(array, index, value)``."""
    frame = _frame()
    _check(array, frame)
    operand, index = newest(value), (None,) if index is None else frozen_index(index)
    if minus:
        operand = np.negative(operand)
    plain = operand._value if type(operand) is Variable else plain_operand(operand, "add.at")
    _check_dtype(newest_node(array), operand, frame)
    new = _added(newest_node(array)._value, plain, index)
    _write(array, new, ADD_AT, operand, plain, {"place": index}, frame)


def write_out(ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Answer ``ufunc(..., out=array)``: compute, and write all of it into the array, or what a condition chooses."""
    (out,) = kwargs["out"]
    others = {key: value for key, value in kwargs.items() if key != "out"}
    where = newest(others.pop("where", True)) if method == "__call__" else True
    if where is True:
        return write_into(f"np.{ufunc.__name__}", out, _placed(getattr(ufunc, method)(*inputs, **others)))
    if np.ndim(out) == 0:
        return _placed(ufunc(*inputs, **others)) if where else out[()]
    chosen = np.broadcast_to(plain_operand(getattr(where, "value", where), "where="), out.shape)
    chosen_inputs = [_chosen(newest(x), chosen) for x in inputs]
    assign(out, chosen, _placed(ufunc(*chosen_inputs, **others)), _frame())
    return out


def _placed(result: Any) -> Any:
    """Put what a ufunc recorded for `write_out` where the person's line is."""
    if type(result) is Variable and result._code is write_out.__code__:
        frame = _frame()
        result._code, result._lasti = frame.f_code, frame.f_lasti
    return result


def _chosen(x: Any, where: Any) -> Any:
    """Return the entries of an operand where a condition holds, and a single number as it is."""
    if np.ndim(x) == 0:
        return x
    return (x if np.shape(x) == where.shape else np.broadcast_to(x, where.shape))[where]


def write_into(name: str, out: Any, result: Any) -> Any:
    """Write the result of a function with that name into an array that it was called with, and return the array."""
    if np.shape(result) != np.shape(out) and np.broadcast_shapes(np.shape(result), out.shape) != out.shape:
        raise MutationError(
            f"{name}(..., out=): the result has shape {np.shape(result)}, and the array it is to be "
            f"written into has shape {out.shape}{at_line(user_frame())}"
        )
    if np.ndim(out) == 0 and not isinstance(out, Variable):
        return result
    assign(out, ..., result, _frame())
    return out


WRITING |= {"out": write_out, "into": write_into, "blank": blank}
