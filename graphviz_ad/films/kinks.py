"""Where a function of one slider has kinks: corners, ties, jumps, upright slopes, and branches that do not fit.

What the program does says where to look: between two stops at which it went different ways. The place is found by
halving, and the slopes on both sides are derivatives of the program itself, ever nearer to it. Only what they agree on
is said; where they do not, nothing is. So x·|x|, which goes two ways, has no kink.

Examples
--------
>>> from graphviz_ad.films.sampling import Sampler
>>> from graphviz_ad.films.sliders import arrange
>>> sampler = Sampler(arrange(lambda x: np.abs(x - 0.25), {"x": (-1, 1)}, who="film"), "film")
>>> places = [sampler.sample(stop) for stop in range(sampler.total)]
>>> [(kink.kind, kink.x, kink.left.slope, kink.here.slope, kink.right.slope) for kink in kinks_of(sampler)]
[('corner', 0.25, -1.0, 0.0, 1.0)]
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from graphviz_ad.console import prints
from graphviz_ad.errors import SizeError
from graphviz_ad.films.sampling import Sample, Sampler
from graphviz_ad.numerals.quantities import Quantity

__all__ = ["KINDS", "Kink", "Side", "kinks_of"]

KINDS = ("corner", "tie", "jump", "vertical", "branch")
_MOST = 48  # a function that goes another way at nearly every stop is a staircase, whose steps the curve shows
_FINE = 1e-13  # of the range: nearer than this, two places are one
_STEPS = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6)  # of the distance of two stops
_SAME = 1e-6
_TIES = frozenset({"maximum", "minimum", "fmax", "fmin", "max", "min", "nanmax", "nanmin", "clip", "sort", "partition"})
_TIES |= {"median", "nanmedian", "percentile", "quantile", "ptp", "maximum.accumulate", "minimum.accumulate"}


class Side(NamedTuple):
    """What a function comes to from one side, or is: NaN where it has no value, or where nothing is known of it."""

    value: float
    slope: float


_NOTHING = Side(math.nan, math.nan)


@prints
@dataclass(frozen=True)
class Kink:
    """A place where a function has no slope, or the one that is taken is not that of its sides.

    Attributes
    ----------
    x : float
    kind : str
        One of `KINDS`.
    left, here, right : Side
        What the function and its derivative come to, and what the program says at the place itself: nothing where no
        float is it.
    scene, node : int
        The node that goes another way there, if it is one alone, in which scene; else -1.
    rises : bool
        Whether the first operand of that node grows with x there.
    """

    x: float
    kind: str
    left: Side
    here: Side
    right: Side
    scene: int
    node: int
    rises: bool = True


class _Look(NamedTuple):
    """What the program does at a place."""

    x: float
    way: tuple[object, ...]
    value: float
    slope: float
    sample: Sample


def kinks_of(sampler: Sampler) -> list[Kink] | None:
    """Return the kinks of a function that was sampled at all stops of its only slider, from left to right.

    None where they were not looked for: of several sliders, whose kinks are lines, of a function that was not sampled
    everywhere, and of one that goes another way at nearly every stop.
    """
    if len(sampler.arrangement.sliders) != 1 or len(sampler.entries) < sampler.total:
        return None
    pairs = [i for i in range(sampler.total - 1) if _way_at(sampler, i) != _way_at(sampler, i + 1)]
    if len(pairs) > _MOST:
        return None
    try:
        return list(_Search(sampler).kinks(pairs))
    except SizeError:  # more graphs than can be kept
        return None


def _way_at(sampler: Sampler, stop: int) -> tuple[object, ...]:
    scene, row = sampler.entries[stop]
    if scene < 0:
        return (-1,)
    finite = math.isfinite(sampler.output(scene, sampler.shots[scene].rows[row]))
    return scene, finite, sampler.went.get(stop, ())


class _Search:
    """Looks at a function between its stops."""

    def __init__(self, sampler: Sampler) -> None:
        self._sampler = sampler
        self._stops = [float(x) for x in sampler.arrangement.sliders[0].values]
        self._wide = self._stops[-1] - self._stops[0]
        self._seen: dict[float, _Look] = {}

    def look(self, x: float) -> _Look:
        """Return what the program does at a place."""
        if x not in self._seen:
            self._seen[x] = self._run(x)
        return self._seen[x]

    def _run(self, x: float) -> _Look:
        sample = self._sampler.take((x,))
        if sample.numbers is None:
            return _Look(x, (-1,), math.nan, math.nan, sample)
        value = self._sampler.output(sample.scene, sample.numbers)
        slope = self._sampler.gradients(sample.scene, sample.numbers)[0]
        return _Look(x, (sample.scene, math.isfinite(value), sample.went), value, slope, sample)

    def kinks(self, pairs: Sequence[int]) -> Iterator[Kink]:
        """Yield the kinks between pairs of stops that follow each other."""
        last = -math.inf
        for i in pairs:
            low, high = self._stops[i], self._stops[i + 1]
            x = self._place(low, high)
            if x - last <= 2 * self._finest(x):
                continue
            last = x
            kink = self._kink(x, high - low)
            if kink is not None:
                yield kink

    def _finest(self, x: float) -> float:
        return max(_FINE * self._wide, 4 * math.ulp(x))

    def _place(self, low: float, high: float) -> float:
        """Return where the program begins to go another way than at `low`: the roundest number that does it."""
        way = self.look(low).way
        if self.look(low + self._finest(low)).way != way:
            return low
        if self.look(high - self._finest(high)).way == way:
            return high
        for turn in range(100):
            middle = _roundest(low + 0.25 * (high - low), high - 0.25 * (high - low))
            fine = self._finest(middle)
            if high - low <= fine:
                break
            left = self.look(middle).way == way
            if turn < 6 and left != (self.look(middle + (fine if left else -fine)).way == way):
                return middle
            low, high = (middle, high) if left else (low, middle)
        return high

    def _kink(self, x: float, apart: float) -> Kink | None:
        left, right = (self._side(x, sign, apart) for sign in (-1, 1))
        if left is None or right is None:
            return None
        left, here, right = _without_noise(left, self._exactly(x), right)
        kind = _kind(left, here, right)
        if kind is None:
            return None
        before, after = (self._near(x, sign) for sign in (-1, 1))
        scene, node, cause = self._culprit(x, before, after)
        if kind == "corner":
            branches = len({look.way[0] for look in (before, self.look(x), after)}) > 1
            kind = "branch" if node < 0 and branches else "tie" if cause in _TIES else kind
        return Kink(x, kind, left, here, right, scene, node, self._rises(before, after, scene, node))

    def _rises(self, before: _Look, after: _Look, scene: int, node: int) -> bool:
        numbers = [look.sample.numbers for look in (before, after)]
        if node < 0 or None in numbers:
            return True
        edges = self._sampler.shots[scene].story.edges
        operand = next(edge.parent for edge in edges if edge.child == node)
        left, right = (np.sum(own[Quantity("value", operand)]) for own in numbers if own is not None)
        return bool(right > left)

    def _near(self, x: float, sign: int) -> _Look:
        return self.look(x + sign * self._finest(x))

    def _exactly(self, x: float) -> Side:
        """Return what the program says at the place itself; nothing where no float may be it."""
        here, before, after = self.look(x), self._near(x, -1), self._near(x, 1)
        one_sided = here.way in (before.way, after.way)
        if one_sided and len(f"{x:.15g}") > 12:
            return _NOTHING
        return Side(here.value, here.slope) if math.isfinite(here.value) else _NOTHING

    def _side(self, x: float, sign: int, apart: float) -> Side | None:
        """Return what value and slope come to from one side; None where the value comes to nothing."""
        way = self._near(x, sign).way
        looks = [self.look(x + sign * step * apart) for step in _STEPS]
        looks = [look for look in looks if look.way == way and look.x != x]
        if not math.isfinite(self._near(x, sign).value):
            return _NOTHING
        if len(looks) < 4:
            return None
        value = _limit([look.value for look in looks])
        slope = _limit([look.slope for look in looks])
        if value is None or not math.isfinite(value):
            return None
        slope = math.nan if slope is None else slope
        sizes = max(abs(look.value) for look in looks), max(abs(look.slope) for look in looks)
        return Side(_rounded(value, sizes[0]), _rounded(slope, sizes[1]))

    def _culprit(self, x: float, before: _Look, after: _Look) -> tuple[int, int, str]:
        """Return the scene and the position of the only node that goes another way, and its primitive's name."""
        looks = [look for look in (before, self.look(x), after) if look.sample.scene >= 0 and look.way[1]]
        if not looks or len({look.sample.scene for look in looks}) > 1:
            return -1, -1, ""
        scene = looks[0].sample.scene
        shot = self._sampler.shots[scene]
        columns = zip(*(look.sample.went for look in looks), strict=True)
        turned = [place for place, column in zip(shot.switches, columns, strict=True) if len(set(column)) > 1]
        if len(turned) != 1:
            return -1, -1, ""
        return scene, turned[0], shot.story.nodes[turned[0]].primitive


def _roundest(low: float, high: float) -> float:
    """Return the number with the fewest digits between two; 0 where that is one.

    Examples
    --------
    >>> _roundest(0.2936, 0.3071), _roundest(-1.0, 2.0), _roundest(1234.2, 1239.9)
    (0.3, 0.0, 1237.0)
    """
    if low <= 0 <= high:
        return 0.0
    middle = low + (high - low) / 2
    if not low < middle < high:
        return middle
    place = math.floor(math.log10(high - low))
    for digits in range(-place - 1, -place + 2):
        number = round(middle, digits)
        if low <= number <= high:
            return number
    return middle


def _rounded(limit: float, size: float) -> float:
    """Return a limit without the digits that are none, where the terms had such a size.

    Examples
    --------
    >>> _rounded(-0.9999999999999999, 1.0), _rounded(1e-24, 1e-6), _rounded(1e-24, 1e-24)
    (-1.0, 0.0, 1e-24)
    """
    return 0.0 if abs(limit) <= 1e-9 * size else float(f"{limit:.11g}")


def _without_noise(*sides: Side) -> list[Side]:
    """Return sides whose slopes are 0 where they are nothing beside the others: what is left of 1 − 1.

    Examples
    --------
    >>> [side.slope for side in _without_noise(Side(0.0, -2.3e-17), Side(0.0, 1.0), Side(0.0, 2.0))]
    [0.0, 1.0, 2.0]
    """
    largest = max([abs(side.slope) for side in sides if math.isfinite(side.slope)], default=0.0)
    return [side._replace(slope=0.0) if abs(side.slope) <= 1e-12 * largest else side for side in sides]


def _limit(terms: Sequence[float]) -> float | None:
    """Return what a sequence comes to whose steps fall by a factor: infinity where they do not; None if unsure."""
    if not all(map(math.isfinite, terms)):
        return None
    steps = [b - a for a, b in pairwise(terms[-4:])]
    size = max(map(abs, terms[-3:]))
    if all(abs(step) <= 1e-9 * size for step in steps):
        return terms[-1]
    grows = all(a and b / a >= 0.9 for a, b in pairwise(steps))
    if grows and abs(steps[-1]) > 0.02 * size:
        return math.copysign(math.inf, steps[-1])
    guesses = [_aitken(*three) for three in zip(terms, terms[1:], terms[2:], strict=False)]
    last, other = guesses[-1], guesses[-2]
    close = abs(last - other) <= _SAME * max(abs(last), abs(terms[0] - terms[-1]), 1e-6 * abs(terms[0]))
    return last if close or abs(last - terms[-1]) + abs(last - other) <= _SAME * size else None


def _aitken(a: float, b: float, c: float) -> float:
    """Return the limit of a geometric sequence of which three terms are known."""
    bend = (c - b) - (b - a)
    return c - (c - b) ** 2 / bend if bend and abs(c - b) < 0.9 * abs(b - a) else c


def _kind(left: Side, here: Side, right: Side) -> str | None:
    """Return what kind of kink it is; None for none."""
    sides = [side for side in (left, right) if math.isfinite(side.value)]
    if len(sides) == 2 and _differ(left.value, right.value):
        return "jump"
    if any(_differ(side.value, here.value) for side in sides if math.isfinite(here.value)):
        return "jump"
    if any(math.isinf(side.slope) for side in sides):
        return "vertical" if math.isfinite(here.value) or len(sides) == 2 else None
    if len(sides) < 2 or math.isnan(left.slope + right.slope):
        return None
    if _differ(left.slope, right.slope):
        return "corner"
    return "corner" if math.isfinite(here.slope) and _differ(left.slope, here.slope) else None


def _differ(a: float, b: float) -> bool:
    return abs(a - b) > 1e-5 * max(abs(a), abs(b)) + 1e-8
