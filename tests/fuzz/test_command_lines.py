"""Any command line: done, or one complaint and the exit code that says so; never a traceback, never half a file."""

from __future__ import annotations

import os

import numpy as np
import pytest

from graphviz_ad.cli.main import main
from tests.fuzz.seeds import cases

FORMULAS = [
    *("sin(x)", "log(x**2)*sin(x) + 1/x", "x", "sin(x", "x**x", "sqrt(-x)", "foo(x)", "x.y", "__import__('os')", "1/0"),
    *("-x**2", "sin(x) # no", "[x]", "x if x else 1", "lambda: 0", "'x'", "x@x", "e*x", "π·x", "µ*x", "x, y", "x*y"),
]
TARGETS = ["json:dumps", "nowhere:f", ":", "a:b:c", "math:sin"]
RANGES = ["--x", "--x=1:2", "-pi:pi", "0:1", "1:0", "0:inf", "nan:1", "1:2:0.1", "1:2:-1", "abc", "--µ", "--x=--x"]
OPTIONS = [
    *("--at", "x=1", "x=", "y=2", "x=inf", "x=1,y=2", "--step", "0", "3", "-1", "99", "inf", "--theme", "dark", "blue"),
    *("--width", "8cm", "0cm", "--legend", "--scale", "2", "--slider", "--help", "--version", "--unknown", "--no-open"),
]
OUTPUTS = ["-o", "out.svg", "out.dot", "out.json", "out.xyz", "missing/out.svg"]
WORDS = [*FORMULAS, *TARGETS, *RANGES, *OPTIONS, *OUTPUTS, "--", "-", "", " ", "\0", "\ud800", "-h"]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Run in an empty directory, and open nothing."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("webbrowser.open", lambda *args, **kwargs: False)


@pytest.mark.filterwarnings("ignore")
@cases(150)
def test_a_command_line_is_done_or_complained_about(seed, capsys, tmp_path):
    """Whatever the words."""
    random = np.random.default_rng(seed)
    words = [WORDS[int(k)] for k in random.integers(len(WORDS), size=random.integers(0, 7))]
    if random.random() < 0.6:  # something that often works
        words = [WORDS[int(random.integers(3))], "--at", "x=1", "-o", "out.svg", *words[:2]]
    code = main(words)
    said = capsys.readouterr()
    assert code in (0, 1, 2), words
    assert "Traceback" not in said.err, words
    if code:
        assert said.err.startswith("graphviz-ad: "), words
        assert os.listdir(tmp_path) == [], words
    else:
        assert said.out, words
