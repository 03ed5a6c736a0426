"""Writes in place: never another value than NumPy's, and a statement to write instead that works."""

from __future__ import annotations

import re

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad import errors
from graphviz_ad.engine.operators import SYMBOLS

FORMS = [f"y {sign}= m" for sign in SYMBOLS.values()] + ["y -= m if True else 0", "y /= m + 1", "y *= np.max(m)"]


def run(source, **names):
    """Run a program as a person has written it, in a file that can be read."""
    import linecache

    filename = f"<program {len(linecache.cache)}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    scope = {"np": np, "gad": gad, **names}
    exec(compile(source, filename, "exec"), scope)
    return scope


@pytest.mark.parametrize("form", FORMS)
def test_a_change_in_place_of_a_recorded_array_is_refused_with_what_to_write(form):
    """And what is to be written gives NumPy's value."""
    m = np.array([[2.0, 3.0], [1.0, 2.0]])
    plain = run(f"y = x + 1\n{form}\n", x=m, m=m)["y"]
    with pytest.raises(errors.MutationError, match="in place") as caught:
        run(f"y = x + 1\n{form}\n", x=gad.Variable(m), m=m)
    assert form in str(caught.value)
    assert ", line 2)" in str(caught.value)
    way = re.search(r"write (.*) \(<program", str(caught.value))[1]
    ours = run(f"y = x + 1\n{way}\n", x=gad.Variable(m), m=m)["y"]
    np.testing.assert_array_equal(ours.value, plain)


@pytest.mark.parametrize("sign", SYMBOLS.values())
def test_an_input_is_refused_too(sign):
    """The caller's array would change with it."""

    def f(x):
        scope = run(f"x {sign}= 2.0 * np.eye(2)", x=x)
        return scope["x"].sum()

    with pytest.raises(errors.MutationError, match="in place"):
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


def test_a_part_of_a_recorded_array_is_refused_with_a_new_array():
    """`h[0] += 1` would change h."""
    h = gad.Variable(np.ones((2, 2))) * 2
    with pytest.raises(errors.MutationError, match=r"make a new array, for example h = np\.where\(mask, h \+ 1, h\)"):
        run("h[0] += 1", h=h)


def test_a_list_s_entry_that_is_a_number_gets_a_new_value():
    """It is the list that changes."""
    parts = [gad.Variable(1.0)]
    parts[0] += 1
    assert parts[0].value == 2.0
