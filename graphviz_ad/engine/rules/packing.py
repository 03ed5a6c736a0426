"""Several results of a factorization in one node: its numbers one after the other, and what reads each result of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from graphviz_ad.engine.notation import Part, Several
from graphviz_ad.engine.primitive import Primitive
from graphviz_ad.engine.registering import structural
from graphviz_ad.engine.rules.indexing import SCATTER

__all__ = ["pack", "several", "unpack"]


def pack(*results: Any) -> Any:
    """Return all numbers of some arrays, one after the other.

    Examples
    --------
    >>> pack(np.ones((1, 2)), np.zeros(1))
    array([1., 1., 0.])
    """
    return np.concatenate([np.reshape(result, -1) for result in results])


def _item_vjp(adjoint: Any, y: Any, packed: Any, start: int, shape: tuple[int, ...]) -> Any:
    size = math.prod(shape)
    return SCATTER(np.reshape(adjoint, (size,)), slice(start, start + size), shape=np.shape(packed))


_WRITTEN = {"eigenvalues": "λ", "eigenvectors": "V", "Q": "Q", "R": "R", "U": "U", "S": "s", "Vh": "Vᵀ"}


def _item(factorization: str, part: str) -> Primitive:
    """Register what one result of a factorization is read with: of what is real the real part, among complex ones."""
    name = f"{factorization}.{part}"

    def read(packed: Any, *, start: int, shape: tuple[int, ...]) -> Any:
        result = np.reshape(packed[start : start + math.prod(shape)], shape)
        return result.real if name in _REAL else result

    return structural(
        name,
        read,
        _item_vjp,
        linear=(0,),
        notation=Part(_WRITTEN[part]),
        back="back to its place",
    )


_REAL = ("eigh.eigenvalues", "svd.S")
_ITEMS = {
    name: [_item(name, part) for part in parts]
    for name, parts in {
        "eig": ("eigenvalues", "eigenvectors"),
        "eigh": ("eigenvalues", "eigenvectors"),
        "qr": ("Q", "R"),
        "svd": ("U", "S", "Vh"),
    }.items()
}


def several(name: str, shapes: Callable[..., list[tuple[int, ...]]]) -> Several:
    """Return how a factorization is written that has these results, whose shapes follow from operand and parameters.

    Examples
    --------
    >>> several("qr", lambda a, **params: [(3, 2), (2, 2)]).parts
    ('Q', 'R')
    """
    return Several(tuple(item.notation.name for item in _ITEMS[name] if isinstance(item.notation, Part)), shapes)


def unpack(name: str, packed: Any, *shapes: tuple[int, ...]) -> list[Any]:
    """Return the results that a packed array of a factorization holds, in order, by their shapes."""
    results, start = [], 0
    for item, shape in zip(_ITEMS[name], shapes, strict=True):
        results.append(item(packed, start=start, shape=shape))
        start += math.prod(shape)
    return results
