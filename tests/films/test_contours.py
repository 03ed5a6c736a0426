"""Level lines of functions of two sliders, held to the functions themselves."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from graphviz_ad.filming import film
from graphviz_ad.films.contours import UNITS, Grid, contours_json, levels_of, lines_at, seams_of
from graphviz_ad.films.places import pieces
from graphviz_ad.films.sampling import Sampler
from graphviz_ad.films.sliders import arrange
from graphviz_ad.films.writing import Developer

X, Y = (-3, 3), (-2, 2)


def smooth(x: Any, y: Any) -> Any:
    """A hill and a hollow."""
    return np.sin(x) * np.exp(-(y**2)) + 0.1 * x * y


def folded(x: Any, y: Any) -> Any:
    """Two straight kinks, between the stops and through them."""
    return np.abs(x - y) + 0.3 * np.maximum(x + 2 * y - 0.77, 0)


def stairs(x: Any, y: Any) -> Any:
    """Jumps along x."""
    return np.floor(x) + y / 2


def grid_of(f: Callable[..., Any], **sliders: Any) -> Grid:
    """Sample a function everywhere."""
    sampler = Sampler(arrange(f, sliders or {"x": X, "y": Y}, who="film"), "film")
    for stop in range(sampler.total):
        sampler.sample(stop)
    stops = range(sampler.total)
    return Grid.of(sampler, stops, sampler.arrangement.sliders, pieces(sampler, stops))


def placed(grid: Grid, points: Any) -> tuple[Any, Any]:
    """Return values of the sliders from numbers of stops."""
    points = np.asarray(points).reshape(-1, 2)
    return tuple(np.interp(points[:, k], np.arange(len(values)), values) for k, values in enumerate((grid.x, grid.y)))  # type: ignore[return-value]


@pytest.mark.parametrize(("f", "slack"), [(smooth, 0.006), (folded, 0.075)], ids=["smooth", "folded"])
def test_a_level_line_is_where_f_has_that_level(f: Callable[..., Any], slack: float) -> None:
    """F at each of its points: within the square of a cell where it is smooth, and half a cell at a corner."""
    grid = grid_of(f)
    levels = levels_of(grid.values)[0]
    assert 6 <= len(levels) <= 14
    for level in levels:
        points = np.vstack(lines_at(grid, level))
        assert len(points) > 1
        np.testing.assert_allclose(f(*placed(grid, points)), level, atol=slack)


@pytest.mark.parametrize("unit", [1e-3, 1e4])
def test_units_do_not_matter(unit: float) -> None:
    """In whatever unit a slider counts, the lines are the same; of a product of exponentials each level has one."""
    f = lambda x, y: np.exp(2 * x - 3 * y)  # noqa: E731
    grid = grid_of(f, x=(0, 1, 0.1), y=(0, 1, 0.1))
    other = grid_of(lambda x, y: f(x, y / unit), x=(0, 1, 0.1), y=(0, unit, 0.1 * unit))
    for level in levels_of(grid.values)[0]:
        (line,), (same,) = lines_at(grid, level), lines_at(other, level)
        np.testing.assert_allclose(same, line, atol=1e-6)
        np.testing.assert_allclose(f(*placed(grid, line)), level, rtol=0.01)


def test_straight_lines_are_exact() -> None:
    """Of a plane, and from edge to edge."""
    grid = grid_of(lambda x, y: 2 * x - 3 * y + 1)
    for level in levels_of(grid.values)[0]:
        (line,) = lines_at(grid, level)
        x, y = placed(grid, line)
        np.testing.assert_allclose(2 * x - 3 * y + 1, level, atol=1e-9)
        ends = [min(abs(a - b) for b in (*X,)) < 1e-9 or min(abs(c - b) for b in (*Y,)) < 1e-9 for a, c in
                ((x[0], y[0]), (x[-1], y[-1]))]  # fmt: skip
        assert ends == [True, True]


def test_no_line_leads_over_a_jump() -> None:
    """On each stroke f is on one step, and it is level where the step has it."""
    grid = grid_of(stairs)
    for level in levels_of(grid.values)[0]:
        for line in lines_at(grid, level):
            x, y = placed(grid, line)
            inner = (x[1:] + x[:-1]) / 2
            assert len(set(np.floor(inner[np.abs(inner - np.rint(inner)) > 0.08]))) <= 1
            if np.ptp(y) < 1e-9:
                np.testing.assert_allclose(np.floor(inner.mean()) + y[0] / 2, level, atol=1e-9)


def test_no_line_leads_over_a_pole() -> None:
    """1/x goes from −∞ to ∞ in one cell."""
    grid = grid_of(lambda x, y: 1 / x + 0 * y, x=(-1, 1, 0.125), y=(0, 1, 0.125))
    for level in levels_of(grid.values)[0]:
        for line in lines_at(grid, level):
            x, _ = placed(grid, line)
            assert np.all(np.sign(x) == np.sign(level))


def test_no_line_where_f_has_no_value() -> None:
    """Neither NaN nor what raised."""

    def f(x: Any, y: Any) -> Any:
        if x > 2:
            raise ValueError("too far")
        return np.log(x + y)

    grid = grid_of(f)
    assert np.isnan(grid.values[grid.x > 2]).all()
    for level in levels_of(grid.values)[0]:
        for line in lines_at(grid, level):
            x, y = placed(grid, line)
            assert np.all(x <= 2)
            assert np.all(x + y > 0)


def test_a_corner_is_found_where_the_slopes_of_its_sides_meet() -> None:
    """The seams of straight pieces are exact; they cross the whole map and lie nowhere else."""
    grid = grid_of(folded)
    ends = np.array(seams_of(grid))
    x, y = placed(grid, ends)
    first, second = np.abs(x - y), np.abs(x + 2 * y - 0.77)
    crossing = (first < 0.4) & (second < 0.6)  # in the cells where both meet they are joined in the middle
    assert np.minimum(first, second)[~crossing].max() < 1e-9
    assert min(x[first < 1e-9]) < -1.9
    assert max(x[first < 1e-9]) > 1.9


def test_a_smooth_function_has_no_seam() -> None:
    """And a staircase whose steps are as small as the cells is all seams: nothing is said."""
    assert seams_of(grid_of(smooth)) == []
    assert len(seams_of(grid_of(stairs))) > 100
    assert seams_of(grid_of(lambda x, y: np.floor(20 * x) + np.floor(20 * y))) == []


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 10], 11),
        ([-1e-6, 1e-6], 11),
        ([5, 5 + 1e-12], 0),
        ([np.nan], 0),
        ([7.0], 0),
    ],
)
def test_levels_are_round_and_few(values: list[float], expected: int) -> None:
    """None where f is constant."""
    levels = levels_of(np.array(values, float))[0]
    assert len(levels) == expected
    for level in levels:
        assert float(f"{level:.3g}") == level


@pytest.mark.parametrize(
    ("f", "y", "said"),
    [
        (lambda x, y: np.exp(x**2 + y**2), (-2, 2), "at 1, 2, 5, 10, …"),
        (lambda x, y: 300 - np.exp(x**2 + y**2), (-2, 2), "at 299 ± 1, 2, 5, 10, …"),
        (lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2, (-1, 3), "at 1, 2, 5, 10, …"),
        (lambda x, y: np.exp(-2 * (x**2 + y**2)), (-2, 2), "at 1, 2, 5, 10, …"),
        (lambda x, y: np.sinh(4 * x) * np.cosh(y), (-2, 2), "at 1, 2, 5, 10, …"),
        (lambda x, y: np.maximum(x + y, 0), (-2, 2), "every 0.5"),
        (lambda x, y: x * np.sin(y) + y, (-3, 3), "every 1"),
    ],
    ids=["bowl", "dome", "valley", "peak", "both signs", "flat half", "saddle"],
)
def test_levels_show_the_shape_where_f_is_steep(f: Callable[..., Any], y: tuple[float, float], said: str) -> None:
    """No gap between two lines has more than half of what f does, and it is said which levels they are."""
    grid = grid_of(f, x=(-2, 2), y=y)
    contours = contours_json(grid)
    assert contours["spacing"] == said
    levels = np.array([level["of"] for level in contours["levels"]])
    distinct = np.unique(grid.values)
    gaps = np.diff(np.searchsorted(distinct, levels), prepend=0, append=len(distinct)) / len(distinct)
    assert gaps.max() <= 0.5
    assert 6 <= len(levels) <= 16
    if said.startswith("at"):
        base = float(re.findall(r"at (\S+) ±", said)[0]) if "±" in said else 0.0
        assert all(float(f"{abs(level - base):.0e}") in (0, *(k * 10.0**n for k in (1, 2, 5) for n in range(-4, 5)))
                   for level in levels)  # fmt: skip
    else:
        np.testing.assert_allclose(np.diff(levels), float(said.split()[1]))


def apart(points: Any, lines: Any) -> float:
    """Return how far the farthest of some points is from the nearest of others."""
    return float(max(np.hypot(*(lines - point).T).min() for point in points))


@pytest.mark.parametrize(
    "f",
    [
        lambda x, y: x * np.sin(y) + y,
        lambda x, y: x**2 - y**2,
        lambda x, y: (x - 0.03) * (y + 0.04) + 0.2 * (x - 0.03) ** 2,
        lambda x, y: x**3 - 3 * x * y**2,
    ],
    ids=["at a stop", "crossing", "between stops", "three ways"],
)
def test_saddles_are_drawn_as_matplotlib_draws_them_much_finer(f: Callable[..., Any]) -> None:
    """Its lines on 601 x 601 points and ours on 41 x 41 lie on each other, on both sides of a crossing: no notch."""
    pyplot = pytest.importorskip("matplotlib.figure")
    grid = grid_of(f, x=(-2, 2), y=(-2, 2))
    x = np.linspace(-2, 2, 602)  # no point is at the saddle
    axes = pyplot.Figure().subplots()
    (theirs,) = axes.contour(x, x, f(*np.meshgrid(x, x)), levels=[0]).get_paths()
    ours = np.vstack([np.linspace(*pair, 9) for line in lines_at(grid, 0.0) for pair in
                      itertools.pairwise(np.transpose(placed(grid, line)))])  # fmt: skip
    assert apart(theirs.vertices[::5], ours) < 0.035  # a cell is 0.1 wide
    assert apart(ours[::5], theirs.vertices) < 0.035


def strokes(d: str) -> list[np.ndarray[Any, Any]]:
    """Read a path as a browser does."""
    parts = []
    for move, steps in re.findall(r"M(-?\d+ ?-?\d+)l([\d -]+)", d):
        numbers = [list(map(int, re.findall(r"-?\d+", part))) for part in (move, steps)]
        parts.append(np.cumsum([numbers[0], *np.reshape(numbers[1], (-1, 2))], axis=0))
    assert "".join(re.findall(r"M-?\d+ ?-?\d+l[\d -]+", d)) == d
    return parts


def test_a_film_of_two_sliders_has_them_as_paths() -> None:
    """From the left and from above; labels stand on their lines, inside and apart; little room is taken."""
    contours = film(smooth, x=X, y=Y).to_json()["contours"]
    assert "seams" not in contours
    labels = []
    for level in contours["levels"]:
        points = np.vstack(strokes(level["d"]))
        assert points.min() >= 0
        assert points.max() <= UNITS
        x, y = (low + (high - low) * part for (low, high), part in zip((X, Y[::-1]), points.T / UNITS, strict=True))
        np.testing.assert_allclose(smooth(x, y), level["of"], atol=0.015)
        if "at" in level:
            assert (points == level["at"]).all(axis=1).any()
            labels.append(level["at"])
    assert len(labels) >= 8
    for one, other in itertools.combinations(np.array(labels), 2):
        right, down = np.abs(one - other)
        assert right > 60 or down > 80
    assert sum(len(level["d"]) for level in contours["levels"]) < 8000


def test_other_films_have_none() -> None:
    """Of one slider there is a curve."""
    assert "contours" not in film(np.sin, x=X).to_json()


def test_a_live_film_gets_them_with_its_last_stop() -> None:
    """The lines of all stops, once all are known."""
    sampler = Sampler(arrange(folded, {"x": (-1, 1, 0.5), "y": (-1, 1, 0.5)}, who="explore"), "explore")
    developer = Developer(sampler)
    sampler.sample(0)
    assert "contours" not in developer.film()
    batches = []
    for stops in (range(1, 20), range(20, 25)):
        for stop in stops:
            sampler.sample(stop)
        batches.append(developer.batch(list(stops)))
    grid = Grid.of(sampler, range(25), sampler.arrangement.sliders, pieces(sampler, range(25)))
    assert [batch.get("contours") for batch in batches] == [None, contours_json(grid)]
    assert contours_json(grid)["seams"]
