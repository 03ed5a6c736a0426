"""The lines of the person's code that a finding is about: the expression in its line, and the line as it could be."""

from __future__ import annotations

import linecache
from pathlib import Path
from typing import NamedTuple

from graphviz_ad.debugging.findings import Finding

__all__ = ["Excerpt", "excerpt", "place"]

_MARGIN = "    "


class Excerpt(NamedTuple):
    """A line of code in three parts.

    Attributes
    ----------
    line : int
        Its number in the file.
    before, expression, after : str
        What stands before the expression, the expression, and what stands behind it; the indentation is always four
        spaces.
    """

    line: int
    before: str
    expression: str
    after: str


def excerpt(finding: Finding) -> Excerpt | None:
    """Return the line of a finding; None where no line is the person's, or it cannot be read.

    Examples
    --------
    >>> import numpy as np
    >>> excerpt(Finding("nan", "error", "NaN is born", "", line=7, expression="np.log(x)"))
    Excerpt(line=7, before='    ', expression='np.log(x)', after='')
    """
    if finding.line is None:
        return None
    expression = finding.expression.partition("\n")[0].rstrip()
    whole = linecache.getline(finding.file, finding.line).strip()
    start = _column(finding, whole, expression)
    if start < 0:  # edited since, or a line that continues another
        return Excerpt(finding.line, _MARGIN, expression, "") if expression else None
    end = start + len(expression)
    return Excerpt(finding.line, _MARGIN + whole[:start], whole[start:end], whole[end:])


def _column(finding: Finding, whole: str, expression: str) -> int:
    """Return where an expression begins in a line without its indentation; -1 if it is not there."""
    site = None if finding.node is None else finding.node.site
    raw = linecache.getline(finding.file, finding.line or 0)
    if site is not None and (site.filename, site.line) == (finding.file, finding.line) and site.column >= 0:
        start = site.column - (len(raw) - len(raw.lstrip()))
        if expression and start >= 0 and whole.startswith(expression, start):
            return start
    return whole.find(expression) if expression else -1


def place(finding: Finding, most: int) -> str:
    """Return file and line, shortened in the middle to a width; the line alone of a cell of a notebook.

    Examples
    --------
    >>> place(Finding("nan", "error", "", "", file="/tmp/lessons/of/spring/lesson.py", line=2), 25)
    '/tmp/lesson…g/lesson.py:2'
    >>> place(Finding("nan", "error", "", "", file="lesson.py", line=2), 24), place(Finding("nan", "error", "", ""), 9)
    ('lesson.py:2', '')
    """
    if finding.line is None:
        return ""
    if "ipykernel" in finding.file or finding.file.startswith("<ipython"):
        return f"line {finding.line}"
    path, end = _beside(finding.file), f":{finding.line}"
    if len(path) + len(end) <= most:
        return path + end
    kept = most - len(end) - 1
    name = path.replace("\\", "/").rpartition("/")[2]
    tail = min(max(len(name) + 1, kept // 2), kept - 1)
    return f"{path[: kept - tail]}…{path[-tail:]}{end}"


def _beside(file: str) -> str:
    """Return a file's name as one writes it in the current directory."""
    try:
        return str(Path(file).relative_to(Path.cwd()))
    except (ValueError, OSError):
        return file
