"""Masks that hide a bad value and not its slope, and masks that hide nothing."""
# ruff: noqa: D103

import numpy as np

from tests.bugs.gallery import bug

LABELS = np.array([1.0, 0.0, 1.0])
PADDING = np.array([True, True, False])
QUERIES = np.array([[0.1, 0.4], [-0.3, 0.2]])
ALLOWED = np.array([[True, True], [False, False]])
VALUES = np.array([1.5, -0.5])
NOBODY = np.zeros(3)


@bug(
    "nan-gradient",
    at={"x": np.array([0.0, 1.0])},
    cause="sqrt|√|vertical|not chosen|mask",
    reaches=("x",),
    severity="error",
)
def root_not_chosen(x):
    return np.sum(np.where(x > 0, np.sqrt(x), 0.0))  # here


@bug(
    "nan-gradient",
    at={"d": np.array([0.0, 4.0, 9.0])},
    cause="sqrt|√|vertical|not chosen|mask",
    reaches=("d",),
    severity="error",
)
def root_worked_out_before_its_mask(d):
    r = np.sqrt(d)  # here
    kept = np.where(d > 1, r, 0.0)
    return np.sum(kept)


@bug(
    "nan-gradient", at={"x": np.array([0.0, 2.0])}, cause="log|pole|not chosen|mask|∞", reaches=("x",), severity="error"
)
def log_not_chosen(x):
    logs = np.log(x)  # here
    return np.sum(np.where(x > 0, logs, 0.0))


@bug(
    "nan-gradient",
    at={"x": np.array([-1.0, 0.0, 1.0])},
    cause="0/0|divi|not chosen|mask|pole|∞",
    reaches=("x",),
    severity="error",
)
def sinc_with_its_hole_filled_too_late(x):
    y = np.sin(x) / x  # here
    return np.sum(np.where(x == 0, 1.0, y))


@bug(
    "nan-gradient",
    at={"x": np.array([0.0, 3.0])},
    cause="divi|pole|not chosen|mask|∞",
    reaches=("x",),
    severity="error",
)
def reciprocal_not_chosen(x):
    return np.sum(np.where(x != 0, 1.0 / x, 0.0))  # here


@bug(
    "nan-gradient",
    at={"z": np.array([800.0, 0.5])},
    cause="exp|overflow|not chosen|mask|∞|inf",
    reaches=("z",),
    severity="error",
)
def sigmoid_by_cases_that_are_both_worked_out(z):
    right = 1.0 / (1.0 + np.exp(-z))
    left = np.exp(z) / (1.0 + np.exp(z))  # here
    return np.sum(np.where(z >= 0, right, left))


@bug(
    "nan-gradient",
    at={"x": np.array([1.0, 900.0])},
    cause="exp|overflow|not chosen|mask|∞|inf",
    reaches=("x",),
    severity="error",
)
def elu_with_an_exponential_of_large_numbers(x):
    return np.sum(np.where(x > 0, x, np.exp(x) - 1.0))  # here


@bug(
    "nan-gradient|inf-gradient",
    at={"x": np.array([-1.0, 4.0])},
    cause="sqrt|√|vertical|∞|0",
    reaches=("x",),
    severity="error",
)
def root_of_a_relu_that_is_off(x):
    return np.sum(np.sqrt(np.maximum(x, 0.0)))  # here


@bug("nan", at={"p": np.array([0.5, 0.25, 0.0])}, cause="log|0|∞|inf", reaches=("p",), severity="error", first=False)
def mask_by_multiplying_a_log_of_zero(p):
    return -np.sum(PADDING * np.log(p))  # here


@bug("nan", at={"w": 80.0}, cause="log|0|∞|inf", reaches=("w",), severity="error", first=False)
def cross_entropy_of_a_certain_sigmoid(w):
    p = 1.0 / (1.0 + np.exp(-w * np.array([1.0, -0.01, 0.02])))
    return -np.sum(LABELS * np.log(p) + (1.0 - LABELS) * np.log(1.0 - p))  # here


@bug(
    "nan",
    at={"keys": np.array([[1.0, 0.0], [0.5, 2.0]])},
    cause="∞|inf|mask",
    severity="error",
    first=False,
)
def attention_with_a_row_all_masked(keys):
    scores = np.where(ALLOWED, QUERIES @ keys.T, -np.inf)
    shifted = scores - np.max(scores, axis=1, keepdims=True)  # here
    weights = np.exp(shifted)
    return np.sum((weights / np.sum(weights, axis=1, keepdims=True)) @ VALUES)


@bug("nan", at={"loss": np.array([0.2, 0.4, 0.9])}, cause="0/0|0 ?/ ?0|divi", reaches=("loss",), severity="error")
def mean_over_a_mask_of_nobody(loss):
    return np.sum(NOBODY * loss) / np.sum(NOBODY)  # here


@bug("inf", at={"p": np.array([0.0, 0.3])}, cause="log|pole|0", reaches=("p",), severity="error")
def clip_that_lets_zero_into_the_log(p):
    q = np.clip(p, 0.0, 1.0)
    return -np.mean(np.log(q))  # here
