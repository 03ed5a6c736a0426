"""What a trace and a film show by themselves in a notebook: a live player without a kernel."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import numpy as np
import pytest
from explorers import IMPORTS, read
from hosts import Page, Server, write_notebook
from playwright.sync_api import expect

CELLS = (
    f"{IMPORTS}\n\n\ndef f(x):\n    a = np.log(x**2)\n    return a * np.sin(x) + 1 / x",
    "gad.trace(f, 2.0)",
    "gad.film(np.sin, x=(-np.pi, np.pi))",
)


def look(page: Page) -> None:
    """Step through the trace, slide the film, and compare what they say."""
    trace, film = page.frame(1), page.frame(2)
    trace.locator(".gad-first").click()
    expect(trace.locator(".gad-count b")).to_have_text("1")
    trace.locator(".gad-pane").press("End")
    expect(trace.locator(".gad-count")).to_have_text("19 / 19")
    expect(trace.locator("#n0_a .slot")).to_have_text("0.082395")
    for key in ("Home", "ArrowRight"):
        film.locator(".gad-x").press(key)
    x = np.linspace(-np.pi, np.pi, 201)[1]
    f, slope = (read(film.locator(f".gad-reads .{kind}").text_content() or "") for kind in ("value", "adjoint"))
    assert (f, slope) == (pytest.approx(np.sin(x), abs=1e-6), pytest.approx(np.cos(x), abs=1e-6))


def test_they_are_live_in_lab(lab: Server, tab: Callable[..., Page]) -> None:
    """The trace plays to its end and the film slides, also without a kernel, and when they are opened again."""
    page = tab(lab, reduced_motion="reduce").open(write_notebook(lab.folder / "displays.ipynb", *CELLS)).run_all()
    look(page)
    assert page.ask("[type(out).__name__ for out in Out.values()]") == ["Trace", "Film"]
    page.save()
    page.restart()
    look(page)
    copy = shutil.copy(lab.folder / "displays.ipynb", lab.folder / "copy.ipynb")
    again = tab(lab, reduced_motion="reduce").open(copy)
    look(again)
    assert again.ask("'np' in globals()") is False


def test_they_are_live_in_notebook7(notebook7: Server, tab: Callable[..., Page]) -> None:
    """The same in Notebook 7."""
    path = write_notebook(notebook7.folder / "displays.ipynb", *CELLS)
    look(tab(notebook7, reduced_motion="reduce").open(path).run_all())


def test_they_are_live_in_voila(voila: Server, tab: Callable[..., Page]) -> None:
    """The same in Voila."""
    look(tab(voila, reduced_motion="reduce").show(write_notebook(voila.folder / "displays.ipynb", *CELLS)))
