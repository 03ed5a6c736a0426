"""Inputs from which no way leads to the output: never used, or the way was cut, by what and on which line.

A value that leaves the graph leaves no node behind: `.value`, `argmax`, a cast to whole numbers, a comparison. What was
recorded last tells where to look, and the person's source what they did with it there.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from types import CodeType
from typing import Any, NamedTuple

from graphviz_ad.debugging.examination import Examination, numbers, placed
from graphviz_ad.debugging.findings import Finding
from graphviz_ad.engine.source import Site, source_lines
from graphviz_ad.engine.variable import DETACH, Variable

__all__ = ["unreached"]

_WHOLE = "gives whole numbers, which have no slope"
_TRUTHS = "gives truths, which have no slope"
_CALLS = {
    **dict.fromkeys(("argmax", "argmin", "nanargmax", "nanargmin", "argsort", "argpartition", "argwhere"), _WHOLE),
    **dict.fromkeys(("searchsorted", "digitize", "count_nonzero", "nonzero", "flatnonzero", "int", "len"), _WHOLE),
    **dict.fromkeys(("isclose", "allclose", "array_equal", "any", "all", "isnan", "isfinite", "signbit"), _TRUTHS),
    **dict.fromkeys(("greater", "greater_equal", "less", "less_equal", "equal", "not_equal"), _TRUTHS),
}
_WORDS = ("int", "bool", "uint")


class _Exit(NamedTuple):
    """Where a value left the graph: how, and in which stretch of the source."""

    words: str
    site: Site


def unreached(exam: Examination) -> Iterator[Finding]:
    """Yield what there is to say of inputs that the output does not depend on, once a place that cut them off."""
    lost = [i for i in exam.inputs if exam.adjoints[i] is None
            and not _outputs(exam) & _connected(exam, i)]  # fmt: skip
    groups: dict[Any, list[int]] = {}
    exits: dict[int, _Exit | None] = {}
    for i in lost:
        exits[i] = _exit(exam, i)
        own = exits[i]
        groups.setdefault((own.site.filename, own.site.line, own.words) if own is not None else i, []).append(i)
    for inputs in groups.values():
        yield _finding(exam, inputs, exits[inputs[0]], len(lost) == len(exam.inputs))


def _outputs(exam: Examination) -> set[int]:
    """Return the positions of all that the function returned."""
    return {exam.position[node.index] for node in exam.recording.outputs if node.index in exam.position}


def _connected(exam: Examination, i: int) -> set[int]:
    """Return what depends on a node without having been detached."""
    reached, waiting = {i}, [i]
    while waiting:
        for child, _ in exam.uses[waiting.pop()]:
            if child not in reached and exam.nodes[child].primitive is not DETACH:
                reached.add(child)
                waiting.append(child)
    return reached


def _finding(exam: Examination, inputs: Sequence[int], own: _Exit | None, are_all: bool) -> Finding:
    names, name = exam.listed(inputs), exam.recording.name
    is_one = len(inputs) == 1
    if own is None:
        place = _parameter(exam, inputs[0])
        more = {"file": place[0], "line": place[1], "expression": names} if place else {}
        return exam.finding(
            "unreached",
            "error" if are_all else "warning",
            f"{names} never {'reaches' if is_one else 'reach'} {name}",
            f"{names} {'is' if is_one else 'are'} never used on the way to {name}: there is no path, and so no "
            f"gradient. Use {'it' if is_one else 'them'}, or leave {'it' if is_one else 'them'} out.",
            None,
            reaches=exam.names_of(inputs),
            **more,
        )
    is_compared = own.words.startswith("compar")
    severity = "error" if are_all else "note" if is_compared else "warning"
    constant = ""
    if exam.output is None and exam.recording.start is not None:
        constant = f" {name} returned {numbers(exam.recording.start)}, a constant as far as derivatives go."
    return exam.finding(
        "unreached",
        severity,
        f"the path from {names} to {name} is severed",
        f"{own.site.text} {own.words}. That cuts {names} off: {'it has' if is_one else 'they have'} no gradient."
        f"{constant}",
        None,
        **placed(own.site),
        reaches=exam.names_of(inputs),
    )


def _exit(exam: Examination, i: int) -> _Exit | None:
    """Return where the last that was computed from an input left the graph; None where nothing tells."""
    family = _family(exam, exam.nodes[i])
    for node in reversed(family):
        if node.primitive is DETACH and node.site is not None:
            return _Exit("cuts the graph, as detach is meant to", node.site)
    ends = _ends(family)
    for node in ends:
        own = _in_source(exam, node, i)
        if own is not None:
            return own
    for guard in reversed(exam.recording.guards):
        if any(side is node for node in ends for side in (guard.left, guard.right)) and guard.site is not None:
            return _Exit("compares it only: a comparison gives truths, which have no slope", guard.site)
    return None


def _family(exam: Examination, node: Variable) -> list[Variable]:
    """Return an input and all that was recorded of it, dead ends too, in execution order."""
    known = {node.index: node}
    for other in sorted({own.index: own for own in (*exam.recording._watch.nodes, *exam.nodes)}.values(), key=_index):
        if any(parent.index in known for parent in other.parents):
            known[other.index] = other
    return list(known.values())


def _index(node: Variable) -> int:
    return node.index


def _ends(family: Sequence[Variable]) -> list[Variable]:
    """Return those of which nothing further was recorded, the latest first."""
    used = {parent.index for node in family for parent in node.parents}
    return [node for node in reversed(family) if node.index not in used] or list(family[:1])


def _in_source(exam: Examination, node: Variable, i: int) -> _Exit | None:
    """Look in the person's function for what takes a node out of the graph."""
    code: Any = node._code if node.primitive is not None else getattr(exam.recording.function, "__code__", None)
    code = code if isinstance(code, CodeType) else None
    lines = source_lines(code) if code is not None else None
    if code is None or not lines:
        return None
    try:
        tree = ast.parse("".join(lines))
    except (SyntaxError, ValueError):
        return None
    scope = _scope(tree, code)
    site = node.site if node.primitive is not None else None
    name = site.name if site is not None else exam.names[i]
    span = None if site is None else (site.line, site.column, site.end_line, site.end_column)
    for part in ast.walk(scope):
        words = _leaves(part)
        if words and any(_is_it(inner, name, span) for inner in _operands(part)):
            text = " ".join((ast.get_source_segment("".join(lines), part) or "").split())
            line, end = part.lineno, part.end_lineno or part.lineno  # type: ignore[attr-defined]
            return _Exit(words, Site(code.co_filename, line, -1, end, -1, code.co_name, text, None))
    return None


def _scope(tree: ast.AST, code: Any) -> ast.AST:
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


def _parameter(exam: Examination, i: int) -> tuple[str, int] | None:
    """Return file and line of the parameter that an input came in by, or of the function."""
    code = getattr(exam.recording.function, "__code__", None)
    lines = source_lines(code) if code is not None else None
    if code is None or not lines:
        return None
    try:
        scope = _scope(ast.parse("".join(lines)), code)
    except (SyntaxError, ValueError):
        return code.co_filename, code.co_firstlineno
    if isinstance(scope, ast.Module):
        return code.co_filename, code.co_firstlineno
    arguments = scope.args  # type: ignore[attr-defined]
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        if argument.arg == exam.names[i].partition("[")[0]:
            return code.co_filename, argument.lineno
    return code.co_filename, scope.lineno  # type: ignore[attr-defined]
