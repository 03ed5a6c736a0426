"""Boxes as text: in Unicode on one line, and as the runs that a picture sets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad import numerals
from graphviz_ad.console import prints
from graphviz_ad.formulas.boxes import Box, Enclosed, Fraction, Root, Row, Script, Slot, Text
from graphviz_ad.numerals.quantities import Quantity

__all__ = ["SUPERSCRIPTS", "Run", "Writer", "dotted", "run_text", "runs", "slot_text", "spelled", "written"]

Writer = Callable[[Quantity], str]
"""What writes the numbers of the story."""

_MINUS = "\u2212"


@prints
class Run(NamedTuple):
    """One stretch of a one-line formula: its text, whether italic, raised (+1) or lowered (-1), and overlined."""

    text: str
    italic: bool = False
    level: int = 0
    bar: bool = False


def written(value: Any) -> str:
    """Write a number, a short vector in full, or an array's shape and range.

    Examples
    --------
    >>> written(np.array([0.0, 4.0, 8.0, 12.0]))
    '[0 4 8 12]'
    >>> written(np.array([[0.0, np.nan, 0.0], [5.0, np.inf, 1.0]])), written(np.full((2, 4), np.nan))
    ('2×3, 1 NaN, 1 ∞, else 0…5', '2×4, 8 NaN')
    """
    if np.ndim(value) == 0:
        return numerals.static(value)
    if np.ndim(value) == 1 and 0 < np.size(value) <= 6:
        return "[" + " ".join(numerals.static(v) for v in value) + "]"
    shape = "×".join(map(str, np.shape(value)))
    if not np.size(value):
        return f"{shape} (empty)"
    finite = value[np.isfinite(value)]
    lost = {"NaN": int(np.isnan(value).sum()), "∞": int(np.isinf(value).sum())}
    parts = [shape, *[f"{count:,} {word}" for word, count in lost.items() if count]]
    if finite.size:
        low, high = numerals.static(finite.min()), numerals.static(finite.max())
        same = low if len(parts) > 1 else f"all {low}"
        parts.append(("else " if len(parts) > 1 else "") + (f"{low}…{high}" if low != high else same))
    return ", ".join(parts)


_MOST_SPELLED = (3, 4)


def spelled(value: Any) -> str:
    """Write a number or an array in a sentence: as `written` does, a small matrix in full.

    The browser's twin is ``matrixText`` in ``player/cells.js``.

    Examples
    --------
    >>> spelled(np.array([[0.25, -1.0], [0.0, 2.0]])), spelled(np.ones((2, 2))), spelled(np.eye(4))
    ('[[0.25 −1.00] [0 2.00]]', '[[1 1] [1 1]]', '4×4, 0…1')
    """
    shape = np.shape(value)
    small = len(shape) == 2 and all(0 < size <= most for size, most in zip(shape, _MOST_SPELLED, strict=True))
    if not small or np.iscomplexobj(value):
        return written(value)
    kind, decimals = numerals.choose_format(value)
    form = kind, min(decimals, _DECIMALS[kind])
    rows = (" ".join(numerals.write(entry, form).rstrip(numerals.FIGURE_SPACE) for entry in row) for row in value)
    return f"[{' '.join(f'[{row}]' for row in rows)}]"


_DECIMALS = {"f": 4, "e": 2}


def dotted(text: str) -> str:
    """Return a name with the dot of a tangent above the letter in its middle, or the next that has no dot of its own.

    Examples
    --------
    >>> dotted("x"), dotted("loss"), dotted("bias")
    ('ẋ', 'lȯss', 'biȧs')
    """
    middle = (len(text) - 1) / 2
    places = [k for k, letter in enumerate(text) if letter.isalpha() and letter not in "ij"]
    at = min(places, key=lambda k: abs(k - middle), default=int(middle)) + 1
    return f"{text[:at]}\u0307{text[at:]}"


def slot_text(box: Slot, write: Writer) -> str:
    """Return what is written for a number of the story, protected where its place demands it."""
    text = write(box.quantity)
    if text.endswith("j"):
        return f"({text})"
    if box.protect:
        # A placeholder is protected by whoever fills it in; a number here and now.
        return f"⟦{text[1:-1]}p⟧" if text.startswith("⟦") else f"({text})" if text.startswith(_MINUS) else text
    return text


SUPERSCRIPTS = str.maketrans("0123456789−+()Tn", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺⁽⁾ᵀⁿ")
"""What can be raised in Unicode, for `str.translate`."""
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def run_text(run: Run) -> str:
    """Return one stretch in Unicode, raised and lowered with its own digits where there are any."""
    text = run.text
    if run.bar:
        text = "".join(c + "\u0305" for c in text)
    if run.level > 0:
        return text.translate(SUPERSCRIPTS) if all(c in "0123456789−+()Tn" for c in text) else f"^({text})"
    if run.level < 0:
        return text.translate(_SUBSCRIPTS) if text.isdigit() else f"_({text})" if " " in text else f"_{text}"
    return text


def runs(box: Box, write: Writer) -> tuple[Run, ...]:
    """Return a box as stretches of text, neighbours of one style as one."""
    return tuple(_merge(_runs(box, write)))


def _merge(runs: Sequence[Run]) -> list[Run]:
    merged: list[Run] = []
    for run in runs:
        if not run.text:
            continue
        if merged and merged[-1][1:] == run[1:]:
            merged[-1] = merged[-1]._replace(text=merged[-1].text + run.text)
        else:
            merged.append(run)
    return merged


def _runs(box: Box, write: Writer) -> list[Run]:
    match box:
        case Text(text, "i", _, True):
            return [Run(dotted(text), True)]
        case Text(text, style, bar):
            if bar and len(text) == 1:
                return [Run(text + "\u0304", True)]  # a combining macron
            return [Run(text, style == "i", 0, bar)]
        case Slot():
            return [Run(slot_text(box, write))]
        case Row(items):
            return [
                run
                for item, after in zip(items, [*items[1:], None], strict=True)
                for run in _in_row(item, after, write)
            ]
        case Enclosed(left, inside, right):
            return [Run(left), *_runs(inside, write), Run(right)]
        case Script(base, script, level):
            raised = _runs(script, write)
            # A script within a script stays one: there is only one step up or down from the line.
            text = "".join(run_text(run) for run in raised)
            return [*_runs(base, write), Run(text, raised[0].italic, level)]
        case Fraction(_, _, top, bottom):
            return [*_runs(top, write), Run("/"), *_runs(bottom, write)]
        case Root(_, line, degree):
            return [*([Run(degree, level=1)] if degree else []), Run("√"), *_runs(line, write)]
    raise TypeError(box)


_TIMES = (" · ", " ⊙ ")


def _in_row(item: Box, after: Box | None, write: Writer) -> list[Run]:
    """Return an item of a row; a fraction that is multiplied is kept together on one line: (1/x) · y, but ∂y/∂x · ẋ."""
    own = _runs(item, write)
    is_multiplied = isinstance(item, Fraction) and isinstance(after, Text) and after.text in _TIMES
    return [Run("("), *own, Run(")")] if is_multiplied and not own[0].text.startswith("∂") else own
