"""Write a ledger from what happened: which calls each gradient is the sum of, and which of them a step has used.

A new leaf stands in the place of an older one where the statement that makes it, or one above it in the same function,
has read that one since the last call of `backward`, and both have the same name, or one of them has none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import CodeType
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.debugging.ledger.records import Call, Clear, Entry, Place, Step
from graphviz_ad.debugging.ledger.statements import assigned_to, call_at, is_before, statement_at, subtracts
from graphviz_ad.engine.journal import Birth, Clearing, Elsewhere, Failure, LeafMark, Pass, Reading

__all__ = ["Book", "Release", "Renewal", "written"]


class Renewal(NamedTuple):
    """A step that was recorded: in which call it was met, of which leaf, where, and the statement that makes a leaf."""

    call: int
    leaf: int
    place: Place
    remedy: str


class Release(NamedTuple):
    """A call that met a graph released before: its number, and that of the call that had released it, if known."""

    call: int
    releasing: int | None


class Book(NamedTuple):
    """A ledger, read.

    Attributes
    ----------
    acts : tuple of Call, Step and Clear
        In the order in which they happened.
    names : dict
        What each leaf is called, by its creation index.
    places : dict
        Where each leaf was made, by its creation index; an input of a trace was made nowhere.
    renewals : tuple of Renewal
    releases : tuple of Release
    elsewhere : tuple of Place
        The calls of `backward` in other threads, which are not in the ledger.
    """

    acts: tuple[Any, ...]
    names: dict[int, str]
    places: dict[int, Place]
    renewals: tuple[Renewal, ...]
    releases: tuple[Release, ...]
    elsewhere: tuple[Place, ...] = ()

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls of `backward`."""
        return tuple(act for act in self.acts if isinstance(act, Call))

    @property
    def steps(self) -> tuple[Step, ...]:
        """The changes of leaves."""
        return tuple(act for act in self.acts if isinstance(act, Step))

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What each call did to each leaf."""
        return tuple(entry for call in self.calls for entry in call.entries)


def written(events: Sequence[Any]) -> Book:
    """Return what a journal's events come to."""
    keeper = _Keeper()
    for event in tuple(events):
        _KEEPERS[type(event)](keeper, event)
    names = keeper.labels()
    return Book(
        *(
            tuple(_labelled(act, names) for act in keeper.acts),
            names,
            keeper.places,
            tuple(keeper.renewals),
            tuple(keeper.releases),
        ),
        elsewhere=tuple(keeper.elsewhere),
    )


class _Keeper:
    """What is known while events are read."""

    def __init__(self) -> None:
        self.acts: list[Any] = []
        self.names: dict[int, str] = {}
        self.places: dict[int, Place] = {}
        self.renewals: list[Renewal] = []
        self.releases: list[Release] = []
        self.elsewhere: list[Place] = []
        self._own: dict[int, str] = {}  # the names that the code gives, or the person
        self._values: dict[int, Any] = {}
        self._shapes: dict[int, tuple[int, ...]] = {}
        self._holds: dict[int, tuple[int, ...]] = {}  # the calls that a gradient is the sum of
        self._read: dict[int, tuple[int, ...]] = {}  # those that it was the sum of when it was last read
        self._zeroed: dict[int, int] = {}
        self._left: dict[int, Any] = {}  # the gradients that the calls have left
        self._apart: dict[int, str] = {}  # the names by which leaves of one name are told apart
        self._alike: dict[str, int] = {}  # how many leaves of a name are
        self._readings: list[tuple[Reading, bool]] = []  # since the last call, and whether since the last leaf
        self._subtracted: dict[tuple[int, CodeType, int], int] = {}
        self._count = 0
        self._step = 1
        self._now: set[int] = set()  # the calls of this step
        self._is_stepped = False  # since the last call
        self._numbers: dict[int, int] = {}  # of passes, by identity
        self._old: dict[int, int] = {}  # the leaf that a leaf stands in the place of

    # -- leaves ---------------------------------------------------------------------------------------------------

    def _know(self, leaf: LeafMark) -> int:
        if leaf.creation not in self.names:
            own = leaf.name or (assigned_to(leaf.code, leaf.lasti) if leaf.code is not None else "")
            self._own[leaf.creation] = own
            self.names[leaf.creation] = own or f"leaf {1 + sum(not name for name in self._own.values()) - (not own)}"
            self._shapes[leaf.creation] = leaf.shape
            if leaf.code is not None:
                self.places[leaf.creation] = statement_at(leaf.code, leaf.lasti)
        return leaf.creation

    def bear(self, birth: Birth) -> None:
        """Note a new leaf, and whether it stands in the place of another one."""
        new = self._know(birth.leaf)
        self._values[new] = birth.value
        old = self._replaced_by(birth.leaf)
        self._readings = [(reading, False) for reading, _ in self._readings]
        if old is None or birth.leaf.code is None:
            return
        self._old[new] = old
        if not self._own[new]:
            self.names[new] = self.names[old]
            self._own[new] = self._own[old]
        place = self.places[new]
        calls, source = self._read.get(old, ()), old
        for reading, _ in self._readings:
            index = reading.leaf.creation
            in_place = statement_at(reading.code, reading.lasti) == place
            if reading.attribute == "grad" and in_place and index != old and index in self._olders(old):
                calls, source = self._read.get(index, ()), index
        before = self._values.get(old)
        name = self.names[new]
        if old in self._apart:
            self._apart[new] = self._apart[old]
        self._change(Step(name, self._step, before, birth.value, calls, place, old, new, source))

    def _change(self, step: Step) -> None:
        self.acts.append(step)
        self._is_stepped = True

    def _olders(self, index: int) -> list[int]:
        older = []
        while index in self._old:
            index = self._old[index]
            older.append(index)
        return older

    def _replaced_by(self, leaf: LeafMark) -> int | None:
        """Return the leaf in whose place a new one stands; None where none is, or several may be."""
        if leaf.code is None:
            return None
        near = [
            (reading.leaf.creation, is_new)
            for reading, is_new in self._readings
            if reading.code is leaf.code
            and is_before(leaf.code, reading.lasti, leaf.lasti)
            and self._shapes[reading.leaf.creation] == leaf.shape
        ]
        own = self._own[leaf.creation]
        alike = {index for index, _ in near if own and self._own[index] == own}
        if alike:
            return max(alike)
        others = {index for index, is_new in near if is_new and _may_be(own, self._own[index])}
        return others.pop() if len(others) == 1 else None

    def read(self, reading: Reading) -> None:
        """Note that an attribute of a leaf was read; where its gradient is subtracted, that is a step."""
        index = self._know(reading.leaf)
        self._readings.append((reading, True))
        if reading.attribute != "grad":
            return
        calls = self._read[index] = self._holds.get(index, ())
        if not calls or not subtracts(reading.code, reading.lasti):
            return
        place = statement_at(reading.code, reading.lasti)
        key = index, reading.code, place.line
        if self._subtracted.setdefault(key, reading.lasti) == reading.lasti:  # else read once more by the statement
            self._change(Step(self.names[index], self._step, None, None, calls, place, index, -1, index))

    def clear(self, clearing: Clearing) -> None:
        """Note that a gradient was forgotten."""
        index = self._know(clearing.leaf)
        place = call_at(clearing.code, clearing.lasti)
        self._zeroed[index] = place.line
        if clearing.grad is not None:
            calls = self._holds.get(index, (0,))
            self.acts.append(Clear(self.names[index], self._step, calls, place, index))
        self._holds[index] = ()

    # -- calls ----------------------------------------------------------------------------------------------------

    def enter(self, event: Pass) -> None:
        """Note a call of `backward`."""
        self._count += 1
        self._numbers[id(event)] = self._count
        held = {row.leaf.creation: self._held(row.leaf.creation, row.before) for row in event.postings}
        goes_on = not self._is_stepped and any(self._now.intersection(calls) for calls in held.values())
        if self._now and not goes_on:
            self._step += 1
            self._now = set()
        self._now.add(self._count)
        self._is_stepped = False
        place = call_at(event.code, event.lasti)
        entries = tuple(self._entry(row, held[row.leaf.creation], place) for row in event.postings)
        self._tell_apart([entry.index for entry in entries])
        self.acts.append(Call(self._count, self._step, place, event.value, entries, event.missed, "", event.retained))
        self._readings = []
        for index, code, lasti, remedy in event.renewals:
            self.renewals.append(Renewal(self._count, index, statement_at(code, lasti), remedy))

    def _tell_apart(self, indices: Sequence[int]) -> None:
        """Number the leaves of a call that have one name; later ones of that name go on counting."""
        names = [self.names[index] for index in indices]
        for index, name in zip(indices, names, strict=True):
            if index not in self._apart and (names.count(name) > 1 or name in self._alike):
                self._alike[name] = self._alike.get(name, 0) + 1
                self._apart[index] = f"{name} #{self._alike[name]}"

    def labels(self) -> dict[int, str]:
        """Return what each leaf is called, one that another stands in the place of like that one."""
        for new, old in sorted(self._old.items(), reverse=True):
            if new in self._apart:
                self._apart.setdefault(old, self._apart[new])
        return self.names | self._apart

    def _held(self, index: int, before: Any) -> tuple[int, ...]:
        """Return the calls that a gradient is the sum of; 0 stands for what none of them has added."""
        if before is None or not np.any(before):
            return ()
        held = self._holds.get(index) or (0,)
        left = self._left.get(index)
        is_same = left is None or np.array_equal(left, before, equal_nan=np.asarray(before).dtype.kind in "fc")
        return held if is_same or 0 in held else (0, *held)

    def _entry(self, row: Any, held: tuple[int, ...], place: Place) -> Entry:
        index = self._know(row.leaf)
        self._values[index] = row.value
        calls = self._holds[index] = held if row.added is None else (*held, self._count)
        self._left[index] = row.after
        zeroed = self._zeroed.pop(index, None)
        numbers = row.value, row.before, row.added, row.after
        where = place.file, place.line, place.expression
        return Entry(self.names[index], self._count, self._step, *numbers, calls, zeroed, *where, index)

    def fail(self, event: Failure) -> None:
        """Note a call of `backward` that raised."""
        self._count += 1
        place = call_at(event.code, event.lasti)
        self.acts.append(Call(self._count, self._step, place, None, error=event.error))
        if event.is_release:
            releasing = None if event.releasing is None else self._numbers.get(id(event.releasing))
            self.releases.append(Release(self._count, releasing))

    def miss(self, event: Elsewhere) -> None:
        """Note a call of `backward` that is not in the ledger."""
        self.elsewhere.append(call_at(event.code, event.lasti))


def _may_be(own: str, other: str) -> bool:
    """Return whether two leaves may have one place: nameless ones, and those that two names of an object lead to.

    Examples
    --------
    >>> _may_be("layer.params['w']", "self.params['w']"), _may_be("w", ""), _may_be("v", "w"), _may_be("a.v", "b.w")
    (True, True, False, False)
    """
    tail, other_tail = own.partition(".")[2], other.partition(".")[2]
    return not (own and other) or (tail == other_tail != "")


def _labelled(act: Any, names: Mapping[int, str]) -> Any:
    """Return what happened, with the names by which leaves are told apart from the first page to the last."""
    if isinstance(act, Call):
        return replace(act, entries=tuple(replace(entry, leaf=names[entry.index]) for entry in act.entries))
    return replace(act, leaf=names[act.index])


_KEEPERS: dict[type, Callable[[_Keeper, Any], None]] = {
    Birth: _Keeper.bear,
    Reading: _Keeper.read,
    Clearing: _Keeper.clear,
    Pass: _Keeper.enter,
    Failure: _Keeper.fail,
    Elsewhere: _Keeper.miss,
}
