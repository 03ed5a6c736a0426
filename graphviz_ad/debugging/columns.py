"""Text in columns, on any console: how wide it is, where it breaks, and in which letters and colours."""

from __future__ import annotations

import math
import os
import re
import sys
import unicodedata
from collections.abc import Callable
from typing import Any, NamedTuple

from graphviz_ad.console import printable
from graphviz_ad.formulas.text import SUPERSCRIPTS

__all__ = ["Look", "counted", "fitted", "joined", "padded", "plural", "width", "wrapped"]

_SIGNS = {"▲": "adj", "▼": "val", "⋮": "...", "\u2009": " "}
_COLUMNS, _FEWEST = 80, 40
_READ = 10**15
_TIE = "\u00a0"
_BARRED = re.compile("((?:\\w[\u0304\u0305])+)([₀-₉]*)")


def width(text: str) -> int:
    """Return how many columns a text takes: none for a bar above a letter, two for a letter of East Asia.

    Examples
    --------
    >>> width("d̄ = √2"), width("日本")
    (6, 4)
    """
    return sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in text if not unicodedata.combining(c))


def padded(text: str, columns: int) -> str:
    """Return a text with blanks behind it, so that it takes so many columns.

    Examples
    --------
    >>> padded("d̄", 3) + "|"
    'd̄  |'
    """
    return text + " " * (columns - width(text))


def fitted(text: str, columns: int, dots: str = "…") -> str:
    """Return a text that takes no more than so many columns, shortened at its end where it does.

    Examples
    --------
    >>> fitted("d̄ is 0", 6), fitted("d̄ is NaN", 6)
    ('d̄ is 0', 'd̄ is …')
    """
    if width(text) <= columns:
        return text
    while text and width(text) > columns - width(dots):
        text = text[:-1]
    return text + dots


def wrapped(text: str, columns: int) -> list[str]:
    """Return the lines of a text, broken at blanks; a word that is wider than a line has one of its own.

    Examples
    --------
    >>> wrapped("At [0] the mask is off", 12)
    ['At [0] the', 'mask is off']
    """
    lines = [""]
    for word in joined(text).split(" "):
        if lines[-1] and width(lines[-1]) + 1 + width(word) > columns:
            lines.append(word)
        else:
            lines[-1] += f" {word}" if lines[-1] else word
    return [line.replace(_TIE, " ") for line in lines]


def joined(text: str) -> str:
    r"""Return a text in which equations do not break: their blanks are those that tie words together.

    Examples
    --------
    >>> joined("so x = 2 is right").split(" ")
    ['so', 'x\xa0=\xa02', 'is', 'right']
    """
    return re.sub(" ([=·*]) ", rf"{_TIE}\1{_TIE}", text)


def counted(count: int) -> str:
    """Write a count; one of more digits than can be read by its power of ten.

    Examples
    --------
    >>> counted(1_048_576), counted(2**1000)
    ('1,048,576', 'about 1.07·10³⁰¹')
    """
    if count < _READ:
        return f"{count:,}"
    power = math.floor(math.log10(count))
    return f"about {count // 10 ** (power - 2) / 100:.2f}·10{str(power).translate(SUPERSCRIPTS)}"


def plural(count: int, noun: str) -> str:
    """Return a count with its noun.

    Examples
    --------
    >>> plural(1, "edge"), plural(1200, "edge")
    ('1 edge', '1,200 edges')
    """
    return f"{counted(count)} {noun}{'' if count == 1 else 's'}"


class Look(NamedTuple):
    """In which letters, in which colours, and in how many columns a text is written.

    Attributes
    ----------
    say : callable
        Returns a text as it can be printed there, in a line.
    strong, alarm : callable
        Return a text in bold, and in bold and magenta; as it is where there are no colours.
    columns : int
        As many as a terminal has, from 40 to 80; 80 where nobody knows.
    """

    say: Callable[[str], str]
    strong: Callable[[str], str]
    alarm: Callable[[str], str]
    columns: int = _COLUMNS

    @classmethod
    def of(cls, stream: Any, *, colours: bool = True) -> Look:
        """Return the look for a stream: colours on a terminal only, unless ``NO_COLOR`` is set.

        Examples
        --------
        >>> import io
        >>> look = Look.of(io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
        >>> look.say("▲ √d: r̄ · ∞"), look.strong("r")
        ('adj sqrt(d): adj r * inf', 'r')
        """
        if colours and not os.environ.get("NO_COLOR") and _is_terminal(stream):
            return cls(_in_letters_of(stream), _escape("1"), _escape("1;35"), _columns_of(stream))
        return cls(_in_letters_of(stream), str, str, _columns_of(stream))

    @classmethod
    def asked(cls, stream: Any) -> Look:
        """Return the look for a stream that a person names; where none is, the letters of standard output alone."""
        return cls.of(sys.stdout, colours=False) if stream is None else cls.of(stream)


def _escape(code: str) -> Callable[[str], str]:
    return lambda text: f"\x1b[{code}m{text}\x1b[0m" if text.strip() else text


def _is_terminal(stream: Any) -> bool:
    try:
        return bool(stream.isatty()) and os.environ.get("TERM") != "dumb"
    except (AttributeError, ValueError):  # no stream, or a closed one
        return False


def _columns_of(stream: Any) -> int:
    try:
        return min(max(os.get_terminal_size(stream.fileno()).columns or _COLUMNS, _FEWEST), _COLUMNS)
    except (AttributeError, ValueError, OSError):  # no stream, a closed one, or no terminal
        return _COLUMNS


def _in_letters_of(stream: Any) -> Callable[[str], str]:
    if printable("▲⊙r̄√", stream) == "▲⊙r̄√":
        return lambda text: printable(text, stream).replace("\u2009", " ")
    return lambda text: printable(_spelled(text), stream)


def _spelled(text: str) -> str:
    """Return a text in which roots and adjoints are written as a line of code would have them."""
    text = unicodedata.normalize("NFC", _BARRED.sub(_adjoint, unicodedata.normalize("NFD", text)))
    text = re.sub(r"√(\w+)", r"sqrt(\1)", text.replace("√(", "sqrt("))
    return "".join(_SIGNS.get(character, character) for character in text)


def _adjoint(match: re.Match[str]) -> str:
    letters = "".join(character for character in match[1] if not unicodedata.combining(character))
    return f"adj {letters}{match[2]}"
