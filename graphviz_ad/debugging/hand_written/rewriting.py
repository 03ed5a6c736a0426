"""Try a function with another line: its code is compiled again with the line exchanged, for as long as the trial takes.

The function objects stay the same, so that methods, helpers and whoever holds them run the other line too. Writing to
the locals of a running frame, the other way to put a number in its place, is not to be relied on before Python 3.13.
"""

from __future__ import annotations
import __future__

import ast
import copy
import gc
import inspect
import textwrap
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import CodeType, FunctionType
from typing import Any, NamedTuple

from graphviz_ad.debugging.hand_written.statements import Statement

__all__ = ["Edit", "Rewriter", "UnwritableError"]

_FUTURE = sum(
    feature.compiler_flag
    for feature in (getattr(__future__, name) for name in __future__.all_feature_names)
    if feature.compiler_flag > inspect.CO_ASYNC_GENERATOR
)


class UnwritableError(Exception):
    """A line that Python does not take in the place of another one."""


class Edit(NamedTuple):
    """A statement, and the text to run instead; `names` are what it uses beside the names that the person's has."""

    statement: Statement
    text: str
    names: Mapping[str, Any] = {}


class Rewriter:
    """Exchanges lines of the functions that some code objects belong to."""

    def __init__(self, codes: Iterable[CodeType]) -> None:
        self._codes = list(codes)
        self._functions: dict[CodeType, list[FunctionType]] = {}

    @contextmanager
    def rewritten(self, edits: Sequence[Edit]) -> Iterator[dict[CodeType, CodeType]]:
        """Run the edited lines inside the ``with``; yields which code each code object runs in the place of.

        Raises
        ------
        UnwritableError
        """
        changes = [
            change for top in {id(e.statement.top): e for e in edits}.values() for change in self._changes(top, edits)
        ]
        scopes = {id(function.__globals__): function.__globals__ for function, _ in changes}
        names = {name: value for edit in edits for name, value in edit.names.items()}
        before = [(function, function.__code__) for function, _ in changes]
        shadowed = [(scope, {name: scope[name] for name in names if name in scope}) for scope in scopes.values()]
        try:
            for scope in scopes.values():
                scope.update(names)
            for function, code in changes:
                function.__code__ = code
            yield {code: own for (_, code), (_, own) in zip(changes, before, strict=True)}
        finally:
            for function, code in before:
                function.__code__ = code
            for scope, values in shadowed:
                for name in names:
                    scope.pop(name, None)
                scope.update(values)

    def _changes(self, edit: Edit, edits: Sequence[Edit]) -> list[tuple[FunctionType, CodeType]]:
        """Return the functions of one statement of a module with the code that they have after all edits in it."""
        top, source = edit.statement.top, edit.statement.source
        mine = [code for code in self._codes if code.co_filename == source.filename]
        flags = mine[0].co_flags & _FUTURE if mine else 0
        compiled = _compiled(top, source.filename, [e for e in edits if e.statement.top is top], flags)
        changes = []
        for code in mine:
            other = compiled.get((code.co_qualname, code.co_firstlineno))
            if other is not None:
                if other.co_freevars != code.co_freevars:
                    raise UnwritableError
                changes += [(function, other) for function in self._functions_of(code)]
        if not changes:
            raise UnwritableError
        return changes

    def _functions_of(self, code: CodeType) -> list[FunctionType]:
        if code not in self._functions:
            self._functions[code] = [
                holder
                for holder in gc.get_referrers(code)
                if isinstance(holder, FunctionType) and holder.__code__ is code
            ]
        return self._functions[code]


def _compiled(top: ast.stmt, filename: str, edits: Sequence[Edit], flags: int) -> dict[tuple[str, int], CodeType]:
    """Return the code objects of a statement of a module, edited, by their qualified name and first line."""
    blocks = [(edit.statement.body, list(edit.statement.body)) for edit in edits]
    try:
        for edit in edits:
            body, place = edit.statement.body, edit.statement.body.index(edit.statement.node)
            body[place : place + 1] = _parsed(edit)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module = compile(ast.Module([top], []), filename, "exec", flags, dont_inherit=True)
    except (SyntaxError, ValueError, TypeError, RecursionError) as error:
        raise UnwritableError from error
    finally:
        for body, before in reversed(blocks):
            body[:] = before
    return {(code.co_qualname, code.co_firstlineno): code for code in _inner(module)}


def _parsed(edit: Edit) -> list[ast.stmt]:
    """Return the statements of an edit, all of them at the line of the statement that they stand for.

    Of the head of a loop, or of a condition, only that is exchanged: what stands in it stays, with its own edits.
    """
    is_head = bool(edit.statement.head) and edit.text.endswith(":")
    text = edit.text.removeprefix("el") + " pass" if is_head else edit.text
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a line that nobody has written
        module = ast.parse("def _():\n" + textwrap.indent(text, " "))
    function = module.body[0]
    assert isinstance(function, ast.FunctionDef)
    for node in ast.walk(function):
        if hasattr(node, "lineno"):
            node.lineno = node.end_lineno = edit.statement.line  # type: ignore[attr-defined]
    if not is_head:
        return function.body
    head, [other] = copy.copy(edit.statement.node), function.body
    for name in ("iter", "target", "test"):
        if hasattr(other, name):
            setattr(head, name, getattr(other, name))
    return [head]


def _inner(code: CodeType) -> Iterator[CodeType]:
    waiting = [code]
    while waiting:
        code = waiting.pop()
        yield code
        waiting += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
