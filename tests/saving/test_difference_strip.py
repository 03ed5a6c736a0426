"""The slider of a comparison in a real browser: it moves through the nodes of both sides."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.draw.colours import TOKENS


def f(x):
    a = np.log(x)
    return np.sum(a * np.sin(x))


def g(x):
    a = np.log(x)
    a = 2 * a
    return np.sum(a * np.sin(x))


X = np.array([[1.5, 2.0, 2.5], [3.0, 3.5, 4.0]])


@pytest.fixture(scope="module")
def comparison():
    return gad.compare(gad.trace(f, X), gad.trace(g, X))


@pytest.fixture
def page(comparison, chromium, tmp_path):
    comparison.save(tmp_path / "comparison.html")

    def show(**options):
        page = chromium.new_page(**options)
        page.goto((tmp_path / "comparison.html").as_uri())
        return page

    return show


SHOWN = """() => [...document.querySelectorAll(".gad-strip-panel")]
    .filter((one) => getComputedStyle(one).display !== "none").map((one) => one.firstChild.firstChild.data.trim())"""
LIT = """() => [...document.querySelectorAll(".gad-comparison-pictures figure")].map((figure) =>
    [...figure.querySelectorAll(".node:has(> .focus)")]
        .filter((one) => getComputedStyle(one.querySelector(".focus")).display !== "none")
        .map((one) => one.querySelector("title").textContent.split(" (")[0]))"""


def test_the_arrow_keys_move_through_the_nodes_of_both_sides(page, comparison):
    shown = page()
    pair = comparison.first.pair
    assert (pair.name, pair.value.differs) == ("v₃", True)
    assert shown.evaluate(SHOWN) == ["v₃ = a ⊙ v₂"]
    assert shown.evaluate(LIT) == [["v₃ = a ⊙ v₂"], ["v₄ = v₂ ⊙ v₃"]]
    shown.keyboard.press("Tab")
    shown.keyboard.press("ArrowRight")
    assert shown.evaluate(SHOWN) == ["f = Σ v₃"]
    for _ in range(3):
        shown.keyboard.press("ArrowLeft")
    assert shown.evaluate(SHOWN) == ["v₂ = 2\u2009v₁"]
    assert shown.evaluate(LIT) == [[], ["v₂ = 2\u2009v₁"]]
    shown.close()


def test_the_colours_are_those_of_the_digits_that_are_not_shared(page, comparison):
    shown = page(color_scheme="light")
    cells = shown.evaluate("""() => [...document.querySelectorAll(".gad-strip-column")].map((column) =>
        [...column.querySelectorAll("span")].map((one) => getComputedStyle(one).backgroundColor))""")
    pairs = {pair.name: pair for pair in comparison.pairs}
    column = dict(zip(["x", "a", "+", "v₂", "v₃", "f"], cells, strict=True))
    assert column["a"][0] == column["v₂"][0] == "rgba(0, 0, 0, 0)"
    for name, k, hue in (("v₃", 0, "fwd"), ("f", 0, "fwd"), ("x", 1, "bwd"), ("v₂", 1, "bwd")):
        own = pairs[name].value if k == 0 else pairs[name].adjoint
        share = (12 + 88 * (1 + np.log10(own.relative) / 16)) / 100
        ink, paper = (_rgb(TOKENS["light"][token]) for token in (hue, "bg"))
        np.testing.assert_allclose(_srgb(column[name][k]), share * ink + (1 - share) * paper, atol=0.006)
    shown.close()


def _rgb(text):
    return np.array([int(text[k : k + 2], 16) / 255 for k in (1, 3, 5)])


def _srgb(text):
    assert text.startswith("color(srgb ")
    return np.array([float(part) for part in text.removeprefix("color(srgb ").rstrip(")").split()[:3]])


def test_what_is_apart_is_framed_where_it_is_most(page):
    shown = page()
    value = shown.locator(".gad-strip-panel:visible .gad-strip-numbers").first
    expected = np.log(X) * np.sin(X)
    row, column = np.unravel_index(np.argmax(np.abs(expected)), X.shape)
    assert f"value in a at [{row}, {column}]" in value.inner_text()
    assert f"{expected[row, column]:.6f}".replace("-", "−") in value.inner_text()
    assert "50 %" in value.inner_text()
    box = (
        value.locator("svg")
        .nth(2)
        .evaluate("""(svg) => { const worst = svg.querySelector(".gad-worst").getBoundingClientRect()
        const room = svg.querySelector(".axis").getBoundingClientRect()
        return [Math.round((worst.y - room.y) / worst.height), Math.round((worst.x - room.x) / worst.width)] }""")
    )
    assert box == [row, column]
    shown.close()


@pytest.mark.parametrize("width", [1280, 360])
def test_nothing_runs_out_of_the_page(page, width):
    shown = page(viewport={"width": width, "height": 800})
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    shown.close()


def test_a_screen_reader_hears_what_each_node_is_and_how_far_apart(page):
    shown = page()
    tree = shown.locator(".gad-strip").aria_snapshot()
    assert 'radio "v₃ = a ⊙ v₂: values 50 % apart, adjoints the same" [checked]' in tree
    assert 'radio "v₂ = 2 v₁, in b alone"' in tree
    shown.close()


def test_sides_that_are_the_same_have_a_slider_too(chromium, tmp_path):
    path = tmp_path / "same.html"
    gad.compare(gad.trace(f, X), gad.trace(f, X)).save(path)
    shown = chromium.new_page()
    shown.goto(path.as_uri())
    assert shown.evaluate(SHOWN) == ["x"]
    assert shown.locator(".gad-worst:visible").count() == 0
    shown.close()
