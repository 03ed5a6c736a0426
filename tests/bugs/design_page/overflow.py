"""Numbers too large for their type, and numbers so small that they became zero."""
# ruff: noqa: D103

import numpy as np

from tests.bugs.gallery import bug

KNOWN = np.array([0.0, 1.0])


@bug(
    "inf|nan-gradient", at={"x": np.array([-800.0, 1.0])}, cause="exp|overflow|∞|inf", reaches=("x",), severity="error"
)
def sigmoid_of_a_very_negative_number(x):
    return np.sum(1.0 / (1.0 + np.exp(-x)))  # here


@bug("inf", at={"x": np.array([0.0, 800.0])}, cause="exp|overflow|709|large", reaches=("x",), severity="error")
def softplus_of_a_large_number(x):
    return np.sum(np.log(1.0 + np.exp(x)))  # here


@bug("inf", at={"x": np.array([1000.0, 1001.0])}, cause="exp|overflow|709|large", reaches=("x",), severity="error")
def log_of_a_sum_of_large_exponentials(x):
    total = np.sum(np.exp(x))  # here
    return np.log(total)


@bug(
    "inf",
    at={"x": np.array([900.0, 1.0])},
    cause="exp|overflow|709|large",
    reaches=("x",),
    severity="error",
    first=False,
)
def softmax_without_its_shift(x):
    e = np.exp(x)  # here
    p = e / np.sum(e)
    return np.sum((p - KNOWN) ** 2)


@bug("inf", at={"error": np.array([0.1, 1200.0])}, cause="cosh|overflow|large", reaches=("error",), severity="error")
def log_cosh_loss_of_an_outlier(error):
    return np.mean(np.log(np.cosh(error)))  # here


@bug(
    "inf",
    at={"x": np.array([1e200, 1e200])},
    cause="overflow|large|1e\\+?308|hypot|power|square",
    severity="error",
)
def length_of_a_huge_vector_by_squares(x):
    squares = x[0] * x[0] + x[1] * x[1]  # here
    return np.sqrt(squares)


@bug(
    "inf",
    at={"x": np.array([1.0, 100.0], dtype=np.float32)},
    cause="float32|overflow|88|large",
    reaches=("x",),
    severity="error",
)
def exponential_in_single_precision(x):
    return np.sum(np.exp(x))  # here


@bug(
    "inf",
    at={"x": np.array([300.0, 2.0], dtype=np.float16)},
    cause="float16|overflow|65504|large",
    severity="error",
)
def square_in_half_precision(x):
    squares = x * x  # here
    return np.sqrt(np.sum(squares))


@bug("inf", at={"steps": np.full(50, 1e8)}, cause="overflow|large|product", reaches=("steps",), severity="error")
def product_of_many_large_numbers(steps):
    total = steps[0]
    for i in range(1, 50):
        total = total * steps[i]  # here
    return np.log(total)


@bug(
    "underflow", at={"r": 50.0}, cause="exp|underflow|became 0|too small|0", severity="note|warning|error", first=False
)
def density_far_in_the_tail(r):
    density = np.exp(-0.5 * r**2)  # here
    return np.log(density)


@bug(
    "underflow",
    at={"p": np.full(400, 0.1)},
    cause="underflow|became 0|too small|0",
    severity="warning|error",
    first=False,
)
def likelihood_as_a_product_of_many_probabilities(p):
    likelihood = np.prod(p)  # here
    return -likelihood


@bug(
    "underflow",
    at={"x": np.array([1e-30, 1e-30], dtype=np.float32)},
    cause="float32|underflow|became 0|too small|0",
    severity="warning|error",
    first=False,
)
def length_of_a_tiny_vector_in_single_precision(x):
    squares = x * x  # here
    return np.sqrt(np.sum(squares))


@bug(
    "underflow|zero-gradient",
    at={"x": np.array([1.0, 1.2], dtype=np.float16)},
    cause="float16|underflow|became 0|too small|0",
)
def small_squares_in_half_precision(x):
    return np.sum((1e-4 * x) ** 2)  # here


@bug(
    "underflow|zero-gradient",
    at={"centre": np.array([30.0, 40.0])},
    cause="exp|underflow|became 0|too small|flat|0",
    reaches=("centre",),
)
def radial_basis_function_far_from_its_centre(centre):
    distance = np.sum(centre**2)
    return 5.0 * np.exp(-distance)  # here


@bug("nan-gradient", at={"x": np.array([800.0, 1.0])}, cause="exp|overflow|∞|inf", reaches=("x",), severity="error")
def cap_after_the_overflow(x):
    return np.sum(np.minimum(np.exp(x), 10.0))  # here


@bug("inf", at={"logits": np.array([0.0, 800.0])}, cause="log|pole|0|underflow", severity="error", first=False)
def log_of_a_softmax_that_is_too_sure(logits):
    e = np.exp(logits - np.max(logits))
    p = e / np.sum(e)
    return -np.log(p[0])  # here
