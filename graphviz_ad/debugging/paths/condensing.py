"""What is drawn of long paths: where the widest of them part and meet; whatever lies between is one card.

A picture has room for some tens of cards. Of the paths that are listed as many are drawn as fit in, without the ways of
the others; a stretch of nodes at which no drawn path parts from another, or meets one, is drawn as one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from graphviz_ad.debugging.paths.searching import Edge, Path, Ways

__all__ = ["MOST_DRAWN", "Condensed", "condensed"]

MOST_DRAWN = 26
"""So many paths have a stroke of their own, at most."""


class Condensed(NamedTuple):
    """What is drawn.

    Attributes
    ----------
    ways : Ways
        With the edges between the cards alone. A card that stands for a stretch has the position of the node of it
        that was computed first.
    stretches : mapping of int to tuple of (int, int)
        For each such card the edges that lead on from its nodes, the output's side first.
    left_out : mapping of int to int
        How many edges from a card, or to it, are not drawn.
    """

    ways: Ways
    stretches: Mapping[int, tuple[Edge, ...]]
    left_out: Mapping[int, int]


def condensed(ways: Ways, most: int) -> Condensed:
    """Return what is drawn on so many cards, three at least: all, if there is room.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> def f(x):
    ...     y = x
    ...     for _ in range(5):
    ...         y = np.sin(y)
    ...     return x * y
    >>> shown = condensed(gad.trace(f, 2.0).why("x")._ways, 4)
    >>> [path.nodes for path in shown.ways.paths], len(shown.stretches[1])
    ([(6, 0), (6, 1, 0)], 5)
    """
    if len({*ways.links.values(), *(child for child, _ in ways.links)}) <= most:
        return Condensed(ways, {}, {})

    def needed(k: int) -> int:
        return len(set(_cards(ways.paths[:k]).values()))

    widest = ways.paths[: max(1, bisect_right(range(1, min(len(ways.paths), MOST_DRAWN) + 1), most, key=needed))]
    return _between(ways, widest, _cards(widest))


def _cards(paths: Sequence[Path]) -> dict[int, int]:
    """Return on which card each node of some paths is: its own, where they part or meet or end."""
    edges = {edge: parent for path in paths for edge, parent in zip(path.edges, path.nodes[1:], strict=True)}
    leaving, arriving = Counter(child for child, _ in edges), Counter(edges.values())
    cards: dict[int, int] = {}
    for path in paths:
        stretch: list[int] = []
        for node in path.nodes:
            if leaving[node] == arriving[node] == 1:
                stretch.append(node)
            else:
                cards |= dict.fromkeys(stretch, stretch[-1]) if stretch else {}
                cards[node] = node
                stretch = []
    return cards


def _between(ways: Ways, paths: Sequence[Path], cards: Mapping[int, int]) -> Condensed:
    """Return the ways between the cards."""
    edges = {edge for path in paths for edge in path.edges}
    links: dict[Edge, int] = {}
    inside: dict[int, list[Edge]] = {}
    left_out: Counter[int] = Counter()
    for edge, parent in ways.links.items():
        if edge not in edges:
            left_out.update(cards[node] for node in (edge[0], parent) if node in cards)
            continue
        inside.setdefault(cards[edge[0]], []).append(edge)
        if cards[edge[0]] != cards[parent]:
            links[edge] = cards[parent]
    shown = (
        replace(
            path,
            nodes=tuple(dict.fromkeys(cards[node] for node in path.nodes)),
            edges=tuple(edge for edge in path.edges if edge in links),
        )
        for path in paths
    )
    through = {edge: part for edge, part in ways.through.items() if edge in links}
    stretches = {card: tuple(own) for card, own in inside.items() if len({child for child, _ in own}) > 1}
    return Condensed(replace(ways, paths=tuple(shown), links=links, through=through), stretches, left_out)
