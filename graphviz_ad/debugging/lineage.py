"""The way on which a finding reaches an input: node by node, with the numbers on it and the factors between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.debugging.examination import Examination, is_finite
from graphviz_ad.debugging.findings import Finding
from graphviz_ad.numerals.abbreviating import abbreviated

__all__ = ["Stop", "lineage"]

_MOST = 12
_NUMBERS = 4  # an array of more is abbreviated


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
        is_ill = _BACK[finding.kind]
        way, ill = _way_back(exam, finding, here), _marks(exam.adjoints, exam.adjoint_column, is_ill)
        birth = next((k for k, (i, _) in enumerate(way) if ill[i] or exam.adjoints[i] is None), len(way))
        return "▲", [_adjoint(exam, *way[k], is_ill)._replace(gap=gap) for k, gap in _shown(len(way), birth)]
    if finding.kind in _FORWARD:
        down, ill = _way_forward(exam, finding, here), _marks(exam.values, exam.column, _not_finite)
        birth = next((k for k, i in enumerate(down) if ill[i]), len(down))
        return "▼", [_value(exam, down[k])._replace(gap=gap) for k, gap in _shown(len(down), birth)]
    return "", []


# -- the way --------------------------------------------------------------------------------------------------------


def _marks(values: Sequence[Any], column: Any, is_ill: Callable[[Any], bool]) -> bytes:
    """Return for each number or array whether it is ill; of a program of numbers in one go. None is not."""
    if column is None:
        return bytes(value is not None and bool(is_ill(value)) for value in values)
    ill = ~np.isfinite(column) if is_ill is _not_finite else column == 0
    return bytes(ill.tobytes()) if None not in values else bytes(
        value is not None and own for value, own in zip(values, ill.tolist(), strict=True)
    )  # fmt: skip


def _way_back(exam: Examination, finding: Finding, here: int) -> list[tuple[int, int | None]]:
    """Return the nodes from the output through the one to blame to an input, each with the edge that leads to it."""
    assert exam.output is not None
    is_ill = _BACK[finding.kind]
    arriving = bytes(g is not None for g in exam.adjoints)
    first = exam.uses.way_up(exam.output, {here}, arriving) or []
    way = [(exam.output, None), *((exam.uses.parent(edge), edge) for edge in first)]
    edge = _edge(exam, finding, here, is_ill)
    if edge is None:
        return way
    parent = exam.uses.parent(edge)
    goals = {i for i in exam.inputs if exam.names[i] in finding.reaches}
    rest = exam.uses.way_up(parent, goals, _marks(exam.adjoints, exam.adjoint_column, is_ill))
    rest = exam.uses.way_up(parent, goals, arriving) if rest is None else rest
    return [*way, (parent, edge), *((exam.uses.parent(k), k) for k in rest or [])]


def _edge(exam: Examination, finding: Finding, here: int, is_ill: Callable[[Any], bool]) -> int | None:
    """Return the edge from the node to blame at which it falls ill, by its place among all."""
    for edge in exam.uses.edges_above(here):
        argument, parent = exam.uses.arguments[edge], exam.uses.parent(edge)
        g = exam.adjoint(parent)
        if finding.edge == (here, argument) or (finding.edge is None and g is not None and is_ill(g)):
            return edge
    return None


def _way_forward(exam: Examination, finding: Finding, here: int) -> list[int]:
    """Return the nodes from an input through the birth to the output, or to the last that it makes not finite."""
    goals = {i for i in exam.inputs if exam.names[i] in finding.reaches} or set(exam.inputs)
    above = exam.uses.way_up(here, goals, b"\x01" * len(exam.nodes)) or []
    ill = set(finding.path)
    ends = {exam.output} if exam.output in ill else set()
    below = exam.uses.way_down(here, ends, bytes(i in ill for i in range(len(exam.nodes)))) or []
    return [*(exam.uses.parent(edge) for edge in reversed(above)), here, *map(exam.uses.child, below)]


# -- the numbers ----------------------------------------------------------------------------------------------------


def _adjoint(exam: Examination, i: int, edge: int | None, is_ill: Callable[[Any], bool]) -> Stop:
    number = exam.adjoint(i)
    if number is None:  # behind a slope that is 0 everywhere, nothing is computed
        return Stop(exam.called(i), "0", _factor(exam, edge), True)
    return Stop(exam.called(i), _written(number), _factor(exam, edge), is_ill(number))


def _value(exam: Examination, i: int) -> Stop:
    value, written = exam.value(i), exam.written(i)
    return Stop(exam.called(i), _written(value), "" if written == exam.called(i) else written, _not_finite(value))


def _factor(exam: Examination, edge: int | None) -> str:
    if edge is None:
        return ""
    child, argument = exam.uses.child(edge), int(exam.uses.arguments[edge])
    text, has_number = exam.factor(child, argument)
    local = exam.local(child, argument) if has_number else None
    return text if local is None else f"{text} = {_written(local)}"


def _written(value: Any) -> str:
    """Write a number or an array; of a long one also where it is not finite."""
    text = abbreviated(np.asarray(value))
    if np.size(value) <= _NUMBERS or not _not_finite(value):
        return text
    first = list(map(int, np.argwhere(~np.isfinite(value))[0]))
    return f"{text}, {abbreviated(np.asarray(value)[tuple(first)])} at {first}"


def _shown(count: int, birth: int) -> list[tuple[int, int]]:
    """Return which of so many stops are written, each with how many are left out before it.

    Of what is long the middle is left out, but not where it falls ill: writing it would take long, too.
    """
    near = range(max(0, birth - 2), min(count, birth + 3))
    shown = range(count) if count <= _MOST else sorted({0, 1, count - 2, count - 1, *near})
    return [(k, k - before - 1) for before, k in zip([-1, *shown], shown, strict=False)]
