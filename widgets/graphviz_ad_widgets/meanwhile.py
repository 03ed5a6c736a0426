"""What holds while something is being done, and not a moment longer, however that ends."""

from __future__ import annotations

import sys
from types import FrameType

__all__ = ["Meanwhile"]


class Meanwhile:
    """True inside its ``with``, for what is called there.

    That is seen from the stack and not from having been reset, which an interrupt can prevent: the function that has
    the ``with`` must be running, in the thread that asks. The ``with`` stands in that function itself, not in a
    generator.

    Examples
    --------
    >>> moving = Meanwhile()
    >>> def move():
    ...     with moving:
    ...         return bool(moving)
    >>> bool(moving), move(), bool(moving)
    (False, True, False)
    """

    def __init__(self) -> None:
        self._frames: tuple[FrameType, ...] = ()

    def __enter__(self) -> None:
        self._frames = (*_running(self._frames), sys._getframe(1))

    def __exit__(self, *exception: object) -> None:
        own = sys._getframe(1)
        self._frames = tuple(frame for frame in self._frames if frame is not own)

    def __bool__(self) -> bool:
        return bool(self._frames) and bool(_running(self._frames))


def _running(frames: tuple[FrameType, ...]) -> tuple[FrameType, ...]:
    """Return those of some frames that are on the stack of this thread."""
    running: list[FrameType] = []
    frame: FrameType | None = sys._getframe(1) if frames else None
    while frame is not None:
        if any(frame is one for one in frames):
            running.append(frame)
        frame = frame.f_back
    return tuple(reversed(running))
