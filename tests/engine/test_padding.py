"""np.pad in every mode that computes its ends: NumPy's values, and the slopes of differences."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import graphviz_ad as gad
from graphviz_ad.errors import UnsupportedError

X = np.random.default_rng(4).permutation(np.linspace(-1, 2, 12)).reshape(3, 4)
OPTIONS = [
    ("linear_ramp", {}),
    ("linear_ramp", {"end_values": 3.0}),
    ("linear_ramp", {"end_values": ((1, 2), (-1, 4))}),
    *((mode, {}) for mode in ("mean", "median", "maximum", "minimum")),
    *((mode, {"stat_length": 2}) for mode in ("mean", "median", "maximum", "minimum")),
    ("mean", {"stat_length": ((1, 3), (2, 9))}),
    ("reflect", {"reflect_type": "odd"}),
    ("symmetric", {"reflect_type": "odd"}),
]


@pytest.mark.parametrize("width", [2, (1, 3), ((0, 1), (3, 0)), {-1: (1, 2)}, 0], ids=str)
@pytest.mark.parametrize(("mode", "options"), OPTIONS)
def test_ends_that_are_computed(mode, options, width):
    """Bit for bit, in either axis, and differentiable again."""
    ours = np.pad(gad.Variable(X), width, mode, **options)
    np.testing.assert_array_equal(ours.value, np.pad(X, width, mode, **options), strict=True)
    weights = np.cos(np.arange(ours.size)).reshape(ours.shape)
    slope = gad.grad(lambda x: np.sum(np.pad(x, width, mode, **options) * weights))(X)
    direction = np.sin(9 * X)
    ends = [np.sum(np.pad(X + h * direction, width, mode, **options) * weights) for h in (1e-4, -1e-4)]
    assert np.sum(slope * direction) == pytest.approx((ends[0] - ends[1]) / 2e-4, rel=1e-9, abs=1e-9)


@settings(deadline=None, derandomize=True)
@given(size=st.integers(1, 5), before=st.integers(0, 13), behind=st.integers(0, 13), mode=st.sampled_from(range(2)))
def test_a_reflection_goes_on_as_long_as_it_takes(size, before, behind, mode):
    """As NumPy continues it, period after period."""
    x, mode = np.linspace(1, 2, size) ** 3, ("reflect", "symmetric")[mode]
    ours = np.pad(gad.Variable(x), (before, behind), mode, reflect_type="odd")
    np.testing.assert_allclose(ours.value, np.pad(x, (before, behind), mode, reflect_type="odd"), rtol=1e-13)


def test_narrow_numbers_stay_narrow():
    """In every mode, and in the slope."""
    for mode, options in OPTIONS:
        x = gad.Variable(X.astype(np.float32))
        y = np.pad(x, 1, mode, **options)
        np.testing.assert_array_equal(y.value, np.pad(x.value, 1, mode, **options), strict=True)
        np.sum(y).backward()
        assert x.grad.dtype == np.float32


def test_ends_that_are_nothing_in_particular_are_refused():
    """What memory holds has no derivative."""
    with pytest.raises(UnsupportedError, match=r"modes constant, .*wrap, linear_ramp, .*got mode='empty'"):
        np.pad(gad.Variable(X), 1, "empty")


@pytest.mark.parametrize("constants", [3.0, (1.0, 2.0), ((1.0, 2.0), (3.0, 0.0)), [[1.0], [np.nan]]], ids=str)
@pytest.mark.parametrize("width", [2, (1, 3), ((0, 1), (3, 0)), {-1: (1, 2)}], ids=str)
def test_constants_stand_still_in_both_modes(constants, width):
    """A tangent is padded with zeros: what is filled in does not move with the array."""
    ours = np.pad(gad.Variable(X), width, constant_values=constants)
    np.testing.assert_array_equal(ours.value, np.pad(X, width, constant_values=constants), strict=True)
    _, tangent = gad.jvp(lambda x: np.pad(x, width, constant_values=constants), X, np.sin(X))
    np.testing.assert_array_equal(tangent, np.pad(np.sin(X), width))


def test_constants_may_be_recorded():
    """Each has as its gradient the sum of where it stands."""
    slope = gad.grad(
        lambda c: np.sum(np.pad(X, 1, constant_values=0) * np.pad(X * c, 1, constant_values=((c, 1), (2, c))))
    )
    assert slope(0.5) == pytest.approx(np.sum(X**2))
    weights = np.arange(30.0).reshape(5, 6)

    def f(c):
        return np.sum(np.pad(X * c, 1, constant_values=((c, 1), (2, 3 * c))) * weights)

    expected = np.sum(X * weights[1:-1, 1:-1]) + weights[0, 1:-1].sum() + 3 * weights[:, -1].sum()
    assert gad.grad(f)(0.5) == pytest.approx(expected, rel=1e-12)
