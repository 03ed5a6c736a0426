"""Which characters of a line differ from another line: what a reader's eye is to be led to."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["Change", "change"]


class Change(NamedTuple):
    """Where two texts differ: from `start` on, up to `end` in the first and `other_end` in the second."""

    start: int
    end: int
    other_end: int


def change(text: str, other: str) -> Change:
    """Return where two lines differ, in whole names and numbers.

    Examples
    --------
    >>> change("dz = dh * (1 - z**2)", "dz = dh * (1 - h**2)")
    Change(start=15, end=16, other_end=16)
    >>> change("db = dout", "db = dout.sum(axis=0)")
    Change(start=9, end=9, other_end=21)
    """
    mine, others = _tokens(text), _tokens(other)
    first = 0
    while first < min(len(mine), len(others)) and mine[first] == others[first]:
        first += 1
    last = 0
    while last < min(len(mine), len(others)) - first and mine[-1 - last] == others[-1 - last]:
        last += 1
    start = sum(map(len, mine[:first]))
    tail = sum(map(len, mine[len(mine) - last :]))
    return Change(start, len(text) - tail, len(other) - tail)


def _tokens(text: str) -> list[str]:
    return re.findall(r"\w+|\s+|[^\w\s]", text)
