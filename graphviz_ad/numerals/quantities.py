"""Quantities: the names of the numbers of a story, by which its sentences, formulas and pictures speak of them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

__all__ = ["ROLES", "Quantity"]

ROLES: Mapping[str, str] = MappingProxyType(
    {"value": "value", "local": "local", "tangent": "tangent", "part": "tangent"}
)
"""The colour of a kind of number; all other kinds are adjoints, or sums of them."""


class Quantity(NamedTuple):
    """Names one number, or one array, of a story.

    Attributes
    ----------
    kind : str
        ``"value"``, ``"local"``; in reverse mode ``"adjoint"``, ``"contribution"`` and ``"partial"``; in forward mode
        ``"tangent"`` and ``"part"``, what one operand adds to a tangent; in a quiz ``"slip"``, a wrong answer;
        ``"yours"``, what a backward pass written by hand has for an adjoint.
    node : int
        Position of the node; for local gradients, contributions and parts that of the child; for slips the step.
    argument : int
        Argument number of the edge; for partial sums how many contributions are in; for slips which one.
    """

    kind: str
    node: int
    argument: int = 0
