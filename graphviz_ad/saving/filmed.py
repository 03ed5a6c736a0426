"""A film as what can be saved: the page that plays it, and the picture of any of its stops."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from graphviz_ad.draw.scene import Scene
from graphviz_ad.errors import InputError
from graphviz_ad.films.sampling import Numbers
from graphviz_ad.films.writing import Cut
from graphviz_ad.saving.options import Options
from graphviz_ad.saving.subject import Still, check_place, painted, told_with
from graphviz_ad.story.remarks import with_remarks
from graphviz_ad.story.steps import Story

__all__ = ["Filmed"]


class Filmed:
    """What a film gives to the formats.

    Parameters
    ----------
    cut : Cut
        The film, with the numbers of every stop: the function is not run again.
    theme, detail : str
    """

    def __init__(self, cut: Cut, theme: str, detail: str) -> None:
        self._cut = cut
        self.own = Options(theme=theme, detail=detail, reveal=cut.reveal, presentation=cut.presentation)

    def story(self, options: Options) -> Story:
        """Return the story at the stop nearest to the place that is asked for.

        Raises
        ------
        InputError
            For a place that is not on the sliders, or at which the function raised.
        """
        stop = self._stop(options.at or {})
        scene, numbers = self._shown(stop)
        return with_remarks(told_with(scene.story, numbers), self._cut.remarks.get(stop, ()))

    def still(self, options: Options) -> Still:
        """Return the picture of that stop: the one that a trace gives there."""
        return painted(self.story(options), options)

    def cut(self, options: Options) -> Cut:
        """Return the film, started at the stop nearest to the place that is asked for."""
        if not options.at:
            return self._cut
        self._shown(self._stop(options.at))
        return self._cut.starting(self._indices(options.at))

    def _shown(self, stop: int) -> tuple[Scene, Numbers]:
        """Return what is shown at a stop; raise InputError where the function raised, or was not sampled."""
        cut = self._cut
        if stop not in cut.stops:
            raise InputError(self._beside_the_lines(stop))
        shown = cut.still(stop)
        if shown is None:
            where = ", ".join(f"{name} = {value:g}" for name, value in self._values(stop).items())
            good = next(other for other, at in cut.stops.items() if at is not None)
            raise InputError(
                f"save: {cut.film['name']} raised at {where}: {cut.film['errors'][str(stop)]}; "
                f"choose another place, such as at={self._values(good)}"
            )
        return shown

    def _beside_the_lines(self, stop: int) -> str:
        """Say that a film along lines does not have a stop, and where it has some."""
        start = {slider.name: round(float(slider.values[slider.start]), 6) for slider in self._cut.sliders}
        moved = [name for name, value in self._values(stop).items() if value != start[name]]
        return (
            f"save: {self._cut.film['name']} was sampled as one slider moves and the others stay at {start}, but this "
            f"place moves {' and '.join(moved)}: film it with at={self._values(stop)}, or move one of them only"
        )

    def _stop(self, at: Mapping[str, float]) -> int:
        """Return the stop that is nearest to a place."""
        stop = 0
        for slider, index in zip(self._cut.sliders, self._indices(at), strict=True):
            stop = stop * len(slider.values) + index
        return stop

    def _indices(self, at: Mapping[str, float]) -> list[int]:
        """Return which of the values of each slider is nearest to a place."""
        at = check_place(at, self._cut.sliders)
        return [
            int(np.argmin(np.abs(slider.values - at[slider.name]))) if slider.name in at else slider.start
            for slider in self._cut.sliders
        ]

    def _values(self, stop: int) -> dict[str, float]:
        """Return where the sliders are at a stop."""
        values = {}
        for slider in reversed(self._cut.sliders):
            stop, index = divmod(stop, len(slider.values))
            values[slider.name] = round(float(slider.values[index]), 6)
        return dict(reversed(values.items()))
