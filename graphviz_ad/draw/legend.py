"""A key below a figure: the signs that occur in it, each beside the word for it, and no others.

Each sign is drawn by the table that draws the picture (`theme`), so it looks as it does there. A new sign is one row of
`_SIGNS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from graphviz_ad.draw.lanes import drop
from graphviz_ad.draw.measuring import sans
from graphviz_ad.draw.signs import PENCIL, named, placed
from graphviz_ad.draw.svg import Element, number
from graphviz_ad.draw.theme import SANS, SERIF, attributes

__all__ = ["Occurrence", "legend"]

_SIZE = 12.0
_LINE = 20.0
_GAP = 16.0  # between two entries
_AFTER = 6.0  # between a sign and its word
_ABOVE = 10.0  # between the figure and its key
_WRITTEN = frozenset(("known", "now", "operand", "partial"))


class Occurrence(NamedTuple):
    """A part as it stands in the figure: its kind, its state, and what else holds."""

    kind: str
    state: str
    flags: tuple[str, ...]


class _Pen:
    """Draws a sign with the colours of a theme, from (x, y): its left end, on the middle of the line."""

    def __init__(self, theme: str, x: float, y: float) -> None:
        self.theme, self.x, self.y = theme, x, y

    def path(self, data: str, kind: str, state: str, child: str, *flags: str) -> Element:
        """Return a path that starts here and looks as that child of a part does."""
        style = attributes(kind, state, flags, (child,), self.theme)
        style.pop("display", None)
        return Element("path", {"d": f"M{number(self.x)},{number(self.y)}{data}", **style})

    def text(self, letters: str, family: str, child: str = "label") -> Element:
        """Return letters on the line, in ink."""
        place = {"x": number(self.x), "y": number(self.y + 4.2), "font-family": family, "font-size": number(_SIZE + 1)}
        return Element("text", {**place, **attributes("node", "known", (), (child,), self.theme)}, (), (letters,))


def _triangle(kind: str) -> Callable[[_Pen], list[Element]]:
    down = kind == "value"

    def draw(pen: _Pen) -> list[Element]:
        return [pen.path(f"m0,{-3.4 if down else 3.4}h8l-4,{6.8 if down else -6.8}z", kind, "known", "mark")]

    return draw


def _drop(pen: _Pen) -> list[Element]:
    return [pen.path(_shape(4, 5.3), "tangent", "known", "mark")]


def _shape(x: float, y: float) -> str:
    """Return a drop whose point is so far from where the pen is."""
    return f"m{number(x)},{number(y)}{drop(0, 0).removeprefix('M0,0')}"


def _wave(pen: _Pen) -> list[Element]:
    return [pen.path("h3" + "q2.25,-6.2 4.5,0q2.25,6.2 4.5,0" * 3 + "h3", "backward", "came", "wave", "bad", "nan")]


def _blamed(pen: _Pen) -> list[Element]:
    return [pen.path("m0,-6h16v12h-16z", "socket", "blamed", "bg")]


def _letter(letter: str) -> Callable[[_Pen], list[Element]]:
    return lambda pen: [pen.text(letter, SERIF)]


def _forward(pen: _Pen) -> list[Element]:
    return [pen.path("h18", "forward", "went", "line"), pen.path("m24,0l-7,-4v8z", "forward", "went", "head")]


def _backward(*flags: str) -> Callable[[_Pen], list[Element]]:
    def draw(pen: _Pen) -> list[Element]:
        return [
            pen.path("m24,0h-18", "backward", "came", "line", *flags),
            pen.path("l7,-4v8z", "backward", "came", "head", *flags),
        ]

    return draw


def _tangents(*flags: str) -> Callable[[_Pen], list[Element]]:
    def draw(pen: _Pen) -> list[Element]:
        line = pen.path("h26", "push", "went", "line", *flags)
        return [line, pen.path(_shape(30, 5.3), "push", "went", "head", *flags)]

    return draw


def _cut(kind: str) -> Callable[[_Pen], list[Element]]:
    def draw(pen: _Pen) -> list[Element]:
        bars = "m6,5l5,-10m4,0l-5,10"
        return [pen.path("m20,0h-9", kind, "cut", "line"), pen.path(bars, kind, "cut", "bars")]

    return draw


def _seen(*kinds: str) -> Callable[[Occurrence], bool]:
    """Whether a lane that came through is there, an exact zero and what is not finite aside."""
    through, other = ("came", "went", "flows"), {"zero", "bad"}
    return lambda part: part.kind in kinds and part.state in through and other.isdisjoint(part.flags)


def _dots(pen: _Pen) -> list[Element]:
    return [pen.path("h34", "sum", "known", "dots")]


def _unknown(pen: _Pen) -> list[Element]:
    return [pen.path("m1,3h22", "value", "unknown", "blank")]


def _now(kind: str) -> Callable[[_Pen], list[Element]]:
    return lambda pen: [pen.path("m0,-6h16v12h-16z", kind, "now", "bg")]


def _ring(kind: str) -> Callable[[_Pen], list[Element]]:
    return lambda pen: [pen.path("m1,-5h14v10h-14z", kind, "operand", "ring")]


def _warning(pen: _Pen) -> list[Element]:
    outline = "m0,6l7,-12.5l7,12.5zm6.1,-8.4l.4,4.6h1l.4,-4.6zm.1,5.6v1.6h1.6v-1.6z"
    sign = pen.path(outline, "value", "known", "warning", "bad")
    sign.attributes["fill-rule"] = "evenodd"
    return [sign]


def _endless(pen: _Pen) -> list[Element]:
    return [pen.path("m1.5,5h11l-5.5,-10z", "value", "known", "endless", "bad", "far")]


def _pencil(pen: _Pen) -> list[Element]:
    return [pen.path(f"m0,5{PENCIL}", "yours", "known", "mark")]


def _verdict(verdict: str) -> Callable[[_Pen], list[Element]]:
    def draw(pen: _Pen) -> list[Element]:
        circle = {"cx": number(pen.x + 8), "cy": number(pen.y), "r": "8"}
        mark = {"d": placed(named(verdict).line, pen.x + 3.5, pen.y - 4.5, 9)}
        looks = {child: attributes("verdict", verdict, (), (child,), pen.theme) for child in ("bg", "line")}
        return [Element("circle", circle | looks["bg"]), Element("path", mark | looks["line"])]

    return draw


def _levels(pen: _Pen) -> list[Element]:
    cells = [pen.path(f"m{6 * k},-5h6v10h-6z", "", "", f"l{k}") for k in range(9)]
    frame = pen.path("m0,-5h54v10h-54z", "", "", "frame")
    frame.attributes["fill"] = "none"
    return [*cells, frame]


def _minus(pen: _Pen) -> list[Element]:
    return [pen.path("m0,-5h14v10h-14z", "", "", "l3"), pen.path("m4.5,0h5", "", "", "m3")]


def _is(kind: str, *states: str, flag: str = "") -> Callable[[Occurrence], bool]:
    def occurs(part: Occurrence) -> bool:
        return part.kind == kind and part.state in states and (not flag or flag in part.flags)

    return occurs


class _Sign(NamedTuple):
    word: str
    width: float
    draw: Callable[[_Pen], list[Element]]
    occurs: Callable[[Occurrence], bool]


_ROWS = ("value", "adjoint", "tangent")
_LANES = ("forward", "backward", "push")
_WRITABLE = (*_ROWS, "socket", "pad", "inlet", "share")
_FORWARD = ("tangent", "push", "inlet", "share")  # the kinds of forward mode alone


def _in(forward: bool, kinds: Sequence[str], state: str) -> Callable[[Occurrence], bool]:
    """Whether one of these is in a state, in the hue of forward mode or in another."""
    return lambda part: part.kind in kinds and part.state == state and (part.kind in _FORWARD) == forward


def _bad(kinds: Sequence[str], *others: str) -> Callable[[Occurrence], bool]:
    """Whether one of these is not finite in a way that no other entry tells."""
    return lambda part: part.kind in kinds and "bad" in part.flags and set(others).isdisjoint(part.flags)


_SIGNS = (
    _Sign("value", 8, _triangle("value"), _is("value", *_WRITTEN)),
    _Sign("adjoint", 8, _triangle("adjoint"), _is("adjoint", *_WRITTEN)),
    _Sign("tangent", 8, _drop, _is("tangent", *_WRITTEN)),
    _Sign(
        "local gradient",
        11,
        _letter("×"),
        lambda part: part.kind in ("socket", "inlet", "factor") and part.state in ("unknown", *_WRITTEN),
    ),
    _Sign("sum of contributions", 9, _letter("Σ"), lambda part: part.kind == "pad"),
    _Sign("value goes down", 24, _forward, _is("forward", "went", "flows")),
    _Sign("adjoint comes back", 24, _backward(), _seen("backward")),
    _Sign("an exact zero came back", 24, _backward("zero"), _is("backward", "came", "flows", flag="zero")),
    _Sign("cut: nothing flows back", 20, _cut("backward"), _is("backward", "cut")),
    _Sign("tangent moves on", 34, _tangents(), _seen("push")),
    _Sign("an exact zero moves on", 34, _tangents("zero"), _is("push", "went", "flows", flag="zero")),
    _Sign("cut: nothing moves on", 20, _cut("push"), _is("push", "cut")),
    _Sign("not known yet", 24, _unknown, lambda part: part.kind in _ROWS and part.state == "unknown"),
    _Sign("written in this step", 16, _now("adjoint"), _in(False, _WRITABLE, "now")),
    _Sign("written in this step", 16, _now("tangent"), _in(True, _WRITABLE, "now")),
    _Sign("read in this step", 16, _ring("adjoint"), _in(False, _ROWS, "operand")),
    _Sign("read in this step", 16, _ring("tangent"), _in(True, _ROWS, "operand")),
    _Sign("NaN", 14, _warning, lambda part: part.kind in _ROWS and "lost" in part.flags),
    _Sign("infinite", 14, _endless, lambda part: part.kind in _ROWS and "far" in part.flags),
    _Sign("NaN or infinite", 14, _warning, _bad(_ROWS, "lost", "far")),
    _Sign("carries NaN", 33, _wave, lambda part: part.kind in _LANES and "nan" in part.flags),
    _Sign("carries infinity", 24, _backward("bad"), _bad(_LANES, "nan")),
    _Sign("the factor to blame", 16, _blamed, _is("socket", "blamed")),
    _Sign("yours, where it differs", 13, _pencil, lambda part: part.kind == "yours" and "map" not in part.flags),
    _Sign("yours, where it differs, on the adjoint's scale", 13, _pencil, _is("yours", "known", flag="map")),
    _Sign("yours is right", 16, _verdict("right"), _is("verdict", "right")),
    _Sign("yours is wrong", 16, _verdict("wrong"), _is("verdict", "wrong")),
    _Sign("yours inherits from a wrong line", 16, _verdict("inherits"), _is("verdict", "inherits")),
    _Sign("Σ tangent · adjoint, the slope", 34, _dots, _is("sum", "known")),
    _Sign("−max … 0 … max, each row on its own scale", 54, _levels, lambda part: "map" in part.flags),
    _Sign("below 0", 14, _minus, lambda part: "minus" in part.flags),
)


def _lines(signs: Sequence[_Sign], width: float) -> Iterator[list[tuple[float, _Sign]]]:
    """Break the entries into lines: each with where it starts."""
    line: list[tuple[float, _Sign]] = []
    x = 0.0
    for sign in signs:
        entry = sign.width + _AFTER + sans(sign.word, _SIZE)
        if line and x + entry > width:
            yield line
            line, x = [], 0.0
        line.append((x, sign))
        x += entry + _GAP
    if line:
        yield line


def legend(
    occurrences: Iterable[Occurrence], x: float, y: float, width: float, theme: str
) -> tuple[list[Element], float, float]:
    """Return the key of a figure, how wide it is and how high.

    Parameters
    ----------
    occurrences : iterable of Occurrence
        The parts of the figure; of flags, ``"map"`` says that a heat map is drawn, ``"minus"`` that it has dashes.
    x, y : float
        Below what it stands, and where it starts at the left.
    width : float
        How much room there is before a new line begins; one entry may be wider.
    theme : str

    Examples
    --------
    >>> parts = [Occurrence("value", "known", ()), Occurrence("adjoint", "known", ())]
    >>> key, width, height = legend(parts, 0, 100, 400, "light")
    >>> [item.content[0] for item in key if item.tag == "text"], round(height)
    (['value', 'adjoint'], 30)
    """
    there = set(occurrences)
    signs = [sign for sign in _SIGNS if any(map(sign.occurs, there))]
    elements: list[Element] = []
    widest, middle = 0.0, y + _ABOVE + _LINE / 2
    for line in _lines(signs, width):
        for left, sign in line:
            elements += sign.draw(_Pen(theme, x + left, middle))
            start = x + left + sign.width + _AFTER
            place = {"x": number(start), "y": number(middle + 4.2), "font-family": SANS, "font-size": number(_SIZE)}
            style = attributes("node", "known", (), ("tag",), theme)
            elements.append(Element("text", {**place, **style}, (), (sign.word,)))
            widest = max(widest, left + sign.width + _AFTER + sans(sign.word, _SIZE))
        middle += _LINE
    return elements, widest, (middle - _LINE / 2 - y) if signs else 0.0
