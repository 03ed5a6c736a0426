"""Differences of nearly equal numbers, of which few digits are left."""
# ruff: noqa: D103

import numpy as np

from tests.bugs.gallery import bug


@bug("cancellation", at={"x": 1e-7}, cause="digit|cancel|cos")
def one_minus_cosine_of_a_small_angle(x):
    return (1.0 - np.cos(x)) / x**2  # here


@bug("cancellation", at={"x": np.array([1e-3, 2e-3], dtype=np.float32)}, cause="digit|cancel|cos|float32")
def one_minus_cosine_in_single_precision(x):
    versine = 1.0 - np.cos(x)  # here
    return np.sum(versine)


@bug("cancellation", at={"x": 1e8 + np.array([0.0, 1.0, 2.0, 3.0])}, cause="digit|cancel|mean")
def variance_as_mean_of_squares_less_square_of_mean(x):
    return np.mean(x**2) - np.mean(x) ** 2  # here


@bug("cancellation", at={"rate": 1e-14}, cause="digit|cancel|exp")
def exponential_less_one_at_a_small_rate(rate):
    growth = np.exp(rate) - 1.0  # here
    return growth / rate


@bug("cancellation", at={"x": 1e15}, cause="digit|cancel|sqrt|√|root")
def difference_of_two_near_roots(x):
    return np.sqrt(x + 1.0) - np.sqrt(x)  # here


@bug("cancellation", at={"a": 1.0, "b": 1e8, "c": 1.0}, cause="digit|cancel|sqrt|√|root")
def small_root_of_a_quadratic_by_the_school_formula(a, b, c):
    root = np.sqrt(b**2 - 4.0 * a * c)
    return (-b + root) / (2.0 * a)  # here


@bug("cancellation", at={"a": 1e8 + np.array([2.5, 5.0])}, cause="digit|cancel")
def squared_distance_by_three_dot_products(a):
    b = 1e8 + np.array([0.0, 0.3])
    return np.sum(a * a) + np.sum(b * b) - 2.0 * np.sum(a * b)  # here


@bug("cancellation", at={"x": 1.0}, cause="digit|cancel|sin")
def difference_quotient_with_a_step_too_small(x):
    h = 1e-14
    return (np.sin(x + h) - np.sin(x)) / h  # here


@bug("cancellation", at={"x": 18.0}, cause="digit|cancel|tanh", first=False)
def distance_of_tanh_from_one(x):
    gap = 1.0 - np.tanh(x)  # here
    return np.log(gap)
