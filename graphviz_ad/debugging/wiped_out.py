"""Differences that come out as 0, though the numbers that cancel are not equal: nothing is left of them.

Where the output is 0 with them, no size says what that is worth; so the program is run again with 80 digits. An output
that is 0 there, or that the rounding of an input or a constant could have made 0, is none to tell of.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from graphviz_ad.debugging.exact import NOISE, exactly
from graphviz_ad.debugging.examination import Examination, is_finite
from graphviz_ad.debugging.families import DIFFERENCES, MOVING
from graphviz_ad.debugging.residuals import is_residual
from graphviz_ad.debugging.rounding import share
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.variable import Variable

__all__ = ["bases", "is_exact", "wiped_out"]

_MOST_NODES = 2_000  # of which an output of one number is made, so that it can be run again at once
_SHORT = 2.0**10  # constants that are whole numbers of parts so small are taken for exact


def wiped_out(exam: Examination) -> Iterator[int]:
    """Yield the differences that are 0 by rounding alone, of a program whose output is 0 with them.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> functions = (lambda x: x - np.sin(x), lambda x: np.exp(x) - np.exp(x))
    >>> [list(wiped_out(Examination(gad.trace(f, 1e-9), Thresholds()))) for f in functions]
    [[2], []]
    """
    if exam.output is None or len(exam.nodes) > _MOST_NODES or np.ndim(exam.values[exam.output]):
        return
    zero = [i for i in exam.computed_by(DIFFERENCES) if _is_nothing(exam, i) and not is_residual(exam, i)]
    if not zero or not _is_of_exact(exam) or not _is_lost(exam, exam.output, _moved_by_inputs(exam)):
        return
    for i in zero:
        largest = max(float(np.max(np.abs(plain_value(x)))) for x in exam.nodes[i].operands)
        if _is_lost(exam, i, NOISE * largest):
            yield i


def _is_nothing(exam: Examination, i: int) -> bool:
    """Whether a difference of numbers that are rounded, and not the same ones, is 0, and an adjoint arrives."""
    node, g = exam.nodes[i], exam.adjoints[i]
    if np.any(exam.values[i]) or exam.values[i].dtype.kind != "f" or g is None or not np.any(g):
        return False
    return not all(map(is_exact, node.operands)) and not bases(node._a) & bases(node._b)


def _is_lost(exam: Examination, i: int, least: float) -> bool:
    truth = exactly(exam, i)
    return truth is not None and is_finite(truth) and float(np.max(np.abs(truth), initial=0.0)) > least


def _moved_by_inputs(exam: Examination) -> float:
    """Return how far rounding the inputs moves the output."""
    moves = [float(np.finfo(exam.nodes[i].dtype).eps) * share(exam, i) for i in exam.inputs
             if exam.nodes[i].dtype.kind == "f"]  # fmt: skip
    return max(moves, default=0.0)


def _is_of_exact(exam: Examination) -> bool:
    """Whether all constants are short numbers, and none may have been rounded before it came into the program."""
    constants = (x for node in exam.nodes for x in node.operands if not isinstance(x, Variable))
    plain = (np.asarray(x, float) for x in constants if isinstance(x, (int, float, np.ndarray, np.generic)))
    return all(bool(np.all(x * _SHORT == np.rint(x * _SHORT))) for x in plain)


def bases(operand: Any, depth: int = 8) -> set[int]:
    """Return the nodes of which an operand holds numbers as they are, moved about or chosen, itself included.

    Examples
    --------
    >>> x = Variable([1.0, 2.0])
    >>> bases(x[0]) & bases(-x) == {x.index}, bases(3.0)
    (True, set())
    """
    if not isinstance(operand, Variable):
        return set()
    if operand.primitive is None or operand.primitive.name not in MOVING or not depth:
        return {operand.index}
    return {operand.index}.union(*(bases(x, depth - 1) for x in operand.operands))


def is_exact(operand: Any, depth: int = 8) -> bool:
    """Return whether an operand is what the person gave, perhaps moved about, and no rounded result.

    Examples
    --------
    >>> x = Variable([1.0, 2.0])
    >>> is_exact(x[0]), is_exact(x[0] / 3)
    (True, False)
    """
    if not isinstance(operand, Variable) or operand.primitive is None or not depth:
        return True
    if operand.primitive.name in MOVING:
        return all(is_exact(x, depth - 1) for x in operand.operands)
    return False
