"""Where in the code the operands of a path stand."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.debugging.paths.code import code_lines
from graphviz_ad.debugging.paths.text import rows


def product(x):
    a = x * np.sin(x)
    return a + 2 * x


def method(größe):
    return (größe * np.cos(größe)).sum()


def augmented(x):
    y = np.sin(x)
    y += x * 3
    return y


def wrapped(x):
    y = np.exp(
        x,
    )
    return y * y


def chosen(f, x, way):
    """Return the text of each line that a path goes through, its operands in brackets."""
    trace = gad.trace(f, x)
    why = trace.why(trace.inputs[0])
    k = [row.way for row in rows(why._exam, why.paths)].index(way)
    lines = [line for line in code_lines(why._exam, why.paths) if k in line.paths]
    return ["".join(f"[{text}]" if k in own else text for text, own in line.pieces) for line in lines]


@pytest.mark.parametrize(
    ("f", "x", "way", "expected"),
    [
        (product, 0.5, ("product", "2x", "x"), ["return a + 2 * [x]"]),
        (product, 0.5, ("product", "a", "x"), ["a = [x] * np.sin(x)", "return [a] + 2 * x"]),
        (product, 0.5, ("product", "a", "sin x", "x"), ["a = x * np.sin([x])", "return [a] + 2 * x"]),
        (augmented, 2.0, ("augmented", "y", "x"), ["y = np.sin([x])", "[y] += x * 3"]),
        (augmented, 2.0, ("augmented", "3x", "x"), ["y += [x] * 3"]),
        (wrapped, 0.3, ("wrapped", "y", "x"), None),
    ],
)
def test_the_operands_of_a_path_are_marked(f, x, way, expected):
    seen = chosen(f, x, way)
    if expected is None:  # of an expression over several lines nothing is marked
        assert seen[0] == "y = np.exp("
    else:
        assert seen == expected


def test_letters_that_take_several_bytes_are_letters():
    why = gad.trace(method, np.ones(2)).why("größe")
    (line,) = code_lines(why._exam, why.paths)
    assert "".join(text for text, _ in line.pieces) == "return (größe * np.cos(größe)).sum()"
    assert {text for text, own in line.pieces if own} >= {"größe"}


def test_what_is_in_no_file_is_not_shown():
    names = {"np": np}
    exec("def f(x):\n    return x * np.sin(x)", names)
    why = gad.trace(names["f"], 1.0).why("x")
    assert code_lines(why._exam, why.paths) == []
