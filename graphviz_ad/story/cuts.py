"""What both modes say together: across any cut through the graph, tangents times adjoints add up to the derivative.

A tangent says how fast a number moves, an adjoint how much that moves the result; so wherever all ways from the inputs
to the output are cut, the products of the two are all there is. Numbers whose every use lies below the cut count as a
whole, and so do those whose every operand lies above it; of any other an edge counts for itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from graphviz_ad.formulas.formula import Formula
from graphviz_ad.formulas.symbols import Symbol, row, words
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.steps import Cut, Edge, Story

__all__ = ["cut_through", "total"]

_MOST_TERMS = 3
"""More products than these are counted; the sum has all of them."""


def cut_through(story: Story, above: Iterable[frozenset[int]]) -> tuple[Cut, ...]:
    """Return the cuts below some sets of nodes, as far as they part all that moves from the output.

    Parameters
    ----------
    story : Story
        Of both modes.
    above : iterable of frozenset of int
        For each cut, the positions of the nodes above it.

    Examples
    --------
    >>> import numpy as np
    >>> from graphviz_ad.story.both import tell_both
    >>> from graphviz_ad.tracing import trace
    >>> story = tell_both(trace(lambda x: np.sin(x) * np.exp(x), 2.0))
    >>> (cut,) = cut_through(story, [frozenset((0, 1, 2))])
    >>> cut.formula.text, float(total(cut, story.edges, story.numbers).round(6))
    ('v̇₁ v̄₁ + v̇₂ v̄₂', 3.643917)
    """
    moving = {i for i in story.inputs if np.any(story.numbers.get(Quantity("tangent", i), 0.0))}
    parting = [own for own in above if moving <= own and story.output not in own]
    return tuple(_cut(story, own, k) for k, own in enumerate(parting))


def _cut(story: Story, above: frozenset[int], number: int) -> Cut:
    live = [edge for edge in story.edges if _counts(story, edge)]
    crossing = [edge for edge in live if edge.parent in above and edge.child not in above]
    terms = tuple(term for group in _groups(crossing) for term in _terms(group, live))
    return Cut(above, terms, Formula(_written(story, terms)), Quantity("cut", number))


def _counts(story: Story, edge: Edge) -> bool:
    """Whether a tangent comes to an edge from above, and an adjoint from below."""
    return edge.kind != "cut" and all(
        Quantity(*key) in story.numbers for key in (("tangent", edge.parent), ("adjoint", edge.child))
    )


def _groups(edges: Sequence[Edge]) -> Iterator[list[Edge]]:
    """Put together the edges that have a node in common, at either end."""
    waiting = list(edges)
    while waiting:
        group, size = [waiting.pop(0)], 0
        while size < len(group):
            size = len(group)
            tops, bottoms = {edge.parent for edge in group}, {edge.child for edge in group}
            near = [edge for edge in waiting if edge.parent in tops or edge.child in bottoms]
            waiting = [edge for edge in waiting if edge not in near]
            group += near
        yield group


def _terms(group: Sequence[Edge], live: Sequence[Edge]) -> list[Quantity]:
    """Return the products that a group of edges stands for: of its upper nodes, of its lower nodes, or edge by edge."""
    tops, bottoms = {edge.parent for edge in group}, {edge.child for edge in group}
    if sum(edge.parent in tops for edge in live) == len(group):
        return [Quantity("adjoint", i) for i in sorted(tops)]
    if sum(edge.child in bottoms for edge in live) == len(group):
        return [Quantity("adjoint", i) for i in sorted(bottoms)]
    return [Quantity("contribution", edge.child, edge.argument) for edge in group]


def _written(story: Story, terms: Sequence[Quantity]) -> Symbol:
    if len(terms) > _MOST_TERMS:
        return words(f"Σ of {len(terms)} products")
    parents = {(edge.child, edge.argument): edge.parent for edge in story.edges}
    parts: list[Symbol | str] = []
    for kind, node, argument in terms:
        card = story.nodes[node if kind == "adjoint" else parents[node, argument]]
        via = "" if kind == "adjoint" else f" via {story.nodes[node].symbol.text}"
        assert card.dot is not None
        start, times = (" + Σ ", " ⊙ ") if card.shape else (" + ", " ")
        parts += [start, card.dot.symbol, times, card.bar.symbol, *([words(via)] if via else [])]
    return row(*([str(parts[0])[3:]] if str(parts[0])[3:] else []), *parts[1:])


def total(cut: Cut, edges: Sequence[Edge], numbers: Mapping[Quantity, Any]) -> Any:
    """Return the sum of the products along a cut, among the numbers of any stop."""
    parents = {(edge.child, edge.argument): edge.parent for edge in edges}
    added = 0.0
    for term in cut.terms:
        top = term.node if term.kind == "adjoint" else parents[term.node, term.argument]
        tangent, arriving = numbers.get(Quantity("tangent", top)), numbers.get(term)
        if tangent is not None and arriving is not None:
            added = added + np.sum(np.multiply(tangent, arriving))
    return np.float64(np.real(added))
