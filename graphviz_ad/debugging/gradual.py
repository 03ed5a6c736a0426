"""Digits that are lost little by little, on a line that is passed many times, or inside a single sum.

No one difference is to blame, so the search begins with the number whose rounding moves the output most, and follows
the way on which it does. Where that share falls, digits are lost: numbers cancel, or what was rounded before grows
faster than the number itself. What is found is told only if the program, run again with 80 digits, has another output.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.debugging.exact import NOISE, exactly
from graphviz_ad.debugging.examination import Examination, is_finite
from graphviz_ad.debugging.families import SUMS
from graphviz_ad.debugging.findings import Finding
from graphviz_ad.debugging.residuals import is_residual
from graphviz_ad.debugging.rounding import shares, threshold
from graphviz_ad.debugging.sizes import Way, way_down
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.numerals.writing import rough, static

__all__ = ["lost_little_by_little"]

_SUMMING = SUMS | {"std", "var"}
_MORE = 10  # how many times as much a loop must lose as the place that is known
_MOST_DIGITS = 6  # of what comes out, in a sentence


class _Loss(NamedTuple):
    """A line on which digits are lost.

    Attributes
    ----------
    edges : Way
        Those of the way that lead to nodes of this line.
    node : int
        The child at which most are lost.
    times : int
        How often the way passes the line.
    cancels : float
        The logarithm of what the numbers lose of their size.
    grows : float
        The logarithm of what the adjoints lose of theirs, on the way down.
    largest : float
        The largest share that a node has in the output.
    """

    edges: Way
    node: int
    times: int
    cancels: float
    grows: float
    largest: float


def lost_little_by_little(exam: Examination, size: float, known: float = 0.0) -> Iterator[Finding]:
    """Yield what there is to say of an output of that size whose digits were lost on the way, and no one place did.

    Where a place is known that loses digits, and by how much that moves the output, it must be a loop that loses more.

    Examples
    --------
    >>> import graphviz_ad as gad
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> exam = Examination(gad.trace(np.sum, np.array([1e16, 1.0, -1e16])), Thresholds())
    >>> [finding.title for finding in lost_little_by_little(exam, 1.0)]
    ['Σ a loses its digits']
    """
    loss = _loss(exam, size)
    if loss is None or (loss.times == 1 and known):
        return
    if loss.times == 1 and (exam.primitive(loss.node) not in _SUMMING or _underflows(exam, loss.node)):
        return  # a single place, which is looked at as such
    if exam.output is None:
        return
    output = np.asarray(exam.values[exam.output], np.float64)
    truth = _truth(exam, output, loss.largest)
    if truth is None:
        return
    error, largest = np.abs(output - truth), float(np.max(np.abs(truth), initial=0))
    worst = float(np.max(error, initial=0))
    if worst > max(threshold(exam, _step(exam)), _MORE * known) * largest:
        place = np.unravel_index(int(np.argmax(error)), output.shape) if output.ndim else ()
        yield _finding(exam, loss, worst / largest if largest else math.inf, (output[place], truth[place]), place)


def _underflows(exam: Examination, i: int) -> bool:
    """Whether a size is 0, though its numbers differ: their squares are too small, which is told as such."""
    return exam.primitive(i) in ("std", "var") and not np.any(exam.values[i])


def _step(exam: Examination) -> float:
    """Return by how much the numbers of a program are rounded: those of its coarsest type."""
    return max(float(np.finfo(dtype).eps) for dtype in {value.dtype for value in exam.values} if dtype.kind == "f")


def _loss(exam: Examination, size: float) -> _Loss | None:
    """Return the line on which most digits are lost; None where there is none."""
    moved = np.asarray(shares(exam))
    start = int(np.argmax(moved))
    step = _step(exam)
    if not math.isfinite(moved[start]) or step * moved[start] <= threshold(exam, step) * size:
        return None
    least = moved[start] * NOISE
    way = way_down(exam, start)
    if not len(way.edges):
        return None
    falls = np.log(np.maximum(moved[way.parents], least) / np.maximum(moved[way.children], least))
    line = max(exam.lines(way.children), key=lambda own: np.sum(falls[own]))
    edges = way.at(line)
    first, last = int(edges.parents[0]), int(edges.children[-1])
    cancels = _logarithm(exam.values[first]) - _logarithm(exam.values[last])
    grows = _logarithm(exam.adjoints[first]) - _logarithm(exam.adjoints[last])
    if not np.any(exam.values[first]):
        return None  # which became 0 before
    node = int(edges.children[np.argmax(falls[line])])
    if cancels > grows and is_residual(exam, node):
        return None
    times = int(np.max(np.bincount(exam.expressions[edges.children])))
    return _Loss(edges, node, times, cancels, grows, float(moved[start]))


def _logarithm(x: Any) -> float:
    return math.log(max(float(np.max(np.abs(np.asarray(x, float)), initial=0)), 1e-300))


def _truth(exam: Examination, output: Any, largest: float) -> Any:
    """Return the output as it is with 80 digits, of shares up to the largest; None if it cannot be computed soon."""
    truth = None if exam.output is None else exactly(exam, exam.output)
    if truth is None:
        return None
    noise = largest * NOISE
    size = max(float(np.max(np.abs(x), initial=0)) for x in (truth, output))
    if not is_finite(truth) or noise > exam.thresholds.cancellation * size:
        return None
    return np.where(np.abs(truth) <= noise, 0.0, truth)


def _finding(exam: Examination, loss: _Loss, error: float, pair: tuple[Any, Any], place: Sequence[Any]) -> Finding:
    """Return the finding of a line: what happens on it, and what comes out beside what should."""
    name, site = exam.recording.name, exam.site(loss.node)
    left = int(-math.log10(error)) if error < 1 else 0
    digits = "none of its digits is" if not left else f"about {left} of its digits {'are' if left > 1 else 'is'}"
    output = f"{name}{list(map(int, place)) if len(place) else ''}"
    came, right = (rough(x, _MOST_DIGITS) for x in pair)
    written = exam.written(loss.node)
    what = site.text if site is not None and site.text and loss.times > 1 else written
    return exam.finding(
        "cancellation",
        "warning",
        f"{what} loses digits little by little" if loss.times > 1 else f"{what} loses its digits",
        f"{_reason(exam, loss, written)} {output} comes out as {came}; computed with 80 digits it is {right}, so "
        f"{digits} right.",
        loss.node,
        reaches=exam.names_of(exam.inputs_above(loss.node)),
        path=(loss.node,),
    )


def _reason(exam: Examination, loss: _Loss, written: str) -> str:
    """Say what happens on the line."""
    if loss.times == 1:
        return _inside(exam, loss.node, written)
    passed = f"This line is passed {loss.times} times"
    if loss.grows > loss.cancels:
        factor = math.exp((loss.grows + loss.cancels) / loss.times)
        shown = rough(factor, 4 if 0.9 < factor < 1.1 else 2)
        return f"{passed}, and each time what was rounded before grows by a factor of about {shown} beside the number."
    last = static(np.max(np.abs(exam.values[loss.edges.children[-1]])))
    largest = max(float(np.max(np.abs(exam.values[parent]), initial=0)) for parent in loss.edges.parents)
    apart = _apart(largest, exam.nodes[loss.node].dtype)
    return f"{passed}, on which numbers as large as {rough(largest, 3)} cancel until {last} is left. {apart}"


def _inside(exam: Examination, i: int, written: str) -> str:
    """Say what is lost inside a single node, at the entry where that weighs most."""
    node = exam.nodes[i]
    assert node.primitive is not None
    operands = [np.abs(x) if np.asarray(x).dtype.kind == "f" else x for x in map(plain_value, node.operands)]
    is_sum = node.primitive.name in SUMS
    size = np.asarray(node.primitive.function(*operands, **node.params) if is_sum else np.max(operands[0]))
    weight = np.broadcast_to(size * np.abs(exam.adjoint(i)), node.shape)
    entry = np.unravel_index(int(np.argmax(weight)), node.shape) if node.shape else ()
    here, left = np.broadcast_to(size, node.shape)[entry], np.asarray(node.value)[entry]
    place = f"At {list(map(int, entry))} " if entry else ""
    what = "adds terms that come to {} in size" if is_sum else "is made of numbers like {}"
    words = f"{what.format(rough(here, 3))}, and {static(left)} is left of them"
    return f"{place}{written} {words}. {_apart(here, node.dtype)}"


def _apart(size: float, dtype: Any) -> str:
    """Say how fine numbers of a size are."""
    step = rough(float(np.finfo(dtype).eps) * float(size))
    return f"In {dtype}, numbers of that size are about {step} apart, and what is finer is lost."
