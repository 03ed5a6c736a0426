"""What errors say to write instead of random numbers with recorded parameters: NumPy's numbers, and their slopes."""

from __future__ import annotations

import re

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.engine.random_recipes import LAWS
from graphviz_ad.errors import LeakError
from tests.programming import run

ARRAY = np.array([0.4, 1.3])


class Seeded:
    """Something that holds a generator, as models do."""

    def __init__(self):
        self.rng = np.random.default_rng(3)


def way(call, *values):
    """Return what the error of a call of w, and of what it is called with, says to write."""
    f = run(f"def f(w, rng, model):\n    return {call}\n")["f"]
    with pytest.raises(LeakError) as caught:
        f(gad.Variable(*values), np.random.default_rng(3), Seeded())
    return re.search(r": write (.*), which is recorded", str(caught.value))[1]


CALLS = [
    *(f"rng.{name}({', '.join(['w', *['1.5'] * (len(law.parameters) - 1)])}, size=4)" for name, law in LAWS.items()),
    *(f"rng.{name}({', '.join([*['0.2'] * (len(law.parameters) - 1), 'w'])}, 4)" for name, law in LAWS.items()),
    "rng.normal(w)",
    "rng.normal(scale=w)",
    "rng.normal(w, np.exp(w))",
    "rng.uniform(high=w * 2)",
    "model.rng.normal(loc=w, scale=2.0, size=(2, 2))",
    "np.random.default_rng(5).normal(w, 1.0, size=3)",
    "np.random.RandomState(5).uniform(0, w)",
]


@pytest.mark.parametrize("value", [0.7, ARRAY], ids=["number", "array"])
@pytest.mark.parametrize("call", CALLS)
def test_the_same_numbers_come_and_have_a_slope(call, value):
    """Followed literally, with the same seed; against differences of NumPy's own numbers."""
    if np.ndim(value):  # a size that fits two of each
        call = re.sub(r"(size=[^)]+\)?|4)\)$", "size=(3, 2))", call)
    own, followed = (run(f"def f(w, rng, model):\n    return {text}\n")["f"] for text in (call, way(call, value)))

    def plain(w):
        return np.sum(own(w, np.random.default_rng(3), Seeded()))

    np.testing.assert_allclose(
        followed(value, np.random.default_rng(3), Seeded()), own(value, np.random.default_rng(3), Seeded()), rtol=1e-12
    )
    slope = gad.grad(lambda w: np.sum(followed(w, np.random.default_rng(3), Seeded())))(value)
    along = np.cos(value)
    expected = (plain(value + 1e-5 * along) - plain(value - 1e-5 * along)) / 2e-5
    assert np.sum(slope * along) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("method", ["permutation", "choice"])
def test_entries_are_drawn_by_their_positions(method):
    """What is recorded stays so."""
    followed = run(f"def f(w, rng):\n    return {way(f'rng.{method}(w)', ARRAY)}\n")["f"]
    expected = getattr(np.random.default_rng(3), method)(ARRAY)
    np.testing.assert_array_equal(followed(gad.Variable(ARRAY), np.random.default_rng(3)).value, expected)


def test_counts_have_no_derivative():
    """And the error says so."""
    f = run("def f(w, rng):\n    return rng.binomial(5, w)\n")["f"]
    with pytest.raises(LeakError, match="what binomial draws moves in steps, so it has no derivative: pass plain"):
        f(gad.Variable(0.5), np.random.default_rng(3))
