"""Which calls and which lines a node was recorded under: the way from the traced function down to the expression.

A node itself knows the innermost line only, since more would cost every recording. A `CallWatch` looks at Python's own
stack each time a node is made, and so the calls are those that happened. Frames that are one object are one call;
only those of the latest node are kept, until the next. It also sees which nodes the variables of these calls are then,
by their indices alone.
"""

from __future__ import annotations

import dis
import sys
from collections.abc import Mapping
from functools import lru_cache
from types import CodeType, FrameType, TracebackType
from typing import NamedTuple

from graphviz_ad.engine.frames import is_foreign, is_own
from graphviz_ad.engine.recording import Recording
from graphviz_ad.engine.source import Site, position, resolve
from graphviz_ad.engine.variable import Variable
from graphviz_ad.engine.watch import Watch

__all__ = ["CallWatch", "Place"]

_ENTRANCE = Recording.of_call.__code__


class Place(NamedTuple):
    """A line of a call on the way down to a node.

    Attributes
    ----------
    call : int
        Which call of a function, counted from 0 in the order in which they first recorded something.
    visit : int
        Which run over a line, counted over all calls: a loop that comes back to a line begins another.
    code : CodeType
    lasti : int
        The instruction that ran.
    """

    call: int
    visit: int
    code: CodeType
    lasti: int

    @property
    def function(self) -> str:
        """The name of the function whose line it is."""
        return self.code.co_name

    @property
    def line(self) -> int | None:
        """The line."""
        return position(self.code, self.lasti)[0]

    @property
    def site(self) -> Site | None:
        """The expression that ran: of a caller, the call."""
        return resolve(self.code, self.lasti)


class _Level(NamedTuple):
    """A frame of the latest node, its place, what it had called (ours, or the person's), and its variables."""

    frame: FrameType
    place: Place
    called: FrameType | None
    variables: Mapping[str, int | None]


class CallWatch(Watch):
    """A watcher that also sees under which calls each node is made.

    Parameters
    ----------
    limit : int, optional
        The most nodes to see; see `Watch`.

    Attributes
    ----------
    namespace : mapping
        The names of the module that the traced function is written in; empty before it has recorded anything.

    Examples
    --------
    >>> import graphviz_ad as gad
    >>> def twice(x):
    ...     return 2 * x
    >>> watch = CallWatch()
    >>> t = gad.Trace.of_call(lambda x: twice(x) + 1, (3.0,), {}, watch=watch)
    >>> [[place.function for place in watch.way(node)] for node in t.nodes]
    [[], ['<lambda>', 'twice'], ['<lambda>']]
    """

    __slots__ = ("_calls", "_last_variables", "_levels", "_variables", "_visits", "_ways", "last_way", "namespace")

    def __init__(self, limit: int | None = None) -> None:
        super().__init__(limit)
        self._ways: dict[int, tuple[Place, ...]] = {}
        self._variables: dict[int, tuple[Mapping[str, int | None], ...]] = {}
        self._levels: list[_Level] = []
        self._calls = self._visits = 0
        self.last_way: tuple[Place, ...] = ()
        self.namespace: Mapping[str, object] = {}
        self._last_variables: tuple[Mapping[str, int | None], ...] = ()

    def see(self, node: Variable) -> None:
        """Remember a node, and the calls it is made under: both or, where the stack is full, neither."""
        frames = _frames(sys._getframe(1), getattr(node, "_code", None))  # the input of a transform has none
        levels: list[_Level] = []
        for k, (frame, called) in enumerate(frames):
            before = self._levels[k] if k < len(self._levels) else None
            is_same = before is not None and before.frame is frame
            now = frame.f_lasti
            place = self._moved(before, now, called) if before is not None and is_same else self._entered(frame, now)
            # While what it called runs, a caller's variables stay what they are.
            stays = before is not None and is_same and place == before.place and k + 1 < len(frames)
            variables = before.variables if before is not None and stays else _variables(frame)
            levels.append(_Level(frame, place, called, variables))
        super().see(node)
        self._levels = levels
        self._ways[node._index] = tuple([level.place for level in levels])
        self._variables[node._index] = tuple([level.variables for level in levels])

    def variable(self, node: Variable | None, name: str) -> int | None:
        """Return the index of the node that a variable was as a node was made: in the innermost call that has it.

        Of no node, as the function raised. None where there is no variable of this name, and of an array that was
        written to, which has many nodes.
        """
        calls = self._last_variables if node is None else self._variables.get(node._index, ())
        for variables in reversed(calls):
            if name in variables:
                return variables[name]
        return None

    def variables(self) -> dict[str, set[int]]:
        """Return the indices of all nodes that each variable has been."""
        seen: dict[str, set[int]] = {}
        # One that stays what it is, while calls run, is one mapping.
        calls = {id(own): own for way in (*self._variables.values(), self._last_variables) for own in way}
        for own in calls.values():
            for name, index in own.items():
                if index is not None:
                    seen.setdefault(name, set()).add(index)
        return seen

    def see_raise(self, traceback: TracebackType | None) -> None:
        """Remember under which calls the function raised, as `last_way`."""
        places: list[Place] = []
        variables = []
        while traceback is not None:
            frame, now, traceback = traceback.tb_frame, traceback.tb_lasti, traceback.tb_next
            if is_foreign(frame.f_code.co_filename):
                continue
            before = self._levels[len(places)] if len(places) < len(self._levels) else None
            is_same = before is not None and before.frame is frame
            place = self._moved(before, now, None) if before is not None and is_same else self._entered(frame, now)
            places.append(place)
            variables.append(_variables(frame))
        self.last_way, self._last_variables = tuple(places), tuple(variables)

    def _entered(self, frame: FrameType, now: int) -> Place:
        self._calls += 1
        self._visits += 1
        if not self.namespace:
            self.namespace = frame.f_globals
        return Place(self._calls - 1, self._visits - 1, frame.f_code, now)

    def _moved(self, before: _Level, now: int, called: FrameType | None) -> Place:
        """Return where a call is now; it is another run over its line where the line is another, or runs again."""
        code, then = before.frame.f_code, before.place.lasti
        again = now < then or (now == then and called is not before.called and _is_in_loop(code, now))
        if again or position(code, now)[0] != position(code, then)[0]:
            self._visits += 1
            return Place(before.place.call, self._visits - 1, code, now)
        return before.place if now == then else before.place._replace(lasti=now)

    def way(self, node: Variable) -> tuple[Place, ...]:
        """Return the calls that a node was made under, the traced function first; empty of an input."""
        return self._ways.get(node._index, ())

    def forget_frames(self) -> None:
        """Let go of the frames of the latest node, and with them of what the person's functions held."""
        self._levels = []


def _variables(frame: FrameType) -> dict[str, int | None]:
    """Return the nodes that the variables of a frame are, by their indices."""
    if frame.f_locals is frame.f_globals:
        return {}
    own = [(name, value) for name, value in frame.f_locals.items() if isinstance(value, Variable)]
    return {name: value._index if type(value) is Variable else None for name, value in own}


def _frames(frame: FrameType | None, code: object) -> list[tuple[FrameType, FrameType | None]]:
    """Return the frames from the traced function down to the one that records, each with what it called."""
    called: FrameType | None = None
    while frame is not None and frame.f_code is not code:
        frame, called = frame.f_back, frame
    frames: list[tuple[FrameType, FrameType | None]] = []
    while frame is not None and frame.f_code is not _ENTRANCE:
        filename = frame.f_code.co_filename
        if not is_foreign(filename) or (not frames and not is_own(filename)):
            frames.append((frame, called))
        frame, called = frame.f_back, frame
    return frames[::-1] if frame is not None else []


@lru_cache(maxsize=4096)
def _is_in_loop(code: CodeType, lasti: int) -> bool:
    """Whether an instruction can run twice in one call: a jump leads back over it."""
    return any(
        isinstance(jump.argval, int) and jump.argval <= lasti <= jump.offset
        for jump in dis.get_instructions(code)
        if jump.opcode in dis.hasjrel or jump.opcode in dis.hasjabs
    )
