"""Where in an array, and with which number: the words of a sentence that speaks of single entries."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphviz_ad.debugging.examination import listed
from graphviz_ad.engine.variable import INDEX, Variable
from graphviz_ad.numerals.writing import static

__all__ = ["at", "begun", "numbered", "read_by", "signed"]


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


def numbered(x: Any) -> Any:
    """Return an array of the shape of another in which each entry has its place, in the order of its rows."""
    return np.arange(np.size(x)).reshape(np.shape(x))


def read_by(part: Variable, places: Any) -> Any:
    """Return which entries of an array an index takes out, by their places in it, as a flat array.

    Examples
    --------
    >>> import graphviz_ad as gad
    >>> x = gad.Variable(np.zeros((2, 3)))
    >>> read_by(x[:, 1], numbered(x.value)), read_by(x[1, 2], numbered(x.value))
    (array([1, 4]), array([5]))
    """
    return np.ravel(INDEX.function(places, *part.operands[1:]))


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
