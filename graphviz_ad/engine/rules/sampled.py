"""Samples at places that are recorded too: slopes over recorded spacings, and lines between recorded points.

With plain places both are one node, in `cumulating` and in `interpolation`. Here they are the operations that NumPy
computes them by, so that a place has its derivative as well.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from graphviz_ad.engine.primitive import plain_value

__all__ = ["line_between", "slopes"]


def slopes(f: Any, spacing: Any, axis: int, edge_order: Any) -> Any:
    """Return ``np.gradient(f, spacing, axis=axis, edge_order=...)``: of a step between samples, or of their places."""
    samples = np.moveaxis(f, axis, 0)
    if np.ndim(spacing) == 0:
        steps = spacing * np.ones((np.shape(samples)[0] - 1,), plain_value(f).dtype)
    else:
        steps = np.diff(spacing)
    steps = np.reshape(steps, (np.shape(steps)[0], *(1,) * (np.ndim(samples) - 1)))
    before, after = steps[:-1], steps[1:]
    inner = _weighted(
        samples[:-2],
        samples[1:-1],
        samples[2:],
        -after / (before * (before + after)),
        (after - before) / (before * after),
        before / (after * (before + after)),
    )
    ends = (_parabolas if edge_order == 2 else _chords)(samples, steps)
    return np.moveaxis(np.concatenate([ends[0], inner, ends[1]]), 0, axis)


def _chords(samples: Any, steps: Any) -> tuple[Any, Any]:
    """Return the slopes between the first two samples and between the last two."""
    return (samples[1:2] - samples[:1]) / steps[:1], (samples[-1:] - samples[-2:-1]) / steps[-1:]


def _parabolas(samples: Any, steps: Any) -> tuple[Any, Any]:
    """Return the slopes of the parabolas through the first and the last three samples."""
    b, a = steps[:1], steps[1:2]
    first = _weighted(
        samples[:1], samples[1:2], samples[2:3],
        -(2.0 * b + a) / (b * (b + a)), (b + a) / (b * a), -b / (a * (b + a)),
    )  # fmt: skip
    b, a = steps[-2:-1], steps[-1:]
    last = _weighted(
        samples[-3:-2], samples[-2:-1], samples[-1:],
        a / (b * (b + a)), -(a + b) / (b * a), (2.0 * a + b) / (a * (b + a)),
    )  # fmt: skip
    return first, last


def _weighted(x: Any, y: Any, z: Any, a: Any, b: Any, c: Any) -> Any:
    return a * x + b * y + c * z


def line_between(x: Any, xp: Any, fp: Any, left: Any, right: Any) -> Any:
    """Return ``np.interp(x, xp, fp, left, right)`` as the lines that it consists of; at a point the line after it."""
    places, plain = plain_value(xp), plain_value(x)
    last = len(places) - 1
    k = np.clip(np.searchsorted(places, plain, side="right") - 1, 0, max(last - 1, 0))
    after = np.minimum(k + 1, last)
    inside = ~((plain < places[0]) | (plain > places[last]))  # and what is not a number stays so
    width = np.where(inside & (after > k), xp[after] - xp[k], 1.0)
    slope = np.where(inside, fp[after] - fp[k], 0.0) / width
    y = np.where(inside, slope * (x - xp[k]) + fp[k], 0.0)
    y = np.where(plain < places[0], fp[0] if left is None else left, y)
    return np.where(plain > places[last], fp[last] if right is None else right, y)[()]
