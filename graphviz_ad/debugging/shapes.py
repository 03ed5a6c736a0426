"""Arrays that grew by accident: n numbers met n others in a column, and every one was paired with every other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import numpy as np

from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.findings import Finding
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.variable import Variable
from graphviz_ad.story.labels import shape_text

__all__ = ["grown_shapes", "is_grown", "written_operand"]

_AXES = frozenset(["expand_dims", "reshape"])
"""Primitives with which one says that every number is to meet every other."""


def grown_shapes(exam: Examination) -> Iterator[Finding]:
    """Yield the operations between as many numbers as numbers whose result has the square of them, once a line."""
    grown = [i for i in exam.arrays if is_grown(exam.nodes[i])]
    for group in exam.same_line(grown).values():
        yield _finding(exam, group[0])


def is_grown(node: Variable) -> bool:
    """Return whether a node pairs n numbers with n others, each with all, and the person did not write it so.

    Examples
    --------
    >>> x, t = Variable([1.0, 2.0]), np.ones((2, 1))
    >>> is_grown(x - t), is_grown(x - t[:, 0])
    (True, False)
    """
    return node._primitive is not None and node._primitive.elementwise and _grew(node) and not _is_meant(node)


def _grew(node: Variable) -> bool:
    """Whether a node pairs n numbers with n, of which one array has another number of axes."""
    operands = node.operands
    if len(operands) != 2:
        return False
    short, long = sorted((np.shape(plain_value(x)) for x in operands), key=len)
    return len(node.shape) > 1 and len(short) < len(long) and _pairs(short, long, node.shape)


def _pairs(short: tuple[int, ...], long: tuple[int, ...], whole: tuple[int, ...]) -> bool:
    """Whether a flat array meets a column of as many numbers: (n,) and (n, 1) make (n, n).

    Examples
    --------
    >>> _pairs((6,), (6, 1), (6, 6)), _pairs((3,), (6, 1), (6, 3)), _pairs((6,), (4, 6), (4, 6))
    (True, False, False)
    """
    return len(short) >= 1 and short[-1] > 1 and long[-2:] == (short[-1], 1) and whole[-2:] == (short[-1], short[-1])


def _is_meant(node: Variable) -> bool:
    """Whether the person gave one of the operands its axis right here, so that the shapes are as they want them."""
    for k, operand in enumerate(node.operands):
        if isinstance(operand, Variable) and operand.primitive is not None:
            if operand.primitive.name in _AXES or _adds_axis(operand):
                return True
        elif not isinstance(operand, Variable) and _is_written_with_axis(node, k):
            return True
    return False


def _adds_axis(operand: Variable) -> bool:
    """Whether a node indexes with None: ``x[:, None]``."""
    if operand.primitive is None or operand.primitive.name != "index":
        return False
    index = operand.operands[1]
    return index is None or (isinstance(index, tuple) and any(part is None for part in index))


def written_operand(node: Variable, k: int) -> str:
    """Return the source of an operand of an operator; empty where it cannot be read.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> y = np.ones((3, 1))
    >>> written_operand(gad.trace(lambda p: p - y, np.ones(3)).output, 1)
    'y'
    """
    site = node.site
    try:
        expression = ast.parse(site.text.strip(), mode="eval").body if site is not None else None
    except SyntaxError:
        return ""
    if not isinstance(expression, ast.BinOp):
        return ""
    return ast.unparse(expression.left if k == 0 else expression.right)


def _is_written_with_axis(node: Variable, k: int) -> bool:
    """Whether the source of a constant operand gives it an axis: ``t[:, None]``, ``t.reshape(-1, 1)``."""
    text = written_operand(node, k)
    return any(word in text for word in ("None", "newaxis", "reshape", "expand_dims"))


def _finding(exam: Examination, i: int) -> Finding:
    node = exam.nodes[i]
    shapes = [np.shape(plain_value(x)) for x in node.operands]
    names = [_called(exam, i, k) for k in range(2)]
    count = max(shapes[0][-1], shapes[1][-1])
    affected = exam.inputs_above(i)
    written, whole = exam.written(i), shape_text(node.shape)
    flat, column = (0, 1) if len(shapes[0]) < len(shapes[1]) else (1, 0)
    first = names[flat].replace("the ", "The ", 1) if names[flat].startswith("the ") else names[flat]
    return exam.finding(
        "broadcast",
        "warning",
        f"{written} is {whole} where {count} numbers met {count}",
        f"{first} has shape {shapes[flat]} and {names[column]} {shapes[column]}: NumPy copied both along the "
        f"other and paired every number with every other, so {written} grew to {whole}. Only the {count} on the "
        f"diagonal pair numbers of the same place; the other {node.size - node.size // count} count just as much.",
        i,
        reaches=exam.names_of(affected),
        path=(i,),
    )


def _called(exam: Examination, i: int, k: int) -> str:
    operand: Any = exam.nodes[i].operands[k]
    if isinstance(operand, Variable):
        return exam.called(exam.position[operand.index])
    written = written_operand(exam.nodes[i], k)
    return written if written.isidentifier() else ("the left operand", "the right operand")[k]
