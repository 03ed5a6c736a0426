"""Moving through a recorded story: step, over, out, until, back, to a place, on to the next breakpoint, and back to it.

Nothing runs while one moves: the computation was recorded once, and each command only says which step is looked at.
So every command has its way back, and none can change a number. A `Stepper` holds where one is, the breakpoints and the
watches; what it answers is a `Stop`.

Examples
--------
>>> import numpy as np, graphviz_ad as gad
>>> def square(x):
...     return x * x
>>> course = Course.of_call(lambda x: np.sin(square(x)) + 1, (2.0,), {}, gad.Trace)
>>> stepper = Stepper(course)
>>> stepper.step().step, [place.function for place in stepper.way]
(1, ['<lambda>', 'square'])
>>> stepper.out().step, [place.function for place in stepper.way]
(2, ['<lambda>'])
>>> stepper.add("sin back").breakpoint.words, stepper.advance().step, stepper.reverse().step
('every sin, going back', 6, 0)
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from graphviz_ad.debugging.stepping.breakpoints import Breakpoint, Hits, breakpoint_at, hits_of, line_of
from graphviz_ad.debugging.stepping.calls import Place
from graphviz_ad.debugging.stepping.expressions import Expression, NotYet, parse
from graphviz_ad.debugging.stepping.moments import Course, Moment
from graphviz_ad.errors import InputError, suggest, text_of

__all__ = ["Point", "Reading", "Stepper", "Stop", "is_same"]


@dataclass(frozen=True, slots=True)
class Point:
    """A breakpoint of a stepper.

    Attributes
    ----------
    number : int
        From 1; it keeps it.
    breakpoint : Breakpoint
    hits : Hits
    is_on : bool
    is_temporary : bool
        Whether it goes once it was hit.
    """

    number: int
    breakpoint: Breakpoint
    hits: Hits
    is_on: bool = True
    is_temporary: bool = False

    def stops_at(self, step: int) -> bool:
        """Whether it is on, and hit at a step."""
        place = bisect_left(self.hits.steps, step)
        return self.is_on and self.hits.steps[place : place + 1] == (step,)


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a command ended.

    Attributes
    ----------
    step : int
        From 0.
    points : tuple of Point
        The breakpoints that are hit there, which may have ended the command early.
    remark : str
        What is to be said besides: that this is the end, or that nothing of the kind lies ahead.
    """

    step: int
    points: tuple[Point, ...] = ()
    remark: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What a watched expression is, and was.

    Attributes
    ----------
    text : str
        The expression.
    now : object
        Its value; None where it is not known yet, or cannot be computed.
    trouble : str
        Why there is none.
    course : tuple of (int, object)
        The steps at which it became another, with what it became; the latest last.
    """

    text: str
    now: Any
    trouble: str
    course: tuple[tuple[int, Any], ...]


class Stepper:
    """Where one is in a story, with breakpoints and watches.

    Parameters
    ----------
    course : Course

    Attributes
    ----------
    position : int
        The step that is looked at, from 0.
    """

    def __init__(self, course: Course) -> None:
        self.course = course
        self.position = 0
        self._points: dict[int, Point] = {}
        self._numbers = 0
        self._watches: dict[str, Expression] = {}
        self._values: dict[str, list[tuple[Any, str]]] = {}  # by step; a screen is drawn many times
        self._changes: dict[str, list[tuple[int, Any]]] = {}  # of these values

    @property
    def last(self) -> int:
        """The last step of the story."""
        return len(self.course.steps) - 1

    @property
    def moment(self) -> Moment:
        """What is known at the step that is looked at."""
        return self.course.moment(self.position)

    @property
    def way(self) -> tuple[Place, ...]:
        """The calls that the step is under."""
        return self.course.way(self.position)

    # -- moving ---------------------------------------------------------------------------------------------------

    def step(self, count: int = 1) -> Stop:
        """Go to the next step, into whatever is called there."""
        return self._to(min(self.position + count, self.last), self._at_end(self.position + count > self.last))

    def back(self, count: int = 1) -> Stop:
        """Go to the step before."""
        return self._to(max(self.position - count, 0), self._at_start(self.position < count))

    def over(self) -> Stop:
        """Go on to the next line of this function, over what it calls; at its end to who called it."""
        way, goes_back = self.way, self.course.goes_back(self.position)
        if not way:  # at an input
            return self.step()
        visits = [place.visit for place in way]

        def has_left(step: int) -> bool:
            other = [place.visit for place in self.course.way(step)[: len(visits)]]
            return other != visits or self.course.goes_back(step) is not goes_back

        return self._forward(has_left)

    def out(self) -> Stop:
        """Go on until this call is left."""
        way, goes_back = self.way, self.course.goes_back(self.position)
        if not way:
            return self.step()
        call = way[-1].call

        def has_left(step: int) -> bool:
            calls = [place.call for place in self.course.way(step)]
            return call not in calls or self.course.goes_back(step) is not goes_back

        return self._forward(has_left)

    def until(self, line: int | None = None) -> Stop:
        """Go on until a line below this one is reached in the same call, which leaves loops; or until it is left.

        Parameters
        ----------
        line : int, optional
            The line, or any below it. On the way back lines come from below, so there it is this line or any above.
        """
        way, goes_back = self.way, self.course.goes_back(self.position)
        if not way or way[-1].line is None:
            return self.over()
        call, here = way[-1].call, way[-1].line
        wanted = here if line is None else line

        def is_there(step: int) -> bool:
            own = [place.line for place in self.course.way(step) if place.call == call]
            if not own or own[0] is None or self.course.goes_back(step) is not goes_back:
                return True
            beyond = wanted - own[0] if goes_back else own[0] - wanted
            return beyond > 0 or (beyond == 0 and line is not None and line != here)

        return self._forward(is_there)

    def run_to(self, place: str) -> Stop:
        """Go on to a line (``6``, ``model.py:6``), to a node's next number (``x``), or to a step (``#12``, from 1).

        Raises
        ------
        InputError
            For a place that there is none.
        """
        place = place.strip()
        if place.startswith("#"):
            return self._to(self._numbered(place))
        line = line_of(self.course, place, self._file)
        positions = [] if line is not None else self.course.called(place)
        if line is None and not positions:
            hint = suggest(place, self.course.known_names)
            raise InputError(f"where is {place!r}? go to a line (6), a node (x) or a step (#12).{hint}")
        where = Breakpoint(name=place) if line is None else Breakpoint(*line)
        steps = hits_of(self.course, where).steps
        ahead = [step for step in steps if step > self.position]
        if not ahead:
            behind = [step + 1 for step in steps if step < self.position]
            way = f"; it was at step {', '.join(map(str, behind[-3:]))}: #{behind[-1]} goes there" if behind else ""
            return Stop(self.position, remark=f"{place} does not come any more{way}.")
        return self._forward(lambda step: step == ahead[0])

    def _numbered(self, place: str) -> int:
        if not place[1:].isdecimal() or not 1 <= int(place[1:]) <= self.last + 1:
            raise InputError(f"there is no step {place[1:]!r}; the story has the steps #1 to #{self.last + 1}")
        return int(place[1:]) - 1

    def start(self) -> Stop:
        """Go to the first step."""
        return self._to(0)

    def end(self) -> Stop:
        """Go to the last step."""
        return self._to(self.last)

    def advance(self) -> Stop:
        """Go on to the next breakpoint that is hit, or to the end."""
        return self._forward(lambda step: False)

    def reverse(self) -> Stop:
        """Go back to the last breakpoint that was hit, or to the start."""
        for step in range(self.position - 1, -1, -1):
            if self._hit(step):
                return self._arrive(step)
        return self._to(0, self._at_start(True))

    @property
    def _file(self) -> str | None:
        return self.way[-1].code.co_filename if self.way else None

    def _forward(self, is_there: Callable[[int], bool]) -> Stop:
        """Go on to the first step that is the one, or that a breakpoint is at."""
        for step in range(self.position + 1, self.last + 1):
            if self._hit(step) or is_there(step):
                return self._arrive(step)
        return self._to(self.last, self._at_end(True))

    def _hit(self, step: int) -> bool:
        return any(point.stops_at(step) for point in self._points.values())

    def _arrive(self, step: int) -> Stop:
        """Stop at a step, where those breakpoints go that were to be hit once."""
        stop = self._to(step)
        for point in stop.points:
            if point.is_temporary:
                del self._points[point.number]
        return stop

    def _to(self, step: int, remark: str = "") -> Stop:
        self.position = step
        points = [point for point in self._points.values() if point.stops_at(step)]
        return Stop(step, tuple(points), remark)

    def _at_end(self, is_so: bool) -> str:
        return "This is the last step of the story." if is_so else ""

    def _at_start(self, is_so: bool) -> str:
        return "This is the first step of the story." if is_so else ""

    # -- breakpoints ----------------------------------------------------------------------------------------------

    @property
    def points(self) -> tuple[Point, ...]:
        """The breakpoints, in the order of their numbers."""
        return tuple(self._points.values())

    def add(self, typed: Any, *, is_temporary: bool = False) -> Point:
        """Set a breakpoint; see `breakpoint_at`.

        Raises
        ------
        InputError
            For a place that there is none, and for what is no condition.
        """
        where = breakpoint_at(self.course, typed, self._file)
        self._numbers += 1
        point = Point(self._numbers, where, hits_of(self.course, where), is_temporary=is_temporary)
        self._points[point.number] = point
        return point

    def clear(self, numbers: Iterable[int] = ()) -> tuple[Point, ...]:
        """Take breakpoints away, all unless some are named, and return them."""
        wanted = list(numbers) or list(self._points)
        self._require(wanted)
        return tuple([self._points.pop(number) for number in wanted])

    def switch(self, numbers: Iterable[int], is_on: bool) -> tuple[Point, ...]:
        """Switch breakpoints on or off, all unless some are named, and return them."""
        wanted = list(numbers) or list(self._points)
        self._require(wanted)
        for number in wanted:
            self._points[number] = replace(self._points[number], is_on=is_on)
        return tuple([self._points[number] for number in wanted])

    def _require(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            if number not in self._points:
                known = ", ".join(map(str, self._points)) or "none"
                raise InputError(f"there is no breakpoint {number}; set are: {known}")

    # -- watches --------------------------------------------------------------------------------------------------

    def watch(self, text: str) -> Reading:
        """Watch an expression, and return what it is now.

        Raises
        ------
        InputError
            For what is no expression, and for a name that no node has.
        """
        expression = parse(text)
        self._watches[expression.text] = expression
        try:
            return self._reading(expression)
        except InputError:
            del self._watches[expression.text]
            raise

    def unwatch(self, text: str = "") -> None:
        """Watch an expression no more; all unless one is named.

        Raises
        ------
        InputError
            For one that is not watched.
        """
        if text and text not in self._watches:
            raise InputError(f"{text} is not watched; watched are: {', '.join(self._watches) or 'none'}")
        for name in [text] if text else list(self._watches):
            del self._watches[name]

    @property
    def readings(self) -> tuple[Reading, ...]:
        """What the watched expressions are at this step, and were at those before."""
        return tuple(map(self._reading, self._watches.values()))

    def history(self, text: str) -> tuple[tuple[Any, str], ...]:
        """Return what a watched expression is at each step up to this one; None, and why, where it is not known."""
        self._reading(self._watches[text])
        return tuple(self._values[text][: self.position + 1])

    def value(self, text: str) -> Any:
        """Return the value of an expression at this step.

        Raises
        ------
        NotYet
            When a number is not known yet.
        InputError
            For what is no expression, and for a name that no node has. What NumPy raises comes through.
        """
        return parse(text).at(self.moment)

    def _reading(self, expression: Expression) -> Reading:
        history = self._values.setdefault(expression.text, [])
        changes = self._changes.setdefault(expression.text, [])
        for step in range(len(history), self.position + 1):
            value, _ = known = _read(expression, self.course.moment(step))
            if value is not None and (not changes or not is_same(value, changes[-1][1])):
                changes.append((step, value))
            history.append(known)
        now, trouble = history[self.position]
        so_far = bisect_right(changes, self.position, key=lambda change: change[0])
        return Reading(expression.text, now, trouble, tuple(changes[:so_far]))


def _read(expression: Expression, moment: Moment) -> tuple[Any, str]:
    try:
        return expression.at(moment), ""
    except NotYet as error:
        return None, str(error)
    except InputError:
        raise
    except Exception as error:  # whatever NumPy raises for these numbers
        return None, f"{type(error).__name__}: {text_of(error)}"


def is_same(a: Any, b: Any) -> bool:
    """Whether two values are of one shape and have the same numbers, NaN and NaN too."""
    a, b = np.asarray(a), np.asarray(b)
    return a.shape == b.shape and bool(np.array_equal(a, b, equal_nan=a.dtype.kind in "fc" and b.dtype.kind in "fc"))
