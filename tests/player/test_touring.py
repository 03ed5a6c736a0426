"""The first ten seconds: a page begins at the beginning, invites its reader to play, and shows them around."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import graphviz_ad as gad

axe = pytest.importorskip("axe_playwright_python.sync_playwright")


def worked(x: Any) -> Any:
    """Use x three times."""
    return np.log(x**2) * np.sin(x) + 1 / x


def films() -> dict[str, Any]:
    """One of each kind that the tour speaks of in other words."""
    return {
        "one slider": gad.film(worked, x=(0.5, 3, 0.25)),
        "two sliders": gad.film(np.multiply, x=(0, 1, 0.25), y=(0, 1, 0.25)),
        "forward": gad.film(worked, x=(0.5, 3, 0.25), mode="forward"),
        "sine": gad.film(np.sin, x=(0, 3, 0.25)),
    }


FILMS = {name: film.to_json() for name, film in films().items()}

# The card, what it points at, and the window; and whether the card hides what it points at.
STAND = """() => {
  const rect = (node) => { const { left, top, right, bottom } = node.getBoundingClientRect();
    return { left, top, right, bottom }; };
  const [card, ring] = [".gad-card", ".gad-ring"].map((name) => rect(document.querySelector(name)));
  const over = Math.max(0, Math.min(card.right, ring.right) - Math.max(card.left, ring.left)) *
    Math.max(0, Math.min(card.bottom, ring.bottom) - Math.max(card.top, ring.top));
  return { card, ring, over: over / ((ring.right - ring.left) * (ring.bottom - ring.top)),
    title: document.querySelector(".gad-card strong").textContent,
    words: document.querySelector(".gad-card p").textContent,
    count: document.querySelector(".gad-card span").textContent,
    focus: document.activeElement.textContent, wide: innerWidth, tall: innerHeight };
}"""
NEXT = "() => [...document.querySelectorAll('.gad-card button')].at(-1).click()"


def stand(page: Any) -> dict[str, Any]:
    """Tell where the tour stands, once the page has come to rest."""
    page.wait_for_timeout(60)
    return dict(page.evaluate(STAND))


def test_a_page_begins_at_the_beginning_and_invites_to_play(player: Any) -> None:
    page = player(FILMS["one slider"], begins=True)
    assert page.evaluate("mounted.state.step") == 0
    assert page.inner_text(".gad-begin") == f"▶ Play: {len(FILMS['one slider']['scenes'][0]['steps'])} steps"
    page.click(".gad-begin")
    page.wait_for_function("() => mounted.state.step > 0")
    assert page.is_hidden(".gad-invitation")
    assert page.evaluate("document.activeElement.className") == "gad-pane"
    page.keyboard.press(" ")
    page.keyboard.press("Home")
    assert page.evaluate("mounted.state.step") == 0
    assert page.is_hidden(".gad-invitation"), "whoever has begun is not asked again"


@pytest.mark.parametrize(("width", "height"), [(1366, 640), (390, 844)])
def test_the_invitation_keeps_clear_of_the_first_formula(chromium: Any, tmp_path: Any, width: int, height: int) -> None:
    """Also where no later sentence is long, so that little room is kept for them."""
    gad.trace(lambda x: 2 * np.dot(x, x), np.arange(1.0, 5.0)).save(tmp_path / "dot.html")
    page = chromium.new_page(viewport={"width": width, "height": height})
    page.goto((tmp_path / "dot.html").as_uri())
    page.wait_for_function(
        """() => { const [formula, button] = [".gad-say dl", ".gad-begin"].map((name) =>
          document.querySelector(name)?.getBoundingClientRect());
        return formula && button && formula.bottom + 4 < button.top; }""",
        timeout=5000,
    )
    page.close()


def test_a_page_that_is_told_its_step_shows_it_and_invites_nobody(player: Any) -> None:
    page = player(FILMS["one slider"], step=5)
    assert page.evaluate("mounted.state.step") == 5
    assert page.query_selector(".gad-invitation") is None


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (360, 740)])
@pytest.mark.parametrize("name", FILMS)
def test_each_of_seven_stops_shows_its_card_beside_what_it_is_about(
    player: Any, name: str, width: int, height: int
) -> None:
    page = player(FILMS[name], begins=True, width=width, height=height)
    page.keyboard.press("t")
    titles = []
    for number in range(1, 8):
        at = stand(page)
        titles.append(at["title"])
        assert at["count"] == f"{number} of 7"
        assert at["focus"] == ("Done" if number == 7 else "Next")
        card = at["card"]
        assert 0 <= card["left"] < card["right"] <= at["wide"], at
        assert -1 <= card["top"] < card["bottom"] <= at["tall"] + 1, at
        assert at["over"] < 0.5, at
        assert "*" not in at["words"]
        assert "undefined" not in at["words"]
        if number in (1, 6):
            report = axe.Axe().run(page)
            assert report.violations_count == 0, report.generate_report()
        page.evaluate(NEXT)
    assert len(set(titles)) == 7
    assert page.is_hidden(".gad-card")
    assert page.is_hidden(".gad-ring")
    assert page.evaluate("mounted.state.step") == 0


def test_the_tour_stands_at_the_steps_it_speaks_of(player: Any) -> None:
    film = FILMS["one slider"]
    steps = film["scenes"][0]["steps"]
    page = player(film, begins=True)
    page.keyboard.press("t")
    kinds = []
    for _ in range(6):
        page.evaluate(NEXT)
        page.wait_for_timeout(30)
        kinds.append(steps[page.evaluate("mounted.state.step")]["kind"])
    assert kinds == ["evaluate", "evaluate", "local", "local", "accumulate", "evaluate"]


def test_keys_lead_through_the_tour_and_the_story_does_not_hear_them(player: Any) -> None:
    page = player(FILMS["sine"], begins=True)
    page.focus(".gad-next")
    page.keyboard.press("t")
    page.keyboard.press("ArrowRight")
    assert stand(page)["count"] == "2 of 7"
    page.keyboard.press("ArrowLeft")
    assert stand(page)["count"] == "1 of 7"
    assert page.evaluate("mounted.state.step") == 0
    page.keyboard.press("Escape")
    assert page.is_hidden(".gad-card")
    assert page.evaluate("document.activeElement.className") == "gad-next"


@pytest.mark.parametrize(
    ("name", "there", "elsewhere"),
    [
        ("one slider", "adds them up", "each value was used once"),
        ("sine", "each value was used once", "adds them up"),
        ("forward", "each adds its part", "the parts are added"),
    ],
)
def test_what_the_tour_says_of_sums_is_true_of_this_function(
    player: Any, name: str, there: str, elsewhere: str
) -> None:
    page = player(FILMS[name], begins=True)
    page.keyboard.press("t")
    for _ in range(5):
        page.evaluate(NEXT)
    words = stand(page)["words"]
    assert there in words
    assert elsewhere not in words


@pytest.mark.parametrize(
    ("f", "there"),
    [
        (worked, False),
        (lambda x: np.dot(x * np.arange(3.0), np.arange(3.0)), False),
        (lambda x: np.sum(np.ones((2, 3)) @ (x * np.arange(3.0))), True),
    ],
    ids=["numbers", "factors", "matrix"],
)
def test_the_tour_speaks_of_rules_only_where_there_are_some(player: Any, f: Any, there: bool) -> None:
    page = player(gad.film(f, x=(1, 2, 0.5)).to_json(), begins=True)
    page.keyboard.press("t")
    for _ in range(3):
        page.evaluate(NEXT)
    at = stand(page)
    assert at["title"] == "× Local gradients"
    assert ("a rule" in at["words"]) is there


def test_a_trace_without_sliders_has_a_tour_too(chromium: Any, tmp_path: Any) -> None:
    gad.trace(lambda x: 2 * np.dot(x, x), np.arange(4.0)).save(tmp_path / "dot.html")
    page = chromium.new_page(viewport={"width": 900, "height": 700})
    page.goto((tmp_path / "dot.html").as_uri())
    page.click(".gad-tour")
    titles = []
    for _ in range(7):
        titles.append(stand(page)["title"])
        page.evaluate(NEXT)
    assert titles[1] == "The step, in words"
    assert "Move it" not in titles
    page.close()


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1440, 900)])
def test_what_is_told_of_the_graph_stands_beside_it(player: Any, width: int, height: int) -> None:
    """Values, local gradients, the chain rule and the sum: neither the graph nor the sentence lies under the card."""
    page = player(FILMS["one slider"], width=width, height=height, begins=True, reduced_motion="reduce")
    page.keyboard.press("t")
    free = """(name) => { const [card, other] = [".gad-card", name].map((one) =>
      document.querySelector(one).getBoundingClientRect());
      return card.right <= other.left || card.left >= other.right || card.bottom <= other.top
        || card.top >= other.bottom; }"""
    for title in ("Move it", "▼ Values", "× Local gradients", "The chain rule", "Σ Sums, and the gradient"):
        page.evaluate(NEXT)
        assert page.inner_text(".gad-card strong") == title
        for name in () if title == "Move it" else (".gad-pane", ".gad-say:not(.gad-ghost)"):
            page.wait_for_function(free, arg=name)
