"""The paths of a gradient as plain data for programs.

``version`` is raised when a field changes its meaning or goes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from graphviz_ad.console import visible
from graphviz_ad.debugging.document import as_json
from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.paths.schedules import Naive
from graphviz_ad.debugging.paths.searching import Ways
from graphviz_ad.debugging.paths.text import rows, sentences

__all__ = ["VERSION", "path_document"]

VERSION = 1


def path_document(exam: Examination, i: int, ways: Ways, own: Naive | None) -> dict[str, Any]:
    """Return the paths as what JSON has; nodes go by their position in the trace, numbers as in a report."""
    data: dict[str, Any] = {
        "format": "graphviz_ad paths",
        "version": VERSION,
        "function": visible(exam.recording.name),
        "of": visible(exam.names[i]),
        "sentence": visible(sentences(exam, i, ways)),
        "gradient": as_json(exam.adjoint(i)),
        "count": ways.count,
        "exact": ways.is_exact,
        "multiplications": {"path by path": ways.length, "reverse mode": ways.edges},
        "additions": {"path by path": max(ways.count - 1, 0), "reverse mode": ways.sums},
        "paths": [
            {
                "nodes": list(path.nodes),
                "way": [visible(own) for own in row.way],
                "edges": [{"child": child, "argument": argument} for child, argument in path.edges],
                "product": visible(row.product),
                "value": as_json(path.value),
                "share": path.share,
                "log10": path.log10 if np.isfinite(path.log10) else None,
                "lines": list(row.lines),
            }
            for row, path in zip(rows(exam, ways.paths), ways.paths, strict=True)
        ],
    }
    if own is not None:
        data["naive"] = {
            "visits": own.visits,
            "at_once": as_json(own.at_once),
            "once": as_json(own.once),
            "early": [
                {"node": node, "passed": as_json(g), "adjoint": as_json(exam.adjoint(node))} for node, g in own.early
            ],
        }
    return data
