"""Which numbers of the arguments are leaves, what they are called, and how they go back in."""

from __future__ import annotations

from collections import namedtuple

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.checking.arguments import arguments

Point = namedtuple("Point", "x y")


def test_floats_are_leaves_wherever_they_stand_and_all_else_is_passed_on():
    def f(w, params, n, point, mode="plain", **rest):
        assert (n, mode, params["kind"]) == (3, "tall", "relu")
        assert type(point) is Point
        assert type(params["layers"]) is list
        return w * params["layers"][1][0] + point.y

    call = arguments(f, (2.0, {"kind": "relu", "layers": [np.ones(2), (5.0, 7)]}, 3, Point(1, 4.0), "tall"))
    assert call.names == ("w", "params['layers'][0]", "params['layers'][1][0]", "y")
    assert call.function(*call.leaves) == 14
    assert call.function(10.0, None, 20.0, 30.0) == 230


def test_leaves_are_copies_in_their_own_dtype():
    x = np.ones(3, np.float32)
    call = arguments(np.sum, (x,))
    x[0] = 7
    assert call.leaves[0].dtype == np.float32
    assert call.leaves[0][0] == 1


def test_variables_are_leaves_by_their_value():
    assert arguments(np.sin, (gad.Variable(0.5),)).leaves == (0.5,)


def test_where_nothing_can_be_differentiated_the_error_says_what_can():
    with pytest.raises(gad.GraphvizAdError, match=r"no argument can be differentiated; pass floats .* 2\.0 instead"):
        arguments(np.sin, (2,))


def test_what_is_no_function_is_refused():
    with pytest.raises(gad.GraphvizAdError, match=r"check_grads needs a function first, got float64.*test_arguments"):
        arguments(np.sin(1.0), (2.0,))
