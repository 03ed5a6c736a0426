"""The arguments of a check: which of their numbers are differentiated, what those are called, and the function of them.

Floats, complex numbers and arrays of them are leaves, also inside tuples, lists and dicts; everything else is passed on
unchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.engine.frames import user_line
from graphviz_ad.engine.functions import name_of
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.recording import parameter_names
from graphviz_ad.engine.versions import newest
from graphviz_ad.errors import InputError

__all__ = ["Arguments", "arguments"]


class Arguments(NamedTuple):
    """The leaves of a call, and the function of the leaves alone.

    Attributes
    ----------
    function : callable
        ``function(*leaves)``.
    leaves : tuple of NumPy values
    names : tuple of str
        What each is called, such as ``w`` or ``params['w']``.
    """

    function: Callable[..., Any]
    leaves: tuple[Any, ...]
    names: tuple[str, ...]


def arguments(f: Callable[..., Any], args: Sequence[Any]) -> Arguments:
    """Return the leaves of a call ``f(*args)`` and the function of them.

    Raises
    ------
    InputError
        Where nothing can be differentiated.

    Examples
    --------
    >>> call = arguments(lambda x, n: x["a"] ** n, ({"a": 3.0}, 2))
    >>> call.names, float(call.function(*call.leaves))
    (("x['a']",), 9.0)
    """
    if not callable(f):
        raise InputError(f"check_grads needs a function first, got {type(f).__name__}: check_grads(f, x){user_line()}")
    named = list(_named(tuple(args), parameter_names(f, len(args))))
    if not named:
        raise InputError(
            f"check_grads({name_of(f, 'f')}): no argument can be differentiated; pass floats or arrays of floats, such "
            f"as 2.0 instead of 2{user_line()}"
        )

    def function(*leaves: Any) -> Any:
        values = iter(leaves)
        return f(*[_rebuilt(value, values) for value in args])

    function.__name__ = name_of(f, "f")
    names, leaves = zip(*named, strict=True)
    return Arguments(function, tuple(np.array(plain_value(newest(leaf)))[()] for leaf in leaves), names)


def _is_leaf(value: Any) -> bool:
    value = plain_value(newest(value))
    if isinstance(value, np.ndarray | np.generic):
        return value.dtype.kind in "fc"
    return isinstance(value, float | complex)


def _named(values: Any, names: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """Yield each leaf with its name."""
    for value, name in zip(values, names, strict=True):
        if _is_leaf(value):
            yield name, value
        elif isinstance(value, dict):
            yield from _named(value.values(), [f"{name}[{key!r}]" for key in value])
        elif isinstance(value, list | tuple):
            yield from _named(value, [f"{name}[{k}]" for k in range(len(value))])


def _rebuilt(value: Any, leaves: Iterator[Any]) -> Any:
    """Return an argument with other leaves in the place of its own."""
    if _is_leaf(value):
        return next(leaves)
    if isinstance(value, dict):
        return type(value)((key, _rebuilt(entry, leaves)) for key, entry in value.items())
    if isinstance(value, list):
        return [_rebuilt(entry, leaves) for entry in value]
    if isinstance(value, tuple):
        entries = [_rebuilt(entry, leaves) for entry in value]
        return type(value)(*entries) if hasattr(value, "_fields") else tuple(entries)
    return value
