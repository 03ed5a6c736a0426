"""What is looked for, in words: silence would be taken for not having been looked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from graphviz_ad.debugging.findings import Finding

__all__ = ["SOUGHT", "Sought", "as_meant", "left_open", "not_there"]


class Sought(NamedTuple):
    """Something that is looked for.

    Attributes
    ----------
    words : str
        What it is called where it is not there: ``"values not finite"``.
    well : str
        What is the case then: ``"values finite"``.
    kinds : tuple of str
        The findings that it stands for.
    """

    words: str
    well: str
    kinds: tuple[str, ...]


SOUGHT = (
    Sought("values not finite", "values finite", ("nan", "inf")),
    Sought("gradients not finite", "gradients finite", ("nan-gradient", "inf-gradient")),
    Sought("no path", "no path missing", ("unreached",)),
    Sought("zero gradients", "no gradient 0", ("zero-gradient",)),
    Sought("saturated", "nothing saturated", ("saturated",)),
    Sought("vanishing", "nothing vanishes", ("vanishing",)),
    Sought("exploding", "nothing explodes", ("exploding",)),
    Sought("lost digits", "digits kept", ("cancellation",)),
    Sought("underflow", "no underflow", ("underflow",)),
    Sought("grown shapes", "no shape grew", ("broadcast",)),
    Sought("kinks", "no kink", ("kink",)),
    Sought("close comparisons", "no close comparison", ("branch",)),
    Sought("added to an old grad", "no grad added to", ("accumulated",)),
    Sought("written to after use", "nothing written to after use", ("overwritten",)),
)
"""All that is looked for."""


def not_there(findings: Iterable[Finding], undecided: Collection[str] = ()) -> list[Sought]:
    """Return what was looked for to the end, and is not among the findings.

    Examples
    --------
    >>> [sought.words for sought in not_there([Finding("nan", "error", "", "")])][:2]
    ['gradients not finite', 'no path']
    """
    kinds = {finding.kind for finding in findings}.union(undecided)
    return [sought for sought in SOUGHT if not kinds.intersection(sought.kinds)]


def left_open(findings: Iterable[Finding], undecided: Collection[str], nodes: int) -> list[str]:
    """Return sentences on what could not be looked for to the end in so many nodes, unless it is there.

    Examples
    --------
    >>> left_open([], {"cancellation"}, 10**6)[0]
    'Lost digits are not ruled out: running its 1,000,000 nodes again with 80 digits would take too long.'
    """
    if "cancellation" not in set(undecided) - {finding.kind for finding in findings}:
        return []
    again = f"running its {nodes:,} nodes again with 80 digits would take too long"
    return [f"Lost digits are not ruled out: {again}."]


def as_meant(finding: Finding) -> str:
    """Return what is said of a finding that is meant.

    Examples
    --------
    >>> as_meant(Finding("broadcast", "warning", "p − y is 6×6 where 6 numbers met 6", "", file="a.py", line=3))
    'meant: p − y is 6×6 where 6 numbers met 6 (line 3)'
    """
    return f"meant: {finding.title}{'' if finding.line is None else f' (line {finding.line})'}"
