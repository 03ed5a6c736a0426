"""An interrupt at every moment of a program: what Ctrl-C does, one instruction after the other."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

__all__ = ["at_moment", "interrupted_everywhere"]

_OWN = ("graphviz_ad", "graphviz_ad_widgets")


def _is_own(frame: FrameType) -> bool:
    return any(part in _OWN for part in Path(frame.f_code.co_filename).parts)


def at_moment(moment: int, happen: Callable[[], None], program: Callable[[], object]) -> bool:
    """Run a program, and let something happen before instruction number `moment` of ours; return whether it has one."""
    left = moment
    has_happened = False

    def local(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal left, has_happened
        frame.f_trace_opcodes = True
        if event == "opcode" and not has_happened:
            left -= 1
            if left < 0:
                has_happened = True
                happen()
        return local

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        return local(frame, event, argument) if not has_happened and _is_own(frame) else None

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        program()
    finally:
        sys.settrace(before)
    return has_happened


def interrupt() -> None:
    """Do what Python does at Ctrl-C."""
    raise KeyboardInterrupt


def interrupted_everywhere(
    prepare: Callable[[], Any], program: Callable[[Any], object], stride: int = 1
) -> Iterator[tuple[Any, bool]]:
    """Yield what was prepared, after the program with it was interrupted, for each of its moments; the last one not.

    Also yields whether it was interrupted: an exception where Python ignores it, as in a finaliser, interrupts nothing.
    """
    moment = 0
    while True:
        thing = prepare()
        was_interrupted = False
        try:
            went_on = at_moment(moment, interrupt, lambda: program(thing))  # noqa: B023  (called at once)
        except KeyboardInterrupt:
            went_on = was_interrupted = True
        yield thing, was_interrupted
        if not went_on:
            return
        moment += stride


def instructions(program: Callable[[], object]) -> int:
    """Return how many instructions of ours a program runs: its work, which no clock is needed for."""
    count = 0

    def local(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        frame.f_trace_opcodes = True
        count += event == "opcode"
        return local

    before = sys.gettrace()
    sys.settrace(lambda frame, event, argument: local(frame, event, argument) if _is_own(frame) else None)
    try:
        program()
    finally:
        sys.settrace(before)
    return count
