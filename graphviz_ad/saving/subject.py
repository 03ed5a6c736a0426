"""What can be saved, as the formats see it: a trace, a film and an explorer look alike to them."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, Protocol

from graphviz_ad.draw.scene import Scene, make_scene
from graphviz_ad.errors import InputError, suggest
from graphviz_ad.films.sliders import Slider, by_name
from graphviz_ad.films.writing import Cut
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.saving.options import Options
from graphviz_ad.story.steps import Story

__all__ = ["Still", "Subject", "check_place", "checked_step", "painted", "told_with"]


class Still(NamedTuple):
    """One moment to be painted.

    Attributes
    ----------
    scene : Scene
    numbers : mapping of Quantity to number or array
        Those of the stop, for this scene.
    step : int or None
        From 0; None for the finished picture.
    """

    scene: Scene
    numbers: Mapping[Quantity, Any]
    step: int | None


class Subject(Protocol):
    """What a format asks of the thing that is saved. Each answer is worked out when it is asked for."""

    @property
    def own(self) -> Options:
        """What holds where nothing else is asked for."""

    def story(self, options: Options) -> Story:
        """Return the story with its numbers, at the place that `options.at` names; nothing is laid out for it."""

    def still(self, options: Options) -> Still:
        """Return the picture of that place, at most `options.limit` nodes, with `options.step` checked."""

    def cut(self, options: Options) -> Cut:
        """Return the film of the player's page, which has steps enough for `options.step`."""


def told_with(story: Story, numbers: Mapping[Quantity, Any]) -> Story:
    """Return a story as it is told with the numbers of another stop.

    Examples
    --------
    >>> import numpy as np
    >>> from graphviz_ad.story.telling import tell
    >>> from graphviz_ad.tracing import trace
    >>> story, other = tell(trace(np.sin, 0.0)), tell(trace(np.sin, 0.5))
    >>> print(told_with(story, other.numbers).steps[0])
    x is the input: 0.5.
    """
    steps = tuple(replace(step, numbers=numbers) for step in story.steps)
    return replace(story, steps=steps, numbers=numbers)


def checked_step(step: int | None, count: int, who: str = "save") -> int | None:
    """Return a step of a story, counted from its beginning; None, the finished picture, is left as it is.

    Raises
    ------
    InputError
        For a step that the story does not have.

    Examples
    --------
    >>> checked_step(-1, 4), checked_step(2, 4), checked_step(None, 4)
    (3, 2, None)
    """
    if step is None:
        return None
    if not -count <= operator.index(step) < count:
        raise InputError(f"{who}: step {step} does not exist; the story has {count} steps, from 0 to {count - 1}")
    return step % count


def check_place(at: Mapping[str, float], sliders: Sequence[Slider], who: str = "save") -> dict[str, float]:
    """Return a place by the names of sliders; raise InputError where it names none, or lies outside the range of one.

    Examples
    --------
    >>> from graphviz_ad.films.sliders import arrange
    >>> check_place({"x": 4.0}, arrange(lambda x: x, {"x": (0, 3)}, who="film").sliders)
    Traceback (most recent call last):
        ...
    graphviz_ad.errors.InputError: save: at: x = 4 lies outside its range, 0 to 3
    """
    known = {slider.name: slider for slider in sliders}
    place = by_name(at, known, f"{who}: at: ")
    for name, value in place.items():
        if name not in known:
            raise InputError(f"{who}: at: no slider {name!r}; there is {', '.join(known)}.{suggest(name, known)}")
        low, high = float(known[name].values[0]), float(known[name].values[-1])
        if not low <= value <= high:
            raise InputError(f"{who}: at: {name} = {value:g} lies outside its range, {low:g} to {high:g}")
    return place


def painted(story: Story, options: Options) -> Still:
    """Return a story laid out as a picture of its own, at the step that is asked for."""
    scene = make_scene(story, limit=options.limit)
    return Still(scene, scene.story.numbers, checked_step(options.step, scene.steps))
