"""For everyone: names, roles, contrast, focus and keys, at every size and theme, found by axe-core and measured."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from graphviz_ad.filming import film

axe = pytest.importorskip("axe_playwright_python.sync_playwright")


def worked(x: Any) -> Any:
    """Use x three times."""
    a = np.log(x**2)
    return a * np.sin(x) + 1 / x


def branching(x: Any) -> Any:
    """Take two ways, and raise on a third."""
    if x < -1:
        raise ValueError("too far left")
    return np.sin(x) if x > 0 else x * x


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    """log(x²)·sin x + 1/x, starting at 2."""
    return film(worked, x=(0.5, 3, 0.05), at={"x": 2.0}).to_json()


@pytest.fixture(scope="module")
def branches() -> dict[str, Any]:
    """Two scenes, and a stretch that raises."""
    return film(branching, x=(-2, 2, 0.1), at={"x": 1.0}).to_json()


# Every text that can be seen, with the colour it is drawn in and the first opaque one below it.
CONTRAST = """() => {
  const rgba = (colour) => {
    const [r, g, b, a = 1] = colour.match(/[\\d.]+/g)?.map(Number) ?? [0, 0, 0, 0];
    return [r, g, b, a];
  };
  const light = ([r, g, b]) => [r, g, b].map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ratio = (a, b) => {
    const [low, high] = [light(a), light(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const found = [];
  let seen = 0;
  for (const node of document.querySelectorAll(".gad-box *")) {
    const own = [...node.childNodes].find((child) => child.nodeType === 3 && child.data.trim());
    if (!own || !node.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    if (node.closest(".gad-live, .gad-ghost, title, option")) continue;
    const range = document.createRange();
    range.selectNodeContents(own);
    let { left, top, width, height } = range.getBoundingClientRect();
    if (!width) continue;
    node.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    ({ left, top, width, height } = range.getBoundingClientRect());
    const drawn = node.closest("svg"), colour = rgba(getComputedStyle(node)[drawn ? "fill" : "color"]);
    let below = null;
    for (const under of document.elementsFromPoint(left + width / 2, top + height / 2)) {
      if (under.localName === "text" || under.localName === "tspan") continue;
      const style = getComputedStyle(under), shape = under instanceof SVGElement && under.localName !== "svg";
      const paint = rgba(shape ? style.fill : style.backgroundColor);
      if (paint[3] === 1) { below = paint; break; }
    }
    if (!below) continue;
    seen++;
    const got = ratio(colour, below);
    const name = node.getAttribute("class") ?? node.localName;
    if (got < 4.5) found.push(`${node.textContent.trim().slice(0, 20)} (${name}): ${got.toFixed(2)}`);
  }
  scrollTo(0, 0);
  return [seen, found];
}"""
# Lines that mean something need 3:1 against what is around them.
LINES = """() => {
  const light = (colour) => colour.match(/[\\d.]+/g).slice(0, 3)
    .map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = light(getComputedStyle(document.querySelector(".gad")).backgroundColor);
  const lines = `.gad-pane :is(.line, .border, .mark), .gad-mark,
    .gad-plot :is(.gad-f, .gad-df, .gad-tangent, .gad-stem)`;
  return [...document.querySelectorAll(lines)]
    .filter((node) => node.checkVisibility()).map((node) => {
      const style = getComputedStyle(node), name = (node.closest(".now") ? "now " : "") + node.getAttribute("class");
      return [name, Math.max(...[style.fill, style.stroke].filter((one) => /^rgb/.test(one)).map((one) => {
        const [low, high] = [light(one), ground].sort((a, b) => a - b);
        return (high + 0.05) / (low + 0.05);
      }))];
    }).filter(([name, ratio]) => ratio < 3 && !/^now/.test(name));
}"""
STOPS = "a[href], button, input, summary, textarea, select, [tabindex]"


def complaints(page: Any) -> list[str]:
    """Return what axe-core finds, in short."""
    found = axe.Axe().run(page, context=".gad-box").response["violations"]
    return [f"{one['id']}: {[node['html'][:90] for node in one['nodes']]}" for one in found]


def focused(page: Any) -> str:
    """Return the first of our classes of what has the focus."""
    return str(page.evaluate("(document.activeElement.getAttribute('class') ?? document.activeElement.localName)"))


class TestAxe:
    """Axe-core finds nothing."""

    @pytest.mark.parametrize("width", [1200, 360])
    @pytest.mark.parametrize("look", ["light", "dark", "contrast", "presentation"])
    def test_axe_finds_nothing(self, player: Any, made: dict[str, Any], look: str, width: int) -> None:
        """At the start, in the middle and at the end of the story, with and without the inspector."""
        large = look == "presentation"
        options = (
            "{ steer() {}, sampling: { done: 4, total: 9, state: 'running' }" + ", presentation: true" * large + " }"
        )
        page = player(made, options, width=width, theme="light" if large else look)
        for step in (0, 15, 18):
            page.evaluate("step => mounted.set({ step })", step)
            assert complaints(page) == []
        page.focus(".gad-pane")
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        page.locator(".gad-inspector .gad-close").wait_for()
        assert complaints(page) == []

    def test_axe_finds_nothing_where_f_raised_and_where_python_is_awaited(
        self, player: Any, branches: dict[str, Any]
    ) -> None:
        """The marks of an old picture are as accessible as the picture."""
        page = player(branches)
        page.evaluate("mounted.set({ stop: 0 })")
        page.wait_for_selector(".gad-notice.error")
        assert complaints(page) == []
        stops = {**branches["stops"], "of": [stop + 1 for stop in range(len(branches["stops"]["scene"]))]}
        page = player({**branches, "stops": stops}, "{ ask() {} }")
        page.evaluate("mounted.set({ stop: 0 })")
        page.wait_for_selector(".gad-wait")
        assert complaints(page) == []


class TestContrast:
    """Measured on the screen."""

    @pytest.mark.parametrize("look", ["light", "dark", "contrast"])
    def test_all_text_can_be_read(self, player: Any, made: dict[str, Any], look: str) -> None:
        """Text, also on tinted and inverted rows of the picture, has 4.5:1; lines have 3:1."""
        page = player(made, theme=look, height=1400, width=1200)
        for step in (0, 4, 8, 15, 18):
            page.evaluate("step => mounted.set({ step })", step)
            seen, found = page.evaluate(CONTRAST)
            assert seen > 60
            assert found == []
            assert page.evaluate(LINES) == []

    def test_an_old_picture_can_be_read(self, player: Any, branches: dict[str, Any]) -> None:
        """Where f raised the last good picture is marked, and stays readable: nothing is faded."""
        page = player(branches)
        page.evaluate("mounted.set({ stop: 0 })")
        assert page.evaluate(CONTRAST)[1] == []
        faded = (
            "[...document.querySelectorAll('.gad-box *')].filter((node) => getComputedStyle(node).opacity < 1).length"
        )
        assert page.evaluate(faded) <= 1  # the scrubber lies unseen on its marks

    def test_the_contrast_test_sees_a_faint_text(self, player: Any, made: dict[str, Any]) -> None:
        """A paler grey is found in the page and in the picture."""
        page = player(made)
        page.add_style_tag(content=".gad{--gad-muted:#999!important}")
        assert any("gad-legend" in one or "value" in one for one in page.evaluate(CONTRAST)[1])
        assert len(page.evaluate(CONTRAST)[1]) > 5


class TestKeys:
    """By keyboard alone."""

    def test_tab_leads_through_it_in_the_order_of_the_page(self, player: Any, made: dict[str, Any]) -> None:
        """Slider, code, graph, story, table and buttons come in turn, each with a visible focus, and none twice."""
        page = player(made)
        order = []
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement === document.body"):
                break
            order.append(focused(page).split()[0])
            ring = page.evaluate(
                """() => { const node = document.activeElement;
                  const held = node.closest('.gad-time') ?? node, style = getComputedStyle(held);
                  return parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== 'none'; }"""
            )
            assert ring, order[-1]
            assert page.evaluate("document.activeElement.dataset.lmSuppressShortcuts") == "true", order[-1]
        wanted = ["gad-x", "gad-pane", "gad-first", "gad-back", "gad-play", "gad-next", "gad-last", "gad-scrub"]
        wanted += ["gad-loop", "gad-speed", "gad-full"]
        assert [one for one in order if one in wanted] == wanted

    def test_every_stop_keeps_its_keys_from_the_host(self, player: Any, made: dict[str, Any]) -> None:
        """JupyterLab's shortcuts are suppressed on all that can have the focus, also on what is made later."""
        page = player(made)
        page.focus(".gad-pane")
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        page.locator(".gad-inspector .gad-close").wait_for()
        page.evaluate(
            """stops => { const late = document.createElement('button');
              document.querySelector('.gad-inspector').append(late);
              for (const node of document.querySelectorAll(`.gad-box :is(${stops})`)) node.focus?.(); }""",
            STOPS,
        )
        bare = page.evaluate(
            """stops => [...document.querySelectorAll(`.gad-box :is(${stops})`)]
              .filter((node) => node.checkVisibility() && node.dataset.lmSuppressShortcuts !== 'true')
              .map((node) => node.outerHTML)""",
            STOPS,
        )
        assert bare == []

    def test_the_keys_do_what_they_say(self, player: Any, made: dict[str, Any]) -> None:
        """Space plays, arrows step, Home and End jump, on whatever has the focus; a modifier leaves them alone."""
        page = player(made, step=3, reduced_motion="reduce")
        for holder in (".gad-pane", ".gad-say", ".gad-next", ".gad-loop"):
            page.evaluate(
                "holder => { const node = document.querySelector(holder); node.tabIndex = 0; node.focus(); }", holder
            )
            for key, step in (("Home", 0), ("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", 18)):
                page.keyboard.press(key)
                assert page.evaluate("mounted.state.step") == step, (holder, key)
            for key, step in (("PageUp", 17), ("PageDown", 18)):
                page.keyboard.press(key)
                assert page.evaluate("mounted.state.step") == step, (holder, key)
            page.keyboard.press("Control+Home")
            assert page.evaluate("mounted.state.step") == 18
        page.focus(".gad-pane")
        page.keyboard.press(" ")
        assert page.evaluate("mounted.state.playing") is True
        page.keyboard.press(" ")
        assert page.evaluate("mounted.state.playing") is False
        page.focus(".gad-x")
        page.keyboard.press("Home")
        assert page.evaluate("mounted.state.stop") == 0
        # The slider has page keys of its own, but in a room they are the presenter's remote.
        page.keyboard.press("PageUp")
        assert page.evaluate("[mounted.state.stop > 0, mounted.state.step]") == [True, 0]
        page.evaluate("mounted.set({ stop: 0, step: 18, presentation: true })")
        page.keyboard.press("PageUp")
        assert page.evaluate("[mounted.state.stop, mounted.state.step]") == [0, 17]
        page.evaluate("mounted.set({ presentation: false })")
        page.focus(".gad-loop")
        page.keyboard.press(" ")
        assert page.get_attribute(".gad-loop", "aria-pressed") == "true"
        assert page.evaluate("mounted.state.loop") is True

    def test_only_what_can_scroll_is_a_stop(self, player: Any, made: dict[str, Any]) -> None:
        """The code is reached by Tab where it is cut off, and passed over where it is not."""
        cut = """() => { const { tabIndex, scrollHeight, clientHeight } = document.querySelector('.gad-code');
          return [tabIndex, scrollHeight > clientHeight]; }"""
        assert player(made, width=900).evaluate(cut) == [-1, False]
        narrow = player(made, width=900)
        narrow.add_style_tag(content=".gad-code { max-height: 60px !important; min-height: 0 !important }")
        narrow.set_viewport_size({"width": 910, "height": 853})
        painted = (
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"
        )
        narrow.evaluate(painted)
        assert narrow.evaluate(cut) == [0, True]


class TestNarration:
    """What a screen reader hears."""

    def test_a_step_is_told_politely_and_a_slide_is_not_told(self, player: Any, made: dict[str, Any]) -> None:
        """Each step is one sentence; fifty moves of the slider, or playing, are silent but for the control itself."""
        page = player(made, step=3, reduced_motion="reduce")
        page.evaluate(
            """() => { globalThis.told = [];
              new MutationObserver(() => told.push(document.querySelector('.gad-live').textContent))
                .observe(document.querySelector('.gad-live'), { childList: true, subtree: true }); }"""
        )
        assert page.get_attribute(".gad-live", "aria-live") == "polite"
        page.click(".gad-next")
        page.wait_for_timeout(300)
        assert len(page.evaluate("told")) == 1
        assert page.evaluate("told[0]").startswith("Step 5 of 19. ")
        page.focus(".gad-x")
        for _ in range(20):
            page.keyboard.press("ArrowRight")
        page.wait_for_timeout(300)
        assert len(page.evaluate("told")) == 1
        assert page.get_attribute(".gad-x", "aria-valuetext") == "x = 3.00"
        # Dragging the scrubber tells where it came to rest.
        page.evaluate(
            """() => { const node = document.querySelector('.gad-scrub');
              for (let i = 1; i <= 19; i++) { node.value = i; node.dispatchEvent(new Event('input')); } }"""
        )
        page.wait_for_timeout(300)
        assert len(page.evaluate("told")) == 2
        page.evaluate("mounted.set({ step: 0, speed: 2, playing: true })")
        page.wait_for_timeout(1600)
        assert len(page.evaluate("told")) == 2
        page.click(".gad-play")
        page.wait_for_timeout(300)
        assert page.evaluate("told[2]").startswith("Paused. Step ")

    def test_names_and_roles(self, player: Any, made: dict[str, Any]) -> None:
        """The region, the controls and the picture say what they are."""
        page = player(made)
        for role, name in (
            ("slider", "x"),
            ("slider", "Step"),
            ("button", "Play"),
            ("button", "Loop"),
            ("button", "Speed 1×"),
            ("button", "Full screen"),
            ("table", None),
        ):
            assert page.get_by_role(role, **({"name": name, "exact": True} if name else {})).count() == 1, name
        assert page.get_by_role("main", name="Explorer of").count() == 1


class TestSmallAndLarge:
    """Phones, zoom, and readers with needs of their own."""

    @pytest.mark.parametrize(("width", "height"), [(360, 740), (320, 640), (640, 360), (600, 427)])
    def test_a_phone_and_a_zoom_of_200_percent_have_it_all(
        self, player: Any, made: dict[str, Any], width: int, height: int
    ) -> None:
        """Nothing is clipped or below 11 px; buttons are large enough for a finger; the bar leaves room."""
        page = player(made, width=width, height=height)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        sizes = page.evaluate(
            """() => [...document.querySelectorAll('.gad-bar button')].map((node) => node.getBoundingClientRect())
              .map(({ width, height, right }) => [Math.round(width), Math.round(height), right <= innerWidth])"""
        )
        assert all(wide >= 34 and high >= 40 and inside for wide, high, inside in sizes)
        rows = page.evaluate(
            "new Set([...document.querySelectorAll('.gad-bar button')].map((node) => node.offsetTop)).size"
        )
        assert rows == 1
        bar = page.evaluate("document.querySelector('.gad-bar').offsetHeight / innerHeight")
        sticky = page.evaluate("getComputedStyle(document.querySelector('.gad-bar')).position") == "sticky"
        assert bar < 0.2 or not sticky
        small = page.evaluate(
            """() => [...document.querySelectorAll('.gad-box *')].filter((node) => {
              const shown = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
              if (!shown || !node.checkVisibility() || node.closest('.gad-live, math, tspan, title')) return false;
              const svg = node.closest('svg');
              const scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
              return parseFloat(getComputedStyle(node).fontSize) * scale < 10.99;
            }).map((node) => node.textContent)"""
        )
        assert small == []

    def test_forced_colours_keep_states_apart(self, player: Any, made: dict[str, Any]) -> None:
        """With the system's few colours the picture uses only these, and what is written now still stands out."""
        page = player(made, forced_colors="active", step=15)
        colours = page.evaluate(
            """() => { const probe = document.body.appendChild(document.createElement('b')), all = {};
              for (const name of ['Canvas', 'CanvasText', 'LinkText', 'VisitedText', 'Mark']) {
                probe.style.cssText = `forced-color-adjust:none;color:${name}`;
                all[name] = getComputedStyle(probe).color;
              }
              return all; }"""
        )
        used = page.evaluate(
            """() => [...new Set([...document.querySelectorAll('.gad-pane svg *')]
              .filter((node) => node.checkVisibility())
              .flatMap((node) => [getComputedStyle(node).fill, getComputedStyle(node).stroke]))]"""
        )
        assert set(used) <= {*colours.values(), "none", "rgb(0, 0, 0)", "rgba(0, 0, 0, 0)", "transparent"}
        fills = "name => getComputedStyle(document.querySelector(`.gad-pane .adjoint.${name} > .bg`)).fill"
        assert page.evaluate(fills, "now") != page.evaluate(fills, "known")
        assert page.evaluate(CONTRAST)[1] == []

    def test_forced_colours_leave_what_is_not_finite_legible(self, player: Any) -> None:
        """What is inverted, too."""
        with np.errstate(invalid="ignore"):
            made = film(lambda x: np.log(x) * x, x=(-1, 1, 0.5), at={"x": -1.0}).to_json()
        page = player(made, "{ panels: ['graph', 'formula', 'steps'] }", forced_colors="active", step=8)
        assert page.text_content(".gad-notice").startswith("f is NaN at x = ")
        seen, faint = page.evaluate(CONTRAST)
        assert seen > 20
        assert faint == []

    def test_reduced_motion_cuts(self, player: Any, made: dict[str, Any]) -> None:
        """No pill travels, no pane glides: the next step is there at once."""
        page = player(made, "{ presentation: true }", height=600, reduced_motion="reduce", step=0)
        for step in range(1, 19):
            seen = page.evaluate(
                """() => { document.querySelector('.gad-next').click();
                  const { scrollTop } = document.querySelector('.gad-pane');
                  return [document.querySelectorAll('.gad-pill').length, mounted.state.step, scrollTop]; }"""
            )
            page.wait_for_timeout(30)
            still = page.evaluate("document.querySelector('.gad-pane').scrollTop")
            assert seen == [0, step, still]


class TestForwardMode:
    """The same holds for tangents."""

    @pytest.fixture
    def forward(self) -> dict[str, Any]:
        """A product, a sum, a flat function and a zero in forward mode."""
        return film(
            lambda x: np.log(x**2) * np.sin(x) + np.floor(x) + 0.0 * x, x=(1.2, 1.8, 0.1), mode="forward"
        ).to_json()

    @pytest.mark.parametrize("look", ["light", "dark", "contrast"])
    def test_all_text_can_be_read_and_axe_finds_nothing(self, player: Any, forward: dict[str, Any], look: str) -> None:
        """While the tangents flow in, and at the end."""
        page = player(forward, theme=look, height=1400, width=1200)
        pushes = [i for i, step in enumerate(forward["scenes"][0]["steps"]) if step["kind"] == "push"]
        for step in (pushes[3], pushes[-1] + 1):
            page.evaluate("step => mounted.set({ step })", step)
            seen, found = page.evaluate(CONTRAST)
            assert seen > 60
            assert found == []
            assert page.evaluate(LINES) == []
        assert complaints(page) == []

    def test_forced_colours_keep_what_is_written_apart(self, player: Any, forward: dict[str, Any]) -> None:
        """As of adjoints."""
        pushes = [i for i, step in enumerate(forward["scenes"][0]["steps"]) if step["kind"] == "push"]
        page = player(forward, forced_colors="active", step=pushes[3])
        fills = "name => getComputedStyle(document.querySelector(`.gad-pane .tangent.${name} > .bg`)).fill"
        assert page.evaluate(fills, "now") != page.evaluate(fills, "known")
        assert page.evaluate(CONTRAST)[1] == []


class TestNames:
    """What is read out of a card."""

    def test_a_card_is_called_by_the_numbers_on_it(self, player: Any, made: dict[str, Any]) -> None:
        """At each step, and after the slider has come to rest; what is not known yet is not said."""
        page = player(made, step=0)
        lacking = """() => [...document.querySelectorAll(".gad-pane .node")].flatMap((node) => {
          const name = node.getAttribute("aria-label");
          const seen = [...node.querySelectorAll(":scope > :is(.value, .adjoint)")]
            .filter((row) => !row.matches(".unknown")).map((row) => row.querySelector(".slot").textContent.trim());
          const said = [...name.matchAll(/(?:value|adjoint) (?:\\d\\/\\d )?([^,]*)/g)].map((match) => match[1]);
          return JSON.stringify(seen) === JSON.stringify(said) ? [] : [[name, seen]]; })"""
        for step in (0, 4, 9, 15, 18):
            page.evaluate("step => mounted.set({ step })", step)
            assert page.evaluate(lacking) == [], step
        assert page.get_attribute("#n3", "aria-label") == "v₃ = sin x, value 0.909297, adjoint 1.386294"
        assert page.get_attribute("#e3_0", "aria-label") == (
            "edge from x to v₃, × cos x, local gradient −0.416147, contribution −0.576902"
        )
        before = page.get_attribute("#n3", "aria-label")
        page.evaluate("mounted.set({ stop: mounted.state.stop + 1 })")
        page.wait_for_function(
            "before => document.querySelector('#n3').getAttribute('aria-label') !== before", arg=before
        )
        assert page.evaluate(lacking) == []
