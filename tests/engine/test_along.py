"""A person's function along an axis: NumPy's shapes and values, and the slopes of the function."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad

CUBE = np.random.default_rng(8).normal(size=(2, 3, 4))
FUNCTIONS = {
    "a number": lambda v: np.sum(v**2),
    "as many": lambda v: np.cumsum(v) * v,
    "another length": lambda v: v[:2],
    "a matrix": lambda v: np.outer(v, v[:2]),
}


@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("f", FUNCTIONS.values(), ids=FUNCTIONS)
def test_results_along_an_axis_stand_where_numpy_has_them(f, axis):
    """And have the slopes that differences have."""
    result = np.apply_along_axis(f, axis, gad.Variable(CUBE))
    expected = np.apply_along_axis(f, axis, CUBE)
    np.testing.assert_array_equal(result.value, expected, strict=True)
    weights, along = np.cos(np.arange(expected.size).reshape(expected.shape)), np.sin(CUBE * 5)

    def total(x):
        return np.sum(weights * np.apply_along_axis(f, axis, x))

    difference = (total(CUBE + 1e-6 * along) - total(CUBE - 1e-6 * along)) / 2e-6
    assert np.sum(gad.grad(total)(CUBE) * along) == pytest.approx(difference, rel=1e-7)


def test_arguments_of_the_function_are_handed_on():
    """Recorded ones too."""
    k = gad.Variable(2.0)
    result = np.apply_along_axis(lambda v, k, p: np.sum(k * v**p), 1, gad.Variable(CUBE), k, p=2)
    result.sum().backward()
    assert k.grad == pytest.approx(np.sum(CUBE**2))


@pytest.mark.parametrize("axes", [0, [0, 2], (1, -1), np.array([2])])
def test_a_function_over_axes_keeps_them(axes):
    """As of length 1."""
    x = gad.Variable(CUBE)
    result = np.apply_over_axes(np.sum, x, axes)
    np.testing.assert_array_equal(result.value, np.apply_over_axes(np.sum, CUBE, axes), strict=True)
    result.sum().backward()
    np.testing.assert_array_equal(x.grad, np.ones_like(CUBE))


def test_an_axis_that_is_not_there_is_numpys_error():
    """In the same words."""
    with pytest.raises(np.exceptions.AxisError, match="axis 3 is out of bounds for array of dimension 3"):
        np.apply_along_axis(np.sum, 3, gad.Variable(CUBE))
    with pytest.raises(ValueError, match="any iteration dimensions are 0"):
        np.apply_along_axis(np.sum, 0, gad.Variable(np.ones((2, 0))))
