"""Where a last digit decides: roots and logarithms of differences that rounding makes negative or 0."""
# ruff: noqa: D103

import numpy as np
from numpy import exp as power_of_e
from numpy import log as ln

from tests.bugs.gallery import bug, healthy


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


@bug(
    "cancellation",
    at={"x": 1e-9},
    cause=r"no digit is left.* computed with 80 digits it is 1\.66667e−28",
    reaches=("x",),
)
def angle_less_its_sine(x):
    return x - np.sin(x)  # here


@bug("cancellation", at={"x": 1e-20}, cause=r"comes out as 0; computed with 80 digits it is 1e−20", reaches=("x",))
def interest_of_a_moment(x):
    return np.exp(x) - 1  # here


HILBERT = 1 / (np.arange(10)[:, None] + np.arange(10) + 1.0)


@bug("cancellation", at={"b": np.ones(10)}, cause=r"condition number of HILBERT is 1\.6e13: .*3 digits", reaches=("b",))
def equations_with_hilberts_matrix(b):
    return np.sum(np.linalg.solve(HILBERT, b))  # here


@bug("cancellation", at={"s": 2.0}, cause=r"condition number of K is 1\.6e13", reaches=("s",))
def inverse_of_hilberts_matrix(s):
    K = s * HILBERT  # noqa: N806
    return np.linalg.inv(K)[3, 4]  # here


@bug("underflow", at={"x": np.array([1e-200, 2e-200, 3e-200])}, cause="the squares in std x are less", reaches=("x",))
def deviation_of_tiny_numbers(x):
    return np.std(x)  # here


@healthy(at={"w": np.array([0.5, 1.0, -2.0])})
def normal_equations_of_independent_columns(w):
    X = np.sin(np.arange(30.0).reshape(10, 3) ** 2)  # noqa: N806
    return np.sum(np.linalg.solve(X.T @ X, X.T @ (X @ w + 1.0)) ** 2)


@healthy(at={"b": np.ones(3)})
def equations_whose_rows_are_in_other_units(b):
    return np.sum(np.linalg.solve(np.array([[2.0, 1.0, 0.0], [1e-12, 3e-12, 0.0], [0.0, 1e9, 4e9]]), b))


@healthy(at={"x": 0.7})
def sum_of_squares_that_is_one(x):
    return np.sin(x) ** 2 + np.cos(x) ** 2 - 1


@healthy(at={"x": 1.0})
def ten_tenths_less_a_whole(x):
    return 0.1 * x * 10 - x


@bug("inf", at={"z": np.array([800.0, 0.0, 1.0])}, cause="logarithm of 0", reaches=("z",), first=False)
def surprise_at_one_class_of_an_unshifted_softmax(z):
    e = np.exp(z)
    return -np.log(e[1] / e.sum())  # here


@bug("inf", at={"x": -800.0}, cause="overflows", reaches=("x",))
def softplus_as_the_surprise_of_a_sigmoid(x):
    return -np.log(1 / (1 + np.exp(-x)))  # here


@bug("nan", at={"x": np.array([0.0, 1.0])}, cause="0 divided by 0 is NaN", reaches=("x",))
def diffraction_at_the_middle_of_a_slit(x):
    return np.sum((np.sin(x) / x) ** 2)  # here


@bug("inf", at={"x": 800.0}, cause="overflows", reaches=("x",))
def softplus_under_names_of_ones_own(x):
    return ln(1 + power_of_e(x))  # here


@bug("nan", at={"x": 0.0}, cause="0 divided by 0 is NaN", reaches=("x",))
def slope_of_a_chord_of_no_length(x):
    return (1 - np.cos(x)) / x**2  # here


@bug("cancellation", at={"v": 1e-6}, cause="loses its digits|cancel", reaches=("v",))
def kinetic_energy_of_a_slow_body(v):
    return 1 / np.sqrt(1 - v**2) - 1  # here


@bug("cancellation", at={"x": 1e-7}, cause="cancel", reaches=("x",))
def cosine_beside_its_top(x):
    return (np.cos(x) - 1) / x**2  # here


@bug("inf", at={"a": 1e200}, cause="overflows", reaches=("a",))
def pseudo_huber_far_out(a):
    return np.sqrt(a**2 + 1) - 1  # here
