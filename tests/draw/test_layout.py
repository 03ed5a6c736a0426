"""Running Graphviz: found without PATH, fed only ids and sizes, stopped in time, read strictly."""

from __future__ import annotations

import os
import re
import stat
import sys
import time
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
from stories import HOSTILE, STORIES, log_sine, named

import graphviz_ad as gad
from graphviz_ad.draw import layout, runner
from graphviz_ad.draw.lanes import _course
from graphviz_ad.draw.layout import Box, Link, place
from graphviz_ad.draw.runner import find_engine, run
from graphviz_ad.draw.scene import make_scene
from graphviz_ad.errors import LayoutError

TWO = (Box(0, 100, 60), Box(1, 100, 60, sockets=((0, 88),), socket_height=38))
ONE_LINK = (Link(1, 0, 0),)


@pytest.fixture(autouse=True)
def _fresh():
    layout._place.cache_clear()
    yield
    layout._place.cache_clear()


def script(path, body):
    """Write an executable Python script."""
    path.write_text(f"#!{sys.executable}\n{body}")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_layout_works_without_anything_on_path(monkeypatch):
    """The wheel's binary is found through its metadata, so an empty PATH does not matter."""
    monkeypatch.setenv("PATH", "")
    assert make_scene(log_sine()).width == 397


def test_the_wheel_is_found_after_pip_target(tmp_path, monkeypatch):
    """Under `pip install --target` the list of files points elsewhere; the binary lies in bin beside the metadata."""
    info = tmp_path / "graphviz_pure-0.2.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: graphviz-pure\nVersion: 0.2.2\n")
    (info / "RECORD").write_text("../../bin/graphviz-pure,,\n")
    (tmp_path / "bin").mkdir()
    binary = script(tmp_path / "bin" / "graphviz-pure", "")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PATH", "")
    assert find_engine() == binary


def test_a_dot_on_path_is_the_second_choice(tmp_path, monkeypatch):
    """Without the wheel, `dot` is used; by name it is used in any case."""
    os.symlink(find_engine("graphviz-pure"), tmp_path / "dot")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_engine() != str(tmp_path / "dot")
    assert find_engine("dot") == str(tmp_path / "dot")
    assert place(TWO, ONE_LINK, engine="dot").places[1].y == 97
    monkeypatch.setattr(runner, "_find_pure", lambda: None)
    assert find_engine() == str(tmp_path / "dot")


def test_without_graphviz_the_error_says_what_to_install(monkeypatch):
    """Neither wheel nor program: the message gives the command."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(runner, "_find_pure", lambda: None)
    with pytest.raises(LayoutError, match="pip install graphviz-pure"):
        make_scene(log_sine())
    with pytest.raises(RuntimeError, match="no-such-program"):
        find_engine("no-such-program")


def test_a_timeout_ends_the_program_and_what_it_started(tmp_path):
    """A program that hangs is killed with its children, soon, and the message says what to do."""
    note = tmp_path / "pid"
    slow = script(
        tmp_path / "slow",
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(note)!r}, 'w').write(str(child.pid))\n"
        "time.sleep(60)\n",
    )
    start = time.monotonic()
    with pytest.raises(LayoutError, match=r"stopped after 1\.5 s.*smaller part"):
        place(TWO, ONE_LINK, engine=slow, timeout=1.5)
    assert time.monotonic() - start < 10
    pid = int(note.read_text())
    for _ in range(50):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().split()[2] if os.path.isdir("/proc") else ""
            os.kill(pid, 0)
        except (ProcessLookupError, FileNotFoundError):
            break
        if state == "Z":
            break
        time.sleep(0.1)
    else:
        pytest.fail("the child of the stopped program is still running")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("", "cannot be read"),
        ("[]", "cannot be read"),
        ("{}", "cannot be read"),
        ('{"bb": "0,0,9,9", "objects": []}', "cannot be read"),
        ('{"bb": "0,0,nan,9", "objects": []}', "cannot be read"),
        ('{"bb": "0,0,1e999,9", "objects": []}', "not finite"),
        ('{"bb": "0,0,9,9", "objects": [{"_gvid": 0, "name": "n0", "pos": "1,2"}]}', "cannot be read"),
    ],
)
def test_an_unreadable_answer_is_an_error(tmp_path, answer, message):
    """Whatever the program prints, nothing but finite positions of the right boxes is believed."""
    engine = script(tmp_path / "liar", f"import sys; sys.stdin.read(); print({answer!r})")
    with pytest.raises(LayoutError, match=message):
        place(TWO, ONE_LINK, engine=engine)


def test_a_failing_program_is_quoted(tmp_path):
    """Exit code and message reach the user."""
    engine = script(tmp_path / "fails", "import sys; sys.stdin.read(); sys.exit('no fonts here')")
    with pytest.raises(LayoutError, match="exit code 1: no fonts here"):
        place(TWO, ONE_LINK, engine=engine)


@pytest.mark.parametrize("name", ["log_sine", "not_a_number", "network", "fan_out", "detached"])
def test_graphviz_sees_only_ids_and_sizes(name, monkeypatch):
    """No label, number, NaN or name is in the source that is laid out."""
    seen = _sources(monkeypatch, STORIES[name]())
    assert seen


def test_hostile_names_do_not_reach_graphviz(monkeypatch):
    """The same for names made to break out of DOT."""
    for name in HOSTILE:
        _sources(monkeypatch, named(name))


_TABLE = re.escape(layout._TABLE)
_CELL = r'<TD (?:PORT="(?:out|a\d+|c\d+_\d+)" )?FIXEDSIZE="TRUE" WIDTH="\d+" HEIGHT="\d+"></TD>'
_LINE = re.compile(
    r"digraph \{|\}|nodesep=[\d.]+; ranksep=[\d.]+; |node \[shape=plain\]; edge \[arrowhead=none\];"
    rf"|n\d+ \[label=<{_TABLE}(?:<TR><TD>{_TABLE}<TR>(?:{_CELL})+</TR></TABLE></TD></TR>)+</TABLE>>\];"
    r"|n\d+:(?:out|c\d+_\d+):s -> n\d+:a\d+:n;"
)


def _sources(monkeypatch, story):
    layout._place.cache_clear()
    seen = []

    def spy(source, *args, **options):
        seen.append(source)
        return run(source, *args, **options)

    monkeypatch.setattr(layout, "run", spy)
    make_scene(story)
    for source in seen:
        for line in source.split("\n"):
            assert _LINE.fullmatch(line), line
    return seen


def test_a_layout_is_made_once(monkeypatch):
    """The same topology and sizes are not laid out again; the memory is bounded."""
    runs = []
    monkeypatch.setattr(layout, "run", lambda *a, **k: runs.append(1) or run(*a, **k))
    make_scene(log_sine())
    count = len(runs)
    make_scene(log_sine())
    assert len(runs) == count <= 2
    assert layout._place.cache_info().maxsize == 64


def test_an_output_format_is_a_word():
    """Options cannot be smuggled in as a format."""
    with pytest.raises(LayoutError, match="not a Graphviz output format"):
        run("digraph {}", "svg -o/tmp/x")


def test_long_chains_are_laid_out_in_a_hurry():
    """A thousand chained nodes take seconds, not minutes."""
    boxes = [Box(0, 128, 68)] + [Box(k, 128, 68, sockets=((0, 88),), socket_height=38) for k in range(1, 1000)]
    links = [Link(k, 0, k - 1) for k in range(1, 1000)]
    placed = place(boxes, links, timeout=60)
    assert placed.places[999].y > 100_000


def test_on_windows_no_program_of_the_current_directory_is_run(tmp_path, monkeypatch):
    """There a search would begin with it; only the folders of PATH are asked."""
    for folder in ("here", "there"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "dot.exe").touch(0o755)
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr(runner.sys, "platform", "win32")
    monkeypatch.setenv("PATH", os.pathsep.join(["", str(tmp_path / "there")]))
    assert find_engine("dot") == str(tmp_path / "there" / "dot.exe")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(LayoutError, match="'dot' is not installed"):
        find_engine("dot")


def crossings(trace, tmp_path):
    """How many pairs of the lanes of values cross, by the paths of the picture."""
    trace.save(tmp_path / "f.svg")
    lines = re.findall(
        r'class="forward went"[^>]*><path class="line" d="([^"]+)"', (tmp_path / "f.svg").read_text("utf-8")
    )
    courses = [_course(line) for line in lines]

    def side(a, b, c):
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    def meet(a, b, c, d):
        return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0

    return sum(
        any(meet(*one, *other) for one in pairwise(first) for other in pairwise(second))
        for first, second in combinations(courses, 2)
    )


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x * (1 - x),
        lambda x: x * (1 / (1 + np.exp(-x))),
        lambda x: np.log(x**2) * np.sin(x) + 1 / x,
        lambda x: 0.5 * x * (1 + np.tanh(0.8 * (x + 0.044 * x**3))),
        lambda x: (x * np.sin(x)) * np.sin(x * np.sin(x)),
    ],
    ids=["x(1 - x)", "swish", "log sine", "gelu", "nested"],
)
def test_lanes_cross_only_where_they_must(f, tmp_path):
    """All of these can be drawn without a crossing: by the order in which the edges of a fan-out leave."""
    assert crossings(gad.trace(f, 0.7), tmp_path) == 0
