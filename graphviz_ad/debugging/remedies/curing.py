"""The remedies of findings: that of each alone, or else those of several lines together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.findings import Finding
from graphviz_ad.debugging.remedies.accepting import acceptance
from graphviz_ad.debugging.remedies.advice import advised
from graphviz_ad.debugging.remedies.proving import proved
from graphviz_ad.debugging.remedies.together import cured_together
from graphviz_ad.debugging.remedies.trying import alternative, cures, remedied

__all__ = ["cured", "with_remedies"]

_MOST_LINES = 8


def with_remedies(exam: Examination, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return findings with their remedies, those of the first few lines; a note needs none.

    The remedy of one error may cure another that has none. Where several gradients are lost, and no line alone brings
    them back, lines are tried together.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> from graphviz_ad.debugging.born_values import births
    >>> with np.errstate(over="ignore"):
    ...     t = gad.trace(lambda x: np.log(1 + np.exp(x)), 800.0)
    >>> exam = Examination(t, Thresholds())
    >>> with_remedies(exam, list(births(exam)))[0].proof
    'f becomes 800, as it is with more digits, x̄ becomes 1.'
    """
    serious = [finding for finding in findings if finding.severity != "note"]
    lines = list(dict.fromkeys((finding.file, finding.line) for finding in serious))[:_MOST_LINES]
    tried = [finding for finding in serious if (finding.file, finding.line) in lines]
    cures = {id(finding): cured(exam, finding) for finding in tried}
    cures |= _cured_besides(exam, cures)
    lost = [own for own in tried if own.severity == "error" and not cures[id(own)].remedy]
    if len(lost) > 1:
        cures |= cured_together(exam, lost)
    return tuple(_with_advice(cures.get(id(finding), finding)) for finding in findings)


def _cured_besides(exam: Examination, cures: Mapping[int, Finding]) -> dict[int, Finding]:
    """Return the findings without a remedy of their own that the remedy of another error is proved to cure, too."""
    besides = {}
    others = [own for own in cures.values() if own.severity == "error"]
    for key, finding in cures.items():
        if finding.severity != "error" or finding.remedy:
            continue
        for other in others:
            again = other.mending.rerun if other.mending is not None else None
            if again is None:
                continue
            with np.errstate(all="ignore"):
                proof = proved(exam, finding, again.recording, may_change=True)
            if proof is not None:
                besides[key] = replace(finding, remedy=other.remedy, proof=proof.sentence, mending=other.mending)
                break
    return besides


def _with_advice(finding: Finding) -> Finding:
    if finding.severity == "note":
        return finding
    finding = replace(finding, acceptance=acceptance(finding))
    return finding if finding.remedy else advised(finding)


def cured(exam: Examination, finding: Finding) -> Finding:
    """Return a finding with the remedy that is proved to cure it, as it is where none is.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> from graphviz_ad.debugging.born_adjoints import births_going_back
    >>> t = gad.trace(lambda d: np.sum(np.where(d > 1, np.sqrt(d), 0)), np.array([0.0, 4.0]))
    >>> exam = Examination(t, Thresholds())
    >>> cured(exam, next(births_going_back(exam))).proof
    'f stays 2, d̄ becomes [0 0.25].'
    """
    proved = cures(exam, finding)
    if not proved:
        return finding
    own, *others = proved
    finding = remedied(finding, own.lines, own.advice, own.proof.sentence, own.rerun)
    return replace(finding, alternatives=tuple(map(alternative, others)))
