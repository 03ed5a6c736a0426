"""The remedy of a finding: what may help is tried on the trace, and what is proved to help is proposed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np

from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.findings import Finding, Remedy
from graphviz_ad.debugging.remedies.digits import DIGITS
from graphviz_ad.debugging.remedies.edges import CHOICES, ROOTS
from graphviz_ad.debugging.remedies.guards import guards
from graphviz_ad.debugging.remedies.infinities import finite_masks
from graphviz_ad.debugging.remedies.logarithms import LOGARITHMS
from graphviz_ad.debugging.remedies.proposals import Proposal, by_identities
from graphviz_ad.debugging.remedies.proving import Proof, proved
from graphviz_ad.debugging.remedies.replaying import mended
from graphviz_ad.debugging.remedies.rewriting import Lines, rewritten
from graphviz_ad.debugging.remedies.shapes import flattened
from graphviz_ad.debugging.remedies.widening import widenings
from graphviz_ad.engine.recording import Recording

__all__ = ["FAMILIES", "Cure", "cure", "cured", "with_remedies"]

FAMILIES: tuple[Callable[[Examination, Finding], Iterator[Proposal]], ...] = (
    guards,
    partial(by_identities, LOGARITHMS),
    partial(by_identities, DIGITS),
    flattened,
    widenings,
    partial(by_identities, ROOTS),
    finite_masks,
    partial(by_identities, CHOICES),
)
"""What proposes remedies, those that change least first."""

_MOST_LINES = 8
_MOST_NODES = 20_000
_MOST_TRIED = 24
_FAILURES = (TypeError, AttributeError, ValueError, ArithmeticError, NotImplementedError)


class Cure(NamedTuple):
    """A remedy that is proved: the lines, what to do and why, the proof, and the program as it then is."""

    lines: Lines
    advice: str
    proof: Proof
    recording: Recording


def with_remedies(exam: Examination, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return findings with their remedies, those of the first few lines; a note needs none.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> from graphviz_ad.debugging.origins import births
    >>> with np.errstate(over="ignore"):
    ...     t = gad.trace(lambda x: np.log(1 + np.exp(x)), 800.0)
    >>> exam = Examination(t, Thresholds())
    >>> with_remedies(exam, list(births(exam)))[0].proof
    'f becomes 800, as it is with more digits, x̄ becomes 1.'
    """
    lines: set[tuple[str, int | None]] = set()
    cures: list[Finding] = []
    for finding in findings:
        is_serious = finding.severity != "note"
        lines |= {(finding.file, finding.line)} if is_serious else set()
        cures.append(cured(exam, finding) if is_serious and len(lines) <= _MOST_LINES else finding)
    return tuple(cures)


def cured(exam: Examination, finding: Finding) -> Finding:
    """Return a finding with the remedy that is proved to cure it, as it is where none is.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> from graphviz_ad.debugging.origins import births_going_back
    >>> t = gad.trace(lambda d: np.sum(np.where(d > 1, np.sqrt(d), 0)), np.array([0.0, 4.0]))
    >>> exam = Examination(t, Thresholds())
    >>> cured(exam, next(births_going_back(exam))).proof
    'f stays 2, d̄ becomes [0 0.25].'
    """
    own = cure(exam, finding)
    if own is None:
        return finding
    remedy = Remedy(own.advice, *own.lines)
    return replace(finding, remedy=own.lines.after.strip(), proof=own.proof.sentence, mending=remedy)


def cure(exam: Examination, finding: Finding) -> Cure | None:
    """Return what cures a finding: the first that keeps the value, or else the first that does not."""
    second = None
    for own in _cures(exam, finding):
        if not own.proof.changes_value:
            return own
        second = second or own
    return second


def _cures(exam: Examination, finding: Finding) -> Iterator[Cure]:
    if len(exam.nodes) > _MOST_NODES or exam.output is None or any(node.is_released for node in exam.nodes):
        return
    tried = 0
    for family in FAMILIES:
        for proposal in family(exam, finding):
            tried += 1
            own = _cure(exam, finding, proposal)
            if own is not None:
                yield own
            if tried >= _MOST_TRIED:
                return


def _cure(exam: Examination, finding: Finding, proposal: Proposal) -> Cure | None:
    lines = rewritten(proposal.changes, proposal.spelled)
    if lines is None:
        return None
    try:
        again = mended(exam.recording, proposal.changes)
    except _FAILURES:
        return None
    if again is None:
        return None
    with np.errstate(all="ignore"):
        proof = proved(exam, finding, again, proposal.may_change)
    return None if proof is None else Cure(lines, proposal.advice, proof, again)
