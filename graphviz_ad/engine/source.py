"""Which expression of which file made a node: captured cheaply, resolved only when somebody looks.

A node keeps the code object and the index of the bytecode instruction that was running, which cost a few dozen
nanoseconds. This module turns the pair into a file, lines, columns, the expression's text and the name it was assigned
to.
"""

from __future__ import annotations
import __future__

import ast
import inspect
import linecache
import os
import time
import warnings
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from types import CodeType

from graphviz_ad.console import prints
from graphviz_ad.engine.frames import is_own

__all__ = ["Site", "position", "resolve", "source_lines"]


@prints
@dataclass(frozen=True, slots=True)
class Site:
    """A stretch of source code.

    Attributes
    ----------
    filename : str
    line, end_line : int
        First and last line, from 1.
    column, end_column : int
        First character and the one after the last, from 0; -1 where unknown, or where the file has been edited since.
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
    lines = source_lines(code)
    span = (line, column, end_line, end_column)
    if lines is None:
        return Site(code.co_filename, line, -1, end_line, -1, code.co_name, "", None)
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


def source_lines(code: CodeType) -> list[str] | None:
    """Return the lines of the file that a code object was compiled from, none where it cannot be read.

    None says that the file has been edited since, so that its lines are not those that run. The code object itself
    tells it: the file is compiled again. Only files that have changed while this process ran are looked into, for tools
    such as pytest compile something else than what stands in a file.

    Examples
    --------
    >>> import textwrap
    >>> "".join(source_lines(textwrap.dedent.__code__)).count("def dedent(")
    1
    """
    filename = code.co_filename
    lines = linecache.getlines(filename)
    if not _is_young(filename) or _holds(filename, lines, code):
        return lines
    linecache.checkcache(filename)  # it may remember the text from before the last import
    lines = linecache.getlines(filename)
    return lines if _holds(filename, lines, code) else None


_FIRST_LOOK = time.time()


def _is_young(filename: str) -> bool:
    try:
        status = os.stat(filename)
    except (OSError, ValueError):  # a cell of a notebook, or a formula
        return False
    return max(status.st_mtime, status.st_ctime) >= _FIRST_LOOK


_CODES: OrderedDict[tuple[str, int], tuple[list[str], dict[tuple[str, int], list[CodeType]]]] = OrderedDict()
_FUTURE = sum(
    feature.compiler_flag
    for feature in (getattr(__future__, name) for name in __future__.all_feature_names)
    if feature.compiler_flag > inspect.CO_ASYNC_GENERATOR
)


def _holds(filename: str, lines: list[str], code: CodeType) -> bool:
    """Whether a source, compiled again, has this code object in it; compiled once per file."""
    flags = code.co_flags & _FUTURE  # of whoever compiled it, perhaps, and not of the file
    known = _CODES.get((filename, flags))
    if known is None or known[0] is not lines:
        known = _CODES[filename, flags] = lines, _compiled(filename, "".join(lines), flags)
        while len(_CODES) > _MOST_FILES:
            _CODES.popitem(last=False)
    alike = known[1].get((code.co_name, code.co_firstlineno), ())
    return any(other == code and list(other.co_positions()) == list(code.co_positions()) for other in alike)


def _compiled(filename: str, source: str, flags: int) -> dict[tuple[str, int], list[CodeType]]:
    """Return every code object of a source by its name and first line; none of one that cannot be compiled."""
    codes: dict[tuple[str, int], list[CodeType]] = {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            waiting = [compile(source, filename, "exec", flags, dont_inherit=True)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return codes
    while waiting:
        code = waiting.pop()
        codes.setdefault((code.co_name, code.co_firstlineno), []).append(code)
        waiting += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return codes


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
        for place in statement.targets if isinstance(statement, ast.Assign) else ():
            if isinstance(place, ast.Subscript) and isinstance(place.value, ast.Name):
                names[_span(place)] = place.value.id  # a write is at what it writes to
        if not isinstance(target, ast.Name) or value is None:
            continue
        names[_span(_within_marks(value))] = target.id
    return names


def _within_marks(value: ast.expr | ast.stmt) -> ast.expr | ast.stmt:
    """Return what stands in ``meant("kind", ...)``, which gives back what it gets; all else as it is."""
    while isinstance(value, ast.Call) and len(value.args) == 2 and isinstance(value.args[0], ast.Constant):
        called = value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", "")
        if called != "meant":
            break
        value = value.args[1]
    return value


def _span(node: ast.expr | ast.stmt) -> tuple[int, int, int, int]:
    return node.lineno, node.col_offset, node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
