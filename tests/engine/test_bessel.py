"""The modified Bessel function: slopes of every order against mpmath, of any size and sign."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

import graphviz_ad as gad


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_slopes_of_every_order_are_those_of_mpmath(order):
    """From 0 to where the value overflows."""
    f = np.i0
    for _ in range(order):
        f = gad.grad(lambda x, f=f: np.sum(f(x)))
    for x in (0.0, 1e-200, -1e-5, 0.3, -2.5, 8.0, 8.1, -40.0, 300.0, 700.0):
        with mpmath.workprec(200):
            terms = [
                mpmath.binomial(order, k) * mpmath.besseli(abs(order - 2 * k), mpmath.mpf(x)) for k in range(order + 1)
            ]
            expected = float(mpmath.fsum(terms) / 2**order)
        assert f(x) == pytest.approx(expected, rel=1e-15 * max(16, abs(x)), abs=0), x


def test_a_kaiser_window_has_a_slope_in_its_parameter():
    """As NumPy makes it of i0."""
    n = np.arange(8.0)

    def window(beta):
        return np.sum(np.i0(beta * np.sqrt(1 - ((n - 3.5) / 3.5) ** 2)) / np.i0(beta))

    assert window(5.0) == pytest.approx(np.sum(np.kaiser(8, 5.0)))
    expected = (np.sum(np.kaiser(8, 5.0 + 1e-5)) - np.sum(np.kaiser(8, 5.0 - 1e-5))) / 2e-5
    assert gad.grad(window)(5.0) == pytest.approx(expected, rel=1e-8)


def test_empty_arrays_infinities_and_nan_are_what_they_are():
    """Without a warning of the rule's own."""
    assert gad.grad(lambda x: np.sum(np.i0(x)))(np.ones((0, 2))).shape == (0, 2)
    with np.errstate(all="ignore"):
        slopes = gad.grad(lambda x: np.sum(np.i0(x)))(np.array([800.0, -800.0, np.nan]))
    np.testing.assert_array_equal(slopes, [np.inf, -np.inf, np.nan])
