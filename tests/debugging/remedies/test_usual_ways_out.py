"""What is said where nothing is proved: only of what it is true of, and that it works when it is followed."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.numerals.writing import static


def sentence(function, *arguments):
    """Return what is said of the first finding."""
    return gad.check(function, *arguments).findings[0].sentence


@pytest.mark.parametrize("step", [np.floor, np.ceil, np.trunc, np.round])
def test_a_step_has_a_way_out_that_is_no_gradient(step):
    """It is named, and said not to be the slope of f."""
    assert sentence(lambda x: np.sum(step(x) ** 2), np.array([1.2, 0.7])).endswith(
        "(straight-through), which is not that of f."
    )


def test_a_proved_remedy_needs_no_advice():
    """The sign has one."""
    (finding,) = gad.check(lambda x: np.sum((np.sign(x) - 0.5) ** 2), np.array([1.2, -0.7])).findings
    assert finding.remedy
    assert "straight-through" not in finding.sentence


def logged(w):
    """A loss that is returned as a number."""
    error = w - 3.0
    return np.mean(error.value**2)


def kept(w):
    """The same without what cut it off."""
    error = w - 3.0
    return np.mean(error**2)


def test_what_is_said_of_a_cut_works_when_it_is_followed():
    """The expression by itself has a gradient: twice the error over the number of examples."""
    w = np.array([1.0, 5.0])
    assert sentence(logged, w).endswith("error by itself keeps the path.")
    assert gad.grad(kept)(w) == pytest.approx(2 * (w - 3.0) / 2)


def test_saturation_is_left_by_smaller_numbers():
    """So it is said, and so it is."""

    def f(w):
        return np.mean(np.tanh(w))

    assert "scale what goes in" in sentence(f, np.array([15.0, 17.0]))
    assert gad.check(f, np.array([0.15, 0.17])).findings == ()


def test_of_what_is_clipped_nothing_is_advised():
    """What is outside of the bounds is meant to be."""
    assert sentence(lambda x: np.sum(np.clip(x, 0.0, 1.0) ** 2), np.array([2.0, 3.0])).endswith("so is x̄.")


def test_all_columns_of_a_line_are_made_flat_together():
    x, t, s = np.array([1.0, 2.0, 3.0]), np.array([[1.0], [2.0], [4.0]]), np.array([[0.5], [1.0], [2.0]])

    def f(w):
        p = w * x
        return np.sum((p - t) ** 2 * np.exp(-(p - s)))

    report = gad.check(f, 2.0)
    first, second = report.findings
    assert {first.kind, second.kind} == {"broadcast"}
    assert "(p - t[:, 0]) ** 2 * np.exp(-(p - s[:, 0]))" in first.remedy == second.remedy
    meant = float(np.sum((2.0 * x - t[:, 0]) ** 2 * np.exp(-(2.0 * x - s[:, 0]))))
    assert f"→ {static(meant)}," in first.proof


def test_a_column_is_made_flat_where_the_mean_knows_nothing_of_it():
    x, t = np.ones(4), np.arange(4.0).reshape(4, 1)

    def f(w):
        return np.mean(t * (w * x))

    (finding,) = gad.check(f, np.ones(4)).findings
    assert finding.proof.startswith("f stays 1.5, w̄ becomes [0 0.25 0.5 0.75]")


def test_a_value_beside_the_limit_is_no_remedy():
    for finding in gad.check(lambda x: (1 - np.cos(x)) / x**2, 0.0).findings:
        assert not finding.remedy  # 0 would be proposed, where the limit is 1/2


def test_a_literal_is_not_asked_whether_it_is_0():
    for finding in gad.check(lambda x: x / 0, 5.0).findings:
        assert "0 == 0" not in finding.remedy
