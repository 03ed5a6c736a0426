"""Paths whose products are beyond the range of floats are still compared, and what is written of them is true."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.debugging.paths.sizes import NOTHING, as_float, part_of, plus, size_of, times, written

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
    beneath = Decimal(3) ** FORKS / Decimal(4) ** FORKS
    assert "Path A alone would give 1.527e−375, which is below the range of float64; the 10 widest carry < 1 %" in text
    assert f"{beneath:.3e}" == "1.527e-375"
    assert "1.527e−375 < 1 %" in text
    assert " 0 %" not in text
    assert why.paths[0].log10 == pytest.approx(float(beneath.log10()), rel=1e-12)


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


@pytest.mark.parametrize(
    ("sign", "count", "said", "card", "drawn"),
    [(1.0, 130, "1e−1300", "1e−1290", "adds"), (-1.0, 35, "−1e−350", "−1e−340", "takes away")],
)
def test_a_product_below_the_range_is_written_with_its_sign(sign, count, said, card, drawn, tmp_path):
    """Of a single path, too, in the sentence, the table, the card of what is left out, and the kind of the stroke."""

    def chain(x):
        for k in range(count):
            x = x * (sign * 1e-10 if k == 0 else 1e-10)
        return x

    why = gad.trace(chain, 1.0).why("x")
    text = " ".join(str(why).split())
    assert f"x̄ = 0 comes along a single path: the product is {said}, below the range of float64." in text
    assert f"{said} 100 %" in text
    why.save(tmp_path / "why.svg", theme="light")
    drawing = (tmp_path / "why.svg").read_text("utf-8")
    assert [words for words in ("adds", "takes away") if f">{words}<" in drawing] == [drawn]
    assert (drawing.count(f">{said}<"), drawing.count(f">{card}<")) == (1, 1)
    assert "path by path" not in drawing


def test_a_path_that_is_not_alone_has_not_all():
    """However little the others give."""

    def f(x):
        h = x
        for _ in range(40):
            h = h * 1e-10 * x
        return h + x

    text = " ".join(str(gad.trace(f, 1.0).why("x")).split())
    assert "the 10 widest of 42 carry > 99 %" in text
    assert "32 others ≈0 < 1 %" in text
    assert "1e−400 < 1 %" in text
    assert "100 %" not in text


def test_others_that_give_nothing_have_no_share():
    text = " ".join(str(gad.trace(lambda x: 2 * x + 0 * x, 1.0).why("x", most=1)).split())
    assert "the widest of 2 carries 100 %" in text
    assert "1 other 0 0 %" in text


@pytest.mark.parametrize("log10", [-323.4, -308.0, -300.2, -2.0, 0.0, 250.7, 299.99, 308.2, 5000.5])
def test_a_number_written_by_its_logarithm_is_that_number(log10):
    number = Decimal(10) ** Decimal(log10)
    text = written(log10, is_negative=True).replace("−", "-")
    assert abs(Decimal(text) / -number - 1) < Decimal("6e-4")


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
