"""Formulas: the derivative rules read with symbols instead of numbers.

A `Symbol` speaks the same NumPy protocols as a Variable, so the rule ``lambda y, x: np.cos(x)`` applied to the symbol x
gives the expression cos x. Expressions are written as plain text, as LaTeX, as MathML, and as runs of text for SVG, all
from one small tree of boxes, so that the four cannot disagree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

import numpy as np

from graphviz_ad import numerals
from graphviz_ad.engine.primitive import FUNCTIONS, PRIMITIVES, UFUNCS, Primitive
from graphviz_ad.numerals.quantities import Quantity

__all__ = [
    "Formula",
    "Run",
    "Symbol",
    "clean_name",
    "constant",
    "derivative",
    "factor",
    "name",
    "number",
    "operation",
    "partial_derivative",
    "row",
    "slot",
    "words",
    "written",
]

_LONGEST_NAME = 24


class Run(NamedTuple):
    """One stretch of a one-line formula: its text, whether italic, raised (+1) or lowered (-1), and overlined."""

    text: str
    italic: bool = False
    level: int = 0
    bar: bool = False


# Boxes: what a formula is made of once operators and precedence are settled


@dataclass(frozen=True, slots=True)
class _Text:
    text: str
    style: str  # "i" identifier, "f" function name, "n" number, "o" operator, "w" words
    bar: bool = False


@dataclass(frozen=True, slots=True)
class _Slot:
    quantity: Quantity
    protect: bool  # parenthesise when negative


@dataclass(frozen=True, slots=True)
class _Row:
    items: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Script:
    base: Any
    script: Any
    level: int


@dataclass(frozen=True, slots=True)
class _Fraction:
    top: Any
    bottom: Any
    top_line: Any  # how the two are written on one line
    bottom_line: Any


@dataclass(frozen=True, slots=True)
class _Root:
    inside: Any
    line: Any


_MINUS = "\u2212"
_SUM, _NEGATE, _PRODUCT, _APPLY, _POWER, _ATOM = 1, 2, 3, 4, 5, 6

NumberWriter = Callable[[Quantity], Any]
Box = Any


def _op(text: str) -> _Text:
    return _Text(text, "o")


def _row(*items: Box) -> Box:
    flat: list[Box] = []
    for item in items:
        flat.extend(item.items if isinstance(item, _Row) else (item,))
    return flat[0] if len(flat) == 1 else _Row(tuple(flat))


def _fence(inside: Box, left: str = "(", right: str = ")") -> Box:
    return _row(_op(left), inside, _op(right))


# Symbols


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
        return f"<Symbol {Formula(self).text}>"

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        primitive = UFUNCS.get(ufunc)
        if method != "__call__" or kwargs or (primitive is None and ufunc not in _RELATIONS):
            return NotImplemented
        return operation(primitive.name if primitive else ufunc.__name__, *map(_symbol, inputs))

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if func in (np.shape, np.ndim):
            return self.shape if func is np.shape else self.ndim
        if func is np.where:
            return operation("where", *map(_symbol, args))
        handler = FUNCTIONS.get(func)
        return NotImplemented if handler is None else handler(*args, **kwargs)

    @staticmethod
    def __record__(primitive: Primitive, operands: tuple[Any, ...], params: dict[str, Any]) -> Symbol:
        return operation(primitive.name, *map(_symbol, operands), **params)

    def __add__(self, other: Any) -> Symbol:
        return operation("add", self, _symbol(other))

    def __radd__(self, other: Any) -> Symbol:
        return operation("add", _symbol(other), self)

    def __sub__(self, other: Any) -> Symbol:
        return operation("subtract", self, _symbol(other))

    def __rsub__(self, other: Any) -> Symbol:
        return operation("subtract", _symbol(other), self)

    def __mul__(self, other: Any) -> Symbol:
        return operation("multiply", self, _symbol(other))

    def __rmul__(self, other: Any) -> Symbol:
        return operation("multiply", _symbol(other), self)

    def __truediv__(self, other: Any) -> Symbol:
        return operation("divide", self, _symbol(other))

    def __rtruediv__(self, other: Any) -> Symbol:
        return operation("divide", _symbol(other), self)

    def __floordiv__(self, other: Any) -> Symbol:
        return operation("floor_divide", self, _symbol(other))

    def __pow__(self, other: Any) -> Symbol:
        return operation("power", self, _symbol(other))

    def __rpow__(self, other: Any) -> Symbol:
        return operation("power", _symbol(other), self)

    def __neg__(self) -> Symbol:
        return operation("negative", self)

    def __eq__(self, other: object) -> Any:
        return operation("equal", self, _symbol(other))

    def __gt__(self, other: Any) -> Any:
        return operation("greater", self, _symbol(other))

    def __lt__(self, other: Any) -> Any:
        return operation("less", self, _symbol(other))


_RELATIONS = {np.equal: "=", np.greater: ">", np.less: "<", np.greater_equal: "≥", np.less_equal: "≤"}
_RELATION_SIGNS = {ufunc.__name__: sign for ufunc, sign in _RELATIONS.items()}


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
    """Return a named quantity; trailing digits become a subscript, `bar` makes it an adjoint.

    Examples
    --------
    >>> Formula(name("v3", bar=True)).text
    'v̄₃'
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


def _is_negative(symbol: Symbol) -> bool:
    return symbol.head == "number" and not np.iscomplexobj(symbol.arguments[0]) and bool(symbol.arguments[0] < 0)


def _is(symbol: Symbol, value: float) -> bool:
    return symbol.head == "number" and bool(symbol.arguments[0] == value)


def operation(head: str, *arguments: Symbol, **params: Any) -> Symbol:
    """Return ``head(*arguments)``, tidied as one would by hand: no ``1·x``, ``x + 0``, ``x¹`` or ``−(−x)``."""
    shape = max((a.shape for a in arguments), key=len, default=())
    if head in ("add", "subtract", "multiply", "divide", "power") and len(arguments) == 2:
        a, b = arguments
        if all(x.head == "number" for x in arguments) and head != "divide":
            with np.errstate(all="ignore"):
                return number(PRIMITIVES[head].function(*(np.asarray(x.arguments[0]) * 1.0 for x in arguments)))
        if head == "multiply":
            if _is(a, 1):
                return b
            if _is(b, 1):
                return a
            if _is(a, -1):
                return operation("negative", b)
            if a.head == "negative":
                return operation("negative", operation("multiply", a.arguments[0], b))
            if b.head == "number" and a.head != "number":
                a, b = b, a
            if a.same(b):
                return Symbol("square", (a,), shape)
        elif (head in ("power", "divide") and _is(b, 1)) or (head in ("add", "subtract") and _is(b, 0)):
            return a
        elif head == "add" and _is(a, 0):
            return b
        elif head == "divide" and (a.head == "negative" or _is_negative(a)):
            return operation("negative", operation("divide", operation("negative", a), b))
        arguments = (a, b)
    elif head == "negative":
        (a,) = arguments
        if a.head == "negative":
            return a.arguments[0] if isinstance(a.arguments[0], Symbol) else a
        if a.head == "number":
            return number(-a.arguments[0])
    elif head == "positive" or head == "alias":
        return arguments[0]
    return Symbol(head, arguments, shape, **params)


# Symbols -> boxes


_SIGNS = {"add": "+", "subtract": _MINUS, "multiply": "·", "remainder": "mod", "matmul": "@"}
_ROMAN = {
    "arcsin": "arcsin",
    "arccos": "arccos",
    "arctan": "arctan",
    "absolute": "abs",
    "rint": "round",
    "sign": "sign",
}


def _box(symbol: Symbol) -> tuple[Box, int]:
    """Return the box of an expression and how tightly it binds.

    Every operand is boxed once: twice at each level would be 2ⁿ times for n operations one inside the other.
    """
    head, args = symbol.head, symbol.arguments
    if head == "name":
        return _name_box(*args), _ATOM
    if head == "number":
        text = numerals.static(args[0])
        return _Text(text, "n"), _NEGATE if text.startswith(_MINUS) else _ATOM
    if head == "slot":
        return _Slot(args[0], False), _ATOM
    if head in ("words", "vector"):
        return _Text(args[0], "w" if head == "words" else "n"), _ATOM
    if head == "row":
        return _row(*(x if not isinstance(x, Symbol) else _box(x)[0] for x in args)), _SUM
    if head == "factor":
        return _row(_op(f"{args[0]} "), _inside(args[1], _PRODUCT, True)), _PRODUCT
    if head == "partial":
        top, bottom = (_row(_Text("∂", "i"), _box(x)[0]) for x in args)
        return _Fraction(top, bottom, top, bottom), _PRODUCT
    if head == "derivative":
        sign = _Text("d" if args[2] else "∂", "i")
        by = _row(sign, _box(args[1])[0])
        return _row(_Fraction(sign, by, sign, by), _op(" "), _inside(args[0], _APPLY)), _PRODUCT
    if head in ("add", "subtract"):
        left = _inside(args[0], _SUM)
        return _row(
            left, _op(f" {_SIGNS[head]} "), _inside(args[1], _PRODUCT if head == "subtract" else _SUM, True)
        ), _SUM
    if head == "negative":
        return _row(_op(_MINUS), _inside(args[0], _PRODUCT)), _NEGATE
    if head == "multiply":
        return _product(*args), _PRODUCT
    if head in ("remainder", "matmul"):
        return _row(_inside(args[0], _PRODUCT), _op(f" {_SIGNS[head]} "), _inside(args[1], _APPLY)), _PRODUCT
    if head == "divide":
        top, bottom = _box(args[0]), _box(args[1])
        top_line, bottom_line = _inside(args[0], _PRODUCT, boxed=top), _inside(args[1], _POWER, boxed=bottom)
        return _Fraction(top[0], bottom[0], top_line, bottom_line), _PRODUCT
    if head == "power":
        return _Script(_inside(args[0], _ATOM), _box(args[1])[0], 1), _POWER
    if head == "square":
        return _Script(_inside(args[0], _ATOM), _Text("2", "n"), 1), _POWER
    if head == "transpose":
        return _Script(_inside(args[0], _ATOM), _Text("T", "f"), 1), _POWER
    if head == "dot":
        if symbol.params.get("lying"):
            if args[0].head == "transpose":
                return _row(_box(args[0])[0], _inside(args[1], _ATOM)), _POWER
            left = _inside(args[0], _POWER if args[0].head == "divide" else _PRODUCT)
            return _row(left, _op(" · " if args[0].head == "slot" else "\u2009"), _inside(args[1], _ATOM)), _PRODUCT
        if args[0].ndim == args[1].ndim == 1:
            return _row(_Script(_inside(args[0], _ATOM), _Text("T", "f"), 1), _inside(args[1], _ATOM)), _POWER
        return _row(_inside(args[0], _PRODUCT), _op(" · "), _inside(args[1], _APPLY)), _PRODUCT
    if head == "sqrt":
        inside, binding = _box(args[0])
        return _Root(inside, inside if binding >= _ATOM else _fence(inside)), _POWER
    if head in ("absolute", "norm"):
        mark = "|" if head == "absolute" else "‖"
        return _fence(_box(args[0])[0], mark, mark), _ATOM
    if head == "floor_divide":
        return _fence(_row(_inside(args[0], _PRODUCT), _op("/"), _inside(args[1], _POWER)), "⌊", "⌋"), _ATOM
    if head in _RELATION_SIGNS:
        return _fence(_row(_box(args[0])[0], _op(f" {_RELATION_SIGNS[head]} "), _box(args[1])[0]), "[", "]"), _ATOM
    if head == "index":
        return _row(_inside(args[0], _ATOM), _op("["), _Text(_index_text(args[1].arguments[0]), "w"), _op("]")), _ATOM
    if head in ("log2", "log10"):
        function: Box = _Script(_Text("log", "f"), _Text(head[3:], "n"), -1)
    elif head == "sum":
        function = _Text("Σ", "f")
    else:
        function = _Text(_ROMAN.get(head, head), "f")
    if len(args) == 1:
        inside, binding = _box(args[0])
        if binding >= _ATOM and not isinstance(inside, _Row):
            return _row(function, _op(" "), inside), _APPLY
        return _row(function, _fence(inside)), _APPLY
    listed = [_box(args[0])[0]]
    for argument in args[1:]:
        listed += [_op(", "), _box(argument)[0]]
    if head == "stack":
        return _fence(_row(*listed), "[", "]"), _ATOM
    return _row(function, _fence(_row(*listed))), _ATOM


def _inside(symbol: Symbol, binding: int, right: bool = False, boxed: tuple[Box, int] | None = None) -> Box:
    """Return an operand's box, in parentheses where it binds less tightly than its place demands.

    `boxed` is what `_box` returned for the operand, where that is known already.
    """
    if symbol.head == "slot":
        return _Slot(symbol.arguments[0], right or binding > _SUM)
    box, own = _box(symbol) if boxed is None else boxed
    negative_on_the_right = right and own == _NEGATE
    return _fence(box) if own < binding or negative_on_the_right else box


def _product(a: Symbol, b: Symbol) -> Box:
    left = _inside(a, _PRODUCT)
    if b.head == "divide":
        right = _fence(_box(b)[0])
    elif b.head in ("partial", "multiply"):
        right = _box(b)[0]
    else:
        right = _inside(b, _APPLY, True)
    # A number stands directly before a name or power: 2x, 2 v₁.
    together = a.head == "number" and b.head in ("name", "power", "square", "transpose", "dot") and not _is_negative(a)
    if a.head == "slot":
        left = _Slot(a.arguments[0], False)
    close = isinstance(right, _Text) or (isinstance(right, _Script) and right.level > 0)
    return _row(left, _op("" if together and close else "\u2009" if together else " · "), right)


def _name_box(text: str, bar: bool) -> Box:
    match = re.fullmatch(r"([^\W\d_]+)_?(\d{1,4})", text)
    if match is None:
        return _Text(text, "i", bar)
    return _Script(_Text(match[1], "i", bar), _Text(match[2], "n"), -1)


def _index_text(index: Any) -> str:
    entries = index if isinstance(index, tuple) else (index,)
    return clean_name(", ".join(map(_entry_text, entries)))


def _entry_text(entry: Any) -> str:
    if isinstance(entry, slice):
        parts = [entry.start, entry.stop] + ([entry.step] if entry.step is not None else [])
        return ":".join("" if part is None else str(part) for part in parts)
    if entry is Ellipsis:
        return "…"
    if isinstance(entry, np.ndarray):
        what = "mask" if entry.dtype == bool else "positions"
        return str(entry.tolist()) if entry.size <= 4 and entry.dtype != bool else what
    return str(entry)


# Boxes -> text, LaTeX, MathML, runs


class Formula:
    r"""A formula that can be written in four ways. Numbers of the story in it are written by a function.

    Parameters
    ----------
    symbol : Symbol
    numbers : callable, optional
        ``numbers(quantity) -> value or str``: what to write for a number of the story; ``…`` unless given.

    Examples
    --------
    >>> x = name("x")
    >>> f = Formula(np.cos(x) / x**2)
    >>> f.text, f.latex
    ('cos x/x²', '\\frac{\\cos x}{x^{2}}')
    """

    __slots__ = ("_box", "_numbers", "symbol")

    def __init__(self, symbol: Symbol, numbers: NumberWriter | None = None) -> None:
        self.symbol = symbol
        self._box = _box(symbol)[0]
        self._numbers = numbers

    def with_numbers(self, numbers: NumberWriter) -> Formula:
        """Return the same formula with its numbers written by `numbers`."""
        return Formula(self.symbol, numbers)

    @property
    def text(self) -> str:
        """The formula in Unicode, on one line."""
        return "".join(_run_text(run) for run in self.runs)

    @property
    def runs(self) -> tuple[Run, ...]:
        """The formula on one line, as stretches of text."""
        return tuple(_merge(_runs(self._box, self._number)))

    @property
    def latex(self) -> str:
        """The formula in LaTeX, for math mode."""
        return _latex(self._box, self._number)

    @property
    def mathml(self) -> str:
        """The formula as MathML elements, without the surrounding ``<math>``."""
        return _mathml(self._box, self._number)

    def _number(self, quantity: Quantity) -> str:
        if self._numbers is None:
            return "…"
        value = self._numbers(quantity)
        return value if isinstance(value, str) else written(value)

    def __repr__(self) -> str:
        return f"<Formula {self.text}>"


def written(value: Any) -> str:
    """Write a number, a short vector in full, or an array's shape and range.

    Examples
    --------
    >>> written(np.array([0.0, 4.0, 8.0, 12.0]))
    '[0 4 8 12]'
    """
    if np.ndim(value) == 0:
        return numerals.static(value)
    if np.ndim(value) == 1 and 0 < np.size(value) <= 6:
        return "[" + " ".join(numerals.static(v) for v in value) + "]"
    shape = "×".join(map(str, np.shape(value)))
    if not np.size(value):
        return f"{shape} (empty)"
    finite = value[np.isfinite(value)]
    low, high = (numerals.static(finite.min()), numerals.static(finite.max())) if finite.size else ("NaN", "NaN")
    return f"{shape}, {low}…{high}" if low != high else f"{shape}, all {low}"


def _slot_text(box: _Slot, write: Callable[[Quantity], str]) -> str:
    text = write(box.quantity)
    if box.protect:
        # A placeholder is protected by whoever fills it in; a number here and now.
        return f"⟦{text[1:-1]}p⟧" if text.startswith("⟦") else f"({text})" if text.startswith(_MINUS) else text
    return text


_SUPERSCRIPTS = str.maketrans("0123456789−+()Tn", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺⁽⁾ᵀⁿ")
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def _run_text(run: Run) -> str:
    text = run.text
    if run.bar:
        text = "".join(c + "\u0305" for c in text)
    if run.level > 0:
        return text.translate(_SUPERSCRIPTS) if all(c in "0123456789−+()Tn" for c in text) else f"^({text})"
    if run.level < 0:
        return text.translate(_SUBSCRIPTS) if text.isdigit() else f"_{text}"
    return text


def _merge(runs: Sequence[Run]) -> list[Run]:
    merged: list[Run] = []
    for run in runs:
        if not run.text:
            continue
        if merged and merged[-1][1:] == run[1:]:
            merged[-1] = merged[-1]._replace(text=merged[-1].text + run.text)
        else:
            merged.append(run)
    return merged


def _runs(box: Box, write: Callable[[Quantity], str]) -> list[Run]:
    match box:
        case _Text(text, style, bar):
            if bar and len(text) == 1:
                return [Run(text + "\u0304", True)]  # a combining macron
            return [Run(text, style == "i", 0, bar)]
        case _Slot():
            return [Run(_slot_text(box, write))]
        case _Row(items):
            return [run for item in items for run in _runs(item, write)]
        case _Script(base, script, level):
            raised = _runs(script, write)
            # A script within a script stays one: there is only one step up or down from the line.
            text = "".join(_run_text(run) for run in raised)
            return [*_runs(base, write), Run(text, raised[0].italic, level)]
        case _Fraction(_, _, top, bottom):
            return [*_runs(top, write), Run("/"), *_runs(bottom, write)]
        case _Root(_, line):
            return [Run("√"), *_runs(line, write)]
    raise TypeError(box)


_LATEX_OPERATORS = {
    "·": r"\cdot",
    "‖": r"\Vert",
    "|": r"\vert",
    "⌊": r"\lfloor",
    "⌋": r"\rfloor",
    "×": r"\times",
    "⊙": r"\odot",
    "←": r"\leftarrow",
    _MINUS: "-",
    "mod": r"\bmod",
    "\u2009": r"\,",
}
_LATEX_FUNCTIONS = frozenset(
    ["sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "exp", "log", "max", "min"]
)
_LATEX_PLAIN = {c: "\\" + c for c in "#$%&_{}"}
_LATEX_MATH = {
    **_LATEX_PLAIN,
    "\\": r"\backslash ",
    "^": r"\wedge ",
    "~": r"\sim ",
    _MINUS: "-",
    "∞": r"\infty ",
    "∂": r"\partial ",
}
_LATEX_WORDS = {
    **_LATEX_PLAIN, "\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", _MINUS: "-",
    "∞": r"$\infty$", "∂": r"$\partial$", "×": r"$\times$",
}  # fmt: skip


def _latex_escape(text: str, table: dict[str, str] = _LATEX_MATH) -> str:
    return "".join(table.get(c, c) for c in text)


_LATEX_NUMBERS = {_MINUS: "-", "∞": r"\infty", "NaN": r"\mathrm{NaN}", "×": r"\times ", "…": r"\dots "}


def _latex_number(text: str) -> str:
    """Write a number, or several in brackets, as LaTeX: exponents as powers of ten, and spaces that stay."""
    written_out = (
        re.sub(r"(\d)e([^\s\])…,]+)", r"\1 \\cdot 10^{\2}", text)
        .replace(" ", r"\; ")
        .replace(r"\; \cdot\; ", r" \cdot ")
    )
    for character, command in _LATEX_NUMBERS.items():
        written_out = written_out.replace(character, command)
    return written_out


def _latex(box: Box, write: Callable[[Quantity], str]) -> str:
    match box:
        case _Text("∂", "i", _):
            return r"\partial"
        case _Text(text, "i", bar):
            body = _latex_escape(text)
            body = body if len(text) == 1 else rf"\mathit{{{body}}}"
            return (rf"\bar{{{body}}}" if len(text) == 1 else rf"\overline{{{body}}}") if bar else body
        case _Text(text, "f", _):
            return (
                "\\" + text
                if text in _LATEX_FUNCTIONS
                else r"\sum"
                if text == "Σ"
                else rf"\mathrm{{{_latex_escape(text)}}}"
            )
        case _Text(text, "n", _):
            return _latex_number(text)
        case _Text(text, "o", _):
            core = text.strip(" ")
            return _LATEX_OPERATORS.get(core, core)
        case _Text(text, _, _):
            return rf"\text{{{_latex_escape(text, _LATEX_WORDS)}}}"
        case _Slot():
            return _latex_number(_slot_text(box, write))
        case _Row(items):
            parts = [part for part in (_latex(item, write) for item in items) if part]
            return " ".join(parts).replace("( ", "(").replace(" )", ")")
        case _Script(base, script, level):
            return f"{_latex(base, write)}{'^' if level > 0 else '_'}{{{_latex(script, write)}}}"
        case _Fraction(top, bottom, _, _):
            return rf"\frac{{{_latex(top, write)}}}{{{_latex(bottom, write)}}}"
        case _Root(inside, _):
            return rf"\sqrt{{{_latex(inside, write)}}}"
    raise TypeError(box)


def _mathml(box: Box, write: Callable[[Quantity], str]) -> str:
    match box:
        case _Text(text, "i", bar):
            inner = f"<mi>{escape(text)}</mi>"
            return f"<mover>{inner}<mo>¯</mo></mover>" if bar else inner
        case _Text(text, "f", _):
            return f'<mi mathvariant="normal">{escape(text)}</mi>' if len(text) == 1 else f"<mi>{escape(text)}</mi>"
        case _Text(text, "n", _):
            return f"<mn>{escape(text)}</mn>"
        case _Text(text, "o", _):
            core = text.strip(" ")
            if core in ("", "\u2009"):
                return "<mspace width='0.17em'></mspace>" if text else ""
            fence = core in ("(", ")", "[", "]", "|", "‖", "⌊", "⌋")
            return f"<mo{' stretchy=' + chr(34) + 'false' + chr(34) if fence else ''}>{escape(core)}</mo>"
        case _Text(text, _, _):
            # A space at the end of a text element would vanish.
            body = text.rstrip(" ")
            return f"<mtext>{escape(body)}{chr(160) * (len(text) - len(body))}</mtext>"
        case _Slot(quantity):
            role = {"value": "value", "local": "local"}.get(quantity.kind, "adjoint")
            return f'<mn class="{role}">{escape(_slot_text(box, write))}</mn>'
        case _Row(items):
            return "<mrow>" + "".join(_mathml(item, write) for item in items) + "</mrow>"
        case _Script(base, script, level):
            tag = "msup" if level > 0 else "msub"
            return f"<{tag}>{_mathml(base, write)}{_mathml(script, write)}</{tag}>"
        case _Fraction(top, bottom, _, _):
            return f"<mfrac>{_mathml(top, write)}{_mathml(bottom, write)}</mfrac>"
        case _Root(inside, _):
            return f"<msqrt>{_mathml(inside, write)}</msqrt>"
    raise TypeError(box)


def row(*items: Symbol | str) -> Symbol:
    """Return pieces side by side; strings are operators, spaces around them included."""
    return Symbol("row", tuple(_op(item) if isinstance(item, str) else item for item in items))


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
    >>> Formula(derivative(np.sin(u), u, ordinary=True)).text
    'd/du sin u'
    """
    return Symbol("derivative", (of, by, ordinary))
