"""Who is watching what gets recorded: `record()` collects nodes and guards, a recorded sweep gives nodes their origin.

One ContextVar holds the watcher of the current thread (or task), so two threads never see each other's nodes. The
list `ACTIVE` is empty whenever nobody watches anywhere, so that recording a node costs a single truth test.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple

from graphviz_ad.engine.source import Site, resolve
from graphviz_ad.errors import SizeError

if TYPE_CHECKING:
    from graphviz_ad.engine.variable import Variable

__all__ = ["ACTIVE", "Guard", "Watch", "current", "watching"]


class Guard(NamedTuple):
    """A comparison that may have steered the program: the trace is valid while it comes out the same.

    Attributes
    ----------
    left, right : Variable or plain value
        What was compared.
    symbol : str
        ``"<"``, ``"<="``, ``">"``, ``">="``, ``"=="`` or ``"!="``.
    result : bool or array of bool
        How it came out.
    site : Site or None
        Where in the user's code.
    """

    left: Any
    symbol: str
    right: Any
    result: Any
    code: Any
    lasti: int

    @property
    def site(self) -> Site | None:
        """Where in the user's code the comparison was made."""
        return resolve(self.code, self.lasti)


class Watch:
    """What one watcher has seen: nodes and guards, in the order in which they were made.

    Parameters
    ----------
    limit : int, optional
        The most nodes to see; one more raises `SizeError`, so that a loop that does not end is noticed.
    """

    __slots__ = ("guards", "limit", "nodes", "origin")

    def __init__(self, limit: int | None = None) -> None:
        self.nodes: list[Variable] = []
        self.guards: list[Guard] = []
        self.origin: Variable | None = None
        self.limit = limit

    def see(self, node: Variable) -> None:
        """Remember a node."""
        if self.limit is not None and len(self.nodes) >= self.limit:
            raise SizeError(
                f"more than {self.limit:,} operations were recorded and no end in sight: does a loop never end here?"
            )
        self.nodes.append(node)


ACTIVE: list[Watch | None] = []
_CURRENT: ContextVar[Watch | None] = ContextVar("graphviz_ad_watch", default=None)


def current() -> Watch | None:
    """Return the watcher of this thread, if any."""
    return _CURRENT.get()


@contextmanager
def watching(watch: Watch | None) -> Iterator[Watch | None]:
    """Let `watch` see everything recorded inside; None mutes an outer watcher."""
    token = _CURRENT.set(watch)
    ACTIVE.append(watch)
    try:
        yield watch
    finally:
        ACTIVE.pop()
        _CURRENT.reset(token)
