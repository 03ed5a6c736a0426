"""Orthogonal polynomials in their argument (DLMF 18.9): the slope of one is another of a lower degree."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.special.rows import FIXED, Row

__all__ = ["ROWS"]


def _below(n: Any) -> Any:
    """Return the degree below, and 0 below 0, where a factor makes the slope 0."""
    return np.maximum(plain_value(n) - 1, 0)


def _legendre(y: Any, n: Any, x: Any) -> Any:
    return _jacobi(y, n, 0, 0, x)


def _jacobi(y: Any, n: Any, a: Any, b: Any, x: Any) -> Any:
    some = np.asarray(plain_value(n)) > 0
    return (n + a + b + 1) / 2 * some * special.eval_jacobi(_below(n), a + 1, b + 1, x)


def _laguerre(y: Any, n: Any, a: Any, x: Any) -> Any:
    return -1 * (np.asarray(plain_value(n)) > 0) * special.eval_genlaguerre(_below(n), a + 1, x)


def _gegenbauer(y: Any, n: Any, a: Any, x: Any) -> Any:
    some = np.asarray(plain_value(n)) > 0
    return 2 * a * some * special.eval_gegenbauer(_below(n), a + 1, x)


ROWS = (
    Row("eval_legendre", (FIXED, _legendre), operands="n, x"),
    Row("eval_chebyt", (FIXED, lambda y, n, x: n * special.eval_chebyu(_below(n), x)), operands="n, x"),
    Row("eval_chebyu", (FIXED, lambda y, n, x: _gegenbauer(y, n, 1, x)), operands="n, x"),
    Row("eval_hermite", (FIXED, lambda y, n, x: 2 * n * special.eval_hermite(_below(n), x)), operands="n, x"),
    Row("eval_hermitenorm", (FIXED, lambda y, n, x: n * special.eval_hermitenorm(_below(n), x)), operands="n, x"),
    Row("eval_laguerre", (FIXED, lambda y, n, x: _laguerre(y, n, 0, x)), operands="n, x"),
    Row("eval_genlaguerre", (FIXED, FIXED, _laguerre), operands="n, alpha, x"),
    Row("eval_gegenbauer", (FIXED, FIXED, _gegenbauer), operands="n, alpha, x"),
    Row("eval_jacobi", (FIXED, FIXED, FIXED, _jacobi), operands="n, alpha, beta, x"),
)
