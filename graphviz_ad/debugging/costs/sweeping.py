"""What a computation costs, and what its derivatives would: operations counted, bytes counted, times measured.

The operations of a way back are those of the way back itself, recorded: it is made once with Variables, as for a second
derivative, and its nodes are counted as those of the function are. A node of the way back serves the node whose rule
made it, and so belongs to the same line of code. The same is done with one push forward for each input, and with a way
back through the way back.
"""

from __future__ import annotations

import operator
import statistics
import time
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.debugging.examination import Examination
from graphviz_ad.engine.counting import operations
from graphviz_ad.engine.forward import push_all
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.sweep import pull, recorded_seed, sweep_all
from graphviz_ad.engine.variable import DETACH, Variable
from graphviz_ad.engine.walking import ancestors

__all__ = ["Costs", "LineCost", "ModeCost", "NodeCost", "costs_of"]

_ROUNDS, _SECONDS = 7, 0.5  # of measuring: so many rounds, unless they take longer
_MOST_PUSHES = 200_000  # nodes met by the pushes that are counted, one for each input
_MOST_HESSIAN = 20_000  # nodes of a recorded way back through which another is counted


@dataclass(frozen=True, eq=False, slots=True)
class NodeCost:
    """What a node costs.

    Attributes
    ----------
    position : int
        In the trace.
    operations, back : int or None
        To compute it, and of its rule on the way back; None where they are not known.
    held : int
        How many bytes of numbers it keeps alive that no node before it does: its value, and constants.
    needed : bool
        Whether the way back reads its value.
    seconds, back_seconds : float or None
        The median of several runs of this operation, and of its rule, alone; None where it cannot be run alone.
    """

    position: int
    operations: int | None
    back: int | None
    held: int
    needed: bool
    seconds: float | None
    back_seconds: float | None


@dataclass(frozen=True, eq=False, slots=True)
class LineCost:
    """What a line of the person's code costs: the sums over its nodes.

    Attributes
    ----------
    file, line : str, int
        Empty and 0 for what belongs to no line, such as the inputs.
    nodes : int
    operations, back : int or None
        None where a node of it is not known.
    held : int
    seconds, back_seconds : float or None
    """

    file: str
    line: int
    nodes: int
    operations: int | None
    back: int | None
    held: int
    seconds: float | None
    back_seconds: float | None


@dataclass(frozen=True, eq=False, slots=True)
class ModeCost:
    """What one way to get something costs.

    Attributes
    ----------
    what : str
        ``"f"``, ``"gradient"``, ``"jacobian"`` or ``"hessian"``.
    mode : str
        ``"evaluate"``, ``"reverse"``, ``"forward"``, or ``"reverse over reverse"``.
    sweeps : int
        How many sweeps it takes besides the evaluation.
    operations : int or None
        In all, the evaluation included: one sweep is counted, and taken as often as it is made.
    seconds : float or None
        Of one evaluation or one sweep, measured; None where that was not measured.
    """

    what: str
    mode: str
    sweeps: int
    operations: int | None
    seconds: float | None


class Costs(NamedTuple):
    """All of it.

    Attributes
    ----------
    nodes : tuple of NodeCost
    lines : tuple of LineCost
        In the order of the code; what belongs to no line first.
    modes : tuple of ModeCost
    inputs, outputs : int
        How many numbers go in and come out.
    uncounted : tuple of str
        The primitives whose operations are not known.
    rounds : int
        Over how many runs the medians are.
    """

    nodes: tuple[NodeCost, ...]
    lines: tuple[LineCost, ...]
    modes: tuple[ModeCost, ...]
    inputs: int
    outputs: int
    uncounted: tuple[str, ...]
    rounds: int


def costs_of(exam: Examination) -> Costs:
    """Count and measure what there is.

    Examples
    --------
    >>> import graphviz_ad as gad
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> costs = costs_of(Examination(gad.trace(lambda x: np.sum(np.sin(x) * x), np.ones(4)), Thresholds()))
    >>> [(own.mode, own.sweeps, own.operations) for own in costs.modes[:3]]
    [('evaluate', 0, 11), ('reverse', 1, 31), ('forward', 4, 103)]
    """
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return _costs(exam)


def _costs(exam: Examination) -> Costs:
    work = [operations(node) for node in exam.nodes]
    start = exam.recording.start
    sizes = [node.size for node in exam.recording.inputs]
    outputs = int(np.size(start))
    adjoints = _adjoints(exam) if exam.is_swept else {}
    back = _made(adjoints.values(), set(exam.position))
    by_origin: dict[int, list[Variable]] = {}
    for node in back:
        if node.origin is not None:
            by_origin.setdefault(node.origin.index, []).append(node)
    returning = [_total(map(operations, by_origin.get(node.index, ()))) for node in exam.nodes]
    read = {parent.index for node in back for parent in node.parents}
    timer = _Timer(exam)
    held = _held(exam)
    nodes = tuple(
        NodeCost(i, work[i], returning[i], held[i], node.index in read, timer.forward[i], timer.backward[i])
        for i, node in enumerate(exam.nodes)
    )
    modes = tuple(_modes(exam, _total(work), adjoints, back, sizes, outputs, timer)) if exam.is_swept else ()
    uncounted = {node.primitive.name for node in (*exam.nodes, *back)
                 if node.primitive is not None and operations(node) is None}  # fmt: skip
    return Costs(nodes, tuple(_lines(exam, nodes)), modes, sum(sizes), outputs, tuple(sorted(uncounted)), timer.rounds)


def _total(counts: Iterable[int | None]) -> int | None:
    """Return a sum; None where a part of it is not known."""
    total = 0
    for count in counts:
        if count is None:
            return None
        total += count
    return total


def _sum(times: Iterable[float | None]) -> float | None:
    known = [own for own in times if own is not None]
    return sum(known) if known else None


# -- counting ---------------------------------------------------------------------------------------------------------


def _order(exam: Examination) -> list[Variable]:
    assert exam.output is not None
    return [*exam.nodes[exam.output :: -1]]


def _seed(exam: Examination) -> Any:
    start = exam.recording.start
    return np.ones(start.shape, start.dtype)[()]


def _made(ends: Iterable[Any], known: set[int]) -> tuple[Variable, ...]:
    """Return the nodes that some were made from, themselves included, but for those that are known."""
    seen: dict[int, Variable] = {}
    waiting = [end for end in ends if isinstance(end, Variable)]
    while waiting:
        node = waiting.pop()
        if node.index not in seen and node.index not in known:
            seen[node.index] = node
            waiting.extend(node.parents)
    return tuple(seen[index] for index in sorted(seen))


def _adjoints(exam: Examination) -> dict[int, Any]:
    """Return the adjoints of a way back that is recorded."""
    seed = recorded_seed(_seed(exam), exam.recording.start)
    return sweep_all(_order(exam), seed, recorded=True, stops=exam.stops)


def _push(exam: Examination, starts: Sequence[Variable], *, recorded: bool) -> dict[int, Any]:
    """Return the tangents where some inputs move."""
    tangents = {node.index: np.ones(node.shape, node.dtype)[()] for node in starts}
    if recorded:
        seeds = {node.index: recorded_seed(tangents[node.index], node) for node in starts}
        return push_all(_leading(exam), seeds, recorded=True)
    return push_all(_leading(exam), tangents, recorded=False)


def _leading(exam: Examination) -> list[Variable]:
    """Return the nodes that the output depends on, in execution order."""
    assert exam.output is not None
    return [exam.nodes[i] for i in sorted(exam.above(exam.output))]


def _pushed(exam: Examination, start: Variable) -> int | None:
    """Return the operations of one push from an input."""
    return _total(map(operations, _made(_push(exam, [start], recorded=True).values(), set(exam.position))))


class _ThroughTheWayBack:
    """A way back through the way back: one product of the Hessian and a vector."""

    def __init__(self, exam: Examination, adjoints: Mapping[int, Any], back: Sequence[Variable]) -> None:
        self._exam = exam
        self._known = set(exam.position) | {node.index for node in back}
        inputs = exam.recording.inputs
        rows = [adjoints[node.index] for node in inputs if isinstance(adjoints.get(node.index), Variable)]
        self._along: Any = None
        if rows:
            self._along = along = reduce(operator.add, (np.sum(row * np.ones(row.shape)) for row in rows))
            self._order = ancestors(along, 0, exam.stops)[::-1]
            self._seed = np.ones(along.shape, along.dtype)[()]

    def operations(self) -> int | None:
        """Return how many operations it takes; 0 where the gradient does not depend on the inputs."""
        if self._along is None:
            return 0
        seed = recorded_seed(self._seed, self._along)
        again = sweep_all(self._order, seed, recorded=True, stops=self._exam.stops)
        product = _made([self._along, *(again.get(node.index) for node in self._exam.recording.inputs)], self._known)
        return _total(map(operations, product))

    def seconds(self, rounds: int) -> float | None:
        """Return the median time of one of them."""
        if self._along is None:
            return None
        order, seed, stops = self._order, self._seed, self._exam.stops
        return _median(
            [_timed(lambda: sweep_all(order, seed, recorded=False, stops=stops, keeps=False)) for _ in range(rounds)]
        )


def _modes(
    exam: Examination,
    work: int | None,
    adjoints: Mapping[int, Any],
    back: Sequence[Variable],
    sizes: Sequence[int],
    outputs: int,
    timer: _Timer,
) -> Iterable[ModeCost]:
    n = sum(sizes)
    once = _total(map(operations, back))
    yield ModeCost("f", "evaluate", 0, work, _sum(timer.forward))
    what = "gradient" if outputs == 1 else "jacobian"
    yield ModeCost(what, "reverse", outputs, _plus(work, once, outputs), timer.whole_back)
    pushed: int | None = None
    if len(sizes) * len(exam.nodes) <= _MOST_PUSHES:
        each = [_pushed(exam, node) for node in exam.recording.inputs]
        pushed = _total(None if own is None else own * size for own, size in zip(each, sizes, strict=True))
    yield ModeCost(what, "forward", n, _plus(work, pushed, 1), timer.whole_push)
    if outputs == 1 and len(back) <= _MOST_HESSIAN:
        through = _ThroughTheWayBack(exam, adjoints, back)
        again, seconds = through.operations(), through.seconds(timer.rounds)
        yield ModeCost("hessian", "reverse over reverse", n + 1, _plus(_plus(work, once, 1), again, n), seconds)


def _plus(a: int | None, b: int | None, times: int) -> int | None:
    return None if a is None or b is None else a + times * b


# -- bytes ------------------------------------------------------------------------------------------------------------


def _held(exam: Examination) -> list[int]:
    """Return for each node how many bytes of numbers it keeps alive that no node before it does."""
    seen: set[int] = set()
    held = []
    for node in exam.nodes:
        own = 0
        inner = node.index not in exam.stops and node.primitive is not None
        constants = [x for x in node.operands if isinstance(x, np.ndarray)] if inner else []
        for value in (node.value, *constants):
            root = value
            while isinstance(root, np.ndarray) and isinstance(root.base, np.ndarray):
                root = root.base
            if id(root) not in seen:
                seen.add(id(root))
                own += root.nbytes
        held.append(own)
    return held


# -- time -------------------------------------------------------------------------------------------------------------


class _Timer:
    """Medians of several runs.

    Attributes
    ----------
    forward, backward : list of float or None
        Of each node.
    whole_back, whole_push : float or None
        Of one sweep back, and of one push in which all inputs move.
    rounds : int
    """

    def __init__(self, exam: Examination) -> None:
        runs = [_operation(exam, i) for i in range(len(exam.nodes))]
        rules = [_rule(exam, i) for i in range(len(exam.nodes))]
        samples: list[tuple[list[float | None], list[float | None]]] = []
        sweeps: list[tuple[float | None, float | None]] = []
        back, push = _whole(exam)
        began = time.perf_counter()
        while len(samples) < _ROUNDS and (not samples or time.perf_counter() - began < _SECONDS):
            samples.append(([_timed(run) for run in runs], [_timed(run) for run in rules]))
            sweeps.append((_timed(back), _timed(push)))
        self.rounds = len(samples)
        self.forward = [_median([one[0][i] for one in samples]) for i in range(len(runs))]
        self.backward = [_median([one[1][i] for one in samples]) for i in range(len(runs))]
        self.whole_back = _median([own for own, _ in sweeps])
        self.whole_push = _median([own for _, own in sweeps])


def _whole(exam: Examination) -> tuple[Callable[[], Any] | None, Callable[[], Any] | None]:
    """Return what sweeps back once, and what pushes forward once, as all inputs move; None where there is no sweep."""
    if not exam.is_swept:
        return None, None
    order, seed = _order(exam), _seed(exam)
    return (
        lambda: sweep_all(order, seed, recorded=False, stops=exam.stops, keeps=False),
        lambda: _push(exam, exam.recording.inputs, recorded=False),
    )


def _operation(exam: Examination, i: int) -> Callable[[], Any] | None:
    """Return what computes a node again from its operands; None of an input."""
    node = exam.nodes[i]
    primitive = node.primitive
    if primitive is None or node.index in exam.stops:
        return None
    values, params = [plain_value(x) for x in node.operands], dict(node.params)
    return lambda: primitive.function(*values, **params)


def _rule(exam: Examination, i: int) -> Callable[[], Any] | None:
    """Return what sends the adjoint of a node on to its operands; None where nothing is sent."""
    node, g = exam.nodes[i], exam.adjoints[i]
    reached = [argument for argument, _ in exam.operands(i)]
    if g is None or not reached or node.primitive is DETACH:
        return None
    return lambda: list(pull(node, reached, g))


def _timed(run: Callable[[], Any] | None) -> float | None:
    if run is None:
        return None
    try:
        began = time.perf_counter()
        run()
        return time.perf_counter() - began
    except (TypeError, AttributeError, ValueError, ArithmeticError):  # what cannot be run alone
        return None


def _median(samples: Sequence[float | None]) -> float | None:
    known = [sample for sample in samples if sample is not None]
    return statistics.median(known) if known else None


# -- lines ------------------------------------------------------------------------------------------------------------


def _lines(exam: Examination, nodes: Sequence[NodeCost]) -> Iterable[LineCost]:
    by_line: dict[tuple[str, int], list[NodeCost]] = {}
    for cost in nodes:
        inner = exam.nodes[cost.position].index not in exam.stops
        by_line.setdefault((exam.line(cost.position) if inner else None) or ("", 0), []).append(cost)
    for (file, line), own in sorted(by_line.items()):
        yield LineCost(
            file,
            line,
            len(own),
            _total(cost.operations for cost in own),
            _total(cost.back for cost in own),
            sum(cost.held for cost in own),
            _sum(cost.seconds for cost in own),
            _sum(cost.back_seconds for cost in own),
        )
