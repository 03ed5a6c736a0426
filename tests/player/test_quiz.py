"""The quiz in a real browser: asking, answering, what is veiled meanwhile, keys, focus, and who does not see it."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.player.page import page as write_page

axe = pytest.importorskip("axe_playwright_python.sync_playwright")


def worked(x: Any) -> Any:
    """Use x three times."""
    a = np.log(x**2)
    return a * np.sin(x) + 1 / x


def spread(x: Any) -> Any:
    """Go through an array."""
    return np.sum(np.cumsum(np.sin(x * np.arange(3.0)))) * x


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    """log(x²)·sin x + 1/x, starting at 2, as a quiz."""
    return gad.film(worked, x=(0.5, 3, 0.25), at={"x": 2.0}, quiz=True).to_json()


# What is right at x = 2, in closed form, by step.
SIN, COS, LOG = np.sin(2.0), np.cos(2.0), np.log(4.0)
ANSWERS = {8: 1.0, 9: 1.0, 10: -0.25, 12: LOG, 13: SIN, 14: LOG * COS, 15: LOG * COS - 0.25, 16: SIN / 4, 17: SIN,
           18: SIN + LOG * COS - 0.25}  # fmt: skip
ASKING = "() => mounted.state.step"
SEES_SLOPE = "() => document.querySelector('.gad-df').checkVisibility({ visibilityProperty: true })"


def verdict(opened: Any) -> str:
    """What is said of the answer; the MathML of a name is one word."""
    return re.sub(r"\s+", " ", opened.locator(".gad-verdict").text_content())


def answer(opened: Any, text: str) -> None:
    """Type an answer, and Enter."""
    opened.locator(".gad-field").fill(text)
    opened.keyboard.press("Enter")


def read_aloud(opened: Any) -> str:
    """All that is in the accessibility tree, and every text and every label of the document."""
    tree = json.dumps(opened.context.new_cdp_session(opened).send("Accessibility.getFullAXTree"), ensure_ascii=False)
    document = opened.evaluate(
        """() => [...document.querySelectorAll("#gad, #gad *")].flatMap((node) => [
          ...[...node.attributes].map(({ value }) => value),
          ...[...node.childNodes].filter(({ nodeType }) => nodeType === 3).map(({ data }) => data)]).join("\\n")"""
    )
    return tree + document


def test_each_number_is_asked_for_and_none_is_shown_or_said_before_it_is_known(player: Any, made: Any) -> None:
    page = player(made, begins=True, reduced_motion="reduce")
    slope = f"{ANSWERS[18]:.6f}"
    # The others stand somewhere already: they are a value, or a factor whose other factor is 1.
    new = {14, 15, 16, 18}
    page.keyboard.press("End")
    for step, right in ANSWERS.items():
        assert page.evaluate(ASKING) == step
        assert page.evaluate("() => document.activeElement.className") == "gad-field"
        if step in new:
            # What is announced comes a moment later.
            page.wait_for_function("(words) => document.querySelector('.gad-live').textContent.includes(words)",
                                   arg=f"Step {step + 1} of 19. What ")  # fmt: skip
            words = read_aloud(page)
            assert f"{abs(right):.6f}" not in words, step
            assert slope not in words
        assert page.evaluate(SEES_SLOPE) is False
        for key in ("End", "ArrowRight"):  # within the field keys edit
            page.keyboard.press(key)
        page.evaluate("() => mounted.set({ step: null })")
        assert page.evaluate(ASKING) == step
        answer(page, f"{right:.4g}")
        assert page.locator(".gad-praise strong").inner_text().startswith("Right")
        if step < 18:
            assert page.evaluate("() => document.activeElement.className") == "gad-go-on"
            page.keyboard.press("End")
    assert slope in page.locator(".gad-reads").inner_text()
    assert page.locator(".gad-ticks path").count() == len(ANSWERS)
    assert page.evaluate(SEES_SLOPE) is True


def test_a_wrong_number_is_diagnosed_and_the_page_goes_on_as_asked(player: Any, made: Any) -> None:
    page = player(made, step=18)
    assert page.evaluate(ASKING) == 8
    for step in (8, 9, 10, 12, 13):
        answer(page, str(ANSWERS[step]))
        page.keyboard.press("End")
    # 14: what x receives through sin x.
    assert page.evaluate(ASKING) == 14
    said = {
        "1.386294": "That is v¯3 itself. On its way to x it is multiplied by the local gradient of sinx, the number at "
        "the marked ×: −0.416147.",
        "−0,4161": "That is the local gradient of sinx alone. It is multiplied by what comes along: v¯3, 1.386294.",
        "1.2606": "That is v¯3 times the value of v3.",
        "0.97": "That is v¯3 plus the local gradient.",
        "0.5769": "That is the answer with the other sign.",
        "-0.8269": "That is the sum so far, with this part already in it.",
        "-0.6": "Nearly: more digits are needed, to half a percent.",
        "12345": "12345 is not one I know. The two factors are v¯3 and cosx.",
    }
    for typed, words in said.items():
        answer(page, typed)
        assert verdict(page).replace("·", "").startswith(words), typed
        assert page.evaluate("() => document.activeElement.className") == "gad-field"
    assert page.locator(".gad-blank.wrong text").text_content() == "12345"
    assert page.locator(".gad-verdict").get_attribute("role") == "status"
    assert page.locator(".gad-score").get_attribute("aria-label") == "So far 5 right, 1 wrong, 0 shown"
    answer(page, "two")
    assert verdict(page) == "That is no number I can read. Write it as 0.5, −1e−3, 1/3 or π/2. "
    page.locator(".gad-hint").click()
    assert "1.386294" in verdict(page)
    assert "−0.416147" in verdict(page)
    page.locator(".gad-give").click()
    assert page.locator(".gad-praise strong").inner_text() == "Shown."
    page.locator(".gad-go-on").click()
    page.wait_for_function("() => mounted.state.step === 15 && !mounted.state.playing")
    # A sum: what was there before forgotten, and the whole of it too early.
    answer(page, "-0.576902")
    assert verdict(page).startswith("That is the part through sinx alone. What was there before is kept, −0.25")
    answer(page, "0.0824")
    assert verdict(page).startswith("That is x¯ with all of its parts in. So far only 2 of 3 are in.")
    # Elsewhere it is asked anew; back here what was answered is still so.
    page.evaluate("() => mounted.set({ stop: 4 })")
    assert page.evaluate(ASKING) == 8
    assert page.locator(".gad-field").input_value() == ""
    assert verdict(page) == ""
    page.evaluate("() => mounted.set({ stop: 6, step: null })")
    assert page.evaluate(ASKING) == 15


def test_two_wrong_ways_to_one_number_are_both_said(player: Any) -> None:
    """And none that leads to the right one: exp 0 is its own slope, and 1 its own product."""
    made = gad.film(lambda x: np.exp(x * 2), x=(0, 2, 0.5), at={"x": 0.0}, quiz=True).to_json()
    page = player(made, step=0)
    page.keyboard.press("End")
    answer(page, "2")
    assert verdict(page).startswith("That is f¯ plus the local gradient.")
    answer(page, "1")
    page.keyboard.press("End")
    answer(page, "0")
    assert verdict(page) == (
        "That is v¯1 times the value of v1. That is v¯1 times x itself. Here the two are the same. The two factors are "
        "v¯1 and the slope of 2x by x."
    )
    # On paper it is a sheet to fill in.
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    seen = "(name) => !!document.querySelector('.gad-' + name).getClientRects().length"
    assert [page.evaluate(seen, name) for name in ("field", "question", "check", "give")] == [True, True, False, False]


def test_help_is_in_sight_where_there_is_little_height(player: Any, made: Any) -> None:
    """No room is kept for a verdict where that would push the buttons below the edge."""
    page = player(made, step=18, width=1366, height=640)
    page.wait_for_function(
        """() => { const [box, give] = [".gad-say", ".gad-give"].map((one) =>
        document.querySelector(one).getBoundingClientRect()); return give.height > 30 && give.bottom <= box.bottom; }"""
    )


def test_the_answer_and_its_button_stand_within_a_narrow_card(player: Any) -> None:
    """As beside the graph of a net, in 768 pixels; a field shrinks before its button is cut."""
    w, v = np.ones((3, 2)) / 2, np.ones(3)
    film = gad.film(lambda x: v @ np.tanh(w @ np.array([1.0, 2.0]) * x), x=(0.5, 2), quiz=True)
    page = player(film.to_json(), begins=True, width=768, height=1024)
    page.evaluate("() => mounted.set({ step: 99 })")
    page.wait_for_function(
        """() => { const [card, field, check] = [".gad-say", ".gad-field", ".gad-check"].map((one) =>
        document.querySelector(one).getBoundingClientRect());
        return check.width > 40 && field.width > 90 && check.right <= card.right && field.right < check.left; }"""
    )


def test_the_field_in_a_pad_stands_below_the_name_of_the_pad(player: Any) -> None:
    """Below its index too."""
    page = player(gad.film(lambda x: x**4 - x, x=(0.5, 2), quiz=True).to_json(), begins=True)
    page.evaluate("() => mounted.set({ step: 99 })")
    page.wait_for_selector(".gad-blank .frame", state="attached")
    apart = page.evaluate(
        """() => { const frame = document.querySelector(".gad-blank .frame");
        const pad = [...document.querySelectorAll(".gad-graph .pad")].find((one) => one.textContent.includes("v"
          ) && /1.*−/.test(one.querySelector(".label").textContent));
        const label = pad.querySelector(".label");
        // The baseline of the index, a third of whose height is below the line.
        const index = label.getStartPositionOfChar(label.textContent.search(/1/));
        return Number(frame.getAttribute("y")) - index.y; }"""
    )
    assert apart >= 1, apart


def test_of_a_larger_array_the_question_says_the_numbers_and_takes_the_answer(player: Any) -> None:
    """One named entry of the way back and of the sum; what is said moves with the slider."""
    factor = np.cos(np.arange(20.0)).reshape(5, 4) + 0.1

    def program(x: Any) -> Any:
        a = x * factor
        return np.sum(np.sin(a) * a)

    page = player(gad.film(program, x=(0.5, 2, 0.5), at={"x": 1.5}, quiz=True).to_json(), begins=True, height=900)
    page.evaluate("() => mounted.set({ step: 99 })")
    seen = []
    for _ in range(8):
        question = re.sub(r"\s+", " ", page.locator(".gad-question").text_content())
        said = re.findall(r"(?:is|was|comes) (−?\d+(?:\.\d+)?)", question)
        if len(said) == 2:
            first, second = (float(one.replace("−", "-")) for one in said)
            right = first + second if "Before" in question else first * second
            answer(page, str(right))
            seen.append((page.locator(".gad-praise strong").inner_text().startswith("Right"), "Before" in question))
        else:
            page.locator(".gad-give").click()
        page.evaluate("() => mounted.set({ step: 99 })")
        if not page.locator(".gad-question").is_visible():
            break
    assert {*seen} == {(True, True), (True, False)}


def test_axe_finds_nothing_in_any_theme(player: Any, made: Any) -> None:
    page = player(made, step=18, width=700, height=740)
    answer(page, "0.5")
    for theme in ("light", "dark", "high-contrast"):
        page.evaluate("(theme) => mounted.set({ theme })", theme)
        assert axe.Axe().run(page).response["violations"] == [], theme


def test_forward_mode_is_asked_for_too(player: Any) -> None:
    made = gad.film(worked, x=(0.5, 3, 0.25), at={"x": 2.0}, mode="forward", quiz=True).to_json()
    page = player(made, step=18, reduced_motion="reduce")
    right = {8: 4.0, 9: 1.0, 10: COS, 11: SIN + LOG * COS, 12: -0.25, 13: ANSWERS[18]}
    assert page.evaluate(ASKING) == 8
    for step, number in right.items():
        assert page.evaluate(ASKING) == step
        if step == 11:
            # Neither the sum nor its parts are shown.
            assert not {f"{LOG * COS:.6f}".lstrip("-"), f"{abs(number):.6f}"} & set(
                re.findall(r"\d\.\d{6}", page.locator(".gad-scene").first.text_content())
            )
        answer(page, f"{number:.5g}")
        assert page.locator(".gad-praise strong").inner_text().startswith("Right"), step
        page.keyboard.press("End")


def test_steps_between_arrays_are_told_and_say_so(player: Any) -> None:
    made = gad.film(spread, x=(0.5, 2, 0.5), quiz=True).to_json()
    (scene,) = made["scenes"]
    asked = {question["step"] for question in scene["questions"]}
    page = player(made, step=0, reduced_motion="reduce")
    walked = []
    for step, own in enumerate(scene["steps"]):
        page.evaluate("(step) => mounted.set({ step })", step)
        assert page.evaluate(ASKING) == step
        walked.append(page.locator(".gad-give").count() == 1)
        passed = own["kind"] == "local" and step not in asked
        why = "asked are numbers, and entries of small arrays that are sums of a few products or only move"
        words = [f"Told and not asked: {why}."] if passed else []
        assert page.locator(".gad-passed").all_inner_texts() == words, step
        if walked[-1]:
            page.locator(".gad-give").click()
    assert {step for step, was in enumerate(walked) if was} == asked
    assert len(asked) == 6


def test_of_a_small_array_one_entry_is_asked_and_a_wrong_one_is_diagnosed(player: Any) -> None:
    """At x = 1: v̄₁[1] is v̄₂[1] times cos 0.8, and v̄₂[1] is 2x; the whole array is shown once that is known."""
    made = gad.film(
        lambda x: np.sum(np.sin(x * (0.8 * np.arange(3.0)))) * x * 2, x=(0.5, 2, 0.5), at={"x": 1.0}, quiz=True
    )
    page = player(made.to_json(), step=0, reduced_motion="reduce")
    page.keyboard.press("End")
    while "[1]" not in page.locator(".gad-question").inner_text():
        page.locator(".gad-give").click()
        page.keyboard.press("End")
    assert re.sub(r"\s", "", page.locator(".gad-question").text_content()) == "Whatdoessinv1sendbacktov1[1]?"
    row = page.locator("#n1_a, [id$='n1_a']").first
    right, cosine = 2 * np.cos(0.8), np.cos(0.8)
    assert f"{right:.3f}" not in row.text_content()
    answer(page, "2")
    assert verdict(page).startswith("That is v¯2[1] itself. On its way to v1[1] it is multiplied by the local gradient")
    answer(page, f"{cosine:.5f}")
    assert verdict(page).startswith(
        "That is the local gradient of sinv1 alone. It is multiplied by what comes along: v¯2"
    )
    answer(page, f"{right:.5f}")
    assert page.locator(".gad-praise strong").inner_text().startswith("Right")


def test_only_a_quiz_carries_what_asks(made: Any) -> None:
    plain = gad.film(worked, x=(0.5, 3, 0.25)).to_json()
    assert "quiz" not in plain
    assert all("questions" not in scene for scene in plain["scenes"])
    fallback = re.search(r'class="gad-fallback">(.*?)</main>', write_page(made), re.DOTALL)
    assert fallback
    assert f"{ANSWERS[18]:.6f}" not in fallback[1]
    assert (
        re.search(r'<g[^>]*id="n5_a"[^>]*>', fallback[1])[0].split('class="')[1].split('"')[0].split()[-1] == "unknown"
    )
    assert "The picture before the first question at x = 2.00" in fallback[1]


def test_in_forward_mode_one_entry_is_asked_and_what_has_a_rule_of_its_own_is_told(player: Any) -> None:
    """v₁ moves as [0 1 2] x does; what a cumulative sum does is told, in the words of the way back."""
    made = gad.film(spread, x=(0.5, 2, 0.5), mode="forward", quiz=True).to_json()
    (scene,) = made["scenes"]
    asked = {question["step"] for question in scene["questions"]}
    (told,) = [k for k, step in enumerate(scene["steps"]) if step["kind"] == "push" and k not in asked]
    page = player(made, step=0, reduced_motion="reduce")
    page.keyboard.press("End")
    shown = page.locator("g[id^='n'][id$='_t'] text")
    assert page.locator(".gad-question").text_content().startswith("What is")
    before = shown.all_text_contents()
    page.locator(".gad-field").fill("1")
    page.keyboard.press("Enter")
    assert re.sub(r"\s+", " ", page.locator(".gad-verdict").inner_text()).startswith("That is")
    assert shown.all_text_contents() == before, "nothing is shown before the answer is right"
    page.locator(".gad-field").fill("2")
    page.keyboard.press("Enter")
    assert page.locator(".gad-praise strong").text_content().startswith("Right")
    page.evaluate("(step) => mounted.set({ step })", told)
    while page.locator(".gad-give").count():
        page.locator(".gad-give").click()
        page.evaluate("(step) => mounted.set({ step })", told)
    assert page.locator(".gad-passed").inner_text() == (
        "Told and not asked: asked are numbers, and entries of small arrays that are sums of a few products "
        "or only move."
    )
