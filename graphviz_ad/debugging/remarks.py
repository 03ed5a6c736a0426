"""What is to be known of a report as a whole: what it differentiates, and whether chance has a part in it."""

from __future__ import annotations

import pickle
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from graphviz_ad.engine.functions import attribute, unwrapped
from graphviz_ad.engine.nesting import is_nested, nested
from graphviz_ad.engine.recording import Recording

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
    return [*_differentiated(recording), *([_RANDOM] if draws else [])]


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
