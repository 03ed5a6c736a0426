"""The report on a backward pass as text in columns: the first wrong line with its numbers, then line by line."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from graphviz_ad.debugging.columns import Look, padded, plural, width, wrapped
from graphviz_ad.debugging.hand_written.changing import change
from graphviz_ad.debugging.hand_written.comparing import Array, worst_entry
from graphviz_ad.debugging.hand_written.sentences import barred, of_gradients, placed, shape_of, without_marks
from graphviz_ad.debugging.hand_written.trying import Outcome
from graphviz_ad.debugging.hand_written.verdicts import Checked, LineVerdict
from graphviz_ad.numerals.writing import static

__all__ = ["SIGNS", "headline", "of_lines", "place", "report_text", "rights"]

_INDENT = 10
_MARGIN = " " * _INDENT
_MOST_WORDS, _SHAPE, _LEAST = 37, 10, 16
SIGNS = {"right": "✓", "wrong": "✗", "inherits": "–", "unknown": "·"}
"""The sign of each verdict: a shape, and no colour."""
_SPELLED = {"right": "ok", "wrong": "X", "inherits": "-", "unknown": "."}


def report_text(seen: Checked, look: Look) -> str:
    """Return the report on what was seen."""
    say = look.say
    lines = [line for part in (headline(seen), *seen.remarks) for line in wrapped(say(part), look.columns)]
    for verdict in seen.lines:
        if verdict.verdict == "wrong":
            lines += ["", *_opened(verdict, look)]
    if not any(verdict.verdict == "wrong" for verdict in seen.lines):
        lines += _unexplained(seen, look)
    if seen.lines:
        lines += ["", *_table(seen.lines, look)]
    return "\n".join(line.rstrip() for line in lines)


def _room(look: Look) -> int:
    """Return how many columns there are behind the margin."""
    return look.columns - _INDENT


def _unexplained(seen: Checked, look: Look) -> Iterator[str]:
    """Yield what was raised, and the gradients that are wrong, where no line explains them."""
    if seen.error is not None:
        where = "" if seen.raised_line is None else f" at line {seen.raised_line}"
        yield ""
        words = f"Your backward raises {type(seen.error).__name__}{where}: {seen.error}"
        yield from wrapped(look.say(words), look.columns)
    for k in sorted(seen.wrong):
        gradient = seen.gradients[k]
        yield ""
        yield look.alarm(look.say(f"{barred(gradient.input.name)} is wrong"))
        if gradient.got is None:
            yield look.say("  nothing is returned for it")
        else:
            yield from _difference(gradient.got, gradient.expected, look)


def headline(seen: Checked) -> str:
    """Return what was checked, and how much of it is right."""
    gradients = of_gradients(Outcome(list(seen.gradients), seen.wrong)) if seen.error is None else "it raises"
    return f"{seen.name}: {'; '.join([gradients, *of_lines(seen.lines)])}"


def rights(lines: Sequence[LineVerdict]) -> tuple[int, int]:
    """Return how many lines are right, of those that are not forward's again and can be judged."""
    judged = [one for one in lines if not one.is_forward and one.verdict != "unknown" and one.name != "return"]
    return sum(one.verdict == "right" for one in judged), len(judged)


def of_lines(lines: Sequence[LineVerdict]) -> list[str]:
    """Return how many lines are right."""
    right, all_of_them = rights(lines)
    return [f"{right} of {plural(all_of_them, 'line')} right"] if all_of_them else []


def place(verdict: LineVerdict, most: int = 30) -> str:
    """Return file and line; the line alone of a cell of a notebook."""
    if "ipykernel" in verdict.file or verdict.file.startswith("<"):
        return f"line {verdict.line}"
    text = f"{Path(verdict.file).name}:{verdict.line}"
    return text if width(text) <= most else f"…{text[1 - most :]}"


def _opened(verdict: LineVerdict, look: Look) -> Iterator[str]:
    """Yield the lines of a wrong line: its place, its reason, its code, its numbers and its remedy."""
    say, where = look.say, look.say(place(verdict))
    mark = padded(say(f"[{verdict.slip}]" if len(verdict.slip or "") < _INDENT - 2 else "[wrong]"), _INDENT)
    title = say(f"{placed(verdict.name)} {verdict.words}" if verdict.words.startswith("is ") else verdict.words)
    first, *more = wrapped(title, _room(look) - width(where) - 2)
    yield look.alarm(mark) + look.alarm(first) + " " * max(look.columns - width(mark + first + where), 2) + where
    yield from (_MARGIN + look.alarm(line) for line in more)
    sentence = without_marks(verdict.sentence.partition(f"{verdict.words}.")[2]).strip()
    blocks = [
        wrapped(say(sentence), _room(look)) if sentence else [],
        list(_code(verdict, look)),
        list(_numbers(verdict, look)),
        list(_remedy(verdict, look)),
    ]
    for number, block in enumerate(filter(None, blocks)):
        if number:
            yield ""
        yield from (_MARGIN + line for line in block)


def _code(verdict: LineVerdict, look: Look) -> Iterator[str]:
    number, (code, *_) = str(verdict.line), verdict.code.splitlines()
    room = _room(look) - len(number) - 7
    yield f"{number} |     {look.say(code if len(code) <= room else code[: room - 1] + '…')}"
    if verdict.remedy is not None and "\n" not in verdict.code:
        changed = change(verdict.code, verdict.remedy)
        if changed.end <= room:
            mark = look.alarm("~" * max(1, changed.end - changed.start))
            yield f"{' ' * len(number)} |     {' ' * changed.start}{mark}"


def _numbers(verdict: LineVerdict, look: Look) -> Iterator[str]:
    """Yield what is expected and what came, at the entry where they differ most."""
    if verdict.got is not None and verdict.expected is not None:
        yield from _difference(verdict.got, verdict.expected, look)


def _difference(got: Array, expected: Array, look: Look) -> Iterator[str]:
    if got.shape != expected.shape:
        yield look.say(f"  expected    shape {expected.shape}")
        yield look.say(f"  got         shape {got.shape}")
        return
    entry = worst_entry(got, expected)
    where = "" if entry is None else f"at [{', '.join(map(str, entry))}], where they differ most"
    a, b = (np.asarray(value)[() if entry is None else entry] for value in (expected, got))
    rows = [("expected", static(a)), ("got", static(b)), ("difference", static(b - a))]
    most = max(width(number) for _, number in rows)
    beside = where if 17 + most + width(where) <= _room(look) else ""
    if where and not beside:
        yield from (f"  {line}" for line in wrapped(look.say(where), _room(look) - 2))
    for name, number in rows:
        rest = f"   {beside}" if beside and name == "expected" else ""
        yield look.say(f"  {padded(name, 12)}{' ' * (most - width(number))}{number}{rest}")


def _remedy(verdict: LineVerdict, look: Look) -> Iterator[str]:
    if verdict.remedy is not None:
        room = _room(look) - len(str(verdict.line)) - 7
        for sign, code, style in (("-", verdict.code, str), ("+", verdict.remedy, look.strong)):
            for line in code.splitlines():
                first, *more = _broken(look.say(line.strip()), room)
                yield f"{verdict.line} {sign}     {style(first)}"
                yield from (f"{' ' * len(str(verdict.line))}       {style(part)}" for part in more)
    if verdict.proof:
        yield from wrapped(look.say(f"Tried: {verdict.proof}."), _room(look))


def _broken(code: str, room: int) -> list[str]:
    """Return a line of code in rows of some width, broken between words; the later ones stand deeper."""
    rows = textwrap.wrap(code, room, subsequent_indent="    ", drop_whitespace=True, break_on_hyphens=False, tabsize=4)
    return rows or [""]


def _table(lines: Sequence[LineVerdict], look: Look) -> Iterator[str]:
    """Yield a row for each line: its number, its code, its verdict and its shape."""
    signs = SIGNS if look.say("✓✗–·") == "✓✗–·" else _SPELLED
    digits = max(len(str(one.line)) for one in lines)
    broad = min(_MOST_WORDS, 1 + max(width(look.say(one.words)) for one in lines))
    room = look.columns - digits - 6 - broad - _SHAPE
    is_stacked = room < _LEAST  # the verdict stands below the code
    if is_stacked:
        broad, room = min(broad, look.columns - digits - 5 - _SHAPE), look.columns - digits - 2
    file = ""
    several = len({one.file for one in lines}) > 1
    for one in lines:
        if several and one.file != file:
            file = one.file
            yield look.say(Path(file).name)
        code = one.code.splitlines()[0]
        code = code if width(code) <= room else code[: room - 1] + "…"
        words = [look.say(line) for line in wrapped(one.words, broad - 1)]
        style = look.alarm if one.verdict == "wrong" else str
        shape = look.say(shape_of(one.got) if one.got is not None and not one.is_forward else "")
        head = f"{one.line:>{digits}}  {padded(look.say(code), room)} {padded(signs[one.verdict], 2)} "
        if is_stacked:
            yield style(head[: digits + 2] + look.say(code))
            head = f"{' ' * (digits + 2)}{padded(signs[one.verdict], 2)} "
        yield style(f"{head}{padded(words[0], broad)}{shape:>{max(0, look.columns - width(head) - broad)}}")
        yield from (style(" " * width(head) + more) for more in words[1:])
