"""Patterns against recorded programs: what they match however it is written, and what they do not."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.debugging.remedies.matching import alike, matched

X = np.array([0.3, 0.7])
M = np.array([[0.3, 0.7], [0.2, 0.9]])


def output(function, *arguments):
    """Return the last node of a recorded function."""
    return gad.trace(function, *arguments).output


def in_lines(x):
    e = np.exp(x)
    total = 1.0 + e
    return np.log(total)


@pytest.mark.parametrize(
    ("pattern", "function"),
    [
        ("np.log(1 + np.exp(x))", in_lines),
        ("np.log(1 + np.exp(x))", lambda x: np.log(np.exp(x) + 1)),
        ("1 / (1 + np.exp(x))", lambda x: 1.0 / (1.0 + np.exp(-x))),
        ("x ** 2", lambda x: x * x),
        ("x ** 2", lambda x: np.square(x)),
        ("x ** 2", lambda x: np.power(x, 2)),
        ("np.sqrt(x ** 2 + y ** 2)", lambda x: np.sqrt(x[0] * x[0] + x[1] ** 2)),
        ("np.sum(x, **k)", lambda x: np.sum(x)),
        ("np.sum(x, **k)", lambda x: x.sum(axis=0)),
        ("np.sum(x)", lambda x: x.sum()),
        ("np.exp(x) / np.sum(np.exp(x), **k)", lambda x: np.exp(x) / np.sum(np.exp(x))),
        ("np.maximum(x, 0)", lambda x: np.maximum(0.0, x)),
        ("np.sqrt(1 + x) - np.sqrt(x)", lambda x: np.sqrt(x + 1) - np.sqrt(x)),
        ("x[i] + x[i]", lambda x: x[0] + x[0]),
        ("-x", lambda x: -x),
    ],
)
def test_a_pattern_matches_however_it_is_written(pattern, function):
    """In one line or in several, in either order, with a function or an operator."""
    assert matched(pattern, output(function, X)) is not None


@pytest.mark.parametrize(
    ("pattern", "function"),
    [
        ("np.log(1 + np.exp(x))", lambda x: np.log(2.0 + np.exp(x))),
        ("np.log(1 + np.exp(x))", lambda x: np.log(1.0 - np.exp(-x))),
        ("np.exp(x) - 1", lambda x: 1.0 - np.exp(x)),
        ("np.exp(x) / np.sum(np.exp(x), **k)", lambda x: np.exp(x) / np.sum(np.exp(2.0 * x))),
        ("x ** 2", lambda x: x * np.sin(x)),
        ("x[i] + x[i]", lambda x: x[0] + x[1]),
        ("np.sum(x)", lambda x: np.sum(M * x, axis=0)),
        ("np.sqrt(np.mean(x))", lambda x: np.sqrt(np.mean(x, keepdims=True))),
        ("1 - np.cos(x)", lambda x: X - np.cos(x)),
    ],
)
def test_a_pattern_does_not_match_what_is_alike_only(pattern, function):
    """Another number, order, operand, index or axis."""
    node = output(function, X)
    assert matched(pattern, node) is None


def test_letters_keywords_and_names():
    """What each stands for, and where it is used first."""
    node = output(lambda x: np.exp(x) / np.sum(np.exp(x), axis=1, keepdims=True), M)
    match = matched("(e := np.exp(x)) / np.sum(e, **k)", node)
    assert match.letters["k"] == {"axis": 1, "keepdims": True}
    assert match.letters["e"].primitive.name == "exp"
    assert match.uses["e"].node is node
    assert [own.primitive.name for own in match.nodes] == ["divide", "exp", "sum", "exp"][: len(match.nodes)]
    assert matched("np.mean(x ** 2, **k) - np.mean(x, **k) ** 2", output(
        lambda x: np.mean(x**2, axis=0) - np.mean(x, axis=1) ** 2, M)) is None  # fmt: skip


def test_constants_that_are_alike():
    """Numbers by value, arrays by all entries, nodes by what they compute."""
    x = gad.Variable(X)
    assert alike(2, 2.0)
    assert alike(X, X.copy())
    assert alike(np.sin(x) * 2.0, np.sin(x) * 2.0)
    assert not alike(np.sin(x) * 2.0, np.sin(x) * 3.0)
    assert not alike(x, gad.Variable(X))
    assert not alike(x[:1], x[1:])
