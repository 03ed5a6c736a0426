"""Adjoints that become too small or too large on their way: at one flat place, or little by little on a long one.

A slope is flat where a relative change of the operand is next to nothing in the result. So a loss near its minimum is
not, however small its gradient: there the relative change doubles.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.debugging.examination import Examination, is_finite, numbers
from graphviz_ad.debugging.families import SATURATING
from graphviz_ad.debugging.findings import Finding
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.numerals.writing import rough

__all__ = ["OF_SIZES", "Way", "sizes", "way_down"]

OF_SIZES = frozenset(["saturated", "vanishing", "exploding"])
"""The kinds of findings that the size of a gradient tells of."""

_LONG = 8  # factors in the same direction that make a way a long one
_FEW = 3  # the largest factors, without which it must be enough
_FLAT = 100  # how many times the threshold a slope may be, and still be blamed where no other is smaller
_TINY = 1e-24  # what has shrunk to so little is no residual, which rounding keeps larger
_PRODUCTS = ("multiply", "matmul", "dot", "inner", "outer")
_TURNS = 0.05  # a factor whose logarithm is smaller changes nothing


def sizes(exam: Examination) -> Iterator[Finding]:
    """Yield what there is to say of gradients that are tiny or huge, once a place to blame."""
    if exam.output is None or not exam.is_swept or not is_finite(exam.values[exam.output]):
        return
    flattened: dict[int, list[int]] = {}
    turned: dict[Any, list[tuple[int, _Long, float]]] = {}
    starved: dict[tuple[int, int, int], list[int]] = {}
    for i in exam.inputs:
        g = exam.adjoints[i]
        size = _size(g)
        if not 0 < size < math.inf or not _is_suspicious(exam, i, size):
            continue
        way = way_down(exam, i)
        flat = _flattest(exam, way) if _changes_nothing(exam, i, size) else None
        if flat is not None:
            flattened.setdefault(flat, []).append(i)
            continue
        long = _long(exam, way, size)
        if long is not None:
            node = exam.nodes[long.node]
            turned.setdefault((long.kind, node._code, node._lasti), []).append((i, long, size))
            continue
        tiny = _tiny_factor(exam, way) if _changes_nothing(exam, i, size) else None
        if tiny is not None:
            starved.setdefault(tiny, []).append(i)
    for child, inputs in flattened.items():
        yield _saturated(exam, child, inputs)
    for members in turned.values():
        yield _grown(exam, members)
    for (child, argument, other), inputs in starved.items():
        yield _starved(exam, child, argument, other, inputs)


def _size(x: Any) -> float:
    if type(x) is np.float64:
        return abs(float(x))
    return 0.0 if x is None or not np.size(x) else float(np.max(np.abs(plain_value(x))))


def _is_suspicious(exam: Examination, i: int, size: float) -> bool:
    seen = exam.thresholds
    return size < seen.vanishing or size > seen.exploding or _changes_nothing(exam, i, size)


def _changes_nothing(exam: Examination, i: int, size: float) -> bool:
    """Whether changing an input by all that it is would change next to nothing of the output."""
    change = size * _size(exam.values[i])
    return exam.output is not None and change < exam.thresholds.saturated * _size(exam.values[exam.output])


class Way(NamedTuple):
    """The edges on the way down from a node, in order.

    Attributes
    ----------
    edges : ndarray of int64
        Which ones they are among the edges of the graph.
    children, arguments, parents : ndarray of int64
    """

    edges: Any
    children: Any
    arguments: Any
    parents: Any

    @property
    def steps(self) -> Iterator[tuple[int, int, int]]:
        """The edges one by one: ``(child, argument, parent)``."""
        return zip(self.children.tolist(), self.arguments.tolist(), self.parents.tolist(), strict=True)

    def at(self, mask: Any) -> Way:
        """Return the edges at which a mask is true."""
        return Way(*(own[mask] for own in self))


def way_down(exam: Examination, i: int) -> Way:
    """Return the way from a node down to the output along which the most comes back."""
    wiring, edges, node = exam.uses, [], i
    while node != exam.output:
        uses = wiring.edges_below(node)
        best = uses[0] if len(uses) == 1 else max(uses, key=lambda edge: _sent(exam, edge), default=None)
        if best is None or exam.adjoints[child := wiring.child(best)] is None:
            break
        edges.append(best)
        node = child
    own = np.asarray(edges, np.int64)
    return Way(own, wiring.children[own], wiring.arguments[own], wiring.parents[own])


def _sent(exam: Examination, edge: int) -> float:
    """Return the size of what comes back along an edge; -1 where nothing does."""
    child = exam.uses.child(edge)
    g = exam.adjoints[child]
    if g is None:
        return -1.0
    if exam.sent is not None and not math.isnan(exam.sent[edge]):
        return float(exam.sent[edge])
    return _size(exam.contribution(child, int(exam.uses.arguments[edge])))


def _telling(exam: Examination, way: Way) -> Way:
    """Return the edges of a way at which something may be lost; of numbers, that is seen at one look."""
    if exam.slopes is None:
        return way
    slope, least = np.abs(exam.slopes[way.edges]), exam.thresholds.saturated
    changes = slope * np.abs(exam.column[way.parents]) >= 2 * least * np.abs(exam.column[way.children])
    return way.at(~(changes & (slope >= 2 * _FLAT * least)))


def _flattest(exam: Examination, way: Way) -> int | None:
    """Return the node with the smallest slope on a way on which relative changes are lost; None where they are not."""
    smallest, node, is_lost = _FLAT * exam.thresholds.saturated, None, False
    for child, argument, parent in _telling(exam, way).steps:
        local = exam.local(child, argument)
        if local is None or not _size(local):
            continue
        slope = _slope(exam, child, argument, local)
        is_spent = slope < exam.thresholds.saturated and exam.nodes[child].ndim > 0 and _levels_off(exam, child)
        is_lost = is_lost or is_spent
        change = _size(local * exam.values[parent])
        is_lost = is_lost or change < exam.thresholds.saturated * _size(exam.values[child])
        if slope < smallest and _bends(exam, child, argument):
            smallest, node = slope, child
    return node if is_lost else None


def _slope(exam: Examination, child: int, argument: int, local: Any) -> float:
    """Return what part of the adjoint goes on: the slope, of an array that of the entries at which an adjoint is."""
    if not np.ndim(local):
        return _size(local)
    arriving = _size(exam.adjoints[child])
    return _size(local * exam.adjoint(child)) / arriving if arriving else 0.0


def _levels_off(exam: Examination, child: int) -> bool:
    """Whether a node is a function that becomes flat far out."""
    primitive = exam.nodes[child].primitive
    return primitive is not None and primitive.name in SATURATING


def _bends(exam: Examination, child: int, argument: int) -> bool:
    """Whether the slope of an edge depends on its operand, as that of a product with a constant does not."""
    node = exam.nodes[child]
    assert node.primitive is not None
    if node.primitive.name in ("add", "subtract", "negative", "multiply"):
        return False
    return not (node.primitive.name == "divide" and argument == 0)


class _Long(NamedTuple):
    """A line that a long way passes many times.

    Attributes
    ----------
    kind : str
        ``"vanishing"`` or ``"exploding"``.
    node : int
        The last node of the line that turns the adjoint.
    times : int
        How often the way passes it.
    factor : float
        What an adjoint is multiplied by each time, on average.
    """

    kind: str
    node: int
    times: int
    factor: float


def _long(exam: Examination, way: Way, size: float) -> _Long | None:
    """Return the line that makes an adjoint vanish or explode little by little; None where a few factors do."""
    grows = size > 1
    if not (size > exam.thresholds.exploding or size < exam.thresholds.vanishing):
        return None
    steps, children = _turns(exam, way, grows)
    is_telling = steps > _TURNS
    enough = math.log(exam.thresholds.exploding) if grows else -math.log(exam.thresholds.vanishing)
    if np.count_nonzero(is_telling) < _LONG or np.sum(steps[_FEW:][is_telling[_FEW:]]) < enough:
        return None
    expressions = exam.expressions[children]
    usual = np.arange(len(steps)) >= _FEW  # one that is out of the way says nothing of each pass
    worst = max(exam.lines(children), key=lambda line: np.sum(steps[line & usual]))
    times = int(np.max(np.bincount(expressions[worst])))
    turning = children[is_telling & np.isin(expressions, expressions[worst])]
    total = np.mean(steps[worst & usual]) * np.count_nonzero(worst) / times
    kind = "exploding" if grows else "vanishing"
    return _Long(kind, int(np.max(turning)), times, math.exp(total if grows else -total))


def _turns(exam: Examination, way: Way, grows: bool) -> tuple[Any, Any]:
    """Return by how much an adjoint grows, or shrinks, at the edges of a way, the most first, and their children.

    That is a difference of logarithms; an edge at which the adjoint is 0 is left out.
    """
    before, after = (_sizes(exam, nodes) for nodes in (way.children, way.parents))
    is_there = (before > 0) & (after > 0)
    turns = np.log(after[is_there]) - np.log(before[is_there])
    turns, children = turns if grows else -turns, way.children[is_there]
    order = np.lexsort((children, turns))[::-1]
    return turns[order], children[order]


def _sizes(exam: Examination, nodes: Any) -> Any:
    """Return the sizes of the adjoints of some nodes."""
    if exam.adjoint_column is not None:
        return np.abs(exam.adjoint_column[nodes])
    return np.asarray([_size(exam.adjoints[i]) for i in nodes.tolist()])


def _tiny_factor(exam: Examination, way: Way) -> tuple[int, int, int] | None:
    """Return the product on a way whose other factor has shrunk to next to nothing, as a state that decays."""
    smallest, place = _TINY, None
    for child, argument, parent in _telling(exam, way).steps:
        others = [i for k, i in exam.operands(child) if k != argument and i != parent]
        if exam.primitive(child) in _PRODUCTS and others and others[0] not in exam.inputs:
            size = _size(exam.values[others[0]])
            if 0 < size < smallest:
                smallest, place = size, (child, argument, others[0])
    return place


def _starved(exam: Examination, child: int, argument: int, other: int, inputs: Sequence[int]) -> Finding:
    factor = f"{exam.called(other)} = {numbers(exam.values[other])}"
    return exam.finding(
        "vanishing",
        "warning",
        f"{exam.bars(inputs)} nearly {'vanishes' if len(inputs) == 1 else 'vanish'}: {exam.called(other)} has shrunk",
        f"In {exam.written(child)} what goes back is multiplied by {factor}, which has shrunk to next to nothing. So "
        f"{_listed_sizes(exam, inputs)}, and a step along it changes next to nothing.",
        child,
        edge=(child, argument),
        reaches=exam.names_of(inputs),
        path=(child, *inputs),
    )


def _saturated(exam: Examination, child: int, inputs: Sequence[int]) -> Finding:
    argument, parent = min(exam.operands(child), key=lambda edge: _size(exam.local(child, edge[0])))
    written, called = exam.written(child), exam.called(parent)
    local = np.asarray(exam.local(child, argument))
    reason = (
        f"At {called} = {numbers(exam.values[parent])} the slope of {written} is only {numbers(local)}: it is saturated"
    )
    if _size(local) > 1e-3:  # but not where an adjoint is
        reason = (
            f"{exam.bar(child)} is {numbers(exam.adjoint(child))} and meets the slope of {written}, {numbers(local)}: "
            "wherever one of both is not small, the other is. It is saturated"
        )
    return exam.finding(
        "saturated",
        "warning",
        f"{exam.bars(inputs)} nearly {'vanishes' if len(inputs) == 1 else 'vanish'}: {written} is flat",
        f"{reason}. So {_listed_sizes(exam, inputs)}, and a step along it changes next to nothing.",
        child,
        edge=(child, argument),
        reaches=exam.names_of(inputs),
        path=(child, *inputs),
    )


def _listed_sizes(exam: Examination, inputs: Sequence[int]) -> str:
    return " and ".join(f"{exam.bar(i)} is {numbers(exam.adjoint(i))}" for i in inputs)


def _grown(exam: Examination, members: Sequence[tuple[int, _Long, float]]) -> Finding:
    inputs = [i for i, _, _ in members]
    _, long, size = members[0]
    is_one, vanishes = len(inputs) == 1, long.kind == "vanishing"
    verb = ("vanishes" if is_one else "vanish") if vanishes else ("explodes" if is_one else "explode")
    seed = _size(exam.adjoints[exam.output]) if exam.output is not None else 1.0
    whole = f"from {rough(seed, 3)} at {exam.recording.name} to {rough(size, 3)} at {exam.called(inputs[0])}"
    return exam.finding(
        long.kind,
        "warning",
        f"{exam.bars(inputs)} {verb} on a long way",
        f"Going back, the adjoint passes this line {long.times} times, each time by a factor of about "
        f"{rough(long.factor, 4 if 0.9 < long.factor < 1.1 else 2)}: it {'shrinks' if vanishes else 'grows'} {whole}.",
        long.node,
        reaches=exam.names_of(inputs),
        path=(long.node, *inputs),
    )
