"""The entry that a finding follows, framed in every card that it passes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from graphviz_ad.draw.cards.planning import Plan
from graphviz_ad.draw.svg import Element, number
from graphviz_ad.numerals.thumbnails import Frame
from graphviz_ad.story.steps import Story

__all__ = ["framed", "with_frame"]

_LEAST = 5.0  # how wide and high a cell is in which a frame can be seen
_SIDES = ("x", "y", "width", "height")


def framed(story: Story) -> dict[int, int]:
    """Return which entry is framed in which node: that of the first finding that follows one."""
    return next((dict(account.framed) for account in story.findings if account.framed), {})


def with_frame(node: Element, plan: Plan, entry: int) -> Element:
    """Return the group of a node with an entry framed in each of its rows, where it has a cell that is large enough."""
    return replace(node, content=tuple(_row(child, plan, entry) for child in node.content))


def _row(child: Element | str, plan: Plan, entry: int) -> Element | str:
    if not isinstance(child, Element) or child.classes[:1] not in (("value",), ("adjoint",), ("tangent",)):
        return child
    box = _cell(child.content, plan, entry)
    place = dict(zip(_SIDES, map(number, box), strict=True)) if box else {}
    return replace(child, content=(*child.content, Element("rect", place, ("framed",)))) if box else child


def _cell(content: Sequence[Element | str], plan: Plan, entry: int) -> tuple[float, ...] | None:
    """Return the place of the cell of an entry."""
    for child in _elements(content):
        if child.classes == ("cell",) and child.attributes["data-slot"] == str(entry):
            return tuple(float(child.attributes[side]) for side in _SIDES)
        frame = plan.value.frame if plan.value is not None else None
        if child.classes[:1] == ("picture",) and frame is not None and frame.is_whole(plan.card.shape):
            return _tile([float(child.attributes[f"data-{side}"]) for side in _SIDES], frame, entry)
    return None


def _tile(box: Sequence[float], frame: Frame, entry: int) -> tuple[float, ...] | None:
    """Return the cell of a thumbnail that an entry has."""
    x, y, width, height = box
    wide, high = width / frame.columns, height / frame.rows
    down, across = divmod(entry, frame.columns)
    return (x + across * wide, y + down * high, wide, high) if min(wide, high) >= _LEAST else None


def _elements(content: Sequence[Element | str]) -> Iterator[Element]:
    return (child for child in content if isinstance(child, Element))
