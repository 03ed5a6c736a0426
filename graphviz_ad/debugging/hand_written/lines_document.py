"""The report on a backward pass as plain data for programs, described by ``backward.schema.json`` beside this module.

``version`` is raised when a field changes its meaning or goes, and stays when only something is added.
"""

from __future__ import annotations

from typing import Any

from graphviz_ad.console import visible
from graphviz_ad.debugging.document import number
from graphviz_ad.debugging.hand_written.comparing import Array, worst_entry
from graphviz_ad.debugging.hand_written.returned import Gradient
from graphviz_ad.debugging.hand_written.sentences import without_marks
from graphviz_ad.debugging.hand_written.verdicts import Checked, LineVerdict

__all__ = ["VERSION", "lines_document"]

VERSION = 1


def lines_document(seen: Checked) -> dict[str, Any]:
    """Return the report as what JSON has.

    Examples
    --------
    >>> import numpy as np
    >>> from graphviz_ad.debugging.hand_written.verdicts import checked
    >>> data = lines_document(checked(lambda x: np.sum(np.sin(x)), np.cos, (np.array([1.0, 2.0]),)))
    >>> data["ok"], data["gradients"][0]["right"], data["lines"], data["first_wrong"]
    (True, True, [], None)
    """
    places = {node.index: i for i, node in enumerate(seen.truth.recording.nodes)}
    wrong = [k for k, line in enumerate(seen.lines) if line.verdict == "wrong"]
    return {
        "format": "graphviz_ad backward report",
        "version": VERSION,
        "function": visible(seen.name),
        "inputs": [visible(name) for name in seen.arguments],
        "ok": seen.ok,
        "remarks": [visible(remark) for remark in seen.remarks],
        "error": _error(seen),
        "gradients": [_gradient(one, right=k not in seen.wrong) for k, one in enumerate(seen.gradients)],
        "first_wrong": wrong[0] if wrong else None,
        "lines": [_line(line, None if line.node is None else places.get(line.node.index)) for line in seen.lines],
    }


def _error(seen: Checked) -> dict[str, Any] | None:
    if seen.error is None:
        return None
    return {"type": type(seen.error).__name__, "message": visible(str(seen.error)), "line": seen.raised_line}


def _gradient(gradient: Gradient, *, right: bool) -> dict[str, Any]:
    return {"of": visible(gradient.input.name), "right": right, **_compared(gradient.got, gradient.expected)}


def _line(line: LineVerdict, node: int | None) -> dict[str, Any]:
    change = {"line": line.line, "before": visible(line.code), "after": visible(line.remedy or "")}
    return {
        "file": visible(line.file),
        "line": line.line,
        "code": visible(line.code),
        "name": visible(line.name),
        "verdict": line.verdict,
        "as_forward": line.is_forward,
        "node": node,
        "slip": line.slip,
        "sentence": visible(without_marks(line.sentence)),
        **_compared(line.got, line.expected),
        "change": None if line.remedy is None else change,
        "proof": None if line.proof is None else visible(line.proof),
    }


def _compared(got: Array | None, expected: Array | None) -> dict[str, Any]:
    """Return what came and what is expected, and the entry at which they differ most."""
    worst = None
    if got is not None and expected is not None and got.shape == expected.shape:
        entry = worst_entry(got, expected)
        worst = None if entry is None else [int(i) for i in entry]
    return {
        "shape": None if got is None else list(got.shape),
        "expected_shape": None if expected is None else list(expected.shape),
        "got": number(got),
        "expected": number(expected),
        "worst": worst,
    }
