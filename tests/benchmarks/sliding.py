"""From a key on a slider to the painted frame, in a real JupyterLab: the widget beside the naive way.

The naive way is what anybody would write first: ipywidgets' ``FloatSlider``, and an ``HTML`` widget that shows the
trace drawn anew by Graphviz after each move. Both stand in one notebook and are moved in turn.
"""

from __future__ import annotations

import shutil
import tempfile
from itertools import cycle, islice
from pathlib import Path
from typing import Any

__all__ = ["FRAME_GOAL", "TIMES_FASTER_GOAL", "slide"]

FRAME_GOAL = 0.020  # seconds, the 95th percentile
TIMES_FASTER_GOAL = 4
_BLOCK = 20
_SETTLE = 2000  # milliseconds: when another cell is chosen, JupyterLab animates its editor's cursor for 1.2 s
_BETWEEN = 150  # milliseconds, so that all that a move set off, in Python too, is over before the next begins

_CELL = """
import ipywidgets, numpy as np, graphviz_ad as gad

def f(x):
    a = np.log(x**2)
    return a * np.sin(x) + 1 / x

explorer = gad.explore(f, x=(0.5, 3))
slider = ipywidgets.FloatSlider(value=explorer.x, min=0.5, max=3, step=0.0125)
picture = ipywidgets.HTML()

def redraw(change=None):
    picture.value = gad.trace(f, slider.value).to_dot().pipe(format="svg", encoding="utf-8")

slider.observe(redraw, "value")
redraw()
naive = ipywidgets.VBox([slider, picture])
"""

# The handle that takes the keys, and what shows the numbers.
_CONTENDERS = {
    "graphviz_ad": (".gad-x", ".gad-reads"),
    "naive": (".noUi-handle", ".widget-html-content"),
}
# The clock runs from the time stamp of the key to the task after the next frame's: that frame has then been painted.
_WATCH = """([handle, shown]) => {
  const at = document.querySelector(handle);
  window.moved = new Promise((resolve) => {
    let start = 0;
    at.addEventListener("keydown", (event) => (start = event.timeStamp), { capture: true, once: true });
    const changed = new MutationObserver(() => {
      changed.disconnect();
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => resolve(performance.now() - start);
        channel.port2.postMessage(0);
      });
    });
    changed.observe(document.querySelector(shown), { subtree: true, childList: true, characterData: true });
  });
}"""


def slide(moves: int = 200) -> dict[str, list[float]]:
    """Move both sliders so many times, in turn; return the seconds of each move by contender."""
    from playwright.sync_api import sync_playwright

    from tests.conftest import FLAGS
    from tests.notebooks.hosts import Page, serving, write_notebook

    times: dict[str, list[float]] = {name: [] for name in _CONTENDERS}
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "lab", "lab") as server:
        notebook = write_notebook(server.folder / "sliding.ipynb", _CELL, "explorer", "naive")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
            tab = Page(browser, server, viewport={"width": 1280, "height": 900})
            tab.open(notebook).run_all()
            for handle, shown in _CONTENDERS.values():
                tab.page.wait_for_selector(handle)
                tab.page.wait_for_selector(shown)
            # To and fro, so that no slider comes to its end.
            keys = cycle(["ArrowRight"] * _BLOCK + ["ArrowLeft"] * _BLOCK)
            for _ in range(-(-moves // _BLOCK)):
                block = list(islice(keys, _BLOCK))
                for name, seconds in times.items():
                    # Scrolling there and marking the cell is no part of a move.
                    tab.page.locator(_CONTENDERS[name][0]).focus()
                    tab.page.wait_for_timeout(_SETTLE)
                    seconds.extend(_move(tab.page, name, key) for key in block)
            browser.close()
    return {name: seconds[:moves] for name, seconds in times.items()}


def _move(page: Any, name: str, key: str) -> float:
    page.evaluate(_WATCH, list(_CONTENDERS[name]))
    page.wait_for_timeout(_BETWEEN)
    page.keyboard.press(key)
    seconds: float = page.evaluate("() => window.moved") / 1000
    return seconds
