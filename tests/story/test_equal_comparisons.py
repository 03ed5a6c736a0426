"""A comparison of equal numbers is said: beside it the program goes another way. Elsewhere nothing is."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad

SAID = "compares equal numbers"


def branch(x):
    return x**2 if x > 1 else np.sin(x)


def loop(x):
    while x < 8:
        x = x * 2
    return x


def told(f, *args, **kwargs):
    return [str(step) for step in gad.trace(f, *args).steps(**kwargs) if SAID in str(step)]


@pytest.mark.parametrize(
    ("f", "x", "quoted"),
    [
        (branch, 1.0, "x > 1"),
        (lambda x: np.where(x >= 1, x**2, x), 1.0, "x >= 1"),
        (lambda x: np.sin(x) / x if x != 0 else 1 + 0 * x, 0.0, "x != 0"),
        (lambda x: 1 + 0 * x if x == 0 else np.sin(x) / x, 0.0, "x == 0"),
        (loop, 2.0, "x < 8"),
        (lambda x: np.where(x > 0, x, 0).sum(), np.array([1.0, 0.0]), "x > 0"),
    ],
)
@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_an_edge_is_said_once_with_the_comparison(f, x, quoted, mode):
    tangents = {"tangents": np.ones(2)} if np.ndim(x) and mode == "forward" else {}
    said = told(f, x, mode=mode, **tangents)
    (sentence,) = said
    assert f" {quoted} {SAID}: right beside this place" in sentence


@pytest.mark.parametrize("x", [0.75, 1.25])
def test_beside_it_nothing_is_said(x):
    assert told(branch, x) == []
    assert told(loop, x) == []


def test_the_version_that_was_compared_counts():
    """What was written afterwards is another number."""

    def f(x):
        v = np.stack([x, x])
        small = v[0] < 1
        v[0] = 1.0
        return v.sum() if small else v.sum() * 2

    assert told(f, 0.5) == []


def test_a_slope_of_another_way_is_another():
    """What the sentence says is so: on both sides of the place the derivatives differ."""
    left, right = gad.grad(branch)(1 - 1e-9), gad.grad(branch)(1 + 1e-9)
    assert abs(right - left) > 1
