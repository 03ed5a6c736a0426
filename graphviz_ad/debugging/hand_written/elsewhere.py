"""Whether what puts gradients right does so at other numbers close by, too, or by chance at those of this run."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from types import ModuleType

from graphviz_ad.debugging.hand_written.comparing import is_round
from graphviz_ad.debugging.hand_written.rewriting import Edit
from graphviz_ad.debugging.hand_written.trying import Bench

__all__ = ["Elsewhere"]


class Elsewhere:
    """The passes of a bench at other numbers, where they are needed."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def holds(self, edits: Sequence[Edit], cured: frozenset[int]) -> bool:
        """Return whether gradients that other lines put right are right by them at other numbers too, if one can say.

        One cannot where some line is only put right by numbers, which are those of this run.
        """
        bench = self._beside if all(_is_text(one) for one in edits) else None
        if bench is None:
            return True
        outcome = bench.run(edits)
        return outcome.error is None and not outcome.wrong & cured

    def holds_far(self, edits: Sequence[Edit], cured: frozenset[int]) -> bool:
        """Return the same of numbers so far away that conditions turn out otherwise there."""
        bench = self._far if all(_is_text(one) for one in edits) else None
        if bench is None:
            return True
        outcome = bench.run(edits)
        return outcome.error is None and not outcome.wrong & cured

    def by_chance(self) -> list[str]:
        """Return of which inputs the gradient is right here, and wrong at other numbers close by."""
        outcome = self._bench.outcome
        bench = None if outcome.wrong or outcome.error is not None else self._beside
        if bench is None or bench.outcome.error is not None:
            return []
        return [bench.outcome.gradients[k].input.name for k in sorted(bench.outcome.wrong)]

    @cached_property
    def _far(self) -> Bench | None:
        inputs = [gradient.input for gradient in self._bench.outcome.gradients] or self._bench.truth.inputs
        return self._bench.beside(inputs, far=True)

    @cached_property
    def _beside(self) -> Bench | None:
        """The same passes where a line cannot be right by chance; None where it cannot be so here either."""
        outcome = self._bench.outcome
        inputs = [gradient.input for gradient in outcome.gradients] or self._bench.truth.inputs
        return self._bench.beside(inputs) if any(is_round(one.node.value) for one in inputs) else None


def _is_text(edit: Edit) -> bool:
    """Return whether another line is what it says, without numbers or slopes of this run."""
    return all(isinstance(thing, ModuleType) for thing in edit.names.values())
