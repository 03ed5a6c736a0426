"""`gad.explore` in Notebook 7: what differs from JupyterLab is the page around it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from explorers import SINE, STOPS, Explorer
from hosts import Page, Server, write_notebook
from playwright.sync_api import expect


@pytest.fixture(scope="module")
def desk(notebook7: Server, long_tab: Callable[..., Page]) -> Page:
    """Open a notebook with an explorer."""
    return long_tab(notebook7).open(write_notebook(notebook7.folder / "desk.ipynb", SINE)).run_all()


def test_it_slides_and_agrees_with_numpy(desk: Page) -> None:
    """By mouse, by key and from Python, exactly."""
    explorer = Explorer(desk.cell(0))
    explorer.drag(desk.page, 0.25)
    x = STOPS[explorer.place()]
    assert -1.8 < x < -1.3
    explorer.shows(x, np.sin(x), np.cos(x))
    desk.asks_until("w.x", x)
    explorer.thumb().press("Home")
    explorer.shows(-np.pi, 0, -1)
    desk.asks_until("w.x", -np.pi)
    desk.tell("w.x = 0.3")
    explorer.shows(0.3, np.sin(0.3), np.cos(0.3))
    explorer.graph_shows(1, np.sin(0.3), 1)


def test_keys_step_inspect_and_leave_the_cells_alone(desk: Page) -> None:
    """The story steps, a node is inspected, and d, d deletes nothing."""
    desk.tell("w.x = 0.0")
    explorer = Explorer(desk.cell(0))
    explorer.find(".gad-pane").press("Home")
    explorer.at_step(1)
    explorer.find(".gad-pane").press("ArrowRight")
    explorer.at_step(2)
    desk.asks_until("w.step", 1)
    explorer.find(".gad-pane").press("PageUp")
    explorer.at_step(1)
    before = desk.sources()
    for place in (".gad-x", ".gad-pane", ".gad-play"):
        explorer.find(place).focus()
        desk.page.keyboard.type("dd")
    assert desk.sources() == before
    explorer.find("#n1").focus()
    explorer.find("#n1").press("Enter")
    expect(explorer.find(".gad-inspector")).to_contain_text("sin")


def test_a_restarted_kernel_leaves_it_sliding(desk: Page) -> None:
    """The numbers are in the browser."""
    desk.restart()
    explorer = Explorer(desk.cell(0))
    explorer.thumb().press("End")
    explorer.shows(np.pi, 0, -1)
    assert desk.ask("'w' in globals()") is False
