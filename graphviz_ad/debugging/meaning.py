"""What a person says is meant: `check` does not tell it of that expression, but says below that it was looked at."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TypeVar

from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.findings import KINDS, Finding
from graphviz_ad.engine.frames import public
from graphviz_ad.engine.source import Site
from graphviz_ad.engine.variable import Variable
from graphviz_ad.engine.watch import Mark, current
from graphviz_ad.errors import check_choice

__all__ = ["meant", "sorted_out"]

_T = TypeVar("_T")


@public
def meant(kind: str, value: _T, /) -> _T:
    """Return a value as it is, and say that what `check` would tell of the expression it is written as is meant.

    Nothing is recorded of it: graph, numbers and gradients stay what they are without it. `check` then does not tell
    findings of that kind whose place is inside the brackets, or is that very value, and names them at its end as meant.

    Parameters
    ----------
    kind : str
        One of the kinds of findings, such as ``"broadcast"``, ``"kink"`` or ``"unreached"``.
    value : object
        Whatever the expression gives: a Variable, an array of any shape and dtype, a number.

    Returns
    -------
    object
        That value itself.

    Raises
    ------
    InputError
        For another kind.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> y = np.ones((3, 1))
    >>> report = gad.check(lambda p: np.sum(gad.meant("broadcast", p - y) ** 2), np.arange(3.0))
    >>> report.ok, report.meant[0].expression
    (True, 'p - y')
    >>> gad.meant("broadcast", 2.5)
    2.5
    """
    check_choice("kind", kind, tuple(KINDS), "meant")
    watch = current()
    if watch is not None:
        frame = sys._getframe(2)  # behind what cuts tracebacks
        watch.marks.append(Mark(kind, value.index if isinstance(value, Variable) else -1, frame.f_code, frame.f_lasti))
    return value


def sorted_out(exam: Examination, findings: Iterable[Finding]) -> tuple[list[Finding], list[Finding]]:
    """Return findings in two lists: those to be told, and those that are meant.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> from graphviz_ad.debugging.corners import kinks
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> exam = Examination(gad.trace(lambda x: gad.meant("kink", np.abs(x)), 0.0), Thresholds())
    >>> others, rest = sorted_out(exam, kinks(exam))
    >>> len(others), rest[0].expression
    (0, 'np.abs(x)')
    """
    marks = exam.recording.marks
    lists: tuple[list[Finding], list[Finding]] = ([], [])
    for finding in findings:
        lists[any(mark.kind == finding.kind for mark in marks) and _is_meant(exam, finding, marks)].append(finding)
    return lists


def _is_meant(exam: Examination, finding: Finding, marks: Sequence[Mark]) -> bool:
    own = [mark for mark in marks if mark.kind == finding.kind]
    indices = {mark.node for mark in own}
    if finding.node is not None:
        site = finding.node.site
        return finding.node.index in indices or (site is not None and any(_holds(mark.site, site) for mark in own))
    inputs = [exam.nodes[i].index for i in exam.inputs if exam.names[i] in finding.reaches]
    return (bool(inputs) and indices.issuperset(inputs)) or any(_quotes(mark.site, finding) for mark in own)


def _holds(whole: Site | None, part: Site) -> bool:
    """Whether a stretch of a file lies inside another."""
    if whole is None or whole.filename != part.filename or min(whole.column, part.column) < 0:
        return False
    starts = (whole.line, whole.column) <= (part.line, part.column)
    return starts and (part.end_line, part.end_column) <= (whole.end_line, whole.end_column)


def _quotes(whole: Site | None, finding: Finding) -> bool:
    """Whether the expression of a finding that has no node, such as ``x.value``, stands in a stretch of a file."""
    if whole is None or finding.line is None or not finding.expression or whole.filename != finding.file:
        return False
    is_there = whole.line <= finding.line <= whole.end_line
    return is_there and "".join(finding.expression.split()) in "".join(whole.text.split())
