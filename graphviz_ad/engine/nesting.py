"""Numbers and arrays that come in tuples, lists, dicts and dataclasses: taken apart, and put together again.

A transform differentiates with respect to the leaves of its arguments, whatever they are kept in; what it returns is
kept in the same way.
"""

from __future__ import annotations

import copy
import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from graphviz_ad.engine.variable import Variable
from graphviz_ad.errors import InputError, SeedError, brief

__all__ = ["Nest", "is_nested", "is_plain_data", "leaves_beside", "nested"]

Rebuild = Callable[[Iterator[Any]], Any]
_CONTAINERS = (tuple, list, dict)


def is_nested(value: Any) -> bool:
    """Return whether a value is taken apart: a tuple, list, dict or dataclass."""
    kind = type(value)
    if kind is Variable or kind is float:  # what nearly all are
        return False
    return isinstance(value, _CONTAINERS) or hasattr(kind, "__dataclass_fields__")


class Nest:
    """A value taken apart.

    Attributes
    ----------
    leaves : list
        What is no container, in order; the value itself where that is none.
    paths : list of str
        Where each leaf stands, as one would write it behind the value's name: ``"['w'][0]"``.
    """

    __slots__ = ("_rebuild", "leaves", "paths")

    def __init__(self, leaves: list[Any], paths: list[str], rebuild: Rebuild) -> None:
        self.leaves = leaves
        self.paths = paths
        self._rebuild = rebuild

    def filled(self, leaves: Iterable[Any]) -> Any:
        """Return the value with other leaves, in containers of the same types.

        Examples
        --------
        >>> nested({"w": (1.0, 2.0), "b": 3.0}).filled("xyz")
        {'w': ('x', 'y'), 'b': 'z'}
        """
        return self._rebuild(iter(leaves))

    def names(self, name: str) -> list[str]:
        """Return what to call each leaf of a value: its own key where that says which it is, else what reaches it.

        Examples
        --------
        >>> nested({"w": 1.0, "b": (2.0, 3.0)}).names("p")
        ['w', "p['b'][0]", "p['b'][1]"]
        """
        keys = [_own_key(path) for path in self.paths]
        return [
            key if key and keys.count(key) == 1 else name + path for key, path in zip(keys, self.paths, strict=True)
        ]


def _own_key(path: str) -> str:
    """Return the last key or field of a path, where it is a word."""
    match = re.search(r"(?:\['(\w+)'\]|\.(\w+))$", path)
    key = (match[1] or match[2]) if match else ""
    return key if key.isidentifier() else ""


def is_plain_data(value: Any) -> bool:
    """Return whether a value is lists or tuples of plain numbers and words, as data are often written.

    Examples
    --------
    >>> is_plain_data([[1.0, 2.0], [3.0]]), is_plain_data({"w": 1.0}), is_plain_data([np.ones(3)])
    (True, False, False)
    """
    if isinstance(value, tuple | list):
        return all(map(is_plain_data, value))
    return value is None or isinstance(value, int | float | complex | str | bytes | np.generic)


def nested(value: Any) -> Nest:
    """Take a value apart.

    Raises
    ------
    InputError
        For a container that contains itself.

    Examples
    --------
    >>> parts = nested({"w": (1.0, 2.0), "b": 3.0})
    >>> parts.leaves, parts.paths
    ([1.0, 2.0, 3.0], ["['w'][0]", "['w'][1]", "['b']"])
    """
    leaves: list[Any] = []
    paths: list[str] = []
    return Nest(leaves, paths, _taken_apart(value, "", leaves, paths, ()))


def _taken_apart(value: Any, path: str, leaves: list[Any], paths: list[str], above: tuple[int, ...]) -> Rebuild:
    if not is_nested(value):
        leaves.append(value)
        paths.append(path)
        return next
    if id(value) in above:
        raise InputError(f"a {type(value).__name__} contains itself, at {path}, so that it cannot be taken apart")
    entries = _entries(value)
    parts = [_taken_apart(entry, path + step, leaves, paths, (*above, id(value))) for _, step, entry in entries]
    keys = [key for key, _, _ in entries]
    return lambda others: _put_together(value, keys, [part(others) for part in parts])


def _entries(value: Any) -> list[tuple[Any, str, Any]]:
    """Return key, what reaches it, and entry of all that a container holds."""
    if isinstance(value, dict):
        return [(key, f"[{key!r}]", entry) for key, entry in value.items()]
    if isinstance(value, tuple | list):
        names = getattr(value, "_fields", None)
        return [(k, f".{names[k]}" if names else f"[{k}]", entry) for k, entry in enumerate(value)]
    return [(field.name, f".{field.name}", getattr(value, field.name)) for field in dataclasses.fields(value)]


def _put_together(like: Any, keys: list[Any], entries: list[Any]) -> Any:
    """Return a container like another one with other entries; nothing of the person's is called that checks them."""
    if isinstance(like, tuple):
        return type(like)(*entries) if hasattr(like, "_fields") else type(like)(entries)
    other = copy.copy(like)
    if isinstance(other, list):
        other[:] = entries
    elif isinstance(other, dict):
        other.update(zip(keys, entries, strict=True))
    else:
        for key, entry in zip(keys, entries, strict=True):
            object.__setattr__(other, key, entry)  # frozen ones too
    return other


def leaves_beside(like: Any, other: Any, who: str, path: str = "") -> list[Any]:
    """Return what stands in another value where the leaves of the first one stand, be it nested itself or not.

    Raises
    ------
    SeedError
        When it is nested in another way; tuples and lists are alike.

    Examples
    --------
    >>> leaves_beside({"w": 1.0, "b": (2.0, 3.0)}, {"w": [5.0, 6.0], "b": [7.0, 8.0]}, "pullback()")
    [[5.0, 6.0], 7.0, 8.0]
    """
    if not is_nested(like):
        return [other]
    place = f"{who}{path and f', at {path}'}"
    if type(like) is not type(other) and not (isinstance(like, tuple | list) and isinstance(other, tuple | list)):
        raise SeedError(f"{place}: expected a {type(like).__name__}, got {brief(other)}")
    mine, theirs = ({step: entry for _, step, entry in _entries(value)} for value in (like, other))
    if mine.keys() != theirs.keys():
        expected, got = (", ".join(entries) or "nothing" for entries in (mine, theirs))
        raise SeedError(f"{place}: expected a {type(like).__name__} with {expected}, got one with {got}")
    return [leaf for step in mine for leaf in leaves_beside(mine[step], theirs[step], who, path + step)]
