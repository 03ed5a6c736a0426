"""Slips of signs: a minus too many, too few, or at the wrong side."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from graphviz_ad.debugging.hand_written.rewriting import Edit
from graphviz_ad.debugging.hand_written.slips.scene import Proposal, Scene, atom, product

__all__ = ["opposite", "other_sign"]


def other_sign(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with another sign that is written in it."""
    node = scene.statement.node
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add | ast.Sub):
        sign, other = ("+=", "-=") if isinstance(node.op, ast.Add) else ("-=", "+=")
        start, _ = scene.statement.segment(node.value)
        head = scene.statement.text[:start]
        text = head.replace(sign, other) + scene.statement.text[start:]
        yield Proposal("sign", Edit(scene.statement, text), f"It has `{sign}` where `{other}` was meant")
    for part in sorted(scene.parts(), key=_has_constant):
        if isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.USub):
            inner = scene.text(part.operand)
            edit = scene.edit((part, atom(part.operand, inner)))
            yield Proposal("sign", edit, f"It has a minus before `{inner}` that does not belong there")
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Sub):
            left, right = scene.text(part.left), scene.text(part.right)
            first = product(part.right, right) if isinstance(part.right, ast.BinOp) else right
            turned = f"{first} - {product(part.left, left)}"
            yield Proposal(
                "sign",
                scene.edit((part, turned)),
                f"It has `{left} - {right}` where `{turned}` was meant: the sign is wrong",
            )
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add | ast.Sub):
            sign, other = ("+", "-") if isinstance(part.op, ast.Add) else ("-", "+")
            text = f"{scene.text(part.left)} {other} {product(part.right, scene.text(part.right))}"
            yield Proposal(
                "sign",
                scene.edit((part, text)),
                f"It has `{sign}` before `{scene.text(part.right)}` where `{other}` was meant",
            )


def _has_constant(part: ast.expr) -> bool:
    """Whether it is a sum with a plain number, as in `1 - z`, which few write the wrong way round."""
    return isinstance(part, ast.BinOp) and any(isinstance(side, ast.Constant) for side in (part.left, part.right))


def opposite(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with a minus before something in it."""
    parts = list(scene.parts())
    calls = [part for part in parts if isinstance(part, ast.Call)]
    rows = [part.elts for part in parts if isinstance(part, ast.List | ast.Tuple) and part is not scene.value]
    inner = [one for those in (*(call.args for call in calls), *rows) for one in those]
    operands = [one for one in inner if isinstance(one, ast.Name | ast.Attribute | ast.Subscript)]
    for part in parts:
        if scene.is_whole(part) or isinstance(part, ast.BinOp | ast.Call) or part in operands:
            text = f"-{product(part, scene.text(part))}"
            edit = scene.edit((part, text if part is scene.value else f"({text})"))
            yield Proposal("sign", edit, f"A minus is missing before `{scene.text(part)}`")
