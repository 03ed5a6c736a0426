"""Ctrl-C at any instruction of ours: nothing is half written, and what comes next is right."""

from __future__ import annotations

import warnings
from contextlib import suppress

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.engine import watch
from tests.fuzz.programs import program
from tests.fuzz.seeds import cases
from tests.interrupting import at_moment, instructions, interrupt


@pytest.fixture(autouse=True)
def quiet():
    """Overflow and NaN are no news here."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield
        assert watch.current() is None  # which takes away what an interrupt has left


def slopes_of(steps, leaves):
    """Return the gradients by a pullback, which no earlier sweep has a part in."""
    fresh = [gad.Variable(leaf.value) for leaf in leaves]
    np.sum(steps(*fresh)).backward()
    return [np.zeros(x.shape) if x.grad is None else x.grad for x in fresh]


ACTIONS = {
    "backward": lambda y, leaves, steps: y.backward(),
    "recorded": lambda y, leaves, steps: y.backward(create_graph=True),
    "released": lambda y, leaves, steps: y.backward(retain_graph=False),
    "pullback": lambda y, leaves, steps: gad.vjp(lambda *xs: np.sum(steps(*xs)), *leaves)[1](1.0),
    "trace": lambda y, leaves, steps: gad.trace(lambda *xs: np.sum(steps(*xs)), *leaves).reverse(),
}


def plain(gradient):
    """Return a gradient as NumPy has it."""
    return getattr(gradient, "value", gradient)


@cases(120)
def test_after_an_interrupt_the_next_backward_is_whole(seed):
    """Gradients were added to all leaves or to none, and no mark of a sweep is left."""
    steps = program(seed, [np.float64], steps=5, finite=True)
    random = np.random.default_rng(seed)
    name = list(ACTIONS)[int(random.integers(len(ACTIONS)))]

    def begin():
        leaves = [gad.Variable(leaf) for leaf in steps.leaves]
        return leaves, np.sum(steps(*leaves))

    leaves, y = begin()
    if not isinstance(y, gad.Variable):
        return
    expected = slopes_of(steps, leaves)
    count = instructions(lambda: ACTIONS[name](y, leaves, steps))
    leaves, y = begin()
    with suppress(KeyboardInterrupt):
        at_moment(int(random.integers(count)), interrupt, lambda: ACTIONS[name](y, leaves, steps))
    written = [x.grad is not None for x in leaves]
    factors = 1 if any(written) else 0
    for leaf, slope in zip(leaves, expected, strict=True):
        if leaf.grad is not None:
            np.testing.assert_allclose(plain(leaf.grad), slope, rtol=1e-12, err_msg=f"{name}\n{steps}")
        else:
            assert not factors or not np.any(slope), f"{name}: half written\n{steps}"
    try:
        y.backward()
    except gad.GraphvizAdError:
        assert name == "released"
        return
    for leaf, slope in zip(leaves, expected, strict=True):
        grad = np.zeros(leaf.shape) if leaf.grad is None else plain(leaf.grad)
        np.testing.assert_allclose(grad, (1 + factors) * slope, rtol=1e-12, atol=1e-300, err_msg=f"{name}\n{steps}")
    with gad.record() as recording:
        z = leaves[0] * 2
    assert recording.output is z
