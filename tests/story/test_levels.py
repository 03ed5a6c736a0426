"""Three levels at which a step is told: what each of them says, and that all of them say the same."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.errors import InputError
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.levels import DETAILS
from tests.story.test_telling import PROGRAMS, classic

BAR, DOT = "\u0304", "\u0307"


def told(f, *args, detail, **options):
    """Return the sentences at a level."""
    return [str(replace(step, detail=detail)) for step in gad.trace(f, *args).steps(**options)]


def test_a_beginner_reads_slopes_and_the_name_of_the_rule():
    said = told(classic, 2.0, detail="beginner")
    assert said[0] == "x is the input: 2."
    assert said[1] == "Compute x² and call it v₁: 4."
    assert said[7] == (
        "Now back. The question is always: if this grew by a little, how many times as much would classic grow? For "
        "classic itself the answer is 1: when classic grows by 1, classic grows by 1. In the picture the answers "
        "stand at ▲, and their names have a bar."
    )
    assert said[14] == (
        "Chain rule: sin's slope is cos. The slope of classic with respect to v₃, 1.386294, is multiplied by cos x = "
        "−0.416147. This gives −0.576902, the part of the slope of classic with respect to x that comes through sin x."
    )
    assert said[17] == (
        "Power rule: the slope of u² is 2u. The slope of classic with respect to v₁, 0.227324, is multiplied by 2x = "
        "4. This gives 0.909297, the part of the slope of classic with respect to x that comes through x²."
    )
    assert said[15] == (
        "x is used in 3 places. A small change of x moves classic through each of them, so the slopes are added up. "
        "The first 2 of 3 make −0.826902. Still to come: x²."
    )
    assert said[18] == (
        "All 3 parts are in and added up: the slope of classic with respect to x is 0.0823954. If x grew by a little, "
        "classic would change by about 0.0823954 times as much."
    )


def test_an_expert_reads_equations():
    said = told(classic, 2.0, detail="expert")
    assert said[0] == "x = 2."
    assert said[3] == "v₃ = sin x = 0.909297."
    assert said[14] == "sin x: x̄ += v̄₃ · cos x = −0.576902."
    assert said[16] == "log v₁: v̄₁ = v̄₂ · (1/v₁) = 0.227324."
    assert said[18] == "x̄ = 0.0823954, 3 of 3."


def test_forward_mode_speaks_of_speeds():
    beginner = told(classic, 2.0, detail="beginner", mode="forward")
    assert beginner[7] == "Let x move at the speed 1. How fast does everything else move with it?"
    assert beginner[11] == (
        "Product rule: in a product each factor's slope is the other factor. v₂ · v₃ moves at the speed of v₂, 1, "
        "times v₃ = 0.909297, plus the speed of v₃, −0.416147, times v₂ = 1.386294. This is 0.332395."
    )
    assert told(classic, 2.0, detail="expert", mode="forward")[10] == f"sin x: v{DOT}₃ = cos(x) · x{DOT} = −0.416147."
    assert beginner[13].endswith(
        "This is the slope of classic at this x: 0.0823954. If x grew by a little, classic would change by about "
        "0.0823954 times as much."
    )
    still = told(lambda x, y: x * y, 2.0, 3.0, detail="beginner", mode="forward", tangents=(1.0, 0.0))
    assert still[4] == "y stays as it is: its speed is 0."
    assert ". This is the slope of f with respect to x: 3." in still[5]


def test_inputs_that_move_at_once_are_one_question():
    first, second, push = told(lambda x, y: x * y, 2.0, 3.0, detail="beginner", mode="forward", tangents=(1.0, 1.0))[3:]
    assert (first, second) == (
        "Let x move at the speed 1.",
        "Let y move, too, at the speed 1. How fast does everything else move with them?",
    )
    assert push.endswith(" This is how fast f moves with x and y: 5.")


def test_what_is_linear_is_told_without_signs():
    """The speed of an operand takes its place, which is what the tangents of standard sentences say in signs."""
    said = told(
        lambda x: np.sum(2 * x), np.array([1.0, 2.0]), detail="beginner", mode="forward", tangents=(np.ones(2),)
    )
    assert said[-1] == (
        "Sum rule: each summand moves the sum by as much as it moves itself. Σ v₁ moves at its value with the speed of "
        "v₁, [2 2], in the place of v₁. This is how fast f moves with x: 4."
    )
    said = told(lambda x: np.dot(x, x), np.array([1.0, 2.0]), detail="beginner", mode="forward", tangents=(np.ones(2),))
    assert (
        "xᵀx moves at its value with the speed of x, [1 1], in the place of the first x, plus its value with the speed "
        "of x, [1 1], in the place of the second x."
    ) in said[-1]
    said = told(lambda x: np.stack([x, 3 * x.detach()]), 2.0, detail="beginner", mode="forward")
    assert " with the speed of x, 1, in the place of x, and 0 in the place of all else." in said[-1]


@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_a_constant_array_that_is_written_in_full_is_not_told_twice(mode):
    said = " ".join(told(lambda s: np.sum(np.array([1.0, 2.0]) * s), 3.0, detail="standard", mode=mode))
    assert "multiplied by [1 2]" in said
    assert "[1 2] = [1 2]" not in said


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_all_levels_say_the_same_numbers_and_beginners_read_no_marks(program, mode):
    """Each level names the number that the step writes; a beginner meets no bar, no dot and no ``+=``."""
    f, args = PROGRAMS[program]
    with np.errstate(all="ignore"):
        recorded = gad.trace(f, *args)
        tangents = tuple(np.ones_like(x.value) for x in recorded.inputs) if mode == "forward" else None
        steps = recorded.steps(mode, tangents)
    for step in steps:
        shown = [{part for part in getattr(step.telling, level) if isinstance(part, Quantity)} for level in DETAILS]
        if step.kind != "seed" and "detached" not in step.text and "to take back" not in step.text:
            assert all(step.after in numbers for numbers in shown), step
        plain = str(replace(step, detail="beginner"))
        assert not re.search(f"[{BAR}{DOT}\u0305]|\\+=|VJP|JVP|adjoint|tangent|contribution", plain), plain
        texts = [str(replace(step, detail=level)) for level in DETAILS]
        assert all(text.endswith((".", "?")) and not re.search(r"  | [,.:]|None|\\(\\)", text) for text in texts), texts
        assert len(texts[2]) <= len(texts[1]) <= len(texts[0]) + 40, texts


def test_a_story_is_told_at_another_level():
    story = gad.trace(np.sin, 0.0).story
    assert [step.detail for step in story.told_for("expert").steps] == ["expert"] * 4
    assert str(story.told_for("expert").steps[-1]) == "sin x: x̄ = f̄ · cos x = 1."
    assert str(story.steps[-1]).startswith("Back through sin x: sin's slope is cos, so ")
    assert story.told_for("expert").numbers is story.numbers


def test_an_unknown_level_is_refused_everywhere(tmp_path):
    with pytest.raises(InputError, match=r"steps: unknown detail 'all'; expected 'beginner', 'standard' or 'expert'"):
        gad.trace(np.sin, 0.0).steps(detail="all")
    with pytest.raises(InputError, match=r"film: unknown detail 'begginer'.* Did you mean 'beginner'\?"):
        gad.film(np.sin, x=(0, 1), detail="begginer")
    with pytest.raises(InputError, match="save: unknown detail 7"):
        gad.trace(np.sin, 0.0).save(tmp_path / "f.html", detail=7)
    with pytest.raises(InputError, match=r"save: a \.svg file takes no detail; \.html does"):
        gad.trace(np.sin, 0.0).save(tmp_path / "f.svg", detail="expert")


def test_a_page_opens_at_the_level_that_was_asked_for(tmp_path):
    curve = gad.film(np.sin, x=(0, 1, 0.5), detail="beginner")
    for name, options, expected in (
        ("a", {}, "beginner"),
        ("b", {"detail": "expert"}, "expert"),
        ("c", {"detail": "standard"}, None),
    ):
        curve.save(tmp_path / f"{name}.html", **options)
        page = (tmp_path / f"{name}.html").read_text(encoding="utf-8")
        assert re.findall(r' data-detail="(\w+)"', page) == ([expected] if expected else [])
    assert "data-detail=&quot;beginner&quot;" in curve._repr_mimebundle_()["text/html"]
    gad.trace(np.sin, 0.0).save(tmp_path / "t.html", detail="expert")
    assert ' data-detail="expert"' in (tmp_path / "t.html").read_text(encoding="utf-8")


def test_a_film_holds_each_sentence_once_at_every_level():
    """What it is made of stands in one list; with its numbers it is what the steps say."""
    recorded = gad.trace(classic, 2.0)
    data = gad.film(classic, x=(1, 3, 0.5), at={"x": 2.0}).to_json()["scenes"][0]
    texts = [json.dumps(part) for part in data["fragments"]]
    assert len(set(texts)) == len(texts)
    for step, step_data in zip(recorded.steps(), data["steps"], strict=True):
        for level, places in zip(DETAILS, step_data["sentence"], strict=True):
            parts = [data["fragments"][place] for place in places]
            said = "".join(part if isinstance(part, str) else part.get("t", "#") for part in parts)
            expected = [part if isinstance(part, str) else "#" if isinstance(part, Quantity) else part.text
                        for part in getattr(step.telling, level)]  # fmt: skip
            assert said == "".join(expected)


def test_an_array_within_a_sentence_is_put_in_brackets():
    """A row of few numbers follows its name as a number does; shape and range would read as part of the sentence."""
    t = gad.trace(lambda w: np.mean((np.ones((4, 3)) @ w) ** 2), np.ones((3, 1)))
    back = [str(step) for step in t.steps() if step.kind == "local"]
    assert "(4×1, all 0.25) is multiplied by 2\u2009v₁ (4×1, all 6). " in back[1]
    plain = [str(step) for step in t.steps(detail="beginner") if step.kind == "local"]
    assert (
        "The slopes of f with respect to v₂ (4×1, all 0.25) are multiplied by 2\u2009v₁ (4×1, all 6), entry" in plain[1]
    )
    row = gad.trace(lambda x: np.sum(x**2), np.array([1.0, 2.0])).steps()[-1]
    assert " = [1 1] is multiplied by 2x = [2 4]." in str(row)


@pytest.mark.parametrize(
    ("program", "args", "said"),
    [
        (lambda a, b: np.sum(a @ b), (np.ones((2, 3)), np.ones((3, 2))), ("aᵀ from the left", "bᵀ from the right")),
        (lambda a, b: np.sum(a @ b), (np.ones((2, 3)), np.ones(3)), ("aᵀ from the left", "all of b")),
        (lambda a, b: np.sum(a @ b), (np.ones(2), np.ones((2, 3))), ("all of a", "bᵀ from the right")),
    ],
    ids=["matrices", "a vector on the right", "a vector on the left"],
)
def test_a_beginner_reads_on_which_side_a_matrix_multiplies(program, args, said):
    plain = [str(step) for step in gad.trace(program, *args).steps(detail="beginner") if step.kind == "local"]
    assert [words for words in said if words in plain[1] + plain[2]] == list(said)
    assert "rule of a @ b" not in plain[1] + plain[2]


def test_a_vector_is_its_own_transpose_and_passes_unchanged():
    """A matrix is not: its numbers move."""
    vector = gad.trace(lambda x: 2 * x.T @ x, np.arange(4.0))
    assert " a vector is its own transpose, so " in str(vector.steps()[-2])
    assert " = [0 2 4 6] passes unchanged." in str(vector.steps()[-2])
    assert vector.story.edges[0].label.text == "unchanged"
    matrix = gad.trace(lambda x: np.sum(x.T * np.ones((2, 3))), np.ones((3, 2)))
    assert "every number only moves to another place" in str(matrix.steps()[-1])
    assert matrix.story.edges[0].label.text == "transpose back"


def test_of_several_inputs_each_is_one_and_has_its_slope():
    told_of = [str(step) for step in gad.trace(lambda x, y: x * y, 2.0, 3.0).steps()]
    assert told_of[:2] == ["x is an input: 2.", "y is an input: 3."]
    assert told_of[-1].endswith(", the slope of f with respect to x, is 3.")


def test_the_slopes_of_an_array_are_said_to_be_one_for_each_entry():
    """Where an input has all of them, in full words only; and there differences say the same."""
    point, by = np.array([0.5, -1.0, 2.0]), 1e-6
    said = told(lambda x: np.mean(np.sin(x) * x), point, detail="beginner")
    means = [text for text in said if "Each is for one entry of x: if that grew by a little, f would change" in text]
    assert means == said[-1:]
    assert not any(
        "Each is for one" in text for text in told(lambda x: np.mean(np.sin(x) * x), point, detail="standard")
    )
    grown = [np.mean(np.sin(x) * x) for x in point + by * np.eye(3)]
    slopes = (np.array(grown) - np.mean(np.sin(point) * point)) / by
    numbers = said[-1].rpartition("[")[2].partition("]")[0].replace("−", "-").split()
    assert list(map(float, numbers)) == pytest.approx(list(slopes), abs=1e-5)
