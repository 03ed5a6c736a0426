"""Choose the format of a slot: from all the numbers it will show, or from numbers that keep arriving.

`choose_format` needs all of them. While the notebook widget samples, a few rows come every tenth of a second. What
decides a format is a handful of maxima, so they are kept (`measure`), and the numbers themselves need not be looked at
again (`choose`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from graphviz_ad.numerals.writing import HUGE, MOST_DECIMALS, MOST_DIGITS, MOST_MANTISSA, TINY, Format

__all__ = ["choose", "choose_format", "measure"]

# What is measured, each a maximum: minus the smallest size, the largest, the largest that is written without exponent,
# what rounding to 0, 1, ... decimals leaves of these, the largest mantissa, and what rounding leaves of mantissas.
_PLAIN = 3
_MANTISSA = _PLAIN + MOST_DECIMALS
_FEW = 64

Measures = np.ndarray[Any, np.dtype[np.float64]]


def choose_format(values: Any) -> Format:
    """Choose the format of a slot from everything it will ever show.

    Parameters
    ----------
    values : array_like of real numbers, any shape
        All samples of the slot.  NaN and infinity take no part.

    Returns
    -------
    tuple
        ``("f", decimals)``, with as many decimals as the neediest sample needs, at most 6 and at most 7 digits
        in all; or ``("e", decimals of the mantissa)`` where every sample is at least 1e7 or every one is below 1e-3.

    Examples
    --------
    >>> choose_format([0.5, 0.75, 2.0])
    ('f', 2)
    >>> choose_format([1.0, 1.0])
    ('f', 0)
    >>> choose_format([12.3456789, 0.1])
    ('f', 5)
    >>> choose_format([3e-17, 0.0])
    ('e', 0)
    """
    sizes = np.abs(np.asarray(values, dtype=np.float64)).ravel()
    sizes = sizes[np.isfinite(sizes) & (sizes > 0)]
    if sizes.size == 0:
        return ("f", 0)
    if sizes.min() >= HUGE or sizes.max() < TINY:
        powers = np.maximum(np.floor(np.log10(sizes)), -307.0)  # 10**-324 would be 0
        mantissas = sizes / np.power(10.0, powers)
        # Rounding in the power of ten above is relative to each mantissa, so 1e-12 forgives it.
        return ("e", _decimals_needed(mantissas, MOST_MANTISSA))
    ordinary = sizes[sizes < HUGE]  # a sample beyond is written with an exponent and does not cost the others digits
    whole = len(str(int(ordinary.max())))
    return ("f", _decimals_needed(ordinary, min(MOST_DECIMALS, MOST_DIGITS - whole)))


def _decimals_needed(sizes: np.ndarray[Any, Any], most: int) -> int:
    noise = 1e-12 * float(sizes.max())  # 0.1 + 0.2 needs one decimal, not seventeen
    if sizes.size == 1:
        single = float(sizes[0])  # arrays of one number are slow, and a still picture has nothing else
        return next((few for few in range(most) if abs(round(single, few) - single) <= noise), most)
    for decimals in range(most):
        if bool(np.all(np.abs(np.round(sizes, decimals) - sizes) <= noise)):
            return decimals
    return most


def measure(values: Any) -> Measures:
    """Measure numbers along their first axis; the measures of several lots combine by `np.maximum`.

    Parameters
    ----------
    values : array_like of real numbers, shape (count, ...)
        NaN, infinity and zero take no part.

    Returns
    -------
    array, shape (13, ...)

    Examples
    --------
    >>> early, late = measure([0.5, 0.25]), measure([1e-20, 1234.0])
    >>> choose(early), choose(np.maximum(early, late))
    (('f', 2), ('f', 2))
    """
    sizes = np.abs(np.asarray(values, dtype=np.float64))
    counts = np.isfinite(sizes) & (sizes > 0)
    sizes = np.where(counts, sizes, 0.0)
    plain = np.where(sizes < HUGE, sizes, 0.0)
    smallest, largest, most = _most(np.where(counts, -sizes, -np.inf)), _most(sizes), _most(plain)
    measures = [smallest, largest, most]
    # Noise is what rounding may leave: 1e-12 of the largest, which has at most seven digits with these decimals.
    measures += [_left(plain, decimals, 10.0 ** (-5 - decimals)) for decimals in range(MOST_DECIMALS)]
    # Where there is an ordinary number, no others make it a format with an exponent.
    if np.any((-smallest >= HUGE) | (largest < TINY)):
        powers = np.maximum(np.floor(np.log10(np.where(counts, sizes, 1.0))), -307.0)  # 10**-324 would be 0
        mantissas = sizes / np.power(10.0, powers)
        measures.append(_most(mantissas))
        measures += [_left(mantissas, decimals, 1e-10) for decimals in range(MOST_MANTISSA)]
    else:
        measures += [np.zeros_like(largest)] * (1 + MOST_MANTISSA)
    return np.stack(measures)


def _most(sizes: Measures) -> Measures:
    return np.asarray(sizes.max(axis=0, initial=-np.inf))


def _left(sizes: Measures, decimals: int, too_much: float) -> Measures:
    """Return the most that rounding leaves; of many numbers the first few tell, as a rule, that it is too much."""
    few = sizes[:_FEW]
    left = _most(np.abs(np.round(few, decimals) - few))
    if len(sizes) <= _FEW or bool(np.all(left > too_much)):
        return left
    return _most(np.abs(np.round(sizes, decimals) - sizes))


def choose(measures: Measures) -> Format:
    """Choose the format of numbers from their measures, shape (13,).

    Examples
    --------
    >>> choose(measure([12.3456789, 0.1])), choose(measure([3e-17, 0.0])), choose(measure([]))
    (('f', 5), ('e', 0), ('f', 0))
    """
    smallest, largest, plain = -measures[0], measures[1], measures[2]
    if not largest > 0:
        return ("f", 0)
    if smallest >= HUGE or largest < TINY:
        return ("e", _decimals(measures[_MANTISSA + 1 :], measures[_MANTISSA]))
    most = min(MOST_DECIMALS, MOST_DIGITS - len(str(int(plain))))
    return ("f", _decimals(measures[_PLAIN : _PLAIN + most], plain))


def _decimals(left: Measures, largest: float) -> int:
    """Return the fewest decimals that leave no more than noise."""
    enough = np.flatnonzero(left <= 1e-12 * largest)
    return int(enough[0]) if enough.size else len(left)
