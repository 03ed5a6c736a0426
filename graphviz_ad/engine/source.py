"""Which expression of which file made a node: captured cheaply, resolved only when somebody looks.

A node keeps the code object and the index of the bytecode instruction that was running, which cost a few dozen
nanoseconds. This module turns the pair into a file, lines, columns, the expression's text and the name it was assigned
to.
"""

from __future__ import annotations

import ast
import linecache
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from types import CodeType

from graphviz_ad.engine.frames import is_own

__all__ = ["Site", "position", "resolve"]


@dataclass(frozen=True, slots=True)
class Site:
    """A stretch of source code.

    Attributes
    ----------
    filename : str
    line, end_line : int
        First and last line, from 1.
    column, end_column : int
        First character and the one after the last, from 0; -1 where unknown.
    function : str
        Name of the function whose code it is.
    text : str
        The expression as the user wrote it; empty where the source cannot be read.
    name : str or None
        The variable that the expression's value is assigned to, if it is.
    """

    filename: str
    line: int
    column: int
    end_line: int
    end_column: int
    function: str
    text: str
    name: str | None

    def __str__(self) -> str:
        return f"{self.filename}:{self.line}"


@lru_cache(maxsize=4096)
def position(code: CodeType, lasti: int) -> tuple[int | None, int | None, int | None, int | None]:
    """Return (line, end line, column, end column) of an instruction, columns in bytes.

    One call can have several instructions, and CPython moves from one to another as it specialises the code: only the
    position tells whether two nodes were made by the same expression.
    """
    return next(islice(code.co_positions(), lasti // 2, None), (None,) * 4)


def resolve(code: CodeType | None, lasti: int) -> Site | None:
    """Return the site of the instruction at byte offset `lasti` of `code`, or None where it is not the user's."""
    if code is None or is_own(code.co_filename):
        return None
    line, end_line, column, end_column = position(code, lasti)
    if line is None:
        return None
    if end_line is None or column is None or end_column is None:
        return Site(code.co_filename, line, -1, line, -1, code.co_name, "", None)
    lines = linecache.getlines(code.co_filename)
    span = (line, column, end_line, end_column)
    if end_line > len(lines):
        return Site(code.co_filename, *_characters(span, None), code.co_name, "", None)
    name = _assigned_names(code.co_filename, lines).get(span)
    line, column, end_line, end_column = _characters(span, lines)
    if line == end_line:
        text = lines[line - 1][column:end_column]
    else:
        middle = "".join(lines[line : end_line - 1])
        text = lines[line - 1][column:] + middle + lines[end_line - 1][:end_column]
    return Site(code.co_filename, line, column, end_line, end_column, code.co_name, text, name)


def _characters(span: tuple[int, int, int, int], lines: list[str] | None) -> tuple[int, int, int, int]:
    """Turn the UTF-8 byte columns that CPython reports into character columns."""
    line, column, end_line, end_column = span
    if lines is None:
        return span
    start = len(lines[line - 1].encode()[:column].decode(errors="ignore"))
    return line, start, end_line, len(lines[end_line - 1].encode()[:end_column].decode(errors="ignore"))


_NAMES: OrderedDict[str, tuple[list[str], dict[tuple[int, int, int, int], str]]] = OrderedDict()
_MOST_FILES = 32


def _assigned_names(filename: str, lines: list[str]) -> dict[tuple[int, int, int, int], str]:
    """Map the span of every expression that is assigned to one plain name to that name; parsed once per file."""
    known = _NAMES.get(filename)
    if known is not None and known[0] is lines:
        return known[1]
    names = _parse_names("".join(lines))
    _NAMES[filename] = lines, names
    while len(_NAMES) > _MOST_FILES:
        _NAMES.popitem(last=False)
    return names


def _parse_names(source: str) -> dict[tuple[int, int, int, int], str]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    names: dict[tuple[int, int, int, int], str] = {}
    for statement in ast.walk(tree):
        value: ast.expr | ast.stmt | None = None
        target: ast.AST | None = None
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target, value = statement.targets[0], statement.value
        elif isinstance(statement, ast.AnnAssign | ast.NamedExpr):
            target, value = statement.target, statement.value
        elif isinstance(statement, ast.AugAssign):
            target, value = statement.target, statement
        if not isinstance(target, ast.Name) or value is None:
            continue
        if value.end_lineno is not None and value.end_col_offset is not None:
            names[value.lineno, value.col_offset, value.end_lineno, value.end_col_offset] = target.id
    return names
