"""A page on a projector of 1280x720: the curves are large enough to be pointed at, and no step hides behind an edge."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from graphviz_ad import film

SEEN = """() => { const say = document.querySelector(".gad-say"), plot = document.querySelector(".gad-plot");
  const stages = [...say.querySelectorAll("dt")].map((node) => node.getBoundingClientRect());
  const parts = [...say.querySelectorAll("dd > *")].map((node) => node.getBoundingClientRect());
  return [plot.clientHeight, say.scrollHeight - say.clientHeight, say.scrollWidth - say.clientWidth,
    stages.some((one) => parts.some((other) => other.width && one.left < other.right - 1 && other.left < one.right - 1
      && one.top < other.bottom - 12 && other.top < one.bottom - 12))]; }"""


@pytest.mark.parametrize(
    ("f", "x"),
    [(np.sin, (-np.pi, np.pi)), (lambda x: np.log(x**2) * np.sin(x) + 1 / x, (0.5, 3))],
    ids=["sin", "log"],
)
def test_curves_have_room_and_every_step_is_whole(player: Any, f: Any, x: tuple[float, float]) -> None:
    """At each step: the curves are 170 px high, sentence and stages are not cut, and no stage covers another."""
    made = film(f, x=x).to_json()
    page = player(made, width=1280, height=720, begins=True)
    for step in range(len(made["scenes"][0]["steps"])):
        page.evaluate("(step) => mounted.set({ step })", step)
        high, below, beside, covered = page.evaluate(SEEN)
        assert high >= 170, step
        assert max(below, beside) <= 1, step
        assert not covered, step
