"""The page of a function that raised, in a real browser: values, what raised, and nothing of derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import graphviz_ad as gad

axe = pytest.importorskip("axe_playwright_python.sync_playwright")


def outer(x: Any, w: Any) -> Any:
    y = x * 2
    return inner(y, w)


def inner(h: Any, w: Any) -> Any:
    z = np.tanh(h)
    return (z @ w).sum()


@pytest.fixture(scope="module")
def film() -> dict[str, Any]:
    """What was recorded before the shapes did not fit."""
    with pytest.raises(ValueError, match="must be equal") as caught:
        gad.trace(outer, np.ones((2, 4)), np.ones(3))
    picture = gad.post_mortem(caught.value)._picture()
    assert not isinstance(picture, str)
    return picture.film


def text(page: Any, selector: str) -> str:
    return " ".join(page.locator(selector).first.inner_text().split())


def test_it_opens_where_it_raised(player: Any, film: dict[str, Any]) -> None:
    """The card says what and why, the code shows the expression, the head has no number, the picture no adjoint."""
    page = player(film, begins=True, width=1280, height=820)
    assert page.evaluate("() => mounted.state.step") == 4
    article = page.get_by_role("article", name="inner raises ValueError at")
    assert "z is (2, 4) and w is (3,): the 4 and the 3 must be equal." in article.inner_text()
    assert "called outer line" in text(page, ".gad-finding dl")
    assert text(page, ".gad-proviso").startswith("outer did not return: there are values up to here")
    assert text(page, ".gad-code .now, .gad-code mark").find("z @ w") >= 0
    assert text(page, ".gad-reads") == "outer —"
    assert not page.locator(".gad-notice").is_visible() or text(page, ".gad-notice") == ""
    assert page.locator(".gad-legend").inner_text().count("adjoint") == 0
    assert page.locator(".gad-scene .adjoint, .gad-scene .backward").count() == 0
    flag = page.locator(".gad-scene .blame text")
    assert flag.text_content() == "inner sizes 4 and 3 differ"
    assert page.locator("[id$='e4_0_g'] text, #e4_0_g text").first.text_content().replace(" ", "") == "(2,4)"


def test_each_step_and_each_node_can_be_looked_at(player: Any, film: dict[str, Any]) -> None:
    """Nothing complains, and the table has a column of values only."""
    page = player(film, begins=True, width=1280, height=820)
    for step in range(5):
        page.evaluate("step => mounted.set({ step })", step)
    page.get_by_role("tab", name="Step").click()
    assert text(page, ".gad-chip") == "✗ raised"
    assert text(page, ".gad-say p").endswith(
        "raises ValueError: z is (2, 4) and w is (3,): the 4 and the 3 must be equal."
    )
    page.get_by_role("tab", name="Nodes").click()
    assert [head.inner_text().split()[-1] for head in page.locator(".gad-table th[scope=col]").all()] == [
        "node",
        "value",
    ]
    for part in ("#n0_v", "#n3_v", "#n4_v", "#e4_1_g"):
        page.click(part)
        page.locator(".gad-inspector").wait_for()
        assert "differentiated" not in text(page, ".gad-inspector")
    page.keyboard.press("Escape")
    assert "no value" in page.locator(".gad-table").inner_text()


@pytest.mark.parametrize("width", [1200, 360])
def test_axe_finds_nothing_to_complain_of(player: Any, film: dict[str, Any], width: int) -> None:
    page = player(film, begins=True, width=width)
    found = axe.Axe().run(page, context=".gad-box").response["violations"]
    assert [one["id"] for one in found] == []


def shifting(x: Any) -> Any:
    w = np.sin(x) * np.ones(4 if x < 1 else 3)
    return np.sum(np.ones((3, 4)) @ w)


def test_a_film_shows_what_was_recorded_where_its_function_raised(player: Any) -> None:
    """The button is there at stops that raised, says which place is shown, and the dialog keeps the keys to itself."""
    whole = gad.film(shifting, x=(0, 2, 0.25), at={"x": 1.5}).to_json()
    page = player(whole, begins=True, width=1280, height=820)
    button = page.get_by_role("button", name="What was recorded at x = 1.00")
    step = page.evaluate("() => mounted.state.step")
    button.click()
    dialog = page.get_by_role("dialog", name="shifting at x = 1.00: values up to the line that raised")
    article = dialog.get_by_role("article", name="shifting raises ValueError at")
    assert "the 4 and the 3 must be equal" in article.inner_text()
    count = dialog.locator(".gad-count")
    before = " ".join(count.inner_text().split())
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(
        "([node, text]) => node.innerText.split(/\\s+/).join(' ') !== text", arg=[count.element_handle(), before]
    )
    assert page.evaluate("() => mounted.state.step") == step
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    assert page.evaluate("() => document.activeElement.className") == "gad-recorded"
    page.evaluate("() => mounted.set({ stop: 2 })")
    page.locator(".gad-recorded").wait_for(state="hidden")
    page.evaluate("() => mounted.set({ stop: 5 })")
    button.wait_for(state="visible")  # at another place of the same kind the first one is shown, and named
