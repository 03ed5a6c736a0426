"""At a corner several slopes fit: no number of them is called wrong, since none is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.story.asking.choosing import questions
from graphviz_ad.story.modes import story_of
from graphviz_ad.story.quiz import wrong_numbers


def told(f: Callable[..., Any], at: tuple[float, ...], mode: str) -> dict[str, bool]:
    """Return which questions are told and not asked at a place, by what they say."""
    story = story_of(gad.trace(f, *at).as_recording(), mode, 1.0 if mode == "forward" else None)
    asked = questions(story)
    numbers = wrong_numbers(story, asked, story.numbers)
    return {str(question): bool(question.several and numbers[question.several]) for question in asked}


# One at which the slopes on both sides differ, and one beside it at which they do not.
CORNERS: list[tuple[Callable[[Any], Any], float, float]] = [
    (lambda x: np.sin(np.abs(x) + 1), 0.0, 0.5),
    (lambda x: np.sin(np.maximum(x, 1.0)), 1.0, 2.0),
    (lambda x: np.sin(np.minimum(x * x, x)), 1.0, 3.0),
]


@pytest.mark.parametrize(("f", "corner", "smooth"), CORNERS, ids=["abs", "maximum", "tie"])
def test_what_has_two_slopes_is_not_asked(f: Callable[..., Any], corner: float, smooth: float) -> None:
    """Differences on both sides say where that is; beside it all is asked, and so is what does not pass the corner."""
    step = 1e-6
    for x, expected in ((corner, True), (smooth, False)):
        left, right = ((f(x + side * step) - f(x)) / (side * step) for side in (-1, 1))
        assert (abs(left - right) > 1e-3) == expected
        assert any(told(f, (x,), "reverse").values()) == expected
    assert not all(told(f, (corner,), "reverse").values())


def test_forward_mode_does_not_ask_there_either() -> None:
    """For the tangent of |x| at 0."""
    assert sum(told(lambda x: np.sin(np.abs(x) + 1), (0.0,), "forward").values()) == 1
    assert sum(told(lambda x: np.sin(np.abs(x) + 1), (0.5,), "forward").values()) == 0
