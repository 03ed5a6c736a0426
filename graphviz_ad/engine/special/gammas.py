"""The gamma function and what is made of it (DLMF 5 and 8): logarithms, digamma, beta, incomplete integrals."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from graphviz_ad.engine.notation import Function
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.special.asymptotics import level, parted
from graphviz_ad.engine.special.rows import FIXED, Row

__all__ = ["ROWS"]

# B_2k / 2k, of the Bernoulli numbers: psi(x) = log x - 1/(2 x) - sum of these divided by x^2k (DLMF 5.11.2).
_BERNOULLI = (1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12, -3617 / 8160)
_SHIFT = 10


def _rgamma_partial(y: Any, x: Any) -> Any:
    """Return d(1/gamma(x))/dx; for small x by reflection, since the digamma function has poles where 1/gamma is 0."""
    if x.dtype.kind == "c":
        return -special.psi(x) * y
    return level(_rgamma_slope, x, 1.0)


def _rgamma_slope(x: Any) -> Any:
    small = plain_value(x) < 0.5
    right, left = parted(small, x, 1, 0)
    turn = np.pi * (left - 2 * np.rint(plain_value(left) / 2))  # whole turns less, which is exact
    mirrored = special.gamma(1 - left)
    reflected = mirrored * (np.cos(turn) - special.psi(1 - left) * np.sin(turn) / np.pi)
    return np.where(small, reflected, -special.psi(right) * special.rgamma(right))[()]


def _trigamma(x: Any) -> Any:
    """Return the derivative of the digamma function; by reflection for negative x, where its series is long."""
    if x.dtype.kind == "c":
        return special.zeta(2, x)
    negative = plain_value(x) < 0
    if not np.any(negative):
        return special.zeta(2, x)
    right, left = parted(negative, x, 1, -0.5)
    turn = np.pi * (left - np.rint(plain_value(left)))
    return np.where(negative, np.square(np.pi / np.sin(turn)) - special.zeta(2, 1 - left), special.zeta(2, right))[()]


def _rise(a: Any, b: Any) -> Any:
    """Return psi(a + b) - psi(a); of positive numbers as a sum in which nothing cancels."""
    if not np.all((plain_value(a) > 0) & (plain_value(b) > 0)):
        return special.psi(a + b) - special.psi(a)
    total: Any = 0.0
    for k in range(_SHIFT):
        total = total + b / (a + (b + k)) / (a + k)
    low, high = 1 / (a + _SHIFT), 1 / (a + (b + _SHIFT))
    step = b * low * high
    total = total + np.log1p(b * low) + step / 2
    rise = step * (low + high)  # low^2 - high^2, and then of the powers
    difference, power = rise, high * high
    for coefficient in _BERNOULLI:
        total = total + coefficient * difference
        difference, power = low * low * difference + power * rise, power * high * high
    return total


def _at_pole(*arguments: Any) -> Any:
    """Return where one of these is 0 or a negative whole number, at which the gamma function has a pole."""
    plain = [np.asarray(plain_value(x)) for x in arguments]
    return np.any(np.broadcast_arrays(*[(x <= 0) & (x == np.floor(x)) for x in plain]), axis=0)[()]


def _apart(poles: Any, at_poles: Any, elsewhere: Any, n: Any, k: Any, safe: tuple[float, float]) -> Any:
    """Return one rule at poles and another elsewhere, each computed where it holds."""
    if not np.any(poles):
        return elsewhere(n, k)
    (n, far_n), (k, far_k) = parted(~poles, n, safe[0], safe[0]), parted(~poles, k, safe[1], safe[1])
    return np.where(poles, at_poles(n, k), elsewhere(far_n, far_k))[()]


def _binom_by_n(y: Any, n: Any, k: Any) -> Any:
    def product(n: Any, k: Any) -> Any:  # the slope of 1/gamma is finite at its zeros
        return special.gamma(n + 1) * special.rgamma(k + 1) * _rgamma_partial(y, n - k + 1)

    def quotient(n: Any, k: Any) -> Any:
        return special.binom(n, k) * _rise(n - k + 1, k)

    return _apart(_at_pole(n - k + 1), product, quotient, n, k, (2.5, 1.2))


def _binom_by_k(y: Any, n: Any, k: Any) -> Any:
    def product(n: Any, k: Any) -> Any:
        above = _rgamma_partial(y, k + 1) * special.rgamma(n - k + 1)
        return special.gamma(n + 1) * (above - special.rgamma(k + 1) * _rgamma_partial(y, n - k + 1))

    def quotient(n: Any, k: Any) -> Any:
        return special.binom(n, k) * (special.psi(n - k + 1) - special.psi(k + 1))

    return _apart(_at_pole(n - k + 1, k + 1), product, quotient, n, k, (2.5, 1.2))


def _density(a: Any, x: Any) -> Any:
    """Return x^(a-1) exp(-x) / gamma(a), for large a around its peak (Loader 2000), where the factors overflow."""
    return level(lambda x: _finite_density(plain_value(a) * 1.0, x), x, 1.0)


def _finite_density(a: Any, x: Any) -> Any:
    large = (a > _SHIFT) & (plain_value(x) > 0)
    if not np.any(large):
        return np.exp(special.xlogy(a - 1, x) - x - special.gammaln(a))
    size, small = np.where(large, a, 20.0)[()], np.where(large, 1.0, a)[()]
    near, far = parted(large, x, 1, 20.0)
    rest = (far - size) / size
    close, wide = parted(np.absolute(plain_value(rest)) > 0.5, rest, 0, 1)
    away = np.absolute(plain_value(rest)) > 0.5
    deviance = np.where(away, wide - np.log1p(wide), close * close / 2 * special.hyp2f1(1, 2, 3, -close))[()]
    correction = sum(c / (2 * k + 1) / size ** (2 * k + 1) for k, c in enumerate(_BERNOULLI))
    peak = np.exp(-size * deviance - correction) * np.sqrt(size / (2 * np.pi)) / far
    return np.where(large, peak, np.exp(special.xlogy(small - 1, near) - near - special.gammaln(small)))[()]


def _beta_density(a: Any, b: Any, x: Any) -> Any:
    """Return x^(a-1) (1-x)^(b-1) / B(a, b)."""
    a, b = plain_value(a) * 1.0, plain_value(b) * 1.0
    return np.exp(special.xlogy(a - 1, x) + special.xlog1py(b - 1, -x) - special.betaln(a, b))


def _student_density(df: Any, t: Any) -> Any:
    df = plain_value(df) * 1.0
    top = -(df + 1) / 2 * np.log1p(t / df * t)
    return np.exp(top - special.betaln(df / 2, 0.5)) / np.sqrt(df)


def _gamma_formula(y: Any, a: Any, x: Any) -> Any:
    return x ** (a - 1) * np.exp(-x) / special.gamma(a)


def _beta_formula(y: Any, a: Any, b: Any, x: Any) -> Any:
    return x ** (a - 1) * (1 - x) ** (b - 1) / special.beta(a, b)


PSI = Function("ψ")
ROWS = (
    Row("gamma", (lambda y, x: y * special.psi(x),), notation=Function("Γ")),
    Row("gammaln", (lambda y, x: special.psi(x),), notation=Function("log Γ")),
    Row("loggamma", (lambda y, x: special.psi(x),), notation=Function("log Γ")),
    Row("rgamma", (_rgamma_partial,), (lambda y, x: -y * special.psi(x),), Function("1/Γ")),
    Row("gammasgn", (None,)),
    Row("psi", (lambda y, x: _trigamma(x),), (lambda y, x: special.zeta(2, x),), PSI),
    Row("_zeta", (FIXED, lambda y, s, q: -s * special.zeta(s + 1, q)), notation=Function("ζ"), operands="x, q"),
    Row(
        "beta",
        (lambda y, a, b: -y * _rise(a, b), lambda y, a, b: -y * _rise(b, a)),
        (
            lambda y, a, b: y * (special.psi(a) - special.psi(a + b)),
            lambda y, a, b: y * (special.psi(b) - special.psi(a + b)),
        ),
        Function("B"),
        "a, b",
    ),
    Row(
        "betaln",
        (lambda y, a, b: -_rise(a, b), lambda y, a, b: -_rise(b, a)),
        (
            lambda y, a, b: special.psi(a) - special.psi(a + b),
            lambda y, a, b: special.psi(b) - special.psi(a + b),
        ),
        Function("log B"),
        "a, b",
    ),
    Row(
        "binom",
        (
            _binom_by_n,
            _binom_by_k,
        ),
        (
            lambda y, n, k: y * (special.psi(n + 1) - special.psi(n - k + 1)),
            lambda y, n, k: y * (special.psi(n - k + 1) - special.psi(k + 1)),
        ),
        operands="x, y",
    ),
    Row(
        "poch",
        (lambda y, z, m: y * _rise(z, m), lambda y, z, m: y * special.psi(z + m)),
        (lambda y, z, m: y * (special.psi(z + m) - special.psi(z)), None),
        operands="z, m",
    ),
    Row("gammainc", (FIXED, lambda y, a, x: _density(a, x)), (None, _gamma_formula), operands="a, x"),
    Row(
        "gammaincc",
        (FIXED, lambda y, a, x: -_density(a, x)),
        (None, lambda y, a, x: -_gamma_formula(y, a, x)),
        operands="a, x",
    ),
    Row(
        "gammaincinv",
        (FIXED, lambda y, a, p: 1 / _density(a, y)),
        (None, lambda y, a, p: 1 / _gamma_formula(p, a, y)),
        operands="a, y",
    ),
    Row(
        "gammainccinv",
        (FIXED, lambda y, a, p: -1 / _density(a, y)),
        (None, lambda y, a, p: -1 / _gamma_formula(p, a, y)),
        operands="a, y",
    ),
    Row(
        "betainc",
        (FIXED, FIXED, lambda y, a, b, x: _beta_density(a, b, x)),
        (None, None, _beta_formula),
        operands="a, b, x",
    ),
    Row(
        "betaincc",
        (FIXED, FIXED, lambda y, a, b, x: -_beta_density(a, b, x)),
        (None, None, lambda y, a, b, x: -_beta_formula(y, a, b, x)),
        operands="a, b, x",
    ),
    Row("betaincinv", (FIXED, FIXED, lambda y, a, b, p: 1 / _beta_density(a, b, y)), operands="a, b, y"),
    Row("betainccinv", (FIXED, FIXED, lambda y, a, b, p: -1 / _beta_density(a, b, y)), operands="a, b, y"),
    Row("chdtr", (FIXED, lambda y, v, x: _density(plain_value(v) / 2, x / 2) / 2), operands="v, x"),
    Row("chdtrc", (FIXED, lambda y, v, x: -_density(plain_value(v) / 2, x / 2) / 2), operands="v, x"),
    Row("pdtrc", (FIXED, lambda y, k, m: _density(np.floor(plain_value(k)) + 1, m)), operands="k, m"),
    Row("pdtr", (FIXED, lambda y, k, m: -_density(np.floor(plain_value(k)) + 1, m)), operands="k, m"),
    Row("stdtr", (FIXED, lambda y, df, t: _student_density(df, t)), operands="df, t"),
    Row("stdtrit", (FIXED, lambda y, df, p: 1 / _student_density(df, y)), operands="df, p"),
)
