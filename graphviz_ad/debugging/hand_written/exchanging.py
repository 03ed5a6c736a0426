"""Gradients that are right, and returned in each other's places."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from graphviz_ad.debugging.hand_written.elsewhere import Elsewhere
from graphviz_ad.debugging.hand_written.returned import Gradient, part_at
from graphviz_ad.debugging.hand_written.rewriting import Edit
from graphviz_ad.debugging.hand_written.slips.scene import Proposal
from graphviz_ad.debugging.hand_written.standing import Standing
from graphviz_ad.debugging.hand_written.statements import Statement

__all__ = ["exchanged"]


def exchanged(standing: Standing, elsewhere: Elsewhere) -> Proposal | None:
    """Return what the return statement ought to be, where the gradients stand in each other's places."""
    wrong, agree = standing.wrong_gradients, standing.bench.truth.ruler.agree
    meant = [
        next((b for b in wrong if b is not a and a.got is not None and agree(a.got, b.expected)), None) for a in wrong
    ]
    if not standing.observer.returns or not meant or any(one is None for one in meant):
        return None
    statement = standing.observer.returns[-1][0]
    first, second = wrong[0].input.name, meant[0].input.name if meant[0] is not None else ""
    words = f"The gradient of `{second}` stands in the place of that of `{first}`"
    edit = _in_their_places(standing, elsewhere, statement, meant)
    return Proposal("wrong-operand", edit or Edit(statement, statement.text), words, is_written=edit is not None)


def _in_their_places(
    standing: Standing, elsewhere: Elsewhere, statement: Statement, meant: Sequence[Gradient | None]
) -> Edit | None:
    """Return a return statement with each gradient in the place of its own, where that makes all of them right."""
    wrong = standing.wrong_gradients
    parts = {id(gradient.input): part for gradient, part in _returned_parts(standing, statement)}
    text = statement.text
    news = [
        (statement.segment(parts[id(there.input)]), statement.segment(parts[id(gradient.input)]))
        for gradient, there in zip(wrong, meant, strict=True)
        if there is not None and id(gradient.input) in parts and id(there.input) in parts
    ]
    for (start, end), (own, own_end) in sorted(news, reverse=True):
        text = text[:start] + statement.text[own:own_end] + text[end:]
    edit = Edit(statement, text)
    outcome = standing.run(edit)
    is_right = len(news) == len(wrong) and outcome.error is None and not outcome.wrong
    return edit if is_right and elsewhere.holds([*standing.edits, edit], standing.wrong) else None


def _returned_parts(standing: Standing, statement: Statement) -> Iterator[tuple[Gradient, ast.expr]]:
    """Yield the gradients that a return statement names one by one, with their expressions."""
    for place, gradient in zip(standing.bench.places, standing.outcome.gradients, strict=True):
        part = None if place.slot else part_at(statement.value, place.path)
        if part is not None:
            yield gradient, part
