"""Symbols: what stands in the place of numbers when a derivative rule is read as a formula.

A `Symbol` speaks the same NumPy protocols as a Variable, so the rule ``lambda y, x: np.cos(x)`` applied to the symbol x
gives the expression cos x. `operation` tidies what rules say as one would by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import graphviz_ad.engine.rules  # noqa: F401  (fills the registry, whose operators symbols have)
from graphviz_ad.console import prints
from graphviz_ad.engine.notation import RESERVED, Fence, Function, Index, Infix, Level, Notation, Unwritten
from graphviz_ad.engine.primitive import FUNCTIONS, PRIMITIVES, Primitive
from graphviz_ad.engine.rules.indexing import INDEX
from graphviz_ad.formulas.shapes import Shape, broadcast, result_shape
from graphviz_ad.numerals.abbreviating import abbreviated
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
    "plainly",
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
    shape : tuple of int or None
        Shape of the value it stands for; None where it is not known.
    **params
        Of the primitive.
    """

    __slots__ = ("arguments", "dtype", "head", "known_shape", "params")
    __hash__ = object.__hash__

    def __init__(self, head: str, arguments: tuple[Any, ...], shape: Shape = (), /, **params: Any) -> None:
        self.head = head
        self.arguments = arguments
        self.known_shape = shape
        self.params = params

    dtype: np.dtype[Any]
    """Of a name whose dtype is known. Nothing else has one, and a rule that asks for it cannot be read."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the value; a rule that asks for one that is not known cannot be read."""
        if self.known_shape is None:
            raise AttributeError(f"the shape of {self} is not known")
        return self.known_shape

    @shape.setter
    def shape(self, shape: tuple[int, ...]) -> None:
        self.known_shape = shape

    @property
    def ndim(self) -> int:
        """How many axes the value has."""
        return len(self.shape)

    def same(self, other: Any) -> bool:
        """Whether both are written alike, names, numbers of the story and parameters included."""
        return _same(self, other, set())

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
        if isinstance(primitive.notation, Index):
            operand, position = operands
            return operation(primitive.name, _symbol(operand), number(position), **params)
        return operation(primitive.name, *map(_symbol, operands), **params)

    def __getitem__(self, position: Any) -> Symbol:
        picked: Symbol = INDEX(self, position)
        return picked


def _same(a: Symbol, b: Any, known: set[tuple[int, int]]) -> bool:
    """Whether two expressions are written alike; `known` are pairs of their parts that are.

    What is used often stands in an expression often, as one object: to look at it once takes the time of a program, to
    look at it wherever it stands the time of its paths.
    """
    pair = (id(a), id(b))
    if a is b or pair in known:
        return True
    if not isinstance(b, Symbol) or a.head != b.head or len(a.arguments) != len(b.arguments):
        return False
    pairs = zip(a.arguments, b.arguments, strict=True)
    equal = _alike(a.params, b.params, known) and all(_alike(x, y, known) for x, y in pairs)
    if equal:
        known.add(pair)
    return equal


def _alike(a: Any, b: Any, known: set[tuple[int, int]]) -> bool:
    """Whether two operands, positions or parameters are the same, arrays in them entry by entry."""
    if isinstance(a, Symbol):
        return _same(a, b, known)
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(_alike(a[key], b[key], known) for key in a)
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(_alike(x, y, known) for x, y in zip(a, b, strict=True))
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return type(a) is type(b) and np.array_equal(a, b)
    return bool(np.all(a == b))


# What is asked of an expression rather than recorded. A condition of its own is an operand here, and written.
_ANSWERS: dict[Any, Callable[..., Any]] = {
    np.shape: lambda symbol: symbol.shape,
    np.ndim: lambda symbol: symbol.ndim,
    np.where: lambda condition, a, b: _chosen(*map(_symbol, (condition, a, b))),
    np.reshape: lambda symbol, shape, **order: _in_shape(symbol, tuple(shape), order),
}


def _chosen(condition: Symbol, a: Symbol, b: Symbol) -> Symbol:
    return Symbol("where", (condition, a, b), broadcast([x.known_shape for x in (condition, a, b)]))


def _in_shape(symbol: Symbol, shape: tuple[int, ...], order: dict[str, Any]) -> Symbol:
    """Reshape; where only axes of length 1 come or go, that is an index: ``x[:, None]`` is x as a column."""
    if symbol.shape == shape:
        return symbol
    if [n for n in symbol.shape if n != 1] != [n for n in shape if n != 1]:
        return operation("reshape", symbol, shape=shape, **order)
    return symbol[_axes_of_one(symbol.shape, shape)]


def _axes_of_one(old: tuple[int, ...], new: tuple[int, ...]) -> tuple[Any, ...]:
    """Return the index that turns one shape into another that differs in axes of length 1 only."""
    index: list[Any] = []
    rest = list(new)
    for n in old:
        while rest and rest[0] == 1 and n != 1:
            rest.pop(0)
            index.append(None)
        keeps = bool(rest) and rest[0] == n
        index.append(slice(None) if keeps else 0)
        if keeps:
            rest.pop(0)
    return (*index, *(None for _ in rest))


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


def name(text: str, shape: tuple[int, ...] = (), *, bar: bool = False, dot: bool = False, dtype: Any = None) -> Symbol:
    """Return a named quantity; trailing digits are a subscript, `bar` makes it an adjoint, `dot` a tangent.

    With a dtype, rules that ask for it can be read.

    Examples
    --------
    >>> name("loss").arguments
    ('loss', False)
    """
    symbol = Symbol("name", (clean_name(text), bar, *([dot] if dot else [])), shape)
    if dtype is not None:
        symbol.dtype = np.dtype(dtype)
    return symbol


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
    """Return a constant operand: a number, a short array in full, or the shape of a longer one and its first entries.

    Examples
    --------
    >>> constant(np.ones((8, 3))).arguments
    ('[8×3: 1 1 1 … 1]',)
    """
    if np.ndim(value) == 0:
        return number(value)
    array = np.asarray(value)
    if array.ndim == 2 and array.shape[0] == array.shape[1] and np.array_equal(array, np.eye(len(array))):
        return Symbol("vector", ("I",), array.shape, value=value)
    return Symbol("vector", (abbreviated(value),), np.shape(value), value=value)


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
    elif isinstance(notation_of(head), Unwritten) and "settings" not in params:
        return arguments[0]
    return plainly(head, *arguments, **params)


def plainly(head: str, *arguments: Symbol, **params: Any) -> Symbol:
    """Return ``head(*arguments)`` as it is: not tidied."""
    has_position = isinstance(notation_of(head), Index)
    shapes = [x.known_shape for x in (arguments[:-1] if has_position else arguments)]
    position = arguments[-1].arguments[0] if has_position else None
    return Symbol(head, arguments, result_shape(head, shapes, position, params), **params)


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
        return plainly("square", a)
    if b.head == "number" and a.head != "number":
        return plainly("multiply", b, a)
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


def partial_derivative(top: Symbol, bottom: Symbol, use: int = 0) -> Symbol:
    """Return ∂top/∂bottom; of an operand that `top` has several times, by one use of it only, counted from 1.

    Examples
    --------
    >>> from graphviz_ad.formulas.formula import Formula
    >>> f, x = name("f"), name("x")
    >>> Formula(partial_derivative(f, x)).text, Formula(partial_derivative(f, x, use=2)).text
    ('∂f/∂x', '∂f/∂x⁽²⁾')
    """
    return Symbol("partial", (top, Symbol("power", (bottom, words(f"({use})"))) if use else bottom))


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
    """Return the transpose of a matrix, or of a vector; that of a transpose is the matrix itself."""
    if symbol.head == "transpose" and "settings" not in symbol.params:
        inside: Symbol = symbol.arguments[0]
        return inside
    return plainly("transpose", symbol, axes=tuple(range(symbol.ndim))[::-1])


_give_operators()
