"""The report in a terminal: 80 columns, the person's own line with the expression marked, the way, and the remedy."""

from __future__ import annotations

import importlib.util
import io
import os
import re
import struct
import unicodedata
from dataclasses import replace

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.debugging.columns import Look, padded, width, wrapped
from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.excerpt import excerpt, place
from graphviz_ad.debugging.findings import KINDS, Finding, Remedy
from graphviz_ad.debugging.sought import SOUGHT
from graphviz_ad.debugging.text import report_text

LESSON = """\
import numpy as np


def f(d):
    r = np.sqrt(d)
    kept = np.where(d > 1, r, 0.0)
    return np.sum(kept)


def long(x):
    y = x
    for _ in range(40):
        y = np.tanh(y) + y
    return np.log(y - y)


def wide(x):
    return np.sum(np.where(x > 0, np.sqrt(x), 0.0) * np.array([1.0, 2.0, 3.0])) + np.sum(x * 0.1) + 3.0 * np.sum(x)
"""
D = np.array([0.0, 4.0, 9.0])


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        """It is."""
        return True


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    """Import a module from a file of its own, in whose folder we are."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lesson.py").write_text(LESSON)
    spec = importlib.util.spec_from_file_location("lesson", tmp_path / "lesson.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def columns(line):
    """Count the columns of a line; no letter here is wider than one."""
    return sum(not unicodedata.combining(character) for character in line)


def row_of(text, start):
    """Return the one line of a text that begins so, blanks aside."""
    (line,) = [line for line in text.splitlines() if line.strip().startswith(start)]
    return line


def mended(report):
    """Return a report whose finding has a remedy, as if it had been proved."""
    mending = Remedy(
        "give √ a safe number", 5, "    r = np.sqrt(d)\n", "    r = np.sqrt(\n        np.where(d > 1, d, 1.0))\n"
    )
    cured = replace(report.findings[0], mending=mending, remedy="x", proof="f stays 5, d̄ becomes [0 0.25 0.1667]")
    return replace(report, findings=(cured,))


def test_the_head_names_function_value_nodes_and_findings(lesson):
    first = str(gad.check(lesson.f, D)).splitlines()[0]
    assert first == f"f(d): value {np.sum(np.where(D > 1, np.sqrt(D), 0)):g}, 4 nodes, 1 finding"


def test_mark_title_and_place_stand_in_their_columns(lesson):
    line = row_of(str(gad.check(lesson.f, D)), "[NaN]")
    assert line.startswith("[NaN]     NaN is born going back, in √d")
    assert line.endswith(" lesson.py:5")
    assert columns(line) == 80


@pytest.mark.parametrize("name", ["f", "long", "wide"])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp1252"])
def test_no_line_is_wider_than_80_columns(lesson, name, encoding):
    function = getattr(lesson, name)
    report = gad.check(function, 0.7 if name == "long" else D)
    text = mended(report).text(io.TextIOWrapper(io.BytesIO(), encoding=encoding))
    text.encode(encoding)
    assert max(map(columns, text.splitlines())) <= 80
    assert "~~~" in text


@pytest.fixture
def terminal():
    """Return streams of terminals with so many columns."""
    pty, fcntl, termios = (pytest.importorskip(name) for name in ("pty", "fcntl", "termios"))
    streams, ours = [], []

    def opened(columns):
        own, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        ours.append(own)
        streams.append(open(theirs, "w", encoding="utf-8"))  # noqa: SIM115
        return streams[-1]

    yield opened
    for stream in streams:
        stream.close()
    for own in ours:
        os.close(own)


@pytest.mark.parametrize("name", ["f", "long", "wide"])
@pytest.mark.parametrize(("wide", "most"), [(200, 80), (60, 60), (40, 40)])
def test_a_report_has_the_columns_of_its_terminal(lesson, terminal, name, wide, most):
    """But no more than 80, and a line that is to be copied is whole."""
    report = gad.check(getattr(lesson, name), 0.7 if name == "long" else D)
    lines = re.sub(r"\x1b\[[\d;]*m", "", report.text(terminal(wide))).splitlines()
    shown = [columns(line) for line in lines if not re.match(r" *\d+ [-+] ", line)]
    assert most - 12 < max(shown) <= most
    words = " ".join(" ".join(lines).split())
    assert " ".join(report.findings[0].sentence.split()) in words


def scaled(x, w):
    """Return a loss, and what its backward needs."""
    a = np.tanh(x @ w)
    return np.mean(a**2), (x, w, a)


def scaled_back(grad, cache):
    """Forget to divide by the number of entries."""
    x, w, a = cache
    da = 2 * a * grad
    dz = da * (1 - a**2)
    return dz @ w.T, x.T @ dz


@pytest.mark.parametrize("wide", [40, 60, 80])
def test_comparisons_and_verdicts_have_the_columns_of_their_terminal(terminal, wide):
    """With every number of those that have 80."""
    x, w = np.arange(6.0).reshape(2, 3), np.ones((3, 2)) / 7
    trace = gad.trace(lambda x, w: scaled(x, w)[0], x, w)
    other = gad.trace(lambda x, w: scaled(x * 1.01, w)[0], x, w)
    for own in (gad.compare(trace, other), gad.check_backward(scaled, scaled_back, x, w)):
        lines = re.sub(r"\x1b\[[\d;]*m", "", own.text(terminal(wide))).splitlines()
        assert max(columns(line) for line in lines if not re.match(r" *\d+ [-+] ", line)) <= wide
        figures = [sorted(re.findall(r"\d\.\d{3,}", text)) for text in ("\n".join(lines), str(own))]
        assert figures[0] == figures[1] != []


@pytest.mark.parametrize("wide", [40, 60, 80])
def test_paths_costs_and_what_raised_have_the_columns_of_their_terminal(lesson, terminal, wide):
    trace = gad.trace(lesson.wide, D + 1)
    with pytest.raises(ValueError, match="must be equal") as caught:
        gad.trace(lambda x: (x + lesson.f(x)) @ np.ones(2), D)
    texts = [gad.trace(lambda x: np.sin(np.tanh(x) + x) * x, 0.7).why("x").text(terminal(wide)),
             trace.cost().text(terminal(wide)), gad.post_mortem(caught.value).text(terminal(wide))]  # fmt: skip
    for text in texts:
        assert max(columns(re.sub(r"\x1b\[[\d;]*m", "", line)) for line in text.splitlines()) <= wide


def test_the_expression_is_marked_in_the_line_as_it_stands_in_the_file(lesson):
    lines = str(gad.check(lesson.f, D)).splitlines()
    k = next(k for k, line in enumerate(lines) if line.strip().startswith("5 |"))
    code, marks = lines[k][15 - 1 :], lines[k + 1][15 - 1 :]
    assert code.strip() == LESSON.splitlines()[4].strip() == "r = np.sqrt(d)"
    start = marks.index("~")
    assert code[start : start + marks.count("~")] == "np.sqrt(d)"


def test_a_long_line_is_cut_so_that_its_expression_is_in_it(lesson):
    lines = str(gad.check(lesson.wide, D)).splitlines()
    k = next(k for k, line in enumerate(lines) if "~~~" in line)
    start = lines[k].index("~")
    assert lines[k - 1][start : start + lines[k].count("~")] == "np.sqrt(x)"


def test_the_way_leads_from_the_output_to_the_input_with_the_engines_numbers(lesson):
    report = gad.check(lesson.f, D)
    rows = [re.split("  +", line.strip()) for line in str(report).splitlines() if "▲" in line]
    assert [row[0] for row in rows] == ["▲ f", "▲ kept", "▲ r", "! ▲ d"]
    with np.errstate(all="ignore"):
        back = (D > 1) * 1.0
        slope = 1 / (2 * np.sqrt(D))
        last = np.where(D > 1, back * slope, np.nan)
    assert rows[2][1] == "[0 1 1]"
    np.testing.assert_allclose([float(x) for x in rows[3][1].strip("[]").split()], last, rtol=1e-5)
    shown = rows[3][2].rpartition("= ")[2].strip("[]").replace("∞", "inf").split()
    np.testing.assert_allclose([float(x) for x in shown], slope, rtol=1e-5)


def test_of_a_long_way_the_middle_is_left_out_but_not_the_birth(lesson):
    text = str(gad.check(lesson.long, 0.7))
    rows = [line for line in text.splitlines() if "▼" in line]
    assert len(rows) <= 12
    assert "! ▼" in rows[-1]
    assert "log" in rows[-1]
    left_out = int(re.search(r"⋮ (\d+) more", text)[1])
    assert left_out + len(rows) == 1 + 40 + 1 + 1  # x, 40 sums, y − y and the logarithm


def test_a_remedy_is_told_as_lines_before_and_after_with_what_came_of_it(lesson):
    lines = [line[10:] for line in str(mended(gad.check(lesson.f, D))).splitlines()]
    start = lines.index("Remedy: give √ a safe number")
    assert lines[start + 1 : start + 5] == [
        "5 -     r = np.sqrt(d)",
        "5 +     r = np.sqrt(",
        "6 +         np.where(d > 1, d, 1.0))",
        "Tried on this trace: f stays 5, d̄ becomes [0 0.25 0.1667].",
    ]


def test_without_utf8_the_signs_are_words_and_columns_stay_columns(lesson):
    text = gad.check(lesson.f, D).text(io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    assert text.isascii()
    assert "\\x" not in text
    assert "\\u" not in text
    assert "NaN is born going back, in sqrt(d)" in text
    assert "0 * inf is not a" in " ".join(text.split())
    rows = [line for line in text.splitlines() if line[12:16] == "adj " and "[" in line]
    assert len({line.index("[") for line in rows}) == 1


def test_colours_are_for_terminals_and_switched_off_by_the_environment(lesson, monkeypatch):
    report = mended(gad.check(lesson.f, D))
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    coloured, plain = report.text(Terminal()), report.text(io.StringIO())
    assert "\x1b" not in plain
    assert "\x1b" not in str(report)
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain
    assert set(re.findall(r"\x1b\[([\d;]*)m", coloured)) == {"0", "1", "1;35"}  # bold, and one colour
    monkeypatch.setenv("NO_COLOR", "1")
    assert report.text(Terminal()) == plain


def test_only_what_is_not_finite_is_in_colour(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    report = gad.check(lambda x: np.maximum(x, 0.0) * x, -1.0)
    dead = replace(report, findings=(Finding("zero-gradient", "error", "x̄ is 0", "Relu is off."),))
    assert "1;35" not in dead.text(Terminal())
    assert "\x1b[1m" in dead.text(Terminal())


def test_a_healthy_function_is_told_what_was_looked_for():
    lines = str(gad.check(lambda x: x**2, 3.0)).splitlines()
    assert lines[0] == "f(x): value 9, 2 nodes, no findings"
    said = " ".join(lines[2:])
    assert said.startswith("Looked for: ")
    assert said.endswith(". None of these.")
    assert all(sought.words in said for sought in SOUGHT)


def test_what_is_a_finding_is_not_among_what_is_not_there():
    text = str(gad.check(np.log, 0.0))
    assert "values not finite" not in text
    assert "grown shapes" in text


def test_every_kind_has_its_words():
    assert sorted(kind for sought in SOUGHT for kind in sought.kinds) == sorted(KINDS)
    assert max(len(f"[{mark}]") for mark in KINDS.values()) < 10


def test_a_note_is_brief(lesson):
    report = gad.check(lesson.f, D)
    note = replace(report.findings[0], severity="note")
    text = report_text(report._exam, (note,), (), Look.of(None))
    assert note.title in text
    assert "~~~" not in text
    assert "▲" not in text


def test_a_place_is_shortened_in_the_middle_and_keeps_the_name_of_the_file():
    finding = Finding("nan", "error", "", "", file="/home/somebody/courses/spring/week12/lesson.py", line=123)
    short = place(finding, 30)
    assert len(short) == 30
    assert short.endswith("/lesson.py:123")
    assert short.startswith("/home")
    assert "…" in short
    assert place(replace(finding, file="/tmp/ipykernel_12/345.py"), 30) == "line 123"


def test_an_expression_whose_file_is_gone_is_shown_alone(tmp_path):
    finding = Finding("nan", "error", "", "", file=str(tmp_path / "gone.py"), line=3, expression="np.log(x)")
    assert excerpt(finding) == (3, "    ", "np.log(x)", "")
    assert excerpt(replace(finding, expression="")) is None


def test_widths_count_columns_and_not_characters():
    assert width("v̄₁") == 2
    assert width("日本") == 4
    assert padded("d̄", 4) == "d̄   "
    assert wrapped("v̄ v̄ v̄", 3) == ["v̄ v̄", "v̄"]


def test_control_characters_in_a_name_do_not_reach_the_terminal():
    report = gad.check(lambda x: x**2, 3.0)
    evil = replace(report, findings=(Finding("nan", "error", "x\x1b[31m", "y\x1b]0;z\x07"),))
    assert "\x1b" not in str(evil)
    assert "\x07" not in str(evil)


def test_a_remedy_that_cures_several_findings_is_told_once():
    def loss(logits):
        weights = np.exp(logits)
        p = weights / np.sum(weights)
        return -np.log(p[0])

    report = gad.check(loss, np.array([1000.0, 0.0, 1.0]))
    assert [finding.mending for finding in report.findings] == 2 * [report.findings[0].mending]
    assert str(report).count("Remedy: ") == 1
    assert "The remedy above cures this, too." in str(report)


def test_what_lies_behind_a_step_is_0_on_the_way():
    rows = [line.strip() for line in str(gad.check(lambda x: np.floor(x) ** 2, 2.5)).splitlines() if "▲" in line]
    assert rows[-1].startswith("! ▲ x")
    assert " 0 " in rows[-1]
    assert "slope 0" in rows[-1]


def test_a_birth_in_the_middle_of_a_long_way_is_shown_with_what_is_around_it():
    def f(x):
        y = x
        for _ in range(20):
            y = np.tanh(y) + y
        y = np.log(y - y)
        for _ in range(20):
            y = y * 2.0
        return y

    rows = [line.strip() for line in str(gad.check(f, 0.7)).splitlines() if "▼" in line or "⋮" in line]
    first = next(k for k, row in enumerate(rows) if row.startswith("!"))
    assert "log" in rows[first]
    assert rows[first - 1].split()[2] == "0"
    assert [k for k, row in enumerate(rows) if "⋮" in row] == [2, first + 3]


def test_of_a_long_way_only_what_is_shown_is_written(monkeypatch):
    """A way of thousands of nodes has a dozen rows, and no more formulas are made than these need."""

    def long(x, w):
        for k in range(1000):
            x = x * 0.5 + 0.001
            if k == 500:
                x = x + np.sqrt(w * 0.0)
        return x

    report = gad.check(long, 1.0, 1.0)
    written = []
    factor = Examination.factor
    monkeypatch.setattr(Examination, "factor", lambda self, *edge: written.append(edge) or factor(self, *edge))
    text = report.text()
    assert "⋮" in text
    assert len(written) <= 12 * len(report.findings)
