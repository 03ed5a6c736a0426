"""Simplified expressions: they have the same value, and are not longer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphviz_ad.formulas.formula import Formula
from graphviz_ad.formulas.simplifying import simplified, size
from graphviz_ad.formulas.symbols import Symbol, name, number, operation, plainly
from tests.formulas.evaluating import value_of

RANDOM = np.random.default_rng(4)
SHAPES = {"x": (), "c": (), "v": (3,), "w": (3,), "A": (3, 3), "B": (3, 3)}
NAMES = {key: name(key, shape, dtype=float) for key, shape in SHAPES.items()}
VALUES = {(key, False): RANDOM.uniform(0.5, 1.5, shape)[()] for key, shape in SHAPES.items()}

LEAVES = st.one_of(st.sampled_from(sorted(NAMES)), st.sampled_from([0.0, 1.0, -1.0, 2.0, -3.0, 0.5]))
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["add", "subtract", "multiply", "divide", "matmul"]), inner, inner),
        st.tuples(st.sampled_from(["negative", "square", "sin", "transpose", "column", "row", "sum"]), inner),
    ),
    max_leaves=7,
)


def build(expression):
    """Build a symbol; None where shapes do not fit."""
    if not isinstance(expression, tuple):
        return NAMES[expression] if isinstance(expression, str) else number(expression)
    head, *parts = expression
    parts = [build(part) for part in parts]
    if any(part is None for part in parts):
        return None
    first = parts[0]
    if head in ("column", "row"):
        return None if first.ndim != 1 else first[:, None] if head == "column" else first[None, :]
    if head == "transpose":
        return plainly("transpose", first, axes=tuple(range(first.ndim))[::-1])
    if head == "sum":
        return plainly("sum", first, axis=None, keepdims=False)
    if head == "matmul" and not all(part.ndim for part in parts):
        return None
    symbol = operation(head, *parts)
    return symbol if symbol.known_shape is not None and len(symbol.known_shape) <= 2 else None


@settings(max_examples=400, deadline=None, derandomize=True)
@given(EXPRESSIONS)
def test_a_simplified_expression_has_the_same_value_and_shape(expression):
    """Of numbers, vectors and matrices."""
    symbol = build(expression)
    if symbol is None:
        return
    with np.errstate(all="ignore"):
        try:
            expected = value_of(symbol, VALUES)
        except ValueError:  # of a product whose sizes do not fit
            return
        value = value_of(simplified(symbol), VALUES)
    if np.all(np.isfinite(expected)):
        assert np.shape(value) == np.shape(expected)
        np.testing.assert_allclose(value, expected, rtol=1e-9, atol=1e-9)
        assert size(simplified(symbol), 1000) <= size(symbol, 1000) + 2


X, C, V, W, A = (NAMES[key] for key in "xcvwA")


@pytest.mark.parametrize(
    ("symbol", "text"),
    [
        (X + X, "2x"),
        (2 * X + X * 3, "5x"),
        (X - X, "0"),
        (-(2 * X) * -3, "6x"),
        (X * (1 / X**2), "1/x"),
        (X * (1 / X**3), "1/x²"),
        (X**2 * (1 / X), "x²/x"),
        ((C * X) * 2.0, "2c · x"),
        (2 * X / C / X, "2x/(c · x)"),
        (A @ V[:, None] * 2, "2 A v"),
        (V[:, None] * W, "v wᵀ"),
        (plainly("transpose", plainly("transpose", A, axes=(1, 0)), axes=(1, 0)), "A"),
        (plainly("broadcast_to", X, shape=(3,)) * V, "x · v"),
        (plainly("broadcast_to", V, shape=(3, 3)) * A, "v ⊙ A"),
        (V @ A, "Aᵀ v"),
        ((A @ V) @ W, "vᵀ Aᵀ w"),
    ],
)
def test_simplified_expressions_read_as_by_hand(symbol, text):
    """A higher power below the line swallows what is above; above it nothing is cancelled, since 0 has a value then."""
    assert Formula(simplified(symbol)).text.replace("\u2009", " ") == text


def test_the_same_over_other_axes_is_not_the_same():
    """Parameters count, so that two sums are not added up to twice one of them."""
    rows, columns = (Symbol("sum", (A,), (3,), axis=axis, keepdims=False) for axis in (0, 1))
    assert not rows.same(columns)
    assert simplified(rows + columns).head == "add"
    assert Formula(simplified(rows + rows)).text == "2 · (Σ A over axis 0)"


def test_the_size_of_an_expression_is_counted_no_further_than_asked():
    """A deep one costs no more than its limit."""
    whole = X
    for _ in range(60):
        whole = Symbol("add", (whole, whole))
    assert size(whole, 100) == 101
