"""Kinks and stretches without a value in the player, as a real browser draws them."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gad

SIDES = ".gad-side:visible"


def kinky(x: Any) -> Any:
    """A corner at 0 and a tie at 1.5."""
    return np.abs(x) + 1.5 * np.maximum(x - 1.5, 0)


def steps(x: Any) -> Any:
    """Jumps at whole numbers, with the same slope everywhere."""
    return np.floor(x) + x / 2


def strokes(page: Any, name: str) -> list[np.ndarray[Any, Any]]:
    """Return the strokes of a curve, each an array of points on the screen."""
    d = page.locator(name).get_attribute("d")
    parts = [re.findall(r"-?[\d.]+ -?[\d.]+", part) for part in d.split("M")[1:]]
    return [np.array([list(map(float, point.split())) for point in part]) for part in parts]


def numbers(page: Any, name: str, *attributes: str) -> list[list[float]]:
    """Return attributes of all elements of a kind as numbers."""
    return [[float(one.get_attribute(key)) for key in attributes] for one in page.locator(name).all()]


def hidden(page: Any, name: str) -> bool:
    """Return whether nothing of a kind is seen."""
    return not any(one.is_visible() for one in page.locator(name).all())


def slide(page: Any, stop: int) -> None:
    """Move the slider to a stop, as a key would."""
    page.locator(".gad-x").evaluate("(node, to) => { node.value = to; node.dispatchEvent(new Event('input')); }", stop)


def words(page: Any, name: str) -> str:
    """Return the text of an element, in one line."""
    return " ".join(page.locator(name).inner_text().split())


@pytest.fixture
def corner(player: Any) -> Any:
    """Open the function with two kinks at the first of them."""
    return player(gad.film(kinky, x=(-2, 3), at={"x": 0}).to_json(), width=1440, height=1000)


def test_no_stroke_crosses_a_jump_and_both_slopes_are_drawn(corner: Any) -> None:
    """f′ is level up to its kinks; at the corner stand both slopes, along the curve, and the one that is taken."""
    (kinks, limits) = numbers(corner, ".gad-limit.slope", "cx")[::2], numbers(corner, ".gad-limit.slope", "cx", "cy")
    slopes, curve = strokes(corner, ".gad-df"), strokes(corner, ".gad-f")
    assert len(slopes) == 3
    assert len(curve) == 1
    for stroke in slopes:
        assert np.ptp(stroke[:, 1]) < 0.2
    ends = [slopes[0][-1], slopes[1][0], slopes[1][-1], slopes[2][0]]
    np.testing.assert_allclose(ends, limits, atol=0.2)
    sides = np.array(numbers(corner, SIDES, "x1", "y1", "x2", "y2"))
    assert len(sides) == 2
    (x,), _ = kinks
    points = curve[0]
    for side, near in zip(sides, (points[points[:, 0] < x - 1][-1], points[points[:, 0] > x + 1][0]), strict=True):
        rise = (side[3] - side[1]) / (side[2] - side[0])
        assert abs(rise - (near[1] - side[1]) / (near[0] - x)) < 0.05
    assert corner.locator(".gad-tangent.taken").get_attribute("visibility") == "visible"
    ((y1, y2),) = numbers(corner, ".gad-tangent", "y1", "y2")
    assert abs(y1 - y2) < 0.01
    assert [corner.locator(name).count() for name in (".gad-own.slope", ".gad-fits")] == [2, 2]
    slide(corner, 100)
    assert hidden(corner, ".gad-side")
    assert hidden(corner, ".gad-tangent.taken")
    assert corner.locator(".gad-tangent").is_visible()


def test_a_kink_is_said_everywhere(corner: Any) -> None:
    """At the head, in the table, at the step, by the slider, and to who does not see the page."""
    assert "one of −1 … 1" in words(corner, ".gad-reads")
    rows = [row.inner_text().split() for row in corner.locator(".gad-kinks tbody tr").all()]
    assert [row[-5:] for row in rows] == [["−1", "1", "0", "0", "1"], ["1", "2.5", "1.75", "1.75", "1.75"]]
    assert [row.get_attribute("class") for row in corner.locator(".gad-kinks tbody tr").all()] == ["now", ""]
    assert corner.locator(".gad-kinks u").all_inner_texts() == ["1"]
    said = "kinky has a corner at x = 0: its slope is −1 on the left and 1 on the right; here 0 is taken."
    assert words(corner, ".gad-remark") == said
    assert hidden(corner, ".gad-kinks p")  # the step has it
    assert corner.locator(".gad-x").get_attribute("aria-valuetext").endswith("0, corner")
    corner.keyboard.press("ArrowLeft")
    assert "has a corner at 0: slope −1 on the left, 1 on the right; here 0 is taken. PyTorch takes 0 too, JAX 1." in (
        words(corner, ".gad-remark")
    )
    corner.wait_for_function("document.querySelector('.gad-live').textContent.includes('has a corner at 0')")
    corner.keyboard.press("Home")
    assert words(corner, ".gad-kinks p") == said
    assert not hidden(corner, ".gad-kinks p")
    corner.keyboard.press("End")
    slide(corner, 100)
    assert hidden(corner, ".gad-remark")
    assert "one of" not in words(corner, ".gad-reads")
    assert corner.locator(".gad-x").get_attribute("aria-valuetext").endswith("0.500")


def test_the_thumb_is_drawn_to_a_kink_and_keys_pass_through(corner: Any) -> None:
    """Within four px, and by the pointer only; the ticks stand where the thumb then is."""
    ticks = [tick.bounding_box() for tick in corner.locator(".gad-tick path").all()]
    thumb = corner.locator(".gad-thumb .core").bounding_box()
    centre = [box["x"] + box["width"] / 2 for box in (*ticks, thumb)]
    assert abs(centre[0] - centre[2]) < 1
    track = corner.locator(".gad-x").bounding_box()
    at = track["y"] + track["height"] / 2
    value = "document.querySelector('.gad-x').value"
    for start, offset, stops in ((40, 3.5, {80}), (-60, -3.5, {80}), (60, 9, {82, 83, 84, 85, 86})):
        corner.mouse.move(centre[0] + start, at)
        corner.mouse.down()
        corner.mouse.move(centre[0] + offset, at)
        corner.mouse.up()
        assert int(corner.evaluate(value)) in stops
    slide(corner, 79)
    corner.locator(".gad-x").focus()
    visited = []
    for _ in range(3):
        corner.keyboard.press("ArrowRight")
        visited.append(int(corner.evaluate(value)))
    assert visited == [80, 81, 82]


def test_where_f_has_no_value_nothing_is_drawn_of_a_slope(player: Any) -> None:
    """The stretch is marked and says why; neither curve, tangent, diamond nor read-out have a slope there."""
    page = player(gad.film(np.log, x=(-2, 3), at={"x": -1}).to_json(), width=1440, height=1000)
    assert all(hidden(page, name) for name in (".gad-tangent", ".gad-diamond", ".gad-stem", ".gad-dot", ".gad-side"))
    reads = [text.strip() for text in page.locator(".gad-reads dd").all_inner_texts()]
    assert reads[1:3] == ["NaN", "—"]
    assert "f is NaN at x = −1.000: the logarithm of a negative number." in words(page, ".gad-notice")
    assert "it has no slope there" not in words(page, ".gad-say")
    first, second = (box for box in numbers(page, ".gad-gap", "x", "width"))
    assert abs(first[0] + first[1] - second[0]) < 1
    for name in (".gad-f", ".gad-df"):
        assert min(stroke[:, 0].min() for stroke in strokes(page, name)) > second[0]
    why, region = page.locator(".gad-why").bounding_box(), page.locator(".gad-gap").first.bounding_box()
    assert region["x"] <= why["x"]
    assert why["x"] + why["width"] <= region["x"] + region["width"]
    warn = page.evaluate("getComputedStyle(document.querySelector('.gad-why')).fill")
    lost = page.locator(".gad-say .bad").all()
    assert {one.evaluate("node => getComputedStyle(node).color") for one in lost} == {warn}
    assert page.locator('.gad-reads [data-bad="true"]').first.evaluate("node => getComputedStyle(node).color") == warn
    assert "no value, NaN: the logarithm" in page.locator(".gad-x").get_attribute("aria-valuetext")
    page.keyboard.press("ArrowLeft")
    assert " is NaN here, born at step 2, in log" in words(page, ".gad-remark")
    explained = page.locator(".gad-remark .gad-word")
    assert explained.all_text_contents() == ["NaN", "born", "slope"]
    explained.first.focus()
    assert words(page, ".gad-tip").startswith("Not a number")
    assert {"⚠ NaN", "⚠ ∞", "∞"} < set(page.locator(".gad-key dt").all_text_contents())
    slide(page, 150)
    assert not hidden(page, ".gad-tangent")
    assert page.locator(".gad-x").get_attribute("aria-valuetext").endswith("1.750")
    assert hidden(page, '.gad-reads [data-bad="true"]')


def test_a_jump_of_f_is_no_stroke_and_has_no_tangent(player: Any) -> None:
    """Circles are what f comes to from the left, dots what it is."""
    page = player(gad.film(steps, x=(-2, 3), at={"x": 1}).to_json(), width=1440, height=1000)
    curve = strokes(page, ".gad-f")
    assert len(curve) == 5
    scale = [np.diff(stroke[:, 1]) / np.diff(stroke[:, 0]) for stroke in curve if len(stroke) > 2]
    np.testing.assert_allclose(np.concatenate(scale), np.median(np.concatenate(scale)), atol=0.2)
    assert hidden(page, ".gad-tangent")
    assert hidden(page, ".gad-side")
    assert len(numbers(page, ".gad-own:not(.slope)", "cx")) == 5
    assert "steps jumps at x = 1, from 0.5 to 1.5: it has no slope there; here 0.5 is taken." in words(
        page, ".gad-remark"
    )


def test_where_a_film_reveals_by_steps_kinks_give_no_slope_away(player: Any) -> None:
    """Limits, what is taken, both sides and the table come with the derivative."""
    film = gad.film(kinky, x=(-2, 3), at={"x": 0}, reveal="steps").to_json()
    page = player(film, width=1440, height=1000)
    seen = """step => {
      mounted.set({ step });
      const seen = (node) => node.checkVisibility({ visibilityProperty: true });
      const names = ".gad-limit.slope,.gad-own.slope,.gad-fits,.gad-side,.gad-between,.gad-kinks";
      return new Set([...document.querySelectorAll(names)].map(seen)).has(true);
    }"""
    last = len(film["scenes"][0]["steps"]) - 1
    assert [page.evaluate(seen, step) for step in range(last + 1)] == [False] * last + [True]


def test_a_value_that_is_none_stands_at_its_own_name_and_the_graph_stays_whole(player: Any) -> None:
    """At the head NaN is nearer to f than to f′; the notice above the graph has room from the beginning."""
    film = gad.film(lambda x: np.log(x) * x, x=(-1, 2, 0.05), at={"x": 1.0})
    page = player(film.to_json(), width=1440, height=900)
    scale = "() => document.querySelector('.gad-lens output').textContent"
    whole = page.evaluate(scale)
    page.evaluate("() => mounted.set({ stop: 5 })")
    where = """() => { const near = (node) => { const range = new Range(); range.selectNodeContents(node);
        return range.getBoundingClientRect(); };
      const [f, g] = [...document.querySelectorAll(".gad-reads div")].slice(1);
      const number = near(f.querySelector("dd span")), cut = document.querySelector(".gad-pane.below");
      const [own, next] = [f, g].map((one) => near(one.querySelector("dt")));
      return [number.left - own.right, next.left - number.right, !!cut]; }"""
    to_own, to_next, cut = page.evaluate(where)
    assert to_own < to_next / 2
    assert not cut
    assert page.evaluate(scale) == whole
