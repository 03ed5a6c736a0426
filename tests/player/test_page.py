"""The page that carries a film: self-contained, safe, and right in a real browser."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import film_data
import numpy as np
import pytest

from graphviz_ad.draw.frame import frame
from graphviz_ad.draw.scene import make_scene
from graphviz_ad.filming import film
from graphviz_ad.films.sampling import Sampler
from graphviz_ad.films.sliders import arrange
from graphviz_ad.films.stills import still
from graphviz_ad.films.writing import Developer
from graphviz_ad.numerals import write
from graphviz_ad.player.page import page, snippet
from graphviz_ad.player.script import script
from graphviz_ad.tracing import trace

HOSTILE = '</script><script>alert(1)</script><!--<img src=x onerror="alert(2)">\u2028\ud800'


def f(x: Any) -> Any:
    """The worked example: a fan-out of three."""
    a = np.log(x**2)
    return a * np.sin(x) + 1 / x


def branching(x: Any) -> Any:
    """Two branches, and a stretch that raises."""
    if x > 0:
        return np.sin(x)
    if x < -1.5:
        raise ValueError("<b>too</b> far left")
    return x * x


def product(x: Any, y: Any) -> Any:
    """Two sliders."""
    return x * np.sin(y) + y


def chain(x: Any) -> Any:
    """A graph that is taller than a window, with a line that is wider than its pane."""
    y = x
    for _ in range(5):
        y = np.sin(y) * x + np.cos(y) * 0.25 - np.tanh(y) * 0.125 + np.exp(-y * y) * 0.0625 + np.sqrt(y * y + 2.0)
    return y


def loop(x: Any) -> Any:
    """A loop that runs up to five times."""
    while x < 30:
        x = x * 2
    return x


@pytest.fixture(scope="module")
def sine() -> dict[str, Any]:
    """f(x) = sin x along its period."""
    return film(np.sin, x=(-np.pi, np.pi)).to_json()


@pytest.fixture(scope="module")
def worked() -> dict[str, Any]:
    """log(x²)·sin x + 1/x, starting at 2."""
    return film(f, x=(0.5, 3, 0.01), at={"x": 2.0}).to_json()


def parts_of(html: str) -> dict[str, str]:
    """Return policy, style, module script and data of a page."""
    found = {
        "policy": re.search(r'Content-Security-Policy" content="([^"]*)"', html),
        "style": re.search(r"<style>(.*?)</style>", html, re.DOTALL),
        "script": re.search(r'<script type="module">(.*?)</script>', html, re.DOTALL),
        "data": re.search(r'<script type="application/json" id="film">(.*?)</script>', html, re.DOTALL),
    }
    return {name: match[1] for name, match in found.items() if match}


class TestText:
    """What can be told without a browser."""

    def test_the_policy_holds_the_hashes_of_what_is_inside(self, sine: dict[str, Any]) -> None:
        """A strict policy lets this very style and script run, and nothing else."""
        parts = parts_of(page(sine))
        for name in ("style", "script"):
            digest = base64.b64encode(hashlib.sha256(parts[name].encode()).digest()).decode()
            assert f"{name}-src 'sha256-{digest}'" in parts["policy"]
        assert parts["policy"].startswith("default-src 'none'")

    def test_nothing_is_asked_for(self, worked: dict[str, Any]) -> None:
        """No address but the names of XML languages stands in the page."""
        addresses = set(re.findall(r"https?://[^\"'`\s>]+", page(worked)))
        assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1998/Math/MathML"}
        assert not re.search(r"<link|<img|url\(|import\(|fetch\(", page(worked))
        assert "@import" not in parts_of(page(worked))["style"]

    def test_hostile_names_come_out_as_text(self, sine: dict[str, Any]) -> None:
        """Titles and data cannot end the elements in which they stand."""
        evil = {**sine, "name": HOSTILE, "title": {"text": HOSTILE, "mathml": "<mi>f</mi>"}}
        html = page(evil, title=HOSTILE)
        html.encode("utf-8")
        scripts: list[str] = []

        class Reader(HTMLParser):
            def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
                scripts.append(tag) if tag in ("script", "img") else None

        Reader().feed(html)
        assert scripts == ["script", "script", "script"]
        assert json.loads(parts_of(html)["data"])["name"] == HOSTILE

    def test_the_numbers_survive_the_sharing_of_columns(self, worked: dict[str, Any]) -> None:
        """Equal columns are stored once, and every quantity still finds its own."""
        lean = json.loads(parts_of(page(worked))["data"])
        sampler = Sampler(arrange(f, {"x": (0.5, 3, 0.01)}, who="explore"), "explore")
        for stop in range(sampler.total):
            sampler.sample(stop)
        whole = Developer(sampler).film()
        tables = []
        for made in (whole, lean):
            (table,) = film_data.tables(made)
            tables.append(table[:, [q["c"] for q in made["scenes"][0]["quantities"]]])
        np.testing.assert_array_equal(*tables)
        assert len(lean["numbers"][0]) < len(whole["numbers"][0]) * 0.6

    def test_the_sine_film_is_small(self, sine: dict[str, Any]) -> None:
        """The whole explorer of the sine fits in 130 kB."""
        assert len(page(sine).encode()) <= 130_000

    def test_the_snippet_is_a_sandboxed_frame_over_a_picture(self, sine: dict[str, Any]) -> None:
        """A notebook that strips the frame still shows the picture."""
        html = snippet(sine, "<svg/>")
        assert html.index("<img ") < html.index(
            '<iframe title="f(x) = sin x" sandbox="allow-scripts" allow="fullscreen" srcdoc="'
        )
        picture = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', html)
        assert picture is not None
        assert base64.b64decode(picture[1]).decode() == "<svg/>"

    def test_bad_arguments_are_refused_with_a_way_out(self, sine: dict[str, Any]) -> None:
        """An unknown theme, another version and a film without scenes are named."""
        with pytest.raises(ValueError, match="theme is 'drak'; expected one of auto, light, dark, high-contrast"):
            page(sine, theme="drak")
        with pytest.raises(ValueError, match="version 2; expected 1"):
            page({**sine, "version": 2})
        with pytest.raises(ValueError, match="no scene, since f raised at every stop"):
            page({**sine, "scenes": []})


# In the browser


class Tab:
    """A page in the browser that must make no request and report no error."""

    def __init__(self, browser: Any, folder: Path, html: str, **context: Any) -> None:
        self.context = browser.new_context(**{"viewport": {"width": 1200, "height": 853}, **context})
        self.page = self.context.new_page()
        self.problems: list[str] = []
        self.file = folder / "film.html"
        self.file.write_text(html, encoding="utf-8")
        self.page.on("console", lambda message: self.problems.append(message.text))
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("request", lambda request: request.url != self.file.as_uri() and self.problems.append(request.url))
        self.page.goto(self.file.as_uri())
        if context.get("java_script_enabled", True):
            self.page.wait_for_selector(".gad-box, iframe", state="attached")

    def text(self, selector: str) -> str:
        """Return the text of an element, hidden or not."""
        return str(self.page.eval_on_selector(selector, "node => node.textContent"))

    def put(self, selector: str, value: int) -> None:
        """Move a slider."""
        move = "(node, to) => { node.value = to; node.dispatchEvent(new Event('input')); }"
        self.page.eval_on_selector(selector, move, value)

    def close(self) -> None:
        """Close the page, which must have been silent."""
        self.context.close()
        assert self.problems == []


@pytest.fixture
def tab(chromium: Any, tmp_path: Path) -> Iterator[Any]:
    """Open pages at the end of their stories; on the way out each must have been silent."""
    tabs: list[Tab] = []

    def open_tab(made: dict[str, Any], **context: Any) -> Tab:
        html = page(made, theme=context.pop("theme", "auto"), step=film_data.ending(made))
        tabs.append(Tab(chromium, tmp_path, html, **context))
        return tabs[-1]

    yield open_tab
    for one in tabs:
        one.close()


def grid(made: dict[str, Any], slider: int = 0) -> np.ndarray[Any, Any]:
    """Return the stops of a slider."""
    return np.frombuffer(base64.b64decode(made["sliders"][slider]["values"]), "<f8")


def painted(page: Any) -> None:
    """Wait until what was set off, and what that sets off, is on the screen; the policy of the page forbids polling."""
    page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"
    )


class TestBrowser:
    """The player in real Chromium."""

    def test_the_slider_shows_numpys_numbers(self, tab: Any, sine: dict[str, Any]) -> None:
        """At every stop tried, the read-outs, the graph and the table say sin x and cos x."""
        tab = tab(sine)
        scene = sine["scenes"][0]
        value, slope = (scene["quantities"][place] for place in (scene["output"], scene["gradients"][0]))
        for stop in (0, 1, 50, 99, 100, 101, 150, 200):
            tab.put(".gad-x", stop)
            x = grid(sine)[stop]
            f_text, df_text = write(np.sin(x), value["f"]), write(np.cos(x), slope["f"])
            assert tab.text(".gad-reads .value") == f_text
            assert tab.text(".gad-reads .adjoint") == df_text
            assert tab.text("#n1_v .slot") == f_text
            assert tab.text("#n0_a .slot") == df_text
            assert tab.text("tbody tr:first-child td:last-child") == df_text
            spoken = write(x, sine["sliders"][0]["format"]).rstrip("\u2007")
            assert tab.page.get_attribute(".gad-x", "aria-valuetext") == f"x = {spoken}"

    def test_the_tangent_has_the_slope_of_the_curve(self, tab: Any, sine: dict[str, Any]) -> None:
        """The tangent touches the drawn curve: its direction is that of the curve's neighbouring points."""
        tab = tab(sine)
        tab.put(".gad-x", 60)
        rise = tab.page.evaluate(
            """() => {
              const find = (one) => document.querySelector(one);
              const curve = find('.gad-f').getAttribute('d').match(/-?[\\d.]+/g).map(Number);
              const ends = ['x1', 'y1', 'x2', 'y2'].map((end) => Number(find('.gad-tangent').getAttribute(end)));
              const slope = ([a, b, c, d]) => (d - b) / (c - a);
              return [slope(ends), slope([...curve.slice(118, 120), ...curve.slice(122, 124)])];
            }"""
        )
        assert rise[0] == pytest.approx(rise[1], rel=0.05)

    def test_stepping_shows_what_the_timelines_say(self, tab: Any, worked: dict[str, Any]) -> None:
        """At each of the steps, every part has its state and its numbers, and the end is 0.082395."""
        tab = tab(worked, reduced_motion="reduce")
        scene = worked["scenes"][0]
        row = film_data.tables(worked)[0][worked["sliders"][0]["start"]]
        tab.page.click(".gad-first")
        for step in range(len(scene["steps"])):
            seen = tab.page.evaluate(
                """() => Object.fromEntries([...document.querySelectorAll('.gad-pane [id]')].map((group) => {
                  const slots = [...group.children].filter((child) => child.classList.contains('slot'));
                  return [group.id, [group.getAttribute('class'), slots.map((slot) => slot.textContent)]];
                }))"""
            )
            for part, told in scene["parts"].items():
                _, state, place, *_ = [*[entry for entry in told["timeline"] if entry[0] <= step][-1], -1]
                assert seen[part][0].split()[:2] == [told["kind"], state], (step, part)
                if place >= 0 and seen[part][1]:
                    quantity = scene["quantities"][place]
                    assert seen[part][1] == [write(row[quantity["c"]], quantity["f"])], (step, part)
            assert tab.text(".gad-count") == f"{step + 1} / {len(scene['steps'])}"
            tab.page.click(".gad-next")
        assert tab.text(".gad-reads .adjoint") == "0.082395"

    def test_the_keyboard_steers(self, tab: Any, worked: dict[str, Any]) -> None:
        """Space plays, arrows step, Home and End jump; on the slider the arrows move x."""
        tab = tab(worked, reduced_motion="reduce")
        tab.page.keyboard.press("Home")
        assert tab.text(".gad-count").startswith("1 /")
        tab.page.focus(".gad-pane")
        tab.page.keyboard.press("ArrowRight")
        assert tab.text(".gad-count").startswith("2 /")
        tab.page.focus(".gad-scrub")
        tab.page.keyboard.press("End")
        tab.page.keyboard.press("ArrowLeft")
        assert tab.text(".gad-count").startswith("18 /")
        tab.page.focus(".gad-x")
        tab.page.keyboard.press("ArrowRight")
        assert tab.text(".gad-reads .local") == "2.01"
        assert tab.text(".gad-count").startswith("18 /")
        tab.page.focus(".gad-pane")
        tab.page.keyboard.press("Home")
        tab.page.keyboard.press(" ")
        assert tab.page.get_attribute(".gad-play", "aria-label") == "Pause"
        tab.page.keyboard.press(" ")
        assert tab.page.get_attribute(".gad-play", "aria-label") == "Play"

    def test_playing_runs_to_the_end_and_stops(self, tab: Any, sine: dict[str, Any]) -> None:
        """Pills travel, and at the last step the button offers to play again."""
        tab = tab(sine)
        for _ in range(2):
            tab.page.click(".gad-speed")
        tab.page.click(".gad-play")
        tab.page.wait_for_selector(".gad-pill", state="attached", timeout=5000)
        tab.page.wait_for_selector('.gad-play[aria-label="Play"]', timeout=10000)
        assert tab.text(".gad-count") == "4 / 4"
        assert tab.page.query_selector(".gad-pill") is None
        tab.page.locator(".gad-live", has_text="Paused. Step 4 of 4.").wait_for(state="attached")

    def test_reduced_motion_cuts(self, tab: Any, worked: dict[str, Any]) -> None:
        """Where motion is not wanted, nothing travels."""
        tab = tab(worked, reduced_motion="reduce")
        tab.page.click(".gad-first")
        tab.page.click(".gad-next")
        assert tab.page.query_selector(".gad-pill") is None

    def test_another_branch_switches_the_graph_and_says_so(self, tab: Any) -> None:
        """Across the branch the graph is another one; where f raises, the last good one stays and is marked."""
        made = film(branching, x=(-2, 2, 0.02), at={"x": 1.0}).to_json()
        tab = tab(made)
        stops = grid(made)
        assert "sin" in str(tab.page.get_attribute(".gad-pane > svg", "aria-label"))
        tab.put(".gad-x", int(np.argmin(abs(stops + 1))))
        assert tab.text(".gad-notice").startswith("The graph has changed")
        assert "x > 0" in tab.text(".gad-notice")
        assert tab.text(".gad-reads .adjoint") == "−2.00"
        tab.page.locator(".gad-live", has_text="The graph has changed").wait_for(state="attached")
        tab.put(".gad-x", 0)
        assert "<b>too</b> far left" in tab.text(".gad-notice")
        assert tab.text(".gad-stale") == "Last good picture: x = −1.00"
        assert tab.text(".gad-reads .value") == "—"
        assert tab.page.query_selector(".gad-notice b") is None
        assert tab.page.query_selector(".gad-past") is not None

    def test_with_two_sliders_the_curve_follows_the_focus(self, tab: Any) -> None:
        """Both partial derivatives are named, and the curve runs along the slider in focus."""
        made = film(product, x=(-1, 2), y=(-3, 3), at={"x": 1.0, "y": 0.0}).to_json()
        tab = tab(made)
        labels = tab.page.eval_on_selector_all(".gad-reads dt", "all => all.map(one => one.textContent)")
        assert labels[-2:] == ["∂product/∂x", "∂product/∂y"]
        assert tab.text(".gad-name.adjoint") == "∂product/∂x"
        before = tab.page.get_attribute(".gad-f", "d")
        tab.page.focus(".gad-slide + .gad-slide input")
        assert tab.text(".gad-name.adjoint") == "∂product/∂y"
        assert tab.page.get_attribute(".gad-f", "d") != before

    @pytest.mark.parametrize("width", [1200, 900, 360])
    def test_nothing_overflows_or_is_too_small(self, tab: Any, worked: dict[str, Any], width: int) -> None:
        """At each width the page does not scroll sideways, and no text is under 11 px."""
        tab = tab(worked, viewport={"width": width, "height": 800})
        assert tab.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        small = tab.page.evaluate(
            """() => [...document.querySelectorAll('.gad-box *')].map((node) => {
              const shown = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
              if (!shown || !node.getClientRects().length || node.closest('.gad-live, math, tspan')) return ['', 99];
              const svg = node.closest('svg');
              const scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
              return [node.textContent, parseFloat(getComputedStyle(node).fontSize) * scale];
            }).filter(([, size]) => size < 10.99)"""
        )
        assert small == []

    def test_moving_the_slider_never_jumps_the_layout(self, tab: Any, worked: dict[str, Any]) -> None:
        """Steps and stops keep the place of every panel."""
        tab = tab(worked, reduced_motion="reduce")
        boxes = """() => ['.gad-graph', '.gad-table', '.gad-bar', '.gad-code']
            .map((name) => document.querySelector(name).getBoundingClientRect().top)"""
        places = {str(tab.page.evaluate(boxes))}
        for step in range(1, 20):
            tab.put(".gad-scrub", step)
            places.add(str(tab.page.evaluate(boxes)))
        tab.put(".gad-x", 3)
        places.add(str(tab.page.evaluate(boxes)))
        assert len(places) == 1

    def test_a_tall_graph_scrolls_in_its_pane_and_follows_the_step(self, tab: Any) -> None:
        """The page keeps the height of the window; what a step writes, its row and its code are in sight."""
        tab = tab(film(chain, x=(-1, 1, 0.1)).to_json(), reduced_motion="reduce")
        sight = """() => ['.gad-pane .node.now', 'tr.now', 'mark', '.gad-play'].map((name) => {
          const [seen, shown] = [document.querySelector(name), document.querySelector('.gad-play')];
          const box = seen.getBoundingClientRect(), frame = seen.closest('.gad-pane, .gad-table, .gad-code') ?? shown;
          const around = frame.getBoundingClientRect();
          return [box.top >= around.top - 1, box.bottom <= Math.min(around.bottom, innerHeight) + 1,
                  box.left >= around.left && box.left < around.right - 20];
        })"""
        for step in (2, 9, 60, 140, 246):
            tab.put(".gad-scrub", step)
            assert tab.page.evaluate(sight) == [[True] * 3] * 4, step
            assert tab.page.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0

    def test_a_small_scene_takes_no_more_room_than_it_needs(self, tab: Any) -> None:
        """Where another scene is taller, the legend still stands right below the small one."""
        tab = tab(film(loop, x=(1, 40, 0.5), at={"x": 39.0}).to_json())
        gap = """() => document.querySelector('.gad-legend').getBoundingClientRect().top
            - document.querySelector('.gad-pane > svg').getBoundingClientRect().bottom"""
        assert tab.page.evaluate(gap) < 20
        tab.put(".gad-x", 0)
        tab.put(".gad-x", 78)
        assert tab.page.evaluate(gap) < 20

    def test_on_a_projector_the_sentence_is_large(self, tab: Any, worked: dict[str, Any]) -> None:
        """At 1280 x 720 plot, code, graph, sentence and buttons stand in the window together."""
        tab = tab(worked, viewport={"width": 1280, "height": 720})
        assert tab.page.evaluate("parseFloat(getComputedStyle(document.querySelector('.gad-say')).fontSize)") > 24
        bottoms = """() => ['.gad-plot', '.gad-x', '.gad-code', '.gad-legend', '.gad-say', '.gad-bar']
            .map((name) => document.querySelector(name).getBoundingClientRect().bottom - innerHeight)"""
        assert max(tab.page.evaluate(bottoms)) <= 0
        assert tab.page.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0

    def test_the_slider_stands_below_the_point_of_the_curve(self, tab: Any, worked: dict[str, Any]) -> None:
        """The thumb has the point's x at every width, since both are laid out in the same units."""
        for width in (360, 900, 1200, 1920):
            shown = tab(worked, viewport={"width": width, "height": 900})
            apart = shown.page.evaluate(
                """() => {
                  const input = document.querySelector('.gad-x'), box = input.getBoundingClientRect();
                  const grip = box.left + 11 + (input.value / input.max) * (box.width - 22);
                  const [thumb, dot] = ['.gad-thumb .core', '.gad-dot'].map((name) => {
                    const { left, right } = document.querySelector(name).getBoundingClientRect();
                    return (left + right) / 2;
                  });
                  return Math.max(Math.abs(thumb - grip), Math.abs(thumb - dot));
                }"""
            )
            assert apart < 1

    @pytest.mark.parametrize("finger", [False, True])
    def test_the_drawn_thumb_can_be_dragged(self, tab: Any, worked: dict[str, Any], finger: bool) -> None:
        """Where it is taken and let go, by mouse and by finger, is where it stands; f is read there."""
        page = tab(worked, has_touch=finger).page
        thumb, devices = page.locator(".gad-thumb .core"), page.context.new_cdp_session(page)

        def middle() -> tuple[float, float]:
            box = thumb.bounding_box()
            return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

        def touch(kind: str, *points: tuple[float, float]) -> None:
            told = [{"x": x, "y": y} for x, y in points]
            devices.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": told})

        x, y = middle()
        if finger:
            touch("touchStart", (x, y))
            for way in (20, 40, 60):
                touch("touchMove", (x + way, y))
            touch("touchEnd")
        else:
            page.mouse.move(x, y)
            page.mouse.down()
            page.mouse.move(x + 60, y, steps=3)
            page.mouse.up()
        painted(page)
        assert abs(middle()[0] - x - 60) < 2
        at = grid(worked)[int(page.input_value(".gad-x"))]
        shown = page.text_content(".gad-reads .value").strip()
        assert float(shown) == pytest.approx(np.log(at**2) * np.sin(at) + 1 / at, abs=1e-6)

    def test_a_slider_move_lays_out_only_what_changes(self, chromium: Any, tab: Any, worked: dict[str, Any]) -> None:
        """No move makes the browser lay out the page, style anything or composite the page anew."""
        page = tab(worked).page
        page.focus(".gad-x")
        # To the right the slope falls below zero, and a sign widens its number.
        moves = ["ArrowLeft"] * 4 + ["ArrowRight"] * 3
        # The first key shows where the focus is.
        page.keyboard.press("ArrowLeft")
        painted(page)
        chromium.start_tracing(page=page, categories=["devtools.timeline", "blink"])
        for key in moves:
            page.keyboard.press(key)
            painted(page)
        traced = [one for one in json.loads(chromium.stop_tracing())["traceEvents"] if one["ph"] in "BX"]
        layouts = [one["args"]["beginData"] for one in traced if one["name"] == "Layout"]
        assert len(layouts) >= len(moves)
        assert all(layout["partialLayout"] for layout in layouts)
        assert {one["name"] for one in traced}.isdisjoint({"Document::recalcStyle", "PaintArtifactCompositor::Update"})

    def test_what_is_laid_out_by_itself_is_never_cut_off(self, tab: Any, worked: dict[str, Any]) -> None:
        """A sentence that takes more lines than were reserved gets them; a long cell of the table wraps."""

        def f(x: Any) -> Any:
            return np.sum(np.stack([x, 20 * x, -x]) * 1.2345)

        page = tab(worked).page
        say = page.locator(".gad-say")
        assert say.evaluate("node => [...node.children].every((one) => one.hidden || one.offsetHeight > 0)")
        before = say.evaluate("node => node.offsetHeight")
        page.evaluate("document.querySelector('.gad-say > p').append(' and so on'.repeat(60))")
        painted(page)
        assert say.evaluate("node => node.scrollHeight - node.clientHeight") <= 0
        assert say.evaluate("node => node.offsetHeight") > before

        page = tab(film(f, x=(0.5, 3, 0.01)).to_json()).page
        cut = """() => [...document.querySelectorAll('.gad-table td')].filter(({ firstChild: node }) =>
          node.scrollWidth > node.clientWidth || node.scrollHeight > node.clientHeight).map((td) => td.textContent)"""
        assert page.evaluate(cut) == []
        assert page.locator(".gad-table td.long").count() > 1

    def test_the_readouts_keep_their_places(self, tab: Any, sine: dict[str, Any]) -> None:
        """A number that has had a sign and loses it, or is exactly zero, does not move what stands beside it."""
        shown = tab(sine)
        shown.put(".gad-x", 50)
        shown.put(".gad-x", 0)
        places = set()
        for stop in (0, 99, 100, 101, 200):
            shown.put(".gad-x", stop)
            labels, cut = shown.page.evaluate(
                """() => [String([...document.querySelectorAll('.gad-reads dt')].map((one) => one.offsetLeft)),
                  [...document.querySelectorAll('.gad-reads span')].filter((one) => one.scrollWidth > one.clientWidth)
                    .map((one) => one.textContent)]"""
            )
            places.add(labels)
            assert cut == []
        assert len(places) == 1

    def test_without_scripts_the_finished_picture_is_shown(
        self, chromium: Any, tmp_path: Path, worked: dict[str, Any]
    ) -> None:
        """Where scripts may not run, the static picture and its words stand in the mount point."""
        shown = Tab(chromium, tmp_path, page(worked), java_script_enabled=False)
        assert shown.page.locator("main svg.gad-scene").is_visible()
        assert "x = 2.00" in shown.page.locator("main").inner_text()
        shown.close()

    def test_the_notebook_snippet_plays_in_its_sandbox(
        self, chromium: Any, tmp_path: Path, worked: dict[str, Any]
    ) -> None:
        """The frame runs without an origin, under its own policy, laid over the picture."""
        shown = Tab(
            chromium,
            tmp_path,
            f"<!doctype html><meta charset=utf-8>{snippet(worked, frame(make_scene(trace(f, 2.0).story)))}",
        )
        inside = shown.page.frame_locator("iframe")
        inside.locator(".gad-first").click()
        assert inside.locator(".gad-count").inner_text() == "1 / 19"
        assert inside.locator(".gad-reads .value").inner_text() == "1.760554"
        known = ("about:srcdoc", "data:image/svg+xml")
        shown.problems[:] = [one for one in shown.problems if not one.startswith(known)]
        shown.close()

    def test_players_share_a_page_and_live_in_shadow_roots(self, tab: Any, sine: dict[str, Any]) -> None:
        """Two players do not touch each other, one of them in a shadow root; destroy gives the element back."""
        tab = tab(sine)
        source = script() + "export { mount };"
        bare = tab.context.new_page()
        bare.set_content("<div id=one>before</div><div id=two></div>")
        bare.evaluate(
            """async ([source, film]) => {
              const { mount } = await import(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
              const inside = document.createElement('div');
              document.querySelector('#two').attachShadow({ mode: 'open' }).append(inside);
              window.one = mount(document.querySelector('#one'), film, { step: 0 });
              window.two = mount(inside, film, { step: 2 });
              window.seen = [];
              window.two.on('change', (state) => window.seen.push(state.stop));
              window.two.set({ stop: 7 });
              inside.querySelector('.gad-next').click();
            }""",
            [source, sine],
        )
        told = "[one.state.step, two.state.step, one.state.stop !== 7, two.state.stop, seen]"
        assert bare.evaluate(told) == [0, 3, True, 7, [7]]
        bare.evaluate("one.destroy()")
        assert bare.inner_text("#one") == "before"
        inside = "document.querySelector('#two').shadowRoot"
        assert bare.evaluate(f"{inside}.querySelector('.gad-count').textContent") == "4 / 4"

    def test_a_still_trace_and_hostile_names_are_shown(self, tab: Any, sine: dict[str, Any]) -> None:
        """A film without sliders has no curve, and a hostile name is read as text."""
        shown = tab({**still(trace(f, 2.0)).film, "name": HOSTILE.rstrip("\ud800")})
        assert shown.page.query_selector(".gad-curve") is None
        assert shown.text(".gad-reads dt") == HOSTILE.rstrip("\ud800")
