"""The reverse sweep: from the seed at the output, adjoints flow back along every edge to the leaves.

`sweep_all` is the sweep for looking and for higher derivatives: it keeps every adjoint, and reads the rules with
Variables when the backward pass is to be recorded. Its fast twin, which keeps nothing, is `backward.accumulate`. Both
visit the nodes by falling creation index, and the operands of a node last to first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Never, cast

import numpy as np

from graphviz_ad.console import prints
from graphviz_ad.engine.alarms import sweeps
from graphviz_ad.engine.frames import public
from graphviz_ad.engine.primitive import first_operand, second_operand
from graphviz_ad.engine.rules.shaping import ASTYPE, unbroadcast
from graphviz_ad.engine.variable import DETACH, Variable, seed_node
from graphviz_ad.engine.versions import newest, newest_node
from graphviz_ad.engine.walking import ancestors, released
from graphviz_ad.engine.watch import Watch, watching
from graphviz_ad.errors import ArgumentNumberError, DtypeError, InputError, LeakError, SeedError

__all__ = [
    "LAST_FIRST",
    "ONE",
    "Sweep",
    "fit",
    "make_seed",
    "nothing_returned",
    "pull",
    "recorded_gradient",
    "recorded_seed",
    "reverse",
    "sweep_all",
]

LAST_FIRST = ((), (0,), (1, 0))
"""The operands of an elementwise node in the order in which sweeps visit them, by how many there are."""
_ndarray = np.ndarray
_float64 = np.float64
ONE = np.float64(1.0)
"""The seed of a single float64: the fast sweep knows it by identity, and spares itself a multiplication."""


def fit(contribution: Any, node: Variable, parent: Variable) -> Any:
    """Undo the broadcasting of an elementwise node; a contribution that is merely small stays small."""
    if node.shape == parent.shape:
        return contribution
    if np.shape(contribution) != node.shape:
        contribution = np.broadcast_to(contribution, node.shape)
    return unbroadcast(contribution, parent.shape)


def pull(node: Variable, arguments: Iterable[int], g: Any, *, recorded: bool = False) -> Iterator[tuple[int, Any]]:
    """Yield ``(argument, contribution)``: what `node` adds to the adjoints of operands; nothing where nothing flows.

    What the operands have in common is prepared once, so that all operands of a node take time linear in their number.

    Parameters
    ----------
    node : Variable
    arguments : iterable of int
        Which operands, from 0. A contribution is worked out when it is asked for.
    g : NumPy value or Variable
        The adjoint of `node`, of its shape or broadcastable to it.
    recorded : bool
        Read the rule with Variables, so that the contribution is a Variable.
    """
    primitive, operands = node._primitive, node.operands
    assert primitive is not None
    y: Any = node
    xs: Any = operands
    if not recorded:
        y, xs = node._value, [x._value if type(x) is Variable else x for x in operands]
    shape = node.shape
    whole: Any = None
    answers: Any = None
    for argument in arguments:
        rule: Any = primitive.rule(argument)
        if rule is None:
            continue
        parent = operands[argument]
        if primitive.elementwise:
            contribution = g * rule(y, *xs) if callable(rule) else g if rule == 1.0 else -g
            contribution = fit(contribution, node, parent)
        else:
            if whole is None:
                in_full = g.shape == shape if type(g) is _ndarray or recorded else not shape
                whole = g if in_full else np.broadcast_to(g, shape)
            params = node._extra or {}
            if primitive.curried:
                answers = answers or rule(whole, y, *xs, **params)
                if answers is None:
                    raise nothing_returned(node)
                contribution = answers(argument)
            elif primitive.variadic:
                contribution = rule(whole, y, *xs, **params, argument=argument)
            else:
                contribution = rule(whole, y, *xs, **params)
            if contribution is None:
                raise nothing_returned(node)
        if contribution.dtype.kind == "c" and parent.dtype.kind != "c":
            contribution = contribution.real
        yield argument, contribution


def nothing_returned(node: Variable) -> InputError:
    """Return the error for a VJP without a return statement, which would make every gradient NaN."""
    return InputError(
        f"the VJP rule of {node._primitive.name if node._primitive else 'a leaf'} returned None: it must return what "
        f"the operand receives; where nothing flows, register None in its place"
    )


@sweeps
def sweep_all(
    order: list[Variable],
    seed: Any,
    *,
    recorded: bool,
    stops: Collection[int] = (),
    keeps: bool = True,
    origin: Variable | None = None,
) -> dict[int, Any]:
    """Return the adjoint of every node that is reached, by creation index; `order` is latest first.

    Nothing flows beyond the nodes whose indices are in `stops`. Of a sweep that is not to be looked at, only their
    adjoints and those of leaves are kept. What is recorded serves `origin` where that is given, else the node swept.
    """
    inside = {node._index for node in order}
    adjoints: dict[int, Any] = {order[0]._index: seed}
    watch = Watch()
    with watching(watch if recorded else None):
        for node in order:
            g = adjoints.get(node._index)
            primitive = node._primitive
            if g is None or primitive is None or primitive is DETACH or node._index in stops:
                continue
            if not keeps:
                del adjoints[node._index]
            watch.origin = node if origin is None else origin
            if primitive.elementwise:
                _spread(node, inside, g, recorded, adjoints)
                continue
            operands = node.operands
            reached = [k for k, x in enumerate(operands) if type(x) is Variable and x._index in inside]
            for k, contribution in pull(node, reversed(reached), g, recorded=recorded):
                index = operands[k]._index
                before = adjoints.get(index)
                adjoints[index] = contribution if before is None else before + contribution
    return adjoints


def _spread(node: Variable, inside: Collection[int], g: Any, recorded: bool, adjoints: dict[int, Any]) -> None:
    """Add to the adjoints what `pull` yields for an elementwise node, without a generator for one product or two."""
    partials: Any = node._primitive.partials  # type: ignore[union-attr]
    own, a, b = node._value, node._a, node._b
    y: Any = node
    x, z = a, b
    if not recorded:
        y = own
        x = a._value if type(a) is Variable else a
        z = b._value if type(b) is Variable else b
    for parent, k in ((b, 1), (a, 0)):
        if type(parent) is not Variable or parent._index not in inside:
            continue
        rule = partials[k]
        if rule is None:
            continue
        if rule is second_operand:
            product = g * z
        elif rule is first_operand:
            product = g * x
        elif callable(rule):
            product = g * (rule(y, x) if b is None else rule(y, x, z))
        else:
            product = g if rule == 1.0 else -g
        value = parent._value
        if type(value) is not _float64 or type(own) is not _float64:
            if value.shape != own.shape:
                product = fit(product, node, parent)
            if own.dtype.kind == "c" != value.dtype.kind and product.dtype.kind == "c":
                product = product.real
        index = parent._index
        before = adjoints.get(index)
        adjoints[index] = product if before is None else before + product


def recorded_seed(seed: Any, output: Variable) -> Variable:
    """Return the seed of a recorded backward pass as a Variable of the output's dtype, which nobody watches."""
    if not isinstance(seed, Variable):
        return seed_node(seed)
    with watching(None):
        return _in_dtype(seed, output)


def recorded_gradient(adjoint: Variable, node: Variable) -> Variable:
    """Return the recorded adjoint of a leaf or an input as the gradient that it gets: its own kind, and conjugated."""
    gradient: Any = _in_dtype(adjoint, node)
    gradient = gradient if gradient.shape == node.shape else np.broadcast_to(gradient, node.shape)
    return cast(Variable, np.conjugate(gradient) if gradient.dtype.kind == "c" else gradient)


def _in_dtype(adjoint: Variable, node: Variable) -> Variable:
    dtype = node._value.dtype
    return adjoint if adjoint._value.dtype == dtype else cast(Variable, ASTYPE(adjoint, dtype=dtype.str))


def make_seed(output: Variable, gradient: Any, call: str = "backward()") -> Any:
    """Return the first adjoint of `output`: 1 for a single number, else what the caller gave, checked.

    Raises
    ------
    SeedError
        When it is missing for an array, or has another shape.
    """
    value = output._value
    if gradient is None and type(value) is _float64:
        return ONE
    if value.dtype.kind not in "fc":
        raise DtypeError(f"{call} of a value of dtype {value.dtype}: only floats and complex numbers have derivatives")
    if gradient is None:
        if value.size == 1:
            return np.ones(value.shape, value.dtype)[()]
        raise SeedError(
            f"{call} of a Variable of shape {value.shape} needs a seed, one number for each of its {value.size}: "
            f"pass np.ones({value.shape}) for the gradient of its sum, or differentiate y.sum() or y.mean()"
        )
    seed: Any
    gradient = newest(gradient)
    if type(gradient) is Variable:
        seed = gradient
        kind, shape = gradient.dtype.kind, gradient.shape
    else:
        try:
            seed = np.asarray(gradient)
        except LeakError:
            raise
        except (TypeError, ValueError) as error:
            raise SeedError(f"{call}: the seed must be numbers of shape {output.shape}: {error}") from None
        kind, shape = seed.dtype.kind, seed.shape
    if kind not in "biufc":
        raise SeedError(f"{call}: the seed must be numbers of shape {output.shape}, got dtype {seed.dtype}")
    if shape != output.shape:
        raise SeedError(f"{call}: the seed has shape {shape}, but the value it belongs to has shape {output.shape}")
    if kind == "c" and output.dtype.kind != "c":
        raise SeedError(f"{call}: the seed is complex, but the value it belongs to is real ({output.dtype})")
    if type(seed) is Variable:
        return seed
    return seed.astype(output.dtype, copy=False)[()] if seed.dtype != output.dtype or seed.ndim == 0 else seed


@prints
class Sweep:
    """What a reverse sweep found: the adjoint of every node, and on request the contribution of every edge.

    Made by `Trace.reverse`.

    Attributes
    ----------
    output : Variable
        Where the sweep started.
    seed : NumPy value
        The adjoint of the output.
    nodes : tuple of Variable
        The nodes of the trace, in execution order.
    """

    def __init__(self, output: Variable, nodes: Sequence[Variable], seed: Any, stops: Collection[int] = ()) -> None:
        self.output = output
        self.nodes = tuple(nodes)
        self.seed = seed
        self._known = frozenset(node._index for node in nodes)
        inside = [node for node in reversed(ancestors(output, 0, stops)) if node._index in self._known]
        for node in inside:
            if node.is_released and node._index not in stops:
                raise released(node)
        self._of_many: dict[int, list[Any]] = {}
        self._adjoints = sweep_all(inside, seed, recorded=False, stops=stops)

    @classmethod
    def of_adjoints(cls, output: Variable, nodes: Sequence[Variable], seed: Any, adjoints: dict[int, Any]) -> Sweep:
        """Return the sweep that had these adjoints, by creation index, without making it again."""
        sweep = cls.__new__(cls)
        sweep.output, sweep.nodes, sweep.seed = output, tuple(nodes), seed
        sweep._known = frozenset(node._index for node in nodes)
        sweep._of_many, sweep._adjoints = {}, adjoints
        return sweep

    @public
    def adjoint(self, node: Variable) -> Any:
        """Return the adjoint of `node`, of its shape; None where the sweep does not reach it."""
        node = self._checked(node)
        g = self._adjoints.get(node._index)
        return None if g is None else _shown(g, node.shape)

    @public
    def contribution(self, child: Variable, argument: int) -> Any:
        """Return what `child` adds to the adjoint of its operand number `argument`; None where nothing flows."""
        child, argument = self._edge(child, argument)
        g = self._adjoints.get(child._index)
        parent = child.operands[argument]
        if g is None or not isinstance(parent, Variable) or child._primitive is DETACH:
            return None
        if child._primitive is not None and child._primitive.variadic:
            contribution = self._contributions_of_many(child, g)[argument]
        else:
            with np.errstate(all="ignore"):
                contribution = next((value for _, value in pull(child, (argument,), g)), None)
        return None if contribution is None else _shown(contribution, parent.shape)

    def _contributions_of_many(self, child: Variable, g: Any) -> list[Any]:
        """Return what a node of any number of operands adds to each; worked out once, since all are asked for."""
        if child._index not in self._of_many:
            operands = child.operands
            contributions: list[Any] = [None] * len(operands)
            with np.errstate(all="ignore"):
                for k, value in pull(child, [k for k, x in enumerate(operands) if type(x) is Variable], g):
                    contributions[k] = value
            self._of_many[child._index] = contributions
        return self._of_many[child._index]

    @public
    def tangent(self, node: Variable) -> Never:
        """Say that a reverse sweep has adjoints."""
        raise InputError("a reverse sweep has adjoints, sweep.adjoint(node); trace.forward() gives the tangents")

    def _edge(self, child: Variable, argument: int) -> tuple[Variable, int]:
        child = self._checked(child)
        count = len(child.operands)
        if not isinstance(argument, int | np.integer) or not -count <= argument < count:
            raise ArgumentNumberError(f"{child!r} has {count} operands, so there is no argument {argument!r}")
        return child, int(argument % count)

    def _checked(self, node: Any) -> Variable:
        newest = newest_node(node) if isinstance(node, Variable) else None
        if newest is not None and newest._index in self._known:
            return newest
        raise InputError(f"{node!r} is not a node of this sweep; see its .nodes")

    def __repr__(self) -> str:
        return f"<Sweep from {self.output!r} over {len(self._adjoints)} of {len(self.nodes)} nodes>"


def _shown(value: Any, shape: tuple[int, ...]) -> Any:
    return np.broadcast_to(value, shape)[()] if np.shape(value) != shape else value


def reverse(output: Variable, nodes: Sequence[Variable], gradient: Any = None, stops: Collection[int] = ()) -> Sweep:
    """Sweep back from `output` over `nodes` (in execution order), keeping every adjoint, not beyond `stops`."""
    seed = make_seed(output, gradient, "reverse()")
    with np.errstate(all="ignore"):
        return Sweep(output, nodes, seed, stops)
