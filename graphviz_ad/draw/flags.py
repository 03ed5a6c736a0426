"""Flags: a few words that stand at the spot, behind the right edge of a socket or of a row, with a sign.

Each is a part of the picture, hidden before its step; the layout gives a card the room that its flags stick out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from graphviz_ad.draw import measuring
from graphviz_ad.draw.cards.planning import Plan
from graphviz_ad.draw.lanes import Rectangle
from graphviz_ad.draw.layout import Place
from graphviz_ad.draw.parts import edge_part, node_part
from graphviz_ad.draw.signs import named, placed
from graphviz_ad.draw.svg import Element, number
from graphviz_ad.draw.theme import MONO, SANS
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.accounts import Flag
from graphviz_ad.story.steps import Story

__all__ = ["Planted", "flag_part", "planted", "with_flags", "with_room"]

_OVER = 4.0  # so far a flag goes on behind what it belongs to
_SAYS, _NUMBER = 11.5, 13.0  # sizes of type
_SIGN, _SIGN_AT, _AFTER_SIGN = 18.0, 11.0, 8.0
_RULE = 5.0
_PADDING = 12.0
_RADIUS = 5.0
_LINE = 21.0  # what is as low as this has one line


class Planted(NamedTuple):
    """A flag, where it belongs, and from which step on it stands there."""

    at: Quantity
    flag: Flag
    step: int


def planted(story: Story) -> dict[Quantity, Planted]:
    """Return the flags of a story by where they stand; the first finding comes first."""
    flags: dict[Quantity, Planted] = {}
    raised = [(account.flags, account.step) for account in story.findings]
    raised += [(verdict.flags, verdict.step or 0) for verdict in story.verdicts]
    for own, step in raised:
        for at, flag in own.items():
            flags.setdefault(at, Planted(at, flag, step))
    return flags


def flag_part(at: Quantity) -> str:
    """Return the id of a flag.

    Examples
    --------
    >>> flag_part(Quantity("local", 2, 0)), flag_part(Quantity("adjoint", 2))
    ('e2_0_g_flag', 'n2_a_flag')
    """
    return f"{_part_of(at)}_flag"


def _part_of(at: Quantity) -> str:
    return edge_part(at.node, at.argument, "socket") if at.kind == "local" else node_part(at.node, at.kind)


def with_room(plan: Plan, flags: Sequence[Planted]) -> Plan:
    """Return a measured node with room on its right for its flags."""
    sticking = [_frame(plan, Place(0.0, 0.0, ()), one).right - plan.box.width for one in flags]
    return replace(plan, box=replace(plan.box, beside=max(0, math.ceil(max(sticking, default=0.0)))))


def with_flags(node: Element, plan: Plan, place: Place, flags: Sequence[Planted]) -> Element:
    """Return the group of a node with its flags, behind all else that is drawn of it."""
    title, *rest = node.content
    drawn = [_draw(one, _frame(plan, place, one), _begin(plan, place, one)) for one in flags]
    return replace(node, content=(title, *drawn, *rest))


def _begin(plan: Plan, place: Place, one: Planted) -> float:
    """Return where the words of a flag may begin: beyond the last socket, where it stands at a socket."""
    if one.at.kind != "local":
        return place.x + plan.box.width
    return place.x + (plan.box.width + sum(width for _, width in plan.box.sockets)) / 2 - plan.socket_gap / 2


def _frame(plan: Plan, place: Place, one: Planted) -> Rectangle:
    """Return the rectangle of a flag."""
    box = plan.box
    right = _begin(plan, place, one) - _OVER + _width(one.flag)
    if one.at.kind != "local":
        top = place.y + plan.row_top(one.at.kind)
        return Rectangle(place.x + box.width - _OVER, top, right, top + plan.row_height)
    own = [width for argument, width in box.sockets if argument <= one.at.argument]
    left = place.x + (box.width - sum(width for _, width in box.sockets)) // 2 + sum(own) - plan.socket_gap / 2
    return Rectangle(left - _OVER, place.y + 3, right, place.y + box.socket_height)


def _indent(flag: Flag) -> float:
    return _SIGN_AT + _SIGN + _AFTER_SIGN if flag.sign else _PADDING


def _width(flag: Flag) -> float:
    words = max(measuring.sans(flag.says, _SAYS), measuring.mono(len(flag.number), _NUMBER))
    return _OVER + _indent(flag) + words + _PADDING


def _draw(one: Planted, frame: Rectangle, begin: float) -> Element:
    flag = one.flag
    pick = edge_part(one.at.node, one.at.argument) if one.at.kind == "local" else node_part(one.at.node)
    children = [_path("bg", _outline(frame)), *_sign(flag, frame, begin), *_words(flag, frame, begin)]
    return Element("g", {"id": flag_part(one.at), "data-pick": pick}, (flag.tone,), children, part=flag_part(one.at))


def _outline(frame: Rectangle) -> str:
    left, top, right, bottom = frame
    r = _RADIUS
    return (
        f"M{number(left)},{number(top)}H{number(right - r)}q{r:g},0 {r:g},{r:g}V{number(bottom - r)}"
        f"q0,{r:g} -{r:g},{r:g}H{number(left)}z"
    )


def _sign(flag: Flag, frame: Rectangle, begin: float) -> Iterator[Element]:
    if not flag.sign:
        return
    low = frame.bottom - frame.top <= _LINE
    size = _SIGN - 4 if low else _SIGN
    x, y = begin + _SIGN_AT + (_SIGN - size) / 2, (frame.top + frame.bottom - size) / 2
    yield _path("rule", f"M{number(begin + _RULE)},{number(frame.top + 3)}V{number(frame.bottom - 3)}")
    line, solid = named(flag.sign)
    if solid:
        element = _path("solid", placed(solid, x, y, size))
        element.attributes["fill-rule"] = "evenodd"
        yield element
    if line:
        yield _path("line", placed(line, x, y, size))


def _words(flag: Flag, frame: Rectangle, begin: float) -> Iterator[Element]:
    x, middle = begin + _indent(flag), (frame.top + frame.bottom) / 2
    digits = flag.number if frame.bottom - frame.top > _LINE else ""
    lines = [(flag.says, _SAYS, SANS, "says"), (digits, _NUMBER, MONO, "digits")]
    shown = [line for line in lines if line[0]]
    for (text, size, family, name), shift in zip(shown, _SHIFTS[len(shown)], strict=True):
        place = {"x": number(x), "y": number(middle + shift)}
        yield Element("text", {**place, "font-family": family, "font-size": number(size)}, (name,), (text,))


_SHIFTS: Mapping[int, tuple[float, ...]] = {0: (), 1: (4.1,), 2: (-3.0, 12.0)}
"""By how many lines there are, how far below the middle each of them stands."""


def _path(name: str, data: str) -> Element:
    return Element("path", {"d": data}, (name,))
