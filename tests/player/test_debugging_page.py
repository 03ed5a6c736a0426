"""The debugger in the page: its keys, its breakpoints and its watches, in a real browser, beside Python's stepper."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.debugger import stepper_of
from graphviz_ad.films.debugging import debug_json
from graphviz_ad.sessions import Session

axe = pytest.importorskip("axe_playwright_python.sync_playwright")
MOVING = Path(gad.__file__).parent / "player" / "debugging" / "moving.js"


def g(x: Any) -> Any:
    return 1 / x


def f(x: Any) -> Any:
    a = np.log(x**2)
    return a * np.sin(x) + g(x)


def looped(x: Any) -> Any:
    y = x
    for _ in range(3):
        y = np.sin(y) + g(y)
    return y * x


FIRST = f.__code__.co_firstlineno


@pytest.fixture(scope="module")
def session() -> Session:
    """The function of the picture, with breakpoints of every kind and two watches."""
    points = [f"{FIRST + 2} back", gad.break_when("abs(adjoint) > 1e3"), "log forward"]
    return Session(stepper_of(f, (0.03,), {}, points, ["x.adjoint", "abs(x.adjoint) * 2"]))


@pytest.fixture(scope="module")
def film(session: Session) -> dict[str, Any]:
    return session._cut().film


def text(page: Any, selector: str) -> str:
    return " ".join(page.locator(selector).first.inner_text().split())


def step(page: Any) -> int:
    return int(page.evaluate("() => mounted.state.step"))


@pytest.mark.parametrize("function", [f, looped], ids=["straight", "a loop"])
@pytest.mark.parametrize("breaks", [[], ["sin back"]], ids=["free", "with a breakpoint"])
def test_it_moves_as_the_stepper_does(tmp_path: Path, function: Any, breaks: list[str]) -> None:
    """From every step: over, out, on, and back on."""
    stepper = stepper_of(function, (0.7,), {}, breaks)
    expected = []
    for start in range(stepper.last + 1):
        row = []
        for move in ("over", "out", "advance", "reverse"):
            stepper.position = start
            row.append(getattr(stepper, move)().step)
        expected.append(row)
    steps = [{"kind": one.kind} for one in stepper.course.steps]
    told = debug_json(stepper, None)
    script = tmp_path / "moves.mjs"
    script.write_text(
        f"import {{ stepBack, stepOn, stepOut, stepOver }} from {json.dumps(MOVING.as_uri())};\n"
        f"const debug = {json.dumps(told)}, steps = {json.dumps(steps)};\n"
        "const hits = new Set(debug.points.flatMap((point) => point.steps));\n"
        "console.log(JSON.stringify(steps.map((_, at) => [stepOver(debug, steps, at, hits),\n"
        "  stepOut(debug, steps, at, hits), stepOn(steps, at, hits), stepBack(at, hits)])));\n"
    )
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs node")
    run = subprocess.run([node, script], capture_output=True, text=True, check=True)
    assert json.loads(run.stdout) == expected


def test_f8_goes_on_to_where_a_condition_holds(player: Any, film: dict[str, Any], session: Session) -> None:
    page = player(film, begins=True, width=1280, height=850)
    assert step(page) == 0
    assert text(page, ".gad-stopped").endswith(" is 0.03. Step 1 of 19. an input▼ forward")
    hits = sorted({at for point in session.points for at in point.hits.steps})
    assert hits == [2, 7, 11, 15, 18]
    for at in hits:
        page.keyboard.press("F8")
        assert step(page) == at
    page.keyboard.press("Shift+F8")
    page.keyboard.press("Shift+F8")
    assert step(page) == 11
    said = text(page, ".gad-stopped")
    assert said.startswith("Stopped as ")
    assert "receives from 1/x: " in said
    assert "is −1111.111, 1 of 3 parts. Breakpoint if abs(adjoint) > 1e3. Step 12 of 19." in said
    assert f"f line {FIRST + 2} ▸ g line {g.__code__.co_firstlineno + 1}" in said
    assert page.locator(".gad-stopped.gad-hit").count() == 1
    assert page.locator(".gad-pennants .gad-point").count() == 5


def test_over_and_out_and_run_to(player: Any, film: dict[str, Any], session: Session) -> None:
    page = player(film, begins=True, width=1280, height=850)
    stepper = session._stepper
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    stepper.position = 1
    assert step(page) == stepper.over().step
    page.keyboard.press("Shift+ArrowUp")
    assert step(page) == stepper.out().step
    page.click("#n5_v")
    page.keyboard.press("Home")
    page.get_by_role("button", name="Run to", exact=True).click()
    assert step(page) == stepper.course.evaluated[5]
    stepper.position = 0


def test_breakpoints_are_set_switched_and_taken_away(player: Any, film: dict[str, Any]) -> None:
    page = player(film, begins=True, width=1280, height=850)
    gutter = page.get_by_role("button", name=f"Breakpoint on line {g.__code__.co_firstlineno + 1}")
    assert gutter.get_attribute("aria-pressed") == "false"
    gutter.click()
    assert gutter.get_attribute("aria-pressed") == "true"
    rows = page.locator(".gad-points li")
    assert rows.count() == 4
    assert page.locator("#n3 .gad-card-point, #n2 .gad-card-point").count() == 1  # of log
    for row in range(3):
        rows.nth(row).get_by_role("switch").click()
    page.keyboard.press("F8")
    assert step(page) == 5  # g computes 1/x
    assert text(page, ".gad-points li >> nth=3").endswith("hit 1 of 2 ×")
    rows.nth(3).get_by_role("button", name="Take").click()
    page.keyboard.press("F8")
    assert step(page) == 18
    field = page.get_by_label("Add a breakpoint")
    field.fill("nobody")
    field.press("Enter")
    assert text(page, ".gad-points .gad-said").startswith("Nothing here is called “nobody”: no name, and none of the")
    field.fill("np.sin")
    field.press("Enter")
    assert "every sin" in text(page, ".gad-points ul")


def test_watches_have_the_numbers_of_the_step(player: Any, film: dict[str, Any]) -> None:
    page = player(film, begins=True, width=1280, height=850)
    tab = page.get_by_role("tab", name="Watch")
    assert tab.get_attribute("aria-label") == "Watch, 2"
    tab.click()
    now = page.locator(".gad-watch .gad-now")
    assert [one.inner_text() for one in now.all()] == ["not known yet", "not known yet"]
    field = page.get_by_label("Watch an expression")
    field.fill("a.value")
    field.press("Enter")
    assert tab.get_attribute("aria-label") == "Watch, 3"
    page.evaluate("() => mounted.set({ step: 11 })")
    assert [" ".join(one.inner_text().split()) for one in now.all()] == ["−1111.111 1 of 3", "2222.222", "−7.013116"]
    assert page.locator(".gad-watch .gad-changed").count() == 2
    field.fill("nobody")
    field.press("Enter")
    expected = "No node is called “nobody”; there are x, v1, a, v3, v4, v5, f."
    assert text(page, ".gad-watch .gad-said") == expected


def test_shift_b_asks_for_a_condition_on_a_card_and_on_a_line(player: Any, film: dict[str, Any]) -> None:
    """x̄ is −1111.111 after the first of its three parts, and stays below −1000: it is hit where that begins."""
    page = player(film, begins=True, width=1280, height=850)
    field, rows = page.get_by_label("Add a breakpoint"), page.locator(".gad-points li")
    page.click("#n0_v")
    page.keyboard.press("Shift+B")
    assert field.input_value() == "x if "
    assert field.evaluate("node => node === document.activeElement || node.getRootNode().activeElement === node")
    page.keyboard.type("adjoint < -1e3 - 0")  # letters, signs and digits are those of the field
    page.keyboard.press("Enter")
    assert step(page) == 0
    assert rows.count() == 4
    assert text(page, ".gad-points li >> nth=3") == "x, if adjoint < -1e3 - 0 3 ahead ×"
    page.locator(f'.gad-code [data-line="{FIRST + 1}"]').focus()
    page.keyboard.press("Shift+B")
    assert field.input_value() == f"line {FIRST + 1} if "
    page.keyboard.type("value <")
    page.keyboard.press("Enter")
    assert "it has no end" in text(page, ".gad-points .gad-said")
    page.keyboard.press("Escape")
    assert field.input_value() == ""
    focused = "() => (mounted.root?.getRootNode() ?? document).activeElement.dataset.line"
    assert page.evaluate(focused) == str(FIRST + 1)


def test_the_chosen_card_has_three_buttons(player: Any, film: dict[str, Any]) -> None:
    page = player(film, begins=True, width=1280, height=850)
    assert page.locator(".gad-choices:visible").count() == 0
    page.click("#n5_v")
    choices = page.get_by_role("group", name="At v₅").get_by_role("button")
    assert [one.get_attribute("aria-label") for one in choices.all()] == ["Run to v₅", "Break on v₅", "Watch v₅"]
    assert [one.get_attribute("title") for one in choices.all()] == ["Run to v₅", "Break on v₅", "Watch v₅"]
    card = page.locator("#n5 > .border").bounding_box()
    for one in choices.all():
        box = one.bounding_box()
        assert (box["width"], box["height"]) == (28, 28)
        assert 0 <= box["y"] - card["y"] - card["height"] < 12
        assert box["x"] + box["width"] <= card["x"] + card["width"] + 1
    choices.nth(0).click()
    assert step(page) == 5
    choices.nth(1).click()
    assert page.locator("#n5 .gad-card-point").count() == 1
    choices.nth(2).click()
    assert text(page, ".gad-watch tbody tr >> nth=2").startswith("v5.adjoint not known yet")
    page.get_by_role("tab", name="Step").click()
    assert page.locator(".gad-choices:visible").count() == 0


def test_a_call_is_framed_while_one_is_in_it(player: Any, film: dict[str, Any]) -> None:
    page = player(film, begins=True, width=1280, height=850)
    frames = {}
    for at in range(19):
        page.evaluate(f"() => mounted.set({{ step: {at} }})")
        frames[at] = page.locator(".gad-call text").all_text_contents()
    assert {at for at, names in frames.items() if names} == {5, 10, 11}
    assert frames[11] == ["g"]
    page.evaluate("() => mounted.set({ step: 11 })")
    frame = page.locator(".gad-call rect").bounding_box()
    cards = {node: page.locator(f"#n{node} > .border").bounding_box() for node in range(7)}
    ends = (("x", "width"), ("y", "height"))
    inside = [
        node
        for node, card in cards.items()
        if all(card[at] < frame[at] + frame[size] and card[at] + card[size] > frame[at] for at, size in ends)
    ]
    assert inside == [5]
    assert page.locator(".gad-code .gad-caller").get_attribute("data-line") == str(FIRST + 2)


def recursive(x: Any, n: int = 2) -> Any:
    return x if n == 0 else np.sin(recursive(x, n - 1)) * x


def test_a_line_that_calls_itself_is_the_one_that_runs(player: Any) -> None:
    """In a recursion, and in a comprehension, the line of a caller is that of the step."""
    page = player(Session(stepper_of(recursive, (0.7,), {}))._cut().film, begins=True, width=1280, height=850)
    page.evaluate("() => mounted.set({ step: 1 })")
    assert page.locator(".gad-call text").all_text_contents() == ["recursive"]
    assert page.locator(".gad-code .gad-caller").count() == 0


def test_a_watch_says_what_stops_on_it(player: Any, film: dict[str, Any]) -> None:
    page = player(film, begins=True, width=1280, height=850)
    page.get_by_role("tab", name="Watch").click()
    stops = page.locator(".gad-stops")
    stops.first.click()
    page.keyboard.type("-1115")
    page.keyboard.press("Enter")
    assert stops.first.inner_text() == "stop above -1115"
    assert stops.nth(1).inner_text() == "stop if …"
    page.evaluate("() => mounted.set({ step: 7 })")
    page.locator(".gad-steer button").first.click()  # −1111.111 is above −1115, and is there from step 12 on
    assert step(page) == 11
    assert page.locator(".gad-stops.gad-hit").count() == 1
    field = page.get_by_label("Watch an expression")
    field.fill("x.adjoint / v5.adjoint - v1")
    field.press("Enter")
    assert text(page, ".gad-watch tbody tr >> nth=2").startswith("x.adjoint / v5.adjoint - v1 −1111.112")


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (1280, "dark"), (390, "light")])
def test_axe_finds_nothing_in_the_debugger(player: Any, film: dict[str, Any], width: int, theme: str) -> None:
    page = player(film, begins=True, width=width, theme=theme)
    page.evaluate("() => mounted.set({ step: 11 })")
    for name in ("Step", "Watch"):
        page.get_by_role("tab", name=name).click()
        found = axe.Axe().run(page, context=".gad-box").response["violations"]
        assert [f"{one['id']}: {[node['html'][:120] for node in one['nodes']]}" for one in found] == []


def test_every_control_keeps_its_keys_from_jupyter(player: Any, film: dict[str, Any]) -> None:
    page = player(film, begins=True, width=1280)
    bare = page.locator(".gad-box :is(button, input):not([data-lm-suppress-shortcuts])")
    assert bare.count() == 0


def test_a_page_without_breakpoints_has_none_of_it() -> None:
    from graphviz_ad.player.page import page as write

    html = write(gad.film(np.sin, x=(0, 1, 0.5)).to_json())
    assert "gad-stopped" not in html
    assert "debug" not in gad.film(np.sin, x=(0, 1, 0.5)).to_json()


PARTS = """() => {
  /** What is seen of a node: no more than the boxes around it that scroll. */
  const seen = (node) => { let { left, right, top, bottom } = node.getBoundingClientRect();
    for (let at = node.parentElement; at; at = at.parentElement)
      if (/auto|scroll/.test(getComputedStyle(at).overflowY)) {
        const around = at.getBoundingClientRect();
        if (around.height) [top, bottom] = [Math.max(top, around.top), Math.min(bottom, around.bottom)]; }
    return { left, right, top, bottom, height: bottom - top }; };
  const names = [".gad-stopped", ".gad-tabs", ".gad-say", ".gad-code", ".gad-points", ".gad-bar"];
  const rects = names.map((name) => seen(document.querySelector(name)));
  const before = (a, b) => a.right <= b.left + 2 || a.bottom <= b.top + 2;
  const apart = (a, b) => before(a, b) || before(b, a);
  const over = names.flatMap((name, i) =>
    names.slice(i + 1).filter((_, j) => !apart(rects[i], rects[i + 1 + j])).map((other) => name + other));
  const out = names.filter((_, i) => rects[i].bottom > innerHeight + 2 || rects[i].height < 30);
  const octagons = [...document.querySelectorAll(".gad-pennants .gad-point")].map((one) => one.getBoundingClientRect())
    .sort((one, other) => one.left - other.left);
  const met = octagons.some((one, i) => i && one.left < octagons[i - 1].right);
  const order = rects[0].bottom <= rects[1].top + 2 && rects[5].top >= rects[2].bottom - 2;
  return [...over, ...out, ...(met ? ["octagons"] : []), ...(order ? [] : ["order"])]; }"""


def settled(page: Any, problems: str) -> None:
    """Wait until a layout has come to rest without a problem."""
    for _ in range(60):
        if not (left := page.evaluate(problems)):
            return
        page.wait_for_timeout(100)
    raise AssertionError(left)


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1366, 640), (1440, 900), (768, 1024)])
def test_no_part_of_the_debugger_covers_another(player: Any, film: dict[str, Any], width: int, height: int) -> None:
    """The banner stands above, the steps below; all are on one screen, and octagons beside each other."""
    page = player(film, begins=True, width=width, height=height)
    page.evaluate("() => mounted.set({ step: 11 })")
    settled(page, PARTS)


def test_a_phone_shows_the_box_and_its_sentence_at_once(player: Any, film: dict[str, Any]) -> None:
    page = player(film, begins=True, width=360, height=740)
    page.evaluate("() => mounted.set({ step: 11 })")
    hidden = """() => { const at = (name) => document.querySelector(name).getBoundingClientRect();
      const [box, sentence] = [at(".gad-pane .node .now"), at(".gad-say > p")];
      return [...(box.top >= at(".gad-stopped").bottom - 2 ? [] : ["the box", box.top]),
        ...(sentence.bottom <= at(".gad-bar").top + 2 ? [] : ["the sentence", sentence.bottom])]; }"""
    settled(page, hidden)


def test_the_key_tells_what_an_octagon_is(player: Any, film: dict[str, Any]) -> None:
    page = player(film, begins=True, width=1280)
    assert text(page, ".gad-legend").endswith("a breakpoint is hit")
