"""Which node uses which: all edges of a graph as arrays, so that one of a million nodes is walked through at once."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["Wiring"]

_NEVER, _START = -2, -1  # for the edge by which a node was reached


class Wiring:
    """The edges of a graph whose nodes are numbered in execution order: a child comes after its parents.

    Attributes
    ----------
    children, arguments, parents : ndarray of int64
        Those of each edge: ``argument`` number of ``child`` is ``parent``; by child, then by argument.

    Examples
    --------
    >>> wiring = Wiring(array("q", [1, 2, 2]), array("q", [0, 0, 1]), array("q", [0, 1, 0]), 3)
    >>> wiring[0], wiring.above([1]), wiring.below([1])
    ([(1, 0), (2, 1)], {0, 1}, {1, 2})
    """

    def __init__(self, children: array[int], arguments: array[int], parents: array[int], count: int) -> None:
        self.children, self.arguments, self.parents = map(_numbers, (children, arguments, parents))
        order = np.argsort(self.parents, kind="stable")
        nodes = np.arange(count + 1)
        self._children, self._parents, self._order = children, parents, _array(order)
        self._above = _array(np.searchsorted(self.children, nodes))  # where the operands of each node begin
        self._users, self._uses = _array(self.children[order]), _array(self.arguments[order])
        self._below = _array(np.searchsorted(self.parents[order], nodes))  # where the uses of each node begin
        self._count = count

    def __getitem__(self, i: int) -> list[tuple[int, int]]:
        """Return by which nodes a node is used, and as which of their operands."""
        first, last = self._below[i], self._below[i + 1]
        return list(zip(self._users[first:last], self._uses[first:last], strict=True))

    def edges_above(self, i: int) -> range:
        """Return the edges from a node up to its operands, by their places among all."""
        return range(self._above[i], self._above[i + 1])

    def edges_below(self, i: int) -> Sequence[int]:
        """Return the edges at which a node is used, by their places among all."""
        return self._order[self._below[i] : self._below[i + 1]]

    def parent(self, edge: int) -> int:
        """Return the node that an edge leads up to."""
        return self._parents[edge]

    def child(self, edge: int) -> int:
        """Return the node that an edge leads down to."""
        return self._children[edge]

    def operands(self, i: int) -> Sequence[int]:
        """Return the operands of a node that are nodes, in order."""
        return self._parents[self._above[i] : self._above[i + 1]]

    def users(self, nodes: Iterable[int]) -> list[int]:
        """Return the nodes that use some, in execution order."""
        marks = np.frombuffer(self._marked(nodes), bool)
        return np.unique(self.children[marks[self.parents]]).tolist()  # type: ignore[no-any-return]

    def above(self, nodes: Iterable[int]) -> set[int]:
        """Return all that some nodes depend on, themselves included."""
        marks = self._marked(nodes)
        first, parents = self._above, self._parents
        i = marks.rfind(1)
        while i >= 0:
            for k in range(first[i], first[i + 1]):
                marks[parents[k]] = 1
            i = marks.rfind(1, 0, i)
        return _positions(marks)

    def below(self, nodes: Iterable[int], within: Iterable[int] | None = None) -> set[int]:
        """Return all that depends on some nodes, themselves included; on ways that stay within others, if given."""
        marks = self._marked(nodes)
        is_open = b"\x01" * self._count if within is None else self._marked(within)
        first, users = self._below, self._users
        i = marks.find(1)
        while i >= 0:
            for k in range(first[i], first[i + 1]):
                if is_open[users[k]]:
                    marks[users[k]] = 1
            i = marks.find(1, i + 1)
        return _positions(marks)

    def way_up(self, start: int, goals: Collection[int], is_open: Sequence[int]) -> list[int] | None:
        """Return the edges of a shortest way from a node up to one of some, over open nodes; None if there is none."""
        every = range(len(self._parents))
        return self._way(start, goals, is_open, self._above, self._parents, every, self._children)

    def way_down(self, start: int, goals: Collection[int], is_open: Sequence[int]) -> list[int] | None:
        """Return the edges of a shortest way from a node down to one of some, as `way_up` does."""
        return self._way(start, goals, is_open, self._below, self._users, self._order, self._parents)

    def _way(
        self,
        start: int,
        goals: Collection[int],
        is_open: Sequence[int],
        first: Sequence[int],
        ends: Sequence[int],
        edges: Sequence[int],
        back: Sequence[int],
    ) -> list[int] | None:
        """Search breadth first: a node's places are those from its first on, with what an edge leads to, and which."""
        came, waiting = array("q", [_NEVER]) * self._count, [start]
        came[start] = _START
        for i in waiting:  # it grows meanwhile
            if i in goals:
                way = []
                while came[i] != _START:
                    way.append(edges[came[i]])
                    i = back[way[-1]]
                return way[::-1]
            for place in range(first[i], first[i + 1]):
                end = ends[place]
                if is_open[end] and came[end] == _NEVER:
                    came[end] = place
                    waiting.append(end)
        return None

    def _marked(self, nodes: Iterable[int]) -> bytearray:
        marks = bytearray(self._count)
        for i in nodes:
            marks[i] = 1
        return marks


def _numbers(values: array[int]) -> NDArray[np.int64]:
    return np.frombuffer(values, np.int64) if values else np.zeros(0, np.int64)


def _array(values: NDArray[np.int64]) -> array[int]:
    return array("q", values.astype(np.int64).tobytes())


def _positions(marks: bytearray) -> set[int]:
    return set(np.flatnonzero(np.frombuffer(marks, np.uint8)).tolist())
