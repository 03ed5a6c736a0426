"""Constants go by the names that the person's source has for them, and by their numbers where there is no such name."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad

X, y = np.arange(24.0).reshape(8, 3), np.arange(8.0)
mask, order = y > 3, np.array([0, 2, 4, 6, 1])


class Model:
    """Holds an array in an attribute."""

    weights = X


def relu(z):
    """Ask in the words of a function of one's own."""
    return np.where(z > 0, z, 0.0)


def written(program, *arrays):
    """Return the right-hand sides of a trace, without the inputs."""
    trace = gad.trace(program, *arrays)
    return [card.short.text for card in trace.story.nodes if card.role != "input"]


VECTOR, EIGHT = np.ones(3), np.ones(8)
CASES = {
    "an operator": (lambda w: X @ w, (VECTOR,), "X @ w"),
    "an operator, from the right": (lambda w: y - w, (EIGHT,), "y − w"),
    "a transpose": (lambda w: X.T @ w, (EIGHT,), "Xᵀ @ w"),
    "an attribute": (lambda w: Model.weights @ w, (VECTOR,), "Model.weights @ w"),
    "a function": (lambda w: np.dot(X, w), (VECTOR,), "X · w"),
    "a method": (lambda w: w.dot(X), (EIGHT,), "w · X"),
    "a list": (lambda w: np.concatenate([w, y]), (EIGHT,), "concatenate(w, y)"),
    "a condition": (lambda w: np.where(w > 0, w, y), (EIGHT,), "where(w > 0, w, y)"),
    "a condition on a number": (lambda w: np.where(w > 0, w, 2.0), (1.0,), "where(w > 0, w, 2)"),
    "the name of a condition": (lambda w: np.where(mask, w, y), (EIGHT,), "where(mask, w, y)"),
    "a mask": (lambda w: w[mask], (EIGHT,), "w[mask]"),
    "positions": (lambda w: w[order], (EIGHT,), "w[order]"),
    "a condition in brackets": (lambda w: w[w > 0], (EIGHT,), "w[w > 0]"),
    "positions and an axis": (lambda w: w[:, order], (X.T,), "w[:, order]"),
    "a parameter": (lambda w: np.take(w, order), (EIGHT,), "take(w, order)"),
    "a parameter by its name": (lambda w: np.sum(w, where=mask), (EIGHT,), "Σ w where mask"),
    "a parameter between operands": (lambda w: np.interp(w, y, y), (EIGHT,), "interp(w, y, xp=y)"),
    "positions that are written out": (lambda w: w[[0, 1]], (EIGHT,), "w[[0, 1]]"),
    "a call of NumPy's": (lambda w: np.ones(8) * w, (EIGHT,), "ones(8) ⊙ w"),
    "an expression of constants": (lambda w: (y + 1) * w, (EIGHT,), "(y + 1) ⊙ w"),
    "another expression": (lambda w: (y + y.max()) * w, (EIGHT,), "[8: 7 8 9 … 14] ⊙ w"),
    "a negative": (lambda w: w * -y, (EIGHT,), "w ⊙ (−y)"),
    "a number": (lambda w: w * np.pi, (EIGHT,), "3.141593w"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_constant_goes_by_the_name_in_the_source(case):
    """For operators, calls, methods, lists and brackets."""
    program, arrays, text = CASES[case]
    assert written(program, *arrays) == [text]


def test_a_condition_is_asked_in_the_storys_names():
    """What a function calls z is v₂ in the story."""
    assert written(lambda x: relu(x * y), EIGHT) == ["x ⊙ y", "where(v₁ > 0, v₁, 0)"]


def test_a_name_that_a_node_has_is_not_a_constants():
    """The factor is called w in the function, which is another thing outside."""

    def scaled(x, w=y):
        return x * w

    assert written(lambda w: scaled(w), EIGHT) == ["w ⊙ [8: 0 1 2 … 7]"]


def test_one_name_stands_for_one_array():
    """The second array that a loop calls A is written by its numbers."""

    def program(x):
        for A in (X, X + 1, X):  # noqa: N806
            x = x * A
        return x

    assert written(program, VECTOR) == ["x ⊙ A", "v₁ ⊙ [8×3: 1 2 3 … 24]", "v₂ ⊙ A"]


def test_an_augmented_assignment_names_its_operand():
    """Its text is a statement."""

    def program(x):
        z = x + 1.0
        z *= y
        return z

    assert written(program, EIGHT)[-1].endswith("⊙ y")


def test_what_numpy_composes_has_no_names_of_the_call():
    """The product inside an average is no operand that the person wrote."""
    assert "weights" not in " ".join(written(lambda x: np.average(x, weights=y), EIGHT))


def test_a_recorded_backward_pass_has_no_names_of_the_forward_pass():
    """Its operands are others."""
    shorts = written(gad.grad(lambda w: np.sum(X @ w)), VECTOR)
    assert "[3×8: 0 3 6 … 23] @ v₃" in shorts
    assert not any("X" in short for short in shorts)


def test_the_table_says_what_the_names_stand_for():
    """Two tables differ when the arrays do."""
    tables = [str(gad.trace(lambda w: np.sum(X @ w), VECTOR)), None]
    X[0, 0] = 5.0
    try:
        tables[1] = str(gad.trace(lambda w: np.sum(X @ w), VECTOR))
    finally:
        X[0, 0] = 0.0
    assert [table.splitlines()[-1] for table in tables] == [
        "with X = [8×3: 0 1 2 … 23]",
        "with X = [8×3: 5 1 2 … 23]",
    ]


def test_edges_and_titles_have_the_names_too():
    """The socket, what is sent back, and the formula written out."""
    trace = gad.trace(lambda w: np.sum((X @ w - y) ** 2), VECTOR)
    edges = {(edge.child, edge.argument): edge for edge in trace.story.edges}
    assert edges[1, 1].label.text.startswith("Xᵀ ·")
    assert edges[1, 1].sends.text == "Xᵀ v̄₁"
    assert str(trace).startswith("f(w) = Σ((X @ w − y)²)")
