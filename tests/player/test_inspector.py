"""The player's inspector in a real browser: its numbers, formulas and literals, the keys that lead to it, the code."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import film_data
import numpy as np
import pytest
from test_painters import FILMS

from graphviz_ad.engine.primitive import PRIMITIVES
from graphviz_ad.filming import film
from graphviz_ad.films.stills import still
from graphviz_ad.player.page import page
from graphviz_ad.story.telling import tell
from graphviz_ad.tracing import trace

HOSTILE = '</script><img src=x onerror="alert(1)">'

RUNS = '<mi href="javascript:alert(2)">x</mi><script>alert(3)</script>'


def worked(x: Any) -> Any:
    """The worked example: a fan-out of three."""
    a = np.log(x**2)
    return a * np.sin(x) + 1 / x


def cells(x: Any) -> Any:
    """A few entries, in single precision too."""
    v = np.stack([x, 2 * x, x / 3])
    w = v * np.array([1.0, -2.0, 0.5])
    return np.sum(w) + np.log(x)


def raster(x: Any) -> Any:
    """A matrix product."""
    weights = np.linspace(-1.0, 1.0, 30).reshape(5, 6)
    return np.mean((x * weights) @ weights.T)


def branching(x: Any) -> Any:
    """Two graphs, both with a square."""
    y = x * x
    return np.sin(y) if x > 0 else y + 1


def helper(x: Any) -> Any:
    """Stand outside the code pane."""
    return np.tanh(x)


def outside(x: Any) -> Any:
    """Call a helper."""
    return helper(x) * 2


@pytest.fixture(scope="module")
def logs() -> dict[str, Any]:
    """log(x²)·sin x + 1/x, starting at 2."""
    return film(worked, x=(0.5, 3, 0.01), at={"x": 2.0}).to_json()


class Tab:
    """A page in the browser that must make no request and report no error."""

    def __init__(self, browser: Any, folder: Path, made: dict[str, Any], step: int | None, **context: Any) -> None:
        self.context = browser.new_context(
            **{"viewport": {"width": 1200, "height": 960}, "reduced_motion": "reduce", **context}
        )
        self.page = self.context.new_page()
        self.problems: list[str] = []
        file = folder / "film.html"
        file.write_text(page(made, step=film_data.ending(made) if step is None else step), encoding="utf-8")
        self.page.on("console", lambda message: self.problems.append(message.text))
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("request", lambda request: request.url != file.as_uri() and self.problems.append(request.url))
        self.page.goto(file.as_uri())
        self.page.wait_for_selector(".gad-box")

    def text(self, selector: str) -> str:
        """Return the text of an element, hidden or not."""
        return str(self.page.eval_on_selector(selector, "node => node.textContent"))

    def texts(self, selector: str) -> list[str]:
        """Return what of these elements can be seen, without spaces that formulas have."""
        seen = self.page.eval_on_selector_all(selector, "all => all.map((node) => node.innerText)")
        return [re.sub(r"[\s\u2061\u200b]+", "", unicodedata.normalize("NFKC", text)) for text in seen]

    def put(self, selector: str, value: int) -> None:
        """Move a slider."""
        move = "(node, to) => { node.value = to; node.dispatchEvent(new Event('input')); }"
        self.page.eval_on_selector(selector, move, value)

    def press(self, *keys: str) -> None:
        """Press keys, one after another."""
        for key in keys:
            self.page.keyboard.press(key)

    def focused(self) -> str:
        """Return the id, or else the class, of what has the focus."""
        return str(self.page.evaluate("(document.activeElement.id || document.activeElement.className)"))

    def copied(self, selector: str) -> str:
        """Press a copy button; return what it offers to the clipboard."""
        self.page.evaluate("navigator.clipboard.writeText = (text) => (globalThis.taken = text, Promise.resolve())")
        self.page.click(selector)
        self.page.locator(selector, has_text="Copied").wait_for()
        return str(self.page.evaluate("taken"))


@pytest.fixture
def tab(chromium: Any, tmp_path: Path) -> Iterator[Any]:
    """Open pages; on the way out each must have been silent."""
    tabs: list[Tab] = []

    def open_tab(made: dict[str, Any], step: int | None = None, **context: Any) -> Tab:
        tabs.append(Tab(chromium, tmp_path, made, step, **context))
        return tabs[-1]

    yield open_tab
    for one in tabs:
        one.context.close()
        assert one.problems == []


def facts(tab: Tab) -> list[str]:
    """Return value and adjoint as the inspector writes them."""
    return tab.texts(".gad-values dd:not(.gad-wide)")


class TestContents:
    """What the inspector says."""

    def test_numbers_are_numpys_at_every_place(self, tab: Any, logs: dict[str, Any]) -> None:
        """Value, adjoint, local gradient and contribution of sin x agree with closed forms while the slider moves."""
        shown = tab(logs)
        shown.page.click("#n3_v")
        assert shown.texts(".gad-inspector h3") == ["v3=sinx"]
        assert shown.text(".gad-what") == "sin · scalar float64"
        for stop in (0, 77, 150, 250):
            shown.put(".gad-x", stop)
            x = np.linspace(0.5, 3, 251)[stop]
            value, adjoint = (float(text) for text in facts(shown))
            assert value == np.sin(x)
            assert adjoint == pytest.approx(np.log(x * x), rel=1e-15)
            numbers = [text.replace("−", "-").split("=")[-1] for text in shown.texts(".gad-facts > div:last-child dd")]
            assert float(numbers[2]) == pytest.approx(np.cos(x), abs=1e-6)
            assert float(numbers[3]) == pytest.approx(np.log(x * x) * np.cos(x), abs=1e-6)

    def test_the_formula_has_three_stages(self, tab: Any, logs: dict[str, Any]) -> None:
        """The rule in general, here, and with numbers; then what is sent."""
        shown = tab(logs)
        shown.page.click("#n3_v")
        lines = shown.page.eval_on_selector_all(
            ".gad-facts > div:last-child dl > *", "all => all.map((node) => node.textContent.replace(/\\s+/g, ''))"
        )
        assert lines == [
            "rule", "ddusinu=cosu",
            "here", "∂v3∂x=cosx",
            "numbers", "cos(2.00)=−0.416147notknownyet",  # the last words are hidden
            "sends", "v¯3·∂v3∂x=−0.576902",
        ]  # fmt: skip

    def test_each_argument_has_its_own_block(self, tab: Any, logs: dict[str, Any]) -> None:
        """A product shows both partial derivatives, and both contributions."""
        shown = tab(logs)
        shown.page.click("#n4_v")
        told = shown.texts(".gad-facts > div:last-child dd")
        assert len(told) == 6
        assert told[2].endswith("0.909297")
        assert told[5].endswith("1.386294")

    def test_an_edge_tells_its_gradient_and_what_it_sends(self, tab: Any, logs: dict[str, Any]) -> None:
        """Clicking a socket, a pad or a lane inspects the edge."""
        shown = tab(logs)
        for part in ("#e3_0_g", "#e3_0_c"):
            shown.page.click(part)
            assert shown.text(".gad-what") == "edge from x to v₃, × cos x"
            assert [float(text) for text in facts(shown)] == [np.cos(2.0), np.log(4.0) * np.cos(2.0)]
            shown.page.click(part)
            assert not shown.page.is_visible(".gad-inspector")
        middle = shown.page.evaluate(
            """() => {
              const path = document.querySelector('[data-pick="e4_1"]');
              const at = path.getPointAtLength(path.getTotalLength() / 2);
              const place = new DOMPoint(at.x + 3, at.y).matrixTransform(path.getScreenCTM());
              return [place.x, place.y];
            }"""
        )
        shown.page.mouse.click(*middle)
        assert shown.text(".gad-what") == "edge from v₃ to v₄, × a"

    def test_nothing_is_revealed_early(self, tab: Any, logs: dict[str, Any]) -> None:
        """At each step the inspector shows only numbers that the picture shows, too."""
        shown = tab(logs, 0)
        scene = logs["scenes"][0]
        for name in ("n0", "n3", "n4", "e3_0", "e4_1"):
            shown.page.click(".gad-first")
            shown.page.focus(".gad-pane")
            shown.page.dispatch_event(f"#{name}_{'v' if name[0] == 'n' else 'g'}", "click")
            for step in range(len(scene["steps"])):
                told = facts(shown)
                for letter, text in zip("va" if name[0] == "n" else "g", told, strict=False):
                    entries = scene["parts"][f"{name}_{letter}"]["timeline"]
                    state = [entry[1] for entry in entries if entry[0] <= step][-1]
                    assert (text == "notknownyet") == (state == "unknown"), (name, step, letter)
                if name[0] == "e":
                    lane = [e[1] for e in scene["parts"][f"{name}_b"]["timeline"] if e[0] <= step][-1]
                    assert (told[1] == "notknownyet") == (lane == "hidden"), (name, step)
                # A curve is there where a number is; of an incomplete sum there is none.
                curves = shown.page.eval_on_selector_all(
                    ".gad-spark", "all => all.map((one) => !!one.querySelector('.gad-line'))"
                )
                partial = [bool(text) and text[0] < text[-1] for text in shown.texts(".gad-values dt small")]
                assert curves == [t != "notknownyet" and not p for t, p in zip(told, partial, strict=True)]
                hidden = shown.texts(".gad-facts > div:last-child dd")
                if scene["steps"][step]["kind"] == "evaluate":
                    assert not any(re.search(r"0\.4161|0\.5769|1\.386294", text) for text in hidden), (name, step)
                shown.page.keyboard.press("ArrowRight")
            shown.page.keyboard.press("Escape")

    def test_a_sum_that_is_not_complete_says_so(self, tab: Any, logs: dict[str, Any]) -> None:
        """The contributions to a fan-out are listed, and those to come are not known yet."""
        shown = tab(logs, 15)
        shown.page.click("#n0_v")
        assert shown.texts(".gad-values small")[1] == "2of3"
        assert float(facts(shown)[1]) == pytest.approx(np.log(4.0) * np.cos(2.0) - 0.25)
        assert shown.texts(".gad-facts > div:last-child dd") == ["notknownyet", "−0.576902", "−0.250000"]

    def test_small_arrays_are_told_in_full_and_large_ones_drawn(self, tab: Any) -> None:
        """Up to six numbers as Python writes them; of a matrix shape, range and a map."""
        shown = tab(film(cells, x=(0.25, 1)).to_json())
        shown.page.click("#n3_v")
        value = np.array([float(text) for text in facts(shown)[0].strip("[]").split(",")])
        read = float(shown.text(".gad-reads .local"))
        np.testing.assert_allclose(value, [read, 2 * read, read / 3], rtol=1e-3)
        large = tab(film(raster, x=(-1, 1)).to_json())
        large.page.click("#n2_v")
        assert facts(large)[0].startswith("5×5,−")
        assert large.page.locator(".gad-large path").count() > 5
        fills = large.page.eval_on_selector_all(".gad-large path", "all => all.map((p) => getComputedStyle(p).fill)")
        assert len(set(fills)) > 3
        assert "VJP" not in large.text(".gad-facts")
        assert large.texts(".gad-facts > div:last-child dd")[1].startswith("v̄2weights=5×6,")

    def test_the_arrays_of_a_label_are_told_in_full(self, tab: Any) -> None:
        """Under their names in the source; a node without such arrays has no such part."""
        large = tab(film(raster, x=(-1, 1)).to_json())
        large.page.click("#n1_v")
        weights = np.linspace(-1.0, 1.0, 30).reshape(5, 6)
        shown = large.texts(".gad-facts > div:last-child dl:last-of-type")[0]
        assert shown.startswith("weights[[")
        np.testing.assert_array_equal(np.array(json.loads(shown.removeprefix("weights"))), weights)
        assert "with" in large.texts(".gad-facts h4")
        large.page.click("#n0_v")
        assert "with" not in large.texts(".gad-facts h4")

    def test_where_it_was_made_is_underlined(self, tab: Any, logs: dict[str, Any]) -> None:
        """The expression in the pane's code; for a helper elsewhere its file and line."""
        shown = tab(logs)
        shown.page.click("#n3_v")
        assert shown.text(".gad-inspector pre u") == "np.sin(x)"
        assert "made at line" in shown.text(".gad-facts")
        shown.page.click("#n0_v")
        assert shown.page.query_selector(".gad-inspector pre") is None
        away = tab(film(outside, x=(0, 1)).to_json())
        away.page.click("#n1_v")
        assert away.text(".gad-inspector pre u") == "np.tanh(x)"
        assert re.search(r"made at test_inspector\.py:\d+ in helper", away.text(".gad-facts"))

    def test_hostile_names_are_text(self, tab: Any, logs: dict[str, Any]) -> None:
        """Whatever stands in names, formulas and code is shown and never run."""
        scene = logs["scenes"][0]
        rows = [{**row, "text": HOSTILE, "what": HOSTILE, "mathml": RUNS, "symbol": RUNS} for row in scene["rows"]]
        edges = [{**edge, "text": HOSTILE, "rule": RUNS, "gradient": RUNS} for edge in scene["edges"]]
        rows[3]["site"] = {"place": HOSTILE, "text": HOSTILE}
        steps = [{**step, "span": None} for step in scene["steps"]]
        evil = {**logs, "scenes": [{**scene, "rows": rows, "edges": edges, "steps": steps}], "code": None}
        shown = tab(evil)
        shown.page.click("#n3_v")
        assert shown.text(".gad-what") == HOSTILE
        assert shown.text(".gad-inspector pre u") == HOSTILE
        assert shown.page.query_selector("img, .gad-inspector :is(script, [href])") is None

    def test_a_still_trace_is_inspected_too(self, tab: Any) -> None:
        """Without a slider there are no curves, and the numbers are there."""
        shown = tab(still(trace(worked, 2.0)).film)
        shown.page.click("#n3_v")
        assert float(facts(shown)[0]) == np.sin(2.0)
        assert shown.page.query_selector(".gad-spark") is None

    def test_nothing_jumps_while_stepping_and_sliding(self, tab: Any, logs: dict[str, Any]) -> None:
        """Known or not, each line keeps its place."""
        shown = tab(logs, 0)
        shown.page.click("#n3_v")
        tops = "all => all.map((node) => Math.round(node.getBoundingClientRect().top))"
        selector = ".gad-inspector :is(h3, dt, dd:not(.gad-wide), .gad-spark, button)"
        before = shown.page.eval_on_selector_all(selector, tops)
        for key in ("ArrowRight",) * 18:
            shown.press(key)
            assert shown.page.eval_on_selector_all(selector, tops) == before
        shown.put(".gad-x", 240)
        assert shown.page.eval_on_selector_all(selector, tops) == before

    @pytest.mark.parametrize("name", FILMS)
    def test_everything_can_be_inspected(self, tab: Any, name: str) -> None:
        """In films of all kinds each node and each edge is told at some places and steps, without gaps or errors."""
        function, sliders, stops = FILMS[name]
        shown = tab(film(function, **sliders).to_json())
        told = shown.page.evaluate(
            """(stops) => {
              const found = [], slider = document.querySelector(".gad-x"), scrub = document.querySelector(".gad-scrub");
              const put = (node, to) => (node.value = to, node.dispatchEvent(new Event("input")));
              const press = (node) => node.dispatchEvent(new MouseEvent("click", { bubbles: true }));
              for (const stop of stops) {
                put(slider, stop);
                for (const id of [...document.querySelectorAll(".gad-pane [role=button]")].map((node) => node.id))
                  for (const step of stop === stops[0] ? [1, Math.ceil(scrub.max / 2), scrub.max] : [scrub.max]) {
                    put(scrub, step);
                    press(document.getElementById(id));
                    const seen = document.querySelector(".gad-inspector").innerText;
                    press(document.querySelector(".gad-inspector .gad-close"));
                    found.push([id, stop, step, seen]);
                  }
              }
              return found;
            }""",
            list(stops),
        )
        assert len(told) > 5
        for place in told:
            assert name == "undefined" or "undefined" not in place[-1], place
            assert not re.search(r"\[object|⟦|⟧", place[-1]), place
            assert re.search(r"▲", place[-1]), place

    def test_with_two_sliders_the_curves_follow_the_one_in_focus(self, tab: Any) -> None:
        """The heading names it, and the curve changes with it."""
        shown = tab(film(lambda x, y: x * x + np.sin(y), x=(-1, 1), y=(0, 3)).to_json())
        shown.page.click("#n2_v")
        curve = "node => node.getAttribute('d')"
        shown.page.focus('.gad-x[aria-label="x"]')
        first = shown.page.eval_on_selector(".gad-spark .gad-line", curve)
        assert "over x" in shown.texts(".gad-facts h4")[0].replace("over", "over ")
        shown.page.focus('.gad-x[aria-label="y"]')
        assert shown.texts(".gad-facts h4")[0] == "overy"
        assert shown.page.eval_on_selector(".gad-spark .gad-line", curve) != first


class TestCopying:
    """LaTeX and NumPy literals."""

    def test_latex(self, tab: Any, logs: dict[str, Any]) -> None:
        """A node's formula with its derivatives, and an edge's derivative."""
        shown = tab(logs)
        shown.page.click("#n3_v")
        assert shown.copied(".gad-copy-latex") == (r"v_{3} = \sin x, \quad \frac{\partial v_{3}}{\partial x} = \cos x")
        shown.page.locator(".gad-live", has_text="Copied: v_{3}").wait_for(state="attached")
        shown.page.click("#e5_1_g")
        assert shown.copied(".gad-copy-latex") == r"\frac{\partial v_{5}}{\partial x} = - \frac{1}{x^{2}}"

    def test_literals_evaluate_to_the_very_value(self, tab: Any) -> None:
        """A scalar, a vector and NaN, read back by Python, are bit for bit what NumPy computed."""
        moving = film(cells, x=(0.25, 1))
        made = moving.to_json()
        shown = tab(made)
        scene = made["scenes"][0]
        x = trace(cells, moving.sliders[0].values[moving.sliders[0].start])
        for node, variable in enumerate(x.nodes):
            shown.page.click(f"#n{node}_v .mark")
            told = eval(shown.copied(".gad-copy-numpy"), {"np": np})
            assert told.dtype == variable.value.dtype, scene["rows"][node]
            np.testing.assert_array_equal(told, variable.value)
            shown.press("Escape")

        def log(x: Any) -> Any:
            return np.log(x)

        undefined = tab(film(log, x=(-1, 1), at={"x": -0.5}).to_json())
        undefined.page.click("#n1_v")
        assert undefined.copied(".gad-copy-numpy") == "np.float64(np.nan)"
        assert "bad" in str(undefined.page.get_attribute(".gad-exact", "class"))

    def test_single_precision_keeps_its_type(self, tab: Any) -> None:
        """A float32 is written as short as a float32 can be, and comes back as one."""

        def single(x: Any) -> Any:
            return np.sum(np.sin(x * np.array([1.0, 2.0, 3.0], dtype=np.float32)))

        taken = trace(single, np.float32(0.7))
        shown = tab(still(taken).film)
        for node, variable in enumerate(taken.nodes):
            shown.page.click(f"#n{node}_v .mark")
            text = shown.copied(".gad-copy-numpy")
            told = eval(text, {"np": np})
            assert told.dtype == np.float32
            np.testing.assert_array_equal(told, variable.value)
            assert max(map(len, re.findall(r"[\d.]+", text))) < 12

    def test_what_the_page_does_not_hold_is_not_offered(self, tab: Any, logs: dict[str, Any]) -> None:
        """A matrix, and a value that is not known yet, have no literal; the button says why and does nothing."""
        large = tab(film(raster, x=(-1, 1)).to_json())
        large.page.click("#n2_v")
        assert large.page.get_attribute(".gad-copy-numpy", "aria-disabled") == "true"
        assert "only range and picture" in str(large.page.get_attribute(".gad-copy-numpy", "title"))
        large.page.click(".gad-copy-numpy", force=True)
        assert large.text(".gad-copy-numpy") == "NumPy"
        early = tab(logs, 0)
        early.page.click("#n3_v")
        assert early.page.get_attribute(".gad-copy-numpy", "title") == "not known yet"

    def test_without_a_clipboard_the_text_is_selected(self, tab: Any, logs: dict[str, Any]) -> None:
        """The older command is tried; where that is refused, too, the text can be copied by hand."""
        shown = tab(logs)
        shown.page.click("#n3_v")
        shown.page.evaluate(
            """() => {
              navigator.clipboard.writeText = () => Promise.reject(new Error("no"));
              document.execCommand = () => (globalThis.taken = getSelection().toString(), true);
            }"""
        )
        shown.page.focus(".gad-copy-numpy")
        shown.press("Enter")
        shown.page.locator(".gad-copy-numpy", has_text="Copied").wait_for()
        assert shown.focused() == "gad-copy-numpy"
        shown.page.evaluate("document.execCommand = () => false")
        shown.press("Enter")
        shown.page.wait_for_selector(".gad-by-hand")
        picked = "((field) => field.value.slice(field.selectionStart, field.selectionEnd))(document.activeElement)"
        assert shown.page.evaluate(picked) == f"np.float64({float(np.sin(2.0))!r})"
        shown.page.locator(".gad-live", has_text="may not copy").wait_for(state="attached")
        shown.press("ArrowRight")
        assert shown.text(".gad-count").startswith("19 /")


class TestReaching:
    """By pointer and by keys."""

    def test_keys_reach_nodes_and_edges_inspect_and_leave(self, tab: Any, logs: dict[str, Any]) -> None:
        """Enter goes to the step's node, arrows on to the edges, Enter inspects, Escape goes back, step by step."""
        shown = tab(logs, 3)
        shown.page.focus(".gad-pane")
        shown.press("Enter")
        assert shown.focused() == "n3"
        shown.press("ArrowDown")
        assert shown.focused() == "e3_0"
        assert shown.page.get_attribute("#e3_0", "aria-label") == "edge from x to v₃, × cos x"
        shown.press("ArrowUp", "Enter")
        assert shown.focused() == "gad-inspector"
        assert shown.page.get_attribute("#n3", "aria-expanded") == "true"
        shown.page.locator(".gad-live", has_text="Inspecting v₃ = sin x").wait_for(state="attached")
        shown.press("ArrowRight")
        assert shown.text(".gad-count").startswith("5 /"), "the steps still obey"
        shown.press("Tab")
        assert shown.focused() == "gad-close"
        shown.press("Escape")
        assert shown.focused() == "n3"
        assert not shown.page.is_visible(".gad-inspector")
        shown.press("Escape")
        assert shown.focused() == "gad-pane"

    def test_one_tab_stop_and_each_with_name_and_role(self, tab: Any, logs: dict[str, Any]) -> None:
        """Nodes, edges, rows and lines are buttons with names that Tab skips, and Lab leaves them their keys."""
        shown = tab(logs)
        found = shown.page.eval_on_selector_all(
            "[role=button]",
            """all => all.map((node) => [node.id, node.tabIndex, node.getAttribute("aria-label"),
              node.hasAttribute("data-lm-suppress-shortcuts"), node.getAttribute("aria-expanded")])""",
        )
        nodes, edges = len(logs["scenes"][0]["rows"]), len(logs["scenes"][0]["edges"])
        assert len(found) == 2 * nodes + edges + 2
        assert all(tab == -1 and name and kept and open_ == "false" for _, tab, name, kept, open_ in found)
        others = shown.page.eval_on_selector_all(
            ".gad-inspector :is(button, textarea), .gad-inspector",
            "all => all.every((node) => node.hasAttribute('data-lm-suppress-shortcuts'))",
        )
        assert others

    def test_rows_of_the_table_are_pressed(self, tab: Any, logs: dict[str, Any]) -> None:
        """By click, and by Enter; the focus returns to the row."""
        shown = tab(logs)
        shown.page.click("tbody tr:nth-child(4) td")
        assert shown.texts(".gad-inspector h3") == ["v3=sinx"]
        assert not shown.page.is_visible(".gad-table")
        shown.page.click(".gad-inspector .gad-close")
        shown.page.focus(".gad-table")
        shown.press("Enter", "ArrowDown", "Enter")
        assert shown.focused() == "gad-inspector"
        shown.press("Escape")
        assert shown.page.evaluate("document.activeElement.getAttribute('aria-label')") == "v₁ = x²"

    def test_code_lights_nodes_and_nodes_light_code(self, tab: Any, logs: dict[str, Any]) -> None:
        """Pointing at a line marks what it made; pointing at a node, or its focus, frames its expression."""
        shown = tab(logs)
        line = logs["code"]["first"]
        lit = "all => all.map((node) => node.id)"
        shown.page.hover(f'[data-line="{line + 2}"]')
        assert shown.page.eval_on_selector_all(".gad-pane .lit[id]", lit) == ["n1", "n2"]
        ring = "node => getComputedStyle(node).display"
        assert shown.page.eval_on_selector("#n1 > .focus", ring) == "inline"
        shown.page.hover(".gad-title")
        assert shown.page.eval_on_selector_all(".gad-pane .lit[id]", lit) == []
        shown.page.hover("#n3_v")
        assert shown.text(".gad-code u") == "np.sin(x)"
        shown.page.hover("#e2_0_g")
        assert shown.text(".gad-code u") == "np.log(x**2)"
        shown.page.hover(".gad-title")
        assert shown.page.query_selector(".gad-code u") is None
        shown.page.focus(".gad-code")
        shown.press("ArrowDown", "ArrowUp", "ArrowUp")
        assert shown.page.eval_on_selector_all(".gad-pane .lit[id]", lit) == ["n1", "n2"]
        assert shown.page.evaluate("document.activeElement.dataset.line") == str(line + 2)
        shown.press("Enter")
        assert shown.texts(".gad-inspector h3") == ["v1=x2"]
        shown.press("Escape", "Escape")
        assert shown.focused().startswith("gad-code")

    def test_a_tapped_line_stays_lit(self, tab: Any, logs: dict[str, Any]) -> None:
        """On a phone there is no hovering: a tap lights, another one ends it."""
        shown = tab(logs, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
        line = f'[data-line="{logs["code"]["first"] + 2}"]'
        shown.page.tap(line)
        shown.page.tap(".gad-title")
        assert shown.page.locator(".gad-pane .lit[id]").count() == 2
        shown.page.tap(line)
        shown.page.tap(".gad-title")
        assert shown.page.locator(".gad-pane .lit[id]").count() == 0

    def test_running_stops_where_it_was_told(self, tab: Any, logs: dict[str, Any]) -> None:
        """First where the value is there, then where the adjoint is final, then from the start again."""
        shown = tab(logs, 0)
        shown.page.click("#n3_v")
        for _ in range(2):
            shown.page.click(".gad-speed")
        steps = logs["scenes"][0]["steps"]
        value = next(i for i, step in enumerate(steps) if step["writes"] == "n3_v")
        adjoint = next(i for i, step in enumerate(steps) if step["writes"] == "n3_a")
        for goal in (value, adjoint, value):
            shown.page.click(".gad-run")
            shown.page.wait_for_selector('.gad-play[aria-label="Play"]', timeout=20_000)
            assert shown.text(".gad-count") == f"{goal + 1} / {len(steps)}"
        assert "notknownyet" not in facts(shown)[0]

    def test_in_another_graph_the_same_node_is_kept(self, tab: Any) -> None:
        """Across a branch the inspector follows the name, and closes where there is none."""
        shown = tab(film(branching, x=(-1, 1)).to_json())
        shown.page.click("#n1_v")
        before = shown.texts(".gad-inspector h3")
        shown.put(".gad-x", 10)
        assert shown.texts(".gad-inspector h3") == before
        shown.put(".gad-x", 180)
        shown.page.click("#n2_v")
        shown.put(".gad-x", 10)
        assert not shown.page.is_visible(".gad-inspector")
        assert shown.page.query_selector(".gad-inspecting") is None

    @pytest.mark.parametrize("width", [360, 900, 1200])
    def test_nothing_overlaps_or_is_cut(self, tab: Any, logs: dict[str, Any], width: int) -> None:
        """At each width the inspector stays within its place, and the slider stays in reach."""
        shown = tab(logs, viewport={"width": width, "height": 900})
        shown.page.click("#n4_v")
        found = shown.page.evaluate(
            """() => {
              const seen = (one) => one.getClientRects().length && getComputedStyle(one).visibility === "visible";
              const shown = (word) => [...document.querySelectorAll(word)].filter(seen);
              const box = (word) => shown(word).map((one) => one.getBoundingClientRect());
              const share = (a, b, low, high) => Math.min(a[high], b[high]) - Math.max(a[low], b[low]) > 1;
              const over = (a, b) => share(a, b, "left", "right") && share(a, b, "top", "bottom");
              const [mine] = box(".gad-inspector"), facts = document.querySelector(".gad-facts");
              const others = box(".gad-say, .gad-pane, .gad-slide, .gad-code, .gad-plot");
              const inner = box(".gad-inspector button");
              const within = (one) => one.left >= mine.left && one.right <= mine.right && one.bottom <= mine.bottom;
              return { over: others.filter((one) => over(mine, one)).length, slides: box(".gad-slide").length,
                inner: inner.every(within), small: inner.filter((one) => one.height < 40).length,
                wide: facts.scrollWidth - facts.clientWidth,
                page: document.documentElement.scrollWidth - innerWidth };
            }"""
        )
        assert found == {"over": 0, "slides": 1, "inner": True, "wide": 0, "page": 0, "small": 0}


def test_every_elementwise_rule_is_told_in_general() -> None:
    """Each primitive through which something flows has a rule in general names, also in LaTeX."""
    rules = {}
    for name, primitive in PRIMITIVES.items():
        if not primitive.elementwise:
            continue
        count = len(primitive.partials)
        function = (lambda p: lambda a: p(a))(primitive) if count == 1 else (lambda p: lambda a, b: p(a, b))(primitive)
        point = (1.5, 2.0) if name == "arccosh" else (0.5, 2.0)  # which is of numbers from 1 on
        story = tell(trace(function, *point[:count]))
        for edge in story.edges:
            assert (edge.rule is None) == (edge.kind == "cut"), name
            if edge.rule is not None:
                assert edge.rule.text.startswith("d/du " if count == 1 else "∂/∂"), name
                assert edge.rule.latex.startswith(r"\frac{"), name
                rules[name, edge.argument] = edge.rule.text
    assert rules["sin", 0] == "d/du sin u = cos u"
    assert rules["exp", 0] == "d/du exp u = exp u"
    assert rules["multiply", 1] == "∂/∂w (u · w) = u"
    assert rules["divide", 1] == "∂/∂w (u/w) = −u/w²"
