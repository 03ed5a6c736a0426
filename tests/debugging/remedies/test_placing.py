"""Mended programs in their mended source: every node stands where the source, were it run, would make it."""

from __future__ import annotations

import importlib.util
import linecache
from pathlib import Path

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.debugging.remedies.placing import placed
from graphviz_ad.engine.functions import unwrapped

SOURCES = {
    "an operand": (
        "def f(d):\n    r = np.sqrt(d)\n    kept = np.where(d > 1, r, 0.0)\n    return np.sum(kept)\n",
        (np.array([0.0, 4.0, 9.0]),),
    ),
    "a whole expression": ("def f(x):\n    s = 1.0 + x\n    return np.log(1.0 + np.exp(s)) * s\n", (800.0,)),
    "several lines that become one": (
        "def f(x):\n    y = (x\n         + 1)\n    return np.log(\n        1 + np.exp(y)) + y\n\n\n"
        "def g(x):\n    return x\n",
        (900.0,),
    ),
    "a loop": (
        "def f(x):\n    s = x\n    for _ in range(3):\n        z = np.exp(x * 400)\n        s = s + np.log(1 + z)\n"
        "    return s\n",
        (2.0,),
    ),
    "a helper below": (
        "def f(x):\n    return 2.0 * length(x - 1.0)\n\n\n"
        "def length(v):\n    ä = np.sqrt(np.sum(v**2))\n    return ä\n",
        (np.ones(3),),
    ),
    "two lines": ("def f(x):\n    a = np.sqrt(x)\n    return a + x**0.5\n", (0.0,)),
    "a closure": (
        "def make(c):\n    def f(x):\n        return c * np.sqrt(x)\n\n    return f\n\n\nf = make(3.0)\n",
        (0.0,),
    ),
}


def loaded(source, folder, name):
    """Return the function f of a source, as a module of its own."""
    path = Path(folder, f"{name}.py")
    path.write_text(f"import numpy as np\n\n\n{source}", encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.f


def places(recording):
    """Return what each node is called, and where it stands."""
    return [
        (node.name, node.primitive and node.primitive.name, site and (site.line, site.column, site.text))
        for node in recording.nodes
        if (site := node.site) is not None or node.primitive is None
    ]


@pytest.mark.parametrize("name", SOURCES)
def test_nodes_stand_where_the_mended_source_makes_them(name, tmp_path):
    """Beside a run of the mended source: the same nodes, names, lines, columns, values and gradients."""
    source, arguments = SOURCES[name]
    with np.errstate(all="ignore"):
        report = gad.check(loaded(source, tmp_path, "before"), *arguments)
    rerun = next(finding for finding in report.findings if finding.mending).mending.rerun
    own = placed(rerun).recording

    lines = f"import numpy as np\n\n\n{source}".split("\n")
    for line, before, after in sorted(rerun.lines, reverse=True):
        lines[line - 1 : line + before.count("\n")] = after.split("\n")
    mended = "\n".join(lines).removeprefix("import numpy as np\n\n\n")
    with np.errstate(all="ignore"):
        trace = gad.trace(loaded(mended, tmp_path, "after"), *arguments)

    assert places(own) == places(trace)
    for one, other in zip(own.nodes, trace.nodes, strict=True):
        assert np.array_equal(one.value, other.value)
    sweeps = own.reverse(), trace.reverse()
    for one, other in zip(own.inputs, trace.inputs, strict=True):
        assert np.array_equal(sweeps[0].adjoint(one), sweeps[1].adjoint(other))
    # The function has the mended source, and is said to stand in a file of the same name.
    code = unwrapped(own.function).__code__
    assert linecache.getlines(code.co_filename) == [f"{text}\n" for text in lines[:-1]]
    assert Path(code.co_filename).name == "before.py"


def test_a_program_is_placed_once(tmp_path):
    """Whoever asks again gets the same places."""
    report = gad.check(loaded(*SOURCES["an operand"][:1], tmp_path, "once"), *SOURCES["an operand"][1])
    rerun = report.findings[0].mending.rerun
    assert places(placed(rerun).recording) == places(placed(rerun).recording)
    assert placed(rerun).replaced == ((5, 16, 5, 39),)


def test_what_was_recorded_stays_where_it_is(tmp_path):
    """Only the mended run is moved."""
    report = gad.check(loaded(*SOURCES["an operand"][:1], tmp_path, "stays"), *SOURCES["an operand"][1])
    before = places(report.trace)
    placed(report.findings[0].mending.rerun)
    assert places(report.trace) == before


def test_a_source_that_has_changed_since_is_not_mended():
    """Its lines are no longer those that ran."""
    source = "import numpy as np\nf = lambda x: np.sqrt(x) + x\n"
    linecache.cache["<cell>"] = (len(source), None, source.splitlines(keepends=True), "<cell>")
    names: dict = {}
    exec(compile(source, "<cell>", "exec"), names)
    report = gad.check(names["f"], 0.0)
    rerun = report.findings[0].mending.rerun
    linecache.cache["<cell>"] = (4, None, ["def (\n"], "<cell>")
    assert placed(rerun) is None
