# ruff: noqa: N803, RET504  (the names of mathematics; programs as learners write them)
"""Remedies where the numbers of the run are 1 and 0: one that is right there by chance is none."""

from __future__ import annotations

import ast
import inspect
import json

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.debugging.hand_written.moving import moved


def square(x):
    return np.sum(x**2)


def square_backward(x):
    dx = 2 + x
    return dx


def product(a, b):
    return np.sum(a * b**2)


def product_backward(a, b):
    return b * 2, 2 * a


def layer(x, W, b):
    z = x @ W + b
    return np.sum(np.tanh(z))


def layer_backward(x, W, b):
    z = x @ W + b
    dz = 1 - np.tanh(z)
    return dz @ W.T, x.T @ dz, dz.sum(axis=0)


def entropy(scores, y):
    p = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    return -np.sum(y * np.log(p))


def entropy_backward(scores, y):
    p = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    dscores = p + y
    return dscores, -np.log(p)


def cubes(x):
    return np.sum(x**3)


def cubes_backward(x):
    dx = 3 * x
    return dx


CASES = [
    (square, square_backward, (np.ones(3),), "dx = 2 * x"),
    (product, product_backward, (np.ones(3), np.ones(3)), "return b ** 2, 2 * a"),
    (layer, layer_backward, (np.ones((3, 2)), np.eye(2), np.zeros(2)), "dz = 1 - np.tanh(z)**2"),
    (entropy, entropy_backward, (np.zeros((2, 3)), np.eye(3)[:2]), "dscores = p - y"),
    (cubes, cubes_backward, (np.full(4, 2.0),), "dx = 3 * x**2"),
]


@pytest.mark.parametrize(
    ("forward", "backward", "arguments", "remedy"), CASES, ids=[case[1].__name__ for case in CASES]
)
def test_a_remedy_is_right_at_other_numbers_too(forward, backward, arguments, remedy):
    first = gad.check_backward(forward, backward, *arguments).first_wrong
    assert first.remedy == remedy
    # Written into the source and run at numbers that are not round, it gives the slopes of differences.
    names = dict(backward.__globals__)
    tree = ast.parse(inspect.getsource(backward).replace(first.code, first.remedy))
    exec(compile(tree, "<mended>", "exec"), names)
    random = np.random.default_rng(1)
    others = [
        a if a is arguments[-1] and forward is entropy else a + random.uniform(0.2, 0.6, a.shape) for a in arguments
    ]
    got = names[backward.__name__](*others)
    got = got if isinstance(got, tuple) else (got,)
    places = range(len(arguments)) if forward is not product else [0]  # the other one is wrong, and right by chance
    for k in places:
        direction = random.normal(size=arguments[k].shape)
        ends = [forward(*(a + s * direction if i == k else a for i, a in enumerate(others))) for s in (1e-6, -1e-6)]
        assert np.sum(got[k] * direction) == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-6)


def test_what_a_report_says_is_of_the_numbers_that_were_passed():
    """The other numbers are never seen: arguments, attributes and the report are those of the call."""

    class Layer:
        def __init__(self):
            self.W = np.ones((2, 2))

        def forward(self, x):
            self.x = x
            return np.sum((x @ self.W) ** 2)

        def backward(self):
            self.dW = 2 + self.x.T @ (self.x @ self.W)

    layer, x = Layer(), np.ones((3, 2))
    report = gad.check_backward(layer.forward, layer.backward, x)
    assert not report.ok
    assert report.first_wrong.remedy == "self.dW = 2 * (self.x.T @ (self.x @ self.W))"
    np.testing.assert_array_equal(report.first_wrong.expected, np.full((2, 2), 12.0))
    np.testing.assert_array_equal(layer.W, np.ones((2, 2)))
    np.testing.assert_array_equal(x, np.ones((3, 2)))
    assert vars(layer).keys() == {"W"}


def test_a_program_that_fails_at_other_numbers_keeps_its_remedies():
    """It asks for what only the numbers of the call fulfil."""

    def forward(x):
        if np.any(x != 1):
            raise ValueError("ones only")
        return np.sum(3 * x)

    def backward(x):
        dx = np.full(x.shape, -3.0)
        return dx

    assert gad.check_backward(forward, backward, np.ones(2)).first_wrong.slip == "sign"


@pytest.mark.parametrize(
    "choice",
    [np.eye(3), np.array([1.0, -1.0, 1.0]), np.array([0.0, 2.0]), np.array([[0.25, 0.75]]), np.arange(3), True, "a"],
    ids=["one-hot", "signs", "mask", "shares", "integers", "bool", "word"],
)
def test_what_looks_like_a_choice_is_not_moved(choice):
    assert moved(choice) is choice


def test_what_is_moved_keeps_dtype_signs_zeros_and_symmetry():
    for value in (np.float32([[-1, 0], [0.5, 2]]), np.array([[1.0, 2.0, 5.0], [2.0, 3.0, 4.0], [5.0, 4.0, 7.0]])):
        other = moved(value)
        assert other.dtype == value.dtype
        np.testing.assert_array_equal(np.sign(other), np.sign(value))
        assert np.array_equal(other, other.T) == np.array_equal(value, value.T)
        assert 0 < np.max(np.abs(other - value) / np.abs(value).max()) < 0.07
    assert type(moved(2.0)) is float
    assert np.unique(moved(np.ones(50))).size == 50


def test_a_gradient_that_is_right_by_chance_is_told():
    """At 1, x + 1 is 2 x; the product rule's two factors are told apart at other numbers only."""
    report = gad.check_backward(square, lambda x: x + 1, np.ones(3))
    assert report.ok
    assert "the gradient of x is wrong: it is right here by chance" in json.loads(report.to_json())["remarks"][0]
    both = gad.check_backward(lambda a, b: np.sum(a * b**2), lambda a, b: (b**3, 2 * a**2), np.ones(2), np.ones(2))
    told = " ".join(str(both).split())
    assert "the gradients of a and b are wrong: they are right here by chance" in told
    for report in (
        gad.check_backward(square, lambda x: 2 * x, np.ones(3)),
        gad.check_backward(square, lambda x: x + 1, np.array([1.0, 1.0, 1.3])),
    ):
        assert "by chance" not in str(report)
