"""The screen of a stepper: where one is, the source, the card of the node, the sentence of the step, and the watches.

It is made for a number of rows and columns. What there is too little room for is left out from the least important on:
lines of source first, then watches, then edges of the card, then the end of the sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from rich.text import Text

from graphviz_ad.debugging.columns import fitted, padded, width, wrapped
from graphviz_ad.debugging.stepping.calls import Place
from graphviz_ad.debugging.stepping.moments import NodeSoFar
from graphviz_ad.debugging.stepping.stepper import Reading, Stepper, Stop
from graphviz_ad.formulas.text import written
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.raising import facts_of
from graphviz_ad.terminal.listing import listing

__all__ = ["Room", "accent_of", "number", "readings", "scope", "screen"]

_VALUE, _ADJOINT, _STRONG, _FAINT = "#3b82d6", "#c9651b", "bold", "dim"
_UNKNOWN = "not yet"
_FEWEST = 4  # rows of source


class Room(NamedTuple):
    """How much there is room for, and in which letters and colours.

    Attributes
    ----------
    columns : int
    rows : int
    say : callable
        Returns a text in the letters that there are.
    colours : bool
    """

    columns: int
    rows: int
    say: Callable[[str], str]
    colours: bool

    def cropped(self, text: str, columns: int) -> str:
        """Return a text in the letters that there are, shortened at its end where there is no room for it."""
        return fitted(self.say(text), columns, self.say("…"))

    def crop(self, line: Text) -> None:
        """Shorten a line where there is no room for it, so that one sees that it goes on."""
        if width(line.plain) > self.columns:
            dots = self.say("…")
            line.truncate(self.columns - len(dots))
            line.append(dots)


def screen(stepper: Stepper, stop: Stop, room: Room) -> list[Text]:
    """Return what stands on the screen, a line each.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> from graphviz_ad.debugging.stepping.moments import Course
    >>> stepper = Stepper(Course.of_call(np.sin, (0.0,), {}, gad.Trace))
    >>> for line in screen(stepper, stepper.run_to("#4"), Room(80, 24, str, False)):
    ...     print(line.plain.rstrip())
    f(x)                                                    going back, step 4 of 4
    <BLANKLINE>
    f = sin x                            ▼ 0             ▲ 1
      to x  × cos x = 1
    x                                    ▼ 0             ▲ 1
    <BLANKLINE>
    Back through sin x: sin's slope is cos, so f̄ = 1 is multiplied by cos x = 1. x̄,
    the slope of f at this x, is 1.
    x̄ = f̄ · ∂f/∂x = f̄ · cos x = 1 · 1 = 1
    """
    head = _head(stepper, stop, room)
    card = _card(stepper, room)
    sentence = _wrapped(stepper.course.steps[stepper.position].text, room)
    watches = readings(stepper.readings, room)
    spare = room.rows - len(head) - len(card) - len(sentence) - len(watches) - 2 - bool(watches)
    formula = _formula(stepper, room)
    if formula and spare > _FEWEST + 2:
        sentence.append(formula)
        spare -= 1
    if spare < _FEWEST + 1 and len(watches) > 1:
        keep = max(len(watches) - (_FEWEST + 1 - spare), 1)
        spare += len(watches) - keep
        watches = watches[:keep]
    accent = accent_of(stepper, room)
    code = listing(stepper, min(spare - 1, 12), room.columns, room.say, accent=accent) if spare > 2 else []
    blank = Text()
    lines = [*head, blank, *code, *([blank] if code else []), *card, blank, *sentence]
    lines += [blank, *watches] if watches else []
    for line in lines:
        room.crop(line)
    return lines[: room.rows]


def accent_of(stepper: Stepper, room: Room) -> str:
    """Return the colour of the way that a step is on: that of values, or that of adjoints."""
    if not room.colours:
        return ""
    return _ADJOINT if stepper.course.goes_back(stepper.position) else _VALUE


# -- where one is -----------------------------------------------------------------------------------------------------


def _head(stepper: Stepper, stop: Stop, room: Room) -> list[Text]:
    course, position = stepper.course, stepper.position
    pass_ = "going back" if course.goes_back(position) else "forward"
    left = room.cropped(course.story.call.text, room.columns // 2)
    right = f"{pass_}, step {position + 1:,} of {len(course.steps):,}"
    gap = " " * max(room.columns - width(left) - width(right), 1)
    lines = [Text(f"{left}{gap}{right}", style=_STRONG)]
    where = scope(stepper, room)
    lines += [Text(where)] if where else []
    if stop.points and stop.step == position:
        why = " and ".join(f"{point.number}, {point.breakpoint.words}" for point in stop.points)
        lines += _wrapped(f"Stopped at breakpoint {why}{_deciding(stepper)}.", room, _STRONG, most=2)
    if stop.remark:
        lines += _wrapped(stop.remark, room, _STRONG, most=2)
    return lines


def _deciding(stepper: Stepper) -> str:
    """Return the number that the step changes, in words."""
    node = stepper.moment.changed
    if node is None:
        return ""
    back = stepper.course.goes_back(stepper.position)
    value = node.adjoint if back else node.value
    called = node.card.bar.text if back else node.card.symbol.text
    own = _of(node) if back else ""
    return "" if value is None else f": {called} is {number(value)}{f' ({own})' if own else ''}"


def scope(stepper: Stepper, room: Room) -> str:
    """Return the calls that the step is under: ``f line 10 ▸ g line 5 ▸ 1 / x``."""
    course, way = stepper.course, stepper.way
    sign = " ▸ " if room.say("▸") == "▸" else " > "
    if not way:
        card = course.story.nodes[course.actor(stepper.position)]
        return "an input" if card.role == "input" else ""
    names = [_called(place, way[0].code.co_filename) for place in way]
    if len(names) > 6:
        names = [*names[:2], f"{len(names) - 5} more calls", *names[-3:]]
    site = way[-1].site
    own = site.text.split("\n")[0].rstrip() if site is not None else ""
    count = _count(stepper)
    return room.cropped(sign.join([*names, *([own] if own else [])]), room.columns - len(count)) + count


def _called(place: Place, file: str) -> str:
    other = place.code.co_filename
    where = "" if other == file else other.replace("\\", "/").rpartition("/")[2] + " "
    return f"{place.function} {where}line {place.line}"


def _count(stepper: Stepper) -> str:
    """Return which of the nodes it is that this expression made in this call, where there are several."""
    which, count = stepper.course.alike(stepper.position)
    return f" (number {which:,} of {count:,} recorded here)" if count > 1 else ""


# -- the card ---------------------------------------------------------------------------------------------------------


def _card(stepper: Stepper, room: Room) -> list[Text]:
    """Return the node that computes or sends, its edges, and on the way back the node that receives."""
    course, position = stepper.course, stepper.position
    step, moment = course.steps[position], stepper.moment
    actor = moment.node(course.actor(position))
    if step.kind == "raise":
        return _raised(stepper, room)
    lines = _rows(actor, room, actor.card.title.text)
    edges = [*course.edges.get(actor.index, ())]
    if step.edge is not None:
        edges.sort(key=lambda edge: edge.argument != step.edge[1] if step.edge else False)
    for edge in edges[:3]:
        name = course.story.nodes[edge.parent].symbol.text
        local = course.story.numbers.get(Quantity("local", edge.child, edge.argument))
        is_known = course.passed.get((edge.child, edge.argument), position + 1) <= position
        value = f" = {number(local)}" if local is not None and is_known else ""
        label = f"  to {name}  {edge.label.text}"
        row = Text(room.cropped(label + (value if value.strip(" =") not in edge.label.text else ""), room.columns))
        row.stylize(_FAINT if (edge.child, edge.argument) != step.edge else "")
        lines.append(row)
    if len(edges) > 3:
        lines.append(Text(room.say(f"  to {len(edges) - 3:,} more"), style=_FAINT))
    if step.node != actor.index:
        lines += _rows(moment.node(step.node), room, course.story.nodes[step.node].title.text)
    return lines


def _raised(stepper: Stepper, room: Room) -> list[Text]:
    """Return what raised, with its operands and their shapes."""
    failure = stepper.course.failure
    assert failure is not None
    card = stepper.course.story.nodes[stepper.course.actor(stepper.position)]
    lines = [Text(room.cropped(f"{card.title.text}  raises {failure.type_name}", room.columns), style=_STRONG)]
    facts = [(text, said) for text, said in facts_of(failure) if text != "called"]  # which stands above
    names = min(max((width(room.say(text)) for text, _ in facts), default=0), room.columns // 2)
    rows = [f"  {padded(room.cropped(text, names), names)}  {said}" for text, said in facts]
    return lines + [Text(room.cropped(row, room.columns)) for row in rows]


def _rows(node: NodeSoFar, room: Room, title: str) -> list[Text]:
    """Return a node with its value and its adjoint, as far as they are known."""
    value = _UNKNOWN if node.value is None else number(node.value)
    if node.adjoint is not None:
        adjoint = f"{number(node.adjoint)}  {_of(node)}"
    else:
        adjoint = _UNKNOWN if node.card.reached else node.card.missing
    first = min(36, room.columns * 9 // 20)
    second = min(15, room.columns // 5)
    row = Text(padded(room.cropped(title, first - 1), first), style=_STRONG)
    rows = [row]
    cells = [(f"▼ {value}", _VALUE, second)]
    cells += [(f"▲ {adjoint}".rstrip(), _ADJOINT, 0)] if node.is_differentiated else []
    for text, colour, least in cells:
        cell = padded(room.say(text), least)
        if width(row.plain) + width(cell) > room.columns:  # in a row of its own: no number is cut short
            row = Text("    ", style=_STRONG)
            rows.append(row)
        row.append(cell, style=colour if room.colours else "")
        row.append(" " if least else "")
    return rows


def _of(node: NodeSoFar) -> str:
    """Return how many of several contributions are in."""
    arrived, total = node.arrived
    return f"{arrived} of {total} so far" if 0 < arrived < total else ""


def number(value: Any) -> str:
    """Return a number, or an array in short.

    Examples
    --------
    >>> number(np.float64(2.5)), number(np.arange(12.0)), number(np.True_), number("log")
    ('2.5', '12, 0…11', 'True', 'log')
    >>> number(np.array([[0.0, np.nan], [1.0, np.inf]]))
    '2×2, 1 NaN, 1 ∞, else 0…1'
    >>> number(np.full(9, np.nan)), number((3,))
    ('9, 9 NaN', '(3,)')
    """
    if isinstance(value, tuple):
        return str(value)  # a shape
    array = np.asarray(value)
    if array.dtype.kind in "iufc":
        return written(array[()])
    if array.dtype.kind == "b" and array.ndim:
        return f"{int(array.sum()):,} of {array.size:,} true"
    return str(value)


# -- the sentence and the watches -------------------------------------------------------------------------------------


def _formula(stepper: Stepper, room: Room) -> Text | None:
    """Return what the step computes, with its numbers; None where there is no room for that, and of arrays."""
    step, numbers = stepper.course.steps[stepper.position], stepper.course.story.numbers
    if any(np.ndim(numbers.get(quantity, 0.0)) for quantity in (*step.operands, step.after)):
        return None
    stages = [text for _, text in step.formula]
    text = room.say("".join(stages))
    return Text(text, style=_FAINT) if len(stages) > 1 and width(text) <= room.columns else None


def _wrapped(text: str, room: Room, style: str = "", most: int = 4) -> list[Text]:
    lines = wrapped(room.say(text), room.columns)
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1]} {lines[most]}"]
    return [Text(room.cropped(line, room.columns), style=style) for line in lines]


def readings(watched: tuple[Reading, ...], room: Room) -> list[Text]:
    """Return what is watched, a line each: the expression, what it is now, and its course so far."""
    if not watched:
        return []
    names = min(max(width(reading.text) for reading in watched), room.columns // 3)
    lines = []
    for reading in watched:
        name = padded(room.cropped(reading.text, names), names)
        if reading.now is None:
            trouble = _UNKNOWN if reading.trouble.endswith("not known yet") else reading.trouble
            lines.append(Text(room.cropped(f"{name}  {trouble}", room.columns), style=_FAINT))
            continue
        now = room.say(number(reading.now))
        row = Text(f"{name}  ")
        row.append(now, style=_STRONG)
        before = [room.say(number(value)) for _, value in reading.course[:-1]]
        tail = _tail(before, room.columns - width(row.plain) - 8, room.say)
        row.append(f"  after {tail}" if tail else "", style=_FAINT)
        lines.append(row)
    return lines


def _tail(parts: list[str], columns: int, say: Callable[[str], str]) -> str:
    """Return the last numbers that there is room for."""
    shown: list[str] = []
    for part in reversed(parts):
        if sum(width(own) + 2 for own in (*shown, part)) > columns - 3:
            return ", ".join([say("…"), *shown]) if shown else ""
        shown.insert(0, part)
    return ", ".join(shown)
