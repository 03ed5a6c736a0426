"""Inputs from which no way leads to the output: never used, or the way was cut, by what and on which line.

Entries of an array, too: a parameter taken out of a vector of them, and out of the graph, while the others flow.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np

from graphviz_ad.debugging.examination import Examination, numbers, placed
from graphviz_ad.debugging.findings import Finding
from graphviz_ad.debugging.places import at, numbered, read_by
from graphviz_ad.engine.source import source_lines
from graphviz_ad.engine.variable import DETACH, INDEX, Variable
from graphviz_ad.story.exits import Exit, exit_of, scope_of

__all__ = ["unreached"]

_MOST = 50  # parts of an input that are looked at


def unreached(exam: Examination) -> Iterator[Finding]:
    """Yield what there is to say of inputs that the output does not depend on, once a place that cut them off."""
    outputs = _outputs(exam)
    lost = [i for i in exam.inputs if exam.adjoints[i] is None and outputs.isdisjoint(_connected(exam, i))]
    groups: dict[Any, list[int]] = {}
    exits: dict[int, Exit | None] = {}
    for i in lost:
        exits[i] = exit_of(exam.recording, exam.nodes, exam.nodes[i], exam.names[i])
        own = exits[i]
        groups.setdefault((own.site.filename, own.site.line, own.words) if own is not None else i, []).append(i)
    for inputs in groups.values():
        yield _finding(exam, inputs, exits[inputs[0]], len(lost) == len(exam.inputs))
    partly = [i for i in exam.inputs if _is_partly_read(exam, i)]
    reaching = _reaching(exam) if partly else set()
    for i in partly:
        yield from _entries(exam, i, reaching)


def _is_partly_read(exam: Examination, i: int) -> bool:
    """Whether something comes back to an array, and not to all of it."""
    return exam.adjoints[i] is not None and exam.nodes[i].ndim > 0 and not np.all(exam.adjoint(i))


def _entries(exam: Examination, i: int, reaching: Collection[int]) -> Iterator[Finding]:
    """Yield where entries of an input that flows in others leave the graph, once a place."""
    places = numbered(exam.values[i])
    read = _read(exam, i, places, reaching)
    if np.all(read):
        return
    scope = _scope(exam)
    parts: dict[Any, tuple[Exit, Any]] = {}
    for part, mask in islice(_unread(exam, exam.nodes[i], places, read), _MOST):
        own = exit_of(exam.recording, exam.nodes, part, _unpacked(scope, exam.names[i], part))
        if own is not None and not own.words.startswith("compar"):
            key = own.site.filename, own.site.line, own.words
            parts[key] = own, mask | parts.get(key, (own, False))[1]
    for own, mask in parts.values():
        yield _of_entries(exam, i, own, mask)


def _unread(exam: Examination, leaf: Variable, places: Any, read: Any) -> Iterator[tuple[Variable, Any]]:
    """Yield what was taken out of an input, with those of its entries on which the output does not depend."""
    for part in exam.recording._watch.nodes:
        if part.primitive is INDEX and part._a is leaf:
            mask = np.isin(places, read_by(part, places)) & ~read
            if np.any(mask):
                yield part, mask


def _read(exam: Examination, i: int, places: Any, reaching: Collection[int]) -> Any:
    """Return which entries of an input the output depends on, as far as indexing tells."""
    read = np.zeros(places.shape, bool)
    for child, _ in exam.uses[i]:
        node = exam.nodes[child]
        if node.primitive is DETACH or child not in reaching:
            continue
        if node.primitive is not INDEX:
            return np.ones(places.shape, bool)
        read.flat[read_by(node, places)] = True
    return read


def _reaching(exam: Examination) -> set[int]:
    """Return what the outputs depend on by ways on which nothing is detached."""
    reaching, detached = _outputs(exam), set(exam.computed_by([DETACH.name]))
    if not detached:
        return exam.above(*reaching)
    for i in range(len(exam.nodes) - 1, -1, -1):
        if i in reaching and i not in detached:
            reaching.update(parent for _, parent in exam.operands(i))
    return reaching


def _unpacked(scope: ast.AST | None, name: str, part: Variable) -> str:
    """Return the name that an entry got where a function unpacks an input, ``a, b = p``; empty where it does not."""
    for line in () if part.site is not None or scope is None else ast.walk(scope):
        if isinstance(line, ast.Assign) and isinstance(line.value, ast.Name) and line.value.id == name:
            target, k = line.targets[0], part.operands[1]
            if isinstance(target, ast.Tuple | ast.List) and isinstance(k, int) and k < len(target.elts):
                return getattr(target.elts[k], "id", "")
    return ""


def _of_entries(exam: Examination, i: int, own: Exit, mask: Any) -> Finding:
    """Return the finding of entries that leave the graph in a place."""
    name, places = exam.called(i), at(mask).rstrip(",")
    return exam.finding(
        "unreached",
        "warning",
        f"the path from {name} to {exam.recording.name} is severed {places}",
        f"{own.site.text} {own.words}. That cuts {name} off {places}: it has no gradient there, while others of its "
        "entries have.",
        None,
        mask=mask,
        **placed(own.site),
        reaches=exam.names_of([i]),
    )


def _outputs(exam: Examination) -> set[int]:
    """Return the positions of all that the function returned."""
    return {exam.position[node.index] for node in exam.recording.outputs if node.index in exam.position}


def _connected(exam: Examination, i: int) -> set[int]:
    """Return what depends on a node without having been detached."""
    detached = set(exam.computed_by([DETACH.name]))
    return exam.uses.below([i], None if not detached else set(range(len(exam.nodes))) - detached)


def _finding(exam: Examination, inputs: Sequence[int], own: Exit | None, are_all: bool) -> Finding:
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


def _parameter(exam: Examination, i: int) -> tuple[str, int] | None:
    """Return file and line of the parameter that an input came in by, or of the function."""
    code, scope = getattr(exam.recording.function, "__code__", None), _scope(exam)
    if code is None or not source_lines(code):
        return None
    if scope is None or isinstance(scope, ast.Module):
        return code.co_filename, code.co_firstlineno
    arguments = scope.args  # type: ignore[attr-defined]
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        if argument.arg == exam.names[i].partition("[")[0]:
            return code.co_filename, argument.lineno
    return code.co_filename, scope.lineno  # type: ignore[attr-defined]


def _scope(exam: Examination) -> ast.AST | None:
    """Return the function that was recorded, as it stands in its source; None where that cannot be read."""
    code = getattr(exam.recording.function, "__code__", None)
    lines = source_lines(code) if code is not None else None
    try:
        return scope_of(ast.parse("".join(lines)), code) if lines else None
    except (SyntaxError, ValueError):
        return None
