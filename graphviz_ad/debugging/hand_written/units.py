"""A line of a backward pass and a place that it completes: what the search for the wrong one goes through."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from graphviz_ad.debugging.hand_written.running import Observer, Version
from graphviz_ad.debugging.hand_written.statements import Statement

__all__ = ["Unit", "beginnings", "lines_of", "units_of"]


@dataclass(eq=False)
class Unit:
    """A line and a place that it completes: its versions, one for each time that it was read."""

    statement: Statement
    text: str
    versions: list[Version]

    @property
    def alive(self) -> list[Version]:
        """The versions that were read, and the last one."""
        return [version for version in self.versions if version.was_read or version is self.versions[-1]]


def lines_of(unit: Unit) -> list[Statement]:
    """Return the lines that write to the place of a unit."""
    return [event.statement for version in unit.alive for event in version.events]


def beginnings(observer: Observer) -> Iterator[Version]:
    """Yield what a place held when it was assigned, where other lines have written to it before it was read."""
    for version in observer.versions:
        first = version.events[0]
        if version.last.statement is not first.statement and isinstance(first.statement.node, ast.Assign):
            begun = Version(version.text, version.builds_on)
            begun.events = [event for event in version.events if event.statement is first.statement]
            begun.sources, begun.was_read = version.sources, True
            yield begun


def units_of(observer: Observer, is_asked: Callable[[Version], bool], begun: Sequence[Version] = ()) -> list[Unit]:
    """Return the lines with versions that are asked for, in the order in which they first are."""
    units: dict[tuple[Statement, str], Unit] = {}
    complete = {(version.last.statement, version.last.text) for version in observer.versions}
    for version in [*observer.versions, *begun]:
        event = version.last
        key = event.statement, event.text
        if version in begun and key in complete:
            continue
        units.setdefault(key, Unit(event.statement, version.text, [])).versions.append(version)
    order = {id(event): k for k, event in enumerate(observer.events)}

    def first(unit: Unit) -> int | None:
        return min((order.get(id(v.last), 0) for v in unit.alive if is_asked(v)), default=None)

    places = [(place, k, unit) for k, unit in enumerate(units.values()) if (place := first(unit)) is not None]
    return [unit for _, _, unit in sorted(places, key=lambda one: one[:2])]
