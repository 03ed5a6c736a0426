"""What is to be said of one place only, beside its story: NaN is born, a corner is met, a branch is not chosen.

A story's sentences hold wherever its graph does; remarks are made of the numbers of a place.

Examples
--------
>>> import numpy as np, graphviz_ad as gad
>>> story = gad.trace(np.abs, 0.0).story
>>> for remark in remarks(story, story.numbers):
...     print(remark.step, "".join(getattr(part, "text", part) for part in remark.words))
3 |x| has a corner at 0: slope −1 on the left, 1 on the right; here 0 is taken. PyTorch takes 0 too, JAX 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.formulas.formula import Formula
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.births import SentBirth, births, births_going_back, what_is
from graphviz_ad.story.conventions import elsewhere
from graphviz_ad.story.steps import Edge, Step, Story

__all__ = ["Remark", "has_corner", "may_have_corner", "remarked", "remarks", "with_remarks"]

Numbers = Mapping[Quantity, Any]
Words = tuple[str | Formula, ...]


class Remark(NamedTuple):
    """Some sentences more at a step.

    Attributes
    ----------
    step : int
    words : tuple of str and Formula
    alone : bool
        Whether they stand in the place of the step's own sentence, which does not hold there.
    """

    step: int
    words: Words
    alone: bool = False


def remarked(story: Story) -> Story:
    """Return a story of a single place, whose sentences say what there is to remark."""
    return with_remarks(story, remarks(story, story.numbers))


def with_remarks(story: Story, said: Sequence[Remark]) -> Story:
    """Return a story whose sentences end with remarks."""
    by_step: dict[int, list[Remark]] = {}
    for remark in said:
        by_step.setdefault(remark.step, []).append(remark)

    def remarked_at(step: Step) -> Step:
        own = by_step.get(step.index)
        if own is None:
            return step
        more = [part for remark in own for part in (" ", *remark.words)][1:]
        return replace(step, wording=step.wording.followed(more, alone=any(remark.alone for remark in own)))

    return replace(story, steps=tuple(map(remarked_at, story.steps))) if by_step else story


def remarks(story: Story, numbers: Numbers, *, corners: bool = True) -> list[Remark]:
    """Return what there is to say of a place, in the order of the steps.

    Parameters
    ----------
    story : Story
    numbers : mapping of Quantity to number
        Those of the place.
    corners : bool
        Whether corners are told too: not where they are known to be none of the function.
    """
    steps = _Steps(story)
    with np.errstate(all="ignore"):
        said = [*_born(story, numbers, steps), *_not_chosen(story, numbers, steps)]
        said += [*_corners(story, numbers, steps), *_jumps(story, numbers, steps)] if corners else ()
    return sorted(said, key=lambda remark: remark.step)


def may_have_corner(primitive: str) -> bool:
    """Return whether a primitive has places at which more than one slope fits."""
    return primitive in _CORNERS


def has_corner(story: Story, numbers: Numbers, edge: Edge) -> bool:
    """Return whether more than one slope fits what a node does to an operand, given the numbers of a place.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> story = gad.trace(lambda x: np.sin(np.abs(x)), 0.0).story
    >>> [has_corner(story, story.numbers, edge) for edge in story.edges]
    [True, False]
    """
    node = story.nodes[edge.child]
    said = (_CORNERS_OF_ENTRIES if node.shape else _CORNERS).get(node.primitive)
    alike = (own for own in story.edges if own.child == edge.child)
    return said is not None and any(said(story, numbers, own) for own in alike)


class _Steps:
    """Finds the steps of a story."""

    def __init__(self, story: Story) -> None:
        self.evaluating = {step.node: step for step in story.steps if step.kind == "evaluate"}
        self.seeds = [step for step in story.steps if step.kind == "seed"]
        self.along = {step.edge: step for step in story.steps if step.kind == "local"}
        self.last = {step.node: step for step in story.steps if step.kind in ("local", "accumulate")}
        self.pushing = {step.node: step for step in story.steps if step.kind == "push"}

    def through(self, edge: Edge) -> Step | None:
        """Return the step in which the rule of an edge is applied."""
        return self.along.get((edge.child, edge.argument)) or self.pushing.get(edge.child)


def _place(story: Story, step: Step) -> Words:
    """Say at which step something was born: steps count from 1 for people."""
    node = step.edge[0] if step.edge is not None else step.node
    if story.views and step.kind != "evaluate":  # its number depends on the mode that is shown
        return ("going back, in ", story.nodes[node].short)
    return (f"at step {step.index + 1}, in ", story.nodes[node].short)


def _born(story: Story, numbers: Numbers, steps: _Steps) -> Iterator[Remark]:
    met = births(story, numbers)
    for birth in met:
        step = steps.evaluating[birth.position]
        if story.nodes[birth.position].role != "input":
            yield Remark(step.index, (_sentence(birth.what, birth.why),))
    missing = what_is(numbers[Quantity("value", story.output)])
    if missing and steps.seeds:
        yield from _without_slope(story, steps, missing, met)
    elif story.mode != "forward":
        yield from _born_going_back(story, numbers, steps)


def _sentence(what: str, why: str) -> str:
    return f"{what} is born here: {why}." if why else f"{what} is born here."


def _without_slope(story: Story, steps: _Steps, missing: str, met: Sequence[Any]) -> Iterator[Remark]:
    output = story.nodes[story.output]
    words: Words = (output.symbol, f" is {missing} here")
    if output.shape:
        return
    if len(met) == 1 and story.nodes[met[0].position].role != "input":
        words = (*words, ", born ", *_place(story, steps.evaluating[met[0].position]))
    slope = "slope" if any(not story.nodes[i].shape for i in story.inputs) else "gradient"
    seed = steps.seeds[0].index
    back = story.mode == "reverse"
    yield Remark(seed, (*words, f": it has no {slope} there."), back)
    if back:
        rest = (output.symbol, f" is {missing} here: there is no {slope} to take back.")
        yield from (Remark(step.index, rest, True) for step in story.steps if step.index > seed)


def _born_going_back(story: Story, numbers: Numbers, steps: _Steps) -> Iterator[Remark]:
    met = [(birth, steps.along.get((birth.edge.child, birth.edge.argument))) for birth in
           births_going_back(story, numbers)]  # fmt: skip
    for birth, step in met:
        if step is not None and not _stands_upright(story, birth):
            yield Remark(step.index, (_sentence(birth.what, birth.why), *_of_branch(story, numbers, steps, birth.edge)))
    first = min((step for _, step in met if step is not None), key=lambda step: step.index, default=None)
    for i in story.inputs:
        last = steps.last.get(i)
        what = what_is(numbers.get(Quantity("adjoint", i), 0.0))
        if what and last is not None and first is not None and last.edge != first.edge:
            bar = story.nodes[i].bar
            yield Remark(last.index, ("What makes ", bar, f" {what} was born ", *_place(story, first), "."))


def _stands_upright(story: Story, birth: SentBirth) -> bool:
    """Return whether the corner that is told is the birth of an infinite slope."""
    node = story.nodes[birth.edge.child]
    return node.primitive in ("sqrt", "cbrt") and not node.shape and not birth.why and birth.what != "NaN"


def _of_branch(story: Story, numbers: Numbers, steps: _Steps, edge: Edge) -> Words:
    """Say of a 0 that goes back into a node that a `where` did not choose it."""
    for own in story.edges:
        step = steps.along.get((own.child, own.argument))
        if own.parent == edge.child and step is not None and _off(story, numbers, own):
            return (
                " The 0 stands for ",
                story.nodes[edge.child].short,
                f", which is not chosen (step {step.index + 1}).",
            )
    return ()


def _off(story: Story, numbers: Numbers, edge: Edge) -> bool:
    """Return whether an edge leads to what a `where` did not choose anywhere."""
    sent, adjoint = (numbers.get(key) for key in (Quantity("contribution", edge.child, edge.argument),
                                                  Quantity("adjoint", edge.child)))  # fmt: skip
    if story.nodes[edge.child].primitive != "where" or sent is None or adjoint is None:
        return False
    return bool(np.all(np.equal(sent, 0)) and np.any(np.not_equal(adjoint, 0)))


def _not_chosen(story: Story, numbers: Numbers, steps: _Steps) -> Iterator[Remark]:
    for edge in story.edges:
        step = steps.along.get((edge.child, edge.argument))
        if step is not None and _off(story, numbers, edge):
            yield Remark(
                step.index, (story.nodes[edge.parent].short, " is not chosen here: what goes back to it is 0.")
            )


def _corners(story: Story, numbers: Numbers, steps: _Steps) -> Iterator[Remark]:
    for edge in story.edges:
        said, step = _CORNERS.get(story.nodes[edge.child].primitive), steps.through(edge)
        if said is None or step is None or not _matters(story, numbers, edge):
            continue
        if story.nodes[edge.child].shape:
            said = _CORNERS_OF_ENTRIES.get(story.nodes[edge.child].primitive)
        words = () if said is None else said(story, numbers, edge)
        if words:
            others = elsewhere(story.nodes[edge.child].primitive)
            yield Remark(step.index, (*words, f". {others}." if others else "."))


def _matters(story: Story, numbers: Numbers, edge: Edge) -> bool:
    """Return whether a node's slope has a part in the derivative: an adjoint of 0 wipes it out."""
    if story.mode == "forward":
        return bool(np.any(np.not_equal(numbers.get(Quantity("tangent", edge.parent), 0.0), 0)))
    adjoint = numbers.get(Quantity("adjoint", edge.child))
    return adjoint is not None and bool(np.isfinite(adjoint).all() and np.any(np.not_equal(adjoint, 0)))


def _absolute(story: Story, numbers: Numbers, edge: Edge) -> Words:
    slope = numbers.get(Quantity("local", edge.child, edge.argument), 0.0)
    if not np.equal(numbers[Quantity("value", edge.parent)], 0) or not np.equal(slope, 0):  # by a rule of one's own
        return ()
    return (story.nodes[edge.child].short, " has a corner at 0: slope −1 on the left, 1 on the right; here 0 is taken")


def _tie(story: Story, numbers: Numbers, edge: Edge) -> Words:
    siblings = [own for own in story.edges if own.child == edge.child]
    if len({own.parent for own in siblings}) < len(siblings) or edge.argument < siblings[-1].argument:
        return ()  # of one number with itself; and of two it is said once
    if not np.equal(numbers.get(Quantity("local", edge.child, edge.argument), 0.0), 0.5):
        return ()
    return ("Both sides are equal here: ", story.nodes[edge.child].short, " has a corner, and each side gets half")


def _upright(story: Story, numbers: Numbers, edge: Edge) -> Words:
    if not np.isinf(numbers.get(Quantity("local", edge.child, edge.argument), 0.0)):
        return ()
    return (story.nodes[edge.child].short, " stands upright here: its slope is ∞")


def _shared(story: Story, numbers: Numbers, edge: Edge) -> Words:
    x, y = (numbers[Quantity("value", i)] for i in (edge.parent, edge.child))
    count = np.count_nonzero(np.equal(x, y))
    return (f"{count} entries are equal here: each of them gets 1/{count}",) if count > 1 else ()


def _bounded(story: Story, numbers: Numbers, edge: Edge) -> Words:
    key = (edge.child, edge.argument)
    sent = numbers.get(Quantity("contribution", *key))
    if edge.argument or sent is None or not np.equal(sent, 0.5 * numbers[Quantity("adjoint", edge.child)]):
        return ()
    return (story.nodes[edge.parent].symbol, " is at the bound here, at a corner: half is taken")


def _at_zero(story: Story, numbers: Numbers, edge: Edge) -> Words:
    short = story.nodes[edge.child].short
    if not np.equal(numbers[Quantity("value", edge.child)], 0) or not short.text.endswith("‖"):  # of another order
        return ()
    return (short, " has a corner where all entries are 0: here 0 is taken")


def _counted(story: Story, numbers: Numbers, edge: Edge, at: Any) -> tuple[int, str]:
    """Return how many entries with a slope that matters are at a corner, and how one says that."""
    adjoint = numbers.get(Quantity("adjoint", edge.child), 1.0)
    count = int(np.count_nonzero(np.broadcast_to(at & np.not_equal(adjoint, 0), story.nodes[edge.child].shape)))
    return count, f"{count} entr{'y is' if count == 1 else 'ies are'}"


def _entries_at_zero(story: Story, numbers: Numbers, edge: Edge) -> Words:
    count, entries = _counted(story, numbers, edge, np.equal(numbers[Quantity("value", edge.parent)], 0))
    if not count:
        return ()
    short = story.nodes[edge.child].short
    return (f"{entries} 0, where ", short, " has a corner: slope −1 on the left, 1 on the right; here 0 is taken")


def _entries_in_ties(story: Story, numbers: Numbers, edge: Edge) -> Words:
    siblings = [own for own in story.edges if own.child == edge.child]
    if len({own.parent for own in siblings}) < len(siblings) or edge.argument < siblings[-1].argument:
        return ()
    local = numbers.get(Quantity("local", edge.child, edge.argument))
    count, entries = (0, "") if local is None else _counted(story, numbers, edge, np.equal(local, 0.5))
    if not count:
        return ()
    return (
        f"{entries} equal on both sides: ",
        story.nodes[edge.child].short,
        " has a corner there, and each side gets half",
    )


_CORNERS_OF_ENTRIES = {
    **dict.fromkeys(("absolute", "fabs"), _entries_at_zero),
    **dict.fromkeys(("maximum", "minimum", "fmax", "fmin"), _entries_in_ties),
}
_CORNERS = {
    "norm": _at_zero,
    **dict.fromkeys(("absolute", "fabs"), _absolute),
    **dict.fromkeys(("maximum", "minimum", "fmax", "fmin"), _tie),
    **dict.fromkeys(("sqrt", "cbrt"), _upright),
    **dict.fromkeys(("max", "min"), _shared),
    "clip": _bounded,
}


def _jumps(story: Story, numbers: Numbers, steps: _Steps) -> Iterator[Remark]:
    for edge in story.edges:
        ends, node = _ENDS.get(story.nodes[edge.child].primitive), story.nodes[edge.child]
        adjoint = numbers.get(Quantity("adjoint", edge.child), 1.0)
        if ends is None or node.shape or edge.argument or not np.all(np.not_equal(adjoint, 0)):
            continue
        jump = ends(*(float(numbers[Quantity("value", i)]) for i in (edge.parent, edge.child)))
        if jump is not None:
            said = " to ".join(f"{end:g}".replace("-", "−") for end in jump)
            words = (node.short, f" jumps here, from {said}: it has no slope at the jump, and 0 is taken.")
            yield Remark(steps.evaluating[edge.child].index, words)


def _stair(x: float, y: float) -> tuple[float, float] | None:
    return (y - 1, y) if x == y else None


def _half(x: float, y: float) -> tuple[float, float] | None:
    return (np.floor(x), np.ceil(x)) if abs(x - y) == 0.5 else None


_ENDS: dict[str, Callable[[float, float], tuple[float, float] | None]] = {
    "sign": lambda x, y: (-1, 1) if x == 0 else None,
    "heaviside": lambda x, y: (0, 1) if x == 0 else None,
    "floor": _stair,
    "ceil": lambda x, y: (y, y + 1) if x == y else None,
    "trunc": lambda x, y: None if x == 0 else _stair(x, y) if x > 0 else (y, y + 1) if x == y else None,
    "rint": _half,
}
