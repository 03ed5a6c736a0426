"""The findings of a film as data: what their cards say, and where the story and the picture have them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from graphviz_ad.draw.parts import edge_part, node_part
from graphviz_ad.draw.signs import named
from graphviz_ad.films.code import Span
from graphviz_ad.formulas.formula import Formula
from graphviz_ad.story.accounts import Account, Cells, Change, Pairing
from graphviz_ad.story.steps import Fragment, Story

__all__ = ["findings_json"]


def findings_json(story: Story, span: Span) -> dict[str, Any]:
    """Return what a page says of findings, and what was looked for besides; nothing where nothing was looked for.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> findings_json(gad.trace(np.sin, 0.0).story, lambda site: None)
    {}
    """
    if not story.findings and not story.sought:
        return {}
    findings = [_finding_json(account, span) for account in story.findings]
    provisos = {"provisos": list(story.provisos)} if story.provisos else {}
    return {"findings": findings, "sought": list(story.sought), **provisos}


def _finding_json(account: Account, span: Span) -> dict[str, Any]:
    line, solid = named(account.sign)
    at = {"line": account.line, "span": span(account.span), "pick": _pick(account)}
    change = account.change
    return {
        "tone": account.tone,
        "sign": [solid, line],
        "title": [_fragment(part) for part in account.title],
        "says": [_fragment(part) for part in account.sentence],
        "facts": [[label, [_fragment(part) for part in parts]] for label, parts in account.facts],
        "step": account.step,
        "gains": {node_part(node): words for node, words in account.gains.items()},
        **{name: value for name, value in at.items() if value},
        **({"cure": _change_json(change)} if change is not None else {}),
        **({"others": [_change_json(other) for other in account.others]} if account.others else {}),
        **({"acceptance": asdict(account.acceptance)} if account.acceptance is not None else {}),
        **({"pairing": _pairing_json(account.pairing)} if account.pairing is not None else {}),
    }


def _change_json(change: Change) -> dict[str, Any]:
    texts = {name: getattr(change, name) for name in ("advice", "line", "before", "after")}
    return {**texts, "proof": [_fragment(part) for part in change.proof]}


def _pairing_json(pairing: Pairing) -> dict[str, Any]:
    sides = {
        name: {"called": [_fragment(part) for part in called], "cells": list(cells)}
        for name, (called, cells) in (("across", pairing.across), ("down", pairing.down))
    }
    return {**sides, "cells": [list(row) for row in pairing.cells], "levels": pairing.levels}


def _pick(account: Account) -> str:
    """Return which part of the picture is to blame."""
    if account.edge is not None:
        return edge_part(*account.edge)
    return "" if account.node is None else node_part(account.node)


def _fragment(part: Fragment | Cells) -> Any:
    if isinstance(part, str):
        return part
    if isinstance(part, Cells):
        return {"cells": list(part.texts), "lost": [k for k, lost in enumerate(part.lost) if lost]}
    assert isinstance(part, Formula)
    return {"m": part.mathml, "t": part.text}
