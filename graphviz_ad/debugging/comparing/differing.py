"""How far the numbers of two aligned traces are apart, and which of them are the first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.console import prints
from graphviz_ad.debugging.comparing.aligning import aligned
from graphviz_ad.debugging.examination import Examination
from graphviz_ad.engine.variable import Variable
from graphviz_ad.story.seeding import has_no_slope

__all__ = ["Apart", "Difference", "Pair", "Sides", "apart", "distances", "sides"]

_ULPS = 16  # of the coarser type: what two ways of computing the same may differ by


class Apart(NamedTuple):
    """How far two numbers, or arrays, are apart.

    Attributes
    ----------
    relative : float
        The largest difference of an entry beside the largest number of both; infinite where the shapes differ, where
        only one is there, and where only one is finite.
    entry : tuple of int or None
        Where; None of single numbers and of other shapes.
    allowed : float
        From where on they count as different.
    """

    relative: float
    entry: tuple[int, ...] | None = None
    allowed: float = 0.0

    @property
    def differs(self) -> bool:
        """Whether they are farther apart than what is allowed."""
        return self.relative > self.allowed


_NOTHING = Apart(0.0)


def apart(a: Any, b: Any, rtol: float | None = None) -> Apart:
    """Return how far two values are apart; without `rtol` sixteen units in the last place of the coarser type count.

    Examples
    --------
    >>> apart(np.float64(1.0), np.float64(1.25)).relative, apart(np.array([1.0, np.nan]), np.array([2.0, np.nan]))[:2]
    (0.2, (0.5, (0,)))
    >>> apart(np.float32(0.1), np.float64(0.1)).differs, apart(np.ones(2), np.ones(3)).differs
    (False, True)
    """
    if a is None or b is None:
        return _NOTHING if a is b else Apart(np.inf)
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape:
        return Apart(np.inf)
    if not a.size:
        return _NOTHING
    if a.dtype == b.dtype and a.tobytes() == b.tobytes():  # as most are, and it is told in no time
        return Apart(0.0, (0,) * a.ndim or None)
    allowed = rtol if rtol is not None else _ULPS * max(_precision(a.dtype), _precision(b.dtype))
    distance = distances(a, b)
    place = int(np.argmax(distance))
    entry = tuple(map(int, np.unravel_index(place, a.shape))) if a.ndim else None
    return Apart(float(distance.ravel()[place]), entry, allowed)


def distances(a: Any, b: Any) -> np.ndarray[Any, Any]:
    """Return how far the entries of two arrays of one shape are apart, beside the largest number of both.

    Examples
    --------
    >>> distances(np.array([1.0, np.nan, 4.0]), np.array([1.0, np.nan, 3.0])).astype(float)
    array([0.  , 0.  , 0.25])
    """
    a, b = np.asarray(a), np.asarray(b)
    wide = np.clongdouble if "c" in (a.dtype.kind, b.dtype.kind) else np.longdouble
    one, other = a.astype(wide), b.astype(wide)
    with np.errstate(all="ignore"):
        same = (one == other) | (np.isnan(one) & np.isnan(other))
        lost = ~same & ~(np.isfinite(one) & np.isfinite(other))
        sizes = np.maximum(np.abs(one), np.abs(other))
        scale = np.max(sizes[np.isfinite(sizes)], initial=0.0)
        return np.asarray(np.where(lost, np.inf, np.where(same, 0, np.abs(one - other)) / (scale or 1)))


@lru_cache(maxsize=32)
def _precision(dtype: Any) -> float:
    return float(np.finfo(dtype).eps) if dtype.kind in "fc" else 0.0


@prints
@dataclass(frozen=True, eq=False, slots=True)
class Pair:
    """A node of one trace and the node of the other that goes with it.

    Attributes
    ----------
    a, b : int
        Their positions in the traces.
    name : str
        What it is called in the first.
    line_a, line_b : int or None
        Where in the person's code.
    value, adjoint : Apart
        How far they are apart.
    local : tuple of Apart
        The local gradients, an operand each; of structural rules there are none.
    """

    a: int
    b: int
    name: str
    line_a: int | None
    line_b: int | None
    value: Apart
    adjoint: Apart
    local: tuple[Apart, ...]


@prints
@dataclass(frozen=True, eq=False, slots=True)
class Difference:
    """Where two traces part.

    Attributes
    ----------
    kind : str
        "value", "local gradient" or "adjoint".
    pair : Pair
    argument : int or None
        Of a local gradient, the operand.
    a, b : NumPy value
        The numbers; of arrays the entries that are farthest apart.
    apart : Apart
    """

    kind: str
    pair: Pair
    argument: int | None
    a: Any
    b: Any
    apart: Apart


class Sides(NamedTuple):
    """Both traces, aligned.

    Attributes
    ----------
    a, b : Examination
    pairs : tuple of Pair
    only_a, only_b : tuple of int
        The positions of the nodes that go with none of the other trace.
    firsts : tuple of Difference
        The first value that differs in execution order, the first local gradient, and the first adjoint on the way
        back; those that there are.
    constants : (NumPy value, NumPy value) or None
        What both functions return, where neither is a node and they differ.
    """

    a: Examination
    b: Examination
    pairs: tuple[Pair, ...]
    only_a: tuple[int, ...]
    only_b: tuple[int, ...]
    firsts: tuple[Difference, ...]
    constants: tuple[Any, Any] | None

    @property
    def is_same(self) -> bool:
        """Whether all nodes go together and no number differs."""
        return not (self.firsts or self.only_a or self.only_b or self.constants)


def sides(a: Examination, b: Examination, rtol: float | None) -> Sides:
    """Align two traces and look how far they are apart; where one has no value, no adjoint of it is a number."""
    a, b = _as_told(a), _as_told(b)
    places = aligned(a, b)
    pairs = tuple(_pair(a, b, i, j, rtol) for i, j in places)
    mine, others = {i for i, _ in places}, {j for _, j in places}
    return Sides(
        a,
        b,
        pairs,
        tuple(i for i in range(len(a.nodes)) if i not in mine),
        tuple(j for j in range(len(b.nodes)) if j not in others),
        tuple(_firsts(a, b, pairs)),
        _constants(a.recording.start, b.recording.start, rtol),
    )


def _as_told(exam: Examination) -> Examination:
    """Return a trace with the adjoints that its story and its picture have."""
    if exam.output is None or not exam.is_swept or not has_no_slope(exam.recording):
        return exam
    return exam.swept_from(exam.output, np.nan)


def _constants(a: Any, b: Any, rtol: float | None) -> tuple[Any, Any] | None:
    if isinstance(a, Variable) or isinstance(b, Variable) or not apart(a, b, rtol).differs:
        return None
    return a, b


def _pair(a: Examination, b: Examination, i: int, j: int, rtol: float | None) -> Pair:
    places = a.line(i), b.line(j)
    count = min(len(a.nodes[i].operands), len(b.nodes[j].operands)) if a.primitive(i) == b.primitive(j) else 0
    inside = a.nodes[i].index not in a.stops and b.nodes[j].index not in b.stops
    one, other = (None if place is None else place[1] for place in places)
    return Pair(
        i,
        j,
        a.called(i),
        one,
        other,
        apart(a.value(i), b.value(j), rtol),
        apart(a.adjoint(i), b.adjoint(j), rtol),
        tuple(apart(a.local(i, k), b.local(j, k), rtol) for k in range(count if inside else 0)),
    )


def _firsts(a: Examination, b: Examination, pairs: Sequence[Pair]) -> Iterator[Difference]:
    value = next((pair for pair in pairs if pair.value.differs), None)
    if value is not None:
        yield _difference("value", value, None, a.value(value.a), b.value(value.b), value.value)
    slope = next(((pair, k) for pair in pairs for k, own in enumerate(pair.local) if own.differs), None)
    if slope is not None:
        pair, k = slope
        yield _difference("local gradient", pair, k, a.local(pair.a, k), b.local(pair.b, k), pair.local[k])
    adjoint = next((pair for pair in reversed(pairs) if pair.adjoint.differs), None)
    if adjoint is not None:
        yield _difference("adjoint", adjoint, None, a.adjoint(adjoint.a), b.adjoint(adjoint.b), adjoint.adjoint)


def _difference(kind: str, pair: Pair, argument: int | None, a: Any, b: Any, own: Apart) -> Difference:
    if own.entry is not None:
        a, b = np.asarray(a)[own.entry], np.asarray(b)[own.entry]
    return Difference(kind, pair, argument, a, b, own)
