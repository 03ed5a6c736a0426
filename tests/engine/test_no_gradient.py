"""The gradient of a computed value is None, with a warning that names the way to get it."""

from __future__ import annotations

import inspect
import warnings

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.errors import NoGradientWarning


def test_a_value_in_the_middle_says_how_to_get_its_adjoint():
    """And that works when followed literally."""
    a, b = gad.Variable(2.0), gad.Variable(-3.0)
    with gad.record() as trace:
        e = a * b
        loss = (e + 10.0) * -2.0
    loss.backward()
    with pytest.warns(
        NoGradientWarning, match=r"e\.grad is None.*by multiply.*trace\.reverse\(\)\.adjoint\(e\)"
    ) as seen:
        assert e.grad is None
    assert seen[0].filename == __file__
    assert trace.reverse().adjoint(e) == -2.0


def test_a_leaf_that_was_updated_by_an_operator_says_how_to_make_a_new_one():
    """With the statement of the person's own."""
    w = gad.Variable(np.array([1.0, -2.0]), name="w")
    (w**2).sum().backward()
    w -= 0.1 * w.grad
    with pytest.warns(NoGradientWarning, match=r"write w = gad\.Variable\(w\.value - \(0\.1 \* w\.grad\)\)"):
        assert w.grad is None
    w = gad.Variable(np.array([1.0, -2.0]))
    (w**2).sum().backward()
    w = gad.Variable(w.value - (0.1 * w.grad))
    (w**2).sum().backward()
    np.testing.assert_allclose(w.grad, 2 * np.array([0.8, -1.6]))


def test_it_is_said_once_a_line():
    """A loop is not told again and again."""
    y = gad.Variable(2.0) * 3.0
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("default")
        for _ in range(3):
            assert y.grad is None
    assert len(seen) == 1


def test_leaves_and_what_inspects_objects_hear_nothing():
    """Warnings are errors here."""
    x = gad.Variable(2.0)
    assert x.grad is None
    assert ("grad", None) in inspect.getmembers(x * 3.0)
