"""Paths whose products are beyond the range of floats are still compared, and what is written of them is true."""

from fractions import Fraction

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.debugging.paths.sizes import NOTHING, as_float, part_of, plus, size_of, times

FORKS = 3000


def forked(x):
    for _ in range(FORKS):
        x = 0.25 * x + 0.75 * x
    return x


def test_the_widest_of_very_long_paths_are_the_widest():
    trace = gad.trace(forked, 1.0)
    why = trace.why("x")
    wide = {
        i for i, node in enumerate(trace.nodes) if any(type(x) is not gad.Variable and x == 0.75 for x in node.operands)
    }
    wider = [sum(child in wide for child, _ in path.edges) for path in why.paths]
    assert wider == [FORKS] + [FORKS - 1] * 9
    assert [float(path.value) for path in why.paths[:1]] == [pytest.approx(float(Fraction(3, 4) ** FORKS), abs=0)]
    text = " ".join(str(why).split())
    assert "What path A alone would give is too small for float64; the 10 widest carry < 1 %" in text
    assert "≈0 < 1 %" in text
    assert " 0 %" not in text


@pytest.mark.parametrize("factors", [(1e200, 1e200, 1e-300, -1e-99), (1e-200, 1e-125, 1e200)])
def test_a_product_is_right_though_its_parts_are_not(factors):
    def chain(x):
        y = x + x
        for factor in factors:
            y = y * factor
        return y

    exact = float(np.prod([Fraction(factor) for factor in factors]))
    with np.errstate(all="ignore"):
        paths = gad.trace(chain, 1.0).why("x").paths
    assert [float(path.value) for path in paths] == [pytest.approx(exact, rel=1e-15)] * 2
    assert [path.share for path in paths] == [0.5, 0.5]


@pytest.mark.parametrize("a", [0.0, 1.0, -3.5, 1e-310, 5e-324, 1.7e308])
@pytest.mark.parametrize("b", [0.0, 0.3, 7e-200, 1e308])
def test_sizes_are_those_of_floats_where_these_have_them(a, b):
    one, other = size_of(a), size_of(b)
    assert as_float(one) == abs(a)
    assert as_float(plus(one, other)) == abs(a) + b
    assert as_float(times(one, other)) == abs(a) * b
    assert (one < other) == (abs(a) < b)
    assert part_of(one, NOTHING) == 0


def test_names_that_the_cut_hides_are_not_explained():
    def steps(x):
        for _ in range(9):
            x = np.log(x**2 + 1) * x
        return x

    text = str(gad.trace(steps, 0.5).why("x"))
    table, _, said = text.partition("Here ")
    explained = said.split(".")[0].split()[::3]
    assert explained
    assert all(name in table for name in explained if name.startswith("v"))


def test_a_path_through_complex_numbers_gives_the_real_part_of_its_product():
    x = 0.5
    why = gad.trace(lambda x: np.abs(np.exp(1j * x) + x), x).why("x")
    z = np.exp(1j * x) + x
    slopes = [(np.conj(z) / abs(z)).real, (np.conj(z) / abs(z) * 1j * np.exp(1j * x)).real]
    assert [float(path.value) for path in why.paths] == pytest.approx(slopes, rel=1e-12)
    assert [path.share for path in why.paths] == pytest.approx(np.abs(slopes) / np.sum(np.abs(slopes)), rel=1e-12)
