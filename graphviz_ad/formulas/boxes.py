"""Boxes: what a formula is made of once operators and precedence are settled."""

from __future__ import annotations

from dataclasses import dataclass

from graphviz_ad.console import prints
from graphviz_ad.numerals.quantities import Quantity

__all__ = ["Box", "Enclosed", "Fraction", "Root", "Row", "Script", "Slot", "Text", "fence", "is_tall", "mark", "row"]


@prints
@dataclass(frozen=True, slots=True)
class Text:
    """A piece of text in one style: "i" identifier, "f" function name, "n" number, "o" operator, "w" words.

    An identifier may carry the bar of an adjoint or the dot of a tangent.
    """

    text: str
    style: str
    bar: bool = False
    dot: bool = False


@prints
@dataclass(frozen=True, slots=True)
class Slot:
    """The place of a number of the story; `protect` puts it in parentheses when it is negative."""

    quantity: Quantity
    protect: bool


@prints
@dataclass(frozen=True, slots=True)
class Row:
    """Boxes side by side."""

    items: tuple[Box, ...]


@prints
@dataclass(frozen=True, slots=True)
class Script:
    """A box raised (level 1) or lowered (level -1) behind another."""

    base: Box
    script: Box
    level: int


@prints
@dataclass(frozen=True, slots=True)
class Fraction:
    """A fraction, and how its two parts are written on one line."""

    top: Box
    bottom: Box
    top_line: Box
    bottom_line: Box


@prints
@dataclass(frozen=True, slots=True)
class Root:
    """A root, and how what is inside is written on one line; `degree` is empty for a square root."""

    inside: Box
    line: Box
    degree: str = ""


@prints
@dataclass(frozen=True, slots=True)
class Enclosed:
    """A box between two signs, which are as tall as it is."""

    left: str
    inside: Box
    right: str


Box = Text | Slot | Row | Script | Fraction | Root | Enclosed


def is_tall(box: Box) -> bool:
    """Whether a box takes more than a line, so that what encloses it must grow."""
    match box:
        case Fraction():
            return True
        case Row(items):
            return any(map(is_tall, items))
        case Script(base, script, _):
            return is_tall(base) or is_tall(script)
        case Root(inside) | Enclosed(_, inside, _):
            return is_tall(inside)
    return False


def mark(text: str) -> Text:
    """Return an operator, spaces around it included."""
    return Text(text, "o")


def row(*items: Box) -> Box:
    """Return boxes side by side, rows among them dissolved."""
    flat: list[Box] = []
    for item in items:
        if isinstance(item, Row):
            flat.extend(item.items)
        else:
            flat.append(item)
    return flat[0] if len(flat) == 1 else Row(tuple(flat))


def fence(inside: Box, left: str = "(", right: str = ")") -> Box:
    """Return a box between two signs, parentheses unless given."""
    return Enclosed(left, inside, right)
