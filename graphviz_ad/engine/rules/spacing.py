"""Numbers between two ends that are recorded: linspace, geomspace and logspace.

With t from 0 to 1, ``(1 - t) start + t stop`` has the slopes 1 - t and t, and ``start^(1 - t) stop^t`` has these times
itself, divided by the end.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.registering import implements, structural
from graphviz_ad.engine.rules.reduction import options
from graphviz_ad.engine.rules.shaping import unbroadcast
from graphviz_ad.engine.values import frozen_position


def _parts(adjoint: Any, num: int, endpoint: bool, axis: int, argument: int) -> Any:
    """Return the part that an end has in each number, along the axis of the numbers."""
    steps = max(num - 1 if endpoint else num, 1)
    part = np.arange(num) / steps
    part = part if argument else 1 - part
    shape = [1] * np.ndim(adjoint)
    shape[axis] = num
    return part.reshape(shape).astype(plain_value(adjoint).real.dtype)


def _end(argument: int) -> Callable[..., Any]:
    def vjp(adjoint: Any, y: Any, start: Any, stop: Any, num: int, endpoint: bool, axis: int, **dtype: Any) -> Any:
        received = np.sum(adjoint * _parts(adjoint, num, endpoint, axis, argument), axis=axis)
        return unbroadcast(received, np.shape((start, stop)[argument]))

    return vjp


def _factor(argument: int) -> Callable[..., Any]:
    def vjp(adjoint: Any, y: Any, start: Any, stop: Any, **params: Any) -> Any:
        end = (start, stop)[argument]
        return _end(argument)(adjoint * y, y, start, stop, **params) / end

    return vjp


LINSPACE = structural(
    "linspace",
    lambda start, stop, **params: np.linspace(start, stop, **params),
    _end(0),
    _end(1),
    linear=((0, 1),),
    back="by its part in each",
)
GEOMSPACE = structural(
    "geomspace",
    lambda start, stop, **params: np.geomspace(start, stop, **params),
    _factor(0),
    _factor(1),
    back="by its part in each",
)


@implements(np.linspace)
def linspace(
    start: Any, stop: Any, num: Any = 50, endpoint: bool = True, retstep: bool = False, dtype: Any = None, axis: int = 0
) -> Any:
    """Record ``np.linspace(start, stop, num, endpoint, retstep, dtype, axis)``."""
    num, axis = operator.index(num), frozen_position(axis)
    numbers = LINSPACE(start, stop, num=num, endpoint=bool(endpoint), axis=axis, **options(dtype=dtype))
    steps = num - 1 if endpoint else num
    return (numbers, (stop - start) / steps if steps > 0 else np.nan) if retstep else numbers


@implements(np.geomspace)
def geomspace(start: Any, stop: Any, num: Any = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0) -> Any:
    """Record ``np.geomspace(start, stop, num, endpoint, dtype, axis)``."""
    params = {"num": operator.index(num), "endpoint": bool(endpoint), "axis": frozen_position(axis)}
    return GEOMSPACE(start, stop, **params, **options(dtype=dtype))


@implements(np.logspace)
def logspace(
    start: Any, stop: Any, num: Any = 50, endpoint: bool = True, base: Any = 10.0, dtype: Any = None, axis: int = 0
) -> Any:
    """Record ``np.logspace(start, stop, num, endpoint, base, dtype, axis)``, as powers of a linspace."""
    if np.ndim(base):
        ndim = max(map(np.ndim, (start, stop, base)))
        start, stop, base = (np.reshape(x, (1,) * (ndim - np.ndim(x)) + np.shape(x)) for x in (start, stop, base))
        base = np.expand_dims(base, axis)
    powers = np.power(base, linspace(start, stop, num, endpoint, axis=axis))
    return powers if dtype is None else powers.astype(**options(dtype=dtype))
