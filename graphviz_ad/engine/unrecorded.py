"""What arrays have and a Variable has not: one descriptor a name, whose error says what to write instead.

A ``__getattr__`` would do for all names at once, but CPython 3.11 reads no slot quickly on a class that has one, and to
record and to sweep is to read slots. So a name that nobody knows gets the error of Python, whose guess is among what
`dir` tells.
"""

from __future__ import annotations

from typing import Any, Never

import numpy as np

from graphviz_ad.engine.advice import OTHER_NAMES, missing_attribute
from graphviz_ad.engine.frames import public
from graphviz_ad.engine.primitive import FUNCTIONS, UFUNCS

__all__ = ["Unrecorded", "mark_unrecorded", "visible_names"]


class Unrecorded:
    """Stands in a class for an attribute of arrays, and raises the error that `missing_attribute` has for it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.__doc__ = "Not recorded: reading it says what to write instead."  # in the class's help, which lists it

    @public
    def __get__(self, variable: Any, kind: type) -> Never:
        if variable is None:
            raise AttributeError(f"type object {kind.__name__!r} has no attribute {self.name!r}")
        raise missing_attribute(variable, self.name)

    def __set__(self, variable: Any, value: Any) -> Never:
        raise AttributeError(f"{type(variable).__name__!r} object has no attribute {self.name!r}")

    def __repr__(self) -> str:
        return "<not recorded>"


def mark_unrecorded(kind: type) -> None:
    """Let a class know the names that arrays have in NumPy or in PyTorch, where it has not got them itself."""
    functions = {function.__name__ for function in (*UFUNCS, *FUNCTIONS)}  # methods of another library's arrays
    for name in {*dir(np.ndarray), *OTHER_NAMES, *functions, "abs"}:
        if not name.startswith("_") and name not in vars(kind):
            setattr(kind, name, Unrecorded(name))


def visible_names(variable: Any) -> list[str]:
    """Return the names of what a Variable has, without private ones."""
    own = vars(type(variable))
    return [
        name
        for name in object.__dir__(variable)
        if (name[0] != "_" or name.startswith("__")) and type(own.get(name)) is not Unrecorded
    ]
