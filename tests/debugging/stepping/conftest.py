"""A program of two functions and a loop in a file whose lines are known."""

from __future__ import annotations

import importlib.util
import sys

import pytest

import graphviz_ad as gad
from graphviz_ad.debugging.moments import Course

MODEL = """\
import numpy as np


def g(x):
    return 1 / x


def f(x):
    a = np.log(x**2)
    return a * np.sin(x) + g(x)


def loop(x):
    h = x
    for _ in range(3):
        h = g(h)
        h = np.tanh(h)
    return h.sum()


def outside(x):
    return sum(map(g, [x, x + 1]))
"""


@pytest.fixture
def model(tmp_path):
    """Return the program as a module."""
    path = tmp_path / "stepped_model.py"
    path.write_text(MODEL, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("stepped_model", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["stepped_model"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["stepped_model"]


@pytest.fixture
def course_of():
    """Return what records a function and tells its story."""
    return lambda f, *args: Course.of_call(f, args, {}, gad.Trace)
