"""A recorded program, run again: as it was, with changes, with other inputs and in other numbers."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.debugging.remedies.precision import ARITHMETICS
from graphviz_ad.debugging.remedies.replaying import Change, Program, mended
from tests.debugging.remedies.real_numbers import floats, in_reals, reals

W = np.array([[0.5, -1.0], [1.5, 2.0]])


def with_writes(x):
    y = np.exp(x)
    y[0] = 3.0 * x[1]
    y *= 2.0
    return np.sum(y * x)


def with_masks(x):
    return np.sum(np.where(x > 0.4, np.sqrt(x), x**2)) + np.max(x) * np.clip(x[0], 0.0, 0.3)


def with_matrices(x):
    h = np.tanh(W @ x)
    return np.linalg.norm(h) + np.mean(np.stack([h, x]), axis=0)[1]


def with_a_cut(x):
    return np.sum(x * np.exp(x).detach())


def with_a_loop(x):
    for _ in range(5):
        x = np.sin(x) + 0.1 * x
    return x[0] * x[1]


PROGRAMS = [with_writes, with_masks, with_matrices, with_a_cut, with_a_loop]
X = np.array([0.3, 0.7])


@pytest.mark.parametrize("function", PROGRAMS)
def test_without_changes_it_is_the_same_program(function):
    """Values and adjoints to the last bit, and each node at its line."""
    trace = gad.trace(function, X)
    again = mended(trace, [])
    assert [node.primitive for node in again.nodes] == [node.primitive for node in trace.nodes]
    assert [str(node.site) for node in again.nodes] == [str(node.site) for node in trace.nodes]
    for one, other in zip(trace.nodes, again.nodes, strict=True):
        np.testing.assert_array_equal(one.value, other.value)
    np.testing.assert_array_equal(*(t.reverse().adjoint(t.inputs[0]) for t in (trace, again)))


@pytest.mark.parametrize("function", [with_masks, with_a_loop])
@pytest.mark.parametrize("arithmetic", ARITHMETICS, ids=["decimals", "long-doubles", "doubles"])
def test_with_other_inputs_it_is_the_function(function, arithmetic):
    """Beside mpmath, through which the function itself runs."""
    moved = X + 0.01
    value = Program(gad.trace(function, X)).run([moved], arithmetic)
    assert float(value) == pytest.approx(float(floats(in_reals(function)(reals(moved)))), rel=1e-15)


def test_numbers_of_80_digits_see_what_floats_lose():
    """1 − cos x at a tiny x, to all digits of a float."""
    value = Program(gad.trace(lambda x: 1.0 - np.cos(x), 1e-9)).run([1e-9], ARITHMETICS[0])
    with mpmath.workdps(80):
        assert float(value) == float(1 - mpmath.cos(mpmath.mpf(1e-9))) != 1 - np.cos(1e-9)


def test_what_is_cut_off_does_not_move():
    """A detached value is a constant, also where its input moves."""
    program = Program(gad.trace(lambda x: x * np.exp(x).detach(), 1.0))
    assert float(program.run([2.0], ARITHMETICS[1])) == 2.0 * np.exp(1.0)


def test_a_change_of_an_operand_is_differentiated():
    """√(2x) in the place of √x: both its value and its slope."""
    trace = gad.trace(lambda x: np.sqrt(x) + 1.0, 4.5)
    again = mended(trace, [Change(trace.nodes[1], 0, "2.0 * a", {"a": trace.nodes[0]})])
    assert float(again.output.value) == 4.0
    assert float(again.reverse().adjoint(again.inputs[0])) == pytest.approx(1 / 3, rel=1e-15)
    assert float(trace.output.value) != 4.0


def test_a_change_of_every_turn_of_a_loop():
    """The letters of each turn stand for what is there in that turn."""
    trace = gad.trace(with_a_loop, X)
    sines = [node for node in trace.nodes if node.primitive is not None and node.primitive.name == "sin"]
    again = mended(trace, [Change(node, None, "np.cos(a)", {"a": node.operands[0]}) for node in sines])
    x = X
    for _ in range(5):
        x = np.cos(x) + 0.1 * x
    assert float(again.output.value) == x[0] * x[1]


def test_a_mended_trace_can_be_shown():
    """It is a trace, whose story is that of the mended program, with the person's names."""
    trace = gad.trace(with_masks, X)
    root = next(node for node in trace.nodes if node.primitive is not None and node.primitive.name == "sqrt")
    again = mended(trace, [Change(root, 0, "np.abs(a)", {"a": trace.inputs[0]})])
    assert isinstance(again, gad.Trace)
    assert again.inputs[0].name == "x"
    assert any("|x|" in str(step) for step in again.steps())


def test_a_change_after_which_a_comparison_comes_out_otherwise_is_refused():
    """What was recorded is then no longer what the function would do."""

    def f(x):
        y = np.exp(x)
        return y if y > 1 else 2.0 * y

    trace = gad.trace(f, 0.5)
    assert mended(trace, [Change(trace.nodes[1], 0, "-a", {"a": trace.nodes[0]})]) is None
    assert mended(trace, [Change(trace.nodes[1], 0, "2.0 * a", {"a": trace.nodes[0]})]) is not None
