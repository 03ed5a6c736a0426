"""Moving through a story: where each command ends, counted by hand on a program whose lines are known."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.debugging.stepping.expressions import NotYet
from graphviz_ad.debugging.stepping.moments import Course
from graphviz_ad.debugging.stepping.stepper import Stepper
from graphviz_ad.errors import InputError

# The story of f: 0 x, 1 x², 2 log (line 9); 3 sin, 4 ·, 5 1/x in g, 6 + (line 10); 7 seed; back 8, 9 through +; 10, 11
# through 1/x in g; 12, 13 through ·; 14, 15 through sin (line 10); 16 through log, 17, 18 through x² (line 9).


@pytest.fixture
def stepper(model, course_of):
    """Return a stepper at the start of f."""
    return Stepper(course_of(model.f, 0.03))


def visited(stepper, command, at=0, times=30):
    """Return the steps at which a command ends, again and again, until the story ends."""
    stepper.position, ends = at, []
    for _ in range(times):
        ends.append(getattr(stepper, command)().step)
        if ends[-1] in (0, stepper.last):
            break
    return ends


def test_step_and_back_visit_every_step(stepper):
    assert visited(stepper, "step") == [*range(1, 19)]
    assert visited(stepper, "back", at=18) == [*range(17, -1, -1)]


def test_the_ends_are_told_to_whoever_wants_beyond_them(stepper):
    """And to nobody who comes to them."""
    stepper.position = stepper.last - 1
    assert (stepper.step().remark, stepper.step().remark) == ("", "This is the last step of the story.")
    stepper.position = 1
    assert (stepper.back().remark, stepper.back().remark) == ("", "This is the first step of the story.")


def test_over_goes_from_line_to_line_on_both_ways(stepper):
    assert visited(stepper, "over") == [1, 3, 7, 16, 18]


def test_over_in_a_called_function_comes_back_to_its_caller(stepper):
    stepper.position = 5
    assert stepper.over().step == 6
    stepper.position = 10
    assert stepper.over().step == 12


def test_out_leaves_the_call_or_the_pass(stepper):
    for start, end in ((5, 6), (10, 12), (1, 7), (7, 18)):
        stepper.position = start
        assert stepper.out().step == end


def test_until_leaves_a_loop(model, course_of):
    stepper = Stepper(course_of(model.loop, 0.5))
    stepper.run_to("17")
    assert stepper.over().step == 3  # the loop's next turn
    stepper.position = 2
    assert (stepper.until().step, stepper.way[-1].line) == (7, 18)


def test_until_the_line_that_one_is_on_goes_on_below_it(stepper):
    """Which is no place to go to: so it is left, as without a line."""
    stepper.position = 1
    assert stepper.until(9).step == 3
    stepper.position = 3
    assert stepper.until(10).step == 7


def test_until_a_line_goes_there(stepper):
    stepper.position = 1
    assert stepper.until(10).step == 3
    stepper.position = 8
    assert stepper.until(9).step == 16  # going back, lines come from below


def test_one_runs_to_a_line_a_node_and_a_step(stepper):
    assert stepper.run_to("10").step == 3
    assert stepper.run_to("10").step == 7
    assert stepper.run_to("a").step == 13
    assert stepper.run_to("#6").step == 5
    assert stepper.run_to("v5").step == 8
    stop = stepper.run_to("v4")
    assert stop.step == 9
    stop = stepper.run_to("v4")
    assert (stop.step, stop.remark) == (9, "v4 does not come any more; it was at step 5: #5 goes there.")


@pytest.mark.parametrize(("place", "message"), [("#0", "#1 to #19"), ("#x", "no step"), ("y", "where is 'y'"),
                                                 ("77", "nothing was recorded on line 77")])  # fmt: skip
def test_a_place_that_there_is_none_is_said(stepper, place, message):
    with pytest.raises(InputError, match=message):
        stepper.run_to(place)
    assert stepper.position == 0


def test_continue_stops_where_a_breakpoint_is_hit_and_goes_back_the_same_way(stepper):
    stepper.add("if abs(adjoint) > 1e3")
    stepper.add("log forward")
    assert [stepper.advance().step for _ in range(5)] == [2, 11, 15, 18, 18]
    assert stepper.advance().remark == "This is the last step of the story."
    assert [stepper.reverse().step for _ in range(5)] == [15, 11, 2, 0, 0]


def test_a_line_alone_is_one_of_the_file_that_one_is_in(model, course_of):
    stepper = Stepper(course_of(lambda x: model.g(x) + 1, 0.5))
    with pytest.raises(InputError, match=r"nothing was recorded on line 5 of test_stepping\.py"):
        stepper.add("5")
    stepper.step()
    assert stepper.way[-1].function == "g"
    assert stepper.add("5").breakpoint.file == model.__file__


def test_a_breakpoint_stops_what_would_pass_it(stepper):
    point = stepper.add("5")
    stepper.position = 3
    stop = stepper.over()
    assert (stop.step, stop.points) == (5, (point,))


def test_breakpoints_are_switched_cleared_and_keep_their_numbers(stepper):
    stepper.add("log"), stepper.add("x")
    stepper.switch([1], False)
    assert stepper.advance().step == 11
    stepper.clear([2])
    assert [point.number for point in stepper.points] == [1]
    assert stepper.add("a").number == 3
    with pytest.raises(InputError, match="there is no breakpoint 2; set are: 1, 3"):
        stepper.clear([1, 2])
    assert len(stepper.points) == 2
    stepper.clear()
    assert stepper.advance().step == 18


def test_a_temporary_breakpoint_goes_once_it_was_hit(stepper):
    stepper.add("x", is_temporary=True)
    assert stepper.advance().step == 11
    assert stepper.points == ()
    assert stepper.advance().step == 18


def test_a_watch_has_its_course_so_far_and_no_more(stepper):
    x = 0.03
    parts = np.cumsum([-1 / x**2, np.cos(x) * np.log(x**2), np.sin(x) * 2 / x])
    reading = stepper.watch("x.adjoint")
    assert (reading.now, reading.trouble, reading.course) == (None, "x.adjoint is not known yet", ())
    stepper.end()
    (reading,) = stepper.readings
    assert [step for step, _ in reading.course] == [11, 15, 18]
    np.testing.assert_allclose([value for _, value in reading.course], parts, rtol=1e-12)
    stepper.run_to("#13")
    (reading,) = stepper.readings
    assert [step for step, _ in reading.course] == [11]
    assert float(reading.now) == pytest.approx(parts[0], rel=1e-12)
    stepper.unwatch("x.adjoint")
    assert stepper.readings == ()


def test_a_watch_that_cannot_be_computed_says_why(stepper):
    assert stepper.watch("v5[0]").now is None
    stepper.end()
    assert stepper.readings[0].trouble.startswith("IndexError")
    with pytest.raises(InputError, match="no node is called 'y'"):
        stepper.watch("y + 1")
    assert len(stepper.readings) == 1
    with pytest.raises(InputError, match="not watched"):
        stepper.unwatch("x")


def test_a_value_is_that_of_the_step(stepper):
    with pytest.raises(NotYet):
        stepper.value("v5")
    stepper.run_to("v5")
    assert float(stepper.value("v5 * x")) == pytest.approx(1.0)


def test_no_command_changes_what_was_recorded(model, course_of):
    course = course_of(model.loop, np.arange(1.0, 4.0))
    before = [(node.value.copy(), str(step)) for node, step in zip(course.nodes, course.steps, strict=False)]
    stepper = Stepper(course)
    stepper.add("tanh"), stepper.watch("h.adjoint")
    for command in ("advance", "over", "out", "until", "step", "reverse", "back", "end", "start"):
        getattr(stepper, command)()
    for (value, text), node, step in zip(before, course.nodes, course.steps, strict=False):
        np.testing.assert_array_equal(value, node.value)
        assert text == str(step)


def test_the_course_of_a_watch_is_that_up_to_the_step_wherever_one_comes_from():
    def loop(x):
        for _ in range(4):
            h = x * 0.5
            x = h
        return x

    stepper = Stepper(Course.of_call(loop, (8.0,), {}, gad.Trace))
    stepper.watch("h.value")
    stepper.end()
    whole = stepper.readings[0].course
    assert [float(value) for _, value in whole] == [4.0, 2.0, 1.0, 0.5, *[float(v) for _, v in whole[4:]]]
    for step in (5, 2, 4, 0, 3):
        stepper.run_to(f"#{step + 1}")
        (reading,) = stepper.readings
        assert reading.course == tuple(own for own in whole if own[0] <= step)


def test_an_adjoint_that_never_comes_is_not_waited_for():
    stepper = Stepper(Course.of_call(lambda x, y: x * 2 + 0 * y.detach(), (1.0, 2.0), {}, gad.Trace))
    stepper.end()
    with pytest.raises(NotYet, match=r"there is no y\.adjoint: severed"):
        stepper.value("y.adjoint")

    def raises(x):
        h = np.sin(x) * np.ones(3)
        return np.ones((3, 4)) @ h

    with pytest.raises(ValueError, match="must be equal") as caught:
        gad.trace(raises, 1.0)
    after = Stepper(Course.of_failure(caught.value))
    after.end()
    with pytest.raises(NotYet, match=r"there is no h\.adjoint: the function raised, and nothing goes back"):
        after.value("h.adjoint")
