"""Pairs of shapes that NumPy stretches both of, where number was to meet number."""
# ruff: noqa: D103

import numpy as np

from tests.bugs.gallery import bug

X = np.array([0.0, 1.0, 2.0, 3.0, 4.0, 5.0])
COLUMN = np.array([[1.2], [2.7], [5.3], [6.6], [9.1], [11.2]])
FLAT = COLUMN[:, 0]
FEATURES = np.stack([X, np.ones(6)], axis=1)
COUNTS = np.array([1.0, 0.0, 2.0, 1.0, 3.0, 1.0])


@bug("broadcast", at={"w": 1.8, "b": 1.2}, cause="6|shape|stretch|copied|grew")
def flat_predictions_against_a_column_of_targets(w, b):
    p = w * X + b
    e = p - COLUMN  # here
    return np.mean(e**2)


@bug("broadcast", at={"W": np.array([[1.8], [1.2]])}, cause="6|shape|stretch|copied|grew")
def column_of_predictions_against_flat_targets(W):  # noqa: N803
    p = FEATURES @ W
    return np.mean((p - FLAT) ** 2)  # here


@bug("broadcast", at={"w": np.array([[0.1], [0.2]])}, cause="6|shape|stretch|copied|grew")
def log_likelihood_of_a_column_with_flat_counts(w):
    rate = np.exp(FEATURES @ w)
    return np.sum(rate) - np.sum(COUNTS * np.log(rate))  # here


@bug(
    "broadcast",
    at={"x": np.arange(12.0).reshape(4, 3), "t": np.array([1.0, 4.0, 7.5, 10.0])},
    cause="4|shape|stretch|copied|grew",
)
def row_means_kept_as_a_column_against_flat_targets(x, t):
    means = np.mean(x, axis=1, keepdims=True)
    return np.mean((means - t) ** 2)  # here


@bug("broadcast", at={"w": 1.8}, cause="6|shape|stretch|copied|grew")
def hinge_of_a_column_and_flat_signs(w):
    score = w * (COLUMN - 5.0)
    margin = np.sign(FLAT - 5.0) * score  # here
    return np.mean(np.logaddexp(0.0, -margin))
