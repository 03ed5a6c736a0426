"""A recording and its sweep as the search for findings reads them: numbers by node, and words for the person.

The numbers are gathered at once; names, formulas and lines only where something is to be said, so that a healthy
program of a million nodes pays for the numbers alone.
"""

from __future__ import annotations

import math
import warnings
from array import array
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import copy
from functools import cached_property
from typing import Any

import numpy as np

from graphviz_ad.console import visible
from graphviz_ad.debugging.findings import Finding, Thresholds
from graphviz_ad.debugging.local_slopes import local_slopes
from graphviz_ad.debugging.wiring import Wiring
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.recording import Recording
from graphviz_ad.engine.source import Site
from graphviz_ad.engine.sweep import Sweep, pull, sweep_all
from graphviz_ad.engine.variable import DETACH, RELEASED, Variable, local_gradient
from graphviz_ad.engine.versions import Written
from graphviz_ad.engine.walking import released
from graphviz_ad.formulas.formula import Formula
from graphviz_ad.formulas.symbols import Symbol, name, row
from graphviz_ad.numerals.writing import static
from graphviz_ad.story.constants import Constants
from graphviz_ad.story.labels import EdgeLabel, edge_label
from graphviz_ad.story.naming import node_names, right_hand_side

__all__ = ["Examination", "in_dtype", "is_finite", "listed", "not_finite", "numbers", "placed"]

THIN_SPACE = "\u2009"
_SHORT = 24  # characters of what stands for a name
_MOST = 100  # entries that a finding names


class Examination:
    """What is looked at.

    Attributes
    ----------
    recording : Recording
    thresholds : Thresholds
    stops : frozenset of int
        The creation indices of the nodes at which it begins.
    nodes : tuple of Variable
        In execution order.
    position : dict
        The place of each node by its creation index.
    output : int or None
        The position of the output; None where a plain number was returned.
    values, adjoints : list
        Of each node; an adjoint may be smaller than its node while it only broadcasts, and is None where none arrives.
    is_swept : bool
        Whether there is a sweep back from the output.
    undecided : set of str
        The kinds of findings that could not be looked for to the end.
    spoilt : set of str
        The inputs whose gradients are known to be none of the function's: what they are says nothing.
    truths : dict
        What nodes are with 80 digits, as far as it was asked for, by position.
    """

    def __init__(self, recording: Recording, thresholds: Thresholds) -> None:
        self.recording = recording
        self.thresholds = thresholds
        self.nodes = recording.nodes
        self.stops = recording.stops
        self.position = {node._index: i for i, node in enumerate(self.nodes)}
        start = recording.start
        self.output = self.position.get(start.index) if isinstance(start, Variable) else None
        self._sites: dict[Any, Site | None] = {}
        self.values = [node._value for node in self.nodes]
        self.adjoints: list[Any] = [None] * len(self.nodes)
        self.undecided: set[str] = set()
        self.spoilt: set[str] = set()
        self.truths: dict[int, Any] = {}
        self.is_swept = self.output is not None and start.dtype.kind in "fc"
        if self.is_swept and self.output is not None:
            order = [*self.nodes[self.output :: -1]]
            for node in order:
                if node._a is RELEASED and node._index not in self.stops:
                    raise released(node)
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)  # the report says it
                adjoints = sweep_all(order, self._seed, recorded=False, stops=self.stops)
            self.adjoints = [adjoints.get(node._index) for node in self.nodes]
            for i in self.inputs:  # which get theirs in their own dtype
                if self.adjoints[i] is not None:
                    self.adjoints[i] = in_dtype(self.adjoints[i], self.nodes[i].dtype)

    @property
    def _seed(self) -> Any:
        """Ones: of an array it is the gradient of the sum that is looked at."""
        start = self.recording.start
        return np.ones(start.shape, start.dtype)[()]

    @cached_property
    def sweep(self) -> Sweep | None:
        """The sweep from which single contributions can be asked; most programs need none."""
        if not self.is_swept:
            return None
        pairs = zip(self.nodes, self.adjoints, strict=True)
        known = {node._index: g for node, g in pairs if g is not None}
        return Sweep.of_adjoints(self.recording.start, self.nodes, self._seed, known)

    # -- numbers --------------------------------------------------------------------------------------------------

    @cached_property
    def column(self) -> Any:
        """The values of a program of float64 numbers as one array, at which one look is enough; None of others."""
        return column_of(self.values)

    @cached_property
    def adjoint_column(self) -> Any:
        """The adjoints of a program of float64 numbers as one array, 0 where none arrives; None of others."""
        return column_of(self.adjoints)

    @cached_property
    def ill_values(self) -> list[int]:
        """The positions of the nodes whose values are not finite, in all or in part."""
        return not_finite(self.values, self.column)

    @cached_property
    def ill_adjoints(self) -> list[int]:
        """The positions of the nodes whose adjoints are not finite, in all or in part."""
        return not_finite(self.adjoints, self.adjoint_column)

    @cached_property
    def arrays(self) -> list[int]:
        """The positions of the nodes that hold arrays."""
        return [] if self.column is not None else [i for i, value in enumerate(self.values) if value.ndim]

    @cached_property
    def by_primitive(self) -> dict[str, list[int]]:
        """The positions of the nodes that were computed, by the name of what computed them."""
        groups: defaultdict[Any, list[int]] = defaultdict(list)
        for i, node in enumerate(self.nodes):
            groups[node._primitive].append(i)
        return {primitive.name: positions for primitive, positions in groups.items() if primitive is not None}

    def computed_by(self, names: Collection[str]) -> list[int]:
        """Return the positions of the nodes that primitives of these names computed, in execution order."""
        return sorted(i for name, positions in self.by_primitive.items() if name in names for i in positions)

    def value(self, i: int) -> Any:
        """Return the value of a node."""
        return self.values[i]

    def adjoint(self, i: int) -> Any:
        """Return the adjoint of a node in its shape; None where none arrives."""
        g = self.adjoints[i]
        return None if g is None else np.broadcast_to(g, self.nodes[i].shape)

    def contribution(self, child: int, argument: int) -> Any:
        """Return what a node sends to one of its operands; None where nothing flows."""
        node = self.nodes[child]
        if node._primitive is not None and node._primitive.variadic:
            return None if self.sweep is None else self.sweep.contribution(node, argument)
        g, parent = self.adjoints[child], node.operands[argument]
        if g is None or not isinstance(parent, Variable) or node._primitive is DETACH:
            return None
        with np.errstate(all="ignore"):
            sent = next((own for _, own in pull(node, (argument,), g)), None)
        return sent if sent is None or np.shape(sent) == parent.shape else np.broadcast_to(sent, parent.shape)[()]

    def swept_from(self, i: int, seed: float = 1.0) -> Examination:
        """Return the same with the adjoints of a sweep that begins at a node, whatever follows from it."""
        other = copy(self)
        for cached in ("sweep", "adjoint_column", "ill_adjoints", "sent"):
            other.__dict__.pop(cached, None)
        start = np.full(self.nodes[i].shape, seed, self.nodes[i].dtype)[()]
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            adjoints = sweep_all([*self.nodes[i::-1]], start, recorded=False, stops=self.stops)
        other.adjoints = [adjoints.get(node._index) for node in self.nodes]
        return other

    def local(self, child: int, argument: int) -> Any:
        """Return the local gradient of an edge in the shape of the child; None of a structural rule or a constant."""
        node = self.nodes[child]
        if node.primitive is None or not node.primitive.elementwise:
            return None
        with np.errstate(all="ignore"):
            own = local_gradient(node, argument)
        if type(own) is np.float64 and type(node._value) is np.float64:
            return own  # so it is with nearly all of a long program
        return None if own is None else np.broadcast_to(own, node.shape)

    def primitive(self, i: int) -> str:
        """Return the name of the primitive that made a node; empty of an input."""
        primitive = self.nodes[i]._primitive
        return "" if primitive is None else primitive.name

    def operands(self, i: int) -> Iterator[tuple[int, int]]:
        """Yield ``(argument, position)`` for the operands of a node that are nodes of the trace."""
        if self.nodes[i].index in self.stops:
            return
        for k, operand in enumerate(self.nodes[i].operands):
            if isinstance(operand, Variable) and operand._index in self.position:
                yield k, self.position[operand._index]

    @cached_property
    def uses(self) -> Wiring:
        """For each node, by which nodes it is used, and as which of their operands; and all edges as arrays."""
        children, arguments, parents = array("q"), array("q"), array("q")
        position, stops = self.position, self.stops
        for i, node in enumerate(self.nodes):
            a, b = node._a, node._b
            if (type(a) is Variable or type(a) is float) and type(b) is not Written and node._index not in stops:
                if type(a) is Variable and a._index in position:  # so it is with nearly all
                    children.append(i)
                    arguments.append(0)
                    parents.append(position[a._index])
                if type(b) is Variable and b._index in position:
                    children.append(i)
                    arguments.append(1)
                    parents.append(position[b._index])
                continue
            for k, parent in self.operands(i):
                children.append(i)
                arguments.append(k)
                parents.append(parent)
        return Wiring(children, arguments, parents, len(self.nodes))

    @cached_property
    def inputs(self) -> list[int]:
        """The positions of the inputs."""
        return [self.position[node.index] for node in self.recording.inputs]

    @cached_property
    def slopes(self) -> Any:
        """The local gradients of a program of float64 numbers, of all edges; NaN where unknown. None of others."""
        return None if self.column is None else local_slopes(self.nodes, self.column, self.uses, self.by_primitive)

    @cached_property
    def sent(self) -> Any:
        """The size of what goes back along each edge of a program of float64 numbers, or NaN; None of others."""
        if self.slopes is None or self.adjoint_column is None:
            return None
        with np.errstate(all="ignore"):
            return np.abs(self.adjoint_column[self.uses.children] * self.slopes)

    @cached_property
    def expressions(self) -> Any:
        """A number for each node; nodes of the same expression of the person's code have the same."""
        known: dict[Any, int] = {}
        keys = ((node._code, node._lasti) for node in self.nodes)
        return np.fromiter((known.setdefault(key, len(known)) for key in keys), np.int64, len(self.nodes))

    def lines(self, nodes: Any) -> list[Any]:
        """Return, for each line of code that made some of an array of nodes, the mask of those."""
        expressions = self.expressions[nodes]
        of_line: defaultdict[Any, list[int]] = defaultdict(list)
        for own, first in zip(*np.unique(expressions, return_index=True), strict=True):
            of_line[self.line(int(nodes[first]))].append(own)
        return [np.isin(expressions, own) for own in of_line.values()]

    def above(self, *nodes: int) -> set[int]:
        """Return the positions of all that some nodes depend on, themselves included."""
        return self.uses.above(nodes)

    def below(self, i: int) -> set[int]:
        """Return the positions of all that depends on a node, itself included."""
        return self.uses.below([i])

    def inputs_above(self, *nodes: int) -> list[int]:
        """Return the positions of the inputs that some nodes depend on, in their order."""
        above = self.above(*nodes)
        return [i for i in self.inputs if i in above]

    # -- words ----------------------------------------------------------------------------------------------------

    @cached_property
    def names(self) -> list[str]:
        """What each node is called."""
        return node_names(self.recording, self.nodes)

    @cached_property
    def _constants(self) -> Constants:
        return Constants(_NamesByIndex(self))

    @cached_property
    def _symbols(self) -> _Names:
        return _Names(self)

    @property
    def arguments(self) -> list[str]:
        """What the inputs are called; those that have names of their own without asking for the names of all nodes."""
        inputs = self.recording.inputs
        own = [node.name for node in inputs]
        if None in own or len(set(own)) < len(own):
            return [self.called(i) for i in self.inputs]
        return [visible(Formula(name(str(node.name), node.shape)).text) for node in inputs]

    def called(self, i: int) -> str:
        """Return what a node is called: ``v₃``."""
        return visible(Formula(self._symbols[self.nodes[i].index]).text)

    def bar(self, i: int) -> str:
        """Return what the adjoint of a node is called: ``v̄₃``."""
        return visible(Formula(name(self.names[i], self.nodes[i].shape, bar=True)).text)

    def constant(self, i: int, k: int) -> str:
        """Return what a constant operand of a node is called in the person's code, or its value."""
        return visible(Formula(self._constants.operand(self.nodes[i], k)).text)

    def written(self, i: int) -> str:
        """Return what a node computes, of its operands' names: ``√d``; of an input, its name."""
        node = self.nodes[i]
        if node.primitive is None or node.index in self.stops:
            return self.called(i)
        return visible(Formula(right_hand_side(node, self._symbols, self._constants)).text)

    def has_name(self, i: int) -> bool:
        """Whether the person's code, or the call, gives a node its name."""
        own = self.names[i]
        return not (own.startswith("v") and own[1:].isdigit())

    def named(self, i: int) -> str:
        """Return the name that a node has in the person's code; of one without, what it computes, if that is short."""
        if self.has_name(i):
            return self.called(i)
        titles = (visible(self.title(i, depth).text) for depth in (2, 1))
        whole = next((own for own in titles if len(own) <= _SHORT), visible(self.title(i, 0).text))
        return whole if len(whole) <= _SHORT else f"{whole[: _SHORT - 1]}…"

    def title(self, i: int, depth: int = 2) -> Formula:
        """Return what a node is called and computes, ``a = x · sin x``; only one of both where there is no other.

        Operands without a name are written out, as many levels deep as `depth` says.
        """
        node = self.nodes[i]
        own = self._symbols[node.index]
        if node.primitive is None or node.index in self.stops:
            return Formula(own)
        computed = self._computed(node, depth)
        return Formula(row(own, " = ", computed) if self.has_name(i) else computed)

    def _computed(self, node: Variable, depth: int) -> Symbol:
        """Return the right-hand side of a node, in which operands without a name are written out."""
        symbols = {}
        for operand in node.operands:
            if isinstance(operand, Variable) and operand.index in self.position:
                place = self.position[operand.index]
                inner = depth and not self.has_name(place) and operand.primitive is not None
                symbols[operand.index] = self._computed(operand, depth - 1) if inner else self._symbols[operand.index]
        return right_hand_side(node, symbols | {node.index: self._symbols[node.index]}, self._constants)

    def edge(self, child: int, argument: int) -> EdgeLabel:
        """Return what stands on an edge."""
        return edge_label(self.nodes[child], argument, self._symbols, self._constants)

    def factor(self, child: int, argument: int) -> tuple[str, bool]:
        """Return what an adjoint meets on an edge, ``⊙ 1/(2r)``, and whether that has a number besides."""
        label = self.edge(child, argument)
        return visible(label.text.text).replace(THIN_SPACE, " "), label.kind == "local"

    def listed(self, positions: Sequence[int]) -> str:
        """Return the names of nodes as a list in words."""
        return listed([self.called(i) for i in positions])

    def bars(self, positions: Sequence[int]) -> str:
        """Return the names of adjoints as a list in words."""
        return listed([self.bar(i) for i in positions])

    def site(self, i: int) -> Site | None:
        """Return where in the person's code a node was made; asked for once for all that an expression made."""
        node = self.nodes[i]
        key = node._code, node._lasti
        if key not in self._sites:
            self._sites[key] = node.site
        return self._sites[key]

    def line(self, i: int) -> tuple[str, int] | None:
        """Return file and line at which a node was made."""
        site = self.site(i)
        return None if site is None else (site.filename, site.line)

    def finding(self, kind: str, severity: str, title: str, sentence: str, i: int | None, **more: Any) -> Finding:
        """Return a finding at a node, with its place in the person's code."""
        more = placed(None if i is None else self.site(i)) | more
        mask = more.pop("mask", None)
        if mask is not None and np.ndim(mask):
            more["entries"] = tuple(tuple(map(int, row)) for row in np.argwhere(mask)[:_MOST])
        node = None if i is None else self.nodes[i]
        return Finding(kind, severity, title, sentence, node, **more)

    def names_of(self, positions: Sequence[int]) -> tuple[str, ...]:
        """Return the plain names of inputs, in their order."""
        return tuple(self.names[i] for i in self.inputs if i in positions)

    def same_line(self, positions: Sequence[int]) -> dict[Any, list[int]]:
        """Return positions by the line of code that made them, in the order in which each line was first met."""
        groups: dict[Any, list[int]] = {}
        for i in positions:
            node = self.nodes[i]
            key = (node._code, node._lasti) if node.primitive is not None else i
            groups.setdefault(key, []).append(i)
        return groups


def placed(site: Site | None) -> dict[str, Any]:
    """Return what a finding says of its place in the person's code, by the names of its fields.

    Examples
    --------
    >>> import graphviz_ad as gad
    >>> placed(gad.trace(lambda x: x * x, 2.0).nodes[1].site)["expression"], placed(None)
    ('x * x', {'file': '', 'line': None, 'expression': ''})
    """
    if site is None:
        return {"file": "", "line": None, "expression": ""}
    return {"file": site.filename, "line": site.line, "expression": site.text}


class _NamesByIndex(Mapping[int, str]):
    """What nodes are called, by creation index, without a dict of all of them."""

    def __init__(self, examination: Examination) -> None:
        self._examination = examination

    def __getitem__(self, index: int) -> str:
        return self._examination.names[self._examination.position[index]]

    def __iter__(self) -> Iterator[int]:
        return iter(self._examination.position)

    def __len__(self) -> int:
        return len(self._examination.position)


class _Names(dict[int, Symbol]):
    """The names of nodes as symbols, by creation index; made when they are asked for."""

    def __init__(self, examination: Examination) -> None:
        self._examination = examination

    def __missing__(self, index: int) -> Symbol:
        exam = self._examination
        i = exam.position[index]
        symbol = self[index] = name(exam.names[i], exam.nodes[i].shape, dtype=exam.nodes[i].dtype)
        return symbol


def column_of(values: Sequence[Any]) -> Any:
    """Return float64 numbers as one array, with 0 for None; None where something else is among them.

    Examples
    --------
    >>> column_of([np.float64(1.0), None, np.array(2.0)]), column_of([np.float64(1.0), np.ones(1)])
    (array([1., 0., 2.]), None)
    """
    kinds = set(map(type, values))
    if not kinds <= {np.float64, np.ndarray, type(None)}:
        return None
    if np.ndarray in kinds and any(type(x) is np.ndarray and (x.ndim or x.dtype != np.float64) for x in values):
        return None
    numbers = values if kinds == {np.float64} else (0.0 if x is None else x for x in values)
    return np.fromiter(numbers, np.float64, len(values))


def not_finite(values: Sequence[Any], column: Any = None) -> list[int]:
    """Return the positions of the values that are not finite, in all or in part; None is no value.

    Where they are known as one array, that is looked at.

    Examples
    --------
    >>> not_finite([np.float64(1.0), np.float64(np.inf), None, np.array([0.0, np.nan])])
    [1, 3]
    """
    if column is not None:
        return np.flatnonzero(~np.isfinite(column)).tolist()
    return [i for i, value in enumerate(values) if value is not None and not is_finite(value)]


def is_finite(value: Any) -> bool:
    """Return whether all of a value is finite.

    Examples
    --------
    >>> is_finite(1.0), is_finite(np.array([1.0, np.inf])), is_finite(np.nan)
    (True, False, False)
    """
    return math.isfinite(value) if type(value) is np.float64 else bool(np.isfinite(value).all())


def in_dtype(g: Any, dtype: Any) -> Any:
    """Return an adjoint as a leaf of a dtype gets it; of a real one the real part.

    Examples
    --------
    >>> in_dtype(np.float64(1e-17), np.dtype(np.float16)), in_dtype(np.complex128(1 + 2j), np.dtype(float))
    (np.float16(0.0), np.float64(1.0))
    """
    if g.dtype == dtype:
        return g
    return (g.real if dtype.kind != "c" else g).astype(dtype)


def listed(words: Sequence[str]) -> str:
    """Return words as a list: ``a, b and c``.

    Examples
    --------
    >>> listed(["a"]), listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def numbers(value: Any, most: int = 4) -> str:
    """Write a number, the entries of a short vector, or where those of an array lie.

    Examples
    --------
    >>> numbers(0.5), numbers(np.array([0.0, -1.5])), numbers(np.eye(3)), numbers(np.ones((3, 2)))
    ('0.5', '[0 −1.5]', '0 … 1 (3×3)', '1 everywhere (3×2)')
    """
    value = plain_value(value)
    if np.ndim(value) == 0:
        return static(value)
    if np.ndim(value) == 1 and np.size(value) <= most:
        return f"[{' '.join(map(static, value))}]"
    shape = f"({'×'.join(map(str, np.shape(value)))})"
    flat = np.ravel(value)
    finite = flat[np.isfinite(flat)]
    if np.iscomplexobj(value) or not finite.size:
        return shape
    if np.all(flat == flat[0]):
        return f"{static(flat[0])} everywhere {shape}"
    return f"{static(finite.min())} … {static(finite.max())} {shape}"
