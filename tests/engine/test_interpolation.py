"""Interpolation at its points, outside of them and around the circle."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.errors import UnsupportedError

PLACES, HEIGHTS = np.array([0.0, 1.0, 3.0]), np.array([1.0, 3.0, -2.0])


def test_the_slope_at_a_point_is_the_mean_of_both_sides():
    """Of the line on either side; outside of the points it is 0."""
    x = np.array([-1.0, 0.0, 0.5, 1.0, 2.0, 3.0, 4.0, np.nan])
    slopes = gad.grad(lambda x: np.interp(x, PLACES, HEIGHTS).sum())(x)
    np.testing.assert_array_equal(slopes, [0, 1, 2, -0.25, -2.5, -1.25, 0, 0])


@pytest.mark.parametrize(("left", "right"), [(None, None), (7.0, None), (None, 7.0), (7.0, 7.0)])
def test_the_heights_receive_what_they_give(left, right):
    """The value is linear in them: the gradients are the values for one height alone."""
    x = np.array([-1.0, 0.0, 0.25, 1.0, 2.5, 3.0, 4.0, np.inf, -np.inf])
    weights = np.arange(1.0, 10.0)
    slopes = gad.grad(lambda fp: (weights * np.interp(x, PLACES, fp, left=left, right=right)).sum())(HEIGHTS)
    none = np.interp(x, PLACES, np.zeros(3), left=left, right=right)
    alone = [np.sum(weights * (np.interp(x, PLACES, one, left=left, right=right) - none)) for one in np.eye(3)]
    np.testing.assert_allclose(slopes, alone, rtol=1e-15)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_gradients_are_of_the_leafs_dtype(dtype):
    """Though NumPy's value is of float64."""
    x, fp = gad.Variable(dtype(0.5)), gad.Variable(HEIGHTS.astype(dtype))
    y = np.interp(x, PLACES, fp)
    assert y.dtype == np.float64
    y.backward()
    assert (x.grad.dtype, fp.grad.dtype) == (dtype, dtype)
    assert x.grad == 2.0
    np.testing.assert_array_equal(fp.grad, [0.5, 0.5, 0.0])


def test_places_of_a_period_are_plain():
    """Their slope would be lost."""
    with pytest.raises(UnsupportedError, match=r"np\.interp: with a period the places xp are plain: pass xp\.value"):
        np.interp(0.5, gad.Variable([0.0, 1.0]), [1.0, 2.0], period=2.0)


def test_a_period_of_0_is_refused_as_numpy_does():
    """In the same words."""
    with pytest.raises(ValueError, match="period must be a non-zero value"):
        np.interp(gad.Variable(0.5), PLACES, HEIGHTS, period=0)
