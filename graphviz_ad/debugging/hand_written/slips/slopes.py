"""Slips of derivatives: a value for its slope, and a factor of the chain rule that is missing."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from graphviz_ad.debugging.hand_written.comparing import Array, is_round
from graphviz_ad.debugging.hand_written.rewriting import Edit
from graphviz_ad.debugging.hand_written.slips.scene import Proposal, Scene, atom, product
from graphviz_ad.debugging.hand_written.truth import UNNAMED, Slope, Truth

__all__ = ["missing_factors", "plain_factors", "values_for_slopes"]


def values_for_slopes(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with a slope of forward's where the value stands."""
    yield from _slopes_in_words(scene)
    compared = {x for part in scene.parts() if isinstance(part, ast.Compare) for x in ast.walk(part)}
    for part in scene.parts():
        if not isinstance(part, ast.Name | ast.Attribute | ast.Subscript | ast.Call | ast.BinOp) or part in compared:
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


_SLOPES = {"tanh": ("1 - {0}**2",), "a sigmoid": ("{0}", "1 - {0}"), "relu": ("{0} > 0",)}
"""The factors of the slopes of usual functions, as they are written with the value."""


def _slopes_in_words(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with the slope of a usual function for a value, or for the slope of another one."""
    for part in scene.parts():
        factors = _factors(part)
        if len(factors) == 1 and not scene.is_whole(part):
            continue
        texts = [atom(factor, scene.text(factor)) for factor in factors]
        for k, count, value, own in _made_of_one(scene, factors):
            numbers = scene.evaluated(ast.parse(value, mode="eval").body)
            is_counted = numbers is not None and is_round(numbers)  # no value of a sigmoid, but labels or counts
            for whose in _SLOPES:
                if whose == own or (own is None and whose != "relu" and is_counted):
                    continue
                slope = " * ".join(form if form == "{0}" else f"({form})" for form in _SLOPES[whose]).format(value)
                said = slope.removeprefix("(").removesuffix(")") if len(_SLOPES[whose]) == 1 else slope
                line = " * ".join([*texts[:k], slope, *texts[k + count :]])
                text = " * ".join(texts[k : k + count])
                words = (
                    f"It multiplies by `{value}` where the slope `{said}` was meant"
                    if own is None
                    else f"`{text}` is the slope of {own}, and that of {whose} was meant: `{said}`"
                )
                yield Proposal("value-for-derivative", scene.edit((part, f"({line})")), words)


def _factors(part: ast.expr) -> list[ast.expr]:
    """Return what a product multiplies, from the left; of anything else only that."""
    if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mult):
        return [*_factors(part.left), part.right]
    return [part]


def _made_of_one(scene: Scene, factors: Sequence[ast.expr]) -> Iterator[tuple[int, int, str, str | None]]:
    """Yield which factors are one value, or its slope: where they begin, how many, the value, and whose slope."""
    shapes = [ast.dump(factor) for factor in factors]
    operands = [x for factor in factors for x in ast.walk(factor) if isinstance(x, ast.Name | ast.Attribute)]
    for value in {scene.text(x): x for x in operands if isinstance(x.ctx, ast.Load)}.items():
        numbers = scene.evaluated(value[1])
        if numbers is None or not numbers.ndim or numbers.dtype.kind != "f":
            continue
        yield from ((k, 1, value[0], None) for k, factor in enumerate(factors) if scene.text(factor) == value[0])
        for whose, forms in _SLOPES.items():
            slope = [ast.dump(ast.parse(form.format(value[0]), mode="eval").body) for form in forms]
            for k in range(len(shapes) - len(slope) + 1):
                if shapes[k : k + len(slope)] == slope:
                    yield k, len(slope), value[0], whose


def _slopes_of(truth: Truth, value: Array) -> list[Slope]:
    """Return the slopes of what an array is the value of, one for each expression and operand."""
    slopes: dict[Any, Slope] = {}
    for slope in [*truth.slopes, *truth.slopes_of_value(value)]:
        if slope.of.shape == value.shape and truth.ruler.agree(value, np.asarray(slope.of.value)):
            slopes.setdefault(slope.place, slope)
    return list(slopes.values())


class _Slopes:
    """Gives the slope of a value of forward, whichever turn of a loop it is from."""

    def __init__(self, truth: Truth, example: Slope) -> None:
        self._truth = truth
        self._slopes = [*truth.slopes_by_place.get(example.place, []), example]

    def __call__(self, value: Any) -> Any:
        numbers = np.asarray(value)
        for slope in self._slopes:
            if self._truth.ruler.agree(numbers, np.asarray(slope.of.value)):
                return slope.value
        return value


def plain_factors(scene: Scene) -> Iterator[Proposal]:
    """Multiply or divide the line, or a term of its sum, by something that has a name of its own."""
    named = {name: value for name, value in scene.arrays().items() if name.isidentifier() and name != "_"}
    wholes = _wholes(scene)
    for part in (scene.aim or scene.value, *wholes):
        numbers, text = scene.evaluated(part), scene.text(part)
        if numbers is None:
            continue
        for sign in ("*", "/"):
            for name, value in named.items():
                if _fits(scene, part, numbers, value, sign, wholes.get(part)):
                    missing = f"The factor `{name}` is missing in `{text}`"
                    words = missing if sign == "*" else f"`{text}` was to be divided by `{name}`"
                    yield Proposal("missing-factor", _with_factor(scene, part, sign, name), words)


def missing_factors(scene: Scene) -> Iterator[Proposal]:
    """Multiply or divide the line, or a part of it, by an array at hand or a slope of forward's."""
    hidden = {f"_gad_{k}": (name, value) for k, (name, value) in enumerate(scene.of_forward().items())}
    at_hand = scene.arrays() | scene.calls()
    arrays = {name: (f"The factor `{name}` is missing", name, value) for name, value in at_hand.items()}
    arrays |= {
        key: (f"Forward's `{name}` is missing as a factor", key, value)
        for key, (name, value) in hidden.items()
        if name not in arrays
    }
    slopes = {}
    for k, slope in enumerate(scene.truth.slopes):
        if slope.value.size < 2 or np.any(slope.value != slope.value.flat[0]):  # else `constant_missing` writes it
            slopes[f"_gad_s{k}"] = (_of_slope(scene.truth, slope), f"_gad_s{k}", slope.value)
    values: dict[str, Any] = {key: value for key, (_, value) in hidden.items()}
    values |= {key: value for key, (_, _, value) in slopes.items()}
    written = [one for key, one in arrays.items() if key not in values]
    others = [one for key, one in arrays.items() if key in values]
    parts = [(part, numbers) for part in _factors_of(scene) if (numbers := scene.evaluated(part)) is not None]
    wholes = _wholes(scene)
    for sign, factors in (("*", written), ("/", written), ("*", others), ("/", others), ("*", list(slopes.values()))):
        for part, numbers in parts:
            text = scene.text(part)
            for words, name, value in factors:
                if not _fits(scene, part, numbers, value, sign, wholes.get(part)):
                    continue
                edit = _with_factor(scene, part, sign, name, **{name: values[name]} if name in values else {})
                whose = f"forward's `{hidden[name][0]}`" if name in hidden else f"`{name}`"
                said = f"{words} in `{text}`" if sign == "*" else f"`{text}` was to be divided by {whose}"
                yield Proposal("missing-factor", edit, said, is_written=name not in values)
    yield from _missing_slopes_by_turns(scene)


def _with_factor(scene: Scene, part: ast.expr, sign: str, name: str, **values: Any) -> Edit:
    """Multiply or divide a part of the line by what has a name."""
    new = f"{product(part, scene.text(part))} {sign} {name}"
    return scene.edit((part, new if part is scene.value else f"({new})"), **values)


def _factors_of(scene: Scene) -> Iterator[ast.expr]:
    kinds = ast.Name | ast.Attribute | ast.Subscript | ast.Call | ast.BinOp
    return (part for part in scene.parts() if isinstance(part, kinds))


def _wholes(scene: Scene) -> dict[ast.expr, tuple[int, ...]]:
    """Return of each term of a sum the shape of the sum, to which a factor of the term may have to make it grow."""
    wholes: dict[ast.expr, tuple[int, ...]] = {}
    for part in scene.parts():
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add | ast.Sub):
            numbers = scene.evaluated(part)
            if numbers is not None:
                wholes[part.left] = wholes[part.right] = numbers.shape
    return wholes


def _missing_slopes_by_turns(scene: Scene) -> Iterator[Proposal]:
    """Multiply the line of a loop by the slope of each turn, the last one first."""
    text = scene.text(scene.value)
    for k, group in enumerate(group for group in scene.truth.slopes_by_place.values() if len(group) > 1):
        function = f"_gad_turn_{k}"
        edit = scene.edit(
            (scene.value, f"{product(scene.value, text)} * {function}()"),
            **{function: Turns([s.value for s in group])},
        )
        words = f"{_of_slope(scene.truth, group[0])} in `{text}`"
        yield Proposal("missing-factor", edit, words, is_written=False)


def _of_slope(truth: Truth, slope: Slope) -> str:
    """Return that a slope is missing, by the names of what it is of and by, if they have any."""
    names = [truth.name_of(node) for node in (slope.of, slope.by)]
    is_told = all(name in truth.words or not name.isidentifier() for name in names) and UNNAMED not in names
    known = f"The slope of `{names[0]}` by `{names[1]}`" if is_told else "A slope of a step of forward"
    return f"{known} is missing as a factor"


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


def _fits(scene: Scene, part: ast.expr, numbers: Array, value: Array, sign: str, whole: tuple[int, ...] | None) -> bool:
    """Return whether a factor leaves the shape as it is, and, where the whole line is known, makes it right.

    A term may also become as large as the `whole` sum that it stands in.
    """
    try:
        if np.broadcast_shapes(numbers.shape, value.shape) not in (numbers.shape, whole):
            return False
    except ValueError:
        return False
    if not scene.whole or part is not scene.value or scene.expected is None or scene.expected.shape != numbers.shape:
        return True
    with np.errstate(all="ignore"):
        return scene.truth.ruler.agree(numbers * value if sign == "*" else numbers / value, scene.expected)
