"""Printed, a page is a figure: light, whole, without controls; or a strip of all of its steps."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from graphviz_ad.filming import film
from graphviz_ad.player.page import page

# Between the margins of 11 mm, in px.
PAPER = {"A4": (711, 1039), "Letter": (733, 973)}


def worked(x: Any) -> Any:
    """Use x three times."""
    a = np.log(x**2)
    return a * np.sin(x) + 1 / x


def waves(x: Any) -> Any:
    """A graph that is wider than a page."""
    return sum(np.sin(k * x) for k in range(1, 12))


def chain(x: Any) -> Any:
    """A graph that is much taller than a page."""
    for _ in range(14):
        x = 0.9 * np.sin(x)
    return x


def cornered(x: Any) -> Any:
    """A corner at 0, and another at 1."""
    return np.abs(x) + 2 * np.maximum(x - 1, 0)


FILMS: dict[str, Callable[[], dict[str, Any]]] = {
    "worked": lambda: film(worked, x=(0.5, 3, 0.05), at={"x": 2.0}).to_json(),
    "waves": lambda: film(waves, x=(-1, 1, 0.25)).to_json(),
    "chain": lambda: film(chain, x=(-1, 1, 0.25)).to_json(),
    "presented": lambda: film(worked, x=(0.5, 3, 0.05), at={"x": 2.0}, presentation=True).to_json(),
}

# What is cut: text that ends beyond its box, or a part of the figure that ends beyond the paper.
CUT = """([width, height]) => {
  const seen = (node) => node.checkVisibility({ visibilityProperty: true }) && !node.closest(".gad-ghost");
  const parts = [...document.querySelectorAll(`.gad-title, .gad-reads dd, .gad-plot text, .gad-ends i, .gad-code div,
    .gad-pane > svg, .gad-pane > :not(.gad-part) .node, .gad-legend span, .gad-say p, .gad-say dd,
    .gad-say math`)].filter(seen);
  const out = parts.filter((part) => {
    const { left, top, right, bottom } = part.getBoundingClientRect();
    return left < -1 || top < -1 || right > width + 1 || bottom > height + 1;
  });
  const hides = (node) => seen(node) && getComputedStyle(node).overflowY !== "visible";
  const boxes = [...document.querySelectorAll(".gad-title, .gad-code, .gad-pane, .gad-say")].filter(hides);
  const over = boxes.filter((box) => box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1);
  return [...out, ...over].map((part) => part.getAttribute("class") ?? part.localName);
}"""
# How much of the pane the graph takes, the larger of width and height.
FILLED = """() => {
  const [pane, svg] = [".gad-pane", ".gad-pane > svg"].map((one) => document.querySelector(one));
  const { width, height } = svg.viewBox.baseVal, scale = svg.getScreenCTM().a;
  return Math.max((width * scale) / pane.clientWidth, (height * scale) / pane.clientHeight);
}"""
# The smallest type of a strip, in px: in its pictures, and in their sentences with the scripts and fractions there.
SMALLEST = """() => Math.min(...[...document.querySelectorAll(".gad-stills :is(text, tspan, figcaption, figcaption *)")]
  .filter((node) => node.checkVisibility() && [...node.childNodes].some((one) => one.nodeType === 3 && one.data.trim()))
  .map((node) => parseFloat(getComputedStyle(node).fontSize) * (node.getScreenCTM?.().a ?? 1)))"""
# Pictures of which what happens at their step is not in sight.
MISSED = """() => [...document.querySelectorAll(".gad-stills svg")].filter((svg) => {
  const frame = svg.getBoundingClientRect();
  return [...svg.querySelectorAll(".node.now")].some((node) => {
    const { left, top, right, bottom } = node.getBoundingClientRect();
    return left < frame.left - 1 || right > frame.right + 1 || top < frame.top - 1 || bottom > frame.bottom + 1;
  });
}).length"""
SHOWN = """() => ["title", "plot", "ends", "pane", "say", "bar", "table", "x", "inspector", "invitation"].filter(
  (name) => document.querySelector(".gad-" + name)?.checkVisibility())"""


def printed(tab: Any, folder: Path, paper: str) -> tuple[list[Image.Image], str]:
    """Print a page; return pictures of the sheets, and their text."""
    file = folder / "printed.pdf"
    tab.pdf(path=str(file), format=paper)
    subprocess.run(["pdftoppm", "-r", "40", "-png", str(file), str(folder / "sheet")], check=True)
    text = subprocess.run(["pdftotext", "-layout", str(file), "-"], check=True, capture_output=True, text=True).stdout
    sheets = [Image.open(sheet).convert("L") for sheet in sorted(folder.glob("sheet*.png"))]
    for sheet in folder.glob("sheet*.png"):
        sheet.unlink()
    return sheets, text


@pytest.fixture
def opened(chromium: Any, tmp_path: Path) -> Any:
    """Open a page with a film at a step; it must be silent."""
    contexts, problems = [], []

    def open_page(name: Any, viewport: tuple[int, int], link: Any = None, **options: Any) -> Any:
        contexts.append(chromium.new_context(viewport=dict(zip(("width", "height"), viewport, strict=True))))
        tab = contexts[-1].new_page()
        tab.on("pageerror", lambda error: problems.append(str(error)))
        (tmp_path / "film.html").write_text(page(FILMS.get(name, name)(), **options), encoding="utf-8")
        at = "".join(f"#{key}={value}" for key, value in (link or {}).items())
        tab.goto((tmp_path / "film.html").as_uri() + at)
        tab.wait_for_selector(".gad-box")
        return tab

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


@pytest.mark.parametrize("name", FILMS)
@pytest.mark.parametrize(("paper", "theme"), [("A4", "dark"), ("Letter", "high-contrast")])
def test_a_page_prints_as_one_light_figure(name: str, paper: str, theme: str, opened: Any, tmp_path: Path) -> None:
    """Title, plot, whole graph, sentence and formula stand on one sheet; then the page is as before."""
    tab = opened(name, (1280, 720) if paper == "A4" else (420, 800), theme=theme, step=13)
    before = tab.evaluate("[...document.querySelectorAll('.gad-box, .gad-plot')].map((one) => one.clientHeight)")
    sheets, text = printed(tab, tmp_path, paper)
    assert len(sheets) == 1
    pixels = np.asarray(sheets[0])
    assert np.mean(pixels > 200) > 0.85  # light
    assert pixels[[0, -1]].min() == 255  # the margins too
    rows = np.flatnonzero((pixels < 200).any(axis=1))
    assert rows[-1] - rows[0] > 0.7 * len(pixels)  # and the sheet is used
    sentence = tab.eval_on_selector(".gad-say:not(.gad-ghost) > p b", "node => node.textContent")
    assert sentence.strip() in text
    assert tab.get_attribute(".gad-title", "aria-label").split("(")[0] in text
    assert "Loop" not in text

    width, height = PAPER[paper]
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    tab.emulate_media(media="print")
    tab.set_viewport_size({"width": width, "height": height})
    assert tab.evaluate(SHOWN) == ["title", "plot", "ends", "pane", "say"]
    assert tab.evaluate(CUT, [width, height]) == []
    assert tab.evaluate(FILLED) > 0.95
    assert tab.evaluate(SMALLEST.replace("stills", "pane")) > 6  # 5 pt
    # Whole, or so much of it as can be read with all its numbers, framed, with the card of the step in it.
    shown = tab.evaluate("document.querySelector('.gad-pane > svg').classList.contains('gad-part')")
    assert shown is (name in ("waves", "chain"))
    assert tab.locator(".gad-pane .gad-tiny").count() == 0
    assert tab.evaluate(MISSED.replace("stills svg", "pane > svg")) == 0
    tab.emulate_media(media="screen")
    tab.set_viewport_size({"width": 1280, "height": 720} if paper == "A4" else {"width": 420, "height": 800})
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    tab.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    after = tab.evaluate("[...document.querySelectorAll('.gad-box, .gad-plot')].map((one) => one.clientHeight)")
    assert after == before
    assert "bar" in tab.evaluate(SHOWN)


def test_at_a_kink_its_slopes_are_printed_and_elsewhere_none(opened: Any, tmp_path: Path) -> None:
    """Of several kinks the row of the one at which the slider is."""
    made = film(cornered, x=(-2, 2, 0.5)).to_json()
    rows = {0.0: "has a corner at x = 0", 1.0: "has a corner at x = 1"}
    for place in (0.0, 1.0, 0.5):
        tab = opened(lambda: made, (1280, 720), step=9, link={"x": place})
        text = printed(tab, tmp_path, "A4")[1]
        assert ("PyTorch" in text) == (place in rows)
        assert [row for row in rows.values() if row in text] == [rows[at] for at in rows if at == place]


def test_a_strip_has_every_step_with_its_sentence(opened: Any, tmp_path: Path) -> None:
    """Several pictures stand on a sheet, none is cut in two, and the page still shows its own step."""
    tab = opened("worked", (1200, 800), theme="dark", step=13, paper="strip")
    sheets, text = printed(tab, tmp_path, "A4")
    assert len(sheets) == 5
    for each in (sheets, printed(tab, tmp_path, "Letter")[0]):
        inked = [
            np.flatnonzero((np.asarray(sheet.convert("L")) < 200).any(axis=1)).max() / sheet.height for sheet in each
        ]
        assert min(inked[:-1]) > 0.82
    assert min(np.mean(np.asarray(sheet) > 200) for sheet in sheets) > 0.85
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tab.evaluate(SMALLEST) >= 8  # 6 pt
    stills = tab.locator(".gad-stills figure")
    assert stills.count() == 19
    for number in range(19):
        said = stills.nth(number).locator("figcaption").text_content()
        assert said.startswith(str(number + 1))
    # The numbers of the first and of the last step are on paper.
    assert re.search(r"is the input:\s+2\.00", text)
    assert "0.082395" in text
    states = stills.evaluate_all("all => all.map((one) => one.querySelectorAll('.node.now, .now').length > 0)")
    assert all(states)
    assert tab.evaluate("new Set([...document.querySelectorAll('[id]')].map((one) => one.id)).size") == tab.evaluate(
        "document.querySelectorAll('[id]').length"
    )
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert stills.count() == 0
    assert tab.text_content(".gad-count") == "14 / 19"


@pytest.mark.parametrize("name", ["waves", "chain"])
def test_of_a_graph_larger_than_a_sheet_a_strip_has_what_is_around_each_step(name: str, opened: Any) -> None:
    """In type of 6 pt or more, several on a sheet, and framed, since the graph goes on."""
    tab = opened(name, (1200, 800), paper="strip")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tab.evaluate(SMALLEST) >= 8
    assert tab.evaluate(MISSED) == 0
    boxes = tab.eval_on_selector_all(
        ".gad-stills svg",
        "all => all.map((one) => [one.clientWidth, one.clientHeight, getComputedStyle(one).outlineStyle])",
    )
    assert len(boxes) > 40
    assert all(width <= 340 and height <= 440 and line == "dashed" for width, height, line in boxes)
