"""Masks of −∞: what is left out by it becomes NaN where nothing is left in."""

from __future__ import annotations

from collections.abc import Iterator

from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.findings import Finding
from graphviz_ad.debugging.remedies.proposals import Proposal, family
from graphviz_ad.debugging.remedies.replaying import Change
from graphviz_ad.engine.primitive import plain_value

__all__ = ["finite_masks"]

_ADVICE = "mask with a large number instead of −∞: where a whole row is masked, −∞ less −∞ is not a number"


def finite_masks(exam: Examination, finding: Finding) -> Iterator[Proposal]:
    """Yield −1e9 for the −∞ that a `where` before a finding puts in.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> with np.errstate(invalid="ignore"):
    ...     t = gad.trace(lambda x: (s := np.where(x > 2, x, -np.inf)) - np.max(s), np.array([0.0, 1.0]))
    >>> exam = Examination(t, Thresholds())
    >>> next(finite_masks(exam, exam.finding("nan", "error", "", "", 3))).changes[0].code
    '-1e9'
    """
    if finding.kind != "nan" or finding.node is None or finding.node.index not in exam.position:
        return
    for i in sorted(exam.above(exam.position[finding.node.index]), reverse=True):
        node = exam.nodes[i]
        if node.primitive is None or node.primitive.name != "where":
            continue
        for k, operand in enumerate(node.operands):
            plain = plain_value(operand)
            if dict(exam.operands(i)).get(k) is None and isinstance(plain, float) and plain == float("-inf"):
                nodes = family(exam, node)
                yield Proposal([Change(own, k, "-1e9", {}) for own in nodes], [{} for _ in nodes], _ADVICE, True)
