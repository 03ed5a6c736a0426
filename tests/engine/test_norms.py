"""Norms of every order where the tables do not reach: ties, scales, zeros, empty arrays, what is refused."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.errors import UnsupportedError
from tests.peers import torch

VECTOR = np.array([0.5, -2.0, 1.5, 0.25])
MATRIX = np.array([[0.9, 0.1, -0.2], [0.3, 0.5, 0.1], [-0.1, 0.2, 0.2], [0.4, -0.5, 0.6]])


@pytest.mark.parametrize("order", [3, 2.5, 1.5, 0.5, -1, -3, 1, 2, np.inf, -np.inf])
def test_norms_of_vectors_have_the_gradients_of_torch(order):
    """Of every order, positive and negative."""
    x = torch.tensor(VECTOR, requires_grad=True)
    torch.linalg.vector_norm(x, order).backward()
    np.testing.assert_allclose(gad.grad(lambda x: np.linalg.norm(x, order))(VECTOR), x.grad.numpy(), rtol=1e-12)


@pytest.mark.parametrize("order", ["nuc", "fro", 1, -1, 2, -2, np.inf, -np.inf])
def test_norms_of_matrices_have_the_gradients_of_torch(order):
    """Of every order that NumPy knows."""
    x = torch.tensor(MATRIX, requires_grad=True)
    torch.linalg.matrix_norm(x, order).backward()
    np.testing.assert_allclose(gad.grad(lambda x: np.linalg.norm(x, order))(MATRIX), x.grad.numpy(), rtol=1e-10)
    np.testing.assert_allclose(gad.grad(lambda x: np.linalg.matrix_norm(x, ord=order))(MATRIX), x.grad.numpy())


@pytest.mark.parametrize("scale", [1e-150, 1e90])
@pytest.mark.parametrize("order", [3, 1.5])
def test_a_slope_does_not_depend_on_the_scale(order, scale):
    """Where powers of the entries leave the range of the dtype, too."""
    slope = gad.grad(lambda x: np.linalg.norm(x, order))
    np.testing.assert_allclose(slope(VECTOR * scale), slope(VECTOR), rtol=1e-12)


@pytest.mark.parametrize("order", [3, 1.5, 0.5, -1, -np.inf])
def test_the_slope_of_an_entry_that_is_nought_is_nought(order):
    """In the middle of the kink; of a negative order the norm is then 0, and so are all slopes."""
    for x in (np.zeros(3), np.array([0.0, 3.0, 4.0])):
        with np.errstate(divide="ignore"):  # NumPy's own warning of 0 to a negative power
            grad = gad.grad(lambda x: np.linalg.norm(x, order))(x)
        assert grad[0] == 0
        assert np.all(np.isfinite(grad))
        assert np.any(grad) == (order > 0 and np.any(x))


def test_rows_columns_and_singular_values_that_tie_share():
    """Equally."""
    ones = np.ones((2, 2))
    for order, expected in ((1, ones / 2), (-1, ones / 2), (np.inf, ones / 2), (-np.inf, ones / 2)):
        np.testing.assert_allclose(gad.grad(lambda x, order=order: np.linalg.norm(x, order))(ones), expected)
    for order, expected in ((2, np.eye(2) / 2), (-2, np.eye(2) / 2), ("nuc", np.eye(2))):
        grad = gad.grad(lambda x, order=order: np.linalg.norm(x, order))(np.eye(2))
        np.testing.assert_allclose(grad, expected, atol=1e-15)
    np.testing.assert_array_equal(gad.grad(lambda x: np.linalg.norm(x, "nuc"))(np.zeros((2, 3))), np.zeros((2, 3)))


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", [None, 1, (0, 2), (-1,)])
@pytest.mark.parametrize("order", [1, 2, 3, np.inf])
def test_vector_norm_takes_several_axes(order, axis, keepdims):
    """With NumPy's bits, and the gradient of the entries in one row."""
    x = np.linspace(-1, 1.2, 24).reshape(2, 3, 4)
    leaf = gad.Variable(x)
    y = np.linalg.vector_norm(leaf, axis=axis, ord=order, keepdims=keepdims)
    np.testing.assert_array_equal(y.value, np.linalg.vector_norm(x, axis=axis, ord=order, keepdims=keepdims)[()])
    np.sum(y).backward()
    tensor = torch.tensor(x, requires_grad=True)
    torch.linalg.vector_norm(tensor, order, axis).sum().backward()
    np.testing.assert_allclose(leaf.grad, tensor.grad.numpy(), rtol=1e-12)


@pytest.mark.parametrize("shape", [(0, 3), (2, 0)])
def test_norms_of_empty_arrays(shape):
    """Where NumPy has them."""
    for order, axis in ((3, 0), (3, 1), (1, (0, 1)), ("nuc", (0, 1)), ("fro", (0, 1))):
        leaf = gad.Variable(np.ones(shape))
        y = np.linalg.norm(leaf, order, axis)
        np.testing.assert_array_equal(y.value, np.linalg.norm(np.ones(shape), order, axis))
        y.backward(np.ones(y.shape))
        assert leaf.grad.shape == shape


def test_a_count_is_no_norm_to_differentiate():
    """It moves in steps."""
    with pytest.raises(UnsupportedError, match=r"np\.linalg\.norm\(ord=0\) counts the entries"):
        np.linalg.norm(gad.Variable(VECTOR), 0)


def test_norms_of_complex_vectors_match_differences():
    """Of any order, in the plane."""
    z, along, h = VECTOR * (1 + 0.5j) + 0.1j, np.array([1 + 1j, 0.5, -1j, 2 - 1j]), 1e-6
    for order in (3, 1.5, -1):
        grad = gad.grad(lambda z, order=order: np.linalg.norm(z, order))(z)
        expected = (np.linalg.norm(z + h * along, order) - np.linalg.norm(z - h * along, order)) / (2 * h)
        assert np.sum(np.real(grad * np.conj(along))) == pytest.approx(expected, rel=1e-8)
