"""Set one line of formula in SVG: the ``tspan`` elements that write it, and its overlines."""

from __future__ import annotations

from collections.abc import Sequence

from graphviz_ad.draw.measuring import script, width
from graphviz_ad.draw.svg import Element, clean, number, shorten
from graphviz_ad.formulas.formula import Formula
from graphviz_ad.formulas.text import Run

__all__ = ["overlines", "tspans", "words"]

_RAISE = {1: -0.34, -1: 0.2}


def tspans(runs: Sequence[Run], size: float) -> list[Element | str]:
    """Return the content of a ``text`` element that writes the runs.

    Levels are made with ``dy`` and a smaller size, which every renderer understands; ``baseline-shift`` is not.
    """
    content: list[Element | str] = []
    level = 0
    for run in runs:
        if not run.text:
            continue
        attributes: dict[str, str] = {}
        if run.italic:
            attributes["font-style"] = "italic"
        if run.level:
            attributes["font-size"] = number(script(size))
        shift = _shift(run.level, size) - _shift(level, size)
        if shift:
            attributes["dy"] = number(shift)
        if run.bar:
            # The overline is a path of the measured width; holding the letters to it keeps both together in any font.
            attributes["textLength"] = number(width([run], size))
            attributes["lengthAdjust"] = "spacingAndGlyphs"
        level = run.level
        content.append(Element("tspan", attributes, (), (run.text,)) if attributes else run.text)
    return content


def _shift(level: int, size: float) -> float:
    """Return how far below the line a level stands: a superscript that is as large as its base is raised less."""
    share = script(size) / size
    return size * (_RAISE.get(level, 0.0) + (0.33 * (share - 0.7) if level > 0 else 0.0))


def overlines(runs: Sequence[Run], size: float, x: float, y: float) -> list[Element]:
    """Return the overlines of the barred runs of a line that starts at (x, y)."""
    lines = []
    for run in runs:
        advance = width([run], size)
        if run.bar:
            left, right, top = number(x + 0.5), number(x + advance), number(y - 0.82 * size)
            lines.append(Element("path", {"d": f"M{left},{top}H{right}"}, ("over",)))
        x += advance
    return lines


def words(formula: Formula, length: int = 200) -> str:
    """Return a formula as plain text of bounded length.

    Examples
    --------
    >>> from graphviz_ad.formulas.symbols import name
    >>> words(Formula(name("x") ** 2))
    'x²'
    """
    return shorten(clean(formula.text[: 4 * length]), length)
