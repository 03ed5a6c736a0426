"""A cost as plain data for programs; ``version`` is raised when a field changes its meaning or goes."""

from __future__ import annotations

from typing import Any

from graphviz_ad.console import visible
from graphviz_ad.debugging.costs.sweeping import Costs, LineCost, NodeCost
from graphviz_ad.debugging.costs.text import verdict
from graphviz_ad.debugging.examination import Examination

__all__ = ["VERSION", "cost_document"]

VERSION = 1


def cost_document(exam: Examination, costs: Costs) -> dict[str, Any]:
    """Return a cost as what JSON has: counts, bytes and seconds; null is what is not known, or was not measured."""
    return {
        "format": "graphviz_ad cost",
        "version": VERSION,
        "function": visible(exam.recording.name),
        "inputs": costs.inputs,
        "outputs": costs.outputs,
        "verdict": visible(verdict(exam, costs)),
        "modes": [
            {"what": own.what, "mode": own.mode, "sweeps": own.sweeps, "operations": own.operations,
             "seconds_each": own.seconds}
            for own in costs.modes
        ],
        "lines": [{"file": visible(own.file) or None, "line": own.line or None, "nodes": own.nodes} | _figures(own)
                  for own in costs.lines],
        "nodes": [{"node": own.position, "name": visible(exam.names[own.position]), "needed": own.needed}
                  | _figures(own) for own in costs.nodes],
        "uncounted": list(costs.uncounted),
        "rounds": costs.rounds,
    }  # fmt: skip


def _figures(own: NodeCost | LineCost) -> dict[str, Any]:
    return {
        "operations": own.operations,
        "back": own.back,
        "held": own.held,
        "seconds": own.seconds,
        "back_seconds": own.back_seconds,
    }
