"""A report as workflow commands of GitHub Actions: each finding stands beside its line in the change under review."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from graphviz_ad.console import visible
from graphviz_ad.debugging.findings import Finding

__all__ = ["workflow_commands"]

_LEVELS: Mapping[str, str] = MappingProxyType({"error": "error", "warning": "warning", "note": "notice"})


def workflow_commands(findings: Sequence[Finding]) -> str:
    """Return a command a line; none where there is nothing to say.

    Examples
    --------
    >>> print(workflow_commands([Finding("nan", "error", "NaN: 100 %", "x, then y.", file="a.py", line=3)]))
    ::error file=a.py,line=3,title=NaN%3A 100 %25::x, then y.
    """
    return "\n".join(map(_command, findings))


def _command(finding: Finding) -> str:
    properties: dict[str, str] = {}
    if finding.line is not None:
        properties |= {"file": _beside(finding.file), "line": str(finding.line)}
        if finding.span is not None:
            line, column, end_line, end_column = finding.span
            properties |= {"endLine": str(end_line)}
            properties |= {"col": str(column), "endColumn": str(end_column - 1)} if line == end_line else {}
    properties["title"] = finding.title
    words = finding.sentence
    if finding.mending is not None:
        words += f"\nRemedy: {finding.mending.advice}\n{finding.mending.after.strip()}"
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{_LEVELS[finding.severity]} {listed}::{_data(words)}"


def _data(text: str) -> str:
    """Escape what would end the command; a line end is one in what is shown."""
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _beside(file: str) -> str:
    """Return a path from the top of the checkout, from which annotations are looked up."""
    top = os.environ.get("GITHUB_WORKSPACE")
    for folder in filter(None, (top, os.getcwd())):
        try:
            return Path(file).relative_to(folder).as_posix()
        except ValueError:
            continue
    return file
