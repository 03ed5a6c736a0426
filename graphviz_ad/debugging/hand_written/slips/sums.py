"""Slips of sums and means: one too many, one too few, over the wrong axis, a mean for a sum."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import combinations, product

from graphviz_ad.debugging.hand_written.slips.scene import Proposal, Scene, atom

__all__ = ["mean_for_sum", "missing_sum", "summed_early", "sums", "too_many_sums", "wrong_axis"]

_REDUCTIONS = ("sum", "mean")


def sums(scene: Scene) -> Iterator[tuple[ast.Call, ast.expr, str, str]]:
    """Yield calls of sum and mean: the call, what is summed, the function's text, and the keywords' text."""
    for part in scene.parts():
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr in _REDUCTIONS:
            is_method = ast.unparse(part.func.value) not in ("np", "numpy")
            if is_method or part.args:
                yield part, part.func.value if is_method else part.args[0], part.func.attr, scene.text(part)


def too_many_sums(scene: Scene) -> Iterator[Proposal]:
    """Yield the line without one of its sums, or with a sum over fewer axes."""
    for call, inner, function, text in sums(scene):
        if function == "sum":
            new = atom(inner, scene.text(inner))
            yield Proposal("extra-sum", scene.edit((call, new)), f"`{text}` sums what was not to be summed")
    for call, inner, function, text in sums(scene):
        numbers = scene.evaluated(inner)
        if function == "sum" and numbers is not None and "axis" not in text:
            for axis, keeps in product(range(numbers.ndim), ("", ", keepdims=True")):
                new = f"{text[:-1]}{'' if text.endswith('()') else ', '}axis={axis}{keeps})"
                yield Proposal(
                    "extra-sum", scene.edit((call, new)), f"`{text}` sums over all axes, where `{new}` was meant"
                )


def summed_early(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with a product that is summed, where the sum of one factor is multiplied."""
    for part in scene.parts():
        if not isinstance(part, ast.BinOp) or not isinstance(part.op, ast.Mult):
            continue
        for call, inner, _, text in sums(scene):
            if call in (part.left, part.right):
                other = part.right if call is part.left else part.left
                factors = [inner, other] if call is part.left else [other, inner]
                whole = " * ".join(atom(one, scene.text(one)) for one in factors)
                is_method = isinstance(call.func, ast.Attribute) and inner is call.func.value
                rest = text[len(scene.text(call.func)) :]
                new = (
                    f"({whole}).{call.func.attr}{rest}"  # type: ignore[attr-defined]
                    if is_method
                    else text.replace(scene.text(inner), whole, 1)
                )
                words = f"`{scene.text(part)}` sums before it multiplies: `{new}` was meant"
                yield Proposal("other", scene.edit((part, new)), words)


def mean_for_sum(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with a mean for a sum, and the other way round."""
    for call, _, function, text in sums(scene):
        other, slip = ("mean", "missing-mean") if function == "sum" else ("sum", "factor")
        assert isinstance(call.func, ast.Attribute)
        owner = scene.text(call.func.value)
        new = f"{owner}.{other}{text[len(owner) + 1 + len(function) :]}"
        yield Proposal(slip, scene.edit((call, new)), f"It has a {function} where a {other} was meant")


def wrong_axis(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with a sum over another axis."""
    for call, inner, _, text in sums(scene):
        numbers = scene.evaluated(inner)
        axis = _axis_of(call, inner)
        if numbers is not None and axis is not None:
            count = len(axis.elts) if isinstance(axis, ast.Tuple) else 1
            several = [f"({', '.join(map(str, axes))})" for axes in combinations(range(numbers.ndim), count)]
            for other in [*(map(str, range(numbers.ndim)) if count == 1 else several), "None"]:
                yield Proposal(
                    "other",
                    scene.edit((axis, other)),
                    f"`{text}` sums over the wrong axis: `axis={other}` was meant",
                )
        keeps = next((word for word in call.keywords if word.arg == "keepdims"), None)
        if keeps is None and axis is not None:
            new = f"{text[:-1]}, keepdims=True)"
            yield Proposal(
                "other", scene.edit((call, new)), f"`{text}` drops an axis that was to stay: `keepdims=True`"
            )


def _axis_of(call: ast.Call, inner: ast.expr) -> ast.expr | None:
    """Return the axis that a sum is called with, by its name or as the argument after what is summed."""
    plain = [argument for argument in call.args if argument is not inner]
    return next((word.value for word in call.keywords if word.arg == "axis"), plain[0] if plain else None)


def missing_sum(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with something in it summed over an axis."""
    for part in scene.parts():
        if not isinstance(part, ast.Name | ast.BinOp | ast.Call | ast.Attribute | ast.Subscript):
            continue
        numbers = scene.evaluated(part)
        if numbers is None or not numbers.ndim:
            continue
        text = scene.text(part)
        for settings in _axes(numbers.ndim, is_whole=scene.is_whole(part)):
            new = f"{atom(part, text)}.sum({settings})"
            yield Proposal("missing-sum", scene.edit((part, new)), f"A sum is missing: `{new}` was meant for `{text}`")


def _axes(ndim: int, *, is_whole: bool) -> Iterator[str]:
    for axis in range(ndim):
        if is_whole:
            yield f"axis={axis}"
        yield f"axis={axis}, keepdims=True"
    if is_whole:
        yield ""
        for axes in ((0, 1), (0, 2, 3), (0, 2), (1, 2), (0, 1, 2)) if ndim > 2 else ():
            if max(axes) < ndim:
                yield f"axis={axes}"
