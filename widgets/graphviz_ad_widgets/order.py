"""In which order stops are sampled: coarse to fine at first, so that there is soon a whole curve; then near the thumb.

With one or two sliders every stop is wanted in the end. More of them have too many stops for that: wanted are then the
lines through a place, along which one slider moves.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

__all__ = ["coarse_to_fine", "grids", "outward", "wanted"]

Indices = tuple[int, ...]

_COARSEST = 16
_FEW = 16
_MOST_WHOLE = 2


def _along(count: int, start: int, stride: int) -> list[int]:
    """Return every `stride`-th of `count` indices, counted from `start`, and both ends."""
    return sorted({*range(start % stride, count, stride), 0, count - 1})


def grids(shape: Sequence[int], start: Indices) -> Iterator[tuple[list[int], ...]]:
    """Yield ever finer grids through a place: for each slider the indices of its values.

    Examples
    --------
    >>> [grid for (grid,) in grids((5,), (3,))][-3:]
    [[0, 3, 4], [0, 1, 3, 4], [0, 1, 2, 3, 4]]
    """
    stride = _COARSEST
    while max(shape) > _FEW * stride:
        stride *= 2
    while stride:
        yield tuple(_along(count, at, stride) for count, at in zip(shape, start, strict=True))
        stride //= 2


def _line(shape: Sequence[int], place: Indices, slider: int) -> Iterator[Indices]:
    """Yield the places along which one slider moves, the nearest first."""
    here = place[slider]
    for index in sorted(range(shape[slider]), key=lambda i: abs(i - here)):
        yield (*place[:slider], index, *place[slider + 1 :])


def coarse_to_fine(shape: Sequence[int], start: Indices) -> Iterator[Indices]:
    """Yield all places that are wanted, those of coarse grids first; places of finer grids come again.

    Examples
    --------
    >>> list(coarse_to_fine((3,), (1,)))[:4]
    [(1,), (0,), (1,), (2,)]
    """
    yield start
    for along in grids(shape, start):
        if len(shape) <= _MOST_WHOLE:
            yield from itertools.product(*along)
        else:
            for slider, line in enumerate(along):
                for index in line:
                    yield (*start[:slider], index, *start[slider + 1 :])


def outward(shape: Sequence[int], place: Indices, slider: int = 0) -> Iterator[Indices]:
    """Yield all places that are wanted, the nearest to a place first; of many sliders, first along the one in focus.

    Examples
    --------
    >>> list(outward((4,), (1,)))
    [(1,), (0,), (2,), (3,)]
    >>> list(outward((2, 2, 2), (0, 0, 1), 2))
    [(0, 0, 1), (0, 0, 0), (0, 0, 1), (1, 0, 1), (0, 0, 1), (0, 1, 1)]
    """
    if len(shape) > _MOST_WHOLE:
        yield from _line(shape, place, slider)
        for other in range(len(shape)):
            if other != slider:
                yield from _line(shape, place, other)
        return
    for radius in range(max(shape)):
        yield from _ring(shape, place, radius)


def _ring(shape: Sequence[int], place: Indices, radius: int) -> Iterator[Indices]:
    """Yield the places whose farthest slider is `radius` stops away."""
    first, count = place[0], shape[0]
    if len(shape) == 1:
        yield from ((index,) for index in sorted({first - radius, first + radius}) if 0 <= index < count)
        return
    second, width = place[1], shape[1]
    for index in range(max(0, first - radius), min(count, first + radius + 1)):
        whole = abs(index - first) == radius
        across = range(second - radius, second + radius + 1) if whole else (second - radius, second + radius)
        yield from ((index, other) for other in across if 0 <= other < width)


def wanted(shape: Sequence[int]) -> int:
    """Return how many different places `outward` yields.

    Examples
    --------
    >>> wanted((41, 41)), wanted((41, 41, 41))
    (1681, 121)
    """
    return math.prod(shape) if len(shape) <= _MOST_WHOLE else sum(shape) - len(shape) + 1
