"""Random programs that write into arrays: NumPy's bits in every array and view, and the gradient of differences."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.engine.variable import is_tracked
from tests.fuzz.seeds import cases
from tests.fuzz.writes import Program


@pytest.fixture(autouse=True)
def quiet():
    """Overflow and NaN are no news here."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


@cases(100)
def test_what_is_written_is_what_numpy_writes(seed):
    """In the array, in its views, and in what was read before."""
    program = Program(seed)
    program(program.x.copy())
    expected = {name: np.array(value) for name, value in program.arrays.items()}
    y = program(gad.Variable(program.x))
    for name, value in expected.items():
        ours = program.arrays[name]
        np.testing.assert_array_equal(getattr(ours, "value", ours), value, strict=True, err_msg=f"{name}\n{program}")
    if not isinstance(y, gad.Variable) or not is_tracked(y):
        return
    # Along a random direction, by a difference whose steps agree: not at what grows beyond the range.
    direction = np.random.default_rng(seed).normal(size=program.x.shape)

    def along(step):
        return (program(program.x + step * direction) - program(program.x - step * direction)) / (2 * step)

    near, far = along(1e-5), along(2e-5)
    scale = max(abs(near), 1)
    _, tangent = gad.jvp(program, program.x, direction)
    if abs(near - far) < 1e-6 * scale < 1e4 and np.isfinite(tangent):
        assert tangent == pytest.approx(near, abs=1e-5 * scale), f"forward\n{program}"
    for way in ("backward", "create_graph"):
        x = gad.Variable(program.x)
        program(x).backward(create_graph=way == "create_graph")
        gradient = np.zeros(x.shape) if x.grad is None else getattr(x.grad, "value", x.grad)
        slope = np.sum(gradient * direction)
        if abs(near - far) < 1e-6 * scale < 1e4 and np.isfinite(slope):  # NaN times 0, of what was written over
            assert slope == pytest.approx(near, abs=1e-5 * scale), f"{way}\n{program}"
