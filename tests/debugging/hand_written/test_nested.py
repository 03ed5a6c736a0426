"""Gradients that are returned in containers inside of containers: which is whose, and which line has made them."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(4, 3))
LAYERS = [
    {"W": RANDOM.normal(size=(3, 2)), "b": RANDOM.normal(size=2)},
    {"W": RANDOM.normal(size=(2, 2)), "b": RANDOM.normal(size=2)},
]


def forward(x, layers):
    hs = [x]
    for layer in layers:
        hs.append(np.tanh(hs[-1] @ layer["W"] + layer["b"]))
    return np.sum(hs[-1]), hs


def right(x, layers, hs):
    grads = []
    dh = np.ones_like(hs[-1])
    for layer, h, before in zip(layers[::-1], hs[:0:-1], hs[-2::-1], strict=True):
        dz = dh * (1 - h**2)
        grads.insert(0, {"dW": before.T @ dz, "db": dz.sum(axis=0)})
        dh = dz @ layer["W"].T
    return dh, grads


def with_a_mean(x, layers, hs):
    grads = []
    dh = np.ones_like(hs[-1])
    for layer, h, before in zip(layers[::-1], hs[:0:-1], hs[-2::-1], strict=True):
        dz = dh * (1 - h**2)
        grads.append({"W": before.T @ dz, "b": dz.mean(axis=0)})
        dh = dz @ layer["W"].T
    return dh, grads[::-1]


def test_a_list_of_dicts_has_a_gradient_for_each_entry():
    report = gad.check_backward(forward, right, X, LAYERS)
    assert report.ok
    assert str(report).startswith("right: all 5 gradients are right")


def test_an_entry_of_a_dict_that_is_appended_is_the_wrong_place():
    first = gad.check_backward(forward, with_a_mean, X, LAYERS).first_wrong
    assert (first.name, first.slip) == ("grads[0]['b']", "factor")
    assert first.remedy == 'grads.append({"W": before.T @ dz, "b": dz.sum(axis=0)})'
    assert not np.allclose(first.got, first.expected)


@pytest.mark.parametrize("empty", [None, (None, None)])
def test_tuples_of_tuples_are_paired_by_their_place_and_may_leave_out_what_they_do_not_compute(empty):
    def loss(pairs):
        (a, b), (c, d) = pairs
        return np.sum(a * b) + np.sum(c * d)

    def backward(pairs):
        (a, b), _ = pairs
        return ((b, a), empty)

    def exchanged(pairs):
        (a, b), (c, d) = pairs
        return ((b, a), (c, d))

    pairs = tuple(tuple(RANDOM.normal(size=3) for _ in range(2)) for _ in range(2))
    assert gad.check_backward(loss, backward, pairs).ok
    first = gad.check_backward(loss, exchanged, pairs).first_wrong
    assert (first.slip, first.remedy) == ("wrong-operand", "return ((b, a), (d, c))")
