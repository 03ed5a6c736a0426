"""Slips of numbers that are multiplied with: a factor that is left out, or another one; a power."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

import numpy as np

from graphviz_ad.debugging.hand_written.comparing import constant_ratio
from graphviz_ad.debugging.hand_written.rewriting import Edit
from graphviz_ad.debugging.hand_written.slips.scene import Proposal, Scene, atom, product
from graphviz_ad.numerals.writing import static

__all__ = ["constant_dropped", "constant_missing", "missing_powers", "other_roots"]


def constant_dropped(scene: Scene) -> Iterator[Proposal]:
    """Yield the line without a number, a size or a root that it multiplies with or divides by."""
    yield from _other_way(scene)
    for part in scene.parts():
        if not isinstance(part, ast.BinOp) or not isinstance(part.op, ast.Mult | ast.Div):
            continue
        for side, rest in ((part.left, part.right), (part.right, part.left)):
            if isinstance(part.op, ast.Div) and side is part.left:
                continue
            numbers = scene.evaluated(side)
            if numbers is not None and not numbers.ndim:
                sign = "·" if isinstance(part.op, ast.Mult) else "/"
                words = (
                    f"The factor `{scene.text(side)}` does not belong there"
                    if sign == "·"
                    else (f"It is divided by `{scene.text(side)}`, which does not belong there")
                )
                yield Proposal("factor", scene.edit((part, atom(rest, scene.text(rest)))), words)
        if isinstance(part.op, ast.Mult):
            new = f"{scene.text(part.left)} / {atom(part.right, scene.text(part.right))}"
            divisor = scene.evaluated(part.right)
            if divisor is not None and not divisor.ndim:
                yield Proposal(
                    "factor",
                    scene.edit((part, new)),
                    f"It multiplies by `{scene.text(part.right)}` where it was to divide",
                )


def _other_way(scene: Scene) -> Iterator[Proposal]:
    """Yield ``/=`` for ``*=``, and ``*=`` for ``/=``."""
    node = scene.statement.node
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Mult | ast.Div):
        sign, other = ("*=", "/=") if isinstance(node.op, ast.Mult) else ("/=", "*=")
        start, _ = scene.statement.segment(node.value)
        text = scene.statement.text[:start].replace(sign, other) + scene.statement.text[start:]
        yield Proposal("factor", Edit(scene.statement, text), f"It has `{sign}` where `{other}` was meant")


def constant_missing(scene: Scene) -> Iterator[Proposal]:
    """Multiply the line by the one number that makes it right, or a part of it by one of the usual numbers."""
    sizes = _sizes(scene)
    is_choice = isinstance(scene.value, ast.Constant) and any(scene.places())  # as the 1 in `mask[x > 0] = 1`
    if scene.got is not None and scene.expected is not None:
        ratio = constant_ratio(scene.got, scene.expected, scene.truth.ruler)
        if ratio is not None and not is_choice and (_is_usual(ratio) or np.ptp(scene.got) > 0):
            node = scene.statement.node
            divides = isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Div)
            whole = _scaled(scene, scene.aim or scene.value, 1 / ratio if divides else ratio, sizes)
            yield whole
            yield from _scaled_below(scene, ratio, whole.slip)
        elif scene.got.shape != scene.expected.shape:
            return
    for part in scene.parts():
        if isinstance(part, ast.BinOp | ast.Call | ast.Name | ast.Subscript | ast.Attribute) or (
            part is scene.value and not is_choice
        ):
            for ratio in (2.0, 0.5, *(1.0 / n for n in sizes), *map(float, sizes)):
                yield _scaled(scene, part, ratio, sizes)


def _scaled_below(scene: Scene, ratio: float, slip: str) -> Iterator[Proposal]:
    """Yield the line with one below it, which multiplies the whole of an array of which it writes a part."""
    node = scene.statement.node
    target = (
        node.target if isinstance(node, ast.AugAssign) else node.targets[0] if isinstance(node, ast.Assign) else None
    )
    base = target.value if isinstance(target, ast.Subscript) else None
    if base is not None:
        n = round(1 / ratio)
        sign = f"/= {scene.size(n)}" if abs(1 / ratio - n) < 1e-6 else f"*= {ratio:.12g}"
        edit = Edit(scene.statement, f"{scene.statement.text}\n{scene.text(base)} {sign}")
        yield Proposal(slip, edit, f"`{scene.text(base)} {sign}` is missing below it")


def _is_usual(ratio: float) -> bool:
    """Return whether a factor is a small whole number, or one divided by one: of numbers alike there always is some."""
    return any(abs(one - round(one)) < 1e-9 * abs(one) and 0 < abs(one) < 1000 for one in (ratio, 1 / ratio))


def _scaled(scene: Scene, part: ast.expr, ratio: float, sizes: Collection[int]) -> Proposal:
    text = scene.text(part)
    n = round(1 / ratio)
    is_share = n > 1 and abs(ratio * n - 1) < 1e-6
    in_sizes = is_share and n in sizes and (n > 2 or (scene.is_whole(part) and scene.truth.has_means))
    size = scene.size(n) if in_sizes else str(n)
    if abs(ratio + 1) < 1e-6:
        words = f"A minus is missing before `{text}`"
        return Proposal("sign", scene.edit((part, f"-{product(part, text)}")), words)
    if is_share:
        new = f"{product(part, text)} / {size}"
        words = (
            f"`/ {size}` is missing: it sums over {n} where a mean was meant"
            if in_sizes
            else f"The factor 1/{n} is missing"
        )
        new = f"0.5 * {product(part, text)}" if n == 2 and not in_sizes else new
        return Proposal("missing-mean" if in_sizes else "factor", scene.edit((part, new)), words)
    count = round(ratio)
    is_count = abs(ratio - count) < 1e-6
    number = scene.size(count) if is_count and count > 2 else repr(count if is_count else float(f"{ratio:.12g}"))
    words = f"The factor {f'`{number}`' if number.isidentifier() else static(ratio)} is missing"
    return Proposal("factor", scene.edit((part, f"{number} * {product(part, text)}")), words)


def _sizes(scene: Scene) -> list[int]:
    """Return how many entries a mean may have been taken over: sizes and lengths of what is at hand, in order."""
    shapes = {node.shape for node in scene.truth.nodes[-200:]}
    shapes |= {array.shape for array in (scene.got, scene.expected) if array is not None}
    return sorted({n for shape in shapes for n in (*shape, int(np.prod(shape))) if n > 1})


def other_roots(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with the root of a size that it uses, or with the size for its root."""
    for part in scene.parts():
        text, new = scene.text(part), ""
        if isinstance(part, ast.Call) and ast.unparse(part.func) in ("np.sqrt", "math.sqrt") and len(part.args) == 1:
            new = scene.text(part.args[0])
            numbers = scene.evaluated(part.args[0])
        else:
            numbers = scene.evaluated(part)
            is_measured = scene.is_whole(part) and isinstance(part, ast.Subscript | ast.Call)  # as in `d = x.shape[1]`
            if "np" in scene.scope and not is_measured and not isinstance(part, ast.Constant):
                new = f"np.sqrt({text})"
        if new and numbers is not None and not numbers.ndim and numbers.dtype.kind in "iu":
            yield Proposal("factor", scene.edit((part, new)), f"It has `{text}` where `{new}` was meant")


def missing_powers(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with the square or the cube of something in it."""
    for part in scene.parts():
        if isinstance(part, ast.Name | ast.Attribute | ast.Subscript | ast.Call):
            numbers = scene.evaluated(part)
            if numbers is not None and numbers.dtype.kind == "f":
                for power in (2, 3):
                    new = f"{atom(part, scene.text(part))}**{power}"
                    words = f"`{scene.text(part)}` has the wrong power: `{new}` was meant"
                    yield Proposal("missing-factor", scene.edit((part, new)), words)
