"""The plugin of pytest: its fixture, what it prints and keeps, and that it costs nothing where it is not used."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import graphviz_ad.testing  # noqa: F401  (it is not imported anew in each run)

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parent.parent
LESSON = """
import numpy as np
from graphviz_ad.extend import elementwise, temporary

def f(x):
    y = np.sin(x)
    return y * y

def test_right(gradcheck):
    gradcheck(f, 0.5, order=3)

def test_wrong(gradcheck):
    with temporary():
        elementwise(np.sin, lambda y, x: -np.cos(x), replace=True)
        gradcheck(f, 0.5)
"""


@pytest.fixture
def run(pytester, monkeypatch):
    """Return a function that runs pytest on some tests."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # of other plugins, which take their time
    pytester.makeini("[pytest]\nfilterwarnings = error\n")

    def run(text, *options, of_its_own=False):
        pytester.makepyfile(test_lesson=text)
        start = pytester.runpytest_subprocess if of_its_own else pytester.runpytest_inprocess
        return start("-p", "graphviz_ad_pytest", "-p", "no:cacheprovider", *options)

    return run


def test_a_wrong_gradient_fails_with_the_rule_and_the_paths_of_its_pictures(run, pytester):
    result = run(LESSON, "--graphviz-ad-dir", "pictures")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "E *GradientError: the rule of sin is wrong (*test_lesson.py, line 5)",
            "E *5 | y = np.sin(x)",
            "E *got * the sign is turned",
            "*Captured graphviz_ad report*",
            "in pictures",
            "test_lesson.py-test_wrong.html: *",
            "test_lesson.py-test_wrong.svg: *",
        ]
    )
    assert {path.name for path in (pytester.path / "pictures").iterdir()} == {
        "test_lesson.py-test_wrong.html",
        "test_lesson.py-test_wrong.svg",
    }
    assert "np.sin(x)" in (pytester.path / "pictures" / "test_lesson.py-test_wrong.html").read_text("utf-8")
    assert "graphviz_ad_pytest" not in result.stdout.str()  # no frame of the plugin's


def test_by_default_the_pictures_are_kept_with_the_temporary_files(run, pytester):
    result = run(LESSON, "--basetemp", "kept")
    result.stdout.fnmatch_lines(["in *kept*gradcheck0"])
    assert len(list((pytester.path / "kept" / "gradcheck0").iterdir())) == 2
    assert not [path for path in pytester.path.iterdir() if path.suffix in (".svg", ".html")]


AGAIN = """
import numpy as np, pytest
from graphviz_ad.errors import GradientError

@pytest.mark.parametrize("name", ["a/b", "<c>"])
def test_twice(gradcheck, name):
    for _ in range(2):
        with pytest.raises(GradientError):
            gradcheck(lambda x: x * (x.value if hasattr(x, "value") else x), 2.0)
"""


def test_each_picture_has_a_name_of_its_own(run, pytester):
    run(AGAIN, "--graphviz-ad-dir", "pictures").assert_outcomes(passed=2)
    names = {path.name for path in (pytester.path / "pictures").iterdir() if path.suffix == ".svg"}
    assert len(names) == 4
    run(AGAIN, "--graphviz-ad-dir", "pictures").assert_outcomes(passed=2)
    assert len(list((pytester.path / "pictures").glob("*.svg"))) == 8


def test_workers_of_xdist_keep_pictures_of_their_own(run, pytester):
    pytester.makeconftest("def pytest_configure(config):\n    config.workerinput = {'workerid': 'gw7'}\n")
    run(LESSON, "--graphviz-ad-dir", "pictures").assert_outcomes(passed=1, failed=1)
    assert (pytester.path / "pictures" / "test_lesson.py-test_wrong-gw7.svg").exists()


LARGE = """
import numpy as np

def test_large(gradcheck):
    def f(x):
        y = x * (x.value if hasattr(x, "value") else x)
        for _ in range(200):
            y = y * 1.001
        return y

    gradcheck(f, 2.0)
"""


def test_where_no_picture_can_be_drawn_the_report_says_why(run):
    result = run(LARGE)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["E *GradientError: the gradient of f by x is not that of differences*", "no picture: *"]
    )


def test_where_the_folder_cannot_be_made_the_failure_is_still_that_of_the_gradient(run, pytester):
    (pytester.path / "pictures").write_text("in the way")
    result = run(LESSON, "--graphviz-ad-dir", "pictures")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["E *GradientError: the rule of sin is wrong*", "no picture: *"])


QUIET = """
import sys

def test_nothing_is_imported():
    assert not {"numpy", "graphviz_ad"} & set(sys.modules)
"""


def test_who_does_not_use_it_imports_nothing(run):
    run(QUIET, of_its_own=True).assert_outcomes(passed=1)


def test_the_fixture_says_what_it_is(run):
    result = run(QUIET, "--fixtures")
    result.stdout.fnmatch_lines(["gradcheck *", "*Check the derivatives of*"])


def test_pytest_is_told_of_the_plugin():
    entries = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]
    assert entries == {"pytest11": {"graphviz_ad_pytest": "graphviz_ad_pytest"}}
    program = "import sys, graphviz_ad_pytest; print('graphviz_ad' in sys.modules, 'numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


NAN = """
import numpy as np

def f(d):
    r = np.sqrt(d)
    kept = np.where(d > 1, r, 0.0)
    return np.sum(kept)

def test_slope_of_f(gradcheck):
    gradcheck(f, np.array([0.0, 4.0, 9.0]))
"""


def test_nan_that_is_born_going_back_fails_with_its_line_and_the_remedy(run):
    """The expression is marked in the line, and the line that cures it is below."""
    lines = [line[1:].strip() for line in run(NAN).outlines if line.startswith("E ")]
    assert "[NaN] NaN is born going back, in √d (test_lesson.py:4)" in lines
    code = lines.index("4 |     r = np.sqrt(d)")
    assert lines[code + 1] == "|         ~~~~~~~~~~"
    assert "4 +     r = np.sqrt(np.where(d > 1, d, 1.0))" in lines
    assert any(line.startswith("Tried on this trace: f stays 5, d̄ becomes [0 0.25 0.16") for line in lines)


STORED = """
import numpy as np, graphviz_ad as gad

def f(x):
    return np.log(x**2) * np.sin(x)

def test_f(assert_trace_matches):
    assert_trace_matches(gad.trace(f, 2.0))

def test_named(assert_trace_matches):
    assert_trace_matches(gad.trace(f, 3.0), "kept/at_three.txt", rtol=1e-6)
"""


def test_traces_are_stored_when_asked_and_compared_ever_after(run, pytester):
    """Missing, stored, the same, changed, stored anew; the files lie beside the test."""
    result = run(STORED)
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["E *SnapshotError: no trace is stored in *--update-traces*"])
    run(STORED, "--update-traces").assert_outcomes(passed=2)
    files = [path.relative_to(pytester.path).as_posix() for path in pytester.path.rglob("*.txt")]
    assert sorted(files) == ["kept/at_three.txt", "traces/test_lesson.py-test_f.txt"]
    assert "v₃ = sin x" in (pytester.path / "kept" / "at_three.txt").read_text("utf-8")
    run(STORED).assert_outcomes(passed=2)
    changed = STORED.replace("np.sin(x)\n", "np.cos(x)\n")
    result = run(changed)
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        ["E *the trace of f is not the one in *", "E *- v₃ = sin x", "E *+ v₃ = cos x *line 4)"]
    )
    assert "graphviz_ad_pytest" not in result.stdout.str()  # no frame of the plugin's
    run(changed, "--update-traces").assert_outcomes(passed=2)
    run(changed).assert_outcomes(passed=2)
