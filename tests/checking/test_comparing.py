"""When a claimed slope is one that differences allow."""

from __future__ import annotations

import numpy as np
import pytest

from graphviz_ad.checking.comparing import Derivative, agrees, precision, up_to
from graphviz_ad.checking.slopes import Estimate, Slopes

NOTHING = (np.nan, np.inf)

# What is known of the slope from both sides, from the left and from the right, each with its error; a claim; whether it
# is allowed.
CASES = [
    ((2.0, 1e-9), (2.0, 1e-6), (2.0, 1e-6), 2.0, True),
    ((2.0, 1e-9), (2.0, 1e-6), (2.0, 1e-6), 2.0 + 1e-8, True),
    ((2.0, 1e-9), (2.0, 1e-6), (2.0, 1e-6), 2.0 + 1e-7, False),
    ((2.0, 1e-9), (2.0, 1e-6), (2.0, 1e-6), np.nan, False),
    ((2.0, 1e-9), (2.0, 1e-6), (2.0, 1e-6), np.inf, False),
    ((0.5, 1e-9), (0.0, 1e-9), (1.0, 1e-9), 0.0, True),
    ((0.5, 1e-9), (0.0, 1e-9), (1.0, 1e-9), 0.3, True),
    ((0.5, 1e-9), (0.0, 1e-9), (1.0, 1e-9), 1.1, False),
    ((0.5, 1e-9), (1.0, 1e-9), (0.0, 1e-9), 0.3, True),
    (NOTHING, NOTHING, (3.0, 1e-9), 3.0, True),
    (NOTHING, NOTHING, (3.0, 1e-9), 2.0, False),
    (NOTHING, (3.0, 1e-9), NOTHING, 3.0, True),
    (NOTHING, (3.0, 1e-9), NOTHING, 4.0, False),
    (NOTHING, NOTHING, (np.inf, 1e4), np.inf, True),
    (NOTHING, NOTHING, (np.inf, 1e4), 1e6, True),
    (NOTHING, NOTHING, (np.inf, 1e4), 1e2, False),
    (NOTHING, NOTHING, (-np.inf, 1e4), -1e6, True),
    (NOTHING, NOTHING, (-np.inf, 1e4), 1e6, False),
    (NOTHING, (2.0, 1e-9), (np.inf, 1e4), 2.0, True),
    (NOTHING, (2.0, 1e-9), (np.inf, 1e4), 1.0, False),
    (NOTHING, (np.inf, 1e4), (np.inf, 1e4), 0.0, True),
    (NOTHING, (-np.inf, 1e4), (np.inf, 1e4), 0.0, True),
    (NOTHING, NOTHING, NOTHING, 7.0, True),
    (NOTHING, NOTHING, NOTHING, np.nan, False),
]


@pytest.mark.parametrize("case", range(len(CASES)))
def test_a_claim_is_allowed_or_not(case):
    *known, claim, allowed = CASES[case]
    measured = Slopes(*(Estimate(np.array([value]), np.array([error])) for value, error in known))
    assert agrees(measured, np.array([claim]), np.zeros(1)) == [allowed]


def test_rounding_of_the_claim_widens_what_is_allowed():
    exact = Estimate(np.array([2.0]), np.array([0.0]))
    for rounding, allowed in ((0.0, False), (0.2, True)):
        assert agrees(Slopes(exact, exact, exact), np.array([2.1]), np.array([rounding])) == [allowed]


def test_the_coarsest_floats_count():
    assert precision([np.float64(1), np.float32(1), np.int8(1)]) == np.finfo(np.float32).eps
    assert precision([np.array(1 + 2j)]) == precision([]) == np.finfo(np.float64).eps


def test_every_order_is_tested_by_every_sequence_of_modes():
    assert up_to(("reverse", "forward"), 2) == [
        Derivative(("reverse",)),
        Derivative(("forward",)),
        Derivative(("reverse", "reverse")),
        Derivative(("reverse", "forward")),
        Derivative(("forward", "reverse")),
        Derivative(("forward", "forward")),
    ]
