"""Slips of operators: comparisons, other signs of arithmetic, brackets, constants and terms."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from graphviz_ad.debugging.hand_written.comparing import constant_ratio
from graphviz_ad.debugging.hand_written.slips.scene import Proposal, Scene, atom, product

__all__ = ["missing_terms", "other_comparisons", "other_constants", "others"]


def other_comparisons(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with a comparison the other way round."""
    for part in (*scene.parts(), *scene.places()):
        if isinstance(part, ast.Compare) and len(part.ops) == 1:
            for sign in (">", ">=", "<", "<=", "==", "!="):
                new = f"{scene.text(part.left)} {sign} {scene.text(part.comparators[0])}"
                yield Proposal("other", scene.edit((part, new)), f"It has `{scene.text(part)}` where `{new}` was meant")


def others(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with another operator, with brackets elsewhere, or another power."""
    for part in scene.parts():
        if isinstance(part, ast.BinOp):
            yield from _other_operators(scene, part)
        if isinstance(part, ast.Call) and len(part.args) == 3 and ast.unparse(part.func).endswith("where"):
            _, yes, no = part.args
            edit = scene.edit((yes, scene.text(no)), (no, scene.text(yes)))
            yield Proposal("other", edit, f"The two ways of `{scene.text(part)}` are exchanged")


_SIGNS: tuple[tuple[type[ast.operator], str], ...] = (
    (ast.Mult, "*"), (ast.Div, "/"), (ast.Add, "+"), (ast.Sub, "-"), (ast.MatMult, "@"),
)  # fmt: skip


def _other_operators(scene: Scene, part: ast.BinOp) -> Iterator[Proposal]:
    left, right, text = scene.text(part.left), scene.text(part.right), scene.text(part)
    for side in (left, right):
        yield Proposal(
            "other", scene.edit((part, f"({side})")), f"`{text}` has more in it than `{side}`, which was meant"
        )
    for kind, sign in _SIGNS:
        if not isinstance(part.op, kind):
            new = f"({product(part.left, left)} {sign} {atom(part.right, right)})"
            yield Proposal("other", scene.edit((part, new)), f"It has `{text}` where `{new[1:-1]}` was meant")
    if isinstance(part.op, ast.Pow):
        if isinstance(part.left, ast.BinOp) and isinstance(part.left.op, ast.Add | ast.Sub):
            sign = "+" if isinstance(part.left.op, ast.Add) else "-"
            inner = part.left
            new = f"({scene.text(inner.left)} {sign} {atom(inner.right, scene.text(inner.right))}**{right})"
            yield Proposal(
                "other", scene.edit((part, new)), f"The brackets of `{text}` stand in the wrong place: `{new[1:-1]}`"
            )
        for shift in ("- 1", "+ 1", "- 0.5", "+ 0.5"):
            new = f"{atom(part.left, left)} ** ({right} {shift})"
            yield Proposal("other", scene.edit((part, f"({new})")), f"`{text}` has the wrong power")


def other_constants(scene: Scene) -> Iterator[Proposal]:
    """Numbers that forward has otherwise, such as an option that it is called with."""
    for part in (*scene.parts(), *scene.places()):
        if isinstance(part, ast.Constant) and type(part.value) in (int, float):
            for number in scene.truth.constants:
                if number != part.value:
                    words = f"It has `{scene.text(part)}` where `{number!r}` was meant, which stands in forward"
                    yield Proposal("other", scene.edit((part, repr(number))), words)


def missing_terms(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with a contribution that is exactly what is missing, and no part of its sum already."""
    if scene.got is None or scene.expected is None or scene.got.shape != scene.expected.shape:
        return
    rest = scene.expected - scene.got
    present = {scene.text(term) for term in _terms(scene.value)}
    for name, value in scene.arrays().items():
        if value.shape != rest.shape or name in present:
            continue
        same = scene.truth.ruler.agree(value, rest)
        ratio = 1.0 if same else constant_ratio(value, rest, scene.truth.ruler) if rest.size > 1 else None
        if ratio is not None:
            term = name if ratio == 1 else f"{ratio:.10g} * {name}"
            edit = scene.edit((scene.value, f"{scene.text(scene.value)} + {term}"))
            yield Proposal("other", edit, f"The contribution `{term}` is missing")


def _terms(sum_: ast.expr) -> Iterator[ast.expr]:
    """Yield the terms of a sum, or the expression where it is none."""
    waiting = [sum_]
    while waiting:
        part = waiting.pop()
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add | ast.Sub):
            waiting += [part.left, part.right]
        else:
            yield part
