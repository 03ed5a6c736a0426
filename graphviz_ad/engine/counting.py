"""How many operations a node takes: counted on the shapes, a row of a table for each family of primitives.

An operation is what is done once to numbers: a sum or a product of two, a comparison, one value of sin. Moving numbers
about takes none. What a library does inside itself, such as a decomposition, is not counted, and None says so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.variable import Variable

__all__ = ["operations"]

_MOVING = (
    "alias append astype atleast_1d atleast_2d atleast_3d block broadcast_to choose column_stack compress concatenate "
    "conjugate constant copy delete detach diag diagflat diagonal dstack expand_dims extract fftshift flatten flip "
    "fliplr flipud hstack ifftshift imag index index_update insert meshgrid moveaxis pad positive ravel real repeat "
    "reshape resize roll rollaxis rot90 scatter seed select sliding_window_view squeeze stack swapaxes take "
    "take_along_axis tile transpose tril triu vstack where"
)
_FOLDING = "sum add.reduce max min prod trace"
_RUNNING = "cumsum cumprod maximum.accumulate minimum.accumulate"
_ALONG = "matmul dot inner matvec vecdot vecmat"


def operations(node: Variable) -> int | None:
    """Return how many operations it takes to compute a node from its operands; None where that is not known.

    Examples
    --------
    >>> x, w = Variable(np.ones((8, 3))), Variable(np.ones((3, 4)))
    >>> [operations(node) for node in (x, np.sin(x), x @ w, np.sum(x), x.T, np.linalg.inv(x.T @ x + np.eye(3)))]
    [0, 24, 160, 23, 0, None]
    """
    primitive = node.primitive
    if primitive is None:
        return 0
    rule = _ROWS.get(primitive.name)
    if rule is not None:
        return rule(node.size, [np.shape(plain_value(x)) for x in node.operands])
    return node.size if primitive.elementwise else None


def _nothing(size: int, shapes: list[tuple[int, ...]]) -> int:
    return 0


def _folded(size: int, shapes: list[tuple[int, ...]]) -> int:
    """One less than there are numbers, for each result."""
    return max(math.prod(shapes[0]) - size, 0)


def _mean(size: int, shapes: list[tuple[int, ...]]) -> int:
    """A sum, and a division for each result."""
    return _folded(size, shapes) + size


def _running(size: int, shapes: list[tuple[int, ...]]) -> int:
    """At most one for each entry after the first of its row: the last axis is the one that is run along, or all."""
    rows = math.prod(shapes[0][:-1]) if len(shapes[0]) > 1 and math.prod(shapes[0]) == size else 1
    return max(size - rows, 0)


def _products(size: int, shapes: list[tuple[int, ...]]) -> int:
    """As many products as the summed axis is long, and one sum less, for each entry of the result."""
    long = shapes[0][-1] if shapes[0] and shapes[1] else 1
    return size * max(2 * long - 1, 0)


def _tensordot(size: int, shapes: list[tuple[int, ...]]) -> int:
    long = math.isqrt(math.prod(shapes[0]) * math.prod(shapes[1]) // size) if size else 0
    return size * max(2 * long - 1, 0)


def _vdot(size: int, shapes: list[tuple[int, ...]]) -> int:
    return max(2 * math.prod(shapes[0]) - 1, 0)


def _each(size: int, shapes: list[tuple[int, ...]]) -> int:
    return size


_Count = Callable[[int, list[tuple[int, ...]]], int]
_ROWS: Mapping[str, _Count] = {
    **dict.fromkeys(_MOVING.split(), _nothing),
    **dict.fromkeys(_FOLDING.split(), _folded),
    **dict.fromkeys(_RUNNING.split(), _running),
    **dict.fromkeys(_ALONG.split(), _products),
    "mean": _mean,
    "tensordot": _tensordot,
    "vdot": _vdot,
    **dict.fromkeys(("outer", "kron", "diff", "ldexp"), _each),
    "clip": lambda size, shapes: 2 * size,
}
"""By the name of a primitive; of an elementwise one without a row it is one operation for each entry of the result."""
