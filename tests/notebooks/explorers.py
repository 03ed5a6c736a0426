"""An explorer on the page of a notebook, as who sits in front of it sees and steers it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hosts import wait_until
from playwright.sync_api import expect

IMPORTS = "import numpy as np\nimport graphviz_ad as gad"
SINE = f"{IMPORTS}\nw = gad.explore(np.sin, x=(-np.pi, np.pi))\nw"
WORKED = (
    "def f(x):\n    a = np.log(x**2)\n    return a * np.sin(x) + 1 / x\n\n\n"
    'v = gad.explore(f, x=(0.5, 3, 0.01), at={"x": 2.0})\nv'
)
STOPS = np.linspace(-np.pi, np.pi, 201)
FOCUSABLE = "button:visible, input:visible, summary:visible, [tabindex='0']:visible"


def read(text: str) -> float:
    """Read a number as the player writes it; where there is none, NaN."""
    return float(text.replace("−", "-").replace("\u2007", "").strip()) if set(text) & set("0123456789") else np.nan


def half_a_unit(text: str) -> float:
    """Return by how much a number in fixed decimals may differ from what it stands for."""
    return 0.5001 * 10.0 ** -len(text.replace("\u2007", "").strip().partition(".")[2])


class Explorer:
    """The first explorer inside a part of a page.

    Attributes
    ----------
    root : playwright.sync_api.Locator
    """

    def __init__(self, inside: Any) -> None:
        self.root = inside.locator(".gad").first
        self.root.locator(".gad-box").wait_for()

    def find(self, selector: str) -> Any:
        """Return a part of it."""
        return self.root.locator(selector)

    def thumb(self, number: int = 0) -> Any:
        """Return a slider."""
        return self.find(".gad-x").nth(number)

    def reads(self) -> list[str]:
        """Return what stands at the top, all in one moment: the sliders' values, f, and the slopes."""
        return list(self.find(".gad-reads dd").all_text_contents())

    def watch(self) -> Callable[[], list[list[str]]]:
        """Begin to note the top in every frame that is painted; the call that is returned ends that, and tells."""
        self.root.evaluate(
            """(root) => {
              root.frames = [];
              const look = () => {
                root.frames.push([...root.querySelectorAll(".gad-reads dd")].map((node) => node.textContent));
                root.looking = requestAnimationFrame(look);
              };
              look();
            }"""
        )
        told = "(root) => (cancelAnimationFrame(root.looking), root.frames)"
        return lambda: list(self.root.evaluate(told))

    def along(self, number: int = 0) -> float:
        """Return where a thumb stands, in stops."""
        return float(self.thumb(number).input_value())

    def place(self, number: int = 0) -> int:
        """Return the stop on which a thumb stands."""
        assert self.along(number).is_integer()
        return int(self.along(number))

    def shows(self, x: float, f: float, slope: float) -> None:
        """Wait until the top says x, then compare all numbers on screen with these, to the last digit shown."""

        def there() -> list[str] | None:
            texts = self.reads()
            return texts if abs(read(texts[0]) - x) <= half_a_unit(texts[0]) else None

        texts = wait_until(there, f"x to be {x}")
        for text, right in zip(texts, (x, f, slope), strict=True):
            assert read(text) == pytest.approx(right, abs=half_a_unit(text)), texts

    def graph_shows(self, node: int, value: float, adjoint: float) -> None:
        """Compare the two rows of a node's card."""
        for row, right in (("v", value), ("a", adjoint)):
            text = self.find(f"#n{node}_{row} .slot").first.text_content() or ""
            assert read(text) == pytest.approx(right, abs=half_a_unit(text)), (node, row)

    def at_step(self, number: int) -> None:
        """Wait until the counter says so, from 1."""
        expect(self.find(".gad-count b")).to_have_text(str(number))

    def drag(self, page: Any, to: float) -> None:
        """Take the thumb with the mouse and carry it to a part of the slider, from 0 to 1."""
        thumb = self.thumb()
        thumb.scroll_into_view_if_needed()
        box = thumb.bounding_box()
        least, most, now = (float(thumb.evaluate(f"(node) => node.{word}")) for word in ("min", "max", "value"))
        radius = 11  # about a thumb's; its centre stays that far from the ends
        centre = lambda part: box["x"] + radius + part * (box["width"] - 2 * radius)  # noqa: E731
        height = box["y"] + thumb.evaluate("(node) => node.offsetHeight") / 2
        page.mouse.move(centre((now - least) / (most - least)), height)
        page.mouse.down()
        page.mouse.move(centre(to), height, steps=8)
        page.mouse.up()
