"""The quiz in JupyterLab: what is typed stays in the field, and in the kernel no cell is lost by it."""

from __future__ import annotations

import shutil
from collections.abc import Callable

from explorers import Explorer
from hosts import ROOT, Page, Server
from playwright.sync_api import expect


def test_the_demo_asks_and_takes_what_is_typed(lab: Server, tab: Callable[..., Page]) -> None:
    """Of exp(−x²) at 0.5; letters and digits mean something to JupyterLab, and to the player, elsewhere."""
    shutil.copy(ROOT / "demos" / "5_predict.ipynb", lab.folder)
    page = tab(lab).open(lab.folder / "5_predict.ipynb").run_all()
    cells = page.page.locator(".jp-CodeCell").count()
    explorer = Explorer(page.page.locator(".jp-CodeCell").first)
    expect(explorer.find(".gad-count")).to_contain_text("1 / 8")
    explorer.find(".gad-pane").focus()
    page.page.keyboard.press("End")
    field = explorer.find(".gad-field")
    expect(field).to_be_focused()
    page.page.keyboard.type("dd 0xf-? -")
    expect(field).to_have_value("dd 0xf-? -")
    page.page.keyboard.press("Enter")
    expect(explorer.find(".gad-verdict")).to_contain_text("no number I can read")
    field.fill("1")
    page.page.keyboard.press("Enter")
    expect(explorer.find(".gad-verdict")).to_contain_text("itself")
    field.fill("0.7788")
    page.page.keyboard.press("Enter")
    expect(explorer.find(".gad-praise")).to_contain_text("Right, to")
    expect(explorer.find(".gad-go-on")).to_be_focused()
    page.page.keyboard.press("Enter")
    expect(field).to_be_focused()
    expect(explorer.find(".gad-count")).to_contain_text("7 / 8")
    assert page.page.locator(".jp-CodeCell").count() == cells
