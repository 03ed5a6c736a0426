"""What may help is tried on the trace: each family of remedies proposes, and what is proved is a cure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import NamedTuple

import numpy as np

from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.findings import Alternative, Finding, Lines, Remedy, Rerun
from graphviz_ad.debugging.remedies.cuts import reconnected
from graphviz_ad.debugging.remedies.digits import DIGITS
from graphviz_ad.debugging.remedies.edges import CHOICES, ROOTS
from graphviz_ad.debugging.remedies.guards import guards, guards_together
from graphviz_ad.debugging.remedies.infinities import finite_masks
from graphviz_ad.debugging.remedies.logarithms import LOGARITHMS
from graphviz_ad.debugging.remedies.proposals import Proposal, by_identities
from graphviz_ad.debugging.remedies.proving import Proof, proved
from graphviz_ad.debugging.remedies.replaying import CANNOT, rerun
from graphviz_ad.debugging.remedies.rewriting import import_needed, rewritten
from graphviz_ad.debugging.remedies.shapes import flattened
from graphviz_ad.debugging.remedies.widening import widenings

__all__ = ["FAMILIES", "Cure", "alternative", "cures", "proposals", "remedied", "tried"]

FAMILIES: tuple[Callable[[Examination, Finding], Iterator[Proposal]], ...] = (
    guards,
    partial(by_identities, LOGARITHMS),
    partial(by_identities, DIGITS),
    guards_together,
    flattened,
    widenings,
    partial(by_identities, ROOTS),
    finite_masks,
    reconnected,
    partial(by_identities, CHOICES),
)
"""What proposes remedies, those that change least first."""

_MOST_NODES = 20_000
_MOST_TRIED = 24
_MOST_FURTHER = 6  # tried when one is proved that keeps the value
_MOST_OTHERS = 3


class Cure(NamedTuple):
    """A remedy that is proved: the lines, what to do and why, the proof, and the program as it then is."""

    lines: Lines
    advice: str
    proof: Proof
    rerun: Rerun


def cures(exam: Examination, finding: Finding) -> list[Cure]:
    """Return what cures a finding: those that keep the value, then those that do not; a few of each are tried.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> from graphviz_ad.debugging.born_adjoints import births_going_back
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> exam = Examination(gad.trace(lambda a, b: np.sqrt(a**2 + b**2), 0.0, 0.0), Thresholds())
    >>> for own in cures(exam, next(births_going_back(exam))):
    ...     print(own.advice.partition(":")[0])
    call it np.hypot, which squares nothing
    take the root of what is above 0 only
    """
    own: dict[str, Cure] = {}
    left = _MOST_TRIED
    for proposal in proposals(exam, finding):
        proved_cure = _cure(exam, finding, proposal)
        if proved_cure is not None:
            own.setdefault(proved_cure.advice, proved_cure)
            left = left if proved_cure.proof.changes_value else min(left, 1 + _MOST_FURTHER)
        left -= 1
        if not left:
            break
    return sorted(own.values(), key=lambda cure: cure.proof.changes_value)[: 1 + _MOST_OTHERS]


def proposals(exam: Examination, finding: Finding) -> Iterator[Proposal]:
    """Yield what is worth trying for a finding, as far as it can be written into the person's lines."""
    if len(exam.nodes) > _MOST_NODES or exam.output is None or any(node.is_released for node in exam.nodes):
        return
    every = (proposal for family in FAMILIES for proposal in family(exam, finding))
    for proposal in islice(every, _MOST_TRIED):
        if rewritten(proposal.changes, proposal.spelled) is not None:
            yield proposal


def _cure(exam: Examination, finding: Finding, proposal: Proposal) -> Cure | None:
    lines, again = rewritten(proposal.changes, proposal.spelled), tried(exam, proposal)
    if lines is None or again is None:
        return None
    with np.errstate(all="ignore"):
        proof = proved(exam, finding, again.recording, proposal.may_change)
    return None if proof is None else Cure(lines, proposal.advice, proof, replace(again, lines=(lines,)))


def tried(exam: Examination, proposal: Proposal) -> Rerun | None:
    """Return the program with what is proposed, None where it does not run, or takes another way."""
    try:
        return rerun(exam.recording, proposal.changes)
    except CANNOT:
        return None


def remedied(finding: Finding, lines: Lines, advice: str, sentence: str, again: Rerun) -> Finding:
    """Return a finding with its remedy."""
    return replace(finding, remedy=lines.after.strip(), proof=sentence, mending=_remedy(lines, advice, again))


def alternative(own: Cure) -> Alternative:
    """Return a cure as one beside that which is shown first."""
    return Alternative(_remedy(own.lines, own.advice, own.rerun), own.proof.sentence)


def _remedy(lines: Lines, advice: str, again: Rerun) -> Remedy:
    needs = import_needed(again.changes)
    return Remedy(f"{advice}; with {needs} at the top of the file" if needs else advice, *lines, again)
