"""The lines of the person's code that a finding is about: the expression in its line, and the line as it could be."""

from __future__ import annotations

import linecache
from pathlib import Path
from typing import NamedTuple

from graphviz_ad.debugging.findings import Finding
from graphviz_ad.engine.source import Site

__all__ = ["Excerpt", "excerpt", "excerpt_at", "place", "place_of"]

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
    site = None if finding.node is None else finding.node.site
    here = site is not None and (site.filename, site.line) == (finding.file, finding.line)
    return _cut_out(finding.file, finding.line, finding.expression, site.column if here and site is not None else -1)


def excerpt_at(site: Site) -> Excerpt | None:
    """Return the line of a site; None where it cannot be read.

    Examples
    --------
    >>> excerpt_at(Site("", 7, -1, 7, -1, "f", "X @ w", None))
    Excerpt(line=7, before='    ', expression='X @ w', after='')
    """
    return _cut_out(site.filename, site.line, site.text, site.column)


def _cut_out(file: str, line: int, text: str, column: int) -> Excerpt | None:
    expression = text.partition("\n")[0].rstrip()
    raw = linecache.getline(file, line)
    whole = raw.strip()
    start = _begin(whole, expression, column - (len(raw) - len(raw.lstrip())) if column >= 0 else -1)
    if start < 0:  # edited since, or a line that continues another
        return Excerpt(line, _MARGIN, expression, "") if expression else None
    end = start + len(expression)
    return Excerpt(line, _MARGIN + whole[:start], whole[start:end], whole[end:])


def _begin(whole: str, expression: str, start: int) -> int:
    """Return where an expression begins in a line without its indentation; -1 if it is not there."""
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
    return "" if finding.line is None else place_of(finding.file, finding.line, most)


def place_of(file: str, line: int, most: int) -> str:
    """Return file and line as `place` does.

    Examples
    --------
    >>> place_of("lesson.py", 2, 24), place_of("/tmp/ipykernel_9/1.py", 2, 24)
    ('lesson.py:2', 'line 2')
    """
    if "ipykernel" in file or file.startswith("<ipython"):
        return f"line {line}"
    path, end = _beside(file), f":{line}"
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
