"""Of a small array one entry is asked for; differences say what it is, and what the wrong ways give."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.asking.choosing import questions
from graphviz_ad.story.modes import story_of
from graphviz_ad.story.quiz import Question, wrong_numbers
from graphviz_ad.story.telling import tell

W = np.arange(1.0, 7.0).reshape(2, 3) / 5
V = np.array([[0.3, -0.7], [1.1, 0.4]])
X = np.array([[0.5, -1.2, 0.8], [1.5, 0.6, -0.4]])
B = np.array([0.2, -0.3])
STEP = 1e-6

PROGRAMS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "entry by entry": (lambda x: np.sum(np.tanh(np.sin(W * x))), (0.7,)),
    "two matrices": (lambda a, b: np.sum(np.sin(a @ b)), (V, X)),
    "a square factor": (lambda a, b: np.sum(np.sin(a @ b) * W[:, :2]), (V, V + 0.3)),
    "matrix and vector": (lambda a, b: np.sum(np.exp(a @ b)), (V, B)),
    "vector and matrix": (lambda a, b: np.mean((b @ a) ** 3), (X, B)),
    "two vectors": (lambda a: np.sin((2 * a).T @ a), (B + 0.5,)),
    "a constant factor": (lambda w: np.mean(np.tanh(X.T @ w) ** 2), (B,)),
    "a row for all": (lambda b: np.sum((V + b) ** 2), (B,)),
    "a column for all": (lambda b: np.sum(np.exp(V * b)), (B.reshape(2, 1),)),
    "a number for all": (lambda x: np.sum((X - x) ** 2), (0.4,)),
    "sum of rows": (lambda a: np.sum(np.sum(a, axis=0) ** 2), (X,)),
    "used twice": (lambda a: np.sum(np.sin(a) * a), (B,)),
}


class Replay:
    """The program run again, with NumPy alone, as one entry of a node, or of one use of it, is moved."""

    def __init__(self, f: Any, at: tuple[Any, ...]) -> None:
        self.nodes = gad.trace(f, *at).nodes
        self.place = {node.index: i for i, node in enumerate(self.nodes)}

    def run(self, of: int, who: tuple[int, int], place: tuple[int, ...], by: float) -> Any:
        """Return a node; moved is an argument of a node, or, where that is -1, the node itself."""
        values: list[Any] = []
        for i, node in enumerate(self.nodes):
            value = node.value
            if node.primitive is not None:
                operands = [values[self.place[x.index]] if isinstance(x, gad.Variable) else x for x in node.operands]
                operands = [self.moved(x, place, by) if (i, k) == who else x for k, x in enumerate(operands)]
                value = node.primitive.function(*operands, **node.params)
            values.append(self.moved(value, place, by) if who == (i, -1) else value)
        return np.array(values[of])

    @staticmethod
    def moved(value: Any, place: tuple[int, ...], by: float) -> Any:
        """Return an array with one entry moved."""
        array = np.array(value, float)
        array[place] += by
        return array

    def slope(self, who: tuple[int, int], place: tuple[int, ...], of: int = -1) -> Any:
        """Return how a node moves."""
        return (self.run(of, who, place, STEP) - self.run(of, who, place, -STEP)) / (2 * STEP)


def asked_of(f: Any, *at: Any) -> tuple[dict[str, Question], dict[Any, float], Any]:
    """Return the questions about entries, by what they say, all numbers of the quiz, and the story."""
    story = tell(gad.trace(f, *at))
    asked = questions(story)
    return {str(one): one for one in asked if one.entries}, wrong_numbers(story, asked, story.numbers), story


def place_of(text: str) -> tuple[int, ...]:
    """Return the entry that a question names last."""
    marks = re.findall(r"\[([\d, ]+)\]", text)
    return tuple(map(int, marks[-1].split(","))) if marks else ()


@pytest.mark.parametrize("program", PROGRAMS)
def test_answers_and_known_wrong_numbers_are_those_of_differences(program: str) -> None:
    """Every part is how f moves with an entry of the child, times how that moves with the entry that is asked."""
    f, at = PROGRAMS[program]
    asked, numbers, story = asked_of(f, *at)
    replay, steps = Replay(f, at), set()
    for text, question in asked.items():
        step = story.steps[question.step]
        if step.kind != "local":
            continue
        child, place = step.edge[0], place_of(text)
        right = float(replay.slope(step.edge, place))
        assert numbers[question.asked] == pytest.approx(right, rel=1e-7, abs=1e-8)
        moves = np.atleast_1d(replay.slope(step.edge, place, of=child))
        arrives = np.array(
            [replay.slope((child, -1), c) for c in np.ndindex(np.shape(story.numbers[("value", child, 0)]))]
        )
        arrives, moves = arrives.ravel(), moves.ravel()
        used = np.abs(moves) > 1e-8
        parts = (arrives * moves)[used]
        known = {slip.kind: numbers[slip.quantity] for slip in question.slips}
        steps.add(question.step)
        expected = {"sign": -right}
        if used.sum() == 1:
            come, local = float(arrives[used][0]), float(moves[used][0])
            expected |= {"arriving": come, "local": local, "sum": come + local, "quotient": come / local}
        else:
            expected |= {"first": parts[0], "arriving": arrives[used].sum(), "mean": right / len(parts)}
            expected |= {f"without {k + 1}": right - part for k, part in enumerate(parts)}
            expected |= {"locals": moves[used].sum(), "everything": arrives.sum()}
            expected["sums"] = expected["arriving"] * expected["locals"]
        if not question.lead.text.count("∂"):
            # What only moves is asked without saying where it went.
            expected = {"sign": -right, "alone": 1.0, "operand": story.numbers["value", step.node, 0][place]}
            expected |= {"everything": arrives.sum()}
        shared = {kind: known[kind] for kind in expected if kind in known}
        assert shared == pytest.approx({kind: expected[kind] for kind in shared}, rel=1e-6, abs=1e-7)
        assert len(shared) >= 4
    told = {step.index for step in story.steps if step.kind == "local"} - steps
    assert len(told) == (program == "two vectors")  # the sine of a number is asked as such


def test_a_matrix_that_was_not_transposed_and_the_entry_across_are_known() -> None:
    """In a product with a square matrix, by NumPy: b A for b Aᵀ, and the gradient at column, row."""
    f, (a, b) = PROGRAMS["a square factor"]
    asked, numbers, _ = asked_of(f, a, b)
    above = np.cos(a @ b) * W[:, :2]
    right, turned = {"a": above @ b.T, "b": a.T @ above}, {"a": above @ b, "b": a @ above}
    seen = set()
    for text, question in asked.items():
        target = text[-len("a[0, 0]?")]
        known = {slip.kind: numbers[slip.quantity] for slip in question.slips}
        if "turned" in known:
            place = place_of(text)
            assert numbers[question.asked] == pytest.approx(right[target][place])
            assert known["turned"] == pytest.approx(turned[target][place])
            if place[0] != place[1]:
                assert known["across"] == pytest.approx(right[target][place[::-1]])
            seen.add(target)
    assert seen == {"a", "b"}


def test_where_two_parts_of_an_array_meet_their_sum_is_asked_at_one_entry() -> None:
    """For sin(a) a, of a: a cos a + sin a."""
    asked, numbers, _ = asked_of(*PROGRAMS["used twice"][:1], B)
    (text,) = [text for text in asked if "both parts" in text]
    a = B[place_of(text.split(",")[0])]
    known = {slip.kind: numbers[slip.quantity] for slip in asked[text].slips}
    assert numbers[asked[text].asked] == pytest.approx(a * np.cos(a) + np.sin(a))
    assert sorted([known["part"], known["before"]]) == pytest.approx(sorted([a * np.cos(a), np.sin(a)]))
    assert known["product"] == pytest.approx(a * np.cos(a) * np.sin(a))


def test_a_mean_shares_and_a_sum_does_not() -> None:
    """What goes back to each of three numbers, and what one gets who takes one for the other."""
    for f, right, slip, wrong in ((np.sum, 5.0, "shared", 5 / 3), (np.mean, 5 / 3, "arriving", 5.0)):
        asked, numbers, _ = asked_of(lambda x, f=f: 5 * f(np.sin(x)), np.arange(1.0, 4.0))
        question = next(one for text, one in asked.items() if "sin" not in text)
        known = {slip.kind: numbers[slip.quantity] for slip in question.slips}
        assert (numbers[question.asked], known[slip]) == pytest.approx((right, wrong))


def test_what_an_entry_gets_on_its_way_is_not_called_its_whole_adjoint() -> None:
    """In xᵀx a part comes from each x: each is asked as a product, and only the sum as the adjoint itself."""
    asked, _, _ = asked_of(lambda x: 2 * np.dot(x, x), np.arange(1.0, 5.0))
    leads = [question.lead.text.startswith("x̄[3] =") for question in asked.values()]
    assert leads == [False, False, True]


MOVED: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "transposed": (lambda a: np.sum(np.sin(a.T) * V), (V + 0.5,)),
    "reversed": (lambda a: np.sum(np.sin(a[::-1]) * W[0]), (W[1],)),
    "picked": (lambda a: np.exp(a[1]) * 3, (W[1],)),
    "laid out": (lambda a: np.sum(np.exp(np.reshape(a, (3, 2)))), (W,)),
    "stacked": (lambda a, b: np.sum(np.exp(np.stack([a, b]))), (0.5, 1.5)),
    "joined": (lambda a, b: np.sum(np.exp(np.concatenate([a, b]))), (B, W[0])),
}


@pytest.mark.parametrize("program", MOVED)
def test_an_entry_that_only_moves_is_asked_and_the_one_at_the_same_place_is_known(program: str) -> None:
    """Neither lead nor hint says where it went, nor what is said of other numbers; differences say what is right."""
    f, at = MOVED[program]
    asked, numbers, story = asked_of(f, *at)
    replay = Replay(f, at)
    moved = {text: one for text, one in asked.items() if "∂" not in one.lead.text}
    assert len(moved) == len(at)
    for text, question in moved.items():
        step, place = story.steps[question.step], place_of(text)
        right = float(replay.slope(step.edge, place))
        assert numbers[question.asked] == pytest.approx(right, rel=1e-7)
        known = {slip.kind: numbers[slip.quantity] for slip in question.slips}
        arrives = story.numbers["adjoint", step.edge[0], 0]
        if "place" in known:
            assert known["place"] == pytest.approx(arrives[place])
            assert known["place"] != pytest.approx(right)
        assert ("place" in known) == (program in ("transposed", "reversed", "laid out") or text.endswith("b[2]?"))
        assert known["operand"] == pytest.approx(np.asarray(story.numbers["value", step.node, 0])[place])
        said = "".join(str(getattr(part, "text", part)) for part in (*question.hint, *question.unknown))
        assert not any(str(index) in said.replace(str(list(place)), "") for index in range(4)), said


def forward_of(f: Any, at: tuple[Any, ...]) -> tuple[Any, Any, dict[Any, float], Any]:
    """Return the questions of forward mode, all numbers of the quiz, the story, and which way the inputs move."""
    moves = tuple(np.cos(np.arange(1.0, 1 + np.size(a))).reshape(np.shape(a)) for a in at)
    story = story_of(gad.trace(f, *at).as_recording(), "forward", moves)
    asked = questions(story)
    return moves, asked, {**story.numbers, **wrong_numbers(story, asked, story.numbers)}, story


@pytest.mark.parametrize("program", [*PROGRAMS, *MOVED])
def test_forward_answers_and_known_wrong_numbers_are_those_of_differences(program: str) -> None:
    """Every part is how an entry of the node moves with an entry of an operand, times how that moves."""
    f, at = (PROGRAMS | MOVED)[program]
    moves, asked, numbers, story = forward_of(f, at)
    ends = [gad.trace(f, *(a + h * t for a, t in zip(at, moves, strict=True))).nodes for h in (-STEP, STEP)]
    speed = [(np.asarray(high.value) - low.value) / (2 * STEP) for low, high in zip(*ends, strict=True)]
    replay = Replay(f, at)
    assert {question.step for question in asked} == {step.index for step in story.steps if step.kind == "push"}
    for question in asked:
        step = story.steps[question.step]
        place = place_of(re.split(", an entry|, the tangent", str(question))[0])
        right = float(speed[step.node][place])
        assert numbers[question.asked] == pytest.approx(right, rel=1e-6, abs=1e-7)
        parts, slopes, comes = [], [], []
        for edge in story.edges:
            if edge.child != step.node:
                continue
            for source in np.ndindex(np.shape(speed[edge.parent])):
                slope = replay.slope((edge.child, edge.argument), source, of=edge.child)[place]
                if abs(slope) > 1e-8:
                    slopes.append(slope)
                    comes.append(speed[edge.parent][source])
                    parts.append(slope * comes[-1])
        known = {slip.kind: numbers[slip.quantity] for slip in question.slips}
        value = np.asarray(story.numbers["value", step.node, 0])[place]
        expected = {"sign": -right, "locals": sum(slopes)}
        if len(parts) == 1:
            expected |= {"arriving": comes[0], "local": slopes[0], "sum": comes[0] + slopes[0]}
            expected["value"] = value if "∂" not in question.lead.text and "alone" in known else comes[0] * value
            if "place" in known:
                (parent,) = [edge.parent for edge in story.edges if edge.child == step.node][:1]
                expected["place"] = speed[parent][place] if len(at) == 1 else known["place"]
        else:
            expected |= {"first": parts[0], "arriving": sum(comes), "mean": right / len(parts), "value": value}
            expected |= {"sums": sum(comes) * sum(slopes)}
            expected |= {f"without {k + 1}": right - part for k, part in enumerate(parts)}
        shared = {kind: expected[kind] for kind in expected if kind in known}
        assert {kind: known[kind] for kind in shared} == pytest.approx(shared, rel=1e-5, abs=1e-6)
        assert len(shared) >= 2


def test_a_factor_that_was_transposed_is_known_forward() -> None:
    """In X W with a square W, by NumPy."""
    factor, x = V + 0.3, np.array([0.5, -1.0])
    _, asked, numbers, _ = forward_of(lambda x: np.sum(np.sin(x @ factor)), (x,))
    question = next(one for one in asked if any(slip.kind == "turned" for slip in one.slips))
    place = place_of(str(question).split(", an entry")[0])
    known = {slip.kind: numbers[slip.quantity] for slip in question.slips}
    assert known["turned"] == pytest.approx((np.cos([1.0, 2.0]) @ factor.T)[place])
    assert numbers[question.asked] == pytest.approx((np.cos([1.0, 2.0]) @ factor)[place])


def test_of_a_larger_array_the_question_has_the_two_factors() -> None:
    """They cannot be read in the picture; differences say what they are, and what their product is."""
    f, at = (lambda a, b: np.mean(np.tanh(a @ b) ** 2), (np.cos(np.arange(48.0)).reshape(16, 3), W[1]))
    asked, numbers, story = asked_of(f, *at)
    replay = Replay(f, at)
    large = {text: one for text, one in asked.items() if " There " in text}
    assert len(large) == 3
    for text, question in large.items():
        edge, place = story.steps[question.step].edge, place_of(text.split("?")[0])
        come, local = (numbers[part] for part in question.text if isinstance(part, Quantity))
        moves = replay.slope(edge, place, of=edge[0])
        (at_child,) = np.argwhere(np.abs(moves) > 1e-8)
        assert local == pytest.approx(moves[tuple(at_child)], rel=1e-6)
        assert come == pytest.approx(float(replay.slope((edge[0], -1), tuple(at_child))), rel=1e-5)
        assert numbers[question.asked] == pytest.approx(come * local)
        assert {0.0, 1.0}.isdisjoint((abs(come), abs(local)))


LARGE, OTHER = np.cos(np.arange(20.0)).reshape(5, 4) + 0.1, np.sin(np.arange(20.0)).reshape(5, 4) - 0.2
FACTOR = np.array([[1.0, 0.5], [-2.0, 1.5], [0.5, 2.5], [1.0, -1.5]])
ABOVE = 2 * LARGE @ FACTOR


def transposed(a: Any) -> Any:
    """Move all entries but those of the diagonal."""
    return np.sum(np.sin(a.T) * OTHER.T)


def backwards(a: Any) -> Any:
    """Move all rows but the middle one."""
    return np.sum(a[::-1] * OTHER)


# By what begins a question, all numbers that it says, and what is right, of the entry that it asks for.
TOLD: dict[str, tuple[Any, str, str, Any, Any]] = {
    "moved": (backwards, "reverse", "What does v₁ send", lambda i, j: [OTHER[i, j], OTHER[4 - i, j]],
              lambda i, j: OTHER[4 - i, j]),
    "a sum": (lambda a: np.sum(np.sin(a) * a), "reverse", "What is a\u0304[",
              lambda i, j: [np.sin(LARGE[i, j]), LARGE[i, j] * np.cos(LARGE[i, j])],
              lambda i, j: np.sin(LARGE[i, j]) + LARGE[i, j] * np.cos(LARGE[i, j])),
    "products": (lambda a: np.sum((a @ FACTOR) ** 2), "reverse", "What does a @ FACTOR send",
                 lambda i, j: [*ABOVE[i], *FACTOR[j]], lambda i, j: ABOVE[i] @ FACTOR[j]),
    "a product, forward": (lambda a: np.sum(np.sin(a)), "forward", "What is v̇₁",
                           lambda i, j: [OTHER[i, j], np.cos(LARGE[i, j])],
                           lambda i, j: OTHER[i, j] * np.cos(LARGE[i, j])),
    "moved, forward": (transposed, "forward", "What is v̇₁", lambda i, j: [OTHER[i, j], OTHER[j, i]],
                       lambda i, j: OTHER[j, i]),
    "products, forward": (lambda a: np.sum(np.sin(a) * a), "forward", "What is v̇₂",
                          lambda i, j: [OTHER[i, j] * np.cos(LARGE[i, j]), OTHER[i, j], LARGE[i, j],
                                        np.sin(LARGE[i, j])],
                          lambda i, j: OTHER[i, j] * (LARGE[i, j] * np.cos(LARGE[i, j]) + np.sin(LARGE[i, j]))),
}  # fmt: skip


@pytest.mark.parametrize("case", TOLD)
def test_of_a_larger_array_the_question_has_every_number_that_one_needs(case: str) -> None:
    """One named entry, worked out by NumPy; what is said never is the answer alone."""
    f, mode, begins, said, right = TOLD[case]
    story = story_of(gad.trace(f, LARGE).as_recording(), mode, OTHER if mode == "forward" else None)
    asked = questions(story)
    numbers = wrong_numbers(story, asked, story.numbers)
    (question,) = [one for one in asked if str(one).startswith(begins)]
    place = place_of(re.split(r"\?|, now|, an entry", str(question))[0])
    known = [numbers[part] for part in question.text if isinstance(part, Quantity)]
    assert sorted(known) == pytest.approx(sorted(said(*place)))
    assert numbers[question.asked] == pytest.approx(right(*place))
    assert len(known) >= 2
    assert {slip.kind for slip in question.slips} & {"first", "sign", "before", "arriving", "place"}


def test_a_constant_without_a_name_is_no_factor_of_a_question_about_a_larger_array() -> None:
    """Of an expression no entry can be named."""
    asked = questions(gad.trace(lambda a: np.sum(np.sin(a @ (FACTOR + 1.0))), LARGE).story)
    assert not [str(one) for one in asked if "@" in str(one)]


@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_factors_that_are_one_do_not_break_a_sum_of_products(mode: str) -> None:
    """A matrix with ones among other numbers, by NumPy."""
    factor, x = np.array([[1.0, 2.0], [1.0, 4.0]]), np.array([[1.0, 2.0], [3.0, 4.0]])
    story = story_of(gad.trace(lambda x: np.sum((x @ factor) ** 2), x).as_recording(), mode, x)
    asked = questions(story)
    numbers = {**story.numbers, **wrong_numbers(story, asked, story.numbers)}
    (question,) = [one for one in asked if "factor is" in str(one)]
    whole = 2 * x @ factor @ factor.T if mode == "reverse" else x @ factor
    assert numbers[question.asked] == pytest.approx(whole[place_of(re.split(r"\?|, an", str(question))[0])])


@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_a_question_says_the_numbers_of_a_constant_that_the_picture_has_not(mode: str) -> None:
    """Of a factor of a matrix product, and of one that multiplies entry by entry; a socket shows those of a row."""
    program = gad.trace(lambda s: np.sum(np.tanh(V @ (s * B)) * B) + np.sum(np.sin(s * V)), 0.5)
    asked = [str(one) for one in questions(story_of(program.as_recording(), mode, None))]
    known = [text.split("? ")[1] for text in asked if "? " in text]
    assert known == ["V is [[0.3 −0.7] [1.1 0.4]]."] * 2


@pytest.mark.parametrize(
    ("f", "count"),
    [
        (lambda x: np.sum(np.sin(np.arange(6.0) * x)), 3),
        (lambda x: np.sum(np.sin(np.arange(12.0) * x)), 2),
        (lambda x: np.sum(np.sin(np.arange(13.0) * x)), 1),
        (lambda x: np.sum(np.sin(np.arange(13.0) * x) ** 2), 2),
        (lambda x: np.sum(np.cumsum(np.arange(3.0) * x)), 2),
    ],
    ids=["six", "twelve: too many parts for x", "1 times what is said", "thirteen", "cumsum itself is a rule"],
)
def test_only_a_few_products_in_small_arrays_are_asked(f: Any, count: int) -> None:
    """What has more parts or a rule of its own is told, and of a larger array what the numbers of the question say."""
    assert len(asked_of(f, 0.5)[0]) == count
