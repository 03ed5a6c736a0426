"""Interrupts, signal handlers, threads and forks in the middle of a sweep: what comes afterwards is exactly right."""

from __future__ import annotations

import gc
import os
import random
import sys
import threading
from contextlib import suppress

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.engine import watch
from graphviz_ad.engine.walking import ancestors
from tests.interrupting import at_moment, interrupt, interrupted_everywhere


def program(a, b, m=np):
    """Have a fan-out, a vector, a variadic node, a structural one and a constant."""
    c = a * b + m.sin(a)
    return m.stack([c, a, c * 2.0]).sum() * b


def derivatives(a, b):
    """Return the gradient of `program`, worked out by hand: it is (3ab + 3 sin a + a) b."""
    return (3 * b + 3 * np.cos(a) + 1) * b, 6 * a * b + 3 * np.sin(a) + a


def graph():
    """Return two leaves, and what `program` makes of them."""
    a, b = gad.Variable(0.5), gad.Variable(-2.0)
    return a, b, program(a, b)


EXPECTED = derivatives(0.5, -2.0)


def close(got, expected=EXPECTED):
    """Whether two gradients are equal, but for rounding."""
    return np.allclose([float(getattr(g, "value", g)) for g in got], expected, rtol=1e-12)


SWEEPS = {
    "backward": lambda a, b, y: y.backward(),
    "create_graph": lambda a, b, y: y.backward(create_graph=True),
    "walk": lambda a, b, y: ancestors(y),
}


@pytest.mark.parametrize("sweep", SWEEPS.values(), ids=SWEEPS)
@pytest.mark.parametrize("again", [False, True], ids=["first", "again"])
def test_after_an_interrupt_at_any_moment_the_leaves_have_all_or_nothing_and_the_next_backward_is_right(sweep, again):
    """Marks that are left, and gradients that some leaves have got, would be in the next one."""

    def prepare():
        a, b, y = graph()
        if again:
            y.backward()
        return a, b, y

    count = 0
    stride = 11 if sweep is SWEEPS["create_graph"] else 1
    for (a, b, y), _ in interrupted_everywhere(prepare, lambda thing: sweep(*thing), stride):
        count += 1
        before = [leaf.grad for leaf in (a, b)]
        assert [g is None for g in before] in ([True, True], [False, False])
        times = 0 if before[0] is None else round(float(getattr(before[0], "value", before[0])) / EXPECTED[0])
        assert close([0.0 if g is None else g for g in before], np.multiply(EXPECTED, times))
        y.backward()
        assert close([a.grad, b.grad], np.multiply(EXPECTED, times + 1))
    assert count > 100


def test_an_interrupted_release_has_released_all_or_nothing():
    """A node that has lost one operand only would lose a part of the derivative without a word."""
    for (a, b, y), _ in interrupted_everywhere(graph, lambda thing: thing[2].backward(retain_graph=False)):
        nodes = [node for node in (y, *y.parents) if node.primitive is not None]
        assert len({node.is_released for node in nodes}) == 1
        if y.is_released:
            assert close([a.grad, b.grad])
            with pytest.raises(gad.errors.ReleasedError):
                y.backward()


def test_after_an_interrupted_pullback_the_next_one_and_the_graph_around_it_are_right():
    """The inputs stay linked to the caller's Variables."""

    def prepare():
        u, v = gad.Variable(0.5), gad.Variable(-2.0)
        value, pullback = gad.vjp(program, u, v)
        return u, v, value, pullback

    for (u, v, value, pullback), _ in interrupted_everywhere(prepare, lambda thing: thing[3](1.0), stride=13):
        assert close(pullback(1.0))
        value.backward()
        assert close([u.grad, v.grad])


def test_after_an_interrupted_pullback_of_numbers_the_next_one_is_right():
    """Here the fast sweep ends at the inputs."""
    for (_, pullback), _ in interrupted_everywhere(
        lambda: gad.vjp(program, 0.5, -2.0), lambda thing: thing[1](np.float64(1.0)), stride=2
    ):
        assert close(pullback(1.0))


def test_after_an_interrupted_transform_the_next_one_is_right_and_what_was_kept_leads_to_the_outside():
    """A value that a function keeps is linked, too."""
    kept = []

    def keeping(a, b):
        kept.append(a * b)
        return program(a, b)

    def prepare():
        kept.clear()
        return gad.Variable(0.5), gad.Variable(-2.0)

    for (u, v), _ in interrupted_everywhere(prepare, lambda leaves: gad.grad(keeping, (0, 1))(*leaves), stride=13):
        if kept and kept[0].parents[0].parents:  # else the interrupt came while the function ran
            kept[0].backward()
            assert (float(u.grad), float(v.grad)) == (-2.0, 0.5)
        assert close(gad.grad(program, (0, 1))(0.5, -2.0))


def test_an_interrupted_record_leaves_nobody_watching_and_the_next_one_sees_exactly_its_own():
    """Wherever the with was left."""
    x = gad.Variable(0.5)

    def block(_):
        with gad.record():
            np.sin(x)

    for _, _ in interrupted_everywhere(lambda: None, block):
        assert watch.current() is None
        assert watch.ACTIVE == []
        with gad.record() as t:
            np.cos(x)
        np.exp(x)
        assert [node.primitive.name for node in t.nodes if node.primitive] == ["cos"]


def test_an_interrupted_record_inside_another_one_leaves_that_one_watching():
    """The inner one neither stays nor takes the outer one away."""
    x = gad.Variable(0.5)

    def block(_):
        with gad.record():
            np.sin(x)

    moment, went_on = 0, True
    while went_on:
        with gad.record() as outer:
            with suppress(KeyboardInterrupt):
                went_on = at_moment(moment, interrupt, lambda: block(None))
            np.exp(x)
        assert [node.primitive.name for node in outer.nodes if node.primitive] == ["exp"]
        moment += 1
    assert moment > 30


def test_a_watcher_whose_beginning_was_interrupted_is_over_also_while_somebody_looks_at_the_traceback():
    """A notebook keeps the last traceback."""
    moment, where = 0, set()

    def enter():
        with watch.watching(watch.Watch()):
            raise InterruptedError

    while "__exit__" not in where:
        with pytest.raises((KeyboardInterrupt, InterruptedError)) as raised:
            at_moment(moment, interrupt, enter)
        where = {entry.name for entry in raised.traceback}
        assert "__exit__" in where or watch.current() is None
        moment += 1
    assert moment > 30
    del raised
    gc.collect()
    assert watch.current() is None


@pytest.mark.parametrize("seed", range(3))
def test_many_interrupts_one_after_the_other_add_up_to_nothing_wrong(seed):
    """Of different sweeps, at random moments."""
    source = random.Random(seed)
    a, b, y = graph()
    pullback = gad.vjp(program, 0.5, -2.0)[1]
    actions = [
        y.backward,
        lambda: y.backward(create_graph=True),
        lambda: pullback(1.0),
        lambda: gad.trace(program, 0.5, -2.0).reverse(),
        lambda: gad.grad(gad.grad(lambda x: program(x, -2.0)))(0.5),
    ]
    for _ in range(60):
        with suppress(KeyboardInterrupt):
            at_moment(source.randrange(900), interrupt, source.choice(actions))
        a.zero_grad(), b.zero_grad()
        y.backward()
        assert close([a.grad, b.grad])
        assert close(pullback(1.0))
        assert watch.current() is None


HANDLERS = {
    "the same graph": lambda y: y.backward(np.float64(10.0)),
    "a recorded sweep of it": lambda y: y.backward(np.float64(10.0), create_graph=True),
}


@pytest.mark.parametrize("handler", HANDLERS.values(), ids=HANDLERS)
@pytest.mark.parametrize("create_graph", [False, True])
def test_a_signal_handler_may_differentiate_the_same_graph_in_the_middle_of_its_sweep(handler, create_graph):
    """Both sweeps are right, at whatever moment it comes."""
    moment, went_on = 0, True
    while went_on:
        a, b, y = graph()
        went_on = at_moment(moment, lambda: handler(y), lambda: y.backward(create_graph=create_graph))  # noqa: B023
        assert close([a.grad, b.grad], np.multiply(EXPECTED, 11 if went_on else 1))
        moment += 3


def test_a_rule_may_differentiate_the_graph_it_belongs_to():
    """The inner sweep gets no turn."""
    from graphviz_ad.extend import structural, temporary

    x = gad.Variable(3.0)
    y = x * x

    def back(adjoint, y_, x_):
        y.backward()
        return 2 * adjoint

    with temporary():
        twice = structural("twice", lambda value: 2 * value, back)
        z = twice(y) * y
        z.backward()
    assert float(x.grad) == 8 * 3.0**3 + 2 * 3.0  # z is 2x⁴, and y is x²


def test_threads_that_sweep_graphs_with_common_nodes_lose_nothing():
    """Neither adjoints nor additions to a gradient."""
    x = gad.Variable(np.linspace(0.1, 1.0, 40_000))
    common = np.sin(x) * x
    outputs = [(common * float(k)).sum() for k in range(1, 5)]
    rounds = 12

    def work(y):
        for _ in range(rounds):
            y.backward()

    threads = [threading.Thread(target=work, args=(y,)) for y in outputs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert np.allclose(x.grad, rounds * 10 * (np.cos(x.value) * x.value + np.sin(x.value)), rtol=1e-9)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_a_child_that_is_forked_while_a_thread_sweeps_differentiates(fork_in_time):
    """No lock is held there by a thread that does not exist."""
    from graphviz_ad.extend import structural, temporary

    inside, go_on = threading.Event(), threading.Event()

    def back(adjoint, y, x):
        inside.set()
        go_on.wait(60)
        return adjoint

    with temporary():
        waiting = structural("waiting", lambda value: value, back)
        x = gad.Variable(2.0)
        y = waiting(x * x)
        thread = threading.Thread(target=y.backward)
        thread.start()
        inside.wait(60)

        def differentiate():
            go_on.set()
            z = x * x * x
            z.backward()
            return float(x.grad) == 12.0

        in_time = fork_in_time(differentiate)
        go_on.set()
        thread.join()
    assert in_time
    assert float(x.grad) == 4.0


def test_a_thread_in_a_generator_of_a_sweep_keeps_its_turn():
    """A generator that was just left has no caller; the thread that ran it is at work all the same."""
    from graphviz_ad.engine.turns import _is_running, takes_turns

    ready, stop = threading.Event(), threading.Event()

    def parts():
        yield from range(20)

    @takes_turns
    def holder():
        while not stop.is_set():
            ready.set()
            for _ in parts():
                pass

    thread = threading.Thread(target=holder)
    thread.start()
    ready.wait()
    try:
        assert all(_is_running(thread.ident) for _ in range(50_000))
    finally:
        stop.set()
        thread.join()
    assert not _is_running(thread.ident)


def test_threads_that_differentiate_one_graph_add_up():
    """Whoever has no turn keeps its adjoints to itself."""
    x, z = gad.Variable(np.linspace(0.1, 1, 5)), gad.Variable(2.0)
    s = x
    for _ in range(30):
        s = np.tanh(s) * z
    y = s.sum()
    y.backward()
    once = x.grad.copy()
    x.zero_grad()
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        threads = [threading.Thread(target=lambda: [y.backward() for _ in range(150)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    np.testing.assert_allclose(x.grad, 600 * once, rtol=1e-9)
