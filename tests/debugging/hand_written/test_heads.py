# ruff: noqa: N803  (the names of mathematics)
"""Slips in the heads of loops and conditions: which line is blamed, what is proposed; right heads are let be."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

import graphviz_ad as gad

RANDOM = np.random.default_rng(3)
STEPS = RANDOM.normal(size=(5, 3))
W0, H0 = RANDOM.normal(size=(3, 3)), RANDOM.normal(size=3)


def forward(W, h):
    hs = [h]
    for t in range(len(STEPS)):
        h = np.tanh(W @ h + STEPS[t])
        hs.append(h)
    return np.sum(h**2), hs


BACKWARD = """
def backward(W, h, hs):
    dW = np.zeros_like(W)
    dh = 2 * hs[-1]
    {loop}
        if t {sign} 0:
            da = dh * (1 - hs[t + 1] ** 2)
            dW += np.outer(da, hs[t])
            dh = W.T @ da
    return dW, dh
"""
RIGHT = "for t in reversed(range(len(STEPS))):"


def checked(tmp_path, loop=RIGHT, sign=">="):
    """Return the report on that backward pass, from a file of its own."""
    file = tmp_path / "net.py"
    file.write_text(BACKWARD.format(loop=loop, sign=sign))
    names = {"np": np, "STEPS": STEPS}
    exec(compile(file.read_text(), str(file), "exec"), names)
    return gad.check_backward(forward, names["backward"], W0, H0)


@pytest.mark.parametrize(
    ("loop", "remedy"),
    [
        ("for t in range(len(STEPS)):", RIGHT),
        ("for t in reversed(range(len(STEPS) - 1)):", RIGHT),
        ("for t in reversed(range(1, len(STEPS))):", "for t in reversed(range(0, len(STEPS))):"),
        ("for t in range(len(STEPS) - 1, 0, -1):", "for t in range(len(STEPS) - 1, -1, -1):"),
        ("for t in range(len(STEPS) - 2, -1, -1):", "for t in range(len(STEPS) - 1, -1, -1):"),
    ],
)
def test_a_loop_that_leaves_out_a_turn_or_goes_the_other_way_is_the_only_wrong_line(tmp_path, loop, remedy):
    report = checked(tmp_path, loop)
    [line] = [line for line in report.lines if line.verdict == "wrong"]
    assert (line.line, line.name, line.code, line.remedy, line.slip) == (5, "for", loop, remedy, "other")
    assert checked(tmp_path, remedy).ok
    # It stands where the loop stands, and what stands in it waits for it.
    numbers = [one.line for one in report.lines]
    assert numbers == sorted(numbers)
    inner = [one for one in report.lines if one.line in (7, 8, 9)]
    assert {one.verdict for one in inner} <= {"right", "inherits", "unknown"}
    assert all("line 5" in one.words for one in inner if one.verdict == "inherits")
    assert f"5 +     {remedy}" in str(report)


def test_a_condition_that_asks_for_the_opposite_is_the_only_wrong_line(tmp_path):
    for sign, remedy in (("<", "if t >= 0:"), (">", "if t >= 0:")):
        [line] = [line for line in checked(tmp_path, sign=sign).lines if line.verdict == "wrong"]
        assert (line.line, line.name, line.remedy) == (6, "if", remedy)


def test_right_heads_are_no_lines_of_the_report(tmp_path):
    report = checked(tmp_path)
    assert report.ok
    assert {line.line for line in report.lines} == {3, 4, 7, 8, 9, 10}


@pytest.mark.parametrize(
    ("loop", "right", "wrong", "remedy"),
    [
        ("for t in range(len(STEPS)):", "2 * hs", "3 * hs", "dh = 2 * hs[-1]"),
        ("for t in reversed(range(len(STEPS) - 1)):", "hs[t + 1] ** 2", "hs[t + 1]", "da = dh * (1 - hs[t + 1]**2)"),
    ],
)
def test_a_wrong_head_and_a_wrong_line_are_both_blamed(tmp_path, loop, right, wrong, remedy):
    """Neither makes anything right alone; the two proposed lines together do."""
    names = {"np": np, "STEPS": STEPS}
    file = tmp_path / "net.py"
    file.write_text(BACKWARD.format(loop=loop, sign=">=").replace(right, wrong))
    exec(compile(file.read_text(), str(file), "exec"), names)
    report = gad.check_backward(forward, names["backward"], W0, H0)
    blamed = {line.name: line for line in report.lines if line.verdict == "wrong"}
    assert len(blamed) == 2
    assert any(line.verdict == "inherits" for line in report.lines)
    assert blamed.pop("for").remedy == RIGHT
    [line] = blamed.values()
    assert line.remedy == remedy
    assert "with both put right" in line.proof
    exec(file.read_text().replace(line.code, remedy).replace(loop, RIGHT), names)
    assert gad.check_backward(forward, names["backward"], W0, H0).ok


def test_a_function_is_as_it_was_after_its_heads_were_tried(tmp_path):
    file = tmp_path / "net.py"
    file.write_text(BACKWARD.format(loop="for t in range(len(STEPS)):", sign=">="))
    names = {"np": np, "STEPS": STEPS}
    exec(compile(file.read_text(), str(file), "exec"), names)
    backward = names["backward"]
    code = backward.__code__
    gad.check_backward(forward, backward, W0, H0)
    assert backward.__code__ is code
    assert inspect.getsource(backward).lstrip().startswith("def backward")
    assert {"np", "STEPS", "backward"} >= {name for name in names if not name.startswith("__")}


def test_a_repair_of_what_raises_is_believed_only_where_gradients_come_of_it():
    """Something that runs and returns nothing of use is no cure."""

    class Layer:
        def __init__(self):
            self.W = W0.copy()

        def forward(self, x):
            return x @ self.W

        def backward(self, dout):
            self.dW = self.x.T @ dout
            return dout @ self.W.T

    layer = Layer()
    report = gad.check_backward(layer.forward, layer.backward, RANDOM.normal(size=(2, 3)))
    assert not report.ok
    assert report.first_wrong.remedy is None
    assert "no attribute 'x'" in report.first_wrong.sentence


def test_a_repair_after_which_nothing_is_returned_is_none():
    """What raises only where it computes its gradients, and is run without that, gives none."""

    def forward_of(x):
        return np.sum(x**2)

    def backward(x):
        dx = x.nothing * 2
        return None if dx is x else (None,)

    report = gad.check_backward(forward_of, backward, np.ones(3))
    assert not report.ok
    assert all(line.remedy is None for line in report.lines)
