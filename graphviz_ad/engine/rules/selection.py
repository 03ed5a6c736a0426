"""Choosing between values: maximum, minimum, where and piecewise.

Ties in maximum and minimum share the adjoint equally (a subgradient); a NaN operand receives nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from graphviz_ad.engine.primitive import is_variable, plain_value
from graphviz_ad.engine.registering import elementwise, implements, structural
from graphviz_ad.engine.rules.indexing import UPDATE
from graphviz_ad.engine.rules.shaping import unbroadcast

elementwise(
    np.maximum,
    lambda y, a, b: np.where(a == b, y.dtype.type(0.5), a > b)[()],
    lambda y, a, b: np.where(a == b, y.dtype.type(0.5), b > a)[()],
    formulas=(lambda y, a, b: a > b, lambda y, a, b: b > a),
)
elementwise(
    np.minimum,
    lambda y, a, b: np.where(a == b, y.dtype.type(0.5), a < b)[()],
    lambda y, a, b: np.where(a == b, y.dtype.type(0.5), b < a)[()],
    formulas=(lambda y, a, b: a < b, lambda y, a, b: b < a),
)


def _where(a: Any, b: Any, *, condition: Any) -> Any:
    return np.where(condition, a, b)[()]


WHERE = structural(
    "where",
    _where,
    lambda adjoint, y, a, b, condition: unbroadcast(np.where(condition, adjoint, 0.0), np.shape(a)),
    lambda adjoint, y, a, b, condition: unbroadcast(np.where(condition, 0.0, adjoint), np.shape(b)),
    linear=((0, 1),),
    back=lambda params, argument: "where false" if argument else "where true",
)


@implements(np.where)
def where(condition: Any, x: Any, y: Any) -> Any:
    """Record ``np.where(condition, x, y)``; the condition is a plain boolean array and gets no derivative."""
    if is_variable(condition):
        condition = condition != 0
    return WHERE(x, y, condition=np.array(condition))


def _conditions(condlist: Any, ndim: int, functions: int) -> Any:
    """Return the conditions of np.piecewise, with what is left for the last function; or NumPy's own error."""
    one = np.ndim(condlist) == 0 or (not isinstance(condlist[0], list | np.ndarray) and ndim != 0)
    conditions = np.asarray([condlist] if one else condlist, dtype=bool)
    if len(conditions) == functions - 1:
        return np.concatenate([conditions, ~np.any(conditions, axis=0, keepdims=True)])
    if len(conditions) == functions:
        return conditions
    raise ValueError(
        f"with {len(conditions)} condition(s), either {len(conditions)} or {len(conditions) + 1} functions are expected"
    )


@implements(np.piecewise)
def piecewise(x: Any, condlist: Any, funclist: Any, *args: Any, **kw: Any) -> Any:
    """Record ``np.piecewise(x, condlist, funclist, *args, **kw)``: each function's values written to their places."""
    y: Any = np.zeros_like(plain_value(x))
    for place, function in zip(_conditions(condlist, np.ndim(x), len(funclist)), funclist, strict=True):
        values = x[place] if callable(function) else None
        if values is None:
            y = UPDATE(y, function, place=place)
        elif np.size(values):
            y = UPDATE(y, function(values, *args, **kw), place=place)
    # Of constants alone nothing was recorded; x has a part in it all the same, of which nothing is taken.
    return y if is_variable(y) else np.where(np.zeros(np.shape(y), bool), x, y)
