"""Ask how fast a node moves, or one entry of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from graphviz_ad.formulas.formula import Formula
from graphviz_ad.formulas.symbols import row
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.asking.entries import dull, has_local, is_number, is_product, is_real, is_small, tried
from graphviz_ad.story.asking.naming import Names, entry, factors_of, known_numbers, marked_by
from graphviz_ad.story.levels import Fragment
from graphviz_ad.story.quiz import OWN, Question, Source, Term, pose
from graphviz_ad.story.sentences import listed
from graphviz_ad.story.slips import ALONG, GATHERING, MOVING, TAKEN
from graphviz_ad.story.steps import Edge, Step, Story
from graphviz_ad.story.summands import Entry, Factor, Place, Summand, entry_at, is_moved, number_of, pushed, summands

__all__ = ["Forward"]

_MOVES = "What is {moves},{whole} the tangent of {node}?{constants}"


class Forward:
    """Asks at the steps of a story that push tangents forward.

    Parameters
    ----------
    story : Story
    """

    def __init__(self, story: Story) -> None:
        self.story = story
        self.names = Names(story)

    def _factors(self, edge: Edge, tangent: Quantity) -> tuple[Factor, ...]:
        """Return the two numbers that are multiplied on an edge; nothing where these are no single real numbers."""
        products = summands(self.story, edge) if not self.story.nodes[edge.parent].shape else ()
        read = [tangent, Quantity("value", edge.child), Quantity("value", edge.parent)]
        read += [product.local for product in products if isinstance(product.local, Quantity)]
        single = len(products) == 1 and all(is_number(self.story, key) for key in read)
        return (tangent, products[0].local) if single else ()

    def _product(self, edge: Edge, tangent: Quantity, right: Quantity) -> dict[str, Source]:
        """Return the numbers of a product along an edge."""
        arriving, local = self._factors(edge, tangent)
        values = {"value": Quantity("value", edge.child), "operand": Quantity("value", edge.parent)}
        return {"arriving": arriving, "local": local, **values, "right": right}

    def ask(self, step: Step) -> Question | None:
        """Ask how fast a node moves."""
        edges = [edge for edge in self.story.edges if edge.child == step.node and edge.kind != "cut"]
        tangents = tuple(Quantity("tangent", edge.parent) for edge in edges)
        factors = [self._factors(edge, tangent) for edge, tangent in zip(edges, tangents, strict=True)]
        card, text = self.story.nodes[step.node], "What is {moves}, the tangent of {child}?"
        if not all(factors) or not is_number(self.story, step.after):
            return self._pushed_entry(step, edges)
        moves: dict[str, Fragment] = {"moves": card.dot or card.bar, "child": card.symbol, "short": card.short}
        if len(edges) == 1:
            facts = self.names.facts(edges[0], step.node, tangents[0]) | moves
            return pose(step, text, ALONG, self._product(edges[0], tangents[0], step.after), facts, tangents)
        sources: dict[str, Source] = {
            "right": step.after,
            "tangents": tuple((tangent,) for tangent in tangents),
            "locals": tuple((local,) for _, local in factors),
            "speeds": (tangents,),
            "product": (tuple(factor for own in factors for factor in own),),
        }
        terms = [Term(own, self.story.nodes[edge.parent].symbol) for own, edge in zip(factors, edges, strict=True)]
        return pose(step, text, MOVING, sources, moves, tangents, terms, dict.fromkeys(range(len(terms)), "from"))

    def _pushed_entry(self, step: Step, edges: Sequence[Edge]) -> Question | None:
        """Ask how fast one entry moves: that whose factors tell most; None where none is known."""
        nodes, numbers = self.story.nodes, self.story.numbers
        shape = nodes[step.node].shape
        read = [(step.after, shape), (Quantity("value", step.node), shape)]
        for edge in edges:
            read += [(Quantity(kind, edge.parent), nodes[edge.parent].shape) for kind in ("value", "tangent")]
            read += [(Quantity("local", edge.child, edge.argument), shape)] if has_local(edge) else []
        if not all(is_real(self.story, *one) for one in read):
            return None
        is_large = not all(is_small(self.story, *one) for one in read)
        choices: list[tuple[tuple[float, float], Place, list[tuple[Edge, Summand]]]] = []
        for place in tried(shape):
            products = [(edge, one) for edge in edges for one in pushed(self.story, edge, place)]
            rank = dull([one for _, one in products], entry_at(step.after, place), numbers, is_large=is_large)
            if rank is not None and not (is_large and self._is_given_away(place, products)):
                same = all(one.at == place for _, one in products) and any(is_moved(edge) for edge, _ in products)
                choices.append(((rank[0] + same, rank[1]), place, products))
        if not choices:
            return None
        _, place, products = min(choices, key=lambda one: one[0])
        if len(products) > 1:
            return self._gathered(step, place, products, is_large=is_large)
        ask = self._taken if is_moved(products[0][0]) else self._entry_along
        return ask(step, place, *products[0], is_large=is_large)

    def _is_given_away(self, place: Place, products: Sequence[tuple[Edge, Summand]]) -> bool:
        """Whether an entry of a large array cannot be asked, since the numbers that are said would be the answer."""
        if len(products) > 1:
            return not all(self.names.has_names(edge) for edge, _ in products)
        ((edge, one),) = products
        numbers = self.story.numbers
        if is_moved(edge):  # it is found between two numbers
            same = self._same_place(edge, place)
            return same is None or number_of(same, numbers) == number_of(one.arriving, numbers)
        return not {0, 1}.isdisjoint(abs(number_of(factor, numbers)) for factor in (one.arriving, one.local))

    def _same_place(self, edge: Edge, place: Place) -> Entry | None:
        """Return the entry of the operand that stands where an entry of the node does, if any does."""
        shape = self.story.nodes[edge.parent].shape
        stands = place and len(shape) == len(place) and all(i < size for i, size in zip(place, shape, strict=True))
        return Entry(Quantity("tangent", edge.parent), place) if stands else None

    def _moves(self, step: Step, place: Place, edges: Sequence[Edge]) -> dict[str, Fragment | tuple[Fragment, ...]]:
        """Return what an entry of a node is called, and its tangent."""
        card = self.story.nodes[step.node]
        dot = card.dot or card.bar
        return {
            "whole": (" an entry of" if place else "",),
            "moves": entry(dot, place),
            "target": entry(card.symbol, place),
            "node": card.symbol,
            "short": card.short,
            "constants": self.names.constants(edges),
        }

    def _asked_of_entry(self, question: Question, step: Step, place: Place, own: Mapping[str, Source]) -> Question:
        """Return a question for an entry: its lead, its own numbers, and what comes together in it."""
        card = self.story.nodes[step.node]
        keys = {name: Quantity("slip", step.index, OWN + k) for k, name in enumerate(own)}
        lead = Formula(row(entry(card.dot or card.bar, place).symbol, " ="))
        return replace(question, asked=keys["right"], lead=lead, entries={keys[name]: own[name] for name in own})

    def _taken(self, step: Step, place: Place, edge: Edge, product: Summand, *, is_large: bool) -> Question:
        """Ask for an entry that is one of an operand."""
        parent = self.story.nodes[edge.parent]
        dot = parent.dot or parent.bar
        right = entry_at(step.after, place)
        sources: dict[str, Source] = {"value": entry_at(Quantity("value", step.node), place), "right": right}
        same = self._same_place(edge, place)
        if same is not None and place != product.at:
            sources["place"] = same
        facts = self._moves(step, place, [edge]) | {"parent": parent.symbol, "placed": entry(dot, place)}
        keys = tuple(Quantity("slip", step.index, OWN + k) for k in range(3))
        own: dict[str, Source] = {"right": right, "arriving": product.arriving}
        if is_large and same is not None:
            own["same"] = same
            both = sorted([(product.at, keys[1]), (place, keys[2])])
            facts |= {"constants": known_numbers((entry(dot, at), number) for at, number in both)}
        question = pose(step, _MOVES, TAKEN, sources, facts, keys[:2])
        return self._asked_of_entry(question, step, place, own)

    def _entry_along(self, step: Step, place: Place, edge: Edge, product: Summand, *, is_large: bool) -> Question:
        """Ask for an entry that moves with one entry of an operand."""
        parent, right = self.story.nodes[edge.parent], entry_at(step.after, place)
        sources: dict[str, Source] = {
            "arriving": product.arriving,
            "local": product.local,
            "value": entry_at(Quantity("value", step.node), place),
            "operand": entry_at(Quantity("value", edge.parent), product.at),
            "right": right,
        }
        own: dict[str, Source] = {name: sources[name] for name in ("right", "arriving", "local")}
        keys = {name: Quantity("slip", step.index, OWN + k) for k, name in enumerate(own)}
        moves = self._moves(step, place, [edge])
        facts = moves | {
            "arrives": entry(parent.dot or parent.bar, product.at),
            "arriving": keys["arriving"],
            "child": moves["target"],
            "parent": entry(parent.symbol, product.at),
            "gradient": self.names.gradient(edge, product._replace(at=place), product.at),
            "local": keys["local"] if has_local(edge) or is_product(edge) else self.names.literal(edge),
            "marked": marked_by(edge),
        }
        if is_large:
            facts |= {"constants": factors_of(facts)}
        question = pose(step, _MOVES, ALONG, sources, facts, (keys["arriving"],))
        return self._asked_of_entry(question, step, place, own)

    def _gathered(
        self, step: Step, place: Place, products: Sequence[tuple[Edge, Summand]], *, is_large: bool
    ) -> Question:
        """Ask for an entry that moves with several."""
        terms = tuple((one.arriving, one.local) for _, one in products)
        right = entry_at(step.after, place)
        sources: dict[str, Source] = {
            "right": right,
            "value": entry_at(Quantity("value", step.node), place),
            "count": float(len(products)),
            "first": terms[:1],
            "arriving": tuple((came,) for came, _ in terms),
        }
        if not all(isinstance(one.local, float) and not is_product(edge) for edge, one in products):
            sources["locals"] = tuple((local,) for _, local in terms)
        if all(one.turned is not None for _, one in products) and len({edge.argument for edge, _ in products}) == 1:
            sources["turned"] = tuple((one.arriving, one.turned) for _, one in products if one.turned is not None)
        names = [self.names.dot_entry(edge, one) for edge, one in products]
        named = [Term(term, name) for term, name in zip(terms, names, strict=True)]
        misses = dict.fromkeys(range(len(products)) if 1 < len(products) <= 4 else (), "with")
        own: dict[str, Source] = {"right": right}
        own |= {f"part {k}": (term,) for k, term in enumerate(terms)}
        own |= {f"came {k}": came for k, (came, _) in enumerate(terms)}
        said = [is_large and one.met is not None for _, one in products]
        own |= {
            f"by {k}": local for k, (_, local) in enumerate(terms) if said[k] or isinstance(local, Entry) or local != 1
        }
        keys = {name: Quantity("slip", step.index, OWN + k) for k, name in enumerate(own)}
        written = [
            (keys[f"came {k}"], " · ", keys[f"by {k}"]) if f"by {k}" in keys else (keys[f"came {k}"],)
            for k in range(len(terms))
        ]
        facts = self._moves(step, place, [edge for edge, _ in products]) | {
            "parts": tuple(
                listed(
                    [
                        self.names.written(edge, self.names.dot_entry(edge, one), one._replace(at=place))
                        for edge, one in products
                    ]
                )
            ),
            "numbers": tuple(listed(written)),
            "count": str(len(products)),
            "other": Formula(self.names.other(products[0][0])) if "turned" in sources else "",
        }
        if is_large:
            read = [(edge, one._replace(at=place), called) for (edge, one), called in zip(products, names, strict=True)]
            came = [keys[f"came {k}"] for k in range(len(terms))]
            by = {k: keys[f"by {k}"] for k in range(len(terms)) if f"by {k}" in keys}
            facts |= {"constants": self.names.factors_known(read, came, by)}
        reads = tuple(keys[f"part {k}"] for k in range(len(terms)))
        question = pose(step, _MOVES, GATHERING, sources, facts, reads, named, misses)
        return self._asked_of_entry(question, step, place, own)
