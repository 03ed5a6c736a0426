"""The map of two sliders in a real browser: what is drawn lies where f says, and the point can be moved."""

from __future__ import annotations

import itertools
import re
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gad

X, Y = (-3, 3), (-2, 2)


def hill(x: Any, y: Any) -> Any:
    """A hill and a hollow."""
    return np.sin(x) * np.exp(-(y**2)) + 0.1 * x * y


def slopes(f: Any, x: float, y: float, step: float = 1e-6) -> np.ndarray[Any, Any]:
    """Return the derivatives by differences."""
    return np.array([f(x + step, y) - f(x - step, y), f(x, y + step) - f(x, y - step)]) / (2 * step)


MAP = """() => {
  const svg = document.querySelector(".gad-contours svg"), origin = svg.getBoundingClientRect();
  const box = (node) => { const { x, y, width, height } = node.getBoundingClientRect(); return [x, y, width, height]; };
  const ends = (name) => [...svg.querySelectorAll(name)].map((line) =>
    line.getAttribute("visibility") === "hidden" ? null
    : ["x1", "y1", "x2", "y2"].map((key, i) => Number(line.getAttribute(key)) + (i % 2 ? origin.y : origin.x)));
  return { land: box(svg.querySelector(".gad-land")), spot: ends(".gad-spot")[0], shaft: ends(".gad-shaft")[0],
    legs: ends(".gad-leg"), tip: svg.querySelector(".gad-head-of-arrow").getAttribute("points"),
    parts: [...svg.querySelectorAll(".gad-part")].map((node) => node.textContent),
    said: svg.getAttribute("aria-valuetext"), now: Number(svg.getAttribute("aria-valuenow")),
    note: document.querySelector(".gad-contours p").textContent };
}"""


class Read:
    """A map as it stands on the screen, in the numbers of its sliders."""

    def __init__(self, page: Any, x: tuple[float, float] = X, y: tuple[float, float] = Y) -> None:
        self.seen = page.evaluate(MAP)
        self.left, self.top, self.width, self.height = self.seen["land"]
        self.x, self.y = x, y

    def scales(self) -> tuple[float, float]:
        """Return how many px are 1 along each slider."""
        return self.width / (self.x[1] - self.x[0]), self.height / (self.y[1] - self.y[0])

    def values(self, left: float, top: float) -> tuple[float, float]:
        """Return what the sliders are at a place on the screen."""
        right, up = self.scales()
        return self.x[0] + (left - self.left) / right, self.y[1] - (top - self.top) / up

    def screen(self, x: float, y: float) -> tuple[float, float]:
        """Return where on the screen the sliders are so."""
        right, up = self.scales()
        return self.left + (x - self.x[0]) * right, self.top + (self.y[1] - y) * up

    def arrow(self) -> np.ndarray[Any, Any]:
        """Return the way of the arrow, in px to the right and up."""
        x1, y1, x2, y2 = self.seen["shaft"]
        return np.array([x2 - x1, y1 - y2])


@pytest.fixture(scope="module")
def hills() -> dict[str, Any]:
    """The film of the hill."""
    return gad.film(hill, x=X, y=Y).to_json()


def test_point_and_arrow_lie_where_f_says(player: Any, hills: dict[str, Any]) -> None:
    """At every place that it is dragged to: the point there, the arrow along the gradient, its parts along the axes;
    with equal scales it is at right angles to the level line.
    """
    page = player(hills, width=1440, height=900)
    for target in ((1.0, 1.0), (-2.2, 0.6), (2.5, -1.5)):
        place = Read(page).screen(*target)
        page.mouse.move(*Read(page).screen(0.3, 0.3))
        page.mouse.down()
        page.mouse.move(*place, steps=3)
        page.mouse.up()
        read = Read(page)
        x, y = page.evaluate("() => mounted.state.values")
        assert abs(x - target[0]) <= 0.08
        assert abs(y - target[1]) <= 0.06
        np.testing.assert_allclose(read.seen["spot"][:2], read.screen(x, y), atol=0.6)
        wide, high = read.scales()
        assert abs(wide - high) < 0.01 * wide
        slope = slopes(hill, x, y)
        arrow = read.arrow()
        angle = np.angle(complex(*arrow) / complex(*slope))
        assert abs(angle) < 0.02
        f = hill(x, y)
        along = 0.02 * np.array([-arrow[1], arrow[0]]) / np.hypot(*arrow)
        assert abs(hill(x + along[0], y + along[1]) - f) < 0.02 * 0.02
        for k, leg in enumerate(read.seen["legs"]):
            assert abs(leg[1 - k] - leg[3 - k]) < 1e-6, "each part lies along its axis"
            assert np.sign((leg[2] - leg[0], leg[1] - leg[3])[k]) == np.sign(slope[k])
        assert read.seen["parts"] == ["∂/∂x", "∂/∂y", "∇"]
        assert read.seen["said"].startswith(f"x = {x:.2f}".replace("-", "−"))
        assert "∂hill/∂x = " in read.seen["said"]


def test_level_lines_lie_where_f_has_their_level(player: Any, hills: dict[str, Any]) -> None:
    """Points along the drawn paths, taken back from the screen, have the level that their label says."""
    page = player(hills, width=1440, height=900)
    drawn = page.evaluate(
        """() => [...document.querySelectorAll(".gad-level")].map((path) => {
          const matrix = path.getScreenCTM(), whole = path.getTotalLength();
          return [0.1, 0.35, 0.6, 0.85].map((part) => {
            const { x, y } = path.getPointAtLength(part * whole).matrixTransform(matrix);
            return [x, y];
          });
        })"""
    )
    levels = [level["of"] for level in hills["contours"]["levels"]]
    read = Read(page)
    assert len(drawn) == len(levels) >= 6
    for level, points in zip(levels, drawn, strict=True):
        for point in points:
            assert abs(hill(*read.values(*point)) - level) < 0.02
    texts = page.evaluate("() => [...document.querySelectorAll('.gad-height')].map((node) => node.textContent)")
    assert len(texts) >= 6
    assert {float(text.replace("−", "-")) for text in texts} <= set(levels)


def test_keys_move_the_point_and_not_the_story(player: Any, hills: dict[str, Any]) -> None:
    """Arrows by one stop, with Shift by five, each along its own slider, and not beyond an end."""
    page = player(hills, width=1280, height=720, step=4)
    page.locator(".gad-contours [role=slider]").focus()
    before = page.evaluate("() => mounted.state")
    keys = ["ArrowRight", "ArrowRight", "ArrowUp", "Shift+ArrowLeft", "Shift+ArrowDown"]
    for key in keys:
        page.keyboard.press(key)
    after = page.evaluate("() => mounted.state")
    assert after["step"] == before["step"] == 4
    i, j = divmod(before["stop"], 41)
    assert divmod(after["stop"], 41) == (i - 3, j - 4)
    for _ in range(12):
        page.keyboard.press("Shift+ArrowRight")
    assert page.evaluate("() => mounted.state.values[0]") == 3
    assert Read(page).seen["now"] == page.evaluate("() => mounted.state.stop")


def test_a_page_shows_map_curves_and_sliders_on_a_projector(player: Any, hills: dict[str, Any]) -> None:
    """At 1280x720, in the longest words, at a step that takes the most room."""
    page = player(hills, "{ detail: 'beginner' }", width=1280, height=720, begins=True)
    boxes = page.evaluate(
        """() => [".gad-contours", ".gad-plot", ".gad-slide", ".gad-step"].flatMap((name) =>
          [...document.querySelectorAll(name)].map((node) => {
            const { left, top, right, bottom } = node.getBoundingClientRect();
            const { left: x, top: y } = node.closest(".gad-main").getBoundingClientRect();
            return [left - x, top - y, right, bottom, right - left, bottom - top];
          }))"""
    )
    bar = page.locator(".gad-bar").bounding_box()["y"]
    assert len(boxes) == 5
    for left, top, right, bottom, width, height in boxes:
        assert min(left, top) >= 0
        assert right <= 1280
        assert bottom <= bar
        assert width > 200
        assert height > 40


# What is cut off by the region in which it stands, or by the window.
CUT = """() => [".gad-contours svg", ".gad-plot", ".gad-slide", ".gad-say", ".gad-how + p", ".gad-bar"].filter((name) =>
  [...document.querySelectorAll(name)].some((node) => {
    const { left, top, right, bottom } = node.getBoundingClientRect();
    const around = (node.closest(".gad-left") ?? document.body).getBoundingClientRect();
    return bottom - top < 20 || left < 0 || right > innerWidth || top < Math.max(0, around.top) - 1
      || bottom > Math.min(innerHeight, around.bottom) + 1;
  }))"""


@pytest.mark.parametrize(
    ("options", "width", "height"),
    [("{ presentation: true }", 1280, 720), ("{ presentation: true }", 1366, 640), ("{}", 880, 606)],
    ids=["in a room", "in a low room", "in a notebook's cell"],
)
def test_nothing_of_two_sliders_has_to_be_scrolled_to(
    player: Any, hills: dict[str, Any], options: str, width: int, height: int
) -> None:
    """Map, curves, both sliders, sentence and buttons are in sight at each step, and the map is no thin strip."""
    page = player(hills, options, width=width, height=height)
    for step in range(0, len(hills["scenes"][0]["steps"]), 3):
        page.evaluate("(step) => mounted.set({ step })", step)
        assert page.evaluate(CUT) == [], step
    _, _, wide, high = Read(page).seen["land"]
    assert high > 60
    assert wide > 60


@pytest.mark.parametrize(("width", "height"), [(360, 740), (1366, 640)], ids=["on a phone", "on a low screen"])
def test_nothing_overlaps(player: Any, hills: dict[str, Any], width: int, height: int) -> None:
    """Map, curves, sliders, each with its name, and code stand below each other."""
    page = player(hills, width=width, height=height)
    names = [".gad-contours", ".gad-plot", ".gad-slide >> nth=0", ".gad-slide >> nth=1", ".gad-code"]
    boxes = [page.locator(name).bounding_box() for name in names]
    for above, below in itertools.pairwise(boxes):
        assert above["y"] + above["height"] <= below["y"] + 1
        assert above["height"] > 40


def test_scales_that_differ_are_said_and_regions_without_a_value_are_hatched(player: Any) -> None:
    """A long and narrow range cannot have one scale; the arrow then follows the scales, and says so."""

    def f(a: Any, b: Any) -> Any:
        return np.log(a) + 9 * b

    made = gad.film(f, a=(-2, 2, 0.1), b=(0, 0.1, 0.005), at={"a": 1.0, "b": 0.05}).to_json()
    page = player(made, "{ reveal: 'steps' }", width=1440, height=900, step=0)
    assert not page.locator(".gad-shaft").is_visible()
    assert Read(page).seen["said"] == "a = 1.0, b = 0.050", "what is not found yet is not told either"
    page.evaluate("() => mounted.set({ step: null })")
    assert page.locator(".gad-shaft").is_visible()
    read = Read(page, (-2, 2), (0, 0.1))
    wide, high = read.scales()
    assert high > 5 * wide
    assert "scales of a and b differ" in read.seen["note"]
    expected = np.array([1 / 1.0 * wide, 9 * high])
    assert abs(np.angle(complex(*read.arrow()) / complex(*expected))) < 0.02
    hatched = page.locator(".gad-hatch").get_attribute("d")
    ends = np.array(re.findall(r"(-?[\d.]+) (-?[\d.]+)", hatched), float)
    origin = page.locator(".gad-contours [role=slider]").bounding_box()
    values = np.array([read.values(x + origin["x"], y + origin["y"])[0] for x, y in ends])
    assert values.min() < -1.9
    assert values.max() < 0.1
    page.mouse.click(*read.screen(-1.0, 0.05))
    assert page.evaluate("() => mounted.state.values[0]") == -1
    seen = Read(page, (-2, 2), (0, 0.1)).seen
    assert seen["shaft"] is None
    assert "no value" in seen["said"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(player: Any, hills: dict[str, Any], theme: str) -> None:
    """Names, roles and contrast of the map and what stands around it."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = player(hills, width=1280, height=720, theme=theme)
    violations = axe.Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in violations] == []
