"""What each function does with Variables: it is called, and the answer is one of three."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from scipy import special

import graphviz_ad as gad
from graphviz_ad.engine.primitive import METHODS as RECORDED_METHODS
from graphviz_ad.engine.primitive import UFUNCS
from graphviz_ad.errors import GraphvizAdError
from tests.coverage.examples import ARRAYS, EXPRESSIONS, METHODS, SCIPY, WITHOUT
from tests.engine.test_rules import DOMAINS, FUNCTION_CALLS, MATRIX, METHOD_CALLS
from tests.engine.test_special import CASES
from tests.programming import run

__all__ = ["Row", "names", "observe", "rows"]

AWAY = MATRIX * 0.97  # from where a number is rounded another way
RANDOM = np.random.default_rng(11)
SECTIONS = {"np": np, "np.linalg": np.linalg, "np.fft": np.fft}


class Row(NamedTuple):
    """A function, and a program that calls it with the arrays to be differentiated."""

    section: str
    name: str
    program: Callable[..., Any] | None
    arrays: tuple[Any, ...] = ()
    group: str = ""


def names(section: str) -> list[str]:
    """Return the functions of a module that people call, without the types."""
    module = SECTIONS[section]
    return [
        name
        for name in sorted(dir(module))
        if not name.startswith("_") and callable(getattr(module, name)) and not isinstance(getattr(module, name), type)
    ]


def _program(expression: str) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """Return a function of what an expression names; its line can be read, so that errors quote it."""
    letters = [letter for letter in ARRAYS if re.search(rf"(?<![\w.\"]){letter}\b(?!\()", expression)]
    scope = run(f"def program({', '.join(letters)}):\n    return {expression}\n", special=special)
    return scope["program"], tuple(ARRAYS[letter] for letter in letters)


def _expressions(text: str) -> dict[str, str]:
    """Return the expressions of a table by the name that is called."""
    table = {}
    for expression in text.split():
        called, sign, rest = re.fullmatch(r"([\w.]+)(=?)(.*)", expression).groups()
        table[called] = rest if sign else expression
    return table


def _rules(function: Any) -> tuple[Callable[..., Any], tuple[Any, ...]] | None:
    """Return the example that the tests of the rules have for a function."""
    if isinstance(function, np.ufunc) and function in UFUNCS and function.__name__ in DOMAINS:
        domains = DOMAINS[function.__name__]
        return function, tuple(RANDOM.uniform(*domain, 3) for domain in domains)
    if function in FUNCTION_CALLS:
        return FUNCTION_CALLS[function][0], (AWAY,)
    return None


OTHERS = {
    "conj": (np.conj, (MATRIX,)),
    "conjugate": (np.conjugate, (MATRIX,)),
    "matmul": (np.matmul, (MATRIX, MATRIX.T)),
    "vecdot": (np.vecdot, (MATRIX, MATRIX + 1)),
    "clip": (lambda x: np.clip(x, 0.7, 1.2), (MATRIX,)),
}


def rows() -> Iterator[Row]:
    """Yield a row for every function; one without a program where no example is known."""
    expressions = _expressions(EXPRESSIONS)
    without = {name: group for group, text in WITHOUT.items() for name in text.split()}
    for section in SECTIONS:
        for name in names(section):
            whole = f"{section}.{name}"
            if whole in expressions:
                yield Row(section, name, *_program(expressions[whole]))
                continue
            known = _rules(getattr(SECTIONS[section], name)) or OTHERS.get(name, (None, ()))
            yield Row(section, name, *known, group=without.get(whole.removeprefix("np."), ""))
    window = "sliding_window_view"
    yield Row("np.lib.stride_tricks", window, *_program(expressions[f"np.lib.stride_tricks.{window}"]))
    yield from _of_arrays()
    yield from _of_scipy()


def _of_arrays() -> Iterator[Row]:
    methods = _expressions(METHODS)
    for name in sorted(name for name in dir(np.ndarray) if not name.startswith("_")):
        if name in RECORDED_METHODS and name != "astype":
            yield Row("ndarray", name, METHOD_CALLS[name], (AWAY,))
        else:
            written = next((e for key, e in methods.items() if key.partition(".")[2] == name), None)
            yield Row("ndarray", name, *(_program(written) if written else (None, ())))


def _of_scipy() -> Iterator[Row]:
    for name, operands in CASES.items():
        if hasattr(special, name):
            yield Row("scipy.special", name, *_special(name, operands))
    for whole, expression in _expressions(SCIPY).items():
        if hasattr(special, whole.partition(".")[2]):
            yield Row("scipy.special", whole.partition(".")[2], *_program(expression))


def _special(name: str, operands: tuple[Any, ...]) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    def program(*xs: Any) -> Any:
        rest = iter(xs)
        return getattr(special, name)(*(next(rest) if isinstance(o, tuple) else o for o in operands))

    return program, tuple(RANDOM.uniform(*operand, 3) for operand in operands if isinstance(operand, tuple))


def parts(result: Any) -> list[Any]:
    """Return the Variables in a result, also of several."""
    if isinstance(result, gad.Variable):
        return [result]
    return [part for entry in result for part in parts(entry)] if isinstance(result, tuple | list) else []


def observe(row: Row) -> tuple[str, str]:
    """Return what a function does with Variables, and what it says where it refuses them."""
    if row.program is None:
        return "without", row.group
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            result = row.program(*map(gad.Variable, row.arrays))
        except GraphvizAdError as error:
            return "refused", _way(str(error))
    return ("differentiable" if parts(result) else "constant"), ""


def _way(sentence: str) -> str:
    """Return what an error says to do, without where, and without the values that are always plain."""
    sentence = re.sub(r" \(<program \d+>, line \d+\)$", "", sentence)
    sentence = sentence.partition(". Where plain numbers are enough")[0]
    for start in ("so it cannot be recorded: ", "its derivative would be lost: ", "is not recorded: "):
        sentence = sentence.partition(start)[2] or sentence
    sentence = re.sub(r"recorded methods are .*?; ", "", sentence)
    return re.sub(r", or [\w()\[\]]+\.detach\(\) for a plain number", "", sentence)


def summary(program: Callable[..., Any], arrays: tuple[Any, ...]) -> Any:
    """Return a weighted sum of all that can be differentiated in what a program gives."""
    total: Any = 0.0
    for place, part in enumerate(_numbers(program(*arrays))):
        weights = np.cos(np.arange(np.size(part)) + place).reshape(np.shape(part))
        total = total + np.sum(np.real(part) * weights) + np.sum(np.imag(part) * np.sin(weights + 1))
    return total


def _numbers(result: Any) -> list[Any]:
    if isinstance(result, tuple | list):
        return [part for entry in result for part in _numbers(entry)]
    kind = getattr(result, "dtype", np.dtype(object)).kind
    return [result] if kind in "fc" else []
