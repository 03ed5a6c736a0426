"""Numbers as the browser unpacks them: base64 of little-endian doubles.

An adjoint is often the local gradient it came from, or 1 throughout: equal columns are stored once, and beside them
what never changes.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

__all__ = ["pack", "packed"]


def packed(values: np.ndarray[Any, Any]) -> str:
    """Return numbers as the browser unpacks them.

    Examples
    --------
    >>> packed(np.array([1.0]))
    'AAAAAAAA8D8='
    """
    return base64.b64encode(np.ascontiguousarray(values, dtype="<f8").tobytes()).decode()


def pack(quantities: Sequence[Mapping[str, Any]], table: np.ndarray[Any, Any]) -> tuple[list[int], list[float], str]:
    """Store equal columns once, and apart from them those that never change.

    Parameters
    ----------
    quantities : sequence of mapping
        As the player has them: ``c`` and ``n`` are the first column and how many there are.
    table : array, shape (rows, columns)

    Returns
    -------
    places : list of int
        The first column of each quantity now.
    same : list of float
        The last columns, which never change.
    text : str
        The columns before them, packed.

    Examples
    --------
    >>> table = np.array([[1.0, 5.0, 5.0, 2.0], [1.0, 6.0, 6.0, 2.0]])
    >>> pack([{"c": c, "n": 1} for c in range(4)], table)[:2]
    ([1, 0, 0, 2], [1.0, 2.0])
    """
    columns = [range(quantity["c"], quantity["c"] + quantity["n"]) for quantity in quantities]
    keys = [table[:, own].tobytes() for own in columns]
    source = dict(zip(keys, columns, strict=True))
    still = {
        key
        for key, own in source.items()
        # JSON has no word for infinity, which therefore stays among the columns that move.
        if len(table) > 1 and np.isfinite(table[0, own]).all() and (table[:, own] == table[:1, own]).all()
    }
    places: dict[bytes, int] = {}
    order: list[int] = []
    for key in sorted(source, key=still.__contains__):
        places[key] = len(order)
        order.extend(source[key])
    moving = len(order) - sum(len(source[key]) for key in still)
    same = table[0, order[moving:]].tolist() if len(table) else []
    return [places[key] for key in keys], same, packed(table[:, order[:moving]])
