"""What people asked in forums, on plain NumPy arrays, answered from end to end."""

from __future__ import annotations

import math

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.tracing import record


@pytest.fixture
def x():
    """Return a hundred points from -pi to pi, as a plain array."""
    return np.linspace(-np.pi, np.pi, 100)


def test_the_gradient_of_the_sine_curve_by_one_backward(x):
    """The user's code never calls cos."""
    points = gad.Variable(x)
    y = np.sin(points)
    y.sum().backward()
    np.testing.assert_array_equal(y.value, np.sin(x))
    np.testing.assert_array_equal(points.grad, np.cos(x))


def test_the_gradient_of_the_sine_curve_point_by_point(x):
    """A hundred times y[i].backward(retain_graph=True)."""
    points = gad.Variable(x)
    y = np.sin(points)
    for i in range(100):
        y[i].backward(retain_graph=True)
    np.testing.assert_array_equal(points.grad, np.cos(x))


def test_both_ways_give_the_same_curve(x):
    """Bit for bit."""
    at_once, one_by_one = gad.Variable(x), gad.Variable(x)
    np.sin(at_once).sum().backward()
    y = np.sin(one_by_one)
    for i in range(100):
        y[i].backward(retain_graph=True)
    np.testing.assert_array_equal(at_once.grad, one_by_one.grad, strict=True)


def test_each_point_adds_only_its_own_slope(x):
    """After ten points the others are still zero."""
    points = gad.Variable(x)
    y = np.sin(points)
    for i in range(10):
        y[i].backward(retain_graph=True)
    np.testing.assert_array_equal(points.grad, np.where(np.arange(100) < 10, np.cos(x), 0.0))


def test_attach_grad_and_record_on_an_array():
    """The way MXNet taught it."""
    x = gad.attach_grad(np.arange(4.0))
    with record():
        y = 2 * np.dot(x, x)
    y.backward()
    assert y.value == 28.0
    np.testing.assert_array_equal(x.grad, [0.0, 4.0, 8.0, 12.0])


def test_what_was_computed_inside_record_can_be_looked_at():
    """The trace holds the array, the product and its double."""
    x = gad.attach_grad(np.arange(4.0))
    with record() as trace:
        2 * np.dot(x, x)
    assert [node.primitive and node.primitive.name for node in trace.nodes] == [None, "dot", "multiply"]
    np.testing.assert_array_equal(trace.reverse().adjoint(x), [0.0, 4.0, 8.0, 12.0])


def test_twice_a_squared_works_on_a_range():
    """2*a*a is NumPy's own arithmetic, and its slope 4a."""
    a = gad.Variable(np.arange(5.0), name="a")
    y = 2 * a * a
    np.testing.assert_array_equal(y.value, 2 * np.arange(5.0) * np.arange(5.0), strict=True)
    y.sum().backward()
    np.testing.assert_array_equal(a.grad, 4 * np.arange(5.0))


def test_a_range_of_integers_is_refused_with_the_dot_that_helps():
    """np.arange(5) has no small changes; np.arange(5.0) has."""
    with pytest.raises(TypeError, match=r"int64 cannot be differentiated.*write gad\.Variable\(np\.arange\(5\.0\)\)"):
        gad.Variable(np.arange(5))


def test_math_exp_fails_with_file_line_reason_and_np_exp():
    """Everything needed to repair it stands in the message."""
    a = gad.Variable(np.arange(5.0), name="a")
    with pytest.raises(TypeError) as caught:
        math.exp(a)
    message, line = str(caught.value), caught.traceback[0].lineno + 1
    assert "math.exp" in message
    assert f"{__file__}, line {line}" in message
    assert "its derivative would be lost" in message
    assert "np.exp" in message
    assert "a.detach()" in message


def test_np_exp_in_its_place_works():
    """The advice is good."""
    a = gad.Variable(np.arange(5.0))
    np.exp(a).sum().backward()
    np.testing.assert_array_equal(a.grad, np.exp(np.arange(5.0)))


def test_two_sines_of_three_x():
    """2 sin(3x) at [1, 12] has the gradient [6 cos 3, 6 cos 36]."""
    x = gad.Variable(np.array([1.0, 12.0]))
    (2 * np.sin(3 * x)).backward(np.ones(2))
    np.testing.assert_allclose(x.grad, [6 * math.cos(3), 6 * math.cos(36)], rtol=1e-14)


def loop_and_branch(a):
    """Double a until its norm reaches 1000; keep it if its sum is positive, else take a hundred times it."""
    b = a * 2
    while np.linalg.norm(b) < 1000:
        b = b * 2
    return b if b.sum() > 0 else 100 * b


@pytest.mark.parametrize("value", [0.37, -1.2, 3000.0, 1e-9, -999.0])
def test_a_loop_and_a_branch(value):
    """The function is linear along the way that was taken, so its gradient is f(a)/a."""
    a = gad.Variable(value)
    d = loop_and_branch(a)
    d.backward()
    np.testing.assert_allclose(a.grad, loop_and_branch(np.float64(value)) / value, rtol=1e-14)
    assert a.grad == d.value / a.value


@pytest.mark.parametrize("value", [np.array([0.5, -0.25]), np.array([-3.0, 1.0, 0.5])], ids=str)
def test_a_loop_and_a_branch_on_an_array(value):
    """For each entry f(a)/a."""
    a = gad.Variable(value)
    d = loop_and_branch(a)
    d.sum().backward()
    np.testing.assert_allclose(a.grad, d.value / value, rtol=1e-14)
