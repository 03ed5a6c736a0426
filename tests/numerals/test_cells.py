"""Numbers in small cells: the vectors that the browser's painter answers too, and what they may never say."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.numerals.readings import read
from graphviz_ad.numerals.writing import CELL, MINUS, cell

VECTORS = json.loads((Path(__file__).parent / "cells.json").read_text(encoding="utf-8"))
FORMATS = st.tuples(st.sampled_from("fe"), st.integers(0, 2))


@pytest.mark.parametrize(("value", "form", "text"), VECTORS)
def test_a_number_in_a_cell_follows_the_vectors(value, form, text):
    """As in the browser."""
    assert cell(float(value), tuple(form)) == text


@given(st.one_of(st.floats(-1e307, 1e307), st.sampled_from([math.inf, -math.inf, math.nan])), FORMATS)
def test_a_cell_is_never_too_wide_and_never_says_zero_of_what_is_none(value, form):
    """What it says is the number, to as many digits as it has; only an exact zero is a bare 0."""
    text = cell(value, form)
    assert len(text) <= CELL
    assert (text == "0") == (value == 0)
    if math.isfinite(value) and text != "≈0":
        read_back = float(text.replace(MINUS, "-"))
        _, _, power = text.partition("e")
        digits = len(text.partition("e")[0].partition(".")[2])
        unit = 10.0**-digits * (float(f"1e{power.replace(MINUS, '-')}") if power else 1.0)
        assert math.isclose(read_back, value, rel_tol=1e-9, abs_tol=0.51 * unit)
        assert (read_back < 0) == (value < 0)


def test_a_small_matrix_shows_its_numbers():
    """Up to three rows of four, in rows of cards; larger ones, and contributions, shape and range."""
    matrix = np.array([[1.5, -2.0], [0.0, 1e-9]])
    assert read(Quantity("value", 0), matrix).texts(matrix) == ["1.500", "−2.000", "0", "1e−9"]
    assert read(Quantity("contribution", 1), matrix).texts(matrix) == ["2×2", "−2.0…1.5"]
    forms = {shape: read(Quantity("adjoint", 0), np.ones(shape)).form for shape in [(3, 4), (4, 3), (1, 5), (2, 0)]}
    assert forms == {(3, 4): "grid", (4, 3): "array", (1, 5): "array", (2, 0): "array"}


def test_entries_have_columns_after_the_ends_of_the_range():
    """Where they are asked for; a small matrix has them always."""
    array = np.array([[3.0, np.nan, -1.0, 2.0, 5.0]])
    assert read(Quantity("value", 0), array).numbers(array) == [-1.0, 5.0]
    followed = read(Quantity("value", 0), array, entries=True)
    assert (followed.columns, followed.entries) == (7, 5)
    np.testing.assert_array_equal(followed.numbers(array), [-1.0, 5.0, 3.0, np.nan, -1.0, 2.0, 5.0])
    np.testing.assert_array_equal(followed.singles(array), array[0])


@pytest.mark.parametrize(
    ("entries", "texts"),
    [
        ([[-0.02, -0.0042], [0.53, -1.25]], ["−0.020", "−0.004", "0.530", "−1.250"]),
        ([[-12.3456, 0.5], [1.25, 99.999]], ["−12.35", "0.50", "1.25", "100.00"]),
        ([[-123.456, 0.125], [7.0625, 1.0]], ["−123.5", "0.1", "7.1", "1.0"]),
        ([-0.02, -0.0042, 0.53, -1.25], ["−0.020", "−0.004", "0.530", "−1.250"]),
        ([-0.02, -0.0042, 0.53, -1.25, 1.0], ["−0.020", "−0.004", "0.530", "−1.250", "1.000"]),
        ([-0.02, -0.0142, 0.53, -1.25, 1.0], ["−0.02", "−0.01", "0.53", "−1.25", "1.00"]),
        ([12.3456, 0.125, -7.0625], ["12.346", "0.125", "−7.063"]),
        ([[1.0, 2.0], [3.0, -4.0]], ["1", "2", "3", "−4"]),
    ],
)
def test_the_numbers_of_a_row_have_one_form(entries, texts):
    """As many decimals as six characters leave, and no exponent beside decimals where three of them say enough."""
    array = np.array(entries)
    assert read(Quantity("value", 0), array).texts(array) == texts
