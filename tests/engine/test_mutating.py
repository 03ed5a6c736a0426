"""Writes in place: never another value than NumPy's, and a statement to write instead that works."""

from __future__ import annotations

import re

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad import errors
from tests.programming import run

SIGNS = ("+", "-", "*", "/", "//", "%", "**", "@")
FORMS = [f"y {sign}= m" for sign in SIGNS] + ["y -= m if True else 0", "y /= m + 1", "y *= np.max(m)"]


@pytest.mark.parametrize("form", FORMS)
def test_a_change_in_place_of_a_recorded_array_is_numpy_s(form):
    """Its value, for all who have the array, and the array that they had."""
    m = np.array([[2.0, 3.0], [1.0, 2.0]])
    source = f"y = x + 1\nother = y\nbefore = y * 1\n{form}\n"
    plain, ours = run(source, x=m, m=m), run(source, x=gad.Variable(m), m=m)
    for name in ("y", "other", "before"):
        np.testing.assert_array_equal(ours[name].value, plain[name])
    assert ours["y"] is ours["other"]


@pytest.mark.parametrize("sign", SIGNS)
def test_an_input_is_refused_too(sign):
    """The caller's array would change with it."""

    def f(x):
        scope = run(f"x {sign}= 2.0 * np.eye(2)", x=x)
        return scope["x"].sum()

    with pytest.raises(errors.MutationError, match=r"change the input x in place.*write x = x\.copy\(\) before it"):
        gad.grad(f)(np.eye(2))


def test_a_leaf_of_one_name_is_replaced():
    """The update of a training loop, which nobody can tell from a change in place."""
    w = gad.Variable([1.0, 2.0])
    (w**2).sum().backward()
    w -= 0.1 * w.grad
    np.testing.assert_array_equal(w.value, np.array([1.0, 2.0]) - 0.1 * np.array([2.0, 4.0]))


def another_name():
    """The leaf has two names."""
    w = gad.Variable([1.0, 2.0])
    other = w
    w -= 1.0
    return other


def a_list():
    """The leaf stands in a list."""
    weights = [gad.Variable([1.0, 2.0])]
    for w in weights:
        w -= 1.0
    return weights[0]


def a_caller():
    """The leaf has a name in the calling function."""

    def shift(v):
        v -= 1.0

    w = gad.Variable([1.0, 2.0])
    shift(w)
    return w


def an_attribute():
    """The leaf is an attribute."""

    class Layer:
        pass

    layer = Layer()
    layer.w = gad.Variable([1.0, 2.0])
    w = layer.w
    w -= 1.0
    return layer.w


def a_graph():
    """The leaf is in a graph that may still be differentiated."""
    w = gad.Variable([1.0, 2.0])
    loss = (w**3).sum()
    w -= 1.0
    return loss


def a_closure():
    """The leaf is in a function."""
    w = gad.Variable([1.0, 2.0])
    loss = [lambda w=w: w]
    w -= 1.0
    return loss


def a_nested_container():
    """The leaf is deep inside something that is only on its way."""

    class Layer:
        __slots__ = ("w",)

    def parameters():
        layer = Layer()
        layer.w = gad.Variable([1.0, 2.0])
        return [{"layer": layer}]

    for entry in parameters():
        w = entry["layer"].w
        w -= 1.0


HELD = [another_name, a_list, a_caller, an_attribute, a_graph, a_closure, a_nested_container]


@pytest.mark.parametrize("program", HELD)
def test_a_leaf_that_is_held_elsewhere_is_refused(program):
    """NumPy's array would change there, too."""
    with pytest.raises(errors.MutationError, match=r"gad\.Variable\(\w\.value - 1\.0\), and give the new leaf to all"):
        program()


def test_a_list_s_entry_that_is_a_number_gets_a_new_value():
    """It is the list that changes."""
    parts = [gad.Variable(1.0)]
    parts[0] += 1
    assert parts[0].value == 2.0


SETUP = "w, s = gad.Variable([1.0, 2.0]), gad.Variable(2.0)\n((w * s) ** 2).sum().backward()\n"
ATTRIBUTES = {
    "w.value = w.value - 0.1 * w.grad": "w.value == [1 - 0.8, 2 - 1.6]",
    "w.value = w - 0.1 * w.grad": "w.value == [1 - 0.8, 2 - 1.6]",
    "w.data -= 0.1 * w.grad": "w.value == [1 - 0.8, 2 - 1.6]",
    "s.value -= 0.1 * s.grad": "s.value == 2.0 - 0.1 * 20.0",
    "s.value = 0": "s.value == 0.0",
    "w.value = [3, -4]": "w.value == [3.0, -4.0]",
    "w.value = np.arange(2)": "w.value == [0.0, 1.0]",
    "w.grad = None": "w.grad is None",
    "w.grad = np.zeros(2)": "w.grad is None",
    "s.grad = 0": "s.grad is None",
    "w.grad = np.clip(w.grad, -1.0, 1.0)": "w.grad == [1.0, 1.0]",
    "s.grad /= 2": "grad == 10.0",
    "w.name = 'weights'": "w.name == 'weights' and (w.value == [1.0, 2.0]).all()",
    "w.shape = (2, 1)": "w.value == [[1.0], [2.0]]",
}


@pytest.mark.parametrize("statement", ATTRIBUTES)
def test_an_attribute_that_cannot_be_set_says_what_to_write(statement):
    """With the person's own right side; it does what was meant."""
    with pytest.raises(AttributeError, match="cannot be set") as caught:
        run(SETUP + statement)
    assert ", line 3)" in str(caught.value)
    way = re.search(r": write (.*?)(, a new leaf| to forget.*| to change.*|, and use.*)? \(<program", str(caught.value))
    assert np.all(eval(ATTRIBUTES[statement], run(f"{SETUP}{way[1]}\n")))


def test_the_gradient_of_a_computed_value_cannot_be_set_at_all():
    """And where no line can be read, the letters stand for the rest."""
    y = gad.Variable(1.0) * 2.0
    with pytest.raises(errors.FixedAttributeError, match=r"y\.grad cannot be set.*only leaves.*leave the line out"):
        y.grad = None
    with pytest.raises(errors.FixedAttributeError, match=r"write x = gad\.Variable\(\.\.\.\), a new leaf"):
        setattr(y, "value", 3)  # noqa: B010
