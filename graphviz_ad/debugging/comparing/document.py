"""Two traces side by side as plain data for programs.

``version`` is raised when a field changes its meaning or goes, and stays when only something is added.
"""

from __future__ import annotations

import math
from typing import Any

from graphviz_ad.console import visible
from graphviz_ad.debugging.comparing.differing import Apart, Difference, Pair, Sides
from graphviz_ad.debugging.document import as_json
from graphviz_ad.debugging.examination import Examination

__all__ = ["VERSION", "comparison_document"]

VERSION = 1


def comparison_document(both: Sides) -> dict[str, Any]:
    """Return a comparison as what JSON has."""
    return {
        "format": "graphviz_ad comparison",
        "version": VERSION,
        "ok": both.is_same,
        "firsts": [_difference(first) for first in both.firsts],
        "pairs": [_pair(both, pair) for pair in both.pairs],
        "only_a": [_node(both.a, i) for i in both.only_a],
        "only_b": [_node(both.b, j) for j in both.only_b],
    }


def _node(exam: Examination, i: int) -> dict[str, Any]:
    place = exam.line(i)
    return {
        "position": i,
        "name": exam.called(i),
        "computes": exam.written(i),
        "file": None if place is None else visible(place[0]),
        "line": None if place is None else place[1],
        "value": as_json(exam.value(i)),
        "adjoint": as_json(exam.adjoint(i)),
    }


def _pair(both: Sides, pair: Pair) -> dict[str, Any]:
    return {
        "a": _node(both.a, pair.a),
        "b": _node(both.b, pair.b),
        "value": _apart(pair.value),
        "local": [_apart(own) for own in pair.local],
        "adjoint": _apart(pair.adjoint),
    }


def _apart(own: Apart) -> dict[str, Any]:
    relative = own.relative if math.isfinite(own.relative) else "Infinity"
    return {"relative": relative, "entry": None if own.entry is None else list(own.entry), "differs": own.differs}


def _difference(first: Difference) -> dict[str, Any]:
    return {
        "kind": first.kind,
        "a": first.pair.a,
        "b": first.pair.b,
        "argument": first.argument,
        "values": [as_json(first.a), as_json(first.b)],
        **_apart(first.apart),
    }
