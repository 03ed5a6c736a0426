"""Errors as a notebook shows them: the frames of the user, none of ours."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TypeVar

from graphviz_ad.source import is_foreign

__all__ = ["shortened"]

_Error = TypeVar("_Error", bound=BaseException)


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
