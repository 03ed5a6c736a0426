"""Options of a call that say what NumPy does anyway: by position, or passed on by a wrapper that has them all.

A handler takes the options that are recorded. Where a call does not fit it, what else there is may be NumPy's own
default, such as ``out=None``, and is then as good as left out. Nothing of this costs a call that fits.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

__all__ = ["without_defaults"]


def without_defaults(
    handler: Callable[..., Any], called: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return a call with names for what a handler does not take by position, less what is NumPy's own default.

    Parameters
    ----------
    handler : function
    called : callable or str
        NumPy's function, or the name of a method: ``"Variable.sum"``.
    args, kwargs
        What it was called with.

    Examples
    --------
    >>> def handler(a, axis=None, *, keepdims=False): ...
    >>> without_defaults(handler, np.median, ([1.0], 0, None, False, True), {})
    (([1.0], 0), {'keepdims': True})
    """
    parameters = _parameters(called)
    code = handler.__code__
    count = code.co_argcount
    surplus, names = args[count:], list(parameters)[count:]
    if code.co_flags & inspect.CO_VARARGS or len(surplus) > len(names):
        surplus, count = (), len(args)
    words = dict(zip(names, surplus, strict=False)) | kwargs
    accepted = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    return args[:count], {
        name: value for name, value in words.items() if name in accepted or not _is_default(parameters.get(name), value)
    }


def _parameters(called: Any) -> Mapping[str, inspect.Parameter]:
    """Return the parameters of NumPy's function; none where it does not say them."""
    function = getattr(np, called.partition(".")[2], None) if isinstance(called, str) else called
    try:
        return inspect.signature(function).parameters if callable(function) else {}
    except ValueError:
        return {}


def _is_default(parameter: inspect.Parameter | None, value: Any) -> bool:
    """Whether an option is the default that NumPy's function has for it."""
    if parameter is None:
        return False
    default = parameter.default
    return value is default or (
        type(value) in (bool, int, float, str) and type(value) is type(default) and value == default
    )
