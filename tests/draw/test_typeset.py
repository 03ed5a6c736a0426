"""Setting a line of text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphviz_ad.draw import measuring, typeset
from graphviz_ad.draw.svg import Element, serialise
from graphviz_ad.formulas.text import Run


def write(runs, size=10.0):
    """Return the mark-up of a line."""
    return serialise(Element("text", content=typeset.tspans(runs, size)))


def test_levels_come_back_to_the_line():
    """What follows an index stands on the base line again."""
    runs = [Run("v", italic=True), Run("1", level=-1), Run(" = x"), Run("2", level=1), Run("!")]
    assert write(runs, 20.0) == (
        '<text><tspan font-style="italic">v</tspan><tspan font-size="14" dy="4">1</tspan><tspan dy="-4"> = x</tspan>'
        '<tspan font-size="14" dy="-6.8">2</tspan><tspan dy="6.8">!</tspan></text>'
    )


@pytest.mark.parametrize("size", [12.0, 12.5, 13.0, 14.0, 15.5])
def test_scripts_of_a_picture_are_no_smaller_than_its_smallest_type(size):
    """A player shrinks pictures until type of 12 px is 11 px; a script as large as its base is raised less."""
    line = write([Run("x", italic=True), Run("2", level=1)], size)
    script, shift = (float(re.search(rf'{name}="([-.0-9]+)"', line)[1]) for name in ("font-size", "dy"))
    assert 12 <= script <= size
    assert 0.2 * size <= -shift <= 0.34 * size
    assert -shift + 0.73 * script <= size


def test_an_overline_spans_its_name_only():
    """The bar of a long name is a path of the name's measured width, after what stands before it."""
    runs = [Run("2 "), Run("loss", italic=True, bar=True)]
    (path,) = typeset.overlines(runs, 10, 100, 50)
    start, end = (float(x) for x in path.attributes["d"].replace("M", "").replace(",41.8H", " ").split())
    assert start == pytest.approx(100 + measuring.width(runs[:1], 10) + 0.5, abs=0.01)
    assert end == pytest.approx(100 + measuring.width(runs, 10), abs=0.01)


@given(st.lists(st.builds(Run, st.text(max_size=40), st.booleans(), st.sampled_from([-1, 0, 1])), max_size=6))
def test_whatever_is_shortened_fits(runs):
    """A line that is fitted into a room is never wider than it."""
    assert measuring.width(measuring.fit(runs, 12, 80), 12) <= 80


def test_a_very_long_name_is_quick():
    """Twenty thousand characters are not measured one by one to the end."""
    assert measuring.width(measuring.fit([Run("m" * 20_000)], 15, 300), 15) <= 300


def test_the_table_covers_what_formulas_use():
    """Greek, operators and superscripts have measured widths, and combining marks none."""
    for character in "αβω∂∇Σ⊙·×−…√²₃ᵀ":
        assert 0.2 <= measuring.width([Run(character)], 1) <= 1.1
    assert measuring.width([Run("v̄")], 1) == measuring.width([Run("v")], 1)
