"""The commands of the stepper: those of pdb by the same names, and those that go back; a row of the table each."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from rich.text import Text

from graphviz_ad.debugging.stepping.expressions import NotYet
from graphviz_ad.debugging.stepping.moments import NodeSoFar
from graphviz_ad.debugging.stepping.stepper import Point, Stepper, Stop
from graphviz_ad.engine.source import source_lines
from graphviz_ad.errors import InputError, suggest, text_of
from graphviz_ad.terminal.listing import listing
from graphviz_ad.terminal.screen import Room, accent_of, number, readings

__all__ = ["COMMANDS", "Answer", "Command", "answer", "command_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What a command answers.

    Attributes
    ----------
    stop : Stop or None
        Where it ended, if it moved.
    lines : list of Text
        What it says.
    is_over : bool
        Whether the person wants to leave.
    """

    stop: Stop | None = None
    lines: list[Text] = field(default_factory=list)
    is_over: bool = False


class Command(NamedTuple):
    """A command.

    Attributes
    ----------
    names : tuple of str
        The one that help shows first.
    takes : str
        What stands behind it, in capitals; in brackets where it may be left out.
    words : str
        What it does.
    run : callable
        Gets the stepper, what stands behind the name, and the room; returns an Answer.
    """

    names: tuple[str, ...]
    takes: str
    words: str
    run: Callable[[Stepper, str, Room], Answer]

    @property
    def usage(self) -> str:
        """Its names, and what it takes."""
        return f"{', '.join(self.names)} {self.takes}".rstrip()


def answer(stepper: Stepper, line: str, room: Room) -> Answer:
    """Follow a line that was typed.

    What is no command, but an expression of nodes, is printed.

    Raises
    ------
    InputError
        When it cannot be followed.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> from graphviz_ad.debugging.stepping.moments import Course
    >>> stepper = Stepper(Course.of_call(np.sin, (0.5,), {}, gad.Trace))
    >>> room = Room(80, 24, str, False)
    >>> answer(stepper, "s", room).stop, [line.plain for line in answer(stepper, "f * 2", room).lines]
    (Stop(step=1, points=(), remark=''), ['f * 2 = 0.958851'])
    """
    word, _, rest = line.strip().partition(" ")
    command = command_of(word)
    if command is not None:
        return command.run(stepper, rest.strip(), room)
    try:
        return _print(stepper, line.strip(), room)
    except InputError as error:
        if line.strip().isidentifier() or " " in line.strip():
            names = [name for known in COMMANDS for name in known.names]
            raise InputError(f"{word!r} is no command; h has them all.{suggest(word, names)}") from error
        raise


def command_of(word: str) -> Command | None:
    """Return the command of a name, if there is one."""
    return _BY_NAME.get(word)


# -- moving -----------------------------------------------------------------------------------------------------------


def _count(text: str) -> int:
    if text and not (text.isdecimal() and int(text)):
        raise InputError(f"how often? a number above 0, got {text!r}")
    return int(text or 1)


def _nothing(text: str, name: str) -> None:
    if text:
        raise InputError(f"{name} takes nothing, got {text!r}")


def _moves(name: str, method: str) -> Callable[[Stepper, str, Room], Answer]:
    def run(stepper: Stepper, text: str, room: Room) -> Answer:
        _nothing(text, name)
        return Answer(getattr(stepper, method)())

    return run


def _step(stepper: Stepper, text: str, room: Room) -> Answer:
    return Answer(stepper.step(_count(text)))


def _back(stepper: Stepper, text: str, room: Room) -> Answer:
    return Answer(stepper.back(_count(text)))


def _until(stepper: Stepper, text: str, room: Room) -> Answer:
    if text and not text.isdecimal():
        raise InputError(f"until takes a line, such as until 12, got {text!r}")
    return Answer(stepper.until(int(text) if text else None))


def _to(stepper: Stepper, text: str, room: Room) -> Answer:
    if not text:
        raise InputError("where to? a line (6), a node (x) or a step (#12)")
    return Answer(stepper.run_to(text))


# -- breakpoints ------------------------------------------------------------------------------------------------------


def _described(point: Point, room: Room) -> list[Text]:
    hits = len(point.hits.steps)
    when = "hit nowhere" if not hits else f"hit at {hits:,} step{'s' if hits > 1 else ''}"
    kind = ("" if point.is_on else ", off") + (", once" if point.is_temporary else "")
    first = f", first #{point.hits.steps[0] + 1}" if hits else ""
    lines = [room.cropped(f"{point.number}  {point.breakpoint.words}: {when}{first}{kind}", room.columns)]
    if point.hits.complaint:
        lines.append(room.cropped(f"   {point.hits.complaint}", room.columns))
    return [Text(line) for line in lines]


def _break(stepper: Stepper, text: str, room: Room) -> Answer:
    if text:
        return Answer(lines=_described(stepper.add(text), room))
    lines = [line for point in stepper.points for line in _described(point, room)]
    return Answer(lines=lines or [Text("no breakpoints; b LINE, b NAME, b log or b if abs(adjoint) > 1e3 sets one")])


def _tbreak(stepper: Stepper, text: str, room: Room) -> Answer:
    return Answer(lines=_described(stepper.add(text, is_temporary=True), room))


def _numbers(text: str) -> list[int]:
    words = text.replace(",", " ").split()
    if not all(word.isdecimal() for word in words):
        raise InputError(f"breakpoints are named by their numbers, as in 1 2, got {text!r}")
    return [int(word) for word in words]


def _clear(stepper: Stepper, text: str, room: Room) -> Answer:
    gone = stepper.clear(_numbers(text))
    return Answer(lines=[Text(room.cropped(f"{p.number}  {p.breakpoint.words}: cleared", room.columns)) for p in gone])


def _disable(stepper: Stepper, text: str, room: Room) -> Answer:
    return Answer(lines=[line for p in stepper.switch(_numbers(text), False) for line in _described(p, room)])


def _enable(stepper: Stepper, text: str, room: Room) -> Answer:
    return Answer(lines=[line for p in stepper.switch(_numbers(text), True) for line in _described(p, room)])


# -- looking ----------------------------------------------------------------------------------------------------------


def _named(stepper: Stepper, text: str) -> str:
    """Return which node a name means now, where that is not the name itself, or not what the variable is here."""
    node = stepper.moment.called(text) if text.isidentifier() else None
    if node is None:
        return ""
    own = stepper.moment.variable(text)
    notes = [] if node.name == text and own is None else [_short(node) if node.name == text else node.name]
    notes += [f"line {node.line}"] if notes and node.line is not None else []
    other = f"; the variable {text} is {own.name} here" if own is not None else ""
    return f"  ({', '.join(notes)}{other})" if notes else ""


def _short(node: NodeSoFar) -> str:
    return "the input" if node.card.role == "input" else node.card.short.text


def _value(stepper: Stepper, text: str) -> Any:
    if not text:
        raise InputError("print what? an expression of nodes, such as x.adjoint or np.max(h)")
    try:
        return stepper.value(text)
    except NotYet as error:
        raise InputError(str(error)) from error
    except InputError:
        raise
    except Exception as error:  # whatever NumPy raises for these numbers
        raise InputError(f"{text}: {type(error).__name__}: {text_of(error)}") from error


def _print(stepper: Stepper, text: str, room: Room) -> Answer:
    value = number(_value(stepper, text))
    return Answer(lines=[Text(room.say(f"{text} = {value}{_named(stepper, text)}"))])


_MOST_ENTRIES = 2000


def _print_all(stepper: Stepper, text: str, room: Room) -> Answer:
    value = np.asarray(_value(stepper, text))
    with np.printoptions(linewidth=room.columns, threshold=_MOST_ENTRIES):
        first, *more = str(value).splitlines() or [""]
    head = f"{text} ={_named(stepper, text)}"
    lines = [f"{head} {first}"] if not more else [head, first, *more]
    return Answer(lines=[Text(room.say(line)) for line in lines])


def _where(stepper: Stepper, text: str, room: Room) -> Answer:
    """Return the calls, the innermost last, as pdb has them, with the line of each."""
    _nothing(text, "where")
    lines = []
    for place in stepper.way:
        lines.append(room.cropped(f"{place.code.co_filename}, line {place.line}, in {place.function}", room.columns))
        own = source_lines(place.code)
        if own and place.line is not None and place.line <= len(own):
            lines.append(room.cropped(f"    {own[place.line - 1].strip()}", room.columns))
    return Answer(lines=[Text(line) for line in lines] or [Text("at an input, which no line has computed")])


def _list(stepper: Stepper, text: str, room: Room) -> Answer:
    if text and not text.isdecimal():
        raise InputError(f"l takes the line to begin with, got {text!r}")
    code = listing(stepper, 12, room.columns, room.say, accent=accent_of(stepper, room), first=int(text) if text else 0)
    return Answer(lines=code or [Text("no source can be read here")])


def _list_all(stepper: Stepper, text: str, room: Room) -> Answer:
    _nothing(text, "ll")
    place = stepper.way[-1] if stepper.way else None
    if place is None:
        return Answer(lines=[Text("no source can be read here")])
    first = place.code.co_firstlineno
    count = len(inspect.getblock((source_lines(place.code) or [""])[first - 1 :])) or 1
    code = listing(stepper, count + 1, room.columns, room.say, accent=accent_of(stepper, room), first=first)
    return Answer(lines=code or [Text("no source can be read here")])


def _watch(stepper: Stepper, text: str, room: Room) -> Answer:
    if text:
        stepper.watch(text)
        return Answer()
    return Answer(lines=readings(stepper.readings, room) or [Text("nothing is watched; watch x.adjoint does")])


def _unwatch(stepper: Stepper, text: str, room: Room) -> Answer:
    stepper.unwatch(text)
    return Answer()


def _quit(stepper: Stepper, text: str, room: Room) -> Answer:
    return Answer(is_over=True)


_HELP = """\
The function ran once; you move through the record of it, forward and back.
  s n r      a step; over the line or the call; out of the function
  back, rc   the step before; back to the last breakpoint; start, end
  unt [LINE] on to a line below, out of a loop; to 6, to x, to #12: there
  c          on to the next breakpoint, or to the end
  b 6        stop at a line; b log, b x, b if abs(adjoint) > 1e3; back behind
             it: on the way back only; tbreak once; cl disable enable NUMBER
  p EXPR     print what is known here: p x.adjoint, p np.max(h); pp in full
  watch EXPR follow it from step to step; unwatch EXPR
  w l ll     the calls; the source around; the whole function
  h COMMAND  more about one; q leaves; Enter repeats. Keys: Right is s, Left
             back, Shift-Right n, Shift-Up r, F8 c, where nothing is typed"""


def _help(stepper: Stepper, text: str, room: Room) -> Answer:
    if not text:
        return Answer(lines=[Text(room.say(line)) for line in _HELP.splitlines()])
    command = command_of(text)
    if command is None:
        names = [name for known in COMMANDS for name in known.names]
        raise InputError(f"{text!r} is no command; h has them all.{suggest(text, names)}")
    return Answer(lines=[Text(room.cropped(line, room.columns)) for line in (command.usage, f"    {command.words}")])


COMMANDS = (
    Command(("s", "step"), "[COUNT]", "go to the next step, into what is called there", _step),
    Command(("n", "next"), "", "go on to the next line of this function, over what it calls", _moves("n", "over")),
    Command(("r", "return", "out"), "", "go on until this function, or this pass, is left", _moves("r", "out")),
    Command(("unt", "until"), "[LINE]", "go on to a line below this one, or to LINE; going back, above", _until),
    Command(("back",), "[COUNT]", "go to the step before", _back),
    Command(("c", "cont", "continue"), "", "go on to the next breakpoint, or to the end", _moves("c", "advance")),
    Command(("rc",), "", "go back to the last breakpoint, or to the start", _moves("rc", "reverse")),
    Command(("to",), "PLACE", "go on to a line (6), to a node's next number (x), or to a step (#12)", _to),
    Command(("start",), "", "go to the first step", _moves("start", "start")),
    Command(("end",), "", "go to the last step", _moves("end", "end")),
    Command(("b", "break"), "[PLACE] [forward|back] [if CONDITION]", "set a breakpoint, or list them", _break),
    Command(("tbreak",), "PLACE", "set a breakpoint that goes once it was hit", _tbreak),
    Command(("cl", "clear"), "[NUMBER ...]", "take breakpoints away, all unless some are named", _clear),
    Command(("disable",), "[NUMBER ...]", "switch breakpoints off, all unless some are named", _disable),
    Command(("enable",), "[NUMBER ...]", "switch breakpoints on again", _enable),
    Command(("p",), "EXPRESSION", "print what is known at this step: x.adjoint, np.max(h)", _print),
    Command(("pp",), "EXPRESSION", "print it in full; of more than 2,000 entries those at the ends", _print_all),
    Command(("watch", "display"), "[EXPRESSION]", "follow an expression from step to step, or list them", _watch),
    Command(("unwatch", "undisplay"), "[EXPRESSION]", "follow it no more; all unless one is named", _unwatch),
    Command(("w", "where", "bt"), "", "show the calls that this step is under", _where),
    Command(("l", "list"), "[LINE]", "show the source around this step, or from LINE", _list),
    Command(("ll",), "", "show the whole function", _list_all),
    Command(("h", "help", "?"), "[COMMAND]", "show what can be typed", _help),
    Command(("q", "quit", "exit"), "", "leave", _quit),
)
"""What can be typed."""

_BY_NAME: Mapping[str, Command] = {name: command for command in COMMANDS for name in command.names}
