"""What went wrong over several calls of `backward`; a sum that no step has used twice is told as a fact.

Each judge reads the ledger, and says only what its numbers and lines show.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from graphviz_ad.debugging.examination import listed, numbers
from graphviz_ad.debugging.findings import most_serious_first
from graphviz_ad.debugging.ledger.book import Book
from graphviz_ad.debugging.ledger.records import Call, Entry, LedgerFinding, Place, Step

__all__ = ["judged"]


def judged(book: Book) -> tuple[LedgerFinding, ...]:
    """Return the findings of a ledger, the most serious first."""
    findings: list[Any] = []
    for judge in _JUDGES:
        findings += judge(book)
    return most_serious_first(findings)  # type: ignore[return-value]


def _finding(kind: str, severity: str, title: str, sentence: str, place: Place, **more: Any) -> LedgerFinding:
    return LedgerFinding(
        kind, severity, title, sentence, file=place.file, line=place.line, expression=place.expression, **more
    )


def _calls(calls: Sequence[int]) -> str:
    """Name calls, and what was there before the first one.

    Examples
    --------
    >>> _calls([2]), _calls([1, 2, 3, 4]), _calls([0, 1, 3])
    ('call 2', 'calls 1 to 4', 'what was there before, call 1 and call 3')
    """
    known = [call for call in calls if call]
    first = ["what was there before"] if 0 in calls else []
    if len(known) > 2 and known == list(range(known[0], known[-1] + 1)):
        return listed([*first, f"calls {known[0]} to {known[-1]}"])
    return listed([*first, *(f"call {call}" for call in known)])


def _left(calls: Sequence[int], leaf: str) -> str:
    """Say where a gradient is from that a call has added to.

    Examples
    --------
    >>> _left([1], "w"), _left([0], "w")
    ('call 1 had left in w.grad', 'was in w.grad before')
    """
    return f"{_calls(calls)} had left in {_grad(leaf)}" if any(calls) else f"was in {_grad(leaf)} before"


def _grad(name: str) -> str:
    """Return how a leaf's gradient is called: of one that has no name in the code, in words."""
    return f"the gradient of {name}" if " " in name else f"{name}.grad"


def _clearing(names: Sequence[str]) -> str:
    """Return the calls that forget gradients."""
    return "; ".join(f"zero_grad() of {name}" if " " in name else f"{name}.zero_grad()" for name in names)


def _code(place: Place | Entry, begins: bool = False) -> str:
    """Return a call with its line, as the person wrote it where that can be read, to begin a sentence or inside one.

    Examples
    --------
    >>> _code(Place("a.py", 3, "loss.backward()")), _code(Place("<stdin>", 3, ""), begins=True)
    ('loss.backward() on line 3', 'The call on line 3')
    """
    return f"{place.expression or ('The' if begins else 'the') + ' call'} on line {place.line}"


def _again(count: int) -> str:
    return f" So it went {'twice' if count == 2 else f'{count} times'}." if count > 1 else ""


# -- released graphs ------------------------------------------------------------------------------------------------


def _released(book: Book) -> Iterator[LedgerFinding]:
    """Yield the calls that met a graph that was released."""
    calls = {call.number: call for call in book.calls}
    for call, releasing in book.releases:
        place = calls[call].place
        who = "an earlier call"
        if releasing is not None:
            who = f"call {releasing}, {_code(calls[releasing].place)},"
        yield _finding(
            "released",
            "error",
            f"Call {call} meets a graph that was released",
            f"{_code(place, begins=True)} goes back through what {who} had released with "
            "retain_graph=False, and raised. Leave retain_graph at True there, or compute the value anew before it.",
            place,
            calls=(call,),
        )


# -- gradients that are not finite ----------------------------------------------------------------------------------


def _lost(book: Book) -> Iterator[LedgerFinding]:
    """Yield the first call that brings a leaf something that is not finite; of a call all leaves at once."""
    lost: set[int] = set()
    for call in book.calls:
        rows = [entry for entry in call.entries if entry.index not in lost and _is_lost(entry.added)]
        lost.update(entry.index for entry in rows)
        for kind, own in ((kind, [row for row in rows if _kind(row.added) == kind]) for kind in _NOT_FINITE):
            if own:
                yield _finding(
                    kind,
                    "error",
                    f"{listed([_grad(entry.leaf) for entry in own])}: {_NOT_FINITE[kind]} since call {call.number}",
                    f"{_code(call.place, begins=True)} brought {numbers(own[0].added)} to "
                    f"{own[0].leaf}, and a sum with it stays so. gad.check of the function that was differentiated, "
                    "with the values of this step, names the line that it comes from.",
                    call.place,
                    reaches=tuple(entry.leaf for entry in own),
                    calls=(call.number,),
                )


_NOT_FINITE = {"nan-gradient": "NaN", "inf-gradient": "∞"}


def _is_lost(added: Any) -> bool:
    return added is not None and not np.all(np.isfinite(added))


def _kind(added: Any) -> str:
    return "nan-gradient" if np.any(np.isnan(added)) else "inf-gradient"


# -- steps that were recorded ---------------------------------------------------------------------------------------


def _recorded(book: Book) -> Iterator[LedgerFinding]:
    """Yield the steps that are part of the graph, once a line."""
    calls = {call.number: call for call in book.calls}
    groups: dict[Any, list[Any]] = {}
    for renewal in book.renewals:
        groups.setdefault((renewal.place, renewal.leaf), []).append(renewal)
    for (place, index), renewals in groups.items():
        name = book.names[index]
        call = calls[renewals[0].call]
        yield _finding(
            "recorded",
            "warning",
            f"The step of {name} is part of the graph",
            f"{_code(place, begins=True)} is recorded: what it assigns is computed from the leaf"
            f"{_made_on(book, index)}, and has no gradient of its own. "
            f"{_code(call.place, begins=True)} goes back through it, and adds to the gradient of that leaf. "
            "A step makes a new leaf.",
            place,
            reaches=(name,),
            remedy=renewals[0].remedy,
            calls=tuple(dict.fromkeys(renewal.call for renewal in renewals)),
        )


def _made_on(book: Book, index: int) -> str:
    place = book.places.get(index)
    return f" of line {place.line}" if place is not None else ""


# -- leaves that were replaced --------------------------------------------------------------------------------------


def _replacing(book: Book) -> dict[int, list[tuple[Call, Entry, Step]]]:
    """Return, by the leaf that was replaced, the entries that went to it when a living leaf stood in its place."""
    later: dict[int, Step] = {}
    groups: dict[int, list[tuple[Call, Entry, Step]]] = {}
    for act in book.acts:
        if isinstance(act, Step) and act.new >= 0:
            later[act.index] = act
        elif isinstance(act, Call):
            reached = {entry.index for entry in act.entries}
            for entry in act.entries:
                step = later.get(entry.index)
                while step is not None and step.new in later:
                    step = later[step.new]
                if step is not None and step.new in act.missed and step.new not in reached:
                    groups.setdefault(entry.index, []).append((act, entry, step))
    return groups


def _replaced(book: Book) -> Iterator[LedgerFinding]:
    """Yield the leaves that still get what a leaf in their place should."""
    for index, rows in _replacing(book).items():
        call, entry, step = rows[0]
        name = book.names[index]
        yield _finding(
            "replaced",
            "warning",
            f"{name} was replaced, and the old leaf still gets the gradient",
            f"{_code(call.place, begins=True)} is computed from the {name}{_made_on(book, index)}, "
            f"whose value is {numbers(entry.value)}. Line {step.place.line} has put a new leaf in its place, with the "
            f"value {numbers(step.after)}; that one gets nothing. Whoever computes with {name} must be given the new "
            f"leaf.{_again(len(rows))}",
            call.place,
            reaches=(name,),
            calls=tuple(act.number for act, _, _ in rows),
        )


# -- sums of several calls ------------------------------------------------------------------------------------------


def _twice_used(book: Book) -> dict[Any, list[tuple[Step, Step, tuple[int, ...]]]]:
    """Return by place the steps that use calls which an earlier step has used, with that step and these calls."""
    used: dict[int, dict[int, Step]] = {}
    groups: dict[Any, list[tuple[Step, Step, tuple[int, ...]]]] = {}
    for step in book.steps:
        before = used.setdefault(step.source, {})
        again = tuple(call for call in step.calls if call in before)
        if again:
            groups.setdefault((step.place, len(again) < len(step.calls)), []).append((step, before[again[-1]], again))
        before |= dict.fromkeys(step.calls, step)
    return groups


def _entry_of(book: Book, index: int, call: int) -> Entry | None:
    return next((entry for entry in book.entries if (entry.index, entry.call) == (index, call)), None)


def _mixed(book: Book) -> Iterator[LedgerFinding]:
    """Yield the steps that use a sum of which an earlier step has used a part: a forgotten `zero_grad`."""
    excused = {renewal.leaf for renewal in book.renewals} | set(_replacing(book))
    for (place, is_mixed), rows in _twice_used(book).items():
        rows = [row for row in rows if row[0].source not in excused]
        if not is_mixed or not rows:
            continue
        step, before, again = rows[0]
        first = next(call for call in step.calls if call not in again)
        entry = _entry_of(book, step.source, first)
        if entry is None:
            continue
        together = [row[0].leaf for row in rows if row[0].calls == step.calls]
        names = tuple(dict.fromkeys(row[0].leaf for row in rows))
        clears = _clearing(list(dict.fromkeys(together)))
        count = len(rows) // max(len(names), 1)
        yield _finding(
            "accumulated",
            "warning",
            f"{listed(names)} steps with gradients that it had used before",
            f"{_code(entry, begins=True)} added {numbers(entry.added)}, of call {first}, to the "
            f"{numbers(entry.before)} that {_left(again, step.leaf)}. Line {before.place.line} "
            f"had stepped with that, and line {place.line} steps with the sum: {_calls(again)} count"
            f"{'s' if len(again) == 1 else ''} twice.{_further(count)} {clears} belong"
            f"{'s' if len(set(together)) == 1 else ''} after the step on line {before.place.line}.",
            Place(entry.file, entry.line, entry.expression),
            reaches=names,
            remedy=clears,
            calls=step.calls,
        )


def _further(count: int) -> str:
    return f" It goes on so for {count} steps." if count > 1 else ""


def _summed(book: Book) -> Iterator[LedgerFinding]:
    """Yield the sums of several calls of which no step has used a part before, once a place: a fact."""
    spoiled = {row[0].source for rows in _twice_used(book).values() for row in rows}
    spoiled |= {renewal.leaf for renewal in book.renewals} | set(_replacing(book))
    groups: dict[Place, list[Entry]] = {}
    for entry in book.entries:
        if len(entry.calls) > 1 and entry.index not in spoiled:
            groups.setdefault(Place(entry.file, entry.line, entry.expression), []).append(entry)
    for place, entries in [(place, alike) for place, every in groups.items() for alike in _of_one_sum(every)]:
        names = tuple(dict.fromkeys(entry.leaf for entry in entries))
        first, most = entries[0], max(entries, key=lambda entry: len(entry.calls))
        yield _finding(
            "accumulated",
            "note",
            f"{listed(names)} added up {_calls(most.calls)}",
            f"{_code(place, begins=True)} added {numbers(first.added)} to the {numbers(first.before)} that "
            f"{_left(first.calls[:-1], first.leaf)}, which is right where several calls are meant for one step; no "
            f"step was seen between them. Where each is to stand alone, {_clearing([first.leaf])} belongs before it.",
            place,
            reaches=names,
            calls=most.calls,
        )


def _of_one_sum(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """Yield the entries of those leaves together whose gradients are sums of the same calls."""
    longest: dict[str, tuple[int, ...]] = {}
    for entry in entries:
        longest[entry.leaf] = max(longest.get(entry.leaf, ()), entry.calls, key=len)
    for calls in dict.fromkeys(longest.values()):
        yield [entry for entry in entries if longest[entry.leaf] == calls]


# -- stale gradients ------------------------------------------------------------------------------------------------


def _stale(book: Book) -> Iterator[LedgerFinding]:
    """Yield the steps whose gradient belongs to another value, or was used up."""
    for (place, is_mixed), rows in _twice_used(book).items():
        step, before, again = rows[0]
        if not is_mixed and step.new < 0:
            yield _finding(
                "stale",
                "warning",
                f"{step.leaf} steps with one gradient twice",
                f"Line {place.line} subtracts {_grad(step.leaf)}, which is of {_calls(again)}; line "
                f"{before.place.line} had done so already, and no call of backward lies between them."
                f"{_further(len(rows))} Compute the value anew, and call backward, before each step.",
                place,
                reaches=(step.leaf,),
                calls=again,
            )
    yield from _of_an_older_leaf(book)
    yield from _same_changes(book)


def _of_an_older_leaf(book: Book) -> Iterator[LedgerFinding]:
    excused = _replacing(book)
    rows = [step for step in book.steps if step.source != step.index and step.source not in excused]
    for place in dict.fromkeys(step.place for step in rows):
        step, count = next(own for own in rows if own.place == place), sum(own.place == place for own in rows)
        yield _finding(
            "stale",
            "warning",
            f"{step.leaf} steps with a gradient of its old value",
            f"Line {place.line} changes {step.leaf} = {numbers(step.before)} with the gradient of the "
            f"leaf{_made_on(book, step.source)}, which was replaced before: {_calls(step.calls)} differentiated at "
            f"another value.{_further(count)} Compute the value with the new leaf, and call backward, before the step.",
            place,
            reaches=(step.leaf,),
            calls=step.calls,
        )


def _same_changes(book: Book) -> Iterator[LedgerFinding]:
    """Yield the steps that repeat the change of the step before, though no call has reached the leaf between them."""
    groups: dict[Place, list[tuple[Step, Step]]] = {}
    steps: dict[int, Step] = {}
    reached: set[int] = set()
    for act in book.acts:
        if isinstance(act, Call):
            reached |= {entry.index for entry in act.entries}
        elif isinstance(act, Step) and act.new >= 0:
            steps[act.new] = act
            before = steps.get(act.index)
            if before is not None and act.index not in reached and _is_same(act, before):
                groups.setdefault(act.place, []).append((act, before))
    for place, rows in groups.items():
        step, before = rows[0]
        yield _finding(
            "stale",
            "warning",
            f"{step.leaf} makes one step twice",
            f"Line {place.line} changes {step.leaf} by {numbers(step.after - step.before)}, as line "
            f"{before.place.line} had done, and no call of backward reached {step.leaf} between them: both steps use "
            f"the gradient of one value.{_further(len(rows))}",
            place,
            reaches=(step.leaf,),
            calls=before.calls,
        )


def _is_same(step: Step, before: Step) -> bool:
    """Whether two steps change a leaf by the same, but for rounding."""
    if step.before is None or before.before is None:
        return False
    one, other = step.after - step.before, before.after - before.before
    return bool(np.any(one)) and np.allclose(one, other, rtol=1e-9, atol=1e-13 * float(np.max(np.abs(step.after))))


# -- nothing --------------------------------------------------------------------------------------------------------


def _nothing(book: Book) -> Iterator[LedgerFinding]:
    """Yield the leaves that had a gradient, or were made by a step, and got nothing in a call: a fact."""
    replaced = {row[2].new for rows in _replacing(book).values() for row in rows}
    expected: set[int] = set()
    rows: dict[int, list[tuple[Call, bool]]] = {}
    for act in book.acts:
        if isinstance(act, Step) and act.new >= 0:
            expected.discard(act.index)
            expected.add(act.new)
        elif isinstance(act, Call):
            for entry in act.entries:
                expected = {k for k in expected if k >= entry.index or book.names[k] != book.names[entry.index]}
                expected.add(entry.index)
                if entry.added is None:
                    rows.setdefault(entry.index, []).append((act, True))
            for index in expected.intersection(act.missed) - replaced:
                rows.setdefault(index, []).append((act, False))
    for index, missing in rows.items():
        name, (call, is_inside) = book.names[index], missing[0]
        numbered = tuple(act.number for act, _ in missing)
        why = "is in its graph, but nothing flows back to it" if is_inside else "is not in its graph"
        yield _finding(
            "nothing",
            "note",
            f"{name} got nothing in {_calls(numbered)}",
            f"{_code(call.place, begins=True)} left {_grad(name)} as it was: {name} {why}.",
            call.place,
            reaches=(name,),
            calls=numbered,
        )


def _elsewhere(book: Book) -> Iterator[LedgerFinding]:
    """Yield the places where another thread has called backward, while this ledger was kept."""
    for place, count in Counter(book.elsewhere).items():
        calls = "A call of backward" if count == 1 else f"{count} calls of backward"
        yield _finding(
            "elsewhere",
            "note",
            f"{calls} in another thread {'is' if count == 1 else 'are'} not in this ledger",
            f"{_code(place, begins=True)} ran in another thread or task, and a ledger sees those of its own alone. "
            "Open gad.ledger() there to have it, or call backward here.",
            place,
        )


_JUDGES: tuple[Callable[[Book], Iterator[LedgerFinding]], ...] = (
    _lost,
    _released,
    _recorded,
    _replaced,
    _mixed,
    _stale,
    _summed,
    _nothing,
    _elsewhere,
)
