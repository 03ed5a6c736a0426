"""The cuts through a picture of both modes: where they lie between the rows of cards, and what stands beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from graphviz_ad.draw import measuring, typeset
from graphviz_ad.draw.cards.planning import Plan
from graphviz_ad.draw.layout import Placement
from graphviz_ad.draw.parts import cut_part
from graphviz_ad.draw.svg import Element, number
from graphviz_ad.draw.theme import MONO, SERIF
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.numerals.readings import Reading
from graphviz_ad.story.cuts import cut_through, total
from graphviz_ad.story.steps import Cut, Story

__all__ = ["draw", "gaps", "width", "with_cuts"]

_LEAST = 12.0  # what is narrower is no gap between two rows
_BESIDE = 22.0
_FORMULA, _NUMBER = 15.5, 14.0

Plans = Mapping[int, Plan]


def gaps(plans: Plans, placed: Placement) -> Iterator[tuple[float, frozenset[int]]]:
    """Yield the heights that no card reaches, from top to bottom, each with the nodes above it."""
    spans = sorted((placed.places[i].y, placed.places[i].y + plan.box.height, i) for i, plan in plans.items())
    above: set[int] = set()
    low = 0.0
    for top, bottom, i in spans:
        if above and top - low >= _LEAST:
            yield (low + top) / 2, frozenset(above)
        above.add(i)
        low = max(low, bottom)


def with_cuts(story: Story, plans: Plans, placed: Placement) -> Story:
    """Return a story of both modes with the cuts between the rows of a layout, and their sums among its numbers."""
    cuts = cut_through(story, (above for _, above in gaps(plans, placed)))
    sums = {cut.total: total(cut, story.edges, story.numbers) for cut in cuts}
    return replace(story, cuts=cuts, numbers={**story.numbers, **sums})


def width(story: Story, readings: Mapping[Quantity, Reading]) -> float:
    """Return how much room the widest sum takes, to the right of the cards; none where there is no cut."""
    wide = [max(measuring.width(cut.formula.runs, _FORMULA), _long(readings[cut.total])) for cut in story.cuts]
    return max(wide, default=-_BESIDE) + _BESIDE


def _long(reading: Reading) -> float:
    return measuring.mono(reading.longest + 2, _NUMBER)


def draw(story: Story, plans: Plans, placed: Placement, readings: Mapping[Quantity, Reading]) -> Iterator[Element]:
    """Yield each cut: a dotted line across the graph, beside it the products and their sum."""
    heights = {above: y for y, above in gaps(plans, placed)}
    left = min(place.x for place in placed.places.values())
    right = max(placed.places[i].x + plan.box.width for i, plan in plans.items())
    for k, cut in enumerate(story.cuts):
        if cut.above in heights:
            yield _cut(k, cut, heights[cut.above], (left, right), readings[cut.total])


def _cut(k: int, cut: Cut, y: float, ends: tuple[float, float], reading: Reading) -> Element:
    left, right = ends
    x = right + _BESIDE
    name = {"font-family": SERIF, "font-size": number(_FORMULA), "word-spacing": number(measuring.SPACING * _FORMULA)}
    mono = {"font-family": MONO, "font-size": number(_NUMBER), "y": number(y + 17)}
    label = tuple(typeset.tspans(cut.formula.runs, _FORMULA))
    slot = {"x": number(x + _long(reading)), "text-anchor": "end", "data-slot": "0", **mono}
    children = (
        Element("path", {"d": f"M{number(left)},{number(y)}H{number(right + _BESIDE - 8)}"}, ("dots",)),
        Element("text", {"x": number(x), "y": number(y - 3), **name}, ("label",), label),
        *typeset.overlines(cut.formula.runs, _FORMULA, x, y - 3),
        Element("text", {"x": number(x), **mono}, ("equals",), ("=",)),
        Element("text", slot, ("slot",)),
    )
    return Element("g", {"id": cut_part(k)}, ("sum",), children, part=cut_part(k))
