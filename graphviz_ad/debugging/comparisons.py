"""Comparisons within a hair of the other way: a neighbour of this place may be computed by another branch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from graphviz_ad.debugging.examination import Examination, placed
from graphviz_ad.debugging.families import DIFFERENCES
from graphviz_ad.debugging.findings import Finding
from graphviz_ad.engine.primitive import has_variable, plain_value
from graphviz_ad.engine.variable import Variable
from graphviz_ad.engine.watch import Guard
from graphviz_ad.numerals.writing import static
from graphviz_ad.story.thresholds import worded

__all__ = ["branches"]


def branches(exam: Examination) -> Iterator[Finding]:
    """Yield the comparisons whose sides are nearly or exactly equal, once a line."""
    seen = set()
    for guard in exam.recording.guards:
        gap = _gap(guard, exam.thresholds.branch) if has_variable((guard.left, guard.right)) else None
        key = (guard.code, guard.lasti)
        if gap is None or key in seen:
            continue
        seen.add(key)
        yield _finding(exam, guard, gap)


def _gap(guard: Guard, nearest: float) -> float | None:
    """Return how far apart the sides of a comparison are where they are nearest, if that is next to nothing."""
    try:
        left, right = (np.asarray(plain_value(side), float) for side in (guard.left, guard.right))
        size = max(np.max(np.abs(left), initial=0), np.max(np.abs(right), initial=0), 1e-300)
        rounded = max(map(_rounded, (guard.left, guard.right)))
        gaps = np.abs(left - right)[np.isfinite(left - right)]
    except (TypeError, ValueError):
        return None
    least = float(np.min(gaps, initial=np.inf))
    is_against_zero = not np.any(left) or not np.any(right)
    return least if least <= max(nearest * size * (1e-4 if is_against_zero else 1), rounded) else None


def _rounded(side: Any) -> float:
    """Return by how much the operands of a difference are rounded, which is compared with another number."""
    if not isinstance(side, Variable) or side.primitive is None or side.primitive.name not in DIFFERENCES:
        return 0.0
    sizes = [np.abs(np.asarray(plain_value(operand), float)) for operand in side.operands]
    return float(np.finfo(side.dtype).eps * max(np.max(own, initial=0) for own in sizes))


def _finding(exam: Examination, guard: Guard, gap: float) -> Finding:
    text, name = worded(guard), exam.recording.name
    near = "compares equal numbers" if gap == 0 else f"is decided by a hair: its sides differ by {static(gap)}"
    sides = [side for side in (guard.left, guard.right) if isinstance(side, Variable)]
    positions = [exam.position[side.index] for side in sides if side.index in exam.position]
    affected = exam.inputs_above(*positions)
    return exam.finding(
        "branch",
        "note",
        f"{text} nearly went the other way",
        f"{text} {near}. Right beside this place {name} may be computed another way, of which this gradient knows "
        "nothing.",
        None,
        reaches=exam.names_of(affected),
        **placed(guard.site),
    )
