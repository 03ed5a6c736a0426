"""What a person sees of a function that raised: the exception as it was, the note, the text, the picture, the page."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor

import nbformat
import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.errors import InputError, UnknownKeywordError

NOTE = "In an except block, or under python -i, gad.post_mortem() shows what was recorded before line"


def f(x, w):
    h = np.tanh(x)
    z = h @ w
    return z.sum()


def own(x):
    y = np.log(x)
    if y > -10:
        raise ValueError("too large.")
    return y


@pytest.fixture
def unfinished():
    """What `f` recorded before its shapes did not fit."""
    with pytest.raises(ValueError, match="must be equal") as caught:
        gad.trace(f, np.ones((3, 4)), np.ones(2))
    return gad.post_mortem(caught.value)


@pytest.mark.parametrize(
    "call",
    [
        lambda: gad.trace(own, 1.0),
        lambda: gad.check(own, 1.0),
        lambda: gad.formula(own, 1.0),
    ],
    ids=["trace", "check", "formula"],
)
def test_the_exception_stays_the_persons_own_and_is_matched_to_its_end(call):
    with pytest.raises(ValueError, match=r"^too large\.$") as caught:
        call()
    assert caught.value.args == ("too large.",)
    assert not hasattr(caught.value, "__notes__")
    assert [entry.name for entry in caught.traceback][-1] == "own"


def test_a_film_that_raises_everywhere_keeps_what_raised_first():
    with pytest.raises(InputError, match="the function raised at every stop; first ValueError: too large") as caught:
        gad.film(own, x=(1, 2))
    unfinished = gad.post_mortem(caught.value)
    assert (type(unfinished.error), len(unfinished.nodes), unfinished.line) == (
        ValueError,
        2,
        own.__code__.co_firstlineno + 3,
    )
    assert not hasattr(caught.value, "__notes__")


UNCAUGHT = """
import sys
import numpy as np
import graphviz_ad as gad
def f(x):
    return np.exp(x) @ np.ones(3)
for act in (lambda: gad.trace(f, np.ones(2)), lambda: 1 / 0):
    try:
        act()
    except Exception as error:
        sys.excepthook(type(error), error, error.__traceback__)
print(sys.excepthook is sys.__excepthook__)
gad.trace(f, np.ones(2))
"""


def test_below_the_traceback_of_what_nobody_caught_it_is_said_once_what_can_be_asked(tmp_path):
    script = tmp_path / "uncaught.py"
    script.write_text(UNCAUGHT)
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout == "True\n"
    said = [line for line in done.stderr.splitlines() if not line.startswith((" ", "Traceback"))]
    heads = [line.partition(":")[0] for line in said]
    assert heads == ["ValueError", f"{NOTE} 6", "ZeroDivisionError", "ValueError", f"{NOTE} 6"]


def test_a_film_that_raises_here_and_there_is_a_film():
    def half(x):
        if x < 0:
            raise ValueError("below")
        return np.sqrt(x)

    film = gad.film(half, x=(-1, 1, 0.5))
    assert dict.fromkeys(film.errors) == {0: None, 1: None}


def test_the_exception_that_is_handled_is_found():
    try:
        gad.trace(own, 1.0)
    except ValueError:
        unfinished = gad.post_mortem()
    assert repr(unfinished) == "<Unfinished: own raises ValueError, 2 nodes before>"


def test_without_an_exception_it_says_where_to_call_it(monkeypatch):
    for name in ("last_exc", "last_value"):
        monkeypatch.delattr(sys, name, raising=False)
    with ThreadPoolExecutor(1) as apart:  # whatever the tests before are still handling here
        asked = apart.submit(gad.post_mortem)
        with pytest.raises(
            InputError, match="nothing has raised: call it in an except block, or give it the exception"
        ):
            asked.result()
    with pytest.raises(InputError, match=r"needs an exception, got float 2\.0"):
        gad.post_mortem(2.0)
    with pytest.raises(UnknownKeywordError, match="Did you mean 'error'"):
        gad.post_mortem(eror=None)


def test_it_holds_what_was_recorded(unfinished):
    assert [type(node).__name__ for node in unfinished.nodes] == ["Variable"] * 3
    np.testing.assert_array_equal(unfinished.nodes[2].value, np.tanh(np.ones((3, 4))))
    assert [(operand.text, operand.shape) for operand in unfinished.operands] == [("h", (3, 4)), ("w", (2,))]
    assert (unfinished.reason, unfinished.line) == ("inner sizes 4 and 2 differ", f.__code__.co_firstlineno + 2)
    assert [site.function for site in unfinished.calls] == ["f"]


def test_its_story_ends_where_it_raised(unfinished):
    story = unfinished.story
    assert [step.kind for step in story.steps] == ["evaluate"] * 3 + ["raise"]
    assert str(story.steps[-1]) == (
        "h @ w raises ValueError: h is (3, 4) and w is (2,): the 4 and the 2 must be equal."
    )
    assert [edge.label.text for edge in story.edges if edge.child == 3] == ["(3, 4)", "(2,)"]
    assert story.nodes[-1].title.text == "z = h @ w"
    assert not any(card.reached for card in story.nodes)


def test_the_text_has_all_of_it_in_80_columns(unfinished):
    text = str(unfinished)
    line = unfinished.line
    assert max(map(len, text.splitlines())) <= 80
    assert text.splitlines()[0].startswith("f raises ValueError at h @ w  ")
    assert text.splitlines()[0].endswith(f"test_unfinished.py:{line}")
    assert (
        textwrap.dedent(f"""
        h is (3, 4) and w is (2,): the 4 and the 2 must be equal.

          {line} |     z = h @ w
             |         ~~~~~

          h  shape (3, 4)
          w  shape (2,)

          node        value
          x           3×4, all 1
          w           [1 1]
          h = tanh x  3×4, all 0.761594
        ! h @ w       raises ValueError

        f did not return: there are values up to here, and nothing to differentiate.
    """).strip("\n")
        in text
    )


def test_of_many_values_those_at_both_ends_are_told():
    def long(x):
        for _ in range(1000):
            x = x + 1.0
        return x[0]

    with pytest.raises(IndexError) as caught:
        gad.trace(long, 0.0)
    lines = str(gad.post_mortem(caught.value)).splitlines()
    assert len(lines) < 60
    assert any("… 971 more nodes …" in line for line in lines)
    assert "text/html" not in gad.post_mortem(caught.value)._repr_mimebundle_()


def test_ascii_has_no_letters_of_its_own(unfinished, monkeypatch, tmp_path):
    with open(tmp_path / "out", "w", encoding="ascii") as stream:
        stream.write(unfinished.text(stream))
    assert "h = tanh x" in (tmp_path / "out").read_text("ascii")


def test_the_picture_shows_what_did_not_fit_and_no_adjoint(unfinished, tmp_path):
    unfinished.save(tmp_path / "f.svg")
    root = ET.parse(tmp_path / "f.svg").getroot()
    words = [
        "".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text") if element is not None
    ]
    assert {"(3,4)", "(2,)", "inner sizes 4 and 2 differ", "no value"} <= {word.replace(" ", "") if word[0] == "(" else
                                                                         word for word in words}  # fmt: skip
    ids = {element.get("id") for element in root.iter()}
    assert {"n3_v", "e3_0_f", "e3_1_g"} <= ids
    assert not [name for name in ids if name and re.search(r"_[abt]$", name)]
    said = root.find("{http://www.w3.org/2000/svg}desc").text
    assert said.endswith("z = h @ w (raised): value none, inner sizes 4 and 2 differ.")


@pytest.mark.parametrize("suffix", [".txt", ".html", ".svg", ".png", ".pdf"])
def test_it_is_saved(unfinished, tmp_path, suffix):
    path = tmp_path / f"f{suffix}"
    unfinished.save(path)
    assert path.stat().st_size > 300


def test_other_suffixes_are_refused(unfinished, tmp_path):
    with pytest.raises(InputError, match=r"cannot write 'f.gif'; the name must end in .txt, .html, .svg, .png or .pdf"):
        unfinished.save(tmp_path / "f.gif")


def test_plain_arrays_among_the_operands_have_cards_of_their_own():
    w = np.arange(3.0)
    with pytest.raises(ValueError, match="must be equal") as caught:
        gad.trace(lambda x: x @ w, np.ones((2, 4)))
    story = gad.post_mortem(caught.value).story
    assert [card.role for card in story.nodes] == ["input", "constant", "raised"]
    assert [(edge.child, edge.parent) for edge in story.edges] == [(2, 0), (2, 1)]


def test_a_script_dies_of_the_persons_error(tmp_path):
    """Nothing is swallowed; the note stands below the traceback."""
    script = tmp_path / "script.py"
    script.write_text("import graphviz_ad as gad\n\ndef f(x):\n    return x[3]\n\ngad.trace(f, 1.0)\n")
    run = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    lines = run.stderr.splitlines()
    assert lines[-1] == f"{NOTE} 4"
    assert lines[-2].startswith("IndexError: ")
    assert "graphviz_ad/" not in run.stderr.replace(str(tmp_path), "")


# nbclient wants an event loop of its own, and the kernel its own settings: both are another process's business.
RUN = """
import json, sys, nbformat
from nbclient import NotebookClient
book = nbformat.v4.new_notebook()
book.cells = [nbformat.v4.new_code_cell(cell) for cell in json.loads(sys.argv[1])]
NotebookClient(book, timeout=120, allow_errors=True).execute()
nbformat.write(book, sys.argv[2])
"""
CELLS = [
    "import numpy as np, graphviz_ad as gad\n\ndef f(x, w):\n    h = np.tanh(x)\n    return h @ w",
    "gad.trace(f, np.ones((3, 4)), np.ones(2))",
    "repr(gad.post_mortem())",
    "try:\n    gad.trace(f, np.ones((3, 4)), np.ones(2))\nexcept ValueError:\n    pass",
    "1 / 0",
    "gad.explore(lambda x: x[3], x=(0, 1))",
    "[own for own in get_ipython().events.callbacks['post_run_cell'] if own.__module__.startswith('graphviz_ad')]",
]


def test_a_notebook_shows_it_below_the_traceback(tmp_path):
    """Where an exception ends a cell, and only there; the traceback is IPython's own, and nothing stays behind."""
    folders = {name: str(tmp_path) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR",
                                                "IPYTHONDIR")}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", RUN, json.dumps(CELLS), tmp_path / "done.ipynb"],
        env=os.environ | folders, cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    cells = nbformat.read(tmp_path / "done.ipynb", as_version=4).cells
    kinds = [[output.output_type for output in cell.outputs] for cell in cells]
    assert kinds == [[], ["error", "display_data"], ["execute_result"], [], ["error"], ["error", "display_data"],
                     ["execute_result"]]  # fmt: skip
    error, shown = cells[1].outputs
    assert error.ename == "ValueError"
    assert "post_mortem" not in "".join(error.traceback)
    assert set(shown.data) == {"text/html", "image/svg+xml", "text/plain"}
    assert "inner sizes 4 and 2 differ" in shown.data["image/svg+xml"]
    assert cells[2].outputs[0].data["text/plain"] == "'<Unfinished: f raises ValueError at h @ w, 3 nodes before>'"
    assert cells[5].outputs[0].ename == "InputError"
    assert cells[5].outputs[1].data["text/plain"].startswith("A lambda raises IndexError at x[3]")
    assert cells[6].outputs[0].data["text/plain"] == "[]"


def test_python_i_has_it_at_hand(tmp_path):
    script = tmp_path / "script.py"
    script.write_text("import graphviz_ad as gad\n\ndef f(x):\n    return x[3]\n\ngad.trace(f, 1.0)\n")
    run = subprocess.run(
        [sys.executable, "-i", script],
        input="print(repr(gad.post_mortem()))\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout.strip() == "<Unfinished: f raises IndexError at x[3], 1 nodes before>"


def test_what_ran_before_an_interrupt_can_be_seen_and_nothing_is_added_to_it():
    def slow(x):
        for k in range(100):
            x = np.sin(x)
            if k == 2:
                raise KeyboardInterrupt
        return x

    with pytest.raises(KeyboardInterrupt) as caught:
        gad.trace(slow, 1.0)
    unfinished = gad.post_mortem(caught.value)
    assert [float(node.value) for node in unfinished.nodes] == [1.0, np.sin(1.0), np.sin(np.sin(1.0)),
                                                               np.sin(np.sin(np.sin(1.0)))]  # fmt: skip
    assert "slow raises KeyboardInterrupt" in str(unfinished)
    assert not getattr(caught.value, "__notes__", ())
