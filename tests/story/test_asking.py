"""What a learner is asked, against differences: each right answer, and each wrong one by the wrong way itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.errors import InputError
from graphviz_ad.formulas.formula import Formula
from graphviz_ad.formulas.text import written
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.asking.choosing import questions
from graphviz_ad.story.modes import story_of
from graphviz_ad.story.quiz import Question, wrong_numbers
from graphviz_ad.story.steps import Story

STEP = 1e-5


def worked(x):
    a = np.log(x**2)
    return a * np.sin(x) + 1 / x


def looped(x):
    for _ in range(3):
        x = np.cos(x) * x
    return x


PROGRAMS: dict[str, tuple[Callable[..., Any], tuple[float, ...]]] = {
    "worked": (worked, (2.0,)),
    "sine": (np.sin, (0.7,)),
    "product": (lambda x, y: x * y, (1.5, -0.4)),
    "square": (lambda x: x * x * 3, (1.3,)),
    "quotient": (lambda x, y: np.exp(x) / (y + x), (0.4, 1.7)),
    "chain": (lambda x: np.exp(np.sin(x**2)), (0.8,)),
    "root": (lambda x: np.sqrt(x) - x / 3, (2.4,)),
    "negative": (lambda x: -x + np.tanh(x), (0.6,)),
    "power": (lambda x, n: x**n, (1.7, 2.3)),
    "logistic": (lambda x: 1 / (1 + np.exp(-x)), (0.9,)),
    "loop": (looped, (0.9,)),
    "arctangent": (lambda x, y: np.arctan2(y, x), (1.1, 0.6)),
    "four uses": (lambda x: x * np.sin(x) + np.cos(x) - x**3, (1.2,)),
    "hyperbola": (lambda x, y: np.hypot(x, y) * np.log1p(x), (1.1, 0.3)),
    "norm": (lambda x: np.log(np.cosh(x)) + np.abs(x), (-0.8,)),
    "larger": (lambda x, y: np.maximum(x, y) * x, (1.4, 0.5)),
    "subtraction": (lambda x: (x - 2 * x**2) - x, (0.35,)),
}
"""Functions of numbers, and where."""


class Replay:
    """The program run again, with NumPy alone, as a node or one use of it is moved: differences know no rule."""

    def __init__(self, f: Callable[..., Any], at: tuple[float, ...]) -> None:
        self.nodes = gad.trace(f, *at).nodes
        self.place = {node.index: i for i, node in enumerate(self.nodes)}

    def run(self, of: int, node: int = -1, edge: tuple[int, int] = (-1, -1), by: float = 0.0) -> float:
        """Return the value of a node, as another, or one use of it, is moved."""
        values: list[Any] = []
        for i, each in enumerate(self.nodes):
            if each.primitive is None:
                value = each.value
            else:
                operands = [
                    (values[self.place[x.index]] if isinstance(x, gad.Variable) else x) + by * ((i, k) == edge)
                    for k, x in enumerate(each.operands)
                ]
                value = each.primitive.function(*operands, **each.params)
            values.append(value + by * (i == node))
        return float(values[of])

    def slope(self, of: int, node: int = -1, edge: tuple[int, int] = (-1, -1)) -> float:
        """Return how many times as much a node moves."""
        up, down = (self.run(of, node, edge, by) for by in (STEP, -STEP))
        return (up - down) / (2 * STEP)


def asked_in(f: Callable[..., Any], at: tuple[float, ...], mode: str = "reverse", tangents: Any = None):
    story = story_of(gad.trace(f, *at).as_recording(), mode, tangents)
    return story, questions(story)


def said(fragments: Any, numbers: Mapping[Quantity, Any]) -> str:
    return "".join(
        part if isinstance(part, str) else part.text if isinstance(part, Formula) else written(numbers[part])
        for part in fragments
    )


def numbers_of(story: Story, asked: tuple[Question, ...]) -> dict[tuple[int, str], float]:
    wrong = wrong_numbers(story, asked, story.numbers)
    return {(question.step, slip.kind): wrong[slip.quantity] for question in asked for slip in question.slips}


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_answer_on_the_way_back_and_every_wrong_one_is_that_of_differences(name: str) -> None:
    f, at = PROGRAMS[name]
    story, asked = asked_in(f, at)
    replay, out = Replay(f, at), story.output
    by_step = {question.step: question for question in asked}
    # All steps are asked but the seed, and the first part of a sum, which is that part.
    expected = {s.index for s in story.steps if s.kind == "local" or (s.kind == "accumulate" and s.before)}
    assert set(by_step) == expected
    wrong, came = numbers_of(story, asked), {}
    parts = {node: [] for node in range(len(story.nodes))}
    for step in story.steps:
        if step.kind == "local":
            parts[step.node].append(replay.slope(out, edge=step.edge))
    for step in story.steps:
        if step.kind not in ("local", "accumulate"):
            continue
        child, _ = step.edge
        mine = came.setdefault(step.node, [])
        total = sum(parts[step.node])
        if step.kind == "local":
            adjoint, local = replay.slope(out, node=child), replay.slope(child, edge=step.edge)
            right, own = replay.slope(out, edge=step.edge), replay.nodes[child].value
            ways = {
                "arriving": adjoint,
                "local": local,
                "value": adjoint * own,
                "operand": adjoint * replay.nodes[step.node].value,
                "sum": adjoint + local,
                "sign": -right,
                "quotient": adjoint / local if abs(local) > 1e-6 else None,
                "running": sum(mine) + right,
                "uses": sum(replay.slope(out, edge=(e.child, e.argument)) for e in story.edges
                            if (e.child, e.parent) == (child, step.node)),
                "total": total,
            }  # fmt: skip
            mine.append(right)
        else:
            right = sum(mine)
            ways = {
                "part": mine[-1],
                "before": sum(mine[:-1]),
                "difference": sum(mine[:-1]) - mine[-1],
                "turned": mine[-1] - sum(mine[:-1]),
                "product": sum(mine[:-1]) * mine[-1],
                "sign": -right,
                "mean": np.mean(mine),
                "total": total,
                **{f"without {k + 1}": right - mine[k] for k in range(len(mine) - 1)},
            }
        if step.index not in by_step:
            continue
        assert story.numbers[by_step[step.index].asked] == pytest.approx(right, rel=1e-6, abs=1e-8)
        for kind in (slip.kind for slip in by_step[step.index].slips):
            if ways[kind] is not None:
                assert wrong[step.index, kind] == pytest.approx(ways[kind], rel=1e-5, abs=1e-7), (step.index, kind)


@pytest.mark.parametrize("name", [name for name, (_, at) in PROGRAMS.items() if len(at) == 1])
def test_every_answer_of_forward_mode_and_every_wrong_one_is_that_of_differences(name: str) -> None:
    f, at = PROGRAMS[name]
    story, asked = asked_in(f, at, "forward")
    replay, wrong = Replay(f, at), numbers_of(*asked_in(f, at, "forward"))
    assert {question.step for question in asked} == {step.index for step in story.steps if step.kind == "push"}
    for question in asked:
        node = story.steps[question.step].node
        edges = [edge for edge in story.edges if edge.child == node]
        tangents = [replay.slope(edge.parent, node=0) if edge.parent else 1.0 for edge in edges]
        local = [replay.slope(node, edge=(edge.child, edge.argument)) for edge in edges]
        parts, right = np.multiply(tangents, local), replay.slope(node, node=0)
        assert story.numbers[question.asked] == pytest.approx(right, rel=1e-6, abs=1e-8)
        ways = {"sign": -right}
        if len(edges) == 1:
            own, operand = replay.nodes[node].value, replay.nodes[edges[0].parent].value
            ways |= {"arriving": tangents[0], "local": local[0], "value": tangents[0] * own,
                     "operand": tangents[0] * operand, "sum": tangents[0] + local[0],
                     "quotient": tangents[0] / local[0]}  # fmt: skip
        else:
            ways |= {"tangents": sum(tangents), "locals": sum(local), "speeds": np.prod(tangents),
                     "product": np.prod(parts)}  # fmt: skip
            ways |= {f"without {k + 1}": right - part for k, part in enumerate(parts)}
        assert {slip.kind for slip in question.slips} == ways.keys()
        for kind, number in ways.items():
            assert wrong[question.step, kind] == pytest.approx(number, rel=1e-5, abs=1e-7), (name, kind)


def test_a_question_and_what_is_said_of_a_wrong_number_read_well():
    story, asked = asked_in(worked, (2.0,))
    by_step = {question.step: question for question in asked}
    sine, second, last = by_step[14], by_step[15], by_step[18]
    assert [str(one) for one in (sine, second, last)] == [
        "What does sin x send back to x?",
        "What is x̄ with 2 of its 3 parts in?",
        "What is x̄, now that all 3 parts are in?",
    ]
    assert sine.lead.text == "x̄ += v̄₃ · ∂v₃/∂x ="
    assert said(sine.unknown, story.numbers) == "The two factors are v̄₃ and cos x."
    slips = {slip.kind: said((*slip.what, " ", *slip.so), story.numbers) for slip in sine.slips}
    assert slips["arriving"] == (
        "That is v̄₃ itself. On its way to x it is multiplied by the local gradient of sin x, the number at the marked "
        "×: −0.416147."
    )
    assert slips["local"].endswith("It is multiplied by what comes along: v̄₃, 1.386294.")
    slips = {slip.kind: said((*slip.what, " ", *slip.so), story.numbers) for slip in last.slips}
    assert slips["without 2"] == "That is the sum without the part through sin x. Each part that is in counts."
    assert slips["part"] == (
        "That is the part through x² alone. What was there before is kept, −0.826902, and this part is added to it."
    )


def test_both_uses_in_one_product_are_told_from_one_of_them():
    """Of x·x·x the first product uses x twice; both together are not yet all that x receives."""
    story, asked = asked_in(lambda x: x * x + x, (3.0,))
    uses = [slip for question in asked for slip in question.slips if slip.kind == "uses"]
    assert len(uses) == 2
    assert {wrong_numbers(story, asked, story.numbers)[slip.quantity] for slip in uses} == {6.0}
    # Where these are all that x receives, that is already said.
    assert not [slip for question in asked_in(lambda x: x * x, (3.0,))[1] for slip in question.slips
                if slip.kind == "uses"]  # fmt: skip


def test_steps_between_arrays_are_not_asked_whole():
    """Of the sum, the sine and the product one entry is asked; what is read are single numbers."""
    story, asked = asked_in(lambda x: np.sum(np.sin(x * np.arange(3.0))) * x, (0.5,))
    wrong = wrong_numbers(story, asked, story.numbers)
    assert all(
        np.ndim((story.numbers | wrong)[key]) == 0 for question in asked for key in (question.asked, *question.reads)
    )
    assert [str(question) for question in asked if question.entries] == [
        "What does Σ v₂ send back to v₂[0]?",
        "What does sin v₁ send back to v₁[1]?",
        "What does x · [0 1 2] send back to x?",
    ]
    assert 0 < len(asked) < sum(step.kind in ("local", "accumulate") for step in story.steps)


def test_complex_numbers_and_constants_are_not_asked():
    assert asked_in(lambda x: np.abs(x * (1 + 2j)), (0.5,))[1] == ()
    assert asked_in(lambda x: 3.0, (0.5,))[1] == ()


def test_another_word_is_refused(tmp_path):
    with pytest.raises(InputError, match="film: quiz must be True or False, got 'yes'"):
        gad.film(np.sin, x=(0, 1), quiz="yes")
    with pytest.raises(InputError, match="explore: quiz must be True or False, got 1"):
        gad.explore(np.sin, x=(0, 1), quiz=1)
    with pytest.raises(InputError, match="film: a quiz asks in one mode, since each has the answers of the other"):
        gad.film(np.sin, x=(0, 1), mode="both", quiz=True)
    with pytest.raises(InputError, match=r"save: a quiz asks in one mode, .*: use reverse or forward"):
        gad.trace(np.sin, 1.0).save(tmp_path / "f.html", mode="both", quiz=True)
    with pytest.raises(InputError, match=r"save: a \.svg file takes no quiz; \.html does"):
        gad.trace(np.sin, 1.0).save(tmp_path / "f.svg", quiz=True)


def test_of_two_uses_in_one_product_it_is_said_which_is_asked():
    asked = [str(question) for question in questions(gad.trace(lambda x: x * x, 3.0).story)]
    assert asked[:2] == [
        "What does the second x in x · x send back to x?",
        "What does the first x in x · x send back to x?",
    ]
