"""Talking to the person: through a pipe, and on a real terminal, where the screen is what a person sees."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
import stepped

from graphviz_ad.debugging.columns import width

ROOT = Path(__file__).resolve().parents[2]
F8, RIGHT, LEFT, SHIFT_RIGHT = "\x1b[19~", "\x1b[C", "\x1b[D", "\x1b[1;2C"


def environment(**more):
    """Return an environment of a terminal with our packages in it."""
    keep = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "LINES", "LC_ALL")}
    path = os.pathsep.join([str(ROOT), str(ROOT / "widgets")])
    return keep | {"PYTHONPATH": path, "TERM": "xterm-256color", "LANG": "C.UTF-8", "PYTHONUTF8": "1"} | more


def typed(folder, lines, *words, **more):
    """Return what the command prints when a program types."""
    stepped.program(folder)
    return subprocess.run(
        [sys.executable, "-m", "graphviz_ad", "debug", "stepped_model.py:f", "--x", "0.03", *words],
        input=lines, capture_output=True, text=True, encoding="utf-8", cwd=folder, env=environment(**more), timeout=120,
    )  # fmt: skip


def test_a_program_types_its_commands_line_by_line(tmp_path):
    done = typed(tmp_path, "c\np x.adjoint\nfoo\nq\ns\n", "--break", "if abs(adjoint) > 1e3", "--watch", "v5 * x")
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout
    assert "(gad) c\nf(x)  " in done.stdout
    assert "Stopped at breakpoint 1, if abs(adjoint) > 1e3: x̄ is −1111.111 (1 of 3 so far)." in done.stdout
    assert "(gad) p x.adjoint\nx.adjoint = −1111.111\n(gad) foo\n'foo' is no command" in done.stdout
    assert done.stdout.endswith("(gad) q\n")
    assert max(map(len, done.stdout.splitlines())) <= 82  # with two bars over letters


def test_the_end_of_a_pipe_is_the_end(tmp_path):
    done = typed(tmp_path, "s")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("(gad) \n")


def test_a_console_of_ascii_gets_what_it_can_print(tmp_path):
    done = typed(
        tmp_path, "c\nh\nw\n", "--break", "5 back", LANG="C", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.isascii()
    assert "f line 10 > g line 5 > 1 / x" in done.stdout


def test_what_was_recorded_before_an_interruption_is_stepped_through(tmp_path, monkeypatch, capsys):
    from graphviz_ad.cli.main import main

    (tmp_path / "gad_stops.py").write_text("def f(x):\n    y = 3 * x\n    raise KeyboardInterrupt\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO("back\np x\n"))
    assert main(["debug", "gad_stops.py:f", "--x", "2", "--post-mortem"]) == 1
    shown = capsys.readouterr()
    assert re.search(r"f was interrupted \(.*gad_stops\.py, line 3\)\n$", shown.err)
    assert "f line 3 ▸ raise KeyboardInterrupt\nf did not return" in shown.out
    assert "(gad) p x\nx = 2" in shown.out
    assert main(["debug", "gad_stops.py:f", "--x", "2"]) == 130
    assert "interrupted" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--break", "77"], 2, "nothing was recorded on line 77 of stepped_model.py"),
        (["--watch", "y"], 2, "no node is called 'y'"),
        (["--break"], 2, "--break needs a place after it"),
        (["--legend"], 2, "debug draws nothing, so it takes no --legend"),
        (["--y", "3"], 2, "unknown option --y: f has x"),
    ],
)
def test_a_command_line_that_cannot_be_followed_is_said(tmp_path, monkeypatch, capsys, words, code, message):
    from graphviz_ad.cli.main import main

    stepped.program(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main(["debug", "stepped_model.py:f", "--x", "0.03", *words]) == code
    assert message in capsys.readouterr().err


def test_a_function_that_fails_is_said(tmp_path, monkeypatch, capsys):
    from graphviz_ad.cli.main import main

    (tmp_path / "broken.py").write_text("def f(x):\n    return x + [1, 2][3]\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["debug", "broken.py:f", "--x", "0.03"]) == 1
    assert "IndexError" in capsys.readouterr().err


class Window:
    """A terminal window of a size, in which the command runs."""

    def __init__(self, folder, columns=80, rows=24, words=(), **more):
        pexpect = pytest.importorskip("pexpect")
        pyte = pytest.importorskip("pyte")
        stepped.program(folder)
        self.screen = pyte.Screen(columns, rows)
        self.screen.write_process_input = lambda answer: self.process.send(answer)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self.errors = (pexpect.TIMEOUT, pexpect.EOF)
        command = ["-m", "graphviz_ad", "debug", "stepped_model.py:f", "--x", "0.03", *words]
        self.process = pexpect.spawn(
            sys.executable, command, dimensions=(rows, columns), cwd=folder, env=environment(**more), timeout=60
        )

    @property
    def lines(self):
        """What is seen now."""
        return [line.rstrip() for line in self.screen.display]

    def read(self):
        """Take what was printed in the meantime; return whether there was anything."""
        try:
            data = self.process.read_nonblocking(65536, timeout=0.1)
        except self.errors:
            return False
        self.raw += data
        self.stream.feed(data)
        return True

    def sees(self, text, seconds=60):
        """Wait until a text is seen, and nothing more is printed."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if not self.read() and any(text in line for line in self.lines):
                return True
        pytest.fail(f"{text!r} is not seen:\n" + "\n".join(self.lines))
        return False

    def type(self, keys):
        """Press keys."""
        self.process.send(keys)

    def resize(self, columns, rows):
        """Drag the corner of the window."""
        self.process.setwinsize(rows, columns)
        self.screen.resize(rows, columns)

    def ends(self, seconds=60):
        """Wait until the command is over, and return its exit code."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.isalive():
            self.read()
        self.process.close()
        return self.process.exitstatus


@pytest.fixture
def window(tmp_path):
    """Return what opens windows, which are closed again."""
    windows = []

    def opened(**options):
        windows.append(Window(tmp_path, **options))
        return windows[-1]

    yield opened
    for one in windows:
        one.process.close(force=True)


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are of Unix")
def test_a_person_steps_through_a_function_on_a_terminal(window):
    seen = window(words=("--break", "if abs(adjoint) > 1e3", "--watch", "x.adjoint"))
    assert seen.sees("step 1 of 19")
    seen.type(RIGHT)
    assert seen.sees("step 2 of 19")
    seen.type(SHIFT_RIGHT)
    assert seen.sees("step 4 of 19")
    seen.type(F8)
    assert seen.sees("step 12 of 19")
    assert seen.lines[0] == "f(x)                                                   going back, step 12 of 19"
    assert any("Stopped at breakpoint 1" in line for line in seen.lines)
    assert any(line.strip() == "~~~~~" for line in seen.lines)
    assert seen.lines[23] == "(gad)"
    assert [line for line in seen.lines if line][-2] == "x.adjoint  −1111.111"
    seen.type("p v5 * x\r")
    assert seen.sees("v5 * x = 1")
    assert seen.sees("step 12 of 19")  # both are seen
    seen.type("\r")  # repeats nothing: the last command moved nowhere
    seen.type(LEFT)
    assert seen.sees("step 11 of 19")
    seen.type("half a comm\x03")
    assert seen.sees("step 11 of 19")
    assert not any("half" in line for line in seen.lines)
    seen.type("unw\t")
    assert seen.sees("(gad) unwatch")
    seen.type("\x15")
    seen.resize(50, 16)
    assert seen.sees("step 11 of 19")
    seen.type("s\r")
    assert seen.sees("step 12 of 19")
    assert max(map(width, seen.lines)) <= 50
    assert "x̄̄".encode() not in seen.raw
    seen.type("\x04")
    assert seen.ends() == 0
    assert b"\x1b[38;2" in seen.raw or b"\x1b[38;5" in seen.raw or b"\x1b[0;38;5" in seen.raw


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are of Unix")
def test_without_colours_there_are_none(window):
    seen = window(columns=120, rows=40, NO_COLOR="1")
    assert seen.sees("step 1 of 19")
    seen.type("c\r")
    assert seen.sees("step 19 of 19")
    seen.type("q\r")
    assert seen.ends() == 0
    for code in (b"[1m", b"[38;", b"[34m", b"[0;1", b"[2m"):
        assert b"\x1b" + code not in seen.raw


BROKEN = """\
import numpy as np


def layer(x, W):
    z = x @ W
    return np.tanh(z)


def net(x):
    h = np.exp(x)
    for k in range(3):
        h = layer(h, np.ones((4 - k, 4)))
    return h.sum()
"""


def after_death(folder, lines, *words):
    """Return what the command prints of a function that raises in the second turn of its loop."""
    (folder / "broken.py").write_text(BROKEN, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "graphviz_ad", "debug", "broken.py:net", "--x", "[[1, 2, 3, 4]]", *words],
        input=lines, capture_output=True, text=True, encoding="utf-8", cwd=folder, env=environment(), timeout=120,
    )  # fmt: skip


def test_after_an_exception_one_moves_through_what_was_recorded_before(tmp_path):
    done = after_death(tmp_path, "p h\np W\nback\nw\nrc\n", "--post-mortem")
    assert done.returncode == 1
    assert "net failed: ValueError" in done.stderr
    first = done.stdout.partition("(gad)")[0]
    assert "net line 12 ▸ layer line 5 ▸ x @ W" in first
    assert "net did not return: there are values up to here, and nothing to differentiate." in first
    assert "z = x @ W  raises ValueError\n  x  shape (1, 4)\n  W  shape (3, 4)\n" in first
    assert "▲" not in done.stdout
    assert "; the variable h is v3 here)" in done.stdout
    assert "(gad) p W\nW = 3×4, all 1\n" in done.stdout
    assert "v₃ = tanh z" in done.stdout
    assert "step 4 of 5" in done.stdout


def test_without_the_option_the_way_out_is_named(tmp_path):
    done = after_death(tmp_path, "")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.rstrip().endswith("; add --post-mortem to see what was recorded before")


def test_the_screen_of_the_readme_is_what_is_seen(tmp_path):
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    (block,) = [block for block in re.findall(r"```text\n(.*?)```", page, re.DOTALL) if "going back" in block]
    source = "import numpy as np\n\n\ndef f(x):\n    a = np.log(x**2)\n    return a * np.sin(x) + 1 / x\n"
    (tmp_path / "lesson.py").write_text(source, encoding="utf-8")
    words = ["lesson.py:f", "--x", "0.03", "--break", "if abs(adjoint) > 1e3", "--watch", "x.adjoint"]
    done = subprocess.run(
        [sys.executable, "-m", "graphviz_ad", "debug", *words],
        input="c\n", capture_output=True, text=True, encoding="utf-8", cwd=tmp_path, env=environment(), timeout=120,
    )  # fmt: skip
    assert f"(gad) c\n{block}" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="the line is one of a shell of Unix")
def test_the_line_of_the_page_for_programs_works(tmp_path):
    page = (ROOT / "docs" / "for-programs.md").read_text(encoding="utf-8")
    (source,) = re.findall(r"lesson\.py`:\n\n```python\n(.*?)```", page, re.DOTALL)
    (line,) = re.findall(r"^\$ (printf .*)$", page, re.MULTILINE)
    (tmp_path / "lesson.py").write_text(source, encoding="utf-8")
    line = line.replace("graphviz-ad", f"'{sys.executable}' -m graphviz_ad", 1)
    done = subprocess.run(
        ["sh", "-c", line], capture_output=True, text=True, encoding="utf-8", cwd=tmp_path, env=environment()
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Stopped at breakpoint 1, every sqrt, going back" in done.stdout
    assert "(gad) p kept\nkept = [0 2 3]\n" in done.stdout
    assert "(gad) p kept.adjoint\nkept.adjoint = [1 1 1]\n" in done.stdout


def test_what_is_answered_breaks_between_words_and_is_as_wide_as_the_window(tmp_path):
    done = typed(tmp_path, "b matmul\np 'ab' * 300\npp np.arange(60)\nb if nothing_of_this_name > 1\nq\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert max(map(width, done.stdout.splitlines())) <= 80
    said = " ".join(done.stdout.split())
    assert "nothing here is called 'matmul': no name, and none of the operations" in said
    assert "ab" * 300 in said.replace(" ", "")
