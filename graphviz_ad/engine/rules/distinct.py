"""The numbers that are different, and what sets have in common: unique, union1d and their kin.

Each number of the result is one of the numbers that were given, so it is recorded as what an index picks; of equal
ones the first counts. Where they stand, and how often, are plain answers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from graphviz_ad.engine.primitive import is_variable, plain_value
from graphviz_ad.engine.registering import implements
from graphviz_ad.engine.rules.indexing import INDEX


def _first_places(values: Any, pool: Any) -> Any:
    """Return where each of some values stands first in a line of numbers.

    Examples
    --------
    >>> _first_places(np.array([1.0, 3.0]), np.array([3.0, 1.0, 3.0]))
    array([1, 0])
    """
    order = np.argsort(pool, kind="stable")
    return order[np.searchsorted(pool, values, sorter=order)]


def _picked(values: Any, *sources: Any) -> Any:
    """Return values as they are picked from the numbers of one or two arrays; plain ones of plain arrays."""
    lines = [np.ravel(source) for source in sources]
    pool = lines[0] if len(lines) == 1 else np.concatenate(lines)
    if not is_variable(pool):
        return values
    return INDEX(pool, _first_places(values, plain_value(pool)))


def _several(function: Callable[..., Any], *sources: Any, **options: Any) -> Any:
    """Return what a function answers: values that are recorded, and the plain answers beside them."""
    answer = function(*map(plain_value, sources), **options)
    if not isinstance(answer, tuple):
        return _picked(answer, *sources)
    parts = (_picked(answer[0], *sources), *answer[1:])
    return type(answer)(*parts) if hasattr(answer, "_fields") else parts


@implements(np.unique)
def unique(
    ar: Any,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: Any = None,
    *,
    equal_nan: bool = True,
    **options: Any,
) -> Any:
    """Record ``np.unique(ar, return_index, return_inverse, return_counts, axis)``; positions and counts are plain."""
    wanted = {"return_inverse": return_inverse, "return_counts": return_counts, "equal_nan": equal_nan, **options}
    if axis is None:
        return _several(np.unique, ar, return_index=return_index, **wanted)
    answer: Any = np.unique(plain_value(ar), return_index=True, axis=axis, **wanted)
    rows = INDEX(ar, (slice(None),) * (axis % np.ndim(ar)) + (answer[1],))
    rest = answer[1:] if return_index else answer[2:]
    return (rows, *rest) if rest else rows


def _of_one(function: Callable[..., Any]) -> None:
    """Record what the array API asks of the numbers of one array."""
    name = function.__name__

    def handler(x: Any) -> Any:
        return _several(function, x)

    handler.__doc__ = f"Record ``np.{name}(x)``; positions and counts are plain."
    implements(function)(handler)


for _function in (np.unique_values, np.unique_all, np.unique_counts, np.unique_inverse):
    _of_one(_function)


@implements(np.union1d)
def union1d(ar1: Any, ar2: Any) -> Any:
    """Record ``np.union1d(ar1, ar2)``."""
    return _several(np.union1d, ar1, ar2)


@implements(np.intersect1d)
def intersect1d(ar1: Any, ar2: Any, assume_unique: bool = False, return_indices: bool = False) -> Any:
    """Record ``np.intersect1d(ar1, ar2, assume_unique, return_indices)``: the numbers of the first, of both."""
    return _several(np.intersect1d, ar1, ar2, assume_unique=assume_unique, return_indices=return_indices)


@implements(np.setxor1d)
def setxor1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    """Record ``np.setxor1d(ar1, ar2, assume_unique)``."""
    return _several(np.setxor1d, ar1, ar2, assume_unique=assume_unique)


@implements(np.setdiff1d)
def setdiff1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    """Record ``np.setdiff1d(ar1, ar2, assume_unique)``: numbers of the first, which the second has no influence on."""
    return _picked(np.setdiff1d(plain_value(ar1), plain_value(ar2), assume_unique), ar1)
