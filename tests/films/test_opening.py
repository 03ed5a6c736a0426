"""Where a quiz starts: where its answers say something, unless a person chose the place."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from graphviz_ad.cli.main import main
from graphviz_ad.filming import film
from graphviz_ad.films.opening import arrange_quiz
from graphviz_ad.films.sliders import arrange


def powers(x: Any) -> Any:
    """All of its slopes are 1 at 1."""
    return np.log(x) * x + 1 / x


def start(made: Any) -> list[float]:
    """Return where the sliders stand."""
    return [float(slider.values[slider.start]) for slider in made.sliders]


def test_a_quiz_starts_where_fewer_answers_can_be_guessed() -> None:
    """Near where it would: closed forms at both places say how many answers are 0, 1 or −1."""
    assert start(film(powers, x=(0.0, 2.0))) == [1.0]
    assert start(film(powers, x=(0.0, 2.0), quiz=True)) == [1.5]
    # v̄ of the sum twice, which is 1 anywhere; then x·(1/x) = 1 from log, log x from x, −1/x² from 1/x and two sums.
    answers = {x: [1, 1, x, np.log(x), 1.0, -1 / x**2, 1 + np.log(x), 1 + np.log(x) - 1 / x**2] for x in (1.0, 1.5)}
    dull = {x: sum(value in (-1, 0, 1) for value in own) for x, own in answers.items()}
    assert dull[1.5] < dull[1.0]


def test_where_it_is_as_good_it_starts_where_it_would() -> None:
    """At 2 as without a quiz."""
    assert start(film(lambda x: np.log(x**2) * np.sin(x) + 1 / x, x=(0.5, 3), quiz=True)) == [2.0]


@pytest.mark.parametrize(
    ("sliders", "at"),
    [({"x": (0.0, 2.0)}, {"x": 1.0}), ({"x": (0.0, 2.0, 0.5), "y": (0, 4, 1)}, {"x": 1.0, "y": 2.0})],
    ids=["one", "two"],
)
def test_a_place_that_was_chosen_stays(sliders: dict[str, Any], at: dict[str, float]) -> None:
    """As `arrange` has it."""

    def f(x: Any, y: Any = 2.0) -> Any:
        return powers(x) * y

    expected = start(arrange(f, sliders, at=at, who="film"))
    assert start(arrange_quiz(f, sliders, at=at, who="film")) == expected == list(at.values())


def test_what_raises_nearby_does_not_matter() -> None:
    """The places at which f raises are passed over; where it does so everywhere, sampling says it."""

    def f(x: Any) -> Any:
        if x > 1:
            raise ValueError("too far")
        return powers(x)

    assert start(arrange_quiz(f, {"x": (0.0, 2.0)}, who="film")) == [0.5]
    assert start(arrange_quiz(lambda x: x @ x, {"x": (0.0, 2.0)}, who="film")) == [1.0]


def test_the_command_line_starts_there_too(tmp_path: Any, monkeypatch: Any) -> None:
    """And at the place that is given, where one is."""
    monkeypatch.chdir(tmp_path)
    command = ["log(x)*x + 1/x", "--x", "0:2", "--quiz", "--no-open"]
    for more, place in (([], "1.5"), (["--at", "x=1"], "1")):
        assert main([*command, *more, "-o", "quiz.html"]) == 0
        assert f'"where":"x = {place}' in (tmp_path / "quiz.html").read_text(encoding="utf-8")
