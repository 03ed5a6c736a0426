"""Covariances and correlations as NumPy composes them, and polynomials where the tables do not reach."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad

RANDOM = np.random.default_rng(5)
ROWS, OTHERS = RANDOM.normal(size=(3, 6)), RANDOM.normal(size=(2, 6))
PROGRAMS = {
    "cov": (np.cov, (ROWS,)),
    "cov of one": (np.cov, (ROWS[0],)),
    "cov of two": (np.cov, (ROWS[0], ROWS[1])),
    "cov of columns": (lambda x: np.cov(x, rowvar=False), (ROWS.T,)),
    "cov with others": (lambda x, y: np.cov(x, y, bias=True), (ROWS, OTHERS)),
    "cov of columns with others": (lambda x, y: np.cov(x, y, rowvar=False, ddof=0), (ROWS.T, OTHERS.T)),
    "corrcoef": (np.corrcoef, (ROWS,)),
    "corrcoef of two": (np.corrcoef, (ROWS[0], OTHERS[0])),
    "corrcoef of columns": (lambda x: np.corrcoef(x, rowvar=False), (ROWS.T[:, :2],)),
}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", PROGRAMS)
def test_covariances_are_numpys_bit_for_bit(name, dtype):
    """And of its dtype, which is that of double precision."""
    program, arrays = PROGRAMS[name]
    arrays = [array.astype(dtype) for array in arrays]
    result = program(*map(gad.Variable, arrays))
    np.testing.assert_array_equal(result.value, program(*arrays)[()], strict=True)


@pytest.mark.parametrize("name", PROGRAMS)
def test_covariances_match_differences(name):
    """Along a direction of each operand, also of their gradient."""
    program, arrays = PROGRAMS[name]
    weights = RANDOM.normal(size=np.shape(program(*arrays)))
    for k, array in enumerate(arrays):
        along = RANDOM.normal(size=array.shape)

        def at(x, k=k):
            return np.sum(weights * program(*[x if i == k else other for i, other in enumerate(arrays)]))

        def slope(x, at=at, along=along):
            return np.sum(gad.grad(at)(x) * along)

        h = 1e-5
        expected = (at(array + h * along) - at(array - h * along)) / (2 * h)
        assert slope(array) == pytest.approx(expected, rel=1e-7, abs=1e-9)
        expected = (slope(array + h * along) - slope(array - h * along)) / (2 * h)
        assert np.sum(gad.grad(slope)(array) * along) == pytest.approx(expected, rel=1e-6, abs=1e-8)


def test_a_narrow_leaf_of_a_covariance_keeps_its_dtype():
    """Though the covariance is computed in double precision."""
    x = gad.Variable(ROWS.astype(np.float32))
    np.sum(np.cov(x)).backward()
    assert x.grad.dtype == np.float32


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_polynomials_keep_the_dtype_of_a_leaf(dtype):
    """Of the coefficients and of the number."""
    p, x = gad.Variable(np.array([1, 2, 3], dtype)), gad.Variable(np.array([2, -1], dtype))
    np.sum(np.polyval(p, x)).backward()
    np.testing.assert_array_equal(p.grad, np.array([5, 1, 2], dtype), strict=True)
    np.testing.assert_array_equal(x.grad, np.array([6, 0], dtype), strict=True)


def test_a_polynomial_at_nought_has_every_slope():
    """The powers of 0 need no logarithm."""
    p, x = np.array([2.0, 3.0, 5.0, 7.0]), 0.0
    assert gad.grad(np.polyval, 1)(p, x) == 5.0
    assert gad.grad(lambda x: gad.grad(lambda x: np.polyval(p, x))(x))(x) == 6.0
    np.testing.assert_array_equal(gad.grad(np.polyval)(p, x), [0.0, 0.0, 0.0, 1.0])
    np.testing.assert_array_equal(gad.grad(lambda x: np.sum(np.vander(x)))(np.array([0.0, 1.0, 2.0])), [1.0, 3.0, 5.0])


@pytest.mark.parametrize("shape", [(0,), (2, 0)])
def test_polynomials_of_nothing(shape):
    """At no numbers, and without coefficients."""
    x = gad.Variable(np.ones(shape))
    y = np.polyval(np.array([1.0, 2.0]), x)
    y.backward(np.ones(y.shape))
    assert (y.shape, x.grad.shape) == (shape, shape)
    p = gad.Variable(np.ones(0))
    assert np.polyval(p, 2.0).value == 0.0
