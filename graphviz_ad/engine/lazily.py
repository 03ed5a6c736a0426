"""An attribute that is worked out when it is first asked for, without a lock.

That of `functools.cached_property` is held, up to Python 3.11, while the attribute is worked out: by all instances
together, and in the child of a process that is forked meanwhile it is held for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

__all__ = ["lazily"]

_Value = TypeVar("_Value")


class lazily(Generic[_Value]):  # noqa: N801  (a decorator, written as one)
    """Make a method an attribute that is kept. Where two threads work it out, both get the first one's.

    Examples
    --------
    >>> class Answer:
    ...     @lazily
    ...     def number(self):
    ...         print("thinking")
    ...         return 42
    >>> answer = Answer()
    >>> answer.number, answer.number
    thinking
    (42, 42)
    """

    def __init__(self, method: Callable[[Any], _Value]) -> None:
        self.func = method
        self.__doc__ = method.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> lazily[_Value]: ...
    @overload
    def __get__(self, instance: object, owner: type) -> _Value: ...
    def __get__(self, instance: object, owner: type) -> Any:
        if instance is None:
            return self
        return vars(instance).setdefault(self.func.__name__, self.func(instance))
