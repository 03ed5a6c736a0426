"""Functions that give something else when they are run again."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.errors import RandomnessWarning, SizeError

RANDOM = np.random.default_rng(1)


def noisy(x):
    """Give another value each time."""
    return x * RANDOM.normal()


def branching(x):
    """Give another graph each time."""
    return np.sin(x) if RANDOM.random() < 0.5 else np.cos(x) * 2


def hidden(x):
    """Give another value on the way only."""
    return 0.0 * (x * RANDOM.normal()) + x


def seeded(x):
    """Draw the same numbers each time."""
    return x * np.random.default_rng(0).normal()


@pytest.mark.parametrize("f", [noisy, branching, hidden])
@pytest.mark.parametrize("show", [gad.film, gad.explore], ids=["film", "explore"])
def test_randomness_is_named_at_the_line_of_the_person(f, show):
    """With what to write, which works."""
    for _ in range(12):  # a coin may fall alike twice
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            show(f, x=(0.5, 1.0, 0.25))
        if caught:
            break
    (warning,) = caught
    assert warning.category is RandomnessWarning
    assert warning.filename == __file__
    assert f"{f.__name__} is random, or changes from call to call: at x = " in str(warning.message)
    assert "rng = np.random.default_rng(0)" in str(warning.message)


@pytest.mark.parametrize("f", [seeded, np.sin, lambda x: np.log(x - 0.6)])
def test_a_function_that_gives_the_same_is_shown_without_a_word(f):
    """NaN is the same as NaN."""
    gad.film(f, x=(0.5, 1.0, 0.25))
    gad.explore(f, x=(0.5, 1.0, 0.25)).close()


def test_a_graph_that_is_random_in_length_is_said_to_be_perhaps():
    """There are too many graphs to film before the function is run twice at one place."""

    def f(x):
        for _ in range(int(RANDOM.integers(1, 100))):
            x = np.sin(x)
        return x

    with pytest.raises(SizeError, match="are random numbers drawn"):
        gad.film(f, x=(0.0, 1.0))
