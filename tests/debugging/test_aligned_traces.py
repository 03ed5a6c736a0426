"""Two traces side by side: which nodes go together, how far they are apart, and where they part first."""

from __future__ import annotations

import itertools
import json
import math
import re

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.debugging.comparing.aligning import aligned
from graphviz_ad.debugging.comparing.differing import apart
from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.findings import Thresholds


def f(x):
    a = np.log(x**2)
    return a * np.sin(x) + 1 / x


def with_a_slip(x):
    a = np.log(x**2)
    return a * np.cos(x) + 1 / x


def with_a_line_more(x):
    a = np.log(x**2)
    b = np.tanh(a)
    return b * np.sin(x) + 1 / x


def names(comparison):
    """Return the primitives of the pairs."""
    return [
        (comparison.a.nodes[p.a].primitive or comparison.b.nodes[p.b].primitive)
        and comparison.a.nodes[p.a].primitive.name
        for p in comparison.pairs
    ]


def of(function, other, *args):
    return gad.compare(gad.trace(function, *args), gad.trace(other, *args))


def test_a_function_beside_itself_is_the_same():
    comparison = of(f, f, 2.0)
    assert comparison.ok
    assert comparison.first is None
    assert [(pair.a, pair.b) for pair in comparison.pairs] == [(k, k) for k in range(7)]
    assert all(pair.value.relative == pair.adjoint.relative == 0 for pair in comparison.pairs)


def test_another_operation_stands_alone_and_what_follows_it_goes_together():
    comparison = of(f, with_a_slip, 2.0)
    assert (comparison.only_a, comparison.only_b) == ((3,), (3,))
    assert names(comparison) == [None, "power", "log", "multiply", "divide", "add"]
    value, slope, adjoint = comparison.firsts
    assert (value.kind, value.pair.a, float(value.a), float(value.b)) == (
        "value",
        4,
        pytest.approx(math.log(4) * math.sin(2), rel=1e-15),
        pytest.approx(math.log(4) * math.cos(2), rel=1e-15),
    )
    assert value.apart.relative == pytest.approx(1 - math.cos(2) / math.sin(2), rel=1e-12)
    assert (slope.kind, slope.argument, float(slope.a)) == ("local gradient", 0, pytest.approx(math.sin(2)))
    assert (adjoint.kind, adjoint.pair.a, float(adjoint.b)) == ("adjoint", 2, pytest.approx(math.cos(2)))


def test_a_line_more_is_one_of_b_alone():
    comparison = of(f, with_a_line_more, 2.0)
    assert comparison.only_a == ()
    assert [comparison.b.nodes[j].primitive.name for j in comparison.only_b] == ["tanh"]
    assert comparison.first.pair.a == 4


def test_two_inputs_differ_first_in_the_input_and_branches_are_told():
    def branching(x):
        return np.sqrt(x) * 2 if x > 1 else x**2 * 2

    comparison = of(branching, branching, 2.0)
    assert comparison.ok
    comparison = gad.compare(gad.trace(branching, 2.0), gad.trace(branching, 0.5))
    assert (comparison.first.kind, comparison.first.pair.a) == ("value", 0)
    assert [comparison.a.nodes[i].primitive.name for i in comparison.only_a] == ["sqrt"]
    assert [comparison.b.nodes[i].primitive.name for i in comparison.only_b] == ["power"]


def test_of_two_dtypes_rounding_is_no_difference_and_cancellation_is_found():
    assert gad.compare(gad.trace(f, 2.0), gad.trace(f, np.float32(2.0))).ok

    def hidden(x):
        return (1 - np.cos(x)) / x**2

    comparison = gad.compare(gad.trace(hidden, 1e-3), gad.trace(hidden, np.float32(1e-3)))
    assert comparison.a.nodes[comparison.first.pair.a].primitive.name == "subtract"
    expected = (np.float32(1) - np.cos(np.float32(1e-3))).astype(float)
    exact = 2 * math.sin(0.5e-3) ** 2
    assert comparison.first.apart.relative == pytest.approx(abs(expected - exact) / max(expected, exact), rel=1e-6)


@pytest.mark.parametrize(
    ("other", "alone"), [(lambda x, y: x * np.sin(y), 2), (lambda x, y: np.sin(x) * y, 3)], ids=["second", "first"]
)
def test_of_two_nodes_of_one_primitive_the_one_of_the_same_computation_goes_together(other, alone):
    comparison = gad.compare(gad.trace(lambda x, y: np.sin(x) * np.sin(y), 1.0, 2.0), gad.trace(other, 1.0, 2.0))
    assert comparison.only_a == (alone,)
    assert comparison.only_b == ()
    assert not comparison.pairs[2].value.differs


def test_tolerance_is_an_option():
    one, other = gad.trace(f, 2.0), gad.trace(f, 2.0 + 1e-9)
    assert not gad.compare(one, other).ok
    assert gad.compare(one, other, rtol=1e-6).ok


def test_a_wrong_rule_differs_in_the_local_gradient_alone():
    """The values are the same; where they part is on the way back."""
    from graphviz_ad.extend import elementwise, temporary

    right = Examination(gad.trace(lambda x: np.sin(x) * 3, 0.5), Thresholds())
    local = right.local(1, 0)
    with temporary():
        elementwise(np.sin, lambda y, x: 2 * np.cos(x), replace=True)
        wrong = gad.trace(lambda x: np.sin(x) * 3, 0.5)
    comparison = gad.compare(gad.trace(lambda x: np.sin(x) * 3, 0.5), wrong)
    assert [first.kind for first in comparison.firsts] == ["local gradient", "adjoint"]
    assert comparison.first.pair.a == 1
    assert float(comparison.first.a) == pytest.approx(float(local)) == pytest.approx(float(comparison.first.b) / 2)


def test_inputs_go_together_by_name_whatever_their_order():
    comparison = gad.compare(gad.trace(lambda w, b: w * 2 + b, 1.0, 5.0), gad.trace(lambda b, w: w * 2 + b, 5.0, 1.0))
    assert comparison.ok
    assert [(p.a, p.b) for p in comparison.pairs][:2] == [(0, 1), (1, 0)]


def test_of_arrays_the_entry_that_is_farthest_apart_is_named():
    x = np.arange(6.0).reshape(2, 3)
    changed = x.copy()
    changed[1, 2] += 1
    comparison = gad.compare(gad.trace(lambda x: (x * 2).sum(), x), gad.trace(lambda x: (x * 2).sum(), changed))
    assert comparison.first.apart.entry == (1, 2)
    assert (comparison.first.a, comparison.first.b) == (5.0, 6.0)
    assert "at [1, 2]: 5 in a, 6 in b, 17 % apart" in " ".join(comparison.text().split())


def test_other_shapes_and_what_is_not_finite_are_said_as_such():
    with np.errstate(all="ignore"):
        shapes = gad.compare(gad.trace(np.sum, np.ones(3)), gad.trace(np.sum, np.ones(4)))
        logs = gad.compare(gad.trace(np.log, 1.0), gad.trace(np.log, 0.0))
    assert "an array of 3 in a, an array of 4 in b" in " ".join(shapes.text().split())
    assert re.search(r"log x +0 +−∞ +≠", logs.text())
    json.loads(logs.to_json())


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (1.0, 1.0, 0.0),
        (1.0, -1.0, 2.0),
        (0.0, 1e-300, 1.0),
        (np.nan, np.nan, 0.0),
        (np.inf, np.inf, 0.0),
        (np.inf, -np.inf, np.inf),
        (np.array([1.0, 100.0]), np.array([2.0, 100.0]), 0.01),
        (np.array([]), np.array([]), 0.0),
        (1 + 1j, 1 - 1j, math.sqrt(2)),
        (np.ones(2), np.ones((2, 1)), np.inf),
        (None, 1.0, np.inf),
    ],
)
def test_apart_is_the_largest_difference_beside_the_largest_number(a, b, expected):
    assert apart(a, b).relative == pytest.approx(expected)
    assert apart(b, a).relative == pytest.approx(expected)


def brute(one, other):
    """Return the most nodes of one primitive that go together in order, tried in another way: recursively."""
    from functools import cache

    @cache
    def best(k, m):
        if k == len(one) or m == len(other):
            return 0
        here = 1 + best(k + 1, m + 1) if one[k] == other[m] else 0
        return max(here, best(k + 1, m), best(k, m + 1))

    return best(0, 0)


@pytest.mark.parametrize("seed", range(12))
def test_an_alignment_keeps_the_order_and_goes_by_primitive(seed):
    """Random programs without a line in common: as many nodes go together as any search finds."""
    rng = np.random.default_rng(seed)
    functions = (np.sin, np.cos, np.tanh)

    def program(picks):
        def run(x):
            for pick in picks:
                x = functions[pick](x)
            return x

        return run

    picks = [tuple(rng.integers(0, 3, rng.integers(1, 12))) for _ in range(2)]
    exams = [Examination(gad.trace(program(own), 0.5), Thresholds()) for own in picks]
    pairs = aligned(*exams)[1:]
    assert all(exams[0].primitive(i) == exams[1].primitive(j) for i, j in pairs)
    assert all(i < k and j < m for (i, j), (k, m) in itertools.pairwise(pairs))
    # A prefix of the same computation weighs more than a longer common subsequence: it is never given up.
    same = next((k for k, (p, q) in enumerate(zip(*picks, strict=False)) if p != q), min(map(len, picks)))
    assert pairs[:same] == [(k + 1, k + 1) for k in range(same)]
    assert len(pairs) == same + brute(picks[0][same:], picks[1][same:])


def test_a_large_program_is_aligned():
    def long(n):
        def run(x):
            for k in range(n):
                x = np.sin(x) if k % 7 else np.cos(x)
            return x

        return run

    comparison = gad.compare(gad.trace(long(3000), 0.5), gad.trace(long(3001), 0.5))
    assert len(comparison.pairs) == 3001
    assert comparison.only_a == ()


def test_what_is_no_trace_is_refused_with_the_way():
    with pytest.raises(gad.GraphvizAdError, match=r"expected two traces, got .*: make one with gad\.trace\(f, x\)"):
        gad.compare(f, f)
    with pytest.raises(gad.GraphvizAdError, match="expected a number from 0 on"):
        gad.compare(gad.trace(f, 2.0), gad.trace(f, 2.0), rtol=-1)


def looped(count, odd, lone):
    """Return a program of many nodes that are written alike: one adds more, one has an operation of its own."""

    def loop(x):
        for k in range(count):
            x = np.sin(x) + (0.2 if k == odd else 0.1)
            if k == lone:
                x = np.cos(x)
        return x

    return loop


@pytest.mark.parametrize(
    ("count", "odd", "lone", "alone"),
    [(1200, 600, 650, (1303,)), (1200, 0, 1100, (2203,))],
)
def test_long_loops_go_together_and_the_rows_are_those_around_what_differs(count, odd, lone, alone):
    comparison = of(looped(count, None, None), looped(count, odd, lone), 1.0)
    assert (comparison.only_a, comparison.only_b) == ((), alone)
    assert comparison.first.pair.a == comparison.first.pair.b == 2 * odd + 2
    lines = str(comparison).splitlines()
    assert len(lines) < 80
    assert sum(line.startswith("!") for line in lines) >= 2
    assert sum(line.startswith("+") for line in lines) == len(alone)
    table = [line for line in lines if re.match(r"[ !+⋮] {2}(x|v|f|loop|\d)", line)]
    left = sum(int(line.split()[1].replace(",", "")) for line in table if line.startswith("⋮"))
    assert left + sum(not line.startswith("⋮") for line in table) == 2 * count + 1 + len(alone)


def test_loops_of_which_every_turn_differs_go_together_turn_by_turn():
    one = gad.trace(looped(600, None, None), 1.0)

    def other(x):
        for _ in range(600):
            x = np.sin(x) * 1.0 + 0.1
        return x

    comparison = gad.compare(one, gad.trace(other, 1.0))
    assert len(comparison.pairs) > 1160
    assert comparison.first is None or comparison.first.kind != "value"


def test_beside_an_input_a_constant_has_no_local_gradient():
    comparison = gad.compare(gad.trace(lambda x, y: x * y, 1.0, 2.0), gad.trace(lambda y: y * 2, 1.0))
    assert [first.kind for first in comparison.firsts][:2] == ["value", "local gradient"]
    assert "none in b" in str(comparison)


def test_what_is_returned_in_another_shape_is_said():
    """All nodes that go together are the same then."""
    x = np.array([0.3, -0.2])
    text = str(gad.compare(gad.trace(lambda x: x * 2, x), gad.trace(lambda x: np.sum(x * 2), x)))
    assert "What they return has another shape: an array of 2 in a, 0.2 in b." in text
    assert "another shape" not in str(gad.compare(gad.trace(np.sin, 1.0), gad.trace(np.sin, 2.0)))
