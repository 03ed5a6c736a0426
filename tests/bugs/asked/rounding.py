"""Where a last digit decides: roots and logarithms of differences that rounding makes negative or 0."""
# ruff: noqa: D103

import numpy as np

from tests.bugs.gallery import bug


@bug("nan", at={"x": np.full(3, 0.1)}, cause="rounding alone: computed with 80 digits, v₂ − v₄ is 0;", reaches=("x",))
def standard_deviation_from_two_means(x):
    return np.sqrt(np.mean(x**2) - np.mean(x) ** 2)  # here


@bug("inf", at={"x": 1e-18}, cause="rounding alone: computed with 80 digits, 1 − v₂ is 1e−18;", reaches=("x",))
def logarithm_of_the_chance_that_something_happens(x):
    return np.log(1 - np.exp(-x))  # here


@bug("inf", at={"x": np.array([2.0, 2.0])}, cause=r"a division by 0 is ∞\. So", reaches=("x",))
def distance_of_two_equal_numbers_as_a_divisor(x):
    return 1 / (x[0] - x[1])  # here


@bug("cancellation", at={"a": 4.0, "b": 4.25}, cause="comes out as 100; .* 80 digits it is 5", reaches=("a",))
def recurrence_that_is_drawn_to_another_limit(a, b):
    for _ in range(30):
        a, b = b, 108 - (815 - 1500 / a) / b  # here
    return b
