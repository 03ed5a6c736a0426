"""Slopes from differences: how good they are, and that they know it."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from graphviz_ad.checking.slopes import rate, sampled, slopes

EPS = {kind: float(np.finfo(kind).eps) for kind in (np.float64, np.float32, np.float16)}


def measured(function, kind=np.float64):
    """Return the slopes of a function at 0, computed in some dtype."""
    return slopes(sampled(lambda t: np.array([function(kind(t))], kind), EPS[kind]))


SMOOTH = [
    (np.exp, mpmath.exp),
    (lambda t: np.sin(3 * t + 1), lambda t: mpmath.sin(3 * t + 1)),
    (lambda t: np.log(t + 0.7), lambda t: mpmath.log(t + mpmath.mpf(0.7))),
    (lambda t: 1e6 + np.tanh(5 * t), lambda t: mpmath.tanh(5 * t)),
    (lambda t: (1 + t) ** 40, lambda t: (1 + t) ** 40),
    (lambda t: 1e200 * np.cos(t - 1), lambda t: mpmath.mpf(1e200) * mpmath.cos(t - 1)),
]


# Numbers beyond the range of a dtype, or which leave it no digits for a slope.
TOO_LARGE = {(5, np.float32), (5, np.float16), (3, np.float16)}
FITTING = [(case, kind) for case in range(len(SMOOTH)) for kind in EPS if (case, kind) not in TOO_LARGE]


@pytest.mark.parametrize(("case", "kind"), FITTING)
def test_all_three_slopes_are_true_within_what_they_say_of_themselves(case, kind):
    function, exact = SMOOTH[case]
    truth = float(mpmath.diff(exact, 0))
    for estimate in measured(function, kind):
        assert abs(estimate.value[0] - truth) <= 20 * estimate.error[0]


@pytest.mark.parametrize("case", [0, 1, 2, 4, 5])
def test_the_central_slope_has_eleven_digits(case):
    function, exact = SMOOTH[case]
    assert measured(function).central.value[0] == pytest.approx(float(mpmath.diff(exact, 0)), rel=1e-11)


def test_a_corner_has_a_left_and_a_right_slope():
    central, left, right = measured(lambda t: 2 * t if t < 0 else 5 * t)
    assert left.value[0] == pytest.approx(2)
    assert right.value[0] == pytest.approx(5)
    assert central.value[0] == pytest.approx(3.5)


@pytest.mark.parametrize("distance", [1e-1, 1e-3, 1e-5])
def test_a_corner_close_by_does_not_spoil_the_slope(distance):
    assert measured(lambda t: np.exp(t) + 10 * abs(t - distance)).central.value[0] == pytest.approx(-9, rel=1e-6)


def test_a_jump_has_an_infinite_slope_on_its_side():
    _, left, right = measured(lambda t: 0.0 if t <= 0 else 1.0 + t)
    assert left.value[0] == 0
    assert right.value[0] == np.inf


def test_a_root_stands_upright_on_one_side_and_has_nothing_on_the_other():
    with np.errstate(invalid="ignore"):
        _, left, right = measured(np.sqrt)
    assert right.value[0] == np.inf
    assert np.isinf(left.error[0])


def test_a_cube_root_stands_upright_on_both_sides():
    _, left, right = measured(np.cbrt)
    assert (left.value[0], right.value[0]) == (np.inf, np.inf)


def test_a_power_that_is_flat_at_its_end_has_slope_0_there():
    with np.errstate(invalid="ignore"):
        right = measured(lambda t: t**1.5).right
    assert abs(right.value[0]) <= 20 * right.error[0]
    assert right.error[0] < 1e-3


def test_a_function_that_scatters_makes_the_slope_as_uncertain():
    random = np.random.default_rng(3)
    estimate = measured(lambda t: np.sin(t) + 1e-7 * random.standard_normal()).central
    assert 1e-8 < estimate.error[0] < 1e-3
    assert abs(estimate.value[0] - 1) <= 20 * estimate.error[0]


def test_what_is_steeper_than_the_steps_can_tell_may_be_finite():
    """Its quotients seem to settle at long steps, on a slope that is none."""
    with np.errstate(invalid="ignore"):
        right = measured(lambda t: np.log(t + 1e-9)).right
    assert right.value[0] == np.inf
    assert 1e7 < right.error[0] < 1e9


def test_entries_are_measured_each_by_itself():
    both = slopes(sampled(lambda t: np.array([abs(t), 3 * t]), EPS[np.float64]))
    np.testing.assert_allclose(both.left.value, [-1, 3], rtol=1e-12)
    np.testing.assert_allclose(both.right.value, [1, 3], rtol=1e-12)


@pytest.mark.parametrize(("terms", "power"), [(0, 1), (1, 2), (2, 3)])
def test_a_taylor_remainder_falls_with_one_power_more_than_there_are_right_terms(terms, power):
    steps = 4.0 ** -np.arange(1.0, 12)
    polynomial = sum(steps**k / np.prod(np.arange(1.0, k + 1)) for k in range(terms + 1))
    assert rate(np.exp(steps) - polynomial, steps, 1e-16) == pytest.approx(power, abs=0.05)


def test_a_remainder_that_is_all_round_off_has_no_rate():
    assert rate(np.full(9, 1e-17), 4.0 ** -np.arange(9), 1e-16) is None
