"""What is to be known of a report as a whole: what it differentiates, and whether chance has a part in it."""

from __future__ import annotations

import ast
import pickle
import random
from collections.abc import Callable, Iterator, Sequence
from types import CodeType
from typing import Any

import numpy as np

from graphviz_ad.engine.functions import attribute, unwrapped
from graphviz_ad.engine.nesting import is_nested, nested
from graphviz_ad.engine.recording import Recording
from graphviz_ad.engine.source import source_lines
from graphviz_ad.story.exits import scope_of

__all__ = ["drawn", "remarks"]

_RANDOM = (
    "It draws random numbers: another call may have other findings. Draw them before and pass them in, or seed them "
    "inside, as in rng = np.random.default_rng(0)."
)


def remarks(recording: Recording, *, draws: bool = False) -> list[str]:
    """Return sentences on what is looked at; none where a function returns a number.

    Examples
    --------
    >>> import graphviz_ad as gad
    >>> remarks(gad.trace(lambda x: (x**2, x), 3.0)), remarks(gad.trace(np.exp, np.ones(2)))
    (['Of its 2 results the first single number is differentiated.'], ['Differentiated is the sum of its 2 numbers.'])
    """
    random = [_RANDOM] if draws else list(_without_seed(recording.function))
    return [*_differentiated(recording), *random]


def _differentiated(recording: Recording) -> Iterator[str]:
    size = int(np.size(recording.start))
    if is_nested(recording.output):
        count = sum(leaf is not None for leaf in nested(recording.output).leaves)
        if count > 1:
            which = "first single number" if size == 1 else "first array"
            yield f"Of its {count} results the {which} is differentiated{', as a sum' if size > 1 else ''}."
            return
    if size > 1:
        yield f"Differentiated is the sum of its {size:,} numbers."


_MAKERS = ("default_rng", "RandomState", "SeedSequence", "Random", "PCG64", "MT19937", "Philox", "SFC64")
"""What makes a source of random numbers, of a seed or, without one, of chance."""


def _without_seed(function: Any) -> Iterator[str]:
    """Say on which line a function, or one of its module that it calls, makes a random generator without a seed."""
    start = unwrapped(function) if callable(function) else None
    waiting, seen = [start], set()
    while waiting:
        own = waiting.pop()
        code = attribute(own, "__code__")
        if not isinstance(code, CodeType) or code in seen:
            continue
        seen.add(code)
        known = attribute(own, "__globals__", {})
        called = [known[name] for name in _names(code) if name in known]
        waiting.extend(x for x in called if attribute(attribute(x, "__code__"), "co_filename") == code.co_filename)
        if _names(code).isdisjoint(_MAKERS):
            continue
        for line in _lines_without_seed(code):
            yield (
                f"Line {line} makes a random generator without a seed, so that another call may have other findings. "
                "Seed it, as in rng = np.random.default_rng(0), or draw the numbers before and pass them in."
            )
            return


def _names(code: CodeType) -> set[str]:
    """Return the names that a function uses, and those that are written inside of it."""
    inner = (constant for constant in code.co_consts if isinstance(constant, CodeType))
    return {*code.co_names}.union(*map(_names, inner))


def _lines_without_seed(code: CodeType) -> Iterator[int]:
    """Yield the lines of a function on which a generator is made of nothing, or of None."""
    lines = source_lines(code)
    try:
        scope = scope_of(ast.parse("".join(lines or ())), code)
    except (SyntaxError, ValueError):
        return
    for part in ast.walk(scope):
        if isinstance(part, ast.Call):
            name = part.func.attr if isinstance(part.func, ast.Attribute) else getattr(part.func, "id", "")
            seeds = [*part.args, *(keyword.value for keyword in part.keywords)]
            if name in _MAKERS and all(isinstance(own, ast.Constant) and own.value is None for own in seeds):
                yield part.lineno


def drawn(f: Callable[..., Any], arguments: Sequence[Any]) -> bytes:
    """Return where the random generators stand that a function can reach; two such answers differ if it drew of one.

    Those are NumPy's and Python's own, and generators among its arguments, its closure and its globals. One that it
    makes itself is not among them.
    """
    states = [thing.bit_generator.state for thing in _reached(f, arguments) if isinstance(thing, np.random.Generator)]
    shared = np.random.get_state()  # noqa: NPY002 - that of the functions of np.random
    return pickle.dumps((shared, random.getstate(), states))


def _reached(f: Callable[..., Any], arguments: Sequence[Any]) -> Iterator[Any]:
    """Yield what a function can name: its arguments, and what its closure and its globals hold for it."""
    yield from arguments
    inner = unwrapped(f)
    for cell in attribute(inner, "__closure__") or ():
        yield attribute(cell, "cell_contents")  # of one that is empty there is none
    known = attribute(inner, "__globals__", {})
    yield from (known[name] for name in attribute(attribute(inner, "__code__"), "co_names", ()) if name in known)
