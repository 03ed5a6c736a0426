"""A report as SARIF 2.1.0, which editors and code hosts read: a result for each finding, a rule for each kind."""

from __future__ import annotations

import linecache
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from graphviz_ad.console import visible
from graphviz_ad.debugging.findings import KINDS, Finding, Remedy
from graphviz_ad.debugging.sought import SOUGHT

__all__ = ["sarif"]

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_WORDS = {kind: sought.words for sought in SOUGHT for kind in sought.kinds}
_ORDER = tuple(KINDS)


def sarif(findings: Sequence[Finding]) -> dict[str, Any]:
    """Return findings as a SARIF log of one run.

    Examples
    --------
    >>> log = sarif([Finding("nan", "error", "NaN is born in log x", "x is −1.", file="a.py", line=3)])
    >>> result = log["runs"][0]["results"][0]
    >>> result["ruleId"], result["level"], result["locations"][0]["physicalLocation"]["region"]
    ('nan', 'error', {'startLine': 3})
    """
    rules = [{"id": kind, "name": _rule_name(kind), "shortDescription": {"text": _WORDS[kind]}} for kind in _ORDER]
    driver = {"name": "graphviz_ad", "rules": rules}
    results = [_result(finding) for finding in findings]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule_name(kind: str) -> str:
    return "".join(word.capitalize() for word in kind.split("-"))


def _result(finding: Finding) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.kind,
        "ruleIndex": _ORDER.index(finding.kind),
        "level": finding.severity,
        "message": {"text": f"{visible(finding.title)}. {visible(finding.sentence)}"},
    }
    if finding.line is not None:
        location = {"artifactLocation": {"uri": _uri(finding.file)}, "region": _region(finding)}
        result["locations"] = [{"physicalLocation": location}]
    if finding.mending is not None:
        result["fixes"] = [_fix(finding, finding.mending)]
    return result


def _region(finding: Finding) -> dict[str, int]:
    span = finding.span
    if span is None:
        return {"startLine": finding.line or 1}
    line, column, end_line, end_column = span
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}


def _fix(finding: Finding, mending: Remedy) -> dict[str, Any]:
    """Return the change of the lines of a statement, each of them whole."""
    before = mending.before.rstrip("\n").split("\n")
    last = mending.line + len(before) - 1
    end = len(linecache.getline(finding.file, last).rstrip("\r\n")) or len(before[-1])
    region = {"startLine": mending.line, "startColumn": 1, "endLine": last, "endColumn": end + 1}
    replacement = {"deletedRegion": region, "insertedContent": {"text": mending.after.rstrip("\n")}}
    change = {"artifactLocation": {"uri": _uri(finding.file)}, "replacements": [replacement]}
    return {"description": {"text": visible(mending.advice)}, "artifactChanges": [change]}


def _uri(file: str) -> str:
    """Return the address of a file: relative to the current directory where it lies below that."""
    path = Path(file)
    if not path.is_absolute():
        return quote(path.as_posix())
    try:
        return quote(path.relative_to(Path.cwd()).as_posix())
    except (ValueError, OSError):
        return path.as_uri()
