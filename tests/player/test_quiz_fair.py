"""A quiz is fair: no answer stands beside its question, none is called wrong that fits, and the score stays."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

import graphviz_ad as gad

ANNOUNCED = "(words) => document.querySelector('.gad-live').textContent.includes(words)"


def answer(opened: Any, text: str) -> str:
    """Type an answer, and Enter; return what is said of it."""
    opened.locator(".gad-field").fill(text)
    opened.keyboard.press("Enter")
    said = opened.locator(".gad-verdict, .gad-praise strong").first.text_content()
    return re.sub(r"\s+", " ", said)


def test_where_1_comes_back_the_socket_waits_too_and_the_score_stays(player: Any) -> None:
    """Its number is the answer: neither picture, hint nor diagnosis has it; the last answer says how it went."""
    made = gad.film(lambda x: np.sin(x**2), x=(1, 3, 0.5), at={"x": 2.0}, quiz=True).to_json()
    page = player(made, step=0, reduced_motion="reduce")
    page.keyboard.press("End")
    socket = page.locator("g[id$='_g']").last
    cosine = f"{np.cos(4.0):.6f}".replace("-", "−")
    everything = "() => document.querySelector('.gad-box').textContent"
    assert cosine not in page.evaluate(everything)
    assert answer(page, "1") == "That is f¯ itself. The two factors are f¯ and cosv1."
    page.locator(".gad-hint").click()
    assert cosine not in page.evaluate(everything)
    assert answer(page, f"{np.cos(4.0):.5f}").startswith("Right")
    assert cosine in socket.text_content()
    assert page.locator(".gad-praise .gad-score").get_attribute("aria-label") == "So far 1 right, 0 wrong, 0 shown"
    page.keyboard.press("End")
    # What comes back is another number now, and the socket shows its factor.
    assert "4" in page.locator("g[id$='_g']").first.text_content()
    assert answer(page, f"{4 * np.cos(4.0):.5f}").startswith("Right")
    assert page.locator(".gad-praise .gad-score").is_visible()
    page.wait_for_function(ANNOUNCED, arg="All answered: 2 right, 0 wrong, 0 shown.")
    page.keyboard.press("?")
    rows = page.locator(".gad-key dt").all_inner_texts()
    assert "▭ ?" in rows


def test_a_socket_that_is_a_plain_number_waits_where_that_is_the_answer(player: Any) -> None:
    """2 sin x sends back 2 where 1 arrives: neither socket, hint nor diagnosis says so before it is answered."""
    made = gad.film(lambda x: 2 * np.sin(x), x=(1, 3, 0.5), quiz=True).to_json()
    page = player(made, step=0, reduced_motion="reduce")
    shown = """() => [...document.querySelectorAll(".gad-scene .socket text")].filter(
        (text) => getComputedStyle(text).visibility === "visible").map((text) => text.textContent)"""
    assert "× ?" in page.evaluate(shown)
    page.keyboard.press("End")
    assert "× 2" not in page.evaluate(shown)
    assert answer(page, "1") == "That is f¯ itself. The two factors are f¯ and the slope of 2v1 by v1."
    page.locator(".gad-hint").click()
    assert "2." not in page.locator(".gad-verdict").text_content().replace("2v1", "")
    assert answer(page, "2").startswith("Right")
    assert "× 2" in page.evaluate(shown)
    assert "× ?" not in page.evaluate(shown)


def test_of_a_matrix_product_one_entry_is_asked_and_a_forgotten_factor_is_told(player: Any) -> None:
    """For the sum of (A w)²: w̄[k] is the sum over rows of 2 (A w)[i] A[i, k]."""
    a = np.array([[0.5, -1.5], [2.0, 1.0], [-1.0, 0.5]])
    w = np.array([0.8, 1.3])
    made = gad.film(lambda x: np.sum((a @ (w * x)) ** 2), x=(1, 2, 0.5), at={"x": 1.0}, quiz=True).to_json()
    page = player(made, step=0, reduced_motion="reduce")
    page.keyboard.press("End")
    while "@" not in page.locator(".gad-question").text_content():
        page.locator(".gad-give").click()
        page.keyboard.press("End")
    place = int(re.search(r"\[(\d)\]", page.locator(".gad-question").text_content())[1])
    back = 2 * (a @ w)
    assert answer(page, f"{back.sum():.6g}").startswith("Those are the numbers of v¯2 added, and not yet multiplied.")
    assert answer(page, f"{a[:, place].sum():.6g}").startswith("Those are the local gradients added")
    assert answer(page, f"{back[0] * a[0, place]:.6g}").startswith("That is the first part alone.")
    assert answer(page, f"{(back @ a)[place]:.6g}").startswith("Right")


def test_at_a_corner_it_is_told_and_said_why(player: Any) -> None:
    """Where both −1 and 1 fit, nothing is asked; beside it, it is."""
    made = gad.film(lambda x: np.exp(np.abs(x)) * 2, x=(-1, 1, 0.5), at={"x": 0.0}, quiz=True).to_json()
    corner = made["scenes"][0]["questions"][-1]["step"]
    page = player(made, step=0, reduced_motion="reduce")
    page.keyboard.press("End")
    for right in ("2", "2"):
        answer(page, right)
        page.keyboard.press("End")
    assert page.evaluate("() => mounted.state.step") == corner
    assert page.locator(".gad-field").count() == 0
    assert page.locator(".gad-passed").inner_text() == "Told and not asked: at a corner several slopes fit."
    page.evaluate("() => mounted.set({ stop: 3, step: null })")
    for right in (2, 2 * np.exp(0.5)):
        answer(page, f"{right:.6g}")
        page.keyboard.press("End")
    assert page.evaluate("() => mounted.state.step") == corner
    assert page.locator(".gad-field").count() == 1


def test_what_is_asked_later_is_said_in_full(player: Any) -> None:
    """The words stand within the page, also where the number that they stand for is short."""
    made = gad.film(lambda x: x**2, x=(-2, 2), quiz=True).to_json()
    for width in (1280, 700, 360):
        page = player(made, width=width, height=740, step=0)
        inside = page.evaluate(
            """() => {
              const [place, head] = [".gad-reads dd.adjoint", ".gad-head"].map((one) => document.querySelector(one));
              const { left, width } = place.getBoundingClientRect();
              const style = getComputedStyle(place, "::after"), pen = document.createElement("canvas").getContext("2d");
              pen.font = style.font;
              const end = left + pen.measureText("asked later").width;
              return [end <= left + width + 1, end <= head.getBoundingClientRect().right];
            }"""
        )
        assert inside == [True, True], width
