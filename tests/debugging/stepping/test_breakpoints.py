"""Breakpoints: the steps at which they are hit, counted by hand on a program whose lines are known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from graphviz_ad.debugging.stepping.breakpoints import Breakpoint, breakpoint_at, hits_of
from graphviz_ad.errors import InputError


def steps(course, typed):
    """Return the steps at which what was typed is hit."""
    return hits_of(course, breakpoint_at(course, typed)).steps


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("10", (3, 7)),  # sin begins the line; the seed begins its way back
        ("stepped_model.py:10", (3, 7)),
        (10, (3, 7)),
        ("10 back", (7,)),
        ("10 forward", (3,)),
        ("5", (5, 10)),  # 1 / x, and its rule
        ("log", (2, 16)),
        ("add back", (8,)),  # not the seed, which starts at the same node
        ("np.log", (2, 16)),
        ("x", (0, 11, 15, 18)),  # its value, and each of the three contributions
        ("a", (2, 13)),
        ("v5 back", (8,)),
    ],
)
def test_a_place_is_hit_when_one_comes_to_it(model, course_of, typed, expected):
    assert steps(course_of(model.f, 0.03), typed) == expected


def test_a_line_in_a_loop_is_hit_in_each_turn(model, course_of):
    course = course_of(model.loop, 0.5)
    assert len(steps(course, "16 forward")) == len(steps(course, "16 back")) == 3
    assert len(steps(course, "5 forward")) == 3  # in the function that the line calls


def test_a_condition_is_asked_with_what_is_known_and_nothing_later(model, course_of):
    x = 0.03
    sums, total = [], 0.0
    for part in (-1 / x**2, math.cos(x) * math.log(x**2), math.sin(x) * 2 / x):
        total += part
        sums.append(abs(total))
    assert [size > 1117 for size in sums] == [False, True, False]
    course = course_of(model.f, x)
    for condition in ("if abs(adjoint) > 1e3", Breakpoint(condition=lambda node: np.abs(node.adjoint).max() > 1e3)):
        assert steps(course, condition) == (11, 15, 18)
    assert steps(course, "if abs(adjoint) > 1117") == (15,)
    seen = []
    hits_of(course, Breakpoint(condition=lambda node: seen.append((node.name, node.value, node.adjoint))))
    assert [name for name, _, _ in seen[:3]] == ["x", "v1", "a"]
    assert all(adjoint is None for _, _, adjoint in seen[:7])
    assert [value for _, value, _ in seen[:7]] == [node.value for node in course.nodes]


def test_a_condition_on_names_stops_when_it_begins_to_hold(model, course_of):
    course = course_of(model.f, 0.03)
    assert steps(course, "if abs(x.adjoint) > 1e3") == (11,)
    assert steps(course, "if v5 > 30") == (5,)


def test_a_line_and_a_condition_hold_at_once(model, course_of):
    course = course_of(model.f, 0.03)
    assert steps(course, "5 if abs(adjoint) > 1e3") == steps(course, "5, abs(adjoint) > 1e3") == (11,)
    assert steps(course, "9 back if name == 'x'") == (18,)


def test_a_condition_holds_on_one_way_without_a_place(model, course_of):
    course = course_of(model.f, 0.03)
    both = steps(course, "if abs(value) > 1")
    assert steps(course, "back if abs(value) > 1") == tuple(step for step in both if course.goes_back(step))
    assert steps(course, "forward if abs(value) > 1") == tuple(step for step in both if not course.goes_back(step))
    assert {course.goes_back(step) for step in both} == {False, True}


def test_a_condition_of_an_array_holds_where_one_entry_does(course_of):
    course = course_of(lambda x: np.sum(x**2), np.array([1.0, 600.0]))
    assert steps(course, "if adjoint > 1e3") == steps(course, Breakpoint(condition=lambda n: n.adjoint > 1e3)) == (5,)


def test_a_condition_that_raises_is_told_and_is_not_fatal(model, course_of):
    course = course_of(model.f, 0.03)
    hits = hits_of(course, Breakpoint(condition=lambda node: 1 / (node.index - 2) > 0))
    assert hits.complaint.startswith("1 / (node.index - 2) > 0 raised at step 3, and at 1 more: ZeroDivisionError")
    assert hits.steps
    hits = hits_of(course, Breakpoint(condition=lambda node: node.value + "a"))
    assert "raised at step 1, and at 15 more: " in hits.complaint
    assert "IndexError" in hits_of(course, breakpoint_at(course, "if v5[0] > 1")).complaint


def test_a_condition_that_asks_too_early_is_not_told(model, course_of):
    hits = hits_of(course_of(model.f, 0.03), Breakpoint(condition=lambda node: abs(node.adjoint) > 1e9))
    assert hits == ((), "")


def test_words_say_what_it_is(model, course_of):
    course = course_of(model.f, 0.03)
    assert breakpoint_at(course, "10 back if abs(adjoint) > 1").words == (
        "stepped_model.py:10, going back, if abs(adjoint) > 1"
    )

    def steep(node):
        return node.adjoint > 1

    assert Breakpoint(condition=steep).words == "if steep(node)"


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("6", r"nothing was recorded on line 6 of stepped_model.py; lines 5, 9, 10 have something"),
        ("other.py:3", "nothing was recorded in other.py"),
        ("lgo", r"nothing here is called 'lgo'.*Did you mean 'log'\?"),
        ("", "stop where"),
        ("if", "is no expression"),
        ("if y > 1", "no node is called 'y'"),
        (3.5, "a breakpoint is a line, a name, an operation"),
        (True, "a breakpoint is a line, a name, an operation"),
    ],
)
def test_what_cannot_be_is_said(model, course_of, typed, message):
    with pytest.raises(InputError, match=message):
        breakpoint_at(course_of(model.f, 0.03), typed)
