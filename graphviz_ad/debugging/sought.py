"""What is looked for, in words: silence would be taken for not having been looked for."""

from __future__ import annotations

from collections.abc import Iterable

from graphviz_ad.debugging.findings import Finding

__all__ = ["SOUGHT", "not_there"]

SOUGHT: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("values not finite", ("nan", "inf")),
    ("gradients not finite", ("nan-gradient", "inf-gradient")),
    ("no path", ("unreached",)),
    ("zero gradients", ("zero-gradient",)),
    ("saturated", ("saturated",)),
    ("vanishing", ("vanishing",)),
    ("exploding", ("exploding",)),
    ("lost digits", ("cancellation",)),
    ("underflow", ("underflow",)),
    ("grown shapes", ("broadcast",)),
    ("kinks", ("kink",)),
    ("close comparisons", ("branch",)),
    ("added to an old grad", ("accumulated",)),
    ("written to after use", ("overwritten",)),
)
"""Words, and the kinds of findings that they stand for."""


def not_there(findings: Iterable[Finding]) -> list[str]:
    """Return what was looked for, and is not among the findings.

    Examples
    --------
    >>> not_there([Finding("nan", "error", "", "")])[:2]
    ['gradients not finite', 'no path']
    """
    kinds = {finding.kind for finding in findings}
    return [words for words, own in SOUGHT if not kinds.intersection(own)]
