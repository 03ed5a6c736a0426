"""Arithmetic in which a recorded program is run again: with 80 digits and no largest number, or with wide floats.

Numbers of 80 digits are Python's decimals in arrays of objects, so that NumPy adds, multiplies, sums and picks them by
itself; what it has no loop for is a row of `EXACT`. A program that asks for more is run with long doubles, and one that
asks for linear algebra with doubles: these know no better than the program, so that what agrees was right before.
"""

from __future__ import annotations

import decimal
from collections.abc import Callable
from contextlib import AbstractContextManager
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.engine.primitive import Primitive

__all__ = ["ARITHMETICS", "EXACT", "Arithmetic"]

_CONTEXT = decimal.Context(prec=80, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN, traps=[])
_PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803482534211706798")
_INFINITY, _NAN = Decimal("Infinity"), Decimal("NaN")
_HALF, _ONE, _TWO = Decimal("0.5"), Decimal(1), Decimal(2)
_NEGLIGIBLE = Decimal("1e-82")
_LARGEST_ANGLE = Decimal("1e30")
_MOST_EXPONENT = Decimal("1e15")


def _exp(x: Decimal) -> Decimal:
    if x > _MOST_EXPONENT:
        return _INFINITY
    return Decimal(0) if x < -_MOST_EXPONENT else x.exp()


def _logarithm(x: Decimal) -> Decimal:
    return x.ln()


def _turned(x: Decimal) -> tuple[Decimal, int]:
    """Return an angle less the whole quarter turns in it, and how many these are; NaN for one beyond counting."""
    if not x.is_finite() or abs(x) > _LARGEST_ANGLE:
        return _NAN, 0
    with decimal.localcontext(prec=130):
        quarters = int((x / (_PI / 2)).to_integral_value())
        return x - quarters * (_PI / 2), quarters


def _series(x: Decimal, first: Decimal, start: int) -> Decimal:
    """Return the sum of ``first − first·x²/(start+1)(start+2) + …``: the sine from 1, the cosine from 0."""
    total, term, k = first, first, start
    while term and abs(term) > abs(total) * _NEGLIGIBLE:
        term = -term * x * x / ((k + 1) * (k + 2))
        total, k = total + term, k + 2
    return total


def _sin(x: Decimal, ahead: int = 0) -> Decimal:
    angle, quarters = _turned(x)
    if angle.is_nan():
        return _NAN
    quarters += ahead
    value = _series(angle, _ONE, 0) if quarters % 2 else _series(angle, angle, 1)
    return -value if quarters % 4 >= 2 else value


def _cos(x: Decimal) -> Decimal:
    return _sin(x, 1)


def _expm1(x: Decimal) -> Decimal:
    with decimal.localcontext(prec=160):
        return _exp(x) - 1


def _log1p(x: Decimal) -> Decimal:
    with decimal.localcontext(prec=160):
        return (1 + x).ln()


def _sinh(x: Decimal) -> Decimal:
    with decimal.localcontext(prec=160):
        return (_exp(x) - _exp(-x)) / 2


def _cosh(x: Decimal) -> Decimal:
    return (_exp(x) + _exp(-x)) / 2


def _tanh(x: Decimal) -> Decimal:
    with decimal.localcontext(prec=160):
        e = _exp(-2 * abs(x))
        return ((1 - e) / (1 + e)).copy_sign(x)


def _arctan(x: Decimal) -> Decimal:
    if x.is_nan():
        return x
    if abs(x) > 1:
        return (_PI / 2).copy_sign(x) - _arctan(1 / x)
    for _ in range(6):  # half the angle, six times
        x = x / (1 + (1 + x * x).sqrt())
    total = term = x
    k = 1
    while term and abs(term) > abs(total) * _NEGLIGIBLE:
        term, k = -term * x * x, k + 2
        total += term / k
    return 64 * total


def _arcsin(x: Decimal) -> Decimal:
    return (_PI / 2).copy_sign(x) if abs(x) == 1 else _arctan(x / (1 - x * x).sqrt())


def _power(a: Decimal, b: Decimal) -> Decimal:
    return _ONE if b == 0 else a**b


def _cbrt(x: Decimal) -> Decimal:
    return x if x == 0 else (abs(x) ** (_ONE / 3)).copy_sign(x)


def _logaddexp(a: Decimal, b: Decimal) -> Decimal:
    top, low = max(a, b), min(a, b)
    return top if top.is_infinite() else top + _log1p(_exp(low - top))


def _sign(x: Decimal) -> Decimal:
    return x if x == 0 or x.is_nan() else _ONE.copy_sign(x)


def _whole(x: Decimal, rounding: str) -> Decimal:
    return x if not x.is_finite() else x.to_integral_value(rounding=rounding)


def _larger(a: Decimal, b: Decimal) -> Decimal:
    return a if a.is_nan() or a >= b else b


def _smaller(a: Decimal, b: Decimal) -> Decimal:
    return a if a.is_nan() or a <= b else b


EXACT: dict[str, Callable[..., Any]] = {
    "absolute": abs,
    "arccos": lambda x: _PI / 2 - _arcsin(x),
    "arcsin": _arcsin,
    "arctan": _arctan,
    "cbrt": _cbrt,
    "ceil": partial(_whole, rounding=decimal.ROUND_CEILING),
    "cos": _cos,
    "cosh": _cosh,
    "exp": _exp,
    "exp2": lambda x: _exp(x * _TWO.ln()),
    "expm1": _expm1,
    "fabs": abs,
    "floor": partial(_whole, rounding=decimal.ROUND_FLOOR),
    "hypot": lambda a, b: (a * a + b * b).sqrt(),
    "log": _logarithm,
    "log10": lambda x: x.log10(),
    "log1p": _log1p,
    "log2": lambda x: x.ln() / _TWO.ln(),
    "logaddexp": _logaddexp,
    "maximum": _larger,
    "minimum": _smaller,
    "power": _power,
    "reciprocal": lambda x: 1 / x,
    "rint": partial(_whole, rounding=decimal.ROUND_HALF_EVEN),
    "sign": _sign,
    "sin": _sin,
    "sinh": _sinh,
    "sqrt": lambda x: x.sqrt(),
    "square": lambda x: x * x,
    "tan": lambda x: _sin(x) / _cos(x),
    "tanh": _tanh,
}
"""What a primitive computes of decimals, by its name; of all others NumPy's own function is asked."""


def _decimals(value: Any) -> Any:
    if isinstance(value, float):  # of which a long program has many
        return Decimal(float(value))
    array = np.asarray(value)
    if array.dtype.kind not in "fiu":
        return value
    return np.frompyfunc(lambda x: Decimal(float(x)), 1, 1)(array.astype(np.longdouble).astype(float))


def _of_decimals(primitive: Primitive, operands: tuple[Any, ...], params: dict[str, Any]) -> Any:
    if primitive.name == "logaddexp.reduce":
        return np.frompyfunc(_logaddexp, 2, 1).reduce(operands[0], **params)
    function = EXACT.get(primitive.name)
    if function is None:
        return primitive.function(*operands, **params)
    return np.frompyfunc(function, len(operands), 1)(*operands)


def _of_floats(primitive: Primitive, operands: tuple[Any, ...], params: dict[str, Any]) -> Any:
    return primitive.function(*operands, **params)


class Arithmetic(NamedTuple):
    """What numbers a program is run with.

    Attributes
    ----------
    number : callable
        Makes numbers of this kind of an array of floats.
    computed : callable
        What a primitive makes of them: ``(primitive, operands, params)``.
    context : callable
        What to be in while computing, a context manager.
    step : float
        How far an input is moved for a difference, beside its size.
    rounding : float
        What a difference over such a step is uncertain by, beside its size.
    most : int
        The most numbers that a program may consist of.
    budget : int
        How many numbers are computed for the slopes of one proof, more or less.
    """

    number: Callable[[Any], Any]
    computed: Callable[..., Any]
    context: Callable[[], AbstractContextManager[Any]]
    step: float
    rounding: float
    most: int
    budget: int


def _floating(dtype: type[np.floating[Any]]) -> Callable[[Any], Any]:
    return lambda value: np.asarray(value, dtype) if np.asarray(value).dtype.kind == "f" else value


_quiet = partial(np.errstate, all="ignore")

ARITHMETICS = (
    Arithmetic(_decimals, _of_decimals, partial(decimal.localcontext, _CONTEXT), 1e-18, 1e-12, 600, 10_000),
    Arithmetic(_floating(np.longdouble), _of_floats, _quiet, 1e-6, 1e-7, 10**6, 400_000),
    Arithmetic(_floating(np.float64), _of_floats, _quiet, 1e-5, 1e-6, 10**6, 400_000),
)
"""The most exact first; each next one is for what those before it cannot compute, or not soon."""
