"""On a phone, held in a hand: what is told of it, what the tour covers, and the table of both modes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import graphviz_ad as gad


def worked(x: Any) -> Any:
    """Use x three times."""
    a = np.log(x**2)
    return a * np.sin(x) + 1 / x


FILMS = {
    "both": gad.film(worked, x=(0.5, 3, 0.25), mode="both").to_json(),
    "two sliders": gad.film(np.multiply, x=(0, 1, 0.25), y=(0, 1, 0.25)).to_json(),
}

# What is said, how much of what is pointed at the card covers, and how far the ring leaves the pane of the picture.
STAND = """() => {
  const rect = (name) => document.querySelector(name).getBoundingClientRect();
  const [card, ring, pane] = [".gad-card", ".gad-ring", ".gad-pane"].map(rect);
  const over = Math.max(0, Math.min(card.right, ring.right) - Math.max(card.left, ring.left)) *
    Math.max(0, Math.min(card.bottom, ring.bottom) - Math.max(card.top, ring.top));
  return [document.querySelector(".gad-card").innerText, over / (ring.width * ring.height),
    Math.max(pane.top - 6 - ring.top, ring.bottom - pane.bottom - 6), innerHeight - card.bottom]; }"""
NEXT = "document.querySelector('.gad-card button:last-child').click()"
OF_THE_PICTURE = (2, 3, 4, 5)


@pytest.mark.parametrize("kind", FILMS)
def test_the_tour_speaks_of_fingers_and_covers_nothing_that_it_points_at(player: Any, kind: str) -> None:
    page = player(FILMS[kind], width=360, height=740, begins=True, has_touch=True, is_mobile=True)
    page.tap(".gad-tour")
    for stop in range(7):
        page.wait_for_timeout(60)
        words, covered, beyond, below = page.evaluate(STAND)
        for key in ("press", "space bar", "arrow keys", "←", "screen, and t", "Click"):
            assert key not in words, stop
        assert covered == 0, stop
        assert below >= 0, stop
        if stop in OF_THE_PICTURE:
            assert beyond <= 0, (stop, words)
        page.evaluate(NEXT)
    assert page.is_hidden(".gad-card")


def test_with_keys_it_speaks_of_keys(player: Any) -> None:
    page = player(FILMS["both"], width=360, height=740, begins=True)
    page.click(".gad-tour")
    for _ in range(6):
        page.evaluate(NEXT)
    assert "space bar" in page.inner_text(".gad-card")


def test_the_table_of_both_modes_shows_names_and_numbers_whole(player: Any) -> None:
    """It has its height below the code, and every name and number stands within its cell."""
    page = player(FILMS["both"], width=360, height=740)
    page.evaluate("document.querySelector('.gad-main').scrollTop = 1e5")
    tall, rows, cut = page.evaluate(
        """() => {
          const fold = document.querySelector(".gad-table"), table = fold.querySelector("table");
          const cells = [...table.querySelectorAll("tbody :is(th, td)")];
          const within = (cell) => [...cell.querySelectorAll("math, div")].every((node) => {
            const range = document.createRange();
            range.selectNodeContents(node);
            const [inner, outer] = [range.getBoundingClientRect(), cell.getBoundingClientRect()];
            return !inner.width || (inner.left >= outer.left - 0.5 && inner.right <= outer.right + 0.5); });
          return [fold.getBoundingClientRect().height - table.getBoundingClientRect().height,
            table.querySelectorAll("tbody tr").length,
            cells.filter((one) => !within(one)).map((one) => one.textContent)];
        }"""
    )
    assert tall > 0
    assert rows == len(FILMS["both"]["scenes"][0]["rows"])
    assert cut == []
    foot = page.evaluate("document.querySelector('.gad-table').getBoundingClientRect().bottom")
    assert foot <= page.evaluate("document.querySelector('.gad-bar').getBoundingClientRect().top")


def test_the_invitation_covers_nothing_of_the_first_sentence(player: Any) -> None:
    """Nor its formula: also at 200 % of a projector's window, and on phones held either way."""
    page = player(FILMS["both"], begins=True)
    for size in ((640, 360), (740, 360), (853, 480), (320, 568), (360, 740), (900, 700), (1280, 720)):
        page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
        page.wait_for_timeout(150)
        covered = page.evaluate(
            """() => {
              const shown = document.querySelector(".gad-invitation"), say = document.querySelector(".gad-say");
              shown.scrollIntoView({ block: "nearest" });
              const [a, frame] = [shown, say].map((node) => node.getBoundingClientRect());
              return [...say.querySelectorAll(":scope > p, .gad-how, dt, dd")].filter((node) => {
                const range = document.createRange();
                range.selectNodeContents(node);
                const b = range.getBoundingClientRect();
                return b.width && b.top < frame.bottom && Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
                  && Math.min(a.bottom, b.bottom, frame.bottom) - Math.max(a.top, b.top) > 1; })
                .map((node) => node.textContent);
            }"""
        )
        assert covered == [], size


@pytest.mark.parametrize("width", [360, 390])
def test_a_formula_is_whole_where_the_derivative_is_written_out_below_it(player: Any, width: int) -> None:
    """What is written out has a long name on its left, which takes no room of the numbers above it."""
    film = gad.film(worked, x=(0.5, 3, 0.25), at={"x": 2.0}).to_json()
    page = player(film, width=width, height=844)
    page.evaluate("mounted.set({ step: 18 })")
    ends = page.evaluate(
        "() => [...document.querySelectorAll('.gad-say dd math')].map((one) => one.getBoundingClientRect().right)"
    )
    assert len(ends) > 6
    assert max(ends) <= page.evaluate("() => document.querySelector('.gad-say').getBoundingClientRect().right")


def test_the_current_line_of_code_stands_above_the_fade_of_what_goes_on(player: Any) -> None:
    """Wherever the story goes, back and forward, in a box of few lines."""

    def long(x: Any) -> Any:
        a = np.sin(x)
        b = a * x
        c = np.exp(b)
        d = c + a
        e = d * b
        g = np.tanh(e)
        return g * a

    page = player(gad.film(long, x=(0.5, 1, 0.25)).to_json(), width=1366, height=640, begins=True)
    page.evaluate("() => document.querySelector('.gad-code').style.maxHeight = '110px'")
    for step in (3, 6, 2, 9, 14):
        page.evaluate("(step) => mounted.set({ step })", step)
        page.wait_for_function(
            """() => { const box = document.querySelector(".gad-code"), line = box.querySelector(".now");
            const [outer, inner] = [box, line].map((one) => one.getBoundingClientRect());
            const rest = box.scrollHeight - box.clientHeight - box.scrollTop > 2 ? 26 : 0;
            return box.clientHeight < box.scrollHeight && inner.top > outer.top - 1
              && inner.bottom < outer.bottom - rest; }"""
        )


def test_the_name_of_a_stage_stands_on_one_line_and_a_fraction_above_the_readings(player: Any) -> None:
    """In the smaller type of formulas that are too wide, too."""
    film = gad.film(lambda x: np.maximum(x, x**2) / (1 + np.exp(x)), x=(0.5, 2, 0.5))
    page = player(film.to_json(), width=390, height=844, begins=True)
    for step in range(6, 12):
        page.evaluate("(step) => mounted.set({ step })", step)
        page.wait_for_function(
            """() => { const rects = (name) => [...document.querySelectorAll(name)].map((one) =>
              one.getBoundingClientRect());
            const names = [...document.querySelectorAll(".gad-say:not(.gad-ghost) dt")];
            const [title] = rects(".gad-title math");
            return names.length && rects(".gad-reads > div").every(({ top }) => top - title.bottom > 3)
              && names.every((one) => { const range = document.createRange(); range.selectNodeContents(one);
                return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size < 2; }); }"""
        )
