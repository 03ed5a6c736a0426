"""What a call that is not recorded can be composed of: a recipe, tried on the very values before it is said.

A recipe is told only where its form is that of the call, and where it gives what NumPy gives for these arguments; so
nobody is sent to an expression that holds for vectors only, or for another axis.
"""

from __future__ import annotations

import ast
import operator
import sys
from collections.abc import Callable, Iterable, Iterator
from types import FrameType
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.engine.primitive import FUNCTIONS, METHODS, UFUNCS, plain_value
from graphviz_ad.engine.recipes import RECIPES, Recipe
from graphviz_ad.engine.scipy_recipes import SCIPY_RECIPES
from graphviz_ad.engine.written import MISSING, lookup

__all__ = ["Argument", "Arguments", "arguments_of", "as_function", "composition", "value_of"]

_LARGEST = 1_000  # numbers in the arguments of a call on which a recipe is tried as they are
_FEW = 3  # entries in a dimension that is never cut: the functions of vectors in space want three
_SHORT = (ast.Name, ast.Constant, ast.Attribute, ast.Subscript, ast.UnaryOp)


class Argument(NamedTuple):
    """What stands in a call: the person's expression, and its value; MISSING where reading it would run their code."""

    expression: ast.expr
    value: Any = MISSING


Arguments = tuple[list[Argument], dict[str, Argument]]
"""By position and by keyword."""


def arguments_of(
    call: ast.expr | None, frame: FrameType | None, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
) -> Arguments | None:
    """Return a call's arguments, by position and by keyword; None where its source does not say which is which.

    Parameters
    ----------
    call : ast.expr or None
        The call as it is written.
    frame : frame or None
        Where its names are looked up.
    args, kwargs
        The values, where they are known.
    """
    if not isinstance(call, ast.Call) or any(isinstance(entry, ast.Starred) for entry in call.args):
        return None
    known = len(args) == len(call.args) and (kwargs or {}).keys() == {word.arg for word in call.keywords}
    if any(word.arg is None for word in call.keywords):
        return None
    values = args if known else [value_of(entry, frame) for entry in call.args]
    named = kwargs if known and kwargs is not None else {}
    return (
        [Argument(entry, value) for entry, value in zip(call.args, values, strict=True)],
        {
            str(word.arg): Argument(word.value, named[str(word.arg)] if known else value_of(word.value, frame))
            for word in call.keywords
        },
    )


def value_of(expression: ast.expr, frame: FrameType | None) -> Any:
    """Return what an expression stands for where reading it runs no code of the person's; a plain value if computed."""
    try:
        return ast.literal_eval(expression)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        pass
    if isinstance(expression, ast.List | ast.Tuple):
        values = [value_of(entry, frame) for entry in expression.elts]
        return MISSING if any(value is MISSING for value in values) else values
    if frame is None or not isinstance(expression, ast.BinOp | ast.UnaryOp | ast.Subscript | ast.Call):
        return lookup(frame, expression) if frame is not None else MISSING
    try:
        with np.errstate(all="ignore"):
            return _computed(expression, frame)
    except Exception:  # whatever NumPy says of it: then it is not known
        return MISSING


def _computed(expression: ast.expr, frame: FrameType) -> Any:
    """Return the plain value of arithmetic with numbers and arrays, of their parts and of functions of NumPy."""

    def known(part: ast.expr) -> Any:
        if isinstance(part, ast.Slice):
            return slice(*(end and known(end) for end in (part.lower, part.upper, part.step)))
        if isinstance(expression, ast.Subscript) and isinstance(part, ast.Tuple):
            return tuple(map(known, part.elts))
        value = value_of(part, frame)
        return _plain(value) if hasattr(type(value), "__record__") or isinstance(value, _NUMERIC) else MISSING

    if isinstance(expression, ast.Call):
        function, owner = lookup(frame, expression.func), MISSING
        if function is MISSING and isinstance(expression.func, ast.Attribute) and expression.func.attr in METHODS:
            owner = known(expression.func.value)
            function = getattr(owner, expression.func.attr, MISSING)
        elif function not in UFUNCS and function not in FUNCTIONS:
            return MISSING
        parts = [*expression.args, *(word.value for word in expression.keywords)]
        words = [word.arg for word in expression.keywords]
        if function is MISSING or None in words or "out" in words or function.__name__.startswith(_WRITING):
            return MISSING
    else:
        parts = [part for part in ast.iter_child_nodes(expression) if isinstance(part, ast.expr)]
        words = []
    values = [known(part) for part in parts]
    if any(value is MISSING for value in values):
        return MISSING
    if isinstance(expression, ast.Call):
        count = len(expression.args)
        return function(*values[:count], **dict(zip(map(str, words), values[count:], strict=True)))
    if isinstance(expression, ast.Subscript):
        return values[0][values[1]]
    return _OPERATORS[type(expression.op)](*values)  # type: ignore[attr-defined]


_NUMERIC = (int, float, complex, str, list, tuple, type(None), np.ndarray, np.generic)
_WRITING = ("put", "place", "copyto", "fill")
_OPERATORS: dict[type, Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.MatMult: operator.matmul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}


def composition(name: str, arguments: list[Argument], keywords: dict[str, Argument]) -> str | None:
    """Return what to write instead of a function of NumPy, by its name below ``np.``, or of SciPy; None if unknown.

    Examples
    --------
    >>> import ast, numpy as np
    >>> composition("full", [Argument(ast.Constant(3), 3), Argument(ast.Name("a"), np.float64(4.0))], {})
    'write a * np.ones(3) instead'
    """
    for row in (*RECIPES, *SCIPY_RECIPES):
        letters = _letters(row, name, arguments, keywords)
        if letters is not None and _is_proved(row, name, letters, arguments, keywords):
            return _written(row, letters)
    return None


def as_function(name: str, count: int) -> str | None:
    """Return what to pass instead of a function of SciPy that takes so many arguments; None if unknown.

    Examples
    --------
    >>> as_function("scipy.special.logsumexp", 1)
    'lambda x: np.logaddexp.reduce(x, axis=None)'
    """
    for row in SCIPY_RECIPES:
        form = ast.parse(row.call, mode="eval").body if row.call.partition("(")[0] == name else None
        if not isinstance(form, ast.Call) or len(form.args) != count or form.keywords:
            continue
        if all(isinstance(part, ast.Name) for part in form.args):
            text = f"lambda {', '.join(map(ast.unparse, form.args))}: {row.instead}"
            return text + (f" ({row.note})" if row.note else "")
    return None


def _letters(
    row: Recipe, name: str, arguments: list[Argument], keywords: dict[str, Argument]
) -> dict[str, Argument] | None:
    """Return what a recipe's letters stand for in a call; None where the call is not of its form."""
    if row.call.partition("(")[0] != name:
        return None
    form = ast.parse(row.call, mode="eval").body
    assert isinstance(form, ast.Call)
    if len(form.args) != len(arguments):
        return None
    if keywords.keys() != {word.arg for word in form.keywords}:
        return None
    pairs: Iterable[tuple[ast.expr, Argument]] = [
        *zip(form.args, arguments, strict=True),
        *((word.value, keywords[str(word.arg)]) for word in form.keywords),
    ]
    letters: dict[str, Argument] = {}
    for part, argument in _entries(pairs):
        if isinstance(part, ast.Name):
            letters[part.id] = argument
        elif ast.unparse(part) != ast.unparse(argument.expression):
            return None
    return letters


def _entries(pairs: Iterable[tuple[ast.expr, Argument]]) -> Iterator[tuple[ast.expr, Argument]]:
    """Yield the parts of a form with what stands in their place in a call; of a pair both entries."""
    for part, argument in pairs:
        own, value = argument.expression, argument.value
        is_pair = isinstance(part, ast.Tuple) and isinstance(own, ast.Tuple) and isinstance(value, list | tuple)
        if is_pair and isinstance(part, ast.Tuple) and isinstance(own, ast.Tuple) and len(own.elts) == len(part.elts):
            yield from zip(part.elts, map(Argument, own.elts, value), strict=True)
        else:
            yield part, argument


def _is_proved(
    row: Recipe, name: str, letters: dict[str, Argument], arguments: list[Argument], keywords: dict[str, Argument]
) -> bool:
    """Whether a recipe gives what NumPy gives for values like these: of their dimensions, but few, and none alike."""
    values = {letter: _plain(argument.value) for letter, argument in letters.items()}
    if any(value is MISSING for value in values.values()):
        return False
    lengths = _shortened(values.values()) if sum(np.size(value) for value in values.values()) > _LARGEST else {}
    tried = _as_it_is if row.as_is else _generic
    values = {letter: tried(value, lengths) for letter, value in values.items()}
    names: dict[str, Any] = {"np": np, "special": sys.modules.get("scipy.special"), **values}
    function: Any = sys.modules.get("scipy") if name.startswith("scipy.") else np
    for part in name.removeprefix("scipy.").split("."):
        function = getattr(function, part)
    try:
        with np.errstate(all="ignore"):
            expected = np.asarray(
                function(
                    *(tried(_plain(argument.value), lengths) for argument in arguments),
                    **{word: tried(_plain(argument.value), lengths) for word, argument in keywords.items()},
                )
            )
            result = np.asarray(eval(row.instead, names))
        return result.shape == expected.shape and bool(np.allclose(result, expected, rtol=1e-3, equal_nan=True))
    except Exception:  # whatever NumPy says of these values: then the recipe is none for them
        return False


def _shortened(values: Iterable[Any]) -> dict[int, int]:
    """Return a short length for each long one of these arrays; lengths that differ go on differing."""
    arrays = [entry for value in values for entry in (value if isinstance(value, list | tuple) else [value])]
    long = sorted({length for array in arrays for length in np.shape(array) if length > _FEW})
    return {length: _FEW + 1 + place for place, length in enumerate(long)}


def _as_it_is(value: Any, lengths: dict[int, int]) -> Any:
    return value


def _generic(value: Any, lengths: dict[int, int]) -> Any:
    """Return an array, or a list of them, cut to these lengths, with no two numbers alike and no symmetry.

    What holds for an array of ones, or for the unit matrix, need not hold for another: with those both of two recipes
    may give the same.
    """
    if isinstance(value, list | tuple):
        return [_generic(entry, lengths) for entry in value]
    if not isinstance(value, np.ndarray) or value.ndim == 0:
        return value
    array = value[tuple(slice(lengths.get(length, length)) for length in value.shape)]
    if array.dtype.kind not in "fc":
        return array
    steps = np.cos(np.arange(array.size) ** 2 + 1.0).reshape(array.shape)
    return array + 0.1 * (1 + np.abs(array)) * (steps * (1 + 0.5j) if array.dtype.kind == "c" else steps)


def _plain(value: Any) -> Any:
    """Return an argument with plain values in the place of Variables, also in a list of them."""
    return [_plain(entry) for entry in value] if isinstance(value, list | tuple) else plain_value(value)


def _written(row: Recipe, letters: dict[str, Argument]) -> str:
    """Return a recipe with the person's expressions for its letters; long ones get a name first."""
    own = {letter: argument.expression for letter, argument in letters.items()}
    instead = ast.parse(row.instead, mode="eval")
    used, first = {name for expression in own.values() for name in _names(expression)}, []
    for letter, expression in own.items():
        if not isinstance(expression, (*_SHORT, ast.List, ast.Tuple)) and _names(instead).count(letter) > 1:
            name = next(free for free in ("part", "other", "third") if free not in used)
            used.add(name)
            first.append(f"{name} = {ast.unparse(expression)}")
            own[letter] = ast.Name(name)
    steps = ", then ".join([*first, ast.unparse(_Named(own).visit(instead))])
    note = row.note.format(**{letter: ast.unparse(expression) for letter, expression in own.items()})
    return f"write {steps} instead" + (f" ({note})" if note else "")


def _names(tree: ast.AST) -> list[str]:
    return [part.id for part in ast.walk(tree) if isinstance(part, ast.Name)]


class _Named(ast.NodeTransformer):
    """Puts expressions in the place of names."""

    def __init__(self, names: dict[str, ast.expr]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.names.get(node.id, node)
