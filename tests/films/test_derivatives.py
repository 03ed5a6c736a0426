"""The derivatives that a film writes out, against closed forms."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from graphviz_ad.filming import film
from graphviz_ad.films.sampling import Sampler
from graphviz_ad.films.sliders import arrange


def written(f: Callable[..., Any], mode: str = "reverse", **inputs: Any) -> list[tuple[int, str]]:
    """Return what the steps of a film's first scene write out, each with its step."""
    sampler = Sampler(arrange(f, inputs, who="film"), "film", mode)
    sampler.sample(sampler.start)
    return [(step, stage.formula.text) for step, stage in sorted(sampler.shots[0].written.items())]


def test_each_slider_has_its_own_where_its_adjoint_is_complete() -> None:
    """By x and by y, once each, at the steps that write x̄ and ȳ for the last time; of a fixed number there is none."""
    sampler = Sampler(arrange(lambda x, y, c: c * x * np.sin(y) + y, {"x": (0, 1), "y": (0, 1), "c": 3.0}, who="film"),
                      "film")  # fmt: skip
    sampler.sample(sampler.start)
    story = sampler.shots[0].story
    ends = {step.node: step.index for step in story.steps if step.kind in ("local", "accumulate")}
    lines = sampler.shots[0].written
    texts = [lines[ends[node]].formula.text for node in story.inputs[:2]]
    assert len(lines) == 2
    assert [re.sub(r"\s", "", text) for text in texts] == ["∂f/∂x=c·siny", "∂f/∂y=1+c·x·cosy"]


@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_one_slider_has_f_prime_at_the_step_that_finds_it(mode: str) -> None:
    """Which is the last one, in both directions."""
    ((step, text),) = written(lambda x: np.sin(x) * x, mode, x=(0, 1))
    assert text == "f′(x) = sin x + x · cos x"
    assert step == (8 if mode == "reverse" else 5)  # x, sin x, f; f̄ and four more, or three pushes


def test_both_modes_write_it_out_once_each() -> None:
    """At the step that finds f′ forward, and at the one that finds it backward."""
    assert [text for _, text in written(np.sin, "both", x=(0, 1))] == ["f′(x) = cos x"] * 2


def test_what_is_too_long_or_does_not_depend_is_left_out() -> None:
    """A loop's derivative is not written out, nor that of a function that returns a plain number."""

    def long(x: Any) -> Any:
        for _ in range(9):
            x = np.sin(x) + 1 / x
        return x

    assert written(long, x=(1, 2)) == []
    assert written(lambda x: 1.0, x=(0, 1)) == []


def test_it_is_the_last_line_of_its_step_in_a_film() -> None:
    """And not of the story, which other formats tell too."""
    scene = film(np.sin, x=(0, 1)).to_json()["scenes"][0]
    labels = [[stage["label"] for stage in step["stages"]] for step in scene["steps"]]
    assert [row[-1] for row in labels if "written out" in row] == ["written out"]
    assert "<mi>cos</mi>" in scene["steps"][-1]["stages"][-1]["mathml"]
