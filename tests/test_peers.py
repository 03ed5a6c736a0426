"""Cross-checks with other libraries, where they are installed: the same program, the same gradient."""

from __future__ import annotations

import math

import numpy as np
import pytest

import graphviz_ad as gad


def peer(name):
    """Import a peer library, or skip the test."""
    return pytest.importorskip(name, reason=f"peer library {name} is not installed", exc_type=ImportError)


def log_sin(x, m):
    """Compute log(x²) sin(x) + 1/x."""
    return m.log(x**2) * m.sin(x) + 1 / x


def sine(x, m):
    """Compute the sum of a sine curve."""
    return m.sin(x).sum()


def network(parameters, m, inputs, labels):
    """Compute the cross-entropy of a network with two hidden layers."""
    w1, b1, w2, b2, w3, b3 = parameters
    h = m.tanh(m.matmul(inputs, w1) + b1)
    h = m.tanh(m.matmul(h, w2) + b2)
    o = m.matmul(h, w3) + b3
    return m.mean(m.log(m.sum(m.exp(o), axis=1)) - o[np.arange(len(labels)), labels])


def loop_and_branch(a, norm):
    """Double a until its norm reaches 1000; a hundred times it, if it is negative."""
    b = a * 2
    while norm(b) < 1000:
        b = b * 2
    return b if b > 0 else 100 * b


CURVE = np.linspace(-np.pi, np.pi, 100)
RANDOM = np.random.default_rng(0)
INPUTS, LABELS = RANDOM.normal(size=(128, 64)), RANDOM.integers(0, 10, 128)
PARAMETERS = [
    RANDOM.normal(size=shape) / scale
    for shape, scale in (((64, 256), 8), (256, 8), ((256, 256), 16), (256, 16), ((256, 10), 16), (10, 16))
]


def ours(program, *values):
    """Return our value and gradients."""
    leaves = [gad.Variable(value) for value in values]
    output = program(*leaves)
    output.backward()
    return float(output.value), [leaf.grad for leaf in leaves]


def with_torch(program, *values):
    """Return PyTorch's value and gradients."""
    torch = peer("torch")
    leaves = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in values]
    output = program(*leaves)
    output.backward()
    return output.item(), [leaf.grad.numpy() for leaf in leaves]


def with_autograd(program, *values):
    """Return HIPS autograd's value and gradients."""
    autograd = peer("autograd")
    value, gradients = autograd.value_and_grad(lambda values: program(*values))(tuple(map(np.float64, values)))
    return float(value), list(gradients)


def with_mygrad(program, *values):
    """Return MyGrad's value and gradients."""
    mygrad = peer("mygrad")
    leaves = [mygrad.tensor(value) for value in values]
    output = program(*leaves)
    output.backward()
    return float(output), [leaf.grad for leaf in leaves]


def namespace(name):
    """Return the module whose functions a peer's user calls, and its norm."""
    if name == "torch":
        torch = peer("torch")
        return torch, torch.linalg.norm
    if name == "autograd":
        peer("autograd")
        import autograd.numpy as anp

        return anp, anp.linalg.norm
    mygrad = peer("mygrad")
    return mygrad, lambda b: abs(b.item())


PEERS = {"torch": with_torch, "autograd": with_autograd, "mygrad": with_mygrad}


def assert_same(name, make, *values, tolerance=1e-10):
    """Compare value and gradients of `make(functions, norm)`."""
    functions, norm = namespace(name)
    value, gradients = PEERS[name](make(functions, norm), *values)
    our_value, our_gradients = ours(make(np, np.linalg.norm), *values)
    np.testing.assert_allclose(our_value, value, rtol=1e-12, atol=1e-12)
    for our_gradient, gradient in zip(our_gradients, gradients, strict=True):
        assert np.shape(our_gradient) == np.shape(gradient)
        np.testing.assert_allclose(our_gradient, gradient, rtol=tolerance, atol=1e-14)


@pytest.mark.parametrize("name", PEERS)
@pytest.mark.parametrize("x", [1.3, -0.7, 2.0])
def test_a_scalar_formula(name, x):
    """log(x²) sin(x) + 1/x."""
    assert_same(name, lambda m, norm: lambda x: log_sin(x, m), x)


@pytest.mark.parametrize("name", PEERS)
def test_a_curve(name):
    """The sum of a hundred sines."""
    assert_same(name, lambda m, norm: lambda x: sine(x, m), CURVE)


@pytest.mark.parametrize("name", PEERS)
def test_a_network(name):
    """Two hidden layers and cross-entropy, all six parameters."""

    def make(m, norm):
        def program(*parameters):
            inputs = m.tensor(INPUTS) if name == "torch" and m is not np else INPUTS
            if name == "torch" and m is not np:
                return _torch_network(parameters, m, inputs)
            return network(parameters, m, inputs, LABELS)

        return program

    assert_same(name, make, *PARAMETERS, tolerance=1e-9)


def _torch_network(parameters, torch, inputs):
    w1, b1, w2, b2, w3, b3 = parameters
    h = torch.tanh(inputs @ w1 + b1)
    h = torch.tanh(h @ w2 + b2)
    o = h @ w3 + b3
    return torch.mean(torch.log(torch.sum(torch.exp(o), dim=1)) - o[np.arange(len(LABELS)), LABELS])


@pytest.mark.parametrize("name", PEERS)
@pytest.mark.parametrize("a", [0.37, -0.37])
def test_a_loop_and_a_branch(name, a):
    """The way taken depends on the value."""
    assert_same(name, lambda m, norm: lambda a: loop_and_branch(a, norm), a)


def test_the_network_agrees_with_complex_steps():
    """Without any peer: single entries of the gradient by complex steps through NumPy."""
    _, gradients = ours(lambda *parameters: network(parameters, np, INPUTS, LABELS), *PARAMETERS)
    for k, index in ((0, (3, 7)), (1, (9,)), (2, (5, 5)), (3, (0,)), (4, (200, 9)), (5, (0,))):
        shifted = [p.astype(complex) for p in PARAMETERS]
        shifted[k][index] += 1e-20j
        expected = network(shifted, np, INPUTS, LABELS).imag / 1e-20
        np.testing.assert_allclose(gradients[k][index], expected, rtol=1e-10, atol=1e-15)


def test_the_scalar_formula_agrees_with_complex_steps():
    """Without any peer: exact to rounding."""
    for x in (1.3, -0.7, 2.0):
        _, (gradient,) = ours(lambda x: log_sin(x, np), x)
        assert math.isclose(gradient, log_sin(x + 1e-20j, np).imag / 1e-20, rel_tol=1e-14)
