"""Slips of sums and means: one too many, one too few, over the wrong axis, a mean for a sum."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from graphviz_ad.debugging.hand_written.slips.scene import Proposal, Scene, atom

__all__ = ["mean_for_sum", "missing_sum", "sums", "too_many_sums", "wrong_axis"]

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
            for axis in range(numbers.ndim):
                new = f"{text[:-1]}{'' if text.endswith('()') else ', '}axis={axis})"
                yield Proposal(
                    "extra-sum", scene.edit((call, new)), f"`{text}` sums over all axes, where `{new}` was meant"
                )


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
        axis = next((word for word in call.keywords if word.arg == "axis"), None)
        if numbers is not None and axis is not None:
            for other in [*map(str, range(numbers.ndim)), "None"]:
                yield Proposal(
                    "other",
                    scene.edit((axis.value, other)),
                    f"`{text}` sums over the wrong axis: `axis={other}` was meant",
                )
        keeps = next((word for word in call.keywords if word.arg == "keepdims"), None)
        if keeps is None and axis is not None:
            new = f"{text[:-1]}, keepdims=True)"
            yield Proposal(
                "other", scene.edit((call, new)), f"`{text}` drops an axis that was to stay: `keepdims=True`"
            )


def missing_sum(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with something in it summed over an axis."""
    for part in scene.parts():
        if not isinstance(part, ast.Name | ast.BinOp | ast.Call | ast.Attribute | ast.Subscript):
            continue
        numbers = scene.evaluated(part)
        if numbers is None or not numbers.ndim:
            continue
        text = scene.text(part)
        for settings in _axes(numbers.ndim, is_whole=part is scene.value):
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
