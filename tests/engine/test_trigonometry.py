"""Angles, directions and sinc: where there is no direction, at infinity, of complex numbers, and at 0."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import graphviz_ad as gad
from tests.peers import torch


@pytest.mark.parametrize("f", [np.hypot, np.arctan2])
def test_the_origin_has_no_direction_and_slope_0(f):
    """Nor a slope that is not a number, of either order; alone and beside others, without a warning."""
    with np.errstate(all="raise"):
        assert gad.grad(f, (0, 1))(0.0, 0.0) == (0.0, 0.0)
        assert gad.grad(gad.grad(f))(0.0, 0.0) == 0.0
        a, b = np.array([0.0, 3.0]), np.array([0.0, 4.0])
        slopes = gad.vjp(f, a, b)[1](np.ones(2))
    expected = {np.hypot: ([0, 0.6], [0, 0.8]), np.arctan2: ([0, 0.16], [0, -0.12])}[f]
    np.testing.assert_allclose(slopes, expected, rtol=1e-15)


@pytest.mark.parametrize(("a", "b"), [*itertools.product([np.inf, -np.inf, 2.0], repeat=2)])
def test_the_angle_at_infinity_is_level(a, b):
    """It has a value there, and slope 0."""
    slopes = gad.grad(np.arctan2, (0, 1))(a, b)
    expected = (0.25, -0.25) if a == b == 2.0 else (0.0, 0.0)
    np.testing.assert_array_equal(slopes, expected)


@pytest.mark.parametrize("deg", [False, True])
@pytest.mark.parametrize("dtype", [np.complex64, np.complex128])
def test_the_angle_of_a_complex_number_grows_across(dtype, deg):
    """NumPy's value, and the slope that PyTorch has."""
    z = np.array([3 + 4j, -1 + 0.5j, -2j, 0.1 - 3j], dtype)
    value, pullback = gad.vjp(lambda z: np.angle(z, deg=deg), z)
    np.testing.assert_array_equal(getattr(value, "value", value), np.angle(z, deg), strict=True)
    leaf = torch.tensor(z, requires_grad=True)
    (torch.angle(leaf) * (180 / np.pi if deg else 1)).sum().backward()
    (slope,) = pullback(np.ones(4, value.dtype))
    np.testing.assert_allclose(slope, leaf.grad.numpy(), rtol=1e-5 if dtype is np.complex64 else 1e-12)


def test_the_angle_of_a_real_number_is_level():
    """0 or half a turn."""
    x = gad.Variable(np.array([-2.0, 0.0, 3.0], np.float32))
    y = np.angle(x)
    np.testing.assert_array_equal(y.value, np.angle(x.value), strict=True)
    y.backward(np.ones(3, np.float32))
    np.testing.assert_array_equal(x.grad, np.zeros(3, np.float32), strict=True)


@pytest.mark.parametrize("order", range(1, 5))
def test_sinc_has_slopes_of_every_order_at_0_and_where_its_rule_changes(order):
    """As those of PyTorch away from 0, and as the power series has them at 0."""
    f = np.sinc
    for _ in range(order):
        f = gad.grad(f)
    at_0 = {1: 0.0, 2: -(np.pi**2) / 3, 3: 0.0, 4: np.pi**4 / 5}[order]
    assert f(0.0) == pytest.approx(at_0, rel=1e-14)
    near, beyond = f(0.5 - 1e-9), f(0.5)
    assert near == pytest.approx(beyond, rel=1e-6, abs=1e-6)
    x = torch.tensor(1.3, dtype=torch.float64, requires_grad=True)
    y = torch.sin(torch.pi * x) / (torch.pi * x)
    for _ in range(order):
        (y,) = torch.autograd.grad(y, x, create_graph=True)
    assert f(1.3) == pytest.approx(y.item(), rel=1e-11)
