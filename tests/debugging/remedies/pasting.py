"""Modules of the gallery as they are when remedies are pasted into their files, with floats or with real numbers.

Whatever a broken function is made of, classes, closures, helpers or lambdas, is made anew by running its whole module.
"""

from __future__ import annotations

import dataclasses
import linecache
import sys
import types

import numpy as np

from tests.bugs import gallery
from tests.debugging.remedies.real_numbers import Numpy, real

_FLOATS = float | np.floating
_REGISTERS = ("BUGS", "HEALTHY", "BACKWARD_BUGS", "BACKWARD_RIGHT", "REGISTERED")


def pasted(filename, changes=()):
    """Return the source of a file with the lines of remedies in it."""
    lines = linecache.getlines(filename)
    for line, before, after in sorted(changes, reverse=True):
        count = before.count("\n") + 1
        assert "".join(lines[line - 1 : line - 1 + count]).rstrip("\n") == before
        lines = [*lines[: line - 1], *f"{after}\n".splitlines(keepends=True), *lines[line - 1 + count :]]
    return "".join(lines)


def run(source, name):
    """Run a module of the gallery, and return its names and the broken functions that it registers, in order."""
    filename = f"<pasted {name}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    module = types.ModuleType(name)
    sys.modules[name] = module  # dataclasses look there
    before = {
        own: getattr(gallery, own) for own in ("BUGS", "HEALTHY", "BACKWARD_BUGS", "BACKWARD_RIGHT", "REGISTERED")
    }
    try:
        for own, value in before.items():
            setattr(gallery, own, type(value)())
        exec(compile(source, filename, "exec"), vars(module))
        return vars(module), gallery.BUGS
    finally:
        del sys.modules[name]
        for own, value in before.items():
            setattr(gallery, own, value)


def run_in_reals(source, name):
    """Return the names and the broken functions of a module that computes with real numbers, and whose NumPy does."""
    names, bugs = run(source, name)
    for key, value in names.items():
        if value is np:
            names[key] = Numpy()
        elif isinstance(value, _FLOATS | np.ndarray):
            names[key] = real(value)
    return names, bugs


def mapped(value, change):
    """Return a structure with all its floats, and arrays of floats, changed."""
    if isinstance(value, _FLOATS) or (isinstance(value, np.ndarray) and value.dtype.kind == "f"):
        return change(value)
    if isinstance(value, dict):
        return {key: mapped(own, change) for key, own in value.items()}
    if isinstance(value, list | tuple):
        return type(value)([mapped(own, change) for own in value])
    if dataclasses.is_dataclass(value):
        own = {field.name: mapped(getattr(value, field.name), change) for field in dataclasses.fields(value)}
        return dataclasses.replace(value, **own)
    return value


def leaves(arguments):
    """Return the floats, and arrays of floats, of a structure."""
    own = []
    mapped(arguments, own.append)
    return own


def moved(arguments, which, place, distance, number):
    """Return arguments in other numbers, with an entry of one of their leaves moved."""
    count = iter(range(10**6))

    def change(value):
        own = number(value)
        if next(count) != which:
            return own
        if np.ndim(value) == 0:
            return own + distance
        own = np.array(own)
        own[place] = own[place] + distance
        return own

    return mapped(arguments, change)
