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
from graphviz_ad.story.constants import Constants
from graphviz_ad.story.naming import is_inner_product, is_own_transpose, results_of

__all__ = [
    "EdgeLabel",
    "GeneralRule",
    "edge_gradient",
    "edge_label",
    "edge_rule",
    "edge_shapes",
    "general_rule",
    "local_formula",
    "other_factor",
    "shape_text",
    "together",
]

_GENERAL = "uwst"  # what the operands of a general rule are called; v is what nodes are called


def local_formula(node: Variable, argument: int, symbols: Mapping[int, Symbol], constants: Constants) -> Symbol:
    """Return the local gradient of an elementwise edge as a formula."""
    primitive = node.primitive
    assert primitive is not None
    operands = [_operand(node, k, symbols, constants) for k in range(len(node.operands))]
    result = symbols[node.index]
    # A rule that cannot be read is not written out; what it computes still has a name.
    return _partial(node, argument, result, operands) or partial_derivative(result, operands[argument])


def _operand(node: Variable, k: int, symbols: Mapping[int, Symbol], constants: Constants) -> Symbol:
    operand = node.operands[k]
    return symbols[operand.index] if isinstance(operand, Variable) else constants.operand(node, k)


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
    shapes : str
        What a structural rule makes of which shapes: ``3×8 · 8×4``, ``8×4 → 4``.
    """

    text: Formula
    kind: str
    gradient: Symbol | None = None
    shapes: str = ""


def edge_label(node: Variable, argument: int, symbols: Mapping[int, Symbol], constants: Constants) -> EdgeLabel:
    """Return the label of the edge to one operand, with the given symbols for the nodes."""
    primitive, operand = node.primitive, node.operands[argument]
    assert primitive is not None
    if primitive is DETACH:
        return EdgeLabel(Formula(words("detached")), "cut")
    if primitive.elementwise:
        if primitive.partials[argument] is None:
            return EdgeLabel(Formula(words("slope 0")), "cut")
        gradient = local_formula(node, argument, symbols, constants)
        literal = gradient.head == "number"
        if operand.shape != node.shape:
            unchanged = literal and gradient.arguments[0] == 1
            label = words(_summed(node.shape, operand.shape)) if unchanged else row("Σ ", factor("×", gradient))
            return EdgeLabel(Formula(label), "literal" if literal else "local", gradient, edge_shapes(node, argument))
        label = factor("⊙" if node.shape and not literal else "×", gradient)
        return EdgeLabel(Formula(label), "literal" if literal else "local", gradient)
    if isinstance(primitive.notation, MatrixProduct):
        flipped = other_factor(node, argument, symbols, constants)
        if flipped is None:
            symbol = _operand(node, 1 - argument, symbols, constants)
            return EdgeLabel(Formula(factor("×", symbol)), "local", symbol)
        label = row("· ", flipped) if argument == 0 else row(flipped, " ·")
        return EdgeLabel(Formula(label), "rule", shapes=edge_shapes(node, argument))
    text = "unchanged" if is_own_transpose(node) else primitive.words(node.params, argument)
    return EdgeLabel(
        Formula(words(text)), "literal" if primitive.unchanged else "rule", None, edge_shapes(node, argument)
    )


def other_factor(node: Variable, argument: int, symbols: Mapping[int, Symbol], constants: Constants) -> Symbol | None:
    """Return by what a matrix product multiplies an adjoint: the other factor, a matrix transposed.

    None for other nodes, and for the product of two vectors, whose local gradients are numbers.
    """
    if node.primitive is None or not isinstance(node.primitive.notation, MatrixProduct) or is_inner_product(node):
        return None
    symbol = _operand(node, 1 - argument, symbols, constants)
    return transposed(symbol) if np.ndim(plain_value(node.operands[1 - argument])) == 2 else symbol


def _summed(shape: tuple[int, ...], part: tuple[int, ...]) -> str:
    """Return what is summed back to a part that was copied to a shape: ``Σ rows`` of a matrix."""
    if len(shape) == 2 and part in (shape[1:], (1, shape[1])):
        return "Σ rows"
    return "Σ columns" if len(shape) == 2 and part == (shape[0], 1) else "Σ copies"


def edge_shapes(node: Variable, argument: int) -> str:
    """Return from which shape to which an edge leads on the way back; of a product, the shapes of both factors.

    Examples
    --------
    >>> edge_shapes(np.zeros((8, 3)) @ Variable(np.zeros((3, 4))), 1)
    '3×8 · 8×4'
    >>> edge_shapes(np.sum(Variable(np.zeros((8, 4))), axis=0), 0)
    '4 → 8×4'
    """
    assert node.primitive is not None
    own = np.shape(plain_value(node.operands[argument]))
    if isinstance(node.primitive.notation, MatrixProduct) and not is_inner_product(node):
        factors = _factors(node, argument)
        if factors is not None:
            return " · ".join(map(shape_text, factors))
    if node.shape == own:
        return shape_text(own) if len(own) > 1 else ""  # a lone 4 would be taken for a number
    return f"{_held(node)} → {_held(node.operands[argument])}"


def _held(x: Any) -> str:
    """Return the shape of an operand, or what the results are called that it holds."""
    results = results_of(x) if isinstance(x, Variable) else ()
    return ", ".join(own for own, _ in results) or shape_text(np.shape(plain_value(x)))


def _factors(node: Variable, argument: int) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """Return the shapes of the adjoint and of the other operand turned, as matrices; None for stacks of matrices."""
    a, b = (np.shape(plain_value(x)) for x in node.operands)
    if not (1 <= len(a) <= 2 and 1 <= len(b) <= 2):
        return None
    left = a if len(a) == 2 else (1, *a)
    right = b if len(b) == 2 else (*b, 1)
    adjoint = (left[0], right[1])
    return (adjoint, right[::-1]) if argument == 0 else (left[::-1], adjoint)


def shape_text(shape: tuple[int, ...]) -> str:
    """Return a shape as it is written in labels.

    Examples
    --------
    >>> shape_text((8, 4)), shape_text(())
    ('8×4', 'scalar')
    """
    return "×".join(map(str, shape)) if shape else "scalar"


class GeneralRule(NamedTuple):
    """The rule of an edge with general names for the operands.

    Attributes
    ----------
    whole, operand, gradient : Symbol
        ``sin u``, ``u`` and ``cos u``.
    ordinary : bool
        Whether there is one operand only that moves.
    """

    whole: Symbol
    operand: Symbol
    gradient: Symbol
    ordinary: bool


def general_rule(node: Variable, argument: int, constants: Constants) -> GeneralRule | None:
    """Return the rule that an edge applies, with general names for the operands.

    None where there is no formula: for structural rules, for rules that cannot be read, and where nothing flows.
    """
    primitive = node.primitive
    assert primitive is not None
    letters = iter(_GENERAL)
    operands = [
        name(next(letters), x.shape) if isinstance(x, Variable) else constants.operand(node, k)
        for k, x in enumerate(node.operands)
    ]
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
    return None if gradient is None else GeneralRule(whole, operands[argument], gradient, ordinary)


def edge_rule(node: Variable, argument: int, constants: Constants) -> Symbol | None:
    """Return the rule that an edge applies as an equation, ``d/du sin u = cos u``; None where there is no formula."""
    rule = general_rule(node, argument, constants)
    if rule is None:
        return None
    return row(derivative(rule.whole, rule.operand, ordinary=rule.ordinary), " = ", rule.gradient)


def edge_gradient(node: Variable, argument: int) -> Any:
    """Return the local gradient of an edge of kind ``"local"``: of an inner product it is the other operand.

    One that is the same number for all entries stays that number: the slope of ``e / s`` by e is 1/s.
    """
    if is_inner_product(node):
        return plain_value(node.operands[1 - argument])
    gradient = local_gradient(node, argument)
    return gradient if np.ndim(gradient) == 0 else np.broadcast_to(gradient, node.shape)[()]


def together(node: Variable, argument: int) -> Sequence[int]:
    """Return the operands in which a structural node is linear together with one of them; none where it is not."""
    primitive = node.primitive
    assert primitive is not None
    for group in primitive.linear:
        members = range(len(node.operands)) if primitive.variadic else group if isinstance(group, tuple) else (group,)
        if argument in members:
            return members
    return ()
