"""Boxes as LaTeX, for math mode."""

from __future__ import annotations

import re
from collections.abc import Sequence

from graphviz_ad.formulas.boxes import Box, Enclosed, Fraction, Root, Row, Script, Slot, Text, is_tall
from graphviz_ad.formulas.text import Writer, slot_text

__all__ = ["aligned", "latex"]

_MINUS = "\u2212"
_OPERATORS = {
    "·": r"\cdot",
    "‖": r"\Vert",
    "|": r"\vert",
    "⌊": r"\lfloor",
    "⌋": r"\rfloor",
    "⌈": r"\lceil",
    "⌉": r"\rceil",
    "×": r"\times",
    "⊙": r"\odot",
    "←": r"\leftarrow",
    _MINUS: "-",
    "mod": r"\bmod",
    "\u2009": r"\,",
    "′": r"^{\prime}",
}
# The functions that TeX has commands for.
_FUNCTIONS = frozenset({
    "Pr", "arccos", "arcsin", "arctan", "arg", "cos", "cosh", "cot", "coth", "csc", "deg", "det", "dim", "exp", "gcd",
    "hom", "inf", "ker", "lg", "lim", "liminf", "limsup", "ln", "log", "max", "min", "sec", "sin", "sinh", "sup", "tan",
    "tanh",
})  # fmt: skip
_PLAIN = {c: "\\" + c for c in "#$%&_{}"}
_MATH = {
    **_PLAIN,
    "\\": r"\backslash ",
    "^": r"\wedge ",
    "~": r"\sim ",
    _MINUS: "-",
    "∞": r"\infty ",
    "∂": r"\partial ",
}
_WORDS = {
    **_PLAIN, "\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", _MINUS: "-",
}  # fmt: skip
# What words cannot have: it stands between two of them.
_SIGNS = {"∞": r"\infty", "∂": r"\partial", "×": r"\times", "→": r"\to", "…": r"\dots"}


def _escape(text: str, table: dict[str, str] = _MATH) -> str:
    return "".join(table.get(c, c) for c in text)


_NUMBERS = {_MINUS: "-", "∞": r"\infty", "NaN": r"\mathrm{NaN}", "×": r"\times ", "…": r"\dots "}


def _number(text: str) -> str:
    """Write a number, or several in brackets, as LaTeX: exponents as powers of ten, and spaces that stay."""
    written_out = (
        re.sub(r"(\d)e([^\s\])…,]+)", r"\1 \\cdot 10^{\2}", text)
        .replace(" ", r"\; ")
        .replace(r"\; \cdot\; ", r" \cdot ")
    )
    for character, command in _NUMBERS.items():
        written_out = written_out.replace(character, command)
    return written_out


def _function(text: str) -> str:
    if text in _FUNCTIONS:
        return "\\" + text
    if text == "Σ":
        return r"\sum"
    return rf"\operatorname{{{_escape(text)}}}"  # keeps its distance from the operand, as \mathrm would not


def _enclosed(left: str, inside: str, right: str, *, grows: bool) -> str:
    """Write what stands between two signs, which grow with it where it takes more than a line."""
    left, right = (_OPERATORS.get(sign) or _escape(sign) for sign in (left, right))
    if grows:
        return rf"\left{left} {inside} \right{right}"
    gap = "" if left == "(" else " "
    return f"{left}{gap}{inside}{gap}{right}"


def aligned(lines: Sequence[str]) -> str:
    r"""Return lines of LaTeX as one block, aligned at the first sign of each.

    Examples
    --------
    >>> aligned(["y = x + 1", "= 2"])
    '\\begin{aligned} y &= x + 1 \\\\ &= 2 \\end{aligned}'
    """
    rows = r" \\ ".join(map(_with_mark, lines))
    return rf"\begin{{aligned}} {rows} \end{{aligned}}"


def _with_mark(line: str) -> str:
    """Put a mark of alignment before the first sign that stands in no braces."""
    depth = 0
    for i, character in enumerate(line):
        depth += (character == "{") - (character == "}")
        if not depth and (character == "=" or line.startswith(r"\leftarrow", i)):
            return f"{line[:i]}&{line[i:]}"
    return f"{line} &"


def _words(text: str) -> str:
    parts = re.split(f"([{''.join(_SIGNS)}])", text)
    return " ".join(_SIGNS.get(part) or rf"\text{{{_escape(part, _WORDS)}}}" for part in parts if part)


def latex(box: Box, write: Writer) -> str:
    """Return a box in LaTeX, for math mode."""
    match box:
        case Text("∂", "i"):
            return r"\partial"
        case Text("𝟙"):
            return r"\mathbf{1}"
        case Text(text, "i", bar, dot):
            body = _escape(text)
            body = body if len(text) == 1 else rf"\mathit{{{body}}}"
            if dot:
                return rf"\dot{{{body}}}"
            return (rf"\bar{{{body}}}" if len(text) == 1 else rf"\overline{{{body}}}") if bar else body
        case Text(text, "f", _):
            return _function(text)
        case Text(text, "n", _):
            return _number(text)
        case Text(text, "o", _):
            core = text.strip(" ")
            return _OPERATORS.get(core) or _escape(core)
        case Text(text, _, _):
            return _words(text)
        case Slot():
            return _number(slot_text(box, write))
        case Row(items):
            return " ".join(part for part in (latex(item, write) for item in items) if part)
        case Enclosed(left, inside, right):
            return _enclosed(left, latex(inside, write), right, grows=is_tall(inside))
        case Script(base, Text(text, "f", _), level):  # a mark, such as the T of a transpose
            return rf"{latex(base, write)}{'^' if level > 0 else '_'}{{\mathrm{{{_escape(text)}}}}}"
        case Script(base, script, level):
            return f"{latex(base, write)}{'^' if level > 0 else '_'}{{{latex(script, write)}}}"
        case Fraction(top, bottom, _, _):
            return rf"\frac{{{latex(top, write)}}}{{{latex(bottom, write)}}}"
        case Root(inside, _, degree):
            return rf"\sqrt{f'[{_escape(degree)}]' if degree else ''}{{{latex(inside, write)}}}"
    raise TypeError(box)
