"""A column that met a row, where number was to meet number."""

from __future__ import annotations

from collections.abc import Iterator

from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.findings import Finding
from graphviz_ad.debugging.remedies.matching import Use
from graphviz_ad.debugging.remedies.proposals import Proposal, family
from graphviz_ad.debugging.remedies.replaying import Change
from graphviz_ad.debugging.shapes import is_grown
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.variable import Variable

__all__ = ["flattened"]


def flattened(exam: Examination, finding: Finding) -> Iterator[Proposal]:
    """Yield the column as a flat array, where n numbers met a column of n, and these as a column.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> exam = Examination(gad.trace(lambda w: np.sum(w * np.ones(3) - np.ones((3, 1))), 2.0), Thresholds())
    >>> for proposal in flattened(exam, exam.finding("broadcast", "warning", "", "", 2)):
    ...     print(proposal.changes[0].code, proposal.changes[0].argument)
    a[:, 0] 1
    a[:, None] 0
    """
    node = finding.node
    if node is None or finding.kind != "broadcast" or _column(node) is None:
        return
    count = plain_value(node.operands[_column(node) or 0]).shape[0]
    places = [(own, k) for own in _grown(exam, node) if (k := _column(own)) is not None]
    changes = [Change(own, k, "a[:, 0]", {"a": own.operands[k]}) for own, k in places]
    columns = "column" if len({(own._code, own._lasti) for own, _ in places}) == 1 else "columns"
    advice = f"make the {columns} flat: {count} numbers are to meet {count}, and not each of them all"
    yield Proposal(changes, [{"a": Use(own, k)} for own, k in places], advice, may_change=True)
    changes = [Change(own, 1 - k, "a[:, None]", {"a": own.operands[1 - k]}) for own, k in places]
    advice = f"make a column of what is flat: {count} numbers are to meet {count}, and not each of them all"
    yield Proposal(changes, [{"a": Use(own, 1 - k)} for own, k in places], advice, may_change=True)


def _column(node: Variable) -> int | None:
    """Return which operand is a column of n numbers that meets n others in a row; None of other nodes."""
    if len(node.operands) != 2:
        return None
    shapes: list[tuple[int, ...]] = [getattr(plain_value(operand), "shape", ()) for operand in node.operands]
    pairs = enumerate([shapes, shapes[::-1]])
    return next((k for k, (own, other) in pairs if len(own) == 2 and own[1:] == (1,) and other == own[:1]), None)


def _grown(exam: Examination, node: Variable) -> list[Variable]:
    """Return all nodes of the line on which a column meets a row, unless one may be meant there; then those alike."""
    if any(mark.kind == "broadcast" for mark in exam.recording.marks):
        return family(exam, node)
    line = exam.line(exam.position[node.index])
    return [exam.nodes[i] for i in exam.arrays if exam.line(i) == line and is_grown(exam.nodes[i])]
