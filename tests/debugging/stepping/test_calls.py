"""Under which calls nodes were made: those that Python's own stack had, told apart as Python tells them apart."""

from __future__ import annotations

import gc
import sys
import weakref

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.debugging.stepping.calls import CallWatch
from graphviz_ad.engine.recording import Recording


def ways(f, *args):
    """Return for each node the functions and lines it was made under."""
    watch = CallWatch()
    recording = Recording.of_call(f, args, {}, watch=watch)
    return watch, recording.nodes, [[(p.function, p.line) for p in watch.way(node)] for node in recording.nodes]


def test_a_node_knows_the_calls_down_to_its_line(model):
    assert ways(model.f, 2.0)[2] == [
        [],
        [("f", 9)],
        [("f", 9)],
        [("f", 10)],
        [("f", 10)],
        [("f", 10), ("g", 5)],
        [("f", 10)],
    ]


def test_the_stack_is_the_one_that_python_had(model):
    """A function asks Python itself, as it is called, for the lines of its callers."""
    stacks = []

    def spy(x):
        y = np.exp(x)
        frame, stack = sys._getframe(1), []
        while frame.f_code.co_filename == model.__file__:
            stack.append((frame.f_code.co_name, frame.f_lineno))
            frame = frame.f_back
        stacks.append(stack[::-1])
        return y

    model.g = spy
    _, nodes, seen = ways(model.loop, 0.5)
    own = [way[:-1] for node, way in zip(nodes, seen, strict=True) if node.primitive and node.primitive.name == "exp"]
    assert own == stacks == [[("loop", 16)]] * 3


def test_each_call_and_each_turn_of_a_loop_is_one_of_its_own(model):
    watch, nodes, _ = ways(model.loop, 0.5)
    inner = [watch.way(node)[1] for node in nodes if node.primitive and node.primitive.name == "divide"]
    outer = [watch.way(node)[0] for node in nodes if node.primitive and node.primitive.name == "divide"]
    assert len({place.call for place in inner}) == 3
    assert len({place.call for place in outer}) == 1
    assert len({place.visit for place in outer}) == 3


def test_a_function_that_c_calls_again_and_again_does_not_run_its_callers_line_again(model):
    watch, nodes, _ = ways(model.outside, 0.5)
    places = [watch.way(node) for node in nodes if watch.way(node)]
    assert len({way[0].visit for way in places}) == 1
    assert len({way[1].call for way in places if len(way) > 1}) == 2


def test_a_loop_of_one_operation_begins_its_line_anew_each_time():
    def f(x):
        for _ in range(4):
            x = np.sin(x)
        return x

    watch, nodes, _ = ways(f, 0.5)
    assert len({watch.way(node)[0].visit for node in nodes[1:]}) == 4


def test_what_one_call_of_numpys_records_in_several_nodes_is_one_run_of_the_line():
    def f(x):
        total = 0.0
        for _ in range(2):
            total = np.trapezoid(x) + total
        return total

    watch, nodes, _ = ways(f, np.arange(3.0))
    places = [watch.way(node)[0] for node in nodes[1:]]
    assert len({place.lasti for place in places}) < len(places) / 3  # it records several
    assert len({place.visit for place in places}) == 2


def test_our_own_frames_and_those_of_libraries_are_no_calls_of_the_persons():
    def f(x):
        return gad.grad(lambda t: t**3)(x) * np.apply_along_axis(np.sum, 0, np.stack([x, x]))

    _, _, seen = ways(f, 2.0)
    assert {function for way in seen for function, _ in way} <= {"f", "<lambda>"}


def test_frames_are_let_go(model):
    class Big:
        pass

    def f(x):
        big = Big()
        kept.append(weakref.ref(big))
        return np.sin(x)

    kept = []
    watch, _, _ = ways(f, 0.5)
    watch.forget_frames()
    gc.collect()
    assert kept[0]() is None


def test_recursion_is_as_many_calls_as_there_are():
    def power(x, n):
        return x if n == 0 else x * power(x, n - 1)

    _, _, seen = ways(lambda x: power(x, 5), 2.0)
    assert [len(way) for way in seen[1:]] == [6, 5, 4, 3, 2]


def test_an_ordinary_recording_sees_no_calls(model):
    assert CallWatch().way(gad.trace(model.f, 2.0).nodes[1]) == ()


@pytest.mark.parametrize("limit", [3, 6])
def test_a_limit_is_held(model, limit):
    with pytest.raises(gad.errors.SizeError) if limit < 6 else np.errstate():
        Recording.of_call(model.f, (2.0,), {}, watch=CallWatch(limit))


def test_of_what_a_full_stack_leaves_all_calls_are_known():
    """However deep a recursion is: a node that is seen has its way."""

    def deeper(x):
        return deeper(x * 1.01)

    watch = CallWatch()
    with pytest.raises(RecursionError):
        Recording.of_call(deeper, (1.0,), {}, watch=watch)
    inner = [node for node in watch.nodes if node.primitive is not None]
    assert len(inner) > 100
    assert [len(watch.way(node)) for node in inner] == [*range(1, len(inner) + 1)]
