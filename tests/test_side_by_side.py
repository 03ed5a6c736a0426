"""A comparison as a person holds it: printed in 80 columns, drawn, saved."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.debugging.columns import width


def f(x):
    a = np.log(x**2)
    return a * np.sin(x) + 1 / x


def g(x):
    a = np.log(x**2)
    return a * np.cos(x) + 1 / x


@pytest.fixture(scope="module")
def comparison():
    return gad.compare(gad.trace(f, 2.0), gad.trace(g, 2.0))


def test_the_text_has_80_columns_a_row_a_node_and_any_letters(comparison):
    wide = gad.compare(*(gad.trace(lambda x, k=k: np.exp(np.sin(x * 1e-200 + k) ** 2 + x), 1e-5) for k in (1, 2)))
    for own in (comparison, wide):
        assert max(width(line) for line in own.text().splitlines()) <= 80
    lines = comparison.text().splitlines()
    assert sum(line.startswith(("−  ", "+  ")) for line in lines) == 2
    assert [line[3:7].strip() for line in lines if line.startswith("!")] == ["a =", "v₄ ="]
    assert comparison.text(io.TextIOWrapper(io.BytesIO(), encoding="ascii")).isascii()


def test_both_pictures_have_their_flags_and_no_scripts(comparison):
    html = comparison._repr_mimebundle_()["text/html"]
    assert html.count("<svg") >= 2
    assert "<script" not in html
    pictures = html.partition('"gad-comparison-pictures"')[2].partition("<table")[0].split("<figure>")[1:]
    for side, picture in zip("ab", pictures, strict=True):
        assert picture.count("differs first") == 3
        assert picture.count(f"in {side} alone") == 1


@pytest.mark.parametrize("suffix", [".txt", ".html", ".json", ".svg", ".png", ".pdf"])
@pytest.mark.parametrize("side", ["a", "b"])
def test_save_writes_each_of_them(comparison, tmp_path, suffix, side):
    path = tmp_path / f"comparison{suffix}"
    comparison.save(path, side=side)
    assert path.stat().st_size > 100
    if suffix == ".svg":
        text = re.sub(r"\s+", " ", path.read_text("utf-8"))
        assert "differs first" in text
        assert f"in {side} alone" in text


def test_another_suffix_or_side_is_refused(comparison, tmp_path):
    with pytest.raises(gad.GraphvizAdError, match=r"must end in \.txt, \.html, \.json, \.svg, \.png or \.pdf"):
        comparison.save(tmp_path / "comparison.gif")
    with pytest.raises(gad.GraphvizAdError, match="there are 'a' and 'b'"):
        comparison.save(tmp_path / "comparison.svg", side="c")


def test_a_large_graph_is_told_without_a_picture():
    def long(x):
        for _ in range(200):
            x = np.sin(x)
        return x

    html = gad.compare(gad.trace(long, 1.0), gad.trace(long, 1.1))._repr_mimebundle_()["text/html"]
    assert html.count("No picture:") == 2
    assert html.count("<tr") == 202
    assert html.count('<label class="gad-strip-column ') == 201


def test_the_table_never_shows_a_shape_that_reads_like_a_number():
    def f(w):
        return np.sum(w * 2.0)

    own = gad.compare(gad.trace(f, np.array([0.5, 1.0])), gad.trace(f, np.array([0.5, 1.0])))
    (row,) = [line for line in str(own).splitlines() if line.split()[:1] == ["w"]]
    assert row.split()[1:] == ["(2,)", "(2,)", "=", "="]


def test_constants_that_are_returned_are_compared_too():
    three, four = (gad.trace(lambda x, c=c: c, 1.0) for c in (3.0, 4.0))
    assert not gad.compare(three, four).ok
    assert "depends on no input: 3 in a, 4 in b" in str(gad.compare(three, four))
    assert "No value" in str(gad.compare(three, gad.trace(lambda x: 3.0, 1.0)))


def test_where_one_side_has_no_value_its_adjoints_are_no_numbers_as_in_its_picture():
    with np.errstate(all="ignore"):
        sides = [gad.trace(lambda x: np.sqrt(x) * 2, x) for x in (4.0, -4.0)]
    comparison = gad.compare(*sides)
    assert [pair.adjoint.differs for pair in comparison.pairs] == [True] * 3
    assert "first adjoint that differs is that of f = 2 v₁" in " ".join(comparison.text().split())
    last = next(line for line in comparison.text().splitlines() if line.startswith("!  f"))
    assert last.split()[-3:] == ["≠", "=", "≠"]


def test_what_differs_by_rounding_alone_is_said_so():
    same, rounded = gad.trace(np.sin, 0.3), gad.trace(np.sin, np.float32(0.3))
    assert "no adjoint differs by more than rounding." in gad.compare(same, rounded).text()
    assert "no adjoint differs.\n" in gad.compare(same, gad.trace(np.sin, 0.3)).text()
