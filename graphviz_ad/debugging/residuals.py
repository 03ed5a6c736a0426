"""Residuals: differences of which only the size is asked, and which are to become 0."""

from __future__ import annotations

import numpy as np

from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.families import BILINEAR, MOVING
from graphviz_ad.engine.primitive import plain_value

__all__ = ["is_residual"]

_EVEN = frozenset(["absolute", "cosh", "fabs", "hypot", "norm", "square", "std", "var"])
_LINEAR = MOVING | {"add", "mean", "solve", "subtract", "sum", "take", "where"}


def is_residual(exam: Examination, start: int) -> bool:
    """Whether all that reads a difference asks only how large it is, as its square does: it is to become 0.

    Scaled, moved about, summed or multiplied with a matrix it is still one.
    """
    same, waiting, below = {start}, [start], None
    while waiting:
        node = waiting.pop()
        if node == exam.output:
            return False
        for child, _ in exam.uses[node]:
            if exam.adjoints[child] is None or child in same:
                continue
            name = exam.primitive(child)
            if name in _EVEN or (name in ("power", "float_power") and _is_even(exam, child)):
                continue
            if name in BILINEAR and len(operands := exam.uses.operands(child)) > 1:
                below = exam.below(start) if below is None else below
                if sum(operand in below for operand in operands) > 1:
                    continue
            if name not in BILINEAR and name not in _LINEAR:
                return False
            same.add(child)
            waiting.append(child)
    return True


def _is_even(exam: Examination, i: int) -> bool:
    exponent = plain_value(exam.nodes[i].operands[1])
    return bool(np.all(np.equal(exponent, 2) | np.equal(exponent, 4)))
