"""Paths: why a gradient is what it is, as the sum over all ways from the output back to an input."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import CodeType
from typing import Any, Never

import numpy as np

from graphviz_ad.debugging.columns import Look
from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.findings import Thresholds
from graphviz_ad.debugging.paths.document import path_document
from graphviz_ad.debugging.paths.schedules import Naive, naive, naive_words
from graphviz_ad.debugging.paths.searching import Path, Ways, ways_to
from graphviz_ad.debugging.paths.text import paths_text, sentences
from graphviz_ad.draw.frame import Figure
from graphviz_ad.draw.length import Length
from graphviz_ad.draw.strokes import draw
from graphviz_ad.engine.frames import public
from graphviz_ad.engine.recording import Recording
from graphviz_ad.engine.variable import Variable
from graphviz_ad.errors import InputError, brief, refuse_unknown, suggest
from graphviz_ad.films.code import Code
from graphviz_ad.films.stills import attempted, still
from graphviz_ad.player.page import page as player_page
from graphviz_ad.player.page import snippet as player_snippet
from graphviz_ad.saving.drawings import Drawing
from graphviz_ad.saving.path_page import filmed, page, snippet, title
from graphviz_ad.saving.reports import json_text, save_report

__all__ = ["Paths", "paths_of"]


@dataclass(frozen=True, eq=False, repr=False)
class Paths:
    """The widest paths of a gradient; made by `Trace.why`. `print` it, or let a notebook show it.

    Attributes
    ----------
    node : Variable
        Whose gradient it is.
    gradient : NumPy value
        The sum of all paths, as reverse mode has it; None where there is no path.
    paths : tuple of Path
        The widest first.
    count : int
        How many there are in all.
    share : float
        The part of the traffic that the paths listed carry: of all where all were compared, see `is_exact`.
    is_exact : bool
        Whether these are the widest of all.
    naive : Naive or None
        What orders of the way back that look natural cost, and what they break; with ``schedule="naive"`` only.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> why = gad.trace(lambda x: x * np.sin(x), 2.0).why("x")
    >>> why.count, [round(float(path.value), 6) for path in why.paths], round(float(why.gradient), 6)
    (2, [0.909297, -0.832294], 0.077004)
    """

    node: Variable
    _exam: Examination = field(repr=False)
    _place: int = field(repr=False)
    _ways: Ways = field(repr=False)
    naive: Naive | None = None

    @property
    def paths(self) -> tuple[Path, ...]:
        """The widest first."""
        return self._ways.paths

    @property
    def count(self) -> int:
        """How many there are in all."""
        return self._ways.count

    @property
    def is_exact(self) -> bool:
        """Whether these are the widest of all."""
        return self._ways.is_exact

    @property
    def share(self) -> float:
        """The part of the traffic that the paths listed carry."""
        return sum(path.share for path in self.paths)

    @property
    def gradient(self) -> Any:
        """The sum of all paths; None where there is none."""
        return self._exam.adjoint(self._place)

    def text(self, stream: Any = None) -> str:
        """Return the paths in at most 80 columns as a stream can show them; for standard output unless one is given.

        Examples
        --------
        >>> import graphviz_ad as gad
        >>> gad.trace(lambda x: x**2, 3.0).why("x").text().splitlines()[0]
        'x̄ = 6 comes along a single path.'
        """
        return self._written(Look.of(sys.stdout if stream is None else stream, colours=False))

    def _written(self, look: Look) -> str:
        with np.errstate(all="ignore"):
            more = naive_words(self._exam, self._place, self._ways, self.naive) if self.naive else ()
            return paths_text(self._exam, self._place, self._ways, look, more)

    def to_json(self) -> str:
        """Return the paths for programs, as JSON.

        Examples
        --------
        >>> import json, numpy as np, graphviz_ad as gad
        >>> data = json.loads(gad.trace(lambda x: x * np.sin(x), 2.0).why("x").to_json())
        >>> data["count"], data["paths"][0]["way"], data["multiplications"]
        (2, ['f', 'x'], {'path by path': 3, 'reverse mode': 3})
        """
        with np.errstate(all="ignore"):
            data = path_document(self._exam, self._place, self._ways, self.naive)
        return json_text(data)

    @public
    def save(
        self,
        path: str | os.PathLike[str],
        *,
        theme: str | None = None,
        width: str | float | None = None,
        scale: float | None = None,
        **unknown: Never,
    ) -> None:
        """Write the paths to a file; the suffix says as what.

        ``.svg``, ``.png`` and ``.pdf`` are a figure, ``.html`` is the player with the paths in a tab, in which one is
        chosen, ``.txt`` is the text, ``.json`` is for programs.

        Parameters
        ----------
        path : path-like
            Written whole or not at all.
        theme, width, scale
            Of a figure; as for `Trace.save`.

        Raises
        ------
        InputError
            For another suffix, and for an option that the format does not take.
        PathError
            When the file cannot be written there.

        Examples
        --------
        >>> import pathlib, tempfile, numpy as np, graphviz_ad as gad
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     gad.trace(lambda x: x * np.sin(x), 2.0).why("x").save(pathlib.Path(folder, "why.svg"), theme="dark")
        """
        refuse_unknown("save", unknown, ("theme", "width", "scale"))
        texts = {suffix: partial(write, self) for suffix, write in _WRITERS.items()}
        save_report(path, texts, self._drawing, _PICTURES, theme=theme, width=width, scale=scale)

    def _drawing(self) -> Drawing:
        return Drawing(self._figure, lambda theme: self._figure(theme, None), "why(...).to_json()")

    def _figure(self, theme: str, width: Length | None) -> Figure:
        if not self.paths:
            raise InputError(f"save: {sentences(self._exam, self._place, self._ways)} There is nothing to draw.")
        with np.errstate(all="ignore"):
            return draw(self._exam, self._place, self._ways, theme, width)

    def __str__(self) -> str:
        return self.text()

    __repr__ = __str__

    def _film(self) -> dict[str, Any] | None:
        """Return the film of the way back with the paths in a tab; None where the graph cannot be drawn."""
        recording, exam = self._exam.recording, self._exam
        codes = {exam.nodes[i]._code for path in self.paths for i in path.nodes}
        shown = Code.around(recording.function, [own for own in codes if isinstance(own, CodeType)])
        picture = attempted(recording, lambda: still(recording, code=shown))
        if isinstance(picture, str):
            return None
        return filmed(picture.film, exam, self._place, self._ways, self.naive, shown)

    def _page(self) -> str:
        film = self._film()
        if film is None:
            return page(self._exam, self._place, self._ways, self.naive)
        return player_page(film, title=title(self._exam, self._place))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        html, film = snippet(self._exam, self._place, self._ways, self.naive), self._film()
        if film is not None:
            html = player_snippet(film, "", title=title(self._exam, self._place), instead=html)
        return {"text/html": html, "text/plain": str(self)}


_WRITERS: Mapping[str, Callable[[Paths], str]] = {
    ".txt": lambda why: why._written(Look.of(None)) + "\n",
    ".html": lambda why: why._page(),
    ".json": lambda why: why.to_json() + "\n",
}
_PICTURES = (".svg", ".png", ".pdf")
SCHEDULES = ("reverse", "naive")
"""The orders of the way back of which `why` tells."""


def paths_of(recording: Recording, x: Variable | str, most: int, schedule: str) -> Paths:
    """Return the paths of a gradient.

    Raises
    ------
    InputError
        For what is no node of the trace, for fewer than one path, for another schedule, and for a gradient that is not
        finite.
    """
    if isinstance(most, bool) or not isinstance(most, int | np.integer) or most < 1:
        raise InputError(f"why: most is {brief(most)}; expected a number of paths, such as 10")
    if schedule not in SCHEDULES:
        hint = suggest(str(schedule), SCHEDULES)
        raise InputError(f"why: unknown schedule {schedule!r}; expected one of {', '.join(SCHEDULES)}.{hint}")
    with np.errstate(all="ignore"):
        exam = Examination(recording, Thresholds())
        i = _place(exam, x)
        g = exam.adjoints[i]
        if g is not None and not np.isfinite(g).all():
            raise InputError(
                f"why: the gradient by {exam.called(i)} is not finite, so that its paths have no shares: "
                "check() says where that comes from"
            )
        ways = ways_to(exam, i, int(most))
        return Paths(exam.nodes[i], exam, i, ways, naive(exam, i, ways) if schedule == "naive" else None)


def _place(exam: Examination, x: Any) -> int:
    if isinstance(x, Variable):
        place = exam.position.get(x.version_before(0).index)
        if place is None:
            raise InputError(f"why: {x!r} is not a node of this trace; see its .nodes")
        return place
    if isinstance(x, str) and x in exam.names:
        return exam.names.index(x)
    known = [exam.names[i] for i in exam.inputs]
    if isinstance(x, str):
        hint = suggest(x, tuple(known))
        raise InputError(f"why: no node of this trace is called {x!r}; its inputs are {', '.join(known)}.{hint}")
    raise InputError(f"why: expected a node of the trace or its name, such as {known[0]!r}, got {brief(x)}")
