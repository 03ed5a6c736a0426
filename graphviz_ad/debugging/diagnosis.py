"""All that is to be said of a recording: each detector is asked, and the findings come most serious first."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from graphviz_ad.debugging.born_adjoints import births_going_back
from graphviz_ad.debugging.born_values import births
from graphviz_ad.debugging.comparisons import branches
from graphviz_ad.debugging.conditioning import ill_conditioned
from graphviz_ad.debugging.corners import kinks, turned
from graphviz_ad.debugging.digits import cancellations, underflows
from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.exits import unreached
from graphviz_ad.debugging.findings import Finding, Thresholds, most_serious_first
from graphviz_ad.debugging.meaning import sorted_out
from graphviz_ad.debugging.remedies.curing import with_remedies
from graphviz_ad.debugging.shapes import grown_shapes
from graphviz_ad.debugging.sizes import OF_SIZES, sizes
from graphviz_ad.debugging.stale import accumulated, collided, overwritten
from graphviz_ad.debugging.zeros import zero_gradients
from graphviz_ad.engine.recording import Recording

__all__ = ["DETECTORS", "detected", "examine", "findings_of"]

DETECTORS: tuple[Callable[[Examination], Iterator[Finding]], ...] = (
    births,
    births_going_back,
    unreached,
    zero_gradients,
    sizes,
    cancellations,
    ill_conditioned,
    underflows,
    grown_shapes,
    branches,
    kinks,
    turned,
    accumulated,
    collided,
    overwritten,
)
"""What looks for findings, in the order in which a program runs: each yields those of its kind."""


def examine(recording: Recording, thresholds: Thresholds) -> tuple[Finding, ...]:
    """Return the findings of a recording, the most serious first.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> t = gad.trace(lambda d: np.sum(np.where(d > 1, np.sqrt(d), 0.0)), np.array([0.0, 4.0]))
    >>> [(finding.kind, finding.reaches) for finding in examine(t, Thresholds())]
    [('nan-gradient', ('d',))]
    """
    return findings_of(Examination(recording, thresholds))[0]


def findings_of(exam: Examination) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Return the findings of what was looked at, the most serious first, with their remedies; and those meant."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of NumPy, and of rules: the report says it
        findings, meant = detected(exam)
        return with_remedies(exam, findings), meant


def detected(exam: Examination) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Return the findings of what was looked at, the most serious first, and those meant; no remedy is tried."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        every = _once(finding for detector in DETECTORS for finding in detector(exam))
        findings, meant = sorted_out(exam, [finding for finding in every if not _rests_on_spoilt(exam, finding)])
        return most_serious_first(findings), most_serious_first(meant)


def _rests_on_spoilt(exam: Examination, finding: Finding) -> bool:
    """Whether a finding takes gradients at their word that another one knows to be wrong."""
    return finding.kind in OF_SIZES and bool(finding.reaches) and exam.spoilt.issuperset(finding.reaches)


def _once(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings without those that say of a line what one before them says, as of the same product twice."""
    first: dict[Any, Finding] = {}
    for finding in findings:
        first.setdefault((finding.file, finding.line, finding.title, finding.sentence), finding)
    return list(first.values())
