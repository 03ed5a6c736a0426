"""Where a function raised, offer what was recorded before: a line below the traceback, in IPython the picture itself.

The exception stays the person's own, and goes where it would have gone: nothing is added to it, so that tests which
match its words go on to match. The line that says what can be asked for stands below the traceback of one that nobody
caught. IPython is asked to show the picture once the cell is over that the exception ends, below the traceback; nothing
of how either shows exceptions is changed.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

from graphviz_ad.engine.aftermath import kept
from graphviz_ad.engine.frames import raised_in

__all__ = ["ipython", "offering"]

_P = ParamSpec("_P")
_R = TypeVar("_R")
_OFFER = "In an except block, or under python -i, gad.post_mortem() shows what was recorded before"


def offering(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Mark a function that calls the person's: where that raises, what was recorded before is offered."""

    @functools.wraps(function)
    def entrance(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            if kept(error) is not None:
                _offer(error)
            raise

    return entrance


def _offer(error: Exception) -> None:
    shell = ipython()
    if shell is not None:
        if _show not in shell.events.callbacks["post_run_cell"]:
            shell.events.register("post_run_cell", _show)
        return
    if getattr(sys.excepthook, "__module__", "") != __name__:
        sys.excepthook = _parting(sys.excepthook)


def _parting(before: Callable[[Any, Any, Any], object]) -> Callable[[Any, Any, Any], None]:
    """Return what shows an exception that nobody caught as it was shown before, and then says what can be asked."""

    def hook(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        sys.excepthook = before if sys.excepthook is hook else sys.excepthook
        before(kind, error, traceback)
        if kept(error) is not None:
            place = raised_in(error.__cause__ if error.__cause__ is not None else error)
            print(_OFFER + (f" line {place[1]}" if place is not None else ""), file=sys.stderr)

    return hook


def ipython() -> Any:
    """Return the IPython that runs this; None outside of it, and where it is not loaded."""
    module = sys.modules.get("IPython")
    return module.get_ipython() if module is not None and hasattr(module, "get_ipython") else None


def _show(result: Any) -> None:
    """Show what was recorded before the exception that has ended a cell, once."""
    shell, error = ipython(), getattr(result, "error_in_exec", None)
    if shell is not None:
        shell.events.unregister("post_run_cell", _show)
    if kept(error) is None:
        return
    from IPython import display

    from graphviz_ad.unfinished import post_mortem

    show: Callable[[Any], None] = display.display
    show(post_mortem(error))
