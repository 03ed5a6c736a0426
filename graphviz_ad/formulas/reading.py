"""Rules read with symbols: what an edge multiplies or sends, as a formula.

It is the same rule that numbers and Variables go through. A rule that asks for what a symbol does not have, such as a
value or a dtype, cannot be read; where a primitive has a formula of its own for it, that is read in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphviz_ad.engine.notation import Index
from graphviz_ad.engine.primitive import Primitive
from graphviz_ad.engine.variable import Variable
from graphviz_ad.formulas.simplifying import simplified, size
from graphviz_ad.formulas.symbols import Symbol, constant, number, words

__all__ = ["operands_to_read", "operands_to_write", "partial_formula", "vjp_formula", "vjp_reader"]

_LONGEST = 24  # symbols of what an edge sends; a longer one is not read but skipped

# What a rule raises that asks a symbol for what it does not have.
_UNREADABLE = (AttributeError, TypeError, ValueError, IndexError, KeyError)


def operands_to_read(
    node: Variable, symbols: Mapping[int, Symbol], constant_of: Callable[[Variable, int], Symbol]
) -> list[Any]:
    """Return the operands of a node as its rule takes them: symbols, by creation index, and positions as they are."""
    has_position = isinstance(node.primitive.notation, Index) if node.primitive is not None else False
    return [
        symbols[x.index] if isinstance(x, Variable) else x if x is None or has_position else constant_of(node, k)
        for k, x in enumerate(node.operands)
    ]


def operands_to_write(
    node: Variable, symbols: Mapping[int, Symbol], constant_of: Callable[[Variable, int], Symbol]
) -> list[Symbol]:
    """Return the operands of a node as they are written: symbols, and constants as such."""
    operands = operands_to_read(node, symbols, constant_of)
    return [x if isinstance(x, Symbol) else words("None") if x is None else number(x) for x in operands]


def partial_formula(primitive: Primitive, argument: int, y: Symbol, operands: Sequence[Symbol]) -> Symbol | None:
    """Return the partial of an elementwise primitive as a formula; None for one that cannot be read.

    Examples
    --------
    >>> from graphviz_ad.engine.primitive import PRIMITIVES
    >>> from graphviz_ad.formulas.symbols import name
    >>> print(partial_formula(PRIMITIVES["sin"], 0, name("y"), [name("x")]))
    cos(name(x, False))
    """
    rule = primitive.formulas[argument] or primitive.partials[argument]
    if not callable(rule):
        return number(rule if rule is not None else 0.0)
    try:
        formula = rule(y, *operands)
    except _UNREADABLE:
        return None
    return formula if isinstance(formula, Symbol) else constant(formula)


def vjp_formula(
    primitive: Primitive,
    argument: int,
    adjoint: Symbol,
    y: Symbol,
    operands: Sequence[Any],
    params: Mapping[str, Any],
) -> Symbol | None:
    r"""Return what a structural primitive sends to one operand, as a formula; None where there is no short one.

    Examples
    --------
    >>> from graphviz_ad.engine.primitive import PRIMITIVES
    >>> from graphviz_ad.formulas.formula import Formula
    >>> from graphviz_ad.formulas.symbols import name
    >>> X, W = name("X", (8, 3)), name("W", (3, 2))
    >>> Formula(vjp_formula(PRIMITIVES["matmul"], 1, name("v4", (8, 2), bar=True), name("v4"), [X, W], {})).latex
    'X^{\\mathrm{T}} \\, \\bar{v}_{4}'
    """
    return vjp_reader(primitive, adjoint, y, operands, params)(argument)


def vjp_reader(
    primitive: Primitive, adjoint: Symbol, y: Symbol, operands: Sequence[Any], params: Mapping[str, Any]
) -> Callable[[int], Symbol | None]:
    """Return what reads `vjp_formula` of each operand; what a rule works out for all of them is worked out once."""

    def read(argument: int) -> Symbol | None:
        place = -1 if primitive.variadic else argument
        rule = primitive.formulas[place] or primitive.vjps[place]
        options = {"argument": argument} if primitive.variadic else {}
        formula = None if rule is None else _attempted(rule, adjoint, y, *operands, **params, **options)
        return _short(formula, operands[argument])

    def pick(argument: int) -> Symbol | None:
        return _short(None if each is None else _attempted(each, argument), operands[argument])

    if not primitive.curried:
        return read
    each = _attempted(primitive.formulas[-1] or primitive.vjps[-1], adjoint, y, *operands, **params)
    return pick


def _attempted(rule: Any, *args: Any, **kwargs: Any) -> Any:
    """Read a rule; None for one that asks for more than symbols have."""
    try:
        return rule(*args, **kwargs)
    except _UNREADABLE:
        return None


def _short(formula: Any, operand: Symbol) -> Symbol | None:
    """Return what a rule said, simplified, if it is an expression that is short enough."""
    if not isinstance(formula, Symbol) or size(formula, _LONGEST) > _LONGEST:
        return None
    return _of_shape(simplified(formula), operand.shape)


def _of_shape(formula: Symbol, shape: tuple[int, ...]) -> Symbol | None:
    """Return a formula that has the shape of the operand, as far as its own can be told."""
    if formula.known_shape is None:
        formula.shape = shape
    return formula if formula.shape == shape else None
