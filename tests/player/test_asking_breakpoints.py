"""Breakpoints and expressions that are typed in a page: what it makes of them is what Python makes of them."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from stepped import program

import graphviz_ad as gad
from graphviz_ad.debugger import stepper_of
from graphviz_ad.debugging.stepping.expressions import NotYet, parse
from graphviz_ad.errors import InputError
from graphviz_ad.films.code import Code
from graphviz_ad.films.debugging import debug_json
from graphviz_ad.formulas.text import written

FOLDER = Path(gad.__file__).parent / "player" / "debugging"

ARRAY = np.array([0.3, -1.2, 0.0])
MATRIX = np.array([[0.5, -2.0], [3.0, np.nan], [0.0, 4.0]])
PROGRAMS = {
    "f": (0.03,),
    "loop": (ARRAY + 2,),
    "network": (ARRAY,),
    "outside": (0.7,),
    "matrix": (MATRIX,),
}
BREAKPOINTS = [
    *("x", "v1 back", "x forward", "every tanh", "np.tanh back", "5", "line 10", "5 back if adjoint < 0"),
    *("back if adjoint < 0", "forward, value > 0.5"),
    *("if abs(adjoint) > 1", "if x.adjoint > 1", "if np.any(h < 0)", "tanh if value > .5", "if node.value > 2"),
    *("if primitive == 'tanh' and not adjoint > 0.1", 'if name != "x"', "x, np.isnan(adjoint).any()", "if index % 2"),
    *("if 0 < value < 1 or line == 5", "if value // -2 == -1", "if value ** 2 > 0.5", "if -value ** 2 < -3"),
    *("if np.max(abs(x.adjoint)) > 1e-3", "if x.sum() > 0", "if x[0] < 0", "if np.linalg.norm(x.adjoint) > 1"),
    *("if value.size > 1", "if np.mean(adjoint) == 1", "if max(1, 2) == 2", "if np.maximum(value, 1) > 1"),
    *("if y > 1", "if nobody > 1", "17", "nobody", "if min(x) < 0", "if x[7]", "if value.ndim and value[-1] > 0"),
]
EXPRESSIONS = [
    *("x", "x.adjoint", "abs(x.adjoint) * 2 + 1", "v1 - v2 / 3", "h", "h.adjoint", "value", "adjoint * value"),
    *("x % 0.4", "x // -0.4", "2 ** -x", "np.sqrt(abs(x))", "np.log1p(np.exp(x))", "x > 0", "np.nan", "np.pi * 2"),
    *(
        "x.max() - x.min()",
        "np.sum(x * x.adjoint)",
        "sum(x)",
        "max(x)",
        "x * v1",
        "x == x",
        "- - 3",
        "1e3",
        "np.tanh(x)",
    ),
]

SCRIPT = """
import { readFileSync } from "node:fs";
import { breakAt } from "%(folder)s/hitting.js";
import { followed } from "%(folder)s/following.js";
import { Complaint } from "%(folder)s/grammar.js";
const { programs, breakpoints, expressions } = JSON.parse(readFileSync(0, "utf-8"));
const attempt = (act) => {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof Complaint)) throw error;
    return { refused: error.message };
  }
};
const plainly = (_, value) => {
  if (ArrayBuffer.isView(value)) return Array.from(value, String);
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
};
const answers = programs.map(({ debug, steps }) => ({
  points: breakpoints.map((typed) => attempt(() => breakAt(debug, steps, typed))),
  watches: expressions.map((text) => attempt(() => followed(debug, steps.length, text))),
}));
console.log(JSON.stringify(answers, plainly));
"""


def matrix(x: Any) -> Any:
    h = np.tanh(x)
    y = h * x + np.sum(x, axis=0)
    return np.sum(y**2)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Any, dict[str, Any]]]:
    """For each program its stepper, and what the page makes of all that is typed."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs node")
    model = program(tmp_path_factory.mktemp("asked"))
    steppers = {name: stepper_of(getattr(model, name, matrix), args, {}) for name, args in PROGRAMS.items()}
    told = []
    for stepper in steppers.values():
        course = stepper.course
        code = Code.around(course.recording.function, [place.code for way in course.ways for place in way])
        steps = [{"kind": one.kind, "node": one.node, "edge": one.edge} for one in course.steps]
        told.append({"debug": debug_json(stepper, code), "steps": steps})
    given = {"programs": told, "breakpoints": BREAKPOINTS, "expressions": EXPRESSIONS}
    script = SCRIPT % {"folder": FOLDER.as_uri()}
    command = [node, "--input-type=module", "--eval", script]
    run = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return {
        name: (stepper, answer)
        for (name, stepper), answer in zip(steppers.items(), json.loads(run.stdout), strict=True)
    }


@pytest.mark.parametrize("name", PROGRAMS)
def test_they_are_hit_where_python_hits_them(asked: dict[str, Any], name: str) -> None:
    stepper, answer = asked[name]
    hit = 0
    for typed, point in zip(BREAKPOINTS, answer["points"], strict=True):
        try:
            expected = stepper.add(typed.removeprefix("every ").removeprefix("line ")).hits
        except InputError:
            assert point.get("refused"), typed
            continue
        if point.get("refused"):
            assert expected.complaint or not expected.steps, typed
            continue
        assert point["steps"] == list(expected.steps), typed
        assert bool(point.get("complaint")) is bool(expected.complaint), typed
        hit += bool(point["steps"])
    assert hit > 8


def course_of(stepper: Any, text: str) -> list[Any] | None:
    """Return what an expression is at each step, as Python reads it; None where it cannot."""
    values: list[Any] = []
    try:
        for step in range(len(stepper.course.steps)):
            try:
                values.append(np.asarray(parse(text).at(stepper.course.moment(step)), dtype=float))
            except NotYet:
                values.append(None)
    except (InputError, TypeError, ValueError):
        return None
    return values


@pytest.mark.parametrize("name", PROGRAMS)
def test_expressions_have_the_course_that_python_has(asked: dict[str, Any], name: str) -> None:
    stepper, answer = asked[name]
    known = 0
    for text, watch in zip(EXPRESSIONS, answer["watches"], strict=True):
        values = course_of(stepper, text)
        if values is None:
            assert watch.get("refused") or watch["why"], text
            continue
        if watch.get("refused") and text == "sum(x)" and name == "matrix":
            continue  # Python's own sum adds up rows; the page says to write np.sum
        assert not watch.get("refused"), f"{text}: {watch}"
        shown: list[tuple[int, str]] = []
        for step, value in enumerate(values):
            last = values[step - 1] if step else None
            if value is None and last is not None:
                shown.append((step, "unknown"))
            elif value is not None and (last is None or not np.array_equal(value, last, equal_nan=True)):
                shown.append((step, written(value[()])))
        told = [(step, word if values[step] is not None else "unknown") for step, word, _ in watch["course"]]
        assert told == shown, text
        assert len(watch["values"]) == len(values)
        for mine, own in zip(watch["values"], values, strict=True):
            assert (mine is None) is (own is None), text
            if own is not None:
                assert mine["shape"] == list(own.shape), text
                numbers = [float(number) for number in mine["data"]]
                np.testing.assert_allclose(numbers, own.ravel(), rtol=1e-14, err_msg=text)
                known += 1
    assert known > 30
