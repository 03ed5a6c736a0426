"""The order in which stops are sampled."""

from __future__ import annotations

import itertools

import pytest

from graphviz_ad_widgets.order import coarse_to_fine, grids, outward, wanted

SHAPES = [((1,), (0,)), ((2,), (1,)), ((201,), (133,)), ((10_001,), (0,)), ((41, 41), (26, 0)), ((3, 200), (2, 150))]


@pytest.mark.parametrize(("shape", "start"), SHAPES)
@pytest.mark.parametrize("order", [coarse_to_fine, outward])
def test_of_one_or_two_sliders_every_stop_comes(order, shape, start):
    """None is left out, and none lies outside."""
    assert set(order(shape, start)) == set(itertools.product(*map(range, shape)))


@pytest.mark.parametrize("order", [coarse_to_fine, outward])
def test_of_three_sliders_the_lines_through_a_place_come(order):
    """All stops would be too many."""
    shape, start = (41, 5, 7), (20, 0, 6)
    lines = {place for place in itertools.product(*map(range, shape)) if sum(map(int.__ne__, place, start)) <= 1}
    assert set(order(shape, start)) == lines
    assert wanted(shape) == len(lines) == 41 + 5 + 7 - 2


@pytest.mark.parametrize(("shape", "start"), SHAPES)
def test_the_place_itself_comes_first(shape, start):
    """It is what is looked at."""
    assert next(coarse_to_fine(shape, start)) == next(outward(shape, start)) == start


@pytest.mark.parametrize(("shape", "start"), SHAPES)
def test_the_distance_never_shrinks(shape, start):
    """Near the thumb first: of two sliders, the farther one counts."""
    distances = [max(abs(a - b) for a, b in zip(place, start, strict=True)) for place in outward(shape, start)]
    assert distances == sorted(distances)


def test_along_the_slider_in_focus_comes_first():
    """Of many sliders, one moves at a time."""
    places = list(outward((9, 9, 9), (4, 4, 4), 1))
    assert all(place[0] == place[2] == 4 for place in places[:9])


@pytest.mark.parametrize(("shape", "start"), SHAPES)
def test_grids_grow_finer_and_keep_their_ends_and_their_middle(shape, start):
    """Each holds the one before, so that a sampled one stays complete."""
    found = [[set(along) for along in grid] for grid in grids(shape, start)]
    for coarse, fine in itertools.pairwise(found):
        assert all(map(set.issubset, coarse, fine))
    for grid in found:
        for along, count, at in zip(grid, shape, start, strict=True):
            assert {0, count - 1, at} <= along
    assert [len(along) for along in found[-1]] == list(shape)


def test_the_first_grid_is_small():
    """However many stops there are, a curve is there at once."""
    assert max(len(along) for along in next(grids((10_001,), (0,)))) <= 18
