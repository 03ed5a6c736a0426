"""Steps, clipping and replacing: values of every form of a call, ties, and what is level."""

from __future__ import annotations

import re

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.errors import UnsupportedError

X = np.array([-1.5, -0.25, 0.5, 0.75, 2.5])
CLIPS = {
    "positions": lambda x: np.clip(x, -0.5, 0.6),
    "a_min, a_max": lambda x: np.clip(x, a_min=-0.5, a_max=0.6),
    "min, max": lambda x: np.clip(x, min=-0.5, max=0.6),
    "no lower one": lambda x: np.clip(x, None, 0.6),
    "no upper one": lambda x: np.clip(x, -0.5, None),
    "min": lambda x: np.clip(x, min=-0.5),
    "max": lambda x: np.clip(x, max=0.6),
    "arrays": lambda x: np.clip(x, np.full(5, -0.5), np.full((2, 1), 0.6)),
    "method": lambda x: x.clip(-0.5, 0.6),
    "method, min": lambda x: x.clip(min=-0.5),
    "method, max": lambda x: x.clip(max=0.6),
    "crossed": lambda x: np.clip(x, 0.6, -0.5),
}


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("f", CLIPS.values(), ids=CLIPS)
def test_every_form_of_clip_has_numpys_value_and_lets_through_what_is_inside(f, dtype):
    """Compared with differences: no bound is near a number."""
    x, step = X.astype(dtype), 0.125
    value, pullback = gad.vjp(f, x)
    np.testing.assert_array_equal(getattr(value, "value", value), f(x), strict=True)
    expected = (f(X + step / 64) - f(X - step / 64)) / (step / 32)
    (slope,) = pullback(np.ones(value.shape, value.dtype))
    assert slope.dtype == dtype
    np.testing.assert_allclose(slope, expected if expected.ndim == 1 else expected.sum(axis=0), rtol=1e-6)


def test_ties_of_clip_share_equally():
    """Between the number and the bound that it meets, as in maximum and minimum."""
    slopes = gad.grad(lambda x, low, high: np.clip(x, low, high).sum(), (0, 1, 2))(
        np.array([0.0, 1.0, 0.5]), np.zeros(3), np.ones(3)
    )
    np.testing.assert_array_equal(slopes, [[0.5, 0.5, 1.0], [0.5, 0.0, 0.0], [0.0, 0.5, 0.0]])
    apart = gad.grad(lambda x, low, high: np.minimum(np.maximum(x, low), high).sum(), (0, 1, 2))
    everywhere = gad.grad(lambda x, low, high: np.clip(x, low, high).sum(), (0, 1, 2))
    grid = np.meshgrid([0.0, 1.0, 2.0], [0.0, 1.0, 2.0], [0.0, 1.0, 2.0])
    np.testing.assert_array_equal(everywhere(*grid), apart(*grid))


def test_clip_lets_nothing_through_outside_not_even_infinity():
    """And NaN receives nothing."""
    x = gad.Variable([-1.0, 0.5, np.nan])
    np.clip(x, 0.0, 1.0).backward(np.full(3, np.inf))
    np.testing.assert_array_equal(x.grad, [0.0, np.inf, 0.0])


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda x: np.clip(x, 0.0), TypeError),
        (lambda x: np.clip(x, 0.0, 1.0, min=0.0), ValueError),
    ],
)
def test_what_numpy_refuses_is_refused(call, error):
    """By the same kind of error, in the same words."""
    with pytest.raises(error) as numpys:
        call(X)
    with pytest.raises(error, match=re.escape(str(numpys.value))):
        call(gad.Variable(X))


@pytest.mark.parametrize("decimals", [-2, -1, 0, 1, 3])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_rounded_numbers_are_numpys_and_level(dtype, decimals):
    """As function, method and builtin, bit for bit."""
    x = gad.Variable((np.random.default_rng(1).normal(size=200) * 20).astype(dtype))
    expected = np.round(x.value, decimals)
    for y in (np.round(x, decimals), np.around(x, decimals=decimals), x.round(decimals), round(x, decimals)):
        np.testing.assert_array_equal(y.value, expected, strict=True)
    np.sum(np.round(x, decimals)).backward()
    assert x.grad is None or not np.any(x.grad)


@pytest.mark.parametrize("f", [np.floor, np.ceil, np.trunc, np.fix, np.rint])
def test_steps_are_level(f):
    """Also at the jumps: what else depends on x keeps its slope."""
    slopes = gad.grad(lambda x: np.sum((x - f(x)) ** 2))(X)
    np.testing.assert_array_equal(slopes, 2 * (X - f(X)))


def test_the_step_of_heaviside_is_level_and_its_middle_is_the_second_operand():
    """d/db is 1 at the step, 0 elsewhere."""
    slopes = gad.grad(lambda a, b: np.heaviside(a, b).sum(), (0, 1))(np.array([-1.0, 0.0, 2.0]), np.full(3, 0.5))
    np.testing.assert_array_equal(slopes, [[0, 0, 0], [0, 1, 0]])


def test_fmod_falls_by_the_whole_quotient():
    """Where the quotient itself is rounded up to the next whole number, too: 0.3 / 0.1 is 3, of which 2 are whole."""
    for a, b, whole in ((7.5, 2.0, 3), (-7.5, 2.0, -3), (0.3, 0.1, 2), (1.0, np.inf, 0)):
        assert gad.grad(np.fmod, (0, 1))(a, b) == (1.0, -whole)


@pytest.mark.parametrize("options", [{}, {"nan": 2.0, "posinf": 3.0, "neginf": -3.0}])
def test_what_is_replaced_has_slope_0(options):
    """And the others keep theirs."""
    x = np.array([np.nan, 1.5, np.inf, -np.inf])
    leaf = gad.Variable(x)
    y = np.nan_to_num(leaf, **options)
    np.testing.assert_array_equal(y.value, np.nan_to_num(x, **options), strict=True)
    y.backward(np.array([np.inf, 2.0, 3.0, 4.0]))
    np.testing.assert_array_equal(leaf.grad, [0.0, 2.0, 0.0, 0.0])


def test_nan_to_num_writes_nothing_in_place():
    """The error says what to leave out."""
    with pytest.raises(UnsupportedError, match=r"copy=False .* leave it out"):
        np.nan_to_num(gad.Variable(X), copy=False)


@pytest.mark.parametrize(
    ("clipped", "at", "slope"),
    [
        (lambda plain, x: plain.clip(x, 2.0), 1.0, 1.0),
        (lambda plain, x: plain.clip(1.0, x), 2.0, 3.0),
        (lambda plain, x: plain.clip(max=x), 2.0, 3.0),
        (lambda plain, x: plain.clip(min=x), 1.0, 1.0),
    ],
)
def test_a_plain_array_is_clipped_at_recorded_bounds(clipped, at, slope):
    """Its own method is recorded: the entries beyond the bound move with it, with their weights."""
    plain, weights = np.array([0.5, 1.5, 3.0]), np.array([1.0, 2.0, 3.0])
    node = gad.trace(lambda x: clipped(plain, x) @ weights, at).output
    assert node.value == clipped(plain, at) @ weights
    assert gad.grad(lambda x: clipped(plain, x) @ weights)(at) == slope
