"""On a projector the curves are large enough to be pointed at, and no step hides behind an edge."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from graphviz_ad import film, trace
from graphviz_ad.films.stills import still

SEEN = """() => { const say = document.querySelector(".gad-say"), plot = document.querySelector(".gad-plot");
  const stages = [...say.querySelectorAll("dt")].map((node) => node.getBoundingClientRect());
  const parts = [...say.querySelectorAll("dd > *")].map((node) => node.getBoundingClientRect());
  return [plot.clientHeight, say.scrollHeight - say.clientHeight, say.scrollWidth - say.clientWidth,
    stages.some((one) => parts.some((other) => other.width && one.left < other.right - 1 && other.left < one.right - 1
      && one.top < other.bottom - 12 && other.top < one.bottom - 12))]; }"""


@pytest.mark.parametrize(
    ("f", "x"),
    [(np.sin, (-np.pi, np.pi)), (lambda x: np.log(x**2) * np.sin(x) + 1 / x, (0.5, 3))],
    ids=["sin", "log"],
)
def test_curves_have_room_and_every_step_is_whole(player: Any, f: Any, x: tuple[float, float]) -> None:
    """At each step: the curves are 170 px high, sentence and stages are not cut, and no stage covers another."""
    made = film(f, x=x).to_json()
    page = player(made, width=1280, height=720, begins=True)
    for step in range(len(made["scenes"][0]["steps"])):
        page.evaluate("(step) => mounted.set({ step })", step)
        high, below, beside, covered = page.evaluate(SEEN)
        assert high >= 170, step
        assert max(below, beside) <= 1, step
        assert not covered, step


def worked(x: Any) -> Any:
    """Use x three times, in a graph that takes half of the width."""
    a = np.log(x**2)
    return a * np.sin(x) + 1 / x


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (768, 1024)])
def test_no_stage_of_a_push_is_cut_off(player: Any, width: int, height: int) -> None:
    """Of the long ones of forward mode neither, nor of a long sum on a tablet; and no type is below 11 px."""
    made = film(worked, x=(0.5, 3), at={"x": 2.0}, mode="forward" if width > 1000 else "reverse").to_json()
    page = player(made, width=width, height=height, begins=True)
    for step in range(len(made["scenes"][0]["steps"]) - 1):  # a derivative that is written out may be of any length
        page.evaluate("(step) => mounted.set({ step })", step)
        _, _, beside, covered = page.evaluate(SEEN)
        assert beside <= 8, step
        assert not covered, step
        small = (
            "[...document.querySelectorAll('.gad-say dt')].map((node) => parseFloat(getComputedStyle(node).fontSize))"
        )
        assert min(page.evaluate(small)) >= 11


# What is missing in a room: curves, names and sliders are whole in what is seen of their column, and the head is one
# line, or two; the map of the graph stands only where a part of the graph is outside.
LOST = """() => {
  const rect = (node) => node.getBoundingClientRect(), all = (name) => [...document.querySelectorAll(name)];
  const [left, pane, svg] = [".gad-left", ".gad-pane", ".gad-pane > svg"].map((name) => rect(all(name)[0]));
  const lost = all(".gad-plot :is(.gad-f, .gad-df, .gad-name), .gad-slide").filter((node) => {
    const { top, bottom } = rect(node);
    return top < left.top - 2 || bottom > left.bottom + 2;
  });
  const high = rect(all(".gad-plot")[0]).height < 150 ? ["the curves are low"] : [];
  const inside = svg.width < pane.width + 2 && svg.height < pane.height + 2;
  const map = inside !== all(".gad-map")[0].hidden ? ["map"] : [];
  return lost.map((node) => node.getAttribute("class")).concat(high, map);
}"""


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1024, 768)])
@pytest.mark.parametrize(("f", "x"), [(worked, (0.5, 3, 0.05)), (lambda x: x * x, (-2, 2, 0.1))], ids=["log", "square"])
def test_in_a_room_both_curves_are_whole(player: Any, f: Any, x: tuple[float, float], width: int, height: int) -> None:
    """As presentation and as a full screen, entered by its button, at the step that has the most to say."""
    page = player(film(f, x=x).to_json(), width=width, height=height, reduced_motion="reduce")
    page.click(".gad-full")
    page.wait_for_function("() => document.fullscreenElement && document.querySelector('.gad-room')")
    page.wait_for_function(f"() => !({LOST})().length")
    page.evaluate("document.exitFullscreen()")
    page.wait_for_function("() => !document.fullscreenElement")
    page.evaluate("mounted.set({ presentation: true })")
    page.wait_for_function(f"() => !({LOST})().length")


def test_in_a_room_a_step_puts_its_sentence_back(player: Any) -> None:
    """What was opened in its place closes: the inspector, an entry. Where there is room for both they stay."""
    made = dict(still(trace(lambda x: np.sum(x**2), np.array([1.0, 2.0, 3.0]))).film)
    page = player(made, "{ presentation: true }", width=1280, height=720, reduced_motion="reduce", step=2)
    for key, panel in (("Enter", ".gad-inspector"), ("e", ".gad-entries")):
        page.focus("#n0")
        page.keyboard.press(key)
        page.wait_for_selector(panel)
        assert page.is_hidden(".gad-say")
        page.click(".gad-buttons [aria-label='Step']")
        page.wait_for_selector(panel, state="hidden")
        assert page.is_visible(".gad-say > p")
        assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Step"
    page.evaluate("mounted.set({ presentation: false, step: 1 })")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.focus("#n0")
    page.keyboard.press("Enter")
    page.click(".gad-buttons [aria-label='Step']")
    assert page.is_visible(".gad-inspector")
    assert page.is_visible(".gad-say > p")


def product(x: Any, y: Any) -> Any:
    """Have a long name, two sliders, and numbers of seven digits that differ in the last."""
    return 1e6 + x * np.sin(y) + y


# Numbers of the axes that are cut off, names that touch a curve, and the words of the axis along the slider.
AXES = """() => {
  const rect = (node) => node.getBoundingClientRect(), all = (name) => [...document.querySelectorAll(name)];
  const frame = rect(all(".gad-box")[0]);
  const cut = all(".gad-plot text").filter((one) => rect(one).left < frame.left || rect(one).right > frame.right);
  const curves = all(".gad-plot :is(.gad-f, .gad-df)").map(rect);
  const touches = (a, b) => Math.min(a.right, b.right) > Math.max(a.left, b.left)
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3;
  const hit = all(".gad-plot .gad-name").filter((name) => curves.some((one) => touches(rect(name), one)));
  return [...cut, ...hit].map((node) => node.textContent);
}"""


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (360, 740)])
def test_axes_are_whole_and_long_names_lie_on_no_curve(player: Any, width: int, height: int) -> None:
    """The curve along one slider of several has that one's axis, whatever slider stands below it."""
    made = film(product, x=(-1, 2, 0.5), y=(-3, 3, 0.5)).to_json()
    page = player(made, f"{{ presentation: {str(width > 1000).lower()} }}", width=width, height=height, begins=True)
    page.wait_for_selector(".gad-plot .gad-name.adjoint")
    for k, (slider, low) in enumerate([("x", "−1"), ("y", "−3")]):
        page.locator(".gad-slide input").nth(k).focus()
        assert page.evaluate(AXES) == []
        words = page.eval_on_selector_all(".gad-plot text", "all => all.map((one) => one.textContent)")
        assert words[-3] == low
        assert words[-1] == slider


def test_a_notice_of_more_lines_takes_its_room_from_the_graph(player: Any) -> None:
    """Where log has no value the notice is long: the step's card stays whole, and what is cut off at the top fades."""
    made = film(lambda x: np.log(x) * x, x=(-1, 3, 0.5)).to_json()
    page = player(made, "{ presentation: true }", width=1280, height=720, reduced_motion="reduce", step=2)
    page.evaluate("mounted.set({ stop: 6 })")
    page.focus(".gad-x")
    page.keyboard.press("Home")
    page.wait_for_function("""() => {
      const rect = (name) => document.querySelector(name).getBoundingClientRect();
      const [pane, card] = [rect(".gad-pane"), rect(".gad-pane .node.now > .bg")];
      const above = rect(".gad-pane > svg").top < pane.top - 3;
      return rect(".gad-notice").height > 60 && card.top >= pane.top - 1 && card.bottom <= pane.bottom + 1
        && document.querySelector(".gad-pane").matches(".above") === above;
    }""")


def loop(x: Any) -> Any:
    """Use x in thirteen places."""
    y = x
    for _ in range(12):
        y = np.sin(y) + x
    return y


# Marks of the timeline that touch each other.
CROWDED = """() => {
  const marks = [...document.querySelectorAll(".gad-mark")].map((node) => node.getBoundingClientRect());
  const drawn = marks.filter(({ width }) => width).sort((one, other) => one.left - other.left);
  return [drawn.length, drawn.filter(({ left }, i) => i && left < drawn[i - 1].right - 1).length];
}"""


def test_the_number_a_step_ends_with_is_in_sight_and_its_mark_touches_no_other(player: Any) -> None:
    """Of a sum over thirteen places too, whose sentence names those that are still to come."""
    made = film(loop, x=(-1, 1, 0.5)).to_json()
    page = player(made, "{ presentation: true }", width=1280, height=720, reduced_motion="reduce")
    steps = made["scenes"][0]["steps"]
    sums = [i for i, step in enumerate(steps) if step["kind"] == "accumulate"]
    assert len(sums) == 13
    for step in sums[::4]:
        page.evaluate("(step) => mounted.set({ step })", step)
        page.wait_for_function("() => !document.querySelector('.gad-say:not(.gad-ghost)').matches('.below')")
    for width in (1280, 768):
        page.set_viewport_size({"width": width, "height": 1024})
        # The sums, and where the way back begins.
        page.wait_for_function(f"() => ({CROWDED})().join() === '14,0'")


def test_a_question_does_not_fade_and_nothing_is_told_of_the_derivative(player: Any) -> None:
    """Neither its range nor its zero stand beside an empty band."""
    made = film(worked, x=(0.5, 3, 0.5), at={"x": 2.0}, quiz=True).to_json()
    page = player(made, "{ presentation: true }", width=1280, height=720, step=8)
    page.wait_for_selector(".gad-ask")
    page.wait_for_function("() => !document.querySelector('.gad-say:not(.gad-ghost)').matches('.below')")
    seen = "all => all.filter((one) => one.checkVisibility({ visibilityProperty: true })).length"
    assert page.eval_on_selector_all(".gad-plot .slope", seen) == 0
    assert page.eval_on_selector_all(".gad-plot :is(.gad-grid, .gad-zero)", seen) > 0


def test_no_label_of_a_level_lies_under_the_arrow(player: Any) -> None:
    """Wherever the point is: it makes way, and comes back."""
    made = film(lambda x, y: x * np.sin(y) + y, x=(-1, 2, 0.5), y=(-3, 3, 0.5)).to_json()
    page = player(made, "{ presentation: true }", width=1280, height=720)
    counts = set()
    for stop in range(0, 91, 13):
        page.evaluate("(stop) => mounted.set({ stop })", stop)
        under, count = page.evaluate("""() => {
          const rects = (name) => [...document.querySelectorAll(name)].filter((one) =>
            one.checkVisibility({ visibilityProperty: true })).map((one) => one.getBoundingClientRect());
          const [labels, heads] = [rects(".gad-height"), rects(".gad-head-of-arrow")];
          return [labels.filter((one) => heads.some((head) => one.left < head.right && head.left < one.right
            && one.top + 4 < head.bottom && head.top < one.bottom - 4)).length, labels.length];
        }""")
        assert under == 0, stop
        counts.add(count)
    assert len(counts) > 1


def deep(w: Any, b: Any) -> Any:
    """Have arrays, and a graph that takes half of the page."""
    return np.mean(np.log(1 + np.exp(-np.tanh(w @ np.ones((3, 4)) + b))))


# On a page: how wide the timeline is, and whether the code lies under what stands below it.
BELOW = """() => { const [time, code, table] = [".gad-time", ".gad-code", ".gad-table"].map((name) =>
  document.querySelector(name).getBoundingClientRect()); return [time.width, table.top - code.bottom]; }"""


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (768, 1024)])
def test_where_its_bar_is_narrow_the_timeline_has_a_line_of_its_own(player: Any, width: int, height: int) -> None:
    """It is as wide as the step needs to be seen on it, and takes nothing from the code."""
    page = player(dict(still(trace(deep, np.ones((8, 3)), np.zeros(4))).film), width=width, height=height)
    page.wait_for_function(f"() => {{ const [wide, gap] = ({BELOW})(); return wide > 300 && gap > -3; }}")


@pytest.mark.parametrize("width", [1024, 1280])
def test_three_sliders_stand_apart_from_the_code(player: Any, width: int) -> None:
    """Each can be taken hold of, with its name below it."""
    made = film(lambda a, b, c: (a * np.exp(-b) + c) ** 2, a=(0, 1, 0.5), b=(0, 1, 0.5), c=(0, 1, 0.5)).to_json()
    page = player(made, width=width, height=720 if width > 1024 else 768)
    page.wait_for_function("""() => {
      const all = (name) => [...document.querySelectorAll(name)].map((node) => node.getBoundingClientRect());
      const [left, code] = [...all(".gad-left"), ...all(".gad-code")], slides = all(".gad-slide");
      return slides.length === 3 && slides.every(({ top, bottom }) => bottom <= code.top && top > left.top
        && bottom < left.bottom + 24);
    }""")


def test_in_a_room_three_sliders_stand_side_by_side_and_names_on_no_curve(player: Any) -> None:
    """So that both curves have the room of the second row."""
    made = film(lambda a, b, c: a * np.exp(-b) + c * a, a=(-1, 1, 0.5), b=(0, 1, 0.5), c=(0, 1, 0.5)).to_json()
    page = player(made, "{ presentation: true }", width=1024, height=768, begins=True)
    page.wait_for_selector(".gad-plot .gad-name.adjoint")
    page.wait_for_function(f"() => ({AXES})().length === 0")
    page.wait_for_function("""() => { const tops = [...document.querySelectorAll(".gad-slide")].map((one) =>
      one.getBoundingClientRect().top); return tops.length === 3 && Math.max(...tops) - Math.min(...tops) < 1; }""")


def test_on_a_phone_in_a_room_all_buttons_stand_in_one_row_below_a_fraction_that_touches_nothing(player: Any) -> None:
    """Save is not alone on a row, and the name of the reading stands below the title."""
    made = film(lambda x: np.exp(x) / (1 + np.exp(x)), x=(-1, 1, 0.5), at={"x": 1.0}).to_json()
    page = player(made, "{ presentation: true }", width=360, height=740, begins=True)
    page.wait_for_function("""() => {
      const rects = (name) => [...document.querySelectorAll(name)].map((one) => one.getBoundingClientRect());
      const [title] = rects(".gad-title math"), tops = rects(".gad-bar button").map(({ top }) => top);
      return tops.length > 8 && Math.max(...tops) - Math.min(...tops) < 1
        && rects(".gad-reads > div").every(({ top }) => top - title.bottom > 4); }""")


@pytest.mark.parametrize("f", [worked, loop], ids=["log", "loop"])
def test_in_a_room_code_is_to_be_read_or_not_begun(player: Any, f: Any) -> None:
    """No edge of it stands below the slider."""
    page = player(film(f, x=(0.5, 1, 0.25)).to_json(), "{ presentation: true }", width=1280, height=720)
    page.wait_for_function("""() => { const [left, code] = [".gad-left", ".gad-code"].map((name) =>
      document.querySelector(name).getBoundingClientRect()); const seen = left.bottom - code.top;
      return seen < 3 || seen > 60; }""")
