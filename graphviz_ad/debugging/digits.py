"""Digits that are lost: differences of nearly equal rounded numbers, and numbers so small that they became 0.

A difference is worth a finding only where it matters: the rounding of its operands, times its adjoint, beside the
output. An entry that happens to be near 0 harms nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from graphviz_ad.debugging.examination import Examination, is_finite, listed, numbers
from graphviz_ad.debugging.findings import Finding
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.variable import Variable
from graphviz_ad.numerals.writing import static

__all__ = ["cancellations", "underflows"]

_DIFFERENCES = frozenset(["add", "subtract"])
_EXACT = frozenset(["absolute", "concatenate", "copy", "flip", "index", "negative", "positive", "ravel", "reshape"])
_EXACT |= {"stack", "transpose"}


def cancellations(exam: Examination) -> Iterator[Finding]:
    """Yield the differences that lost most of their digits, where that matters, once a line."""
    if exam.output is None or not exam.is_swept or not is_finite(exam.values[exam.output]):
        return
    size = float(np.max(np.abs(exam.values[exam.output]), initial=0))
    if not size:
        return
    worst = [(i, lost) for i in exam.computed_by(_DIFFERENCES) if (lost := _lost(exam, i, size)) is not None]
    for group in exam.same_line([i for i, _ in worst]).values():
        i, lost = max((own for own in worst if own[0] in group), key=lambda own: own[1])
        yield _cancellation(exam, i, lost)


def _lost(exam: Examination, i: int, size: float) -> float | None:
    """Return how large, beside the output, the error is that a difference has of the rounding before; None if small."""
    y = exam.values[i]
    node = exam.nodes[i]
    a = plain_value(node._a)
    if type(y) is np.float64 and not -1e-3 < y / a < 1e-3:
        return None  # what nearly all differences are
    g, b = exam.adjoints[i], plain_value(node._b)
    if g is None or y.dtype.kind != "f":
        return None
    largest = np.maximum(np.abs(a), np.abs(b))
    eps = float(np.finfo(y.dtype).eps)
    near = np.abs(y) < largest * (eps**0.75 * 8)
    if not np.any(near) or all(map(_is_exact, node.operands)):
        return None
    error = eps * np.where(near, largest, 0.0)
    lost = float(np.sum(np.abs(g) * error)) / size
    return lost if lost > eps**0.4 else None


def _is_exact(operand: Any, depth: int = 8) -> bool:
    """Whether an operand is what the person gave, perhaps moved about, and no rounded result."""
    if not isinstance(operand, Variable) or operand.primitive is None or not depth:
        return True
    if operand.primitive.name in _EXACT:
        return all(_is_exact(x, depth - 1) for x in operand.operands)
    return False


def _cancellation(exam: Examination, i: int, lost: float) -> Finding:
    node = exam.nodes[i]
    a, b = (np.broadcast_to(plain_value(x), node.shape) for x in node.operands)
    y, eps = np.asarray(exam.values[i]), float(np.finfo(node.dtype).eps)
    with np.errstate(all="ignore"):
        wrong = eps * np.maximum(np.abs(a), np.abs(b)) / np.abs(y)
    entry = np.unravel_index(int(np.argmax(np.where(np.isnan(wrong), 0, wrong))), np.shape(y)) if np.ndim(y) else ()
    left = max(0, int(-np.log10(min(1.0, float(wrong[entry])))))
    sign = "+" if node.primitive is not None and node.primitive.name == "add" else "−"
    second = static(b[entry])
    second = f"({second})" if second.startswith("−") else second
    place = f"At {list(map(int, entry))} " if entry else ""
    digits = "hardly any digit is" if left == 0 else f"about {left} digit{'s are' if left > 1 else ' is'}"
    affected = [k for k in exam.inputs if k in exam.above(i)]
    shown = (
        f"{_many(a[entry])} {sign} {_many(b[entry])}"
        if static(a[entry]) == static(b[entry]).lstrip("−")
        else (f"{static(a[entry])} {sign} {second}")
    )
    return exam.finding(
        "cancellation",
        "warning",
        f"{exam.written(i)} loses its digits",
        f"{place}{shown} is {static(y[entry])}: two nearly equal numbers, each rounded to {node.dtype}, cancel, "
        f"and {digits} left that can be trusted. That moves {exam.recording.name} by about "
        f"{static(float(f'{100 * min(lost, 1):.1g}'))} %.",
        i,
        reaches=exam.names_of(affected),
        path=(i,),
    )


def _many(x: Any) -> str:
    text = np.format_float_positional(x, trim="-") if 1e-4 <= abs(x) < 1e16 else repr(float(x))
    return f"({text})".replace("-", "−") if x < 0 else text


_SHRINKING = frozenset(["multiply", "divide", "exp", "exp2", "power", "float_power", "square", "prod", "reciprocal"])


def underflows(exam: Examination) -> Iterator[Finding]:
    """Yield the nodes all of whose entries became 0 though nothing they are made of is, where that is felt."""
    if exam.output is None:
        return
    if exam.column is not None and np.all(exam.column):
        return
    zeros = [i for i in exam.computed_by(_SHRINKING) if _is_nothing(exam.values[i])]
    for group in exam.same_line([i for i in zeros if _is_rounded(exam, i)]).values():
        finding = _underflow(exam, group[0])
        if finding is not None:
            yield finding


def _is_nothing(value: Any) -> bool:
    """Whether all of a value is 0."""
    if type(value) is np.float64:
        return not value
    return bool(np.size(value)) and value.dtype.kind == "f" and not np.any(value)


def _is_rounded(exam: Examination, i: int) -> bool:
    """Whether the value of a node is 0 only because it was too small for its type."""
    node = exam.nodes[i]
    assert node.primitive is not None
    operands = [np.asarray(plain_value(x)) for x in node.operands]
    if node.primitive.name in ("exp", "exp2"):
        return is_finite(operands[0])
    return all(is_finite(x) and np.all(x != 0) for x in operands)


def _underflow(exam: Examination, i: int) -> Finding | None:
    affected = [k for k in exam.inputs if k in exam.above(i)]
    name, output = exam.recording.name, exam.values[exam.output]  # type: ignore[index]
    sick = [k for k in affected if (g := exam.adjoints[k]) is not None and (not np.any(g) or not is_finite(g))]
    is_value_lost = not is_finite(output) or not np.any(output)
    if not sick and not is_value_lost:
        return None
    node = exam.nodes[i]
    smallest = static(np.finfo(node.dtype).smallest_subnormal)
    operands = [f"{exam.called(parent)} = {numbers(exam.values[parent])}" for _, parent in exam.operands(i)]
    follows = f"{name} is {numbers(output)}" if is_value_lost else f"{exam.bars(sick)} {_becomes(exam, sick)}"
    return exam.finding(
        "underflow",
        "warning",
        f"{exam.written(i)} became 0",
        f"For {listed(list(dict.fromkeys(operands)))}, {exam.written(i)} is less than {smallest}, the smallest "
        f"{node.dtype}, and rounds to 0. So {follows}.",
        i,
        reaches=exam.names_of(sick or affected),
        path=(i,),
    )


def _becomes(exam: Examination, sick: list[int]) -> str:
    what = "0" if all(not np.any(exam.adjoints[k]) for k in sick) else "not finite"
    return f"is {what}" if len(sick) == 1 else f"are {what}"
