"""Functions that do not say what they are, or lie about it, are differentiated and drawn all the same."""

from __future__ import annotations

import inspect
import sys
import types

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.cli.target import parameters_of as options_of
from graphviz_ad.engine.functions import attribute, name_of, parameters_of, unwrapped, wraps

ATTRIBUTES = (
    "__name__",
    "__wrapped__",
    "__signature__",
    "__code__",
    "__doc__",
    "__module__",
    "__qualname__",
    "__dict__",
)
SAID = [RuntimeError("no"), None, 3, "x y", ["a"], "\x1b[31m"]


class Asked:
    """A function that answers for one of its attributes with code of its own."""

    def __init__(self, name, answer):
        self.asked = name, answer

    def __getattribute__(self, name):
        """Raise, or lie."""
        asked, answer = object.__getattribute__(self, "asked")
        if name != asked:
            return object.__getattribute__(self, name)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def __call__(self, x):
        """Be a function."""
        return np.sin(x) * x


def circle():
    """Return a function that says it wraps itself."""

    def f(x):
        return np.sin(x) * x

    f.__wrapped__ = f
    return f


def two():
    """Return one of two functions that wrap each other."""
    f, g = circle(), circle()
    f.__wrapped__, g.__wrapped__ = g, f
    return f


def liar(name, value):
    """Return a function one of whose attributes is set to something else."""
    f = circle()
    del f.__wrapped__
    setattr(f, name, value)
    return f


HOSTILE = [
    circle(),
    two(),
    liar("__signature__", 3),
    liar("__signature__", inspect.Signature()),
    liar("__wrapped__", len),
    liar("__wrapped__", None),
]
HOSTILE += [liar("__module__", 3), liar("__doc__", 3), liar("__code__", (lambda *a: np.sin(a[0]) * a[0]).__code__)]
HOSTILE += [
    Asked(name, answer) for name in ATTRIBUTES for answer in SAID if (name, answer) != ("__wrapped__", SAID[-1])
]


@pytest.mark.parametrize("f", HOSTILE, ids=lambda f: repr(getattr(f, "asked", "function")))
def test_whatever_a_function_says_of_itself_it_is_traced_filmed_plotted_and_differentiated(f, tmp_path):
    """By its derivative, x cos x + sin x."""
    slope = 2.0 * np.cos(2.0) + np.sin(2.0)
    assert gad.grad(f)(2.0) == pytest.approx(slope)
    assert gad.value_and_grad(f)(2.0)[1] == pytest.approx(slope)
    assert gad.grad(gad.grad(f))(2.0) == pytest.approx(2 * np.cos(2.0) - 2.0 * np.sin(2.0))
    trace = gad.trace(f, 2.0)
    trace.save(tmp_path / "a.html")
    assert "sin" in str(trace)
    film = gad.film(f, x=(0, 2, 1))
    film.save(tmp_path / "b.html")
    assert not film.errors
    widget = gad.explore(f, x=(0, 2, 1), at={"x": 2.0})
    assert widget.gradient == pytest.approx(slope)
    widget.close()
    options_of(f)


def test_a_ufunc_under_its_derivative_still_takes_its_operands_by_place():
    """A transform says what it wraps."""
    film = gad.film(gad.grad(np.sin), x=(0, 1, 1))
    assert [slider.name for slider in film.sliders] == ["x"]


def test_a_module_that_raises_for_every_attribute_does_no_harm(monkeypatch, tmp_path):
    """Python's own search for a source asks every module that is loaded."""

    class Broken(types.ModuleType):
        def __getattr__(self, name):
            raise RuntimeError(name)

    monkeypatch.setitem(sys.modules, "gad_broken", Broken("gad_broken"))
    gad.film(circle(), x=(0, 1, 1)).save(tmp_path / "a.html")
    assert "def f(x):" in (tmp_path / "a.html").read_text(encoding="utf-8")


def test_what_cannot_be_read_has_its_default():
    """Whatever is raised."""
    assert attribute(Asked("size", RuntimeError()), "size", 3) == 3
    assert name_of(Asked("__name__", 3), "f") == "f"
    assert parameters_of(Asked("__signature__", RuntimeError())) is None
    f = circle()
    assert unwrapped(f) is f


def test_a_wrapper_takes_what_it_can():
    """A name that is no text stays behind."""

    def wrapper(x):
        return x

    assert wraps(Asked("__name__", 3))(wrapper).__name__ == "wrapper"
    assert wraps(len)(wrapper).__name__ == "len"
    assert wrapper.__wrapped__ is len
