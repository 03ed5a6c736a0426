"""Read a formula such as ``log(x**2)*sin(x) + 1/x`` and make it a Python function, safely.

The text is parsed, never evaluated as Python: `grammar` lets through a short list of what may stand in a
formula, and the code that runs is built node by node from that list. Every number is a float and follows
NumPy's rules, so ``9**9**9`` is inf and ``1/0`` is inf too. What is built is ordinary code with positions,
so a recorded node points at its place in the text.
"""

from __future__ import annotations

import ast
import functools
import itertools
import linecache
import types
import weakref
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from graphviz_ad.cli.grammar import CONSTANTS, FUNCTIONS, ExpressionError, Reader

__all__ = ["CONSTANTS", "FUNCTIONS", "ExpressionError", "parse", "parse_number", "parse_range"]

_PREFIX = "    return "


def parse(text: str) -> tuple[Callable[..., Any], tuple[str, ...]]:
    """Make a function of the formula.

    Parameters
    ----------
    text : str
        Arithmetic, comparisons, the functions in `FUNCTIONS` and the constants in `CONSTANTS`; any other
        name is a variable. A comparison counts as 1 or 0.

    Returns
    -------
    function : callable
        Takes the variables, by position or by name, in the order in which they first appear: floats, arrays
        or Variables. Follows NumPy where Python would raise (1/0 is inf), without a warning.
        ``function.expression`` is the text.
    variables : tuple of str
        Their names.

    Raises
    ------
    ExpressionError
        Naming the column, if the text is anything else.

    Examples
    --------
    >>> from graphviz_ad.cli.expression import parse
    >>> f, variables = parse("log(x**2)*sin(x) + 1/x")
    >>> variables
    ('x',)
    >>> round(float(f(2)), 6)
    1.760554
    >>> float(parse("9**9**9")[0]())
    inf
    """
    if not isinstance(text, str):
        raise TypeError(f"a formula is a str such as 'sin(x)', got {type(text).__name__}")
    reader = Reader(text)
    value = reader.value
    variables = tuple(reader.variables)
    source = f"def f({', '.join(variables)}):\n{_PREFIX}{reader.source}\n"
    return _wrap(_compile(source, value, variables), text), variables


def parse_number(text: str) -> float:
    """Read a number, which may be written as a formula without variables.

    Raises
    ------
    ExpressionError
        If the text is not a formula, or has a variable in it.

    Examples
    --------
    >>> from graphviz_ad.cli.expression import parse_number
    >>> parse_number("-pi/2")
    -1.5707963267948966
    """
    return _constant(text, text, 0)


def parse_range(text: str) -> tuple[float, float] | tuple[float, float, float]:
    """Read the range of a slider, ``LOW:HIGH`` or ``LOW:HIGH:STEP``.

    Raises
    ------
    ExpressionError
        If a part is not a finite number, the range is empty or reversed, or the step is not positive.

    Examples
    --------
    >>> from graphviz_ad.cli.expression import parse_range
    >>> parse_range("-3:3")
    (-3.0, 3.0)
    >>> parse_range("-3:3:1/10")
    (-3.0, 3.0, 0.1)
    """
    parts = text.split(":")
    columns = [1 + sum(len(p) + 1 for p in parts[:i]) for i in range(len(parts))]
    if len(parts) not in (2, 3):
        raise ExpressionError("a range is written LOW:HIGH or LOW:HIGH:STEP", text, columns[min(3, len(parts) - 1)])
    numbers = [_constant(part, text, column - 1) for part, column in zip(parts, columns, strict=True)]
    for number, column in zip(numbers, columns, strict=True):
        if not np.isfinite(number):
            raise ExpressionError(f"a range needs finite numbers, this is {number}", text, column)
    low, high = numbers[:2]
    if high < low:
        raise ExpressionError(f"the range is reversed; write {parts[1].strip()}:{parts[0].strip()}", text, 1)
    if high == low:
        raise ExpressionError("the range is empty: both ends are the same", text, 1)
    if len(numbers) == 2:
        return low, high
    if numbers[2] <= 0:
        raise ExpressionError("the step must be greater than 0", text, columns[2])
    if numbers[2] > high - low:
        raise ExpressionError("the step is longer than the range", text, columns[2])
    return low, high, numbers[2]


def _constant(text: str, whole: str, offset: int) -> float:
    reader = Reader(text, whole, offset)
    if reader.variables:
        name, column = next(iter(reader.variables.items()))
        raise ExpressionError(f"this must be a number, and {name!r} has no value here", whole, column)
    assert isinstance(reader.value, ast.Constant)  # without variables everything folds
    return float(reader.value.value)  # type: ignore[arg-type]  # the reader makes no constants but numbers


_CODES: weakref.WeakValueDictionary[str, types.CodeType] = weakref.WeakValueDictionary()
_NAMES: Mapping[str, Any] = {
    "_number": functools.partial(np.multiply, 1.0),
    "__builtins__": {},
    "__name__": "<expression>",
}


def _compile(source: str, value: ast.expr, variables: tuple[str, ...]) -> types.FunctionType:
    """Return the function `f` whose code is `value`, and lend its source to tracebacks and `inspect`."""
    code = _CODES.get(source)
    if code is None:
        for node in ast.walk(value):
            if isinstance(node, ast.expr):  # the text stands on line 2, after `return `
                node.lineno = node.end_lineno = 2
                node.col_offset += len(_PREFIX)
                node.end_col_offset = (node.end_col_offset or 0) + len(_PREFIX)
        # Names are identifiers that Python's parser gave us, so the head can be written as text.
        module = ast.parse(f"def f({', '.join(variables)}):\n{_PREFIX}0.0\n")
        definition = module.body[0]
        assert isinstance(definition, ast.FunctionDef)
        statement = definition.body[0]
        assert isinstance(statement, ast.Return)
        statement.value = value
        statement.end_col_offset = value.end_col_offset
        definition.end_col_offset = value.end_col_offset
        filename = _lent_filename(source)
        try:
            constants = compile(module, filename, "exec").co_consts
            code = next(constant for constant in constants if isinstance(constant, types.CodeType))
            weakref.finalize(code, linecache.cache.pop, filename, None)  # nothing global grows
        except BaseException:
            linecache.cache.pop(filename, None)
            raise
        _CODES[source] = code
    names = {**{name: function for name, (function, _) in FUNCTIONS.items()}, **_NAMES}
    return types.FunctionType(code, names, "f")


def _lent_filename(source: str) -> str:
    """Return a file name under which nothing else is lent, and lend the source there in the same moment."""
    lent = (len(source), None, source.splitlines(keepends=True), "<expression>")
    return next(name for name in _filenames() if linecache.cache.setdefault(name, lent) is lent)


def _filenames() -> itertools.chain[str]:
    return itertools.chain(["<expression>"], (f"<expression {number}>" for number in itertools.count(2)))


def _wrap(inner: types.FunctionType, text: str) -> Callable[..., Any]:
    """Give the compiled function NumPy's floats, so that x**-1 at 0 is inf, and keep the warnings quiet."""

    @functools.wraps(inner)
    def f(*arguments: Any, **named: Any) -> Any:
        with np.errstate(all="ignore"):
            result = inner(*map(_floating, arguments), **{name: _floating(named[name]) for name in named})
        # where() of numbers gives a 0-d array: hand out a number as everything else does
        return result[()] if isinstance(result, np.ndarray) and result.ndim == 0 else result

    vars(f).update(expression=text)
    return f


def _floating(value: Any) -> Any:
    """Return numbers and arrays of integers as NumPy's floats, anything else as it is."""
    if isinstance(value, bool | int | float | np.bool_ | np.integer):
        return np.float64(value)
    if isinstance(value, list | tuple):
        value = np.asarray(value)
    if isinstance(value, np.ndarray) and value.dtype.kind in "biu":
        return value.astype(np.float64)
    return value
