"""Slips written into right backward passes: the line, the slip, and a remedy with which all gradients are right."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import graphviz_ad as gad
from tests.bugs.handed_in import lectures, loops, methods, networks, sequences, styles

RIGHT = [
    (module, name) for module in (lectures, networks, sequences, styles, loops, methods) for name in module.PROGRAMS
]
GRADIENTS = dict(
    zip(
        (name for _, name in RIGHT),
        (
            5,
            2,
            5,
            4,
            5,
            5,
            2,
            4,
            4,
            4,
            5,
            7,
            5,
            5,
            3,
            3,
            5,
            6,
            3,
            1,
            4,
            2,
            4,
            5,
            2,
            5,
            3,
            3,
            3,
            5,
            6,
            3,
            3,
            2,
            3,
            5,
            4,
            1,
            4,
            3,
            2,
            4,
            5,
            4,
            4,
            2,
            4,
            4,
            2,
            4,
            3,
        ),
        strict=True,
    )
)
"""How many gradients each program has."""
SLIPS = Path(__file__).with_name("handed_in") / "slips.txt"


def planted() -> Iterator[Any]:
    """Yield the slips of the table: a module, a program, the slip, the line as it is right, and as it is wrong."""
    for block in SLIPS.read_text(encoding="utf-8").strip().split("\n\n"):
        head, right, wrong = block.splitlines()
        module, program, slip = head.split()
        yield pytest.param(
            importlib.import_module(f"tests.bugs.handed_in.{module}"),
            *(program, slip, right[2:], wrong[2:]),
            id=f"{program}-{re.sub(r'[^a-z0-9]+', '-', wrong[2:].lower()).strip('-')[-50:]}",
        )


def programs(file: Path) -> dict[str, Any]:
    """Return the programs of a file that is run as a module of its own."""
    module = ModuleType(file.stem)
    module.__file__ = str(file)
    exec(compile(file.read_text(encoding="utf-8"), str(file), "exec"), vars(module))
    return module.PROGRAMS  # type: ignore[no-any-return]


def written(module: ModuleType, folder: Path, right: str, wrong: str) -> tuple[Path, int]:
    """Write a module's text with another line into a folder; return the file and the number of that line."""
    lines = Path(str(module.__file__)).read_text(encoding="utf-8").splitlines()
    places = [k for k, line in enumerate(lines) if line.strip() == right]
    assert len(places) == 1
    lines[places[0]] = lines[places[0]].replace(right, wrong)
    file = folder / f"{len(wrong)}.py"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file, places[0] + 1


def checked(program: Any) -> Any:
    """Return the report on a program."""
    forward, backward, arguments = program
    return gad.check_backward(forward, backward, *arguments)


@pytest.mark.parametrize(("module", "name"), RIGHT, ids=[name for _, name in RIGHT])
def test_a_right_one_is_right(module, name):
    report = checked(module.PROGRAMS[name])
    assert report.ok
    assert report.first_wrong is None
    assert "by chance" not in str(report)
    assert {line.verdict for line in report.lines} <= {"right", "unknown"}
    assert all(line.slip is None for line in report.lines)
    assert len(json.loads(report.to_json())["gradients"]) == GRADIENTS[name]


@pytest.mark.parametrize(("module", "name", "slip", "right", "wrong"), list(planted()))
def test_the_planted_line_is_named_with_its_slip_and_a_remedy(tmp_path, module, name, slip, right, wrong):
    file, number = written(module, tmp_path, right, wrong)
    report = checked(programs(file)[name])
    first = report.first_wrong
    assert (first.file, first.line, first.slip) == (str(file), number, slip)
    assert [line.line for line in report.lines if line.verdict == "wrong"] == [number]
    mended, _ = written(module, tmp_path, right, first.remedy)
    assert checked(programs(mended)[name]).ok


def test_a_helper_whose_line_is_another_slope_of_forwards_by_chance_is_blamed_before_its_call(tmp_path):
    right, wrong = "g = np.clip(r, -delta, delta)", "g = np.sign(r) * delta"
    file, number = written(methods, tmp_path, right, wrong)
    report = checked(programs(file)["huber"])
    call = next(line for line in report.lines if line.code == "dr = huber_slope(r)")
    assert (report.first_wrong.line, call.verdict) == (number, "inherits")
    assert f"The slip may be in line {call.line} as well" in report.first_wrong.sentence


@pytest.mark.parametrize(
    ("module", "name", "right", "wrong", "words"),
    [
        (
            *(sequences, "nce", "dA = (da - a * (a * da).sum(axis=1, keepdims=True)) / na", "dA = da / na"),
            "It is a part of A\u0304: what comes by `np.linalg.norm(M, axis=1, keepdims=True)` is missing.",
        ),
        (
            *(sequences, "block", "dz = dg * (0.5 * (1 + t) + 0.5 * z * dt)", "dz = dg * 0.5 * (1 + t)"),
            "It is a part of z\u0304: what comes by `z**3` and `z + 0.044715 * z**3` is missing.",
        ),
        (
            *(styles, "weightnorm", "dV = g / norms * dW - g * dg / norms**2 * V", "dV = g / norms * dW"),
            "It is a part of V\u0304: what comes by `V**2` is missing.",
        ),
        (
            *(styles, "poisson", "mu = np.exp(X @ theta)", "mu = X @ theta + 1"),
            "It is not what forward calls `mu`.",
        ),
    ],
)
def test_a_line_without_a_remedy_says_what_it_is(tmp_path, module, name, right, wrong, words):
    file, number = written(module, tmp_path, right, wrong)
    first = checked(programs(file)[name]).first_wrong
    assert (first.line, first.remedy) == (number, None)
    assert first.sentence.endswith(words)


def test_a_value_that_other_lines_write_to_is_judged_before_they_do(tmp_path):
    """The line that assigns it is wrong, and not the one that divides it."""
    right = 'ds = p * (dp - np.einsum("htu,htu->ht", dp, p)[..., None])'
    file, number = written(styles, tmp_path, right, "ds = p * (1 - p) * dp")
    first = checked(programs(file)["causal"]).first_wrong
    assert (first.line, first.name, first.remedy) == (number, "ds", None)


def test_a_line_that_raises_for_another_one_names_that_as_well(tmp_path):
    right = 'return g @ self.params["W"].T'
    file, number = written(styles, tmp_path, right, 'return self.grads["W"] @ self.grads["W"].T')
    first = checked(programs(file)["stack"]).first_wrong
    assert "This is the first line known to be wrong." in first.sentence
    assert f"The slip may be in lines {number} and " in first.sentence
