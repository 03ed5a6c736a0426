"""Roots, exponentials and inverse hyperbolic functions where the tables of `test_rules` do not go."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad
from tests.peers import torch


@pytest.mark.parametrize("f", [np.fmax, np.fmin])
def test_ties_share_equally_and_a_nan_gives_way(f):
    """The other operand is the result, and receives all; of two nobody does."""
    a, b = np.array([1.0, np.nan, 2.0, np.nan]), np.array([1.0, 3.0, np.nan, np.nan])
    slopes = gad.vjp(f, a, b)[1](np.ones(4))
    np.testing.assert_array_equal(slopes, [[0.5, 0, 1, 0], [0.5, 1, 0, 0]])


@pytest.mark.parametrize("f", [np.logaddexp, np.logaddexp2])
def test_sums_of_what_logarithms_stand_for_share_by_size(f):
    """Equal ones equally, also two of which nothing is left; the largest gets all, without a warning."""
    a, b = np.array([-np.inf, -np.inf, 1e308, 700.0]), np.array([-np.inf, 2.0, -1e307, 700.0])
    with np.errstate(over="raise", invalid="raise"):
        slopes = gad.vjp(f, a, b)[1](np.ones(4))
    np.testing.assert_array_equal(slopes, [[0.5, 0, 1, 0.5], [0.5, 1, 0, 0.5]])


def test_the_size_with_a_sign_has_the_slope_of_both():
    """0 at 0, as that of abs; the sign itself has none, and that of a negative 0 counts."""
    a, b = np.array([-2.0, 3.0, 0.0, 3.0]), np.array([-1.0, 5.0, 1.0, -0.0])
    slopes = gad.grad(lambda a, b: np.copysign(a, b).sum(), (0, 1))(a, b)
    np.testing.assert_array_equal(slopes, [[1, 1, 0, -1], [0, 0, 0, 0]])


def test_the_cube_root_of_negative_numbers_and_of_0():
    """The slope is positive, and infinite at 0."""
    assert gad.grad(np.cbrt)(-8.0) == pytest.approx(1 / 12, rel=1e-15)
    with np.errstate(divide="ignore"):
        assert gad.grad(np.cbrt)(0.0) == np.inf


@pytest.mark.parametrize("name", ["arcsinh", "arccosh", "arctanh", "reciprocal"])
def test_complex_slopes_are_those_of_pytorch(name):
    """Of holomorphic functions: the conjugate of the derivative."""
    z = np.array([0.3 + 0.4j, 2.0 - 1.5j, -0.7 + 0.1j])
    (slope,) = gad.vjp(getattr(np, name), z)[1](np.ones(3, complex))
    leaf = torch.tensor(z, requires_grad=True)
    getattr(torch, name)(leaf).backward(torch.ones(3, dtype=torch.complex128))
    np.testing.assert_allclose(slope, leaf.grad.numpy(), rtol=1e-12)


def test_powers_in_float64_have_slopes_in_the_leafs_dtype():
    """Computed in float64: what overflows in float32 on the way does not."""
    slopes = gad.grad(np.float_power, (0, 1))(np.float32(1e-30), np.float32(1.5))
    expected = 1.5 * 1e-30**0.5, 1e-45 * np.log(1e-30)
    assert [slope.dtype for slope in slopes] == [np.float32, np.float32]
    np.testing.assert_allclose(slopes, expected, rtol=1e-6, atol=2e-45)


@pytest.mark.parametrize(
    ("f", "text", "latex"),
    [
        (np.cbrt, "³√x", r"\sqrt[3]{x}"),
        (np.exp2, "2^(x)", "2^{x}"),
        (np.reciprocal, "x⁻¹", "x^{-1}"),
        (np.fabs, "|x|", r"\vert x \vert"),
        (np.floor, "⌊x⌋", r"\lfloor x \rfloor"),
        (np.ceil, "⌈x⌉", r"\lceil x \rceil"),
        (lambda x: np.arctan2(x, 2), "atan2(x, 2)", r"\operatorname{atan2} (x , 2)"),
        (lambda x: np.clip(x, 0, 1), "clip(x, 0, 1)", r"\operatorname{clip} (x , 0 , 1)"),
    ],
)
def test_they_are_written_as_a_person_would(f, text, latex):
    """In text and LaTeX."""
    formula = gad.trace(lambda x: f(x), 1.5).story.nodes[-1].short
    assert (formula.text, formula.latex) == (text, latex)
