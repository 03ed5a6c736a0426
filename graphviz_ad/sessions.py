"""Session: a story to move through in a notebook, with breakpoints and watches, to be shown and saved as a page."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import Any

from graphviz_ad.debugging.columns import Look, wrapped
from graphviz_ad.debugging.stepping.stepper import Point, Stepper
from graphviz_ad.draw.frame import frame
from graphviz_ad.draw.scene import MAX_BOXES, check_size
from graphviz_ad.engine.frames import public
from graphviz_ad.errors import GraphvizAdError, InputError, text_of
from graphviz_ad.films.code import Code
from graphviz_ad.films.debugging import debug_json
from graphviz_ad.films.stills import still
from graphviz_ad.films.writing import Cut
from graphviz_ad.player.page import page, snippet
from graphviz_ad.saving.files import place, write_file

__all__ = ["Session"]


class Session:
    """A story with breakpoints and watches, which a notebook shows as a player that moves as a debugger does.

    The page has no Python: conditions that were set in Python were asked beforehand, at each step. What is typed in the
    page, a line, a name, an operation or a condition, is asked there, of the numbers that came with it.

    Parameters
    ----------
    stepper : Stepper
    """

    def __init__(self, stepper: Stepper) -> None:
        self._stepper = stepper

    @property
    def points(self) -> tuple[Point, ...]:
        """The breakpoints: each with its ``.breakpoint`` and the steps, from 0, of its ``.hits``."""
        return self._stepper.points

    def _code(self) -> Code | None:
        """Return the code of the function, and of what it called beside it."""
        course = self._stepper.course
        codes = {place.code: None for way in course.ways for place in way}
        return Code.around(course.recording.function, list(codes))

    def _cut(self) -> Cut:
        """Return the story as a film that stands still, with what moves through it."""
        course, code = self._stepper.course, self._code()
        check_size(course.recording, MAX_BOXES)
        cut = still(course.recording, course.story, code=code)
        return replace(cut, film={**cut.film, "debug": debug_json(self._stepper, code)})

    @public
    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it as a page (``.html``), which needs nothing else.

        Raises
        ------
        InputError
            For another suffix.
        SizeError
            For a graph that is too large to be drawn; the terminal has room for any.
        PathError
            When the file cannot be written there.
        """
        target = place(path, "save")
        if target.suffix.lower() != ".html":
            raise InputError(f"save: what is moved through is a page; {target.name[:80]!r} must end in .html")
        write_file(target, page(self._cut().film).encode(), "save")

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        try:
            cut = self._cut()
        except GraphvizAdError as error:  # very large, or no Graphviz
            return {"text/plain": f"{self!r}\nNo picture: {text_of(error)}\ngraphviz-ad debug shows it in a terminal."}
        picture = frame(*cut.start)
        return {"text/html": snippet(cut.film, picture), "image/svg+xml": picture, "text/plain": str(self)}

    def __str__(self) -> str:
        say = Look.of(sys.stdout, colours=False).say
        lines = [repr(self)]
        for point in self.points:
            hits = ", ".join(f"#{step + 1}" for step in point.hits.steps[:12]) or "nowhere"
            lines += wrapped(say(f"{point.number}  {point.breakpoint.words}: hit at {hits}"), 80)
        return "\n".join(lines)

    def __repr__(self) -> str:
        course = self._stepper.course
        return f"<Session of {course.recording.name}: {len(course.steps)} steps, {len(self.points)} breakpoints>"
