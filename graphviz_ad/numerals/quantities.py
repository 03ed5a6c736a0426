"""Quantities: the names of the numbers of a story, by which its sentences, formulas and pictures speak of them."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Quantity"]


class Quantity(NamedTuple):
    """Names one number, or one array, of a story.

    Attributes
    ----------
    kind : str
        ``"value"``, ``"adjoint"``, ``"local"``, ``"contribution"`` or ``"partial"``.
    node : int
        Position of the node; for local gradients and contributions that of the child.
    argument : int
        Argument number of the edge; for partial sums how many contributions are in.
    """

    kind: str
    node: int
    argument: int = 0
