"""Rules of homogeneous functions, kept within the range of the dtype.

A function is homogeneous of degree d in an operand if c times the operand makes it c^d times as large: an inverse of
degree -1, a determinant of n rows of degree n. The slope by that operand is then of degree d - 1, and every rule is of
degree 1 in the adjoint. So where numbers are so large or so small that something on the way could leave the range of
the dtype, the rule gets all of them divided by powers of two, and its result is multiplied by what that makes. These
are plain numbers and lose no digit, so the rule is the same rule, and differentiates as before.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from graphviz_ad.engine.primitive import PRIMITIVES, Rule, plain_value

__all__ = ["in_range", "times_power"]


def in_range(name: str, degrees: Callable[..., Sequence[float]], *rules: Rule) -> tuple[Rule, ...]:
    """Return the rules of a primitive, which call themselves with numbers near 1 where theirs are far from it.

    Parameters
    ----------
    name : str
        Of the primitive, which is then computed once more, of these numbers.
    degrees : callable
        ``degrees(*operands, **params)`` returns the degree of the function in each operand.
    *rules : callable
        One for each operand, as `structural` gets them.
    """
    return tuple(_in_range(name, degrees, rule, k) for k, rule in enumerate(rules))


def _in_range(name: str, degrees: Callable[..., Sequence[float]], rule: Rule, place: int) -> Rule:
    def vjp(adjoint: Any, y: Any, *operands: Any, **params: Any) -> Any:
        powers = [_power(x) for x in (adjoint, *operands)]
        if max(map(abs, powers)) <= np.finfo(plain_value(adjoint).dtype).maxexp // 6:
            return rule(adjoint, y, *operands, **params)
        g, *near = (times_power(x, -power) for x, power in zip((adjoint, *operands), powers, strict=True))
        own = {key: value for key, value in params.items() if key != "argument"}
        parts = zip(degrees(*operands, **own), powers[1:], strict=True)
        total = powers[0] + sum(degree * power for degree, power in parts) - powers[params.get("argument", place) + 1]
        return times_power(rule(g, PRIMITIVES[name](*near, **own), *near, **params), int(total))

    return vjp


def _power(x: Any) -> int:
    """Return the power of two that is the size of an array, an even one, so that its root is one too."""
    largest = float(np.max(np.absolute(plain_value(x)), initial=0))
    return 2 * (math.frexp(largest)[1] // 2) if math.isfinite(largest) else 0


def times_power(x: Any, power: Any) -> Any:
    """Return x times 2 to the power of plain integers, of which each may be more than the dtype holds.

    Examples
    --------
    >>> float(times_power(np.float32(3e-30), 130))
    4083388416.0
    """
    info = np.finfo(plain_value(x).dtype)
    first = power // 3
    second = (power - first) // 2
    for part in (first, second, power - first - second):
        x = x * np.ldexp(info.dtype.type(1), np.clip(part, -info.maxexp + 1, info.maxexp - 1))
    return x
