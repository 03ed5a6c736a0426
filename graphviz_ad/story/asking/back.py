"""Ask what goes back along an edge: a number, or one entry, that is a product, only moves, or is a sum of products."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from graphviz_ad.formulas.formula import Formula
from graphviz_ad.formulas.symbols import partial_derivative, row
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.asking.arrivals import Arrivals
from graphviz_ad.story.asking.entries import dull, has_local, is_product, is_real, is_small, is_spread, tried
from graphviz_ad.story.asking.naming import Names, entry, factors_of, known_numbers, marked_by
from graphviz_ad.story.quiz import OWN, Question, Source, Term, pose
from graphviz_ad.story.sentences import listed
from graphviz_ad.story.slips import ADDING, ALONG, MOVED
from graphviz_ad.story.steps import Edge, Step, Story
from graphviz_ad.story.summands import Entry, Place, Summand, entry_at, is_moved, number_of, summands

__all__ = ["Back"]

_SENT = "What does {way} send back to {target}?{constants}"


class Back:
    """Asks at the steps of a story that go back along an edge.

    Parameters
    ----------
    story : Story
    arrivals : Arrivals
        Which is told of each edge that comes.
    """

    def __init__(self, story: Story, arrivals: Arrivals) -> None:
        self.story = story
        self.arrivals = arrivals
        self.names = Names(story)
        self.edges = {(edge.child, edge.argument): edge for edge in story.edges}
        self.is_large = False  # whether the arrays of the step in hand are too large to be read

    def ask(self, step: Step) -> Question | None:
        """Ask what goes back along an edge: a number, or one entry."""
        assert step.edge is not None
        edge, came = self.edges[step.edge], self.arrivals.came[step.node]
        place = self._place(edge, step)
        question = None
        if place is not None:
            products = summands(self.story, edge, place)
            ask = self._several if len(products) > 1 else self._moved if is_moved(edge) else self._one
            question = ask(edge, step, place, products)
        came.append(edge)
        return question

    def _place(self, edge: Edge, step: Step) -> Place | None:
        """Return the entry that is asked: that whose factors tell most; None where none is."""
        nodes = self.story.nodes
        shape, child = nodes[edge.parent].shape, nodes[edge.child].shape
        read = [(step.after, shape), (Quantity("value", edge.parent), shape)]
        read += [(Quantity(kind, edge.child), child) for kind in ("value", "adjoint")]
        read += [(Quantity("local", edge.child, edge.argument), child)] if has_local(edge) else []
        if not all(is_real(self.story, *one) for one in read):
            return None
        self.is_large = not all(is_small(self.story, *one) for one in read)
        choices = [(self._rank(edge, step, place), place) for place in tried(shape)]
        known = [
            (rank, place)
            for rank, place in choices
            if rank is not None and not (self.is_large and self._is_given_away(edge, place))
        ]
        return min(known, key=lambda one: one[0])[1] if known else None

    def _is_given_away(self, edge: Edge, place: Place) -> bool:
        """Whether an entry of a large array cannot be asked, since the numbers that are said would be the answer."""
        products = summands(self.story, edge, place)
        if len(products) > 1 or not self.story.nodes[edge.child].shape:
            return not self.names.has_names(edge)
        if is_moved(edge):  # it is found between two numbers
            same, right = self._same_place(edge, place), products[0].arriving
            return same is None or number_of(same, self.story.numbers) == number_of(right, self.story.numbers)
        factors = [abs(number_of(one, self.story.numbers)) for one in (products[0].arriving, products[0].local)]
        return not {0, 1}.isdisjoint(factors)

    def _rank(self, edge: Edge, step: Step, place: Place) -> tuple[float, float] | None:
        """Return how little an entry tells; one that moves says little where the same comes to its own place."""
        right, numbers = entry_at(step.after, place), self.story.numbers
        rank = dull(summands(self.story, edge, place), right, numbers, is_large=self.is_large)
        if rank is None or not is_moved(edge):
            return rank
        same = self._same_place(edge, place)
        return rank[0] + (same is None or number_of(same, numbers) == number_of(right, numbers)), rank[1]

    def _same_place(self, edge: Edge, place: Place) -> Entry | None:
        """Return the entry of the child that stands where an entry of the parent does, if any does."""
        shape = self.story.nodes[edge.child].shape
        stands = place and len(shape) == len(place) and all(i < size for i, size in zip(place, shape, strict=True))
        return Entry(Quantity("adjoint", edge.child), place) if stands else None

    def _one(self, edge: Edge, step: Step, place: Place, products: Sequence[Summand]) -> Question:
        """Ask for a single product."""
        (product,) = products
        child, parent, arriving = self.story.nodes[edge.child], self.story.nodes[edge.parent], product.arriving
        sources: dict[str, Source] = {
            "arriving": arriving,
            "local": product.local,
            "value": entry_at(Quantity("value", edge.child), product.at),
            "operand": entry_at(Quantity("value", edge.parent), place),
            "right": entry_at(step.after, place),
            **self._among(step, edge, place),
        }
        if not place and not child.shape:
            arrives = Quantity("adjoint", edge.child)
            return pose(step, _SENT, ALONG, sources, self.names.facts(edge, step.node, arrives), (arrives,))
        own = {name: Quantity("slip", step.index, OWN + k) for k, name in enumerate(("right", "arriving", "local"))}
        if is_spread(edge) and child.primitive != "mean":
            sources["count"] = float(math.prod(parent.shape))
        facts = self.names.named(edge, place) | {
            "arrives": entry(child.bar, product.at),
            "arriving": own["arriving"],
            "child": entry(child.symbol, product.at),
            "parent": entry(parent.symbol, place),
            "gradient": self.names.gradient(edge, product, place),
            "local": own["local"] if has_local(edge) or is_product(edge) else self.names.literal(edge),
            "marked": marked_by(edge),
        }
        if self.is_large and child.shape:
            facts |= {"constants": factors_of(facts)}
        question = pose(step, _SENT, ALONG, sources, facts, (own["arriving"],))
        entries = {key: sources[name] for name, key in own.items()}
        return replace(question, asked=own["right"], lead=self._lead(edge, step, place, product.at), entries=entries)

    def _moved(self, edge: Edge, step: Step, place: Place, products: Sequence[Summand]) -> Question:
        """Ask for an entry that is only taken over, without saying where it went."""
        (product,) = products
        child, parent = self.story.nodes[edge.child], self.story.nodes[edge.parent]
        sources: dict[str, Source] = {
            "operand": entry_at(Quantity("value", edge.parent), place),
            "right": entry_at(step.after, place),
            **self._among(step, edge, place),
        }
        same = self._same_place(edge, place)
        if same is not None and place != product.at:
            sources["place"] = same
        if child.shape and not self.is_large:
            sources["everything"] = tuple(
                (Entry(Quantity("adjoint", edge.child), at),) for at in np.ndindex(*child.shape)
            )
        facts = self.names.named(edge, place) | {
            "arrives": child.bar,
            "child": child.symbol,
            "placed": entry(child.bar, place),
            "way": child.symbol,
        }
        right, arriving, beside = (Quantity("slip", step.index, OWN + k) for k in range(3))
        entries: dict[Quantity, Source] = {right: sources["right"], arriving: product.arriving}
        if self.is_large and child.shape and same is not None:
            entries |= {beside: same}
            both = sorted([(product.at, arriving), (place, beside)])
            facts |= {"constants": known_numbers((entry(child.bar, at), number) for at, number in both)}
        question = pose(step, _SENT, MOVED, sources, facts, (right, arriving))
        lead = Formula(row(entry(parent.bar, place).symbol, " +=" if self.arrivals.shares[step.node] else " ="))
        return replace(question, asked=right, lead=lead, entries=entries)

    def _several(self, edge: Edge, step: Step, place: Place, products: Sequence[Summand]) -> Question:
        """Ask for a sum of products."""
        child = self.story.nodes[edge.child]
        terms = tuple((one.arriving, one.local) for one in products)
        sources: dict[str, Source] = {
            "right": entry_at(step.after, place),
            "count": float(len(products)),
            "first": terms[:1],
            "arriving": tuple((one.arriving,) for one in products),
            **self._among(step, edge, place),
        }
        if not all(isinstance(one.local, float) and not is_product(edge) for one in products):
            sources["locals"] = tuple((one.local,) for one in products)
        everywhere = [] if self.is_large else list(np.ndindex(*child.shape))
        if len(everywhere) > len(products) and "locals" not in sources:
            sources["everything"] = tuple((Entry(Quantity("adjoint", edge.child), at),) for at in everywhere)
        turned = [(one.arriving, one.turned) for one in products if one.turned is not None]
        if turned:
            sources["turned"] = tuple(turned)
        if len(place) == 2 and place[0] != place[1] and self._has(edge.parent, place[::-1]):
            sources["across"] = Entry(step.after, place[::-1])
        misses = dict.fromkeys(range(len(products)) if 2 < len(products) <= 4 else (), "with")
        named = [Term(term, entry(child.bar, one.at)) for term, one in zip(terms, products, strict=True)]
        own = Quantity("slip", step.index, OWN)
        parts = {Quantity("slip", step.index, OWN + 1 + k): (term,) for k, term in enumerate(terms)}
        first = OWN + 1 + len(products)
        arriving = {Quantity("slip", step.index, first + k): one.arriving for k, one in enumerate(products)}
        first += len(products)
        by = {
            k: Quantity("slip", step.index, first + k)
            for k, one in enumerate(products)
            if isinstance(one.local, Entry) or one.local != 1 or (self.is_large and one.met is not None)
        }
        numbers = [(came, " · ", by[k]) if k in by else (came,) for k, came in enumerate(arriving)]
        facts = self.names.named(edge, place) | {
            "arrives": child.bar,
            "parts": tuple(listed([self.names.written_out(edge, one) for one in products])),
            "numbers": tuple(listed(numbers)),
            "uses": f"{len(products)} entries of ",
            "child": child.symbol,
            "other": Formula(self.names.other(edge)) if is_product(edge) else child.symbol,
            "swapped": entry(self.story.nodes[edge.parent].bar, place[::-1]),
            "count": str(len(products)),
        }
        if self.is_large:
            read = [(edge, one, term.name) for one, term in zip(products, named, strict=True)]
            facts |= {"constants": self.names.factors_known(read, tuple(arriving), by)}
        question = pose(step, _SENT, ADDING, sources, facts, tuple(parts), named, misses)
        local = {key: products[k].local for k, key in by.items()}
        entries: dict[Quantity, Source] = {own: sources["right"], **parts, **arriving, **local}
        return replace(question, asked=own, lead=self._lead(edge, step, place, ()), entries=entries)

    def _has(self, node: int, place: Place) -> bool:
        return all(i < size for i, size in zip(place, self.story.nodes[node].shape, strict=True))

    def _lead(self, edge: Edge, step: Step, place: Place, at: Place) -> Formula:
        """Return what is to be worked out of an entry: the whole adjoint, or one of its parts."""
        child, parent = self.story.nodes[edge.child], self.story.nodes[edge.parent]
        slope = partial_derivative(entry(child.symbol, at).symbol, entry(parent.symbol, place).symbol, edge.use)
        part = row("" if at or not child.shape else "Σ ", entry(child.bar, at).symbol, " · ", slope, " =")
        whole = () if self.arrivals.shares[step.node] else (entry(parent.bar, place).symbol, " = ")
        return Formula(row(*whole, part))

    def _among(self, step: Step, edge: Edge, place: Place) -> dict[str, Source]:
        """Return the numbers that others of the parts of a sum lead to."""
        of, before = self.arrivals.shares[step.node], len(self.arrivals.came[step.node])
        twins = [one for one in self.story.edges if (one.child, one.parent) == (edge.child, edge.parent)]
        numbers: dict[str, Source] = {"total": entry_at(Quantity("adjoint", step.node), place)} if of else {}
        if 0 < before < of - 1:
            numbers["before"] = entry_at(Quantity("partial", step.node, before), place)
        if 1 < len(twins) < of:
            sent = [entry_at(Quantity("contribution", one.child, one.argument), place) for one in twins]
            numbers["uses"] = tuple((one,) for one in sent)
        return numbers
