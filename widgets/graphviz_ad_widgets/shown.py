"""The widget as what can be saved: its page, and the picture of the place where its sliders are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from graphviz_ad.draw.scene import make_scene
from graphviz_ad.errors import InputError
from graphviz_ad.films.raising import with_raised
from graphviz_ad.films.writing import Cut
from graphviz_ad.saving.options import Options
from graphviz_ad.saving.subject import Still, check_place, checked_step, told_with
from graphviz_ad.story.remarks import with_remarks
from graphviz_ad.story.steps import Story
from graphviz_ad_widgets.studio import Studio

__all__ = ["Shown"]

Holding = AbstractContextManager[Studio]


class Shown:
    """What a widget shows.

    Parameters
    ----------
    own : Options
        How it shows them.
    inputs : mapping of str to float
        Where its sliders are.
    holding : callable
        ``holding(finish=True)`` holds the widget still and gives its studio, with everything sampled.
    """

    def __init__(
        self,
        own: Options,
        inputs: Mapping[str, float],
        holding: Callable[..., Holding],
    ) -> None:
        self.own = own
        self._inputs, self._holding = dict(inputs), holding

    def story(self, options: Options) -> Story:
        """Return the story with the numbers of the place."""
        with self._holding(finish=False) as studio:
            place = studio.place(tuple(self._values(studio, options.at or {}).values()), loosely=False)
            if place.sample.numbers is None:
                raise InputError(
                    f"save: the function raised there: {place.sample.error}; move a slider, or choose a place with at="
                )
            story = told_with(studio.sampler.shots[place.sample.scene].story, place.sample.numbers)
            return with_remarks(story, studio.remarks(place))

    def still(self, options: Options) -> Still:
        """Return the picture of the place; at the end of the story the finished one."""
        scene = make_scene(self.story(options), limit=options.limit)
        step = options.step
        if step is not None and step == self.own.step:  # the other place may have a shorter story
            step = min(step, scene.steps - 1)
        return Still(scene, scene.story.numbers, checked_step(step, scene.steps))

    def cut(self, options: Options) -> Cut:
        """Return the film of the page; it starts at the place that is asked for, else where the sliders are.

        What was recorded at places where the function raised goes with it: a page has room for that.
        """
        with self._holding(finish=True) as studio:
            return with_raised(studio.cut(self._values(studio, options.at or {})), studio.sampler)

    def _values(self, studio: Studio, at: Mapping[str, float]) -> dict[str, float]:
        return {**self._inputs, **check_place(at, studio.arrangement.sliders)}
