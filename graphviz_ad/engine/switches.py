"""Which way a computation went where a function goes one of several ways: |x| on this side of 0 or on that one.

Two runs of one graph that went the same ways are of one smooth piece. Where they did not, there may be a kink between
them, and need not: x·|x| has none. Branches of the program, and conditions of `where`, are part of the graph itself.

Examples
--------
>>> import graphviz_ad as gad
>>> t = gad.trace(lambda x: np.abs(x) + np.floor(x), -0.5)
>>> [way.tolist() for way in ways(t.nodes[1])], switches(t.nodes)
([-1.0], [1, 2])
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.rules.reduction import spread
from graphviz_ad.engine.variable import Variable

__all__ = ["SWITCHES", "switches", "ways", "went"]

Ways = tuple[Any, ...]


def _side(a: Any, b: Any) -> Any:
    """Return on which side of b each a is: -1, 0 or 1."""
    return np.greater(a, b).astype(float) - np.less(a, b)


def _sides(y: Any, x: Any, *others: Any, **params: Any) -> Ways:
    return (_side(x, 0),)


def _larger(y: Any, a: Any, b: Any) -> Ways:
    return (_side(a, b),)


def _stair(y: Any, *operands: Any, **params: Any) -> Ways:
    return (y,)


def _extremal(y: Any, x: Any, axis: Any = None, **params: Any) -> Ways:
    return (np.equal(x, spread(y, x, axis)),)


def _ranks(y: Any, x: Any, *others: Any, **params: Any) -> Ways:
    flat = np.ravel(x)
    order = np.argsort(flat, kind="stable")
    return order, np.diff(flat[order]) == 0


def _of_size(y: Any, x: Any, **params: Any) -> Ways:
    return _side(x, 0), *_ranks(y, np.absolute(x))


def _clipped(y: Any, a: Any, low: Any, high: Any) -> Ways:
    return _side(a, low), _side(a, high)


def _multiples(y: Any, a: Any, b: Any) -> Ways:
    return (np.rint((a - y) / b),)


def _turned(y: Any, a: Any, b: Any) -> Ways:
    return _side(a, 0) * (b <= 0), np.equal(a, 0) & np.equal(b, 0)


SWITCHES: dict[str, Callable[..., Ways]] = {
    **dict.fromkeys(("absolute", "fabs", "sign", "sqrt", "cbrt", "heaviside", "reciprocal"), _sides),
    **dict.fromkeys(("power", "float_power"), lambda y, a, b: (_side(a, 0) * (b != np.rint(b)),)),
    **dict.fromkeys(("maximum", "minimum", "fmax", "fmin"), _larger),
    **dict.fromkeys(("floor", "ceil", "trunc", "rint", "floor_divide"), _stair),
    **dict.fromkeys(("remainder", "fmod"), _multiples),
    **dict.fromkeys(("max", "min", "nanmax", "nanmin"), _extremal),
    **dict.fromkeys(("sort", "partition", "median", "nanmedian", "percentile", "nanpercentile", "ptp"), _ranks),
    **dict.fromkeys(("quantile", "nanquantile", "maximum.accumulate", "minimum.accumulate"), _ranks),
    **dict.fromkeys(("std", "nanstd"), lambda y, x, **params: (np.equal(y, 0),)),
    **dict.fromkeys(("arcsin", "arccos"), lambda y, x: (_side(np.absolute(x), 1),)),
    "divide": lambda y, a, b: (_side(b, 0),),
    "arctan2": _turned,
    "hypot": lambda y, a, b: (np.equal(y, 0),),
    "copysign": lambda y, a, b: (_side(a, 0), np.signbit(b)),
    "arccosh": lambda y, x: (_side(x, 1),),
    "modf.fraction": lambda y, x: (np.trunc(x),),
    "clip": _clipped,
    "norm": _of_size,
    "nan_to_num": lambda y, x, **params: (np.isfinite(x),),
    "unwrap": lambda y, x, **params: (np.rint((y - x) / params["period"]),),
    "interp": lambda y, x, fp, xp, **params: (_side(np.expand_dims(x, -1), xp),),
}
"""By primitive, which way it goes: from its result, its operands and its parameters, arrays of a few whole numbers."""


def switches(nodes: Sequence[Variable]) -> list[int]:
    """Return the positions of the nodes that may go one of several ways."""
    return [i for i, node in enumerate(nodes) if node.primitive is not None and node.primitive.name in SWITCHES]


def ways(node: Variable) -> Ways:
    """Return which ways a node went; of complex numbers, and of what was released, nothing."""
    assert node.primitive is not None
    operands = [np.asarray(plain_value(operand)) for operand in node.operands]
    if not operands or any(operand.dtype.kind not in "biuf" for operand in operands):
        return ()
    with np.errstate(all="ignore"):
        return SWITCHES[node.primitive.name](np.asarray(node.value), *operands, **node.params)


def went(nodes: Sequence[Variable], places: Sequence[int]) -> tuple[int, ...]:
    """Return which ways the nodes at some positions went, as numbers that can be compared."""
    # Adding 0 makes one zero of both.
    return tuple([hash(tuple([(np.asarray(way) + 0).tobytes() for way in ways(nodes[place])])) for place in places])
