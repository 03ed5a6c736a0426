"""What a page needs to move through a story as a debugger does: the calls, where each breakpoint is hit, the watches.

The page has no Python. So all hits of a line, a name and an operation are looked up here, and a condition is asked
here, over the whole story, which is known to its end; what travels are the steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from graphviz_ad.console import visible
from graphviz_ad.debugging.stepping.breakpoints import Breakpoint, hits_of
from graphviz_ad.debugging.stepping.calls import Place
from graphviz_ad.debugging.stepping.stepper import Point, Reading, Stepper
from graphviz_ad.films.code import Code
from graphviz_ad.formulas.text import written

__all__ = ["debug_json"]


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
    >>> told["points"], told["nodes"]["1"], told["operations"]["sin"]
    ([{'words': 'every sin, going back', 'steps': [7], 'operation': 'sin'}], [1, 6], [1, 7])
    """
    course = stepper.course
    places: dict[Place, int] = {}
    ways = [[places.setdefault(place, len(places)) for place in course.way(step)] for step in range(len(course.steps))]
    lines = sorted({line for place in places if (line := _shown(place, code)) is not None})
    operations = dict.fromkeys(card.primitive for card in course.story.nodes if card.primitive)
    return {
        "places": [_place_json(place, code) for place in places],
        "ways": ways,
        "lines": {str(line): _hits(stepper, file=code.filename, line=line) for line in lines} if code else {},
        "nodes": {str(i): _hits(stepper, name=name) for i, name in enumerate(course.names)},
        "names": {visible(name): i for i, name in enumerate(course.names)},
        "operations": {visible(name): _hits(stepper, primitive=name) for name in operations},
        "points": [_point_json(point, stepper, code) for point in stepper.points],
        "watches": [_watch_json(reading) for reading in _to_the_end(stepper)],
    }


def _hits(stepper: Stepper, **where: Any) -> list[int]:
    return list(hits_of(stepper.course, Breakpoint(**where)).steps)


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
    data |= {"condition": True} if where.condition is not None else {}
    return data | ({"complaint": visible(point.hits.complaint)} if point.hits.complaint else {})


def _to_the_end(stepper: Stepper) -> tuple[Reading, ...]:
    """Return what the watched expressions become over the whole story."""
    here = stepper.position
    stepper.end()
    readings = stepper.readings
    stepper.position = here
    return readings


def _watch_json(reading: Reading) -> Mapping[str, Any]:
    course = [[step, written(np.asarray(value)[()]), _number(value)] for step, value in reading.course]
    return {
        "text": visible(reading.text),
        "course": course,
        **({"why": visible(reading.trouble)} if not course else {}),
    }


def _number(value: Any) -> float | None:
    """Return a number to draw; None of what is none, or not finite."""
    array = np.asarray(value)
    if array.ndim or array.dtype.kind not in "biuf" or not np.isfinite(array):
        return None
    return float(array)
