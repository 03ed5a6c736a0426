"""Walk a graph from an output to whatever it depends on, latest first.

The creation index is the topological order, so walking marks what is met and sorts it; nothing is recursive.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from operator import attrgetter
from threading import RLock

from graphviz_ad.engine.variable import RELEASED, Variable
from graphviz_ad.errors import ReleasedError

__all__ = ["LOCK", "PENDING", "ancestors", "mark", "released", "unmark"]

_by_index = attrgetter("_index")

# A node's adjoint slot holds None outside a sweep, PENDING before anything has arrived, then the running sum. The slot
# is shared by all threads, so sweeps take turns.
PENDING = object()
LOCK = RLock()


def mark(output: Variable, floor: int = 0) -> list[Variable]:
    """Return the ancestors of `output` with an index of at least `floor`, latest first, each slot set to pending."""
    order: list[Variable] = []
    append = order.append
    waiting: list[Variable] = []
    in_order = True
    output._adjoint = PENDING
    node = output
    while True:
        append(node)
        following = None
        a, b = node._a, node._b
        if type(a) is Variable:
            if a._adjoint is None and a._index >= floor:
                a._adjoint = PENDING
                following = a
        elif b is None and a is not None:
            _mark_others(node, floor, waiting)
        if type(b) is Variable and b._adjoint is None and b._index >= floor:
            b._adjoint = PENDING
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
        raise released(node)
    if node._primitive is not None and node._primitive.variadic:
        for operand in node._a:
            if type(operand) is Variable and operand._adjoint is None and operand._index >= floor:
                operand._adjoint = PENDING
                waiting.append(operand)


def released(node: Variable) -> ReleasedError:
    """Return the error for a node whose operands are gone."""
    return ReleasedError(
        f"the graph behind this value was released by backward(retain_graph=False) (node: {node!r}"
        f"{f', {node.site}' if node.site else ''}): compute it again, or leave retain_graph at True"
    )


def ancestors(output: Variable, floor: int = 0, stops: Collection[int] = ()) -> list[Variable]:
    """Return all nodes that `output` depends on, itself included, in execution order.

    Nodes with a creation index below `floor` are left out, with all that lies behind them; so is what lies behind the
    nodes whose indices are in `stops`.
    """
    if stops:
        nodes = {output._index: output}
        waiting = [output]
        while waiting:
            node = waiting.pop()
            for parent in () if node._index in stops else node.parents:
                if parent._index not in nodes and parent._index >= floor:
                    nodes[parent._index] = parent
                    waiting.append(parent)
        return [nodes[index] for index in sorted(nodes)]
    with LOCK:
        order: list[Variable] = []
        try:
            order = mark(output, floor)
        finally:
            unmark(output, order)
    order.reverse()
    return order


def unmark(output: Variable, order: Sequence[Variable]) -> None:
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
