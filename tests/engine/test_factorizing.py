"""What the tables of rules do not show of factorizations: equal values, triangles, torch's answers, what is refused."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.errors import UnsupportedError
from tests.peers import torch

RANDOM = np.random.default_rng(11)
TALL = RANDOM.normal(size=(5, 3))
SYMMETRIC = TALL.T @ TALL + np.eye(3)


def of_torch(f, x):
    """Return the gradient that torch finds."""
    tensor = torch.tensor(x, requires_grad=True)
    f(tensor).backward()
    return tensor.grad.numpy()


def test_results_come_in_numpys_named_tuples():
    """Each of them recorded, with NumPy's bits."""
    x = gad.Variable(SYMMETRIC)
    for function in (np.linalg.eigh, np.linalg.qr, np.linalg.svd, np.linalg.slogdet):
        ours, numpys = function(x), function(SYMMETRIC)
        assert type(ours) is type(numpys)
        for result, expected in zip(ours, numpys, strict=True):
            np.testing.assert_array_equal(getattr(result, "value", result), expected, strict=True)
    assert not isinstance(np.linalg.slogdet(x).sign, gad.Variable)


def test_one_factorization_is_one_node():
    """Whatever is read of it."""

    def f(x):
        u, s, vh = np.linalg.svd(x, full_matrices=False)
        return ((u * s) @ vh).sum()

    nodes = gad.trace(f, TALL).nodes
    assert [node.primitive.name for node in nodes if node.primitive is not None][:4] == [
        "svd",
        "svd.U",
        "svd.S",
        "svd.Vh",
    ]
    np.testing.assert_allclose(gad.grad(f)(TALL), np.ones((5, 3)), atol=1e-12)


def test_the_likelihood_of_a_gaussian_process_has_the_derivatives_of_torch():
    """Through a Cholesky factor, to second order."""
    points, y = np.linspace(0, 1, 6), np.sin(np.arange(6.0))

    def ours(theta):
        kernel = np.exp(theta[0] - (points[:, None] - points) ** 2 * np.exp(theta[1])) + 0.1 * np.eye(6)
        factor = np.linalg.cholesky(kernel)
        return np.sum(np.linalg.solve(factor, y) ** 2) / 2 + np.sum(np.log(factor[np.arange(6), np.arange(6)]))

    def torchs(theta):
        t = torch.tensor(points)
        kernel = torch.exp(theta[0] - (t[:, None] - t) ** 2 * torch.exp(theta[1])) + 0.1 * torch.eye(6).double()
        factor = torch.linalg.cholesky(kernel)
        return (torch.linalg.solve(factor, torch.tensor(y)) ** 2).sum() / 2 + factor.diagonal().log().sum()

    theta = np.array([0.3, 1.1])
    np.testing.assert_allclose(gad.grad(ours)(theta), of_torch(torchs, theta), rtol=1e-10)
    expected = torch.autograd.functional.hessian(torchs, torch.tensor(theta)).numpy()
    rows = [gad.grad(lambda theta, k=k: gad.grad(ours)(theta)[k])(theta) for k in range(2)]
    np.testing.assert_allclose(rows, expected, rtol=1e-8)


@pytest.mark.parametrize("uplo", ["L", "U", "l"])
def test_the_gradient_stands_in_the_triangle_that_is_read(uplo):
    """And with both together a symmetric change has the slope that it has."""
    lower = uplo.upper() == "L"
    for f in (
        lambda x: np.linalg.eigh(x, uplo).eigenvalues[0],
        lambda x: np.linalg.eigvalsh(x, UPLO=uplo)[0],
        lambda x: np.linalg.cholesky(x, upper=not lower)[2, 2],
    ):
        grad = gad.grad(f)(SYMMETRIC)
        assert np.all(np.triu(grad, 1) == 0) if lower else np.all(np.tril(grad, -1) == 0)
        change = RANDOM.normal(size=(3, 3))
        change = 1e-6 * (change + change.T)
        assert np.sum(grad * change) == pytest.approx((f(SYMMETRIC + change) - f(SYMMETRIC - change)) / 2, rel=1e-6)


@pytest.mark.parametrize("scale", [1.0, 1e-160, 1e150])
@pytest.mark.parametrize("function", [np.linalg.eigvalsh, lambda x: np.linalg.eigh(x)[0], np.linalg.svdvals])
def test_the_sum_of_equal_values_has_a_gradient(function, scale):
    """That of the trace, of the unit matrix at any scale."""
    grad = gad.grad(lambda x: np.sum(function(x)))(scale * np.eye(4))
    np.testing.assert_allclose(grad, np.eye(4), atol=1e-12)
    grad = gad.grad(lambda x: np.sum(np.linalg.svd(x)[1]))(scale * np.eye(4))
    np.testing.assert_allclose(grad, np.eye(4), atol=1e-12)


def test_what_does_not_depend_on_the_turning_of_equal_vectors_has_its_gradient():
    """The orthogonal factor u vh of a matrix whose singular values are equal, and a rebuilt symmetric matrix."""
    weights, along = RANDOM.normal(size=(2, 3, 3))

    def polar(x):
        u, _, vh = np.linalg.svd(x)
        return np.sum(weights * (u @ vh))

    turned = np.linalg.qr(along).Q
    grad = gad.grad(polar)(2 * turned)
    step = 1e-5 * along
    expected = (polar(2 * turned + step) - polar(2 * turned - step)) / 2e-5
    assert np.sum(grad * along) == pytest.approx(expected, rel=1e-8)

    def rebuilt(x):
        values, vectors = np.linalg.eigh(x)
        return np.sum(weights * ((vectors * values) @ vectors.T))

    assert np.all(np.isfinite(gad.grad(rebuilt)(np.eye(3))))


def test_singular_values_of_rank_one_have_gradients():
    """Though two of them are 0, and equal."""
    x = np.outer([1.0, 2.0, 2.0], [3.0, 4.0, 0.0])
    u, _, vh = np.linalg.svd(x)
    for f in (lambda x: np.linalg.svd(x)[1][0], lambda x: np.linalg.svdvals(x)[0]):
        np.testing.assert_allclose(gad.grad(f)(x), np.outer(u[:, 0], vh[0]), atol=1e-12)


@pytest.mark.parametrize(
    ("ours", "torchs"),
    [
        (lambda x: np.linalg.qr(x)[1] ** 3, lambda x: torch.linalg.qr(x)[1] ** 3),
        (lambda x: np.linalg.qr(x)[0] ** 3, lambda x: torch.linalg.qr(x)[0] ** 3),
        (lambda x: np.linalg.pinv(x) ** 3, lambda x: torch.linalg.pinv(x) ** 3),
        (
            lambda x: np.linalg.svd(x, full_matrices=False)[0] ** 2,
            lambda x: torch.linalg.svd(x, full_matrices=False)[0] ** 2,
        ),
        (lambda x: np.linalg.slogdet(x.T @ x)[1], lambda x: torch.linalg.slogdet(x.T @ x)[1]),
        (
            lambda x: np.linalg.lstsq(x, np.arange(5.0))[0] ** 3,
            lambda x: torch.linalg.lstsq(x, torch.arange(5).double()[:, None])[0] ** 3,
        ),
    ],
)
def test_gradients_are_those_of_torch(ours, torchs):
    """Of a tall matrix."""
    np.testing.assert_allclose(
        gad.grad(lambda x: np.sum(ours(x)))(TALL), of_torch(lambda x: torchs(x).sum(), TALL), rtol=1e-8, atol=1e-12
    )


def test_the_logarithm_of_a_determinant_outlives_the_determinant():
    """Where the determinant of a large matrix is too small for its dtype."""
    x = 1e-3 * np.eye(200)
    np.testing.assert_allclose(gad.grad(lambda x: np.linalg.slogdet(x)[1])(x), 1e3 * np.eye(200))


def test_least_squares_gives_rank_and_singular_values_as_they_are():
    """And an empty array of residuals where there are none."""
    x, b = gad.Variable(TALL.T), np.ones(3)
    solution, residuals, rank, values = np.linalg.lstsq(x, b)
    expected = np.linalg.lstsq(TALL.T, b)
    assert (rank, residuals.shape) == (expected[2], (0,))
    np.testing.assert_array_equal(values, expected[3])
    np.testing.assert_array_equal(solution.value, expected[0])


@pytest.mark.parametrize("shape", [(0, 0), (2, 0, 0), (0, 3, 3)])
def test_factorizations_of_nothing(shape):
    """Have NumPy's shapes, and gradients of the leaf's."""
    for function in (
        np.linalg.cholesky,
        np.linalg.eigvalsh,
        np.linalg.svdvals,
        lambda x: np.linalg.slogdet(x)[1],
        lambda x: np.linalg.eigh(x)[1],
        lambda x: np.linalg.qr(x)[1],
        lambda x: np.linalg.svd(x)[0],
    ):
        leaf = gad.Variable(np.ones(shape))
        y = function(leaf)
        np.testing.assert_array_equal(y.value, function(np.ones(shape)), strict=True)
        y.backward(np.ones(y.shape))
        assert leaf.grad.shape == shape


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda x: np.linalg.svd(x), r"with full_matrices=False only"),
        (lambda x: np.linalg.svd(x, hermitian=True), r"np\.linalg\.svd: the option hermitian= is not recorded"),
        (lambda x: np.linalg.qr(x, "complete"), r"modes 'reduced' and 'r', got mode='complete'"),
        (lambda x: np.linalg.eigh(x.T @ x + 0j), r"np\.linalg\.eigh is recorded for real matrices only.*complex128"),
    ],
)
def test_what_is_not_recorded_is_said(call, sentence):
    """By its name."""
    with pytest.raises(UnsupportedError, match=sentence):
        call(gad.Variable(TALL))
