"""The code beside a film: its lines, and where in them something was recorded."""

from __future__ import annotations

import functools
import json
import linecache

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.films.code import Code

TURNED = "def f(x):\n    y = '\u202e\x1b[1m' and x * x  # \u2066\n    return np.sin(y)\n"


def compiled(source, filename):
    """Return the function f of a source that only linecache knows."""
    linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
    namespace = {"np": np}
    exec(compile(source, filename, "exec"), namespace)
    return namespace["f"]


def test_what_would_turn_the_code_around_is_shown_as_its_escape():
    """And what stands after it is still found in its place."""
    f = compiled(TURNED, "<turned>")
    code = Code.of(f)
    assert code.shown[1] == r"    y = '\u202e\x1b[1m' and x * x  # \u2066"
    _, column, _, end = code.span(gad.trace(f, 2.0).nodes[1].site)
    assert code.shown[1][column:end] == "x * x"


def test_no_page_and_no_picture_holds_what_turns_text_around(tmp_path):
    """Neither of the code, nor of names, nor of errors."""
    f = compiled(TURNED.replace("return", "if x > 1: raise ValueError('\u202e\x1b[1m')\n    return"), "\u202e.py")
    f.__name__ = "\u202e"
    film = gad.film(f, x=(0, 2, 1))
    film.save(tmp_path / "a.html")
    film.save(tmp_path / "a.svg", at={"x": 0.0})
    gad.trace(f, gad.Variable(0.5, name="\u2066\x1b[1m")).save(tmp_path / "b.html")
    gad.trace(f, gad.Variable(0.5, name="\u2066\x1b[1m")).save(tmp_path / "b.svg")
    for path in tmp_path.iterdir():
        assert not set("\u202e\u2066\x1b") & set(path.read_text(encoding="utf-8")), path
    assert r"ValueError: \u202e\x1b[1m" in film.errors[2]


def test_what_turns_text_around_is_not_in_what_stands_beside_the_code_either(tmp_path):
    """The comparison that leads to a scene, a line elsewhere in the inspector, and the name of a recording."""
    source = (
        "def f(x):\n    return np.sin(x) if x > {'\u202e': 1}['\u202e'] else g(x)\n\n"
        "def g(x):\n    return np.multiply(*[x, x, '\u202e'][:2])\n"
    )
    f = compiled(source, "<beside>")
    gad.film(f, x=(0, 2, 1)).save(tmp_path / "a.html")
    gad.trace(f, 0.5).save(tmp_path / "b.html")
    with gad.record(name="\u202e") as block:
        np.sin(gad.Variable(0.5))
    block.save(tmp_path / "c.html")
    for path in tmp_path.iterdir():
        text = path.read_text(encoding="utf-8")
        assert "\u202e" not in text, path


def test_json_keeps_what_turns_text_around_as_its_escape(tmp_path):
    """A program reads the same characters."""
    with gad.record(name="a\u202e\ud800\x9b") as block:
        np.sin(gad.Variable(0.5))
    block.save(tmp_path / "a.json")
    text = (tmp_path / "a.json").read_text(encoding="utf-8")
    assert not set("\u202e\x9b") & set(text)
    assert json.loads(text)["name"] == "a\u202e\ud800\x9b"


def test_a_method_and_a_decorated_function_have_their_code():
    """That of the function inside."""

    class Model:
        def loss(self, x):
            return np.sin(x)

    @functools.lru_cache
    def cached(x):
        return np.sin(x)

    assert Code.of(Model().loss).lines[0] == "def loss(self, x):"
    assert Code.of(cached).lines == ["@functools.lru_cache", "def cached(x):", "    return np.sin(x)"]


@pytest.mark.parametrize("thing", [np.sin, len, functools.partial(np.sin), 3, int], ids=repr)
def test_what_has_no_code_of_its_own(thing):
    """Nothing is shown."""
    assert Code.of(thing) is None


def test_a_source_that_stops_in_the_middle():
    """Whatever Python's tokenizer raises for it."""
    f = compiled("def f(x):\n    return np.sin(x)\n", "<stops>")
    linecache.cache["<stops>"] = (9, None, ["def f(x):\n", "    return '''\n"], "<stops>")
    assert Code.of(f) is None or gad.trace(f, 1.0)
    linecache.cache["<stops>"] = (9, None, ["def f(x):\n", "    if x:\n", "  return x\n"], "<stops>")
    assert Code.of(f) is None or gad.trace(f, 1.0)
