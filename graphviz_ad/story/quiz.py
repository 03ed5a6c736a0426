"""What is asked at a step: the right answer, the wrong ones that are known, and what is said of each.

The wrong numbers are worked out with the same numbers as the right one, so that whoever compares them needs no rule of
their own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.console import prints
from graphviz_ad.formulas.formula import Formula
from graphviz_ad.formulas.symbols import row
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.levels import Fragment
from graphviz_ad.story.remarks import has_corner
from graphviz_ad.story.slips import Facts, Manner, Way, filled, without
from graphviz_ad.story.steps import Edge, Step, Story
from graphviz_ad.story.summands import Entry, Factor, number_of

__all__ = ["OWN", "Question", "Slip", "Source", "Term", "edges_of", "pose", "wrong_numbers"]

Numbers = Mapping[Quantity, Any]
Source = Factor | tuple[tuple[Factor, ...], ...]
"""Where a number comes from: one number, or a sum of products."""

OWN = 64
"""From here on the numbers that a question has besides its slips."""

_NONE: Mapping[int, str] = {}


class Term(NamedTuple):
    """A summand, as a product; and through, or from, what it comes."""

    factors: tuple[Factor, ...]
    name: Formula


@dataclass(frozen=True)
class Slip:
    """A wrong number that is known at a step.

    Attributes
    ----------
    kind : str
        The name of its row in `slips`, or ``"without 1"`` for a sum that lacks its first part.
    quantity : Quantity
        What its number is called in a film.
    way : Way
    what, so : tuple
        The sentences of the way, with what they speak of.
    """

    kind: str
    quantity: Quantity
    way: Way
    what: tuple[Fragment, ...]
    so: tuple[Fragment, ...]


@prints
@dataclass(frozen=True, eq=False)
class Question:
    """What is asked at a step.

    Attributes
    ----------
    step : int
    asked : Quantity
        The right answer.
    text : tuple
    lead : Formula
        What is to be worked out, up to an equals sign.
    hint, unknown : tuple
        What helps; and what is said of a number that is not known.
    reads : tuple of Quantity
        What comes together here: rounding is measured by its size.
    slips : tuple of Slip
    sources : mapping
        What the wrong numbers are worked out with, by the names that the ways use.
    several : Quantity, optional
        A number that is not 0 where more than one slope fits, as at a corner: there it is told and not asked.
    entries : mapping
        The numbers of this question that are entries of arrays, or products of these, and of which.
    """

    step: int
    asked: Quantity
    text: tuple[Fragment, ...]
    lead: Formula
    hint: tuple[Fragment, ...]
    unknown: tuple[Fragment, ...]
    reads: tuple[Quantity, ...]
    slips: tuple[Slip, ...]
    sources: Mapping[str, Source]
    several: Quantity | None = None
    entries: Mapping[Quantity, Source] = field(default_factory=dict)

    def __str__(self) -> str:
        texts = ["…" if isinstance(part, Quantity) else getattr(part, "text", part) for part in self.text]
        return "".join(map(str, texts))

    @property
    def said(self) -> tuple[tuple[Fragment, ...], ...]:
        """All that is said of it, whatever is answered."""
        answers = (words for slip in self.slips for words in (slip.what, slip.so))
        return (self.text, self.hint, self.unknown, *answers)

    def wrong(self, numbers: Numbers) -> dict[Quantity, float]:
        """Return the wrong numbers, given those of the story at some place."""
        known = {name: _number(source, numbers) for name, source in self.sources.items()}
        own = {key: float(_number(entry, numbers)) for key, entry in self.entries.items()}
        with np.errstate(all="ignore"):
            return own | {slip.quantity: float(slip.way.number(known)) for slip in self.slips}


def _number(source: Source, numbers: Numbers) -> np.float64:
    """Return a number that a way uses."""
    if isinstance(source, float | Quantity | Entry):
        return number_of(source, numbers)
    products = (math.prod((float(number_of(one, numbers)) for one in term), start=1.0) for term in source)
    return np.float64(sum(products))


def wrong_numbers(story: Story, asked: Sequence[Question], numbers: Numbers) -> dict[Quantity, float]:
    """Return the wrong numbers of all questions, given the numbers of the story at some place, and where several fit.

    Examples
    --------
    >>> import numpy as np
    >>> from graphviz_ad.story.telling import tell
    >>> from graphviz_ad.tracing import trace
    >>> story = tell(trace(np.sin, 0.0))
    >>> from graphviz_ad.story.asking.choosing import questions
    >>> asked = questions(story)
    >>> wrong = wrong_numbers(story, asked, story.numbers)
    >>> {slip.kind: wrong[slip.quantity] for slip in asked[0].slips}["sum"]
    2.0
    """
    wrong = {key: number for question in asked for key, number in question.wrong(numbers).items()}
    with np.errstate(all="ignore"):
        return wrong | {
            question.several: float(any(has_corner(story, numbers, edge) for edge in edges_of(story, question.step)))
            for question in asked
            if question.several is not None
        }


def edges_of(story: Story, step: int) -> list[Edge]:
    """Return the edges along which something comes in a step."""
    at = story.steps[step]
    if at.edge is not None:
        return [edge for edge in story.edges if (edge.child, edge.argument) == at.edge]
    return [edge for edge in story.edges if edge.child == at.node]


def pose(
    step: Step,
    text: str,
    manner: Manner,
    sources: Mapping[str, Source],
    facts: Facts,
    reads: tuple[Quantity, ...],
    terms: Sequence[Term] = (),
    misses: Mapping[int, str] = _NONE,
) -> Question:
    """Return a question. Of the terms of a sum one may miss those of `misses`, which come through, or from, a node."""
    ways = {kind: way for kind, way in manner.ways.items() if kind not in _RARE or _RARE[kind] in sources}
    for place, whence in misses.items():
        name = f"without {place + 1}"
        ways[name] = without(name, whence)
        facts = {**facts, name: terms[place].name}
        sources = {**sources, name: tuple(term.factors for k, term in enumerate(terms) if k != place)}
    slips = tuple(
        Slip(kind, Quantity("slip", step.index, k), way, filled(way.what, facts), filled(way.so, facts))
        for k, (kind, way) in enumerate(ways.items())
    )
    lead = Formula(row(step.stages[0].formula.symbol, " ="))
    asked, hint, unknown = (filled(sentence, facts) for sentence in (text, manner.hint, manner.unknown))
    return Question(step.index, step.after, asked, lead, hint, unknown, reads, slips, sources)


_RARE = {
    "running": "before",
    "uses": "uses",
    "total": "total",
    "shared": "count",
    "locals": "locals",
    "sums": "locals",
    "everything": "everything",
    "turned": "turned",
    "across": "across",
    "place": "place",
}
"""Ways that are not there everywhere, and the number that says whether they are."""
