"""What is said of a place only: where NaN and infinity are born, what a where did not choose, corners and jumps."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.story import conventions
from graphviz_ad.story.births import births, births_going_back
from graphviz_ad.story.remarks import remarks
from tests import conventions as running
from tests.peers import torch


def told(f, *args, mode="reverse"):
    """Return the steps of a trace as text."""
    with np.errstate(all="ignore"):
        return [str(step) for step in gad.trace(f, *args).steps(mode=mode)]


def remarked(f, *args):
    """Return the remarks of a trace as pairs of a step and a text."""
    with np.errstate(all="ignore"):
        story = gad.trace(f, *args).story
    said = remarks(story, story.numbers)
    return [(one.step, "".join(p if isinstance(p, str) else p.text for p in one.words)) for one in said]


# The function, the place, the node in the order of the trace, and a word of the reason.
BORN = [
    (lambda x: np.log(x) + 1, -1.0, 1, "NaN", "logarithm of a negative number"),
    (lambda x: np.log(x) + 1, 0.0, 1, "−∞", "logarithm of 0"),
    (lambda x: np.log10(x * 2), -1.0, 2, "NaN", "logarithm of a negative number"),
    (lambda x: np.log1p(x), -2.0, 1, "NaN", "below −1"),
    (lambda x: np.sqrt(x) * 2, -4.0, 1, "NaN", "square root of a negative number"),
    (lambda x: x / x, 0.0, 1, "NaN", "0 divided by 0"),
    (lambda x: 1 / x, 0.0, 1, "∞", "division by 0"),
    (lambda x: x**0.5, -1.0, 1, "NaN", "no whole number"),
    (lambda x: x**-2.0, 0.0, 1, "∞", "0 to a negative power"),
    (lambda x: np.arcsin(x), 2.0, 1, "NaN", "arcsin of a number beyond −1 … 1"),
    (lambda x: np.arccos(x), -2.0, 1, "NaN", "arccos of a number beyond −1 … 1"),
    (lambda x: np.arccosh(x), 0.5, 1, "NaN", "below 1"),
    (lambda x: np.exp(x) * 0.5, 1000.0, 1, "∞", "more than the largest float"),
]


@pytest.mark.parametrize(("f", "x", "node", "what", "why"), BORN)
def test_where_a_value_that_is_none_is_born(f, x, node, what, why):
    """At the first node that makes it of numbers, with the reason; the step that evaluates it says so."""
    with np.errstate(all="ignore"):
        story = gad.trace(f, x).story
    (birth,) = births(story, story.numbers)
    assert (birth.position, birth.what) == (node, what)
    assert why in birth.why
    step = next(step for step in story.steps if step.node == node and step.kind == "evaluate")
    assert f"{what} is born here: {birth.why}." in str(step)


def test_where_f_has_no_value_it_has_no_slope():
    """1/x is −1 at −1, but log x is nothing there: the story tells no number, and says where NaN came from."""
    steps = told(lambda x: np.log(x) + 1, -1.0)
    assert steps[3] == "f is NaN here, born at step 2, in log x: it has no slope there."
    assert steps[4:] == ["f is NaN here: there is no slope to take back."] * 2
    forward = told(lambda x: np.log(x) + 1, -1.0, mode="forward")
    assert "it has no slope there" in forward[3]
    assert forward[-1].endswith("ḟ is NaN.") or "NaN" in forward[-1]


def test_a_branch_that_where_did_not_choose():
    """It gets 0; and where its own slope is no number, NaN is born, which the story leads back to the branch."""
    steps = told(lambda x: np.where(x > 0, np.sqrt(x), 0.0) * 2, 0.0)
    assert steps[6].endswith("√x is not chosen here: what goes back to it is 0.")
    assert "NaN is born here: 0 times ∞. The 0 stands for √x, which is not chosen (step 7)." in steps[7]
    assert not any("not chosen" in step for step in told(lambda x: np.where(x > 0, np.sqrt(x), 0.0) * 2, 4.0))


def test_nan_that_comes_to_an_input_is_led_back_to_its_birth():
    """Also where it passes other nodes on its way."""
    steps = told(lambda x: np.where(x >= 0, x, np.sqrt(-x)), 1.0)
    assert steps[8].startswith("Back through √v₁")
    assert "NaN is born here: 0 times NaN." in steps[8]
    assert steps[10].endswith("What makes x̄ NaN was born at step 9, in √v₁.")


def test_an_edge_that_sends_nan_is_found():
    """The rule of sqrt at 0, times the 0 of the branch that was not chosen."""
    with np.errstate(all="ignore"):
        story = gad.trace(lambda d: np.where(d > 1, np.sqrt(d), 0.0).sum(), np.array([4.0, 0.0])).story
    (birth,) = births_going_back(story, story.numbers)
    assert story.nodes[birth.edge.child].primitive == "sqrt"
    assert birth.why == "0 times ∞"


# The function, the place, and what its remark must have.
CORNERS = [
    (np.abs, 0.0, ["|x| has a corner at 0", "−1 on the left, 1 on the right", "0 is taken", "PyTorch", "JAX"]),
    (lambda x: np.fabs(x) * 2, 0.0, ["has a corner at 0"]),
    (lambda x: np.maximum(x, 0.0), 0.0, ["Both sides are equal here", "each side gets half"]),
    (lambda x: np.minimum(x, 2 * x), 0.0, ["Both sides are equal here"]),
    (np.sqrt, 0.0, ["stands upright", "∞"]),
    (lambda x: np.max(np.stack([x, 1 - x, 0 * x])), 0.5, ["2 entries are equal here", "1/2"]),
    (lambda x: np.clip(x, 0.0, 1.0), 1.0, ["at the bound"]),
    (lambda x: np.linalg.norm(np.stack([x, 2 * x])), 0.0, ["has a corner where all entries are 0", "0 is taken"]),
    (lambda x: np.abs(np.stack([x, x + 1])).sum(), 0.0, ["1 entry is 0, where |v₂| has a corner", "0 is taken"]),
    (
        lambda x: np.maximum(np.stack([x, x, 9]), 1).sum(),
        1.0,
        ["2 entries are equal on both sides", "each side gets half"],
    ),
    (np.sign, 0.0, ["jumps here, from −1 to 1"]),
    (np.floor, 2.0, ["jumps here, from 1 to 2"]),
    (np.ceil, 2.0, ["jumps here, from 2 to 3"]),
    (np.trunc, -2.0, ["jumps here, from −2 to −1"]),
    (np.rint, 2.5, ["jumps here, from 2 to 3"]),
    (lambda x: np.heaviside(x, 0.5), 0.0, ["jumps here, from 0 to 1"]),
]


@pytest.mark.parametrize(("f", "x", "words"), CORNERS)
def test_a_corner_is_told_at_its_step(f, x, words):
    """And beside it nothing is."""
    (own,) = [text for _, text in remarked(f, x) if "not chosen" not in text]
    for word in words:
        assert word in own
    assert remarked(f, x + 0.25) == []


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (lambda x: x * np.abs(x), 0.0),
        (lambda x: np.abs(x) ** 2, 0.0),
        (lambda x: np.maximum(x, x), 1.0),
        (lambda x: 0 * np.sign(x), 0.0),
        (lambda x: np.trunc(x), 0.0),
        (lambda x: np.linalg.norm(np.stack([x, x]), 1), 0.0),
        (lambda x: (np.abs(np.stack([x, x + 1])) * np.array([0.0, 1.0])).sum(), 0.0),
        (lambda x: np.maximum(np.stack([x, x + 1]), np.stack([x, x])).sum() * 0, 0.0),
        (lambda x: np.sin(x), 0.0),
    ],
)
def test_a_corner_that_does_not_matter_is_not_told(f, x):
    """Its slope has no part in the derivative."""
    assert remarked(f, x) == []


def test_a_healthy_story_has_no_remarks():
    """Sentences are as they were."""
    assert (
        told(np.sin, 0.0)[-1]
        == "Back through sin x: sin's slope is cos, so f̄ = 1 is multiplied by cos x = 1. x̄, the slope of f at this x, "
        "is 1."
    )


def test_what_others_take_is_what_they_take():
    """PyTorch is run again, in whichever version is here; our own slope always."""
    for name, taken in conventions.TAKEN.items():
        np.testing.assert_equal(running.ours(name), taken.here)


@pytest.mark.parametrize("name", running.PROGRAMS)
def test_pytorch_takes_what_the_table_says(name):
    """The table says with which version it was made."""
    assert torch.tensor is not None
    np.testing.assert_equal(running.of_torch(name), conventions.TAKEN[name].pytorch)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("absolute", "PyTorch takes 0 too, JAX 1"),
        ("fabs", "JAX takes 1"),
        ("maximum", "PyTorch and JAX take 0.5 too"),
        ("clip", "PyTorch takes 1, JAX 0.5 too"),
        ("relu", "PyTorch and JAX take 0"),
        ("norm", "PyTorch takes 0 too, JAX NaN"),
        ("sin", ""),
    ],
)
def test_what_others_take_in_words(name, words):
    """As it stands in a sentence."""
    assert conventions.elsewhere(name) == words
