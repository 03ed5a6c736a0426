"""A gradient as the sum over all paths from the output back to an input: the widest of them, and how many there are.

The paths need not be listed to be counted, nor to find the widest. Both run along the nodes once, as the sweep does:
the number of a node's paths is the sum, and its widest path the maximum, over the edges that come to it. Where all
nodes are single numbers, the k widest ways to each node give the k widest of all exactly, for a widest way begins with
one of the widest to the node before. Between arrays a path has no single factor; there the adjoint is taken back along
each path by itself, and of too many the widest few at each node are followed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from graphviz_ad.debugging.examination import Examination, in_dtype
from graphviz_ad.debugging.paths.sizes import NOTHING, ONE, Size, as_float, log10_of, part_of, plus, size_of, times
from graphviz_ad.engine.sweep import pull

__all__ = ["Edge", "Path", "Ways", "factor", "ways_to"]

_POINTS = 400  # of the growth, at most, or one more
_MOST_FOLLOWED = 4096  # paths between arrays that are all followed
_KEPT = 24  # of more than that, the widest at each node

Edge = tuple[int, int]
"""The position of a child, and which of its operands."""
Between = dict[int, list[tuple[Edge, int]]]
"""For each node on the way, the output first, the edges that lead on, with the node that each leads to."""
_Way = tuple[Edge, "_Way"] | None
"""A way from the output: its last edge, and the way before."""


@dataclass(frozen=True, eq=False, slots=True)
class Path:
    """One way from the output back to an input.

    Attributes
    ----------
    nodes : tuple of int
        The positions of its nodes in the trace, from the output to the input.
    edges : tuple of (int, int)
        Its edges, ``(position of the child, argument)``, in the same order.
    value : NumPy value
        What it gives to the gradient: the product of its local gradients, of the input's shape.
    share : float
        Its size, as a part of the sizes of all paths together; of those that were followed where not all were.
    log10 : float
        The decimal logarithm of its size, of an array that of all entries together: known, too, where `value` is 0 or
        has lost digits because its dtype has no smaller numbers. ``-inf`` where the product is 0.
    """

    nodes: tuple[int, ...]
    edges: tuple[Edge, ...]
    value: Any
    share: float
    log10: float


@dataclass(frozen=True, eq=False, slots=True)
class Ways:
    """The widest paths, and what is known of all of them.

    Attributes
    ----------
    paths : tuple of Path
        The widest first.
    count : int
        How many there are in all.
    length : int
        How many edges they have in all.
    edges : int
        How many edges lie on them, each counted once.
    sums : int
        How many sums of two the sweep makes on them, where several edges come to one node.
    traffic : float or None
        The sizes of all paths together; None where not all were followed. Then the paths need not be the widest of all,
        and their shares are parts of those that were met.
    links : mapping of (int, int) to int
        To which node each of these edges leads on the way back; the edges of the output first.
    through : mapping of (int, int) to float
        Which part of the traffic goes through each edge; empty where not all paths were followed.
    rest : float
        Which part of the traffic the widest path has that is not among them: 0 where all others give nothing.
    growth : tuple of (int, int)
        After each node of the way back, or some hundreds of many nodes, how many edges the sweep has passed, and how
        many ways have begun: what a walk that follows each path by itself would have in hand.
    """

    paths: tuple[Path, ...]
    count: int
    length: int
    edges: int
    sums: int
    traffic: float | None
    links: Mapping[Edge, int]
    through: Mapping[Edge, float]
    rest: float
    growth: tuple[tuple[int, int], ...]

    @property
    def is_exact(self) -> bool:
        """Whether the paths are the widest of all, and their shares parts of all."""
        return self.traffic is not None


def ways_to(exam: Examination, i: int, most: int) -> Ways:
    """Return the widest paths from the output to a node.

    Examples
    --------
    >>> import graphviz_ad as gad
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> exam = Examination(gad.trace(lambda x: x * np.sin(x), 2.0), Thresholds())
    >>> ways = ways_to(exam, 0, 2)
    >>> [(path.nodes, round(float(path.value), 6)) for path in ways.paths], ways.count
    ([((2, 0), 0.909297), ((2, 1, 0), -0.832294)], 2)
    """
    between = _between(exam, i)
    count, length, growth = _counted(exam, between, i)
    if not between or not count:
        return Ways((), 0, 0, 0, 0, 0.0, {}, {}, 0.0, ())
    links = {edge: parent for _, edge, parent in _edges(between)}
    traffic: float | None
    # Where a complex number comes to a real one, its real part counts: of the product, and not of each factor.
    if all(np.size(exam.values[k]) == 1 and not np.iscomplexobj(exam.values[k]) for k in between):
        search = _Search(exam, i, between)
        paths, traffic, through = search.widest(most + 1), as_float(search.mass), search.through()
    elif count <= _MOST_FOLLOWED:
        paths, traffic = _followed(exam, i, between, None)
        through = dict.fromkeys(links, 0.0)
        for path in paths:
            for edge in path.edges:
                through[edge] += path.share
    else:
        paths, _ = _followed(exam, i, between, _KEPT)
        traffic, through = None, {}
    sums = len(links) - len(set(links.values()))
    paths, rest = _without_the_rest(paths, most)
    return Ways(tuple(paths), count, length, len(links), sums, traffic, links, through, rest, growth)


def _without_the_rest(paths: list[Path], most: int) -> tuple[list[Path], float]:
    """Return the first of some paths, and the share of the next; none that is not alone has all."""
    if len(paths) > 1 and paths[1].share:
        paths[0] = replace(paths[0], share=min(paths[0].share, np.nextafter(1.0, 0.0)))
    return paths[:most], paths[most].share if len(paths) > most else 0.0


def _edges(between: Between) -> Iterator[tuple[int, Edge, int]]:
    """Yield each edge on the way, with its child and with the node that it leads to."""
    for node, edges in between.items():
        for edge, parent in edges:
            yield node, edge, parent


def _between(exam: Examination, i: int) -> Between:
    """Return, for the nodes on the way, the edges ``((child, argument), parent)`` that lead on, the output first."""
    if exam.output is None or exam.adjoints[i] is None or i == exam.output:
        return {}
    below = exam.below(i)
    nodes = sorted((k for k in exam.above(exam.output) if k in below and exam.adjoints[k] is not None), reverse=True)
    inside = set(nodes)
    return {k: [((k, a), p) for a, p in exam.operands(k) if p in inside and _flows(exam, k, a)] if k != i else []
            for k in nodes}  # fmt: skip


def _flows(exam: Examination, child: int, argument: int) -> bool:
    primitive = exam.nodes[child].primitive
    return primitive is not None and primitive.rule(argument) is not None


def _counted(exam: Examination, between: Between, i: int) -> tuple[int, int, tuple[tuple[int, int], ...]]:
    """Return the number of paths from the output to a node, how many edges they have together, and their growth.

    Counts have as many digits as there are forks: each is let go once its node is passed, and of the growth of a large
    graph some points are kept.
    """
    count, length = ({exam.output: 1} if exam.output is not None else {}), {exam.output: 0}
    stride = -(-len(between) // _POINTS)
    growth: list[tuple[int, int]] = []
    passed, begun = 0, 1
    for place, (node, edges) in enumerate(own for own in between.items() if own[1]):
        ways, far = count.pop(node, 0), length.pop(node, 0)
        for _, parent in edges:
            count[parent] = count.get(parent, 0) + ways
            length[parent] = length.get(parent, 0) + far + ways
        passed += len(edges)
        begun += ways * (len(edges) - 1)
        if place % stride == 0 or place == len(between) - 2:  # the node itself has no edges, and comes last
            growth.append((passed, begun))
    return count.get(i, 0), length.get(i, 0), tuple(growth)


# -- between single numbers -------------------------------------------------------------------------------------------


class _Search:
    """Looks for the widest paths between single numbers.

    Attributes
    ----------
    mass : Size
        The sizes of all paths together.
    """

    def __init__(self, exam: Examination, i: int, between: Between) -> None:
        self._exam, self._goal, self._between = exam, i, between
        self._factors = {edge: factor(exam, edge) for edges in between.values() for edge, _ in edges}
        self._sizes = {edge: size_of(own) for edge, own in self._factors.items()}
        self._start = next(iter(between))
        self._mass = dict.fromkeys(between, NOTHING)
        self._mass[self._start] = ONE
        for node, edge, parent in _edges(between):
            self._mass[parent] = plus(self._mass[parent], times(self._mass[node], self._sizes[edge]))
        self.mass = self._mass[i]

    def widest(self, most: int) -> list[Path]:
        """Return the widest paths: the widest ways to a node begin with one of the widest ways to a child of it."""
        best: dict[int, list[tuple[Size, _Way]]] = {node: [] for node in self._between}
        best[self._start] = [(ONE, None)]
        for node, edges in self._between.items():
            own = best[node] if node == self._goal else best.pop(node)
            ways = best[node] = sorted(own, key=lambda way: way[0], reverse=True)[:most]
            for edge, parent in edges:
                size = self._sizes[edge]
                best[parent] += [(times(way, size), (edge, before)) for way, before in ways]
            if node != self._goal:
                del best[node]
        return [self._path(way, size) for size, way in best[self._goal]]

    def through(self) -> dict[Edge, float]:
        """Return for each edge the part of all sizes that runs through it."""
        rest = dict.fromkeys(self._between, NOTHING)
        rest[self._goal] = ONE
        part: dict[Edge, float] = {}
        for node, edge, parent in reversed(list(_edges(self._between))):
            onward = times(self._sizes[edge], rest[parent])
            rest[node] = plus(rest[node], onward)
            part[edge] = part_of(times(self._mass[node], onward), self.mass)
        return part

    def _path(self, way: _Way, size: Size) -> Path:
        edges: list[Edge] = []
        while way is not None:
            edge, way = way
            edges.append(edge)
        edges.reverse()
        node = self._exam.nodes[self._goal]
        value = in_dtype(_product([self._factors[edge] for edge in edges], size), node.dtype)
        whole = np.broadcast_to(value, node.shape)[()]
        return _path(self._exam, edges, whole, part_of(size, self.mass), log10_of(size))


def _product(factors: Sequence[Any], size: Size) -> Any:
    """Return a product of a size; what may be neither very small nor large may have parts that are."""
    if any(np.asarray(own).dtype.char in "gFDG" for own in factors):
        return np.asarray(np.prod(factors))
    sign = -1.0 if sum(bool(own < 0) for own in factors) % 2 else 1.0
    return np.asarray(sign * as_float(size))


def factor(exam: Examination, edge: Edge) -> Any:
    """Return the local gradient of an edge between two single numbers.

    Examples
    --------
    >>> import graphviz_ad as gad
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> float(factor(Examination(gad.trace(lambda x: x**2, 3.0), Thresholds()), (1, 0)))
    6.0
    """
    node = exam.nodes[edge[0]]
    one = np.ones(node.shape, node.dtype)[()]
    with np.errstate(all="ignore"):
        return next((np.ravel(value)[0] for _, value in pull(node, (edge[1],), one)), 0.0)


def _path(exam: Examination, edges: Sequence[Edge], value: Any, share: float, log10: float) -> Path:
    parents = [exam.position[exam.nodes[child].operands[argument].index] for child, argument in edges]
    return Path((edges[0][0], *parents), tuple(edges), value, float(share), log10)


# -- between arrays ---------------------------------------------------------------------------------------------------


def _followed(exam: Examination, i: int, between: Between, kept: int | None) -> tuple[list[Path], float]:
    """Return what comes back along each path by itself, the widest first, and the sizes of all together.

    Of many at a node the widest `kept` are followed.
    """
    arrived: dict[int, list[tuple[Any, tuple[Edge, ...]]]] = {node: [] for node in between}
    start = next(iter(between))
    arrived[start] = [(exam.adjoint(start), ())]
    for node, edges in between.items():
        own = arrived[node] if node == i else arrived.pop(node)
        if kept is not None and len(own) > kept:
            own = sorted(own, key=lambda one: -_size(one[0]))[:kept]
            if node == i:
                arrived[i] = own
        for g, way in own:
            for edge, parent in edges:
                with np.errstate(all="ignore"):
                    sent = next((value for _, value in pull(exam.nodes[node], (edge[1],), g)), None)
                if sent is not None:
                    whole = np.broadcast_to(sent, exam.nodes[parent].shape)[()]
                    arrived[parent].append((whole, (*way, edge)))
    total = sum(_size(g) for g, _ in arrived[i])
    paths = sorted(arrived[i], key=lambda one: -_size(one[0]))
    dtype = exam.nodes[i].dtype
    return [
        _path(exam, way, in_dtype(g, dtype), _size(g) / total if total else 0.0, log10_of(size_of(_size(g))))
        for g, way in paths
    ], total


def _size(g: Any) -> float:
    return float(np.sum(np.abs(g)))
