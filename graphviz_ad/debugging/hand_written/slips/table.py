"""The slips that a line of a backward pass may have, each undone: what the line would be without it.

A slip is a row of `SLIPS`: a way to write the line otherwise. Whether it is the slip is not for this package to say:
each line that it proposes is run, and believed where the gradients are right then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from graphviz_ad.debugging.hand_written.slips.factors import (
    constant_dropped,
    constant_missing,
    missing_powers,
    other_roots,
)
from graphviz_ad.debugging.hand_written.slips.operands import (
    forwards_own,
    functions_left_out,
    functions_within,
    operands_of_forward,
    operands_unlike,
    other_functions,
    other_operands,
)
from graphviz_ad.debugging.hand_written.slips.operators import (
    margins,
    missing_terms,
    other_comparisons,
    other_constants,
    other_powers,
    other_terms,
    others,
    terms_alike,
    terms_many_times,
    terms_within,
)
from graphviz_ad.debugging.hand_written.slips.places import added_to, other_targets, overwritten
from graphviz_ad.debugging.hand_written.slips.scene import Proposal, Scene
from graphviz_ad.debugging.hand_written.slips.signs import opposite, other_sign
from graphviz_ad.debugging.hand_written.slips.slopes import missing_factors, plain_factors, values_for_slopes
from graphviz_ad.debugging.hand_written.slips.sums import (
    mean_for_sum,
    missing_sum,
    summed_early,
    too_many_sums,
    wrong_axis,
)
from graphviz_ad.debugging.hand_written.slips.transposes import turned

__all__ = ["RANKS", "SLIPS", "proposals"]

SLIPS: tuple[tuple[int, Callable[[Scene], Iterator[Proposal]]], ...] = (
    (0, other_sign),
    (0, overwritten),
    (0, turned),
    (0, too_many_sums),
    (0, mean_for_sum),
    (0, wrong_axis),
    (0, summed_early),
    (0, constant_dropped),
    (0, other_roots),
    (0, other_functions),
    (0, values_for_slopes),
    (0, margins),
    (0, other_operands),
    (0, other_comparisons),
    (0, other_powers),
    (0, other_constants),
    (0, other_targets),
    (0, functions_left_out),
    (1, opposite),
    (2, constant_missing),
    (2, missing_sum),
    (2, missing_powers),
    (2, plain_factors),
    (3, missing_terms),
    (3, other_terms),
    (3, missing_factors),
    (3, operands_of_forward),
    (3, terms_alike),
    (4, terms_many_times),
    (4, terms_within),
    (4, operands_unlike),
    (4, functions_within),
    (4, forwards_own),
    (4, added_to),
    (4, others),
)
"""How far each kind of slip is to be sought, and what writes the line without it: 0 exchanges what is written, 1 adds a
minus, 2 a number, a sum or a name, 3 what else is missing, 4 has no name of its own."""

RANKS = 5


def proposals(scene: Scene, rank: int) -> Iterator[Proposal]:
    """Yield other lines for a scene, of one rank."""
    if scene.statement.value is None:
        return
    seen = {scene.statement.text}
    for own, propose in SLIPS:
        if own == rank:
            for proposal in propose(scene):
                if proposal.edit.text not in seen:
                    seen.add(proposal.edit.text)
                    yield proposal
