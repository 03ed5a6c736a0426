"""Check a backward pass written by hand, line by line, and hold the report on it."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, Never

from graphviz_ad.console import prints
from graphviz_ad.debugging.columns import Look
from graphviz_ad.debugging.hand_written.lines_document import lines_document
from graphviz_ad.debugging.hand_written.sentences import without_marks
from graphviz_ad.debugging.hand_written.showing import with_lines
from graphviz_ad.debugging.hand_written.text import headline, place, report_text
from graphviz_ad.debugging.hand_written.verdicts import Checked, LineVerdict, checked
from graphviz_ad.engine.frames import public, user_line
from graphviz_ad.errors import InputError, refuse_unknown
from graphviz_ad.films.stills import attempted, still
from graphviz_ad.player.page import page as player_page
from graphviz_ad.player.page import snippet as player_snippet
from graphviz_ad.saving.hand_lines import filmed, page, snippet
from graphviz_ad.saving.recorded import Reported
from graphviz_ad.saving.reports import json_text, save_report
from graphviz_ad.story.steps import Story
from graphviz_ad.story.telling import tell

__all__ = ["BackwardReport", "LineVerdict", "check_backward"]


@public
def check_backward(
    forward: Callable[..., Any], backward: Callable[..., Any], /, *args: Any, **unknown: Never
) -> BackwardReport:
    """Check your own backward pass, in plain NumPy, line by line.

    `forward` is recorded and differentiated; `backward` is run as it is, and each array that a line assigns is compared
    with the adjoints, by its name and by its value. Where gradients are wrong, the report names the first wrong line
    and its slip, such as 1 − z² for 1 − h², and each line that is only wrong because of it. All of it is tried: a line
    is wrong because the gradients are right without it. Your objects and random numbers are as they were afterwards.

    Parameters
    ----------
    forward : callable
        Written with NumPy; returns a number or an array, alone or first in a tuple with what it keeps for `backward`:
        ``value, cache``. A method of an object too, whose float arrays are then parameters.
    backward : callable
        Takes the arguments of `forward`, or the cache that it returned, or nothing. A parameter with a name such as
        ``dout`` or ``grad_output`` is the upstream gradient of what `forward` returns: it gets fixed pseudo-random
        numbers. Returns the gradients in the order of the arguments, or a dict by name; gradients that it leaves in
        its object (``self.dW``) are compared as well.
    *args
        What `forward` is called with.

    Returns
    -------
    BackwardReport
        With ``.ok``, ``.lines`` (`LineVerdict`: line, name, verdict, node, expected, got, slip, sentence) and
        ``.first_wrong``; ``print(report)`` shows it in 80 columns.

    Raises
    ------
    InputError
        Where backward cannot be called with what forward takes and returns, where it returns other than the gradients
        of the arguments, and where forward draws new random numbers in each call.
    LeakError, UnsupportedError, MutationError
        Where forward cannot be recorded; with the way out.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> def forward(x, W):
    ...     z = x @ W
    ...     h = np.tanh(z)
    ...     return h.sum(), (x, W, z, h)
    >>> def backward(cache):
    ...     x, W, z, h = cache
    ...     dz = 1 - z**2
    ...     return dz @ W.T, x.T @ dz
    >>> report = gad.check_backward(forward, backward, np.ones((2, 3)), np.eye(3) / 2)
    >>> report.ok, report.first_wrong.slip
    (False, 'wrong-operand')
    >>> print(report.first_wrong.remedy)
    dz = 1 - h**2
    """
    refuse_unknown("check_backward", unknown, ())
    for name, function in (("forward", forward), ("backward", backward)):
        if not callable(function):
            raise InputError(
                f"check_backward: {name} must be a function, got {type(function).__name__}: check_backward(forward, "
                f"backward, *args), without calling them{user_line()}"
            )
    return BackwardReport(checked(forward, backward, args))


@prints
class BackwardReport:
    """What was found in a backward pass: a verdict a line, the first wrong one first of all.

    Attributes
    ----------
    lines : tuple of LineVerdict
        One for each line that assigns numbers, in the order of execution.
    """

    def __init__(self, seen: Checked) -> None:
        self._seen = seen
        self.lines = seen.lines

    @property
    def ok(self) -> bool:
        """Whether all gradients are right."""
        return self._seen.ok

    @property
    def first_wrong(self) -> LineVerdict | None:
        """The first wrong line, in the order of execution; None where no line is known to be."""
        return next((line for line in self.lines if line.verdict == "wrong"), None)

    @property
    def complaint(self) -> str:
        """What is wrong, for the message of a failed test: file and line, the slip, then the whole report."""
        line = self.first_wrong
        if line is None:
            return str(self)
        return f"{place(line, 200)}: {line.code}\n{line.slip}: {without_marks(line.sentence)}\n\n{self}"

    def __repr__(self) -> str:
        return f"<BackwardReport of {headline(self._seen)}>"

    def to_json(self) -> str:
        """Return the report for programs, as JSON; ``docs/for-programs.md`` says what stands in it.

        Examples
        --------
        >>> import json, numpy as np, graphviz_ad as gad
        >>> def backward(x):
        ...     dx = 2 + x
        ...     return dx
        >>> data = json.loads(gad.check_backward(lambda x: np.sum(x**2), backward, np.arange(3.0)).to_json())
        >>> data["version"], data["ok"], data["lines"][data["first_wrong"]]["change"]["after"]
        (1, False, 'dx = 2 * x')
        """
        return json_text(lines_document(self._seen))

    @public
    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the report to a file; the suffix says as what.

        ``.txt`` is the text, ``.html`` the graph of forward with the lines beside it, ``.json`` for programs. ``.svg``,
        ``.png`` and ``.pdf`` are the graph with a mark at each adjoint that a line computes, ``.dot`` the graph alone.

        Parameters
        ----------
        path : path-like
            Written whole or not at all.

        Raises
        ------
        InputError
            For another suffix.
        PathError
            When the file cannot be written there.

        Examples
        --------
        >>> import pathlib, tempfile, numpy as np, graphviz_ad as gad
        >>> report = gad.check_backward(lambda x: np.sum(np.sin(x)), np.cos, np.ones(3))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     report.save(pathlib.Path(folder, "backward.html"))
        """
        texts = {
            ".txt": lambda: report_text(self._seen, Look.of(None)) + "\n",
            ".html": self._page,
            ".json": lambda: self.to_json() + "\n",
        }
        save_report(path, texts, lambda: Reported(self._seen.truth.recording, self._story))

    def _story(self) -> Story:
        """Return forward's story with the lines of backward."""
        return with_lines(tell(self._seen.truth.recording), self._seen)

    def _picture(self) -> dict[str, Any] | None:
        """Return the film of forward with the lines beside it; None where it cannot be drawn, or there are none."""
        recording = self._seen.truth.recording
        picture = attempted(recording, lambda: still(recording, self._story())) if self.lines else ""
        return None if isinstance(picture, str) else filmed(picture.film, self._seen)

    def _page(self) -> str:
        film, title = self._picture(), headline(self._seen)
        return page(self._seen, title) if film is None else player_page(film, title=title)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        html, film = snippet(self._seen), self._picture()
        if film is not None:
            html = player_snippet(film, "", title=headline(self._seen), instead=html)
        return {"text/html": html, "text/plain": str(self)}

    def text(self, stream: Any = None) -> str:
        """Return the report in 80 columns as a stream can show it: in its letters, in colour on a terminal.

        Parameters
        ----------
        stream : file, optional
            Standard output, without colours, unless given. ``NO_COLOR`` in the environment switches them off.

        Examples
        --------
        >>> import numpy as np, graphviz_ad as gad
        >>> gad.check_backward(np.sin, np.cos, 1.0).text().splitlines()[0]
        'cos: the gradient is right'
        """
        return report_text(self._seen, Look.asked(stream))

    def __str__(self) -> str:
        return self.text()
