"""Slips of derivatives: a value for its slope, and a factor of the chain rule that is missing."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from graphviz_ad.debugging.hand_written.comparing import Array
from graphviz_ad.debugging.hand_written.slips.scene import Proposal, Scene, product
from graphviz_ad.debugging.hand_written.truth import Slope, Truth, expression_of

__all__ = ["missing_factors", "values_for_slopes"]


def values_for_slopes(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with a slope of forward's where the value stands."""
    for part in scene.parts():
        if not isinstance(part, ast.Name | ast.Attribute | ast.Subscript | ast.Call | ast.BinOp):
            continue
        numbers = scene.evaluated(part)
        if numbers is None or (not numbers.ndim and numbers.dtype.kind != "f"):
            continue
        for k, slope in enumerate(_slopes_of(scene.truth, numbers)):
            text, of, by = scene.text(part), scene.truth.name_of(slope.of), scene.truth.name_of(slope.by)
            function = f"_gad_slope_{k}"
            edit = scene.edit((part, f"{function}({text})"), **{function: _Slopes(scene.truth, slope)})
            words = f"It multiplies by the value `{text}` where its slope was meant, that of `{of}` by `{by}`"
            yield Proposal("value-for-derivative", edit, words, is_written=False)


def _slopes_of(truth: Truth, value: Array) -> list[Slope]:
    """Return the slopes of what an array is the value of, one for each expression and operand."""
    slopes: dict[Any, Slope] = {}
    for slope in [*truth.slopes, *truth.slopes_of_value(value)]:
        if slope.of.shape == value.shape and truth.ruler.agree(value, np.asarray(slope.of.value)):
            slopes.setdefault(_place(slope), slope)
    return list(slopes.values())


class _Slopes:
    """Gives the slope of a value of forward, whichever turn of a loop it is from."""

    def __init__(self, truth: Truth, example: Slope) -> None:
        self._truth = truth
        place = _place(example)
        self._slopes = [slope for slope in [*truth.slopes, example] if _place(slope) == place]

    def __call__(self, value: Any) -> Any:
        numbers = np.asarray(value)
        for slope in self._slopes:
            if self._truth.ruler.agree(numbers, np.asarray(slope.of.value)):
                return slope.value
        return value


def _place(slope: Slope) -> tuple[Any, ...]:
    """Return what the slopes of one pair of expressions have in common, whichever turn of a loop they are from."""
    return (*(expression_of(node) for node in (slope.of, slope.by)), slope.by.index if slope.by.is_leaf else -1)


def missing_factors(scene: Scene) -> Iterator[Proposal]:
    """Multiply or divide the line, or a part of it, by an array at hand or a slope of forward's."""
    hidden = {f"_gad_{k}": (name, value) for k, (name, value) in enumerate(scene.of_forward().items())}
    arrays = {name: (f"`{name}`", name, value) for name, value in scene.arrays().items()}
    arrays |= {key: (f"forward's `{name}`", key, value) for key, (name, value) in hidden.items() if name not in arrays}
    slopes = {}
    for k, slope in enumerate(scene.truth.slopes):
        of, by = scene.truth.name_of(slope.of), scene.truth.name_of(slope.by)
        slopes[f"_gad_s{k}"] = (f"the slope of `{of}` by `{by}`", f"_gad_s{k}", slope.value)
    values: dict[str, Any] = {key: value for key, (_, value) in hidden.items()}
    values |= {key: value for key, (_, _, value) in slopes.items()}
    for part in scene.parts():
        if not isinstance(part, ast.Name | ast.Attribute | ast.Subscript | ast.Call | ast.BinOp):
            continue
        numbers = scene.evaluated(part)
        if numbers is None:
            continue
        text = scene.text(part)
        for sign in ("*", "/"):
            for words, name, value in [*arrays.values(), *(slopes.values() if sign == "*" else ())]:
                if not _fits(scene, part, numbers, value, sign):
                    continue
                new = f"{product(part, text)} {sign} {name}"
                edit = scene.edit(
                    (part, new if part is scene.value else f"({new})"), **{name: values[name]} if name in values else {}
                )
                said = f"The factor {words} is missing" if sign == "*" else f"It was to be divided by {words}"
                yield Proposal("missing-factor", edit, f"{said} in `{text}`", is_written=name not in values)
    yield from _missing_slopes_by_turns(scene)


def _missing_slopes_by_turns(scene: Scene) -> Iterator[Proposal]:
    """Multiply the line of a loop by the slope of each turn, the last one first."""
    groups: dict[Any, list[Slope]] = {}
    for slope in scene.truth.slopes:
        groups.setdefault(_place(slope), []).append(slope)
    text = scene.text(scene.value)
    for k, group in enumerate(group for group in groups.values() if len(group) > 1):
        function = f"_gad_turn_{k}"
        of, by = scene.truth.name_of(group[0].of), scene.truth.name_of(group[0].by)
        edit = scene.edit(
            (scene.value, f"{product(scene.value, text)} * {function}()"),
            **{function: Turns([s.value for s in group])},
        )
        words = f"The factor the slope of `{of}` by `{by}` is missing in `{text}`"
        yield Proposal("missing-factor", edit, words, is_written=False)


class Turns:
    """Gives one array after the other, the last one first, and then ones."""

    def __init__(self, arrays: Sequence[Array]) -> None:
        self._arrays = arrays
        self._count = 0

    def restart(self) -> None:
        """Begin with the last one again."""
        self._count = 0

    def __call__(self) -> Any:
        self._count += 1
        return self._arrays[-self._count] if self._count <= len(self._arrays) else 1.0


def _fits(scene: Scene, part: ast.expr, numbers: Array, value: Array, sign: str) -> bool:
    """Return whether a factor leaves the shape as it is, and, where the whole line is known, makes it right."""
    try:
        if np.broadcast_shapes(numbers.shape, value.shape) != numbers.shape:
            return False
    except ValueError:
        return False
    if not scene.whole or part is not scene.value or scene.expected is None or scene.expected.shape != numbers.shape:
        return True
    with np.errstate(all="ignore"):
        return scene.truth.ruler.agree(numbers * value if sign == "*" else numbers / value, scene.expected)
