"""When two arrays agree: to rounding, on the scale of what is expected."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

__all__ = ["Ruler", "as_numbers", "constant_ratio", "is_round", "worst_entry"]

Array = np.ndarray[Any, Any]


def as_numbers(value: Any) -> Array | None:
    """Return a plain number or array of floats, complex or whole numbers or booleans as an array; None for all else.

    Examples
    --------
    >>> as_numbers(2.0), as_numbers("a") is None
    (array(2.), True)
    """
    if isinstance(value, np.ndarray | np.generic | float | int | complex) and not isinstance(value, np.dtype):
        array = np.asarray(value)
        return array if array.dtype.kind in "fcbiu" else None
    return None


def is_round(value: Any) -> bool:
    """Return whether a number or an array is of halves and whole numbers alone, which many formulas agree at.

    Examples
    --------
    >>> is_round(np.ones((2, 3))), is_round(2.5), is_round(np.array([1.0, 0.3]))
    (True, True, False)
    """
    numbers = np.asarray(value)
    return bool(numbers.size) and numbers.dtype.kind in "fc" and np.array_equal(2 * numbers, np.round(2 * numbers))


class Ruler(NamedTuple):
    """How far apart numbers may be that are the same but for rounding.

    Attributes
    ----------
    relative : float
        The share of the largest number expected.
    floor : float
        What is no more than rounding, wherever zero is expected.
    """

    relative: float
    floor: float

    @classmethod
    def of(cls, dtypes: Any, largest: float) -> Ruler:
        """Return the ruler of the coarsest of some dtypes, where the largest adjoint has this size."""
        eps = max((float(np.finfo(dtype).eps) for dtype in dtypes if np.dtype(dtype).kind in "fc"), default=2.3e-16)
        return cls(20.0 * eps**0.6, 200.0 * eps * largest)

    def agree(self, got: Array, expected: Array) -> bool:
        """Return whether two arrays have one shape and are the same to rounding.

        Examples
        --------
        >>> ruler = Ruler.of([float], 1.0)
        >>> ruler.agree(np.array([1.0 + 1e-12]), np.ones(1)), ruler.agree(np.ones(2), np.ones(1))
        (True, False)
        """
        if got.shape != expected.shape:
            return False
        if not got.size:
            return True
        finite = np.isfinite(expected)
        if not np.array_equal(finite, np.isfinite(got)):
            return False
        scale = float(np.max(np.abs(expected), where=finite, initial=0.0))
        with np.errstate(all="ignore"):
            distance = np.abs(np.subtract(got, expected, dtype=np.result_type(got, expected, float)))
        return bool(np.all(distance[finite] <= self.relative * scale + self.floor)) and np.array_equal(
            got[~finite], expected[~finite], equal_nan=True
        )


def worst_entry(got: Array, expected: Array) -> tuple[int, ...] | None:
    """Return where two arrays of one shape differ most; None for other shapes and single numbers.

    Examples
    --------
    >>> worst_entry(np.array([1.0, 5.0]), np.array([1.0, 2.0]))
    (1,)
    """
    if got.shape != expected.shape or not got.ndim or not got.size:
        return None
    with np.errstate(all="ignore"):
        distance = np.nan_to_num(np.abs(got - expected * 1.0), nan=np.inf)
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(distance)), got.shape))


def constant_ratio(got: Array, expected: Array, ruler: Ruler) -> float | None:
    """Return by how much `got` must be multiplied to be `expected`, where that is one number; else None.

    Examples
    --------
    >>> constant_ratio(np.array([2.0, 4.0]), np.array([1.0, 2.0]), Ruler.of([float], 1.0))
    0.5
    """
    if got.shape != expected.shape or not got.size or got.dtype.kind == "c" or expected.dtype.kind == "c":
        return None
    square = float(np.vdot(got, got))
    if not np.isfinite(square) or square == 0.0:
        return None
    ratio = float(np.vdot(got, expected)) / square
    return ratio if ratio and ruler.agree(ratio * got, expected) else None
