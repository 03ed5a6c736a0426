"""Texts of errors that nothing else quotes: each says what is wrong and what to type instead."""

from __future__ import annotations

import pickle
import re

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad import errors, extend
from graphviz_ad.cli.main import main
from graphviz_ad.draw import runner

PROGRAMS = {
    "np.concatenate: axis 2 is out of range for 1-D arrays: it goes from -1 to 0": lambda x: np.concatenate([x, x], 2),
    "np.stack: axis -3 is no axis of the result: it goes from -2 to 1": lambda x: np.stack([x, x], -3),
    "np.transpose needs each axis of a 1-D array once, got axes=(0, 0)": lambda x: np.transpose(x, (0, 0)),
    "np.linalg.norm(ord=0) counts the entries that are not 0": lambda x: np.linalg.norm(x, ord=0),
    "dtype=int64 has no derivative: use a dtype of floats": lambda x: np.sum(x, dtype=int),
    "backward() of a Variable of shape (2,) needs a seed": lambda x: x.backward(),
    "backward(): the seed has shape (3,)": lambda x: x.backward(np.ones(3)),
    "zero_grad() is for leaves": lambda x: (x * 2).zero_grad(),
    "grad: argument 1 is to be differentiated, but only 1": lambda x: gad.grad(np.sum, 1)(x),
    "grad: the function must return a single number": lambda x: gad.grad(np.sin)(x),
    "trace needs a function first": lambda x: gad.trace(x),
    "Variable has no option 'nam'": lambda x: gad.Variable(1.0, nam="x"),
    "a tracked Variable cannot be pickled": lambda x: pickle.dumps(x),
    "matrix is not recorded; pass np.asarray(...) of it": lambda x: x * np.matrix([1.0, 2.0]),
}
CALLS = {
    "trace: np.sin takes 1 argument(s), got 2": lambda: gad.trace(np.sin, 1.0, 2.0),
    "grad has no option 'argnum'; it has argnums. Did you mean 'argnums'?": lambda: gad.grad(np.sin, argnum=0),
    "a leaf needs floats or complex numbers, got str 'abc' (dtype <U3)": lambda: gad.Variable("abc"),
    "film: np.multiply takes 2 argument(s), got 1: x.": lambda: gad.film(np.multiply, x=(0, 1)),
    "film: x is given twice, once in inputs and once as x=": lambda: gad.film(np.sin, inputs={"x": (0, 1)}, x=(0, 1)),
    "film: x=(1, 1) is empty; give two different ends, or x=1.0 to keep it fixed": lambda: gad.film(np.sin, x=(1, 1)),
    "plot: ax must be matplotlib Axes, got int; plt.subplots() returns": lambda: gad.plot(np.sin, x=(0, 1), ax=1),
    "an ndarray has no method 'cumsu'. Did you mean 'cumsum'?": lambda: extend.implements(method="cumsu"),
    "scale must be a positive number of pixels per px, at most": lambda: gad.trace(np.sin, 1.0).save("a.png", scale=-1),
    "save: at: no slider 'y'; there is x.": lambda: gad.film(np.sin, x=(0, 1, 0.5)).save("a.svg", at={"y": 1}),
    "inputs: no slider 'y'; there is x.": lambda: setattr(gad.explore(np.sin, x=(0, 1)), "inputs", {"y": 1}),
    "explore: panels must be several of graph, curve": lambda: gad.explore(np.sin, x=(0, 1), panels="graf"),
}
COMMAND_LINES = {
    "--at needs": ["sin(x)", "--at"],
    "--x gives x twice: 0:1 and 1:2": ["sin(x)", "--x", "0:1", "--x", "1:2"],
    "a range needs finite numbers, this is inf": ["sin(x)", "--x", "0:inf"],
    "x has no range: add --x LOW:HIGH": ["sin(x)"],
    "Did you mean '--theme'?": ["sin(x)", "--x", "0:1", "--thme", "dark"],
    "column 1: a statement (import) is not part of a formula; write only what is computed": ["import os"],
    "column 1: a statement (for) is not part of a formula": ["for i in x: pass"],
    "column 1: a statement (def) is not part of a formula": ["def f(x): return x"],
    "column 1: lambda is not part of a formula; write only what it would return": ["lambda x: x**2", "--x", "0:1"],
    "column 1: text in quotes is not part of a formula": ["f'{x}'"],
    "column 1: indexing with [ ] is not part of a formula": ["x[1:2]"],
    "column 1: braces are not part of a formula": ["{x: 1}"],
    "write only the right-hand side of the formula": ["x := 3"],
    "is not a Python file, whose name ends in .py": ["odd.PY:f", "--x", "0:1"],
    "importing raising failed: ValueError: no": ["raising:f", "--x", "0:1"],
    "importing exiting failed: SystemExit": ["exiting:f", "--x", "0:1"],
    "importing needing failed": ["needing:f", "--x", "0:1"],
    "is not the name of a module: write MODULE:FUNCTION": ["..:f", "--x", "0:1"],
}
MODULES = {
    "raising.py": "raise ValueError('no')",
    "exiting.py": "raise SystemExit(3)",
    "needing.py": "import nobody_has_this",
    "odd.PY": "f = abs",
}


@pytest.mark.parametrize("text", PROGRAMS)
@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_what_cannot_be_recorded_says_what_can(text):
    """And names the line."""
    with pytest.raises(errors.GraphvizAdError, match=re.escape(text)) as caught:
        PROGRAMS[text](gad.Variable([1.0, 2.0]))
    assert re.search(rf" \({re.escape(__file__)}, line \d+\)$", str(caught.value))


PLAIN_ERRORS = {
    "len() of a Variable that holds a single number": lambda x: len(x[0]),
    "cannot be iterated over: np.reshape(x, 1) can": lambda x: list(x[0]),
    "elementwise needs a NumPy ufunc": lambda x: extend.elementwise(np.sum),
    "structural needs a name and a function": lambda x: extend.structural(3, np.sum),
}


@pytest.mark.parametrize("text", PLAIN_ERRORS)
def test_an_error_of_python_s_own_kind_names_the_line_too(text):
    """Where it is ours."""
    with pytest.raises(TypeError, match=re.escape(text)) as caught:
        PLAIN_ERRORS[text](gad.Variable([1.0, 2.0]))
    assert re.search(rf" \({re.escape(__file__)}, line \d+\)$", str(caught.value))


@pytest.mark.parametrize("text", CALLS)
def test_a_call_that_is_refused_says_how_it_is_written(text, tmp_path, monkeypatch):
    """And writes nothing."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(errors.GraphvizAdError, match=re.escape(text)):
        CALLS[text]()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", COMMAND_LINES)
def test_a_command_line_that_is_refused_says_how_it_is_written(text, tmp_path, monkeypatch, capsys):
    """And writes nothing."""
    for name, source in MODULES.items():
        (tmp_path / name).write_text(source)
    monkeypatch.chdir(tmp_path)
    assert main([*COMMAND_LINES[text], "-o", "out.html"]) in (1, 2)
    assert text in capsys.readouterr().err
    assert not (tmp_path / "out.html").exists()


def test_a_program_that_is_not_graphviz_is_told(tmp_path):
    """Whether it cannot be started, or fails."""
    broken = tmp_path / "dot"
    broken.write_bytes(b"\x7fELF no program")
    broken.chmod(0o755)
    with pytest.raises(errors.LayoutError, match=r"Graphviz could not be started: .*dot"):
        runner.run("digraph {}", "svg", engine=str(broken))
    broken.write_text("#!/bin/sh\necho broken >&2; exit 3\n")
    with pytest.raises(errors.LayoutError, match="Graphviz failed with exit code 3: broken"):
        runner.run("digraph {}", "svg", engine=str(broken))


def test_a_drawing_does_not_replace_a_file_that_must_not_exist(tmp_path):
    """As graphviz has it."""
    (tmp_path / "a.svg").write_text("old")
    with pytest.raises(FileExistsError, match=r"output file exists: .*a\.svg"):
        gad.trace(np.sin, 1.0).to_dot().render(outfile=tmp_path / "a.svg", raise_if_result_exists=True)


def test_a_stop_where_the_function_raised_is_not_painted(tmp_path):
    """And the place that is named instead can be."""

    def f(x):
        if x > 0.7:
            raise ValueError("too far")
        return np.sin(x)

    film = gad.film(f, x=(0, 1, 0.5))
    with pytest.raises(errors.InputError, match=r"f raised at x = 1: ValueError: too far.*at=\{'x': 0\.0\}"):
        film.save(tmp_path / "a.svg", at={"x": 1.0})
    film.save(tmp_path / "a.svg", at={"x": 0.0})
    assert (tmp_path / "a.svg").exists()
