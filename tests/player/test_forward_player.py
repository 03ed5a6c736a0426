"""The player in forward mode: drops instead of triangles, tangents that fall, and words that say so."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from graphviz_ad.draw.colours import TOKENS
from graphviz_ad.filming import film


def worked(x: Any) -> Any:
    """Use x three times."""
    a = np.log(x**2)
    return a * np.sin(x) + 1 / x


def stopped(x: Any) -> Any:
    """Meet a flat function, a detached value and several operands of one function."""
    return np.floor(x) + x.detach() * x + np.stack([x, x * x, x * 2.0]).sum()


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    """log(x²)·sin x + 1/x, starting at 2."""
    return film(worked, x=(0.5, 3, 0.05), at={"x": 2.0}, mode="forward").to_json()


TEXT = "selector => document.querySelector(selector).textContent"
HUE = "([selector, name]) => getComputedStyle(document.querySelector(selector))[name]"


def rgb(token: str) -> str:
    """Return a colour of the light theme as a browser says it."""
    code = TOKENS["light"][token]
    return f"rgb({', '.join(str(int(code[i : i + 2], 16)) for i in (1, 3, 5))})"


def test_the_words_are_those_of_forward_mode(player: Any, made: dict[str, Any]) -> None:
    """Legend, table, chip and sentence; nothing goes back."""
    page = player(made)
    page.evaluate("mounted.set({ step: 11 })")
    assert page.evaluate(TEXT, ".gad-legend").startswith("▼ value tangent")
    heads = page.evaluate(
        "[...document.querySelectorAll('.gad-table thead th')].map((cell) => cell.textContent.trim())"
    )
    assert heads == ["node", "▼ value", "tangent"]
    said = page.evaluate(TEXT, ".gad-say p")
    assert said.split()[:2] == ["Push", "through"]
    labels = page.evaluate("[...document.querySelectorAll('.gad-say dt')].map((label) => label.textContent)")
    assert labels == ["chain rule", "derivative", "numbers", "parts", "tangent"]
    assert page.evaluate("!!document.querySelector('.gad-table .gad-drop, .gad-legend .gad-drop')")
    whole = page.evaluate("document.querySelector('.gad').textContent")
    assert "adjoint" not in whole
    assert "▲" not in whole
    page.evaluate("mounted.set({ step: 7 })")
    assert page.evaluate(TEXT, ".gad-chip").strip() == "tangent"
    page.evaluate("mounted.set({ step: 2 })")
    assert page.evaluate(TEXT, ".gad-chip") == "▼ value"


def test_the_derivative_has_the_hue_of_the_mode_that_computes_it(player: Any, made: dict[str, Any]) -> None:
    """Curve, tangent line, stem, number at the head, row of the table and pills alike."""
    page = player(made)
    for selector, name in (
        (".gad-df", "stroke"),
        (".gad-tangent", "stroke"),
        (".gad-stem", "stroke"),
        (".gad-diamond", "fill"),
        (".gad-reads dd.tangent", "color"),
        (".gad-rail.tangent", "stroke"),
    ):
        assert page.evaluate(HUE, [selector, name]) == rgb("tan"), selector
    assert page.evaluate(HUE, [".gad-f", "stroke"]) == rgb("fwd")
    assert len(page.evaluate("document.querySelector('.gad-diamond').getAttribute('points')").split(" ")) == 16


def test_the_timeline_has_triangles_and_then_drops(player: Any, made: dict[str, Any]) -> None:
    """The seed is a drop, too; keys step through them."""
    page = player(made)
    marks = page.evaluate("[...document.querySelectorAll('.gad-mark')].map((node) => node.getAttribute('d'))")
    assert len(set(marks[:7])) == 1
    assert len(set(marks[7:])) == 1
    assert marks[0] != marks[7]
    assert "c" in marks[7]
    page.evaluate("document.querySelector('.gad-pane').focus()")
    page.keyboard.press("Home")
    for _ in range(11):
        page.keyboard.press("ArrowRight")
    assert page.evaluate("mounted.state.step") == 11
    page.wait_for_function("() => document.querySelector('.gad-live').textContent.includes('Step 12 of 14')")
    said = page.evaluate(TEXT, ".gad-live")
    assert (
        "Push through a · v₃: in a product each factor's slope is the other factor, so v\u0307₄ is a\u0307 = 1" in said
    )


def test_tangents_travel_down_their_lanes(player: Any, made: dict[str, Any]) -> None:
    """One pill for each operand that moves, in the tangent's hue, ever lower; the sum is written when they are in."""
    page = player(made, height=1000)
    page.clock.install()
    page.evaluate("mounted.set({ step: 10 })")
    page.wait_for_timeout(100)
    page.clock.pause_at(page.evaluate("Date.now() / 1000") + 1)
    page.evaluate("document.querySelector('.gad-next').click()")
    pills = """() => [...document.querySelectorAll(".gad-pill.tangent[visibility=visible]")].map((node) =>
      [node.textContent.trim(), node.getBoundingClientRect().top])"""
    heights: list[list[float]] = []
    for _ in range(4):
        page.clock.run_for(110)
        seen = page.evaluate(pills)
        if seen:
            assert [text for text, _ in seen] == ["1.000000", "−0.416147"]
            heights.append([top for _, top in seen])
    assert len(heights) >= 3
    assert all(np.all(np.diff(column) > 0) for column in np.transpose(heights))
    page.clock.run_for(2000)
    assert page.evaluate("document.querySelector('#n4_t').classList.contains('now')")


def test_the_inspector_tells_tangents_and_their_parts(player: Any, made: dict[str, Any]) -> None:
    """Of a node the sum of its parts, of an edge what it sends on."""
    page = player(made, height=1400)
    page.evaluate("document.querySelector('#n4').dispatchEvent(new MouseEvent('click', { bubbles: true }))")
    told = page.evaluate(TEXT, ".gad-inspector")
    assert "its tangent is the sum of" in told
    assert "from" in told
    assert "0.909297" in told
    assert "−0.576902" in told
    assert "adjoint" not in told
    names = page.evaluate("[...document.querySelectorAll('.gad-values dt')].map((name) => name.textContent.trim())")
    assert names == ["▼ value", "tangent"]
    exact = page.evaluate("document.querySelector('.gad-values dd.tangent').textContent")
    assert float(exact.replace("−", "-")) == np.sin(2) + np.log(4) * np.cos(2)
    page.evaluate("document.querySelector('#e2_0').dispatchEvent(new MouseEvent('click', { bubbles: true }))")
    names = page.evaluate("[...document.querySelectorAll('.gad-values dt')].map((name) => name.textContent.trim())")
    assert names == ["× local gradient", "sends"]


def test_what_does_not_move_says_so(player: Any) -> None:
    """A flat function, a detached value; and operands that go through a function together."""
    page = player(film(stopped, x=(0.2, 0.8), mode="forward").to_json(), height=1400)
    cells = page.evaluate("[...document.querySelectorAll('.gad-table td:last-child')].map((cell) => cell.textContent)")
    assert "not moving" in cells
    assert "detached" in cells
    rows = page.evaluate("[...document.querySelectorAll('.gad-table th[scope=row]')].map((cell) => cell.title)")
    flat = next(i for i, row in enumerate(rows) if "⌊x⌋" in row)
    assert cells[flat] == "not moving"
    page.evaluate(f"document.querySelector('#e{flat}_0').dispatchEvent(new MouseEvent('click', {{ bubbles: true }}))")
    assert "cut: nothing moves on" in page.evaluate(TEXT, ".gad-inspector")
    stack = next(i for i, row in enumerate(rows) if "[x" in row)
    page.evaluate(f"document.querySelector('#e{stack}_0').dispatchEvent(new MouseEvent('click', {{ bubbles: true }}))")
    assert "goes through together with the others" in page.evaluate(TEXT, ".gad-inspector")


def test_a_long_name_keeps_its_dot(player: Any) -> None:
    """The bar of a long name is drawn as a line; its dot is not."""
    page = player(film(lambda width: np.sin(width), width=(0.2, 0.8), mode="forward").to_json())
    marks = "[...document.querySelectorAll('.gad-say mover')].map((node) => node.textContent)"
    assert "width˙" in page.evaluate(marks)
    assert not page.evaluate("!!document.querySelector('.gad-over')")


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_is_wider_than_the_page(player: Any, made: dict[str, Any], width: int) -> None:
    """On a phone and on a desk."""
    page = player(made, width=width)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_film_of_the_way_back_has_nothing_of_forward_mode(player: Any) -> None:
    """The class that turns the hues, the drops and the words are not there."""
    page = player(film(worked, x=(0.5, 3, 0.05)).to_json())
    assert not page.evaluate("!!document.querySelector('.gad-forward, .gad-drop, .tangent')")
