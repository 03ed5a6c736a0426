"""Compare what the engine claims with what differences say, to any order and in either mode.

Neither round-off nor a corner is an error: what differences cannot tell is believed, and at a corner every slope
between the left one and the right one is right, as every subgradient is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.checking.claims import Function, Leaves, along, paired, together, value_of
from graphviz_ad.checking.slopes import Estimate, Line, Slopes, rate, sampled, scatter, slopes

__all__ = ["Derivative", "Mismatch", "agrees", "entrywise", "lowered", "mismatches", "moved", "precision", "up_to"]

_SAFETY = 20.0  # how many times its own estimate an error may be

Array = np.ndarray[Any, Any]


class Derivative(NamedTuple):
    """What is tested: of which order a derivative is, and by which mode each order is claimed.

    Attributes
    ----------
    modes : tuple of str
        As many as the order; the last one is the one whose claim is compared.
    """

    modes: tuple[str, ...]

    @property
    def order(self) -> int:
        """The order of the derivative."""
        return len(self.modes)


class Mismatch(NamedTuple):
    """A claim that differences contradict.

    Attributes
    ----------
    which : Derivative
    leaf : int or None
        The leaf that was moved; None where all were.
    entry : int or None
        Which entry of the result, of a primitive that computes entry by entry.
    expected, error, got : float
        The slope by differences, how far it may be off, and the slope that was claimed.
    falls : float or None
        The power of the step with which the Taylor remainder falls; 2 if the claim is right, 1 if it is not.
    """

    which: Derivative
    leaf: int | None
    entry: int | None
    expected: float
    error: float
    got: float
    falls: float | None


def precision(values: Sequence[Any]) -> float:
    """Return the relative spacing of the coarsest floats among some values."""
    kinds = [np.asarray(value).dtype for value in values]
    return max((float(np.finfo(kind).eps) for kind in kinds if kind.kind in "fc"), default=2.0**-52)


def agrees(measured: Slopes, claims: Array, rounding: Array) -> Array:
    """Return for each entry whether a claimed slope is one that differences allow.

    Parameters
    ----------
    measured : Slopes
    claims, rounding : array
        For each entry the claimed slope, and how far rounding may have carried it.

    Examples
    --------
    >>> corner = slopes(sampled(lambda t: np.array([abs(t)]), 2.0**-52))
    >>> [bool(agrees(corner, np.array([claim]), np.zeros(1))[0]) for claim in (0.0, 0.5, 1.0, 1.5)]
    [True, True, True, False]
    """
    with np.errstate(invalid="ignore"):
        low, high = _around(measured.central, rounding)
        smooth = (claims >= low) & (claims <= high)
        corner = _in_corner(measured, claims, rounding)
    unknown = np.isinf([estimate.error for estimate in measured]).all(axis=0)
    return ~np.isnan(claims) & (smooth | corner | unknown)


def _in_corner(measured: Slopes, claims: Array, rounding: Array) -> Array:
    """Return where left and right slope differ, or are not both there, and a claim lies between them.

    Where both are infinite there is no slope to be right or wrong about.
    """
    left, right = measured.left, measured.right
    lows, highs = zip(_around(left, rounding), _around(right, rounding), strict=True)
    apart = ~(np.fmax(*lows) <= np.fmin(*highs)) | np.isinf(left.error) | np.isinf(right.error)
    between = (claims >= np.fmin(*lows)) & (claims <= np.fmax(*highs))
    return (apart & between) | (np.isinf(left.value) & np.isinf(right.value))


def _around(estimate: Estimate, rounding: Array) -> tuple[Array, Array]:
    """Return the least and the greatest value that an estimate allows; NaN where nothing is known."""
    value, error = estimate
    upright = np.isinf(value)
    reach = np.where(np.isinf(error) | upright, np.nan, _SAFETY * error + rounding)
    low, high = np.where(value > 0, error, -np.inf), np.where(value > 0, np.inf, -error)
    return np.where(upright, low, value - reach), np.where(upright, high, value + reach)


def moved(leaves: Leaves, direction: Leaves, t: float) -> list[Any]:
    """Return the leaves after a step in a direction, in their own dtypes."""
    return [
        leaf if part is None else (leaf + t * part).astype(leaf.dtype)
        for leaf, part in zip(leaves, direction, strict=True)
    ]


def lowered(function: Function, leaves: Leaves, which: Derivative, random: np.random.Generator) -> Function:
    """Return the function whose slope is tested: a number of the leaves, differentiated once less than the order."""
    with np.errstate(all="ignore"):
        value = np.asarray(value_of(function(*leaves)))
    weight = random.uniform(0.5, 1.0, value.shape) * random.choice([-1.0, 1.0], value.shape)
    if value.dtype.kind == "c":
        weight = weight * np.exp(1j * random.uniform(0, 2 * np.pi, value.shape))
    number = paired(_where_finite(function, value), weight.astype(value.dtype) if value.dtype.kind in "fc" else weight)
    for mode in which.modes[:-1]:
        number = along(number, together(leaves, random)[0], mode)
    return number


def _where_finite(function: Function, value: Array) -> Function:
    """Return a function whose result is 0 where `value` is not finite, such as that of a node which marks with NaN."""
    finite = np.isfinite(value)
    return function if finite.all() else lambda *leaves: np.where(finite, function(*leaves), 0.0)


def mismatches(
    function: Function,
    leaves: Leaves,
    which: Derivative,
    random: np.random.Generator,
    eps: float,
    ways: Iterable[Leaves],
) -> Iterator[Mismatch]:
    """Yield where the slopes that are claimed of a function differ from differences.

    Parameters
    ----------
    function : callable
        ``function(*leaves)``; with leaves that are Variables it is recorded.
    leaves : sequence of NumPy values
    which : Derivative
    random : numpy.random.Generator
    eps : float
        The relative spacing of the numbers that it computes with.
    ways : iterable of directions
    """
    number = lowered(function, leaves, which, random)
    for way in ways:
        slope = along(number, way, which.modes[-1])

        def claimed(t: float, way: Leaves = way, slope: Function = slope) -> Array:
            with np.errstate(all="ignore"):
                return np.array([float(value_of(slope(*moved(leaves, way, t))))])

        def value(t: float, way: Leaves = way) -> Any:
            return value_of(number(*moved(leaves, way, t)))

        line = sampled(value, eps)
        places = [k for k, part in enumerate(way) if part is not None]
        leaf = places[0] if len(places) == 1 else None
        for mismatch in _compared(line, claimed, eps, which, leaf):
            yield mismatch._replace(entry=None)


def entrywise(
    function: Function, leaf: int, claims: Function, way: Leaves, leaves: Leaves, eps: float
) -> Iterator[Mismatch]:
    """Yield where claimed slopes of a function that computes entry by entry differ from differences, entry by entry.

    Parameters
    ----------
    claims : callable
        ``claims(*leaves)``: the partial derivative by the leaf that moves, of the result's shape.
    """

    def claimed(t: float) -> Array:
        leaves_there = moved(leaves, way, t)
        shape = np.shape(value_of(function(*leaves_there)))
        with np.errstate(all="ignore"):
            return np.ravel(np.broadcast_to(claims(*leaves_there) * way[leaf], shape)).astype(float)

    line = sampled(lambda t: np.ravel(value_of(function(*moved(leaves, way, t)))), eps)
    yield from _compared(line, claimed, eps, Derivative(("reverse",)), leaf)


def _compared(line: Line, claimed: Function, eps: float, which: Derivative, leaf: int | None) -> Iterator[Mismatch]:
    """Yield where claims differ from differences by more than the claims themselves scatter."""
    measured, claims = slopes(line), claimed(0.0)
    rounding = 3 * np.sqrt(eps) * np.abs(np.where(np.isfinite(claims), claims, 0.0))
    if agrees(measured, claims, rounding).all():
        return
    rounding += _SAFETY * (scatter(claimed, eps) + eps * np.abs(np.where(np.isfinite(claims), claims, 0.0)))
    for entry in np.flatnonzero(~agrees(measured, claims, rounding) & np.isfinite(line.middle)):
        best = min(measured, key=lambda estimate: estimate.error[entry])
        with np.errstate(all="ignore"):
            rises = line.plus[:, entry] - line.middle[entry] - line.steps * claims[entry]
        yield Mismatch(
            which,
            leaf,
            int(entry),
            float(best.value[entry]),
            float(best.error[entry]),
            float(claims[entry]),
            rate(rises, line.steps, line.noise[:, entry]),
        )


def up_to(modes: Sequence[str], order: int) -> list[Derivative]:
    """Return what is tested: every order, by every sequence of modes."""
    return [Derivative(chosen) for count in range(1, order + 1) for chosen in product(modes, repeat=count)]
