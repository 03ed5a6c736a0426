"""Draw a node at the place that was found for it."""

from __future__ import annotations

from graphviz_ad.draw.cards import elements, sizes
from graphviz_ad.draw.cards.drawn_openings import draw_exit, draw_pad, draw_socket
from graphviz_ad.draw.cards.drawn_rows import draw_row
from graphviz_ad.draw.cards.openings import use_in
from graphviz_ad.draw.cards.planning import Plan
from graphviz_ad.draw.layout import Place
from graphviz_ad.draw.parts import node_part
from graphviz_ad.draw.svg import Element, number
from graphviz_ad.draw.theme import SANS
from graphviz_ad.draw.typeset import words
from graphviz_ad.story.steps import Story

__all__ = ["draw"]


def draw(plan: Plan, place: Place, story: Story) -> Element:
    """Return the group of a node at its place."""
    box, forward, several = plan.box, story.mode == "forward", story.mode == "both"
    x, y = place.x, place.y
    children: list[Element] = [Element("title", content=(plan.tip,))]
    socket, exits = {"reverse": "socket", "forward": "inlet", "both": "factor", "values": "socket"}[story.mode], []
    if plan.sockets and box.socket_height:
        left = x + (box.width - sum(width for _, width in box.sockets)) // 2
        for opening, (_, width) in zip(plan.sockets, box.sockets, strict=True):
            children.append(draw_socket(opening, socket, left, y, width, box.socket_height))
            left += width
        y += box.socket_height
    height = box.body + box.pad_height
    children.append(elements.rect("bg", x, y, box.width, height, 6))
    children.extend(elements.formula(x + 10, y + 18.5, sizes.TITLE_SIZE, plan.title))
    if plan.tag:
        children.append(
            elements.text("tag", x + box.width - sizes.EDGE, y + 17.5, sizes.TAG_SIZE, SANS, (plan.tag,), "end")
        )
    rows = (None, *plan.lower)
    for k, lower in enumerate(rows):
        last = not plan.pads and k == len(rows) - 1
        children.append(draw_row(plan, lower, x, y + sizes.TITLE + k * plan.row_height, last))
    if plan.pads:
        widths = dict(box.pads)
        left = x + (box.width - sum(widths.values())) // 2
        for key in place.pads:
            use = use_in(plan.pads[key].edge)
            tip = f"via {use}{words(story.nodes[key[0]].way, 80)}"
            if forward:
                exits += draw_exit(plan.pads[key], left, y + box.body, widths[key], plan.ticks)
            else:
                children.append(draw_pad(plan.pads[key], tip, left, y + box.body, widths[key], plan.ticks, several))
            left += widths[key]
    if exits:
        children.append(Element("g", content=tuple(exits)))
    children.append(elements.rect("border", x, y, box.width, height, 6))
    left, top, right, bottom = x - 6, y - 6, x + box.width + 6, y + height + 6
    corners = (
        f"M{number(left)},{number(top + 14)}v-14h14M{number(right - 14)},{number(top)}h14v14"
        f"M{number(right)},{number(bottom - 14)}v14h-14M{number(left + 14)},{number(bottom)}h-14v-14"
    )
    children.append(elements.path("brackets", corners))
    children.append(elements.rect("focus", x - 5, y - 5, box.width + 10, height + 10, 10))
    return elements.part(node_part(plan.card.position), "node", children)
