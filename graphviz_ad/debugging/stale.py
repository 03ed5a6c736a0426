"""What is older than it looks: a gradient that an earlier pass was added to, a value written to after it was used."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import numpy as np

from graphviz_ad.debugging.examination import Examination, numbers, placed
from graphviz_ad.debugging.findings import Finding
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.source import resolve
from graphviz_ad.engine.variable import Variable

__all__ = ["accumulated", "collided", "overwritten"]


def accumulated(exam: Examination) -> Iterator[Finding]:
    """Yield the leaves whose gradient is the sum of several passes, once a call of `backward`."""
    groups: dict[Any, list[int]] = {}
    for i in exam.inputs:
        node = exam.nodes[i]
        if node._primitive is None and node._extra.grad is not None and node._extra.added is not None:
            groups.setdefault(node._extra.added, []).append(i)
    for place, inputs in groups.items():
        held = " and ".join(f"{exam.called(i)}.grad holds {numbers(exam.nodes[i]._extra.grad)}" for i in inputs)
        alone = " and ".join(
            f"{exam.bar(i)} = {numbers(exam.adjoint(i))}" for i in inputs if exam.adjoints[i] is not None
        )
        this = f"; of this trace alone it is {alone}" if alone else ""
        calls = " and ".join(f"call {exam.called(i)}.zero_grad()" for i in inputs)
        yield exam.finding(
            "accumulated",
            "warning",
            f"{exam.listed(inputs)} has the gradients of several passes",
            f"{held}{this}: backward() added to what an earlier pass had left there. Where each pass is to stand "
            f"alone, {calls} before it.",
            inputs[0],
            reaches=exam.names_of(inputs),
            **placed(resolve(*place)),
        )


def overwritten(exam: Examination) -> Iterator[Finding]:
    """Yield the writes into arrays that were read before in the same place, once a line."""
    writes = [i for i in exam.arrays if exam.nodes[i]._primitive is not None]
    replaced = {i: k for i in writes if (k := _written(exam, i)) is not None}
    readers = {i: _readers(exam, i, k) for i, k in replaced.items()}
    for group in exam.same_line([i for i in writes if readers.get(i)]).values():
        i = group[0]
        names = list(dict.fromkeys(exam.written(k) for k in readers[i]))[:2]
        array = exam.site(i)
        name = _target(array.text) if array is not None else ""
        name = name or exam.called(replaced[i])
        yield exam.finding(
            "overwritten",
            "note",
            f"{name} is written to after it was used",
            f"{' and '.join(names)} had read {name} before this line changed it: value and gradient of that belong to "
            f"the old numbers; whatever reads {name} afterwards has the new ones.",
            i,
            path=(i, *readers[i]),
        )


def collided(exam: Examination) -> Iterator[Finding]:
    """Yield the writes that name an entry several times, of which only the last stays, once a line."""
    lost = {i: count for i in exam.computed_by(["index_update"]) if (count := _lost(exam.nodes[i]))}
    for group in exam.same_line(sorted(lost)).values():
        i = group[0]
        site, value = exam.site(i), exam.nodes[i].operands[1]
        name = (_target(site.text) if site is not None else "") or exam.called(i)
        count, many = lost[i], len(group) > 1
        above = exam.above(exam.position[value.index]) if isinstance(value, Variable) else set()
        yield exam.finding(
            "overwritten",
            "warning",
            f"{name} is written to several times in one place",
            f"The index names a place of {name} more than once, and of what is written there only the last stays: "
            f"{count} number{' is' if count == 1 else 's are'} lost{', the first time' if many else ''}, and nothing "
            f"goes back to {'it' if count == 1 else 'them'}. np.add.at adds all that come to one place.",
            i,
            reaches=exam.names_of([k for k in exam.inputs if k in above]),
            path=(i,),
        )


def _lost(node: Variable) -> int:
    """Return how many numbers a write loses because others are written to the same place, and are not the same."""
    target, value = (plain_value(x) for x in node.operands)
    place = node.params["place"]
    if not any(isinstance(part, list | np.ndarray) for part in (place if isinstance(place, tuple) else (place,))):
        return 0
    places = np.arange(np.size(target)).reshape(np.shape(target))[place]
    whole = np.broadcast_to(value, np.shape(places)).ravel()
    flat, kept = places.ravel(), np.empty(np.size(target), whole.dtype)
    kept[flat] = whole
    return int(np.count_nonzero(kept[flat] != whole))


def _written(exam: Examination, i: int) -> int | None:
    """Return the version of an array that a node replaces; None for a node that writes to none."""
    node = exam.nodes[i]
    assert node.primitive is not None
    operand = node.operands[0] if node.operands else None
    if not isinstance(operand, Variable) or operand.index not in exam.position or not operand.ndim:
        return None
    if node.primitive.name in ("index_update", "add_at"):
        return exam.position[operand.index]
    site = node.site if node.origin is None and node.primitive.operator else None
    return exam.position[operand.index] if site is not None and _target(site.text) else None


def _target(text: str) -> str:
    """Return what an augmented assignment writes to, or what a written place belongs to.

    Examples
    --------
    >>> _target("v *= 2.0"), _target("v[0]"), _target("v + 1")
    ('v', 'v', '')
    """
    try:
        statement = ast.parse(text.strip()).body[0]
    except (SyntaxError, IndexError):
        return ""
    if isinstance(statement, ast.AugAssign):
        return ast.unparse(statement.target)
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Subscript):
        return ast.unparse(statement.value.value)
    return ""


def _readers(exam: Examination, write: int, version: int) -> list[int]:
    """Return the nodes that had read, of the version that is replaced, what is written to."""
    mask = _places(exam, write, version)
    readers = []
    for child, argument in exam.uses[version]:
        node = exam.nodes[child]
        if child >= write or node.primitive is None:
            continue
        read = np.ones(exam.nodes[version].shape, bool)
        if node.primitive.name == "index" and argument == 0:
            read[...] = False
            read[node.operands[1]] = True
        if node.primitive.name not in ("index_update", "add_at") and np.any(read & mask):
            readers.append(child)
    return readers


def _places(exam: Examination, write: int, version: int) -> Any:
    """Return the entries that a write changes."""
    node = exam.nodes[write]
    mask = np.ones(exam.nodes[version].shape, bool)
    place = node.params.get("place") if node.primitive is not None else None
    if place is not None:
        mask[...] = False
        mask[place] = True
    return mask
