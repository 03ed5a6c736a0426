"""Widgets without a kernel: a comm that keeps what was sent, and an event loop of their own."""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import comm
import pytest
from comm.base_comm import BaseComm

from graphviz_ad_widgets import exploring

PATIENCE = 60.0


class RecordingComm(BaseComm):
    """Keeps every message instead of sending it."""

    opened: list[RecordingComm]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.messages: list[tuple[str, Any]] = []
        super().__init__(*args, **kwargs)

    def publish_msg(self, msg_type: str, data: Any = None, metadata: Any = None, buffers: Any = None, **_: Any) -> None:
        """Keep a message."""
        self.messages.append((msg_type, data))


class Browser:
    """What a browser would have been told of a widget, and what it would say."""

    def __init__(self, widget: Any) -> None:
        self.widget, self.comm = widget, widget.comm

    def sent(self, kind: str) -> list[Any]:
        """Return the custom messages of a kind."""
        told = [data["content"] for what, data in self.comm.messages if what == "comm_msg" and "content" in data]
        return [content for content in told if content["kind"] == kind]

    def updates(self) -> list[dict[str, Any]]:
        """Return the traits of each update, what is only echoed left out."""
        return [data["state"] for what, data in self.comm.messages if data and data.get("method") == "update"]

    def forget(self) -> None:
        """Forget all that was sent."""
        self.comm.messages.clear()

    def say(self, **content: Any) -> None:
        """Send a custom message to Python."""
        self._tell({"method": "custom", "content": content})

    def move(self, /, **state: Any) -> None:
        """Change traits, as the browser's model does."""
        self._tell({"method": "update", "state": state, "buffer_paths": []})

    def _tell(self, data: dict[str, Any]) -> None:
        self.comm.handle_msg({"content": {"comm_id": self.comm.comm_id, "data": data}, "buffers": []})


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], Browser]:
    """Return what makes the browser's side of a widget; widgets that are made from now on can be listened to."""
    monkeypatch.setattr(comm, "create_comm", RecordingComm)
    return Browser


def _in_thread(work: Callable[[], Any]) -> Any:
    """Run something on a thread of its own: the main thread may have an event loop that other tests left there."""
    outcome: list[Any] = []

    def run() -> None:
        try:
            outcome.append((work(), None))
        except BaseException as error:
            outcome.append((None, error))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(PATIENCE)
    ((value, error),) = outcome
    if error is not None:
        raise error
    return value


@pytest.fixture
def without_loop() -> Callable[[Callable[[], Any]], Any]:
    """Return what runs a function where no event loop runs."""
    return _in_thread


@pytest.fixture
def with_loop() -> Callable[[Callable[[], Coroutine[Any, Any, Any]]], Any]:
    """Return what runs a coroutine on an event loop of its own, as a kernel does a cell."""
    return lambda work: _in_thread(lambda: asyncio.run(asyncio.wait_for(work(), PATIENCE)))


@pytest.fixture(autouse=True)
def _at_leisure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the first pass reach every stop, however slow the machine is."""
    monkeypatch.setattr(exploring, "_FIRST_PASS", math.inf)


@pytest.fixture
def hurried(_at_leisure: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave no time for the first pass: it has the stop that is shown first, and the rest is for the background."""
    monkeypatch.setattr(exploring, "_FIRST_PASS", 0.0)


@pytest.fixture(autouse=True)
def _leave_nothing() -> Iterator[None]:
    """Close what a test has left open."""
    from ipywidgets import Widget

    yield
    Widget.close_all()
