"""Errors for what NumPy has and nothing here records: its name as the person wrote it, and what to write instead."""

from __future__ import annotations

import ast
import sys
import warnings
from itertools import chain
from typing import Any

import numpy as np

from graphviz_ad.engine.composing import Argument, Arguments, arguments_of, composition
from graphviz_ad.engine.frames import user_frame
from graphviz_ad.engine.primitive import FUNCTIONS, METHODS, UFUNCS
from graphviz_ad.engine.recipes import METHOD_ADVICE, PLAIN
from graphviz_ad.engine.written import as_owner, attribute_at, call_at, expression_at, lookup, name_of, renewed_leaf
from graphviz_ad.errors import NoGradientWarning, UnknownAttributeError, UnsupportedError, at_line

__all__ = [
    "OTHER_NAMES",
    "is_recorded",
    "missing_attribute",
    "numpy_name",
    "unsupported",
    "warn_of_no_gradient",
    "way_out",
]


def numpy_name(function: Any) -> str:
    """Return a function's name below ``np.``, such as ``linalg.norm``."""
    module = getattr(function, "__module__", "numpy") or "numpy"
    homes = {"linalg": "linalg.", "fft": "fft.", "stride_tricks": "lib.stride_tricks."}
    prefix = next((prefix for part, prefix in homes.items() if part in module), "")
    return prefix + getattr(function, "__name__", str(function))


def is_recorded(function: Any) -> bool:
    """Whether a function of NumPy's is recorded when it meets a Variable."""
    return function in UFUNCS or function in FUNCTIONS


def unsupported(
    function: Any, args: tuple[Any, ...], method: str = "", kwargs: dict[str, Any] | None = None
) -> UnsupportedError:
    """Explain that a function has no derivative rule, and what to write instead.

    Parameters
    ----------
    function : callable
        The NumPy function or ufunc that met a Variable.
    args : tuple
        What it was called with.
    method : str
        Of a ufunc, such as ``"outer"``; empty for a plain call.
    kwargs : dict, optional
        What it was called with by name.
    """
    frame = user_frame()
    call = expression_at(frame)
    written = _written_name(function, method)
    if isinstance(call, ast.Call) and frame is not None and not method:
        callee = lookup(frame, call.func)
        text = ast.unparse(call.func)
        if callee is function:
            written = text.replace("numpy.", "np.", 1) if text.startswith("numpy.") else text
        elif getattr(callee, "__module__", "") == "numpy":  # np.full_like, say, uses np.copyto, which meets it
            written = f"np.{numpy_name(callee)}"
    name = written.removeprefix("np.")
    own_name = numpy_name(function) + (f".{method}" if method else "")  # np.conj is called conjugate
    if not isinstance(call, ast.Call):
        call = _spelt(args, kwargs or {})
    arguments = arguments_of(call, frame, args, kwargs)
    way = way_out(name, arguments) or way_out(own_name, arguments)
    if way is None:
        means = "elementwise" if isinstance(function, np.ufunc) else "structural and implements"
        way = (
            f"write it with recorded functions (+, @, np.exp, np.sum, np.where, indexing, ...), or add a rule with "
            f"graphviz_ad.extend ({means})"
        )
    value = _first_name(args, frame, call)
    return UnsupportedError(
        f"{written} has no derivative rule here, so it cannot be recorded: {way}. Where plain numbers are enough, "
        f"{value}.value is the value without its derivative{at_line(frame)}"
    )


def _spelt(args: tuple[Any, ...], kwargs: dict[str, Any]) -> ast.Call:
    """Return a call with these arguments as one could have written it, where the person's own cannot be read."""
    letters = iter("xyzuvw")

    def spelt(value: Any) -> ast.expr:
        known: str | None = value.name if hasattr(type(value), "__record__") else None
        return ast.Constant(value) if type(value) in (int, float, bool, str) else ast.Name(known or next(letters, "a"))

    words = [ast.keyword(word, spelt(value)) for word, value in kwargs.items()]
    return ast.Call(ast.Name("function"), [spelt(value) for value in args], words)


def _first_name(args: tuple[Any, ...], frame: Any, call: ast.expr | None) -> str:
    """Return what the person calls the first Variable among the arguments; x where that cannot be read."""
    for value in chain.from_iterable(entry if isinstance(entry, list | tuple) else (entry,) for entry in args):
        if hasattr(type(value), "__record__"):
            name = name_of(value, frame, call)
            return name if name.replace(".", "_").isidentifier() else "x"
    return "x"


def way_out(name: str, arguments: Arguments | None) -> str | None:
    """Return what to write instead of a function with this name below ``np.``; None where nothing is known."""
    if name in PLAIN:
        return f"it {PLAIN[name]}, so pass plain values"
    return composition(name, *arguments) if arguments is not None else None


def _written_name(function: Any, method: str = "") -> str:
    """Return a function's name with the module that it is from, as one would import it."""
    name = getattr(function, "__name__", str(function))
    end = f".{method}" if method else ""
    below = np
    for part in numpy_name(function).split("."):
        below = getattr(below, part, None)  # type: ignore[assignment]
    if below is function or str(getattr(function, "__module__", "")).startswith("numpy"):
        return f"np.{numpy_name(function)}{end}"
    homes = [
        module
        for module, content in list(sys.modules.items())
        if "._" not in module and not module.startswith(("_", "graphviz_ad")) and _has(content, name, function)
    ]
    home = min(homes, key=len, default=getattr(function, "__module__", None) or "")
    return f"{home}.{name}{end}" if home else f"{name}{end}"


def _has(module: Any, name: str, function: Any) -> bool:
    return getattr(module, "__dict__", {}).get(name) is function


def missing_attribute(variable: Any, name: str) -> UnknownAttributeError:
    """Explain that a Variable has not got an attribute of arrays or of `OTHER_NAMES`: what to write instead."""
    frame = user_frame()
    read = expression_at(frame)
    call = call_at(frame)
    plain = as_owner(read.value) if isinstance(read, ast.Attribute) else "x"
    if name in OTHER_NAMES or not hasattr(np.ndarray, name):
        assigned = attribute_at(frame, name) if name == "data" else None
        if assigned is not None and assigned[1] is not None:
            fresh = f"write {assigned[0]} = gad.Variable({assigned[1].replace('.value.data', '.value')}), a new leaf"
            return UnknownAttributeError(
                f"a Variable has no attribute 'data', and its value cannot be set: {fresh}{at_line(frame)}",
                name=None,
                obj=None,
            )
        way = OTHER_NAMES[name].format(x=plain) if name in OTHER_NAMES else _function_way(read, call, name)
        text = f"a Variable has no attribute {name!r}{': ' if way else ''}{way}"
    else:
        written = f"{plain}.{name}" + ("(...)" if call is not None else "")
        owner = Argument(read.value if isinstance(read, ast.Attribute) else ast.Name("x"), variable)
        text = f"{written} is not recorded: {_method_way(owner, name, call, frame)}"
    # Python would add a guess of its own if it knew the attribute's name.
    return UnknownAttributeError(f"{text}{at_line(frame)}", name=None, obj=None)


def _function_way(read: ast.expr | None, call: ast.Call | None, name: str) -> str:
    """Return ``"write np.sin(x)"`` for ``x.sin()``, which another library has; empty for what is none of NumPy's."""
    if call is None or not isinstance(read, ast.Attribute):
        return ""
    below = name if is_recorded(getattr(np, name, None)) else f"linalg.{name}"
    if not is_recorded(getattr(np, name, None)) and not is_recorded(getattr(np.linalg, name, None)):
        return ""
    return f"write np.{below}({', '.join(map(ast.unparse, [read.value, *call.args, *call.keywords]))})"


OTHER_NAMES: dict[str, str] = {
    "clone": "write {x}.copy(), or use {x} as it is, since values never change",
    "requires_grad": "every Variable that is made from numbers keeps a gradient, and {x}.detach() makes one without",
    "requires_grad_": "every Variable that is made from numbers keeps a gradient: leave it out",
    "retain_grad": "compute inside with gad.record() as trace:, and trace.reverse().adjoint({x}) is its derivative",
    "gradient": "{x}.grad is the gradient, after backward() of what was computed from it",
    "cpu": "the value is a NumPy array, so leave it out",
    "cuda": "the value is a NumPy array, so leave it out",
    "to": "the value is a NumPy array, so leave it out; floats of another dtype are passed to begin with",
    "detach_": "{x}.detach() makes one without a derivative",
    "numpy": "{x}.value is the NumPy value; no derivative flows through it",
    "data": "{x}.value is the NumPy value; no derivative flows through it",
}
"""What PyTorch has, and what to write instead."""


_BARE = ("flatten", "squeeze")
"""Methods whose advice holds without arguments only; an order or an axis asks for another."""


def _method_way(owner: Argument, name: str, call: ast.Call | None, frame: Any) -> str:
    """Return what to write instead of ``owner.name(...)``, which an array has."""
    value = ast.unparse(owner.expression)
    plain = as_owner(owner.expression)
    own = arguments_of(call, frame)
    texts = [*map(ast.unparse, [*call.args, *call.keywords] if call is not None else [])]
    other = name in _BARE and texts
    if name in METHOD_ADVICE and not other:
        return METHOD_ADVICE[name].format(x=value, plain=plain)
    if name in PLAIN:
        return f"it {PLAIN[name]}, so read {plain}.value.{name}({', '.join(texts)})"
    rest = [value, *texts]
    if is_recorded(getattr(np, name, None)):
        return f"write np.{name}({', '.join(rest)})"
    function = "ravel" if name == "flatten" else name  # the one of NumPy's that does the same
    way = composition(function, [owner, *own[0]], own[1]) if own is not None else None
    return way or (
        f"recorded methods are {', '.join(sorted(METHODS))}; without a derivative, read {plain}.value.{name}"
    )


def warn_of_no_gradient(variable: Any) -> None:
    """Warn, at the line that reads it, that a computed value keeps no gradient, and say how to get it."""
    frame = user_frame()
    read = expression_at(frame)
    name = ast.unparse(read.value) if isinstance(read, ast.Attribute) else variable.name or "y"
    site = variable.site
    origin = f"{variable.primitive.name}{f' in line {site.line}' if site is not None else ''}"
    leaf = None if _computed_with_gradients(variable) else renewed_leaf(variable, frame)
    if leaf is not None:
        way = f"to update a leaf write {leaf}, which is a leaf again"
    else:
        way = (
            "compute inside with gad.record() as trace:, and trace.reverse().adjoint"
            f"({name}) is the derivative of the last value by it"
        )
    warnings.warn(
        f"{name}.grad is None, since only leaves keep a gradient, and {name} was computed (by {origin}): {way}",
        NoGradientWarning,
        stacklevel=3,
    )


def _computed_with_gradients(variable: Any) -> bool:
    """Whether recorded gradients are among what a value was computed from, not far away: no leaf replaces that."""
    nodes = [variable]
    for node in nodes:
        if node.origin is not None:
            return True
        if len(nodes) < 20:
            nodes += node.parents
    return False
