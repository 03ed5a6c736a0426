"""What the tables of rules do not show of products: complex numbers, every outer, dtypes, and PyTorch's answers."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.errors import UnsupportedError
from tests.peers import torch

RANDOM = np.random.default_rng(7)


def complex_array(*shape):
    """Return random complex numbers."""
    return RANDOM.normal(size=shape) + 1j * RANDOM.normal(size=shape)


COMPLEX = {
    "einsum": (lambda m, a, b: m.einsum("ij,jk->ik", a, b), (2, 3), (3, 2)),
    "einsum of a diagonal": (lambda m, a, b: m.einsum("ii,ij->j", a, b), (3, 3), (3, 2)),
    "vdot": (lambda m, a, b: m.vdot(a, b), (4,), (4,)),
    "outer": (lambda m, a, b: m.outer(a, b), (4,), (3,)),
    "tensordot": (lambda m, a, b: m.tensordot(a, b, 1), (2, 3), (3, 4)),
    "kron": (lambda m, a, b: m.kron(a, b), (2, 3), (2, 2)),
    "inner": (lambda m, a, b: m.inner(a, b), (2, 3), (4, 3)),
    "cross": (lambda m, a, b: m.linalg.cross(a, b), (2, 3), (2, 3)),
}


@pytest.mark.parametrize("name", COMPLEX)
def test_products_of_complex_arrays_have_the_gradients_of_torch(name):
    """The first operand of vdot is conjugated, all others are not."""
    program, left, right = COMPLEX[name]
    a, b = complex_array(*left), complex_array(*right)
    ours, theirs = [gad.Variable(a), gad.Variable(b)], [torch.tensor(x, requires_grad=True) for x in (a, b)]
    y, expected = program(np, *ours), program(torch, *theirs)
    weights = complex_array(*y.shape)
    np.sum(np.real(y * weights)).backward()
    (expected * torch.tensor(weights)).sum().real.backward()
    for leaf, tensor in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(leaf.grad, tensor.grad.numpy(), rtol=1e-12)


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("function", [np.convolve, np.correlate])
def test_convolutions_of_complex_arrays_match_differences(function, mode):
    """Along a complex direction of each operand; correlate conjugates the second."""
    arrays = [complex_array(5), complex_array(3)]
    weights = complex_array(*function(*arrays, mode).shape)
    leaves = [gad.Variable(x) for x in arrays]
    np.sum(np.real(function(*leaves, mode) * weights)).backward()
    for k, leaf in enumerate(leaves):
        along = complex_array(*leaf.shape)
        ends = [
            np.sum(function(*[x + s * 1e-6 * along if i == k else x for i, x in enumerate(arrays)], mode) * weights)
            for s in (1, -1)
        ]
        slope = np.sum(np.real(leaf.grad * np.conj(along)))
        assert slope == pytest.approx(np.real(ends[0] - ends[1]) / 2e-6, rel=1e-7)


@pytest.mark.parametrize("ufunc", [np.multiply, np.add, np.subtract, np.maximum, np.power])
@pytest.mark.parametrize("shapes", [((3,), (2,)), ((2, 2), (3,)), ((), (3,)), ((3,), ())], ids=str)
def test_outer_of_a_ufunc_is_recorded(ufunc, shapes):
    """Each of the first with each of the second, as NumPy has it."""
    a, b = (RANDOM.uniform(0.5, 2, shape) for shape in shapes)
    ours, value = [gad.Variable(a), gad.Variable(b)], ufunc.outer(a, b)
    y = ufunc.outer(*ours)
    np.testing.assert_array_equal(y.value, value, strict=True)
    weights = RANDOM.normal(size=np.shape(value))
    np.sum(y * weights).backward()
    for k, leaf in enumerate(ours):
        h = 1e-6
        along = RANDOM.normal(size=leaf.shape)
        up, down = (ufunc.outer(*[x + s * h * along if i == k else x for i, x in enumerate((a, b))]) for s in (1, -1))
        expected = np.sum(weights * (up - down)) / (2 * h)
        assert np.sum(leaf.grad * along) == pytest.approx(expected, rel=1e-7, abs=1e-8)


def test_the_diagonal_of_an_einsum_takes_infinite_adjoints():
    """Nothing is multiplied with the zeros beside it."""
    x = gad.Variable(np.eye(2))
    np.einsum("ii->i", x).backward(np.array([np.inf, 1.0]))
    np.testing.assert_array_equal(x.grad, [[np.inf, 0.0], [0.0, 1.0]])
    x = gad.Variable(np.eye(2))
    np.trace(x).backward(np.inf)
    np.testing.assert_array_equal(x.grad, [[np.inf, 0.0], [0.0, np.inf]])


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_products_keep_the_dtype_of_a_leaf(dtype):
    """Also beside an operand of another."""
    x = gad.Variable(np.ones((2, 3), dtype))
    y = np.einsum("ij,kj->ik", x, np.ones((4, 3))).sum() + np.tensordot(x, np.ones((3, 2)), 2 - 1).sum()
    (y + np.trace(x) + np.kron(x, np.ones(2)).sum()).backward()
    assert x.grad.dtype == dtype
    np.testing.assert_array_equal(x.grad, [[9.0, 8.0, 8.0], [8.0, 9.0, 8.0]])


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda x: np.einsum("ij->i", x, dtype=int), r"dtype=int64 has no derivative"),
        (lambda x: np.trace(x, dtype=int), r"dtype=int64 has no derivative"),
        (lambda x: np.convolve(x[0], x[0], "s"), r"mode must be 'valid', 'same' or 'full'"),
    ],
)
def test_what_is_not_recorded_of_a_product_is_said(call, sentence):
    """By its name."""
    with pytest.raises(UnsupportedError, match=sentence):
        call(gad.Variable(np.ones((2, 2))))


def test_products_of_wrong_shapes_are_refused():
    """A ValueError, with Variables as with arrays."""
    x = gad.Variable(np.ones((2, 3)))
    for call in (lambda m: np.einsum("ij,jk", m, m), lambda m: np.inner(m, np.ones(2)), lambda m: np.cross(m, m[0, 0])):
        for operand in (np.ones((2, 3)), x):
            with pytest.raises(ValueError, match=r"\S"):
                call(operand)


@pytest.mark.filterwarnings("ignore:Arrays of 2-dimensional vectors")
@pytest.mark.parametrize(("left", "right"), [((2,), (2,)), ((4, 2), (2,)), ((2,), (4, 3)), ((3,), (4, 2))], ids=str)
def test_the_cross_product_of_vectors_in_the_plane(left, right):
    """The third entry of theirs is 0; of two of them there is the third entry of the product only."""
    a, b = RANDOM.normal(size=left), RANDOM.normal(size=right)
    ours, value = [gad.Variable(a), gad.Variable(b)], np.cross(a, b)
    weights = RANDOM.normal(size=value.shape)
    y = np.cross(*ours)
    np.testing.assert_array_equal(y.value, value)
    np.sum(y * weights).backward()
    for k, leaf in enumerate(ours):
        along = RANDOM.normal(size=leaf.shape)
        expected = np.sum(np.cross(*((along, b) if k == 0 else (a, along))) * weights)
        assert np.sum(leaf.grad * along) == pytest.approx(expected)


@pytest.mark.parametrize(
    "program",
    [
        lambda x: np.cov([1.0, 3.0, 2.0], x),
        lambda x: np.linalg.lstsq([[1, 2], [3, 4], [5, 7]], x)[0],
        lambda x: np.cross([1, 2, 3], x),
        lambda x: np.inner([1, 2, 3], x),
        lambda x: np.kron([1, 2], x),
        lambda x: np.vdot([1, 2, 3], x),
        lambda x: np.outer([1, 2], x),
        lambda x: np.convolve([1, 2], x),
        lambda x: np.tensordot([[1, 2, 3]], x, 1),
        lambda x: np.einsum("ij,j", [[1, 2, 3]], x),
    ],
)
def test_the_other_operand_may_be_a_list_of_whole_numbers(program):
    """As NumPy takes one."""
    x = np.array([0.5, 1.5, -1.0])
    leaf = gad.Variable(x)
    y = program(leaf)
    np.testing.assert_array_equal(y.value, program(x))
    np.sum(y).backward()
    along = np.array([1.0, -2.0, 0.5])
    ends = [np.sum(program(x + step * along)) for step in (1e-6, -1e-6)]
    assert np.sum(leaf.grad * along) == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-7)
