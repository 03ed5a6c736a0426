# ruff: noqa: N803, N806  (the names of mathematics)
"""The lines of a backward pass beside the picture of forward, in a real browser: rows, marks, keys, names, sizes."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.draw.frame import frame
from graphviz_ad.films.stills import still

axe = pytest.importorskip("axe_playwright_python.sync_playwright")

RANDOM = np.random.default_rng(5)
ARGUMENTS = [RANDOM.normal(size=shape) for shape in ((6, 3), (3, 4), (4,), (4, 2))]


def forward(x: Any, W: Any, b: Any, V: Any) -> Any:
    """Two layers."""
    z = x @ W + b
    h = np.tanh(z)
    y = h @ V
    return np.mean(y**2)


def backward(x: Any, W: Any, b: Any, V: Any) -> Any:
    """Two slips: z for h, and a factor."""
    z = x @ W + b
    h = np.tanh(z)
    y = h @ V
    dy = 2 * y / y.size
    dV = h.T @ dy
    dh = dy @ V.T
    dz = dh * (1 - z**2)
    dW = x.T @ dz
    db = 2 * dz.sum(axis=0)
    return dz @ W.T, dW, db, dV


FIRST = backward.__code__.co_firstlineno


@pytest.fixture(scope="module")
def report() -> gad.BackwardReport:
    """The report on the backward pass above."""
    return gad.check_backward(forward, backward, *ARGUMENTS)


def opened(player: Any, report: gad.BackwardReport, **more: Any) -> Any:
    """Open the page of a report."""
    return player(report._picture(), begins=True, **more)


def row(line: int) -> str:
    """Return the selector of the row of a line."""
    return f'.gad-verdicts tr[data-row="{line - FIRST - 2}"]'


def lit(page: Any) -> tuple[str, int, str]:
    """Return the code that is lit, the step, and the card that is."""
    return (
        page.locator(".gad-verdicts tr.lit code").inner_text(),
        page.evaluate("() => mounted.state.step"),
        page.locator(".gad-pane .node.lit").get_attribute("id"),
    )


def test_a_page_opens_at_the_first_wrong_line_with_the_graph_beside_it(player: Any, report: Any) -> None:
    """Its row is lit and in sight, its card too, and the story stands where its adjoint is complete."""
    page = opened(player, report, width=1280, height=800)
    page.wait_for_selector(".gad-verdicts tr.lit")
    story = report._story()
    first = next(one for one in story.verdicts if one.verdict == "wrong")
    assert lit(page) == ("dz = dh * (1 - z**2)", first.step, f"n{first.node}")
    table, graph = (page.locator(name).bounding_box() for name in (".gad-verdicts", ".gad-graph"))
    assert table["x"] + table["width"] <= graph["x"]
    seen, card = (
        page.locator(".gad-verdicts tr.lit").bounding_box(),
        page.locator(f".gad-pane #n{first.node}").bounding_box(),
    )
    assert table["y"] <= seen["y"] <= table["y"] + table["height"] - seen["height"]
    assert graph["y"] <= card["y"] <= graph["y"] + graph["height"]
    tab = page.get_by_role("tab", selected=True)
    assert tab.get_attribute("aria-label") == f"Lines, {len(report.lines)}"
    assert page.locator(".gad-code").is_hidden()
    page.get_by_role("tab", name="Step").click()
    assert "z = x @ W + b" in page.locator(".gad-code").inner_text()  # forward's own lines


def test_marks_stand_right_of_the_adjoints_and_rows_only_where_they_differ(player: Any, report: Any) -> None:
    """A circle of radius 10.5 in the middle of the row; a row of one's own has one's own numbers."""
    page = opened(player, report, width=1280, height=900)
    story = report._story()
    places = {line.line: one for line, one in zip(report.lines, story.verdicts, strict=True)}
    for line, verdict in ((4, "right"), (5, "right"), (6, "right"), (7, "wrong"), (8, "inherits")):
        own = places[FIRST + 1 + line]
        assert own.verdict == verdict
        mark = page.locator(f".gad-pane #n{own.node}_verdict")
        assert mark.get_attribute("class") == f"verdict {verdict}"
        circle, band = (
            page.locator(f".gad-pane #n{own.node}_{part}").bounding_box() for part in ("verdict > .bg", "a > .bg")
        )
        scale = page.evaluate(
            "() => { const s = document.querySelector('.gad-pane svg');"
            " return s.getBoundingClientRect().width / s.viewBox.baseVal.width; }"
        )
        assert circle["width"] / scale == pytest.approx(21 + 1.4, abs=1.5)
        assert circle["x"] > band["x"] + band["width"]
        middle = band["y"] + band["height"] / 2
        assert circle["y"] + circle["height"] / 2 == pytest.approx(middle, abs=1.0)
        assert page.locator(f".gad-pane #n{own.node}_y").count() == (verdict != "right")
    dz = next(line for line in report.lines if line.name == "dz")
    ends = page.locator(f".gad-pane #n{places[dz.line].node}_y .slot:not(.shape)").text_content()
    low, high = (float(end.replace("\u2212", "-")) for end in ends.split("…"))
    assert (low, high) == pytest.approx((dz.got.min(), dz.got.max()), abs=2e-2)
    assert "yours, where it differs, on the adjoint's scale" in page.locator(".gad-legend").inner_text()
    flag = page.locator(".gad-pane .blame .says")
    assert flag.text_content() == "yours: 1 \u2212 z²"


def test_keys_move_through_the_lines_and_to_the_next_wrong_one(player: Any, report: Any) -> None:
    """Up and down light what a line computes; n goes to the next wrong line and around; each has a name."""
    page = opened(player, report, width=1280, height=900)
    page.wait_for_selector(".gad-verdicts tr.lit")
    story = report._story()
    names = [one.get_attribute("aria-label") for one in page.locator(".gad-verdicts [data-row] code").all()]
    assert names == [one.says for one in story.verdicts]
    assert names[6] == f"line {FIRST + 8}, dz = …, not z\u0304, the first wrong line"
    page.locator(".gad-verdicts").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    own = story.verdicts[7]
    assert lit(page) == ("dW = x.T @ dz", own.step, f"n{own.node}")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert lit(page)[0] == "dh = dy @ V.T"
    wrong = [line.code for line in report.lines if line.verdict == "wrong"]
    assert len(wrong) == 2
    seen = []
    for key in ("n", "n", "n", "Shift+N"):
        page.keyboard.press(key)
        seen.append(lit(page)[0])
    assert seen == [wrong[0], wrong[1], wrong[0], wrong[1]]
    page.locator(row(FIRST + 5)).click()
    assert lit(page)[0] == "dy = 2 * y / y.size"
    name = page.locator(f".gad-pane #{lit(page)[2]}").get_attribute("aria-label")
    assert f"line {FIRST + 5}, dy = …, y\u0304" in name


@pytest.mark.parametrize(
    ("width", "height", "theme"),
    [(360, 740, "light"), (900, 700, "dark"), (1280, 800, "light"), (1280, 720, "high-contrast")],
)
def test_lines_fit_every_size_and_axe_finds_nothing(
    player: Any, report: Any, width: int, height: int, theme: str
) -> None:
    """Nothing is cut off at the sides; on a phone the table stands above the graph."""
    page = opened(player, report, width=width, height=height, theme=theme, reduced_motion="reduce")
    page.wait_for_selector(".gad-verdicts tr.lit")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    table, graph = (page.locator(name).bounding_box() for name in (".gad-hand-lines", ".gad-graph"))
    assert table["x"] >= 0
    assert table["x"] + table["width"] <= width
    assert table["width"] > 250
    if width < 640:
        assert table["y"] + table["height"] <= graph["y"]
    violations = axe.Axe().run(page, context=".gad-box").response["violations"]
    assert [(one["id"], one["nodes"][0]["target"]) for one in violations] == []


def test_both_painters_draw_marks_and_rows_alike(player: Any, report: Any) -> None:
    """At every step."""
    from test_painters import COMPARE

    cut = still(report._seen.truth.recording, report._story())
    page = opened(player, report)
    page.wait_for_selector(".gad-verdicts tr.lit")
    page.locator(".gad-verdicts tr[data-row]").last.locator("td").first.click()  # what it returns lights nothing
    scene, numbers = cut.start
    frames = [(0, step, frame(scene, numbers, step, standalone=False)) for step in range(scene.steps)]
    assert page.evaluate(COMPARE, [frames, "light"]) == []


def test_a_notebook_gets_the_player_and_the_table_where_it_may_not_run(report: Any) -> None:
    """The table stands before the frame, which covers it where scripts run; it is heard once."""
    html = report._repr_mimebundle_()["text/html"]
    assert html.index('class="gad-check gad-hand"') < html.index("<iframe")
    assert 'sandbox="allow-scripts"' in html
    assert not re.search(r"\n\s*\n", html)


def test_the_policy_of_a_page_lets_the_table_have_its_style(chromium: Any, report: Any, tmp_path: Any) -> None:
    """As a file that a person opens, with nothing bypassed."""
    file = tmp_path / "lines.html"
    file.write_text(report._page(), encoding="utf-8")
    page = chromium.new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.goto(file.as_uri())
    page.wait_for_selector(".gad-verdicts tr.lit")
    style = page.locator(".gad-hand-lines .gad-hand-wrong code").first.evaluate("(at) => getComputedStyle(at)")
    assert style["fontWeight"] == "700"
    assert problems == []
    page.close()


def test_in_a_low_frame_the_table_has_all_the_height_beside_the_graph(player: Any, report: Any) -> None:
    """As in a notebook: no room is kept for the code, which is not shown."""
    page = opened(player, report, width=1062, height=692)
    page.wait_for_selector(".gad-verdicts tr.lit")
    assert page.locator(".gad-box.gad-show").count() == 1
    section, bar = (page.locator(name).bounding_box() for name in (".gad-verdicts", ".gad-bar"))
    assert bar["y"] - (section["y"] + section["height"]) < 24


def backward_of_long_lines(x: Any, W: Any, b: Any, V: Any) -> Any:
    """A slip at the end of a long line."""
    z = x @ W + b
    h = np.tanh(z)
    y = h @ V
    dy = 2 * y / y.size
    dz = np.einsum("ij,kj->ik", dy, V) * np.ones_like(z) * np.ones_like(z) * np.ones_like(h) * (1 - z**2)
    return dz @ W.T, x.T @ dz, dz.sum(axis=0), h.T @ dy


@pytest.mark.parametrize("width", [1280, 390])
def test_a_long_line_makes_the_table_no_wider_than_its_room(player: Any, width: int) -> None:
    """Verdicts stay where they can be seen, and so does what is changed in the line."""
    seen = gad.check_backward(forward, backward_of_long_lines, *ARGUMENTS)
    page = opened(player, seen, width=width)
    page.wait_for_function(
        """() => {
            const room = document.querySelector(".gad-verdicts .gad-scroll");
            const mark = document.querySelector(".gad-verdicts .gad-hand-reason pre mark");
            if (!room || !mark) return false;
            const [whole, own] = [room.getBoundingClientRect(), mark.getBoundingClientRect()];
            return room.scrollWidth <= room.clientWidth + 1 && own.right <= whole.right && own.left >= whole.left;
        }"""
    )
