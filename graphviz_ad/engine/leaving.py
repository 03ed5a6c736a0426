"""Errors for values that are about to leave the graph by accident: which line did it, and what to write instead."""

from __future__ import annotations

import ast
import math
import sys
from types import FrameType
from typing import Any

import numpy as np

from graphviz_ad.engine.advice import is_recorded, way_out
from graphviz_ad.engine.composing import arguments_of, as_function, value_of
from graphviz_ad.engine.frames import user_frame
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.random_recipes import way_of_draw
from graphviz_ad.engine.recipes import MATH_NAMES
from graphviz_ad.engine.scipy_recipes import DEFINITIONS, SPECIAL_NAMES
from graphviz_ad.engine.written import (
    MISSING,
    as_owner,
    expression_at,
    lookup,
    name_of,
    stacked,
    with_arrays,
    writable,
    write_at,
)
from graphviz_ad.errors import LeakError, at_line

__all__ = ["is_asserted", "leak_error"]

_CONVERSIONS = (
    np.array, np.asarray, np.asanyarray, np.ascontiguousarray, np.asfortranarray, np.asarray_chkfinite, np.require,
    np.asmatrix,
)  # fmt: skip
_NUMBERS = (float, complex, np.float64, np.float32, np.complex128)


def is_asserted() -> bool:
    """Whether it is an assertion of np.testing that asks: it looks at the numbers, and takes none of them away."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if module.startswith("numpy.testing"):
            return True
        if not module.startswith(("numpy.", "graphviz_ad.", "contextlib")):
            return False
        frame = frame.f_back
    return False


def leak_error(variable: Any, what: str) -> LeakError:
    """Explain which call made a tracked value leave the graph, and what to write instead.

    Parameters
    ----------
    variable : Variable
        The value.
    what : str
        The conversion that was attempted, such as ``"float"``, in case the person's line cannot be read.
    """
    frame = user_frame()
    write = write_at(frame)
    expression = expression_at(frame)
    if write is not None and frame is not None:
        value = variable.name or write.value
        return LeakError(
            f"{write.target} = {write.value} writes into the plain array {write.array}, which would take {value} out "
            f"of the graph, and its derivative would be lost: {writable(frame, write.array)}, or collect the pieces in "
            f"a list and np.stack them{at_line(frame)}"
        )
    plainly = (
        _shown(variable, frame, expression)
        or _of_a_math_function(frame, expression)
        or _of_a_scipy_function(frame, expression)
    )
    if plainly is not None:
        return LeakError(f"{plainly}{at_line(frame)}")
    name = name_of(variable, frame, expression)
    written, way = _call_and_way(frame, expression, what, name or "the value")
    plain = name if name.replace(".", "_").isidentifier() else f"({name})"
    named = f" (named {variable.name})" if variable.is_leaf and variable.name not in (None, name) else ""
    detached = f", or {plain}.detach() for a plain number" if name and not _hands_on(frame, expression) else ""
    return LeakError(
        f"{written} would take {name or 'the value'}{named} out of the graph, and its derivative would be lost: {way}"
        f"{detached}{at_line(frame)}"
    )


def _hands_on(frame: FrameType | None, expression: ast.expr | None) -> bool:
    """Whether a call has one argument which is a plain value: the recorded one was made of it further inside."""
    if frame is None or not isinstance(expression, ast.Call) or len(expression.args) != 1:
        return False
    value = lookup(frame, expression.args[0])
    is_known = value is not MISSING and not hasattr(type(value), "__record__")
    return isinstance(expression.args[0], ast.Constant) or is_known


def _call_and_way(frame: FrameType | None, expression: ast.expr | None, what: str, name: str) -> tuple[str, str]:
    """Return the call as the person wrote it, and what to write instead."""
    if frame is not None and isinstance(expression, ast.BinOp):
        arrays = with_arrays(expression, frame)
        if arrays is not None:
            return ast.unparse(expression), f"write {arrays}, which is recorded"
    if frame is None or not isinstance(expression, ast.Call | ast.Subscript):
        return f"{what}(...)", "leave it out, and use NumPy functions, which are recorded"
    callee = expression.func if isinstance(expression, ast.Call) else expression.value
    text = ast.unparse(callee)
    function = lookup(frame, callee)
    if isinstance(callee, ast.Name) and not isinstance(function, type) and callee.id in ("float", "complex", "int"):
        function = {"float": float, "complex": complex, "int": int}[callee.id]
    if isinstance(expression, ast.Subscript):
        if text in ("np.r_", "numpy.r_", "np.c_", "numpy.c_"):
            return f"{text}[...]", _way_of_pieces(expression, frame, columns=text.endswith("c_"))
        return f"{ast.unparse(expression)}", f"positions have no derivative: use {text}[{_position(expression, frame)}]"
    if what in ("item", "tolist"):
        return f".{what}()", "keep computing with the Variable"
    written = f"{text}(...)"
    return written, (
        _way_of_math(expression, function, frame)
        or _way_of_conversion(expression, function, name, frame)
        or way_of_draw(expression, frame)
        or _way_of_iteration(expression, function)
        or _way_of_lists(expression, function, frame)
        or _way_of_method(expression, callee, frame)
        or _way_of_vectorized(expression, callee, function, frame)
        or way_out(text.removeprefix("numpy.").removeprefix("np."), arguments_of(expression, frame))
        or _way_of_scipy(expression, function, frame)
        or (
            f"no recorded function makes it, so pass plain numbers to {text}"
            if text.startswith(("np.", "numpy."))
            else f"write {text} with NumPy functions, which are recorded"
        )
    )


def _way_of_scipy(call: ast.Call, function: Any, frame: FrameType) -> str | None:
    """Return what to write instead of a function of SciPy's that is no ufunc, also of a distribution's method."""
    call = _thawed(call)
    whole = _scipy_name(frame, call.func, function)
    if whole is None:
        return None
    if whole in DEFINITIONS:
        return f"first say once {DEFINITIONS[whole]}, then call {whole.rpartition('.')[2]} instead"
    return way_out(whole, arguments_of(call, frame)) or (
        f"SciPy makes a plain array of what {ast.unparse(call.func)} gets, which nothing can intercept: write it with "
        "functions of NumPy and of scipy.special, which are recorded"
    )


def _thawed(call: ast.Call) -> ast.Call:
    """Return a distribution's method with all arguments in one call: ``norm.pdf(x, m, s)`` of ``norm(m, s).pdf(x)``."""
    if not isinstance(call.func, ast.Attribute) or not isinstance(call.func.value, ast.Call):
        return call
    frozen = call.func.value
    function = ast.Attribute(frozen.func, call.func.attr)
    return ast.Call(function, [*call.args, *frozen.args], [*call.keywords, *frozen.keywords])


def _scipy_name(frame: FrameType, callee: ast.expr, function: Any = MISSING) -> str | None:
    """Return SciPy's own name of a function, also of a distribution's method, such as ``scipy.stats.norm.pdf``."""
    name, home = getattr(function, "__name__", ""), getattr(function, "__module__", None) or ""
    if isinstance(callee, ast.Attribute) and function is MISSING:  # a method, which is not read from what has it
        owner = lookup(frame, callee.value)
        home = type(owner).__module__
        known = getattr(sys.modules.get("scipy.stats"), "__dict__", {})
        named = next((key for key, value in known.items() if value is owner and owner is not MISSING), "")
        name = f"{named}.{callee.attr}"
    whole = ".".join([*(part for part in home.split(".") if not part.startswith("_")), name])
    return whole if whole.startswith("scipy.") else None


def _of_a_scipy_function(frame: FrameType | None, expression: ast.expr | None) -> str | None:
    """Explain a function of SciPy's that was handed on, as in ``gad.grad(stats.norm.pdf)(1.0)``."""
    if frame is None or not isinstance(expression, ast.Call):
        return None
    called = {id(part.func) for part in ast.walk(expression) if isinstance(part, ast.Call)}
    for part in ast.walk(expression):
        if not isinstance(part, ast.Name | ast.Attribute) or id(part) in called:
            continue
        whole = _scipy_name(frame, part, lookup(frame, part))
        if whole is None:
            continue
        written = ast.unparse(part)
        why = f"{written} makes a plain array of what it gets, so that the derivative would be lost"
        if whole in DEFINITIONS:
            return f"{why}: first say once {DEFINITIONS[whole]}, then pass {whole.rpartition('.')[2]} instead"
        count = len(expression.args) - (part in expression.args)
        recipe = as_function(whole, count)
        if recipe is not None:
            return f"{why}: pass {recipe} instead of {written}"
    return None


def _position(expression: ast.Subscript, frame: FrameType) -> str:
    """Return the plain position for a recorded one, or the plain positions for an array of them."""
    owner = as_owner(expression.slice)
    many = np.ndim(plain_value(lookup(frame, expression.slice))) > 0
    return f"{owner}.value.astype(int)" if many else f"int({owner}.value)"


def _way_of_vectorized(call: ast.Call, callee: ast.expr, function: Any, frame: FrameType) -> str | None:
    """Return what to write instead of ``np.vectorize(f)(x)``: f of x, or of each of its numbers."""
    if isinstance(function, np.vectorize) and len(call.args) == 1 and not call.keywords:
        return _one_by_one(f"{ast.unparse(callee)}.pyfunc", call.args[0], frame)
    if not isinstance(callee, ast.Call) or not callee.args:
        return None
    if ast.unparse(callee.func) not in ("np.vectorize", "numpy.vectorize"):
        return None
    written = ast.unparse(ast.Call(callee.args[0], call.args, call.keywords))
    return f"write {written}, with NumPy functions inside, which are recorded"


def _one_by_one(function: str, argument: ast.expr, frame: FrameType) -> str:
    """Return what calls a function with each number of an array, in its shape."""
    own, ndim = ast.unparse(argument), np.ndim(plain_value(value_of(argument, frame)))
    if ndim == 0:
        return f"write {function}({own}), which is recorded"
    if ndim == 1:
        return f"write np.stack([{function}(v) for v in {own}]), which is recorded"
    return (
        f"write np.stack([{function}(v) for v in np.ravel({own})]).reshape({as_owner(argument)}.shape), "
        "which is recorded"
    )


def _way_of_iteration(call: ast.Call, function: Any) -> str | None:
    """Return what to write instead of what goes over the numbers of an array, or makes an array of what comes."""
    if not call.args:
        return None
    own = ast.unparse(call.args[0])
    if function is np.ndenumerate:
        owner = as_owner(call.args[0])
        return f"write [(i, {owner}[i]) for i in np.ndindex({owner}.shape)], which is recorded"
    if function is np.fromiter:
        is_written_out = isinstance(call.args[0], ast.GeneratorExp)
        return f"write np.stack({f'[{own[1:-1]}]' if is_written_out else f'list({own})'}), which is recorded"
    return None


_MATH_RULES = {
    "erf": "from graphviz_ad.extend import structural; erf = structural('erf', np.vectorize(math.erf, otypes=[float]), "
    "lambda g, y, x: g * 2 / np.sqrt(np.pi) * np.exp(-x**2))",
    "erfc": "from graphviz_ad.extend import structural; erfc = structural('erfc', np.vectorize(math.erfc, "
    "otypes=[float]), lambda g, y, x: g * -2 / np.sqrt(np.pi) * np.exp(-x**2))",
}
"""What makes a recorded function of one of Python's module math that NumPy has not got."""


def _of_a_math_function(frame: FrameType | None, expression: ast.expr | None) -> str | None:
    """Explain a function of Python's module math that was handed on, as in ``gad.grad(math.sin)(1.0)``."""
    if frame is None or not isinstance(expression, ast.Call):
        return None
    home = getattr(lookup(frame, expression.func), "__module__", None) or ""
    if home == "math" or home.partition(".")[0] == "numpy":  # whose float is a dtype
        return None
    called = {id(part.func) for part in ast.walk(expression) if isinstance(part, ast.Call)}
    for part in ast.walk(expression):
        if isinstance(part, ast.Name) and part.id in ("float", "int", "complex") and id(part) not in called:
            return f"{part.id} gives a plain number, so that the derivative would be lost: leave {part.id} out"
        function: Any = lookup(frame, part) if isinstance(part, ast.Name | ast.Attribute) else None
        if getattr(function, "__module__", "") != "math" or id(part) in called:
            continue
        written = ast.unparse(part)
        why = f"{written} computes with plain numbers, so that the derivative would be lost"
        name = MATH_NAMES.get(function.__name__, function.__name__)
        if name in _MATH_RULES:
            return f"{why}: first say once {_MATH_RULES[name]}, then pass {name} instead"
        if not is_recorded(getattr(np, name, None)):
            return f"{why}: write it with NumPy functions, which are recorded"
        if isinstance(expression.func, ast.Call) and ast.unparse(expression.func).startswith(("np.vec", "np.frompy")):
            return f"{why}: write np.{name}({', '.join(map(ast.unparse, expression.args))})"
        own = ast.unparse(expression).replace(written, f"np.{name}")
        return f"{why}: {f'write {own}' if len(own) <= _LONGEST else f'use np.{name}'}"
    return None


_LONGEST = 100


def _shown(variable: Any, frame: FrameType | None, expression: ast.expr | None) -> str | None:
    """Explain a value that is printed with ``%`` or drawn with matplotlib, which needs its plain number."""
    if frame is None or expression is None:
        return None
    own = ast.unparse(expression)
    if isinstance(expression, ast.BinOp) and isinstance(expression.op, ast.Mod):
        parts = expression.right.elts if isinstance(expression.right, ast.Tuple) else [expression.right]
        plain = [_plain_text(frame, part, alone=len(parts) == 1) for part in parts]
        right = f"({', '.join(plain)})" if isinstance(expression.right, ast.Tuple) else plain[0]
        if variable.ndim:
            return f"{own} prints one number, and the value has shape {variable.shape}: write print({plain[0]})"
        return f"{own} prints plain numbers: write {ast.unparse(expression.left)} % {right}"
    if not isinstance(expression, ast.Call) or not _draws(frame):
        return None
    arguments = [_plain_text(frame, argument) for argument in expression.args]
    arguments += [f"{word.arg}={_plain_text(frame, word.value)}" for word in expression.keywords if word.arg]
    drawer = ast.unparse(expression.func)
    return f"{drawer} draws plain numbers: write {drawer}({', '.join(arguments)})"


def _draws(person: FrameType) -> bool:
    """Whether it is matplotlib that a person's frame has called."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame is not person:
        if frame.f_globals.get("__name__", "").startswith("matplotlib."):
            return True
        frame = frame.f_back
    return False


def _plain_text(frame: FrameType, part: ast.expr, *, alone: bool = False) -> str:
    """Return the expression for the plain numbers of what is recorded, also of lists of it; any other as it is."""
    text, value = ast.unparse(part), lookup(frame, part)
    plain = {
        id(name)
        for read in ast.walk(part)
        if isinstance(read, ast.Attribute) and read.attr in ("value", "grad")
        for name in ast.walk(read)
    }
    holds = any(
        hasattr(type(lookup(frame, name)), "__record__")
        for name in ast.walk(part)
        if isinstance(name, ast.Name | ast.Attribute) and id(name) not in plain
    )
    if isinstance(value, list | tuple) and any(hasattr(type(entry), "__record__") for entry in value):
        return f"[v.value for v in {text}]"
    if isinstance(part, ast.ListComp | ast.List | ast.Tuple) and (holds or isinstance(part, ast.ListComp)):
        return f"[v.value for v in {text}]"
    if hasattr(type(value), "__record__") or (alone and isinstance(part, ast.Subscript | ast.Call)):
        return f"{text}.value"
    return f"({text}).value" if holds or alone else text


def _way_of_math(call: ast.Call, function: Any, frame: FrameType) -> str | None:
    """Return what to write instead of a function of Python's module math."""
    home = getattr(function, "__module__", "")
    if home == "cmath" and is_recorded(getattr(np, function.__name__, None)):
        return f"use np.{function.__name__}, which is recorded"
    if home != "math":
        return None
    if function in (math.isnan, math.isinf, math.isfinite, math.isclose):
        return f"use np.{function.__name__}, which takes it as it is"
    if function is math.dist and len(call.args) == 2:
        ends = ", ".join(with_arrays(end, frame) or ast.unparse(end) for end in call.args)
        return f"write np.linalg.norm(np.subtract({ends})) instead"
    name = MATH_NAMES.get(function.__name__, function.__name__)
    if function is math.log and len(call.args) == 2:
        return f"write np.log({ast.unparse(call.args[0])}) / np.log({ast.unparse(call.args[1])}) instead"
    if function is math.fsum:
        return "use Python's sum(...), which is recorded"
    below: Any = np
    for part in name.split("."):
        below = getattr(below, part, None)
    if name in _MATH_RULES:
        return f"first say once {_MATH_RULES[name]}, then call {name} instead"
    if name in SPECIAL_NAMES:
        arguments = ", ".join(map(ast.unparse, call.args))
        return f"write special.{SPECIAL_NAMES[name]}({arguments}) instead (with SciPy: from scipy import special)"
    if below is None or name in ("gcd", "lcm"):
        return f"no recorded function makes it, so pass plain numbers to {ast.unparse(call.func)}"
    if is_recorded(below):
        return f"use np.{name}, which is recorded"
    return way_out(name, arguments_of(call, frame)) or "add a rule with graphviz_ad.extend, or write it with NumPy"


def _way_of_pieces(expression: ast.Subscript, frame: FrameType, *, columns: bool) -> str:
    """Return what to write instead of ``np.r_[...]`` and ``np.c_[...]``, by the dimensions of the pieces."""
    entries = expression.slice.elts if isinstance(expression.slice, ast.Tuple) else [expression.slice]
    values = [value_of(entry, frame) for entry in entries]
    pieces = f"[{', '.join(map(ast.unparse, entries))}]"
    dimensions = {np.ndim(plain_value(value)) for value in values}
    if any(value is MISSING or isinstance(value, str | tuple | list) for value in values):
        return "use np.stack([...]) for numbers or np.concatenate([...]) for arrays, instead"
    if dimensions == {0, 1} and not columns:
        return f"write np.hstack({pieces}) instead"
    if dimensions == {1, 2} and columns:
        return f"write np.column_stack({pieces}) instead"
    if len(dimensions) > 1:
        return "use np.stack([...]) for numbers or np.concatenate([...]) for arrays, instead"
    if dimensions == {0}:
        return f"write np.stack({pieces}){'[None]' if columns else ''} instead"
    if columns and dimensions == {1}:
        return f"write np.stack({pieces}, axis=1) instead"
    return f"write np.concatenate({pieces}{', axis=-1' if columns else ''}) instead"


def _way_of_conversion(call: ast.Call, function: Any, name: str, frame: FrameType) -> str | None:
    """Return what to write instead of what makes a number or an array of Variables."""
    if function is int:
        return f"leave int out; a position is int({name}.value)"
    if function in _NUMBERS:
        return f"leave {ast.unparse(call.func)} out: {name} is a number that is recorded"
    if not any(function is conversion for conversion in _CONVERSIONS) or not call.args:
        return None
    if ast.unparse(call.args[0]) == name:
        return f"leave {ast.unparse(call.func)} out: {name} is an array that is recorded"
    text = with_arrays(call.args[0], frame) or stacked(call.args[0])
    if text.count("np.stack(") > 1:
        text = f"gad.array({ast.unparse(call.args[0])})"
    return f"write {text}, which is recorded"


def _way_of_lists(call: ast.Call, function: Any, frame: FrameType) -> str | None:
    """Return what to write instead of a recorded function that got a list of Variables, which NumPy makes numbers."""
    known = is_recorded(function)
    if not known and (function is MISSING or getattr(np, getattr(function, "__name__", ""), None) is not function):
        return None
    if function is np.full and len(call.args) == 2 and not call.keywords:
        shape, entry = call.args
        ones = ast.Call(ast.Name("np.ones"), [shape], [])
        return f"write {ast.unparse(ast.BinOp(entry, ast.Mult(), ones))} instead"
    if function is np.bmat and len(call.args) == 1:
        return f"write np.block({ast.unparse(call.args[0])}), which is recorded"
    arrays = with_arrays(call, frame)
    if arrays is None:
        return None
    return f"write {arrays}, which is recorded" if known else f"make an array of the list first: write {arrays}"


def _way_of_method(call: ast.Call, callee: ast.expr, frame: FrameType) -> str | None:
    """Return what to write instead of a method of a plain array, which nothing can intercept."""
    if not isinstance(callee, ast.Attribute):
        return None
    unread = callee.attr == "dot" and not isinstance(callee.value, ast.Name | ast.Attribute)
    if not unread and not isinstance(lookup(frame, callee.value), np.ndarray):
        return None
    owner, arguments = as_owner(callee.value), ", ".join(map(ast.unparse, [*call.args, *call.keywords]))
    if callee.attr == "dot":
        other = ast.unparse(call.args[0]) if len(call.args) == 1 else ""
        simple = other and isinstance(call.args[0], ast.Name | ast.Attribute | ast.Subscript | ast.Call)
        operator = f"{owner} @ {other}" if simple else f"{owner} @ ({other})"
        return f"write np.dot({ast.unparse(callee.value)}, {arguments}) or {operator}, which are recorded"
    if callee.attr == "fill":
        return f"write {owner} = {arguments} * np.ones({owner}.shape)"
    function = getattr(np, callee.attr, None)
    if function is None:
        return None
    if is_recorded(function):
        return f"write np.{callee.attr}({owner}, {arguments}), which is recorded"
    if function is np.searchsorted:
        return f"write np.searchsorted({owner}, {arguments}), which answers with plain positions"
    return way_out(callee.attr, arguments_of(ast.Call(callee, [callee.value, *call.args], call.keywords), frame))
