"""Corners, ties, jumps, and comparisons that were nearly the other way."""
# ruff: noqa: D103

import numpy as np

from tests.bugs.gallery import bug

ANY = "note|warning|error"


@bug("kink", at={"x": np.array([0.0, -2.0, 3.0])}, cause="abs|corner|kink|left|slope", severity=ANY, first=False)
def absolute_value_at_zero(x):
    return np.sum(np.abs(x))  # here


@bug("kink", at={"x": np.array([0.0, 1.5, -0.5])}, cause="max|relu|corner|kink|left|slope", severity=ANY, first=False)
def relu_at_exactly_zero(x):
    return np.sum(np.maximum(x, 0.0))  # here


@bug("kink", at={"x": np.array([2.0, 5.0, 5.0])}, cause="tie|max|equal|share", severity=ANY, first=False)
def maximum_with_a_tie(x):
    return np.max(x)  # here


@bug("kink", at={"a": 1.25, "b": 1.25}, cause="tie|min|equal|corner|share", severity=ANY, first=False)
def the_smaller_of_two_equal_numbers(a, b):
    return np.minimum(a, b) ** 2  # here


@bug("kink", at={"x": np.array([1.0, 0.4])}, cause="clip|bound|corner|kink|left|slope", severity=ANY, first=False)
def clip_at_its_bound(x):
    return np.sum(np.clip(x, 0.0, 1.0))  # here


@bug("kink", at={"x": np.array([2.0, 3.5])}, cause="floor|jump|step", severity=ANY, first=False)
def floor_at_a_whole_number(x):
    return np.sum(x * np.floor(x))  # here


@bug("kink", at={"x": np.zeros(2)}, cause="norm|corner|kink|0", severity=ANY, first=False)
def norm_at_the_origin(x):
    return np.linalg.norm(x)  # here


@bug("branch", at={"income": 1000.0 + 1e-10}, cause="1000|compar|>|branch|hair|other way", severity=ANY, first=False)
def tax_a_hair_above_its_threshold(income):
    if income > 1000.0:  # here
        return 0.4 * income
    return 0.2 * income


@bug("branch", at={"x": 0.5 - 1e-14}, cause="0.5|compar|<|branch|hair|other way", severity=ANY, first=False)
def piecewise_by_two_branches_of_python(x):
    y = np.exp(x)
    if x < 0.5:  # here
        y = y + x
    return y * 2.0


@bug(
    "branch|kink",
    at={"x": np.array([1.0 + 1e-14, 3.0])},
    cause="1|compar|>|branch|hair|jump|other way",
    severity=ANY,
    first=False,
)
def where_a_hair_from_its_jump(x):
    return np.sum(np.where(x > 1.0, x + 5.0, 2.0 * x))  # here
