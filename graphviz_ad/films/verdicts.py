"""The verdicts on a backward pass written by hand as data: what each line is, and where the picture has it."""

from __future__ import annotations

from typing import Any

from graphviz_ad.draw.parts import node_part
from graphviz_ad.draw.signs import named
from graphviz_ad.story.accounts import Verdict
from graphviz_ad.story.steps import Story

__all__ = ["verdicts_json"]


def verdicts_json(story: Story) -> dict[str, Any]:
    """Return what a page needs to know of the lines of a backward pass; nothing where there are none.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> verdicts_json(gad.trace(np.sin, 0.0).story)
    {}
    """
    return {"verdicts": {"rows": [_row(verdict) for verdict in story.verdicts]}} if story.verdicts else {}


def _row(verdict: Verdict) -> dict[str, Any]:
    row: dict[str, Any] = {"verdict": verdict.verdict, "says": verdict.says}
    if verdict.node is not None:
        row |= {"step": verdict.step, "pick": node_part(verdict.node)}
    if verdict.verdict == "wrong":
        line, solid = named(verdict.verdict)
        row |= {"tone": "blame", "sign": [solid, line]}
    return row
