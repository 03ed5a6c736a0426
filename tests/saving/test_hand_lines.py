# ruff: noqa: N803, N806  (the names of mathematics)
"""The report on a backward pass in a notebook: a table whose numbers, maps and colours are true, and that fits."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.draw.colours import TOKENS

X = np.array([[1.0, -0.5, 0.25], [0.5, 2.0, -1.0]])
W = np.array([[0.5, -1.0], [0.25, 0.75], [-0.5, 1.5]])
B = np.array([0.1, -0.2])


def forward(x, W, b):
    z = x @ W + b
    h = np.tanh(z)
    return np.sum(h**2)


def backward(x, W, b):
    z = x @ W + b
    h = np.tanh(z)
    dh = 2 * h
    dz = dh * (1 - z**2)
    dW = x.T @ dz
    db = dz.sum(axis=0)
    return dz @ W.T, dW, db


def escaped(x):
    y = x * (1 < 2)
    return y - y * (1 < 2) + 2 * x  # "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def html():
    """The report of the backward pass above."""
    bundle = gad.check_backward(forward, backward, X, W, B)._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert "dz is not z̄: the first wrong line" in bundle["text/plain"]
    return bundle["text/html"]


class Rows(HTMLParser):
    """The texts of the cells of a table, row by row, as a parser of HTML sees them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        """Begin a row or a cell."""
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self.rows[-1].append("")

    def handle_data(self, data):
        """Add to the cell."""
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


def test_each_line_is_a_row_and_the_wrong_one_is_opened(html):
    """With its number, its code, its verdict and its shape; below it the line before and after."""
    first = backward.__code__.co_firstlineno
    head, *rows = Rows(html).rows
    assert head == ["line", "your backward, line by line", "verdict", "shape"]
    assert [row for row in rows if row[0]] == [
        [str(first + 1), "z = x @ W + b", "as forward", ""],
        [str(first + 2), "h = np.tanh(z)", "as forward", ""],
        [str(first + 3), "dh = 2 * h", "is h̄", "2×2"],
        [str(first + 4), "dz = dh * (1 - z**2)", "is not z̄: the first wrong line", "2×2"],
        [str(first + 5), "dW = x.T @ dz", "inherits, right if dz were", "3×2"],
        [str(first + 6), "db = dz.sum(axis=0)", "inherits, right if dz were", "2"],
        [str(first + 7), "return dz @ W.T, dW, db", "none of the 3 gradients is right", ""],
    ]
    opened = next(row[1] for row in rows if not row[0])
    assert f"{first + 4} − dz = dh * (1 - z**2)\n{first + 4} + dz = dh * (1 - h**2)" in opened
    assert "Tried: all lines below are right then, and all 3 gradients." in opened
    assert "<em>z</em>" in html
    assert "<mark>h</mark>" in html


def test_the_numbers_are_those_of_the_worst_entry(html):
    """Of the closed form, and of what the line computes."""
    z = X @ W + B
    expected, got = 2 * np.tanh(z) * (1 - np.tanh(z) ** 2), 2 * np.tanh(z) * (1 - z**2)
    worst = np.unravel_index(np.argmax(np.abs(got - expected)), z.shape)
    numbers = [float(one.replace("−", "-")) for one in re.findall(r"<figcaption>.*?<b>(.*?)</b>", html)]
    assert numbers == pytest.approx([expected[worst], got[worst], got[worst] - expected[worst]], rel=1e-5)
    assert f"at [{worst[0]}, {worst[1]}], where they differ most" in html
    assert len(set(re.findall(r'class="gad-worst" x="([\d.]+)" y="([\d.]+)"', html))) == 1


def test_what_the_person_wrote_is_text_and_nothing_else():
    """Code and messages are escaped."""

    def failing(x):
        x = x + 1
        raise ValueError("<script>alert(1)</script>")

    html = gad.check_backward(lambda x: np.sum(2 * x), failing, X)._repr_mimebundle_()["text/html"]
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert f"at line {failing.__code__.co_firstlineno + 2}" in html
    assert "1 &lt; 2" in gad.check_backward(lambda x: np.sum(2 * x), escaped, X)._repr_mimebundle_()["text/html"]


def test_without_lines_there_are_the_gradients():
    """Each wrong one with its maps; of other shapes, the shapes."""
    html = gad.check_backward(lambda x: np.sin(x).sum(), lambda x: -np.cos(x), X)._repr_mimebundle_()["text/html"]
    assert html.count('<svg class="gad-scene"') == 3
    assert "is wrong." in html
    html = gad.check_backward(lambda x: np.sin(x).sum(), lambda x: np.cos(x).sum(), X)._repr_mimebundle_()["text/html"]
    assert "<b>2×3</b>" in html
    assert "<b>one number</b>" in html


def test_in_a_browser(html, chromium, tmp_path):
    """It is accessible in light and dark, the maps have their colours, nothing overlaps, and it fits a telephone."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page_file = tmp_path / "report.html"
    page_file.write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Report</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"></head><body><main><h1>Report</h1>{html}'
        "</main></body></html>",
        "utf-8",
    )
    with chromium.new_context(viewport={"width": 1280, "height": 720}, bypass_csp=True) as context:
        page = context.new_page()
        page.goto(page_file.as_uri())
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert axe.Axe().run(page).response["violations"] == []
            paper = page.locator(".gad-hand").evaluate("(at) => getComputedStyle(at).backgroundColor")
            assert paper == _rgb(TOKENS[scheme]["bg"])
            level = page.locator("svg.gad-scene .l0, svg.gad-scene .l8").first
            assert level.evaluate("(at) => getComputedStyle(at).fill") in {
                _rgb(TOKENS[scheme][one]) for one in ("l0", "l8")
            }
        maps = [page.locator("svg.gad-scene").nth(k).bounding_box() for k in range(3)]
        reason = page.locator(".gad-hand-reason").bounding_box()
        for left, right in zip(maps, [*maps[1:], reason], strict=True):
            assert left["x"] + left["width"] <= right["x"]
        weight = "(at) => getComputedStyle(at).fontWeight"
        assert page.locator(".gad-hand-wrong code").evaluate(weight) == "700"
        page.set_viewport_size({"width": 360, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        cross = page.locator(".gad-hand-first .gad-sign").bounding_box()
        words = page.locator(".gad-hand-first b").bounding_box()
        assert cross["x"] + cross["width"] <= words["x"]


def _rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[k : k + 2], 16)) for k in (1, 3, 5))})"
