"""The benchmarks measure what they say: the derivatives by hand are right, and every contender computes the same."""

from __future__ import annotations

import itertools
from time import process_time

import numpy as np
import pytest
from benchmarks.contenders import CONTENDERS, load
from benchmarks.fresh import LINKS, in_fresh_process, ten_nodes
from benchmarks.report import GOALS, main
from benchmarks.timing import BATCH, deviation, interleave
from benchmarks.workloads import WORKLOADS, chain

import graphviz_ad as gad

# A shorter chain is differentiated instead of the long ones.
SHORT = [name for name in WORKLOADS if name not in ("W2b", "W2c")]


def complex_step(program, *values, at=0, index=()):
    """Return one partial derivative, exact to rounding."""
    shifted = [np.array(value, dtype=complex) for value in values]
    shifted[at][index] += 1e-20j
    return program(np, *(value[()] for value in shifted)).imag / 1e-20


@pytest.mark.parametrize("name", ["W1", "W2a"])
def test_scalar_derivatives_by_hand_are_right(name):
    """They agree with complex steps."""
    workload = WORKLOADS[name]
    assert workload.by_hand()() == pytest.approx(complex_step(workload.program, *workload.inputs), rel=1e-11)


@pytest.mark.parametrize("at", [0, 3, 7])
def test_the_recurrences_derivative_by_hand_is_right(at):
    """One entry agrees with a difference of the program on plain numbers."""
    workload, (w,) = WORKLOADS["W8"], WORKLOADS["W8"].inputs
    step = 1e-6 * np.eye(8)[at]
    expected = (workload.program(np, w + step) - workload.program(np, w - step)) / 2e-6
    assert workload.by_hand()()[at] == pytest.approx(expected, rel=1e-6)


def test_the_elementwise_derivative_by_hand_is_right():
    """Each number depends on its own input only, so a few of them are enough."""
    workload = WORKLOADS["W4"]
    some = workload.inputs[0][:5]
    expected = [complex_step(workload.program, some, index=(i,)) for i in range(5)]
    np.testing.assert_allclose(workload.by_hand()()[:5], expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize(("at", "index"), [(0, (3, 7)), (1, (9,)), (2, (5, 5)), (3, (0,)), (4, (200, 9)), (5, (0,))])
def test_the_networks_derivative_by_hand_is_right(at, index):
    """One entry of each parameter agrees with a complex step."""
    workload = WORKLOADS["W5"]
    expected = complex_step(
        lambda m, *parameters: workload.program(m, *parameters, *workload.constants),
        *workload.inputs,
        at=at,
        index=index,
    )
    assert workload.by_hand()()[at][index] == pytest.approx(expected, abs=1e-12)


def test_the_second_derivative_by_hand_is_right():
    """It agrees with differences of the first."""
    first = WORKLOADS["W1"].hand
    expected = (first(1.3 + 1e-6)() - first(1.3 - 1e-6)()) / 2e-6
    assert WORKLOADS["W6a"].by_hand()() == pytest.approx(expected, abs=1e-7)


def test_the_hessian_by_hand_is_right():
    """Its diagonal agrees with differences of complex steps."""
    workload = WORKLOADS["W6b"]

    def slope(x):
        return complex_step(lambda m, x: m.sin(x) ** 2 * x, x)

    expected = [(slope(x + 1e-6) - slope(x - 1e-6)) / 2e-6 for x in workload.inputs[0]]
    np.testing.assert_allclose(workload.by_hand()(), np.diag(expected), rtol=0, atol=1e-7)


def test_the_branching_derivative_by_hand_is_right():
    """The function is linear in between, so its slope is f(a)/a."""
    workload = WORKLOADS["W7"]
    for a in (0.37, -0.37):
        assert workload.hand(a)() == workload.program(np, np.float64(a)) / a


@pytest.mark.parametrize("keep", [False, True], ids=["fresh", "kept"])
@pytest.mark.parametrize("name", SHORT)
@pytest.mark.parametrize("contender", CONTENDERS)
def test_contenders_agree_with_the_derivative_by_hand(contender, name, keep):
    """Also when they run again, on leaves that were kept."""
    found, missing = load((contender,) if contender != "graphviz_ad" else ())
    if contender in missing:
        pytest.skip(f"peer library {contender} is not installed")
    run = found[contender].gradient(name, WORKLOADS[name], keep)
    if run is None:
        assert contender in ("micrograd", "mygrad")
        return
    expected = WORKLOADS[name].by_hand()()
    for _ in range(2):
        assert deviation(run(), expected) <= 1e-9


def test_runs_are_interleaved():
    """Every round runs each contender once more."""
    calls = []

    def a():
        calls.append("a")
        _spend(BATCH)

    def b():
        calls.append("b")
        _spend(BATCH)

    timings = interleave({"a": a, "b": b}, rounds=2)
    assert [name for name, _ in itertools.groupby(calls)] == ["a", "b"] * 3  # warming up, and two rounds
    assert timings["a"].ratio == 1
    assert len(timings["b"].seconds) == 2


def _spend(seconds):
    end = process_time() + seconds
    while process_time() < end:
        pass


def test_a_wrong_gradient_is_noticed():
    """By number, shape, and NaN."""
    right = np.ones(3)
    assert deviation([1.0, 1.0, 1.0], right) == 0
    assert deviation([1.0, 1.0, 1.1], right) == pytest.approx(0.1)
    assert deviation(np.ones(4), right) == float("inf")
    assert deviation([1.0, 1.0, np.nan], right) == float("inf")


def test_the_table_shows_times_ratios_and_the_goal(capsys):
    """For the smallest workload, without peers."""
    assert main(["W1", "--rounds", "1", "--peers", "none"]) == 0
    lines = capsys.readouterr().out.splitlines()
    (ours,) = [line.split() for line in lines if line.split()[:1] == ["graphviz_ad"] and "<=" in line]
    assert ours[ours.index("<=") + 1] == f"{GOALS['W1']:g}"
    assert ours[-1] in ("reached", "MISSED")
    assert any(line.split()[:1] == ["hand"] and line.split()[3] == "1" for line in lines)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["W9"], "unknown 'W9'; expected one of W1"),
        (["--rounds", "0"], "expected a number from 1, got '0'"),
        (["--peers", "jax"], "unknown peer 'jax'; expected none, all or some of torch"),
    ],
)
def test_wrong_arguments_are_explained(arguments, message, capsys):
    """And nothing is timed."""
    with pytest.raises(SystemExit):
        main(arguments)
    assert message in capsys.readouterr().err


def test_a_fresh_process_measures():
    """One of the measurements, for all."""
    assert in_fresh_process("allocated")["bytes"] > 0


def test_what_is_drawn_and_kept_has_the_size_named():
    """Ten nodes in the picture; as many links as the long chain of the workloads."""
    assert len(gad.trace(ten_nodes, 2.0).nodes) == 10
    assert len(gad.trace(lambda x: chain(5)(np, x), 0.5).nodes) == 1 + 3 * 5
    assert 3 * LINKS == 99_999
