"""Adjoints that vanish or explode little by little, and slopes that are flat."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad

SIZES = {"saturated", "vanishing", "exploding"}


def sizes(f, *args):
    return [finding for finding in gad.check(f, *args).findings if finding.kind in SIZES]


def repeated(factor, times):
    def f(x):
        for _ in range(times):
            x = factor * np.sin(x)
        return x

    return f


@pytest.mark.parametrize(("factor", "kind"), [(0.5, "vanishing"), (0.3, "vanishing")])
def test_how_often_and_by_how_much_is_counted(factor, kind):
    (finding,) = sizes(repeated(factor, 80), 1e-6)  # where the sine's slope is 1
    assert finding.kind == kind
    assert f"80 times, each time by a factor of about {factor}" in finding.sentence
    assert finding.reaches == ("x",)


def test_growth_by_an_eigenvalue_is_that_eigenvalue():
    weights = np.array([[2.0, 1.0], [0.5, 3.0]])

    def f(h):
        for _ in range(100):
            h = weights @ h
        return np.sum(h)

    (finding,) = sizes(f, np.array([0.1, 0.2]))
    largest = np.max(np.linalg.eigvals(weights).real)
    assert f"factor of about {largest:.2g}" in finding.sentence


@pytest.mark.parametrize(
    ("f", "at"),
    [
        (lambda x: np.sum(np.tanh(x)), np.array([14.0, 15.0])),
        (lambda z: (1.0 / (1.0 + np.exp(-z))) ** 2, 40.0),
        (lambda z: np.arctan(z) * 2, 1e9),
    ],
)
def test_a_flat_slope_is_told(f, at):
    (finding,) = sizes(f, at)
    assert finding.kind == "saturated"
    assert np.max(np.abs(gad.grad(f)(at))) < 1e-9


@pytest.mark.parametrize(
    ("f", "at"),
    [
        (lambda w: (w - 2.0) ** 2, 2.0 + 1e-10),  # near a minimum
        (lambda x: 1e-12 * x, 3.0),  # a unit
        (lambda x: 8.99e9 * x**2, 1e3),
        (lambda x: np.exp(-x), 50.0),  # small, and its gradient in proportion
        (lambda x: np.tanh(x), 2.0),
        (lambda w: np.mean((np.array([1.0, 2.0]) * w - 1.0) ** 2) + 1e-9 * np.sum(w**2), 0.3),
    ],
)
def test_small_and_large_numbers_alone_are_no_finding(f, at):
    assert sizes(f, at) == []


def decayed(w):
    """A state that shrinks from step to step, beside a target."""
    h = np.ones(3)
    for _ in range(200):
        h = np.tanh(w @ h)
    return (np.sum(h) - 1) ** 2


def test_weights_that_meet_a_state_that_has_decayed_are_told():
    """The last product passes on most, and that is next to nothing: what it is multiplied by is named."""
    weights = 0.1 * np.random.default_rng(3).normal(size=(3, 3))
    (finding,) = sizes(decayed, weights)
    assert finding.kind == "vanishing"
    assert "which has shrunk to next to nothing" in finding.sentence
    assert finding.reaches == ("w",)
    assert "w @ h" in finding.expression
    largest = np.max(np.abs(np.linalg.eigvals(weights)))  # by which the state shrinks each time
    assert np.max(np.abs(gad.grad(decayed)(weights))) == pytest.approx(0.0, abs=200 * 20 * largest**199)


@pytest.mark.parametrize("error", [1e-9, 1e-13, 1e-17])
def test_what_has_come_to_rest_is_no_loss(error):
    """A residual is small because the parameters are right, and its gradient with it."""

    def loss(w, b):
        residual = (w - 2.0) + b
        weighted = residual * 4.0
        return weighted * residual + 0.1 * w**2

    assert [finding for finding in sizes(loss, 2.0, error) if "b" in finding.reaches] == []


def test_a_small_number_of_the_persons_is_no_decay():
    """A time step may be tiny."""
    assert sizes(lambda w, dt: 3.0 + w * dt, 2.0, 1e-30) == []
