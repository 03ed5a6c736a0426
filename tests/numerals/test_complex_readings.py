"""Complex numbers are shown with both parts: the vectors that the browser's painter answers too."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.numerals.readings import read, write_complex
from graphviz_ad.numerals.writing import write

VECTORS = json.loads((Path(__file__).parent / "complex.json").read_text(encoding="utf-8"))
VALUE = Quantity("value", 0)


@pytest.mark.parametrize(("parts", "form", "text"), VECTORS)
def test_a_complex_number_is_written_as_python_writes_it(parts, form, text):
    assert write_complex(*(write(float(part), tuple(form)) for part in parts)) == text


def test_both_parts_have_columns_of_their_own():
    reading = read(VALUE, 1 - 2j, still=False, format=("f", 6))
    assert reading.numbers(0.25 + 3j) == [0.25, 3.0]
    assert reading.texts(0.25 + 3j) == ["0.2500+3.0000j"]
    assert reading.texts(0.25) == ["0.2500+0j"]


def test_a_short_vector_has_a_cell_for_each_complex_number():
    values = np.array([1 + 1j, 2 - 0.5j])
    reading = read(VALUE, values)
    assert (reading.cells, reading.columns) == (2, 4)
    assert reading.texts(values) == ["1.0+1.0j", "2.0−0.5j"]
    assert reading.inline(values) == "[1.0+1.0j 2.0−0.5j]"


def test_an_array_has_the_range_of_sizes_and_says_so():
    values = np.full((4, 4), 3 + 4j)
    values[0, 0] = 0
    assert read(VALUE, values).texts(values) == ["4×4", "|·| 0…5.0"]


def test_only_a_number_without_either_part_is_zero():
    assert read(VALUE, 1j).flags(1j) == ()
    assert read(VALUE, 0j).flags(0j) == ("zero",)
    assert read(VALUE, complex(0, np.inf)).flags(complex(0, np.inf)) == ("bad",)
