"""A trace as equations: what each node is, and what its adjoint is, in execution order."""

from __future__ import annotations

from collections.abc import Sequence

from graphviz_ad.engine.rules.shaping import unbroadcast
from graphviz_ad.formulas.equations import Equation, Equations
from graphviz_ad.formulas.formula import Formula
from graphviz_ad.formulas.simplifying import simplified
from graphviz_ad.formulas.symbols import Symbol, number, operation, row, words
from graphviz_ad.story.parts import arriving
from graphviz_ad.story.steps import Card, Edge, Story

__all__ = ["equations_of"]


def equations_of(story: Story) -> Equations:
    """Return for each node its definition and the equation of its adjoint.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> print(equations_of(gad.trace(lambda x: np.sin(x) * x, 0.5).story))
    x              x̄ = f̄ · v₁ + v̄₁ · cos x
    v₁ = sin x     v̄₁ = f̄ · x
    f  = v₁ · x    f̄ = 1
    """
    edges: dict[int, list[Edge]] = {card.position: [] for card in story.nodes}
    for edge in sorted(story.edges, key=lambda edge: (-edge.child, -edge.argument)):
        if edge.kind != "cut" and story.nodes[edge.child].reached:
            edges[edge.parent].append(edge)
    return Equations([[_definition(card), _adjoint(story, card, edges[card.position])] for card in story.nodes])


def _definition(card: Card) -> Equation:
    is_end = card.role in ("input", "constant")
    return Equation(card.symbol, None if is_end else card.short)


def _adjoint(story: Story, card: Card, edges: Sequence[Edge]) -> Equation:
    """Return the adjoint as the sum of what the edges bring; of the output it is 1."""
    if card.position == story.output and card.reached:
        return Equation(
            card.bar, Formula(Symbol("broadcast_to", (number(1.0),), card.shape) if card.shape else number(1))
        )
    if not card.reached:
        return Equation(card.bar, remark=card.missing)
    received = [_received(story, edge) for edge in edges]
    whole = received[0]
    for part in received[1:]:
        whole = operation("add", whole, part)
    return Equation(card.bar, Formula(simplified(whole)))


def _received(story: Story, edge: Edge) -> Symbol:
    """Return what an edge brings: a product, what its rule sends, or the rule in words."""
    child, parent = story.nodes[edge.child], story.nodes[edge.parent]
    bar = child.bar.symbol
    if edge.gradient is not None:
        product = operation("multiply", bar, edge.gradient.symbol)
        if product.known_shape != child.shape or not child.shape:
            return arriving(product, child, parent)
        summed: Symbol = unbroadcast(product, parent.shape)
        return arriving(summed, child, parent)
    if edge.sends is not None:
        return edge.sends.symbol
    return row("(", bar, words(f", {edge.label.text}"), ")")
