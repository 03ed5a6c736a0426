"""Which line is to blame for wrong gradients: where none could be put right, the first that is known to be wrong."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from graphviz_ad.debugging.hand_written.comparing import Array
from graphviz_ad.debugging.hand_written.returned import Gradient
from graphviz_ad.debugging.hand_written.running import Event
from graphviz_ad.debugging.hand_written.slips.scene import Proposal
from graphviz_ad.debugging.hand_written.standing import Standing
from graphviz_ad.debugging.hand_written.statements import Statement
from graphviz_ad.debugging.hand_written.suspects import Suspects
from graphviz_ad.debugging.hand_written.units import Unit
from graphviz_ad.engine.variable import Variable

__all__ = ["Culprit", "blamed", "within_helper"]


class Culprit(NamedTuple):
    """A wrong line.

    Attributes
    ----------
    statement : Statement
    event : Event or None
        What it did when it was wrong.
    node : Variable or None
        Whose adjoint it ought to have computed.
    expected : array or None
    proposal : Proposal or None
        Its slip, where that was found.
    cures : frozenset of int
        Which gradients are right without it.
    doubtful : tuple of Statement
        Where no slip was found: lines that it computes with of which nobody can say whether they are right.
    """

    statement: Statement
    event: Event | None
    node: Variable | None
    expected: Array | None
    proposal: Proposal | None
    cures: frozenset[int]
    doubtful: tuple[Statement, ...] = ()


def blamed(standing: Standing, suspects: Suspects, units: Sequence[Unit]) -> Culprit | None:
    """Return the line that is first known to be wrong, where none was put right."""
    for event, gradient in _of_gradients(standing):
        version = next((one for one in standing.observer.versions if one.last is event), None)
        if version is not None and np.any(event.value):
            unit = Unit(event.statement, version.text, [version])
            doubtful = suspects.doubtful(unit, event.statement)
            node, expected = gradient.input.node, gradient.expected
            return Culprit(event.statement, event, node, expected, None, frozenset(), doubtful)
    if units:
        unit = units[0]
        group = next(iter(standing.bench.truth.spoken_of(unit.text)), [])
        known = None if not group else standing.bench.truth.adjoints[group[-1].index]
        event, doubtful = standing.first_bad(unit).last, suspects.doubtful(unit, unit.statement)
        return Culprit(unit.statement, event, group[-1] if group else None, known, None, frozenset(), doubtful)
    if standing.observer.returns:
        statement = standing.observer.returns[-1][0]
        versions = [one for one in standing.observer.versions if suspects.is_suspect(one)]
        lines = dict.fromkeys(event.statement for version in versions for event in version.events)
        doubtful = tuple(line for line in lines if line is not statement)
        return Culprit(statement, None, None, None, None, frozenset(), doubtful)
    return None


def within_helper(standing: Standing, culprit: Culprit) -> Culprit:
    """Return the line of a function of the person's that gives what a line only calls it for, where it is no more.

    Such a line may be right by chance: it is a slope of forward's, and not the one that is asked for.
    """
    call, event = culprit.statement.value, culprit.event
    if culprit.proposal is not None or event is None or not isinstance(call, ast.Call):
        return culprit
    name = ast.unparse(call.func).rpartition(".")[2]
    events = standing.observer.events
    before = events[: next((k for k, one in enumerate(events) if one is event), 0)]
    for inner in reversed(before):
        if inner.code.co_name == name and np.array_equal(inner.value, event.value, equal_nan=True):
            if standing.judge.judged(inner.text, inner.value).kind != "slope":
                return culprit
            doubtful = tuple(dict.fromkeys([*culprit.doubtful, culprit.statement]))
            return culprit._replace(statement=inner.statement, event=inner, doubtful=doubtful)
    return culprit


def _of_gradients(standing: Standing) -> Iterator[tuple[Event, Gradient]]:
    """Yield what has computed a wrong gradient as it is returned."""
    for event in standing.observer.events:
        for gradient in standing.wrong_gradients:
            if gradient.got is not None and np.array_equal(event.value, gradient.got, equal_nan=True):
                yield event, gradient
