"""Where a function stands upright, is flat or has no value: roots and logarithms of 0, quotients by 0, dead slopes."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphviz_ad.debugging.remedies.proposals import Identity

__all__ = ["CHOICES", "ROOTS"]

_BACK = ("inf-gradient", "nan-gradient")
_LOST = ("nan", "inf", *_BACK)
_SQUARES = ("inf", "underflow")
_NORM = "call it np.linalg.norm, which has a slope of 0 where all are 0"
_UPRIGHT = "take the root of what is above 0 only: at 0 it is vertical, and no number is its slope"
_INSIDE = "add a little under the root: what is added behind it leaves the root vertical at 0"


def _is_part(p: Any, **others: Any) -> bool:
    return bool(np.ndim(p) == 0 and 0 < p < 1)


def _is_rounded(c: Any) -> bool:
    return bool(np.all(np.abs(c) <= 1 + 1e-6) and np.max(c) >= 1)


ROOTS = (
    Identity(
        _BACK,
        "np.sqrt(np.maximum(x, 0))",
        "np.where(x > 0, np.sqrt(np.where(x > 0, x, 1.0)), 0.0)",
        _UPRIGHT,
    ),
    Identity(
        _BACK,
        "np.sqrt(np.mean((x - np.mean(x)) ** 2))",
        "np.std(x)",
        "call it np.std, which has a slope of 0 where all are equal",
    ),
    Identity(
        (*_BACK, *_SQUARES), "np.sqrt(x ** 2 + y ** 2)", "np.hypot(x, y)", "call it np.hypot, which squares nothing"
    ),
    Identity(_BACK, "np.sqrt(np.sum(x ** 2, **k))", "np.linalg.norm(x, **k)", _NORM),
    Identity(_BACK, "np.sum(x ** 2, **k) ** 0.5", "np.linalg.norm(x, **k)", _NORM),
    Identity(_SQUARES, "np.sqrt(x ** 2 + 1)", "np.hypot(x, 1.0)", "call it np.hypot, which squares nothing"),
    Identity(_SQUARES, "np.sqrt(x ** 2)", "np.abs(x)", "take np.abs, which squares nothing"),
    Identity(
        (*_SQUARES, *_BACK),
        "np.sqrt(np.sum(x ** 2))",
        "np.max(np.abs(x)) * np.sqrt(np.sum((x / np.max(np.abs(x))) ** 2))",
        "divide by the largest before squaring, and multiply by it at the end",
    ),
    Identity(_BACK, "np.sqrt(s)", "np.where(s > 0, np.sqrt(np.where(s > 0, s, 1.0)), 0.0)", _UPRIGHT),
    Identity(_BACK, "s ** p", "np.where(s > 0, np.where(s > 0, s, 1.0) ** p, 0.0)", _UPRIGHT, when=_is_part),
    Identity(
        _LOST,
        "np.arctan(a / b)",
        "np.arctan2(a, b)",
        "call it np.arctan2, which divides nothing and knows the quadrant",
        may_change=True,
    ),
    Identity(
        _LOST,
        "np.arccos(c)",
        "np.where(c < 1, np.arccos(np.where(c < 1, c, 0.0)), 0.0)",
        "ask for the angle below a cosine of 1 only: there it is vertical, and rounding leads beyond it",
        may_change=True,
        when=_is_rounded,
    ),
)
"""What stands upright, and what to write for it: the value stays, where it has one."""


def _is_at_zero(x: Any) -> bool:
    return bool(np.min(x) >= 0)


def _is_nothing_by_nothing(a: Any, b: Any) -> bool:
    zero = np.equal(b, 0)
    return bool(np.any(zero) and not np.any(np.where(zero, a, 0)))


def _is_nothing_by_root(a: Any, s: Any, **others: Any) -> bool:
    return _is_nothing_by_nothing(a, s)


def _is_third(p: Any, **others: Any) -> bool:
    return bool(np.ndim(p) == 0 and abs(p - 1 / 3) < 1e-9)


def _is_below(p: Any, x: Any) -> bool:
    return bool(np.ndim(p) == 0 and p < 0 and np.any(np.equal(x, 0)))


def _is_of_itself(s: Any, **others: Any) -> bool:
    """Whether a square table is 0 on its diagonal and nowhere else, as the distances of points to each other are."""
    shape = np.shape(s)
    is_square = len(shape) == 2 and shape[0] == shape[1]
    return is_square and np.array_equal(np.equal(s, 0), np.eye(shape[0], dtype=bool))


_FAR = (
    "put each point infinitely far from itself: at a distance of 0, neither the root nor what divides by it has a slope"
)

CHOICES = (
    *(
        Identity(
            _LOST,
            before.format("(r := np.sqrt(s))"),
            "np.sqrt(np.where(s == 0, np.inf, s))",
            _FAR,
            may_change=True,
            when=_is_of_itself,
            within="r",
        )
        for before in ("a / {}", "a / {} ** p", "{} ** p")
    ),
    Identity(
        _LOST,
        "np.sin(x) / x",
        "np.sinc(x / np.pi)",
        "call it np.sinc, of x/π: it is 1 at 0, which is the limit there",
        may_change=True,
    ),
    Identity(
        _LOST,
        "a / b",
        "a / np.where(b == 0, 1.0, b)",
        "divide by 1 where the denominator is 0: what is 0 stays 0 there",
        may_change=True,
        when=_is_nothing_by_nothing,
    ),
    Identity(_LOST, "a / np.sqrt(s)", "a / np.sqrt(s + 1e-12)", _INSIDE, may_change=True, when=_is_nothing_by_root),
    Identity(
        _LOST,
        "a / (np.sqrt(s) * np.sqrt(t))",
        "a / np.sqrt(s * t + 1e-12)",
        _INSIDE,
        may_change=True,
        when=lambda a, s, t: _is_nothing_by_nothing(a, s * t),
    ),
    Identity(
        _LOST,
        "a / (np.sqrt(s) + c)",
        "a / (np.sqrt(s + 1e-12) + c)",
        _INSIDE,
        may_change=True,
        when=_is_nothing_by_root,
    ),
    Identity(
        _LOST,
        "np.log(x)",
        "np.log(np.clip(x, 1e-12, None))",
        "keep the argument of log above 0: at 0 it is −∞",
        may_change=True,
        when=_is_at_zero,
    ),
    Identity(
        _LOST,
        "x ** p",
        "np.cbrt(x)",
        "take np.cbrt, which has a value below 0, too",
        may_change=True,
        when=_is_third,
    ),
    Identity(
        _LOST,
        "a / b",
        "np.where(b == 0, 0.0, a / np.where(b == 0, 1.0, b))",
        "leave out what is divided by 0, with a mask before the quotient and one behind it",
        may_change=True,
        when=lambda a, b: np.any(np.equal(b, 0)),
    ),
    Identity(
        _LOST,
        "x ** p",
        "np.where(x == 0, 0.0, np.where(x == 0, 1.0, x) ** p)",
        "leave out the power of 0, with a mask before it and one behind it",
        may_change=True,
        when=_is_below,
    ),
    Identity(
        ("zero-gradient",),
        "np.maximum(z, 0)",
        "np.where(z > 0, z, 0.01 * z)",
        "let a little through below 0: a slope of 0 never recovers",
        may_change=True,
    ),
    Identity(
        ("zero-gradient",),
        "np.sign(x)",
        "np.tanh(x)",
        "take np.tanh for np.sign: it has a slope",
        may_change=True,
    ),
)
"""What gives another value on purpose, since the one there is has no use."""
