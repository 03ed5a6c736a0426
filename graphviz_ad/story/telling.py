"""Tell a recording and its sweep as a story: one step for every value computed and every rule applied.

The forward pass is told in execution order, then the way back: at each edge the rule that is applied, and at a fan-out
the running sum of the contributions. Forward mode tells it differently (`pushing`).
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.engine.lazily import lazily
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.recording import Recording
from graphviz_ad.engine.rules.shaping import unbroadcast
from graphviz_ad.engine.source import Site
from graphviz_ad.engine.sweep import Sweep
from graphviz_ad.engine.switches import SWITCHES
from graphviz_ad.engine.variable import DETACH, Variable
from graphviz_ad.formulas.formula import Formula
from graphviz_ad.formulas.reading import operands_to_read, vjp_reader
from graphviz_ad.formulas.symbols import Symbol, constant, name, operation, partial_derivative, row, slot, words
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story import sentences
from graphviz_ad.story.constants import Constants
from graphviz_ad.story.entries import sources
from graphviz_ad.story.labels import (
    EdgeLabel,
    edge_gradient,
    edge_label,
    edge_rule,
    local_formula,
    other_factor,
    shape_text,
)
from graphviz_ad.story.levels import Fragment, Telling, alike
from graphviz_ad.story.naming import is_inner_product, node_names, results_of, right_hand_side, titles, use_of
from graphviz_ad.story.parts import arriving, keeps_real_part
from graphviz_ad.story.reasons import copies, reason, rule_name
from graphviz_ad.story.seeding import sweep_of
from graphviz_ad.story.sentences import Passing
from graphviz_ad.story.severing import severed
from graphviz_ad.story.steps import Card, Edge, Step, Story, Wording

__all__ = ["NAMED", "Teller", "tell"]

NAMED = 8
"""Of thousands of contributions still to come, so many are named: to name all each time would take their square."""
# What may have a corner; a fraction has poles only.
_CORNERED = frozenset(["where", *SWITCHES]) - {"divide", "reciprocal"}
_POWERS = ("power", "float_power")
_LITERAL = {1: "passes", -1: "turns"}


def tell(trace: Recording) -> Story:
    """Tell a trace and its reverse sweep as a story."""
    return Teller(trace).story


Said = tuple[Telling, Sequence[tuple[str, Symbol]]]
"""What a step says, and the lines of its formula, each with its label."""


class _Applied(NamedTuple):
    """The rule of an edge, applied to what arrives.

    Attributes
    ----------
    manner : str
        See `sentences.Passing`.
    sent : Symbol
        What goes back.
    stages : tuple
        The lines of the formula between the chain rule and the result; none of a structural rule.
    local : tuple
        The number of the local gradient, as it follows its formula; empty where the formula is a number.
    """

    manner: str
    sent: Symbol
    stages: tuple[tuple[str, Symbol], ...] = ()
    local: tuple[Fragment, ...] = ()


class NodeSymbols(dict[int, Symbol]):
    """The names of nodes as symbols, by creation index; of a long trace only those that are shown are made."""

    def __init__(self, teller: Teller, **marks: bool) -> None:
        self._teller, self._marks = teller, marks

    def __missing__(self, index: int) -> Symbol:
        i = self._teller.position[index]
        node = self._teller.variables[i]
        symbol = self[index] = name(self._teller.names[i], node.shape, dtype=node.dtype, **self._marks)
        return symbol


class Teller:
    """Collects a story; one method for each kind of step."""

    mode = "reverse"
    tangents: Any = None
    _DETACHED = ": nothing flows back through it."
    _CONSTANT = ": it depends on no input, so every gradient is zero."

    def __init__(self, trace: Recording) -> None:
        self.trace = trace
        self.variables = trace.nodes
        self.names = node_names(trace, self.variables)
        self.position = {node.index: i for i, node in enumerate(self.variables)}
        self.symbols = NodeSymbols(self)
        self.constants = Constants({node.index: own for node, own in zip(self.variables, self.names, strict=True)})
        self._bars = NodeSymbols(self, bar=True)
        output = trace.start
        self.output = self.position.get(output.index, -1) if isinstance(output, Variable) else -1
        self.sweep = self._swept()
        self.inputs = {node.index for node in trace.inputs}
        self.live = self._live()

    def _swept(self) -> Sweep | None:
        output = self.trace.start
        if self.output < 0 or output.dtype.kind not in "fc":
            return None
        return sweep_of(self.trace, output, self.variables)

    @lazily
    def uses(self) -> list[int]:
        """In how many places each node is used."""
        uses = [0] * len(self.variables)
        for i in range(len(self.variables)):
            for _, parent in self._operands(i):
                uses[parent] += 1
        return uses

    def _bar(self, i: int) -> Symbol:
        return self._bars[self.variables[i].index]

    @lazily
    def titles(self) -> tuple[Formula, Formula]:
        """``f(x) = ...`` and ``f(x)``."""
        return titles(self.trace, self.variables, self.names, self.constants)

    @lazily
    def cards(self) -> list[Card]:
        """All nodes as the story shows them."""
        return [self.card(i) for i in range(len(self.variables))]

    @lazily
    def story(self) -> Story:
        """The forward pass, then the sweep; told once."""
        story = self.outline
        for step in story.steps:
            step.wording.known()
        return story

    @lazily
    def outline(self) -> Story:
        """The story, whose steps find their words when these are asked for: for who shows few of many steps.

        Nothing of the graph may be released before; see `Wording`.
        """
        # What is collected belongs to one telling: interrupted, or told by two threads at once, it spoils no other.
        return copy.copy(self)._tell()

    def _tell(self) -> Story:
        self.numbers: dict[Quantity, Any] = {}
        self.steps: list[Step] = []
        self.edges: list[Edge] = []
        self.gradients: dict[tuple[int, int], Symbol | None] = {}
        self._reader: tuple[Variable, Callable[[int], Symbol | None]] | None = None
        self._collect_edges()
        for i, node in enumerate(self.variables):
            self.numbers[Quantity("value", i)] = node.value
            self._evaluate(i)
        self._differentiate()
        cards = list(self.cards)
        output = self.output
        if output < 0:
            cards += self._last_cards(len(cards))
            output = len(cards) - 1
        inputs = tuple(self.position[node.index] for node in self.trace.inputs)
        title, call = self.titles
        return Story(
            tuple(cards),
            tuple(self.edges),
            tuple(self.steps),
            self.numbers,
            inputs,
            output,
            title,
            call,
            self.trace.name,
            self.mode,
            self.tangents,
        )

    def _last_cards(self, position: int) -> list[Card]:
        """Tell of an output that is no node; return its card, and perhaps others before it."""
        card = self._constant_card(position)
        self.numbers[Quantity("value", position)] = np.asarray(self.trace.start)[()]
        self._say_constant(card)
        return [card]

    def _differentiate(self) -> None:
        if self.sweep is not None:
            self._reverse(self.sweep)

    def _operands(self, i: int) -> list[tuple[int, int]]:
        """Return (argument, parent's position) for the operands of a node that are nodes of the trace."""
        node = self.variables[i]
        if self._is_input(i):
            return []
        pairs = ((k, x) for k, x in enumerate(node.operands) if isinstance(x, Variable))
        return [(k, self.position[x.index]) for k, x in pairs if x.index in self.position]

    def _collect_edges(self) -> None:
        for i, node in enumerate(self.variables):
            operands = node.operands
            for k, parent in self._operands(i):
                label = self._label(node, k)
                kind = label.kind if parent in self.live else "cut"
                rule = self._rule_of(i, k, parent, label.gradient) if kind != "cut" else {}
                origins = sources(node, k)
                self.edges.append(
                    Edge(
                        i,
                        k,
                        parent,
                        label.text,
                        kind,
                        shapes=label.shapes,
                        entries=origins,
                        use=use_of(operands, k),
                        **rule,
                    )
                )
                self.gradients[i, k] = label.gradient

    def _label(self, node: Variable, argument: int) -> EdgeLabel:
        return edge_label(node, argument, self.symbols, self.constants)

    def _rule_of(self, i: int, k: int, parent: int, gradient: Symbol | None) -> dict[str, Formula | None]:
        """Return the rule of an edge: in general, here, with numbers, and what it sends."""
        node, sends = self.variables[i], self._sends(i, k, parent, gradient)
        if gradient is None:
            return {"sends": sends}
        numbers = None
        if gradient.head not in ("number", "name", "words", "vector"):
            slots = {x.index: slot(Quantity("value", self.position[x.index]), x.shape)
                     for x in (node, *node.parents) if x.index in self.position}  # fmt: skip
            numbers = Formula(local_formula(node, k, slots, self.constants))
        rule = edge_rule(node, k, self.constants)
        return {
            "rule": Formula(rule) if rule is not None else None,
            "gradient": Formula(gradient),
            "numbers": numbers,
            "sends": sends,
        }

    def _vjp(self, node: Variable, argument: int, bar: Symbol) -> Symbol | None:
        """Return what a structural rule sends to an operand, as a formula, if there is one."""
        primitive = node.primitive
        assert primitive is not None
        if self._reader is None or self._reader[0] is not node:  # edges of one node follow each other
            operands = operands_to_read(node, self.symbols, self.constants.operand)
            reader = vjp_reader(primitive, bar, self.symbols[node.index], operands, node.params)
            self._reader = node, reader
        return self._reader[1](argument)

    def _sends(self, i: int, k: int, parent: int, gradient: Symbol | None) -> Formula | None:
        """Return what an edge sends to the parent."""
        node, bar = self.variables[i], self._bar(i)
        target = self.variables[parent]
        if gradient is None:
            vjp = self._vjp(node, k, bar)
            return Formula(arriving(vjp, node, target)) if vjp is not None else None
        sends = operation("multiply", bar, self._partial(i, k))
        summed = node.shape != target.shape and not is_inner_product(node)
        return Formula(arriving(row("Σ ", sends) if summed else sends, node, target))

    def _partial(self, i: int, k: int) -> Symbol:
        """Return ∂v₃/∂v₁."""
        node = self.variables[i]
        return partial_derivative(
            self.symbols[node.index], self.symbols[node.operands[k].index], use_of(node.operands, k)
        )

    def _live(self) -> set[int]:
        """Return the positions of nodes from which an input or a leaf can be reached: adjoints go nowhere else."""
        live: set[int] = set()
        for i, node in enumerate(self.variables):
            reaches = node.primitive is not DETACH and any(self.position.get(p.index) in live for p in node.parents)
            if node.is_leaf or self._is_given(i) or reaches:
                live.add(i)
        return live

    def _is_given(self, i: int) -> bool:
        return self.variables[i].index in self.inputs

    def _is_input(self, i: int) -> bool:
        node = self.variables[i]
        return node.is_leaf or node.is_released or self._is_given(i)

    def card(self, i: int) -> Card:
        """Return one node as the story shows it."""
        node, symbol = self.variables[i], self.symbols[self.variables[i].index]
        is_input = self._is_input(i)
        role = "output" if i == self.output and not is_input else "input" if is_input else "inner"
        results = () if is_input else results_of(node)
        held = ", ".join(f"{own} {shape_text(shape)}" for own, shape in results)
        short = symbol if is_input else right_hand_side(node, self.symbols, self.constants)
        title = symbol if is_input else row(symbol, " = ", short, *((": ", words(held)) if held else ()))
        return Card(
            i, role, Formula(symbol), Formula(self._bar(i)), Formula(title), Formula(short), node.shape,
            str(node.dtype), self._reached(i), node.primitive is DETACH, self.uses[i], node.site,
            "" if is_input or node.primitive is None else node.primitive.name, ", ".join(own for own, _ in results),
            () if is_input else self.constants.of(node), missing=self._missing(i), twin=i in self.twins,
        )  # fmt: skip

    @lazily
    def twins(self) -> frozenset[int]:
        """The positions of the nodes whose expression another node has too."""
        alike: dict[object, list[int]] = {}
        for i, node in enumerate(self.variables):
            if not self._is_input(i):
                operands = tuple(x.index if isinstance(x, Variable) else None for x in node.operands)
                alike.setdefault((node.primitive, operands), []).append(i)
        written: dict[str, list[int]] = {}
        for i in (i for some in alike.values() if len(some) > 1 for i in some):
            symbol = right_hand_side(self.variables[i], self.symbols, self.constants)
            written.setdefault(Formula(symbol).text, []).append(i)
        return frozenset(i for some in written.values() if len(some) > 1 for i in some)

    @lazily
    def severed(self) -> frozenset[int]:
        """The positions of the nodes that an adjoint does not reach because of a cut."""
        dead = [i for i in sorted(self.live) if not self._reached(i)]
        return severed(self.trace, self.variables, self.names, dead) if dead else frozenset()

    def _missing(self, i: int) -> str:
        """Say why no adjoint arrives at a node, where none does."""
        if self.variables[i].primitive is DETACH:
            return "detached"
        return "severed" if i in self.severed else "no path" if i in self.live else "constant"

    def _reached(self, i: int) -> bool:
        return i in self.live and self.sweep is not None and self.sweep.adjoint(self.variables[i]) is not None

    def _constant_card(self, position: int) -> Card:
        value = np.asarray(self.trace.start)
        symbol = Formula(name(self.trace.name, value.shape))
        title = Formula(row(name(self.trace.name), " = ", constant(value[()])))
        bar = Formula(name(self.trace.name, bar=True))
        return Card(
            position, "constant", symbol, bar, title, symbol, value.shape, str(value.dtype), False, False, 0, None
        )

    def _add(
        self,
        kind: str,
        node: int,
        after: Quantity,
        work_out: Callable[[], Said],
        *,
        edge: tuple[int, int] | None = None,
        before: Quantity | None = None,
        operands: Sequence[Quantity] = (),
        span: Site | None = None,
    ) -> None:
        step = Step(
            len(self.steps),
            kind,
            node,
            edge,
            before,
            after,
            tuple(operands),
            Wording(work_out),
            span,
            self.numbers,
        )
        self.steps.append(step)

    def _evaluate(self, i: int) -> None:
        node, card, value = self.variables[i], self.cards[i], Quantity("value", i)
        parents = () if card.role == "input" else node.parents
        operands = [Quantity("value", self.position[p.index]) for p in parents if p.index in self.position]
        say = self._said_of_input if card.role == "input" else self._said_of_value
        self._add("evaluate", i, value, partial(say, i), operands=operands, span=card.span)

    def _said_of_input(self, i: int) -> Said:
        node, card, value = self.variables[i], self.cards[i], Quantity("value", i)
        telling = sentences.received(card, value, chosen=node.is_leaf or self._is_given(i), lone=self._is_lone)
        return telling, [("value", row(card.symbol.symbol, " = ", slot(value, node.shape)))]

    def _said_of_value(self, i: int) -> Said:
        node, card, value = self.variables[i], self.cards[i], Quantity("value", i)
        stages = [("operation", row(card.symbol.symbol, " = ", card.short.symbol))]
        parents = [p for p in node.parents if p.index in self.position]
        slots = {p.index: slot(Quantity("value", self.position[p.index]), p.shape) for p in parents}
        if card.detached:
            source = self.cards[self.position[parents[0].index]].symbol if parents else "a value outside"
            telling = alike(card.symbol, " is a detached copy of ", source, self._DETACHED)
        else:
            telling = sentences.computed(card, value)
            stages.append(("numbers", row(" = ", right_hand_side(node, slots, self.constants))))
        stages.append(("value", row(" = ", slot(value, node.shape))))
        return telling, stages

    def _reverse(self, sweep: Sweep) -> None:
        start = self.cards[self.output]
        seed = Quantity("adjoint", self.output)
        self.numbers[seed] = sweep.adjoint(self.variables[self.output])
        self._add("seed", self.output, seed, partial(_said_of_seed, start, seed), span=start.span)
        arrived = [0] * len(self.variables)
        live = {edge.parent: [] for edge in self.edges}  # type: dict[int, list[Edge]]
        order = sorted(self.edges, key=lambda edge: (-edge.child, -edge.argument))
        order = [edge for edge in order if edge.kind != "cut" and self.cards[edge.child].reached]
        order = [edge for edge in order if sweep.contribution(self.variables[edge.child], edge.argument) is not None]
        for edge in order:
            live[edge.parent].append(edge)
        for edge in order:
            arrived[edge.parent] += 1
            self._local(sweep, edge, live[edge.parent], arrived[edge.parent])

    def _local(self, sweep: Sweep, edge: Edge, all_edges: Sequence[Edge], count: int) -> None:
        node, key, shared = self.variables[edge.child], (edge.child, edge.argument), len(all_edges) > 1
        contribution = Quantity("contribution", *key)
        self.numbers[contribution] = sweep.contribution(node, edge.argument)
        after = contribution if shared else Quantity("adjoint", edge.parent)
        if not shared:
            self.numbers[after] = sweep.adjoint(self.variables[edge.parent])
        if edge.kind == "local" and self.gradients[key] is not None:
            self.numbers[Quantity("local", *key)] = edge_gradient(node, edge.argument)
        incoming = Quantity("adjoint", edge.child)
        say = partial(self._said_of_rule, edge, after, shared=shared)
        self._add("local", edge.parent, after, say, edge=key, operands=(incoming,), span=self.cards[edge.child].span)
        if shared:
            self._accumulate(edge, all_edges, count)

    def _chain(self, edge: Edge) -> Symbol:
        """Return what the chain rule sends back along an edge: ``v̄₃ · ∂v₃/∂x``."""
        sent = operation("multiply", self._bar(edge.child), self._partial(edge.child, edge.argument))
        return arriving(sent, self.cards[edge.child], self.cards[edge.parent])

    def _said_of_rule(self, edge: Edge, after: Quantity, *, shared: bool) -> Said:
        child, parent = self.cards[edge.child], self.cards[edge.parent]
        node, incoming = self.variables[edge.child], Quantity("adjoint", edge.child)
        applied = self._rule_applied(edge, incoming)
        first = ("chain rule", self._chain(edge)) if applied.stages else ("rule", applied.sent)
        stages = [
            (first[0], row(self._bar(edge.parent), " += " if shared else " = ", first[1])),
            *applied.stages,
            ("contribution" if shared else "adjoint", row(" = ", slot(after))),
        ]
        gradient = self.gradients[edge.child, edge.argument]
        passing = Passing(
            child,
            parent,
            self.cards[self.output],
            reason(node, edge.argument, self.constants),
            rule_name(node, edge.argument),
            applied.manner,
            None if gradient is None else Formula(gradient),
            applied.local,
            Formula(applied.sent),
            edge.use,
            edge.label,
            edge.label if gradient is None and edge.sends is None else None,
            self._multiplied(node, edge.argument) if gradient is None else (),
            1 if is_inner_product(node) else copies(node, edge.argument),
            incoming,
            after,
            shared,
            keeps_real_part(child, parent),
            self._is_smooth,
            self._is_lone,
        )
        return sentences.going_back(passing), stages

    def _multiplied(self, node: Variable, argument: int) -> tuple[Fragment, ...]:
        """Return what a product with a matrix multiplies by on the way back, and on which side, in full words."""
        factor = other_factor(node, argument, self.symbols, self.constants)
        if factor is None:
            return ()
        if np.ndim(plain_value(node.operands[1 - argument])) == 1:  # a row or a column for each entry
            return ("each multiplied by all of ", Formula(factor))
        return ("multiplied by ", Formula(factor), " from the right" if argument == 0 else " from the left")

    def _rule_applied(self, edge: Edge, incoming: Quantity) -> _Applied:
        """Apply the rule of an edge to what arrives, in symbols and with numbers."""
        node, bar, gradient = (
            self.variables[edge.child],
            self._bar(edge.child),
            self.gradients[edge.child, edge.argument],
        )
        if gradient is None:
            sent = row(bar, ", ", edge.label.symbol) if edge.sends is None else edge.sends.symbol
            return _Applied("passes" if sent is bar else "rule", sent)
        if edge.kind == "local":
            local = Quantity("local", edge.child, edge.argument)
            sent = self._arriving(operation("multiply", bar, gradient), edge)
            product = Symbol("multiply", (slot(incoming, node.shape), slot(local, node.shape)), node.shape)
            stages = (("derivative", row(" = ", sent)), ("numbers", row(" = ", self._arriving(product, edge))))
            said = sentences.valued(gradient, local, np.shape(self.numbers[local]))
            return _Applied("times", sent, stages, said)
        manner = _LITERAL.get(gradient.arguments[0], "times") if gradient.head == "number" else "times"
        product = Symbol("multiply", (bar, gradient), node.shape)
        spread = node.shape != self.variables[edge.parent].shape
        sent = self._arriving({"turns": operation("negative", bar), "passes": bar}.get(manner, product), edge)
        written = arriving(product, node, self.variables[edge.parent]) if manner == "passes" and not spread else sent
        return _Applied(manner, sent, (("derivative", row(" = ", written)),))

    def _arriving(self, product: Symbol, edge: Edge) -> Symbol:
        """Sum what goes back over the axes that an operand was broadcast along; to a real one goes the real part."""
        node, parent = self.variables[edge.child], self.variables[edge.parent]
        if product.known_shape != node.shape or is_inner_product(node):
            return arriving(product, node, parent)
        summed: Symbol = unbroadcast(product, parent.shape)
        return arriving(summed, node, parent)

    def _accumulate(self, edge: Edge, all_edges: Sequence[Edge], count: int) -> None:
        contribution = Quantity("contribution", edge.child, edge.argument)
        before = Quantity("partial", edge.parent, count - 1) if count > 1 else None
        after = Quantity("partial", edge.parent, count)
        sofar = self.numbers[contribution] if before is None else self.numbers[before] + self.numbers[contribution]
        self.numbers[after] = sofar
        if count == len(all_edges):
            self.numbers[Quantity("adjoint", edge.parent)] = sofar
        reads = (contribution,) if before is None else (before, contribution)
        say = partial(self._said_of_sum, edge, all_edges, count, reads)
        self._add("accumulate", edge.parent, after, say, edge=(edge.child, edge.argument), before=before,
                  operands=reads, span=self.cards[edge.child].span)  # fmt: skip

    def _said_of_sum(self, edge: Edge, all_edges: Sequence[Edge], count: int, reads: Sequence[Quantity]) -> Said:
        total, after, chain = len(all_edges), Quantity("partial", edge.parent, count), self._chain(edge)
        parent, output, bar = self.cards[edge.parent], self.cards[self.output], self._bar(edge.parent)
        if count < total:
            telling = sentences.so_far(parent, output, after, count, total, self._named_later(all_edges[count:]))
        else:
            telling = sentences.complete(parent, output, after, total, smooth=self._is_smooth, lone=self._is_lone)
        stages = [("sum", row(bar, " ← ", operation("add", bar, chain) if count > 1 else chain))]
        if count > 1:
            stages.append(("numbers", row(" = ", Symbol("add", tuple(map(slot, reads))))))
        stages.append(("so far" if count < total else "adjoint", row(" = ", slot(after))))
        return telling, stages

    @property
    def _is_lone(self) -> bool:
        """Whether there is one input only."""
        return len(self.inputs) == 1

    @lazily
    def _is_smooth(self) -> bool:
        """Whether nothing in the graph has a corner, and no comparison has led here."""
        return not (self.trace.guards or any(map(_may_have_corner, self.variables)))

    def _named_later(self, edges: Sequence[Edge]) -> list[Fragment]:
        """Return through what contributions are still to come."""
        later: list[Fragment] = []
        for edge in edges[:NAMED]:
            later += [", ", *sentences.through(self.cards[edge.child], self.cards[edge.parent], edge.use)]
        more = len(edges) - NAMED
        return [*later[1:], *([f" and {more:,} more"] if more > 0 else [])]

    def _say_constant(self, card: Card) -> None:
        value = Quantity("value", card.position)
        said = sentences.constant(card, value, self._CONSTANT), [("value", row(card.title.symbol))]
        self._add("evaluate", card.position, value, lambda: said)


def _said_of_seed(start: Card, seed: Quantity) -> Said:
    derivative = partial_derivative(start.symbol.symbol, start.symbol.symbol)
    stages = [("seed", row(start.bar.symbol, " = ", derivative)), ("adjoint", row(" = ", slot(seed)))]
    return sentences.started(start, seed), stages


def _may_have_corner(node: Variable) -> bool:
    """Whether a node may have a corner somewhere; a power has none where its exponent is a whole number."""
    if node.primitive is None or node.primitive.name not in _CORNERED:
        return False
    exponent = plain_value(node.operands[-1]) if len(node.operands) == 2 else 0.5
    return node.primitive.name not in _POWERS or bool(np.any(exponent != np.rint(exponent)))
