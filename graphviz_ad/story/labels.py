"""What stands on an edge: the local gradient that an adjoint meets on its way up, its rule, and what it sends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.engine.notation import MatrixProduct
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.variable import DETACH, Variable, local_gradient
from graphviz_ad.formulas.formula import Formula
from graphviz_ad.formulas.symbols import (
    Symbol,
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
from graphviz_ad.story.naming import is_inner_product

__all__ = [
    "EdgeLabel",
    "edge_gradient",
    "edge_label",
    "edge_rule",
    "local_formula",
]

_GENERAL = "uwst"  # what the operands of a general rule are called; v is what nodes are called


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


def edge_gradient(node: Variable, argument: int) -> Any:
    """Return the local gradient of an edge of kind ``"local"``: of an inner product it is the other operand."""
    if is_inner_product(node):
        return plain_value(node.operands[1 - argument])
    return np.broadcast_to(local_gradient(node, argument), node.shape)[()]
