"""Whole programs as people write them: NumPy's values bit for bit, and gradients that other ways confirm."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.testing import check_grads
from tests.peers import torch
from tests.programs import finance, geometry, inference, layers, physics, sequences

FAMILIES = (layers, sequences, physics, finance, inference, geometry)
PROGRAMS = {name: program for family in FAMILIES for name, program in family.PROGRAMS.items()}
WITH_GRADIENT = [name for name, program in PROGRAMS.items() if program.gradient]
WITH_TORCH = [name for name, program in PROGRAMS.items() if program.torch]
ANALYTIC = [name for name, program in PROGRAMS.items() if program.analytic]


@pytest.fixture(scope="module")
def gradients():
    """Return a function that gives a program's value and gradients, worked out once."""
    known = {}

    def answer(name):
        if name not in known:
            program = PROGRAMS[name]
            known[name] = gad.value_and_grad(program.function, tuple(range(len(program.arguments))))(*program.arguments)
        return known[name]

    return answer


def plain(name, *arguments):
    """Return a program's value without any recording; its arguments are copies."""
    return PROGRAMS[name].function(*map(np.copy, arguments or PROGRAMS[name].arguments))


def directions(name):
    """Yield random directions: of each argument alone, and of all of them."""
    random = np.random.default_rng(len(name))
    arguments = PROGRAMS[name].arguments
    whole = [random.normal(size=np.shape(x)) * (0.1 + np.abs(x)) for x in arguments]
    for place in range(len(arguments)):
        yield [way if k == place else np.zeros_like(way) for k, way in enumerate(whole)]
    yield whole


def slope(name, way, gradient):
    """Return the slope in a direction that a gradient says, and the size of its terms."""
    terms = np.concatenate([np.ravel(g * w) for g, w in zip(gradient, way, strict=True)])
    return terms.sum(), np.abs(terms).sum()


def test_there_are_many():
    assert len(PROGRAMS) == sum(len(family.PROGRAMS) for family in FAMILIES) >= 40


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_value_is_that_of_numpy_bit_for_bit(name, gradients):
    value, expected = gradients(name)[0], plain(name)
    assert np.ndim(value) == 0
    assert value == expected
    assert value.dtype == np.asarray(expected).dtype


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_gradient_is_that_of_differences(name, gradients):
    """By the five points that leave an error of the fourth power of the step."""
    _, gradient = gradients(name)
    for way in directions(name):
        h = 1e-3
        at = {
            k: float(plain(name, *(x + k * h * w for x, w in zip(PROGRAMS[name].arguments, way, strict=True))))
            for k in (-2, -1, 1, 2)
        }
        expected = (8 * (at[1] - at[-1]) - (at[2] - at[-2])) / (12 * h)
        got, size = slope(name, way, gradient)
        assert abs(got - expected) <= 1e-7 * size + 1e-10 * max(map(abs, at.values()))


@pytest.mark.parametrize("name", ANALYTIC)
def test_the_gradient_is_that_of_a_complex_step(name, gradients):
    """Which has no round-off of a difference."""
    _, gradient = gradients(name)
    for way in directions(name):
        there = plain(name, *(x + 1e-30j * w for x, w in zip(PROGRAMS[name].arguments, way, strict=True)))
        got, size = slope(name, way, gradient)
        assert abs(got - there.imag / 1e-30) <= 1e-11 * size


@pytest.mark.parametrize("name", WITH_GRADIENT)
def test_the_gradient_is_the_one_derived_by_hand(name, gradients):
    _, gradient = gradients(name)
    for got, expected in zip(gradient, PROGRAMS[name].gradient(*PROGRAMS[name].arguments), strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-12 * np.abs(expected).max())


@pytest.mark.parametrize("name", WITH_TORCH)
def test_the_gradient_is_that_of_torch(name, gradients):
    program = PROGRAMS[name]
    tensors = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in program.arguments]
    number = program.torch(torch, *tensors)
    number.backward()
    value, gradient = gradients(name)
    assert number.item() == pytest.approx(value, rel=1e-12)
    for got, tensor in zip(gradient, tensors, strict=True):
        np.testing.assert_allclose(got, tensor.grad.numpy(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", PROGRAMS)
def test_both_modes_agree_with_differences(name):
    check_grads(PROGRAMS[name].function, *PROGRAMS[name].arguments, order=1)


@pytest.mark.parametrize("name", list(PROGRAMS)[::7])
def test_second_derivatives_by_both_modes_agree_with_differences(name):
    check_grads(PROGRAMS[name].function, *PROGRAMS[name].arguments)


MATRICES = ["attention", "Kalman filter", "smallest variance", "ridge regression", "triangulation", "Sinkhorn"]


@pytest.mark.parametrize("name", MATRICES)
def test_the_paths_of_the_gradient_can_be_read(name):
    """Also where a product of matrices is written with factors that have no name of their own."""
    trace = gad.trace(PROGRAMS[name].function, *map(np.copy, PROGRAMS[name].arguments))
    assert "▸" in str(trace.why(trace.inputs[0].name))
