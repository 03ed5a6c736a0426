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
