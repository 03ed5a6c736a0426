"""Find the first wrong line: the one which, put right, puts gradients right.

A name says what a line means to compute, but many a right program uses names loosely. So no line is wrong because of
its name: the truth is put in its place and backward is run again, and only where gradients become right by it, and none
wrong, was the line wrong. Its slip is found in the same way, by running it without it.
"""

from __future__ import annotations

import ast
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.debugging.hand_written.comparing import Array, as_numbers
from graphviz_ad.debugging.hand_written.heads import head_proposals
from graphviz_ad.debugging.hand_written.judging import Judge
from graphviz_ad.debugging.hand_written.moving import is_round
from graphviz_ad.debugging.hand_written.returned import Gradient
from graphviz_ad.debugging.hand_written.rewriting import Edit
from graphviz_ad.debugging.hand_written.running import Event, Observer, Version, copied
from graphviz_ad.debugging.hand_written.slips.scene import Proposal, Scene, compiled
from graphviz_ad.debugging.hand_written.slips.table import proposals
from graphviz_ad.debugging.hand_written.statements import Statement, statements_of
from graphviz_ad.debugging.hand_written.trying import Bench, Outcome, injection, kept, restart
from graphviz_ad.engine.variable import Variable

__all__ = ["Culprit", "Unit", "culprits"]

_MOST_WRONG = 4
_MOST_SECONDS, _MOST_WAITING = 20.0, 60.0  # of work, and on the clock; the wrong lines are known before
_MOST_UNITS, _MOST_READINGS, _MOST_TRIALS, _MOST_HEADS = 60, 48, 2400, 80
_MOST_BESIDE = 600  # lines that are tried beside another head


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


class _Reading(NamedTuple):
    """The truth for a unit, if it is about these nodes."""

    unit: Unit
    nodes: tuple[Variable, ...]
    arrays: tuple[Array, ...]
    edit: Edit
    cures: frozenset[int]


def culprits(bench: Bench) -> tuple[list[Culprit], list[Edit], str]:
    """Return the wrong lines, the edits that put them right, and what ended the search before all slips were tried.

    That is ``time`` or ``trials``, and nothing where it came to its own end.
    """
    search = _Search(bench)
    wrong: list[Culprit] = []
    while search.outcome.wrong or search.outcome.error is not None:
        culprit = search.next()
        if culprit is None:
            break
        wrong.append(culprit)
        if len(wrong) == _MOST_WRONG or not search.go_on():
            break
    is_wrong = bench.outcome.wrong or bench.outcome.error is not None
    is_explained = len(wrong) == 1 and wrong[0].proposal is not None and not search.outcome.wrong
    head = search.head() if is_wrong and not is_explained else None
    if head is not None:
        wrong = [Culprit(head.edit.statement, None, None, None, head, bench.outcome.wrong)]
        return wrong, [head.edit], search.limit
    is_explained = not search.outcome.wrong and all(culprit.proposal is not None for culprit in wrong)
    both = search.head_and_line() if is_wrong and not is_explained else None
    if both is not None:
        return both, [culprit.proposal.edit for culprit in both if culprit.proposal is not None], search.limit
    return wrong, search.edits, search.limit


class _Search:
    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._trials = 0
        self._end = time.thread_time() + _MOST_SECONDS, time.monotonic() + _MOST_WAITING
        self.limit = ""
        self.edits: list[Edit] = []
        self.outcome = bench.outcome
        self._look(bench.observer)

    def _look(self, observer: Observer) -> None:
        self._observer = observer
        vars(self).pop("_scales", None)
        self._judge = Judge(self._bench.truth)
        doubtful = self._judge.of
        begun = [version for version in _beginnings(observer) if doubtful(version).kind == "mismatch"]
        self._units = _units(observer, lambda version: doubtful(version).is_doubtful, begun)
        self._others = _units(
            observer, lambda version: doubtful(version).kind == "adjoint" and self._is_nameless(version)
        )

    @cached_property
    def _scales(self) -> list[float]:
        """The factors that adjoints have here by habit, such as a number of examples that is divided by later."""
        judged = [self._judge.of(version) for version in self._observer.versions]
        return list(dict.fromkeys(one.scale for one in judged if one.kind == "scaled"))[:2]

    def _is_nameless(self, version: Version) -> bool:
        return not self._bench.truth.spoken_of(version.text)

    def head(self) -> Proposal | None:
        """Return another head of a loop or of a condition with which everything is right and nothing else changed."""
        for proposal in islice(head_proposals(self._bench.observer.codes), _MOST_HEADS):
            outcome = self._run([proposal.edit])
            if outcome.error is None and outcome.gradients and not outcome.wrong:
                cured = frozenset(range(len(outcome.gradients)))
                if self._holds(proposal.edit, cured):
                    return proposal
        return None

    def head_and_line(self) -> list[Culprit] | None:
        """Return a head and a line that are both wrong, where everything is right with both put right."""
        before = self.edits, self.limit
        self._trials, self.limit = max(0, _MOST_TRIALS - _MOST_BESIDE), "" if self.limit == "trials" else self.limit
        for proposal in islice(head_proposals(self._bench.observer.codes), _MOST_HEADS):
            if not self._may_try():
                break
            self.edits = [proposal.edit]
            if not self.go_on() or self.outcome.error is not None:
                continue
            reading, repair = self._best_reading()
            if reading is None or repair is None or reading.cures != self.outcome.wrong:
                continue
            line, other = repair
            head = Culprit(proposal.edit.statement, None, None, None, proposal, frozenset())
            return [head, Culprit(line, self._event_of(line), None, None, other, reading.cures)]
        self.edits, self.limit = before
        return None

    def go_on(self) -> bool:
        """Run with what was put right so far; return whether something is still wrong."""
        observer = Observer(kept)
        self.outcome = self._bench.run(self.edits, observer)
        self._look(observer)
        return bool(self.outcome.wrong)

    def next(self) -> Culprit | None:
        """Return the next wrong line, and keep the edit that puts it right."""
        if self.outcome.error is not None:
            return self._of_error()
        reading, repair = self._best_reading()
        is_vague = repair is None and reading is not None and not self._bench.truth.spoken_of(reading.unit.text)
        if reading is not None and (is_vague or reading.cures != self.outcome.wrong) and not self.edits:
            whole = self._repair([*self._all_lines(), *self._of_forward()], self.outcome.wrong, None)
            if whole is not None:
                return self._without_reading(whole)
        if reading is None:
            wrong = self.outcome.wrong
            exchanged = self._exchanged()
            if exchanged is not None:
                return exchanged
            lines = self._all_lines()
            repair = self._repair(lines, wrong, None) or self._repair(self._of_forward(), wrong, None)
            repair = repair or self._repair(lines, frozenset(), None)
            return self._without_reading(repair)
        self.edits.append(reading.edit if repair is None else repair[1].edit)
        statement = reading.unit.statement if repair is None else repair[0]
        own = repair is None or statement is reading.unit.statement
        version = self._first_bad(reading.unit)
        event = version.last if own else self._event_of(statement)
        place = next((k for k, one in enumerate(reading.unit.alive) if one is version), 0)
        node, expected = reading.nodes[place], reading.arrays[place] if own else None
        doubtful = self._doubtful(reading.unit, statement) if repair is None else ()
        proposal = None if repair is None else repair[1]
        return Culprit(statement, event, node if own else None, expected, proposal, reading.cures, doubtful)

    # -- the truth, put in

    def _best_reading(self) -> tuple[_Reading | None, tuple[Statement, Proposal] | None]:
        """Return the first line whose truth puts everything right, or else most, and its slip.

        A line that no name speaks of may be put right by something that it does not mean. It is believed at once where
        a slip explains it, and else only where no line with a name is explained better.
        """
        best: _Reading | None = None
        nameless: _Reading | None = None
        for unit in self._units[:_MOST_UNITS]:
            for reading in self._readings(unit):
                if reading.cures == self.outcome.wrong:
                    repair = self._repaired(reading)
                    if repair is not None:
                        return reading, repair
                    if self._bench.truth.spoken_of(unit.text):
                        return nameless or reading, None
                    nameless = nameless or reading
                    break
                if best is None or len(reading.cures) > len(best.cures):
                    best = reading
        if nameless is None:
            whole = self._of_another_name()
            if whole is not None:
                return whole, self._repaired(whole)
        best = nameless or best
        return best, None if best is None or best is nameless else self._repaired(best)

    def _of_another_name(self) -> _Reading | None:
        """Return a line that was to be the adjoint of something else than it is, or than its name says.

        A name may serve again for what comes of it, as in ``dout = dout * mask``.
        """
        named = [unit for unit in self._units if self._bench.truth.spoken_of(unit.text)]
        for unit in [*self._others, *named][:_MOST_UNITS]:
            for reading in self._readings(unit, renamed=True):
                if reading.cures == self.outcome.wrong:
                    return reading
        return None

    def _repaired(self, reading: _Reading) -> tuple[Statement, Proposal] | None:
        suspects = [*self._upstream(reading.unit), *_lines_of(reading.unit)]
        suspects = [*self._of_sizes(suspects), *suspects]
        suspects += [inner for line in suspects for inner in self._within(line)]
        return self._repair([*self._misnamed(), *suspects], reading.cures, reading)

    def _misnamed(self) -> list[Statement]:
        """Return the lines that compute something of forward's again, and not what forward has that name for."""
        events = (event for event in self._observer.events if self._is_forward(event))
        return list(dict.fromkeys(e.statement for e in events if self._judge.is_misnamed(e.text, e.value)))

    def _readings(self, unit: Unit, *, renamed: bool = False) -> Iterator[_Reading]:
        """Try each truth that a unit may be about; yield those that put gradients right and none wrong."""
        alive = unit.alive
        for nodes, arrays in islice(self._meanings(unit, renamed=renamed), _MOST_READINGS):
            values = {version.last.execution: array for version, array in zip(alive, arrays, strict=True)}
            edit = injection(alive[-1].last, values)
            if edit is None:
                return
            outcome = self._run([*self.edits, edit])
            cures = self._cures_of(outcome)
            if cures:
                yield _Reading(unit, nodes, arrays, edit, cures)

    def _cures_of(self, outcome: Outcome) -> frozenset[int]:
        """Return which gradients a run has put right, and made none wrong; where nothing ran before, all or none."""
        if outcome.error is not None:
            return frozenset()
        if self.outcome.error is not None:
            return frozenset() if outcome.wrong else frozenset(range(len(outcome.gradients)))
        return self.outcome.wrong - outcome.wrong if outcome.wrong < self.outcome.wrong else frozenset()

    def _meanings(self, unit: Unit, *, renamed: bool) -> Iterator[tuple[tuple[Variable, ...], tuple[Array, ...]]]:
        """Yield what the versions of a unit may be: adjoints of nodes, or parts of them where no name says of which."""
        truth, shape = self._bench.truth, np.shape(unit.alive[0].value)
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
                for parts in self._bench.truth.parts_alike(nodes):
                    yield nodes, parts

    def _nodes_of(self, unit: Unit, *, renamed: bool) -> Iterator[tuple[Variable, ...]]:
        """Yield the nodes that the versions of a unit may be the adjoints of: backward visits them last to first."""
        truth, alive = self._bench.truth, unit.alive
        spoken = truth.spoken_of(unit.text)
        final = self._final_node(unit)
        if final is not None and len(alive) == 1:
            yield (final,)
        for group in () if renamed else spoken:
            yield from _windows(group, len(alive))
        shape = np.shape(alive[0].value)
        if self.outcome.error is not None and not spoken:  # its shape may be what is wrong
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
        returns = self._observer.returns
        if (
            not event.statement.is_return
            or not returns
            or event.statement is not returns[-1][0]
            or event.target is None
        ):
            return None
        for place in self._bench.places:
            if not place.slot and _part_at(event.statement.value, place.path) is event.target:
                return place.input.node
        return None

    def _first_bad(self, unit: Unit) -> Version:
        return next((v for v in unit.alive if self._judge.of(v).is_doubtful), unit.alive[0])

    # -- the line, without its slip

    def _repair(
        self, suspects: Sequence[Statement], cures: frozenset[int], reading: _Reading | None
    ) -> tuple[Statement, Proposal] | None:
        """Return the first other line with which the gradients are right that the truth puts right, and none wrong."""
        lines = list(dict.fromkeys(suspects))
        observer = Observer(kept, set(lines))
        self._bench.run(self.edits, observer)
        scenes = {line: self._scene(line, observer, reading) for line in lines if line in observer.scopes}
        order = list(scenes)
        helped = [line for line in order if self._calls_helper(line)]
        others = [line for line in order[::-1] if line not in helped]
        rounds = [(0, order), (1, others), (2, others), (1, helped), (2, helped)]
        for rank, those in rounds:
            for line in those:
                for proposal in proposals(scenes[line], rank):
                    cured = self._cured(proposal, scenes[line], cures)
                    if cured and self._holds(proposal.edit, cured):
                        return line, proposal if proposal.is_written else self._written(scenes[line], cures) or proposal
        return None

    def _written(self, scene: Scene, cures: frozenset[int]) -> Proposal | None:
        """Return another line that a person could write, where one is known that cannot be written."""
        written = (p for rank in (0, 1) for p in proposals(scene, rank) if p.is_written and p.slip != "missing-factor")
        tried = ((proposal, self._cured(proposal, scene, cures)) for proposal in written)
        return next((one for one, cured in tried if cured and self._holds(one.edit, cured)), None)

    def _of_sizes(self, lines: Sequence[Statement]) -> list[Statement]:
        """Return the lines that give whole numbers their names which some lines read, as `n = x.shape[0]`."""
        observer = Observer(kept, set(lines))
        self._bench.run(self.edits, observer)
        names = {
            (line.source.filename, part.id)
            for line in lines
            for part in line.reads
            if isinstance(part, ast.Name) and type(observer.scopes.get(line, ({}, {}))[0].get(part.id)) is int
        }
        every = [one for code in self._bench.observer.codes for at in statements_of(code).values() for one in at]
        return [
            one
            for one in dict.fromkeys(every)
            if any(
                isinstance(part, ast.Name) and (one.source.filename, part.id) in names
                for target in one.targets
                for part in ast.walk(target)
            )
        ]

    def _within(self, line: Statement) -> Iterator[Statement]:
        """Yield the lines of the functions of the person's that a line calls."""
        parts = [] if line.value is None else ast.walk(line.value)
        called = [part.func for part in parts if isinstance(part, ast.Call)]
        names = {ast.unparse(function).rpartition(".")[2] for function in called}
        pairs = [(event.statement, event.code) for event in self._observer.events] + self._observer.returns
        yield from dict.fromkeys(statement for statement, code in pairs if code.co_name in names)

    def _calls_helper(self, line: Statement) -> bool:
        """Return whether a line only calls a function of the person's, whose own lines are at fault then."""
        called = line.value.func if isinstance(line.value, ast.Call) else None
        name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
        return name in {code.co_name for code in self._observer.codes}

    def _cured(self, proposal: Proposal, scene: Scene, cures: frozenset[int]) -> frozenset[int]:
        """Return which gradients become right by another line; none where it does not put right all that it is to."""
        if not self._may_try() or (scene.whole and not _gives(proposal.edit, scene)):
            return frozenset()
        self._trials += 1
        outcome = self._run([*self.edits, proposal.edit])
        return frozenset() if outcome.wrong & cures else self._cures_of(outcome)

    def _may_try(self) -> bool:
        if not self.limit and (time.thread_time() > self._end[0] or time.monotonic() > self._end[1]):
            self.limit = "time"
        if not self.limit and self._trials >= _MOST_TRIALS:
            self.limit = "trials"
        return not self.limit

    def _holds(self, edit: Edit, cured: frozenset[int]) -> bool:
        """Return whether gradients that another line puts right are right by it at other numbers too, if one can say.

        One cannot where some line is only put right by numbers, which are those of this run.
        """
        edits = [*self.edits, edit]
        bench = self._elsewhere if all(_is_text(one) for one in edits) else None
        if bench is None:
            return True
        outcome = bench.run(edits)
        return outcome.error is None and not outcome.wrong & cured

    @cached_property
    def _elsewhere(self) -> Bench | None:
        """The same passes at other numbers close by, where a line may be right by chance at those of this run."""
        outcome = self._bench.outcome
        inputs = [gradient.input for gradient in outcome.gradients] or self._bench.truth.inputs
        return self._bench.beside(inputs) if any(is_round(one.node.value) for one in inputs) else None

    def _scene(self, line: Statement, observer: Observer, reading: _Reading | None) -> Scene:
        local, scope = observer.scopes[line]
        got = expected = None
        if reading is not None and line is reading.unit.statement:
            version = reading.unit.alive[0]
            if version.last.execution == 0:
                got, expected, aim = version.value, reading.arrays[0], version.last.target if line.is_return else None
                whole = len(version.events) == 1 and not line.is_return
                return Scene(line, self._bench.truth, local, scope, got, expected, whole, aim)
        return Scene(line, self._bench.truth, local, scope, got, expected)

    def _run(self, edits: Sequence[Edit]) -> Outcome:
        return self._bench.run(edits)

    # -- which lines to look at

    def _upstream(self, unit: Unit) -> list[Statement]:
        """Return the lines that a wrong line has read from and of which nobody can say that they are right."""
        seen: dict[int, Version] = {}
        waiting = [source for version in unit.alive[:1] for source in version.sources]
        while waiting:
            version = waiting.pop()
            if id(version) not in seen and version.events and self._is_suspect(version):
                seen[id(version)] = version
                waiting += version.sources
        order = {id(event): k for k, event in enumerate(self._observer.events)}
        versions = sorted(seen.values(), key=lambda version: order.get(id(version.last), 0))
        return [e.statement for version in versions for e in version.events if e.statement is not unit.statement]

    def _doubtful(self, unit: Unit, blamed: Statement) -> tuple[Statement, ...]:
        """Return the other lines in which the slip of a unit may be: what it reads, and what has written to it too."""
        own = [event.statement for version in unit.alive[:1] for event in version.events]
        first = [*self._upstream(unit), *self._misnamed(), *own]
        lines = dict.fromkeys([*self._of_sizes([*first, blamed]), *first])
        return tuple(sorted((line for line in lines if line is not blamed), key=lambda line: line.line))

    def _is_suspect(self, version: Version) -> bool:
        """Whether nobody can say that it is right: zeros are, unless something was written to them."""
        judgement = self._judge.of(version)
        if judgement.kind == "rearranged":  # as `reshape` has it, which may have dealt the numbers out in another order
            return True
        return judgement.is_bad or (judgement.kind == "zeros" and len(version.events) > 1)

    def _all_lines(self) -> list[Statement]:
        done = {e.statement: None for e in self._observer.events if not self._is_forward(e)}
        return [*done, *(statement for statement, _ in self._observer.returns if statement not in done)]

    def _of_forward(self) -> list[Statement]:
        """Return the lines of what forward has computed: one may take the values of another step, or layer."""
        return list(dict.fromkeys(e.statement for e in self._observer.events if self._is_forward(e)))

    def _is_forward(self, event: Event) -> bool:
        return self._judge.judged(event.text, event.value).kind == "forward"

    def _exchanged(self) -> Culprit | None:
        """Return the return statement, where the gradients are right and stand in each other's places."""
        gradients, agree = self.outcome.gradients, self._bench.truth.ruler.agree
        wrong = [gradients[k] for k in sorted(self.outcome.wrong)]
        meant = [
            next((b for b in wrong if b is not a and a.got is not None and agree(a.got, b.expected)), None)
            for a in wrong
        ]
        if not self._observer.returns or not meant or any(one is None for one in meant):
            return None
        statement = self._observer.returns[-1][0]
        first, second = wrong[0].input.name, meant[0].input.name if meant[0] is not None else ""
        words = f"The gradient of `{second}` stands in the place of that of `{first}`"
        text = self._in_their_places(statement, wrong, meant)
        proposal = Proposal(
            "wrong-operand", Edit(statement, text or statement.text), words, is_written=text is not None
        )
        if text is not None:
            self.edits.append(proposal.edit)
        return Culprit(statement, None, None, None, proposal, self.outcome.wrong)

    def _in_their_places(
        self, statement: Statement, wrong: Sequence[Gradient], meant: Sequence[Gradient | None]
    ) -> str | None:
        """Return a return statement with each gradient in the place of its own, where that makes all of them right."""
        parts = {id(gradient.input): part for gradient, part in self._returned_parts(statement)}
        text = statement.text
        news = [
            (statement.segment(parts[id(there.input)]), statement.segment(parts[id(gradient.input)]))
            for gradient, there in zip(wrong, meant, strict=True)
            if there is not None and id(gradient.input) in parts and id(there.input) in parts
        ]
        for (start, end), (own, own_end) in sorted(news, reverse=True):
            text = text[:start] + statement.text[own:own_end] + text[end:]
        edit = Edit(statement, text)
        outcome = self._run([*self.edits, edit])
        is_right = len(news) == len(wrong) and outcome.error is None and not outcome.wrong
        return text if is_right and self._holds(edit, self.outcome.wrong) else None

    def _returned_parts(self, statement: Statement) -> Iterator[tuple[Gradient, ast.expr]]:
        """Yield the gradients that a return statement names one by one, with their expressions."""
        for place, gradient in zip(self._bench.places, self.outcome.gradients, strict=True):
            part = None if place.slot else _part_at(statement.value, place.path)
            if part is not None:
                yield gradient, part

    def _event_of(self, statement: Statement) -> Event | None:
        """Return what a line did, of several things the first that may be wrong."""
        events = [event for event in self._observer.events if event.statement is statement]
        doubtful = (event for event in events if self._judge.judged(event.text, event.value).is_doubtful)
        return next(doubtful, events[0] if events else None)

    def _without_reading(self, repair: tuple[Statement, Proposal] | None) -> Culprit | None:
        if repair is not None:
            self.edits.append(repair[1].edit)
            event = self._event_of(repair[0])
            outcome = self._run(self.edits)
            return Culprit(repair[0], event, None, None, repair[1], self.outcome.wrong - outcome.wrong)
        returned = self._of_the_gradients()
        if returned is not None:
            return returned
        unit = next(iter(self._units), None)
        if unit is not None:
            version = self._first_bad(unit)
            group = next(iter(self._bench.truth.spoken_of(unit.text)), [None])
            node = group[-1]
            expected = None if node is None else self._bench.truth.adjoints[node.index]
            doubtful = self._doubtful(unit, unit.statement)
            return Culprit(unit.statement, version.last, node, expected, None, frozenset(), doubtful)
        if self._observer.returns:
            doubtful = tuple(
                event.statement
                for version in self._observer.versions
                if self._is_suspect(version)
                for event in version.events
            )
            statement = self._observer.returns[-1][0]
            doubtful = tuple(one for one in dict.fromkeys(doubtful) if one is not statement)
            return Culprit(statement, None, None, None, None, frozenset(), doubtful)
        return None

    def _of_the_gradients(self) -> Culprit | None:
        """Return the first line that has computed a wrong gradient as it is returned."""
        wrong = [self.outcome.gradients[k] for k in sorted(self.outcome.wrong)]
        for event in self._observer.events:
            for gradient in wrong:
                if gradient.got is not None and np.array_equal(event.value, gradient.got, equal_nan=True):
                    version = next((one for one in self._observer.versions if one.last is event), None)
                    if version is None or not np.any(event.value):
                        continue
                    unit = Unit(event.statement, version.text, [version])
                    doubtful = self._doubtful(unit, event.statement)
                    node, expected = gradient.input.node, gradient.expected
                    return Culprit(event.statement, event, node, expected, None, frozenset(), doubtful)
        return None

    def _of_error(self) -> Culprit | None:
        """Return the line that raises, or the one that makes it raise."""
        here = self._bench.raising
        lines = [*here, *self._all_lines()[::-1], *self._of_forward()[::-1]]
        repair = self._repair(lines, frozenset(), None) if here else None
        if repair is not None:
            self.edits.append(repair[1].edit)
            return Culprit(repair[0], self._event_of(repair[0]), None, None, repair[1], frozenset())
        reading = next((one for unit in self._units[:_MOST_UNITS] for one in self._readings(unit)), None)
        if reading is not None:
            self.edits.append(reading.edit)
            unit, doubtful = reading.unit, self._doubtful(reading.unit, reading.unit.statement)
            event = unit.alive[0].last
            return Culprit(unit.statement, event, reading.nodes[0], reading.arrays[0], None, reading.cures, doubtful)
        if not here:
            return None
        bad = (unit.statement for unit in self._units if any(self._judge.of(version).is_bad for version in unit.alive))
        doubtful = tuple(line for line in dict.fromkeys(bad) if line is not here[0])
        return Culprit(here[0], None, None, None, None, frozenset(), doubtful)


def _part_at(value: ast.expr | None, path: Sequence[Any]) -> ast.expr | None:
    """Return the expression of one of the numbers that a return statement puts in tuples and dicts."""
    part = value
    for key in path:
        if isinstance(part, ast.Dict):
            keys = [k.value if isinstance(k, ast.Constant) else None for k in part.keys]
            part = part.values[keys.index(key)] if key in keys else None
        else:
            part = part.elts[key] if isinstance(part, ast.Tuple | ast.List) and isinstance(key, int) else None
    return part


def _windows(group: Sequence[Variable], count: int) -> Iterator[tuple[Variable, ...]]:
    """Yield so many nodes of a group in a row, last to first; one node serves all."""
    backwards = group[::-1]
    if len(backwards) == 1 < count:
        yield tuple(backwards) * count
    for start in range(len(backwards) - count + 1):
        yield tuple(backwards[start : start + count])


def _lines_of(unit: Unit) -> list[Statement]:
    return [event.statement for version in unit.alive for event in version.events]


def _beginnings(observer: Observer) -> Iterator[Version]:
    """Yield what a place held when it was assigned, where other lines have written to it before it was read."""
    for version in observer.versions:
        first = version.events[0]
        if version.last.statement is not first.statement and isinstance(first.statement.node, ast.Assign):
            begun = Version(version.text, version.builds_on)
            begun.events = [event for event in version.events if event.statement is first.statement]
            begun.sources, begun.was_read = version.sources, True
            yield begun


def _units(observer: Observer, is_asked: Callable[[Version], bool], begun: Sequence[Version] = ()) -> list[Unit]:
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


def _is_text(edit: Edit) -> bool:
    """Return whether another line is what it says, without numbers or slopes of this run."""
    return all(isinstance(thing, ModuleType) for thing in edit.names.values())


def _gives(edit: Edit, scene: Scene) -> bool:
    """Return whether another line gives what is expected, where it stands and with what was there; True if unknown."""
    node = scene.statement.node
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    if len(targets) != 1 or not isinstance(targets[0], ast.Name | ast.Attribute):
        return True
    restart([edit])
    local = copied(dict(scene.local))
    names = {**scene.scope, **edit.names}
    try:
        with np.errstate(all="ignore"):
            exec(compiled(edit.text, "exec"), names, local)
            value = as_numbers(eval(ast.unparse(targets[0]), names, local))
    except Exception:  # it does not even run
        return False
    return value is not None and scene.expected is not None and scene.truth.ruler.agree(value, scene.expected)
