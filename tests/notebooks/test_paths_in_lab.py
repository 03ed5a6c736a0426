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
LIT = """() => [...new Set([...document.querySelectorAll("g[data-path] .gad-paths-halo")]
    .filter((one) => getComputedStyle(one).display !== "none").map((one) => one.parentNode.dataset.path))].join()"""
ACTIVE = "() => window.jupyterapp.shell.currentWidget.content.activeCellIndex"


def test_the_arrow_keys_choose_a_path_and_leave_the_notebook_alone(lab: Server, tab: Callable[..., Page]) -> None:
    """Each output has a player of its own in a frame; what stands there instead where it may not run is not seen."""
    page = tab(lab).open(write_notebook(lab.folder / "paths.ipynb", *CELLS)).run_all()
    frames = [page.page.frame_locator(f"iframe >> nth={k}") for k in range(2)]
    rows = frames[0].locator(".gad-told .gad-paths-row")
    rows.first.click(position={"x": 200, "y": 8})
    active = page.page.evaluate(ACTIVE)
    shown = lambda k: frames[k].locator("body").evaluate(LIT)  # noqa: E731
    assert [shown(0), shown(1)] == ["0", "0"]
    page.page.keyboard.press("ArrowDown")
    page.page.keyboard.press("ArrowDown")
    assert [shown(0), shown(1)] == ["2", "0"]
    assert page.page.evaluate(ACTIVE) == active
    assert frames[0].locator(".gad-code .gad-operand").count() == 2
    assert not page.page.locator("section.gad-paths >> nth=0").is_visible()
    assert "Take " in page.page.locator("section.gad-cost").inner_text()
    assert page.problems == []
