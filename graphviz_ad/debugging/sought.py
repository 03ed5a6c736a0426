"""What is looked for, in words: silence would be taken for not having been looked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from graphviz_ad.debugging.findings import Finding

__all__ = ["SOUGHT", "Sought", "not_there"]


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


def not_there(findings: Iterable[Finding]) -> list[Sought]:
    """Return what was looked for, and is not among the findings.

    Examples
    --------
    >>> [sought.words for sought in not_there([Finding("nan", "error", "", "")])][:2]
    ['gradients not finite', 'no path']
    """
    kinds = {finding.kind for finding in findings}
    return [sought for sought in SOUGHT if not kinds.intersection(sought.kinds)]
