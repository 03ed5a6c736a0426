"""grad, value_and_grad and vjp: nesting, closures, arguments, and functions that return something else."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad import errors


def cube(x):
    """Return x³, by multiplication."""
    return x * x * x


# Nesting


def test_derivatives_of_sin_go_round():
    """Four levels deep, at several points."""
    f = np.sin
    for expected in (np.cos, lambda x: -np.sin(x), lambda x: -np.cos(x), np.sin):
        f = gad.grad(f)
        for x in (-1.0, 0.3, 2.0):
            np.testing.assert_allclose(f(x), expected(x), rtol=1e-14)


def test_the_result_is_a_plain_number():
    """Outside any other transform nothing is tracked, at any depth."""
    f = cube
    for expected in (12.0, 12.0, 6.0, 0.0):
        f = gad.grad(f)
        assert type(f(2.0)) is np.float64
        assert f(2.0) == expected


def test_the_result_is_a_plain_array_of_the_arguments_shape_and_dtype():
    """float32 stays float32, and the array is the caller's to write to."""
    for dtype in (np.float32, np.float64):
        g = gad.grad(lambda x: (x * x).sum())(np.ones((2, 3), dtype))
        assert (type(g), g.shape, g.dtype) == (np.ndarray, (2, 3), dtype)
        g[:] = 0


@pytest.mark.parametrize(
    ("f", "at", "expected"),
    [
        # d/dx x (d/dy (x + y)) = 1: the classic; a confused engine says 2.
        (lambda x: x * gad.grad(lambda y: x + y)(1.0), 1.0, 1.0),
        (lambda x: x * gad.grad(lambda y: x * y)(2.0), 3.0, 6.0),
        (lambda x: gad.grad(lambda y: x * y * y)(2.0), 3.0, 4.0),
        (lambda x: gad.grad(lambda y: x * y * y)(x), 3.0, 12.0),
        (lambda x: gad.grad(lambda x: x * x)(x) * x, 3.0, 12.0),
        (lambda x: gad.grad(lambda y: gad.grad(lambda z: x * y * z)(x))(x), 3.0, 1.0),
        (lambda x: gad.grad(lambda y: gad.grad(lambda z: x * y * z * z)(y))(x), 3.0, 24.0),
        (lambda x: gad.grad(lambda y: y * gad.grad(lambda z: z * x)(y))(2.0), 3.0, 1.0),
        (lambda x: gad.grad(lambda y: 5.0 * y)(x) * x, 3.0, 5.0),
        (lambda x: x * gad.grad(lambda y: x * 1.0)(2.0), 3.0, 0.0),
    ],
)
def test_nested_closures_do_not_confuse_their_perturbations(f, at, expected):
    """What an inner derivative sees of an outer variable is a constant to it, and differentiable outside."""
    result = gad.grad(f)(at)
    assert type(result) is np.float64
    assert result == expected


def test_mixed_second_derivatives_are_equal_and_plain():
    """d²/dxdy in both orders."""

    def f(x, y):
        return np.sin(x * y) + x**2 * y

    xy = gad.grad(lambda y: gad.grad(f, 0)(1.2, y))(0.7)
    yx = gad.grad(lambda x: gad.grad(f, 1)(x, 0.7))(1.2)
    expected = np.cos(0.84) - 0.84 * np.sin(0.84) + 2.4
    np.testing.assert_allclose([xy, yx], [expected, expected], rtol=1e-14)
    assert type(xy) is type(yx) is np.float64


def test_a_hessian_row_by_row():
    """The gradient of an entry of a gradient, for a function of a vector."""

    def f(x):
        return (np.sin(x) ** 2 * x).sum() + x[0] * x[1]

    x = np.array([0.3, 0.8, 1.1])
    hessian = np.stack([gad.grad(lambda x, i=i: gad.grad(f)(x)[i])(x) for i in range(3)])
    expected = np.diag(2 * np.sin(2 * x) + 2 * x * np.cos(2 * x))
    expected[0, 1] = expected[1, 0] = 1
    np.testing.assert_allclose(hessian, expected, rtol=1e-13, atol=1e-13)


def test_a_newton_iteration_through_derivatives_differentiates():
    """The square root found by Newton steps has the slope of the square root."""

    def root(a):
        x = 1.0 + 0 * a
        for _ in range(8):
            x = x - (x * x - a) / gad.grad(lambda x: x * x)(x)
        return x

    np.testing.assert_allclose(gad.grad(root)(2.0), 0.5 / np.sqrt(2.0), rtol=1e-12)


def test_control_flow_follows_the_values():
    """Loops and branches are plain Python."""

    def f(x):
        while x < 100:
            x = x * x if x > 3 else x + 1
        return x

    assert gad.grad(f)(2.5) == 2 * 3.5 * 2 * 3.5**2


# Variables as arguments, outer graphs


def test_a_tracked_argument_gives_a_tracked_gradient():
    """So that the gradient itself can be part of a loss."""
    x = gad.Variable(2.0)
    slope = gad.grad(cube)(x)
    assert isinstance(slope, gad.Variable)
    (slope * 5).backward()
    assert x.grad == 60.0


def test_a_tracked_value_in_a_closure_gives_a_tracked_gradient():
    """Also when the argument is a plain number."""
    w = gad.Variable(3.0)
    slope = gad.grad(lambda x: w * x * x)(2.0)
    slope.backward()
    assert (slope.value, w.grad) == (12.0, 4.0)


def test_a_transform_does_not_touch_the_callers_gradients():
    """It returns, and does not accumulate into x.grad."""
    x, w = gad.Variable(2.0), gad.Variable(3.0)
    gad.grad(lambda x: w * x)(x)
    assert (x.grad, w.grad) == (None, None)


def test_the_value_of_value_and_grad_stays_in_the_outer_graph():
    """The value of a tracked argument is tracked."""
    x = gad.Variable(2.0)
    value, slope = gad.value_and_grad(cube)(x)
    (value + slope).backward()
    assert x.grad == 12.0 + 12.0


def test_a_detached_argument_counts_as_a_number():
    """Nothing is tracked, so the gradient is plain."""
    result = gad.grad(cube)(gad.Variable(2.0).detach())
    assert type(result) is np.float64


# Arguments


def test_argnums_chooses_the_arguments():
    """An integer gives one gradient, a tuple gives a tuple in its own order; negative numbers count from the end."""

    def f(a, b, c):
        return a * b**2 * c**3

    assert gad.grad(f, 1)(2.0, 3.0, 1.0) == 12.0
    assert gad.grad(f, -1)(2.0, 3.0, 1.0) == 54.0
    assert gad.grad(f, (2, 0))(2.0, 3.0, 1.0) == (54.0, 9.0)
    assert gad.grad(f, (1,))(2.0, 3.0, 1.0) == (12.0,)


def test_arguments_that_are_not_differentiated_are_passed_on_unchanged():
    """Integers, strings and lists reach the function as they are."""
    seen = []

    def f(x, n, mode, *rest, scale=1.0, **options):
        seen.append((n, mode, rest, scale, options))
        return x**n * scale

    assert gad.grad(f)(2.0, 3, "fast", [1], scale=2.0, extra=None) == 24.0
    assert seen == [(3, "fast", ([1],), 2.0, {"extra": None})]


def test_the_derivative_has_the_docstring_of_its_function_and_a_name_of_its_own():
    """help(grad(f)) is helpful, and no picture says that sin x is cos x."""
    assert gad.grad(cube).__name__ == "cube′"
    assert gad.grad(gad.grad(cube)).__name__ == "cube′′"
    assert gad.grad(cube).__doc__ == cube.__doc__
    assert gad.value_and_grad(cube).__name__ == "cube"
    assert str(gad.trace(gad.grad(np.sin), 1.0)).startswith("f(x) = cos x\n")


@pytest.mark.parametrize("argnums", [1.5, "0", None, (), (0, 0), [0.5], {0: 1}], ids=repr)
def test_bad_argnums_are_refused_at_once(argnums):
    """Before the function is ever called."""
    with pytest.raises(errors.InputError, match="argnums"):
        gad.grad(cube, argnums)


@pytest.mark.parametrize("transform", [gad.grad, gad.value_and_grad])
@pytest.mark.parametrize("point", [2.0, np.ones(3), gad.Variable(2.0)], ids=repr)
def test_a_point_in_the_place_of_argnums_is_sent_behind(transform, point):
    """The way other libraries have it."""
    way = f"the point comes afterwards, {transform.__name__}(f)(x)"
    with pytest.raises(errors.InputError, match=re.escape(way)):
        transform(cube, point)


@pytest.mark.parametrize("argnums", [(0, -2), (1, -1)])
def test_argnums_that_name_one_argument_twice_are_refused(argnums):
    """Also when one of them counts from the end."""
    with pytest.raises(errors.InputError, match="once"):
        gad.grad(np.multiply, argnums)(2.0, 3.0)


@pytest.mark.parametrize("make", [gad.grad, gad.value_and_grad, gad.vjp])
def test_what_is_not_a_function_is_refused(make):
    """`grad(f(x))` is a common slip."""
    with pytest.raises(errors.InputError, match=rf"^{make.__name__} needs a function.*f itself"):
        make(np.sin(1.0))


@pytest.mark.parametrize("make", [gad.grad, gad.value_and_grad])
def test_errors_name_the_function_that_was_called(make):
    """The user of grad reads grad."""
    name = make.__name__
    for call, pattern in (
        (lambda: make(np.sin)(), "argument 0"),
        (lambda: make(np.sin, 2)(1.0), "argument 2"),
        (lambda: make(np.sin)("a"), "argument 0.*str"),
        (lambda: make(np.sin)(None), "argument 0.*NoneType"),
        (lambda: make(np.sin)([]), "argument 0.*list"),
        (lambda: make(np.sin)(True), "argument 0.*bool"),
        (lambda: make(np.sin)(np.ones(3)), r"shape \(3,\).*sum\(\)"),
        (lambda: make(lambda x: None)(1.0), "returned nothing"),
        (lambda: make(lambda x: "a")(1.0), "returned a str"),
        (lambda: make(lambda x: (x, x))(1.0), "returned a tuple.*np.stack"),
        (lambda: make(lambda x: {"loss": x})(1.0), "returned a dict"),
        (lambda: make(lambda x: object())(1.0), "returned object"),
    ):
        with pytest.raises(errors.GraphvizAdError, match=f"^{name}\\b.*{pattern}"):
            call()


def test_an_error_inside_the_function_passes_through():
    """Unchanged, with the user's own traceback."""
    with pytest.raises(ZeroDivisionError):
        gad.grad(lambda x: x * (1 / 0))(1.0)


@pytest.mark.parametrize(
    "f", [lambda x: 3.0, lambda x: 7, lambda x: np.float32(1), lambda x: x.detach(), lambda x: x // 1]
)
@pytest.mark.parametrize("x", [2.0, np.ones((2, 2))], ids=["number", "array"])
def test_a_constant_result_has_gradient_zero(f, x):
    """A hand-written relu's `return 0.0`; zeros of the argument's shape."""
    g = gad.grad(lambda x: f(x) if np.size(f(x)) == 1 else f(x).sum())(x)
    np.testing.assert_array_equal(g, np.zeros(np.shape(x)), strict=True)


def test_an_argument_that_is_not_used_has_gradient_zero():
    """Each argument gets its own zeros."""
    a, b = gad.grad(lambda a, b: a.sum(), (0, 1))(np.ones(2), np.ones((3, 1)))
    np.testing.assert_array_equal(a, [1.0, 1.0])
    np.testing.assert_array_equal(b, np.zeros((3, 1)), strict=True)


def test_an_outer_variable_returned_unchanged_is_a_constant():
    """It does not depend on the argument."""
    w = gad.Variable(3.0)
    assert gad.grad(lambda x: w)(2.0) == 0.0
    assert gad.grad(lambda x: w * w)(2.0) == 0.0


def test_the_argument_returned_unchanged_has_slope_one():
    """The identity."""
    assert gad.grad(lambda x: x)(2.0) == 1.0
    assert gad.grad(gad.grad(lambda x: x))(2.0) == 0.0


def test_one_value_in_two_places_is_two_arguments():
    """grad(f, (0, 1))(x, x) does not mix them up."""
    x = gad.Variable(3.0)
    a, b = gad.grad(lambda a, b: a * a * b, (0, 1))(x, x)
    assert (a.value, b.value) == (18.0, 9.0)


def test_gradients_of_one_sweep_share_no_memory():
    """Two arguments, two arrays."""
    for n in (3, 20_000):
        a, b = gad.grad(lambda a, b: (a + b).sum(), (0, 1))(np.ones(n), np.ones(n))
        assert not np.shares_memory(a, b)
        a[:] = 5.0
        np.testing.assert_array_equal(b, np.ones(n))


# vjp


def test_a_pullback_is_the_transposed_jacobian():
    """Row by row it gives the whole matrix."""
    m = np.arange(6.0).reshape(2, 3)
    value, pullback = gad.vjp(lambda x: m @ np.sin(x), np.ones(3))
    np.testing.assert_allclose(value, m @ np.sin(np.ones(3)))
    rows = np.stack([pullback(row)[0] for row in np.eye(2)])
    np.testing.assert_allclose(rows, m * np.cos(1.0))


def test_a_pullback_may_be_called_again():
    """Each call starts afresh, and results already given stay as they are."""
    _, pullback = gad.vjp(np.multiply, np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    first = pullback(np.ones(2))
    second = pullback(np.array([10.0, 0.0]))
    np.testing.assert_array_equal(first, [[3.0, 4.0], [1.0, 2.0]])
    np.testing.assert_array_equal(second, [[30.0, 0.0], [10.0, 0.0]])
    first[0][:] = 99.0
    np.testing.assert_array_equal(pullback(np.ones(2))[0], [3.0, 4.0])


def test_vjp_of_a_tracked_argument_is_part_of_the_outer_graph():
    """Value and pulled-back cotangents are differentiable."""
    x = gad.Variable([1.0, 2.0])
    value, pullback = gad.vjp(np.square, x)
    (value.sum() + pullback(np.ones(2))[0].sum()).backward()
    np.testing.assert_array_equal(x.grad, 2 * x.value + 2)
    (pullback(np.ones(2))[0] ** 2).sum().backward()
    np.testing.assert_array_equal(x.grad, 2 * x.value + 2 + 8 * x.value)


def test_vjp_nests_in_grad():
    """The derivative of a pulled-back cotangent."""
    assert gad.grad(lambda x: gad.vjp(cube, x)[1](1.0)[0])(2.0) == 12.0


@pytest.mark.parametrize("f", [np.sin, lambda x: x * 0 + 1, lambda x: np.ones(3)], ids=["sin", "line", "constant"])
@pytest.mark.parametrize("cotangent", [np.ones(4), 1.0, np.ones((3, 1))], ids=str)
def test_a_cotangent_of_another_shape_is_refused(f, cotangent):
    """Also when the function returned a constant."""
    _, pullback = gad.vjp(f, np.ones(3))
    with pytest.raises(errors.SeedError, match="shape"):
        pullback(cotangent)


def test_vjp_needs_a_primal():
    """There is nothing to differentiate with respect to."""
    with pytest.raises(errors.InputError, match="at least one primal"):
        gad.vjp(np.sin)


def test_vjp_of_a_constant_is_zero():
    """One zero per primal, of its shape."""
    value, pullback = gad.vjp(lambda a, b: 3.0, 1.0, np.ones(2))
    assert value == 3.0
    a, b = pullback(1.0)
    assert a == 0.0
    np.testing.assert_array_equal(b, [0.0, 0.0])


def test_a_failing_pullback_leaves_the_next_one_intact():
    """A refused cotangent does not break the link to the outer graph."""
    x = gad.Variable([1.0, 2.0])
    value, pullback = gad.vjp(np.square, x)
    with pytest.raises(errors.SeedError):
        pullback(np.ones(5))
    value.sum().backward()
    np.testing.assert_array_equal(x.grad, [2.0, 4.0])
    np.testing.assert_array_equal(pullback(np.ones(2))[0].value, [2.0, 4.0])


# The pullback is a linear function of its cotangent


@pytest.mark.parametrize("f", [np.sin, lambda x: x**3, lambda x: np.exp(x) / x], ids=["sin", "cube", "quotient"])
def test_a_pullback_is_differentiated_by_its_cotangent(f):
    """Its slope there is the derivative that it multiplies with; it has no curvature."""
    slope = gad.grad(f)(2.0)
    assert gad.grad(lambda c: gad.vjp(f, 2.0)[1](c)[0])(5.0) == slope
    assert gad.grad(gad.grad(lambda c: gad.vjp(f, 2.0)[1](c)[0]))(5.0) == 0.0
    pullback = gad.vjp(f, 2.0)[1]
    assert gad.grad(lambda c: pullback(c)[0] ** 2)(5.0) == pytest.approx(2 * 5.0 * slope**2)
    assert pullback(5.0)[0] == 5.0 * slope, "the graph is as it was"


def test_a_pullback_of_arrays_gives_the_transposed_pullback():
    """Differentiated by its cotangent it is the pushforward: the Jacobian from the other side."""
    matrix = np.arange(6.0).reshape(2, 3)

    def f(x):
        return np.tanh(matrix @ x)

    x, tangent = np.array([0.1, -0.2, 0.3]), np.array([1.0, 2.0, -1.0])
    pushed = gad.grad(lambda c: np.sum(gad.vjp(f, x)[1](c)[0] * tangent))(np.ones(2))
    expected = (1 - np.tanh(matrix @ x) ** 2) * (matrix @ tangent)
    np.testing.assert_allclose(pushed, expected, rtol=1e-12)


def test_a_pullback_is_differentiated_by_the_point_and_the_cotangent():
    """Both at once."""

    def g(x, c):
        return gad.vjp(np.sin, x)[1](c)[0]

    by_x, by_c = gad.grad(g, argnums=(0, 1))(0.7, 3.0)
    assert by_x == pytest.approx(-3 * np.sin(0.7))
    assert by_c == pytest.approx(np.cos(0.7))


def test_where_there_is_no_value_the_number_is_the_rules_and_one_warning_says_so():
    """It names the operation and the person's line; the story tells no slope."""
    with pytest.warns(RuntimeWarning, match="invalid value encountered in log") as warned:
        value, slope = gad.value_and_grad(np.log)(-1.0)
    assert (np.isnan(value), slope) == (True, -1.0)
    (one,) = warned
    line = Path(one.filename).read_text(encoding="utf-8").splitlines()[one.lineno - 1]
    assert line.strip() == "value, slope = gad.value_and_grad(np.log)(-1.0)"
    with pytest.warns(RuntimeWarning, match="log"):
        trace = gad.trace(np.log, -1.0)
    assert str(trace.steps()[-1]) == "f is NaN here: there is no slope to take back."
