"""Exponentials, logarithms and powers less a number, Box and Cox's transforms, and functions of degrees."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special

from graphviz_ad.engine.notation import Function, Power, Root
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.rules.elementwise import power_base_partial, power_exponent_partial
from graphviz_ad.engine.special.asymptotics import parted
from graphviz_ad.engine.special.rows import Row

__all__ = ["ROWS"]

DEGREE = math.pi / 180


def _exprel_slope(t: Any) -> Any:
    """Return the derivative of (exp(t) - 1)/t, which is a difference of equal numbers around 0."""
    near = np.absolute(plain_value(t)) < 1
    close, far = parted(~near, t, 0, 1)
    return np.where(near, special.hyp1f1(2, 3, close) / 2, (np.exp(far) - np.expm1(far) / far) / far)[()]


def _boxcox_by_power(y: Any, x: Any, power: Any, log: Any) -> Any:
    """Return d((x^p - 1)/p)/dp = log(x)^2 times the slope of (exp(t) - 1)/t at t = p log x."""
    edge = np.isinf(plain_value(log)) & np.isfinite(plain_value(y))
    near, size = np.where(edge, 1, log)[()], np.where(edge, power, 1)[()]
    return np.where(edge, 1 / size / size, near * near * _exprel_slope(power * near))[()]


def _inverse_boxcox(y: Any, x: Any, power: Any) -> Any:
    """Return d log(r)/dp of r = (1 + p x)^(1/p)."""
    u = power * x
    near = np.absolute(plain_value(u)) < 0.5
    close, far = parted(~near, u, 0, 1)
    slope = np.where(near, special.hyp2f1(2, 2, 3, -close) / -2, (far / (1 + far) - np.log1p(far)) / far / far)
    return x * x * slope[()]


ROWS = (
    Row("exprel", (lambda y, x: _exprel_slope(x),), (lambda y, x: (np.exp(x) - y) / x,)),
    Row("expm1", (lambda y, x: np.exp(x),), notation=Function("expm1")),
    Row("log1p", (lambda y, x: 1 / (1 + x),), notation=Function("log1p")),
    Row("cosm1", (lambda y, x: -np.sin(x),)),
    Row("cbrt", (lambda y, x: 1 / (3 * y**2),), notation=Root(3)),
    Row("exp2", (lambda y, x: math.log(2.0) * y,), notation=Power(base="2")),
    Row("exp10", (lambda y, x: math.log(10.0) * y,), notation=Power(base="10")),
    Row(
        "powm1",
        (
            lambda y, a, b: power_base_partial(y + 1, a, b),
            lambda y, a, b: power_exponent_partial(y + 1, a, b),
        ),
        (lambda y, a, b: b * a ** (b - 1), lambda y, a, b: a**b * np.log(a)),
        operands="x, y",
    ),
    Row(
        "boxcox",
        (
            lambda y, x, p: x ** (p - 1),
            lambda y, x, p: _boxcox_by_power(y, x, p, np.log(x)),
        ),
        (None, lambda y, x, p: (x**p * np.log(x) - y) / p),
        operands="x, lmbda",
    ),
    Row(
        "boxcox1p",
        (
            lambda y, x, p: (1 + x) ** (p - 1),
            lambda y, x, p: _boxcox_by_power(y, x, p, np.log1p(x)),
        ),
        (None, lambda y, x, p: ((1 + x) ** p * np.log1p(x) - y) / p),
        operands="x, lmbda",
    ),
    Row(
        "inv_boxcox",
        (lambda y, x, p: y ** (1 - p), lambda y, x, p: y * _inverse_boxcox(y, x, p)),
        (None, None),
        operands="y, lmbda",
    ),
    Row(
        "inv_boxcox1p",
        (lambda y, x, p: (1 + y) ** (1 - p), lambda y, x, p: (1 + y) * _inverse_boxcox(y, x, p)),
        (None, None),
        operands="y, lmbda",
    ),
    Row("sindg", (lambda y, x: DEGREE * special.cosdg(x),)),
    Row("cosdg", (lambda y, x: -DEGREE * special.sindg(x),)),
    Row("tandg", (lambda y, x: DEGREE * (1 + y * y),)),
    Row("cotdg", (lambda y, x: -DEGREE * (1 + y * y),)),
    Row("round", (None,)),
)
