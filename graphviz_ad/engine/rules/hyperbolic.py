"""Inverse hyperbolic functions, roots and powers beyond `elementwise`, and sums of what logarithms stand for.

Derivatives are those of Abramowitz and Stegun, chapter 4.6, as products where a square would overflow or cancel.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from graphviz_ad.engine.notation import Fence, Power, Root
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.registering import elementwise
from graphviz_ad.engine.rules.elementwise import power_base_partial, power_exponent_partial

elementwise(np.cbrt, lambda y, x: 1 / (3 * y**2), notation=Root(3))  # inf at 0, as the limit is
elementwise(np.exp2, lambda y, x: math.log(2.0) * y, notation=Power(base="2"))
elementwise(np.fabs, lambda y, x: np.sign(x), notation=Fence("|", "|"))  # slope 0 at 0
elementwise(np.reciprocal, lambda y, x: -y * y, notation=Power("−1"))

WIDE = np.float64(1)  # np.float_power computes in float64, whatever its operands are
elementwise(
    np.float_power,
    lambda y, a, b: power_base_partial(y, a * WIDE, b * WIDE),
    lambda y, a, b: power_exponent_partial(y, a * WIDE, b * WIDE),
    formulas=(lambda y, a, b: b * a ** (b - 1), lambda y, a, b: y * np.log(a)),
    notation=Power(),
)


def _arcsinh_partial(y: Any, x: Any) -> Any:
    """Return d(arcsinh x)/dx = 1/sqrt(1 + x^2); the square may overflow."""
    if x.dtype.kind == "c":
        return 1 / np.sqrt(1 - 1j * x) / np.sqrt(1 + 1j * x)
    return 1 / np.hypot(1, x)


def _arctanh_partial(y: Any, x: Any) -> Any:
    """Return d(arctanh x)/dx = 1/(1 - x^2); of complex numbers the square may overflow."""
    return 1 / (1 - x) / (1 + x) if x.dtype.kind == "c" else 1 / (1 - x**2)


elementwise(np.arcsinh, _arcsinh_partial, formulas=(lambda y, x: 1 / np.sqrt(1 + x**2),))
elementwise(
    np.arccosh,
    lambda y, x: 1 / np.sqrt(x - 1) / np.sqrt(x + 1),
    formulas=(lambda y, x: 1 / np.sqrt(x**2 - 1),),
)
elementwise(np.arctanh, _arctanh_partial, formulas=(lambda y, x: 1 / (1 - x**2),))

# The size of a with the sign of b: as that of abs, the slope at a = 0 is 0.
elementwise(
    np.copysign,
    lambda y, a, b: np.sign(a) * np.copysign(y.dtype.type(1), plain_value(b)),
    None,
    formulas=(lambda y, a, b: np.sign(a) * np.sign(b), None),
)


def _share(exp: Callable[[Any], Any], a: Any, b: Any) -> Any:
    """Return exp(a) / (exp(a) + exp(b)), of which nothing overflows: the larger of both is divided by itself."""
    plain_a, plain_b = plain_value(a), plain_value(b)
    same = np.isinf(plain_a) & (plain_a == plain_b)  # the difference of two infinities is not a number
    if np.any(same):
        a, b = np.where(same, 0, a)[()], np.where(same, 0, b)[()]
    below = plain_a < plain_b
    smaller = exp(np.where(below, a - b, b - a)[()])
    return np.where(below, smaller, 1)[()] / (1 + smaller)


for logarithm, exp in ((np.logaddexp, np.exp), (np.logaddexp2, np.exp2)):
    elementwise(
        logarithm,
        lambda y, a, b, exp=exp: _share(exp, a, b),
        lambda y, a, b, exp=exp: _share(exp, b, a),
        formulas=(lambda y, a, b, exp=exp: exp(a - y), lambda y, a, b, exp=exp: exp(b - y)),
    )

# As maximum and minimum, but a NaN gives way to the other operand, which then receives all.
for extremum, wins in ((np.fmax, np.greater), (np.fmin, np.less)):
    elementwise(
        extremum,
        lambda y, a, b: np.where(a == b, y.dtype.type(0.5), y == a)[()],
        lambda y, a, b: np.where(a == b, y.dtype.type(0.5), y == b)[()],
        formulas=(lambda y, a, b, wins=wins: wins(a, b), lambda y, a, b, wins=wins: wins(b, a)),
    )
