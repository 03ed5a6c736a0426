"""What edges say of structural rules: words that fit into their sockets, and the shapes below them."""

from __future__ import annotations

import re

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.draw import measuring
from graphviz_ad.draw.cards.sizes import MOST_LABEL, SOCKET_SIZE
from graphviz_ad.engine.notation import MatrixProduct
from graphviz_ad.engine.primitive import PRIMITIVES
from graphviz_ad.formulas.text import Run
from tests.engine.test_rules import STRUCTURAL
from tests.story.test_settings import nodes_of

A, S = np.arange(12.0).reshape(4, 3), np.array([[2.0, 0.3, -0.4], [0.3, 1.5, 0.2], [-0.4, 0.2, 3.0]])


@pytest.mark.parametrize("name", STRUCTURAL)
def test_the_words_of_a_rule_fit_into_a_socket(name):
    """Whole, at the normal size; for every set of parameters of the cases and every operand."""
    for node in nodes_of(name):
        for k in range(len(node.operands)):
            if node.primitive.rule(k) is not None:
                words = node.primitive.words(node.params, k)
                assert measuring.width((Run(words),), SOCKET_SIZE) <= MOST_LABEL, words
                assert not re.search(r"\bx\b", words), words  # the person's x may be another one


def test_every_structural_primitive_says_more_than_its_name():
    """Its name, which stands in for missing words, explains nothing; edges of products show the other operand."""
    silent = {
        name
        for name, primitive in PRIMITIVES.items()
        if any(primitive.vjps) and primitive.back == name and not isinstance(primitive.notation, MatrixProduct)
    }
    assert not silent


def edges(program, *arrays):
    """Return what the edges of the first operation on inputs say, with the shapes."""
    story = gad.trace(program, *arrays).story
    inputs = {card.position for card in story.nodes if card.role == "input"}
    return [(edge.label.text, edge.shapes) for edge in story.edges if edge.parent in inputs]


SHAPES = {
    "a matrix times a matrix": (
        lambda a, b: np.sum(a @ b), (A, S), [("· bᵀ", "4×3 · 3×3"), ("aᵀ ·", "3×4 · 4×3")]
    ),
    "a matrix times a vector": (
        lambda a, v: np.sum(a @ v), (A, S[0]), [("· v", "4×1 · 1×3"), ("aᵀ ·", "3×4 · 4×1")]
    ),
    "a vector times a matrix": (
        lambda v, a: np.sum(v @ a), (S[0], S), [("· aᵀ", "1×3 · 3×3"), ("v ·", "3×1 · 1×3")]
    ),
    "a stack of matrices": (lambda a: np.sum(a @ S), (A.reshape(2, 2, 3),), [("· Sᵀ", "2×2×3")]),
    "a sum": (lambda x: np.sum(x), (A,), [("to every summand", "scalar → 4×3")]),
    "a sum over rows": (lambda x: np.sum(np.sum(x, axis=0)), (A,), [("to every summand", "3 → 4×3")]),
    "rows that were copied": (lambda b: np.sum(A + b), (S[0],), [("Σ rows", "4×3 → 3")]),
    "columns that were copied": (lambda b: np.sum(A + b), (A[:, :1],), [("Σ columns", "4×3 → 4×1")]),
    "a number that was copied": (lambda b: np.sum(A + b), (2.0,), [("Σ copies", "4×3 → scalar")]),
    "a rule that keeps the shape": (lambda x: np.sum(np.sort(x)), (S,), [("to where it stood", "3×3")]),
    "a vector that stays one": (lambda x: np.sum(np.sort(x)), (S[0],), [("to where it stood", "")]),
    "einsum": (
        lambda a, b: np.sum(np.einsum("ij,jk", a, b)), (A, S), [("ik,jk→ij", "4×3"), ("ik,ij→jk", "4×3 → 3×3")]
    ),
    "several results": (lambda a: np.sum(np.linalg.qr(a).R), (S,), [("solve with R", "Q, R → 3×3")]),
}  # fmt: skip


@pytest.mark.parametrize("case", SHAPES)
def test_an_edge_says_the_shapes(case):
    """Of the factors of a matrix product, and from where to where otherwise."""
    program, arrays, expected = SHAPES[case]
    assert edges(program, *arrays) == expected


def test_the_subscripts_on_an_edge_compute_the_gradient():
    """What is written on it, given to np.einsum with the adjoint in front, is what the operand receives."""
    operands = (A, S, np.cos(A))
    for subscripts in ("ij,jk,lk->il", "ij,jk,lk", "ij,jk,lk->ki"):
        leaves = [gad.Variable(x) for x in operands]
        y = np.einsum(subscripts, *leaves)
        adjoint = np.sin(np.arange(y.size)).reshape(y.shape)
        y.backward(adjoint)
        for k, leaf in enumerate(leaves):
            words = y.primitive.words(y.params, k).replace("→", "->")
            others = [x for i, x in enumerate(operands) if i != k]
            if set(words.partition("->")[2]) <= set(words.partition("->")[0]):
                np.testing.assert_allclose(np.einsum(words, adjoint, *others), leaf.grad, rtol=1e-12)


def test_a_variance_says_what_it_divides_by():
    """With ddof=1 that is n − 1."""
    assert edges(lambda x: np.var(x), A)[0][0] == "times 2(u − mean)/n"
    assert edges(lambda x: np.var(x, ddof=1), A)[0][0] == "times 2(u − mean)/(n − 1)"


FACTORIZATIONS = {
    "eigh": (lambda a: np.linalg.eigh(a)[0].sum(), "λ 3, V 3×3", "λ, V"),
    "qr": (lambda a: np.linalg.qr(a)[1].sum(), "Q 3×3, R 3×3", "Q, R"),
    "svd": (lambda a: np.linalg.svd(a)[1].sum(), "U 3×3, s 3, Vᵀ 3×3", "U, s, Vᵀ"),
}


@pytest.mark.parametrize("name", FACTORIZATIONS)
def test_a_factorization_reads_as_its_results(name, tmp_path):
    """In title, table and picture; the length of the array that holds them is not shown."""
    program, contents, names = FACTORIZATIONS[name]
    trace = gad.trace(program, S)
    card = trace.story.nodes[1]
    length = str(card.shape[0])
    assert (card.title.text, card.results) == (f"v₁ = {name} a: {contents}", names)
    row = next(line for line in str(trace).splitlines() if line.startswith("v₁"))
    assert not re.search(rf"\b{length}, ", row)
    trace.save(tmp_path / "t.svg")
    texts = re.findall(r">([^<>]+)<", (tmp_path / "t.svg").read_text(encoding="utf-8"))
    assert names in texts
    assert length not in texts


def test_a_step_says_that_a_product_is_summed_over_copies():
    """Where an operand was broadcast, its adjoint is no product alone; of an inner product it is one."""
    cases = ((lambda s: A / s, 2.0), (lambda s: A - s, 2.0), (lambda s: A * s, S[0]), (lambda s: A + s, 2.0))
    for program, operand in cases:
        steps = gad.trace(lambda s, program=program: np.sum(program(s)), operand).steps()
        assert f"summed over the {A.size // np.size(operand)} copies" in str(
            next(step for step in reversed(steps) if step.kind == "local")
        )
    inner = gad.trace(lambda v: v @ S[0], S[1]).steps()
    assert "summed" not in "".join(map(str, inner))


def test_steps_speak_of_rules_in_plain_words():
    """A product by its formula, another rule by its words; nothing of VJPs."""
    trace = gad.trace(lambda a, b: np.linalg.cholesky(a @ b).sum(), S, S.T)
    said = "\n".join(map(str, trace.steps()))
    assert "goes back as aᵀ v̄₂" in said
    assert "goes through its rule: between two solves" in said
    assert "VJP" not in said + "".join(
        stage.label + stage.formula.text for step in trace.steps() for stage in step.stages
    )


def test_a_slope_that_is_one_number_is_told_as_one():
    """That of e/s by e is 1/s for every entry; that by s differs from entry to entry."""
    story = gad.trace(lambda e: (e / np.sum(e)).sum(), np.array([1.0, 2.0, 5.0])).story
    (quotient,) = [card.position for card in story.nodes if card.primitive == "divide"]
    locals_ = {key.argument: value for key, value in story.numbers.items() if key[:2] == ("local", quotient)}
    assert locals_[0] == 1 / 8
    assert np.shape(locals_[0]) == ()
    np.testing.assert_allclose(locals_[1], -np.array([1.0, 2.0, 5.0]) / 64)
