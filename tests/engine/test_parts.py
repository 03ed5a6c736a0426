"""Numbers taken apart: what is recorded, what is plain, and the slopes at the ends of the range."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.errors import UnsupportedError

NUMBERS = np.array([-2.75, -0.0, 0.0, 0.3, 1e300, -1e-310, 5e-324, np.inf, np.nan])


@pytest.mark.parametrize("function", [np.modf, np.frexp, lambda x: np.divmod(x, 0.7)])
def test_both_results_are_numpys(function):
    """With the signs of zeros, of subnormal numbers and infinities too."""
    with np.errstate(all="ignore"):
        for ours, numpys in zip(function(gad.Variable(NUMBERS)), function(NUMBERS), strict=True):
            value = getattr(ours, "value", ours)
            np.testing.assert_array_equal(value, numpys, strict=True)
            np.testing.assert_array_equal(np.signbit(value), np.signbit(numpys))


def test_what_moves_in_steps_has_no_slope():
    """The exponents are plain integers."""
    x = gad.Variable([2.75, -0.3])
    fraction, whole = np.modf(x)
    (fraction * 3 + whole * 5).sum().backward()
    np.testing.assert_array_equal(x.grad, [3.0, 3.0])
    mantissa, exponents = np.frexp(x)
    assert type(exponents) is np.ndarray
    np.testing.assert_array_equal(gad.grad(lambda x: np.frexp(x)[0].sum())(x.value), 1 / 2.0**exponents)
    assert np.all(np.ldexp(mantissa, exponents).value == x.value)


def test_a_number_that_is_taken_apart_and_put_together_has_slope_one():
    """At any size whose power of two the dtype holds."""
    for x in (1e-300, 0.3, -7.0, 1e300):
        assert gad.grad(lambda x: np.ldexp(*np.frexp(x)))(x) == 1


def test_the_quotient_and_the_remainder_are_those_of_the_operators():
    """In both operands."""
    a, b = np.array([7.5, -7.5]), np.array([2.0, 1.6])
    for k in (0, 1):
        ours = gad.grad(lambda a, b: np.sum(np.divmod(a, b)[1] * np.divmod(a, b)[0]), k)(a, b)
        np.testing.assert_array_equal(ours, gad.grad(lambda a, b: np.sum((a % b) * (a // b)), k)(a, b))


def test_the_exponent_of_ldexp_is_no_variable():
    """And what is written instead is recorded in both."""
    x = gad.Variable(0.3)
    with pytest.raises(UnsupportedError, match=r"np\.ldexp: .* write x1 \* np\.exp2\(x2\)"):
        np.ldexp(x, x)
    with pytest.raises(UnsupportedError, match=r"np\.modf: the option where= is not recorded"):
        np.modf(x, where=False)


def test_narrow_numbers_keep_their_dtype():
    """The power of two is of the operand's dtype."""
    for function in (lambda x: np.modf(x)[0], lambda x: np.frexp(x)[0], lambda x: np.ldexp(x, [3])):
        x = gad.Variable(np.float32([0.3, 2.5]))
        function(x).sum().backward(create_graph=True)
        assert x.grad.dtype == np.float32


def test_pythons_divmod_is_numpys():
    """On either side."""
    x = gad.Variable([7.5, -7.5])
    for ours, numpys in ((divmod(x, 2.0), divmod(x.value, 2.0)), (divmod(2.0, x), divmod(2.0, x.value))):
        for result, expected in zip(ours, numpys, strict=True):
            np.testing.assert_array_equal(result.value, expected, strict=True)
