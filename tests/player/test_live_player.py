"""The player while numbers are still coming: what is shown belongs together at every moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from graphviz_ad.draw import theme
from graphviz_ad.films.sampling import Sampler
from graphviz_ad.films.sliders import arrange
from graphviz_ad.films.writing import Developer
from graphviz_ad.player.script import asset, script

MOUNT = """async ([source, style, film]) => {
  document.head.append(Object.assign(document.createElement('style'), { textContent: style }));
  const { mount, makeReel } = await import(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
  window.asked = [], window.told = [];
  window.reel = makeReel(film);
  window.player = mount(document.querySelector('#here'), film, { reel, ask: (stop) => asked.push(stop) });
  window.player.on('change', (state) => told.push(state));
}"""


class Live:
    """A player of a film that is not complete, with what Python has to give at hand."""

    def __init__(self, page: Any, f: Callable[..., Any], stops: list[int], **sliders: Any) -> None:
        self.page = page
        self.sampler = Sampler(arrange(f, sliders, who="explore"), "explore")
        self.developer = Developer(self.sampler)
        for stop in stops:
            self.sampler.sample(stop)
        style = theme.tokens_css(".gad") + theme.css() + asset("player.css")
        page.set_content("<div id=here style='width:1100px'></div>")
        page.evaluate(MOUNT, [script() + "export { mount, makeReel };", style, self.developer.film()])

    def slide(self, *index: int) -> None:
        """Move the thumbs as a person does, by the index of the stop on each slider."""
        for k, i in enumerate(index):
            move = "(node, to) => { node.value = to; node.dispatchEvent(new Event('input')); }"
            self.page.locator(".gad-x").nth(k).evaluate(move, i)

    def answer(self, *stops: int) -> None:
        """Give the player what f is there."""
        for stop in stops:
            self.sampler.sample(stop)
        self.page.evaluate("batch => reel.add(batch)", self.developer.batch(list(stops)))

    def reads(self) -> list[str]:
        """Return the numbers at the head, as they stand there."""
        return [text.strip().replace("\u2212", "-") for text in self.page.locator(".gad-reads dd").all_inner_texts()]

    def late(self) -> None:
        """Let the time pass after which the player says that it waits; on its own it does not pass in these pages."""
        self.page.clock.run_for(400)
        self.page.wait_for_selector(".gad-wait:visible")


@pytest.fixture
def live(chromium: Any) -> Iterator[Callable[..., Live]]:
    """Open a player of a film that is not complete; nothing may go wrong in its page."""
    context = chromium.new_context(viewport={"width": 1200, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield lambda f, stops, **sliders: Live(page, f, stops, **sliders)
    context.close()
    assert problems == []


def square(x: Any) -> Any:
    """A square, whose derivative everybody knows."""
    return x * x


def test_what_is_shown_belongs_together_until_the_answer_comes(live: Any) -> None:
    """The thumb runs ahead; x, f and f' stay those of one place, and then become those of the new one."""
    shown = live(square, [0, 20, 27, 40], x=(0, 4, 0.1))
    shown.slide(20)
    assert list(map(float, shown.reads())) == [2.0, 4.0, 4.0]
    shown.slide(31)
    assert shown.page.evaluate("asked") == [31]
    assert list(map(float, shown.reads())) == [2.0, 4.0, 4.0]
    shown.answer(31)
    assert shown.reads()[0] == "3.1"
    assert np.allclose(list(map(float, shown.reads())), [3.1, 3.1**2, 6.2], atol=1e-6)


def test_a_late_answer_is_waited_for_in_sight(live: Any) -> None:
    """After a moment the head shows the place of the thumb without numbers, and the picture says whose it is."""
    shown = live(square, [0, 20, 27, 40], x=(0, 4, 0.1))
    shown.slide(33)
    shown.late()
    assert shown.reads() == ["3.3", "", ""]
    assert "Waiting for Python" in shown.page.inner_text(".gad-wait")
    shown.answer(33)
    assert shown.page.locator(".gad-wait:visible").count() == 0
    assert np.allclose(list(map(float, shown.reads())), [3.3, 3.3**2, 6.6], atol=1e-6)


def test_an_answer_for_a_place_that_was_left_is_not_shown(live: Any) -> None:
    """The thumb has gone on: the number that comes belongs to another x and only joins the curve."""
    shown = live(square, [0, 20, 27, 40], x=(0, 4, 0.1))
    shown.slide(20)
    shown.slide(33)
    shown.slide(10)
    shown.answer(33)
    assert shown.page.evaluate("asked") == [33, 10]
    assert list(map(float, shown.reads())) == [2.0, 4.0, 4.0]
    shown.answer(10)
    assert list(map(float, shown.reads())) == [1.0, 1.0, 2.0]


def test_a_place_off_the_grid_is_shown_exactly(live: Any) -> None:
    """0.3 between stops of 0.25: the number is 0.3, the thumb stands there, and a key brings it back to the grid."""
    shown = live(square, list(range(17)), x=(0, 4, 0.25))
    shown.page.evaluate("point => player.set({ point })", shown.developer.point([0.3]))
    assert shown.reads()[0] == "0.3"
    assert np.allclose(list(map(float, shown.reads())), [0.3, 0.09, 0.6], atol=1e-6)
    assert shown.page.locator(".gad-x").evaluate("node => Number(node.value)") == pytest.approx(0.3 / 0.25)
    assert shown.page.evaluate("[told.length, player.state.values[0]]") == [0, 0.3]
    shown.page.focus(".gad-x")
    shown.page.keyboard.press("ArrowRight")
    values = shown.page.evaluate("told.at(-1).values")
    assert values == [0.5]
    assert list(map(float, shown.reads())) == [0.5, 0.25, 1.0]


def test_where_f_raises_an_answer_says_so(live: Any) -> None:
    """The error of a place that is asked for is shown there, above the last good picture."""

    def root(x: Any) -> Any:
        if x < 0:
            raise ValueError("no root of a negative number")
        return np.sqrt(x)

    shown = live(root, [60, 80], x=(-4, 4, 0.1))
    shown.slide(80)
    shown.slide(3)
    shown.answer(3)
    assert "no root of a negative number" in shown.page.inner_text(".gad-notice")
    assert shown.reads()[1:] == ["—", "—"]
    shown.slide(80)
    assert float(shown.reads()[1]) == 2.0


def test_a_new_graph_arrives_with_its_numbers(live: Any) -> None:
    """Sliding into a branch that was not met before brings its scene."""

    def bent(x: Any) -> Any:
        return x * x if x > 0 else np.exp(x)

    shown = live(bent, [30, 40], x=(-2, 2, 0.1))
    shown.slide(40)
    shown.slide(0)
    shown.answer(0)
    assert np.allclose(list(map(float, shown.reads())), [-2, np.exp(-2), np.exp(-2)], atol=1e-6)
    assert "exp" in shown.page.inner_text(".gad-table")
    shown.slide(40)
    assert np.allclose(list(map(float, shown.reads())), [2, 4, 4])


def test_three_sliders_ask_and_show(live: Any) -> None:
    """Three sliders have too many places for a film: each is asked for."""

    def plane(a: Any, b: Any, c: Any) -> Any:
        return a * b + c

    shown = live(plane, [0], a=(0, 1, 0.5), b=(0, 2, 0.5), c=(-1, 1, 0.5))
    shown.slide(2, 4, 1)
    stop = 2 * 25 + 4 * 5 + 1
    assert shown.page.evaluate("asked.at(-1)") == stop
    shown.answer(stop)
    assert list(map(float, shown.reads())) == [1.0, 2.0, -0.5, 1.5, 2.0, 1.0, 1.0]


def test_kinks_come_when_all_stops_are_known(live: Any) -> None:
    """Then the slider has its tick, the table its row, and the corner its two slopes."""
    shown = live(np.abs, [0, 8], x=(-1, 1, 0.25))
    marks = [".gad-tick", ".gad-kinks tbody tr", ".gad-limit"]
    assert [shown.page.locator(mark).count() for mark in marks] == [0, 0, 0]
    assert not shown.page.locator(".gad-kinks").is_visible()
    shown.answer(1, 2, 3, 4)
    assert [shown.page.locator(mark).count() for mark in marks] == [0, 0, 0]
    shown.answer(5, 6, 7)
    assert [shown.page.locator(mark).count() for mark in marks] == [1, 1, 2]
    shown.slide(4)
    assert shown.page.locator(".gad-side:visible").count() == 2
    assert " has a corner at 0: slope −1 on the left" in shown.page.locator(".gad-remark").inner_text()
