"""Films: the scenes met along the sliders, and the numbers at every stop.

A film is sampled once, in Python; the browser only looks numbers up. So it is right for any Python code, control flow
included: where the graph changes, the film changes scene.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Never

from graphviz_ad.console import prints
from graphviz_ad.draw.colours import PAGE_THEMES, check_theme
from graphviz_ad.draw.scene import Scene
from graphviz_ad.engine.frames import public
from graphviz_ad.errors import InputError, check_flag, refuse_unknown
from graphviz_ad.films.lines import lines_through
from graphviz_ad.films.opening import arrange_quiz
from graphviz_ad.films.raising import with_raised
from graphviz_ad.films.repeating import warn_of_randomness
from graphviz_ad.films.revealing import check_reveal
from graphviz_ad.films.sampling import BUDGET, Sampler, too_large
from graphviz_ad.films.sliders import Arrangement, Slider, arrange, refuse_misplaced
from graphviz_ad.films.writing import Cut, Developer
from graphviz_ad.offering import offering
from graphviz_ad.saving.display import mimebundle
from graphviz_ad.saving.filmed import Filmed
from graphviz_ad.saving.formats import save
from graphviz_ad.saving.options import FILMED
from graphviz_ad.story.asking.choosing import check_quiz
from graphviz_ad.story.levels import check_detail
from graphviz_ad.story.modes import check_mode

__all__ = ["BUDGET", "Film", "film", "film_from"]

_MOST_WHOLE = 5_000  # stops of three and more sliders: more would take long
_OPTIONS = ("inputs", "at", "theme", "mode", "reveal", "quiz", "detail", "presentation", "progress")


@prints
@dataclass(frozen=True, eq=False)
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
    detail: str = "standard"

    def to_json(self) -> dict[str, Any]:
        """Return all of the film as plain data for the browser's player."""
        return self._cut.film

    @public
    def save(
        self,
        path: str | os.PathLike[str],
        *,
        at: Mapping[str, float] | None = None,
        step: int | None = None,
        theme: str | None = None,
        width: str | float | None = None,
        smallest: str | float | None = None,
        around: str | None = None,
        legend: bool = False,
        scale: float | None = None,
        detail: str | None = None,
        print: str | None = None,
        presentation: bool | None = None,
        **unknown: Never,
    ) -> None:
        """Write the film as a page that plays (``.html``), or one of its stops as a picture; the suffix says as what.

        Parameters
        ----------
        path : path-like
            Written whole or not at all.
        at : mapping, optional
            Where the sliders are, by name: for a page at first, for a picture at all. The nearest stop is shown; by
            default where they start.
        step : int, optional
            Which step of the story, from 0.
        theme : str, optional
            The film's own unless given, and light where that is ``"auto"``.
        detail : {"beginner", "standard", "expert"}, optional
            Of pages: how much the steps say at first; the film's own unless given.
        presentation : bool, optional
            Of pages: whether everything is large enough for a projector; as the film is made unless given.
        width, smallest, around, legend, scale, print
            As for `Trace.save`.

        Raises
        ------
        InputError
            For an unknown suffix, an option that the format does not take, and a stop at which the function raised.
        PathError
            When the file cannot be written there.

        Examples
        --------
        >>> import pathlib, tempfile, numpy as np, graphviz_ad as gad
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     gad.film(np.sin, x=(0, 3)).save(pathlib.Path(folder, "sine.png"), at={"x": 1.0}, theme="dark")
        """
        refuse_unknown("save", unknown, FILMED)
        own = {} if theme is None else {"theme": theme}
        save(
            Filmed(self._cut, self.theme, self.detail),
            path,
            at=at,
            step=step,
            width=width,
            smallest=smallest,
            around=around,
            legend=legend,
            scale=scale,
            detail=detail,
            print=print,
            presentation=presentation,
            **own,
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return mimebundle(self._cut, self.theme, repr(self), self.detail)

    def __repr__(self) -> str:
        along = ", ".join(f"{s.name}={s.values[0]:g}..{s.values[-1]:g}" for s in self.sliders)
        stops = len(self._cut.stops)
        return f"<Film of {self.name} along {along}: {len(self.scenes)} scene(s), {stops} stops>"


@public
@offering
def film(
    f: Callable[..., Any],
    /,
    *misplaced: Never,
    inputs: Mapping[str, Any] | None = None,
    at: Mapping[str, float] | None = None,
    theme: str = "auto",
    mode: str = "reverse",
    reveal: str = "all",
    quiz: bool = False,
    detail: str = "standard",
    presentation: bool = False,
    progress: Callable[[int, int], None] | None = None,
    **sliders: Any,
) -> Film:
    """Sample a function and its derivative along its sliders.

    One or two of them are sampled at all of their stops. Three and more are, too, where a step leaves few enough; else
    along the lines through the place at which they start: as one moves, the others stay there.

    Parameters
    ----------
    f : callable
        Written with NumPy; returns a single number.
    inputs : mapping, optional
        Arguments whose names clash with the keywords here.
    at : mapping, optional
        Where sliders start, by name; at a round number beyond the middle unless given, in a quiz at one near it whose
        answers are not 0, 1 and −1.
    theme : {"auto", "light", "dark", "high-contrast"}
        Colours of the page; ``"auto"`` follows the reader's system.
    mode : {"reverse", "forward", "both"}
        Whether the derivative is told back from the output, forward from the slider, of which there is one then, or
        both ways, between which the reader chooses.
    reveal : {"all", "steps"}
        Whether the page shows f and its derivative at once, or each from the step on that finds it.
    quiz : bool
        Whether the page asks for each number of the derivative before it shows it, and says what a wrong one is.
    detail : {"beginner", "standard", "expert"}
        How much the steps say at first: full words, names and reasons, or equations. The reader can choose another.
    presentation : bool
        Whether the page is large enough for a projector.
    progress : callable, optional
        Called with ``(stops done, stops in all)``.
    **sliders
        By parameter name: ``(low, high)`` or ``(low, high, step)`` for a slider; anything else stays fixed. One slider
        has 201 stops, more have 41 each.

    Returns
    -------
    Film

    Raises
    ------
    InputError
        For bad sliders, an unknown mode, or when `f` does not return a single number, or raises everywhere.
    SizeError
        For too many numbers, too large a graph, or a graph that changes all the time.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> gad.film(np.sin, x=(-np.pi, np.pi))
    <Film of f along x=-3.14159..3.14159: 1 scene(s), 201 stops>
    """
    refuse_misplaced("film", f, misplaced)
    check_theme(theme, "film", PAGE_THEMES)
    check_mode(mode, "film")
    check_reveal(reveal, "film")
    check_quiz(quiz, "film", mode)
    check_detail(detail, "film")
    check_flag("presentation", presentation, "film")
    if progress is not None and not callable(progress):
        raise InputError(f"film: progress must be a function of (done, total), got {type(progress).__name__}")
    begin = partial(arrange_quiz, mode=mode) if quiz else arrange
    arrangement = begin(f, sliders, inputs=inputs, at=at, who="film", options=_OPTIONS)
    sampler = _sampled(arrangement, mode, progress or (lambda done, total: None), quiz=quiz)
    return film_from(Developer(sampler), theme, reveal=reveal, detail=detail, presentation=presentation)


def _sampled(arrangement: Arrangement, mode: str, progress: Callable[[int, int], None], *, quiz: bool) -> Sampler:
    """Run a function at every stop of its sliders, or of many along the lines through their start."""
    if not arrangement.sliders:
        raise InputError(
            f"film: nothing moves; give at least one range, such as {arrangement.example} or use gad.trace for a still "
            "picture"
        )
    sampler = Sampler(arrangement, "film", mode, quiz=quiz)
    stops = _stops(sampler)
    for done, stop in enumerate(stops):
        progress(done, len(stops))
        sampler.sample(stop)
        expected = sampler.size * len(stops) / (done + 1)
        if expected > 4 * BUDGET and done > 20:
            raise too_large(expected, len(arrangement.sliders))
    progress(len(stops), len(stops))
    sampler.require_scene()
    warn_of_randomness(sampler)
    if sampler.size > BUDGET:
        raise too_large(sampler.size, len(arrangement.sliders))
    return sampler


def _stops(sampler: Sampler) -> Sequence[int]:
    """Return which stops to sample: all, unless there are more than two sliders and more stops than fit."""
    if len(sampler.arrangement.sliders) <= 2:
        return range(sampler.total)
    scene, _ = sampler.sample(sampler.start)
    size = sampler.shots[scene].bytes_told if scene >= 0 else 0
    if sampler.total <= _MOST_WHOLE and size * sampler.total <= BUDGET:
        return range(sampler.total)
    start = sampler.indices(sampler.start)
    return [sampler.flat(place) for place in lines_through(sampler.arrangement.shape, start)]


def film_from(
    developer: Developer,
    theme: str = "auto",
    along: Sequence[Sequence[int]] | None = None,
    start: Sequence[int] | None = None,
    reveal: str = "all",
    detail: str = "standard",
    *,
    presentation: bool = False,
) -> Film:
    """Return what was sampled as a complete film: over all values of the sliders, over some, or along lines.

    Parameters
    ----------
    developer : Developer
    theme : str
    along : sequence of sequences of int, optional
        For each slider, which of its values, ascending; every combination was sampled. Unless given, all of them, or
        the lines through the start where not all were sampled.
    start : sequence of int, optional
        For each slider, near which of all its values it starts; by default its own start.
    reveal : str
    detail : str
    presentation : bool

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
    sampler = developer.sampler
    if along is None and len(sampler.entries) < sampler.total:
        cut = developer.lines(start)
    else:
        cut = developer.cut([range(count) for count in sampler.arrangement.shape] if along is None else along, start)
    cut = with_raised(cut.shown(reveal=reveal, presentation=presentation), sampler)
    errors = {int(stop): error for stop, error in cut.film["errors"].items()}
    return Film(cut.film["name"], cut.sliders, cut.scenes, errors, theme, cut, detail)
