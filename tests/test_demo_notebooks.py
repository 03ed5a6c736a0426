"""The demo notebooks run from top to bottom, silently, and their numbers are those of the closed forms."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "demos").glob("*.ipynb"))

# nbclient wants an event loop of its own, and the kernel its own settings: both are another process's business.
RUN = """
import sys, nbformat
from nbclient import NotebookClient
book = nbformat.read(sys.argv[1], as_version=4)
book.cells.append(nbformat.v4.new_code_cell(sys.argv[2]))
NotebookClient(book, timeout=120).execute()
nbformat.write(book, sys.argv[3])
"""


def answers(kinds: dict[str, str]) -> str:
    """Return the code of a cell that ends in the values of expressions, by name."""
    return "{" + ", ".join(f"{name!r}: {expression}" for name, expression in kinds.items()) + "}"


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., tuple[Any, dict[str, Any]]]:
    """Execute a demo and ask its kernel for values afterwards; return its cells and these."""

    def execute(name: str, **wanted: str) -> tuple[Any, dict[str, Any]]:
        home = tmp_path_factory.mktemp(name)
        folders = {
            word: str(home) for word in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
        }
        paths = [str(ROOT), str(ROOT / "widgets"), *filter(None, [os.environ.get("PYTHONPATH")])]
        done = subprocess.run(
            [sys.executable, "-c", RUN, ROOT / "demos" / f"{name}.ipynb", answers(wanted), home / "done.ipynb"],
            env=os.environ | folders | {"PYTHONPATH": os.pathsep.join(paths)},
            cwd=home, capture_output=True, text=True, encoding="utf-8", timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        *cells, last = nbformat.read(home / "done.ipynb", as_version=4).cells
        return cells, ast.literal_eval(last.outputs[0].data["text/plain"])

    return execute


def said(cells: Any) -> str:
    """Return all that was printed; errors and warnings fail."""
    outputs = [output for cell in cells if cell.cell_type == "code" for output in cell.outputs]
    assert [output.ename for output in outputs if output.output_type == "error"] == []
    assert [output.text for output in outputs if output.get("name") == "stderr"] == []
    return "".join(output.text for output in outputs if output.get("name") == "stdout")


LESSONS = ["1_sin_cos", "2_step_by_step", "3_control_flow", "4_two_sliders", "5_predict", "6_second_derivative"]
LESSONS += ["7_eight_bugs", "8_check_your_backward", "9_breakpoints"]


def test_there_is_a_start_and_the_lessons_in_their_order() -> None:
    """Otherwise the tests below would miss one."""
    assert [path.stem for path in NOTEBOOKS] == ["0_start", *LESSONS]


def test_the_start_leads_to_each_lesson() -> None:
    """By links that exist."""
    words = "\n".join(cell.source for cell in nbformat.read(NOTEBOOKS[0], as_version=4).cells)
    assert re.findall(r"\]\((\w+)\.ipynb\)", words) == LESSONS


def test_exercises_keep_their_answers_to_themselves() -> None:
    """What is to be found out stands nowhere in the cells."""
    cells = {path.stem: "\n".join(c.source for c in nbformat.read(path, as_version=4).cells) for path in NOTEBOOKS}
    assert "== 2.0" not in cells["1_sin_cos"]
    assert "doublings = None" in cells["3_control_flow"]
    assert "2.035" not in cells["2_step_by_step"]
    assert "x, y = -1" not in cells["4_two_sliders"]
    assert "through_square, through_exp = None, None" in cells["5_predict"]
    assert "polynomial" not in cells["6_second_derivative"]
    assert "1 / 6" not in cells["8_check_your_backward"]
    assert "1 / len" not in cells["8_check_your_backward"]
    assert "turn = None" in cells["9_breakpoints"]


def test_start(executed: Any) -> None:
    """The explorer stands where it starts, and the slope is that of the closed form."""
    cells, now = executed("0_start", x="w.x", slope="w.gradient")
    assert now == {"x": 4.0, "slope": pytest.approx(np.sin(4) + 4 * np.cos(4), rel=1e-15)}
    assert f"{np.exp(-1):.6f}" in said(cells)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_they_are_stored_clean(path: Path) -> None:
    """Valid, without outputs, with an exercise, and every cell has an id that tells its place."""
    book = nbformat.read(path, as_version=4)
    nbformat.validate(book)
    assert [cell.id for cell in book.cells] == [
        f"{path.stem.replace('_', '-')}-{i:02}" for i in range(1, len(book.cells) + 1)
    ]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in book.cells if cell.cell_type == "code")
    assert "widgets" not in book.metadata
    words = "\n".join(cell.source for cell in book.cells if cell.cell_type == "markdown")
    parts = ("**What you see.**", "**Try it.**", *(("## Exercise",) if path.stem in LESSONS else ()))
    assert all(part in words for part in parts)


def test_sin_cos(executed: Any) -> None:
    """The explorer stands at exactly 0.3 and knows the cosine; squeezed, the slope is twice the cosine of twice x."""
    cells, now = executed("1_sin_cos", x="w.x", value="w.value", slope="w.gradient", squeezed="v.gradient")
    assert now["x"] == 0.3
    assert now["value"] == np.sin(0.3)
    assert now["slope"] == pytest.approx(np.cos(0.3), rel=1e-15)
    assert now["squeezed"] == pytest.approx(2 * np.cos(0.6), rel=1e-15)
    assert "That is not it yet" in said(cells)
    assert said(cells).count("0.295520") == 2
    assert said(cells).count("0.955336") == 2


def test_step_by_step(executed: Any) -> None:
    """The three contributions add up to 0.082395, and Newton finds where the slope vanishes."""
    cells, now = executed("2_step_by_step", slope="w.gradient", root="float(guess)", steps="len(trace.steps())")
    assert now["slope"] == pytest.approx(np.sin(2) + np.log(4) * np.cos(2) - 1 / 4, rel=1e-14)
    x = now["root"]
    assert x == pytest.approx(2.035482, abs=1e-6)
    assert np.sin(x) * 2 / x + np.log(x**2) * np.cos(x) - 1 / x**2 == pytest.approx(0, abs=1e-12)
    words = said(cells)
    assert words.count("+0.082395") == 2
    assert now["steps"] == 19
    assert "All 3 contributions are in" in words


def test_control_flow(executed: Any) -> None:
    """On each branch the slope is f(a)/a, a power of two, three times as much on the left."""
    cells, now = executed("3_control_flow", slope="w.gradient", value="w.value", left="gad.grad(f)(-0.7).item()")
    assert (now["slope"], now["value"]) == (2.0**6, 0.25 * 2.0**6)
    assert "Not yet" in said(cells)
    assert now["left"] == 3 * 2.0**4
    for a, slope in ((-2.5, 12.0), (-0.7, 48.0), (0.7, 16.0), (2.5, 4.0)):
        line = next(line for line in said(cells).splitlines() if line.startswith(f"a = {a:4.1f}"))
        assert line.split()[-1] == f"{slope:.1f}"
        assert f"f(a) = {a * slope:8.1f}" in line


def test_two_sliders(executed: Any) -> None:
    """The saddle lies at x = -1, y = 0, where both slopes vanish."""
    cells, now = executed(
        "4_two_sliders", at="[float(x), float(y)]", slopes="dict(w.gradient)", inputs="dict(w.inputs)"
    )
    assert now["at"] == pytest.approx([-1, 0], abs=1e-12)
    assert now["inputs"] == {"x": now["at"][0], "y": now["at"][1]}
    x, y = now["at"]
    assert now["slopes"] == pytest.approx({"x": np.sin(y), "y": x * np.cos(y) + 1}, abs=1e-12)
    said_slopes = next(line for line in said(cells).splitlines() if line.startswith("{"))
    assert ast.literal_eval(said_slopes) == pytest.approx({"x": np.sin(0.5), "y": 1.5 * np.cos(0.5) + 1}, rel=1e-14)


def test_predict(executed: Any) -> None:
    """The two parts of x²·eˣ are asked for and not told, and the page for a class is there."""
    cells, now = executed(
        "5_predict",
        size="__import__('os').path.getsize(page)",
        slope="float(gad.grad(product)(1.0))",
        parts="[float(sweep.contribution(square, 0)), float(sweep.contribution(exponential, 0))]",
    )
    assert "Not yet: 0 of 2." in said(cells)
    # 2x·eˣ through x², x²·eˣ through eˣ.
    assert now["parts"] == pytest.approx([2 * np.e, np.e], rel=1e-15)
    assert now["slope"] == pytest.approx(3 * np.e, rel=1e-15)
    assert 50_000 < now["size"] < 400_000


def test_second_derivative(executed: Any) -> None:
    """The counts grow, the values are those of the closed forms, and only the whole matrix grows as n²."""
    cells, now = executed(
        "6_second_derivative", values="[one.value for one in orders.generations]", sizes="orders.by_size"
    )
    x, sin, cos = 2.0, np.sin(2.0), np.cos(2.0)
    first = 2 / x * sin + np.log(x**2) * cos - 1 / x**2
    second = -2 / x**2 * sin + 4 / x * cos - np.log(x**2) * sin + 2 / x**3
    assert now["values"] == pytest.approx([np.log(4) * sin + 0.5, first, second], rel=1e-14)
    assert [counts[-1] // counts[0] for counts in now["sizes"].values()] == [64, 64, 64, 64**2]
    assert "Not yet" in said(cells)
    assert "image/svg+xml" in cells[1].outputs[0].data


def test_eight_bugs(executed: Any) -> None:
    """Each has its finding, and is cured; the gradients of the cured ones are those of the closed forms."""
    cells, now = executed(
        "7_eight_bugs",
        root="gad.grad(distances_mended)(d).tolist()",
        softmax="gad.grad(loss_mended)(np.array([1.0, 0.0, 1.0])).tolist()",
        bend="float(gad.grad(bend_mended)(1e-6))",
        summed="float(w.grad)",
    )
    words = said(cells)
    assert words.count(" True\n") == 6
    assert "Well done" not in words
    shown = [output.data for cell in cells if cell.cell_type == "code" for output in cell.outputs if "data" in output]
    kinds = [re.search(r"^\[([\w ]+)\]", data["text/plain"], re.MULTILINE)[1] for data in shown]  # type: ignore[index]
    assert kinds == ["NaN", "inf", "0", "no path", "grew", "digits", "flat", "added"]
    assert all('<article class="gad-check-card' in data["text/html"] for data in shown)
    assert now["root"] == pytest.approx([0, 1 / 4, 1 / 6], rel=1e-15)
    p = np.exp([1.0, 0.0, 1.0]) / np.sum(np.exp([1.0, 0.0, 1.0]))
    assert now["softmax"] == pytest.approx(p - [1, 0, 0], rel=1e-14)
    assert now["bend"] == pytest.approx(-1e-6 / 12, rel=1e-2)
    x, y = np.arange(6.0), np.array([0.2, 1.1, 1.9, 3.2, 3.9, 5.1])
    assert now["summed"] == pytest.approx(np.mean(2 * (0.5 * x - y) * x), rel=1e-14)


def test_check_your_backward(executed: Any) -> None:
    """The symptom is there, each planted line is named, and what is proposed are the gradients of differences."""
    cells, now = executed(
        "8_check_your_backward",
        wrong="[report.first_wrong.line, report.first_wrong.slip, report.first_wrong.remedy]",
        slopes="[slope_of_b1(k).item() for k in range(4)]",
        expected="report.lines[-2].expected.tolist()",
        sought="[hidden.first_wrong.code, hidden.first_wrong.slip]",
    )
    lines = cells[1].source.splitlines()
    assert now["wrong"][1:] == ["wrong-operand", "dz = dh * (1 - h**2)"]
    assert lines[now["wrong"][0] - 1].strip() == "dz = dh * (1 - z**2)"
    assert now["expected"] == pytest.approx(now["slopes"], rel=1e-5)
    assert now["sought"] == ["ds[np.arange(6), labels] -= 1", "missing-mean"]
    words = said(cells)
    assert "dout.sum(axis=1) sums over the wrong axis: axis=0 was meant" in words
    assert "Not yet: which line would you change?" in words
    html = "".join(output.data["text/html"] for cell in cells for output in cell.get("outputs", []) if "data" in output)
    assert html.count('class="gad-hand-opened"') == 1


def test_breakpoints(executed: Any) -> None:
    """It stops in the call whose step has no length; mended, the gradient is that of differences."""
    cells, now = executed(
        "9_breakpoints",
        first="session.points[0].hits.steps[0]",
        story="[[step.kind, step.span.line] for step in gad.trace(roughness, path).story.steps if step.span]",
        largest="np.max(np.abs(gradient)).item()",
        mended="gradient_mended.tolist()",
        path="path_mended.tolist()",
    )
    words = said(cells)
    assert "Not yet: at which step does an adjoint jump?" in words
    assert now["largest"] > 1e7
    path = np.array(now["path"])
    assert path.shape == (5, 2)

    def roughness(path: Any) -> Any:
        steps = np.diff(path, axis=0)
        directions = steps / np.linalg.norm(steps, axis=1, keepdims=True)
        return np.sum(np.diff(directions, axis=0) ** 2)

    moved = [(path + sign * 1e-6 * one.reshape(5, 2)) for sign in (1, -1) for one in np.eye(10)]
    ups, downs = np.split(np.array([roughness(one) for one in moved]), 2)
    assert np.ravel(now["mended"]) == pytest.approx((ups - downs) / 2e-6, abs=1e-7)
    kind, line = now["story"][now["first"] - 1]
    assert kind == "local"
    assert cells[1].source.splitlines()[line - 1].strip() == "return step / length"
    (html,) = [output.data["text/html"] for output in cells[3].outputs if "text/html" in output.get("data", {})]
    assert "<iframe" in html
