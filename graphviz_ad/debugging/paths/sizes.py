"""Sizes of any order of magnitude: a product of thousands of factors is neither 0 nor infinite because of its length.

A size is a pair of an exponent of 2 and a mantissa from 1/2 to 1, so that pairs compare as what they stand for, and are
rounded as floats are that stay within their range.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from graphviz_ad.numerals.writing import MINUS, rough

__all__ = ["NOTHING", "ONE", "Size", "as_float", "log10_of", "part_of", "plus", "size_of", "times", "written"]

Size = tuple[int, float]

_FAR = 1 << 60  # the exponent of what has none
NOTHING: Size = (-_FAR, 0.0)
ONE: Size = (1, 0.5)
_LEAST = math.ulp(0.0)


def size_of(factor: Any) -> Size:
    """Return the size of a number of any dtype.

    Examples
    --------
    >>> size_of(-3.0), size_of(0), size_of(3 + 4j)
    ((2, 0.75), (-1152921504606846976, 0.0), (3, 0.625))
    """
    mantissa, exponent = np.frexp(np.abs(np.asarray(factor) + 0.0))
    return _normal(float(mantissa), int(exponent))


def times(a: Size, b: Size) -> Size:
    """Return a product.

    Examples
    --------
    >>> size = ONE
    >>> for _ in range(5000):
    ...     size = times(size, size_of(0.5))
    >>> size
    (-4999, 0.5)
    """
    return _normal(a[1] * b[1], a[0] + b[0])


def plus(a: Size, b: Size) -> Size:
    """Return a sum.

    Examples
    --------
    >>> plus(size_of(3.0), size_of(2.0)) == size_of(5.0), plus(NOTHING, ONE) == ONE
    (True, True)
    """
    small, large = sorted((a, b))
    return _normal(large[1] + math.ldexp(small[1], max(small[0] - large[0], -2000)), large[0])


def part_of(a: Size, whole: Size) -> float:
    """Return which part of a whole something is: of what is not 0 more than 0.

    Examples
    --------
    >>> part_of(size_of(3.0), size_of(4.0)), part_of((-5000, 0.5), ONE), part_of(NOTHING, ONE)
    (0.75, 5e-324, 0.0)
    """
    if not whole[1]:
        return 0.0
    return max(as_float((a[0] - whole[0], a[1] / whole[1])), _LEAST if a[1] else 0.0)


def as_float(size: Size) -> float:
    """Return a size as a float, which may be 0 or infinite.

    Examples
    --------
    >>> as_float((2, 0.75)), as_float((5000, 0.5)), as_float((-5000, 0.5))
    (3.0, inf, 0.0)
    """
    exponent, mantissa = size
    if not mantissa or not math.isfinite(mantissa):
        return mantissa
    return math.inf if exponent > 1024 else math.ldexp(mantissa, max(exponent, -1100))


def log10_of(size: Size) -> float:
    """Return the decimal logarithm of a size, which is a float for those that are none.

    Examples
    --------
    >>> log10_of(size_of(1000.0)), round(log10_of((-5000, 0.5)), 3), log10_of(NOTHING)
    (3.0, -1505.451, -inf)
    """
    exponent, mantissa = size
    if not mantissa or not math.isfinite(mantissa):
        return -math.inf if mantissa == 0 else mantissa
    if -1021 <= exponent <= 1024:
        return math.log10(math.ldexp(mantissa, exponent))
    return math.log10(mantissa) + exponent * math.log10(2)


def written(log10: float, is_negative: bool) -> str:
    """Write a number by its logarithm, in four digits: what is beyond the range of floats, too.

    Examples
    --------
    >>> written(-1505.451, False), written(-399.99999999, True), written(math.log10(0.25), False)
    ('3.54e−1506', '−1e−400', '0.25')
    """
    power = math.floor(log10)
    sign = MINUS if is_negative else ""
    if -300 < power < 300:
        return sign + rough(10.0**log10, 4)
    mantissa = rough(10.0 ** (log10 - power), 4)
    if mantissa == "10":
        mantissa, power = "1", power + 1
    return f"{sign}{mantissa}e{MINUS if power < 0 else ''}{abs(power)}"


def _normal(mantissa: float, exponent: int) -> Size:
    if not mantissa or not math.isfinite(mantissa):
        return (_FAR if mantissa else -_FAR), mantissa
    own, shift = math.frexp(mantissa)
    return exponent + shift, own
