"""The person's own lines: what is replaced is replaced in their words, and in doubt nothing is."""

from __future__ import annotations

import importlib.util
import linecache

import numpy as np
import pytest

import graphviz_ad as gad

X = np.array([0.0, 4.0])
HEAD = "import numpy as np\n\n\n"


@pytest.fixture
def report_of(tmp_path):
    """Return the report on the function f of a source, as a module of its own."""

    def look(source, *arguments):
        path = tmp_path / "lesson.py"
        path.write_text(source, encoding="utf-8")
        spec = importlib.util.spec_from_file_location("lesson", path)
        module = importlib.util.module_from_spec(spec)
        linecache.checkcache(str(path))
        spec.loader.exec_module(module)
        with np.errstate(all="ignore"):
            return gad.check(module.f, *(arguments or (X,)))

    return look


def first(report):
    """Return the first finding of a report."""
    return report.findings[0]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "    return np.where(x > 1, np.sqrt( x ), 0)",
            "    return np.where(x > 1, np.sqrt( np.where(x > 1, x, 1.0) ), 0)",
        ),
        (
            "    return np.where(x > 1, np.sqrt(x), 0)  # ünd √ ist 'gut'",
            "    return np.where(x > 1, np.sqrt(np.where(x > 1, x, 1.0)), 0)  # ünd √ ist 'gut'",
        ),
        (
            "    ä = 'ö'; return np.where(x > 1, np.sqrt(x), 0)",
            "    ä = 'ö'; return np.where(x > 1, np.sqrt(np.where(x > 1, x, 1.0)), 0)",
        ),
        (
            "    return np.where(x <= 1, 0, np.sqrt(x))",
            "    return np.where(x <= 1, 0, np.sqrt(np.where(x <= 1, 1.0, x)))",
        ),
        (
            "    return np.where((x > 1) & (x < 9), 1/(x), 0)",
            "    return np.where((x > 1) & (x < 9), 1/np.where((x > 1) & (x < 9), x, 1.0), 0)",
        ),
        (
            "    return (lambda t: np.where(t > 1, np.log(t), 0))(x)",
            "    return (lambda t: np.where(t > 1, np.log(np.where(t > 1, t, 1.0)), 0))(x)",
        ),
    ],
)
def test_one_stretch_of_a_line_is_replaced(report_of, before, after):
    """Spaces, comments, other letters and all else stay as written."""
    finding = first(report_of(f"{HEAD}def f(x):\n{before}\n"))
    assert (finding.mending.line, finding.mending.before, finding.mending.after) == (5, before, after)
    assert finding.remedy == after.strip()


@pytest.mark.parametrize(
    ("source", "remedy", "needs"),
    [
        ("from numpy import *\n\n\ndef f(x):\n    return log(1 + exp(x))\n", "return logaddexp(0.0, x)", ""),
        (
            "from numpy import log, exp\n\n\ndef f(x):\n    return log(1 + exp(x))\n",
            "return np.logaddexp(0.0, x)",
            "import numpy as np",
        ),
        ("def f(x):\n    import numpy as xp\n    return xp.log(1 + xp.exp(x))\n", "return xp.logaddexp(0.0, x)", ""),
        (
            "import numpy\n\n\ndef f(x, np=2.0):\n    return np * numpy.log(1 + numpy.exp(x))\n",
            "return np * numpy.logaddexp(0.0, x)",
            "",
        ),
    ],
)
def test_a_remedy_runs_with_what_its_file_imports(report_of, source, remedy, needs):
    """With bare names after an import of them, else with the import that is lacking, which is said."""
    finding = first(report_of(source, 800.0))
    assert finding.remedy == remedy
    assert finding.mending.advice.endswith(f"; with {needs} at the top of the file") == bool(needs)
    names = {}
    exec(f"{needs}\n{source.replace(finding.mending.before, finding.mending.after)}", names)
    assert names["f"](800.0) in (800.0, 1600.0)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("np.sum(x / np.sqrt(x @ x))", "np.sum(x / np.sqrt(x @ x + 1e-12))"),
        ("np.sum(x / np.sqrt(x[0] - x[1]))", "np.sum(x / np.sqrt(x[0] - x[1] + 1e-12))"),
        (
            "np.sum(x / (x[0] if True else 1.0))",
            "np.sum(x / np.where((x[0] if True else 1.0) == 0, 1.0, x[0] if True else 1.0))",
        ),
    ],
)
def test_brackets_stand_where_they_are_needed_and_nowhere_else(report_of, before, after):
    """What binds as tightly stands bare."""
    finding = first(report_of(f"{HEAD}def f(x):\n    return {before}\n", np.zeros(2)))
    assert finding.remedy == f"return {after}"


@pytest.mark.parametrize(("head", "name"), [("import numpy", "numpy"), ("import numpy as xp", "xp")])
def test_numpy_is_called_as_it_is_imported(report_of, head, name):
    """Under its own name, or another."""
    source = f"{head}\n\n\ndef f(x):\n    return {name}.log(1.0 + {name}.exp(x))\n"
    assert first(report_of(source, 800.0)).remedy == f"return {name}.logaddexp(0.0, x)"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("2 * np.log(1 + np.exp(x))", "2 * np.logaddexp(0.0, x)"),
        ("2 * np.log(1 / (1 + np.exp(-3 * x)))", "2 * (-np.logaddexp(0.0, -3 * x))"),
        ("-np.log(np.cosh(x))", "-(np.logaddexp(x, -x) - np.log(2.0))"),
        ("abs(np.log(np.cosh(x + 1)))", "abs(np.logaddexp(x + 1, -(x + 1)) - np.log(2.0))"),
        ("(np.log(np.cosh(x)), 1)[0]", "(np.logaddexp(x, -x) - np.log(2.0), 1)[0]"),
    ],
)
def test_parentheses_stand_where_they_are_needed(report_of, before, after):
    """Around what is put in, and around what is put into it."""
    x = -800.0 if "-3" in before else 800.0
    assert first(report_of(f"{HEAD}def f(x):\n    return {before}\n", x)).remedy == f"return {after}"


def test_an_expression_of_several_lines(report_of):
    """The lines from its first to its last, and the line of an operand alone."""
    body = "    return np.log(\n        1.0  # one\n        + np.exp(\n            x\n        )\n    )"
    finding = first(report_of(f"{HEAD}def f(x):\n{body}\n", 800.0))
    assert (finding.mending.line, finding.mending.before) == (5, body)
    assert finding.mending.after == "    return np.logaddexp(0.0, x)"
    body = "    return np.where(\n        x > 1,\n        np.sqrt(\n            x\n        ),\n        0,\n    )"
    finding = first(report_of(f"{HEAD}def f(x):\n{body}\n"))
    assert (finding.mending.line, finding.mending.after) == (8, "            np.where(x > 1, x, 1.0)")


def test_words_of_another_line_are_quoted_where_they_mean_the_same(report_of):
    """A mask that stands below, and a sum that stands above."""
    source = f"{HEAD}def f(x):\n    r = np.sqrt(x)\n    return np.where(x > 1, r, 0.0)\n"
    assert first(report_of(source)).remedy == "r = np.sqrt(np.where(x > 1, x, 1.0))"
    source = f"{HEAD}def f(x):\n    z = 2.0 * x\n    e = np.exp(z)\n    s = 1.0 + e\n    return np.log(s)\n"
    assert first(report_of(source, 800.0)).remedy == "return np.logaddexp(0.0, z)"


def test_words_of_the_same_expression_are_quoted_in_a_loop_too(report_of):
    """Within one expression no name changes its meaning; in a comprehension it may."""
    body = "    y = 0.0\n    for i in [0, 1]:\n        y = y + np.where(x[i] > 1, np.log(x[i]), 0.0)\n    return y"
    after = "y = y + np.where(x[i] > 1, np.log(np.where(x[i] > 1, x[i], 1.0)), 0.0)"
    assert first(report_of(f"{HEAD}def f(x):\n{body}\n")).remedy == after
    body = "    return np.where(x > 1, sum([np.log(x) for x in [x]]), 0.0)"
    assert "np.log(np.where(x > 1" not in first(report_of(f"{HEAD}def f(x):\n{body}\n")).remedy


@pytest.mark.parametrize(
    "body",
    [
        "    m = x > 1\n    r = np.sqrt(x)\n    m = x > 1\n    return np.where(m, r, 0.0)",
        "    r = np.sqrt(x)\n    m = x > 1\n    return np.where(m, r, 0.0)",
        "    z = x + 0\n    r = np.sqrt(z)\n    z = z + 1\n    return np.where(z > 2, r, 0.0)",
        "    z = x + 0\n    r = np.sqrt(z)\n    z[0] = 1.0\n    return np.where(z > 1, r, 0.0)",
        "    z = x + 0\n    r = np.sqrt(z)\n    z += 1\n    return np.where(z > 2, r, 0.0)",
        "    for t in [0, 1]:\n        m = x > t + 0\n        r = np.sqrt(x)\n    return np.where(m, r, 0.0)",
        "    for t in [0, 1]:\n        r = np.sqrt(x)\n        m = x > 1\n        y = np.where(m, r, 0)\n    return y",
    ],
)
def test_words_that_may_mean_something_else_are_not_quoted(report_of, body):
    """A name that is bound later, again, in a loop, or written to: the condition is not put before the root."""
    finding = first(report_of(f"{HEAD}def f(x):\n{body}\n"))
    assert "np.sqrt(np.where(m" not in finding.remedy
    assert "np.sqrt(np.where(z > 2" not in finding.remedy
    assert "np.sqrt(np.where(z > 1" not in finding.remedy


def test_a_statement_that_is_no_expression_is_left_alone(report_of):
    """``y /= x`` has no stretch of its own for its operands."""
    source = f"{HEAD}def f(x):\n    y = 1.0 + 0 * x\n    y /= x\n    return np.where(x > 1, y, 0.0)\n"
    assert first(report_of(source)).remedy == ""
    assert first(report_of(source)).proof is None


def test_a_file_that_was_edited_since_is_not_rewritten(report_of, tmp_path):
    """Its lines are not those that ran."""
    trace = report_of(f"{HEAD}def f(x):\n    return np.where(x > 1, np.sqrt(x), 0)\n").trace
    (tmp_path / "lesson.py").write_text(f"{HEAD}\n\ndef f(x):\n    return np.where(x > 1, np.sqrt(x), 0)\n")
    linecache.checkcache(str(tmp_path / "lesson.py"))
    with np.errstate(all="ignore"):
        report = trace.check()
    assert first(report).kind == "nan-gradient"
    assert first(report).remedy == ""


def test_a_cell_of_a_notebook_is_rewritten():
    """Its lines are known to linecache only, and NumPy was imported in another cell."""
    source = "def f(x):\n    return np.log(1.0 + np.exp(x))\n"
    linecache.cache["<cell 1>"] = (len(source), None, source.splitlines(keepends=True), "<cell 1>")
    names = {"np": np}
    exec(compile(source, "<cell 1>", "exec"), names)
    with np.errstate(all="ignore"):
        assert first(gad.check(names["f"], 800.0)).remedy == "return np.logaddexp(0.0, x)"


def test_without_a_source_there_is_no_remedy():
    """A function made of a string."""
    names = {"np": np}
    exec("def f(x):\n    return np.log(1.0 + np.exp(x))\n", names)
    with np.errstate(all="ignore"):
        report = gad.check(names["f"], 800.0)
    assert report.errors
    assert [finding.remedy for finding in report.errors] == [""]


def test_a_zero_that_stands_in_the_line_decides_nothing(report_of):
    """A mask of ``0 != 0`` would be true nowhere."""
    for finding in report_of(f"{HEAD}def f(x):\n    return x + 0 * np.log(x)\n", 0.0).errors:
        assert "0 != 0" not in finding.remedy
        assert finding.remedy == "return x + 0 * np.log(np.clip(x, 1e-12, None))"


@pytest.mark.parametrize("name", ["log2", "log10", "log"])
def test_a_name_that_ends_with_a_digit_is_called(report_of, name):
    """Its parenthesis groups nothing."""
    (finding, *_) = report_of(f"{HEAD}def f(p):\n    return p @ np.{name}(p)\n", np.array([0.0, 1.0])).errors
    assert finding.remedy == f"return p @ np.{name}(np.where(p != 0, p, 1.0))"
