"""Tell forward mode: the inputs move, and every node that depends on one moves with them.

Where the way back adds up at a fan-out, the way forward adds up at a node with several operands: a push is one step a
node, and its parts are the parts of that sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.engine.forward import ForwardSweep
from graphviz_ad.engine.lazily import lazily
from graphviz_ad.engine.notation import MatrixProduct
from graphviz_ad.engine.recording import Recording
from graphviz_ad.engine.variable import DETACH, Variable
from graphviz_ad.formulas.formula import Formula
from graphviz_ad.formulas.symbols import Symbol, factor, number, operation, row, slot, words
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.labels import EdgeLabel, edge_gradient, edge_label, local_formula, together
from graphviz_ad.story.levels import Fragment, Telling
from graphviz_ad.story.naming import plain_symbol, with_operands
from graphviz_ad.story.parts import arriving, keeps_real_part
from graphviz_ad.story.reasons import reason, rule_name
from graphviz_ad.story.seeding import push_of
from graphviz_ad.story.sentences import aside, equals, listed, meaning, use_of, valued
from graphviz_ad.story.steps import Card, Edge
from graphviz_ad.story.telling import NAMED, NodeSymbols, Teller

__all__ = ["Pusher"]


class _Term(NamedTuple):
    """A summand of a node's tangent.

    Attributes
    ----------
    edges : tuple of Edge
        Along which it comes: one, or several where the operands go through a function together.
    said, plainly : tuple
        What a sentence says of it, after the sign: with names, and in full words.
    sign : str
        ``"plus"`` or ``"minus"``.
    names : tuple of int
        The nodes whose tangents stand in `said` by name, and still have to be told.
    stages : dict of str to Symbol
        What it is in each line of the formula.
    """

    edges: tuple[Edge, ...]
    said: tuple[Fragment, ...]
    plainly: tuple[Fragment, ...]
    sign: str
    names: tuple[int, ...]
    stages: Mapping[str, Symbol]


class Pusher(Teller):
    """Collects the story of forward mode.

    Parameters
    ----------
    trace : Recording
    tangents : array_like, tuple or dict, optional
        Which way the inputs move; see `Recording.forward`.
    """

    mode = "forward"
    _DETACHED = ": it does not move with it."
    _CONSTANT = ": it depends on no input, so it does not move."

    def __init__(self, trace: Recording, tangents: Any = None) -> None:
        self.tangents = tangents
        super().__init__(trace)
        self._dots = NodeSymbols(self, dot=True)

    def _swept(self) -> ForwardSweep:
        self.pushed = push_of(self.trace, self.tangents)
        return self.pushed

    def _live(self) -> set[int]:
        """Return the positions of the nodes that move."""
        return {i for i, node in enumerate(self.variables) if self.pushed.tangent(node) is not None}

    def card(self, i: int) -> Card:
        """Return one node as the story shows it."""
        return replace(super().card(i), dot=Formula(self._dot(i)))

    def _reached(self, i: int) -> bool:
        return i in self.live

    def _dot(self, i: int) -> Symbol:
        return self._dots[self.variables[i].index]

    def _label(self, node: Variable, argument: int) -> EdgeLabel:
        primitive = node.primitive
        assert primitive is not None
        if primitive is DETACH or not flows(node, argument):
            return edge_label(node, argument, self.symbols, self.constants)._replace(kind="cut")
        if primitive.elementwise:
            gradient = local_formula(node, argument, self.symbols, self.constants)
            literal = gradient.head == "number"
            label = factor("⊙" if node.shape and not literal else "×", gradient)
            return EdgeLabel(Formula(label), "literal" if literal else "local", gradient)
        if not together(node, argument):
            return EdgeLabel(Formula(words(primitive.name)), "rule")
        if isinstance(primitive.notation, MatrixProduct):
            other = self._symbol_of(node, 1 - argument)
            return EdgeLabel(Formula(row("· ", other) if argument == 0 else row(other, " ·")), "linear")
        return EdgeLabel(Formula(self._alone(node, argument)), "linear")

    def _alone(self, node: Variable, argument: int) -> Symbol:
        """Return what a linear function makes of one tangent; among many operands, that tangent stands for it."""
        if len(together(node, argument)) > NAMED:
            return self._dots[node.operands[argument].index]
        return self._applied(node, (argument,))

    def _symbol_of(self, node: Variable, argument: int) -> Symbol:
        operand = node.operands[argument]
        if isinstance(operand, Variable):
            return self.symbols[operand.index]
        return plain_symbol(node, argument, self.symbols, self.constants)

    def _applied(self, node: Variable, moving: Sequence[int]) -> Symbol:
        """Return the node's own function of the tangents of some operands, in which it is linear together.

        Those that stay are 0 in it, and operands in which it is not linear together with these are as they are.
        """
        joint, pushed = set(together(node, moving[0])), set(moving)
        operands = []
        for k, operand in enumerate(node.operands):
            if k in pushed:
                operands.append(self._dots[operand.index])
            else:
                operands.append(number(0) if k in joint else self._symbol_of(node, k))
        return with_operands(node, operands, self.symbols, self.constants)

    def _sends(self, i: int, k: int, parent: int, gradient: Symbol | None) -> Formula | None:
        """Return what an edge sends to the child."""
        if gradient is not None:
            sends = operation("multiply", self._partial(i, k), self._dot(parent))
            return Formula(arriving(sends, self.variables[parent], self.variables[i]))
        node = self.variables[i]
        return Formula(self._alone(node, k)) if together(node, k) else None

    def _differentiate(self) -> None:
        self._starts = {self.position[node.index] for node in self.trace.inputs}
        self._into: dict[int, list[Edge]] = {}
        for edge in self.edges:
            if edge.kind != "cut":
                self._into.setdefault(edge.child, []).append(edge)
        seeds = [(i, self._tangent(i)) for i in sorted(self._starts)]
        for i, tangent in seeds:
            self._seed(i, tangent)
        for i, edges in self._into.items():
            if i in self.live:
                self._push(i, edges)

    def _tangent(self, i: int) -> Quantity:
        tangent = Quantity("tangent", i)
        self.numbers[tangent] = self.pushed.tangent(self.variables[i])
        return tangent

    def _seed(self, i: int, tangent: Quantity) -> None:
        card, moving = self.cards[i], self._movers
        telling = _started(card, tangent, moving.index(i), len(moving)) if i in moving else _stays(card, tangent)
        said = telling, [("seed", row(self._dot(i), " = ", slot(tangent)))]
        self._add("seed", i, tangent, lambda: said, span=card.span)

    def _push(self, i: int, edges: Sequence[Edge]) -> None:
        card, node, tangent = self.cards[i], self.variables[i], self._tangent(i)
        assert node.primitive is not None
        terms = list(self._terms(node, edges))
        stages = [(label, _sum(terms, label)) for label in terms[0].stages if all(label in t.stages for t in terms)]
        if len(terms) > 1 and all(len(term.edges) == 1 for term in terms):
            parts = [self._part(node, *term.edges) for term in terms]
            if not all("numbers" in term.stages and term.edges[0].kind == "literal" for term in terms):
                stages.append(("parts", reduce(lambda a, b: Symbol("add", (a, b)), parts)))
        lines = [(label, row(" = " if k else row(self._dot(i), " = "), symbol)) for k, (label, symbol) in
                 enumerate(stages)]  # fmt: skip
        lines.append(("tangent", row(" = ", slot(tangent))))
        why, rule = self._why(node, edges), rule_name(node, edges[0].argument).capitalize()
        telling = Telling(
            (f"{rule}: ", *((*why, ". ") if why else ()), card.short, " moves at ",
             *_joined([term._replace(said=term.plainly) for term in terms]), ". This is ", *self._asked(card, tangent)),
            ("Push through ", card.short, ": ", *((*why, ", so ") if why else ()),
             *self._pushed(card, tangent, terms, alone=len(edges) == 1 and node.primitive.elementwise)),
            (card.short, ": ", Formula(self._dot(i)), " = ", Formula(_briefest(stages)), " = ", tangent, "."),
        )  # fmt: skip
        reads = tuple(Quantity("tangent", edge.parent) for edge in edges)
        along = (edges[0].child, edges[0].argument) if len(edges) == 1 else None
        self._add("push", i, tangent, lambda: (telling, lines), edge=along, operands=reads, span=card.span)

    def _why(self, node: Variable, edges: Sequence[Edge]) -> tuple[Fragment, ...]:
        """Return why the node moves with its operands as it does, each reason once."""
        reasons = dict.fromkeys(reason(node, edge.argument, self.constants) for edge in edges[:NAMED])
        by_text = {_text(one): one for one in reasons if one}
        joined: list[Fragment] = []
        for one in by_text.values():
            joined += ["; ", *one]
        return tuple(joined[1:])

    def _part(self, node: Variable, edge: Edge) -> Symbol:
        part = Quantity("part", edge.child, edge.argument)
        self.numbers[part] = self.pushed.contribution(node, edge.argument)
        return slot(part)

    def _terms(self, node: Variable, edges: Sequence[Edge]) -> Iterator[_Term]:
        """Return the summands of a node's tangent."""
        primitive = node.primitive
        assert primitive is not None
        if primitive.elementwise:
            yield from (self._product(node, edge, alone=len(edges) == 1) for edge in edges)
            return
        groups: dict[Sequence[int], list[Edge]] = {}
        for edge in edges:
            groups.setdefault(together(node, edge.argument), []).append(edge)
        for group, own in groups.items():
            yield self._mapped(node, own) if group else self._through(node, own)

    def _product(self, node: Variable, edge: Edge, *, alone: bool) -> _Term:
        """Return partial times tangent."""
        key = (edge.child, edge.argument)
        gradient, tangent = self.gradients[key], Quantity("tangent", edge.parent)
        assert gradient is not None
        dot, coming = self._dot(edge.parent), slot(tangent, node.shape)
        spread = self.cards[edge.parent].shape != node.shape
        said: tuple[Fragment, ...] = (Formula(dot), *equals(tangent, self.cards[edge.parent].shape))
        plainly: tuple[Fragment, ...] = tuple(self._speeds([edge.parent]))
        if spread:
            said += (" is" if alone else "", " repeated to ", "×".join(map(str, node.shape)))
        literal = gradient.arguments[0] if edge.kind == "literal" else None
        sign = "minus" if literal == -1 and not alone else "plus"
        factor: Symbol = number(literal)
        by = (" and multiplied by " if spread else " is multiplied by ") if alone else " times "
        if edge.kind == "local":
            local = Quantity("local", *key)
            self.numbers[local] = edge_gradient(node, edge.argument)
            factor = slot(local, node.shape)
            times = (Formula(gradient), *valued(gradient, local, np.shape(self.numbers[local])))
            said, plainly = (*said, by, *times), (*plainly, " times ", *times)
        elif literal not in (1, -1):
            said, plainly = (*said, by, Formula(gradient)), (*plainly, " times ", Formula(gradient))
        elif alone:
            passes = "" if spread else " passes unchanged"
            said += (passes if literal == 1 else " and changes sign" if spread else " changes sign",)
        if literal in (1, -1):
            plainly = (*_unclosed(plainly), ", turned" if literal == -1 and alone else "")
        parent = self.variables[edge.parent]
        if keeps_real_part(parent, node):
            counts = ", of which the real part counts"
            said, plainly = (*said, counts), (*plainly, counts)
        stages = {
            "chain rule": operation("multiply", self._partial(edge.child, edge.argument), dot),
            "derivative": operation("multiply", gradient, dot),
            "numbers": _times(factor, coming),
        }
        lines = {label: arriving(line, parent, node) for label, line in stages.items()}
        return _Term((edge,), said, plainly, sign, (), lines)

    def _mapped(self, node: Variable, edges: Sequence[Edge]) -> _Term:
        """Return the function itself, of the tangents of operands in which it is linear."""
        applied = self._applied(node, [edge.argument for edge in edges])
        parents = tuple(dict.fromkeys(edge.parent for edge in edges))
        places: tuple[Fragment, ...] = ("their places",)
        if len(edges) == 1:
            places = ("the place of ", *use_of(self.cards[parents[0]], edges[0].use))
        if len(edges) < len(together(node, edges[0].argument)):
            places += (", and 0 in the place of all else",)
        plainly = ("its value with ", *self._speeds(parents), " in ", *places)
        return _Term(tuple(edges), (Formula(applied),), plainly, "plus", parents, {"linear": applied})

    def _through(self, node: Variable, edges: Sequence[Edge]) -> _Term:
        """Return what a rule without a formula makes of some tangents."""
        assert node.primitive is not None
        name, parents = node.primitive.name, tuple(dict.fromkeys(edge.parent for edge in edges))
        dots: list[Symbol | str] = []
        for edge in edges:
            dots += [", ", self._dot(edge.parent)] if dots else [self._dot(edge.parent)]
        said: list[Fragment] = [f"what the JVP rule of {name} makes of ", *self._tangents(parents)]
        plainly = ("what its rule makes of ", *_unclosed(self._speeds(parents)))
        stages = {"JVP rule": row(words(f"JVP of {name} at "), *dots)}
        return _Term(tuple(edges), tuple(said), plainly, "plus", (), stages)

    def _tangents(self, parents: Sequence[int]) -> list[Fragment]:
        """Return the tangents that are read, each with its number."""
        return _named([Formula(self._dot(i)), *equals(Quantity("tangent", i), self.cards[i].shape)] for i in parents)

    def _speeds(self, parents: Sequence[int]) -> list[Fragment]:
        """Return the speeds that are read, in words."""
        return _named(
            ["the speed of ", self.cards[i].symbol, *aside(Quantity("tangent", i), self.cards[i].shape)]
            for i in parents
        )

    def _pushed(self, card: Card, tangent: Quantity, terms: Sequence[_Term], *, alone: bool) -> list[Fragment]:
        """Say of what a tangent is the sum, or, if it comes from another `alone`, what happens to that."""
        name = self._called(card)
        if alone:
            return [*_joined(terms), ". ", *name, " is ", tangent, "."]
        names = list(dict.fromkeys(i for term in terms for i in term.names))
        with_names = (", with ", *self._tangents(names)) if names else ()
        makes = ". That makes " if len(terms) > 1 else ". That is "
        return [*name, " is ", *_joined(terms), *with_names, makes, tangent, "."]

    def _called(self, card: Card) -> list[Fragment]:
        """Return the name of a tangent, and what it is of the output."""
        assert card.dot is not None
        what = self._meant(card)
        return [card.dot, ", ", *what, ","] if what else [card.dot]

    def _meant(self, card: Card) -> list[Fragment]:
        """Return what a tangent is of the output: a slope, where one number moves at the speed 1."""
        source = self._source
        if card.role != "output" or not self._movers:
            return []
        if source is None:
            return ["how fast ", card.symbol, " moves with ", *_named([self.cards[i].symbol] for i in self._movers)]
        what, place = "derivative" if card.shape else "slope", " at this " if self._is_lone else " with respect to "
        return [f"the {what} of ", card.symbol, place, source.symbol]

    def _asked(self, card: Card, tangent: Quantity) -> list[Fragment]:
        """Return a tangent in full words, with what it is of the output."""
        what, source = self._meant(card), self._source
        said: list[Fragment] = [*what, ": ", tangent, "."] if what else [tangent, "."]
        return [*said, *meaning(source, card, tangent, smooth=self._is_smooth)] if what and source else said

    @lazily
    def _movers(self) -> list[int]:
        """The positions of the inputs that move."""
        return [i for i in sorted(self._starts) if np.any(self.numbers[Quantity("tangent", i)])]

    @property
    def _source(self) -> Card | None:
        """The one number that moves, at the speed 1, so that speeds are slopes; None where that is otherwise."""
        (start,) = self._movers if len(self._movers) == 1 else (None,)
        if start is None or self.cards[start].shape or self.numbers[Quantity("tangent", start)] != 1:
            return None
        return self.cards[start]


def _stays(card: Card, tangent: Quantity) -> Telling:
    """Say that an input stays."""
    assert card.dot is not None
    stays = (card.symbol, " stays as it is: its ")
    return Telling((*stays, "speed is ", tangent, "."), (*stays, "tangent is ", tangent, "."),
                   (card.dot, " = ", tangent, "."))  # fmt: skip


def _started(card: Card, tangent: Quantity, before: int, of: int) -> Telling:
    """Say that an input moves, together with those before it; the last of them asks."""
    assert card.dot is not None
    too = ", too" if before else ""
    asks = f" How fast does everything else move with {'it' if of == 1 else 'them'}?" if before == of - 1 else ""
    return Telling(
        ("Let ", card.symbol, f" move{too}{',' if too else ''} at the speed ", tangent, f".{asks}"),
        ("Start at ", card.symbol, f"{too}: it moves at the speed ", tangent, "."),
        (card.dot, " = ", tangent, "."),
    )


def _unclosed(fragments: Sequence[Fragment]) -> Sequence[Fragment]:
    """Return what is said without the comma that would close it, where a sign of its own follows."""
    return fragments[:-1] if fragments[-1] == "," else fragments


def _briefest(stages: Sequence[tuple[str, Symbol]]) -> Symbol:
    """Return the line of a formula that has the derivatives, or the first where there is no such line."""
    lines = dict(stages)
    return lines.get("derivative", stages[0][1])


def _named(items: Iterable[Sequence[Fragment]]) -> list[Fragment]:
    """Return a list as one reads it: its first items, and how many more there are."""
    known = [*items]
    more = len(known) - NAMED
    return listed([*known[:NAMED], *([[f"{more:,} more"]] if more > 0 else [])])


def _text(fragments: Sequence[Fragment]) -> str:
    return "".join(one.text if isinstance(one, Formula) else str(one) for one in fragments)


def flows(node: Variable, argument: int) -> bool:
    """Whether a rule lets the tangent of an operand through."""
    primitive = node.primitive
    assert primitive is not None
    return (primitive.partials[argument] if primitive.elementwise else primitive.rule(argument)) is not None


def _times(factor: Symbol, coming: Symbol) -> Symbol:
    if factor.head == "slot":
        return Symbol("multiply", (factor, coming), coming.shape)
    return operation("multiply", factor, coming)


def _sum(terms: Sequence[_Term], label: str) -> Symbol:
    """Return one line of the formula: the summands, a negative one subtracted."""
    total = terms[0].stages[label]
    for term in terms[1:]:
        own = term.stages[label]
        if own.head == "negative":
            total = Symbol("subtract", (total, own.arguments[0]), total.shape)
        else:
            total = Symbol("add", (total, own), total.shape)
    return total


def _joined(terms: Sequence[_Term]) -> Iterator[Fragment]:
    """Say the summands one after the other."""
    for k, term in enumerate(terms):
        if k:
            yield f", {term.sign} "
        elif term.sign == "minus":
            yield "minus "
        yield from term.said
