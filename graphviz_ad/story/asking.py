"""Ask a learner for the next number of a story: at which steps, for which number or entry.

Asked is for what goes along an edge, and for the sum wherever a second part comes to a first. Of a small array one
named entry is asked, wherever it is a sum of a few products or only moves; other steps between arrays are told and not
asked.

Examples
--------
>>> import numpy as np
>>> from graphviz_ad.story.telling import tell
>>> from graphviz_ad.tracing import trace
>>> story = tell(trace(lambda x: np.exp(np.sin(x)), 0.0))
>>> for question in questions(story):
...     print(question)
What does exp v₁ send back to v₁?
What does sin x send back to x?
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np

from graphviz_ad.errors import InputError, check_flag
from graphviz_ad.formulas.formula import Formula
from graphviz_ad.formulas.symbols import Symbol, factor, name, number, partial_derivative, row, words
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.numerals.writing import static
from graphviz_ad.story.levels import Fragment
from graphviz_ad.story.quiz import Question, Source, Term, edges_of, pose
from graphviz_ad.story.remarks import may_have_corner
from graphviz_ad.story.sentences import listed, through
from graphviz_ad.story.slips import ADDING, ALONG, GATHERING, MEETING, MOVED, MOVING, TAKEN, Facts, filled
from graphviz_ad.story.steps import Card, Edge, Step, Story
from graphviz_ad.story.summands import Entry, Factor, Place, Summand, entry_at, is_moved, number_of, pushed, summands

__all__ = ["check_quiz", "questions"]

_SENT = "What does {way} send back to {target}?{constants}"
_MOVES = "What is {moves},{whole} the tangent of {node}?{constants}"
_MOST_ENTRIES = 12  # of an array of which one is asked: 3 x 4
_MOST_TRIED = 48  # entries of a large array among which one is chosen
_MOST_SUMMANDS = 6  # that one adds in one's head
_OWN = 64  # from here on the numbers that a question has besides its slips


def check_quiz(quiz: object, who: str, mode: str = "reverse") -> bool:
    """Return whether a learner is asked; in one mode only, since each mode has the answers of the other.

    Raises
    ------
    InputError

    Examples
    --------
    >>> check_quiz("yes", "film")
    Traceback (most recent call last):
        ...
    graphviz_ad.errors.InputError: film: quiz must be True or False, got 'yes'
    """
    if check_flag("quiz", quiz, who) and mode == "both":
        raise InputError(
            f"{who}: a quiz asks in one mode, since each has the answers of the other: use reverse or forward"
        )
    return bool(quiz)


def questions(story: Story) -> tuple[Question, ...]:
    """Return what is asked in a story, in the order of its steps.

    Parameters
    ----------
    story : Story
        Of either mode.
    """
    return tuple(_Asker(story).questions())


class _Asker:
    """Looks for questions in a story."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.edges = {(edge.child, edge.argument): edge for edge in story.edges}
        self.shares = Counter(step.node for step in story.steps if step.kind == "accumulate")
        self.is_large = False  # whether the arrays of the step in hand are too large to be read
        self.came: dict[int, list[Edge]] = {}  # along which edges each node has received something so far

    def questions(self) -> Iterator[Question]:
        """Go through the steps."""
        ask = {"local": self._along, "accumulate": self._meeting, "push": self._pushed}
        for step in self.story.steps:
            question = ask[step.kind](step) if step.kind in ask else None
            if question is not None:
                yield self._marked(question, step)

    def _marked(self, question: Question, step: Step) -> Question:
        """Return a question with the number that says where several slopes fit, if there may be such places."""
        edges = () if step.kind == "accumulate" else edges_of(self.story, step.index)
        if not any(may_have_corner(self.story.nodes[edge.child].primitive) for edge in edges):
            return question
        return replace(question, several=Quantity("slip", step.index, len(question.slips)))

    def _is_number(self, key: Quantity) -> bool:
        value = self.story.numbers[key]
        return np.ndim(value) == 0 and not np.iscomplexobj(value)

    def _is_small(self, key: Quantity, shape: tuple[int, ...]) -> bool:
        """Whether it is a real array of a shape, small enough to be read."""
        return self._is_real(key, shape) and math.prod(shape) <= _MOST_ENTRIES

    def _is_real(self, key: Quantity, shape: tuple[int, ...]) -> bool:
        value = self.story.numbers.get(key)
        return value is not None and np.shape(value) == shape and len(shape) <= 2 and not np.iscomplexobj(value)

    def _facts(self, edge: Edge, target: int, arriving: Quantity) -> dict[str, Fragment | tuple[Fragment, ...]]:
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
            "way": self._way(edge),
            "gradient": edge.gradient if edge.kind == "local" else _slope_of(child, parent.symbol),
            "local": Quantity("local", edge.child, edge.argument) if edge.kind == "local" else edge.gradient,
            "marked": _AT_THE_SOCKET,
            "target": aim.symbol,
            "sum": aim.bar,
            "constants": (),
        }

    def _way(self, edge: Edge) -> tuple[Fragment, ...]:
        """Return through what a part comes: a node, or one of two uses in it."""
        return through(self.story.nodes[edge.child], self.story.nodes[edge.parent], edge.use)

    def _along(self, step: Step) -> Question | None:
        """Ask what goes back along an edge: a number, or one entry."""
        assert step.edge is not None
        edge, came = self.edges[step.edge], self.came.setdefault(step.node, [])
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
        read += [(Quantity("local", edge.child, edge.argument), child)] if _has_local(edge) else []
        if not all(self._is_real(*one) for one in read):
            return None
        self.is_large = not all(self._is_small(*one) for one in read)
        choices = [(self._rank(edge, step, place), place) for place in islice(np.ndindex(*shape), _MOST_TRIED)]
        known = [
            (rank, place)
            for rank, place in choices
            if rank is not None and not (self.is_large and self._is_given_away(edge, place))
        ]
        return min(known, key=lambda one: one[0])[1] if known else None

    def _is_given_away(self, edge: Edge, place: Place) -> bool:
        """Whether an entry of a large array cannot be asked, since its factors, which are said, would be the answer."""
        products = summands(self.story, edge, place)
        if len(products) > 1 or is_moved(edge):
            return True
        factors = [abs(number_of(one, self.story.numbers)) for one in (products[0].arriving, products[0].local)]
        return bool(self.story.nodes[edge.child].shape) and not {0, 1}.isdisjoint(factors)

    def _rank(self, edge: Edge, step: Step, place: Place) -> tuple[float, float] | None:
        """Return how little an entry tells; one that moves says little where the same comes to its own place."""
        right, numbers = entry_at(step.after, place), self.story.numbers
        rank = _dull(summands(self.story, edge, place), right, numbers)
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
            return pose(step, _SENT, ALONG, sources, self._facts(edge, step.node, arrives), (arrives,))
        own = {name: Quantity("slip", step.index, _OWN + k) for k, name in enumerate(("right", "arriving", "local"))}
        if _is_spread(edge) and child.primitive != "mean":
            sources["count"] = float(math.prod(parent.shape))
        facts = self._named(edge, place) | {
            "arrives": _entry(child.bar, product.at),
            "arriving": own["arriving"],
            "child": _entry(child.symbol, product.at),
            "parent": _entry(parent.symbol, place),
            "gradient": self._gradient(edge, product, place),
            "local": own["local"] if _has_local(edge) or _is_product(edge) else self._literal(edge),
            "marked": self._marked_by(edge),
        }
        if self.is_large and child.shape:
            facts |= {"constants": self._factors_of(facts)}
        question = pose(step, _SENT, ALONG, sources, facts, (own["arriving"],))
        entries = {key: sources[name] for name, key in own.items()}
        return replace(question, asked=own["right"], lead=self._lead(edge, step, place, product.at), entries=entries)

    def _factors_of(self, facts: Facts) -> tuple[Fragment, ...]:
        """Return what one has to know of an entry of a large array, whose numbers cannot be read in the picture."""
        return filled(" There {arrives} is {arriving}, and the local gradient is {local}.", facts)

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
        if child.shape:
            sources["everything"] = tuple(
                (Entry(Quantity("adjoint", edge.child), at),) for at in np.ndindex(*child.shape)
            )
        facts = self._named(edge, place) | {
            "arrives": child.bar,
            "child": child.symbol,
            "placed": _entry(child.bar, place),
            "way": child.symbol,
        }
        right, arriving = (Quantity("slip", step.index, _OWN + k) for k in range(2))
        question = pose(step, _SENT, MOVED, sources, facts, (right, arriving))
        lead = Formula(row(_entry(parent.bar, place).symbol, " +=" if self.shares[step.node] else " ="))
        entries: dict[Quantity, Source] = {right: sources["right"], arriving: product.arriving}
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
        if not all(isinstance(one.local, float) and not _is_product(edge) for one in products):
            sources["locals"] = tuple((one.local,) for one in products)
        everywhere = list(np.ndindex(*child.shape))
        if len(everywhere) > len(products) and "locals" not in sources:
            sources["everything"] = tuple((Entry(Quantity("adjoint", edge.child), at),) for at in everywhere)
        turned = [(one.arriving, one.turned) for one in products if one.turned is not None]
        if turned:
            sources["turned"] = tuple(turned)
        if len(place) == 2 and place[0] != place[1] and self._has(edge.parent, place[::-1]):
            sources["across"] = Entry(step.after, place[::-1])
        misses = dict.fromkeys(range(len(products)) if 2 < len(products) <= 4 else (), "with")
        named = [Term(term, _entry(child.bar, one.at)) for term, one in zip(terms, products, strict=True)]
        own = Quantity("slip", step.index, _OWN)
        parts = {Quantity("slip", step.index, _OWN + 1 + k): (term,) for k, term in enumerate(terms)}
        first = _OWN + 1 + len(products)
        arriving = {Quantity("slip", step.index, first + k): one.arriving for k, one in enumerate(products)}
        first += len(products)
        local = {
            Quantity("slip", step.index, first + k): one.local
            for k, one in enumerate(products)
            if isinstance(one.local, Entry) or one.local != 1
        }
        facts = self._named(edge, place) | {
            "arrives": child.bar,
            "parts": tuple(listed([self._written_out(edge, one) for one in products])),
            "numbers": tuple(
                listed(
                    [(came, " · ", by) for came, by in zip(arriving, local, strict=True)]
                    if local
                    else [(came,) for came in arriving]
                )
            ),
            "uses": f"{len(products)} entries of ",
            "child": child.symbol,
            "other": Formula(self._other(edge)) if _is_product(edge) else child.symbol,
            "swapped": _entry(self.story.nodes[edge.parent].bar, place[::-1]),
            "count": str(len(products)),
        }
        question = pose(step, _SENT, ADDING, sources, facts, tuple(parts), named, misses)
        entries: dict[Quantity, Source] = {own: sources["right"], **parts, **arriving, **local}
        return replace(question, asked=own, lead=self._lead(edge, step, place, ()), entries=entries)

    def _has(self, node: int, place: Place) -> bool:
        return all(i < size for i, size in zip(place, self.story.nodes[node].shape, strict=True))

    def _named(self, edge: Edge, place: Place) -> dict[str, Fragment | tuple[Fragment, ...]]:
        """Return what an entry of the parent is called, and what it comes through."""
        parent = self.story.nodes[edge.parent]
        short = self.story.nodes[edge.child].short
        aim = {"target": _entry(parent.symbol, place), "sum": _entry(parent.bar, place)}
        return {**aim, "short": short, "way": self._way(edge), "constants": self._constants([edge])}

    def _constants(self, edges: Sequence[Edge]) -> tuple[Fragment, ...]:
        """Return what one has to know of constants, of which the picture has no numbers."""
        known = {
            name: value
            for edge in edges
            for name, value in self.story.nodes[edge.child].constants
            if name != "constant" and np.ndim(value) <= 2 and np.size(value) <= _MOST_ENTRIES
            if _is_product(edge) or (_has_local(edge) and np.ndim(value) == 2)
            if not np.iscomplexobj(value)
        }
        return tuple(f" {name} is {_written(value)}." for name, value in known.items())

    def _other(self, edge: Edge) -> Symbol:
        """Return the other factor of a matrix product."""
        others = [one.parent for one in self.story.edges if one.child == edge.child and one.argument != edge.argument]
        if others:
            return self.story.nodes[others[0]].symbol.symbol
        return name(self.story.nodes[edge.child].constants[0][0])

    def _gradient(self, edge: Edge, product: Summand, place: Place) -> tuple[Fragment, ...]:
        """Return the local gradient of an entry in the names of the picture; in words where it is a plain number."""
        factor = self._factor(edge, product)
        if factor is not None:
            return (factor,)
        child, parent = self.story.nodes[edge.child], self.story.nodes[edge.parent]
        return _slope_of(child, _entry(parent.symbol, place))

    def _factor(self, edge: Edge, product: Summand) -> Formula | None:
        """Return the local gradient of an entry in the names of the picture, where it has some there."""
        if product.met is not None:
            return _entry(Formula(self._other(edge)), product.met)
        if not _has_local(edge) or edge.gradient is None or edge.gradient.symbol.head == "vector":
            return None
        return _entry(edge.gradient, product.at) if edge.gradient.symbol.head == "name" else edge.gradient

    def _written_out(self, edge: Edge, product: Summand) -> tuple[Fragment, ...]:
        """Return a product of a sum in the names of the picture."""
        return self._written(edge, _entry(self.story.nodes[edge.child].bar, product.at), product)

    def _written(self, edge: Edge, comes: Formula, product: Summand) -> tuple[Fragment, ...]:
        if product.local == 1 and product.met is None:
            return (comes,)
        by = self._factor(edge, product)
        literal = number(float(number_of(product.local, self.story.numbers)))
        symbol = literal if by is None else by.symbol
        times = row(" · ", symbol) if symbol.head == "row" else row(" ", factor("·", symbol))
        return (Formula(row(comes.symbol, times)),)

    def _lead(self, edge: Edge, step: Step, place: Place, at: Place) -> Formula:
        """Return what is to be worked out of an entry: the whole adjoint, or one of its parts."""
        child, parent = self.story.nodes[edge.child], self.story.nodes[edge.parent]
        slope = partial_derivative(_entry(child.symbol, at).symbol, _entry(parent.symbol, place).symbol, edge.use)
        part = row("" if at or not child.shape else "Σ ", _entry(child.bar, at).symbol, " · ", slope, " =")
        whole = () if self.shares[step.node] else (_entry(parent.bar, place).symbol, " = ")
        return Formula(row(*whole, part))

    def _literal(self, edge: Edge) -> Formula:
        """Return a local gradient that is a plain number."""
        if edge.gradient is not None:
            return edge.gradient
        count = math.prod(self.story.nodes[edge.parent].shape) // math.prod(self.story.nodes[edge.child].shape)
        return Formula(words(f"1/{count}") if self.story.nodes[edge.child].primitive == "mean" else number(1.0))

    def _marked_by(self, edge: Edge) -> str:
        """Return where the local gradient stands."""
        if _is_product(edge) and edge.kind == "rule":
            return "the number that it meets in the product"
        return "the same for each of its numbers" if _is_spread(edge) else _AT_THE_SOCKET

    def _among(self, step: Step, edge: Edge, place: Place) -> dict[str, Source]:
        """Return the numbers that others of the parts of a sum lead to."""
        of, before = self.shares[step.node], len(self.came[step.node])
        twins = [one for one in self.story.edges if (one.child, one.parent) == (edge.child, edge.parent)]
        numbers: dict[str, Source] = {"total": entry_at(Quantity("adjoint", step.node), place)} if of else {}
        if 0 < before < of - 1:
            numbers["before"] = entry_at(Quantity("partial", step.node, before), place)
        if 1 < len(twins) < of:
            sent = [entry_at(Quantity("contribution", one.child, one.argument), place) for one in twins]
            numbers["uses"] = tuple((one,) for one in sent)
        return numbers

    def _meeting(self, step: Step) -> Question | None:
        """Ask for the sum, where a part comes to what was there before."""
        assert step.edge is not None
        came, count, of = self.came[step.node], step.after.argument, self.shares[step.node]
        target = self.story.nodes[step.node]
        parts = [Quantity("contribution", edge.child, edge.argument) for edge in came]
        total = Quantity("adjoint", step.node)
        if step.before is None:
            return None
        if not all(self._is_small(key, target.shape) for key in (step.after, step.before, *parts)):
            return None
        place = self._telling(step.before, parts[-1], target.shape)
        sources: dict[str, Source] = {
            "before": entry_at(step.before, place),
            "part": entry_at(parts[-1], place),
            "right": entry_at(step.after, place),
            "count": float(count),
            **({"total": entry_at(total, place)} if count < of else {}),
        }
        shorts = [self.story.nodes[edge.child].short for edge in came]
        own = {name: Quantity("slip", step.index, _OWN + k) for k, name in enumerate(("right", "before", "part"))}
        read = own if place else {"right": step.after, "before": step.before, "part": parts[-1]}
        facts: dict[str, Fragment | tuple[Fragment, ...]] = {
            "sum": _entry(target.bar, place),
            "target": _entry(target.symbol, place),
            "way": self._way(came[-1]),
            "before": read["before"],
            "part": read["part"],
            "counted": str(count),
            "of": str(of),
        }
        text = "What is {sum} with {counted} of its {of} parts in?"
        if count == of:
            text = f"What is {{sum}}, now that {'both parts' if of == 2 else f'all {of} parts'} are in?"
        terms = [Term((entry_at(part, place),), short) for part, short in zip(parts, shorts, strict=True)]
        # Without the last there is what was there before; without the first of two, the other alone.
        misses = dict.fromkeys(range(count - 1), "through") if count > 2 else {}
        question = pose(step, text, MEETING, sources, facts, (read["before"], read["part"]), terms, misses)
        entries = {key: sources[name] for name, key in own.items()}
        lead = Formula(row(_entry(target.bar, place).symbol, " ="))
        return replace(question, asked=own["right"], lead=lead, entries=entries) if place else question

    def _telling(self, before: Quantity, part: Quantity, shape: tuple[int, ...]) -> Place:
        """Return the entry whose sum tells most: of two numbers that are not 0, and large."""
        old, new = (self.story.numbers[key] for key in (before, part))
        return max(
            np.ndindex(*shape),
            key=lambda at: (bool(old[at]) + bool(new[at]), np.nan_to_num(abs(new[at]), nan=-1.0)) if at else 0,
        )

    def _factors(self, edge: Edge, tangent: Quantity) -> tuple[Factor, ...]:
        """Return the two numbers that are multiplied on an edge; nothing where these are no single real numbers."""
        products = summands(self.story, edge) if not self.story.nodes[edge.parent].shape else ()
        read = [tangent, Quantity("value", edge.child), Quantity("value", edge.parent)]
        read += [product.local for product in products if isinstance(product.local, Quantity)]
        single = len(products) == 1 and all(map(self._is_number, read))
        return (tangent, products[0].local) if single else ()

    def _product(self, edge: Edge, tangent: Quantity, right: Quantity) -> dict[str, Source]:
        """Return the numbers of a product along an edge."""
        arriving, local = self._factors(edge, tangent)
        values = {"value": Quantity("value", edge.child), "operand": Quantity("value", edge.parent)}
        return {"arriving": arriving, "local": local, **values, "right": right}

    def _pushed(self, step: Step) -> Question | None:
        """Ask how fast a node moves."""
        edges = [edge for edge in self.story.edges if edge.child == step.node and edge.kind != "cut"]
        tangents = tuple(Quantity("tangent", edge.parent) for edge in edges)
        factors = [self._factors(edge, tangent) for edge, tangent in zip(edges, tangents, strict=True)]
        card, text = self.story.nodes[step.node], "What is {moves}, the tangent of {child}?"
        if not all(factors) or not self._is_number(step.after):
            return self._pushed_entry(step, edges)
        moves: dict[str, Fragment] = {"moves": card.dot or card.bar, "child": card.symbol, "short": card.short}
        if len(edges) == 1:
            facts = self._facts(edges[0], step.node, tangents[0]) | moves
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
            read += [(Quantity("local", edge.child, edge.argument), shape)] if _has_local(edge) else []
        if not all(self._is_small(*one) for one in read):
            return None
        choices: list[tuple[tuple[float, float], Place, list[tuple[Edge, Summand]]]] = []
        for place in np.ndindex(*shape):
            products = [(edge, one) for edge in edges for one in pushed(self.story, edge, place)]
            rank = _dull([one for _, one in products], entry_at(step.after, place), numbers)
            if rank is not None:
                same = all(one.at == place for _, one in products) and any(is_moved(edge) for edge, _ in products)
                choices.append(((rank[0] + same, rank[1]), place, products))
        if not choices:
            return None
        _, place, products = min(choices, key=lambda one: one[0])
        if len(products) > 1:
            return self._gathered(step, place, products)
        ask = self._taken if is_moved(products[0][0]) else self._entry_along
        return ask(step, place, *products[0])

    def _moves(self, step: Step, place: Place, edges: Sequence[Edge]) -> dict[str, Fragment | tuple[Fragment, ...]]:
        """Return what an entry of a node is called, and its tangent."""
        card = self.story.nodes[step.node]
        dot = card.dot or card.bar
        return {
            "whole": (" an entry of" if place else "",),
            "moves": _entry(dot, place),
            "target": _entry(card.symbol, place),
            "node": card.symbol,
            "short": card.short,
            "constants": self._constants(edges),
        }

    def _asked_of_entry(self, question: Question, step: Step, place: Place, own: Mapping[str, Source]) -> Question:
        """Return a question for an entry: its lead, its own numbers, and what comes together in it."""
        card = self.story.nodes[step.node]
        keys = {name: Quantity("slip", step.index, _OWN + k) for k, name in enumerate(own)}
        lead = Formula(row(_entry(card.dot or card.bar, place).symbol, " ="))
        return replace(question, asked=keys["right"], lead=lead, entries={keys[name]: own[name] for name in own})

    def _taken(self, step: Step, place: Place, edge: Edge, product: Summand) -> Question:
        """Ask for an entry that is one of an operand."""
        parent = self.story.nodes[edge.parent]
        dot = parent.dot or parent.bar
        right = entry_at(step.after, place)
        sources: dict[str, Source] = {"value": entry_at(Quantity("value", step.node), place), "right": right}
        stands = len(parent.shape) == len(place) and all(i < n for i, n in zip(place, parent.shape, strict=True))
        if place and stands and place != product.at:
            sources["place"] = Entry(Quantity("tangent", edge.parent), place)
        facts = self._moves(step, place, [edge]) | {"parent": parent.symbol, "placed": _entry(dot, place)}
        keys = tuple(Quantity("slip", step.index, _OWN + k) for k in range(2))
        question = pose(step, _MOVES, TAKEN, sources, facts, keys)
        return self._asked_of_entry(question, step, place, {"right": right, "arriving": product.arriving})

    def _entry_along(self, step: Step, place: Place, edge: Edge, product: Summand) -> Question:
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
        keys = {name: Quantity("slip", step.index, _OWN + k) for k, name in enumerate(own)}
        moves = self._moves(step, place, [edge])
        facts = moves | {
            "arrives": _entry(parent.dot or parent.bar, product.at),
            "arriving": keys["arriving"],
            "child": moves["target"],
            "parent": _entry(parent.symbol, product.at),
            "gradient": self._gradient(edge, product._replace(at=place), product.at),
            "local": keys["local"] if _has_local(edge) or _is_product(edge) else self._literal(edge),
            "marked": self._marked_by(edge),
        }
        question = pose(step, _MOVES, ALONG, sources, facts, (keys["arriving"],))
        return self._asked_of_entry(question, step, place, own)

    def _gathered(self, step: Step, place: Place, products: Sequence[tuple[Edge, Summand]]) -> Question:
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
        if not all(isinstance(one.local, float) and not _is_product(edge) for edge, one in products):
            sources["locals"] = tuple((local,) for _, local in terms)
        if all(one.turned is not None for _, one in products) and len({edge.argument for edge, _ in products}) == 1:
            sources["turned"] = tuple((one.arriving, one.turned) for _, one in products if one.turned is not None)
        names = [self._dot_entry(edge, one) for edge, one in products]
        named = [Term(term, name) for term, name in zip(terms, names, strict=True)]
        misses = dict.fromkeys(range(len(products)) if 1 < len(products) <= 4 else (), "with")
        own: dict[str, Source] = {"right": right}
        own |= {f"part {k}": (term,) for k, term in enumerate(terms)}
        own |= {f"came {k}": came for k, (came, _) in enumerate(terms)}
        own |= {f"by {k}": local for k, (_, local) in enumerate(terms) if isinstance(local, Entry) or local != 1}
        keys = {name: Quantity("slip", step.index, _OWN + k) for k, name in enumerate(own)}
        written = [
            (keys[f"came {k}"], " · ", keys[f"by {k}"]) if f"by {k}" in keys else (keys[f"came {k}"],)
            for k in range(len(terms))
        ]
        facts = self._moves(step, place, [edge for edge, _ in products]) | {
            "parts": tuple(
                listed(
                    [self._written(edge, self._dot_entry(edge, one), one._replace(at=place)) for edge, one in products]
                )
            ),
            "numbers": tuple(listed(written)),
            "count": str(len(products)),
            "other": Formula(self._other(products[0][0])) if "turned" in sources else "",
        }
        reads = tuple(keys[f"part {k}"] for k in range(len(terms)))
        question = pose(step, _MOVES, GATHERING, sources, facts, reads, named, misses)
        return self._asked_of_entry(question, step, place, own)

    def _dot_entry(self, edge: Edge, product: Summand) -> Formula:
        """Return what the tangent of an entry of an operand is called."""
        parent = self.story.nodes[edge.parent]
        return _entry(parent.dot or parent.bar, product.at)


def _dull(products: Sequence[Summand], right: Factor, numbers: Mapping[Quantity, Any]) -> tuple[float, float] | None:
    """Return how little an entry tells: how many of its factors are 0, 1 or −1, then how small it is."""
    if not 0 < len(products) <= _MOST_SUMMANDS:
        return None
    factors = np.array([[number_of(f, numbers) for f in (one.arriving, one.local)] for one in products])
    known = number_of(right, numbers)
    with np.errstate(all="ignore"):
        total = factors.prod(axis=1).sum()
    # A sum of products that is not what goes along would be a wrong truth.
    if np.isfinite(known) and not np.isclose(total, known, rtol=1e-5, atol=1e-9 * np.abs(factors).max()):
        return None
    return float(np.isin(np.abs(factors), (0, 1)).mean()), -float(np.nan_to_num(np.abs(known), nan=-1.0))


def _entry(formula: Formula, place: Place) -> Formula:
    """Return what an entry is called: ``x[2]``."""
    return Formula(row(formula.symbol, words(f"[{', '.join(map(str, place))}]"))) if place else formula


def _written(value: Any) -> str:
    """Return the numbers of an array, as a sentence has them."""
    return f"[{' '.join(map(_written, value))}]" if np.ndim(value) else static(float(value))


def _slope_of(child: Card, parent: Formula) -> tuple[Fragment, ...]:
    """Return a slope in words, where the number itself would be the answer."""
    return ("the slope of ", child.short, " by ", parent)


def _has_local(edge: Edge) -> bool:
    """Whether the local gradient of an edge is an array of numbers, in its socket."""
    return edge.kind == "local" and not _is_product(edge)


def _is_product(edge: Edge) -> bool:
    return edge.entries is not None and edge.entries.kind == "product"


def _is_spread(edge: Edge) -> bool:
    return edge.entries is not None and edge.entries.kind == "adds"


_AT_THE_SOCKET = "the number at the marked ×"
