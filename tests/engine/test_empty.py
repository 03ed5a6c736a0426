"""Arrays without numbers are arrays like any other: values of NumPy's shape, gradients of the leaf's."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import graphviz_ad as gad

X = {"vector": (3,), "matrix": (3, 4), "cube": (2, 3, 4)}


def emptied(shape):
    """Return the shape with each combination of its axes without entries."""
    for axes in itertools.product((False, True), repeat=len(shape)):
        if any(axes):
            yield tuple(0 if empty else n for n, empty in zip(shape, axes, strict=True))


def factors(a, b):
    """Return pairs of shapes of which an axis of each is contracted, with every set of other axes empty."""
    for left in [a, *emptied(a)]:
        for right in [b, *emptied(b)]:
            yield left, right


FACTORS = [
    *(((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2))),
    *(((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4))),
]
PROGRAMS = {
    "sum": np.sum,
    "sum of an axis": lambda x: np.sum(x, axis=0),
    "sum of the last, kept": lambda x: np.sum(x, axis=-1, keepdims=True),
    "mean": np.mean,
    "mean of an axis": lambda x: np.mean(x, axis=-1),
    "max": lambda x: np.max(x, axis=0),
    "min": np.min,
    "norm": np.linalg.norm,
    "norm of an axis": lambda x: np.linalg.norm(x, axis=-1),
    "norm 1": lambda x: np.linalg.norm(x, 1, axis=0),
    "norm inf": lambda x: np.linalg.norm(x, np.inf, axis=0),
    "sin": np.sin,
    "tanh": np.tanh,
    "arctan": np.arctan,
    "power": lambda x: x**0.5,
    "division": lambda x: 1 / x,
    "maximum": lambda x: np.maximum(x, 0.5),
    "where": lambda x: np.where(x > 0, x, 0.0),
    "broadcast": lambda x: x + np.ones((2, *x.shape)),
    "broadcast_to": lambda x: np.broadcast_to(x, (5, *x.shape)),
    "broadcast to nothing": lambda x: np.broadcast_to(x, (0, *x.shape)),
    "transpose": np.transpose,
    "reshape": lambda x: np.reshape(x, (x.size, 1)),
    "stack": lambda x: np.stack([x, x]),
    "concatenate": lambda x: np.concatenate([x, x], axis=-1),
    "no rows": lambda x: x[:0],
    "no rows by a list": lambda x: x[[]],
    "no rows by integers": lambda x: x[np.zeros(0, int)],
    "no rows by a mask": lambda x: x[np.zeros(x.shape[0], bool)],
    "nothing by a mask": lambda x: x[np.zeros(x.shape, bool)],
    "all rows by a mask": lambda x: x[np.ones(x.shape[0], bool)],
    "conjugate": np.conjugate,
    "real": np.real,
    "inv": lambda x: np.linalg.inv(x @ np.swapaxes(np.ones(x.shape), -1, -2) + np.eye(x.shape[max(x.ndim - 2, 0)])),
    "det": lambda x: np.linalg.det(x @ np.swapaxes(np.ones(x.shape), -1, -2) + np.eye(x.shape[max(x.ndim - 2, 0)])),
    "solve": lambda x: np.linalg.solve(np.eye(x.shape[max(x.ndim - 2, 0)]), x),
}


@pytest.mark.filterwarnings("ignore:Mean of empty slice", "ignore:invalid value encountered")
@pytest.mark.parametrize("shape", [s for full in X.values() for s in [full, *emptied(full)]], ids=str)
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_gives_numpys_value_and_a_gradient_of_the_leafs_shape(name, shape):
    """Or NumPy's own error, such as that of the largest of no numbers."""
    f, x = PROGRAMS[name], np.full(shape, 0.7)
    try:
        expected = f(x)
    except ValueError as error:
        with pytest.raises(type(error)):
            f(gad.Variable(x))
        return
    leaf = gad.Variable(x)
    y = f(leaf)
    np.testing.assert_array_equal(y.value, expected, strict=True)
    y.backward(np.ones(y.shape))
    assert leaf.grad is None or leaf.grad.shape == shape
    recorded = gad.Variable(x)
    f(recorded).backward(np.ones(y.shape), create_graph=True)
    if leaf.grad is not None:
        np.testing.assert_allclose(recorded.grad.value, leaf.grad)


@pytest.mark.parametrize("product", [np.dot, np.matmul])
@pytest.mark.parametrize(
    ("left", "right"),
    [pair for shapes in FACTORS for pair in factors(*shapes)],
    ids=str,
)
def test_products_of_empty_arrays_have_gradients_of_their_shapes(product, left, right):
    """As products of others have: all zeros where nothing was added up."""
    a, b = np.full(left, 0.5), np.full(right, 2.0)
    try:
        expected = product(a, b)
    except ValueError:
        with pytest.raises(ValueError, match=r"\S"):
            product(gad.Variable(a), gad.Variable(b))
        return
    leaves = gad.Variable(a), gad.Variable(b)
    y = product(*leaves)
    np.testing.assert_array_equal(y.value, expected, strict=True)
    y.backward(np.ones(y.shape))
    assert (leaves[0].grad.shape, leaves[1].grad.shape) == (left, right)
    for leaf, other in (leaves, leaves[::-1]):
        # The sum is linear in each operand, so that the gradient times the operand is the sum.
        assert np.sum(leaf.grad * leaf.value) == pytest.approx(np.sum(expected))
        assert other.size or not np.any(leaf.grad)
