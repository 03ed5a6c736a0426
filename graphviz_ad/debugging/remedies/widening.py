"""Numbers that a type of few bits cannot hold: the same line in a wider one."""

from __future__ import annotations

from collections.abc import Iterator

from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.findings import Finding
from graphviz_ad.debugging.remedies.matching import Use
from graphviz_ad.debugging.remedies.proposals import Proposal, family
from graphviz_ad.debugging.remedies.replaying import Change
from graphviz_ad.engine.variable import Variable

__all__ = ["widenings"]

_KINDS = frozenset(["inf", "nan", "underflow", "cancellation", "zero-gradient", "inf-gradient", "nan-gradient"])
_WIDER = {"float16": ("np.float32", "np.float64"), "float32": ("np.float64",)}


def widenings(exam: Examination, finding: Finding) -> Iterator[Proposal]:
    """Yield wider types for the first operand of a node of few bits.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> with np.errstate(over="ignore"):
    ...     exam = Examination(gad.trace(np.exp, np.float32(100)), Thresholds())
    >>> [proposal.changes[0].code for proposal in widenings(exam, exam.finding("inf", "error", "", "", 1))]
    ['a.astype(np.float64)']
    """
    node = finding.node
    if node is None or finding.kind not in _KINDS or node.primitive is None or node.index not in exam.position:
        return
    arguments = [k for k, operand in enumerate(node.operands) if isinstance(operand, Variable)][:1]
    for argument in arguments:
        for wider in _WIDER.get(str(node.dtype), ()):
            nodes = family(exam, node)
            changes = [Change(own, argument, f"a.astype({wider})", {"a": own.operands[argument]}) for own in nodes]
            advice = f"compute this in {wider.removeprefix('np.')}: {node.dtype} cannot hold it"
            yield Proposal(changes, [{"a": Use(own, argument)} for own in nodes], advice)
