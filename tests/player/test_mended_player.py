"""The mended run in the place of the one that went wrong, in a real browser, beside a run of the mended source."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.draw.frame import frame
from graphviz_ad.films.mending import MOST_BYTES
from graphviz_ad.films.stills import still
from graphviz_ad.player.page import page as player_page

axe = pytest.importorskip("axe_playwright_python.sync_playwright")
sys.path.insert(0, str(__file__.rsplit("/", 1)[0]))

CHOSEN = (
    "def chosen(d):\n    r = np.sqrt(d)\n    kept = np.where(d > 1, r, 0.0)\n    return np.sum(kept)\n",
    (np.array([0.0, 4.0, 9.0]),),
)
OFF = (
    "def off(w, b, c):\n    z = 2.0 * w + b\n    h = np.maximum(z, 0)\n    return (h - 1) ** 2\n",
    (-1.5, 0.5, 0.1),
)
TEXTS = """() => ({
  picture: [...document.querySelectorAll(".gad-pane > svg text")].map((at) => at.textContent),
  title: document.querySelector(".gad-title").getAttribute("aria-label"),
  head: document.querySelector(".gad-reads").innerText,
  code: document.querySelector(".gad-code").innerText,
  table: [...document.querySelectorAll(".gad-table tr")].map((at) => at.textContent),
  steps: document.querySelector(".gad-time input").max,
})"""


def loaded(source: str, folder: Path, name: str) -> Any:
    """Return the function of a source, as a module of its own."""
    path = folder / f"{name}.py"
    path.write_text(f"import numpy as np\n\n\n{source}", encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, source[4 : source.index("(")])


def pasted(report: gad.Report, source: str, folder: Path) -> Any:
    """Return the function with the first remedy pasted into its source."""
    mending = next(finding.mending for finding in report.findings if finding.mending)
    assert source.count(mending.before) == 1
    return loaded(source.replace(mending.before, mending.after), folder, "mended")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """By name a report, and the trace of the source with its remedy."""
    own = {}
    for name, (source, arguments) in {"chosen": CHOSEN, "off": OFF}.items():
        folder = tmp_path_factory.mktemp(name)
        report = gad.check(loaded(source, folder, "broken"), *arguments)
        own[name] = report, gad.trace(pasted(report, source, folder), *arguments)
    return own


def settled(page: Any) -> None:
    """Wait until sizes and names are settled."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def texts(page: Any) -> dict[str, Any]:
    """Return all that a page shows of a run, at the end of its story."""
    page.keyboard.press("End")
    settled(page)
    return page.evaluate(TEXTS)


@pytest.mark.parametrize("name", ["chosen", "off"])
def test_m_shows_the_run_of_the_mended_source_and_m_again_the_first(
    player: Any, runs: dict[str, Any], name: str
) -> None:
    """Picture, title, numbers, code, table and story, beside the page of a run of the mended source of its own."""
    report, trace = runs[name]
    page = player(report._picture().film, begins=True, width=1280, height=900)
    if name == "off":
        page.keyboard.press("n")  # the first finding is an input that is not used
    first = texts(page)
    page.keyboard.press("m")
    settled(page)
    mended = texts(page)
    other = player(still(trace).film, begins=True, width=1280, height=900)
    own = texts(other)
    if name == "chosen":
        assert mended == own
        assert "0.250" in "".join(mended["picture"])
        assert "NaN" not in "".join(mended["picture"])
    else:  # what is left is flagged, and nothing else is another
        left = [part for part in mended["picture"] if part not in own["picture"]]
        assert {**mended, "picture": [part for part in mended["picture"] if part not in left]} == own
    assert mended != first
    page.keyboard.press("m")
    settled(page)
    assert texts(page) == first


def test_the_button_turns_and_the_focus_stays(player: Any, runs: dict[str, Any]) -> None:
    """It says what it does next, keeps the focus, and what was changed is framed in the code."""
    report, _ = runs["chosen"]
    page = player(report._picture().film, begins=True, width=1280, height=900)
    step = page.evaluate("() => mounted.state.step")
    button = page.locator(".gad-mend")
    assert button.inner_text() == "Show it mended"
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('.gad-live').textContent.startsWith('Mended')")
    assert page.locator(".gad-live").inner_text() == "Mended: line 5 is changed, chosen is 5."
    assert button.inner_text() == "Show it as it was"
    assert page.evaluate("() => document.activeElement.className") == "gad-mend"
    assert page.locator(".gad-code .gad-fresh").inner_text() == "np.where(d > 1, d, 1.0)"
    assert page.locator(".gad-code .gad-ill").count() == 0
    assert page.locator(".gad-pennants g").count() == 0
    assert "carries NaN" not in page.locator(".gad-legend").inner_text()
    assert page.get_by_role("button", name="Why ∞ here?").count() == 0
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('.gad-live').textContent === 'As it was.'")
    assert page.evaluate("() => document.activeElement.className") == "gad-mend"
    assert page.evaluate("() => mounted.state.step") == step
    assert page.locator(".gad-code .gad-ill").inner_text() == "np.sqrt(d)"
    assert page.locator(".gad-pennants g").count() == 1
    assert "carries NaN" in page.locator(".gad-legend").inner_text()


def test_a_card_that_is_opened_shows_what_it_is_about(player: Any, runs: dict[str, Any]) -> None:
    """The first run comes back for a finding that the mended one is not about; where there is none, it is said."""
    report, _ = runs["off"]
    page = player(report._picture().film, begins=True, width=1280, height=900)
    page.keyboard.press("m")
    page.wait_for_function("() => document.querySelector('.gad-live').textContent.startsWith('No mended run')")
    page.keyboard.press("n")
    page.keyboard.press("m")
    assert page.locator(".gad-mended").count() == 1
    page.keyboard.press("n")
    settled(page)
    assert page.locator(".gad-mended").count() == 0
    assert page.evaluate("() => mounted.state.step") == report._story().findings[0].step


def test_why_it_is_infinite_is_asked_of_the_edge(player: Any, runs: dict[str, Any]) -> None:
    """The inspector opens with the factor, and gives the focus back."""
    report, _ = runs["chosen"]
    page = player(report._picture().film, begins=True, width=1280, height=900)
    page.get_by_role("button", name="Why ∞ here?").click()
    assert page.locator(".gad-inspector").is_visible()
    assert "∞" in page.locator(".gad-inspector").inner_text()
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Findings").click()
    assert page.get_by_role("button", name="Why ∞ here?").is_visible()


@pytest.mark.parametrize(
    ("width", "height", "theme"), [(360, 740, "dark"), (1280, 860, "light"), (900, 700, "high-contrast")]
)
def test_nothing_around_the_graph_moves_and_axe_finds_nothing(
    player: Any, runs: dict[str, Any], width: int, height: int, theme: str
) -> None:
    """Tabs, cards and buttons stand where they stood."""
    report, _ = runs["chosen"]
    film = report._picture().film
    page = player(film, begins=True, width=width, height=height, theme=theme, reduced_motion="reduce")

    def places() -> list[Any]:
        return [page.locator(name).first.bounding_box() for name in (".gad-tabs", ".gad-finding", ".gad-mend")]

    before = places()
    page.locator(".gad-mend").evaluate("(at) => at.click()")
    settled(page)
    after = places()
    for one, other in zip(before, after, strict=True):
        assert (other["x"], other["y"]) == pytest.approx((one["x"], one["y"]), abs=1)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    violations = axe.Axe().run(page, context=".gad-box").response["violations"]
    assert [(one["id"], one["nodes"][0]["target"]) for one in violations] == []


def test_both_painters_draw_the_mended_run_alike(player: Any, runs: dict[str, Any]) -> None:
    """At every step."""
    from test_painters import COMPARE

    _, trace = runs["off"]
    cut = still(trace)
    scene, numbers = cut.start
    page = player(cut.film)
    frames = [(0, step, frame(scene, numbers, step, standalone=False)) for step in range(scene.steps)]
    assert page.evaluate(COMPARE, [frames, "light"]) == []


def test_a_report_without_a_proved_remedy_has_no_mended_run() -> None:
    """Nothing is added to its page."""
    film = gad.check(lambda x: np.sum(np.floor(x)), np.array([0.5, 1.5]))._picture().film
    assert film["findings"]
    assert "mended" not in film
    assert "gad-mend" not in player_page(still(gad.trace(np.sin, 1.0)).film)


def test_findings_with_one_remedy_share_their_mended_run_and_the_page_stays_small() -> None:
    """Three findings of one line have one run; all runs together are below the limit."""

    def f(x: Any) -> Any:
        p = np.exp(x) / np.sum(np.exp(x))
        return -np.log(p[0])

    report = gad.check(f, np.array([1000.0, 2.0]))
    film = report._picture().film
    cures = [one["cure"] for one in film["findings"] if "cure" in one]
    assert len(cures) > 1
    assert {cure["mended"] for cure in cures} == {0}
    assert len(film["mended"]) == 1
    assert len(json.dumps(film["mended"])) < MOST_BYTES


def test_on_a_phone_the_button_stays_where_it_was_pressed(player: Any, runs: dict[str, Any]) -> None:
    """By key, while a card of the graph below has the focus, and by finger."""
    report, _ = runs["chosen"]
    page = player(report._picture().film, begins=True, width=360, height=740, reduced_motion="reduce")
    button = page.locator(".gad-mend")
    page.keyboard.press("n")
    button.scroll_into_view_if_needed()
    settled(page)
    before = button.bounding_box()
    for _ in range(2):
        page.keyboard.press("m")
        settled(page)
        assert button.bounding_box()["y"] == pytest.approx(before["y"], abs=2)
    button.click()
    settled(page)
    assert button.inner_text() == "Show it as it was"
    assert button.bounding_box()["y"] == pytest.approx(before["y"], abs=2)


def test_a_link_leads_to_the_mended_run_and_back(player: Any, runs: dict[str, Any]) -> None:
    """What is copied while the mended run is shown shows it, at its step."""
    report, _ = runs["chosen"]
    page = player(report._picture().film, begins=True)
    page.evaluate(
        "() => Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (x) => (window.own = x) } })"
    )
    page.keyboard.press("m")
    page.keyboard.press("End")
    shown = page.evaluate(TEXTS)
    page.locator("button.gad-keep").click()
    page.click("text='Copy link'")
    link = page.evaluate("() => window.own.replace(/.*#/, '#')")
    assert link == f"#step={shown['steps']}&theme=light&mended=1"
    page.evaluate("() => (location.hash = '#step=2')")
    page.wait_for_function("() => document.querySelector('.gad-mend').textContent === 'Show it mended'")
    assert page.evaluate("() => mounted.state.step") == 1
    page.evaluate(f"() => (location.hash = '{link}')")
    page.wait_for_function("() => document.querySelector('.gad-mend').textContent === 'Show it as it was'")
    settled(page)
    assert page.evaluate(TEXTS) == shown
    page.evaluate("() => (location.hash = '#step=2&mended=7')")
    page.wait_for_function("() => document.querySelector('.gad-mend').textContent === 'Show it mended'")
    assert "mended=7" in page.locator(".gad-live").inner_text() or "mended=7" in page.locator(".gad-box").inner_text()
