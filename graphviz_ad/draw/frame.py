"""Paint one step of a scene as SVG.

The browser's painter (``player.js``) does the same with the same table: it sets the class of each part and fills its
slots. Here the style of every element is written out as attributes, so that the picture needs no style sheet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graphviz_ad.draw.scene import Scene
from graphviz_ad.draw.svg import Element, number, serialise
from graphviz_ad.draw.theme import FONTS, THEMES, attributes
from graphviz_ad.draw.thumbnail import map_paths, trace_path, zero_line
from graphviz_ad.draw.timeline import Entry, at
from graphviz_ad.errors import InputError, suggest
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.numerals.readings import Reading

__all__ = ["frame"]


def frame(
    scene: Scene,
    numbers: Mapping[Quantity, Any] | None = None,
    step: int | None = None,
    theme: str = "light",
    standalone: bool = True,
    styled: bool = True,
) -> str:
    """Paint a step of a scene.

    Parameters
    ----------
    scene : Scene
    numbers : mapping of Quantity to number or array, optional
        What the slots show; by default the numbers of the scene's own story.
    step : int, optional
        0 is the first step; by default the story is finished: everything known, nothing in progress.
    theme : str
        ``light``, ``dark`` or ``contrast``.
    standalone : bool
        Whether the SVG is a file of its own, with a background and without what is hidden.
    styled : bool
        Whether every element carries its style; otherwise a style sheet (`theme.css`) must give it.

    Returns
    -------
    str
        One ``<svg>`` element.

    Raises
    ------
    InputError
        If `step` or `theme` does not exist.
    """
    if theme not in THEMES:
        raise InputError(f"theme is {theme!r}; expected one of {', '.join(THEMES)}.{suggest(str(theme), THEMES)}")
    if step is None:
        step = scene.steps
    if isinstance(step, bool) or not isinstance(step, int) or not 0 <= step <= scene.steps:
        raise InputError(f"step is {step!r}; expected an integer from 0 to {scene.steps} (which means finished).")
    painter = _Painter(scene, scene.story.numbers if numbers is None else numbers, step, theme, standalone, styled)
    left, top, width, height = map(number, (scene.left, scene.top, scene.width, scene.height))
    root = {
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": f"{left} {top} {width} {height}",
        "width": width,
        "height": height,
        "role": "img",
        "aria-label": painter.label(),
    }
    children: list[Element | str] = [painter.paint(element) for element in scene.tree]
    if standalone:
        box = {"x": left, "y": top, "width": width, "height": height}
        paper = painter.paint(Element("rect", box, ("paper",)))
        children = [Element("title", content=(painter.label(),)), paper, *children]
    return serialise(Element("svg", root, ("gad-scene",), children))


class _Painter:
    """Copies the element tree of a scene with the styles and texts of one step."""

    def __init__(
        self,
        scene: Scene,
        numbers: Mapping[Quantity, Any],
        step: int,
        theme: str,
        standalone: bool,
        styled: bool,
    ) -> None:
        self.scene, self.numbers, self.step, self.theme = scene, numbers, step, theme
        self.standalone, self.styled = standalone, styled

    def label(self) -> str:
        """Say in one sentence what the picture shows, for those who do not see it."""
        scene = self.scene
        said = [scene.label]
        output = scene.story.output
        for key, what in (
            (Quantity("value", output), "value"),
            *((Quantity("adjoint", i), "gradient") for i in self._inputs()),
        ):
            place = scene.index.get(key)
            if place is not None and self._is_written(f"n{key.node}_{key.kind[0]}"):
                said.append(f"{what} {scene.readings[place].inline(self.numbers[key]).strip()}")
        return "; ".join(said)

    def _inputs(self) -> Sequence[int]:
        return self.scene.story.inputs[:4]

    def _is_written(self, part: str) -> bool:
        entry = at(self.scene.parts[part].timeline, self.step)
        return entry.quantity >= 0 and entry.state in ("known", "operand", "now")

    def paint(self, element: Element) -> Element:
        """Return the element as it looks at this step, with all below it."""
        if element.part:
            return self._part(element)
        painted = self._styled(element, "", "", ())
        painted.content = [item if isinstance(item, str) else self.paint(item) for item in element.content]
        return painted

    def _styled(self, element: Element, kind: str, state: str, flags: tuple[str, ...]) -> Element:
        if not self.styled:
            named = {"data-font" if key == "font-family" else key: FONTS.get(value, value)
                     for key, value in element.attributes.items()}  # fmt: skip
            return Element(element.tag, named, element.classes, element.content)
        style = attributes(kind, state, flags, element.classes, self.theme) if element.classes else {}
        if style.get("display") == "inline":
            del style["display"]
        return Element(element.tag, {**element.attributes, **style}, element.classes, element.content)

    def _part(self, element: Element) -> Element:
        part = self.scene.parts[element.part]
        entry = at(part.timeline, self.step)
        reading = self.scene.readings[entry.quantity] if entry.quantity >= 0 else None
        value = self.numbers[reading.key] if reading else None
        flags = reading.flags(value) if reading else ()
        children: list[Element | str] = []
        for item in element.content:
            if isinstance(item, str) or item.tag == "title":
                children.append(item)
                continue
            if item.part:
                children.append(self.paint(item))
                continue
            child = self._styled(item, part.kind, entry.state, flags)
            if self.standalone and child.attributes.get("display") == "none":
                continue
            if self.standalone and "slot" in child.classes and reading is None:
                continue
            self._fill(child, part.kind, entry, reading, value)
            children.append(child)
        return Element("g", element.attributes, (part.kind, entry.state, *flags), children)

    def _fill(self, child: Element, kind: str, entry: Entry, reading: Reading | None, value: Any) -> None:
        name = child.classes[0] if child.classes else ""
        if name == "slot" and reading is not None:
            child.content = (_slot_text(child, kind, reading, value),)
        elif name == "note":
            child.content = (entry.note,)
        elif name == "progress":
            full = float(child.attributes["data-width"])
            child.attributes["width"] = number(full * entry.progress)
        elif name == "picture":
            child.content = self._picture(child, reading, value)
        else:
            child.content = [item if isinstance(item, str) else self.paint(item) for item in child.content]

    def _picture(self, group: Element, reading: Reading | None, value: Any) -> list[Element | str]:
        painted: list[Element | str] = [self.paint(item) for item in group.content if isinstance(item, Element)]
        if reading is None or reading.frame is None:
            return painted
        text = reading.picture(value)
        x, y = float(group.attributes["data-x"]), float(group.attributes["data-y"])
        if reading.frame.kind == "map":
            paths = [(f"l{level}", data) for level, data in map_paths(text, reading.frame, x, y).items()]
        else:
            low, high = reading.numbers(value)
            across = y + (1 - zero_line(low, high)) * reading.frame.height
            axis = f"M{number(x)},{number(across)}h{number(reading.frame.width)}"
            paths = [("axis", axis), ("trace", trace_path(text, reading.frame, x, y))]
        for name, data in paths:
            # The browser's painter replaces what is called gad-drawn.
            painted.append(self.paint(Element("path", {"d": data}, ("gad-drawn", name))))
        return painted


def _slot_text(slot: Element, kind: str, reading: Reading, value: Any) -> str:
    """Pads and sockets show a quantity in one line; rows show it piece by piece."""
    if kind in ("pad", "socket"):
        return reading.inline(value)
    return reading.texts(value)[int(slot.attributes["data-slot"])]
