"""Slips of the order of matrix products: transposes, exchanged factors, axes and the letters of einsum."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import permutations

from graphviz_ad.debugging.hand_written.slips.scene import Proposal, Scene, atom
from graphviz_ad.debugging.hand_written.slips.sums import sums

__all__ = ["turned"]

_DOTS = ("dot", "matmul", "outer", "inner")


def turned(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with matrices transposed, factors exchanged, or axes in another order."""
    words = "A transpose is missing, or one too many"
    for part in scene.parts():
        for new in _turnings(scene, part):
            yield Proposal("transpose", scene.edit((part, new)), f"{words}: `{new}` was meant for `{scene.text(part)}`")


def _turnings(scene: Scene, part: ast.expr) -> Iterator[str]:
    text = scene.text(part)
    pair = _factors_of_matrices(part)
    if pair is not None:
        left, right = (_ways(scene, side) for side in pair)
        for first in left:
            for second in right:
                for a, b in ((first, second), (second, first)):
                    new = f"{a} @ {b}" if isinstance(part, ast.BinOp) else _call(scene, part, a, b)
                    if new != text:
                        yield new
    elif isinstance(part, ast.Attribute) and part.attr == "T":
        yield scene.text(part.value)
    elif _is_matrix(scene, part) and not _is_summed(scene, part):
        yield f"{atom(part, text)}.T"
    yield from _other_axes(scene, part)


def _is_summed(scene: Scene, part: ast.expr) -> bool:
    """Whether a sum over an axis is all that reads an expression: then it is the axis that may be another."""
    return any(inner is part for call, inner, _, _ in sums(scene) if any(word.arg == "axis" for word in call.keywords))


def _is_matrix(scene: Scene, part: ast.expr) -> bool:
    if not isinstance(part, ast.Name | ast.Attribute | ast.Subscript | ast.BinOp | ast.Call):
        return False
    numbers = scene.evaluated(part)
    return numbers is not None and numbers.ndim == 2


def _factors_of_matrices(part: ast.expr) -> tuple[ast.expr, ast.expr] | None:
    if isinstance(part, ast.BinOp) and isinstance(part.op, ast.MatMult):
        return part.left, part.right
    if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr in _DOTS:
        if len(part.args) == 2:
            return part.args[0], part.args[1]
        if len(part.args) == 1:
            return part.func.value, part.args[0]
    return None


def _ways(scene: Scene, part: ast.expr) -> list[str]:
    """Return a factor of a matrix product as it is and transposed."""
    if isinstance(part, ast.Attribute) and part.attr == "T":
        return [scene.text(part), scene.text(part.value)]
    text = atom(part, scene.text(part))
    return [text, f"{text}.T"]


def _call(scene: Scene, part: ast.expr, first: str, second: str) -> str:
    assert isinstance(part, ast.Call)
    assert isinstance(part.func, ast.Attribute)
    if len(part.args) == 2:
        return f"{scene.text(part.func)}({first}, {second})"
    return f"{first}.{part.func.attr}({second})"


def _other_axes(scene: Scene, part: ast.expr) -> Iterator[str]:
    """Yield calls of transpose, swapaxes and einsum with their axes in another order."""
    if not isinstance(part, ast.Call):
        return
    called = ast.unparse(part.func).rpartition(".")[2]
    if called == "einsum" and part.args and isinstance(part.args[0], ast.Constant):
        for letters in _other_letters(str(part.args[0].value)):
            yield scene.text(part).replace(scene.text(part.args[0]), repr(letters), 1)
    if called in ("transpose", "swapaxes", "moveaxis"):
        start = 0 if isinstance(part.func, ast.Attribute) and ast.unparse(part.func.value) not in ("np", "numpy") else 1
        axes = part.args[start:]
        whole = axes[0].elts if len(axes) == 1 and isinstance(axes[0], ast.Tuple | ast.List) else axes
        if 2 <= len(whole) <= 4:
            for order in permutations(map(ast.unparse, whole)):
                inner = ", ".join(order)
                inner = f"({inner})" if whole is not axes else inner
                head = [ast.unparse(argument) for argument in part.args[:start]]
                yield f"{scene.text(part.func)}({', '.join([*head, inner])})"


def _other_letters(subscripts: str) -> Iterator[str]:
    inputs, arrow, output = subscripts.partition("->")
    for order in permutations(output) if arrow and len(output) <= 4 else ():
        yield f"{inputs}->{''.join(order)}"
    terms = inputs.split(",")
    for k, term in enumerate(terms):
        for order in permutations(term) if len(term) <= 4 else ():
            yield ",".join([*terms[:k], "".join(order), *terms[k + 1 :]]) + arrow + output
