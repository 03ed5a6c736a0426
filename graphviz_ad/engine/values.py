"""What may be a value: of a leaf, of a constant operand and of an index, each checked, copied and frozen."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from graphviz_ad.engine.frames import user_line
from graphviz_ad.engine.refusing import leaf_error
from graphviz_ad.errors import DtypeError, LeakError, UnsupportedError, brief

__all__ = ["as_input_value", "constant", "frozen_index", "frozen_position", "leaf_value", "plain_operand"]

_ndarray = np.ndarray
_float64 = np.float64
_SCALARS = frozenset(
    {float, int, bool, complex, np.float64, np.float32, np.float16, np.int64, np.int32, np.bool_, np.complex128}
)
"""The types of plain numbers, with which NumPy computes as they are."""
_WEAK = frozenset({float, int, bool, complex})


def leaf_value(value: Any) -> Any:
    """Return a frozen copy of what a leaf holds: a NumPy scalar, or an array of floats or complex numbers."""
    if type(value) is float or type(value) is _float64:
        return _float64(value)
    if type(value) is not _ndarray:
        if hasattr(type(value), "__record__"):
            raise DtypeError(
                "gad.Variable(x) of a Variable x: use x as it is, or cut the graph with gad.Variable(x.value) or "
                f"x.detach(){user_line()}"
            )
        if isinstance(value, np.ma.MaskedArray):
            raise leaf_error(value)
    try:
        array = np.array(value)
    except (ValueError, TypeError, RuntimeError) as error:  # the last of a tensor of torch with a gradient of its own
        if isinstance(error, LeakError):  # not that of a conversion which the person did not write
            raise LeakError(
                "a leaf cannot be made of Variables, since their derivatives would be lost: write np.stack([...]), "
                f"which is recorded, or [v.value for v in ...] for their numbers{user_line()}"
            ) from None
        raise leaf_error(value, str(error).partition(".")[0]) from None
    if array.dtype.kind not in "fc":
        raise leaf_error(value)
    if array.ndim == 0:
        return array[()]
    array.flags.writeable = False
    return array


def as_input_value(value: Any) -> Any:
    """Return integers given as an input as the floats that are meant; anything else as it is.

    Examples
    --------
    >>> as_input_value(3), as_input_value(np.array([1, 2])), as_input_value(True)
    (np.float64(3.0), array([1., 2.]), True)
    """
    if type(value) is _float64:
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        try:
            return _float64(value)
        except OverflowError:  # beyond the range of floats
            return value
    if isinstance(value, np.integer) or (type(value) is _ndarray and value.dtype.kind in "iu"):
        return value.astype(_float64)
    return value


def plain_operand(value: Any, consumer: str) -> Any:
    """Return `value` as NumPy is to compute with it: a number, or an array of numbers just as it lies in memory."""
    if type(value) in _SCALARS:
        return value
    if type(value) is not _ndarray:
        if isinstance(value, _ndarray):
            raise UnsupportedError(f"{consumer}: {type(value).__name__} is not recorded; pass np.asarray(...) of it")
        if value is None or isinstance(value, str | bytes | dict | set):
            raise UnsupportedError(
                f"{consumer}: cannot combine a Variable with {brief(value)}; expected numbers or an array{user_line()}"
            )
        value = np.array(value)
        value.flags.writeable = False
    if value.dtype.kind not in "biufc":
        raise UnsupportedError(
            f"{consumer}: cannot combine a Variable with an array of dtype {value.dtype}; expected numbers{user_line()}"
        )
    return value[()] if value.ndim == 0 else value


def constant(operand: Any, result: Any = None) -> Any:
    """Return a plain operand as it is kept for the rules: frozen, and in the dtype of the result.

    NumPy computes with the operand in the dtype of its loop; a rule that computed with it in its own would negate an
    unsigned number, or square a small float beyond its range. Python's numbers take on any dtype as they are. Arrays
    keep the order of their axes in memory, on which the last digit of a sum depends; they are copied unless nobody can
    write to them.
    """
    if type(operand) in _WEAK or type(operand) is type(result) is not _ndarray:
        return operand
    if result is not None and operand.dtype != result.dtype and result.dtype.kind in "fc":
        operand = operand.astype(result.dtype)
    elif type(operand) is _ndarray and (operand.flags.writeable or not operand.flags.owndata):
        operand = operand.copy(order="K")
    if type(operand) is _ndarray:
        operand.flags.writeable = False
    return operand


def frozen_index(index: Any) -> Any:
    """Copy index arrays, so that later writes to them cannot change what was recorded."""
    if isinstance(index, tuple):
        return tuple(frozen_index(entry) for entry in index)
    if index is None or index is Ellipsis or isinstance(index, bool | np.bool_):
        return index
    if isinstance(index, int | np.integer):
        return int(index)
    if hasattr(type(index), "__record__"):
        raise LeakError(
            "a Variable cannot be an index, since positions have no derivative: use x.value.astype(int)" + user_line()
        )
    if isinstance(index, slice):
        bounds = (index.start, index.stop, index.step)
        if all(bound is None or type(bound) is int for bound in bounds):
            return index
        return slice(*(None if bound is None else frozen_position(bound) for bound in bounds))
    if not isinstance(index, _ndarray) and hasattr(type(index), "__index__"):
        return operator.index(index)
    array = np.array(index)
    return array.astype(int) if array.size == 0 and not isinstance(index, _ndarray) else array


def frozen_position(position: Any) -> Any:
    """Return an axis, several of them, or a bound of a slice as plain integers, which no array can change later.

    What is no position is left to NumPy, which says so.
    """
    if isinstance(position, tuple | list):
        return tuple(frozen_position(entry) for entry in position)
    if isinstance(position, bool) or position is None or hasattr(type(position), "__record__"):
        return position
    try:
        return operator.index(position)
    except TypeError:
        return position
