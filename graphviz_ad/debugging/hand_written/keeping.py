"""What a person's objects hold, kept so that their functions can be run again and again from the same beginning.

A backward pass may write to what it gets, add to attributes, or draw random numbers. Before each run everything that
the functions reach is put back, in the objects themselves: whoever holds one of them holds the same object afterwards.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterable, Iterator
from types import FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from graphviz_ad.engine.frames import is_foreign

__all__ = ["Keeper", "is_persons_object"]

_Restore = Callable[[], Any]


class Keeper:
    """Keeps what can be reached from some functions and values, the state of random numbers included.

    Examples
    --------
    >>> store = {"h": np.zeros(2)}
    >>> keeper = Keeper([store])
    >>> store["h"] += 1.0
    >>> store["new"] = 3
    >>> keeper.restore()
    >>> store
    {'h': array([0., 0.])}
    """

    def __init__(self, roots: Iterable[Any]) -> None:
        self._restores: list[_Restore] = []
        self._seen: dict[int, Any] = {}
        waiting = list(roots)
        while waiting:
            thing = waiting.pop()
            if id(thing) not in self._seen:
                self._seen[id(thing)] = thing
                waiting.extend(self._keep(thing))
        numbers, others = np.random.get_state(), random.getstate()  # noqa: NPY002  (the person's, whatever it is)
        self._restores += [lambda: np.random.set_state(numbers), lambda: random.setstate(others)]  # noqa: NPY002

    def restore(self) -> None:
        """Put everything back."""
        for restore in self._restores:
            restore()

    def _keep(self, thing: Any) -> Iterable[Any]:
        """Keep one thing, and return what can be reached from it."""
        for kinds, keep in _KEEPERS:
            if isinstance(thing, kinds):
                return keep(thing, self._restores)
        return _keep_object(thing, self._restores) if is_persons_object(thing) else ()


def is_persons_object(thing: Any) -> bool:
    """Return whether a thing is an instance of a class that the person wrote, with attributes of its own."""
    kind = type(thing)
    if isinstance(thing, type | ModuleType) or not isinstance(getattr(thing, "__dict__", None), dict):
        return False
    module = sys.modules.get(kind.__module__)
    return not is_foreign(getattr(module, "__file__", None) or kind.__module__)


def _keep_array(array: Any, restores: list[_Restore]) -> Iterable[Any]:
    if array.flags.writeable and array.dtype.kind != "O":
        copy = array.copy()
        restores.append(lambda: np.copyto(array, copy) if array.flags.writeable else None)
    return ()


def _keep_dict(thing: Any, restores: list[_Restore]) -> Iterable[Any]:
    copy = dict(thing)

    def restore() -> None:
        thing.clear()
        thing.update(copy)

    restores.append(restore)
    return copy.values()


def _keep_list(thing: Any, restores: list[_Restore]) -> Iterable[Any]:
    copy = list(thing)
    restores.append(lambda: thing.__setitem__(slice(None), copy))
    return copy


def _keep_object(thing: Any, restores: list[_Restore]) -> Iterable[Any]:
    return _keep_dict(vars(thing), restores)


def _keep_generator(thing: Any, restores: list[_Restore]) -> Iterable[Any]:
    state = thing.bit_generator.state
    restores.append(lambda: setattr(thing.bit_generator, "state", state))
    return ()


def _keep_legacy(thing: Any, restores: list[_Restore]) -> Iterable[Any]:
    state = thing.get_state()
    restores.append(lambda: thing.set_state(state))
    return ()


def _keep_random(thing: Any, restores: list[_Restore]) -> Iterable[Any]:
    state = thing.getstate()
    restores.append(lambda: thing.setstate(state))
    return ()


def _keep_function(function: Any, restores: list[_Restore]) -> Iterator[Any]:
    """Keep what a function reads beside its arguments: its cells, its globals, its attributes."""
    if is_foreign(function.__code__.co_filename):
        return
    for cell in function.__closure__ or ():
        try:
            value = cell.cell_contents
        except ValueError:  # not assigned yet
            continue
        restores.append(lambda cell=cell, value=value: setattr(cell, "cell_contents", value))  # type: ignore[misc]
        yield value
    names = function.__globals__
    for name in function.__code__.co_names:
        if name in names and not isinstance(names[name], ModuleType):
            value = names[name]
            restores.append(lambda name=name, value=value: names.__setitem__(name, value))  # type: ignore[misc]
            yield value
    yield from _keep_dict(vars(function), restores)


_KEEPERS: tuple[tuple[Any, Callable[[Any, list[_Restore]], Iterable[Any]]], ...] = (
    (np.ndarray, _keep_array),
    (dict, _keep_dict),
    (list, _keep_list),
    (tuple, lambda thing, _: thing),
    (MethodType, lambda thing, _: (thing.__self__, thing.__func__)),
    (FunctionType, _keep_function),
    (np.random.Generator, _keep_generator),
    (np.random.RandomState, _keep_legacy),
    (random.Random, _keep_random),
)
