"""What holds while something is done, and widgets that were interrupted in the middle of it."""

from __future__ import annotations

import os
import threading
from contextlib import suppress

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad_widgets.meanwhile import Meanwhile
from tests.interrupting import at_moment, instructions, interrupt


def test_it_holds_for_what_is_called_inside_however_deep_and_often():
    """And no longer."""
    state = Meanwhile()

    def move(depth):
        with state:
            if depth:
                move(depth - 1)
            return bool(state)

    assert (bool(state), move(3), bool(state)) == (False, True, False)


def test_it_does_not_hold_in_another_thread():
    """Whoever moves something there is not meant."""
    state, seen = Meanwhile(), []
    with state:
        thread = threading.Thread(target=lambda: seen.append(bool(state)))
        thread.start()
        thread.join()
        assert state
    assert seen == [False]


def test_an_interrupt_at_any_moment_ends_it():
    """Also while the traceback is still looked at."""
    state = Meanwhile()

    def move():
        with state:
            bool(state)

    for moment in range(instructions(move)):
        with pytest.raises(KeyboardInterrupt):
            at_moment(moment, interrupt, move)
        assert not state


@pytest.mark.parametrize("way", ["python", "browser"])
def test_after_an_interrupt_at_any_moment_the_sliders_of_a_widget_still_move_it(way):
    """Everything depends on a slider again, and what Python sets is not taken for the browser's."""
    w = gad.explore(np.sin, x=(-3, 3, 0.5))
    try:

        def move(x):
            if way == "python":
                w.x = x
            else:
                w.set_state({"x": x})

        count = instructions(lambda: move(1.0))
        for moment in range(0, count, max(1, count // 150)):
            with suppress(KeyboardInterrupt, AttributeError):  # the second one from within traitlets, at its end
                at_moment(moment, interrupt, lambda: move(2.0))
            w._deaf_until = 0.0  # after an interrupt the browser is not heard for a moment
            assert not w._settling
            assert not w._hearing
            move(-1.0)
            move(1.5)
            assert (w.x, w.inputs) == (1.5, {"x": 1.5})
            assert np.isclose(w.value, np.sin(1.5))
            assert np.isclose(w.gradient, np.cos(1.5))
            move(1.0)
    finally:
        w.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_a_child_that_is_forked_while_a_thread_moves_an_explorer_moves_it(fork_in_time):
    """The thread that holds the lock does not exist there."""
    inside, go_on = threading.Event(), threading.Event()

    def slow(x):
        if threading.current_thread() is not threading.main_thread():
            inside.set()
            go_on.wait(60)
        return np.sin(x)

    w = gad.explore(slow, x=(-3, 3, 0.5))
    thread = threading.Thread(target=setattr, args=(w, "x", 0.123))
    thread.start()
    inside.wait(60)

    def move():
        w.x = 0.25
        return np.isclose(w.value, np.sin(0.25))

    try:
        assert fork_in_time(move)
    finally:
        go_on.set()
        thread.join()
        w.close()
