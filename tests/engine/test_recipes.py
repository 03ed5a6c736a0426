"""Every recipe works when followed literally, and none is for what is recorded."""

from __future__ import annotations

import ast
import math
import re

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad import errors
from graphviz_ad.engine.advice import is_recorded
from graphviz_ad.engine.recipes import MATH_NAMES, METHOD_ADVICE, PLAIN, RECIPES

MATRIX = np.array([[2.0, 0.3, -0.4], [0.1, 1.5, 0.2], [-0.6, 0.7, 3.0]])
VALUES = {
    "x": np.array([0.7, 1.9, 1.2]),
    "y": np.array([1.1, 0.4, 2.3]),
    "A": MATRIX,
    "B": MATRIX[::-1] + 0.25,
    "row": np.array([[0.7, 1.9]]),
    "s": np.float64(0.8),
    "t": np.float64(2.2),
    "rows": [np.array([1.5, 2.5]), np.array([3.5, 0.5])],
    "matrices": [MATRIX, MATRIX + 1],
    "numbers": [np.float64(1.5), np.float64(0.5)],
}
LISTS = ("rows", "matrices", "numbers")
PLAIN_VALUES = {"n": 2, "axis": 0}


def below(name):
    """Return NumPy's function under a dotted name; None where this NumPy has none yet."""
    thing = np
    for part in name.split("."):
        thing = getattr(thing, part, None)
    return thing


ROWS = [row for row in RECIPES if below(row.call.partition("(")[0]) is not None]


def letters(row):
    """Return the letters of a recipe that stand for something to differentiate."""
    return [letter for letter in VALUES if letter in {n.id for n in ast.walk(ast.parse(row.call)) if hasattr(n, "id")}]


def evaluate(source, names):
    """Run an expression with these values for its letters."""
    return eval(source, {"np": np, "math": math, **PLAIN_VALUES, **names})


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.call)
def test_a_recipe_has_numpy_s_value_and_its_slope(row):
    """Compared with NumPy's own function, and with differences of it in random directions."""
    values, names = dict(VALUES), letters(row)
    numpy_call = f"np.{row.call}"
    expected = np.asarray(evaluate(numpy_call, values))
    leaves = {
        name: [gad.Variable(v) for v in values[name]] if name in LISTS else gad.Variable(values[name]) for name in names
    }
    result = evaluate(row.instead, leaves)
    np.testing.assert_allclose(result.value, expected, rtol=1e-12)
    weights = np.cos(np.arange(expected.size)).reshape(expected.shape)
    np.sum(result * weights).backward()
    random = np.random.default_rng(3)
    for name in names:
        step = (
            [1e-6 * random.normal(size=np.shape(v)) for v in values[name]]
            if name in LISTS
            else 1e-6 * random.normal(size=np.shape(values[name]))
        )
        ends = []
        for sign in (1, -1):
            moved = (
                [v + sign * d for v, d in zip(values[name], step, strict=True)]
                if name in LISTS
                else values[name] + sign * step
            )
            ends.append(np.sum(evaluate(numpy_call, {**values, name: moved}) * weights))
        if name in LISTS:
            slope = sum(np.sum(leaf.grad * d) for leaf, d in zip(leaves[name], step, strict=True))
        else:
            slope = 0.0 if leaves[name].grad is None else np.sum(leaves[name].grad * step)
        assert slope == pytest.approx((ends[0] - ends[1]) / 2, rel=1e-4, abs=1e-12)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.call)
def test_a_recipe_is_told_for_its_call_and_works_when_followed(row, tmp_path):
    """The call is refused, and what the error says to write has NumPy's value. So has what it says of another row."""
    path = tmp_path / "program.py"
    names = letters(row)
    path.write_text(f"def f({', '.join(names)}):\n    return np.{row.call}\n")
    scope = {"np": np, "math": math, **PLAIN_VALUES}
    exec(compile(path.read_text(), str(path), "exec"), scope)
    leaves = [
        [gad.Variable(v) for v in VALUES[name]] if name in LISTS else gad.Variable(VALUES[name]) for name in names
    ]
    with pytest.raises((errors.UnsupportedError, errors.LeakError)) as caught:
        scope["f"](*leaves)
    way = re.search(r": write (.*?) instead", str(caught.value))
    assert way is not None, str(caught.value)
    followed = evaluate(way[1], {**scope, **dict(zip(names, leaves, strict=True))})
    np.testing.assert_allclose(followed.value, evaluate(f"np.{row.call}", VALUES), rtol=1e-12)


def test_no_row_is_for_what_is_recorded():
    """A rule that is registered makes its row wrong."""
    names = {row.call.partition("(")[0] for row in RECIPES} | set(PLAIN)
    assert [name for name in names if not name.startswith(("full", "array_")) and is_recorded(below(name))] == []


def test_every_name_is_one_of_numpy_s():
    """Also those of methods, and of what Python's math has under another name."""
    for name in {row.call.partition("(")[0] for row in RECIPES} | set(PLAIN):
        assert callable(below(name)) or name in ("matvec", "vecmat"), name
    assert [name for name in METHOD_ADVICE if not hasattr(np.ndarray, name)] == []
    assert [name for name in MATH_NAMES if not hasattr(math, name)] == []


@pytest.mark.parametrize("name", METHOD_ADVICE)
def test_the_advice_for_a_method_names_the_value(name):
    """It is filled in where the person reads it."""
    assert "{x}" not in METHOD_ADVICE[name].format(x="v", plain="v")
