"""A session of a debugger in a notebook: what it shows, what it saves, and when a terminal is talked to instead."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import nbformat
import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.debugger import stepper_of
from graphviz_ad.errors import InputError
from graphviz_ad.films.code import Code
from graphviz_ad.sessions import Session


def g(x):
    return 1 / x


def f(x):
    return np.sin(x) * g(x)


LINE = f.__code__.co_firstlineno + 1


@pytest.fixture
def session():
    return Session(stepper_of(f, (0.5,), {}, [f"{LINE} back", "if abs(adjoint) > 3"], ["x.adjoint"]))


def test_it_says_where_its_breakpoints_are_hit(session):
    """The adjoint of x is cos(x)/x − sin(x)/x²: what comes by 1/x alone is below −1, the rest 1.755."""
    assert str(session).splitlines() == [
        "<Session of f: 11 steps, 2 breakpoints>",
        f"1  test_sessions.py:{LINE}, going back: hit at #5",
        "2  if abs(adjoint) > 3: hit at nowhere",
    ]


def test_conditions_travel_as_the_steps_where_they_hold():
    steep = gad.break_when(lambda node: node.adjoint < -1)
    debug = Session(stepper_of(f, (0.5,), {}, [steep]))._cut().film["debug"]
    story = gad.trace(f, 0.5).story
    below = [
        step.index
        for step in story.steps
        if step.after.kind in ("adjoint", "partial") and story.numbers[step.after] < -1
    ]
    assert debug["points"] == [{"words": "if node.adjoint < -1", "steps": below, "condition": True}]
    assert below


def test_lines_of_the_helper_beside_it_are_shown(session):
    film = session._cut().film
    assert [line.strip() for line in film["code"]["lines"] if line] == [
        "def g(x):",
        "return 1 / x",
        "def f(x):",
        "return np.sin(x) * g(x)",
    ]
    assert sorted(map(int, film["debug"]["lines"])) == [g.__code__.co_firstlineno + 1, LINE]
    assert Code.around(f, [json.dumps.__code__]).first == f.__code__.co_firstlineno  # that is in another file


def test_watches_have_their_course(session):
    (watch,) = session._cut().film["debug"]["watches"]
    adjoint = np.cos(0.5) / 0.5 - np.sin(0.5) / 0.25
    assert watch["text"] == "x.adjoint"
    assert watch["course"][-1][2] == pytest.approx(adjoint, rel=1e-14)
    assert session._stepper.position == 0


def test_it_is_shown_and_saved_as_a_page(session, tmp_path):
    shown = session._repr_mimebundle_()
    assert set(shown) == {"text/html", "image/svg+xml", "text/plain"}
    assert "sandbox=" in shown["text/html"]
    session.save(tmp_path / "f.html")
    assert b"gad-stopped" in (tmp_path / "f.html").read_bytes() or (tmp_path / "f.html").stat().st_size > 10_000
    with pytest.raises(InputError, match=r"what is moved through is a page; 'f.svg' must end in .html"):
        session.save(tmp_path / "f.svg")


def test_what_is_too_large_to_be_drawn_says_where_there_is_room():
    def long(x):
        for _ in range(200):
            x = np.sin(x)
        return x

    shown = Session(stepper_of(long, (0.5,), {}))._repr_mimebundle_()
    assert set(shown) == {"text/plain"}
    assert shown["text/plain"].endswith("graphviz-ad debug shows it in a terminal.")


RUN = """
import json, sys, nbformat
from nbclient import NotebookClient
book = nbformat.v4.new_notebook()
book.cells = [nbformat.v4.new_code_cell(cell) for cell in json.loads(sys.argv[1])]
NotebookClient(book, timeout=120).execute()
nbformat.write(book, sys.argv[2])
"""


def test_in_a_notebook_debug_is_shown_and_nothing_is_asked(tmp_path):
    cell = "import numpy as np, graphviz_ad as gad\n\ngad.debug(np.sin, 0.5, breakpoints=['sin back'])"
    folders = {
        name: str(tmp_path) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    }
    done = subprocess.run(
        [sys.executable, "-c", RUN, json.dumps([cell]), tmp_path / "done.ipynb"],
        env=os.environ | folders, cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (output,) = nbformat.read(tmp_path / "done.ipynb", as_version=4).cells[0].outputs
    assert output.output_type == "execute_result"
    assert "every sin, going back: hit at #4" in output.data["text/plain"]
    assert "<iframe" in output.data["text/html"]
