"""The step is always in sight: in real Chromium, by rectangles, at every step and at the sizes of real screens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from graphviz_ad.filming import film
from graphviz_ad.films.stills import still
from graphviz_ad.tracing import trace

SIZES = ((360, 740), (768, 1024), (900, 700), (1280, 720), (1366, 640), (1440, 900), (1920, 1080))
_RNG = np.random.default_rng(0)
INPUTS, TARGETS = _RNG.normal(size=(8, 3)), _RNG.normal(size=8)
WEIGHTS = [_RNG.normal(size=shape) for shape in ((3, 4), 4, (4, 4), 4, 4)]


def worked(x: Any) -> Any:
    """Use x three times."""
    a = np.log(x**2)
    return a * np.sin(x) + 1 / x


def product(x: Any, y: Any) -> Any:
    """Two sliders."""
    return x * np.sin(y) + y


def loop(x: Any) -> Any:
    """A loop of 12."""
    y = x
    for _ in range(12):
        y = np.sin(y) + x
    return y


def mlp(w: Any, b: Any, v: Any, c: Any, u: Any) -> Any:
    """Two layers, a loss and a penalty: some twenty nodes."""
    h = np.tanh(INPUTS @ w + b)
    g = np.tanh(h @ v + c)
    e = g @ u - TARGETS
    return np.mean(e**2) + 0.01 * (np.sum(w**2) + np.sum(v**2))


def hundred(x: Any) -> Any:
    """A graph of a hundred nodes."""
    y = x
    for _ in range(10):
        y = np.sin(y) + np.cos(y)
    for _ in range(35):
        y = np.tanh(y) * 0.9
    return y


GRAPHS: dict[str, Callable[[], dict[str, Any]]] = {
    "sin": lambda: film(np.sin, x=(-np.pi, np.pi)).to_json(),
    "worked": lambda: film(worked, x=(0.5, 3, 0.05), at={"x": 2.0}).to_json(),
    "dot": lambda: dict(still(trace(lambda x: 2 * x.T @ x, np.array([1.0, 2.0, 3.0]))).film),
    "two": lambda: film(product, x=(-1, 2, 0.1), y=(-3, 3, 0.1)).to_json(),
    "loop": lambda: film(loop, x=(-1, 1, 0.1)).to_json(),
    "mlp": lambda: dict(still(trace(mlp, *WEIGHTS)).film),
    "hundred": lambda: film(hundred, x=(-1, 1, 0.5)).to_json(),
}

# At each step: the sentence and the buttons are in the window; what is written, and its card where the pane has room
# for one, are in the pane; no card is behind the map; what goes on beyond its edge has the sign of that.
WALK = """([writes, stride]) => {
  const find = (name) => document.querySelector(name), rect = (node) => node.getBoundingClientRect();
  const [pane, map, say, bar] = [".gad-pane", ".gad-map", ".gad-say", ".gad-bar"].map(find), wrong = [];
  const frame = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
  writes.forEach((id, step) => {
    if (step % stride) return;
    mounted.set({ step });
    const bad = (what) => wrong.push(`${step}: ${what}`);
    const within = (name, a, b) => {
      const gaps = [a.left - b.left, b.right - a.right, a.top - b.top, b.bottom - a.bottom];
      if (Math.min(...gaps) < -1 || a.right - a.left < 1) bad(`${name} ${gaps.map(Math.round)}`);
    };
    const seen = rect(pane), under = rect(bar);
    within("bar", under, frame);
    const over = under.left < seen.right - 1 && under.right > seen.left + 1;
    within("pane", seen, { ...frame, bottom: over ? under.top : frame.bottom });
    within("sentence", rect(say.querySelector("p")), rect(say));
    within("panel of the sentence", rect(say), { ...frame, bottom: under.top });
    const part = document.getElementById(id), card = part.closest(".node").querySelector(":scope > .bg");
    const box = rect(card), slot = [...part.querySelectorAll(".slot")].find((one) => rect(one).width);
    const wide = box.width > seen.width - 2, high = box.height > seen.height - 2;
    within(id, rect(wide && slot ? slot : part), seen);
    if (!wide && !high) within("card of " + id, box, seen);
    const shown = !map.hidden && getComputedStyle(map).visibility === "visible", there = rect(map);
    for (const node of shown ? document.querySelectorAll(".gad-pane .node") : []) {
      const one = rect(node);
      const across = Math.min(there.right, one.right) - Math.max(there.left, one.left);
      const down = Math.min(there.bottom, one.bottom) - Math.max(there.top, one.top);
      if (across > 1 && down > 1) bad(node.id + " is behind the map");
    }
    if (say.scrollHeight > say.clientHeight + 4 && !say.matches(".below")) bad("goes on below without a sign");
    // Only where large type leaves no other way it goes on, and fades there.
    const room = document.querySelector(".gad-room") && innerWidth < 400;
    if (say.scrollWidth > say.clientWidth + 1 && !(room && say.matches(".more"))) bad("goes on beside");
  });
  return wrong;
}"""
# Numbers, names and code that are cut off without a sign of it; and a page that is larger than its window.
CUT = """() => {
  const wide = (node) => node.scrollWidth > node.clientWidth + 1, all = (name) => [...document.querySelectorAll(name)];
  const shown = (node) => node.checkVisibility({ visibilityProperty: true });
  return [
    ...all(".gad-reads dd span, .gad-code, .gad-code pre div, .gad-table td > div").filter((node) => wide(node)),
    ...all(".gad-title, .gad-table tbody th, .gad-legend").filter((node) => wide(node) && !node.matches(".more")
      && node.scrollWidth - node.clientWidth > 9),
    ...all(".gad-main, .gad-left, .gad-right, .gad-pane, .gad-code").filter((node) =>
      getComputedStyle(node).overflowY === "auto" && (node.scrollTop > 3 && !node.matches(".above")
      || node.scrollHeight - node.clientHeight - node.scrollTop - (parseFloat(node.style.paddingBottom) || 0) > 3
      && !node.matches(".below"))),
    ...all(".gad-pane").filter((node) => node.scrollLeft > 9 && !node.matches(".before")),
  ].filter(shown).map((node) => node.className + ": " + node.textContent.slice(0, 40))
    .concat(document.documentElement.scrollHeight > innerHeight ? ["the page scrolls"] : []);
}"""
FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 30))))"


def writes(made: dict[str, Any]) -> list[str]:
    """Return what each step of the first scene writes."""
    return [step["writes"] for step in made["scenes"][made["start"]]["steps"]]


@pytest.mark.parametrize("name", GRAPHS)
def test_every_step_is_in_sight_at_every_size(player: Any, name: str) -> None:
    """Box, sentence and buttons are on one screen together, in the page and in large type, and nothing is cut.

    Of the hundred nodes every seventh step is looked at in large type, which takes long.
    """
    made = GRAPHS[name]()
    page = player(made, reduced_motion="reduce")
    for large in (False, True):
        page.evaluate("presentation => mounted.set({ presentation })", large)
        stride = 7 if large and name == "hundred" else 1
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate(FRAMES)
            assert page.evaluate(WALK, [writes(made), stride]) == [], (width, height, large)
            assert page.evaluate(CUT) == [], (width, height, large)


class TestSteering:
    """Zooming and panning: by keys, buttons, wheel and mouse."""

    @pytest.fixture
    def page(self, player: Any) -> Any:
        """The loop of 12 in a window that cannot hold it."""
        return player(GRAPHS["loop"](), width=1280, height=720, reduced_motion="reduce", step=10)

    def test_what_is_too_small_to_be_read_keeps_its_name(self, page: Any) -> None:
        """Seen as a whole, each card says what it is called, in type that can be read; nearer, its title is back."""
        assert page.locator(".gad-short").count() == 0
        page.keyboard.press("0")
        names = page.evaluate("""() => [...document.querySelectorAll('.gad-pane .node > .gad-short')].map((node) =>
          [node.textContent, node.getBoundingClientRect().height])""")
        assert [name for name, _ in names] == [
            row["text"].split(" = ")[0] for row in GRAPHS["loop"]()["scenes"][0]["rows"]
        ]
        assert min(high for _, high in names) >= 11
        page.keyboard.press("0")
        assert page.locator(".gad-short").count() == 0

    def test_keys_and_buttons_zoom_and_say_so(self, page: Any) -> None:
        """So do + and −; 0 shows the whole graph, and again what can be read; no type below 11 px is drawn."""
        width = "document.querySelector('.gad-pane > svg').getBoundingClientRect().width"
        texts = """() => Math.min(...[...document.querySelectorAll('.gad-pane text')].filter((node) =>
          node.getClientRects().length).map((node) => parseFloat(node.getAttribute('font-size'))
          * document.querySelector('.gad-pane > svg').getBoundingClientRect().width
          / document.querySelector('.gad-pane > svg').viewBox.baseVal.width))"""
        readable = page.evaluate(width)
        assert page.evaluate(texts) == pytest.approx(11, abs=0.01)
        page.keyboard.press("+")
        assert page.evaluate(width) == pytest.approx(1.25 * readable, abs=0.1)
        assert page.inner_text(".gad-lens output") == "115 %"
        page.locator(".gad-live", has_text="Zoom 115 %.").wait_for(state="attached")
        page.click(".gad-out")
        page.click(".gad-out")
        assert page.evaluate(width) == pytest.approx(0.8 * readable, abs=0.1)
        assert page.evaluate(texts) >= 10.94
        page.keyboard.press("0")
        frame = "(name) => { const { left, top, right, bottom } = document.querySelector(name).getBoundingClientRect();"
        inner, outer = (
            page.evaluate(f"{frame} return [left, top, -right, -bottom] }}", name)
            for name in (".gad-pane > svg", ".gad-pane")
        )
        assert all(a >= b - 1 for a, b in zip(inner, outer, strict=True))
        assert page.locator(".gad-map").is_hidden()
        assert page.get_attribute(".gad-fit", "aria-pressed") == "true"
        page.click(".gad-fit")
        assert page.evaluate(width) == pytest.approx(readable, abs=0.1)
        assert page.locator(".gad-map").is_visible()

    def test_what_is_followed_does_not_leave_the_pane_by_a_key(self, page: Any) -> None:
        """Nor does it while the view grows; whoever does not follow keeps the middle."""
        seen = """() => {
          const [box, pane] = ['.gad-pane .node.now', '.gad-pane'].map((name) =>
            document.querySelector(name).getBoundingClientRect());
          return box.top >= pane.top - 1 && box.bottom <= pane.bottom + 1;
        }"""
        page.keyboard.press("Home")
        for _ in range(4):
            page.keyboard.press("+")
            assert page.evaluate(seen)

    def test_in_a_room_type_is_left_out_below_11_px_only(self, player: Any) -> None:
        """Zoomed out of what fits, names and numbers stay while they can be read."""
        page = player(GRAPHS["loop"](), "{ presentation: true }", width=1280, height=720, step=10)
        left_out = "document.querySelectorAll('.gad-pane .gad-tiny').length"
        page.click(".gad-out")
        assert page.evaluate(left_out) == 0
        for _ in range(4):
            page.click(".gad-out")
        assert page.evaluate(left_out) > 0

    def test_the_wheel_zooms_with_ctrl_about_the_pointer_and_scrolls_without(self, page: Any) -> None:
        """What is under the pointer stays there, and the page keeps its size."""
        under = """([x, y]) => { const box = document.querySelector('.gad-pane > svg').getBoundingClientRect();
          return [(x - box.left) / box.width, (y - box.top) / box.height, box.width, devicePixelRatio]; }"""
        box = page.locator(".gad-pane").bounding_box()
        place = [box["x"] + 0.6 * box["width"], box["y"] + 0.4 * box["height"]]
        page.mouse.move(*place)
        before = page.evaluate(under, place)
        page.keyboard.down("Control")
        page.mouse.wheel(0, -120)
        page.wait_for_function(
            "wide => document.querySelector('.gad-pane > svg').getBoundingClientRect().width > wide", arg=before[2]
        )
        page.keyboard.up("Control")
        after = page.evaluate(under, place)
        assert after[:2] == pytest.approx(before[:2], abs=0.004)
        assert after[3] == before[3]
        page.mouse.wheel(0, 90)
        page.wait_for_function("y => document.querySelector('.gad-pane').scrollTop > y", arg=1)
        assert page.evaluate(under, place)[2] == after[2]

    def test_dragging_and_shift_with_arrows_pan_and_press_nothing(self, page: Any) -> None:
        """A drag that begins on a card opens no inspector; the step stays; a step brings the view back."""
        at = "(() => { const { scrollLeft, scrollTop } = document.querySelector('.gad-pane');"
        at += " return [scrollLeft, scrollTop]; })()"
        card = page.locator(".gad-pane .node.now").first.bounding_box()
        before = page.evaluate(at)
        page.mouse.move(card["x"] + 50, card["y"] + 20)
        page.mouse.down()
        page.mouse.move(card["x"] + 20, card["y"] - 100, steps=4)
        page.mouse.up()
        dragged = page.evaluate(at)
        assert dragged[1] - before[1] == pytest.approx(120, abs=1)
        assert page.locator(".gad-inspector").is_hidden()
        page.focus(".gad-pane")
        page.keyboard.press("Shift+ArrowDown")
        assert page.evaluate(at)[1] - dragged[1] == pytest.approx(60, abs=1)
        assert page.evaluate("mounted.state.step") == 10
        page.keyboard.press("ArrowRight")
        assert page.evaluate("mounted.state.step") == 11
        assert page.evaluate(WALK.replace("mounted.set({ step });", ""), [writes(GRAPHS["loop"]())[11:12], 1]) == []

    def test_who_stops_following_stays_where_they_are(self, page: Any) -> None:
        """Until they follow again."""
        at = "document.querySelector('.gad-pane').scrollTop"
        before = page.evaluate(at)
        page.click(".gad-follow")
        assert page.get_attribute(".gad-follow", "aria-pressed") == "false"
        page.evaluate("mounted.set({ step: 30 })")
        assert page.evaluate(at) == before
        page.click(".gad-follow")
        assert page.evaluate(at) != before

    def test_the_map_shows_where_the_pane_is_and_leads_there(self, page: Any) -> None:
        """Its window is to the map what the pane is to the picture; a press brings that place to the middle."""
        parts = """() => { const names = ['.gad-map svg', '.gad-window', '.gad-pane', '.gad-pane > svg'];
          const rect = (name) => document.querySelector(name).getBoundingClientRect();
          const [map, frame, pane, svg] = names.map(rect);
          return [(frame.top - map.top) / map.height, (frame.bottom - map.top) / map.height,
            (pane.top - svg.top) / svg.height, (pane.bottom - svg.top) / svg.height]; }"""
        top, bottom, from_, to = page.evaluate(parts)
        assert (top, bottom) == (pytest.approx(from_, abs=0.02), pytest.approx(to, abs=0.02))
        box = page.locator(".gad-map svg").bounding_box()
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 0.7 * box["height"])
        page.evaluate(FRAMES)
        top, bottom, *_ = page.evaluate(parts)
        assert (top + bottom) / 2 == pytest.approx(0.7, abs=0.02)

    def test_it_glides_where_motion_is_welcome(self, player: Any) -> None:
        """On the way the view is in between; at the end the step is in sight."""
        page = player(GRAPHS["loop"](), width=1280, height=720, step=10)
        seen = page.evaluate(
            """async () => { const pane = document.querySelector('.gad-pane'), seen = [pane.scrollTop];
              mounted.set({ step: 20 });
              for (let i = 0; i < 400 && (seen.length < 4 || seen.at(-1) !== seen.at(-9)); i++) {
                await new Promise(requestAnimationFrame);
                seen.push(pane.scrollTop);
              }
              return seen; }"""
        )
        assert len(set(seen)) > 3
        assert seen == sorted(seen)
        assert page.evaluate(WALK.replace("mounted.set({ step });", ""), [writes(GRAPHS["loop"]())[20:21], 1]) == []

    def test_two_fingers_zoom_the_graph_and_not_the_page(self, player: Any) -> None:
        """Spread to one and a half, the graph is one and a half times as wide."""
        page = player(GRAPHS["loop"](), width=360, height=740, has_touch=True, is_mobile=True, step=10)
        width = "document.querySelector('.gad-pane > svg').getBoundingClientRect().width"
        before, box = page.evaluate(width), page.locator(".gad-pane").bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        devices = page.context.new_cdp_session(page)
        for kind, apart in (("touchStart", 40), ("touchMove", 50), ("touchMove", 60), ("touchEnd", 0)):
            points = [{"x": x + way * apart, "y": y, "id": i} for i, way in enumerate((-1, 1))] if apart else []
            devices.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        page.wait_for_function(f"before => {width} > 1.4 * before", arg=before)
        assert page.evaluate(width) == pytest.approx(1.5 * before, rel=0.02)
        assert page.evaluate("visualViewport.scale") == 1


# What the page shows is there in full screen too: at once, or as far as its region scrolls.
THERE = """(names) => names.filter((name) => {
  const node = document.querySelector(name);
  node.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
  const { top, bottom, left, right } = node.getBoundingClientRect();
  const frames = [".gad-left", ".gad-main", ".gad-foot"].map((one) => node.parentNode.closest(one))
    .filter((one) => one?.getClientRects().length).map((one) => one.getBoundingClientRect());
  const low = Math.min(innerHeight, ...frames.map((one) => one.bottom));
  const high = Math.max(0, ...frames.map((one) => one.top));
  return !(right - left > 20 && Math.min(bottom, low) - Math.max(top, high) > Math.min(20, bottom - top - 1));
})"""
PARTS = ("plot", "x", "code", "table summary", "legend", "say > p", "lens", "stage", "bar", "title", "reads")


def test_full_screen_shows_at_least_what_the_page_shows(player: Any) -> None:
    """On a projector, a laptop and a phone; in full screen, and in the presentation of a page."""
    page = player(GRAPHS["worked"](), width=1280, height=720, reduced_motion="reduce")
    names = [f".gad-{part}" for part in PARTS]
    for width, height in ((1280, 720), (1920, 1080), (900, 700), (360, 740)):
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate(FRAMES)
        shown = [name for name in names if page.evaluate(THERE, [name]) == []]
        assert set(names) - set(shown) <= {".gad-table summary"}
        page.evaluate("mounted.set({ presentation: true })")
        page.evaluate(FRAMES)
        assert page.evaluate(THERE, shown) == [], (width, height)
        page.evaluate("mounted.set({ presentation: false })")
    page.set_viewport_size({"width": 1280, "height": 720})
    page.focus(".gad-pane")
    page.keyboard.press("f")
    page.wait_for_function("() => !!document.fullscreenElement")
    page.evaluate(FRAMES)
    assert page.evaluate(THERE, names) == []
    assert page.evaluate(WALK, [writes(GRAPHS["worked"]()), 1]) == []


def three(a: Any, b: Any, c: Any) -> Any:
    """Three sliders, whose column of formulas is narrow."""
    return a * np.sin(b) + c * np.exp(-(b**2))


@pytest.mark.parametrize(("name", "width", "height"), [("worked", 1920, 1080), ("three", 1280, 720)])
def test_the_last_digit_of_a_sum_is_whole(player: Any, name: str, width: int, height: int) -> None:
    """Formulas that are a few px too wide for their column are told in smaller type."""
    made = GRAPHS[name]() if name in GRAPHS else film(three, a=(0, 2), b=(-2, 2), c=(-1, 1)).to_json()
    page = player(made, width=width, height=height)
    cut = page.evaluate(
        """(steps) => [...Array(steps).keys()].filter((step) => {
          mounted.set({ step });
          const box = document.querySelector(".gad-say");
          return box.scrollWidth > box.clientWidth;
        })""",
        len(writes(made)),
    )
    assert cut == []
