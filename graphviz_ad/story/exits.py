"""Where values leave the graph: by what, and on which line of the person's code.

A value that leaves the graph leaves no node behind: `.value`, `argmax`, a cast to whole numbers, a comparison. What was
recorded last tells where to look, and the person's source what they did with it there.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from types import CodeType
from typing import Any, NamedTuple

from graphviz_ad.engine.recording import Recording
from graphviz_ad.engine.source import Site, source_lines
from graphviz_ad.engine.variable import DETACH, Variable

__all__ = ["Exit", "exit_of", "scope_of"]

_WHOLE = "gives whole numbers, which have no slope"
_TRUTHS = "gives truths, which have no slope"
_CALLS = {
    **dict.fromkeys(("argmax", "argmin", "nanargmax", "nanargmin", "argsort", "argpartition", "argwhere"), _WHOLE),
    **dict.fromkeys(("searchsorted", "digitize", "count_nonzero", "nonzero", "flatnonzero", "int", "len"), _WHOLE),
    **dict.fromkeys(("isclose", "allclose", "array_equal", "any", "all", "isnan", "isfinite", "signbit"), _TRUTHS),
    **dict.fromkeys(("greater", "greater_equal", "less", "less_equal", "equal", "not_equal"), _TRUTHS),
}
_WORDS = ("int", "bool", "uint")


class Exit(NamedTuple):
    """Where a value left the graph.

    Attributes
    ----------
    node : Variable
        What was recorded last, of which the value was taken.
    words : str
        How it left, as the end of a sentence.
    site : Site
        In which stretch of the source.
    """

    node: Variable
    words: str
    site: Site


def exit_of(recording: Recording, nodes: Sequence[Variable], start: Variable, name: str) -> Exit | None:
    """Return where the last that was computed from an input left the graph; None where nothing tells.

    Parameters
    ----------
    recording : Recording
    nodes : sequence of Variable
        Those of the recording.
    start : Variable
        The input.
    name : str
        What it is called.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> def f(x):
    ...     return 3.0 * np.sin(x).detach()
    >>> t = gad.trace(f, 1.2)
    >>> exit_of(t, t.nodes, t.inputs[0], "x").words
    'cuts the graph, as detach is meant to'
    """
    family = _family(recording, nodes, start)
    for node in reversed(family):
        if node.primitive is DETACH and node.site is not None:
            return Exit(node, "cuts the graph, as detach is meant to", node.site)
    ends = _ends(family)
    for node in ends:
        own = _in_source(recording, node, name)
        if own is not None:
            return own
    for guard in reversed(recording.guards):
        compared = [end for end in ends if end is guard.left or end is guard.right]
        if compared and guard.site is not None:
            chosen = guard.site.text.startswith(("max(", "min("))
            words = "takes another number, and only compares this one" if chosen else "compares it only"
            return Exit(compared[0], f"{words}: a comparison {_TRUTHS}", guard.site)
    return None


def _family(recording: Recording, nodes: Sequence[Variable], node: Variable) -> list[Variable]:
    """Return an input and all that was recorded of it, dead ends too, in execution order."""
    known = {node.index: node}
    for other in sorted({own.index: own for own in (*recording._watch.nodes, *nodes)}.values(), key=_index):
        if any(parent.index in known for parent in other.parents):
            known[other.index] = other
    return list(known.values())


def _index(node: Variable) -> int:
    return node.index


def _ends(family: Sequence[Variable]) -> list[Variable]:
    """Return those of which nothing further was recorded, the latest first."""
    used = {parent.index for node in family for parent in node.parents}
    return [node for node in reversed(family) if node.index not in used] or list(family[:1])


def _in_source(recording: Recording, node: Variable, own: str) -> Exit | None:
    """Look in the person's function for what takes a node out of the graph."""
    is_placed = node.primitive is not None and node.site is not None
    code: Any = node._code if is_placed else getattr(recording.function, "__code__", None)
    code = code if isinstance(code, CodeType) else None
    lines = source_lines(code) if code is not None else None
    if code is None or not lines:
        return None
    try:
        tree = ast.parse("".join(lines))
    except (SyntaxError, ValueError):
        return None
    scope = scope_of(tree, code)
    site = node.site if node.primitive is not None else None
    name = site.name if site is not None else own
    span = None if site is None else (site.line, site.column, site.end_line, site.end_column)
    whole = "".join(lines)
    part = _leaving(scope, name, span) or _in_helper(tree, scope, name, span)
    if part is None:
        return None
    text = " ".join((ast.get_source_segment(whole, part) or "").split())
    end = part.end_lineno or part.lineno
    return Exit(node, _leaves(part), Site(code.co_filename, part.lineno, -1, end, -1, code.co_name, text, None))


def _leaving(scope: ast.AST, name: str | None, span: tuple[int, int, int, int] | None) -> ast.expr | None:
    """Return the expression of a function that takes a value out of the graph, which is a name or stands in a span."""
    for part in ast.walk(scope):
        if isinstance(part, ast.expr) and _leaves(part) and any(_is_it(inner, name, span) for inner in _operands(part)):
            return part
    return None


def _in_helper(tree: ast.AST, scope: ast.AST, name: str | None, span: Any) -> ast.expr | None:
    """Return the expression of a function of the same file that takes out what it is called with."""
    helpers = {part.name: part for part in ast.walk(tree) if isinstance(part, ast.FunctionDef)}
    for call in ast.walk(scope):
        helper = helpers.get(getattr(call.func, "id", "")) if isinstance(call, ast.Call) else None
        if helper is None or not isinstance(call, ast.Call):
            continue
        for argument, parameter in zip(call.args, helper.args.args, strict=False):
            part = _leaving(helper, parameter.arg, None) if _is_it(argument, name, span) else None
            if part is not None:
                return part
    return None


def scope_of(tree: ast.AST, code: Any) -> ast.AST:
    """Return the function of a source whose code it is, or all of the source."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    for part in ast.walk(tree):
        if isinstance(part, kinds):
            first = min([part.lineno, *(d.lineno for d in getattr(part, "decorator_list", ()))])
            if first == code.co_firstlineno and getattr(part, "name", "<lambda>") == code.co_name:
                return part
    return tree


def _leaves(part: ast.AST) -> str:
    """Say how an expression takes a value out of the graph; empty for one that does not."""
    if isinstance(part, ast.Attribute) and part.attr == "value":
        return "takes the plain value, which remembers nothing of where it comes from"
    if isinstance(part, ast.Compare):
        return f"compares: a comparison {_TRUTHS}"
    if not isinstance(part, ast.Call):
        return ""
    called = part.func.attr if isinstance(part.func, ast.Attribute) else getattr(part.func, "id", "")
    if called == "astype" and any(_is_whole(argument) for argument in part.args):
        return f"is a cast to whole numbers, an int: it {_WHOLE}"
    words = _CALLS.get(called, "")
    return words and f"takes {called}: that {words}"


def _is_whole(argument: ast.expr) -> bool:
    text = ast.unparse(argument).replace("np.", "").strip("'\"")
    return text.startswith(_WORDS)


def _operands(part: ast.AST) -> Iterator[ast.AST]:
    """Yield the expressions that such an expression takes out."""
    if isinstance(part, ast.Attribute):
        inside: list[ast.AST] = [part.value]
    elif isinstance(part, ast.Compare):
        inside = [part.left, *part.comparators]
    elif isinstance(part, ast.Call):
        inside = [*part.args, *([part.func.value] if isinstance(part.func, ast.Attribute) else [])]
    else:
        inside = []
    for expression in inside:
        yield from ast.walk(expression)


def _is_it(part: ast.AST, name: str | None, span: tuple[int, int, int, int] | None) -> bool:
    if isinstance(part, ast.Name):
        return part.id == name
    return span is not None and isinstance(part, ast.expr) and span == (
        part.lineno, part.col_offset, part.end_lineno, part.end_col_offset
    )  # fmt: skip
