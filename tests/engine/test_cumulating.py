"""Running sums and products, differences, slopes of samples, areas and sorting, where the tables do not look."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

import graphviz_ad as gad

X = np.array([[0.7, -1.9, 1.2, 0.3], [2.5, 0.1, -0.4, 1.6], [1.1, 0.9, -2.3, 0.8]])
GAPS = np.array([0.0, 0.5, 1.5, 3.0])


def slope(f, x, weights=None):
    """Return the gradient of f at x, for a result weighted with these numbers."""
    leaf = gad.Variable(x)
    y = f(leaf)
    y.backward(np.ones(y.shape) if weights is None else weights)
    return leaf.grad


def matrix(f, x):
    """Return the matrix of a function that is linear, from its values of unit arrays."""
    units = np.eye(x.size).reshape(-1, *x.shape)
    return np.stack([np.ravel(f(unit) - f(np.zeros(x.shape))) for unit in units])


# Running products


@pytest.mark.parametrize("factors", list(itertools.product([0.0, 2.0, -1.5], repeat=4)))
def test_the_slope_of_a_running_product_with_zeros_is_that_of_its_products(factors):
    """Nothing is divided by a factor."""
    x, weights = np.array(factors), np.array([1.0, -2.0, 0.5, 3.0])
    expected = [sum(weights[k] * math.prod(np.delete(x[: k + 1], i)) for k in range(i, 4)) for i in range(4)]
    np.testing.assert_allclose(slope(np.cumprod, x, weights), expected, rtol=1e-15)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_a_running_product_does_not_meet_zero_times_infinity(dtype):
    """What is behind a zero, or is sent nothing, may be as large as it likes."""
    big = float(np.finfo(dtype).max) ** 0.9
    x = np.array([0.0, 1.0, big, big, big], dtype)
    with np.errstate(over="ignore"):
        np.testing.assert_array_equal(slope(np.cumprod, x)[1:], 0)
    x = np.array([1 / big, big, big, 1 / big, 1 / big], dtype)
    got = slope(np.cumprod, x, np.array([1, 1, 0, 0, 0], dtype))
    np.testing.assert_allclose(got, np.array([1 + big, 1 / big, 0, 0, 0]), rtol=0.01 if dtype is np.float16 else 1e-6)


# Linear functions: the gradient is the transposed matrix


LINEAR = {
    "cumsum": lambda x: np.cumsum(x),
    "cumsum of rows": lambda x: np.cumsum(x, axis=1),
    "cumulative_sum": lambda x: np.cumulative_sum(x, axis=1, include_initial=True),
    "diff": lambda x: np.diff(x),
    "diff twice": lambda x: np.diff(x, 2, axis=0),
    "diff between": lambda x: np.diff(x, 2, prepend=1.0, append=np.ones((3, 2))),
    "ediff1d": lambda x: np.ediff1d(x, to_end=[3.0, 4.0], to_begin=1.0),
    "gradient": lambda x: np.gradient(x, axis=1),
    "gradient of two": lambda x: np.gradient(x[:2], axis=0),
    "gradient of columns": lambda x: np.gradient(x, 0.5, axis=0, edge_order=2),
    "gradient of uneven ones": lambda x: np.gradient(x, GAPS, axis=-1, edge_order=2),
    "the first of two": lambda x: np.gradient(x, 0.5, GAPS)[0],
    "the second of two": lambda x: np.gradient(x, 2.0)[1],
    "both": lambda x: sum(np.gradient(x, axis=(1, 0))),
    "trapezoid": lambda x: np.trapezoid(x),
    "trapezoid of columns": lambda x: np.trapezoid(x, dx=0.25, axis=0),
    "trapezoid over x": lambda x: np.trapezoid(x, GAPS),
    "trapezoid over columns": lambda x: np.trapezoid(x, np.array([0.0, 1.0, 4.0]), axis=0),
    "trapezoid over a matrix": lambda x: np.trapezoid(x, np.cumsum(np.abs(X), axis=1), axis=1),
}


@pytest.mark.parametrize("f", LINEAR.values(), ids=LINEAR)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_linear_function_has_numpys_value_and_its_transpose(f, dtype):
    """Bit for bit, and to the last digits."""
    x = X.astype(dtype)
    expected = f(x)
    leaf = gad.Variable(x)
    y = f(leaf)
    np.testing.assert_array_equal(y.value, expected, strict=True)
    weights = np.cos(np.arange(expected.size)).reshape(expected.shape)
    y.backward(weights.astype(expected.dtype))
    assert leaf.grad.dtype == dtype
    transposed = (matrix(f, X) @ np.ravel(weights)).reshape(X.shape)
    np.testing.assert_allclose(leaf.grad, transposed, rtol=1e-13 if dtype is np.float64 else 1e-5, atol=1e-6)


def test_an_area_has_a_slope_by_the_places_of_its_samples():
    """Half of the heights on either side."""
    y, x = np.array([1.0, 3.0, 2.0, 5.0]), gad.Variable(GAPS)
    area = np.trapezoid(y, x)
    assert area.value == np.trapezoid(y, GAPS)
    area.backward()
    np.testing.assert_array_equal(x.grad, [-2.0, -0.5, -1.0, 3.5])


def test_gradients_of_several_axes_are_those_of_numpy():
    """As many as it gives, in a container of its kind."""
    ours, theirs = np.gradient(gad.Variable(X), 0.5, GAPS), np.gradient(X, 0.5, GAPS)
    assert type(ours) is type(theirs)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(a.value, b, strict=True)


@pytest.mark.parametrize(
    "call",
    [
        lambda x: np.diff(x, axis=2),
        lambda x: np.diff(x, -1),
        lambda x: np.gradient(x, 1.0, 2.0, 3.0),
        lambda x: np.gradient(x[:1]),
        lambda x: np.cumsum(x, axis=2),
        lambda x: np.cumulative_sum(x),
        lambda x: np.sort(x, axis=3),
        lambda x: np.sort(x[0, 0]),
        lambda x: np.partition(x, 9),
    ],
)
def test_what_numpy_refuses_is_refused_with_its_words(call):
    """The kind of the error and what it says."""
    with pytest.raises((ValueError, TypeError)) as theirs:
        call(X)
    with pytest.raises(type(theirs.value)) as ours:
        call(gad.Variable(X))
    assert str(ours.value).startswith(str(theirs.value))


# Sorting


def test_equal_numbers_keep_their_own_adjoints():
    """In the order in which they stood, whatever sorted them."""
    for kind in (None, "quicksort", "stable", "heapsort"):
        got = slope(lambda x, kind=kind: np.sort(x, kind=kind), [2.0, 1.0, 2.0, 1.0], np.array([1.0, 2.0, 3.0, 4.0]))
        np.testing.assert_array_equal(got, [3.0, 1.0, 4.0, 2.0])


@pytest.mark.parametrize("kth", range(50))
def test_a_partition_sends_back_what_came_from_each_place(kth):
    """Also among equal numbers: the weighted sum of the entries is linear in each."""
    x = np.random.default_rng(kth).integers(0, 20, 50) / 4
    weights = np.arange(50.0)
    assert slope(lambda x: np.partition(x, kth), x, weights) @ x == weights @ np.partition(x, kth)


def test_sorting_in_place_is_a_write():
    """Whoever read the array before keeps the old order."""
    x = gad.Variable(X)
    y = x * 2
    first = y[0, 0]
    y.sort(axis=0)
    np.testing.assert_array_equal(y.value, np.sort(2 * X, axis=0), strict=True)
    (first * 10 + y[0, 1]).backward()
    expected = np.zeros(X.shape)
    expected[0, 0], expected[0, 1] = 20, 2
    np.testing.assert_array_equal(x.grad, expected)
    z = x * 1
    z.partition(2)
    np.testing.assert_array_equal(z.value, np.partition(X, 2), strict=True)


def test_a_leaf_is_not_sorted_in_place():
    """Whoever holds it would see it change."""
    with pytest.raises(gad.GraphvizAdError):
        gad.Variable(X).sort()


# The largest and smallest so far


@pytest.mark.parametrize(("f", "sign"), [(np.maximum.accumulate, 1), (np.minimum.accumulate, -1)])
def test_of_equal_extremes_the_first_counts(f, sign):
    """As long as none beats it; NaN stays from where it is."""
    x = gad.Variable(sign * np.array([1.0, 3.0, 3.0, 2.0, 4.0, np.nan, 5.0]))
    y = f(x)
    np.testing.assert_array_equal(y.value, f(x.value))
    y.backward(np.arange(1.0, 8.0))
    np.testing.assert_array_equal(x.grad, [1.0, 2.0 + 3.0 + 4.0, 0.0, 0.0, 5.0, 6.0 + 7.0, 0.0])
    empty = gad.Variable(np.ones((0, 3)))
    f(empty, axis=1).backward(np.ones((0, 3)))
    assert empty.grad.shape == (0, 3)
