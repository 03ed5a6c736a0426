"""The equations of a trace: each node and its adjoint, also where a rule is told in words."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad


@pytest.mark.parametrize(
    ("f", "received"),
    [
        (np.sort, "(v̄₁, to where it stood)"),
        (lambda w: np.repeat(w, 2), "(v̄₁, Σ copies)"),
        (lambda w: np.bincount([1, 0, 1], weights=w), "v̄₁[[1, 0, 1]]"),
    ],
)
def test_words_stand_where_a_rule_has_no_formula(f, received):
    """Among the formulas of what comes after it."""
    rows = [line.split("=") for line in str(gad.trace(lambda w: (f(w) ** 2).sum(), np.ones(3)).formulas()).splitlines()]
    assert rows[0][-1].strip().replace("\u2009", " ") == received
    assert rows[1][-1].strip().replace("\u2009", " ") == "2 v̄₂ ⊙ v₁"


@pytest.mark.parametrize(
    ("f", "label"),
    [
        (lambda x: 0.0 + x, "0 + x"),
        (lambda x: x - 0.0, "x − 0"),
        (lambda x: 1.0 * x, "1x"),
        (lambda x: x / 1, "x/1"),
        (lambda x: x**1, "x¹"),
        (lambda x: x * x, "x ⊙ x"),
        (np.square, "x²"),
        (np.sort, "sort x"),
    ],
)
def test_a_node_says_what_it_computes(f, label):
    """Also what changes nothing; in the formula of the whole it is left out."""
    row = str(gad.trace(lambda x: np.sin(f(x)).sum(), np.array([0.3, 0.2])).formulas()).splitlines()[1]
    assert row.replace("\u2009", " ").partition("=")[2].strip().startswith(label + "  ")
