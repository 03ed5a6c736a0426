"""What was recorded at places where a function raised, beside the film: what holds it can show it.

A film goes on where its function raises, and says what it raised. Of the first place of each kind, one for each line
that raised, the values up to that line are kept: they are shown as a film of their own that stands still. A page has
those of its stops; a widget is told of them as it comes upon them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from graphviz_ad.errors import GraphvizAdError
from graphviz_ad.films.sampling import Sampler
from graphviz_ad.films.stills import still
from graphviz_ad.films.writing import Cut
from graphviz_ad.story.raising import Raiser

__all__ = ["MOST_BYTES", "Raised", "with_raised"]

MOST_BYTES = 500_000
"""How much all of it may add to a page or to a widget, as JSON."""


def with_raised(cut: Cut, sampler: Sampler) -> Cut:
    """Return a film with what was recorded where its function raised.

    Examples
    --------
    >>> import numpy as np
    >>> from graphviz_ad.films.sliders import arrange
    >>> from graphviz_ad.films.writing import Developer
    >>> f = lambda x: np.sqrt(x) if x < 1 else np.sqrt(x) @ x
    >>> sampler = Sampler(arrange(f, {"x": (0, 2, 0.5)}, who="film"), "film")
    >>> places = [sampler.sample(stop) for stop in range(5)]
    >>> film = with_raised(Developer(sampler).cut([range(5)]), sampler).film
    >>> [(one["values"], one["stops"], len(one["film"]["scenes"])) for one in film["raised"]]
    [([1.0], [2, 3, 4], 1)]
    """
    written: list[dict[str, Any]] = []
    styles = set(cut.film["styles"])
    left = MOST_BYTES
    for number, own in enumerate(sampler.failures):
        stops = [stop for stop, failure in cut.failures.items() if failure == number]
        film = _film(own.remains) if stops else None
        size = 0 if film is None else len(json.dumps(film))
        if film is None or size > left:
            continue
        left -= size
        styles |= set(film.pop("styles"))
        written.append({"film": film, "values": list(own.values), "stops": stops})
    if not written:
        return cut
    return replace(cut, film={**cut.film, "raised": written, "styles": sorted(styles)})


class Raised:
    """What was recorded where a function raised, for a film that grows.

    Parameters
    ----------
    sampler : Sampler

    Examples
    --------
    >>> import numpy as np
    >>> from graphviz_ad.films.sliders import arrange
    >>> f = lambda x: np.sqrt(x) if x < 1 else np.sqrt(x) @ x
    >>> sampler = Sampler(arrange(f, {"x": (0, 2, 0.5)}, who="film"), "film")
    >>> raised = Raised(sampler)
    >>> places = [sampler.sample(stop) for stop in range(4)]
    >>> [(sorted(one), one["stops"]) for one in raised.news([1, 2, 3]).values()]
    [(['film', 'stops', 'values'], [2, 3])]
    >>> place = sampler.sample(4)
    >>> raised.news([4]), raised.all()[0]["stops"]
    ({'0': {'stops': [4]}}, [2, 3, 4])
    """

    def __init__(self, sampler: Sampler) -> None:
        self._sampler = sampler
        self._films: list[dict[str, Any] | None] = []
        self._left = MOST_BYTES

    @property
    def is_told(self) -> bool:
        """Whether each kind of failure was told of by `news` or `all`."""
        return len(self._films) == len(self._sampler.failures)

    def news(self, stops: Sequence[int]) -> dict[str, dict[str, Any]]:
        """Return by the number of the failure which of these stops raised so, and what is new whole."""
        known = len(self._films)
        return {
            str(number): one if number >= known else {"stops": one["stops"]}
            for number, one in enumerate(self._told(stops))
            if number >= known or one["stops"]
        }

    def all(self) -> list[dict[str, Any]]:
        """Return all that is known by number, without a film where that is too large or cannot be drawn."""
        return self._told(list(self._sampler.failed))

    def _told(self, stops: Sequence[int]) -> list[dict[str, Any]]:
        failures, failed = self._sampler.failures, self._sampler.failed
        for own in failures[len(self._films) :]:
            film = _film(own.remains)
            size = len(json.dumps(film))
            self._films.append(film if size <= self._left else None)
            self._left -= size if size <= self._left else 0
        alike: list[list[int]] = [[] for _ in failures]
        for stop in stops:
            if stop in failed:
                alike[failed[stop]].append(stop)
        return [
            {"film": film, "values": list(own.values), "stops": own_stops}
            for film, own, own_stops in zip(self._films, failures, alike, strict=True)
        ]


def _film(remains: Any) -> dict[str, Any] | None:
    """Return the film of what was recorded; None where it cannot be drawn."""
    try:
        film: Mapping[str, Any] = still(remains, Raiser(remains).story).film
    except GraphvizAdError:
        return None
    return dict(film)
