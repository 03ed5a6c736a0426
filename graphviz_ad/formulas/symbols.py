"""Symbols: what stands in the place of numbers when a derivative rule is read as a formula.

A `Symbol` speaks the same NumPy protocols as a Variable, so the rule ``lambda y, x: np.cos(x)`` applied to the symbol x
gives the expression cos x. `operation` tidies what rules say as one would by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import graphviz_ad.engine.rules  # noqa: F401  (fills the registry, whose operators symbols have)
from graphviz_ad import numerals
from graphviz_ad.console import prints
from graphviz_ad.engine.notation import RESERVED, Fence, Function, Infix, Level, Notation, Unwritten
from graphviz_ad.engine.primitive import FUNCTIONS, PRIMITIVES, Primitive
from graphviz_ad.numerals.quantities import Quantity

__all__ = [
    "Symbol",
    "clean_name",
    "constant",
    "derivative",
    "factor",
    "is_negative",
    "name",
    "notation_of",
    "number",
    "operation",
    "partial_derivative",
    "row",
    "slot",
    "transposed",
    "words",
]

_LONGEST_NAME = 24
_FUNCTION = Function()


@prints
class Symbol:
    """A symbolic expression that rules and NumPy functions can be applied to.

    Parameters
    ----------
    head : str
        ``"name"``, ``"number"``, ``"slot"``, ``"words"`` or the name of a primitive.
    arguments : tuple
        The operands (Symbols), or what the head needs.
    shape : tuple of int
        Shape of the value it stands for, as far as rules ask for it.
    """

    __slots__ = ("arguments", "head", "params", "shape")
    __hash__ = object.__hash__

    def __init__(self, head: str, arguments: tuple[Any, ...], shape: tuple[int, ...] = (), **params: Any) -> None:
        self.head = head
        self.arguments = arguments
        self.shape = shape
        self.params = params

    @property
    def ndim(self) -> int:
        """How many axes the value has."""
        return len(self.shape)

    def same(self, other: Any) -> bool:
        """Whether both are written alike, names and numbers of the story included."""
        if not isinstance(other, Symbol) or self.head != other.head or len(self.arguments) != len(other.arguments):
            return False
        pairs = zip(self.arguments, other.arguments, strict=True)
        return all(a.same(b) if isinstance(a, Symbol) else bool(np.all(a == b)) for a, b in pairs)

    def __repr__(self) -> str:
        return f"<Symbol {self}>"

    def __str__(self) -> str:
        return f"{self.head}({', '.join(map(str, self.arguments))})"

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method != "__call__" or kwargs or ufunc.nout != 1:
            return NotImplemented
        return operation(ufunc.__name__.removeprefix("_"), *map(_symbol, inputs))

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        answer = _ANSWERS.get(func) or FUNCTIONS.get(func)
        return NotImplemented if answer is None else answer(*args, **kwargs)

    @staticmethod
    def __record__(primitive: Primitive, operands: tuple[Any, ...], params: dict[str, Any]) -> Symbol:
        return operation(primitive.name, *map(_symbol, operands), **params)


# What is asked of an expression rather than recorded. A condition of its own is an operand here, and written.
_ANSWERS: dict[Any, Callable[..., Any]] = {
    np.shape: lambda symbol: symbol.shape,
    np.ndim: lambda symbol: symbol.ndim,
    np.where: lambda condition, a, b: operation("where", *map(_symbol, (condition, a, b))),
}

# Comparisons are no primitives, since nothing flows back through them; in a formula they count as 1 or 0.
_COMPARISONS: dict[str, tuple[str, Notation]] = {
    name: (dunder, Fence("[", "]", Infix(f" {sign} ", Level.RELATION)))
    for name, dunder, sign in (
        ("equal", "__eq__", "="),
        ("not_equal", "__ne__", "≠"),
        ("greater", "__gt__", ">"),
        ("less", "__lt__", "<"),
        ("greater_equal", "__ge__", "≥"),
        ("less_equal", "__le__", "≤"),
    )
}


def _give_operators() -> None:
    """Give symbols the operators of the registry, and comparisons."""

    def method(head: str, *, reflected: bool = False) -> Any:
        def apply(self: Symbol, *others: Any) -> Symbol:
            operands = (self, *map(_symbol, others))
            return operation(head, *(operands[::-1] if reflected else operands))

        return apply

    for primitive in PRIMITIVES.values():
        if not primitive.operator:
            continue
        setattr(Symbol, f"__{primitive.operator}__", method(primitive.name))
        if len(primitive.partials or primitive.vjps) == 2:
            setattr(Symbol, f"__r{primitive.operator}__", method(primitive.name, reflected=True))
    for head, (dunder, _) in _COMPARISONS.items():
        setattr(Symbol, dunder, method(head))


def notation_of(head: str) -> Notation | None:
    """Return how an operation is written; None for names, numbers and whatever else is no operation.

    Examples
    --------
    >>> notation_of("sqrt")
    Root(degree=2)
    >>> notation_of("name")
    """
    primitive = PRIMITIVES.get(head)
    if primitive is not None:
        return primitive.notation
    if head in _COMPARISONS:
        return _COMPARISONS[head][1]
    return None if head in RESERVED else _FUNCTION


def clean_name(text: str) -> str:
    """Return a name fit to be shown: without control characters, and no longer than 24 characters.

    Examples
    --------
    >>> clean_name("loss")
    'loss'
    >>> len(clean_name("x" * 20_000))
    24
    """
    shown = "".join(c if c.isprintable() else "\ufffd" for c in text[: _LONGEST_NAME + 1])
    return shown if len(shown) <= _LONGEST_NAME else shown[: _LONGEST_NAME - 1] + "…"


def name(text: str, shape: tuple[int, ...] = (), *, bar: bool = False) -> Symbol:
    """Return a named quantity; trailing digits are written as a subscript, `bar` makes it an adjoint.

    Examples
    --------
    >>> name("loss").arguments
    ('loss', False)
    """
    return Symbol("name", (clean_name(text), bar), shape)


def number(value: Any) -> Symbol:
    """Return a literal number."""
    return Symbol("number", (value,))


def slot(quantity: Quantity, shape: tuple[int, ...] = ()) -> Symbol:
    """Return the place of a number of the story."""
    return Symbol("slot", (quantity,), shape)


def words(text: str) -> Symbol:
    """Return upright words inside a formula."""
    return Symbol("words", (clean_name(text) if len(text) > 60 else text,))


def constant(value: Any) -> Symbol:
    """Return a constant operand: a number, a short vector in full, or its shape."""
    if np.ndim(value) == 0:
        return number(value)
    if np.ndim(value) == 1 and np.size(value) <= 4:
        return Symbol("vector", ("[" + " ".join(numerals.static(v) for v in value) + "]",), np.shape(value))
    return Symbol("words", (f"[{'×'.join(map(str, np.shape(value)))}]",), np.shape(value))


def _symbol(value: Any) -> Symbol:
    return value if isinstance(value, Symbol) else constant(value)


def is_negative(symbol: Symbol) -> bool:
    """Whether it is a negative number."""
    return symbol.head == "number" and not np.iscomplexobj(symbol.arguments[0]) and bool(symbol.arguments[0] < 0)


def _is(symbol: Symbol, value: float) -> bool:
    return symbol.head == "number" and bool(symbol.arguments[0] == value)


def operation(head: str, *arguments: Symbol, **params: Any) -> Symbol:
    """Return ``head(*arguments)``, tidied as one would by hand: no ``1·x``, ``x + 0``, ``x¹`` or ``−(−x)``."""
    tidy = _TIDY.get(head)
    if tidy is not None:
        tidied = tidy(*arguments)
        if tidied is not None:
            return tidied
    elif isinstance(notation_of(head), Unwritten):
        return arguments[0]
    return Symbol(head, arguments, _shape(*arguments), **params)


def _shape(*arguments: Symbol) -> tuple[int, ...]:
    return max((a.shape for a in arguments), key=len, default=())


def _folded(head: str, *arguments: Symbol) -> Symbol | None:
    """Compute an operation whose operands are all numbers."""
    if any(x.head != "number" for x in arguments):
        return None
    with np.errstate(all="ignore"):
        return number(PRIMITIVES[head].function(*(np.asarray(x.arguments[0]) * 1.0 for x in arguments)))


def _sum(a: Symbol, b: Symbol) -> Symbol | None:
    return _folded("add", a, b) or (a if _is(b, 0) else b if _is(a, 0) else None)


def _difference(a: Symbol, b: Symbol) -> Symbol | None:
    return _folded("subtract", a, b) or (a if _is(b, 0) else None)


def _product(a: Symbol, b: Symbol) -> Symbol | None:
    folded = _folded("multiply", a, b)
    if folded is not None:
        return folded
    if _is(a, 1):
        return b
    if _is(b, 1):
        return a
    if _is(a, -1):
        return operation("negative", b)
    if a.head == "negative":
        return operation("negative", operation("multiply", a.arguments[0], b))
    if a.same(b):
        return Symbol("square", (a,), _shape(a, b))
    if b.head == "number" and a.head != "number":
        return Symbol("multiply", (b, a), _shape(a, b))
    return None


def _quotient(a: Symbol, b: Symbol) -> Symbol | None:
    if _is(b, 1):
        return a
    if a.head == "negative" or is_negative(a):
        return operation("negative", operation("divide", operation("negative", a), b))
    return None


def _power(a: Symbol, b: Symbol) -> Symbol | None:
    return _folded("power", a, b) or (a if _is(b, 1) else None)


def _negative(a: Symbol) -> Symbol | None:
    if a.head == "negative":
        (inside,) = a.arguments
        return inside if isinstance(inside, Symbol) else a
    return number(-a.arguments[0]) if a.head == "number" else None


# The algebra that people do without thinking, by primitive; all others are written as they are.
_TIDY: dict[str, Callable[..., Symbol | None]] = {
    "add": _sum,
    "subtract": _difference,
    "multiply": _product,
    "divide": _quotient,
    "power": _power,
    "negative": _negative,
}


def row(*items: Symbol | str) -> Symbol:
    """Return pieces side by side; strings are operators, spaces around them included."""
    return Symbol("row", items)


def factor(sign: str, by: Symbol) -> Symbol:
    """Return ``× by``, as the socket of an edge is labelled, with parentheses where they are needed."""
    return Symbol("factor", (sign, by))


def partial_derivative(top: Symbol, bottom: Symbol) -> Symbol:
    """Return ∂top/∂bottom."""
    return Symbol("partial", (top, bottom))


def derivative(of: Symbol, by: Symbol, *, ordinary: bool) -> Symbol:
    """Return d/du of an expression, or ∂/∂u where it has other arguments, too.

    Examples
    --------
    >>> u = name("u")
    >>> derivative(np.sin(u), u, ordinary=True).arguments[2]
    True
    """
    return Symbol("derivative", (of, by, ordinary))


def transposed(symbol: Symbol) -> Symbol:
    """Return the transpose of a matrix."""
    return Symbol("transpose", (symbol,))


_give_operators()
