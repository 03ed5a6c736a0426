"""What a helper's expression is called where the helper was called, and where that is in doubt."""

from __future__ import annotations

import ast
from functools import lru_cache
from inspect import unwrap

import pytest

from graphviz_ad.debugging.remedies.callers import passed


def scaled(t, factor=2.0):
    return factor * t


def shifted(t):
    t += 1
    return -t


halved = lambda t: t / 2  # noqa: E731


@lru_cache
def kept(t):
    return -t


class Layer:
    """Of a network."""

    def scaled_again(self, t):
        """Return a number three times as large."""
        return 3 * t


def told(expression, function, caller):
    own = passed(ast.parse(expression, mode="eval").body, unwrap(function).__code__, ast.parse(caller))
    return None if own is None else own.text


@pytest.mark.parametrize(
    ("expression", "function", "caller", "text"),
    [
        ("t", scaled, "scaled(x)", "x"),
        ("-t", scaled, "y = scaled(w @ x, 3)", "-(w @ x)"),
        ("factor * t", scaled, "nn.scaled(factor=k, t=x[0])", "k * x[0]"),
        ("t", halved, "halved(2 * x)", "2 * x"),
        ("t", Layer.scaled_again, "layer.scaled_again(x)", "x"),
        ("factor", scaled, "scaled(x)", None),  # by its default, which the caller does not write
        ("t", scaled, "scaled(x) + scaled(y)", None),  # which of both
        ("t", scaled, "scaled(*xs)", None),
        ("t", scaled, "other(x)", None),
        ("t", shifted, "shifted(x)", None),  # it is another number by then
        ("t", kept, "kept(x)", None),  # a decorator may pass something else
        ("u", scaled, "scaled(x)", None),
        ("2.0", scaled, "scaled(x)", None),
    ],
)
def test_parameters_are_written_as_what_is_passed_for_them(expression, function, caller, text):
    assert told(expression, function, caller) == text
