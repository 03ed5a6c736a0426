"""The slips that a line of a backward pass may have, each undone: what the line would be without it.

A slip is a row of `SLIPS`: a way to write the line otherwise. Whether it is the slip is not for this module to say:
each line that it proposes is run, and believed where the gradients are right then.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import permutations
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.debugging.hand_written.comparing import Array, as_numbers, constant_ratio
from graphviz_ad.debugging.hand_written.rewriting import Edit
from graphviz_ad.debugging.hand_written.running import copied
from graphviz_ad.debugging.hand_written.statements import Statement
from graphviz_ad.debugging.hand_written.truth import Slope, Truth, expression_of
from graphviz_ad.numerals.writing import static

__all__ = ["SLIPS", "Proposal", "Scene", "compiled", "proposals"]

_MOST_NAMES = 40


class Proposal(NamedTuple):
    """Another line for a statement.

    Attributes
    ----------
    slip : str
    edit : Edit
    words : str
        What the slip is, in a sentence without its end; `code` marks what is code in it.
    is_written : bool
        Whether the edit's text is one that the person could write.
    """

    slip: str
    edit: Edit
    words: str
    is_written: bool = True


class Scene(NamedTuple):
    """Where a line stands: what it could have used instead.

    Attributes
    ----------
    statement : Statement
    truth : Truth
    local, scope : dict
        Copies of its names, before it ran for the first time.
    got, expected : array or None
        What its place held then, and what it ought to have, where that is known.
    whole : bool
        Whether this line alone has made it what it was.
    """

    statement: Statement
    truth: Truth
    local: Mapping[str, Any]
    scope: dict[str, Any]
    got: Array | None
    expected: Array | None
    whole: bool = False

    @property
    def value(self) -> ast.expr:
        """The expression of the line."""
        value = self.statement.value
        assert value is not None
        return value

    def text(self, part: ast.AST) -> str:
        """Return an expression as it is written."""
        start, end = self.statement.segment(part)  # type: ignore[arg-type]
        return self.statement.text[start:end]

    def with_parts(self, *parts: tuple[ast.expr, str]) -> str:
        """Return the line with other expressions in the place of some; for the whole value also for its brackets."""
        text = self.statement.text
        for part, new in sorted(parts, key=lambda one: -self.statement.segment(one[0])[0]):
            start, end = self.statement.segment(part)
            while part is self.value and text[:start].endswith("(") and text[end:].startswith(")"):
                start, end = start - 1, end + 1
            text = text[:start] + (_bare(new) if part is self.value else new) + text[end:]
        return text

    def edit(self, *parts: tuple[ast.expr, str], **names: Any) -> Edit:
        """Return the edit of the line with other expressions."""
        return Edit(self.statement, self.with_parts(*parts), names)

    def evaluated(self, part: ast.AST) -> Array | None:
        """Return what an expression was, where it is numbers and computing it again does no harm."""
        try:
            calls = any(isinstance(inner, ast.Call) for inner in ast.walk(part))
            local = copied(dict(self.local)) if calls else dict(self.local)
            with np.errstate(all="ignore"):
                return as_numbers(eval(compiled(ast.Expression(part), "eval"), self.scope, local))  # type: ignore[arg-type]
        except Exception:  # it may need what is not there yet, or be no expression of its own
            return None

    def parts(self) -> Iterator[ast.expr]:
        """Yield the expressions in the line's value, the outermost first."""
        waiting: list[ast.AST] = [self.value]
        while waiting:
            part = waiting.pop(0)
            if isinstance(part, ast.expr):
                yield part
            if not isinstance(part, ast.Lambda):
                waiting += list(ast.iter_child_nodes(part))

    def places(self) -> Iterator[ast.expr]:
        """Yield the expressions that say where it writes, as the mask in ``dx[x <= 0] = 0``."""
        for target in self.statement.node.targets if isinstance(self.statement.node, ast.Assign) else ():
            if isinstance(target, ast.Subscript):
                yield from (part for part in ast.walk(target.slice) if isinstance(part, ast.expr))

    def operands(self) -> Iterator[ast.expr]:
        """Yield the names, attributes and entries in the line."""
        for part in (*self.parts(), *self.places()):
            if isinstance(part, ast.Name | ast.Attribute | ast.Subscript):
                yield part

    def arrays(self) -> dict[str, Array]:
        """Return the arrays that the line could name, by how it would name them."""
        arrays: dict[str, Array] = {}
        used = [name for name in _names(self.statement) if name in self.scope]
        for name, value in [*self.local.items(), *((name, self.scope[name]) for name in used)]:
            for text, one in _named(name, value):
                if one.dtype.kind in "fcb" and (one.ndim or one.dtype.kind == "f") and text not in arrays:
                    arrays[text] = one
        for text in _used(self.statement):
            used_one = self.evaluated(ast.parse(text, mode="eval").body)
            if used_one is not None and used_one.dtype.kind in "fb" and used_one.ndim:
                arrays.setdefault(text, used_one)
        plainest: dict[str, Array] = {}
        for name, value in sorted(arrays.items(), key=_plainness)[:_MOST_NAMES]:
            if not any(np.array_equal(value, other) for other in plainest.values()):
                plainest[name] = value
        return plainest

    def of_forward(self) -> dict[str, Array]:
        """Return the arrays that forward has a name for."""
        named = self.truth.names.items()
        return {name: np.asarray(nodes[0].value) for name, nodes in named if len(nodes) == 1 and nodes[0].ndim}


def _bare(text: str) -> str:
    """Return an expression without the brackets around all of it, which nobody would write.

    Examples
    --------
    >>> _bare("(2 * x)"), _bare("(a) + (b)"), _bare("(a, b)")
    ('2 * x', '(a) + (b)', '(a, b)')
    """
    inner = text[1:-1]
    if text[:1] + text[-1:] != "()" or "\n" in text:
        return text
    try:
        whole, bare = (ast.parse(one, mode="eval").body for one in (text, inner))
    except SyntaxError:
        return text
    return inner if ast.dump(whole) == ast.dump(bare) and not isinstance(bare, ast.Tuple) else text


def _plainness(pair: tuple[str, Array]) -> int:
    """Return by what names are ordered: words first, then what the person writes, at last numbered entries."""
    return 0 if pair[0].isidentifier() else 2 if re.search(r"\[\d+\]$", pair[0]) else 1


def compiled(source: Any, mode: str) -> Any:
    """Compile a line that may be an odd one, without a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return compile(source, "<line>", mode)


@lru_cache(maxsize=256)
def _names(statement: Statement) -> tuple[str, ...]:
    """Return the names used in the function or class that a statement stands in."""
    return tuple(dict.fromkeys(node.id for node in ast.walk(statement.top) if isinstance(node, ast.Name)))


@lru_cache(maxsize=256)
def _used(statement: Statement) -> tuple[str, ...]:
    """Return the attributes and entries that are read in the function that a statement stands in, as ``hs[t - 1]``."""
    parts = (part for node in statement.function for part in ast.walk(node))
    used = [
        part for part in parts if isinstance(part, ast.Subscript | ast.Attribute) and isinstance(part.ctx, ast.Load)
    ]
    texts = dict.fromkeys(
        ast.unparse(part) for part in used if not any(isinstance(x, ast.Call) for x in ast.walk(part))
    )
    return tuple(texts)[:_MOST_NAMES]


def _named(name: str, value: Any, depth: int = 2) -> Iterator[tuple[str, Array]]:
    numbers = as_numbers(value)
    if numbers is not None:
        yield name, numbers
    elif depth and isinstance(value, dict):
        for key, entry in value.items():
            if isinstance(key, str):
                yield from _named(f"{name}[{key!r}]".replace("'", '"'), entry, depth - 1)
    elif depth and isinstance(value, tuple | list) and len(value) <= 12:
        for key, entry in enumerate(value):
            yield from _named(f"{name}[{key}]", entry, depth - 1)
    elif depth and name == "self":
        for key, entry in vars(value).items():
            yield from _named(f"{name}.{key}", entry, depth - 1)


def _atom(part: ast.expr, text: str) -> str:
    """Return the text of an expression as a factor."""
    simple = isinstance(part, ast.Name | ast.Attribute | ast.Subscript | ast.Call | ast.Constant)
    return text if simple else f"({text})"


def _product(part: ast.expr, text: str) -> str:
    """Return the text of an expression as the left side of a product."""
    is_product = isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mult | ast.Div | ast.MatMult)
    return text if is_product else _atom(part, text)


# -- signs


def _other_sign(scene: Scene) -> Iterator[Proposal]:
    node = scene.statement.node
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add | ast.Sub):
        sign, other = ("+=", "-=") if isinstance(node.op, ast.Add) else ("-=", "+=")
        start, _ = scene.statement.segment(node.value)
        head = scene.statement.text[:start]
        text = head.replace(sign, other) + scene.statement.text[start:]
        yield Proposal("sign", Edit(scene.statement, text), f"It has `{sign}` where `{other}` was meant")
    for part in scene.parts():
        if isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.USub):
            inner = scene.text(part.operand)
            edit = scene.edit((part, _atom(part.operand, inner)))
            yield Proposal("sign", edit, f"It has a minus before `{inner}` that does not belong there")
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Sub):
            left, right = scene.text(part.left), scene.text(part.right)
            first = _product(part.right, right) if isinstance(part.right, ast.BinOp) else right
            turned = f"{first} - {_product(part.left, left)}"
            yield Proposal(
                "sign",
                scene.edit((part, turned)),
                f"It has `{left} - {right}` where `{turned}` was meant: the sign is wrong",
            )
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add | ast.Sub):
            sign, other = ("+", "-") if isinstance(part.op, ast.Add) else ("-", "+")
            text = f"{scene.text(part.left)} {other} {_product(part.right, scene.text(part.right))}"
            yield Proposal(
                "sign",
                scene.edit((part, text)),
                f"It has `{sign}` before `{scene.text(part.right)}` where `{other}` was meant",
            )


def _opposite(scene: Scene) -> Iterator[Proposal]:
    for part in scene.parts():
        if part is scene.value or isinstance(part, ast.BinOp | ast.Call):
            text = f"-{_product(part, scene.text(part))}"
            edit = scene.edit((part, text if part is scene.value else f"({text})"))
            yield Proposal("sign", edit, f"A minus is missing before `{scene.text(part)}`")


# -- transposes


_DOTS = ("dot", "matmul", "outer", "inner")


def _turned(scene: Scene) -> Iterator[Proposal]:
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
        yield f"{_atom(part, text)}.T"
    yield from _other_axes(scene, part)


def _is_summed(scene: Scene, part: ast.expr) -> bool:
    """Whether a sum over an axis is all that reads an expression: then it is the axis that may be another."""
    return any(inner is part for call, inner, _, _ in _sums(scene) if any(word.arg == "axis" for word in call.keywords))


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
    text = _atom(part, scene.text(part))
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


# -- sums


_REDUCTIONS = ("sum", "mean")


def _sums(scene: Scene) -> Iterator[tuple[ast.Call, ast.expr, str, str]]:
    """Yield calls of sum and mean: the call, what is summed, the function's text, and the keywords' text."""
    for part in scene.parts():
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr in _REDUCTIONS:
            is_method = ast.unparse(part.func.value) not in ("np", "numpy")
            if is_method or part.args:
                yield part, part.func.value if is_method else part.args[0], part.func.attr, scene.text(part)


def _too_many_sums(scene: Scene) -> Iterator[Proposal]:
    for call, inner, function, text in _sums(scene):
        if function == "sum":
            new = _atom(inner, scene.text(inner))
            yield Proposal("extra-sum", scene.edit((call, new)), f"`{text}` sums what was not to be summed")
    for call, inner, function, text in _sums(scene):
        numbers = scene.evaluated(inner)
        if function == "sum" and numbers is not None and "axis" not in text:
            for axis in range(numbers.ndim):
                new = f"{text[:-1]}{'' if text.endswith('()') else ', '}axis={axis})"
                yield Proposal(
                    "extra-sum", scene.edit((call, new)), f"`{text}` sums over all axes, where `{new}` was meant"
                )


def _mean_for_sum(scene: Scene) -> Iterator[Proposal]:
    for call, _, function, text in _sums(scene):
        other, slip = ("mean", "missing-mean") if function == "sum" else ("sum", "factor")
        new = text.replace(f".{function}(", f".{other}(", 1) if f".{function}(" in text else ""
        assert isinstance(call.func, ast.Attribute)
        owner = scene.text(call.func.value)
        new = f"{owner}.{other}{text[len(owner) + 1 + len(function) :]}"
        yield Proposal(slip, scene.edit((call, new)), f"It has a {function} where a {other} was meant")


def _wrong_axis(scene: Scene) -> Iterator[Proposal]:
    for call, inner, _, text in _sums(scene):
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


def _missing_sum(scene: Scene) -> Iterator[Proposal]:
    for part in scene.parts():
        if not isinstance(part, ast.Name | ast.BinOp | ast.Call | ast.Attribute | ast.Subscript):
            continue
        numbers = scene.evaluated(part)
        if numbers is None or not numbers.ndim:
            continue
        text = scene.text(part)
        for settings in _axes(numbers.ndim, is_whole=part is scene.value):
            new = f"{_atom(part, text)}.sum({settings})"
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


# -- constant factors


def _constant_dropped(scene: Scene) -> Iterator[Proposal]:
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
                yield Proposal("factor", scene.edit((part, _atom(rest, scene.text(rest)))), words)
        if isinstance(part.op, ast.Mult):
            new = f"{scene.text(part.left)} / {_atom(part.right, scene.text(part.right))}"
            divisor = scene.evaluated(part.right)
            if divisor is not None and not divisor.ndim:
                yield Proposal(
                    "factor",
                    scene.edit((part, new)),
                    f"It multiplies by `{scene.text(part.right)}` where it was to divide",
                )


def _constant_missing(scene: Scene) -> Iterator[Proposal]:
    """Multiply the line by the one number that makes it right, or a part of it by one of the usual numbers."""
    if scene.got is not None and scene.expected is not None:
        ratio = constant_ratio(scene.got, scene.expected, scene.truth.ruler)
        if ratio is not None and (_is_usual(ratio) or np.ptp(scene.got) > 0):
            yield _scaled(scene, scene.value, ratio)
            yield from _scaled_below(scene, ratio)
        elif scene.got.shape != scene.expected.shape:
            return
    sizes = sorted(_sizes(scene))
    for part in scene.parts():
        if isinstance(part, ast.BinOp | ast.Call | ast.Name | ast.Subscript | ast.Attribute) or part is scene.value:
            for ratio in (2.0, 0.5, *(1.0 / n for n in sizes), *map(float, sizes)):
                yield _scaled(scene, part, ratio)


def _scaled_below(scene: Scene, ratio: float) -> Iterator[Proposal]:
    """Yield the line with one below it, which multiplies the whole of an array of which it writes a part."""
    node = scene.statement.node
    target = (
        node.target if isinstance(node, ast.AugAssign) else node.targets[0] if isinstance(node, ast.Assign) else None
    )
    base = target.value if isinstance(target, ast.Subscript) else None
    if base is not None:
        whole = _scaled(scene, scene.value, ratio)
        sign = f"/= {round(1 / ratio)}" if abs(1 / ratio - round(1 / ratio)) < 1e-6 else f"*= {ratio:.12g}"
        edit = Edit(scene.statement, f"{scene.statement.text}\n{scene.text(base)} {sign}")
        yield Proposal(whole.slip, edit, f"`{scene.text(base)} {sign}` is missing below it")


def _is_usual(ratio: float) -> bool:
    """Return whether a factor is a small whole number, or one divided by one: of numbers alike there always is some."""
    return any(abs(one - round(one)) < 1e-9 * abs(one) and 0 < abs(one) < 1000 for one in (ratio, 1 / ratio))


def _scaled(scene: Scene, part: ast.expr, ratio: float) -> Proposal:
    text = scene.text(part)
    n = round(1 / ratio)
    is_share = n > 1 and abs(ratio * n - 1) < 1e-6
    in_sizes = is_share and n in _sizes(scene) and not (n == 2 and _sizes(scene)[2] < 1)
    if abs(ratio + 1) < 1e-6:
        words = f"A minus is missing before `{text}`"
        return Proposal("sign", scene.edit((part, f"-{_product(part, text)}")), words)
    if is_share:
        new = f"{_product(part, text)} / {n}"
        words = (
            f"`/ {n}` is missing: it sums over {n} where a mean was meant"
            if in_sizes
            else f"The factor 1/{n} is missing"
        )
        return Proposal("missing-mean" if in_sizes else "factor", scene.edit((part, new)), words)
    number = repr(round(ratio) if abs(ratio - round(ratio)) < 1e-6 else float(f"{ratio:.12g}"))
    new = f"{number} * {_product(part, text)}"
    return Proposal("factor", scene.edit((part, new)), f"The factor {static(ratio)} is missing")


def _sizes(scene: Scene) -> dict[int, int]:
    """Return how many entries a mean may have been taken over: sizes and lengths of what is at hand, how often each."""
    shapes = {node.shape for node in scene.truth.nodes[-200:]}
    shapes |= {array.shape for array in (scene.got, scene.expected) if array is not None}
    counts: dict[int, int] = _Counts()
    for shape in shapes:
        for n in {*shape, int(np.prod(shape))}:
            if n > 1:
                counts[n] = counts.get(n, 0) + 1
    return counts


class _Counts(dict[int, int]):
    def __missing__(self, key: int) -> int:
        return 0


# -- overwriting


def _overwritten(scene: Scene) -> Iterator[Proposal]:
    node, text = scene.statement.node, scene.statement.text
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
        start, _ = scene.statement.segment(node.value)
        is_there = (
            isinstance(target, ast.Subscript)
            or scene.evaluated(ast.parse(ast.unparse(target), mode="eval").body) is not None
        )
        if is_there and not isinstance(target, ast.Tuple):
            new = f"{scene.text(target)} += {text[start:]}"
            words = f"It overwrites `{scene.text(target)}`, to which it was to add: `=` for `+=`"
            yield Proposal("overwritten", Edit(scene.statement, new), words)
    if (
        isinstance(node, ast.AugAssign)
        and isinstance(node.target, ast.Subscript)
        and isinstance(node.op, ast.Add | ast.Sub)
    ):
        base, index = scene.text(node.target.value), scene.text(node.target.slice)
        function = "add" if isinstance(node.op, ast.Add) else "subtract"
        new = f"np.{function}.at({base}, ({index}), {scene.text(node.value)})"
        written = f"{scene.text(node.target)} {'+' if function == 'add' else '-'}="
        words = (
            f"`{written}` keeps only the last of the contributions to an entry that `{index}` names twice, where "
            f"`np.{function}.at` was meant"
        )
        names = {} if "np" in scene.scope else {"np": np}
        yield Proposal("overwritten", Edit(scene.statement, new, names), words)


def _added_to(scene: Scene) -> Iterator[Proposal]:
    node = scene.statement.node
    if isinstance(node, ast.AugAssign):
        new = f"{scene.text(node.target)} = {scene.text(node.value)}"
        words = f"It adds to `{scene.text(node.target)}`, which was to be assigned"
        yield Proposal("other", Edit(scene.statement, new), words)


# -- other operands


def _other_operands(scene: Scene) -> Iterator[Proposal]:
    arrays = scene.arrays()
    for same, text, numbers in _uses(scene):
        for name, value in arrays.items():
            if value.shape == numbers.shape and name not in (text, "_"):
                yield from _exchanged(scene, same, text, name)
    yield from _other_entries(scene)


def _operands_of_forward(scene: Scene) -> Iterator[Proposal]:
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


# -- slopes and factors


def _values_for_slopes(scene: Scene) -> Iterator[Proposal]:
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


def _missing_factors(scene: Scene) -> Iterator[Proposal]:
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
                new = f"{_product(part, text)} {sign} {name}"
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
            (scene.value, f"{_product(scene.value, text)} * {function}()"),
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


# -- what has no name


def _other_comparisons(scene: Scene) -> Iterator[Proposal]:
    for part in (*scene.parts(), *scene.places()):
        if isinstance(part, ast.Compare) and len(part.ops) == 1:
            for sign in (">", ">=", "<", "<=", "==", "!="):
                new = f"{scene.text(part.left)} {sign} {scene.text(part.comparators[0])}"
                yield Proposal("other", scene.edit((part, new)), f"It has `{scene.text(part)}` where `{new}` was meant")


def _others(scene: Scene) -> Iterator[Proposal]:
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
            new = f"({_product(part.left, left)} {sign} {_atom(part.right, right)})"
            yield Proposal("other", scene.edit((part, new)), f"It has `{text}` where `{new[1:-1]}` was meant")
    if isinstance(part.op, ast.Pow):
        if isinstance(part.left, ast.BinOp) and isinstance(part.left.op, ast.Add | ast.Sub):
            sign = "+" if isinstance(part.left.op, ast.Add) else "-"
            inner = part.left
            new = f"({scene.text(inner.left)} {sign} {_atom(inner.right, scene.text(inner.right))}**{right})"
            yield Proposal(
                "other", scene.edit((part, new)), f"The brackets of `{text}` stand in the wrong place: `{new[1:-1]}`"
            )
        for shift in ("- 1", "+ 1", "- 0.5", "+ 0.5"):
            new = f"{_atom(part.left, left)} ** ({right} {shift})"
            yield Proposal("other", scene.edit((part, f"({new})")), f"`{text}` has the wrong power")


def _missing_powers(scene: Scene) -> Iterator[Proposal]:
    for part in scene.parts():
        if isinstance(part, ast.Name | ast.Attribute | ast.Subscript | ast.Call):
            numbers = scene.evaluated(part)
            if numbers is not None and numbers.dtype.kind == "f":
                for power in (2, 3):
                    new = f"{_atom(part, scene.text(part))}**{power}"
                    words = f"`{scene.text(part)}` has the wrong power: `{new}` was meant"
                    yield Proposal("missing-factor", scene.edit((part, new)), words)


def _other_constants(scene: Scene) -> Iterator[Proposal]:
    """Numbers that forward has otherwise, such as an option that it is called with."""
    for part in (*scene.parts(), *scene.places()):
        if isinstance(part, ast.Constant) and type(part.value) in (int, float):
            for number in scene.truth.constants:
                if number != part.value:
                    words = f"It has `{scene.text(part)}` where `{number!r}` was meant, which stands in forward"
                    yield Proposal("other", scene.edit((part, repr(number))), words)


def _other_targets(scene: Scene) -> Iterator[Proposal]:
    """Another place that is written to: another row, or another array of the same shape."""
    node = scene.statement.node
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
    for target in targets:
        text = scene.text(target)
        for part, new in _elsewhere(scene, target):
            edit = scene.edit((part, new))
            start, end = scene.statement.segment(target)
            meant = edit.text[start : end + len(edit.text) - len(scene.statement.text)]
            yield Proposal("wrong-operand", edit, f"It writes to `{text}` where `{meant}` was meant")


def _elsewhere(scene: Scene, target: ast.expr) -> Iterator[tuple[ast.expr, str]]:
    if isinstance(target, ast.Subscript):
        places = target.slice.elts if isinstance(target.slice, ast.Tuple) else [target.slice]
        for place in places:
            for index in _indices(scene.statement):
                if not isinstance(place, ast.Slice) and index != scene.text(place):
                    yield place, index
    elif isinstance(target, ast.Name | ast.Attribute):
        own = scene.evaluated(ast.parse(ast.unparse(target), mode="eval").body)
        adds = own is not None and isinstance(scene.statement.node, ast.AugAssign)
        text, shape = scene.text(target), None if own is None else own.shape
        for name, other in scene.arrays().items() if adds else ():
            if other.shape == shape and name.isidentifier() and name != text:
                yield target, name


@lru_cache(maxsize=256)
def _indices(statement: Statement) -> tuple[str, ...]:
    """Return what stands as an index somewhere in the function that a statement stands in."""
    parts = [part for node in statement.function for part in ast.walk(node) if isinstance(part, ast.Subscript)]
    slices = [one for part in parts for one in (part.slice.elts if isinstance(part.slice, ast.Tuple) else [part.slice])]
    return tuple(dict.fromkeys(ast.unparse(one) for one in slices if not isinstance(one, ast.Slice)))[:_MOST_NAMES]


def _missing_terms(scene: Scene) -> Iterator[Proposal]:
    if scene.got is None or scene.expected is None or scene.got.shape != scene.expected.shape:
        return
    rest = scene.expected - scene.got
    for name, value in scene.arrays().items():
        if value.shape == rest.shape and scene.truth.ruler.agree(value, rest):
            edit = scene.edit((scene.value, f"{scene.text(scene.value)} + {name}"))
            yield Proposal("other", edit, f"The contribution `{name}` is missing")


SLIPS: tuple[tuple[int, Callable[[Scene], Iterator[Proposal]]], ...] = (
    (0, _other_sign),
    (0, _overwritten),
    (0, _turned),
    (0, _too_many_sums),
    (0, _mean_for_sum),
    (0, _constant_dropped),
    (0, _values_for_slopes),
    (0, _other_operands),
    (0, _other_comparisons),
    (0, _other_constants),
    (0, _other_targets),
    (1, _constant_missing),
    (1, _opposite),
    (1, _missing_sum),
    (1, _missing_terms),
    (1, _missing_powers),
    (1, _missing_factors),
    (1, _operands_of_forward),
    (2, _wrong_axis),
    (2, _added_to),
    (2, _others),
)
"""How far each kind of slip is to be sought, and what writes the line without it: 0 exchanges what is written, 1 adds
what is missing, 2 has no name of its own."""


def proposals(scene: Scene, rank: int) -> Iterator[Proposal]:
    """Yield other lines for a scene, of one rank."""
    if scene.statement.value is None:
        return
    seen = {scene.statement.text}
    for own, propose in SLIPS:
        if own == rank:
            for proposal in propose(scene):
                if proposal.edit.text not in seen:
                    seen.add(proposal.edit.text)
                    yield proposal
