"""Records of broken and healthy functions, and of backward passes: what the debugger is to say of each."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

MARK = "# here"


def marked_line(function: Callable[..., Any]) -> tuple[str, int]:
    """File and number of the one line of a function or class that ends with the mark."""
    lines, first = inspect.getsourcelines(function)
    numbers = [first + i for i, line in enumerate(lines) if line.rstrip().endswith(MARK)]
    if len(numbers) != 1:
        raise ValueError(f"{function.__qualname__} has {len(numbers)} lines that end with {MARK!r}; one is needed")
    return inspect.getsourcefile(function) or "", numbers[0]


@dataclass(frozen=True)
class Bug:
    """A broken function, called as ``check(function, *arguments)``, and the finding that it must have.

    ``cause`` is a regular expression to be searched in the sentence, whatever its case; ``severity`` one to be matched
    in full. ``kind`` is one of the table's, or two that are both right, as in ``"nan-gradient|inf-gradient"``. Each of
    ``reaches`` is among the finding's. The finding comes first, or, unless ``first``, somewhere in the report.
    Where ``reports`` is true the function takes nothing and returns the report.
    """

    function: Callable[..., Any]
    kind: str
    at: Mapping[str, Any]
    cause: str
    reaches: tuple[str, ...]
    severity: str
    first: bool
    reports: bool
    within: Callable[..., Any]

    @property
    def arguments(self) -> tuple[Any, ...]:
        """The values to call the function with, in order."""
        return tuple(self.at.values())

    @property
    def place(self) -> tuple[str, int]:
        """File and line that the finding must name."""
        return marked_line(self.within)


@dataclass(frozen=True)
class Healthy:
    """A function that has no finding but notes."""

    function: Callable[..., Any]
    at: Mapping[str, Any]

    @property
    def arguments(self) -> tuple[Any, ...]:
        """The values to call the function with, in order."""
        return tuple(self.at.values())


@dataclass(frozen=True)
class Backward:
    """A hand-written backward pass for ``check_backward(forward, backward, *arguments)``; ``slip`` is None if right."""

    forward: Callable[..., Any]
    backward: Callable[..., Any]
    at: Mapping[str, Any]
    slip: str | None
    within: Callable[..., Any]

    @property
    def arguments(self) -> tuple[Any, ...]:
        """The values to call forward with, in order."""
        return tuple(self.at.values())

    @property
    def place(self) -> tuple[str, int]:
        """File and line of the first wrong line."""
        return marked_line(self.within)


# Modules may be imported under two names, ``tests.bugs`` and pytest's ``bugs``: each function is registered once.
REGISTERED: set[tuple[str, int]] = set()
BUGS: list[Bug] = []
HEALTHY: list[Healthy] = []
BACKWARD_BUGS: list[Backward] = []
BACKWARD_RIGHT: list[Backward] = []

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def is_new(function: Callable[..., Any]) -> bool:
    """Whether the function is met for the first time."""
    place = (function.__code__.co_filename, function.__code__.co_firstlineno)
    new = place not in REGISTERED
    REGISTERED.add(place)
    return new


def bug(
    kind: str,
    *,
    at: Mapping[str, Any] | None = None,
    cause: str,
    reaches: tuple[str, ...] = (),
    severity: str = "error|warning",
    first: bool = True,
    reports: bool = False,
    within: Callable[..., Any] | None = None,
) -> Decorator:
    """Register a broken function; the line to be named ends with the mark, in it or in ``within``."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        if is_new(function):
            BUGS.append(Bug(function, kind, at or {}, cause, reaches, severity, first, reports, within or function))
        return function

    return register


def healthy(*, at: Mapping[str, Any]) -> Decorator:
    """Register a function of which nothing but notes may be said."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        if is_new(function):
            HEALTHY.append(Healthy(function, at))
        return function

    return register


def backward_bug(
    slip: str, *, forward: Callable[..., Any], at: Mapping[str, Any], within: Callable[..., Any] | None = None
) -> Decorator:
    """Register a backward pass with one planted slip, on the marked line of it or of ``within``."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        if is_new(function):
            BACKWARD_BUGS.append(Backward(forward, function, at, slip, within or function))
        return function

    return register


def backward_right(*, forward: Callable[..., Any], at: Mapping[str, Any]) -> Decorator:
    """Register a backward pass in which every line is right."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        if is_new(function):
            BACKWARD_RIGHT.append(Backward(forward, function, at, None, function))
        return function

    return register
