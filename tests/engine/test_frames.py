"""Tracebacks: the person's line is the last one shown, whatever was called."""

from __future__ import annotations

import math
import re
import subprocess
import sys
import traceback

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad import extend


def leaving(x):
    return math.exp(x)


def frames(call):
    """Return the files' lines that the traceback of what a call raises consists of, this function's own left out."""
    try:
        call()
    except Exception as error:
        return traceback.extract_tb(error.__traceback__)[1:]
    raise AssertionError("nothing was raised")


X = gad.Variable(2.0, name="x")
V = gad.Variable(np.ones(3), name="v")
ENTRANCES = {
    "trace": lambda: gad.trace(leaving, 1.0),
    "grad": lambda: gad.grad(leaving)(1.0),
    "grad of grad": lambda: gad.grad(gad.grad(leaving))(1.0),
    "value_and_grad": lambda: gad.value_and_grad(leaving)(1.0),
    "vjp": lambda: gad.vjp(leaving, 1.0),
    "film": lambda: gad.film(leaving, x=(0, 1)),
    "plot": lambda: gad.plot(leaving, x=(0, 1)),
    "explore": lambda: gad.explore(leaving, x=(0, 1)),
    "trace of nothing": lambda: gad.trace(3),
    "record": lambda: gad.record(3),
    "grad of nothing": lambda: gad.grad(3),
    "grad of an array": lambda: gad.grad(np.sin)(np.ones(3)),
    "pullback": lambda: gad.vjp(np.sin, 1.0)[1]("a"),
    "film of nothing": lambda: gad.film(np.sin),
    "plot of nothing": lambda: gad.plot(np.sin),
    "explore nothing": lambda: gad.explore(np.sin),
    "backward": lambda: V.backward(),
    "a seed": lambda: gad.trace(np.sin, 1.0).reverse(np.ones(7)),
    "an adjoint": lambda: gad.trace(np.sin, 1.0).reverse().adjoint(X),
    "save": lambda: gad.trace(np.sin, 1.0).save("f.xyz"),
    "save a film": lambda: gad.film(np.sin, x=(0, 1, 0.5)).save("f.xyz"),
    "Variable": lambda: gad.Variable(1),
    "attach_grad": lambda: gad.attach_grad(1),
    "zero_grad": lambda: (X * X).zero_grad(),
    "float": lambda: float(X),
    "asarray": lambda: np.asarray(V),
    "item": lambda: X.item(),
    "iterate": lambda: list(X),
    "write": lambda: V.__setitem__(0, 1.0),
    "attribute": lambda: X.clone,
    "NumPy": lambda: np.packbits(V),
    "ufunc": lambda: np.nextafter(X, 1.0),
    "operator": lambda: X + None,
    "reflected operator": lambda: None - X,
    "shapes": lambda: V + np.ones(7),
    "method": lambda: V.sum(dtype=int),
    "index": lambda: V[10],
    "register": lambda: extend.elementwise(3),
}


@pytest.mark.parametrize("name", ENTRANCES)
def test_the_last_line_of_a_traceback_is_the_person_s(name):
    """And of an error of ours none is ours."""
    shown = frames(ENTRANCES[name])
    assert shown
    assert {frame.filename for frame in shown} == {__file__}


@pytest.mark.parametrize("show", [gad.trace, lambda f, x: gad.grad(f)(x), gad.vjp], ids=["trace", "grad", "vjp"])
def test_an_error_of_the_person_s_function_keeps_their_frames(show):
    """Those of libraries that they call, too."""

    def outer(x):
        return inner(x)

    def inner(x):
        return np.linalg.inv(np.zeros((2, 2))) * x

    with pytest.raises(np.linalg.LinAlgError) as caught:
        show(outer, 1.0)
    shown = traceback.extract_tb(caught.value.__traceback__)
    assert [frame.name for frame in shown if frame.filename == __file__][-2:] == ["outer", "inner"]
    assert "linalg" in shown[-1].filename
    assert not any("graphviz_ad" in frame.filename for frame in shown)


def test_what_is_wrong_in_our_own_code_keeps_our_frames(monkeypatch):
    """Whoever reports it can then say where it is."""
    monkeypatch.setattr(sys.modules["graphviz_ad.engine.recording"], "function_name", {}.__getitem__)
    with pytest.raises(KeyError) as caught:
        gad.trace(np.sin, 1.0)
    assert traceback.extract_tb(caught.value.__traceback__)[-1].filename.endswith("recording.py")


def test_a_write_into_a_plain_array_inside_a_transform_is_a_leak():
    """NumPy says "setting an array element with a sequence", with ours as its cause."""

    def fill(x):
        out = np.zeros(2)
        out[0] = x
        return out.sum()

    with pytest.raises(gad.errors.LeakError) as caught:
        gad.grad(fill)(1.0)
    assert caught.value.__suppress_context__
    assert traceback.extract_tb(caught.value.__traceback__)[-1].line == "out[0] = x"


SCRIPT = """
import math
import graphviz_ad as gad

def f(x):
    return math.exp(x)

gad.grad(f)(1.0)
"""


def test_plain_python_shows_the_person_s_line_last(tmp_path):
    """As one reads it in a terminal."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    run = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    files = [line.strip() for line in run.stderr.splitlines() if line.lstrip().startswith("File ")]
    assert files == [f'File "{script}", line {n}, in {name}' for n, name in ((8, "<module>"), (6, "f"))]


def test_ipython_shows_the_person_s_lines_only(capsys):
    """A cell of a notebook, and the function that it calls."""
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell()
    shell.run_cell(SCRIPT)
    printed = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    InteractiveShell.clear_instance()
    assert "math.exp(x)" in printed
    assert "gad.grad(f)" in printed
    assert len(re.findall(r"^(File|Cell) ", printed, re.M)) == 2
