"""Breakpoints on a recorded story: a line, an operation, a name, a condition, and the steps at which they are hit.

The story is known to its end, so the hits of a breakpoint are looked up once, for both directions. A condition is asked
at every step that gives a node a number, with what is known at that step and nothing later. One about that node, such
as ``abs(adjoint) > 1e3``, stops whenever it holds; one about nodes by their names, such as ``x.adjoint > 1``, when it
begins to hold.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from types import CodeType
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.debugging.stepping.calls import Place
from graphviz_ad.debugging.stepping.expressions import Expression, NotYet, parse
from graphviz_ad.debugging.stepping.moments import Course, NodeSoFar
from graphviz_ad.engine.source import source_lines
from graphviz_ad.errors import InputError, brief, suggest, text_of

__all__ = ["Breakpoint", "Hits", "breakpoint_at", "hits_of", "line_of"]

_DIRECTIONS = {"forward": False, "back": True}


@dataclass(frozen=True, slots=True, eq=False)
class Breakpoint:
    """Where to stop; what is None does not matter, and all else must hold at once.

    Attributes
    ----------
    file : str or None
        The whole path of a file.
    line : int or None
        Whoever comes to it, in the function itself or in what it calls, each time anew.
    primitive : str or None
        An operation, as in ``"log"``: where it is computed, and where its rule is applied.
    name : str or None
        A node: where its value is computed, and where its adjoint changes.
    condition : callable, Expression or None
        Asked with the node that gets a number, a `NodeSoFar`; of several truths one is enough.
    direction : {"forward", "back"} or None
        On which of the two ways.
    """

    file: str | None = None
    line: int | None = None
    primitive: str | None = None
    name: str | None = None
    condition: Callable[[NodeSoFar], Any] | Expression | None = None
    direction: str | None = None

    @property
    def words(self) -> str:
        """What it is, in words.

        Examples
        --------
        >>> Breakpoint(file="/lessons/model.py", line=6, condition=parse("abs(adjoint) > 1e3"), direction="back").words
        'model.py:6, going back, if abs(adjoint) > 1e3'
        >>> Breakpoint(primitive="log").words, Breakpoint(name="a", direction="forward").words
        ('every log', 'a, forward')
        """
        parts = [f"{os.path.basename(self.file)}:{self.line}"] if self.file and self.line else []
        parts += [f"every {self.primitive}"] if self.primitive else []
        parts += [self.name] if self.name else []
        parts += [{"forward": "forward", "back": "going back"}[self.direction]] if self.direction else []
        parts += [f"if {self.condition_text}" if self.condition_text else "a condition"] if self.condition else []
        return ", ".join(parts)

    @property
    def condition_text(self) -> str:
        """The condition as it was written; empty where that cannot be read, as in a shell."""
        if isinstance(self.condition, Expression):
            return self.condition.text
        return _written(self.condition)


class Hits(NamedTuple):
    """Where a breakpoint is hit.

    Attributes
    ----------
    steps : tuple of int
    complaint : str
        What its condition raised, where it did; empty otherwise.
    """

    steps: tuple[int, ...]
    complaint: str


def hits_of(course: Course, breakpoint: Breakpoint) -> Hits:
    """Return the steps at which a breakpoint is hit.

    A condition that raises is not fatal: there it does not hold, and what it raised is told, unless it only asked for a
    number that is not known yet.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> course = Course.of_call(lambda x: np.sin(x) * x, (2.0,), {}, gad.Trace)
    >>> [str(course.steps[step]) for step in hits_of(course, Breakpoint(primitive="sin")).steps][0]
    'v₁ is sin x: 0.909297.'
    >>> hits_of(course, Breakpoint(condition=lambda node: node.adjoint > 1)).steps
    (6,)
    >>> "has no attribute 'valu'" in hits_of(course, Breakpoint(condition=lambda node: node.valu > 1)).complaint
    True
    """
    steps: list[int] = []
    complaints: list[tuple[int, BaseException]] = []
    lasts = isinstance(breakpoint.condition, Expression) and not breakpoint.condition.is_of_step(course.called)
    held = False
    for step in range(len(course.steps)):
        if not all(_matches(course, breakpoint, step)):
            continue
        if breakpoint.condition is not None:
            if course.changes(step) is None:
                continue
            before = held
            try:
                held = _holds(course, breakpoint.condition, step)
            except Exception as error:  # whatever the person's condition raises
                held = False
                complaints.append((step, error))
            if not held or (lasts and before):
                continue
        elif not any(_begins(course, breakpoint, step)):
            continue
        steps.append(step)
    return Hits(tuple(steps), _complaint(breakpoint, complaints))


def _complaint(breakpoint: Breakpoint, complaints: list[tuple[int, BaseException]]) -> str:
    if not complaints:
        return ""
    step, error = complaints[0]
    times = "" if len(complaints) == 1 else f", and at {len(complaints) - 1:,} more"
    raised = text_of(error) if isinstance(error, InputError) else f"{type(error).__name__}: {text_of(error)}"
    return f"{breakpoint.condition_text or 'the condition'} raised at step {step + 1}{times}: {raised}"


def _matches(course: Course, breakpoint: Breakpoint, step: int) -> Iterable[bool]:
    """Yield whether a step is where, and of what, the breakpoint is."""
    if breakpoint.direction is not None:
        yield course.goes_back(step) is _DIRECTIONS[breakpoint.direction]
    if breakpoint.line is not None:
        yield any(_is_on(place, breakpoint) for place in course.way(step))
    if breakpoint.primitive is not None:
        yield _acts(course, breakpoint.primitive, step)
    if breakpoint.name is not None:
        yield course.changes(step) in course.called(breakpoint.name)


def _begins(course: Course, breakpoint: Breakpoint, step: int) -> Iterable[bool]:
    """Yield, of what lasts for several steps, whether it begins with this one."""
    if step == 0 or course.goes_back(step) is not course.goes_back(step - 1):
        yield True
        return
    if breakpoint.line is not None:
        before = {place.visit for place in course.way(step - 1)}
        yield any(_is_on(place, breakpoint) and place.visit not in before for place in course.way(step))
    if breakpoint.primitive is not None:
        yield course.actor(step) != course.actor(step - 1) or course.steps[step - 1].kind == "seed"
    if breakpoint.name is not None:
        yield True


def _is_on(place: Place, breakpoint: Breakpoint) -> bool:
    return place.line == breakpoint.line and place.code.co_filename == breakpoint.file


def _acts(course: Course, primitive: str, step: int) -> bool:
    """Whether a step computes, or goes back through, an operation."""
    return course.steps[step].kind != "seed" and course.story.nodes[course.actor(step)].primitive == primitive


def _holds(course: Course, condition: Callable[[NodeSoFar], Any] | Expression, step: int) -> bool:
    moment = course.moment(step)
    node = moment.changed
    assert node is not None
    if isinstance(condition, Expression):
        try:
            return bool(np.any(condition.at(moment, node)))
        except NotYet:
            return False
    try:
        with np.errstate(all="ignore"):
            return bool(np.any(condition(node)))
    except (TypeError, AttributeError, ValueError):
        if node.was_unknown:  # abs(None), before there is an adjoint
            return False
        raise


# -- as they are typed ------------------------------------------------------------------------------------------------


_TYPED = re.compile(r"(?P<place>.*?)(?:(?:^|[\s,]+)(?P<way>forward|back))?(?:(?:\s+|^|,\s*)if\b|,)(?P<condition>.*)")
_PLACE = re.compile(r"(?P<place>.*?)(?:[\s,]+(?P<way>forward|back))?")


def breakpoint_at(course: Course, typed: Any, file: str | None = None) -> Breakpoint:
    """Return the breakpoint that was typed: a line, ``file.py:6``, an operation, a name, or ``if`` and a condition.

    ``forward`` or ``back`` behind it stops on that way only: ``6 back if abs(adjoint) > 1e3``.

    Parameters
    ----------
    course : Course
    typed : int, str or Breakpoint
    file : str, optional
        Where a line is meant that stands alone; the traced function's file unless given.

    Raises
    ------
    InputError
        For a line that nothing was recorded on, a name that there is none, and for what is no condition.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> course = Course.of_call(lambda x: np.sin(x) * x, (2.0,), {}, gad.Trace)
    >>> breakpoint_at(course, "sin back").words, breakpoint_at(course, "if abs(x.adjoint) > 1").words
    ('every sin, going back', 'if abs(x.adjoint) > 1')
    """
    if isinstance(typed, Breakpoint):
        return typed
    if isinstance(typed, bool) or not isinstance(typed, int | str):
        raise InputError(
            f"a breakpoint is a line, a name, an operation or gad.break_when(...), got {brief(typed)}; "
            'write 6, "model.py:6", "x", "log" or "if abs(adjoint) > 1e3"'
        )
    parts = _TYPED.fullmatch(str(typed).strip()) or _PLACE.fullmatch(str(typed).strip())
    assert parts is not None  # the second one takes anything
    condition = parse(parts["condition"]) if "condition" in parts.groupdict() else None
    place = parts["place"].strip()
    if condition is not None:
        _check_names(course, condition)
    if not place and condition is None:
        raise InputError('stop where? a line (6, model.py:6), a name (x), an operation (log), or "if" and a condition')
    where = _where(course, place, file) if place else Breakpoint()
    return replace(where, condition=condition, direction=parts["way"])


def _check_names(course: Course, condition: Expression) -> None:
    """Refuse a name that no node has, before a whole story is asked for it."""
    try:
        condition.at(course.moment(len(course.steps) - 1))
    except NotYet:
        pass
    except InputError:
        raise
    except Exception:  # what it raises for other numbers is told when it is asked
        return


def _where(course: Course, place: str, file: str | None) -> Breakpoint:
    line = line_of(course, place, file)
    if line is not None:
        return Breakpoint(*line)
    if course.called(place):
        return Breakpoint(name=place)
    bare = place.removeprefix("np.")
    primitives = dict.fromkeys(card.primitive for card in course.story.nodes if card.primitive)
    if bare in primitives:
        return Breakpoint(primitive=bare)
    known = (*course.known_names, *primitives)
    raise InputError(
        f"nothing here is called {place!r}: no name, and none of the operations {', '.join([*primitives][:8])}."
        f"{suggest(bare, known)}"
    )


def line_of(course: Course, place: str, file: str | None = None) -> tuple[str, int] | None:
    """Return the file and line of ``6`` or ``model.py:6``; None of what is no line.

    Raises
    ------
    InputError
        For a line on which nothing was recorded.
    """
    match = re.fullmatch(r"(?:(.+):)?(\d+)", place)
    if match is None:
        return None
    lines: dict[str, set[int]] = {}
    for way in course.ways:
        for step in way:
            if step.line is not None:
                lines.setdefault(step.code.co_filename, set()).add(step.line)
    wanted, line = match[1], int(match[2])
    if not lines:
        raise InputError("nothing was recorded on a line that can be read; stop at a name or at an operation instead")
    if wanted is None:
        known = file if file in lines else next(iter(lines))
    else:
        tail = wanted.replace("\\", "/")
        files = [name for name in lines if f"/{name}".replace("\\", "/").endswith(f"/{tail.lstrip('/')}")]
        if not files:
            raise InputError(
                f"nothing was recorded in {wanted}; lines of {', '.join(map(os.path.basename, lines))} were"
            )
        known = files[0]
    if line not in lines[known]:
        near = sorted(lines[known])
        raise InputError(
            f"nothing was recorded on line {line} of {os.path.basename(known)}; "
            f"{'lines' if len(near) > 1 else 'line'} {_listed(near)} {'have' if len(near) > 1 else 'has'} something"
        )
    return known, line


def _listed(lines: list[int]) -> str:
    shown = [str(line) for line in lines[:12]]
    return ", ".join(shown) + (", …" if len(lines) > 12 else "")


def _written(condition: Any) -> str:
    """Return a function's name, or what a lambda returns, where that is the only one in its line."""
    name = getattr(condition, "__name__", type(condition).__name__)
    code = getattr(condition, "__code__", None)
    if name != "<lambda>" or not isinstance(code, CodeType):
        return f"{name}(node)"
    lines = source_lines(code) or []
    try:
        tree = ast.parse("".join(lines))
    except (SyntaxError, ValueError):
        tree = ast.Module([], [])
    own = [part for part in ast.walk(tree) if isinstance(part, ast.Lambda) and part.lineno == code.co_firstlineno]
    return ast.unparse(own[0].body) if len(own) == 1 else ""
