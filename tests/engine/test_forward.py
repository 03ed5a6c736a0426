"""The forward sweep: the tangent of every primitive, against differences; jvp, and the sweep that is looked at."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad import errors
from graphviz_ad.engine.forward import push
from tests.engine.test_rules import BINARY, CASES, ELEMENTWISE, RANDOM, STATE, difference, elementwise_case, replaced


@pytest.fixture(autouse=True)
def same_numbers():
    """Draw the same numbers in each test, whichever ran before."""
    RANDOM.bit_generator.state = STATE


def assert_tangents_match_differences(program, arrays):
    """Move each operand alone, then all together, which adds up; the tangent has the value's shape and dtype."""
    directions = [np.asarray(RANDOM.normal(size=np.shape(x)))[()] for x in arrays]
    parts = []
    for k, (array, direction) in enumerate(zip(arrays, directions, strict=True)):

        def along(x, k=k):
            return program(*replaced(arrays, k, x))

        value, tangent = gad.jvp(along, array, direction)
        assert (np.shape(tangent), np.asarray(tangent).dtype) == (np.shape(value), np.asarray(value).dtype)
        expected = difference(along, np.asarray(array)[()], direction)
        np.testing.assert_allclose(tangent, expected, rtol=1e-7, atol=1e-8)
        parts.append(tangent)
    _, together = gad.jvp(program, tuple(arrays), tuple(directions))
    np.testing.assert_allclose(together, sum(parts), rtol=1e-9, atol=1e-11)


def drawn(node):
    """Return numbers of a node's shape, complex ones for a complex node."""
    numbers = RANDOM.normal(size=node.shape)
    return np.asarray(numbers + 1j * RANDOM.normal(size=node.shape) if node.dtype.kind == "c" else numbers)[()]


@pytest.mark.parametrize("shape", [(), (2, 3)], ids=str)
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_elementwise_tangents_match_differences(name, shape):
    assert_tangents_match_differences(*elementwise_case(name, shape))


@pytest.mark.parametrize("shapes", [((3,), ()), ((2, 1), (3,))], ids=str)
@pytest.mark.parametrize("name", BINARY)
def test_broadcast_operands_push_to_the_whole_result(name, shapes):
    assert_tangents_match_differences(*elementwise_case(name, *shapes))


@pytest.mark.parametrize(("program", "arrays"), CASES)
def test_structural_tangents_match_differences(program, arrays):
    assert_tangents_match_differences(program, arrays)


@pytest.mark.parametrize(("program", "arrays"), CASES)
def test_each_operands_part_is_the_transpose_of_its_vjp(program, arrays):
    """What a node sends on of one operand, times an adjoint, is the tangent times what it sends back."""
    node = program(*map(gad.Variable, arrays))
    adjoint = drawn(node)
    sweep = gad.engine.sweep.Sweep(node, gad.engine.walking.ancestors(node), adjoint)
    for k, operand in enumerate(node.operands):
        back = sweep.contribution(node, k) if isinstance(operand, gad.Variable) else None
        if back is None:
            continue
        tangent = drawn(operand)
        part = push(node, {k: tangent})
        sent, received = np.sum(np.real(part * adjoint)), np.sum(np.real(back * tangent))
        np.testing.assert_allclose(sent, received, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_tangents_have_the_dtype_of_what_moves(name, dtype):
    ufunc, operands = elementwise_case(name, (3,), dtype=dtype)
    value, tangent = gad.jvp(ufunc, operands, operands)
    assert tangent.dtype == value.dtype


@pytest.mark.parametrize(("program", "arrays"), CASES)
def test_forward_over_reverse_is_reverse_over_forward(program, arrays):
    """The Hessian times a direction, both ways."""
    weights = RANDOM.normal(size=np.shape(program(*arrays)))
    x, others = np.asarray(arrays[0])[()], arrays[1:]
    direction = np.asarray(RANDOM.normal(size=x.shape))[()]

    def f(x):
        return np.sum(weights * program(x, *others))

    _, forward = gad.hvp(f, x, direction)
    reverse = gad.grad(lambda x: gad.jvp(f, (x,), (direction,))[1])(x)
    np.testing.assert_allclose(forward, reverse, rtol=1e-7, atol=1e-9)


# Complex numbers


@pytest.mark.parametrize(
    "f", [np.exp, np.sin, lambda z: z**3 / (1 + z), np.abs, np.real, np.conjugate, np.angle, np.sign]
)
def test_tangents_of_complex_numbers_are_those_of_differences(f):
    z, dz, step = 0.7 - 0.4j, 0.3 + 1.1j, 1e-6
    value, tangent = gad.jvp(f, (z,), (dz,))
    np.testing.assert_allclose(tangent, (f(z + step * dz) - f(z - step * dz)) / (2 * step), rtol=1e-8)
    assert tangent.dtype == value.dtype


# jvp


def test_a_tangent_is_linear_in_what_moves():
    f, x = np.tanh, np.array([0.3, -0.8])
    _, one = gad.jvp(f, x, np.array([1.0, 0.0]))
    _, three = gad.jvp(f, x, np.array([3.0, 0.0]))
    np.testing.assert_array_equal(three, 3 * one)


def test_derivatives_by_the_tangent_flow():
    assert gad.grad(lambda t: gad.jvp(np.sin, (0.5,), (t,))[1])(2.0) == np.cos(0.5)


def test_what_is_written_to_pushes_its_versions():
    def f(x):
        h = np.zeros(3, like=x)
        for k in range(3):
            h[k] = x**k + (h[k - 1] if k else 0.0)
        h *= 2
        return h

    _, tangent = gad.jvp(f, (3.0,), (1.0,))
    np.testing.assert_array_equal(tangent, [0.0, 2.0, 2 * (1 + 6.0)])


def test_tangents_that_do_not_belong_to_the_primals_are_refused():
    for tangents, pattern in (
        ((1.0, 2.0), r"expected a tuple with \[0\], got one with \[0\], \[1\]"),
        ((np.ones(2),), r"the tangent of argument 0 has shape \(2,\), but the input it belongs to has shape \(\)"),
        (("a",), "must be numbers"),
        ((1j,), "is complex"),
        (1.0, "expected a tuple, got float"),
    ):
        with pytest.raises(errors.SeedError, match=f"^jvp.*{pattern}"):
            gad.jvp(np.sin, (0.5,), tangents)
    with pytest.raises(errors.InputError, match="at least one primal"):
        gad.jvp(np.sin, (), ())


# The sweep that is looked at


def test_a_forward_sweep_has_a_tangent_for_each_node_that_moves():
    trace = gad.trace(lambda x, y: np.sin(x) * y + np.cos(y), 0.5, 2.0)
    sweep = trace.forward({"x": 1.0})
    s, p, c, f = trace.nodes[2:]
    assert sweep.tangent(s) == np.cos(0.5)
    assert sweep.tangent(p) == np.cos(0.5) * 2.0
    assert sweep.contribution(p, 0) == np.cos(0.5) * 2.0
    assert sweep.contribution(p, 1) == 0.0
    assert sweep.tangent(c) == 0.0
    assert sweep.tangent(f) == sweep.tangent(p)


def test_several_operands_add_up_to_the_tangent():
    trace = gad.trace(lambda a, b: a @ b, np.array([[1.0, 2.0]]), np.array([3.0, 4.0]))
    sweep = trace.forward((np.array([[1.0, 0.0]]), np.array([0.0, 1.0])))
    parts = [sweep.contribution(trace.output, k) for k in (0, 1)]
    np.testing.assert_array_equal(parts, [[3.0], [2.0]])
    np.testing.assert_array_equal(sweep.tangent(trace.output), [5.0])


def test_the_sum_of_tangent_times_adjoint_is_the_same_across_every_cut():
    """Which proves the two modes to each other: it is the slope, wherever the graph is cut."""
    trace = gad.trace(lambda x: np.log(x**2) * np.sin(x) + 1 / x, 2.0)
    forward, reverse = trace.forward(), trace.reverse()
    slope = forward.tangent(trace.output)
    np.testing.assert_allclose(slope, reverse.adjoint(trace.inputs[0]), rtol=1e-15)
    square, log, sine, product, inverse, _ = trace.nodes[1:]
    for cut in ((square, sine, inverse), (log, sine, inverse), (product, inverse)):
        total = sum(forward.tangent(node) * reverse.adjoint(node) for node in cut)
        np.testing.assert_allclose(total, slope, rtol=1e-14)


def test_what_depends_on_no_input_has_no_tangent():
    with gad.record() as trace:
        x = gad.Variable(1.0, name="x")
        y = gad.Variable(2.0, name="y")
        z = x.detach() * y
    sweep = trace.forward({"x": 1.0})
    assert sweep.tangent(z) == 0.0
    assert sweep.tangent(z.parents[0]) is None


def test_each_sweep_says_where_the_others_numbers_are():
    trace = gad.trace(np.sin, 1.0)
    with pytest.raises(errors.InputError, match=r"trace\.reverse\(\) gives the adjoints"):
        trace.forward().adjoint(trace.output)
    with pytest.raises(errors.InputError, match=r"trace\.forward\(\) gives the tangents"):
        trace.reverse().tangent(trace.output)


def test_there_is_no_guessing_which_way_several_inputs_move():
    trace = gad.trace(lambda a, b: a * np.sum(b), 1.0, np.ones(2))
    with pytest.raises(errors.SeedError, match=r"pass tangents=\{'a': 1\.0, 'b': np\.ones\(\(2,\)\)\}"):
        trace.forward()
    with pytest.raises(errors.SeedError, match="there is no input 'c'; the inputs are a, b"):
        trace.forward({"c": 1.0})
    with pytest.raises(errors.SeedError, match="1 tangent for 2 inputs"):
        trace.forward(1.0)
    with pytest.raises(errors.SeedError, match=r"the tangent of b has shape \(\)"):
        trace.forward((1.0, 1.0))
