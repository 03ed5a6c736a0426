"""The way out that people take where no remedy was proved: said as what it is, and not tried."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from graphviz_ad.debugging.findings import Finding

__all__ = ["ADVICE", "advised"]


class Advice(NamedTuple):
    """What is said of findings of some kinds at nodes of some primitives, or of expressions with one of some ends.

    Attributes
    ----------
    kinds : tuple of str
    primitives : tuple of str
    ends : tuple of str
        What the expression ends with; what is before it stands in the words for ``{}``.
    words : str
        A sentence.
    """

    kinds: tuple[str, ...]
    primitives: tuple[str, ...]
    ends: tuple[str, ...]
    words: str


ADVICE = (
    Advice(
        ("zero-gradient",),
        ("floor", "ceil", "trunc", "rint", "sign", "heaviside", "floor_divide"),
        (),
        "Whoever trains through a step puts a slope of their own in its place (straight-through), "
        "which is not that of f.",
    ),
    Advice(
        ("zero-gradient", "saturated"),
        ("tanh", "logistic", "expit", "arctan", "erf"),
        (),
        "It is steep only for numbers near 0: scale what goes in, or begin with smaller weights.",
    ),
    Advice(
        ("cancellation",),
        ("inv", "solve"),
        (),
        "A small multiple of the unit matrix added to it, or another basis, makes it better conditioned.",
    ),
    Advice(("unreached",), (), (".value", ".detach()"), "{} by itself keeps the path."),
)
"""A row for each way out; the first that fits is said."""


def advised(finding: Finding) -> Finding:
    """Return a finding that has no remedy with the way out that people take, where there is one.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> report = gad.check(lambda x: np.sum(np.round(x) ** 2), np.array([1.2, 0.7]))
    >>> report.findings[0].sentence.rpartition("(")[2]
    'straight-through), which is not that of f.'
    """
    primitive = getattr(getattr(finding.node, "primitive", None), "name", "")
    for row in ADVICE:
        end = next((end for end in row.ends if finding.expression.endswith(end)), "")
        if finding.kind in row.kinds and (primitive in row.primitives or end):
            words = row.words.format(finding.expression.removesuffix(end))
            return replace(finding, sentence=f"{finding.sentence} {words}")
    return finding
