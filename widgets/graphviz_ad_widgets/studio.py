"""What one widget knows of its function: where it was run, what was found there, and what the browser was told of it.

Nothing here speaks to a browser. The methods are not thread-safe; the widget holds its lock around them.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphviz_ad.films.lines import lines_through
from graphviz_ad.films.places import remarks_at
from graphviz_ad.films.raising import Raised
from graphviz_ad.films.repeating import warn_of_randomness
from graphviz_ad.films.sampling import Sample, Sampler
from graphviz_ad.films.sliders import Arrangement
from graphviz_ad.films.writing import Cut, Developer
from graphviz_ad.story.remarks import Remark
from graphviz_ad_widgets.order import Indices, coarse_to_fine, grids, outward, wanted

__all__ = ["Place", "Studio"]

_CLOSE = 1e-12  # of the range; the player finds stops so, too
_LONG = 10.0


@dataclass(frozen=True)
class Place:
    """What the function does at one place along the sliders.

    Attributes
    ----------
    values : tuple of float
    stop : int or None
        None between the stops.
    sample : Sample
    value : float or None
        None where the function raised.
    gradients : tuple of float, or None
    """

    values: tuple[float, ...]
    stop: int | None
    sample: Sample
    value: float | None
    gradients: tuple[float, ...] | None


class Studio:
    """A function with sliders, sampled little by little.

    Parameters
    ----------
    arrangement : Arrangement
    mode : str
        Which story is told, ``"reverse"``, ``"forward"`` or ``"both"``.
    quiz : bool
        Whether a learner is asked for its numbers.

    Attributes
    ----------
    sampler : Sampler
    developer : Developer
    names : tuple of str
        Of the sliders.
    unsent : list of int
        Stops that were sampled and that the browser was not told of.
    """

    def __init__(self, arrangement: Arrangement, mode: str = "reverse", *, quiz: bool = False) -> None:
        self.sampler = Sampler(arrangement, "explore", mode, quiz=quiz)
        self.developer = Developer(self.sampler)
        self._raised = Raised(self.sampler)
        self.names = tuple(slider.name for slider in arrangement.sliders)
        self.unsent: list[int] = []
        self.total = wanted(arrangement.shape)
        self._thumb = self._indices(self.sampler.start)
        self._focus = 0
        self._order: Iterator[Indices] | None = None

    @property
    def arrangement(self) -> Arrangement:
        """The function, its sliders and its fixed arguments."""
        return self.sampler.arrangement

    @property
    def done(self) -> int:
        """How many of the stops that are wanted now were sampled."""
        rows = self.sampler.entries
        if self.total == self.sampler.total:
            return len(rows)
        return len({place for place in outward(self.arrangement.shape, self._thumb) if self._flat(place) in rows})

    # Sampling

    def first_pass(self, seconds: float) -> None:
        """Sample coarse to fine for some time, and longer where the function has only raised so far."""
        begun = time.perf_counter()
        for place in coarse_to_fine(self.arrangement.shape, self._thumb):
            passed = time.perf_counter() - begun
            if self.sampler.entries and (
                self.sampler.full or (passed > seconds and (self.sampler.shots or passed > _LONG))
            ):
                break
            self.sampler.sample(self._flat(place))
        self.sampler.require_scene()
        if time.perf_counter() - begun <= seconds:
            warn_of_randomness(self.sampler)

    def sample_until(self, deadline: float) -> bool:
        """Sample near the thumb until a time of `time.perf_counter`; return whether there is more to do."""
        if self._order is None:
            self._order = outward(self.arrangement.shape, self._thumb, self._focus)
        for place in self._order:
            if self.sampler.full:
                return False
            stop = self._flat(place)
            if stop not in self.sampler.entries:
                self.sample(stop)
            if time.perf_counter() >= deadline:
                return True
        self._order = None
        return False

    def sample(self, stop: int) -> None:
        """Sample a stop; the browser is to be told of it if it was not known."""
        new = stop not in self.sampler.entries
        self.sampler.sample(stop)
        if new:
            self.unsent.append(stop)

    def aim(self, stop: int, slider: int | None = None) -> None:
        """Sample near this stop from now on, and along this slider."""
        place = self._indices(stop)
        focus = self._focus if slider is None or not 0 <= slider < len(self.names) else slider
        if (place, focus) != (self._thumb, self._focus):
            self._thumb, self._focus, self._order = place, focus, None

    def rewind(self) -> None:
        """Look again for what is missing, since an order that was interrupted may have passed over a stop."""
        self._order = None

    # Places

    def place(self, values: Sequence[float], *, loosely: bool) -> Place:
        """Run the function at a place, if that was not done; `loosely`, a stop may differ by what rounding does."""
        sampler = self.sampler
        stop = self._stop(values, loosely=loosely)
        if stop is None:
            sample = sampler.take(values)
        else:
            self.sample(stop)
            scene, row = sampler.entries[stop]
            sample = (
                Sample(-1, None, sampler.errors[stop])
                if scene < 0
                else Sample(scene, sampler.shots[scene].rows[row], "")
            )
        if sample.numbers is None:
            return Place(tuple(values), stop, sample, None, None)
        value = sampler.output(sample.scene, sample.numbers)
        return Place(tuple(values), stop, sample, value, sampler.gradients(sample.scene, sample.numbers))

    def knows(self, values: Sequence[float]) -> bool:
        """Return whether a place needs no run of the function; a stop may differ by what rounding does."""
        return self._stop(values, loosely=True) in self.sampler.entries

    def _stop(self, values: Sequence[float], *, loosely: bool) -> int | None:
        """Return the stop at a place, if it is one."""
        stop = self.sampler.nearest(values)
        for slider, value, own in zip(self.arrangement.sliders, values, self.sampler.values(stop), strict=True):
            slack = _CLOSE * float(slider.values[-1] - slider.values[0]) if loosely else 0.0
            if abs(value - own) > slack:
                return None
        return stop

    def steps(self, scene: int) -> int:
        """Return how many steps the story of a scene has."""
        return len(self.sampler.shots[scene].story.steps)

    # The player's data

    def film(self) -> dict[str, Any]:
        """Return the film of all that was found; batches and points may be added to it."""
        film = self.developer.film() | {"raised": self._raised.all()}
        self.unsent.clear()
        return film

    def batch(self, also: Sequence[int] = ()) -> dict[str, Any] | None:
        """Return what the browser was not told of, and some stops more; None if there is nothing."""
        stops = list(dict.fromkeys((*also, *self.unsent)))
        if not stops and len(self.developer.scenes) == len(self.sampler.shots) and self._raised.is_told:
            return None
        batch = self.developer.batch(stops) | {"raised": self._raised.news(stops)}
        self.unsent.clear()
        return batch

    def remarks(self, place: Place) -> list[Remark]:
        """Return what there is to say of a place besides its story."""
        assert place.sample.numbers is not None
        return remarks_at(self.sampler.shots[place.sample.scene], place.sample.numbers)

    def point(self, place: Place) -> dict[str, Any]:
        """Return a place between the stops for the player; its scene was told before, by `batch`, and how f raised."""
        point = self.developer.point(place.values, place.sample)
        return {name: part for name, part in point.items() if name not in ("scenes", "guards")}

    def cut(self, values: Mapping[str, float]) -> Cut:
        """Return the finest complete film of what was found that passes the place where the sliders are.

        Of three and more sliders each one moves while the others stay there, where all of that was sampled; else the
        first one, if anything is known along it.
        """
        sampler, shape = self.sampler, self.arrangement.shape
        place = self._indices(sampler.nearest([values[name] for name in self.names]))
        if len(shape) > 2 and self._knows_lines(place):
            return self.developer.lines(place)
        candidates = [tuple([index] for index in place)]
        if len(shape) > 1:
            candidates += [(along[0], *([index] for index in place[1:])) for along in grids(shape, place)]
        if len(shape) <= 2:
            # The first pass went along the grids through the start.
            for middle in (place, self._indices(sampler.start)):
                candidates += grids(shape, middle)
        complete = [along for along in candidates if self._known(along)]
        if not complete:
            good = [stop for stop, (scene, _) in sampler.entries.items() if scene >= 0]
            nearest = min(good, key=lambda stop: math.dist(self._indices(stop), place))
            complete = [tuple([index] for index in self._indices(nearest))]
        return self.developer.cut(max(complete, key=_size), place)

    def _knows_lines(self, place: Indices) -> bool:
        """Return whether all lines through a place were sampled, and the function did not raise everywhere."""
        rows = self.sampler.entries
        stops = [self._flat(other) for other in lines_through(self.arrangement.shape, place)]
        return all(stop in rows for stop in stops) and any(rows[stop][0] >= 0 for stop in stops)

    def _known(self, along: Sequence[Sequence[int]]) -> bool:
        """Return whether all of a grid was sampled, and the function did not raise everywhere."""
        rows = self.sampler.entries
        if _size(along) > len(rows):
            return False
        stops = [0]
        for count, kept in zip(self.arrangement.shape, along, strict=True):
            stops = [stop * count + index for stop in stops for index in kept]
        return all(stop in rows for stop in stops) and any(rows[stop][0] >= 0 for stop in stops)

    def _indices(self, stop: int) -> Indices:
        return self.sampler.indices(stop)

    def _flat(self, place: Indices) -> int:
        return self.sampler.flat(place)


def _size(along: Sequence[Sequence[int]]) -> int:
    return math.prod(map(len, along))
