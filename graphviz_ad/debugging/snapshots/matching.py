"""What has changed between a stored page and the trace of today: nodes that came and went, and numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.debugging.comparing.differing import apart
from graphviz_ad.debugging.comparing.text import far
from graphviz_ad.debugging.snapshots.pages import Block, Numbers

__all__ = ["Changes", "changes"]

_MOST = 12  # differences that are told


class Changes(NamedTuple):
    """What has changed: how much, in words, and the lines that tell it; both are empty where nothing has."""

    counted: str
    lines: list[str]


def changes(stored: Sequence[Block], now: Sequence[Block], places: Sequence[str], rtol: float, atol: float) -> Changes:
    """Return what has changed.

    Parameters
    ----------
    stored, now : sequence of Block
    places : sequence of str
        Where in the person's code each node of today is made; empty where it is not known.
    rtol, atol : float
        How far numbers may be apart: ``atol + rtol * |stored|``.
    """
    groups: list[list[str]] = []
    one, other = ([_key(block.head) for block in blocks] for blocks in (stored, now))
    for kind, i, k, j, m in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if kind == "equal":
            for before, after, place in zip(stored[i:k], now[j:m], places[j:m], strict=True):
                lines = list(_numbers(before, after, rtol, atol))
                if lines:
                    groups.append([f"  {after.head}{place}", *lines])
        else:
            groups += [[f"- {block.head}"] for block in stored[i:k]]
            groups += [[f"+ {block.head}{place}"] for block, place in zip(now[j:m], places[j:m], strict=True)]
    rest = len(groups) - _MOST
    more = [f"  and {rest} node{'s' if rest > 1 else ''} more"] if rest > 0 else []
    return Changes(_counted(groups), [line for lines in groups[:_MOST] for line in lines] + more)


def _counted(groups: Sequence[Sequence[str]]) -> str:
    """Say how many nodes are gone, are new, and have other numbers.

    Examples
    --------
    >>> _counted([["- v₁ = x²"], ["+ v₁ = sin x"], ["+ f = 2 v₁"]]), _counted([["  x = input", "    value: ..."]])
    ('1 node is gone, 2 are new', '1 node has other numbers')
    """
    parts: list[str] = []
    rows = ("-", "is gone", "are gone"), ("+", "is new", "are new"), (" ", "has other numbers", "have other numbers")
    for sign, one, many in rows:
        count = sum(group[0][0] == sign for group in groups)
        if count:
            noun = "" if parts else " node" if count == 1 else " nodes"
            parts.append(f"{count}{noun} {one if count == 1 else many}")
    return ", ".join(parts)


def _key(head: str) -> str:
    """Return what a node is without the numbers of what has no name: v₃ is v₄ when a line is put in before it."""
    return re.sub("v[₀-₉]+", "v", head)


def _numbers(before: Block, after: Block, rtol: float, atol: float) -> Iterator[str]:
    """Yield the numbers of a node that differ, a line each."""
    olds = {_key(own.label): own for own in before.numbers}
    news = {_key(own.label): own for own in after.numbers}
    for label in dict.fromkeys([*olds, *news]):
        old, new = olds.get(label), news.get(label)
        if old is None or new is None:
            yield f"    {'+' if old is None else '-'} {label}"
        elif old.kind != new.kind:
            yield f"    {new.label}: stored {_kind(old.kind)}, now {_kind(new.kind)}"
        else:
            yield from _apart(old, new, rtol, atol)


def _kind(kind: str) -> str:
    """Return a dtype and a shape as one says them.

    Examples
    --------
    >>> _kind("float32 2×3"), _kind("float64 4"), _kind("float64"), _kind("")
    ('float32 of shape (2, 3)', 'float64 of shape (4,)', 'float64', 'nothing')
    """
    dtype, _, shape = kind.partition(" ")
    sizes = re.fullmatch(r"([\d×]+)(.*)", shape)
    if sizes is None:
        return kind or "nothing"
    return f"{dtype} of shape {tuple(map(int, sizes[1].split('×')))}{sizes[2]}"


def _apart(old: Numbers, new: Numbers, rtol: float, atol: float) -> Iterator[str]:
    one, other = old.flat, new.flat
    if one.shape != other.shape:
        yield f"    {new.label}: stored {one.size} numbers, now {other.size}"
        return
    with np.errstate(all="ignore"):
        if "summarized" in new.kind:  # a sum may be near 0 though its terms are not
            sizes = np.abs(one)
            atol += rtol * float(np.max(sizes[np.isfinite(sizes)], initial=0.0))
        close = np.isclose(other, one, rtol=rtol, atol=atol, equal_nan=True)
    if close.all():
        return
    worst = max(np.flatnonzero(~close), key=lambda k: apart(one[k], other[k]).relative)
    before, after = _alike(one[worst], other[worst])
    more = np.count_nonzero(~close) - 1
    also = f", and {more} more" if more else ""
    distance = apart(one[worst], other[worst], 0.0)
    size = f", {far(distance)} apart" if np.isfinite(distance.relative) else ""
    yield f"    {new.label}{_entry(new, int(worst))}: stored {before}, now {after}{size}{also}"


def _alike(one: Any, other: Any) -> tuple[str, str]:
    """Return two numbers in as many digits as tell them apart.

    Examples
    --------
    >>> _alike(np.float64(0.5), np.float64(0.75)), _alike(np.float64(1.0), np.float64(1 + 1e-12))
    (('0.5', '0.75'), ('1.0', '1.000000000001'))
    """
    texts = tuple(f"{own:.6g}" for own in (one, other))
    return (texts[0], texts[1]) if texts[0] != texts[1] else (str(one), str(other))


def _entry(numbers: Numbers, flat: int) -> str:
    """Return which of several numbers it is."""
    count = 0
    for name, row in numbers.rows:
        if flat < count + len(row):
            if name:
                return f", {name.removesuffix(': ')}"
            shape = re.search(r" ([\d×]+)$", numbers.kind)
            if shape is None:
                return ""
            at = np.unravel_index(flat, tuple(map(int, shape[1].split("×"))))
            return f"[{', '.join(map(str, map(int, at)))}]"
        count += len(row)
    return ""
