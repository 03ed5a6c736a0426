"""Put the truth in the place of what a line computes, and look which gradients become right by it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import NamedTuple

import numpy as np

from graphviz_ad.debugging.hand_written.comparing import Array
from graphviz_ad.debugging.hand_written.returned import part_at
from graphviz_ad.debugging.hand_written.rewriting import Edit
from graphviz_ad.debugging.hand_written.standing import Standing
from graphviz_ad.debugging.hand_written.trying import injection
from graphviz_ad.debugging.hand_written.units import Unit
from graphviz_ad.engine.variable import Variable

__all__ = ["Reading", "Readings"]

_MOST_READINGS = 48


class Reading(NamedTuple):
    """The truth for a unit, if it is about these nodes."""

    unit: Unit
    nodes: tuple[Variable, ...]
    arrays: tuple[Array, ...]
    edit: Edit
    cures: frozenset[int]


class Readings:
    """What the lines of a backward pass may be about, as it stands."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing

    @cached_property
    def _scales(self) -> list[float]:
        """The factors that adjoints have here by habit, such as a number of examples that is divided by later."""
        judged = [self._standing.judge.of(version) for version in self._standing.observer.versions]
        return list(dict.fromkeys(one.scale for one in judged if one.kind == "scaled"))[:2]

    def of(self, unit: Unit, *, renamed: bool = False) -> Iterator[Reading]:
        """Try each truth that a unit may be about; yield those that put gradients right and none wrong."""
        alive = unit.alive
        for nodes, arrays in islice(self._meanings(unit, renamed=renamed), _MOST_READINGS):
            values = {version.last.execution: array for version, array in zip(alive, arrays, strict=True)}
            edit = injection(alive[-1].last, values)
            if edit is None:
                return
            outcome = self._standing.run(edit)
            cures = self._standing.cures_of(outcome)
            if cures:
                yield Reading(unit, nodes, arrays, edit, cures)

    def _meanings(self, unit: Unit, *, renamed: bool) -> Iterator[tuple[tuple[Variable, ...], tuple[Array, ...]]]:
        """Yield what the versions of a unit may be: adjoints of nodes, or parts of them where no name says of which."""
        truth, shape = self._standing.bench.truth, np.shape(unit.alive[0].value)
        akin = [] if truth.spoken_of(unit.text) else truth.akin(unit.text)
        yield from self._parts(unit, akin)
        for nodes in self._nodes_of(unit, renamed=renamed):
            for scale in (1.0, *self._scales):
                arrays = tuple(scale * truth.adjoints[node.index] for node in nodes)
                shapes = [np.shape(version.value) for version in unit.alive]
                alike = tuple(scale * truth.adjoint_like(n, s) for n, s in zip(nodes, shapes, strict=True))
                if any(a.shape != b.shape for a, b in zip(arrays, alike, strict=True)):
                    yield nodes, alike
                yield nodes, arrays
        if not akin and not truth.spoken_of(unit.text):
            yield from self._parts(unit, truth.of_shape(shape))

    def _parts(
        self, unit: Unit, groups: Sequence[Sequence[Variable]]
    ) -> Iterator[tuple[tuple[Variable, ...], tuple[Array, ...]]]:
        for group in groups:
            for nodes in _windows(group, len(unit.alive)):
                for parts in self._standing.bench.truth.parts_alike(nodes):
                    yield nodes, parts

    def _nodes_of(self, unit: Unit, *, renamed: bool) -> Iterator[tuple[Variable, ...]]:
        """Yield the nodes that the versions of a unit may be the adjoints of: backward visits them last to first."""
        truth, alive = self._standing.bench.truth, unit.alive
        spoken = truth.spoken_of(unit.text)
        final = self._final_node(unit)
        if final is not None and len(alive) == 1:
            yield (final,)
        for group in () if renamed else spoken:
            yield from _windows(group, len(alive))
        shape = np.shape(alive[0].value)
        if self._standing.outcome.error is not None and not spoken:  # its shape may be what is wrong
            for group in truth.all_groups:
                yield from _windows(group, len(alive))
            return
        for group in truth.all_groups if renamed or not spoken else ():
            for window in _windows(group, len(alive)) if any(node.shape == shape for node in group) else ():
                if all(node.shape == np.shape(v.value) for node, v in zip(window, alive, strict=True)):
                    yield window

    def _final_node(self, unit: Unit) -> Variable | None:
        """Return the input of which the person's backward returns the gradient by this very line."""
        event = unit.versions[-1].last
        returns = self._standing.observer.returns
        if (
            not event.statement.is_return
            or not returns
            or event.statement is not returns[-1][0]
            or event.target is None
        ):
            return None
        for place in self._standing.bench.places:
            if not place.slot and part_at(event.statement.value, place.path) is event.target:
                return place.input.node
        return None


def _windows(group: Sequence[Variable], count: int) -> Iterator[tuple[Variable, ...]]:
    """Yield so many nodes of a group in a row, last to first; one node serves all."""
    backwards = group[::-1]
    if len(backwards) == 1 < count:
        yield tuple(backwards) * count
    for start in range(len(backwards) - count + 1):
        yield tuple(backwards[start : start + count])
