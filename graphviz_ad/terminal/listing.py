"""The person's source around a step: the line that runs with its expression underlined, breakpoints beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from rich.text import Text

from graphviz_ad.debugging.columns import fitted, width
from graphviz_ad.debugging.stepping.stepper import Point, Stepper
from graphviz_ad.engine.source import source_lines

__all__ = ["listing"]

_SIGNS = {"on": "●", "condition": "=", "off": "○", "here": "▸", "caller": "▹"}
_PLAIN = {"●": "*", "○": "o", "▸": ">", "▹": "-"}


class _Spot(NamedTuple):
    """A line of the file with what runs in it: the columns of an expression, -1 where they are unknown."""

    line: int
    start: int
    end: int


def listing(
    stepper: Stepper, rows: int, columns: int, say: Callable[[str], str], *, accent: str = "", first: int = 0
) -> list[Text]:
    """Return the lines around the step, the current expression underlined; none where no source can be read.

    Parameters
    ----------
    stepper : Stepper
    rows, columns : int
        The room for it.
    say : callable
        Returns a text in the letters that there are.
    accent : str
        The colour of the expression.
    first : int
        The line to begin with; that which has the step in its middle unless given.
    """
    way = stepper.way
    place = way[-1] if way else None
    lines = source_lines(place.code) if place is not None else None
    site = place.site if place is not None else None
    if place is None or not lines or site is None:
        return []
    is_one_line = site.line == site.end_line
    spot = _Spot(site.line, site.column, site.end_column if is_one_line else len(lines[site.line - 1].rstrip()))
    shown = max(rows - 1, 1)
    begin = first or max(1, min(spot.line - shown // 2, len(lines) - shown + 1))
    end = min(begin + shown, len(lines) + 1)
    callers = {other.line for other in way[:-1] if other.code.co_filename == place.code.co_filename}
    digits = len(str(end - 1))
    text: list[Text] = []
    for number in range(begin, end):
        sign = "here" if number == spot.line else "caller" if number in callers else ""
        marks = _mark(stepper.points, place.code.co_filename, number), _SIGNS.get(sign, " ")
        gutter = "".join(mark if say(mark) == mark else _PLAIN.get(mark, mark) for mark in marks)
        head = f"{gutter} {number:>{digits}} "
        code = _Line(lines[number - 1], spot if number == spot.line else None, columns - width(head), say)
        row = Text(head + code.text, style="bold" if number == spot.line else "")
        row.stylize("dim" if number != spot.line else "", 0, len(head))
        text.append(row)
        if number == spot.line and code.end > code.start:
            row.stylize(accent, len(head) + code.first, len(head) + code.last)
            marks_below = " " * (width(head) + code.start) + "~" * (code.end - code.start)
            text.append(Text(marks_below, style=f"bold {accent}".rstrip()))
    return text


def _mark(points: tuple[Point, ...], filename: str, line: int) -> str:
    """Return the sign of the breakpoints on a line: shapes, so that no colour is needed."""
    own = [point for point in points if (point.breakpoint.file, point.breakpoint.line) == (filename, line)]
    if not own:
        return " "
    if not any(point.is_on for point in own):
        return _SIGNS["off"]
    return _SIGNS["condition" if all(point.breakpoint.condition is not None for point in own) else "on"]


class _Line:
    """A line of source as there is room for it, with the columns that are underlined in it."""

    @property
    def first(self) -> int:
        """The first character of the expression; a letter of East Asia takes two columns."""
        return _characters(self.text, self.start)

    @property
    def last(self) -> int:
        """The character behind the expression."""
        return _characters(self.text, self.end)

    def __init__(self, raw: str, spot: _Spot | None, room: int, say: Callable[[str], str]) -> None:
        raw = raw.rstrip("\n\r")
        self.start = self.end = 0
        text = say(raw.expandtabs(4))
        if spot is not None and 0 <= spot.start < spot.end:
            self.start = width(say(raw[: spot.start].expandtabs(4)))
            self.end = width(say(raw[: spot.end].expandtabs(4)))
        dots = say("…")
        if width(text) > room:
            if self.end > room - len(dots) and self.start > 8:  # what matters would not be seen
                cut = self.start - 8
                text = dots + text[cut + len(dots) :]
                self.start, self.end = self.start - cut, self.end - cut
            text = fitted(text, room, dots)
            self.end = min(self.end, width(text))
        self.text = text


def _characters(text: str, columns: int) -> int:
    """Return how many characters take so many columns."""
    return next((k for k in range(len(text) + 1) if width(text[:k]) >= columns), len(text))
