"""The reverse sweep: from the seed at the output, adjoints flow back along every edge to the leaves.

Two loops do it. `accumulate` is the fast one behind ``y.backward()`` and the transforms: numbers only, adjoints in a
slot of each node, big buffers reused in place, nothing kept. `sweep_all` is the one for looking and for higher
derivatives: it keeps every adjoint, and reads the rules with Variables when the backward pass is to be recorded.

Both visit the nodes by falling creation index, and the operands of a node last to first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from operator import attrgetter
from threading import RLock
from typing import Any

import numpy as np

from graphviz_ad.errors import ArgumentNumberError, DtypeError, InputError, LeakError, ReleasedError, SeedError
from graphviz_ad.primitive import Primitive, first_operand, second_operand
from graphviz_ad.rules.shaping import unbroadcast
from graphviz_ad.variable import DETACH, RELEASED, Variable, is_tracked, seed_node
from graphviz_ad.watch import Watch, watching

__all__ = [
    "LOCK",
    "Sweep",
    "accumulate",
    "ancestors",
    "backward",
    "full_adjoint",
    "make_seed",
    "pull",
    "reverse",
    "sweep_all",
]

_ndarray = np.ndarray
_float64 = np.float64
_by_index = attrgetter("_index")
_LARGE = 16_384  # numbers; below this, reusing a buffer in place saves less than deciding to costs

# A node's adjoint slot holds None outside a sweep, _PENDING before anything has arrived, then the running sum. The slot
# is shared by all threads, so sweeps take turns.
_PENDING = object()
LOCK = RLock()


def _mark(output: Variable, floor: int = 0) -> list[Variable]:
    """Return the ancestors of `output` with an index of at least `floor`, latest first, each slot set to pending."""
    order: list[Variable] = []
    append = order.append
    waiting: list[Variable] = []
    in_order = True
    output._adjoint = _PENDING
    node = output
    while True:
        append(node)
        following = None
        a, b = node._a, node._b
        if type(a) is Variable:
            if a._adjoint is None and a._index >= floor:
                a._adjoint = _PENDING
                following = a
        elif b is None and a is not None:
            _mark_others(node, floor, waiting)
        if type(b) is Variable and b._adjoint is None and b._index >= floor:
            b._adjoint = _PENDING
            if following is not None:
                waiting.append(following)
            following = b
        if following is not None:
            node = following
        elif waiting:
            # Going down a path meets older and older nodes; only turning back to a branch breaks the order.
            node = waiting.pop()
            in_order = False
        else:
            break
    if not in_order:
        order.sort(key=_by_index, reverse=True)
    return order


def _mark_others(node: Variable, floor: int, waiting: list[Variable]) -> None:
    """Mark the operands of a variadic primitive; refuse a released node."""
    if node._a is RELEASED:
        raise ReleasedError(
            f"the graph behind this value was released by backward(retain_graph=False) (node: {node!r}"
            f"{f', {node.site}' if node.site else ''}): compute it again, or leave retain_graph at True"
        )
    if node._primitive is not None and node._primitive.variadic:
        for operand in node._a:
            if type(operand) is Variable and operand._adjoint is None and operand._index >= floor:
                operand._adjoint = _PENDING
                waiting.append(operand)


def ancestors(output: Variable, floor: int = 0, stops: Collection[int] = ()) -> list[Variable]:
    """Return all nodes that `output` depends on, itself included, in execution order.

    Nodes with a creation index below `floor` are left out, with all that lies behind them; so is what lies behind the
    nodes whose indices are in `stops`.
    """
    if stops:
        found = {output._index: output}
        waiting = [output]
        while waiting:
            node = waiting.pop()
            for parent in () if node._index in stops else node.parents:
                if parent._index not in found and parent._index >= floor:
                    found[parent._index] = parent
                    waiting.append(parent)
        return [found[index] for index in sorted(found)]
    with LOCK:
        order: list[Variable] = []
        try:
            order = _mark(output, floor)
        finally:
            _unmark(output, order)
    order.reverse()
    return order


def _unmark(output: Variable, order: Sequence[Variable]) -> None:
    """Empty the adjoint slots, also after an error in the middle of marking."""
    if order:
        for node in order:
            node._adjoint = None
        return
    waiting = [output]
    while waiting:
        node = waiting.pop()
        if node._adjoint is not None:
            node._adjoint = None
            waiting.extend(node.parents)


def accumulate(output: Variable, seed: Any, floor: int = 0) -> tuple[list[Variable], list[tuple[Variable, Any, bool]]]:
    """Sweep back from `output`; return the nodes met and ``(leaf, adjoint, owned)`` for each leaf that was reached.

    The caller holds `LOCK`. Nodes with a creation index below `floor` are left out. An adjoint may be smaller than its
    node while it only broadcasts. ``owned`` says that nobody else holds the array.
    """
    order: list[Variable] = []
    finished: list[tuple[Variable, Any, bool]] = []
    owned: dict[int, Any] = {}  # holds the arrays, so that no other array can get the id of one in it
    scratch: dict[Any, Any] = {}
    pending = _PENDING
    try:
        order = _mark(output, floor)
        output._adjoint = seed
        for node in order:
            g = node._adjoint
            node._adjoint = None
            if g is pending:
                continue
            primitive = node._primitive
            if primitive is None:
                finished.append((node, g, id(g) in owned))
                continue
            y = node._value
            operands = primitive.scalar
            kind = type(y)
            if operands == 1 and (kind is not _ndarray or y.size < _LARGE):
                # One operand of the same shape: nothing to broadcast.
                a = node._a
                before = a._adjoint
                if before is None:
                    continue
                rule = primitive.partial_a
                if rule is not None:
                    if kind is _ndarray:
                        contribution = node._extra
                        if contribution is None or contribution is _SEEN:
                            contribution = _repeated_partial(node, rule)
                        if g is not _ONE:
                            contribution = g * contribution
                    else:
                        contribution = g * rule(y, a._value)
                elif primitive.constant_a is None:
                    continue
                else:
                    contribution = g if primitive.constant_a == 1.0 else -g
                a._adjoint = contribution if before is pending else before + contribution
                continue
            if operands == 2 and kind is _float64:
                # The common case in scalar code: two float64 numbers, nothing to broadcast.
                a = node._a
                b = node._b
                if type(b) is Variable:
                    b_value = b._value
                    before = b._adjoint
                    if before is not None:
                        rule = primitive.partial_b
                        if rule is not None:
                            a_value = a._value if type(a) is Variable else a
                            contribution = g * (a_value if rule is first_operand else rule(y, a_value, b_value))
                            b._adjoint = contribution if before is pending else before + contribution
                        elif primitive.constant_b is not None:
                            contribution = g if primitive.constant_b == 1.0 else -g
                            b._adjoint = contribution if before is pending else before + contribution
                else:
                    b_value = b
                if type(a) is Variable:
                    before = a._adjoint
                    if before is not None:
                        rule = primitive.partial_a
                        if rule is not None:
                            contribution = g * (b_value if rule is second_operand else rule(y, a._value, b_value))
                            a._adjoint = contribution if before is pending else before + contribution
                        elif primitive.constant_a is not None:
                            a._adjoint = g if before is pending else before + g
                continue
            mine = False
            if owned and id(g) in owned:
                del owned[id(g)]
                mine = True
            if operands and kind is _ndarray and y.size >= _LARGE:
                _pull_large(node, g, mine, owned, scratch)
                continue
            a = node._a
            if not operands and type(a) is Variable and type(node._b) is not Variable:
                # Structural with one operand (and perhaps a plain second one), such as a sum or an index.
                before = a._adjoint
                rule = primitive.vjps[0]
                if before is None or rule is None:
                    continue
                if kind is _ndarray and g.shape != y.shape:
                    g = np.broadcast_to(g, y.shape)
                second = node._b
                value = a._value
                params = node._extra
                if second is None:
                    contribution = rule(g, y, value, **params) if params else rule(g, y, value)
                else:
                    contribution = rule(g, y, value, second, **params) if params else rule(g, y, value, second)
                if type(contribution) is _ndarray and contribution.dtype.kind == "c" and value.dtype.kind != "c":
                    contribution = contribution.real
                if type(value) is _ndarray and value.size >= _LARGE:
                    _deposit(a, contribution, _is_fresh(contribution, g, node), owned)
                else:
                    a._adjoint = contribution if before is pending else before + contribution
                continue
            for k, parent in _receivers(node):
                contribution = pull(node, k, g)
                if contribution is not None:
                    _deposit(parent, contribution, _is_fresh(contribution, g, node), owned)
    except BaseException:
        _unmark(output, order)
        raise
    return order, finished


_SEEN = object()


def _repeated_partial(node: Variable, rule: Any) -> Any:
    """Return the local gradient of a node with one operand; after its second sweep, it is kept with the node.

    A loop of ``y[i].backward()`` meets the same small arrays again and again.
    """
    partial = rule(node._value, node._a._value)
    node._extra = _SEEN if node._extra is None else partial
    return partial


def _receivers(node: Variable) -> Iterator[tuple[int, Variable]]:
    """Yield ``(argument, parent)`` for the operands inside the sweep, last to first."""
    operands = node.operands
    for k in range(len(operands) - 1, -1, -1):
        operand = operands[k]
        if type(operand) is Variable and operand._adjoint is not None:
            yield k, operand


def _is_fresh(contribution: Any, g: Any, node: Variable) -> bool:
    """Whether a rule made this array itself, so that nobody else can be holding it."""
    if type(contribution) is not _ndarray or contribution.size < _LARGE or contribution is g:
        return False
    return _made_by_rule(contribution, node._value, [x._value if type(x) is Variable else x for x in node.operands])


def _made_by_rule(array: Any, y: Any, values: Sequence[Any]) -> bool:
    """Whether an array that a rule returned is neither a view nor one of the values it was given."""
    if type(array) is not _ndarray or array.base is not None or not array.flags.writeable or array is y:
        return False
    return all(array is not value for value in values)


def _deposit(parent: Variable, contribution: Any, fresh: bool, owned: dict[int, Any]) -> None:
    """Add a contribution to a parent's running sum, in place where the sum is ours."""
    before = parent._adjoint
    if before is _PENDING:
        parent._adjoint = contribution
        if fresh and type(contribution) is _ndarray and contribution.shape == parent._value.shape:
            owned[id(contribution)] = contribution
        return
    if owned and id(before) in owned:
        if np.result_type(before, contribution) == before.dtype and _broadcasts_into(contribution, before.shape):
            np.add(before, contribution, out=before)
            return
        del owned[id(before)]
    total = before + contribution
    parent._adjoint = total
    if type(total) is _ndarray and total.size >= _LARGE:
        owned[id(total)] = total


def _broadcasts_into(value: Any, shape: tuple[int, ...]) -> bool:
    own = np.shape(value)
    return own == shape or (
        len(own) <= len(shape) and all(n in (1, m) for n, m in zip(own[::-1], shape[::-1], strict=False))
    )


def _pull_large(node: Variable, g: Any, mine: bool, owned: dict[int, Any], scratch: dict[Any, Any]) -> None:
    """Pull an adjoint back through a big elementwise node with as few passes over memory as can be.

    ``mine`` says that `g` is ours to overwrite, which the last contribution does.
    """
    primitive, y = node._primitive, node._value
    assert primitive is not None
    receivers = [(k, parent) for k, parent in _receivers(node) if primitive.partials[k] is not None]
    values = tuple(x._value if type(x) is Variable else x for x in node.operands)
    for place, (k, parent) in enumerate(receivers):
        last = place == len(receivers) - 1
        rule = primitive.partials[k]
        partial: Any = rule(y, *values) if callable(rule) else rule
        same = parent._value.shape == y.shape if type(parent._value) is _ndarray else False
        overwrite = mine and last and g.shape == y.shape and np.result_type(g, partial) == g.dtype
        fresh = True
        if type(partial) is not _ndarray and partial == 1.0:
            contribution, fresh = g, mine and last
            mine = mine and last  # once shared with an earlier operand, nobody may overwrite it
        elif overwrite:
            contribution = np.multiply(g, partial, out=g)
        elif type(g) is not _ndarray and g == 1.0 and type(partial) is _ndarray and partial.dtype == y.dtype:
            contribution, fresh = partial, False
        elif (
            same
            and owned
            and id(parent._adjoint) in owned
            and parent._adjoint.dtype == y.dtype == np.result_type(g, partial)
        ):
            buffer = scratch.get(y.shape)
            if buffer is None or buffer.dtype != y.dtype:
                buffer = scratch[y.shape] = np.empty_like(y, subok=False)
            contribution, fresh = np.multiply(g, partial, out=buffer), False
            np.add(parent._adjoint, contribution, out=parent._adjoint)
            continue
        elif (
            type(g) is not _ndarray
            or not _made_by_rule(partial, y, values)
            or partial.dtype != g.dtype
            or partial.shape != y.shape
        ):
            contribution = g * partial
        else:
            contribution = np.multiply(g, partial, out=partial)
        if not same:
            contribution = _fit(contribution, node, parent)
            fresh = False
        if contribution.dtype.kind == "c" and parent.dtype.kind != "c":
            contribution, fresh = contribution.real, False
        _deposit(parent, contribution, fresh, owned)


def _fit(contribution: Any, node: Variable, parent: Variable) -> Any:
    """Undo the broadcasting of an elementwise node; a contribution that is merely small stays small."""
    if node.shape == parent.shape:
        return contribution
    if np.shape(contribution) != node.shape:
        contribution = np.broadcast_to(contribution, node.shape)
    return unbroadcast(contribution, parent.shape)


def _rule(primitive: Primitive, argument: int) -> Any:
    rules = primitive.partials or primitive.vjps
    return rules[-1] if primitive.variadic else rules[argument]


def pull(node: Variable, argument: int, g: Any, *, recorded: bool = False) -> Any:
    """Return what `node` contributes to the adjoint of one operand, or None where nothing flows.

    Parameters
    ----------
    node : Variable
    argument : int
        Which operand, from 0.
    g : NumPy value or Variable
        The adjoint of `node`, of its shape or broadcastable to it.
    recorded : bool
        Read the rule with Variables, so that the contribution is a Variable.
    """
    primitive, operands = node._primitive, node.operands
    assert primitive is not None
    rule = _rule(primitive, argument)
    if rule is None:
        return None
    parent = operands[argument]
    y: Any = node
    xs: Any = operands
    if not recorded:
        y, xs = node._value, [x._value if type(x) is Variable else x for x in operands]
    if primitive.elementwise:
        contribution = g * rule(y, *xs) if callable(rule) else g if rule == 1.0 else -g
        contribution = _fit(contribution, node, parent)
    else:
        shape = node.shape
        if g.shape != shape if type(g) is _ndarray or recorded else shape:
            g = np.broadcast_to(g, shape)
        params = node._extra or {}
        if primitive.variadic:
            params = {**params, "argument": argument}
        contribution = rule(g, y, *xs, **params)
    if contribution.dtype.kind == "c" and parent.dtype.kind != "c":
        contribution = contribution.real
    return contribution


def sweep_all(order: list[Variable], seed: Any, *, recorded: bool, stops: Collection[int] = ()) -> dict[int, Any]:
    """Return the adjoint of every node that is reached, by creation index; `order` is latest first.

    Nothing flows beyond the nodes whose indices are in `stops`.
    """
    inside = {node._index for node in order}
    adjoints: dict[int, Any] = {order[0]._index: seed}
    watch = Watch()
    with watching(watch if recorded else None):
        for node in order:
            g = adjoints.get(node._index)
            if g is None or node._primitive in (None, DETACH) or node._index in stops:
                continue
            watch.origin = node
            operands = node.operands
            for k in range(len(operands) - 1, -1, -1):
                parent = operands[k]
                if type(parent) is not Variable or parent._index not in inside:
                    continue
                contribution = pull(node, k, g, recorded=recorded)
                if contribution is not None:
                    before = adjoints.get(parent._index)
                    adjoints[parent._index] = contribution if before is None else before + contribution
    return adjoints


def make_seed(output: Variable, gradient: Any, call: str = "backward()") -> Any:
    """Return the first adjoint of `output`: 1 for a single number, else what the caller gave, checked.

    Raises
    ------
    SeedError
        When it is missing for an array, or has another shape.
    """
    if output.dtype.kind not in "fc":
        raise DtypeError(f"{call} of a value of dtype {output.dtype}: only floats and complex numbers have derivatives")
    if gradient is None:
        value = output._value
        if type(value) is _float64:
            return _ONE
        if value.size == 1:
            return np.ones(value.shape, value.dtype)[()]
        raise SeedError(
            f"{call} of a Variable of shape {value.shape} needs a seed, one number for each of its {value.size}: "
            f"pass np.ones({value.shape}) for the gradient of its sum, or differentiate y.sum() or y.mean()"
        )
    seed: Any
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


_ONE = _float64(1.0)
_FLOAT64 = np.dtype(np.float64)


def backward(output: Variable, gradient: Any, retain_graph: bool, create_graph: bool) -> None:
    """Carry out `Variable.backward`; see there."""
    seed: Any = _ONE if gradient is None and type(output._value) is _float64 else make_seed(output, gradient)
    if create_graph or type(seed) is Variable:
        order = ancestors(output)[::-1]
        # What a sweep records belongs to the gradients, not to whoever is watching the user's forward pass.
        with LOCK, watching(None):
            adjoints = sweep_all(order, seed if type(seed) is Variable else seed_node(seed), recorded=True)
            for node in order:
                if node._primitive is None and node._index in adjoints:
                    g = adjoints[node._index]
                    g = np.broadcast_to(g, node.shape) if g.shape != node.shape else g
                    g = np.conjugate(g) if g.dtype.kind == "c" else g
                    node._extra.grad = g if node._extra.grad is None else node._extra.grad + g
    else:
        with LOCK:
            order, finished = accumulate(output, seed)
            if not finished and not is_tracked(output):
                raise InputError(
                    "backward() of a value that depends on no leaf: it is detached, or made of constants only, "
                    "so there is nothing to differentiate with respect to"
                )
            for leaf, g, owned in finished:
                extra = leaf._extra
                before = extra.grad
                if before is None:
                    extra.grad = full_adjoint(g, leaf, owned)
                elif g.dtype is leaf._value.dtype and g.dtype is _FLOAT64:
                    extra.grad = before + g  # the sum has the leaf's shape even where g is smaller
                else:
                    extra.grad = before + full_adjoint(g, leaf, owned=True)
    if not retain_graph:
        for node in order:
            if node._primitive not in (None, DETACH):
                node._a, node._b = RELEASED, None


def full_adjoint(g: Any, node: Variable, owned: bool = False) -> Any:
    """Return an adjoint in the shape and dtype of its node, as a scalar or a writable array that nobody else holds."""
    value = node._value
    if type(value) is not _ndarray:
        g = g if type(g) is type(value) else value.dtype.type(g)
        return g.conjugate() if value.dtype.kind == "c" else g
    if not (owned and type(g) is _ndarray and g.shape == value.shape and g.dtype == value.dtype):
        if type(g) is not _ndarray or g.shape != value.shape:
            full = np.empty(value.shape, value.dtype)
            full[...] = g
            g = full
        else:
            g = np.array(g, dtype=value.dtype)
    return g.conj() if value.dtype.kind == "c" else g


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
        self._adjoints = sweep_all(inside, seed, recorded=False, stops=stops)

    def adjoint(self, node: Variable) -> Any:
        """Return the adjoint of `node`, of its shape; None where the sweep does not reach it."""
        self._check(node)
        g = self._adjoints.get(node._index)
        return None if g is None else _shown(g, node.shape)

    def contribution(self, child: Variable, argument: int) -> Any:
        """Return what `child` adds to the adjoint of its operand number `argument`; None where nothing flows."""
        self._check(child)
        g = self._adjoints.get(child._index)
        operands = child.operands
        if not isinstance(argument, int | np.integer) or not -len(operands) <= argument < len(operands):
            raise ArgumentNumberError(f"{child!r} has {len(operands)} operands, so there is no argument {argument!r}")
        argument %= len(operands)
        parent = operands[argument]
        if g is None or not isinstance(parent, Variable) or child._primitive is DETACH:
            return None
        with np.errstate(all="ignore"):
            contribution = pull(child, argument, g)
        return None if contribution is None else _shown(contribution, parent.shape)

    def _check(self, node: Any) -> None:
        if type(node) is not Variable or node._index not in self._known:
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
