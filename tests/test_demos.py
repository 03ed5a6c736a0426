"""The demos run as a reader would run them."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import graphviz_ad as gad

ROOT = Path(__file__).resolve().parent.parent
DEMOS = sorted((ROOT / "demos").glob("*.py"))


def run(path, *arguments, folder):
    """Run a demo in another directory, with warnings as errors; return what it printed."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": "Agg", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-W", "error", str(path), *map(str, arguments)],
        capture_output=True, cwd=folder, env=environment, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


@pytest.fixture(scope="module")
def forum():
    """The names of the forum demo."""
    return runpy.run_path(str(ROOT / "demos" / "forum.py"))


def test_there_are_demos():
    """Otherwise the tests below would test nothing."""
    assert [path.name for path in DEMOS] != []


@pytest.mark.parametrize("path", DEMOS, ids=lambda path: path.name)
def test_each_demo_runs_without_a_warning_and_leaves_nothing(path, tmp_path):
    """From any directory."""
    assert run(path, folder=tmp_path).strip()
    assert list(tmp_path.iterdir()) == []


def test_the_forum_demo_prints_the_answers(tmp_path):
    """The numbers that people asked for."""
    said = run(ROOT / "demos" / "forum.py", folder=tmp_path)
    assert "both ways agree: True" in said
    assert re.search(r"they are the cosine: +True", said)
    assert "is 28, its gradient [ 0.  4.  8. 12.]" in said
    assert "the gradient of 2·a·a is [ 0.  4.  8. 12. 16.]" in said
    assert "np.exp" in said
    assert str(6 * np.cos(3))[:8] in said
    assert "the loop's gradient is f(a)/a: True" in said


def test_the_forum_demo_draws_the_curve(tmp_path):
    """With --plot FILE."""
    assert f"wrote {tmp_path / 'sine.png'}" in run(
        ROOT / "demos" / "forum.py", "--plot", tmp_path / "sine.png", folder=tmp_path
    )
    assert (tmp_path / "sine.png").read_bytes().startswith(b"\x89PNG")


def test_the_message_of_math_exp_names_the_demo_and_its_line(forum):
    """File, line, reason and way out."""
    _, message = forum["arithmetic_works_and_math_explains"]()
    source = (ROOT / "demos" / "forum.py").read_text(encoding="utf-8").splitlines()
    line = next(
        i for i, text in enumerate(source, 1) if "math.exp(a)" in text and "def " not in text and '"' not in text
    )
    assert f"forum.py, line {line}" in message
    assert "derivative would be lost" in message


def test_the_gradient_of_the_loop_is_the_slope_of_its_way(forum):
    """On both sides of zero."""
    for value in (0.37, -0.37, 700.0):
        a = gad.attach_grad(value)
        d = forum["loop_and_branch"](a)
        d.backward()
        assert a.grad == d.value / a.value


def test_the_picture_of_the_readme_is_what_is_drawn_now(tmp_path):
    """The worked example at 2, byte for byte."""

    def f(x):
        a = np.log(x**2)
        return a * np.sin(x) + 1 / x

    gad.trace(f, 2.0).save(tmp_path / "logsin.svg")
    assert (tmp_path / "logsin.svg").read_text(encoding="utf-8") == (ROOT / "demos" / "logsin.svg").read_text(
        encoding="utf-8"
    )
