"""Numbers moved to a grid or cut off: floor, ceil, trunc, round, heaviside, fmod, clip and unwrap.

Between its jumps a step function is level, and at the jumps nothing is claimed: nothing flows through it.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from graphviz_ad.engine.notation import Fence, Function
from graphviz_ad.engine.primitive import UFUNCS, plain_value
from graphviz_ad.engine.registering import elementwise, implements, structural
from graphviz_ad.engine.rules.shaping import unbroadcast
from graphviz_ad.engine.values import frozen_position
from graphviz_ad.errors import UnsupportedError

elementwise(np.floor, None, notation=Fence("⌊", "⌋"))
elementwise(np.ceil, None, notation=Fence("⌈", "⌉"))
TRUNC = elementwise(np.trunc, None)
# At the step itself the value is b.
elementwise(
    np.heaviside,
    None,
    lambda y, a, b: (plain_value(a) == 0) * y.dtype.type(1),
    formulas=(None, lambda y, a, b: a == 0),
)
# fmod(a, b) = a - trunc(a/b) b, and a - fmod(a, b) is a multiple of b: a/b itself may be rounded to the next integer.
elementwise(
    np.fmod,
    1.0,
    lambda y, a, b: -np.rint((plain_value(a) - plain_value(y)) / plain_value(b)),
    formulas=(None, lambda y, a, b: -np.trunc(a / b)),
)


def _clip(a: Any, low: Any, high: Any) -> Any:
    return np.clip(a, low, high)


def _clip_vjp(adjoint: Any, y: Any, a: Any, low: Any, high: Any, argument: int) -> Any:
    """Return an operand's share of min(max(a, low), high): two that are equal share equally, in each of both."""
    half, x, bottom, top = plain_value(y).dtype.type(0.5), plain_value(a), plain_value(low), plain_value(high)
    middle = np.maximum(x, bottom)
    if argument == 2:
        share = np.where(middle == top, half, top < middle)
    else:
        larger = x > bottom if argument == 0 else bottom > x
        share = np.where(x == bottom, half, larger) * np.where(middle == top, half, middle < top)
    share = share.astype(half.dtype)
    return unbroadcast(np.where(share > 0, adjoint, 0.0) * share, np.shape((a, low, high)[argument]))


CLIP = structural("clip", _clip, _clip_vjp, variadic=True, back="within the bounds")


_OF_PLAIN_ARRAYS = np._core.umath.clip  # type: ignore[attr-defined]  # what the method of a plain array calls


@implements(_OF_PLAIN_ARRAYS, method="clip")
def clip_method(a: Any, min: Any = None, max: Any = None) -> Any:
    """Record ``a.clip(min, max)``; ties share the adjoint equally."""
    if max is None:
        return np.positive(a) if min is None else np.maximum(a, min)
    return np.minimum(a, max) if min is None else CLIP(a, min, max)


_ABSENT = object()


@implements(np.clip)
def clip(a: Any, a_min: Any = _ABSENT, a_max: Any = _ABSENT, *, min: Any = _ABSENT, max: Any = _ABSENT) -> Any:
    """Record ``np.clip(a, a_min, a_max)``; None is no bound, and ties share the adjoint equally."""
    if a_min is _ABSENT and a_max is _ABSENT:
        return clip_method(a, *(None if bound is _ABSENT else bound for bound in (min, max)))
    if not (min is _ABSENT and max is _ABSENT):
        raise ValueError("Passing `min` or `max` keyword argument when `a_min` and `a_max` are provided is forbidden.")
    for name, bound in (("a_min", a_min), ("a_max", a_max)):
        if bound is _ABSENT:
            raise TypeError(f"clip() missing 1 required positional argument: {name!r}")
    return clip_method(a, a_min, a_max)


@implements(np.round, np.around, method="round")
def round_(a: Any, decimals: Any = 0) -> Any:
    """Record ``np.round(a, decimals)``, through which nothing flows."""
    places = operator.index(decimals)
    rint = UFUNCS[np.rint]
    if places == 0:
        return rint(a)
    scale = 10.0 ** abs(places)
    return rint(a * scale) / scale if places > 0 else rint(a / scale) * scale


@implements(np.fix)
def fix(x: Any) -> Any:
    """Record ``np.fix(x)``, which is ``np.trunc(x)``."""
    return TRUNC(x)


def _unwrap(x: Any, *, discont: Any, axis: int, period: Any) -> Any:
    return np.unwrap(x, discont, axis, period=period)


UNWRAP = structural(
    "unwrap",
    _unwrap,
    lambda adjoint, y, x, discont, axis, period: adjoint,
    back="unchanged",
    unchanged=True,
)


@implements(np.unwrap)
def unwrap(p: Any, discont: Any = None, axis: int = -1, *, period: Any = 2 * np.pi) -> Any:
    """Record ``np.unwrap(p, discont, axis, period=...)``: the periods that are added have no slope."""
    return UNWRAP(p, discont=discont, axis=frozen_position(axis), period=period)


def _nan_to_num(x: Any, *, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    return np.nan_to_num(x, nan=nan, posinf=posinf, neginf=neginf)


NAN_TO_NUM = structural(
    "nan_to_num",
    _nan_to_num,
    lambda adjoint, y, x, nan, posinf, neginf: np.where(np.isfinite(plain_value(x)), adjoint, 0.0),
    notation=Function("nan_to_num"),
    back="where it is finite",
)


@implements(np.nan_to_num)
def nan_to_num(x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """Record ``np.nan_to_num(x)``; what is replaced has slope 0."""
    if not copy:
        raise UnsupportedError("np.nan_to_num: copy=False would write in place, which is not recorded: leave it out")
    return NAN_TO_NUM(x, nan=nan, posinf=posinf, neginf=neginf)
