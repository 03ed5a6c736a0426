"""Every error of the package: each says what happened, where, what was expected and the way out.

All of them derive from `GraphvizAdError` and from the builtin exception that fits, so both
``except gad.GraphvizAdError`` and ``except TypeError`` catch what one would hope.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from types import FrameType
from typing import Any

from graphviz_ad.console import printable, visible

__all__ = [
    "ArgumentNumberError",
    "DtypeError",
    "FixedAttributeError",
    "GradientError",
    "GraphvizAdError",
    "InputError",
    "LayoutError",
    "LeakError",
    "MemoryUseWarning",
    "MissingPackageError",
    "MutationError",
    "NoGradientWarning",
    "PathError",
    "RandomnessWarning",
    "ReleasedError",
    "SeedError",
    "SizeError",
    "SnapshotError",
    "UnknownAttributeError",
    "UnknownKeywordError",
    "UnsupportedError",
    "at_line",
    "brief",
    "check_choice",
    "check_flag",
    "refuse_unknown",
    "suggest",
    "text_of",
]


class MemoryUseWarning(UserWarning):
    """The versions of an array that is written to again and again take a great deal of memory."""


class NoGradientWarning(UserWarning):
    """The gradient of a computed value was read, which is always None: only leaves keep one."""


class RandomnessWarning(UserWarning):
    """A function that is filmed gave something else when it was run again at the same place."""


class GraphvizAdError(Exception):
    """Base class of all errors raised on purpose by this package.

    ``str(error)`` is what can be printed on standard output; `message` is what was written.
    """

    @property
    def message(self) -> str:
        """The message as it was written, whatever the console."""
        return super().__str__()

    def __str__(self) -> str:
        return printable(self.message)

    def __repr__(self) -> str:
        return printable(super().__repr__())


class LeakError(GraphvizAdError, TypeError):
    """A tracked value was about to leave the graph by accident, as in ``math.exp(x)`` or ``float(x)``."""


class UnsupportedError(GraphvizAdError, TypeError):
    """A NumPy function or option that has no derivative rule here met a Variable."""


class MutationError(GraphvizAdError, TypeError):
    """An in-place write to a recorded value was attempted."""


class FixedAttributeError(MutationError, AttributeError):
    """An attribute of a Variable that can only be read was set."""


class DtypeError(GraphvizAdError, TypeError):
    """A dtype that cannot be differentiated, such as an integer leaf."""


class InputError(GraphvizAdError, ValueError):
    """An argument with the wrong type, shape, name or range."""


class SeedError(GraphvizAdError, ValueError):
    """A reverse sweep was started with a missing or misshapen seed."""


class ReleasedError(GraphvizAdError, RuntimeError):
    """A graph was swept again after ``retain_graph=False`` had released it."""


class GradientError(GraphvizAdError, AssertionError):
    """A derivative that differences contradict.

    Attributes
    ----------
    trace : Trace or None
        The computation; None where it is a backward pass that was tested.
    """

    def __init__(self, message: str, trace: Any) -> None:
        super().__init__(message)
        self.trace = trace

    def __reduce__(self) -> tuple[Any, ...]:  # between processes it goes without its trace
        return type(self), (self.message, None)


class SnapshotError(GraphvizAdError, AssertionError):
    """A trace is not what was stored of it, or nothing was."""


class SizeError(GraphvizAdError, ValueError):
    """A picture, film or expression would be larger than can be shown."""


class LayoutError(GraphvizAdError, RuntimeError):
    """Graphviz is missing, took too long, failed, or answered something unreadable."""


class UnknownAttributeError(GraphvizAdError, AttributeError):
    """An attribute that arrays have and a Variable has not, such as a method of NumPy's that is not recorded."""


class UnknownKeywordError(GraphvizAdError, TypeError):
    """A keyword that a function does not have."""


class ArgumentNumberError(GraphvizAdError, IndexError):
    """A node was asked for an operand that it does not have."""


class MissingPackageError(GraphvizAdError, ImportError):
    """A package is not installed that a file format needs."""


class PathError(GraphvizAdError, OSError):
    """A file that cannot be written where it was asked for."""


def refuse_unknown(who: str, unknown: Iterable[str], known: Collection[str]) -> None:
    """Raise for keywords that `who` does not have, with the closest one that it has.

    Functions that take ``**unknown: Never`` call this, so that a misspelt option is explained at run time, and refused
    by type checkers.

    Examples
    --------
    >>> refuse_unknown("grad", {"argnum": 0}, ("argnums",))
    Traceback (most recent call last):
        ...
    graphviz_ad.errors.UnknownKeywordError: grad has no option 'argnum'; it has argnums. Did you mean 'argnums'?
    """
    for name in unknown:
        raise UnknownKeywordError(f"{who} has no option {name!r}; it has {', '.join(known)}.{suggest(name, known)}")


def suggest(word: str, candidates: Iterable[str]) -> str:
    """Return `` Did you mean 'candidate'?`` for the candidate closest to `word`, else an empty string.

    Examples
    --------
    >>> suggest("thene", ["theme", "panels"])
    " Did you mean 'theme'?"
    >>> suggest("zzz", ["theme"])
    ''
    """
    if len(word) < 3:
        return ""  # of one or two letters anything is close to anything
    import difflib  # only when something was misspelt

    close = difflib.get_close_matches(word, list(candidates), n=1, cutoff=0.6)
    return f" Did you mean {close[0]!r}?" if close else ""


def check_choice(what: str, value: object, choices: Sequence[str], who: str) -> str:
    """Return a value that is one of several words.

    Raises
    ------
    InputError

    Examples
    --------
    >>> check_choice("mode", "foward", ("reverse", "forward"), "steps")
    Traceback (most recent call last):
        ...
    graphviz_ad.errors.InputError: steps: unknown mode 'foward'; expected 'reverse' or 'forward'. Did you mean
    'forward'?
    """
    if isinstance(value, str) and value in choices:
        return value
    *others, last = map(repr, choices)
    raise InputError(
        f"{who}: unknown {what} {value!r}; expected {', '.join(others)} or {last}.{suggest(str(value), choices)}"
    )


def check_flag(what: str, value: object, who: str) -> bool:
    """Return a value that is True or False.

    Raises
    ------
    InputError

    Examples
    --------
    >>> check_flag("legend", "yes", "save")
    Traceback (most recent call last):
        ...
    graphviz_ad.errors.InputError: save: legend must be True or False, got 'yes'
    """
    if not isinstance(value, bool):
        raise InputError(f"{who}: {what} must be True or False, got {value!r}")
    return value


def at_line(frame: FrameType | None, line: int | None = None) -> str:
    """Return ``" (file.py, line 3)"``, the one way in which errors say where; empty where no frame is known.

    The line is the one that runs there, unless another is given, such as that of a traceback.

    Examples
    --------
    >>> import sys
    >>> at_line(sys._getframe()).startswith(" (<doctest")
    True
    """
    if frame is None:
        return ""
    return f" ({visible(frame.f_code.co_filename)}, line {frame.f_lineno if line is None else line})"


def text_of(error: BaseException) -> str:
    """Return the message of an error as it was written, without characters that nobody sees; a person's own may fail.

    Examples
    --------
    >>> text_of(ValueError("no good"))
    'no good'
    """
    try:
        return visible(error.message if isinstance(error, GraphvizAdError) else str(error))
    except Exception:  # it is the person's own, and must not hide where it was raised
        return "its message cannot be read"


def brief(value: Any) -> str:
    """Return a value's type and the beginning of its text.

    Examples
    --------
    >>> brief("abc")
    "str 'abc'"
    """
    try:
        text = repr(value)
    except Exception:  # a person's own, in the middle of telling something else
        text = "without a repr"
    return f"{type(value).__name__} {text if len(text) <= 40 else text[:37] + '...'}"
