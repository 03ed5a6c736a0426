"""What the person's line does right now, as they wrote it: the call, the write, and the names of what is in it."""

from __future__ import annotations

import ast
import copy
import dis
from types import FrameType, ModuleType
from typing import Any, NamedTuple

from graphviz_ad.engine.source import Site, position, resolve, source_lines

__all__ = [
    "MISSING",
    "Update",
    "Write",
    "as_owner",
    "call_at",
    "expression_at",
    "lookup",
    "name_of",
    "stacked",
    "update_at",
    "update_of",
    "with_arrays",
    "write_at",
]

_STORE_SUBSCR = dis.opmap["STORE_SUBSCR"]
_LONGEST = 60  # characters of an expression that is quoted
_SIMPLE = (ast.Name, ast.Constant, ast.Attribute, ast.Subscript)
_COLLECTIONS = (ast.List, ast.Tuple, ast.Starred, ast.ListComp, ast.GeneratorExp)
MISSING = object()


class Update(NamedTuple):
    """An assignment that computes: ``target sign= value``."""

    text: str
    target: ast.expr
    sign: str
    value: str
    operand: str
    """The value as it may follow the sign, in parentheses where it needs them."""


class Write(NamedTuple):
    """An assignment to a part of something: ``out[i] = x``."""

    target: str
    array: str
    value: str


def expression_at(frame: FrameType | None) -> ast.expr | None:
    """Return the expression that a frame is at, where its source can be read."""
    site = resolve(frame.f_code, frame.f_lasti) if frame is not None else None
    try:
        return ast.parse(site.text.strip(), mode="eval").body if site is not None and site.text else None
    except (SyntaxError, ValueError):
        return None


def call_at(frame: FrameType | None) -> ast.Call | None:
    """Return the call whose function a frame is reading, as in ``x.std(axis=0)``; None where it reads for no call."""
    span = position(frame.f_code, frame.f_lasti) if frame is not None else None
    for node in ast.walk(_tree(frame)) if frame is not None else ():
        if isinstance(node, ast.Call):
            function = node.func
            if (function.lineno, function.end_lineno, function.col_offset, function.end_col_offset) == span:
                return node
    return None


def _tree(frame: FrameType) -> ast.Module:
    """Return the syntax tree of the file that a frame's code was compiled from; an empty one where it has none."""
    try:
        return ast.parse("".join(source_lines(frame.f_code) or ()))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def update_at(frame: FrameType | None) -> Update | None:
    """Return the assignment ``a += b`` that a frame is at, if it is at one and its source can be read."""
    return update_of(resolve(frame.f_code, frame.f_lasti)) if frame is not None else None


def update_of(site: Site | None) -> Update | None:
    """Return the assignment ``a += b`` that stands at a site."""
    try:
        body = ast.parse(site.text.strip()).body if site is not None else []
    except (SyntaxError, ValueError):
        return None
    if len(body) != 1 or not isinstance(body[0], ast.AugAssign):
        return None
    statement = body[0]
    sign = ast.unparse(ast.BinOp(ast.Name("a"), statement.op, ast.Name("b")))[2:-2]
    value = ast.unparse(statement.value)
    operand = value if isinstance(statement.value, (*_SIMPLE, ast.Call)) else f"({value})"
    return Update(ast.unparse(statement), statement.target, sign, value, operand)


def write_at(frame: FrameType | None) -> Write | None:
    """Return the assignment to a part of an array that a frame is at, if it is at one."""
    if frame is None or frame.f_lasti < 0 or frame.f_code.co_code[frame.f_lasti] != _STORE_SUBSCR:
        return None
    site = resolve(frame.f_code, frame.f_lasti)
    target = expression_at(frame)
    if site is None or not isinstance(target, ast.Subscript):
        return None
    value = "the value"
    for statement in ast.walk(_tree(frame)):
        if isinstance(statement, ast.Assign | ast.AugAssign) and statement.lineno <= site.line <= (
            statement.end_lineno or 0
        ):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            if any(ast.unparse(part) == ast.unparse(target) for part in targets):
                value = ast.unparse(statement.value)
    return Write(ast.unparse(target), ast.unparse(target.value), value if len(value) <= _LONGEST else "the value")


def as_owner(expression: ast.expr) -> str:
    """Return an expression as it may stand before a dot.

    Examples
    --------
    >>> as_owner(ast.parse("a + b", mode="eval").body)
    '(a + b)'
    """
    return ast.unparse(ast.Attribute(expression, "x")).removesuffix(".x")


def lookup(frame: FrameType, expression: ast.expr) -> Any:
    """Return what a name stands for in a frame, or a name of a module's; `MISSING` for all whose look-up runs code."""
    if isinstance(expression, ast.Name):
        return frame.f_locals.get(expression.id, frame.f_globals.get(expression.id, MISSING))
    if isinstance(expression, ast.Attribute):
        owner = lookup(frame, expression.value)
        if isinstance(owner, ModuleType):
            return getattr(owner, expression.attr, MISSING)
        return getattr(owner, "__dict__", {}).get(expression.attr, MISSING)
    return MISSING


def name_of(variable: Any, frame: FrameType | None, expression: ast.AST | None) -> str:
    """Return what the person calls a value in the expression at hand; empty where nothing is readable.

    Without a frame, or where no name stands for it there, it is the name that it was recorded under.
    """
    if frame is not None and expression is not None:
        for part in ast.walk(expression):
            if isinstance(part, ast.Name | ast.Attribute) and lookup(frame, part) is variable:
                return ast.unparse(part)
        if isinstance(expression, ast.Call) and len(expression.args) == 1 and not expression.keywords:
            text = ast.unparse(expression.args[0])
            if len(text) <= _LONGEST and not isinstance(expression.args[0], _COLLECTIONS):
                return variable.name or text
    return variable.name or ""


def stacked(expression: ast.expr, value: Any = MISSING) -> str:
    """Return the expression that makes an array of nested lists with np.stack, row by row.

    Parameters
    ----------
    expression : ast.expr
    value : list, optional
        What the expression stands for, where that is known.
    """
    if isinstance(expression, ast.List | ast.Tuple):
        rows = [stacked(row) if _is_nested(row) else ast.unparse(row) for row in expression.elts]
        return f"np.stack([{', '.join(rows)}])"
    if isinstance(expression, ast.ListComp) and _is_nested(expression.elt):
        loops = ast.unparse(expression)[1:-1].removeprefix(ast.unparse(expression.elt))
        return f"np.stack([{stacked(expression.elt)}{loops}])"
    text = ast.unparse(expression)
    if isinstance(value, list | tuple) and value and isinstance(value[0], list | tuple):
        if value[0] and isinstance(value[0][0], list | tuple):
            return f"np.stack([np.stack([np.stack(row) for row in rows]) for rows in {text}])"
        return f"np.stack([np.stack(row) for row in {text}])"
    return f"np.stack({text})"


def with_arrays(expression: ast.expr, frame: FrameType) -> str | None:
    """Return an expression with arrays in place of the lists in it that hold Variables; None where it has no such list.

    NumPy makes an array of such a list by itself, of numbers, in which no Variable gets a chance to say anything.
    """
    arrays = _Arrays(frame)
    text = ast.unparse(arrays.visit(copy.deepcopy(expression)))
    return text if arrays.changed else None


class _Arrays(ast.NodeTransformer):
    """Puts ``np.stack(...)`` in the place of lists that hold Variables."""

    def __init__(self, frame: FrameType) -> None:
        self.frame = frame
        self.changed = False

    def visit(self, node: ast.AST) -> Any:
        """Stack a list, be it written out or under a name; look into all else."""
        if isinstance(node, ast.List | ast.Tuple | ast.ListComp):
            holds = any(_holds(lookup(self.frame, part)) for part in ast.walk(node) if isinstance(part, ast.expr))
            return self._stacked(node, MISSING) if holds else node
        if isinstance(node, ast.Name | ast.Attribute):
            value = lookup(self.frame, node)
            return self._stacked(node, value) if isinstance(value, list | tuple) and _holds(value) else node
        return self.generic_visit(node)

    def _stacked(self, node: ast.expr, value: Any) -> ast.expr:
        self.changed = True
        return ast.parse(stacked(node, value), mode="eval").body


def _holds(value: Any) -> bool:
    """Whether something is a Variable, or a list in which there is one."""
    if isinstance(value, list | tuple):
        return any(_holds(entry) for entry in value)
    return hasattr(type(value), "__record__")


def _is_nested(expression: ast.expr) -> bool:
    return isinstance(expression, ast.List | ast.Tuple | ast.ListComp)
