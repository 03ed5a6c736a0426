"""What a library's functions are called at a stretch of a file: as they are imported there, else by an import to add.

A cell of a notebook is read with all the others, which share its names.
"""

from __future__ import annotations

import ast
import importlib
import linecache
import os
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

__all__ = ["Spelling", "imported", "spelling", "tree_of"]

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_CELLS = ("ipykernel", "<ipython-input")


class Spelling(NamedTuple):
    """How attributes of a module are written.

    Attributes
    ----------
    words : dict of str to str
        By the name of each attribute.
    needs : str
        The import that the file lacks; empty where it has what it takes.
    """

    words: dict[str, str]
    needs: str = ""


def spelling(
    module: str, usual: str, attributes: Sequence[str], filename: str, lines: tuple[int, int], tree: ast.Module
) -> Spelling:
    """Return how attributes of a module are written between two lines of a file.

    Examples
    --------
    >>> tree = ast.parse("from numpy import where, exp as power")
    >>> spelling("numpy", "np", ["where", "exp"], "a.py", (2, 2), tree).words
    {'where': 'where', 'exp': 'power'}
    >>> spelling("numpy", "np", ["where", "log"], "a.py", (2, 2), tree).words
    {'where': 'np.where', 'log': 'np.log'}
    """
    scopes = [*_around(tree, lines), *_cells(filename)]
    hidden = {name for scope in scopes if isinstance(scope, _SCOPES) for name in _bound(scope)}
    whole, single, starred = _imported(module, scopes)
    alias = next((name for name in whole if name not in hidden), None)
    if alias is not None:
        return Spelling({name: f"{alias}.{name}" for name in attributes})
    rebound = hidden | {name for scope in scopes if isinstance(scope, ast.Module) for name in _bound(scope)}
    public = set(getattr(importlib.import_module(module), "__all__", ())) if starred else set()
    bare = {name: single.get(name, name) for name in attributes if name in single or name in public}
    if len(bare) == len(set(attributes)) and rebound.isdisjoint(bare.values()):
        return Spelling(bare)
    is_file = os.path.isfile(filename) and not any(mark in filename for mark in _CELLS)
    needs = f"import {module} as {usual}" if is_file else ""
    return Spelling({name: f"{usual}.{name}" for name in attributes}, needs)


def imported(module: str, word: str, filename: str, lines: tuple[int, int], tree: ast.Module) -> str:
    """Return which attribute of a module a word is imported as between two lines; empty for what else it may be.

    Examples
    --------
    >>> tree = ast.parse("from numpy import exp as power")
    >>> imported("numpy", "power", "a.py", (2, 2), tree), imported("numpy", "exp", "a.py", (2, 2), tree)
    ('exp', '')
    """
    scopes = [*_around(tree, lines), *_cells(filename)]
    if any(word in _bound(scope) for scope in scopes if isinstance(scope, (*_SCOPES, ast.Module))):
        return ""
    return next((name for name, own in _imported(module, scopes)[1].items() if own == word), "")


@lru_cache(maxsize=32)
def tree_of(source: str) -> ast.Module | None:
    """Return the tree of a source, None where it cannot be read.

    Examples
    --------
    >>> tree_of("x +") is None
    True
    """
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _around(tree: ast.Module, lines: tuple[int, int]) -> list[ast.AST]:
    """Return the functions around some lines, the innermost first, and the file."""
    around = [
        part
        for part in ast.walk(tree)
        if isinstance(part, _SCOPES) and part.lineno <= lines[0] and lines[1] <= (part.end_lineno or part.lineno)
    ]
    return [*reversed(around), tree]


def _cells(filename: str) -> list[ast.AST]:
    """Return the trees of all cells of the notebook that a file is a cell of."""
    if not any(mark in filename for mark in _CELLS):
        return []
    folder = os.path.dirname(filename)
    names = [name for name in linecache.cache if os.path.dirname(name) == folder and name != filename]
    return [tree for tree in (tree_of("".join(linecache.getlines(name))) for name in names) if tree is not None]


def _statements(scope: ast.AST) -> Iterator[ast.AST]:
    """Yield whatever stands in a scope, but not in the scopes inside it."""
    waiting = list(ast.iter_child_nodes(scope))
    while waiting:
        part = waiting.pop()
        yield part
        if not isinstance(part, _SCOPES):
            waiting.extend(ast.iter_child_nodes(part))


def _imported(module: str, scopes: Sequence[ast.AST]) -> tuple[list[str], dict[str, str], bool]:
    """Return the names of a module, those of its attributes by theirs, and whether all are imported."""
    whole: list[str] = []
    single: dict[str, str] = {}
    starred = False
    for part in (part for scope in scopes for part in _statements(scope)):
        if isinstance(part, ast.Import):
            own = [alias for alias in part.names if alias.name == module]
            inner = [alias for alias in part.names if alias.name.startswith(f"{module}.") and not alias.asname]
            whole += [alias.asname or module for alias in own] + [module for _ in inner]
        elif isinstance(part, ast.ImportFrom) and part.module == module and not part.level:
            starred = starred or any(alias.name == "*" for alias in part.names)
            single |= {alias.name: alias.asname or alias.name for alias in part.names}
    return whole, single, starred


def _bound(scope: ast.AST) -> set[str]:
    """Return the names that a scope gives to something else than what is imported."""
    arguments = getattr(scope, "args", None)
    names = {part.arg for part in ast.walk(arguments) if isinstance(part, ast.arg)} if arguments is not None else set()
    for part in _statements(scope):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store | ast.Del):
            names.add(part.id)
        elif isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(part.name)
    return names
