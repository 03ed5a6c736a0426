"""Films: the scenes met along the sliders, and the numbers at every stop.

A film is sampled once, in Python; the browser only looks numbers up. So it is right for any Python code, control flow
included: where the graph changes, the film changes scene.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphviz_ad.draw.frame import frame
from graphviz_ad.draw.scene import Scene
from graphviz_ad.draw.theme import THEMES, check_theme
from graphviz_ad.errors import InputError, SizeError, suggest
from graphviz_ad.files import write_file
from graphviz_ad.films.sampling import BUDGET, Numbers, Sampler, too_large
from graphviz_ad.films.sliders import Slider, arrange, check_start
from graphviz_ad.films.writing import Cut, Developer
from graphviz_ad.player.page import page, snippet

__all__ = ["BUDGET", "Film", "film", "film_from"]

_OPTIONS = ("inputs", "at", "theme", "progress")


@dataclass(frozen=True)
class Film:
    """A function's story, sampled along its sliders. Made by `film`; in a notebook it shows itself.

    Attributes
    ----------
    name : str
    sliders : tuple of Slider
    scenes : tuple of Scene
        One for each topology met.
    errors : mapping of int to str
        By stop, what the function raised there.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> curve = gad.film(np.log, x=(-1, 1))
    >>> [slider.name for slider in curve.sliders], len(curve.scenes), curve.errors
    (['x'], 1, {})
    """

    name: str
    sliders: tuple[Slider, ...]
    scenes: tuple[Scene, ...]
    errors: Mapping[int, str]
    theme: str
    _cut: Cut = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        """Return all of the film as plain data for the browser's player."""
        return self._cut.film

    def still(self, at: Mapping[str, float] | None = None) -> tuple[Scene, Numbers]:
        """Return the scene and the numbers of one stop, from which any step can be painted; the function is not run.

        Parameters
        ----------
        at : mapping of str to float, optional
            Where the sliders are, by name; each goes to the stop nearest to it, and to its start unless named.

        Raises
        ------
        InputError
            For an unknown slider, a place outside its range, or a stop at which the function raised.

        Examples
        --------
        >>> import numpy as np, graphviz_ad as gad
        >>> from graphviz_ad.draw.frame import frame
        >>> scene, numbers = gad.film(np.sin, x=(0, 3, 0.5)).still({"x": 1.0})
        >>> "0.841471" in frame(scene, numbers)
        True
        """
        known = [slider.name for slider in self.sliders]
        for name, value in (at or {}).items():
            if name not in known:
                raise InputError(f"at: no slider {name!r}; there is {', '.join(known)}.{suggest(str(name), known)}")
            check_start(name, value, "at")
        stop = 0
        for slider in self.sliders:
            stop = stop * len(slider.values) + slider.nearest((at or {}).get(slider.name))
        shown = self._cut.still(stop)
        if shown is None:
            raise InputError(f"{self.name} raised there, so there is no picture: {self.errors[stop]}")
        return shown

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the film as one self-contained ``.html`` page, whole or not at all.

        Raises
        ------
        InputError
            For another suffix.
        PathError
            When the file cannot be written there.
        """
        writers = {".html": lambda: page(self.to_json(), theme=self.theme)}
        write_file(path, writers, "save", hint="for a still picture save a trace: gad.trace(f, 2.0).save(...)")

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        picture = frame(*self._cut.start)
        html = snippet(self.to_json(), picture, theme=self.theme)
        return {"text/html": html, "image/svg+xml": picture, "text/plain": repr(self)}

    def __repr__(self) -> str:
        along = ", ".join(f"{s.name}={s.values[0]:g}..{s.values[-1]:g}" for s in self.sliders)
        stops = len(self._cut.where)
        return f"<Film of {self.name} along {along}: {len(self.scenes)} scene(s), {stops} stops>"


def film(
    f: Callable[..., Any],
    /,
    *,
    inputs: Mapping[str, Any] | None = None,
    at: Mapping[str, float] | None = None,
    theme: str = "auto",
    progress: Callable[[int, int], None] | None = None,
    **sliders: Any,
) -> Film:
    """Sample a function and its derivative along one or two sliders.

    Parameters
    ----------
    f : callable
        Written with NumPy; returns a single number.
    inputs : mapping, optional
        Arguments whose names clash with the keywords here.
    at : mapping, optional
        Where sliders start, by name; two thirds along unless given.
    theme : {"auto", "light", "dark", "contrast"}
        Colours of the page; ``"auto"`` follows the reader's system.
    progress : callable, optional
        Called with ``(stops done, stops in all)``.
    **sliders
        By parameter name: ``(low, high)`` or ``(low, high, step)`` for a slider; anything else stays fixed. One slider
        has 201 stops, two have 41 each.

    Returns
    -------
    Film

    Raises
    ------
    InputError
        For bad sliders, or when `f` does not return a single number, or raises everywhere.
    SizeError
        For more than two sliders, too many numbers, too large a graph, or a graph that changes all the time.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> gad.film(np.sin, x=(-np.pi, np.pi))
    <Film of f along x=-3.14159..3.14159: 1 scene(s), 201 stops>
    """
    check_theme(theme, "film", ("auto", *THEMES))
    if progress is not None and not callable(progress):
        raise InputError(f"film: progress must be a function of (done, total), got {type(progress).__name__}")
    arrangement = arrange(f, sliders, inputs=inputs, at=at, who="film", options=_OPTIONS)
    count = len(arrangement.sliders)
    if count == 0:
        raise InputError(
            "film: nothing moves; give at least one range, such as x=(-1, 1), or use gad.trace for a still picture"
        )
    if count > 2:
        names = ", ".join(s.name for s in arrangement.sliders)
        raise SizeError(
            f"film: a film has one or two sliders, got {count} ({names}); "
            f"fix some of them, as in {arrangement.sliders[-1].name}=0.5"
        )
    sampler = Sampler(arrangement, "film")
    for stop in range(sampler.total):
        if progress is not None:
            progress(stop, sampler.total)
        sampler.sample(stop)
        expected = sampler.size * sampler.total / (stop + 1)
        if expected > 4 * BUDGET and stop > 20:
            raise too_large(expected)
    if progress is not None:
        progress(sampler.total, sampler.total)
    sampler.require_scene()
    if sampler.size > BUDGET:
        raise too_large(sampler.size)
    return film_from(Developer(sampler), theme)


def film_from(
    developer: Developer,
    theme: str = "auto",
    along: Sequence[Sequence[int]] | None = None,
    start: Sequence[int] | None = None,
) -> Film:
    """Return what was sampled as a complete film, over all values of the sliders or over some.

    Parameters
    ----------
    developer : Developer
    theme : str
    along : sequence of sequences of int, optional
        For each slider, which of its values, ascending; every combination was sampled.
    start : sequence of int, optional
        For each slider, near which of all its values it starts; by default its own start.

    Raises
    ------
    InputError
        When the function raised at each of these stops.
    KeyError
        For a stop that was not sampled.

    Examples
    --------
    >>> import numpy as np
    >>> sampler = Sampler(arrange(np.multiply, {"x": (0, 4, 1), "y": (0, 4, 1)}, who="explore"), "explore")
    >>> places = [sampler.sample(sampler.flat([index, 3])) for index in (0, 2, 4)]
    >>> film_from(Developer(sampler), along=[(0, 2, 4), (3,)], start=(4, 3))
    <Film of f along x=0..4, y=3..3: 1 scene(s), 3 stops>
    """
    if along is None:
        along = [range(count) for count in developer.sampler.arrangement.shape]
    cut = developer.cut(along, start)
    errors = {int(stop): error for stop, error in cut.film["errors"].items()}
    return Film(cut.film["name"], cut.sliders, cut.scenes, errors, theme, cut)
