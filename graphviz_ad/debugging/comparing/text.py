"""Two traces side by side as text in columns: where they part first, and a row a node."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.debugging.columns import Look, fitted, padded, plural, width, wrapped
from graphviz_ad.debugging.comparing.differing import Apart, Difference, Pair, Sides
from graphviz_ad.debugging.examination import Examination
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.numerals.writing import static

__all__ = ["KEY", "Row", "comparison_text", "comparison_title", "far", "rows", "said"]

_LEAST = 8  # columns in which the code of a node can still be told from others
_HEADS = ("", "node", "line", "a", "b", "value", "slope", "adjoint")
_DIGITS = 5
_MOST = 300  # rows that are all shown
_NEAR = 5  # rows of more, at both ends and around each place that is told
_LONE = 20  # nodes of one trace alone that are told among more rows
_PERCENT = 0.001  # what is less is written as a number


class Row(NamedTuple):
    """A node of one trace or of both.

    Attributes
    ----------
    mark : str
        "!" where something differs first, "−" of a node of a alone, "+" of one of b alone, "⋮" of nodes that are left
        out, or empty.
    code : str
        What it is called and computes.
    line : str
        In a, and in b where that is another one.
    a, b : str
        Its values; of an array the entry that is farthest apart, or the shape where none is.
    value, slope, adjoint : str
        How far they are apart; empty where there is nothing to compare.
    pair : Pair or None
    alone : int or None
        The position of a node of one trace alone.
    """

    mark: str
    code: str
    line: str
    a: str
    b: str
    value: str
    slope: str
    adjoint: str
    pair: Pair | None = None
    alone: int | None = None


def comparison_title(both: Sides) -> str:
    """Return what was compared, and how much of it goes together."""
    a, b = (f"{exam.recording.name}({', '.join(exam.arguments)})" for exam in (both.a, both.b))
    alone = [f"{len(own)} in {side} alone" for own, side in ((both.only_a, "a"), (both.only_b, "b")) if own]
    together = plural(len(both.pairs), "node")
    verb = "goes" if len(both.pairs) == 1 else "go"
    return f"a: {a}, b: {b}: {', '.join([f'{together} {verb} together', *alone])}"


def said(both: Sides) -> Iterator[str]:
    """Yield in sentences where they part: the first value, the first local gradient, the first adjoint."""
    for first in both.firsts:
        head = f"{_FIRST[first.kind]} {_which(both, first)}"
        if np.isfinite(first.apart.relative):
            yield f"{head}: {static(first.a)} in a, {static(first.b)} in b, {far(first.apart)} apart."
        else:  # other shapes, only one of them, or not finite
            yield f"{head}: {_shown(first.a)} in a, {_shown(first.b)} in b."
    if both.constants:
        one, other = map(_shown, both.constants)
        yield f"What they return depends on no input: {one} in a, {other} in b."
        return
    ends: list[Any] = [getattr(exam.recording.output, "value", None) for exam in (both.a, both.b)]
    if np.shape(ends[0]) != np.shape(ends[1]):
        yield f"What they return has another shape: {_shown(ends[0])} in a, {_shown(ends[1])} in b."
    if not both.firsts:
        alone = " of the nodes that go together" if both.only_a or both.only_b else ""
        rounded = any(own.relative for pair in both.pairs for own in (pair.value, pair.adjoint, *pair.local))
        yield f"No value, no local gradient and no adjoint{alone} differs{' by more than rounding' if rounded else ''}."


_FIRST = {
    "value": "The first value that differs is that of",
    "local gradient": "The first local gradient that differs is that of",
    "adjoint": "Going back, the first adjoint that differs is that of",
}


def _shown(value: Any) -> str:
    """Return a number, or the shape of an array; of none that there is none."""
    if value is None:
        return "none"
    return f"an array of {'×'.join(map(str, np.shape(value)))}" if np.ndim(value) else static(value)


def _which(both: Sides, first: Difference) -> str:
    pair = first.pair
    entry = "" if first.apart.entry is None else f" at [{', '.join(map(str, first.apart.entry))}]"
    line = f" (line {_line(pair)})" if _line(pair) else ""
    by = ""
    if first.argument is not None:
        operands = dict(both.a.operands(pair.a))
        by = f" by {both.a.called(operands[first.argument])}" if first.argument in operands else ""
    return f"{_code(both.a, pair.a)}{by}{entry}{line}"


def _line(pair: Pair) -> str:
    lines = [line for line in (pair.line_a, pair.line_b) if line is not None]
    return "/".join(map(str, dict.fromkeys(lines)))


def _code(exam: Examination, i: int) -> str:
    """Return what a node is called and computes."""
    own, computes = exam.called(i), exam.written(i)
    return own if own == computes else f"{own} = {computes}"


def far(own: Apart) -> str:
    """Return how far numbers are apart; ≈ stands for less than what is allowed, ≠ for what no number says.

    Examples
    --------
    >>> far(Apart(0.0)), far(Apart(0.25)), far(Apart(1e-9)), far(Apart(1e-9, None, 1e-6)), far(Apart(float("inf")))
    ('=', '25 %', '1e−9', '≈', '≠')
    """
    if not own.relative:
        return "="
    if not own.differs:
        return "≈"
    if not np.isfinite(own.relative):
        return "≠"
    digits = f"{100 * own.relative:.2g}" if own.relative < 1 else f"{100 * own.relative:.0f}"
    return f"{digits} %" if own.relative >= _PERCENT else static(float(f"{own.relative:.2g}"))


def rows(both: Sides) -> Iterator[Row]:
    """Yield all nodes, those of one trace alone where they stand in it; of many those around where something differs.

    Of what is left out a row with the mark "⋮" says how many nodes that are.
    """
    firsts = {id(first.pair) for first in both.firsts}
    whole = list(_in_order(both))
    shown = range(len(whole)) if len(whole) <= _MOST else _worth(whole, firsts)
    left = 0
    for k, (pair, mark, i) in enumerate(whole):
        if k not in shown:
            left += 1
            continue
        if left:
            yield _gap(left)
        left = 0
        yield _together(both, pair, "!" if id(pair) in firsts else "") if pair is not None else _alone(both, i, mark)
    if left:
        yield _gap(left)


_Place = tuple[Pair | None, str, int]
"""A pair; or of a node of one trace alone its mark and its position."""


def _in_order(both: Sides) -> Iterator[_Place]:
    """Yield pairs and lone nodes in execution order."""
    alone = deque(both.only_a), deque(both.only_b)
    for pair in (*both.pairs, None):
        for own, mark, end in zip(alone, "−+", (None, None) if pair is None else (pair.a, pair.b), strict=True):
            while own and (end is None or own[0] < end):
                yield None, mark, own.popleft()
        if pair is not None:
            yield pair, "", pair.a


def _worth(whole: Sequence[_Place], firsts: Collection[int]) -> set[int]:
    """Return the places at both ends and around where something differs first, and of lone nodes the first."""
    shown = {*range(_NEAR), *range(len(whole) - _NEAR, len(whole))}
    marked = [k for k, (pair, _, _) in enumerate(whole) if id(pair) in firsts]
    lone = [k for k, (pair, _, _) in enumerate(whole) if pair is None]
    for k in (*marked, *lone[:_LONE]):
        shown.update(range(k - _NEAR, k + _NEAR + 1))
    return shown


def _gap(left: int) -> Row:
    return Row("⋮", f"{plural(left, 'more node')}", "", "", "", "", "", "")


def _together(both: Sides, pair: Pair, mark: str) -> Row:
    slope = max(pair.local, key=lambda own: own.relative, default=None)
    one, other = (_number(exam.value(k), pair.value) for exam, k in ((both.a, pair.a), (both.b, pair.b)))
    return Row(
        mark,
        _code(both.a, pair.a),
        _line(pair),
        one,
        other,
        far(pair.value),
        "" if slope is None else far(slope),
        far(pair.adjoint) if both.a.is_swept or both.b.is_swept else "",
        pair,
    )


def _alone(both: Sides, k: int, mark: str) -> Row:
    exam = both.a if mark == "−" else both.b
    place, value = exam.line(k), _number(exam.value(k), None)
    line = "" if place is None else str(place[1])
    numbers = (value, "") if mark == "−" else ("", value)
    return Row(mark, _code(exam, k), line, *numbers, "", "", "", alone=k)


def _number(value: Any, own: Apart | None) -> str:
    value = plain_value(value)
    if np.ndim(value):
        if own is None or not own.differs or own.entry is None:
            return str(np.shape(value))  # as NumPy writes it: a bare 2 would be read as the number
        value = value[own.entry]
    return static(value) if np.iscomplexobj(value) else static(float(f"{value:.{_DIGITS}g}"))


def comparison_text(both: Sides, look: Look) -> str:
    """Return the whole comparison."""
    lines = wrapped(look.say(comparison_title(both)), look.columns)
    for sentence in said(both):
        lines += wrapped(look.say(sentence), look.columns)
    listed = list(rows(both))
    table = [[look.say(cell) for cell in row] for row in (_HEADS, *(row[:8] for row in listed))]
    wide = [max(width(row[k]) for row in table) for k in range(len(_HEADS))]
    room = look.columns - sum(wide) + wide[1] - 2 * (len(_HEADS) - 1)
    is_stacked = room < min(wide[1], _LEAST)  # the numbers stand below the node
    wide[1] = min(wide[1], look.columns - wide[0] - wide[2] - 4 if is_stacked else room)
    lines.append("")
    for k, row in enumerate(table):
        cells = [padded(cell, room) if n < 2 else " " * (room - width(cell)) + cell for n, (cell, room) in enumerate(
            zip((row[0], fitted(row[1], wide[1], look.say("…")), *row[2:]), wide, strict=True))]  # fmt: skip
        broken = ["  ".join(cells[:3]), f"{' ' * wide[0]} {' '.join(cells[3:])}"] if is_stacked else ["  ".join(cells)]
        style = look.strong if k and listed[k - 1].mark == "!" else str
        lines += [style(line.rstrip()) for line in broken]
    return "\n".join([*lines, "", *wrapped(look.say(KEY), look.columns)])


KEY = (
    "Apart: the largest difference beside the largest number of both; slope is the local gradient. = is the same, ≈ "
    "differs by rounding alone, ≠ by what no number says; ! is where something differs first, − is in a alone, + in b "
    "alone."
)
