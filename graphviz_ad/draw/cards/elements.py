"""The elements that cards are made of: lines of type, formulas, places of numbers, shapes, and named parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graphviz_ad.draw import measuring, typeset
from graphviz_ad.draw.svg import Element, number
from graphviz_ad.draw.theme import MONO, SERIF
from graphviz_ad.formulas.text import Run

__all__ = ["formula", "part", "path", "rect", "slot", "text", "warning"]


def text(
    classes: str, x: float, y: float, size: float, family: str, content: Sequence[Element | str], anchor: str = ""
) -> Element:
    """A line of type."""
    attributes = {"x": number(x), "y": number(y), "font-family": family, "font-size": number(size)}
    if anchor:
        attributes["text-anchor"] = anchor
    if family == SERIF:
        attributes["word-spacing"] = number(measuring.SPACING * size)
    return Element("text", attributes, tuple(classes.split()), tuple(content))


def formula(x: float, y: float, size: float, runs: Sequence[Run], centred: bool = False) -> Iterator[Element]:
    """A label in serif type with its overlines."""
    if not runs:
        return
    left = x - measuring.width(runs, size) / 2 if centred else x
    yield text("label", x, y, size, SERIF, typeset.tspans(runs, size), "middle" if centred else "")
    yield from typeset.overlines(runs, size, left, y)


def slot(classes: str, index: int, x: float, y: float, size: float, anchor: str = "end", family: str = MONO) -> Element:
    """The place of one of the numbers of a part; the painters fill it."""
    element = text(classes, x, y, size, family, (), anchor)
    element.attributes["data-slot"] = str(index)
    return element


def rect(classes: str, x: float, y: float, width: float, height: float, radius: float = 0.0) -> Element:
    """A rectangle, with round corners where it has a radius."""
    attributes = {"x": number(x), "y": number(y), "width": number(width), "height": number(height)}
    if radius:
        attributes["rx"] = number(radius)
    return Element("rect", attributes, tuple(classes.split()))


def path(classes: str, data: str) -> Element:
    """A path."""
    return Element("path", {"d": data}, tuple(classes.split()))


def part(name: str, kind: str, children: Sequence[Element]) -> Element:
    """A part of the picture that has a name and a timeline: a node, a row, a socket, a pad."""
    return Element("g", {"id": name}, (kind,), tuple(children), part=name)


_WARNING = "l7,-12.5l7,12.5zm6.1,-8.4l.4,4.6h1l.4,-4.6zm.1,5.6v1.6h1.6v-1.6z"


def warning(x: float, y: float) -> Element:
    """The sign of a number that is none, its lower left corner at the place."""
    element = path("warning", f"M{number(x)},{number(y)}{_WARNING}")
    element.attributes["fill-rule"] = "evenodd"
    return element
