"""Errors for shapes that do not fit: NumPy's ValueError, told with the person's call, names, shapes and line.

Nothing is looked at until NumPy has refused the operands, so that recording costs nothing more.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

import numpy as np

from graphviz_ad.engine.frames import cut, user_frame
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.written import MISSING, expression_at, lookup, update_at
from graphviz_ad.errors import at_line

__all__ = ["explain"]

_LONGEST = 60
_NUMBERS = ("the first", "the second", "the third")
_Shape = tuple[int, ...]


def explain(error: BaseException, operands: Sequence[Any]) -> None:
    """Say of an error that is about to reach the person what did not fit, and cut its traceback.

    Parameters
    ----------
    error : BaseException
        Changed in place, if it is NumPy's about shapes.
    operands : sequence
        What the operator, the function or the method was called with.
    """
    if type(error) is ValueError and len(error.args) == 1 and isinstance(error.args[0], str):
        for pattern, tell in _MESSAGES.items():
            match = re.search(pattern, error.args[0])
            sentence = _sentence(match, tell, operands) if match is not None else ""
            if sentence:
                error.args = (sentence,)
                break
    cut(error)


def _sentence(match: re.Match[str], tell: Callable[..., str], operands: Sequence[Any]) -> str:
    frame = user_frame()
    expression = expression_at(frame)
    parts: list[ast.expr] = []
    if isinstance(expression, ast.BinOp):
        parts = [expression.left, expression.right]
    elif isinstance(expression, ast.Call):
        owner = [expression.func.value] if isinstance(expression.func, ast.Attribute) else []
        parts = [*expression.args, *(word.value for word in expression.keywords)]
        parts = [*owner, *parts] if owner and frame is not None and _is_method(frame, owner[0]) else parts
    update = update_at(frame)
    if update is not None:
        parts = [update.target, ast.parse(update.value, mode="eval").body]
    if tell in (_concatenate, _stack) and operands and isinstance(operands[0], tuple | list):
        operands = operands[0]
        parts = parts[0].elts if parts and isinstance(parts[0], ast.List | ast.Tuple) else []
    elif tell is _reshape:
        operands, parts = operands[:1], parts[:1]
    shapes = [np.shape(plain_value(operand)) for operand in operands]
    names = _names(frame, parts, operands)
    call = update.text if update is not None else ast.unparse(expression) if expression is not None and names else ""
    text = tell(match, names or list(_NUMBERS), shapes)
    if not text:
        return ""
    return f"{call if len(call) <= _LONGEST else ''}{': ' if 0 < len(call) <= _LONGEST else ''}{text}{at_line(frame)}"


def _is_method(frame: FrameType, owner: ast.expr) -> bool:
    value = lookup(frame, owner)
    return hasattr(type(value), "__record__") or (value is MISSING and not isinstance(owner, ast.Name))


def _names(frame: FrameType | None, parts: Sequence[ast.expr], operands: Sequence[Any]) -> list[str]:
    """Return what the person calls the operands; empty where what is written there is something else."""
    if frame is None or len(parts) != len(operands):
        return []
    for part, operand in zip(parts, operands, strict=True):
        value = lookup(frame, part)
        if isinstance(part, ast.Starred) or (value is not MISSING and value is not operand):
            return []
    names = [ast.unparse(part) for part in parts]
    return names if max(map(len, names), default=0) <= _LONGEST else []


def _matmul(match: re.Match[str], names: list[str], shapes: list[_Shape]) -> str:
    if len(shapes) != 2 or not all(shapes):
        return ""
    (a, b), (first, second) = shapes, names[:2]
    inner = b[0] if len(b) == 1 else b[-2]
    text = f"{_of(names, shapes)}: the {a[-1]} and the {inner} must be equal"
    if first.isidentifier() and second.isidentifier():
        if len(b) == 2 and a[-1] == b[1]:
            text += f", as they are in {first} @ {second}.T"
        elif len(a) == 2 and a[0] == inner:
            text += f", as they are in {first}.T @ {second}"
    return text


def _number(match: re.Match[str], names: list[str], shapes: list[_Shape]) -> str:
    if len(shapes) != 2 or all(shapes):
        return ""
    first, second = (name if name.isidentifier() else f"({name})" for name in names[:2])
    way = f": write {first} * {second}" if " " not in first + second else ""
    return f"{names[0] if not shapes[0] else names[1]} is a single number, and @ multiplies arrays{way}"


def _broadcast(match: re.Match[str], names: list[str], shapes: list[_Shape]) -> str:
    if not 2 <= len(shapes) <= 3:
        return ""
    text = _of(names, shapes)
    for place in range(1, max(map(len, shapes)) + 1):
        sizes = sorted({shape[-place] for shape in shapes if len(shape) >= place} - {1})
        if len(sizes) < 2:
            continue
        text += f": the {' and the '.join(map(str, sizes))} must be equal, or one of them 1"
        for name, shape, other in ((names[1], shapes[1], shapes[0]), (names[0], shapes[0], shapes[1])):
            if (
                len(shapes) == 2
                and len(shape) == 1
                and len(other) == 2
                and other[0] == shape[0]
                and name.isidentifier()
            ):
                return f"{text}; {name}[:, None] is {(*shape, 1)}, which fits"
        return text
    return ""


def _concatenate(match: re.Match[str], names: list[str], shapes: list[_Shape]) -> str:
    if not 2 <= len(shapes) <= 3:
        return ""
    rule = "they need as many dimensions" if "number of" in match[0] else "only the dimension of axis may differ"
    return f"{_of(names, shapes)}: {rule}"


def _stack(match: re.Match[str], names: list[str], shapes: list[_Shape]) -> str:
    if not 2 <= len(shapes) <= 3:
        return ""
    return (
        f"{_of(names, shapes)}: to be stacked they need the same shape; np.concatenate joins what is of one dimension"
    )


def _reshape(match: re.Match[str], names: list[str], shapes: list[_Shape]) -> str:
    return f"{_of(names, shapes)}, which is {match[1]} numbers, and the new shape does not hold as many"


def _of(names: list[str], shapes: list[_Shape]) -> str:
    text = [f"{name} is {shape if shape else 'a single number'}" for name, shape in zip(names, shapes, strict=False)]
    return ", ".join(text[:-1]) + (" and " if len(text) > 1 else "") + text[-1]


_MESSAGES: dict[str, Callable[..., str]] = {
    "mismatch in its core dimension|not aligned": _matmul,
    "does not have enough dimensions": _number,
    "could not be broadcast together with (?!shape )": _broadcast,  # of np.repeat, with a shape and a count
    "must have same number of dimensions|must match exactly": _concatenate,
    "all input arrays must have the same shape": _stack,
    r"cannot reshape array of size (\d+)": _reshape,
}
"""What NumPy's message contains, and who tells it."""
