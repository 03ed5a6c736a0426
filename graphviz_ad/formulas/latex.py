"""Boxes as LaTeX, for math mode."""

from __future__ import annotations

import re

from graphviz_ad.formulas.boxes import Box, Fraction, Root, Row, Script, Slot, Text
from graphviz_ad.formulas.text import Writer, slot_text

__all__ = ["latex"]

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
    "∞": r"$\infty$", "∂": r"$\partial$", "×": r"$\times$",
}  # fmt: skip


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


def latex(box: Box, write: Writer) -> str:
    """Return a box in LaTeX, for math mode."""
    match box:
        case Text("∂", "i", _):
            return r"\partial"
        case Text(text, "i", bar):
            body = _escape(text)
            body = body if len(text) == 1 else rf"\mathit{{{body}}}"
            return (rf"\bar{{{body}}}" if len(text) == 1 else rf"\overline{{{body}}}") if bar else body
        case Text(text, "f", _):
            return _function(text)
        case Text(text, "n", _):
            return _number(text)
        case Text(text, "o", _):
            core = text.strip(" ")
            return _OPERATORS.get(core) or _escape(core)
        case Text(text, _, _):
            return rf"\text{{{_escape(text, _WORDS)}}}"
        case Slot():
            return _number(slot_text(box, write))
        case Row(items):
            parts = [part for part in (latex(item, write) for item in items) if part]
            return " ".join(parts).replace("( ", "(").replace(" )", ")")
        case Script(base, Text(text, "f", _), level):  # a mark, such as the T of a transpose
            return rf"{latex(base, write)}{'^' if level > 0 else '_'}{{\mathrm{{{_escape(text)}}}}}"
        case Script(base, script, level):
            return f"{latex(base, write)}{'^' if level > 0 else '_'}{{{latex(script, write)}}}"
        case Fraction(top, bottom, _, _):
            return rf"\frac{{{latex(top, write)}}}{{{latex(bottom, write)}}}"
        case Root(inside, _, degree):
            return rf"\sqrt{f'[{_escape(degree)}]' if degree else ''}{{{latex(inside, write)}}}"
    raise TypeError(box)
