"""Gradients whose digits are lost, though the value keeps its own.

``(np.exp(x) - 1) / x`` at 1e-9 has half of its digits, which is enough for a value. But going back, what comes to x by
its two ways is a billion times as large as what is left of it, and nothing of that is right. It is told only where the
slope, computed with 80 digits, is another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.debugging.exact import slope_of
from graphviz_ad.debugging.examination import Examination, is_finite, numbers
from graphviz_ad.debugging.families import DIFFERENCES
from graphviz_ad.debugging.findings import Finding
from graphviz_ad.debugging.local_slopes import operand_of
from graphviz_ad.debugging.wiped_out import is_exact
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.numerals.writing import rough, static

__all__ = ["wrong_gradients"]

_LOGARITHMS = ("log", "log2", "log10")
_NEAR = 1e-5  # what is left of two numbers that cancel, beside them, at most
_WRONG = 1e-3  # by how much a slope must be off, beside itself
_ORDINARY = 1e3  # roundings of what cancels going back, which every sum has
_MOST = 100  # inputs and nodes that are looked at


class _Meeting(NamedTuple):
    """A node at which what comes back nearly cancels: the entry, the two largest that meet there, and their sum."""

    node: int
    entry: tuple[int, ...]
    pair: tuple[float, float]
    left: float


def wrong_gradients(exam: Examination) -> Iterator[Finding]:
    """Yield the place that makes a gradient wrong, the value being right.

    Examples
    --------
    >>> import graphviz_ad as gad
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> exam = Examination(gad.trace(lambda x: (1 - np.cos(x)) / x**2, 1e-4), Thresholds())
    >>> [finding.title for finding in wrong_gradients(exam)]
    ['x̄ loses its digits in 1 − v₁']
    """
    if exam.output is None or not exam.is_swept or np.size(exam.values[exam.output]) != 1:
        return
    suspects = [i for i in _near(exam) if _loses_digits(exam, i)][-_MOST:]
    if not suspects or not is_finite(exam.values[exam.output]):
        return
    for i in _crossings(exam, suspects):
        meeting = _meeting(exam, i)
        inputs = [] if meeting is None else [k for k in exam.inputs_above(i) if exam.nodes[k].dtype == np.float64]
        if meeting is None or not inputs:
            continue
        own = inputs[0]
        g = np.asarray(exam.adjoint(own))
        entry = meeting.entry if own == i else tuple(map(int, np.unravel_index(int(np.argmax(np.abs(g))), g.shape)))
        truth = slope_of(exam, own, entry)
        came = float(g[entry])
        ordinary = _ORDINARY * np.finfo(np.float64).eps * abs(meeting.pair[0] / meeting.left)
        if truth is not None and abs(came - truth) > max(_WRONG * abs(truth), ordinary * abs(came)):
            suspect = max(k for k in suspects if i in exam.above(k))
            exam.spoilt.update(exam.names_of([own]))
            yield _finding(exam, suspect, meeting, own, entry, (came, truth))
            return


def _near(exam: Examination) -> list[int]:
    """Return the nodes that may lose digits: arrays, and of numbers those that nearly cancel."""
    own = exam.computed_by((*DIFFERENCES, *_LOGARITHMS))
    single = [i for i in own if type(exam.values[i]) is np.float64]
    y = np.fromiter((exam.values[i] for i in single), float, len(single))
    a = np.fromiter((operand_of(exam.nodes[i], 0) for i in single), float, len(single))
    of_logarithms = np.isin(single, exam.computed_by(_LOGARITHMS))
    is_small = np.abs(y) < _NEAR * np.abs(np.where(a == 0, 1.0, a))
    near = np.where(of_logarithms, np.abs(a - 1) < _NEAR, is_small)
    far = {i for i, is_near in zip(single, near.tolist(), strict=True) if not is_near}
    return [i for i in own if i not in far]


def _loses_digits(exam: Examination, i: int) -> bool:
    """Whether nearly equal rounded numbers meet in a node, or its result hangs on the last digits of what it reads."""
    y, node, g = exam.values[i], exam.nodes[i], exam.adjoints[i]
    if g is None or y.dtype != np.float64 or all(map(is_exact, node.operands)):
        return False
    a = np.abs(plain_value(node._a))
    if exam.primitive(i) in _LOGARITHMS:
        return bool(np.any((np.abs(a - 1) < _NEAR) & (a != 1)))
    return bool(np.any((np.abs(y) < _NEAR * np.maximum(a, np.abs(plain_value(node._b)))) & (y != 0)))


def _crossings(exam: Examination, suspects: Sequence[int]) -> Iterator[int]:
    """Yield the nodes above some at which what comes back may nearly cancel, in their order."""
    uses, sent, adjoints = exam.uses, exam.sent, exam.adjoint_column
    above = exam.above(*suspects)
    if sent is None:
        yield from (i for i in sorted(above) if len(uses[i]) > 1)
        return
    sizes = np.bincount(uses.parents, np.nan_to_num(sent, posinf=0.0), len(adjoints))
    near = np.flatnonzero((np.abs(adjoints) < _NEAR * sizes) & (adjoints != 0))
    yield from (i for i in near.tolist() if i in above)


def _meeting(exam: Examination, i: int) -> _Meeting | None:
    """Return what nearly cancels where it comes back to a node; None where nothing does."""
    g = exam.adjoints[i]
    if g is None or not is_finite(g):
        return None
    sent = [own for child, k in exam.uses[i] if (own := exam.contribution(child, k)) is not None]
    if len(sent) < 2:
        return None
    whole = np.asarray(exam.adjoint(i))
    parts = np.stack([np.broadcast_to(np.asarray(own, float), whole.shape) for own in sent])
    largest = np.max(np.abs(parts), axis=0)
    if not np.any((np.abs(whole) < _NEAR * largest) & (whole != 0)):
        return None
    share = np.where((largest > 0) & (whole != 0), np.abs(whole) / np.where(largest > 0, largest, 1.0), np.inf)
    entry = tuple(map(int, np.unravel_index(int(np.argmin(share)), whole.shape)))
    there = sorted((part[entry] for part in parts), key=abs)
    return _Meeting(i, entry, (float(there[-1]), float(there[-2])), float(whole[entry]))


def _finding(
    exam: Examination, i: int, meeting: _Meeting, own: int, entry: tuple[int, ...], pair: tuple[Any, Any]
) -> Finding:
    """Return the finding of a place: what is lost there, what meets going back, and what the slope is."""
    written, bar = exam.written(i), exam.bar(own)
    place = f"{bar}{list(entry)}" if entry else bar
    where = f" at {list(meeting.entry)}" if meeting.entry else ""
    came, truth = (rough(x, 6) for x in pair)
    return exam.finding(
        "cancellation",
        "warning",
        f"{bar} loses its digits in {written}",
        f"{written} = {numbers(exam.values[i])} has lost digits, which its value hardly shows. But what comes back to "
        f"{exam.called(meeting.node)}{where} nearly cancels: of {static(meeting.pair[0])} and "
        f"{static(meeting.pair[1])}, {static(meeting.left)} is left. {place} comes out as {came}; computed with 80 "
        f"digits it is {truth}.",
        i,
        reaches=exam.names_of([own]),
        path=(i,),
    )
