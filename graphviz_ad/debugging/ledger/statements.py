"""The person's statements around a place of their code, and whether one takes a gradient away from something."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from types import CodeType

from graphviz_ad.debugging.ledger.records import Place
from graphviz_ad.engine.source import position, resolve, source_lines

__all__ = ["assigned_to", "call_at", "is_before", "statement_at", "subtracts"]


def call_at(code: CodeType, lasti: int) -> Place:
    """Return the place of a call, with its expression in a line."""
    site = resolve(code, lasti)
    return Place(code.co_filename, _line(code, lasti), "" if site is None else " ".join(site.text.split()))


def statement_at(code: CodeType, lasti: int) -> Place:
    """Return the place of the statement that an instruction belongs to, with its text in a line."""
    statement = _statement(code, lasti)
    if statement is None:
        return Place(code.co_filename, _line(code, lasti), "")
    return Place(code.co_filename, statement.lineno, ast.unparse(statement))


def is_before(code: CodeType, one: int, other: int) -> bool:
    """Whether an instruction stands in the same statement as another of the same code, or in one above it."""
    statement = _statement(code, one)
    return _line(code, one) <= _line(code, other) or (statement is not None and statement is _statement(code, other))


def subtracts(code: CodeType, lasti: int) -> bool:
    """Whether the statement takes something away from what it assigns to, as a step of gradient descent does.

    That is ``v -= ...`` and ``v = v - ...``.
    """
    statement = _statement(code, lasti)
    if isinstance(statement, ast.AugAssign):
        return isinstance(statement.op, ast.Sub)
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return False
    value = statement.value
    if not isinstance(value, ast.BinOp) or not isinstance(value.op, ast.Sub):
        return False
    return ast.unparse(value.left) == ast.unparse(statement.targets[0])


def assigned_to(code: CodeType, lasti: int) -> str:
    """Return the name that an expression's value gets, as it is written: ``w``, ``net.w``, ``p['w']`` or ``layers[0]``.

    Empty where it gets none, or one that is another in each turn of a loop, such as ``p[k]``.
    """
    statement = _statement(code, lasti)
    if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
        return ""
    target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
    span = position(code, lasti)
    for name, value in _named(target, statement.value):
        if _span(value) == (span[0], span[2], span[1], span[3]):
            return name
    return ""


def _named(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Yield what an assignment gives names to: what is unpacked, and what stands in a list or a dict, too."""
    if isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List):
        for one, other in zip(target.elts, value.elts, strict=False):
            yield from _named(one, other)
    elif _is_fixed(target):
        name = ast.unparse(target)
        yield name, value
        if isinstance(value, ast.Dict):
            for key, entry in zip(value.keys, value.values, strict=True):
                if isinstance(key, ast.Constant):
                    yield f"{name}[{key.value!r}]", entry
        elif isinstance(value, ast.Tuple | ast.List):
            yield from ((f"{name}[{k}]", entry) for k, entry in enumerate(value.elts))


def _is_fixed(target: ast.expr) -> bool:
    """Whether a target is the same in each turn of a loop."""
    parts = [part.slice for part in ast.walk(target) if isinstance(part, ast.Subscript)]
    return all(isinstance(part, ast.Constant) for part in parts)


def _line(code: CodeType, lasti: int) -> int:
    return position(code, lasti)[0] or code.co_firstlineno


def _statement(code: CodeType, lasti: int) -> ast.stmt | None:
    """Return the statement without a block that an instruction belongs to; None where the source cannot be read."""
    line, end_line, column, end_column = position(code, lasti)
    lines = source_lines(code)
    if not lines or line is None or end_line is None or column is None or end_column is None:
        return None
    for statement in _simple("".join(lines)):
        first, left, last, right = _span(statement)
        if (first, left) <= (line, column) and (end_line, end_column) <= (last, right):
            return statement
    return None


def _span(node: ast.stmt | ast.expr) -> tuple[int, int, int, int]:
    return node.lineno, node.col_offset, node.end_lineno or node.lineno, node.end_col_offset or node.col_offset


@lru_cache(maxsize=8)
def _simple(source: str) -> tuple[ast.stmt, ...]:
    """Return all statements of a source that have no block of their own."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    return tuple(node for node in ast.walk(tree) if isinstance(node, ast.stmt) and not hasattr(node, "body"))
