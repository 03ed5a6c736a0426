"""What is said of the lines of a backward pass."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from graphviz_ad.debugging.hand_written.blaming import Culprit
from graphviz_ad.debugging.hand_written.comparing import Array, constant_ratio
from graphviz_ad.debugging.hand_written.judging import Judgement
from graphviz_ad.debugging.hand_written.naming import is_gradient_name, last_part
from graphviz_ad.debugging.hand_written.running import Event
from graphviz_ad.debugging.hand_written.truth import Truth
from graphviz_ad.debugging.hand_written.trying import Bench, Outcome
from graphviz_ad.engine.variable import Variable
from graphviz_ad.formulas.formula import Formula
from graphviz_ad.formulas.symbols import name as symbol
from graphviz_ad.numerals.writing import static

__all__ = [
    "Told",
    "all_of",
    "barred",
    "listed",
    "of_gradients",
    "of_the_wrong",
    "placed",
    "shape_of",
    "without_marks",
    "words_of",
]


_MOST_LINES = 4  # that are named one by one


class Told(NamedTuple):
    """What is said of a wrong line: in a few words, in full, and what came of putting it right."""

    words: str
    sentence: str
    proof: str | None


def barred(name: str) -> str:
    """Return what the adjoint of a quantity is called.

    Examples
    --------
    >>> barred("z") == "z\u0304", barred("np.exp(-z)")
    (True, 'the adjoint of np.exp(-z)')
    """
    return Formula(symbol(name, bar=True)).text if name.isidentifier() else f"the adjoint of {name}"


def listed(words: Sequence[str]) -> str:
    """Return words as they are listed in a sentence.

    Examples
    --------
    >>> listed(["a"]), listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    *others, last = words or ["none"]
    return f"{', '.join(others)} and {last}" if others else last


def shape_of(value: Array | None) -> str:
    """Return a shape as it is written in a table: ``6×4``; a number has none.

    Examples
    --------
    >>> shape_of(np.ones((6, 4))), shape_of(np.ones(3)), shape_of(np.ones(()))
    ('6×4', '3', '')
    """
    return "" if value is None else "×".join(map(str, value.shape))


def words_of(verdict: str, judgement: Judgement, truth: Truth, node: Variable | None, text: str, wrong: str) -> str:
    """Return the verdict on a line that is not wrong itself, in a few words."""
    whose = "" if node is None else barred(truth.name_of(node, text))
    if verdict == "inherits":
        return f"inherits, right if {wrong} were" if wrong else "inherits, right if the lines above were"
    if judgement.kind == "scaled":
        assert judgement.node is not None
        return f"is {static(judgement.scale)} times {barred(truth.name_of(judgement.node, text))}"
    if verdict == "unknown":
        return "begins with zeros" if judgement.kind == "zeros" else "nothing of forward's to compare with"
    return {
        "adjoint": f"is {whose}",
        "part": f"is a part of {whose}",
        "forward": "as forward",
        "slope": "is a slope of forward's",
        "rearranged": f"is {whose}, in another shape",
        "mismatch": f"is {whose}",
        "unknown": f"is {whose}",
    }[judgement.kind]


def of_gradients(outcome: Outcome) -> str:
    """Return how many of the gradients are right, and which, if some are."""
    names = [barred(gradient.input.name) for gradient in outcome.gradients]
    right = [name for k, name in enumerate(names) if k not in outcome.wrong]
    if len(right) == len(names):
        return f"{all_of(len(names))} {'is' if len(names) == 1 else 'are'} right"
    if not right:
        return "the gradient is wrong" if len(names) == 1 else f"none of the {len(names)} gradients is right"
    return f"{len(right)} of {len(names)} gradients {'is' if len(right) == 1 else 'are'} right: {', '.join(right)}"


def all_of(count: int) -> str:
    """Return how one speaks of all gradients.

    Examples
    --------
    >>> all_of(1), all_of(2), all_of(3)
    ('the gradient', 'both gradients', 'all 3 gradients')
    """
    return {1: "the gradient", 2: "both gradients"}.get(count, f"all {count} gradients")


def of_the_wrong(
    bench: Bench, culprit: Culprit, *, rank: int, count: int, expected: Array | None, cured: bool, then: Event | None
) -> Told:
    """Return what is said of a wrong line, the one of this rank among so many."""
    truth, event, node, proposal = bench.truth, culprit.event, culprit.node, culprit.proposal
    known = "the first line known to be wrong" if culprit.doubtful else "the first wrong line"
    which = known if not rank else "a wrong line"
    whose = _meant(truth, node, event, expected)
    words = which if event is None else f"is not {whose}: {which}"
    title = f"This is {which}" if event is None else f"{placed(event.text)} {words}"
    sentences = [f"{title[0].upper() if event is None else title[0]}{title[1:]}."]
    if bench.outcome.error is not None:
        sentences.append(_of_error(bench, culprit))
    if proposal is not None:
        sentences.append(f"{proposal.words}.")
    if culprit.doubtful:
        sentences.append(_doubt([one.line for one in culprit.doubtful]))
    got = None if event is None else event.value
    if got is not None and expected is not None and proposal is None:
        sentences.append(_lacking(truth, node, got, whose) or _difference(got, expected))
    elif got is not None and expected is not None and then is not None:
        sentences.append(_agreement(then.value, expected, whose, node))
    proof = None
    if proposal is not None and cured:
        others = (
            "all lines below are right then"
            if count == 1
            else f"with {'both' if count == 2 else f'all {count}'} put right, the others are right"
        )
        proof = (
            f"{others}, and {all_of(len(bench.places))}"
            if bench.places
            else "it runs then, and the gradients are right"
        )
    return Told(words, " ".join(filter(None, sentences)), proof)


def _doubt(lines: Sequence[int]) -> str:
    """Return that the slip may be elsewhere."""
    named = [str(line) for line in sorted(set(lines))]
    where = f"line {named[0]}" if len(named) == 1 else f"lines {listed(named)}"
    if len(named) > _MOST_LINES:
        where = f"one of lines {named[0]} to {named[-1]}"
    return f"The slip may be in {where} as well, which cannot be judged alone."


def _meant(truth: Truth, node: Variable | None, event: Event | None, expected: Array | None) -> str:
    """Return what a line was to compute: an adjoint, so many times one, or a part of one."""
    if node is None or event is None:
        return "right"
    name = truth.name_of(node, event.text)
    if not name.isidentifier() and not is_gradient_name(last_part(event.text)):
        return "right"  # a step of forward that has no name is not what a place of that name is about
    whose, adjoint = barred(name), truth.adjoint_like(node, () if expected is None else expected.shape)
    if expected is None or truth.ruler.agree(expected, adjoint):
        return whose
    scale = constant_ratio(adjoint, expected, truth.ruler)
    return f"its part of {whose}" if scale is None else f"{static(scale)} times {whose}"


def placed(text: str) -> str:
    """Return what a place is called in a sentence.

    Examples
    --------
    >>> placed("dz"), placed("return")
    ('dz', 'what it returns')
    """
    return "what it returns" if text == "return" else text


def _of_error(bench: Bench, culprit: Culprit) -> str:
    """Return what was raised and where, and the shapes of what the line computes with."""
    error, statement = bench.outcome.error, culprit.statement
    shapes = [f"{name} {shape}" for name, shape in bench.shapes_at(statement).items()] if bench.raised_line else []
    met = f" There {listed(shapes)} meet." if len(shapes) > 1 else ""
    return f"Your backward raises {type(error).__name__} at line {bench.raised_line}: {error}.{met}"


def _agreement(value: Array, expected: Array, whose: str, node: Variable | None) -> str:
    if node is None or whose == "right" or value.shape != expected.shape or not value.size:
        return ""
    scale = float(np.max(np.abs(expected))) or 1.0
    distance = float(np.max(np.abs(value - expected))) / scale
    how = f"to {distance:.0e}".replace("e-0", "e−").replace("e-", "e−") if distance else "exactly"
    return f"With that put right it agrees with {whose} {how}."


def _lacking(truth: Truth, node: Variable | None, got: Array, whose: str) -> str:
    """Return which contributions are missing, where an array is the sum of the others."""
    children = [] if node is None else truth.lacking(got, node)
    ways = list(dict.fromkeys(child.site.text for child in children if child.site is not None and child.site.text))
    if not ways or len(ways) > _MOST_LINES:
        return ""
    return f"It is a part of {whose}: what comes by {listed([f'`{way}`' for way in ways])} is missing."


def _difference(got: Array, expected: Array) -> str:
    """Return how an array differs from what is expected, where no slip is known that explains it."""
    if got.shape != expected.shape:
        return f"It has the shape {got.shape}, and {expected.shape} is expected."
    if not got.ndim:
        return f"It is {static(got)}, and {static(expected)} is expected."
    with np.errstate(all="ignore"):
        ratios = np.asarray(got / expected)[np.abs(expected) > 0]
    ratios = ratios[np.isfinite(ratios)]
    spread = (
        f"Got and expected are in a ratio between {static(ratios.min())} and {static(ratios.max())}. "
        if ratios.size and np.isrealobj(ratios)
        else ""
    )
    distance = np.nan_to_num(np.abs(got - expected), nan=np.inf)
    worst = [np.unravel_index(int(k), got.shape) for k in np.argsort(distance, axis=None)[::-1][:3]]
    entries = [
        f"{static(got[place])} for {static(expected[place])} at [{', '.join(map(str, map(int, place)))}]"
        for place in worst
        if distance[place]
    ]
    return (
        f"{spread}It differs most at {len(entries)} entries: {', '.join(entries)}."
        if len(entries) > 1
        else f"{spread}It has {listed(entries)}."
    )


def without_marks(text: str) -> str:
    """Return a sentence without the marks around code."""
    return re.sub("`([^`]*)`", r"\1", text)
