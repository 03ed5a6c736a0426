"""A column that met a row, where number was to meet number."""

from __future__ import annotations

from collections.abc import Iterator

from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.findings import Finding
from graphviz_ad.debugging.remedies.matching import Use
from graphviz_ad.debugging.remedies.proposals import Proposal, family
from graphviz_ad.debugging.remedies.replaying import Change
from graphviz_ad.engine.primitive import plain_value

__all__ = ["flattened"]


def flattened(exam: Examination, finding: Finding) -> Iterator[Proposal]:
    """Yield the column as a flat array, where n numbers met a column of n.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> exam = Examination(gad.trace(lambda w: np.sum(w * np.ones(3) - np.ones((3, 1))), 2.0), Thresholds())
    >>> proposal, = flattened(exam, exam.finding("broadcast", "warning", "", "", 2))
    >>> proposal.changes[0].code, proposal.changes[0].argument
    ('a[:, 0]', 1)
    """
    node = finding.node
    if node is None or finding.kind != "broadcast" or len(node.operands) != 2:
        return
    shapes: list[tuple[int, ...]] = [getattr(plain_value(operand), "shape", ()) for operand in node.operands]
    for k, (own, other) in enumerate([shapes, shapes[::-1]]):
        if len(own) == 2 and own[1] == 1 and other == own[:1]:
            nodes = family(exam, node)
            changes = [Change(each, k, "a[:, 0]", {"a": each.operands[k]}) for each in nodes]
            advice = f"make the column flat: {own[0]} numbers are to meet {own[0]}, and not each of them all"
            yield Proposal(changes, [{"a": Use(each, k)} for each in nodes], advice, may_change=True)
