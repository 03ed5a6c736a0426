"""Equations and inverses that hang on the last digits of a matrix: what its rounding moves their result by.

Where every entry of A is off by a part eps of itself, the solution x of A x = b is off by eps |A⁻¹| |A| |x|, to first
order, entry by entry: Higham, "Accuracy and Stability of Numerical Algorithms", 2nd ed., SIAM 2002, section 7.2, after
Skeel (1979). Unlike eps times the condition number, that is no more for rows of very different size. It is told where
it is felt: times the adjoint of x, beside the output.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from graphviz_ad.debugging.examination import Examination, is_finite
from graphviz_ad.debugging.findings import Finding
from graphviz_ad.debugging.rounding import output_size, threshold
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.numerals.writing import rough

__all__ = ["ill_conditioned"]

_DETERMINANTS = ("det", "slogdet")
_LARGEST = 500  # rows, beyond which another inverse takes too long


def ill_conditioned(exam: Examination) -> Iterator[Finding]:
    """Yield equations, inverses and determinants that the rounding of their matrix moves so far that it is felt.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> hilbert = 1 / (np.arange(10)[:, None] + np.arange(10) + 1.0)
    >>> trace = gad.trace(lambda b: np.sum(np.linalg.solve(hilbert, b)), np.ones(10))
    >>> [finding.kind for finding in ill_conditioned(Examination(trace, Thresholds()))]
    ['cancellation']
    """
    nodes = exam.computed_by(("inv", "solve", *_DETERMINANTS))
    if not nodes or exam.output is None or not is_finite(exam.values[exam.output]):
        return
    size = output_size(exam)
    lost = {i: share for i in nodes if (share := _lost(exam, i, size)) is not None}
    for group in exam.same_line(list(lost)).values():
        i = max(group, key=lost.__getitem__)
        yield _finding(exam, i, lost[i])


def _error(exam: Examination, i: int) -> float:
    """Return by how much a result may be off, beside its largest entry, where each of the matrix is rounded."""
    node, y = exam.nodes[i], exam.values[i]
    a = np.abs(plain_value(node.operands[0]))
    if exam.primitive(i) in _DETERMINANTS:
        cofactors = np.abs(np.linalg.inv(plain_value(node.operands[0])))
        moved = np.finfo(y.dtype).eps * np.sum(np.swapaxes(cofactors, -1, -2) * a, axis=(-2, -1))
        return float(np.max(moved / np.maximum(np.abs(y), 1e-300) if exam.primitive(i) == "slogdet" else moved))
    inverse = y if exam.primitive(i) == "inv" else np.linalg.inv(plain_value(node.operands[0]))
    is_vector = exam.primitive(i) == "solve" and np.ndim(plain_value(node.operands[1])) == 1
    columns = np.abs(y)[..., None] if is_vector else np.abs(y)
    error = np.finfo(y.dtype).eps * np.max(np.abs(inverse) @ (a @ columns))
    return float(error / (np.max(columns) or 1.0))


def _lost(exam: Examination, i: int, size: float) -> float | None:
    """Return how far rounding the matrix moves the output beside its size; None where that is not felt.

    The adjoint of the matrix says it, times its entries. Where only an output near 0 feels it, a residual is to be 0.
    """
    node, g, y = exam.nodes[i], exam.adjoint(i), exam.values[i]
    operands = [plain_value(x) for x in node.operands]
    a = np.asarray(operands[0])
    if g is None or a.dtype.kind != "f" or y.dtype.kind != "f" or not a.size or a.shape[-1] > _LARGEST:
        return None
    rule: Any = None if node.primitive is None else node.primitive.rule(0)
    eps = float(np.finfo(y.dtype).eps)
    enough = threshold(exam, eps)
    lost = eps * float(np.sum(np.abs(rule(g, y, *operands) * a))) / size
    try:
        return lost if math.isfinite(lost) and lost > enough and _error(exam, i) > enough else None
    except np.linalg.LinAlgError:
        return None


def _finding(exam: Examination, i: int, lost: float) -> Finding:
    node, name, written = exam.nodes[i], exam.recording.name, exam.written(i)
    a = plain_value(node.operands[0])
    parent = dict(exam.operands(i)).get(0)
    matrix = exam.called(parent) if parent is not None else exam.constant(i, 0)
    matrix = matrix if parent is not None or matrix.isidentifier() else "the matrix"
    condition = float(np.max(np.linalg.cond(a)))
    worst = _error(exam, i)
    left = int(-math.log10(worst)) if worst < 1 else 0
    digits = f"about {left} digit{'s' if left > 1 else ''} of it" if left else "none of it"
    moved = f"by up to about {rough(100 * lost, 1)} %" if lost < 1 else "by more than all that it is"
    affected = exam.inputs_above(i)
    return exam.finding(
        "cancellation",
        "warning",
        f"{written} hangs on the last digits of {matrix}",
        f"The condition number of {matrix} is {rough(condition, 2)}: where its entries change by as little as "
        f"{node.dtype} rounds them by, {written} may change by {rough(worst, 1)} of its size, so that {digits} can be "
        f"trusted. That may move {name} {moved}.",
        i,
        reaches=exam.names_of(affected),
        path=(i,),
    )
