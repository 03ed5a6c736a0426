"""The mended runs beside the film of a run that went wrong: a page that holds both turns from one to the other."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from graphviz_ad.debugging.diagnosis import detected
from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.findings import Finding, Remedy, Rerun, Thresholds
from graphviz_ad.debugging.remedies.placing import Placed, placed
from graphviz_ad.debugging.showing import with_findings
from graphviz_ad.draw.scene import MAX_BOXES
from graphviz_ad.engine.recording import Recording
from graphviz_ad.engine.source import Site
from graphviz_ad.errors import GraphvizAdError
from graphviz_ad.films.code import Code
from graphviz_ad.films.stills import still
from graphviz_ad.films.writing import Cut
from graphviz_ad.story.steps import Step, Story
from graphviz_ad.story.telling import tell

__all__ = ["MOST_BYTES", "with_mended"]

MOST_BYTES = 1_000_000
"""How much all mended runs of a page may add to it, as JSON; those of the first findings are kept."""


def with_mended(
    cut: Cut, recording: Recording, story: Story, findings: Sequence[Finding], thresholds: Thresholds
) -> Cut:
    """Return the film of a recording with those of its mended runs, one for each remedy that was proved.

    Parameters
    ----------
    cut : Cut
        The film that stands still, with these findings.
    recording, story : Recording, Story
        What it shows.
    findings : sequence of Finding
    thresholds : Thresholds
        Those by which the mended runs are looked at: what is still wrong there is flagged there.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> report = gad.check(lambda x: np.log(1 + np.exp(x)), 800.0)
    >>> story = report._story()
    >>> film = with_mended(still(report.trace, story), report.trace, story, report.findings, Thresholds()).film
    >>> film["mended"][0]["steps"], film["findings"][0]["cure"]["mended"]
    ([0, 0, 0, 1, 2, 2, 2, 3], 0)
    """
    written: list[dict[str, Any]] = []
    numbers: dict[tuple[Any, ...], int] = {}
    left = MOST_BYTES
    data = [dict(one) for one in cut.film["findings"]]
    for finding, one in zip(findings, data, strict=True):
        mending = finding.mending
        if mending is None or mending.rerun is None:
            continue
        key = mending.rerun.lines
        if key not in numbers:
            own = _mended(recording, story, mending, mending.rerun, thresholds)
            size = 0 if own is None else len(json.dumps(own))
            if own is None or size > left:
                continue
            left -= size
            numbers[key] = len(written)
            written.append(own)
        one["cure"] = {**one["cure"], "mended": numbers[key]}
    if not written:
        return cut
    films = [own["film"] for own in written]
    styles = sorted({*cut.film["styles"], *(word for film in films for word in film.pop("styles"))})
    film = {**cut.film, "findings": data, "mended": written, "styles": styles, "key": _keys([cut.film, *films])}
    return replace(cut, film=film)


def _mended(
    recording: Recording, story: Story, mending: Remedy, rerun: Rerun, thresholds: Thresholds
) -> dict[str, Any] | None:
    """Return a mended run as data; None where it cannot be shown."""
    own = placed(rerun)
    if own is None:
        return None
    try:
        again = _looked_at(own.recording, thresholds)
        film = still(own.recording, again, MAX_BOXES).film
    except GraphvizAdError:
        return None
    kept = {name: part for name, part in film.items() if name not in _NEEDLESS}
    return {
        "film": {**kept, "boxed": _boxed(own)},
        "steps": _steps(recording, story, rerun, again),
        "lines": [lines.line for lines in sorted(rerun.lines)],
    }


_NEEDLESS = ("sought", "provisos", "mode")


def _looked_at(recording: Recording, thresholds: Thresholds) -> Story:
    """Return the story of a mended run, with what is still wrong there."""
    with np.errstate(all="ignore"):
        left = [own for own in detected(Examination(recording, thresholds))[0] if own.severity != "note"]
        return with_findings(tell(recording), recording, left)


def _boxed(own: Placed) -> list[list[int]]:
    """Return which stretches of the code a remedy has written, as far as they are shown."""
    code = Code.of(own.recording.function)
    if code is None or code.filename is None:
        return []
    sites = [
        Site(code.filename, span.line, span.column, span.end_line, span.end_column, "", "", None)
        for span in own.replaced
    ]
    return [span for span in map(code.span, sites) if span is not None]


def _steps(recording: Recording, story: Story, rerun: Rerun, again: Story) -> list[int]:
    """Return for each step of a story where that is in the mended one: the same step, or else the last before it."""
    places = {node.index: i for i, node in enumerate(rerun.recording.nodes)}
    became = [places.get(getattr(rerun.nodes.get(node.index), "index", -1), -1) for node in recording.nodes]
    known = {_key(step): step.index for step in again.steps}
    steps: list[int] = []
    for step in story.steps:
        before = steps[-1] if steps else 0
        steps.append(max(before, known.get(_key(step, became), before)))
    steps[-1:] = [len(again.steps) - 1]
    return steps


def _key(step: Step, became: Sequence[int] | None = None) -> tuple[Any, ...]:
    """Return what a step is about; of an edge, at which of its ends, since there is a step for each."""

    def now(node: int) -> int:
        return node if became is None else became[node]

    edge = None if step.edge is None else (now(step.edge[0]), step.edge[1])
    return step.kind, now(step.node), edge


def _keys(films: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Return the words and signs of several films."""
    keys = [film["key"] for film in films]
    return {name: {word: text for key in reversed(keys) for word, text in key[name].items()} for name in keys[0]}
