"""Both modes in the player: one picture, of which one mode is shown, the other, or both."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from graphviz_ad.filming import film

axe = pytest.importorskip("axe_playwright_python.sync_playwright")


def worked(x: Any) -> Any:
    """Use x three times."""
    a = np.log(x**2)
    return a * np.sin(x) + 1 / x


def slope(x: float) -> float:
    """Return the derivative of `worked`, in closed form."""
    return 2 / x * np.sin(x) + np.log(x**2) * np.cos(x) - 1 / x**2


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    """log(x²)·sin x + 1/x in both modes, starting at 2."""
    return film(worked, x=(0.5, 3, 0.05), at={"x": 2.0}, mode="both").to_json()


RECTANGLES = """() => Object.fromEntries([...document.querySelectorAll(".gad-pane .node")].map((node) => {
  const { x, y, width, height } = node.querySelector(":scope > .border").getBoundingClientRect();
  return [node.id, [x, y, width, height]];
}))"""
SEEN = """(words) => words.map((word) => [...document.querySelectorAll(".gad-pane " + word)]
  .filter((node) => node.checkVisibility() && node.getClientRects().length).length)"""
CHOSEN = "document.querySelector('.gad-modes [aria-checked=true]').lastChild.textContent"
FOCUS = "document.activeElement.lastChild.textContent"
SUMS = "[...document.querySelectorAll('.gad-pane .sum .slot')].map((node) => node.textContent.trim())"


COVERED = """() => {
  const map = document.querySelector(".gad-map"), { left, right, top, bottom } = map.getBoundingClientRect();
  return [...document.querySelectorAll(".gad-pane .node, .gad-pane .sum > text")].filter((node) => {
    const one = node.getBoundingClientRect();
    return map.checkVisibility({ visibilityProperty: true }) && one.left < right && one.right > left
      && one.top < bottom && one.bottom > top;
  }).length;
}"""


@pytest.mark.parametrize("size", [(1440, 900), (1280, 720)])
def test_the_map_covers_no_sum_beside_a_cut(player: Any, made: dict[str, Any], size: tuple[int, int]) -> None:
    """Where no corner is free it is not there."""
    page = player(made, width=size[0], height=size[1], step=0)
    assert page.evaluate("!document.querySelector('.gad-map').hidden")
    for step in (0, 13, 25):
        page.evaluate("step => mounted.set({ step })", step)
        page.wait_for_timeout(500)
        assert page.evaluate(COVERED) == 0, step


def number(text: str) -> float:
    """Read a number as the picture writes it."""
    return float(text.replace("\N{MINUS SIGN}", "-"))


def test_switching_moves_no_card_and_shows_what_belongs_to_the_mode(player: Any, made: dict[str, Any]) -> None:
    """By the radio buttons, by their arrows, and by 1, 2 and 3; the focus stays where it was."""
    page = player(made, width=1440, height=1100)
    rectangles = page.evaluate(RECTANGLES)
    assert len(rectangles) == 7
    lanes = [
        ".push > .line",
        ".backward > .line",
        ".tangent > .mark",
        ".adjoint > .mark",
        ".sum > .dots",
        ".leads",
        ".away *",
    ]
    assert page.evaluate(SEEN, lanes) == [8, 8, 7, 7, 4, 0, 0]
    page.click(".gad-modes button:nth-child(1)")
    assert page.evaluate(CHOSEN) == page.evaluate(FOCUS) == "forward"
    assert page.evaluate(SEEN, lanes) == [8, 0, 7, 0, 0, 3, 0]
    assert page.evaluate(RECTANGLES) == rectangles
    page.keyboard.press("ArrowRight")
    assert page.evaluate(CHOSEN) == page.evaluate(FOCUS) == "reverse"
    assert page.evaluate(SEEN, lanes) == [0, 8, 0, 7, 0, 0, 0]
    assert page.evaluate(RECTANGLES) == rectangles
    page.evaluate("document.querySelector('.gad-pane').focus()")
    for key, mode in (("1", "forward"), ("3", "both"), ("2", "reverse"), ("3", "both")):
        page.keyboard.press(key)
        assert page.evaluate(CHOSEN) == mode
        assert page.evaluate("document.activeElement.className").startswith("gad-pane")
        assert page.evaluate(RECTANGLES) == rectangles


def test_each_mode_tells_its_own_steps_in_its_own_words(player: Any, made: dict[str, Any]) -> None:
    """A step that two modes have stays; the end stays the end; whoever listens goes on listening."""
    page = player(made, width=1440, height=1100, begins=True)
    page.evaluate("globalThis.told = []; mounted.on('change', (state) => told.push(state.step)); 0")
    page.evaluate("document.querySelector('.gad-pane').focus()")
    page.evaluate("mounted.set({ step: 3 })")
    counts = {}
    for key, mode in (("1", "forward"), ("2", "reverse"), ("3", "both")):
        page.keyboard.press(key)
        assert page.evaluate("mounted.state.step") == 3
        counts[mode] = int(page.evaluate("document.querySelector('.gad-count span').textContent").strip(" /"))
        heads = page.evaluate("[...document.querySelectorAll('.gad-table th')].map((cell) => cell.textContent.trim())")
        assert ("tangent" in heads) == (mode != "reverse")
        assert ("▲ adjoint" in heads) == (mode != "forward")
        hue = {"forward": "tangent"}.get(mode, "adjoint")
        kinds = page.evaluate("[...document.querySelectorAll('.gad-reads dd')].map((node) => node.className)")
        assert kinds[:3] == ["local", "value", hue]
    assert counts == {"forward": 14, "reverse": 19, "both": 26}
    page.keyboard.press("End")
    page.keyboard.press("1")
    assert page.evaluate("mounted.state.step") == 13
    assert "Push through" in page.evaluate("document.querySelector('.gad-say p').textContent")
    page.keyboard.press("2")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("mounted.state.step") == 17
    page.keyboard.press("3")
    assert page.evaluate("mounted.state.step") == 24  # the same step, later in the story of both
    assert page.evaluate("told.length") >= 7
    assert page.evaluate("told.at(-1)") == 24


def test_the_sums_follow_the_slider_and_are_the_slope_everywhere(player: Any, made: dict[str, Any]) -> None:
    """Against the closed form, in the digits that are written."""
    page = player(made, width=1440, height=1100)
    for stop in (0, 7, 30, 50):
        page.evaluate("stop => mounted.set({ stop })", stop)
        for text in page.evaluate(SUMS):
            assert number(text) == pytest.approx(slope(0.5 + 0.05 * stop), abs=6e-6)
    page.keyboard.press("Home")
    assert page.evaluate(SEEN, [".sum > .dots"]) == [0]


@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_in_any_mode(player: Any, made: dict[str, Any], width: int) -> None:
    """On a phone in the dark, where targets are as large as a finger, and on a projector."""
    page = player(made, width=width, height=740, theme="dark" if width == 360 else "light")
    for place in (1, 2, 3):
        page.click(f".gad-modes button:nth-child({place})")
        report = axe.Axe().run(page, context=".gad-box").response["violations"]
        assert [entry["id"] for entry in report] == []
        box = page.evaluate("document.querySelector('.gad-modes button').getBoundingClientRect().toJSON()")
        assert box["height"] >= (44 if width == 360 else 34)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_film_of_one_mode_has_no_choice(player: Any) -> None:
    """And its keys do nothing."""
    page = player(film(np.sin, x=(0, 1, 0.5)).to_json())
    page.evaluate("document.querySelector('.gad-pane').focus()")
    page.keyboard.press("1")
    assert page.evaluate("document.querySelector('.gad-modes')") is None
    assert (
        page.evaluate("[...document.querySelectorAll('.gad-table th')].map((cell) => cell.textContent)")[2]
        == "▲ adjoint"
    )


@pytest.mark.parametrize("between", ["1", "2"])
def test_turned_back_unmoved_it_stands_at_the_step_where_it_was(
    player: Any, made: dict[str, Any], between: str
) -> None:
    """Also at a step that the mode in between has not; whoever moved there stays where they moved to."""
    page = player(made, width=1000, height=800, reduced_motion="reduce")
    last = len(made["scenes"][0]["steps"]) - 1
    for step in (3, 12, 20, last):
        page.evaluate("(step) => mounted.set({ step })", step)
        for key in (between, "3"):
            page.keyboard.press(key)
        assert page.evaluate("mounted.state.step") == step
    page.evaluate("mounted.set({ step: 20 })")
    page.keyboard.press(between)
    page.keyboard.press("Home")
    page.keyboard.press("3")
    assert page.evaluate("mounted.state.step") == 0


def test_a_row_of_the_table_keeps_its_height_as_parts_come_in(player: Any, made: Any) -> None:
    """Beside three numbers the count of the parts stands on the card alone."""
    page = player(made, width=1440, height=900)
    heights = set()
    for step in range(20, 26):
        page.evaluate("(step) => mounted.set({ step })", step)
        heights.add(page.evaluate("() => document.querySelector('.gad-table tbody tr').offsetHeight"))
    assert len(heights) == 1
