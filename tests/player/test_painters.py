"""Two painters, one picture: `frame` in Python and the player in a real browser agree on every step at every stop."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import film_data
import numpy as np
import pytest

from graphviz_ad.draw.frame import frame
from graphviz_ad.draw.scene import find_cuts
from graphviz_ad.filming import Film, film
from graphviz_ad.player.page import page
from graphviz_ad.story.modes import story_of
from graphviz_ad.tracing import trace

PAGE = sys.modules["graphviz_ad.player.page"]  # the package has a function of this name

# Both trees are walked in document order; what is hidden is compared only in being hidden. Thumbnails are sorted, since
# their paths do not overlap.
COMPARE = """([frames, theme]) => {
  const STYLES = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "font-style", "font-weight",
                  "font-family", "font-size", "text-anchor", "opacity", "visibility"];
  const PLACES = ["x", "y", "width", "height", "d", "rx", "transform", "cx", "cy", "r", "dx", "dy"];
  const flat = (svg) => {
    const found = [];
    const walk = (node, path) => {
      const name = node.getAttribute("class") || "", style = getComputedStyle(node);
      if (/gad-(pills|hits)/.test(name) || node.localName === "title") return;
      const here = path + "/" + (node.id ? "#" + node.id : node.localName + (name ? "." + name : ""));
      if (node !== svg && style.display === "none") {
        found.push([here, "hidden"]);
        return;
      }
      const told = { class: name.split(" ").filter((word) => word !== "selected").sort().join(" ") };
      if (node !== svg) {
        for (const key of STYLES) told[key] = style.getPropertyValue(key);
        if (told.stroke === "none")
          for (const key of ["stroke-width", "stroke-dasharray", "stroke-linecap"]) delete told[key];
        if (node.localName !== "text" && node.localName !== "tspan")
          for (const key of ["font-style", "font-weight", "font-family", "font-size", "text-anchor"]) delete told[key];
        if (node.localName === "g") for (const key of STYLES) delete told[key];
        for (const key of PLACES) if (node.hasAttribute(key)) told[key] = node.getAttribute(key);
        if (node.localName === "text") told.text = node.textContent;
      }
      found.push([here, JSON.stringify(told)]);
      const key = (child) => /gad-drawn.*/.exec(child.getAttribute("class") || "")?.[0] ?? "";
      for (const child of [...node.children].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0)))
        walk(child, here);
    };
    walk(svg, "");
    return found;
  };
  const bare = document.body.appendChild(document.createElement("iframe"));
  const differences = [];
  mounted.set({ theme });
  for (const [stop, step, source] of frames) {
    mounted.set({ stop, step });
    bare.contentDocument.body.innerHTML = source;
    const python = flat(bare.contentDocument.querySelector("svg"));
    const browser = flat(document.querySelector(".gad-pane svg"));
    for (let i = 0; i < Math.max(python.length, browser.length); i++) {
      const [a, b] = [python[i], browser[i]];
      if (JSON.stringify(a) === JSON.stringify(b)) continue;
      differences.push(`stop ${stop}, step ${step}: ${a} | ${b}`);
      if (!a || !b || a[0] !== b[0]) break;
    }
  }
  bare.remove();
  return differences;
}"""


def sine(x: Any) -> Any:
    """Pass zero."""
    return np.sin(x)


def worked(x: Any) -> Any:
    """Use x three times, with a pole at zero."""
    a = np.log(x**2)
    return a * np.sin(x) + 1 / x


def fan(x: Any) -> Any:
    """Use x six times."""
    return np.sin(x) + np.cos(x) + np.exp(x) + x * x + np.sqrt(x)


def cells(x: Any) -> Any:
    """Show a few entries in a row."""
    v = np.stack([x, 2 * x, x * x])
    return np.sum(v * np.array([1.0, -2.0, 0.5]))


def matrix(x: Any) -> Any:
    """Show the numbers of a small matrix; at x = 0 some are NaN or infinite."""
    return np.sum(np.array([[1.0, 0.0, -1e-3], [2.0, 1e5, -0.5]]) / x)


def curve(x: Any) -> Any:
    """Show a thumbnail of a line."""
    return np.sum(np.sin(x * np.linspace(0.0, 6.0, 30)))


def raster(x: Any) -> Any:
    """Show a thumbnail of a map, and a matrix product."""
    weights = np.linspace(-1.0, 1.0, 30).reshape(5, 6)
    return np.mean((x * weights) @ weights.T)


def hollow(x: Any) -> Any:
    """Hold an infinite and an undefined entry at x = 0."""
    return np.sum(np.arange(12.0) / x) + np.sum(np.arange(20.0).reshape(5, 4) / x)


def branching(x: Any) -> Any:
    """Take another way below zero."""
    if x > 0:
        return np.sin(x) * x
    return x * x - x


def undefined(x: Any) -> Any:
    """Have no logarithm below zero."""
    return np.log(x) * x


def endless(x: Any) -> Any:
    """Have a vertical root at zero, alone, in cells, in a line and in a map, and none below."""
    many = [np.sqrt(x * np.ones(size)) for size in (3, 9, (4, 5))]
    return np.sqrt(x) + sum(np.sum(one) for one in many)


def flat(x: Any) -> Any:
    """Have a slope of exactly zero."""
    return x * 0.0 + np.maximum(x, 0.0) * 0.0


def cut(x: Any) -> Any:
    """Cut one of two ways on purpose."""
    return x.detach() * x


def unreached(x: Any) -> Any:
    """Compare, and return something on which nothing depends below zero."""
    return x * x if x > 0 else 3.0


def raising(x: Any) -> Any:
    """Raise on one side."""
    if x < 0:
        raise ValueError("too far left")
    return np.sqrt(x) * 2


def huge(x: Any) -> Any:
    """Run through all magnitudes."""
    return np.exp(x * 100.0) * 1e-20


def written(x: Any) -> Any:
    """Write into an array in a loop."""
    v = np.ones(3, like=x)
    for i in range(1, 3):
        v[i] = v[i - 1] * np.sin(x)
    return v.sum()


def turning(x: Any) -> Any:
    """Go through complex numbers: one, two in a row, and a map of them."""
    pair = np.exp(1j * x) * np.array([1.0, 2j])
    return np.abs(pair[0] + 1) + np.abs(np.sum(pair * np.ones((4, 5, 1)))) * 0.1


FORWARD = ("worked", "raster", "hollow", "endless", "branching", "cut", "written", "turning")
BOTH = ("worked", "raster", "branching", "cut", "written", "turning")
FILMS: dict[str, tuple[Any, dict[str, Any], tuple[int, ...]]] = {
    "sine": (sine, {"x": (-np.pi, np.pi)}, (0, 66, 100, 133, 200)),
    "worked": (worked, {"x": (-3, 3)}, (0, 100, 133, 167)),
    "fan": (fan, {"x": (-1, 2)}, (0, 67, 134)),
    "cells": (cells, {"x": (-1, 1)}, (0, 100, 134)),
    "matrix": (matrix, {"x": (-1, 1)}, (0, 100, 134)),
    "curve": (curve, {"x": (-1, 1)}, (0, 100, 134)),
    "raster": (raster, {"x": (-1, 1)}, (0, 100, 134)),
    "hollow": (hollow, {"x": (-1, 1)}, (0, 100, 134)),
    "branching": (branching, {"x": (-2, 2)}, (0, 100, 101, 200)),
    "undefined": (undefined, {"x": (-1, 1)}, (0, 100, 134)),
    "endless": (endless, {"x": (-1, 1)}, (0, 100, 134)),
    "flat": (flat, {"x": (-1, 1)}, (0, 100, 134)),
    "cut": (cut, {"x": (-1, 1)}, (0, 100, 134)),
    "unreached": (unreached, {"x": (-1, 1)}, (0, 100, 134)),
    "raising": (raising, {"x": (-1, 1)}, (100, 134)),
    "huge": (huge, {"x": (-1, 1)}, (0, 60, 134, 200)),
    "written": (written, {"x": (-1, 1)}, (0, 134)),
    "turning": (turning, {"x": (0, 3)}, (0, 134)),
}


def shown_scene(made: Film, stop: int) -> Any:
    """Return the scene that is shown at a stop."""
    return made.scenes[made.to_json()["stops"]["scene"][stop]]


def numbers_at(made: Film, function: Any, stop: int) -> dict[Any, Any]:
    """Return the numbers of the film's scene at a stop, computed anew."""
    story = shown_scene(made, stop).story
    with np.errstate(all="ignore"):
        recording = trace(function, np.float64(made.sliders[0].values[stop])).as_recording()
        found = find_cuts(story_of(recording, story.mode)).numbers
    return {key: found.get(key, np.zeros(story.nodes[key.node].shape)[()]) for key in story.numbers}


@pytest.fixture
def tab(chromium: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Open the film's own page with a handle on its player; scripts of the test may run in it, too."""
    boot = PAGE._BOOT.replace("mount(at, film,", "globalThis.mounted = mount(at, film,")
    assert boot != PAGE._BOOT
    monkeypatch.setattr(PAGE, "_BOOT", boot)
    context = chromium.new_context(
        viewport={"width": 1200, "height": 860}, bypass_csp=True, reduced_motion="reduce", color_scheme="light"
    )
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))

    def open_film(made: Film) -> Any:
        opened.set_content(page(made.to_json(), step=film_data.ending(made.to_json())))
        opened.wait_for_function("() => globalThis.mounted")
        return opened

    yield open_film
    context.close()
    assert problems == []


@pytest.mark.parametrize(
    ("name", "theme", "mode"),
    [(name, "light", "reverse") for name in FILMS]
    + [
        (name, theme, "reverse")
        for theme in ("dark", "contrast")
        for name in ("worked", "raster", "hollow", "branching", "cut")
    ]
    + [(name, "light", "forward") for name in FORWARD]
    + [("worked", "dark", "forward")]
    + [(name, "light", "both") for name in BOTH]
    + [("worked", "dark", "both")],
)
def test_both_painters_draw_the_same_picture(tab: Any, name: str, theme: str, mode: str) -> None:
    """At some stops, every element has the same class, texts, place, colours, lines and visibility.

    Where a scene is met first all steps are compared, and at further stops of it every third, in turns.
    """
    function, sliders, stops = FILMS[name]
    made = film(function, mode=mode, **sliders)
    frames: list[list[Any]] = []
    met: list[Any] = []
    for stop in stops:
        scene, numbers = shown_scene(made, stop), numbers_at(made, function, stop)
        times = sum(one is scene for one in met)
        steps = range(scene.steps + 1) if not times else range(times % 3, scene.steps + 1, 3)
        met.append(scene)
        frames += [[stop, step, frame(scene, numbers, step, theme, standalone=False)] for step in steps]
    assert len(frames) > len(stops)
    differences = tab(made).evaluate(COMPARE, [frames, theme])
    assert differences == []


def test_the_comparison_sees_a_difference(tab: Any) -> None:
    """A picture of another step, stop or theme is told apart."""
    made = film(sine, x=(-np.pi, np.pi))
    scene = made.scenes[0]
    opened = tab(made)
    for stop, step, theme in ((133, 2, "light"), (100, 3, "light"), (133, 3, "dark")):
        other = frame(scene, numbers_at(made, sine, stop), step, theme, standalone=False)
        assert opened.evaluate(COMPARE, [[[133, 3, other]], "light"]) != []


# A small matrix has its numbers in the picture, and its range in the table.
@pytest.mark.parametrize("name", [name for name in FILMS if name != "matrix"])
def test_the_table_says_what_the_picture_says(tab: Any, name: str) -> None:
    """Values and adjoints stand in the table as they stand in the picture, at every step."""
    function, sliders, stops = FILMS[name]
    made = film(function, **sliders)
    differences = tab(made).evaluate(
        """([stops, steps]) => {
          const clean = (text) => text.replace(/[\\s\u2007]+/g, " ").trim(), found = [];
          for (const stop of stops) for (let step = 0; step <= steps; step++) {
            mounted.set({ stop, step });
            document.querySelectorAll(".gad-table tbody tr").forEach((line, i) => ["v", "a"].forEach((letter, k) => {
              const part = document.getElementById(`n${i}_${letter}`), told = clean(line.cells[k + 1].textContent);
              const seen = [...part.querySelectorAll(".slot, .word, .note")];
              const shown = seen.filter((node) => getComputedStyle(node).display !== "none");
              const words = shown.map((node) => clean(node.textContent)).join(" ").replace(" of ", "/");
              const all = told.replace(/[\\[\\]]/g, "").split(" ").filter(Boolean);
              const absent = all.filter((word) => !words.includes(word));
              const silent = !told && shown.some((node) => node.matches(".slot") && node.textContent.trim());
              if (absent.length || silent) found.push(`stop ${stop}, ${step}, n${i}_${letter}: ${told} | ${words}`);
            }));
          }
          return found;
        }""",
        [list(stops), max(scene.steps for scene in made.scenes)],
    )
    assert differences == []


def test_what_is_written_stays_in_sight(tab: Any) -> None:
    """In a graph longer than its pane, the part that a step writes is scrolled to."""

    def long(x: Any) -> Any:
        for _ in range(30):
            x = np.sin(x)
        return x

    opened = tab(film(long, x=(-1, 1)))
    opened.click(".gad-first")
    for _ in range(20):
        opened.click(".gad-next")
    inside = opened.evaluate(
        """() => {
          const part = document.querySelector(".gad-pane .value.now").getBoundingClientRect();
          const pane = document.querySelector(".gad-pane").getBoundingClientRect();
          return part.top >= Math.max(0, pane.top) - 1 && part.bottom <= Math.min(innerHeight, pane.bottom) + 1;
        }"""
    )
    assert inside
