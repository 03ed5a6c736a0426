"""The arguments of a check: which of their numbers are differentiated, what those are called, and the function of them.

Floats, complex numbers and arrays of them are leaves, also inside tuples, lists, dicts and dataclasses; everything else
is passed on unchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.engine.frames import user_line
from graphviz_ad.engine.functions import name_of
from graphviz_ad.engine.nesting import is_nested, nested
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
    (('a',), 9.0)
    """
    if not callable(f):
        raise InputError(f"check_grads needs a function first, got {type(f).__name__}: check_grads(f, x){user_line()}")
    nest = nested(tuple(args))
    names = _names(parameter_names(f, len(args)), args)
    places = [k for k, leaf in enumerate(nest.leaves) if _is_leaf(leaf)]
    if not places:
        raise InputError(
            f"check_grads({name_of(f, 'f')}): no argument can be differentiated; pass floats or arrays of floats, such "
            f"as 2.0 instead of 2{user_line()}"
        )

    def function(*leaves: Any) -> Any:
        values = list(nest.leaves)
        for place, leaf in zip(places, leaves, strict=True):
            values[place] = leaf
        return _as_one(f(*nest.filled(values)))

    function.__name__ = name_of(f, "f")
    leaves = tuple(np.array(plain_value(newest(nest.leaves[place])))[()] for place in places)
    return Arguments(function, leaves, tuple(names[place] for place in places))


def _names(parameters: Sequence[str], args: Sequence[Any]) -> list[str]:
    """Return what each leaf of the arguments is called."""
    return [name for parameter, value in zip(parameters, args, strict=True) for name in nested(value).names(parameter)]


def _as_one(result: Any) -> Any:
    """Return a result as one array, also where it consists of several."""
    if not is_nested(result):
        return result
    parts = [np.ravel(part) for part in nested(result).leaves]
    return np.concatenate(parts) if parts else np.zeros(0)


def _is_leaf(value: Any) -> bool:
    value = plain_value(newest(value))
    if isinstance(value, np.ndarray | np.generic):
        return value.dtype.kind in "fc"
    return isinstance(value, float | complex)
