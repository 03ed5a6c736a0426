"""Exponentials and their logarithms: the same number by a way on which nothing overflows."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphviz_ad.debugging.remedies.proposals import Identity

__all__ = ["LOGARITHMS"]

_KINDS = ("inf", "nan", "inf-gradient", "nan-gradient", "underflow")
_SHIFT = "subtract the largest before np.exp: the quotient stays as it is, and no power overflows"
_ADD = "add in logarithms with np.logaddexp, in which no power overflows"
_SIGMOID = "write the sigmoid through np.logaddexp, which neither overflows nor loses digits"

_ENTROPY = "take the cross entropy of the numbers before the sigmoid: nothing overflows, and no log meets 0"
_UNDONE = "leave out the power that its logarithm undoes"


_RANGE = "add logarithms instead of multiplying: the product leaves the range of floats, its logarithm does not"
_APART = "take the logarithms of the factors: the product leaves the range of floats"


def _are_positive(x: Any, y: Any) -> bool:
    return _is_positive(x) and _is_positive(y)


def _is_positive(c: Any, **others: Any) -> bool:
    return bool(np.all(np.greater(c, 0)))


def _has_positive(x: Any, **others: Any) -> bool:
    return _is_positive(x)


_POWER = "np.exp(x - np.max(x))"
_PARTS = (
    f"({_POWER} / np.sum({_POWER}))[i]",
    f"{_POWER}[i] / np.sum({_POWER})",
    "(np.exp(x) / np.sum(np.exp(x)))[i]",
    "np.exp(x)[i] / np.sum(np.exp(x))",
)
"""One entry of a softmax, as it is written with the shift and without."""

_BRANCHES = ("1 / (1 + np.exp(-x))", "np.exp(x) / (1 + np.exp(x))")
"""The sigmoid, as it is written on either side of 0: a `where` of both, whatever it decides by, is the sigmoid."""

_PART_LOGARITHMS = (("-", "np.logaddexp.reduce(x) - x[i]"), ("", "x[i] - np.logaddexp.reduce(x)"))


def _is_row(x: Any, **others: Any) -> bool:
    return np.ndim(x) == 1


LOGARITHMS = (
    Identity(
        _KINDS,
        "a * np.log(1 / (1 + np.exp(x))) + b * np.log(1 - 1 / (1 + np.exp(x)))",
        "-(a * np.logaddexp(0.0, x) + b * np.logaddexp(0.0, -x))",
        _ENTROPY,
        may_change=True,
    ),
    Identity(
        _KINDS,
        "a * np.log(1 / (1 + np.exp(x))) - b * np.log(1 - 1 / (1 + np.exp(x)))",
        "b * np.logaddexp(0.0, -x) - a * np.logaddexp(0.0, x)",
        _ENTROPY,
        may_change=True,
    ),
    Identity(_KINDS, "-np.log(1 / (1 + np.exp(x)))", "np.logaddexp(0.0, x)", _ADD),
    Identity(_KINDS, "-np.log(1 - 1 / (1 + np.exp(x)))", "np.logaddexp(0.0, -x)", _ADD, may_change=True),
    *(Identity(_KINDS, f"{sign}np.log({part})", after, _ADD) for part in _PARTS for sign, after in _PART_LOGARITHMS),
    *(
        Identity(_KINDS, f"{sign}np.log((np.exp(x) / np.sum(np.exp(x), **k))[i])", after, _ADD, when=_is_row)
        for sign, after in _PART_LOGARITHMS
    ),
    Identity(_KINDS, "np.log(np.exp(x))", "x", _UNDONE),
    Identity(_KINDS, "np.log(np.exp(x) / c)", "x - np.log(c)", _UNDONE, when=_is_positive),
    Identity(_KINDS, "np.log(c * np.exp(x))", "np.log(c) + x", _UNDONE, when=_is_positive),
    Identity(_KINDS, "np.log(1 + np.exp(x))", "np.logaddexp(0.0, x)", _ADD),
    Identity(_KINDS, "np.log1p(np.exp(x))", "np.logaddexp(0.0, x)", _ADD),
    Identity(_KINDS, "np.log(1 / (1 + np.exp(x)))", "-np.logaddexp(0.0, x)", _ADD),
    Identity(_KINDS, "np.log(1 - 1 / (1 + np.exp(x)))", "-np.logaddexp(0.0, -x)", _ADD, may_change=True),
    Identity(_KINDS, "np.log(np.exp(x) / np.sum(np.exp(x), **k))", "x - np.logaddexp.reduce(x, **k)", _ADD),
    Identity(
        _KINDS,
        "np.log(1 - np.exp(x))",
        "np.log(-np.expm1(x))",
        "take np.expm1, which does not add 1 and take it away again",
    ),
    Identity(_KINDS, "np.log(np.sum(np.exp(x), **k))", "np.logaddexp.reduce(x, **k)", _ADD),
    Identity(_KINDS, "(e := np.exp(x)) / np.sum(e, **k)", "np.exp(x - np.max(x, **k))", _SHIFT, within="e"),
    Identity(
        _KINDS,
        "np.exp(x) / np.sum(np.exp(x), **k)",
        "np.exp(x - np.max(x, **k)) / np.sum(np.exp(x - np.max(x, **k)), **k)",
        _SHIFT,
    ),
    *(
        Identity(_KINDS, f"np.where({branches})", "np.exp(-np.logaddexp(0.0, -x))", _SIGMOID)
        for branches in (", ".join(_BRANCHES), ", ".join(_BRANCHES[::-1]))
    ),
    Identity(_KINDS, "np.exp(x) / (1 + np.exp(x))", "np.exp(-np.logaddexp(0.0, -x))", _SIGMOID),
    Identity(_KINDS, "1 / (1 + np.exp(x))", "np.exp(-np.logaddexp(0.0, x))", _SIGMOID),
    Identity(_KINDS, "a / (1 + np.exp(x))", "a * np.exp(-np.logaddexp(0.0, x))", _SIGMOID),
    Identity(
        _KINDS,
        "(np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))",
        "np.tanh(x)",
        "call it np.tanh, which does not overflow",
    ),
    Identity(
        _KINDS,
        "np.minimum(np.exp(x), c)",
        "np.exp(np.minimum(x, np.log(c)))",
        "cap the exponent: what is capped behind np.exp has overflowed before",
    ),
    Identity(_KINDS, "np.log(np.cosh(x))", "np.logaddexp(x, -x) - np.log(2.0)", _ADD),
    Identity(
        _KINDS,
        "np.log(np.prod(x, **k))",
        "np.sum(np.log(x), **k)",
        _RANGE,
    ),
    *(
        Identity(
            _KINDS, f"np.log(np.cumprod(x, **k){part})", f"np.cumsum(np.log(x), **k){part}", _RANGE, when=_has_positive
        )
        for part in ("[i]", "")
    ),
    Identity(
        (*_KINDS, "inf-gradient", "nan-gradient"),
        "np.prod(x, **k) ** p",
        "np.exp(p * np.sum(np.log(x), **k))",
        _RANGE,
        when=_has_positive,
    ),
    Identity(_KINDS, "np.log(x ** 2)", "2.0 * np.log(np.abs(x))", _APART),
    Identity(_KINDS, "np.log(x * y)", "np.log(x) + np.log(y)", _APART, when=_are_positive),
    Identity(_KINDS, "np.log(x ** p)", "p * np.log(x)", "multiply the logarithm: the power leaves the range of floats"),
)
"""What overflows, and what to write for it."""
