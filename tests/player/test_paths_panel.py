"""The paths of a gradient in a tab of the player, in a real browser: what is lit, by which keys, how wide."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.films.stills import still
from graphviz_ad.player.page import page as player_page

axe = pytest.importorskip("axe_playwright_python.sync_playwright")

STROKES = """() => [...document.querySelectorAll(".gad-pane .gad-route path")].map((one) => one.getAttribute("d"))"""
LANES = """(edges) => edges.map((edge) =>
    document.querySelector(`.gad-pane #${edge}_b .line`).getAttribute("d"))"""
LIT = """() => [...document.querySelectorAll(".gad-pane :is(.socket, .pad).lit")].map((one) => one.id).sort()"""
OPERANDS = """() => [...document.querySelectorAll(".gad-code .gad-operand")].map((one) =>
    [Number(one.closest("[data-line]").dataset.line), one.textContent])"""
FIGURE = """() => [...new Set([...document.querySelectorAll("g[data-path] .gad-paths-halo")]
    .filter((one) => getComputedStyle(one).display !== "none").map((one) => one.parentNode.dataset.path))]"""


def scaled(x: Any) -> Any:
    """A helper in the same file."""
    return 0.7 * np.cos(x)


def nested(x: Any) -> Any:
    """Ten paths, some of which take away."""
    a = x * np.sin(x)
    b = a * np.sin(a)
    return b * np.sin(b) + scaled(a)


def far(x: Any) -> Any:
    """Too far from the others to be shown with them."""
    return np.sin(x)


LINE = nested.__code__.co_firstlineno


@pytest.fixture(scope="module")
def why() -> Any:
    """The paths of the function above."""
    return gad.trace(nested, 1.8).why("x")


def edges_of(path: Any) -> list[str]:
    """Return what the edges of a path are called in the picture."""
    return [f"e{child}_{argument}" for child, argument in path.edges]


def assert_lit(page: Any, why: Any, k: int) -> None:
    """Assert that this path is lit in graph and figure, and no other."""
    edges = edges_of(why.paths[k])
    assert set(page.evaluate(STROKES)) == set(page.evaluate(LANES, edges))
    lit = page.evaluate(LIT)
    assert {own[:-2] for own in lit} == set(edges)
    assert sum(own.endswith("_g") for own in lit) == page.locator(",".join(f"#{edge}_g" for edge in edges)).count()
    assert page.evaluate(FIGURE) == [str(k)]


def test_a_page_opens_with_the_widest_path_lit(why: Any, player: Any) -> None:
    page = player(why._film(), begins=True, width=1400, height=900)
    assert page.get_by_role("tab", selected=True).get_attribute("aria-label") == "Paths, 10"
    assert "is small because its paths cancel" in page.locator(".gad-told").inner_text()
    assert_lit(page, why, 0)
    assert page.evaluate(OPERANDS) == [[LINE + 2, "x"], [LINE + 3, "a"], [LINE + 4, "b"]]
    assert page.evaluate("() => mounted.state.step") == len(why._film()["scenes"][0]["steps"])


def test_arrow_keys_choose_a_path_and_do_not_step(why: Any, player: Any) -> None:
    page = player(why._film(), begins=True, width=1400, height=900)
    before = page.evaluate("() => mounted.state.step")
    page.locator(".gad-told input").first.focus()
    page.keyboard.press("ArrowDown")
    assert_lit(page, why, 1)
    helper = scaled.__code__.co_firstlineno
    assert page.evaluate(OPERANDS) == [[helper + 2, "x"], [LINE + 2, "x"], [LINE + 4, "scaled(a)"]]
    page.keyboard.press("ArrowRight")
    assert_lit(page, why, 2)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert_lit(page, why, 0)
    assert page.evaluate("() => mounted.state.step") == before
    page.locator(".gad-paths-row").nth(4).click(position={"x": 150, "y": 8})
    assert_lit(page, why, 4)
    page.locator(".gad-pane").focus()
    page.keyboard.press("n")
    assert_lit(page, why, 5)
    page.keyboard.press("N")
    assert_lit(page, why, 4)


def test_strokes_are_as_wide_as_shares_and_hollow_where_they_take_away(why: Any, player: Any) -> None:
    page = player(why._film(), begins=True, width=1400, height=900)
    widths = []
    for k, path in enumerate(why.paths[:4]):
        page.locator(".gad-told input").nth(k).check()
        strokes = page.locator(".gad-route path")
        widths.append(float(strokes.first.get_attribute("stroke-width")))
        assert (page.locator(".gad-route .gad-inside").count() > 0) == (path.value < 0)
        letters = page.locator(".gad-pane .gad-route text").all_text_contents()
        assert letters == ["ABCD"[k]] * len(path.edges)
    shares = [path.share for path in why.paths[:4]]
    assert widths == pytest.approx([widths[0] * share / shares[0] for share in shares])


def test_in_the_other_tabs_no_path_is_lit(why: Any, player: Any) -> None:
    page = player(why._film(), begins=True, width=1400, height=900)
    page.get_by_role("tab", name="Step").click()
    assert page.locator(".gad-told").is_hidden()
    assert (page.evaluate(STROKES), page.evaluate(OPERANDS)) == ([], [])
    page.locator(".gad-pane").focus()
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("() => mounted.state.step") == len(why._film()["scenes"][0]["steps"]) - 2
    page.get_by_role("tab", name="Paths").click()
    assert_lit(page, why, 0)


@pytest.mark.parametrize("width", [1400, 900, 360])
def test_nothing_runs_out_of_the_tab(width: int, why: Any, player: Any) -> None:
    page = player(why._film(), begins=True, width=width, height=800)
    box = page.locator(".gad-told").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    section = page.locator(".gad-told > section")
    assert section.evaluate("(one) => one.scrollWidth <= one.clientWidth + 1")


def test_the_tab_is_accessible(why: Any, player: Any) -> None:
    page = player(why._film(), begins=True, width=1400, height=900)
    results = axe.Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "best-practice"]})
    assert results.violations_count == 0, results.generate_report()
    tree = page.locator(".gad-told").aria_snapshot()
    assert 'radio "Path A: nested ▸ b · sin b ▸ b ▸ a ▸ x" [checked]' in tree


def test_without_a_path_the_tab_says_so(player: Any) -> None:
    none = gad.trace(lambda x, y: x**2, 1.0, 2.0).why("y")
    page = player(none._film(), begins=True, width=1200, height=800)
    assert "No path leads from" in page.locator(".gad-told").inner_text()
    assert page.locator(".gad-told table").count() == 0
    assert page.evaluate(STROKES) == []


def test_a_page_without_paths_carries_nothing_of_them(why: Any) -> None:
    trace = gad.trace(nested, 1.8)
    assert "gad-told" not in player_page(still(trace).film)
    from graphviz_ad_widgets.assets import esm, style

    assert "gad-told" not in esm() + style()


def test_code_that_the_player_does_not_show_stands_in_the_tab(why: Any) -> None:
    assert "<pre" not in why._film()["paths"]["section"]
    apart = gad.trace(lambda x: far(x) * x, 2.0).why("x")
    assert "return np.sin(x)" in re.sub("<[^>]*>", "", apart._film()["paths"]["section"])
