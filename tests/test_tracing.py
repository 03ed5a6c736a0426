"""Traces: what trace() and record() collect, their guards, and functions that misbehave."""

from __future__ import annotations

import functools
import math
import traceback
from pathlib import Path

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad import errors
from graphviz_ad.tracing import record, trace


def relu(x):
    """Return x or a constant, by hand."""
    if x > 0:
        return x
    return 0.0


def primitives(t):
    """Return the names of a trace's primitives, None for leaves."""
    return [node.primitive and node.primitive.name for node in t.nodes]


def test_nodes_are_in_execution_order():
    """As the program computes, operands left to right."""
    t = trace(lambda x: np.log(x**2) * np.sin(x) + 1 / x, 2.0)
    assert primitives(t) == [None, "power", "log", "sin", "multiply", "divide", "add"]
    assert t.output is t.nodes[-1]
    assert t.inputs == (t.nodes[0],)
    assert len(t) == 7


def test_only_what_the_output_depends_on_belongs_to_a_trace():
    """Dead branches are left out; inputs stay, used or not."""

    def f(x, unused):
        _ = np.cos(x)
        return x * 2

    t = trace(f, 1.0, 5.0)
    assert primitives(t) == [None, None, "multiply"]
    assert [node.name for node in t.inputs] == ["x", "unused"]


def test_inputs_are_named_after_the_parameters():
    """Positional, keyword and starred ones; x where there is no signature."""

    def f(a, b, *more, scale):
        return a * b * more[0] * more[1] * scale

    assert [x.name for x in trace(f, 1.0, 2.0, 3.0, 4.0, scale=5.0).inputs] == ["a", "b", "more0", "more1", "scale"]
    assert [x.name for x in trace(np.sin, 1.0).inputs] == ["x"]
    assert [x.name for x in trace(np.multiply, 1.0, 2.0).inputs] == ["x1", "x2"]
    assert [x.name for x in trace(max, 1.0, 2.0).inputs] == ["x0", "x1"]


@pytest.mark.parametrize(
    "value",
    [1.5, np.float32(1.5), 1.5j, np.array([1.5, 2.0]), np.array(1.5, np.float16)],
    ids=lambda value: repr(value).partition(" at 0x")[0],
)
def test_floats_and_arrays_of_floats_become_inputs(value):
    """With their dtype and shape."""
    (x,) = trace(lambda x: x * 2, value).inputs
    assert (x.dtype, x.shape) == (np.asarray(value).dtype, np.shape(value))


def test_other_arguments_are_passed_on_unchanged():
    """Integers, strings, lists, None and integer arrays are not inputs."""
    seen = []

    def f(x, *rest, **options):
        seen.append((rest, options))
        return x * rest[0]

    t = trace(f, 2.0, 3, "a", [1.0], None, np.arange(2), flag=True)
    assert len(t.inputs) == 1
    (rest, options) = seen[0]
    assert rest[:4] == (3, "a", [1.0], None)
    assert type(rest[4]) is np.ndarray
    assert options == {"flag": True}


@pytest.mark.parametrize(
    "arguments",
    [(), (True,), (None,), ("2.0",), ([],), (np.array([True]),)],
    ids=lambda value: repr(value).partition(" at 0x")[0],
)
def test_without_a_differentiable_argument_there_is_no_trace(arguments):
    """The message says what to pass instead."""
    with pytest.raises(errors.InputError, match=r"no argument can be differentiated; pass floats.*2\.0"):
        trace(lambda *a: 1.0, *arguments)


def test_what_is_not_a_function_is_refused():
    """trace(f(x)) instead of trace(f, x)."""
    with pytest.raises(errors.InputError, match=r"trace\(f, x\), not trace\(f\(x\)\)"):
        trace(np.sin(1.0), 1.0)


@pytest.mark.parametrize(
    ("result", "what"),
    [
        (None, "nothing"),
        ("a", "str"),
        (b"a", "bytes"),
        ((), "tuple"),
        ([None], "list"),
        ({}, "dict"),
        ((1.0, "a"), "str"),
        (object(), "object"),
    ],
    ids=lambda value: repr(value).partition(" at 0x")[0],
)
def test_functions_that_return_no_number_are_refused(result, what):
    """None, strings, what is empty and objects are named."""
    with pytest.raises(errors.InputError, match=f"the function .*{what}"):
        trace(lambda x: result, 1.0)


def test_a_constant_result_is_an_output_without_a_sweep():
    """A relu at a negative number: the output is plain, and the sweep explains."""
    t = trace(relu, -2.0)
    assert t.output == 0.0
    assert primitives(t) == [None]
    with pytest.raises(errors.InputError, match="depends on no input"):
        t.reverse()


def test_the_input_itself_may_be_the_output():
    """One node, whose adjoint is the seed."""
    t = trace(relu, 3.0)
    assert t.output is t.inputs[0]
    assert t.reverse().adjoint(t.output) == 1.0


def test_an_exception_inside_the_function_passes_through():
    """And nothing goes on watching."""
    with pytest.raises(ZeroDivisionError):
        trace(lambda x: np.sin(x) / (1 // 0), 1.0)


# Variables as arguments


def test_a_variable_is_used_as_it_is():
    """The input is the very same node, under its own name."""
    w = gad.Variable(2.0, name="w")
    t = trace(np.sin, w)
    assert t.inputs == (w,)
    assert t.output.parents == (w,)


def test_what_an_input_was_made_of_does_not_belong_to_the_trace():
    """A computed Variable as argument is where the trace starts."""
    x = gad.Variable(2.0)
    t = trace(np.sin, x * x)
    assert primitives(t) == ["multiply", "sin"]


def test_a_sweep_ends_at_the_inputs():
    """Also when one input was computed from another: f(a, b) = a b has the adjoints b and a."""
    x = gad.Variable(2.0)
    t = trace(lambda a, b: a * b, x * x, x)
    s = t.reverse()
    a, b = t.inputs
    assert (s.adjoint(a), s.adjoint(b)) == (2.0, 4.0)


def test_a_closed_over_variable_is_a_node_but_no_input():
    """It is part of the graph all the same."""
    w = gad.Variable(3.0, name="w")
    t = trace(lambda x: x * w, 2.0)
    assert w in set(t.nodes)
    assert w not in set(t.inputs)
    assert t.reverse().adjoint(w) == 2.0


# Reverse


def test_reverse_starts_at_the_output_with_one():
    """Or with the seed that is given."""
    t = trace(np.sin, 0.0)
    assert t.reverse().adjoint(t.inputs[0]) == 1.0
    assert t.reverse(5.0).adjoint(t.inputs[0]) == 5.0
    assert t.reverse(seed=5.0).seed == 5.0


def test_reverse_may_start_at_another_node():
    """Nodes behind it are not reached."""
    t = trace(lambda x: np.exp(np.sin(x)), 0.0)
    x, sin, exp = t.nodes
    s = t.reverse(output=sin)
    assert (s.adjoint(x), s.adjoint(exp)) == (1.0, None)


@pytest.mark.parametrize("output", [gad.Variable(1.0), 3.0, "y"], ids=["variable", "number", "string"])
def test_reverse_from_something_else_is_refused(output):
    """It must be a node of this trace."""
    with pytest.raises(errors.InputError):
        trace(np.sin, 0.0).reverse(output=output)


def test_reverse_of_an_array_needs_a_seed():
    """As backward does, under its own name."""
    t = trace(np.sin, np.ones(3))
    with pytest.raises(errors.SeedError, match=r"reverse\(\).*np\.ones\(\(3,\)\)"):
        t.reverse()
    np.testing.assert_array_equal(t.reverse(np.zeros(3)).adjoint(t.inputs[0]), np.zeros(3))


# Guards


def test_comparisons_on_the_way_are_remembered():
    """What was compared, how it came out, and where."""
    (guard,) = trace(relu, 3.0).guards
    assert (guard.symbol, guard.right, bool(guard.result)) == (">", 0, True)
    assert guard.left.name == "x"
    assert (guard.site.filename, guard.site.text) == (__file__, "x > 0")


def test_a_loop_leaves_a_guard_for_each_test():
    """Also the one that ended it."""

    def f(x):
        while x < 100:
            x = x * 2
        return x

    assert [bool(guard.result) for guard in trace(f, 30.0).guards] == [True, True, False]


def test_truth_is_a_guard_too():
    """`if x:` compares with 0."""
    (guard,) = trace(lambda x: x if x else 1.0, 2.0).guards
    assert (guard.symbol, guard.right) == ("!=", 0)


@pytest.mark.parametrize(
    "left", [0.0, np.float64(0.0), np.array(0.0), 0], ids=lambda value: repr(value).partition(" at 0x")[0]
)
def test_a_comparison_with_the_variable_on_the_right_is_a_guard(left):
    """Whatever is on the left."""
    guards = trace(lambda x: x * 2 if left < x else x, 3.0).guards
    assert len(guards) == 1
    assert bool(guards[0].result) is True
    assert any(isinstance(side, gad.Variable) for side in (guards[0].left, guards[0].right))


def test_comparisons_inside_a_recorded_sweep_are_no_guards():
    """The rules of where, maximum and the norms compare, the user did not."""
    t = trace(lambda x: gad.grad(lambda y: np.maximum(y, 1.0) * np.linalg.norm(np.stack([y, y])))(x), 3.0)
    assert t.guards == ()


# record()


def test_record_keeps_dead_branches():
    """Everything made inside the with, and the leaves it was made from."""
    x, y = gad.Variable(1.0, name="x"), gad.Variable(2.0, name="y")
    outside = np.exp(y)
    with record() as t:
        dead = np.cos(x)
        live = x * outside
    assert [node.index for node in t.nodes] == sorted(node.index for node in (x, y, outside, dead, live))
    assert t.inputs == (x, y)
    assert t.output is live


def test_what_is_made_outside_is_not_recorded():
    """Neither before nor after."""
    x = gad.Variable(1.0)
    _ = np.cos(x)
    with record() as t:
        y = np.sin(x)
    _ = np.exp(y)
    assert primitives(t) == [None, "sin"]


def test_reverse_of_a_record_chooses_the_output():
    """The last node by default, another one on request."""
    x = gad.attach_grad(np.array([1.0, 2.0]))
    with record() as t:
        loss = (x * x).sum()
        _ = x + 1
    np.testing.assert_array_equal(t.reverse(output=loss).adjoint(x), [2.0, 4.0])
    np.testing.assert_array_equal(t.reverse(np.ones(2)).adjoint(x), [1.0, 1.0])


def test_an_exception_ends_the_record_and_keeps_what_was_made():
    """What led to the error can be looked at; nothing after it is recorded."""
    x = gad.Variable(1.0)
    seen = []

    def fail():
        with record() as t:
            seen.append(t)
            np.sin(x)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    np.cos(x)
    assert primitives(seen[0]) == [None, "sin"]


def test_records_nest():
    """The inner one sees its own nodes only, and the outer one goes on afterwards."""
    x = gad.Variable(1.0)
    with record() as outer:
        np.sin(x)
        with record() as inner:
            np.cos(x)
        np.exp(x)
    assert primitives(inner) == [None, "cos"]
    assert primitives(outer) == [None, "sin", "exp"]


def test_an_empty_record_has_no_output():
    """It says so when asked, and shows itself all the same."""
    with record() as t:
        pass
    assert t.nodes == ()
    assert t.inputs == ()
    assert "0 nodes" in repr(t)
    with pytest.raises(errors.InputError, match="nothing has been recorded"):
        _ = t.output
    with pytest.raises(errors.InputError, match="nothing has been recorded"):
        t.reverse()


def test_an_empty_record_can_be_printed():
    """print() is no place for an exception."""
    with record() as t:
        pass
    assert isinstance(str(t), str)


def test_collecting_the_nodes_of_a_record_is_linear(growth):
    """Twice as long a loop costs twice as much to look at."""

    def prepare(n):
        x = gad.Variable(1.0)
        with record() as t:
            for _ in range(n):
                x = x * 1.001
        return lambda: t.reverse()

    assert growth(prepare) < 2.5


def test_backward_inside_a_record_adds_no_nodes():
    """The plain sweep makes none."""
    x = gad.Variable(1.0)
    with record() as t:
        np.sin(x).backward()
    assert primitives(t) == [None, "sin"]


def test_a_recorded_sweep_inside_a_record_adds_no_nodes():
    """The nodes of a backward pass belong to the sweep, not to the user's record."""
    x = gad.Variable(1.0)
    with record() as t:
        np.sin(x).backward(create_graph=True)
    assert primitives(t) == [None, "sin"]


def test_generators_record_what_is_consumed_inside():
    """A lazily evaluated map is computed where it is consumed."""
    x = gad.Variable([1.0, 2.0])
    lazy = (np.sin(v) for v in x)
    with record() as t:
        sum(lazy)
    assert primitives(t).count("sin") == 2


def test_a_generator_that_is_closed_early_stops_watching():
    """A with left half-way by a generator is ended by closing it."""

    def half_way(x):
        with record() as t:
            yield t, np.sin(x)

    generator = half_way(gad.Variable(1.0))
    t, _ = next(generator)
    generator.close()
    np.cos(gad.Variable(1.0))
    assert primitives(t) == [None, "sin"]


def test_threads_record_separately():
    """Each sees its own nodes only."""
    import threading

    traces, barrier = {}, threading.Barrier(3)

    def work(f):
        with record() as t:
            barrier.wait()
            for _ in range(20):
                f(gad.Variable(0.5))
            barrier.wait()
        traces[f.__name__] = t

    threads = [threading.Thread(target=work, args=(f,)) for f in (np.sin, np.cos, np.exp)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {name: set(primitives(t)) - {None} for name, t in traces.items()} == {n: {n} for n in ("sin", "cos", "exp")}
    assert all(len(t.nodes) == 40 for t in traces.values())


# What a trace is called and how it shows itself


@pytest.mark.parametrize(
    ("f", "name"),
    [(relu, "relu"), (lambda x: x, "f"), (np.sin, "f"), (abs, "f"), (functools.partial(relu), "f")],
    ids=["function", "lambda", "ufunc", "builtin", "partial"],
)
def test_a_trace_is_called_like_a_short_python_function(f, name):
    """Everything else is f."""
    assert trace(f, gad.Variable(1.0)).name == name


def test_repr_names_function_size_and_output():
    """What a REPL shows."""
    assert repr(trace(relu, 3.0)) == "<Trace of relu: 1 nodes, output Variable(3.0, name='x')>"


def test_str_is_the_wengert_list():
    """A line for each node with value and adjoint."""
    lines = str(trace(lambda x: np.sin(x) * 2, 0.0)).splitlines()
    assert lines[0] == "f(x) = 2 · sin x"
    assert [line.split()[0] for line in lines[1:]] == ["node", "x", "v₁", "f"]
    assert lines[2].split() == ["x", "0", "2"]


@pytest.mark.parametrize("show", [trace, lambda f, x: gad.film(f, x=(0, 1))], ids=["trace", "film"])
def test_a_refusal_shows_no_frame_of_ours(show):
    """Between the call and the line of the user's that is to blame nothing of ours is left."""

    def leaving(x):
        return math.exp(x)

    with pytest.raises(gad.GraphvizAdError) as caught:
        show(leaving, 1.0)
    frames = [(Path(frame.filename).name, frame.name) for frame in traceback.extract_tb(caught.value.__traceback__)]
    ours = [name for name, _ in frames if name != Path(__file__).name]
    assert ours == []
    assert frames[-1] == (Path(__file__).name, "leaving")
