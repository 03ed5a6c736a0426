"""What to write instead of random numbers whose distribution is recorded: a standard draw, moved and stretched.

NumPy's generators make plain numbers of what they get. Most continuous distributions are one fixed distribution and
arithmetic, which is recorded; the same seed gives the same numbers. What is drawn from counts has no derivative.
"""

from __future__ import annotations

import ast
from types import FrameType
from typing import NamedTuple

import numpy as np

from graphviz_ad.engine.composing import value_of
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.written import MISSING, as_owner, lookup

__all__ = ["LAWS", "way_of_draw"]


class Law(NamedTuple):
    """A distribution: what stands for its parameters where they are left out, and arithmetic with a standard draw."""

    parameters: dict[str, str]
    instead: str


LAWS = {
    "normal": Law({"loc": "0.0", "scale": "1.0"}, "loc + scale * draw('normal')"),
    "uniform": Law({"low": "0.0", "high": "1.0"}, "low + (high - low) * draw('uniform')"),
    "exponential": Law({"scale": "1.0"}, "scale * draw('exponential')"),
    "lognormal": Law({"mean": "0.0", "sigma": "1.0"}, "np.exp(mean + sigma * draw('normal'))"),
    "laplace": Law({"loc": "0.0", "scale": "1.0"}, "loc + scale * draw('laplace')"),
    "logistic": Law({"loc": "0.0", "scale": "1.0"}, "loc + scale * draw('logistic')"),
    "gumbel": Law({"loc": "0.0", "scale": "1.0"}, "loc + scale * draw('gumbel')"),
    "rayleigh": Law({"scale": "1.0"}, "scale * draw('rayleigh')"),
    "weibull": Law({"a": ""}, "draw('exponential') ** (1 / a)"),
    "pareto": Law({"a": ""}, "np.expm1(draw('exponential') / a)"),
}
"""By the method of a generator."""

_COUNTED = (
    "binomial",
    "poisson",
    "geometric",
    "negative_binomial",
    "hypergeometric",
    "multinomial",
    "integers",
    "choice",
)
_PICKED = ("permutation", "choice")


def way_of_draw(call: ast.Call, frame: FrameType) -> str | None:
    """Return what to write instead of a call of a generator's method; None where it is none, or nothing is known."""
    callee = call.func
    if not isinstance(callee, ast.Attribute) or not _is_generator(callee.value, frame):
        return None
    generator = ast.unparse(callee.value)
    if callee.attr in _PICKED and len(call.args) == 1 and not call.keywords and _holds(call.args[0], frame):
        owner = as_owner(call.args[0])
        return f"write {owner}[{generator}.{callee.attr}(len({ast.unparse(call.args[0])}))], which is recorded"
    if callee.attr in _COUNTED:
        return f"what {callee.attr} draws moves in steps, so it has no derivative: pass plain values to it"
    law = LAWS.get(callee.attr)
    arguments = _bound(law, call) if law is not None else None
    if law is None or arguments is None:
        return None
    size = arguments.pop("size", None) or _size(arguments, frame)
    return f"write {_written(law.instead, arguments, generator, size)}, which is recorded"


def _is_generator(owner: ast.expr, frame: FrameType) -> bool:
    value = lookup(frame, owner)
    is_new = isinstance(owner, ast.Call) and ast.unparse(owner.func).endswith(("default_rng", "RandomState"))
    return is_new or value is np.random or isinstance(value, np.random.Generator | np.random.RandomState)


def _holds(argument: ast.expr, frame: FrameType) -> bool:
    """Whether an argument is a recorded array, of which entries are drawn."""
    value = value_of(argument, frame)
    return value is not MISSING and np.ndim(plain_value(value)) > 0


def _bound(law: Law, call: ast.Call) -> dict[str, ast.expr] | None:
    """Return a call's arguments by name, with what is left out; None where it does not fit."""
    names = [*law.parameters, "size"]
    words = {str(word.arg): word.value for word in call.keywords}
    bound = dict(zip(names, call.args, strict=False)) | words
    if len(call.args) > len(names) or not bound.keys() <= set(names):
        return None
    for parameter, text in law.parameters.items():
        if parameter not in bound:
            if not text:
                return None
            bound[parameter] = ast.parse(text, mode="eval").body
    return bound


def _size(arguments: dict[str, ast.expr], frame: FrameType) -> ast.expr | None:
    """Return how many numbers are drawn where the call does not say it, as many as parameters; None for one."""
    arrays = [own for own in arguments.values() if np.ndim(plain_value(value_of(own, frame))) > 0]
    if not arrays:
        return None
    whole = arrays[0]
    for other in arrays[1:]:
        whole = ast.BinOp(whole, ast.Add(), other)
    return ast.Call(ast.parse("np.shape", mode="eval").body, [whole], [])


def _written(instead: str, arguments: dict[str, ast.expr], generator: str, size: ast.expr | None) -> str:
    class Named(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return arguments.get(node.id, node)

        def visit_Call(self, node: ast.Call) -> ast.expr:
            if not isinstance(node.func, ast.Name):
                return self.generic_visit(node)  # type: ignore[return-value]
            assert isinstance(node.args[0], ast.Constant)
            words = [] if size is None else [ast.keyword("size", size)]
            method = ast.parse(f"{generator}.{node.args[0].value!s}", mode="eval").body
            return ast.Call(method, [], words)

    whole = _Tidied().visit(Named().visit(ast.parse(instead, mode="eval").body))
    return ast.unparse(whole)


class _Tidied(ast.NodeTransformer):
    """Leaves out what is added to or taken from nothing, and factors of 1, that stand for what was left out."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        left = node.left.value if isinstance(node.left, ast.Constant) else None
        right = node.right.value if isinstance(node.right, ast.Constant) else None
        if (isinstance(node.op, ast.Add) and left == 0) or (isinstance(node.op, ast.Mult) and left == 1):
            return node.right
        return node.left if isinstance(node.op, ast.Sub) and right == 0 else node
