"""Numbers between two recorded ends: NumPy's values, options and errors, and slopes where the ends are far apart."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.errors import UnsupportedError

ENDS = np.array([[0.5, 1.5], [2.0, 0.25]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
@pytest.mark.parametrize("function", [np.linspace, np.geomspace, np.logspace])
@pytest.mark.parametrize("params", [{}, {"num": 3, "endpoint": False}, {"num": 1}, {"num": 0}, {"num": 4, "axis": 1}])
def test_values_are_numpys_bits(function, params, dtype):
    """With numbers of Python at the other end too."""
    for start, stop in ((dtype(0.5), 2), (1, dtype(0.25)), (ENDS[0].astype(dtype), ENDS[1].astype(dtype))):
        if "axis" in params and np.ndim(start) == np.ndim(stop) == 0:
            continue
        ours = function(
            *(gad.Variable(x) if isinstance(x, np.generic | np.ndarray) else x for x in (start, stop)), **params
        )
        numpys = function(start, stop, **params)
        np.testing.assert_array_equal(ours.value, numpys, strict=True)
        assert ours.value.tobytes() == numpys.tobytes()


def test_the_step_is_recorded_as_well():
    """It is infinitely uncertain of one number, as NumPy has it."""
    a = gad.Variable(0.5)
    numbers, step = np.linspace(a, 2.0, 4, retstep=True)
    assert (step.value, numbers[1].value) == (0.5, 1.0)
    (step * 3).backward()
    assert a.grad == -1
    assert np.isnan(np.linspace(a, 2.0, 1, retstep=True)[1])


@pytest.mark.parametrize("base", [2.0, np.array([2.0, 3.0])])
def test_the_powers_of_a_logspace_have_slopes_in_ends_and_base(base):
    """Against differences."""
    start, stop = ENDS

    def f(start, stop, base):
        return np.sum(np.logspace(start, stop, 3, base=base) ** 2)

    for k, x in enumerate((start, stop, base)):
        expected = []
        for unit in np.eye(np.size(x)):
            step = 1e-6 * (unit if np.ndim(x) else unit[0])
            ends = [[start, stop, base] for _ in range(2)]
            ends[0][k], ends[1][k] = x + step, x - step
            expected.append((f(*ends[0]) - f(*ends[1])) / 2e-6)
        np.testing.assert_allclose(np.ravel(gad.grad(f, k)(start, stop, base)), expected, rtol=1e-8)


def test_complex_ends_are_holomorphic():
    """The slope of a spiral is that along the real axis."""
    a, b = 0.5 + 0.2j, -1.0 + 2.0j
    for function in (np.linspace, np.geomspace):
        value = lambda a, function=function: np.real(np.sum(function(a, b, 4) * 1j))  # noqa: E731
        slope = [(value(a + h) - value(a - h)) / 2e-6 for h in (1e-6, 1e-6j)]
        np.testing.assert_allclose(gad.grad(value)(a), slope[0] + 1j * slope[1], rtol=1e-8)


def test_ends_that_are_far_apart_have_finite_slopes_where_they_are_finite():
    """What the first number has of the last is nothing, though the last is near the largest."""
    slopes = gad.grad(lambda a, b: np.geomspace(a, b, 3)[0] + np.geomspace(a, b, 3)[2], (0, 1))(1e-300, 1e300)
    np.testing.assert_array_equal(slopes, [1.0, 1.0])


def test_numbers_without_slopes_are_refused():
    """Integers move in steps."""
    with pytest.raises(UnsupportedError, match="dtype=int64 has no derivative: use a dtype of floats"):
        np.linspace(gad.Variable(0.5), 2.0, 4, dtype=int)
    with pytest.raises(ValueError, match="cannot include zero"):
        np.geomspace(gad.Variable(0.0), 2.0)
