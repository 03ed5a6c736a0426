"""Branches of a `where` that are each safe on their own side only: both are computed, and both are differentiated."""
# ruff: noqa: D103

import numpy as np

from tests.bugs.gallery import bug

FAR = np.array([-800.0, 800.0, 0.5])


@bug("inf", at={"x": FAR}, cause="overflows", reaches=("x",))
def sigmoid_by_cases(x):
    return np.where(x >= 0, 1 / (1 + np.exp(-x)), np.exp(x) / (1 + np.exp(x))).sum()  # here


@bug("inf", at={"x": FAR}, cause="overflows", reaches=("x",))
def sigmoid_by_cases_the_other_way_round(x):
    return np.where(x < 0, np.exp(x) / (1 + np.exp(x)), 1 / (1 + np.exp(-x))).sum()  # here


@bug("nan-gradient", at={"x": FAR}, cause="not chosen", reaches=("x",))
def hyperbolic_tangent_that_stops_at_its_limits(x):
    near = np.abs(x) < 20
    return np.sum(np.where(near, (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x)), np.sign(x)))  # here


@bug("nan-gradient", at={"x": np.array([0.0, 2.0])}, cause="not chosen", reaches=("x",))
def root_times_logarithm_above_zero(x):
    return np.sum(np.where(x > 0, np.sqrt(x) * np.log(x), 0.0))  # here


@bug("nan-gradient", at={"p": np.array([0.0, 0.25, 1.0])}, cause="not chosen", reaches=("p",))
def entropy_of_coins_that_leaves_out_the_certain_ones(p):
    unsure = (p > 0) & (p < 1)
    return -np.sum(np.where(unsure, p * np.log(p) + (1 - p) * np.log(1 - p), 0.0))  # here
