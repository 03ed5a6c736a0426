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
    # Rearrangements
    "ravel": np.ravel,
    "flatten in Fortran's order": lambda x: x.flatten("F"),
    "swapaxes": lambda x: np.swapaxes(x, 0, -1),
    "expand_dims": lambda x: np.expand_dims(x, 0),
    "squeeze": np.squeeze,
    "atleast_3d": np.atleast_3d,
    "roll": lambda x: np.roll(x, 1),
    "flip": np.flip,
    "rot90": lambda x: np.rot90(np.atleast_2d(x)),
    "tile": lambda x: np.tile(x, 2),
    "tile nothing": lambda x: np.tile(x, 0),
    "repeat": lambda x: np.repeat(x, 2),
    "resize": lambda x: np.resize(x, (2, 2)),
    "pad": lambda x: np.pad(x, 1, constant_values=0.5),
    "pad at the edge": lambda x: np.pad(x, 1, mode="edge"),
    "diag": np.diag,
    "diagonal": lambda x: np.diagonal(np.atleast_2d(x)),
    "tril": np.tril,
    "take": lambda x: np.take(x, [0]),
    "take nothing": lambda x: np.take(x, [], axis=0),
    "delete": lambda x: np.delete(x, 0),
    "delete nothing": lambda x: np.delete(x, []),
    "insert": lambda x: np.insert(x, 0, 1.5),
    "append": lambda x: np.append(x, x),
    "vstack": lambda x: np.vstack([x, x]),
    "hstack": lambda x: np.hstack([x, x]),
    "column_stack": lambda x: np.column_stack([x, x]),
    "block": lambda x: np.block([x, x]),
    "split": lambda x: np.split(x, 1)[0],
    "array_split": lambda x: np.array_split(x, 5, axis=-1)[4],
    "a piece of nothing": lambda x: np.array_split(x, [0, 0])[1],
    "meshgrid": lambda x: np.meshgrid(x, [1.0, 2.0])[0],
    "broadcast_arrays": lambda x: np.broadcast_arrays(x, 1.0)[0],
    "astype": lambda x: x.astype(float),
    "select": lambda x: np.select([x > 0], [x], 2.0),
    "choose": lambda x: np.choose(np.zeros(x.shape, int), [x, 1.0]),
    "inv": lambda x: np.linalg.inv(x @ np.swapaxes(np.ones(x.shape), -1, -2) + np.eye(x.shape[max(x.ndim - 2, 0)])),
    "det": lambda x: np.linalg.det(x @ np.swapaxes(np.ones(x.shape), -1, -2) + np.eye(x.shape[max(x.ndim - 2, 0)])),
    "solve": lambda x: np.linalg.solve(np.eye(x.shape[max(x.ndim - 2, 0)]), x),
    # hyperbolic, interpolation, rounding, trigonometry
    **{f.__name__: f for f in (np.sinc, np.angle, np.cbrt, np.exp2, np.arcsinh, np.floor, np.fix, np.nan_to_num)},
    "hypot": lambda x: np.hypot(x, 1.0),
    "arctan2": lambda x: np.arctan2(1.0, x),
    "logaddexp": lambda x: np.logaddexp(x, 0.5),
    "clip": lambda x: np.clip(x, 0.5, 0.9),
    "round": lambda x: np.round(x, 1),
    "interp": lambda x: np.interp(x, [0.0, 1.0], [1.0, 3.0]),
}
PROGRAMS |= {
    "prod": np.prod,
    "prod of an axis": lambda x: np.prod(x, axis=-1, keepdims=True),
    "var": np.var,
    "var of an axis": lambda x: np.var(x, axis=-1),
    "std": np.std,
    "std of an axis": lambda x: np.std(x, axis=0, keepdims=True),
    "ptp": lambda x: np.ptp(x, axis=0),
    "median": lambda x: np.median(x, axis=-1),
    "median of all": np.median,
    "quantile": lambda x: np.quantile(x, [0.2, 0.6], axis=0),
    "no quantile": lambda x: np.quantile(x, [], axis=0),
    "nansum": lambda x: np.nansum(x, axis=-1),
    "nanprod": lambda x: np.nanprod(x, axis=0),
    "logaddexp": lambda x: np.logaddexp.reduce(x, axis=-1),
    "cumsum": np.cumsum,
    "cumsum of an axis": lambda x: np.cumsum(x, axis=0),
    "cumprod": np.cumprod,
    "cumprod of an axis": lambda x: np.cumprod(x, axis=-1),
    "diff": np.diff,
    "diff of an axis": lambda x: np.diff(x, 2, axis=0),
    "gradient": lambda x: np.gradient(x, axis=-1),
    "trapezoid": np.trapezoid,
    "sort": np.sort,
    "partition": lambda x: np.partition(x, 0, axis=0),
}
# Products of arrays of any number of axes.
PROGRAMS |= {
    "einsum": lambda x: np.einsum("...i,...i", x, x),
    "einsum summed": lambda x: np.einsum("...i->...", x),
    "tensordot": lambda x: np.tensordot(x, x.T, 1),
    "outer": lambda x: np.outer(x, np.ones(2)),
    "inner": lambda x: np.inner(x, x),
    "vdot": lambda x: np.vdot(x, x),
    "kron": lambda x: np.kron(x, np.ones((2, 2))),
    "trace": np.trace,
    "convolve": lambda x: np.convolve(x, np.ones(2)),
    "correlate": lambda x: np.correlate(x, np.ones(2), "same"),
}


@pytest.mark.filterwarnings("ignore:Mean of empty slice", "ignore:invalid value encountered")
@pytest.mark.filterwarnings("ignore:Degrees of freedom")
@pytest.mark.parametrize("shape", [s for full in X.values() for s in [full, *emptied(full)]], ids=str)
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_gives_numpys_value_and_a_gradient_of_the_leafs_shape(name, shape):
    """Or NumPy's own error, such as that of the largest of no numbers."""
    f, x = PROGRAMS[name], np.full(shape, 0.7)
    try:
        expected = f(x)
    except (ValueError, IndexError) as error:
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
