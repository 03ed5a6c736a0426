"""Choosing between values: maximum, minimum and where.

Ties in maximum and minimum share the adjoint equally (a subgradient); a NaN operand receives nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from graphviz_ad.engine.registering import elementwise, implements, structural
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
    if hasattr(type(condition), "__record__"):
        condition = condition != 0
    return WHERE(x, y, condition=np.array(condition))
