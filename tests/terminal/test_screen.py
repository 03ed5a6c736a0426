"""The screen: what stands on it is true, is known at that step, and fits into any window."""

from __future__ import annotations

import importlib.util
import io
import math

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.debugging.columns import Look, width
from graphviz_ad.debugging.stepping.moments import Course
from graphviz_ad.debugging.stepping.stepper import Stepper, Stop
from graphviz_ad.terminal.screen import Room, screen


@pytest.fixture
def stepper(model, course_of):
    """Return what makes a stepper of a function of the program."""
    return lambda name, *args: Stepper(course_of(getattr(model, name), *args))


def shown(stepper, stop=None, columns=80, rows=23, say=str):
    """Return the lines of a screen without colours."""
    lines = screen(stepper, stop or Stop(stepper.position), Room(columns, rows, say, False))
    return [line.plain.rstrip() for line in lines]


def test_the_screen_of_a_breakpoint_in_a_called_function(stepper):
    walk = stepper("f", 0.03)
    walk.add("if abs(adjoint) > 1e3"), walk.add("10"), walk.watch("x.adjoint")
    walk.position = 8
    lines = shown(walk, walk.advance())
    assert lines[:3] == [
        "f(x)                                                   going back, step 12 of 19",
        "f line 10 ▸ g line 5 ▸ 1 / x",
        "Stopped at breakpoint 1, if abs(adjoint) > 1e3: x̄ is −1111.111 (1 of 3 so far).",
    ]
    (at,) = [i for i, line in enumerate(lines) if line.startswith(" ▸") and line.endswith("return 1 / x")]
    assert lines[at + 1].strip() == "~~~~~"
    assert lines[at + 1].index("~") == lines[at].index("1 / x")
    assert "v₅ = 1/x                            ▼ 33.33333      ▲ 1" in lines
    assert "  to x  × (−1/x²) = −1111.111" in lines
    assert "x                                   ▼ 0.03          ▲ −1111.111  1 of 3 so far" in lines
    assert lines[-1] == "x.adjoint  −1111.111"


def test_the_caller_and_a_breakpoint_have_signs_of_their_own(stepper):
    walk = stepper("f", 0.03)
    walk.add("10"), walk.add("9 if value > 0")
    walk.run_to("#6")
    text = "\n".join(shown(walk))
    assert "●▹ 10" in text
    assert "=   9" in text
    walk.switch([1], False)
    assert "○▹ 10" in "\n".join(shown(walk))


def test_a_number_is_on_the_screen_only_once_it_is_known(stepper):
    walk = stepper("f", 0.03)
    gradient = f"{-1 / 0.03**2 + math.cos(0.03) * math.log(0.03**2) + math.sin(0.03) * 2 / 0.03:.3f}".replace("-", "−")
    for step in range(len(walk.course.steps)):
        walk.position = step
        text = "\n".join(shown(walk))
        assert (gradient in text) is (step == walk.last)
        assert ("not yet" in text) is (step < 7 or step == 10)  # where the first part is on its way to x


def test_an_expression_in_a_loop_says_which_time_it_is(stepper):
    walk = stepper("network", np.array([0.1, 0.2]))
    walk.run_to("#6")
    assert shown(walk)[1] == "network line 24 ▸ h * 1.5 + x (number 2 of 3 recorded here)"


@pytest.mark.parametrize(("columns", "rows"), [(80, 23), (120, 39), (40, 15), (60, 12), (24, 8), (200, 60)])
@pytest.mark.parametrize("name", ["f", "network"])
def test_every_step_fits_into_every_window(stepper, name, columns, rows):
    walk = stepper(name, 0.03 if name == "f" else np.linspace(-1, 1, 12))
    for text in ("x.adjoint", "np.max(np.abs(x.adjoint)) + np.sin(x).sum()", "x[0]", "x.shape"):
        walk.watch(text)
    walk.add("if abs(adjoint) > 1e-9")
    for step in range(0, len(walk.course.steps), 3):
        walk.position = step
        lines = shown(walk, walk._to(step), columns, rows)
        assert len(lines) <= rows
        assert max(map(width, lines)) <= columns


@pytest.mark.parametrize("rows", [23, 16])
def test_the_step_and_its_sentence_are_always_there(stepper, rows):
    walk = stepper("f", 0.03)
    for step in range(len(walk.course.steps)):
        walk.position = step
        text = " ".join(shown(walk, rows=rows))
        assert str(walk.course.steps[step])[:60] in text


def test_a_poor_console_has_words_for_signs(stepper):
    say = Look.of(io.TextIOWrapper(io.BytesIO(), encoding="ascii")).say
    walk = stepper("f", 0.03)
    walk.add("10"), walk.run_to("#12")
    text = "\n".join(shown(walk, say=say))
    assert text.isascii()
    assert "f line 10 > g line 5 > 1 / x" in text
    assert " > 5 " in text.replace("  ", " ")
    assert "adj -1111.111" in text


def test_a_source_that_cannot_be_read_is_left_out():
    namespace = {"np": np}
    exec("def f(x):\n    return np.sin(x)", namespace)
    walk = Stepper(Course.of_call(namespace["f"], (0.5,), {}, gad.Trace))
    lines = shown(walk, walk.run_to("#2"))
    assert lines[1] == "f line 2"
    assert not any("~" in line for line in lines)


def test_a_long_line_keeps_its_expression_in_sight(tmp_path):
    source = f"def long(x):\n    return [{'0.0, ' * 40}np.sin(x)][-1]\n"
    path = tmp_path / "wide.py"
    path.write_text("import numpy as np\n" + source, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("wide", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    walk = Stepper(Course.of_call(module.long, (0.5,), {}, gad.Trace))
    lines = shown(walk, walk.run_to("#2"))
    (at,) = [i for i, line in enumerate(lines) if "~" in line]
    start, end = lines[at].index("~"), len(lines[at])
    assert lines[at - 1][start:end] == "np.sin(x)"


def test_where_there_is_room_the_step_is_a_formula_too(stepper):
    walk = stepper("f", 0.03)
    walk.position = 18
    assert "x̄ ← x̄ + v̄₁ · ∂v₁/∂x = −1118.121 + 1.9997 = −1116.121" in shown(walk)
    assert not any("←" in line for line in shown(walk, rows=12))
    walk = stepper("network", np.array([0.1, 0.2]))
    walk.position = 1
    assert not any("v₁ = 1.5" in line and "·" in line for line in shown(walk)[8:])


def test_what_is_not_finite_is_counted_where_a_range_would_hide_it(course_of):
    with np.errstate(all="ignore"):
        walk = Stepper(course_of(lambda x: np.log(x).sum(), np.linspace(-1.0, 5.0, 13)))
    walk.position = 1
    lines = shown(walk)
    assert any(line.endswith("▼ 13, 2 NaN, 1 ∞, else −0.693147…1.609438") for line in lines)
    assert "    ▲ not yet" in lines


def test_no_number_is_cut_without_a_sign(stepper):
    """What is too wide goes on in a row of its own, and what is cut ends in dots."""
    walk = stepper("f", 0.03)
    walk.watch("x.adjoint")
    walk.position = 18
    number = "−1116.121"
    for columns in range(20, 81):
        text = shown(walk, columns=columns, rows=30)
        for line in text:
            cut = [number[:k] for k in range(3, len(number)) if line.endswith(number[:k])]
            assert not cut, (columns, line)


def test_why_no_adjoint_arrives_is_said(course_of):
    def f(x, y):
        return np.sin(x.detach()) * y

    walk = Stepper(course_of(f, 1.0, 2.0))
    assert any(line.startswith("x  ") and line.endswith("▲ severed") for line in shown(walk))
