"""What the steps of reverse mode say, at each level of detail.

In full words a step speaks of slopes only: what the bars of adjoints stand for, and which rule is at work. A standard
sentence has the names of the picture, and the reason; a terse one is an equation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graphviz_ad.formulas.formula import Formula
from graphviz_ad.formulas.symbols import Symbol, partial_derivative
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.levels import Fragment, Telling, alike
from graphviz_ad.story.predicates import predicate
from graphviz_ad.story.steps import Card

__all__ = [
    "Passing",
    "aside",
    "complete",
    "computed",
    "constant",
    "equals",
    "going_back",
    "listed",
    "meaning",
    "received",
    "slope_of",
    "so_far",
    "started",
    "through",
    "use_of",
    "valued",
]

_IN_FULL = 6  # numbers of a row that a sentence has one by one


@dataclass(frozen=True)
class Passing:
    """What happens on one edge on the way back.

    Attributes
    ----------
    child, parent, output : Card
        From where to where, and of what the slopes are.
    why : tuple
        The reason; empty where none is known.
    rule : str
        What it is called: ``"product rule"``.
    manner : str
        ``"times"`` a factor; ``"passes"`` on or ``"turns"`` its sign; or goes by a structural ``"rule"``.
    factor : Formula or None
        The local gradient.
    local : tuple
        Its number, as it follows the formula; empty where the formula is a number.
    sends : Formula
        The product, or what a structural rule sends.
    use : int
        Which use of the parent it is, from 1, where both operands are that; else 0.
    label : Formula
        What the picture says of the edge: ``"to every summand"``.
    by : Formula or None
        The same, where there is no formula of the rule.
    times : tuple
        What a product with a matrix multiplies by, in full words, and on which side; empty for other rules.
    copies : int
        How many copies of each number of the parent are summed.
    incoming, after : Quantity
        The adjoint of the child, and what the parent receives.
    shared : bool
        Whether the parent receives something by other edges, too.
    keeps_real_part : bool
        Whether a complex number arrives at a real parent.
    smooth : bool
        Whether nothing in the graph has a corner.
    lone : bool
        Whether there is one input only.
    """

    child: Card
    parent: Card
    output: Card
    why: tuple[Fragment, ...]
    rule: str
    manner: str
    factor: Formula | None
    local: tuple[Fragment, ...]
    sends: Formula
    use: int
    label: Formula
    by: Formula | None
    times: tuple[Fragment, ...]
    copies: int
    incoming: Quantity
    after: Quantity
    shared: bool
    keeps_real_part: bool
    smooth: bool
    lone: bool


def _is_short(shape: tuple[int, ...]) -> bool:
    """Whether an array is written number by number within a sentence, and not as its shape and range."""
    return len(shape) < 2 and shape < (_IN_FULL + 1,)


def equals(number: Quantity, shape: tuple[int, ...]) -> tuple[Fragment, ...]:
    """Return a number as it follows its name: `` = 2``, or in brackets the shape and range of an array.

    Examples
    --------
    >>> equals(Quantity("value", 1), (3,)), equals(Quantity("value", 1), (8, 4))
    ((' = ', Quantity(kind='value', node=1, argument=0)), (' (', Quantity(kind='value', node=1, argument=0), ')'))
    """
    return (" = ", number) if _is_short(shape) else (" (", number, ")")


def aside(number: Quantity, shape: tuple[int, ...]) -> tuple[Fragment, ...]:
    """Return a number as it is put in behind what it is, in full words."""
    return (", ", number, ",") if _is_short(shape) else (" (", number, ")")


def valued(gradient: Symbol, number: Quantity, shape: tuple[int, ...]) -> tuple[Fragment, ...]:
    """Return the number of a local gradient as it follows its formula; nothing where that has it in full."""
    is_written = gradient.head == "number" or (gradient.head == "vector" and _is_short(shape))
    return () if is_written else equals(number, shape)


def use_of(parent: Card, use: int) -> tuple[Fragment, ...]:
    """Return what an operand is called: by its name, or as one of two uses of that."""
    which = (f"the {'first' if use == 1 else 'second'} ",) if use else ()
    return (*which, parent.symbol)


def through(child: Card, parent: Card, use: int) -> tuple[Fragment, ...]:
    """Return through what something comes to a parent: a node, or one of two uses in it.

    Examples
    --------
    >>> import graphviz_ad as gad
    >>> square, x = reversed(gad.trace(lambda x: x * x, 2.0).story.nodes)
    >>> print(*through(square, x, 2))
    the second  <Formula x>  in  <Formula x · x>
    """
    return (*use_of(parent, use), " in ", child.way) if use else (child.way,)


def listed(items: Sequence[Sequence[Fragment]]) -> list[Fragment]:
    """Return a list as one reads it.

    Examples
    --------
    >>> listed([["a"], ["b"], ["c"]])
    ['a', ', ', 'b', ' and ', 'c']
    """
    signs = ["", *([", "] * (len(items) - 2)), " and "]
    return [piece for sign, item in zip(signs, items, strict=False) for piece in (sign, *item) if piece != ""]


def computed(card: Card, value: Quantity) -> Telling:
    """Say that a value is computed.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> print(gad.trace(np.sin, 0.0).steps()[1])
    f is sin x: 0.
    """
    return Telling(
        ("Compute ", card.short, " and call it ", card.symbol, ": ", value, "."),
        (card.symbol, " is ", card.short, ": ", value, "."),
        (card.title, " = ", value, "."),
    )


def received(card: Card, value: Quantity, *, chosen: bool, lone: bool) -> Telling:
    """Say what an input is, the `lone` one or one of several; `chosen`, or else what a recording begins with."""
    what = (" is the input: " if lone else " is an input: ") if chosen else " is: "
    sentence = (card.symbol, what, value, ".")
    return Telling(sentence, sentence, (card.symbol, " = ", value, "."))


def _target(output: Card) -> tuple[Fragment, ...]:
    """Return what the slopes are of: a number, or the sum of an array, which a seed of ones asks for."""
    return ("the sum of ", output.symbol) if output.shape else (output.symbol,)


def slope_of(output: Card, card: Card) -> tuple[Fragment, ...]:
    """Return what an adjoint is, in words: the slope of f with respect to x."""
    return ("the slope" if not card.shape else "the slopes", " of ", *_target(output), " with respect to ", card.symbol)


def started(output: Card, seed: Quantity) -> Telling:
    """Say what the sweep begins with."""
    name, bar = output.symbol, output.bar
    if output.shape:
        standard: tuple[Fragment, ...] = ("Start at ", name, " with a seed of ones, which asks for the gradient of its "
                                          "sum: each entry moves the sum by as much as it moves itself.")  # fmt: skip
        plain: tuple[Fragment, ...] = (
            "Now back. The question is always: if this grew by a little, how much would the sum of ",
            name,
            " grow? For each entry of ",
            name,
            " itself the answer is: by just as much, 1 times.",
        )
        return Telling(plain, standard, (bar, " = ", seed, "."))
    return Telling(
        ("Now back. The question is always: if this grew by a little, how many times as much would ", name, " grow? "
         "For ", name, " itself the answer is ", seed, ": when ", name, " grows by 1, ", name, " grows by 1. "
         "In the picture the answers stand at ▲, and their names have a bar."),
        ("Start at ", name, " with ", bar, " = ", seed, ": when ", name, " grows by 1, ", name, " grows by 1."),
        (bar, " = ", Formula(partial_derivative(name.symbol, name.symbol)), " = ", seed, "."),
    )  # fmt: skip


def going_back(passing: Passing) -> Telling:
    """Say what goes back along an edge, and why."""
    child, parent = passing.child, passing.parent
    because = (*passing.why, ", so ") if passing.why else ()
    gets = " += " if passing.shared else " = "
    return Telling(
        _plainly(passing),
        ("Back through ", *through(child, parent, passing.use), ": ", *because, child.bar,
         *equals(passing.incoming, child.shape), *_manner(passing), *_arrival(passing)),
        (child.short, ": ", parent.bar, gets, *_sent(passing), " = ", passing.after, "."),
    )  # fmt: skip


def _sent(passing: Passing) -> tuple[Fragment, ...]:
    return (passing.sends,) if passing.by is None else (passing.child.bar, ", ", passing.by)


def _summed(passing: Passing) -> str:
    return f"summed over the {passing.copies:,} copies"


def _manner(passing: Passing) -> tuple[Fragment, ...]:
    """Return what happens to the adjoint."""
    over = f", {_summed(passing)}" if passing.copies > 1 else ""
    if passing.manner == "passes":
        return (f" is {_summed(passing)}" if over else " passes unchanged",)
    if passing.manner == "turns":
        return (" changes sign", over)
    if passing.manner == "times" and passing.factor is not None:
        return (" is multiplied by ", passing.factor, *passing.local, over)
    return (" goes back as ", passing.sends) if passing.by is None else (" goes through its rule: ", passing.by)


def _real_part(passing: Passing) -> tuple[Fragment, ...]:
    """Say what is left of a complex number that arrives at a real one."""
    return (
        (". Of this the real part counts, for ", passing.parent.symbol, " is real") if passing.keeps_real_part else ()
    )


def _arrival(passing: Passing) -> tuple[Fragment, ...]:
    bar, shape = passing.parent.bar, passing.parent.shape
    if passing.shared and _is_short(shape):
        return (*_real_part(passing), ". This adds ", passing.after, " to ", bar, ".")
    if passing.shared:
        return (*_real_part(passing), ". To ", bar, " this adds ", passing.after, ".")
    return (*_real_part(passing), ". ", *arrived(passing.output, passing.parent, passing.after, lone=passing.lone))


def arrived(output: Card, card: Card, adjoint: Quantity, *, lone: bool) -> tuple[Fragment, ...]:
    """Say that an adjoint is known; of an input, the `lone` one or one of several, it is what was asked for."""
    if card.role != "input":
        return (card.bar, " is ", adjoint, ".")
    what = "gradient" if card.shape else "slope"
    place = " at this " if lone else " with respect to "
    return (card.bar, f", the {what} of ", output.symbol, place, card.symbol, ", is ", adjoint, ".")


def _plainly(passing: Passing) -> tuple[Fragment, ...]:
    """Say it in full words, without bars."""
    child, parent, output = passing.child, passing.parent, passing.output
    because = (*passing.why, ". ") if passing.why else ()
    begins = (f"{passing.rule.capitalize()}: ", *because)
    comes = slope_of(output, child)
    if child == output and not output.shape:
        comes = ("the slope of ", output.symbol, " with respect to itself")
    way = (*comes, *aside(passing.incoming, child.shape))
    result = slope_of(output, parent)
    arrives: tuple[Fragment, ...] = (*result, ": ", passing.after, ".")
    if passing.shared:
        whence = through(child, parent, passing.use)
        arrives = (passing.after, ", the part of ", *result, " that comes through ", *whence, ".")
    elif parent.role == "input":
        arrives = (*arrives, *meaning(parent, output, passing.after, smooth=passing.smooth))
    return (*begins, *_capital(way), " ", *_deed(passing), *_real_part(passing), ". This gives ", *arrives)


def _deed(passing: Passing) -> tuple[Fragment, ...]:
    one = not passing.child.shape
    added = f"added up over the {passing.copies:,} copies"
    if passing.manner == "passes" and passing.copies > 1:
        return ("are ", added)
    added = f", and {'' if passing.manner == 'times' else 'are '}{added}" if passing.copies > 1 else ""
    if passing.manner == "passes":
        return ("goes on unchanged" if one else "go on unchanged",)
    if passing.manner == "turns":
        return ("changes sign" if one else "change sign", added)
    if passing.manner == "times" and passing.factor is not None:
        entry = "" if one or passing.factor.symbol.head == "number" else ", entry by entry"
        return ("is multiplied by " if one else "are multiplied by ", passing.factor, *passing.local, entry, added)
    if passing.times:
        return ("is " if one else "are ", *passing.times)
    said = predicate(passing.label.text, one=one)
    if said:
        return (said,)
    return ("goes back" if one else "go back", " by the rule of ", passing.child.short, " (in the picture: ",
            passing.label, ")")  # fmt: skip


def _capital(fragments: Sequence[Fragment]) -> tuple[Fragment, ...]:
    first, *rest = fragments
    return (first[:1].upper() + first[1:] if isinstance(first, str) else first, *rest)


def so_far(card: Card, output: Card, after: Quantity, count: int, total: int, later: Sequence[Fragment]) -> Telling:
    """Say a running sum at a fan-out, and what is still to come."""
    places = f" is used in {total} places"
    why: tuple[Fragment, ...] = ("a small change of ", card.symbol, " moves ", *_target(output),
                                 " through each of them, so ")  # fmt: skip
    rest = (". Still to come: ", *later, ".")
    return Telling(
        (card.symbol, f"{places}. ", *_capital(why), f"the slopes are added up. The first {count} of {total} make "
         if count > 1 else f"the slopes are added up. The first of {total} is ", after, *rest),
        (card.symbol, f"{places}; ", *why, "its adjoint is the sum of what comes back. ",
         f"{count} of {total} so far: ", after, *rest),
        (card.bar, " = ", after, f", {count} of {total}."),
    )  # fmt: skip


def complete(card: Card, output: Card, after: Quantity, total: int, *, smooth: bool, lone: bool) -> Telling:
    """Say that the last contribution is in; `smooth` and `lone` are those of a `Passing`."""
    everything, verb = "Both" if total == 2 else f"All {total}", " are " if card.shape else " is "
    return Telling(
        (f"{everything} parts are in and added up: ", *slope_of(output, card), verb, after, ".",
         *meaning(card, output, after, smooth=smooth)),
        (f"{everything} contributions are in: ", *arrived(output, card, after, lone=lone)),
        (card.bar, " = ", after, f", {total} of {total}."),
    )  # fmt: skip


def meaning(card: Card, output: Card, after: Quantity, *, smooth: bool) -> tuple[Fragment, ...]:
    """Say what a slope means; of an array, what the slopes of an input mean, in one sentence for all of its entries.

    It is told of all places of a graph: also of falling ones, and of corners, which it does not hold at.
    """
    if output.shape or (card.shape and card.role != "input"):
        return ()
    end = (".",) if smooth else (", unless ", output.symbol, " has a corner here.")
    if card.shape:
        return (" Each is for one entry of ", card.symbol, ": if that grew by a little, ", output.symbol,
                " would change by about so many times as much", *end)  # fmt: skip
    return (" If ", card.symbol, " grew by a little, ", output.symbol, " would change by about ", after,
            " times as much", *end)  # fmt: skip


def constant(card: Card, value: Quantity, follows: str) -> Telling:
    """Say that the function gives a constant."""
    return alike(card.symbol, " is the constant ", value, follows)
