"""Primitives of any number of operands: everything that is done with them takes time linear in their number."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.extend import structural, temporary
from tests.interrupting import instructions

JOINS = {
    "stack": lambda xs: np.stack(xs),
    "stack along the last axis": lambda xs: np.stack(xs, axis=-1),
    "concatenate": lambda xs: np.concatenate(xs),
    "with constants between": lambda xs: np.concatenate([x for pair in zip(xs, xs[::-1], strict=True) for x in pair]),
}


def nothing_more(t, sweep):
    """Ask for the contribution of every edge."""
    for node in t.nodes:
        for k in range(len(node.operands)):
            sweep.contribution(node, k)


ACTIONS = {
    "backward": lambda t: t.output.backward(),
    "backward that is recorded": lambda t: t.output.backward(create_graph=True),
    "sweep": lambda t: t.reverse(),
    "contributions": lambda t: nothing_more(t, t.reverse()),
    "story": lambda t: t.story,
    "table": lambda t: str(t),
}


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
@pytest.mark.parametrize("join", JOINS.values(), ids=JOINS)
def test_what_is_done_with_many_operands_is_linear(join, action):
    """Twice as many take twice as long, and not four times."""

    def work(count):
        xs = [gad.Variable(np.full(2, float(k))) for k in range(count)]
        with gad.record() as t:
            np.sum(join(xs) ** 2)
        return instructions(lambda: action(t))

    work(4)  # what is worked out once and kept, such as where names stand in this file
    assert work(240) < 2.5 * work(120)


@pytest.mark.parametrize("join", JOINS.values(), ids=JOINS)
def test_every_operand_gets_its_piece(join):
    """By differences."""
    values = [np.array([1.0, 2.0]), np.array([-3.0, 0.5]), np.array([4.0, 5.0])]
    xs = [gad.Variable(value) for value in values]
    y = np.sum(join(xs) ** 3)
    y.backward()
    step = 1e-6
    for x, value in zip(xs, values, strict=True):
        for i in range(2):
            ends = []
            for sign in (1, -1):
                moved = [v.copy() for v in values]
                moved[next(k for k, v in enumerate(values) if v is value)][i] += sign * step
                ends.append(np.sum(join(moved) ** 3))
            assert np.isclose(x.grad[i], (ends[0] - ends[1]) / (2 * step), rtol=1e-6)


def test_a_rule_of_one_s_own_may_answer_for_each_argument():
    """What it works out for all of them it works out once."""
    calls = []

    def back(adjoint, y, *xs):
        calls.append(len(xs))
        return lambda argument: adjoint * (argument + 1)

    with temporary():
        weighted = structural(
            "weighted", lambda *xs: sum((k + 1) * x for k, x in enumerate(xs)), back, variadic=True, curried=True
        )
        xs = [gad.Variable(float(k)) for k in range(5)]
        weighted(*xs).backward()
    assert [float(x.grad) for x in xs] == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert calls == [5]


def test_a_curried_rule_without_an_answer_is_an_error():
    """As for other rules."""
    with temporary():
        nothing = structural("nothing", lambda *xs: xs[0], lambda adjoint, y, *xs: None, variadic=True, curried=True)
        y = nothing(gad.Variable(1.0), gad.Variable(2.0))
        with pytest.raises(gad.errors.InputError, match="the VJP rule of nothing returned None"):
            y.backward()


def test_only_what_takes_any_number_of_operands_is_curried():
    """A rule of one operand has no argument to answer for."""
    with temporary(), pytest.raises(gad.errors.InputError, match=r"curried=True .* variadic=True"):
        structural("one", lambda x: x, lambda adjoint, y, x: adjoint, curried=True)
