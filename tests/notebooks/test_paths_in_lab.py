"""A gradient's paths and a cost in JupyterLab: the arrow keys choose a path, and leave the notebook alone."""

from __future__ import annotations

from collections.abc import Callable

from explorers import IMPORTS
from hosts import Page, Server, write_notebook

CELLS = (
    f"{IMPORTS}\n\n\ndef f(x):\n    a = x * np.sin(x)\n    return a * np.sin(a)",
    "trace = gad.trace(f, 1.8)\ntrace.why('x')",
    "gad.trace(f, 0.5).why('x')",
    "trace.cost()",
)
LIT = """() => [...document.querySelectorAll("section.gad-paths")].map((section) => {
    const halos = [...section.querySelectorAll("g[data-path] .gad-halo")]
    const shown = halos.filter((one) => getComputedStyle(one).display !== "none")
    return [...new Set(shown.map((one) => one.parentNode.dataset.path))].join() })"""
ACTIVE = "() => window.jupyterapp.shell.currentWidget.content.activeCellIndex"


def test_the_arrow_keys_choose_a_path_and_leave_the_notebook_alone(lab: Server, tab: Callable[..., Page]) -> None:
    page = tab(lab).open(write_notebook(lab.folder / "paths.ipynb", *CELLS)).run_all()
    rows = page.page.locator("section.gad-paths >> nth=0").locator(".gad-paths-row")
    rows.first.click(position={"x": 200, "y": 8})
    active = page.page.evaluate(ACTIVE)
    assert page.page.evaluate(LIT) == ["0", "0"]
    page.page.keyboard.press("ArrowDown")
    page.page.keyboard.press("ArrowDown")
    assert page.page.evaluate(LIT) == ["2", "0"]  # of each output its own
    assert page.page.evaluate(ACTIVE) == active
    marks = page.page.locator("section.gad-paths >> nth=0").locator("pre")
    assert "a = x * np.sin(x)" in marks.inner_text()
    assert "Take " in page.page.locator("section.gad-cost").inner_text()
    assert page.problems == []
