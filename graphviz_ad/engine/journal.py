"""Who keeps a journal of what happens to gradients: calls of `backward`, `zero_grad`, new leaves, what is read of them.

A ledger is written from it. The list `OPEN` is empty whenever nobody keeps one anywhere, so that a call costs a single
truth test; one ContextVar holds the journals of the current thread (or task), as for `record`.

A journal keeps no leaf alive, and refers to none: whether ``w -= ...`` may replace a leaf stays as it is.
"""

from __future__ import annotations

import weakref
from collections.abc import Collection, Sequence
from contextvars import ContextVar
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from graphviz_ad.engine.alarms import warn_person
from graphviz_ad.engine.frames import is_foreign
from graphviz_ad.engine.source import position
from graphviz_ad.errors import InputError, MemoryUseWarning, ReleasedError

if TYPE_CHECKING:
    from graphviz_ad.engine.variable import Variable

__all__ = [
    "OPEN",
    "Birth",
    "Clearing",
    "Elsewhere",
    "Failure",
    "Journal",
    "LeafMark",
    "Pass",
    "Posting",
    "Reading",
    "journals",
    "missed",
]


class LeafMark(NamedTuple):
    """Which leaf it is: its creation index, its name, the place that made it, its shape."""

    creation: int
    name: str | None
    code: CodeType | None
    lasti: int
    shape: tuple[int, ...]


class Posting(NamedTuple):
    """What a pass did to one leaf; `added` is None where the leaf is in the graph and nothing flows to it."""

    leaf: LeafMark
    value: Any
    before: Any
    added: Any
    after: Any


class Pass(NamedTuple):
    """A call of `backward`.

    Attributes
    ----------
    code, lasti
        Its place.
    value : NumPy value
        Of what was differentiated.
    seeded, retained, recorded : bool
        Whether a gradient was passed, whether the graph was retained, and whether the pass was recorded.
    postings : tuple of Posting
    missed : tuple of int
        The leaves that are alive and known to the journal, and not in the graph.
    renewals : tuple
        ``(creation index of the leaf, code, lasti, statement)`` of the places that read a leaf's gradient and recorded
        the step that they made with it; the statement makes a new leaf instead.
    """

    code: CodeType
    lasti: int
    value: Any
    seeded: bool
    retained: bool
    recorded: bool
    postings: tuple[Posting, ...]
    missed: tuple[int, ...]
    renewals: tuple[tuple[int, CodeType, int, str], ...]


class Failure(NamedTuple):
    """A call of `backward` that raised; `releasing` is the pass that had released the graph, if it was that."""

    code: CodeType
    lasti: int
    error: str
    is_release: bool
    releasing: Pass | None


class Elsewhere(NamedTuple):
    """A call of `backward` in another thread or task, of which no journal is kept."""

    code: CodeType
    lasti: int


class Clearing(NamedTuple):
    """A call of `zero_grad`."""

    leaf: LeafMark
    grad: Any
    code: CodeType
    lasti: int


class Birth(NamedTuple):
    """A leaf that the person made."""

    leaf: LeafMark
    value: Any


class Reading(NamedTuple):
    """An attribute of a leaf, "grad" or "value", that the person's code read."""

    leaf: LeafMark
    attribute: str
    code: CodeType
    lasti: int


class Journal:
    """What happened while it was open, in order.

    Attributes
    ----------
    events : list of Pass, Failure, Elsewhere, Clearing, Birth and Reading
    is_open : bool
    """

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.is_open = False
        self._known: dict[int, weakref.ref[Variable]] = {}
        self._read: dict[int, set[tuple[CodeType, int | None]]] = {}
        self._releases: list[tuple[weakref.ref[Variable], Any, Pass]] = []
        self._last: dict[tuple[int, str], Any] = {}
        self._bytes, self._warned = 0, _MUCH

    def begin(self) -> None:
        """Keep it from now on.

        Raises
        ------
        InputError
            When it is being kept already.
        """
        if self.is_open:
            raise InputError("this ledger is open already: leave its with statement first, or open another one")
        self.is_open = True
        OPEN.append(self)
        _CURRENT.set((*_opened(), self))

    def end(self) -> None:
        """Keep it no longer."""
        self.is_open = False
        while self in OPEN:
            OPEN.remove(self)
        _CURRENT.set(_opened())

    # -- what happens ---------------------------------------------------------------------------------------------

    def enter(
        self,
        output: Variable,
        order: Sequence[Variable],
        rows: Sequence[Any],
        how: tuple[bool, bool, bool],
        at: FrameType,
    ) -> None:
        """Enter a pass.

        Parameters
        ----------
        output : Variable
        order : sequence of Variable
            All nodes that it depends on.
        rows : sequence of (Variable, before, added, after)
            A leaf each, and its gradient.
        how : (bool, bool, bool)
            Whether it was seeded, retained and recorded.
        at : frame
            The person's.
        """
        reached = {leaf._index for leaf, *_ in rows}
        postings = [self._posting(*row) for row in rows]
        for node in order:
            if node._primitive is None and node._index not in reached:
                postings.append(self._posting(node, node._extra.grad, None, node._extra.grad))
                reached.add(node._index)
            if node._primitive is None:
                self._known[node._index] = weakref.ref(node)
        missed = [k for k, leaf in self._known.items() if k not in reached and leaf() is not None]
        old = {row.leaf.creation for row in postings if row.before is not None and row.leaf.creation in self._read}
        renewals = self._renewals(order, old, at) if old else ()
        seeded, retained, recorded = how
        rows = tuple(sorted(postings, key=lambda row: row.leaf.creation))
        value = kept(output)
        entry = Pass(at.f_code, at.f_lasti, value, seeded, retained, recorded, rows, tuple(missed), tuple(renewals))
        self.events.append(entry)
        if not retained:
            used = np.array([node._index for node in order if node._primitive is not None], np.int64)
            living = [row for row in self._releases if row[0]() is not None]
            self._releases = [*living, (weakref.ref(output), used, entry)]

    def _posting(self, leaf: Variable, before: Any, added: Any, after: Any) -> Posting:
        """Return what a pass did to a leaf; numbers that were kept already are not kept once more."""
        index = leaf._index
        value = self._keep(index, "value", leaf)
        before = self._keep(index, "grad", before)
        if before is None:
            added = after = self._keep(index, "grad", added)
        else:
            added, after = self._keep(index, "added", added), self._keep(index, "grad", after)
        if self._bytes > self._warned:
            self._warned = 2 * self._bytes
            warn_person(
                f"the ledger has kept {self._bytes / 2**30:.1f} GB of gradients and values, all that was added in each "
                "call: open it around fewer steps",
                MemoryUseWarning,
            )
        return Posting(mark_of(leaf), value, before, added, after)

    def _keep(self, index: int, what: str, value: Any) -> Any:
        value = getattr(value, "_value", value)
        last = self._last.get((index, what))
        if type(last) is type(value) is np.ndarray and _is_same(last, value):
            return last
        copy = self._last[index, what] = kept(value)
        self._bytes += getattr(copy, "nbytes", 0)
        return copy

    def _renewals(self, order: Sequence[Variable], leaves: Collection[int], at: FrameType) -> list[Any]:
        from graphviz_ad.engine.written import renewed_leaf

        renewals = []
        for node in order:
            for operand in (node._a, node._b):
                index = getattr(operand, "_index", -1)
                if index not in leaves or not isinstance(node._code, CodeType):
                    continue
                if (node._code, position(node._code, node._lasti)[0]) in self._read[index]:
                    renewals.append((index, node._code, node._lasti, renewed_leaf(node, at) or ""))
        return renewals

    def fail(self, output: Variable, error: BaseException, at: FrameType) -> None:
        """Enter a call of `backward` that raised."""
        is_release = isinstance(error, ReleasedError)
        releasing = None
        waiting, seen = [output] if is_release else [], set[int]()
        while waiting and releasing is None:
            node = waiting.pop()
            if node.is_released:
                releasing = next((row[2] for row in reversed(self._releases) if node._index in row[1]), None)
            new = [parent for parent in node.parents if parent._index not in seen]
            seen.update(parent._index for parent in new)
            waiting += new
        self.events.append(Failure(at.f_code, at.f_lasti, f"{type(error).__name__}: {error}", is_release, releasing))

    def bear(self, leaf: Variable) -> None:
        """Enter a leaf that the person made."""
        self._known[leaf._index] = weakref.ref(leaf)
        self.events.append(Birth(mark_of(leaf), kept(leaf)))

    def clear(self, leaf: Variable, at: FrameType) -> None:
        """Enter a call of `zero_grad`, which is about to be obeyed."""
        self.events.append(Clearing(mark_of(leaf), kept(leaf._extra.grad), at.f_code, at.f_lasti))

    def read(self, leaf: Variable, attribute: str, at: FrameType) -> None:
        """Enter that the person's code reads an attribute of a leaf."""
        if attribute == "grad":
            self._read.setdefault(leaf._index, set()).add((at.f_code, position(at.f_code, at.f_lasti)[0]))
        self.events.append(Reading(mark_of(leaf), attribute, at.f_code, at.f_lasti))


_MUCH = 2**30  # bytes, of which somebody should know
OPEN: list[Journal] = []
_CURRENT: ContextVar[tuple[Journal, ...]] = ContextVar("graphviz_ad_journals", default=())


def _opened() -> tuple[Journal, ...]:
    return tuple(journal for journal in _CURRENT.get() if journal.is_open)


def journals(at: FrameType) -> tuple[Journal, ...]:
    """Return the journals of this thread; none where it is not the person's code that runs."""
    return () if is_foreign(at.f_code.co_filename) else _opened()


def missed(at: FrameType) -> None:
    """Enter into the journals of other threads that the person's code in this one, which has none, calls `backward`."""
    if not is_foreign(at.f_code.co_filename) and not _opened():
        for journal in tuple(OPEN):
            journal.events.append(Elsewhere(at.f_code, at.f_lasti))


def mark_of(leaf: Variable) -> LeafMark:
    """Return which leaf it is."""
    code = leaf._code if isinstance(leaf._code, CodeType) else None
    return LeafMark(leaf._index, leaf._extra.name, code, leaf._lasti, leaf.shape)


def _is_same(one: Any, other: Any) -> bool:
    """Whether two arrays have the same numbers, of the same type; NaN is the same as NaN."""
    return bool(one.dtype == other.dtype and np.array_equal(one, other, equal_nan=one.dtype.kind in "fc"))


def kept(value: Any) -> Any:
    """Return numbers that stay what they are now, of a Variable its value; None stays None."""
    value = getattr(value, "_value", value)
    if not isinstance(value, np.ndarray):
        return value
    value = value.copy()
    value.flags.writeable = False
    return value
