"""The fast reverse sweep behind ``y.backward()`` and the transforms: numbers only, and nothing is kept.

`accumulate` keeps adjoints in a slot of each node and reuses big buffers in place. It visits the nodes by falling
creation index, and the operands of a node last to first. The chain at the end of a graph, before anything branches,
needs no slots. Importing this module gives the Variable its `backward`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from sys import _getframe
from threading import get_ident
from types import CodeType, FrameType
from typing import Any, Never

import numpy as np

from graphviz_ad.engine.alarms import sweeps
from graphviz_ad.engine.exchange import exchange, set_all
from graphviz_ad.engine.frames import cut
from graphviz_ad.engine.journal import OPEN, journals, missed
from graphviz_ad.engine.primitive import first_operand, second_operand
from graphviz_ad.engine.sweep import (
    ONE,
    fit,
    make_seed,
    nothing_returned,
    pull,
    recorded_gradient,
    recorded_seed,
    sweep_all,
)
from graphviz_ad.engine.turns import TURNS, take_over, takes_turns
from graphviz_ad.engine.variable import DETACH, RELEASED, SEED, Variable, is_tracked
from graphviz_ad.engine.versions import Written
from graphviz_ad.engine.walking import ancestors, mark
from graphviz_ad.engine.watch import watching
from graphviz_ad.errors import InputError, refuse_unknown

__all__ = ["accumulate", "backward", "full_adjoint"]

_ndarray = np.ndarray
_float64 = np.float64
_FLOAT64 = np.dtype(np.float64)
_LARGE = 16_384  # numbers; below this, reusing a buffer in place saves less than deciding to costs


Finished = list[tuple[Variable, Any, bool]]


@sweeps
@takes_turns
def accumulate(
    output: Variable, seed: Any, floor: int = 0, ends: Collection[int] = (), outside: list[Variable] | None = None
) -> tuple[list[Variable], Finished]:
    """Sweep back from `output`; return the nodes met and ``(leaf, adjoint, owned)`` for each leaf that was reached.

    Nodes with a creation index below `floor` are left out, and added to `outside`. The nodes with the indices `ends`,
    of which there is nothing older inside, count as leaves. An adjoint may be smaller than its node while it only
    broadcasts. ``owned`` says that nobody else holds the array.
    """
    chain: list[Variable] = []
    if not floor and not ends:
        output, seed = _along_chain(output, seed, chain)
        if output._primitive is None:
            chain.append(output)
            return chain, [(output, seed, False)]
    pending = [get_ident()]
    turn = TURNS[0]
    if turn.setdefault("holder", pending) is not pending:
        later = take_over(pending)
        if later is None:
            others, reached = _accumulate_apart(output, seed, floor, ends, outside)
            return chain + others, reached
        turn = later
    order: list[Variable] = []
    last: Sequence[Variable] = ()
    finished: Finished = []
    owned: dict[int, Any] = {}  # holds the arrays, so that no other array can get the id of one in it
    scratch: dict[Any, Any] = {}
    try:
        order = mark(output, pending, floor, outside)
        output._adjoint = seed
        if ends:
            last = _without_ends(order, ends)
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
                        if g is not ONE:
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
                _pull_large(node, g, pending, mine, owned, scratch)
                continue
            if operands == 2:
                _pull_two(node, g, pending)
                continue
            a = node._a
            if a is None:
                continue  # the seed of a recorded sweep, where nothing goes on
            if not operands and type(a) is Variable and type(node._b) is not Variable:
                # Structural with one operand (and perhaps a plain second one), such as a sum or an index.
                before = a._adjoint
                rule = primitive.vjps[0]
                if before is None or rule is None or (a._primitive is SEED and a._index not in ends):
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
                if contribution is None:
                    raise nothing_returned(node)
                if type(contribution) is not _float64 and contribution.dtype.kind == "c" and value.dtype.kind != "c":
                    contribution = contribution.real
                if type(value) is _ndarray and value.size >= _LARGE:
                    _deposit(a, contribution, pending, _is_fresh(contribution, g, node), owned)
                else:
                    a._adjoint = contribution if before is pending else before + contribution
                continue
            _pull_each(node, g, pending, owned)
        if last:
            order += last
            for node in last:
                if node._adjoint is not pending:
                    finished.append((node, node._adjoint, id(node._adjoint) in owned))
                node._adjoint = None
    except BaseException:
        for node in order:
            node._adjoint = None  # nothing depends on it, but big arrays may hang there
        raise
    finally:
        del turn["holder"]
    return chain + order if chain else order, finished


@sweeps
def _along_chain(node: Variable, g: Any, chain: list[Variable]) -> tuple[Variable, Any]:
    """Sweep back through nodes of one Variable each, as `accumulate` does; return where that ends, and its adjoint.

    Nothing can come together there, so neither marks nor slots nor a turn are needed. What nothing flows through, and
    what is large, is left to `accumulate`. The nodes are added to `chain`.
    """
    while True:
        a = node._a
        b = node._b
        if type(a) is not Variable or type(b) is Variable or type(b) is Written:
            return node, g
        primitive: Any = node._primitive
        y = node._value
        value = a._value
        kind = type(y)
        if (kind is _ndarray and y.size >= _LARGE) or (type(value) is _ndarray and value.size >= _LARGE):
            return node, g
        if primitive.scalar == 1:
            rule = primitive.partial_a
            if rule is None:
                if primitive.constant_a is None:
                    return node, g
                if primitive.constant_a != 1.0:
                    g = -g
            elif kind is _ndarray:
                partial = node._extra
                if partial is None or partial is _SEEN:
                    partial = _repeated_partial(node, rule)
                g = partial if g is ONE else g * partial
            else:
                g = g * rule(y, value)
        elif primitive.scalar:
            if kind is not _float64:
                return node, g
            rule = primitive.partial_a
            if rule is not None:
                g = g * (b if rule is second_operand else rule(y, value, b))
            elif primitive.constant_a is None:
                return node, g
        else:
            rule = primitive.vjps[0]
            if rule is None or primitive.variadic:
                return node, g
            if kind is _ndarray and g.shape != y.shape:
                g = np.broadcast_to(g, y.shape)
            params = node._extra or {}
            g = rule(g, y, value, **params) if b is None else rule(g, y, value, b, **params)
            if g is None:
                raise nothing_returned(node)
            if type(g) is not _float64 and g.dtype.kind == "c" and value.dtype.kind != "c":
                g = g.real
        chain.append(node)
        node = a


def _without_ends(order: list[Variable], ends: Collection[int]) -> list[Variable]:
    """Take the nodes at which a sweep ends out of its order, at whose end they stand, and return them."""
    if len(ends) == 1:
        return [order.pop()] if order[-1]._index in ends else []
    newest = max(ends)
    last: list[Variable] = []
    others: list[Variable] = []
    while order and order[-1]._index <= newest:
        node = order.pop()
        (last if node._index in ends else others).append(node)
    order.extend(reversed(others))
    return last


def _accumulate_apart(
    output: Variable, seed: Any, floor: int, ends: Collection[int], outside: list[Variable] | None
) -> tuple[list[Variable], Finished]:
    """Do the same while somebody else uses the slots of the nodes."""
    order = ancestors(output, floor)[::-1]
    if outside is not None:
        outside += [x for node in order for x in node.parents if x._index < floor and node._index not in ends]
    adjoints = sweep_all(order, seed, recorded=False, stops=ends, keeps=False)
    leaves = [node for node in order if node._primitive is None or node._index in ends]
    return order, [(node, adjoints[node._index], False) for node in leaves if node._index in adjoints]


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


def _pull_two(node: Variable, g: Any, pending: object) -> None:
    """Pull an adjoint back to two operands: small arrays, or numbers of another kind than float64."""
    primitive: Any = node._primitive
    y, a, b = node._value, node._a, node._b
    a_value = a._value if type(a) is Variable else a
    if type(b) is Variable:
        b_value = b._value
        if b._adjoint is not None:
            rule = primitive.partial_b
            if rule is not None:
                _settle(b, g * (a_value if rule is first_operand else rule(y, a_value, b_value)), node, pending)
            elif primitive.constant_b is not None:
                _settle(b, g if primitive.constant_b == 1.0 else -g, node, pending)
    else:
        b_value = b
    if type(a) is Variable and a._adjoint is not None:
        rule = primitive.partial_a
        if rule is not None:
            _settle(a, g * (b_value if rule is second_operand else rule(y, a_value, b_value)), node, pending)
        elif primitive.constant_a is not None:
            _settle(a, g if primitive.constant_a == 1.0 else -g, node, pending)


def _settle(parent: Variable, contribution: Any, node: Variable, pending: object) -> None:
    """Add what an elementwise node gives to an operand, in the operand's shape and kind, to its running sum."""
    y, value = node._value, parent._value
    if y.shape != value.shape:
        contribution = fit(contribution, node, parent)
    if y.dtype is not _FLOAT64 and contribution.dtype.kind == "c" != value.dtype.kind:
        contribution = contribution.real
    before = parent._adjoint
    parent._adjoint = contribution if before is pending else before + contribution


def _pull_each(node: Variable, g: Any, pending: object, owned: dict[int, Any]) -> None:
    """Pull an adjoint back to the operands of any other node."""
    operands = node.operands
    values: frozenset[int] | None = None
    for k, contribution in pull(node, [k for k, _ in _receivers(node)], g):
        fresh = type(contribution) is _ndarray and contribution.size >= _LARGE and contribution is not g
        if fresh:
            if values is None:
                values = _identities(node)
            fresh = _made_by_rule(contribution, values)
        _deposit(operands[k], contribution, pending, fresh, owned)


def _is_fresh(contribution: Any, g: Any, node: Variable) -> bool:
    """Whether a rule made this array itself, so that nobody else can be holding it."""
    if type(contribution) is not _ndarray or contribution.size < _LARGE or contribution is g:
        return False
    return _made_by_rule(contribution, _identities(node))


def _identities(node: Variable) -> frozenset[int]:
    """Return the ids of the arrays that a rule of the node is given, besides the adjoint."""
    return frozenset(id(x._value if type(x) is Variable else x) for x in (node, *node.operands))


def _made_by_rule(array: Any, values: frozenset[int]) -> bool:
    """Whether an array that a rule returned is neither a view nor one of the values it was given, by their ids."""
    return type(array) is _ndarray and array.base is None and array.flags.writeable and id(array) not in values


def _deposit(parent: Variable, contribution: Any, pending: object, fresh: bool, owned: dict[int, Any]) -> None:
    """Add a contribution to a parent's running sum, in place where the sum is ours."""
    before = parent._adjoint
    if before is pending:
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


def _pull_large(
    node: Variable, g: Any, pending: object, mine: bool, owned: dict[int, Any], scratch: dict[Any, Any]
) -> None:
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
            or not _made_by_rule(partial, _identities(node))
            or partial.dtype != g.dtype
            or partial.shape != y.shape
        ):
            contribution = g * partial
        else:
            contribution = np.multiply(g, partial, out=partial)
        if not same:
            contribution = fit(contribution, node, parent)
            fresh = False
        if contribution.dtype.kind == "c" and parent.dtype.kind != "c":
            contribution, fresh = contribution.real, False
        _deposit(parent, contribution, pending, fresh, owned)


def backward(
    self: Variable,
    gradient: Any = None,
    *,
    retain_graph: bool = True,
    create_graph: bool = False,
    **unknown: Never,
) -> None:
    """Differentiate this value with respect to every leaf it depends on, adding to each leaf's `grad`.

    Parameters
    ----------
    gradient : array_like, optional
        The seed: the adjoint of this value, of its shape. May be left out for a single number.
    retain_graph : bool
        Keep the graph for another backward. Unlike in PyTorch this is the default; with False the operands are
        released, values stay.
    create_graph : bool
        Record the backward pass, so that the gradients are Variables and can be differentiated again.

    Raises
    ------
    SeedError
        When this value is not a single number and no `gradient` is given, or its shape differs.
    ReleasedError
        When part of the graph was released before.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> x = gad.Variable(np.array([1.0, 12.0]))
    >>> y = 2 * np.sin(3 * x)
    >>> y.backward(np.ones(2))
    >>> np.allclose(x.grad, 6 * np.cos(3 * x.value))
    True
    """
    try:
        if unknown:
            refuse_unknown("backward", unknown, ("gradient", "retain_graph", "create_graph"))
        seed: Any = ONE if gradient is None and type(self._value) is _float64 else make_seed(self, gradient)
        if seed is not ONE and seed.dtype.kind == "c":
            seed = np.conjugate(seed)
        if create_graph or type(seed) is Variable:
            order = _sweep_recorded(self, seed, (gradient is not None, retain_graph, True))
        else:
            order, finished = accumulate(self, seed)
            if not finished and not is_tracked(self):
                raise InputError(
                    "backward() of a value that depends on no leaf: it is detached, or made of constants only, "
                    "so there is nothing to differentiate with respect to"
                )
            if len(finished) == 1 and not OPEN:
                leaf, g, owned = finished[0]
                extra = leaf._extra
                before = extra.grad
                # As in `_total`: a loop over y[i].backward() spends its time here.
                plainly = before is not None and g.dtype is leaf._value.dtype is _FLOAT64
                after = before + g if plainly else _total(before, leaf, g, owned)
                if extra.grad is before:  # no signal and no thread comes between this and the next line
                    extra.grad = after
                else:
                    _finish(self, order, finished, (gradient is not None, retain_graph, False))
                if before is not None and extra.added is None:
                    extra.added = _place(_getframe(1))
            else:
                _finish(self, order, finished, (gradient is not None, retain_graph, False))
        if not retain_graph:
            used = [node for node in order if node._primitive not in (None, DETACH)]
            set_all(
                [*used, *used], ["_a"] * len(used) + ["_b"] * len(used), [RELEASED] * len(used) + [None] * len(used)
            )
    except BaseException as error:
        cut(error)
        for journal in journals(_getframe(1)) if OPEN else ():
            journal.fail(self, error, _getframe(1))
        raise


backward.__qualname__ = "Variable.backward"
Variable.backward = backward  # type: ignore[method-assign]  # the class tells type checkers its signature


def _place(frame: FrameType) -> tuple[CodeType, int]:
    """Return where a frame is, as nodes keep it."""
    return frame.f_code, frame.f_lasti


def _sweep_recorded(self: Variable, seed: Any, how: tuple[bool, bool, bool]) -> list[Variable]:
    """Sweep back with the sweep recorded, and add to the gradients; return the nodes."""
    frame = _getframe(2)
    order = ancestors(self)[::-1]
    # What a sweep records belongs to the gradients, not to whoever is watching the user's forward pass.
    with watching(None):
        adjoints = sweep_all(order, recorded_seed(seed, self), recorded=True)
        leaves = [node for node in order if node._primitive is None and node._index in adjoints]
        gradients = [recorded_gradient(adjoints[node._index], node) for node in leaves]
        sums = _add(leaves, lambda old, k: gradients[k] if old is None else old + gradients[k], frame)
    if OPEN:
        _enter(self, order, zip(leaves, gradients, sums, strict=True), how, frame)
    return order


def _finish(self: Variable, order: Sequence[Variable], finished: Finished, how: tuple[bool, bool, bool]) -> None:
    """Add what a sweep has brought to the gradients, and enter it into the journals that are kept."""
    frame = _getframe(2)
    leaves = [leaf for leaf, _, _ in finished]
    added = [full_adjoint(g, leaf) for leaf, g, _ in finished] if OPEN else []  # before any is somebody's gradient
    sums = _add(leaves, lambda before, k: _total(before, *finished[k]), frame)
    if OPEN:
        _enter(self, order, zip(leaves, added, sums, strict=False), how, frame)


def _enter(
    output: Variable, order: Sequence[Variable], rows: Iterable[Any], how: tuple[bool, bool, bool], frame: FrameType
) -> None:
    """Enter what a pass has added into the journals that are kept, ``(leaf, added, (before, after))`` of each leaf."""
    written = [(leaf, before, added, after) for leaf, added, (before, after) in rows]
    for journal in journals(frame):
        journal.enter(output, order, written, how, frame)
    missed(frame)


def _add(leaves: Sequence[Variable], total: Callable[[Any, int], Any], frame: FrameType) -> Iterable[tuple[Any, Any]]:
    """Add to the gradients of all leaves at once; and again, if somebody has added to one of them meanwhile.

    ``total(before, k)`` returns the gradient of leaf number `k` with what is added to it. Of a leaf that has a gradient
    already it is remembered which call has added to it first. Returns the gradients before and after.
    """
    extras = [leaf._extra for leaf in leaves]
    while True:
        grads = [extra.grad for extra in extras]
        totals = [total(before, k) for k, before in enumerate(grads)]
        if exchange("grad", extras, grads, totals):
            break
    for extra, before in zip(extras, grads, strict=True):
        if before is not None and extra.added is None:
            extra.added = _place(frame)
    return zip(grads, totals, strict=True)


def _total(before: Any, leaf: Variable, g: Any, owned: bool) -> Any:
    """Return the gradient of a leaf with what one sweep adds to it."""
    if before is None:
        return full_adjoint(g, leaf, owned)
    if g.dtype is leaf._value.dtype and g.dtype is _FLOAT64:
        return before + g  # the sum has the leaf's shape even where g is smaller
    return before + full_adjoint(g, leaf, owned=True)


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
            g = g.astype(value.dtype)
    return g.conj() if value.dtype.kind == "c" else g
