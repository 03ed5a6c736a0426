"""Motion that explains: what travels, where it is at each moment, and that scrubbing only cuts."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from graphviz_ad.filming import film


def worked(x: Any) -> Any:
    """Use x three times."""
    a = np.log(x**2)
    return a * np.sin(x) + 1 / x


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    """log(x²)·sin x + 1/x, starting at 2."""
    return film(worked, x=(0.5, 3, 0.05), at={"x": 2.0}).to_json()


PILLS = """() => [...document.querySelectorAll(".gad-pill[visibility=visible]")].map((node) => {
    // What a window of the motion cuts away cannot be seen.
    const box = node.getBoundingClientRect(), own = node.parentNode, matrix = own.parentNode.getScreenCTM();
    const edge = (y) => (y + own.y.baseVal.value) * matrix.d + matrix.f;
    const [from, to] = own.localName === "svg" ? [edge(0), edge(own.height.baseVal.value)] : [-1e9, 1e9];
    const top = Math.max(box.top, from), bottom = Math.min(box.bottom, to);
    return { text: node.textContent, x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2,
      seen: Math.max(0, bottom - top) / box.height };
  })"""
PLACE = """id => {
  const { left, right, top, bottom } = document.getElementById(id).querySelector(".bg").getBoundingClientRect();
  return { x: (left + right) / 2, y: (top + bottom) / 2, top, bottom }; }"""
LANE = """id => {
  const path = document.getElementById(id).querySelector(".line"), length = path.getTotalLength();
  return Array.from({ length: 101 }, (_, i) => {
    const { x, y } = path.getPointAtLength(length * i / 100).matrixTransform(path.getScreenCTM());
    return [x, y];
  }); }"""


def step_to(page: Any, made: dict[str, Any], kind: str, count: int = 0) -> dict[str, Any]:
    """Go to just before the step of a kind, stop the clock, and take the step."""
    steps = made["scenes"][0]["steps"]
    at = [i for i, step in enumerate(steps) if step["kind"] == kind][count]
    page.evaluate("step => mounted.set({ step })", at - 1)
    page.wait_for_timeout(100)
    page.clock.pause_at(page.evaluate("Date.now() / 1000") + 1)
    page.evaluate("document.querySelector('.gad-next').click()")
    return dict(steps[at])


def frames(page: Any, times: list[int]) -> list[Any]:
    """Return what travels at these milliseconds after the step began."""
    found, now = [], 0
    for time in times:
        page.clock.run_for(time - now)
        now = time
        found.append(page.evaluate(PILLS))
    return found


@pytest.fixture
def still(player: Any, made: dict[str, Any]) -> Any:
    """A player whose clock can be stopped."""
    page = player(made, height=1000)
    page.clock.install()
    return page


def test_values_flow_along_the_lanes_and_then_the_node_computes(still: Any, made: dict[str, Any]) -> None:
    """Both operands travel down their own lanes, and the value is written only after they have arrived."""
    step = next(step for step in made["scenes"][0]["steps"] if step["kind"] == "evaluate" and len(step["reads"]) == 2)
    count = [one for one in made["scenes"][0]["steps"] if one["kind"] == "evaluate"].index(step)
    step_to(still, made, "evaluate", count)
    node = step["node"]
    lanes = [still.evaluate(LANE, f"e{node}_{k}_f") for k in (0, 1)]
    seen = frames(still, [40, 120, 200, 280, 360, 440])
    assert seen[0] == []
    for moment in seen[1:]:
        assert len(moment) == 2
        for pill, lane in zip(sorted(moment, key=lambda one: one["x"]), sorted(lanes), strict=True):
            assert min(np.hypot(pill["x"] - x, pill["y"] - y) for x, y in lane) < 3
    for before, after in pairwise(seen[1:]):
        assert all(a["y"] < b["y"] for a, b in zip(before, after, strict=True))
    written = f"document.getElementById('{step['writes']}').classList.contains('now')"
    assert still.evaluate(written) is False
    assert still.locator(".gad-pane .value.operand").count() == 2
    still.clock.run_for(100)
    assert still.evaluate(written) is True
    assert still.evaluate(PILLS) == []


def test_the_adjoint_is_multiplied_at_the_socket_and_climbs(still: Any, made: dict[str, Any]) -> None:
    """It leaves its row, goes into the rule, comes out as the product, climbs the right lane and fills the pad."""
    steps = [step for step in made["scenes"][0]["steps"] if step["kind"] == "local"]
    count = next(i for i, step in enumerate(steps) if step["writes"].endswith("_c") and i > 2)
    step = step_to(still, made, "local", count)
    child, argument, _ = (*step["edge"], None)[:3]
    socket, source = still.evaluate(PLACE, f"e{child}_{argument}_g"), still.evaluate(PLACE, f"n{child}_a")
    lane = still.evaluate(LANE, f"e{child}_{argument}_b")
    held = still.text_content(f"#n{child}_a .slot").strip()
    seen = frames(still, [100, 200, 330, 500, 535, 600, 690, 860])
    assert seen[0] == []
    leaving, inside, climbing = seen[1:3], seen[4], seen[5:]
    for moment in leaving:
        assert [pill["text"] for pill in moment] == [held]
        assert socket["bottom"] - 12 < moment[0]["y"] <= source["y"] + 1
        assert moment[0]["seen"] > 0.9
    # Half in at one moment, hidden by the rule at the next.
    assert 0 < seen[3][0]["seen"] < 0.9
    assert inside[0]["seen"] < 0.35
    product = climbing[-1][0]["text"]
    assert product != held
    for moment in climbing:
        assert [pill["text"] for pill in moment] == [product]
        assert moment[0]["y"] < socket["top"] + 4
    assert all(a[0]["y"] > b[0]["y"] for a, b in pairwise(climbing))
    middle = climbing[1][0]
    assert min(np.hypot(middle["x"] - x, middle["y"] - y) for x, y in lane) < 12
    pad = f"document.getElementById('{step['writes']}')"
    assert still.evaluate(f"{pad}.classList.contains('unknown')") is True
    still.clock.run_for(100)
    assert still.evaluate(f"{pad}.querySelector('.slot').textContent").strip() == product


def test_a_fan_out_is_summed_contribution_by_contribution(still: Any, made: dict[str, Any]) -> None:
    """Each contribution hops from its pad into the sum; only then sum and counter change."""
    steps = [step for step in made["scenes"][0]["steps"] if step["kind"] == "accumulate"]
    counters = []
    for count, step in enumerate(steps):
        step_to(still, made, "accumulate", count)
        row = step["writes"]
        before = still.text_content(f"#{row}")
        pad, total = (still.evaluate(PLACE, id) for id in (f"e{step['edge'][0]}_{step['edge'][1]}_c", row))
        seen = frames(still, [20, 60, 100, 150])
        assert all(len(moment) == 1 for moment in seen)
        heights = [moment[0]["y"] for moment in seen]
        assert heights == sorted(heights, reverse=True)
        assert abs(heights[0] - pad["y"]) < 12
        assert abs(heights[-1] - total["y"]) < 6
        assert still.text_content(f"#{row}") == before
        still.clock.run_for(100)
        assert still.text_content(f"#{row}") != before
        counters.append(re.search(r"\d of \d", still.text_content(f"#{row}") or ""))
        still.clock.resume()
    assert [found and found[0] for found in counters] == ["1 of 3", "2 of 3", "3 of 3"]


def test_for_a_beginner_it_plays_as_fast_as_one_reads(still: Any) -> None:
    """By a clock of the test: step 8 has some 30 words, 9 seconds; at twice the speed half of that."""
    for detail, speed, before, after in (("beginner", 1, 5, 16), ("beginner", 2, 2.5, 8), ("standard", 1, 0.6, 3)):
        still.evaluate("all => mounted.set(all)", {"detail": detail, "speed": speed, "step": 7, "playing": True})
        still.clock.run_for(1000 * before)
        assert still.evaluate("mounted.state.step") == 8
        still.clock.run_for(1000 * (after - before))
        assert still.evaluate("mounted.state.step") > 8
        still.evaluate("mounted.set({ playing: false })")


def test_scrubbing_redraws_without_moving_anything(player: Any, made: dict[str, Any]) -> None:
    """Each position of the scrubber is drawn at once and completely: the same picture as when it is set."""
    page = player(made)
    picture = "document.querySelector('.gad-pane').innerHTML + document.querySelector('.gad-say').innerHTML"
    for step in (3, 4, 5, 12, 11, 18, 0):
        drawn = page.evaluate(
            f"""step => {{ const node = document.querySelector('.gad-scrub'); node.value = step + 1;
              node.dispatchEvent(new Event('input')); return {picture}; }}""",
            step,
        )
        assert "gad-pill" not in drawn.replace("gad-pills", "")
        page.evaluate("step => mounted.set({ step })", step)
        assert page.evaluate(picture) == drawn


def test_scrubbing_lays_out_once_a_step(player: Any, made: dict[str, Any], chromium: Any) -> None:
    """A position of the scrubber costs one layout, however much of the page changes."""
    page = player(made)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    def layouts() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return float(next(one["value"] for one in metrics if one["name"] == "LayoutCount"))

    before = layouts()
    page.evaluate(
        """() => { const node = document.querySelector('.gad-scrub');
          for (let i = 1; i <= 19; i++) { node.value = i; node.dispatchEvent(new Event('input')); } }"""
    )
    assert layouts() - before <= 19 + 4


@pytest.mark.parametrize(
    "disturb",
    [
        "document.querySelector('.gad-x').dispatchEvent(new InputEvent('input'))",
        "mounted.set({ stop: 3 })",
        "mounted.set({ speed: 4 })",
    ],
    ids=["a slide", "a place set", "a speed set"],
)
def test_what_cuts_a_motion_short_does_not_stop_the_story(player: Any, made: dict[str, Any], disturb: str) -> None:
    """Disturbed in the middle of a motion, the story that plays goes on to its next steps."""
    page = player(made, "{ step: 8, speed: 4 }")
    # In the very frame in which something moves, however long a word from outside takes.
    page.evaluate(
        """disturb => new Promise((done) => {
          const moving = () => document.querySelector('.gad-pill[visibility=visible]');
          const look = () => (moving() ? done(eval(disturb)) : requestAnimationFrame(look));
          mounted.set({ playing: true });
          look();
        })""",
        disturb,
    )
    page.wait_for_function("mounted.state.step >= 11")
    assert page.evaluate("mounted.state.playing")


def test_a_loop_begins_anew(player: Any, made: dict[str, Any]) -> None:
    """With the loop on, the first step follows the last; without, playing ends there."""
    page = player(made, "{ step: 17, speed: 4 }", reduced_motion="reduce")
    page.click(".gad-loop")
    page.evaluate("mounted.set({ playing: true })")
    page.wait_for_function("mounted.state.step === 0")
    page.wait_for_function("mounted.state.step === 2")
    page.click(".gad-loop")
    page.evaluate("mounted.set({ step: 17, playing: false }); mounted.set({ playing: true })")
    page.wait_for_function("!mounted.state.playing")
    assert page.evaluate("mounted.state.step") == 18
