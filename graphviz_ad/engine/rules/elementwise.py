"""Elementwise primitives: one line each, a ufunc and its partial derivatives.

A partial receives the result first, then the operands, so that ``exp`` can reuse its own value. At kinks the
subgradient is documented beside the rule. Derivatives are the textbook ones (Abramowitz and Stegun, chapters 3 and 4),
arranged so that nothing on the way overflows, underflows or cancels where the derivative itself does not (Higham,
"Accuracy and Stability of Numerical Algorithms", chapter 1); `formulas` then says it as the textbook does. A number by
which both sides of a fraction are divided is plain: it has no influence on the derivative.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from graphviz_ad.engine.notation import Fence, Fraction, Function, Infix, Level, Power, Prefix, Product, Root, Unwritten
from graphviz_ad.engine.primitive import first_operand, plain_value, second_operand
from graphviz_ad.engine.registering import elementwise
from graphviz_ad.engine.rules.complex import MODULUS, PHASE


def power_base_partial(y: Any, a: Any, b: Any) -> Any:
    """Return d(a**b)/da = b a**(b-1); zero where the exponent is zero, also at a = 0; at infinities the limit."""
    if type(b) in (int, float):
        if b == 2:
            return 2 * a
        partial = b * a ** (b - 1 if b != 0 else 0)
        if b == 0 or not (-1 < b < 1 or b - b != 0):
            return partial
    else:
        # b - 1 would be -1 where b is 0, and 0 * 0**-1 is NaN: use the exponent 0 there.
        partial = b * a ** np.where(b == 0, 0, b - 1)
    extreme = ~np.isfinite(plain_value(partial))
    if not np.any(extreme):
        return partial
    # An infinite b grows slower than a**b falls.
    gone = np.isinf(plain_value(b)) & (plain_value(y) == 0)
    if np.any(gone):
        return power_base_partial(y, a, np.where(gone, y.dtype.type(0), b)[()])
    # For a base near the smallest number a**(b - 1) may overflow where a small b brings b a**b / a back into the range.
    plain_a, plain_b = plain_value(a), plain_value(b)
    small = (np.absolute(plain_b) < 1) & (plain_a != 0) & extreme
    return np.where(small, b * y / np.where(small, a, 1), partial)[()] if np.any(small) else partial


def power_exponent_partial(y: Any, a: Any, b: Any) -> Any:
    """Return d(a**b)/db = a**b log(a); zero at a = 0, the limit from the right, for b >= 0, and -inf for b < 0.

    Where a is infinite and a**b is 0, it is zero.
    """
    plain_y, plain_a = plain_value(y), plain_value(a)
    zero = (plain_a == 0) & np.isfinite(plain_y) | (plain_y == 0) & np.isinf(plain_a)
    return y * np.log(np.where(zero, y.dtype.type(1), a))


def reciprocal(y: Any, a: Any, b: Any) -> Any:
    """Return d(a/b)/da = 1/b; infinite at a plain Python zero, as NumPy's quotient is."""
    try:
        return 1 / b
    except ZeroDivisionError:
        return np.inf


def cosine(x: Any) -> Any:
    """Return sqrt(1 - x^2), the cosine of arcsin x; of complex numbers as a product, since the square may overflow."""
    return np.sqrt(1 - x) * np.sqrt(1 + x) if x.dtype.kind == "c" else np.sqrt(1 - x**2)


def arctan_partial(y: Any, x: Any) -> Any:
    """Return d(arctan x)/dx = 1/(1 + x^2), numerator and denominator divided by |x| where that is large."""
    size = np.absolute(plain_value(x))
    if np.all(size < 1e2):
        return 1 / (1 + x**2)
    infinite = np.isinf(size)
    if np.any(infinite):
        return np.where(infinite, y.dtype.type(0), arctan_partial(y, np.where(infinite, y.dtype.type(0), x)[()]))[()]
    scale = np.maximum(size, 1)
    return 1 / scale / (1 / scale + x * (x / scale))


_SMALL = 0.98


def tanh_partial(y: Any, x: Any) -> Any:
    """Return d(tanh x)/dx = 1 - y^2, and where that cancels the same as a fraction of exponentials."""
    if type(y) is not np.ndarray or y.dtype.kind == "c":
        return -(y**2) + 1 if _is_small(y) else _sech_squared(x)
    partial = y * y
    np.subtract(1, partial, out=partial)
    saturated = (partial.reshape(-1) < 1 - _SMALL**2).nonzero()[0]
    if saturated.size:
        partial.put(saturated, _sech_squared(x.take(saturated)))
    return partial


def tan_partial(y: Any, x: Any) -> Any:
    """Return d(tan x)/dx = 1 + y^2, which cancels far from the real axis only."""
    return 1 + y**2 if x.dtype.kind != "c" or _is_small(y) else _sech_squared(x * 1j)


def _is_small(y: Any) -> bool:
    """Whether 1 - y^2 loses to cancellation no more than the derivative's own condition number allows for."""
    y = plain_value(y)
    return bool(abs(y) < _SMALL) if y.ndim == 0 else bool(np.all(np.absolute(y) < _SMALL))


def _sech_squared(x: Any) -> Any:
    """Return 1/cosh(x)^2 = (2 h / (1 + h^2))^2 with h = exp(-|x|), which cannot overflow."""
    if type(x) is np.ndarray and x.dtype.kind != "c":
        half = np.exp(-np.absolute(x))
    else:  # the sign is a plain number, so that the second derivative has no corner at 0
        one = x.dtype.type(1)
        half = np.exp(np.where(np.real(plain_value(x)) < 0, one, -one)[()] * x)
    return (2 * half / (1 + half * half)) ** 2


SUM, PRODUCT, MINUS = Level.SUM, Level.PRODUCT, "\u2212"

elementwise(np.add, 1.0, 1.0, notation=Infix(" + "), operator="add")
elementwise(np.subtract, 1.0, -1.0, notation=Infix(f" {MINUS} ", SUM, right=PRODUCT), operator="sub")
elementwise(np.multiply, second_operand, first_operand, notation=Product(), operator="mul")
elementwise(
    np.divide,
    reciprocal,
    lambda y, a, b: -y / b,
    formulas=(None, lambda y, a, b: -a / (b * b)),
    notation=Fraction(),
    operator="truediv",
)
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

ABSOLUTE = elementwise(np.absolute, lambda y, x: np.sign(x), notation=Fence("|", "|"), operator="abs")  # slope 0 at 0
ABSOLUTE.of_complex = MODULUS
elementwise(np.sign, None).of_complex = PHASE
elementwise(np.rint, None, notation=Function("round"))
elementwise(np.sqrt, lambda y, x: 1 / (2 * y), notation=Root())  # inf at 0, as the limit is
elementwise(np.square, lambda y, x: 2 * x, notation=Power("2"))
elementwise(np.exp, lambda y, x: y)
elementwise(np.expm1, lambda y, x: np.exp(x))
elementwise(np.log, lambda y, x: 1 / x)
elementwise(np.log1p, lambda y, x: 1 / (1 + x))
# math's logarithms are Python floats, which leave float32 as it is; NumPy's would promote it.
elementwise(
    np.log2,
    lambda y, x: 1 / math.log(2.0) / x,
    formulas=(lambda y, x: 1 / (x * math.log(2.0)),),
    notation=Function("log", base="2"),
)
elementwise(
    np.log10,
    lambda y, x: 1 / math.log(10.0) / x,
    formulas=(lambda y, x: 1 / (x * math.log(10.0)),),
    notation=Function("log", base="10"),
)

elementwise(np.sin, lambda y, x: np.cos(x))
elementwise(np.cos, lambda y, x: -np.sin(x))
elementwise(np.tan, tan_partial, formulas=(lambda y, x: 1 + y**2,))
elementwise(
    np.arcsin,
    lambda y, x: 1 / cosine(x),
    formulas=(lambda y, x: 1 / np.sqrt(1 - x**2),),
)
elementwise(
    np.arccos,
    lambda y, x: -1 / cosine(x),
    formulas=(lambda y, x: -1 / np.sqrt(1 - x**2),),
)
elementwise(np.arctan, arctan_partial, formulas=(lambda y, x: 1 / (1 + x**2),))
elementwise(np.sinh, lambda y, x: np.cosh(x))
elementwise(np.cosh, lambda y, x: np.sinh(x))
elementwise(np.tanh, tanh_partial, formulas=(lambda y, x: 1 - y**2,))
