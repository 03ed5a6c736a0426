"""What nodes and edges are called: names, right-hand sides, titles, and what stands on the way back along an edge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.engine.notation import Fraction, Index, MatrixProduct, Prefix, Product
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.recording import Recording
from graphviz_ad.engine.rules.shaping import TRANSPOSE
from graphviz_ad.engine.variable import DETACH, SEED, Variable, local_gradient
from graphviz_ad.formulas.formula import Formula
from graphviz_ad.formulas.symbols import (
    Symbol,
    clean_name,
    constant,
    derivative,
    factor,
    name,
    number,
    operation,
    partial_derivative,
    row,
    transposed,
    words,
)

__all__ = [
    "EdgeLabel",
    "edge_gradient",
    "edge_label",
    "edge_rule",
    "edge_vjp",
    "is_inner_product",
    "local_formula",
    "node_names",
    "right_hand_side",
    "titles",
]

_GENERAL = "uwst"  # what the operands of a general rule are called; v is what nodes are called
_LONGEST_TITLE = 24  # symbols in f(x) = ..., before it is shortened to f(x)


def node_names(trace: Recording, nodes: Sequence[Variable]) -> list[str]:
    """Return what each node is called: its own name where that is unique, v₃ otherwise."""
    output = trace.output
    inputs = {node.index for node in trace.inputs}
    known: dict[tuple[int, int], str | None] = {}  # finding a name in the source takes long, and loops meet it often

    def own_name(node: Variable) -> str | None:
        if node.is_leaf or node.origin is not None:
            return node.name
        key = (id(node._code), node._lasti)
        if key not in known:
            known[key] = node.name
        return known[key]

    own = [own_name(node) if (node.index in inputs or node is not output) else None for node in nodes]
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


def right_hand_side(node: Variable, symbols: Mapping[int, Symbol]) -> Symbol:
    """Return the node's right-hand side, with the given symbols for its operands."""
    primitive = node.primitive
    assert primitive is not None
    plain = number if isinstance(primitive.notation, Index) else constant  # positions are written as they are
    operands = [symbols[x.index] if isinstance(x, Variable) else plain(x) for x in node.operands]
    if primitive is SEED:
        return constant(node.value)
    if is_inner_product(node):
        return operation(primitive.name, *operands, lying=_lies(node.operands[0]))
    return operation(primitive.name, *operands)


def _lies(operand: Any) -> bool:
    """Return whether a vector is written as a row already: ``x.T``, or a multiple of it, as in ``2 * x.T @ x``."""
    for _ in range(_LONGEST_TITLE):
        if not isinstance(operand, Variable) or operand.primitive is None:
            return False
        if operand.primitive is TRANSPOSE:
            return True
        vectors = [x for x in operand.operands if np.ndim(plain_value(x)) == 1]
        if not isinstance(operand.primitive.notation, Prefix | Product | Fraction) or len(vectors) != 1:
            return False
        (operand,) = vectors
    return False


def titles(trace: Recording, nodes: Sequence[Variable], names: Sequence[str]) -> tuple[Formula, Formula]:
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
            whole[node.index] = right_hand_side(node, whole)
            whole[node.index].shape = node.shape
    if sizes[trace.output.index] > _LONGEST_TITLE:
        return Formula(row(*left)), Formula(row(*left))
    return Formula(row(*left, " = ", whole[trace.output.index])), Formula(row(*left))


def local_formula(node: Variable, argument: int, symbols: Mapping[int, Symbol]) -> Symbol:
    """Return the local gradient of an elementwise edge as a formula."""
    primitive = node.primitive
    assert primitive is not None
    operands = [symbols[x.index] if isinstance(x, Variable) else constant(x) for x in node.operands]
    result = symbols[node.index]
    # A rule that cannot be read is not written out; what it computes still has a name.
    return _partial(node, argument, result, operands) or partial_derivative(result, operands[argument])


def _partial(node: Variable, argument: int, result: Symbol, operands: Sequence[Symbol]) -> Symbol | None:
    """Read a rule with symbols; None for one that asks for more than a symbol has, such as a dtype."""
    primitive = node.primitive
    assert primitive is not None
    rule = primitive.formulas[argument] or primitive.partials[argument]
    if not callable(rule):
        return number(rule if rule is not None else 0.0)
    try:
        formula = rule(result, *operands)
    except (AttributeError, TypeError, ValueError):
        return None
    return formula if isinstance(formula, Symbol) else constant(formula)


def is_inner_product(node: Variable) -> bool:
    """Whether the node multiplies two vectors to a number; then its local gradients are the vectors."""
    return (
        node.primitive is not None
        and isinstance(node.primitive.notation, MatrixProduct)
        and all(np.ndim(plain_value(x)) == 1 for x in node.operands)
    )


class EdgeLabel(NamedTuple):
    """What an adjoint meets on its way up an edge.

    Attributes
    ----------
    text : Formula
        ``× cos x``
    kind : str
        ``"local"``, ``"literal"``, ``"rule"`` or ``"cut"``; see `steps.Edge`.
    gradient : Symbol or None
        The local gradient as a formula, if there is one.
    """

    text: Formula
    kind: str
    gradient: Symbol | None = None


def edge_label(node: Variable, argument: int, symbols: Mapping[int, Symbol]) -> EdgeLabel:
    """Return the label of the edge to one operand, with the given symbols for the nodes."""
    primitive, operand = node.primitive, node.operands[argument]
    assert primitive is not None
    if primitive is DETACH:
        return EdgeLabel(Formula(words("detached")), "cut")
    if primitive.elementwise:
        if primitive.partials[argument] is None:
            return EdgeLabel(Formula(words("slope 0")), "cut")
        gradient = local_formula(node, argument, symbols)
        literal = gradient.head == "number"
        if operand.shape != node.shape:
            unchanged = literal and gradient.arguments[0] == 1
            label = words("Σ copies") if unchanged else row("Σ ", factor("×", gradient))
        else:
            label = factor("⊙" if node.shape and not literal else "×", gradient)
        return EdgeLabel(Formula(label), "literal" if literal else "local", gradient)
    if isinstance(primitive.notation, MatrixProduct):
        other = node.operands[1 - argument]
        symbol = symbols[other.index] if isinstance(other, Variable) else constant(other)
        if is_inner_product(node):
            return EdgeLabel(Formula(factor("×", symbol)), "local", symbol)
        flipped = transposed(symbol) if np.ndim(plain_value(other)) == 2 else symbol
        return EdgeLabel(Formula(row("· ", flipped) if argument == 0 else row(flipped, " ·")), "rule")
    text = primitive.words(node.params, argument)
    return EdgeLabel(Formula(words(text)), "literal" if primitive.unchanged else "rule")


def edge_rule(node: Variable, argument: int) -> Symbol | None:
    """Return the rule that an edge applies, with general names for the operands: ``d/du sin u = cos u``.

    None where there is no formula: for structural rules, for rules that cannot be read, and where nothing flows.
    """
    primitive = node.primitive
    assert primitive is not None
    letters = iter(_GENERAL)
    operands = [name(next(letters), x.shape) if isinstance(x, Variable) else constant(x) for x in node.operands]
    ordinary = sum(isinstance(x, Variable) for x in node.operands) == 1
    gradient: Symbol | None
    if is_inner_product(node):
        whole, gradient = operation(primitive.name, *operands), operands[1 - argument]
    elif primitive.elementwise and primitive.partials[argument] is not None:
        whole = operation(primitive.name, *operands)
        # The result is written out, too: d/du exp u is exp u, and not y.
        gradient = _partial(node, argument, whole, operands)
    else:
        return None
    if gradient is None:
        return None
    return row(derivative(whole, operands[argument], ordinary=ordinary), " = ", gradient)


def edge_vjp(node: Variable, argument: int, bar: Symbol, symbols: Mapping[int, Symbol]) -> Symbol | None:
    """Return what a matrix product sends back, such as ``v̄ · Wᵀ``; None for other structural rules."""
    primitive = node.primitive
    assert primitive is not None
    if not isinstance(primitive.notation, MatrixProduct) or is_inner_product(node):
        return None
    if not all(1 <= np.ndim(plain_value(x)) <= 2 for x in node.operands):
        return None
    other = node.operands[1 - argument]
    flipped = transposed(symbols[other.index] if isinstance(other, Variable) else constant(other))
    return row(bar, " · ", flipped) if argument == 0 else row(flipped, " · ", bar)


def edge_gradient(node: Variable, argument: int) -> Any:
    """Return the local gradient of an edge of kind ``"local"``: of an inner product it is the other operand."""
    if is_inner_product(node):
        return plain_value(node.operands[1 - argument])
    return np.broadcast_to(local_gradient(node, argument), node.shape)[()]
