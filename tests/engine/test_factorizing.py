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


COMPLEX = TALL + 1j * RANDOM.normal(size=(5, 3))
HERMITIAN = COMPLEX.conj().T @ COMPLEX + np.eye(3)
SQUARE = COMPLEX[:3]
WEIGHTS = RANDOM.normal(size=(7, 7)) + 1j * RANDOM.normal(size=(7, 7))


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
    """The orthogonal factor u vh of a matrix whose singular values are equal, and the projection on equal vectors."""
    weights, along = RANDOM.normal(size=(2, 3, 3))

    def polar(x):
        u, _, vh = np.linalg.svd(x)
        return np.sum(weights * (u @ vh))

    def projected(x):
        vectors = np.linalg.eigh(x).eigenvectors[:, :2]
        return np.sum(weights * (vectors @ vectors.T))

    cases = ((polar, 2 * np.eye(3), along), (projected, np.diag([1.0, 1.0, 3.0]), along + along.T))
    for f, x, change in cases:
        with pytest.warns(RuntimeWarning, match=r"of what depends on this plane only \(on the way back through np.lin"):
            grad = gad.grad(f)(x)
        step = 1e-5 * change
        expected = (f(x + step) - f(x - step)) / 2e-5
        assert np.sum(grad * change) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("factorize", [np.linalg.eigh, np.linalg.svd])
def test_what_depends_on_vectors_of_equal_values_is_warned_of(factorize):
    """Not what depends on a value alone."""
    with pytest.warns(RuntimeWarning, match="two eigenvalues or singular values are equal"):
        gad.grad(lambda x: np.sum(factorize(x)[-1]))(np.eye(3))
    gad.grad(lambda x: factorize(x)[factorize is np.linalg.svd][0])(np.eye(3))


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


def test_least_squares_gives_the_rank_as_it_is():
    """And an empty array of residuals where there are none."""
    x, b = gad.Variable(TALL.T), np.ones(3)
    solution, residuals, rank, values = np.linalg.lstsq(x, b)
    expected = np.linalg.lstsq(TALL.T, b)
    assert (rank, residuals.shape) == (expected[2], (0,))
    np.testing.assert_array_equal(values.value, expected[3])
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
        (lambda x: np.linalg.qr(x, "raw"), r"modes 'reduced', 'complete' and 'r', got mode='raw' \(.*line \d+\)"),
    ],
)
def test_what_is_not_recorded_is_said(call, sentence):
    """By its name."""
    with pytest.raises(UnsupportedError, match=sentence):
        call(gad.Variable(TALL))


# Complex matrices


def weighed(result):
    """Return a real number that depends on all entries of a matrix or a vector."""
    weights = WEIGHTS[: result.shape[0], : result.shape[-1]] if len(result.shape) > 1 else WEIGHTS[0, : result.shape[0]]
    if not isinstance(result, np.ndarray | gad.Variable):
        return (result * torch.tensor(weights)).sum().real
    return np.sum(result * weights).real


PAIRS = {
    "inv": (lambda x: np.linalg.inv(x), lambda x: torch.linalg.inv(x), SQUARE),
    "det": (lambda x: np.linalg.det(x)[None], lambda x: torch.linalg.det(x)[None], SQUARE),
    "solve": (lambda x: np.linalg.solve(x, x.T @ x), lambda x: torch.linalg.solve(x, x.T @ x), SQUARE),
    "slogdet": (lambda x: np.linalg.slogdet(x)[1][None], lambda x: torch.linalg.slogdet(x)[1][None], SQUARE),
    "sign": (lambda x: np.linalg.slogdet(x)[0][None], lambda x: torch.linalg.slogdet(x)[0][None], SQUARE),
    "qr, Q": (lambda x: np.linalg.qr(x)[0], lambda x: torch.linalg.qr(x)[0], COMPLEX),
    "qr, R": (lambda x: np.linalg.qr(x)[1], lambda x: torch.linalg.qr(x)[1], COMPLEX),
    "qr, wide": (lambda x: np.linalg.qr(x)[1], lambda x: torch.linalg.qr(x)[1], COMPLEX.T),
    "qr, complete": (
        lambda x: np.linalg.qr(x, "complete")[0],
        lambda x: torch.linalg.qr(x, "complete")[0],
        COMPLEX.T,
    ),
    "svdvals": (lambda x: np.linalg.svdvals(x), lambda x: torch.linalg.svdvals(x), COMPLEX),
    "svd, S": (lambda x: np.linalg.svd(x)[1], lambda x: torch.linalg.svd(x)[1], COMPLEX),
    "polar": (
        lambda x: np.matmul(*np.linalg.svd(x, full_matrices=False)[::2]),
        lambda x: torch.matmul(*torch.linalg.svd(x, full_matrices=False)[::2]),
        COMPLEX,
    ),
    "sizes of u": (
        lambda x: np.abs(np.linalg.svd(x.T, full_matrices=False)[2]) ** 2,
        lambda x: torch.linalg.svd(x.T, full_matrices=False)[2].abs() ** 2,
        COMPLEX,
    ),
    "pinv": (lambda x: np.linalg.pinv(x), lambda x: torch.linalg.pinv(x), COMPLEX),
    "pinv, wide": (lambda x: np.linalg.pinv(x), lambda x: torch.linalg.pinv(x), COMPLEX.T),
    "lstsq": (
        lambda x: np.linalg.lstsq(x, x[:, 0] ** 2)[0],
        lambda x: torch.linalg.lstsq(x, x[:, :1] ** 2)[0][:, 0],
        COMPLEX,
    ),
    **{
        f"norm {p}": (
            lambda x, p=p: np.linalg.norm(x, p)[None],
            lambda x, p=p: torch.linalg.norm(x, p)[None],
            COMPLEX,
        )
        for p in ("nuc", 2, -2, 1, np.inf, "fro")
    },
    "eigvals": (
        lambda x: np.linalg.eigvals(x) ** 2 @ np.ones(3)[:, None],
        lambda x: torch.linalg.eigvals(x) ** 2 @ torch.ones(3, 1, dtype=torch.complex128),
        SQUARE,
    ),
    "eig, sizes": (
        lambda x: np.abs(np.linalg.eig(x)[1]) ** 2 @ np.linalg.eig(x)[0][:, None],
        lambda x: (torch.linalg.eig(x)[1].abs() ** 2).to(torch.complex128) @ torch.linalg.eig(x)[0][:, None],
        SQUARE,
    ),
}


@pytest.mark.parametrize("case", PAIRS.values(), ids=PAIRS)
def test_gradients_of_complex_matrices_are_those_of_torch(case):
    """By a plain and by a recorded backward pass."""
    ours, torchs, x = case
    expected = of_torch(lambda x: weighed(torchs(x)), x)
    np.testing.assert_allclose(gad.grad(lambda x: weighed(ours(x)))(x), expected, rtol=1e-8, atol=1e-10)
    leaf = gad.Variable(x)
    weighed(ours(leaf)).backward(create_graph=True)
    np.testing.assert_allclose(leaf.grad.value, expected, rtol=1e-8, atol=1e-10)


def plane(f, x, step=1e-5):
    """Return df/da + i df/db for each entry a + ib of a matrix, by differences."""
    result = np.zeros(x.shape, complex)
    for place in np.ndindex(x.shape):
        for unit in (1, 1j):
            change = np.zeros(x.shape, complex)
            change[place] = unit * step
            result[place] += unit * (f(x + change) - f(x - change)) / (2 * step)
    return result


@pytest.mark.parametrize("upper", [False, True])
def test_a_hermitian_matrix_is_read_in_one_triangle(upper):
    """With the real part of its diagonal; the gradient says the same."""
    uplo = "U" if upper else "L"

    def rebuilt(x):
        values, vectors = np.linalg.eigh(x, uplo)
        return (vectors * values**2) @ vectors.conj().T

    for f in (
        lambda x: weighed(np.linalg.cholesky(x, upper=upper)),
        lambda x: weighed(np.linalg.eigvalsh(x, uplo) ** 2),
        lambda x: weighed(np.linalg.eigh(x, uplo)[0] ** 2),
        lambda x: weighed(rebuilt(x)),
        lambda x: weighed(np.abs(np.linalg.eigh(x, uplo)[1]) ** 2),
    ):
        np.testing.assert_allclose(gad.grad(f)(HERMITIAN), plane(f, HERMITIAN), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: weighed(np.linalg.cholesky(x @ x.conj().T + 5 * np.eye(3))),
        lambda x: weighed(np.linalg.qr(x)[0]),
        lambda x: weighed(np.linalg.svdvals(x)),
        lambda x: weighed(np.linalg.eig(x)[1]),
        lambda x: weighed(np.linalg.slogdet(x)[0] * np.linalg.slogdet(x)[1] * np.ones(3)),
    ],
)
def test_gradients_of_complex_matrices_differentiate_again(f):
    """The length of the gradient is a real function of the same numbers."""

    def steepness(x):
        slope = gad.grad(f)(x)
        return np.sum(slope * slope.conj()).real

    np.testing.assert_allclose(gad.grad(steepness)(SQUARE), plane(steepness, SQUARE), rtol=1e-5, atol=1e-5)


# Eigenvalues of any square matrix


@pytest.mark.parametrize("x", [RANDOM.normal(size=(4, 4)), TALL.T @ TALL + TALL[:3], SQUARE], ids=["a", "b", "complex"])
def test_eigenvectors_of_any_matrix_have_the_derivatives_of_numpys(x):
    """Of length and phase too, as LAPACK chooses them; in real numbers, in pairs of complex ones, and in all."""
    for part in (0, 1):
        expected = plane(lambda x, part=part: weighed(np.linalg.eig(x)[part]), x.astype(complex))
        if x.dtype.kind != "c":
            expected = plane(lambda x, part=part: weighed(np.linalg.eig(x.real)[part]), x.astype(complex)).real
        actual = gad.grad(lambda x, part=part: weighed(np.linalg.eig(x)[part]))(x)
        np.testing.assert_allclose(actual, expected, rtol=1e-6, atol=1e-7)


def test_the_entry_that_numpy_keeps_real_stays_real():
    """Also where another one is as large."""
    for x in (np.array([[0.0, -1.0], [1.0, 0.0]]), np.array([[0.0, 2.0], [-2.0, 0.0]]), SQUARE):
        entry = int(np.flatnonzero(np.linalg.eig(x)[1][:, 0].imag == 0)[0])
        slope = gad.grad(lambda x, entry=entry: np.linalg.eig(x)[1][entry, 0].imag)(x)
        np.testing.assert_allclose(slope, np.zeros(x.shape), atol=1e-12)


def test_eigenvalues_of_a_stack_are_those_of_each():
    """One matrix with real ones and one with a pair."""
    stack = np.array([[[2.0, 1.0], [0.5, 3.0]], [[0.0, -1.0], [1.0, 0.5]]])
    result = gad.grad(lambda x: np.sum(np.linalg.eigvals(x) ** 3).real)(stack)
    np.testing.assert_allclose(result, [3 * np.linalg.matrix_power(m, 2).T for m in stack], rtol=1e-12)


def test_results_of_eig_come_in_numpys_named_tuple():
    """With NumPy's bits and dtypes."""
    for x in (SYMMETRIC, TALL[:3], SQUARE):
        ours, numpys = np.linalg.eig(gad.Variable(x)), np.linalg.eig(x)
        assert type(ours) is type(numpys)
        for result, expected in zip(ours, numpys, strict=True):
            np.testing.assert_array_equal(result.value, expected, strict=True)


# What full matrices have more


@pytest.mark.parametrize("x", [TALL, TALL.T, COMPLEX])
def test_vectors_beyond_the_matrix_move_with_it(x):
    """As far as it decides: the space that they span, not how they are turned in it."""

    def beyond(x):
        rows, columns = x.shape
        u, s, vh = np.linalg.svd(x)
        more = u[:, columns:] if rows > columns else vh[rows:].conj().T
        return weighed(more @ more.conj().T) + weighed(s * 1j + s)

    def of_qr(x):
        q = np.linalg.qr(x, "complete")[0]
        return weighed(q[:, x.shape[1] :] @ q[:, x.shape[1] :].conj().T)

    for f in (beyond, of_qr) if x.shape[0] > x.shape[1] else (beyond,):
        expected = plane(lambda z, f=f: f(z if x.dtype.kind == "c" else z.real), x.astype(complex))
        expected = expected if x.dtype.kind == "c" else expected.real
        np.testing.assert_allclose(gad.grad(f)(x), expected, rtol=1e-6, atol=1e-8)


def test_the_first_vectors_of_full_matrices_have_the_gradients_of_the_reduced():
    """As people write ``u, s, vh = np.linalg.svd(x)``."""
    for k in (0, 1, 2):
        full = gad.grad(lambda x, k=k: weighed(np.linalg.svd(x)[k][:3]))(TALL.T)
        reduced = gad.grad(lambda x, k=k: weighed(np.linalg.svd(x, full_matrices=False)[k][:3]))(TALL.T)
        np.testing.assert_allclose(full, reduced, rtol=1e-12)


# Singular matrices


def test_the_logarithm_of_no_determinant_has_an_infinite_slope_and_one_warning():
    """That of its cofactors divided by 0, at the line; a regular matrix beside it keeps its own."""
    singular, regular = np.array([[1.0, 2.0], [2.0, 4.0]]), np.array([[2.0, 0.0], [0.0, 4.0]])
    x = gad.Variable(np.stack([singular, regular]))
    y = np.linalg.slogdet(x).logabsdet
    with pytest.warns(RuntimeWarning, match="divide by zero") as warned:
        y.backward(np.ones(2))
    assert len(warned) == 1
    assert warned[0].filename == __file__
    np.testing.assert_array_equal(x.grad[0], [[np.inf, -np.inf], [-np.inf, np.inf]])
    np.testing.assert_array_equal(x.grad[1], [[0.5, 0.0], [0.0, 0.25]])
    leaf = gad.Variable(np.diag([3.0, 0.0]))
    with pytest.warns(RuntimeWarning):
        np.linalg.slogdet(leaf).logabsdet.backward()
    np.testing.assert_array_equal(leaf.grad, [[np.nan, np.nan], [np.nan, np.inf]])
