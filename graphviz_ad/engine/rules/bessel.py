"""The modified Bessel function np.i0, whose slope is the one of order 1, and so on to any order.

Sources: Abramowitz and Stegun, 9.6.10 for the power series, of which all terms have one sign, and 9.6.26 for the slope,
``(I(n - 1, x) + I(n + 1, x)) / 2``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from graphviz_ad.engine.notation import Function
from graphviz_ad.engine.primitive import PRIMITIVES, Primitive
from graphviz_ad.engine.registering import implements, structural

_LARGEST = 720  # beyond it the value is larger than any float64


def _besseli(order: int, x: Any) -> Any:
    """Return I(n, x) = (x/2)^n sum of (x^2/4)^k / (k! (n + k)!), from the last term that counts to the first."""
    x = np.asarray(x)
    wide = x.astype(np.result_type(x, np.float64))
    sizes = np.absolute(wide)
    largest = np.max(np.where(sizes < _LARGEST, sizes, _LARGEST), initial=0)
    total: Any = 1.0
    with np.errstate(over="ignore"):
        square = wide / 2 * (wide / 2)
        for k in range(int(largest) + 30, 0, -1):
            total = 1 + total * (square / (k * (k + order)))
        for n in range(1, int(order) + 1):
            total = total * (wide / (2 * n))
        return total.astype(x.dtype)[()]


def _besseli_vjp(adjoint: Any, y: Any, order: int, x: Any) -> Any:
    return adjoint * ((BESSELI(abs(order - 1), x) + BESSELI(order + 1, x)) / 2)


BESSELI: Primitive = structural(
    "besseli",
    _besseli,
    None,
    _besseli_vjp,
    notation=Function("besseli"),
    back="mean of orders beside it",
)
I0 = PRIMITIVES["i0"] = Primitive("i0", np.i0, partials=(lambda y, x: BESSELI(1, x),), notation=Function("I", base="0"))


@implements(np.i0)
def i0(x: Any) -> Any:
    """Record ``np.i0(x)``."""
    return I0(x)
