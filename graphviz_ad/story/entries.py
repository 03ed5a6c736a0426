"""Which entries of an operand an entry of a result is made of: what lights up around an entry that one points at.

There are four answers, each short enough to travel with a film. Where none of them holds, nothing is said.

* ``same``: of the entry at the same place.
* ``picks``: of one entry each, named for each entry of the result; -1 where it comes from elsewhere. What was broadcast
  is picked several times.
* ``adds``: of all entries that are added to it; named is for each entry of the operand where it goes.
* ``product``: of a row of the left and a column of the right factor.

On the way back the same answers are read the other way round.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.engine.notation import MatrixProduct
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.rules.rearranging import REARRANGEMENTS
from graphviz_ad.engine.rules.reduction import kept_shape
from graphviz_ad.engine.variable import DETACH, Variable

__all__ = ["MOST_ENTRIES", "Sources", "sources"]

MOST_ENTRIES = 1024
"""The most entries of an array that are followed."""

_MOVING = frozenset(["reshape", "transpose", "broadcast_to", "copy", "concatenate", "stack"])
_MOST_OPERANDS = 16  # the function is run for each of them
_ADDING = frozenset(["sum", "mean"])


class Sources(NamedTuple):
    """How the entries of a result come from those of one operand: the answer, and the places that it names."""

    kind: str
    places: tuple[int, ...] = ()


def sources(node: Variable, argument: int) -> Sources | None:
    """Return how the entries of a node come from those of an operand; None where that is not known.

    Examples
    --------
    >>> x = Variable(np.zeros((2, 3)))
    >>> sources(np.sin(x), 0), sources(np.ones((4, 2)) @ x, 1)
    (Sources(kind='same', places=()), Sources(kind='product', places=()))
    >>> sources(x[:, 1], 0), sources(x.sum(axis=0), 0)
    (Sources(kind='picks', places=(1, 4)), Sources(kind='adds', places=(0, 1, 2, 0, 1, 2)))
    """
    primitive = node.primitive
    if primitive is None or primitive is DETACH or not 0 < node.size <= MOST_ENTRIES:
        return None
    operands = node.operands
    if len(operands) > _MOST_OPERANDS:
        return None
    own = np.shape(plain_value(operands[argument]))
    if not (own or node.shape) or not 0 < np.prod(own) <= MOST_ENTRIES:
        return None
    if primitive.elementwise:
        places = np.broadcast_to(_counted(own), node.shape)
        return Sources("same") if own == node.shape else _named("picks", places)
    if isinstance(primitive.notation, MatrixProduct):
        flat = all(1 <= np.ndim(plain_value(operand)) <= 2 for operand in node.operands)
        return Sources("product") if flat else None
    if primitive.name in _ADDING and node.params.keys() <= {"axis", "keepdims"}:
        kept = kept_shape(own, node.params.get("axis"))
        return _named("adds", np.broadcast_to(_counted(kept), own))
    return _moved(node, argument, own)


def _counted(shape: tuple[int, ...]) -> Any:
    return np.arange(int(np.prod(shape))).reshape(shape)


def _named(kind: str, places: Any) -> Sources:
    return Sources(kind, tuple(np.ravel(places).tolist()))


def _moved(node: Variable, argument: int, own: tuple[int, ...]) -> Sources | None:
    """Run what only moves numbers once more, on the positions of those of the operand."""
    primitive = node.primitive
    assert primitive is not None
    if primitive.name == "index":
        return _named("picks", primitive.function(_counted(own), node.operands[1]))
    if primitive.name not in _MOVING and primitive.name not in REARRANGEMENTS:
        return None
    # Counted from 1, since what is filled in, as by np.tril, is 0.
    numbered = [
        _counted(own) + 1 if k == argument else np.zeros(np.shape(plain_value(operand)), int)
        for k, operand in enumerate(node.operands)
    ]
    return _named("picks", np.asarray(primitive.function(*numbered, **node.params)) - 1)
