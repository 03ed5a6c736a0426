"""Methods of ufuncs that no rule of its own answers: reduce, accumulate and reduceat, and ``at`` in rounds."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import graphviz_ad as gad
from graphviz_ad.errors import MutationError, UnsupportedError
from tests.programming import run

X = np.array([[0.3, 0.7, 1.4, 0.9], [1.1, 0.2, 2.5, 1.3], [0.6, 1.7, 0.8, 2.1]])
UFUNCS = ["subtract", "divide", "hypot", "float_power", "logaddexp2", "fmax", "fmin", "copysign"]
CALLS = {
    "reduce": lambda f, x: f.reduce(x),
    "reduce, kept": lambda f, x: f.reduce(x, axis=-1, keepdims=True),
    "reduce, from": lambda f, x: f.reduce(x, axis=1, initial=1.5),
    "accumulate": lambda f, x: f.accumulate(x),
    "accumulate along": lambda f, x: f.accumulate(x, axis=-1),
    "reduceat": lambda f, x: f.reduceat(x, [0, 2, 1]),
    "reduceat along": lambda f, x: f.reduceat(x, [1, 3, 0], axis=1),
}


def slope_of(call, x, direction):
    """Return the slope of a weighted sum along a direction, by differences and by us."""

    def summed(x):
        result = call(x)
        return np.sum(result * np.cos(np.arange(np.size(result))).reshape(np.shape(result)))

    near, far = (summed(x + h * direction) - summed(x - h * direction) for h in (1e-4, 2e-4))
    return (8 * near - far) / 12e-4, np.sum(gad.grad(summed)(x) * direction)


@pytest.mark.parametrize("name", UFUNCS)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_fold_is_what_numpy_computes(call, name):
    """Value and slope, and the recorded slope differentiates again."""
    f = getattr(np, name)
    np.testing.assert_allclose(call(f, gad.Variable(X)).value, call(f, X), rtol=1e-15)
    expected, slope = slope_of(lambda x: call(f, x), X, np.cos(X * 9))
    assert slope == pytest.approx(expected, rel=1e-8, abs=1e-9)
    assert np.all(np.isfinite(gad.hessian(lambda x: np.sum(call(f, x)))(X)))


@pytest.mark.parametrize("name", ["power", "arctan2"])
def test_what_numpy_computes_wrongly_is_not_recorded(name):
    """On processors with AVX-512 its answer is another one; what is said to write instead is a loop."""
    f = getattr(np, name)
    for call in (f.reduce, lambda x: f.reduceat(x, [0, 1])):
        with pytest.raises(UnsupportedError, match=rf"write functools\.reduce\(np\.{name}, x\) instead"):
            call(gad.Variable(X))
    ours = functools.reduce(f, gad.Variable(X))
    np.testing.assert_allclose(ours.value, f(f(X[0], X[1]), X[2]), rtol=1e-15)
    np.testing.assert_allclose(f.accumulate(gad.Variable(X)).value[-1], ours.value, rtol=1e-15)


def test_what_a_fold_cannot_is_said():
    """More than one axis, and nothing to begin with."""
    with pytest.raises(UnsupportedError, match=r"np\.hypot\.reduce is recorded along one axis, got axis=\(0, 1\)"):
        np.hypot.reduce(gad.Variable(X), axis=(0, 1))
    with pytest.raises(ValueError, match=r"has no identity"):
        np.subtract.reduce(gad.Variable(np.zeros(0)))
    with pytest.raises(IndexError):
        np.subtract.reduceat(gad.Variable(X), [5])


INDICES = st.lists(st.integers(-4, 3), max_size=6)


@settings(deadline=None, derandomize=True)
@given(name=st.sampled_from(["add", "subtract", "multiply", "divide", "maximum", "hypot"]), index=INDICES)
def test_at_computes_at_each_position_as_often_as_it_is_named(name, index):
    """NumPy's values for any positions, and the slopes of differences, in the array and in what is computed with."""
    f, places = getattr(np, name), np.array(index, int)
    x = np.concatenate([[0.7, 1.9, 1.2, 0.4], np.linspace(0.6, 1.75, len(index))])

    def program(x):
        h = x[:4].copy()
        f.at(h, places, x[4:])
        return h

    np.testing.assert_allclose(program(gad.Variable(x)).value, program(x), rtol=1e-15)
    expected, slope = slope_of(program, x, np.cos(9 * x))
    assert slope == pytest.approx(expected, rel=1e-7, abs=1e-8)


def test_at_takes_functions_of_one_operand_and_any_index():
    """Slices beside lists, masks, and a single number for all."""
    for call in (
        lambda h: np.negative.at(h, [0, 2, 0]),
        lambda h: np.multiply.at(h, (slice(None), [0, 1, 1]), 2.0),
        lambda h: np.multiply.at(h, h > 1, 3.0),
        lambda h: np.square.at(h, (1, 2)),
    ):
        ours, theirs = gad.Variable(X).copy(), X.copy()
        call(ours)
        call(theirs)
        np.testing.assert_array_equal(ours.value, theirs, strict=True)


@pytest.mark.parametrize("name", ["add", "multiply"])
def test_a_plain_array_says_how_it_takes_recorded_numbers(name):
    """And followed literally, it does."""
    text = f"def f(x):\n    total = np.ones(3)\n    np.{name}.at(total, [0, 2, 0], x)\n    return total\n"
    with pytest.raises(MutationError, match=rf"np\.{name}\.at .*: make it with total = np\.ones\(3, like=x\)"):
        run(text)["f"](gad.Variable(X[0, :3]))
    followed = run(text.replace("np.ones(3)", "np.ones(3, like=x)"))["f"]
    expected = run(text)["f"](X[0, :3])
    np.testing.assert_array_equal(followed(gad.Variable(X[0, :3])).value, expected)
