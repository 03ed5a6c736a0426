"""Shapes of results: NumPy's own, or none."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.engine.notation import Index
from graphviz_ad.engine.primitive import PRIMITIVES
from graphviz_ad.formulas.shapes import broadcast, result_shape
from tests.engine.test_rules import STRUCTURAL

STRUCTURES = sorted(key for key in STRUCTURAL if key in PRIMITIVES and STRUCTURAL[key])


@pytest.mark.parametrize("key", STRUCTURES)
def test_a_shape_that_is_told_is_that_of_the_result(key):
    """Of every program with a structural primitive; of a rule's steps others could not be read."""
    for program, arrays in STRUCTURAL[key]:
        for node in gad.trace(program, *arrays).nodes:
            if node.primitive is None:
                continue
            has_position = isinstance(node.primitive.notation, Index)
            operands = node.operands[:1] if has_position else node.operands
            position = node.operands[1] if has_position else None
            shape = result_shape(node.primitive.name, [np.shape(x) for x in operands], position, node.params)
            assert shape in (node.shape, None)


def test_what_is_unknown_stays_so():
    """An unknown operand, one that does not fit, and a function that is too much work to run."""
    assert broadcast([(3,), None]) is None
    assert broadcast([(3,), (4,)]) is None
    assert result_shape("inv", [None], None, {}) is None
    assert result_shape("inv", [(3, 3)], None, {}) == (3, 3)
    assert result_shape("inv", [(100, 100)], None, {}) is None
    assert result_shape("index", [(3,)], 5, {}) is None
