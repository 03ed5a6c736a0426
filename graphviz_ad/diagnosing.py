"""Report: what `check` says of a computation, to be printed, shown, saved, and read by programs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

import numpy as np

from graphviz_ad.debugging.columns import Look
from graphviz_ad.debugging.diagnosis import findings_of
from graphviz_ad.debugging.document import document
from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.findings import Finding, Thresholds
from graphviz_ad.debugging.remarks import remarks
from graphviz_ad.debugging.sarif import sarif
from graphviz_ad.debugging.showing import with_findings
from graphviz_ad.debugging.sought import left_open
from graphviz_ad.debugging.text import headline, report_text
from graphviz_ad.engine.frames import public
from graphviz_ad.engine.recording import Recording
from graphviz_ad.errors import InputError, brief, refuse_unknown
from graphviz_ad.films.mending import with_mended
from graphviz_ad.films.stills import attempted, still
from graphviz_ad.films.writing import Cut
from graphviz_ad.player.page import page as player_page
from graphviz_ad.player.page import snippet as player_snippet
from graphviz_ad.saving.cards import page, snippet
from graphviz_ad.saving.recorded import Reported
from graphviz_ad.saving.reports import json_text, save_report
from graphviz_ad.story.steps import Story
from graphviz_ad.story.telling import tell

__all__ = ["Report", "report_on"]


@dataclass(frozen=True, eq=False, repr=False)
class Report:
    """What is wrong with a gradient, where, why, and what cures it; made by `check`.

    `print` it, or let a notebook show it. It is true for the numbers that were recorded, and for no others.

    Attributes
    ----------
    findings : tuple of Finding
        The most serious first.
    meant : tuple of Finding
        What would be among them if it had not been said, with `meant`, to be meant.
    trace : Trace
        What was looked at.
    remarks : tuple of str
        What is to be known of it as a whole: which of several results was differentiated, and whether it draws random
        numbers.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> report = gad.check(lambda x: np.sum(np.where(x > 0, np.log(x), 0.0)), np.array([0.0, 1.0]))
    >>> report.ok, report.errors[0].kind, report.errors[0].reaches
    (False, 'nan-gradient', ('x',))
    """

    findings: tuple[Finding, ...]
    trace: Recording
    remarks: tuple[str, ...]
    _exam: Examination = field(repr=False)
    meant: tuple[Finding, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings of what is lost or wrong."""
        return self._of("error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings of what costs digits, or learning."""
        return self._of("warning")

    @property
    def notes(self) -> tuple[Finding, ...]:
        """What is to be known, and harms nothing here."""
        return self._of("note")

    def _of(self, severity: str) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity == severity)

    @property
    def ok(self) -> bool:
        """Whether there is nothing but notes."""
        return not self.errors and not self.warnings

    def text(self, stream: Any = None) -> str:
        """Return the report in at most 80 columns as a stream can show it: in its letters, in colour on a terminal.

        Parameters
        ----------
        stream : file, optional
            Standard output, without colours, unless given. ``NO_COLOR`` in the environment switches them off.

        Examples
        --------
        >>> import graphviz_ad as gad
        >>> gad.check(lambda x: x**2, 3.0).text().splitlines()[0]
        'f(x): value 9, 2 nodes, no findings'
        """
        return self._written(Look.asked(stream))

    def _written(self, look: Look) -> str:
        with np.errstate(all="ignore"):
            return report_text(self._exam, self.findings, self.remarks, look, self.meant)

    def to_json(self) -> str:
        """Return the report for programs, as JSON; ``docs/for-programs.md`` says what stands in it.

        Examples
        --------
        >>> import json, numpy as np, graphviz_ad as gad
        >>> data = json.loads(gad.check(np.log, 0.0).to_json())
        >>> data["version"], data["ok"], data["findings"][0]["kind"], data["findings"][0]["reaches"]
        (1, False, 'inf', ['x'])
        """
        return json_text(document(self._exam, self.findings, self.remarks, self.meant))

    @public
    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the report to a file; the suffix says as what.

        ``.txt`` is the text, ``.html`` the player with the findings beside the graph, ``.json`` for programs,
        ``.sarif`` for editors and code hosts.
        ``.svg``, ``.png`` and ``.pdf`` are the graph with flags where something is wrong, ``.dot`` is the graph alone.

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
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     gad.check(np.log, 0.0).save(pathlib.Path(folder, "log.txt"))
        """
        texts = {suffix: partial(write, self) for suffix, write in _WRITERS.items()}
        save_report(path, texts, lambda: Reported(self.trace, self._story))

    def _story(self) -> Story:
        """Return what is shown: the story with the findings."""
        sides = self._exam.undecided, self.meant
        return with_findings(tell(self.trace), self.trace, self.findings, self.remarks, *sides)

    def _picture(self) -> Cut | str:
        """Return the graph with all its numbers, or why it cannot be drawn."""
        return attempted(self.trace, self._shot)

    def _shot(self) -> Cut:
        story = self._story()
        return with_mended(still(self.trace, story), self.trace, story, self.findings, self._exam.thresholds)

    def _page(self) -> str:
        """Return the player with the findings beside the picture; what cannot be drawn is said without one."""
        picture = self._picture()
        if isinstance(picture, str):
            return page(self._exam, self.findings, self.remarks, picture, self.meant)
        return player_page(picture.film, title=headline(self._exam, self.findings))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        picture = self._picture()
        html = snippet(self._exam, self.findings, self.remarks, picture, meant=self.meant)
        if not isinstance(picture, str):
            html = player_snippet(picture.film, "", instead=html)
        return {"text/html": html, "text/plain": self.text(sys.stdout)}

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return self.text()


def report_on(recording: Recording, thresholds: Mapping[str, float], *, draws: bool = False) -> Report:
    """Look at a recording, of a function that draws random numbers or of one that does not.

    Raises
    ------
    UnknownKeywordError
        For a threshold that there is none.
    InputError
        For one that is no positive number, and when nothing has been recorded.
    """
    refuse_unknown("check", [name for name in thresholds if name not in _DEFAULTS], tuple(_DEFAULTS))
    for name, value in thresholds.items():
        if isinstance(value, bool) or not isinstance(value, int | float | np.floating) or not value > 0:
            raise InputError(f"check: {name} is {brief(value)}; expected a number above 0, such as {_DEFAULTS[name]:g}")
    with np.errstate(all="ignore"):
        exam = Examination(recording, Thresholds(**thresholds))
        findings, meant = findings_of(exam)
        left = left_open((*findings, *meant), exam.undecided, len(exam.nodes))
        return Report(findings, recording, (*remarks(recording, draws=draws), *left), exam, meant)


_WRITERS: Mapping[str, Callable[[Report], str]] = {
    ".txt": lambda report: report._written(Look.of(None)) + "\n",
    ".html": lambda report: report._page(),
    ".json": lambda report: report.to_json() + "\n",
    ".sarif": lambda report: json.dumps(sarif(report.findings), ensure_ascii=False, indent=1) + "\n",
}
_DEFAULTS = asdict(Thresholds())
