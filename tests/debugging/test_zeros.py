"""Gradients that are exactly 0: which of the causes it is, where, and what is blamed."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest

import graphviz_ad as gad

X = np.array([[0.5, -1.0], [1.5, 2.0], [-0.5, 0.3]])


def zeros(f, *args):
    with np.errstate(all="ignore"):
        return [finding for finding in gad.check(f, *args).findings if finding.kind == "zero-gradient"]


@pytest.mark.parametrize(
    ("f", "at", "severity", "word"),
    [
        (lambda x: np.sum(np.maximum(x, 0.0)), np.array([-1.0, -2.0]), "warning", "is off"),
        (lambda x: np.sum(np.minimum(x, 0.0)), np.array([1.0, 2.0]), "warning", "above 0"),
        (lambda x: np.sum(np.clip(x, 0.0, 1.0)), np.array([2.0, -1.0]), "warning", "outside its bounds"),
        (lambda x: np.sum(np.round(x)), np.array([0.2, 1.4]), "warning", "step function"),
        (lambda x: np.sign(x) * 2, 3.0, "warning", "step function"),
        (lambda x: x * 0.0, 3.0, "warning", "the other factor (0)"),
        (lambda x: np.dot(x, np.zeros(2)), np.ones(2), "warning", "the other factor"),
        (lambda x: 5 * np.exp(-x), 3000.0, "warning", "rounds to 0"),
        (lambda x: x**2, 0.0, "note", "stationary"),
        (lambda x: np.cos(x), 0.0, "note", "stationary"),
        (lambda x: x * x, 0.0, "note", "both factors"),
        (lambda x: np.abs(x), 0.0, "note", "corner"),
        (lambda x: np.linalg.norm(x), np.zeros(2), "note", "corner"),
        (lambda x: x - x, 2.0, "note", "cancels"),
        (lambda m: np.sum((np.array([1.0, 3.5, 4.5]) - m) ** 2), 3.0, "note", "cancels"),
    ],
)
def test_each_zero_has_its_cause(f, at, severity, word):
    (finding,) = zeros(f, at)
    assert not np.any(gad.grad(f)(at))
    assert finding.severity == severity
    assert word in finding.sentence


@pytest.mark.parametrize(
    ("f", "at", "severities"),
    [
        (lambda x: (np.sign(x) - 1.0) ** 2, 3.0, ["warning", "note"]),
        (lambda x: np.maximum(x, 0.0) ** 2, -3.0, ["note", "note"]),
        (lambda x: (x * 2.0) ** 2, 0.0, ["note"]),
    ],
)
def test_what_lies_behind_a_stationary_point_is_told_too(f, at, severities):
    assert [finding.severity for finding in zeros(f, at)] == severities


@pytest.mark.parametrize(("rank", "is_told"), [(1, True), (2, False)])
def test_cofactors_are_all_0_only_two_below_full_rank(rank, is_told):
    matrix = np.diag([2.0] * rank + [0.0] * (3 - rank))
    assert [finding.sentence for finding in zeros(np.linalg.det, matrix) if "cofactors" in finding.sentence] == (
        [finding.sentence for finding in zeros(np.linalg.det, matrix)] if is_told else []
    )
    assert bool(zeros(np.linalg.det, matrix)) == is_told


def test_a_comparison_is_named_only_where_it_is_the_factor():
    (finding,) = zeros(lambda z: z * (z > 0), -1.0)
    assert "z > 0 is false, which counts as 0" in finding.sentence
    assert "this relu is off" in finding.sentence
    (finding,) = zeros(lambda z, k: z * k * (z < 0), -1.0, 0.0)
    assert "is false" not in finding.sentence


def test_inputs_that_one_place_wipes_out_are_told_together():
    def loss(w, b):
        z = w * 2.0 + b
        h = np.maximum(z, 0.0)
        return (h - 1.0) ** 2

    (finding,) = zeros(loss, -1.5, 0.5)
    assert finding.reaches == ("w", "b")
    assert finding.expression == "np.maximum(z, 0.0)"
    assert "h̄ = −2" in finding.sentence  # d (h − 1)² / dh at h = 0
    assert "z is −2.5, below 0" in finding.sentence


def test_a_factor_that_is_another_input_is_named():
    (finding,) = zeros(lambda a, b: np.mean((np.tanh(X @ a) @ b - 1.0) ** 2), np.zeros((2, 3)), np.zeros(3))
    assert finding.reaches == ("a", "b")
    assert "a factor of" in finding.title


def test_a_product_too_small_for_its_type_is_rounded_away():
    (finding,) = zeros(lambda x: np.sum((1e-4 * x) ** 2), np.array([1.0, 1.2], np.float16))
    assert "too small for float16" in finding.sentence


def test_entries_that_are_zero_beside_others_are_no_finding():
    assert zeros(lambda w: np.sum(np.maximum(X @ w, 0.0)), np.array([1.0, -1.0])) == []
    assert zeros(lambda rows: np.sum(rows[[0, 2]] ** 2), np.ones((4, 2))) == []


def test_where_it_is_flat_is_said_of_the_entries_that_count():
    def sure(scores):
        e = np.exp(scores - np.max(scores))
        return np.sum(e / np.sum(e) * np.array([0.0, 1.0, 2.0]))

    (finding,) = zeros(sure, np.array([5000.0, 0.0, -300.0]))
    assert "where ē is not 0 yet" in unicodedata.normalize("NFC", finding.sentence)
    assert "5000" in finding.sentence
    assert gad.grad(sure)(np.array([5000.0, 0.0, -300.0])).tolist() == [0.0, 0.0, 0.0]


def test_a_factor_of_zero_that_has_a_gradient_of_its_own_is_a_note():
    (finding,) = zeros(lambda scale, w: np.sum((X + scale * np.tanh(X @ w)) ** 2), 0.0, np.eye(2))
    assert (finding.severity, finding.reaches) == ("note", ("w",))
    assert "scale has a gradient" in finding.sentence
    stuck = zeros(lambda scale, w: np.sum((scale * np.tanh(X @ w)) ** 2), 0.0, np.eye(2))
    assert all("has a gradient" not in finding.sentence for finding in stuck)


def test_the_origin_has_no_angle():
    (finding,) = zeros(np.arctan2, 0.0, 0.0)
    assert "has no angle" in finding.sentence


def test_vectors_of_equal_eigenvalues_have_no_slope():
    findings = gad.check(lambda a: np.sum(np.linalg.eigh(a)[1][:, 0] * np.array([1.0, 3.0])), np.eye(2)).findings
    assert {finding.kind for finding in findings} == {"zero-gradient", "kink"}
    apart = np.diag([1.0, 2.0])
    assert not gad.check(lambda a: np.sum(np.linalg.eigh(a)[1][:, 0] * np.array([1.0, 3.0])), apart).findings
    assert not gad.check(lambda a: np.sum(np.linalg.eigh(a)[0] ** 2), np.eye(2)).findings


@pytest.mark.parametrize(
    ("f", "severity", "entries", "word"),
    [
        (lambda p: p[0] * 2 + np.round(p[1]) + p[2], "warning", [(1,)], "step function"),
        (lambda p: p[0] * p[1] * 2 + p[2], "note", [(1,)], "multiplied by that"),
        (lambda p: p[0] + np.sum(np.floor(p[1:])), "warning", [(1,), (2,)], "step function"),
        (lambda p: np.prod(p), "note", [(1,), (2,)], "a factor of"),
        (lambda p: np.prod(1.0 * p), "warning", [(1,), (2,)], "a factor of"),
    ],
)
def test_a_zero_of_some_entries_says_of_which(f, severity, entries, word):
    at = np.array([0.0, 1.25, -2.25])
    (finding,) = zeros(f, at)
    assert (finding.severity, list(finding.entries), finding.reaches) == (severity, entries, ("p",))
    assert word in finding.sentence + finding.title
    steps = 1e-6 * np.eye(3)
    slopes = np.array([(f(at + step) - f(at - step)) / 2e-6 for step in steps])
    mask = np.zeros(3, bool)
    mask[tuple(np.transpose(entries))] = True
    assert not np.any(slopes[mask])
    assert np.all(slopes[~mask])


@pytest.mark.parametrize(
    "f",
    [
        lambda p: p[0] + np.maximum(p[1], 2.0) + p[2],  # a unit that is off is as it should be
        lambda p: np.prod(p[1:]),  # no factor is 0
        lambda p: np.sum(np.prod(np.outer(p, [1.0, 1.0]), axis=1)),  # two of six
        lambda p: np.prod(p[:2]),  # two factors
        lambda p: p[0] + p[2],  # never read
        lambda p: 0 * np.prod(p) + p[0],
    ],
)
def test_a_zero_of_some_entries_that_is_in_order_is_no_finding(f):
    assert zeros(f, np.array([0.0, 1.25, -2.25])) == []


def test_several_factors_of_0_are_said_to_be_several():
    (finding,) = zeros(np.prod, np.array([0.0, 3.0, 0.0]))
    assert finding.sentence.startswith("At [0] and [2] a is 0, so that the product of all factors but one is 0")
