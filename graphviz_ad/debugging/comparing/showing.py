"""A comparison in a picture of one of its traces: at each number that differs a flag that says how far.

The first value, local gradient and adjoint that differ have the flag of what is to blame; what differs after them a
hollow one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from graphviz_ad.debugging.comparing.differing import Apart, Sides
from graphviz_ad.debugging.comparing.text import far
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.accounts import Account, Flag
from graphviz_ad.story.steps import Story

__all__ = ["with_differences"]

_LIT = {"value": "differs first", "adjoint": "differs first, going back", "local gradient": "differs first"}


def with_differences(story: Story, both: Sides, side: str) -> Story:
    """Return the story of a side, ``"a"`` or ``"b"``, with flags where it differs from the other one."""
    known = {(edge.child, edge.argument) for edge in story.edges}
    flags = dict(_flags(both, side, known))
    account = Account(
        kind="differs",
        tone="blame",
        sign="differs",
        title=(),
        sentence=(),
        facts=(),
        step=0,
        node=None,
        edge=None,
        line=None,
        span=None,
        flags=flags,
    )
    return replace(story, findings=(account,))


def _flags(both: Sides, side: str, edges: set[tuple[int, int]]) -> Iterator[tuple[Quantity, Flag]]:
    lit = {(first.kind, id(first.pair), first.argument) for first in both.firsts}
    for pair in both.pairs:
        node = pair.a if side == "a" else pair.b
        places: list[tuple[str, int | None, Apart, Quantity]] = [
            ("value", None, pair.value, Quantity("value", node)),
        ]
        places += [("adjoint", None, pair.adjoint, Quantity("adjoint", node))]
        places += [
            ("local gradient", k, own, Quantity("local", node, k))
            for k, own in enumerate(pair.local)
            if (node, k) in edges
        ]
        for kind, argument, own, at in places:
            is_first = (kind, id(pair), argument) in lit
            if is_first:
                yield at, Flag("blame", "differs", f"{_LIT[kind]}: {far(own)}")
            elif own.differs and kind != "local gradient":
                yield at, Flag("aside", "", far(own))
    for k in both.only_a if side == "a" else both.only_b:
        yield Quantity("value", k), Flag("aside", "", f"in {side} alone")
