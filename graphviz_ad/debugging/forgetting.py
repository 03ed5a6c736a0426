"""Loops that forget what they began with: rounding grows until nothing of the number is left, then all ends alike.

The output of such a loop hangs on no number any more, so that no adjoint shows the loss. But on the way there is a
valley in what the numbers move the output by: those before it moved those in it by far more than these are. What is
found is told only if the program, run again with 80 digits, ends elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.debugging.exact import NOISE, exactly
from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.findings import Finding
from graphviz_ad.debugging.rounding import share_column, threshold
from graphviz_ad.numerals.writing import rough

__all__ = ["forgotten_starts"]

_LOOP = 10  # passes, from which on a line is looked at
_DEEP = 3  # numbers in a valley: a single one may be near 0 by chance
_ALIKE = 1e3  # valleys that are as deep but for this factor are one; the whole expression has it, and its parts
_RISE = 10  # how much more, at its end, the numbers move the output by than in a valley
_MOST_NODES = 50_000  # which is more than can be run again
_MOST_DIGITS = 6


class _Valley(NamedTuple):
    """A line whose numbers move the output by little, between such as move it by much.

    Attributes
    ----------
    node : int
        The one in the middle of it.
    passes, before : int
        How often the line is passed, and how often before that.
    growth : float
        By how much all of the way down grows what was rounded, beside the number.
    """

    node: int
    passes: int
    before: int
    growth: float


def forgotten_starts(exam: Examination) -> Iterator[Finding]:
    """Yield the finding of a loop that ends elsewhere than without rounding, though its end hangs on nothing.

    Examples
    --------
    >>> import graphviz_ad as gad
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> def f(a, b):
    ...     for _ in range(30):
    ...         a, b = b, 108 - (815 - 1500 / a) / b
    ...     return b
    >>> [own.title for own in forgotten_starts(Examination(gad.trace(f, 4.0, 4.25), Thresholds()))]
    ['108 - (815 - 1500 / a) / b ends elsewhere than without rounding']
    """
    valley = _valley(exam)
    if valley is None or exam.output is None:
        return
    output = float(exam.values[exam.output])
    truth = exactly(exam, exam.output)
    if truth is None or not np.isfinite(truth) or valley.growth * NOISE > exam.thresholds.cancellation:
        return
    if abs(output - truth) > threshold(exam, _EPS) * max(abs(truth), abs(output)):
        yield _finding(exam, valley, output, float(truth))


_EPS = float(np.finfo(np.float64).eps)


def _valley(exam: Examination) -> _Valley | None:
    """Return the deepest valley of a program of float64 numbers; None where there is none, and of other programs."""
    moved = share_column(exam)
    if moved is None or not _LOOP <= len(exam.nodes) <= _MOST_NODES:
        return None
    computed = moved.copy()
    computed[exam.inputs] = 0.0  # which no line computes
    enough = threshold(exam, _EPS) / _EPS
    if not np.any(_depths(computed) > enough):
        return None
    order = np.argsort(exam.expressions, kind="stable")
    passes = np.split(order, np.flatnonzero(np.diff(exam.expressions[order])) + 1)
    valleys = [valley for own in passes if (valley := _of_line(moved, own, enough)) is not None]
    deepest = max((valley.growth for valley in valleys), default=0.0)
    alike = [valley for valley in valleys if valley.growth * _ALIKE > deepest]
    return max(alike, key=lambda valley: len(_text(exam, valley.node)), default=None)


def _text(exam: Examination, i: int) -> str:
    """Return the stretch of the person's code that made a node, or what it computes."""
    site = exam.site(i)
    return site.text if site is not None and site.text else exam.written(i)


def _of_line(moved: Any, own: Any, enough: float) -> _Valley | None:
    along = moved[own]
    depths = _depths(along)
    if len(own) < _LOOP or np.count_nonzero(depths > enough) < _DEEP:
        return None
    middle = int(np.argmax(depths))
    return _Valley(int(own[middle]), len(own), middle, float(np.max(along[: middle + 1]) / along[middle]))


def _depths(moved: Any) -> Any:
    """Return how far each number lies below the highest before it; 0 where none after it is higher, too."""
    left, right = np.maximum.accumulate(moved), np.maximum.accumulate(moved[::-1])[::-1]
    return np.divide(left, moved, out=np.zeros_like(moved), where=(moved > 0) & (right > _RISE * moved))


def _finding(exam: Examination, valley: _Valley, output: float, truth: float) -> Finding:
    name, what = exam.recording.name, _text(exam, valley.node)
    factor = valley.growth ** (1 / max(valley.before, 1))
    came, right = (rough(x, _MOST_DIGITS) for x in (output, truth))
    return exam.finding(
        "cancellation",
        "warning",
        f"{what} ends elsewhere than without rounding",
        f"This line is passed {valley.passes} times. On the first {valley.before}, what was rounded before grows by a "
        f"factor of about {rough(factor, 2)} each time beside the number, until nothing is left of that; the rest ends "
        f"where it does whatever came before. {name} comes out as {came}; computed with 80 digits it is {right}.",
        valley.node,
        reaches=exam.names_of(exam.inputs_above(valley.node)),
        path=(valley.node,),
    )
