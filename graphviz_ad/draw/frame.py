"""Paint one step of a scene as SVG.

The browser's painter (``player.js``) does the same with the same table: it sets the class of each part and fills its
slots. Here the style of every element is written out as attributes, so that the picture needs no style sheet.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from graphviz_ad.draw.alternative import description, title
from graphviz_ad.draw.colours import check_theme
from graphviz_ad.draw.legend import Occurrence, legend
from graphviz_ad.draw.length import UNITS, Length
from graphviz_ad.draw.scene import MARGIN, Scene
from graphviz_ad.draw.svg import Element, number, serialise
from graphviz_ad.draw.theme import FONTS, attributes
from graphviz_ad.draw.thumbnail import double_frame, map_paths, trace_path, zero_line
from graphviz_ad.draw.timeline import Entry, at
from graphviz_ad.errors import InputError
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.numerals.readings import Reading

__all__ = ["Figure", "figure", "frame"]

_LEAST_KEY = 184.0  # the longest entry of the key fits into it

Numbers = Mapping[Quantity, Any]


class Figure(NamedTuple):
    """A painted picture that stands alone.

    Attributes
    ----------
    tree : Element
        The ``svg`` element, all styles written out.
    width, height : float
        Its size in px, of which an inch has 96.
    title, description : str
        What it shows, in words.
    """

    tree: Element
    width: float
    height: float
    title: str
    description: str


def frame(
    scene: Scene,
    numbers: Numbers | None = None,
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
        ``light``, ``dark``, ``high-contrast`` or ``print``.
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
    if standalone:
        return serialise(figure(scene, numbers, step, theme).tree)
    step = _check(scene, step, theme)
    numbers = scene.story.numbers if numbers is None else numbers
    painter = _Painter(scene, numbers, step, theme, standalone, styled)
    box = (scene.left, scene.top, scene.width, scene.height)
    children = [painter.paint(element) for element in scene.tree]
    return serialise(_root(box, number(scene.width), number(scene.height), title(scene, numbers, step), children))


def figure(
    scene: Scene,
    numbers: Numbers | None = None,
    step: int | None = None,
    theme: str = "light",
    *,
    width: Length | None = None,
    smallest: Length | None = None,
    key: bool = False,
) -> Figure:
    """Paint a step of a scene as a figure of its own.

    Parameters
    ----------
    scene, numbers, step, theme
        As for `frame`.
    width : Length, optional
        How wide it is; the height follows. By default a px of the scene is a px.
    smallest : Length, optional
        How large its smallest type is at least. Without a width the figure becomes as large as that takes.
    key : bool
        Whether a key to its signs stands below it.

    Raises
    ------
    InputError
        If `step` or `theme` does not exist, and where the smallest type would be smaller than `smallest`.

    Examples
    --------
    >>> import numpy as np
    >>> from graphviz_ad.draw.length import read_length
    >>> from graphviz_ad.draw.scene import make_scene
    >>> from graphviz_ad.story.telling import tell
    >>> from graphviz_ad.tracing import trace
    >>> made = figure(make_scene(tell(trace(np.sin, 0.0))), width=read_length("4cm"))
    >>> made.tree.attributes["width"], round(made.width, 2)
    ('4cm', 151.18)
    """
    step = _check(scene, step, theme)
    numbers = scene.story.numbers if numbers is None else numbers
    painter = _Painter(scene, numbers, step, theme, True)
    children = [painter.paint(element) for element in scene.tree]
    left, across, down = float(scene.left), float(scene.width), float(scene.height)
    if key:
        room = max(across - 2 * MARGIN, _LEAST_KEY)
        start, below = scene.left + MARGIN, scene.top + down - MARGIN
        _, wide, _ = legend(painter.occurrences, start, below, room, theme)
        broader = max(0.0, wide + 2 * MARGIN - across)
        left, across = left - broader / 2, across + broader
        entries, _, high = legend(painter.occurrences, left + MARGIN, below, room, theme)
        children, down = [*children, *entries], down + high
    if smallest is not None:
        width = _wide_enough(width, smallest, across, _smallest_type(children))
    if width is None:
        wide_text, high_text, unit = number(across), number(down), 1.0
    else:
        wide_text, high_text, unit = str(width), str(width.times(down / across)), width.px / across
    said, more = title(scene, numbers, step), description(scene, numbers, step)
    box = dict(zip(("x", "y", "width", "height"), map(number, (left, scene.top, across, down)), strict=True))
    paper = painter.paint(Element("rect", box, ("paper",)))
    words = (Element("title", content=(said,)), Element("desc", content=(more,)))
    tree = _root((left, scene.top, across, down), wide_text, high_text, said, [*words, paper, *children])
    return Figure(tree, across * unit, down * unit, said, more)


def _smallest_type(elements: Iterable[Element | str]) -> float:
    """Return the least size of type, in px of the scene."""
    sizes = [math.inf]
    for element in elements:
        if isinstance(element, Element):
            sizes += [float(element.attributes.get("font-size", math.inf)), _smallest_type(element.content)]
    return min(sizes)


def _wide_enough(width: Length | None, smallest: Length, across: float, type_size: float) -> Length | None:
    """Return the width at which no type is too small: the one asked for, or else the natural one, or a larger one."""
    needed = across * smallest.px / type_size
    if width is None:
        return Length(needed, "px") if needed > across else None
    if width.px < needed * (1 - 1e-9):
        least = Length(math.ceil(100 * needed / UNITS[width.unit]) / 100, width.unit)
        own = Length(round(width.px / across * type_size / UNITS[smallest.unit], 2), smallest.unit)
        raise InputError(
            f"save: at width={_quoted(width)} the smallest type is {own}, not {smallest}: give width={_quoted(least)} "
            "at least, or show a part, such as around='x'"
        )
    return width


def _quoted(length: Length) -> str:
    return str(length) if length.unit == "px" else f"'{length}'"


def _check(scene: Scene, step: int | None, theme: str) -> int:
    check_theme(theme, "frame")
    if step is None:
        return scene.steps
    if isinstance(step, bool) or not isinstance(step, int) or not 0 <= step <= scene.steps:
        raise InputError(f"step is {step!r}; expected an integer from 0 to {scene.steps} (which means finished).")
    return step


def _root(
    box: tuple[float, float, float, float], width: str, height: str, label: str, children: list[Element]
) -> Element:
    attributes = {
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": " ".join(map(number, box)),
        "width": width,
        "height": height,
        "role": "img",
        "aria-label": label,
    }
    return Element("svg", attributes, ("gad-scene",), children)


class _Painter:
    """Copies the element tree of a scene with the styles and texts of one step."""

    def __init__(
        self, scene: Scene, numbers: Numbers, step: int, theme: str, standalone: bool, styled: bool = True
    ) -> None:
        self.scene, self.numbers, self.step, self.theme = scene, numbers, step, theme
        self.standalone, self.styled = standalone, styled
        self.occurrences: dict[Occurrence, None] = {}

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
        self.occurrences[Occurrence(part.kind, entry.state, (*flags, *_drawn(reading, value)))] = None
        children: list[Element | str] = []
        for item in _marked(element, reading, value):
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
            paths = list(map_paths(text, reading.frame, x, y).items())
        else:
            low, high = reading.numbers(value)[:2]
            across = y + (1 - zero_line(low, high)) * reading.frame.height
            axis = f"M{number(x)},{number(across)}h{number(reading.frame.width)}"
            paths = [("axis", axis), ("trace", trace_path(text, reading.frame, x, y))]
        for name, data in paths:
            # The browser's painter replaces what is called gad-drawn.
            painted.append(self.paint(Element("path", {"d": data}, ("gad-drawn", name))))
        return painted


def _drawn(reading: Reading | None, value: Any) -> tuple[str, ...]:
    """Return what the key has to explain of a thumbnail."""
    if reading is None or reading.frame is None or reading.frame.kind != "map":
        return ()
    dashes = any(name[0] == "m" for name in map_paths(reading.picture(value), reading.frame, 0, 0))
    return ("map", "minus") if dashes else ("map",)


def _marked(element: Element, reading: Reading | None, value: Any) -> list[Element | str]:
    """Return what stands in a part, cells and their numbers marked where these are not finite."""
    if reading is None or reading.form not in ("cells", "grid"):
        return list(element.content)
    singles = reading.singles(value)
    infinite: list[str] = []
    marked: list[Element | str] = []
    for item in element.content:
        if isinstance(item, Element) and item.classes[-1:] in (("cell",), ("entry",)):
            single = singles[int(item.attributes["data-slot"])]
            if math.isinf(single) and "cell" in item.classes:
                infinite.append(double_frame(*(float(item.attributes[name]) for name in _RECTANGLE)))
            classes = (*item.classes, *_mark(item.classes[-1], single))
            item = Element(item.tag, item.attributes, classes, item.content)
        elif isinstance(item, Element) and "double" in item.classes:
            item = Element(item.tag, {"d": "".join(infinite)}, item.classes)
        marked.append(item)
    return marked


_RECTANGLE = ("x", "y", "width", "height")
_MARKS = {"cell": ("lost", "far"), "entry": ("gone", "vast")}


def _mark(place: str, number: float) -> tuple[str, ...]:
    """Return what a cell, or its entry, is called besides where its number is not finite."""
    if math.isfinite(number):
        return ()
    return (_MARKS[place][math.isinf(number)],)


def _slot_text(slot: Element, kind: str, reading: Reading, value: Any) -> str:
    """Pads, sockets and their sum lines show a quantity in one line; rows show it piece by piece."""
    if kind in ("pad", "socket", "inlet", "share", "factor", "sum"):
        return reading.inline(value)
    return reading.texts(value)[int(slot.attributes["data-slot"])]
