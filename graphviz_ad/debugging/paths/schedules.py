"""What the order of the way back is for: two orders that look natural, run on the person's own graph.

Both go depth first, on to an operand as soon as something arrives for it. *At once* passes each contribution on when it
arrives; the sum is right, since every path is followed, and so each edge is passed as often as there are ways to it.
*Once* passes on at each node the first time only; every edge is passed once, but what arrives later is lost to all that
lies above. The sweep does neither: it goes from the last node that was computed to the first, so that everything has
arrived at a node when its turn comes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from graphviz_ad.debugging.columns import counted, plural
from graphviz_ad.debugging.examination import Examination, in_dtype, numbers
from graphviz_ad.debugging.paths.searching import Edge, Ways
from graphviz_ad.engine.sweep import pull

__all__ = ["Naive", "naive", "naive_words"]

_MOST_VISITS = 20_000  # that are made; more are counted
_DIGITS = 1e-9  # relative: what differs by less differs by rounding


@dataclass(frozen=True, eq=False, slots=True)
class Naive:
    """What comes of going back depth first.

    Attributes
    ----------
    visits : int
        How many edges are passed when each contribution is passed on at once.
    busiest : (int, int) and int
        The edge ``(position of the child, argument)`` that is passed most often then, and how often.
    at_once : NumPy value or None
        The gradient that this gave; None where there were too many visits to make them.
    once : NumPy value
        The gradient when each node passes on only what arrives first.
    early : tuple of (int, NumPy value)
        The nodes that then passed on too little, in the order in which they did, with what they passed on.
    """

    visits: int
    busiest: tuple[Edge, int]
    at_once: Any
    once: Any
    early: tuple[tuple[int, Any], ...]


def naive(exam: Examination, i: int, ways: Ways) -> Naive | None:
    """Go back depth first from the output to a node; None where no path leads there.

    Examples
    --------
    >>> import graphviz_ad as gad
    >>> def square(y):
    ...     return y * y
    >>> why = gad.trace(lambda x: square(x * x), 2.0).why("x", schedule="naive")
    >>> why.naive.visits, float(why.naive.at_once), float(why.naive.once)
    (6, 32.0, 16.0)
    """
    if not ways.count:
        return None
    onward: dict[int, list[tuple[Edge, int]]] = {}
    for edge, parent in ways.links.items():
        onward.setdefault(edge[0], []).append((edge, parent))
    count = {next(iter(ways.links))[0]: 1}
    for edge, parent in ways.links.items():
        count[parent] = count.get(parent, 0) + count[edge[0]]
    visits = sum(count[edge[0]] for edge in ways.links)
    busiest = max(ways.links, key=lambda edge: (count[edge[0]], edge))
    dtype = exam.nodes[i].dtype
    whole = in_dtype(_depth_first(exam, i, onward, again=True)[i], dtype) if visits <= _MOST_VISITS else None
    passed: dict[int, Any] = {}
    arrived = _depth_first(exam, i, onward, again=False, passed=passed)
    early = tuple((k, g) for k, g in passed.items() if not _same(g, exam.adjoint(k)))
    return Naive(visits, (busiest, count[busiest[0]]), whole, in_dtype(arrived[i], dtype), early)


def _depth_first(
    exam: Examination, goal: int, onward: dict[int, list[tuple[Edge, int]]], *, again: bool,
    passed: dict[int, Any] | None = None,
) -> dict[int, Any]:  # fmt: skip
    """Return what has arrived at each node in the end; a node passes on again, or the first time only."""
    start = next(iter(onward))
    arrived: dict[int, Any] = {}
    seen: set[int] = set()
    waiting = [(start, exam.adjoint(start))]
    while waiting:
        node, g = waiting.pop()
        arrived[node] = arrived[node] + g if node in arrived else g
        if node == goal or (node in seen and not again):
            continue
        seen.add(node)
        if passed is not None:
            passed[node] = g
        for edge, parent in reversed(onward.get(node, ())):
            with np.errstate(all="ignore"):
                sent = next((value for _, value in pull(exam.nodes[node], (edge[1],), g)), 0.0)
            waiting.append((parent, np.broadcast_to(sent, exam.nodes[parent].shape)[()]))
    return arrived


def _same(a: Any, b: Any) -> bool:
    return bool(np.allclose(a, b, rtol=_DIGITS, atol=0.0))


def naive_words(exam: Examination, i: int, ways: Ways, own: Naive) -> list[str]:
    """Say in two sentences what depth-first orders cost, and what they break."""
    bar, right = exam.bar(i), exam.adjoint(i)
    edge, times = own.busiest
    result, passes = "would give the same sum", "would pass"
    if own.at_once is not None:
        result, passes = f"gives {bar} = {numbers(own.at_once)} as well", "passes"
    cost = f"Depth first, each contribution passed on as soon as it arrives, {result}"
    if own.visits == ways.edges:
        cost += f", and {passes} {plural(own.visits, 'edge')} as reverse mode does: no two ways meet before the end."
    else:
        back = f"from {exam.named(edge[0])} back to {exam.named(ways.links[edge])}"
        cost += f", but {passes} {counted(own.visits)} edges for {ways.edges:,}: the one {back} {counted(times)} times."
    broken = "Depth first, each node passing on only once, the first time something arrives, "
    if _same(own.once, right):
        broken += f"gives {bar} = {numbers(own.once)} as well: here nothing arrives too late."
    else:
        broken += f"gives {bar} = {numbers(own.once)}, which is wrong"
        if own.early:
            node, g = own.early[0]
            broken += f": {exam.named(node)} passed on {numbers(g)} when its adjoint was to become "
            broken += numbers(exam.adjoint(node))
        broken += "."
    return [cost, broken]
