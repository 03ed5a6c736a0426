"""The key: every word and sign has one sentence, and a film has those that it uses."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.films.sampling import Sampler
from graphviz_ad.films.sliders import arrange
from graphviz_ad.films.writing import Developer
from graphviz_ad.story.asking.choosing import questions
from graphviz_ad.story.glossary import SIGNS, WORDS, explained
from graphviz_ad.story.modes import story_of
from graphviz_ad.story.reasons import rule_name
from graphviz_ad.story.remarks import remarked

SENTENCES = [*WORDS.values(), *(text for group in SIGNS.values() for text in group.values())]


@pytest.mark.parametrize("text", SENTENCES)
def test_an_explanation_is_one_sentence(text):
    """It begins with a capital, or with what it is about, and ends with a full stop."""
    assert re.fullmatch(r"[^.]+(?:\d\.\d[^.]*)*\.", text), text
    assert len(text) <= 120


def test_a_word_is_there_once_and_no_plural():
    """Two words for one thing would be two things."""
    assert len({word.lower() for word in WORDS}) == len(WORDS)
    assert len(set(WORDS.values())) == len(WORDS)
    assert not any(word + "s" in WORDS for word in WORDS)
    signs = [sign for group in SIGNS.values() for sign in group]
    assert len(set(signs)) == len(signs)
    assert not any(re.fullmatch("[0-9]+", sign) for sign in signs)  # JavaScript would put them first


def test_a_film_has_the_words_and_signs_that_it_uses():
    """Nothing of tangents on the way back, and of copies only where some are summed."""
    back = gad.trace(lambda x: np.log(x) * x, 2.0)
    key = explained([back.story])
    assert set(key["words"]) == {
        "value", "local gradient", "slope", "adjoint", "contribution", "parts",
        "product rule", "chain rule", "natural logarithm",
    }  # fmt: skip
    assert "ẋ" not in key["signs"]
    assert "⊙" not in key["signs"]
    forward = explained([story_of(back.as_recording(), "forward", None)])
    assert "adjoint" not in forward["words"]
    assert {"speed", "slope"} <= set(forward["words"])
    assert "▲ x̄" not in forward["signs"]
    table = np.ones((2, 3))
    arrays = explained([gad.trace(lambda b: np.sum(table * b), 2.0).story])
    assert {"copies", "sum rule"} <= set(arrays["words"])
    assert "⊙" in arrays["signs"]
    assert "[x > y]" not in arrays["signs"]
    assert "[x > y]" in explained([gad.trace(lambda x: np.maximum(x, 0), 2.0).story])["signs"]
    assert "[x > y]" in explained([gad.trace(lambda x: np.heaviside(1.0, x), 2.0).story])["signs"]


@pytest.mark.parametrize(
    ("f", "x", "mode", "met"),
    [
        (np.sin, 1.0, "reverse", ""),
        (lambda x: x**2, 1.0, "reverse", "u"),
        (lambda x: np.sin(np.cos(x)), 1.0, "reverse", "v₃"),
        (lambda x: np.sin(x) + x, 1.0, "reverse", "v₃, x̄ += ←, Σ 2 of 3"),
        (lambda x: np.sin(x) + x, 1.0, "forward", "v₃, Σ 2 of 2"),
        (lambda x: np.sin(np.cos(x)), 1.0, "forward", "v₃"),
        (lambda x: 2 * np.dot(x, x), np.arange(3.0), "reverse", "v₃, x̄ += ←, Σ 2 of 3, Xᵀ"),
        (lambda x: np.sum(np.sin(x)), np.arange(3.0), "reverse", "v₃, ⊙, Σ, 𝟙"),
        (lambda x: x[0] ** 2, np.arange(3.0), "reverse", "v₃, u"),
    ],
)  # fmt: skip
def test_a_page_explains_no_sign_that_it_does_not_show(f, x, mode, met):
    """Each of these is looked for by eye in what the steps say, in their formulas and on the cards."""
    signs = explained([story_of(gad.trace(f, x).as_recording(), mode, None if np.ndim(x) == 0 else np.ones_like(x))])
    own = {"v₃", "u", "x̄ += ←", "Σ 2 of 3", "Σ 2 of 2", "⊙", "Σ", "Xᵀ", "𝟙"}
    assert ", ".join(sign for sign in signs["signs"] if sign in own) == met


@pytest.mark.filterwarnings("ignore:.*encountered")
def test_numbers_that_are_none_are_explained_where_there_are_any():
    """At any stop of a film, and in the words that are said of one place only; of what is to come nothing is known."""
    none = {"NaN", "∞", "born"}
    whole = gad.film(np.log, x=(-1, 1, 0.5)).to_json()["key"]
    assert none < set(whole["words"])
    assert {"⚠ NaN", "⚠ ∞", "∿"} < set(whole["signs"])
    fine = gad.film(np.log, x=(1, 2, 0.5)).to_json()["key"]
    assert not none & set(fine["words"])
    assert "⚠ NaN" not in fine["signs"]
    assert none < set(Developer(begun(np.log, x=(1, 2, 0.5))).film([0])["key"]["words"])
    trace = gad.trace(np.log, -1.0)
    assert none < set(explained([trace.story], finite=False)["words"])
    assert "corner" in gad.film(np.abs, x=(-1, 1, 0.5)).to_json()["key"]["words"]
    assert "corner" not in gad.film(np.sin, x=(-1, 1, 0.5)).to_json()["key"]["words"]


def begun(f: Any, **sliders: Any) -> Sampler:
    """Return a sampler that has taken one stop."""
    sampler = Sampler(arrange(f, sliders, who="film"), "film")
    sampler.sample(0)
    return sampler


def test_the_page_of_words_has_every_word_and_sign():
    """docs/words.md says the same, in the same order."""
    rows = [("Words", WORDS), *((f"Signs: {group}", signs) for group, signs in SIGNS.items())]
    tables = []
    for title, entries in rows:
        lines = [f"| {entry} | {text} |" for entry, text in entries.items()]
        tables.append("\n".join([f"## {title}", "", "| | |", "|---|---|", *lines, ""]))
    page = Path(__file__).parents[2] / "docs" / "words.md"
    assert page.read_text(encoding="utf-8").endswith("\n".join(tables)), "\n".join(tables)


OURS = """
    accumulation adjoint back-propagate broadcast contribution cotangent detached fan-out inlet jacobian jvp-rule kink
    lane leaf linear local-gradient operand pad partial primal primitive push receive reached released scatter seed
    severed slot socket speed summand sweep tangent tape tie trace unbroadcast vjp wengert corner born nan ∞ parts
    copies entry-by-entry
"""
"""Words that nobody uses so who has not heard of all this."""


def loop(x):
    """Go round."""
    y = x
    for _ in range(3):
        y = np.sin(y) + x
    return y


TOLD = [
    (np.sin, 2.0),
    (lambda x: x * x, 3.0),
    (lambda x: np.log(x**2) * np.sin(x) + 1 / x, 2.0),
    (lambda x: 2 * x.T @ x, np.arange(4.0)),
    (loop, 1.0),
    (lambda x: 2 * np.maximum(x, 0), 0.0),
    (lambda z: -np.log((np.exp(z - np.max(z)) / np.sum(np.exp(z - np.max(z))))[0]), np.arange(3.0)),
    (lambda w: np.sum(np.tanh(np.ones((2, 3)) @ w)), np.ones((3, 2))),
    (lambda x: np.sum(np.sort(np.concatenate([x, np.cumsum(x)]))), np.arange(3.0)),
    (lambda x: np.linalg.norm(x) + np.linalg.det(np.outer(x, x) + np.eye(3)), np.arange(3.0)),
    (np.abs, 0.0),
    (np.log, -1.0),
    (lambda x: x.detach() * np.where(x > 0, x, 1 / x), 1.0),
]


@pytest.mark.filterwarnings("ignore:.*encountered")
@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize(("f", "x"), TOLD)
def test_every_word_of_ours_is_explained(f, x, mode):
    """In all that a story says, at every level, of this place only, and in what a quiz asks."""
    trace = gad.trace(f, x)
    story = remarked(story_of(trace.as_recording(), mode, None if np.ndim(x) == 0 else np.ones_like(x)))
    said = [words for question in questions(story) for words in question.said]
    key = explained([story], said, finite=bool(np.isfinite(trace.output.value).all()))
    text = " ".join(
        [*(str(step) for step in story.steps), *map(plain, said), *(plain(t) for s in story.steps for t in s.telling)]
    )
    used = [
        word.replace("-", " ")
        for word in OURS.split()
        if re.search(rf"(?<!\w){word.replace('-', ' ')}s?(?!\w)", text.lower())
    ]
    known = {word.lower() for word in key["words"]} | {re.match(r"\w*", sign)[0] for sign in key["signs"]}
    assert [word for word in used if word not in known and word + "s" not in known] == []


def plain(fragments: Any) -> str:
    """Return fragments as text."""
    return "".join(getattr(part, "text", "") if not isinstance(part, str) else part for part in fragments)


def test_every_rule_that_a_beginner_reads_is_explained():
    """By the name that the sentence begins with."""
    x = gad.Variable(2.0)
    for node in (x + x, x * x, x / x, x**2, np.sin(x)):
        assert rule_name(node) in WORDS
