"""What an expression of a helper is called where the helper was called: by the arguments that were passed.

Only where that is sure: the helper has no decorators, binds no parameter anew, and is called once by the caller.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Mapping
from types import CodeType
from typing import Any, NamedTuple

from graphviz_ad.debugging.remedies.imports import tree_of

__all__ = ["Passed", "passed"]

_ATOMS = (ast.Name, ast.Constant, ast.Attribute, ast.Subscript, ast.Call)


class Passed(NamedTuple):
    """An expression in the words of a caller.

    Attributes
    ----------
    text : str
    arguments : list of ast.expr
        The caller's own expressions in it, as they stand in its source.
    """

    text: str
    arguments: list[ast.expr]


def passed(expression: ast.expr, code: Any, caller: ast.AST) -> Passed | None:
    """Return an expression of the function with some code in the words of a caller; None where that is in doubt.

    Parameters
    ----------
    expression : ast.expr
        Made of parameters alone.
    code : code or None
        Of the helper.
    caller : ast.AST
        A function that calls it.

    Examples
    --------
    >>> def sigmoid(t):
    ...     return 1 / (1 + np.exp(-t))
    >>> caller = ast.parse("def loss(w, x): return np.log(sigmoid(w @ x))").body[0]
    >>> passed(ast.parse("-t", mode="eval").body, sigmoid.__code__, caller).text
    '-(w @ x)'
    """
    helper = _helper(code)
    names = {part.id for part in ast.walk(expression) if isinstance(part, ast.Name)}
    if helper is None or not names or any(isinstance(part, ast.Lambda) for part in ast.walk(expression)):
        return None
    bound = {part.id for part in ast.walk(helper.function) if isinstance(part, ast.Name) and _is_bound(part)}
    arguments = _arguments(helper, caller)
    if arguments is None or names & bound or not names <= arguments.keys():
        return None
    return Passed(_filled(expression, arguments), [arguments[name] for name in sorted(names)])


class _Helper(NamedTuple):
    """A function, and by which name it is called."""

    name: str
    function: ast.FunctionDef | ast.Lambda


def _helper(code: Any) -> _Helper | None:
    """Return the only function of a file whose code it is."""
    if not isinstance(code, CodeType):
        return None
    tree = tree_of("".join(linecache.getlines(code.co_filename)))
    helpers = []
    for part in ast.walk(tree) if tree is not None else ():
        if isinstance(part, ast.FunctionDef) and part.name == code.co_name and not part.decorator_list:
            helpers.append(_Helper(part.name, part))
        elif isinstance(part, ast.Assign) and isinstance(part.value, ast.Lambda) and code.co_name == "<lambda>":
            helpers += [_Helper(own.id, part.value) for own in part.targets if isinstance(own, ast.Name)]
    here = [own for own in helpers if own.function.lineno == code.co_firstlineno]
    return here[0] if len(here) == 1 else None


def _is_bound(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store | ast.Del)


def _arguments(helper: _Helper, caller: ast.AST) -> dict[str, ast.expr] | None:
    """Return what the caller passes for each parameter; None where it calls the helper not at all, or several times."""
    calls = [part for part in ast.walk(caller) if isinstance(part, ast.Call) and _called(part) == helper.name]
    if len(calls) != 1 or any(isinstance(own, ast.Starred) for own in calls[0].args):
        return None
    own = helper.function.args
    parameters = [parameter.arg for parameter in (*own.posonlyargs, *own.args)]
    if parameters[:1] == ["self"]:
        parameters = parameters[1:]
    positional = dict(zip(parameters, calls[0].args, strict=False))
    return positional | {keyword.arg: keyword.value for keyword in calls[0].keywords if keyword.arg is not None}


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _filled(expression: ast.expr, arguments: Mapping[str, ast.expr]) -> str:
    """Write an expression with arguments in the place of parameters."""
    if isinstance(expression, ast.Name):
        return ast.unparse(arguments[expression.id])
    text = ast.unparse(expression)
    names = [part for part in ast.walk(ast.parse(text, mode="eval")) if isinstance(part, ast.Name)]
    for name in sorted(names, key=lambda name: -name.col_offset):
        own = arguments[name.id]
        whole = ast.unparse(own)
        whole = whole if isinstance(own, _ATOMS) else f"({whole})"
        text = f"{text[: name.col_offset]}{whole}{text[name.end_col_offset :]}"
    return text
