"""Paths that are cut by ``detach``: the same line without it."""

from __future__ import annotations

from collections.abc import Iterator

from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.findings import Finding
from graphviz_ad.debugging.remedies.matching import Use
from graphviz_ad.debugging.remedies.proposals import Proposal
from graphviz_ad.debugging.remedies.replaying import Change
from graphviz_ad.engine.variable import DETACH

__all__ = ["reconnected"]

_ADVICE = "leave detach out, unless it is meant: it cuts off whatever lies behind it"


def reconnected(exam: Examination, finding: Finding) -> Iterator[Proposal]:
    """Yield the line of a finding without its cuts.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> exam = Examination(gad.trace(lambda x: 3.0 * np.sin(x).detach(), 1.2), Thresholds())
    >>> [proposal.changes[0].code for proposal in reconnected(exam, exam.finding("unreached", "error", "", "", 2))]
    ['a']
    """
    if finding.kind != "unreached":
        return
    place = finding.file, finding.line
    nodes = [node for node in exam.nodes if node.primitive is DETACH and node.site is not None]
    nodes = [node for node in nodes if node.site and (node.site.filename, node.site.line) == place]
    if nodes:
        changes = [Change(node, None, "a", {"a": node.operands[0]}) for node in nodes]
        yield Proposal(changes, [{"a": Use(node, 0)} for node in nodes], _ADVICE)
