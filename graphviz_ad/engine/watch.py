"""Who is watching what gets recorded: `record()` collects nodes and guards, a recorded sweep gives nodes their origin.

One ContextVar holds the watchers of the current thread (or task), the innermost last, so two threads never see each
other's nodes. The list `ACTIVE` is empty whenever nobody watches anywhere, so that recording a node costs a single
truth test.

A watcher that is over is known by itself, and not by its having been taken away: that may have been interrupted.
"""

from __future__ import annotations

import weakref
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from graphviz_ad.console import prints
from graphviz_ad.engine.source import Site, resolve
from graphviz_ad.errors import InputError, SizeError

if TYPE_CHECKING:
    from graphviz_ad.engine.variable import Variable

__all__ = ["ACTIVE", "CURRENT", "Guard", "Mark", "Watch", "current", "watching"]


@prints
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
    moment : int
        Its place among the nodes in the order of creation, which tells which version of an array was compared.
    """

    left: Any
    symbol: str
    right: Any
    result: Any
    code: Any
    lasti: int
    moment: int

    # A guard is itself and no other: comparing the values would ask arrays for one truth, and record more guards.
    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other

    def __hash__(self) -> int:
        return object.__hash__(self)

    @property
    def site(self) -> Site | None:
        """Where in the user's code the comparison was made."""
        return resolve(self.code, self.lasti)


class Mark(NamedTuple):
    """What a person says is meant, and no mistake.

    Attributes
    ----------
    kind : str
        What is not to be told of it.
    node : int
        The creation index of the node that was given; -1 of what is no node.
    code, lasti
        Where in the user's code it was said.
    """

    kind: str
    node: int
    code: Any
    lasti: int

    @property
    def site(self) -> Site | None:
        """Where in the user's code it was said, with all that stands between the brackets."""
        return resolve(self.code, self.lasti)


class Watch:
    """What one watcher has seen: nodes, guards, and what is meant, in the order in which they were made.

    Parameters
    ----------
    limit : int, optional
        The most nodes to see; one more raises `SizeError`, so that a loop that does not end is noticed.
    """

    __slots__ = ("guards", "limit", "marks", "nodes", "origin")

    def __init__(self, limit: int | None = None) -> None:
        self.nodes: list[Variable] = []
        self.guards: list[Guard] = []
        self.marks: list[Mark] = []
        self.origin: Variable | None = None
        self.limit = limit

    def see(self, node: Variable) -> None:
        """Remember a node."""
        if self.limit is not None and len(self.nodes) >= self.limit:
            raise SizeError(
                f"more than {self.limit:,} operations were recorded and no end in sight: does a loop never end here?"
            )
        self.nodes.append(node)


_Shown = TypeVar("_Shown")


class watching(Generic[_Shown]):  # noqa: N801  (a context manager, written as one)
    """Let a watcher see everything recorded inside a ``with``; None mutes an outer watcher.

    It is over when the ``with`` is, or when nobody has it any more: an interrupt may leave the ``with`` before it has
    begun. Those that overlap end in any order.

    Parameters
    ----------
    watch : Watch or None
    shown : object, optional
        What the ``with`` gives; the watcher unless given.

    Examples
    --------
    >>> import graphviz_ad as gad
    >>> with watching(Watch()) as watch:
    ...     x = gad.Variable(1.0)
    >>> watch.nodes
    [Variable(1.0)]
    """

    __slots__ = ("__weakref__", "_begun", "_place", "_shown")

    def __init__(self, watch: Watch | None, shown: _Shown | None = None) -> None:
        self._shown: Any = watch if shown is None else shown
        self._begun: list[bool] = []
        self._place = _Place(self, watch)

    @property
    def is_open(self) -> bool:
        """Whether it sees what is recorded."""
        return bool(self._begun) and not self._place.ends

    def __enter__(self) -> Any:
        begun, place, shown = self._begun, self._place, self._shown
        if begun:
            raise InputError("this recording was begun already, and is made once: call record() again for another one")
        del self  # an interrupt from here on, as long as somebody looks at its traceback, must not keep the watcher
        try:
            begun.append(True)
            ACTIVE.append(place)
            _set_current((*CURRENT.get()[2], place))
        except BaseException:
            place.ends.append(None)
            raise
        return shown

    def __exit__(self, *exception: object) -> None:
        self._place.ends.append(None)
        _forget(self._place)


class _Place:
    """A watcher among the others: it is over once there is something in `ends`, be it that nobody has it any more.

    What a weak reference calls then is written in C, so that no interrupt gets into it.
    """

    __slots__ = ("_reference", "ends", "watch")

    def __init__(self, watcher: watching[Any], watch: Watch | None) -> None:
        self.ends: list[Any] = []
        self.watch = watch
        self._reference = weakref.ref(watcher, self.ends.append)


ACTIVE: list[_Place] = []
# The innermost watcher's ends and watch, which every node asks for, and all places of this thread, the innermost last.
CURRENT: ContextVar[tuple[list[Any], Watch | None, tuple[_Place, ...]]] = ContextVar(
    "graphviz_ad_watch", default=([None], None, ())
)


def current() -> Watch | None:
    """Return the innermost watcher of this thread, if any."""
    ends, watch, _ = CURRENT.get()
    return _after_interrupts() if ends else watch


def _set_current(places: tuple[_Place, ...]) -> None:
    """Let the watchers that are not over be those of this thread."""
    places = tuple([place for place in places if not place.ends])
    CURRENT.set((places[-1].ends, places[-1].watch, places) if places else ([None], None, ()))


def _forget(place: _Place) -> None:
    """Take away a watcher that is over; nothing but time depends on it."""
    try:  # noqa: SIM105  (a context manager takes half as long as all the rest)
        ACTIVE.remove(place)
    except ValueError:
        pass
    places = CURRENT.get()[2]
    if place in places:
        _set_current(places)


def _after_interrupts() -> Watch | None:
    """Take away the watchers that are over and still there, and return the innermost one."""
    for place in (*ACTIVE, *CURRENT.get()[2]):
        if place.ends:
            _forget(place)
    return CURRENT.get()[1]
