"""Crop a picture to a node and its neighbours: what it is computed from, and what is computed from it.

Every card stays where it was. Where a neighbour has further edges, three dots stand at its edge in their place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from graphviz_ad.draw.outlines import outline_of_path
from graphviz_ad.draw.parts import edge_part, node_part
from graphviz_ad.draw.scene import MARGIN, Scene
from graphviz_ad.draw.svg import Element, number
from graphviz_ad.draw.theme import SANS
from graphviz_ad.errors import InputError, suggest
from graphviz_ad.story.steps import Edge, Story

__all__ = ["cropped", "position_of"]

_DOTS = 18.0  # room for the three dots
_SIZE = 15

Rectangle = tuple[float, float, float, float]  # left, top, right, bottom


def position_of(story: Story, name: str, who: str = "save") -> int:
    """Return the position of the node that the picture calls by a name; ``"v3"`` is v₃.

    Raises
    ------
    InputError
        When no node has that name.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> story = gad.trace(lambda x: np.log(x) * x, 2.0).story
    >>> position_of(story, "v1"), position_of(story, "f")
    (1, 2)
    >>> position_of(story, "v7")
    Traceback (most recent call last):
        ...
    graphviz_ad.errors.InputError: save: around: no node is called 'v7'; there are x, v₁ and f
    """
    names = {card.symbol.text: card.position for card in story.nodes}
    wanted = name.strip()
    for text in (wanted, wanted.translate(_LOWERED)):
        if text in names:
            return names[text]
    first, last = list(names)[:12], list(names)[-1]
    listed = ", ".join(first[:-1] if first[-1] == last else first)
    raise InputError(f"{who}: around: no node is called {name!r}; there are {listed} and {last}{suggest(name, names)}")


_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def cropped(scene: Scene, position: int) -> Scene:
    """Return the part of a scene around a node.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> from graphviz_ad.draw.scene import make_scene
    >>> whole = make_scene(gad.trace(lambda x: np.exp(np.sin(np.log(x))), 2.0).story)
    >>> part = cropped(whole, 1)
    >>> sorted(part.shown), part.height < whole.height
    ([0, 1, 2], True)
    """
    edges = scene.story.edges
    near = {position}
    for edge in edges:
        near |= {edge.child, edge.parent} if position in (edge.child, edge.parent) else set()
    cards = {element.attributes["id"]: element for element in scene.tree}
    inner = [edge for edge in edges if {edge.child, edge.parent} <= near]
    names = [edge_part(edge.child, edge.argument) for edge in inner] + [node_part(i) for i in sorted(near)]
    kept = [cards[name] for name in names if name in cards]
    dots = list(_dots(cards, edges, near))
    left, top, right, bottom = _outline(*kept)
    room = MARGIN + (_DOTS if dots else 0)
    name = scene.story.nodes[position].symbol.text
    return replace(
        scene,
        left=int(left - MARGIN),
        top=int(top - room),
        width=int(right - left + 2 * MARGIN),
        height=int(bottom - top + 2 * room),
        tree=(*kept, *dots),
        label=f"{name} and its neighbours in the {scene.label[0].lower()}{scene.label[1:]}",
        shown=frozenset(near),
    )


def _dots(cards: dict[str, Element], edges: tuple[Edge, ...], near: set[int]) -> Iterator[Element]:
    """Yield three dots below or above what an edge that is left out leaves from, each place once."""
    places = dict.fromkeys(
        _end(cards, edge, below=edge.parent in near) for edge in edges if len({edge.child, edge.parent} & near) == 1
    )
    for x, y, sign in places:
        place = {"x": number(x), "y": number(y + sign * _DOTS / 2 + 5), "text-anchor": "middle"}
        yield Element("text", {**place, "font-family": SANS, "font-size": str(_SIZE)}, ("to",), ("⋮",))


def _end(cards: dict[str, Element], edge: Edge, *, below: bool) -> tuple[float, float, int]:
    """Return where an edge leaves a card, and on which side: its pad or its socket, or else the middle."""
    card = cards[node_part(edge.parent if below else edge.child)]
    box = _outline(card)
    piece = _within(card, edge_part(edge.child, edge.argument, "pad" if below else "socket"))
    left, _, right, _ = _outline(piece) if piece else box
    return (left + right) / 2, box[3 if below else 1], 1 if below else -1


def _within(card: Element, part: str) -> Element | None:
    return next((child for child in card.content if isinstance(child, Element) and child.part == part), None)


def _outline(*elements: Element) -> Rectangle:
    """Return the rectangle around what is drawn of elements."""
    points = [point for element in elements for point in _points(element)]
    across, down = [x for x, _ in points], [y for _, y in points]
    return min(across), min(down), max(across), max(down)


def _points(element: Element) -> Iterator[tuple[float, float]]:
    for child in element.content:
        if not isinstance(child, Element) or child.classes[:1] in (("focus",), ("brackets",)):
            continue
        if child.tag == "rect":
            x, y, width, height = (float(child.attributes[key]) for key in ("x", "y", "width", "height"))
            yield from ((x, y), (x + width, y + height))
        elif child.tag == "path":
            yield from (point for piece in outline_of_path(child.attributes.get("d", "")) for point in piece.points)
        yield from _points(child)
