"""Find the first wrong line: the one which, put right, puts gradients right.

A name says what a line means to compute, but many a right program uses names loosely. So no line is wrong because of
its name: the truth is put in its place and backward is run again, and only where gradients become right by it, and none
wrong, was the line wrong. Its slip is found in the same way, by running it without it.
"""

from __future__ import annotations

from itertools import islice

from graphviz_ad.debugging.hand_written.blaming import Culprit, blamed, within_helper
from graphviz_ad.debugging.hand_written.elsewhere import Elsewhere
from graphviz_ad.debugging.hand_written.exchanging import exchanged
from graphviz_ad.debugging.hand_written.heads import head_proposals
from graphviz_ad.debugging.hand_written.patience import Patience
from graphviz_ad.debugging.hand_written.readings import Reading, Readings
from graphviz_ad.debugging.hand_written.repairing import Repairs
from graphviz_ad.debugging.hand_written.rewriting import Edit
from graphviz_ad.debugging.hand_written.running import Version
from graphviz_ad.debugging.hand_written.slips.scene import Proposal
from graphviz_ad.debugging.hand_written.standing import Standing
from graphviz_ad.debugging.hand_written.statements import Statement
from graphviz_ad.debugging.hand_written.suspects import Suspects
from graphviz_ad.debugging.hand_written.trying import Bench
from graphviz_ad.debugging.hand_written.units import Unit, beginnings, units_of

__all__ = ["culprits"]

_MOST_WRONG, _MOST_UNITS, _MOST_HEADS = 4, 60, 80


def culprits(bench: Bench) -> tuple[list[Culprit], list[Edit], str]:
    """Return the wrong lines, the edits that put them right, and what ended the search before all slips were tried.

    That is ``time`` or ``trials``, and nothing where it came to its own end.
    """
    search = _Search(bench)
    wrong: list[Culprit] = []
    while search.standing.is_wrong:
        culprit = search.next()
        if culprit is None:
            break
        wrong.append(within_helper(search.standing, culprit))
        if len(wrong) == _MOST_WRONG or not search.go_on():
            break
    is_wrong = Standing(bench).is_wrong
    is_explained = len(wrong) == 1 and wrong[0].proposal is not None and not search.standing.wrong
    head = search.head() if is_wrong and not is_explained else None
    if head is not None:
        wrong = [Culprit(head.edit.statement, None, None, None, head, bench.outcome.wrong)]
        return wrong, [head.edit], search.patience.limit
    is_explained = not search.standing.wrong and all(culprit.proposal is not None for culprit in wrong)
    both = search.head_and_line() if is_wrong and not is_explained else None
    if both is not None:
        return both, [culprit.proposal.edit for culprit in both if culprit.proposal is not None], search.patience.limit
    return wrong, search.edits, search.patience.limit


class _Search:
    def __init__(self, bench: Bench) -> None:
        self._bench, self._truth = bench, bench.truth
        self.patience, self._elsewhere = Patience(), Elsewhere(bench)
        self.edits: list[Edit] = []
        self._look(Standing(bench))

    def _look(self, standing: Standing) -> None:
        self.standing = standing
        self._suspects, self._readings = Suspects(standing), Readings(standing)
        self._repairs = Repairs(standing, self.patience, self._elsewhere)
        judged = standing.judge.of
        begun = [version for version in beginnings(standing.observer) if judged(version).kind == "mismatch"]
        self._units = units_of(standing.observer, lambda version: judged(version).is_doubtful, begun)
        self._others = units_of(
            standing.observer, lambda version: judged(version).kind == "adjoint" and self._is_nameless(version)
        )

    def _is_nameless(self, version: Version) -> bool:
        return not self._truth.spoken_of(version.text)

    def head(self) -> Proposal | None:
        """Return another head of a loop or of a condition with which everything is right and nothing else changed."""
        for proposal in islice(head_proposals(self._bench.observer.codes), _MOST_HEADS):
            if not self.patience.may_wait():
                break
            outcome = self._bench.run([proposal.edit])
            if outcome.error is None and outcome.gradients and not outcome.wrong:
                cured = frozenset(range(len(outcome.gradients)))
                if self._elsewhere.holds([proposal.edit], cured):
                    return proposal
        return None

    def head_and_line(self) -> list[Culprit] | None:
        """Return a head and a line that are both wrong, where everything is right with both put right."""
        edits, limit = self.edits, self.patience.limit
        self.patience.go_on_beside_a_head()
        for proposal in islice(head_proposals(self._bench.observer.codes), _MOST_HEADS):
            if not self.patience.may_try():
                break
            self.edits = [proposal.edit]
            if not self.go_on() or self.standing.outcome.error is not None:
                continue
            reading, repair = self._best_reading()
            if reading is None or repair is None or reading.cures != self.standing.wrong:
                continue
            line, other = repair
            head = Culprit(proposal.edit.statement, None, None, None, proposal, frozenset())
            return [head, Culprit(line, self.standing.event_of(line), None, None, other, reading.cures)]
        self.edits, self.patience.limit = edits, limit
        return None

    def go_on(self) -> bool:
        """Run with what was put right so far; return whether something is still wrong."""
        self._look(Standing(self._bench, self.edits))
        return bool(self.standing.wrong)

    def next(self) -> Culprit | None:
        """Return the next wrong line, and keep the edit that puts it right."""
        if self.standing.outcome.error is not None:
            return self._of_error()
        reading, repair = self._best_reading()
        if reading is not None and reading.cures != self.standing.wrong:
            lines = [] if self.edits else [*self._suspects.all_lines(), *self._suspects.of_forward()]
            plain = self._repairs.first(lines, self.standing.wrong, None, deep=False)
            if plain is not None:
                return self._without_reading(plain)
            repair = self._repaired(reading)
        is_vague = repair is None and reading is not None and not self._truth.spoken_of(reading.unit.text)
        is_partial = reading is not None and reading.cures != self.standing.wrong and not self._is_whole(repair)
        if (is_vague or is_partial) and not self.edits:
            every = [*self._suspects.all_lines(), *self._suspects.of_forward()]
            whole = self._repairs.first(every, self.standing.wrong, None)
            if whole is not None:
                return self._without_reading(whole)
        if reading is None:
            wrong = self.standing.wrong
            proposal = exchanged(self.standing, self._elsewhere)
            if proposal is not None:
                if proposal.is_written:
                    self.edits.append(proposal.edit)
                return Culprit(proposal.edit.statement, None, None, None, proposal, wrong)
            lines = self._suspects.all_lines()
            trials = ((lines, wrong), (self._suspects.of_forward(), wrong), (lines, frozenset[int]()))
            repairs = (self._repairs.first(those, cures, None) for those, cures in trials)
            return self._without_reading(next(filter(None, repairs), None))
        self.edits.append(reading.edit if repair is None else repair[1].edit)
        statement = reading.unit.statement if repair is None else repair[0]
        own = repair is None or statement is reading.unit.statement
        version = self.standing.first_bad(reading.unit)
        event = version.last if own else self.standing.event_of(statement)
        place = next((k for k, one in enumerate(reading.unit.alive) if one is version), 0)
        node, expected = reading.nodes[place], reading.arrays[place] if own else None
        doubtful = self._suspects.doubtful(reading.unit, statement) if repair is None else ()
        proposal = None if repair is None else repair[1]
        return Culprit(statement, event, node if own else None, expected, proposal, reading.cures, doubtful)

    def _is_whole(self, repair: tuple[Statement, Proposal] | None) -> bool:
        """Whether another line puts everything right."""
        return repair is not None and self.standing.cures_of(self.standing.run(repair[1].edit)) == self.standing.wrong

    def _best_reading(self) -> tuple[Reading | None, tuple[Statement, Proposal] | None]:
        """Return the first line whose truth puts everything right, or else most, and its slip.

        A line that no name speaks of may be put right by something that it does not mean. It is believed at once where
        a slip explains it, and else only where no line with a name is explained better.
        """
        best: Reading | None = None
        nameless: Reading | None = None
        partial: Reading | None = None
        for unit in self._units[:_MOST_UNITS]:
            of_parts = self._is_of_parts(unit)
            if partial is not None and not of_parts:
                continue
            for reading in self._readings.of(unit):
                if reading.cures == self.standing.wrong:
                    repair = self._repaired(reading, deep=not of_parts)
                    if repair is not None:
                        return reading, repair
                    if of_parts:  # what is missing may be added by a line that reads it
                        partial = reading
                        break
                    if self._truth.spoken_of(unit.text):
                        return nameless or reading, None
                    nameless = nameless or reading
                    break
                if best is None or len(reading.cures) > len(best.cures):
                    best = reading
        if partial is not None:
            repair = self._repaired(partial)
            return (nameless if repair is None and nameless is not None else partial), repair
        if nameless is None:
            whole = self._of_another_name()
            if whole is not None:
                return whole, self._repaired(whole)
        return nameless or best, None

    def _is_of_parts(self, unit: Unit) -> bool:
        """Whether a line gives right parts of an adjoint: the slip is then where nothing is added to them."""
        judged = [self.standing.judge.of(version) for version in unit.alive]
        return any(one.kind == "part" for one in judged) and not any(one.is_bad for one in judged)

    def _of_another_name(self) -> Reading | None:
        """Return a line that was to be the adjoint of something else than it is, or than its name says.

        A name may serve again for what comes of it, as in ``dout = dout * mask``.
        """
        named = [unit for unit in self._units if self._truth.spoken_of(unit.text)]
        for unit in [*self._others, *named][:_MOST_UNITS]:
            for reading in self._readings.of(unit, renamed=True):
                if reading.cures == self.standing.wrong:
                    return reading
        return None

    def _repaired(self, reading: Reading, *, deep: bool = True) -> tuple[Statement, Proposal] | None:
        return self._repairs.first(self._suspects.of(reading.unit), reading.cures, reading, deep=deep)

    def _without_reading(self, repair: tuple[Statement, Proposal] | None) -> Culprit | None:
        if repair is not None:
            self.edits.append(repair[1].edit)
            event = self.standing.event_of(repair[0])
            outcome = self._bench.run(self.edits)
            return Culprit(repair[0], event, None, None, repair[1], self.standing.wrong - outcome.wrong)
        return blamed(self.standing, self._suspects, self._units)

    def _of_error(self) -> Culprit | None:
        """Return the line that raises, or the one that makes it raise."""
        here = self._bench.raising
        lines = [*here, *self._suspects.all_lines()[::-1], *self._suspects.of_forward()[::-1]]
        repair = self._repairs.first(lines, frozenset(), None) if here else None
        if repair is not None:
            self.edits.append(repair[1].edit)
            return Culprit(repair[0], self.standing.event_of(repair[0]), None, None, repair[1], frozenset())
        reading = next((one for unit in self._units[:_MOST_UNITS] for one in self._readings.of(unit)), None)
        if reading is not None:
            self.edits.append(reading.edit)
            unit, doubtful = reading.unit, self._suspects.doubtful(reading.unit, reading.unit.statement)
            event = unit.alive[0].last
            return Culprit(unit.statement, event, reading.nodes[0], reading.arrays[0], None, reading.cures, doubtful)
        if not here:
            return None
        judged = self.standing.judge.of
        bad = (unit.statement for unit in self._units if any(judged(version).is_bad for version in unit.alive))
        doubtful = tuple(line for line in dict.fromkeys(bad) if line is not here[0])
        return Culprit(here[0], None, None, None, None, frozenset(), doubtful)
