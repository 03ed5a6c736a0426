"""Whose frame is it: which line of the user's is running, or has raised, and tracebacks without our own frames."""

from __future__ import annotations

import functools
import os
import re
import sys
from collections.abc import Callable
from opcode import opmap
from types import FrameType, TracebackType
from typing import ParamSpec, TypeVar

from graphviz_ad.errors import GraphvizAdError, LeakError, UnsupportedError, at_line, refuse_unknown

__all__ = [
    "cut",
    "guarded",
    "is_foreign",
    "is_own",
    "is_raised_by_the_person",
    "public",
    "raised_in",
    "user_frame",
    "user_line",
]

_OWN = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_REGISTRY = tuple(os.path.join(_OWN, "engine", name) for name in ("registering.py", "notation.py"))
_ERRORS = refuse_unknown.__code__.co_filename  # where an error may be raised for others
_ENGINE, _COMMAND = (os.path.join(_OWN, part) + os.sep for part in ("engine", "cli"))

_RAISE = opmap["RAISE_VARARGS"]

_P = ParamSpec("_P")
_R = TypeVar("_R")

# What NumPy says of operands, and Python of arguments, also where it is our line that passes them on.
_EXPECTED = (ValueError, TypeError, IndexError, ArithmeticError, MemoryError, RuntimeWarning, KeyboardInterrupt)


def is_own(filename: str) -> bool:
    """Whether a file belongs to this package."""
    return filename.startswith(_OWN + os.sep)


@functools.lru_cache(maxsize=1)
def _foreign() -> tuple[str, ...]:
    """Return where files begin that are not the user's; asked for when something has gone wrong, not at import."""
    import sysconfig

    widget = os.path.join(os.path.dirname(_OWN), "widgets", "graphviz_ad_widgets")  # in a checkout; else a library
    libraries = (sysconfig.get_path(name) for name in ("purelib", "platlib", "stdlib"))
    return "<frozen ", *(folder + os.sep for folder in (_OWN, widget, *libraries))


def is_foreign(filename: str) -> bool:
    """Whether a file belongs to this package, to an installed library or to Python itself, and not to the user."""
    return filename.startswith(_foreign()) and (filename[0] == "<" or "<" not in filename)


def user_frame() -> FrameType | None:
    """Return the innermost frame that belongs neither to this package nor to an installed library."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if not is_foreign(frame.f_code.co_filename):
            return frame
        frame = frame.f_back
    return None


def user_line() -> str:
    """Return ``" (file.py, line 3)"`` for the user's current line, to end an error message with."""
    return at_line(user_frame())


def raised_in(error: BaseException) -> tuple[FrameType, int] | None:
    """Return the innermost frame of the user's that an error came through, and its line; None where there is none."""
    place = None
    traceback = error.__traceback__
    while traceback is not None:
        if not is_foreign(traceback.tb_frame.f_code.co_filename):
            place = traceback.tb_frame, traceback.tb_lineno
        traceback = traceback.tb_next
    return place


def is_raised_by_the_person(error: BaseException) -> bool:
    """Whether a statement of the person's own raised an error: then what it says is meant, to the last word."""
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    if traceback is None or is_foreign(traceback.tb_frame.f_code.co_filename):
        return False
    return traceback.tb_frame.f_code.co_code[traceback.tb_lasti] == _RAISE


def public(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Mark a function that people call: what is raised in it leaves it without our own frames.

    For those that may not cost a call more, `cut` does the same: ``except BaseException as error: cut(error); raise``.
    The bare ``raise`` matters, since any other would add the frame that it stands in.
    """
    return functools.wraps(function)(guarded(function))


def guarded(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Return what does the same as `public` for a function that is made anew each time, and takes no name from it."""

    def entrance(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            try:
                return function(*args, **kwargs)
            except Exception as error:
                meant = _meant(error)
                if meant is not None:
                    raise meant.with_traceback(error.__traceback__) from None
                raise
        except BaseException as error:
            cut(error)
            raise

    return entrance


def _meant(error: Exception) -> GraphvizAdError | None:
    """Return the error that another one hides which says something else; None where it says what happened."""
    if isinstance(error.__cause__, LeakError):  # "setting an array element with a sequence", "with an exception set"
        return error.__cause__
    place = raised_in(error)
    if (
        place is not None
        and type(error).__name__ == "error"
        and str(error).startswith("Result from function call is not")
    ):
        return LeakError(  # MINPACK's, where what a function returned cannot be made plain
            "SciPy's solver makes plain numbers of what its function returns, and the derivative would be lost: solve "
            "with plain values, and take a step of Newton's from the root r, r - np.linalg.solve(gad.jacobian(f)(r), "
            f"f(r)), which is recorded{at_line(place[0])}"
        )
    if type(error) is TypeError and place is not None and str(error).startswith("Iterator operand is flagged as writ"):
        return UnsupportedError(  # np.nditer takes a Variable for an object
            "np.nditer goes over plain numbers, so it cannot be recorded: write np.ravel(x) in its place, or "
            f"np.ndindex(x.shape), and read x[index]{at_line(place[0])}"
        )
    return None


def cut(error: BaseException) -> None:
    """Cut an error's traceback, and those of what caused it, to the frames that say something to the person.

    Of our own errors nothing but the person's frames is left, of all others everything but ours. An error of Python's
    that arose in our own frames, and that neither NumPy nor the person's arguments explain, is a mistake of ours and
    keeps them all.
    """
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        if isinstance(link, GraphvizAdError) or (type(link) is TypeError and _arose_in(link).startswith(_REGISTRY)):
            _locate(link)
            link.__traceback__ = _without(is_foreign, link.__traceback__)
        elif isinstance(link, _EXPECTED) or not _arose_in_ours(link):
            link.__traceback__ = _without(_is_ours, link.__traceback__)
        link = link.__cause__ if link.__suppress_context__ else link.__context__


_LINE = re.compile(r", line \d+\)")


def _locate(error: BaseException) -> None:
    """Give an error of the engine's the person's line, where its sentence has none; the command line has no lines."""
    traceback, frame, innermost = error.__traceback__, user_frame(), ""
    while traceback is not None:
        filename, traceback = traceback.tb_frame.f_code.co_filename, traceback.tb_next
        innermost = innermost if filename == _ERRORS else filename
    if frame is None or not innermost.startswith(_ENGINE) or len(error.args) != 1 or _LINE.search(str(error.args[0])):
        return
    caller: FrameType | None = frame
    while caller is not None:
        if caller.f_code.co_filename.startswith(_COMMAND):
            return
        caller = caller.f_back
    error.args = (f"{str(error.args[0]).removesuffix('.')}{at_line(frame)}",)


def _is_ours(filename: str) -> bool:
    return filename.startswith(_foreign()[1:3])


def _arose_in_ours(error: BaseException) -> bool:
    """Whether the innermost frame that an error came through is ours."""
    return _is_ours(_arose_in(error))


def _arose_in(error: BaseException) -> str:
    """Return the file of the innermost frame that an error came through."""
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    return traceback.tb_frame.f_code.co_filename if traceback is not None else ""


def _without(unwanted: Callable[[str], bool], traceback: TracebackType | None) -> TracebackType | None:
    """Return a traceback without the frames whose files are not wanted."""
    wanted: list[TracebackType] = []
    while traceback is not None:  # no recursion, since a traceback may be as deep as Python allows
        if not unwanted(traceback.tb_frame.f_code.co_filename):
            wanted.append(traceback)
        traceback = traceback.tb_next
    rest: TracebackType | None = None
    for entry in reversed(wanted):
        rest = TracebackType(rest, entry.tb_frame, entry.tb_lasti, entry.tb_lineno)
    return rest
