"""Measure a node before it is laid out: its card with title and rows, the sockets above it and the pads below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from graphviz_ad.draw import measuring
from graphviz_ad.draw.cards import sizes
from graphviz_ad.draw.cards.openings import Opening, Readings, even, pads_of, socket
from graphviz_ad.draw.cards.rows import Lower, lower_row, number_room, row_height, row_width
from graphviz_ad.draw.layout import Box
from graphviz_ad.draw.svg import clean, shorten
from graphviz_ad.draw.typeset import words
from graphviz_ad.formulas.text import Run
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.numerals.readings import Reading
from graphviz_ad.story.steps import Card, Edge, Story

__all__ = ["Plan", "measure"]


@dataclass(frozen=True, eq=False)
class Plan:
    """A measured node."""

    card: Card
    box: Box
    title: tuple[Run, ...]
    tag: str
    value: Reading | None
    lower: tuple[Lower, ...]
    sockets: tuple[Opening, ...]
    pads: Mapping[tuple[int, int], Opening]
    ticks: bool
    tip: str

    @property
    def socket_gap(self) -> int:
        """What of the width of each of its sockets is left free."""
        return sizes.SOCKET_GAP

    def row_top(self, kind: str) -> int:
        """How far below its top one of its rows begins."""
        rows = ("value", *(own.kind for own in self.lower))
        return (self.box.socket_height if self.box.sockets else 0) + sizes.TITLE + rows.index(kind) * self.row_height

    @property
    def form(self) -> str:
        """Whether the rows hold a number, cells, a grid of cells or a thumbnail."""
        return self.value.form if self.value else "scalar"

    @property
    def row_height(self) -> int:
        """How high each of its two rows is."""
        return row_height(self.value)


def _tag(card: Card, room: float) -> str:
    """Role and dtype, as far as there is room for them: a card is not widened for what can be seen anyway."""
    role = card.role if card.role in ("input", "output", "constant") else ""
    dtype = shorten(clean(card.dtype), 16) if card.dtype != "float64" else ""
    for tag in (f"{role} · {dtype}" if role and dtype else "", dtype, role):
        if tag and measuring.sans(tag, sizes.TAG_SIZE) <= room:
            return tag
    return ""


def measure(
    card: Card,
    into: Sequence[Edge],
    out: Sequence[Edge],
    story: Story,
    readings: Readings,
    widest: Mapping[str, Reading],
) -> Plan:
    """Measure a node.

    Parameters
    ----------
    card : Card
    into, out : sequence of Edge
        The edges from its parents, by argument, and to its children.
    story : Story
    readings : callable
        Gives the reading of a quantity, or None.
    widest : mapping of str to Reading
        By kind of row, the longest number that it will ever show, running sums included.
    """
    position, forward = card.position, story.mode == "forward"
    value = readings(Quantity("value", position))
    uses = sum(edge.kind != "cut" for edge in out)
    ticks = len(out) if uses > 1 and len(out) > sizes.MOST_PADS else 0
    ahead = {(edge.child, edge.argument): edge for edge in story.views["forward"].edges} if story.views else {}
    sockets = tuple(
        socket(edge, story.mode, ahead.get((edge.child, edge.argument)),
                *(readings(Quantity(kind, edge.child, edge.argument)) for kind in ("local", "part")))
        for edge in into
    )  # fmt: skip
    shares = sum(opening.share is not None for opening in sockets)
    pads = pads_of(out, story, readings, ticks) if uses > 1 and story.derivatives else {}
    title = measuring.fit(card.title.runs, sizes.TITLE_SIZE, sizes.MOST_TITLE)
    counters = {"tangent": f"Σ {shares} of {shares}" if shares else "", "adjoint": f"{uses} of {uses}" if pads else ""}
    lower = tuple(lower_row(card, kind, widest.get(kind), counters[kind]) for kind in story.derivatives)
    if readings(Quantity("yours", position)) is not None:
        lower += (Lower("yours", (), widest.get("yours"), ""),)

    row = max((row_width(value, own) for own in lower), default=sizes.LABEL + number_room(value) + sizes.EDGE)
    width = max(
        sizes.CARD,
        10 + measuring.width(title, sizes.TITLE_SIZE) + sizes.EDGE,
        row,
        sum(opening.width for opening in sockets),
        sum(opening.width for opening in pads.values()),
    )
    whole = even(width)
    return Plan(
        card=card,
        box=Box(
            position=position,
            width=whole,
            body=sizes.TITLE + (1 + len(lower)) * row_height(value),
            sockets=tuple(
                (opening.edge.argument, size)
                for opening, size in zip(sockets, _spread([opening.width for opening in sockets], whole), strict=True)
            ),
            socket_height=_socket_height(card, story, summing=bool(shares)),
            pads=_ports(out, pads, whole),
            pad_height=(sizes.TICK_HEIGHT if ticks else sizes.EXIT_HEIGHT if forward else sizes.PAD_HEIGHT)
            if pads
            else 0,
        ),
        title=title,
        tag=_tag(card, whole - 10 - measuring.width(title, sizes.TITLE_SIZE) - 12 - sizes.EDGE),
        value=value,
        lower=tuple(replace(own, meaning=_meaning(card, story, whole, row, own)) for own in lower),
        sockets=sockets,
        pads=pads,
        ticks=bool(ticks),
        tip=_tip(card),
    )


def _socket_height(card: Card, story: Story, *, summing: bool) -> int:
    """How high its sockets are; in a story of values only what raised has any, which say what came to it."""
    if not story.derivatives:
        return sizes.SHAPE_HEIGHT if card.role == "raised" else 0
    return sizes.SUMMING_HEIGHT if summing else sizes.SOCKET_HEIGHT


def _ports(
    out: Sequence[Edge], pads: Mapping[tuple[int, int], Opening], whole: int
) -> tuple[tuple[tuple[int, int], int], ...]:
    """Where edges leave: from their pads, or, where a second edge is cut and none are drawn, side by side."""
    if len(out) < 2:
        return ()
    keys = [(edge.child, edge.argument) for edge in out]
    return tuple(zip(keys, _spread([pads[key].width if pads else sizes.TICK for key in keys], whole), strict=True))


def _spread(widths: Sequence[int], whole: int) -> tuple[int, ...]:
    """Widen slots that stand side by side until they fill the card; a single one keeps its size."""
    spare = whole - sum(widths)
    if len(widths) < 2 or spare <= 0:
        return tuple(widths)
    share, rest = divmod(spare, len(widths))
    return tuple(size + share + (1 if place < rest else 0) for place, size in enumerate(widths))


def _meaning(card: Card, story: Story, width: int, row: float, own: Lower) -> tuple[Run, ...]:
    """Say at an input what its adjoint is, where there is room for it."""
    if (
        own.kind != "adjoint"
        or card.role != "input"
        or card.shape
        or story.nodes[story.output].shape
        or story.output == card.position
    ):
        return ()
    d = Run("∂")
    text = (Run("= "), d, *story.nodes[story.output].symbol.runs, Run("/"), d, *card.symbol.runs)
    note = measuring.sans("9 of 9", sizes.NOTE_SIZE) + 6
    return text if own.counter and row - note + measuring.width(text, sizes.LABEL_SIZE) + 8 <= width else ()


def _tip(card: Card) -> str:
    if card.role == "raised":
        return f"{words(card.title)} (raised)"
    shape = "×".join(map(str, card.shape)) if card.shape else "scalar"
    return f"{words(card.title)} ({shape}, {clean(card.dtype[:40])})"
