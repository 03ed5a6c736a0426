"""Both modes of one recording: each as it is told alone, and what they say to each other across a cut."""

from __future__ import annotations

from itertools import chain, combinations
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.draw.scene import find_cuts
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.both import tell_both, turn
from graphviz_ad.story.cuts import cut_through, total
from graphviz_ad.story.modes import story_of
from graphviz_ad.story.steps import Story
from graphviz_ad.story.topology import renumber

W = np.array([[0.3, -0.2, 0.5], [0.1, 0.7, -0.4]])


def worked(x: Any) -> Any:
    """Use x three times, one of them far below."""
    a = np.log(x**2)
    return a * np.sin(x) + 1 / x


def shared(x: Any) -> Any:
    """Meet x again beside what was made of it."""
    return x * np.sin(x) * np.exp(x)


def network(x: Any) -> Any:
    """Go through arrays."""
    return np.sum(np.tanh(W @ np.stack([x, x * x, np.cos(x)])) ** 2)


def stopped(x: Any) -> Any:
    """Cut one of two ways on purpose."""
    return x.detach() * x + x


# The derivatives in closed form.
SLOPES = {
    worked: lambda x: 2 / x * np.sin(x) + np.log(x**2) * np.cos(x) - 1 / x**2,
    shared: lambda x: np.exp(x) * (np.sin(x) + x * np.cos(x) + x * np.sin(x)),
    network: lambda x: float(
        2
        * np.sum(
            np.tanh(W @ np.array([x, x * x, np.cos(x)]))
            * (1 - np.tanh(W @ np.array([x, x * x, np.cos(x)])) ** 2)
            * (W @ np.array([1, 2 * x, -np.sin(x)]))
        )
    ),
    stopped: lambda x: x + 1,
}


def told(f: Any, x: float) -> Story:
    """Tell both modes at a place."""
    return tell_both(gad.trace(f, x).as_recording())


@pytest.mark.parametrize("f", SLOPES)
def test_each_mode_is_told_as_it_is_told_alone(f: Any) -> None:
    """Steps, sentences and numbers are those of the two stories, the values once."""
    story, recording = told(f, 2.0), gad.trace(f, 2.0).as_recording()
    onward, back = story_of(recording, "forward"), story_of(recording, "reverse")
    values = sum(step.kind == "evaluate" for step in back.steps)
    assert [str(step) for step in story.steps] == list(map(str, (*onward.steps, *back.steps[values:])))
    assert [step.index for step in story.steps] == list(range(len(story.steps)))
    assert story.steps[turn(story)].kind == "seed"
    for key, value in chain(onward.numbers.items(), back.numbers.items()):
        np.testing.assert_array_equal(story.numbers[key], value)


@pytest.mark.parametrize("f", SLOPES)
@pytest.mark.parametrize("x", [0.4, 2.0])
def test_the_products_add_up_to_the_slope_across_every_cut(f: Any, x: float) -> None:
    """Wherever all ways from x to the result are cut: for every set of nodes that has what its nodes are made of."""
    story = told(f, x)
    inner = range(1, len(story.nodes) - 1)
    sets = (frozenset((0, *own)) for size in range(len(inner) + 1) for own in combinations(inner, size))
    parents = {i: {edge.parent for edge in story.edges if edge.child == i} for i in range(len(story.nodes))}
    closed = [own for own in sets if all(parents[i] <= own for i in own)]
    cuts = cut_through(story, closed)
    assert len(cuts) == len(closed) > 2
    sums = [float(total(cut, story.edges, story.numbers)) for cut in cuts]
    np.testing.assert_allclose(sums, SLOPES[f](x), rtol=1e-12)


def test_a_cut_says_what_it_adds_up() -> None:
    """Nodes whose uses all lie below it, else nodes whose operands all lie above it, else one edge at a time."""
    story = told(worked, 2.0)
    names = [card.symbol.text for card in story.nodes]
    assert names == ["x", "v₁", "a", "v₃", "v₄", "v₅", "worked"]
    (whole, mixed) = cut_through(story, [frozenset((0,)), frozenset((0, 1, 3))])
    assert whole.terms == (Quantity("adjoint", 0),)
    assert mixed.terms == (Quantity("adjoint", 1), Quantity("adjoint", 3), Quantity("adjoint", 5))
    (single,) = cut_through(told(shared, 2.0), [frozenset((0, 2))])
    assert "via" not in single.formula.text
    assert cut_through(story, [frozenset(), frozenset(range(7))]) == ()


def test_an_edge_stands_for_itself_where_neither_end_is_cut_off_whole() -> None:
    """Here x is used above the cut too, and the product below it has an operand below."""

    def f(x: Any) -> Any:
        a = np.sin(x)
        return x * np.exp(a) + a

    story = told(f, 0.7)
    (cut,) = cut_through(story, [frozenset((0, 1))])
    assert {term.kind for term in cut.terms} == {"adjoint", "contribution"}
    assert "via" in cut.formula.text
    expected = np.exp(np.sin(0.7)) * (1 + 0.7 * np.cos(0.7)) + np.cos(0.7)
    np.testing.assert_allclose(total(cut, story.edges, story.numbers), expected, rtol=1e-14)


@pytest.mark.parametrize("f", SLOPES)
def test_the_numbers_of_another_place_are_found_without_telling_again(f: Any) -> None:
    """Tangents, adjoints, and the sums along the cuts of the picture."""
    story = find_cuts(told(f, 2.0))
    assert story.cuts
    other = find_cuts(told(f, 0.4))
    for key, value in renumber(story, gad.trace(f, 0.4).as_recording()).items():
        np.testing.assert_array_equal(value, other.numbers[key])
    for cut in other.cuts:
        np.testing.assert_allclose(other.numbers[cut.total], SLOPES[f](0.4), rtol=1e-12)


def test_a_constant_is_told_and_cut_nowhere() -> None:
    """Where the result depends on no input there is nothing to add up."""
    story = find_cuts(told(lambda x: 3.0, 2.0))
    assert story.cuts == ()
    assert not any(step.kind in ("push", "local") for step in story.steps)
