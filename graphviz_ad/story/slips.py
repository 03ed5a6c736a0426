"""The ways to get a step wrong, each with its number and with what to say of it.

A way is a row: what one gets by it, what that number is, and what is missing. Sentences name what they speak of in
braces; the numbers of a row are those that the step reads, by the same names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from string import Formatter
from types import MappingProxyType
from typing import NamedTuple

from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.levels import Fragment

__all__ = [
    "ADDING",
    "ALONG",
    "GATHERING",
    "MEETING",
    "MOVED",
    "MOVING",
    "TAKEN",
    "Facts",
    "Manner",
    "Way",
    "filled",
    "without",
]

Facts = Mapping[str, Fragment | tuple[Fragment, ...]]
"""What sentences speak of; several fragments stand for what is listed."""


class Way(NamedTuple):
    """A wrong way.

    Attributes
    ----------
    number : callable
        What one gets by it, of the numbers of the step by name.
    what, so : str
        What that number is; and what is missing, and where in the picture it stands.
    """

    number: Callable[[Mapping[str, float]], float]
    what: str
    so: str


class Manner(NamedTuple):
    """How a number is worked out.

    Attributes
    ----------
    ways : mapping of str to Way
        The wrong ones.
    hint, unknown : str
        What helps; and what is said of a number that none of the ways gives.
    """

    ways: Mapping[str, Way]
    hint: str
    unknown: str


_SLOPE = "A slope was meant: how fast {short} moves with {parent}, {marked}: {local}."
_SIGN = "That is the answer with the other sign."
_MEET = "Slopes are multiplied along a way; where ways meet they are added."

ALONG = Manner(
    MappingProxyType(
        {
            "arriving": Way(
                lambda n: n["arriving"],
                "That is {arrives} itself.",
                "On its way to {target} it is multiplied by the local gradient of {short}, {marked}: {local}.",
            ),
            "local": Way(
                lambda n: n["local"],
                "That is the local gradient of {short} alone.",
                "It is multiplied by what comes along: {arrives}, {arriving}.",
            ),
            "value": Way(lambda n: n["arriving"] * n["value"], "That is {arrives} times the value of {child}.", _SLOPE),
            "operand": Way(lambda n: n["arriving"] * n["operand"], "That is {arrives} times {parent} itself.", _SLOPE),
            "sum": Way(lambda n: n["arriving"] + n["local"], "That is {arrives} plus the local gradient.", _MEET),
            "sign": Way(
                lambda n: -n["arriving"] * n["local"], _SIGN, "Its sign comes from two factors: {arriving} and {local}."
            ),
            "quotient": Way(
                lambda n: n["arriving"] / n["local"], "That is {arrives} divided by the local gradient.", _MEET
            ),
            "shared": Way(
                lambda n: n["arriving"] / n["count"],
                "That is {arrives} shared out over all the numbers.",
                "Each summand moves the sum by as much as it moves itself, so each gets all of {arrives}.",
            ),
            "running": Way(
                lambda n: n["before"] + n["right"],
                "That is the sum so far, with this part already in it.",
                "Asked is what comes through {way} alone; it is added in the next step.",
            ),
            "uses": Way(
                lambda n: n["uses"],
                "That is what all uses of {target} in {short} send back together.",
                "Each use has a field of its own; asked is the framed one.",
            ),
            "total": Way(
                lambda n: n["total"],
                "That is {sum} with all of its parts in.",
                "Asked is what comes through {way} alone, for the framed field.",
            ),
        }
    ),
    "Two numbers are multiplied: {arrives}, {arriving}, and the local gradient, {marked}: {local}.",
    "The two factors are {arrives} and {gradient}.",
)
"""Where something comes along one edge, and is multiplied by a local gradient."""

MOVED = Manner(
    MappingProxyType(
        {
            "place": Way(
                lambda n: n["place"],
                "That is {placed}, which stands at the same place.",
                "{target} went elsewhere: look where it stands in {child}.",
            ),
            "operand": Way(
                lambda n: n["operand"],
                "That is {target} itself.",
                "What comes back is a slope: what arrives where {target} went, times 1.",
            ),
            "alone": Way(
                lambda n: 1.0,
                "That is the local gradient alone.",
                "It is multiplied by what arrives where {target} went.",
            ),
            "sign": Way(lambda n: -n["right"], _SIGN, "What only moves keeps its sign."),
            "everything": Way(
                lambda n: n["everything"],
                "Those are all numbers of {arrives} added.",
                "Only that one counts which arrives where {target} went.",
            ),
            **{kind: ALONG.ways[kind] for kind in ("running", "total")},
        }
    ),
    "{target} stands in {child} as it is: find it there. What arrives at its place comes back unchanged.",
    "What arrives where {target} went comes back unchanged.",
)
"""Where an entry is taken over as it is, to the same place or to another."""

_EACH = "{target} moves {uses}{child}: what each of them sends back is added."

ADDING = Manner(
    MappingProxyType(
        {
            "first": Way(lambda n: n["first"], "That is the first part alone.", _EACH),
            "arriving": Way(
                lambda n: n["arriving"],
                "Those are the numbers of {arrives} added, and not yet multiplied.",
                "Each is multiplied by its own local gradient first: {parts}.",
            ),
            "locals": Way(
                lambda n: n["locals"],
                "Those are the local gradients added, without {arrives}.",
                "Each is multiplied by what arrives there first: {parts}.",
            ),
            "sums": Way(
                lambda n: n["arriving"] * n["locals"],
                "That is the product of two sums.",
                "First each number is multiplied by its own local gradient, then the products are added: {parts}.",
            ),
            "mean": Way(
                lambda n: n["right"] / n["count"],
                "That is the mean of the {count} parts.",
                "They are added, and not shared out.",
            ),
            "sign": Way(lambda n: -n["right"], _SIGN, "Each part keeps the sign that it has."),
            "everything": Way(
                lambda n: n["everything"],
                "Those are all numbers of {arrives} added.",
                "Only those count that {target} was used in: {parts}.",
            ),
            "turned": Way(
                lambda n: n["turned"],
                "That is what {other} gives without being transposed.",
                "On the way back rows and columns of {other} change places: {parts}.",
            ),
            "across": Way(
                lambda n: n["across"],
                "That is {swapped}.",
                "The first number in the brackets is the row, the second the column; both count from 0.",
            ),
            "total": Way(
                lambda n: n["total"],
                "That is {sum} with all of its parts in.",
                "Asked is what comes through {way} alone.",
            ),
        }
    ),
    "{target} moves {uses}{child}, so {count} parts are added: {parts}. In numbers: {numbers}.",
    "Added are {parts}.",
)
"""Where an entry is used in several entries, as in a matrix product or where it was broadcast."""

MEETING = Manner(
    MappingProxyType(
        {
            "part": Way(
                lambda n: n["part"],
                "That is the part through {way} alone.",
                "What was there before is kept, {before}, and this part is added to it.",
            ),
            "before": Way(
                lambda n: n["before"],
                "That is {sum} as it was before.",
                "Now the part through {way} is added: {part}.",
            ),
            "difference": Way(
                lambda n: n["before"] - n["part"],
                "That is the difference of the two.",
                "Where ways meet slopes are added, each with its own sign.",
            ),
            "turned": Way(
                lambda n: n["part"] - n["before"],
                "That is the difference of the two.",
                "Where ways meet slopes are added, each with its own sign.",
            ),
            "product": Way(lambda n: n["before"] * n["part"], "That is the product of the two.", _MEET),
            "sign": Way(lambda n: -n["right"], _SIGN, "Each part keeps the sign that it has in its field."),
            "mean": Way(
                lambda n: n["right"] / n["count"],
                "That is the mean of the parts.",
                "{target} acts through all of its uses at once: the parts are added, and not shared out.",
            ),
            "total": Way(
                lambda n: n["total"], "That is {sum} with all of its parts in.", "So far only {counted} of {of} are in."
            ),
        }
    ),
    "Two numbers are added: what was there before, {before}, and the part through {way}, {part}.",
    "Added are what was there before and the part through {way}.",
)
"""Where a part is added to what came before."""

MOVING = Manner(
    MappingProxyType(
        {
            "tangents": Way(
                lambda n: n["tangents"],
                "That is the sum of the tangents.",
                "Each is multiplied by the local gradient at its × first.",
            ),
            "locals": Way(
                lambda n: n["locals"],
                "That is the sum of the local gradients.",
                "Each is multiplied by the tangent that comes along first.",
            ),
            "speeds": Way(
                lambda n: n["speeds"],
                "That is the product of the tangents.",
                "Each operand moves {child} by its own tangent times the local gradient at its ×.",
            ),
            "product": Way(lambda n: n["product"], "That is the product of the parts.", _MEET),
            "sign": Way(lambda n: -n["right"], _SIGN, "Each part has the sign of its two factors."),
        }
    ),
    "Each operand gives its tangent times the local gradient at its ×, and these are added.",
    "Each operand of {short} gives its tangent times the local gradient at its ×.",
)
"""Where a node moves with several operands."""


TAKEN = Manner(
    MappingProxyType(
        {
            "place": Way(
                lambda n: n["place"],
                "That is {placed}, which stands at the same place.",
                "{target} comes from elsewhere: look which entry of {parent} it is.",
            ),
            "value": Way(
                lambda n: n["value"],
                "That is {target} itself.",
                "What was meant is how fast it moves: as fast as the entry of {parent} that it is.",
            ),
            "alone": Way(
                lambda n: 1.0,
                "That is the local gradient alone.",
                "It is multiplied by the tangent of the entry that {target} is taken from.",
            ),
            "sign": Way(lambda n: -n["right"], _SIGN, "What only moves keeps its sign."),
        }
    ),
    "{target} is an entry of {parent} as it is: find it there. It moves as fast as that.",
    "{target} moves as fast as the entry of {parent} that it is.",
)
"""Where an entry is taken from an operand as it is, in forward mode."""

_EVERY = "{target} is made of {count} parts, and moves with each: {parts}."

GATHERING = Manner(
    MappingProxyType(
        {
            "first": Way(lambda n: n["first"], "That is the first part alone.", _EVERY),
            "arriving": Way(
                lambda n: n["arriving"],
                "Those are the tangents added, and not yet multiplied.",
                "Each is multiplied by its own local gradient first: {parts}.",
            ),
            "locals": Way(
                lambda n: n["locals"],
                "Those are the local gradients added, without the tangents.",
                "Each is multiplied by the tangent that comes along first: {parts}.",
            ),
            "sums": Way(
                lambda n: n["arriving"] * n["locals"],
                "That is the product of two sums.",
                "First each tangent is multiplied by its own local gradient, then the products are added: {parts}.",
            ),
            "value": Way(
                lambda n: n["value"],
                "That is {target} itself.",
                "What was meant is how fast it moves: {parts}.",
            ),
            "mean": Way(
                lambda n: n["right"] / n["count"],
                "That is the mean of the {count} parts.",
                "They are added, and not shared out.",
            ),
            "sign": Way(lambda n: -n["right"], _SIGN, "Each part has the sign of its two factors."),
            "turned": Way(
                lambda n: n["turned"],
                "That is what {other} gives with rows and columns exchanged.",
                "Forward it stays as it is: {parts}.",
            ),
        }
    ),
    "{count} parts are added: {parts}. In numbers: {numbers}.",
    "Added are {parts}.",
)
"""Where an entry is made of several, and moves with each, in forward mode."""


def without(name: str, whence: str) -> Way:
    """Return the way of who misses one of several parts; the name of its row is also that of its number.

    Examples
    --------
    >>> without("x²", "through").what
    'That is the sum without the part through {x²}.'
    """
    return Way(
        lambda n: n[name], f"That is the sum without the part {whence} {{{name}}}.", "Each part that is in counts."
    )


def filled(sentence: str, facts: Facts) -> tuple[Fragment, ...]:
    """Return a sentence with what it speaks of put in.

    Examples
    --------
    >>> filled("That is {arrives} itself.", {"arrives": "v̄₃"})
    ('That is ', 'v̄₃', ' itself.')
    """
    return tuple(_pieces(sentence, facts))


def _pieces(sentence: str, facts: Facts) -> Iterator[Fragment]:
    for text, name, _, _ in Formatter().parse(sentence):
        if text:
            yield text
        if name is not None:
            fact = facts[name]
            if isinstance(fact, tuple) and not isinstance(fact, Quantity):
                yield from fact
            else:
                yield fact
