"""Walk a graph from an output to whatever it depends on, latest first.

The creation index is the topological order, so walking marks what is met and sorts it; nothing is recursive.
"""

from __future__ import annotations

from collections.abc import Collection
from operator import attrgetter
from threading import get_ident
from typing import Any

from graphviz_ad.engine.turns import TURNS, take_over, takes_turns
from graphviz_ad.engine.variable import DETACH, RELEASED, Variable
from graphviz_ad.engine.versions import Written
from graphviz_ad.errors import ReleasedError

__all__ = ["ancestors", "mark", "released"]

_by_index = attrgetter("_index")


def mark(output: Variable, pending: object, floor: int = 0, outside: list[Variable] | None = None) -> list[Variable]:
    """Return the ancestors of `output` with an index of at least `floor`, latest first, each slot set to `pending`.

    The caller has the turn. `pending` is an object that no walk has had before: whatever an earlier one has left in a
    slot, wherever it was interrupted, does not look like it and is overwritten, so that nothing needs to be cleaned.
    The slots of the operands that are left out are emptied, which tells a sweep that they are no part of it; they are
    added to `outside`.
    """
    order: list[Variable] = []
    append = order.append
    waiting: list[Variable] = []
    in_order = True
    output._adjoint = pending
    node = output
    while True:
        append(node)
        following = None
        a, b = node._a, node._b
        if type(a) is Written:
            a = node._a = a.version_before(node._index)
        if type(b) is Written:
            b = node._b = b.version_before(node._index)
        if type(a) is Variable:
            if a._adjoint is not pending:
                if a._index >= floor:
                    a._adjoint = pending
                    following = a
                else:
                    a._adjoint = None
                    if outside is not None:
                        outside.append(a)
        elif b is None and a is not None:
            _mark_others(node, pending, floor, waiting, outside)
        if type(b) is Variable and b._adjoint is not pending:
            if b._index >= floor:
                b._adjoint = pending
                if following is not None:
                    waiting.append(following)
                following = b
            else:
                b._adjoint = None
                if outside is not None:
                    outside.append(b)
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


def _mark_others(
    node: Variable, pending: object, floor: int, waiting: list[Variable], outside: list[Variable] | None
) -> None:
    """Mark the operands of a variadic primitive; refuse a released node."""
    if node._a is RELEASED:
        raise released(node)
    if node._primitive is not None and node._primitive.variadic:
        for operand in node.operands:
            if type(operand) is Variable and operand._adjoint is not pending:
                if operand._index >= floor:
                    operand._adjoint = pending
                    waiting.append(operand)
                else:
                    operand._adjoint = None
                    if outside is not None:
                        outside.append(operand)


def released(node: Variable) -> ReleasedError:
    """Return the error for a node whose operands are gone."""
    return ReleasedError(
        f"the graph behind this value was released by backward(retain_graph=False) (node: {node!r}"
        f"{f', {node.site}' if node.site else ''}): compute it again, or leave retain_graph at True"
    )


@takes_turns
def ancestors(output: Variable, floor: int = 0, stops: Collection[int] = ()) -> list[Variable]:
    """Return all nodes that `output` depends on, itself included, in execution order.

    Nodes with a creation index below `floor` are left out, with all that lies behind them; so is what lies behind the
    nodes whose indices are in `stops`.
    """
    pending = [get_ident()]
    turn: dict[str, Any] | None = None if stops else TURNS[0]
    if turn is not None and turn.setdefault("holder", pending) is not pending:
        turn = take_over(pending)
    if turn is None:
        return _collected(output, floor, stops)
    try:
        order = mark(output, pending, floor)
    finally:
        del turn["holder"]
    order.reverse()
    return order


def _collected(output: Variable, floor: int, stops: Collection[int]) -> list[Variable]:
    """Walk without marking anything. With stops it is what is shown that is looked for, detached sources included."""
    nodes = {output._index: output}
    waiting = [output]
    while waiting:
        node = waiting.pop()
        if not stops and node._a is RELEASED:
            raise released(node)
        if node._index in stops or (not stops and node._primitive is DETACH):
            continue
        a, b = node._a, node._b
        if type(a) is Variable and (b is None or type(b) is float or type(b) is Variable):  # what nearly all have
            parents: tuple[Variable, ...] = (a, b) if type(b) is Variable else (a,)
        else:
            parents = node.parents
        for parent in parents:
            index = parent._index
            if index not in nodes and index >= floor:
                nodes[index] = parent
                waiting.append(parent)
    return [nodes[index] for index in sorted(nodes)]
