"""What a function recorded before it raised: kept by its exception, and for as long as that lives.

Nothing else holds on to it, so that a graph goes where Python lets an exception go. That is told apart here from the
reading of it (`graphviz_ad.engine.failures`), since every call of a function may keep something, and few are looked at.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from graphviz_ad.engine.variable import Variable
    from graphviz_ad.engine.watch import Watch

__all__ = ["Aftermath", "Kept", "keep", "kept", "latest", "let_go"]

_NAME = "_graphviz_ad"


class Aftermath(NamedTuple):
    """What there was when a function raised.

    Attributes
    ----------
    name : str
        What the function is called.
    function : callable
    inputs : tuple of Variable
    watch : Watch
        What was recorded until then.
    traceback : traceback or None
        Where the function raised: what it called, from itself on.
    """

    name: str
    function: Callable[..., Any]
    inputs: tuple[Variable, ...]
    watch: Watch
    traceback: TracebackType | None


class Kept:
    """Holds an aftermath in an exception; between processes it goes without, since nodes stay where they are."""

    __slots__ = ("aftermath",)

    def __init__(self, aftermath: Aftermath | None = None) -> None:
        self.aftermath = aftermath

    def __reduce__(self) -> tuple[Any, ...]:
        return Kept, ()


def keep(
    error: BaseException, name: str, function: Callable[..., Any], inputs: tuple[Variable, ...], watch: Watch
) -> None:
    """Let an exception keep what was recorded before it; where one call is inside another, that of the outer one.

    Where the memory is full, it must not be filled any longer.
    """
    if isinstance(error, MemoryError):
        return
    here = error.__traceback__
    aftermath = Aftermath(name, function, inputs, watch, here.tb_next if here is not None else None)
    BaseException.__setattr__(error, _NAME, Kept(aftermath))  # whatever a class of one's own does with attributes


def kept(error: BaseException | None) -> Aftermath | None:
    """Return what an exception, or the one that it was raised from, keeps.

    Examples
    --------
    >>> from graphviz_ad.engine.recording import Recording
    >>> try:
    ...     Recording.of_call(lambda x: x + unknown, (1.0,), {})
    ... except NameError as error:
    ...     print(kept(error).inputs)
    (Variable(1.0, name='x'),)
    """
    for own in _raised_from(error):
        holder = vars(own).get(_NAME)
        if isinstance(holder, Kept) and holder.aftermath is not None:
            return holder.aftermath
    return None


def let_go(error: BaseException) -> None:
    """Let an exception that goes no further hold neither frames nor what was recorded; what it says stays.

    Examples
    --------
    >>> from graphviz_ad.engine.recording import Recording
    >>> try:
    ...     Recording.of_call(lambda x: x + unknown, (1.0,), {})
    ... except NameError as error:
    ...     let_go(error)
    ...     print(error, kept(error))
    name 'unknown' is not defined None
    """
    for own in _raised_from(error):
        own.__traceback__ = None
        vars(own).pop(_NAME, None)


def _raised_from(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an exception and those that it was raised from, each once: they may run in a circle."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__


def latest() -> BaseException | None:
    """Return the exception that is being handled, else the last one that an interactive session showed."""
    own = sys.exc_info()[1]
    return own if own is not None else getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
