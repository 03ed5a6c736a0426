"""Complex numbers: for every rule the gradient of a real function is its steepest ascent in the plane.

The truth are differences of NumPy's own values along the real and along the imaginary axis.
"""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.engine.primitive import PRIMITIVES

Z = np.array([0.6 + 0.8j, -1.1 + 0.3j, 0.2 - 0.7j])
W = np.array([1.3 - 0.4j, 0.5 + 0.9j, -0.8 + 0.6j])
UNARY = [
    *("negative", "positive", "absolute", "sign", "sqrt", "square", "exp", "expm1", "log", "log1p", "log2", "log10"),
    *("sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "conjugate"),
    *("exp2", "reciprocal", "arcsinh", "arccosh", "arctanh", "sinc"),
]
BINARY = ["add", "subtract", "multiply", "divide", "power", "maximum", "minimum", "float_power", "fmax", "fmin"]


def both_ways(f):
    """Return a function of z that is either operand."""
    return lambda z: f(z, W) + f(W, z)


PROGRAMS = {
    **{name: getattr(np, name) for name in UNARY},
    **{name: both_ways(getattr(np, name)) for name in BINARY},
    "real": np.real,
    "imag": np.imag,
    "real of itself": lambda z: z.real * z + z.imag,
    "conj": lambda z: z.conj() * z,
    "abs": abs,
    "sum": np.sum,
    "mean": np.mean,
    "norm": np.linalg.norm,
    "norm 1": lambda z: np.linalg.norm(z, 1),
    "norm inf": lambda z: np.linalg.norm(z, np.inf),
    "matmul": lambda z: np.stack([z, W]) @ z,
    "dot": lambda z: np.dot(z, np.stack([z, W]).T),
    "where": lambda z: np.where([True, False, True], z, W * z),
    "index": lambda z: z[[0, 0, 2]] * z[1],
    "concatenate": lambda z: np.concatenate([z, z * z]),
    "stack": lambda z: np.stack([z, 1 / z]),
    "reshape": lambda z: np.reshape(z, (3, 1)) @ np.reshape(W, (1, 3)),
    "broadcast": lambda z: np.broadcast_to(z, (2, 3)) * np.array([[1.0], [2j]]),
    "a real factor": lambda z: np.abs(z) * z,
    # Fourier transforms
    "fft": lambda z: np.fft.fft(z) * z,
    "ifft": lambda z: np.fft.ifft(z, 5, norm="ortho"),
    "rfft": lambda z: np.fft.rfft(z.real * z.imag, 2),
    "ihfft": lambda z: np.fft.ihfft(z.imag, 4) ** 2,
    "irfft": lambda z: np.fft.irfft(z) ** 2,
    "irfft, odd": lambda z: np.fft.irfft(z, 5, norm="forward"),
    "irfft, cut off": lambda z: np.fft.irfft(z, 2),
    "hfft": lambda z: np.fft.hfft(z) ** 2,
    "hfft, filled up": lambda z: np.fft.hfft(z, 7, norm="ortho"),
    "fft2": lambda z: np.fft.fft2(np.stack([z, z * W])),
    "irfftn": lambda z: np.fft.irfftn(np.stack([z, z * W]), norm="ortho"),
    "irfft2": lambda z: np.fft.irfft2(np.stack([z, z * W]), s=(3, 3), axes=(-1, -2)),
}
WEIGHTS = np.random.default_rng(5).normal(size=(40, 2)) @ [1, 1j]


def loss(f):
    """Return a real function of all that f returns."""

    def total(z):
        y = f(z)
        weights = np.resize(WEIGHTS, np.shape(y))
        return np.sum(np.real(y * weights))

    return total


def plane(f, z, step=1e-5):
    """Return df/da + i df/db for z = a + ib, entry by entry, by differences of fourth order."""

    def slope(direction):
        near = f(z + step * direction) - f(z - step * direction)
        far = f(z + 2 * step * direction) - f(z - 2 * step * direction)
        return (8 * near - far) / (12 * step)

    return np.array([slope(unit) + 1j * slope(1j * unit) for unit in np.eye(len(z))])


@pytest.mark.parametrize("f", PROGRAMS.values(), ids=PROGRAMS)
def test_the_gradient_is_the_steepest_ascent_in_the_plane(f):
    """By a plain and by a recorded backward pass, by `backward` and by the transforms."""
    expected = plane(loss(f), Z)
    np.testing.assert_allclose(gad.grad(loss(f))(Z), expected, rtol=1e-7, atol=1e-8)
    for create_graph in (False, True):
        z = gad.Variable(Z)
        loss(f)(z).backward(create_graph=create_graph)
        np.testing.assert_allclose(getattr(z.grad, "value", z.grad), expected, rtol=1e-7, atol=1e-8)
    outer = gad.Variable(Z)
    np.testing.assert_allclose(gad.grad(loss(f))(outer).value, expected, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("f", PROGRAMS.values(), ids=PROGRAMS)
def test_a_gradient_can_be_differentiated_again(f):
    """The length of the gradient is a real function of the same numbers."""

    def steepness(z):
        slope = gad.grad(loss(f))(z)
        return np.sum(np.real(slope * np.conjugate(slope)))

    expected = plane(lambda z: np.sum(np.abs(plane(loss(f), z, 1e-3)) ** 2), Z, 1e-3)
    np.testing.assert_allclose(gad.grad(steepness)(Z), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("f", PROGRAMS.values(), ids=PROGRAMS)
def test_a_seed_is_the_gradient_of_the_value(f):
    """As in PyTorch: pulled back through two functions it is the gradient of both."""
    value, pullback = gad.vjp(f, Z)
    seed = np.resize(np.conjugate(WEIGHTS), np.shape(value))
    seed = seed if value.dtype.kind == "c" else seed.real
    expected = plane(loss(f), Z)
    np.testing.assert_allclose(pullback(seed)[0], expected, rtol=1e-7, atol=1e-8)
    z = gad.Variable(Z)
    f(z).backward(seed)
    np.testing.assert_allclose(z.grad, expected, rtol=1e-7, atol=1e-8)
    z = gad.Variable(Z)
    f(z).backward(seed, create_graph=True)
    np.testing.assert_allclose(z.grad.value, expected, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("function", [np.sign, np.abs, np.linalg.norm])
def test_the_slope_at_zero_is_zero(function):
    """Whatever the direction."""
    assert gad.grad(lambda z: np.sum(np.real(function(z) * (1 + 1j))))(np.zeros(2, complex)).tolist() == [0, 0]


def test_every_rule_that_takes_complex_numbers_is_tried():
    """A new one has to be thought about."""
    for name, primitive in PRIMITIVES.items():
        if primitive.elementwise and name not in {*UNARY, *BINARY, "alias", "rint", "modulus", "cosine"}:
            with pytest.raises(TypeError):
                primitive.function(*[Z] * len(primitive.partials))


def test_large_complex_numbers_have_slopes():
    """Where 1 + z^2 overflows, or tan z is i to the last digit."""
    for f, derivative, z in (
        (np.arctan, lambda z: 1 / z / z, 1e200 + 1e200j),
        (np.arcsin, lambda z: 1j / z, 3e180 + 4e180j),
        (np.tanh, lambda z: 4 * np.exp(-2 * z), 30 + 1j),
        (np.tan, lambda z: 4 * np.exp(2j * z), 1 + 30j),
    ):
        node = f(gad.Variable(z))
        np.testing.assert_allclose(node.local_gradients[0], derivative(z), rtol=1e-12)


@pytest.mark.parametrize("function", [abs, np.abs, np.absolute])
def test_what_a_step_says_about_the_size_is_the_number_it_shows(function):
    """Not the sign, but its conjugate is what an adjoint is multiplied with."""
    (step,) = [step for step in gad.trace(function, 3 + 4j).steps() if step.kind == "local"]
    assert "multiplied by conj(sign x) = 0.6−0.8j" in str(step)


def test_a_real_number_in_a_complex_product_takes_the_real_part():
    """Also where the product is a structural one, and what comes back a single number."""
    weights, factors = np.array([1 + 1j, 2 + 3j]), np.array([1j, 1.0])

    def f(z):
        return np.real((np.dot(np.real(z), weights) * factors).sum())

    expected = plane(lambda z: f(z[0]), np.array([1 + 2j]))[0]
    z = gad.Variable(1 + 2j)
    f(z).backward()
    assert z.grad == pytest.approx(expected)
    assert gad.grad(f)(1 + 2j) == pytest.approx(expected)


def test_what_is_nearly_real_becomes_its_real_part():
    """As NumPy decides; what is not stays complex."""
    for z in (Z, Z.real + 1e-18j, Z.real.astype(np.complex64), Z.real):
        for tol in (100, 1e-3):
            ours = np.real_if_close(gad.Variable(z), tol)
            np.testing.assert_array_equal(ours.value, np.real_if_close(z, tol), strict=True)
    grad = gad.grad(lambda z: np.sum(np.real_if_close(z * z.conj()) ** 2).real)(Z)
    np.testing.assert_allclose(grad, 4 * np.abs(Z) ** 2 * Z)
