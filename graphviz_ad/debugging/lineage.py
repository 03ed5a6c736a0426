"""The way on which a finding reaches an input: node by node, with the numbers on it and the factors between them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.debugging.examination import Examination, is_finite
from graphviz_ad.debugging.findings import Finding
from graphviz_ad.numerals.abbreviating import abbreviated

__all__ = ["Stop", "lineage"]

_MOST = 12
_NUMBERS = 4  # an array of more is abbreviated

Edge = tuple[int, int]
Steps = Callable[[int], Iterable[tuple[int, Edge]]]


def _not_finite(value: Any) -> bool:
    return not is_finite(value)


def _zero(value: Any) -> bool:
    return not (value if type(value) is np.float64 else np.any(value))


_BACK: dict[str, Callable[[Any], bool]] = {
    "nan-gradient": _not_finite,
    "inf-gradient": _not_finite,
    "zero-gradient": _zero,
}
"""Kinds whose way leads back, and what an adjoint is on which it has an effect."""
_FORWARD = ("nan", "inf")


class Stop(NamedTuple):
    """A node on the way.

    Attributes
    ----------
    name : str
    number : str
        Its adjoint, or its value on the way forward.
    factor : str
        What the number before it met on the edge: ``⊙ 1/(2 r) = [∞ 0.25]``; on the way forward, what it computes.
    ill : bool
        Whether the number is what the finding says.
    gap : int
        How many nodes are left out before it.
    """

    name: str
    number: str
    factor: str
    ill: bool
    gap: int = 0


def lineage(exam: Examination, finding: Finding) -> tuple[str, list[Stop]]:
    """Return ``"▲"`` or ``"▼"``, for adjoints or values, and the stops of the way; none of kinds that have no way.

    Examples
    --------
    >>> import graphviz_ad as gad
    >>> from graphviz_ad.debugging.diagnosis import findings_of
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> t = gad.trace(lambda d: np.sum(np.where(d > 1, np.sqrt(d), 0.0)), np.array([0.0, 4.0]))
    >>> exam = Examination(t, Thresholds())
    >>> for stop in lineage(exam, findings_of(exam)[0][0])[1]:
    ...     print(stop.name, stop.number, stop.factor, stop.ill)
    f 1  False
    v₂ [1 1] to every summand False
    v₁ [0 1] where true False
    d [NaN 0.25] ⊙ 1/(2 v₁) = [∞ 0.25] True
    """
    if finding.node is None or finding.node.index not in exam.position or exam.output is None:
        return "", []
    here = exam.position[finding.node.index]
    if finding.kind in _BACK:
        way, is_ill = _way_back(exam, finding, here), _BACK[finding.kind]
        birth = next((k for k, (i, _) in enumerate(way) if _is_ill(exam.adjoints[i], is_ill)), len(way))
        return "▲", [_adjoint(exam, *way[k], is_ill)._replace(gap=gap) for k, gap in _shown(len(way), birth)]
    if finding.kind in _FORWARD:
        down = _way_forward(exam, finding, here)
        birth = next((k for k, i in enumerate(down) if _not_finite(exam.values[i])), len(down))
        return "▼", [_value(exam, down[k])._replace(gap=gap) for k, gap in _shown(len(down), birth)]
    return "", []


# -- the way --------------------------------------------------------------------------------------------------------


def _way_back(exam: Examination, finding: Finding, here: int) -> list[tuple[int, Edge | None]]:
    """Return the nodes from the output through the one to blame to an input, each with the edge that leads to it."""
    assert exam.output is not None
    is_ill = _BACK[finding.kind]
    first = _shortest(exam.output, {here}, lambda i: _arriving(exam, i))
    edge = finding.edge if finding.edge is not None else _first_ill(exam, here, is_ill)
    if edge is None or edge[0] != here:
        return [*first]
    parent = dict(exam.operands(here)).get(edge[1])
    if parent is None:
        return [*first]
    goals = {i for i in exam.inputs if exam.names[i] in finding.reaches}
    ill = _shortest(parent, goals, lambda i: ((k, e) for k, e in _arriving(exam, i) if is_ill(exam.adjoints[k])))
    rest = ill if ill[-1][0] in goals else _shortest(parent, goals, lambda i: _arriving(exam, i))
    return [*first, (parent, edge), *rest[1:]]


def _first_ill(exam: Examination, here: int, is_ill: Callable[[Any], bool]) -> Edge | None:
    for k, parent in exam.operands(here):
        if exam.adjoint(parent) is not None and is_ill(exam.adjoint(parent)):
            return here, k
    return None


def _arriving(exam: Examination, i: int) -> Iterable[tuple[int, Edge]]:
    """Yield the operands at which an adjoint arrives, with the edge to each."""
    for k, parent in exam.operands(i):
        if exam.adjoints[parent] is not None:
            yield parent, (i, k)


def _way_forward(exam: Examination, finding: Finding, here: int) -> list[int]:
    """Return the nodes from an input through the birth to the output, or to the last that it makes not finite."""
    goals = {i for i in exam.inputs if exam.names[i] in finding.reaches} or set(exam.inputs)
    above = _shortest(here, goals, lambda i: ((parent, (i, k)) for k, parent in exam.operands(i)))
    ill = set(finding.path)
    ends = {exam.output} if exam.output in ill else set()
    below = _shortest(here, ends, lambda i: ((child, (child, k)) for child, k in exam.uses[i] if child in ill))
    return [*(i for i, _ in reversed(above)), *(i for i, _ in below[1:])]


def _shortest(start: int, goals: Collection[Any], steps: Steps) -> list[tuple[int, Edge | None]]:
    """Return the shortest way to one of the goals, each node with the edge that leads there; else where it starts."""
    came: dict[int, tuple[int, Edge] | None] = {start: None}
    waiting = [start]
    for i in waiting:  # it grows meanwhile
        if i in goals:
            return _retraced(came, i)
        for k, edge in steps(i):
            if k not in came:
                came[k] = i, edge
                waiting.append(k)
    return [(start, None)]


def _retraced(came: dict[int, tuple[int, Edge] | None], end: int) -> list[tuple[int, Edge | None]]:
    way: list[tuple[int, Edge | None]] = []
    i: int | None = end
    while i is not None:
        step = came[i]
        way.append((i, None if step is None else step[1]))
        i = None if step is None else step[0]
    return way[::-1]


# -- the numbers ----------------------------------------------------------------------------------------------------


def _adjoint(exam: Examination, i: int, edge: Edge | None, is_ill: Callable[[Any], bool]) -> Stop:
    number = exam.adjoint(i)
    if number is None:  # behind a slope that is 0 everywhere, nothing is computed
        return Stop(exam.called(i), "0", _factor(exam, edge), True)
    return Stop(exam.called(i), _written(number), _factor(exam, edge), is_ill(number))


def _value(exam: Examination, i: int) -> Stop:
    value, written = exam.value(i), exam.written(i)
    return Stop(exam.called(i), _written(value), "" if written == exam.called(i) else written, _not_finite(value))


def _factor(exam: Examination, edge: Edge | None) -> str:
    if edge is None:
        return ""
    text, has_number = exam.factor(*edge)
    local = exam.local(*edge) if has_number else None
    return text if local is None else f"{text} = {_written(local)}"


def _written(value: Any) -> str:
    """Write a number or an array; of a long one also where it is not finite."""
    text = abbreviated(np.asarray(value))
    if np.size(value) <= _NUMBERS or not _not_finite(value):
        return text
    first = list(map(int, np.argwhere(~np.isfinite(value))[0]))
    return f"{text}, {abbreviated(np.asarray(value)[tuple(first)])} at {first}"


def _is_ill(g: Any, is_ill: Callable[[Any], bool]) -> bool:
    """Whether an adjoint is what the finding says; one that does not arrive stands behind a slope of 0 everywhere."""
    return g is None or is_ill(g)


def _shown(count: int, birth: int) -> list[tuple[int, int]]:
    """Return which of so many stops are written, each with how many are left out before it.

    Of what is long the middle is left out, but not where it falls ill: writing it would take long, too.
    """
    near = range(max(0, birth - 2), min(count, birth + 3))
    shown = range(count) if count <= _MOST else sorted({0, 1, count - 2, count - 1, *near})
    return [(k, k - before - 1) for before, k in zip([-1, *shown], shown, strict=False)]
