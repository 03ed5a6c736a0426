"""Expressions of nodes: they compute what Python would, know nothing early, and change nothing."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.debugging.stepping.expressions import NotYet, parse
from graphviz_ad.errors import InputError


@pytest.fixture
def moment(course_of):
    """Return the last moment of a small program of arrays."""

    def f(x, w):
        h = np.tanh(x * w)
        return np.sum(h**2)

    course = course_of(f, np.array([1.0, -2.0, 0.5]), 0.7)
    return course.moment(len(course.steps) - 1)


@pytest.mark.parametrize(
    "text",
    [
        "np.max(h)",
        "h.max() - h.min()",
        "x * w + 1",
        "-x[0] ** 2 / 3",
        "x[1:] @ x[1:]",
        "x[::-1]",
        "abs(x).sum()",
        "np.linalg.norm(x)",
        "np.sum(h, axis=0)",
        "1 < w + 1 < 2",
        "w > 0 and x[0] > 5",
        "w > 5 or x[0] > 0",
        "not w > 0",
        "w if w > 1 else x[0]",
        "np.pi * w",
        "len(x) + x.size",
        "np.isnan(h).any()",
        "max(w, 1) // 1 % 2",
        "[w, 2][1]",
    ],
)
def test_an_expression_is_what_python_makes_of_it(moment, text):
    x, w = np.array([1.0, -2.0, 0.5]), np.float64(0.7)
    expected = eval(text, {"np": np}, {"x": x, "w": w, "h": np.tanh(x * w)})
    np.testing.assert_allclose(parse(text).at(moment), expected, rtol=1e-14)


def test_adjoints_are_those_of_the_closed_form(moment):
    x, w = np.array([1.0, -2.0, 0.5]), 0.7
    h = np.tanh(x * w)
    np.testing.assert_allclose(parse("x.adjoint").at(moment), 2 * h * (1 - h**2) * w, rtol=1e-12)
    np.testing.assert_allclose(parse("w.adjoint").at(moment), np.sum(2 * h * (1 - h**2) * x), rtol=1e-12)
    np.testing.assert_allclose(parse("h.adjoint.max()").at(moment), np.max(2 * h), rtol=1e-12)


def test_a_word_alone_is_of_the_node_of_the_step(moment):
    node = moment.called("h")
    assert parse("name == 'h'").at(moment, node) == (node.name == "h")
    assert parse("primitive").at(moment, node) == "tanh"
    np.testing.assert_array_equal(parse("node.value").at(moment, node), node.value)


def test_what_is_not_known_yet_says_so(moment):
    early = moment.course.moment(0)
    with pytest.raises(NotYet, match=r"h\.value is not known yet"):
        parse("np.max(h)").at(early)
    with pytest.raises(NotYet, match=r"x\.adjoint is not known yet"):
        parse("x.adjoint").at(early)


@pytest.mark.parametrize("text", ["", "x; x", "x = 3", "max(", "(" * 500, "import os"])
def test_what_is_no_expression_is_refused(text):
    with pytest.raises(InputError, match="is no expression"):
        parse(text)


def test_an_unknown_name_is_told_with_those_there_are(moment):
    with pytest.raises(InputError, match=r"no node is called 'y'; there are .*x, w"):
        parse("y + 1").at(moment)
    with pytest.raises(InputError, match="Did you mean 'adjoint'"):
        parse("x.adjiont").at(moment)


def test_what_a_function_of_the_person_raises_comes_through(moment):
    with pytest.raises(AttributeError, match="NoneType"):
        parse("_none().shape").at(moment)


def _none():
    return None


SCALE = 3.0
LEAF = gad.Variable(5.0)
h = "a name of the module that a node has, too"


def _twice(a):
    return 2 * a


def test_names_of_the_module_are_known_and_those_of_nodes_come_first(course_of):
    def f(x):
        h = np.sin(x)
        return h * x

    moment = course_of(f, 2.0).moment(2)
    assert parse("_twice(h) + SCALE").at(moment) == 2 * np.sin(2.0) + 3.0
    assert parse("LEAF + 1").at(moment) == 6.0
    assert type(parse("LEAF + 1").at(moment)) is not gad.Variable
    with pytest.raises(NotYet, match=r"h\.value is not known yet"):
        parse("h").at(course_of(f, 2.0).moment(0))


def test_names_within_a_comprehension_and_a_lambda_are_known(moment):
    x, w = np.array([1.0, -2.0, 0.5]), 0.7
    assert parse("[w * a for a in x if a > w]").at(moment) == [w * a for a in x if a > w]
    np.testing.assert_array_equal(parse("max((x, -x), key=lambda a: (a * w)[1])").at(moment), -x)
    assert parse("f'{w:.1f} {x.adjoint.shape}'").at(moment) == "0.7 (3,)"


def test_what_is_not_needed_may_be_unknown(moment):
    early = moment.course.moment(0)
    assert parse("len(x) == 3 or x.adjoint > 1").at(early)


def test_an_expression_changes_nothing_that_was_recorded(moment):
    with pytest.raises(ValueError, match="read-only"):
        parse("np.sin(x, out=x)").at(moment)
    with pytest.raises(ValueError, match="read-only"):
        parse("x.fill(0)").at(moment)
