"""The forward sweep: from tangents at the inputs, a tangent for every node that depends on them.

It reads the rules of the reverse sweep. An elementwise node sums partial times tangent; a structural one that is linear
in an operand is applied to the operand's tangent; and any other is transposed: its VJP is linear in the adjoint, so the
VJP of that is the JVP (Christianson 1992, "Automatic Hessians by reverse accumulation", has the idea the other way
round). Read with Variables, the sweep is recorded, and can be differentiated again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Never, cast

import numpy as np

from graphviz_ad.engine.alarms import sweeps
from graphviz_ad.engine.frames import public
from graphviz_ad.engine.rules.shaping import ASTYPE, unbroadcast
from graphviz_ad.engine.sweep import Sweep, pull, sweep_all
from graphviz_ad.engine.variable import DETACH, Variable, seed_node
from graphviz_ad.engine.versions import newest
from graphviz_ad.engine.walking import ancestors, released
from graphviz_ad.engine.watch import Watch, watching
from graphviz_ad.errors import InputError, LeakError, SeedError, brief, suggest

__all__ = ["ForwardSweep", "depending", "make_tangent", "make_tangents", "push", "push_all"]

_PULLED = (None, DETACH)


def depending(order: Sequence[Variable], starts: Collection[int]) -> list[Variable]:
    """Return the nodes, in execution order as they come, that depend on those whose indices are in `starts`."""
    reached = set(starts)
    nodes = []
    for node in order:
        index = node._index
        if index not in reached:
            if node._primitive in _PULLED:
                continue
            a = node._a
            if type(a) is not Variable or a._index not in reached:  # else the operands need not be looked for
                for operand in node.operands:
                    if type(operand) is Variable and operand._index in reached:
                        break
                else:
                    continue
            reached.add(index)
        nodes.append(node)
    return nodes


@sweeps
def push_all(order: Sequence[Variable], tangents: Mapping[int, Any], *, recorded: bool) -> dict[int, Any]:
    """Return the tangent of every node that depends on the first ones, by creation index.

    Parameters
    ----------
    order : sequence of Variable
        In execution order.
    tangents : dict
        The first tangents by creation index, each of its node's shape. What lies behind those nodes does not matter.
    recorded : bool
        Read the rules with Variables, so that the tangents are Variables.
    """
    by_index = dict(tangents)
    watch = Watch()
    with watching(watch if recorded else None):
        for node in order:
            if node._index in by_index or node._primitive in _PULLED:
                continue
            own = {
                k: by_index[operand._index]
                for k, operand in enumerate(node.operands)
                if type(operand) is Variable and operand._index in by_index
            }
            if own:
                watch.origin = node
                tangent = push(node, own, recorded=recorded)
                if tangent is not None:
                    by_index[node._index] = tangent
    return by_index


def push(node: Variable, tangents: Mapping[int, Any], *, recorded: bool = False) -> Any:
    """Return the tangent of a node, of its shape and dtype; None where nothing flows.

    Parameters
    ----------
    node : Variable
    tangents : dict
        By argument, from 0, the tangents of the operands that have one.
    recorded : bool
        Read the rule with Variables.
    """
    primitive = node._primitive
    assert primitive is not None
    parts = _partials_times(node, tangents, recorded) if primitive.elementwise else _mapped(node, tangents, recorded)
    if not parts:
        return None
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return _like(total, node)


def _partials_times(node: Variable, tangents: Mapping[int, Any], recorded: bool) -> list[Any]:
    y, xs = _read(node, recorded)
    parts = []
    for k, tangent in tangents.items():
        partial = cast(Any, node._primitive).partials[k]
        if partial is not None:
            parts.append(tangent * partial(y, *xs) if callable(partial) else tangent if partial == 1.0 else -tangent)
    return parts


def _mapped(node: Variable, tangents: Mapping[int, Any], recorded: bool) -> list[Any]:
    """Return the parts of a structural node's tangent, some of which serve several operands together."""
    primitive, (_, xs) = cast(Any, node._primitive), _read(node, recorded)
    parts, rest = [], dict(tangents)
    for group in primitive.linear:
        together = range(len(xs)) if primitive.variadic else group if isinstance(group, tuple) else (group,)
        own = {k: rest.pop(k) for k in together if k in rest}
        if own:
            moved = [own.get(k, _nothing(x) if k in together else x) for k, x in enumerate(xs)]
            apply = primitive if recorded else primitive.function
            parts.append(apply(*moved, **(node._extra or {})))
    through = {k: tangent for k, tangent in rest.items() if primitive.rule(k) is not None}
    if through:
        transposed = _transposed(node, through, recorded)
        parts += [] if transposed is None else [transposed]
    return parts


def _transposed(node: Variable, tangents: Mapping[int, Any], recorded: bool) -> Any:
    """Return the tangent that the VJP of a node's VJP gives; None where nothing flows.

    The adjoint that is put in is 1 and not 0, since a rule may leave out what an adjoint of 0 makes nothing of.
    """
    adjoint = seed_node(np.ones(node.shape, node.dtype)[()])
    parts = []
    for k, contribution in pull(node, tangents, adjoint, recorded=recorded):
        if not isinstance(contribution, Variable):
            continue
        order = depending(ancestors(contribution, adjoint._index), (adjoint._index,))
        if order and order[-1] is contribution:
            seed = unbroadcast(_like(tangents[k], contribution, of_any_shape=True), contribution.shape)
            seed = seed if isinstance(seed, Variable) or not recorded else seed_node(seed)
            start = {adjoint._index}
            swept = sweep_all(order[::-1], seed, recorded=recorded, stops=start, keeps=False, origin=node)
            parts.append(swept.get(adjoint._index))
    reached = [part for part in parts if part is not None]
    return None if not reached else sum(reached[1:], reached[0])


def _read(node: Variable, recorded: bool) -> tuple[Any, Sequence[Any]]:
    """Return a node and its operands as rules are given them."""
    operands = node.operands
    if recorded:
        return node, operands
    return node._value, [x._value if type(x) is Variable else x for x in operands]


def _nothing(operand: Any) -> Any:
    """Return the tangent of an operand that has none."""
    plain = operand._value if type(operand) is Variable else np.asarray(operand)
    return np.zeros(plain.shape, plain.dtype)[()]


def _like(tangent: Any, node: Variable, *, of_any_shape: bool = False) -> Any:
    """Return a tangent in the shape and dtype of its node; of a real node it is real."""
    if tangent.dtype.kind == "c" and node.dtype.kind != "c":
        tangent = tangent.real
    if tangent.dtype != node.dtype:
        tangent = ASTYPE(tangent, dtype=node.dtype.str)
    return tangent if of_any_shape or tangent.shape == node.shape else np.broadcast_to(tangent, node.shape)


def make_tangent(value: Any, node: Variable, who: str) -> Any:
    """Return the first tangent of an input, checked: numbers of its shape, in its dtype.

    Parameters
    ----------
    value : array_like
    node : Variable
        The input.
    who : str
        What begins an error, such as ``"forward(), the tangent of x"``.

    Raises
    ------
    SeedError
        For another shape, for what is no number, and for a complex tangent of a real input.
    """
    value = newest(value)
    recorded = type(value) is Variable
    try:
        tangent = value if recorded else np.asarray(value)
    except LeakError:
        raise
    except (TypeError, ValueError) as error:
        raise SeedError(f"{who} must be numbers of shape {node.shape}: {error}") from None
    kind = tangent.dtype.kind
    if kind not in "biufc":
        raise SeedError(f"{who} must be numbers of shape {node.shape}, got {brief(value)}")
    if tangent.shape != node.shape:
        raise SeedError(f"{who} has shape {tangent.shape}, but the input it belongs to has shape {node.shape}")
    if kind == "c" and node.dtype.kind != "c":
        raise SeedError(f"{who} is complex, but the input it belongs to is real ({node.dtype})")
    if recorded:
        return tangent
    return tangent.astype(node.dtype)[()]


def make_tangents(inputs: Sequence[Variable], tangents: Any) -> dict[int, Any]:
    """Return the first tangents of a recording's inputs by creation index; those left out are 0.

    Raises
    ------
    SeedError
        When there is no saying which way to go, and for tangents that do not belong to the inputs.
    """
    names = [node.name or f"input {k}" for k, node in enumerate(inputs)]
    if tangents is None:
        if len(inputs) != 1 or inputs[0].size != 1:
            example = ", ".join(f"{name!r}: {_example(node)}" for name, node in zip(names, inputs, strict=True))
            raise SeedError(
                f"forward() needs to know which way the inputs move: pass tangents={{{example}}}, "
                "where an input that is left out stays as it is"
            )
        tangents = np.ones(inputs[0].shape)
    by_name: dict[str, Any]
    if isinstance(tangents, Mapping):
        by_name = dict(tangents)
        for name in by_name:
            if name not in names:
                raise SeedError(
                    f"forward(): there is no input {name!r}; the inputs are {', '.join(names)}"
                    f"{suggest(str(name), names)}"
                )
    else:
        several = tangents if isinstance(tangents, tuple | list) and len(inputs) != 1 else (tangents,)
        if isinstance(tangents, tuple) and len(inputs) == len(tangents) == 1:
            several = tangents
        if len(several) != len(inputs):
            raise SeedError(
                f"forward(): {len(several)} tangent{'s' * (len(several) != 1)} for {len(inputs)} inputs "
                f"({', '.join(names)}): pass one for each, or a dict by name"
            )
        by_name = dict(zip(names, several, strict=True))
    starts = {}
    for name, node in zip(names, inputs, strict=True):
        value = by_name.get(name)
        starts[node.index] = (
            _nothing(node) if value is None else make_tangent(value, node, f"forward(): the tangent of {name}")
        )
    return starts


def _example(node: Variable) -> str:
    return "1.0" if not node.shape else f"np.ones({node.shape})"


class ForwardSweep(Sweep):
    """What a forward sweep gives: the tangent of every node, and on request what every edge adds to it.

    Made by `Trace.forward`. Where the reverse sweep adds up what the children of a node send back, this one adds up
    what the operands of a node send on.

    Attributes
    ----------
    output : Variable
        The output of the trace.
    nodes : tuple of Variable
        The nodes of the trace, in execution order.
    """

    def __init__(self, output: Any, nodes: Sequence[Variable], tangents: Mapping[int, Any]) -> None:
        self.output = output
        self.nodes = tuple(nodes)
        self._known = frozenset(node._index for node in nodes)
        for node in nodes:
            if node.is_released and node._index not in tangents:
                raise released(node)
        with np.errstate(all="ignore"):
            self._tangents = push_all(nodes, tangents, recorded=False)

    @public
    def tangent(self, node: Variable) -> Any:
        """Return the tangent of `node`, of its shape; None where it depends on no input."""
        return self._tangents.get(self._checked(node)._index)

    @public
    def contribution(self, child: Variable, argument: int) -> Any:
        """Return what its operand number `argument` adds to the tangent of `child`; None where nothing flows."""
        child, argument = self._edge(child, argument)
        parent = child.operands[argument]
        tangent = self._tangents.get(parent._index) if type(parent) is Variable else None
        if tangent is None or child._primitive in _PULLED or child._index not in self._tangents:
            return None
        with np.errstate(all="ignore"):
            return push(child, {argument: tangent})

    @public
    def adjoint(self, node: Variable) -> Never:
        """Say that a forward sweep has tangents."""
        raise InputError("a forward sweep has tangents, sweep.tangent(node); trace.reverse() gives the adjoints")

    def __repr__(self) -> str:
        return f"<ForwardSweep to {self.output!r} over {len(self._tangents)} of {len(self.nodes)} nodes>"
