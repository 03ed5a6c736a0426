"""The debugger and what was recorded before a function raised, in JupyterLab: live, and none of their keys is Lab's."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from explorers import IMPORTS
from hosts import Page, Server, write_notebook
from playwright.sync_api import expect

from graphviz_ad.debugger import stepper_of

CELLS = (
    f"{IMPORTS}\n\n\ndef g(x):\n    return 1 / x\n\n\ndef f(x):\n    return np.sin(x) * g(x)",
    "gad.debug(f, 0.5, breakpoints=['sin back'], watches=['abs(x.adjoint)'])",
    "try:\n    gad.trace(lambda x, w: np.tanh(x) @ w, np.ones((3, 4)), np.ones(2))\n"
    "except ValueError as error:\n    unfinished = gad.post_mortem(error)\nunfinished",
)


def g(x):
    return 1 / x


def f(x):
    return np.sin(x) * g(x)


def test_their_keys_stay_theirs(lab: Server, tab: Callable[..., Page]) -> None:
    page = tab(lab, reduced_motion="reduce").open(write_notebook(lab.folder / "debugging.ipynb", *CELLS)).run_all()
    debug, raised = page.frame(1), page.frame(2)
    expect(debug.locator(".gad-count b")).to_have_text("1")
    debug.locator(".gad-steer button").first.focus()
    stepper = stepper_of(f, (0.5,), {}, ["sin back"])
    moves = {
        "F8": stepper.advance,
        "Shift+F8": stepper.reverse,
        "ArrowRight": stepper.step,
        "Shift+ArrowRight": stepper.over,
        "Shift+ArrowUp": stepper.out,
    }
    for key, move in moves.items():
        debug.locator(".gad-steer button").first.press(key)
        expect(debug.locator(".gad-count b")).to_have_text(str(move().step + 1))
    debug.locator(".gad-steer button").first.press("b")
    expect(debug.locator(".gad-points li")).to_have_count(2)
    debug.locator(".gad-steer button").first.press("w")
    expect(debug.get_by_role("tab", name="Watch, 2")).to_have_attribute("aria-selected", "true")
    expect(raised.locator(".gad-scene .blame text")).to_have_text("inner sizes 4 and 2 differ")
    assert page.ask("[type(out).__name__ for out in Out.values()]") == ["Session", "Unfinished"]
