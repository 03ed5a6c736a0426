"""Slips of what is written to: `=` for `+=`, the reverse, and another place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations

import numpy as np

from graphviz_ad.debugging.hand_written.rewriting import Edit
from graphviz_ad.debugging.hand_written.slips.scene import MOST_NAMES, Proposal, Scene
from graphviz_ad.debugging.hand_written.statements import Statement

__all__ = ["added_to", "other_targets", "overwritten"]


def overwritten(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with `+=` for `=`."""
    node, text = scene.statement.node, scene.statement.text
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
        start, _ = scene.statement.segment(node.value)
        is_there = (
            isinstance(target, ast.Subscript)
            or scene.evaluated(ast.parse(ast.unparse(target), mode="eval").body) is not None
        )
        if is_there and not isinstance(target, ast.Tuple):
            sign, value = "+=", text[start:]
            if isinstance(node.value, ast.UnaryOp) and isinstance(node.value.op, ast.USub):
                sign, value = "-=", scene.text(node.value.operand)
            new = f"{scene.text(target)} {sign} {value}"
            verb = "add" if sign == "+=" else "subtract"
            to = "to" if sign == "+=" else "from"
            words = f"It overwrites `{scene.text(target)}`, {to} which it was to {verb}"
            yield Proposal("overwritten", Edit(scene.statement, new), f"{words}: `=` for `{sign}`")
            if isinstance(target, ast.Subscript) and isinstance(scene.looked_up(target.value), dict):
                base, index = scene.text(target.value), scene.text(target.slice)
                new = f"{scene.text(target)} = {base}.get({index}, 0) {sign[0]} {value}"
                yield Proposal("overwritten", Edit(scene.statement, new), words)
    if (
        isinstance(node, ast.AugAssign)
        and isinstance(node.target, ast.Subscript)
        and isinstance(node.op, ast.Add | ast.Sub)
    ):
        base, index = scene.text(node.target.value), scene.text(node.target.slice)
        sliced = any(isinstance(part, ast.Slice) for part in ast.walk(node.target.slice))
        at = f"np.s_[{index}]" if sliced else f"({index})" if isinstance(node.target.slice, ast.Tuple) else index
        function = "add" if isinstance(node.op, ast.Add) else "subtract"
        new = f"np.{function}.at({base}, {at}, {scene.text(node.value)})"
        written = f"{scene.text(node.target)} {'+' if function == 'add' else '-'}="
        words = (
            f"`{written}` keeps only the last of the contributions to an entry that `{index}` names twice, where "
            f"`np.{function}.at` was meant"
        )
        names = {} if "np" in scene.scope else {"np": np}
        yield Proposal("overwritten", Edit(scene.statement, new, names), words)


def added_to(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with `=` for `+=`."""
    node = scene.statement.node
    if isinstance(node, ast.AugAssign):
        new = f"{scene.text(node.target)} = {scene.text(node.value)}"
        words = f"It adds to `{scene.text(node.target)}`, which was to be assigned"
        yield Proposal("other", Edit(scene.statement, new), words)


def other_targets(scene: Scene) -> Iterator[Proposal]:
    """Another place that is written to: another row, or another array of the same shape."""
    node = scene.statement.node
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
    for target in targets:
        text = scene.text(target)
        is_unpacked = isinstance(target, ast.Tuple) and not ast.unparse(scene.value).split("(")[0].endswith("shape")
        for a, b in combinations(target.elts, 2) if isinstance(target, ast.Tuple) and is_unpacked else ():
            first, second = scene.text(a), scene.text(b)
            if "_" in (first, second):
                continue
            words = f"`{first}` and `{second}` stand in each other's places"
            yield Proposal("wrong-operand", scene.edit((a, second), (b, first)), words)
        for part, new in _elsewhere(scene, target):
            edit = scene.edit((part, new))
            start, end = scene.statement.segment(target)
            meant = edit.text[start : end + len(edit.text) - len(scene.statement.text)]
            yield Proposal("wrong-operand", edit, f"It writes to `{text}` where `{meant}` was meant")


def _elsewhere(scene: Scene, target: ast.expr) -> Iterator[tuple[ast.expr, str]]:
    if isinstance(target, ast.Subscript):
        places = target.slice.elts if isinstance(target.slice, ast.Tuple) else [target.slice]
        for place in places:
            for index in _indices(scene.statement):
                if not isinstance(place, ast.Slice) and index != scene.text(place):
                    yield place, index
    elif isinstance(target, ast.Name | ast.Attribute):
        own = scene.evaluated(ast.parse(ast.unparse(target), mode="eval").body)
        adds = own is not None and isinstance(scene.statement.node, ast.AugAssign)
        text, shape = scene.text(target), None if own is None else own.shape
        for name, other in scene.arrays().items() if adds else ():
            if other.shape == shape and name.isidentifier() and name != text:
                yield target, name


@lru_cache(maxsize=256)
def _indices(statement: Statement) -> tuple[str, ...]:
    """Return what stands as an index somewhere in the function that a statement stands in."""
    parts = [part for node in statement.function for part in ast.walk(node) if isinstance(part, ast.Subscript)]
    slices = [one for part in parts for one in (part.slice.elts if isinstance(part.slice, ast.Tuple) else [part.slice])]
    return tuple(dict.fromkeys(ast.unparse(one) for one in slices if not isinstance(one, ast.Slice)))[:MOST_NAMES]
