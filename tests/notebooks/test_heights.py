"""No player is higher than what its host shows of it: box, sentence and buttons are in sight in notebooks too."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from explorers import SINE, Explorer
from hosts import Page, Server, write_notebook

DEEP = """def deep(x):
    y = x
    for _ in range(12):
        y = np.sin(y) + x
    return y


gad.trace(deep, 0.7)"""
SIZES = ((360, 740), (768, 1024), (900, 700), (1280, 720), (1366, 640), (1440, 900), (1920, 1080))
# By rectangles, in the window of the notebook's document: what of the player is not in it.
OUT = """(root) => {
  const seen = root.ownerDocument.querySelector(".jp-WindowedPanel-outer").getBoundingClientRect();
  return [".gad-box", ".gad-bar", ".gad-say > p", ".gad-pane .now > .bg"].filter((name) => {
    const { top, bottom, height } = root.querySelector(name).getBoundingClientRect();
    return height < 5 || top < seen.top - 1 || bottom > seen.bottom + 1;
  });
}"""
FRAME = """(frame) => { const { top, bottom } = frame.getBoundingClientRect();
  const seen = frame.closest(".jp-WindowedPanel-outer").getBoundingClientRect();
  return [bottom - top, seen.height]; }"""


def look(page: Page) -> None:
    """Walk the explorer's steps and measure the trace's frame at every size."""
    explorer = Explorer(page.cell(0))
    for width, height in SIZES:
        page.page.set_viewport_size({"width": width, "height": height})
        page.page.wait_for_timeout(250)
        explorer.find(".gad-pane").press("Home")
        explorer.find(".gad-box").evaluate("node => node.scrollIntoView({ block: 'center', behavior: 'instant' })")
        for _ in range(4):
            page.page.wait_for_timeout(50)
            assert explorer.root.evaluate(OUT) == [], (width, height)
            explorer.find(".gad-pane").press("ArrowRight")
        high, seen = page.cell(1).locator("iframe").evaluate(FRAME)
        assert high <= seen, (width, height)


@pytest.mark.parametrize("host", ["lab", "notebook7"])
def test_no_player_is_higher_than_its_host_shows(
    host: str, request: pytest.FixtureRequest, tab: Callable[..., Page]
) -> None:
    """In JupyterLab and in Notebook 7, a widget and the frame of a deep trace, at the sizes of real screens."""
    server: Server = request.getfixturevalue(host)
    path = write_notebook(server.folder / "heights.ipynb", SINE, DEEP)
    look(tab(server, reduced_motion="reduce").open(path).run_all())
