"""The page of the house: it names every floor, and its recipes work as they are written."""

from __future__ import annotations

import ast
import re
import sys
import types
from pathlib import Path

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad import extend
from graphviz_ad.engine.primitive import FUNCTIONS, METHODS, PRIMITIVES, UFUNCS
from graphviz_ad.errors import UnsupportedError
from graphviz_ad.saving import formats

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "house.md").read_text(encoding="utf-8")
LINE, BLOCK, WRITER, ROW = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def recipes():
    """Run the two recipes of rules, and forget them afterwards."""
    names = {name: getattr(extend, name) for name in extend.__all__} | {"np": np, "UnsupportedError": UnsupportedError}
    with extend.temporary():
        for name, function in (("cbrt", np.cbrt), ("cumsum", np.cumsum)):  # the package may have its own one day
            PRIMITIVES.pop(name, None), UFUNCS.pop(function, None), FUNCTIONS.pop(function, None)
            METHODS.pop(name, None)
        exec(LINE, names)
        exec(BLOCK, names)
        yield


def test_every_room_is_on_the_page():
    """A new package, or a new module beside the packages, is drawn."""
    rooms = {
        path.stem
        for path in (ROOT / "graphviz_ad").iterdir()
        if path.suffix == ".py" or (path.is_dir() and (path / "__init__.py").exists())
    }
    assert {room for room in rooms - {"__main__"} if not re.search(rf"\b{room}\b", PAGE)} == set()


def test_every_path_on_the_page_exists():
    """What is renamed is renamed here, too."""
    named = re.findall(r"`((?:engine|formulas|story|draw|films|player|saving|tests|numerals)/[\w/.]*)", PAGE)
    assert len(named) > 10
    assert [name for name in named if not any((root / name).exists() for root in (ROOT, ROOT / "graphviz_ad"))] == []


def test_the_recipe_of_a_line_is_a_rule(recipes):
    """Its value, its first and its second derivative are those of the cube root."""
    assert np.cbrt(gad.Variable(8.0)).value == np.cbrt(8.0)
    assert gad.grad(np.cbrt)(8.0) == pytest.approx(1 / 12, rel=1e-15)
    assert gad.grad(gad.grad(np.cbrt))(8.0) == pytest.approx(-2 / 9 * 8.0 ** (-5 / 3), rel=1e-14)
    assert gad.trace(np.cbrt, 8.0).story.title.text == "f(x) = ³√x"


def test_the_recipe_of_a_block_is_a_rule(recipes):
    """As a function and as a method; its gradient is that of differences, and it differentiates again."""
    x = np.arange(1.0, 7.0).reshape(2, 3)

    def f(x):
        return (np.cumsum(x, axis=-1) ** 2).sum() + (x.cumsum() ** 3).sum()

    step, expected = 1e-6, np.zeros_like(x)
    for place in np.ndindex(x.shape):
        moved = np.zeros_like(x)
        moved[place] = step
        expected[place] = (f(x + moved) - f(x - moved)) / (2 * step)
    np.testing.assert_allclose(gad.grad(f)(x), expected, rtol=1e-7)
    second = gad.grad(lambda x: gad.grad(lambda x: (np.cumsum(x, axis=-1) ** 2).sum())(x).sum())(x)
    np.testing.assert_array_equal(second, [[12, 10, 6]] * 2)
    with pytest.raises(UnsupportedError, match="along the last axis only, got axis=0"):
        np.cumsum(gad.Variable(x), axis=0)


def test_the_recipe_of_a_format_writes(tmp_path, monkeypatch):
    """The row and its file, for a trace and for a stop of a film."""
    module = types.ModuleType("graphviz_ad.saving.sentences")
    exec(WRITER, vars(module))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(formats, "FORMATS", (*formats.FORMATS, eval(ROW, {"Format": formats.Format})))
    gad.trace(np.sin, 0.5).save(tmp_path / "trace.txt")
    gad.film(np.sin, x=(0, 1, 0.5)).save(tmp_path / "film.txt", at={"x": 0.5})
    assert (tmp_path / "trace.txt").read_text() == (tmp_path / "film.txt").read_text()
    assert (tmp_path / "trace.txt").read_text().startswith("x is the input: 0.5.\nf is sin x: ")


def test_no_variable_is_a_participle():
    """A variable is a noun: what it holds, not how it came about."""
    participles = {"found", "given", "made", "taken", "told"}
    sources = [*(ROOT / "graphviz_ad").rglob("*.py"), *(ROOT / "widgets").rglob("*.py")]
    named = [
        f"{path.relative_to(ROOT)}:{node.lineno} {name}"
        for path in sources
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for name in [node.id if isinstance(node, ast.Name) else node.arg if isinstance(node, ast.arg) else ""]
        if name in participles
    ]
    assert named == []


def test_no_two_files_of_tests_have_one_name():
    """Nor that of a module of Python's: all are collected together, each under its bare name."""
    files = [path for path in (ROOT / "tests").rglob("*.py") if not (path.parent / "__init__.py").exists()]
    names = [path.stem for path in files if path.stem != "conftest"]
    assert sorted(names) == sorted(set(names))
    assert not set(names) & set(sys.stdlib_module_names)
