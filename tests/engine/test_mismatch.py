"""Shapes that do not fit are told with the person's own call, names and line, and where something fits, with that."""

from __future__ import annotations

import linecache
import re

import numpy as np
import pytest

import graphviz_ad as gad

X, S = np.arange(24.0).reshape(8, 3) + 1, np.float64(2.0)
W, B, R = np.ones(4), np.ones(8), np.ones((5, 3))
SENTENCES = {
    "X @ W": "X @ W: X is (8, 3) and W is (4,): the 3 and the 4 must be equal",
    "np.matmul(X, W)": "np.matmul(X, W): X is (8, 3) and W is (4,): the 3 and the 4 must be equal",
    "np.dot(X, W)": "np.dot(X, W): X is (8, 3) and W is (4,): the 3 and the 4 must be equal",
    "X.dot(W)": "X.dot(W): X is (8, 3) and W is (4,): the 3 and the 4 must be equal",
    "P @ W": "P @ W: P is (8, 3) and W is (4,): the 3 and the 4 must be equal",
    "np.sum((X @ W - 1) ** 2)": "X @ W: X is (8, 3) and W is (4,): the 3 and the 4 must be equal",
    "X @ R": "the 3 and the 5 must be equal, as they are in X @ R.T",
    "X @ B": "the 3 and the 8 must be equal, as they are in X.T @ B",
    "X @ S": "X @ S: S is a single number, and @ multiplies arrays: write X * S",
    "X + W": "X + W: X is (8, 3) and W is (4,): the 3 and the 4 must be equal, or one of them 1",
    "P / W": "P / W: P is (8, 3) and W is (4,): the 3 and the 4 must be equal, or one of them 1",
    "2.0 * (X - np.ones(7))": "X - np.ones(7): X is (8, 3) and np.ones(7) is (7,): the 3 and the 7 must be equal",
    "X * B": "the 3 and the 8 must be equal, or one of them 1; B[:, None] is (8, 1), which fits",
    "np.maximum(X, W)": "np.maximum(X, W): X is (8, 3) and W is (4,): the 3 and the 4 must be equal, or one of them 1",
    "np.where(P > 2, X, W)": "P > 2 is (8, 3), X is (8, 3) and W is (4,): the 3 and the 4 must be equal",
    "np.concatenate([X, W])": "np.concatenate([X, W]): X is (8, 3) and W is (4,): they need as many dimensions",
    "np.concatenate([X, R], axis=1)": "X is (8, 3) and R is (5, 3): only the dimension of axis may differ",
    "np.stack([W, B])": "np.stack([W, B]): W is (4,) and B is (8,): to be stacked they need the same shape",
    "np.reshape(X, (5, 5))": "np.reshape(X, (5, 5)): X is (8, 3), which is 24 numbers, and the new",
    "X.reshape(-1, 7)": "X is (8, 3), which is 24 numbers, and the new shape does not hold as many",
}


def run(source, mode="eval", **names):
    """Run what a person has written, where it can be read."""
    filename = f"<shapes {len(linecache.cache)}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    leaves = {"X": X, "S": S, "W": W, "B": B, "R": R}
    scope = {"np": np, "P": X, **{name: gad.Variable(value) for name, value in leaves.items()}}
    return eval(compile(source, filename, mode), scope | names)


@pytest.mark.parametrize("call", SENTENCES)
def test_the_shapes_are_told_with_the_names(call):
    """In a ValueError, as NumPy's is, at the end of which stands the line."""
    with pytest.raises(ValueError, match=re.escape(SENTENCES[call])) as caught:
        run(call)
    assert re.search(r" \(<shapes \d+>, line 1\)$", str(caught.value))
    assert type(caught.value) is ValueError
    way = re.search(r"(?:as they are in|write) (.*) \(<", str(caught.value))
    if way is not None:
        run(way[1])
    elif "which fits" in str(caught.value):
        run("X * B[:, None]")


def test_a_statement_is_told_too():
    """It has no value to be read."""
    with pytest.raises(ValueError, match=r"^w -= V: w is \(4,\) and V is \(8,\): the 4 and the 8 must be equal"):
        run("def f():\n    w = gad.Variable(W)\n    w -= V\nf()", "exec", gad=gad, W=W, V=B)


def test_what_the_line_calls_something_else_gets_no_names():
    """Where a function of another's is what is called."""
    with pytest.raises(ValueError, match=r"^the first is \(8, 3\) and the second is \(4,\): the 3 and the 4 must be"):
        list(map(np.matmul, [gad.Variable(X)], [W]))


def test_errors_of_the_person_s_own_are_left_alone():
    """Even where they sound alike."""

    def f(x):
        raise ValueError("operands could not be broadcast together, I say")

    with pytest.raises(ValueError, match=r"I say$"):
        gad.grad(f)(1.0)
