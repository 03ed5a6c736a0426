"""Watching: one watcher per thread or task, gone when its with ends."""

from __future__ import annotations

import asyncio
import threading

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.engine import watch
from graphviz_ad.tracing import record


def test_nobody_watches_by_default():
    """Recording a node then costs one truth test."""
    assert watch.ACTIVE == []
    assert watch.current() is None


def test_a_watcher_is_current_inside_its_with_only():
    """Also after an exception."""
    mine, seen = watch.Watch(), []

    def fail():
        with watch.watching(mine):
            seen.append(watch.current())
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert seen == [mine]
    assert watch.current() is None
    assert watch.ACTIVE == []


def test_none_mutes_an_outer_watcher():
    """What is made inside is not seen; afterwards it is again."""
    x, mine = gad.Variable(1.0), watch.Watch()
    with watch.watching(mine):
        np.sin(x)
        with watch.watching(None):
            np.cos(x)
        np.exp(x)
    assert [node.primitive.name for node in mine.nodes] == ["sin", "exp"]


def test_leaves_made_inside_are_seen():
    """They are nodes as well."""
    with record() as t:
        x = gad.Variable(1.0)
    assert t.nodes == (x,)


def test_tasks_record_separately():
    """Two coroutines that take turns do not see each other's nodes."""

    async def work(f):
        with record() as t:
            for _ in range(3):
                f(gad.Variable(0.5))
                await asyncio.sleep(0)
        return {node.primitive.name for node in t.nodes if node.primitive}

    async def both():
        return await asyncio.gather(work(np.sin), work(np.cos))

    found = []
    # In a thread of its own: other tests may keep an event loop running in this one.
    thread = threading.Thread(target=lambda: found.extend(asyncio.run(both())))
    thread.start()
    thread.join()
    assert found == [{"sin"}, {"cos"}]


def test_a_guard_knows_its_site():
    """Resolved only when asked."""
    with record() as t:
        _ = gad.Variable(1.0) < 2
    assert t.guards[0].site.text == "gad.Variable(1.0) < 2"


def test_comparisons_outside_leave_no_guard():
    """Nothing global grows."""
    x = gad.Variable(1.0)
    with record() as t:
        pass
    _ = x < 2
    assert t.guards == ()


def test_two_records_end_in_the_order_of_their_beginning():
    """Each sees what is made while it is the innermost that is open."""
    x = gad.Variable(0.5)
    first, second = record(), record()
    one = first.__enter__()
    np.sin(x)
    two = second.__enter__()
    np.cos(x)
    first.__exit__(None, None, None)
    np.exp(x)
    second.__exit__(None, None, None)
    np.tanh(x)
    assert [node.primitive.name for node in one.nodes if node.primitive] == ["sin"]
    assert [node.primitive.name for node in two.nodes if node.primitive] == ["cos", "exp"]
    assert watch.ACTIVE == []


def test_a_record_is_entered_once():
    """Its trace would mix two recordings."""
    recording = record()
    with recording:
        pass
    with pytest.raises(gad.errors.InputError, match=r"begun already.*call record\(\) again"), recording:
        pass


def test_a_watcher_that_nobody_has_any_more_is_over():
    """So that none stays where the with has never begun."""
    seen = watch.Watch()
    watcher = watch.watching(seen)
    watcher.__enter__()
    assert watch.current() is seen
    del watcher
    assert watch.current() is None
    assert watch.ACTIVE == []
