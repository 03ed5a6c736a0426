"""Where in an array, and with which number: the words of a sentence that speaks of single entries."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphviz_ad.debugging.examination import listed
from graphviz_ad.numerals.writing import static

__all__ = ["at", "begun", "signed"]


def at(mask: Any) -> str:
    """Return where an array has it: ``at [0]``, or how often; empty of a number.

    Examples
    --------
    >>> at(np.array([True, False])), at(np.ones(3, bool)), at(np.bool_(True))
    ('at [0]', 'in all 3 entries,', '')
    """
    if not np.ndim(mask):
        return ""
    places = np.argwhere(mask)
    if len(places) == np.size(mask) and len(places) > 2:
        return f"in all {len(places)} entries,"
    said = [str(list(map(int, place))) for place in places[:2]]
    return (
        f"at {listed(said)}" if len(places) <= 2 else f"in {len(places)} of {np.size(mask)} entries, as at {said[0]},"
    )


def begun(place: str, rest: str) -> str:
    """Return a sentence that begins with a place; one that begins with a formula keeps its letters.

    Examples
    --------
    >>> begun("at [0]", "x is 0."), begun("", "x is 0."), begun("", "it is 0.")
    ('At [0] x is 0.', 'x is 0.', 'It is 0.')
    """
    if place:
        return f"{place[:1].upper()}{place[1:]} {rest}"
    return f"{rest[0].upper()}{rest[1:]}" if rest.startswith(("it ", "the ")) else rest


def signed(x: Any) -> str:
    """Write a number that may be NaN.

    Examples
    --------
    >>> signed(np.nan), signed(-np.inf)
    ('NaN', '−∞')
    """
    return "NaN" if np.isnan(x) else static(x)
