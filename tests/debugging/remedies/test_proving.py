"""What is proved and what is not: wrong values, wrong gradients, and rows that do not cure are never proposed."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.debugging.diagnosis import findings_of
from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.findings import Finding, Thresholds
from graphviz_ad.debugging.remedies.edges import ROOTS
from graphviz_ad.debugging.remedies.proposals import Identity, by_identities
from graphviz_ad.debugging.remedies.proving import proved
from graphviz_ad.debugging.remedies.trying import FAMILIES, proposals, tried
from graphviz_ad.debugging.remedies.widening import widenings


def softplus(x):
    return np.sum(np.log(1.0 + np.exp(x)))


def root(x):
    return np.sum(np.sqrt(x))


def relu(x):
    return np.sum(np.maximum(x, 0.0)) - 1.0


def versine(x):
    return np.sum(1.0 - np.cos(x))


def looked_at(function, x):
    """Return an examination of a function, and its first finding."""
    with np.errstate(all="ignore"):
        exam = Examination(gad.trace(function, x), Thresholds())
        return exam, findings_of(exam)[0][0]


def outcomes(function, x, before, after, may_change=False):
    """Return what is proved of one row, tried on a function."""
    exam, finding = looked_at(function, x)
    row = Identity((finding.kind,), before, after, "try it", may_change)
    with np.errstate(all="ignore"):
        offers = list(by_identities((row,), exam, finding))
        assert offers, "the row does not match"
        return [proved(exam, finding, tried(exam, offer).recording, offer.may_change) for offer in offers]


LARGE = np.array([800.0, 0.5])


def test_a_right_row_is_proved():
    """The value and the gradient are those of more digits."""
    (proof,) = outcomes(softplus, LARGE, "np.log(1 + np.exp(x))", "np.logaddexp(0.0, x)")
    assert proof.sentence == "softplus becomes 800.9741, as it is with more digits, x̄ becomes [1 0.622459]."
    assert not proof.changes_value


@pytest.mark.parametrize(
    "after",
    [
        "np.maximum(x, 0.0)",  # near, but not the value
        "np.logaddexp(0.0, x) + 1e-6",
        "np.logaddexp(0.0, x).detach()",  # the value, without a gradient
        "2.0 * np.logaddexp(0.0, x) - np.logaddexp(0.0, x).detach()",  # the value, with twice the gradient
        "np.log(1.0 + np.exp(x))",  # as bad as before
        "np.logaddexp(0.0, x)[:1]",  # another shape
        "np.log1p(np.exp(np.minimum(x, 500.0)))",
    ],
)
def test_a_wrong_row_is_not_proved(after):
    """Neither where the value is off nor where the gradient is."""
    assert outcomes(softplus, LARGE, "np.log(1 + np.exp(x))", after) == [None]


@pytest.mark.parametrize("after", ["np.maximum(x, 0.0)", "np.logaddexp(0.0, x) + 1.0"])
def test_where_more_digits_have_a_value_no_other_is_proposed(after):
    """Even by a row that may change the value: it is for what has none, and for what is flat or grown."""
    assert outcomes(softplus, LARGE, "np.log(1 + np.exp(x))", after, may_change=True) == [None]


def test_a_root_at_zero_keeps_its_value_and_says_that_its_slope_is_a_choice():
    """No number is the slope there."""
    after = "np.where(s > 0, np.sqrt(np.where(s > 0, s, 1.0)), 0.0)"
    (proof,) = outcomes(root, np.array([0.0, 4.0]), "np.sqrt(s)", after)
    assert proof.sentence == "root stays 2, x̄ becomes [0 0.25]. Where there is no slope, that is a choice."
    assert outcomes(root, np.array([0.0, 4.0]), "np.sqrt(s)", "np.sqrt(s + 1e-3)") == [None]
    assert outcomes(root, np.array([0.0, 4.0]), "np.sqrt(s)", "np.abs(s)") == [None]


def test_the_slope_at_a_corner_is_one_of_its_slopes():
    """|x| at 0, written as √x²: any number from −1 to 1, and no other."""

    def length(x):
        return np.sqrt(x**2)

    (proof,) = outcomes(length, 0.0, "np.sqrt(x ** 2)", "np.abs(x)")
    assert proof.sentence == "length stays 0, x̄ becomes 0. At a corner, that is one of its slopes."
    (proof,) = outcomes(length, 0.0, "np.sqrt(x ** 2)", "np.abs(x) + 0.5 * x")
    assert proof.sentence.startswith("length stays 0, x̄ becomes 0.5.")
    assert outcomes(length, 0.0, "np.sqrt(x ** 2)", "np.abs(x) + 1.5 * x") == [None]


def test_a_value_that_becomes_another_one_is_said_to():
    """Before and after, with the gradient that there is now."""
    (proof,) = outcomes(relu, -2.5, "np.maximum(z, 0)", "np.where(z > 0, z, 0.01 * z)", may_change=True)
    assert proof.sentence == "relu −1 → −1.025, another value on purpose, x̄ becomes 0.01."
    assert proof.changes_value
    assert outcomes(relu, -2.5, "np.maximum(z, 0)", "np.where(z > 0, z, 0.01 * z)") == [None]
    assert outcomes(relu, -2.5, "np.maximum(z, 0)", "0.0 * z", may_change=True) == [None]


def test_digits_that_are_still_lost_elsewhere_are_said():
    """The value is right, and the gradient is better by orders of magnitude."""

    def quotient(x):
        return (1.0 - np.cos(x)) / x**2

    (proof,) = outcomes(quotient, 1e-7, "1 - np.cos(x)", "2.0 * np.sin(0.5 * x) ** 2")
    assert proof.sentence.startswith("quotient becomes 0.5, as it is with more digits, x̄ was off by 8000")
    assert proof.sentence.endswith("What it is off by now, other steps lose.")
    assert outcomes(versine, 1e-7, "1 - np.cos(x)", "0.5 * x ** 2 + 1e-10 * x") == [None]


def test_a_gradient_is_what_its_type_can_hold():
    """In float64 the exponential of 100 is a number, but the gradient by a float32 stays infinite."""
    exam, finding = looked_at(lambda x: np.exp(x), np.float32(100.0))
    (offer,) = widenings(exam, finding)
    with np.errstate(all="ignore"):
        assert proved(exam, finding, tried(exam, offer).recording, False) is None


def test_in_half_precision_a_factor_of_two_is_noticed():
    """Its tolerance is that of its digits."""
    x = np.array([300.0, 2.0], np.float16)

    def f(x):
        return np.sqrt(np.sum(x * x))

    assert outcomes(f, x, "np.sqrt(np.sum(x ** 2))", "np.max(np.abs(x)) * np.sqrt(2.0)") == [None]


def test_what_was_lost_is_looked_at_first():
    """Of many entries only some are moved: those that were lost are among them."""
    x = np.linspace(-3.0, 3.0, 140)
    x[137] = 800.0
    right = "np.logaddexp(0.0, x)"
    wrong = "np.logaddexp(0.0, x) - np.where(x > 700.0, x - x.detach(), 0.0)"  # the value, without the slope of one
    assert outcomes(softplus, x, "np.log(1 + np.exp(x))", right)[0] is not None
    assert outcomes(softplus, x, "np.log(1 + np.exp(x))", wrong) == [None]


def test_a_cut_is_mended_by_leaving_it_out():
    """The value stays, and the gradient is that of the function without the cut; a cut that hides nothing stays."""

    def f(x):
        s = np.sin(x)
        return 3.0 * s.detach() * 1.0

    finding = looked_at(f, 1.2)[1]
    assert finding.remedy == "return 3.0 * s * 1.0"
    assert finding.proof == "f stays 2.796117, x̄ becomes 1.087073."
    assert gad.grad(lambda x: 3.0 * np.sin(x))(1.2) == pytest.approx(1.087073, rel=1e-6)

    def flat(x):
        return (3.0 * np.floor(x)).detach()

    assert looked_at(flat, 1.2)[1].remedy == ""


HEALTHY = {
    "a sum": lambda x: np.sum(x * 2.0),
    "a logarithm": lambda x: np.sum(np.log(2.0 + np.cosh(x))),
    "a product": lambda x: np.prod(x),
    "a mask": lambda x: np.sum(np.where(x > 0.5, x, 0.0)),
    "a quotient": lambda x: np.sum(x / (2.0 + x)),
}


@pytest.mark.parametrize("function", HEALTHY.values(), ids=HEALTHY)
def test_what_fits_no_row_is_offered_nothing(function):
    """A finding whose node is none of a family's gets no proposal, whatever its kind."""
    with np.errstate(all="ignore"):
        exam = Examination(gad.trace(function, np.array([0.3, 0.7])), Thresholds())
    for kind in ("cancellation", "underflow", "zero-gradient", "broadcast", "unreached"):
        for node in exam.nodes[1:]:
            finding = Finding(kind, "error", "", "", node, reaches=("x",))
            assert [offer for family in FAMILIES for offer in family(exam, finding)] == []


def test_a_large_program_is_not_run_again():
    """Its findings have no remedy, though there are rows that match."""

    def f(x):
        for _ in range(10_001):
            x = x + 1e-9
            x = x * 1.0
        return np.sqrt(x - x)

    with np.errstate(all="ignore"):
        exam = Examination(gad.trace(f, 1.0), Thresholds())
    finding = exam.finding("inf-gradient", "error", "", "", len(exam.nodes) - 1)
    assert next(by_identities(ROOTS, exam, finding), None) is not None
    assert list(proposals(exam, finding)) == []
