"""Where NaN and infinity are born: in which entries, what they reach, and what harms nothing."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad

X = np.array([4.0, 0.0, 9.0, 0.0])


def findings(f, *args, **kwargs):
    with np.errstate(all="ignore"):
        return gad.check(f, *args, **kwargs).findings


def kinds(f, *args):
    return [(finding.kind, finding.severity) for finding in findings(f, *args) if finding.kind != "branch"]


def test_the_entries_are_those_in_which_it_is_born():
    (first, *_) = findings(lambda x: np.sum(np.log(x) * np.array([1.0, 2.0, 3.0, 4.0])), X)
    assert first.kind == "inf"
    assert first.entries == tuple(map(tuple, np.argwhere(X == 0).tolist()))


def test_what_only_passes_on_is_no_birth():
    lines = [finding.line for finding in findings(lambda x: np.exp(np.sin(np.sqrt(x) + 1)), -4.0)]
    assert len(lines) == 1


def test_nan_of_two_infinities_is_a_birth_of_its_own():
    kinds_met = kinds(lambda x: np.exp(x) - np.exp(x + 1), 1000.0)
    assert kinds_met[:3] == [("inf", "error"), ("inf", "error"), ("nan", "error")]
    (_, _, last, *_) = findings(lambda x: np.exp(x) - np.exp(x + 1), 1000.0)
    assert "∞ − ∞ is NaN" in last.sentence


def test_one_line_of_a_loop_is_told_once():
    def f(x):
        total = 0.0
        for k in range(5):
            total = total + np.log(x * k - 10.0 * x)
        return total

    (finding,) = findings(f, 1.0)
    assert finding.kind == "nan"
    assert "5 times on this line" in finding.sentence


def test_a_value_that_is_left_out_is_a_note_and_its_gradient_the_error():
    report = findings(lambda x: np.sum(np.where(x > 0, np.log(x), 0.0)), X)
    assert [(f.kind, f.severity) for f in report[:2]] == [("nan-gradient", "error"), ("inf", "note")]
    assert "not chosen" in report[0].sentence
    assert report[0].reaches == ("x",)


def test_an_index_leaves_out_values_and_not_their_slopes():
    assert kinds(lambda x: np.sum(np.log(x)[x > 0]), X) == [("nan-gradient", "error"), ("inf", "note")]


def test_infinity_that_arithmetic_absorbs_is_the_error_where_it_costs_the_gradient():
    (finding,) = findings(lambda x: 1 / (1 + np.exp(-x)), -800.0)
    assert (finding.kind, finding.severity) == ("inf", "error")
    with np.errstate(all="ignore"):
        assert np.isnan(gad.grad(lambda x: 1 / (1 + np.exp(-x)))(-800.0))


def test_infinity_that_costs_nothing_is_a_note():
    assert kinds(lambda x: np.minimum(np.exp(x).detach(), 5.0) + x, 800.0) == [("inf", "note")]


def test_a_slope_of_infinity_that_meets_a_zero_is_blamed_where_it_was_born():
    def distance(a, b):
        squares = (a - b) ** 2
        return np.sqrt(np.sum(squares))

    (finding,) = findings(distance, np.ones(2), np.ones(2))
    assert finding.kind == "nan-gradient"
    assert finding.expression == "np.sqrt(np.sum(squares))"
    assert "∞ · 0 is not a number" in finding.sentence
    assert finding.reaches == ("a", "b")


@pytest.mark.parametrize(
    ("dtype", "at", "largest"), [(np.float16, 12.0, "65504"), (np.float32, 100.0, "3.40282e38"), (float, 800.0, "e308")]
)
def test_overflow_names_the_type_and_its_largest_number(dtype, at, largest):
    (first, *_) = findings(lambda x: np.sum(np.exp(x)), np.array([at], dtype))
    assert first.kind == "inf"
    assert np.dtype(dtype).name in first.sentence
    assert largest in first.sentence


def test_an_adjoint_too_large_for_its_leaf_is_told_though_all_it_is_made_of_is_finite():
    (finding,) = findings(lambda x: x.astype(float).sum() * 1e6, np.ones(2, np.float16))
    assert finding.kind == "inf-gradient"
    assert "65504" in finding.sentence


def test_an_input_that_is_not_finite_is_told_as_such():
    (finding,) = findings(lambda x: np.sum(x**2), np.array([1.0, np.nan]))
    assert (finding.kind, finding.title, finding.entries) == ("nan", "x holds NaN already", ((1,),))


def test_the_sentence_never_calls_a_value_finite_that_is_not():
    for finding in findings(lambda z: np.log(1 / (1 + np.exp(-z))), -800.0):
        assert "finite" not in finding.sentence


def test_the_path_leads_from_the_birth_to_the_input():
    report = gad.check(lambda d: np.sum(np.where(d > 1, np.sqrt(d), 0.0)), np.array([0.0, 4.0]))
    names = [report.trace.nodes[i].primitive for i in report.findings[0].path]
    assert [getattr(primitive, "name", None) for primitive in names] == ["sqrt", None]


@pytest.mark.parametrize(
    ("f", "at", "words"),
    [
        (lambda p: p @ np.log(p), np.array([0.0, 1.0]), "It multiplies ∞ by 0"),
        (lambda p: np.einsum("i,i->", p, np.log(p)), np.array([0.0, 1.0]), "It multiplies ∞ by 0"),
        (lambda x: np.sum(1.0 / x), np.array([0.0, -0.0]), "It adds ∞ and −∞"),
        (lambda x: np.array([1.0, 2.0]) @ (1.0 / x), np.array([0.0, -0.0]), "It adds ∞ and −∞"),
        (lambda x: x @ x, np.array([1e200, 1.0]), "overflows"),
        (lambda x: np.mean(x), np.array([1e308, 1e308]), "overflows"),
        (lambda x: np.arctanh(x), 1.0, "arctanh at its bound"),
    ],
)
def test_a_sum_or_a_product_of_many_says_why_it_is_not_finite(f, at, words):
    assert any(words in finding.sentence for finding in findings(f, at) if finding.severity == "error")


def test_of_an_array_it_is_said_that_it_holds_what_only_some_entries_are():
    (finding,) = findings(lambda x: np.log(x), np.array([1.0, 0.0]))
    assert "So f holds −∞" in finding.sentence


def test_the_same_product_twice_on_a_line_is_told_once():
    """Two findings with the same words help nobody more than one."""
    report = gad.check(lambda x: np.sqrt(x * x + x * x), 1e200)
    assert [finding.title for finding in report.errors] == ["∞ is born in x · x"]


@pytest.mark.parametrize(("at", "words"), [(1.0000000002, "x is 1.0000000002: arccos"), (2.0, "x is 2: arccos")])
def test_a_number_beyond_an_edge_is_written_so_that_it_is_seen_to_be(at, words):
    assert any(words in finding.sentence for finding in findings(lambda x: np.arccos(x), at))


@pytest.mark.parametrize(("entry", "severity"), [(1, "error"), (slice(0, 0), "note")])
def test_what_is_divided_by_infinity_is_told_where_it_is_read(entry, severity):
    def f(z):
        powers = np.exp(z)
        shares = powers / np.sum(powers)
        return np.log(np.sum(shares[entry])) if severity == "error" else np.log(np.sum(shares[entry]) + z[1])

    (first, *_) = [own for own in findings(f, np.array([1000.0, 0.0])) if own.expression == "np.exp(z)"]
    assert (first.kind, first.severity) == ("inf", severity)
