"""Maps of small matrices: a dash says below zero without colour, and what is not finite stands out."""

from __future__ import annotations

import re

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.draw.colours import THEMES, TOKENS
from graphviz_ad.draw.frame import frame
from graphviz_ad.draw.scene import make_scene
from graphviz_ad.draw.theme import attributes
from graphviz_ad.draw.thumbnail import map_paths
from graphviz_ad.numerals.thumbnails import frame_of, picture
from graphviz_ad.story.telling import tell
from graphviz_ad.tracing import trace


def drawn(array):
    """Return the paths of the map of an array at (0, 0)."""
    raster = frame_of(np.shape(array))
    return raster, map_paths(picture(np.array(array), raster), raster, 0, 0)


def corners(paths, kind):
    """Return where the pieces of the paths begin whose names begin so."""
    data = "".join(path for name, path in paths.items() if name.startswith(kind))
    return {tuple(map(float, pair)) for pair in re.findall(r"M([\d.]+),([\d.]+)", data)}


def test_a_dash_stands_in_each_cell_below_zero_and_in_no_other():
    """In the middle of it, whatever its level."""
    rng = np.random.default_rng(4)
    array = rng.normal(size=(7, 4))
    array[0] = [0.0, -1e-12, -np.inf, 1e-12]
    raster, paths = drawn(array)
    across, down = raster.width / raster.columns, raster.height / raster.rows
    length = min(5.0, 0.42 * across)
    expected = {
        (round((j + 0.5) * across - length / 2, 2), round((i + 0.5) * down, 2))
        for i, j in np.argwhere(array < 0).tolist()
    }
    assert corners(paths, "m") == expected


def test_small_cells_have_no_dash():
    """There it would be a blot."""
    assert corners(drawn(-np.ones((14, 4)))[1], "m") == set()
    assert len(corners(drawn(-np.ones((4, 10)))[1], "m")) == 40


def test_infinity_is_framed_twice_and_nan_is_filled():
    """Where there is room; in small cells both are filled."""
    _, paths = drawn([[np.inf, np.nan, 1.0, 2.0, 3.0]])
    assert corners(paths, "li") == {(0.6, 0.6), (2.6, 2.6)}
    assert len(corners(paths, "ln")) == 1
    _, small = drawn(np.full((14, 3), np.inf))
    assert "li" not in small
    assert len(corners(small, "ln")) == 14


@pytest.mark.parametrize("theme", THEMES)
def test_a_dash_is_seen_on_its_level(theme):
    """At three to one at least, as a sign must be."""

    def luminance(colour):
        parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for level in range(5):
        stroke = attributes("", "", (), (f"m{level}",), theme)["stroke"]
        pair = sorted((luminance(stroke), luminance(TOKENS[theme][f"l{level}"])))
        assert (pair[1] + 0.05) / (pair[0] + 0.05) >= 3, level


def test_only_the_entries_that_are_lost_are_marked():
    """In a small matrix and in a short vector: the cell and its number, and no other."""
    for array in (np.array([[1.0, np.nan], [np.inf, 2.0]]), np.array([1.0, np.nan, np.inf, 2.0])):
        source = frame(make_scene(tell(trace(lambda m: np.sum(m), array))))
        row = source[source.index('id="n0_v"') : source.index('id="n0_a"')]
        texts = re.findall(r'class="slot entry( \w+)?"[^>]*?(?:font-weight="(\d+)")?[^>]*>([^<]*)<', row)
        assert [(name.strip(), text.strip("\u2007")) for name, _, text in texts] == [
            ("", "1"),
            ("gone", "NaN"),
            ("vast", "∞"),
            ("", "2"),
        ]
        assert re.findall(r'class="cell( \w+)?"', row) == ["", " lost", " far", ""]
        frames = re.search(r'class="double" d="([^"]*)"', row)
        assert frames is not None
        assert frames[1].count("M") == 1


def test_dtype_is_said_only_where_it_is_another():
    """Nearly all are float64."""
    plain = frame(make_scene(tell(trace(lambda m: np.sum(m * 2), np.ones((3, 5))))))
    single = frame(make_scene(tell(trace(lambda m: np.sum(m * 2), np.ones((3, 5), np.float32)))))
    assert ">float64<" not in plain
    assert "· float32<" in single


def test_what_a_person_has_for_an_adjoint_is_drawn_on_its_scale():
    """Both maps as they would be in one matrix, one above the other."""

    def forward(x):
        y = 2 * x
        return np.sum(np.sin(y))

    def backward(x):
        y = 2 * x
        dy = 9 * np.cos(y)
        return 2 * dy

    x = np.linspace(-1, 1, 32).reshape(8, 4)
    scene = make_scene(gad.check_backward(forward, backward, x)._story())
    y = next(own for own in scene.readings if own.key[0] == "yours")
    pair = [own for own in scene.readings if own.key[0] in ("adjoint", "yours") and own.key[1] == y.key[1]]
    right, yours = np.cos(2 * x), 9 * np.cos(2 * x)
    whole = picture(np.concatenate([right, yours]), pair[0].frame._replace(rows=16))
    assert [own.picture(value) for own, value in zip(pair, (right, yours), strict=True)] == [whole[:32], whole[32:]]
    assert whole[:32] != picture(right, pair[0].frame)
