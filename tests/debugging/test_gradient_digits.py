"""Gradients that are wrong though the value is right: found by what 80 digits say, and by nothing else."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.debugging import gradient_digits


def lost(f, *args):
    return [finding for finding in gad.check(f, *args).findings if "nearly cancels" in finding.sentence]


@pytest.mark.parametrize(
    ("f", "exact", "at", "remedy"),
    [
        (lambda x: (np.exp(x) - 1) / x, lambda x: (mpmath.exp(x) - 1) / x, 1e-9, "np.expm1(x)"),
        (lambda x: (1 - np.cos(x)) / x**2, lambda x: (1 - mpmath.cos(x)) / x**2, 1e-4, "np.sin(0.5 * x) ** 2"),
        (lambda x: np.log(1 + x) / x, lambda x: mpmath.log(1 + x) / x, 1e-9, "np.log1p(x)"),
        (
            lambda x: np.sum((np.exp(x) - 1) / x),
            lambda x: (mpmath.exp(x) - 1) / x,
            np.array([1e-9, 2.0]),
            "np.expm1(x)",
        ),
        (lambda t: _mean_of_decay(1 * t), lambda t: (1 - mpmath.exp(-t)) / t, 3e-9, "np.expm1(-t)"),
    ],
)
def test_a_gradient_that_rounding_spoils_is_told_with_the_true_one(f, exact, at, remedy):
    (finding,) = lost(f, at)
    with mpmath.workdps(60):
        slope = float(mpmath.diff(exact, mpmath.mpf(float(np.ravel(at)[0]))))
    came = float(np.ravel(gad.grad(f)(at))[0])
    assert abs(came - slope) > 1e-3 * abs(slope)
    assert float(finding.sentence.rpartition("it is ")[2].rstrip(".").replace("−", "-")) == pytest.approx(slope, 1e-5)
    assert (finding.kind, finding.severity) == ("cancellation", "warning")
    assert remedy in finding.remedy


def test_what_a_wrong_gradient_seems_to_say_is_not_told():
    """By its gradient the cosine were flat there; by the right one the function has hardly a slope at all."""
    report = gad.check(lambda x: (1 - np.cos(x)) / x**2, 1e-4)
    assert [finding.kind for finding in report.findings] == ["cancellation"]


def _mean_of_decay(t):
    return (1 - np.exp(-t)) / t


@pytest.mark.parametrize(
    ("f", "at"),
    [
        (lambda x: np.sin(x) / x, 1e-7),  # near 0 beside what rounding comes to in any sum
        (lambda x: np.expm1(x) / x, 1e-9),
        (lambda x: (np.exp(x) - 1) / x, 0.5),
        (lambda x: (np.exp(x) - 1) * 2, 1e-9),
        (lambda w: np.sum((w * np.array([1.0, 2.0]) - np.array([0.3, 0.6])) ** 2), 0.1 * 3 + 1e-12),
        (lambda x: (x - 1.0) ** 2 + (x - 1.0) * 3, 1.0 + 1e-9),
        (lambda x: x * np.log(x), 1 + 1e-9),
    ],
)
def test_a_gradient_that_is_right_is_not_told(f, at):
    assert lost(f, at) == []


def test_what_is_not_computed_with_more_digits_is_not_told(monkeypatch):
    monkeypatch.setattr(gradient_digits, "slope_of", lambda *_: None)
    assert lost(lambda x: (np.exp(x) - 1) / x, 1e-9) == []
