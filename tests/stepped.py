"""A program of a few functions in a file whose lines are known, for whoever steps through it."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

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


def network(x):
    h = x
    for _ in range(3):
        h = np.tanh(h * 1.5 + x)
    return h.mean()


def outside(x):
    return sum(map(g, [x, x + 1]))
"""


def program(folder: Path) -> ModuleType:
    """Return the program as a module of a file in a folder."""
    path = folder / "stepped_model.py"
    path.write_text(MODEL, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("stepped_model", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
