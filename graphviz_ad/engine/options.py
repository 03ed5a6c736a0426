"""What the options of a ufunc mean, in calls that are recorded: dtype=, where=, axis= and those that change no number.

A dtype is that of the operands. A condition leaves out what it excludes before anything is computed, so that no slope
there spoils others; what stands there instead, ``out=`` has to say.
"""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from graphviz_ad.engine.frames import user_frame, user_line
from graphviz_ad.engine.primitive import is_variable, plain_value
from graphviz_ad.engine.rules.shaping import in_dtype
from graphviz_ad.engine.values import frozen_position
from graphviz_ad.engine.written import expression_at, lookup
from graphviz_ad.errors import UnsupportedError, at_line

__all__ = ["call_with_options", "is_fresh", "without_layout"]

_LAYOUT: dict[str, tuple[Any, ...]] = {
    "order": ("K", "A", "C", "F", None),
    "subok": (True, False),
    "overwrite_input": (True, False),
    "casting": ("same_kind", "unsafe", "safe"),
    "copy": (True, False, None),
}
"""Options about memory, classes and permissions, and the values with which they change no number."""
_MAKERS = frozenset(["zeros", "ones", "empty", "full", "zeros_like", "ones_like", "empty_like", "full_like", "copy"])


def without_layout(kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return the options of a call that have an influence on its numbers.

    Examples
    --------
    >>> without_layout({"order": "F", "dtype": float})
    {'dtype': <class 'float'>}
    """
    return {
        key: value
        for key, value in kwargs.items()
        if not (isinstance(value, str | bool | None) and value in _LAYOUT.get(key, ()))
    }


def call_with_options(ufunc: np.ufunc, name: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return what a recorded ufunc gives with options other than ``out=``, made of calls without them."""
    kwargs = without_layout(kwargs)
    if kwargs.get("where", True) is not True:
        raise _nothing_there(name, inputs)
    kwargs.pop("where", None)
    dtype = kwargs.pop("dtype", None)
    if dtype is not None:
        ufunc(*map(plain_value, inputs), dtype=dtype, casting="same_kind")  # or NumPy's own error
        inputs = tuple(in_dtype(x, dtype) for x in inputs)
    if not kwargs:
        return ufunc(*inputs)
    if ufunc.signature is None or kwargs.keys() - {"axis", "axes", "keepdims"}:
        raise UnsupportedError(f"{name}: the option {', '.join(kwargs)}= is not recorded; leave it out{user_line()}")
    return _along(ufunc, inputs, **kwargs)


def _along(ufunc: np.ufunc, inputs: tuple[Any, ...], axes: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """Return a product of vectors and matrices along other axes than the last ones: these are moved there and back."""
    axis = frozen_position(axis)
    if axes is None:
        y = ufunc(*(x if axis is None else np.moveaxis(x, axis, -1) for x in inputs))
        return np.expand_dims(y, -1 if axis is None else axis) if keepdims else y
    places = [frozen_position(entry if isinstance(entry, tuple) else (entry,)) for entry in axes]
    moved = [np.moveaxis(x, at, _last(at)) for x, at in zip(inputs, places, strict=False)]
    y, back = ufunc(*moved), places[ufunc.nin] if len(places) > ufunc.nin else ()
    return np.moveaxis(y, _last(back), back) if back else y


def _last(axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(range(-len(axes), 0))


def _nothing_there(name: str, inputs: tuple[Any, ...]) -> UnsupportedError:
    """Explain that a condition without ``out=`` leaves numbers to chance, and what to write."""
    frame = user_frame()
    call = expression_at(frame)
    shape = np.broadcast_shapes(*map(np.shape, inputs))
    recorded = next(k for k, x in enumerate(inputs) if is_variable(x))
    way = "say what stands there with out="
    if isinstance(call, ast.Call) and len(call.args) == len(inputs):
        like = ast.unparse(call.args[recorded])
        zeros = f"np.zeros_like({like})" if np.shape(inputs[recorded]) == shape else f"np.zeros({shape}, like={like})"
        call.keywords.append(ast.keyword("out", ast.parse(zeros, mode="eval").body))
        way += f", as in {ast.unparse(call)}"
    return UnsupportedError(
        f"{name}: where a condition does not hold, where= leaves what memory holds by chance: {way}{at_line(frame)}"
    )


def is_fresh(out: Any) -> bool:
    """Whether a plain array was made in the very call that gets it as ``out=``, so that nobody else holds it."""
    frame = user_frame()
    call = expression_at(frame)
    if frame is None or not isinstance(call, ast.Call) or not isinstance(out, np.ndarray) or out.dtype.kind not in "fc":
        return False
    words = [word.value for word in call.keywords if word.arg == "out"] or call.args[-1:]
    return any(
        isinstance(entry, ast.Call)
        and isinstance(entry.func, ast.Attribute)
        and entry.func.attr in _MAKERS
        and (lookup(frame, entry.func) is getattr(np, entry.func.attr, None) or entry.func.attr == "copy")
        for entry in words
    )
