"""What an entry is made of, against what moves when each entry of the operand is moved."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.story.entries import sources

X = np.random.default_rng(5).normal(size=(3, 4)) + 3.0
B = np.random.default_rng(6).normal(size=4) + 2.0
A = np.random.default_rng(7).normal(size=(5, 3))
C = np.random.default_rng(8).normal(size=(4, 2))


def pattern(function, x):
    """Return which entries of the result, by row, move with which entries of x."""
    base, moves = np.ravel(function(x)), []
    for place in range(np.size(x)):
        moved = np.array(x)
        moved.flat[place] += 1e-4
        moves.append(np.ravel(function(moved)) != base)
    return np.stack(moves, axis=1)


def told(node, x):
    """Return the same, as it is told."""
    origin = sources(node, next(k for k, operand in enumerate(node.operands) if operand is x))
    said = np.zeros((node.value.size, x.value.size), bool)
    if origin.kind == "same":
        return np.eye(x.value.size, dtype=bool)
    if origin.kind == "product":
        left, right = (np.shape(getattr(operand, "value", operand)) for operand in node.operands)
        rows, inner = left if len(left) == 2 else (1, left[0])
        columns = right[1] if len(right) == 2 else 1
        for i, j, k in np.ndindex(rows, columns, inner):
            own = i * inner + k if node.operands[0] is x else k * columns + j
            said[i * columns + j, own] = True
        return said
    for index, place in enumerate(origin.places):
        if place >= 0:
            said[(index, place) if origin.kind == "picks" else (place, index)] = True
    return said


FUNCTIONS = {
    "elementwise": lambda x: np.sin(x),
    "matrix": lambda x: x * A[:3, :1],
    "right factor": lambda x: A @ x,
    "left factor": lambda x: x @ C,
    "matrix times vector": lambda x: x @ B,
    "vector times matrix": lambda x: A[0] @ x,
    "sum": lambda x: np.sum(x),
    "sum of rows": lambda x: np.sum(x, axis=0),
    "sum of columns": lambda x: np.sum(x, axis=-1, keepdims=True),
    "mean": lambda x: np.mean(x, axis=1),
    "reshape": lambda x: np.reshape(x, (2, 6)),
    "transpose": lambda x: np.transpose(x),
    "index": lambda x: x[1:, ::2],
    "gather": lambda x: x[np.array([2, 0, 2])],
    "mask": lambda x: x[X > 3],
    "concatenate": lambda x: np.concatenate([X, x]),
    "stack": lambda x: np.stack([X, x], axis=1),
    "roll": lambda x: np.roll(x, 1, axis=1),
    "pad": lambda x: np.pad(x, 1),
    "pad with constants": lambda x: np.pad(x, 1, constant_values=7.0),
    "tril": lambda x: np.tril(x),
    "repeat": lambda x: np.repeat(x, 2, axis=0),
    "take": lambda x: np.take(x, [1, 1, 3], axis=1),
    "flip": lambda x: np.flip(x),
    "swapaxes": lambda x: np.swapaxes(x, 0, 1),
    "broadcast_to": lambda x: np.broadcast_to(x, (2, 3, 4)),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_entry_is_made_of_the_entries_that_move_it(name):
    """All of them, and no others; the numbers are NumPy's alone."""
    x = gad.Variable(X)
    node = FUNCTIONS[name](x)
    np.testing.assert_array_equal(told(node, x), pattern(FUNCTIONS[name], X))


def test_what_was_broadcast_is_picked_by_each_copy():
    """And summed on the way back."""
    b = gad.Variable(B)
    np.testing.assert_array_equal(told(X + b, b), pattern(lambda b: X + b, B))
    s = gad.Variable(2.0)
    np.testing.assert_array_equal(told(s * X, s), pattern(lambda s: s * X, np.array(2.0)))


@pytest.mark.parametrize(
    "function", [np.cumsum, np.sort, np.linalg.inv, lambda x: np.max(x, axis=0), lambda x: np.sum(x, where=x.value > 1)]
)
def test_of_what_is_not_known_nothing_is_said(function):
    """Nothing is better than something false."""
    x = gad.Variable(X[:, :3])
    assert sources(function(x), 0) is None


def test_large_arrays_are_not_followed():
    """Nor is what is empty."""
    assert sources(np.sin(gad.Variable(np.ones(2000))), 0) is None
    assert sources(np.sin(gad.Variable(np.ones((0, 3)))), 0) is None
