"""Padding with what is computed from an array: ramps, means, medians, extremes, and reflections at a point.

NumPy pads one axis after the other, and so it is recorded: as the ends, computed with recorded functions, put before
and behind. What only moves numbers, such as ``mode="edge"``, is one node, in `rearranging`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from graphviz_ad.engine.primitive import plain_value

__all__ = ["COMPUTED", "padded"]

_STATISTICS: dict[str, Callable[..., Any]] = {
    "maximum": np.max,
    "minimum": np.min,
    "mean": np.mean,
    "median": np.median,
}
COMPUTED = frozenset({*_STATISTICS, "linear_ramp"})
"""The modes whose padding is computed; also that of an odd reflection is."""


def _pairs(value: Any, ndim: int) -> list[tuple[Any, Any]]:
    """Return what stands before and behind for each axis, as NumPy spreads one value or a pair of them.

    Examples
    --------
    >>> _pairs(2, 2), _pairs([(1, 0), (2, 3)], 2)
    ([(2, 2), (2, 2)], [(1, 0), (2, 3)])
    """
    if isinstance(value, dict):
        widths: list[Any] = [value.get(axis, value.get(axis - ndim, 0)) for axis in range(ndim)]
        return [(pair, pair) if np.ndim(pair) == 0 else tuple(pair) for pair in widths]
    if value is None:
        return [(None, None)] * ndim
    return [tuple(pair) for pair in np.broadcast_to(value, (ndim, 2)).tolist()]


def _part(x: Any, axis: int, start: int | None, stop: int | None) -> Any:
    return x[(slice(None),) * axis + (slice(start, stop),)]


def _joined(x: Any, axis: int, before: list[Any], behind: list[Any]) -> Any:
    pieces = [*before, x, *behind]
    return np.concatenate(pieces, axis=axis) if len(pieces) > 1 else x


def _statistic(x: Any, axis: int, width: int, length: Any, mode: str, *, behind: bool) -> list[Any]:
    """Return the end that a statistic of the nearest entries makes; nothing where there is no width."""
    if not width:
        return []
    size = np.shape(x)[axis]
    count = size if length is None else min(length, size)
    near = _part(x, axis, size - count, None) if behind else _part(x, axis, None, count)
    shape = [width if k == axis else n for k, n in enumerate(np.shape(x))]
    return [np.broadcast_to(_STATISTICS[mode](near, axis=axis, keepdims=True), shape)]


def _ramp(x: Any, axis: int, width: int, end: Any, *, behind: bool) -> list[Any]:
    """Return the numbers between an end value and the edge."""
    if not width:
        return []
    edge = x[(slice(None),) * axis + (-1 if behind else 0,)]
    line = np.linspace(end, edge, width, endpoint=False, axis=axis, dtype=plain_value(x).dtype)
    return [np.flip(line, axis) if behind else line]


def _reflected(x: Any, axis: int, before: int, behind: int, *, with_edge: bool) -> Any:
    """Return an array continued by its image at the end points, turned upside down, as often as it takes."""
    period = np.shape(x)[axis]
    while before or behind:
        size, most = np.shape(x)[axis], _reach(np.shape(x)[axis], period, with_edge)
        left, right, skip = min(before, most), min(behind, most), 0 if with_edge else 1
        start = 2 * _part(x, axis, None, 1) - np.flip(_part(x, axis, skip, skip + left), axis)
        stop = 2 * _part(x, axis, size - 1, None) - np.flip(_part(x, axis, size - skip - right, size - skip), axis)
        x = _joined(x, axis, [start] if left else [], [stop] if right else [])
        before, behind = before - left, behind - right
    return x


def _reach(size: int, period: int, with_edge: bool) -> int:
    """Return how many entries one reflection has: of whole periods only, as NumPy continues them."""
    return size // period * period if with_edge else (size - 1) // (period - 1) * (period - 1)


def padded(array: Any, pad_width: Any, mode: str, **options: Any) -> Any:
    """Record ``np.pad`` in one of the computed modes, and of an odd reflection."""
    ndim = np.ndim(array)
    expected = np.pad(plain_value(array), pad_width, mode, **options)  # type: ignore[call-overload]  # or NumPy's own error
    lengths, ends = (_pairs(options.get(key), ndim) for key in ("stat_length", "end_values"))
    x = array
    for axis, (before, behind) in enumerate(_pairs(pad_width, ndim)):
        if mode in _STATISTICS:
            first = _statistic(x, axis, before, lengths[axis][0], mode, behind=False)
            x = _joined(x, axis, first, _statistic(x, axis, behind, lengths[axis][1], mode, behind=True))
        elif mode == "linear_ramp":
            low, high = (0 if end is None else end for end in ends[axis])
            x = _joined(x, axis, _ramp(x, axis, before, low, behind=False), _ramp(x, axis, behind, high, behind=True))
        elif before or behind:
            x = _odd(x, axis, before, behind, with_edge=mode == "symmetric")
    assert x.shape == expected.shape
    return x


def _odd(x: Any, axis: int, before: int, behind: int, *, with_edge: bool) -> Any:
    if np.shape(x)[axis] == 1 and not with_edge:  # there is nothing to reflect: the edge is repeated
        shape = [before if k == axis else n for k, n in enumerate(np.shape(x))]
        other = [behind if k == axis else n for k, n in enumerate(np.shape(x))]
        return _joined(x, axis, [np.broadcast_to(x, shape)], [np.broadcast_to(x, other)])
    return _reflected(x, axis, before, behind, with_edge=with_edge)
