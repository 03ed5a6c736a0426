"""Slips of operands: a name, an attribute or an entry that stands for another one."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import combinations
from types import FunctionType

from graphviz_ad.debugging.hand_written.comparing import Array, constant_ratio
from graphviz_ad.debugging.hand_written.slips.scene import Proposal, Scene

__all__ = [
    "forwards_own",
    "functions_left_out",
    "functions_within",
    "operands_of_forward",
    "operands_unlike",
    "other_functions",
    "other_operands",
    "shifted",
]


def other_operands(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with another name of the same shape for one in it."""
    arrays = scene.arrays()
    for same, text, numbers in _uses(scene):
        for name, value in arrays.items():
            if name not in (text, "_") and _may_stand_for(scene, value, numbers):
                yield from _exchanged(scene, same, text, name)
    yield from _other_entries(scene)
    yield from _other_sizes(scene)
    yield from _other_order(scene)
    yield from _other_slices(scene)


def _may_stand_for(scene: Scene, value: Array, numbers: Array) -> bool:
    """Whether an array may be what was meant: of the same shape, unless the line has a wrong one."""
    got, expected = scene.got, scene.expected
    is_misshapen = scene.whole and got is not None and expected is not None and got.shape != expected.shape
    return value.shape == numbers.shape or (is_misshapen and 0 < value.ndim == numbers.ndim)


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


def operands_unlike(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with a name of another shape for one in it, which broadcasts against the rest of the line."""
    arrays = scene.arrays()
    for same, text, numbers in _uses(scene):
        for name, value in arrays.items():
            if name not in (text, "_") and value.shape != numbers.shape and numbers.ndim and value.ndim:
                yield from _exchanged(scene, same, text, name)


def other_functions(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with another function of the person's for one, as `dgelu` for `gelu`."""
    functions = {n: f for n, f in scene.scope.items() if isinstance(f, FunctionType) and _is_of(scene, f)}
    for part in scene.parts():
        name = part.func.id if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) else ""
        if not isinstance(part, ast.Call) or name not in functions or part.keywords:
            continue
        for other, function in functions.items():
            if other not in (name, getattr(scene.statement.top, "name", "")) and function.__code__.co_argcount == len(
                part.args
            ):
                slip = "value-for-derivative" if name in other else "wrong-operand"
                words = f"It calls `{name}` where `{other}` was meant"
                yield Proposal(slip, scene.edit((part.func, other)), words)


def _is_of(scene: Scene, function: FunctionType) -> bool:
    """Return whether a function stands in the file of the line."""
    return function.__code__.co_filename == scene.statement.source.filename


def functions_left_out(scene: Scene) -> Iterator[Proposal]:
    """Yield a line that computes something of forward's again with a function of forward's applied to all of it."""
    node = scene.statement.node
    target = node.targets[0] if isinstance(node, ast.Assign) and len(node.targets) == 1 else None
    if isinstance(target, ast.Name) and target.id in scene.of_forward():
        text = scene.text(scene.value)
        for function in scene.truth.functions:
            words = f"It is `{text}` where `{function}({text})` was meant"
            yield Proposal("wrong-operand", scene.edit((scene.value, f"{function}({text})")), words)


def functions_within(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with a function of forward's applied to a name, as `sigmoid(z)` for `z`."""
    for same, text, numbers in _uses(scene):
        for function in scene.truth.functions:
            new = f"{function}({text})"
            value = scene.evaluated(ast.parse(new, mode="eval").body)
            if value is not None and value.shape == numbers.shape and value.dtype.kind == "f":
                for each in _groups(same)[::-1]:
                    words = f"It uses `{text}` where `{new}` was meant"
                    yield Proposal("wrong-operand", scene.edit(*((one, new) for one in each)), words)


def forwards_own(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with what forward has for the name that it gives to something else."""
    node = scene.statement.node
    target = node.targets[0] if isinstance(node, ast.Assign) and len(node.targets) == 1 else None
    name = target.id if isinstance(target, ast.Name) else ""
    value = scene.of_forward().get(name)
    if value is not None:
        words = f"It is not what forward calls `{name}`"
        yield Proposal("other", scene.edit((scene.value, "_gad_own"), _gad_own=value), words, is_written=False)


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
        yield from _exchanged_indices(scene, part)
        first = part.slice.elts[-1] if isinstance(part.slice, ast.Tuple) and part.slice.elts else part.slice
        for index in {id(first): first, id(part.slice): part.slice}.values():
            for new in shifted(scene.text(index), index):
                whole = scene.text(part)
                edit = scene.edit((index, new))
                meant = whole.replace(
                    f"[{scene.text(part.slice)}]", f"[{scene.text(part.slice).replace(scene.text(index), new)}]"
                )
                yield Proposal("wrong-operand", edit, f"It uses `{whole}` where `{meant}` was meant")


def _exchanged_indices(scene: Scene, part: ast.Subscript) -> Iterator[Proposal]:
    """Yield the line with two of the indices of an entry in each other's places."""
    indices = part.slice.elts if isinstance(part.slice, ast.Tuple) else []
    for a, b in combinations((one for one in indices if not isinstance(one, ast.Slice)), 2):
        first, second = scene.text(a), scene.text(b)
        if first != second:
            words = f"The indices `{first}` and `{second}` of `{scene.text(part)}` stand in each other's places"
            yield Proposal("wrong-operand", scene.edit((a, second), (b, first)), words)


def _other_slices(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with the other end of an array, ``[n:]`` for ``[:n]``, ``[1:]`` for ``[:-1]``."""
    slices = [part for part in (*scene.parts(), *scene.places()) if isinstance(part, ast.Slice)]
    halves = [part for part in slices if part.step is None and (part.lower is None) != (part.upper is None)]
    for part in halves:
        text = scene.text(part)
        for new in _other_ends(part):
            yield Proposal("wrong-operand", scene.edit((part, new)), f"It takes `[{text}]` where `[{new}]` was meant")
    if len(halves) == 2:
        (a, new_a), (b, new_b) = ((part, [*_other_ends(part)][-1]) for part in halves)
        words = f"It takes `[{scene.text(a)}]` and `[{scene.text(b)}]` where `[{new_a}]` and `[{new_b}]` were meant"
        yield Proposal("wrong-operand", scene.edit((a, new_a), (b, new_b)), words)


def _other_ends(part: ast.Slice) -> Iterator[str]:
    bound = part.lower or part.upper
    if bound is None:
        return
    text = ast.unparse(bound)
    inner = ast.unparse(bound.operand) if isinstance(bound, ast.UnaryOp) and isinstance(bound.op, ast.USub) else ""
    minus = inner or (
        f"-{text}" if isinstance(bound, ast.Name | ast.Constant | ast.Subscript | ast.Call) else f"-({text})"
    )
    yield from (f":{text}", f":{minus}") if part.lower is not None else (f"{text}:", f"{minus}:")


def _other_sizes(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with another size for one in it: of another axis or array, or one less or more."""
    uses: dict[str, list[ast.expr]] = {}
    for part in (*scene.parts(), *scene.places()):
        if isinstance(part, ast.Name | ast.Attribute | ast.Subscript | ast.Call):
            uses.setdefault(scene.text(part), []).append(part)
    named = {name: value for name, value in scene.sizes().items() if value > 1}
    got, expected = scene.got, scene.expected
    is_factor = (
        got is not None and expected is not None and constant_ratio(got, expected, scene.truth.ruler) is not None
    )
    for text, same in uses.items():
        numbers = scene.evaluated(same[0])
        if numbers is None or numbers.ndim or numbers.dtype.kind not in "iu" or numbers < 2:
            continue
        others = [name for name, value in named.items() if value != numbers]
        for new in (*others, *_axes_of(same[0]), f"({text} - 1)", f"({text} + 1)"):
            for each in _groups(same):
                bare = new[1:-1] if new.startswith("(") else new
                words = f"It uses `{text}` where `{bare}` was meant"
                yield Proposal(
                    "factor" if new != bare and is_factor else "wrong-operand",
                    scene.edit(*((one, new) for one in each)),
                    words,
                )


def _axes_of(part: ast.expr) -> Iterator[str]:
    """Yield the lengths of the other axes, where an expression is the length of one."""
    if isinstance(part, ast.Subscript) and isinstance(part.value, ast.Attribute) and part.value.attr == "shape":
        yield from (f"{ast.unparse(part.value)}[{axis}]" for axis in (0, 1, -1) if ast.unparse(part.slice) != str(axis))
        yield f"{ast.unparse(part.value.value)}.size"
    if isinstance(part, ast.Call) and ast.unparse(part.func) == "len" and len(part.args) == 1:
        yield from (f"{ast.unparse(part.args[0])}.shape[1]", f"{ast.unparse(part.args[0])}.size")


def _other_order(scene: Scene) -> Iterator[Proposal]:
    """Yield the line with two of the arrays exchanged that it puts side by side, or that it calls a function with."""
    for part in scene.parts():
        is_call = isinstance(part, ast.Call) and ast.unparse(part.func).rpartition(".")[2] in _BESIDE
        if isinstance(part, ast.Call) and is_call and part.args and isinstance(part.args[0], ast.Tuple | ast.List):
            yield from _in_other_places(scene, part.args[0].elts)
        elif isinstance(part, ast.Call):
            named = [one for one in part.args if isinstance(one, ast.Name | ast.Attribute | ast.Subscript)]
            pairs = [(one, scene.evaluated(one)) for one in named[:_MOST_ARGUMENTS]]
            shapes = dict.fromkeys(numbers.shape for _, numbers in pairs if numbers is not None)
            for shape in shapes:
                yield from _in_other_places(scene, [one for one, n in pairs if n is not None and n.shape == shape])


def _in_other_places(scene: Scene, parts: Sequence[ast.expr]) -> Iterator[Proposal]:
    for a, b in combinations(parts, 2):
        first, second = scene.text(a), scene.text(b)
        if first != second:
            words = f"`{first}` and `{second}` stand in each other's places"
            yield Proposal("wrong-operand", scene.edit((a, second), (b, first)), words)


_MOST_ARGUMENTS = 5
_BESIDE = ("concatenate", "hstack", "vstack", "stack", "column_stack", "append")


def shifted(text: str, index: ast.expr) -> Iterator[str]:
    """Yield an index that is one less or more, as one would write it."""
    if isinstance(index, ast.Constant) and isinstance(index.value, int):
        yield from (str(index.value - 1), str(index.value + 1))
        return
    if isinstance(index, ast.BinOp) and isinstance(index.op, ast.Add | ast.Sub):
        yield ast.unparse(index.left)
    if isinstance(index, ast.Name | ast.BinOp | ast.Constant | ast.UnaryOp) and not (
        isinstance(index, ast.Constant) and not isinstance(index.value, int)
    ):
        yield f"{text} - 1"
        yield f"{text} + 1"
