"""Slips of operands: a name, an attribute or an entry that stands for another one."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from graphviz_ad.debugging.hand_written.comparing import Array
from graphviz_ad.debugging.hand_written.slips.scene import Proposal, Scene

__all__ = ["operands_of_forward", "other_operands"]


def other_operands(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with another name of the same shape for one in it."""
    arrays = scene.arrays()
    for same, text, numbers in _uses(scene):
        for name, value in arrays.items():
            if value.shape == numbers.shape and name not in (text, "_"):
                yield from _exchanged(scene, same, text, name)
    yield from _other_entries(scene)


def operands_of_forward(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with what forward has a name for, and backward has not."""
    arrays = scene.arrays()
    forward = {name: value for name, value in scene.of_forward().items() if name not in arrays}
    for same, text, numbers in _uses(scene):
        for k, (name, value) in enumerate(forward.items()):
            if value.shape == numbers.shape:
                hidden = f"_gad_{k}"
                for each in _groups(same):
                    edit = scene.edit(*((one, hidden) for one in each), **{hidden: value})
                    words = f"It uses `{text}` where forward's `{name}` was meant"
                    yield Proposal("wrong-operand", edit, words, is_written=False)


def _uses(scene: Scene) -> Iterator[tuple[list[ast.expr], str, Array]]:
    """Yield each array that the line names: where it does so, how, and what it is."""
    uses: dict[str, list[ast.expr]] = {}
    for part in scene.operands():
        uses.setdefault(scene.text(part), []).append(part)
    for text, same in uses.items():
        numbers = scene.evaluated(same[0])
        if numbers is not None and (numbers.ndim or numbers.dtype.kind == "f"):
            yield same, text, numbers


def _exchanged(scene: Scene, same: Sequence[ast.expr], text: str, name: str) -> Iterator[Proposal]:
    for each in _groups(same):
        edit = scene.edit(*((one, name) for one in each))
        yield Proposal("wrong-operand", edit, f"It uses `{text}` where `{name}` was meant")


def _groups(same: Sequence[ast.expr]) -> list[Sequence[ast.expr]]:
    """Return each use of a name alone, and all of them together."""
    return [[one] for one in same] + ([same] if len(same) > 1 else [])


def _other_entries(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with the entry before or after of a list of states, or another axis of a shape."""
    for part in scene.operands():
        if not isinstance(part, ast.Subscript) or isinstance(part.slice, ast.Slice):
            continue
        first = part.slice.elts[-1] if isinstance(part.slice, ast.Tuple) and part.slice.elts else part.slice
        for index in {id(first): first, id(part.slice): part.slice}.values():
            for new in _shifted(scene.text(index), index):
                whole = scene.text(part)
                edit = scene.edit((index, new))
                meant = whole.replace(
                    f"[{scene.text(part.slice)}]", f"[{scene.text(part.slice).replace(scene.text(index), new)}]"
                )
                yield Proposal("wrong-operand", edit, f"It uses `{whole}` where `{meant}` was meant")


def _shifted(text: str, index: ast.expr) -> Iterator[str]:
    if isinstance(index, ast.BinOp) and isinstance(index.op, ast.Add | ast.Sub):
        yield ast.unparse(index.left)
    if isinstance(index, ast.Name | ast.BinOp | ast.Constant | ast.UnaryOp) and not (
        isinstance(index, ast.Constant) and not isinstance(index.value, int)
    ):
        yield f"{text} - 1"
        yield f"{text} + 1"
