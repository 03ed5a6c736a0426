"""Work in short slices on the event loop that runs the notebook's messages, so that a message never waits for long."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, ClassVar

__all__ = ["SLICE", "Background", "interruptible"]

SLICE = 0.015
"""The seconds that a slice may take; it ends with the call during which they have passed."""
_PAUSE = 0.002  # the messages that have come in meanwhile are handled


@contextmanager
def interruptible() -> Iterator[Callable[[], None]]:
    """Let an interrupt end what runs inside, as KeyboardInterrupt.

    A kernel ignores interrupts while no message is handled. Gives what passes an interrupt on to whoever has been
    listening for it before.
    """
    before: Any = None
    main = threading.current_thread() is threading.main_thread()
    if main:
        before = signal.getsignal(signal.SIGINT)
        if before is not None:  # None: not installed from Python, so that it could not be put back
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def pass_on() -> None:
        if callable(before):
            before(signal.SIGINT, None)

    try:
        yield pass_on
    finally:
        if before is not None:
            signal.signal(signal.SIGINT, before)


class Background:
    """Runs a method in slices on the event loop, until it says that it is done, or until its object is gone.

    Parameters
    ----------
    work : bound method
        Called with the time at which to return, in seconds of `time.perf_counter`; returns whether there is more to do.
        Its object is not kept alive.
    interrupted : bound method
        Called after an interrupt, which ends all work in the background: the next slice might hang as well.

    Attributes
    ----------
    running : bool
    """

    _all: ClassVar[weakref.WeakSet[Background]] = weakref.WeakSet()

    def __init__(self, work: Callable[[float], bool], interrupted: Callable[[], None]) -> None:
        self.running = False
        self._work = weakref.WeakMethod(work)
        self._interrupted = weakref.WeakMethod(interrupted)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._handles: dict[str, asyncio.Handle] = {}
        self._run = 0
        self.available()

    def available(self) -> bool:
        """Return whether there is an event loop to run on: the one that ran when this was made, or that runs now."""
        if self._loop is None or self._loop.is_closed():
            try:
                self._loop = asyncio.get_running_loop()
            except RuntimeError:
                self._loop = None
        return self._loop is not None

    def start(self) -> bool:
        """Begin, or go on; return whether that is possible here."""
        if not self.available():
            return False
        if not self.running:
            self.running = True
            self._all.add(self)
            self._run += 1
            self._soon(partial(self._tick, self._run))
        return True

    def stop(self) -> None:
        """End after the slice that is running."""
        self.running = False
        self._all.discard(self)
        for handle in self._handles.values():
            handle.cancel()
        self._handles.clear()

    def later(self, seconds: float, task: Callable[[], None]) -> None:
        """Call a bound method after a while, in place of the one that was to be called so before."""
        weak = weakref.WeakMethod(task)

        def call() -> None:
            self._handles.pop("later", None)
            method = weak()
            if method is not None:
                method()

        def arm() -> None:
            if self._loop is not None:
                self._handles["later"] = self._loop.call_later(seconds, call)

        if self.available():
            if "later" in self._handles:
                self._handles.pop("later").cancel()
            self._soon(arm)

    def _soon(self, call: Callable[[], None]) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(call)  # a message may be handled on another thread

    @classmethod
    def interrupt(cls) -> None:
        """End all that runs."""
        for one in [one for one in cls._all if one.running]:
            one.stop()
            tell = one._interrupted()
            if tell is not None:
                tell()

    def _tick(self, run: int) -> None:
        work = self._work()
        if work is None or not self.running or run != self._run or self._loop is None:
            return
        interrupted = more = False
        with interruptible() as pass_on:
            try:
                more = work(time.perf_counter() + SLICE)
            except KeyboardInterrupt:
                interrupted = True
            except BaseException:
                self.stop()
                raise
        if interrupted:
            self.interrupt()
            pass_on()
        elif run == self._run and self.running:
            if more:
                self._handles["tick"] = self._loop.call_later(_PAUSE, self._tick, run)
            else:
                self.running = False
                self._all.discard(self)
