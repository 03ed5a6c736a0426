"""Every recipe and every rule works when followed literally, and none is for what is recorded."""

from __future__ import annotations

import ast
import math

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad import extend
from graphviz_ad.engine.advice import is_recorded
from graphviz_ad.engine.recipes import MATH_NAMES, METHOD_ADVICE, PLAIN, RECIPES, RULES

MATRIX = np.array([[2.0, 0.3, -0.4], [0.1, 1.5, 0.2], [-0.6, 0.7, 3.0]])
VALUES = {
    "x": np.array([0.7, 1.9, 1.2]),
    "y": np.array([1.1, 0.4, 2.3]),
    "A": MATRIX,
    "B": MATRIX[::-1] + 0.25,
    "s": np.float64(0.8),
    "t": np.float64(2.2),
    "large": np.array([1.5, 2.5]),
    "small": np.array([-0.5, 0.25]),
    "rows": [np.array([1.5, 2.5]), np.array([3.5, 0.5])],
}
PLAIN_VALUES = {"n": 2, "low": 0.9, "high": 1.5, "axis": 0}


def below(name):
    """Return NumPy's function under a dotted name."""
    thing = np
    for part in name.split("."):
        thing = getattr(thing, part)
    return thing


def letters(row):
    """Return the letters of a recipe that stand for something to differentiate."""
    return [letter for letter in VALUES if letter in {n.id for n in ast.walk(ast.parse(row.call)) if hasattr(n, "id")}]


def evaluate(source, names):
    """Run an expression with these values for its letters."""
    return eval(source, {"np": np, "math": math, **PLAIN_VALUES, **names})


@pytest.mark.parametrize("row", RECIPES, ids=lambda row: row.call)
def test_a_recipe_has_numpy_s_value_and_its_slope(row):
    """Compared with NumPy's own function, and with differences of it in random directions."""
    values, names = dict(VALUES), letters(row)
    numpy_call = f"np.{row.call}"
    expected = np.asarray(evaluate(numpy_call, values))
    leaves = {
        name: [gad.Variable(v) for v in values[name]] if name == "rows" else gad.Variable(values[name])
        for name in names
    }
    result = evaluate(row.instead, leaves)
    np.testing.assert_allclose(result.value, expected, rtol=1e-12)
    weights = np.cos(np.arange(expected.size)).reshape(expected.shape)
    np.sum(result * weights).backward()
    random = np.random.default_rng(3)
    for name in names:
        step = (
            [1e-6 * random.normal(size=2) for _ in values[name]]
            if name == "rows"
            else 1e-6 * random.normal(size=np.shape(values[name]))
        )
        ends = []
        for sign in (1, -1):
            moved = (
                [v + sign * d for v, d in zip(values[name], step, strict=True)]
                if name == "rows"
                else values[name] + sign * step
            )
            ends.append(np.sum(evaluate(numpy_call, {**values, name: moved}) * weights))
        if name == "rows":
            slope = sum(np.sum(leaf.grad * d) for leaf, d in zip(leaves[name], step, strict=True))
        else:
            slope = 0.0 if leaves[name].grad is None else np.sum(leaves[name].grad * step)
        assert slope == pytest.approx((ends[0] - ends[1]) / 2, rel=1e-4, abs=1e-12)


@pytest.mark.parametrize("name", RULES)
def test_a_rule_works_when_it_is_written_down(name):
    """As an assignment after the import that the error names."""
    arguments = {"a": MATRIX, "b": np.array([1.0, -2.0, 0.5])} if name == "linalg.solve" else {"x": MATRIX}
    with extend.temporary():
        scope = {"np": np, "structural": extend.structural}
        exec(RULES[name], scope)
        function = scope[RULES[name].partition(" ")[0]]
        leaves = [gad.Variable(value) for value in arguments.values()]
        result = function(*leaves)
        np.testing.assert_allclose(result.value, below(name)(*arguments.values()))
        weights = np.cos(np.arange(result.size)).reshape(result.shape)
        np.sum(result * weights).backward()
        random = np.random.default_rng(5)
        for k, leaf in enumerate(leaves):
            step = 1e-6 * random.normal(size=leaf.shape)
            ends = []
            for sign in (1, -1):
                moved = [value + sign * step if i == k else value for i, value in enumerate(arguments.values())]
                ends.append(np.sum(below(name)(*moved) * weights))
            assert np.sum(leaf.grad * step) == pytest.approx((ends[0] - ends[1]) / 2, rel=1e-4)


def test_no_row_is_for_what_is_recorded():
    """A rule that is registered makes its row wrong."""
    names = {row.call.partition("(")[0] for row in RECIPES} | set(RULES) | set(PLAIN)
    assert [name for name in names if not name.startswith(("full", "array_")) and is_recorded(below(name))] == []


def test_every_name_is_one_of_numpy_s():
    """Also those of methods, and of what Python's math has under another name."""
    for name in {row.call.partition("(")[0] for row in RECIPES} | set(RULES) | set(PLAIN):
        assert callable(below(name)), name
    assert [name for name in METHOD_ADVICE if not hasattr(np.ndarray, name)] == []
    assert [name for name in MATH_NAMES if not hasattr(math, name)] == []


@pytest.mark.parametrize("name", METHOD_ADVICE)
def test_the_advice_for_a_method_names_the_value(name):
    """It is filled in where the person reads it."""
    assert "{x}" not in METHOD_ADVICE[name].format(x="v")
