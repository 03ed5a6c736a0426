"""Arithmetic with coefficients: NumPy's values, and slopes that differences confirm, in every operand."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad

P, Q = np.array([1.5, -0.3, 2.0, 0.7]), np.array([0.8, 1.1])
X = np.linspace(-1, 1, 6)
CASES = {
    "sum": (lambda p, q: np.polyadd(p, q), P, Q),
    "difference": (lambda p, q: np.polysub(q, p), P, Q),
    "product": (lambda p, q: np.polymul(p, q), P, Q),
    "product, leading zeros": (lambda p, q: np.polymul(np.concatenate([np.zeros(2), p]), q), P, Q),
    "quotient": (lambda p, q: np.polydiv(p, q)[0], P, Q),
    "rest": (lambda p, q: np.polydiv(p, q)[1], P, Q),
    "a longer divisor": (lambda p, q: np.polydiv(q, p)[1], P, Q),
    "derivative": (lambda p, q: np.polyder(p, 2) * q, P, Q),
    "integral": (lambda p, q: np.polyint(p * q[1], 2, q), P, Q),
    "integral, one constant": (lambda p, q: np.polyint(p * q[1], 2, q[0]), P, Q),
    "of roots": (lambda p, q: np.poly(p) * q[0], P, Q),
    "of a matrix": (lambda p, q: np.poly(np.reshape(p, (2, 2))) * q[0], P, Q),
    "roots": (lambda p, q: np.roots(p) * q[0], P, Q),
    "roots at 0": (lambda p, q: np.roots(np.concatenate([np.zeros(1), p, np.zeros(2)])) * q[0], P, Q),
    "fit": (lambda p, q: np.polyfit(X, np.polyval(p, X) ** 2, 2) * q[0], P, Q),
    "fit of columns": (lambda p, q: np.polyfit(X, np.stack([X * p[0], X**2 + p[1]], axis=1), 1) * q, P, Q),
    "fit of points": (lambda p, q: np.polyfit(p, np.sin(3 * p), 1, w=p**2) * q, P, Q),
    "there and back": (lambda p, q: np.poly(np.roots(p)) * q[0], P, Q),
}


def total(f):
    """Return a real number that depends on all coefficients."""

    def weighed(*operands):
        result = np.ravel(f(*operands))
        return np.sum(np.real(result * np.exp(1j * np.arange(result.size))))

    return weighed


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_values_are_numpys_and_slopes_those_of_differences(case):
    """In both operands, and the slopes have slopes."""
    f, p, q = case
    np.testing.assert_array_equal(f(gad.Variable(p), gad.Variable(q)).value, f(p, q), strict=True)
    for k, operand in enumerate((p, q)):
        along = np.cos(np.arange(operand.size) + 1.0)

        def moved(g, step, k=k, along=along, operands=(p, q)):
            return g(*(x + step * along if i == k else x for i, x in enumerate(operands)))

        for g in (total(f), lambda *xs, k=k, along=along: np.sum(gad.grad(total(f), k)(*xs) * along)):
            expected = (moved(g, 1e-5) - moved(g, -1e-5)) / 2e-5
            slope = gad.grad(g, k)(p, q)
            np.testing.assert_allclose(np.sum(slope * along), expected, rtol=1e-5, atol=1e-6)


def test_complex_roots_in_pairs_make_real_coefficients():
    """As NumPy finds them; others stay complex."""
    for roots in (np.array([1 + 2j, 1 - 2j, 0.5]), np.array([1 + 2j, 0.5])):
        np.testing.assert_array_equal(np.poly(gad.Variable(roots)).value, np.poly(roots), strict=True)


def test_a_polynomial_without_roots_has_none():
    """Zeros alone, and a constant."""
    for p in ([0.0, 0.0], [2.0], [2.0, 0.0]):
        roots = np.roots(gad.Variable(p))
        np.testing.assert_array_equal(getattr(roots, "value", roots), np.roots(p))


def test_a_fit_with_too_few_points_warns_at_the_persons_line():
    """As NumPy's does."""
    with pytest.warns(np.exceptions.RankWarning, match="poorly conditioned") as caught:
        np.polyfit([1.0, 1.0], gad.Variable([1.0, 2.0]), 1)
    assert caught[0].filename == __file__


@pytest.mark.parametrize(
    "call",
    [
        lambda p: np.polyder(p, -1),
        lambda p: np.polyint(p, -1),
        lambda p: np.polyint(p, 3, [1.0, 2.0]),
        lambda p: np.polyfit(p[:2], p, 1),
        lambda p: np.polyfit(p, p, -1),
        lambda p: np.roots(p[None]),
    ],
)
def test_wrong_calls_raise_numpys_own_error(call):
    """In the same words."""
    with pytest.raises((ValueError, TypeError)) as numpys:
        call(P)
    with pytest.raises(numpys.type) as ours:
        call(gad.Variable(P))
    assert str(ours.value) == str(numpys.value)
