"""Measure the openings of a card: the sockets above it and the pads below."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from graphviz_ad.draw import measuring
from graphviz_ad.draw.cards import sizes
from graphviz_ad.formulas.text import Run
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.numerals.readings import Reading
from graphviz_ad.story.steps import Card, Edge, Story

__all__ = ["Opening", "Readings", "even", "pads_of", "socket", "use_in"]

Readings = Callable[[Quantity], "Reading | None"]


def _inline_length(reading: Reading | None) -> int:
    if reading is None:
        return 8
    if reading.form == "cells":
        return reading.cells * (reading.longest + 1) + 1
    return reading.longest


def _has_two_lines(edge: Edge, mode: str) -> bool:
    """Whether a socket shows a number, shapes or a word below what it says."""
    return edge.kind == "local" or bool(_below(edge, mode))


def _below(edge: Edge, mode: str) -> str:
    """Return what stands in a socket below what a rule says: the shapes, or what kind of rule it is."""
    if edge.kind in ("rule", "literal") and edge.shapes:
        return edge.shapes
    return _KINDS[mode].get(edge.kind, "")


_KINDS = {"reverse": {}, "both": {}, "values": {}, "forward": {"rule": "JVP rule", "linear": "linear"}}


@dataclass(frozen=True)
class Opening:
    """A socket or a pad: its edge, what it says, and the readings whose numbers it shows: its own, and its share; of a
    socket of both modes what it says in forward mode, where that is something else.
    """

    edge: Edge
    label: tuple[Run, ...]
    word: str
    reading: Reading | None
    width: int
    share: Reading | None = None
    ahead: Opening | None = None


def socket(edge: Edge, mode: str, ahead: Edge | None, reading: Reading | None, share: Reading | None) -> Opening:
    """Return the socket of an edge; ``ahead`` is the edge as forward mode has it, where both modes are shown."""
    if ahead is not None and ahead.label.text != edge.label.text:
        other, own = socket(ahead, "forward", None, reading, share), socket(edge, mode, None, reading, share)
        wide = max(measuring.width(opening.label, sizes.SOCKET_SIZE) for opening in (own, other))
        return replace(
            own, ahead=other, width=max(own.width, other.width, even(wide + sizes.MARK_ROOM + sizes.SOCKET_GAP))
        )
    size = sizes.SOCKET_SIZE if _has_two_lines(edge, mode) else sizes.LABEL_SIZE
    label = measuring.fit(edge.label.runs, size, sizes.MOST_LABEL)
    room = measuring.width(label, size) + 8
    if edge.kind == "local":
        room = max(room, measuring.mono(_inline_length(reading), sizes.SMALL_NUMBER) + 8)
    if share is not None:
        room = max(room, measuring.mono(_inline_length(share) + 2, sizes.SMALL_NUMBER) + 12)
    word = _below(edge, mode)
    room = max(room, measuring.sans(word, sizes.PAD_SIZE) + 8)
    if edge.kind == "cut" and not label:
        word = "cut"
    width = max(sizes.SOCKET, even(room + sizes.SOCKET_GAP))
    return Opening(edge, label, word, reading if edge.kind == "local" else None, width, share)


def use_in(edge: Edge) -> str:
    """Return which of two uses of a value in the same operation an edge is, before what that is called."""
    return ("", "1st in ", "2nd in ")[edge.use]


def _pad(edge: Edge, child: Card, reading: Reading | None, ticks: int) -> Opening:
    word = "cut" if edge.kind == "cut" else child.missing
    if ticks:
        return Opening(edge, (), "", None, sizes.TICK if ticks <= 12 else sizes.NARROW_TICK)
    before = measuring.sans(f"via {use_in(edge)}", sizes.PAD_SIZE)
    most = sizes.MOST_LABEL + measuring.sans("via ", sizes.PAD_SIZE) - before - 30
    fits = not child.twin and measuring.width(child.short.runs, sizes.PAD_SIZE) <= most
    label = measuring.fit((child.short if fits else child.symbol).runs, sizes.PAD_SIZE, most)
    room = before + measuring.width(label, sizes.PAD_SIZE)
    room = max(room, measuring.mono(_inline_length(reading), sizes.SMALL_NUMBER))
    return Opening(edge, label, word, reading, max(sizes.PAD, even(room + sizes.PAD_GAP + 8)))


def pads_of(out: Sequence[Edge], story: Story, readings: Readings, ticks: int) -> dict[tuple[int, int], Opening]:
    """Where a value is used several times: a pad for the contribution of each edge, or a tick where they are many."""
    pads = {}
    for edge in out:
        key = (edge.child, edge.argument)
        pads[key] = _pad(edge, story.nodes[edge.child], readings(Quantity("contribution", *key)), ticks)
    return pads


def even(width: float) -> int:
    """Return the next even number: the middle of what is so wide lies on a whole pixel."""
    return 2 * math.ceil(width / 2)
