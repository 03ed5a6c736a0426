"""A report as plain data for programs, described by ``report.schema.json``, a JSON Schema beside this module.

``version`` is raised when a field changes its meaning or goes, and stays when only something is added.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from graphviz_ad.console import visible
from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.findings import SEVERITIES, Finding, Remedy
from graphviz_ad.debugging.sought import SOUGHT
from graphviz_ad.engine.primitive import plain_value

__all__ = ["VERSION", "as_json", "document"]

VERSION = 1
_MOST = 100
"""An array of more numbers is told by its shape alone."""


def document(
    exam: Examination, findings: Sequence[Finding], remarks: Sequence[str] = (), meant: Sequence[Finding] = ()
) -> dict[str, Any]:
    """Return a report as what JSON has.

    Examples
    --------
    >>> import graphviz_ad as gad
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> data = document(Examination(gad.trace(lambda x: x**2, 3.0), Thresholds()), ())
    >>> data["ok"], data["value"], data["nodes"], data["counts"]
    (True, 9.0, 2, {'error': 0, 'warning': 0, 'note': 0})
    """
    counts = {severity: sum(own.severity == severity for own in findings) for severity in SEVERITIES}
    return {
        "format": "graphviz_ad report",
        "version": VERSION,
        "function": visible(exam.recording.name),
        "inputs": exam.arguments,
        "value": number(exam.recording.start),
        "nodes": len(exam.nodes),
        "ok": not counts["error"] and not counts["warning"],
        "counts": counts,
        "remarks": list(remarks),
        "findings": [_finding(exam, finding) for finding in findings],
        "meant": [_finding(exam, finding) for finding in meant],
        "looked_for": [kind for sought in SOUGHT for kind in sought.kinds],
    }


def _finding(exam: Examination, finding: Finding) -> dict[str, Any]:
    mending, acceptance = finding.mending, finding.acceptance
    return {
        "kind": finding.kind,
        "severity": finding.severity,
        "title": visible(finding.title),
        "sentence": visible(finding.sentence),
        "file": visible(finding.file) or None,
        "line": finding.line,
        "span": _span(finding),
        "expression": visible(finding.expression),
        "node": _node(exam, finding),
        "edge": None if finding.edge is None else {"child": finding.edge[0], "argument": finding.edge[1]},
        "entries": [list(entry) for entry in finding.entries],
        "reaches": [visible(name) for name in finding.reaches],
        "path": list(finding.path[:_MOST]),
        "remedy": visible(finding.remedy) or None,
        "proof": None if finding.proof is None else visible(finding.proof),
        "change": None if mending is None else _change(mending),
        "alternatives": [{**_change(own.mending), "proof": visible(own.proof)} for own in finding.alternatives],
        "acceptance": None
        if acceptance is None
        else {**_lines(*acceptance.lines), "needs": visible(acceptance.needs) or None},
    }


def _change(mending: Remedy) -> dict[str, Any]:
    return {"advice": visible(mending.advice), **_lines(mending.line, mending.before, mending.after)}


def _lines(line: int, before: str, after: str) -> dict[str, Any]:
    return {"line": line, "before": visible(before), "after": visible(after)}


def _span(finding: Finding) -> dict[str, int] | None:
    """Return where in the file the expression stands; None where that is not known."""
    if finding.span is None:
        return None
    return dict(zip(("line", "column", "end_line", "end_column"), finding.span, strict=True))


def _node(exam: Examination, finding: Finding) -> dict[str, Any] | None:
    if finding.node is None or finding.node.index not in exam.position:
        return None
    i = exam.position[finding.node.index]
    primitive = finding.node.primitive
    return {
        "position": i,
        "name": exam.called(i),
        "primitive": None if primitive is None else primitive.name,
        "shape": list(finding.node.shape),
        "value": number(exam.value(i)),
        "adjoint": number(exam.adjoint(i)),
    }


def number(value: Any) -> Any:
    """Return a number, or an array as nested lists; None for none, and for an array of more than a hundred.

    Examples
    --------
    >>> number(np.array([1.0, np.nan])), number(1 + 2j), number(np.ones(101))
    ([1.0, 'NaN'], {'re': 1.0, 'im': 2.0}, None)
    """
    return None if value is None or np.size(plain_value(value)) > _MOST else as_json(value)


def as_json(value: Any) -> Any:
    """Return a number, or an array as nested lists, as JSON has them: what is not finite by its name; None for none.

    Examples
    --------
    >>> as_json(np.array([1.0, np.nan])), as_json(None)
    ([1.0, 'NaN'], None)
    """
    if value is None:
        return None
    array = np.asarray(plain_value(value))
    if array.dtype in (np.longdouble, np.clongdouble):
        array = array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)  # JSON's numbers are doubles
    return _nested(array.tolist())


def _nested(value: Any) -> Any:
    if isinstance(value, list):
        return [_nested(entry) for entry in value]
    if isinstance(value, complex):
        return {"re": _nested(value.real), "im": _nested(value.imag)}
    if isinstance(value, int) or math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
