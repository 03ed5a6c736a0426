"""np.gradient and np.interp where the places of the samples are recorded too."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad

Y = np.array([0.3, 1.2, 0.7, 2.1, 1.6])
T = np.array([0.0, 0.4, 1.1, 1.5, 2.3])
X = np.array([-0.5, 0.1, 0.75, 1.2, 2.0, 3.0])

PROGRAMS = {
    "places": lambda y, t: np.gradient(y, t),
    "places, parabolas": lambda y, t: np.gradient(y, t, edge_order=2),
    "a step": lambda y, t: np.gradient(y, t[1]),
    "a step, parabolas": lambda y, t: np.gradient(y, t[1], edge_order=2),
    "of plain samples": lambda y, t: np.gradient(Y, t * t + t) * y,
    "along an axis": lambda y, t: np.gradient(np.stack([y, y * t], axis=1), t, axis=0),
    "two axes": lambda y, t: np.gradient(y[:, None] * t, t[2], t)[1],
    "points": lambda y, t: np.interp(X, t, y),
    "places and points": lambda y, t: np.interp(X + 0.1 * y[0], t, y),
    "ends": lambda y, t: np.interp(X, t, y, left=y[0], right=t[1]),
    "one end": lambda y, t: np.interp(X, t, y, right=y[1] * t[1]),
    "a number": lambda y, t: np.interp(0.9, t, y),
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_places_have_a_derivative(program):
    """NumPy's value, and the slopes of differences of it, in both."""
    expected = program(Y, T)
    ours = program(gad.Variable(Y), gad.Variable(T))
    assert ours.shape == np.shape(expected)
    np.testing.assert_allclose(ours.value, expected, rtol=1e-14, atol=1e-15)
    weights = np.cos(np.arange(np.size(expected))).reshape(np.shape(expected))
    for k, direction in enumerate((np.sin(9 * Y), np.cos(9 * T))):
        slope = gad.grad(lambda y, t: np.sum(program(y, t) * weights), k)(Y, T)
        moved = [[a + h * direction * (i == k) for i, a in enumerate((Y, T))] for h in (1e-6, -1e-6)]
        ends = [np.sum(program(*operands) * weights) for operands in moved]
        assert np.sum(slope * direction) == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-6, abs=1e-8)
    assert np.all(np.isfinite(gad.hessian(lambda t: np.sum(program(Y, t) * weights))(T)))


def test_a_value_that_is_not_a_number_stays_one():
    """Where it is looked up."""
    y = np.interp(np.array([np.nan, 0.5]), gad.Variable(T), Y)
    np.testing.assert_array_equal(np.isnan(y.value), [True, False])


def test_equally_spaced_places_have_slopes_of_their_own():
    """NumPy computes with one step; each place has its derivative nevertheless."""
    t = np.linspace(0, 1, 5)
    slope = gad.jacobian(lambda t: np.gradient(Y, t))(t)
    for k, step in enumerate(1e-6 * np.eye(5)):
        np.testing.assert_allclose(
            slope[:, k], (np.gradient(Y, t + step) - np.gradient(Y, t - step)) / 2e-6, rtol=1e-5, atol=1e-7
        )


@pytest.mark.parametrize("f", [np.nanvar, np.nanstd])
def test_a_correction_is_a_ddof(f):
    """By the array API's name."""
    x = gad.Variable(Y)
    np.testing.assert_array_equal(f(x, correction=1).value, f(Y, ddof=1))
