"""`gad.explore` in JupyterLab, driven by mouse and keyboard as a learner would."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable

import nbformat
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from explorers import FOCUSABLE, IMPORTS, SINE, STOPS, WORKED, Explorer, read
from hosts import ROOT, Page, Server, wait_until, write_notebook
from playwright.sync_api import expect

THREE = f"""{IMPORTS}
import time

pause = 0.05


def slow(x, y, z):
    time.sleep(pause)
    return x * np.sin(y) + z


u = gad.explore(slow, x=(0, 1, 0.1), y=(0, 2, 0.01), z=(0, 1, 0.1), at={{"y": 1.0}})
u"""


WORKED_ALONE = f"{IMPORTS}\n{WORKED}"


@pytest.fixture(scope="module")
def desk(lab: Server, long_tab: Callable[..., Page]) -> Page:
    """Open a notebook with two explorers for the tests that leave it as it was, but for where the thumbs are."""
    return long_tab(lab).open(write_notebook(lab.folder / "desk.ipynb", SINE, WORKED)).run_all()


@pytest.fixture
def sine(desk: Page) -> Explorer:
    """The explorer of the sine, at its start: at the middle stop, with the whole story told."""
    desk.tell("w.playing = False; w.x = 0.0; w.step = 3; w.speed = 1")
    explorer = Explorer(desk.cell(0))
    explorer.shows(0.0, 0.0, 1.0)
    explorer.at_step(4)
    return explorer


@pytest.fixture
def worked(desk: Page) -> Explorer:
    """The explorer of log(x²)·sin x + 1/x at 2, with the whole story told."""
    desk.tell("v.playing = False; v.x = 2.0; v.step = 18")
    explorer = Explorer(desk.cell(1))
    explorer.shows(2.0, *truth(2.0))
    explorer.at_step(19)
    return explorer


def truth(x: float) -> tuple[float, float]:
    """Return log(x²)·sin x + 1/x and its slope, by hand."""
    slope = np.sin(x) * 2 / x + np.log(x**2) * np.cos(x) - 1 / x**2
    return np.log(x**2) * np.sin(x) + 1 / x, slope


class TestSliding:
    """The thumb, the numbers on screen, and Python."""

    def test_the_mouse_drags_the_thumb(self, desk: Page, sine: Explorer) -> None:
        """What is shown where it is let go is sin and cos there, and Python has that very x."""
        sine.drag(desk.page, 0.8)
        place = sine.place()
        assert 155 <= place <= 165
        x = STOPS[place]
        sine.shows(x, np.sin(x), np.cos(x))
        sine.graph_shows(0, x, np.cos(x))
        sine.graph_shows(1, np.sin(x), 1)
        desk.asks_until("w.x", x)
        assert desk.ask("[w.value, w.gradient, w.inputs]") == [np.sin(x), np.cos(x), {"x": x}]

    def test_keys_move_the_thumb(self, desk: Page, sine: Explorer) -> None:
        """Home, End and the arrows, while Lab would like to have the arrows for its cells."""
        for key, place in (("Home", 0), ("ArrowRight", 1), ("End", 200), ("ArrowLeft", 199), ("ArrowDown", 198)):
            sine.thumb().press(key)
            assert sine.place() == place
            x = STOPS[place]
            sine.shows(x, np.sin(x), np.cos(x))
            desk.asks_until("w.x", x)
        assert desk.active() == 0

    def test_python_moves_the_thumb_and_exactly_that_is_shown(self, desk: Page, sine: Explorer) -> None:
        """0.3 is no stop: Python computes it, the screen says 0.3 and its sine, and a key returns to the stops."""
        assert 0.3 not in STOPS
        desk.tell("w.x = 0.3")
        expect(sine.find(".gad-reads dd").first).to_have_text(re.compile(r"^0\.30*$"))
        sine.shows(0.3, np.sin(0.3), np.cos(0.3))
        sine.graph_shows(1, np.sin(0.3), 1)
        assert sine.along() == pytest.approx(100 + 0.3 * 100 / np.pi)
        assert desk.ask("[w.x, w.value]") == [0.3, np.sin(0.3)]
        sine.thumb().press("Home")
        sine.shows(-np.pi, 0, -1)
        desk.asks_until("w.x", -np.pi)

    def test_two_explorers_do_not_disturb_each_other(self, desk: Page, sine: Explorer, worked: Explorer) -> None:
        """Sliding and stepping one leaves the other where it is, on screen and in Python."""
        worked.thumb().press("ArrowRight")
        worked.find(".gad-back").click()
        worked.shows(2.01, *truth(2.01))
        worked.at_step(18)
        desk.asks_until("v.x", 2.01)
        sine.shows(0.0, 0.0, 1.0)
        sine.at_step(4)
        assert desk.ask("[w.x, w.step]") == [0.0, 3]
        sine.thumb().press("ArrowRight")
        desk.asks_until("w.x", STOPS[101])
        assert desk.ask("[v.x, v.step]") == [2.01, 17]


class TestTelling:
    """Stepping, playing and inspecting."""

    def test_keys_step_through_the_story(self, desk: Page, worked: Explorer) -> None:
        """On the graph, arrows and page keys step and Home and End jump; Python's `step` follows, counting from 0."""
        pane = worked.find(".gad-pane")
        arrows = (("Home", 1), ("ArrowRight", 2), ("ArrowRight", 3), ("ArrowLeft", 2))
        for key, number in (*arrows, ("PageDown", 3), ("PageUp", 2), ("End", 19)):
            pane.press(key)
            worked.at_step(number)
            desk.asks_until("v.step", number - 1)
        expect(worked.find(".gad-say")).to_contain_text("All 3 contributions are in")
        worked.graph_shows(0, 2.0, truth(2.0)[1])

    def test_python_steps_too(self, desk: Page, worked: Explorer) -> None:
        """In the middle of the way back, the sum that is still incomplete is shown."""
        desk.tell("v.step = 15")
        worked.at_step(16)
        worked.graph_shows(0, 2.0, np.log(4) * np.cos(2) - 1 / 4)
        expect(worked.find(".gad-say")).to_contain_text("2 of 3 so far")

    def test_it_plays_to_the_end(self, desk: Page, sine: Explorer) -> None:
        """Space starts the story, and at its end it stops by itself, in Python as well."""
        desk.tell("w.speed = 4")
        sine.find(".gad-pane").press("Home")
        sine.at_step(1)
        sine.find(".gad-pane").press(" ")
        desk.asks_until("w.playing", True)
        desk.asks_until("w.playing", False)
        sine.at_step(4)
        assert desk.ask("w.step") == 3
        assert sine.find(".gad-play").get_attribute("aria-label") == "Play"

    def test_a_click_inspects_a_node(self, desk: Page, worked: Explorer) -> None:
        """Its value and adjoint are told in full, as NumPy has them, and it can be closed."""
        worked.find("#n3").click()
        inspector = worked.find(".gad-inspector")
        expect(inspector).to_be_visible()
        expect(inspector).to_contain_text(repr(float(np.sin(2.0))))
        expect(inspector).to_contain_text(repr(float(np.log(4.0))))
        worked.find(".gad-inspector .gad-close").click()
        expect(inspector).to_be_hidden()

    def test_enter_inspects_a_node(self, desk: Page, worked: Explorer) -> None:
        """So does the keyboard; while it is open the numbers go on following the thumb."""
        node = worked.find("#n3")
        node.focus()
        node.press("Enter")
        expect(worked.find(".gad-inspector")).to_contain_text(repr(float(np.sin(2.0))))
        worked.thumb().press("ArrowRight")
        expect(worked.find(".gad-inspector")).to_contain_text(repr(float(np.sin(2.01))))
        worked.find(".gad-inspector .gad-close").press("Enter")
        expect(worked.find(".gad-inspector")).to_be_hidden()
        assert desk.mode() == "command"


class TestLabsShortcuts:
    """Keys that mean something to JupyterLab, typed in the explorer."""

    @pytest.mark.parametrize("keys", ["dd", "x", "ab", "m", "00"])
    def test_no_key_reaches_the_notebook(self, desk: Page, sine: Explorer, keys: str) -> None:
        """Wherever the focus is in the explorer, no cell is deleted, added or changed, and nothing asks."""
        desk.select(0)
        assert desk.mode() == "command"
        before = desk.sources()
        places = sine.find(FOCUSABLE)
        assert places.count() > 8
        for i in range(places.count()):
            places.nth(i).focus()
            for key in keys:
                desk.page.keyboard.press(key)
            assert sine.root.evaluate("(root) => root.contains(root.ownerDocument.activeElement)"), places.nth(i)
        assert desk.sources() == before
        assert desk.page.locator(".jp-Dialog").count() == 0

    def test_escape_leaves(self, desk: Page, sine: Explorer) -> None:
        """Escape gives the keys back to the notebook: the arrow down then goes to the next cell."""
        desk.select(0)
        sine.thumb().press("Escape")
        assert not sine.root.evaluate("(root) => root.contains(root.ownerDocument.activeElement)")
        desk.page.keyboard.press("ArrowDown")
        assert desk.active() == 1

    def test_tab_goes_through_and_out(self, desk: Page, sine: Explorer) -> None:
        """No corner holds the focus: every stop of the tabulator is passed, and then it is outside."""
        sine.find(FOCUSABLE).first.focus()
        inside = "(root) => root.contains(root.ownerDocument.activeElement)"
        presses = 0
        while sine.root.evaluate(inside) and presses < 60:
            desk.page.keyboard.press("Tab")
            presses += 1
        assert 8 < presses < 60


class TestViews:
    """One widget shown twice, and one that is not shown at first."""

    def test_two_views_of_one_widget_stay_together(self, lab: Server, tab: Callable[..., Page]) -> None:
        """They slide together; either plays, the other follows step by step, and either pauses."""
        page = tab(lab).open(write_notebook(lab.folder / "views.ipynb", WORKED_ALONE, "v")).run_all()
        first, second = Explorer(page.cell(0)), Explorer(page.cell(1))
        first.thumb().press("ArrowRight")
        second.shows(2.01, *truth(2.01))
        second.find(".gad-first").click()
        first.at_step(1)
        second.find(".gad-play").click()
        expect(first.find(".gad-play")).to_have_attribute("aria-label", "Pause")
        first.at_step(4)
        second.at_step(4)
        first.find(".gad-play").click()
        expect(second.find(".gad-play")).to_have_attribute("aria-label", "Play")
        page.asks_until("v.playing", False)
        reached = page.ask("v.step") + 1
        first.at_step(reached)
        second.at_step(reached)

    def test_shown_later_in_a_tab_it_is_whole(self, lab: Server, tab: Callable[..., Page]) -> None:
        """In a tab that is not selected it has no size; opened, its curve and its graph are drawn."""
        boxed = "import ipywidgets\nipywidgets.Tab([ipywidgets.HTML('first'), v], titles=['one', 'two'])"
        page = tab(lab).open(write_notebook(lab.folder / "boxed.ipynb", WORKED_ALONE[:-1] + boxed)).run_all()
        page.cell(0).locator(".lm-TabBar-tab, .p-TabBar-tab", has_text="two").click()
        explorer = Explorer(page.cell(0))
        explorer.shows(2.0, *truth(2.0))
        for part in (".gad-f", "#n6", ".gad-cursor"):
            box = explorer.find(part).bounding_box()
            assert box["width"] > 10, part
            assert box["height"] > 10, part

    def test_side_by_side_they_share_the_width(self, lab: Server, tab: Callable[..., Page]) -> None:
        """In a row of widgets each has room for what it shows; closed, one goes without a word."""
        row = "import ipywidgets\nu = gad.explore(np.cos, x=(0, 3))\nipywidgets.HBox([u, v, ipywidgets.HTML('notes')])"
        page = tab(lab).open(write_notebook(lab.folder / "row.ipynb", WORKED_ALONE[:-1] + row, "u.close()"))
        page.run(0)
        page.page.locator(".gad-box").nth(1).wait_for()
        (one, other), whole = (
            [box.bounding_box() for box in page.page.locator(".gad-box").all()],
            page.cell(0).bounding_box(),
        )
        assert one["x"] + one["width"] <= other["x"] + 1
        assert min(one["width"], other["width"]) > 0.35 * whole["width"]
        page.run(1)
        expect(page.page.locator(".gad-box")).to_have_count(1)
        Explorer(page.cell(0)).thumb().press("ArrowRight")
        page.asks_until("v.x", 2.01)

    def test_what_python_moves_meanwhile_is_not_overwritten(self, lab: Server, tab: Callable[..., Page]) -> None:
        """While one thumb is dragged a callback moves the other slider: at the end both say the same of both."""
        follows = (
            f"{IMPORTS}\nk = gad.explore(lambda x, y: np.sin(x) * y, x=(0, 2, 0.05), y=(0, 2, 0.05))\n"
            "k.observe(lambda change: setattr(k, 'y', round(2 - k.x, 2)), 'x')\nk"
        )
        page = tab(lab).open(write_notebook(lab.folder / "follows.ipynb", follows)).run_all()
        explorer = Explorer(page.cell(0))
        explorer.drag(page.page, 0.1)
        x = round(explorer.place() * 0.05, 2)
        page.asks_until("[round(k.x, 2), k.y]", [x, round(2 - x, 2)])
        wait_until(lambda: read(explorer.reads()[1]) == pytest.approx(2 - x), "y to be shown")
        assert read(explorer.reads()[2]) == pytest.approx(np.sin(x) * (2 - x), abs=1e-6)
        assert page.ask("k.value") == pytest.approx(np.sin(x) * (2 - x), abs=1e-12)

    def test_a_link_in_the_browser_moves_it(self, lab: Server, tab: Callable[..., Page]) -> None:
        """`jslink` to the slider and to the step of another widget, both ways."""
        linked = (
            "import ipywidgets\nother = ipywidgets.FloatText()\nsteps = ipywidgets.IntText()\n"
            "links = ipywidgets.jslink((v, 'x'), (other, 'value')), ipywidgets.jslink((v, 'step'), (steps, 'value'))\n"
            "ipywidgets.VBox([v, other, steps])"
        )
        page = tab(lab).open(write_notebook(lab.folder / "linked.ipynb", WORKED_ALONE[:-1] + linked)).run_all()
        explorer, (other, steps) = Explorer(page.cell(0)), page.cell(0).locator("input[type=number]").all()
        explorer.thumb().press("ArrowLeft")
        wait_until(lambda: other.input_value() == "1.99", "the linked number to follow")
        other.fill("1.5")
        other.press("Enter")
        explorer.shows(1.5, *truth(1.5))
        steps.fill("3")
        steps.press("Enter")
        explorer.at_step(4)
        page.asks_until("v.step", 3)
        page.asks_until("v.x", 1.5)


class TestForEveryone:
    """What Lab's own style does to the widget, and the widget to what Lab promises."""

    def test_it_follows_labs_theme_and_axe_finds_nothing(self, desk: Page, worked: Explorer) -> None:
        """Switched to dark while it is open: ground, strokes and arrowheads change, and all stays readable."""
        looks = """(root) => {
          const colour = (node, what) => getComputedStyle(node)[what];
          const lane = root.querySelector("#e3_0_f");
          return [colour(root, "backgroundColor"), colour(lane.querySelector(".line"), "stroke"),
                  colour(lane.querySelector(".head"), "fill")];
        }"""
        ground = "() => getComputedStyle(document.body).getPropertyValue('--jp-layout-color0').trim()"
        worked.find("#n3").first.click()
        seen = {}
        try:
            for theme in ("JupyterLab Light", "JupyterLab Dark"):
                before = seen.get("JupyterLab Light", [None])[0]
                desk.page.evaluate(
                    "(theme) => window.jupyterapp.commands.execute('apputils:change-theme', { theme })", theme
                )
                wait_until(lambda before=before: worked.root.evaluate(looks)[0] != before, f"{theme} to be followed")
                seen[theme] = worked.root.evaluate(looks)
                found = Axe().run(desk.page, context=".gad-inspecting").response["violations"]
                assert [(one["id"], [node["html"][:90] for node in one["nodes"]]) for one in found] == [], theme
                assert desk.page.evaluate(ground) in ("white", "#fff", "#111", "#111111")
        finally:
            desk.page.evaluate(
                "() => window.jupyterapp.commands.execute('apputils:change-theme', { theme: 'JupyterLab Light' })"
            )
            worked.find(".gad-inspector .gad-close").click()
        light, dark = seen.values()
        assert all(one != other for one, other in zip(light, dark, strict=True)), seen
        assert light[0] == "rgb(255, 255, 255)"
        assert dark[0] == "rgb(17, 17, 17)", "Lab's own black, not ours"

    def test_labs_style_leaves_the_code_its_size(self, worked: Explorer) -> None:
        """Lab has a size for all `pre`; ours goes with the rest of the explorer."""
        size = "(node) => parseFloat(getComputedStyle(node).fontSize)"
        code, rest = (worked.find(part).evaluate(size) for part in (".gad-code pre", ".gad-box"))
        assert code == pytest.approx(0.87 * rest)

    def test_on_a_projector_all_of_it_is_in_sight(self, lab: Server, tab: Callable[..., Page]) -> None:
        """At 1280 x 720 it stands between Lab's bars, no step's sentence is cut; full screen has room for the curve.

        The function is slow, so that the line which counts the places computed takes some of the room.
        """
        slow = WORKED_ALONE.replace("    a = ", "    import time; time.sleep(0.02)\n    a = ")
        page = tab(lab, viewport={"width": 1280, "height": 720})
        page.open(write_notebook(lab.folder / "room.ipynb", slow)).run_all()
        explorer = Explorer(page.cell(0))
        page.tell("v.presentation = True")
        expect(explorer.find(".gad-box.gad-room")).to_be_visible()
        expect(explorer.find(".gad-progress")).not_to_have_attribute("hidden", "")
        room = page.page.locator(".jp-WindowedPanel-outer").first.evaluate("(node) => node.clientHeight")
        assert explorer.find(".gad-box").evaluate("(node) => node.offsetHeight") <= room
        whole = "(node) => node.scrollHeight - node.clientHeight <= 1"
        for full in (False, True):
            for step in range(19):
                page.tell(f"v.step = {step}")
                explorer.at_step(step + 1)
                said = f"step {step} to be whole, full screen {full}"
                wait_until(lambda: explorer.find(".gad-say").evaluate(whole), said)
            if full:
                expect(explorer.find(".gad-plot")).to_be_visible()
            else:
                explorer.find(".gad-pane").press("f")
                expect(explorer.find(".gad-full")).to_have_attribute("aria-label", "Leave full screen")


class TestLives:
    """What becomes of an explorer when its cell, its kernel or its page goes."""

    def test_running_the_cell_again(self, lab: Server, tab: Callable[..., Page]) -> None:
        """There is one explorer, a new one, at the start; the variable is the one on screen."""
        page = tab(lab).open(write_notebook(lab.folder / "again.ipynb", SINE)).run_all()
        explorer = Explorer(page.cell(0))
        explorer.thumb().press("Home")
        page.asks_until("w.x", -np.pi)
        for _ in range(2):
            page.run(0)
        expect(page.cell(0).locator(".gad-box")).to_have_count(1)
        assert page.ask("w.x") == 1.0
        Explorer(page.cell(0)).thumb().press("End")
        page.asks_until("w.x", np.pi)
        Explorer(page.cell(0)).shows(np.pi, 0, -1)

    def test_a_restarted_kernel(self, lab: Server, tab: Callable[..., Page]) -> None:
        """The numbers that are there go on sliding; for what only Python knows it says so, and shows none."""
        page = tab(lab).open(write_notebook(lab.folder / "restart.ipynb", SINE, THREE)).run_all()
        explorer, three = Explorer(page.cell(0)), Explorer(page.cell(1))
        page.restart()
        explorer.thumb().press("Home")
        explorer.thumb().press("ArrowRight")
        explorer.shows(STOPS[1], np.sin(STOPS[1]), np.cos(STOPS[1]))
        explorer.find(".gad-pane").press("Home")
        explorer.at_step(1)
        for thumb in (0, 1, 2):  # a corner to which no line through the start leads
            three.thumb(thumb).press("Home")
        three.thumb(1).press("ArrowRight")
        expect(three.find(".gad-wait")).to_be_visible()
        assert not any(mark in "".join(three.reads()[3:]) for mark in "0123456789"), three.reads()
        assert page.ask("'w' in globals()") is False

    def test_reopened_with_its_state_and_no_kernel_run(self, lab: Server, tab: Callable[..., Page]) -> None:
        """A saved notebook, opened under another name, slides and steps though nothing has been executed."""
        first = tab(lab).open(write_notebook(lab.folder / "saved.ipynb", SINE)).run_all()
        Explorer(first.cell(0)).thumb().press("Home")
        first.asks_until("w.x", -np.pi)
        first.save()
        shutil.copy(lab.folder / "saved.ipynb", lab.folder / "reopened.ipynb")
        page = tab(lab).open(lab.folder / "reopened.ipynb")
        explorer = Explorer(page.cell(0))
        explorer.shows(-np.pi, 0, -1)
        explorer.drag(page.page, 0.5)
        x = STOPS[explorer.place()]
        assert abs(x) < 0.2
        explorer.shows(x, np.sin(x), np.cos(x))
        explorer.find(".gad-pane").press("Home")
        explorer.at_step(1)
        assert page.ask("'w' in globals()") is False

    def test_untrusted_it_is_a_picture(self, lab: Server, tab: Callable[..., Page]) -> None:
        """Changed by other hands, the notebook shows the picture and runs nothing."""
        first = tab(lab).open(write_notebook(lab.folder / "mine.ipynb", SINE)).run_all()
        Explorer(first.cell(0))
        first.save()
        book = nbformat.read(lab.folder / "mine.ipynb", as_version=4)
        assert "text/html" in book.cells[0].outputs[0].data
        book.cells[0].source += "\n# by another hand"
        del book.metadata["widgets"]
        nbformat.write(book, lab.folder / "theirs.ipynb")
        page = tab(lab).open(lab.folder / "theirs.ipynb")
        picture = page.cell(0).locator(".jp-OutputArea img").first
        expect(picture).to_be_visible()
        assert picture.evaluate("(node) => node.decode().then(() => node.naturalWidth)") > 100
        assert page.cell(0).locator("iframe, .gad").count() == 0


class TestAskingPython:
    """Three sliders: what has not been sampled is asked for."""

    def test_python_answers_and_nothing_stale_is_shown(self, lab: Server, tab: Callable[..., Page]) -> None:
        """In every frame that is painted, the numbers are those of the thumbs or none; at last they are there."""
        page = tab(lab).open(write_notebook(lab.folder / "three.ipynb", THREE)).run_all()
        explorer = Explorer(page.cell(0))
        page.tell("pause = 0.3")
        frames = explorer.watch()
        for thumb in (0, 1, 2):
            explorer.thumb(thumb).press("End")
        explorer.thumb(1).press("ArrowLeft")
        page.asks_until("list(u.inputs.values())", [1.0, 1.99, 1.0])
        expect(explorer.find(".gad-wait")).to_be_hidden()
        seen = [[read(text) for text in texts] for texts in frames()]
        waiting = [numbers for numbers in seen if np.isnan(numbers[3])]
        assert [1.0, 1.99, 1.0] in [numbers[:3] for numbers in waiting]
        for numbers in seen:
            x, y, z, *told = numbers
            right = [x * np.sin(y) + z, np.sin(y), x * np.cos(y), 1.0]
            assert told == pytest.approx(right, abs=1e-5) or all(np.isnan(told))
        assert seen[-1][:3] == [1.0, 1.99, 1.0]
        assert not np.isnan(seen[-1][3])
        assert page.ask("[u.value, u.gradient['y']]") == [np.sin(1.99) + 1.0, np.cos(1.99)]


class TestDemos:
    """What `graphviz-ad lab` opens."""

    def test_sliding_across_the_branch_of_the_control_flow_demo(self, lab: Server, tab: Callable[..., Page]) -> None:
        """All cells run; across zero the graph is another one, which it says, and back again."""
        shutil.copy(ROOT / "demos" / "3_control_flow.ipynb", lab.folder)
        page = tab(lab).open(lab.folder / "3_control_flow.ipynb").run_all()
        page.tell("w.a = 0.05")
        explorer = Explorer(page.page.locator(".jp-CodeCell").first)
        explorer.shows(0.05, 12.8, 256)
        boxes = explorer.find(".gad-pane .node").count()
        explorer.thumb().press("ArrowLeft")
        explorer.shows(-0.05, -3 * 12.8, 3 * 256)
        expect(explorer.find(".gad-notice")).to_contain_text("The graph has changed")
        expect(explorer.find(".gad-notice")).to_contain_text("b > 0 is false")
        expect(explorer.find(".gad-pane .node")).to_have_count(boxes + 1)
        page.asks_until("w.gradient", 768.0)
        explorer.thumb().press("ArrowRight")
        explorer.shows(0.05, 12.8, 256)
        expect(explorer.find(".gad-pane .node")).to_have_count(boxes)
