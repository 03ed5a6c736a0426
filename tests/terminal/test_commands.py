"""The commands: each is in the help, has the name of pdb where pdb has it, and answers what was asked."""

from __future__ import annotations

import pdb

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.debugging.stepping.moments import Course
from graphviz_ad.debugging.stepping.stepper import Stepper
from graphviz_ad.errors import InputError
from graphviz_ad.terminal.commands import COMMANDS, answer
from graphviz_ad.terminal.screen import Room

ROOM = Room(80, 24, str, False)
OURS = {"back", "rc", "to", "start", "end", "out", "watch", "unwatch"}


@pytest.fixture
def stepper():
    """Return a stepper through a small program."""

    def f(x):
        h = np.tanh(x)
        return (h * x).sum()

    return Stepper(Course.of_call(f, (np.array([0.5, -1.0, 2.0]),), {}, gad.Trace))


def said(stepper, line):
    """Return what a command says."""
    return [line.plain for line in answer(stepper, line, ROOM).lines]


def test_the_names_are_those_of_pdb_but_for_what_pdb_cannot():
    names = {name for command in COMMANDS for name in command.names}
    pdbs = {name.removeprefix("do_") for name in dir(pdb.Pdb) if name.startswith("do_")} | {"?"}
    assert names - pdbs == OURS
    assert len(names) == sum(len(command.names) for command in COMMANDS)


def test_help_teaches_in_twelve_lines_and_every_command_says_more(stepper):
    lines = said(stepper, "h")
    assert len(lines) == 12
    assert max(map(len, lines)) <= 80
    for command in COMMANDS:
        for name in command.names:
            assert said(stepper, f"h {name}")[0] == command.usage
    with pytest.raises(InputError, match="Did you mean 'until'"):
        answer(stepper, "h untill", ROOM)


@pytest.mark.parametrize(
    ("line", "step"),
    [("s", 1), ("step 3", 3), ("s 99", 10), ("n", 1), ("to h", 1), ("to #5", 4), ("end", 10), ("c", 10), ("to mul", 0)],
)
def test_a_command_moves(stepper, line, step):
    if step:
        assert answer(stepper, line, ROOM).stop.step == stepper.position == step
    else:
        with pytest.raises(InputError, match="where is 'mul'"):
            answer(stepper, line, ROOM)


def test_back_and_reverse_continue_go_back(stepper):
    said(stepper, "b tanh")
    assert answer(stepper, "end", ROOM).stop.step == 10
    assert answer(stepper, "back 2", ROOM).stop.step == 8
    assert answer(stepper, "rc", ROOM).stop.step == 1
    assert answer(stepper, "rc", ROOM).stop.remark == "This is the first step of the story."


def test_breakpoints_are_told_with_where_they_are_hit(stepper):
    assert said(stepper, "b") == ["no breakpoints; b LINE, b NAME, b log or b if abs(adjoint) > 1e3 sets one"]
    assert said(stepper, "b tanh") == ["1  every tanh: hit at 2 steps, first #2"]
    assert said(stepper, "tbreak h back") == ["2  h, going back: hit at 1 step, first #9, once"]
    assert said(stepper, "disable 1") == ["1  every tanh: hit at 2 steps, first #2, off"]
    assert answer(stepper, "c", ROOM).stop.step == 8
    assert said(stepper, "b") == ["1  every tanh: hit at 2 steps, first #2, off"]
    assert said(stepper, "enable") == ["1  every tanh: hit at 2 steps, first #2"]
    assert said(stepper, "b if x[7] > 1")[1].startswith("   x[7] > 1 raised at step 1")
    assert said(stepper, "cl") == ["1  every tanh: cleared", "3  if x[7] > 1: cleared"]


def test_printing_gives_the_number_of_this_step(stepper):
    x = np.array([0.5, -1.0, 2.0])
    with pytest.raises(InputError, match=r"h\.value is not known yet"):
        answer(stepper, "p h", ROOM)
    said(stepper, "end")
    gradient = np.tanh(x) + x * (1 - np.tanh(x) ** 2)
    printed = said(stepper, "pp x.adjoint")
    assert printed[0] == f"x.adjoint = {gradient}"
    assert said(stepper, "np.max(x) * 2") == ["np.max(x) * 2 = 4"]
    assert said(stepper, "p x > 0") == ["x > 0 = 2 of 3 true"]
    with pytest.raises(InputError, match="IndexError"):
        answer(stepper, "p x[9]", ROOM)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("stpe", "'stpe' is no command; h has them all. Did you mean 'step'"),
        ("s much", "how often"),
        ("n 3", "n takes nothing"),
        ("to", "where to"),
        ("unt x", "until takes a line"),
        ("cl x", "named by their numbers"),
        ("p", "print what"),
        ("import os", "is no command"),
        ("x.adjiont", "Did you mean 'adjoint'"),
    ],
)
def test_what_cannot_be_followed_is_said(stepper, line, message):
    with pytest.raises(InputError, match=message):
        answer(stepper, line, ROOM)
    assert stepper.position == 0


def test_where_and_list_show_the_source(stepper):
    said(stepper, "to h")
    assert [line.strip() for line in said(stepper, "w")][1] == "h = np.tanh(x)"
    whole = said(stepper, "ll")
    code = [line for line in whole if "~" not in line]
    assert code[0].endswith("def f(x):")
    assert len(code) == 3


def test_a_watch_is_set_listed_and_taken_away(stepper):
    said(stepper, "watch h.adjoint")
    assert said(stepper, "watch") == ["h.adjoint  not yet"]
    said(stepper, "end")
    assert said(stepper, "display") == ["h.adjoint  [0.5 −1 2]"]
    said(stepper, "unwatch h.adjoint")
    assert said(stepper, "watch") == ["nothing is watched; watch x.adjoint does"]


def test_a_name_that_was_assigned_twice_says_which_is_meant():
    def f(x):
        h = np.sin(x)
        h = np.cos(h)
        return h + x

    stepper = Stepper(Course.of_call(f, (0.5,), {}, gad.Trace))
    said(stepper, "to #2")
    line = f.__code__.co_firstlineno + 1
    assert said(stepper, "p h")[0].endswith(f"(v1, line {line})")
    said(stepper, "s")
    assert said(stepper, "p h")[0].endswith(f"(v2, line {line + 1})")
