"""What the numbers of a program are without rounding: it is run again with 80 digits, unless that takes too long."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.families import SUMS_OF_PRODUCTS
from graphviz_ad.debugging.remedies.precision import ARITHMETICS, EXACT
from graphviz_ad.debugging.remedies.replaying import CANNOT, Program
from graphviz_ad.engine.primitive import plain_value

__all__ = ["NOISE", "exactly", "slope_of", "unrounded"]

NOISE = 1e-77
"""What rounding with 80 digits may come to, beside the largest share."""

_FAR = 1e-3  # of a value and what it is without rounding, beside their size
_NOTHING = 1e-35  # what rounding with 80 digits leaves of 0, under a root
_MOST_WORK = 2_000_000  # additions of 80 digits, more or less, for running a program again: about a second
_OF_NODES = 50  # how many of these a node costs, whatever it computes
_OF_FUNCTIONS = 400  # how many an exponential costs


def exactly(exam: Examination, i: int) -> Any:
    """Return what a node is with 80 digits, as floats; None if it cannot be computed so, or not soon.

    That it was not computed soon is kept: lost digits are then not ruled out.

    Examples
    --------
    >>> import graphviz_ad as gad
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> exam = Examination(gad.trace(lambda x: 1 - np.cos(x), 1e-20), Thresholds())
    >>> float(exactly(exam, 2)), float(exam.values[2])
    (5e-41, 0.0)
    """
    if i not in exam.truths:
        exam.truths[i] = _computed(exam, i)
    return exam.truths[i]


def unrounded(exam: Examination, i: int, entry: tuple[Any, ...]) -> float | None:
    """Return what an entry of a node is with 80 digits, if rounding made it another; None if not, or not known.

    Examples
    --------
    >>> import graphviz_ad as gad
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> exam = Examination(gad.trace(lambda x: np.arccos(np.cos(x)), 1e-9), Thresholds())
    >>> float(exam.values[2]), unrounded(exam, 2, ())
    (0.0, 1e-09)
    """
    truth = exactly(exam, i)
    if truth is None or not np.isfinite(truth).all():
        return None
    came, right = float(np.asarray(exam.values[i])[entry]), float(truth[entry])
    return right if abs(came - right) > max(_NOTHING, _FAR * abs(right)) else None


def slope_of(exam: Examination, i: int, entry: tuple[Any, ...]) -> float | None:
    """Return the slope of an output that is a number by an entry of an input; None if not known, or not one slope.

    Examples
    --------
    >>> import graphviz_ad as gad
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> exam = Examination(gad.trace(lambda x: (np.exp(x) - 1) / x, 1e-9), Thresholds())
    >>> round(slope_of(exam, 0, ()), 6), round(float(exam.adjoint(0)))
    (0.5, -82)
    """
    assert exam.output is not None
    if _is_long(exam, exam.output):
        return None
    program, arithmetic = Program(exam.recording), ARITHMETICS[0]
    which = [node.index for node in program.inputs].index(exam.nodes[i].index)
    step = arithmetic.step * (abs(float(np.asarray(exam.values[i])[entry])) or 1.0)
    try:
        with arithmetic.context():
            distance = np.asarray(arithmetic.number(np.float64(step)))[()]
            results = [program.run_beside(which, entry, side * distance, arithmetic) for side in (1, 0, -1)]
            moved = [np.asarray(result).reshape(())[()] for result in results]
            right, left = (float(a - b) / step for a, b in pairwise(moved))
    except CANNOT:
        return None
    return (right + left) / 2 if abs(right - left) <= _FAR * max(abs(right), abs(left)) else None


def _is_long(exam: Examination, i: int) -> bool:
    return any(work > _MOST_WORK for work in accumulate(map(_work, exam.nodes[: i + 1])))


def _computed(exam: Examination, i: int) -> Any:
    if _is_long(exam, i):
        exam.undecided.add("cancellation")
        return None
    program = Program(exam.recording)
    try:
        truth = program.run([node.value for node in program.inputs], ARITHMETICS[0], exam.nodes[i])
        return np.asarray(truth).astype(float)
    except CANNOT:
        return None


def _work(node: Any) -> int:
    """Return how many additions a node costs, more or less."""
    if node.primitive is None:
        return int(node.size)
    sizes = [np.size(plain_value(x)) for x in node.operands]
    if node.primitive.name in SUMS_OF_PRODUCTS:
        inner = max((max(np.shape(plain_value(x)), default=1) for x in node.operands), default=1)
        return int(node.size * inner) + _OF_NODES
    return int(max([node.size, *sizes]) * (_OF_FUNCTIONS if node.primitive.name in EXACT else 1)) + _OF_NODES
