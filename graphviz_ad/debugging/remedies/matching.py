"""A line of NumPy as a pattern: letters match whatever is there, the rest what was recorded.

``np.log(1 + np.exp(x))`` matches a node that is the logarithm of a sum of 1 and an exponential, in one line of the
person's or in three. Sums and products match in either order, squares however they are written; ``**k`` stands for the
axis and its kin, and ``(r := ...)`` gives a name to what is matched.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.engine.variable import Variable

__all__ = ["Match", "alike", "matched"]

_OPERATORS = {ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide", ast.Pow: "power"}
_EITHER_ORDER = frozenset(["add", "multiply", "logaddexp", "hypot", "maximum", "minimum"])
_DEFAULTS = {"axis": None, "keepdims": False}


class Use(NamedTuple):
    """Where a letter was met: as which operand of which node."""

    node: Variable
    argument: int


class Match(NamedTuple):
    """What a pattern has matched.

    Attributes
    ----------
    letters : dict
        What each letter stands for: a node, a constant, or, for ``k``, keywords.
    uses : dict
        Where each letter was met first, so that it can be spelled as the person does.
    nodes : tuple of Variable
        All nodes that the pattern is about.
    """

    letters: Mapping[str, Any]
    uses: Mapping[str, Use]
    nodes: tuple[Variable, ...]


@lru_cache(maxsize=256)
def _parsed(pattern: str) -> ast.expr:
    return ast.parse(pattern, mode="eval").body


def matched(pattern: str, node: Any) -> Match | None:
    """Return what a pattern matches at a node; None where it does not.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> t = gad.trace(lambda x: np.log(np.exp(-x) + 1.0), 2.0)
    >>> match = matched("np.log(1 + np.exp(x))", t.output)
    >>> match.letters["x"].primitive, len(match.nodes)
    (<primitive negative>, 3)
    >>> matched("np.log(1 + np.cosh(x))", t.output) is None
    True
    """
    return next(_matches(_parsed(pattern), node, None, Match({}, {}, ())), None)


def _matches(pattern: ast.expr, what: Any, use: Use | None, so_far: Match) -> Iterator[Match]:
    """Yield every way in which a pattern matches, going on from what is matched already."""
    if isinstance(pattern, ast.NamedExpr):
        for match in _matches(pattern.value, what, use, so_far):
            yield from _named(pattern.target.id, what, use, match)
    elif isinstance(pattern, ast.Name):
        yield from _named(pattern.id, what, use, so_far)
    elif isinstance(pattern, ast.Constant):
        if _is_number(what, pattern.value):
            yield so_far
    elif isinstance(what, Variable) and what.primitive is not None:
        for name, operands in _readings(pattern):
            yield from _recorded(name, operands, pattern, what, so_far)


def _is_number(what: Any, number: Any) -> bool:
    return not isinstance(what, Variable) and np.ndim(what) == 0 and not isinstance(what, tuple) and what == number


def _named(letter: str, what: Any, use: Use | None, so_far: Match) -> Iterator[Match]:
    if letter in so_far.letters:
        if alike(so_far.letters[letter], what):
            yield so_far
        return
    uses = so_far.uses if use is None else {**so_far.uses, letter: use}
    yield so_far._replace(letters={**so_far.letters, letter: what}, uses=uses)


def _readings(pattern: ast.expr) -> Iterator[tuple[str, list[ast.expr]]]:
    """Yield the names of the primitives that may have recorded a pattern, with its operands."""
    if isinstance(pattern, ast.BinOp):
        name, operands = _OPERATORS[type(pattern.op)], [pattern.left, pattern.right]
        yield name, operands
        if name == "power" and isinstance(pattern.right, ast.Constant) and pattern.right.value == 2:
            yield "square", [pattern.left]
            yield "multiply", [pattern.left, pattern.left]
    elif isinstance(pattern, ast.Subscript):
        yield "index", [pattern.value, pattern.slice]
    elif isinstance(pattern, ast.UnaryOp):
        yield "negative", [pattern.operand]
    elif isinstance(pattern, ast.Call):
        yield ast.unparse(pattern.func).rpartition(".")[2], pattern.args


def _recorded(name: str, patterns: list[ast.expr], whole: ast.expr, node: Variable, so_far: Match) -> Iterator[Match]:
    operands = node.operands
    if node.primitive is None or node.primitive.name != name or len(operands) != len(patterns):
        return
    so_far = so_far._replace(nodes=(*so_far.nodes, node))
    for own in _with_keywords(whole, node, so_far):
        orders = [range(len(operands))]
        if name in _EITHER_ORDER and len(operands) == 2:
            orders.append(range(1, -1, -1))
        for order in orders:
            yield from _all([(pattern, k) for pattern, k in zip(patterns, order, strict=True)], node, own)


def _all(pairs: list[tuple[ast.expr, int]], node: Variable, so_far: Match) -> Iterator[Match]:
    if not pairs:
        yield so_far
        return
    (pattern, k), *rest = pairs
    for match in _matches(pattern, node.operands[k], Use(node, k), so_far):
        yield from _all(rest, node, match)


def _with_keywords(pattern: ast.expr, node: Variable, so_far: Match) -> Iterator[Match]:
    """Let ``**k`` stand for the parameters of a node, which without it are to be as unless said."""
    params = {"axis": None} | node.params if "axis" in node.params else node.params
    letters = [word.value.id for word in getattr(pattern, "keywords", ()) if isinstance(word.value, ast.Name)]
    if letters:
        yield from _named(letters[0], {key: params[key] for key in _DEFAULTS if key in params}, None, so_far)
    elif all(params.get(key, default) in (default, None) for key, default in _DEFAULTS.items()):
        yield so_far


def alike(a: Any, b: Any, depth: int = 8) -> bool:
    """Return whether two operands are the same: one node, equal constants, or computed alike from such.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> x = gad.Variable([3.0, 4.0])
    >>> alike(x[0], x[0]), alike(x[0], x[1]), alike(2.0, 2), alike(x, 2.0)
    (True, False, True, False)
    """
    if isinstance(a, Variable) != isinstance(b, Variable):
        return False
    if not isinstance(a, Variable):
        return _equal(a, b)
    if a is b:
        return True
    same = a.primitive is not None and a.primitive is b.primitive and _equal(a.params, b.params) and depth > 0
    return (
        same
        and len(a.operands) == len(b.operands)
        and all(alike(x, y, depth - 1) for x, y in zip(a.operands, b.operands, strict=True))
    )


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_equal(a[key], b[key]) for key in a)
    if isinstance(a, tuple) or isinstance(b, tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(_equal, a, b))
    if isinstance(a, slice) or isinstance(b, slice):
        return bool(type(a) is type(b) and a == b)
    return a is b or bool(np.array_equal(a, b))
