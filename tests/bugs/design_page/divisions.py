"""Quotients of which the denominator, or both, become zero."""
# ruff: noqa: D103

import numpy as np

from tests.bugs.gallery import bug

OTHER = np.array([1.0, 2.0, 2.0])
SERIES = np.array([1.0, 2.0, 4.0, 8.0])


@bug("nan", at={"v": np.zeros(3)}, cause="0/0|0 ?/ ?0|divi", reaches=("v",), severity="error")
def direction_of_a_vector_of_length_zero(v):
    length = np.linalg.norm(v)
    unit = v / length  # here
    return np.sum(unit * OTHER)


@bug("nan", at={"v": np.zeros(3)}, cause="0/0|0 ?/ ?0|divi", reaches=("v",), severity="error")
def cosine_with_a_vector_of_zeros(v):
    dot = np.sum(v * OTHER)
    return dot / (np.linalg.norm(v) * np.linalg.norm(OTHER))  # here


@bug("nan", at={"x": np.full(4, 7.0)}, cause="0/0|0 ?/ ?0|divi", reaches=("x",), severity="error")
def correlation_of_a_series_that_stands_still(x):
    a = x - np.mean(x)
    b = SERIES - np.mean(SERIES)
    return np.sum(a * b) / (np.linalg.norm(a) * np.linalg.norm(b))  # here


@bug("nan", at={"x": np.full(3, 2.0)}, cause="0/0|0 ?/ ?0|divi", reaches=("x",), severity="error")
def scaling_to_the_range_of_equal_numbers(x):
    low = np.min(x)
    high = np.max(x)
    return np.sum(((x - low) / (high - low)) ** 2)  # here


@bug("nan", at={"x": np.array([[3.0, -1.0]])}, cause="0/0|0 ?/ ?0|divi", reaches=("x",), severity="error")
def batch_normalisation_of_a_batch_of_one(x):
    centred = x - np.mean(x, axis=0)
    normal = centred / np.std(x, axis=0)  # here
    return np.sum(normal**2)


@bug("inf", at={"r": np.array([0.0, 1.0, 2.0])}, cause="divi|pole|/ ?0|0", reaches=("r",), severity="error")
def potential_of_a_charge_at_its_own_place(r):
    return np.sum(1.0 / r)  # here


@bug(
    "inf",
    at={"predicted": np.array([1.1, 2.2]), "actual": np.array([0.0, 2.0])},
    cause="divi|pole|/ ?0|0",
    reaches=("predicted", "actual"),
    severity="error",
)
def percentage_error_of_a_target_of_zero(predicted, actual):
    off = np.abs(predicted - actual)
    return np.mean(off / actual)  # here


@bug("inf", at={"x": np.array([2.0, 0.0])}, cause="power|negative|pole|0|∞|inf", reaches=("x",), severity="error")
def negative_power_of_zero(x):
    return np.sum(x**-1.5)  # here
