"""`gad.explore` in Voila: a page without code, with a kernel of its own behind it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from explorers import IMPORTS, STOPS, Explorer
from hosts import Page, Server, write_notebook
from playwright.sync_api import expect

# There is no notebook to ask: Python says what it has in a label beside the explorer, and a button sets x.
CELL = f"""{IMPORTS}
import ipywidgets

w = gad.explore(np.sin, x=(-np.pi, np.pi))
label = ipywidgets.Label(value=repr((w.x, w.value)))
w.observe(lambda change: setattr(label, "value", repr((w.x, w.value))), ["x", "value"])
button = ipywidgets.Button(description="go to 0.3")
button.on_click(lambda button: setattr(w, "x", 0.3))
ipywidgets.VBox([w, label, button])"""


def test_it_slides_steps_and_agrees_with_python(voila: Server, tab: Callable[..., Page]) -> None:
    """By mouse, key and from Python, and the kernel's x is the thumb's."""
    page = tab(voila).show(write_notebook(voila.folder / "desk.ipynb", CELL))
    explorer, label = Explorer(page.page), page.page.locator(".widget-label").last
    explorer.drag(page.page, 0.75)
    x = float(STOPS[explorer.place()])
    assert 1.3 < x < 1.8
    explorer.shows(x, np.sin(x), np.cos(x))
    expect(label).to_have_text(repr((x, float(np.sin(x)))))
    explorer.thumb().press("End")
    expect(label).to_have_text(repr((float(np.pi), float(np.sin(np.pi)))))
    page.page.get_by_role("button", name="go to 0.3").click()
    explorer.shows(0.3, np.sin(0.3), np.cos(0.3))
    explorer.graph_shows(1, np.sin(0.3), 1)
    expect(label).to_have_text(repr((0.3, float(np.sin(0.3)))))
    explorer.find(".gad-pane").press("Home")
    explorer.at_step(1)
    explorer.find(".gad-pane").press("ArrowRight")
    explorer.at_step(2)
    explorer.find("#n1").click()
    expect(explorer.find(".gad-inspector")).to_contain_text("sin")
