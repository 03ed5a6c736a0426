"""Numbers of 80 digits: every function beside mpmath's, and what has no value."""

from __future__ import annotations

from decimal import Decimal

import mpmath
import numpy as np
import pytest

from graphviz_ad.debugging.remedies.precision import ARITHMETICS, EXACT
from graphviz_ad.engine.primitive import PRIMITIVES

DECIMALS = ARITHMETICS[0]
_MPMATH = {
    "absolute": abs, "fabs": abs, "arccos": mpmath.acos, "arcsin": mpmath.asin, "arctan": mpmath.atan,
    "ceil": mpmath.ceil, "floor": mpmath.floor, "rint": mpmath.nint, "sign": mpmath.sign,
    "cbrt": lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)), "exp2": lambda x: mpmath.power(2, x),
    "log2": lambda x: mpmath.log(x, 2), "maximum": max, "minimum": min, "reciprocal": lambda x: 1 / x,
    "square": lambda x: x * x, "logaddexp": lambda a, b: mpmath.log(mpmath.exp(a) + mpmath.exp(b)),
}  # fmt: skip
_POINTS = [1e-30, -1e-9, 0.3, -0.75, 1.0, 2.5, -7.25, 40.0, 1e3, -1e3, 12345.678]
_UNIT = [x for x in _POINTS if abs(x) <= 1]
_POSITIVE = [abs(x) for x in _POINTS]
_WITHIN = {
    "arccos": _UNIT, "arcsin": _UNIT, "log": _POSITIVE, "log2": _POSITIVE, "log10": _POSITIVE, "sqrt": _POSITIVE,
    "log1p": [x for x in _POINTS if x > -1],
}  # fmt: skip


def computed(name, *operands):
    """Return what a primitive makes of floats in decimals."""
    with DECIMALS.context():
        result = DECIMALS.computed(PRIMITIVES[name], tuple(DECIMALS.number(x) for x in operands), {})
    return np.asarray(result)[()]


@pytest.mark.parametrize("name", sorted(EXACT))
def test_every_function_agrees_with_mpmath(name):
    """To 50 digits, at small and large numbers of both signs."""
    function = _MPMATH.get(name) or getattr(mpmath, name, None)
    with mpmath.workdps(200):
        for k, x in enumerate(_WITHIN.get(name, _POINTS)):
            others = (abs(_POINTS[-1 - k]),) if PRIMITIVES[name].scalar == 2 else ()
            operands = (abs(x), others[0] if others[0] < 50 else 0.5) if name == "power" else (x, *others)
            truth = function(*map(mpmath.mpf, operands))
            value = computed(name, *operands)
            assert value == Decimal(str(truth)) or abs(mpmath.mpf(str(value)) - truth) <= mpmath.mpf("1e-50") * abs(
                truth
            )


@pytest.mark.parametrize(
    ("name", "operands", "value"),
    [
        ("log", (0.0,), -np.inf),
        ("log", (-1.0,), np.nan),
        ("sqrt", (-4.0,), np.nan),
        ("divide", (1.0, 0.0), np.inf),
        ("divide", (0.0, 0.0), np.nan),
        ("multiply", (0.0, np.inf), np.nan),
        ("exp", (1e300,), np.inf),
        ("exp", (-1e300,), 0.0),
        ("power", (0.0, 0.0), 1.0),
        ("power", (0.0, -1.0), np.inf),
        ("power", (-8.0, 0.5), np.nan),
        ("arcsin", (1.5,), np.nan),
        ("sin", (np.inf,), np.nan),
        ("maximum", (np.nan, 1.0), np.nan),
        ("minimum", (1.0, np.nan), np.nan),
        ("logaddexp", (-np.inf, 0.0), 0.0),
        ("logaddexp", (1e5, 0.0), 1e5),
        ("tanh", (1e9,), 1.0),
    ],
)
def test_what_has_no_value_is_as_with_floats(name, operands, value):
    """Poles are infinite, and what is outside of the domain is NaN."""
    np.testing.assert_equal(float(computed(name, *operands)), value)


def test_what_overflows_with_floats_does_not():
    """The exponent has no end that a program would meet."""
    assert computed("exp", 1e6).ln() == Decimal(10**6)
    assert computed("multiply", 1e300, 1e300) > Decimal("1e599")
