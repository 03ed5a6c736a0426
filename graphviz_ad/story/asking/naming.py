"""What a question calls the entries of arrays, and what is multiplied with them, in the names of the picture."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from graphviz_ad.formulas.formula import Formula
from graphviz_ad.formulas.symbols import Symbol, factor, name, number, row, words
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.numerals.writing import static
from graphviz_ad.story.asking.entries import MOST_ENTRIES, has_local, is_product, is_spread
from graphviz_ad.story.levels import Fragment
from graphviz_ad.story.sentences import listed, through
from graphviz_ad.story.slips import Facts, filled
from graphviz_ad.story.steps import Card, Edge, Story
from graphviz_ad.story.summands import Place, Summand, number_of

__all__ = ["Names", "entry", "factors_of", "known_numbers", "marked_by"]

AT_THE_SOCKET = "the number at the marked ×"


class Names:
    """What is said of the nodes and edges of a story.

    Parameters
    ----------
    story : Story
    """

    def __init__(self, story: Story) -> None:
        self.story = story

    def facts(self, edge: Edge, target: int, arriving: Quantity) -> dict[str, Fragment | tuple[Fragment, ...]]:
        """Return what sentences speak of along an edge between numbers."""
        child, parent, aim = (self.story.nodes[i] for i in (edge.child, edge.parent, target))
        comes = self.story.nodes[arriving.node]
        assert edge.gradient is not None
        return {
            "arrives": comes.bar if comes.dot is None else comes.dot,
            "arriving": arriving,
            "child": child.symbol,
            "parent": parent.symbol,
            "short": child.short,
            "way": self.way(edge),
            "gradient": edge.gradient if edge.kind == "local" else slope_of(child, parent.symbol),
            "local": Quantity("local", edge.child, edge.argument) if edge.kind == "local" else edge.gradient,
            "marked": AT_THE_SOCKET,
            "target": aim.symbol,
            "sum": aim.bar,
            "constants": (),
        }

    def way(self, edge: Edge) -> tuple[Fragment, ...]:
        """Return through what a part comes: a node, or one of two uses in it."""
        return through(self.story.nodes[edge.child], self.story.nodes[edge.parent], edge.use)

    def named(self, edge: Edge, place: Place) -> dict[str, Fragment | tuple[Fragment, ...]]:
        """Return what an entry of the parent is called, and what it comes through."""
        parent = self.story.nodes[edge.parent]
        short = self.story.nodes[edge.child].short
        aim = {"target": entry(parent.symbol, place), "sum": entry(parent.bar, place)}
        return {**aim, "short": short, "way": self.way(edge), "constants": self.constants([edge])}

    def constants(self, edges: Sequence[Edge]) -> tuple[Fragment, ...]:
        """Return what one has to know of constants, of which the picture has no numbers."""
        known = {
            name: value
            for edge in edges
            for name, value in self.story.nodes[edge.child].constants
            if name != "constant" and np.ndim(value) <= 2 and np.size(value) <= MOST_ENTRIES
            if is_product(edge) or (has_local(edge) and np.ndim(value) == 2)
            if not np.iscomplexobj(value)
        }
        return tuple(f" {name} is {_written(value)}." for name, value in known.items())

    def other(self, edge: Edge) -> Symbol:
        """Return the other factor of a matrix product."""
        others = [one.parent for one in self.story.edges if one.child == edge.child and one.argument != edge.argument]
        if others:
            return self.story.nodes[others[0]].symbol.symbol
        return name(self.story.nodes[edge.child].constants[0][0])

    def gradient(self, edge: Edge, product: Summand, place: Place) -> tuple[Fragment, ...]:
        """Return the local gradient of an entry in the names of the picture; in words where it is a plain number."""
        factor = self.factor(edge, product)
        if factor is not None:
            return (factor,)
        child, parent = self.story.nodes[edge.child], self.story.nodes[edge.parent]
        return slope_of(child, entry(parent.symbol, place))

    def factor(self, edge: Edge, product: Summand) -> Formula | None:
        """Return the local gradient of an entry in the names of the picture, where it has some there."""
        if product.met is not None:
            return entry(Formula(self.other(edge)), product.met)
        if not has_local(edge) or edge.gradient is None or edge.gradient.symbol.head == "vector":
            return None
        return entry(edge.gradient, product.at) if edge.gradient.symbol.head == "name" else edge.gradient

    def has_names(self, edge: Edge) -> bool:
        """Whether the other factor of a matrix product has a name of which an entry can be told."""
        called = str(self.other(edge).arguments[0]) if is_product(edge) else ""
        return called != "constant" and (not called or called.isidentifier())

    def factors_known(
        self, products: Sequence[tuple[Edge, Summand, Formula]], came: Sequence[Quantity], by: Mapping[int, Quantity]
    ) -> tuple[Fragment, ...]:
        """Return the factors of a sum of products in large arrays: what comes, by its name, and the local gradients.

        `came` has the numbers of the former, `by` those of the latter, for the products that have one.
        """
        gradients = [(self.factor(edge, one), by[k]) for k, (edge, one, _) in enumerate(products) if k in by]
        named = [(called, number) for called, number in gradients if called is not None]
        return known_numbers(
            [*((called, number) for (_, _, called), number in zip(products, came, strict=True)), *named]
        )

    def written_out(self, edge: Edge, product: Summand) -> tuple[Fragment, ...]:
        """Return a product of a sum in the names of the picture."""
        return self.written(edge, entry(self.story.nodes[edge.child].bar, product.at), product)

    def written(self, edge: Edge, comes: Formula, product: Summand) -> tuple[Fragment, ...]:
        """Return a product of what comes and a local gradient."""
        if product.local == 1 and product.met is None:
            return (comes,)
        by = self.factor(edge, product)
        literal = number(float(number_of(product.local, self.story.numbers)))
        symbol = literal if by is None else by.symbol
        times = row(" · ", symbol) if symbol.head == "row" else row(" ", factor("·", symbol))
        return (Formula(row(comes.symbol, times)),)

    def literal(self, edge: Edge) -> Formula:
        """Return a local gradient that is a plain number."""
        if edge.gradient is not None:
            return edge.gradient
        count = math.prod(self.story.nodes[edge.parent].shape) // math.prod(self.story.nodes[edge.child].shape)
        return Formula(words(f"1/{count}") if self.story.nodes[edge.child].primitive == "mean" else number(1.0))

    def dot_entry(self, edge: Edge, product: Summand) -> Formula:
        """Return what the tangent of an entry of an operand is called."""
        parent = self.story.nodes[edge.parent]
        return entry(parent.dot or parent.bar, product.at)


def entry(formula: Formula, place: Place) -> Formula:
    """Return what an entry is called: ``x[2]``."""
    return Formula(row(formula.symbol, words(f"[{', '.join(map(str, place))}]"))) if place else formula


def factors_of(facts: Facts) -> tuple[Fragment, ...]:
    """Return what one has to know of an entry of a large array, whose numbers cannot be read in the picture."""
    return filled(" There {arrives} is {arriving}, and the local gradient is {local}.", facts)


def known_numbers(numbers: Iterable[tuple[Formula, Quantity]]) -> tuple[Fragment, ...]:
    """Return the numbers that one has to know of large arrays, each with its name, once."""
    once = {called.text: (called, number) for called, number in numbers}
    return (" Here ", *listed([(called, " is ", number) for called, number in once.values()]), ".")


def marked_by(edge: Edge) -> str:
    """Return where the local gradient stands."""
    if is_product(edge) and edge.kind == "rule":
        return "the number that it meets in the product"
    return "the same for each of its numbers" if is_spread(edge) else AT_THE_SOCKET


def _written(value: Any) -> str:
    """Return the numbers of an array, as a sentence has them."""
    return f"[{' '.join(map(_written, value))}]" if np.ndim(value) else static(float(value))


def slope_of(child: Card, parent: Formula) -> tuple[Fragment, ...]:
    """Return a slope in words, where the number itself would be the answer."""
    return ("the slope of ", child.short, " by ", parent)
