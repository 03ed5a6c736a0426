"""Long chains of which the gradient dies away or grows without bound."""
# ruff: noqa: D103

import numpy as np

from tests.bugs.gallery import bug

W = np.array([[2.0, 1.0], [0.5, 3.0]])


def step(h):
    return np.tanh(0.3 * h)  # here


@bug(
    "vanishing",
    at={"h": 0.8},
    cause="vanish|shrink|small|steps|times|factor|0.3",
    reaches=("h",),
    severity="warning|error",
)
def recurrence_of_a_weight_below_one(h):
    for _ in range(100):
        h = np.tanh(0.3 * h)  # here
    return h


@bug(
    "vanishing",
    at={"h": np.array([0.8, -0.4])},
    cause="vanish|shrink|small|steps|times|factor|0.3",
    reaches=("h",),
    within=step,
)
def recurrence_that_vanishes_in_a_function_of_its_own(h):
    for _ in range(120):
        h = step(h)
    return np.sum(h)


@bug(
    "vanishing",
    at={"x": 0.2},
    cause="vanish|shrink|small|layers|times|factor|sigmoid|exp",
    reaches=("x",),
    severity="warning|error",
)
def forty_sigmoids_on_top_of_each_other(x):
    for _ in range(40):
        x = 1.0 / (1.0 + np.exp(-x))  # here
    return x


@bug(
    "exploding", at={"y": 1.0}, cause="explod|grow|large|steps|times|factor|9", reaches=("y",), severity="warning|error"
)
def euler_steps_too_long_for_a_stiff_equation(y):
    for _ in range(60):
        y = y + 0.1 * (-100.0 * y)  # here
    return y


@bug(
    "exploding",
    at={"h": np.array([0.1, 0.2])},
    cause="explod|grow|large|steps|times|factor|3",
    reaches=("h",),
    severity="warning|error",
)
def linear_recurrence_with_an_eigenvalue_above_three(h):
    for _ in range(100):
        h = W @ h  # here
    return np.sum(h)


@bug(
    "exploding",
    at={"x": np.array([1.0, -2.0])},
    cause="explod|grow|large|steps|times|factor|2",
    reaches=("x",),
    severity="warning|error",
)
def descent_with_a_rate_that_diverges(x):
    for _ in range(120):
        x = x - 1.5 * (2.0 * x)  # here
    return np.sum(x**2)


@bug(
    "exploding",
    at={"x": 0.3},
    cause="explod|grow|large|steps|times|factor|chao",
    reaches=("x",),
    severity="warning|error",
)
def logistic_map_over_two_hundred_turns(x):
    for _ in range(200):
        x = 4.0 * x * (1.0 - x)  # here
    return x
