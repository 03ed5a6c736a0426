"""The rule of each node by itself: right ones pass, for all primitives there are, and wrong ones are named."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.checking.comparing import Derivative
from graphviz_ad.checking.rules import first_wrong_rule
from graphviz_ad.extend import elementwise, structural, temporary
from tests.engine import test_rules

PROGRAMS = {name: cases for name, cases in test_rules.STRUCTURAL.items() if cases}
FIRST, SECOND = Derivative(("reverse",)), Derivative(("reverse", "reverse"))


def wrong_rule(trace, which=FIRST):
    """Return the first wrong rule of a trace."""
    return first_wrong_rule(trace, which, np.random.default_rng(0))


@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_the_rules_of_the_package_hold(name):
    """To first order for a program of each kind, ties and empty arrays among them."""
    for function, args in PROGRAMS[name][:4]:
        with np.errstate(all="ignore"):
            assert wrong_rule(gad.trace(function, *args)) is None


@pytest.mark.parametrize("name", sorted(PROGRAMS)[::5])
def test_the_second_derivatives_of_the_package_hold(name):
    function, args = PROGRAMS[name][0]
    assert wrong_rule(gad.trace(function, *args), SECOND) is None


WITHOUT_SLOPE = {"imag", "where", "matrix_power"}  # whose first program has a slope of 0


@pytest.mark.parametrize("name", sorted(set(PROGRAMS) - WITHOUT_SLOPE)[::2])
def test_a_rule_that_is_one_percent_too_large_is_named(name, monkeypatch):
    function, args = PROGRAMS[name][0]
    trace = gad.trace(function, *args)
    node = next(node for node in trace.nodes if node.primitive is not None and node.primitive.vjps)

    def larger(rule):
        def answer(*operands, **params):
            result = rule(*operands, **params)
            return (lambda argument: 1.01 * result(argument)) if node.primitive.curried else 1.01 * result

        return rule and answer

    monkeypatch.setattr(node.primitive, "vjps", tuple(map(larger, node.primitive.vjps)))
    wrong = wrong_rule(trace)
    assert wrong.node is node
    # What sums the result up for the test, and leaves NaN out, is a node as well: where that is wrong it counts twice.
    assert wrong.mismatch.got / wrong.mismatch.expected == pytest.approx(1.015, abs=0.006)


def test_the_first_wrong_rule_is_named_and_not_what_inherits_from_it():
    with temporary():
        elementwise(np.tanh, lambda y, x: 1 - y, replace=True)
        elementwise(np.square, lambda y, x: x, replace=True)
        trace = gad.trace(lambda w, x: np.square(np.tanh(w @ x) + 1).sum(), np.ones((2, 3)), np.arange(3.0))
    wrong = wrong_rule(trace)
    assert wrong.node.primitive.name == "tanh"
    assert wrong.agreeing == 1
    assert wrong.mismatch.expected == pytest.approx(1 - np.tanh(3.0) ** 2, rel=1e-6)
    assert wrong.mismatch.got == pytest.approx(1 - np.tanh(3.0), rel=1e-12)


def test_the_argument_is_named_by_its_place():
    with temporary():
        elementwise(np.arctan2, lambda y, a, b: b / (a**2 + b**2), lambda y, a, b: a / (a**2 + b**2), replace=True)
        trace = gad.trace(lambda x: np.arctan2(3.0, x), 2.0)
    assert wrong_rule(trace).argument == 1


def test_the_entry_that_is_wrong_is_named():
    """Only one number of many meets the special case of the rule."""
    with temporary():
        elementwise(np.exp, lambda y, x: np.where(x > 2, 2 * y, y), replace=True)
        trace = gad.trace(lambda x: np.exp(x).sum(), np.array([[0.0, 1.0], [3.0, 2.0]]))
    assert wrong_rule(trace).mismatch.entry == 2


def test_a_rule_that_is_wrong_from_the_second_order_on_holds_for_the_first():
    with temporary():
        elementwise(np.sin, lambda y, x: np.cos(x.value if hasattr(x, "value") else x), replace=True)
        trace = gad.trace(lambda x: np.exp(np.sin(x)), 0.3)
        assert wrong_rule(trace) is None
        assert wrong_rule(trace, SECOND).node.primitive.name == "sin"


KINKS = [
    (lambda x: np.abs(x).sum(), np.zeros(5)),
    (lambda x: np.maximum(x, 0).sum(), np.zeros((2, 3))),
    (lambda x: np.maximum(x, x[::-1]).sum(), np.ones(4)),
    (lambda x: x.max(), np.array([1.0, 3.0, 3.0])),
    (lambda x: np.median(x), np.array([1.0, 1.0, 2.0, 1.0])),
    (lambda x: np.sort(x) @ np.arange(4.0), np.array([1.0, 0.0, 1.0, 0.0])),
    (lambda x: np.linalg.norm(x), np.zeros(3)),
    (lambda x: np.clip(x, 0, 1).sum(), np.array([0.0, 1.0, 0.5])),
    (np.sign, 0.0),
    (np.floor, np.array([1.0, 1.5])),
    (np.sqrt, 0.0),
    (np.cbrt, np.array([0.0, 1.0])),
]


@pytest.mark.parametrize("case", range(len(KINKS)))
def test_a_subgradient_is_no_mistake(case):
    function, x = KINKS[case]
    with np.errstate(all="ignore"):
        assert wrong_rule(gad.trace(function, x)) is None


@pytest.mark.parametrize("slope", [-1.5, 2.0, np.nan, np.inf])
def test_what_is_no_subgradient_is_one(slope):
    with temporary():
        elementwise(np.fabs, lambda y, x: np.where(x == 0, slope, np.sign(x)), replace=True)
        wrong = wrong_rule(gad.trace(lambda x: np.fabs(x), np.array([1.0, 0.0])))
    assert wrong.mismatch.entry == 1


@pytest.mark.parametrize("slope", [-1.0, 0.3, 1.0])
def test_any_subgradient_is_right(slope):
    with temporary():
        elementwise(np.fabs, lambda y, x: np.where(x == 0, slope, np.sign(x)), replace=True)
        assert wrong_rule(gad.trace(lambda x: np.fabs(x), np.array([1.0, 0.0]))) is None


def test_corners_side_by_side_are_no_mistake_of_a_structural_rule():
    """A random direction mixes their left and right slopes, so that its own lie on one side of what is claimed."""
    with temporary():
        relu = structural("relu", lambda x: np.maximum(x, 0), lambda adjoint, y, x: adjoint * (x > 0))
        trace = gad.trace(lambda x: relu(x), np.zeros(6))
        for seed in range(12):
            assert first_wrong_rule(trace, FIRST, np.random.default_rng(seed)) is None


def test_a_complex_rule_without_its_conjugation_is_wrong():
    with temporary():
        modulus = structural("size", np.abs, lambda adjoint, y, z: adjoint * z / y)
        assert wrong_rule(gad.trace(lambda z: modulus(z), 1 + 2j)).node.primitive.name == "size"
        right = structural("length", np.abs, lambda adjoint, y, z: adjoint * np.conj(z) / y)
        assert wrong_rule(gad.trace(lambda z: right(z), 1 + 2j)) is None
