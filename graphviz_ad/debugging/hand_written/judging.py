"""What an array of a backward pass is, as far as it can be told: an adjoint, a part of one, a value of forward."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from graphviz_ad.debugging.hand_written.comparing import Array, constant_ratio
from graphviz_ad.debugging.hand_written.naming import last_part
from graphviz_ad.debugging.hand_written.running import Version
from graphviz_ad.debugging.hand_written.truth import Truth
from graphviz_ad.engine.variable import Variable

__all__ = ["Judge", "Judgement"]


class Judgement(NamedTuple):
    """What an array is.

    Attributes
    ----------
    kind : str
        ``adjoint``, ``part`` (of one), ``forward`` (a value), ``slope``, ``rearranged`` or ``zeros``; ``scaled`` where
        it is so many times what its name says, ``mismatch`` where it is something else; ``unknown``.
    node : Variable or None
        Whose adjoint it is.
    scale : float
        How many times that.
    """

    kind: str
    node: Variable | None = None
    scale: float = 1.0

    @property
    def is_bad(self) -> bool:
        """Whether it may be wrong."""
        return self.kind in ("mismatch", "unknown", "scaled")

    @property
    def is_doubtful(self) -> bool:
        """Whether it may be wrong, or only a part or the beginning of what is right."""
        return self.is_bad or self.kind in ("part", "zeros")


class Judge:
    """Tells what arrays are; each version is looked at once."""

    def __init__(self, truth: Truth) -> None:
        self._truth = truth
        self._known: dict[int, tuple[Version, Judgement]] = {}

    def of(self, version: Version) -> Judgement:
        """Judge what a place held when it was complete."""
        if id(version) not in self._known:
            self._known[id(version)] = version, self.judged(version.text, version.value)
        return self._known[id(version)][1]

    def is_misnamed(self, text: str, value: Array) -> bool:
        """Return whether a place has the name of something else that forward computes than what it holds."""
        nodes = self._truth.names.get(last_part(text), ())
        agree = self._truth.ruler.agree
        return bool(nodes) and not any(agree(value, np.asarray(node.value)) for node in nodes)

    def judged(self, text: str, value: Array) -> Judgement:
        """Judge an array that stands at a place."""
        truth = self._truth
        groups = truth.spoken_of(text)
        for group in groups:
            for node in group:
                if truth.ruler.agree(value, truth.adjoint_like(node, value.shape)):
                    return Judgement("adjoint", node)
        for group in groups:
            for node in group:
                if truth.is_part(value, node):
                    return Judgement("part", node)
        for node in groups[0] if groups else ():
            ratio = constant_ratio(truth.adjoints[node.index], value, truth.ruler) if value.size > 1 else None
            if ratio is not None and abs(ratio - round(ratio)) < 1e-9 * abs(ratio) and np.ptp(value) > 0:
                return Judgement("scaled", node, float(round(ratio)))
        if groups:
            return Judgement("zeros") if not np.any(value) and value.ndim else Judgement("mismatch")
        return self._unnamed(last_part(text), value)

    def _unnamed(self, name: str, value: Array) -> Judgement:
        truth = self._truth
        if truth.is_forward(value):
            return Judgement("forward")
        if name in truth.names and all(node.shape == value.shape for node in truth.names[name]):
            return Judgement("unknown")
        node = next(truth.with_adjoint(value), None)
        if node is not None:
            return Judgement("adjoint", node)
        if value.ndim and not np.any(value):
            return Judgement("zeros")
        if value.ndim and truth.is_slope(value):
            return Judgement("slope")
        node = next((node for node in truth.nodes[-400:] if truth.is_part(value, node)), None)
        if node is not None:
            return Judgement("part", node)
        node = truth.is_rearranged(value)
        return Judgement("unknown") if node is None else Judgement("rearranged", node)
