"""What an error says of a wrong gradient."""

from __future__ import annotations

import pytest

from graphviz_ad.checking.reporting import relation

RELATIONS = [
    (2.6, 1.3, "twice what is right"),
    (0.65, 1.3, "half of what is right"),
    (-1.3, 1.3, "the sign is turned"),
    (1 / 1.3, 1.3, "the reciprocal of what is right"),
    (-1 / 1.3, 1.3, "minus the reciprocal of what is right"),
    (0.119203, 0.880797, "together 1, so 1 − got is right"),
    (1.69, 1.3, "the square of what is right"),
    (0.0, 1.3, "nothing flows"),
    (float("nan"), 1.3, "not a number"),
    (9.1, 1.3, "7 times what is right"),
    (-3.9, 1.3, "−3 times what is right"),
    (0.26, 1.3, "1/5 of what is right"),
    (1.0, 0.0, ""),
    (1.7, 1.3, ""),
    (float("inf"), 1.3, ""),
]


@pytest.mark.parametrize(("got", "right", "words"), RELATIONS)
def test_a_relation_is_said_in_words(got, right, words):
    assert relation(got, right) == words
