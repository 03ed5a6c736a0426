"""Panels, presentation and progress: what is shown, how large, and that it always looks finished."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graphviz_ad.filming import film
from graphviz_ad.films.sampling import Sampler
from graphviz_ad.films.sliders import arrange
from graphviz_ad.films.writing import Developer
from graphviz_ad.player.page import snippet
from graphviz_ad.tracing import trace

PANELS = ("graph", "curve", "formula", "code", "steps")
SUBSETS = [list(chosen) for count in range(6) for chosen in combinations(PANELS, count)]
PARTS = {
    "graph": [".gad-pane", ".gad-legend"],
    "curve": [".gad-plot"],
    "formula": [".gad-say"],
    "code": [".gad-code"],
    "steps": [".gad-bar", ".gad-table"],
}


def worked(x: Any) -> Any:
    """Use x three times."""
    a = np.log(x**2)
    return a * np.sin(x) + 1 / x


def product(x: Any, y: Any) -> Any:
    """Two sliders."""
    return x * np.sin(y) + y


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    """log(x²)·sin x + 1/x, starting at 2."""
    return film(worked, x=(0.5, 3, 0.05), at={"x": 2.0}).to_json()


def visible(page: Any, selectors: list[str]) -> list[str]:
    """Return those of the selectors whose element can be seen."""
    return [one for one in selectors if page.locator(one).is_visible()]


# Texts and controls may not lie on each other, nor stick out of the window or of a box that cannot scroll.
CROWDED = """() => {
  const seen = (node) => node.checkVisibility({ visibilityProperty: true }) && !node.closest(".gad-live, .gad-ghost");
  const name = (node) => node.className.baseVal ?? node.className;
  const lap = (a, b) => [
    Math.min(a.right, b.right) - Math.max(a.left, b.left), Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)];
  const blocks = [...document.querySelectorAll(`.gad-title, .gad-reads, .gad-progress, .gad-plot, .gad-slide,
    .gad-code, .gad-stage, .gad-legend, .gad-say, .gad-table, .gad-inspector, .gad-bar`)].filter(seen);
  // Of what scrolls within a region, that is seen which is in it.
  const clip = (node) => [...document.querySelectorAll(".gad-main, .gad-left, .gad-right")]
    .filter((region) => region !== node && region.contains(node) && region.getClientRects().length)
    .map((region) => region.getBoundingClientRect()).reduce(({ left, right, top, bottom }, it) => ({ left, right,
      top: Math.max(top, it.top), bottom: Math.min(bottom, it.bottom) }), node.getBoundingClientRect());
  const found = [], boxes = blocks.map(clip);
  blocks.forEach((one, i) => blocks.slice(i + 1).forEach((other, j) => {
    const a = boxes[i], b = boxes[i + 1 + j];
    const over = lap(a, b);
    if (Math.min(...over) > 1) found.push(`${name(one)} on ${name(other)}: ${over.map(Math.round)}`);
  }));
  const out = ({ left, right }) => left < -1 || right > innerWidth + 1;
  blocks.forEach((one, i) => out(boxes[i]) && found.push(`${name(one)} sticks out`));
  // A word of the legend beyond the edge where that fades is not seen.
  const buttons = [...document.querySelectorAll(".gad-box button")].filter(seen).map((node) => {
    const { left, right, top, bottom } = node.getBoundingClientRect();
    const edge = node.closest(".gad-legend.more")?.getBoundingClientRect().right ?? Infinity;
    return { name: name(node), left, right: Math.min(right, edge), top, bottom };
  });
  buttons.forEach((one, i) => buttons.slice(i + 1).forEach((other) => {
    if (Math.min(...lap(one, other)) > 0.5) found.push(`${one.name} on ${other.name}`);
  }));
  buttons.forEach((one) => one.right > innerWidth && found.push(`${one.name} sticks out`));
  if (document.documentElement.scrollWidth > innerWidth) found.push("the page scrolls sideways");
  return found;
}"""
# A column is empty where a part of the box as wide as a column holds nothing from top to bottom.
GAPS = """() => {
  const box = document.querySelector(".gad-main").getBoundingClientRect();
  const held = ".gad-main :is(.gad-plot, .gad-code, .gad-stage, .gad-say, .gad-table, .gad-slide)";
  const seen = [...document.querySelectorAll(held)]
    .filter((node) => node.checkVisibility()).map((node) => node.getBoundingClientRect());
  if (!seen.length) return 0;
  const edges = seen.flatMap(({ left, right }) => [[left, 1], [right, -1]]).sort((a, b) => a[0] - b[0]);
  let open = 0, widest = edges[0][0] - box.left, from = 0;
  for (const [x, way] of edges) {
    if (!open && from) widest = Math.max(widest, x - from);
    open += way;
    if (!open) from = x;
  }
  return Math.max(widest, box.right - from);
}"""
# The sizes of all type as it is drawn. Scripts of formulas, and raised text, are smaller by nature.
SMALLEST = """() => Math.min(...[...document.querySelectorAll(".gad-box *")].map((node) => {
  const text = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
  if (!text || !node.checkVisibility({ visibilityProperty: true })) return 99;
  if (node.closest(".gad-live, .gad-ghost, math, tspan, title")) return 99;
  const svg = node.closest("svg"), { width } = svg ? svg.viewBox.baseVal : {};
  return parseFloat(getComputedStyle(node).fontSize) * (width ? svg.getBoundingClientRect().width / width : 1);
}))"""


class TestPanels:
    """Which panels are shown."""

    def test_each_panel_is_shown_only_when_it_is_asked_for(self, player: Any, made: dict[str, Any]) -> None:
        """Of every subset the parts can be seen, the others cannot, and the slider always can."""
        page = player(made, "{ panels: ['curve'] }")
        assert visible(page, PARTS["curve"] + PARTS["graph"]) == PARTS["curve"]
        for chosen in SUBSETS:
            page.evaluate("panels => mounted.set({ panels })", chosen)
            shown = [name for name in PANELS if visible(page, PARTS[name])]
            assert shown == [name for name in PANELS if name in chosen]
            assert visible(page, [".gad-x", ".gad-reads"]) == [".gad-x", ".gad-reads"]

    @pytest.mark.parametrize("width", [1200, 900, 640, 360])
    def test_every_subset_looks_finished(self, player: Any, made: dict[str, Any], width: int) -> None:
        """Nothing lies on anything else or sticks out, and no column is empty."""
        page = player(made, width=width, height=900)
        for chosen in SUBSETS:
            page.evaluate("panels => mounted.set({ panels })", chosen)
            page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
            assert page.evaluate(CROWDED) == [], chosen
            assert page.evaluate(GAPS) < 60, chosen

    def test_the_keys_step_without_the_panel_of_steps(self, player: Any, made: dict[str, Any]) -> None:
        """The arrows step where no button is left."""
        page = player(made, "{ panels: ['graph'] }", step=3, reduced_motion="reduce")
        page.keyboard.press("ArrowRight")
        assert page.evaluate("mounted.state.step") == 4
        assert page.locator(".gad-pane .value.now").count() == 1

    def test_the_sliders_keep_their_focus_and_their_place(self, player: Any) -> None:
        """Panels come and go around the thumb that is held; two sliders stay two."""
        made = film(product, x=(-1, 2, 0.1), y=(-3, 3, 0.1)).to_json()
        page = player(made)
        page.focus(".gad-slide + .gad-slide input")
        for chosen in (["formula"], ["graph", "steps"], list(PANELS)):
            page.evaluate("panels => mounted.set({ panels })", chosen)
            assert page.locator(".gad-x:visible").count() == 2
            assert page.evaluate(CROWDED) == []
        assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "y"


class TestPresentation:
    """Large enough for a room."""

    @pytest.mark.parametrize(("width", "height"), [(1280, 720), (1920, 1080), (1000, 700), (700, 800), (360, 740)])
    def test_no_type_is_below_18_px(self, player: Any, made: dict[str, Any], width: int, height: int) -> None:
        """At every step all type, also in the picture, is 18 px or more, and nothing lies on anything else."""
        page = player(made, "{ presentation: true }", width=width, height=height)
        for step in (0, 8, 15, 18):
            page.evaluate("step => mounted.set({ step })", step)
            page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
            assert page.evaluate(SMALLEST) >= 17.95
            assert page.evaluate(CROWDED) == []

    def test_it_can_be_switched_and_is_told(self, player: Any, made: dict[str, Any]) -> None:
        """The setting goes both ways, and the state says which."""
        page = player(made)
        assert page.evaluate(SMALLEST) < 14
        assert page.evaluate("mounted.state.presentation") is False
        page.evaluate("mounted.set({ presentation: true })")
        assert page.evaluate(SMALLEST) >= 17.95
        assert page.evaluate("mounted.state.presentation") is True
        page.evaluate("mounted.set({ presentation: false })")
        assert page.evaluate(SMALLEST) < 14

    def test_on_a_projector_the_step_is_in_sight(self, player: Any, made: dict[str, Any]) -> None:
        """At 1280 x 720 everything stands in the window; the graph is high, and follows the step."""
        page = player(made, "{ presentation: true }", width=1280, height=720, reduced_motion="reduce")
        assert page.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0
        assert page.evaluate("document.querySelector('.gad-stage').clientHeight") > 480
        sentence = "parseFloat(getComputedStyle(document.querySelector('.gad-say > p')).fontSize)"
        assert page.evaluate(sentence) >= 24
        wholes = 0
        for step in range(19):
            page.evaluate("step => mounted.set({ step: step - 1 })", step)
            page.keyboard.press("ArrowRight")
            inside = page.evaluate(
                """() => { const rect = (node) => node.getBoundingClientRect(), all = (name) => [...document
                    .querySelectorAll('.gad-pane ' + name)].map(rect), pane = rect(document.querySelector('.gad-pane'));
                  const card = all('.node.now > .bg'), parts = [...card, ...all('.now:not(.node)')];
                  // What is read comes along unless that takes more than the pane has.
                  const whole = [...parts, ...all('.operand')], high = Math.max(...whole.map((one) => one.bottom))
                    - Math.min(...whole.map((one) => one.top));
                  return (high <= pane.height ? whole : parts).every(({ top, bottom, left, right }) =>
                    top >= pane.top - 1 && bottom <= pane.bottom + 1 && left >= pane.left - 1
                      && right <= pane.right + 1) && (high <= pane.height ? 2 : 1); }"""
            )
            wholes += inside == 2
            assert inside, step
        assert wholes >= 18

    def test_full_screen_presents_and_leaves_as_it_came(self, player: Any, made: dict[str, Any]) -> None:
        """The button and the key f fill the screen with large type; leaving restores the page."""
        page = player(made)
        before = page.evaluate("document.querySelector('.gad-graph').clientWidth")
        for enter, leave in (("button", "f"), ("f", "button"), ("f", "script")):
            for way in (enter, leave):
                if way == "button":
                    page.click(".gad-full")
                elif way == "f":
                    page.focus(".gad-pane")
                    page.keyboard.press("f")
                else:
                    page.evaluate("document.exitFullscreen()")  # as Escape does, which headless browsers do not read
                page.wait_for_function(f"() => !!document.fullscreenElement === {str(way == enter).lower()}")
                page.wait_for_timeout(100)
                if way == enter:
                    assert page.evaluate("document.fullscreenElement.id") == "gad"
                    assert page.evaluate("document.querySelector('.gad-box').clientHeight - innerHeight") == 0
                    assert page.evaluate(SMALLEST) >= 17.95
                    assert page.get_attribute(".gad-full", "aria-label") == "Leave full screen"
                    assert page.evaluate("mounted.state.presentation") is False
                enter = ""
            assert page.get_attribute(".gad-full", "aria-label") == "Full screen"
            assert page.evaluate("document.querySelector('.gad-graph').clientWidth") == before

    def test_where_the_host_forbids_it_there_is_no_button(self, player: Any, made: dict[str, Any]) -> None:
        """A notebook's frame has the permission; without it the button is hidden, and the key does nothing."""
        page = player(made)
        for allowed in (True, False):
            page.set_content(
                snippet(made, "<svg/>") if allowed else snippet(made, "<svg/>").replace(' allow="fullscreen"', "")
            )
            frame = page.frames[-1]
            frame.wait_for_selector(".gad-full", state="attached")
            assert frame.locator(".gad-full").is_visible() == allowed
            frame.locator(".gad-pane").press("f")
            page.wait_for_timeout(100)
            assert page.evaluate("document.fullscreenElement?.localName") == ("iframe" if allowed else None)
            page.evaluate("() => document.fullscreenElement && document.exitFullscreen()")


class TestProgress:
    """How far the sampling is."""

    def test_each_state_has_its_words(self, player: Any, made: dict[str, Any]) -> None:
        """Running, stopped, full and interrupted are told, and with the last place the line goes."""
        page = player(made, "{ steer: (what) => (globalThis.told ??= []).push(what) }")
        assert page.locator(".gad-progress").is_hidden()
        told = {
            "running": "412 of 1681 places computed",
            "stopped": "Stopped: 412 of 1681 places computed",
            "full": "As many as fit: 412 of 1681 places computed. The rest follows the thumb",
            "interrupted": "Interrupted: 412 of 1681 places computed",
        }
        for state, words in told.items():
            note = "The rest follows the thumb" if state == "full" else ""
            page.evaluate(
                "([state, note]) => mounted.set({ sampling: { done: 412, total: 1681, state, note } })", [state, note]
            )
            assert page.inner_text(".gad-progress span") == words
            assert page.evaluate("document.querySelector('progress').position") == pytest.approx(412 / 1681)
            if state == "full":
                assert page.locator(".gad-progress button").is_hidden()
            else:
                page.click(".gad-progress button")
        assert page.evaluate("told") == ["stop", "go on", "go on"]
        page.evaluate("mounted.set({ sampling: { done: 1681, total: 1681, state: 'done' } })")
        assert page.locator(".gad-progress").is_hidden()

    def test_it_never_moves_what_is_under_the_thumb(self, player: Any, made: dict[str, Any]) -> None:
        """While places come in, and when all are, each panel keeps its place; released, the line leaves its room."""
        page = player(made, "{ steer() {}, sampling: { done: 1, total: 1681, state: 'running' } }")
        places = """() => ['.gad-plot', '.gad-x', '.gad-pane', '.gad-bar', '.gad-say'].map((name) =>
          Object.values(document.querySelector(name).getBoundingClientRect().toJSON()).join())"""
        thumb = page.locator(".gad-x").bounding_box()
        page.mouse.move(thumb["x"] + thumb["width"] / 2, thumb["y"] + thumb["height"] / 2)
        page.mouse.down()
        before = page.evaluate(places)
        for done, state in ((17, "running"), (1680, "running"), (1680, "stopped"), (1680, "full"), (1681, "done")):
            page.evaluate("([done, state]) => mounted.set({ sampling: { done, total: 1681, state } })", [done, state])
            assert page.evaluate(places) == before
        page.mouse.up()
        page.wait_for_function("() => document.querySelector('.gad-progress').hidden")
        pane = "() => document.querySelector('.gad-pane').getBoundingClientRect().height"
        page.wait_for_function(f"(was) => ({pane})() > was + 20", arg=float(before[2].split(",")[3]))

    def test_waiting_shows_blanks_and_words_without_moving_anything(self, player: Any, made: dict[str, Any]) -> None:
        """Where a place is not known its numbers are blanks as wide as numbers, and the picture is marked."""
        known = [0, 20, made["sliders"][0]["start"]]
        sampler = Sampler(arrange(worked, {"x": (0.5, 3, 0.05)}, at={"x": 2.0}, who="explore"), "explore")
        for stop in known:
            sampler.sample(stop)
        page = player(Developer(sampler).film(), "{ ask() {} }")
        places = """() => [...document.querySelectorAll('.gad-reads dd, .gad-pane, .gad-say, .gad-bar')].map((node) =>
          Object.values(node.getBoundingClientRect().toJSON()).join())"""
        before = page.evaluate(places)
        page.evaluate("mounted.set({ stop: 11 })")
        page.wait_for_selector(".gad-wait")
        assert page.inner_text(".gad-wait") == "Waiting for Python. Shown: x = 2.00"
        assert page.text_content(".gad-reads .value").strip() == ""
        assert page.text_content(".gad-reads .local") == "1.05"
        assert page.evaluate(places) == before
        page.evaluate("mounted.set({ stop: 20 })")
        assert page.locator(".gad-late").count() == 0
        assert page.text_content(".gad-reads .value").strip() != ""


def test_an_open_table_leaves_the_code_its_place(chromium: Any, tmp_path: Path) -> None:
    """Where there is no curve and little height, it takes what is left below the code."""
    trace(worked, 2.0).save(tmp_path / "f.html")
    page = chromium.new_page(viewport={"width": 1366, "height": 640})
    page.goto((tmp_path / "f.html").as_uri())
    page.locator(".gad-table summary").click()
    page.wait_for_function(
        "() => { const [code, table] = ['.gad-code', '.gad-table'].map((one) =>"
        " document.querySelector(one).getBoundingClientRect());"
        " return table.height > 60 && code.height > 60 && code.bottom <= table.top + 1; }"
    )
    page.close()
