"""What is left of an explorer when nbconvert has made a file of the notebook."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import numpy as np
import pytest
from explorers import IMPORTS, SINE, STOPS, Explorer
from hosts import Page, run_module, write_notebook
from playwright.sync_api import expect


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Execute a notebook without a browser; what nbconvert does unasked, it does."""
    folder = tmp_path_factory.mktemp("exports")
    write_notebook(folder / "sine.ipynb", SINE)
    run_module(folder, "nbconvert", "--to", "notebook", "--execute", "--output", "done.ipynb", "sine.ipynb")
    return folder / "done.ipynb"


def test_the_output_carries_all_its_faces(executed: Path) -> None:
    """A page, a picture and words, and no widget: nobody was there to meet it, and later it has no kernel."""
    book = nbformat.read(executed, as_version=4)
    (output,) = book.cells[0].outputs
    assert set(output.data) == {"text/html", "image/svg+xml", "text/plain"}


def test_html_is_a_live_player_offline(executed: Path, tab: Callable[..., Page]) -> None:
    """In the exported page the explorer slides and steps, with no kernel and no network."""
    run_module(executed.parent, "nbconvert", "--to", "html", executed.name)
    page = tab()
    page.page.goto(executed.with_suffix(".html").as_uri(), wait_until="commit")
    explorer = Explorer(page.page.frame_locator("iframe[sandbox='allow-scripts']").locator("body"))
    for key, place in (("Home", 0), ("ArrowRight", 1), ("End", 200)):
        explorer.thumb().press(key)
        x = STOPS[place]
        explorer.shows(x, np.sin(x), np.cos(x))
        explorer.graph_shows(1, np.sin(x), 1)
    explorer.find(".gad-pane").press("Home")
    explorer.at_step(1)
    assert page.page.locator("iframe").count() == 1
    expect(page.page.locator("iframe")).to_be_in_viewport()


def test_trace_film_and_explorer_in_one_command(tmp_path: Path, tab: Callable[..., Page]) -> None:
    """`nbconvert --execute --to html`, opened without a network: all three are live, over their pictures."""
    cells = ("gad.trace(np.sin, 1.0)", "gad.film(np.sin, x=(-3, 3))", "gad.explore(np.sin, x=(-3, 3))")
    write_notebook(tmp_path / "three.ipynb", IMPORTS, *cells)
    run_module(tmp_path, "nbconvert", "--execute", "--to", "html", "three.ipynb")
    page = tab()
    page.page.context.set_offline(True)
    page.page.goto((tmp_path / "three.html").as_uri(), wait_until="commit")
    frames = page.page.frame_locator("iframe")
    for number in range(3):
        shown = frames.nth(number)
        expect(shown.locator(".gad-reads .value")).to_have_text(f"{np.sin(1.0):.6f}")
        expect(shown.locator("#n1_v .slot")).to_have_text(f"{np.sin(1.0):.6f}")
    pictures = page.page.locator("img[src^='data:image/svg+xml']")
    assert pictures.evaluate_all("all => all.map((one) => one.naturalWidth > 50)") == [True] * 3


def test_markdown_has_the_picture(executed: Path) -> None:
    """The graph with the numbers of the start stands in one block of HTML, which no blank line breaks."""
    run_module(executed.parent, "nbconvert", "--to", "markdown", executed.name)
    text = executed.with_suffix(".md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^<div.*?(?=\n[ \t]*\n|\Z)", text, re.DOTALL | re.MULTILINE)
    assert block.count("<div") == block.count("</div>")
    assert block.rstrip().endswith("</div>")
    encoded = re.search(r'<img alt="f\(x\) = sin x" src="data:image/svg\+xml;base64,([^"]+)"', block)
    assert encoded is not None
    has_the_numbers_of_the_start(base64.b64decode(encoded[1]).decode())


def test_markdown_of_pictures_links_to_a_file(executed: Path) -> None:
    """Who asks nbconvert for pictures gets the graph as a file."""
    wanted = "--NbConvertBase.display_data_priority=['image/svg+xml', 'text/plain']"
    run_module(executed.parent, "nbconvert", "--to", "markdown", "--output", "pictures", wanted, executed.name)
    text = (executed.parent / "pictures.md").read_text(encoding="utf-8")
    (linked,) = re.findall(r"!\[\w+\]\((\S+\.svg)\)", text)
    assert "<" not in text
    has_the_numbers_of_the_start((executed.parent / linked).read_text(encoding="utf-8"))


def has_the_numbers_of_the_start(picture: str) -> None:
    """Compare a picture with sine and cosine at 1, where the slider starts."""
    for text in ("1.000", f"{np.sin(1):.6f}", f"{np.cos(1):.6f}"):
        assert f">{text}<" in picture


BOXES = """import ipywidgets
wave = gad.explore(np.sin, x=(-3, 3))
line = gad.explore(np.cos, x=(-3, 3))
ipywidgets.HBox([ipywidgets.Label("sine"), ipywidgets.VBox([wave, wave])])"""


def test_explorers_in_boxes_are_live_offline_and_other_boxes_are_what_they_were(
    tmp_path: Path, tab: Callable[..., Page]
) -> None:
    """Each is shown once, one below another; a box without an explorer keeps its view, as ipywidgets gives it."""
    cells = (BOXES, "ipywidgets.Tab([line, wave])", "ipywidgets.HBox([ipywidgets.Label('none')])")
    write_notebook(tmp_path / "boxes.ipynb", IMPORTS, *cells)
    run_module(tmp_path, "nbconvert", "--execute", "--to", "notebook", "--output", "done.ipynb", "boxes.ipynb")
    outputs = [cell.outputs[0].data for cell in nbformat.read(tmp_path / "done.ipynb", as_version=4).cells[1:]]
    view = "application/vnd.jupyter.widget-view+json"
    assert [set(data) for data in outputs] == [
        {"text/html", "image/svg+xml", "text/plain"},
        {"text/html", "text/plain"},
        {view, "text/plain"},
    ]
    run_module(tmp_path, "nbconvert", "--to", "html", "done.ipynb")
    page = tab()
    page.page.context.set_offline(True)
    page.page.goto((tmp_path / "done.html").as_uri(), wait_until="commit")
    frames = page.page.frame_locator("iframe")
    for number, value in enumerate((np.sin(1.0), np.cos(1.0), np.sin(1.0))):
        expect(frames.nth(number).locator(".gad-reads .value")).to_have_text(f"{value:.6f}")
    assert page.page.locator("iframe").count() == 3
