"""Logarithms, roots, powers and norms where their value or their slope is not finite."""
# ruff: noqa: D103

import numpy as np

from tests.bugs.gallery import bug

CLASSES = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])


@bug("inf", at={"p": np.array([0.5, 0.0, 0.5])}, cause="log|pole", reaches=("p",), severity="error")
def log_likelihood_with_a_probability_of_zero(p):
    score = np.log(p)  # here
    return -np.sum(score)


@bug("nan", at={"p": np.array([0.5, 0.5, 0.0])}, cause="0|log|∞|inf", reaches=("p",), severity="error", first=False)
def entropy_of_a_distribution_with_a_zero(p):
    return -np.sum(p * np.log(p))  # here


@bug(
    "nan", at={"v": np.array([4.0, -1.0, 9.0])}, cause="negative|below 0|domain|-1|−1", reaches=("v",), severity="error"
)
def root_of_a_negative_variance(v):
    deviation = np.sqrt(v)  # here
    return np.mean(deviation)


@bug("nan", at={"x": np.array([2.0, -3.0])}, cause="log|negative|below 0|domain", severity="error")
def log_of_a_negative_number(x):
    return np.sum(np.log(x))  # here


@bug("nan", at={"x": 1.5}, cause="arcsin|domain|between|outside|above 1", reaches=("x",), severity="error")
def angle_of_a_sine_above_one(x):
    return 2.0 * np.arcsin(x)  # here


@bug(
    "nan",
    at={"base": np.array([-8.0, 27.0])},
    cause="negative|below 0|domain|power|root",
    reaches=("base",),
    severity="error",
)
def cube_root_by_a_power_of_a_negative_number(base):
    return np.sum(base ** (1.0 / 3.0))  # here


@bug(
    "inf-gradient", at={"x": np.array([0.0, 4.0])}, cause="sqrt|√|vertical|slope|pole", reaches=("x",), severity="error"
)
def root_of_zero_is_vertical(x):
    r = np.sqrt(x)  # here
    return np.sum(r)


@bug("inf-gradient", at={"x": 0.0}, cause="power|0.5|vertical|slope|pole", reaches=("x",), severity="error")
def half_power_of_zero_is_vertical(x):
    return 3.0 * x**0.5  # here


@bug(
    "nan-gradient|inf-gradient",
    at={"a": np.array([1.0, 2.0])},
    cause="sqrt|√|vertical|0 ?· ?∞|∞",
    reaches=("a",),
    severity="error",
)
def distance_to_itself_by_a_root_of_squares(a):
    b = np.array([1.0, 2.0])
    return np.sqrt(np.sum((a - b) ** 2))  # here


@bug(
    "nan-gradient|inf-gradient",
    at={"x": np.zeros(3)},
    cause="power|0.5|vertical|∞|pole",
    reaches=("x",),
    severity="error",
)
def length_of_zero_by_a_half_power(x):
    return np.sum(x**2) ** 0.5  # here


@bug(
    "nan-gradient|inf-gradient",
    at={"x": np.array([[0.0, 0.0], [3.0, 4.0]])},
    cause="sqrt|√|vertical|∞",
    reaches=("x",),
    severity="error",
)
def pairwise_distances_with_their_diagonal(x):
    difference = x[:, None, :] - x[None, :, :]
    distances = np.sqrt(np.sum(difference**2, axis=2))  # here
    return np.sum(distances)


@bug(
    "nan-gradient|inf-gradient",
    at={"x": np.full(4, 2.5)},
    cause="sqrt|√|vertical|∞|0",
    reaches=("x",),
    severity="error",
)
def deviation_of_equal_numbers(x):
    centred = x - np.mean(x)
    return np.sqrt(np.mean(centred * centred))  # here


@bug(
    "inf",
    at={"logits": np.array([[900.0, 0.0, -5.0], [0.0, 1.0, 2.0]])},
    cause="exp|overflow|709",
    reaches=("logits",),
    severity="error",
    first=False,
)
def cross_entropy_of_a_naive_softmax(logits):
    e = np.exp(logits)  # here
    p = e / np.sum(e, axis=1, keepdims=True)
    return -np.sum(CLASSES * np.log(p))


@bug(
    "inf-gradient",
    at={"a": np.array([0.6, 0.8])},
    cause="arccos|vertical|slope|pole|∞",
    reaches=("a",),
    severity="error",
)
def angle_between_equal_directions(a):
    b = np.array([0.6, 0.8])
    return np.arccos(np.sum(a * b))  # here


@bug(
    "nan",
    at={"a": np.array([0.6, 0.8000001])},
    cause="arccos|domain|between|outside|above 1",
    reaches=("a",),
    severity="error",
)
def angle_of_a_cosine_rounded_above_one(a):
    cosine = a[0] * 0.6 + a[1] * 0.8
    return np.arccos(cosine)  # here


@bug("inf", at={"p": np.array([0.5, 1.0])}, cause="divi|pole|0", reaches=("p",), severity="error")
def log_odds_of_certainty(p):
    odds = p / (1.0 - p)  # here
    return np.sum(np.log(odds))


@bug(
    "nan-gradient",
    at={"base": -2.0, "n": 3.0},
    cause="log|negative|below 0|power|exponent",
    reaches=("n",),
    severity="error",
)
def slope_in_the_exponent_of_a_negative_base(base, n):
    return base**n  # here


@bug("inf", at={"q": np.array([1.0, 0.0])}, cause="divi|log|pole|0", reaches=("q",), severity="error")
def divergence_from_a_distribution_with_a_zero(q):
    p = np.array([0.5, 0.5])
    return np.sum(p * np.log(p / q))  # here


@bug(
    "nan-gradient|inf-gradient",
    at={"x": np.array([0.0, 2.0, 3.0])},
    cause="power|vertical|∞|root|0|pole",
    reaches=("x",),
    severity="error",
)
def geometric_mean_with_a_zero(x):
    return np.prod(x) ** (1.0 / 3.0)  # here
