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


def _unpacked(p):
    rate, offset, power = p
    return rate * offset.value + power**2


def _sliced(theta):
    bias = theta[4:]
    return np.sum((theta[:4].reshape(2, 2) @ np.ones(2) + bias.value) ** 2)


@pytest.mark.parametrize(
    ("f", "at", "expression", "entries"),
    [
        (lambda p: p[0] * p[1].value + p[2] ** 2, np.array([1.0, 2.0, 3.0]), "p[1].value", [(1,)]),
        (lambda p: p[0] ** int(p[1].value), np.array([1.5, 2.0]), "int(p[1].value)", [(1,)]),
        (lambda w: np.sum(w[0] ** 2) + np.sum(w[1].detach()), np.eye(2), "w[1].detach()", [(1, 0), (1, 1)]),
        (_sliced, np.arange(6.0), "bias.value", [(4,), (5,)]),
        (_unpacked, np.array([1.0, 2.0, 3.0]), "offset.value", [(1,)]),
    ],
)
def test_entries_that_are_cut_off_while_others_flow_are_named(f, at, expression, entries):
    (finding,) = lost(f, at)
    assert (finding.severity, finding.expression) == ("warning", expression)
    assert list(finding.entries) == entries
    kept = np.ones(np.shape(at), bool)
    kept[tuple(np.transpose(entries))] = False
    gradient = gad.grad(f)(at)
    assert np.any(gradient[kept])
    assert not np.any(gradient[~kept])


@pytest.mark.parametrize(
    "f",
    [
        lambda z: np.log(np.sum(np.exp(z - z[0].value))),  # the whole is read besides
        lambda z: np.sum(np.maximum(z, 0)) * z[1].value,  # off, which is another zero
        lambda z: z[0] if z[1] > 5 else 2 * z[0],  # a comparison is told as such
        lambda z: z[0] * z[1] * z[1].value,
        lambda z: z[0] + 0 * np.size(z[1]),  # read, and nothing of it
    ],
)
def test_entries_with_another_way_are_no_finding(f):
    assert lost(f, np.array([1.0, -2.0])) == []


def _plainly(q):
    return float(q.value)


def _times_plain(x, y):
    return x * _plainly(2 * y)


@pytest.mark.parametrize(
    ("f", "at", "severity"),
    [
        (lambda x, y: x * _plainly(y), (2.0, 3.0), "warning"),
        (_times_plain, (2.0, 3.0), "warning"),
        (lambda p: p[0] * _plainly(p[1]), (np.array([2.0, 3.0]),), "warning"),
    ],
)
def test_a_helper_that_takes_the_value_is_where_it_is_cut(f, at, severity):
    (finding,) = lost(f, *at)
    assert (finding.severity, finding.expression) == (severity, "q.value")
    assert finding.line == _plainly.__code__.co_firstlineno + 1
    assert "never used" not in finding.sentence
