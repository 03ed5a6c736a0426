"""Findings in the player, in a real browser: tabs, cards, flags, keys, names, and pages that have none of it."""

from __future__ import annotations

import re
import sys
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.draw.frame import frame
from graphviz_ad.player.page import page

axe = pytest.importorskip("axe_playwright_python.sync_playwright")
sys.path.insert(0, str(__file__.rsplit("/", 1)[0]))


def chosen(d: Any) -> Any:
    """The root of what is not kept has no slope at 0."""
    r = np.sqrt(d)
    kept = np.where(d > 1, r, 0.0)
    return np.sum(kept)


def off(w: Any, b: Any, c: Any) -> Any:
    """A unit that is off, and an input that is not used."""
    z = 2 * w + b
    h = np.maximum(z, 0)
    return (h - 1) ** 2


@pytest.fixture(scope="module")
def lost() -> gad.Report:
    """A gradient that is NaN in one entry."""
    return gad.check(chosen, np.array([0.0, 4.0, 9.0]))


@pytest.fixture(scope="module")
def two() -> gad.Report:
    """Two findings: no path, and a gradient that is 0."""
    return gad.check(off, -1.5, 0.5, 0.1)


COLUMN = np.array([[1.2], [2.7], [5.3], [6.6]])


def grown(w: Any, b: Any) -> Any:
    """Compare each prediction with every target."""
    p = w * np.arange(4.0) + b
    e = p - COLUMN
    return np.mean(e**2)


@pytest.mark.parametrize("width", [1440, 390])
def test_a_shape_that_grew_shows_which_numbers_met(player: Any, width: int) -> None:
    """As row and column, NumPy's numbers in the cells, those of one place framed and no others."""
    page = opened(player, gad.check(grown, 1.8, 1.25), width=width, height=900)
    table = page.locator(".gad-scheme table")
    across, down = 1.8 * np.arange(4.0) + 1.25, COLUMN[:, 0]
    sides = [table.locator(f"[scope={scope}]").all_inner_texts() for scope in ("col", "row")]
    cells = [row.locator("td").all_inner_texts() for row in table.locator("tbody tr").all()]
    for texts, right in zip((*sides, cells), (across, down, across - COLUMN), strict=True):
        assert np.allclose(np.char.replace(np.array(texts), "−", "-").astype(float), right, atol=0.0051)
    assert "COLUMN" in table.locator("thead").inner_text()
    meant = [row.locator("td.meant").all_inner_texts() for row in table.locator("tbody tr").all()]
    assert meant == [[row[k]] for k, row in enumerate(cells)]
    assert table.locator(".meant").first.evaluate("(at) => getComputedStyle(at).outlineStyle") == "solid"
    assert "4 of the same place: meant" in text(page, ".gad-scheme p")
    violations = axe.Axe().run(page, context=".gad-box").response["violations"]
    assert [one["id"] for one in violations] == []


@pytest.mark.parametrize("width", [1280, 390])
def test_no_number_that_is_reached_runs_out_of_its_card(player: Any, width: int) -> None:
    """However many there are: they go on in the next line."""
    report = gad.check(lambda w, y: np.mean((np.arange(6.0) / 7 * w - y) ** 2), 1.5, np.ones((6, 1)))
    page = opened(player, report, width=width, height=900)
    card = page.locator(".gad-finding").first.bounding_box()
    cells = boxes(page, ".gad-finding .gad-cells b")
    assert len(cells) == 7  # one of w̄, six of ȳ
    assert all(cell["x"] + cell["width"] <= card["x"] + card["width"] for cell in cells)


def opened(player: Any, report: gad.Report, **more: Any) -> Any:
    """Open the page of a report."""
    return player(report._picture().film, begins=True, **more)


def text(page: Any, selector: str) -> str:
    """Return what is read there, in one line."""
    return " ".join(page.locator(selector).first.inner_text().split())


def boxes(page: Any, selector: str) -> list[dict[str, float]]:
    """Return the rectangles of all that is seen of a kind."""
    return [box for one in page.locator(selector).all() if (box := one.bounding_box()) and box["width"]]


def test_a_page_opens_at_its_first_finding(player: Any, lost: gad.Report) -> None:
    """Tabs with roles and counts, a card with numbers, a flag in the picture, a squiggle in the code, a sign above."""
    page = opened(player, lost, width=1440, height=900)
    state = "() => mounted.state.step"
    story = lost._story()
    assert page.evaluate(state) == story.findings[0].step
    tabs = page.get_by_role("tab")
    assert [tab.get_attribute("aria-label") or tab.inner_text() for tab in tabs.all()] == [
        "Step",
        "Findings, 1",
        "Nodes",
    ]
    assert tabs.nth(1).get_attribute("aria-selected") == "true"

    # What the card says is what the finding says, its numbers are NumPy's.
    article = page.get_by_role("article", name="NaN is born going back, in")
    assert article.is_visible()
    assert "0 · ∞ = NaN" in text(page, ".gad-finding dl")
    cells = [cell.inner_text() for cell in page.locator(".gad-cells b").all()]
    with np.errstate(all="ignore"):
        slope = lost.trace.reverse().adjoint(lost.trace.inputs[0])
    assert np.array_equal(np.array(cells, float), np.round(slope, 6), equal_nan=True)

    # The flag stands beside its socket, and covers no card and no lane.
    flag, socket = (boxes(page, f".gad-pane {name}")[0] for name in (".alarm > .bg", "#e1_0_g > .bg"))
    assert flag["x"] == pytest.approx(socket["x"] + socket["width"], abs=12)
    assert flag["y"] >= socket["y"]
    assert "0 · ∞ = NaN" in page.locator(".gad-pane .alarm .digits").first.text_content()

    assert "carries NaN" in text(page, ".gad-legend")
    assert "the entry followed" in text(page, ".gad-legend")
    # What carries NaN is a wave and no line; the squiggle is under the expression; the sign over its step.
    assert page.locator(".gad-pane #e1_0_b > .wave").evaluate("(at) => getComputedStyle(at).display") == "inline"
    assert page.locator(".gad-pane #e1_0_b > .line").evaluate("(at) => getComputedStyle(at).display") == "none"
    ill = page.locator(".gad-code .gad-ill")
    assert ill.inner_text() == "np.sqrt(d)"
    assert ill.evaluate("(at) => getComputedStyle(at).textDecorationStyle") == "wavy"
    sign, cursor = boxes(page, ".gad-pennants g")[0], boxes(page, ".gad-cursor")[0]
    assert sign["x"] + sign["width"] / 2 == pytest.approx(cursor["x"] + cursor["width"] / 2, abs=1.5)
    assert sign["y"] + sign["height"] <= cursor["y"] + 3

    # Who does not see the picture hears it from the names.
    page.wait_for_function("() => document.querySelector('.gad-pane #n1').ariaLabel.includes('born')")
    names = [page.locator(f".gad-pane #{name}").get_attribute("aria-label") for name in ("n1", "e1_0")]
    assert names[0].endswith(", NaN is born here, entry 0")
    assert names[1].endswith(", carries NaN")
    violations = axe.Axe().run(page, context=".gad-box").response["violations"]
    assert [one["id"] for one in violations] == []


def test_tabs_are_chosen_by_keys_and_the_inspector_has_one(player: Any, two: gad.Report) -> None:
    """Arrows, Home and End move and choose; what is picked is shown among the nodes, and gives way again."""
    page = opened(player, two, width=1440, height=900)

    def shown() -> list[bool]:
        return [page.locator(name).is_visible() for name in (".gad-step", ".gad-findings", ".gad-table")]

    assert shown() == [False, True, False]
    page.get_by_role("tab", selected=True).focus()
    step = page.evaluate("() => mounted.state.step")
    seen = []
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "Home", "End"):
        page.keyboard.press(key)
        seen.append(page.evaluate("() => document.activeElement.dataset.tab"))
    assert seen == ["nodes", "step", "nodes", "step", "nodes"]
    assert page.evaluate("() => mounted.state.step") == step  # the story did not move
    assert shown() == [False, False, True]
    page.get_by_role("tab", name="Findings").click()
    page.locator(".gad-pane #n0").click()
    assert page.locator(".gad-inspector").is_visible()
    assert page.get_by_role("tab", selected=True).inner_text() == "Nodes"
    page.locator(".gad-close").click()
    assert shown() == [False, True, False]


def test_n_leads_from_finding_to_finding(player: Any, two: gad.Report) -> None:
    """It moves the story, opens the card, focuses what is to blame, and says it once; Shift goes back."""
    page = opened(player, two, width=1440, height=900)
    accounts = two._story().findings
    assert len(accounts) == 2

    def now() -> tuple[int, list[str]]:
        heads = page.locator(".gad-finding h3 button").all()
        return page.evaluate("() => mounted.state.step"), [head.get_attribute("aria-expanded") for head in heads]

    assert now() == (accounts[0].step, ["true", "false"])
    page.keyboard.press("n")
    assert now() == (accounts[1].step, ["false", "true"])
    child, argument = accounts[1].edge
    assert page.evaluate("() => document.activeElement.id") == f"e{child}_{argument}"
    page.wait_for_function(
        "(words) => document.querySelector('.gad-live').textContent.startsWith(words)", arg="w̄ and b̄ are 0"
    )
    said = page.locator(".gad-live").inner_text()
    assert two.findings[1].sentence in said
    assert page.locator("[aria-live]").count() == 1
    page.keyboard.press("Shift+N")
    assert now() == (accounts[0].step, ["true", "false"])
    assert page.evaluate("() => document.activeElement.id") == f"n{accounts[0].node}"
    # A closed card is opened by pressing it.
    page.locator(".gad-finding h3 button").nth(1).click()
    assert now() == (accounts[1].step, ["false", "true"])
    blamed = page.locator(f".gad-pane #e{child}_{argument}_g > .bg").evaluate("(at) => getComputedStyle(at).fill")
    assert blamed == "rgb(21, 25, 30)"


@pytest.mark.parametrize(
    ("width", "height", "theme"), [(360, 740, "dark"), (1280, 720, "high-contrast"), (900, 700, "light")]
)
def test_it_fits_every_size_and_axe_finds_nothing(
    player: Any, two: gad.Report, width: int, height: int, theme: str
) -> None:
    """Nothing is cut off at the sides; on a phone the card stands above the graph, and targets are large enough."""
    page = opened(player, two, width=width, height=height, theme=theme, reduced_motion="reduce")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    card, graph = (boxes(page, name)[0] for name in (".gad-finding", ".gad-graph"))
    assert card["x"] >= 0
    assert card["x"] + card["width"] <= width
    if width < 640:
        assert card["y"] + card["height"] <= graph["y"]
        assert min(box["height"] for box in boxes(page, ".gad-tabs button")) >= 44
    else:
        assert card["x"] + card["width"] <= graph["x"] or graph["x"] + graph["width"] <= card["x"]
    violations = axe.Axe().run(page, context=".gad-box").response["violations"]
    assert [(one["id"], one["nodes"][0]["target"]) for one in violations] == []


def test_both_painters_draw_the_same(player: Any, lost: gad.Report, two: gad.Report) -> None:
    """Flags, waves, frames and inverted sockets at every step."""
    from test_painters import COMPARE

    for report in (lost, two):
        cut = report._picture()
        page = opened(player, report)
        scene, numbers = cut.start
        frames = [(0, step, frame(scene, numbers, step, standalone=False)) for step in range(scene.steps)]
        assert page.evaluate(COMPARE, [frames, "light"]) == []


def test_a_page_without_findings_has_none_of_it() -> None:
    """Neither style, nor script, nor data; and a healthy report says what was looked for."""
    plain = page(gad.film(np.sin, x=(-3, 3)).to_json())
    assert len(plain) < 130_000
    assert "gad-finding" not in unpacked(plain)
    report = gad.check(np.sin, 1.0)
    assert report.findings == ()
    film = report._picture().film
    assert film["findings"] == []
    assert "values finite" in film["sought"]


def unpacked(html: str) -> str:
    """Return the script of a page."""
    import base64
    import zlib

    packed = re.search(r'id="player">([^<]*)<', html)
    assert packed is not None
    return zlib.decompress(base64.b64decode(packed[1])).decode()


def test_a_notebook_gets_the_player_and_what_stands_where_it_may_not_run(lost: gad.Report) -> None:
    """The frame covers the cards without scripts, which nobody reads twice."""
    html = lost._repr_mimebundle_()["text/html"]
    assert 'sandbox="allow-scripts"' in html
    assert html.index('class="gad-check"') < html.index("<iframe")
    assert "gad-under:has(+ iframe){visibility:hidden}" in html


def test_what_is_to_be_known_of_all_findings_stands_above_them(player: Any) -> None:
    """Which of several results they are about; nothing of the kind where there is one."""
    film = gad.check(lambda d: (chosen(d), d), np.array([0.0, 4.0, 9.0]))._picture().film
    page = player(film)
    said = page.locator(".gad-findings > p").first
    assert said.inner_text() == "Of its 2 results the first single number is differentiated."
    card = page.locator(".gad-findings article").first
    assert said.bounding_box()["y"] < card.bounding_box()["y"]
    assert "provisos" not in gad.check(chosen, np.array([0.0, 4.0]))._picture().film


def test_a_card_that_goes_on_below_fades_there(player: Any) -> None:
    """Its buttons are not seen: a sign says so, and goes when the end has been reached."""
    page = opened(player, gad.check(grown, 0.5, 0.1), width=1440, height=640)
    panel = page.locator(".gad-findings")
    page.wait_for_function("() => document.querySelector('.gad-findings').matches('.below')", timeout=8000)
    assert "gradient" in panel.evaluate("(node) => getComputedStyle(node).maskImage")
    panel.evaluate("(node) => { node.scrollTop = node.scrollHeight; }")
    page.wait_for_function("() => !document.querySelector('.gad-findings').matches('.below')", timeout=8000)


def test_one_line_stands_under_an_expression_that_is_told_and_to_blame(player: Any, lost: gad.Report) -> None:
    """The wave of what is not finite; the step has its tint there, and an underline elsewhere."""
    page = opened(player, lost, width=1280, height=850)
    border = "(node) => getComputedStyle(node).borderBottomColor"
    mark = page.locator(".gad-code mark:has(.gad-ill)")
    assert mark.evaluate(border) == "rgba(0, 0, 0, 0)"
    assert "wavy" in mark.locator(".gad-ill").evaluate("(node) => getComputedStyle(node).textDecorationStyle")
    page.evaluate("() => mounted.set({ step: 2 })")
    assert page.locator(".gad-code mark:not(:has(.gad-ill))").first.evaluate(border) != "rgba(0, 0, 0, 0)"
