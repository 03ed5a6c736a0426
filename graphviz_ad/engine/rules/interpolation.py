"""Interpolation between points on straight lines, in the place that is asked for and in the heights of the points."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphviz_ad.engine.frames import user_line
from graphviz_ad.engine.primitive import is_variable, plain_value
from graphviz_ad.engine.registering import implements, structural
from graphviz_ad.engine.rules.indexing import SCATTER
from graphviz_ad.engine.rules.sampled import line_between
from graphviz_ad.errors import UnsupportedError


def _interp(x: Any, fp: Any, *, xp: Any, left: Any, right: Any) -> Any:
    return np.interp(x, xp, fp, left, right)


def _place_vjp(adjoint: Any, y: Any, x: Any, fp: Any, xp: Any, left: Any, right: Any) -> Any:
    """Return the adjoint times the slope of the line; at a point the mean of both sides', of which 0 is one outside."""
    level = np.zeros(1)
    slopes = np.concatenate([level, (fp[1:] - fp[:-1]) / (xp[1:] - xp[:-1]), level])
    below, upto = (np.searchsorted(xp, plain_value(x), side=side) for side in ("left", "right"))
    return adjoint * ((slopes[below] + slopes[upto]) / 2)


def _heights_vjp(adjoint: Any, y: Any, x: Any, fp: Any, xp: Any, left: Any, right: Any) -> Any:
    """Share the adjoint between both points beside x, by nearness; outside, the end gets all, or a constant."""
    plain, last = plain_value(x), len(xp) - 1
    before, after = plain < xp[0], plain > xp[last]
    first = np.clip(np.searchsorted(xp, plain, side="right") - 1, 0, max(last - 1, 0))
    second = np.minimum(first + 1, last)
    width = np.where(first == second, 1, xp[second] - xp[first])[()]
    share = np.where(before, 0.0, np.where(after, 1.0, (x - xp[first]) / width))[()]
    constant = (before & (left is not None)) | (after & (right is not None))
    adjoint = np.where(constant, 0.0, adjoint)[()]
    shape = np.shape(fp)
    return SCATTER(adjoint * (1 - share), first, shape=shape) + SCATTER(adjoint * share, second, shape=shape)


INTERP = structural("interp", _interp, _place_vjp, _heights_vjp, back="along the line")


def _array(x: Any) -> Any:
    return x if is_variable(x) else np.asarray(x, float)


@implements(np.interp)
def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None) -> Any:
    """Record ``np.interp(x, xp, fp, left, right, period)``; the places `xp` are sorted."""
    if any(is_variable(entry) for entry in (xp, left, right)):
        if period is not None:
            raise UnsupportedError(f"np.interp: with a period the places xp are plain: pass xp.value{user_line()}")
        return line_between(_array(x), _array(xp), _array(fp), left, right)
    xp = np.array(xp, float)
    fp = fp if is_variable(fp) else np.asarray(fp)
    if period is not None:
        if period == 0:
            raise ValueError("period must be a non-zero value")
        period, left, right = abs(period), None, None
        wide = (x if is_variable(x) else np.asarray(x)) * np.float64(1)  # as NumPy computes it
        x, xp = wide % period, xp % period
        order = np.argsort(xp)
        xp, fp = xp[order], fp[order]
        xp = np.concatenate([xp[-1:] - period, xp, xp[:1] + period])
        fp = np.concatenate([fp[-1:], fp, fp[:1]])
    return INTERP(x, fp, xp=xp, left=left, right=right)
