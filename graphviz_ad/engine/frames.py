"""Whose frame is it: which line of the user's is running, or has raised, and tracebacks without our own frames."""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from types import FrameType, TracebackType
from typing import TypeVar

from graphviz_ad.errors import at_line

__all__ = ["is_foreign", "is_own", "raised_in", "shortened", "user_frame", "user_line"]

_OWN = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

_Error = TypeVar("_Error", bound=BaseException)


def is_own(filename: str) -> bool:
    """Whether a file belongs to this package."""
    return filename.startswith(_OWN + os.sep)


@lru_cache(maxsize=1)
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


def shortened(error: _Error) -> _Error:
    """Return the error itself, its traceback cut to what is in the user's function, and so that of its cause.

    Of an error that does not come from there nothing is left: where it is raised again is where it was caused. A
    notebook does not even show that last frame, which is ours.
    """
    cause = error.__cause__
    if cause is not None:
        cause.with_traceback(_without_ours(cause.__traceback__))
    error._render_traceback_ = lambda: _rendered(error)  # type: ignore[attr-defined]
    return error.with_traceback(_without_ours(error.__traceback__))


def _without_ours(traceback: TracebackType | None) -> TracebackType | None:
    """Return a traceback without the frames that belong to us, to libraries and to Python itself."""
    if traceback is None:
        return None
    rest = _without_ours(traceback.tb_next)
    if is_foreign(traceback.tb_frame.f_code.co_filename):
        return rest
    return TracebackType(rest, traceback.tb_frame, traceback.tb_lasti, traceback.tb_lineno)


def _rendered(error: BaseException) -> list[str]:
    """Return the lines that IPython shows, by its own means."""
    shell = sys.modules["IPython"].get_ipython()
    lines: list[str] = shell.InteractiveTB.structured_traceback(
        type(error), error, _without_ours(error.__traceback__), tb_offset=0
    )
    return lines
