"""A function and its derivative as formulas, written out from the inputs.

It is the reverse sweep once more, with expressions in the place of numbers: the formula of each edge, with what its
names stand for, added up at fan-outs and simplified. What becomes too long to be read is not written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from graphviz_ad.engine.recording import Recording
from graphviz_ad.engine.rules.shaping import unbroadcast
from graphviz_ad.engine.sweep import make_seed
from graphviz_ad.engine.variable import DETACH, Variable
from graphviz_ad.errors import InputError
from graphviz_ad.formulas.equations import Equation, Equations
from graphviz_ad.formulas.formula import Formula
from graphviz_ad.formulas.reading import operands_to_read, operands_to_write, partial_formula, vjp_formula
from graphviz_ad.formulas.simplifying import rewritten, simplified, size
from graphviz_ad.formulas.symbols import Symbol, name, operation, partial_derivative, row
from graphviz_ad.story.constants import Constants
from graphviz_ad.story.naming import node_names

__all__ = ["Derivation", "formula_of", "slopes_of"]

LONGEST = 60
"""Symbols of an expression that a person reads at a glance; a longer one is not written out."""
_LONGEST_ON_THE_WAY = 400  # before it is simplified


class UnwrittenError(Exception):
    """Why an expression is not written out."""


def formula_of(trace: Recording) -> Equations:
    """Return ``f(x) = ...`` and below it the derivative by every input.

    Raises
    ------
    InputError
        For a function that returns no single number, or none that depends on an input.
    """
    output = trace.output
    if not isinstance(output, Variable):
        raise InputError(f"{trace.name} returned a plain {type(output).__name__}, which depends on no input")
    make_seed(output, None, "formula")
    derivation = Derivation(trace)
    arguments = [derivation.symbol(node) for node in trace.inputs]
    listed = [part for argument in arguments for part in (", ", argument)][1:]
    whole = _equation(row(name(trace.name), "(", *listed, ")"), derivation.whole)
    return Equations([[equation] for equation in (whole, *_slopes(derivation, trace, trace.inputs))])


def slopes_of(trace: Recording, inputs: Sequence[Variable]) -> tuple[Equation, ...]:
    """Return the derivative of a single number by each of some inputs: ``f′(x) = ...`` of one, ``∂f/∂x = ...`` of more.

    One that is not written out has a remark that says why.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> t = gad.trace(lambda x, y: x * np.sin(y), 1.0, 2.0)
    >>> [equation.text for equation in slopes_of(t, t.inputs)]
    ['∂f/∂x = sin y', '∂f/∂y = x · cos y']
    """
    return tuple(_slopes(Derivation(trace), trace, inputs))


def _slopes(derivation: Derivation, trace: Recording, inputs: Sequence[Variable]) -> Iterator[Equation]:
    f = name(trace.name)
    for node in inputs:
        symbol = derivation.symbol(node)
        is_slope = len(inputs) == 1 and not node.shape
        left = row(f, "′", "(", symbol, ")") if is_slope else partial_derivative(f, symbol)
        yield _equation(left, partial(derivation.gradient, node))


def _equation(left: Symbol, right: Callable[[], Symbol]) -> Equation:
    try:
        return Equation(Formula(left), Formula(right()))
    except UnwrittenError as reason:
        return Equation(Formula(left), remark=f"{reason}; trace.formulas() has it node by node")


class Derivation:
    """Expressions for the nodes of a recording and for their adjoints."""

    def __init__(self, trace: Recording) -> None:
        self.output = trace.output
        nodes = trace.nodes
        names = node_names(trace, nodes)
        self.ends = {node.index for node in trace.inputs}
        self.names = {node.index: names[i] for i, node in enumerate(nodes)}
        self.nodes = nodes
        self._constants = Constants(self.names)
        self._adjoints: dict[int, Symbol] | None = None
        self._symbols: dict[int, Symbol] = {}
        self._wholes = self._written_out()

    def symbol(self, node: Variable) -> Symbol:
        """Return the name of a node."""
        if node.index not in self._symbols:
            text = self.names[node.index]
            self._symbols[node.index] = name(text, node.shape, dtype=node.dtype)
        return self._symbols[node.index]

    def whole(self) -> Symbol:
        """Return the output, written out from the inputs."""
        return _readable(self._wholes[self.output.index])

    def gradient(self, node: Variable) -> Symbol:
        """Return the derivative of the output by an input, written out from the inputs."""
        if self._adjoints is None:
            self._adjoints = self._swept_back()
        zero = Symbol("number", (0.0,), node.shape)
        return _readable(self._adjoints.get(node.index, zero))

    def _is_end(self, node: Variable) -> bool:
        return node.primitive is None or node.is_released or node.index in self.ends

    def _written_out(self) -> dict[int, Symbol]:
        """Return what each node stands for: a name for an input, an expression of inputs for all others."""
        wholes: dict[int, Symbol] = {}
        for node in self.nodes:
            if self._is_end(node):
                wholes[node.index] = self.symbol(node)
                continue
            primitive = node.primitive
            assert primitive is not None
            symbols = {x.index: wholes.get(x.index, self.symbol(x)) for x in node.parents}
            whole = operation(primitive.name, *operands_to_write(node, symbols, self._constants.operand), **node.params)
            wholes[node.index] = Symbol(whole.head, whole.arguments, node.shape, **whole.params)
        return wholes

    def _swept_back(self) -> dict[int, Symbol]:
        """Return the adjoints as expressions of the inputs."""
        adjoints = {self.output.index: Symbol("number", (1.0,), self.output.shape)}
        for node in reversed(self.nodes):
            adjoint = adjoints.get(node.index)
            if adjoint is None or self._is_end(node):
                continue
            for k, operand in enumerate(node.operands):
                if isinstance(operand, Variable) and operand.index in self.names:
                    sent = self._sent(node, k, adjoint)
                    if sent is not None:
                        before = adjoints.get(operand.index)
                        total = sent if before is None else operation("add", before, sent)
                        adjoints[operand.index] = _short(total)
        return adjoints

    def _sent(self, node: Variable, k: int, adjoint: Symbol) -> Symbol | None:
        """Return what goes back to an operand, or None where nothing does."""
        primitive = node.primitive
        assert primitive is not None
        if primitive is DETACH or primitive.rule(k) is None:
            return None
        if node.dtype.kind == "c" or node.operands[k].dtype.kind == "c":
            raise UnwrittenError("not written out for complex numbers")
        if len(node.operands) > LONGEST:
            raise UnwrittenError(f"not written out: more than {LONGEST} symbols")
        result, bar = self.symbol(node), name("y", node.shape, bar=True, dtype=node.dtype)
        operands = operands_to_read(node, {x.index: self.symbol(x) for x in node.parents}, self._constants.operand)
        if primitive.elementwise:
            local = partial_formula(primitive, k, result, operands)
            sent = None if local is None else _summed(operation("multiply", bar, local), node, k)
        else:
            sent = vjp_formula(primitive, k, bar, result, operands, node.params)
        if sent is None:
            raise UnwrittenError(f"not written out: the derivative of {primitive.name} has no short formula")
        stands_for = {id(self.symbol(x)): self._wholes[x.index] for x in (*node.parents, node)} | {id(bar): adjoint}
        return _short(rewritten(sent, lambda symbol: stands_for.get(id(symbol), symbol)))


def _summed(product: Symbol, node: Variable, k: int) -> Symbol | None:
    """Sum over the axes that an operand was broadcast along."""
    if product.known_shape != node.shape:
        return None
    summed: Symbol = unbroadcast(product, node.operands[k].shape)
    return summed


def _short(symbol: Symbol) -> Symbol:
    """Return an expression simplified; one too long on the way will not be short in the end."""
    if size(symbol, _LONGEST_ON_THE_WAY) > _LONGEST_ON_THE_WAY:
        raise UnwrittenError(f"not written out: more than {LONGEST} symbols")
    return simplified(symbol)


def _readable(symbol: Symbol) -> Symbol:
    symbol = _short(symbol)
    if size(symbol, LONGEST) > LONGEST:
        raise UnwrittenError(f"not written out: more than {LONGEST} symbols")
    return symbol
