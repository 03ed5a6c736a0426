"""Gradients added to those of an earlier pass, and values written to after they were used."""
# ruff: noqa: D103

import numpy as np

import graphviz_ad as gad
from tests.bugs.gallery import bug

X = np.array([1.0, 2.0, 3.0])
T = np.array([2.0, 4.0, 6.5])
ANY = "note|warning|error"


@bug("accumulated", cause="zero_grad|add|old|twice|earlier|before", reaches=("w",), reports=True)
def training_without_zero_grad():
    w = gad.Variable(0.5, name="w")
    for _ in range(2):
        with gad.record() as trace:
            loss = np.mean((w * X - T) ** 2)
        loss.backward()  # here
    return trace.check()


@bug("accumulated", cause="zero_grad|add|old|twice|earlier|before", reaches=("w",), reports=True)
def backward_called_twice():
    w = gad.Variable(1.5, name="w")
    with gad.record() as trace:
        loss = np.sin(w) * w
    loss.backward()
    loss.backward()  # here
    return trace.check()


@bug("accumulated", cause="zero_grad|add|old|twice|earlier|before", reaches=("w",), reports=True)
def part_of_a_loss_counted_again_in_the_total():
    w = gad.Variable(np.array([0.2, -0.4]), name="w")
    with gad.record() as trace:
        penalty = np.sum(w**2)
        total = penalty + np.sum(np.exp(w))
    penalty.backward()
    total.backward()  # here
    return trace.check()


@bug("accumulated", cause="zero_grad|add|old|twice|earlier|before", reaches=("w",), reports=True)
def only_one_of_two_parameters_is_cleared():
    w = gad.Variable(1.0, name="w")
    b = gad.Variable(0.0, name="b")
    for _ in range(2):
        b.zero_grad()
        with gad.record() as trace:
            loss = np.mean((w * X + b - T) ** 2)
        loss.backward()  # here
    return trace.check()


@bug("overwritten", at={"x": np.array([0.5, 1.0])}, cause="writ|chang|overw|after", severity=ANY, first=False)
def scaled_in_place_after_it_was_summed(x):
    v = np.exp(x)
    total = np.sum(v * v)
    v *= 2.0  # here
    return total + np.sum(v)


@bug("overwritten", at={"x": np.array([0.5, 1.0, 2.0])}, cause="writ|chang|overw|after", severity=ANY, first=False)
def entry_replaced_after_it_was_used(x):
    h = np.tanh(x)
    product = h[0] * h[1]
    h[0] = 0.0  # here
    return product + np.sum(h)
