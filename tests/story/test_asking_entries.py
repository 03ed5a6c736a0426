"""Of a small array one entry is asked for; differences say what it is, and what the wrong ways give."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.story.asking import Question, questions, wrong_numbers
from graphviz_ad.story.telling import tell

W = np.arange(1.0, 7.0).reshape(2, 3) / 5
X = 0.7


def loss(x: Any) -> Any:
    """Go through a matrix, entry by entry."""
    return np.sum(np.tanh(np.sin(W * x)))


def asked_of(f: Any, at: float) -> tuple[dict[str, Question], dict[Any, float]]:
    """Return the questions about entries, by what they say, and all numbers of the quiz."""
    story = tell(gad.trace(f, at))
    asked = questions(story)
    return {str(one): one for one in asked if one.entries}, wrong_numbers(story, asked, story.numbers)


def test_the_answer_and_the_known_wrong_numbers_are_those_of_differences() -> None:
    """For sin within tanh: the slope of the sum by one entry, by moving that entry."""
    asked, numbers = asked_of(loss, X)
    (text,) = [text for text in asked if "sin" in text]
    place = tuple(map(int, re.findall(r"\d+", text.split("]")[0].split("[")[1])))
    inner, step = W * X, 1e-6
    moved = np.zeros_like(W)
    moved[place] = step
    by_entry = (np.tanh(np.sin(inner + moved)).sum() - np.tanh(np.sin(inner - moved)).sum()) / (2 * step)
    arriving = (np.tanh(np.sin(inner) + moved).sum() - np.tanh(np.sin(inner) - moved).sum()) / (2 * step)
    local = (np.sin(inner + moved)[place] - np.sin(inner - moved)[place]) / (2 * step)
    expected = {"arriving": arriving, "local": local, "sum": arriving + local, "sign": -by_entry,
                "value": arriving * np.sin(inner)[place], "operand": arriving * inner[place],
                "quotient": arriving / local}  # fmt: skip
    question = asked[text]
    assert numbers[question.asked] == pytest.approx(by_entry, rel=1e-8)
    assert numbers[question.reads[0]] == pytest.approx(arriving, rel=1e-8)
    known = {slip.kind: numbers[slip.quantity] for slip in question.slips}
    assert known == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize(
    ("f", "count"),
    [
        (lambda x: np.sum(np.sin(np.arange(12.0) * x)), 1),
        (lambda x: np.sum(np.sin(np.arange(13.0) * x)), 0),
        (lambda x: np.sum(np.cumsum(np.arange(3.0) * x)), 0),
        (lambda x: np.sum(np.arange(3.0) * x), 0),
    ],
    ids=["twelve", "thirteen", "no local gradient", "summed over copies"],
)
def test_only_small_arrays_that_are_multiplied_entry_by_entry_are_asked(f: Any, count: int) -> None:
    """What has more entries, a rule of its own, or is summed on its way is told."""
    assert len(asked_of(f, 0.5)[0]) == count
