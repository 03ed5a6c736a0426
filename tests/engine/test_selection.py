"""Piecewise functions: NumPy's values and errors, and slopes of each piece."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad

X = np.array([-1.5, -0.2, 0.4, 2.0])


def relu_like(x):
    """Return a function with three pieces, one of them a constant."""
    return np.piecewise(x, [x < -1, x > 0], [-1.0, lambda v: v**2, np.sin])


def test_each_piece_has_its_own_slope():
    """A constant none."""
    np.testing.assert_array_equal(relu_like(gad.Variable(X)).value, relu_like(X))
    expected = np.where(X < -1, 0, np.where(X > 0, 2 * X, np.cos(X)))
    np.testing.assert_array_equal(gad.grad(lambda x: relu_like(x).sum())(X), expected)
    second = np.where(X < -1, 0, np.where(X > 0, 2, -np.sin(X)))
    twice = gad.grad(lambda x: gad.grad(lambda x: relu_like(x).sum())(x).sum())
    np.testing.assert_array_equal(twice(X), second)


def test_a_parameter_of_the_pieces_has_a_slope():
    """Of those entries where its piece is."""
    k = gad.Variable(3.0)
    np.piecewise(gad.Variable(X), X > 0, [lambda v, k: k * v, 0.0], k).sum().backward()
    assert k.grad == 2.4
    k.zero_grad()
    np.piecewise(gad.Variable(X), [X > 0, X < 0], [k, lambda v: v * k]).sum().backward()
    assert k.grad == 2 - 1.7


def test_constants_alone_give_a_result_that_is_recorded():
    """With the slope 0."""
    x = gad.Variable(X)
    y = np.piecewise(x, [x > 0], [1, 2])
    np.testing.assert_array_equal(y.value, np.piecewise(X, [X > 0], [1, 2]), strict=True)
    y.sum().backward()
    np.testing.assert_array_equal(x.grad, np.zeros(4))


@pytest.mark.parametrize(
    ("x", "condition"),
    [(np.float64(0.5), True), (X, [False] * 4), (X[:0], [X[:0] > 0]), (X, [[True, False, False, True]])],
)
def test_numbers_and_conditions_of_any_form(x, condition):
    """As NumPy reads them; a function of no entries is not called."""

    def f(x):
        return np.piecewise(x, condition, [lambda v: v + 1 if v.size else 1 / 0, np.cos])

    np.testing.assert_array_equal(f(gad.Variable(x)).value, f(x))
    assert gad.grad(lambda x: f(x).sum())(x).shape == np.shape(x)


def test_too_few_functions_raise_numpys_own_error():
    """In the same words."""
    with pytest.raises(ValueError, match=r"with 2 condition\(s\), either 2 or 3 functions are expected"):
        np.piecewise(gad.Variable(X), [X > 0, X < 0], [1.0])
