"""What a film knows of single entries: which arrays are followed entry by entry, and what makes an entry.

A film has of a larger array its range and a picture. Where there is room, it has the numbers of the entries, too, so
that they can be read where one points at them; and the ways along which they are made of others (``story/entries.py``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from graphviz_ad.films.packing import packed
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.numerals.readings import MOST_CELLS
from graphviz_ad.story.entries import MOST_ENTRIES
from graphviz_ad.story.steps import Edge, Story

__all__ = ["followed", "ways_json"]

_MOST_BYTES = 400_000  # of the numbers of entries, over all stops
_KINDS = (("value", "adjoint", "tangent"), ("local", "contribution"))


def followed(story: Story, stops: int) -> frozenset[Quantity]:
    """Return the arrays whose entries a film of so many stops has: those on cards first, then those between them.

    Examples
    --------
    >>> import graphviz_ad as gad
    >>> story = gad.trace(lambda x: np.sum(np.sin(x)), np.ones((4, 5))).story
    >>> sorted(key.kind for key in followed(story, 1)), sorted(followed(story, 10_000))
    (['adjoint', 'adjoint', 'contribution', 'contribution', 'local', 'value', 'value'], [])
    """
    chosen: set[Quantity] = set()
    room = _MOST_BYTES / (8 * stops)
    for kinds in _KINDS:
        sizes = {key: np.size(value) for key, value in story.numbers.items() if key.kind in kinds and _is_large(value)}
        room -= sum(sizes.values())
        if room < 0:
            break
        chosen.update(sizes)
    return frozenset(chosen)


def _is_large(value: Any) -> bool:
    """Whether a film has not all of an array anyway, and may have it."""
    return MOST_CELLS * (np.ndim(value) < 2) < np.size(value) <= MOST_ENTRIES and np.ndim(value) > 0


def ways_json(story: Story) -> dict[str, Any]:
    """Return the ways along which entries are made of others, if any; see ``Way`` in ``player/film.d.ts``.

    Examples
    --------
    >>> import graphviz_ad as gad
    >>> ways_json(gad.trace(lambda x: np.sum(x[1:]), np.ones((3, 2))).story)["ways"][0]
    {'at': [1, 0, 0], 'kind': 'picks', 'places': [2, 3, 4, 5]}
    >>> ways_json(gad.trace(np.sin, 1.0).story)
    {}
    """
    ways = list(_ways(story))
    return {"ways": ways} if ways else {}


def _ways(story: Story) -> Iterator[dict[str, Any]]:
    siblings: dict[int, list[Edge]] = {}
    for edge in story.edges:
        siblings.setdefault(edge.child, []).append(edge)
    for edge in story.edges:
        if edge.entries is None:
            continue
        way: dict[str, Any] = {"at": [edge.child, edge.argument, edge.parent], "kind": edge.entries.kind}
        if edge.entries.places:
            way["places"] = list(edge.entries.places)
        if edge.entries.kind == "product":
            other = _other(story, edge, siblings[edge.child])
            if other is None:
                continue
            way |= other
        yield way


def _other(story: Story, edge: Edge, siblings: Sequence[Edge]) -> dict[str, Any] | None:
    """Return the other factor of a product: the node that it is, or the array that its name is short for."""
    others = [one.parent for one in siblings if one.argument != edge.argument]
    if others:
        return {"other": others[0]}
    constants = story.nodes[edge.child].constants
    if len(constants) != 1 or np.iscomplexobj(constants[0][1]) or np.size(constants[0][1]) > MOST_ENTRIES:
        return None
    name, value = constants[0]
    return {"constant": {"name": name, "shape": list(np.shape(value)), "numbers": packed(value)}}
