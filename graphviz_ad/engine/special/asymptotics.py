"""Series for large arguments, where differences of special functions cancel; and exp(-x^2), whose square may overflow.

Sources are the DLMF, 7.12 and 10.40. What decides between a series and a difference is plain: both are the derivative.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from graphviz_ad.engine.primitive import plain_value

__all__ = ["bell", "exponential_tail", "gaussian_tail", "level", "parted"]

_FAR = 8.0  # from here on 18 terms are all digits
_TERMS = 18


def parted(condition: Any, x: Any, inside: float, outside: float) -> tuple[Any, Any]:
    """Return x with one number where a condition holds, and with another where it does not: each is safe to compute."""
    return np.where(condition, inside, x)[()], np.where(condition, x, outside)[()]


def level(rule: Callable[[Any], Any], x: Any, inside: float) -> Any:
    """Return what a rule says of x, and 0 where x is infinite and the function has come to rest."""
    infinite = np.isinf(plain_value(x))
    if not np.any(infinite):
        return rule(x)
    return np.where(infinite, 0, rule(np.where(infinite, inside, x)[()]))[()]


def bell(x: Any) -> Any:
    """Return exp(-x^2); it is 0 long before the square overflows."""
    if x.dtype.kind == "c":
        return np.exp(-(x * x))
    far = np.absolute(plain_value(x)) > 1e2
    if not np.any(far):
        return np.exp(-(x * x))
    near, _ = parted(far, x, 0, 0)
    return np.where(far, 0, np.exp(-(near * near)))[()]


def gaussian_tail(near: Any, x: Any, sign: int, *, both: bool = False) -> Any:
    """Return a derivative as given for small x, and for large x as the series ``-(1 + 3 s/(2 x^2) + ...)/(2 x^2)``.

    Parameters
    ----------
    near : array
        The derivative as a difference, of order 1 where the series begins.
    x : array
    sign : int
        1 or -1, the sign s of every other term.
    both : bool
        Whether the series holds for large negative x, too.
    """
    if x.dtype.kind == "c":
        return near
    plain = plain_value(x)
    far = (np.absolute(plain) if both else plain) > _FAR
    if not np.any(far):
        return near
    _, large = parted(far, x, 1, _FAR)
    inverse = 1 / large
    half = inverse * inverse / 2
    series: Any = 0.0
    for k in range(_TERMS, 0, -1):
        series = (1 + series) * (sign * (2 * k + 1)) * half
    return np.where(far, -half * (1 + series), near)[()]


def exponential_tail(near: Any, v: Any, x: Any, kind: str) -> Any:
    """Return the derivative of ``exp(-|x|) I_v(x)`` or ``exp(x) K_v(x)``: as given, and for large x as a series."""
    if x.dtype.kind == "c":
        return near
    v, plain = plain_value(v), plain_value(x)
    size = np.absolute(plain) if kind == "I" else plain
    far = size > np.maximum(50.0, 2 * np.square(v * 1.0))
    if not np.any(far):
        return near
    sign = np.where(plain < 0, -np.cos(np.pi * v), 1) if np.any(plain < 0) else 1
    _, large = parted(far, x * np.where(plain < 0, -1, 1), 1, 50.0)
    scale = 1 / math.sqrt(2 * math.pi) if kind == "I" else math.sqrt(math.pi / 2)
    coefficients: list[Any] = [1.0]
    for k in range(1, 15):
        factor = (4 * v * v - (2 * k - 1) ** 2) / (8 * k)
        coefficients.append(coefficients[-1] * (-factor if kind == "I" else factor))
    series: Any = 0.0
    for k in range(14, -1, -1):
        series = series / large + coefficients[k] * (k + 0.5)
    return np.where(far, -scale * sign * series / large / np.sqrt(large), near)[()]
