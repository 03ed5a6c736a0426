"""Pages of three sliders: what is on the lines that were sampled is shown, and the page says what is not."""

from __future__ import annotations

from typing import Any

import numpy as np

import graphviz_ad as gad


def product(a: Any, b: Any, c: Any) -> Any:
    """Depend on all three."""
    return np.sin(a) * b + c**2


def slide(page: Any, k: int, stop: int) -> list[float]:
    """Move a slider, as a hand would, and return where all are."""
    page.locator(".gad-x").nth(k).focus()
    page.locator(".gad-x").nth(k).evaluate(
        "(node, to) => { node.value = to; node.dispatchEvent(new Event('input')); }", stop
    )
    values: list[float] = page.evaluate("() => mounted.state.values")
    return values


def test_as_one_slider_moves_the_others_go_back(player: Any) -> None:
    """To the lines that were computed, which is said; numbers, curve and keys follow, and links are kept to them."""
    made = gad.film(product, a=(0, 3), b=(0, 1), c=(-1, 1)).to_json()
    page = player(made, width=1280, height=720)
    assert page.evaluate("() => mounted.state.values") == [2, 0.5, 0.5]
    said = page.locator(".gad-lines").inner_text()
    assert (
        said
        == "Computed as one slider moves and the others stay at a = 2.000, b = 0.500, c = 0.50: they go back there."
    )
    numbers = ".gad-reads .value, .gad-reads .adjoint"
    for k, stop, expected in ((0, 40, [3, 0.5, 0.5]), (1, 0, [2, 0, 0.5]), (2, 0, [2, 0.5, -1])):
        a, b, c = slide(page, k, stop)
        assert [a, b, c] == expected
        shown = [float(text.replace("−", "-")) for text in page.locator(numbers).all_inner_texts()]
        np.testing.assert_allclose(shown, [product(a, b, c), np.cos(a) * b, np.sin(a), 2 * c], atol=2e-6)
        active = page.locator(".gad-slide.active i").inner_text()
        assert active == "abc"[k]
    page.locator(".gad-x").nth(0).focus()
    page.keyboard.press("ArrowRight")
    values = page.evaluate("() => mounted.state.values")
    assert values[1:] == [0.5, 0.5]
    assert values[0] > 2
    page.evaluate("() => mounted.set({ stop: 5 * 41 * 41 + 3 * 41 + 1 })")  # as a link to a place beside the lines does
    assert page.evaluate("() => document.querySelector('.gad-late')") is None
    assert page.evaluate("() => mounted.state.values.filter((value, k) => value !== [2, 0.5, 0.5][k]).length") <= 1


def test_where_all_stops_were_computed_nothing_goes_back(player: Any) -> None:
    """And nothing is said."""
    page = player(gad.film(product, a=(0, 3, 1), b=(0, 1, 0.5), c=(-1, 1, 0.5)).to_json(), width=1280, height=720)
    assert page.locator(".gad-lines").count() == 0
    slide(page, 0, 3)
    slide(page, 1, 0)
    assert slide(page, 2, 0) == [3, 0, -1]
