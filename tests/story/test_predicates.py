"""What becomes of an adjoint in a structural rule is said as a sentence, and it is what happens."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.engine.notation import MatrixProduct
from graphviz_ad.story import predicates
from graphviz_ad.story.predicates import predicate
from tests.engine.test_rules import STRUCTURAL
from tests.story.test_settings import nodes_of

V, W = np.array([3.0, -1.0, 2.0, 0.5]), np.array([0.5, 2.0, -1.0, 4.0])
M = np.array([[1.0, 2.0], [3.0, 4.0]])


def placed(adjoint: Any) -> Any:
    """Return four zeros, with two numbers at 1 and 3."""
    return np.array([0.0, adjoint[0], 0.0, adjoint[1]])


HAPPENS = {
    "a mean": (lambda x: np.mean(x), V, "is shared out equally", lambda a: np.full(4, a / 4)),
    "a sum": (lambda x: np.sum(x), V, "goes back to every summand", lambda a: np.full(4, a)),
    "two sums": (lambda x: np.sum(x, axis=0), M, "go back, each to all of its summands", lambda a: np.tile(a, (2, 1))),
    "a cumulative sum": (np.cumsum, V, "are added up from each place to the end", lambda a: np.cumsum(a[::-1])[::-1]),
    "picked": (lambda x: x[[1, 3]], V, "go back, each to its place", placed),
    "the largest": (np.max, V, "goes back to the largest", lambda a: np.array([a, 0, 0, 0])),
    "the range": (
        np.ptp, V, "goes back to the highest, and with a minus to the lowest", lambda a: np.array([a, -a, 0, 0])
    ),
    "a condition": (
        lambda x: np.where(V > 1, x, 0.0), V, "count where the condition is true", lambda a: np.where(V > 1, a, 0)
    ),
    "else": (
        lambda x: np.where(V > 1, 0.0, x), V, "count where the condition is false", lambda a: np.where(V > 1, 0, a)
    ),
    "bounds": (lambda x: np.clip(x, 0, 2.5), V, "count within the bounds", lambda a: a * ((V > 0) & (V < 2.5))),
    "a triangle": (np.tril, M, "keep their lower triangle", np.tril),
    "rolled": (lambda x: np.roll(x, 1), V, "are rolled back", lambda a: np.roll(a, -1)),
    "turned": (np.rot90, M, "are turned back", lambda a: np.rot90(a, -1)),
    "copies": (lambda x: np.tile(x, (2, 1)), V, "are added up over the copies", lambda a: a.sum(axis=0)),
    "a norm": (np.linalg.norm, V, "is multiplied by each entry's share", lambda a: a * V / np.sqrt((V**2).sum())),
    "a product": (np.prod, V, "is multiplied by the product of the others", lambda a: a * np.prod(V) / V),
    "a variance": (np.var, V, "is multiplied by 2(u − mean)/n", lambda a: a * 2 * (V - V.mean()) / 4),
    "a determinant": (np.linalg.det, M, "is multiplied by the cofactors", lambda a: a * np.array([[4, -3], [-2, 1]])),
}  # fmt: skip


@pytest.mark.parametrize("case", HAPPENS)
def test_a_rule_is_told_as_a_sentence_and_does_what_that_says(case: str) -> None:
    """In full words, with a verb; computed by NumPy alone."""
    program, point, said, does = HAPPENS[case]
    trace = gad.trace(program, point)
    shape = np.shape(trace.output.value)
    adjoint = np.arange(1.0, 1.0 + np.prod(shape)).reshape(shape)[()]
    np.testing.assert_allclose(trace.reverse(adjoint).adjoint(trace.nodes[0]), does(adjoint), atol=1e-12)
    whole = str(next(step for step in trace.steps(detail="beginner") if step.kind == "local"))
    assert f" {said}. This gives " in whole


def test_what_the_picture_alone_has_words_for_is_marked_as_its_words() -> None:
    """A label is no end of a sentence."""
    (step,) = [s for s in gad.trace(lambda a: np.linalg.inv(a), M).steps(detail="beginner") if s.kind == "local"]
    assert "by the rule of a⁻¹ (in the picture: minus, between inversesᵀ). This gives " in str(step)


def test_every_sentence_is_that_of_a_rule() -> None:
    """Of the registry's cases; what no rule says would be a dead row."""
    labels = {
        node.primitive.words(node.params, k)
        for name in STRUCTURAL
        for node in nodes_of(name)
        for k in range(len(node.operands))
        if node.primitive.rule(k) is not None and not isinstance(node.primitive.notation, MatrixProduct)
    }
    assert {*predicates._SENTENCES, *predicates._ONE_BY_ONE} <= labels
    assert all(any(pattern.fullmatch(label) for label in labels) for pattern, _ in predicates._KINDS)
    assert all(predicate(label, one=False).split(" ")[0] not in predicates._SEVERAL for label in labels)
