"""Exponential, sine and Fresnel integrals, complete elliptic integrals, hypergeometric functions, Lambert's W.

Sources: DLMF 6, 7, 4.13, 15.5, 13.3 and 19.4. Elliptic integrals are hypergeometric functions where their own
derivative is a difference of equal numbers, around m = 0.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special

from graphviz_ad.engine.notation import Function
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.special.asymptotics import level, parted
from graphviz_ad.engine.special.rows import FIXED, Results, Row

__all__ = ["ROWS"]


def _expi_partial(y: Any, x: Any) -> Any:
    """Return exp(x)/x; the exponential alone may overflow."""
    half = np.exp(x / 2)
    return half / x * half


def _expn_partial(y: Any, n: Any, x: Any) -> Any:
    n = plain_value(n)
    first = np.asarray(n) == 0
    return np.where(first, -y * (1 + 1 / x), -special.expn(np.where(first, 1, n)[()] - 1, x))[()]


def _elliptic(m: Any, near: Any, far: Any) -> Any:
    """Return one rule around 0 and another away from it."""
    return level(lambda m: _near_and_far(m, near, far), m, 0.0)


def _near_and_far(m: Any, near: Any, far: Any) -> Any:
    away = np.absolute(plain_value(m) + 0.25) > 0.75
    if not np.any(away):
        return near(m)
    inside, outside = parted(away, m, 0, 0.5)
    return np.where(away, far(outside), near(inside))[()]


def _ellipk_partial(y: Any, m: Any) -> Any:
    return _elliptic(
        m,
        lambda m: np.pi / 8 * special.hyp2f1(1.5, 1.5, 2, m),
        lambda m: (special.ellipe(m) / (1 - m) - special.ellipk(m)) / (2 * m),
    )


def _ellipe_partial(y: Any, m: Any) -> Any:
    return _elliptic(
        m,
        lambda m: -np.pi / 8 * special.hyp2f1(0.5, 1.5, 2, m),
        lambda m: (special.ellipe(m) - special.ellipk(m)) / (2 * m),
    )


def _ellipkm1_partial(y: Any, p: Any) -> Any:
    return level(_ellipkm1_slope, p, 1.0)


def _ellipkm1_slope(p: Any) -> Any:
    near = np.absolute(plain_value(p) - 1) < 0.5
    close, far = parted(~near, p, 1, 0.5)
    away = (special.ellipkm1(far) - special.ellipe(1 - far) / far) / (2 * (1 - far))
    return np.where(near, -np.pi / 8 * special.hyp2f1(1.5, 1.5, 2, 1 - close), away)[()]


def _spence_partial(y: Any, z: Any) -> Any:
    """Return log(z)/(1 - z), and around 1 the hypergeometric function that it is."""
    near = np.absolute(plain_value(z) - 1) < 0.5
    close, far = parted(~near, z, 1, 2)
    return np.where(near, -special.hyp2f1(1, 1, 2, 1 - close), np.log(far) / (1 - far))[()]


EXPONENTIAL = (
    Row("expi", (_expi_partial,), (lambda y, x: np.exp(x) / x,), Function("Ei")),
    Row("exp1", (lambda y, x: -np.exp(-x) / x,), notation=Function("E", base="1"), operands="z"),
    Row("expn", (FIXED, _expn_partial), (None, lambda y, n, x: -special.expn(n - 1, x)), Function("E"), "n, x"),
    Results(
        "sici",
        (
            ("Si", lambda y, x: np.sinc(x / math.pi), lambda y, x: np.sin(x) / x),
            ("Ci", lambda y, x: np.cos(x) / x, None),
        ),
    ),
    Results(
        "shichi",
        (
            ("Shi", lambda y, x: special.exprel(x) / 2 + special.exprel(-x) / 2, lambda y, x: np.sinh(x) / x),
            ("Chi", lambda y, x: np.cosh(x) / x, None),
        ),
    ),
    Results(
        "fresnel",
        (
            ("S", lambda y, x: np.sin(math.pi / 2 * (x * x)), None),
            ("C", lambda y, x: np.cos(math.pi / 2 * (x * x)), None),
        ),
    ),
    Row("spence", (_spence_partial,), (lambda y, z: np.log(z) / (1 - z),), operands="z"),
)
ELLIPTIC = (
    Row("ellipk", (_ellipk_partial,), (lambda y, m: (special.ellipe(m) / (1 - m) - y) / (2 * m),), Function("K"), "m"),
    Row("ellipe", (_ellipe_partial,), (lambda y, m: (y - special.ellipk(m)) / (2 * m),), Function("E"), "m"),
    Row("ellipkm1", (_ellipkm1_partial,), operands="p"),
    Row(
        "ellipkinc",
        (lambda y, phi, m: 1 / np.sqrt(1 - plain_value(m) * np.sin(phi) ** 2), FIXED),
        (lambda y, phi, m: 1 / np.sqrt(1 - m * np.sin(phi) ** 2), None),
        operands="phi, m",
    ),
    Row(
        "ellipeinc",
        (lambda y, phi, m: np.sqrt(1 - plain_value(m) * np.sin(phi) ** 2), FIXED),
        (lambda y, phi, m: np.sqrt(1 - m * np.sin(phi) ** 2), None),
        operands="phi, m",
    ),
)
HYPERGEOMETRIC = (
    Row("hyp0f1", (FIXED, lambda y, v, z: special.hyp0f1(v + 1, z) / v), operands="v, z"),
    Row("hyp1f1", (FIXED, FIXED, lambda y, a, b, x: a / b * special.hyp1f1(a + 1, b + 1, x)), operands="a, b, x"),
    Row("hyperu", (FIXED, FIXED, lambda y, a, b, x: -a * special.hyperu(a + 1, b + 1, x)), operands="a, b, x"),
    Row(
        "hyp2f1",
        (FIXED, FIXED, FIXED, lambda y, a, b, c, z: a / c * b * special.hyp2f1(a + 1, b + 1, c + 1, z)),
        operands="a, b, c, z",
    ),
)
INVERSE = (
    Row(
        "_lambertw",
        (lambda y, z: np.exp(-y) / (1 + y),),
        notation=Function("W"),
        operands="z",
        params=("k", "tol"),
    ),
    Row("wrightomega", (lambda y, z: y / (1 + y),), notation=Function("ω"), operands="z"),
)

ROWS = (*EXPONENTIAL, *ELLIPTIC, *HYPERGEOMETRIC, *INVERSE)
