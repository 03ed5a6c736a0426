"""A small element tree for SVG, and the only place where text becomes mark-up.

Everything that is drawn is data. `clean` takes out what XML cannot hold or what would turn other text around, and
`serialise` escapes the rest, so that no name can become an element, an attribute or a script.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from graphviz_ad.console import prints

__all__ = ["Element", "clean", "escape", "number", "serialise", "shorten"]

# XML 1.0 forbids control characters and surrogates; bidirectional overrides would reorder what stands beside them.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_SPACES = re.compile("[\t\n\r\x85\u2028\u2029]+")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})


@prints
@dataclass(slots=True, eq=False)
class Element:
    """One SVG element.

    `classes` names what the style table calls it, `attributes` holds what never changes, and `content` is text or
    children (strings among the children are text).
    """

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    classes: tuple[str, ...] = ()
    content: Sequence[Element | str] = ()
    part: str = ""
    """The id of the part that this group is, if it is one."""


def clean(text: str) -> str:
    r"""Return `text` on one line, with characters that no SVG may hold replaced by U+FFFD.

    Examples
    --------
    >>> clean("a\x00b\nc") == "a\ufffdb c"
    True
    """
    return _UNFIT.sub("\ufffd", _SPACES.sub(" ", text))


def shorten(text: str, length: int) -> str:
    """Return `text` if it has at most `length` characters, else its beginning with an ellipsis.

    Examples
    --------
    >>> shorten("temperature", 5)
    'temp…'
    """
    return text if len(text) <= length else text[: length - 1] + "…"


@lru_cache(maxsize=4096)
def escape(text: str) -> str:
    """Return `text` cleaned and escaped for use as text and inside a quoted attribute.

    A picture says the same few words and numbers again and again, so the last ones are remembered.

    Examples
    --------
    >>> escape('<b title="x">')
    '&lt;b title=&quot;x&quot;&gt;'
    """
    return clean(text).translate(_ENTITIES)


@lru_cache(maxsize=16_384)
def number(value: float) -> str:
    """Write a coordinate: two decimals at most, and never NaN or infinity.

    Examples
    --------
    >>> number(12.0), number(-0.001), number(3.14159)
    ('12', '0', '3.14')
    """
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    if not text.lstrip("-")[:1].isdigit():
        raise ValueError(f"a coordinate is {value!r}; expected a finite number")
    return "0" if text in ("-0", "") else text


def _write(element: Element, pieces: list[str]) -> None:
    pieces.append(f"<{element.tag}")
    if element.classes:
        pieces.append(f' class="{escape(" ".join(element.classes))}"')
    for name, value in element.attributes.items():
        pieces.append(f' {name}="{escape(value)}"')
    if not element.content:
        pieces.append("/>")
        return
    pieces.append(">")
    for item in element.content:
        if isinstance(item, str):
            pieces.append(escape(item))
        else:
            _write(item, pieces)
    pieces.append(f"</{element.tag}>")


def serialise(element: Element) -> str:
    """Write an element and all below it.

    Examples
    --------
    >>> serialise(Element("text", {"x": "1"}, ("slot",), ("a<b",)))
    '<text class="slot" x="1">a&lt;b</text>'
    """
    pieces: list[str] = []
    _write(element, pieces)
    return "".join(pieces)
