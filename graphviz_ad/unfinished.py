"""Unfinished: what a function recorded before it raised, to be printed, shown and saved."""

from __future__ import annotations

import os
import sys
from typing import Any, Never

from graphviz_ad.debugging.columns import Look
from graphviz_ad.debugging.unfinished import headline, unfinished_text
from graphviz_ad.engine.aftermath import latest
from graphviz_ad.engine.failures import Operand, remains_of
from graphviz_ad.engine.frames import public
from graphviz_ad.engine.lazily import lazily
from graphviz_ad.engine.source import Site
from graphviz_ad.engine.variable import Variable
from graphviz_ad.errors import InputError, brief, refuse_unknown
from graphviz_ad.films.stills import attempted, still
from graphviz_ad.films.writing import Cut
from graphviz_ad.saving.recorded import Reported
from graphviz_ad.saving.reports import save_report
from graphviz_ad.story.raising import Raiser
from graphviz_ad.story.steps import Story

__all__ = ["Unfinished", "post_mortem"]

_DRAWN = (".html", ".svg", ".png", ".pdf")


class Unfinished:
    """What a function recorded before it raised; made by `post_mortem`.

    `print` it, or let a notebook show it. There are values up to the line that raised, and nothing to differentiate.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> try:
    ...     gad.trace(lambda x, w: np.tanh(x) @ w, np.ones((3, 4)), np.ones(3))
    ... except ValueError as error:
    ...     unfinished = gad.post_mortem(error)
    >>> unfinished.reason, [operand.shape for operand in unfinished.operands], len(unfinished.nodes)
    ('inner sizes 4 and 3 differ', [(3, 4), (3,)], 3)
    """

    def __init__(self, error: BaseException, who: str) -> None:
        self._remains = remains_of(error, who)

    @property
    def error(self) -> BaseException:
        """What was raised."""
        return self._remains.failure.error

    @property
    def reason(self) -> str:
        """What did not fit, in few words; empty where only the message of the error says it."""
        return self._remains.failure.reason

    @property
    def operands(self) -> tuple[Operand, ...]:
        """What the expression that raised was made of: each with its ``.text``, its ``.value`` and its ``.shape``."""
        return self._remains.failure.operands

    @property
    def calls(self) -> tuple[Site, ...]:
        """The person's lines on the way to it, from the function that was called on; the last one raised."""
        return self._remains.failure.calls

    @property
    def line(self) -> int | None:
        """The line that raised; None where none is the person's."""
        site = self._remains.failure.site
        return None if site is None else site.line

    @property
    def nodes(self) -> tuple[Variable, ...]:
        """All that was recorded, in execution order."""
        return self._remains.nodes

    @lazily
    def _raiser(self) -> Raiser:
        return Raiser(self._remains)

    @property
    def story(self) -> Story:
        """What happened, step by step; the last one raises."""
        return self._raiser.story

    def text(self, stream: Any = None) -> str:
        """Return all of it in 80 columns as a stream can show it: in its letters, in bold on a terminal.

        Parameters
        ----------
        stream : file, optional
            Standard output, without bold type, unless given.
        """
        return unfinished_text(self._raiser, Look.asked(stream))

    @public
    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it to a file; the suffix says as what.

        ``.txt`` is the text, ``.html`` the player, ``.svg``, ``.png`` and ``.pdf`` are the graph.

        Raises
        ------
        InputError
            For another suffix.
        SizeError
            For a graph that is too large to be drawn.
        PathError
            When the file cannot be written there.
        """
        texts = {".txt": lambda: f"{unfinished_text(self._raiser, Look.of(None))}\n"}
        save_report(path, texts, lambda: Reported(self._remains, lambda: self.story), _DRAWN)

    def _picture(self) -> Cut | str:
        """Return the graph, or why it cannot be drawn."""
        return attempted(self._remains, lambda: still(self._remains, self.story))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from graphviz_ad.saving.display import mimebundle

        text, picture = self.text(sys.stdout), self._picture()
        return {"text/plain": text} if isinstance(picture, str) else mimebundle(picture, "auto", text)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<Unfinished: {headline(self._raiser)}, {len(self.nodes)} nodes before>"


@public
def post_mortem(error: BaseException | None = None, **unknown: Never) -> Unfinished:
    """Show what a function recorded before it raised: all values up to the line, and what did not fit there.

    `trace`, `check`, `film` and `explore` let through what a function raises; the exception itself keeps what was
    recorded, for as long as it lives. A notebook shows it below the traceback unasked.

    Parameters
    ----------
    error : BaseException, optional
        What was raised. Unless given, the exception that is being handled; after one that nobody caught, in a notebook
        or under ``python -i``, the last one.

    Returns
    -------
    Unfinished
        `print` it, or let a notebook show it.

    Raises
    ------
    InputError
        When no exception is known, and for one that came through no recording.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> def f(x):
    ...     return np.sqrt(x)[3]
    >>> try:
    ...     gad.trace(f, np.ones(3))
    ... except IndexError:
    ...     print(repr(gad.post_mortem()))
    <Unfinished: f raises IndexError at np.sqrt(x)[3], 2 nodes before>
    """
    refuse_unknown("post_mortem", unknown, ("error",))
    own = latest() if error is None else error
    if own is None:
        raise InputError(
            "post_mortem: nothing has raised: call it in an except block, or give it the exception that was caught"
        )
    if not isinstance(own, BaseException):
        raise InputError(f"post_mortem needs an exception, got {brief(own)}")
    return Unfinished(own, "post_mortem")
