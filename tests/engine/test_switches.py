"""Which way a computation went: equal on one side of a switch, and different on the other."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.engine.switches import SWITCHES, switches, went


def two(x):
    """Two numbers that change places at 1."""
    return np.stack([x, 2 - x])


def table(x):
    """Rows and columns, whose largest entries change at 1."""
    return np.stack([two(x), two(x + 5)])


# By primitive: programs, and three places, of which the first two are on one side of a switch and the third is not.
PROGRAMS = {
    "absolute": [(np.abs, -2, -1, 1)],
    "fabs": [(np.fabs, -2, -1, 1)],
    "sign": [(np.sign, -2, -1, 0)],
    "sqrt": [(np.sqrt, 1, 2, 0)],
    "cbrt": [(np.cbrt, 1, 2, -1)],
    "heaviside": [(lambda x: np.heaviside(x, 0.5), 1, 2, 0)],
    "reciprocal": [(np.reciprocal, 1, 2, -1)],
    "power": [(lambda x: x**0.5, 1, 2, 0), (lambda x: x ** np.array([0.5, 2.0]), 1, 2, 0)],
    "float_power": [(lambda x: np.float_power(x, 0.5), 1, 2, 0)],
    "maximum": [(lambda x: np.maximum(x, 1), 2, 3, 1), (lambda x: np.maximum(two(x), 0.5), 1, 1.2, 2)],
    "minimum": [(lambda x: np.minimum(x, 1), 2, 3, 0)],
    "fmax": [(lambda x: np.fmax(x, 1), 2, 3, 0)],
    "fmin": [(lambda x: np.fmin(x, 1), 2, 3, 0)],
    "floor": [(np.floor, 1.1, 1.9, 2)],
    "ceil": [(np.ceil, 1.1, 2, 2.1)],
    "trunc": [(np.trunc, -0.5, 0.5, 1)],
    "rint": [(np.rint, -0.4, 0.4, 0.6)],
    "floor_divide": [(lambda x: x // 2, 0.5, 1.5, 2)],
    "remainder": [(lambda x: x % 2, 0.5, 1.5, 2)],
    "fmod": [(lambda x: np.fmod(x, 2), 0.5, 1.5, 2)],
    "max": [
        (lambda x: np.max(two(x)), 2, 3, 0),
        (lambda x: np.max(table(x), axis=1, keepdims=True).sum(), 2, 3, 0),
        (lambda x: np.max(two(x), where=[True, True], initial=-9.0), 2, 3, 0),
    ],
    "min": [(lambda x: two(x).min(), 2, 3, 0)],
    "nanmax": [(lambda x: np.nanmax(two(x)), 2, 3, 0)],
    "nanmin": [(lambda x: np.nanmin(table(x), axis=1).sum(), 2, 3, 0)],
    "ptp": [(lambda x: np.ptp(two(x)), 2, 3, 0)],
    "sort": [(lambda x: np.sort(two(x), kind="stable")[0], 2, 3, 0)],
    "partition": [(lambda x: np.partition(two(x), 1)[0], 2, 3, 0)],
    "median": [(lambda x: np.median(table(x), axis=0, keepdims=True).sum(), 2, 3, 0)],
    "nanmedian": [(lambda x: np.nanmedian(two(x)), 2, 3, 0)],
    "percentile": [(lambda x: np.percentile(two(x), 30), 2, 3, 0)],
    "nanpercentile": [(lambda x: np.nanpercentile(two(x), [30, 60]).sum(), 2, 3, 0)],
    "quantile": [(lambda x: np.quantile(two(x), 0.3), 2, 3, 0)],
    "nanquantile": [(lambda x: np.nanquantile(two(x), 0.3), 2, 3, 0)],
    "maximum.accumulate": [(lambda x: np.maximum.accumulate(two(x))[1], 2, 3, 0)],
    "minimum.accumulate": [(lambda x: np.minimum.accumulate(two(x))[1], 2, 3, 0)],
    "std": [(lambda x: np.std(two(x), ddof=1), 2, 0, 1)],
    "nanstd": [(lambda x: np.nanstd(two(x)), 2, 0, 1)],
    "arcsin": [(np.arcsin, 0.1, 0.9, 1)],
    "arccos": [(np.arccos, 0.1, 0.9, -1)],
    "arccosh": [(np.arccosh, 2, 3, 1)],
    "divide": [(lambda x: 1 / x, 1, 2, -1)],
    "arctan2": [(lambda x: np.arctan2(x, -1.0), 1, 2, -1)],
    "hypot": [(lambda x: np.hypot(x, 0.0), 1, -1, 0)],
    "copysign": [(lambda x: np.copysign(2.0 * x, x), 1, 2, -1)],
    "modf.fraction": [(lambda x: np.modf(x)[0], 1.1, 1.9, 2)],
    "clip": [(lambda x: np.clip(x, -1, 1), 0.1, 0.9, 1), (lambda x: two(x).clip(0.5, 9).sum(), 1, 1.2, 2)],
    "norm": [
        (lambda x: np.linalg.norm(two(x), 1), 3, 4, 1.5),
        (lambda x: np.linalg.norm(table(x)), 3, 4, 1.5),
        (lambda x: np.linalg.norm(table(x), "fro"), 3, 4, 1.5),
        (lambda x: np.linalg.norm(two(x), np.inf), 3, 4, -1),
    ],
    "nan_to_num": [(lambda x: np.nan_to_num(np.log(x)), 1, 2, 0)],
    "unwrap": [(lambda x: np.unwrap(np.stack([0 * x, x]))[1], 1, 2, 4)],
    "interp": [(lambda x: np.interp(x, [0.0, 1.0, 2.0], [0.0, 1.0, 0.0]), 0.1, 0.9, 1)],
}


def way(f, x):
    """Return which ways a program went."""
    with np.errstate(all="ignore"):
        nodes = gad.trace(f, float(x)).nodes
    return went(nodes, switches(nodes))


def test_every_row_of_the_table_has_its_programs():
    """A row that is wrong would break every film with its primitive."""
    assert set(PROGRAMS) == set(SWITCHES)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_switch_is_seen_and_nothing_else(name):
    """Two places on one side went the same ways, a place on the other another."""
    for f, one, other, across in PROGRAMS[name]:
        with np.errstate(all="ignore"):
            assert name in {node.primitive.name for node in gad.trace(f, float(one)).nodes if node.primitive}
        assert way(f, one) == way(f, other)
        assert way(f, one) != way(f, across)


def test_both_zeros_are_one():
    """And of complex numbers nothing is said."""
    assert way(np.rint, -0.2) == way(np.rint, 0.2)
    nodes = gad.trace(lambda z: np.abs(np.sqrt(z)), 1 + 1j).nodes
    went(nodes, switches(nodes))
