"""Expressions of nodes that a person types: ``x.adjoint``, ``np.max(h)``, ``abs(adjoint) > 1e3``.

They are parsed and computed piece by piece, and never run as Python: nothing but arithmetic, comparisons, indexing and
the functions of the tables below can be written. So they are safe wherever they come from, a page of a notebook too.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Collection
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.debugging.stepping.moments import Moment, NodeSoFar
from graphviz_ad.errors import InputError, suggest

__all__ = ["NODE", "Expression", "NotYet", "parse"]

NODE = ("value", "adjoint", "name", "primitive", "index", "line")
"""What there is to know of a node; alone, of the node of the step."""

_ATTRIBUTES = ("shape", "size", "ndim", "T", "real", "imag", "dtype")
_METHODS = ("max", "min", "sum", "mean", "std", "var", "prod", "any", "all", "argmax", "argmin", "ravel", "copy")
_REDUCTIONS = (
    *("max", "min", "sum", "mean", "std", "var", "median", "prod", "any", "all", "argmax", "argmin", "ptp", "size"),
    *("shape", "ndim", "count_nonzero", "where", "clip", "round", "sort", "ravel", "transpose", "diff", "cumsum"),
    *("isclose", "allclose", "array_equal", "dot", "outer", "trace", "nanmax", "nanmin", "nansum", "nanmean"),
)
_LINALG = ("norm", "det", "cond", "eigvalsh")
_KEYWORDS = ("axis", "ord", "keepdims", "rtol", "atol")
_CONSTANTS = {"pi": np.pi, "e": np.e, "inf": np.inf, "nan": np.nan}
_BARE: dict[str, Callable[..., Any]] = {
    "abs": abs, "max": max, "min": min, "sum": sum, "len": len, "round": round, "any": any, "all": all, "float": float,
}  # fmt: skip


def _power(a: Any, b: Any) -> Any:
    return float(a) ** b if isinstance(a, int) and isinstance(b, int) else a**b  # whole numbers might grow for minutes


_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.MatMult: operator.matmul,
    ast.Pow: _power,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
}
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
    ast.Invert: operator.invert,
}
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


class NotYet(Exception):  # noqa: N818  (it is no error)
    """A number that an expression needs is not known yet at this step; the message names it."""


class Expression(NamedTuple):
    """An expression of nodes.

    Attributes
    ----------
    text : str
        As it was typed.
    tree : ast.expr
    """

    text: str
    tree: ast.expr

    def at(self, moment: Moment, node: NodeSoFar | None = None) -> Any:
        """Return its value at a moment.

        Parameters
        ----------
        moment : Moment
        node : NodeSoFar, optional
            Whose ``adjoint`` is meant where the word stands alone; that of the step unless given.

        Raises
        ------
        NotYet
            When a number is not known yet.
        InputError
            For a name that no node has. What NumPy raises comes through.

        Examples
        --------
        >>> import numpy as np, graphviz_ad as gad
        >>> from graphviz_ad.debugging.stepping.moments import Course
        >>> course = Course.of_call(lambda x: np.sum(x**2), (np.arange(4.0),), {}, gad.Trace)
        >>> float(parse("np.max(x.adjoint) / 2").at(course.moment(len(course.steps) - 1)))
        3.0
        """
        with np.errstate(all="ignore"):
            return _plain(_Reader(moment, node if node is not None else moment.changed).read(self.tree))

    def is_of_step(self, called: Callable[[str], Any]) -> bool:
        """Whether it is about the node of the step: a word of `NODE` stands alone, which no node is called."""
        names = {part.id for part in ast.walk(self.tree) if isinstance(part, ast.Name)}
        return any(name in ("node", *NODE) and not called(name) for name in names)


def parse(text: str) -> Expression:
    """Read an expression.

    Raises
    ------
    InputError
        For what is no expression, or has something in it that is not among arithmetic, comparisons, indexing and the
        functions that are known.

    Examples
    --------
    >>> parse(" abs(adjoint) > 1e3").text
    'abs(adjoint) > 1e3'
    """
    text = text.strip()
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        why = error.msg if isinstance(error, SyntaxError) else type(error).__name__
        raise InputError(f"{text!r} is no expression ({why}); write one such as x.adjoint or np.max(h)") from None
    _check(tree)
    return Expression(text, tree)


# -- what may be written ----------------------------------------------------------------------------------------------


def _check(tree: ast.expr) -> None:
    called = [part.func for part in ast.walk(tree) if isinstance(part, ast.Call)]
    for part in ast.walk(tree):
        if isinstance(part, ast.Call):
            _check_call(part)
        elif isinstance(part, ast.Attribute):
            _check_attribute(part, part in called)
        elif isinstance(part, ast.Constant):
            if not isinstance(part.value, int | float | complex | str | bool | None):
                raise InputError(f"{ast.unparse(part)} cannot be used here; numbers and names can")
        elif isinstance(part, ast.BinOp) and any(isinstance(x, ast.Constant) and isinstance(x.value, str)
                                                 for x in (part.left, part.right)):  # fmt: skip
            raise InputError(f"{ast.unparse(part)}: texts are only compared")
        elif isinstance(part, ast.Name) and _module(part) and not _owns(part, tree):
            raise InputError(f"{part.id} alone is nothing to compute: write np.max(x)")
        elif not isinstance(part, _WRITABLE):
            raise InputError(
                f"{ast.unparse(part) if isinstance(part, ast.expr) else type(part).__name__} cannot be used here: an "
                "expression has arithmetic, comparisons, indexing, and functions such as np.max"
            )


def _owns(name: ast.Name, tree: ast.expr) -> bool:
    """Whether a function is taken from what a name stands for, directly or by way of its linear algebra."""
    owners = [part.value for part in ast.walk(tree) if isinstance(part, ast.Attribute) and _module(part) is None]
    return any(name is owner or (isinstance(owner, ast.Attribute) and owner.value is name) for owner in owners)


_WRITABLE = (
    *(ast.Name, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.Subscript, ast.Slice, ast.Tuple, ast.List),
    *(ast.IfExp, ast.keyword, ast.Load, ast.And, ast.Or, *_BINARY, *_UNARY, *_COMPARE),
)


def _check_call(call: ast.Call) -> None:
    for keyword in call.keywords:
        if keyword.arg not in _KEYWORDS:
            raise InputError(f"{ast.unparse(call)}: of keywords only {', '.join(_KEYWORDS)} can be used here")
    function = call.func
    if isinstance(function, ast.Name):
        if function.id not in _BARE:
            raise _no_function(function.id, [*_BARE, *(f"np.{name}" for name in _REDUCTIONS)])
    elif not isinstance(function, ast.Attribute):
        raise InputError(f"{ast.unparse(call)} calls what is no function")
    elif _module(function.value) is None and function.attr not in _METHODS:
        raise _no_function(f".{function.attr}", [f".{name}" for name in _METHODS])


def _no_function(name: str, known: Collection[str]) -> InputError:
    hint = suggest(name, tuple(known))
    return InputError(f"{name!r} is no function that can be used here; those of NumPy can: np.max, abs, x.max().{hint}")


def _check_attribute(part: ast.Attribute, is_called: bool) -> None:
    module = _module(part.value)
    if module is not None and _module(part) is None:
        if callable(_function(module, part.attr)) and not is_called:
            raise InputError(f"{ast.unparse(part)} is a function: write {ast.unparse(part)}(x)")
    elif module is None and part.attr not in (*NODE, *_ATTRIBUTES, *(_METHODS if is_called else ())):
        hint = suggest(part.attr, (*NODE, *_ATTRIBUTES))
        raise InputError(f"{ast.unparse(part)}: a node has {', '.join(f'.{name}' for name in NODE)}.{hint}")


def _module(tree: ast.expr) -> str | None:
    """Return whether a name is that of NumPy, or of its linear algebra."""
    text = ast.unparse(tree) if isinstance(tree, ast.Name | ast.Attribute) else ""
    return text.replace("numpy", "np") if text in ("np", "numpy", "np.linalg", "numpy.linalg") else None


def _function(module: str, name: str) -> Any:
    """Return a function or a number of NumPy's."""
    if module == "np.linalg":
        if name in _LINALG:
            return getattr(np.linalg, name)
        raise _no_function(f"np.linalg.{name}", [f"np.linalg.{known}" for known in _LINALG])
    if name in _CONSTANTS:
        return _CONSTANTS[name]
    function = getattr(np, name, None)
    if name in _REDUCTIONS or isinstance(function, np.ufunc):
        return function
    raise _no_function(f"np.{name}", [f"np.{known}" for known in (*_REDUCTIONS, *_UFUNCS)])


_UFUNCS = tuple(name for name in dir(np) if isinstance(getattr(np, name, None), np.ufunc))


# -- computing --------------------------------------------------------------------------------------------------------


class _Reader:
    """Computes an expression at a moment, piece by piece."""

    def __init__(self, moment: Moment, node: NodeSoFar | None) -> None:
        self.moment = moment
        self.node = node

    def read(self, tree: ast.expr) -> Any:
        """Return what a piece is; a node stays a node, until its value is needed."""
        reader: Callable[[Any], Any] = getattr(self, f"_{type(tree).__name__.lower()}")
        return reader(tree)

    def _number(self, tree: ast.expr) -> Any:
        return _plain(self.read(tree))

    def _constant(self, tree: ast.Constant) -> Any:
        return tree.value

    def _name(self, tree: ast.Name) -> Any:
        called = self.moment.called(tree.id)
        if called is not None:
            return called
        if self.moment.course.called(tree.id):
            raise NotYet(f"{tree.id} is not known yet")
        if tree.id == "node" or tree.id in NODE:
            if self.node is None:
                raise NotYet("no node gets a number at this step")
            return self.node if tree.id == "node" else _read(self.node, tree.id)
        if tree.id in _CONSTANTS:
            return _CONSTANTS[tree.id]
        known = self.moment.course.known_names
        raise InputError(
            f"no node is called {tree.id!r}; there are {', '.join(known[:8])}{', …' if len(known) > 8 else ''}."
            f"{suggest(tree.id, (*known, *NODE))}"
        )

    def _attribute(self, tree: ast.Attribute) -> Any:
        module = _module(tree.value)
        if module is not None:
            return _function(module, tree.attr)
        owner = self.read(tree.value)
        if isinstance(owner, NodeSoFar) and tree.attr in NODE:
            return _read(owner, tree.attr)
        part = getattr(np.asarray(_plain(owner)), tree.attr)
        return part[()] if isinstance(part, np.ndarray) else part

    def _call(self, tree: ast.Call) -> Any:
        function = tree.func
        called = _BARE[function.id] if isinstance(function, ast.Name) else self.read(function)
        arguments = [self._number(argument) for argument in tree.args]
        return called(*arguments, **{word.arg or "": self._number(word.value) for word in tree.keywords})

    def _binop(self, tree: ast.BinOp) -> Any:
        return _BINARY[type(tree.op)](self._number(tree.left), self._number(tree.right))

    def _unaryop(self, tree: ast.UnaryOp) -> Any:
        return _UNARY[type(tree.op)](self._number(tree.operand))

    def _boolop(self, tree: ast.BoolOp) -> Any:
        value: Any = None
        for part in tree.values:
            value = self._number(part)
            if bool(np.any(value)) is isinstance(tree.op, ast.Or):
                break
        return value

    def _compare(self, tree: ast.Compare) -> Any:
        left, result = self._number(tree.left), np.True_
        for sign, right_tree in zip(tree.ops, tree.comparators, strict=True):
            right = self._number(right_tree)
            result = result & _COMPARE[type(sign)](left, right)
            left = right
        return result

    def _subscript(self, tree: ast.Subscript) -> Any:
        return self._number(tree.value)[self._number(tree.slice)]

    def _slice(self, tree: ast.Slice) -> slice:
        return slice(*[None if end is None else self._number(end) for end in (tree.lower, tree.upper, tree.step)])

    def _tuple(self, tree: ast.Tuple) -> tuple[Any, ...]:
        return tuple(self._number(part) for part in tree.elts)

    def _list(self, tree: ast.List) -> list[Any]:
        return [self._number(part) for part in tree.elts]

    def _ifexp(self, tree: ast.IfExp) -> Any:
        return self.read(tree.body if np.any(self._number(tree.test)) else tree.orelse)


def _read(node: NodeSoFar, attribute: str) -> Any:
    value = getattr(node, attribute)
    if value is None and attribute in ("value", "adjoint"):
        raise NotYet(f"{node.name}.{attribute} is not known yet")
    return value


def _plain(value: Any) -> Any:
    """Return the value of a node, and anything else as it is."""
    return _read(value, "value") if isinstance(value, NodeSoFar) else value
