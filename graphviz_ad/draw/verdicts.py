"""What has become of the lines of a backward pass, in the picture of forward.

Right of each adjoint that a line computes stands a circle with a check, a cross or a dash; where the line has something
else, that is a row of its own below.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from graphviz_ad.draw.cards.planning import Plan
from graphviz_ad.draw.layout import Place
from graphviz_ad.draw.parts import node_part
from graphviz_ad.draw.signs import named, placed
from graphviz_ad.draw.svg import Element, number
from graphviz_ad.draw.timeline import Entry, Part
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.accounts import VERDICTS
from graphviz_ad.story.steps import Story

__all__ = ["ruled", "rulings", "with_margin", "with_ruling"]

_RADIUS = 10.5
_AWAY = 17.0  # the middle of the circle from the edge of the card
_SIGN = 12.0


def ruled(story: Story) -> dict[int, str]:
    """Return the verdict by the node whose adjoint it is about: where several lines compute one, the gravest.

    Examples
    --------
    >>> from dataclasses import replace
    >>> import numpy as np, graphviz_ad as gad
    >>> from graphviz_ad.story.accounts import Verdict
    >>> verdicts = (Verdict(3, "right", "", 3, 0), Verdict(4, "wrong", "", 3, 0), Verdict(5, "unknown", "", None, None))
    >>> ruled(replace(gad.trace(np.sin, 0.0).story, verdicts=verdicts))
    {0: 'wrong'}
    """
    nodes: dict[int, str] = {}
    for verdict in VERDICTS:
        for one in story.verdicts:
            if one.verdict == verdict and one.node is not None:
                nodes.setdefault(one.node, verdict)
    return nodes


def rulings(story: Story, index: Mapping[Quantity, int]) -> dict[str, Part]:
    """Return the parts that verdicts add to a picture: they are known from the first step on."""
    parts = {_part(node): Part("verdict", (Entry(0, verdict),)) for node, verdict in ruled(story).items()}
    for key, place in index.items():
        if key.kind == "yours":
            parts[node_part(key.node, "yours")] = Part("yours", (Entry(0, "known", place),))
    return parts


def with_margin(plan: Plan) -> Plan:
    """Return a measured node with room on its right for a circle."""
    return replace(plan, box=replace(plan.box, beside=max(plan.box.beside, round(_AWAY + _RADIUS + 2))))


def with_ruling(node: Element, plan: Plan, place: Place, verdict: str) -> Element:
    """Return the group of a node with the circle of its verdict beside its adjoint."""
    x, y = place.x + plan.box.width + _AWAY, place.y + plan.row_top("adjoint") + plan.row_height / 2
    line, _ = named(verdict)
    circle = {"cx": number(x), "cy": number(y), "r": number(_RADIUS)}
    mark = {"d": placed(line, x - _SIGN / 2, y - _SIGN / 2, _SIGN)}
    children = (Element("circle", circle, ("bg",)), Element("path", mark, ("line",)))
    name = _part(plan.card.position)
    return replace(node, content=(*node.content, Element("g", {"id": name}, ("verdict",), children, part=name)))


def _part(node: int) -> str:
    return f"{node_part(node)}_verdict"
