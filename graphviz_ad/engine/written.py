"""What the person's line does right now, as they wrote it: the call, the write, and the names of what is in it."""

from __future__ import annotations

import ast
import copy
import dis
import linecache
from types import FrameType, ModuleType
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.source import Site, position, resolve

__all__ = [
    "MISSING",
    "Update",
    "Write",
    "as_floats",
    "as_owner",
    "attribute_at",
    "call_at",
    "expression_at",
    "lookup",
    "name_of",
    "renewed_leaf",
    "stacked",
    "update_at",
    "update_of",
    "with_arrays",
    "writable",
    "write_at",
]

_STORE_SUBSCR, _STORE_ATTR = dis.opmap["STORE_SUBSCR"], dis.opmap["STORE_ATTR"]
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
    if frame is None or expression_at(frame) is None:  # its source is not to be had, or not the one that runs
        return None
    for node in ast.walk(_tree(frame.f_code.co_filename)):
        if isinstance(node, ast.Call):
            function = node.func
            span = function.lineno, function.end_lineno, function.col_offset, function.end_col_offset
            if span == position(frame.f_code, frame.f_lasti):
                return node
    return None


def _tree(filename: str) -> ast.Module:
    """Return the syntax tree of a file; an empty one where there is none."""
    try:
        return ast.parse("".join(linecache.getlines(filename)))
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


def renewed_leaf(variable: Any, frame: FrameType | None) -> str | None:
    """Return the statement that made a value by updating a leaf, written so that it makes a new leaf.

    That is ``w -= ...``, and an assignment whose right side reads the gradient of what it computes with, as in
    ``w = w - rate * w.grad``, or adds plain numbers to what it assigns to. Without an assignment it is the new leaf
    alone. None for all else, such as ``h = h + f(h)``.
    """
    site = variable.site
    update = update_of(site)
    if update is not None:
        leaf = ast.unparse(update.target)
        statement = ast.parse(update.text).body[0]
        assert isinstance(statement, ast.AugAssign)
        value: ast.expr = ast.BinOp(ast.parse(leaf, mode="eval").body, statement.op, statement.value)
        return f"{leaf} = gad.Variable({_with_values(value, {leaf}, frame)})"
    expression = _expression_of(site)
    if expression is None or site is None:
        return None
    target = _target_of(site)
    parts = [part for part in ast.walk(expression) if isinstance(part, _NAMED)]
    updated = {ast.unparse(part.value) for part in parts if isinstance(part, ast.Attribute) and part.attr == "grad"}
    adds = variable.primitive.name in ("add", "subtract") and len(variable.parents) == 1
    if target and adds and any(ast.unparse(part) == target for part in parts):
        updated.add(target)
    computes = {ast.unparse(part) for part in parts} & updated
    if not computes or all(isinstance(part, ast.Constant) for part in _others(expression, computes)):
        return None
    leaf = f"gad.Variable({_with_values(expression, updated, frame)})"
    return f"{target} = {leaf}" if target else leaf


_NAMED = (ast.Name, ast.Attribute, ast.Subscript)
_OF_A_LEAF = frozenset({"grad", "value", "shape", "dtype", "ndim", "size", "name"})  # plain on every Variable


def _others(expression: ast.expr, names: set[str]) -> list[ast.expr]:
    """Return the operands that are none of these names; the expression itself where it is no operator's."""
    if not isinstance(expression, ast.BinOp):
        return [expression]
    return [part for part in (expression.left, expression.right) if ast.unparse(part) not in names]


def _with_values(expression: ast.expr, leaves: set[str], frame: FrameType | None) -> str:
    """Return an expression that computes with the values of leaves, and of what else is recorded in a frame."""
    recorded = {
        ast.unparse(part)
        for part in ast.walk(expression)
        if frame is not None and isinstance(part, _NAMED) and hasattr(type(lookup(frame, part)), "__record__")
    }
    return ast.unparse(_Valued(leaves | recorded).visit(ast.parse(ast.unparse(expression), mode="eval")))


def _expression_of(site: Site | None) -> ast.expr | None:
    try:
        return ast.parse(f"({site.text.strip()})", mode="eval").body if site is not None and site.text else None
    except (SyntaxError, ValueError):
        return None


def _target_of(site: Site) -> str:
    """Return what the expression at a site is assigned to, alone or as one of several; empty where it is not."""
    for statement in ast.walk(_tree(site.filename)):
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            continue
        target, value = statement.targets[0], statement.value
        pairs = [(target, value)]
        if isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List):
            pairs = list(zip(target.elts, value.elts, strict=False))
        for left, right in pairs:
            if (right.lineno, right.end_lineno) == (site.line, site.end_line) and (
                ast.unparse(right) == ast.unparse(_expression_of(site) or right)
            ):
                return ast.unparse(left)
    return ""


def write_at(frame: FrameType | None) -> Write | None:
    """Return the assignment to a part of an array that a frame is at, if it is at one."""
    if frame is None or frame.f_lasti < 0 or frame.f_code.co_code[frame.f_lasti] != _STORE_SUBSCR:
        return None
    site = resolve(frame.f_code, frame.f_lasti)
    target = expression_at(frame)
    if site is None or not isinstance(target, ast.Subscript):
        return None
    statement = _statement_of(site, target)
    value = "the value" if statement is None else ast.unparse(statement.value)
    return Write(ast.unparse(target), ast.unparse(target.value), value if len(value) <= _LONGEST else "the value")


def writable(frame: FrameType, array: str) -> str:
    """Return the line that makes a plain array one that recorded values can be written to.

    It is the person's own, as ``out = np.zeros(5, like=x)``, where it stands in the same function; x is what is
    recorded there.
    """
    like = _recorded_name(frame) or "x"
    first, here = frame.f_code.co_firstlineno, frame.f_lineno
    call = None
    for statement in ast.walk(_tree(frame.f_code.co_filename)):
        if isinstance(statement, ast.Assign) and first <= statement.lineno <= here and len(statement.targets) == 1:
            value = statement.value
            maker = isinstance(value, ast.Call) and ast.unparse(value.func).removeprefix("numpy.").removeprefix("np.")
            if ast.unparse(statement.targets[0]) == array and maker in _MAKERS and not _words(value) - {"dtype"}:
                call = copy.deepcopy(value)
    if not isinstance(call, ast.Call) or not call.args:
        return f"make {array} with like=, as in {array} = np.array({array}{_as_floats(frame, array)}, like={like})"
    function = ast.unparse(call.func)
    if function.endswith("_like"):
        call.func = ast.parse(function.removesuffix("_like"), mode="eval").body
        call.args[0] = ast.parse(f"np.shape({ast.unparse(call.args[0])})", mode="eval").body
    call.keywords.append(ast.keyword("like", ast.Name(like)))
    return f"make it with {array} = {ast.unparse(call)}"


def _as_floats(frame: FrameType, array: str) -> str:
    """Return the dtype to be said, where an array holds whole numbers, which take no others."""
    value = lookup(frame, ast.parse(array, mode="eval").body)
    return ", dtype=float" if isinstance(value, np.ndarray) and value.dtype.kind in "biu" else ""


_MAKERS = frozenset(["zeros", "ones", "empty", "full", "eye", "zeros_like", "ones_like", "empty_like"])


def _words(call: ast.expr) -> set[str | None]:
    return {word.arg for word in call.keywords} if isinstance(call, ast.Call) else set()


def _recorded_name(frame: FrameType) -> str | None:
    """Return a name of something recorded in a frame; that of a parameter, if there is one."""
    code, local = frame.f_code, frame.f_locals
    names = [*code.co_varnames[: code.co_argcount], *local]
    return next((name for name in names if hasattr(type(local.get(name)), "__record__")), None)


def attribute_at(frame: FrameType | None, name: str) -> tuple[str, str | None] | None:
    """Return what a frame sets the attribute `name` of, or is about to, and the expression that computes its value.

    None where the frame is at no such assignment; without an expression where several are assigned at once.
    """
    target, site = expression_at(frame), resolve(frame.f_code, frame.f_lasti) if frame is not None else None
    if site is None or not isinstance(target, ast.Attribute) or target.attr != name:
        return None
    statement, owner = _statement_of(site, target), ast.unparse(target.value)
    if statement is None:
        return (owner, None) if isinstance(frame, FrameType) and _stores_attribute(frame) else None
    value = statement.value
    if isinstance(statement, ast.AugAssign):
        value = ast.BinOp(ast.parse(ast.unparse(target), mode="eval").body, statement.op, value)
    return owner, _with_values(value, {owner}, frame)


def _stores_attribute(frame: FrameType) -> bool:
    return frame.f_lasti >= 0 and frame.f_code.co_code[frame.f_lasti] == _STORE_ATTR


def _statement_of(site: Site, target: ast.expr) -> ast.Assign | ast.AugAssign | None:
    """Return the last assignment to `target` among those that stand at the line of a site."""
    last = None
    for statement in ast.walk(_tree(site.filename)):
        if isinstance(statement, ast.Assign | ast.AugAssign) and statement.lineno <= site.line <= (
            statement.end_lineno or 0
        ):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            if any(ast.unparse(part) == ast.unparse(target) for part in targets):
                last = statement
    return last


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
            single = not isinstance(expression.args[0], _COLLECTIONS) and not _is_list(expression.args[0], frame)
            value = lookup(frame, expression.args[0])  # where it is plain, the recorded one came in another way
            if len(text) <= _LONGEST and single and (value is MISSING or hasattr(type(value), "__record__")):
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
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(_JOINERS) and node.args:
            pieces = node.args[0]
            if isinstance(pieces, ast.List | ast.Tuple):  # of any lengths: each is an array of its own
                pieces.elts = [self.visit(piece) for piece in pieces.elts]
                return node
        if isinstance(node, ast.List | ast.Tuple | ast.ListComp | ast.Call | ast.BinOp) and _is_list(node, self.frame):
            holds = any(_holds(lookup(self.frame, part)) for part in ast.walk(node) if isinstance(part, ast.expr))
            return self._stacked(node, MISSING) if holds else node
        if isinstance(node, ast.Name | ast.Attribute):
            value = lookup(self.frame, node)
            return self._stacked(node, value) if isinstance(value, list | tuple) and _holds(value) else node
        return self.generic_visit(node)

    def _stacked(self, node: ast.expr, value: Any) -> ast.expr:
        self.changed = True
        return ast.parse(stacked(node, value), mode="eval").body


_JOINERS = ("concatenate", "concat", "hstack", "vstack", "dstack", "column_stack", "row_stack", "block")


def _is_list(expression: ast.expr, frame: FrameType) -> bool:
    """Whether an expression gives a list or a tuple, as far as that can be read, also ``[x] * 2`` and ``[x] + [y]``."""
    if isinstance(expression, ast.List | ast.Tuple | ast.ListComp):
        return True
    if isinstance(expression, ast.Call):
        return isinstance(expression.func, ast.Name) and expression.func.id in ("list", "tuple", "sorted")
    if isinstance(expression, ast.BinOp):
        sides = (expression.left, expression.right)
        lists = [_is_list(side, frame) for side in sides]
        if isinstance(expression.op, ast.Mult) and sum(lists) == 1:
            times = sides[lists.index(False)]
            counted = isinstance(times, ast.Call) and isinstance(times.func, ast.Name) and times.func.id == "len"
            number = times.value if isinstance(times, ast.Constant) else lookup(frame, times)
            return counted or isinstance(number, int)
        return isinstance(expression.op, ast.Add) and all(lists)
    return isinstance(lookup(frame, expression), list | tuple)


def _holds(value: Any) -> bool:
    """Whether something is a Variable, or a list in which there is one."""
    if isinstance(value, list | tuple):
        return any(_holds(entry) for entry in value)
    return hasattr(type(value), "__record__")


def as_floats(text: str, value: Any) -> str:
    """Return an expression with floats for the integers or truth values that it gives, itself where it gives floats.

    Examples
    --------
    >>> as_floats("[1, -2, 3.5]", [1, -2]), as_floats("n", 3), as_floats("np.arange(4)", np.arange(4))
    ('[1.0, -2.0, 3.5]', 'float(n)', 'np.arange(4.0)')
    """
    array = np.asarray(plain_value(value))
    if array.dtype.kind not in "biu":
        return text
    try:
        expression = ast.parse(text, mode="eval")
    except (SyntaxError, ValueError):
        return text
    if all(isinstance(part, _LITERAL) for part in ast.walk(expression.body)):
        for part in ast.walk(expression):
            if isinstance(part, ast.Constant) and isinstance(part.value, int):
                part.value = float(part.value)
        return ast.unparse(expression)
    if array.ndim == 0:
        return f"float({text})"
    if text.startswith(("np.arange(", "numpy.arange(")) and isinstance(expression.body, ast.Call):
        call = expression.body
        if len(call.args) == 1 and isinstance(call.args[0], ast.Constant) and not call.keywords:
            return f"{ast.unparse(call.func)}({as_floats(ast.unparse(call.args[0]), 0)})"
    whole = text if isinstance(expression.body, (*_SIMPLE, ast.Call)) else f"({text})"
    return f"{whole}.astype(float)" if isinstance(value, np.ndarray) else f"np.array({text}, dtype=float)"


_LITERAL = (ast.Constant, ast.List, ast.Tuple, ast.UnaryOp, ast.USub, ast.UAdd, ast.Load)


def _is_nested(expression: ast.expr) -> bool:
    return isinstance(expression, ast.List | ast.Tuple | ast.ListComp)


class _Valued(ast.NodeTransformer):
    """Reads the value of each of these names where an expression computes with it."""

    def __init__(self, names: set[str]) -> None:
        self.names = names

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, ast.Attribute) and node.attr in _OF_A_LEAF and ast.unparse(node.value) in self.names:
            return node
        if isinstance(node, _NAMED) and ast.unparse(node) in self.names:
            return ast.Attribute(node, "value")
        return self.generic_visit(node)
