"""Draw the openings of a card: sockets with what is said of an edge, pads with what comes back through it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from graphviz_ad.draw import measuring, typeset
from graphviz_ad.draw.cards import elements, sizes
from graphviz_ad.draw.cards.drawn_rows import MARKS
from graphviz_ad.draw.cards.openings import Opening, use_in
from graphviz_ad.draw.parts import edge_part
from graphviz_ad.draw.svg import Element, number
from graphviz_ad.draw.theme import MONO, SANS, SERIF
from graphviz_ad.numerals.readings import Reading

__all__ = ["draw_exit", "draw_pad", "draw_socket"]


def draw_socket(opening: Opening, kind: str, x: float, y: float, width: int, height: int) -> Element:
    """A socket stands on the card's top edge, which closes it below."""
    inner = width - sizes.SOCKET_GAP
    left, centre = x + sizes.SOCKET_GAP / 2, x + width / 2
    bottom = y + height
    outline = f"M{number(left)},{number(bottom)}v-{height - 5}q0,-5 5,-5h{number(inner - 10)}q5,0 5,5v{height - 5}"
    children = [elements.path("bg", outline)]
    if opening.ahead is None:
        children.extend(_says(opening, centre, y))
    else:
        children += [
            *_says(opening, centre, y, "back"),
            *_says(opening.ahead, centre, y, "onward"),
            *_pair(opening, centre, y),
        ]
    if opening.edge.kind == "local":
        children.append(elements.path("blank", f"M{number(centre - 24)},{number(y + 28)}h48"))
        children.extend(_line(opening.reading, centre, y + 31.2))
    key = (opening.edge.child, opening.edge.argument)
    if opening.share is not None:
        children.append(_draw_share(opening.share, edge_part(*key, "share"), left, y + sizes.SOCKET_HEIGHT, inner))
    return elements.part(edge_part(*key, "socket"), kind, children)


def _says(opening: Opening, centre: float, y: float, when: str = "") -> Iterator[Element]:
    """What a socket says, always or in one of two modes."""
    two_lines = opening.edge.kind == "local" or bool(opening.word)
    size, baseline = (sizes.SOCKET_SIZE, y + 15) if two_lines else (sizes.LABEL_SIZE, y + 23.5)
    if opening.edge.kind == "plain":
        baseline = y + 18
    yield from _marked(elements.formula(centre, baseline, size, opening.label, centred=True), when)
    if opening.word and opening.edge.kind != "local":
        low = y + 31 if opening.label else y + 23.5
        yield elements.text(f"word {when}", centre, low, sizes.PAD_SIZE, SANS, (opening.word,), "middle")


def _pair(opening: Opening, centre: float, y: float) -> Iterator[Element]:
    """What a socket says while both modes are shown: the factor, or below each other what each mode makes of it."""
    assert opening.ahead is not None
    if opening.edge.kind == "local":
        yield from _marked(
            elements.formula(centre, y + 15, sizes.SOCKET_SIZE, opening.ahead.label, centred=True), "pair"
        )
        return
    for own, kind, middle in ((opening.ahead, "tangent", y + 11.5), (opening, "adjoint", y + 27.5)):
        wide = measuring.width(own.label, sizes.SOCKET_SIZE)
        yield elements.path(f"{kind} pair", MARKS[kind](centre - wide / 2 - 8, middle))
        yield from _marked(
            elements.formula(centre + 6, middle + 4.5, sizes.SOCKET_SIZE, own.label, centred=True), "pair"
        )


def _marked(drawn: Iterator[Element], when: str) -> Iterator[Element]:
    """Say when elements are shown, where that is not always."""
    for element in drawn:
        yield replace(element, classes=(*element.classes, when)) if when else element


def _draw_share(reading: Reading, name: str, x: float, y: float, width: int) -> Element:
    """The sum line of a socket: what this operand adds to the tangent of its node."""
    array = reading.form == "array"
    right = x + width - 6
    return elements.part(name, "share", [
        elements.path("hair", f"M{number(x + 6)},{number(y - 1)}H{number(right)}"),
        elements.text("equals", x + 6, y + 12.5, sizes.SMALL_NUMBER, MONO, ("=",)),
        *([elements.slot("slot shape", 0, right, y + 12.5, sizes.SMALL_NUMBER)] if array else []),
        elements.slot("slot", int(array), right, y + 12.5, sizes.SMALL_NUMBER),
    ])  # fmt: skip


def _line(reading: Reading | None, x: float, y: float) -> Iterator[Element]:
    """The single line of a pad or a socket; of a larger array the range, while the slot of its shape stays hidden."""
    array = reading is not None and reading.form == "array"
    if array:
        yield elements.slot("slot shape", 0, x, y, sizes.SMALL_NUMBER, "middle")
    yield elements.slot("slot", int(array), x, y, sizes.SMALL_NUMBER, "middle")


def draw_pad(opening: Opening, tip: str, x: float, y: float, width: int, ticks: bool, leads: bool) -> Element:
    """A pad stands on the card's bottom edge; where an edge of many leaves, it is a tick."""
    name = edge_part(opening.edge.child, opening.edge.argument, "pad")
    title = Element("title", content=(tip,))
    if ticks:
        broad = min(16, width - 3)
        return elements.part(name, "pad", (title, elements.rect("bg", x + (width - broad) / 2, y + 4, broad, 11, 3)))
    centre, gap = x + width / 2, sizes.PAD_GAP / 2
    via = elements.text("label", centre, y + 18, sizes.PAD_SIZE, SANS, _said("via", opening), "middle")
    children = [
        title,
        elements.rect("bg", x + gap, y + 4, width - sizes.PAD_GAP, 34, 4),
        via,
        elements.path("blank", f"M{number(centre - 24)},{number(y + 28.5)}h48"),
        *_line(opening.reading, centre, y + 32),
        elements.text("word", centre, y + 32, sizes.PAD_SIZE, SANS, (opening.word,), "middle"),
    ]
    if leads:  # while forward mode alone is shown
        children.append(elements.text("leads", centre, y + 25, sizes.PAD_SIZE, SANS, _said("to", opening), "middle"))
    return elements.part(name, "pad", children)


def _said(word: str, opening: Opening) -> tuple[str, Element]:
    """What a pad says: a word, and in serif type where the edge leads."""
    style = {"font-family": SERIF, "word-spacing": number(measuring.SPACING * sizes.PAD_SIZE)}
    inner = Element("tspan", style, (), tuple(typeset.tspans(opening.label, sizes.PAD_SIZE)))
    return f"{word} {use_in(opening.edge)}", inner


def draw_exit(opening: Opening, x: float, y: float, width: int, ticks: bool) -> list[Element]:
    """The pad of forward mode says where the edge leads, and has no number: nothing is summed there."""
    if ticks:
        broad = min(16, width - 3)
        return [elements.rect("exit", x + (width - broad) / 2, y + 4, broad, 11, 3)]
    return [
        elements.rect("exit", x + sizes.PAD_GAP / 2, y + 3, width - sizes.PAD_GAP, 23, 4),
        elements.text("to", x + width / 2, y + 18.5, sizes.PAD_SIZE, SANS, _said("to", opening), "middle"),
    ]
