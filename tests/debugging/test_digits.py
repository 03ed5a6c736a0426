"""Digits that are lost, held to extended precision, and numbers that became 0."""

from __future__ import annotations

import re

import mpmath
import numpy as np
import pytest

import graphviz_ad as gad


def kinds(f, *args):
    with np.errstate(all="ignore"):
        return {finding.kind: finding for finding in gad.check(f, *args).findings}


@pytest.mark.parametrize(
    ("f", "exact", "at"),
    [
        (lambda x: (1.0 - np.cos(x)) / x**2, lambda x: (1 - mpmath.cos(x)) / x**2, 1e-7),
        (lambda r: (np.exp(r) - 1.0) / r, lambda r: (mpmath.exp(r) - 1) / r, 1e-14),
        (lambda x: np.sqrt(x + 1.0) - np.sqrt(x), lambda x: mpmath.sqrt(x + 1) - mpmath.sqrt(x), 1e15),
        (lambda x: np.log(1.0 - np.tanh(x)), lambda x: mpmath.log(1 - mpmath.tanh(x)), 17.5),
    ],
)
def test_how_far_the_output_is_moved_is_no_less_than_it_is(f, exact, at):
    finding = kinds(f, at)["cancellation"]
    with mpmath.workdps(60):
        right = exact(mpmath.mpf(at))
        error = float(abs((mpmath.mpf(float(f(at))) - right) / right))
    percent = float(re.search(r"by about (\S+) %", finding.sentence)[1].replace("−", "-"))
    assert error <= 3 * percent / 100  # an estimate of what rounding may do, which one run need not use up
    assert error > 1e-4  # and that is why it is told


@pytest.mark.parametrize(
    ("f", "at"),
    [
        (lambda x, y: x - y, (1.0, 1.0 + 1e-15)),  # exact: both are what the person gave
        (lambda x: np.sum((x - np.mean(x)) ** 2), (np.array([1.0, 2.0, 3.0 + 1e-12]),)),  # one entry near 0
        (lambda w: np.mean((w * np.array([1.0, 2.0]) - np.array([2.0, 4.0])) ** 2), (2.0 + 1e-7,)),  # near a minimum
        (lambda x: 5.0 + (np.exp(x) - np.exp(1.0)), (1.0 + 1e-14,)),  # which nothing feels
        (lambda x: np.expm1(x) / x, (1e-14,)),
    ],
)
def test_a_difference_that_harms_nothing_is_no_finding(f, at):
    assert "cancellation" not in kinds(f, *at)


def test_what_became_zero_is_told_where_it_is_felt():
    finding = kinds(lambda p: -np.prod(p), np.full(400, 0.1))["underflow"]
    assert finding.reaches == ("p",)
    scores = np.array([1.0, -1e9, 2.0])
    assert "underflow" not in kinds(lambda s: np.sum(np.exp(s - 2.0) * np.arange(3.0)), scores)


X = np.array([[0.5, -1.0], [1.5, 2.0], [-0.5, 0.3]])


@pytest.mark.parametrize(
    "loss",
    [
        lambda r: np.mean(r**2),
        lambda r: r @ r,
        lambda r: np.linalg.norm(r),
        lambda r: np.mean(np.abs(r)),
        lambda r: np.sum(np.where(np.abs(r) < 1, 0.5 * r * r, np.abs(r))),
        lambda r: np.sum((r / 3.0) * r),
    ],
)
def test_a_residual_that_is_all_but_zero_is_what_one_wants(loss):
    true = np.array([0.5, -0.3])
    assert "cancellation" not in kinds(lambda w: loss(X @ w - X @ true), true + 1e-14)
    assert "cancellation" in kinds(lambda w: np.sum(X @ w - X @ true), true + 1e-14)


@pytest.mark.parametrize("x", [1e-8, 1e-9])
def test_a_difference_of_which_nothing_is_left_is_told_though_the_output_is_zero(x):
    finding = kinds(lambda x: (1.0 - np.cos(x)) / x**2, x)["cancellation"]
    assert "f comes out as 0" in finding.sentence.replace("<lambda>", "f")
    assert "f becomes 0.5" in finding.proof
    assert "cancellation" not in kinds(lambda x: np.cos(x) - x * 1.0, 0.7390851332151607)  # a root


@pytest.mark.parametrize(
    ("f", "exact", "at"),
    [
        (lambda x: np.log(1.0 + x), lambda x: mpmath.log(1 + x), 1.3e-12),
        (lambda x: np.arccos(np.cos(x)), lambda x: mpmath.acos(mpmath.cos(x)), 2e-7),
        (lambda x: np.sin(1e15 * x), lambda x: mpmath.sin(mpmath.mpf(1e15) * x), 0.7),
    ],
)
def test_a_function_that_hangs_on_what_was_rounded_is_told(f, exact, at):
    finding = kinds(f, at)["cancellation"]
    with mpmath.workdps(60):
        right = exact(mpmath.mpf(at))
        error = float(abs((mpmath.mpf(float(f(at))) - right) / right))
    percent = float(re.search(r"by about (\S+) %", finding.sentence)[1].replace("−", "-"))
    assert 1e-6 < error <= 3 * percent / 100


def test_the_logarithm_of_a_sure_softmax_is_no_loss_of_digits():
    z = np.array([[30.0, 0.0], [40.0, 1.0]])
    assert not kinds(lambda z: np.sum(np.log(np.sum(np.exp(z - np.max(z, axis=1, keepdims=True)), axis=1))), z)


def test_a_zero_is_not_blamed_for_an_infinity_beside_it():
    def f(x):
        return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))

    kinds = [finding.kind for finding in silently(f, 800.0)]
    assert "inf" in kinds
    assert "underflow" not in kinds


def test_a_zero_is_blamed_for_the_logarithm_of_it():
    kinds = [finding.kind for finding in silently(lambda x: np.log(np.exp(-(x**2))), 30.0)]
    assert "underflow" in kinds


def multiplied(factor, start):
    def f(x):
        for _ in range(400):
            start_of_pass = x if _ else x * start
            x = start_of_pass * factor
        return np.log(np.abs(x))

    return f


@pytest.mark.parametrize(("factor", "is_told"), [(0.1, True), (-0.1, False)])
def test_logarithms_are_to_be_added_where_all_factors_have_one(factor, is_told):
    sentences = [own.sentence for own in silently(multiplied(factor, 1.0), 0.5) if own.kind == "underflow"]
    assert len(sentences) == 1
    assert ("sum of the logarithms" in sentences[0]) == is_told


@pytest.mark.parametrize(("power", "is_told"), [(2, False), (3, True), (4, False)])
def test_a_difference_of_which_an_even_power_is_taken_is_to_become_0(power, is_told):
    told = [own for own in silently(lambda x: (np.cos(x) - 1.0) ** power, 1e-6) if own.kind == "cancellation"]
    assert bool(told) == is_told


@pytest.mark.parametrize(
    ("f", "at", "is_told"),
    [
        (lambda x: np.arccos(np.cos(x)), 1e-9, True),
        (lambda x: np.arccos(np.sqrt(x) * np.sqrt(x) / x), 55.0, False),  # 1 but for the last of 80 digits
        (lambda x: np.arccos(x * 1.0), 1.0, False),  # it is 1 indeed
        (lambda x: np.arccos(np.sqrt(x) / np.sqrt(x) * 1.0), 3.0, False),
    ],
)
def test_an_edge_to_which_only_rounding_led_lost_its_digits(f, at, is_told):
    told = [own for own in silently(f, at) if own.kind == "cancellation"]
    assert bool(told) == is_told
    births = [own.sentence for own in silently(f, at) if own.kind.endswith("-gradient")]
    assert any("rounding alone" in sentence for sentence in births) == is_told


def silently(f, *arguments):
    with np.errstate(all="ignore"):
        return gad.check(f, *arguments).findings


@pytest.mark.parametrize(
    ("gap", "is_near"),
    [(1e-14, True), (1e-13, True), (0.5, False)],
)
@pytest.mark.parametrize("determinant", [np.linalg.det, lambda a: np.linalg.slogdet(a)[1]])
def test_a_determinant_of_what_is_nearly_singular_hangs_on_last_digits(determinant, gap, is_near):
    a = np.array([[1.0, 1.0], [1.0, 1.0 + gap]])
    findings = [own for own in gad.check(determinant, a).findings if "condition number" in own.sentence]
    assert [own.severity for own in findings] == ["warning"] * is_near
    moved = a + np.array([[0.0, 0.0], [0.0, 2 * np.spacing(1.0)]])
    change = abs(determinant(moved) / determinant(a) - 1)
    assert (change > 1e-5) == is_near
