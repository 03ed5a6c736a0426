"""Depth-first orders of the way back, against what a recursion of a few lines does."""

from __future__ import annotations

import json

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.errors import InputError


def nested(x):
    a = x * np.sin(x)
    b = a * np.sin(a)
    return b * np.sin(b)


def shared(x):
    a = np.exp(x)
    b = a * a + a
    return b * b + x


def walked(trace, *, again):
    """Return the gradient, and how many edges were passed, going back depth first."""
    goal, state = trace.inputs[0], {"gradient": 0.0, "passed": 0}
    seen = set()

    def arrive(node, g):
        if node is goal:
            state["gradient"] += g
        elif again or node.index not in seen:
            seen.add(node.index)
            for k, parent in enumerate(node.operands):
                if isinstance(parent, gad.Variable):
                    state["passed"] += 1
                    arrive(parent, g * node.local_gradients[k])

    arrive(trace.output, 1.0)
    return state["gradient"], state["passed"]


@pytest.mark.parametrize("f", [nested, shared, lambda x: np.sin(x) * x, lambda x: np.sin(np.exp(x))])
def test_both_orders_are_what_a_recursion_does(f):
    trace = gad.trace(f, 0.7)
    why = trace.why("x", schedule="naive")
    gradient, passed = walked(trace, again=True)
    assert (float(why.naive.at_once), why.naive.visits) == (pytest.approx(gradient, rel=1e-12), passed)
    assert float(why.naive.at_once) == pytest.approx(gad.grad(f)(0.7), rel=1e-12)
    assert float(why.naive.once) == pytest.approx(walked(trace, again=False)[0], rel=1e-12)


def test_the_node_that_passed_on_too_early_is_named_with_both_numbers():
    trace = gad.trace(nested, 1.8)
    text = " ".join(str(trace.why("x", schedule="naive")).split())
    wrong, _ = walked(trace, again=False)
    assert f"gives x̄ = {wrong:.5f}, which is wrong: b passed on 0.988298 when its adjoint was to become" in text
    assert "but passes 21 edges for 9: the one from a back to sin x 4 times" in text


def test_where_no_ways_meet_both_orders_are_right_and_say_so():
    text = " ".join(str(gad.trace(lambda x: x * np.sin(x), 2.0).why("x", schedule="naive")).split())
    assert "passes 3 edges as reverse mode does: no two ways meet before the end" in text
    assert "as well: here nothing arrives too late" in text


def test_where_there_are_too_many_visits_they_are_counted_and_not_made():
    def doubled(x):
        for _ in range(60):
            x = x + x
        return x

    why = gad.trace(doubled, 1.0).why("x", schedule="naive")
    assert (why.naive.visits, why.naive.at_once) == (sum(2**k for k in range(1, 61)), None)
    text = " ".join(str(why).split())
    assert "would give the same sum, but would pass about 2.30·10¹⁸ edges for 120" in text
    assert why.naive.once == 2.0


def test_between_arrays_the_sum_is_that_of_all_paths():
    w = np.array([0.1, 0.2])

    def loss(w):
        h = np.tanh(w * np.sum(w))
        return np.sum(h * h)

    why = gad.trace(loss, w).why("w", schedule="naive")
    np.testing.assert_allclose(why.naive.at_once, gad.grad(loss)(w), rtol=1e-12)
    assert not np.allclose(why.naive.once, why.gradient)


def test_it_is_told_only_when_asked_for():
    trace = gad.trace(nested, 1.8)
    assert trace.why("x").naive is None
    assert "Depth first" not in str(trace.why("x"))
    data = json.loads(trace.why("x", schedule="naive").to_json())["naive"]
    assert (data["visits"], data["early"][0]["passed"]) == (21, pytest.approx(0.988298, abs=1e-6))


def test_without_a_path_there_is_no_order():
    why = gad.trace(lambda x, y: x**2, 1.0, 2.0).why("y", schedule="naive")
    assert why.naive is None


def test_another_schedule_is_refused():
    with pytest.raises(InputError, match=r"unknown schedule 'nave'; expected one of reverse, naive\. Did you mean"):
        gad.trace(np.sin, 1.0).why("x", schedule="nave")
