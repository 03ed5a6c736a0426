"""What constants are called: as the person's source calls them, where it does, and by their first entries otherwise.

The expression that recorded a node is matched with its operands: those of an operator by their sides, those of a call
by the names of the function's parameters. What cannot be matched beyond doubt is written as a value.
"""

from __future__ import annotations

import ast
import copy
import inspect
from collections.abc import Callable, Container, Mapping
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.engine.notation import Index, Update
from graphviz_ad.engine.primitive import FUNCTIONS, METHODS, UFUNCS, Primitive
from graphviz_ad.engine.variable import Variable
from graphviz_ad.formulas.symbols import Symbol, constant, name, number, operation, transposed

__all__ = ["Call", "Constants", "call_of"]

_LONGEST = 24  # characters of what is quoted
_SHOWN = 4  # entries of an array that are written out, so that it needs no name
_OPERATORS = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.FloorDiv: "floordiv", ast.Mod: "mod",
    ast.Pow: "pow", ast.MatMult: "matmul",
}  # fmt: skip
_ARITHMETIC = (ast.BinOp, ast.UnaryOp, ast.Name, ast.Constant)
_MODULES = frozenset(["np", "numpy", "linalg", "la", "LA", "npl", "nla"])


class Call(NamedTuple):
    """The expressions of the operands, in order, and of the parameters, by name."""

    operands: tuple[ast.expr, ...] = ()
    params: Mapping[str, ast.expr] = {}


class Constants:
    """The names of the constants of one recording.

    Parameters
    ----------
    names : mapping
        What its nodes are called, by creation index: a constant of such a name is another thing, and written as a
        value.
    """

    def __init__(self, names: Mapping[int, str]) -> None:
        self._nodes = names
        self._named: dict[str, Any] = {}

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(self._nodes.values())

    def operand(self, node: Variable, k: int) -> Symbol:
        """Return a constant operand of a node as a symbol."""
        value = node.operands[k]
        if np.ndim(value) == 0:
            return number(value)
        call = call_of(node)
        symbol = self._symbol(call.operands[k], value) if call.operands else None
        return constant(value) if symbol is None else symbol

    def arrays(self) -> list[tuple[str, Any]]:
        """Return the arrays that go by a name so far, with it."""
        return [(key, value) for key, value in self._named.items() if isinstance(value, np.ndarray)]

    def of(self, node: Variable) -> tuple[tuple[str, Any], ...]:
        """Return the arrays in a node's label, constants and parameters, with what they are called."""
        if not any(isinstance(x, np.ndarray) for x in (*node.operands, *node.params.values())):
            return ()  # finding the expression takes long
        call = call_of(node)
        operands = [(call.operands[k] if call.operands else None, "constant", x) for k, x in enumerate(node.operands)]
        params = [(call.params.get(key), key, value) for key, value in node.params.items()]
        return tuple(
            ((expression is not None and ast.unparse(expression)) or key, value)
            for expression, key, value in (*operands, *params)
            if isinstance(value, np.ndarray) and value.ndim
        )

    def positions(self, node: Variable, index: Any, symbols: Mapping[int, Symbol]) -> Any:
        """Return what stands in brackets: the index itself, or the source's words for it where it has long arrays."""
        entries = index if isinstance(index, tuple) else (index,)
        if not any(isinstance(entry, np.ndarray) and (entry.dtype == bool or entry.size > _SHOWN) for entry in entries):
            return index
        call = call_of(node)
        expression = call.params.get("place") or (call.operands[1] if len(call.operands) > 1 else None)
        words = _Words(call, node, symbols, self._nodes, self._names)
        text = "" if expression is None or isinstance(expression, ast.List) else words.written(expression)
        return text if text and (_asks(expression) or self._is(text, index)) else index

    def params(self, node: Variable, symbols: Mapping[int, Symbol]) -> dict[str, str]:
        """Return what the source calls the arrays among a node's parameters."""
        arrays = [key for key, value in node.params.items() if isinstance(value, np.ndarray)]
        if not arrays:
            return {}
        call = call_of(node)
        words = _Words(call, node, symbols, self._nodes, self._names)
        texts = {key: self._text(call.params.get(key), node.params[key], words) for key in arrays}
        return {key: text for key, text in texts.items() if text}

    def _symbol(self, expression: ast.expr, value: Any) -> Symbol | None:
        if isinstance(expression, ast.Attribute) and expression.attr == "T":
            inside = self._symbol(expression.value, np.transpose(value))
            return None if inside is None else transposed(inside)
        if isinstance(expression, ast.UnaryOp) and isinstance(expression.op, ast.USub):
            inside = self._symbol(expression.operand, np.negative(value))
            return None if inside is None else operation("negative", inside)
        text = "" if isinstance(expression, ast.Call) and np.size(value) <= _SHOWN else _name(expression)
        text = text or self._composed(expression)
        if not text or not self._is(text, value):
            return None
        symbol = name(text, np.shape(value), dtype=np.asarray(value).dtype)
        symbol.params["value"] = value
        return symbol

    def _composed(self, expression: ast.expr) -> str:
        """Return an expression of constants in parentheses: ``(X @ W0)``; empty for what is long or has other parts."""
        parts = list(ast.walk(expression))
        names = {part.id for part in parts if isinstance(part, ast.Name)}
        if not isinstance(expression, ast.BinOp) or names & self._names or not names:
            return ""
        plain = all(isinstance(part, (*_ARITHMETIC, ast.operator, ast.unaryop, ast.expr_context)) for part in parts)
        text = f"({ast.unparse(expression)})"
        return text if plain and len(text) <= _LONGEST else ""

    def _text(self, expression: ast.expr | None, value: Any, words: _Words) -> str:
        if expression is None:
            return ""
        if _asks(expression):
            return words.written(expression)
        text = _name(expression) if value.size > _SHOWN else ""
        return text if text and self._is(text, value) else ""

    def _is(self, text: str, value: Any) -> bool:
        """Whether a name stands for this array, and for no other here."""
        if text in self._names:
            return False
        known = self._named.setdefault(text, value)
        return known is value or _alike(known, value)


def _alike(a: Any, b: Any) -> bool:
    """Whether two arrays, or two indices, are the same."""
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(_alike, a, b))
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return bool(np.array_equal(a, b))
    return type(a) is type(b) and bool(a == b)


class _Words:
    """Writes a condition in the words of the source, with the names that the story has for the operands."""

    def __init__(
        self,
        call: Call,
        node: Variable,
        symbols: Mapping[int, Symbol],
        nodes: Mapping[int, str],
        names: Container[str],
    ) -> None:
        self._names = names
        pairs = [
            (expression.id, operand)
            for expression, operand in zip(call.operands, node.operands, strict=False)
            if isinstance(expression, ast.Name) and isinstance(operand, Variable)
        ]
        self._own = {key: _subscripted(nodes[operand.index]) for key, operand in pairs}
        self._slots = {key for key, operand in pairs if symbols[operand.index].head == "slot"}

    def written(self, expression: ast.expr) -> str:
        """Return the condition; empty for what is long, among numbers, and where a name could be another node's."""
        parts = {part.id for part in ast.walk(expression) if isinstance(part, ast.Name)}
        if parts & self._slots or any(part in self._names and part not in self._own for part in parts):
            return ""
        renamed = _Renamed(self._own).visit(copy.deepcopy(expression))
        text = ast.unparse(ast.Subscript(ast.Name("_"), renamed))[2:-1]  # there may be slices in it
        return text if len(text) <= _LONGEST else ""


class _Renamed(ast.NodeTransformer):
    """Puts other names in the place of some."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._others = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        """Return the name of the story."""
        return ast.Name(self._others.get(node.id, node.id))


_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def _subscripted(text: str) -> str:
    letters = text.rstrip("0123456789")
    return letters + text[len(letters) :].translate(_SUBSCRIPTS)


def _asks(expression: ast.expr | None) -> bool:
    """Whether an expression is a condition, written out."""
    compared = expression.operand if isinstance(expression, ast.UnaryOp) else expression
    return isinstance(compared, ast.Compare | ast.BoolOp) or (
        isinstance(compared, ast.BinOp) and isinstance(compared.op, ast.BitAnd | ast.BitOr | ast.BitXor)
    )


def _name(expression: ast.expr) -> str:
    """Return the text of a name, an attribute, an entry or a call of NumPy's; empty for what is none, or is long."""
    text = ast.unparse(expression)
    if isinstance(expression, ast.Call) and text.startswith(("np.", "numpy.")):
        text = "" if "array" in text else text.partition(".")[2]
    elif not isinstance(expression, ast.Name | ast.Attribute | ast.Subscript):
        return ""
    return text if len(text) <= _LONGEST else ""


def call_of(node: Variable) -> Call:
    """Return the expressions of a node's operands and parameters, none of them where they cannot be told."""
    site = node.site if node.origin is None else None
    if site is None or not site.text or node.primitive is None:
        return Call()
    return _matched(site.text, node.primitive, len(node.operands), tuple(node.params))


@lru_cache(maxsize=4096)
def _matched(text: str, primitive: Primitive, count: int, params: tuple[str, ...]) -> Call:
    try:
        statement: ast.stmt | None = ast.parse(f"({text})").body[0]
    except (SyntaxError, ValueError):
        statement = _augmented(text)
    call = Call()
    if isinstance(statement, ast.AugAssign):
        call = _of_operator(primitive, statement.op, statement.target, statement.value)
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.BinOp):
        call = _of_operator(primitive, statement.value.op, statement.value.left, statement.value.right)
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        call = _of_call(primitive, statement.value, params)
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Subscript):
        call = _of_index(primitive, statement.value)
    return call if len(call.operands) in (0, count) else Call()


def _of_index(primitive: Primitive, expression: ast.Subscript) -> Call:
    """Match what is read, or written, with the positions in brackets."""
    if isinstance(primitive.notation, Index) and not primitive.notation.name:
        return Call((expression.value, expression.slice))
    return Call(params={"place": expression.slice}) if isinstance(primitive.notation, Update) else Call()


def _augmented(text: str) -> ast.stmt | None:
    """Return the statement ``a += b``, whose text is no expression."""
    try:
        return ast.parse(text).body[0]
    except (SyntaxError, ValueError, IndexError):
        return None


def _of_operator(primitive: Primitive, sign: ast.operator, *operands: ast.expr) -> Call:
    return Call(operands) if _OPERATORS.get(type(sign)) == primitive.operator else Call()


def _of_call(primitive: Primitive, call: ast.Call, params: tuple[str, ...]) -> Call:
    answer, arguments = _function_of(primitive, call)
    if answer is None or any(isinstance(part, ast.Starred) for part in arguments):
        return Call()
    if isinstance(answer, np.ufunc):
        return Call(tuple(arguments))
    try:
        bound = inspect.signature(answer).bind(
            *arguments, **{word.arg: word.value for word in call.keywords if word.arg}
        )
    except TypeError:
        return Call()
    operands: list[ast.expr] = []
    for key, expression in bound.arguments.items():
        if key not in params:
            several = expression if isinstance(expression, tuple) else (expression,)
            operands += [part for part in several if not _is_text(part)]
    if primitive.variadic and len(operands) == 1 and isinstance(operands[0], ast.List | ast.Tuple):
        operands = operands[0].elts
    return Call(tuple(operands), {key: value for key, value in bound.arguments.items() if key in params})


def _is_text(expression: Any) -> bool:
    return isinstance(expression, ast.Constant) and isinstance(expression.value, str)


def _function_of(primitive: Primitive, call: ast.Call) -> tuple[Callable[..., Any] | None, list[ast.expr]]:
    """Return what answers a call that records a primitive of the same name, and its arguments with what precedes."""
    function = call.func
    last = function.attr if isinstance(function, ast.Attribute) else ast.unparse(function)
    is_method = isinstance(function, ast.Attribute) and ast.unparse(function.value).split(".")[0] not in _MODULES
    if isinstance(function, ast.Attribute) and is_method and last in METHODS:
        return (METHODS[last] if last == primitive.name else None), [function.value, *call.args]
    plain = getattr(np, last, None) or getattr(np.linalg, last, None)
    own = getattr(plain, "__name__", "")
    if {"amax": "max", "amin": "min"}.get(own, own) != primitive.name:
        return None, []
    return (plain if plain in UFUNCS else FUNCTIONS.get(plain)), call.args
