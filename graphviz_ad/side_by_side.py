"""Comparison: two traces side by side, node by node, and where they part first."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Never

import numpy as np

from graphviz_ad.console import prints
from graphviz_ad.debugging.columns import Look
from graphviz_ad.debugging.comparing.differing import Difference, Pair, Sides, sides
from graphviz_ad.debugging.comparing.document import comparison_document
from graphviz_ad.debugging.comparing.showing import with_differences
from graphviz_ad.debugging.comparing.text import comparison_text, comparison_title
from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.findings import Thresholds
from graphviz_ad.engine.frames import public, user_line
from graphviz_ad.engine.recording import Recording
from graphviz_ad.errors import InputError, brief, refuse_unknown
from graphviz_ad.films.stills import attempted, still
from graphviz_ad.films.writing import Cut
from graphviz_ad.saving.comparison_page import page, snippet
from graphviz_ad.saving.recorded import Reported
from graphviz_ad.saving.reports import json_text, save_report
from graphviz_ad.story.steps import Story
from graphviz_ad.story.telling import tell

__all__ = ["Comparison", "compare"]

_PICTURES = (".svg", ".png", ".pdf")


@prints
@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Two traces side by side; made by `compare`. `print` it, or let a notebook show it.

    Attributes
    ----------
    a, b : Trace
        What was compared.
    pairs : tuple of Pair
        The nodes that go together, in execution order: each with the positions ``.a`` and ``.b`` in the traces, and how
        far ``.value``, ``.adjoint`` and each of ``.local`` are apart (``.relative``, ``.entry``, ``.differs``).
    only_a, only_b : tuple of int
        The positions of the nodes that go with none of the other trace.
    firsts : tuple of Difference
        The first value that differs in execution order, the first local gradient, and on the way back the first
        adjoint: each with its ``.kind``, its ``.pair``, and the numbers ``.a`` and ``.b``. Those that there are.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> one = gad.trace(lambda x: np.exp(np.sin(x)), 1.0)
    >>> other = gad.trace(lambda x: np.exp(np.cos(x)), 1.0)
    >>> comparison = gad.compare(one, other)
    >>> comparison.ok, len(comparison.pairs), comparison.only_a, comparison.only_b
    (False, 2, (1,), (1,))
    >>> comparison.first.kind, round(comparison.first.apart.relative, 2)
    ('value', 0.26)
    """

    _both: Sides = field(repr=False)

    @property
    def a(self) -> Recording:
        """The first trace."""
        return self._both.a.recording

    @property
    def b(self) -> Recording:
        """The second trace."""
        return self._both.b.recording

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """The nodes that go together, in execution order."""
        return self._both.pairs

    @property
    def only_a(self) -> tuple[int, ...]:
        """The positions of the nodes of a that go with none of b."""
        return self._both.only_a

    @property
    def only_b(self) -> tuple[int, ...]:
        """The positions of the nodes of b that go with none of a."""
        return self._both.only_b

    @property
    def firsts(self) -> tuple[Difference, ...]:
        """The first value, local gradient and adjoint that differ; those that there are."""
        return self._both.firsts

    @property
    def first(self) -> Difference | None:
        """Where they part: the first value that differs; where none does, the first local gradient or adjoint."""
        return self.firsts[0] if self.firsts else None

    @property
    def ok(self) -> bool:
        """Whether all nodes go together and no number differs."""
        return self._both.is_same

    def text(self, stream: Any = None) -> str:
        """Return the comparison in 80 columns as a stream can show it: in its letters, in bold on a terminal.

        Parameters
        ----------
        stream : file, optional
            Standard output, without bold type, unless given.
        """
        return self._written(Look.asked(stream))

    def _written(self, look: Look) -> str:
        with np.errstate(all="ignore"):
            return comparison_text(self._both, look)

    def to_json(self) -> str:
        """Return the comparison for programs, as JSON, every array whole.

        Examples
        --------
        >>> import json, numpy as np, graphviz_ad as gad
        >>> data = json.loads(gad.compare(gad.trace(np.sin, 1.0), gad.trace(np.sin, 1.0)).to_json())
        >>> data["ok"], len(data["pairs"])
        (True, 2)
        """
        return json_text(comparison_document(self._both))

    @public
    def save(self, path: str | os.PathLike[str], *, side: str = "b", **unknown: Never) -> None:
        """Write the comparison to a file; the suffix says as what.

        ``.txt`` is the text, ``.html`` both graphs and the table, ``.json`` for programs; ``.svg``, ``.png`` and
        ``.pdf`` are the graph of one side, with flags where it differs from the other.

        Parameters
        ----------
        path : path-like
            Written whole or not at all.
        side : {"a", "b"}
            Of a picture, whose graph it is.

        Raises
        ------
        InputError
            For another suffix, and for another side.
        SizeError
            For a graph that is too large to be drawn.
        PathError
            When the file cannot be written there.
        """
        refuse_unknown("save", unknown, ("side",))
        if side not in ("a", "b"):
            raise InputError(f"save: side is {brief(side)}; there are 'a' and 'b'{user_line()}")
        texts = {
            ".txt": lambda: self._written(Look.of(None)) + "\n",
            ".html": lambda: page(self._both, self._pictures()),
            ".json": lambda: self.to_json() + "\n",
        }
        save_report(path, texts, lambda: Reported(getattr(self, side), lambda: self._story(side)), _PICTURES)

    def _story(self, side: str) -> Story:
        return with_differences(tell(getattr(self, side)), self._both, side)

    def _pictures(self) -> list[Cut | str]:
        """Return both graphs, or why one cannot be drawn."""
        return [attempted(getattr(self, side), partial(self._shot, side)) for side in ("a", "b")]

    def _shot(self, side: str) -> Cut:
        return still(getattr(self, side), self._story(side))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": snippet(self._both, self._pictures()), "text/plain": self.text(sys.stdout)}

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<Comparison of {comparison_title(self._both)}>"


@public
def compare(a: Recording, b: Recording, /, *, rtol: float | None = None, **unknown: Never) -> Comparison:
    """Compare two traces node by node: two inputs, two versions of a function, two dtypes.

    Inputs go together by their names. All other nodes are aligned as the longest common subsequence of their
    primitives in execution order, in which nodes weigh more whose expressions are written alike, and most whose whole
    computation is the same. Of the nodes that go together values, local gradients and adjoints are compared.

    Parameters
    ----------
    a, b : Trace
    rtol : float, optional
        From which relative difference on numbers differ: beside the largest number of both arrays. Sixteen units in
        the last place of the coarser dtype unless given.

    Returns
    -------
    Comparison
        With ``.pairs``, ``.first``, ``.firsts``, ``.only_a`` and ``.only_b``; ``print`` shows it in 80 columns.

    Raises
    ------
    InputError
        For what is no trace.
    ReleasedError
        For a trace whose graph was released by ``backward(retain_graph=False)``.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> def f(x):
    ...     return (1 - np.cos(x)) / x**2
    >>> comparison = gad.compare(gad.trace(f, 1e-3), gad.trace(f, np.float32(1e-3)))
    >>> comparison.first.kind, gad.trace(f, 1e-3).nodes[comparison.first.pair.a].primitive.name
    ('value', 'subtract')
    """
    refuse_unknown("compare", unknown, ("rtol",))
    for own in (a, b):
        if not isinstance(own, Recording):
            way = "gad.trace(f, x)" if callable(own) else "gad.trace or gad.record"
            raise InputError(f"compare: expected two traces, got {brief(own)}: make one with {way}{user_line()}")
    is_number = isinstance(rtol, int | float | np.floating) and not isinstance(rtol, bool)
    if rtol is not None and (not is_number or not rtol >= 0):
        raise InputError(f"compare: rtol is {brief(rtol)}; expected a number from 0 on, such as 1e-6{user_line()}")
    with np.errstate(all="ignore"):
        return Comparison(sides(Examination(a, Thresholds()), Examination(b, Thresholds()), rtol))
