"""Numbers are written by one rule, in Python and in the browser."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphviz_ad.numerals import FIGURE_SPACE, MINUS, choose_format, exact, static, write

VECTORS = json.loads((Path(__file__).parent / "numerals.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("value", "form", "text"), VECTORS["write"])
def test_write_follows_the_shared_vectors(value: float | str, form: list[object], text: str) -> None:
    """Python writes what the vectors say, and node's test says the same of JavaScript."""
    assert write(float(value), form) == text


@pytest.mark.parametrize(("value", "text"), VECTORS["exact"])
def test_exact_follows_the_shared_vectors(value: float | str, text: str) -> None:
    """The exact spelling is Python's repr."""
    assert exact(float(value)) == text


@pytest.mark.parametrize(("value", "text"), VECTORS["static"])
def test_static_follows_the_vectors(value: float | str, text: str) -> None:
    """A number that stands alone is short and has no idle zeros."""
    assert static(float(value)) == text


@pytest.mark.parametrize(("values", "form"), VECTORS["choose_format"])
def test_choose_format_follows_the_vectors(values: list[float | str], form: list[object]) -> None:
    """A slot's format fits its neediest sample and stays within seven digits."""
    assert list(choose_format([float(value) for value in values])) == form


def test_choose_format_takes_arrays_of_any_shape_and_integers() -> None:
    """Shape and dtype of the samples do not matter."""
    assert choose_format(np.arange(6).reshape(2, 3)) == ("f", 0)
    assert choose_format(np.float32(0.5)) == ("f", 1)


def test_write_refuses_an_unknown_format() -> None:
    """A format of another kind is named in the error."""
    with pytest.raises(ValueError, match="expected \\('f', decimals\\)"):
        write(1.0, ("g", 3))


def test_exact_keeps_the_short_digits_of_a_float32() -> None:
    """A float32 is not shown with the digits of its double."""
    assert exact(np.float32(0.1)) == "0.1"


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=20))
def test_every_sample_of_a_slot_is_narrow(values: list[float]) -> None:
    """No number outgrows its card, whatever the slot holds."""
    form = choose_format(values)
    assert all(len(write(value, form)) <= 11 for value in values)


@given(st.floats(min_value=-9e6, max_value=9e6), st.integers(0, 6))
def test_fixed_numbers_round_to_the_nearest(value: float, decimals: int) -> None:
    """What is read back differs from the number by half a unit of the last place at most."""
    read = float(write(value, ("f", decimals)).replace(MINUS, "-").replace(FIGURE_SPACE, ""))
    assert abs(read - value) <= 0.5000001 * 10**-decimals


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_static_keeps_six_significant_digits(value: float) -> None:
    """A still number is right to six significant digits."""
    assert float(static(value).replace(MINUS, "-")) == pytest.approx(value, rel=5.1e-6, abs=0)
