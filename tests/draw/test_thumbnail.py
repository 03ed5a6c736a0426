"""Thumbnails of arrays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from graphviz_ad.numerals.thumbnails import ALPHABET, HEIGHT, WIDTH, frame_of, picture


@given(hnp.arrays(np.float64, hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=90), elements=st.floats()))
def test_any_array_has_a_thumbnail(array):
    """Whatever the shape and the values, the string has the promised length and alphabet."""
    frame = frame_of(array.shape)
    text = picture(array, frame)
    assert len(text) == frame.columns * frame.rows
    assert set(text) <= (set("012345678n") if frame.kind == "map" else set(ALPHABET + "!"))
    assert frame.width <= WIDTH
    assert frame.height <= HEIGHT


def test_a_spike_survives():
    """One large entry among a million zeros is seen."""
    array = np.zeros((1000, 1000))
    array[123, 456] = -1
    assert picture(array, frame_of(array.shape)).count("0") == 1


def test_nan_survives():
    """One NaN is seen in a map and in a curve."""
    array = np.ones(5000)
    array[77] = np.nan
    assert picture(array, frame_of(array.shape)).count("!") == 1
    assert picture(array.reshape(50, 100), frame_of((50, 100))).count("n") == 1


def test_zero_is_the_middle_level():
    """Levels are symmetric about zero."""
    assert picture(np.array([[-2.0, -1.0, 0.0, 1.0, 2.0]]), frame_of((1, 5))) == "02468"


@pytest.mark.parametrize("shape", [(1, 10_000), (10_000, 1), (7,), (2, 3, 4), (1, 1)])
def test_extreme_proportions_stay_visible(shape):
    """Long thin arrays keep at least one column and one row of two px."""
    frame = frame_of(shape)
    assert min(frame.width, frame.height) >= 2
