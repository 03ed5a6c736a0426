"""How far rounding moves the output, to first order: what each number loses, times the adjoint that it has.

A float64 knows its number to a share of 2e-16, a number below the smallest normal one only to that smallest number's
share. What every rounded number moves the output by, beside the output, is the relative error that it may have.
"""

from __future__ import annotations

import math
import sys
from functools import lru_cache
from typing import Any

import numpy as np

from graphviz_ad.debugging.examination import Examination, is_finite

__all__ = ["is_at_root", "is_felt", "output_size", "share", "share_column", "shares", "threshold"]


def output_size(exam: Examination) -> float:
    """Return how large the output is; where it is 0, how much it changes where an input changes by all that it is.

    Examples
    --------
    >>> import graphviz_ad as gad
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> output_size(Examination(gad.trace(lambda x: 3.0 * x, -2.0), Thresholds()))
    6.0
    """
    assert exam.output is not None
    return float(np.max(np.abs(exam.values[exam.output]), initial=0)) or _size_of_change(exam)


def _size_of_change(exam: Examination) -> float:
    """Return how much an output of 0 changes where an input changes by all that it is; 1 where that is less."""
    changes = [
        np.sum(np.abs(g * exam.values[i])) for i in exam.inputs if (g := exam.adjoints[i]) is not None and is_finite(g)
    ]
    return float(max([1.0, *changes]))


def threshold(exam: Examination, eps: float) -> float:
    """Return from which relative error on there is a finding, where numbers are rounded by so much."""
    return float(exam.thresholds.cancellation ** (math.log(eps) / math.log(sys.float_info.epsilon)))


def is_felt(exam: Examination, size: float) -> bool:
    """Whether rounding may move an output of that size by more than the threshold: a bound, quickly computed.

    Examples
    --------
    >>> import graphviz_ad as gad
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> [is_felt(Examination(gad.trace(lambda x: np.exp(x) - 1, at), Thresholds()), at) for at in (0.1, 1e-12)]
    [False, True]
    """
    column, adjoints = exam.column, exam.adjoint_column
    if column is not None and adjoints is not None:
        _, step = _type(column.dtype)
        moved = step * float(np.sum(_products(column, adjoints)))
        return not moved <= threshold(exam, step) * size  # NaN is felt
    weights = {dtype: step / threshold(exam, step) for dtype in {value.dtype for value in exam.values}
               if dtype.kind == "f" and (step := _type(dtype)[1])}  # fmt: skip
    moved = 0.0
    for value, g in zip(exam.values, exam.adjoints, strict=True):
        if g is not None and value.dtype in weights:
            moved += weights[value.dtype] * _bound(value, g)
    return not moved <= size


def _bound(value: Any, g: Any) -> float:
    """Return what the sum of all numbers times their adjoints, as sizes, is at most."""
    tiny, _ = _type(value.dtype)
    if isinstance(value, np.generic):
        return float(abs(g)) * max(abs(float(value)), tiny)
    if not value.size:
        return 0.0
    copies = value.size / np.size(g)  # of an adjoint that only broadcasts
    return _length(g) * math.sqrt(copies) * (_length(value) + tiny * math.sqrt(value.size))


def _length(x: Any) -> float:
    wide = np.asarray(x) if np.asarray(x).dtype.kind == "c" else np.asarray(x, float)
    return math.sqrt(float(np.vdot(wide, wide).real))


def share(exam: Examination, i: int) -> float:
    """Return the sum of all numbers of a node times their adjoints, as sizes; 0 where none arrives.

    Times the step of its type, that is how far the output is moved where each of them is rounded.

    Examples
    --------
    >>> import graphviz_ad as gad
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> exam = Examination(gad.trace(lambda x: np.sum(x * [1.0, -2.0]), np.array([3.0, 4.0])), Thresholds())
    >>> share(exam, 0), share(exam, 1), share(exam, 2)
    (11.0, 11.0, 5.0)
    """
    g, value = exam.adjoint(i), exam.values[i]
    if g is None or value.dtype.kind != "f":
        return 0.0
    tiny, _ = _type(value.dtype)
    return float(np.sum(np.abs(np.asarray(g, float)) * np.maximum(np.abs(np.asarray(value, float)), tiny)))


def shares(exam: Examination) -> list[float]:
    """Return the share of every node, of a program of float64 numbers in one go.

    Examples
    --------
    >>> import graphviz_ad as gad
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> exam = Examination(gad.trace(lambda x: 3.0 * x + np.floor(x), -2.0), Thresholds())
    >>> shares(exam) == [share(exam, i) for i in range(len(exam.nodes))], shares(exam)
    (True, [6.0, 6.0, 2.0, 8.0])
    """
    column = share_column(exam)
    if column is None:
        return [share(exam, i) for i in range(len(exam.nodes))]
    return column.tolist()  # type: ignore[no-any-return]


def share_column(exam: Examination) -> Any:
    """Return the shares of a program of float64 numbers as an array; None of others."""
    column, adjoints = exam.column, exam.adjoint_column
    if column is None or adjoints is None:
        return None
    return np.where(adjoints == 0, 0.0, _products(column, adjoints))


def _products(column: Any, adjoints: Any) -> Any:
    """Return numbers times their adjoints, as sizes."""
    tiny, _ = _type(column.dtype)
    return np.abs(adjoints) * np.maximum(np.abs(column), tiny)


def is_at_root(exam: Examination) -> bool:
    """Whether an output is as near to 0 as one can come: what the inputs are rounded by moves it more than that.

    Examples
    --------
    >>> import graphviz_ad as gad
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> traces = [gad.trace(lambda x: np.cos(x) - x, at) for at in (0.7390851332151606, 0.739)]
    >>> [is_at_root(Examination(trace, Thresholds())) for trace in traces]
    [True, False]
    """
    assert exam.output is not None
    moves = [float(np.finfo(exam.nodes[i].dtype).eps) * share(exam, i) for i in exam.inputs
             if exam.nodes[i].dtype.kind == "f"]  # fmt: skip
    return max(moves, default=0.0) >= float(np.max(np.abs(exam.values[exam.output]), initial=0)) > 0


@lru_cache
def _type(dtype: Any) -> tuple[float, float]:
    """Return the smallest normal number of a type, and its step at 1."""
    info = np.finfo(dtype)
    return float(info.smallest_normal), float(info.eps)
