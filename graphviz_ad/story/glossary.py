"""The words and signs of sentences and pictures, each explained in one sentence: one word for one thing.

The player shows a word's sentence where it is pointed at or focused, and all of them in its key of signs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.levels import DETAILS, Fragment
from graphviz_ad.story.steps import Story

__all__ = ["SIGNS", "WORDS", "explained"]

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "value": "The number, or the array, that a box computes.",
        "local gradient": "How many times as fast a box changes as one thing that enters it; it stands at ×.",
        "slope": "How many times as much a result changes as the number that it depends on, for a small change.",
        "gradient": "The slopes of the result with respect to all entries of an input, in the shape of that input.",
        "derivative": "The slope, at every place.",
        "adjoint": "The slope of the result with respect to a number in the graph, written with a bar: x̄ is ∂f/∂x.",
        "tangent": "How fast a number moves while the inputs move, written with a dot: ẋ.",
        "speed": "How fast a number moves while an input moves.",
        "contribution": "What one use of a number adds to its adjoint.",
        "parts": "What comes to a number through each of the places where it is used.",
        "summand": "One of the numbers that a sum adds.",
        "operand": "A number or an array that an operation takes.",
        "linear": "Changes that come in go through added up, and multiplied by what does not change with them.",
        "push": "Forward mode's step: the tangent of a box is made of the tangents of what it takes.",
        "copies": "A smaller operand is repeated until it fits the other; each of these is a copy.",
        "chain rule": "Slopes along a way are multiplied.",
        "sum rule": "The slope of a sum is the sum of the slopes.",
        "product rule": "In a product each factor's slope is the other factor.",
        "quotient rule": "The slope of a fraction a/b is 1/b by a, and −a/b² by b.",
        "power rule": "The slope of xⁿ is n times xⁿ⁻¹.",
        "natural logarithm": "The logarithm to the base e = 2.718…, NumPy's log: the one whose slope at 1 is 1.",
        "seed": "What the way back begins with: the slope of the result with respect to itself, or ones for an array.",
        "JVP rule": "What turns the tangents of the operands of a function into the tangent of its result.",
        "corner": "A place at which the slope from the left is not the slope from the right.",
        "detached": "Cut out of the graph on purpose, and from there on a constant.",
        "severed": "The result is made of it, but a cut lets nothing back, such as a detach or a comparison.",
        "no path": "The result is not computed from it, so that nothing comes back.",
        "raised": "Stopped with an exception, and so without a value.",
        "entry by entry": "Each entry of an array is multiplied by the entry of the other at the same place.",
        "NaN": "Not a number, such as 0/0 or the log of −1; what is computed from it is mostly NaN, too.",
        "∞": "Beyond the largest number: 1/0, or exp 1000, which no float can hold; −∞ is below every number.",
        "born": "Made here of numbers that are finite; what is computed from it further on only inherits it.",
    }
)
"""Each word, and its sentence."""

SIGNS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "always": {
            "▼": "A value, computed from the top down.",
            "v₃": "What the picture calls a number that has no name in the code.",
            "·····": "Not known yet.",
            "bare 0": "Exactly zero; what is merely tiny is written as such, 3.1e−17.",
        },
        "derivatives": {
            "×": "The local gradient: the slope of a box by an operand; what goes along that line is multiplied by it.",
            "∂f/∂x": "The slope of f with respect to x.",
            "u": "Whatever stands there: that the slope of u² is 2u holds for all numbers.",
        },
        "values": {
            "✗": "What raised: it has operands, whose shapes stand above it, and no value.",
        },
        "reverse": {
            "▲ x̄": "An adjoint, the slope of the result with respect to x, which comes back up.",
            "x̄ += ←": "x is used in several places: += is what one of them adds to its adjoint, ← the sum so far.",
            "Σ 2 of 3": "The sum so far: two of three contributions are in.",
        },
        "forward": {
            "ẋ": "A tangent: how fast x moves; it travels down beside the values.",
            "Σ 2 of 2": "A box that moves with two operands: what comes by each is added.",
        },
        "both": {
            "┄ ẋ x̄": "Wherever the graph is cut, tangents times adjoints add up to the same: the slope of the result.",
        },
        "arrays": {
            "⊙": "Multiplied entry by entry.",
            "Σ": "Added up, over all entries or over the copies.",
            "Xᵀ": "X with rows and columns exchanged.",
            "𝟙": "An array of ones.",
        },
        "scattered": {
            "scatter(ȳ, [0])": "ȳ put back to the places that y was taken from, and 0 everywhere else.",
        },
        "uses": {
            "∂v₃/∂x⁽¹⁾": "The slope of v₃ by its first x only, where x stands in it several times.",
        },
        "quiz": {
            "▭ ?": "The number that is asked for: a field in its place, which shows what is typed as an answer.",
            "✓ ✗ –": "Above a step of the timeline: answered right, answered wrong, or shown.",
        },
        "conditions": {
            "[x > y]": "1 where the condition holds, 0 where it does not, and of > and < ½ where both sides are equal.",
        },
        "not finite": {
            "⚠ NaN": "Not a number: the step in which it was born says why; a cell that holds it is inverted.",
            "⚠ ∞": "Infinite: the step in which it was born says why; a cell that holds it has two frames.",
            "∿": "A line in waves carries NaN; one with a hollow head carries ∞.",
        },
    }
)
"""Each sign, and its sentence, by where it is met."""


_SHOWN = {
    "always": ("value",),
    "derivatives": ("local gradient",),
    "reverse": ("adjoint",),
    "forward": ("tangent",),
    "not finite": ("NaN", "∞", "born"),
}  # what stands beside signs, or is said of them
_CONDITION = re.compile(r"\[[^\]]* [<>=] [^\]]*\]")
_WHERE = {
    "v₃": re.compile("v[₀-₉]"),
    "u": re.compile("(?<![^\\W\\d_])u(?![^\\W\\d_])"),
    "⊙": re.compile("⊙"),
    "Σ": re.compile("Σ"),
    "Xᵀ": re.compile("ᵀ"),
    "𝟙": re.compile("𝟙"),
}  # what is to be met in sentences, the terse ones too, where not all that a group is of have its sign


def explained(
    stories: Iterable[Story], said: Iterable[Sequence[Fragment]] = (), *, finite: bool = True, quiz: bool = False
) -> dict[str, Any]:
    """Return the words that some stories use, and their signs, each with its sentence.

    Parameters
    ----------
    stories : iterable of Story
    said : iterable of sequences of fragments
        What is said besides, such as of one place only.
    finite : bool
        Whether all numbers that are shown are.
    quiz : bool
        Whether a learner is asked for them.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> key = explained([gad.trace(np.sin, 0.0).story])
    >>> list(key["words"]), list(key["signs"])[-1]
    (['value', 'local gradient', 'slope', 'adjoint', 'chain rule'], '▲ x̄')
    """
    those = list(stories)
    modes = dict.fromkeys(mode for story in those for mode in (*story.views, story.mode))
    text = " ".join([*map(_said, those), *map(_plain, said)])
    derived = ["derivatives"] if any(story.derivatives for story in those) else []
    groups = ["always", *derived, *modes, *(["quiz"] if quiz else [])]
    if any(card.shape for story in those for card in story.nodes):
        groups.append("arrays")
    edges = [edge for story in those for edge in story.edges]
    if any(edge.gradient is not None and _CONDITION.search(edge.gradient.text) for edge in edges):
        groups.append("conditions")
    if any(edge.sends is not None and "scatter(" in edge.sends.text for edge in edges):
        groups.append("scattered")
    if any(edge.use for edge in edges):
        groups.append("uses")
    if not finite:
        groups.append("not finite")
    always = {word for group in groups for word in _SHOWN.get(group, ())}
    always |= {
        card.missing for story in those if "adjoint" in story.derivatives for card in story.nodes if not card.reached
    }
    words = {word: sentence for word, sentence in WORDS.items() if word in always or _occurs(word, text)}
    signs = {sign: meaning for group in groups for sign, meaning in SIGNS[group].items()}
    return {"words": words, "signs": {sign: meaning for sign, meaning in signs.items() if _is_met(sign, text, those)}}


def _is_met(sign: str, text: str, stories: Sequence[Story]) -> bool:
    """Whether a sign of a group that is met is itself met."""
    if sign in ("x̄ += ←", "Σ 2 of 3"):
        return any(step.kind == "accumulate" for story in stories for step in story.steps)
    if sign == "Σ 2 of 2":
        return any(step.kind == "push" and len(step.operands) > 1 for story in stories for step in story.steps)
    return sign not in _WHERE or _WHERE[sign].search(text) is not None


def _occurs(word: str, text: str) -> bool:
    """Whether a word, or its plural, stands in a text; ∞ is a word, too, though of no letters."""
    return re.search(rf"(?<!\w){word}s?(?!\w)", text, re.IGNORECASE) is not None


def _said(story: Story) -> str:
    """Return what the steps say in words at all levels."""
    return " ".join(_plain(getattr(step.telling, detail)) for step in story.steps for detail in DETAILS)


def _plain(sentence: Sequence[Fragment]) -> str:
    return " ".join(part if isinstance(part, str) else part.text for part in sentence if not isinstance(part, Quantity))
