"""The story of a differentiation: one step for every value computed and every rule applied on the way back.

`tell` turns a Trace and its reverse sweep into a `Story`: the nodes as cards, the edges with their local gradients, the
steps with formulas and a sentence each, and all the numbers. Whatever shows a story (picture, player, table, screen
reader) reads the same steps. Sentences and formulas name their numbers by `Quantity`, so that the same story can be
told with the numbers of another slider position.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from graphviz_ad.errors import InputError, suggest
from graphviz_ad.source import Site
from graphviz_ad.sweep import Sweep
from graphviz_ad.symbols import (
    Formula,
    Quantity,
    Symbol,
    clean_name,
    constant,
    factor,
    name,
    number,
    operation,
    partial_derivative,
    row,
    slot,
    words,
    written,
)
from graphviz_ad.tracing import Trace
from graphviz_ad.variable import DETACH, Variable, local_gradient

__all__ = ["Card", "Edge", "Stage", "Step", "Story", "renumber", "table", "tell", "topology"]

Fragment = str | Formula | Quantity
_LONGEST_TITLE = 24  # symbols in f(x) = ..., before it is shortened to f(x)


@dataclass(frozen=True, slots=True)
class Card:
    """A node as the story shows it.

    Attributes
    ----------
    position : int
        Its place in execution order; v₃ has position 3.
    role : str
        ``"input"``, ``"inner"``, ``"output"`` or ``"constant"``.
    symbol, bar : Formula
        What it is called, and what its adjoint is called.
    title, short : Formula
        ``v₃ = sin x`` and ``sin x``.
    shape, dtype
        Of its value.
    reached, detached : bool
        Whether an adjoint arrives, and whether the graph was cut here on purpose.
    uses : int
        How many edges leave it: its fan-out.
    span : Site or None
        Where in the user's source.
    """

    position: int
    role: str
    symbol: Formula
    bar: Formula
    title: Formula
    short: Formula
    shape: tuple[int, ...]
    dtype: str
    reached: bool
    detached: bool
    uses: int
    span: Site | None


@dataclass(frozen=True, slots=True)
class Edge:
    """An operand of a node: (child, argument number), so that ``x * x`` has two.

    Attributes
    ----------
    child, argument, parent : int
        Positions of the two nodes, and which operand it is.
    label : Formula
        What the adjoint meets on its way up: ``× cos x``.
    kind : str
        ``"local"`` (a local gradient with a number), ``"literal"`` (the label says it all), ``"rule"`` (a VJP rule), or
        ``"cut"`` (nothing flows back).
    """

    child: int
    argument: int
    parent: int
    label: Formula
    kind: str


@dataclass(frozen=True, slots=True)
class Stage:
    """One line of a step's formula, with what it shows: the rule, then with derivatives, then with numbers."""

    label: str
    formula: Formula


@dataclass(frozen=True, slots=True)
class Step:
    """One event of the story.

    Attributes
    ----------
    index : int
        From 0.
    kind : str
        ``"evaluate"``, ``"seed"``, ``"local"`` or ``"accumulate"``.
    node : int
        The node that is computed, seeded, sent to or summed at.
    edge : (int, int) or None
        ``(child, argument)`` for local and accumulate.
    before, after : Quantity
        The numbers before and after.
    operands : tuple of Quantity
        What is read.
    sentence : tuple
        Text, formulas and quantities, one sentence in plain English.
    stages : tuple of Stage
    span : Site or None
    """

    index: int
    kind: str
    node: int
    edge: tuple[int, int] | None
    before: Quantity | None
    after: Quantity
    operands: tuple[Quantity, ...]
    sentence: tuple[Fragment, ...]
    stages: tuple[Stage, ...]
    span: Site | None
    numbers: Mapping[Quantity, Any] = field(repr=False, compare=False, default_factory=dict)

    @property
    def text(self) -> str:
        """The sentence with its numbers."""
        return "".join(
            part if isinstance(part, str) else part.text if isinstance(part, Formula) else written(self.numbers[part])
            for part in self.sentence
        )

    @property
    def formula(self) -> tuple[tuple[str, str], ...]:
        """The stages as ``(label, text)`` with their numbers."""
        return tuple((stage.label, stage.formula.with_numbers(self.numbers.__getitem__).text) for stage in self.stages)

    @property
    def latex(self) -> str:
        """The stages as one aligned LaTeX formula, for math mode."""
        lines = [stage.formula.with_numbers(self.numbers.__getitem__).latex for stage in self.stages]
        return " \\\\ ".join(lines) if len(lines) < 2 else r"\begin{aligned} " + r" \\ ".join(lines) + r" \end{aligned}"

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Story:
    """Everything there is to show about one trace and its reverse sweep.

    Attributes
    ----------
    nodes, edges, steps : tuple
    numbers : mapping of Quantity to NumPy value
    inputs : tuple of int
        Positions of the inputs.
    output : int
        Position of the output.
    title, call : Formula
        ``f(x) = ...``, and ``f(x)`` alone.
    name : str
        ``"f"``
    """

    nodes: tuple[Card, ...]
    edges: tuple[Edge, ...]
    steps: tuple[Step, ...]
    numbers: Mapping[Quantity, Any]
    inputs: tuple[int, ...]
    output: int
    title: Formula
    call: Formula
    name: str


def topology(trace: Trace) -> tuple[Any, ...]:
    """Return what decides the shape of a trace's story: traces with equal topologies differ in numbers only."""
    nodes = trace.nodes
    position = {node.index: i for i, node in enumerate(nodes)}
    rows = []
    for node in nodes:
        operands = tuple(
            position.get(x.index, -1) if isinstance(x, Variable) else _fingerprint(x) for x in node.operands
        )
        params = tuple((key, _fingerprint(value)) for key, value in node.params.items())
        place = (id(node._code), node._lasti)  # decides the name
        rows.append(
            (node.primitive.name if node.primitive else "", operands, params, node.shape, node.dtype.str, place)
        )
    output = trace.output
    return (
        *rows,
        position[output.index] if isinstance(output, Variable) and output.index in position else _fingerprint(output),
    )


def _fingerprint(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.str, value.tobytes()
    return type(value).__name__, repr(value)


def renumber(story: Story, trace: Trace) -> dict[Quantity, Any]:
    """Return the numbers of `story` for another trace of the same topology, without telling it again."""
    nodes, numbers = trace.nodes, {}  # type: Sequence[Variable], dict[Quantity, Any]
    sweep = None
    for quantity in story.numbers:
        kind, position, argument = quantity
        if kind == "value":
            numbers[quantity] = nodes[position].value if position < len(nodes) else np.asarray(trace.output)[()]
            continue
        if kind == "partial":
            continue
        if sweep is None:
            output = nodes[story.output]
            sweep = trace.reverse(None if output.size == 1 else np.ones(output.shape, output.dtype), output)
        if kind == "adjoint":
            numbers[quantity] = sweep.adjoint(nodes[position])
        elif kind == "contribution":
            numbers[quantity] = sweep.contribution(nodes[position], argument)
        else:
            numbers[quantity] = edge_gradient(nodes[position], argument)
    for step in story.steps:
        if step.kind == "accumulate" and step.edge is not None:
            added = numbers[Quantity("contribution", *step.edge)]
            numbers[step.after] = added if step.before is None else numbers[step.before] + added
    return {quantity: numbers[quantity] for quantity in story.numbers}


def edge_gradient(node: Variable, argument: int) -> Any:
    """Return the local gradient of an edge of kind ``"local"``: of an inner product it is the other operand."""
    if _inner_product(node):
        return _value(node.operands[1 - argument])
    return np.broadcast_to(local_gradient(node, argument), node.shape)[()]


# Naming


def _names(trace: Trace, nodes: Sequence[Variable]) -> list[str]:
    """Return what each node is called: its own name where that is unique, v₃ otherwise."""
    output = trace.output
    inputs = {node.index for node in trace.inputs}
    own = [node.name if (node.index in inputs or node is not output) else None for node in nodes]
    if isinstance(output, Variable) and output.index not in inputs:
        place = next(i for i, node in enumerate(nodes) if node is output)
        own[place] = output.name if output.name and trace.name == "f" and own.count(output.name) == 0 else trace.name
    counts: dict[str, int] = {}
    for chosen in own:
        if chosen:
            counts[chosen] = counts.get(chosen, 0) + 1
    taken: set[str] = set()
    names = []
    for i, (node, chosen) in enumerate(zip(nodes, own, strict=True)):
        first_input = node.index in inputs and chosen is not None and chosen not in taken
        if chosen and (counts[chosen] == 1 or first_input):
            names.append(chosen)
            taken.add(chosen)
        else:
            names.append(f"v{i}")
    return names


def _symbolic(node: Variable, symbols: Mapping[int, Symbol]) -> Symbol:
    """Return the node's right-hand side, with the given symbols for its operands."""
    primitive = node.primitive
    assert primitive is not None
    operands = [
        symbols[x.index] if isinstance(x, Variable) else number(x) if primitive.name == "index" else constant(x)
        for x in node.operands
    ]
    if primitive.name == "matmul" and operands[0].ndim == operands[1].ndim == 1:
        return operation("dot", *operands)
    return operation(primitive.name, *operands)


def _titles(trace: Trace, nodes: Sequence[Variable], names: Sequence[str]) -> tuple[Formula, Formula]:
    """Return ``f(x) = ...`` written out from the inputs, if that is not too long, and ``f(x)``."""
    inputs = {node.index for node in trace.inputs}
    arguments = [name(names[i]) for i, node in enumerate(nodes) if node.index in inputs]
    listed: list[Symbol | str] = []
    for argument in arguments:
        listed += [", ", argument] if listed else [argument]
    left: list[Symbol | str] = [name(clean_name(trace.name)), "(", *listed, ")"]
    if not isinstance(trace.output, Variable):
        return Formula(row(*left, " = ", constant(trace.output))), Formula(row(*left))
    whole: dict[int, Symbol] = {}
    sizes: dict[int, int] = {}
    for i, node in enumerate(nodes):
        if node.primitive is None or node.index in inputs:
            whole[node.index], sizes[node.index] = name(names[i], node.shape), 1
            continue
        sizes[node.index] = 1 + sum(sizes[p.index] for p in node.parents if p.index in sizes)
        if sizes[node.index] > _LONGEST_TITLE:
            whole[node.index] = name(names[i], node.shape)
        else:
            whole[node.index] = _symbolic(node, whole)
            whole[node.index].shape = node.shape
    if sizes[trace.output.index] > _LONGEST_TITLE:
        return Formula(row(*left)), Formula(row(*left))
    return Formula(row(*left, " = ", whole[trace.output.index])), Formula(row(*left))


# Edges


def _edge_symbol(node: Variable, argument: int, symbols: Mapping[int, Symbol]) -> Symbol | None:
    """Return the local gradient of an elementwise edge as a formula."""
    primitive = node.primitive
    assert primitive is not None
    rule = primitive.formulas[argument] or primitive.partials[argument]
    if not callable(rule):
        return number(rule if rule is not None else 0.0)
    operands = [symbols[x.index] if isinstance(x, Variable) else constant(x) for x in node.operands]
    made = rule(symbols[node.index], *operands)
    return made if isinstance(made, Symbol) else constant(made)


_RULES_IN_WORDS: dict[str, Callable[[Variable, int], str]] = {
    "sum": lambda node, k: "to every summand",
    "mean": lambda node, k: "share equally",
    "max": lambda node, k: "to the largest",
    "min": lambda node, k: "to the smallest",
    "norm": lambda node, k: "along x/‖x‖",
    "where": lambda node, k: "where true" if k == 0 else "where false",
    "index": lambda node, k: "back to its place",
    "scatter": lambda node, k: "pick again",
    "reshape": lambda node, k: "reshape back",
    "transpose": lambda node, k: "transpose back",
    "broadcast_to": lambda node, k: "Σ copies",
    "concatenate": lambda node, k: f"piece {k + 1}",
    "stack": lambda node, k: f"slice {k + 1}",
}


def _inner_product(node: Variable) -> bool:
    return (
        node.primitive is not None
        and node.primitive.name in ("dot", "matmul")
        and all(np.ndim(_value(x)) == 1 for x in node.operands)
    )


def _value(operand: Any) -> Any:
    return operand.value if isinstance(operand, Variable) else operand


def _edge(
    child: int, argument: int, parent: int, node: Variable, symbols: Mapping[int, Symbol]
) -> tuple[Edge, Symbol | None]:
    primitive = node.primitive
    assert primitive is not None
    operand = node.operands[argument]
    if primitive is DETACH:
        return Edge(child, argument, parent, Formula(words("detached")), "cut"), None
    if primitive.elementwise:
        if primitive.partials[argument] is None:
            return Edge(child, argument, parent, Formula(words("slope 0")), "cut"), None
        gradient = _edge_symbol(node, argument, symbols)
        assert gradient is not None
        summed = operand.shape != node.shape
        kind = "literal" if gradient.head == "number" else "local"
        sign = "⊙" if kind == "local" and node.shape and operand.shape and not summed else "×"
        if summed:
            label = (
                words("Σ copies")
                if kind == "literal" and gradient.arguments[0] == 1
                else row("Σ ", factor("×", gradient))
            )
        else:
            label = factor(sign, gradient)
        return Edge(child, argument, parent, Formula(label), kind), gradient
    if _inner_product(node):
        other = node.operands[1 - argument]
        gradient = symbols[other.index] if isinstance(other, Variable) else constant(other)
        return Edge(child, argument, parent, Formula(factor("×", gradient)), "local"), gradient
    if primitive.name in ("matmul", "dot"):
        other = node.operands[1 - argument]
        symbol = symbols[other.index] if isinstance(other, Variable) else constant(other)
        flipped = Symbol("transpose", (symbol,)) if np.ndim(_value(other)) == 2 else symbol
        label = row("· ", flipped) if argument == 0 else row(flipped, " ·")
        return Edge(child, argument, parent, Formula(label), "rule"), None
    say = _RULES_IN_WORDS.get(primitive.name)
    text = say(node, argument) if say else primitive.name
    return Edge(
        child, argument, parent, Formula(words(text)), "literal" if say and primitive.name == "sum" else "rule"
    ), None


# The story


def tell(trace: Trace, mode: str = "reverse") -> Story:
    """Tell a trace and its reverse sweep as a story.

    Parameters
    ----------
    trace : Trace
    mode : str
        ``"reverse"``.

    Returns
    -------
    Story

    Raises
    ------
    InputError
        For another mode.
    """
    if mode != "reverse":
        raise InputError(
            f"steps(mode={mode!r}): the story is told in mode 'reverse' only.{suggest(str(mode), ['reverse'])}"
        )
    return _Teller(trace).story()


class _Teller:
    """Collects a story; one method for each kind of step."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.variables = trace.nodes
        self.names = _names(trace, self.variables)
        self.position = {node.index: i for i, node in enumerate(self.variables)}
        self.symbols = {node.index: name(self.names[i], node.shape) for i, node in enumerate(self.variables)}
        self.bars = [name(self.names[i], node.shape, bar=True) for i, node in enumerate(self.variables)]
        self.numbers: dict[Quantity, Any] = {}
        self.steps: list[Step] = []
        output = trace.output
        self.output = self.position.get(output.index, -1) if isinstance(output, Variable) else -1
        self.sweep: Sweep | None = None
        if self.output >= 0 and output.dtype.kind in "fc":
            seed = None if output.size == 1 else np.ones(output.shape, output.dtype)
            self.sweep = trace.reverse(seed, output)
        self.edges: list[Edge] = []
        self.gradients: dict[tuple[int, int], Symbol | None] = {}
        self._collect_edges()
        self.shorts = [self._short(i) for i in range(len(self.variables))]
        self.cards = [self._card(i) for i in range(len(self.variables))]

    def story(self) -> Story:
        for i, node in enumerate(self.variables):
            self.numbers[Quantity("value", i)] = node.value
            self._evaluate(i)
        if self.sweep is not None:
            self._reverse(self.sweep)
        cards = list(self.cards)
        output = self.output
        if output < 0:
            output = len(cards)
            cards.append(self._constant_card(output))
            self.numbers[Quantity("value", output)] = np.asarray(self.trace.output)[()]
            self._say_constant(cards[-1])
        inputs = tuple(self.position[node.index] for node in self.trace.inputs)
        title, call = _titles(self.trace, self.variables, self.names)
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
        )

    def _collect_edges(self) -> None:
        live = self.live = self._live()
        for i, node in enumerate(self.variables):
            for k, operand in enumerate(() if self._is_input(i) else node.operands):
                if isinstance(operand, Variable) and operand.index in self.position:
                    edge, gradient = _edge(i, k, self.position[operand.index], node, self.symbols)
                    if edge.parent not in live:
                        edge = replace(edge, kind="cut")
                    self.edges.append(edge)
                    self.gradients[i, k] = gradient
        self.uses = [
            sum(edge.parent == i and edge.kind != "cut" for edge in self.edges) for i in range(len(self.variables))
        ]

    def _live(self) -> set[int]:
        """Return the positions of nodes from which an input or a leaf can be reached: adjoints go nowhere else."""
        live: set[int] = set()
        for i, node in enumerate(self.variables):
            reaches = node.primitive is not DETACH and any(self.position.get(p.index) in live for p in node.parents)
            if node.is_leaf or self._is_given(i) or reaches:
                live.add(i)
        return live

    def _is_given(self, i: int) -> bool:
        return any(self.variables[i] is given for given in self.trace.inputs)

    def _is_input(self, i: int) -> bool:
        node = self.variables[i]
        return not node.operands or self._is_given(i)

    def _short(self, i: int) -> Symbol:
        node = self.variables[i]
        return self.symbols[node.index] if self._is_input(i) else _symbolic(node, self.symbols)

    def _card(self, i: int) -> Card:
        node, symbol = self.variables[i], self.symbols[self.variables[i].index]
        is_input = self._is_input(i)
        role = "output" if i == self.output and not is_input else "input" if is_input else "inner"
        title = symbol if is_input else row(symbol, " = ", self.shorts[i])
        reached = i in self.live and self.sweep is not None and self.sweep.adjoint(node) is not None
        return Card(
            i, role, Formula(symbol), Formula(self.bars[i]), Formula(title), Formula(self.shorts[i]), node.shape,
            str(node.dtype), reached, node.primitive is DETACH, sum(edge.parent == i for edge in self.edges), node.site,
        )  # fmt: skip

    def _constant_card(self, position: int) -> Card:
        value = np.asarray(self.trace.output)
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
        sentence: Sequence[Fragment],
        stages: Sequence[tuple[str, Symbol]],
        *,
        edge: tuple[int, int] | None = None,
        before: Quantity | None = None,
        operands: Sequence[Quantity] = (),
        span: Site | None = None,
    ) -> None:
        told = tuple(Stage(label, Formula(symbol)) for label, symbol in stages)
        step = Step(
            len(self.steps), kind, node, edge, before, after, tuple(operands), tuple(sentence), told, span, self.numbers
        )
        self.steps.append(step)

    def _evaluate(self, i: int) -> None:
        node, card, value = self.variables[i], self.cards[i], Quantity("value", i)
        symbol, here = self.symbols[node.index], slot(value, node.shape)
        if card.role == "input":
            what = " is the input: " if node.is_leaf or self._is_given(i) else " is: "
            self._add(
                "evaluate",
                i,
                value,
                (card.symbol, what, value, "."),
                [("value", row(symbol, " = ", here))],
                span=card.span,
            )
            return
        operands = [Quantity("value", self.position[p.index]) for p in node.parents if p.index in self.position]
        slots = {
            p.index: slot(Quantity("value", self.position[p.index]), p.shape)
            for p in node.parents
            if p.index in self.position
        }
        sentence: tuple[Fragment, ...]
        if card.detached:
            source = self.cards[operands[0].node].symbol if operands else "a value outside"
            sentence = (card.symbol, " is a detached copy of ", source, ": nothing flows back through it.")
        else:
            sentence = (card.symbol, " is ", card.short, ": ", value, ".")
        stages = [("operation", row(symbol, " = ", self.shorts[i]))]
        if not card.detached:
            stages.append(("numbers", row(" = ", _symbolic(node, slots))))
        stages.append(("value", row(" = ", here)))
        self._add("evaluate", i, value, sentence, stages, operands=operands, span=card.span)

    def _reverse(self, sweep: Sweep) -> None:
        start = self.cards[self.output]
        seed = Quantity("adjoint", self.output)
        self.numbers[seed] = sweep.adjoint(self.variables[self.output])
        symbol, bar = self.symbols[self.variables[self.output].index], self.bars[self.output]
        sentence: tuple[Fragment, ...] = (
            "Start at ",
            start.symbol,
            ": its slope with respect to itself is ",
            seed,
            ".",
        )
        if self.variables[self.output].size != 1:
            sentence = ("Start at ", start.symbol, " with a seed of ones, which asks for the gradient of its sum.")
        stages = [("seed", row(bar, " = ", partial_derivative(symbol, symbol))), ("adjoint", row(" = ", slot(seed)))]
        self._add("seed", self.output, seed, sentence, stages, span=start.span)
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
        child, parent = self.cards[edge.child], self.cards[edge.parent]
        node = self.variables[edge.child]
        key = (edge.child, edge.argument)
        contribution = Quantity("contribution", *key)
        self.numbers[contribution] = sweep.contribution(node, edge.argument)
        incoming = Quantity("adjoint", edge.child)
        shared = len(all_edges) > 1
        after = contribution if shared else Quantity("adjoint", edge.parent)
        if not shared:
            self.numbers[after] = sweep.adjoint(self.variables[edge.parent])
        child_bar, parent_bar = self.bars[edge.child], self.bars[edge.parent]
        symbol, parent_symbol = self.symbols[node.index], self.symbols[self.variables[edge.parent].index]
        arriving = slot(incoming, node.shape)
        sentence: list[Fragment] = ["Back through ", child.short, ": ", child.bar]
        gradient = self.gradients[key]
        chain = operation("multiply", child_bar, partial_derivative(symbol, parent_symbol))
        lead: list[Symbol | str] = [] if shared else [parent_bar, " = "]
        stages: list[tuple[str, Symbol]] = [("chain rule", row(*lead, chain))]
        if edge.kind == "local" and gradient is not None:
            local = Quantity("local", *key)
            self.numbers[local] = edge_gradient(node, edge.argument)
            sentence += [" = ", incoming, " times ", Formula(gradient)]
            if gradient.head != "number":
                sentence += [" = ", local]
            stages.append(("derivative", row(" = ", operation("multiply", child_bar, gradient))))
            stages.append(("numbers", row(" = ", Symbol("multiply", (arriving, slot(local))))))
        elif gradient is not None and gradient.head == "number" and gradient.arguments[0] == 1:
            summed = parent.shape != child.shape
            sentence += [" = ", incoming, " is summed over the copies" if summed else " passes unchanged"]
            stages.append(("derivative", row(" = ", Symbol("multiply", (child_bar, number(1))))))
        elif gradient is not None and gradient.head == "number" and gradient.arguments[0] == -1:
            sentence += [" = ", incoming, " changes sign"]
            stages.append(("derivative", row(" = ", operation("negative", child_bar))))
        elif gradient is not None:
            sentence += [" = ", incoming, " times ", Formula(gradient)]
            stages.append(("derivative", row(" = ", Symbol("multiply", (child_bar, gradient)))))
        else:
            sentence += [" = ", incoming, " goes through its VJP rule (", edge.label, ")"]
            stages = [("VJP rule", row(*lead, words(f"VJP of {node.primitive.name} at "), child_bar))]  # type: ignore[union-attr]
        if shared:
            sentence += [". ", parent.symbol, " receives ", contribution, "."]
            stages.append(("contribution", row(" = ", slot(contribution))))
        else:
            sentence += self._arrival(parent, after)
            stages.append(("adjoint", row(" = ", slot(after))))
        self._add("local", edge.parent, after, sentence, stages, edge=key, operands=(incoming,), span=child.span)
        if shared:
            self._accumulate(sweep, edge, all_edges, count, chain)

    def _arrival(self, parent: Card, after: Quantity) -> list[Fragment]:
        if parent.role == "input":
            what = "slope" if not parent.shape else "gradient"
            output = self.cards[self.output].symbol
            return [". ", parent.bar, f", the {what} of ", output, " at this ", parent.symbol, ", is ", after, "."]
        return [". ", parent.bar, " is ", after, "."]

    def _accumulate(self, sweep: Sweep, edge: Edge, all_edges: Sequence[Edge], count: int, chain: Symbol) -> None:
        total = len(all_edges)
        parent = self.cards[edge.parent]
        contribution = Quantity("contribution", edge.child, edge.argument)
        before = Quantity("partial", edge.parent, count - 1) if count > 1 else None
        after = Quantity("partial", edge.parent, count)
        sofar = self.numbers[contribution] if before is None else self.numbers[before] + self.numbers[contribution]
        self.numbers[after] = sofar
        bar = self.bars[edge.parent]
        sentence: list[Fragment]
        if count < total:
            sentence = [
                parent.symbol,
                f" is used in {total} places; its adjoint is their sum. {count} of {total} so far: ",
                after,
            ]
            sentence += [". Still to come: "]
            for later in all_edges[count:]:
                sentence += [self.cards[later.child].short, ", "]
            sentence[-1] = "."
        else:
            self.numbers[Quantity("adjoint", edge.parent)] = sofar
            everything = "Both" if total == 2 else f"All {total}"
            sentence = [f"{everything} contributions are in: ", *self._arrival(parent, after)[1:]]
        stages = [("sum", row(bar, " ← ", operation("add", bar, chain) if before else chain))]
        if before:
            stages.append(("numbers", row(" = ", Symbol("add", (slot(before), slot(contribution))))))
        stages.append(("so far" if count < total else "adjoint", row(" = ", slot(after))))
        reads = (contribution,) if before is None else (before, contribution)
        self._add("accumulate", edge.parent, after, sentence, stages, edge=(edge.child, edge.argument), before=before,
                  operands=reads, span=self.cards[edge.child].span)  # fmt: skip

    def _say_constant(self, card: Card) -> None:
        value = Quantity("value", card.position)
        sentence = (card.symbol, " is the constant ", value, ": it depends on no input, so every gradient is zero.")
        self._add("evaluate", card.position, value, sentence, [("value", row(card.title.symbol))])


def table(trace: Trace) -> str:
    """Return the trace as a Wengert list: a line for each node with its value and adjoint.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> print(gad.trace(np.sin, 0.5))
    f(x) = sin x
    node       value     adjoint
    x          0.5       0.877583
    f = sin x  0.479426  1
    """
    story = tell(trace)
    rows = [("node", "value", "adjoint")]
    shown = story.nodes if len(story.nodes) <= 150 else (*story.nodes[:10], None, *story.nodes[-10:])
    for card in shown:
        if card is None:
            rows.append((f"... {len(story.nodes) - 20} more nodes ...", "", ""))
            continue
        adjoint = story.numbers.get(Quantity("adjoint", card.position))
        missing = "detached" if card.detached else "no path"
        value = written(story.numbers[Quantity("value", card.position)])
        rows.append((card.title.text, value, missing if adjoint is None else written(adjoint)))
    widths = [max(len(line[i]) for line in rows) for i in range(3)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in rows]
    return "\n".join([story.title.text, *lines])
