"""Error functions and the normal distribution (DLMF 7), and logistic functions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special

from graphviz_ad.engine.notation import Function
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.special.asymptotics import bell, gaussian_tail, parted
from graphviz_ad.engine.special.rows import Row

__all__ = ["ROWS"]

TWO_OVER_ROOT_PI, ROOT_TWO = 2 / math.sqrt(math.pi), math.sqrt(2)
ROOT_TWO_PI = math.sqrt(2 * math.pi)


def _erfcx_partial(y: Any, x: Any) -> Any:
    """Return 2 x y - 2/sqrt(pi), which cancels for large x."""
    near = 2 * (x * y) - TWO_OVER_ROOT_PI
    return gaussian_tail(near / TWO_OVER_ROOT_PI, x, -1) * TWO_OVER_ROOT_PI


def _density(x: Any) -> Any:
    return bell(x / ROOT_TWO) / ROOT_TWO_PI


def _log_ndtr_partial(y: Any, x: Any) -> Any:
    """Return the density divided by the probability, neither of which is 0 where the other one is."""
    right = np.real(plain_value(x)) > 0
    left, far = parted(right, x, 0, 0)
    below = math.sqrt(2 / math.pi) / special.erfcx(-left / ROOT_TWO)
    return np.where(right, _density(far) / special.ndtr(far), below)[()]


def _owens_t_by_slope(y: Any, h: Any, a: Any) -> Any:
    length = np.hypot(1, a)
    return bell(h * length / ROOT_TWO) / (2 * math.pi) / length / length


def _owens_t_partial(y: Any, h: Any, a: Any) -> Any:
    return -bell(h / ROOT_TWO) * special.erf(a * h / ROOT_TWO) / (2 * ROOT_TWO_PI)


ERROR_FUNCTIONS = (
    Row("erf", (lambda y, x: TWO_OVER_ROOT_PI * bell(x),), (lambda y, x: 2 / np.sqrt(np.pi) * np.exp(-(x**2)),)),
    Row("erfc", (lambda y, x: -TWO_OVER_ROOT_PI * bell(x),), (lambda y, x: -2 / np.sqrt(np.pi) * np.exp(-(x**2)),)),
    Row("erfcx", (_erfcx_partial,), (lambda y, x: 2 * x * y - 2 / np.sqrt(np.pi),)),
    Row(
        "erfi",
        (lambda y, x: TWO_OVER_ROOT_PI * np.exp(x * x),),
        (lambda y, x: 2 / np.sqrt(np.pi) * np.exp(x**2),),
    ),
    Row("erfinv", (lambda y, x: np.exp(y * y) / TWO_OVER_ROOT_PI,), (lambda y, x: np.sqrt(np.pi) / 2 * np.exp(y**2),)),
    Row(
        "erfcinv",
        (lambda y, x: -np.exp(y * y) / TWO_OVER_ROOT_PI,),
        (lambda y, x: -np.sqrt(np.pi) / 2 * np.exp(y**2),),
    ),
    Row(
        "dawsn",
        (lambda y, x: gaussian_tail(1 - 2 * (x * y), x, 1, both=True),),
        (lambda y, x: 1 - 2 * x * y,),
    ),
    Row("wofz", (lambda y, z: 1j * TWO_OVER_ROOT_PI - 2 * z * y,), operands="z"),
    Row(
        "ndtr",
        (lambda y, x: _density(x),),
        (lambda y, x: np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi),),
        Function("Φ"),
    ),
    Row("log_ndtr", (_log_ndtr_partial,), (lambda y, x: np.exp(-(x**2) / 2 - y) / np.sqrt(2 * np.pi),)),
    Row(
        "ndtri",
        (lambda y, x: ROOT_TWO_PI * np.exp(y * y / 2),),
        (lambda y, x: np.sqrt(2 * np.pi) * np.exp(y**2 / 2),),
        Function("Φ⁻¹"),
        "y",
    ),
    Row(
        "ndtri_exp",
        (lambda y, x: ROOT_TWO_PI * np.exp(y * y / 2 + x),),
        (lambda y, x: np.sqrt(2 * np.pi) * np.exp(x + y**2 / 2),),
        operands="y",
    ),
    Row(
        "owens_t",
        (
            _owens_t_partial,
            _owens_t_by_slope,
        ),
        (
            lambda y, h, a: -np.exp(-(h**2) / 2) * special.erf(a * h / np.sqrt(2)) / (2 * np.sqrt(2 * np.pi)),
            lambda y, h, a: np.exp(-(h**2) * (1 + a**2) / 2) / (2 * np.pi * (1 + a**2)),
        ),
        operands="h, a",
    ),
)

LOGISTIC = (
    Row("expit", (lambda y, x: special.expit(x) * special.expit(-x),), (lambda y, x: y * (1 - y),), Function("σ")),
    Row("log_expit", (lambda y, x: special.expit(-x),), notation=Function("log σ")),
    Row("logit", (lambda y, x: 1 / x / (1 - x),), (lambda y, x: 1 / (x * (1 - x)),)),
)

ROWS = (*ERROR_FUNCTIONS, *LOGISTIC)
