"""The reverse sweep: seeds, accumulation, releasing, recording, and that the fast loop agrees with the keeping one."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import graphviz_ad as gad
from graphviz_ad import errors
from graphviz_ad.engine import backward, walking
from graphviz_ad.tracing import record, trace

BIG = backward._LARGE + 1000  # numbers; from here on buffers are reused in place


# Seeds


def test_a_single_number_needs_no_seed():
    """Its adjoint is 1, whatever its shape."""
    for value in (3.0, [3.0], [[3.0]]):
        x = gad.Variable(value)
        (x * x).backward()
        np.testing.assert_array_equal(x.grad, np.full(x.shape, 6.0))


def test_an_array_without_a_seed_is_told_what_to_pass():
    """The message shows the shape, a seed of ones, and sum()."""
    x = gad.Variable(np.ones((2, 3)))
    with pytest.raises(errors.SeedError, match=r"shape \(2, 3\).*np\.ones\(\(2, 3\)\).*sum\(\)"):
        (x * 2).backward()


@pytest.mark.parametrize("seed", [np.ones(2), 1.0, np.ones((3, 1)), [[1.0, 2.0, 3.0]]], ids=str)
def test_a_seed_of_another_shape_is_refused(seed):
    """Nothing is broadcast behind the user's back."""
    x = gad.Variable(np.ones(3))
    with pytest.raises(errors.SeedError, match=r"seed has shape .* \(3,\)"):
        (x * 2).backward(seed)


@pytest.mark.parametrize("seed", ["abc", object, [None] * 3, {}], ids=str)
def test_a_seed_that_is_no_number_is_refused(seed):
    """Expected numbers of that shape."""
    x = gad.Variable(np.ones(3))
    with pytest.raises(errors.SeedError, match=r"numbers of shape \(3,\)"):
        (x * 2).backward(seed)


def test_a_complex_seed_for_a_real_value_is_refused():
    """Its imaginary part would be lost."""
    with pytest.raises(errors.SeedError, match="complex"):
        (gad.Variable(1.0) * 2).backward(1j)


@pytest.mark.parametrize(
    "seed", [[1, 2, 3], (1.0, 2.0, 3.0), np.array([1, 2, 3]), np.array([1, 2, 3], np.float32)], ids=str
)
def test_a_seed_may_be_anything_numpy_reads(seed):
    """Lists and integers are converted to the value's dtype."""
    x = gad.Variable(np.ones(3))
    (x * 2).backward(seed)
    np.testing.assert_array_equal(x.grad, [2.0, 4.0, 6.0], strict=True)


def test_a_seed_is_a_weight_for_each_entry():
    """backward(w) is the gradient of the weighted sum."""
    x, w = gad.Variable([1.0, 12.0]), np.array([0.5, -2.0])
    (2 * np.sin(3 * x)).backward(w)
    np.testing.assert_allclose(x.grad, w * 6 * np.cos(3 * x.value))


@pytest.mark.parametrize("n", [3, BIG])
def test_the_seed_is_never_written_to(n):
    """Nor does x.grad share its memory."""
    seed = np.ones(n)
    x = gad.Variable(np.linspace(0, 1, n))
    y = -(np.sin(x) * x + x) * 2 + x
    for _ in range(2):
        y.backward(seed)
    np.testing.assert_array_equal(seed, np.ones(n))
    assert not np.shares_memory(seed, x.grad)


# Accumulation


def test_gradients_accumulate_over_calls():
    """As in PyTorch."""
    x = gad.Variable(3.0)
    for times in (1, 2, 3):
        (x * x).backward()
        assert x.grad == 6.0 * times


def test_zero_grad_forgets():
    """The gradient is None again, and the next one starts afresh."""
    x = gad.Variable(3.0)
    assert x.grad is None
    (x * x).backward()
    x.zero_grad()
    assert x.grad is None
    (x * 2).backward()
    assert x.grad == 2.0


def test_zero_grad_of_a_computed_value_is_refused():
    """Only leaves carry gradients."""
    y = gad.Variable(3.0) * 2
    with pytest.warns(errors.NoGradientWarning, match="by multiply"):
        assert y.grad is None
    with pytest.raises(errors.InputError, match=r"leaves.*multiply"):
        y.zero_grad()


def test_a_leaf_that_is_not_reached_keeps_no_gradient():
    """None is not zero."""
    x, other = gad.Variable(1.0), gad.Variable(2.0)
    _ = x * other
    (x * 2).backward()
    assert other.grad is None


def test_a_leaf_is_its_own_output():
    """dx/dx is 1."""
    x = gad.Variable(5.0)
    x.backward()
    assert x.grad == 1.0


def test_an_earlier_gradient_is_not_changed_by_the_next_backward():
    """What the user holds stays as it is."""
    x = gad.Variable([1.0, 2.0])
    y = np.sum(x * x)
    y.backward()
    held = x.grad
    y.backward()
    np.testing.assert_array_equal(held, [2.0, 4.0])
    np.testing.assert_array_equal(x.grad, [4.0, 8.0])


@pytest.mark.parametrize("n", [1, 5, BIG])
@pytest.mark.parametrize(
    "program",
    [
        lambda a, b: a + b,
        lambda a, b: a - b,
        lambda a, b: (a + b) + (a + b),
        lambda a, b: a * b,
        lambda a, b: np.concatenate([a, b]),
        lambda a, b: np.where(np.arange(np.size(a)) % 2 == 0, a, b),
        lambda a, b: np.sum(a) + np.sum(b),
        lambda a, b: np.reshape(a, -1) + b[:],
        lambda a, b: np.exp(a + 0 * b) + np.exp(b),
        lambda a, b: np.dot(a, b),
        lambda a, b: +a + b,
    ],
)
def test_gradients_are_owned_and_writable(program, n):
    """No two of a.grad, b.grad, the seed and the recorded values share memory."""
    a, b = gad.Variable(np.linspace(0, 1, n)), gad.Variable(np.linspace(1, 2, n))
    y = program(a, b)
    seed = np.ones(y.shape)
    y.backward(seed)
    arrays = [a.grad, b.grad, seed, a.value, b.value, y.value]
    assert not any(np.shares_memory(p, q) for p, q in itertools.combinations(map(np.asarray, arrays), 2) if p is not q)
    for grad in (a.grad, b.grad):
        assert type(grad) is np.ndarray
        assert grad.flags.writeable
        assert grad.flags.owndata or grad.base.flags.owndata


@pytest.mark.parametrize("n", [5, BIG])
def test_backward_twice_doubles(n):
    """The sweep leaves nothing behind in the graph, neither buffers nor kept partials."""
    x = gad.Variable(np.linspace(0.1, 1, n))
    y = np.sum(np.tanh(np.sin(x) * x + np.exp(x)) * x)
    y.backward()
    once = x.grad.copy()
    for times in (2, 3, 4, 5):
        y.backward()
        np.testing.assert_allclose(x.grad, times * once, rtol=1e-14)


@pytest.mark.parametrize("n", [5, BIG])
@pytest.mark.parametrize(
    ("program", "slope"),
    [
        (lambda x: np.sum(-x) + np.sum(-x), -2.0),
        (lambda x: np.sum(1 - x) + np.sum(2 - x) + np.sum(x), -1.0),
        (lambda x: np.sum((1 - x) + (2 - x)), -2.0),
        (lambda x: np.sum(-x) * 2 + np.sum(np.negative(-x)) - np.sum(x - 1), -2.0),
        (lambda x: np.sum(x + x) + np.sum(x), 3.0),
        (lambda x: np.sum(x - x) - np.sum(+x), -1.0),
        (lambda x: np.sum(x * 3) + np.sum(x * 3) + np.sum(x / 2), 6.5),
        (lambda x: np.sum(np.mean(-x) - x), -2.0),
    ],
)
def test_sums_of_linear_terms_add_up(program, slope, n):
    """Where adjoints stay single numbers, small and big arrays get the same constant slope."""
    x = gad.Variable(np.linspace(0, 1, n))
    program(x).backward()
    np.testing.assert_allclose(x.grad, np.full(n, slope), rtol=1e-12)


@pytest.mark.parametrize("n", [5, BIG])
@pytest.mark.parametrize(
    "reduce", [np.mean, np.sum, lambda x: x[0], lambda x: x[1:].sum(), np.max], ids=lambda f: f.__name__
)
def test_a_reduction_after_an_elementwise_use_of_a_big_array(reduce, n):
    """A small contribution to a big running sum leaves no trace of the old sum, whose memory is reused at once."""
    a, b = np.linspace(0.1, 0.9, n), np.cos(np.linspace(0.2, 0.8, n))
    x, z = gad.Variable(a), gad.Variable(b)
    y = np.sin(x)
    view = np.broadcast_to(np.maximum(z, x), (n,))
    small = np.tanh(reduce(y))
    output = np.mean(view) + small + np.sum(y * z) * 0.1
    for times in (1, 2, 3):
        output.backward()
        v = gad.Variable(np.sin(a))
        np.tanh(reduce(v)).backward()
        by_x = (a > b) / n + (v.grad + 0.1 * b) * np.cos(a)
        np.testing.assert_allclose(x.grad, times * by_x, rtol=1e-12)
        np.testing.assert_allclose(z.grad, times * ((b > a) / n + 0.1 * np.sin(a)), rtol=1e-12)


@pytest.mark.parametrize("n", [5, BIG])
def test_values_survive_a_sweep(n):
    """Buffers reused in place never belong to a node."""
    x = gad.Variable(np.linspace(0.1, 1, n))
    nodes = [np.exp(x)]
    nodes += [nodes[0] * x, nodes[0] + x]
    nodes += [nodes[1] * nodes[2], -nodes[2]]
    y = np.sum(nodes[3] + nodes[4])
    before = [node.value.copy() for node in nodes]
    y.backward()
    y.backward()
    for node, value in zip(nodes, before, strict=True):
        np.testing.assert_array_equal(node.value, value)


# Releasing


def test_a_released_graph_says_so():
    """The second backward names retain_graph, the node and its line."""
    x = gad.Variable(2.0)
    y = x**3
    y.backward(retain_graph=False)
    assert x.grad == 12.0
    with pytest.raises(
        errors.ReleasedError, match=r"retain_graph=False.*power.*test_sweep\.py:\d+.*compute it again"
    ) as caught:
        y.backward()
    assert isinstance(caught.value, RuntimeError)


@pytest.mark.parametrize("middle", [lambda x: np.sin(x) * 2, lambda x: np.stack([x, x]).sum(), lambda x: np.sum(x)])
def test_a_graph_that_shares_a_released_part_says_so(middle):
    """Another output that needs the released nodes cannot be swept either, by any of the ways."""
    x = gad.Variable(2.0)
    shared = middle(x)
    other = shared * 5
    shared.backward(retain_graph=False)
    with pytest.raises(errors.ReleasedError):
        other.backward()
    with pytest.raises(errors.ReleasedError):
        other.backward(create_graph=True)
    assert x.grad is not None


def test_after_a_released_error_the_graph_around_it_still_works():
    """The failed sweep leaves no marks behind."""
    x, z = gad.Variable(2.0), gad.Variable(3.0)
    shared = np.sin(x) * 2
    fine = z * z
    shared.backward(retain_graph=False)
    with pytest.raises(errors.ReleasedError):
        (fine * shared).backward()
    fine.backward()
    assert z.grad == 6.0


def test_a_released_node_keeps_its_value():
    """It can be looked at, and used as a number."""
    y = gad.Variable(2.0) ** 3
    y.backward(retain_graph=False)
    assert (y.value, y.is_released, y.parents, y.shape) == (8.0, True, (), ())
    assert "8.0" in repr(y)


def test_releasing_frees_the_operands():
    """That is what it is for."""
    import weakref

    x = gad.Variable(2.0)
    inner = np.sin(x)
    gone = weakref.ref(inner)
    y = inner * 2
    y.backward(retain_graph=False)
    del inner
    assert gone() is None


# Recording the backward pass


CHAINS = [
    (lambda x: np.sin(2 * x) / 3, lambda x: np.cos(2 * x) * 2 / 3),
    (lambda x: np.exp(-(np.sin(x) * np.cos(x))), lambda x: -np.cos(2 * x) * np.exp(-np.sin(x) * np.cos(x))),
    (lambda x: 2 * np.floor_divide(np.exp(x), 1) + x, lambda x: 1.0),
    (lambda x: np.sum(np.sin(x * np.ones(3))[1:]), lambda x: 2 * np.cos(x)),
    (lambda x: np.sum(np.sin(x * np.ones(30_000))) / 2, lambda x: 15_000 * np.cos(x)),
    (lambda x: np.concatenate([np.reshape(3 * x, 1)] * 2).sum() ** 2, lambda x: 72 * x),
]


@pytest.mark.parametrize(("program", "slope"), CHAINS)
def test_a_chain_is_swept_and_released_whole(program, slope):
    """To a leaf, or to where it branches, grows large or ends, from where slots are needed."""
    x = gad.Variable(0.7)
    with gad.record() as trace:
        y = program(x)
    for times in (1, 2, 3):
        y.backward(retain_graph=times < 3)
        np.testing.assert_allclose(x.grad, times * slope(0.7), rtol=1e-12)
    assert all(node.is_released for node in trace.nodes if node is not x)


def test_a_chain_that_leads_nowhere_says_so():
    """At a value that is detached or that moves in steps there is nothing to differentiate with respect to."""
    x = gad.Variable(1.5)
    with pytest.raises(errors.InputError, match="depends on no leaf"):
        np.sin(2 * x.detach()).backward()
    np.sin(2 * np.floor_divide(x, 1)).backward()
    assert x.grad is None


def test_create_graph_makes_gradients_that_differentiate_again():
    """x.grad is a Variable; its backward gives the second derivative."""
    x = gad.Variable(2.0)
    (x**3).backward(create_graph=True)
    first = x.grad
    assert isinstance(first, gad.Variable)
    assert first.value == 12.0
    x.zero_grad()
    first.backward()
    assert x.grad == 12.0


def test_create_graph_of_an_array():
    """Second derivatives along a seed that was a Variable itself."""
    x = gad.Variable([1.0, 2.0])
    y = np.sin(x) * x
    y.backward(np.ones(2), create_graph=True)
    first = x.grad
    x.zero_grad()
    first.backward(np.ones(2))
    np.testing.assert_allclose(x.grad, 2 * np.cos(x.value) - x.value * np.sin(x.value))


def test_recorded_and_plain_gradients_accumulate_together():
    """Both orders give the same sum."""
    x = gad.Variable(3.0)
    y = x * x
    y.backward(create_graph=True)
    y.backward()
    y.backward(create_graph=True)
    assert x.grad.value == 18.0


def test_nodes_of_a_recorded_backward_pass_know_their_origin():
    """Their site is that of the forward node they serve, one order up."""
    x = gad.Variable(2.0)
    y = np.sin(x)
    y.backward(create_graph=True)
    made = [node for node in walking.ancestors(x.grad) if node.index > y.index and node.origin is not None]
    assert made
    assert all(node.order == 1 and node.origin is y and node.site == y.site for node in made)


def test_a_seed_that_is_a_variable_is_differentiated_through():
    """The gradient is linear in the seed."""
    x, seed = gad.Variable([1.0, 2.0]), gad.Variable([3.0, 5.0])
    (x * x).backward(seed)
    assert isinstance(x.grad, gad.Variable)
    (x.grad * np.array([1.0, 10.0])).sum().backward()
    np.testing.assert_array_equal(seed.grad, [2.0, 40.0])


@pytest.mark.parametrize(
    "sweep_once", [lambda y: y.backward(), lambda y: y.backward(create_graph=True)], ids=["plain", "recorded"]
)
def test_sweeping_is_linear_in_a_shared_graph(growth, sweep_once):
    """Each node is visited once, however many paths lead to it."""

    def ladder(n):
        x = y = gad.Variable(0.5)
        for _ in range(n):
            y = y * 0.5 + y * x
        return lambda: sweep_once(y)

    assert growth(ladder) < 2.5


# The keeping sweep


def test_a_sweep_keeps_every_adjoint_and_contribution():
    """log(x²)·sin x + 1/x at 2, by hand."""
    t = trace(lambda x: np.log(x**2) * np.sin(x) + 1 / x, 2.0)
    x, square, log, sin, product, inverse, f = t.nodes
    s = t.reverse()
    adjoints = [1.0, 1.0, 1.0, np.log(4), np.sin(2), np.sin(2) / 4]
    for node, expected in zip((f, inverse, product, sin, log, square), adjoints, strict=True):
        np.testing.assert_allclose(s.adjoint(node), expected, rtol=1e-15)
    np.testing.assert_allclose(s.adjoint(x), np.sin(2) + np.log(4) * np.cos(2) - 0.25)
    np.testing.assert_allclose(s.contribution(inverse, 1), -0.25)
    np.testing.assert_allclose(s.contribution(sin, 0), np.log(4) * np.cos(2))
    np.testing.assert_allclose(s.contribution(square, 0), np.sin(2) / 4 * 4)
    assert s.contribution(inverse, 0) is None  # the constant 1
    assert s.contribution(square, -1) is None  # the constant 2


def test_contributions_add_up_to_adjoints():
    """At each node the contributions of the edges that leave it sum to its adjoint."""
    w = np.arange(6.0).reshape(2, 3)
    t = trace(
        lambda x: np.sum(np.tanh(w @ (x * x + x[::-1])) * np.sum(x)) + np.max(x) * x[1], np.array([0.1, 0.5, 0.2])
    )
    s = t.reverse()
    for node in t.nodes[:-1]:
        edges = [(child, k) for child in t.nodes for k, operand in enumerate(child.operands) if operand is node]
        total = sum(s.contribution(child, k) for child, k in edges)
        np.testing.assert_allclose(np.broadcast_to(total, node.shape), s.adjoint(node), rtol=1e-14)


def test_adjoints_have_the_shape_of_their_node():
    """However small the sweep keeps them."""
    t = trace(lambda x: np.sum(np.sin(x) + 1, axis=0, keepdims=True).mean(), np.ones((3, 4)))
    s = t.reverse()
    assert [np.shape(s.adjoint(node)) for node in t.nodes] == [node.shape for node in t.nodes]


def test_what_is_not_reached_has_no_adjoint():
    """None, neither zero nor an error."""
    x = gad.Variable(2.0)
    with record() as t:
        dead = x * 3
        cut = (x * 5).detach()
        y = x * cut
    s = t.reverse(output=y)
    assert s.adjoint(dead) is None
    assert s.contribution(dead, 0) is None
    assert s.contribution(cut, 0) is None
    assert s.adjoint(x) == 10.0


def test_asking_for_an_operand_that_is_not_there_is_an_index_error():
    """With the number of operands."""
    t = trace(np.sin, 1.0)
    with pytest.raises(IndexError, match=r"1 operands.*argument 1"):
        t.reverse().contribution(t.output, 1)


def test_a_sweep_does_not_touch_the_leaves_gradients():
    """Looking is not backward()."""
    x = gad.Variable(1.0)
    trace(np.sin, x).reverse()
    assert x.grad is None


# The fast loop and the keeping loop agree

N = st.sampled_from([1, 2, 7, backward._LARGE - 1, backward._LARGE, 20_000])
UNARY = [
    np.sin,
    np.tanh,
    np.exp,
    np.square,
    np.negative,
    np.positive,
    np.absolute,
    np.arctan,
    lambda x: x**2,
    lambda x: 1 - x,
]
BINARY = [
    np.add,
    np.subtract,
    np.multiply,
    np.maximum,
    lambda a, b: a / (b * b + 1),
    lambda a, b: np.where(a > b, a, b),
]
REDUCE = [
    np.sum,
    np.mean,
    np.max,
    lambda x: x[0],
    lambda x: x[-1],
    lambda x: x @ x,
    lambda x: np.dot(x, x),
    np.linalg.norm,
]
SHAPE = [
    lambda x: x[::-1],
    lambda x: np.reshape(np.reshape(x, (-1, 1)), -1),
    lambda x: np.transpose(np.reshape(x, (1, -1)))[:, 0],
    lambda x: x[np.arange(np.size(x)) // 2],
    lambda x: np.concatenate([x[1:], x[:1]]),
    lambda x: np.stack([x, x * 0.5], axis=1).sum(axis=1),
    lambda x: np.broadcast_to(x, (2, np.size(x))).mean(axis=0),
    lambda x: np.where(np.arange(np.size(x)) % 3 == 0, x, 0.25),
    lambda x: (np.reshape(x, (1, -1)) + np.array([[0.1], [0.2], [0.3]])).mean(axis=0),
    lambda x: x.detach() * x,
]
INSTRUCTION = st.tuples(st.sampled_from("uuubbbbrs"), st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))


def run(instructions, inputs):
    """Run a random straight-line program: each line applies one function to earlier results, however old."""
    full, numbers = list(inputs[:2]), [inputs[2]]
    n = np.size(inputs[0])
    for kind, f, i, j in instructions:
        # Lines refer to all results so far, so that subexpressions are shared.
        if kind == "u":
            made = UNARY[f % len(UNARY)](full[i % len(full)])
            full.append(np.tanh(made) if j % 2 else made)
        elif kind == "b":
            other = full[j % len(full)] if j % 3 else numbers[j % len(numbers)]
            pair = (full[i % len(full)], other) if f % 2 else (other, full[i % len(full)])
            made = BINARY[f % len(BINARY)](*pair)
            # Every other result stays as it is: where all that follows is linear, adjoints stay small.
            full.append(np.broadcast_to(np.sin(made) * 1.5 if i % 2 else made, (n,)))
        elif kind == "r":
            numbers.append(np.tanh(REDUCE[f % len(REDUCE)](full[i % len(full)]) * 0.01))
        else:
            full.append(SHAPE[f % len(SHAPE)](full[i % len(full)]))
    return np.mean(full[-1]) + numbers[-1] * numbers[0] + np.sum(full[len(full) // 2] * full[1]) * 1e-4


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    st.lists(INSTRUCTION, min_size=1, max_size=12),
    N,
    st.integers(0, 2**32 - 1),
    st.sampled_from([np.float64, np.float32]),
)
def test_backward_agrees_with_the_keeping_sweep(instructions, n, seed, dtype):
    """The loop that reuses buffers gives what the loop that keeps everything gives, on random programs."""
    random = np.random.default_rng(seed)
    inputs = [gad.Variable(random.uniform(-1, 1, shape).astype(dtype)) for shape in (n, n, ())]
    output = run(instructions, inputs)
    kept = trace(lambda *xs: output, *inputs).reverse()
    for times in (1, 2):
        output.backward()
        for x in inputs:
            adjoint = kept.adjoint(x)
            if adjoint is None:
                assert x.grad is None
                continue
            assert (x.grad.shape, x.grad.dtype) == (x.shape, x.dtype)
            tolerance = 1e-12 if dtype is np.float64 else 1e-4
            np.testing.assert_allclose(x.grad, times * adjoint, rtol=tolerance, atol=tolerance)
    grads = [x.grad for x in inputs[:2] if x.grad is not None]
    assert all(g.flags.writeable for g in grads)
    assert len(grads) < 2 or not np.shares_memory(*grads)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(INSTRUCTION, min_size=1, max_size=10), st.sampled_from([2, 5, 20_000]), st.integers(0, 2**32 - 1))
def test_backward_agrees_with_differences(instructions, n, seed):
    """On random programs the gradient along a random direction is what differences of the value give."""
    random = np.random.default_rng(seed)
    values = [random.uniform(-1, 1, shape) for shape in (n, n, ())]
    directions = [random.normal(size=shape) for shape in (n, n, ())]
    inputs = [gad.Variable(v) for v in values]
    # detach cuts the derivative, which differences would see: give them the cut value as it was.
    instructions = [(k, f if SHAPE[f % len(SHAPE)] is not SHAPE[-1] else 0, i, j) for k, f, i, j in instructions]
    run(instructions, inputs).backward()
    slope = sum(np.sum(x.grad * d) for x, d in zip(inputs, directions, strict=True) if x.grad is not None)
    h = 1e-6

    def at(step):
        shifted = [gad.Variable(v + step * d) for v, d in zip(values, directions, strict=True)]
        return float(run(instructions, shifted).value)

    np.testing.assert_allclose(slope, (at(h) - at(-h)) / (2 * h), rtol=2e-4, atol=2e-4)


ELEMENT = st.tuples(st.sampled_from("ubbb"), st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))


def elementwise(instructions, a, b):
    """Run a random elementwise program whose lines use each other's results again and again."""
    made = [a, b]
    for kind, f, i, j in instructions:
        if kind == "u":
            made.append(UNARY[f % len(UNARY)](made[i % len(made)]) * 0.5)
        else:
            made.append(BINARY[f % len(BINARY)](made[i % len(made)], made[j % len(made)]))
    return made[-1] + np.sin(made[len(made) // 2]) + a


def assert_big_agrees_with_pieces(program):
    """Differentiate an elementwise program on a big array at once, and piece by piece with the loop for small ones."""
    n, pieces = BIG, 20
    values = np.linspace(-0.9, 0.9, n), np.cos(np.linspace(0.0, 9.0, n))
    whole = [gad.Variable(v) for v in values]
    with np.errstate(all="ignore"):
        program(*whole).backward(np.ones(n))
        found = []
        for part in zip(*(np.array_split(v, pieces) for v in values), strict=True):
            leaves = [gad.Variable(v) for v in part]
            program(*leaves).backward(np.ones(leaves[0].shape))
            found.append([np.zeros(x.shape) if x.grad is None else x.grad for x in leaves])
    for k, x in enumerate(whole):
        expected = np.concatenate([grads[k] for grads in found])
        np.testing.assert_allclose(np.zeros(n) if x.grad is None else x.grad, expected, rtol=1e-11, atol=1e-11)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(ELEMENT, min_size=1, max_size=12))
def test_big_arrays_agree_with_their_pieces(instructions):
    """Reusing buffers in place gives what not reusing them gives, on random elementwise programs."""
    assert_big_agrees_with_pieces(lambda a, b: elementwise(instructions, a, b))


@pytest.mark.parametrize(
    "program",
    [
        lambda a, b: np.sin(a) + np.sin(a + b),
        lambda a, b: np.sin(b) + np.sin(a + b),
        lambda a, b: np.sin(a) + np.sin(b) + np.sin(a - b) * (b - a),
        lambda a, b: a * b + np.exp(a + b) * (a + b),
        lambda a, b: (a + b) + np.exp(a + b) + (b + a) * a,
        lambda a, b: np.where(a > b, np.sin(a + b), a + b) + np.sin(a),
        lambda a, b: -(-(a + b) * a) + -a,
        lambda a, b: np.sin(+(a + b)) + a * a + b * b,
        lambda a, b: a % (b + 3.0) + np.sin(a) * b,
    ],
)
def test_shared_adjoints_of_big_arrays_are_not_overwritten(program):
    """An adjoint that went to two operands belongs to neither, although both are added to later."""
    assert_big_agrees_with_pieces(program)


@pytest.mark.parametrize("n", [7, BIG])
@pytest.mark.parametrize(
    "program",
    [
        lambda x, c: np.sum((x * c) * x),
        lambda x, c: np.sum(c + np.reshape(x, (1, -1)) * c),
        lambda x, c: np.sum(np.maximum(x, c) * x + c),
        lambda x, c: np.mean((x - c) ** 2) + c,
        lambda x, c: np.sum(x / c - c / x),
        lambda x, c: np.sum(c**x + x**c),
        lambda x, c: np.sum(x % c) * c,
        lambda x, c: c * 2 + c * np.sum(x),
    ],
)
def test_a_number_spread_over_an_array_gets_a_number_back(program, n):
    """Scalars broadcast against small and big arrays have scalar gradients that agree with differences."""
    value = np.linspace(1.1, 2, n)
    x, c = gad.Variable(value), gad.Variable(0.73)
    program(x, c).backward()
    h, third = 1e-6, np.arange(n) == 3
    by_c = (program(value, 0.73 + h) - program(value, 0.73 - h)) / (2 * h)
    by_x = (program(value + h * third, 0.73) - program(value - h * third, 0.73)) / (2 * h)
    assert type(c.grad) is np.float64
    np.testing.assert_allclose(c.grad, by_c, rtol=1e-5)
    np.testing.assert_allclose(x.grad[3], by_x, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    "program",
    [
        lambda a, b: np.sum(a + b),
        lambda a, b: np.sum(a - b, axis=1).sum(),
        lambda a, b: np.sum(np.sum(b + a, axis=1, keepdims=True) ** 2),
        lambda a, b: np.mean(b - a, axis=0) @ np.arange(4.0),
        lambda a, b: np.sum(+(a + b)),
        lambda a, b: np.sum((a + 0.0) + b) + np.sum(a),
    ],
)
@pytest.mark.parametrize("shape", [(), (1,), (4,), (3, 1), (1, 4), (1, 1)], ids=str)
def test_linear_broadcasting_is_undone(program, shape):
    """An adjoint that only broadcasts is materialised before it is summed back to a smaller operand."""
    small, full = np.full(shape, 0.5), np.linspace(0, 1, 12).reshape(3, 4)
    a, b = gad.Variable(small), gad.Variable(full)
    program(a, b).backward()
    direction = np.cos(np.arange(small.size)).reshape(shape)
    expected = (program(small + 1e-3 * direction, full) - program(small - 1e-3 * direction, full)) / 2e-3
    assert np.shape(a.grad) == shape
    np.testing.assert_allclose(np.sum(a.grad * direction), expected, rtol=1e-9)


@pytest.mark.parametrize("n", [7, BIG])
def test_mixed_precision_gradients_keep_each_leafs_dtype(n):
    """A float32 leaf beside a float64 one: sums are made in the wider dtype, each grad is in its own."""
    a, b = gad.Variable(np.linspace(0, 1, n, dtype=np.float32)), gad.Variable(np.linspace(1, 2, n))
    np.sum(np.sin(a) * b + a * a * b).backward()
    assert (a.grad.dtype, b.grad.dtype) == (np.float32, np.float64)
    np.testing.assert_allclose(a.grad, np.cos(a.value) * b.value + 2 * a.value * b.value, rtol=1e-6)


@pytest.mark.parametrize("n", [7, BIG])
def test_complex_and_real_mix_in_a_sweep(n):
    """A real leaf takes the real part, a complex one the conjugate, for small and big arrays."""
    a, z = gad.Variable(np.linspace(1, 2, n)), gad.Variable(np.linspace(1, 2, n) * (1 + 2j))
    y = a * z + a
    y.backward(np.ones(n, complex))
    np.testing.assert_allclose(a.grad, z.value.real + 1)
    np.testing.assert_allclose(z.grad, a.value.astype(complex))
    assert (a.grad.dtype, z.grad.dtype) == (np.float64, np.complex128)
