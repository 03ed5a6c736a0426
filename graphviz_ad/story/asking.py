"""Ask a learner for the next number of a story: what is asked at a step, and which wrong numbers are known.

Asked is for what goes along an edge, and for the sum wherever a second part comes to a first. The wrong numbers are
worked out with the same numbers as the right one, so that whoever compares them needs no rule of their own. Of a small
array that is multiplied entry by entry one named entry is asked; other steps between arrays are told and not asked.

Examples
--------
>>> import numpy as np
>>> from graphviz_ad.story.telling import tell
>>> from graphviz_ad.tracing import trace
>>> story = tell(trace(lambda x: np.exp(np.sin(x)), 0.0))
>>> for question in questions(story):
...     print(question)
What does exp v₁ send back to v₁?
What does sin x send back to x?
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from numbers import Real
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.console import prints
from graphviz_ad.errors import InputError, check_flag
from graphviz_ad.formulas.formula import Formula
from graphviz_ad.formulas.symbols import row, words
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.levels import Fragment
from graphviz_ad.story.remarks import has_corner, may_have_corner
from graphviz_ad.story.sentences import through
from graphviz_ad.story.slips import ALONG, MEETING, MOVING, Manner, Way, filled, without
from graphviz_ad.story.steps import Edge, Step, Story

__all__ = ["Question", "Slip", "check_quiz", "questions", "wrong_numbers"]

Numbers = Mapping[Quantity, Any]
Place = tuple[int, ...]


class _Entry(NamedTuple):
    """An entry of an array, or a number that all entries have in common."""

    quantity: Quantity
    place: Place


_Factor = Quantity | _Entry | float
_SENT = "What does {way} send back to {target}?"
_MOST_ENTRIES = 12  # of an array of which one is asked: 3 x 4
_NONE: Mapping[int, str] = {}
_Source = _Factor | tuple[tuple[_Factor, ...], ...]  # one number, or a sum of products


class _Term(NamedTuple):
    """A summand, as a product; and through, or from, what it comes."""

    factors: tuple[_Factor, ...]
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
        The numbers of this question that are entries of arrays, and of which.
    """

    step: int
    asked: Quantity
    text: tuple[Fragment, ...]
    lead: Formula
    hint: tuple[Fragment, ...]
    unknown: tuple[Fragment, ...]
    reads: tuple[Quantity, ...]
    slips: tuple[Slip, ...]
    sources: Mapping[str, _Source]
    several: Quantity | None = None
    entries: Mapping[Quantity, _Entry] = field(default_factory=dict)

    def __str__(self) -> str:
        return "".join(part.text if isinstance(part, Formula) else str(part) for part in self.text)

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


def _number(source: _Source, numbers: Numbers) -> np.float64:
    """Return a number that a way uses."""
    if isinstance(source, float):
        return np.float64(source)
    if isinstance(source, Quantity):
        return np.float64(numbers[source])
    if isinstance(source, _Entry):
        return _read(numbers[source.quantity], source.place)
    products = (math.prod((float(_number(factor, numbers)) for factor in term), start=1.0) for term in source)
    return np.float64(sum(products))


def _read(value: Any, place: Place) -> np.float64:
    """Return an entry of an array; a number is each of its entries."""
    return np.float64(value[place] if np.ndim(value) else value)


def wrong_numbers(story: Story, asked: Sequence[Question], numbers: Numbers) -> dict[Quantity, float]:
    """Return the wrong numbers of all questions, given the numbers of the story at some place, and where several fit.

    Examples
    --------
    >>> import numpy as np
    >>> from graphviz_ad.story.telling import tell
    >>> from graphviz_ad.tracing import trace
    >>> story = tell(trace(np.sin, 0.0))
    >>> asked = questions(story)
    >>> wrong = wrong_numbers(story, asked, story.numbers)
    >>> {slip.kind: wrong[slip.quantity] for slip in asked[0].slips}["sum"]
    2.0
    """
    wrong = {key: number for question in asked for key, number in question.wrong(numbers).items()}
    with np.errstate(all="ignore"):
        return wrong | {
            question.several: float(any(has_corner(story, numbers, edge) for edge in _edges(story, question.step)))
            for question in asked
            if question.several is not None
        }


def _edges(story: Story, step: int) -> list[Edge]:
    """Return the edges along which something comes in a step."""
    at = story.steps[step]
    if at.edge is not None:
        return [edge for edge in story.edges if (edge.child, edge.argument) == at.edge]
    return [edge for edge in story.edges if edge.child == at.node]


def check_quiz(quiz: object, who: str, mode: str = "reverse") -> bool:
    """Return whether a learner is asked; in one mode only, since each mode has the answers of the other.

    Raises
    ------
    InputError

    Examples
    --------
    >>> check_quiz("yes", "film")
    Traceback (most recent call last):
        ...
    graphviz_ad.errors.InputError: film: quiz must be True or False, got 'yes'
    """
    if check_flag("quiz", quiz, who) and mode == "both":
        raise InputError(
            f"{who}: a quiz asks in one mode, since each has the answers of the other: use reverse or forward"
        )
    return bool(quiz)


def questions(story: Story) -> tuple[Question, ...]:
    """Return what is asked in a story, in the order of its steps.

    Parameters
    ----------
    story : Story
        Of either mode.
    """
    return tuple(_Asker(story).questions())


class _Asker:
    """Looks for questions in a story."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.edges = {(edge.child, edge.argument): edge for edge in story.edges}
        self.shares = Counter(step.node for step in story.steps if step.kind == "accumulate")
        self.came: dict[int, list[Edge]] = {}  # along which edges each node has received something so far

    def questions(self) -> Iterator[Question]:
        """Go through the steps."""
        ask = {"local": self._along, "accumulate": self._meeting, "push": self._pushed}
        for step in self.story.steps:
            question = ask[step.kind](step) if step.kind in ask else None
            if question is not None:
                yield self._marked(question, step)

    def _marked(self, question: Question, step: Step) -> Question:
        """Return a question with the number that says where several slopes fit, if there may be such places."""
        edges = () if step.kind == "accumulate" else _edges(self.story, step.index)
        if not any(may_have_corner(self.story.nodes[edge.child].primitive) for edge in edges):
            return question
        return replace(question, several=Quantity("slip", step.index, len(question.slips)))

    def _is_number(self, key: Quantity) -> bool:
        value = self.story.numbers[key]
        return np.ndim(value) == 0 and not np.iscomplexobj(value)

    def _local(self, edge: Edge) -> _Factor | None:
        """Return where the local gradient of an edge stands, or which number it is; None where a rule is none."""
        if edge.kind == "local":
            return Quantity("local", edge.child, edge.argument)
        if edge.kind != "literal" or edge.gradient is None or edge.gradient.symbol.head != "number":
            return None
        factor = edge.gradient.symbol.arguments[0]
        return float(factor) if isinstance(factor, Real) else None

    def _factors(self, edge: Edge, arriving: Quantity) -> tuple[_Factor, ...]:
        """Return the two numbers that are multiplied on an edge; nothing where these are no single real numbers."""
        local = self._local(edge)
        read = [arriving, Quantity("value", edge.child), Quantity("value", edge.parent)]
        read += [local] if isinstance(local, Quantity) else []
        return (arriving, local) if local is not None and all(map(self._is_number, read)) else ()

    def _product(self, edge: Edge, arriving: Quantity, right: Quantity) -> dict[str, _Source]:
        """Return the numbers of a product along an edge; nothing of arrays."""
        factors = self._factors(edge, arriving)
        if not factors:
            return {}
        values = {"value": Quantity("value", edge.child), "operand": Quantity("value", edge.parent)}
        return {"arriving": factors[0], "local": factors[1], **values, "right": right}

    def _facts(self, edge: Edge, target: int, arriving: Quantity) -> dict[str, Fragment]:
        """Return what sentences speak of along an edge."""
        child, parent, aim = (self.story.nodes[i] for i in (edge.child, edge.parent, target))
        comes, local = self.story.nodes[arriving.node], self._local(edge)
        assert edge.gradient is not None
        return {
            "arrives": comes.bar if comes.dot is None else comes.dot,
            "arriving": arriving,
            "child": child.symbol,
            "parent": parent.symbol,
            "short": child.short,
            "way": self._way(edge),
            "gradient": edge.gradient,
            "local": local if isinstance(local, Quantity) else edge.gradient,
            "target": aim.symbol,
            "sum": aim.bar,
        }

    def _way(self, edge: Edge) -> Formula:
        """Return through what a part comes: a node, or one of two uses in it."""
        return through(self.story.nodes[edge.child], self.story.nodes[edge.parent], edge.use)

    def _along(self, step: Step) -> Question | None:
        """Ask what goes back along an edge."""
        assert step.edge is not None
        edge, came = self.edges[step.edge], self.came.setdefault(step.node, [])
        arriving = Quantity("adjoint", edge.child)
        sources = self._product(edge, arriving, step.after)
        if sources:
            sources |= self._among(step, edge, len(came))
        came.append(edge)
        if not sources:
            return self._entry(edge, step)
        return _question(step, _SENT, ALONG, sources, self._facts(edge, step.node, arriving), (arriving,))

    def _entry(self, edge: Edge, step: Step) -> Question | None:
        """Ask for one entry of a small array, where each is multiplied by a number of its own."""
        read = {
            "arriving": Quantity("adjoint", edge.child),
            "local": Quantity("local", edge.child, edge.argument),
            "value": Quantity("value", edge.child),
            "operand": Quantity("value", edge.parent),
            "right": step.after,
        }
        arrays = {name: self.story.numbers.get(key) for name, key in read.items()}
        place = _telling_place(arrays) if edge.kind == "local" and not edge.use else None
        if place is None:
            return None
        sources = {name: _Entry(key, place) for name, key in read.items()}
        count = len(ALONG.ways) - len(_RARE)
        own = {
            name: Quantity("slip", step.index, count + k) for k, name in enumerate(("right", "arriving", "local"), 1)
        }
        facts = self._facts(edge, step.node, read["arriving"]) | {"arriving": own["arriving"]}
        mark = words(f"[{', '.join(map(str, place))}]")
        card, parent = self.story.nodes[edge.child], self.story.nodes[edge.parent]
        whole = {"child": card.symbol, "parent": parent.symbol, "target": parent.symbol, "sum": parent.bar}
        named = {name: Formula(row(formula.symbol, mark)) for name, formula in whole.items()}
        arrives = Formula(row((card.bar if card.dot is None else card.dot).symbol, mark))
        facts |= {**named, "arrives": arrives, "local": own["local"]}
        question = _question(step, _SENT, ALONG, sources, facts, (own["arriving"],))
        entries = {key: sources[name] for name, key in own.items()}
        return replace(question, asked=own["right"], lead=Formula(row(named["sum"].symbol, " =")), entries=entries)

    def _among(self, step: Step, edge: Edge, before: int) -> dict[str, _Source]:
        """Return the numbers that others of the parts of a sum lead to."""
        of = self.shares[step.node]
        twins = [one for one in self.story.edges if (one.child, one.parent) == (edge.child, edge.parent)]
        numbers: dict[str, _Source] = {"total": Quantity("adjoint", step.node)} if of else {}
        if 0 < before < of - 1:
            numbers["before"] = Quantity("partial", step.node, before)
        if 1 < len(twins) < of:
            numbers["uses"] = tuple((Quantity("contribution", one.child, one.argument),) for one in twins)
        return numbers

    def _meeting(self, step: Step) -> Question | None:
        """Ask for the sum, where a part comes to what was there before."""
        assert step.edge is not None
        came, count, of = self.came[step.node], step.after.argument, self.shares[step.node]
        if step.before is None or not all(map(self._is_number, (step.after, *step.operands))):
            return None
        parts = [Quantity("contribution", edge.child, edge.argument) for edge in came]
        sources: dict[str, _Source] = {
            "before": step.before,
            "part": parts[-1],
            "right": step.after,
            "count": float(count),
            **({"total": Quantity("adjoint", step.node)} if count < of else {}),
        }
        shorts = [self.story.nodes[edge.child].short for edge in came]
        target = self.story.nodes[step.node]
        facts: dict[str, Fragment] = {
            "sum": target.bar,
            "target": target.symbol,
            "way": self._way(came[-1]),
            "before": step.before,
            "part": parts[-1],
            "counted": str(count),
            "of": str(of),
        }
        text = "What is {sum} with {counted} of its {of} parts in?"
        if count == of:
            text = f"What is {{sum}}, now that {'both parts' if of == 2 else 'all {of} parts'} are in?"
        terms = [_Term((part,), short) for part, short in zip(parts, shorts, strict=True)]
        # Without the last there is what was there before; without the first of two, the other alone.
        misses = dict.fromkeys(range(count - 1), "through") if count > 2 else {}
        return _question(step, text, MEETING, sources, facts, (step.before, parts[-1]), terms, misses)

    def _pushed(self, step: Step) -> Question | None:
        """Ask how fast a node moves."""
        edges = [edge for edge in self.story.edges if edge.child == step.node and edge.kind != "cut"]
        tangents = tuple(Quantity("tangent", edge.parent) for edge in edges)
        factors = [self._factors(edge, tangent) for edge, tangent in zip(edges, tangents, strict=True)]
        card, text = self.story.nodes[step.node], "What is {moves}, the tangent of {child}?"
        if not all(factors) or not self._is_number(step.after):
            return None
        moves: dict[str, Fragment] = {"moves": card.dot or card.bar, "child": card.symbol, "short": card.short}
        if len(edges) == 1:
            facts = self._facts(edges[0], step.node, tangents[0]) | moves
            return _question(step, text, ALONG, self._product(edges[0], tangents[0], step.after), facts, tangents)
        sources: dict[str, _Source] = {
            "right": step.after,
            "tangents": tuple((tangent,) for tangent in tangents),
            "locals": tuple((local,) for _, local in factors),
            "speeds": (tangents,),
            "product": (tuple(factor for own in factors for factor in own),),
        }
        terms = [_Term(own, self.story.nodes[edge.parent].symbol) for own, edge in zip(factors, edges, strict=True)]
        return _question(step, text, MOVING, sources, moves, tangents, terms, dict.fromkeys(range(len(terms)), "from"))


def _question(
    step: Step,
    text: str,
    manner: Manner,
    sources: Mapping[str, _Source],
    facts: Mapping[str, Fragment],
    reads: tuple[Quantity, ...],
    terms: Sequence[_Term] = (),
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


def _telling_place(arrays: Mapping[str, Any]) -> Place | None:
    """Return the entry whose factors tell most: least often 0, 1 or −1, and large; None of other arrays."""
    shapes = {np.shape(value) for value in arrays.values() if np.ndim(value)}
    if len(shapes) != 1 or not np.ndim(arrays["right"]) or not np.ndim(arrays["value"]):
        return None
    (shape,) = shapes
    real = not any(value is None or np.iscomplexobj(value) for value in arrays.values())
    if not real or len(shape) > 2 or not 1 < math.prod(shape) <= _MOST_ENTRIES:
        return None
    factors = np.array([np.broadcast_to(arrays[name], shape) for name in ("arriving", "local")])
    dull = np.isin(np.abs(factors), (0, 1)).sum(axis=0)
    size = np.nan_to_num(np.abs(arrays["right"]), nan=-1.0)
    best = np.lexsort((-size.ravel(), dull.ravel()))[0]
    return tuple(int(i) for i in np.unravel_index(best, shape))


_RARE = {"running": "before", "uses": "uses", "total": "total"}
"""Ways that are not there everywhere, and the number that says whether they are."""
