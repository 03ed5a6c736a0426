"""Each threshold decides: with one number there is its finding, with another there is none."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.debugging.findings import Thresholds


def halved(x, times=20):
    for _ in range(times):
        x = np.sin(x) * 0.5
    return x


def doubled(x, times=20):
    for _ in range(times):
        x = np.sinh(x) * 2.0
    return x


def compared(x):
    return x * 2.0 if x < 1.0 else x * 3.0


# A threshold, a function and where it is called, and between which two numbers the finding appears.
ROWS = [
    ("saturated", lambda x: np.tanh(x) + 1.0, 4.0, (1e-6, 1e-2)),
    ("saturated", lambda x: np.tanh(x) + 1.0, 9.0, (1e-8, 1e-6)),
    ("vanishing", halved, 0.1, (1e-8, 1e-5)),
    ("exploding", doubled, 1e-9, (1e8, 1e5)),
    ("cancellation", lambda x: np.sqrt(x + 1.0) - np.sqrt(x), 1e9, (1e-6, 1e-9)),
    ("cancellation", lambda x: np.sqrt(x + 1.0) - np.sqrt(x), 1e13, (1e-2, 1e-7)),
    ("cancellation", lambda x: np.log(1.0 + x), 1e-5, (1e-9, 1e-12)),
    ("cancellation", lambda x: (1.0 + x) - np.exp(x * 0.0), np.float32(1e-4), (1e-6, 1e-9)),
    ("branch", compared, 1.0 - 1e-6, (1e-8, 1e-5)),
]


@pytest.mark.parametrize(("name", "f", "at", "between"), ROWS)
def test_a_threshold_decides(name, f, at, between):
    trace = gad.trace(f, at)
    kinds = [{finding.kind for finding in trace.check(**{name: own}).findings} for own in between]
    assert [name in own for own in kinds] == [False, True]


def test_each_threshold_has_a_row():
    assert {field.name for field in fields(Thresholds)} == {name for name, *_ in ROWS}


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_digits_are_counted_by_those_of_the_type(dtype):
    """Losing two thirds of them is told in every type by one threshold: half of them, and not three quarters."""
    trace = gad.trace(lambda x: (x + 1.0) - np.exp(x * 0.0), dtype(np.finfo(dtype).eps ** (2 / 3)))
    for share, is_told in ((1 / 4, False), (1 / 2, True)):
        kinds = {finding.kind for finding in trace.check(cancellation=np.finfo(float).eps ** share).findings}
        assert ("cancellation" in kinds) == is_told
