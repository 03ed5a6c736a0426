"""What is known at a step: nothing from the future, and partial sums as they are by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.debugging.stepping.moments import Course

X = 0.03
PARTS = [-1 / X**2, math.cos(X) * math.log(X**2), math.sin(X) * 2 / X]
"""What comes to x in the order in which the way back meets it: through 1/x, through sin x, through x²."""


def test_an_adjoint_comes_together_as_by_hand(model, course_of):
    course = course_of(model.f, X)
    sums = [float(course.moment(step).node(0).adjoint) for step in range(11, len(course.steps))]
    expected = [sum(PARTS[:k]) for k in (1, 1, 1, 1, 2, 2, 2, 3)]
    assert sums == pytest.approx(expected, rel=1e-12)
    assert [course.moment(step).node(0).arrived for step in (0, 10, 11, 14, 15, 18)] == [
        *[(0, 3), (0, 3), (1, 3), (1, 3), (2, 3), (3, 3)]
    ]


def test_nothing_is_known_before_its_step(model, course_of):
    """A value is known exactly from the step on that computes it, and an adjoint from the first that adds to it."""
    course = course_of(model.f, X)
    for position in range(len(course.nodes)):
        values = [course.moment(step).node(position).value is not None for step in range(len(course.steps))]
        adjoints = [course.moment(step).node(position).adjoint is not None for step in range(len(course.steps))]
        assert values == sorted(values)
        assert adjoints == sorted(adjoints)
        assert values.index(True) == position
        assert adjoints.index(True) >= len(course.nodes)


def test_the_last_moment_has_the_gradient(model, course_of):
    x = np.array([0.5, 1.5, 2.5])
    course = course_of(model.loop, x)
    h = x
    slope = np.ones(3)
    for _ in range(3):
        h, slope = np.tanh(1 / h), slope * -(1 / h**2) * (1 - np.tanh(1 / h) ** 2)
    np.testing.assert_allclose(course.moment(len(course.steps) - 1).node(0).adjoint, slope, rtol=1e-12)


def test_a_name_means_what_the_variable_was_there(model, course_of):
    """The person's own frames say it: h is x before the first call, and what that returned before tanh."""
    course = course_of(model.loop, 0.5)
    h = 0.5
    for turn in range(3):
        divided = course.moment(1 + 2 * turn).called("h")
        assert float(divided.value) == pytest.approx(h, rel=1e-12)  # still, as the call runs
        h = math.tanh(1 / h)
        node = course.moment(2 + 2 * turn).called("h")
        assert (node.index, float(node.value)) == (2 + 2 * turn, pytest.approx(h, rel=1e-12))
    assert course.moment(0).called("h") is None
    assert course.moment(3).called("nothing") is None


def test_what_a_call_returned_has_the_name_it_is_given(course_of):
    """No expression of its own is assigned to p; the caller's frame says that it is p."""

    def inner(x):
        return np.exp(x) / 2

    def f(x):
        p = inner(x)
        return np.log(p)

    course = course_of(f, 1.0)
    assert course.called("p") == [2]
    assert [course.moment(step).called("p").index for step in (2, 3)] == [2, 2]
    assert course.moment(1).called("p").value is None
    assert "p" in course.known_names


def test_a_name_of_the_story_stays_its_node_and_what_the_variable_is_is_known_besides(course_of):
    def twice(x):
        return np.sin(x) * 2

    def f(x):
        h = np.exp(x)
        h = twice(h)
        return np.cos(h)

    course = course_of(f, 0.5)
    assert course.names == ("x", "h", "v2", "v3", "f")
    assert [course.moment(step).called("h").index for step in range(1, 5)] == [1] * 4
    variables = [course.moment(step).variable("h") for step in range(1, 5)]
    assert [node and node.name for node in variables] == [None, None, None, "v3"]
    inner = course.moment(2).variable("x")
    assert inner.name == "h"  # in the call, x is what it was called with


def test_an_array_that_is_written_to_is_its_latest_version(course_of):
    def f(x):
        h = np.zeros_like(x)
        h[0] = x[0] * 2
        h[1] = h[0] + x[1]
        return h.sum()

    course = course_of(f, np.array([1.0, 2.0]))
    last = course.moment(len(course.steps) - 1)
    np.testing.assert_array_equal(course.moment(len(course.nodes) - 1).called("h").value, [2.0, 4.0])
    assert last.called("h").value is not None


def test_what_was_recorded_cannot_be_changed(course_of):
    course = course_of(lambda x: np.sum(x**2), np.arange(3.0))
    node = course.moment(len(course.steps) - 1).node(0)
    for array in (node.value, node.adjoint):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 7
    with pytest.raises(AttributeError):
        node.value = 3


def test_a_node_says_what_it_is(model, course_of):
    course = course_of(model.f, X)
    node = course.moment(0).node(2)
    assert (node.name, node.primitive, node.line, node.index) == ("a", "log", 9, 2)
    assert course.moment(0).node(0).primitive is None
    assert node.was_unknown is False
    assert node.adjoint is None
    assert node.was_unknown is True


def test_an_input_that_nothing_reaches_never_gets_an_adjoint(course_of):
    course = course_of(lambda x, y: x * 2, 1.0, 2.0)
    assert course.moment(len(course.steps) - 1).node(1).adjoint is None


def test_a_constant_result_has_a_story_too(course_of):
    course = course_of(lambda x: 3.0, 1.0)
    assert [course.way(step) for step in range(len(course.steps))] == [()] * len(course.steps)
    assert len(course.names) == len(course.story.nodes)


def test_too_many_operations_are_refused(course_of):
    def long(x):
        for _ in range(20_001):
            x = x + 1
        return x

    with pytest.raises(gad.errors.SizeError, match="20,000 operations"):
        course_of(long, 1.0)


def test_of_a_function_that_raised_there_are_values_up_to_there(course_of):
    def inner(a, b):
        return a @ b

    def f(x):
        h = np.exp(x)
        return inner(h, np.ones((3, 2)))

    with pytest.raises(ValueError, match="must be equal"):
        course_of(f, np.ones((2, 2)))
    try:
        course_of(f, np.ones((2, 2)))
    except ValueError as error:
        course = Course.of_failure(error)
    assert [step.kind for step in course.steps] == ["evaluate", "evaluate", "raise"]
    assert [place.function for place in course.way(2)] == ["f", "inner"]
    assert [place.line for place in course.way(2)] == [f.__code__.co_firstlineno + 2, inner.__code__.co_firstlineno + 1]
    assert course.goes_back(2) is False
    assert course.moment(2).changed is None
    np.testing.assert_array_equal(course.moment(2).called("h").value, np.full((2, 2), np.e))
    np.testing.assert_array_equal(course.moment(2).called("b").value, np.ones((3, 2)))
    assert course.moment(1).called("b").value is None
    assert course.variable(2, "a") == 1
    assert course.failure.reason == "inner sizes 2 and 3 differ"
