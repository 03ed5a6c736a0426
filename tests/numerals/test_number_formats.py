"""Formats of numbers that arrive in lots are those of all the numbers at once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphviz_ad.numerals import choose_format
from graphviz_ad.numerals.formats import choose, measure

NUMBERS = st.one_of(
    st.floats(),
    st.integers(-(10**9), 10**9).map(float),
    st.integers(-(10**4), 10**4).map(lambda n: n / 100),
    st.integers(-(10**4), 10**4).map(lambda n: n * 1e-9),
    st.sampled_from([0.1 + 0.2, 1e7, 9999999.5, 1e-3, 5e-324, 0.0, 1e-16]),
)


@given(st.lists(st.lists(NUMBERS, max_size=20), min_size=1, max_size=4))
def test_lots_combine(lots):
    """Whatever comes in which lot, the format is that of all."""
    measures = np.maximum.reduce([measure(lot) for lot in lots])
    assert choose(measures) == choose_format([number for lot in lots for number in lot])


@pytest.mark.parametrize("scale", [1e-9, 1e-2, 1.0, 100.0, 1e9])
@pytest.mark.parametrize("decimals", [0, 2, 5, 17])
@pytest.mark.parametrize("last", [None, 0.123456, 1e8])
def test_a_long_lot_is_measured_to_its_end(scale, decimals, last):
    """The first numbers alone must not decide, be they rounder or less round than the last."""
    numbers = np.round(np.random.default_rng(0).normal(size=500), decimals) * scale
    if last is not None:
        numbers[-1] = last
    assert choose(measure(numbers)) == choose_format(numbers)
    assert choose(measure(numbers[::-1])) == choose_format(numbers)


def test_columns_are_measured_side_by_side():
    """A table has a format for each column, as if it stood alone."""
    table = np.array([[1.0, 0.25, 1e9, 1e-9], [2.0, np.nan, 2.5e9, 0.0]])
    measures = measure(table)
    assert [choose(measures[:, column]) for column in range(4)] == [choose_format(column) for column in table.T]


def test_nothing_has_the_format_of_zero():
    """As long as no number has come."""
    assert choose(measure([])) == choose(measure([0.0, np.nan])) == ("f", 0)
