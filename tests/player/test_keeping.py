"""What a reader takes away: the picture of the step on screen, and a link to this moment."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from graphviz_ad.draw.frame import frame
from graphviz_ad.filming import Film, film
from graphviz_ad.player.page import page, snippet

GEOMETRY = ("x", "y", "width", "height", "d", "points", "rx", "cx", "cy", "r", "transform")
INHERITED = {"fill": "black", "stroke": "none", "stroke-width": "1", "stroke-dasharray": "none", "text-anchor": "start"}


def worked(x: Any) -> Any:
    """Use x three times."""
    a = np.log(x**2)
    return a * np.sin(x) + 1 / x


@pytest.fixture(scope="module")
def made() -> Film:
    """log(x²)·sin x + 1/x, starting at 2."""
    return film(worked, x=(0.5, 3, 0.05), at={"x": 2.0})


@pytest.fixture
def opened(chromium: Any, made: Film, tmp_path: Path) -> Any:
    """Open the page of the film, with all that forbids it to load anything; it must be silent."""
    contexts, problems = [], []

    def open_page(link: str = "", width: int = 1200, html: str = "", **options: Any) -> Any:
        contexts.append(chromium.new_context(viewport={"width": width, "height": 800}, reduced_motion="reduce"))
        tab = contexts[-1].new_page()
        tab.on("pageerror", lambda error: problems.append(str(error)))
        tab.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        file = tmp_path / "film.html"
        file.write_text(html or page(made.to_json(), **options), encoding="utf-8")
        tab.goto(file.as_uri() + link)
        tab.wait_for_selector(".gad-box, iframe")
        return tab

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


def colour(text: str) -> Any:
    """Return a colour as numbers, as far as it is one."""
    numbers = re.findall(r"[\d.]+", text)
    if text.startswith("rgb"):
        return tuple(int(part) for part in numbers[:3]) if numbers[3:] != ["0"] else "none"
    return text if text == "none" else tuple(round(255 * part) for part in to_rgb(text))


def leaves(svg: str) -> list[tuple[Any, ...]]:
    """Return what is drawn in a picture, from back to front: shapes and texts, with their places and looks."""
    drawn: list[tuple[Any, ...]] = []

    def walk(node: Element, looks: dict[str, str]) -> None:
        looks = {name: node.get(name, usual) for name, usual in looks.items()}
        tag = node.tag.rpartition("}")[2]
        if tag in ("rect", "path", "text", "polygon", "circle", "line"):
            dash = [float(part) for part in re.findall(r"[\d.]+", looks["stroke-dasharray"])]
            stroke = colour(looks["stroke"])
            width = None if stroke == "none" else float(looks["stroke-width"].removesuffix("px"))
            place = [node.get(name) for name in GEOMETRY]
            anchor = looks["text-anchor"] if tag == "text" else ""
            text = "".join(node.itertext()).strip()
            drawn.append((tag, *place, text, colour(looks["fill"]), stroke, width, *dash, anchor))
        elif tag not in ("title", "desc"):
            for child in node:
                walk(child, looks)

    walk(fromstring(svg), INHERITED)
    return drawn


def saved(tab: Any, words: str) -> Path:
    """Save by the menu; return the file."""
    if not tab.is_visible(".gad-menu"):
        tab.click(".gad-keep")
    with tab.expect_download() as download:
        tab.click(f".gad-menu button:text-is('{words}')")
    path = Path(download.value.path())
    assert download.value.suggested_filename.startswith("worked-step-")
    return path


def test_the_saved_picture_is_that_of_the_painter_in_python(opened: Any, made: Film) -> None:
    """At steps of every kind and in three themes: the same shapes at the same places, in literal colours."""
    tab = opened(step=0, theme="light")
    (scene,) = made.scenes
    numbers = made._cut.start[1]
    # What is pointed at, or inspected, is no part of the picture.
    tab.locator("#n1").dispatch_event("click")
    for step, theme in ((0, "light"), (7, "dark"), (13, "light"), (18, "high-contrast")):
        tab.evaluate(f"location.hash = 'step={step + 1}&theme={theme}'")
        tab.wait_for_function(f"document.querySelector('.gad-count b').textContent === '{step + 1}'")
        svg = saved(tab, "Save SVG").read_text(encoding="utf-8")
        assert "var(" not in svg
        assert leaves(svg) == leaves(frame(scene, numbers, step, theme)), (step, theme)
        assert "selected" in tab.get_attribute("#n1", "class")
        tab.keyboard.press("Escape")


def test_the_picture_in_pixels_and_on_the_clipboard(opened: Any, made: Film) -> None:
    """Twice as large, on its paper; where the clipboard refuses, the menu says so."""
    tab = opened(step=13, theme="dark")
    picture = Image.open(saved(tab, "Save PNG")).convert("RGB")
    (scene,) = made.scenes
    assert picture.size == pytest.approx((2 * scene.width, 2 * scene.height), abs=3)
    paper = tab.evaluate("getComputedStyle(document.querySelector('main')).backgroundColor")
    assert picture.getpixel((0, 0)) == colour(paper)
    assert len(picture.getcolors(maxcolors=1_000_000)) > 50

    tab.evaluate(
        "void (navigator.clipboard.write = (items) => items[0].getType('image/png').then((blob) => self.kept = blob))"
    )
    tab.click("text='Copy picture'")
    tab.wait_for_selector(".gad-said:text-is('Copied')")
    assert tab.evaluate("[kept.type, kept.size > 5000]") == ["image/png", True]
    tab.evaluate("void (navigator.clipboard.write = () => Promise.reject(new DOMException('no', 'NotAllowedError')))")
    tab.click("text='Copy picture'")
    tab.wait_for_selector(".gad-said:has-text('cannot be copied here')")


def test_a_link_leads_to_the_moment_it_was_made_at(opened: Any) -> None:
    """Place, step and theme; opened anew, and where the address of an open page changes."""
    tab = opened("#x=0.7&step=12&theme=dark")
    state = (
        "[document.querySelector('.gad-reads .local').textContent, document.querySelector('.gad-count b').textContent,"
    )
    state += "document.querySelector('main').dataset.theme]"
    assert tab.evaluate(state) == ["0.70", "12", "dark"]
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    assert tab.text_content(".gad-notice") == ""
    tab.evaluate("void (navigator.clipboard.writeText = async (text) => { self.kept = text; })")
    tab.click(".gad-keep")
    tab.click("text='Copy link'")
    tab.wait_for_selector(".gad-said:text-is('Copied')")
    assert tab.evaluate("kept") == tab.url
    tab.evaluate("location.hash = '#x=2.5&step=3'")
    tab.wait_for_function("document.querySelector('.gad-count b').textContent === '3'")
    assert tab.evaluate(state) == ["2.50", "3", "dark"]

    tab.evaluate("location.hash = '#x=40&step=99&theme=pink&y=1&<b>=2&step=two'")
    tab.wait_for_selector(".gad-notice:not(:empty)")
    wrong = "x=40 and theme=pink and y=1 and <b>=2 and step=two and step=99"
    assert tab.text_content(".gad-notice") == f"The link asks for {wrong}, which is not here."
    assert tab.evaluate(state) == ["2.50", "3", "dark"]
    tab.evaluate("location.hash = '#x=1'")
    tab.wait_for_selector(".gad-notice:empty", state="attached")


def test_a_page_saved_at_a_place_opens_there(opened: Any, made: Film, tmp_path: Path) -> None:
    """`save("x.html", at=, step=)`: the picture that stands in it without scripts, too."""
    made.save(tmp_path / "there.html", at={"x": 0.71}, step=5)
    html = (tmp_path / "there.html").read_text(encoding="utf-8")
    assert "The finished picture at x = 0.70" in html
    assert f">{np.sin(0.7):.6f}<" in html.partition("</main>")[0]
    tab = opened(html=html)
    assert tab.text_content(".gad-reads .local") == "0.70"
    assert tab.text_content(".gad-count") == "6 / 19"


def test_the_menu_fits_a_phone_and_answers_to_keys(opened: Any) -> None:
    """It opens by keys, keeps within the window, and Escape leads back to its button."""
    tab = opened(width=360, step=3)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360
    tops = tab.eval_on_selector_all(".gad-bar > button", "all => all.map((one) => one.getBoundingClientRect().top)")
    assert len(set(tops)) == 1  # in one row
    tab.focus(".gad-keep")
    tab.keyboard.press("Enter")
    assert tab.get_attribute(".gad-keep", "aria-expanded") == "true"
    assert tab.evaluate("document.activeElement.textContent") == "Save SVG"
    box = tab.locator(".gad-menu").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    assert box["y"] >= 0
    tab.keyboard.press("Escape")
    assert not tab.is_visible(".gad-menu")
    assert tab.evaluate("document.activeElement.className") == "gad-keep"


def test_a_sandboxed_frame_offers_nothing_that_it_cannot_do(opened: Any, made: Film) -> None:
    """There a download, or a copy, would be dropped without a word."""
    tab = opened(html=snippet(made.to_json(), "<svg/>"))
    inside = tab.frame_locator("iframe")
    inside.locator(".gad-bar").wait_for()
    assert inside.locator(".gad-keep").count() == 0
