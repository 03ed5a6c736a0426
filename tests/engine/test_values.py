"""Constants: NumPy computes with them as they are, the rules with what they are in the result's dtype."""

from __future__ import annotations

import copy
import itertools
import operator
from array import array as standard_array
from functools import partial

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.engine.primitive import PRIMITIVES

CALLS = {
    **{
        name: getattr(operator, PRIMITIVES[name].operator)
        for name in ("add", "subtract", "multiply", "divide", "power")
    },
    **{f"np.{name}": getattr(np, name) for name in ("add", "subtract", "multiply", "divide", "power", "remainder")},
    **{f"np.{name}": getattr(np, name) for name in ("maximum", "minimum", "dot")},
    "where": lambda a, b: np.where([True, False], a, b),
}
NUMBERS = [
    kind(value)
    for kind in (np.bool_, np.int8, np.uint8, np.int64, np.uint64, np.float16, np.float32, np.longdouble, int, bool)
    for value in (1, 3)
]
CONSTANTS = NUMBERS + [np.array([value, value]) for value in NUMBERS[:14:2]]


def differences(f, x):
    """Return the derivative of f, which is smooth there, by Richardson's extrapolation of central differences."""

    def slope(h):
        return (f(x + h) - f(x - h)) / (2 * h)

    return (4 * slope(1e-4) - slope(2e-4)) / 3


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("constant", CONSTANTS, ids=lambda c: f"{type(c).__name__}-{getattr(c, 'dtype', '')}-{c}")
def test_a_constant_of_any_dtype_gives_numpys_value_and_its_slope(call, constant):
    """On either side: what a rule computes with a constant is not done in the constant's dtype."""
    x = 2.25
    for f in (partial(CALLS[call], constant), lambda x: CALLS[call](x, constant)):
        ours = f(gad.Variable(x))
        theirs = f(np.float64(x))
        np.testing.assert_array_equal(ours.value, theirs)
        assert ours.dtype == theirs.dtype
        expected = differences(lambda x, f=f: np.sum(f(np.float64(x)).astype(float)), x)
        np.testing.assert_allclose(gad.grad(lambda x, f=f: np.sum(f(x)))(x), expected, rtol=1e-6, atol=1e-8)


def test_slopes_of_the_second_order_see_the_same_constant():
    """The recorded backward pass reads the rules once more."""
    assert gad.grad(gad.grad(lambda x: np.uint8(5) / x))(2.0) == pytest.approx(10 / 8)
    assert gad.trace(lambda x: np.uint8(5) / x, 2.0).output.local_gradients[1] == -1.25


@pytest.mark.parametrize(
    ("first", "second"),
    list(itertools.product([np.float64, np.float32, np.float16, np.complex128, np.int64], repeat=2)),
)
def test_a_number_of_numpy_to_a_power_is_numpys_bit_for_bit(first, second):
    """Its own loop for ``**``, and another one for `np.power`."""
    random = np.random.default_rng(3)
    for a, b in random.uniform(0.1, 4, (200, 2)):
        a, b = first(a) + 1, second(b)
        if second is not np.int64:
            assert (a ** gad.Variable(b)).value == a**b
            assert np.power(a, gad.Variable(b)).value == np.power(a, b)
        if first is not np.int64:
            assert (gad.Variable(a) ** b).value == a**b


LAYOUTS = {
    "transposed": lambda a: a.T,
    "Fortran": np.asfortranarray,
    "every other": lambda a: np.repeat(np.repeat(a, 2, 0), 2, 1)[::2, ::2],
    "reversed": lambda a: a[::-1, ::-1],
    "swapped": lambda a: np.ascontiguousarray(a[None]).transpose(2, 1, 0)[:, :, 0].T,
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    "f",
    [
        lambda x, a: x @ a,
        lambda x, a: a @ x,
        np.dot,
        lambda x, a: np.sum(x * a),
        lambda x, a: np.mean(a / x, axis=0),
        lambda x, a: np.sum(np.stack([a, x]), axis=1),
        lambda x, a: np.concatenate([a, x], axis=1).sum(),
        lambda x, a: np.linalg.norm(x + a, axis=1),
    ],
)
def test_values_with_arrays_of_any_layout_are_numpys_bits(layout, f):
    """On the order in memory the last digit of a sum depends."""
    random = np.random.default_rng(4)
    a, x = LAYOUTS[layout](random.normal(size=(137, 137))), random.normal(size=(137, 137))
    np.testing.assert_array_equal(f(gad.Variable(x), a).value, f(x, a))


def test_a_constant_is_kept_as_it_was():
    """Whoever writes to the array later does not change what was recorded."""
    for array in (np.arange(3.0), np.arange(3), np.arange(6.0)[::2]):
        x, before = gad.Variable(np.ones(3)), array.copy()
        y = (x * array).sum()
        array[:] = 7
        y.backward()
        np.testing.assert_array_equal(x.grad, before)
        assert not y.parents[0].operands[1].flags.writeable


MUTABLE = {
    "a 0-d array as a bound": (np.array(0), lambda i: slice(i, 2), lambda i: i.__iadd__(1)),
    "an array of the standard library": (standard_array("q", [0, 1]), lambda i: i, lambda i: i.__setitem__(0, 3)),
    "a bytearray": (bytearray([0, 1]), lambda i: i, lambda i: i.__setitem__(0, 3)),
    "a list": ([0, 1], lambda i: i, lambda i: i.__setitem__(0, 3)),
    "an array": (np.array([0, 1]), lambda i: i, lambda i: i.__setitem__(0, 3)),
}


@pytest.mark.parametrize("name", MUTABLE)
def test_an_index_is_kept_as_it_was(name):
    """Whoever changes it later does not move what was picked."""
    index, made, change = copy.deepcopy(MUTABLE[name][0]), *MUTABLE[name][1:]
    x = gad.Variable(np.arange(4.0))
    y = (x[made(index)] * np.array([1.0, 10.0])).sum()
    change(index)
    y.backward()
    np.testing.assert_array_equal(x.grad, [1.0, 10.0, 0.0, 0.0])


@pytest.mark.parametrize("reduce", [np.sum, np.mean, np.max, np.min, lambda x, axis: np.linalg.norm(x, axis=axis)])
def test_an_axis_is_kept_as_it_was(reduce):
    """An array of no dimensions may be one."""
    x, axis = gad.Variable(np.arange(1.0, 5.0).reshape(2, 2)), np.array(0)
    y = (reduce(x, axis=axis) * np.array([1.0, 10.0])).sum()
    axis += 1
    y.backward()
    expected = gad.grad(lambda x: (reduce(x, axis=0) * np.array([1.0, 10.0])).sum())(x.value)
    np.testing.assert_array_equal(x.grad, expected)
