"""Which entries of arrays can be asked: those of arrays that can be read, and among them the one that tells most."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np

from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.steps import Edge, Story
from graphviz_ad.story.summands import Factor, Place, Summand, number_of

__all__ = ["MOST_ENTRIES", "dull", "has_local", "is_number", "is_product", "is_real", "is_small", "is_spread", "tried"]

MOST_ENTRIES = 12
"""Of an array that is small enough to be read: 3 x 4."""

_MOST_SUMMANDS = 6  # that one adds in one's head
_MOST_TOLD = 3  # of which a question says the factors, where the picture shows none
_MOST_TRIED = 48  # entries of an array among which one is chosen


def is_number(story: Story, key: Quantity) -> bool:
    """Whether it is a single real number."""
    value = story.numbers[key]
    return np.ndim(value) == 0 and not np.iscomplexobj(value)


def is_small(story: Story, key: Quantity, shape: tuple[int, ...]) -> bool:
    """Whether it is a real array of a shape, small enough to be read."""
    return is_real(story, key, shape) and math.prod(shape) <= MOST_ENTRIES


def is_real(story: Story, key: Quantity, shape: tuple[int, ...]) -> bool:
    """Whether it is a real array of a shape with rows and columns, at most."""
    value = story.numbers.get(key)
    return value is not None and np.shape(value) == shape and len(shape) <= 2 and not np.iscomplexobj(value)


def tried(shape: tuple[int, ...]) -> Iterator[Place]:
    """Yield the entries among which one is chosen."""
    return islice(np.ndindex(*shape), _MOST_TRIED)


def dull(
    products: Sequence[Summand], right: Factor, numbers: Mapping[Quantity, Any], *, is_large: bool = False
) -> tuple[float, float] | None:
    """Return how little an entry tells: how many of its factors are 0, 1 or −1, then how small it is.

    Nothing is returned where it is not asked: it is a sum of too many products, more so in a large array.
    """
    if not 0 < len(products) <= (_MOST_TOLD if is_large else _MOST_SUMMANDS):
        return None
    factors = np.array([[number_of(f, numbers) for f in (one.arriving, one.local)] for one in products])
    known = number_of(right, numbers)
    with np.errstate(all="ignore"):
        total = factors.prod(axis=1).sum()
    # A sum of products that is not what goes along would be a wrong truth.
    if np.isfinite(known) and not np.isclose(total, known, rtol=1e-5, atol=1e-9 * np.abs(factors).max()):
        return None
    return float(np.isin(np.abs(factors), (0, 1)).mean()), -float(np.nan_to_num(np.abs(known), nan=-1.0))


def has_local(edge: Edge) -> bool:
    """Whether the local gradient of an edge is an array of numbers, in its socket."""
    return edge.kind == "local" and not is_product(edge)


def is_product(edge: Edge) -> bool:
    """Whether an edge leads into a matrix product."""
    return edge.entries is not None and edge.entries.kind == "product"


def is_spread(edge: Edge) -> bool:
    """Whether an edge leads into a sum or a mean, which sends the same to all."""
    return edge.entries is not None and edge.entries.kind == "adds"
