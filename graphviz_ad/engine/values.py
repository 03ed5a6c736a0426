"""What may be a value: of a leaf, of a constant operand and of an index, each checked, copied and frozen."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphviz_ad.engine.frames import user_line
from graphviz_ad.errors import DtypeError, LeakError, UnsupportedError, brief

__all__ = ["SCALARS", "constant", "frozen_index", "leaf_value"]

_ndarray = np.ndarray
SCALARS = frozenset(
    {float, int, bool, complex, np.float64, np.float32, np.float16, np.int64, np.int32, np.bool_, np.complex128}
)
"""The types of plain numbers, which are constants as they are."""


def leaf_value(value: Any) -> Any:
    """Return a frozen copy of what a leaf holds: a NumPy scalar, or an array of floats or complex numbers."""
    if type(value) is float:
        return np.float64(value)
    if type(value) is not _ndarray:
        if hasattr(type(value), "__record__"):
            raise DtypeError(
                "Variable() of a Variable: use it as it is, or cut the graph with Variable(x.value) or x.detach()"
            )
        if isinstance(value, np.ma.MaskedArray):
            raise DtypeError(
                "Variable would lose the mask of a MaskedArray: pass value.filled(0.0), and multiply with the mask"
            )
    try:
        array = np.array(value)
    except (ValueError, TypeError) as error:
        if isinstance(error, LeakError):
            raise
        raise DtypeError(f"Variable needs numbers of one shape, got {brief(value)}: {error}") from None
    kind = array.dtype.kind
    if kind in "biu":
        way = (
            f"Variable({float(array)})"
            if array.ndim == 0
            else "Variable(array.astype(float)), or np.arange(4.) with a dot"
        )
        raise DtypeError(
            f"a leaf of dtype {array.dtype} cannot be differentiated, since integers have no small changes: use {way}"
        )
    if kind not in "fc":
        raise DtypeError(f"Variable needs floats or complex numbers, got {brief(value)} (dtype {array.dtype})")
    if array.ndim == 0:
        return array[()]
    array.flags.writeable = False
    return array


def constant(value: Any, consumer: str) -> Any:
    """Return `value` as a constant operand: arrays frozen, and copied unless nobody can write to them."""
    if type(value) in SCALARS:
        return value
    if type(value) is not _ndarray:
        if isinstance(value, _ndarray):
            raise UnsupportedError(f"{consumer}: {type(value).__name__} is not recorded; pass np.asarray(...) of it")
        if value is None or isinstance(value, str | bytes | dict | set):
            raise UnsupportedError(
                f"{consumer}: cannot combine a Variable with {brief(value)}; expected numbers or an array{user_line()}"
            )
        value = np.array(value)
    if value.dtype.kind not in "biufc":
        raise UnsupportedError(
            f"{consumer}: cannot combine a Variable with an array of dtype {value.dtype}; expected numbers{user_line()}"
        )
    if value.ndim == 0:
        return value[()]
    if value.flags.writeable or not value.flags.owndata:
        value = value.copy()
        value.flags.writeable = False
    return value


def frozen_index(index: Any) -> Any:
    """Copy index arrays, so that later writes to them cannot change what was recorded."""
    if isinstance(index, tuple):
        return tuple(frozen_index(entry) for entry in index)
    if isinstance(index, np.integer):
        return int(index)
    if isinstance(index, list | _ndarray):
        array = np.array(index)
        return array if array.size else array.astype(int)
    if hasattr(type(index), "__record__"):
        raise LeakError(
            "a Variable cannot be an index, since positions have no derivative: use x.value.astype(int)" + user_line()
        )
    return index
