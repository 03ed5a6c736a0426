"""Inputs without a path: what cut them off, on which line, and whose fault it is not."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad

X = np.array([[0.5, -1.0], [1.5, 2.0], [-0.5, 0.3]])


def lost(f, *args):
    return [finding for finding in gad.check(f, *args).findings if finding.kind == "unreached"]


@pytest.mark.parametrize(
    ("f", "at", "expression", "words"),
    [
        (lambda w: np.mean((X @ w).value), np.ones(2), "(X @ w).value", "plain value"),
        (lambda x: np.sum(x.astype(int)) * 0.5, np.array([1.7, 2.2]), "x.astype(int)", "whole numbers"),
        (lambda w: np.argmax(X @ w) * 2.0, np.ones(2), "np.argmax(X @ w)", "argmax"),
        (lambda w: np.mean((X @ w) > 0), np.ones(2), "(X @ w) > 0", "compares"),
        (lambda x: 3.0 * np.sin(x).detach(), 1.2, "np.sin(x).detach()", "detach"),
        (lambda x: np.count_nonzero(x) * 1.0, np.ones(2), "np.count_nonzero(x)", "count_nonzero"),
    ],
)
def test_what_cut_it_off_is_named(f, at, expression, words):
    (finding,) = lost(f, at)
    assert finding.expression == expression
    assert words in finding.sentence
    assert finding.severity == "error"
    assert len(finding.reaches) == 1


def test_a_constant_that_a_branch_returned_is_said():
    def relu(x):
        return x if x > 0 else 0.0

    (finding,) = lost(relu, -1.0)
    assert finding.expression == "x > 0"
    assert "relu returned 0, a constant" in finding.sentence


def test_an_input_that_is_never_used_is_a_warning_at_its_parameter():
    def loss(
        w,
        c,
    ):
        return w**2

    (finding,) = lost(loss, 2.0, 0.1)
    assert (finding.severity, finding.reaches) == ("warning", ("c",))
    assert finding.line == loss.__code__.co_firstlineno + 2


def test_data_that_only_decide_are_a_note():
    (finding,) = lost(lambda w, y: np.sum(np.where(y > 0, w, -w)), np.ones(2), np.array([1.0, -1.0]))
    assert (finding.severity, finding.reaches) == ("note", ("y",))


def test_an_input_with_another_way_is_no_finding():
    assert lost(lambda w: np.sum(w * w.detach()), np.ones(2)) == []


def test_a_function_without_a_source_is_still_told_of():
    function = eval(compile("lambda x, y: x * 2", "<nowhere>", "eval"))
    (finding,) = lost(function, 1.0, 2.0)
    assert finding.reaches == ("y",)


def test_an_input_of_another_result_is_not_called_unused():
    assert lost(lambda x, y: (x**2, y**2), 1.0, 2.0) == []
    (finding,) = lost(lambda x, y, z: (x**2, y**2), 1.0, 2.0, 3.0)
    assert finding.reaches == ("z",)
