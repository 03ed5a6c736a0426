"""What the command says while it works: on standard error, after a second, until it is done."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from typing import TextIO

from graphviz_ad.console import printable

__all__ = ["Progress"]


class Progress:
    """After a second of work, says on stderr what is going on, until it is done."""

    def __init__(self, doing: str, after: float = 1.0) -> None:
        self.doing = doing
        self._after = after
        self._count: tuple[int, int] | None = None
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._tell, args=(sys.stderr,), daemon=True)

    def __call__(self, done: int, total: int) -> None:
        """Hear how many parts of the work are done, and of how many."""
        self._count = (done, total)

    def __enter__(self) -> Progress:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._done.set()
        self._thread.join()

    def _tell(self, stream: TextIO | None) -> None:
        if stream is None:
            return
        with contextlib.suppress(OSError, ValueError):  # nobody listens any more
            self._tell_on(stream)

    def _tell_on(self, stream: TextIO) -> None:
        start, on_a_terminal = time.monotonic(), stream.isatty()
        pause, width = self._after, 0
        while not self._done.wait(pause):
            count = f" {self._count[0]} of {self._count[1]}" if self._count and self.doing == "sampling" else ""
            line = printable(f"graphviz-ad: {self.doing}{count} ({time.monotonic() - start:.0f} s)", stream)
            width = max(width, len(line))
            stream.write(f"\r{line:<{width}}" if on_a_terminal else f"{line}\n")
            stream.flush()
            pause = 0.2 if on_a_terminal else 5.0
        if width and on_a_terminal:
            stream.write(f"\r{'':<{width}}\r")
            stream.flush()
