"""jacobian, hessian and hvp: against closed forms, differences, and one row or column at a time."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad import errors
from graphviz_ad.engine import jacobians
from tests.engine.test_rules import CASES, RANDOM, STATE


@pytest.fixture(autouse=True)
def same_numbers():
    """Draw the same numbers in each test, whichever ran before."""
    RANDOM.bit_generator.state = STATE


def rows(f, x):
    """Return the Jacobian by one pullback for each entry of the result."""
    value, pullback = gad.vjp(f, x)
    units = np.reshape(np.eye(np.size(value)), (np.size(value), *np.shape(value)))
    shape = (*np.shape(value), *np.shape(x))
    return np.reshape([pullback(unit[()])[0] for unit in units], shape) if units.size else np.zeros(shape)


@pytest.mark.parametrize(("program", "arrays"), CASES)
def test_rows_and_columns_of_every_primitive_agree_with_single_sweeps(program, arrays, monkeypatch):
    x, others = np.asarray(arrays[0])[()], arrays[1:]
    if x.dtype.kind == "c" or np.asarray(program(*arrays)).dtype.kind == "c":
        return

    def f(x):
        return program(x, *others)

    expected = rows(f, x)
    monkeypatch.setattr(jacobians, "_goes_forward", lambda inside, output: False)
    np.testing.assert_allclose(gad.jacobian(f)(x), expected, rtol=1e-12, atol=1e-13)
    monkeypatch.setattr(jacobians, "_goes_forward", lambda inside, output: True)
    np.testing.assert_allclose(gad.jacobian(f)(x), expected, rtol=1e-9, atol=1e-11)


def test_the_shape_is_the_results_then_the_arguments():
    x = np.ones((2, 3))
    assert gad.jacobian(lambda x: np.sum(x, axis=0))(x).shape == (3, 2, 3)
    assert gad.jacobian(lambda x: np.sum(x))(x).shape == (2, 3)
    assert gad.jacobian(np.sin)(0.5).shape == ()
    assert gad.jacobian(lambda t: np.stack([t, t**2]))(2.0).shape == (2,)
    assert gad.jacobian(lambda x: x[:0])(np.ones(3)).shape == (0, 3)
    assert gad.jacobian(lambda x: np.sum(x) * np.ones(2))(np.ones(0)).shape == (2, 0)


def test_an_elementwise_function_has_a_diagonal_jacobian():
    x = np.linspace(0.1, 1.0, 100)
    np.testing.assert_array_equal(gad.jacobian(np.sin)(x), np.diag(np.cos(x)))


def test_a_function_that_mixes_entries_without_changing_the_shape_is_not_diagonal():
    x = np.array([0.3, -0.7, 1.1])
    below = np.tril(np.ones((3, 3)))
    np.testing.assert_allclose(gad.jacobian(lambda x: np.sin(np.cumsum(x)))(x), np.cos(np.cumsum(x))[:, None] * below)
    np.testing.assert_allclose(gad.jacobian(lambda x: np.cumsum(np.sin(x)))(x), below * np.cos(x))


def test_complex_numbers_on_the_way_keep_a_diagonal_of_real_ones():
    x = np.array([0.3, -0.7, 1.1])
    squared = gad.jacobian(lambda x: np.real((1 + 2j) * x * x) - x)(x)
    assert squared.dtype == float
    np.testing.assert_allclose(squared, np.diag(2 * x - 1))


def test_broadcast_operands_have_full_columns():
    a, b = np.array([[1.0], [2.0]]), np.array([3.0, 4.0, 5.0])
    by_a, by_b = gad.jacobian(lambda a, b: a * b + np.sin(b), (0, 1))(a, b)
    np.testing.assert_allclose(by_a, np.einsum("ik,j->ijk", np.eye(2), b)[..., None])
    expected = np.einsum("ij,jk->ijk", a + 0 * b, np.eye(3)) + np.eye(3) * np.cos(b)
    np.testing.assert_allclose(by_b, expected)


@pytest.mark.parametrize("largest", [1, 7, 2**22])
def test_seeds_that_do_not_fit_at_once_go_through_one_after_the_other(largest, monkeypatch):
    monkeypatch.setattr(jacobians, "_LARGEST", largest)
    weights, x = RANDOM.normal(size=(5, 3)), RANDOM.normal(size=3)
    expected = np.cos(weights @ x)[:, None] * weights
    np.testing.assert_allclose(gad.jacobian(lambda x: np.sin(weights @ x))(x), expected, rtol=1e-13)


def test_few_arguments_and_many_results_go_forward():
    """A point on a curve: one sweep forward for t, and none back for each of a thousand coordinates."""
    t = np.linspace(0, 1, 1000)
    np.testing.assert_allclose(gad.jacobian(lambda w: np.sin(w * t))(3.0), t * np.cos(3 * t))


def test_the_hessian_is_symmetric_and_that_of_the_closed_form():
    w = np.array([2.0, 2.0])
    np.testing.assert_array_equal(gad.hessian(lambda w: w[0] ** 2 + w[1] ** 2 + w[0] * w[1])(w), [[2, 1], [1, 2]])
    x = np.linspace(0.1, 1.0, 20)
    expected = np.diag(2 * np.sin(2 * x) + 2 * x * np.cos(2 * x))
    np.testing.assert_allclose(gad.hessian(lambda x: (np.sin(x) ** 2 * x).sum())(x), expected, atol=1e-14)


def test_the_hessian_by_several_arguments_has_all_blocks():
    weights = RANDOM.normal(size=(3, 2))
    (aa, ab), (ba, bb) = gad.hessian(lambda a, b: a @ weights @ b + np.sum(b**3), (0, 1))(
        np.ones(3), np.array([1.0, 2.0])
    )
    np.testing.assert_allclose(aa, np.zeros((3, 3)))
    np.testing.assert_allclose(ab, weights)
    np.testing.assert_allclose(ba, weights.T)
    np.testing.assert_allclose(bb, np.diag([6.0, 12.0]))


def test_the_hessian_of_rosenbrock_is_that_of_differences():
    def rosenbrock(x):
        return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)

    x, step = np.array([-1.2, 1.0, 0.7]), 1e-5
    expected = [
        (gad.grad(rosenbrock)(x + step * unit) - gad.grad(rosenbrock)(x - step * unit)) / (2 * step)
        for unit in np.eye(3)
    ]
    np.testing.assert_allclose(gad.hessian(rosenbrock)(x), expected, rtol=1e-6, atol=1e-6)
    direction = np.array([1.0, -2.0, 0.5])
    value, product = gad.hvp(rosenbrock, x, direction)
    assert value == rosenbrock(x)
    np.testing.assert_allclose(product, gad.hessian(rosenbrock)(x) @ direction)


def test_derivatives_of_third_order_nest():
    x = np.array([2.0, 3.0])
    third = gad.jacobian(gad.hessian(lambda x: np.sum(x**4)))(x)
    expected = np.zeros((2, 2, 2))
    expected[0, 0, 0], expected[1, 1, 1] = 24 * x
    np.testing.assert_allclose(third, expected)


def test_jacobians_differentiate_inside_other_transforms():
    """d/da of the sum of the Hessian of a·sum(w³) is the sum of 6w; and the same forward."""

    def total(a):
        return np.sum(gad.hessian(lambda w: a * np.sum(w**3))(np.array([1.0, 2.0])))

    assert gad.grad(total)(2.0) == 18
    assert gad.jvp(total, (2.0,), (1.0,))[1] == 18

    def columns(a):
        return np.sum(gad.jacobian(lambda t: np.sin(a * t) * np.ones(9))(0.5))

    np.testing.assert_allclose(gad.grad(columns)(2.0), 9 * (np.cos(1.0) - np.sin(1.0)))


def test_inner_perturbations_are_not_confused_with_outer_ones():
    """d/dx [x · d/dy (x + y)] = 1, whichever modes are nested."""
    modes = [
        lambda f, x: gad.grad(f)(x),
        lambda f, x: gad.jvp(f, (x,), (1.0,))[1],
        lambda f, x: gad.jacobian(f)(x),
        lambda f, x: gad.vjp(f, x)[1](1.0)[0],
    ]
    for outer in modes:
        for inner in modes:
            assert outer(lambda x, inner=inner: x * inner(lambda y: x + y, 1.0), 3.0) == 1.0
            assert outer(lambda x, inner=inner: inner(lambda y: x * y * y, x), 3.0) == 12.0
            assert outer(lambda x, inner=inner: inner(lambda y: 5.0 * x, x) * x, 3.0) == 0.0


def test_a_result_that_depends_on_nothing_has_a_jacobian_of_zeros():
    np.testing.assert_array_equal(gad.jacobian(lambda x: np.array([1.0, 2.0]))(np.ones(3)), np.zeros((2, 3)))
    np.testing.assert_array_equal(gad.jacobian(lambda x: x.detach() * 2)(np.ones(3)), np.zeros((3, 3)))
    assert gad.jvp(lambda x: 7, (2.0,), (1.0,)) == (7, 0.0)


def test_float32_stays_what_it_is():
    x = np.ones(3, np.float32)
    assert gad.jacobian(np.sin)(x).dtype == np.float32
    assert gad.hessian(lambda x: np.sum(x**3))(x).dtype == np.float32
    assert gad.jvp(np.sin, (x,), (np.ones(3),))[1].dtype == np.float32


def test_a_holomorphic_function_has_its_complex_derivative():
    z = np.array([1 + 2j, 3.0])
    np.testing.assert_allclose(gad.jacobian(lambda z: z**2 * 1j)(z), np.diag(2j * z))
    np.testing.assert_allclose(
        gad.jacobian(lambda x: np.exp(1j * x))(np.array([1.0, 2.0])), np.diag(1j * np.exp([1j, 2j]))
    )


def test_a_real_result_of_complex_numbers_has_no_jacobian():
    with pytest.raises(errors.DtypeError, match="jacobian: a real result of complex arguments"):
        gad.jacobian(np.abs)(1 + 2j)


@pytest.mark.parametrize("transform", [gad.jacobian, gad.hessian])
def test_errors_name_the_transform(transform):
    name = transform.__name__
    for call, pattern in (
        (lambda: transform(np.sum)(), "argument 0 is to be differentiated"),
        (lambda: transform(np.sum, 0.5), "argnums must be"),
        (lambda: transform(3.0), "needs a function, got float"),
        (lambda: transform(lambda x: None)(1.0), "the function returned nothing"),
        (lambda: transform(np.sum)("a"), "argument 0: expected a number"),
    ):
        with pytest.raises(errors.GraphvizAdError, match=f"^{name}\\b.*{pattern}"):
            call()
    with pytest.raises(errors.InputError, match=r"^hessian: the function must return a single number"):
        gad.hessian(np.sin)(np.ones(3))
    with pytest.raises(errors.InputError, match=r"^hvp: the function must return a single number"):
        gad.hvp(np.sin, np.ones(3), np.ones(3))
