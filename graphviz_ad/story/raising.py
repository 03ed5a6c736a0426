"""Tell what there was before a function raised: its values, and at the end what gave none.

It is a story of values alone: nothing was returned, so there is nothing to differentiate.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from graphviz_ad.console import visible
from graphviz_ad.engine.failures import Failure, Operand, Remains
from graphviz_ad.engine.lazily import lazily
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.source import Site
from graphviz_ad.engine.variable import DETACH, Variable
from graphviz_ad.engine.written import MISSING
from graphviz_ad.errors import GraphvizAdError
from graphviz_ad.formulas.formula import Formula
from graphviz_ad.formulas.symbols import Symbol, name, row, words
from graphviz_ad.formulas.text import written
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.accounts import Account, Flag
from graphviz_ad.story.levels import Fragment, alike
from graphviz_ad.story.naming import call_of, use_of
from graphviz_ad.story.steps import Card, Edge, Story
from graphviz_ad.story.telling import Teller

__all__ = ["Raiser", "expression_of", "facts_of", "headline_of", "proviso_of", "sentence_of"]

_LONGEST = 40  # characters of an expression on its card
_MOST_CALLS = 4  # of those on the way; of more, as in a recursion, the first and the last
_MOST_OPERANDS = 6


class Raiser(Teller):
    """Collects the story of a function that raised."""

    mode = "values"

    def __init__(self, remains: Remains) -> None:
        self.failure = remains.failure
        super().__init__(remains)

    def _swept(self) -> None:
        return None

    def _live(self) -> set[int]:
        return set()

    @lazily
    def titles(self) -> tuple[Formula, Formula]:
        """``f(x)``, twice: no formula holds to the end."""
        call = Formula(row(*call_of(self.trace, self.variables, self.names)))
        return call, call

    def _tell(self) -> Story:
        story = super()._tell()
        return replace(story, findings=(self._account(story),), provisos=(proviso_of(self.trace.name),))

    def _collect_edges(self) -> None:
        for i, node in enumerate(self.variables):
            for k, parent in self._operands(i):
                kind = "cut" if node.primitive is DETACH else "plain"
                self.edges.append(Edge(i, k, parent, Formula(words("")), kind, use=use_of(node.operands, k)))

    def _last_cards(self, position: int) -> list[Card]:
        """Tell of what raised, which is the last there is; return its card, after those of its plain arrays."""
        failure, site = self.failure, self.failure.site
        cards, places = self._plain_cards(position), dict[int, int]()
        last = position + len(cards)
        for k, operand in enumerate(failure.operands):
            if isinstance(operand.value, Variable):
                places[k] = self.position[operand.value.index]
            elif _is_array(operand):
                places[k] = next(card.position for card in cards if card.symbol.text == operand.text)
        whole = expression_of(failure)
        title = row(name(site.name), " = ", whole) if site is not None and site.name else whole
        short = words(f"line {site.line}") if site is not None and raises_by_itself(failure) else whole
        for k, parent in places.items():
            label = words(str(failure.operands[k].shape or "number"))
            self.edges.append(Edge(last, k, parent, Formula(label), "plain"))
        reads = [Quantity("value", parent) for parent in dict.fromkeys(places.values())]
        says = sentence_of(failure)
        telling = alike(Formula(short), f" raises {failure.type_name}{f': {says}' if says else '.'}")
        said = telling, [("operation", title)]
        self._add("raise", last, Quantity("value", last), lambda: said, operands=reads, span=site)
        short_of, title_of = Formula(short), Formula(title)
        return [
            *cards,
            Card(last, "raised", short_of, short_of, title_of, short_of, (), "", False, False, 0, site),
        ]

    def _plain_cards(self, position: int) -> list[Card]:
        """Return cards of the arrays among the operands that are no nodes, so that their shapes are seen."""
        arrays = {operand.text: operand for operand in self.failure.operands if _is_array(operand)}
        cards = []
        for place, (text, operand) in enumerate(arrays.items(), position):
            value = np.asarray(operand.value)
            symbol = Formula(_set(text))
            self.numbers[Quantity("value", place)] = value
            cards.append(
                Card(place, "constant", symbol, symbol, symbol, symbol, value.shape, str(value.dtype), False, False, 0,
                     None)
            )  # fmt: skip
        return cards

    def _account(self, story: Story) -> Account:
        failure, last = self.failure, len(story.nodes) - 1
        says = sentence_of(failure)
        flag = Flag("blame", "raised", failure.reason or f"raises {failure.type_name}")
        return Account(
            kind="raised",
            tone="blame",
            sign="raised",
            title=headline_of(failure, story.nodes[last].short),
            sentence=(says,) if says else (),
            facts=tuple((label, (text,)) for label, text in facts_of(failure)),
            step=len(story.steps) - 1,
            node=last,
            edge=None,
            line=None if failure.site is None else failure.site.line,
            span=failure.site,
            flags={Quantity("value", last): flag},
            gains={last: f"raises {failure.type_name} here"},
        )


def _is_array(operand: Operand) -> bool:
    """Whether an operand is an array of numbers, and no node."""
    return isinstance(operand.value, np.ndarray) and operand.value.dtype.kind in "biufc" and operand.value.ndim > 0


def expression_of(failure: Failure) -> Symbol:
    """Return what raised as a formula: as it is written there, with its names set as names."""
    text = visible(" ".join(failure.site.text.split())) if failure.site is not None else ""
    return _set(text or ("what comes next" if failure.site is None else f"line {failure.site.line}"))


def _set(text: str) -> Symbol:
    """Return code as a formula: its names are set as names, all else as it is."""
    pieces = _NAMES.split(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…")
    symbols = (name(p) if k % 2 and not keyword.iskeyword(p) else words(p) for k, p in enumerate(pieces) if p)
    return row(*symbols)


_NAMES = re.compile(r"(?<![\w.\"'])([^\W\d]\w*)(?![\w(.\"'])")


def headline_of(failure: Failure, at: Formula) -> tuple[Fragment, ...]:
    """Return what happened as a title: which function raised what, and at which expression."""
    site = failure.site
    who = "What was called" if site is None else {"<lambda>": "A lambda"}.get(site.function, site.function)
    return (f"{who} raises {failure.type_name}", *(() if raises_by_itself(failure) else (" at ", at)))


def raises_by_itself(failure: Failure) -> bool:
    """Whether a statement raises, or its expression is not known: then there is no operation to show."""
    return failure.site is None or failure.site.text.partition(" ")[0] in ("", "raise", "assert")


def sentence_of(failure: Failure) -> str:
    """Return what an exception says, without the place and the expression, and what did not fit where it says nothing.

    Examples
    --------
    >>> sentence_of(Failure(ZeroDivisionError("division by zero"), (), (), "n is 0"))
    'division by zero: n is 0.'
    >>> sentence_of(Failure(KeyError("b"), (), (), "no key 'b'"))
    "no key 'b'."
    """
    text = _PLACE.sub("", failure.message.partition("\n")[0].strip()).removesuffix(".")
    head, colon, rest = text.partition(": ")
    if colon and failure.site is not None and _squeezed(head) == _squeezed(failure.site.text):
        text = rest
    reason = failure.reason
    if isinstance(failure.error, KeyError) and reason:
        text, reason = reason, ""
    if isinstance(failure.error, GraphvizAdError) or _TELLING.search(text):
        reason = ""
    text += f": {reason}" if text and reason else reason
    return text if not text or text.endswith(("!", "?", "…", ":")) else f"{text}."


def _squeezed(code: str) -> str:
    return "".join(code.split())


_PLACE = re.compile(r" \([^()]*, line \d+\)(?=\.?$)")
_TELLING = re.compile("must be equal|out of bounds")
"""What a message says that shows what did not fit."""


def facts_of(failure: Failure) -> Iterator[tuple[str, str]]:
    """Yield what the operands were, as far as that is known, and by which calls it came there."""
    described = {operand.text: _described(operand) for operand in failure.operands[:_MOST_OPERANDS]}
    yield from ((text, said) for text, said in described.items() if said not in ("", text))
    if len(failure.calls) > 1:
        yield "called", " ▸ ".join(_route(failure.calls))


def _described(operand: Operand) -> str:
    value = plain_value(operand.value) if isinstance(operand.value, Variable) else operand.value
    if value is MISSING or callable(value):
        return ""
    shape = operand.shape
    if shape is None:
        sized = isinstance(value, list | tuple | dict | set)
        return f"a {type(value).__name__} of {len(value)}" if sized else ""
    if not shape:
        return written(value)
    return f"shape {shape}" if np.size(value) > 1 or len(shape) > 1 else written(value)


def _route(calls: tuple[Site, ...]) -> list[str]:
    """Return the person's lines on the way."""
    stops = [f"{site.function} line {site.line}" for site in calls]
    if len(stops) <= _MOST_CALLS:
        return stops
    half = _MOST_CALLS // 2
    return [*stops[:half], f"{len(stops) - _MOST_CALLS:,} more", *stops[-half:]]


def proviso_of(name: str) -> str:
    """Return what is to be known of all of it."""
    return f"{name} did not return: there are values up to here, and nothing to differentiate."
