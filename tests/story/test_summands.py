"""Of which products an entry is the sum: at every entry of every array, against what the sweep sends back."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.modes import story_of
from graphviz_ad.story.summands import number_of, pushed, summands

A = np.array([[0.5, -1.2, 0.8], [1.5, 0.6, -0.4]])
S = np.array([[0.3, -0.7], [1.1, 0.4]])
V = np.array([0.2, -0.3])

PROGRAMS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "matrices": (lambda a, b: np.sum(np.sin(a @ b) * A), (S, A)),
    "matrix and vector": (lambda a, b: np.sum(np.exp(a @ b)), (A.T, V)),
    "vector and matrix": (lambda a, b: np.mean((b @ a) ** 3), (A, V)),
    "vectors": (lambda a, b: np.sin(a @ b), (V, V + 1)),
    "constants": (lambda a: np.sum(np.cos(S @ a) * A) + np.sum(np.cos(a @ A.T)), (A,)),
    "copies": (lambda a, b, c: np.sum((a * b - c) ** 2), (A, V.reshape(2, 1), A[0])),
    "moved": (
        lambda a, b: np.sum(np.sin(a.T) * S[0]) + np.sum(np.exp(a[::-1, [0, 0, 2]]) * np.stack([b, b]) ** 2),
        (A, A[1]),
    ),
    "laid out": (lambda a, b: np.sum(np.sin(np.reshape(np.concatenate([a, b]), (4, 2))) @ V), (A[0], np.ones(5))),
    "sums": (lambda a: np.sum(np.sum(a, axis=0) ** 2) + np.sum(np.mean(a, axis=1) ** 3), (A,)),
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_products_of_every_entry_add_up_to_what_goes_back(program: str) -> None:
    f, at = PROGRAMS[program]
    trace = gad.trace(f, *at)
    sweep, story = trace.reverse(), trace.story
    for edge in story.edges:
        child = trace.nodes[edge.child]
        shape = story.nodes[edge.parent].shape
        sent = np.broadcast_to(sweep.contribution(child, edge.argument), shape)
        for place in np.ndindex(*shape):
            products = summands(story, edge, place)
            numbers = [math.prod(float(number_of(x, story.numbers)) for x in one[:2]) for one in products]
            assert products or not sent[place]
            assert sum(numbers) == pytest.approx(float(sent[place]), rel=1e-9)


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_products_that_move_every_entry_add_up_to_its_tangent(program: str) -> None:
    f, at = PROGRAMS[program]
    moves = tuple(np.cos(np.arange(1.0, 1 + np.size(a))).reshape(np.shape(a)) for a in at)
    story = story_of(gad.trace(f, *at).as_recording(), "forward", moves)
    for child in {edge.child for edge in story.edges}:
        edges = [edge for edge in story.edges if edge.child == child]
        moved = np.asarray(story.numbers[Quantity("tangent", child)])
        for place in np.ndindex(*moved.shape):
            products = [one for edge in edges for one in pushed(story, edge, place)]
            numbers = [math.prod(float(number_of(x, story.numbers)) for x in one[:2]) for one in products]
            assert products
            assert sum(numbers) == pytest.approx(float(moved[place]), rel=1e-9, abs=1e-12)


def test_what_is_no_sum_of_products_has_none() -> None:
    story = gad.trace(lambda a: np.sum(np.cumsum(a)), A[0]).story
    none = {story.nodes[edge.child].primitive: not summands(story, edge, (0,)) for edge in story.edges}
    assert none == {"cumsum": True, "sum": False}
