"""What a function says of itself: its name, its parameters, what it wraps. Each of it may be missing, fail, or lie.

A decorator, a proxy or a mock answers for these names with code of its own. None of it is needed to differentiate, so
whatever goes wrong here only makes a picture poorer.
"""

from __future__ import annotations

import functools
import inspect
import unicodedata
from collections.abc import Callable
from types import FunctionType
from typing import Any, TypeVar

__all__ = ["attribute", "identifier", "name_of", "parameters_of", "unwrapped", "wraps"]

_TAKES_ANY = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS
_Wrapper = TypeVar("_Wrapper", bound=Callable[..., Any])


def attribute(thing: Any, name: str, default: Any = None) -> Any:
    """Return an attribute, or a default where it is missing or cannot be read, whatever is raised.

    Examples
    --------
    >>> attribute(len, "__name__"), attribute(3, "__name__", "f")
    ('len', 'f')
    """
    try:
        return getattr(thing, name, default)
    except Exception:
        return default


def identifier(text: str) -> str:
    """Return a name in the one form that Python gives it in a source, however it was typed.

    The µ of a keyboard is another character than the Greek letter, and looks the same.

    Examples
    --------
    >>> identifier("µ") == "\u03bc", identifier("x₁")
    (True, 'x1')
    """
    return unicodedata.normalize("NFKC", text)


def name_of(function: Any, default: str) -> str:
    """Return a function's name if it is a text.

    Examples
    --------
    >>> name_of(len, "f"), name_of(3, "f")
    ('len', 'f')
    """
    name = attribute(function, "__name__", default)
    return str(name) if isinstance(name, str) else default


def parameters_of(function: Any) -> list[inspect.Parameter] | None:
    """Return the parameters in order; None where they cannot be read.

    Examples
    --------
    >>> [parameter.name for parameter in parameters_of(lambda x, y=2: x)]
    ['x', 'y']
    """
    try:
        return list(inspect.signature(_bare(function)).parameters.values())
    except Exception:
        return None


def _bare(function: Any) -> Any:
    """Return a function that takes just what it lists without what it says of itself: its code cannot lie."""
    if type(function) is not FunctionType or function.__code__.co_flags & _TAKES_ANY:
        return function
    said = vars(function).get("__signature__")
    if said is not None and not isinstance(said, inspect.Signature):
        return function  # which says that it cannot be read
    bare = FunctionType(function.__code__, {}, closure=function.__closure__, argdefs=function.__defaults__)
    bare.__kwdefaults__ = function.__kwdefaults__
    return bare


def unwrapped(function: Any) -> Any:
    """Return the innermost function that a decorated one wraps, itself where it wraps nothing, or itself.

    Examples
    --------
    >>> unwrapped(functools.wraps(len)(lambda x: 0))
    <built-in function len>
    """
    try:
        return inspect.unwrap(function)
    except Exception:  # a circle, or a wrapper that does not say what it wraps
        return function


def wraps(function: Any) -> Callable[[_Wrapper], _Wrapper]:
    """Let a wrapper look like a function, as far as that says how it looks; what it holds is not copied.

    Examples
    --------
    >>> wraps(len)(lambda x: 0).__name__
    'len'
    """

    def wrap(wrapper: _Wrapper) -> _Wrapper:
        if type(function) is FunctionType and type(wrapper) is FunctionType:  # which cannot say no
            wrapper.__module__, wrapper.__doc__ = function.__module__, function.__doc__
            wrapper.__name__, wrapper.__qualname__ = function.__name__, function.__qualname__
            wrapper.__annotations__, wrapper.__wrapped__ = function.__annotations__, function  # type: ignore[attr-defined]
            return wrapper
        for name in functools.WRAPPER_ASSIGNMENTS:
            own = attribute(wrapper, name)
            value = attribute(function, name, own)
            try:
                setattr(wrapper, name, value)
            except TypeError:  # a name that is no text
                setattr(wrapper, name, own)
        wrapper.__wrapped__ = function  # type: ignore[attr-defined]
        return wrapper

    return wrap
