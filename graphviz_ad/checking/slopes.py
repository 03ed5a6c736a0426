"""Slopes from differences alone: of a function along a line, from the left, from the right and from both sides.

Differences over a sweep of step sizes are extrapolated to step 0 (Richardson's way, Ridders' choice of the step), and
the noise of the function is measured first, so that an estimate says how far it can be trusted. What grows beyond all
bounds as the step shrinks has an infinite slope: the function jumps there, or stands upright.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

__all__ = ["Estimate", "Line", "Slopes", "rate", "sampled", "scatter", "slopes"]

_RATIO = 4.0
_LEVELS = 4  # columns of Richardson's table
_JUMPS = 0.9  # a function that moves by h to less than this power has no finite slope

Array = np.ndarray[Any, Any]


class Line(NamedTuple):
    """A function along a line, at steps on both sides of a point: a row a step, a column an entry of the result.

    Attributes
    ----------
    steps : array
        Falling, each a fixed part of the one before.
    middle, plus, minus : array
        The values at the point, and at each step to its right and to its left; not finite outside of the domain.
    noise : array
        How uncertain the values at each step are.
    """

    steps: Array
    middle: Array
    plus: Array
    minus: Array
    noise: Array


class Estimate(NamedTuple):
    """A slope for each entry, and how far it may be from the truth: NaN and infinity where nothing is known.

    Of a slope that seems infinite the error is the least size that it must have.
    """

    value: Array
    error: Array


class Slopes(NamedTuple):
    """What differences say of the slope: from both sides, from the left and from the right."""

    central: Estimate
    left: Estimate
    right: Estimate


def sampled(function: Callable[[float], Any], eps: float) -> Line:
    """Evaluate a function of one number at 0 and at steps on both sides.

    Parameters
    ----------
    function : callable
        ``function(t) -> array of one dimension``.
    eps : float
        The relative spacing of the numbers that it computes with.

    Examples
    --------
    >>> line = sampled(lambda t: np.array([np.exp(t)]), 2.2e-16)
    >>> float(line.steps[0]), bool(slopes(line).central.error[0] < 1e-10)
    (0.25, True)
    """
    count = max(3, int(-np.log(eps) / (2 * np.log(_RATIO))))
    steps = _RATIO ** -np.arange(1.0, count + 1)
    middle = _values(function, 0.0)
    plus = np.stack([_values(function, t) for t in steps])
    minus = np.stack([_values(function, -t) for t in steps])
    with np.errstate(invalid="ignore"):
        size = np.fmax(np.abs(middle), np.fmax(np.abs(plus), np.abs(minus)))
    return Line(steps, middle, plus, minus, scatter(function, eps) + eps * np.where(np.isfinite(size), size, 0.0))


def _values(function: Callable[[float], Any], t: float) -> Array:
    with np.errstate(all="ignore"):
        return np.atleast_1d(np.asarray(function(t), float))


def scatter(function: Callable[[float], Any], eps: float) -> Array:
    """Measure how much values that lie close together scatter, by their fourth differences on the quieter side.

    Examples
    --------
    >>> rough = lambda t: np.array([1 + 1e-6 * (int(t * 1e9) % 2)])
    >>> bool(1e-7 < scatter(rough, 2.0**-52)[0] < 1e-5)
    True
    """
    near = eps ** (1 / 3) * (1 + np.arange(7) / 50)  # beside the middle, where there may be a corner
    sides = []
    for side in (1, -1):
        with np.errstate(all="ignore"):
            fourth = np.diff(np.stack([_values(function, side * t) for t in near]), 4, axis=0)
        sides.append(np.abs(fourth).mean(axis=0) / 6.7)  # of values that scatter by 1 it is √70 · √(2/π)
    quieter = np.fmin(*sides)
    return np.where(np.isfinite(quieter), quieter, 0.0)


def slopes(line: Line) -> Slopes:
    """Return what differences along a line say of the slope at its middle.

    Examples
    --------
    >>> corner = slopes(sampled(lambda t: np.array([abs(t)]), 2.2e-16))
    >>> float(corner.left.value[0]), float(corner.central.value[0]), float(corner.right.value[0])
    (-1.0, 0.0, 1.0)
    """
    with np.errstate(all="ignore"):
        steps = line.steps[:, None]
        noise = line.noise / steps
        central = _extrapolated((line.plus - line.minus) / (2 * steps), noise, 2)
        right, left = (
            _upright(line, side, _extrapolated(sign * (side - line.middle) / steps, noise, 1), sign)
            for side, sign in ((line.plus, 1.0), (line.minus, -1.0))
        )
    return Slopes(central, left, right)


def _extrapolated(quotients: Array, noise: Array, power: int) -> Estimate:
    """Return the best of Richardson's table for quotients whose error grows with h^power, h^(2·power) and so on."""
    count, entries = quotients.shape
    best = Estimate(np.full(entries, np.nan), np.full(entries, np.inf))
    column = quotients
    for level in range(1, min(_LEVELS, count)):
        factor = _RATIO ** (power * level)
        finer = (factor * column[1:] - column[:-1]) / (factor - 1)
        apart = np.maximum(np.abs(finer - column[1:]), np.abs(finer - column[:-1]))
        error = apart + 2 * noise[level:]
        error = np.where(np.isfinite(error), error, np.inf)
        row = np.argmin(error, axis=0), np.arange(entries)
        better = error[row] < best.error
        best = Estimate(np.where(better, finer[row], best.value), np.where(better, error[row], best.error))
        column = finer
    settled = np.abs(best.value - quotients[-1]) - 5 * noise[-1]  # else the steps are too long for this function
    return Estimate(best.value, best.error + np.fmax(settled, 0.0))


def _upright(line: Line, side: Array, estimate: Estimate, sign: float) -> Estimate:
    """Say so where the values of one side do not come down to the middle as fast as any finite slope would have it."""
    away = np.abs(side - line.middle)[-4:]
    powers = np.diff(np.log(away), axis=0) / -np.log(_RATIO)
    jumps = (powers < _JUMPS).all(axis=0) & (away > 100 * line.noise[-4:]).all(axis=0) & np.isfinite(away).all(axis=0)
    steep = np.copysign(np.inf, sign * (side[-1] - line.middle))
    return Estimate(np.where(jumps, steep, estimate.value), np.where(jumps, away[-1] / line.steps[-1], estimate.error))


def rate(remainders: Array, steps: Array, noise: Array | float) -> float | None:
    """Return the power of the step with which a remainder falls; None where it is too small to tell.

    A Taylor polynomial whose terms are right up to order n leaves a remainder that falls with the power n + 1.

    Examples
    --------
    >>> steps = 4.0 ** -np.arange(1.0, 8)
    >>> round(rate(np.exp(steps) - 1 - steps, steps, 1e-16), 1)
    2.0
    """
    clear = np.isfinite(remainders) & (np.abs(remainders) > 100 * noise)
    if np.count_nonzero(clear) < 3:
        return None
    size, log = np.abs(remainders[clear]), np.log(steps[clear])
    powers = np.diff(np.log(size)) / np.diff(log)
    return float(np.median(powers[-3:]))
