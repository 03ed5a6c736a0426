"""Whose turn it is to keep something in the slots of the nodes, which all sweeps share.

A sweep that gets no turn (a signal handler or a rule differentiates in the middle of another sweep, or another thread
does) keeps its adjoints to itself: slower, and as right. Nobody waits, so that nothing can hang, a fork included. And
nothing depends on a turn being given back: it is over when the function that had it is on no stack any more, however
that was left.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from threading import get_ident
from types import CodeType, FrameType
from typing import Any, TypeVar

__all__ = ["TURNS", "take_over", "takes_turns"]

_Function = TypeVar("_Function", bound=Callable[..., Any])

# In its only place stands the dictionary that serves: in that, one claim at a time under "holder". One whose holder has
# been left without ending its turn is never used again, and names the one that serves from then on as "next". Each step
# is a single operation of a dictionary, which neither a thread nor a signal can get into.
TURNS: list[dict[str, Any]] = [{}]
_takers: set[CodeType] = set()


def takes_turns(function: _Function) -> _Function:
    """Declare a function that takes turns: while it runs, its turn lasts."""
    _takers.add(function.__code__)
    return function


def take_over(mine: list[int]) -> dict[str, Any] | None:
    """Return the dictionary whose "holder" is `mine` until it is deleted there; None if somebody else has the turn.

    To be called by who `takes_turns`, with a new list of the identifier of its thread, after asking ``TURNS[0]`` in
    vain. A holder that was left, at whatever moment, has no turn any more.
    """
    turns = TURNS[0]
    while True:
        while "next" in turns:
            turns = turns["next"]
        holder = turns.setdefault("holder", mine)
        if holder is mine:
            return turns
        if _is_running(holder[0]):
            return None
        if turns.get("holder") is not holder:  # its turn was over before its thread was
            continue
        TURNS[0] = turns.setdefault("next", {})


def _is_running(thread: int) -> bool:
    """Whether a function that takes turns runs in a thread, besides the one that asks.

    Another thread goes on while its stack is looked at, and a generator that it has just left has no caller: so it
    counts as running for as long as it lives.
    """
    if thread != get_ident():
        return thread in sys._current_frames()
    frame: FrameType | None = sys._getframe(2).f_back  # what called the one that asks
    while frame is not None:
        if frame.f_code in _takers:
            return True
        frame = frame.f_back
    return False
