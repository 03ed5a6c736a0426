"""What a page needs to move through a story as a debugger does: the calls, where each breakpoint is hit, the watches.

The page has no Python. Breakpoints that are set in Python were asked there, over the whole story, which is known to its
end; what travels are the steps. For what is typed in the page, all numbers travel that can be asked about: each value,
each adjoint as far as it has come at a step, and which node a variable is there.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from graphviz_ad.console import visible
from graphviz_ad.debugging.stepping.calls import Place
from graphviz_ad.debugging.stepping.expressions import Expression
from graphviz_ad.debugging.stepping.moments import Course, Moment
from graphviz_ad.debugging.stepping.stepper import Point, Stepper, is_same
from graphviz_ad.films.code import Code
from graphviz_ad.films.packing import packed
from graphviz_ad.formulas.text import written
from graphviz_ad.numerals.quantities import Quantity

__all__ = ["debug_json"]

_MOST_ENTRIES = 1024


def debug_json(stepper: Stepper, code: Code | None) -> dict[str, Any]:
    """Return what a page needs of a stepper; see ``Debug`` in ``player/film.d.ts``.

    Parameters
    ----------
    stepper : Stepper
        With its breakpoints and watches; it is not moved.
    code : Code or None
        The lines that the page shows.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> from graphviz_ad.debugging.stepping.moments import Course
    >>> stepper = Stepper(Course.of_call(lambda x: np.sin(x) * x, (2.0,), {}, gad.Trace))
    >>> point = stepper.add("sin back")
    >>> told = debug_json(stepper, None)
    >>> told["points"]
    [{'words': 'every sin, going back', 'steps': [7], 'operation': 'sin', 'direction': 'back'}]
    >>> told["nodes"][1]["at"], told["operations"]
    (1, ['sin', 'multiply'])
    """
    course = stepper.course
    places: dict[Place, int] = {}
    ways = [[places.setdefault(place, len(places)) for place in course.way(step)] for step in range(len(course.steps))]
    lines = sorted({line for place in places if (line := _shown(place, code)) is not None})
    operations = dict.fromkeys(card.primitive for card in course.story.nodes if card.primitive)
    scopes: dict[tuple[tuple[str, int | None], ...], int] = {}
    variables = [name for name in course.known_names if name not in course.names]
    scoped = [scopes.setdefault(_scope(course.moment(step), variables), len(scopes)) for step in range(len(ways))]
    return {
        "places": [_place_json(place, code) for place in places],
        "ways": ways,
        "file": visible(os.path.basename(code.filename)) if code is not None and code.filename else "",
        "lines": lines,
        "operations": [visible(name) for name in operations],
        "nodes": [_node_json(course, i) for i in range(len(course.names))],
        "of": [course.changes(step) for step in range(len(ways))],
        "names": {visible(name): i for i, name in enumerate(course.names)},
        "scopes": [{visible(name): i for name, i in scope} for scope in scopes],
        "scoped": scoped,
        "points": [_point_json(point, stepper, code) for point in stepper.points],
        "watches": _watches_json(stepper),
    }


def _scope(moment: Moment, variables: Sequence[str]) -> tuple[tuple[str, int | None], ...]:
    """Return which node each variable of the person's is at a moment."""
    nodes = [(name, moment.called(name)) for name in variables]
    return tuple([(name, None if node is None else node.index) for name, node in nodes])


def _node_json(course: Course, index: int) -> dict[str, Any]:
    card, numbers = course.story.nodes[index], course.story.numbers
    data: dict[str, Any] = {
        "name": visible(course.names[index]),
        "primitive": visible(card.primitive or ""),
        "line": card.span.line if card.span is not None else None,
        "at": course.evaluated.get(index, len(course.steps)),
        "shape": [],
        "adjoint": [],
    }
    if index not in course.evaluated:  # where the function raised
        return data
    value = np.asarray(numbers[Quantity("value", index)])
    lacks = _lacks(value)
    adjoints = [(step, np.asarray(numbers[quantity])) for step, quantity in course.arrivals.get(index, [])]
    data["shape"] = list(value.shape)
    data["value"] = "" if lacks else packed(value)
    data["adjoint"] = [
        [step, "" if lacks else packed(np.broadcast_to(adjoint, value.shape))] for step, adjoint in adjoints
    ]
    return data | ({"lacks": lacks} if lacks else {})


def _lacks(value: np.ndarray[Any, Any]) -> str:
    """Return why a page cannot compute with a value as NumPy does; empty where it can."""
    if value.size > _MOST_ENTRIES:
        return f"has {value.size:,} entries"
    if value.dtype.kind not in "bi" and value.dtype != np.float64:
        return f"is of {value.dtype}"
    return ""


def _shown(place: Place, code: Code | None) -> int | None:
    """Return the line of a place, if the page shows it."""
    if code is None or place.line is None or place.code.co_filename != code.filename:
        return None
    return place.line if code.first <= place.line < code.first + len(code.lines) else None


def _place_json(place: Place, code: Code | None) -> dict[str, Any]:
    data = {"of": visible(place.function), "line": place.line, "call": place.call, "visit": place.visit}
    return data if _shown(place, code) is None else {**data, "shown": True}


def _point_json(point: Point, stepper: Stepper, code: Code | None) -> dict[str, Any]:
    where = point.breakpoint
    data: dict[str, Any] = {"words": visible(where.words), "steps": list(point.hits.steps)}
    if where.line is not None and code is not None and where.file == code.filename:
        data["line"] = where.line
    nodes = stepper.course.called(where.name) if where.name is not None else []
    data |= {"node": nodes[0]} if nodes else {}
    data |= {"operation": visible(where.primitive)} if where.primitive is not None else {}
    data |= {"direction": where.direction} if where.direction is not None else {}
    data |= {"condition": True} if where.condition is not None else {}
    data |= {"asked": visible(where.condition.text)} if isinstance(where.condition, Expression) else {}
    return data | ({"complaint": visible(point.hits.complaint)} if point.hits.complaint else {})


def _watches_json(stepper: Stepper) -> list[Mapping[str, Any]]:
    """Return what the watched expressions are over the whole story, and where they are not known any more."""
    here = stepper.position
    stepper.end()
    watches = [_watch_json(reading.text, stepper.history(reading.text)) for reading in stepper.readings]
    stepper.position = here
    return watches


def _watch_json(text: str, history: Sequence[tuple[Any, str]]) -> Mapping[str, Any]:
    course: list[list[Any]] = []
    last: Any = None
    for step, (value, trouble) in enumerate(history):
        if value is None and last is not None:
            course.append([step, visible(trouble), None])
        elif value is not None and (last is None or not is_same(value, last)):
            course.append([step, written(np.asarray(value)[()]), _number(value)])
        last = value
    return {"text": visible(text), "course": course} | ({} if course else {"why": visible(history[-1][1])})


def _number(value: Any) -> float | None:
    """Return a number to draw; None of what is none, or not finite."""
    array = np.asarray(value)
    if array.ndim or array.dtype.kind not in "biuf" or not np.isfinite(array):
        return None
    return float(array)
