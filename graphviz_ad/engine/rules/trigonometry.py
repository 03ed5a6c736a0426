"""Angles and directions: degrees, hypot, arctan2, angle, and sinc.

Lengths are compared with the larger side first, so that no square overflows or is lost.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from graphviz_ad.engine.notation import Function
from graphviz_ad.engine.primitive import PRIMITIVES, Primitive, plain_value
from graphviz_ad.engine.registering import elementwise, implements
from graphviz_ad.engine.rules.complex import IMAG, REAL

elementwise(np.deg2rad, np.pi / 180)
elementwise(np.radians, np.pi / 180)
elementwise(np.rad2deg, 180 / np.pi)
elementwise(np.degrees, 180 / np.pi)


def _proportions(a: Any, b: Any) -> tuple[Any, Any, Any, Any]:
    """Return a and b divided by the larger of them, this, plain, and where there is no direction: both are then 0."""
    size = np.maximum(np.absolute(plain_value(a)), np.absolute(plain_value(b)))
    level = (size == 0) | np.isinf(size)
    if np.any(level):
        size = np.where(level, 1, size)[()]
        a, b = np.where(level, 0, a)[()], np.where(level, 0, b)[()]
    return a / size, b / size, size, level


def _cosine(a: Any, b: Any) -> Any:
    a, b, _, level = _proportions(a, b)
    return a / np.sqrt(a * a + b * b + level)


def _by_root(x: Any, a: Any, b: Any) -> Any:
    """Return x / sqrt(hypot(a, b)), of which the product of two neither overflows nor is lost on the way.

    It is 0 where a and b have no direction, which then has no slope.
    """
    length = np.hypot(a, b)
    level = (plain_value(length) == 0) | ~np.isfinite(plain_value(length))
    return np.where(level, 0, x / np.sqrt(np.where(level, 1, length)))[()]


# The cosine of the angle at a; 0 where both are 0, as the slope of a norm is. Its own slopes are sin^2/h by a and
# -sin cos/h by b, of which nothing cancels, as it does in those of the quotient a / hypot(a, b).
COSINE: Primitive = Primitive(
    "cosine",
    _cosine,
    partials=(
        lambda y, a, b: _by_root(COSINE(b, a), a, b) ** 2,
        lambda y, a, b: -_by_root(y, a, b) * _by_root(COSINE(b, a), a, b),
    ),
    formulas=(lambda y, a, b: b**2 / np.hypot(a, b) ** 3, lambda y, a, b: -a * b / np.hypot(a, b) ** 3),
    notation=Function("cosine"),
)
PRIMITIVES["cosine"] = COSINE


def _turn(y: Any, a: Any, b: Any) -> Any:
    """Return d(arctan2(a, b))/da = b / (a^2 + b^2); 0 at the origin, where there is no angle, and at infinity."""
    a, b, size, level = _proportions(a, b)
    return b / (a * a + b * b + level) / size


elementwise(
    np.hypot,
    lambda y, a, b: COSINE(a, b),
    lambda y, a, b: COSINE(b, a),
    formulas=(lambda y, a, b: a / y, lambda y, a, b: b / y),
)
ARCTAN2 = elementwise(
    np.arctan2,
    _turn,
    lambda y, a, b: -_turn(y, b, a),
    formulas=(lambda y, a, b: b / (a**2 + b**2), lambda y, a, b: -a / (a**2 + b**2)),
    notation=Function("atan2"),
)


@implements(np.angle)
def angle(z: Any, deg: bool = False) -> Any:
    """Record ``np.angle(z, deg)``; 0 has no direction, and slope 0."""
    turned = ARCTAN2(IMAG(z), REAL(z)) if z.dtype.kind == "c" else ARCTAN2(0, z)
    return turned * (180 / np.pi) if deg else turned


# Of sin(u)/u = sum of (-1)^k u^(2k) / (2k + 1)!, differentiated and divided by u: enough terms for |u| < pi/2.
_SERIES = [(-1) ** k * 2 * k / math.factorial(2 * k + 1) for k in range(1, 13)]


def _sinc_partial(y: Any, x: Any) -> Any:
    """Return d(sinc x)/dx = (cos(pi x) - sinc x) / x, and where that cancels its power series; 0 at 0."""
    plain = plain_value(x)
    small = np.absolute(plain) < 0.5
    near = np.pi * np.where(small, x, 0)[()]
    square, series = near * near, 0.0
    for coefficient in reversed(_SERIES):
        series = series * square + coefficient
    far = np.where(small, 1, x)[()]
    turn = np.pi * (far - 2 * np.rint(np.real(plain_value(far)) / 2))  # whole turns less, which is exact
    return np.where(small, np.pi * near * series, (np.cos(turn) - np.sin(turn) / np.pi / far) / far)[()]


SINC = PRIMITIVES["sinc"] = Primitive(
    "sinc",
    np.sinc,
    partials=(_sinc_partial,),
    formulas=(lambda y, x: (np.cos(np.pi * x) - y) / x,),
)


@implements(np.sinc)
def sinc(x: Any) -> Any:
    """Record ``np.sinc(x)``, which is sin(pi x) / (pi x)."""
    return SINC(x)
