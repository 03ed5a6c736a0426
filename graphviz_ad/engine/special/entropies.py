"""Entropies and divergences, made of x log x with 0 log 0 = 0, and Huber's losses."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.special.asymptotics import parted
from graphviz_ad.engine.special.rows import Row

__all__ = ["ROWS"]


def _log_ratio(a: Any, b: Any) -> Any:
    """Return log(a/b), also where the quotient leaves the range of the dtype; 0 where both are 0."""
    plain_a, plain_b = plain_value(a), plain_value(b)
    nothing = (plain_a == 0) & (plain_b == 0)
    a, b = np.where(nothing, 1, a)[()], np.where(nothing, 1, b)[()]
    with np.errstate(all="ignore"):
        ratio = plain_value(a) / plain_value(b)
    beyond = ~((ratio > 1e-3) & (ratio < 1e3))
    near_a, far_a = parted(beyond, a, 1, 1)
    near_b, far_b = parted(beyond, b, 1, 1)
    return np.where(beyond, np.log(far_a) - np.log(far_b), np.log(near_a / near_b))[()]


def _quotient(a: Any, b: Any) -> Any:
    """Return a/b, and 0 where a is 0, whatever b is."""
    zero = plain_value(a) == 0
    return np.where(zero, 0, a / np.where(zero, 1, b)[()])[()]


def _log_where(a: Any, x: Any, log: Any) -> Any:
    """Return the logarithm of x, and 0 where a is 0 and x has none: there the function is 0 all along."""
    plain = plain_value(x)
    gone = (plain_value(a) == 0) & ~(plain > (0 if log is np.log else -1))
    return np.where(gone, 0, log(np.where(gone, 1, x)[()]))[()]


def _entr_partial(y: Any, x: Any) -> Any:
    return -np.log(x) - 1


ENTROPIES = (
    Row("entr", (_entr_partial,)),  # inf at 0, as the limit is
    # Where both are 0 the slopes are 0; where a alone is, that by a is -inf, as the limit is.
    Row(
        "rel_entr",
        (
            lambda y, a, b: _log_ratio(a, b) + np.where((plain_value(a) == 0) & (plain_value(b) == 0), 0, 1),
            lambda y, a, b: -_quotient(a, b),
        ),
        (lambda y, a, b: np.log(a / b) + 1, lambda y, a, b: -a / b),
        operands="x, y",
    ),
    Row(
        "kl_div",
        (lambda y, a, b: _log_ratio(a, b), lambda y, a, b: _quotient(b - a, b)),
        (lambda y, a, b: np.log(a / b), lambda y, a, b: 1 - a / b),
        operands="x, y",
    ),
    Row(
        "xlogy",
        (lambda y, a, b: _log_where(a, b, np.log), lambda y, a, b: _quotient(a, b)),
        (lambda y, a, b: np.log(b), lambda y, a, b: a / b),
        operands="x, y",
    ),
    Row(
        "xlog1py",
        (lambda y, a, b: _log_where(a, b, np.log1p), lambda y, a, b: _quotient(a, 1 + b)),
        (lambda y, a, b: np.log1p(b), lambda y, a, b: a / (1 + b)),
        operands="x, y",
    ),
)


def _huber_by_delta(y: Any, delta: Any, r: Any) -> Any:
    over = np.absolute(r) - delta
    return np.where(plain_value(over) > 0, over, 0)[()]


def _huber_by_r(y: Any, delta: Any, r: Any) -> Any:
    plain = plain_value(r)
    return np.where(np.absolute(plain) <= plain_value(delta), r, delta * np.sign(plain))[()]


def _slope(delta: Any, r: Any) -> tuple[Any, Any, Any]:
    """Return r/delta, the root of 1 + (r/delta)^2, and where delta is 0 and there is no slope."""
    level = plain_value(delta) == 0
    u = r / np.where(level, 1, delta)[()]
    return u, np.hypot(1, u), level


def _pseudo_huber_by_delta(y: Any, delta: Any, r: Any) -> Any:
    u, root, level = _slope(delta, r)
    return np.where(level, np.absolute(r), r * (u / root) * np.square(u / (1 + root)))[()]


def _pseudo_huber_by_r(y: Any, delta: Any, r: Any) -> Any:
    _, root, level = _slope(delta, r)
    return np.where(level, 0, r / root)[()]


HUBER = (
    Row(
        "huber",
        (_huber_by_delta, _huber_by_r),
        (
            lambda y, d, r: (np.absolute(r) > d) * (np.absolute(r) - d),
            lambda y, d, r: np.where(np.absolute(r) > d, d * np.sign(r), r),
        ),
        operands="delta, r",
    ),
    Row(
        "pseudo_huber",
        (_pseudo_huber_by_delta, _pseudo_huber_by_r),
        (None, lambda y, d, r: r / np.sqrt(1 + (r / d) ** 2)),
        operands="delta, r",
    ),
)

ROWS = (*ENTROPIES, *HUBER)
