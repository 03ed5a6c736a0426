"""Level lines of a function of two sliders, on the grid of its stops, and the seams at which it goes another way.

Between its stops f is drawn as its values and slopes there lead, in parts of a cell; where it goes another way within
the cell, as its values lead alone. No line leads over a jump: where f moves between two stops by what its slopes there
do not explain, the cell is left empty.

Levels are evenly apart, so that lines are close where f is steep. Where that would leave most of the map to one of the
gaps between them, they grow as 1, 2, 5, 10.

Examples
--------
>>> x = np.linspace(-1, 1, 5)
>>> grid = Grid(x, x, x[:, None] + 0 * x, np.stack([np.ones((5, 5)), np.zeros((5, 5))]), np.zeros((5, 5), int))
>>> levels_of(grid.values)[0][:3], [line[[0, -1]].tolist() for line in lines_at(grid, 0.25)]
([-1.0, -0.8, -0.6], [[[2.5, 4.0], [2.5, 0.0]]])
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from graphviz_ad.console import prints
from graphviz_ad.engine.lazily import lazily
from graphviz_ad.films.sampling import Sampler
from graphviz_ad.films.sliders import Slider

__all__ = ["UNITS", "Grid", "contours_json", "levels_of", "lines_at", "seams_of"]

UNITS = 1000
"""How finely a place is told: the range of each slider is this many units wide."""
_MOST_LEVELS = 12
_MOST_SEAMS = 400  # a staircase whose steps are as small as the cells is all seams
_LETTER, _LINE = 30, 80  # how large the letters of a label are, in units, where a map is small
_TOLERANCE = 0.02  # of what is shown of f
_PARTS = 5  # of a cell along each axis: what lines miss at a saddle is less than they are wide
_MOST_IN_A_GAP = 0.4  # of the values that f has, between two levels that are evenly apart
_MOST_AROUND_0 = 0.6  # of them, in both gaps beside 0
_FAR = 0.01  # of the largest distance from the base of a ladder: what is nearer is not told apart
_NEARLY_ALL = 0.995  # of the values: others may be of a pole
_STRAY = 0.6  # units that a point may lie off the line between its neighbours, and be left out

Array = np.ndarray[Any, Any]
Place = tuple[float, float]


@prints
@dataclass(frozen=True, eq=False)
class Grid:
    """A function at all stops of two sliders; the first axis of each array is that of the first slider.

    Attributes
    ----------
    x, y : array
        The values of the sliders.
    values : array, shape (x, y)
        NaN where there is none.
    slopes : array, shape (2, x, y)
        The derivatives by both.
    ways : array of int, shape (x, y)
        Two stops with one number are of one smooth piece.
    """

    x: Array
    y: Array
    values: Array
    slopes: Array
    ways: Array

    @classmethod
    def of(cls, sampler: Sampler, stops: Sequence[int], sliders: Sequence[Slider], ways: Sequence[int]) -> Grid:
        """Return what was found at these stops, every combination of the values of two sliders."""
        shape = tuple(len(slider.values) for slider in sliders)
        values, *slopes = np.array([_at(sampler, stop) for stop in stops]).T.reshape(3, *shape)
        values[~np.isfinite(values)] = np.nan
        x, y = (slider.values for slider in sliders)
        return cls(x, y, values, np.array(slopes), np.reshape(ways, shape))

    @lazily
    def broken(self) -> tuple[Array, Array, Array]:
        """Where f jumps along both axes, and which cells have such an edge."""
        low, high = _shown(self.values)
        across, up = (self.along(axis).jumps(high - low) for axis in (0, 1))
        return across, up, across[:, :-1] | across[:, 1:] | up[:-1] | up[1:]

    @lazily
    def fine(self) -> Array:
        """The values between the stops too, in parts of a cell."""
        count, rank = (len(values) - 1 for values in (self.x, self.y))
        fine = np.empty((count * _PARTS + 1, rank * _PARTS + 1))
        curved, plain = _between(self._corners, _CURVED), _between(_flattened(self._corners), _STRAIGHT)
        cells = np.where(self._smooth[:, :, None, None] & np.isfinite(curved), curved, plain)
        for i, j in np.ndindex(_PARTS + 1, _PARTS + 1):
            fine[i : i + count * _PARTS : _PARTS, j : j + rank * _PARTS : _PARTS] = cells[:, :, i, j]
        fine[::_PARTS, ::_PARTS] = self.values
        return fine

    @property
    def _smooth(self) -> Array:
        """Which cells f goes through in one way."""
        turns = [self.along(axis).turns for axis in (0, 1)]
        smooth: Array = ~(turns[0][:, :-1] | turns[0][:, 1:] | turns[1][:-1] | turns[1][1:])
        return smooth

    @property
    def _corners(self) -> Array:
        """Of each cell f, its slopes per cell, and how these turn, at both ends of both axes."""
        wide, high = np.diff(self.x)[:, None], np.diff(self.y)
        f, across, up = ([[_corner(one, i, j) for j in (0, 1)] for i in (0, 1)] for one in (self.values, *self.slopes))
        with np.errstate(all="ignore"):
            turn = [[(across[i][1] - across[i][0]) * wide for _ in (0, 1)] for i in (0, 1)]
            back = [[(up[1][j] - up[0][j]) * high for j in (0, 1)] for _ in (0, 1)]
        corners = [[f, np.multiply(up, high)], [np.multiply(across, wide), np.add(turn, back) / 2]]
        return np.array(corners).transpose(0, 2, 1, 3, 4, 5)

    def along(self, axis: int) -> Edges:
        """Return the edges of the grid along an axis."""
        step = np.diff((self.x, self.y)[axis])
        return Edges(
            _ends(self.values, axis),
            [slope * (step[:, None] if axis == 0 else step) for slope in _ends(self.slopes[axis], axis)],
            np.not_equal(*_ends(self.ways, axis)),
        )


@dataclass(frozen=True, eq=False)
class Edges:
    """What f does from one stop to the next: values at both, how far its slopes lead, whether it goes another way."""

    values: Sequence[Array]
    leads: Sequence[Array]
    turns: Array

    def jumps(self, size: float) -> Array:
        """Return where f moves by what its slopes at both ends do not explain, or beyond all that is shown of it."""
        low, high = np.minimum(*self.leads), np.maximum(*self.leads)
        slack = high - low + _TOLERANCE * size
        move = self.values[1] - self.values[0]
        steep = np.maximum(np.abs(low), np.abs(high))
        return (move < low - slack) | (move > high + slack) | (np.isfinite(steep) & (steep > size))

    def meets(self, jumps: Array) -> Array:
        """Return at which part of each edge its pieces meet: where their tangents do, or in the middle of a jump."""
        (near, far), (left, right) = self.values, self.leads
        with np.errstate(all="ignore"):
            part = np.round((far - near - right) / (left - right), 9)  # at a stop, rounding may lead beyond it
        met: Array = np.where(jumps | ~((part >= 0) & (part <= 1)), 0.5, part)
        return met


def _corner(values: Array, i: int, j: int) -> Array:
    """Return what the cells have at one of their corners."""
    return values[i : i + len(values) - 1, j : j + values.shape[1] - 1]


def _flattened(corners: Array) -> Array:
    """Return corners without slopes."""
    flat = np.zeros_like(corners)
    flat[0, :, 0] = corners[0, :, 0]
    return flat


def _weights(straight: bool) -> Array:
    """Return how much of the value and the slope at each end there is at each part of an edge: of a cubic, or a line.

    Axes are value or slope, first or second end, part.
    """
    t = np.linspace(0, 1, _PARTS + 1)
    if straight:
        return np.array([[1 - t, t], [0 * t, 0 * t]])
    return np.array([[(1 + 2 * t) * (1 - t) ** 2, t**2 * (3 - 2 * t)], [t * (1 - t) ** 2, t**2 * (t - 1)]])


_CURVED, _STRAIGHT = _weights(straight=False), _weights(straight=True)


def _between(corners: Array, weights: Array) -> Array:
    """Return f at the parts of each cell; axes are cell across, cell up, part across, part up."""
    with np.errstate(all="ignore"):
        parts: Array = np.einsum("aipq...,aik,pqj->...kj", corners, weights, weights)
    return parts


def _ends(values: Array, axis: int) -> tuple[Array, Array]:
    """Return the values at the first and at the second end of each edge along an axis."""
    return (values[:-1], values[1:]) if axis == 0 else (values[:, :-1], values[:, 1:])


def _at(sampler: Sampler, stop: int) -> tuple[float, ...]:
    scene, row = sampler.entries[stop]
    if scene < 0:
        return math.nan, math.nan, math.nan
    numbers = sampler.shots[scene].rows[row]
    return sampler.output(scene, numbers), *sampler.gradients(scene, numbers)


def levels_of(values: Array) -> tuple[list[float], str]:
    """Return round numbers that are met by what a function does, and which they are, in words.

    Examples
    --------
    >>> levels_of(np.array([[0.0, 1.0], [1.5, 3.0]]))
    ([0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5, 2.75, 3.0], 'every 0.25')
    >>> levels_of(np.exp(np.linspace(0, 6, 50)))
    ([2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0], 'at 1, 2, 5, 10, …')
    >>> levels_of(np.array([[2.0, 2.0]])), levels_of(np.array([np.nan]))
    (([], ''), ([], ''))
    """
    low, high = _range(values)
    if not high - low > 1e-9 * max(abs(low), abs(high)):
        return [], ""
    step, even = _even(low, high)
    if not _is_crowded(values):
        return even, f"every {step:g}"
    distinct = np.unique(values[np.isfinite(values)])
    bases = [0.0, *(float(f"{end:.3g}") for end in distinct[[0, -1]])]
    base = min(bases, key=lambda base: _fullest(distinct, _ladder(distinct, base)) - (0.2 if base == 0 else 0))
    return _ladder(distinct, base), f"at {f'{base:g} ± ' if base else ''}1, 2, 5, 10, …"


def _is_crowded(values: Array) -> bool:
    """Whether most of what a function does lies between two levels that are evenly apart."""
    low, high = _range(values)
    if high <= low:
        return False
    distinct, even = np.unique(values[np.isfinite(values)]), _even(low, high)[1]
    return _fullest(distinct, even) > _MOST_IN_A_GAP or _fullest(distinct, [e for e in even if e]) > _MOST_AROUND_0


def _fullest(distinct: Array, levels: Sequence[float]) -> float:
    """Return how many of some values lie beside another in one gap between levels, as a part of all."""
    gaps = np.diff(np.searchsorted(distinct, levels), prepend=0, append=len(distinct))
    return float((gaps.max() - 1) / len(distinct))


def _even(low: float, high: float) -> tuple[float, list[float]]:
    """Return how far apart levels are that are evenly so, and these."""
    raw = (high - low) / _MOST_LEVELS
    power = 10.0 ** math.floor(math.log10(raw))
    step = next((unit * power for unit in (1, 2, 2.5, 5) if unit * power >= raw * (1 - 1e-9)), 10 * power)
    counts = range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    return step, [float(f"{count * step:.12g}") for count in counts]


def _ladder(distinct: Array, base: float) -> list[float]:
    """Return levels whose distances from a base grow as 1, 2, 5, 10, on the sides on which there are values."""
    away = distinct - base
    most = float(np.quantile(np.abs(away), _NEARLY_ALL))
    sides = [side for side in (-1, 1) if (side * away > _FAR * most).any()]
    least = max(float(np.quantile(np.abs(away), 0.05)), most * _FAR ** (3 / (1 + len(sides))))
    if not 0 < most < math.inf:
        return []
    powers = range(math.floor(math.log10(least)), math.floor(math.log10(most)) + 1)
    rungs = [rung for power in powers for unit in (1, 2, 5) if least <= (rung := unit * 10.0**power) <= most]
    levels = {base + side * rung for side in sides for rung in rungs} | ({base} if len(sides) > 1 else set())
    return sorted(float(f"{level:.12g}") for level in levels)


def _range(values: Array) -> tuple[float, float]:
    """Return the range that shows a function rather than its poles, as `robustRange` of the player does."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return 0.0, 0.0
    few, many = np.quantile(finite, [0.1, 0.9], method="nearest")
    spread = 1.5 * (many - few)
    return max(float(finite.min()), few - spread), min(float(finite.max()), many + spread)


def lines_at(grid: Grid, level: float) -> list[Array]:
    """Return where f has a level, as strokes of points: numbers of stops along both sliders, and parts between."""
    from contourpy import contour_generator  # it comes with matplotlib, and like that is loaded when it is needed

    lines = contour_generator(z=grid.fine.T, line_type="Separate").lines(level)
    return [part for line in lines for part in _split(np.asarray(line) / _PARTS, grid.broken[2])]


def _split(line: Array, broken: Array) -> Iterator[Array]:
    """Leave out what of a line lies in broken cells."""
    cells = np.floor((line[:-1] + line[1:]) / 2).astype(int)
    kept = ~broken[tuple(np.minimum(cells, np.array(broken.shape) - 1).T)]
    ends = np.flatnonzero(np.diff(np.r_[False, kept, False].astype(int)))
    for first, last in zip(ends[::2], ends[1::2], strict=True):
        yield line[first : last + 1]


def seams_of(grid: Grid) -> list[tuple[Place, Place]]:
    """Return where f goes another way, cell by cell, in numbers of stops; nothing where that is nearly everywhere."""
    across, up, _ = grid.broken
    turns = [grid.along(axis) for axis in (0, 1)]
    parts = [edges.meets(jumps) for edges, jumps in zip(turns, (across, up), strict=True)]
    known = np.isfinite(grid.values)
    crossed = [edges.turns & np.logical_and(*_ends(known, axis)) for axis, edges in enumerate(turns)]
    seams: list[tuple[Place, Place]] = []
    for i, j in np.ndindex(len(grid.x) - 1, len(grid.y) - 1):
        sides = [(float(i + parts[0][i, k]), float(k)) for k in (j, j + 1) if crossed[0][i, k]]
        sides += [(float(k), float(j + parts[1][k, j])) for k in (i, i + 1) if crossed[1][k, j]]
        seams += _joined(sides)
    seams = list(dict.fromkeys(seams))
    return seams if len(seams) <= _MOST_SEAMS else []


def _joined(sides: Sequence[Place]) -> list[tuple[Place, Place]]:
    """Join the places at which seams cross the sides of a cell: two of them to each other, more in their middle."""
    if len(sides) < 2:
        return []
    x, y = np.mean(sides, axis=0)
    middle = (float(x), float(y)) if len(sides) > 2 else sides[1]
    return [(min(side, middle), max(side, middle)) for side in sides if side != middle]


def contours_json(grid: Grid) -> dict[str, Any]:
    """Return level lines and seams as data: paths in units of both ranges, from the left and from above."""

    def units(points: Any) -> Array:
        place = np.asarray(points, dtype=float).reshape(-1, 2)
        parts = [_part(place[:, 0], grid.x), 1 - _part(place[:, 1], grid.y)]
        rounded: Array = np.rint(UNITS * np.array(parts).T).astype(int)
        return rounded

    labelled: list[tuple[float, float, float, float]] = []
    levels = []
    chosen, spacing = levels_of(grid.values)
    for level in chosen:
        lines = [_simpler(units(line)) for line in lines_at(grid, level)]
        if lines:
            levels.append({"of": level, "d": "".join(map(_path, lines)), **_label(f"{level:g}", lines, labelled)})
    seams = "".join(_path(units(seam)) for seam in seams_of(grid))
    return {"levels": levels, "spacing": spacing, **({"seams": seams} if seams else {})}


def _shown(values: Array) -> tuple[float, float]:
    """Return the range in which levels are: all but poles, where even levels would not show it."""
    if not _is_crowded(values):
        return _range(values)
    low, high = np.quantile(values[np.isfinite(values)], [1 - _NEARLY_ALL, _NEARLY_ALL])
    return float(low), float(high)


def _part(numbers: Array, values: Array) -> Array:
    """Return which part of the range of a slider lies below places that are numbered through its stops."""
    share: Array = (np.interp(numbers, np.arange(len(values)), values) - values[0]) / (values[-1] - values[0])
    return share


def _simpler(line: Array) -> Array:
    """Leave out the points of a line that lie near enough the line between those that stay.

    Examples
    --------
    >>> _simpler(np.array([[0, 0], [5, 0], [10, 0], [10, 9]])).tolist()
    [[0, 0], [10, 0], [10, 9]]
    """
    kept, spans = {0, len(line) - 1}, [(0, len(line) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        way, steps = line[last] - line[first], line[first + 1 : last] - line[first]
        length = math.hypot(*way)
        off = np.abs(way[0] * steps[:, 1] - way[1] * steps[:, 0]) / length if length else np.hypot(*steps.T)
        worst = int(off.argmax())
        if off[worst] > _STRAY:
            kept.add(first + 1 + worst)
            spans += [(first, first + 1 + worst), (first + 1 + worst, last)]
    return line[sorted(kept)]


def _path(line: Array) -> str:
    """Write a line as a path that moves from point to point.

    Examples
    --------
    >>> _path(np.array([[10, 20], [13, 18], [13, 18], [20, 18]]))
    'M10 20l3-2 7 0'
    """
    steps = [step for step in np.diff(line, axis=0).tolist() if any(step)] or [[0, 0]]
    moves = " ".join(f"{right} {down}" if down >= 0 else f"{right}{down}" for right, down in steps)
    return f"M{line[0][0]} {line[0][1]}l{moves.replace(' -', '-')}"


def _label(text: str, lines: Sequence[Array], others: list[tuple[float, float, float, float]]) -> dict[str, Any]:
    """Return where a level is written: on its longest line, near the middle of that, where no other label is."""
    half = np.array([_LETTER * (len(text) + 1), _LINE]) / 2
    wide = [line for line in lines if (np.ptp(line, axis=0) > 2 * half).any()]  # it would hide a small one
    for line in sorted(wide, key=len, reverse=True):
        for place in sorted(range(len(line)), key=lambda i: abs(2 * i - len(line))):
            left, top = line[place] - half
            right, bottom = line[place] + half
            inside = min(left, top) >= 0 and max(right, bottom) <= UNITS
            if inside and all(right < o[0] or left > o[2] or bottom < o[1] or top > o[3] for o in others):
                others.append((left, top, right, bottom))
                return {"at": line[place].tolist()}
    return {}
