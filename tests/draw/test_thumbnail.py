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
    assert set(text) <= (set("012345678-npm") if frame.kind == "map" else set(ALPHABET + "!~"))
    assert frame.width <= WIDTH
    assert frame.height <= HEIGHT


def test_a_spike_survives():
    """One large entry among a million zeros is seen."""
    array = np.zeros((1000, 1000))
    array[123, 456] = -1
    assert picture(array, frame_of(array.shape)).count("0") == 1


def test_infinity_has_its_sign():
    """It is told from NaN, and does not flatten the others."""
    assert picture(np.array([[np.inf, -np.inf, np.nan, 1.0, -1.0]]), frame_of((1, 5))) == "pmn80"
    line = np.array([0.0, 1.0, np.inf, 0.0, 0.0, 0.0, 1.0])
    assert picture(line, frame_of((7,))) == "A/~AAA/"
    assert picture(np.append(line[1:], np.nan), frame_of((7,))) == "/!AAA/!"


def test_what_is_below_zero_is_never_taken_for_zero():
    """However near to zero it is."""
    assert picture(np.array([[-1e-9, 0.0, 1e-9, 1.0]]), frame_of((1, 4))) == "-448"


@pytest.mark.parametrize(
    ("shape", "cell"),
    [
        ((8, 4), (20, 8)),
        ((3, 4), (21, 18)),
        ((14, 42), (2, 4)),
        ((1, 1), (22, 18)),
        ((14, 2), (10, 4)),
        ((5, 5), (16, 12)),
    ],
)
def test_a_small_matrix_has_a_cell_for_each_entry(shape, cell):
    """Up to 22 x 18 px, at most 2.4 times as wide as high, in a room of 84 x 64."""
    frame = frame_of(shape)
    assert frame.is_whole(shape)
    assert (frame.width / frame.columns, frame.height / frame.rows) == cell


def test_beyond_fourteen_rows_entries_may_share_a_cell():
    """As beyond 42 columns."""
    assert not frame_of((40, 4)).is_whole((40, 4))
    assert not frame_of((4, 60)).is_whole((4, 60))
    assert frame_of((2, 3, 4)).is_whole((2, 3, 4))


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
