"""A ledger as text in columns: a block a step, in it a line an entry, and the findings below."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import PurePath
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.debugging.columns import Look, padded, width, wrapped
from graphviz_ad.debugging.ledger.book import Book
from graphviz_ad.debugging.ledger.records import Call, Clear, Entry, LedgerFinding, Place, Step
from graphviz_ad.debugging.text import block, summary
from graphviz_ad.numerals.formats import choose_format
from graphviz_ad.numerals.writing import FIGURE_SPACE, static, write

__all__ = ["Gap", "Row", "blocks", "differentiated", "heading", "ledger_text", "ledger_title", "where"]

_FIRST, _LAST = 4, 3  # steps that are shown of many
_LEAST = 16  # columns of a line of code; it has a line of its own where there are fewer
_DIGITS = 4  # of the largest number of a row


class Row(NamedTuple):
    """A line of a ledger: what it is about, its numbers, and where; one of an entry has three numbers.

    Attributes
    ----------
    name : str
        A leaf, or an entry of it: ``W[1, 2]``.
    numbers : tuple of str
        Before, added and after; or one text of what was done to the leaf.
    place : Place or None
        None where it is that of the row above.
    call : int
        Its number; 0 of what is none.
    """

    name: str
    numbers: tuple[str, ...]
    place: Place | None
    call: int


class Gap(NamedTuple):
    """So many steps are not shown."""

    steps: int


def ledger_title(book: Book, findings: Sequence[LedgerFinding]) -> str:
    """Return how much happened."""
    calls = book.calls
    leaves = len({entry.leaf for entry in book.entries})
    steps = (calls[-1].step if calls else 0) - _is_unfinished(book)
    counted = ", ".join(
        f"{count:,} {word}{'' if count == 1 else 's'}{rest}"
        for count, word, rest in ((len(calls), "call", " of backward"), (leaves, "leaf", ""), (steps, "step", ""))
    ).replace("leafs", "leaves")
    return f"{counted}: {summary(findings)}"


def heading(book: Book, number: int) -> str:
    """Return what the calls since a step led to: the next one, or none so far."""
    if not _is_unfinished(book) or number < book.calls[-1].step:
        return f"step {number}"
    return f"after step {number - 1}" if number > 1 else "before any step"


def _is_unfinished(book: Book) -> bool:
    """Return whether no step was made with the last gradients, as far as steps are seen."""
    calls, steps = book.calls, {step.number for step in book.steps}
    return bool(calls) and calls[-1].step not in steps and (bool(steps) or calls[-1].step == 1)


def blocks(book: Book, findings: Sequence[LedgerFinding]) -> Iterator[tuple[int, list[Row]] | Gap]:
    """Yield the steps with their rows; of many the first and the last, and those that findings speak of."""
    steps: dict[int, list[Any]] = {}
    for act in book.acts:
        steps.setdefault(act.step if isinstance(act, Call) else act.number, []).append(act)
    shown = _shown(list(steps), book, findings)
    skipped = 0
    for number, acts in steps.items():
        if number not in shown:
            skipped += 1
            continue
        if skipped:
            yield Gap(skipped)
        skipped = 0
        yield number, [row for act in acts for row in _rows(act)]


def _shown(steps: list[int], book: Book, findings: Sequence[LedgerFinding]) -> Collection[int]:
    calls = {call.number: call.step for call in book.calls}
    named = {calls[finding.calls[k]] for finding in findings for k in (0, -1) if finding.calls and finding.calls[k]}
    return steps if len(steps) <= _FIRST + _LAST + 1 else {*steps[:_FIRST], *steps[-_LAST:], *named}


def _rows(act: Call | Step | Clear) -> Iterator[Row]:
    if isinstance(act, Step):
        yield Row(act.leaf, (_change(act),), act.place, 0)
    elif isinstance(act, Clear):
        yield Row(act.leaf, ("zeroed",), act.place, 0)
    elif act.error:
        yield Row(f"call {act.number}", (f"raised {act.error.partition(':')[0]}",), act.place, act.number)
    else:
        for k, entry in enumerate(act.entries):
            name, texts = _equation(entry)
            yield Row(name, texts, act.place if k == 0 else None, act.number)
        if not act.entries:
            yield Row(f"call {act.number}", ("reached no leaf",), act.place, act.number)


def _change(step: Step) -> str:
    if step.after is None:
        return "its gradient is subtracted"
    if np.ndim(step.after):
        return "a new leaf"
    before, after = _alike([step.before, step.after])
    return f"{before} → {after}"


def _equation(entry: Entry) -> tuple[str, tuple[str, str, str]]:
    """Return the name and before, added and after as numbers that add up; of an array those of its largest entry."""
    trio = [entry.before, entry.added, entry.after]
    shape = next((np.shape(value) for value in trio if value is not None), ())
    name = entry.leaf
    if 0 in shape:
        return name, ("none" if entry.before is None else "[]", "nothing" if entry.added is None else "[]", "[]")
    if shape:
        at = _largest(entry.after if entry.after is not None else np.zeros(shape))
        trio = [None if value is None else value[at] for value in trio]
        name += f"[{', '.join(map(str, at))}]"
    before, added, after = _alike(trio)
    return name, (before, added or "nothing", after)


def _largest(value: Any) -> tuple[int, ...]:
    """Return the place of the entry that is largest by its size; of one that is not finite, if there is any."""
    size = np.abs(value).astype(float)
    size[~np.isfinite(size)] = np.inf
    return tuple(map(int, np.unravel_index(int(np.argmax(size)), size.shape))) if size.size else ()


def _alike(values: Sequence[Any]) -> list[str]:
    """Write numbers in four digits of the largest, with as many decimals as the neediest of them; none as such.

    Examples
    --------
    >>> _alike([4.0, 2.25, 6.25]), _alike([None, 2 / 3, 2 / 3]), _alike([1e-9, 0.0, 1e-9])
    (['4.00', '2.25', '6.25'], ['none', '0.6667', '0.6667'], ['1e−9', '0', '1e−9'])
    """
    present = [value for value in values if value is not None]
    if any(np.iscomplexobj(value) for value in present):
        return ["none" if value is None else static(value) for value in values]
    kind, decimals = choose_format(present)
    sizes = [abs(float(value)) for value in present if np.isfinite(value) and value]
    whole = math.ceil(math.log10(max(sizes))) if sizes and kind == "f" else 0
    form = kind, min(decimals, max(_DIGITS - whole, 0))
    return ["none" if value is None else write(value, form).replace(FIGURE_SPACE, "") for value in values]


def differentiated(book: Book, step: int) -> str:
    """Return what the call of a step differentiated, and its value; empty where it is no number that has a name."""
    calls = [call for call in book.calls if call.step == step]
    match = re.match(r"(\w+)\.backward\(", calls[0].place.expression) if len(calls) == 1 else None
    if match is None or calls[0].value is None or np.ndim(calls[0].value):
        return ""
    return f"   {match[1]} = {static(calls[0].value)}"


def where(place: Place, files: Collection[str]) -> str:
    """Return the line and what stands in it; with the name of the file where there are several."""
    line = f"line {place.line}" if len(files) < 2 else f"{PurePath(place.file).name}:{place.line}"
    return f"{line}: {place.expression}" if place.expression else line


def ledger_text(book: Book, findings: Sequence[LedgerFinding], look: Look) -> str:
    """Return the whole ledger."""
    files = {act.place.file for act in book.acts}
    lines = wrapped(look.say(ledger_title(book, findings)), look.columns)
    if any(np.ndim(entry.value) for entry in book.entries):
        words = "Of an array its entry of the largest gradient is shown; to_json() has all."
        lines += wrapped(look.say(words), look.columns)
    for part in blocks(book, findings):
        if isinstance(part, Gap):
            lines += ["", look.say(f"⋮ {part.steps:,} more step{'s' if part.steps > 1 else ''}")]
        else:
            number, rows = part
            lines += [
                "",
                look.strong(heading(book, number)) + look.say(differentiated(book, number)),
                *_table(rows, files, look),
            ]
    for finding in findings:
        lines += ["", *block(finding, look)]
    if not findings:
        lines += ["", *wrapped(look.say(_LOOKED_FOR), look.columns)]
    return "\n".join(line.rstrip() for line in lines)


_LOOKED_FOR = (
    "Looked for: gradients not finite, sums that a step had used before, stale gradients, released graphs, leaves that "
    "were replaced, steps in the graph, leaves that got nothing. None of these."
)


def _table(rows: Sequence[Row], files: Collection[str], look: Look) -> Iterator[str]:
    """Yield the rows with their numbers in columns; where a row is too wide, the line of code has one of its own."""
    texts = [(look.say(row.name), *map(look.say, row.numbers)) for row in rows]
    equations = [own for own in texts if len(own) == 4]
    wide = [max((width(own[k]) for own in equations), default=0) for k in range(1, 4)]
    names = max(width(own[0]) for own in texts)
    written = []
    for own in texts:
        name, *values = own
        if len(values) == 3:
            before, added, after = (" " * (room - width(text)) + text for room, text in zip(wide, values, strict=True))
            written.append(f"  {padded(name, names)}   before {before} + this pass {added} = {after}")
        else:
            written.append(f"  {padded(name, names)}   {values[0]}")
    column = max((width(text) for text, own in zip(written, texts, strict=True) if len(own) == 4), default=0) + 3
    for row, text in zip(rows, written, strict=True):
        if row.place is None:
            yield text
            continue
        place = look.say(where(row.place, files))
        start = max(width(text) + 3, min(column, look.columns - width(place)))
        if look.columns - start < _LEAST:
            yield text
            text, start = "", 2 + names + 3
        room, dots = look.columns - start, look.say("…")
        yield padded(text, start) + (place if width(place) <= room else place[: room - width(dots)] + dots)
