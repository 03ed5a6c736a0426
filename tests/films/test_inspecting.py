"""What the inspector tells of the arrays that labels are short for."""

from __future__ import annotations

import numpy as np

import graphviz_ad as gad
from graphviz_ad.films.inspecting import tell_nodes

X, LONG, mask = np.array([[1.5, -2.0], [1 / 3, 4.0]]), np.arange(100.0), np.array([True, False])


def constants(program, *arrays):
    """Return the constants that the nodes of a program tell."""
    rows = tell_nodes(gad.trace(program, *arrays).story, {}, lambda site: None)["rows"]
    return [pair for row in rows for pair in row.get("constants", [])]


def test_an_array_is_told_as_python_writes_it():
    """All digits, under its name in the source; numbers and inputs are no arrays of a label."""
    assert constants(lambda w: np.sum(2.0 * (X @ w)), np.ones(2)) == [["X", "[[1.5, -2.0], [0.3333333333333333, 4.0]]"]]


def test_of_a_long_array_the_ends_are_told():
    """With its shape."""
    assert constants(lambda w: np.sum(LONG * w), 1.0) == [["LONG", "100: [0.0, 1.0, 2.0, ..., 97.0, 98.0, 99.0]"]]


def test_parameters_are_told_too():
    """By the source's words for them."""
    assert constants(lambda w: np.where(mask, w, 0.0), np.ones(2)) == [["mask", "[True, False]"]]
    assert constants(lambda w: np.take(w, np.array([1, 0])), np.ones(2)) == [["np.array([1, 0])", "[1, 0]"]]
