"""NumPy's warnings name the line of the person's that is to blame, when recording and on the way back."""

from __future__ import annotations

import subprocess
import sys
import warnings

import numpy as np
import pytest

import graphviz_ad as gad
from tests.programming import run


def line_of(function):
    """Return the line of a function's body, the one after its def."""
    return function.__code__.co_firstlineno + 1


def _logarithm(x):
    return np.log(x)


def _root(x):
    return np.sqrt(x) * 2.0


def _quotient(x):
    return 1.0 / x


def heard(call, action="always"):
    """Return the warnings of a call as (text, file, line)."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter(action)
        call()
    return [(str(w.message), w.filename, w.lineno) for w in seen]


@pytest.mark.parametrize("function", [_logarithm, _quotient])
@pytest.mark.parametrize("zero", [np.float64(0), np.zeros(2)], ids=["number", "array"])
def test_a_warning_while_recording_names_the_line_that_records(function, zero):
    """Of a function of NumPy's and of an operator alike."""
    (first, *_) = heard(lambda: function(gad.Variable(zero)))
    assert first[0].startswith("divide by zero encountered")
    assert first[1:] == (__file__, line_of(function))


def backwards(x, **options):
    """Sweep back from the root of zero."""
    _root(gad.Variable(x)).sum().backward(**options)


@pytest.mark.parametrize(
    "sweep",
    [
        lambda: backwards(np.zeros(2)),
        lambda: backwards(np.zeros(20_000)),
        lambda: backwards(np.zeros(2), create_graph=True),
        lambda: gad.grad(_root)(0.0),
        lambda: gad.vjp(_root, np.zeros(2))[1](np.ones(2)),
        lambda: gad.grad(gad.grad(_root))(0.0),
    ],
    ids=["backward", "large", "create_graph", "grad", "pullback", "second"],
)
def test_a_warning_on_the_way_back_names_the_line_of_the_node(sweep):
    """And says that it was on the way back."""
    seen = heard(sweep)
    assert ("divide by zero encountered", __file__, line_of(_root)) in [(t[:26], f, n) for t, f, n in seen]
    assert any(text.endswith("(on the way back through np.sqrt(x))") for text, _, _ in seen)
    assert {file for _, file, _ in seen} == {__file__}


def test_every_line_is_told_once():
    """As NumPy's warnings are: another line is not silenced by the first."""

    def other(x):
        return np.log(x)

    def both():
        for _ in range(3):
            _logarithm(gad.Variable(0.0))
            other(gad.Variable(0.0))

    assert [line for _, _, line in heard(both, "default")] == [line_of(_logarithm), line_of(other)]


def test_films_and_pictures_warn_of_nothing():
    """What is not finite there is seen."""
    assert heard(lambda: gad.film(_root, x=(0, 1, 0.5))) == []
    assert heard(lambda: gad.trace(_root, 0.0).reverse()) == []


def test_filters_hold_for_the_person_s_module():
    """To be ignored or raised, also by the module's name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _logarithm(gad.Variable(0.0))
        warnings.filterwarnings("default", category=RuntimeWarning)
        warnings.filterwarnings("error", category=RuntimeWarning, module=__name__)
        with pytest.raises(RuntimeWarning, match="divide by zero"):
            _logarithm(gad.Variable(0.0))


def test_a_script_reads_its_own_lines(tmp_path):
    """In a terminal, with Python's own filters."""
    script = tmp_path / "script.py"
    script.write_text("import numpy as np, graphviz_ad as gad\nx = gad.Variable(0.0)\ny = np.sqrt(x)\ny.backward()\n")
    run = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    assert run.stderr.startswith(f"{script}:3: RuntimeWarning: divide by zero")
    assert run.stderr.count("RuntimeWarning") == 1


def test_a_warning_reaches_a_program_that_was_run_without_a_modules_name():
    """As by a bare exec."""
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        run("y = np.log(gad.Variable(0.0))")


def _nothing(x):
    return np.mean(x[:0])


def _no_spread(x):
    return np.std(x[:0])


@pytest.mark.parametrize("function", [_nothing, _no_spread])
@pytest.mark.parametrize(
    "call", [lambda f, x: f(gad.Variable(x)), lambda f, x: gad.grad(f)(x), lambda f, x: gad.jvp(f, (x,), (x,))]
)
def test_a_warning_of_numpys_own_files_names_the_person_s_line_too(function, call):
    """Such as that of the mean of nothing, which NumPy writes in Python."""
    seen = heard(lambda: call(function, np.ones(2)))
    assert any("empty slice" in text or "Degrees of freedom" in text for text, _, _ in seen)
    assert {(file, line) for _, file, line in seen} == {(__file__, line_of(function))}


def test_numpys_own_warnings_stay_where_they_are():
    """Whoever computes with plain numbers reads what NumPy says."""
    seen = heard(lambda: _nothing(np.ones(2)))
    assert seen
    assert all("numpy" in file for _, file, _ in seen)
