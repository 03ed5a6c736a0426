"""How a backward pass stands with what was put right so far: what its lines do, and which gradients are wrong."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from graphviz_ad.debugging.hand_written.judging import Judge
from graphviz_ad.debugging.hand_written.returned import Gradient
from graphviz_ad.debugging.hand_written.rewriting import Edit
from graphviz_ad.debugging.hand_written.running import Event, Observer, Version
from graphviz_ad.debugging.hand_written.statements import Statement
from graphviz_ad.debugging.hand_written.trying import Bench, Outcome, kept
from graphviz_ad.debugging.hand_written.units import Unit

__all__ = ["Standing"]


class Standing:
    """A backward pass, run with some edits.

    Attributes
    ----------
    bench : Bench
    edits : list of Edit
        What was put right so far.
    observer : Observer
        What the lines did then.
    outcome : Outcome
        What they gave.
    judge : Judge
        What each array was.
    """

    def __init__(self, bench: Bench, edits: Sequence[Edit] = ()) -> None:
        self.bench = bench
        self.edits = list(edits)
        self.observer, self.outcome = bench.observer, bench.outcome
        if self.edits:
            self.observer = Observer(kept)
            self.outcome = bench.run(self.edits, self.observer)
        self.judge = Judge(bench.truth)

    @property
    def wrong(self) -> frozenset[int]:
        """Which gradients are wrong."""
        return self.outcome.wrong

    @property
    def is_wrong(self) -> bool:
        """Whether anything is."""
        return bool(self.outcome.wrong) or self.outcome.error is not None

    def run(self, edit: Edit) -> Outcome:
        """Run it with one more edit."""
        return self.bench.run([*self.edits, edit])

    def cures_of(self, outcome: Outcome) -> frozenset[int]:
        """Return which gradients a run has put right, and made none wrong; where nothing ran before, all or none."""
        if outcome.error is not None:
            return frozenset()
        if self.outcome.error is not None:
            return frozenset() if outcome.wrong else frozenset(range(len(outcome.gradients)))
        return self.outcome.wrong - outcome.wrong if outcome.wrong < self.outcome.wrong else frozenset()

    def is_forward(self, event: Event) -> bool:
        """Return whether a line has computed something of forward's again."""
        return self.judge.judged(event.text, event.value).kind == "forward"

    def event_of(self, statement: Statement) -> Event | None:
        """Return what a line did, of several things the first that may be wrong."""
        events = [event for event in self.observer.events if event.statement is statement]
        doubtful = (event for event in events if self.judge.judged(event.text, event.value).is_doubtful)
        return next(doubtful, events[0] if events else None)

    def first_bad(self, unit: Unit) -> Version:
        """Return the first version of a unit that may be wrong."""
        return next((one for one in unit.alive if self.judge.of(one).is_doubtful), unit.alive[0])

    @cached_property
    def wrong_gradients(self) -> list[Gradient]:
        """The gradients that are wrong."""
        return [self.outcome.gradients[k] for k in sorted(self.wrong)]
