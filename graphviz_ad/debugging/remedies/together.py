"""Several lines at once: where gradients are lost on more than one, no line alone brings them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice, product

import numpy as np

from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.findings import Finding, Lines
from graphviz_ad.debugging.remedies.proposals import Proposal, merged
from graphviz_ad.debugging.remedies.proving import Proof, proved
from graphviz_ad.debugging.remedies.rewriting import rewritten
from graphviz_ad.debugging.remedies.trying import proposals, remedied, tried

__all__ = ["cured_together"]

_MOST_EACH = 5
_MOST_FINDINGS = 4
_MOST_TOGETHER = 50

Chosen = Mapping[int, Proposal]


def cured_together(exam: Examination, findings: Sequence[Finding]) -> dict[int, Finding]:
    """Return findings with their remedies by their ids, where these help together, and each of them is needed.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> from graphviz_ad.debugging.born_adjoints import births_going_back
    >>> def f(x):
    ...     a = np.sqrt(x)
    ...     return a + x**0.5
    >>> exam = Examination(gad.trace(f, 0.0), Thresholds())
    >>> for own in cured_together(exam, list(births_going_back(exam))).values():
    ...     print(own.mending.line, own.proof)
    3 f stays 0, x̄ becomes 0, with line 2 mended, too. Where there is no slope, that is a choice.
    2 f stays 0, x̄ becomes 0, with line 3 mended, too. Where there is no slope, that is a choice.
    """
    offers = {id(own): list(islice(proposals(exam, own), _MOST_EACH)) for own in findings}
    several = [own for own in findings if offers[id(own)]][:_MOST_FINDINGS]
    if len(several) < 2:
        return {}
    for choice in islice(product(*(offers[id(own)] for own in several)), _MOST_TOGETHER):
        chosen = {id(own): proposal for own, proposal in zip(several, choice, strict=True)}
        if _is_written(merged(chosen.values())) and _proof(exam, several[0], chosen) is not None:
            return _told(exam, several, _needed(exam, several, chosen))
    return {}


def _proof(exam: Examination, finding: Finding, chosen: Chosen) -> Proof | None:
    together = merged(chosen.values())
    again = tried(exam, together)
    if again is None:
        return None
    with np.errstate(all="ignore"):
        return proved(exam, finding, again.recording, together.may_change)


def _is_written(together: Proposal) -> bool:
    """Whether every line can be written with all that is changed on it."""
    return None not in _written(together)


def _written(together: Proposal) -> list[Lines | None]:
    """Return every line with all that is changed on it, None for one that cannot be written."""
    by_line: dict[int, list[int]] = {}
    for k, change in enumerate(together.changes):
        if change.node.site is not None:
            by_line.setdefault(change.node.site.line, []).append(k)
    return [
        rewritten([together.changes[k] for k in own], [together.spelled[k] for k in own]) for own in by_line.values()
    ]


def _needed(exam: Examination, findings: Sequence[Finding], chosen: Chosen) -> Chosen:
    """Return what is left when all is left out that the others do without."""
    needed = dict(chosen)
    for own in findings:
        fewer = {key: proposal for key, proposal in needed.items() if key != id(own)}
        if fewer and _proof(exam, own, fewer) is not None:
            needed = fewer
    return needed


def _told(exam: Examination, findings: Sequence[Finding], chosen: Chosen) -> dict[int, Finding]:
    """Return each finding with the lines of its own, in which all is mended that stands there."""
    cures = {}
    together = merged(chosen.values())
    again, whole = tried(exam, together), tuple([lines for lines in _written(together) if lines is not None])
    for own in [finding for finding in findings if id(finding) in chosen]:
        proposal, proof = chosen[id(own)], _proof(exam, own, chosen)
        here = {key: other for key, other in chosen.items() if _lines(other) & _lines(proposal)}
        every = merged(here.values())
        lines = rewritten(every.changes, every.spelled)
        if proof is not None and lines is not None and again is not None:
            others = sorted(_all_lines(chosen) - _all_lines(here))
            sentence = _with_others(proof.sentence, others)
            cures[id(own)] = remedied(own, lines, proposal.advice, sentence, replace(again, lines=whole))
    return cures


def _all_lines(chosen: Chosen) -> set[int]:
    return {line for proposal in chosen.values() for line in _lines(proposal)}


def _lines(proposal: Proposal) -> set[int]:
    return {change.node.site.line for change in proposal.changes if change.node.site is not None}


def _with_others(sentence: str, lines: Sequence[int]) -> str:
    if not lines:
        return sentence
    words = f"line{'s' if len(lines) > 1 else ''} {', '.join(map(str, lines))}"
    first, stop, rest = sentence.partition(". ")
    return f"{first.rstrip('.')}, with {words} mended, too.{' ' if stop else ''}{rest}"
