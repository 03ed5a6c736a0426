"""Constants that are not finite: data with gaps, masks and bounds of ∞, and what stays well with them."""
# ruff: noqa: D103

import numpy as np

from tests.bugs.gallery import bug, healthy

PRICES = np.array([1.0, np.nan, 3.0])
TABLE = np.array([[1.0, 2.0], [np.nan, 4.0]])
W = np.array([0.5, 1.0])


@bug("nan", at={"w": np.array([0.5, 1.0, 2.0])}, cause=r"At \[1\] PRICES is NaN", reaches=("w",), severity="error")
def data_with_a_gap(w):
    return np.sum((w - PRICES) ** 2)  # here


@bug("nan", at={"w": W}, cause=r"At \[1, 0\] TABLE is NaN", reaches=("w",), severity="error")
def a_gap_in_a_table_of_data(w):
    return np.mean((TABLE @ w) ** 2)  # here


@bug("nan", at={"w": 2.0}, cause="a constant of it is NaN", reaches=("w",), severity="error")
def a_number_that_was_never_set(w):
    rate = float("nan")
    return rate + w * 3.0  # here


@bug("inf", at={"w": W}, cause="a constant of it is −∞", reaches=("w",), severity="error")
def a_mask_of_infinities_that_is_summed(w):
    scores = np.where(np.array([True, False]), w, -np.inf)  # here
    return scores.sum()


@bug("nan-gradient", at={"w": np.array([0.5, 1.0, 2.0])}, cause="by w is PRICES = NaN", reaches=("w",))
def a_gap_that_only_the_sum_leaves_out(w):
    return np.nansum(w * PRICES)  # here


@bug("nan-gradient", at={"x": np.array([0.0, 2.0])}, cause="by x is v₁ = −∞", reaches=("x",))
def a_product_with_a_logarithm_that_is_not_chosen(x):
    return np.sum(np.where(x == 0, 0.0, x * np.log(x)))  # here


@bug("nan-gradient", at={"x": np.array([0.0, 2.0])}, cause="pole at x = 0, its slope by v₁", reaches=("x",))
def a_quotient_that_is_not_chosen(x):
    return np.sum(np.where(x == 0, 1.0, np.sin(x) / x))  # here


@healthy(at={"w": W})
def mean_of_what_is_there(w):
    return np.nanmean(np.where(np.array([True, False]), w, np.nan))


@healthy(at={"w": W})
def least_of_some_numbers_from_infinity(w):
    least = np.inf
    for i in range(2):
        least = np.minimum(least, w[i])
    return least


@healthy(at={"x": np.array([[0.3, -0.2], [1.0, 0.5], [-0.7, 0.1]])})
def attention_to_the_past_alone(x):
    scores = np.where(np.tril(np.ones((3, 3), bool)), x @ x.T, -np.inf)
    scores = scores - np.max(scores, axis=1, keepdims=True)
    weights = np.exp(scores)
    return np.sum((weights / weights.sum(axis=1, keepdims=True) @ x) ** 2)
