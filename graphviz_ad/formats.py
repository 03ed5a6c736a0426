"""Choose formats from numbers that keep arriving, as `numerals.choose_format` does when all of them are there.

While the notebook widget samples, a few rows come every tenth of a second. What decides a format is a handful of
maxima, so they are kept, and the numbers themselves need not be looked at again.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from graphviz_ad import numerals

__all__ = ["choose", "measure"]

# What is measured, each a maximum: minus the smallest size, the largest, the largest that is written without exponent,
# what rounding to 0, 1, ... decimals leaves of these, the largest mantissa, and what rounding leaves of mantissas.
_PLAIN = 3
_MANTISSA = _PLAIN + numerals._MOST_DECIMALS
_FEW = 64

Measures = np.ndarray[Any, np.dtype[np.float64]]


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
    plain = np.where(sizes < numerals._HUGE, sizes, 0.0)
    smallest, largest, most = _most(np.where(counts, -sizes, -np.inf)), _most(sizes), _most(plain)
    found = [smallest, largest, most]
    # Noise is what rounding may leave: 1e-12 of the largest, which has at most seven digits with these decimals.
    found += [_left(plain, decimals, 10.0 ** (-5 - decimals)) for decimals in range(numerals._MOST_DECIMALS)]
    # Where there is an ordinary number, no others make it a format with an exponent.
    if np.any((-smallest >= numerals._HUGE) | (largest < numerals._TINY)):
        powers = np.maximum(np.floor(np.log10(np.where(counts, sizes, 1.0))), -307.0)  # 10**-324 would be 0
        mantissas = sizes / np.power(10.0, powers)
        found.append(_most(mantissas))
        found += [_left(mantissas, decimals, 1e-10) for decimals in range(numerals._MOST_MANTISSA)]
    else:
        found += [np.zeros_like(largest)] * (1 + numerals._MOST_MANTISSA)
    return np.stack(found)


def _most(sizes: Measures) -> Measures:
    return np.asarray(sizes.max(axis=0, initial=-np.inf))


def _left(sizes: Measures, decimals: int, too_much: float) -> Measures:
    """Return the most that rounding leaves; of many numbers the first few tell, as a rule, that it is too much."""
    few = sizes[:_FEW]
    left = _most(np.abs(np.round(few, decimals) - few))
    if len(sizes) <= _FEW or bool(np.all(left > too_much)):
        return left
    return _most(np.abs(np.round(sizes, decimals) - sizes))


def choose(measures: Measures) -> numerals.Format:
    """Choose the format of numbers from their measures, shape (13,).

    Examples
    --------
    >>> choose(measure([12.3456789, 0.1])), choose(measure([3e-17, 0.0])), choose(measure([]))
    (('f', 5), ('e', 0), ('f', 0))
    """
    smallest, largest, plain = -measures[0], measures[1], measures[2]
    if not largest > 0:
        return ("f", 0)
    if smallest >= numerals._HUGE or largest < numerals._TINY:
        return ("e", _decimals(measures[_MANTISSA + 1 :], measures[_MANTISSA]))
    most = min(numerals._MOST_DECIMALS, numerals._MOST_DIGITS - len(str(int(plain))))
    return ("f", _decimals(measures[_PLAIN : _PLAIN + most], plain))


def _decimals(left: Measures, largest: float) -> int:
    """Return the fewest decimals that leave no more than noise."""
    enough = np.flatnonzero(left <= 1e-12 * largest)
    return int(enough[0]) if enough.size else len(left)
