"""How much is said, what words mean, and the key: with a mouse, by keyboard and for a screen reader."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from graphviz_ad.filming import film

axe = pytest.importorskip("axe_playwright_python.sync_playwright")


def worked(x: Any) -> Any:
    """Use x three times."""
    a = np.log(x**2)
    return a * np.sin(x) + 1 / x


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    """log(x²)·sin x + 1/x, starting at 2."""
    return film(worked, x=(0.5, 3, 0.05), at={"x": 2.0}).to_json()


SAID = "document.querySelector('.gad-say > p').textContent"
SHOWN = """selector => {
  const node = document.querySelector(selector), { width, height, left, right, top, bottom } =
    node.getBoundingClientRect();
  const inside = left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
  return node.checkVisibility() && width > 0 && height > 0 && inside;
}"""


def complaints(page: Any) -> list[str]:
    """Return what axe-core finds."""
    return [one["id"] for one in axe.Axe().run(page, context=".gad-box").response["violations"]]


def test_the_reader_chooses_how_much_is_said(player: Any, made: dict[str, Any]) -> None:
    """The sentence, what is announced and the state follow; the panel has room for the longest sentence."""
    page = player(made, reduced_motion="reduce")
    page.evaluate("mounted.set({ step: 14 })")
    assert page.evaluate(SAID).startswith(
        "Back through sinx: sin's slope is cos, so v¯3 = 1.386294 is multiplied by cosx"
    )
    page.evaluate("void mounted.on('change', (state) => (window.heard = state.detail))")
    choice = page.locator(".gad-detail")
    assert choice.text_content() == "Detail: standard, 2 of 3"
    assert choice.get_attribute("aria-label") is None  # its name is what is seen
    assert choice.get_attribute("title") == "How much each step says; next: expert"
    pace = page.locator(".gad-speed")
    assert (pace.text_content(), pace.get_attribute("aria-label")) == ("Speed 1×", None)
    assert pace.get_attribute("title") == "At 1× a step takes one or two seconds"
    choice.focus()
    for expected in ("Detail: expert, 3 of 3", "Detail: beginner, 1 of 3"):
        page.keyboard.press("Enter")
        assert choice.text_content() == expected
    assert pace.get_attribute("title") == "At 1× a step stays until it can be read"
    assert page.evaluate("[mounted.state.detail, heard]") == ["beginner"] * 2
    assert page.evaluate(SAID).startswith("Chain rule: sin's slope is cos. The slope of worked with respect to v3,")
    assert page.evaluate("document.activeElement.className") == "gad-detail"
    overflows = "document.querySelector('.gad-say').scrollHeight > document.querySelector('.gad-say').clientHeight + 1"
    for step in range(19):
        page.evaluate(f"mounted.set({{ step: {step} }})")
        assert not page.evaluate(overflows), step
    page.evaluate("mounted.set({ step: 13, detail: 'expert' })")
    page.evaluate("document.querySelector('.gad-pane').focus()")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.gad-live').textContent.includes('sin x: ')")
    assert page.evaluate(SAID) == "sinx: x¯ += v¯3·cosx = −0.576902."
    page.evaluate("mounted.set({ detail: 'standard' })")
    assert page.evaluate("[mounted.state.detail, document.querySelector('.gad-detail').textContent]") == [
        "standard",
        "Detail: standard, 2 of 3",
    ]


def test_a_word_is_explained_where_it_is_pointed_at_and_focused(player: Any, made: dict[str, Any]) -> None:
    """Its sentence is seen, and is its description; it goes with the pointer, with the focus and with Escape."""
    page = player(made, reduced_motion="reduce", width=360, height=740)
    page.evaluate("mounted.set({ step: 15 })")
    words = page.locator(".gad-say > p .gad-word")
    assert page.locator(".gad-chip .gad-word").all_text_contents() == ["adjoint"]
    assert page.locator(".gad-legend .gad-word").all_text_contents() == ["value", "adjoint", "local gradient"]
    assert words.all_text_contents() == ["adjoint"]
    described = (
        "document.getElementById(document.querySelector('.gad-say > p .gad-word').getAttribute('aria-describedby'))"
    )
    assert page.evaluate(described + ".textContent") == made["key"]["words"]["adjoint"]
    tip = page.locator(".gad-tip")
    assert not tip.is_visible()
    words.first.scroll_into_view_if_needed()
    words.first.hover()
    assert tip.text_content() == made["key"]["words"]["adjoint"]
    assert page.evaluate(SHOWN, ".gad-tip")
    page.mouse.move(0, 0)
    assert not tip.is_visible()
    words.first.focus()
    assert tip.is_visible()
    page.keyboard.press("Escape")
    assert not tip.is_visible()
    assert page.evaluate("document.activeElement.className") == "gad-word"


@pytest.mark.parametrize(("width", "height"), [(360, 740), (1440, 900)])
def test_the_key_opens_by_button_and_by_question_mark(
    player: Any, made: dict[str, Any], width: int, height: int
) -> None:
    """It holds every sign and word of the film, is in sight, gives the focus back, and leaves the story alone."""
    page = player(made, reduced_motion="reduce", width=width, height=height)
    page.evaluate("mounted.set({ step: 3 })")
    key = page.locator(".gad-key")
    assert not key.is_visible()
    page.locator(".gad-how > button:last-child").click()
    assert page.evaluate(SHOWN, ".gad-key")
    rows = key.locator("dt").all_text_contents()
    assert rows[: len(made["key"]["signs"])] == list(made["key"]["signs"])
    assert [row for row in rows if row in made["key"]["words"]] == list(made["key"]["words"])
    assert complaints(page) == []
    page.keyboard.press("ArrowRight")
    assert page.evaluate("mounted.state.step") == 3
    page.keyboard.press("Escape")
    assert not key.is_visible()
    assert page.evaluate("document.activeElement.textContent") == "?"
    page.evaluate("document.querySelector('.gad-pane').focus()")
    page.keyboard.press("?")
    assert key.is_visible()
    page.keyboard.press("?")
    assert not key.is_visible()
    assert page.evaluate("document.activeElement.classList.contains('gad-pane')")


def test_the_equals_signs_of_a_formula_stand_below_each_other(player: Any, made: dict[str, Any]) -> None:
    """In one column, with what is computed to their left in the first line."""
    page = player(made, reduced_motion="reduce")
    for step, left in ((14, "x¯"), (15, "x¯"), (12, "v¯3"), (3, "v3")):
        page.evaluate(f"mounted.set({{ step: {step} }})")
        assert page.evaluate("document.querySelector('.gad-say dd > span').textContent") == left
        edges = page.evaluate(
            "[...document.querySelectorAll('.gad-say dd > :nth-child(2)')].map((one) => one.getBoundingClientRect().x)"
        )
        assert len(edges) >= 3
        assert max(edges) - min(edges) < 0.5


def test_minus_signs_are_true_in_exponents_too(player: Any) -> None:
    """At the ends of a slider, at the ticks of a curve and in the numbers of the head."""
    page = player(film(np.sinh, x=(-1e-7, 1e-7)).to_json())
    shown = page.evaluate("[...document.querySelectorAll('.gad-box *')].map((node) => node.textContent).join(' ')")
    assert "−1e−7" in shown
    assert not re.search(r"\de-\d", shown)


def test_names_of_several_letters_are_slanted_as_on_the_cards(player: Any) -> None:
    """In a sentence too; names of functions are upright."""

    def area(x: Any) -> Any:
        return np.sin(x) + x

    page = player(film(area, x=(1, 2, 0.5)).to_json())
    styles = page.evaluate("""() => Object.fromEntries([...document.querySelectorAll(".gad-say mi, .gad-title mi")]
      .map((node) => [node.textContent, getComputedStyle(node).fontStyle]))""")
    assert (styles["area"], styles["sin"]) == ("italic", "normal")
    cards = page.evaluate("""() => Object.fromEntries([...document.querySelectorAll(".gad-pane text tspan")]
      .map((node) => [node.textContent, getComputedStyle(node).fontStyle]))""")
    assert cards["area"] == "italic"


def test_the_key_closes_with_how_to_close_it(player: Any) -> None:
    """Also where arrays, or modes, add keys of their own."""
    page = player(film(lambda x: np.sum(np.sin(x * np.arange(3.0))), x=(1, 2, 0.5), mode="both").to_json())
    page.keyboard.press("?")
    keys = page.locator(".gad-key dl").last.locator("dt").all_inner_texts()
    assert keys[-1] == "Esc"
    assert {"e", "1 2 3", "t"} < set(keys)
