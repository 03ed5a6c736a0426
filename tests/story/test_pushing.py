"""The story of forward mode: every push says what is computed, and its numbers are the derivative."""

from __future__ import annotations

import math

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad import errors
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.modes import story_of
from graphviz_ad.story.steps import Story
from tests.peers import torch


def curve(x):
    a = np.log(x**2)
    return a * np.sin(x) + 1 / x


def layer(X, W, b):  # noqa: N803
    return np.sum(np.tanh(X @ W + b))


def writes(x):
    z = np.ones(3, like=x)
    for i in range(1, 3):
        z[i] = z[i - 1] * np.sin(x)
    return z.sum()


X, W, B = np.linspace(-1, 1, 8).reshape(4, 2), np.linspace(0.1, 0.6, 6).reshape(2, 3), np.array([0.5, -1.0, 2.0])
MOVES = {"W": np.cos(W), "b": np.sin(B)}


def told(f, *args, tangents=None) -> Story:
    return story_of(gad.trace(f, *args).as_recording(), "forward", tangents)


def sentences(f, *args, tangents=None, kind="push"):
    return [step.text for step in gad.trace(f, *args).steps("forward", tangents) if step.kind == kind]


def test_a_push_through_a_product_names_both_parts_and_their_sum():
    steps = gad.trace(curve, 2.0).steps(mode="forward")
    assert [step.kind for step in steps] == ["evaluate"] * 7 + ["seed"] + ["push"] * 6
    step = steps[11]
    assert step.text == (
        "Push through a · v₃: in a product each factor's slope is the other factor, so "
        "v̇₄ is ȧ = 1 times v₃ = 0.909297, plus v̇₃ = −0.416147 times a = 1.386294. That makes 0.332395."
    )
    assert step.formula == (
        ("chain rule", "v̇₄ = ∂v₄/∂a · ȧ + ∂v₄/∂v₃ · v̇₃"),
        ("derivative", " = v₃ · ȧ + a · v̇₃"),
        ("numbers", " = 0.909297 · 1 + 1.386294 · (−0.416147)"),
        ("parts", " = 0.909297 + (−0.576902)"),
        ("tangent", " = 0.332395"),
    )
    assert (step.node, step.edge, step.after) == (4, None, Quantity("tangent", 4))
    assert step.operands == (Quantity("tangent", 2), Quantity("tangent", 3))
    assert step.span is not None
    assert step.span.text == "a * np.sin(x)"


def test_the_forward_pass_is_told_as_ever():
    ours = gad.trace(curve, 2.0)
    assert list(map(str, ours.steps("forward")[:7])) == list(map(str, ours.steps()[:7]))


def test_the_last_tangent_is_the_slope():
    last = gad.trace(curve, 2.0).steps("forward")[-1]
    expected = math.sin(2) + math.log(4) * math.cos(2) - 1 / 4
    assert float(last.numbers[last.after]) == pytest.approx(expected, rel=1e-14)
    assert (
        ", so cur\u0307ve, the slope of curve at this x, is v̇₄ = 0.332395, plus v̇₅ = −0.25. That makes 0.08239"
        in last.text
    )


@pytest.mark.parametrize(
    ("f", "said"),
    [
        (lambda x: x + 3.0, "ẋ = 1 passes unchanged. ḟ, the slope of f at this x, is 1."),
        (lambda x: 3.0 - x, "ẋ = 1 changes sign. ḟ, the slope of f at this x, is −1."),
        (lambda x: 5.0 * x, "ẋ = 1 is multiplied by 5. ḟ, the slope of f at this x, is 5."),
        (np.exp, "ẋ = 1 is multiplied by f = 7.389056. ḟ, the slope of f at this x, is 7.389056."),
        (lambda x: x * x, "ḟ, the slope of f at this x, is ẋ = 1 times x = 2, plus ẋ = 1 times x = 2. That makes 4."),
    ],
    ids=["unchanged", "sign", "literal", "result", "twice"],
)
def test_one_node_in_words(f, said):
    assert sentences(f, 2.0)[0].endswith(", so " + said)


def test_a_difference_says_minus():
    push = gad.trace(lambda x: np.sin(x) - np.cos(x), 0.0).steps("forward")[-1]
    assert "v̇₁ = 1, minus v̇₂ = −0" in push.text or "v̇₁ = 1, minus v̇₂ = 0" in push.text
    assert push.formula[1] == ("derivative", " = v̇₁ − v̇₂")
    assert [label for label, _ in push.formula] == ["chain rule", "derivative", "numbers", "tangent"]


def test_what_is_linear_is_applied_to_the_tangents():
    pushed = sentences(layer, X, W, B, tangents=MOVES)
    assert pushed[0].startswith(
        "Push through X @ W: every entry is multiplied by entries of the other factor, and the products are added, so "
        "v̇₃ is Ẋ @ W, plus X @ Ẇ, with Ẋ (4×2, all 0) and Ẇ ("
    )
    assert ", plus b\u0307 = [0.479426 −0.841471 0.909297] repeated to 4×3. That makes 4×3, " in pushed[1]
    assert pushed[3].startswith(
        "Push through Σ v₅: each summand moves the sum by as much as it moves itself, so laẏer, how fast layer "
        "moves with W and b, is Σ v̇₅, with v̇₅ ("
    )


def test_what_goes_together_is_one_term_and_what_stays_is_zero_in_it():
    story = told(lambda x, y: np.stack([x, y, x.detach()]), 1.5, 2.0, tangents=(1.0, 3.0))
    push = story.steps[-1]
    assert push.formula[0] == ("linear", "ḟ = [ẋ, ẏ, 0]")
    assert not any(key.kind == "part" for key in story.numbers)


def test_a_rule_that_has_no_formula_is_named():
    (push,) = sentences(lambda a: np.linalg.det(a), np.eye(2), tangents=np.ones((2, 2)))
    assert push == (
        "Push through det a: by each entry a determinant's slope is that entry's cofactor, so "
        "f\u0307, how fast f moves with a, is what the JVP rule of det makes of a\u0307 ([[1 1] [1 1]]). That is 2."
    )


def test_every_input_is_seeded_and_says_whether_it_moves():
    seeds = sentences(layer, X, W, B, tangents={"b": B}, kind="seed")
    assert seeds == [
        "X stays as it is: its tangent is 4×2, all 0.",
        "W stays as it is: its tangent is [[0 0 0] [0 0 0]].",
        "Start at b: it moves at the speed [0.5 −1 2].",
    ]


def test_what_does_not_move_is_not_pushed_through():
    """A detached copy, a flat function and what is made of constants have no tangent; a zero is one."""
    story = told(lambda x, y: x.detach() + np.floor(x) * 2.0 + x * 0.0 + y, 1.5, 1.0, tangents={"x": 1.0})
    moving = [card.title.text for card in story.nodes if card.reached]
    assert [story.nodes[step.node].title.text for step in story.steps if step.kind == "push"] == moving[2:]
    still = {card.short.text for card in story.nodes if not card.reached}
    assert {"⌊x⌋", "detached(x)"} <= still | {"detached(x)"}
    assert "⌊x⌋" in still
    assert any(card.detached and not card.reached for card in story.nodes)
    zero = next(card for card in story.nodes if card.short.text == "0x")
    assert zero.reached
    assert story.numbers[Quantity("tangent", zero.position)] == 0
    detached = next(step for step in story.steps if story.nodes[step.node].detached)
    assert detached.text.endswith(" is a detached copy of x: it does not move with it.")


def test_a_constant_function_does_not_move():
    steps = gad.trace(lambda x: 3.0, 1.0).steps("forward")
    assert steps[-1].text == "f is the constant 3: it depends on no input, so it does not move."


@pytest.mark.parametrize(
    ("f", "args", "tangents"),
    [
        (curve, (2.0,), None),
        (layer, (X, W, B), MOVES),
        (writes, (0.7,), None),
        (lambda u, v: u @ v, (B, B + 1), (B, -B)),
        (lambda a: np.linalg.inv(a @ a.T + np.eye(2)).sum(), (W,), (np.ones((2, 3)),)),
        (lambda x, y: np.prod(np.stack([x, y, x * y])) + np.max(np.stack([x, y])), (1.5, 2.0), (1.0, -2.0)),
    ],
    ids=["curve", "layer", "writes", "dot", "inverse", "stack"],
)
def test_the_tangents_are_the_differences_of_all_nodes_and_the_parts_add_up(f, args, tangents):
    """A small step along the tangents moves every node by that much times its tangent."""
    recorded = gad.trace(f, *args)
    story = story_of(recorded.as_recording(), "forward", tangents)
    moves = [np.asarray(recorded.forward(tangents).tangent(x)) for x in recorded.inputs]
    ends = [
        gad.trace(
            f, *(np.asarray(a) + h * t if np.ndim(a) else float(a + h * t) for a, t in zip(args, moves, strict=True))
        )
        for h in (-1e-6, 1e-6)
    ]
    for i in range(len(story.nodes)):
        low, high = (np.asarray(end.nodes[i].value) for end in ends)
        tangent = story.numbers.get(Quantity("tangent", i), np.zeros(np.shape(low)))
        np.testing.assert_allclose(tangent, (high - low) / 2e-6, rtol=2e-6, atol=2e-6)
    for i in range(len(story.nodes)):
        parts = [value for key, value in story.numbers.items() if key.kind == "part" and key.node == i]
        if parts:
            np.testing.assert_allclose(sum(parts), story.numbers[Quantity("tangent", i)], rtol=1e-12, atol=1e-14)


def test_the_story_is_that_of_torch():
    story = told(layer, X, W, B, tangents=MOVES)
    leaves = [torch.tensor(x, requires_grad=True) for x in (X, W, B)]
    torch.tanh(leaves[0] @ leaves[1] + leaves[2]).sum().backward()
    expected = sum(float((x.grad * torch.tensor(MOVES[name])).sum()) for name, x in zip("Wb", leaves[1:], strict=True))
    assert float(story.numbers[Quantity("tangent", story.output)]) == pytest.approx(expected, rel=1e-12)


def test_recorded_blocks_several_outputs_and_nested_arguments_are_told():
    with gad.record() as block:
        x = gad.attach_grad(np.arange(3.0))
        np.dot(x, x)
        np.exp(x)
    assert [step.kind for step in block.steps("forward", np.ones(3))][-3:] == ["seed", "push", "push"]
    several = gad.trace(lambda x: (x**2, {"a": np.sin(x)}), 0.0).steps("forward")
    assert [step.node for step in several if step.kind == "push"] == [1, 2]
    nested = gad.trace(lambda p: p["a"] * p["b"][0], {"a": 2.0, "b": [3.0]})
    names = [step.text for step in nested.steps("forward", {nested.inputs[0].name: 1.0})]
    assert names[3].startswith("Start at ")
    assert names[4].endswith("its tangent is 0.")


def test_telling_forward_leaves_the_story_of_the_way_back_alone():
    ours = gad.trace(curve, 2.0)
    before = str(ours)
    assert list(map(str, ours.steps("forward"))) == list(map(str, ours.steps("forward")))
    assert str(ours) == before
    assert [step.kind for step in ours.steps()].count("push") == 0


def test_which_way_to_go_must_be_said_and_makes_sense():
    t = gad.trace(np.multiply, 2.0, 3.0)
    with pytest.raises(errors.SeedError, match="needs to know which way the inputs move"):
        t.steps("forward")
    assert t.steps("forward", {"x1": 1.0})[-1].text.endswith(" = 0 times x₁ = 2. That makes 3.")
    with pytest.raises(errors.InputError, match=r"tangents= says which way.*add mode='forward'"):
        t.steps(tangents=(1.0, 0.0))
    with pytest.raises(errors.InputError, match=r"steps: unknown mode 'foward'.*Did you mean 'forward'"):
        t.steps("foward")


def test_precision_stays_that_of_the_inputs():
    story = told(lambda x: np.sum(np.sin(x) * x), np.ones(3, np.float32), tangents=np.ones(3))
    assert {str(value.dtype) for value in story.numbers.values()} == {"float32"}


@pytest.mark.parametrize("empty", [np.zeros(0), np.zeros((2, 0))], ids=str)
def test_empty_arrays_are_told(empty):
    last = gad.trace(lambda x: np.sum(np.exp(x)), empty).steps("forward", empty)[-1]
    assert last.text.endswith(". That is 0.")


@pytest.mark.parametrize(
    "program",
    [
        lambda x, n: np.stack([x * i for i in range(n)]).sum(),
        lambda x, n: sum((np.sin(x) for _ in range(n)), 0.0),
    ],
    ids=["stack", "sum"],
)
def test_telling_takes_as_long_as_there_is_to_tell(program, growth):
    def prepare(n):
        recorded = gad.trace(lambda x: program(x, n), 0.5)
        return lambda: recorded.steps("forward")

    assert growth(prepare) < 2.6


def test_among_many_operands_a_tangent_stands_for_itself():
    story = told(lambda x: np.stack([x] * 20).sum(), 0.5)
    assert {edge.label.text for edge in story.edges if edge.child == 1} == {"x\u0307"}
    assert story.steps[-2].text.count("x\u0307 = ") == 1


ROW = np.array([1.0, 2.0, 0.5])
PLAIN = {
    "a rule": (np.max, "max a moves at what its rule makes of the speed of a, [1 1 1]. This is "),
    "a mean": (np.mean, "mean a moves at its value with the speed of a, [1 1 1], in the place of a. This is "),
    "a square of a matrix": (
        lambda x: np.square(x * np.ones((2, 1))),
        "moves at the speed of v₁ ([[1 1 1] [1 1 1]]) times 2\u2009v₁ (2×3, 1…4). This is ",
    ),
    "a difference": (lambda x: x - 1.0, "x − 1 moves at the speed of x, [1 1 1]. This is "),
}


@pytest.mark.parametrize("case", PLAIN)
def test_full_words_are_whole_sentences(case):
    """No comma before a full stop, and no matrix between commas."""
    program, said = PLAIN[case]
    steps = gad.trace(program, ROW).steps(mode="forward", detail="beginner", tangents=np.ones(3))
    assert said in "\n".join(map(str, steps))


def test_a_fraction_that_is_multiplied_stands_in_parentheses():
    """On one line 1/x · ẋ may be read as 1 over x · ẋ; ∂f/∂x · ẋ may not."""
    step = gad.trace(np.log, 2.0).steps(mode="forward", detail="expert")[-1]
    assert str(step).endswith(" = (1/x) · x\u0307 = 0.5.")
    assert dict(step.formula)["chain rule"].endswith(" = ∂f/∂x · x\u0307")
