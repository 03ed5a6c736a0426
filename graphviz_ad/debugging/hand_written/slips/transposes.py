"""Slips of the order of matrix products: transposes, exchanged factors, axes and the letters of einsum."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import combinations, permutations

from graphviz_ad.debugging.hand_written.slips.scene import Proposal, Scene, atom
from graphviz_ad.debugging.hand_written.slips.sums import sums

__all__ = ["turned"]

_DOTS = ("dot", "matmul", "outer", "inner")


def turned(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with matrices transposed, factors exchanged, or axes in another order."""
    words = "A transpose is missing, or one too many"
    parts = list(scene.parts())
    measured = [part.value for part in parts if isinstance(part, ast.Attribute) and part.attr in ("shape", "size")]
    for part in parts:
        for new in _turnings(scene, part) if part not in measured else ():
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
    elif _is_matrix(scene, part) and not _is_summed(scene, part) and not _is_written_out(part):
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


def _is_written_out(part: ast.expr) -> bool:
    """Whether a matrix is written entry by entry: a slip of order is where it is used then."""
    return isinstance(part, ast.Call) and len(part.args) == 1 and isinstance(part.args[0], ast.List)


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
            own = scene.text(part.args[0])
            yield scene.text(part).replace(own, f'"{letters}"' if own.startswith('"') else repr(letters), 1)
    if called == "reshape" and isinstance(part.func, ast.Attribute):
        yield from _reshaped(scene, part, part.func)
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


def _reshaped(scene: Scene, call: ast.Call, function: ast.Attribute) -> Iterator[str]:
    """Yield what has the shape that a call of reshape gives by moving axes, where that only deals the numbers out."""
    is_method = ast.unparse(function.value) not in ("np", "numpy")
    whole, sizes = (function.value, call.args) if is_method else (call.args[0], call.args[1:])
    if len(sizes) == 1 and isinstance(sizes[0], ast.Tuple | ast.List):
        sizes = sizes[0].elts
    owner = atom(whole, scene.text(whole))
    numbers = scene.evaluated(whole)
    if numbers is not None and numbers.ndim == 2:
        yield f"{owner}.T"
    texts = [scene.text(size) for size in sizes]
    for a, b in combinations(range(0 if numbers is None else numbers.ndim), 2):
        if numbers is not None and 3 <= numbers.ndim <= 6 and is_method:
            yield f"{owner}.swapaxes({a}, {b}).reshape({', '.join(map(scene.text, call.args))})"
    for order in permutations(range(len(sizes))) if 2 <= len(sizes) <= 4 else ():
        if list(order) != sorted(order):
            back = ", ".join(str(order.index(axis)) for axis in range(len(order)))
            turned = "T" if len(order) == 2 else f"transpose({back})"
            yield f"{owner}.reshape({', '.join(texts[axis] for axis in order)}).{turned}"


def _other_letters(subscripts: str) -> Iterator[str]:
    inputs, arrow, output = subscripts.partition("->")
    for order in permutations(output) if arrow and len(output) <= 4 else ():
        yield f"{inputs}->{''.join(order)}"
    terms = inputs.split(",")
    for k, term in enumerate(terms):
        for order in permutations(term) if len(term) <= 4 else ():
            yield ",".join([*terms[:k], "".join(order), *terms[k + 1 :]]) + arrow + output
