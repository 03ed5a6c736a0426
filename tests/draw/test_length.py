"""Lengths on paper and screen."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphviz_ad.draw.length import UNITS, Length, read_length
from graphviz_ad.errors import InputError


@pytest.mark.parametrize(
    ("text", "px"),
    [("2.54cm", 96), ("25.4mm", 96), ("1in", 96), ("72pt", 96), ("96px", 96), ("96", 96), (96, 96), (96.0, 96),
     (np.float32(96), 96), (Fraction(96), 96), (" 1 IN ", 96), (".5in", 48), ("1e1px", 10), ("+3px", 3)],
)  # fmt: skip
def test_every_unit(text, px):
    """An inch has 96 px, 72 pt, 2.54 cm."""
    assert read_length(text).px == pytest.approx(px)


@given(st.floats(1, 390), st.sampled_from(sorted(UNITS)))
def test_what_is_written_is_read_again(number, unit):
    """In its own unit, to four decimals."""
    length = Length(number, unit)
    again = read_length(str(length))
    assert again.unit == unit
    assert again.number == pytest.approx(number, abs=5e-5)


@pytest.mark.parametrize(
    "text", ["", "cm", "8.5.5cm", "8,5cm", "8.5 c m", "eight", None, True, [1], b"8cm", "--8cm", 1j]
)
def test_what_is_no_length(text):
    """Says what one looks like."""
    with pytest.raises(InputError, match=r"width is .*expected a length such as '8.5cm'"):
        read_length(text)


@pytest.mark.parametrize("text", ["0cm", "-1cm", 0, -3, float("nan"), "1e-300cm", 1e-5, "0.00001in"])
def test_what_is_too_little(text):
    """It would be written as nothing."""
    with pytest.raises(InputError, match="expected at least one px"):
        read_length(text)


@pytest.mark.parametrize(
    ("text", "unit"), [("3m", "m"), ("3inch", "inch"), ("3em", "em"), ('3"', '"'), ("3 picas", "picas")]
)
def test_an_unknown_unit(text, unit):
    """The known ones are listed."""
    with pytest.raises(InputError, match="expected one of cm, mm, in, pt, px"):
        read_length(text)


@pytest.mark.parametrize("text", ["8500cm", float("inf"), "1e400px", 10**400])
def test_what_is_too_long(text):
    """A misplaced point, and what no float can be."""
    with pytest.raises(InputError, match="longer than 10 m"):
        read_length(text)
