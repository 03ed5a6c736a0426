"""The numbers that are different and what sets have in common: NumPy's values, picked where they stood first."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad

TWICE = np.array([3.0, 1.0, 3.0, 2.0, 1.0])
OTHER = np.array([2.0, 5.0, 3.0, 0.5])
ROWS = np.array([[1.0, 2.0], [0.5, 4.0], [1.0, 2.0]])

CALLS = {
    "unique": lambda x, y: np.unique(x),
    "all of unique": lambda x, y: np.unique(x, True, True, True),
    "counts": lambda x, y: np.unique(x, return_counts=True),
    "unique of not a number": lambda x, y: np.unique(np.where(x > 2, np.nan, x)),
    "each not a number": lambda x, y: np.unique(np.where(x > 2, np.nan, x), equal_nan=False),
    "unique_values": lambda x, y: np.unique_values(x),
    "unique_all": lambda x, y: np.unique_all(x),
    "unique_counts": lambda x, y: np.unique_counts(x),
    "unique_inverse": lambda x, y: np.unique_inverse(x),
    "union1d": lambda x, y: np.union1d(x, y),
    "union1d with a list": lambda x, y: np.union1d([7.0, 3.0], y),
    "intersect1d": lambda x, y: np.intersect1d(x, y),
    "intersect1d with indices": lambda x, y: np.intersect1d(x, y, return_indices=True),
    "setdiff1d": lambda x, y: np.setdiff1d(x, y),
    "setxor1d": lambda x, y: np.setxor1d(x, y),
}


def first(result):
    """Return the numbers among what a call answers."""
    return result[0] if isinstance(result, tuple) else result


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_the_answers_are_numpys(call):
    """Values, positions and counts, in NumPy's own kind of tuple."""
    ours, theirs = call(gad.Variable(TWICE), gad.Variable(OTHER)), call(TWICE, OTHER)
    assert type(ours) is (gad.Variable if isinstance(theirs, np.ndarray) else type(theirs))
    np.testing.assert_array_equal(first(ours).value, first(theirs), strict=True)
    if isinstance(theirs, tuple):
        for answer, expected in zip(ours[1:], theirs[1:], strict=True):
            np.testing.assert_array_equal(answer, expected, strict=True)


# Where each number of the result stands first: counted through both arrays, one after the other.
PLACES = {
    "unique": [1, 3, 0],
    "unique_all": [1, 3, 0],
    "unique_counts": [1, 3, 0],
    "unique_inverse": [1, 3, 0],
    "union1d": [8, 1, 3, 0, 6],
    "intersect1d": [3, 0],
    "setdiff1d": [1],
    "setxor1d": [8, 1, 6],
}


@pytest.mark.parametrize("name", PLACES)
def test_each_number_is_the_first_that_is_equal(name):
    """Its derivative is 1 by that one, and 0 by all others."""
    slopes = gad.jacobian(lambda x, y: first(CALLS[name](x, y)), (0, 1))(TWICE, OTHER)
    np.testing.assert_array_equal(np.concatenate(slopes, axis=1), np.eye(9)[PLACES[name]])


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_rows_are_picked_whole(axis):
    """Along any axis, with positions and counts beside them."""
    values, places, counts = np.unique(gad.Variable(ROWS), True, False, True, axis)
    expected = np.unique(ROWS, True, False, True, axis)
    for ours, theirs in zip((values.value, places, counts), expected, strict=True):
        np.testing.assert_array_equal(ours, theirs, strict=True)
    slope = gad.grad(lambda x: np.unique(x, axis=0)[1, 1])(ROWS)
    np.testing.assert_array_equal(slope, [[0, 1], [0, 0], [0, 0]])


def test_a_plain_set_stays_plain():
    """What is left of plain numbers, whatever is taken away from them."""
    assert type(np.setdiff1d([1.0, 3.0], gad.Variable(OTHER))) is np.ndarray


@pytest.mark.parametrize("trim", ["fb", "f", "b", "BF"])
@pytest.mark.parametrize("zeros", [[0.0, 0, 1, 0, 2, 0], [1.0, 2], [0.0, 0], []])
def test_zeros_are_trimmed_at_the_ends(zeros, trim):
    """As NumPy does, at either end."""
    x = np.array(zeros)
    ours = np.trim_zeros(gad.Variable(x), trim)
    np.testing.assert_array_equal(ours.value, np.trim_zeros(x, trim), strict=True)
    slope = gad.grad(lambda v: np.sum(np.trim_zeros(v, trim) * 3))(x)
    assert np.sum(slope) == 3 * ours.size


def test_zeros_are_trimmed_along_any_axis():
    """Of matrices too, which NumPy does since 2.2."""
    x = np.pad(ROWS, ((1, 2), (2, 1)))
    for axis in (None, 0, -1, (0, 1)) if hasattr(np, "matvec") else ():
        ours = np.trim_zeros(gad.Variable(x), axis=axis)
        np.testing.assert_array_equal(ours.value, np.trim_zeros(x, axis=axis), strict=True)


def test_what_zeros_are_trimmed_of_must_be_an_end():
    """NumPy's own error."""
    with pytest.raises(ValueError, match=r"trim"):
        np.trim_zeros(gad.Variable(TWICE), "middle")


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.complex128])
def test_sorted_complex_numbers(dtype):
    """In NumPy's dtype; a real number gets the real part of the adjoint back."""
    x = TWICE.astype(dtype)
    ours = np.sort_complex(gad.Variable(x))
    np.testing.assert_array_equal(ours.value, np.sort_complex(x), strict=True)
    slope = gad.grad(lambda v: np.real(np.sum(np.sort_complex(v) * np.arange(5))))(TWICE)
    np.testing.assert_array_equal(slope, [3, 0, 4, 2, 1])
