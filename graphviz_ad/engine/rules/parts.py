"""Numbers taken apart: modf, frexp and divmod, which have two results each, and ldexp, which puts them together.

Between its jumps a number's whole part, its exponent and a quotient are level, so that the other part has the slope of
the number: 1, or the power of two by which it was divided.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from graphviz_ad.engine.frames import user_line
from graphviz_ad.engine.notation import Function
from graphviz_ad.engine.primitive import is_variable, plain_value
from graphviz_ad.engine.registering import implements, structural
from graphviz_ad.engine.rules.shaping import unbroadcast
from graphviz_ad.engine.values import frozen_index
from graphviz_ad.errors import UnsupportedError


def _power_of_two(exponents: Any, like: Any) -> Any:
    return np.ldexp(plain_value(like).dtype.type(1), exponents)


FRACTION = structural(
    "modf.fraction",
    lambda x: np.modf(x)[0],
    lambda adjoint, y, x: adjoint,
    notation=Function("frac"),
    back="unchanged",
    unchanged=True,
)
MANTISSA = structural(
    "frexp.mantissa",
    lambda x: np.frexp(x)[0],
    lambda adjoint, y, x: adjoint * _power_of_two(-np.frexp(plain_value(x))[1], x),
    notation=Function("mantissa"),
    back="by the same power of 2",
)
LDEXP = structural(
    "ldexp",
    lambda x, *, exponents: np.ldexp(x, exponents),
    lambda adjoint, y, x, exponents: unbroadcast(adjoint * _power_of_two(exponents, y), np.shape(x)),
    linear=(0,),
    back="times the power of 2",
)


@implements(np.modf)
def modf(x: Any, /) -> tuple[Any, Any]:
    """Record ``np.modf(x)``: the fraction and the whole part, through which nothing flows."""
    return FRACTION(x), np.trunc(x)


@implements(np.frexp)
def frexp(x: Any, /) -> tuple[Any, Any]:
    """Record ``np.frexp(x)``: the mantissa; the exponents are plain integers."""
    return MANTISSA(x), np.frexp(plain_value(x))[1]


@implements(np.ldexp)
def ldexp(x1: Any, x2: Any, /) -> Any:
    """Record ``np.ldexp(x1, x2)`` of plain integers x2."""
    if is_variable(x2):
        raise UnsupportedError(f"np.ldexp: the exponents x2 are plain integers: write x1 * np.exp2(x2){user_line()}")
    return LDEXP(x1, exponents=frozen_index(x2))


@implements(np.divmod)
def divmod_(x1: Any, x2: Any, /) -> tuple[Any, Any]:
    """Record ``np.divmod(x1, x2)``: the quotient, through which nothing flows, and the remainder."""
    return np.floor_divide(x1, x2), np.remainder(x1, x2)
