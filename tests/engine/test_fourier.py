"""What the tables of rules do not show of Fourier transforms: torch's answers, whole programs, axes, NumPy's errors."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.errors import UnsupportedError
from tests.peers import torch

RANDOM = np.random.default_rng(3)
SIGNAL, SPECTRUM = RANDOM.normal(size=(4, 6)), RANDOM.normal(size=(4, 6)) + 1j * RANDOM.normal(size=(4, 6))


@pytest.mark.parametrize("norm", [None, "backward", "ortho", "forward"])
@pytest.mark.parametrize("size", [None, 4, 5, 9])
@pytest.mark.parametrize("name", ["fft", "ifft", "rfft", "irfft", "hfft", "ihfft"])
def test_gradients_along_an_axis_are_those_of_torch(name, size, norm):
    """In the convention that both libraries keep, of real and of complex numbers."""
    for operand in (SIGNAL, SPECTRUM)[: 1 if name in ("rfft", "ihfft") else 2]:
        x, tensor = gad.Variable(operand), torch.tensor(operand, requires_grad=True)
        ours = getattr(np.fft, name)(x, size, 0, norm)
        theirs = getattr(torch.fft, name)(tensor, size, 0, norm)
        seed = np.resize(SPECTRUM if np.iscomplexobj(ours.value) else SIGNAL, ours.shape)
        ours.backward(seed)
        theirs.backward(torch.tensor(seed))
        np.testing.assert_allclose(x.grad, tensor.grad.numpy(), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("s", [None, (3, 6), (7, 5)])
@pytest.mark.parametrize("name", ["fftn", "ifftn", "rfftn", "irfftn"])
def test_gradients_along_several_axes_are_those_of_torch(name, s):
    """Cut off and filled up along both."""
    operand = SIGNAL if name == "rfftn" else SPECTRUM
    x, tensor = gad.Variable(operand), torch.tensor(operand, requires_grad=True)
    ours, theirs = getattr(np.fft, name)(x, s, (1, 0)), getattr(torch.fft, name)(tensor, s, (1, 0))
    seed = np.resize(SPECTRUM if np.iscomplexobj(ours.value) else SIGNAL, ours.shape)
    ours.backward(seed)
    theirs.backward(torch.tensor(seed))
    np.testing.assert_allclose(x.grad, tensor.grad.numpy(), rtol=1e-12, atol=1e-14)


def test_a_convolution_by_transforms_has_the_gradient_of_a_convolution():
    """In both operands, though the product of spectra is between."""
    a, b = SIGNAL[0], SIGNAL[1, :3]
    weights = RANDOM.normal(size=8)

    def by_transforms(a, b):
        return np.sum(weights * np.fft.irfft(np.fft.rfft(a, 8) * np.fft.rfft(b, 8), 8))

    def directly(a, b):
        return np.sum(weights * np.convolve(a, b))

    for k in (0, 1):
        np.testing.assert_allclose(gad.grad(by_transforms, k)(a, b), gad.grad(directly, k)(a, b), rtol=1e-12)


def test_the_power_spectrum_has_the_gradient_that_parsevals_theorem_gives():
    """The sum of squares is the same on either side."""
    x = SIGNAL[0]
    np.testing.assert_allclose(gad.grad(lambda x: np.sum(np.abs(np.fft.fft(x, norm="ortho")) ** 2))(x), 2 * x)


def test_a_spectral_derivative_differentiates_again():
    """The heat of a ring: the derivative of its energy by its temperatures, and that along a direction."""
    frequencies = np.fft.fftfreq(6, 1 / 6)

    def energy(u):
        slope = np.real(np.fft.ifft(1j * frequencies * np.fft.fft(u)))
        return np.sum(slope**2) / 2

    u, along = SIGNAL[0], SIGNAL[1]
    matrix = np.real(np.fft.ifft(1j * frequencies[:, None] * np.fft.fft(np.eye(6), axis=0), axis=0))
    np.testing.assert_allclose(gad.grad(energy)(u), matrix.T @ matrix @ u, rtol=1e-12)
    second = gad.grad(lambda u: np.sum(gad.grad(energy)(u) * along))(u)
    np.testing.assert_allclose(second, matrix.T @ matrix @ along, rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.complex64])
def test_narrow_numbers_stay_narrow(dtype):
    """The rule's own numbers widen nothing."""
    for function in (np.fft.fft, np.fft.irfft, np.fft.hfft, np.fft.fftn):
        x = gad.Variable(SIGNAL.astype(dtype))
        y = function(x)
        y.backward(np.ones(y.shape, y.dtype), create_graph=True)
        assert x.grad.dtype == dtype
        assert all(node.dtype.itemsize <= 8 for node in gad.trace(function, SIGNAL.astype(dtype)).nodes)


@pytest.mark.parametrize("function", [np.fft.fft, np.fft.irfft, np.fft.rfft, np.fft.fftn, np.fft.fftshift])
def test_no_rows_are_transformed_into_none(function):
    """With a gradient of the leaf's shape."""
    x = gad.Variable(np.ones((0, 4)))
    y = (lambda x: function(x, axes=(1,)) if function is np.fft.fftn else function(x))(x)
    y.backward(np.ones(y.shape))
    assert x.grad.shape == (0, 4)


def test_lengths_and_axes_that_an_array_holds_are_kept_as_they_were():
    """A later write does not move what was recorded."""
    s, axes = np.array([3, 4]), np.array([0, 1])
    x = gad.Variable(SIGNAL)
    y = np.fft.fftn(x, s, axes)
    s[:], axes[:] = 1, 0
    y.backward(np.ones(y.shape))
    assert np.count_nonzero(x.grad) > 0
    assert (y.params["s"], y.params["axes"]) == ((3, 4), (0, 1))


def test_an_axis_that_is_named_twice_is_refused():
    """As it can be written otherwise."""
    x = gad.Variable(SIGNAL)
    with pytest.raises(UnsupportedError, match=r"np\.fft\.fftn is recorded along each axis once, got axes=\(0, -2\)"):
        np.fft.fftn(x, axes=(0, -2))
    expected = np.fft.fftn(SIGNAL, axes=(0, -2))
    np.testing.assert_array_equal(np.fft.fftn(np.fft.fftn(x, axes=(0,)), axes=(0,)).value, expected)


@pytest.mark.parametrize(
    "call",
    [
        lambda x: np.fft.fft2(x[0]),
        lambda x: np.fft.fft(x, 0),
        lambda x: np.fft.fft(x, norm="none"),
        lambda x: np.fft.rfft(x * 1j),
        lambda x: np.fft.fftn(x, (3,), (0, 1)),
    ],
)
def test_wrong_calls_raise_numpys_own_error(call):
    """In the same words."""
    with pytest.raises((ValueError, IndexError, TypeError)) as numpys:
        call(SIGNAL)
    with pytest.raises(numpys.type) as ours:
        call(gad.Variable(SIGNAL))
    assert str(ours.value) == str(numpys.value)
