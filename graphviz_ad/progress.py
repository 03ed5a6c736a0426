"""What is said while work lasts: on standard error, after a while, until it is done."""

from __future__ import annotations

import builtins
import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import TextIO

from graphviz_ad.console import printable

__all__ = ["PATIENCE", "Progress", "patiently"]

PATIENCE = 2.0
"""After how many seconds a call from a terminal or a notebook says that it still works."""


class Progress:
    """After a second of work, says on stderr what is going on, until it is done.

    Of those that are inside of each other the outermost speaks, and that not while the person is asked for something:
    a line of its own would hide the question.
    """

    _speaking: Progress | None = None

    def __init__(self, doing: str, after: float = 1.0, *, who: str = "graphviz-ad") -> None:
        self.doing = doing
        self._after, self._who = after, who
        self._count: tuple[int, int] | None = None
        self._done, self._at_a_time = threading.Event(), threading.Lock()
        self._width = 0
        self._ask: Callable[..., str] = builtins.input
        self._thread = threading.Thread(target=self._tell, args=(sys.stderr,), daemon=True)

    def __call__(self, done: int, total: int) -> None:
        """Hear how many parts of the work are done, and of how many."""
        self._count = (done, total)

    def __enter__(self) -> Progress:
        if Progress._speaking is None:
            with contextlib.suppress(RuntimeError):  # there are no threads in a browser
                self._thread.start()
                Progress._speaking = self
                self._ask, builtins.input = builtins.input, self._input
        return self

    def _input(self, prompt: object = "") -> str:
        with self._at_a_time:
            if self._width:
                self._wipe(sys.stderr)
            return self._ask(prompt)

    def _wipe(self, stream: TextIO) -> None:
        with contextlib.suppress(OSError, ValueError):
            stream.write(f"\r{'':<{self._width}}\r")
            stream.flush()

    def __exit__(self, *exception: object) -> None:
        if Progress._speaking is self:
            Progress._speaking = None
            if builtins.input == self._input:  # nobody has put something else there
                builtins.input = self._ask
            self._done.set()
            self._thread.join()

    def _tell(self, stream: TextIO | None) -> None:
        if stream is None:
            return
        with contextlib.suppress(OSError, ValueError):  # nobody listens any more
            self._tell_on(stream)

    def _tell_on(self, stream: TextIO) -> None:
        start, in_place = time.monotonic(), stream.isatty() or _is_notebook()
        pause = self._after
        while not self._done.wait(pause):
            count = f" {self._count[0]} of {self._count[1]}" if self._count and self.doing == "sampling" else ""
            line = printable(f"{self._who}: {self.doing}{count} ({time.monotonic() - start:.0f} s)", stream)
            with self._at_a_time:
                if in_place:
                    self._width = max(self._width, len(line))
                stream.write(f"\r{line:<{self._width}}" if in_place else f"{line}\n")
                stream.flush()
            pause = 0.2 if in_place else 5.0
        if self._width:
            self._wipe(stream)


@contextlib.contextmanager
def patiently(who: str, doing: str) -> Iterator[Progress]:
    """Say what a call does that lasts, where somebody waits for it: in a terminal or a notebook, and nowhere else.

    Examples
    --------
    >>> with patiently("check", "f runs") as progress:
    ...     progress.doing = "looking"
    """
    progress = Progress(doing, PATIENCE, who=who)
    if not (_is_terminal() or _is_notebook()):
        yield progress
        return
    with progress:
        yield progress


def _is_terminal() -> bool:
    try:
        return sys.stderr is not None and sys.stderr.isatty()
    except ValueError:  # it is closed
        return False


def _is_notebook() -> bool:
    """Whether the kernel of a notebook runs this, which shows what is written over a line in its place."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return getattr(shell, "kernel", None) is not None
