"""What shape the result of an operation has, as far as it can be told from the shapes of its operands.

A rule that is read with symbols asks for shapes, as it does when it is read with numbers. An answer that cannot be told
is None, and a rule that asks for it cannot be read: no formula is written for a shape that was guessed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from graphviz_ad.engine.notation import Index, MatrixProduct, Power
from graphviz_ad.engine.primitive import PRIMITIVES, Primitive
from graphviz_ad.engine.rules.reduction import kept_shape

__all__ = ["Shape", "broadcast", "result_shape"]

Shape = tuple[int, ...] | None

_LARGEST = 4096  # numbers in the operands of a function that is run only to learn the shape of its result
_REDUCED = frozenset(["axis", "keepdims"])
_REDUCING = _REDUCED | {"ddof", "dtype", "initial", "order", "where"}


def broadcast(shapes: Sequence[Shape]) -> Shape:
    """Return what shapes are broadcast to; None where one is not known, or they do not fit.

    Examples
    --------
    >>> broadcast([(3, 1), (4,)])
    (3, 4)
    """
    known = {shape for shape in shapes if shape is not None}
    if None in shapes or len(known) == 1:  # most are alike, and NumPy makes arrays to see it
        return None if None in shapes else known.pop()
    try:
        return np.broadcast_shapes(*known)
    except ValueError:
        return None


def result_shape(head: str, shapes: Sequence[Shape], position: Any, params: Mapping[str, Any]) -> Shape:
    """Return the shape of ``head(*operands, **params)``; None where it cannot be told.

    Parameters
    ----------
    head : str
        The name of a primitive; whatever else is taken for elementwise.
    shapes : sequence
        Of the operands.
    position
        What an indexing operation takes in its brackets.
    params : mapping

    Examples
    --------
    >>> result_shape("sum", [(3, 4)], None, {"axis": 0, "keepdims": False})
    (4,)
    >>> result_shape("matmul", [(3, 4), (4, 2)], None, {})
    (3, 2)
    """
    primitive = PRIMITIVES.get(head)
    if primitive is None or primitive.elementwise:
        return broadcast(shapes)
    if not shapes or any(shape is None for shape in shapes):
        return None
    first, *others = (shape for shape in shapes if shape is not None)
    if isinstance(primitive.notation, MatrixProduct) and len(first) <= 2 and len(others[0]) <= 2:
        return _product(first, others[0])
    if "shape" in params:
        return _reshaped(first, params["shape"])
    if params.keys() == {"axes"} and isinstance(primitive.notation, Power):
        return tuple(first[axis] for axis in params["axes"])
    if _REDUCED <= params.keys() <= _REDUCING:
        return _reduced(first, params["axis"], params["keepdims"])
    if isinstance(primitive.notation, Index):
        return _picked(first, position)
    return _by_running(primitive, [first, *others], params)


def _product(a: tuple[int, ...], b: tuple[int, ...]) -> Shape:
    if not a or not b:
        return a or b
    return a[:-1] + b[1:]


def _reshaped(shape: tuple[int, ...], new: tuple[int, ...]) -> Shape:
    rest = math.prod(n for n in new if n != -1)
    return tuple(math.prod(shape) // max(rest, 1) if n == -1 else n for n in new)


def _reduced(shape: tuple[int, ...], axis: Any, keepdims: bool) -> Shape:
    if keepdims:
        return kept_shape(shape, axis)
    kept = kept_shape((2,) * len(shape), axis)
    return tuple(n for n, mark in zip(shape, kept, strict=True) if mark == 2)


def _picked(shape: tuple[int, ...], position: Any) -> Shape:
    """Ask NumPy what an index picks, of an array that takes no memory."""
    try:
        picked: tuple[int, ...] = np.shape(np.broadcast_to(np.False_, shape)[position])
    except (IndexError, TypeError):
        return None
    return picked


def _by_running(primitive: Primitive, shapes: Sequence[tuple[int, ...]], params: Mapping[str, Any]) -> Shape:
    """Run a function that is not too much work on numbers that any function of matrices can take."""
    if sum(map(math.prod, shapes)) > _LARGEST:
        return None
    try:
        with np.errstate(all="ignore"):
            result: tuple[int, ...] = np.shape(primitive.function(*map(_identity, shapes), **params))
    except (ValueError, TypeError, IndexError, np.linalg.LinAlgError):
        return None
    return result


def _identity(shape: tuple[int, ...]) -> Any:
    return np.broadcast_to(np.eye(shape[-2], shape[-1]), shape) if len(shape) > 1 else np.ones(shape)
