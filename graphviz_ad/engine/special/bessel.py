"""Bessel functions and their kin in the argument (DLMF 10, 11 and 9): the slopes are neighbours in the order."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special

from graphviz_ad.engine.notation import Function
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.special.asymptotics import exponential_tail
from graphviz_ad.engine.special.rows import FIXED, Results, Row

__all__ = ["ROWS"]


def _between(f: Any, v: Any, x: Any, sign: int = -1) -> Any:
    """Return half of f at the order below and at the order above, the latter with a sign."""
    v = plain_value(v)
    return (f(v - 1, x) + f(v + 1, x)) / 2 if sign > 0 else (f(v - 1, x) - f(v + 1, x)) / 2


def _in_between(f: Any, sign: int = -1) -> Any:
    return lambda y, v, x: _between(f, v, x, sign)


def _of_order(v: int, f: Any, sign: int = -1) -> Any:
    return lambda y, x: _between(f, v, x, sign)


def _i1_partial(y: Any, x: Any) -> Any:
    """Return (I_0 + I_2)/2; SciPy's I_2 is not a number for the smallest x."""
    tiny = np.absolute(plain_value(x)) < 1e-30
    return (special.i0(x) + special.iv(2, np.where(tiny, 0, x)[()])) / 2


def _ive_partial(y: Any, v: Any, x: Any) -> Any:
    """Return the derivative of exp(-|x|) I_v(x), whose terms cancel for large x; at the corner at 0 the mean."""
    near = _between(special.ive, v, x, 1) - np.sign(np.real(plain_value(x))) * special.ive(plain_value(v), x)
    return exponential_tail(near, v, x, "I")


def _kve_partial(y: Any, v: Any, x: Any) -> Any:
    near = special.kve(plain_value(v), x) - _between(special.kve, v, x, 1)
    return exponential_tail(near, v, x, "K")


def _struve_term(v: Any, x: Any) -> Any:
    v = plain_value(v)
    return (x / 2) ** v * special.rgamma(v + 1.5) / math.sqrt(math.pi)


def _shown(f: Any, sign: int, half: float = 0.5) -> Any:
    return lambda y, v, x: half * (f(v - 1, x) + f(v + 1, x)) if sign > 0 else half * (f(v - 1, x) - f(v + 1, x))


CYLINDER = (
    Row("jv", (FIXED, _in_between(special.jv)), (None, _shown(special.jv, -1)), Function("J"), "v, z"),
    Row("yv", (FIXED, _in_between(special.yv)), (None, _shown(special.yv, -1)), Function("Y"), "v, z"),
    Row("yn", (FIXED, _in_between(special.yv)), (None, _shown(special.yv, -1)), Function("Y"), "n, x"),
    Row("iv", (FIXED, _in_between(special.iv, 1)), (None, _shown(special.iv, 1)), Function("I"), "v, z"),
    Row("kv", (FIXED, lambda y, v, x: -_between(special.kv, v, x, 1)), notation=Function("K"), operands="v, z"),
    Row("kn", (FIXED, lambda y, v, x: -_between(special.kv, v, x, 1)), notation=Function("K"), operands="n, x"),
    Row("hankel1", (FIXED, _in_between(special.hankel1)), operands="v, z"),
    Row("hankel2", (FIXED, _in_between(special.hankel2)), operands="v, z"),
    Row("ive", (FIXED, _ive_partial), operands="v, z"),
    Row("kve", (FIXED, _kve_partial), operands="v, z"),
)
WHOLE = (
    Row("j0", (lambda y, x: -special.j1(x),), notation=Function("J", base="0")),
    Row("j1", (_of_order(1, special.jv),), notation=Function("J", base="1")),
    Row("y0", (lambda y, x: -special.y1(x),), notation=Function("Y", base="0")),
    Row("y1", (lambda y, x: special.y0(x) - y / x,), notation=Function("Y", base="1")),
    Row("i0", (lambda y, x: special.i1(x),), notation=Function("I", base="0")),
    Row("i1", (_i1_partial,), (_of_order(1, special.iv, 1),), notation=Function("I", base="1")),
    Row("k0", (lambda y, x: -special.k1(x),), notation=Function("K", base="0")),
    Row("k1", (lambda y, x: -special.k0(x) - y / x,), notation=Function("K", base="1")),
    Row("i0e", (lambda y, x: _ive_partial(y, 0, x),)),
    Row("i1e", (lambda y, x: _ive_partial(y, 1, x),)),
    Row("k0e", (lambda y, x: exponential_tail(y - special.k1e(x), 0, x, "K"),), (lambda y, x: y - special.k1e(x),)),
    Row("k1e", (lambda y, x: exponential_tail(y - special.k0e(x) - y / x, 1, x, "K"),)),
)
STRUVE = (
    Row("struve", (FIXED, lambda y, v, x: _between(special.struve, v, x) + _struve_term(v, x) / 2), operands="v, x"),
    Row(
        "modstruve",
        (FIXED, lambda y, v, x: _between(special.modstruve, v, x, 1) + _struve_term(v, x) / 2),
        operands="v, x",
    ),
)
AIRY = (
    Results(
        "airy",
        (
            ("Ai", lambda y, x: special.airy(x)[1], None),
            ("Ai′", lambda y, x: x * special.airy(x)[0], None),
            ("Bi", lambda y, x: special.airy(x)[3], None),
            ("Bi′", lambda y, x: x * special.airy(x)[2], None),
        ),
    ),
)

ROWS = (*CYLINDER, *WHOLE, *STRUVE, *AIRY)
