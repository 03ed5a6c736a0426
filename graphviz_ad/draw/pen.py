"""A pen: elements of type and line in the colours of a theme, for drawings that tell no story."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from graphviz_ad.draw import measuring, typeset
from graphviz_ad.draw.colours import TOKENS, full_name
from graphviz_ad.draw.frame import Figure
from graphviz_ad.draw.length import Length
from graphviz_ad.draw.svg import Element, number
from graphviz_ad.draw.theme import SANS, SERIF
from graphviz_ad.formulas.text import Run

__all__ = ["ON_PAGE", "Pen", "broken"]

ON_PAGE = "page"
"""The theme of what stands in a page: its colours are those that the page has."""
_VARIABLES = {token: f"var(--gad-{token})" for token in TOKENS["light"]}


class Pen:
    """Makes elements in the colours of a theme.

    Attributes
    ----------
    tokens : mapping of str to str
        The colour of each token.
    theme : str
    """

    def __init__(self, theme: str) -> None:
        self.tokens: Mapping[str, str] = _VARIABLES if theme == ON_PAGE else TOKENS[full_name(theme)]
        self.theme = theme

    def text(self, x: float, y: float, said: str, size: float, hue: str = "ink", *, family: str = SANS,
             anchor: str = "", **looks: str) -> Element:  # fmt: skip
        """Return one line of type."""
        attributes = {"x": number(x), "y": number(y), "font-family": family, "font-size": number(size)}
        attributes |= {"fill": self.tokens[hue]} | {key.replace("_", "-"): value for key, value in looks.items()}
        return Element("text", attributes | ({"text-anchor": anchor} if anchor else {}), (), (said,))

    def heading(self, x: float, y: float, said: str, wide: float) -> Element:
        """Return a heading in bold type, which is a sixth wider, as large as there is room for."""
        size = 15.0 * min(1.0, wide / (1.17 * measuring.sans(said, 15.0)))
        return self.text(x, y, said, size, font_weight="700")

    def name(self, x: float, y: float, said: str, size: float, hue: str = "ink", anchor: str = "") -> Element:
        """Return a name in italics."""
        return self.text(x, y, said, size, hue, family=SERIF, anchor=anchor, font_style="italic")

    def formula(self, x: float, y: float, runs: Sequence[Run], size: float, hue: str = "ink") -> Element:
        """Return a formula."""
        text = self.text(x, y, "", size, hue, family=SERIF, word_spacing=number(measuring.SPACING * size))
        text.content = tuple(typeset.tspans(runs, size))
        return text

    def path(self, data: str, fill: str = "none", stroke: str = "none", wide: float = 1.0, **looks: str) -> Element:
        """Return a path."""
        hue = {"fill": self.tokens.get(fill, fill), "stroke": self.tokens.get(stroke, stroke)}
        width = {"stroke-width": number(wide)} if stroke != "none" else {}
        return Element("path", {"d": data, **hue, **width, **{k.replace("_", "-"): v for k, v in looks.items()}})

    def figure(
        self, elements: Sequence[Element], size: tuple[float, float], title: str, more: str, width: Length | None
    ) -> Figure:
        """Return elements on paper as a picture that stands alone, as wide as they are unless a width is given."""
        across, down = size
        unit = 1.0 if width is None else width.px / across
        place = {"x": "0", "y": "0", "width": number(across), "height": number(down)}
        attributes = {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {number(across)} {number(down)}",
            "width": number(across) if width is None else str(width),
            "height": number(down) if width is None else str(width.times(down / across)),
            "role": "img",
            "aria-label": title,
        }
        words = (Element("title", content=(title,)), Element("desc", content=(more,)))
        paper = Element("rect", {**place, "fill": self.tokens["bg"]})
        tree = Element("svg", attributes, (), (*words, paper, *elements))
        return Figure(tree, across * unit, down * unit, title, more)


def broken(said: str, size: float, room: float) -> list[str]:
    """Return words as lines of sans-serif type that fit a room.

    Examples
    --------
    >>> broken("one two three", 10.0, 50.0)
    ['one two', 'three']
    """
    lines = [""]
    for word in said.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and measuring.sans(longer, size) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
