"""Read a picture back: where its cards, sockets, pads, texts and lanes are."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from typing import NamedTuple

from graphviz_ad.draw import measuring
from graphviz_ad.formulas.text import Run

SVG = "{http://www.w3.org/2000/svg}"


class Rect(NamedTuple):
    """Left, top, right, bottom."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Rect, slack: float = 0.01) -> bool:
        """Whether two boxes share an area."""
        return (
            self.left < other.right - slack
            and other.left < self.right - slack
            and self.top < other.bottom - slack
            and other.top < self.bottom - slack
        )

    def holds(self, other: Rect, slack: float = 0.01) -> bool:
        """Whether the other box lies inside."""
        return (
            self.left - slack <= other.left
            and self.top - slack <= other.top
            and other.right <= self.right + slack
            and other.bottom <= self.bottom + slack
        )


def parse(svg: str) -> ET.Element:
    """Parse with a real XML parser."""
    return ET.fromstring(svg)


def classes(element: ET.Element) -> list[str]:
    """Return the classes of an element."""
    return element.get("class", "").split()


def groups(root: ET.Element, kind: str) -> dict[str, ET.Element]:
    """Return the parts of a kind by id."""
    return {g.get("id", ""): g for g in root.iter(f"{SVG}g") if classes(g)[:1] == [kind]}


def child(group: ET.Element, name: str) -> ET.Element | None:
    """Return the first child with a class."""
    return next((item for item in group if name in classes(item)), None)


def rect(element: ET.Element) -> Rect:
    """Return the box of a rect, or of a path that only goes by lines and small corners."""
    if element.tag == f"{SVG}rect":
        x, y, w, h = (float(element.get(key, "0")) for key in ("x", "y", "width", "height"))
        return Rect(x, y, x + w, y + h)
    points = list(walk(element.get("d", "")))
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return Rect(min(xs), min(ys), max(xs), max(ys))


def walk(data: str, steps: int = 12):
    """Yield points along a path made of M L H V C Q and their relatives."""
    tokens = re.findall(r"[a-zA-Z]|-?\d*\.?\d+(?:e-?\d+)?", data)
    x = y = sx = sy = 0.0
    command = ""
    place = 0

    def take(count: int) -> list[float]:
        nonlocal place
        found = [float(token) for token in tokens[place : place + count]]
        place += count
        return found

    while place < len(tokens):
        if tokens[place].isalpha():
            command = tokens[place]
            place += 1
        relative = command.islower()
        kind = command.lower()
        start = (x, y)
        bx, by = (x, y) if relative else (0.0, 0.0)
        if kind == "z":
            x, y = sx, sy
            yield x, y
            continue
        if kind == "h":
            x = bx + take(1)[0]
        elif kind == "v":
            y = by + take(1)[0]
        elif kind in "ml":
            dx, dy = take(2)
            x, y = bx + dx, by + dy
            if kind == "m":
                sx, sy = x, y
                yield x, y
                command = "l" if relative else "L"
                continue
        else:
            numbers = take(6 if kind == "c" else 4)
            control = [(bx + numbers[i], by + numbers[i + 1]) for i in range(0, len(numbers), 2)]
            x, y = control[-1]
            hull = [start, *control]
            for step in range(1, steps + 1):
                level = hull
                t = step / steps
                while len(level) > 1:
                    level = [(a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t) for a, b in pairwise(level)]
                yield level[0]
            continue
        for step in range(1, steps + 1):
            t = step / steps
            yield start[0] + (x - start[0]) * t, start[1] + (y - start[1]) * t


def cards(root: ET.Element) -> dict[str, Rect]:
    """Return the box of each card, without its sockets."""
    return {name: rect(child(group, "border")) for name, group in groups(root, "node").items()}


def whole(group: ET.Element) -> Rect:
    """Return the box of a node with its sockets."""
    box = rect(child(group, "border"))
    tops = [rect(child(g, "bg")).top for g in group.iter(f"{SVG}g") if classes(g)[:1] == ["socket"]]
    return box._replace(top=min([box.top, *tops]))


def _measure(element: ET.Element, size: float, family: str) -> float:
    size = float(element.get("font-size", size))
    family = element.get("font-family", family)

    def width(text: str | None) -> float:
        if not text:
            return 0.0
        if "Mono" in family:
            return measuring.mono(len(text), size)
        return measuring.sans(text, size) if "Helvetica" in family else measuring.width([Run(text)], size)

    own = width(element.text)
    for part in element:
        own += _measure(part, size, family) + width(part.tail)
    return own


def text_box(element: ET.Element) -> Rect:
    """Return the box of a text element, measured with the widest faces of the font stacks."""
    size = float(element.get("font-size", "0"))
    width = _measure(element, size, element.get("font-family", ""))
    x, y = float(element.get("x", "0")), float(element.get("y", "0"))
    left = x - width * {"middle": 0.5, "end": 1.0}.get(element.get("text-anchor", ""), 0.0)
    return Rect(left, y - 0.75 * size, left + width, y + 0.2 * size)


def content(element: ET.Element) -> str:
    """Return all text below an element."""
    return "".join(element.itertext())
