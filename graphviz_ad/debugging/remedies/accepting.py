"""The line with which a person says that a shape is meant to grow, ready to be pasted."""

from __future__ import annotations

import linecache

from graphviz_ad.debugging.findings import Acceptance, Finding
from graphviz_ad.debugging.remedies.imports import spelling, tree_of
from graphviz_ad.debugging.remedies.rewriting import wrapped

__all__ = ["acceptance"]


def acceptance(finding: Finding) -> Acceptance | None:
    """Return how to say that a shape is meant to grow, None of other findings, and where the source is in doubt.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> y = np.ones((3, 1))
    >>> report = gad.check(lambda p: np.sum((p - y) ** 2), np.zeros(3))
    >>> acceptance(report.findings[0]).lines.after
    'report = gad.check(lambda p: np.sum(gad.meant("broadcast", p - y) ** 2), np.zeros(3))'
    """
    node = finding.node
    if finding.kind != "broadcast" or node is None or node.site is None:
        return None
    site = node.site
    tree = tree_of("".join(linecache.getlines(site.filename)))
    if tree is None:
        return None
    own = spelling("graphviz_ad", "gad", ["meant"], site.filename, (site.line, site.end_line), tree)
    lines = wrapped(node, f'{own.words["meant"]}("{finding.kind}", ', ")")
    return None if lines is None else Acceptance(lines, own.needs)
