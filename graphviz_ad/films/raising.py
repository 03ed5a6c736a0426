"""What was recorded at places where a function raised, beside the film: a page that holds it can show it.

A film goes on where its function raises, and says what it raised. Of the first place of each kind, one for each line
that raised, the values up to that line are kept: the page shows them as a film of their own that stands still.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from graphviz_ad.errors import GraphvizAdError
from graphviz_ad.films.sampling import Sampler
from graphviz_ad.films.stills import still
from graphviz_ad.films.writing import Cut
from graphviz_ad.story.raising import Raiser

__all__ = ["MOST_BYTES", "with_raised"]

MOST_BYTES = 500_000
"""How much all of it may add to a page, as JSON."""


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


def _film(remains: Any) -> dict[str, Any] | None:
    """Return the film of what was recorded; None where it cannot be drawn."""
    try:
        film: Mapping[str, Any] = still(remains, Raiser(remains).story).film
    except GraphvizAdError:
        return None
    return dict(film)
