"""``ufunc.at``: computing in place at positions, each as often as it is named.

Sums have a node of their own. Any other ufunc is applied in rounds: in each round no position is named twice, so that
a round is an assignment.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from graphviz_ad.engine.assigning import add_at, assign
from graphviz_ad.engine.dispatch import WRITING
from graphviz_ad.engine.frames import user_frame
from graphviz_ad.engine.values import frozen_index
from graphviz_ad.engine.versions import newest

__all__ = ["compute_at"]


def _rounds(places: Any) -> Iterator[Any]:
    """Yield masks over a line of positions: the first time that each is named, the second time, and so on.

    Examples
    --------
    >>> [mask.tolist() for mask in _rounds(np.array([4, 2, 4]))]
    [[True, True, False], [False, False, True]]
    """
    order = np.argsort(places, kind="stable")
    ordered = places[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if places.size else places
    times = np.empty_like(order)
    times[order] = np.arange(places.size) - np.repeat(starts, np.diff(np.r_[starts, places.size]))
    for count in range(int(times.max(initial=-1)) + 1):
        yield times == count


def compute_at(ufunc: np.ufunc, array: Any, index: Any, *others: Any) -> None:
    """Answer ``ufunc.at(array, index, *others)`` of a recorded array."""
    if ufunc in (np.add, np.subtract):
        add_at(array, index, *others, minus=ufunc is np.subtract)
        return
    frame = user_frame()
    assert frame is not None
    positions = np.arange(array.size).reshape(array.shape)[(None,) if index is None else frozen_index(index)]
    places = positions.ravel()
    values = [np.ravel(np.broadcast_to(newest(other), positions.shape)) for other in others]
    for mask in _rounds(places):
        where = np.unravel_index(places[mask], array.shape)
        assign(array, where, ufunc(newest(array)[where], *(value[mask] for value in values)), frame)


WRITING["at"] = compute_at
