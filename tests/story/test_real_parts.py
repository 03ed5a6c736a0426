"""Complex numbers on the way: what is told of them is true, also where only the real part counts."""

from __future__ import annotations

import re

import numpy as np
import pytest

import graphviz_ad as gad

# Real functions of a real x by way of complex numbers, with their derivatives by hand.
FUNCTIONS = {
    "modulus": (lambda x: np.abs(np.exp(1j * x) + 1) ** 2, lambda x: -2 * np.sin(x)),
    "real part": (lambda x: np.real(np.exp((1 + 2j) * x)), lambda x: np.real((1 + 2j) * np.exp((1 + 2j) * x))),
    "sum": (lambda x: np.imag((x + 1j) ** 3), lambda x: 6 * x),
    "fan-out": (lambda x: np.imag(x * np.exp(1j * x)), lambda x: np.sin(x) + x * np.cos(x)),
}


def shown(story, formula):
    """Return the text of a formula with its numbers."""
    return formula.with_numbers(lambda key: repr(complex(story.numbers[key])).strip("()")).text


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("x", [0.7, -1.3])
def test_each_product_with_its_numbers_is_what_the_next_line_says(name, x):
    f, slope = FUNCTIONS[name]
    story = gad.trace(f, x).story
    assert story.numbers[("adjoint", *story.steps[0].after[1:])] == pytest.approx(slope(x), rel=1e-12)
    checked = 0
    for step in story.steps:
        lines = {stage.label: stage.formula for stage in step.stages}
        if step.kind != "local" or "numbers" not in lines:
            continue
        left = shown(story, lines["numbers"]).strip(" =").replace("·", "*").replace("Re", "np.real")
        after = complex(story.numbers[step.after])
        assert eval(left, {"np": np}) == pytest.approx(after, rel=1e-12), left
        checked += 1
    assert checked


@pytest.mark.parametrize("detail", ["beginner", "standard", "expert"])
@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_where_a_part_is_dropped_it_is_said(mode, detail):
    def f(x):
        return np.abs(np.exp(1j * x) + 1)

    steps = gad.trace(f, 0.7).steps(mode=mode, detail=detail)
    (dropping,) = [step for step in steps if re.search(r"real part|Re\(", str(step))]
    child = gad.trace(f, 0.7).nodes[dropping.edge[0]]
    assert child.primitive.name == ("multiply" if mode == "reverse" else "modulus")


def test_equations_take_the_real_part():
    assert "x̄  = Re(1j · v̄₁)" in gad.trace(lambda x: np.abs(1j * x), 2.0).formulas().text


def test_of_real_numbers_nothing_is_said():
    assert not any("real part" in str(step) for step in gad.trace(lambda x: np.abs(np.sin(x)), 0.7).steps())
