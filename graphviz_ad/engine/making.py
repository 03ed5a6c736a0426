"""Arrays that are made to be written to, and arrays made of numbers and Variables.

``np.zeros_like(x)`` and ``np.zeros(n, like=x)`` give an array of plain numbers that takes recorded ones; `array` makes
what ``np.array`` would make of nested lists, which NumPy itself cannot do with Variables in them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from graphviz_ad.engine.assigning import assign
from graphviz_ad.engine.frames import public, user_frame, user_line
from graphviz_ad.engine.primitive import FUNCTIONS, PRIMITIVES, plain_value
from graphviz_ad.engine.variable import Variable
from graphviz_ad.engine.versions import blank, newest
from graphviz_ad.errors import InputError

__all__ = ["MAKERS", "array"]

_ALIKE = (np.zeros_like, np.ones_like, np.empty_like)
_LIKE = (np.zeros, np.ones, np.empty, np.eye, np.identity, np.arange)
STACK, RESHAPE, ASTYPE = PRIMITIVES["stack"], PRIMITIVES["reshape"], PRIMITIVES["astype"]


def _made(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return what answers a function that makes an array of plain numbers."""
    # What an array that is empty holds is anything: zeros, so that a picture is the same each time.
    replaced: dict[Any, Callable[..., Any]] = {np.empty: np.zeros, np.empty_like: np.zeros_like}
    function = replaced.get(function, function)

    def make(*args: Any, **kwargs: Any) -> Any:
        kwargs = {key: value for key, value in kwargs.items() if value is not None}
        return blank(function(*map(plain_value, args), **kwargs))

    return make


def _full_like(a: Any, fill_value: Any, **kwargs: Any) -> Any:
    return _filled(np.zeros_like(plain_value(a), **kwargs), fill_value)


def _full(shape: Any, fill_value: Any, dtype: Any = None, order: Any = "C", **_: Any) -> Any:
    return _filled(
        np.zeros(shape, np.asarray(plain_value(fill_value)).dtype if dtype is None else dtype, order), fill_value
    )


def _filled(plain: Any, value: Any) -> Any:
    value = newest(value)
    if not isinstance(value, Variable):
        plain[...] = value
        return blank(plain)
    frame = user_frame()
    assert frame is not None
    result = blank(plain)
    assign(result, ..., value, frame)
    return result


def _array(nested: Any, dtype: Any = None, **_: Any) -> Any:
    return array(nested, dtype=dtype)


MAKERS: dict[Any, Callable[..., Any]] = {
    **{function: _made(function) for function in (*_ALIKE, *_LIKE)},
    np.full_like: _full_like,
    np.full: _full,
    np.array: _array,
    np.asarray: _array,
    np.asanyarray: _array,
}
"""What answers the functions of NumPy that make an array, with ``like=`` or by being asked for one alike."""
FUNCTIONS |= MAKERS


@public
def array(nested: Any, dtype: Any = None) -> Any:
    """Return an array of numbers and Variables, as ``np.array`` would make it of plain ones.

    Parameters
    ----------
    nested : number, array, Variable, or nested lists and tuples of them
        All entries of one level have the same shape.
    dtype : dtype, optional
        Of the array; what NumPy makes of all of them together unless given.

    Returns
    -------
    Variable
        Recorded; of plain numbers alone it is a plain array that may be written to.

    Raises
    ------
    InputError
        For entries of different shapes.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> def turned(angle):
    ...     c, s = np.cos(angle), np.sin(angle)
    ...     return (gad.array([[c, -s], [s, c]]) @ np.array([1.0, 0.0])).sum()
    >>> float(gad.grad(turned)(0.0))
    1.0
    """
    entries: list[Any] = []
    shape = _collect(nested, entries)
    if not any(isinstance(entry, Variable) for entry in entries):
        return blank(np.array([np.asarray(entry) for entry in entries], dtype).reshape(shape + np.shape(entries[0])))
    if not shape:
        result = entries[0]
    else:
        result = STACK(*entries, axis=0)
        if len(shape) > 1:
            result = RESHAPE(result, shape=(*shape, *np.shape(entries[0])))
    return result if dtype is None or result.dtype == np.dtype(dtype) else ASTYPE(result, dtype=np.dtype(dtype).name)


def _collect(nested: Any, entries: list[Any]) -> tuple[int, ...]:
    """Append the entries of nested lists, in order; return the shape that the lists make."""
    if not isinstance(nested, list | tuple):
        entry = newest(nested)
        if entries and np.shape(entry) != np.shape(entries[0]):
            raise InputError(
                f"gad.array: all entries must have one shape, got {np.shape(entries[0])} and {np.shape(entry)}"
                f"{user_line()}"
            )
        entries.append(entry)
        return ()
    shapes = {_collect(row, entries) for row in nested}
    if len(shapes) != 1:
        raise InputError(
            f"gad.array: the rows of a nested list must have one length, got {' and '.join(map(str, sorted(shapes)))}"
            f"{user_line()}"
        )
    return (len(nested), *shapes.pop())
