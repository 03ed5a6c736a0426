"""Of which products an entry of what goes along an edge, back or forward, is the sum: what a learner works it out with.

On the way back each product is of a number that arrives at the child and of a local gradient. An entry that is used in
one entry of the child has one, an entry of a matrix in a matrix product one for each column or row that it meets.
Forward the same is read the other way round: which entries of the parent move an entry of the child.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from numbers import Real
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.entries import Sources
from graphviz_ad.story.steps import Edge, Story

__all__ = ["Entry", "Factor", "Place", "Summand", "entry_at", "is_moved", "number_of", "pushed", "summands"]

Place = tuple[int, ...]


class Entry(NamedTuple):
    """An entry of an array, or a number that all entries have in common."""

    quantity: Quantity
    place: Place


Factor = Quantity | Entry | float


class Summand(NamedTuple):
    """A product: of what arrives at an entry of the child, and of a local gradient.

    Attributes
    ----------
    arriving, local : Quantity, Entry or float
    at : tuple of int
        The entry of the child.
    met : tuple of int or None
        In a matrix product, the entry of the other factor.
    turned : Quantity, Entry, float or None
        The local gradient that one meets with the other factor of a matrix product read the wrong way round.
    """

    arriving: Factor
    local: Factor
    at: Place
    met: Place | None = None
    turned: Factor | None = None


def entry_at(quantity: Quantity, place: Place) -> Quantity | Entry:
    """Return the name of an entry, or of a number.

    Examples
    --------
    >>> entry_at(Quantity("value", 3), ())
    Quantity(kind='value', node=3, argument=0)
    """
    return Entry(quantity, place) if place else quantity


def number_of(factor: Factor, numbers: Mapping[Quantity, Any]) -> np.float64:
    """Return the number that is meant; a number is each of its entries."""
    if isinstance(factor, float):
        return np.float64(factor)
    if isinstance(factor, Quantity):
        return np.float64(numbers[factor])
    value = numbers[factor.quantity]
    return np.float64(value[factor.place] if np.ndim(value) else value)


def summands(story: Story, edge: Edge, place: Place = ()) -> tuple[Summand, ...]:
    """Return the products that an entry of the parent gets back along an edge; nothing where that is not known.

    Examples
    --------
    >>> import graphviz_ad as gad
    >>> story = gad.trace(lambda x: np.sum(np.ones((2, 3)) * x), np.array([1.0, 2.0, 3.0])).story
    >>> [summand.at for summand in summands(story, story.edges[0], (2,))]
    [(0, 2), (1, 2)]
    """
    child, parent = story.nodes[edge.child], story.nodes[edge.parent]
    arriving = Quantity("adjoint", edge.child)
    if edge.entries is not None and edge.entries.kind == "product":
        return tuple(_of_product(story, edge, place))
    local = _local(story, edge)
    if local is None:
        return ()
    return tuple(
        Summand(entry_at(arriving, at), entry_at(local, at) if isinstance(local, Quantity) else local, at)
        for at in _across(edge.entries, place, parent.shape, child.shape, listed="adds")
    )


def _local(story: Story, edge: Edge) -> Quantity | float | None:
    """Return where the local gradient of an edge stands, or which number it is; None where a rule is none."""
    if edge.kind == "local":
        return Quantity("local", edge.child, edge.argument)
    if edge.entries is not None and edge.entries.kind == "adds":
        child, parent = story.nodes[edge.child], story.nodes[edge.parent]
        return math.prod(child.shape) / math.prod(parent.shape) if child.primitive == "mean" else 1.0
    if is_moved(edge):
        return 1.0
    if edge.kind != "literal" or edge.gradient is None or edge.gradient.symbol.head != "number":
        return None
    factor = edge.gradient.symbol.arguments[0]
    return float(factor) if isinstance(factor, Real) else None


def pushed(story: Story, edge: Edge, place: Place = ()) -> tuple[Summand, ...]:
    """Return the products that move an entry of the child along an edge; each says of which entry of the parent it is.

    Examples
    --------
    >>> import graphviz_ad as gad
    >>> from graphviz_ad.story.modes import story_of
    >>> trace = gad.trace(lambda x: np.sum(x, axis=0), np.ones((2, 3)))
    >>> story = story_of(trace.as_recording(), "forward", np.ones((2, 3)))
    >>> [summand.at for summand in pushed(story, story.edges[0], (1,))]
    [(0, 1), (1, 1)]
    """
    tangent = Quantity("tangent", edge.parent)
    if edge.entries is not None and edge.entries.kind == "product":
        return tuple(_into_product(story, edge, place))
    local = _local(story, edge)
    if local is None:
        return ()
    factor = entry_at(local, place) if isinstance(local, Quantity) else local
    parent, child = story.nodes[edge.parent], story.nodes[edge.child]
    made_of = _across(edge.entries, place, child.shape, parent.shape, listed="picks")
    return tuple(Summand(entry_at(tangent, at), factor, at) for at in made_of)


def is_moved(edge: Edge) -> bool:
    """Whether the entries of the child are entries of the parent as they are, such as those of a transpose.

    Examples
    --------
    >>> import graphviz_ad as gad
    >>> [is_moved(edge) for edge in gad.trace(lambda x: 2 * x[1], np.arange(3.0)).story.edges]
    [True, False]
    """
    return edge.kind in ("rule", "linear") and edge.entries is not None and edge.entries.kind == "picks"


def _across(
    sources: Sources | None, place: Place, here: Sequence[int], there: Sequence[int], *, listed: str
) -> Iterator[Place]:
    """Yield the entries at one end of an edge that hang together with an entry at the other end.

    Sources of the kind `listed` have for each entry of this end the one of the other; those of the other kind have it
    the other way round.
    """
    if sources is None or sources.kind == "same":
        yield place
        return
    flat = int(np.ravel_multi_index(place, tuple(here))) if place else 0
    if sources.kind != listed:
        yield from (_unravelled(position, there) for position, goes in enumerate(sources.places) if goes == flat)
    elif sources.places[flat] >= 0:
        yield _unravelled(sources.places[flat], there)


def _unravelled(position: int, shape: Sequence[int]) -> Place:
    return tuple(int(i) for i in np.unravel_index(position, tuple(shape)))


def _other(story: Story, edge: Edge) -> Any:
    """Return the other factor of a matrix product: where its numbers stand, or these; None where it is not one."""
    others = [one.parent for one in story.edges if one.child == edge.child and one.argument != edge.argument]
    constants = [value for _, value in story.nodes[edge.child].constants]
    if others:
        return Quantity("value", others[0])
    return constants[0] if len(constants) == 1 else None


def _into_product(story: Story, edge: Edge, place: Place) -> Iterator[Summand]:
    """Yield the products of a matrix product that an entry of it is the sum of, for the entries of one factor."""
    other, own, is_left = _other(story, edge), story.nodes[edge.parent].shape, edge.argument == 0
    if other is None:
        return
    shape = np.shape(story.numbers[other]) if isinstance(other, Quantity) else np.shape(other)
    if not own or not shape or len(own) > 2 or len(shape) > 2:
        return
    free = len(own) - 1  # the left factor has the first of the indices of an entry, the right one the last
    mine, rest = (place[:free], place[free:]) if is_left else (place[len(shape) - 1 :], place[: len(shape) - 1])
    is_square = len(shape) == 2 and shape[0] == shape[1]
    for k in range(own[-1] if is_left else own[0]):
        at, met = ((*mine, k), (k, *rest)) if is_left else ((k, *mine), (*rest, k))
        turned = _factor(other, met[::-1]) if is_square else None
        yield Summand(Entry(Quantity("tangent", edge.parent), at), _factor(other, met), at, met, turned)


def _of_product(story: Story, edge: Edge, place: Place) -> Iterator[Summand]:
    """Yield the products of a matrix product that an entry of one factor is used in."""
    other = _other(story, edge)
    if other is None:
        return
    shape = np.shape(story.numbers[other]) if isinstance(other, Quantity) else np.shape(other)
    own, is_left = story.nodes[edge.parent].shape, edge.argument == 0
    if not place or not shape:
        return
    # Of the left factor, an entry meets those of a row of the right one; of the right factor, those of a column.
    inner = (place[-1] if is_left else place[0],)
    outer = place[:-1] if is_left else place[1:]
    free = shape[1:] if is_left else shape[:-1]
    is_square = len(shape) == 2 and shape[0] == shape[1]
    if len(own) > 2 or len(shape) > 2:
        return
    for along in product(*map(range, free)):
        met = inner + along if is_left else along + inner
        at = outer + along if is_left else along + outer
        turned = _factor(other, met[::-1]) if is_square else None
        yield Summand(entry_at(Quantity("adjoint", edge.child), at), _factor(other, met), at, met, turned)


def _factor(array: Any, place: Place) -> Factor:
    return Entry(array, place) if isinstance(array, Quantity) else float(array[place])
