"""Paths: why a gradient is what it is, as the sum over all ways from the output back to an input."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np

from graphviz_ad.console import visible
from graphviz_ad.debugging.columns import Look
from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.findings import Thresholds
from graphviz_ad.debugging.path_text import instead, paths_text, rows, sentences
from graphviz_ad.debugging.paths import Path, Ways, ways_to
from graphviz_ad.engine.recording import Recording
from graphviz_ad.engine.variable import Variable
from graphviz_ad.errors import InputError, brief, suggest

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

    def __str__(self) -> str:
        with np.errstate(all="ignore"):
            return paths_text(self._exam, self._place, self._ways, Look.of(sys.stdout, colours=False))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return _html(self)


def _html(why: Paths) -> str:
    """Return the paths as a table; bars lie to the left of the middle where a path takes away."""
    exam, ways = why._exam, why._ways
    with np.errstate(all="ignore"):
        head = f"<p>{escape(visible(sentences(exam, why._place, ways)))}</p>"
        body = "".join(
            f"<tr><th scope='row'>{row.letter}</th><td>{escape(visible(' ▸ '.join(row.way)))}</td>"
            f"<td>{escape(visible(row.product))}</td><td>{escape(row.value)}</td><td>{_bar(path)}</td>"
            f"<td>{row.share}</td><td>{' '.join(map(str, row.lines))}</td></tr>"
            for row, path in zip(rows(exam, ways.paths), ways.paths, strict=True)
        )
        ending = f"<p>{escape(visible(instead(ways)))}</p>" if why.count > 1 else ""
    titles = ("path", "way back", "product of local gradients", "is", "− share +", "share", "lines")
    columns = "".join(f"<th scope='col'>{title}</th>" for title in titles)
    table = f"<table><thead><tr>{columns}</tr></thead><tbody>{body}</tbody></table>" if body else ""
    return f"<section aria-label='Paths'>{head}{table}{ending}</section>"


def _bar(path: Path) -> str:
    """Return the share as a bar from the middle: filled to the right where it adds, hollow to the left where not."""
    long = 40 * path.share
    adds = np.sum(np.real(path.value)) >= 0
    place = "x='42'" if adds else f"x='{42 - long:.1f}'"
    fill = "currentColor" if adds else "none"
    return (
        "<svg width='84' height='14' aria-hidden='true'><path d='M42 0V14' stroke='currentColor' opacity='.4'/>"
        f"<rect {place} y='2' width='{long:.1f}' height='10' fill='{fill}' stroke='currentColor'/></svg>"
    )


def paths_of(recording: Recording, x: Variable | str | int, most: int) -> Paths:
    """Return the paths of a gradient.

    Raises
    ------
    InputError
        For what is no node of the trace, for fewer than one path, and for a gradient that is not finite.
    """
    if isinstance(most, bool) or not isinstance(most, int | np.integer) or most < 1:
        raise InputError(f"why: most is {brief(most)}; expected a number of paths, such as 10")
    with np.errstate(all="ignore"):
        exam = Examination(recording, Thresholds())
        place = _place(exam, x)
        g = exam.adjoints[place]
        if g is not None and not np.isfinite(g).all():
            raise InputError(
                f"why: the gradient by {exam.called(place)} is not finite, so that its paths have no shares: "
                "check() says where that comes from"
            )
        return Paths(exam.nodes[place], exam, place, ways_to(exam, place, int(most)))


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
