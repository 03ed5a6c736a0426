"""What is not known yet is not shown, where a film reveals by steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.errors import InputError


def worked(x: Any) -> Any:
    """Use x three times."""
    return np.log(x**2) * np.sin(x) + 1 / x


SEEN = """step => {
  mounted.set({ step });
  const seen = (name) => document.querySelector(name).checkVisibility({ visibilityProperty: true });
  return [".gad-reads .value span", ".gad-dot", ".gad-reads .HUE span", ".gad-df", ".gad-diamond", ".gad-tangent",
    ".gad-name.HUE", ".gad-f"].map(seen);
}"""


@pytest.mark.parametrize(("mode", "hue"), [("reverse", "adjoint"), ("forward", "tangent")])
def test_each_comes_with_the_step_that_finds_it(player: Any, mode: str, hue: str) -> None:
    made = gad.film(worked, x=(0.5, 3, 0.25), mode=mode, reveal="steps").to_json()
    steps = made["scenes"][0]["steps"]
    evaluated = max(i for i, step in enumerate(steps) if step["kind"] == "evaluate")
    page = player(made)
    for step in range(len(steps)):
        f, slope = step >= evaluated, step == len(steps) - 1
        assert page.evaluate(SEEN.replace("HUE", hue), step) == [f, f, *[slope] * 5, True], step


def test_both_derivatives_of_two_sliders_are_waited_for(player: Any) -> None:
    made = gad.film(np.multiply, x=(0, 1, 0.25), y=(0, 1, 0.25), reveal="steps").to_json()
    last = len(made["scenes"][0]["steps"]) - 1
    page = player(made)
    shown = [page.evaluate(SEEN.replace("HUE", "adjoint"), step)[2] for step in range(last + 1)]
    assert shown == [False] * last + [True]


def test_all_is_shown_at_once_unless_asked(player: Any) -> None:
    page = player(gad.film(worked, x=(0.5, 3, 0.25)).to_json())
    assert page.evaluate(SEEN.replace("HUE", "adjoint"), 0) == [True] * 8
    page.evaluate("mounted.set({ reveal: 'steps' })")
    assert page.evaluate(SEEN.replace("HUE", "adjoint"), 0) == [False] * 7 + [True]


def test_a_derivative_that_no_step_finds_is_shown_at_the_end(player: Any) -> None:
    """A constant is never reached from the output, whose gradient is 0 all the same."""
    made = gad.film(lambda x: x * 0 + 1 if x > 9 else 1.0, x=(0, 1, 0.25), reveal="steps").to_json()
    last = len(made["scenes"][0]["steps"]) - 1
    assert player(made).evaluate(SEEN.replace("HUE", "adjoint"), last) == [True] * 8


def test_another_word_is_refused() -> None:
    with pytest.raises(InputError, match=r"film: unknown reveal 'step'; expected 'all' or 'steps'. Did you mean"):
        gad.film(np.sin, x=(0, 1), reveal="step")


def test_the_page_of_a_trace_reveals_by_steps_and_asks_as_it_is_saved(tmp_path: Any) -> None:
    for name, options in {"plain": {}, "steps": {"reveal": "steps"}, "quiz": {"quiz": True}}.items():
        gad.trace(worked, 2.0).save(tmp_path / f"{name}.html", **options)
    texts = {path.stem: path.read_text() for path in tmp_path.iterdir()}
    assert [name for name, text in texts.items() if '"reveal":"steps"' in text] == ["steps"]
    assert [name for name, text in texts.items() if '"questions":[' in text] == ["quiz"]
