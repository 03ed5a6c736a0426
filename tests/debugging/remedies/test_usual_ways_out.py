"""What is said where nothing is proved: only of what it is true of, and that it works when it is followed."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad


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
