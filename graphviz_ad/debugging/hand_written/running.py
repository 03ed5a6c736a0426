"""Run a function line by line, and see what each line of the person's assigns.

Python's own trace function says which line runs next; what the line before has assigned is looked at then. Whatever
trace function was there before, such as a debugger's, stands again afterwards.
"""

from __future__ import annotations

import ast
import copy
import sys
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from types import CodeType, FrameType
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.debugging.hand_written.keeping import is_persons_object
from graphviz_ad.debugging.hand_written.statements import Statement, statements_of

__all__ = ["EndlessError", "Event", "Fuse", "Observer", "Version", "copied"]

_MOST_ENTRIES = 200  # of a list or dict that are looked at
_MOST_COPIES = 60  # of an array that one line writes to again and again
_PURE = (
    *(ast.Name, ast.Constant, ast.Attribute, ast.Subscript, ast.BinOp, ast.UnaryOp, ast.Tuple, ast.Slice),
    *(ast.JoinedStr, ast.FormattedValue, ast.operator, ast.unaryop, ast.expr_context),
)
_MISSING = object()


class EndlessError(Exception):
    """Another line has made a loop run on and on."""


class Fuse:
    """Ends a run that takes many more lines than a first one did, as a loop may whose end was edited away.

    Parameters
    ----------
    codes : collection of CodeType
        The functions whose files are looked at.
    most : int
        How many lines may run.
    """

    def __init__(self, codes: Collection[CodeType], most: int) -> None:
        self._files = {code.co_filename for code in codes}
        self._most = most
        self._left = most

    @contextmanager
    def on(self) -> Iterator[None]:
        """Count the lines that run inside the ``with``, in this thread.

        Raises
        ------
        EndlessError
        """
        self._left = self._most
        before = sys.gettrace()
        sys.settrace(self._called)
        try:
            yield
        finally:
            sys.settrace(before)

    def _called(self, frame: FrameType, event: str, _: Any) -> Any:
        return self._line if event == "call" and frame.f_code.co_filename in self._files else None

    def _line(self, _frame: FrameType, event: str, _: Any) -> Any:
        self._left -= event == "line"
        if self._left < 0:
            raise EndlessError
        return self._line


class Event(NamedTuple):
    """What one line did to one place, one time.

    Attributes
    ----------
    statement : Statement
    code : CodeType
    execution : int
        How often the statement had run before.
    text : str
        The place, as in ``dW`` or ``grads['W']``; ``return`` for what is returned.
    value : object
        What it held afterwards, copied.
    target : ast.expr or None
        Of the statement, which one.
    in_place : bool
        Whether an array was written to, rather than a name bound.
    """

    statement: Statement
    code: CodeType
    execution: int
    text: str
    value: Any
    target: ast.expr | None
    in_place: bool


class Version:
    """What a place held until it was read by another line, and the events that made it so.

    Attributes
    ----------
    text : str
    events : list of Event
    builds_on : Version or None
        What was read already when it was added to.
    sources : list of Version
        What its lines have read.
    was_read : bool
    """

    def __init__(self, text: str, builds_on: Version | None) -> None:
        self.text = text
        self.events: list[Event] = []
        self.builds_on = builds_on
        self.sources: list[Version] = [] if builds_on is None else [builds_on]
        self.was_read = False

    @property
    def last(self) -> Event:
        """What completed it."""
        return self.events[-1]

    @property
    def value(self) -> Any:
        """What it held when it was complete."""
        return self.last.value

    def add(self, event: Event) -> Event | None:
        """Add an event; of a line that writes again and again only some are kept: return the one that is dropped."""
        dropped = None
        if event.execution >= _MOST_COPIES and self.events and self.events[-1].statement is event.statement:
            dropped = self.events.pop()
        self.events.append(event)
        return dropped


class _Watched:
    """A frame that is run line by line."""

    def __init__(self, number: int, statements: dict[int, list[Statement]]) -> None:
        self.number = number
        self.statements = statements
        self.pending: list[Statement] = []
        self.reads: list[Version] = []
        self.copies: dict[int, Any] = {}


class Observer:
    """Sees what the lines of the person's functions assign while it is on.

    Attributes
    ----------
    versions : list of Version
        In the order in which they were begun.
    names : list of (str, object)
        What the parameters of functions were called with.
    returns : list of (Statement, CodeType)
        The return statements that ran.
    scopes : dict of Statement to (dict, dict)
        Copies of the local names, and the global ones, before some statements ran for the first time.
    lines : int
        How many lines ran.
    most : int or None
        How many may, before an `EndlessError` ends the run.
    """

    def __init__(self, keep: Callable[[Any], Any], probes: Collection[Statement] = ()) -> None:
        self._events: dict[int, Event] = {}
        self.versions: list[Version] = []
        self.names: list[tuple[str, Any]] = []
        self.codes: dict[CodeType, None] = {}
        self.returns: list[tuple[Statement, CodeType]] = []
        self.scopes: dict[Statement, tuple[dict[str, Any], dict[str, Any]]] = {}
        self._keep = keep
        self._probes = probes
        self._known: dict[CodeType, dict[int, list[Statement]]] = {}
        self._open: dict[Hashable, Version] = {}
        self._executions: dict[tuple[CodeType, int], int] = {}
        self._entries: dict[tuple[int, Hashable], Any] = {}
        self._alive: list[Any] = []
        self._frames: dict[FrameType, _Watched] = {}
        self._count = 0
        self.lines = 0
        self.most: int | None = None

    @property
    def events(self) -> list[Event]:
        """What was done, in order."""
        return list(self._events.values())

    def stand(self, places: Mapping[CodeType, CodeType]) -> None:
        """Read what code objects run as the statements of others, in whose places they stand: no file has theirs."""
        self._known |= {code: statements_of(own) for code, own in places.items()}

    @contextmanager
    def on(self) -> Iterator[Observer]:
        """Look at every line that runs inside the ``with``, in this thread."""
        before = sys.gettrace()
        sys.settrace(self._trace)
        try:
            yield self
        finally:
            sys.settrace(before)
            self._frames.clear()

    # -- what Python says

    def _trace(self, frame: FrameType, event: str, _: Any) -> Any:
        if event != "call":
            return None
        statements = self._known.get(frame.f_code)
        if statements is None:
            statements = self._known[frame.f_code] = statements_of(frame.f_code)
        if not statements:
            return None
        self.codes[frame.f_code] = None
        if frame not in self._frames:
            self._count += 1
            self._frames[frame] = _Watched(self._count, statements)
            self._enter(frame)
        return self._local

    def _enter(self, frame: FrameType) -> None:
        for name, value in list(frame.f_locals.items()):
            if not name.startswith("."):
                self._name(name, value)

    def _name(self, name: str, value: Any) -> None:
        self.names.append((name, self._keep(value)))
        for key, entry in _entries(value):
            self.names.append((key if isinstance(key, str) else name, self._keep(entry)))

    def _local(self, frame: FrameType, event: str, arg: Any) -> Any:
        watched = self._frames.get(frame)
        if watched is None:
            return None
        if event == "line":
            self.lines += 1
            if self.most is not None and self.lines > self.most:
                raise EndlessError
            self._line(frame, watched)
        elif event == "return":
            self._finish(frame, watched, arg)
            watched.pending = []
        elif event == "exception":
            watched.pending = []
        return self._local

    def _line(self, frame: FrameType, watched: _Watched) -> None:
        line = frame.f_lineno
        pending = watched.pending
        if pending and pending[0].line < pending[0].end_line and pending[0].line <= line <= pending[0].end_line:
            return  # still the same statement, on another of its lines
        self._finish(frame, watched, _MISSING)
        watched.pending = watched.statements.get(line, [])
        watched.reads = [version for s in watched.pending for version in self._read(frame, watched, s)]
        for statement in watched.pending:
            if statement in self._probes and statement not in self.scopes:
                self.scopes[statement] = copied(dict(frame.f_locals)), frame.f_globals
        watched.copies = {
            id(array): array.copy()
            for s in watched.pending
            if s.calls_only
            for target in s.targets
            if isinstance(array := _value_of(frame, target), np.ndarray)
        }

    # -- what a statement reads and assigns

    def _read(self, frame: FrameType, watched: _Watched, statement: Statement) -> Iterator[Version]:
        own = {self._key(frame, watched, target)[0] for target in statement.targets} if not statement.calls_only else ()
        for part in statement.reads:
            key, _ = self._key(frame, watched, part)
            holder = _value_of(frame, part)
            keys = [key, *((id(holder), entry) for entry, _ in _entries(holder))]
            for version in filter(None, map(self._open.get, keys)):
                version.was_read = version.was_read or key not in own
                yield version

    def _finish(self, frame: FrameType, watched: _Watched, returned: Any) -> None:
        for statement in watched.pending:
            place = frame.f_code, statement.line
            execution = self._executions.get(place, 0)
            if statement.is_return:
                if returned is not _MISSING:
                    self._executions[place] = execution + 1
                    self._returned(frame, watched, statement, execution, returned)
                continue
            self._executions[place] = execution + 1
            for target in statement.targets:
                self._assigned(frame, watched, statement, execution, target)
        watched.pending = []

    def _returned(
        self, frame: FrameType, watched: _Watched, statement: Statement, execution: int, returned: Any
    ) -> None:
        """Keep what a return statement computes itself; what it merely names has been looked at."""
        self.returns.append((statement, frame.f_code))
        for text, part, value in _elements(statement.value, returned):
            kept = None if isinstance(part, ast.Name | ast.Attribute) else self._keep(value)
            if kept is not None:
                event = Event(statement, frame.f_code, execution, text, kept, part, False)
                self._events[id(event)] = event
                version = Version(text, None)
                version.add(event)
                version.was_read = True
                version.sources += watched.reads
                self.versions.append(version)

    def _assigned(
        self, frame: FrameType, watched: _Watched, statement: Statement, execution: int, target: ast.expr
    ) -> None:
        key, part = self._key(frame, watched, target)
        value = _value_of(frame, part)
        if value is _MISSING or (statement.calls_only and self._is_unchanged(watched, value)):
            return
        place = Event(statement, frame.f_code, execution, ast.unparse(part), value, part, False)
        writes = part is not target or statement.calls_only or isinstance(statement.node, ast.AugAssign)
        if key is not _MISSING:
            self._record(watched, key, place._replace(in_place=writes))
        self._look_inside(watched, place)

    def _look_inside(self, watched: _Watched, place: Event, depth: int = 2) -> None:
        """Record the entries of a container that are new in it, and those of the containers in it."""
        value = place.value
        for entry, inner in _entries(value) if depth else ():
            if self._entries.get((id(value), entry), _MISSING) is not inner:
                self._entries[id(value), entry] = inner
                self._alive += [value, inner]
                one = place._replace(text=f"{place.text}[{entry!r}]", value=inner, target=None)
                self._record(watched, (id(value), entry), one)
                self._look_inside(watched, one, depth - 1)

    def _is_unchanged(self, watched: _Watched, value: Any) -> bool:
        before = watched.copies.get(id(value))
        return before is not None and np.array_equal(before, value, equal_nan=value.dtype.kind in "fc")

    def _record(self, watched: _Watched, key: Hashable, place: Event) -> None:
        kept = self._keep(place.value)
        if kept is None:
            return
        event = place._replace(value=kept)
        self._events[id(event)] = event
        before = self._open.get(key)
        reads_itself = event.in_place or before in watched.reads
        version = before
        if version is None or version.was_read or not reads_itself:
            version = Version(event.text, before if reads_itself else None)
            self.versions.append(version)
            self._open[key] = version
            self._alive.append(place.value)
        dropped = version.add(event)
        if dropped is not None:
            del self._events[id(dropped)]
        version.sources += [read for read in watched.reads if read is not version]

    def _key(self, frame: FrameType, watched: _Watched, part: ast.expr) -> tuple[Hashable, ast.expr]:
        """Return what a place is known by, and the place: of a part of an array the array."""
        if isinstance(part, ast.Name):
            return (watched.number, part.id), part
        if isinstance(part, ast.Attribute):
            return (id(_value_of(frame, part.value)), part.attr), part
        if isinstance(part, ast.Subscript):
            holder = _value_of(frame, part.value)
            if not isinstance(holder, dict | list):
                return self._key(frame, watched, part.value)
            entry = _value_of(frame, part.slice)
            if isinstance(holder, list) and isinstance(entry, int) and entry < 0:
                entry += len(holder)
            if entry is _MISSING or not isinstance(entry, Hashable):
                return _MISSING, part.value  # whatever is new in it will show
            return (id(holder), entry), part
        return _MISSING, part


def _elements(part: ast.expr | None, value: Any) -> Iterator[tuple[str, ast.expr, Any]]:
    """Yield each number of a return statement: what it is called, its expression, and its value."""
    if isinstance(part, ast.Tuple | ast.List) and isinstance(value, tuple | list) and len(value) == len(part.elts):
        for inner, one in zip(part.elts, value, strict=True):
            yield from _elements(inner, one)
    elif isinstance(part, ast.Dict) and isinstance(value, dict):
        for key, inner in zip(part.keys, part.values, strict=True):
            if isinstance(key, ast.Constant) and key.value in value:
                for _, deep, one in _elements(inner, value[key.value]):
                    yield f"grads[{key.value!r}]", deep, one
    elif part is not None:
        yield "return", part, value


def copied(value: Any, depth: int = 3) -> Any:
    """Return a value whose arrays may be written to without harm to the person's, also inside of containers."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if depth and isinstance(value, dict):
        return {key: copied(entry, depth - 1) for key, entry in value.items()}
    if depth and type(value) in (list, tuple):
        return type(value)([copied(entry, depth - 1) for entry in value])
    if depth and is_persons_object(value):
        other = copy.copy(value)
        vars(other).update(copied(dict(vars(value)), depth - 1))
        return other
    return value


def _entries(value: Any) -> list[tuple[Any, Any]]:
    """Return the entries of a dict, list or tuple."""
    if isinstance(value, dict):
        return list(value.items())[:_MOST_ENTRIES]
    if isinstance(value, list | tuple):
        return list(enumerate(value))[:_MOST_ENTRIES]
    return []


def _value_of(frame: FrameType, part: ast.expr) -> Any:
    """Return what an expression stands for in a frame, if looking it up calls nothing of the person's."""
    if isinstance(part, ast.Name):
        return frame.f_locals.get(part.id, frame.f_globals.get(part.id, _MISSING))
    if not all(isinstance(inner, _PURE) for inner in ast.walk(part)):
        return _MISSING
    try:
        return eval(_compiled(part), frame.f_globals, frame.f_locals)
    except Exception:  # the person's own, which fails where it stands
        return _MISSING


@lru_cache(maxsize=4096)
def _compiled(part: ast.expr) -> CodeType:
    return compile(ast.unparse(part), "<place>", "eval")
