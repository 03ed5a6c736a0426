"""What a text looks like where it is printed: nothing in it steers the terminal, and its encoding has every character.

A console of Windows or a pipe may know a few hundred characters only, and `print` raises for any other. So whatever
shows itself as text asks here what can be printed on standard output. Where that is UTF-8, nothing changes.
"""

from __future__ import annotations

import codecs
import functools
import re
import sys
import unicodedata
from collections.abc import Callable
from typing import Any, TypeVar

__all__ = ["escaped", "printable", "prints", "visible"]

_Kind = TypeVar("_Kind", bound=type)

_JOINERS = "\u200c\u200d"  # they belong to words of some languages, and to emoji
_STEERING = ("Cc", "Cf", "Cs", "Zl", "Zp")


def visible(text: str) -> str:
    r"""Return a text without characters that are not seen but change what is: each is written as its escape.

    Those are control characters, with which a terminal is steered, marks that turn the direction of what follows, lone
    surrogates and separators. Line ends and tabs stay.

    Examples
    --------
    >>> visible("x = 1  # \u202e 2 \x1b[31m")
    'x = 1  # \\u202e 2 \\x1b[31m'
    """
    return text if text.isprintable() else "".join(map(_seen, text))


def _seen(character: str) -> str:
    if character.isprintable() or character in "\n\t" or character in _JOINERS:
        return character
    if unicodedata.category(character) not in _STEERING and ord(character) & 0xFFFE != 0xFFFE:
        return character
    return repr(character)[1:-1]


def printable(text: str, stream: Any = None) -> str:
    r"""Return a text as it can be printed on a stream, standard output unless given.

    What its encoding does not have is written in other words: ``x^2`` for x², ``v3_bar`` for v̄₃, ``theta`` for θ; or
    else as its escape.

    Examples
    --------
    >>> import io
    >>> printable("f′ = √x · ∂v₁", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    "f' = sqrt x * dv1"
    """
    text = visible(text)
    encoding = _encoding(sys.stdout if stream is None else stream)
    if encoding is None or _fits(text, encoding):
        return text
    for pattern, write in _WRITTEN:

        def other(match: re.Match[str], write: Callable[[re.Match[str]], str] = write) -> str:
            return match[0] if _fits(match[0], encoding) else write(match)

        text = re.sub(pattern, other, text)
    return text.encode(encoding, "backslashreplace").decode(encoding)


def escaped(text: str, stream: Any = None) -> str:
    r"""Return a text as it can be printed, letter by letter: what is missing is escaped. So paths keep their meaning.

    Examples
    --------
    >>> import io
    >>> escaped("θ.svg", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    '\\u03b8.svg'
    """
    encoding = _encoding(sys.stdout if stream is None else stream)
    return visible(text) if encoding is None else visible(text).encode(encoding, "backslashreplace").decode(encoding)


def prints(kind: _Kind) -> _Kind:
    """Let what a class says of itself be printable everywhere; a decorator, above `dataclass`.

    Examples
    --------
    >>> @prints
    ... class Place:
    ...     def __repr__(self):
    ...         return "here"
    >>> Place()
    here
    """
    for name in ("__repr__", "__str__"):
        if name in vars(kind):
            setattr(kind, name, _printing(vars(kind)[name]))
    return kind


def _printing(method: Callable[[Any], str]) -> Callable[[Any], str]:
    @functools.wraps(method)
    def said(self: Any) -> str:
        return printable(method(self))

    return said


def _encoding(stream: Any) -> str | None:
    """Return the encoding of a stream; None where everything can be written, or nothing is known of it."""
    try:
        encoding = getattr(stream, "encoding", None)
        codecs.lookup(encoding or "utf-8")
    except (ValueError, TypeError, LookupError):  # detached, or not a codec
        return None
    return encoding or None


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeError:
        return False
    return True


# -- other words ------------------------------------------------------------------------------------------------

_WORDS = {
    **dict.fromkeys("′´’‘", "'"),
    **dict.fromkeys("“”″", '"'),
    **dict.fromkeys("−–—‐‑", "-"),
    **dict.fromkeys("·⋅×⊙∘", "*"),
    **dict.fromkeys("‖∥", "||"),
    **dict.fromkeys("Σ∑", "sum"),
    "∏": "prod",
    "√": "sqrt ",
    "÷": "/",
    "½": "1/2",
    "∂": "d",
    "∇": "grad ",
    "∞": "inf",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "≈": "~",
    "±": "+/-",
    "→": "->",
    "←": "<-",
    "…": "...",
    "⌊": "floor(",
    "⌋": ")",
    "⌈": "ceil(",
    "⌉": ")",
    "⟦": "[[",
    "⟧": "]]",
    "⟨": "<",
    "⟩": ">",
}


def _barred(match: re.Match[str]) -> str:
    return re.sub("[\u0304\u0305]", "", match[1]) + unicodedata.normalize("NFKC", match[2]) + "_bar"


def _dotted(match: re.Match[str]) -> str:
    return f"{match[1]}{unicodedata.normalize('NFKC', match[2])}_dot"


def _raised(match: re.Match[str]) -> str:
    digits = unicodedata.normalize("NFKC", match[0]).replace("−", "-")
    return f"^{digits}" if len(digits) == 1 or digits.lstrip("-").isdigit() else f"^({digits})"


def _lowered(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", match[0]).replace("−", "-")


def _letter(match: re.Match[str]) -> str:
    """Return the word for a sign, the name of a Greek letter, or a letter that is written in another face."""
    character = match[0]
    plain = unicodedata.normalize("NFKC", character)
    macron = unicodedata.normalize("NFD", character)
    if character in _WORDS:
        return _WORDS[character]
    if macron.endswith("\u0304"):
        return f"{macron[0]}_bar"
    name = unicodedata.name(plain, "") if len(plain) == 1 else ""
    greek = re.fullmatch("GREEK (SMALL|CAPITAL) LETTER ([A-Z]+)", name)
    if greek:
        word = "lambda" if greek[2] == "LAMDA" else greek[2].lower()
        return word if greek[1] == "SMALL" else word.capitalize()
    return plain


# As text, and compiled when the first console needs it.
_WRITTEN: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    ("((?:.[\u0304\u0305])+)([₀-₉]*)", _barred),
    ("(\\w+)\u0307(\\w*)", _dotted),
    ("(?<=\\d)×(?=\\d)", lambda match: "x"),
    ("[²³¹⁰ⁱ⁴-⁾ⁿᵀ]+", _raised),
    ("[₀-₎]+", _lowered),
    ("[^\x00-\x7f]", _letter),
)
