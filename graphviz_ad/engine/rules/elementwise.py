"""Elementwise primitives: one line each, a ufunc and its partial derivatives.

A partial receives the result first, then the operands, so that ``exp`` can reuse its own value. At kinks the
subgradient is documented beside the rule. Derivatives are the textbook ones (Abramowitz and Stegun, chapters 3 and 4).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from graphviz_ad.engine.notation import Fence, Fraction, Function, Infix, Level, Power, Prefix, Product, Root, Unwritten
from graphviz_ad.engine.primitive import first_operand, second_operand
from graphviz_ad.engine.registering import elementwise


def power_base_partial(y: Any, a: Any, b: Any) -> Any:
    """Return d(a**b)/da = b a**(b-1); zero where the exponent is zero, also at a = 0."""
    if type(b) in (int, float):
        if b == 2:
            return 2 * a
        return b * a ** (b - 1) if b != 0 else 0.0 * a
    # b - 1 would be -1 where b is 0, and 0 * 0**-1 is NaN: use the exponent 0 there.
    return b * a ** np.where(b == 0, 0, b - 1)


def power_exponent_partial(y: Any, a: Any, b: Any) -> Any:
    """Return d(a**b)/db = a**b log(a); zero at a = 0, the limit from the right for b > 0."""
    return y * np.log(np.where(a == 0, 1, a))


def reciprocal(y: Any, a: Any, b: Any) -> Any:
    """Return d(a/b)/da = 1/b; infinite at a plain Python zero, as NumPy's quotient is."""
    try:
        return 1 / b
    except ZeroDivisionError:
        return np.inf


def absolute_partial(y: Any, x: Any) -> Any:
    """Return d|x|/dx = sign(x), with slope 0 at 0; for complex x its conjugate, since d|x| = Re(conj(x)/|x| dx)."""
    return np.conjugate(np.sign(x)) if x.dtype.kind == "c" else np.sign(x)


SUM, PRODUCT, MINUS = Level.SUM, Level.PRODUCT, "\u2212"

elementwise(np.add, 1.0, 1.0, notation=Infix(" + "), operator="add")
elementwise(np.subtract, 1.0, -1.0, notation=Infix(f" {MINUS} ", SUM, right=PRODUCT), operator="sub")
elementwise(np.multiply, second_operand, first_operand, notation=Product(), operator="mul")
elementwise(np.divide, reciprocal, lambda y, a, b: -a / (b * b), notation=Fraction(), operator="truediv")
elementwise(
    np.power,
    power_base_partial,
    power_exponent_partial,
    formulas=(lambda y, a, b: b * a ** (b - 1), lambda y, a, b: y * np.log(a)),
    notation=Power(),
    operator="pow",
)
elementwise(np.negative, -1.0, notation=Prefix(MINUS), operator="neg")
elementwise(np.positive, 1.0, notation=Unwritten(), operator="pos")

# Piecewise constant in both operands: nothing flows, and at the jumps nothing is claimed.
QUOTIENT = Infix("/", PRODUCT, right=Level.POWER)
elementwise(np.floor_divide, None, None, notation=Fence("⌊", "⌋", QUOTIENT), operator="floordiv")
# a % b = a - (a // b) b with a // b constant between the jumps.
elementwise(
    np.remainder,
    1.0,
    lambda y, a, b: -(a // b),
    notation=Infix(" mod ", PRODUCT, right=Level.APPLICATION),
    operator="mod",
)

elementwise(
    np.absolute,
    absolute_partial,
    formulas=(lambda y, x: np.sign(x),),
    notation=Fence("|", "|"),
    operator="abs",
)
elementwise(np.sign, None)
elementwise(np.rint, None, notation=Function("round"))
elementwise(np.sqrt, lambda y, x: 1 / (2 * y), notation=Root())  # inf at 0, as the limit is
elementwise(np.square, lambda y, x: 2 * x, notation=Power("2"))
elementwise(np.exp, lambda y, x: y)
elementwise(np.expm1, lambda y, x: y + 1)
elementwise(np.log, lambda y, x: 1 / x)
elementwise(np.log1p, lambda y, x: 1 / (1 + x))
# math's logarithms are Python floats, which leave float32 as it is; NumPy's would promote it.
elementwise(np.log2, lambda y, x: 1 / (x * math.log(2.0)), notation=Function("log", base="2"))
elementwise(np.log10, lambda y, x: 1 / (x * math.log(10.0)), notation=Function("log", base="10"))

elementwise(np.sin, lambda y, x: np.cos(x))
elementwise(np.cos, lambda y, x: -np.sin(x))
elementwise(np.tan, lambda y, x: 1 + y**2)
elementwise(np.arcsin, lambda y, x: 1 / np.sqrt(1 - x**2))
elementwise(np.arccos, lambda y, x: -1 / np.sqrt(1 - x**2))
elementwise(np.arctan, lambda y, x: 1 / (1 + x**2))
elementwise(np.sinh, lambda y, x: np.cosh(x))
elementwise(np.cosh, lambda y, x: np.sinh(x))
# In this order NumPy reuses one temporary array throughout, where 1 - y**2 would need two.
elementwise(np.tanh, lambda y, x: -(y**2) + 1, formulas=(lambda y, x: 1 - y**2,))
