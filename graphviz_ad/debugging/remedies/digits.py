"""Differences of nearly equal numbers: the same number by a way on which no digits are lost."""

from __future__ import annotations

from graphviz_ad.debugging.remedies.proposals import Identity

__all__ = ["DIGITS"]

_KINDS = ("cancellation",)
_ROOTS = "write the difference of roots as a quotient, which subtracts nothing that is nearly equal"
_OTHER_ROOT = "take the other formula for the root: in it b and the square root are added"
_SINH = "call it np.sinh, which subtracts nothing that is nearly equal"
_SMALL = "take the function that is made for small numbers: it does not add 1 and take it away again"
_ADDED = "add in logarithms with np.logaddexp: it does not add 1 and take it away again"

DIGITS = (
    Identity(_KINDS, "np.exp(x) - 1", "np.expm1(x)", _SMALL),
    Identity(_KINDS, "1 - np.exp(x)", "-np.expm1(x)", _SMALL),
    Identity(_KINDS, "np.log(1 + x)", "np.log1p(x)", _SMALL),
    Identity(_KINDS, "np.log(1 - 1 / (1 + np.exp(x)))", "-np.logaddexp(0.0, -x)", _ADDED),
    Identity(_KINDS, "np.log(1 / (1 + np.exp(x)))", "-np.logaddexp(0.0, x)", _ADDED),
    Identity(_KINDS, "np.log(1 + np.exp(x))", "np.logaddexp(0.0, x)", _ADDED),
    Identity(_KINDS, "np.log(1 - x)", "np.log1p(-x)", _SMALL),
    Identity(
        _KINDS, "1 - np.cos(x)", "2.0 * np.sin(0.5 * x) ** 2", "write 1 − cos x as 2 sin²(x/2), which subtracts nothing"
    ),
    Identity(
        _KINDS,
        "np.cos(x) - 1",
        "-2.0 * np.sin(0.5 * x) ** 2",
        "write cos x − 1 as −2 sin²(x/2), which subtracts nothing",
    ),
    Identity(
        _KINDS,
        "1 - np.tanh(x)",
        "2.0 * np.exp(-np.logaddexp(0.0, 2.0 * x))",
        "write 1 − tanh x as 2/(1 + e²ˣ), which subtracts nothing",
    ),
    Identity(
        _KINDS,
        "1 - 1 / (1 + np.exp(x))",
        "np.exp(-np.logaddexp(0.0, -x))",
        "write 1 − σ(x) as σ(−x), which subtracts nothing",
    ),
    Identity(_KINDS, "np.sqrt(a + c) - np.sqrt(a)", "c / (np.sqrt(a + c) + np.sqrt(a))", _ROOTS),
    Identity(_KINDS, "np.sqrt(1 + x) - 1", "x / (np.sqrt(1.0 + x) + 1.0)", _ROOTS),
    Identity(_KINDS, "1 - np.sqrt(1 - x)", "x / (1.0 + np.sqrt(1.0 - x))", _ROOTS),
    Identity(_KINDS, "1 / np.sqrt(1 - x) - 1", "np.expm1(-0.5 * np.log1p(-x))", _SMALL),
    Identity(_KINDS, "np.sqrt(a) - np.sqrt(b)", "(a - b) / (np.sqrt(a) + np.sqrt(b))", _ROOTS),
    Identity(_KINDS, "np.sqrt(x ** 2 + c) - x", "c / (np.sqrt(x ** 2 + c) + x)", _ROOTS),
    Identity(_KINDS, "x - np.sqrt(x ** 2 - c)", "c / (x + np.sqrt(x ** 2 - c))", _ROOTS),
    Identity(_KINDS, "(np.exp(x) - np.exp(-x)) / 2", "np.sinh(x)", _SINH),
    Identity(_KINDS, "0.5 * (np.exp(x) - np.exp(-x))", "np.sinh(x)", _SINH),
    Identity(_KINDS, "(-b + (r := np.sqrt(b ** 2 - 4 * c))) / 2", "-2.0 * c / (b + r)", _OTHER_ROOT),
    Identity(
        _KINDS,
        "(-b + (r := np.sqrt(b ** 2 - 4 * a * c))) / (2 * a)",
        "-2.0 * c / (b + r)",
        _OTHER_ROOT,
    ),
    Identity(
        _KINDS,
        "np.mean(x ** 2, **k) - np.mean(x, **k) ** 2",
        "np.var(x, **k)",
        "take np.var, which subtracts the mean before it squares",
    ),
    Identity(
        _KINDS,
        "np.sin(x + h) - np.sin(x)",
        "2.0 * np.cos(x + 0.5 * h) * np.sin(0.5 * h)",
        "write the difference of sines as a product, which subtracts nothing",
    ),
    Identity(_KINDS, "a ** 2 - b ** 2", "(a - b) * (a + b)", "subtract before squaring: a² − b² is (a − b)(a + b)"),
)
"""What loses digits, and what to write for it."""
