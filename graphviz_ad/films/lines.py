"""The lines through a place along many sliders, on which one of them moves and the others stay.

Many sliders have too many stops to sample them all: three of 41 have 68,921, and 121 on the lines through a place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

__all__ = ["lines_through"]


def lines_through(shape: Sequence[int], place: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Yield the place, and every other that differs from it along one slider.

    Parameters
    ----------
    shape : sequence of int
        How many stops each slider has.
    place : sequence of int
        At which of them each is.

    Examples
    --------
    >>> list(lines_through((3, 2), (1, 0)))
    [(1, 0), (0, 0), (2, 0), (1, 1)]
    """
    here = tuple(place)
    yield here
    for slider, count in enumerate(shape):
        for index in range(count):
            if index != here[slider]:
                yield (*here[:slider], index, *here[slider + 1 :])
