"""The verdict on each line of a backward pass: right, wrong, inheriting from a wrong one, or unknown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphviz_ad.console import prints
from graphviz_ad.debugging.hand_written.blaming import Culprit
from graphviz_ad.debugging.hand_written.comparing import Array
from graphviz_ad.debugging.hand_written.elsewhere import Elsewhere
from graphviz_ad.debugging.hand_written.judging import Judge, Judgement
from graphviz_ad.debugging.hand_written.returned import Gradient
from graphviz_ad.debugging.hand_written.running import Event, Observer, Version
from graphviz_ad.debugging.hand_written.searching import culprits
from graphviz_ad.debugging.hand_written.sentences import (
    barred,
    listed,
    of_gradients,
    of_the_wrong,
    words_of,
)
from graphviz_ad.debugging.hand_written.statements import Statement
from graphviz_ad.debugging.hand_written.truth import Truth
from graphviz_ad.debugging.hand_written.trying import Bench, Outcome, kept
from graphviz_ad.engine.functions import name_of
from graphviz_ad.engine.variable import Variable

__all__ = ["Checked", "LineVerdict", "checked"]

_RANK = ("wrong", "inherits", "unknown", "right")


@prints
@dataclass(frozen=True, eq=False)
class LineVerdict:
    """What there is to say of one line of a backward pass.

    Attributes
    ----------
    line : int
        Its number in the file.
    name : str
        What it assigns, as it is written: ``dz``, ``self.dW``, ``grads['W']``; ``return``; of the head of a loop or a
        condition ``for``, ``while`` or ``if``.
    verdict : {"right", "wrong", "inherits", "unknown"}
        It inherits where it is right once the wrong lines before it are.
    node : Variable or None
        The node of forward whose adjoint it is, or ought to be.
    expected, got : array or None
        Of a line that runs several times those of the first time that it is not right.
    slip : str or None
        Of a wrong line: ``sign``, ``factor``, ``transpose``, ``missing-sum``, ``extra-sum``, ``missing-mean``,
        ``overwritten``, ``value-for-derivative``, ``wrong-operand``, ``missing-factor`` or ``other``.
    sentence : str
        All of it in words.
    words : str
        In a few words, as in a table.
    file : str
    code : str
        The line as it is written.
    remedy : str or None
        The line as it is right, where one can write it so.
    proof : str or None
        What came of trying it.
    is_forward : bool
        Whether it repeats what forward computes.
    """

    line: int
    name: str
    verdict: str
    node: Variable | None
    expected: Array | None
    got: Array | None
    slip: str | None
    sentence: str
    words: str = ""
    file: str = ""
    code: str = ""
    remedy: str | None = None
    proof: str | None = None
    is_forward: bool = False

    def __repr__(self) -> str:
        return f"<LineVerdict {self.line}: {self.name} is {self.verdict}{f' ({self.slip})' if self.slip else ''}>"


@dataclass(frozen=True, eq=False)
class Checked:
    """All that was seen of a backward pass.

    Attributes
    ----------
    name : str
        What the function is called.
    arguments : tuple of str
        The names of the inputs.
    lines : tuple of LineVerdict
        In the order in which they first ran.
    gradients : tuple of Gradient
    wrong : frozenset of int
        Which of the gradients are wrong.
    error : Exception or None
        What backward raised.
    raised_line : int or None
        Which of the person's lines did.
    remarks : tuple of str
        What one must know of how it was checked.
    truth : Truth
        Forward, recorded and differentiated.
    """

    name: str
    arguments: tuple[str, ...]
    lines: tuple[LineVerdict, ...]
    gradients: tuple[Gradient, ...]
    wrong: frozenset[int]
    error: BaseException | None
    raised_line: int | None
    remarks: tuple[str, ...]
    truth: Truth = field(repr=False)

    @property
    def ok(self) -> bool:
        """Whether it ran, and all gradients are right."""
        return self.error is None and not self.wrong


def checked(forward: Callable[..., Any], backward: Callable[..., Any], args: Sequence[Any]) -> Checked:
    """Run a backward pass line by line, and judge every line.

    Examples
    --------
    >>> import numpy as np
    >>> def loss(x):
    ...     return np.sum(np.sin(x))
    >>> seen = checked(loss, np.cos, (np.array([1.0, 2.0]),))
    >>> seen.lines, len(seen.gradients), sorted(seen.wrong)
    ((), 1, [])
    """
    bench = Bench(forward, backward, args)
    try:
        wrong, edits, limit = culprits(bench)
        wrong.sort(key=lambda culprit: _first_run(culprit.statement, bench.observer.events))
        observer = Observer(kept)
        repaired = bench.run(edits, observer) if edits else None
        lines = tuple(_Verdicts(bench, wrong, repaired, observer).all())
        chance = Elsewhere(bench).by_chance()
    finally:
        bench.restore()
    outcome, truth = bench.outcome, bench.truth
    return Checked(
        name_of(backward, "backward"),
        tuple(one.name for one in truth.inputs),
        lines,
        tuple(outcome.gradients),
        outcome.wrong,
        outcome.error,
        bench.raised_line,
        tuple(_remarks(bench, limit, chance)),
        truth,
    )


_LIMITS = {
    "time": "Not all slips were tried, since your backward takes long: check it with fewer numbers.",
    "trials": "Not all slips were tried: they are too many here.",
}


def _remarks(bench: Bench, limit: str, chance: Sequence[str]) -> Iterator[str]:
    if limit:
        yield _LIMITS[limit]
    if chance:
        own = f"gradient{'s' if len(chance) > 1 else ''} of {listed(chance)}"
        are = "are wrong: they are right" if len(chance) > 1 else "is wrong: it is right"
        yield (
            f"At numbers close by, the {own} {are} here by chance, as many formulas are at whole numbers and halves. "
            "Check your backward with other numbers."
        )
    seeds = bench.binding.seeds
    if seeds is not None:
        shapes = [str(getattr(seed, "shape", ())) for seed in seeds]
        yield (
            f"The upstream gradient is {_upstream(shapes)}."
            if bench.binding.is_upstream
            else "forward returns an array, and backward takes no upstream gradient: that of its sum is expected."
        )
    if not bench.observer.events:
        yield "No line of your backward can be read: only the gradients that it returns are compared."


class _Verdicts:
    """Says what each line is, beside what it would be with the wrong lines put right."""

    def __init__(self, bench: Bench, wrong: Sequence[Culprit], repaired: Outcome | None, observer: Observer) -> None:
        self._bench = bench
        self._wrong = {culprit.statement: culprit for culprit in wrong}
        self._cured = repaired is not None and repaired.error is None and not repaired.wrong
        self._repaired = repaired
        self._judge = Judge(bench.truth)
        self._keys = {id(event): key for key, event in _keyed(bench.observer.events)}
        self._then = dict(_keyed(observer.events)) if repaired is not None else {}
        self._versions_then = {id(e): v for v in observer.versions for e in v.events} if repaired is not None else {}
        self._versions: dict[int, Version] = {id(e): v for v in bench.observer.versions for e in v.events}

    def all(self) -> Iterator[LineVerdict]:
        """Yield the verdict of each line, in the order in which they first ran."""
        lines: dict[Statement, list[Event]] = {}
        for event in self._bench.observer.events:
            lines.setdefault(event.statement, []).append(event)
        for culprit in self._wrong.values():
            if culprit.statement not in lines:
                lines = _with_head(lines, culprit.statement)
        last = self._last_return()
        for statement, events in lines.items():
            if statement in self._wrong:
                yield self._of_the_wrong(self._wrong[statement])
            elif statement is not last:
                yield _gravest([self._of(event) for event in events])
        if last is not None and last not in self._wrong and self._bench.outcome.error is None:
            yield self._of_the_return(last)

    def _last_return(self) -> Statement | None:
        returns = self._bench.observer.returns
        is_named = [place for place in self._bench.places if not place.slot]
        return returns[-1][0] if returns and is_named else None

    def _of(self, event: Event) -> LineVerdict:
        version = self._versions[id(event)]
        own = self._judge.judged(event.text, event.value)
        judgement = own if not own.is_bad or event is version.last else self._judge.of(version)
        verdict, expected, node = self._verdict(event, judgement)
        words = words_of(verdict, judgement, self._bench.truth, node, event.text, self._first_wrong_name())
        if verdict == "right" and own.is_bad and event is not version.last:
            words = f"on the way to {words.removeprefix('is ')}"
        sentence = f"{event.text} {words}." if words.startswith("is ") else f"{event.text}: {words}."
        return LineVerdict(
            *(event.statement.line, event.text, verdict, node, expected, event.value, None, sentence, words),
            file=event.code.co_filename,
            code=event.statement.text,
            is_forward=judgement.kind == "forward",
        )

    def _verdict(self, event: Event, judgement: Judgement) -> tuple[str, Array | None, Variable | None]:
        truth = self._bench.truth
        if judgement.kind == "zeros":
            return "unknown", None, None
        then = self._event_then(event)
        changed = then is not None and not truth.ruler.agree(event.value, then.value)
        if judgement.is_bad or (changed and judgement.kind == "part"):
            if judgement.kind == "scaled" and not changed and (self._cured or not self._bench.outcome.wrong):
                return "right", event.value, judgement.node
            if then is None or not changed or not self._cured:
                return "unknown", None, None
            after = self._judge.of(self._versions_then[id(then)])
            return "inherits", then.value, after.node
        if judgement.kind == "adjoint" and judgement.node is not None:
            return "right", truth.adjoints[judgement.node.index], judgement.node
        return "right", event.value, judgement.node

    def _first_wrong_name(self) -> str:
        culprit = next(iter(self._wrong.values()), None)
        if culprit is not None and culprit.statement.head:
            return f"line {culprit.statement.line}"
        if culprit is None or culprit.event is None:
            return ""
        return culprit.event.text if culprit.event.text != "return" else f"line {culprit.statement.line}"

    def _of_the_wrong(self, culprit: Culprit) -> LineVerdict:
        rank = list(self._wrong.values()).index(culprit)
        if culprit.expected is None and culprit.proposal is not None and culprit.event is not None:
            culprit = culprit._replace(event=self._changed(culprit))
        statement, event, proposal = culprit.statement, culprit.event, culprit.proposal
        then = None if event is None else self._event_then(event)
        expected = culprit.expected
        if expected is None and then is not None and proposal is not None:
            expected = then.value
        account = of_the_wrong(
            self._bench, culprit, rank=rank, count=len(self._wrong), expected=expected, cured=self._cured, then=then
        )
        name = (statement.head or "return") if event is None else event.text
        got, slip = None if event is None else event.value, "other" if proposal is None else proposal.slip
        return LineVerdict(
            *(statement.line, name, "wrong", culprit.node, expected, got, slip, account.sentence),
            words=account.words,
            file=statement.source.filename,
            code=statement.text,
            remedy=proposal.edit.text if proposal is not None and proposal.is_written else None,
            proof=account.proof,
        )

    def _changed(self, culprit: Culprit) -> Event | None:
        """Return what a line did that it does not do once it is put right, of several things the first."""
        events = (event for event in self._bench.observer.events if event.statement is culprit.statement)
        agree = self._bench.truth.ruler.agree
        pairs = ((event, self._event_then(event)) for event in events)
        return next((e for e, then in pairs if then is not None and not agree(e.value, then.value)), culprit.event)

    def _event_then(self, event: Event) -> Event | None:
        """Return what the line did instead once the wrong lines were put right."""
        return self._then.get(self._keys.get(id(event), (event.statement, event.text, event.execution, 0)))

    def _returned(self) -> Outcome:
        """Return the outcome without the gradients that are left in objects."""
        outcome, places = self._bench.outcome, self._bench.places
        own = [k for k, place in enumerate(places) if not place.slot]
        wrong = frozenset(k for k, place in enumerate(own) if place in outcome.wrong)
        return Outcome([outcome.gradients[k] for k in own], wrong)

    def _of_the_return(self, statement: Statement) -> LineVerdict:
        outcome = self._returned()
        is_one = len(outcome.gradients) == 1 and not outcome.wrong
        words = f"is {barred(outcome.gradients[0].input.name)}" if is_one else of_gradients(outcome)
        verdict = "right" if not outcome.wrong else "inherits" if self._cured else "unknown"
        return LineVerdict(
            *(statement.line, "return", verdict, None, None, None, None, f"{words}.", words),
            file=statement.source.filename,
            code=statement.text,
        )


def _with_head(lines: Mapping[Statement, list[Event]], head: Statement) -> dict[Statement, list[Event]]:
    """Return the lines with one that assigns nothing: before those that stand in it."""
    place = next((k for k, line in enumerate(lines) if line.body is not head.body and _is_in(line, head)), len(lines))
    others = list(lines.items())
    return dict([*others[:place], (head, []), *others[place:]])


def _upstream(shapes: Sequence[str]) -> str:
    """Say what the upstream gradient is."""
    if list(shapes) == ["()"]:
        return "a fixed pseudo-random number"
    return f"an array of fixed pseudo-random numbers, of shape {listed(shapes)}"


def _first_run(statement: Statement, events: Sequence[Event]) -> int:
    """Return when a line first ran; a head, and what assigns nothing, with the first line that stands in it."""
    runs = (
        k
        for k, event in enumerate(events)
        if event.statement is statement or (statement.head and _is_in(event.statement, statement))
    )
    return next(runs, len(events))


def _is_in(line: Statement, head: Statement) -> bool:
    return line.source is head.source and head.line < line.line <= (head.node.end_lineno or 0)


def _gravest(verdicts: Sequence[LineVerdict]) -> LineVerdict:
    """Return the verdict on a line that ran several times: the first that is not right, or the last one."""
    rank = min(_RANK.index(verdict.verdict) for verdict in verdicts)
    alike = [verdict for verdict in verdicts if verdict.verdict == _RANK[rank]]
    return alike[0] if _RANK[rank] in ("wrong", "inherits") else alike[-1]


def _keyed(events: Sequence[Event]) -> Iterator[tuple[tuple[Statement, str, int, int], Event]]:
    """Yield events with what tells them apart, in another run as well: a return statement has several of one name."""
    counts: Counter[tuple[Statement, str, int]] = Counter()
    for event in events:
        key = event.statement, event.text, event.execution
        yield (*key, counts[key]), event
        counts[key] += 1
