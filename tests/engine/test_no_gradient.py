"""The gradient of a computed value is None, with a warning that names the way to get it."""

from __future__ import annotations

import inspect
import warnings

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.errors import NoGradientWarning


def test_a_value_in_the_middle_says_how_to_get_its_adjoint():
    """And that works when followed literally."""
    a, b = gad.Variable(2.0), gad.Variable(-3.0)
    with gad.record() as trace:
        e = a * b
        loss = (e + 10.0) * -2.0
    loss.backward()
    with pytest.warns(
        NoGradientWarning, match=r"e\.grad is None.*by multiply.*trace\.reverse\(\)\.adjoint\(e\)"
    ) as seen:
        assert e.grad is None
    assert seen[0].filename == __file__
    assert trace.reverse().adjoint(e) == -2.0


def test_a_leaf_that_was_updated_by_an_operator_says_how_to_make_a_new_one():
    """With the statement of the person's own."""
    w = gad.Variable(np.array([1.0, -2.0]), name="w")
    (w**2).sum().backward()
    w -= 0.1 * w.grad
    with pytest.warns(NoGradientWarning, match=r"write w = gad\.Variable\(w\.value - 0\.1 \* w\.grad\)"):
        assert w.grad is None
    w = gad.Variable(np.array([1.0, -2.0]))
    (w**2).sum().backward()
    w = gad.Variable(w.value - 0.1 * w.grad)
    (w**2).sum().backward()
    np.testing.assert_allclose(w.grad, 2 * np.array([0.8, -1.6]))


UPDATES = [
    ("w = w - rate * w.grad", "w"),
    ("w = w * 0.9 - rate * w.grad", "w"),
    ("w, v = w - rate * w.grad, v - rate * v.grad", "v"),
    ("w = np.maximum(w - rate * w.grad,\n    0.0)", "w"),
    ("step = rate * w.grad; w = w - step", "w"),
    ("w = w.T - rate * w.grad", "w"),
    ("box.w = box.w - rate * box.w.grad", "box.w"),
    ("leaves = [w, v]; leaves[0] = leaves[0] - rate * leaves[0].grad", "leaves[0]"),
]


@pytest.mark.parametrize(("update", "name"), UPDATES, ids=[update for update, _ in UPDATES])
def test_a_leaf_that_was_assigned_an_update_of_itself_says_how_to_make_a_new_one(update, name, tmp_path):
    """The statement that the warning names makes a leaf with the same value, of which there is a gradient."""
    setup = """
import types
w, v, rate = gad.Variable([1.0, -2.0]), gad.Variable([3.0, 1.0]), 0.1
box = types.SimpleNamespace(w=w)
(w**2 * v).sum().backward()
"""

    def run(statements):
        program = tmp_path / f"program_{len(statements)}.py"
        program.write_text(setup + statements)
        scope = {"gad": gad, "np": np}
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            exec(compile(program.read_text(), str(program), "exec"), scope)
        return eval(name, scope), "".join(str(warning.message) for warning in seen)

    updated, warning = run(f"{update}\n{name}.grad")
    statement = warning.partition("to update a leaf write ")[2].partition(", which is")[0]
    assert statement.startswith(f"{name} = gad.Variable("), warning
    leaf, silence = run(f"{update.rpartition(';')[0]}\n{statement}\n({name}**2).sum().backward()")
    assert silence == ""
    np.testing.assert_array_equal(updated.value, leaf.value)
    np.testing.assert_allclose(leaf.grad, 2 * leaf.value)


def test_an_update_in_a_comprehension_says_what_to_put_there():
    """There is no name that it is assigned to."""
    leaves = [gad.Variable(3.0)]
    (leaves[0] ** 2).backward()
    leaves = [w - 0.1 * w.grad for w in leaves]
    with pytest.warns(NoGradientWarning, match=r"leaf write gad\.Variable\(w\.value - 0\.1 \* w\.grad\), which"):
        assert leaves[0].grad is None


@pytest.mark.parametrize("statement", ["x = x * 2", "x = x - x.sum()", "x = x + 1.0", "x = x - 0.1 * x.grad"])
def test_what_is_no_update_of_a_leaf_keeps_its_way_to_the_adjoint(statement, tmp_path):
    """A new leaf would cut the graph there; the last is a step that is differentiated itself."""
    scope = {"gad": gad, "x": gad.Variable([1.0, 2.0])}
    (scope["x"] ** 2).sum().backward(create_graph=True)
    program = tmp_path / "program.py"
    program.write_text(f"{statement}\nx.grad")
    with pytest.warns(NoGradientWarning, match=r"trace\.reverse\(\)\.adjoint\(x\)"):
        exec(compile(program.read_text(), str(program), "exec"), scope)


def test_it_is_said_once_a_line():
    """A loop is not told again and again."""
    y = gad.Variable(2.0) * 3.0
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("default")
        for _ in range(3):
            assert y.grad is None
    assert len(seen) == 1


def test_leaves_and_what_inspects_objects_hear_nothing():
    """Warnings are errors here."""
    x = gad.Variable(2.0)
    assert x.grad is None
    assert ("grad", None) in inspect.getmembers(x * 3.0)
