"""The page for newcomers is true: its code runs, its picture is what is drawn now, and its numbers add up."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

import graphviz_ad as gad
from graphviz_ad.cli.lab import demo_notebooks

DOCS = Path(__file__).resolve().parent.parent / "docs"
TEXT = (DOCS / "first-steps.md").read_text(encoding="utf-8")


def f(x):
    """Take the chain of the page."""
    a = 2 * x + 1
    return a**2


def test_its_code_prints_what_it_says(tmp_path):
    (block,) = re.findall(r"^```python\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
    printed = io.StringIO()
    with contextlib.chdir(tmp_path), contextlib.redirect_stdout(printed):
        exec(compile(block, "first-steps.md", "exec"), {"__name__": "__main__"})
    assert printed.getvalue() == "12.0\n"
    assert (tmp_path / "f.html").exists()


def test_its_picture_is_what_is_drawn_now(tmp_path):
    gad.trace(f, 1.0).save(tmp_path / "f.svg")
    assert (tmp_path / "f.svg").read_bytes() == (DOCS / "first-steps.svg").read_bytes()


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (3.01**2, "9.0601"),
        (2 * 1.01 + 1, "3.02"),
        (f(1.01), "9.1204"),
        (f(1.01) - f(1), "0.1204"),
        (3.01 * 4.01, "12.0701"),
    ],
)
def test_its_numbers_are_those_of_the_calculation(number, written):
    assert f"{number:.{len(written.partition('.')[2])}f}" == written
    assert written in TEXT


def test_its_slopes_are_those_of_the_program():
    trace = gad.trace(f, 1.0)
    sweep = trace.reverse()
    assert [float(sweep.adjoint(node)) for node in trace.nodes] == [12, 6, 6, 1]
    assert gad.grad(lambda x: x * (x + 1))(3.0) == 7
    assert gad.grad(lambda x: x**2)(3.0) == 6


def test_the_lab_begins_where_it_says():
    assert demo_notebooks()[0].name == "0_start.ipynb"
