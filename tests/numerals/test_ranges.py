"""Ranges of arrays: the vectors that the browser's painter answers too."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.numerals.readings import read, write_range

VECTORS = json.loads((Path(__file__).parent / "ranges.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("ends", "form", "text"), VECTORS)
def test_a_range_shares_its_exponent(ends, form, text):
    """As in the shared vectors."""
    assert write_range([float(end) for end in ends], tuple(form)) == text


def test_a_range_of_small_numbers_is_short():
    """Two digits of the larger end, one exponent."""
    values = np.array([-8.6e-4, 0.0, 9.9e-4] * 4)
    assert read(Quantity("value", 0), values).texts(values) == ["12", "−8.6…9.9 e−4"]
